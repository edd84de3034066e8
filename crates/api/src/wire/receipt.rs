//! What is answered when something was recorded.

use domain::leaf::hex;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    problem::{Problem, ProblemBody},
    wire::scalar::{Id, Time, ids},
};

/// Proof that an event was recorded: nobody can change it without changing `leaf`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// The event.
    pub event: ids::Event,
    /// What it is about.
    pub subject: ids::Subject,
    /// Its number among the subject's events, from 1, in the order of recording.
    pub seq: u64,
    /// The hash of the bytes that are logged (SHA-256 as in RFC 6962), in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    pub leaf: String,
    /// When it was recorded.
    pub recorded_at: Time,
    /// True when the same had been recorded before.
    pub duplicate: bool,
}

impl Receipt {
    /// As it travels.
    #[must_use]
    pub fn of(receipt: &service::record::Receipt) -> Self {
        Self {
            event: Id(receipt.event),
            subject: Id(receipt.subject),
            seq: receipt.seq,
            leaf: hex(&receipt.leaf),
            recorded_at: Time(receipt.recorded_at),
            duplicate: receipt.duplicate,
        }
    }
}

/// Something was registered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Created {
    /// Its id.
    pub id: ids::Subject,
    /// Proof of it.
    pub receipt: Receipt,
}

/// What was said of one thing was recorded, all of it in one write.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Recorded {
    /// One for each event, in the order in which they were sent.
    pub receipts: Vec<Receipt>,
}

/// What became of each item of a batch, in the order in which they were sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BatchResult {
    /// How many were recorded now.
    pub recorded: usize,
    /// How many had been recorded before.
    pub duplicates: usize,
    /// How many were refused. Nothing of a refused item is recorded.
    pub refused: usize,
    /// One for each item.
    pub results: Vec<ItemResult>,
}

/// What became of one item of a batch.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemResult {
    /// Which item, from 0.
    pub index: usize,
    /// As if it had been sent alone.
    pub status: u16,
    /// What it is about, when it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<ids::Subject>,
    /// Proof, when it was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// Why not, when it was refused. Pointers are into the whole batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemBody>,
}

impl BatchResult {
    /// Puts the results of a batch together.
    #[must_use]
    pub fn of(items: Vec<Result<service::record::Receipt, Problem>>) -> Self {
        let results: Vec<ItemResult> = std::iter::zip(0.., items).map(ItemResult::of).collect();
        let with = |status| results.iter().filter(|it| it.status == status).count();
        Self {
            recorded: with(201),
            duplicates: with(200),
            refused: results.iter().filter(|it| it.problem.is_some()).count(),
            results,
        }
    }
}

impl ItemResult {
    fn of((index, item): (usize, Result<service::record::Receipt, Problem>)) -> Self {
        match item {
            Ok(receipt) => Self {
                index,
                status: if receipt.duplicate { 200 } else { 201 },
                id: Some(Id(receipt.subject)),
                receipt: Some(Receipt::of(&receipt)),
                problem: None,
            },
            Err(problem) => Self {
                index,
                status: problem.status().as_u16(),
                id: None,
                receipt: None,
                problem: Some(problem.body(None)),
            },
        }
    }
}
