//! Places that people registered for one and the same: said to be one, they are read as one
//! everywhere, and as two again once that is undone. No other fact is touched
//! ([decision 24](../../../docs/decisions/0024-a-merged-place-is-resolved-where-it-is-read.md)).

use std::collections::BTreeSet;

use domain::{
    admit::Refusal,
    draft::Draft,
    event::{Event, Fact},
    id::{EventId, PlaceId, Subject, SubjectKind},
    record::{PlaceKind, PlaceRecord, Record},
    state::State,
};
use table::{Guard, Scan, Write};

use crate::{
    Service,
    derive::sorting_name,
    error::{Error, Result},
    keys::{Row, subject_of_bytes, subject_shard},
    names::{MemberPage, Named},
    packages::PAGE_MAX,
    places::gazetteer_place,
    record::{Attribution, Receipt},
};

/// Most places that are merged into one, those merged into them among them.
pub const MERGED_MAX: usize = 32;
/// Most links from a place to the one that it is.
pub const LINKS_MAX: usize = 8;
/// How often is tried again what others change meanwhile.
const ATTEMPTS_MAX: usize = 24;
/// Rows read at once.
const PAGE: usize = 1_000;

impl Service {
    /// The place that an id means: itself, or the one that it was merged into.
    pub async fn place_of(&self, id: PlaceId) -> Result<PlaceId> {
        Ok(self.meant(id).await?.0)
    }

    /// Every id that means the same place as this one, the place itself first.
    pub async fn one_place(&self, id: PlaceId) -> Result<Vec<PlaceId>> {
        let place = self.place_of(id).await?;
        let mut all = self.merged_into(place).await?;
        // Nobody may have derived yet that it was merged.
        all.extend((id != place).then_some(id));
        Ok(std::iter::once(place).chain(all).collect())
    }

    /// The places that were merged into one, and those merged into these.
    pub async fn merged_into(&self, place: PlaceId) -> Result<BTreeSet<PlaceId>> {
        let (mut all, mut open) = (BTreeSet::new(), vec![place]);
        while let Some(holder) = open.pop() {
            for below in self.directly_merged_into(holder).await? {
                if below != place && all.insert(below) {
                    open.push(below);
                }
            }
        }
        Ok(all)
    }

    /// Says that a place is one with another, or with nothing a place of its own
    /// again. Nothing is recorded where that is so already.
    pub async fn merge(
        &self,
        by: &Attribution,
        id: EventId,
        place: PlaceId,
        into: Option<PlaceId>,
    ) -> Result<Option<Receipt>> {
        let subject = Subject::Place(place);
        for _ in 0..ATTEMPTS_MAX {
            let known = self.known(subject).await?;
            let said = self.recorded(subject, id).await?;
            if said.is_none() && known.state.merged.map(|it| it.0) == into {
                return Ok(None);
            }
            // What is said now counts after everything that was said before.
            let last = known.state.last.map_or(self.clock.now(), |(at, _)| at.plus(1));
            let happened_at =
                said.map_or_else(|| self.clock.now().max(last), |it| it.event.happened_at);
            let draft = Draft { id, subject, happened_at, fact: Fact::Merged { into } };
            match self.record_if(by, vec![draft], Some(known.seq)).await {
                Err(Error::Changed(_)) => (),
                Err(Error::Invalid(mut faults)) => {
                    for fault in &mut faults {
                        fault.pointer = fault.pointer.trim_start_matches("/0").to_owned();
                    }
                    return Err(Error::Invalid(faults));
                }
                other => return Ok(other?.into_iter().next()),
            }
        }
        Err(Error::Unavailable(format!("{place} is being changed by too many at once")))
    }

    /// What is at a place, as far as it was put there, under whichever of its ids.
    pub async fn contents(
        &self,
        place: PlaceId,
        after: Option<Vec<u8>>,
        limit: usize,
    ) -> Result<MemberPage> {
        let limit = limit.clamp(1, PAGE_MAX);
        let mut holders = self.one_place(place).await?;
        let mut from = None;
        if let Some((id, sort)) = after.as_deref().and_then(<[u8]>::split_first_chunk) {
            let id = PlaceId::from_bytes(*id);
            from = Some(sort.to_vec()).filter(|_| holders.contains(&id));
            // The place itself is the first, the others are in order.
            let passed = |it: &PlaceId| *it != id && (*it == holders[0] || *it < id);
            let begin = holders.iter().take_while(|it| passed(it)).count();
            holders.drain(..begin);
        }
        let mut page = MemberPage { members: Vec::new(), after: None };
        for holder in holders {
            let left = limit - page.members.len();
            if left == 0 {
                page.after = Some(holder.as_bytes().to_vec());
                break;
            }
            let part = self.members(Subject::Place(holder), from.take(), left).await?;
            page.members.extend(part.members);
            if let Some(sort) = part.after {
                page.after = Some([holder.as_bytes(), &sort[..]].concat());
                break;
            }
        }
        Ok(page)
    }

    /// The place that an id means, and what is known of it.
    pub(crate) async fn meant(&self, id: PlaceId) -> Result<(PlaceId, Option<State>)> {
        let mut id = id;
        let mut state = self.head(Subject::Place(id)).await?.map(|it| it.0.state);
        for _ in 0..LINKS_MAX {
            let Some((into, _)) = state.as_ref().and_then(|it| it.merged) else { break };
            id = into;
            state = self.head(Subject::Place(id)).await?.map(|it| it.0.state);
        }
        Ok((id, state))
    }

