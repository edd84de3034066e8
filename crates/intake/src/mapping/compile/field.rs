//! Rules of single fields: texts, places, dates, amounts.

use domain::money::Currency;
use jiff::civil::Time;
use regex::RegexBuilder;

use super::Compiler;
use crate::{
    dates::{DateFormat, parse_any},
    gazetteer::Kind,
    mapping::{
        file::{
            DateFile, DimensionsFile, MoneyFile, NumberFile, PlaceFile, PlaceKind, PromiseFile,
            RecipientFile, TextFile, WeightFile,
        },
        places::{Wording, time_zone},
        rule::{
            CellRule, CurrencyRule, DateFrom, DateRule, DimensionsRule, Instead, MoneyRule, Part,
            PlaceRule, PromiseRule, RecipientRule, TextFrom, TextRule, WeightRule, Words, ZoneRule,
            mode_of,
        },
    },
    numbers::Ratio,
};

/// The word that maps to nothing.
const NONE: &str = "none";

/// Most bytes a compiled pattern may take.
const PATTERN_BYTES_MAX: usize = 1 << 20;

impl Compiler {
    pub(super) fn text(&mut self, key: &str, file: TextFile) -> Option<TextRule> {
        let (from, label) = match (file.column, file.template, file.value) {
            (Some(column), None, None) => {
                let from = TextFrom::Column(self.column(&format!("{key}.column"), &column));
                (from, column.trim().to_owned())
            }
            (None, Some(template), None) => {
                let parts = self.template(&format!("{key}.template"), &template)?;
                (TextFrom::Template(parts), last_of(key))
            }
            (None, None, Some(value)) if !value.trim().is_empty() => {
                (TextFrom::Value(value), last_of(key))
            }
            _ => {
                self.fail(key, "exactly one of column, template and value is expected");
                return None;
            }
        };
        let map = file.map.into_iter().map(|(from, to)| (from, (to != NONE).then_some(to)));
        Some(TextRule {
            from,
            none: Words(file.none.into()),
            map: map.collect(),
            default: file.default,
            label,
        })
    }

    /// A text that must be a mode, if not by itself then by its map.
    pub(super) fn mode(&mut self, key: &str, file: TextFile) -> Option<TextRule> {
        for (from, to) in &file.map {
            if to != NONE && mode_of(to).is_none() {
                let words = domain::mode::Mode::WORDS.join(", ");
                let reason = format!("{to:?} is no mode; allowed: {words}, {NONE}");
                self.fail(&format!("{key}.map.{from:?}"), reason);
            }
        }
        for text in file.value.iter().chain(&file.default) {
            if mode_of(text).is_none() {
                self.fail(key, format!("{text:?} is no mode"));
            }
        }
        self.text(key, file)
    }

    pub(super) fn recipient(&mut self, key: &str, file: RecipientFile) -> RecipientRule {
        RecipientRule {
            name: self.maybe(&format!("{key}.name"), file.name, Self::text),
            email: self.maybe(&format!("{key}.email"), file.email, Self::text),
            address: self.maybe(&format!("{key}.address"), file.address, Self::text),
        }
    }

    pub(super) fn place(&mut self, key: &str, file: PlaceFile) -> Option<PlaceRule> {
        if file.same_as.is_some() {
            self.fail(&format!("{key}.same_as"), "only the place of an event can be the same as");
            return None;
        }
        let kind = file.kind.map(|it| match it {
            PlaceKind::Country => Kind::Country,
            PlaceKind::City => Kind::City,
            PlaceKind::Airport => Kind::Airport,
            PlaceKind::Port => Kind::Port,
        });
        let PlaceFile { column, template, value, default, none, map, .. } = file;
        let wording = if file.free_text { Wording::FreeText } else { Wording::Name };
        let unresolved = file.unresolved.unwrap_or(self.unresolved);
        let text = self.text(key, TextFile { column, template, value, default, none, map })?;
        Some(PlaceRule { text, wording, kind, unresolved })
    }

