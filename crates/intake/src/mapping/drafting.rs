//! From one row to the facts it states.

use std::sync::Arc;

use domain::{
    draft::Draft,
    event::Fact,
    id::{EventId, PackageId, Subject},
    money::{CostLine, Money},
    private::Private,
    record::Record,
    time::Timestamp,
};
use jiff::{civil::Time, tz::TimeZone};

use order::{When, in_mapping_order};

use super::{
    Mapping, NamedClient, ParsedRow, PlaceFinder,
    cells::{Cells, Fault, LONG_BYTES_MAX, instant, quoted, whole_day},
    places::{Answer, FoundPlace, KnownPlace, Question, REMEMBERED_MAX},
    plan::Memory,
    rule::{
        Column, CostRule, DateFrom, DateRule, End, Instead, PlaceRule, TextRule, Unresolved,
        ZoneRule,
    },
};
use crate::{
    dates::Moment,
    numbers::InvalidNumber,
    rows::{Row, RowError},
};

mod event;
mod order;
mod record;

/// When a day without a time takes place: its noon is that same day in almost
/// every time zone.
pub const NOON: Time = Time::constant(12, 0, 0, 0);

/// What makes a row's package the same when the table is read again.
pub enum Key {
    /// The key columns of the mapping.
    Columns,
    /// The row's content, and its number among rows that are alike.
    Content { content: [u8; 16], nth: [u8; 8] },
}

/// Where the package's way starts and ends.
#[derive(Default)]
struct Ends {
    origin: Option<Arc<KnownPlace>>,
    destination: Option<Arc<KnownPlace>>,
}

impl Ends {
    const fn get(&self, end: End) -> Option<&Arc<KnownPlace>> {
        match end {
            End::Origin => self.origin.as_ref(),
            End::Destination => self.destination.as_ref(),
        }
    }
}

/// What a cell holds that should be an amount.
enum Amount<T> {
    Nothing,
    Is(T),
    /// Another row has it: that row's key.
    Shared(String),
    /// Words that leave it unknown.
    Words,
}

/// Words of the table that are kept as they are.
struct Kept<'a> {
    label: &'a str,
    words: String,
    /// Words in the place of a cost take that cost's id: where a price was
    /// recorded before, they contradict it instead of standing beside it.
    for_cost: bool,
}

/// A row on its way to becoming facts.
pub struct Drafting<'a> {
    mapping: &'a Mapping,
    cells: Cells<'a>,
    row: &'a Row,
    memory: &'a mut Memory,
    finder: &'a dyn PlaceFinder,
    errors: Vec<RowError>,
    /// What is kept in the table's own words, by the name of its column.
    notes: Vec<Kept<'a>>,
    places: Vec<Arc<FoundPlace>>,
    clients: Vec<Arc<NamedClient>>,
}

impl<'a> Drafting<'a> {
    /// Starts with a row.
    pub fn new(
        mapping: &'a Mapping,
        positions: &'a [usize],
        row: &'a Row,
        memory: &'a mut Memory,
        finder: &'a dyn PlaceFinder,
    ) -> Self {
        Self {
            mapping,
            cells: Cells { mapping, positions, row },
            row,
            memory,
            finder,
            errors: Vec::new(),
            notes: Vec::new(),
            places: Vec::new(),
            clients: Vec::new(),
        }
    }

    /// The row's facts, or everything that is wrong with it.
    pub fn draft(mut self, key: &'a Key) -> Result<ParsedRow, Vec<RowError>> {
        self.check_key();
        let ids = Ids::new(self.mapping, &self.cells, key);
        let (record, ends) = self.record();
        let events = in_mapping_order(self.events(&ends));
        let costs = self.costs(&ids);
        self.take_notes();
        let registered_at = self.registered_at(&ends, &events);
        let (Some(registered_at), true) = (registered_at, self.errors.is_empty()) else {
            return Err(self.errors);
        };
        let subject = Subject::Package(ids.package);
        let draft = |id, happened_at, fact| Draft { id, subject, happened_at, fact };
        let record = Box::new(Record::Package(record));
        let mut drafts = Vec::with_capacity(1 + events.len() + costs.len() + self.notes.len());
        drafts.push(draft(ids.event(&[b"registered"]), registered_at, Fact::Registered(record)));
        for (nth, at, fact) in events {
            let kind = fact.kind().word();
            drafts.push(draft(ids.event(&[kind.as_bytes(), &nth.to_be_bytes()]), at, fact));
        }
        for (line_id, fact) in costs {
            let id = ids.event(&[b"cost", line_id.as_bytes()]);
            drafts.push(draft(id, registered_at, fact));
        }
        for Kept { label, words, for_cost } in self.notes {
            let sort: &[u8] = if for_cost { b"cost" } else { b"note" };
            let id = ids.event(&[sort, label.as_bytes()]);
            let note = Private::new(format!("{label}: {words}"));
            drafts.push(draft(id, registered_at, Fact::Note(note)));
        }
        Ok(ParsedRow {
            line: self.row.line,
            ordinal: self.row.ordinal,
            package: ids.package,
            drafts,
            places: self.places,
            clients: self.clients,
        })
    }

