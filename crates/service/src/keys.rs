//! Every key of the table. Whoever wants to know what is stored reads this file.

use domain::{
    attention::AttentionReason,
    holding::HolderId,
    id::{ClientId, EventId, PackageId, PhotoId, Subject, SubjectKind, TrackerId, UserId},
    time::{DAY, Timestamp},
};
use table::Key;

use crate::people::{SessionId, TokenId};

/// How many shards a day of the package list is spread over.
pub const LIST_SHARDS: u8 = 16;
/// The shard that names every day with listed packages.
pub const LISTED_DAYS: &[u8] = b"ld";
/// Where messages are that were refused.
pub const QUARANTINE: &[u8] = b"q";
/// The shard that names every file of the history.
pub const SEGMENTS: &[u8] = b"gs";
/// The shard that names every carrier packages travel with.
pub const CARRIERS: &[u8] = b"wc";
/// How many shards the words that begin alike are spread over, by package.
pub const POSTING_BUCKETS: u8 = 4;
/// How many groups words and numbers fall into, by how they begin.
pub const POSTING_SLOTS: u8 = 16;
/// How many shards the list of all subjects is spread over.
pub const SUBJECT_SHARDS: u8 = 64;
/// How many shards accepted batches of fixes are spread over.
pub const BATCH_SHARDS: u8 = 16;
/// How many shards what the map shows is spread over.
pub const HOLDER_SHARDS: u8 = 64;
/// How many shards what needs attention is spread over.
pub const ATTENTION_SHARDS: u8 = 16;
/// How many shards the batches that no chunk keeps yet are spread over.
pub const UNSEALED_SHARDS: u8 = 4;
/// How many shards name what is to be archived.
pub const ARCHIVING_SHARDS: u8 = 16;
/// How many days of a tracker's trails lie in one shard.
pub const TRAIL_DAYS: u32 = 32;
/// The shard that names every day of which the map's past is kept.
pub const REEL_DAYS: &[u8] = b"pd";
/// The shard of how everything stood at the end of each day.
pub const FRAMES: &[u8] = b"pf";
/// How many shards a day of what happened to people's access is spread over.
pub const ACCESS_SHARDS: u8 = 4;
/// How many shards the counts of wrong attempts are spread over.
pub const FAILURE_SHARDS: u8 = 16;

