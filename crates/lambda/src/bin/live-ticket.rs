//! Asked by AppSync who may watch what.

use host::SystemClock;
use lambda::{LiveTicket, running, secrets, ticket_key};
use lambda_runtime::Error;
use serde_json::Value;
use service::outside::Clock;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let environment = running::begin("live-ticket");
    let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
    let [key] = secrets::read(&config, &environment, ["live-key"]).await?;
    let asked = &LiveTicket::new(ticket_key(&secrets::needed("live-key", key)?)?);
    running::run(None, async |event: Value, _| Ok(asked.handle(&event, SystemClock.now()))).await
}
