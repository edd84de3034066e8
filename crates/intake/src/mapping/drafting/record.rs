//! A package's record from its row.

use domain::{
    money::Money,
    private::Private,
    record::{Item, PackageRecord, Promise, Recipient, Reference},
};

use super::{Amount, Drafting, Ends, NOON, zone};
use crate::{
    dates::Moment,
    mapping::{
        cells::{instant, quoted, whole_day},
        places::KnownPlace,
        rule::{
            DateRule, DimensionsRule, ItemRule, MoneyRule, PromiseRule, RecipientRule, TextRule,
            WeightRule, mode_of,
        },
    },
};

impl<'a> Drafting<'a> {
    /// The record, and the ends of the package's way.
    pub(super) fn record(&mut self) -> (PackageRecord, Ends) {
        let rules = &self.mapping.package;
        let ends = Ends {
            origin: rules.origin.as_ref().and_then(|it| self.place(it)),
            destination: rules.destination.as_ref().and_then(|it| self.place(it)),
        };
        let carrier = self.short(rules.carrier.as_ref());
        let record = PackageRecord {
            description: rules.description.as_ref().and_then(|it| self.take(self.cells.long(it))),
            items: self.items(&rules.items),
            client: rules.client.as_ref().and_then(|it| self.client(it)),
            recipient: rules.recipient.as_ref().and_then(|it| self.recipient(it)),
            cost_centre: self.short(rules.cost_centre.as_ref()),
            order: self.short(rules.order.as_ref()),
            origin: ends.origin.as_ref().map(|it| it.id),
            destination: ends.destination.as_ref().map(|it| it.id),
            carrier: carrier.map(|it| it.to_lowercase()),
            service: self.short(rules.service.as_ref()),
            mode: rules.mode.as_ref().and_then(|it| self.mode(it)),
            pieces: rules.pieces.as_ref().and_then(|it| self.take(self.cells.count(it))),
            weight_g: rules.weight.as_ref().and_then(|it| self.weight(it)),
            dimensions_mm: rules.dimensions.as_ref().and_then(|it| self.dimensions(it)),
            declared_value: rules.declared_value.as_ref().and_then(|it| self.worth(it)),
            promised: rules.promised.as_ref().and_then(|it| self.promise(it, &ends)),
            references: self.references(),
        };
        (record, ends)
    }

    /// How it travels, by its word.
    pub(super) fn mode(&mut self, rule: &'a TextRule) -> Option<domain::mode::Mode> {
        let text = self.cells.text(rule)?;
        let mode = mode_of(&text);
        if mode.is_none() {
            let words = domain::mode::Mode::WORDS.join(", ");
            let reason = format!("{} is no mode ({words}) and the map lacks it", quoted(&text));
            self.fail(&rule.label, reason);
        }
        mode
    }

    fn short(&mut self, rule: Option<&TextRule>) -> Option<String> {
        rule.and_then(|it| self.take(self.cells.short(it)))
    }

    fn private(&mut self, rule: Option<&TextRule>) -> Option<Private> {
        rule.and_then(|it| self.take(self.cells.long(it))).map(Private::new)
    }

    fn recipient(&mut self, rule: &'a RecipientRule) -> Option<Recipient> {
        let name = self.private(rule.name.as_ref());
        let email = self.private(rule.email.as_ref());
        let address = self.private(rule.address.as_ref());
        let known = name.is_some() || email.is_some() || address.is_some();
        known.then_some(Recipient { name, email, address })
    }

    fn items(&mut self, rules: &'a [ItemRule]) -> Option<Vec<Item>> {
        let items: Vec<Item> = rules.iter().filter_map(|it| self.item(it)).collect();
        (!items.is_empty()).then_some(items)
    }

