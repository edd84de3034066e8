//! Recording: every change is one event, put in place by one guarded write.

use std::collections::BTreeSet;

use audit::bundle::ENTRY_LEN_MAX;
use domain::{
    admit::admit,
    draft::Draft,
    event::{Event, Fact, Holder},
    id::{EventId, Subject, SubjectKind},
    leaf::{LeafHash, leaf},
    record::{Reference, normalise_reference},
    state::{State, fold},
    time::Timestamp,
};
use table::{Guard, Key, Scan, Write};

use crate::{
    Service,
    error::{Error, Result},
    keys::{Row, subject_of_bytes, subject_shard},
    outside::random,
    rows::{Head, Recorded, encoded_len, to_bytes},
};

/// Who says something, and which way it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribution {
    /// An opaque id: `usr_…`, `trk_…`, `connection:…`.
    pub actor: String,
    /// The way: `api`, `import`, `cli`, `carrier:ups`.
    pub source: String,
}

/// Proof that an event was recorded: nobody can change it without changing `leaf`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The event.
    pub event: EventId,
    /// What it is about.
    pub subject: Subject,
    /// Its number in the subject's chain, from 1.
    pub seq: u64,
    /// The hash of the bytes that are logged.
    pub leaf: LeafHash,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// True when the same had been recorded before.
    pub duplicate: bool,
}

/// Most drafts of one subject that are recorded in one write. DynamoDB allows
/// 100 items; each event may bring new references.
pub const TOGETHER_MAX: usize = 40;
/// Most references one package may have.
pub const REFERENCES_MAX: usize = 40;
/// How deep containers may stand inside each other.
pub const DEPTH_MAX: usize = 8;
/// Bytes that an event's or head's row has besides what it tells: its place in
/// the chain.
const CHAIN_LEN: usize = 64;
/// Bytes of an event's row whose leaf is short enough whatever is in it: a leaf has
/// at most six bytes for one of text, and a few names.
const SHORT_LEN: usize = 4_096;
/// How often a write is tried again when others change the subject meanwhile.
const ATTEMPTS_MAX: usize = 24;

/// What one attempt wants to write.
struct Attempt {
    writes: Vec<Write>,
    receipts: Vec<Receipt>,
}

impl Service {
    /// Records facts about one subject, all in one write or none, durably
    /// before it returns. Facts recorded before are answered as duplicates, so
    /// saying the same again is always safe.
    pub async fn record(&self, by: &Attribution, drafts: Vec<Draft>) -> Result<Vec<Receipt>> {
        self.record_if(by, drafts, None).await
    }

    /// As [`Self::record`], but only while the subject has no more than this many
    /// events: for facts that were thought up from what it was then. What was
    /// recorded before is a duplicate all the same.
    pub async fn record_if(
        &self,
        by: &Attribution,
        drafts: Vec<Draft>,
        unchanged_since: Option<u64>,
    ) -> Result<Vec<Receipt>> {
        let Some(subject) = drafts.first().map(|it| it.subject) else { return Ok(Vec::new()) };
        if drafts.len() > TOGETHER_MAX || drafts.iter().any(|it| it.subject != subject) {
            let detail = format!("at most {TOGETHER_MAX} events of one subject at once");
            return Err(Error::invalid("", "too_many", detail));
        }
        let mut known: Vec<Receipt> = Vec::new();
        let mut fresh = self.events(by, drafts.clone());
        // Whether a write of ours may have been applied although its answer was lost.
        let mut unsure = false;
        for _ in 0..ATTEMPTS_MAX {
            if fresh.is_empty() {
                break;
            }
            let head = self.head(subject).await?;
            // The rows of filed events are gone, so that no guard finds them.
            let filed = head.as_ref().is_some_and(|(head, _)| head.filed.is_some());
            if filed && self.recorded_before(&fresh, unsure, &mut known).await? != 0 {
                fresh.retain(|event| known.iter().all(|it| it.event != event.id));
                continue;
            }
            let seq = head.as_ref().map_or(0, |(head, _)| head.seq);
            let attempt = if unchanged_since.is_none_or(|it| it == seq) {
                self.attempt(subject, head.as_ref(), &fresh, &[]).await
            } else {
                Err(Error::Changed(subject.to_string()))
            };
            let attempt = match attempt {
                // What was recorded before need not be admissible again.
                Err(error) => {
                    let before = self.recorded_before(&fresh, unsure, &mut known).await?;
                    if before == 0 {
                        return Err(error);
                    }
                    fresh.retain(|event| known.iter().all(|it| it.event != event.id));
                    continue;
                }
                Ok(attempt) => attempt,
            };
            match self.table.write(attempt.writes).await {
                Ok(()) => {
                    known.extend(attempt.receipts);
                    return Ok(in_order_of(&drafts, known));
                }
                // Somebody changed the subject meanwhile: read it again.
                Err(table::Error::Conflict(key)) if key == Row::Head(subject).key() => continue,
                // An event stands already: as a duplicate, or with other content.
                Err(table::Error::Conflict(_)) => (),
                Err(table::Error::Unavailable(why)) => {
                    unsure = true;
                    if self.recorded_before(&fresh, unsure, &mut known).await? == 0 {
                        return Err(Error::Unavailable(why));
                    }
                }
                Err(other) => return Err(other.into()),
            }
            self.recorded_before(&fresh, unsure, &mut known).await?;
            fresh.retain(|event| known.iter().all(|it| it.event != event.id));
        }
        if fresh.is_empty() {
            return Ok(in_order_of(&drafts, known));
        }
        Err(Error::Unavailable(format!("{subject} is being changed by too many at once")))
    }

