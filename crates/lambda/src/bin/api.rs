//! Answers the API.

use std::sync::Arc;

use api::{Api, NoGauges, Outside, Settings};
use host::{SystemClock, SystemEntropy};
use lambda::{Gateway, SqsQueue, relay, running, secrets, ticket_key, trust};
use lambda_runtime::Error;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let environment = running::begin("api");
    let opened = lambda::open(&environment).await?;
    let [origin, live_key, oidc_secret] =
        secrets::read(&opened.config, &environment, ["origin", "live-key", "oidc-secret"]).await?;
    let origin = secrets::needed("origin", origin)?;
    let queue = SqsQueue::new(
        aws_sdk_sqs::Client::new(&opened.config),
        environment.need("WHEREABOUTS_FIX_QUEUE")?,
    );
    let mut service = opened
        .service
        .with_map_feed(Arc::new(relay(&opened.table)))
        .with_fix_queue(Arc::new(queue));
    if let Some(key) = live_key.filter(|_| environment.get("WHEREABOUTS_APPSYNC").is_some()) {
        service = service.with_ticket_key(ticket_key(&key)?);
    }
    trust(&service, &environment, oidc_secret).await?;
    let outside = Outside {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        gauges: Arc::new(NoGauges),
    };
    let api = Api::new(service, outside, Settings { tls: true, ..Settings::default() });
    lambda_http::run(Gateway::new(origin).before(api)).await
}
