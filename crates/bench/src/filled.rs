//! What loads of reading have in common: a folder that is filled through the
//! service, with everything derived, and questions to a server that was started
//! on it.

use std::{
    io,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use journeys::http::{Answer, Connection};
use service::{Service, projector::Projector};
use tempfile::TempDir;

use crate::{
    figures::{cpu_seconds, figure},
    outside,
};

/// Things recorded at the same time: enough to share each flush to disk.
const AT_ONCE: usize = 1_024;
/// Things recorded while what was recorded before is derived.
const PER_STEP: u64 = 20_000;

/// A new folder, and what came of filling it.
pub fn filled<T>(fill: impl AsyncFnOnce(Service) -> io::Result<T>) -> io::Result<(TempDir, T)> {
    let folder = tempfile::tempdir()?;
    let done = filled_at(folder.path(), fill)?;
    Ok((folder, done))
}

/// What came of filling a folder, with all processors.
pub fn filled_at<T>(
    folder: &Path,
    fill: impl AsyncFnOnce(Service) -> io::Result<T>,
) -> io::Result<T> {
    let filler = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    // The store is closed once nobody holds it: the server opens it next.
    filler.block_on(async {
        let (service, _table) = outside::open(folder)?;
        fill(service).await
    })
}

/// Records so many things, derives what follows from them, and says how many a
/// second that were; prints what each cost.
pub async fn record_all<F: Future<Output = io::Result<()>>>(
    service: &Service,
    count: u64,
    record: impl Fn(u64) -> F,
) -> io::Result<f64> {
    let (start, cpu_s) = (Instant::now(), cpu_seconds("self")?);
    let projector = Arc::new(Projector::new(service.clone()));
    for step in (0..count).step_by(PER_STEP as usize) {
        let projector = Arc::clone(&projector);
        let derived = tokio::spawn(async move { projector.catch_up().await });
        let each = stream::iter(step..count.min(step + PER_STEP)).map(&record);
        let mut done = each.buffer_unordered(AT_ONCE);
        while let Some(result) = done.next().await {
            result?;
        }
        derived.await.map_err(io::Error::other)?.map_err(io::Error::other)?;
    }
    projector.catch_up().await.map_err(io::Error::other)?;
    let each_us = (cpu_seconds("self")? - cpu_s) * 1e6 / count as f64;
    figure("processor time for each thing recorded and derived", format_args!("{each_us:.0} µs"));
    Ok(count as f64 / start.elapsed().as_secs_f64())
}

/// Asks one question after the other: how long each took until it was answered.
/// `look` sees what came.
pub async fn timed(
    connection: &mut Connection,
    turns: impl Iterator<Item = u64>,
    path: impl Fn(u64) -> String,
    mut look: impl FnMut(&Answer),
) -> io::Result<Vec<Duration>> {
    let mut each = Vec::new();
    for turn in turns {
        let path = path(turn);
        let start = Instant::now();
        let answer = connection.get(&path).await?;
        each.push(start.elapsed());
        if answer.status != 200 {
            answer.good()?;
        }
        look(&answer);
    }
    Ok(each)
}
