//! The fixes' function: messages of the queue become one chunk, and their trackers
//! move on.

use service::Service;

use crate::batch::{BatchFailures, SqsEvent};

/// Takes in fixes that were accepted.
#[derive(Debug)]
pub struct Fixes(Service);

impl Fixes {
    /// On a service.
    #[must_use]
    pub const fn new(service: Service) -> Self {
        Self(service)
    }

    /// Takes in the messages of one batch. One that nobody can read fails alone; after
    /// some tries the queue puts it aside.
    pub async fn handle(&self, event: SqsEvent) -> BatchFailures {
        let (mut ids, mut messages, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for message in event.records {
            match message.bytes() {
                Ok(bytes) => {
                    ids.push(message.message_id);
                    messages.push(bytes);
                }
                Err(why) => {
                    tracing::error!(%why, id = message.message_id, "a message that is none of ours");
                    failed.push(message.message_id);
                }
            }
        }
        let taken = self.0.take_in_queued(messages).await;
        for (id, taken) in ids.into_iter().zip(taken) {
            if let Err(error) = taken {
                tracing::error!(%error, id, "fixes have to come again");
                failed.push(id);
            }
        }
        BatchFailures::of(failed)
    }
}
