//! A data folder that nobody serves, read beneath the API: are its chains whole?

use std::{collections::BTreeMap, path::Path, sync::Arc};

use blobs::ObjectBlobs;
use domain::{
    id::{EventId, Subject},
    leaf::{LeafHash, hex},
    time::Timestamp,
};
use service::{
    Service,
    keys::{SUBJECT_SHARDS, subject_of_bytes, subjects_shard},
    outside::{Clock, Entropy},
};
use table::{Scan, Table};
use table_embedded::{Embedded, Options};

use crate::work::Ledger;

/// Reading needs neither.
#[derive(Debug)]
struct Nothing;

impl Clock for Nothing {
    fn now(&self) -> Timestamp {
        Timestamp::MIN
    }
}

impl Entropy for Nothing {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// Walks every chain from its first event, and finds in them whatever was
/// acknowledged. Gives how many events there are.
pub async fn check(data: &Path, ledger: &Ledger) -> usize {
    let table = Embedded::open(&data.join("table"), Options::default()).expect("nobody serves it");
    let table: Arc<dyn Table> = Arc::new(table);
    let blobs = ObjectBlobs::in_folder(&data.join("blobs")).expect("a folder");
    let service =
        Service::new(Arc::clone(&table), Arc::new(blobs), Arc::new(Nothing), Arc::new(Nothing));
    let mut found: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for bucket in 0..SUBJECT_SHARDS {
        let mut next = Some(Scan::whole(subjects_shard(bucket), 1_000));
        while let Some(scan) = next {
            let page = table.scan(scan).await.expect("it reads");
            for entry in &page.entries {
                let subject = subject_of_bytes(&entry.key.sort).expect("a subject's key");
                for (event, seq, leaf) in chain(&service, subject).await {
                    found.insert(format!("{subject} {event}"), (seq, hex(&leaf)));
                }
            }
            next = page.rest;
        }
    }
    for (subject, events) in ledger.all() {
        for (event, told) in events {
            let at = format!("{subject} {event}");
            assert_eq!(found.get(&at), Some(&told), "{at} is lost or another");
        }
    }
    found.len()
}

async fn chain(service: &Service, subject: Subject) -> Vec<(EventId, u64, LeafHash)> {
    let mut history = service.history(subject).await.expect("a subject has events");
    history.sort_by_key(|it| it.seq);
    let mut prev = None;
    let mut all = Vec::with_capacity(history.len());
    for (it, seq) in history.iter().zip(1..) {
        assert_eq!((it.seq, it.prev), (seq, prev), "the chain of {subject}");
        let leaf = it.leaf_hash();
        prev = Some(leaf);
        all.push((it.event.id, it.seq, leaf));
    }
    all
}
