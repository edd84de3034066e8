//! Finding places, containers and clients by name, and what is inside a holder.

use domain::{
    id::{Subject, SubjectKind},
    time::Timestamp,
};
use table::Scan;

use crate::{
    Service,
    derive::sorting_name,
    error::Result,
    keys::{named_shard, subject_of_bytes, subject_shard},
    packages::PAGE_MAX,
    rows::{MemberRow, NameRow},
};

/// Something with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Which one.
    pub subject: Subject,
    /// What people call it: the name by which it was found.
    pub name: String,
}

/// A part of a list of names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePage {
    /// In alphabetical order.
    pub names: Vec<Named>,
    /// Where to go on: pass it back; `None` at the end.
    pub after: Option<Vec<u8>>,
}

/// Something that a holder holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// What.
    pub child: Subject,
    /// Since when.
    pub since: Timestamp,
}

/// A part of what a holder holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberPage {
    /// In the order of their ids.
    pub members: Vec<Member>,
    /// Where to go on: pass it back; `None` at the end.
    pub after: Option<Vec<u8>>,
}

impl Service {
    /// Lists the things of one kind whose name begins with `prefix`. A place that was
    /// merged into another names that one.
    pub async fn named(
        &self,
        kind: SubjectKind,
        prefix: &str,
        after: Option<Vec<u8>>,
        limit: usize,
    ) -> Result<NamePage> {
        let prefix = sorting_name(prefix);
        let mut scan = Scan::prefix(named_shard(kind), prefix.as_bytes(), limit.clamp(1, PAGE_MAX));
        if let Some(after) = after {
            scan.range.start = scan.range.start.max(after);
        }
        let page = self.table.scan(scan).await?;
        let mut names = Vec::with_capacity(page.entries.len());
        for entry in page.entries {
            let id = entry.key.sort.last_chunk::<16>().copied().unwrap_or_default();
            let row: NameRow = minicbor::decode(&entry.value)?;
            let subject = Subject::from_parts(kind, id);
            match (subject, row.merged) {
                (Subject::Place(id), Some(_)) => {
                    names.extend(self.named_instead(id, row.name, &prefix).await?);
                }
                _ => names.push(Named { subject, name: row.name }),
            }
        }
        Ok(NamePage { names, after: page.rest.map(|it| it.range.start) })
    }

    /// What a container or place holds directly, as far as it was loaded or put there
    /// under this id; [`Self::contents`] of a place has all its ids.
    pub async fn members(
        &self,
        holder: Subject,
        after: Option<Vec<u8>>,
        limit: usize,
    ) -> Result<MemberPage> {
        let mut scan = Scan::prefix(subject_shard(holder), b"m", limit.clamp(1, PAGE_MAX));
        if let Some(after) = after {
            scan.range.start = scan.range.start.max(after);
        }
        let page = self.table.scan(scan).await?;
        let mut members = Vec::with_capacity(page.entries.len());
        for entry in page.entries {
            let Some(child) = subject_of_bytes(&entry.key.sort[1..]) else { continue };
            // A place that was merged into this one is no thing that it holds.
            if matches!(child, Subject::Place(_)) {
                continue;
            }
            let row: MemberRow = minicbor::decode(&entry.value)?;
            members.push(Member { child, since: row.since });
        }
        Ok(MemberPage { members, after: page.rest.map(|it| it.range.start) })
    }
}
