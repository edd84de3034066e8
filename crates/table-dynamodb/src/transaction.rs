//! Several guarded writes: one transaction, under a token that lets it apply once.

use aws_sdk_dynamodb::{
    operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput},
    types::{
        CancellationReason, ConditionCheck, Delete, Put, ReturnConsumedCapacity,
        ReturnValuesOnConditionCheckFailure as OnFailure, TransactWriteItem,
    },
};
use table::{Change, Error, Guard, Result, Version, Write};

use crate::{
    Dynamo,
    asking::{Asked, Failure, failure},
    item::{self, condition, key_of},
    requests::Operation,
};

/// How a transaction ended.
enum Ended {
    Applied(TransactWriteItemsOutput),
    Stopped(Stopped),
}

/// Which guards failed, and what stands under their keys.
struct Stopped {
    first: usize,
    old_lens: Vec<Option<usize>>,
    /// Whether our own version is among it.
    ours: bool,
}

impl Dynamo {
    /// DynamoDB remembers a token for ten minutes and applies nothing twice under it,
    /// so an attempt that was not answered is sent again with the same one. After
    /// a refusal it is a new one: emulators answer that a token is done with once
    /// they saw it.
    pub(crate) async fn transact(&self, batch: &[Write]) -> Result<()> {
        let ours = self.versions.next();
        let (mut token, mut tries) = (ours, self.tries());
        while tries.more().await {
            match self.try_transaction(batch, ours, token).await {
                Ok(Ended::Applied(answer)) => {
                    self.meter.count_charged(answer.consumed_capacity());
                    return Ok(());
                }
                Ok(Ended::Stopped(stopped)) if tries.any_lost() && stopped.ours => return Ok(()),
                Ok(Ended::Stopped(stopped)) => {
                    self.meter.count_conflict(batch, &stopped.old_lens);
                    return Err(Error::Conflict(batch[stopped.first].key.clone()));
                }
                Err(Failure::Refused(why)) => {
                    tries.refused(why);
                    if !tries.any_lost() {
                        token = self.versions.next();
                    }
                }
                Err(Failure::Unknown(why)) => tries.lost(why),
                Err(Failure::Final(error)) => return Err(error),
            }
        }
        let put = batch.iter().find(|it| matches!(it.change, Change::Put(_)));
        if let Some(put) = put.filter(|_| tries.any_lost())
            && self.get_item(&put.key).await?.is_some_and(|it| it.version == ours)
        {
            return Ok(());
        }
        Err(tries.given_up())
    }

    async fn try_transaction(
        &self,
        batch: &[Write],
        ours: Version,
        token: Version,
    ) -> Asked<Ended> {
        self.meter.count_request(Operation::TransactWriteItems);
        let actions = batch.iter().map(|it| self.action(it, ours)).collect();
        let ask = self.client.transact_write_items().set_transact_items(Some(actions));
        let ask = ask.client_request_token(format!("{:032x}", token.raw()));
        let ask = ask.return_consumed_capacity(ReturnConsumedCapacity::Total);
        match ask.send().await {
            Ok(answer) => Ok(Ended::Applied(answer)),
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    stopped(cancelled.cancellation_reasons(), ours).map(Ended::Stopped)
                }
                _ => Err(failure(&error)),
            },
        }
    }

    fn action(&self, write: &Write, ours: Version) -> TransactWriteItem {
        const WHOLE: &str = "an action with a table and a key is whole";
        let Write { key, guard, change } = write;
        let (condition, values) = condition(*guard);
        let action = TransactWriteItem::builder();
        match change {
            Change::Put(value) => {
                let item = item::item(key, ours, value, self.expires(key, value));
                let put = Put::builder().table_name(&self.name).set_item(Some(item));
                let put = put.set_condition_expression(condition);
                let put = put.set_expression_attribute_values(values);
                let put = put.return_values_on_condition_check_failure(OnFailure::AllOld);
                action.put(put.build().expect(WHOLE))
            }
            Change::Delete => {
                let delete = Delete::builder().table_name(&self.name).set_key(Some(key_of(key)));
                let delete = delete.set_condition_expression(condition);
                let delete = delete.set_expression_attribute_values(values);
                let delete = delete.return_values_on_condition_check_failure(OnFailure::AllOld);
                action.delete(delete.build().expect(WHOLE))
            }
            Change::Check => {
                let check = ConditionCheck::builder().table_name(&self.name);
                let check = check.set_key(Some(key_of(key)));
                let check = check.condition_expression(match guard {
                    // A check must ask something.
                    Guard::Any => "attribute_exists(pk) OR attribute_not_exists(pk)".to_owned(),
                    _ => condition.expect("every other guard is a condition"),
                });
                let check = check.set_expression_attribute_values(values);
                let check = check.return_values_on_condition_check_failure(OnFailure::AllOld);
                action.condition_check(check.build().expect(WHOLE))
            }
        }
        .build()
    }
}

/// Reads why a transaction was cancelled, one reason for each write. Guards that
/// failed count before anything else: sending it again would not help.
fn stopped(reasons: &[CancellationReason], ours: Version) -> Asked<Stopped> {
    let code = |it: &CancellationReason| it.code().unwrap_or("None").to_owned();
    let failed = |it: &CancellationReason| it.code() == Some("ConditionalCheckFailed");
    if let Some(first) = reasons.iter().position(failed) {
        let found = |it: &CancellationReason| it.item.clone().filter(|it| !it.is_empty());
        let items = reasons.iter().map(|it| found(it).filter(|_| failed(it)));
        let mut stopped = Stopped { first, old_lens: Vec::new(), ours: false };
        for item in items {
            let old_len = item.as_ref().map(item::value_len).transpose();
            stopped.old_lens.push(old_len.map_err(Failure::Final)?);
            if let Some(item) = item {
                stopped.ours |= item::version(&item).map_err(Failure::Final)? == ours;
            }
        }
        return Ok(stopped);
    }
    let codes: Vec<String> = reasons.iter().map(code).filter(|it| it != "None").collect();
    let why = format!("a transaction was cancelled: {}", codes.join(", "));
    let mendable = |it: &String| {
        let known = ["TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"];
        known.contains(&it.as_str())
    };
    if codes.iter().all(mendable) {
        return Err(Failure::Refused(why));
    }
    Err(Failure::Final(Error::Invalid(why)))
}
