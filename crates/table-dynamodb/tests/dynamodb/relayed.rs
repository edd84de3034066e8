//! Relay feeds on the real engine: what one function relays, another reads.

use std::{sync::Arc, time::Duration};

use table::{Guard, Key, Table, Write};
use table_dynamodb::{Relayed, emulated::Emulator, is_relay};

#[tokio::test]
async fn what_one_function_relays_another_reads() {
    let dynamo = Arc::new(Emulator::dynoxide().table().await);
    for n in 0..30u8 {
        let put = Write::put(Key::new([b's', n % 5], "k"), Guard::Any, [n]);
        dynamo.write(vec![put]).await.unwrap();
    }
    let feed = dynamo.feeds().await.unwrap()[0];
    let changes = dynamo.changes(feed, 0, 100).await.unwrap();
    let poll = Duration::from_millis(5);
    let (writer, reader) =
        (Relayed::new(dynamo.clone(), 3, poll), Relayed::new(dynamo.clone(), 3, poll));
    let waiting = async {
        let waits = (0..3).map(|it| reader.changed(table::FeedId(it), 0));
        futures::future::select_all(waits.map(Box::pin)).await;
    };
    let relaying = writer.relay(1_772_409_600_000, &changes, |_| true);
    let ((), relayed) = futures::future::join(waiting, relaying).await;
    relayed.unwrap();
    let mut found = Vec::new();
    for feed in reader.feeds().await.unwrap() {
        let mut after = 0;
        loop {
            let answer = reader.changes(feed, after, 4).await.unwrap();
            let Some(last) = answer.last() else { break };
            after = last.seq;
            found.extend(answer.into_iter().map(|it| (it.key, it.old, it.new)));
        }
    }
    found.sort_by(|a, b| a.2.cmp(&b.2));
    let told: Vec<_> = changes.into_iter().map(|it| (it.key, it.old, it.new)).collect();
    assert_eq!(found, told);

    // The rows themselves expire, and the stream tells of them to nobody's harm.
    let rows = dynamo.changes(feed, 0, 100).await.unwrap();
    let rows: Vec<_> = rows.into_iter().filter(|it| is_relay(&it.key)).collect();
    assert!(!rows.is_empty());
    let before = dynamo.requests();
    writer.relay(1_772_409_600_000, &rows, |_| true).await.unwrap();
    assert_eq!(dynamo.requests(), before);
}
