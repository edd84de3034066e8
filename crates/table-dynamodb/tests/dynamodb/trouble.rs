//! A bad road to the emulator: requests and answers are lost, refused, held up.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents, SharedHttpClient};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};
use table_dynamodb::emulated::plain;

/// What befalls a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Refused for going too fast.
    Throttled,
    /// Refused because another transaction is at the same entry.
    Contended,
    /// Lost on the way there.
    LostBefore,
    /// Done, and the answer is lost.
    LostAfter,
    /// Done, and the answer is that something broke.
    BrokenAfter,
    /// Broken before anything was done.
    BrokenBefore,
    /// Nobody ever answers.
    Silent,
    /// Given up, and then done just before the next request of its kind.
    Late,
    /// Half of the rows of a batch are done.
    HalfDone,
    /// None of the rows of a batch is done.
    NoneDone,
}

/// Some of it, or all by chance.
#[derive(Clone, Debug)]
pub struct Road {
    inner: Option<SharedHttpConnector>,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Debug, Default)]
struct Plan {
    coming: VecDeque<(&'static str, Trouble)>,
    /// Chance, and of what, from a seed.
    chance: Option<u64>,
    late: Option<(String, HttpRequest)>,
    seen: Vec<String>,
}

impl Road {
    pub fn new() -> Self {
        Self { inner: None, plan: Arc::default() }
    }

    /// What befalls the next requests of this operation.
    pub fn plan(&self, operation: &'static str, troubles: &[Trouble]) {
        let mut plan = self.plan.lock().unwrap();
        plan.coming = troubles.iter().map(|it| (operation, *it)).collect();
        plan.seen.clear();
    }

    /// From now on, trouble by chance. `None` ends it.
    pub fn chance(&self, seed: Option<u64>) {
        self.plan.lock().unwrap().chance = seed;
    }

    /// Whether all that was planned has happened.
    pub fn is_clear(&self) -> bool {
        self.plan.lock().unwrap().coming.is_empty()
    }

    /// The operations that were asked for since the last plan.
    pub fn seen(&self) -> Vec<String> {
        self.plan.lock().unwrap().seen.clone()
    }

    pub fn client(&self) -> SharedHttpClient {
        SharedHttpClient::new(self.clone())
    }
}

impl Plan {
    fn next(&mut self, operation: &str) -> Option<Trouble> {
        self.seen.push(operation.to_owned());
        if let Some(&(on, trouble)) = self.coming.front()
            && on == operation
        {
            self.coming.pop_front();
            return Some(trouble);
        }
        let seed = self.chance.as_mut()?;
        *seed =
            seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let some = [
            Trouble::Throttled,
            Trouble::LostBefore,
            Trouble::LostAfter,
            Trouble::BrokenAfter,
            Trouble::BrokenBefore,
            Trouble::Late,
            Trouble::Contended,
        ];
        let rolled = (*seed >> 33) as usize % 20;
        let fits = |it: &Trouble| *it != Trouble::Contended || operation == "TransactWriteItems";
        some.get(rolled).copied().filter(fits)
    }
}

impl HttpClient for Road {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = Some(plain().http_connector(settings, components));
        SharedHttpConnector::new(Self { inner, plan: Arc::clone(&self.plan) })
    }
}

impl HttpConnector for Road {
    fn call(&self, mut request: HttpRequest) -> HttpConnectorFuture {
        let inner = self.inner.clone().expect("a client makes its connector first");
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let operation = target.rsplit('.').next().unwrap_or_default().to_owned();
        let mut plan = self.plan.lock().unwrap();
        let trouble = plan.next(&operation);
        let late = plan.late.take_if(|(on, _)| *on == operation);
        if trouble == Some(Trouble::Late) {
            plan.late = request.try_clone().map(|it| (operation.clone(), it));
        }
        drop(plan);
        HttpConnectorFuture::new(async move {
            if let Some((_, late)) = late {
                // Nobody waits for its answer any more.
                let _ = inner.call(late).await;
            }
            let lost = || Err(ConnectorError::timeout("lost on the road".into()));
            match trouble {
                None => inner.call(request).await,
                Some(Trouble::Throttled) => Ok(refusal(
                    400,
                    &json!({
                        "__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException",
                        "message": "too fast",
                    }),
                )),
                Some(Trouble::Contended) => {
                    let count = body(&request)["TransactItems"].as_array().map_or(1, Vec::len);
                    let mut reasons = vec![json!({ "Code": "None" }); count];
                    reasons[count - 1] = json!({ "Code": "TransactionConflict" });
                    Ok(refusal(
                        400,
                        &json!({
                            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                            "message": "cancelled",
                            "CancellationReasons": reasons,
                        }),
                    ))
                }
                Some(Trouble::LostBefore | Trouble::Late) => lost(),
                Some(Trouble::LostAfter) => {
                    inner.call(request).await?;
                    Err(ConnectorError::io("the connection broke".into()))
                }
                Some(Trouble::BrokenBefore) => Ok(broken()),
                Some(Trouble::BrokenAfter) => {
                    inner.call(request).await?;
                    Ok(broken())
                }
                Some(Trouble::Silent) => std::future::pending().await,
                Some(half @ (Trouble::HalfDone | Trouble::NoneDone)) => {
                    let mut asked = body(&request);
                    let tables = asked["RequestItems"].as_object_mut().unwrap();
                    let (name, rows) = tables.iter_mut().next().unwrap();
                    let (name, rows) = (name.clone(), rows.as_array_mut().unwrap());
                    let done = if half == Trouble::HalfDone { rows.len() / 2 } else { 0 };
                    let rest = rows.split_off(done);
                    if done != 0 {
                        let text = asked.to_string();
                        let len = text.len().to_string();
                        *request.body_mut() = SdkBody::from(text);
                        request.headers_mut().insert("content-length", len);
                        inner.call(request).await?;
                    }
                    Ok(refusal(200, &json!({ "UnprocessedItems": { name: rest } })))
                }
            }
        })
    }
}

fn body(request: &HttpRequest) -> Value {
    serde_json::from_slice(request.body().bytes().expect("a body in memory")).unwrap()
}

fn broken() -> HttpResponse {
    refusal(
        500,
        &json!({
            "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError",
            "message": "something broke",
        }),
    )
}

fn refusal(status: u16, body: &Value) -> HttpResponse {
    let mut answer = HttpResponse::new(status.try_into().unwrap(), SdkBody::from(body.to_string()));
    answer.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    answer
}
