//! A mapping file as it is written. Names here are the keys of the TOML file;
//! what they mean together is checked in `compile`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The whole file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingFile {
    pub name: String,
    #[serde(default)]
    pub key: Vec<String>,
    #[serde(default)]
    pub none: Vec<String>,
    /// Words that are no value either, but say why: kept as notes.
    #[serde(default)]
    pub kept: Vec<String>,
    #[serde(default)]
    pub unresolved: Unresolved,
    pub time_zone: Option<String>,
    #[serde(default)]
    pub note_columns: Vec<String>,
    #[serde(default)]
    pub registered_at: Vec<DateFile>,
    #[serde(default)]
    pub format: FormatFile,
    #[serde(default)]
    pub numbers: NumbersFile,
    #[serde(default)]
    pub package: PackageFile,
    #[serde(default)]
    pub reference: Vec<ReferenceFile>,
    #[serde(default)]
    pub item: Vec<ItemFile>,
    #[serde(default)]
    pub cost: Vec<CostFile>,
    #[serde(default)]
    pub event: Vec<EventFile>,
    #[serde(default)]
    pub note: Vec<NoteFile>,
}

/// What becomes of a text that names no place, or several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unresolved {
    /// The row is refused.
    #[default]
    Error,
    /// The place stays unknown and the words are kept as a note.
    Note,
}

/// `[format]`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormatFile {
    pub kind: Option<FormatKind>,
    pub encoding: Option<String>,
    pub delimiter: Option<String>,
}

/// `format.kind`
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FormatKind {
    Csv,
    Ndjson,
}

/// `[numbers]`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumbersFile {
    pub decimal: Option<char>,
    pub thousands: Option<char>,
}

/// `[package]`
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackageFile {
    pub description: Option<TextFile>,
    pub client: Option<TextFile>,
    pub recipient: Option<RecipientFile>,
    pub cost_centre: Option<TextFile>,
    pub order: Option<TextFile>,
    pub origin: Option<PlaceFile>,
    pub destination: Option<PlaceFile>,
    pub carrier: Option<TextFile>,
    pub service: Option<TextFile>,
    pub mode: Option<TextFile>,
    pub pieces: Option<NumberFile>,
    pub weight: Option<WeightFile>,
    pub dimensions: Option<DimensionsFile>,
    pub declared_value: Option<MoneyFile>,
    pub promised: Option<PromiseFile>,
}

/// A text: from a column, from several by a template, or always the same.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextFile {
    pub column: Option<String>,
    pub template: Option<String>,
    pub value: Option<String>,
    pub default: Option<String>,
    #[serde(default)]
    pub none: Vec<String>,
    #[serde(default)]
    pub map: BTreeMap<String, String>,
}

/// `[[note]]`: a text that is kept under a label.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoteFile {
    pub label: Option<String>,
    pub column: Option<String>,
    pub template: Option<String>,
    #[serde(default)]
    pub none: Vec<String>,
}

/// `package.recipient`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipientFile {
    pub name: Option<TextFile>,
    pub email: Option<TextFile>,
    pub address: Option<TextFile>,
}

/// A place by its name or code.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlaceFile {
    pub column: Option<String>,
    pub template: Option<String>,
    pub value: Option<String>,
    pub default: Option<String>,
    #[serde(default)]
    pub none: Vec<String>,
    #[serde(default)]
    pub map: BTreeMap<String, String>,
    pub kind: Option<PlaceKind>,
    #[serde(default)]
    pub free_text: bool,
    pub unresolved: Option<Unresolved>,
    pub same_as: Option<End>,
}

/// What sort of place a column names.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlaceKind {
    Country,
    City,
    Airport,
    Port,
}

/// One end of a package's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum End {
    Origin,
    Destination,
}

/// A count.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberFile {
    pub column: String,
    #[serde(default)]
    pub none: Vec<String>,
}

/// `package.weight`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightFile {
    pub column: String,
    pub unit: String,
    #[serde(default)]
    pub none: Vec<String>,
    pub shared: Option<String>,
    pub shared_key: Option<String>,
    #[serde(default)]
    pub words: Vec<String>,
}

/// `package.dimensions`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DimensionsFile {
    pub length: String,
    pub width: String,
    pub height: String,
    pub unit: String,
    #[serde(default)]
    pub none: Vec<String>,
}

/// An amount of money.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MoneyFile {
    pub column: String,
    pub currency: Option<String>,
    pub currency_column: Option<String>,
    #[serde(default)]
    pub none: Vec<String>,
}

/// A date or time.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateFile {
    pub column: Option<String>,
    pub value: Option<String>,
    #[serde(default)]
    pub formats: Vec<String>,
    pub time_zone: Option<String>,
    pub time: Option<String>,
    #[serde(default)]
    pub none: Vec<String>,
}

/// `package.promised`: one date, or the first and the last.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromiseFile {
    pub column: Option<String>,
    pub value: Option<String>,
    #[serde(default)]
    pub formats: Vec<String>,
    pub time_zone: Option<String>,
    pub time: Option<String>,
    #[serde(default)]
    pub none: Vec<String>,
    pub first: Option<DateFile>,
    pub last: Option<DateFile>,
}

/// `[[reference]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReferenceFile {
    pub scheme: String,
    pub column: Option<String>,
    pub template: Option<String>,
    #[serde(default)]
    pub none: Vec<String>,
}

/// `[[item]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ItemFile {
    pub name: TextFile,
    pub quantity: Option<NumberFile>,
    pub serial: Option<TextFile>,
    pub value: Option<MoneyFile>,
}

/// `[[cost]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostFile {
    pub kind: String,
    pub column: String,
    pub currency: Option<String>,
    pub currency_column: Option<String>,
    #[serde(default)]
    pub credit: bool,
    #[serde(default)]
    pub none: Vec<String>,
    pub shared: Option<String>,
    pub shared_key: Option<String>,
    #[serde(default)]
    pub words: Vec<String>,
}

/// `[[event]]`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventFile {
    pub kind: String,
    pub at: DateFile,
    pub place: Option<PlaceFile>,
    pub to: Option<PlaceFile>,
    pub mode: Option<TextFile>,
    pub expected_at: Option<DateFile>,
    pub reason: Option<TextFile>,
    pub detail: Option<TextFile>,
    pub received_by: Option<TextFile>,
    pub left_at: Option<TextFile>,
}
