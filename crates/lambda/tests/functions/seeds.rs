//! Whatever is delivered twice, late, in parts, to another process, or fails and dies on
//! the way: what was accepted is logged once, and all that follows from it is right.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use audit::{
    log::LogFiles,
    verify::{Against, verify},
};
use domain::{
    fixes::Batch,
    id::{EventId, TrackerId},
    time::{HOUR, Timestamp},
};
use lambda::{BatchFailures, Look, Looks};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use service::Service;
use table::Fault;

use crate::{
    company::{Company, Process, key},
    sources::StreamSource,
};

/// Steps of one story.
const STEPS: usize = 40;

/// What became of everything, over all seeds.
#[derive(Debug, Default)]
struct Sums {
    events: u64,
    fixes: u64,
    deliveries: u64,
    died: u64,
    answers_lost: u64,
    put_aside: u64,
    entries: u64,
}

#[tokio::test]
async fn whatever_the_event_sources_do_everything_is_logged_and_derived_once() {
    let seeds = if depth::is_soak() { 20_000 } else { 1_000 };
    let first = depth::seed();
    let mut sums = Sums::default();
    for seed in (0..seeds).map(|it| first.wrapping_add(it)) {
        eprintln!("seed {seed}");
        story(seed, &mut sums).await;
    }
    println!("{seeds} seeds: {sums:?}");
    assert!(sums.died > 0 && sums.answers_lost > 0 && sums.put_aside > 0, "{sums:?}");
}

/// Who is handed something.
#[derive(Clone, Copy)]
enum To {
    Projector,
    Sequencer,
    Fixes,
}

struct Sources {
    projector: StreamSource,
    sequencer: StreamSource,
    processes: [Process; 2],
    /// Whether something goes wrong now and then.
    trouble: bool,
}

