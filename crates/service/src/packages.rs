//! Reading packages: one, by number, and lists, newest first.

use domain::{
    id::{ClientId, PackageId, PlaceId, Subject},
    mode::Mode,
    record::normalise_reference,
    state::{State, Status},
    time::Timestamp,
};
use futures::future::try_join_all;
use table::Scan;

use crate::{
    Service,
    derive::listed_package,
    error::{Error, Result},
    keys::{LIST_SHARDS, LISTED_DAYS, list_shard, reference_shard},
    rows::{Head, ListRow, Recorded},
};

/// Most packages that are looked at for one number.
const FOUND_MAX: usize = 2_000;

/// One subject as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Which one.
    pub subject: Subject,
    /// How many events were recorded: changes whenever anything does.
    pub seq: u64,
    /// What they amount to.
    pub state: State,
}

/// What a list is narrowed to. Every field that is set must match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Where it stands.
    pub status: Option<Status>,
    /// The shipping company.
    pub carrier: Option<String>,
    /// Whose goods.
    pub client: Option<ClientId>,
    /// How it travels.
    pub mode: Option<Mode>,
    /// Where it starts or should end: one of these, if there are any. A place and those
    /// that were merged into it are [`Service::one_place`].
    pub places: Vec<PlaceId>,
    /// Learned of then or later.
    pub from: Option<Timestamp>,
    /// Learned of then or earlier.
    pub to: Option<Timestamp>,
}

impl Filter {
    pub(crate) fn admits(&self, known_since: Timestamp, row: &ListRow) -> bool {
        self.from.is_none_or(|it| it <= known_since)
            && self.to.is_none_or(|it| known_since <= it)
            && (self.places.is_empty()
                || [row.origin, row.destination]
                    .iter()
                    .flatten()
                    .any(|it| self.places.contains(it)))
            && self.status.is_none_or(|it| it == row.status)
            && self.carrier.as_ref().is_none_or(|it| row.carrier.as_ref() == Some(it))
            && self.client.is_none_or(|it| row.client == Some(it))
            && self.mode.is_none_or(|it| row.mode == Some(it))
    }
}

/// A line of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which package.
    pub id: PackageId,
    /// When we first learned of it.
    pub known_since: Timestamp,
    /// What the list shows.
    pub row: ListRow,
}

/// Where a list goes on: after this line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct After {
    /// The last line's age.
    pub known_since: Timestamp,
    /// The last line's package.
    pub id: PackageId,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage {
    /// The lines, newest first.
    pub lines: Vec<Listed>,
    /// Where to go on, or `None` at the end.
    pub after: Option<After>,
}

/// Most lines in one page.
pub const PAGE_MAX: usize = 500;
/// Most rows read for one page: a filter that admits few gives a short page
/// and a place to go on, never a slow answer.
const ROWS_READ_MAX: usize = 2_000;

impl Service {
    /// One subject as it stands.
    pub async fn known(&self, subject: Subject) -> Result<Known> {
        match self.head(subject).await? {
            Some((Head { seq, state, .. }, _)) if state.record.is_some() => {
                Ok(Known { subject, seq, state })
            }
            _ => Err(Error::NotFound(subject.to_string())),
        }
    }

    /// The packages an id or number names, those we learned of last first.
    /// Carriers use numbers again, so there may be several.
    pub async fn find(&self, text: &str) -> Result<Vec<PackageId>> {
        if let Ok(id) = text.trim().parse::<PackageId>() {
            return Ok(if self.is_registered(Subject::Package(id)).await? {
                vec![id]
            } else {
                vec![]
            });
        }
        let number = normalise_reference(text);
        if number.is_empty() || number.len() > 200 {
            return Ok(Vec::new());
        }
        let mut ids: Vec<PackageId> = Vec::new();
        let mut next = Some(Scan::whole(reference_shard(&number), FOUND_MAX));
        while let Some(scan) = next.filter(|_| ids.len() < FOUND_MAX) {
            let page = self.table.scan(scan).await?;
            let id = |it: &table::Entry| {
                Some(PackageId::from_bytes(it.key.sort.get(..16)?.try_into().ok()?))
            };
            ids.extend(page.entries.iter().filter_map(id));
            ids.dedup();
            next = page.rest;
        }
        let heads = try_join_all(ids.iter().map(|id| self.head(Subject::Package(*id)))).await?;
        let mut found: Vec<(Timestamp, PackageId)> = std::iter::zip(heads, ids)
            .filter_map(|(head, id)| Some((head?.0.state, id)))
            .filter(|(state, _)| state.record.is_some())
            .map(|(state, id)| (state.known_since, id))
            .collect();
        found.sort_by(|a, b| b.cmp(a));
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }

    /// Lists packages, those we learned of last first.
    pub async fn list(
        &self,
        filter: &Filter,
        after: Option<After>,
        limit: usize,
    ) -> Result<ListPage> {
        let limit = limit.clamp(1, PAGE_MAX);
        let mut lines: Vec<Listed> = Vec::new();
        let mut read = 0;
        // Nothing newer than `to`, whatever its id; going on is never before that.
        let newest = filter.to.map(|it| crate::keys::newest_first(it).to_vec());
        let start = after.map(sort_after).into_iter().chain(newest).max().unwrap_or_default();
        for day in self
            .listed_days(after.map(|it| it.known_since).into_iter().chain(filter.to).min())
            .await?
        {
            if filter.from.is_some_and(|it| day < crate::keys::day(it)) {
                break;
            }
            let mut from = start.clone();
            loop {
                let (part, more) = self.list_day(day, &from, limit).await?;
                for line in part {
                    read += 1;
                    from = sort_after(After { known_since: line.known_since, id: line.id });
                    let at = After { known_since: line.known_since, id: line.id };
                    if filter.admits(line.known_since, &line.row) {
                        lines.push(line);
                    }
                    if lines.len() == limit || read == ROWS_READ_MAX {
                        return Ok(ListPage { lines, after: Some(at) });
                    }
                }
                if !more {
                    break;
                }
            }
        }
        Ok(ListPage { lines, after: None })
    }

    /// The next lines of one day in order, and whether the day has more.
    async fn list_day(&self, day: u32, from: &[u8], limit: usize) -> Result<(Vec<Listed>, bool)> {
        let scan = |bucket| {
            let mut scan = Scan::whole(list_shard(day, bucket), limit);
            scan.range.start = from.to_vec();
            self.table.scan(scan)
        };
        let pages = try_join_all((0..LIST_SHARDS).map(scan)).await?;
        // Beyond the end of a page that was cut off, the merge would miss lines.
        let ends = pages.iter().filter(|page| page.rest.is_some());
        let end = ends.filter_map(|page| page.entries.last()).map(|it| it.key.sort.clone()).min();
        let mut entries: Vec<_> = pages.into_iter().flat_map(|page| page.entries).collect();
        entries.sort_by(|a, b| a.key.sort.cmp(&b.key.sort));
        if let Some(end) = &end {
            entries.retain(|it| it.key.sort <= *end);
        }
        let mut lines = Vec::with_capacity(entries.len());
        for entry in entries {
            let Some(id) = listed_package(&entry.key.sort) else { continue };
            let known_since = listed_at(&entry.key.sort)?;
            lines.push(Listed { id, known_since, row: minicbor::decode(&entry.value)? });
        }
        Ok((lines, end.is_some()))
    }

    /// The days that have packages, newest first, from the one a list goes on in.
    async fn listed_days(&self, from: Option<Timestamp>) -> Result<Vec<u32>> {
        let mut scan = Scan::whole(LISTED_DAYS, 1000);
        if let Some(from) = from {
            scan.range.start = (!crate::keys::day(from)).to_be_bytes().to_vec();
        }
        let mut days = Vec::new();
        let mut next = Some(scan);
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            let day =
                |it: &table::Entry| Some(!u32::from_be_bytes(it.key.sort[..].try_into().ok()?));
            days.extend(page.entries.iter().filter_map(day));
            next = page.rest;
        }
        Ok(days)
    }

    /// Everything recorded of a subject, in the order in which it counts.
    pub async fn history(&self, subject: Subject) -> Result<Vec<Recorded>> {
        let mut all = self.all_recorded(subject).await?;
        if all.is_empty() {
            return Err(Error::NotFound(subject.to_string()));
        }
        all.sort_by_key(|it| it.event.order());
        Ok(all)
    }
}

fn sort_after(after: After) -> Vec<u8> {
    let newest_first = crate::keys::newest_first(after.known_since);
    [&newest_first[..], after.id.as_bytes(), &[0]].concat()
}

fn listed_at(sort: &[u8]) -> Result<Timestamp> {
    let millis = sort.get(..8).and_then(|it| it.try_into().ok()).map(u64::from_be_bytes);
    millis
        .and_then(|it| Timestamp::from_millis(!it as i64).ok())
        .ok_or_else(|| Error::Corrupt("a list row has no time in its key".to_owned()))
}
