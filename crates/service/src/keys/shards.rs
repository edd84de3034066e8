//! Where rows live: the shards and sort keys that the keys are made of, and reading
//! them back.

use domain::{
    attention::AttentionReason,
    holding::HolderId,
    id::{AccessId, ClientId, PackageId, Subject, SubjectKind, TrackerId, UserId},
    time::{DAY, Timestamp},
};
use table::Key;

use super::{
    ACCESS_SHARDS, ARCHIVING_SHARDS, ATTENTION_SHARDS, CLOSED_SHARDS, FIRST_DAY, HOLDER_SHARDS,
    ISSUED_NAME_SHARDS, LIST_SHARDS, OUTBOX_SHARDS, POSTING_SLOTS, Posted, SEGMENTS,
    SUBJECT_SHARDS, TRAIL_DAYS, UNSEALED_SHARDS,
};

pub(super) fn segment_key(day: u32, first: u64) -> Key {
    Key::new(SEGMENTS, [&day.to_be_bytes()[..], &first.to_be_bytes()].concat())
}

/// The day and the first entry that a file's key names.
#[must_use]
pub fn segment_of_key(key: &Key) -> Option<(u32, u64)> {
    let (day, first) = key.sort.split_first_chunk::<4>()?;
    Some((u32::from_be_bytes(*day), u64::from_be_bytes(first.try_into().ok()?)))
}

/// Where a subject's head, events, photos and members live.
#[must_use]
pub fn subject_shard(subject: Subject) -> Vec<u8> {
    tagged(b's', &subject_bytes(subject))
}

/// Reads what [`subject_shard`] wrote.
#[must_use]
pub fn subject_of_shard(shard: &[u8]) -> Option<Subject> {
    shard.strip_prefix(b"s").and_then(subject_of_bytes)
}

/// Where the members of a holder live: where a container's or place's events do.
#[must_use]
pub fn holder_shard(holder: HolderId) -> Vec<u8> {
    tagged(b's', &holder.to_bytes())
}

pub(super) fn member_key(holder: HolderId, child: Subject) -> Key {
    Key::new(holder_shard(holder), tagged(b'm', &subject_bytes(child)))
}

/// The holder that a member's key speaks of.
#[must_use]
pub fn holder_of_member(key: &Key) -> Option<HolderId> {
    let (b's', id) = key.shard.split_first().map(|(tag, id)| (*tag, id))? else { return None };
    (key.sort.len() == 18 && key.sort[0] == b'm').then(|| HolderId::from_bytes(id))?
}

/// One of the shards that hold what the map shows.
#[must_use]
pub fn holders_shard(bucket: u8) -> Vec<u8> {
    vec![b'h', bucket]
}

pub(super) fn holder_key(holder: HolderId) -> Key {
    let id = holder.to_bytes();
    Key::new(holders_shard(id[1] % HOLDER_SHARDS), id)
}

/// The holder that a key of the map's rows names.
#[must_use]
pub fn holder_of_row(key: &Key) -> Option<HolderId> {
    (key.shard.len() == 2 && key.shard[0] == b'h').then(|| HolderId::from_bytes(&key.sort))?
}

/// The tracker whose ring this is.
#[must_use]
pub fn tracker_of_ring(key: &Key) -> Option<TrackerId> {
    match subject_of_shard(&key.shard) {
        Some(Subject::Tracker(tracker)) if key.sort == b"r" => Some(tracker),
        _ => None,
    }
}

/// The tracker that a key says travels with something.
#[must_use]
pub fn tracker_of_carried(key: &Key) -> Option<TrackerId> {
    match subject_of_shard(&key.shard) {
        Some(Subject::Tracker(tracker)) if key.sort.first() == Some(&b'a') => Some(tracker),
        _ => None,
    }
}

/// One of the shards that list every subject.
#[must_use]
pub fn subjects_shard(bucket: u8) -> Vec<u8> {
    vec![b'k', bucket]
}

