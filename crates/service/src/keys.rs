//! Every key of the table. Whoever wants to know what is stored reads this file.

use domain::{
    attention::AttentionReason,
    holding::HolderId,
    id::{AccessId, ChunkId, ClientId, EventId, PackageId, PhotoId, Subject, TrackerId, UserId},
    time::Timestamp,
};
use table::Key;

use crate::people::{SessionId, TokenId};

mod shards;

pub use shards::*;

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
/// How many shards name the packages that are closed.
pub const CLOSED_SHARDS: u8 = 16;
/// How many shards news that wait to be sent are spread over.
pub const OUTBOX_SHARDS: u8 = 8;
/// How many days of a tracker's trails lie in one shard.
pub const TRAIL_DAYS: u32 = 32;
/// The shard that names every day of which the map's past is kept.
pub const REEL_DAYS: &[u8] = b"pd";
/// The shard of how everything stood at the end of each day.
pub const FRAMES: &[u8] = b"pf";
/// How many shards a day of what happened to people's access is spread over.
pub const ACCESS_SHARDS: u8 = 4;
/// The day, counted from 1970, before which nothing is looked for that is kept by day:
/// 2026-01-01, when there was no such product.
pub const FIRST_DAY: u32 = 20_454;
/// How many shards the login names of an issuer's people are spread over: thousands may
/// come for the first time at once.
pub const ISSUED_NAME_SHARDS: u8 = 16;
/// How many shards the counts of wrong attempts are spread over.
pub const FAILURE_SHARDS: u8 = 16;

/// Names one row. What its value is stands at each variant; how the bytes look
/// is in docs/formats.md.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row<'a> {
    /// A subject's chain and state: [`crate::rows::Head`].
    Head(Subject),
    /// One recorded event: [`crate::rows::Recorded`]. Changed only to erase personal
    /// text: [`crate::erasing`]. Deleted only once it is filed: [`crate::filing`].
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
    /// Derived: the same from a later word of the name on.
    NamedWithin(&'a str, Subject),
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
    /// Derived: where in the log is what happened to somebody's access:
    /// [`crate::log::stored::MarkRow`].
    AccessMark(Timestamp, AccessId),
    /// Derived: where in the log a chunk is: [`crate::log::stored::MarkRow`].
    ChunkMark(Timestamp, ChunkId),
    /// How far the reconciler is: [`crate::reconcile::ReconcilerRow`].
    Reconciler,
    /// That this store is being made again from a log: [`crate::restoring::RestoringRow`].
    Restoring,
    /// While it is: an event of the backup, by its number:
    /// [`crate::rows::Recorded`].
    BackedUp(Subject, u64),
    /// Events that only the history's files have, by the number of the first:
    /// [`crate::filing::FiledRow`]. Behind the subject's other events.
    Filed(Subject, u64),
    /// Derived: which chunk is the last whose fixes are in files by tracker:
    /// [`crate::fixes::FixHistoryRow`].
    FixHistory,
    /// Derived: that a package is closed since then, and has events in the table;
    /// empty. The oldest first.
    Closed(Timestamp, PackageId),
    /// News of an event that wait to be sent until then:
    /// [`crate::outgoing::OutboxRow`]. The oldest first.
    Outbox(Timestamp, EventId),
    /// How many news were given up: [`crate::outgoing::GivenUpRow`].
    GivenUp,
    /// Which alarms are raised: [`crate::outgoing::AlarmsRow`].
    Alarms,
    /// What sign-ins at the company's issuer are signed with; 32 unguessable bytes.
    HandshakeKey,
    /// That a sign-in at the issuer was ended, by a hash of its secret, and until when
    /// that must be known.
    Spent([u8; 16]),
    /// That a person follows a package: [`crate::watchlist::WatchedRow`].
    Watched(UserId, PackageId),
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
    /// The id of the person who registered it.
    RegisteredBy = 6,
}

