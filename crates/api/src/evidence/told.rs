//! What evidence says for programs: what it is of, and one line for each event.

use domain::{
    id::Subject,
    leaf::{hex, leaf_hash},
};
use serde_json::{Value, json};
use service::log::Logged;

use super::Evidence;

/// What whoever checks the evidence goes by.
const FORMAT: &str = "whereabouts evidence 1";

/// Where an event's leaf and proof are.
pub fn paths(about: Subject, logged: &Logged) -> (String, String) {
    let name = format!("{about}/{:06}", logged.recorded.seq);
    (format!("leaves/{name}.json"), format!("proofs/{name}.tlog-proof"))
}

/// What the evidence is of.
pub fn summary(evidence: &Evidence) -> String {
    let carried = evidence.carriers.spans.iter();
    let carried: Vec<Value> = carried
        .map(|it| {
            json!({
                "holder": it.holder.to_string(), "held": it.held.to_string(),
                "from": it.from.millis(), "until": it.until.map(domain::time::Timestamp::millis),
            })
        })
        .collect();
    let pending = evidence.events().filter(|it| it.1.index.is_none());
    let pending: Vec<Value> = pending
        .map(|(about, it)| json!({ "about": about.to_string(), "seq": it.recorded.seq }))
        .collect();
    let left_out = evidence.parts.iter().filter(|it| it.left_out != 0);
    let left_out: Vec<Value> = left_out
        .map(|it| json!({ "about": it.about.to_string(), "events": it.left_out }))
        .collect();
    let checkpoint = &evidence.log.checkpoint;
    let all = json!({
        "format": FORMAT,
        "package": evidence.package.to_string(),
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "events": evidence.parts[0].events.len(),
        "events_of_carriers": evidence.events().count() - evidence.parts[0].events.len(),
        "carried_by": carried,
        "more_carriers": evidence.carriers.more,
        "left_out": left_out,
        "pending": pending,
    });
    format!("{all:#}\n")
}

/// One line for each event: where it is in the log and what was logged.
pub fn lines(evidence: &Evidence) -> String {
    let mut text = String::new();
    for (about, it) in evidence.events() {
        let leaf = it.recorded.leaf();
        let index = it.index.map_or("null".to_owned(), |it| it.to_string());
        let (hash, seq) = (hex(&leaf_hash(&leaf)), it.recorded.seq);
        // The leaf is JSON already, and stays as it is.
        let leaf = String::from_utf8_lossy(&leaf);
        text += &format!(
            "{{\"about\":\"{about}\",\"seq\":{seq},\"index\":{index},\"hash\":\"{hash}\",\
             \"leaf\":{leaf}}}\n"
        );
    }
    text
}