async fn story(seed: u64, sums: &mut Sums) {
    let mut random = StdRng::seed_from_u64(seed);
    let mut company = Company::new().await;
    let mut sources = Sources {
        projector: StreamSource::new(company.table.clone()),
        sequencer: StreamSource::new(company.table.clone()),
        processes: [company.process(0), company.process(1)],
        trouble: true,
    };
    for _ in 0..STEPS {
        company.step(&mut random).await;
        for _ in 0..random.random_range(0..4) {
            let to = [To::Projector, To::Sequencer, To::Fixes][random.random_range(0..3)];
            sources.deliver(&company, to, &mut random, sums).await;
        }
        if random.random_bool(0.05) {
            // A process ends, and another one begins.
            sources.processes[random.random_range(0..2)] = company.process(random.random());
        }
    }
    sources.trouble = false;
    sources.deliver_all(&company, &mut random, sums).await;
    // What could not be told is told by and by.
    for _ in 0..20 {
        company.pass(2 * HOUR);
        let looks = Looks { r#do: vec![Look::Due, Look::Outbox, Look::Past] };
        let time = Duration::from_secs(60);
        sources.processes[0].scheduler.handle(&looks, time).await.unwrap();
    }
    sources.deliver_all(&company, &mut random, sums).await;
    let told: BTreeSet<EventId> = company.world.events.lock().unwrap().iter().copied().collect();
    assert_eq!(told, company.accepted.iter().map(|it| it.1).collect(), "the world knows all");
    sums.events += company.accepted.len() as u64;
    sums.fixes += company.measured.len() as u64;
    sums.put_aside += company.queue.aside().len() as u64;
    let aside = company.queue.aside();
    assert!(aside.iter().all(|it| it == "no base64 at all!"), "{aside:?}");
    sums.entries += logged_once(&company).await;
    derived(&company).await;
}

impl Sources {
    /// Hands over everything, until there is nothing left.
    async fn deliver_all(&mut self, company: &Company, random: &mut StdRng, sums: &mut Sums) {
        let mut quiet = 0;
        while quiet < 3 {
            quiet = 0;
            for to in [To::Fixes, To::Projector, To::Sequencer] {
                if !self.deliver(company, to, random, sums).await {
                    quiet += 1;
                }
            }
        }
    }

    /// Hands over one batch; false if there is none.
    async fn deliver(
        &mut self,
        company: &Company,
        to: To,
        random: &mut StdRng,
        sums: &mut Sums,
    ) -> bool {
        let process = &self.processes[random.random_range(0..2)];
        let dies = self.trouble && random.random_bool(0.3);
        let lost = self.trouble && random.random_bool(0.1);
        if dies {
            let fault = if random.random() { Fault::BeforeApply } else { Fault::AfterApply };
            let nth = random.random_range(1..8);
            if random.random() {
                process.faults.crash_at_write(nth, fault);
            } else {
                process.faults.fail_write(nth, fault);
            }
        }
        let source = match to {
            To::Projector => &mut self.projector,
            To::Sequencer => &mut self.sequencer,
            To::Fixes => {
                let Some(event) = company.queue.next(random) else { return false };
                let ids: Vec<String> =
                    event.records.iter().map(|it| it.message_id.clone()).collect();
                let failures = process.fixes.handle(event).await;
                sums.told(&failures, process, lost);
                process.faults.revive();
                if !lost {
                    company.queue.answered(&ids, &failures);
                }
                return true;
            }
        };
        let Some(batch) = source.next(random).await else { return false };
        let event = lambda::StreamEvent { records: batch.event.records.clone() };
        let failures = match to {
            To::Projector => process.projector.handle(event).await,
            _ => process.sequencer.handle(event).await,
        };
        sums.told(&failures, process, lost);
        process.faults.revive();
        if !lost {
            source.answered(&batch, &failures);
        }
        true
    }
}

impl Sums {
    fn told(&mut self, failures: &BatchFailures, process: &Process, lost: bool) {
        self.deliveries += 1;
        self.answers_lost += u64::from(lost);
        self.died += u64::from(process.faults.is_crashed());
        let failed = !failures.batch_item_failures.is_empty();
        assert!(failed || !process.faults.is_crashed(), "who died says that all went well");
    }
}

/// Every event and every chunk is in a good log, once; says how many entries it has.
async fn logged_once(company: &Company) -> u64 {
    let mut found = BTreeSet::new();
    let mut events = BTreeSet::new();
    for subject in &company.subjects {
        for logged in company.service.logged(*subject).await.unwrap() {
            let event = logged.recorded.event.id;
            let index = logged.index.unwrap_or_else(|| panic!("{event} is not logged"));
            assert!(found.insert(index), "{index} is in the place of two");
            events.insert((*subject, event));
        }
    }
    let accepted: BTreeSet<_> = company.accepted.iter().copied().collect();
    assert_eq!(events, accepted, "what was accepted is what is recorded");
    let chunks = company.service.chunks().await.unwrap().len() as u64;
    let files = LogFiles::new(Arc::clone(&company.blobs));
    let key = key();
    let against = Against { key: key.public(), since: None };
    let report = verify(&files, against, &mut |_, _| ()).await.unwrap();
    assert_eq!(report.faults, []);
    assert_eq!(report.entries, found.len() as u64 + chunks, "everything is logged once");
    report.entries
}

/// What follows from it is right: made from scratch it is the same, and every fix is in
/// exactly one chunk and on its tracker's way.
async fn derived(company: &Company) {
    let mut kept: BTreeMap<(TrackerId, Timestamp), usize> = BTreeMap::new();
    for row in company.service.chunks().await.unwrap() {
        for batch in company.service.chunk(&row).await.unwrap() {
            let batch = Batch::from_bytes(&batch.columns).unwrap();
            for (of, fix) in &batch.fixes {
                *kept.entry((batch.trackers[*of as usize], fix.at)).or_default() += 1;
            }
        }
    }
    let mut sent: BTreeMap<(TrackerId, Timestamp), usize> = BTreeMap::new();
    for (tracker, fix) in &company.measured {
        *sent.entry((*tracker, fix.at)).or_default() += 1;
    }
    assert_eq!(kept, sent, "every fix that was accepted is kept once");
    for tracker in kept.keys().map(|it| it.0).collect::<BTreeSet<_>>() {
        let last = kept.keys().filter(|it| it.0 == tracker).map(|it| it.1).max();
        let heard = company.service.heard_of(tracker).await.unwrap().unwrap();
        assert_eq!(heard.latest.map(|it| it.at), last);
    }
    // A process of another kind, which may read the feeds.
    let rebuilt = local(company).rebuild(|_| ()).await.unwrap();
    let repairs = (rebuilt.heads_repaired, rebuilt.rows_written, rebuilt.rows_removed);
    assert_eq!(repairs, (0, 0, 0), "making everything anew found something to repair");
}

fn local(company: &Company) -> Service {
    let (table, blobs) = (company.table.clone(), Arc::clone(&company.blobs));
    Service::new(table, blobs, company.clock.clone(), Arc::new(host::SystemEntropy))
}