/// Where the packages of one number live.
#[must_use]
pub fn reference_shard(number: &str) -> Vec<u8> {
    tagged(b'r', number.as_bytes())
}

pub(super) fn reference_key(number: &str, package: PackageId, scheme: &str) -> Key {
    let sort = [package.as_bytes(), scheme.as_bytes()].concat();
    Key::new(reference_shard(number), sort)
}

pub(super) fn listed_key(at: Timestamp, package: PackageId) -> Key {
    let shard = list_shard(day(at), list_bucket(package));
    Key::new(shard, newest(at, package.as_bytes()))
}

/// One of the shards that list the packages of one day.
#[must_use]
pub fn list_shard(day: u32, bucket: u8) -> Vec<u8> {
    [b"l".as_slice(), &day.to_be_bytes(), &[bucket]].concat()
}

/// Where the places, containers or clients live by name.
#[must_use]
pub fn named_shard(kind: SubjectKind) -> Vec<u8> {
    vec![b'n', kind as u8]
}

/// Where they live by what their name has from a later word on.
#[must_use]
pub fn named_within_shard(kind: SubjectKind) -> Vec<u8> {
    vec![b'n', kind as u8, b'w']
}

pub(super) fn named_within_key(rest: &str, subject: Subject) -> Key {
    Key::new(named_within_shard(subject.kind()), worded(rest, subject.id_bytes()))
}

pub(super) fn named_key(name: &str, subject: Subject) -> Key {
    Key::new(named_shard(subject.kind()), worded(name, subject.id_bytes()))
}

/// One of the shards of a word: words that begin alike lie together.
#[must_use]
pub fn posting_shard(posted: Posted, token: &[u8], bucket: u8) -> Vec<u8> {
    vec![b'w', posted as u8, posting_slot(token), bucket]
}

pub(super) fn posting_key(posted: Posted, token: &[u8], at: Timestamp, package: PackageId) -> Key {
    let bucket = package.as_bytes()[0] % posted.buckets();
    let sort = [posted_prefix(token), newest(at, package.as_bytes())].concat();
    Key::new(posting_shard(posted, token, bucket), sort)
}

/// The shards of all postings, and those of clients' words.
pub fn search_shards() -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let (mut postings, mut words) = (Vec::new(), Vec::new());
    for slot in 0..POSTING_SLOTS {
        for posted in Posted::ALL {
            let buckets = 0..posted.buckets();
            postings.extend(buckets.map(|bucket| vec![b'w', *posted as u8, slot, bucket]));
        }
        words.push(vec![b'w', Posted::CLIENT_WORD, slot]);
    }
    (postings, words)
}

/// Where the clients are whose names have a word.
#[must_use]
pub fn client_words_shard(word: &str) -> Vec<u8> {
    vec![b'w', Posted::CLIENT_WORD, posting_slot(word.as_bytes())]
}

pub(super) fn client_word_key(word: &str, client: ClientId) -> Key {
    Key::new(client_words_shard(word), worded(word, client.as_bytes()))
}

/// What the sort keys of a word's postings begin with.
#[must_use]
pub fn posted_prefix(token: &[u8]) -> Vec<u8> {
    [token, b"\0"].concat()
}

/// What follows a word in its postings: the age, newest first, and the package.
#[must_use]
pub fn posted_rank(sort: &[u8]) -> Option<[u8; 24]> {
    sort.last_chunk::<24>().copied()
}

/// The package that a posting's key names.
#[must_use]
pub fn posted_package(sort: &[u8]) -> Option<PackageId> {
    sort.last_chunk::<16>().copied().map(PackageId::from_bytes)
}

/// By the first three bytes, so that words that begin alike lie together.
fn posting_slot(token: &[u8]) -> u8 {
    spread(&token[..token.len().min(3)]) % POSTING_SLOTS
}

fn spread(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum: u8, byte| sum.wrapping_mul(31).wrapping_add(*byte))
}

pub(super) fn checkpoint_key(projector: &str, feed: u64) -> Key {
    Key::new(*b"c", [projector.as_bytes(), b"/", &feed.to_be_bytes()].concat())
}

