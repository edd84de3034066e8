//! The bytes of version 1 of keys and rows: written once, read for ever. The
//! files are never edited; another version gets files of its own.

use std::{fmt::Debug, fs, path::PathBuf};

use domain::{
    attention::AttentionReason,
    event::{Event, Fact},
    fixes::{Batch, Chunk, Mark, Point, Ring, archive, chunk, columns},
    holding::{HolderId, Lane},
    id::{
        AccessId, ChunkId, ClientId, ContainerId, EventId, PackageId, PhotoId, PlaceId, Subject,
        TrackerId, UserId,
    },
    leaf::hex,
    map::{Counts, MarkKind, Path, Waypoint},
    mode::Mode,
    motion::Fix,
    position::{Datum, Height, LatLon, Position},
    private::Private,
    record::{PackageRecord, Record, Reference},
    reel::{Frame, Reel, Told},
    state::{State, Status, fold},
    time::Timestamp,
    whereabouts::Basis,
};
use minicbor::{Decode, Encode};

use super::{
    ArchiveRow, ArchivingRow, BatchRow, Batched, Checkpoint, ChunkRow, DeviceRow, Foretold, Head,
    HolderRow, LateRow, ListRow, MarkerRow, MemberRow, NameRow, PhotoRow, PostingRow, Recorded,
    ReelDayRow, ReelRow, RingRow, SealingRow, Shown, UnsealedRow, to_bytes,
};
use crate::{
    filing::FiledRow,
    fixes::{FixHistoryRow, Queued},
    history::{HistoryRow, SegmentRow},
    import::{ImportRow, Tally},
    keys::{Posted, ReelPart, Row},
    log::stored::{LogCursor, LogRow, MarkRow, MarksRow},
    outgoing::{AlarmKind, AlarmsRow, GivenUpRow, OutboxRow, RaisedRow},
    people::{SessionId, TokenId},
    reconcile::{Found, PositionRow, ReconcilerRow},
    restoring::RestoringRow,
    watchlist::WatchedRow,
};

/// One row of a fixture.
pub struct Sample {
    label: String,
    written: String,
    read: Box<dyn Fn(&str)>,
}

/// A row that must be read from its stored bytes, and written as them.
pub fn sample<T>(label: &str, row: T) -> Sample
where
    T: Encode<()> + for<'b> Decode<'b, ()> + PartialEq + Debug + 'static,
{
    let name = label.to_owned();
    let written = hex(&to_bytes(&row));
    let read = move |stored: &str| {
        let read: T =
            minicbor::decode(&bytes(stored)).unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(read, row, "{name}");
        assert_eq!(hex(&to_bytes(&read)), stored, "{name}");
    };
    Sample { label: label.to_owned(), written, read: Box::new(read) }
}

#[test]
fn rows_of_filed_events_read_as_they_were_written() {
    let event = registration();
    let state = fold(std::slice::from_ref(&event));
    let head = Head { seq: 2, prev: [0x22; 32], state, filed: Some(1) };
    let said = |text: &str| {
        let mut text = Private::new(text);
        text.set_salt([0x33; 16]);
        text
    };
    let event = Event { fact: Fact::Note(said("seen")), ..event };
    let one = FiledRow::of([(&event, 20_513, 7)]);
    let two = FiledRow::of([(&registration(), 20_513, 7), (&event, 20_513, 90_000)]);
    check("filed.txt", &[sample("head", head), sample("one", one), sample("two", two)]);
    let fixes = FixHistoryRow { sealed_at: at(), hash: [0x1F; 8] };
    check("fix-history.txt", &[sample("last", fixes)]);
}

/// Reads a fixture of version 1. Writes it first if that is asked for and there
/// is none: what exists is never touched.
pub fn check(file: &str, samples: &[Sample]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1").join(file);
    if !path.exists() && std::env::var_os("WHEREABOUTS_WRITE_FIXTURES").is_some() {
        let lines = samples.iter().map(|it| format!("{} {}\n", it.label, it.written));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, lines.collect::<String>()).unwrap();
    }
    let text = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    assert_eq!(text.lines().count(), samples.len(), "{file}");
    for (line, sample) in text.lines().zip(samples) {
        let (label, stored) = line.split_once(' ').expect("a label and bytes");
        assert_eq!(label, sample.label, "{file}");
        (sample.read)(stored);
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    (0..hex.len()).step_by(2).map(pair).collect()
}

