//! What the audit log holds of one thing, on the wire.

use domain::{id::PackageId, leaf::hex};
use serde::Serialize;
use service::log::Logged;
use utoipa::ToSchema;

use crate::wire::scalar::{Id, ids};

/// Everything recorded of a package, as it is logged.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PackageAudit {
    /// The package.
    package: ids::Package,
    /// Its events, in the order of recording.
    entries: Vec<AuditEntry>,
}

/// One event as it is logged.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its number among the package's events, from 1.
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
    pub fn of(package: PackageId, entries: &[Logged]) -> Self {
        let entry = |it: &Logged| AuditEntry {
            seq: it.recorded.seq,
            index: it.index,
            hash: hex(&it.recorded.leaf_hash()),
            leaf: String::from_utf8_lossy(&it.recorded.leaf()).into_owned(),
        };
        Self { package: Id(package), entries: entries.iter().map(entry).collect() }
    }
}
