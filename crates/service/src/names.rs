//! Finding places, containers and clients by name, and what is inside a holder.

use domain::{
    id::{Subject, SubjectKind},
    time::Timestamp,
};
use table::Scan;

use crate::{
    Service,
    derive::{later_words, sorting_name},
    error::Result,
    keys::{named_shard, named_within_shard, subject_of_bytes, subject_shard},
    packages::PAGE_MAX,
    rows::{MemberRow, NameRow},
};

/// Where a list of names goes on: among those that begin so, or those within which a word
/// does.
const BEGINS: u8 = 0;
const WITHIN: u8 = 1;

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
    /// Lists the things of one kind whose name begins with `prefix`, then those of which
    /// a later word of the name does, of containers the second. A place that
    /// was merged into another names that one.
    pub async fn named(
        &self,
        kind: SubjectKind,
        prefix: &str,
        after: Option<Vec<u8>>,
        limit: usize,
    ) -> Result<NamePage> {
        let prefix = sorting_name(prefix);
        let limit = limit.clamp(1, PAGE_MAX);
        let mut names = Vec::new();
        let mut within = after.as_deref().and_then(|it| it.strip_prefix(&[WITHIN]));
        if within.is_none() {
            let begun = after.as_deref().and_then(|it| it.strip_prefix(&[BEGINS]));
            let (found, rest) = self.name_rows(named_shard(kind), &prefix, begun, limit).await?;
            for (id, row, _) in found {
                names.extend(self.line(Subject::from_parts(kind, id), row, &prefix).await?);
            }
            if let Some(rest) = rest {
                return Ok(NamePage { names, after: Some([&[BEGINS], rest.as_slice()].concat()) });
            }
            within = (!prefix.is_empty()).then_some(&[]);
        }
        let Some(within) = within else { return Ok(NamePage { names, after: None }) };
        let left = limit - names.len().min(limit);
        if left == 0 {
            return Ok(NamePage { names, after: Some(vec![WITHIN]) });
        }
        let shard = named_within_shard(kind);
        let (found, rest) = self.name_rows(shard, &prefix, Some(within), left).await?;
        for (id, row, words) in found {
            // Each once, where it is found first.
            let sorting = sorting_name(&row.name);
            let first = later_words(&sorting).find(|it| it.starts_with(&prefix));
            if sorting.starts_with(&prefix) || first != Some(&words) {
                continue;
            }
            let line = self.line(Subject::from_parts(kind, id), row, &prefix).await?;
            names.extend(line.filter(|new| names.iter().all(|it| it.subject != new.subject)));
        }
        Ok(NamePage { names, after: rest.map(|it| [&[WITHIN], it.as_slice()].concat()) })
    }

    /// Rows of names from a shard: whose, what they say and under which words; and where
    /// to go on.
    async fn name_rows(
        &self,
        shard: Vec<u8>,
        prefix: &str,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<(Vec<([u8; 16], NameRow, String)>, Option<Vec<u8>>)> {
        let mut scan = Scan::prefix(shard, prefix.as_bytes(), limit);
        if let Some(after) = after {
            scan.range.start = scan.range.start.max(after.to_vec());
        }
        let page = self.table.scan(scan).await?;
        let mut rows = Vec::with_capacity(page.entries.len());
        for entry in page.entries {
            let Some((words, id)) = entry.key.sort.split_last_chunk::<16>() else { continue };
            let words = words.strip_suffix(b"\0").unwrap_or(words);
            let words = String::from_utf8_lossy(words).into_owned();
            rows.push((*id, minicbor::decode(&entry.value)?, words));
        }
        Ok((rows, page.rest.map(|it| it.range.start)))
    }

    /// The line of a name, if it has one of its own.
    async fn line(&self, subject: Subject, row: NameRow, prefix: &str) -> Result<Option<Named>> {
        match (subject, row.merged) {
            (Subject::Place(id), Some(_)) => self.named_instead(id, row.name, prefix).await,
            _ => Ok(Some(Named { subject, name: row.name })),
        }
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