    /// Those of `events`, all of one subject, that are not recorded yet, when they
    /// may be recorded as things stand; otherwise the error that recording them
    /// would give. Writes nothing. `coming` will be registered before them.
    pub(crate) async fn admissible<'a>(
        &self,
        events: &'a [Event],
        coming: &[Subject],
    ) -> Result<Vec<&'a Event>> {
        let Some(first) = events.first() else { return Ok(Vec::new()) };
        let subject = first.subject;
        // What begins with a registration is recorded whole, that first.
        let begun = self.recorded(subject, first.id).await?.is_some();
        let ids: Vec<EventId> = events.iter().map(|it| it.id).filter(|_| begun).collect();
        let known = self.recorded_among(subject, &ids).await?;
        let mut fresh: Vec<&Event> = Vec::new();
        for event in events {
            match known.get(&event.id) {
                None => fresh.push(event),
                Some(it) if it.event.agrees_with(event) => (),
                Some(_) => return Err(Error::Differs { event: event.id, subject }),
            }
        }
        if !fresh.is_empty() {
            let head = self.head(subject).await?;
            let state = head.map(|(head, _)| head.state);
            let begun = state.is_none() && fresh.len() == events.len();
            let said: Vec<Event> =
                if begun { Vec::new() } else { fresh.iter().map(|it| (*it).clone()).collect() };
            self.judged(subject, state, if begun { events } else { &said }, coming).await?;
        }
        Ok(fresh)
    }

    /// Gives drafts their clock, their source and the salts of their personal texts.
    fn events(&self, by: &Attribution, drafts: Vec<Draft>) -> Vec<Event> {
        let mut events = self.unsalted_events(by, drafts);
        for private in events.iter_mut().flat_map(|it| it.fact.privates_mut()) {
            private.set_salt(random(&*self.entropy));
        }
        events
    }

    /// The same, fit to be judged and not to be kept.
    pub(crate) fn unsalted_events(&self, by: &Attribution, drafts: Vec<Draft>) -> Vec<Event> {
        let recorded_at = self.clock.now();
        let event = |draft: Draft| {
            let fact = draft.fact;
            let (actor, source) = (by.actor.clone(), by.source.clone());
            let Draft { id, subject, happened_at, .. } = draft;
            Event { id, subject, happened_at, recorded_at, actor, source, fact }
        };
        let mut events: Vec<Event> = drafts.into_iter().map(event).collect();
        // The same draft twice in one call is one event.
        let mut seen = BTreeSet::new();
        events.retain(|it| seen.insert(it.id));
        events
    }

    /// What a subject's state becomes by events, or why it may not. What is
    /// `coming` counts as registered. Whatever is too large to be kept is found
    /// here as well, so that asking beforehand finds it.
    async fn judged(
        &self,
        subject: Subject,
        mut state: Option<State>,
        events: &[Event],
        coming: &[Subject],
    ) -> Result<Option<State>> {
        let mut len = 0;
        for (index, event) in events.iter().enumerate() {
            admit(state.as_ref(), event)?;
            self.check_mentions(event, index, coming).await?;
            self.check_one_place(event, state.as_ref(), index).await?;
            state = Some(match state.take().unwrap_or_default().advanced(event) {
                Some(state) => state,
                None => self.refolded(subject, &events[..=index]).await?,
            });
            let key = Row::Event(subject, event.id).key();
            let bytes = encoded_len(event) + CHAIN_LEN;
            check_len(&key, bytes, &format!("/{index}"), "this event")?;
            check_leaf(event, bytes, &format!("/{index}"))?;
            len += bytes;
        }
        if table::limits::BATCH_LEN_MAX / 2 < len {
            return Err(too_large(
                "",
                "all of this together",
                len,
                table::limits::BATCH_LEN_MAX / 2,
            ));
        }
        let known_len = encoded_len(&state) + CHAIN_LEN;
        check_len(&Row::Head(subject).key(), known_len, "", "everything that is known of it")?;
        Ok(state)
    }

    /// Everything one guarded write holds: events, head, and what is new with them.
    /// What is `coming` counts as registered.
    async fn attempt(
        &self,
        subject: Subject,
        head: Option<&(Head, table::Version)>,
        events: &[Event],
        coming: &[Subject],
    ) -> Result<Attempt> {
        let before = head.map(|(head, _)| &head.state);
        // Read before they are judged: what is judged later must still be so.
        let guards = self.merge_guards(events).await?;
        let state = self.judged(subject, before.cloned(), events, coming).await?;
        let state = state.expect("there is at least one event");
        let mut seq = head.map_or(0, |(head, _)| head.seq);
        let mut prev = head.map(|(head, _)| head.prev);
        let mut writes = guards;
        let mut receipts = Vec::with_capacity(events.len());
        for event in events {
            seq += 1;
            let recorded = Recorded { event: event.clone(), seq, prev };
            let leaf = recorded.leaf_hash();
            prev = Some(leaf);
            let key = Row::Event(subject, event.id).key();
            writes.push(Write::put(key, Guard::Absent, to_bytes(&recorded)));
            let (event, recorded_at) = (event.id, event.recorded_at);
            receipts.push(Receipt { event, subject, seq, leaf, recorded_at, duplicate: false });
        }
        writes.extend(new_references(subject, before, &state)?);
        if head.is_none() {
            writes.push(Write::put(Row::Subject(subject).key(), Guard::Any, []));
        }
        let filed = head.and_then(|(head, _)| head.filed);
        let prev = prev.expect("there is at least one event");
        let guard = head.map_or(Guard::Absent, |(_, version)| Guard::Unchanged(*version));
        let head = Head { seq, prev, state, filed };
        writes.push(Write::put(Row::Head(subject).key(), guard, to_bytes(&head)));
        Ok(Attempt { writes, receipts })
    }

    /// Folds everything recorded of a subject together with what is about to be.
    async fn refolded(&self, subject: Subject, new: &[Event]) -> Result<State> {
        let mut events: Vec<Event> = self.all_events(subject).await?;
        events.extend_from_slice(new);
        Ok(fold(&events))
    }

    /// Finds which of `events` were recorded before. The same content is a
    /// duplicate; other content under the same id is refused and kept aside.
    async fn recorded_before(
        &self,
        events: &[Event],
        unsure: bool,
        known: &mut Vec<Receipt>,
    ) -> Result<usize> {
        let mut found = 0;
        let Some(subject) = events.first().map(|it| it.subject) else { return Ok(0) };
        let ids: Vec<EventId> = events.iter().map(|it| it.id).collect();
        let mut all = self.recorded_among(subject, &ids).await?;
        for event in events {
            let Some(recorded) = all.remove(&event.id) else { continue };
            if !recorded.event.agrees_with(event) {
                self.quarantine(event).await?;
                return Err(Error::Differs { event: event.id, subject: event.subject });
            }
            // Our own write whose answer was lost is no duplicate: it has our clock and salts.
            let duplicate = !unsure || recorded.event != *event;
            known.push(Receipt {
                event: event.id,
                subject: event.subject,
                seq: recorded.seq,
                leaf: recorded.leaf_hash(),
                recorded_at: recorded.event.recorded_at,
                duplicate,
            });
            found += 1;
        }
        Ok(found)
    }

    async fn quarantine(&self, event: &Event) -> Result<()> {
        let key = Row::Quarantined(event.recorded_at, event.id).key();
        self.table.write(vec![Write::put(key, Guard::Any, event.to_bytes())]).await?;
        tracing::warn!(event.id = %event.id, subject = %event.subject,
            "an event was refused: its id stands with other content");
        Ok(())
    }

    /// Whatever a fact mentions must be known, and loading must not make a cycle.
    async fn check_mentions(&self, event: &Event, index: usize, coming: &[Subject]) -> Result<()> {
        let Some(fact) = event.fact.asserted() else {
            return self.check_target(event, index).await;
        };
        if event.fact.target().is_some() {
            self.check_target(event, index).await?;
        }
        for subject in mentioned(fact) {
            if !coming.contains(&subject) && !self.is_registered(subject).await? {
                let kind = subject.kind();
                let detail = format!("{subject} is no {kind} that is registered here");
                return Err(Error::invalid(&format!("/{index}"), "unknown", detail));
            }
        }
        match fact {
            Fact::Joined(Holder::Container(into)) => {
                self.check_forest(event.subject, Subject::Container(*into)).await
            }
            _ => Ok(()),
        }
    }

    async fn check_target(&self, event: &Event, index: usize) -> Result<()> {
        let Some(target) = event.fact.target() else { return Ok(()) };
        let pointer = format!("/{index}/target");
        let Some(target) = self.recorded(event.subject, target).await? else {
            let detail = format!("{target} is no event of {}", event.subject);
            return Err(Error::invalid(&pointer, "unknown", detail));
        };
        let registers = |fact: &Fact| matches!(fact.asserted(), Some(Fact::Registered(_)));
        if registers(&target.event.fact) && !registers(&event.fact) {
            // Numbers, lists and others' events point at what is registered, for ever.
            let detail = "a registration is not taken back: amend it, or cancel the package";
            return Err(Error::invalid(&pointer, "registration", detail));
        }
        let merges = |fact: &Fact| matches!(fact.asserted(), Some(Fact::Merged { .. }));
        if merges(&target.event.fact) || merges(&event.fact) {
            let detail = "a merge is undone by merging the place into nothing";
            return Err(Error::invalid(&pointer, "merge", detail));
        }
        Ok(())
    }

    /// Follows what holds `into`: `child` must not be among it, nor may the
    /// chain be deeper than allowed.
    async fn check_forest(&self, child: Subject, into: Subject) -> Result<()> {
        // What the child holds comes along, as far as the projector knows of it.
        let below = self.containers_below(child).await?;
        let mut holder = into;
        for _ in 1..DEPTH_MAX.saturating_sub(below) {
            if holder == child {
                return Err(domain::admit::Refusal::InsideItself(child).into());
            }
            let Some((head, _)) = self.head(holder).await? else { return Ok(()) };
            match head.state.holder {
                Some((Holder::Container(next), _)) => holder = Subject::Container(next),
                _ => return Ok(()),
            }
        }
        let detail = format!("containers stand at most {DEPTH_MAX} deep inside each other");
        Err(Error::invalid("", "too_deep", detail))
    }

    /// How many containers stand inside each other below this one: 0 for a package
    /// or what holds no container.
    async fn containers_below(&self, subject: Subject) -> Result<usize> {
        let mut level = vec![subject];
        for depth in 0..DEPTH_MAX {
            let mut inside = Vec::new();
            for holder in level {
                if matches!(holder, Subject::Container(_)) {
                    let containers = [b'm', SubjectKind::Container as u8];
                    let mut next = Some(Scan::prefix(subject_shard(holder), &containers, 1000));
                    while let Some(scan) = next {
                        let page = self.table.scan(scan).await?;
                        let children = page.entries.iter();
                        inside
                            .extend(children.filter_map(|it| subject_of_bytes(&it.key.sort[1..])));
                        next = page.rest;
                    }
                }
            }
            if inside.is_empty() {
                return Ok(depth);
            }
            level = inside;
        }
        Ok(DEPTH_MAX)
    }

    /// A subject's head and the version that guards it.
    pub(crate) async fn head(&self, subject: Subject) -> Result<Option<(Head, table::Version)>> {
        let Some(entry) = self.table.get(&Row::Head(subject).key()).await? else {
            return Ok(None);
        };
        Ok(Some((minicbor::decode(&entry.value)?, entry.version)))
    }
}

