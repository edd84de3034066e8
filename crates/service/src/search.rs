//! Finding packages by what people remember: a number or its last characters,
//! words of what it is, a client, a recipient; several at once, and filtered.
//!
//! A text is cut into terms that must all match. The rarest term's postings are
//! read newest first; their marks sort out almost everything that does not have
//! the others; what is left is compared with the package as it stands, so that
//! an answer is never older than the package. At most 2,000 rows are read for a
//! page: where they do not fill it, it is short and says where to go on.

mod postings;
mod sources;
mod terms;
mod words;

use domain::{
    id::{PackageId, Subject, UserId},
    record::normalise_reference,
    state::Status,
    time::Timestamp,
};
use futures::{StreamExt, TryStreamExt, future::try_join_all, stream};
use table::{Scan, Version};

pub use postings::{rows, same, standing};
pub use words::{Field, Findable, address, reversed};

use crate::{
    Service,
    derive::list_row,
    error::Result,
    keys::{Posted, newest_first, reference_shard},
    packages::{After, Filter, Listed, PAGE_MAX},
    rows::Head,
};
use postings::Mark;
use sources::{ROWS_MAX, Rank, Sources, runs};
use terms::{Candidate, Term, has_digit};
use words::ENDING_CHARS_MIN;

/// Most packages that are compared with the question for one page.
const COMPARED_MAX: usize = 500;
/// Rows first read of each run; then twice as many each time.
const ROWS_FIRST: usize = 32;
/// Packages that are read at the same time.
const AT_ONCE: usize = 64;

/// A question.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// What somebody typed.
    pub text: &'a str,
    /// What else must be so.
    pub filter: &'a Filter,
    /// Who must have registered it. The list's rows do not tell, so it is no filter of a list.
    pub registered_by: Option<UserId>,
    /// Whether who asks may find packages by their recipient.
    pub personal: bool,
    /// Where to go on.
    pub after: Option<After>,
    /// Most lines to answer.
    pub limit: usize,
}

/// A package that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Its line.
    pub line: Listed,
    /// Where it has what was asked for, one for each term.
    pub by: Vec<Field>,
    /// Whether its events are filed, as far as its head was read.
    pub filed: bool,
}

/// A part of what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Those we learned of last first.
    pub hits: Vec<Hit>,
    /// Where to go on, or `None` at the end.
    pub after: Option<After>,
    /// Whether a term was so common that not all it stands for was looked through.
    pub partial: bool,
}

impl Service {
    /// Finds packages.
    pub async fn search(&self, ask: Ask<'_>) -> Result<Found> {
        let ask = Ask { limit: ask.limit.clamp(1, PAGE_MAX), ..ask };
        if let Some(terms) = self.one_number(&ask).await? {
            return match terms {
                Number::These(hits) => Ok(Found { hits, ..Found::default() }),
                Number::Term(term) => self.search_terms(&ask, vec![term]).await,
            };
        }
        let mut terms = self.terms(ask.text).await?;
        let carrier = terms.iter().all(|it| it.carrier.is_some());
        // Of these there are postings, which are fewer than the list has lines.
        let few =
            ask.filter.status.is_some_and(Status::is_exceptional) || ask.registered_by.is_some();
        match (&terms[..], carrier) {
            // A carrier has no postings: its packages are those of the list.
            ([only], true) if !few => {
                let carrier = only.carrier.clone();
                if ask.filter.carrier.is_some() && ask.filter.carrier != carrier {
                    return Ok(Found::default());
                }
                let filter = Filter { carrier, ..ask.filter.clone() };
                self.listed(&filter, &ask, vec![Field::Carrier]).await
            }
            ([], _) if ask.text.trim().is_empty() && ask.filter.client.is_none() && !few => {
                self.listed(ask.filter, &ask, Vec::new()).await
            }
            ([], _) if !ask.text.trim().is_empty() => Ok(Found::default()),
            _ => self.search_terms(&ask, std::mem::take(&mut terms)).await,
        }
    }

