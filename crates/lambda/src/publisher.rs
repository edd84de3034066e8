//! Telling the world: events go to the bus, alarms to a topic, frames to the browsers
//! that watch.

use std::collections::BTreeSet;

use api::outgoing::Together;
use aws_config::SdkConfig;
use aws_sdk_eventbridge::{
    error::DisplayErrorContext, primitives::DateTime, types::PutEventsRequestEntry,
};
use futures::future::join_all;
use service::{
    outgoing::{Alarm, Outgoing},
    outside::Publisher,
    rows::Recorded,
};
use table::BoxFuture;

use crate::{appsync::AppSync, environment::Environment};

/// Most entries that a bus takes at once, of 64 KiB at most each.
const ENTRIES_MAX: usize = 10;
/// Who says so on the bus.
const SOURCE: &str = "whereabouts";

/// Publishes by AWS's services; what no address is known of is nobody's wish.
#[derive(Debug)]
pub struct AwsPublisher {
    bus: Option<(aws_sdk_eventbridge::Client, String)>,
    alarms: Option<(aws_sdk_sns::Client, String)>,
    live: Option<AppSync>,
}

impl AwsPublisher {
    /// To where the environment says.
    pub fn new(
        config: &SdkConfig,
        environment: &Environment,
    ) -> Result<Self, lambda_runtime::Error> {
        let bus = environment.get("WHEREABOUTS_BUS");
        let alarms = environment.get("WHEREABOUTS_ALARMS");
        let live = environment.get("WHEREABOUTS_APPSYNC");
        Ok(Self {
            bus: bus.map(|it| (aws_sdk_eventbridge::Client::new(config), it)),
            alarms: alarms.map(|it| (aws_sdk_sns::Client::new(config), it)),
            live: live.map(|it| AppSync::new(config, &it)).transpose()?,
        })
    }

    /// Puts events on the bus; says of each whether it is there.
    async fn put_events(&self, events: &[&Recorded]) -> Vec<bool> {
        let Some((client, bus)) = &self.bus else { return vec![true; events.len()] };
        let details = api::outgoing::details(events);
        let each = details.chunks(ENTRIES_MAX).map(|some| async move {
            let entries = some.iter().map(|it| entry(bus, it, events)).collect();
            match client.put_events().set_entries(Some(entries)).send().await {
                Ok(put) => put.entries().iter().map(|it| it.event_id().is_some()).collect(),
                Err(error) => {
                    tracing::warn!(error = %DisplayErrorContext(error), "events are told later");
                    Vec::new()
                }
            }
        });
        let put: Vec<Vec<bool>> = join_all(each).await;
        let mut done = vec![false; events.len()];
        for (some, put) in details.chunks(ENTRIES_MAX).zip(put) {
            for (told, put) in some.iter().zip(put) {
                told.which.iter().for_each(|it| done[*it] = put);
            }
        }
        done
    }

    async fn raise(&self, alarm: &Alarm) -> bool {
        let Some((client, topic)) = &self.alarms else { return true };
        let (subject, message) = api::outgoing::alarm(alarm);
        let raised =
            client.publish().topic_arn(topic).subject(subject).message(message).send().await;
        raised
            .map_err(
                |it| tracing::warn!(error = %DisplayErrorContext(it), "an alarm is raised later"),
            )
            .is_ok()
    }

    async fn publish_all(&self, all: Vec<Outgoing>) -> Vec<bool> {
        let mut done = vec![true; all.len()];
        let (mut events, mut frames) = (Vec::new(), Vec::new());
        for (index, outgoing) in all.iter().enumerate() {
            match outgoing {
                Outgoing::Event(it) => events.push((index, &**it)),
                Outgoing::Alarm(it) => done[index] = self.raise(it).await,
                Outgoing::Live { channel, frame } => {
                    frames.push((channel.as_str(), frame.as_str()));
                }
            }
        }
        let recorded: Vec<&Recorded> = events.iter().map(|it| it.1).collect();
        let live = async {
            if let Some(live) = &self.live {
                live.publish(&frames).await;
            }
        };
        let (put, ()) = futures::join!(self.put_events(&recorded), live);
        for ((index, _), put) in events.iter().zip(put) {
            done[*index] = put;
        }
        done
    }
}

fn entry(bus: &str, told: &Together, events: &[&Recorded]) -> PutEventsRequestEntry {
    let events = || told.which.iter().map(|it| &events[*it].event);
    let subjects: BTreeSet<String> = events().map(|it| it.subject.to_string()).collect();
    let last = events().map(|it| it.recorded_at.millis()).max();
    PutEventsRequestEntry::builder()
        .event_bus_name(bus)
        .source(SOURCE)
        .detail_type(&told.detail_type)
        .detail(&told.detail)
        .set_resources(Some(subjects.into_iter().collect()))
        .set_time(last.map(DateTime::from_millis))
        .build()
}

impl Publisher for AwsPublisher {
    fn publish(&self, all: Vec<Outgoing>) -> BoxFuture<'_, Vec<bool>> {
        Box::pin(self.publish_all(all))
    }
}
