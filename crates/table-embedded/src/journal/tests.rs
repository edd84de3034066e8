//! Journals as the engine writes them, then torn, damaged and cut.

use std::sync::LazyLock;

use fjall::{CompressionType, Database, KeyspaceCreateOptions};
use tempfile::TempDir;

use super::*;

const COMMITS: u8 = 4;

/// A folder with commits of growing size, made once: each costs many syncs.
static WRITTEN: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let db =
        Database::builder(folder.path()).journal_compression(CompressionType::None).open().unwrap();
    let keyspace = db.keyspace("items", KeyspaceCreateOptions::default).unwrap();
    for n in 1..=COMMITS {
        let mut batch = db.batch();
        for item in 0..n {
            batch.insert(&keyspace, [n, item], vec![n; 700 * usize::from(n)]);
        }
        batch.remove(&keyspace, [n, 200]);
        batch.commit().unwrap();
    }
    drop((db, keyspace));
    // Enough of the zeros that the engine fills a journal with ahead.
    let [(_, path)] = &list(folder.path()).unwrap()[..] else { panic!("one journal") };
    File::options().write(true).open(path).unwrap().set_len(50_000).unwrap();
    folder
});

/// The journal of a copy of that folder, and where its commits begin and end.
fn written(folder: &Path) -> (PathBuf, Vec<usize>) {
    copy(WRITTEN.path(), folder);
    let [(_, path)] = &list(folder).unwrap()[..] else { panic!("one journal") };
    let bytes = fs::read(path).unwrap();
    let mut starts = vec![0];
    while let Some((len, _)) = commit_at(&bytes[starts[starts.len() - 1]..]) {
        starts.push(starts[starts.len() - 1] + len);
    }
    assert_eq!(starts.len(), usize::from(COMMITS) + 1, "every commit is understood");
    assert!(starts[starts.len() - 1] < bytes.len(), "zeros follow");
    (path.clone(), starts)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for found in fs::read_dir(from).unwrap() {
        let found = found.unwrap();
        let to = to.join(found.file_name());
        if found.file_type().unwrap().is_dir() {
            copy(&found.path(), &to);
        } else {
            fs::copy(found.path(), to).unwrap();
        }
    }
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

/// Which commits the engine finds.
fn found(folder: &Path) -> Vec<u8> {
    let db = Database::builder(folder).open().unwrap();
    let keyspace = db.keyspace("items", KeyspaceCreateOptions::default).unwrap();
    let whole = |n: &u8| (0..*n).all(|item| keyspace.contains_key([*n, item]).unwrap());
    (1..=9).filter(whole).collect()
}

#[test]
fn a_sound_journal_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (path, _) = written(folder.path());
    let before = fs::read(&path).unwrap();
    check_all(folder.path()).unwrap();
    assert!(fs::read(&path).unwrap() == before);
    assert_eq!(found(folder.path()), [1, 2, 3, 4]);
}

#[test]
fn a_torn_last_commit_is_cut_off() {
    // Zeros where a page of the last commit never reached the disk: its head,
    // its middle, its end; and a whole commit that lost single bytes.
    for (from, to) in [(0, 512), (512, 1_024), (3_000, 9_000), (5_000, 5_001), (10, 14)] {
        let folder = tempfile::tempdir().unwrap();
        let (path, starts) = written(folder.path());
        change(&path, |bytes| {
            let last = &mut bytes[starts[3]..starts[4]];
            let to = to.min(last.len());
            last[from..to].fill(0);
        });
        check_all(folder.path()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().len(), starts[3] as u64, "{from}..{to}");
        assert_eq!(found(folder.path()), [1, 2, 3]);
    }
}

/// If this fails, the engine has learnt to cope, and half of this file can go.
#[test]
fn the_engine_alone_refuses_a_torn_last_commit() {
    let folder = tempfile::tempdir().unwrap();
    let (path, starts) = written(folder.path());
    change(&path, |bytes| bytes[starts[3] + 1_000] ^= 1);
    assert!(Database::builder(folder.path()).open().is_err());
}

#[test]
fn damage_before_a_whole_commit_is_said_and_nothing_is_cut() {
    for at in [0, 20, 500, 1_000] {
        let folder = tempfile::tempdir().unwrap();
        let (path, starts) = written(folder.path());
        change(&path, |bytes| bytes[starts[1] + at] ^= 0x41);
        let before = fs::read(&path).unwrap();
        let Err(Damage::Inside(why)) = check_all(folder.path()) else { panic!("not noticed") };
        assert!(why.contains(&format!("byte {}", starts[1])), "{why}");
        assert!(fs::read(&path).unwrap() == before);
    }
}

#[test]
fn an_older_journal_is_never_cut() {
    let folder = tempfile::tempdir().unwrap();
    let (path, starts) = written(folder.path());
    change(&path, |bytes| bytes[starts[2] + 100] ^= 1);
    fs::write(folder.path().join("1.jnl"), [0; 4_096]).unwrap();
    assert!(matches!(check_all(folder.path()), Err(Damage::Inside(_))));
}

#[test]
fn no_bytes_make_it_panic() {
    let folder = tempfile::tempdir().unwrap();
    let (path, starts) = written(folder.path());
    let bytes = fs::read(&path).unwrap();
    for len in (0..starts[4]).step_by(7) {
        let cut = check(&bytes[..len]);
        let want = match starts.iter().rposition(|&start| start <= len) {
            Some(at) if starts[at] == len => Found::Sound,
            Some(at) => Found::Damaged { at: starts[at], whole_behind: false },
            None => panic!("commits begin at 0"),
        };
        assert_eq!(cut, want, "cut to {len} bytes");
    }
    check(&[0xff; 1_000]);
    check(&[START; 1_000]);
}