pub fn at() -> Timestamp {
    Timestamp::from_millis(1_772_355_600_000).unwrap()
}

fn package() -> PackageId {
    PackageId::from_bytes([0x11; 16])
}

fn registration() -> Event {
    let reference = Reference { scheme: "order".to_owned(), value: "PO-1".to_owned() };
    let record = PackageRecord {
        description: Some("27-inch monitor".to_owned()),
        references: Some(vec![reference]),
        ..PackageRecord::default()
    };
    Event {
        id: EventId::from_bytes([0x22; 16]),
        subject: Subject::Package(package()),
        happened_at: at(),
        recorded_at: at().plus(1),
        actor: "usr_1".to_owned(),
        source: "api".to_owned(),
        fact: Fact::Registered(Box::new(Record::Package(record))),
    }
}

#[test]
fn stored_rows_read_as_they_were_written() {
    let event = registration();
    let first = Recorded { event: event.clone(), seq: 1, prev: None };
    let head = Head {
        seq: 1,
        prev: first.leaf_hash(),
        state: fold(std::slice::from_ref(&event)),
        filed: None,
    };
    let photo = PhotoRow {
        id: PhotoId::from_bytes([0x33; 16]),
        media_type: "image/jpeg".to_owned(),
        len: 70_000,
        width: 640,
        height: 480,
        digest: [0x44; 32],
    };
    let bare = ListRow {
        status: Status::Registered,
        status_at: at(),
        description: None,
        client: None,
        carrier: None,
        mode: None,
        number: None,
        origin: None,
        destination: None,
    };
    let full = ListRow {
        status: Status::InTransit,
        description: Some("27-inch monitor".to_owned()),
        client: Some(ClientId::from_bytes([0x55; 16])),
        carrier: Some("ups".to_owned()),
        mode: Some(Mode::Sea),
        number: Some("1Z7F3A9R0300041028".to_owned()),
        ..bare.clone()
    };
    let merged = Some(PlaceId::from_bytes([0x68; 16]));
    let tally = Tally { recorded: 1, known: 0, events: 4, failed: 2, failed_lines: vec![2, 4] };
    check(
        "rows.txt",
        &[
            sample("head", head),
            sample("recorded-first", first.clone()),
            sample("recorded-later", Recorded { event, seq: 2, prev: Some(first.leaf_hash()) }),
            sample("photo", photo),
            sample("member", MemberRow { since: at(), counts: None, lane: None }),
            sample("list-bare", bare),
            sample("list-full", full),
            sample("name", NameRow { name: "Dock 3, Zürich".to_owned(), merged: None }),
            sample("checkpoint", Checkpoint { seq_high: 1, seq_low: u64::MAX }),
            sample("import", ImportRow { done: 1_024, finished: false, tally: None }),
            sample("import-tally", ImportRow { done: 3, finished: true, tally: Some(tally) }),
            sample("name-merged", NameRow { name: "Dock III".to_owned(), merged }),
        ],
    );
}

#[test]
fn rows_of_a_search_read_as_they_were_written() {
    let list = ListRow {
        status: Status::Held,
        status_at: at(),
        description: None,
        client: None,
        carrier: None,
        mode: None,
        number: None,
        origin: Some(PlaceId::from_bytes([0x66; 16])),
        destination: Some(PlaceId::from_bytes([0x67; 16])),
    };
    let event = registration();
    let rows = crate::search::rows(event.subject, &fold(std::slice::from_ref(&event)));
    let posting = rows.into_values().next().expect("it has words");
    let posting: PostingRow = minicbor::decode(&posting).unwrap();
    check("search.txt", &[sample("list-places", list), sample("posting", posting)]);
}

