//! Records what other systems put on the bus.

use std::sync::Arc;

use api::{Api, NoGauges, Outside, Settings, front::Front};
use host::{SystemClock, SystemEntropy};
use lambda::{Intake, SqsEvent, running};
use lambda_runtime::Error;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let opened = lambda::open(&running::begin("intake")).await?;
    let outside = Outside {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        gauges: Arc::new(NoGauges),
        front: Front::default(),
    };
    let intake = &Intake::new(Api::new(opened.service, outside, Settings::default()));
    running::run(Some(opened.table), async |event: SqsEvent, _| Ok(intake.handle(event).await))
        .await
}
