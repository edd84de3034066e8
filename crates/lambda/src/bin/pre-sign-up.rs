//! Asked by Cognito before somebody signs up.

use lambda::{PreSignUp, running};
use lambda_runtime::Error;
use serde_json::Value;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let environment = running::begin("pre-sign-up");
    let domains = environment.get("WHEREABOUTS_EMAIL_DOMAINS").unwrap_or_default();
    let asked = &PreSignUp::new(&domains);
    running::run(None, async |event: Value, _| asked.handle(event).map_err(Error::from)).await
}