    /// The packages whose recipient has this address, those we learned of last first.
    pub async fn addressed_to(
        &self,
        email: &str,
        after: Option<After>,
        limit: usize,
    ) -> Result<Found> {
        if !email.contains('@') {
            return Ok(Found::default());
        }
        let term = Term {
            words: Vec::new(),
            number: None,
            whole: false,
            address: Some(address(email)),
            carrier: None,
            begins: false,
        };
        let filter = &Filter::default();
        let limit = limit.clamp(1, PAGE_MAX);
        let ask = Ask { text: "", filter, registered_by: None, personal: true, after, limit };
        self.search_terms(&ask, vec![term]).await
    }

    /// The packages that a person registered, those we learned of last first. A state that was
    /// stored by a version that did not ask who registers does not know it, and is not found so,
    /// until all events of its package are folded again: by one that comes late, a correction, a
    /// void, an erasure, or a rebuild. Further events alone leave it as it is.
    pub async fn registered_by(
        &self,
        person: UserId,
        after: Option<After>,
        limit: usize,
    ) -> Result<Found> {
        let (filter, limit) = (&Filter::default(), limit.clamp(1, PAGE_MAX));
        let registered_by = Some(person);
        let ask = Ask { text: "", filter, registered_by, personal: false, after, limit };
        self.search_terms(&ask, Vec::new()).await
    }

    /// The lines of these packages, in this order; of what was not registered there is none.
    pub async fn lines(&self, ids: &[PackageId]) -> Result<Vec<Hit>> {
        let heads = ids.iter().map(|it| self.head(Subject::Package(*it))).collect::<Vec<_>>();
        let heads: Vec<_> = stream::iter(heads).buffered(AT_ONCE).try_collect().await?;
        let line = |(id, head): (&PackageId, Option<(Head, Version)>)| {
            let (head, _) = head?;
            let row = list_row(head.state.package()?, &head.state);
            let line = Listed { id: *id, known_since: head.state.known_since, row };
            Some(Hit { line, by: Vec::new(), filed: head.filed.is_some() })
        };
        Ok(ids.iter().zip(heads).filter_map(line).collect())
    }

    async fn listed(&self, filter: &Filter, ask: &Ask<'_>, by: Vec<Field>) -> Result<Found> {
        let page = self.list(filter, ask.after, ask.limit).await?;
        let hit = |line| Hit { line, by: by.clone(), filed: false };
        let hits = page.lines.into_iter().map(hit).collect();
        Ok(Found { hits, after: page.after, partial: false })
    }

    /// What the whole text names as an id or number, if it does.
    async fn one_number(&self, ask: &Ask<'_>) -> Result<Option<Number>> {
        let number = normalise_reference(ask.text);
        let id = ask.text.trim().parse::<PackageId>().ok();
        if id.is_none() && (!has_digit(&number) || 200 < number.len()) {
            return Ok(None);
        }
        let (mut ids, mut many) = (Vec::from_iter(id), false);
        if id.is_none() {
            // These rows stand as soon as a package is acknowledged.
            let page = self.table.scan(Scan::whole(reference_shard(&number), ask.limit)).await?;
            let id =
                |it: &table::Entry| it.key.sort.first_chunk().copied().map(PackageId::from_bytes);
            ids.extend(page.entries.iter().filter_map(id));
            ids.dedup();
            many = page.rest.is_some();
        }
        if id.is_none() && !ids.is_empty() && (many || ask.after.is_some()) {
            return Ok(Some(Number::Term(Term::number(ask.text, true))));
        }
        if !ids.is_empty() {
            let whole = Term::number(ask.text, true);
            let terms = if id.is_some() { vec![] } else { vec![whole] };
            let mut hits = self.compare(&ids, &terms, ask).await?;
            hits.sort_by_key(|it| std::cmp::Reverse((it.line.known_since, it.line.id)));
            return Ok(Some(Number::These(hits)));
        }
        // Written with blanks: as one number's end, if there is one that ends so.
        let mut parts = ask.text.split_whitespace();
        if parts.nth(1).is_some() && ENDING_CHARS_MIN <= number.chars().count() {
            let mut term = Term::number(ask.text, false);
            let sources = self.sources(&mut term, ask.personal).await?;
            return Ok((!sources.pool.is_empty()).then_some(Number::Term(term)));
        }
        Ok(None)
    }