#[test]
fn stored_fixes_read_as_they_were_written() {
    let at_point = LatLon::from_degrees(48.1, 11.5).unwrap();
    let height = Height::from_metres(520.0, Datum::MeanSeaLevel, at_point).unwrap();
    let fix = Fix {
        at: at(),
        position: Position { at: at_point, height: Some(height) },
        radius_95_mm: Some(8_000),
        vertical_95_mm: Some(12_000),
        speed_mm_s: Some(22_000),
        course_cdeg: Some(27_000),
    };
    let later = Fix { at: at().plus(10_000), ..fix };
    let tracker = TrackerId::from_bytes([0x12; 16]);
    let mut ring = Ring::default();
    ring.absorb(&[fix, later], at());
    let batch = Batch::of([(tracker, fix), (tracker, later)]);
    let trail = [Point { fix, mark: Some(Mark::TooFast) }, Point::good(later)];
    let hexed = |label: &str, written: Vec<u8>| {
        let (written, expected) = (hex(&written), hex(&written));
        let read = move |stored: &str| assert_eq!(stored, expected);
        Sample { label: label.to_owned(), written, read: Box::new(read) }
    };
    let (recorded_at, actor) = (at(), "usr_1".to_owned());
    let batch = BatchRow { recorded_at, actor, columns: batch.to_bytes() };
    check(
        "fixes.txt",
        &[
            sample("batch", batch.clone()),
            sample("ring", RingRow { heard_at: at(), ring: ring.to_bytes() }),
            sample("device", DeviceRow { generation: 2, disabled: false, issued_at: at() }),
            hexed("trail", columns::to_bytes(&trail)),
            sample("queued", Queued { id: [0x44; 16], batch }),
        ],
    );
}

#[test]
fn sealed_fixes_read_as_they_were_written() {
    let fix = |millis: i64| Fix {
        at: at().plus(millis),
        position: Position { at: LatLon::from_degrees(48.1, 11.5).unwrap(), height: None },
        radius_95_mm: Some(8_000),
        vertical_95_mm: None,
        speed_mm_s: None,
        course_cdeg: None,
    };
    let tracker = |id: u8| TrackerId::from_bytes([id; 16]);
    let batch = |id: u8, fixes: &[(u8, i64)]| chunk::Sealed {
        id: [id; 16],
        recorded_at: at().plus(i64::from(id)),
        actor: "usr_1".to_owned(),
        columns: Batch::of(fixes.iter().map(|(of, millis)| (tracker(*of), fix(*millis))))
            .to_bytes(),
    };
    let batches = vec![batch(1, &[(0x12, 0), (0x12, 10_000), (0x13, 5)]), batch(2, &[(0x13, 1)])];
    let chunk = Chunk::of(&batches).unwrap();
    let (written, head) = (hex(&chunk.bytes), chunk.head.clone());
    let read = move |stored: &str| {
        assert_eq!(Chunk::batches(&bytes(stored)), Ok(batches.clone()));
        assert_eq!(chunk::Head::from_bytes(&bytes(stored)), Ok(head.clone()));
        assert_eq!(hex(&Chunk::of(&batches).unwrap().bytes), stored);
    };
    let marker = MarkerRow { sealed_at: at(), chunk: [0x44; 32], digest: [0x45; 32] };
    assert_eq!(Batched::from_bytes(&to_bytes(&marker)).unwrap(), Batched::Sealed(marker.clone()));
    check(
        "chunks.txt",
        &[
            sample("marker", marker),
            sample(
                "chunk-row",
                ChunkRow {
                    name: format!("fixes/chunks/20513/{}", "44".repeat(32)),
                    len: chunk.bytes.len() as u64,
                    head_len: chunk.head_len as u64,
                    batches: 2,
                    trackers: 2,
                    fixes: 4,
                    first: at(),
                    last: at().plus(10_000),
                    salt: [0x46; 32],
                    digest: [0x47; 32],
                },
            ),
            sample("unsealed", UnsealedRow { len: 130, ids: vec![0x01; 32] }),
            sample(
                "sealing",
                SealingRow {
                    sealed_at: at(),
                    salt: [0x46; 32],
                    chunk: [0x44; 32],
                    ids: vec![0x01; 32],
                },
            ),
            Sample { label: "chunk".to_owned(), written, read: Box::new(read) },
        ],
    );
}