    fn check_key(&mut self) {
        for column in &self.mapping.key {
            if self.cells.raw(*column).is_empty() {
                self.fail(
                    self.cells.name(*column),
                    "it tells the rows apart and must not be empty",
                );
            }
        }
    }

    fn fail(&mut self, column: &str, reason: impl Into<String>) {
        self.errors.push(RowError {
            line: self.row.line,
            column: Some(column.to_owned()),
            reason: reason.into(),
        });
    }

    /// The value, unless there is none or it is wrong.
    fn take<T>(&mut self, read: Result<Option<T>, Fault>) -> Option<T> {
        match read {
            Ok(value) => value,
            Err((column, reason)) => {
                self.fail(&column, reason);
                None
            }
        }
    }

    fn note(&mut self, label: &'a str, words: String) {
        // The same column may be kept for two reasons; once is enough.
        if !self.notes.iter().any(|it| it.label == label) {
            self.notes.push(Kept { label, words, for_cost: false });
        }
    }

    fn place(&mut self, rule: &'a PlaceRule) -> Option<Arc<KnownPlace>> {
        let text = self.cells.text(&rule.text)?;
        let question = Question { text: &text, wording: rule.wording, kind: rule.kind };
        match self.memory.places.find(question, self.finder) {
            Answer::One(known) => {
                if !self.places.iter().any(|it| it.key == known.place.key) {
                    self.places.push(Arc::clone(&known.place));
                }
                Some(known)
            }
            Answer::No(why) => {
                match rule.unresolved {
                    Unresolved::Error => {
                        self.fail(&rule.text.label, format!("{} {why}", quoted(&text)));
                    }
                    Unresolved::Note => self.note(&rule.text.label, text.into_owned()),
                }
                None
            }
        }
    }

    fn client(&mut self, rule: &'a TextRule) -> Option<domain::id::ClientId> {
        let name = self.take(self.cells.short(rule))?;
        let known = self.memory.clients.get(name.as_str()).map(Arc::clone);
        let client = known.unwrap_or_else(|| {
            let client = Arc::new(NamedClient::new(&name));
            if self.memory.clients.len() >= REMEMBERED_MAX {
                self.memory.clients.clear();
            }
            self.memory.clients.insert(name.into(), Arc::clone(&client));
            client
        });
        let id = client.id;
        self.clients.push(client);
        Some(id)
    }

    fn when(&mut self, rule: &DateRule, place: Option<&KnownPlace>) -> Option<When> {
        let moment = self.take(self.cells.moment(rule))?;
        let zone = zone(&rule.zone, place);
        let likely = instant(moment, zone, rule.time.unwrap_or(NOON));
        let when = likely.and_then(|likely| match moment {
            Moment::Day(day) => {
                let (earliest, latest) = whole_day(day, zone)?;
                Ok(When { earliest, latest, likely })
            }
            _ => Ok(When::at(likely)),
        });
        match when {
            Ok(when) => Some(when),
            Err(why) => {
                self.fail(&rule.label, self.date_fault(rule, why));
                None
            }
        }
    }

    fn date_fault(&self, rule: &DateRule, why: &str) -> String {
        match &rule.from {
            DateFrom::Cell(cell) => format!("{}: {why}", quoted(self.cells.raw(cell.column))),
            DateFrom::Value(_) => why.to_owned(),
        }
    }

    /// The first date that the mapping offers, but always before the row's
    /// own first event: nothing happens to a package that does not exist.
    fn registered_at(
        &mut self,
        ends: &Ends,
        events: &[(u16, Timestamp, Fact)],
    ) -> Option<Timestamp> {
        let first_event = events.iter().map(|(_, at, _)| *at).min();
        let errors_before = self.errors.len();
        let stated = self
            .mapping
            .registered_at
            .iter()
            .find_map(|rule| self.when(rule, ends.origin.as_deref()));
        let before_events = first_event.map(|it| it.plus(-1));
        let at = [stated.map(|it| it.likely), before_events].into_iter().flatten().min();
        if at.is_none() && self.errors.len() == errors_before {
            let rule = self.mapping.registered_at.first();
            let label = rule.map_or("registered_at", |it| it.label.as_str());
            self.fail(label, "no date says since when the package exists");
        }
        at
    }

    fn costs(&mut self, ids: &Ids<'a>) -> Vec<(&'a str, Fact)> {
        let mapping = self.mapping;
        mapping
            .costs
            .iter()
            .filter_map(|rule| Some((rule.line_id.as_str(), self.cost(rule, ids)?)))
            .collect()
    }

