//! From a mapping file to checked rules, with every mistake named by its key.

use domain::money::CostKind;
use encoding_rs::Encoding;
use jiff::tz::TimeZone;

use super::{
    ColumnUse, KEY_COLUMNS_MAX, Mapping, MappingError,
    file::{
        CostFile, FormatFile, FormatKind, ItemFile, MappingFile, MoneyFile, NoteFile, NumbersFile,
        PackageFile, ReferenceFile, TextFile, Unresolved,
    },
    places::time_zone,
    rule::{CellRule, Column, CostRule, ItemRule, PackageRules, ReferenceRule, TextRule, Words},
};
use crate::{
    numbers::Notation,
    rows::{Format, Options},
};

mod event;
mod field;

/// Most bytes of a mapping file, and of its name.
const FILE_BYTES_MAX: usize = 256 * 1024;
const NAME_BYTES_MAX: usize = 64;

/// Checks a mapping file; every mistake in it at once.
pub fn compile(text: &str) -> Result<Mapping, Vec<MappingError>> {
    if text.len() > FILE_BYTES_MAX {
        let reason = format!("it is larger than {} KB", FILE_BYTES_MAX / 1024);
        return Err(vec![MappingError { key: "the mapping".to_owned(), reason }]);
    }
    let file: MappingFile = toml::from_str(text).map_err(|it| vec![unreadable(text, &it)])?;
    Compiler::new(&file).mapping(file)
}

/// Where and why a file is no mapping file at all.
fn unreadable(text: &str, error: &toml::de::Error) -> MappingError {
    let start = error.span().map_or(0, |it| it.start.min(text.len()));
    let number = text.get(..start).map_or(1, |before| before.matches('\n').count() + 1);
    let line = text.lines().nth(number - 1).unwrap_or("").trim();
    let shown: String = line.chars().take(80).collect();
    MappingError { key: format!("line {number} `{shown}`"), reason: error.message().to_owned() }
}

/// Rules so far, and mistakes so far.
struct Compiler {
    columns: Vec<ColumnUse>,
    errors: Vec<MappingError>,
    zone: TimeZone,
    unresolved: Unresolved,
    key: Vec<String>,
}

impl Compiler {
    fn new(file: &MappingFile) -> Self {
        let mut compiler = Self {
            columns: Vec::new(),
            errors: Vec::new(),
            zone: TimeZone::UTC,
            unresolved: file.unresolved,
            key: file.key.clone(),
        };
        if let Some(name) = &file.time_zone {
            match time_zone(name) {
                Some(zone) => compiler.zone = zone,
                None => compiler.no_zone("time_zone", name),
            }
        }
        compiler
    }

    fn mapping(mut self, file: MappingFile) -> Result<Mapping, Vec<MappingError>> {
        if file.name.is_empty() || file.name.len() > NAME_BYTES_MAX {
            self.fail("name", format!("1 to {NAME_BYTES_MAX} bytes are expected"));
        }
        if file.key.len() > KEY_COLUMNS_MAX {
            self.fail("key", format!("at most {KEY_COLUMNS_MAX} columns are expected"));
        }
        let key = file.key.iter().map(|it| self.column("key", it)).collect();
        let options = self.options(&file.format);
        let notation = self.notation(&file.numbers);
        let registered_at = self.each("registered_at", file.registered_at, Self::date);
        let package = self.package(file.package, file.reference, file.item);
        let costs = self.costs(file.cost);
        let events = self.events(file.event);
        if registered_at.is_empty() && events.is_empty() {
            let reason = "a date is needed: since when a row's package exists, or an event";
            self.fail("registered_at", reason);
        }
        let notes = self.each("note", file.note, Self::note);
        let note_columns = file
            .note_columns
            .iter()
            .map(|it| CellRule { column: self.column("note_columns", it), none: Words::default() })
            .collect();
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let columns = self.columns.iter().map(|it| it.name.clone()).collect();
        Ok(Mapping {
            name: file.name,
            options: Options { columns, ..options },
            notation,
            columns: self.columns,
            key,
            none: Words(file.none.into()),
            kept: Words(file.kept.into()),
            registered_at,
            package,
            costs,
            events,
            notes,
            note_columns,
        })
    }

    fn fail(&mut self, key: &str, reason: impl Into<String>) {
        self.errors.push(MappingError { key: key.to_owned(), reason: reason.into() });
    }

    fn no_zone(&mut self, key: &str, name: &str) {
        let reason = format!("{name:?} is no time zone; one such as \"Africa/Lagos\" is expected");
        self.fail(key, reason);
    }

    /// The number of a column, whether it was named before or not.
    fn column(&mut self, key: &str, name: &str) -> Column {
        let name = name.trim();
        if name.is_empty() {
            self.fail(key, "the name of a column is missing");
        }
        let known = self.columns.iter().position(|it| it.name == name);
        Column(known.unwrap_or_else(|| {
            self.columns.push(ColumnUse { name: name.to_owned(), key: key.to_owned() });
            self.columns.len() - 1
        }))
    }

    fn cell(&mut self, key: &str, column: &str, none: Vec<String>) -> CellRule {
        CellRule { column: self.column(key, column), none: Words(none.into()) }
    }

    /// Compiles each of a list under its numbered key.
    fn each<F, T>(
        &mut self,
        key: &str,
        files: Vec<F>,
        compile: fn(&mut Self, &str, F) -> Option<T>,
    ) -> Vec<T> {
        let mut rules = Vec::with_capacity(files.len());
        for (index, file) in files.into_iter().enumerate() {
            rules.extend(compile(self, &format!("{key}[{index}]"), file));
        }
        rules
    }