/// Refuses what no row can hold, in words that whoever sent it understands.
fn check_len(key: &Key, value_len: usize, pointer: &str, what: &str) -> Result<()> {
    let len = table::limits::item_len(key, value_len);
    if len <= table::limits::ITEM_LEN_MAX {
        return Ok(());
    }
    Err(too_large(pointer, what, len, table::limits::ITEM_LEN_MAX))
}

/// Refuses what the log cannot hold: once it is recorded, it must be logged.
fn check_leaf(event: &Event, row_len: usize, pointer: &str) -> Result<()> {
    // Writing each leaf twice would cost more than all other checks together.
    if row_len < SHORT_LEN {
        return Ok(());
    }
    let len = leaf(event, u64::MAX, Some([0; 32])).len();
    if len <= ENTRY_LEN_MAX {
        return Ok(());
    }
    Err(too_large(pointer, "the audit log's entry of this event", len, ENTRY_LEN_MAX))
}

fn too_large(pointer: &str, what: &str, len: usize, len_max: usize) -> Error {
    let detail = format!("{what} would take {len} bytes; at most {len_max} are kept");
    Error::invalid(pointer, "too_large", detail)
}

/// The subjects a fact speaks of besides its own.
fn mentioned(fact: &Fact) -> Vec<Subject> {
    let places = |all: &[Option<domain::id::PlaceId>]| {
        all.iter().flatten().map(|it| Subject::Place(*it)).collect()
    };
    match fact {
        Fact::Registered(record) | Fact::Amended { set: record, .. } => match &**record {
            domain::record::Record::Package(record) => {
                let mut all: Vec<Subject> = places(&[record.origin, record.destination]);
                all.extend(record.client.map(Subject::Client));
                all
            }
            _ => Vec::new(),
        },
        Fact::Scanned { place, .. } | Fact::Arrived { place } | Fact::ReadyToCollect { place } => {
            vec![Subject::Place(*place)]
        }
        Fact::PickedUp { place }
        | Fact::Held { place, .. }
        | Fact::OutForDelivery { from: place }
        | Fact::Delivered { place, .. }
        | Fact::Returning { to: place, .. }
        | Fact::Returned { place }
        | Fact::Merged { into: place } => places(&[*place]),
        Fact::Departed { from, to, .. } => places(&[*from, *to]),
        Fact::Joined(holder) | Fact::Left(holder) => vec![holder.subject()],
        Fact::TrackerAttached(id) | Fact::TrackerDetached(id) => vec![Subject::Tracker(*id)],
        // A shared cost may name a package that is imported later.
        _ => Vec::new(),
    }
}

