//! The scheduler's function: the clock says what to look for.

use std::time::Duration;

use serde::Deserialize;
use service::{Result, Service};
use tokio::time::Instant;

/// What the clock asks for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Looks {
    /// What to look for.
    pub r#do: Vec<Look>,
}

/// Something to look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// Promises that are broken, and trackers that fell silent.
    Due,
    /// What could not be sent, and what an operator should look at.
    Outbox,
    /// Hours that are over: they are got ready for whoever looks back.
    Past,
    /// Trails that are old enough for the archive.
    Trails,
    /// Wrong attempts to sign in that are forgiven.
    Attempts,
}

/// Looks for what the clock says.
#[derive(Debug)]
pub struct Scheduler(Service);

impl Scheduler {
    /// On a service.
    #[must_use]
    pub const fn new(service: Service) -> Self {
        Self(service)
    }

    /// Looks, and does what there is to do, as far as the time goes. What fails keeps
    /// nothing else from being done.
    pub async fn handle(&self, looks: &Looks, time: Duration) -> Result<()> {
        let until = Instant::now() + time;
        let mut all = Ok(());
        for look in &looks.r#do {
            let looked = self.look(*look, until).await;
            if let Err(error) = &looked {
                tracing::error!(%error, ?look, "it is looked for next time");
            }
            all = all.and(looked);
        }
        all
    }

    async fn look(&self, look: Look, until: Instant) -> Result<()> {
        if look == Look::Outbox {
            self.0.raise_alarms().await?;
        }
        loop {
            let more = match look {
                Look::Due => self.0.sweep_due().await?.more,
                Look::Outbox => self.0.sweep_outbox().await?.more,
                Look::Past => self.0.sweep_past().await?.more,
                Look::Trails => self.0.archive_trails().await?.more,
                Look::Attempts => self.0.people().sweep_failures().await.map(|_| false)?,
            };
            if !more || until <= Instant::now() {
                return Ok(());
            }
        }
    }
}