/// One of the shards of accepted batches.
#[must_use]
pub fn batch_shard(bucket: u8) -> Vec<u8> {
    vec![b'b', bucket]
}

/// The batch that a key names.
#[must_use]
pub fn batch_of(key: &Key) -> Option<[u8; 16]> {
    key.sort.as_slice().try_into().ok().filter(|_| is_batch(key))
}

/// One of the shards of what no chunk keeps yet.
#[must_use]
pub fn unsealed_shard(bucket: u8) -> Vec<u8> {
    vec![b'y', bucket]
}

pub(super) fn unsealed_key(oldest: Timestamp, hash: [u8; 8]) -> Key {
    Key::new(unsealed_shard(hash[0] % UNSEALED_SHARDS), oldest_first(oldest, &hash))
}

/// Where the chunks lie that were sealed in one span of [`TRAIL_DAYS`] days.
#[must_use]
pub fn chunk_shard(span: u16) -> Vec<u8> {
    [b"x".as_slice(), &span.to_be_bytes()].concat()
}

pub(super) fn chunk_key(at: Timestamp, rest: &[u8]) -> Key {
    Key::new(chunk_shard(trail_span(at)), oldest_first(at, rest))
}

/// When a chunk was sealed and the first 8 bytes of its hash, as its key says.
#[must_use]
pub fn sealed_of(sort: &[u8]) -> Option<(Timestamp, [u8; 8])> {
    let (millis, hash) = sort.split_first_chunk::<8>()?;
    let at = Timestamp::from_millis(i64::from_be_bytes(*millis)).ok()?;
    Some((at, hash.try_into().ok()?))
}

/// Whether a row is an accepted batch, or what stands in its place.
#[must_use]
pub fn is_batch(key: &Key) -> bool {
    key.shard.len() == 2 && key.shard[0] == b'b'
}

/// One of the shards of what needs attention.
#[must_use]
pub fn attention_shard(bucket: u8) -> Vec<u8> {
    vec![b'z', bucket]
}

pub(super) fn attention_key(at: Timestamp, reason: AttentionReason, subject: Subject) -> Key {
    let shard = attention_shard(subject.id_bytes()[0] % ATTENTION_SHARDS);
    Key::new(shard, newest(at, &tagged(reason as u8, &subject_bytes(subject))))
}

/// Which span of days a trail that begins then lies in.
#[must_use]
pub fn trail_span(at: Timestamp) -> u16 {
    (day(at) / TRAIL_DAYS) as u16
}

/// Where a tracker's trails of one span lie, oldest first.
#[must_use]
pub fn trail_shard(tracker: TrackerId, span: u16) -> Vec<u8> {
    [b"t".as_slice(), tracker.as_bytes(), &span.to_be_bytes()].concat()
}

pub(super) fn trail_key(tracker: TrackerId, at: Timestamp, hash: &[u8]) -> Key {
    Key::new(trail_shard(tracker, trail_span(at)), oldest_first(at, hash))
}

/// When a span of trails ends.
#[must_use]
pub fn trail_span_end(span: u16) -> Timestamp {
    Timestamp::MIN.plus((i64::from(span) + 1) * i64::from(TRAIL_DAYS) * DAY)
}

/// One of the shards that name what is to be archived, the oldest spans first.
#[must_use]
pub fn archiving_shard(bucket: u8) -> Vec<u8> {
    vec![b'v', bucket]
}

pub(super) fn archiving_key(span: u16, tracker: TrackerId) -> Key {
    let sort = [&span.to_be_bytes()[..], tracker.as_bytes()].concat();
    Key::new(archiving_shard(tracker.as_bytes()[0] % ARCHIVING_SHARDS), sort)
}

/// Reads the sort key of what is to be archived.
#[must_use]
pub fn archiving_of(sort: &[u8]) -> Option<(u16, TrackerId)> {
    let (span, tracker) = sort.split_first_chunk::<2>()?;
    Some((u16::from_be_bytes(*span), TrackerId::from_bytes(tracker.try_into().ok()?)))
}

