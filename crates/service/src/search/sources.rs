//! Where the packages of a term are read from: postings, newest first, in
//! bounded parts.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use table::{Entry, Scan};

use super::terms::Term;
use crate::{
    Service,
    error::Result,
    keys::{Posted, posted_prefix, posted_rank, posting_shard},
    rows::PostingRow,
};

/// A package's place in every list: its age, newest first, and its id.
pub(super) type Rank = [u8; 24];
/// Most rows read for one page.
pub const ROWS_MAX: usize = 2_000;
/// Rows read of a source to learn how many it may have.
const PROBE: usize = 16;
/// Fewest bytes that a word's beginning has when words are looked for by it.
const BEGINNING_LEN_MIN: usize = 3;

/// A run of postings in the order of their rank.
#[derive(Clone, Debug)]
pub(super) struct Source {
    shard: Vec<u8>,
    prefix: Vec<u8>,
}

impl Source {
    fn scan(&self, from: &[u8], limit: usize) -> Scan {
        let mut scan = Scan::prefix(self.shard.clone(), &self.prefix, limit);
        scan.range.start = [&self.prefix, from].concat();
        scan
    }
}

/// Where one term's packages are found.
#[derive(Clone, Debug, Default)]
pub(super) struct Sources {
    /// Runs in order.
    pub ordered: Vec<Source>,
    /// What was found by the end of a number or the beginning of a word: read
    /// as a whole, with marks.
    pub pool: BTreeMap<Rank, Vec<u8>>,
    /// Whether the pool is not all there is.
    pub cut: bool,
}

/// A part of what sources have.
#[derive(Debug, Default)]
pub(super) struct Part {
    /// Packages and their marks, in order, each once.
    pub rows: BTreeMap<Rank, Vec<u8>>,
    /// How many rows were read for it.
    pub read: usize,
    /// Where to go on; `None` at the end.
    pub rest: Option<Vec<u8>>,
}

/// The runs of one exact token.
pub(super) fn runs(posted: Posted, token: &[u8]) -> impl Iterator<Item = Source> {
    (0..posted.buckets()).map(move |bucket| Source {
        shard: posting_shard(posted, token, bucket),
        prefix: posted_prefix(token),
    })
}

impl Service {
    /// Where a term's packages are found, read as far as it has to be.
    pub(super) async fn sources(&self, term: &mut Term, personal: bool) -> Result<Sources> {
        let mut all = Sources::default();
        // Of several words that must all be there the longest says most.
        if let Some(word) = term.words.iter().max_by_key(|it| it.text.len()) {
            let text = word.text.as_bytes();
            all.ordered.extend(runs(Posted::Word, text));
            all.ordered
                .extend(word.clients.iter().flat_map(|it| runs(Posted::Client, it.as_bytes())));
            all.cut = word.too_many;
            if personal {
                all.ordered.extend(runs(Posted::Personal, text));
            }
        }
        if personal && let Some(address) = &term.address {
            all.ordered.extend(runs(Posted::Personal, address.as_bytes()));
        }
        match &term.number {
            Some(number) if term.whole => {
                let run: Vec<_> = runs(Posted::Number, number.as_bytes()).collect();
                let probes = run.iter().map(|it| self.table.scan(it.scan(&[], 1)));
                let probes = try_join_all(probes).await?;
                if probes.iter().all(|it| it.entries.is_empty()) {
                    // A short number that no package has is only a word.
                    (term.number, term.whole) = (None, false);
                }
                all.ordered.extend(run);
            }
            Some(number) => self.pool(Posted::Number, number.as_bytes(), &mut all).await?,
            None => (),
        }
        Ok(all)
    }

