//! A process that is killed, or whose disk is full, loses nothing it acknowledged.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write as _},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use table::{
    BoxFuture, Changed, Error, Guard, Key, Scan, Seq, Table, Write,
    conformance::{block_on, join},
};

use crate::open;

const CHILD_FOLDER: &str = "WHEREABOUTS_TEST_KILL_FOLDER";
const CHILD_SCRIPT: &str = "WHEREABOUTS_TEST_KILL_SCRIPT";
const CALLERS: u64 = 16;

/// Not a test by itself: what the killed process runs.
#[test]
#[expect(clippy::disallowed_methods, reason = "a child process is told what to do")]
fn child() {
    let Ok(folder) = std::env::var(CHILD_FOLDER) else { return };
    let table = open(Path::new(&folder));
    match std::env::var(CHILD_SCRIPT).as_deref() {
        Ok("fill") => fill(&table),
        Ok("until refused") => until_refused(&table),
        other => panic!("no such script: {other:?}"),
    }
}

#[test]
fn every_acknowledged_write_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut known = BTreeMap::new();
    let mut acks_read = 0;
    for round in 0..rounds() {
        let mut child = start(folder.path(), "fill", &[]);
        let acks = read_acks(&mut child);
        // Early kills hit the opening, late ones flushes of full memtables.
        thread::sleep(Duration::from_millis(40 + 137 * (round % 9)));
        child.kill().unwrap();
        child.wait().unwrap();
        let new = acks.join().unwrap();
        acks_read += new.len();
        for (caller, n) in new {
            let last: &mut u64 = known.entry(caller).or_default();
            *last = n.max(*last);
        }
        check(folder.path(), &mut known, round);
    }
    assert!(100 < acks_read, "{acks_read} writes are too few to mean anything");
}

#[test]
fn a_failed_commit_stops_the_engine_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    // Files may not grow past 2 MB, as if the disk were full. The signal that
    // comes with it is ignored, so that the write itself fails.
    let mut child = start(folder.path(), "until refused", &["trap '' XFSZ; ulimit -f 4096;"]);
    let acks = read_acks(&mut child);
    let status = child.wait().unwrap();
    let acks = acks.join().unwrap();
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert!(status.success(), "{told}");
    let acked = acks.iter().map(|&(_, n)| n).max().expect("some writes fit");
    let table = open(folder.path());
    for n in 1..=acked {
        let found = block_on(table.get(&big_key(n))).unwrap();
        assert!(found.is_some(), "write {n} of {acked} was acknowledged and is gone");
    }
    block_on(table.write(vec![Write::put(big_key(0), Guard::Any, "again")])).unwrap();
}

fn start(folder: &Path, script: &str, shell: &[&str]) -> Child {
    let program = std::env::current_exe().unwrap();
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{} exec \"$0\" \"$@\"", shell.concat())).arg(program);
    command
        .args(["--exact", "kill::child", "--nocapture"])
        .env(CHILD_FOLDER, folder)
        .env(CHILD_SCRIPT, script)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lines `ack CALLER N` until the child is gone. A line the kill cut short is
/// no acknowledgement anyone has read.
fn read_acks(child: &mut Child) -> thread::JoinHandle<Vec<(u64, u64)>> {
    let output = child.stdout.take().unwrap();
    thread::spawn(move || {
        let mut acks = Vec::new();
        let mut output = BufReader::new(output);
        let mut line = String::new();
        while output.read_line(&mut line).unwrap_or(0) != 0 {
            let ack = line.strip_prefix("ack ").and_then(|it| it.strip_suffix('\n'));
            if let Some((caller, n)) = ack.and_then(|it| it.split_once(' ')) {
                acks.push((caller.parse().unwrap(), n.parse().unwrap()));
            }
            line.clear();
        }
        acks
    })
}

fn ack(caller: u64, n: u64) {
    let mut output = std::io::stdout().lock();
    output.write_all(format!("ack {caller} {n}\n").as_bytes()).unwrap();
    output.flush().unwrap();
}

