//! What every main does: open, then hand over one event after the other.

use std::{sync::Arc, time::Duration};

use host::SystemClock;
use lambda_runtime::{Context, Error, LambdaEvent, service_fn};
use serde::{Serialize, de::DeserializeOwned};
use service::outside::Clock;
use table::Table;
use table_dynamodb::Dynamo;

use crate::{environment::Environment, logs, meter::Figures};

/// Time that is left for saying how it went.
const MARGIN: Duration = Duration::from_secs(3);

/// Begins to log, and says what the environment is.
#[must_use]
pub fn begin(function: &'static str) -> Environment {
    let environment = Environment::of_process();
    logs::begin(function.to_owned(), environment.get("AWS_LAMBDA_LOG_LEVEL"));
    environment
}

/// Runs a function until its process ends. Each event is handed over with how long there
/// is for it; afterwards is said what it took of the table.
pub async fn run<E, A, F, Fut>(table: Option<Arc<Dynamo>>, handle: F) -> Result<(), Error>
where
    E: DeserializeOwned,
    A: Serialize,
    F: Fn(E, Duration) -> Fut,
    Fut: Future<Output = Result<A, Error>>,
{
    let deployment = deployment(&Environment::of_process());
    let (handle, table, deployment) = (&handle, &table, &deployment);
    let function = service_fn(move |event: LambdaEvent<E>| async move {
        logs::invoked(&event.context);
        let before = table.as_ref().map(|it| it.usage());
        let begun = SystemClock.now();
        let left = left(&event.context);
        let answer = handle(event.payload, left).await;
        if let (Some(table), Some(before)) = (table, before) {
            let used = table.usage();
            let now = SystemClock.now();
            let figures = Figures::of(deployment)
                .with("took", "Milliseconds", now.since(begun) as f64)
                .with("write_units", "Count", (used.write_units - before.write_units) as f64)
                .with("read_units", "Count", (used.read_units - before.read_units) as f64);
            println!("{}", figures.line(now.millis()));
        }
        answer
    });
    lambda_runtime::run(function).await
}

/// The name of the deployment that a function is of.
#[must_use]
pub fn deployment(environment: &Environment) -> String {
    let prefix = environment.get("WHEREABOUTS_SECRETS").unwrap_or_default();
    prefix.trim_matches('/').to_owned()
}

/// Says one figure.
pub fn say(deployment: &str, name: &'static str, unit: &'static str, value: f64) {
    println!(
        "{}",
        Figures::of(deployment).with(name, unit, value).line(SystemClock.now().millis())
    );
}

/// How long there is for an event.
fn left(context: &Context) -> Duration {
    let deadline = i64::try_from(context.deadline).unwrap_or(i64::MAX);
    let left = deadline.saturating_sub(SystemClock.now().millis());
    Duration::from_millis(left.try_into().unwrap_or(0)).saturating_sub(MARGIN)
}
