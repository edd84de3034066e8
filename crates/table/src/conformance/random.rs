//! Random operations for [`Mirror`], from a seed that is printed.

use crate::{BoxFuture, Change, Guard, Key, Mirror, Scan, Table, Version, Write, memory::Dice};

/// Operations between two comparisons of everything there is.
const OPS_PER_CHECK: usize = 500;
/// Few keys, so that operations meet.
const SHARDS: [&[u8]; 6] = [b"a", b"a\0", b"b", b"\xff", b"\xff\xff", b"pkg_01J"];

/// Runs `ops` random operations on the two engines of a mirror, which panics
/// when they differ. Compares whole shards and feeds now and then.
pub async fn random(mirror: &Mirror, seed: u64, ops: usize) {
    eprintln!("random operations: seed {seed}, {ops} of them");
    let mut player = Player { dice: Dice(seed), seen: Vec::new() };
    for op in 1..=ops {
        player.play(mirror).await;
        if op % OPS_PER_CHECK == 0 || op == ops {
            mirror.compare_feeds().await;
            for shard in SHARDS {
                scan_all(mirror, Scan::whole(shard, 100)).await;
            }
        }
    }
}

struct Player {
    dice: Dice,
    /// Versions read lately, some of them stale by now: what guards are made of.
    seen: Vec<(Key, Version)>,
}

impl Player {
    async fn play(&mut self, mirror: &Mirror) {
        match self.dice.below(20) {
            0..4 => {
                let key = self.key();
                if let Some(entry) = mirror.get(&key).await.expect("get") {
                    self.see(entry.key, entry.version);
                }
            }
            4..6 => self.scan(mirror).await,
            7 => {
                let mut each = self.batch();
                if self.dice.below(10) != 0 {
                    each.retain(|it| it.change != Change::Check);
                    each.iter_mut().for_each(|it| it.guard = Guard::Any);
                }
                let _ = mirror.write_each(each).await;
            }
            6 => {
                let batches: Vec<Vec<Write>> = (0..4).map(|_| self.batch()).collect();
                // The mirror lines them up; what is tested is that nobody hangs.
                let writes =
                    batches.into_iter().map(|it| mirror.write(it) as BoxFuture<'_, _>).collect();
                super::join(writes).await;
            }
            _ => {
                let batch = self.batch();
                // Conflicts and refusals are part of the game: both engines agree on them.
                let _ = mirror.write(batch).await;
            }
        }
    }

    async fn scan(&mut self, mirror: &Mirror) {
        let (start, end) = (self.key(), self.key());
        let scan = Scan {
            shard: start.shard,
            range: start.sort..end.sort,
            reverse: self.dice.below(2) == 0,
            limit: 1 + self.dice.below(8),
        };
        for (key, version) in scan_all(mirror, scan).await {
            self.see(key, version);
        }
    }

    fn batch(&mut self) -> Vec<Write> {
        let len = match self.dice.below(40) {
            0 => 100,
            1 => 0,
            2..20 => 1,
            _ => 2 + self.dice.below(4),
        };
        let mut batch: Vec<Write> = (0..len).map(|_| self.write()).collect();
        if self.dice.below(20) != 0 {
            let mut keys = std::collections::HashSet::new();
            batch.retain(|it| keys.insert(it.key.clone()));
        }
        batch
    }

    fn write(&mut self) -> Write {
        let known = (!self.seen.is_empty() && self.dice.below(3) == 0)
            .then(|| self.seen[self.dice.below(self.seen.len())].clone());
        let (key, guard) = match known {
            Some((key, version)) => (key, Guard::Unchanged(version)),
            None if self.dice.below(4) == 0 => (self.key(), Guard::Absent),
            None => (self.key(), Guard::Any),
        };
        match self.dice.below(8) {
            0 => Write::check(key, guard),
            1 | 2 => Write::delete(key, guard),
            _ => Write::put(key, guard, self.value()),
        }
    }

    fn value(&mut self) -> Vec<u8> {
        let len = match self.dice.below(200) {
            0 => 400 * 1_024 - self.dice.below(60),
            1..4 => self.dice.below(20_000),
            _ => self.dice.below(300),
        };
        let byte = self.dice.roll() as u8;
        vec![byte; len]
    }

    fn key(&mut self) -> Key {
        let shard = SHARDS[self.dice.below(SHARDS.len())];
        let len = 1 + self.dice.below(3);
        let sort = (0..len).map(|_| [0, b'a', b'b', 0xff][self.dice.below(4)]).collect::<Vec<u8>>();
        Key::new(shard, sort)
    }

    fn see(&mut self, key: Key, version: Version) {
        if self.seen.len() < 64 {
            self.seen.push((key, version));
        } else {
            let at = self.dice.below(64);
            self.seen[at] = (key, version);
        }
    }
}

async fn scan_all(mirror: &Mirror, scan: Scan) -> Vec<(Key, Version)> {
    let mut seen = Vec::new();
    let mut next = Some(scan);
    while let Some(scan) = next {
        let page = mirror.scan(scan).await.expect("scan");
        seen.extend(page.entries.into_iter().map(|it| (it.key, it.version)));
        next = page.rest;
    }
    seen
}