#[test]
fn archived_trails_read_as_they_were_written() {
    let point = |millis: i64, mark: Option<Mark>| Point {
        fix: Fix {
            at: at().plus(millis),
            position: Position { at: LatLon::from_degrees(48.1, 11.5).unwrap(), height: None },
            radius_95_mm: Some(8_000),
            vertical_95_mm: None,
            speed_mm_s: None,
            course_cdeg: None,
        },
        mark,
    };
    let points = vec![point(0, None), point(10_000, None), point(10_000, Some(Mark::Contradicts))];
    // Whatever their order, and however often they are given.
    let written = archive::to_bytes(&[&points[1..], &points[..]].concat());
    let expected = hex(&written);
    let read = move |stored: &str| {
        assert_eq!(stored, expected);
        assert_eq!(archive::from_bytes(&bytes(stored)), Ok(points.clone()));
    };
    let name = |it: &str| format!("fixes/trails/trk_1/641/{}", it.repeat(32));
    let row = ArchiveRow { name: name("44"), replaced: Some(name("45")) };
    check(
        "archive.txt",
        &[
            sample("archiving", ArchivingRow::default()),
            sample("archiving-named", ArchivingRow { names: vec![name("44")] }),
            sample("archive-first", ArchiveRow { replaced: None, ..row.clone() }),
            sample("archive-row", row),
            Sample { label: "archive".to_owned(), written: hex(&written), read: Box::new(read) },
        ],
    );
}

#[test]
fn what_the_map_is_made_of_reads_as_it_was_written() {
    let place = |id: u8| Some(PlaceId::from_bytes([id; 16]));
    let record = PackageRecord {
        carrier: Some("ups".to_owned()),
        mode: Some(Mode::Air),
        client: Some(ClientId::from_bytes([0x55; 16])),
        ..PackageRecord::default()
    };
    let state = State { record: Some(Record::Package(record)), ..State::default() };
    let counts = Counts::of_package(&state);
    let lane = Lane {
        carrier: Some("ups".to_owned()),
        from: place(1),
        to: place(2),
        mode: Some(Mode::Air),
        hour: at(),
    };
    let point = |millis: i64, lat: f64| Waypoint {
        at: at().plus(millis),
        position: LatLon::from_degrees(lat, 11.5).unwrap(),
        height_dm: Some(109_000),
    };
    let shown = Shown {
        kind: MarkKind::Aircraft,
        mode: Some(Mode::Air),
        name: Some("Flight WB 401".to_owned()),
        path: Path::along(vec![point(0, 48.1), point(60_000, 48.2)]).unwrap(),
        radius_95_m: 1_400,
        as_of: at(),
        basis: None,
    };
    let measured = Shown { basis: Some(Basis::Measured), ..shown.clone() };
    let counted = Some(counts.clone());
    let holder = HolderRow { counts, seq_high: 1, seq_low: 2, shown: Some(shown), foretold: None };
    let foretold = Some(Foretold { at: at(), by: TrackerId::from_bytes([0x66; 16]) });
    let drawn_on = HolderRow { foretold, ..holder.clone() };
    let of_measured = HolderRow { shown: Some(measured), ..holder.clone() };
    check(
        "map.txt",
        &[
            sample("member-counted", MemberRow { since: at(), counts: counted, lane: None }),
            sample("member-of-lane", MemberRow { since: at(), counts: None, lane: Some(lane) }),
            sample("holder-empty", HolderRow::default()),
            sample("holder", holder),
            sample("holder-drawn-on", drawn_on),
            sample("holder-with-basis", of_measured),
        ],
    );
}

#[test]
fn what_people_follow_reads_as_it_was_written() {
    check("watchlist.txt", &[sample("watched", WatchedRow { since: at() })]);
}

#[test]
fn rows_of_the_log_read_as_they_were_written() {
    let cursor = LogCursor { feed: 3, seq_high: 1, seq_low: u64::MAX };
    let log = LogRow {
        size: 70_000,
        root: [0x22; 32],
        note: "stories/log\n70000\n".to_owned(),
        cursors: vec![LogCursor { feed: 0, seq_high: 0, seq_low: 9 }, cursor],
        marked: 69_000,
        key: "stories/log+00000000+AQ==".to_owned(),
        whole: true,
    };
    let marks = MarksRow { indices: vec![Some(0), None, Some(69_999), Some(u64::MAX)] };
    let mark = MarkRow { index: 69_999 };
    check("log.txt", &[sample("log", log), sample("marks", marks), sample("mark", mark)]);
}

