//! Answers the API.

use std::sync::Arc;

use api::{
    Api, NoGauges, Outside, Settings,
    front::{Front, NewsHost},
};
use host::{SystemClock, SystemEntropy};
use lambda::{
    Environment, Gateway, MapPasses, SqsQueue, relay, running, secrets, ticket_key, trust,
};
use lambda_runtime::Error;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let environment = running::begin("api");
    let opened = lambda::open(&environment).await?;
    let names = ["origin", "live-key", "cookie-key", "oidc-secret"];
    let [origin, live_key, cookie_key, oidc_secret] =
        secrets::read(&opened.config, &environment, names).await?;
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
        front: front(&environment, cookie_key)?,
    };
    let api = Api::new(service, outside, Settings { tls: true, ..Settings::default() });
    lambda_http::run(Gateway::new(origin).before(api)).await
}

/// Who answers in our place, as far as the deployment has them.
fn front(environment: &Environment, cookie_key: Option<String>) -> Result<Front, Error> {
    let host = environment.get("WHEREABOUTS_APPSYNC");
    let url = environment.get("WHEREABOUTS_APPSYNC_SOCKET");
    let news = host.zip(url).map(|(host, url)| NewsHost { host, url });
    let Some(key_id) = environment.get("WHEREABOUTS_MAP_KEY") else {
        return Ok(Front { news, passes: None });
    };
    let key = secrets::needed("cookie-key", cookie_key)?;
    let passes = MapPasses::new(&key, key_id, &environment.need("WHEREABOUTS_URL")?)?;
    Ok(Front { news, passes: Some(Arc::new(passes)) })
}
