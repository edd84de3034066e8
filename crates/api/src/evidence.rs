//! Evidence: everything that is recorded of one package, with proofs that anybody can
//! check without us, in one ZIP file. What is needed is gathered first, so that an error
//! is an answer; only the proofs are read while the file is being sent.

mod packing;
mod report;
mod told;
mod words;

use domain::{
    event::{Event, Fact, Holder},
    id::{PackageId, Subject},
};
use service::{
    audited::Carriers,
    log::{Logged, Published},
};

use crate::{Api, handlers::naming::Known, problem::Result};

pub use packing::{MEDIA, body};

/// Most events of what carried the package: as many as fit in memory with ease.
const CARRIERS_EVENTS_MAX: usize = 20_000;

/// What goes into the file.
#[derive(Debug)]
pub struct Evidence {
    /// What it is about.
    pub package: PackageId,
    /// The log that everything is proven against.
    log: Published,
    /// Its public key.
    vkey: String,
    carriers: Carriers,
    /// The package's events, then those of each of its carriers.
    parts: Vec<Part>,
    /// The names of whatever these speak of, as an auditor may see them.
    known: Known,
}

/// What is told of one thing.
#[derive(Debug)]
struct Part {
    about: Subject,
    events: Vec<Logged>,
    /// How many more there are, which found no room.
    left_out: usize,
}

impl Evidence {
    /// Gathers it, as the log is now.
    pub async fn gather(api: &Api, package: PackageId) -> Result<Self> {
        let service = api.service();
        // The log first: what is recorded meanwhile counts as not logged yet.
        let log = service.published_log().await?;
        let vkey = service.log_file("vkey").await?;
        let vkey = String::from_utf8_lossy(&vkey).into_owned();
        let own = Subject::Package(package);
        let carriers = service.carriers(package).await?;
        let mut parts = vec![Part { about: own, events: service.logged(own).await?, left_out: 0 }];
        let mut room = CARRIERS_EVENTS_MAX;
        for about in carriers.holders() {
            let mut events = service.logged_while(about, &carriers).await?;
            let left_out = events.len().saturating_sub(room);
            events.truncate(room);
            room -= events.len();
            parts.push(Part { about, events, left_out });
        }
        for logged in parts.iter_mut().flat_map(|it| &mut it.events) {
            logged.index = logged.index.filter(|it| *it < log.checkpoint.size);
        }
        let spoken_of = spoken_of(&parts, &carriers);
        let known = Known::look_up(api, spoken_of).await?;
        Ok(Self { package, log, vkey, carriers, parts, known })
    }

    fn events(&self) -> impl Iterator<Item = (Subject, &Logged)> {
        self.parts.iter().flat_map(|part| part.events.iter().map(|it| (part.about, it)))
    }
}

/// Whatever is shown by name.
fn spoken_of(parts: &[Part], carriers: &Carriers) -> Vec<Subject> {
    let mut all: Vec<Subject> = parts.iter().map(|it| it.about).collect();
    all.extend(carriers.spans.iter().map(|it| it.held));
    for event in parts.iter().flat_map(|it| &it.events).map(|it| &it.recorded.event) {
        all.extend(place_of(event));
        all.extend(others_of(&event.fact));
    }
    all
}

/// Where an event happened, as far as it names a place.
fn place_of(event: &Event) -> Option<Subject> {
    let place = match event.fact.asserted()? {
        Fact::Scanned { place, .. } | Fact::Arrived { place } | Fact::ReadyToCollect { place } => {
            Some(*place)
        }
        Fact::PickedUp { place }
        | Fact::Held { place, .. }
        | Fact::OutForDelivery { from: place }
        | Fact::Departed { from: place, .. }
        | Fact::Delivered { place, .. }
        | Fact::Returned { place } => *place,
        Fact::Joined(Holder::Place(place)) | Fact::Left(Holder::Place(place)) => Some(*place),
        _ => None,
    };
    place.map(Subject::Place)
}

/// Whatever else a fact names.
fn others_of(fact: &Fact) -> Vec<Subject> {
    match fact.asserted() {
        Some(Fact::Departed { to: Some(to), .. } | Fact::Returning { to: Some(to), .. }) => {
            vec![Subject::Place(*to)]
        }
        Some(Fact::Joined(holder) | Fact::Left(holder)) => vec![holder.subject()],
        Some(Fact::TrackerAttached(id) | Fact::TrackerDetached(id)) => vec![Subject::Tracker(*id)],
        Some(Fact::CostShared { with, .. }) => vec![Subject::Package(*with)],
        _ => Vec::new(),
    }
}