/// One of the shards that name the packages that are closed, the longest first.
#[must_use]
pub fn closed_shard(bucket: u8) -> Vec<u8> {
    vec![b'o', bucket]
}

pub(super) fn closed_key(at: Timestamp, package: PackageId) -> Key {
    let shard = closed_shard(package.as_bytes()[0] % CLOSED_SHARDS);
    Key::new(shard, oldest_first(at, package.as_bytes()))
}

/// The package that the key of a closed one names.
#[must_use]
pub fn closed_package(sort: &[u8]) -> Option<PackageId> {
    Some(PackageId::from_bytes(sort.get(8..)?.try_into().ok()?))
}

/// The number of the first event that a row of filed ones names.
#[must_use]
pub fn filed_seq(sort: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(sort.strip_prefix(b"f")?.try_into().ok()?))
}

/// Where a day of the map's past lies.
#[must_use]
pub fn reels_shard(day: u32) -> Vec<u8> {
    [b"p".as_slice(), &day.to_be_bytes()].concat()
}

/// Where an account, its sessions, tokens and links live.
#[must_use]
pub fn person_shard(user: UserId) -> Vec<u8> {
    tagged(b'u', user.as_bytes())
}

/// Reads what [`person_shard`] wrote.
#[must_use]
pub fn user_of_shard(shard: &[u8]) -> Option<UserId> {
    Some(UserId::from_bytes(shard.strip_prefix(b"u")?.try_into().ok()?))
}

/// Where a login name lives: those of an issuer's people, which have a `#`, are spread.
#[must_use]
pub fn login_name_shard(name: &str) -> Vec<u8> {
    if !name.contains('#') {
        return b"un".to_vec();
    }
    vec![b'u', b'n', spread(name.as_bytes()) % ISSUED_NAME_SHARDS]
}

/// Every shard of login names; each is in order.
pub fn login_name_shards() -> impl Iterator<Item = Vec<u8>> {
    let issued = (0..ISSUED_NAME_SHARDS).map(|bucket| vec![b'u', b'n', bucket]);
    std::iter::once(b"un".to_vec()).chain(issued)
}

/// One of the shards that hold one day of what happened to people's access.
#[must_use]
pub fn access_shard(day: u32, bucket: u8) -> Vec<u8> {
    [b"a".as_slice(), &day.to_be_bytes(), &[bucket]].concat()
}

pub(super) fn access_key(at: Timestamp, id: [u8; 16]) -> Key {
    let sort = [&at.millis().to_be_bytes()[..], &id].concat();
    Key::new(access_shard(day(at), id[0] % ACCESS_SHARDS), sort)
}

/// When something happened to somebody's access, and its id, as its key says.
#[must_use]
pub fn access_of_key(key: &Key) -> Option<(Timestamp, AccessId)> {
    let (at, id) = key.sort.split_first_chunk::<8>()?;
    let is_access = key.shard.len() == 6 && key.shard[0] == b'a';
    let id = id.try_into().ok().filter(|_| is_access)?;
    Some((instant(*at)?, AccessId::from_bytes(id)))
}

/// When a chunk was sealed, as its key says.
#[must_use]
pub fn chunk_of_key(key: &Key) -> Option<Timestamp> {
    let (at, hash) = key.sort.split_first_chunk::<8>()?;
    let is_chunk = key.shard.len() == 3 && key.shard[0] == b'x' && hash.len() == 8;
    is_chunk.then(|| instant(*at))?
}

/// The shards of everything beside events that is logged, up to a day; the oldest first
/// of each kind.
pub fn logged_shards(until: Timestamp) -> impl Iterator<Item = Vec<u8>> {
    let days = FIRST_DAY..=day(until);
    let access = days.flat_map(|day| (0..ACCESS_SHARDS).map(move |it| access_shard(day, it)));
    let spans = (FIRST_DAY / TRAIL_DAYS) as u16..=trail_span(until);
    access.chain(spans.map(chunk_shard))
}

