//! Takes in the fixes that wait in the queue.

use lambda::{Fixes, SqsEvent, running};
use lambda_runtime::Error;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let opened = lambda::open(&running::begin("fixes")).await?;
    let fixes = &Fixes::new(opened.service);
    running::run(Some(opened.table), async |event: SqsEvent, _| Ok(fixes.handle(event).await)).await
}
