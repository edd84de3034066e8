//! What happened, in the words of the screens: one line for each kind of fact, and what
//! stands under it. Personal text is in no line: the log has only its digest.

use domain::{
    event::{Fact, Holder, IncidentReason},
    id::{PlaceId, Subject},
    mode::Mode,
    money::{CostKind, CostLine},
};

/// A line, and what stands under it.
pub type Line = (String, Option<String>);

/// Says what a fact tells. `name` says what things are called.
pub fn said(fact: &Fact, name: &dyn Fn(Subject) -> String) -> Line {
    let place = |id: &PlaceId| name(Subject::Place(*id));
    let at = |what: &str, id: &Option<PlaceId>| match id {
        Some(id) => format!("{what} in {}", place(id)),
        None => what.to_owned(),
    };
    let plain = |text: &str| (text.to_owned(), None);
    match fact {
        Fact::Registered(_) => plain("Registered"),
        Fact::Amended { .. } => plain("Details changed"),
        Fact::Positioned(it) => {
            let (lat, lon) = (it.position.at.lat(), it.position.at.lon());
            let within = it.radius_95_mm.map(|it| format!("within {} m", it.div_ceil(1_000)));
            (format!("GPS position {lat:.5}, {lon:.5}"), within)
        }
        Fact::Scanned { place: id, floor } => {
            let floor = floor.as_ref().map(|it| format!("floor {it}"));
            (format!("Scanned in {}", place(id)), floor)
        }
        Fact::PickedUp { place } => (at("Picked up", place), None),
        Fact::Departed { from, to, mode, .. } => {
            departed(from.as_ref(), to.as_ref(), *mode, &place)
        }
        Fact::Arrived { place: id } => (format!("Arrived in {}", place(id)), None),
        Fact::Joined(holder) => (format!("Put into {}", name(subject(holder))), None),
        Fact::Left(holder) => (format!("Taken out of {}", name(subject(holder))), None),
        Fact::TrackerAttached(id) => {
            ("GPS tracker attached".to_owned(), Some(name(Subject::Tracker(*id))))
        }
        Fact::TrackerDetached(id) => {
            ("GPS tracker taken off".to_owned(), Some(name(Subject::Tracker(*id))))
        }
        Fact::CostAdded(line) => cost("", line),
        Fact::CostCredited(line) => cost(" credited", line),
        Fact::CostShared { kind, with } => {
            let with = Some(name(Subject::Package(*with)));
            (format!("{} is part of another package's cost", cost_word(*kind)), with)
        }
        Fact::PromiseChanged(_) => plain("Carrier's promise changed"),
        Fact::Problem { reason, detail } => {
            (format!("Problem: {}", reason_words(*reason)), personal(detail.is_some()))
        }
        Fact::Solved { detail } => ("Problem solved".to_owned(), personal(detail.is_some())),
        Fact::Held { reason, place } => {
            (at(&format!("Held: {}", reason_words(*reason)), place), None)
        }
        Fact::OutForDelivery { .. } => plain("Out for delivery"),
        Fact::ReadyToCollect { place: id } => (format!("Ready to collect in {}", place(id)), None),
        Fact::Delivered { place, proof } => {
            let left = proof.left_at.as_ref().map(|it| format!("left at {it}"));
            (at("Delivered", place), left.or(personal(proof.received_by.is_some())))
        }
        Fact::Returning { reason, .. } => match reason {
            Some(reason) => (format!("Coming back: {}", reason_words(*reason)), None),
            None => plain("Coming back"),
        },
        Fact::Returned { place } => (at("Returned", place), None),
        Fact::Lost => plain("Nobody knows where it is"),
        Fact::Cancelled => plain("Cancelled"),
        Fact::PhotoAdded(id) => ("Photo added".to_owned(), Some(id.to_string())),
        Fact::Note(_) => ("Note".to_owned(), personal(true)),
        Fact::Corrected { fact, .. } => {
            let (line, under) = said(fact, name);
            (format!("Corrected: {line}"), under)
        }
        Fact::Voided { why, .. } => ("Undone".to_owned(), personal(why.is_some())),
        Fact::Merged { into: Some(into) } => (format!("Merged into {}", place(into)), None),
        Fact::Merged { into: None } => ("A place of its own again".to_owned(), None),
    }
}

fn departed(
    from: Option<&PlaceId>,
    to: Option<&PlaceId>,
    mode: Option<Mode>,
    place: &dyn Fn(&PlaceId) -> String,
) -> Line {
    let mut line = "Left".to_owned();
    if let Some(from) = from {
        line += &format!(" {}", place(from));
    }
    if let Some(to) = to {
        line += &format!(" for {}", place(to));
    }
    if let Some(mode) = mode {
        let way = match mode {
            Mode::Air => "flight",
            Mode::Road => "drive",
            Mode::Rail => "train ride",
            Mode::Sea => "sailing",
        };
        line += &format!(" ({way})");
    }
    (line, None)
}

fn cost(what: &str, line: &CostLine) -> Line {
    let text = format!("{}{what}: {}", cost_word(line.kind), line.amount);
    (text, Some(line.source.clone()))
}

fn cost_word(kind: CostKind) -> String {
    capital(kind.word())
}

fn personal(is_there: bool) -> Option<String> {
    is_there.then(|| "personal text, of which only the digest is logged".to_owned())
}

fn reason_words(reason: IncidentReason) -> String {
    let word = reason.word();
    let short = ["carrier_", "retailer_", "consignee_"];
    let short = short.iter().find_map(|it| word.strip_prefix(it)).unwrap_or(word);
    capital(short)
}

/// "not_home" as people say it.
pub fn capital(word: &str) -> String {
    let words = word.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |it| it.to_uppercase().chain(letters).collect())
}

const fn subject(holder: &Holder) -> Subject {
    match holder {
        Holder::Container(id) => Subject::Container(*id),
        Holder::Place(id) => Subject::Place(*id),
    }
}