/// Where the marks of what lies in a shard lie.
pub(super) fn marks_beside(key: Key) -> Key {
    Key { shard: [key.shard.as_slice(), b"i"].concat(), ..key }
}

fn instant(millis: [u8; 8]) -> Option<Timestamp> {
    i64::try_from(u64::from_be_bytes(millis)).ok().and_then(|it| Timestamp::from_millis(it).ok())
}

/// One of the shards that count wrong attempts.
#[must_use]
pub fn failure_shard(bucket: u8) -> Vec<u8> {
    vec![b'f', bucket]
}

/// The day an instant falls on, counted from 1970, UTC.
#[must_use]
pub fn day(at: Timestamp) -> u32 {
    (at.millis() / DAY) as u32
}

/// Sorts later instants first.
#[must_use]
pub fn newest_first(at: Timestamp) -> [u8; 8] {
    (!(at.millis() as u64)).to_be_bytes()
}

/// A subject as bytes that sort by kind.
#[must_use]
pub fn subject_bytes(subject: Subject) -> [u8; 17] {
    let mut bytes = [0; 17];
    bytes[0] = subject.kind() as u8;
    bytes[1..].copy_from_slice(subject.id_bytes());
    bytes
}

/// Reads what [`subject_bytes`] wrote.
#[must_use]
pub fn subject_of_bytes(bytes: &[u8]) -> Option<Subject> {
    let (&kind, id) = bytes.split_first()?;
    let kind = SubjectKind::ALL.iter().find(|it| **it as u8 == kind)?;
    Some(Subject::from_parts(*kind, id.try_into().ok()?))
}

pub(super) fn subject_bucket(subject: Subject) -> u8 {
    subject.id_bytes()[0] % SUBJECT_SHARDS
}

fn list_bucket(package: PackageId) -> u8 {
    package.as_bytes()[0] % LIST_SHARDS
}

/// What is known of a subject, by what it is.
pub(super) fn of(subject: Subject, tag: u8, rest: &[u8]) -> Key {
    Key::new(subject_shard(subject), tagged(tag, rest))
}

/// The package that somebody follows, by the key of that in their shard.
#[must_use]
pub fn watched_package(sort: &[u8]) -> Option<PackageId> {
    let id = sort.strip_prefix(b"w")?;
    Some(PackageId::from_bytes(id.try_into().ok()?))
}

/// What is known of a person, by what it is.
pub(super) fn of_person(user: UserId, tag: u8, rest: &[u8]) -> Key {
    Key::new(person_shard(user), tagged(tag, rest))
}

/// One of the shards of news that wait to be sent.
#[must_use]
pub fn outbox_shard(bucket: u8) -> Vec<u8> {
    vec![b'j', bucket]
}

/// Whether a key is that of news that wait.
pub fn is_outbox(key: &Key) -> bool {
    (0..OUTBOX_SHARDS).any(|bucket| outbox_shard(bucket) == key.shard)
}

pub(super) fn outbox_key(due: Timestamp, event: &[u8; 16]) -> Key {
    Key::new(outbox_shard(event[0] % OUTBOX_SHARDS), oldest_first(due, event))
}

/// Earlier instants first.
pub(crate) fn oldest_first(at: Timestamp, rest: &[u8]) -> Vec<u8> {
    [&at.millis().to_be_bytes()[..], rest].concat()
}

/// Later instants first.
pub(super) fn newest(at: Timestamp, rest: &[u8]) -> Vec<u8> {
    [&newest_first(at)[..], rest].concat()
}

/// By a word, then by an id.
fn worded(word: &str, id: &[u8; 16]) -> Vec<u8> {
    [word.as_bytes(), b"\0", id].concat()
}

pub(super) fn tagged(tag: u8, rest: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + rest.len());
    bytes.push(tag);
    bytes.extend_from_slice(rest);
    bytes
}
