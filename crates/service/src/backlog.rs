//! How far what follows from accepted fixes is behind, as the projector of this
//! process knows: whoever accepts asks it and reads nothing.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::time::{Millis, SECOND, Timestamp};
use table::FeedId;

use crate::Service;

/// Fixes are put off while those accepted so long ago are not taken in yet.
pub const BEHIND_MAX: Millis = 10 * SECOND;

/// Of each feed when the oldest batch was accepted that is not taken in yet, as
/// far as it was read.
#[derive(Debug, Default)]
pub(crate) struct Backlog(Mutex<BTreeMap<FeedId, Timestamp>>);

impl Backlog {
    /// A batch that was accepted then is about to be taken in, and all before it are.
    pub(crate) fn reached(&self, feed: FeedId, accepted_at: Timestamp) {
        self.lock().insert(feed, accepted_at);
    }

    /// Everything in a feed is taken in.
    pub(crate) fn caught_up(&self, feed: FeedId) {
        self.lock().remove(&feed);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<FeedId, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Service {
    /// How long ago the oldest batch of fixes was accepted that is not taken in
    /// yet; 0 while nobody in this process takes any in.
    #[must_use]
    pub fn fixes_behind(&self) -> Millis {
        let oldest = self.backlog.lock().values().min().copied();
        oldest.map_or(0, |it| self.clock.now().since(it).max(0))
    }
}