#[test]
fn how_far_the_reconciler_is_reads_as_it_was_written() {
    let at_rows = Some(PositionRow { shard: vec![b'k', 3], from: vec![0x22, 0x33] });
    let found = Found { unlogged: 1, rows: 2, batches: 3 };
    let row = ReconcilerRow {
        subjects: at_rows,
        entries: None,
        batches: None,
        rounds: 7,
        round_at: Some(at()),
        ran_at: Some(at().plus(1)),
        found,
        found_at: None,
    };
    check("reconciler.txt", &[sample("reconciler", row)]);
}

#[test]
fn a_store_that_is_made_again_is_read_as_it_was_written() {
    let restoring = RestoringRow { note: "stories/log\n70000\n".to_owned(), filled: 8_192 };
    check("restoring.txt", &[sample("restoring", restoring)]);
}

#[test]
fn rows_of_the_history_read_as_they_were_written() {
    let segment = SegmentRow { last: 69_999, rows: 70_000, len: 4_000_000, digest: [0x22; 32] };
    let history = HistoryRow { until: 70_000 };
    check("history.txt", &[sample("history", history), sample("segment", segment)]);
}

#[test]
fn parts_of_the_past_are_read_from_the_bytes_they_were_written_as() {
    let (digest, blob) = ([0x44; 16], Some([0x66; 16]));
    let origin = Some(PlaceId::from_bytes([0x0A; 16]));
    let record = Record::Package(PackageRecord { origin, ..PackageRecord::default() });
    let event = Event { fact: Fact::Registered(Box::new(record)), ..registration() };
    let told = Told::by(Subject::Package(package()), &[event]);
    let hour = told.hours[0];
    let mut reel = Reel::default();
    assert!(reel.tell(Subject::Package(package()), told.entry(hour)));
    let mut frame = Frame::default();
    frame.move_on(&reel, Timestamp::MAX);
    assert_eq!(frame.outermost().len(), 1);
    let (reel_bytes, frame_bytes) = (reel.to_bytes(hour), frame.to_bytes());
    let read_reel = move |stored: &str| {
        assert_eq!(Reel::from_bytes(&bytes(stored)).unwrap(), reel);
        assert_eq!(hex(&reel.to_bytes(hour)), stored);
    };
    let read_frame = move |stored: &str| {
        assert_eq!(Frame::from_bytes(&bytes(stored)).unwrap(), frame);
        assert_eq!(hex(&frame.to_bytes()), stored);
    };
    let own = |label: &str, written: &[u8], read: Box<dyn Fn(&str)>| Sample {
        label: label.to_owned(),
        written: hex(written),
        read,
    };
    let in_row =
        ReelRow { digest, made_of: None, bytes: Some(vec![1, 2]), blob: None, turns: None };
    let aside = ReelRow { digest, made_of: Some([0x55; 16]), bytes: None, blob, turns: None };
    let counted = ReelRow { turns: Some(70_000), ..in_row.clone() };
    let mut turns = [0; 24];
    (turns[7], turns[23]) = (70_000, 3);
    check(
        "reels.txt",
        &[
            sample("in-row", in_row),
            sample("aside", aside),
            sample("day", ReelDayRow { digest, turns: None }),
            sample("late", LateRow { count: 3 }),
            own("reel", &reel_bytes, Box::new(read_reel)),
            own("frame", &frame_bytes, Box::new(read_frame)),
            sample("in-row-counted", counted),
            sample("day-counted", ReelDayRow { digest, turns: Some(turns) }),
        ],
    );
}

#[test]
fn what_waits_to_be_sent_reads_as_it_was_written() {
    let (subject, event) = (Subject::Package(package()), EventId::from_bytes([0x22; 16]));
    let raised = vec![
        RaisedRow { kind: AlarmKind::LogTrouble, since: at() },
        RaisedRow { kind: AlarmKind::Unlogged, since: at().plus(1) },
        RaisedRow { kind: AlarmKind::GivenUp, since: at().plus(2) },
    ];
    check(
        "outgoing.txt",
        &[
            sample("outbox", OutboxRow { subject, event, since: at(), tries: 3 }),
            sample("given-up", GivenUpRow { count: 7, at: Some(at()) }),
            sample("alarms", AlarmsRow { raised }),
        ],
    );
}