    /// Compiles one if it is there.
    fn maybe<F, T>(
        &mut self,
        key: &str,
        file: Option<F>,
        compile: fn(&mut Self, &str, F) -> Option<T>,
    ) -> Option<T> {
        compile(self, key, file?)
    }

    fn options(&mut self, file: &FormatFile) -> Options {
        let encoding = file.encoding.as_ref().and_then(|label| {
            let found = Encoding::for_label(label.as_bytes());
            if found.is_none() {
                self.fail("format.encoding", format!("{label:?} is no encoding"));
            }
            found
        });
        let delimiter = file.delimiter.as_deref().and_then(|it| match *it.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Some(byte),
            _ => {
                self.fail("format.delimiter", format!("{it:?} is not one ASCII character"));
                None
            }
        });
        let format = file.kind.map(|it| match it {
            FormatKind::Csv => Format::Csv,
            FormatKind::Ndjson => Format::Ndjson,
        });
        Options { format, encoding, delimiter, columns: Vec::new() }
    }

    fn notation(&mut self, file: &NumbersFile) -> Notation {
        let decimal = file.decimal.unwrap_or('.');
        if !matches!(decimal, '.' | ',') {
            self.fail("numbers.decimal", "a point or a comma is expected");
        }
        if file.thousands.is_some_and(|it| it == decimal || it.is_ascii_alphanumeric()) {
            self.fail("numbers.thousands", "it must differ from the decimal mark and from digits");
        }
        Notation { decimal, thousands: file.thousands }
    }

    fn package(
        &mut self,
        file: PackageFile,
        references: Vec<ReferenceFile>,
        items: Vec<ItemFile>,
    ) -> PackageRules {
        PackageRules {
            description: self.maybe("package.description", file.description, Self::text),
            client: self.maybe("package.client", file.client, Self::text),
            recipient: file.recipient.map(|it| self.recipient("package.recipient", it)),
            cost_centre: self.maybe("package.cost_centre", file.cost_centre, Self::text),
            order: self.maybe("package.order", file.order, Self::text),
            origin: self.maybe("package.origin", file.origin, Self::place),
            destination: self.maybe("package.destination", file.destination, Self::place),
            carrier: self.maybe("package.carrier", file.carrier, Self::text),
            service: self.maybe("package.service", file.service, Self::text),
            mode: self.maybe("package.mode", file.mode, Self::mode),
            pieces: file.pieces.map(|it| self.number("package.pieces", it)),
            weight: self.maybe("package.weight", file.weight, Self::weight),
            dimensions: self.maybe("package.dimensions", file.dimensions, Self::dimensions),
            declared_value: self.maybe("package.declared_value", file.declared_value, Self::money),
            promised: self.maybe("package.promised", file.promised, Self::promise),
            references: self.each("reference", references, Self::reference),
            items: self.each("item", items, Self::item),
        }
    }

    fn note(&mut self, key: &str, file: NoteFile) -> Option<TextRule> {
        let NoteFile { label, column, template, none } = file;
        if label.is_none() && column.is_none() {
            self.fail(&format!("{key}.label"), "it is missing: several columns have no one name");
        }
        let mut rule = self.text(key, TextFile { column, template, none, ..Default::default() })?;
        rule.label = label.unwrap_or(rule.label);
        Some(rule)
    }

    fn reference(&mut self, key: &str, file: ReferenceFile) -> Option<ReferenceRule> {
        let known = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || b"_:-".contains(&it);
        if file.scheme.is_empty() || !file.scheme.bytes().all(known) {
            let reason = "small letters are expected, as in \"po\" or \"carrier:ups\"";
            self.fail(&format!("{key}.scheme"), reason);
        }
        let ReferenceFile { scheme, column, template, none } = file;
        let text = TextFile { column, template, none, ..Default::default() };
        Some(ReferenceRule { scheme, value: self.text(key, text)? })
    }

    fn item(&mut self, key: &str, file: ItemFile) -> Option<ItemRule> {
        Some(ItemRule {
            name: self.text(&format!("{key}.name"), file.name)?,
            quantity: file.quantity.map(|it| self.number(&format!("{key}.quantity"), it)),
            serial: self.maybe(&format!("{key}.serial"), file.serial, Self::text),
            value: self.maybe(&format!("{key}.value"), file.value, Self::money),
        })
    }

    fn costs(&mut self, files: Vec<CostFile>) -> Vec<CostRule> {
        let costs = self.each("cost", files, Self::cost);
        for (index, cost) in costs.iter().enumerate() {
            if costs[..index].iter().any(|it| it.line_id == cost.line_id) {
                self.fail(&format!("cost[{index}].column"), "an earlier cost has this column");
            }
        }
        costs
    }

    fn cost(&mut self, key: &str, file: CostFile) -> Option<CostRule> {
        let kind = match file.kind.parse::<CostKind>() {
            Ok(kind) => kind,
            Err(error) => {
                self.fail(&format!("{key}.kind"), error.to_string());
                return None;
            }
        };
        let line_id = file.column.trim().to_owned();
        let instead = self.instead(key, file.shared, file.shared_key, file.words)?;
        let money = MoneyFile {
            column: file.column,
            currency: file.currency,
            currency_column: file.currency_column,
            none: file.none,
        };
        let money = self.money(key, money)?;
        Some(CostRule { kind, money, credit: file.credit, instead, line_id })
    }
}