    pub(super) fn number(&mut self, key: &str, file: NumberFile) -> CellRule {
        self.cell(&format!("{key}.column"), &file.column, file.none)
    }

    pub(super) fn weight(&mut self, key: &str, file: WeightFile) -> Option<WeightRule> {
        let instead = self.instead(key, file.shared, file.shared_key, file.words)?;
        let Some(unit) = Ratio::grams_in(&file.unit) else {
            let reason = format!("{:?} is no unit; allowed: g, kg, t, lb, oz", file.unit);
            self.fail(&format!("{key}.unit"), reason);
            return None;
        };
        let cell = self.cell(&format!("{key}.column"), &file.column, file.none);
        Some(WeightRule { cell, unit, instead })
    }

    pub(super) fn dimensions(&mut self, key: &str, file: DimensionsFile) -> Option<DimensionsRule> {
        let Some(unit) = Ratio::millimetres_in(&file.unit) else {
            let reason = format!("{:?} is no unit; allowed: mm, cm, m, in, ft", file.unit);
            self.fail(&format!("{key}.unit"), reason);
            return None;
        };
        let sides = [("length", file.length), ("width", file.width), ("height", file.height)];
        let cells = sides
            .map(|(side, column)| self.cell(&format!("{key}.{side}"), &column, file.none.clone()));
        Some(DimensionsRule { cells, unit })
    }

    pub(super) fn money(&mut self, key: &str, file: MoneyFile) -> Option<MoneyRule> {
        let fixed = match file.currency.as_deref().map(str::parse::<Currency>) {
            Some(Err(error)) => {
                self.fail(&format!("{key}.currency"), error.to_string());
                return None;
            }
            Some(Ok(currency)) => Some(currency),
            None => None,
        };
        let currency = match (file.currency_column, fixed) {
            (Some(column), default) => {
                let cell = self.cell(&format!("{key}.currency_column"), &column, Vec::new());
                CurrencyRule::Column(cell, default)
            }
            (None, Some(currency)) => CurrencyRule::Fixed(currency),
            (None, None) => {
                self.fail(&format!("{key}.currency"), "it is missing, as is currency_column");
                return None;
            }
        };
        let cell = self.cell(&format!("{key}.column"), &file.column, file.none);
        Some(MoneyRule { cell, currency })
    }

    pub(super) fn date(&mut self, key: &str, file: DateFile) -> Option<DateRule> {
        let formats = self.formats(key, file.formats)?;
        let zone = self.zone(&format!("{key}.time_zone"), file.time_zone.as_deref())?;
        let time = match file.time.as_deref().map(str::parse::<Time>) {
            Some(Err(_)) => {
                self.fail(&format!("{key}.time"), "a time such as \"12:00\" is expected");
                return None;
            }
            Some(Ok(time)) => Some(time),
            None => None,
        };
        let (from, label) = match (file.column, file.value) {
            (Some(column), None) => {
                let cell = self.cell(&format!("{key}.column"), &column, file.none);
                (DateFrom::Cell(cell), column.trim().to_owned())
            }
            (None, Some(value)) => match parse_any(&formats, &value) {
                Ok(moment) => (DateFrom::Value(moment), last_of(key)),
                Err(error) => {
                    self.fail(&format!("{key}.value"), format!("{value:?}: {error}"));
                    return None;
                }
            },
            _ => {
                self.fail(key, "exactly one of column and value is expected");
                return None;
            }
        };
        Some(DateRule { from, formats, zone, time, label })
    }

