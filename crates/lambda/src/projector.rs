//! The projector's function: has everything derived from the changes of the stream,
//! passes on what the map in the memory of others needs, and tells the world.

use std::sync::Arc;

use service::{Service, keys::holder_of_row, outside::Publisher, projector::Projector};
use table::Changed;
use table_dynamodb::Relayed;

use crate::batch::{BatchFailures, StreamEvent, each_if_not_all};

/// Takes in changes of the stream.
#[derive(Debug)]
pub struct StreamProjector {
    service: Service,
    projector: Projector,
    relay: Arc<Relayed>,
    publisher: Arc<dyn Publisher>,
}

impl StreamProjector {
    /// On a service whose table this relay writes to.
    pub fn new(service: Service, relay: Arc<Relayed>, publisher: Arc<dyn Publisher>) -> Self {
        let service = service.with_publisher(Arc::clone(&publisher));
        Self { projector: Projector::new(service.clone()), service, relay, publisher }
    }

    /// Takes in one batch of the stream.
    pub async fn handle(&self, event: StreamEvent) -> BatchFailures {
        let (changes, unread) = event.changes();
        let failed = each_if_not_all(&changes, async |some| self.take_in(&some).await).await;
        let dealt_with = match &failed {
            Some(seq) => changes.iter().position(|it| it.seq.to_string() == *seq).unwrap_or(0),
            None => changes.len(),
        };
        let changes = &changes[..dealt_with];
        let (sent, ()) =
            futures::join!(self.service.send_outgoing(changes), self.tell_who_watches(changes));
        if let Err(error) = sent {
            // What cannot be sent now waits in the outbox, but not even that was possible.
            tracing::error!(%error, "news are neither sent nor kept: they come again");
            return BatchFailures::of(changes.first().map(|it| it.seq.to_string()));
        }
        BatchFailures::of(failed.or(unread))
    }

    async fn take_in(&self, changes: &[Changed]) -> service::Result<()> {
        self.projector.take_in(changes).await?;
        let now_ms = self.service.now().millis().unsigned_abs();
        Ok(self.relay.relay(now_ms, changes, |key| holder_of_row(key).is_some()).await?)
    }

    /// Whoever watches and misses a frame sees that by the next one, and fetches.
    async fn tell_who_watches(&self, changes: &[Changed]) {
        match self.service.live_news(changes).await {
            Ok(news) if news.is_empty() => (),
            Ok(news) => {
                self.publisher.publish(news.iter().map(api::outgoing::live).collect()).await;
            }
            Err(error) => tracing::warn!(%error, "who watches will fetch it"),
        }
    }
}
