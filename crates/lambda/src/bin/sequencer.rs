//! Appends what the stream says to the audit log.

use audit::LogKey;
use lambda::{StreamEvent, StreamSequencer, running, secrets};
use lambda_runtime::Error;

#[tokio::main]
async fn main() -> Result<(), Error> {
    let environment = running::begin("sequencer");
    let opened = lambda::open(&environment).await?;
    let [key] = secrets::read(&opened.config, &environment, ["log-key"]).await?;
    let key = LogKey::of_text(&secrets::needed("log-key", key)?)?;
    let deployment = &running::deployment(&environment);
    let sequencer = &StreamSequencer::new(opened.service, key);
    let append = async |event: StreamEvent, _| {
        let by_the_clock = event.records.is_empty();
        let failures = sequencer.handle(event).await;
        if by_the_clock {
            let waiting_s = sequencer.waiting_s().await? as f64;
            running::say(deployment, "log_waiting_seconds", "Seconds", waiting_s);
        }
        Ok(failures)
    };
    running::run(Some(opened.table), append).await
}