    fn cost(&mut self, rule: &'a CostRule, ids: &Ids<'a>) -> Option<Fact> {
        let cell = &rule.money.cell;
        let currency = match self.cells.cell(cell) {
            Some(_) => self.cells.currency(&rule.money.currency).map(Some),
            None => Ok(None),
        };
        let currency = self.take(currency)?;
        let notation = self.mapping.notation;
        match self.amount(cell, &rule.instead, |text| notation.money(text, currency))? {
            Amount::Nothing => None,
            Amount::Is(amount) => self.cost_line(rule, amount),
            Amount::Shared(key) => {
                let with = ids.package_of(&key);
                if with == ids.package {
                    self.fail(self.cells.name(cell.column), "it points at its own row");
                    return None;
                }
                Some(Fact::CostShared { kind: rule.kind, with })
            }
            Amount::Words => {
                let label = self.cells.name(cell.column);
                let words = self.cells.raw(cell.column).to_owned();
                self.notes.push(Kept { label, words, for_cost: true });
                None
            }
        }
    }

    fn cost_line(&mut self, rule: &CostRule, mut amount: Money) -> Option<Fact> {
        if amount.minor < 0 && !rule.credit {
            let reason = format!("{amount} is below zero, which only a credit can be");
            self.fail(self.cells.name(rule.money.cell.column), reason);
            return None;
        }
        // Some tables write credits below zero, others above: both lower the cost.
        amount.minor = amount.minor.abs();
        let line = CostLine {
            kind: rule.kind,
            amount,
            source: "import".to_owned(),
            id: rule.line_id.clone(),
        };
        Some(if rule.credit { Fact::CostCredited(line) } else { Fact::CostAdded(line) })
    }

    /// Reads a cell that holds an amount or something instead.
    fn amount<T>(
        &mut self,
        cell: &super::rule::CellRule,
        instead: &Instead,
        parse: impl Fn(&str) -> Result<T, InvalidNumber>,
    ) -> Option<Amount<T>> {
        let Some(text) = self.cells.cell(cell) else { return Some(Amount::Nothing) };
        let error = match parse(text) {
            Ok(amount) => return Some(Amount::Is(amount)),
            Err(error) => error,
        };
        if instead.words.contain(text) {
            return Some(Amount::Words);
        }
        let shared = instead.shared.as_ref().and_then(|it| it.captures(text));
        if let Some(key) = shared.and_then(|it| it.get(1)) {
            return Some(Amount::Shared(key.as_str().to_owned()));
        }
        let (column, reason) = self.cells.not_a(cell.column, text, &error);
        self.fail(&column, reason);
        None
    }

    fn take_notes(&mut self) {
        let mapping = self.mapping;
        for rule in &mapping.notes {
            if let Some(words) = self.take(self.cells.long(rule)) {
                self.note(&rule.label, words);
            }
        }
        if !mapping.kept.0.is_empty() {
            for column in (0..mapping.columns.len()).map(Column) {
                let words = self.cells.raw(column);
                if mapping.kept.contain(words) {
                    self.note(self.cells.name(column), words.to_owned());
                }
            }
        }
        for rule in &mapping.note_columns {
            let name = self.cells.name(rule.column);
            match self.cells.cell(rule) {
                Some(words) if words.len() > LONG_BYTES_MAX => {
                    self.fail(name, format!("longer than {LONG_BYTES_MAX} bytes"));
                }
                Some(words) => self.note(name, words.to_owned()),
                None => (),
            }
        }
    }
}

fn zone<'z>(rule: &'z ZoneRule, place: Option<&'z KnownPlace>) -> &'z TimeZone {
    let of_place = place.and_then(|it| it.zone.as_ref()).filter(|_| rule.of_place);
    of_place.unwrap_or(&rule.fixed)
}

/// The ids of a row's package and events: from its key, so that reading a table
/// twice states everything once.
struct Ids<'a> {
    name: &'a [u8],
    key: Vec<&'a [u8]>,
    package: PackageId,
}

impl<'a> Ids<'a> {
    fn new(mapping: &'a Mapping, cells: &Cells<'a>, key: &'a Key) -> Self {
        let name = mapping.name.as_bytes();
        let key: Vec<&[u8]> = match key {
            Key::Columns => mapping.key.iter().map(|it| cells.raw(*it).as_bytes()).collect(),
            // No cell holds a zero byte, so this is nobody's key.
            Key::Content { content, nth } => vec![b"\0content", content, nth],
        };
        let parts = parts(name, &key, &[]);
        Self { name, package: PackageId::derive(&parts), key }
    }

    fn event(&self, tail: &[&[u8]]) -> EventId {
        EventId::derive(&parts(self.name, &self.key, tail))
    }

    /// The package of another row, in a table whose key is one column.
    fn package_of(&self, key: &str) -> PackageId {
        PackageId::derive(&[b"import", self.name, key.as_bytes()])
    }
}

fn parts<'p>(name: &'p [u8], key: &[&'p [u8]], tail: &[&'p [u8]]) -> Vec<&'p [u8]> {
    let mut parts: Vec<&[u8]> = Vec::with_capacity(2 + key.len() + tail.len());
    parts.extend([b"import".as_slice(), name]);
    parts.extend_from_slice(key);
    parts.extend_from_slice(tail);
    parts
}
