//! Reading entries and pages of them, always strongly consistent.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use table::{Entry, Key, Page, Result, Scan, collect_page, limits};

use crate::{
    Dynamo,
    asking::failure,
    item::{binary, entry, key_of},
    range,
    requests::Operation,
};

impl Dynamo {
    pub(crate) async fn get_item(&self, key: &Key) -> Result<Option<Entry>> {
        limits::check_key(key)?;
        let answer = self
            .insist(|| async {
                self.meter.count_request(Operation::GetItem);
                let ask = self.client.get_item().table_name(&self.name).set_key(Some(key_of(key)));
                let ask = ask.consistent_read(true);
                let ask = ask.return_consumed_capacity(ReturnConsumedCapacity::Total);
                ask.send().await.map_err(|it| failure(&it))
            })
            .await?;
        let found = answer.item.map(entry).transpose()?;
        self.meter.count_get(found.is_some(), answer.consumed_capacity.as_ref());
        Ok(found)
    }

    pub(crate) async fn query(&self, scan: Scan) -> Result<Page> {
        limits::check_scan(&scan)?;
        let Some((least, greatest)) = range::closed(&scan.range) else {
            self.meter.count_empty_scan();
            return Ok(Page { entries: Vec::new(), rest: None });
        };
        let limit = i32::try_from(scan.limit).unwrap_or(i32::MAX);
        let answer = self
            .insist(|| async {
                self.meter.count_request(Operation::Query);
                let ask = self
                    .client
                    .query()
                    .table_name(&self.name)
                    .key_condition_expression("pk = :p AND sk BETWEEN :a AND :z")
                    .expression_attribute_values(":p", binary(&scan.shard))
                    .expression_attribute_values(":a", binary(&least))
                    .expression_attribute_values(":z", binary(&greatest))
                    .scan_index_forward(!scan.reverse)
                    .limit(limit)
                    .consistent_read(true)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total);
                ask.send().await.map_err(|it| failure(&it))
            })
            .await?;
        let more = answer.last_evaluated_key.is_some_and(|it| !it.is_empty());
        let found = answer.items.unwrap_or_default();
        self.meter.count_scan(found.len(), answer.consumed_capacity.as_ref());
        let mut page = collect_page(scan.clone(), found.into_iter().map(entry))?;
        // It may have ended its page earlier than it had to.
        if let (true, None, Some(last)) = (more, &page.rest, page.entries.last()) {
            page.rest = Some(scan.after(&last.key));
        }
        Ok(page)
    }
}
