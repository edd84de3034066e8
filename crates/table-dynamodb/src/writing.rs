//! One guarded write: one conditional call, and what to believe if it is not answered.

use aws_sdk_dynamodb::{
    operation::{delete_item::DeleteItemError, put_item::PutItemError},
    types::{
        ConsumedCapacity, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure as OnFailure,
    },
};
use table::{Change, Error, Guard, Result, Version, Write, limits};

use crate::{
    Dynamo,
    asking::{Asked, Failure, failure},
    item::{self, Item, condition, key_of},
    requests::Operation,
};

/// How a conditional call ended.
enum Ended {
    Applied(Option<ConsumedCapacity>),
    /// The guard failed; what stands there instead.
    Stopped(Option<Item>),
}

/// What a read tells about a write that was not answered.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    /// It applied.
    Applied,
    /// It did not, and sending it again cannot apply it twice.
    Untouched,
    /// Others were there since, or it left no trace.
    Unclear,
}

impl Dynamo {
    pub(crate) async fn write_batch(&self, batch: Vec<Write>) -> Result<()> {
        limits::check_batch(&batch)?;
        self.meter.count_batch(batch.len());
        match batch.as_slice() {
            [write] if write.change != Change::Check => self.write_one(&batch).await,
            _ => self.transact(&batch).await,
        }
    }

    /// Sends a write again as long as that is safe: every attempt carries the same
    /// version, so the guard lets one of them through at most, and whoever stands
    /// there with our version is us.
    async fn write_one(&self, alone: &[Write]) -> Result<()> {
        let write = &alone[0];
        let ours = self.versions.next();
        let mut tries = self.tries();
        while tries.more().await {
            match self.try_one(write, ours).await {
                Ok(Ended::Applied(charged)) => {
                    self.meter.count_charged(&charged);
                    return Ok(());
                }
                Ok(Ended::Stopped(found)) => {
                    let old_len = found.as_ref().map(item::value_len).transpose()?;
                    self.meter.count_conflict(alone, &[old_len]);
                    return match found.as_ref().map(item::version).transpose()? {
                        // The answer that was lost said yes.
                        Some(version) if version == ours => Ok(()),
                        _ if tries.any_lost() => Err(tries.given_up()),
                        _ => Err(Error::Conflict(write.key.clone())),
                    };
                }
                Err(Failure::Refused(why)) => tries.refused(why),
                Err(Failure::Unknown(why)) => {
                    tries.lost(why);
                    match self.look(write, ours).await? {
                        Seen::Applied => return Ok(()),
                        Seen::Untouched => (),
                        Seen::Unclear => break,
                    }
                }
                Err(Failure::Final(error)) => return Err(error),
            }
        }
        Err(tries.given_up())
    }

    async fn try_one(&self, write: &Write, ours: Version) -> Asked<Ended> {
        let Write { key, guard, change } = write;
        let (condition, values) = condition(*guard);
        let Change::Put(value) = change else {
            self.meter.count_request(Operation::DeleteItem);
            let ask = self.client.delete_item().table_name(&self.name).set_key(Some(key_of(key)));
            let ask = ask.set_condition_expression(condition);
            let ask = ask.set_expression_attribute_values(values);
            let ask = ask.return_values_on_condition_check_failure(OnFailure::AllOld);
            let ask = ask.return_consumed_capacity(ReturnConsumedCapacity::Total);
            return match ask.send().await {
                Ok(answer) => Ok(Ended::Applied(answer.consumed_capacity)),
                Err(error) => match error.as_service_error() {
                    Some(DeleteItemError::ConditionalCheckFailedException(stopped)) => {
                        Ok(Ended::Stopped(stopped.item.clone()))
                    }
                    _ => Err(failure(&error)),
                },
            };
        };
        self.meter.count_request(Operation::PutItem);
        let item = item::item(key, ours, value, self.expires(key, value));
        let ask = self.client.put_item().table_name(&self.name).set_item(Some(item));
        let ask = ask.set_condition_expression(condition);
        let ask = ask.set_expression_attribute_values(values);
        let ask = ask.return_values_on_condition_check_failure(OnFailure::AllOld);
        let ask = ask.return_consumed_capacity(ReturnConsumedCapacity::Total);
        match ask.send().await {
            Ok(answer) => Ok(Ended::Applied(answer.consumed_capacity)),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(stopped)) => {
                    Ok(Ended::Stopped(stopped.item.clone()))
                }
                _ => Err(failure(&error)),
            },
        }
    }

    async fn look(&self, write: &Write, ours: Version) -> Result<Seen> {
        let found = self.get_item(&write.key).await?.map(|it| it.version);
        Ok(match (&write.change, write.guard, found) {
            (Change::Put(_), _, Some(version)) if version == ours => Seen::Applied,
            // Without a guard, gone is what was wanted, whoever did it.
            (Change::Delete, Guard::Any | Guard::Absent, None) => Seen::Applied,
            // A guard that still holds will hold for one attempt only.
            (_, guard @ Guard::Unchanged(_), found) if guard.holds(found) => Seen::Untouched,
            (Change::Put(_), Guard::Absent, None) => Seen::Untouched,
            _ => Seen::Unclear,
        })
    }
}