/// The writes for the numbers a package is known by from now on.
fn new_references(subject: Subject, before: Option<&State>, after: &State) -> Result<Vec<Write>> {
    let numbers = after.package().and_then(|it| it.references.as_ref()).map_or(0, Vec::len);
    if REFERENCES_MAX < numbers {
        let detail = format!("a package has at most {REFERENCES_MAX} references");
        return Err(Error::invalid("/references", "too_many", detail));
    }
    let keys = reference_rows(subject, before, after);
    Ok(keys.into_iter().map(|key| Write::put(key, Guard::Any, [])).collect())
}

/// The keys of the rows by which a package is found, as far as `before` had none.
pub(crate) fn reference_rows(
    subject: Subject,
    before: Option<&State>,
    after: &State,
) -> BTreeSet<Key> {
    let Subject::Package(package) = subject else { return BTreeSet::new() };
    fn all(state: &State) -> &[Reference] {
        state.package().and_then(|it| it.references.as_deref()).unwrap_or_default()
    }
    let (old, new) = (before.map(all).unwrap_or_default(), all(after));
    // So it is for all but a few events.
    if old == new {
        return BTreeSet::new();
    }
    // Two spellings of one number are one row.
    let row = |reference: &Reference| {
        let number = normalise_reference(&reference.value);
        Row::Reference(&number, package, &reference.scheme).key()
    };
    new.iter().filter(|it| !old.contains(it)).map(row).collect()
}

/// Receipts in the order of the drafts they answer.
fn in_order_of(drafts: &[Draft], receipts: Vec<Receipt>) -> Vec<Receipt> {
    drafts
        .iter()
        .filter_map(|draft| receipts.iter().find(|it| it.event == draft.id).copied())
        .collect()
}
