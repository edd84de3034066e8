//! What a server does by itself, again and again. What fails is tried again, and what is
//! half done goes on at the next start.

use std::time::Duration;

use service::{Result, Service, filing::Filer};
use tokio::{task::JoinSet, time};

/// How often the map in memory takes in what is new; whoever asks waits for the rest.
const MAP_EVERY: Duration = Duration::from_millis(500);
/// How often accepted fixes are looked at that no chunk keeps yet.
const SEAL_EVERY: Duration = Duration::from_secs(5);
/// How often a part of everything is compared with what follows from it.
const COMPARE_EVERY: Duration = Duration::from_secs(60);
/// How often what has become due is looked at.
const DUE_EVERY: Duration = Duration::from_secs(60);
/// How often what has happened is sealed into the map's past, and how long that waits
/// after a start: the first time takes a while on a large store, and whoever opens the
/// page comes first.
const PAST_EVERY: Duration = Duration::from_secs(60);
const PAST_AFTER: Duration = Duration::from_secs(5);
/// How often trails are looked at that are old enough for the archive, and what is
/// forgotten.
const HOURLY: Duration = Duration::from_secs(3_600);
/// How often it is looked whether enough is logged for another file, and which closed
/// packages can leave the table: mostly that is to read a few rows.
const HISTORY_EVERY: Duration = Duration::from_secs(120);
/// How long after a start closed packages are looked at: the history comes first.
const FILE_AFTER: Duration = Duration::from_secs(180);

/// Begins all of it; it ends when the answer is dropped.
pub fn begin(service: &Service) -> JoinSet<()> {
    let mut all = JoinSet::new();
    let it = || service.clone();
    all.spawn(again(it(), MAP_EVERY, "the map falls behind", async |it| {
        it.keep_map().await.map(|()| false)
    }));
    all.spawn(again(it(), SEAL_EVERY, "fixes are sealed later", async |it| {
        Ok(it.seal_fixes().await?.more)
    }));
    all.spawn(again(it(), DUE_EVERY, "what is due is looked at later", async |it| {
        Ok(it.sweep_due().await?.more)
    }));
    all.spawn(again(it(), COMPARE_EVERY, "what was left behind is found later", async |it| {
        it.reconcile().await.map(|_| false)
    }));
    let past = again(it(), PAST_EVERY, "the map's past falls behind", async |it| {
        Ok(it.sweep_past().await?.more)
    });
    all.spawn(async {
        time::sleep(PAST_AFTER).await;
        past.await;
    });
    all.spawn(again(it(), HOURLY, "old trails are archived later", async |it| {
        Ok(it.archive_trails().await?.more)
    }));
    all.spawn(again(it(), HISTORY_EVERY, "the history is brought up to date later", async |it| {
        it.compact_history().await.map(|_| false)
    }));
    all.spawn(again(it(), HOURLY, "fixes become files by tracker later", async |it| {
        it.compact_fixes().await.map(|_| false)
    }));
    all.spawn(file(it()));
    all.spawn(again(it(), HOURLY, "old wrong attempts are not removed yet", async |it| {
        it.people().sweep_failures().await.map(|_| false)
    }));
    all
}

/// Files what was closed long ago, some packages at a time. Others come first: what is
/// due after years without this takes half of the time at most.
async fn file(service: Service) {
    let mut filer = Filer::new(service);
    time::sleep(FILE_AFTER).await;
    loop {
        let begun = time::Instant::now();
        let filed = filer.step().await;
        let more = filed.as_ref().is_ok_and(|it| it.more);
        if let Err(error) = filed {
            tracing::warn!(%error, "old events leave the table later");
        }
        time::sleep(if more { begun.elapsed() } else { HISTORY_EVERY }).await;
    }
}

/// Does something until there is no more to do, then waits.
async fn again<F, Fut>(service: Service, every: Duration, failing: &'static str, act: F)
where
    F: Fn(Service) -> Fut,
    Fut: Future<Output = Result<bool>>,
{
    loop {
        match act(service.clone()).await {
            Ok(true) => continue,
            Ok(false) => (),
            Err(error) => tracing::warn!(%error, "{failing}"),
        }
        time::sleep(every).await;
    }
}