#[test]
fn rows_lie_under_the_keys_they_were_written_under() {
    let (subject, holder) =
        (Subject::Package(package()), Subject::Container(ContainerId::from_bytes([0x66; 16])));
    let tracker = TrackerId::from_bytes([0x12; 16]);
    let (event, user) = (EventId::from_bytes([0x22; 16]), UserId::from_bytes([0x77; 16]));
    let rows = [
        Row::Head(subject),
        Row::Event(subject, event),
        Row::Photo(subject, PhotoId::from_bytes([0x33; 16])),
        Row::Subject(subject),
        Row::Reference("PO1", package(), "order"),
        Row::Member(HolderId::Container(ContainerId::from_bytes([0x66; 16])), subject),
        Row::Listed(at(), package()),
        Row::ListedDay(20_513),
        Row::Named("dock 3", holder),
        Row::Checkpoint("rows", 3),
        Row::Quarantined(at(), event),
        Row::Import([0x88; 16]),
        Row::User(user),
        Row::LoginName("ada"),
        Row::Session(user, SessionId::from_bytes([0x99; 16])),
        Row::ApiToken(user, TokenId::from_bytes([0xAA; 16])),
        Row::Link(user, [0xBB; 16]),
        Row::Admins,
        Row::Setup,
        Row::Failures([0xCC; 16]),
        Row::Access(at(), [0xDD; 16]),
        Row::Batch([0xEE; 16]),
        Row::Ring(tracker),
        Row::Trail(tracker, at(), [0x0F; 8]),
        Row::Device(tracker),
        Row::DeviceMaster,
        Row::Holder(HolderId::Place(PlaceId::from_bytes([0x0A; 16]))),
        Row::Carried(tracker, holder),
        Row::Posting(Posted::Word, b"monitor", at(), package()),
        Row::Posting(Posted::Number, b"8201", at(), package()),
        Row::Posting(Posted::Personal, b"ada@example.org", at(), package()),
        Row::Posting(Posted::Client, &[0x55; 16], at(), package()),
        Row::ClientWord("aurora", ClientId::from_bytes([0x55; 16])),
        Row::Carrier("ups"),
        Row::Attention(at(), AttentionReason::Overdue, subject),
        Row::Unsealed(at(), [0x1E; 8]),
        Row::Sealing,
        Row::Chunk(at(), [0x1F; 8]),
        Row::Archiving(641, tracker),
        Row::Archive(tracker, 641),
        Row::Posting(Posted::Standing, b"problem", at(), package()),
        Row::Log,
        Row::Marks(subject, 1),
        Row::History,
        Row::Segment(20_782, 7),
        Row::Reel(20_513, ReelPart::Ways, 9),
        Row::ReelDay(20_513),
        Row::Frame(20_513),
        Row::AccessMark(at(), AccessId::from_bytes([0xDD; 16])),
        Row::ChunkMark(at(), ChunkId::from_bytes([0x1F; 16])),
        Row::Reconciler,
        Row::Restoring,
        Row::BackedUp(subject, 3),
        Row::Filed(subject, 7),
        Row::Closed(at(), package()),
        Row::FixHistory,
        Row::Outbox(at(), event),
        Row::GivenUp,
        Row::Alarms,
        Row::LoginName("ada@example.org#111111111111"),
        Row::HandshakeKey,
        Row::Spent([0xCD; 16]),
        Row::Watched(UserId::from_bytes([0x77; 16]), package()),
        Row::Posting(Posted::RegisteredBy, &[0x77; 16], at(), package()),
        Row::NamedWithin("3", holder),
    ];
    let samples: Vec<Sample> = rows
        .iter()
        .map(|row| {
            let name = format!("{row:?}");
            let label = name.split(['(', ' ']).next().unwrap().to_owned();
            let key = row.key();
            let written = format!("{} {}", hex(&key.shard), hex(&key.sort));
            let expected = written.clone();
            let read = move |stored: &str| assert_eq!(stored, expected, "{name}");
            Sample { label, written, read: Box::new(read) }
        })
        .collect();
    check("keys.txt", &samples);
}
