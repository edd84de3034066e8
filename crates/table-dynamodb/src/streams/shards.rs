//! What is known of the stream's shards: who follows whom, and how far each was read.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use aws_sdk_dynamodbstreams::types::Shard as Told;
use table::{Error, FeedId, Result, Seq};

/// One shard of the stream.
#[derive(Clone, Debug)]
pub(super) struct Shard {
    pub(super) id: String,
    parent: Option<FeedId>,
    /// The number it begins with.
    pub(super) first: Seq,
    /// The newest number seen.
    pub(super) newest: Seq,
    pub(super) trimmed: Seq,
    /// It ended, and its end was asked for.
    over: bool,
    /// Where reading goes on after a number.
    place: Option<(Seq, String)>,
}

/// All of them. A parent stands before its children.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    shards: BTreeMap<FeedId, Shard>,
    order: Vec<FeedId>,
    /// Nothing ended since the last look, so nothing can have begun.
    fresh: bool,
}

impl Known {
    pub(super) fn is_stale(&self) -> bool {
        !self.lock().fresh
    }

    pub(super) fn go_stale(&self) {
        self.lock().fresh = false;
    }

    pub(super) fn feeds(&self) -> Vec<FeedId> {
        self.lock().order.clone()
    }

    pub(super) fn shard(&self, feed: FeedId) -> Option<Shard> {
        self.lock().shards.get(&feed).cloned()
    }

    /// Whether a shard goes on where another ended whose end was not read yet.
    pub(super) fn waits(&self, shard: &Shard) -> bool {
        let state = self.lock();
        let parent = shard.parent.and_then(|it| state.shards.get(&it));
        parent.is_some_and(|it| !it.over)
    }

    pub(super) fn is_over(&self, feed: FeedId) {
        let mut state = self.lock();
        if let Some(shard) = state.shards.get_mut(&feed)
            && !std::mem::replace(&mut shard.over, true)
        {
            state.fresh = false;
        }
    }

    pub(super) fn trim(&self, feed: FeedId, up_to: Seq) {
        if let Some(shard) = self.lock().shards.get_mut(&feed) {
            shard.trimmed = shard.trimmed.max(up_to);
        }
    }

    pub(super) fn place(&self, feed: FeedId, after: Seq) -> Option<String> {
        let mut state = self.lock();
        let place = state.shards.get_mut(&feed)?.place.take();
        place.filter(|(at, _)| *at == after).map(|(_, place)| place)
    }

    /// Notes a shard's newest change, if one was found after `after`, and where
    /// reading goes on.
    pub(super) fn seen(&self, feed: FeedId, after: Seq, found: Option<Seq>, place: Option<String>) {
        if let Some(shard) = self.lock().shards.get_mut(&feed) {
            shard.newest = shard.newest.max(found.unwrap_or(0));
            shard.place = place.map(|it| (found.unwrap_or(after), it));
        }
    }

    /// Takes in what DynamoDB lists. Shards that it no longer lists are gone.
    pub(super) fn learn(&self, told: &[Told]) -> Result<()> {
        let mut state = self.lock();
        let mut before = std::mem::take(&mut state.shards);
        for shard in told {
            let id = shard.shard_id.clone().unwrap_or_default();
            let feed = feed_of(&id);
            let range = shard.sequence_number_range.as_ref();
            let first = range.and_then(|it| it.starting_sequence_number.as_deref()).unwrap_or("0");
            let first = first.parse();
            let first = first.map_err(|_| Error::Corrupt(format!("shard {id} begins nowhere")))?;
            let parent = shard.parent_shard_id.as_deref().map(feed_of);
            let new = Shard { id, parent, first, newest: 0, trimmed: 0, over: false, place: None };
            state.shards.insert(feed, before.remove(&feed).unwrap_or(new));
        }
        state.order = in_order(&state.shards);
        state.fresh = true;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Parents before their children.
fn in_order(shards: &BTreeMap<FeedId, Shard>) -> Vec<FeedId> {
    let depth = |mut feed: FeedId| {
        let mut depth = 0;
        while let Some(parent) = shards.get(&feed).and_then(|it| it.parent)
            && depth <= shards.len()
        {
            (feed, depth) = (parent, depth + 1);
        }
        depth
    };
    let mut order: Vec<FeedId> = shards.keys().copied().collect();
    order.sort_by_key(|it| depth(*it));
    order
}

/// A shard's name is text, a feed's a number: FNV-1a, 64 bits. Cursors are stored
/// under it, so it never changes.
fn feed_of(id: &str) -> FeedId {
    FeedId(id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    }))
}