    pub(super) fn promise(&mut self, key: &str, file: PromiseFile) -> Option<PromiseRule> {
        let PromiseFile { column, value, formats, time_zone, time, none, first, last } = file;
        match (first, last) {
            (None, None) => {
                let one = DateFile { column, value, formats, time_zone, time, none };
                self.date(key, one).map(PromiseRule::One)
            }
            (Some(first), Some(last)) if column.is_none() && value.is_none() => {
                let first = self.date(&format!("{key}.first"), first);
                let last = self.date(&format!("{key}.last"), last);
                Some(PromiseRule::Span(first?, last?))
            }
            _ => {
                self.fail(key, "either a column, or both first and last, are expected");
                None
            }
        }
    }

    /// What cells may hold in the place of an amount.
    pub(super) fn instead(
        &mut self,
        key: &str,
        shared: Option<String>,
        shared_key: Option<String>,
        words: Vec<String>,
    ) -> Option<Instead> {
        let words = Words(words.into());
        let Some(pattern) = shared else {
            if shared_key.is_some() {
                self.fail(&format!("{key}.shared_key"), "it means nothing without shared");
            }
            return Some(Instead { shared: None, words });
        };
        let [key_column] = &self.key[..] else {
            let reason = "a shared amount names another row's key: key must be one column";
            self.fail(&format!("{key}.shared"), reason);
            return None;
        };
        if shared_key.as_ref().is_some_and(|it| it != key_column) {
            let reason = format!("rows are found by the mapping's key, {key_column:?}");
            self.fail(&format!("{key}.shared_key"), reason);
        }
        match RegexBuilder::new(&pattern).size_limit(PATTERN_BYTES_MAX).build() {
            Ok(regex) if regex.captures_len() == 2 => Some(Instead { shared: Some(regex), words }),
            Ok(_) => {
                let reason = "the pattern must have one group (…), around the other row's key";
                self.fail(&format!("{key}.shared"), reason);
                None
            }
            Err(error) => {
                self.fail(&format!("{key}.shared"), error.to_string());
                None
            }
        }
    }

    fn formats(&mut self, key: &str, formats: Vec<String>) -> Option<Vec<DateFormat>> {
        if formats.is_empty() {
            return Some(vec![DateFormat::compile("iso").expect("a format of our own")]);
        }
        let mut compiled = Vec::with_capacity(formats.len());
        for (index, format) in formats.iter().enumerate() {
            match DateFormat::compile(format) {
                Ok(format) => compiled.push(format),
                Err(error) => self.fail(&format!("{key}.formats[{index}]"), error.to_string()),
            }
        }
        (compiled.len() == formats.len()).then_some(compiled)
    }

    fn zone(&mut self, key: &str, name: Option<&str>) -> Option<ZoneRule> {
        let of_place = name == Some("place");
        let fixed = match name.filter(|_| !of_place) {
            None => Some(self.zone.clone()),
            Some(name) => time_zone(name).or_else(|| {
                self.no_zone(key, name);
                None
            }),
        };
        fixed.map(|fixed| ZoneRule { of_place, fixed })
    }

    /// A text with column names in braces; doubled braces are braces.
    fn template(&mut self, key: &str, template: &str) -> Option<Vec<Part>> {
        let (mut parts, mut text, mut columns) = (Vec::new(), String::new(), 0);
        let mut rest = template;
        while let Some(at) = rest.find(['{', '}']) {
            text.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                text.push_str(brace);
                rest = after;
                continue;
            }
            let name_and_rest = rest.split_once('}').filter(|(name, _)| !name.contains('{'));
            let (true, Some((name, after))) = (brace == "{", name_and_rest) else {
                self.fail(key, "a brace without its other half");
                return None;
            };
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text)));
            }
            parts.push(Part::Column(self.column(key, name)));
            columns += 1;
            rest = after;
        }
        text.push_str(rest);
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        if columns == 0 {
            self.fail(key, "it names no column in braces, as in \"{City}, {Country}\"");
            return None;
        }
        Some(parts)
    }
}

/// What a rule without a column is called: the last part of its key.
fn last_of(key: &str) -> String {
    key.rsplit('.').next().unwrap_or(key).to_owned()
}
