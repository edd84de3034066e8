//! Makes files of what is logged, once a day.

use lambda::{Compactor, running};
use lambda_runtime::Error;
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let opened = lambda::open(&running::begin("compactor")).await?;
    let compactor = &Compactor::new(opened.service);
    running::run(Some(opened.table), async |_: Value, left| Ok(compactor.handle(left).await?)).await
}
