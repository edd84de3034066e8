//! The intake's function: what other systems put on the bus waits in a queue, and is
//! recorded as if they had asked for it.

use api::Api;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::batch::{BatchFailures, SqsEvent, SqsMessage};

/// Records what other systems say.
pub struct Intake(Api);

/// An event of the bus, as far as it matters.
#[derive(Deserialize)]
struct BusEvent<'a> {
    #[serde(borrow)]
    detail: &'a RawValue,
}

impl Intake {
    /// By an API.
    #[must_use]
    pub const fn new(api: Api) -> Self {
        Self(api)
    }

    /// Records what the messages of one batch say. What makes no sense fails alone, with
    /// a log line that says why and where; after some tries the queue puts it aside.
    pub async fn handle(&self, event: SqsEvent) -> BatchFailures {
        let mut failed = Vec::new();
        for message in event.records {
            if let Err(why) = self.take_in(&message).await {
                tracing::error!(id = message.message_id, why, "a message is not recorded");
                failed.push(message.message_id);
            }
        }
        BatchFailures::of(failed)
    }

    async fn take_in(&self, message: &SqsMessage) -> Result<(), String> {
        let event: BusEvent<'_> =
            serde_json::from_str(&message.body).map_err(|it| format!("no event of a bus: {it}"))?;
        match self.0.take_in_event(event.detail.get().as_bytes()).await {
            Ok(_) => Ok(()),
            Err(not) => {
                let errors = not.errors.iter().map(|it| format!("{}: {}", it.pointer, it.detail));
                Err([vec![not.says.clone()], errors.collect()].concat().join("; "))
            }
        }
    }
}
