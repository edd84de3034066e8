//! What the audit log holds, on the wire.

use std::collections::BTreeMap;

use domain::{
    id::PackageId,
    leaf::{hex, leaf_hash},
};
use serde::Serialize;
use service::{
    audited::{Audited, Carrier, Of},
    history::Line,
};
use utoipa::ToSchema;

use crate::wire::scalar::{Id, Time, ids};

/// Everything recorded of a package, as it is logged, and of whatever carried it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PackageAudit {
    /// The package.
    package: ids::Package,
    /// What carried it, and when: what held it directly first, then what held that.
    carried_by: Vec<CarriedBy>,
    /// Whether it was carried more often than is told: at most 1,000 times.
    more_carriers: bool,
    /// Its events in the order of recording; then those of each of its carriers, from
    /// when that began to carry it until it ended.
    entries: Vec<AuditEntry>,
    /// Pass it as `cursor` for what follows; missing at the end.
    next: Option<String>,
    /// What to call what is spoken of by id, people who did it or whose account it is
    /// about too. What has no name is missing.
    names: BTreeMap<String, String>,
}

/// A time during which something carried a package.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct CarriedBy {
    /// A container, or a tracker that travelled along.
    holder: ids::Subject,
    /// What it held directly: the package, or a container that held it.
    held: ids::Subject,
    /// Since when, by the world's clock.
    from: Time,
    /// Until when; `null` while it lasts.
    until: Option<Time>,
}

/// One event as it is logged.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Whose it is: the package's, or that of whatever carried it.
    about: ids::Subject,
    /// Its number among the events of that, from 1.
    seq: u64,
    /// Its place in the log, whose proof is at `/v1/log/proofs/{index}`; `null` for the
    /// seconds until it is logged.
    index: Option<u64>,
    /// The hash of the leaf, in hexadecimal, as the receipt said: SHA-256 of a zero byte
    /// and the leaf.
    hash: String,
    /// What is logged, to the byte: canonical JSON. It names the hash of the leaf before
    /// it, so that none can be left out.
    leaf: String,
}

impl PackageAudit {
    /// As it is told.
    #[must_use]
    pub fn of(
        package: PackageId,
        audited: &Audited,
        next: Option<String>,
        names: BTreeMap<String, String>,
    ) -> Self {
        let carried = |it: &Carrier| CarriedBy {
            holder: Id(it.holder),
            held: Id(it.held),
            from: Time(it.from),
            until: it.until.map(Time),
        };
        let entry = |(about, it): &Of| AuditEntry {
            about: Id(*about),
            seq: it.recorded.seq,
            index: it.index,
            hash: hex(&it.recorded.leaf_hash()),
            leaf: String::from_utf8_lossy(&it.recorded.leaf()).into_owned(),
        };
        Self {
            package: Id(package),
            carried_by: audited.carriers.spans.iter().map(carried).collect(),
            more_carriers: audited.carriers.more,
            entries: audited.entries.iter().map(entry).collect(),
            next,
            names,
        }
    }
}

/// A part of the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditList {
    /// The newest of the log first.
    entries: Vec<AuditLine>,
    /// Pass it as `cursor` for older ones; missing at the end.
    next: Option<String>,
    /// What to call what is spoken of by id, people who did it or whose account it is
    /// about too. What has no name is missing.
    names: BTreeMap<String, String>,
}

/// One entry of the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditLine {
    /// Its place in the log, whose proof is at `/v1/log/proofs/{index}`.
    index: u64,
    /// What it is about: a package, a container, a place, a tracker, a client, an account.
    about: String,
    /// Its id.
    id: String,
    /// What happened, in one word.
    kind: String,
    /// Who did it: an opaque id.
    actor: String,
    /// When it happened, by the world's clock.
    happened_at: Time,
    /// When we learned it, by ours.
    recorded_at: Time,
    /// The hash of the leaf, in hexadecimal.
    hash: String,
    /// What is logged, to the byte: canonical JSON.
    leaf: String,
}

impl AuditList {
    /// As it is told.
    #[must_use]
    pub fn of(entries: &[Line], next: Option<String>, names: BTreeMap<String, String>) -> Self {
        let line = |it: &Line| AuditLine {
            index: it.log_index,
            about: it.entry.about(),
            id: it.entry.id(),
            kind: it.entry.kind().to_owned(),
            actor: it.entry.actor().to_owned(),
            happened_at: Time(it.entry.happened_at()),
            recorded_at: Time(it.entry.recorded_at()),
            hash: hex(&leaf_hash(&it.leaf)),
            leaf: String::from_utf8_lossy(&it.leaf).into_owned(),
        };
        Self { entries: entries.iter().map(line).collect(), next, names }
    }
}