    fn item(&mut self, rule: &'a ItemRule) -> Option<Item> {
        let name = self.take(self.cells.long(&rule.name))?;
        let quantity = rule.quantity.as_ref().and_then(|it| self.take(self.cells.count(it)));
        let serials = self.short(rule.serial.as_ref()).into_iter().collect();
        let value = rule.value.as_ref().and_then(|it| self.worth(it));
        Some(Item { name, quantity: quantity.unwrap_or(1), serials, value })
    }

    fn references(&mut self) -> Option<Vec<Reference>> {
        let rules = &self.mapping.package.references;
        let mut references: Vec<Reference> = Vec::with_capacity(rules.len());
        for rule in rules {
            let Some(value) = self.short(Some(&rule.value)) else { continue };
            let reference = Reference { scheme: rule.scheme.clone(), value };
            if !references.contains(&reference) {
                references.push(reference);
            }
        }
        references.sort();
        (!references.is_empty()).then_some(references)
    }

    fn worth(&mut self, rule: &MoneyRule) -> Option<Money> {
        let money = self.take(self.cells.money(rule))?;
        if money.minor < 0 {
            self.fail(self.cells.name(rule.cell.column), format!("{money} is below zero"));
            return None;
        }
        Some(money)
    }

    fn weight(&mut self, rule: &'a WeightRule) -> Option<u64> {
        let notation = self.mapping.notation;
        let measured =
            self.amount(&rule.cell, &rule.instead, |text| notation.measure(text, rule.unit))?;
        match measured {
            Amount::Nothing => None,
            Amount::Is(weight_g) => Some(weight_g),
            // Part of a weight that stands elsewhere: unknown here, never a guess.
            Amount::Shared(_) | Amount::Words => {
                let column = rule.cell.column;
                self.note(self.cells.name(column), self.cells.raw(column).to_owned());
                None
            }
        }
    }

    fn dimensions(&mut self, rule: &DimensionsRule) -> Option<[u32; 3]> {
        let mut sides = [0; 3];
        let mut known = 0;
        for (side, cell) in sides.iter_mut().zip(&rule.cells) {
            let Some(text) = self.cells.cell(cell) else { continue };
            let read = self.mapping.notation.measure(text, rule.unit);
            match read.map(u32::try_from) {
                Ok(Ok(length_mm)) => {
                    *side = length_mm;
                    known += 1;
                }
                Ok(Err(_)) => {
                    self.fail(self.cells.name(cell.column), format!("{}: too large", quoted(text)));
                }
                Err(error) => {
                    let (column, reason) = self.cells.not_a(cell.column, text, &error);
                    self.fail(&column, reason);
                }
            }
        }
        // Two sides of three are no size.
        (known == 3).then_some(sides)
    }

    fn promise(&mut self, rule: &'a PromiseRule, ends: &Ends) -> Option<Promise> {
        let place = ends.destination.as_deref();
        let (first, last) = match rule {
            PromiseRule::One(one) => self.span(one, place)?,
            PromiseRule::Span(first, last) => {
                let (first_span, last_span) = (self.span(first, place), self.span(last, place));
                let (start, end) = (first_span.or(last_span)?.0, last_span.or(first_span)?.1);
                if end < start {
                    self.fail(&last.label, "it is before the first promised date");
                    return None;
                }
                (start, end)
            }
        };
        Some(Promise { first, last })
    }

    /// A promised day lasts until its end, a promised moment is that moment.
    fn span(
        &mut self,
        rule: &DateRule,
        place: Option<&KnownPlace>,
    ) -> Option<(domain::time::Timestamp, domain::time::Timestamp)> {
        let moment = self.take(self.cells.moment(rule))?;
        let zone = zone(&rule.zone, place);
        let span = match (moment, rule.time) {
            (Moment::Day(day), None) => whole_day(day, zone),
            _ => instant(moment, zone, rule.time.unwrap_or(NOON)).map(|at| (at, at)),
        };
        match span {
            Ok(span) => Some(span),
            Err(why) => {
                self.fail(&rule.label, self.date_fault(rule, why));
                None
            }
        }
    }
}
