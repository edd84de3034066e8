//! A built function, run as Lambda runs it: this test is its runtime API, and gives it
//! one event after the other.

use std::{
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{mpsc, oneshot},
    time::{Instant, timeout},
};

/// A function may take so long for one event, and to start.
const PATIENCE: Duration = Duration::from_secs(60);

/// A function that runs.
pub struct Function {
    child: Child,
    events: mpsc::Sender<Event>,
    /// From the start of its process until it asked for its first event.
    pub started_in: Duration,
}

struct Event {
    payload: Value,
    answer: oneshot::Sender<Result<Value, Value>>,
}

struct Runtime {
    events: tokio::sync::Mutex<mpsc::Receiver<Event>>,
    open: Mutex<Option<oneshot::Sender<Result<Value, Value>>>>,
    polled: Mutex<Option<oneshot::Sender<Instant>>>,
    handed_out: Mutex<u64>,
}

impl Function {
    /// Starts a binary with this environment and no other.
    pub async fn start(binary: &str, environment: &[(String, String)]) -> Self {
        let (events, receiver) = mpsc::channel(1);
        let (polled, first) = oneshot::channel();
        let runtime = Arc::new(Runtime {
            events: tokio::sync::Mutex::new(receiver),
            open: Mutex::default(),
            polled: Mutex::new(Some(polled)),
            handed_out: Mutex::default(),
        });
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/response", post(responded))
            .route("/2018-06-01/runtime/invocation/{id}/error", post(failed))
            .route("/2018-06-01/runtime/init/error", post(failed_to_start))
            .with_state(runtime);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        let begun = Instant::now();
        let child = Command::new(binary)
            .env_clear()
            .envs(environment.iter().cloned())
            .env("AWS_LAMBDA_RUNTIME_API", &address)
            .env("AWS_LAMBDA_FUNCTION_NAME", "test")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "test")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "test")
            .stdout(Stdio::inherit())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|why| panic!("{binary}: {why}"));
        let at = timeout(PATIENCE, first).await.expect("it starts").expect("it asks");
        Self { child, events, started_in: at - begun }
    }

    /// Gives it an event; `Err` is what it says of an error.
    pub async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        let (answer, answered) = oneshot::channel();
        self.events.send(Event { payload, answer }).await.expect("it runs");
        timeout(PATIENCE, answered).await.expect("it answers in time").expect("it answers")
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn next(State(runtime): State<Arc<Runtime>>) -> Response {
    if let Some(polled) = runtime.polled.lock().unwrap().take() {
        let _ = polled.send(Instant::now());
    }
    let Some(event) = runtime.events.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    *runtime.open.lock().unwrap() = Some(event.answer);
    let number = {
        let mut handed_out = runtime.handed_out.lock().unwrap();
        *handed_out += 1;
        *handed_out
    };
    let deadline = host_now_ms() + 30_000;
    let mut headers = HeaderMap::new();
    let mut say = |name: &'static str, text: String| headers.insert(name, text.parse().unwrap());
    say("lambda-runtime-aws-request-id", format!("00000000-0000-4000-8000-{number:012}"));
    say("lambda-runtime-deadline-ms", deadline.to_string());
    say(
        "lambda-runtime-invoked-function-arn",
        "arn:aws:lambda:us-east-1:1:function:test".to_owned(),
    );
    say("lambda-runtime-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793".to_owned());
    (headers, Json(event.payload)).into_response()
}

fn host_now_ms() -> i64 {
    service::outside::Clock::now(&host::SystemClock).millis()
}

async fn responded(
    State(runtime): State<Arc<Runtime>>,
    Path(_): Path<String>,
    body: Bytes,
) -> StatusCode {
    answer(&runtime, Ok(serde_json::from_slice(&body).unwrap_or(Value::Null)))
}

async fn failed(
    State(runtime): State<Arc<Runtime>>,
    Path(_): Path<String>,
    body: Bytes,
) -> StatusCode {
    answer(&runtime, Err(serde_json::from_slice(&body).unwrap_or(Value::Null)))
}

async fn failed_to_start(body: Bytes) -> StatusCode {
    eprintln!("it could not start: {}", String::from_utf8_lossy(&body));
    StatusCode::ACCEPTED
}

fn answer(runtime: &Runtime, answer: Result<Value, Value>) -> StatusCode {
    if let Some(open) = runtime.open.lock().unwrap().take() {
        let _ = open.send(answer);
    }
    StatusCode::ACCEPTED
}
