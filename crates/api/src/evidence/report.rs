//! The report that goes with evidence: one page that needs nothing else, for people,
//! and can be printed.

use std::collections::BTreeMap;

use domain::{
    event::Event,
    id::{EventId, Subject},
    leaf::hex,
    record::Record,
    time::Timestamp,
};
use jiff::Timestamp as Instant;
use service::log::Logged;

use super::{
    Evidence, Part, place_of,
    words::{capital, said},
};
use crate::{handlers::naming::name, wire::viewer::Viewer};

/// Whoever audits needs no personal text.
const AUDITOR: Viewer = Viewer { personal: false, costs: true };
const STYLE: &str = include_str!("report.css");

/// The page.
pub fn of(evidence: &Evidence) -> String {
    let own = Subject::Package(evidence.package);
    let title = format!("Proof file of {}", called(evidence, own));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n<h1>{title}</h1>\n",
        title = escaped(&title)
    );
    page += &about(evidence);
    page += "<h2>What happened</h2>\n";
    page += &table(evidence, &evidence.parts[0]);
    page += &carried(evidence);
    page += &proven(evidence);
    page += &not_proven(evidence);
    page
}

fn about(evidence: &Evidence) -> String {
    let package = Subject::Package(evidence.package);
    let mut rows = vec![("Package".to_owned(), package.to_string())];
    if let Some(Record::Package(record)) = evidence.known.record(package) {
        rows.extend(record.description.clone().map(|it| ("What it is".to_owned(), it)));
        let numbers = record.references.iter().flatten();
        rows.extend(numbers.map(|it| (format!("Number ({})", it.scheme), it.value.clone())));
    }
    let log = &evidence.log.checkpoint;
    rows.push(("Log".to_owned(), log.origin.clone()));
    rows.push(("As it was with".to_owned(), format!("{} entries", log.size)));
    rows.push(("Its root".to_owned(), hex(&log.root)));
    let rows = rows
        .iter()
        .map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>\n", escaped(name), escaped(value)));
    format!("<dl>\n{}</dl>\n", rows.collect::<String>())
}

fn table(evidence: &Evidence, part: &Part) -> String {
    let mut table = "<table>\n<thead><tr><th>No.<th>Happened<th>We learned<th>What\
                     <th>Who<th>Source<th>In the log</tr></thead>\n<tbody>\n"
        .to_owned();
    let later = superseded(part);
    for it in &part.events {
        table += &row(evidence, it, later.get(&it.recorded.event.id).copied());
    }
    table += "</tbody>\n</table>\n";
    if part.left_out != 0 {
        table += &format!("<p>{} more events found no room here.</p>\n", part.left_out);
    }
    table
}

fn row(evidence: &Evidence, logged: &Logged, later: Option<u64>) -> String {
    let event = &logged.recorded.event;
    let (line, under) = said(&event.fact, &|it| called(evidence, it));
    let mut what = escaped(&line);
    if let Some(under) = under {
        what += &format!("<br><small>{}</small>", escaped(&under));
    }
    if let Some(later) = later {
        what = format!("<s>{what}</s><br><small>does not count any more: see no. {later}</small>");
    }
    let place = match logged.index {
        Some(index) => format!("entry {index}"),
        None => "<b>not yet: not proven</b>".to_owned(),
    };
    format!(
        "<tr><td>{}<td>{}<td>{}<td>{what}<td class=\"id\">{}<td>{}<td>{place}\
         <br><small class=\"id\">{}</small></tr>\n",
        logged.recorded.seq,
        moments(evidence, event, event.happened_at),
        utc(event.recorded_at),
        escaped(&event.actor),
        escaped(&event.source),
        &hex(&logged.recorded.leaf_hash())[..16],
    )
}

/// An instant in UTC, and by the clocks of the place it is about.
fn moments(evidence: &Evidence, event: &Event, at: Timestamp) -> String {
    let place = place_of(event).and_then(|it| evidence.known.record(it));
    let zone = match place {
        Some(Record::Place(place)) => place.time_zone.as_deref(),
        _ => None,
    };
    let there = zone.and_then(|name| {
        let zoned = instant(at)?.in_tz(name).ok()?;
        Some(format!("<br><small>{} there</small>", zoned.strftime("%H:%M %a %e %b")))
    });
    utc(at) + &there.unwrap_or_default()
}

