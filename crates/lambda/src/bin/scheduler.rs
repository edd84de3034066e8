//! Looks for what the clock says.

use std::sync::Arc;

use lambda::{AwsPublisher, Looks, Scheduler, running};
use lambda_runtime::Error;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let environment = running::begin("scheduler");
    let opened = lambda::open(&environment).await?;
    let publisher = AwsPublisher::new(&opened.config, &environment)?;
    let scheduler = &Scheduler::new(opened.service.with_publisher(Arc::new(publisher)));
    running::run(Some(opened.table), async |looks: Looks, left| {
        Ok(scheduler.handle(&looks, left).await?)
    })
    .await
}
