//! The queue of fixes: what is accepted is in it before anybody is answered.

use aws_sdk_sqs::{Client, error::DisplayErrorContext, types::SendMessageBatchRequestEntry};
use service::{Error, Result, outside::FixQueue};
use table::BoxFuture;

use crate::batch::body_of;

/// Most messages that are sent at once, and most bytes of them: what SQS takes.
const MESSAGES_MAX: usize = 10;
const BYTES_MAX: usize = 1_000_000;

/// A queue of SQS.
#[derive(Debug)]
pub struct SqsQueue {
    client: Client,
    url: String,
}

impl SqsQueue {
    /// The queue at this address.
    #[must_use]
    pub const fn new(client: Client, url: String) -> Self {
        Self { client, url }
    }

    async fn send_some(&self, bodies: Vec<String>) -> Result<()> {
        let mut sending = self.client.send_message_batch().queue_url(&self.url);
        for (number, body) in bodies.into_iter().enumerate() {
            let entry = SendMessageBatchRequestEntry::builder().id(number.to_string());
            let entry = entry.message_body(body).build();
            sending = sending.entries(entry.expect("id and body are given"));
        }
        // Who gets an error sends all of it again: what comes twice is known.
        let sent = sending.send().await;
        let sent = sent.map_err(|why| {
            Error::Unavailable(format!("the queue of fixes: {}", DisplayErrorContext(why)))
        })?;
        match sent.failed().first() {
            None => Ok(()),
            Some(failed) => Err(Error::Unavailable(format!(
                "the queue of fixes did not take all: {}",
                failed.message().unwrap_or(failed.code())
            ))),
        }
    }
}

impl FixQueue for SqsQueue {
    fn send(&self, messages: Vec<Vec<u8>>) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            let (mut some, mut len) = (Vec::new(), 0);
            for message in messages {
                let body = body_of(&message);
                if MESSAGES_MAX <= some.len() || BYTES_MAX < len + body.len() && !some.is_empty() {
                    self.send_some(std::mem::take(&mut some)).await?;
                    len = 0;
                }
                len += body.len();
                some.push(body);
            }
            if some.is_empty() { Ok(()) } else { self.send_some(some).await }
        })
    }
}
