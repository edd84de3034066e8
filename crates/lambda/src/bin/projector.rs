//! Takes in what the stream says, and has everything derived from it.

use std::sync::Arc;

use lambda::{AwsPublisher, StreamEvent, StreamProjector, relay, running};
use lambda_runtime::Error;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let environment = running::begin("projector");
    let opened = lambda::open(&environment).await?;
    let relay = Arc::new(relay(&opened.table));
    let publisher = AwsPublisher::new(&opened.config, &environment)?;
    let projector = &StreamProjector::new(opened.service, relay, Arc::new(publisher));
    running::run(Some(opened.table), async |event: StreamEvent, _| {
        Ok(projector.handle(event).await)
    })
    .await
}
