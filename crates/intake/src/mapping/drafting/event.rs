//! What happened to a package, from the columns that say when.

use std::sync::Arc;

use domain::{
    event::{Fact, FactKind, IncidentReason, Proof},
    id::PlaceId,
    private::Private,
};

use super::{
    Drafting, Ends,
    order::{Stated, When},
};
use crate::mapping::{
    cells::quoted,
    places::KnownPlace,
    rule::{DateFrom, EventPlace, EventRule, TextRule, reason_of},
};

impl<'a> Drafting<'a> {
    /// The events that have a date: the number of the rule among those of its
    /// kind, when, and what.
    pub(super) fn events(&mut self, ends: &Ends) -> Vec<Stated> {
        let mapping = self.mapping;
        mapping
            .events
            .iter()
            .filter_map(|rule| {
                let (at, fact) = self.event(rule, ends)?;
                Some((rule.nth, at, fact))
            })
            .collect()
    }

    fn event(&mut self, rule: &'a EventRule, ends: &Ends) -> Option<(When, Fact)> {
        let has_date = match &rule.at.from {
            DateFrom::Cell(cell) => self.cells.cell(cell).is_some(),
            DateFrom::Value(_) => true,
        };
        if !has_date {
            return None;
        }
        let place = rule.place.as_ref().and_then(|it| self.event_place(it, ends));
        let at = self.when(&rule.at, place.as_deref())?;
        let fact = self.fact(rule, ends, place.map(|it| it.id))?;
        Some((at, fact))
    }

    fn fact(&mut self, rule: &'a EventRule, ends: &Ends, place: Option<PlaceId>) -> Option<Fact> {
        Some(match rule.kind {
            FactKind::PickedUp => Fact::PickedUp { place },
            FactKind::Departed => self.departed(rule, ends, place),
            FactKind::Arrived => Fact::Arrived { place: self.required(rule, place)? },
            FactKind::Scanned => Fact::Scanned { place: self.required(rule, place)?, floor: None },
            FactKind::ReadyToCollect => Fact::ReadyToCollect { place: self.required(rule, place)? },
            FactKind::Problem => {
                let reason = self.reason(rule).unwrap_or(IncidentReason::Unknown);
                Fact::Problem { reason, detail: self.private_text(rule.detail.as_ref()) }
            }
            FactKind::Held => {
                let reason = self.reason(rule).unwrap_or(IncidentReason::Unknown);
                Fact::Held { reason, place }
            }
            FactKind::OutForDelivery => Fact::OutForDelivery { from: place },
            FactKind::Delivered => {
                let received_by = self.private_text(rule.received_by.as_ref());
                let left_at = rule.left_at.as_ref().and_then(|it| self.take(self.cells.short(it)));
                let proof = Proof { received_by, left_at, ..Proof::default() };
                // At its destination unless the table says otherwise; the
                // record says where that is.
                let place = place.filter(|_| matches!(rule.place, Some(EventPlace::Own(_))));
                Fact::Delivered { place, proof }
            }
            FactKind::Returning => Fact::Returning { reason: self.reason(rule), to: place },
            FactKind::Returned => Fact::Returned { place },
            FactKind::Lost => Fact::Lost,
            FactKind::Cancelled => Fact::Cancelled,
            // The mapping was checked: no other kind is offered.
            _ => return None,
        })
    }

    fn departed(&mut self, rule: &'a EventRule, ends: &Ends, from: Option<PlaceId>) -> Fact {
        let to = rule.to.as_ref().and_then(|it| self.event_place(it, ends));
        let expected_at = rule.expected_at.as_ref().and_then(|it| self.when(it, to.as_deref()));
        let mode = rule.mode.as_ref().and_then(|it| self.mode(it));
        let expected_at = expected_at.map(|it| it.likely);
        Fact::Departed { from, to: to.map(|it| it.id), mode, expected_at }
    }

    fn event_place(&mut self, place: &'a EventPlace, ends: &Ends) -> Option<Arc<KnownPlace>> {
        match place {
            EventPlace::SameAs(end) => ends.get(*end).cloned(),
            EventPlace::Own(rule) => self.place(rule),
        }
    }

    /// The place of an event that is nothing without one. Where the words for it
    /// were kept as a note, so is the date; otherwise the row is refused.
    fn required(&mut self, rule: &'a EventRule, place: Option<PlaceId>) -> Option<PlaceId> {
        if place.is_none() {
            match &rule.at.from {
                DateFrom::Cell(cell) if self.noted(rule) => {
                    self.note(&rule.at.label, self.cells.raw(cell.column).to_owned());
                }
                _ => self.fail(&rule.at.label, format!("{} where? No place is known", rule.kind)),
            }
        }
        place
    }

    fn noted(&self, rule: &EventRule) -> bool {
        let place = match &rule.place {
            Some(EventPlace::Own(place)) => Some(place),
            Some(EventPlace::SameAs(super::End::Origin)) => self.mapping.package.origin.as_ref(),
            Some(EventPlace::SameAs(super::End::Destination)) => {
                self.mapping.package.destination.as_ref()
            }
            None => None,
        };
        place.is_some_and(|it| self.notes.iter().any(|note| note.label == it.text.label))
    }

    fn reason(&mut self, rule: &'a EventRule) -> Option<IncidentReason> {
        let words = rule.reason.as_ref()?;
        let text = self.cells.text(words)?;
        let reason = reason_of(&text);
        if reason.is_none() {
            self.fail(&words.label, format!("{} is no reason and the map lacks it", quoted(&text)));
        }
        reason
    }

    fn private_text(&mut self, rule: Option<&TextRule>) -> Option<Private> {
        rule.and_then(|it| self.take(self.cells.long(it))).map(Private::new)
    }
}
