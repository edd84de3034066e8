//! What a person follows: packages they picked, the last picked first.

use domain::{
    id::{PackageId, Subject, UserId},
    time::Timestamp,
};
use minicbor::{Decode, Encode};
use table::{Guard, Scan, Write};

use crate::{
    Service,
    error::{Error, Result},
    keys::{Row, person_shard, watched_package},
    packages::{After, PAGE_MAX},
    rows::to_bytes,
    search::Found,
};

/// Most packages that one person follows at a time.
pub const WATCHED_MAX: usize = 500;

/// That a person follows a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct WatchedRow {
    /// Since when.
    #[n(0)]
    pub since: Timestamp,
}

impl Service {
    /// Has a person follow a package from now on; nothing changes for who does already.
    pub async fn add_to_watchlist(&self, user: UserId, package: PackageId) -> Result<()> {
        if !self.is_registered(Subject::Package(package)).await? {
            return Err(Error::NotFound(package.to_string()));
        }
        let watched = self.watched(user).await?;
        if watched.iter().any(|it| it.1 == package) {
            return Ok(());
        }
        if WATCHED_MAX <= watched.len() {
            let detail = format!("One person follows at most {WATCHED_MAX} packages at a time.");
            return Err(Error::invalid("", "full", detail));
        }
        let row = WatchedRow { since: self.clock.now() };
        let put = Write::put(Row::Watched(user, package).key(), Guard::Absent, to_bytes(&row));
        match self.table.write(vec![put]).await {
            // They did so at this moment in another window.
            Err(table::Error::Conflict(_)) => Ok(()),
            other => Ok(other?),
        }
    }

    /// Has them not follow it any more.
    pub async fn take_off_watchlist(&self, user: UserId, package: PackageId) -> Result<()> {
        let gone = Write::delete(Row::Watched(user, package).key(), Guard::Any);
        Ok(self.table.write(vec![gone]).await?)
    }

    /// The packages that a person follows, the last picked first: `known_since` of where it
    /// goes on is when that was.
    pub async fn watchlist(
        &self,
        user: UserId,
        after: Option<After>,
        limit: usize,
    ) -> Result<Found> {
        let mut watched = self.watched(user).await?;
        watched.sort_unstable_by(|a, b| b.cmp(a));
        if let Some(after) = after {
            watched.retain(|it| *it < (after.known_since, after.id));
        }
        let limit = limit.clamp(1, PAGE_MAX);
        let more = limit < watched.len();
        watched.truncate(limit);
        let ids: Vec<PackageId> = watched.iter().map(|it| it.1).collect();
        let hits = self.lines(&ids).await?;
        let last = watched.last().filter(|_| more);
        let after = last.map(|(since, id)| After { known_since: *since, id: *id });
        Ok(Found { hits, after, partial: false })
    }

    async fn watched(&self, user: UserId) -> Result<Vec<(Timestamp, PackageId)>> {
        // A little more than the most, in case two windows were quicker than each other.
        let page = self.table.scan(Scan::prefix(person_shard(user), b"w", 2 * WATCHED_MAX)).await?;
        let each = page.entries.iter().filter_map(|entry| {
            let id = watched_package(&entry.key.sort)?;
            Some(minicbor::decode(&entry.value).map(|row: WatchedRow| (row.since, id)))
        });
        Ok(each.collect::<std::result::Result<_, _>>()?)
    }
}