/// Names one row. What its value is stands at each variant; how the bytes look
/// is in docs/formats.md.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row<'a> {
    /// A subject's chain and state: [`crate::rows::Head`].
    Head(Subject),
    /// One recorded event: [`crate::rows::Recorded`]. Never changed, never deleted.
    Event(Subject, EventId),
    /// What a photo is: [`crate::rows::PhotoRow`].
    Photo(Subject, PhotoId),
    /// That a subject exists; empty. What a rebuild starts from.
    Subject(Subject),
    /// That a number names a package, and the scheme it was given under; empty.
    Reference(&'a str, PackageId, &'a str),
    /// Derived: that a holder holds a child: [`crate::rows::MemberRow`].
    Member(HolderId, Subject),
    /// Derived: how many packages a holder holds, and where it is on the map:
    /// [`crate::rows::HolderRow`].
    Holder(HolderId),
    /// Derived: that a tracker travels with a thing; empty.
    Carried(TrackerId, Subject),
    /// Derived: a package in the list: [`crate::rows::ListRow`]. Newest first.
    Listed(Timestamp, PackageId),
    /// Derived: that a day has listed packages; empty. Newest first.
    ListedDay(u32),
    /// Derived: a place, container or client by name: [`crate::rows::NameRow`].
    Named(&'a str, Subject),
    /// Derived: that a package is found by a word or number:
    /// [`crate::rows::PostingRow`]. Newest first.
    Posting(Posted, &'a [u8], Timestamp, PackageId),
    /// Derived: that a word is part of a client's name; empty.
    ClientWord(&'a str, ClientId),
    /// Derived: that packages travel with a carrier; empty.
    Carrier(&'a str),
    /// How far a projector has followed a feed: [`crate::rows::Checkpoint`].
    Checkpoint(&'a str, u64),
    /// A message that was refused because its id stands with other content.
    Quarantined(Timestamp, EventId),
    /// How far a file was imported: [`crate::import::ImportRow`].
    Import([u8; 16]),
    /// A batch of fixes as it was accepted: [`crate::rows::BatchRow`]. Once a chunk
    /// keeps it, what tells that: [`crate::rows::MarkerRow`]; after a week nothing.
    Batch([u8; 16]),
    /// Batches that no chunk keeps yet, by when the oldest was accepted and a hash
    /// of their ids: [`crate::rows::UnsealedRow`].
    Unsealed(Timestamp, [u8; 8]),
    /// The chunk that is being sealed: [`crate::rows::SealingRow`]. One at a time.
    Sealing,
    /// A chunk of batches, by when it was sealed and the first 8 bytes of its
    /// SHA-256: [`crate::rows::ChunkRow`]. Never changed.
    Chunk(Timestamp, [u8; 8]),
    /// Derived: a tracker's latest fixes: [`crate::rows::RingRow`].
    Ring(TrackerId),
    /// Derived: a run of a tracker's older fixes, by its first instant and a hash
    /// of all of it: columns of `domain::fixes`.
    Trail(TrackerId, Timestamp, [u8; 8]),
    /// Derived: that a tracker has trails of a span of days that no archive holds:
    /// [`crate::rows::ArchivingRow`].
    Archiving(u16, TrackerId),
    /// Derived: where the archive of a tracker's trails of a span is:
    /// [`crate::rows::ArchiveRow`].
    Archive(TrackerId, u16),
    /// Derived: that a subject needs attention from an instant on, and why; empty.
    /// Newest first.
    Attention(Timestamp, AttentionReason, Subject),
    /// Which key a tracker's device signs with: [`crate::rows::DeviceRow`].
    Device(TrackerId),
    /// What every device's key is made from; 32 unguessable bytes.
    DeviceMaster,
    /// Derived: a part of an hour of the map's past, by its day and hour:
    /// [`crate::rows::ReelRow`]; of [`ReelPart::Late`], [`crate::rows::LateRow`].
    Reel(u32, ReelPart, u8),
    /// Derived: what the turns of a day's hours are together: [`crate::rows::ReelDayRow`].
    ReelDay(u32),
    /// Derived: how everything on the map stood at the end of a day:
    /// [`crate::rows::ReelRow`].
    Frame(u32),
    /// An account: name, permissions, password hash.
    User(UserId),
    /// Who owns a login name, given in the form that must be unique.
    LoginName(&'a str),
    /// A session of a user: the hash of its secret, since when, last use.
    Session(UserId, SessionId),
    /// An API token of a user: the hash of its secret, what it may do, until when.
    ApiToken(UserId, TokenId),
    /// A link that signs a user in once: the hash of its secret, until when.
    Link(UserId, [u8; 16]),
    /// How many accounts can administrate. Exists for ever once one could.
    Admins,
    /// The hash of the token that lets the first administrator be created.
    Setup,
    /// Wrong attempts to sign in, by a hash of what they are counted for.
    Failures([u8; 16]),
    /// What happened to somebody's access, oldest first. Never changed.
    Access(Timestamp, [u8; 16]),
    /// What the audit log is: [`crate::log::stored::LogRow`].
    Log,
    /// Derived: where in the log up to 128 events of a subject are, by their numbers:
    /// [`crate::log::stored::MarksRow`].
    Marks(Subject, u64),
    /// Derived: how far the log is in files: [`crate::history::HistoryRow`].
    History,
    /// Derived: a file of the history, by its day and its first entry:
    /// [`crate::history::SegmentRow`].
    Segment(u32, u64),
}

/// What is kept of an hour of the map's past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReelPart {
    /// Who turned to what, and when: `domain::reel::Reel`.
    Turns = 0,
    /// Where what moves was: [`crate::reels`].
    Ways = 1,
    /// How often fixes of it came late.
    Late = 2,
}

/// What a posting's word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Posted {
    /// A word that everybody may search.
    Word = 0,
    /// A number, last character first.
    Number = 1,
    /// A word of the recipient's name, or the e-mail address.
    Personal = 2,
    /// The client's id.
    Client = 3,
    /// Where it stands, by the status's word, when that is exceptional.
    Standing = 5,
}

impl Posted {
    /// Every kind there is.
    pub const ALL: &'static [Self] =
        &[Self::Word, Self::Number, Self::Personal, Self::Client, Self::Standing];
    /// The number under which clients' own words stand.
    const CLIENT_WORD: u8 = 4;

    /// How many shards a word is spread over. Few packages share a number.
    #[must_use]
    pub const fn buckets(self) -> u8 {
        if matches!(self, Self::Number) { 1 } else { POSTING_BUCKETS }
    }
}

impl Row<'_> {
    /// Where the row lives.
    #[must_use]
    pub fn key(&self) -> Key {
        match self {
            Self::Head(subject) => Key::new(subject_shard(*subject), *b"h"),
            Self::Event(subject, id) => of(*subject, b'e', id.as_bytes()),
            Self::Photo(subject, id) => of(*subject, b'p', id.as_bytes()),
            Self::Subject(subject) => {
                Key::new(subjects_shard(subject_bucket(*subject)), subject_bytes(*subject))
            }
            Self::Reference(number, package, scheme) => {
                let sort = [package.as_bytes(), scheme.as_bytes()].concat();
                Key::new(reference_shard(number), sort)
            }
            Self::Member(holder, child) => {
                Key::new(holder_shard(*holder), tagged(b'm', &subject_bytes(*child)))
            }
            Self::Holder(holder) => {
                let id = holder.to_bytes();
                Key::new(holders_shard(id[1] % HOLDER_SHARDS), id)
            }
            Self::Carried(tracker, subject) => {
                of(Subject::Tracker(*tracker), b'a', &subject_bytes(*subject))
            }
            Self::Listed(at, package) => {
                let shard = list_shard(day(*at), list_bucket(*package));
                Key::new(shard, newest(*at, package.as_bytes()))
            }
            Self::ListedDay(day) => Key::new(LISTED_DAYS, (!day).to_be_bytes()),
            Self::Named(name, subject) => {
                Key::new(named_shard(subject.kind()), worded(name, subject.id_bytes()))
            }
            Self::Posting(posted, token, at, package) => posting_key(*posted, token, *at, *package),
            Self::ClientWord(word, client) => {
                Key::new(client_words_shard(word), worded(word, client.as_bytes()))
            }
            Self::Carrier(name) => Key::new(CARRIERS, name.as_bytes()),
            Self::Checkpoint(projector, feed) => {
                Key::new(*b"c", [projector.as_bytes(), b"/", &feed.to_be_bytes()].concat())
            }
            Self::Import(id) => Key::new(*b"i", *id),
            Self::Quarantined(at, id) => Key::new(QUARANTINE, newest(*at, id.as_bytes())),
            Self::Batch(id) => Key::new(batch_shard(id[0] % BATCH_SHARDS), *id),
            Self::Unsealed(oldest, hash) => {
                Key::new(unsealed_shard(hash[0] % UNSEALED_SHARDS), oldest_first(*oldest, hash))
            }
            Self::Sealing => Key::new(*b"x", *b"sealing"),
            Self::Chunk(at, hash) => {
                Key::new(chunk_shard(trail_span(*at)), oldest_first(*at, hash))
            }
            Self::Ring(tracker) => Key::new(subject_shard(Subject::Tracker(*tracker)), *b"r"),
            Self::Trail(tracker, at, hash) => {
                Key::new(trail_shard(*tracker, trail_span(*at)), oldest_first(*at, hash))
            }
            Self::Archiving(span, tracker) => archiving_key(*span, *tracker),
            Self::Archive(tracker, span) => Key::new(trail_shard(*tracker, *span), *b"a"),
            Self::Attention(at, reason, subject) => attention_key(*at, *reason, *subject),
            Self::Device(tracker) => Key::new(subject_shard(Subject::Tracker(*tracker)), *b"d"),
            Self::DeviceMaster => Key::new(*b"d", *b"master"),
            Self::Reel(day, part, hour) => Key::new(reels_shard(*day), [*part as u8, *hour]),
            Self::ReelDay(day) => Key::new(REEL_DAYS, day.to_be_bytes()),
            Self::Frame(day) => Key::new(FRAMES, day.to_be_bytes()),
            Self::User(user) => of_person(*user, b'u', &[]),
            Self::LoginName(name) => Key::new(login_name_shard(), name.as_bytes()),
            Self::Session(user, id) => of_person(*user, b's', id.as_bytes()),
            Self::ApiToken(user, id) => of_person(*user, b't', id.as_bytes()),
            Self::Link(user, id) => of_person(*user, b'l', id),
            Self::Admins => Key::new(*b"ua", *b"admins"),
            Self::Setup => Key::new(*b"ua", *b"setup"),
            Self::Failures(of) => Key::new(failure_shard(of[0] % FAILURE_SHARDS), *of),
            Self::Access(at, id) => access_key(*at, *id),
            Self::Log => Key::new(*b"g", *b"log"),
            Self::Marks(subject, span) => of(*subject, b'i', &span.to_be_bytes()),
            Self::History => Key::new(*b"g", *b"history"),
            Self::Segment(day, first) => {
                Key::new(SEGMENTS, [&day.to_be_bytes()[..], &first.to_be_bytes()].concat())
            }
        }
    }
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

/// One of the shards of a word: words that begin alike lie together.
#[must_use]
pub fn posting_shard(posted: Posted, token: &[u8], bucket: u8) -> Vec<u8> {
    vec![b'w', posted as u8, posting_slot(token), bucket]
}

fn posting_key(posted: Posted, token: &[u8], at: Timestamp, package: PackageId) -> Key {
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
    let begin = &token[..token.len().min(3)];
    begin.iter().fold(0u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte)) % POSTING_SLOTS
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

/// Where the chunks lie that were sealed in one span of [`TRAIL_DAYS`] days.
#[must_use]
pub fn chunk_shard(span: u16) -> Vec<u8> {
    [b"x".as_slice(), &span.to_be_bytes()].concat()
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

fn attention_key(at: Timestamp, reason: AttentionReason, subject: Subject) -> Key {
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

fn archiving_key(span: u16, tracker: TrackerId) -> Key {
    let sort = [&span.to_be_bytes()[..], tracker.as_bytes()].concat();
    Key::new(archiving_shard(tracker.as_bytes()[0] % ARCHIVING_SHARDS), sort)
}

/// Reads the sort key of what is to be archived.
#[must_use]
pub fn archiving_of(sort: &[u8]) -> Option<(u16, TrackerId)> {
    let (span, tracker) = sort.split_first_chunk::<2>()?;
    Some((u16::from_be_bytes(*span), TrackerId::from_bytes(tracker.try_into().ok()?)))
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

/// Where the login names live, in order.
#[must_use]
pub fn login_name_shard() -> Vec<u8> {
    b"un".to_vec()
}

/// One of the shards that hold one day of what happened to people's access.
#[must_use]
pub fn access_shard(day: u32, bucket: u8) -> Vec<u8> {
    [b"a".as_slice(), &day.to_be_bytes(), &[bucket]].concat()
}

fn access_key(at: Timestamp, id: [u8; 16]) -> Key {
    let sort = [&at.millis().to_be_bytes()[..], &id].concat();
    Key::new(access_shard(day(at), id[0] % ACCESS_SHARDS), sort)
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

fn subject_bucket(subject: Subject) -> u8 {
    subject.id_bytes()[0] % SUBJECT_SHARDS
}

fn list_bucket(package: PackageId) -> u8 {
    package.as_bytes()[0] % LIST_SHARDS
}

/// What is known of a subject, by what it is.
fn of(subject: Subject, tag: u8, rest: &[u8]) -> Key {
    Key::new(subject_shard(subject), tagged(tag, rest))
}

/// What is known of a person, by what it is.
fn of_person(user: UserId, tag: u8, rest: &[u8]) -> Key {
    Key::new(person_shard(user), tagged(tag, rest))
}

/// Earlier instants first.
fn oldest_first(at: Timestamp, rest: &[u8]) -> Vec<u8> {
    [&at.millis().to_be_bytes()[..], rest].concat()
}

/// Later instants first.
fn newest(at: Timestamp, rest: &[u8]) -> Vec<u8> {
    [&newest_first(at)[..], rest].concat()
}

/// By a word, then by an id.
fn worded(word: &str, id: &[u8; 16]) -> Vec<u8> {
    [word.as_bytes(), b"\0", id].concat()
}

fn tagged(tag: u8, rest: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(1 + rest.len());
    bytes.push(tag);
    bytes.extend_from_slice(rest);
    bytes
}