    /// Looks for words that begin like the term's last one.
    pub(super) async fn beginnings(
        &self,
        term: &mut Term,
        personal: bool,
        all: &mut Sources,
    ) -> Result<()> {
        let Some(word) = term.words.last().filter(|it| BEGINNING_LEN_MIN <= it.text.len()) else {
            return Ok(());
        };
        let text = word.text.clone();
        term.begins = true;
        self.pool(Posted::Word, text.as_bytes(), all).await?;
        if personal {
            self.pool(Posted::Personal, text.as_bytes(), all).await?;
        }
        Ok(())
    }

    /// Reads everything whose token begins so, at most [`ROWS_MAX`] rows.
    async fn pool(&self, posted: Posted, token: &[u8], all: &mut Sources) -> Result<()> {
        let limit = ROWS_MAX / usize::from(posted.buckets());
        let each = (0..posted.buckets())
            .map(|bucket| self.scan_whole(posting_shard(posted, token, bucket), token, limit));
        for (entries, cut) in try_join_all(each).await? {
            all.cut |= cut;
            for entry in entries {
                if let Some(rank) = posted_rank(&entry.key.sort) {
                    all.pool.insert(rank, marks(&entry)?);
                }
            }
        }
        Ok(())
    }

    async fn scan_whole(
        &self,
        shard: Vec<u8>,
        token: &[u8],
        limit: usize,
    ) -> Result<(Vec<Entry>, bool)> {
        let mut entries = Vec::new();
        let mut next = Some(Scan::prefix(shard, token, limit));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            entries.extend(page.entries);
            next = page.rest.filter(|_| entries.len() < limit);
            if limit <= entries.len() {
                return Ok((entries, true));
            }
        }
        Ok((entries, false))
    }

    /// How much there is to read: first what is known to end, then by how many
    /// rows come in a day.
    pub(super) async fn weight(&self, sources: &Sources, from: &[u8]) -> Result<(bool, u64)> {
        let scans = sources.ordered.iter().map(|it| self.table.scan(it.scan(from, PROBE)));
        let (mut rows, mut rate, mut endless) = (sources.pool.len() as u64, 0, sources.cut);
        for page in try_join_all(scans).await? {
            rows += page.entries.len() as u64;
            let at = |it: Option<&Entry>| it.and_then(|it| posted_rank(&it.key.sort)).map(newest);
            if let (Some(first), Some(last), true) =
                (at(page.entries.first()), at(page.entries.last()), page.rest.is_some())
            {
                endless = true;
                let days = last.saturating_sub(first).max(1);
                rate += page.entries.len() as u64 * domain::time::DAY as u64 / days;
            }
        }
        Ok((endless, if endless { rate.max(rows) } else { rows }))
    }

    /// The next packages of some sources, in order, from a rank on.
    pub(super) async fn part(&self, sources: &Sources, from: &[u8], limit: usize) -> Result<Part> {
        let scans = sources.ordered.iter().map(|it| self.table.scan(it.scan(from, limit)));
        let mut part = Part::default();
        // Beyond the end of a page that was cut off, the merge would miss rows.
        let mut end: Option<Rank> = None;
        for page in try_join_all(scans).await? {
            part.read += page.entries.len();
            let last = page.entries.last().and_then(|it| posted_rank(&it.key.sort));
            if page.rest.is_some() {
                end = end.into_iter().chain(last).min();
            }
            for entry in &page.entries {
                if let Some(rank) = posted_rank(&entry.key.sort) {
                    part.rows.insert(rank, marks(entry)?);
                }
            }
        }
        let pooled = sources.pool.iter().filter(|(rank, _)| from <= &rank[..]);
        part.rows.extend(pooled.map(|(rank, marks)| (*rank, marks.clone())));
        if let Some(end) = end {
            part.rows.retain(|rank, _| *rank <= end);
            part.rest = Some([&end[..], &[0]].concat());
        }
        Ok(part)
    }
}

fn newest(rank: Rank) -> u64 {
    u64::from_be_bytes(rank[..8].try_into().expect("8 of 24"))
}

fn marks(entry: &Entry) -> Result<Vec<u8>> {
    Ok(minicbor::decode::<PostingRow>(&entry.value)?.marks)
}
