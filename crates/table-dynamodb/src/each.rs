//! Writes that need no transaction: 25 in a call, calls side by side.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, ReturnConsumedCapacity, WriteRequest};
use futures::{StreamExt, TryStreamExt, stream};
use table::{Change, Result, Write, limits};

use crate::{
    Dynamo,
    asking::failure,
    item::{self, key_of},
    requests::Operation,
};

/// What DynamoDB takes in one call.
const CALL_WRITES_MAX: usize = 25;
/// Calls in flight.
const CALLS_AT_ONCE: usize = 8;

impl Dynamo {
    pub(crate) async fn write_all(&self, writes: Vec<Write>) -> Result<()> {
        limits::check_each(&writes)?;
        self.meter.count_batch(writes.len());
        // Pieces of a collected list: a lazy one would not be known to be Send.
        let calls: Vec<_> = writes.chunks(CALL_WRITES_MAX).map(|it| self.write_some(it)).collect();
        let calls = stream::iter(calls).buffer_unordered(CALLS_AT_ONCE);
        calls.try_collect::<Vec<()>>().await?;
        Ok(())
    }

    /// Sends again what was not processed, and all of it after a lost answer: twice
    /// written is the same row.
    async fn write_some(&self, writes: &[Write]) -> Result<()> {
        let mut open: Vec<WriteRequest> = writes.iter().map(|it| self.request(it)).collect();
        let mut tries = self.tries();
        while tries.more().await {
            let answer = self
                .insist(|| async {
                    self.meter.count_request(Operation::BatchWriteItem);
                    let items = HashMap::from([(self.name.clone(), open.clone())]);
                    let ask = self.client.batch_write_item().set_request_items(Some(items));
                    let ask = ask.return_consumed_capacity(ReturnConsumedCapacity::Total);
                    ask.send().await.map_err(|it| failure(&it))
                })
                .await?;
            self.meter.count_charged(answer.consumed_capacity());
            open = answer.unprocessed_items.into_iter().flatten().flat_map(|it| it.1).collect();
            if open.is_empty() {
                return Ok(());
            }
            tries.refused(format!("{} rows were not processed", open.len()));
        }
        Err(tries.given_up())
    }

    fn request(&self, write: &Write) -> WriteRequest {
        const WHOLE: &str = "a request with a key is whole";
        let key = &write.key;
        let request = WriteRequest::builder();
        match &write.change {
            Change::Put(value) => {
                let version = self.versions.next();
                let item = item::item(key, version, value, self.expires(key, value));
                let put = PutRequest::builder().set_item(Some(item)).build();
                request.put_request(put.expect(WHOLE))
            }
            Change::Delete | Change::Check => {
                let delete = DeleteRequest::builder().set_key(Some(key_of(key))).build();
                request.delete_request(delete.expect(WHOLE))
            }
        }
        .build()
    }
}
