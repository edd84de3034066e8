//! What becomes of one write in a story, and the two stores it may meet.

use std::sync::Arc;

use futures::{Stream, StreamExt, stream};
use table::{Fault, Faulty, Memory, Table};
use table_embedded::{Embedded, Options};
use tempfile::TempDir;

/// What becomes of the write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// It fails and was not applied; everybody goes on.
    Failed,
    /// It was applied and the answer was lost; everybody goes on.
    AnswerLost,
    /// The process ends before it is applied.
    CrashedBefore,
    /// The process ends right after it was applied.
    CrashedAfter,
}

impl Mishap {
    pub const ALL: [Self; 4] =
        [Self::Failed, Self::AnswerLost, Self::CrashedBefore, Self::CrashedAfter];

    /// Makes it happen to the `nth` write from now.
    pub fn plan(self, table: &Faulty, nth: u64) {
        match self {
            Self::Failed => table.fail_write(nth, Fault::BeforeApply),
            Self::AnswerLost => table.fail_write(nth, Fault::AfterApply),
            Self::CrashedBefore => table.crash_at_write(nth, Fault::BeforeApply),
            Self::CrashedAfter => table.crash_at_write(nth, Fault::AfterApply),
        }
    }
}

/// A store that outlives the process that uses it.
pub enum Store {
    Memory(Arc<Memory>),
    Embedded(TempDir),
}

impl Store {
    pub fn in_memory() -> Self {
        Self::Memory(Arc::default())
    }

    pub fn embedded() -> Self {
        Self::Embedded(tempfile::tempdir().expect("a folder"))
    }

    /// Opens it. The one before must be gone, as a process that ended is.
    pub fn open(&self) -> Arc<dyn Table> {
        match self {
            Self::Memory(table) => Arc::clone(table) as Arc<dyn Table>,
            Self::Embedded(folder) => {
                let opened = Embedded::open(folder.path(), Options::default());
                Arc::new(opened.expect("the folder of a process that ended"))
            }
        }
    }
}

/// Every write meets every mishap in memory and in a soak. On disk, where each run
/// takes a thousand times as long, each write meets one, in turn, on every change.
pub fn cases(store: &Store, writes: u64) -> Vec<(u64, Mishap)> {
    let soak = std::env::var_os("WHEREABOUTS_SOAK").is_some();
    let all = soak || matches!(store, Store::Memory(_));
    let each = |nth: u64| {
        let in_turn = Mishap::ALL[(nth % 4) as usize];
        Mishap::ALL.into_iter().filter(move |it| all || *it == in_turn).map(move |it| (nth, it))
    };
    (1..=writes).flat_map(each).collect()
}

/// Runs the cases; those that wait for the disk wait together.
pub fn all_of<F: Future>(runs: Vec<F>) -> impl Stream<Item = F::Output> {
    stream::iter(runs).buffer_unordered(8)
}

/// Which steps of a script wrote how often, and what was tried there.
#[derive(Default)]
pub struct Sites(Vec<(&'static str, u64, [u64; 4])>);

impl Sites {
    /// `steps` are names and how often was written by their end.
    pub fn new(steps: &[(&'static str, u64)]) -> Self {
        let mut sites = Vec::new();
        let mut before = 0;
        for (name, writes) in steps {
            sites.push((*name, writes - before, [0; 4]));
            before = *writes;
        }
        Self(sites)
    }

    /// The `nth` write met a mishap.
    pub fn tried(&mut self, nth: u64, mishap: Mishap) {
        let mut last = 0;
        for (_, writes, tried) in &mut self.0 {
            last += *writes;
            if nth <= last {
                tried[mishap as usize] += 1;
                return;
            }
        }
    }

    /// Prints them and says how many there are, and how many tries.
    pub fn print(&self, title: &str) -> (u64, u64) {
        println!("{title}\n{:28} sites  failed  answer lost  crashed before  after", "step");
        for (name, sites, [failed, lost, before, after]) in &self.0 {
            println!("{name:28} {sites:5}  {failed:6}  {lost:11}  {before:14}  {after:5}");
        }
        let sites = self.0.iter().map(|it| it.1).sum();
        let tries = self.0.iter().flat_map(|it| it.2).sum();
        println!("{:28} {sites:5}  {tries} tries", "together");
        (sites, tries)
    }

    /// Steps that wrote and met nothing.
    pub fn untried(&self) -> Vec<&'static str> {
        self.0.iter().filter(|it| it.1 > 0 && it.2 == [0; 4]).map(|it| it.0).collect()
    }
}