    /// What a list of names beginning with `prefix` says in the line of a merged place:
    /// the other one, unless that stands in another line of the list.
    pub(crate) async fn named_instead(
        &self,
        place: PlaceId,
        name: String,
        prefix: &str,
    ) -> Result<Option<Named>> {
        let line = |id: PlaceId, name: &str| (sorting_name(name), *id.as_bytes());
        let own = line(place, &name);
        let all = self.one_place(place).await?;
        for (index, id) in all.iter().enumerate() {
            let head = self.head(Subject::Place(*id)).await?;
            let record = head.and_then(|(head, _)| head.state.record);
            let Some(Record::Place(record)) = record else { continue };
            let other = line(*id, &record.name);
            if other.0.starts_with(prefix) && (index == 0 || other < own) {
                return Ok(None);
            }
        }
        Ok(Some(Named { subject: Subject::Place(all[0]), name }))
    }

    /// Refuses what would make places one that cannot be, or a home of what is several.
    pub(crate) async fn check_one_place(
        &self,
        event: &Event,
        state: Option<&State>,
        index: usize,
    ) -> Result<()> {
        let Subject::Place(place) = event.subject else { return Ok(()) };
        let Some(state) = state else { return Ok(()) };
        match event.fact.asserted() {
            Some(Fact::Merged { into: Some(into) }) => {
                self.check_merge(place, state, *into, &format!("/{index}")).await
            }
            Some(Fact::Amended { set, .. }) if is_home(set) => {
                let alone = state.merged.is_none() && self.merged_into(place).await?.is_empty();
                if alone { Ok(()) } else { Err(Refusal::MergedHome(event.subject).into()) }
            }
            _ => Ok(()),
        }
    }

    /// The guards by which nobody merges a place meanwhile that another is merged into.
    pub(crate) async fn merge_guards(&self, events: &[Event]) -> Result<Vec<Write>> {
        let mut guards: Vec<Write> = Vec::new();
        for event in events {
            let Fact::Merged { into: Some(into) } = event.fact else { continue };
            let key = Row::Head(Subject::Place(into)).key();
            let found = self.table.get(&key).await?;
            if let Some(found) = found.filter(|it| guards.iter().all(|one| one.key != it.key)) {
                guards.push(Write::check(key, Guard::Unchanged(found.version)));
            }
        }
        Ok(guards)
    }

    async fn directly_merged_into(&self, place: PlaceId) -> Result<Vec<PlaceId>> {
        let (shard, mut all) = (subject_shard(Subject::Place(place)), Vec::new());
        let mut next = Some(Scan::prefix(shard, &[b'm', SubjectKind::Place as u8], PAGE));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            all.extend(page.entries.iter().filter_map(|it| {
                match subject_of_bytes(&it.key.sort[1..]) {
                    Some(Subject::Place(id)) => Some(id),
                    _ => None,
                }
            }));
            next = page.rest;
        }
        Ok(all)
    }

    async fn check_merge(
        &self,
        place: PlaceId,
        state: &State,
        into: PlaceId,
        at: &str,
    ) -> Result<()> {
        let pointer = format!("{at}/into");
        let Some((head, _)) = self.head(Subject::Place(into)).await? else { return Ok(()) };
        if head.state.merged.is_some() {
            return Err(Refusal::IntoMerged { place: into, is: self.place_of(into).await? }.into());
        }
        let (Some(Record::Place(one)), Some(Record::Place(other))) =
            (&state.record, &head.state.record)
        else {
            return Ok(());
        };
        let invalid = |pointer: &str, code, detail: &str| {
            Err(Error::invalid(pointer, code, detail.to_owned()))
        };
        let home = "a home is merged with nothing: whose it is must not move to another name";
        if one.kind == PlaceKind::Home {
            return invalid(at, "home", home);
        }
        if other.kind == PlaceKind::Home {
            return invalid(&pointer, "home", home);
        }
        if is_of_gazetteer(place, one) {
            let detail = "everybody means the same by a place of the gazetteer: it stays. \
                          Merge the other place into it";
            return invalid(at, "gazetteer", detail);
        }
        if let (Some(here), Some(there)) = (&one.country, &other.country)
            && here != there
        {
            let detail = format!("one is in {here}, the other in {there}");
            return invalid(&pointer, "country", &detail);
        }
        self.check_number(place, into, &pointer).await
    }

    /// One place has few names, so that whoever reads it reads little.
    async fn check_number(&self, place: PlaceId, into: PlaceId, pointer: &str) -> Result<()> {
        let below = self.merged_into(place).await?;
        let mut all = self.merged_into(into).await?;
        all.extend(below.iter().copied().chain([place]));
        if MERGED_MAX < all.len() {
            let detail = format!("at most {MERGED_MAX} places are merged into one");
            return Err(Error::invalid(pointer, "too_many", detail));
        }
        let mut deepest = 0;
        for one in below {
            let (mut id, mut links) = (one, 0);
            while id != place && links < LINKS_MAX {
                let head = self.head(Subject::Place(id)).await?;
                let Some((next, _)) = head.and_then(|it| it.0.state.merged) else { break };
                (id, links) = (next, links + 1);
            }
            deepest = deepest.max(links);
        }
        if LINKS_MAX <= deepest {
            let detail = format!("at most {LINKS_MAX} places are merged one into the other");
            return Err(Error::invalid(pointer, "too_deep", detail));
        }
        Ok(())
    }
}

fn is_home(record: &Record) -> bool {
    matches!(record, Record::Place(it) if it.kind == PlaceKind::Home)
}

fn is_of_gazetteer(id: PlaceId, record: &PlaceRecord) -> bool {
    record.code.as_ref().is_some_and(|it| gazetteer_place(it) == id)
}