fn utc(at: Timestamp) -> String {
    instant(at).map_or(String::new(), |it| it.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}

fn instant(at: Timestamp) -> Option<Instant> {
    Instant::from_millisecond(at.millis()).ok()
}

fn carried(evidence: &Evidence) -> String {
    if evidence.carriers.spans.is_empty() {
        return "<h2>What carried it</h2>\n<p>Nothing that we know of.</p>\n".to_owned();
    }
    let mut text = "<h2>What carried it</h2>\n".to_owned();
    for part in &evidence.parts[1..] {
        text += &format!("<h3>{}</h3>\n<ul>\n", escaped(&called(evidence, part.about)));
        for span in evidence.carriers.spans.iter().filter(|it| it.holder == part.about) {
            let until =
                span.until.map_or("and does still".to_owned(), |it| format!("until {}", utc(it)));
            let held = escaped(&called(evidence, span.held));
            text += &format!("<li>carried {held} from {} {until}</li>\n", utc(span.from));
        }
        text += "</ul>\n";
        text += &if part.events.is_empty() {
            "<p>Nothing was recorded of it while it did.</p>\n".to_owned()
        } else {
            table(evidence, part)
        };
    }
    if evidence.carriers.more {
        text += "<p>It was carried more often than is told here.</p>\n";
    }
    text
}

fn proven(evidence: &Evidence) -> String {
    let logged = evidence.events().filter(|it| it.1.index.is_some()).count();
    format!(
        "<h2>What is proven</h2>\n<p>Of {logged} events: that each was in the log when it had \
         {} entries, as it stands in <code>leaves/</code>, and was not altered since; and that \
         none of the package's events before its last one was left out, since each names the \
         one before it. Check that nothing was altered: <code>python3 verify.py</code>.</p>\n",
        evidence.log.checkpoint.size
    )
}

fn not_proven(evidence: &Evidence) -> String {
    let pending = evidence.events().filter(|it| it.1.index.is_none()).count();
    let mut all = vec![
        "That what was recorded is what happened: only who said so, and when we learned it.",
        "That nothing was recorded of the package after its last event here.",
        "That all events of what carried it are here: those that were recorded under it while \
         it carried the package are.",
        "When the log had this size: a checkpoint tells no time. Whoever keeps an earlier or \
         later one can tell.",
        "Personal text and photos: of these the log has digests, so that they can be erased.",
        "This page: it is for reading. What counts are the files in leaves/ and proofs/.",
    ];
    let waiting = format!(
        "Anything of {pending} events that are not in the log yet: they are marked above, and \
         are within seconds."
    );
    if pending != 0 {
        all.insert(0, &waiting);
    }
    let items = all.iter().map(|it| format!("<li>{it}</li>\n")).collect::<String>();
    format!("<h2>What is not proven</h2>\n<ul>\n{items}</ul>\n</html>\n")
}

/// Which events no longer count, and the number of the later one that says so.
fn superseded(part: &Part) -> BTreeMap<EventId, u64> {
    let later = part.events.iter();
    later.filter_map(|it| Some((it.recorded.event.fact.target()?, it.recorded.seq))).collect()
}

/// What people call something, and what it is.
fn called(evidence: &Evidence, subject: Subject) -> String {
    let record = evidence.known.record(subject);
    match record.and_then(|it| Some((name(it, AUDITOR)?, it))) {
        Some((name, Record::Container(it))) => format!("{name} ({})", it.kind.word()),
        Some((name, Record::Tracker(_))) => format!("GPS tracker {name}"),
        Some((name, _)) => name,
        None => capital(subject.kind().word()) + " " + &subject.to_string(),
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_text_and_no_markup() {
        assert_eq!(escaped("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
    }

    #[test]
    fn an_instant_is_told_in_full() {
        let at = Timestamp::from_millis(1_772_355_600_123).unwrap();
        assert_eq!(utc(at), "2026-03-01 09:00:00 UTC");
    }
}