/// Each caller counts on, in one batch with a new entry and one it deletes.
fn fill(table: &dyn Table) {
    let callers = (0..CALLERS).map(|it| Box::pin(count(table, it)) as BoxFuture<'_, ()>);
    block_on(join(callers.collect()));
}

async fn count(table: &dyn Table, caller: u64) {
    loop {
        let head = table.get(&head(caller)).await.unwrap();
        let n = head.as_ref().map_or(0, |it| number(&it.value)) + 1;
        let guard = head.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
        let mut batch = vec![
            Write::put(self::head(caller), guard, n.to_be_bytes()),
            Write::put(entry(caller, n), Guard::Absent, vec![n as u8; 2_000]),
        ];
        if 100 < n {
            batch.push(Write::delete(entry(caller, n - 100), Guard::Any));
        }
        table.write(batch).await.unwrap();
        ack(caller, n);
        // The slowest reader is 300 changes behind.
        if n % 50 == 0 {
            for feed in table.feeds().await.unwrap() {
                let newest = table.newest(feed).await.unwrap();
                table.trim(feed, newest.saturating_sub(300)).await.unwrap();
            }
        }
    }
}

/// What is acknowledged is there, batches are whole, the feed tells the same.
/// What is found was there to be read, so from now on it is known as well.
fn check(folder: &Path, known: &mut BTreeMap<u64, u64>, round: u64) {
    let table = open(folder);
    let mut latest = BTreeMap::new();
    for feed in block_on(table.feeds()).unwrap() {
        let changes = block_on(table.changes(feed, 0, usize::MAX)).unwrap();
        assert!(changes.windows(2).all(|it| it[0].seq + 1 == it[1].seq), "the feed has no gap");
        let newest: Seq = block_on(table.newest(feed)).unwrap();
        assert_eq!(changes.last().map_or(newest, |it| it.seq), newest);
        for Changed { key, old, new, .. } in changes {
            if let Some(before) = latest.insert(key.clone(), new) {
                assert_eq!(before, old, "round {round}: {key} has a history without gaps");
            }
        }
    }
    for (key, value) in latest {
        let found = block_on(table.get(&key)).unwrap();
        assert_eq!(found.map(|it| it.value), value, "round {round}: {key}");
    }
    for caller in 0..CALLERS {
        let found = block_on(table.get(&head(caller))).unwrap().map_or(0, |it| number(&it.value));
        let acked = known.insert(caller, found).unwrap_or(0);
        // One write may have been on its way when the process died.
        assert!((acked..=acked + 1).contains(&found), "round {round}: {acked}, found {found}");
        let kept = block_on(table.scan(Scan::whole(entry(caller, 0).shard, 200))).unwrap();
        let numbers: Vec<u64> = kept.entries.iter().map(|it| number(&it.key.sort)).collect();
        let want: Vec<u64> = (found.saturating_sub(100) + 1..=found).collect();
        assert_eq!(numbers, want, "round {round}: batches are whole");
    }
}

fn until_refused(table: &dyn Table) {
    for n in 1.. {
        let put = |n| Write::put(big_key(n), Guard::Any, vec![n as u8; 100_000]);
        match block_on(table.write(vec![put(n)])) {
            Ok(()) => ack(0, n),
            Err(Error::Unavailable(_)) => break,
            Err(other) => panic!("the caller whose write failed was told {other}"),
        }
        assert!(n < 1_000, "the disk is never full");
    }
    let stopped = |it: &Error| matches!(it, Error::Corrupt(why) if why.contains("stopped"));
    let write = block_on(table.write(vec![Write::put(big_key(0), Guard::Any, "small")]));
    assert!(write.is_err_and(|it| stopped(&it)), "writes go on after a failed commit");
    assert!(block_on(table.get(&big_key(1))).is_err_and(|it| stopped(&it)));
    assert!(block_on(table.scan(Scan::whole("big", 1))).is_err_and(|it| stopped(&it)));
    for feed in block_on(table.feeds()).unwrap() {
        block_on(table.changed(feed, Seq::MAX));
        assert!(block_on(table.changes(feed, 0, 1)).is_err_and(|it| stopped(&it)));
        assert!(block_on(table.trim(feed, 1)).is_err_and(|it| stopped(&it)));
    }
}

fn head(caller: u64) -> Key {
    Key::new("heads", caller.to_be_bytes())
}

fn entry(caller: u64, n: u64) -> Key {
    Key::new(format!("caller {caller}"), n.to_be_bytes())
}

fn big_key(n: u64) -> Key {
    Key::new("big", n.to_be_bytes())
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(bytes.try_into().unwrap())
}

fn rounds() -> u64 {
    if depth::is_soak() { 200 } else { 10 }
}
