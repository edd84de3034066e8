//! The sequencer's function: appends what the stream says to the audit log, and seals
//! it into the map's past. Both are dearer for few changes than for many, so it is
//! handed batches of some seconds.

use audit::LogKey;
use service::{Service, log::sequencer::Sequencer};
use tokio::sync::Mutex;

use crate::batch::{BatchFailures, StreamEvent, each_if_not_all};

/// Appends changes of the stream.
#[derive(Debug)]
pub struct StreamSequencer {
    service: Service,
    sequencer: Mutex<Sequencer>,
}

impl StreamSequencer {
    /// On a service, with the log's key.
    pub fn new(service: Service, key: LogKey) -> Self {
        let sequencer = Mutex::new(Sequencer::new(service.clone(), key));
        Self { service, sequencer }
    }

    /// Appends one batch of the stream.
    pub async fn handle(&self, event: StreamEvent) -> BatchFailures {
        if event.records.is_empty() {
            return self.look_again().await;
        }
        let (changes, unread) = event.changes();
        let failed = each_if_not_all(&changes, async |some| {
            self.sequencer.lock().await.take_in(&some).await?;
            self.service.seal_changes(&some).await?;
            service::Result::Ok(())
        })
        .await;
        BatchFailures::of(failed.or(unread))
    }

    /// For how long something that is recorded has waited for the log, in seconds, as
    /// far as is known.
    pub async fn waiting_s(&self) -> service::Result<i64> {
        let since = self.service.log_waiting().await?.since;
        let trouble = self.service.log_status().trouble.map(|it| it.0);
        let oldest = [since, trouble].into_iter().flatten().min();
        Ok(oldest.map_or(0, |it| self.service.now().since(it).max(0) / 1_000))
    }

    /// Woken by the clock: looks through the next part of everything whether something
    /// was left behind, and appends it.
    async fn look_again(&self) -> BatchFailures {
        let found = self.service.reconcile().await;
        let appended = self.sequencer.lock().await.catch_up().await;
        if let Err(error) = found.map(drop).and(appended.map(drop)) {
            tracing::error!(%error, "what was left behind is found later");
        }
        BatchFailures::default()
    }
}