    async fn search_terms(&self, ask: &Ask<'_>, mut terms: Vec<Term>) -> Result<Found> {
        let span = Span::of(ask);
        let last = terms.len().wrapping_sub(1);
        let mut all = Vec::with_capacity(terms.len());
        let mut partial = false;
        for (index, term) in terms.iter_mut().enumerate() {
            let mut sources = self.sources(term, ask.personal).await?;
            let mut weight = self.weight(&sources, &[]).await?;
            if weight == (false, 0) && index == last && term.carrier.is_none() {
                self.beginnings(term, ask.personal, &mut sources).await?;
                weight = self.weight(&sources, &[]).await?;
            }
            // A carrier's packages are known by their marks alone.
            if term.carrier.is_some() && sources.pool.is_empty() {
                weight = (true, u64::MAX);
            }
            partial |= sources.cut;
            all.push((weight, sources));
        }
        for (posted, token) in also_posted(ask) {
            let ordered = runs(posted, token).collect();
            let sources = Sources { ordered, ..Sources::default() };
            all.push((self.weight(&sources, &[]).await?, sources));
        }
        let rarest = all.iter().enumerate().min_by_key(|(_, (weight, _))| *weight);
        let Some(rarest) = rarest.map(|(index, _)| index) else { return Ok(Found::default()) };
        let found = self.read(ask, &span, &terms, &all, rarest).await?;
        Ok(Found { partial, ..found })
    }

    /// Reads one term's packages and keeps those that have everything else.
    async fn read(
        &self,
        ask: &Ask<'_>,
        span: &Span,
        terms: &[Term],
        all: &[((bool, u64), Sources)],
        rarest: usize,
    ) -> Result<Found> {
        let mut found = Found::default();
        let (mut from, mut rows, mut compared) = (span.from.clone(), 0, 0);
        let mut at_once = ROWS_FIRST;
        let may = |rank: &Rank, marks: &[u8]| {
            // Rows of what changes on the way have no marks: each is looked up.
            let marked = ask.filter.may_be_marked(marks)
                && terms.iter().zip(all).enumerate().all(|(index, (term, (_, sources)))| {
                    index == rarest
                        || sources.cut
                        || sources.pool.contains_key(rank)
                        || term.may_be_marked(marks, ask.personal)
                        // A short number is in no pool and in no mark.
                        || term.whole
                });
            marked || marks.is_empty()
        };
        loop {
            let part = self.part(&all[rarest].1, &from, at_once).await?;
            rows += part.read;
            let past = part.rows.keys().next_back().is_some_and(|it| span.ends_before(it));
            let wanted: Vec<&Rank> = part
                .rows
                .iter()
                .filter(|(rank, marks)| !span.ends_before(rank) && may(rank, marks))
                .map(|(rank, _)| rank)
                .collect();
            let mut wanted = &wanted[..];
            while !wanted.is_empty() {
                let take = (ask.limit - found.hits.len()).min(wanted.len());
                let (now, later) = wanted.split_at(take);
                let ids: Vec<_> = now.iter().map(|rank| after(**rank).id).collect();
                found.hits.extend(self.compare(&ids, terms, ask).await?);
                compared += take;
                let last = now.last().map(|rank| after(**rank));
                let more = !later.is_empty() || part.rest.is_some() && !past;
                if found.hits.len() == ask.limit || COMPARED_MAX <= compared && more {
                    found.after = last.filter(|_| more);
                    return Ok(found);
                }
                wanted = later;
            }
            let Some(rest) = part.rest.filter(|_| !past) else { return Ok(found) };
            if ROWS_MAX <= rows {
                found.after = rest.first_chunk().copied().map(after);
                return Ok(found);
            }
            from = rest;
            let left = (ROWS_MAX - rows) / all[rarest].1.ordered.len().max(1);
            at_once = (at_once * 2).min(left.max(1));
        }
    }

