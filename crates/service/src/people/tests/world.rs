//! A small world: a table, a clock that is set by hand, secrets that repeat,
//! and short words for what people do.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering::SeqCst},
    },
};

use domain::{
    id::UserId,
    time::{Millis, Timestamp},
};
use table::{
    BoxFuture, Changed, Entry, Faulty, FeedId, Key, Memory, Page, Scan, Seq, Table, Usage, Write,
};

use super::super::*;
use crate::{outside::Clock, record::Attribution};

/// A password nobody guesses first.
pub const PASSWORD: &str = "four unrelated words";
/// Another one.
pub const OTHER: &str = "six horses ate nine hats";

/// A clock that stands still until it is set.
#[derive(Debug)]
pub struct SetClock(AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(SeqCst)).unwrap()
    }
}

/// Counts instead of guessing.
#[derive(Debug, Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let count = self.0.fetch_add(1, SeqCst).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            chunk.copy_from_slice(&count.to_be_bytes()[..chunk.len()]);
        }
    }
}

pub struct World {
    pub table: Arc<Faulty>,
    pub people: People,
    pub clock: Arc<SetClock>,
}

impl World {
    pub fn new() -> Self {
        Self::on(Arc::new(Memory::new()))
    }

    /// A world in which others run while somebody waits for the table.
    pub fn interleaved(seed: u64) -> Self {
        let steps = AtomicU64::new(seed);
        Self::on(Arc::new(Interleaved { inner: Memory::new(), steps }))
    }

    fn on(table: Arc<dyn Table>) -> Self {
        let table = Arc::new(Faulty::new(table));
        let clock = Arc::new(SetClock(AtomicI64::new(1_772_409_600_000)));
        let people = People::new(table.clone(), clock.clone(), Arc::new(Counting::default()));
        Self { table, people, clock }
    }

    /// Another process on the same table, that remembers nothing of this one.
    pub fn elsewhere(&self) -> People {
        let entropy = Arc::new(Counting(AtomicU64::new(1 << 40)));
        People::new(self.table.clone(), self.clock.clone(), entropy)
    }

    pub fn later(&self, by: Millis) {
        self.clock.0.fetch_add(by, SeqCst);
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Somebody without a password: signs in by a link, and fast.
    pub async fn person(&self, name: &str, permissions: Permissions) -> UserId {
        let new = NewUser { name: name.to_owned(), permissions, ..NewUser::default() };
        self.people.create_user(&by(), new).await.unwrap().id
    }

    /// Somebody with [`PASSWORD`].
    pub async fn with_password(&self, name: &str, permissions: Permissions) -> UserId {
        let password = Some(PASSWORD.to_owned());
        let new = NewUser { name: name.to_owned(), permissions, password, ..NewUser::default() };
        self.people.create_user(&by(), new).await.unwrap().id
    }

    /// Begins a session without asking for a password.
    pub async fn session(&self, user: UserId) -> NewSession {
        let link = self.people.issue_link(&by(), user).await.unwrap();
        self.people.follow_link(link.reveal(), caller()).await.unwrap()
    }

    /// Who a session's secret proves somebody to be.
    pub async fn who(&self, session: &NewSession) -> Option<Arc<Principal>> {
        who(&self.people, session).await
    }

    /// What was remembered today.
    pub async fn remembered(&self) -> Vec<AccessKind> {
        let all = self.people.access_on(crate::keys::day(self.now())).await.unwrap();
        all.into_iter().map(|it| it.kind).collect()
    }
}

pub async fn who(people: &People, session: &NewSession) -> Option<Arc<Principal>> {
    people.authenticate(Credential::Session(session.secret.reveal())).await.unwrap()
}

pub fn by() -> Attribution {
    Attribution { actor: "usr_boss".to_owned(), source: "api".to_owned() }
}

pub fn caller() -> Caller<'static> {
    from(1)
}

/// A caller at one of the addresses of a network.
pub fn from(last: u8) -> Caller<'static> {
    let source = IpAddr::V4(Ipv4Addr::new(192, 0, 2, last));
    Caller { source, label: "Firefox on Linux", previous: None }
}

pub fn only(permission: Permission) -> Permissions {
    Permissions::NONE.with(permission)
}

/// Lets others run before each read and write, as often as a seed decides.
#[derive(Debug)]
struct Interleaved {
    inner: Memory,
    steps: AtomicU64,
}

impl Interleaved {
    async fn pause(&self) {
        let step = self.steps.fetch_add(0x9e37_79b9_7f4a_7c15, SeqCst);
        for _ in 0..(step ^ step >> 33) % 4 {
            tokio::task::yield_now().await;
        }
    }
}

impl Table for Interleaved {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, table::Result<Option<Entry>>> {
        Box::pin(async move {
            self.pause().await;
            self.inner.get(key).await
        })
    }

    fn scan(&self, scan: Scan) -> BoxFuture<'_, table::Result<Page>> {
        Box::pin(async move {
            self.pause().await;
            self.inner.scan(scan).await
        })
    }

    fn write(&self, batch: Vec<Write>) -> BoxFuture<'_, table::Result<()>> {
        Box::pin(async move {
            self.pause().await;
            let done = self.inner.write(batch).await;
            self.pause().await;
            done
        })
    }

    fn write_each(&self, writes: Vec<Write>) -> BoxFuture<'_, table::Result<()>> {
        self.inner.write_each(writes)
    }

    fn feeds(&self) -> BoxFuture<'_, table::Result<Vec<FeedId>>> {
        self.inner.feeds()
    }

    fn changes(
        &self,
        feed: FeedId,
        after: Seq,
        limit: usize,
    ) -> BoxFuture<'_, table::Result<Vec<Changed>>> {
        self.inner.changes(feed, after, limit)
    }

    fn changed(&self, feed: FeedId, after: Seq) -> BoxFuture<'_, ()> {
        self.inner.changed(feed, after)
    }

    fn newest(&self, feed: FeedId) -> BoxFuture<'_, table::Result<Seq>> {
        self.inner.newest(feed)
    }

    fn trim(&self, feed: FeedId, up_to: Seq) -> BoxFuture<'_, table::Result<()>> {
        self.inner.trim(feed, up_to)
    }

    fn usage(&self) -> Usage {
        self.inner.usage()
    }
}
