//! What others are told, as JSON: the details of events on a bus, alarms, and frames on
//! channels. The same wire types as the API's; on a bus for somebody who may see neither
//! personal text nor costs.

use std::collections::BTreeMap;

use domain::{event::Fact, leaf::hex};
use serde::Serialize;
use serde_json::Value;
use service::{
    live::{channel::Sight, telling::Told},
    outgoing::{Alarm, Outgoing, detail_type},
    rows::Recorded,
};

use crate::wire::{
    event::Event,
    live::message,
    scalar::{Id, Time, ids},
    viewer::Viewer,
};

/// More than this in a detail is asked for as a second one: 64 KiB, less what is around it.
const DETAIL_BYTES_MAX: usize = 60_000;
/// Who reads a bus is nobody in particular.
const NOBODY: Viewer = Viewer { personal: false, costs: false };

/// An event as it is told on a bus.
#[derive(Serialize)]
struct News {
    /// What it is called: another shape would be called otherwise.
    r#type: String,
    /// The same event has the same, however often it is told.
    id: ids::Event,
    /// What it is about.
    subject: ids::Subject,
    /// Its number among the events of that, from 1.
    seq: u64,
    /// What happened, in one word.
    kind: String,
    /// When it happened, by the world's clock.
    happened_at: Time,
    /// When we learned it, by ours.
    recorded_at: Time,
    /// Which way it came.
    source: String,
    /// What it says, as the API tells it; nothing of what may not be told to everybody:
    /// costs, notes, and where something was measured, which may be near a home.
    event: Option<Value>,
    /// The hash of the leaf that is logged, in hexadecimal.
    leaf_hash: String,
}

/// Events of one detail type that are told together.
#[derive(Debug)]
pub struct Together {
    /// What it is called.
    pub detail_type: String,
    /// One JSON object that holds them.
    pub detail: String,
    /// Which of those that were given, by index.
    pub which: Vec<usize>,
}

/// An alarm as operators get it.
#[derive(Serialize)]
struct AlarmText<'a> {
    id: String,
    kind: &'static str,
    since: Time,
    over: bool,
    says: &'a str,
}

/// Events as they are told on a bus, as many together as one detail may hold: what a bus
/// asks for it goes by details.
#[must_use]
pub fn details(events: &[&Recorded]) -> Vec<Together> {
    let mut by_type: BTreeMap<String, Vec<(usize, String)>> = BTreeMap::new();
    for (index, recorded) in events.iter().enumerate() {
        let (detail_type, told) = told(recorded);
        by_type.entry(detail_type).or_default().push((index, told));
    }
    let mut all = Vec::new();
    for (detail_type, mut told) in by_type {
        while !told.is_empty() {
            let mut bytes = 0;
            let fits = told.iter().take_while(|it| {
                bytes += it.1.len() + 1;
                bytes <= DETAIL_BYTES_MAX
            });
            let rest = told.split_off(fits.count().max(1));
            let (which, told_now): (_, Vec<String>) = told.into_iter().unzip();
            let detail = format!("{{\"events\":[{}]}}", told_now.join(","));
            all.push(Together { detail_type: detail_type.clone(), detail, which });
            told = rest;
        }
    }
    all
}

/// What an event is called on a bus, and what is told of it, one JSON object.
fn told(recorded: &Recorded) -> (String, String) {
    let event = &recorded.event;
    let said = Event::of(&event.fact, event.happened_at, NOBODY);
    let said = said.filter(|_| may_be_told(&event.fact));
    let name = detail_type(recorded);
    let news = News {
        r#type: name.clone(),
        id: Id(event.id),
        subject: Id(event.subject),
        seq: recorded.seq,
        kind: event.fact.kind().to_string(),
        happened_at: Time(event.happened_at),
        recorded_at: Time(event.recorded_at),
        source: event.source.clone(),
        event: said.map(|it| without_nothing(json(&it))),
        leaf_hash: hex(&recorded.leaf_hash()),
    };
    (name, text(&news))
}

/// A line for the subject of a message, and the alarm as JSON.
#[must_use]
pub fn alarm(alarm: &Alarm) -> (String, String) {
    let state = if alarm.over { "over" } else { "raised" };
    let body = AlarmText {
        id: alarm.id(),
        kind: alarm.kind.word(),
        since: Time(alarm.since),
        over: alarm.over,
        says: &alarm.says,
    };
    (format!("Whereabouts: {} {state}", alarm.kind.word()), text(&body))
}

/// A frame as it is published: what it tells is written for who may subscribe to its
/// channel.
#[must_use]
pub fn live(told: &Told) -> Outgoing {
    let Told { channel, news } = told;
    let frame = message(news, channel.sight == Sight::Exact);
    Outgoing::Live { channel: channel.to_string(), frame }
}

fn may_be_told(fact: &Fact) -> bool {
    let said = fact.asserted().unwrap_or(fact);
    let is_exact = matches!(said, Fact::Positioned(_) | Fact::Note(_));
    !is_exact && NOBODY.may_read(fact)
}

fn json(it: &impl Serialize) -> Value {
    serde_json::to_value(it).expect("it holds only text and numbers")
}

fn text(it: &impl Serialize) -> String {
    without_nothing(json(it)).to_string()
}

/// What is missing is left out: details are short, and costs are by their size.
fn without_nothing(value: Value) -> Value {
    match value {
        Value::Object(all) => {
            let there = all.into_iter().filter(|(_, it)| !it.is_null());
            Value::Object(there.map(|(key, it)| (key, without_nothing(it))).collect())
        }
        Value::Array(all) => Value::Array(all.into_iter().map(without_nothing).collect()),
        other => other,
    }
}