    /// Compares packages, as they stand, with what is asked for.
    async fn compare(&self, ids: &[PackageId], terms: &[Term], ask: &Ask<'_>) -> Result<Vec<Hit>> {
        let heads = ids.iter().map(|id| self.head(Subject::Package(*id)));
        let heads = try_join_all(heads).await?;
        let heads = heads.into_iter().zip(ids);
        Ok(heads.filter_map(|(head, id)| compared(*id, &head?.0, terms, ask)).collect())
    }
}

/// What a text means as a number.
enum Number {
    /// Exactly these packages.
    These(Vec<Hit>),
    /// Many packages have it.
    Term(Term),
}

/// Which ranks are asked for.
struct Span {
    from: Vec<u8>,
    until: Option<[u8; 8]>,
}

impl Span {
    fn of(ask: &Ask<'_>) -> Self {
        let after = ask
            .after
            .map(|it| [&newest_first(it.known_since)[..], it.id.as_bytes(), &[0]].concat());
        let newest = ask.filter.to.map(|it| newest_first(it).to_vec());
        let from = after.into_iter().chain(newest).max().unwrap_or_default();
        Self { from, until: ask.filter.from.map(newest_first) }
    }

    fn ends_before(&self, rank: &Rank) -> bool {
        self.until.is_some_and(|until| until[..] < rank[..8])
    }
}

/// What else is asked for that has postings of its own.
fn also_posted<'a>(ask: &'a Ask<'_>) -> impl Iterator<Item = (Posted, &'a [u8])> {
    let client = ask.filter.client.as_ref().map(|it| (Posted::Client, &it.as_bytes()[..]));
    let status = ask.filter.status.filter(|it| it.is_exceptional());
    let status = status.map(|it| (Posted::Standing, it.word().as_bytes()));
    let person = ask.registered_by.as_ref().map(|it| (Posted::RegisteredBy, &it.as_bytes()[..]));
    client.into_iter().chain(status).chain(person)
}

fn after(rank: Rank) -> After {
    let millis = !u64::from_be_bytes(rank[..8].try_into().expect("8 of 24"));
    let known_since = Timestamp::from_millis(millis as i64).unwrap_or(Timestamp::MIN);
    let id = PackageId::from_bytes(rank[8..].try_into().expect("16 of 24"));
    After { known_since, id }
}

fn compared(id: PackageId, head: &Head, terms: &[Term], ask: &Ask<'_>) -> Option<Hit> {
    let (state, filed) = (&head.state, head.filed.is_some());
    let record = state.package()?;
    let line = Listed { id, known_since: state.known_since, row: list_row(record, state) };
    let theirs = ask.registered_by.is_none_or(|it| state.registered_by == Some(it));
    if !theirs || !ask.filter.admits(line.known_since, &line.row) {
        return None;
    }
    if terms.is_empty() {
        return Some(Hit { line, by: Vec::new(), filed });
    }
    let findable = Findable::of(record);
    let candidate = Candidate { record, findable, personal: ask.personal };
    let by = terms.iter().map(|it| it.matched(&candidate)).collect::<Option<Vec<_>>>()?;
    Some(Hit { line, by, filed })
}

impl Filter {
    /// Whether a posting's marks leave it open that its package is admitted.
    fn may_be_marked(&self, marks: &[u8]) -> bool {
        self.carrier.as_ref().is_none_or(|it| Mark::Carrier(it).is_in(marks))
            && self.client.is_none_or(|it| Mark::Client(it).is_in(marks))
            && self.mode.is_none_or(|it| Mark::Mode(it).is_in(marks))
            && (self.places.is_empty()
                || self.places.iter().any(|it| Mark::Place(*it).is_in(marks)))
    }
}
