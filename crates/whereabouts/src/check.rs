//! `whereabouts check`: whether a deployment does all that matters, from outside: a test package
//! is registered, scanned, found, logged, proved and closed.

use std::{fs, process::ExitCode, time::Duration};

use audit::proof::TlogProof;
use axum::http::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::{
    cli::Check,
    client::Client,
    failure::{Failure, failed},
    log_source,
    terminal::{BAD, FAINT, GOOD, STRONG, styled},
};

/// Where the test package is scanned: an airport that every installation knows.
const PLACE: &str = "MEM";
/// Where that is, in degrees.
const PLACE_AT: (f64, f64) = (35.04, -89.98);
/// As near as that it must be found.
const NEAR_DEGREES: f64 = 0.5;
/// How soon everything must be in the log.
const LOGGED_WITHIN: Duration = Duration::from_secs(90);

/// Says what works, step by step; exit status 1 at the first that does not.
pub async fn check(wish: Check) -> Result<ExitCode, Failure> {
    let token = fs::read_to_string(&wish.token);
    let token = token.map_err(|why| failed(format!("{}: {why}", wish.token.display())))?;
    let url = wish.url.trim_end_matches('/').to_owned();
    let checked = Checked { client: Client::at(&url, token.trim()), wish, url, done: Vec::new() };
    checked.run().await
}

struct Checked {
    client: Client,
    wish: Check,
    url: String,
    done: Vec<(&'static str, String)>,
}

impl Checked {
    async fn run(mut self) -> Result<ExitCode, Failure> {
        let outcome = self.steps().await;
        let good = outcome.is_ok();
        if self.wish.json {
            let steps = self.done.iter().map(|(step, it)| json!({ "step": step, "found": it }));
            let wrong = outcome.err().map(|it| it.to_string());
            println!(
                "{}",
                json!({ "good": good, "steps": steps.collect::<Vec<_>>(), "wrong": wrong })
            );
        } else if let Err(wrong) = outcome {
            anstream::println!("{} {wrong}", styled(BAD, "wrong"));
        } else {
            anstream::println!("{} works.", styled(STRONG, &self.url));
        }
        Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    async fn steps(&mut self) -> Result<(), Failure> {
        let health = self.client.get("/healthz").await?;
        if health.status != 200 {
            return Err(failed(format!("/healthz answers {}", health.status)));
        }
        self.tell("it answers", self.url.clone());
        let me = self.client.get("/v1/me").await?.good()?;
        self.tell("the token signs in", format!("{} with {}", me["name"], me["permissions"]));
        // Instants are the server's own: nobody knows how wrong our clock is.
        let (package, registered_at) = self.register().await?;
        self.scan(&package, &registered_at).await?;
        let found_at = self.find(&package).await?;
        self.close(&package, &found_at).await?;
        self.prove(&package).await
    }

    async fn register(&mut self) -> Result<(String, Value), Failure> {
        let body = json!({ "description": "Test of the deployment, to be ignored" });
        let made = self.client.ask(Method::POST, "/v1/packages", Some(body)).await?.good()?;
        let id = made["id"].as_str().ok_or_else(|| failed("a package without an id"))?;
        self.tell("a package is registered", id.to_owned());
        Ok((id.to_owned(), made["receipt"]["recorded_at"].clone()))
    }

    async fn scan(&mut self, package: &str, at: &Value) -> Result<(), Failure> {
        let scan = json!({ "kind": "scanned", "happened_at": at, "place": { "search": PLACE } });
        let path = format!("/v1/packages/{package}/events");
        let said = self.client.ask(Method::POST, &path, Some(scan)).await?.good()?;
        let hash = said["receipts"][0]["leaf"].as_str().unwrap_or_default().to_owned();
        self.tell("it is scanned", format!("in {PLACE}, receipt {hash}"));
        Ok(())
    }

    async fn find(&mut self, package: &str) -> Result<Value, Failure> {
        let path = format!("/v1/packages/{package}/whereabouts");
        let found = self.client.get(&path).await?.good()?;
        let degrees = |name: &str| found[name].as_f64().unwrap_or(f64::MAX);
        let (lat, lon) = (degrees("lat"), degrees("lon"));
        let off = (lat - PLACE_AT.0).abs().max((lon - PLACE_AT.1).abs());
        if NEAR_DEGREES < off || found["basis"] != "scanned" {
            return Err(failed(format!("the package is not where it was scanned: {found}")));
        }
        let words = format!("{lat:.4}, {lon:.4}, within {} m", found["radius_95_m"]);
        self.tell("it is where it was scanned", words);
        Ok(found["at"].clone())
    }

    /// The test package is no package in motion.
    async fn close(&mut self, package: &str, at: &Value) -> Result<(), Failure> {
        let body = json!({ "kind": "cancelled", "happened_at": at });
        let path = format!("/v1/packages/{package}/events");
        self.client.ask(Method::POST, &path, Some(body)).await?.good()?;
        self.tell("it is cancelled", package.to_owned());
        Ok(())
    }

    /// Everything said of the package is in the log, and the log proves it.
    async fn prove(&mut self, package: &str) -> Result<(), Failure> {
        let begun = Instant::now();
        let entries = loop {
            let path = format!("/v1/audit/packages/{package}");
            let told = self.client.get(&path).await?.good()?;
            let entries = told["entries"].as_array().cloned().unwrap_or_default();
            if entries.len() == 3 && entries.iter().all(|it| it["index"].is_u64()) {
                break entries;
            }
            if LOGGED_WITHIN < begun.elapsed() {
                let words =
                    format!("after {LOGGED_WITHIN:?} the log lacks some of {}", json!(entries));
                return Err(failed(words));
            }
            sleep(Duration::from_secs(1)).await;
        };
        let seconds = begun.elapsed().as_secs();
        self.tell("all of it is in the log", format!("after {seconds} s"));

        let source = log_source::find(&self.url, Some(&self.wish.token)).await?.source;
        let (key, trusted) = log_source::key(self.wish.key.as_deref(), &*source).await?;
        let mut size = 0;
        for entry in &entries {
            let index = &entry["index"];
            let text = self.client.text(&format!("/v1/log/proofs/{index}")).await?;
            let proof = TlogProof::of_text(&text).map_err(failed)?;
            let leaf = entry["leaf"].as_str().unwrap_or_default();
            let wrong = |why: &dyn std::fmt::Display| failed(format!("entry {index}: {why}"));
            let checkpoint = proof.check(leaf.as_bytes(), &key).map_err(|it| wrong(&it))?;
            size = checkpoint.size;
        }
        let by = if trusted { "the key that was given" } else { "the key beside the log" };
        self.tell(
            "the log proves it",
            format!("{} of {size} entries, signed by {by}", entries.len()),
        );
        Ok(())
    }

    fn tell(&mut self, step: &'static str, found: String) {
        if !self.wish.json {
            anstream::println!("{} {step}: {}", styled(GOOD, "good"), styled(FAINT, &found));
        }
        self.done.push((step, found));
    }
}
