//! Rules of events: which kinds a table can state, and what each may say.

use domain::event::{FactKind, IncidentReason};

use super::Compiler;
use crate::mapping::{
    file::{EventFile, PlaceFile, TextFile},
    rule::{End, EventPlace, EventRule, TextRule, reason_of},
};

/// What a table can state about a package, by its word.
const KINDS: [FactKind; 13] = [
    FactKind::PickedUp,
    FactKind::Departed,
    FactKind::Arrived,
    FactKind::Scanned,
    FactKind::Problem,
    FactKind::Held,
    FactKind::OutForDelivery,
    FactKind::ReadyToCollect,
    FactKind::Delivered,
    FactKind::Returning,
    FactKind::Returned,
    FactKind::Lost,
    FactKind::Cancelled,
];

impl Compiler {
    pub(super) fn events(&mut self, files: Vec<EventFile>) -> Vec<EventRule> {
        let mut events = self.each("event", files, Self::event);
        for index in 0..events.len() {
            let kind = events[index].kind;
            events[index].nth = events[..index].iter().filter(|it| it.kind == kind).count() as u16;
        }
        events
    }

    fn event(&mut self, key: &str, file: EventFile) -> Option<EventRule> {
        let kind = KINDS.into_iter().find(|it| it.word() == file.kind);
        let Some(kind) = kind else {
            let words: Vec<&str> = KINDS.iter().map(|it| it.word()).collect();
            let reason = format!("{:?} is no event; allowed: {}", file.kind, words.join(", "));
            self.fail(&format!("{key}.kind"), reason);
            return None;
        };
        self.refuse_misplaced(key, kind, &file);
        let place = match file.place {
            Some(place) => self.event_place(&format!("{key}.place"), place),
            None => usual_place(kind),
        };
        if kind == FactKind::Scanned && place.is_none() {
            self.fail(&format!("{key}.place"), "it is missing: a scan is at a place");
        }
        let to = match (kind, file.to) {
            (_, Some(place)) => self.event_place(&format!("{key}.to"), place),
            (FactKind::Departed, None) => Some(EventPlace::SameAs(End::Destination)),
            _ => None,
        };
        Some(EventRule {
            kind,
            nth: 0,
            at: self.date(&format!("{key}.at"), file.at)?,
            place,
            to,
            mode: self.maybe(&format!("{key}.mode"), file.mode, Self::mode),
            expected_at: self.maybe(&format!("{key}.expected_at"), file.expected_at, Self::date),
            reason: self.maybe(&format!("{key}.reason"), file.reason, Self::reason),
            detail: self.maybe(&format!("{key}.detail"), file.detail, Self::text),
            received_by: self.maybe(&format!("{key}.received_by"), file.received_by, Self::text),
            left_at: self.maybe(&format!("{key}.left_at"), file.left_at, Self::text),
        })
    }

    /// Says so when an event is given what its kind cannot say.
    fn refuse_misplaced(&mut self, key: &str, kind: FactKind, file: &EventFile) {
        let departed = kind == FactKind::Departed;
        let delivered = kind == FactKind::Delivered;
        let problem = kind == FactKind::Problem;
        let with_reason = problem || matches!(kind, FactKind::Held | FactKind::Returning);
        let without_place = problem || matches!(kind, FactKind::Lost | FactKind::Cancelled);
        let given = [
            ("place", file.place.is_some(), !without_place),
            ("to", file.to.is_some(), departed),
            ("mode", file.mode.is_some(), departed),
            ("expected_at", file.expected_at.is_some(), departed),
            ("reason", file.reason.is_some(), with_reason),
            ("detail", file.detail.is_some(), problem),
            ("received_by", file.received_by.is_some(), delivered),
            ("left_at", file.left_at.is_some(), delivered),
        ];
        for (name, _, _) in given.into_iter().filter(|(_, given, allowed)| *given && !*allowed) {
            self.fail(&format!("{key}.{name}"), format!("a {kind} event has no {name}"));
        }
    }

    fn event_place(&mut self, key: &str, mut file: PlaceFile) -> Option<EventPlace> {
        match file.same_as.take() {
            None => self.place(key, file).map(EventPlace::Own),
            Some(_) if file.column.is_some() || file.template.is_some() || file.value.is_some() => {
                self.fail(key, "either same_as or a text is expected");
                None
            }
            Some(end) => Some(EventPlace::SameAs(end)),
        }
    }

    fn reason(&mut self, key: &str, file: TextFile) -> Option<TextRule> {
        let words = file.map.values().chain(&file.value).chain(&file.default);
        let unknown: Vec<String> =
            words.filter(|it| *it != "none" && reason_of(it).is_none()).cloned().collect();
        for word in unknown {
            let allowed = IncidentReason::WORDS.join(", ");
            self.fail(key, format!("{word:?} is no reason; allowed: {allowed}"));
        }
        self.text(key, file)
    }
}

/// Where an event is when the mapping does not say.
const fn usual_place(kind: FactKind) -> Option<EventPlace> {
    match kind {
        FactKind::PickedUp | FactKind::Departed | FactKind::Returned => {
            Some(EventPlace::SameAs(End::Origin))
        }
        FactKind::Arrived | FactKind::ReadyToCollect | FactKind::Delivered => {
            Some(EventPlace::SameAs(End::Destination))
        }
        _ => None,
    }
}