impl Posted {
    /// Every kind there is.
    pub const ALL: &'static [Self] = &[
        Self::Word,
        Self::Number,
        Self::Personal,
        Self::Client,
        Self::Standing,
        Self::RegisteredBy,
    ];
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
            Self::Reference(number, package, scheme) => reference_key(number, *package, scheme),
            Self::Member(holder, child) => member_key(*holder, *child),
            Self::Holder(holder) => holder_key(*holder),
            Self::Carried(tracker, subject) => {
                of(Subject::Tracker(*tracker), b'a', &subject_bytes(*subject))
            }
            Self::Listed(at, package) => listed_key(*at, *package),
            Self::ListedDay(day) => Key::new(LISTED_DAYS, (!day).to_be_bytes()),
            Self::Named(name, subject) => named_key(name, *subject),
            Self::NamedWithin(rest, subject) => named_within_key(rest, *subject),
            Self::Posting(posted, token, at, package) => posting_key(*posted, token, *at, *package),
            Self::ClientWord(word, client) => client_word_key(word, *client),
            Self::Carrier(name) => Key::new(CARRIERS, name.as_bytes()),
            Self::Checkpoint(projector, feed) => checkpoint_key(projector, *feed),
            Self::Import(id) => Key::new(*b"i", *id),
            Self::Quarantined(at, id) => Key::new(QUARANTINE, newest(*at, id.as_bytes())),
            Self::Batch(id) => Key::new(batch_shard(id[0] % BATCH_SHARDS), *id),
            Self::Unsealed(oldest, hash) => unsealed_key(*oldest, *hash),
            Self::Sealing => Key::new(*b"x", *b"sealing"),
            Self::Chunk(at, hash) => chunk_key(*at, hash),
            Self::Ring(tracker) => Key::new(subject_shard(Subject::Tracker(*tracker)), *b"r"),
            Self::Trail(tracker, at, hash) => trail_key(*tracker, *at, hash),
            Self::Archiving(span, tracker) => archiving_key(*span, *tracker),
            Self::Archive(tracker, span) => Key::new(trail_shard(*tracker, *span), *b"a"),
            Self::Attention(at, reason, subject) => attention_key(*at, *reason, *subject),
            Self::Device(tracker) => Key::new(subject_shard(Subject::Tracker(*tracker)), *b"d"),
            Self::DeviceMaster => Key::new(*b"d", *b"master"),
            Self::Reel(day, part, hour) => Key::new(reels_shard(*day), [*part as u8, *hour]),
            Self::ReelDay(day) => Key::new(REEL_DAYS, day.to_be_bytes()),
            Self::Frame(day) => Key::new(FRAMES, day.to_be_bytes()),
            Self::User(user) => of_person(*user, b'u', &[]),
            Self::LoginName(name) => Key::new(login_name_shard(name), name.as_bytes()),
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
            Self::Segment(day, first) => segment_key(*day, *first),
            Self::Reconciler => Key::new(*b"g", *b"reconciler"),
            Self::AccessMark(at, id) => marks_beside(access_key(*at, *id.as_bytes())),
            Self::ChunkMark(at, id) => marks_beside(chunk_key(*at, id.as_bytes())),
            Self::Restoring => Key::new(*b"g", *b"restoring"),
            Self::BackedUp(subject, seq) => of(*subject, b'u', &seq.to_be_bytes()),
            Self::FixHistory => Key::new(*b"g", *b"fixes"),
            Self::Filed(subject, seq) => of(*subject, b'f', &seq.to_be_bytes()),
            Self::Closed(at, package) => closed_key(*at, *package),
            Self::Outbox(due, event) => outbox_key(*due, event.as_bytes()),
            Self::GivenUp => Key::new(*b"g", *b"given_up"),
            Self::Alarms => Key::new(*b"g", *b"alarms"),
            Self::HandshakeKey => Key::new(*b"ua", *b"handshake"),
            Self::Spent(id) => Key::new(failure_shard(id[0] % FAILURE_SHARDS), tagged(b's', id)),
            Self::Watched(user, package) => of_person(*user, b'w', package.as_bytes()),
        }
    }
}
