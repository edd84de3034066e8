//! Files hold what was logged, and one subject is read out of many.

use std::sync::Arc;

use blobs::{BlobName, Blobs, Metered, ObjectBlobs};
use bytes::Bytes;
use domain::{id::AccessId, leaf::entry::Access};
use futures::TryStreamExt;
use history::{Error, Filter, Reader, Row, Segment, Written, write};

use crate::samples::{DAY, log, package};

async fn kept(blobs: &dyn Blobs, rows: Vec<Row>) -> Written {
    let written = write(DAY, rows).expect("it can be written").expect("there are rows");
    let put = blobs.put_new(&written.segment.name(), written.bytes.clone()).await;
    put.expect("the name is free");
    written
}

fn sorted(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|it| (it.entry.about(), it.entry.seq()));
    rows
}

#[tokio::test]
async fn a_file_gives_back_every_entry_sorted_by_subject() {
    let blobs = Arc::new(ObjectBlobs::in_memory());
    let rows = log(70, 9_000, 300);
    let written = kept(&*blobs, rows.clone()).await;
    assert_eq!(written.segment, Segment { day: DAY, first: 70, last: 9_069 });
    assert_eq!(written.rows, 9_000);
    let reader = Reader::new(blobs);
    let all = reader.all(written.segment, written.bytes.len() as u64).await.unwrap();
    let all: Vec<Vec<Row>> = all.try_collect().await.unwrap();
    assert_eq!(all.concat(), sorted(rows));
}

#[test]
fn the_same_rows_are_the_same_bytes_in_any_order_and_told_twice() {
    let rows = log(0, 2_000, 40);
    let written = write(DAY, rows.clone()).unwrap().unwrap();
    let mut again = rows.clone();
    again.reverse();
    again.extend(rows);
    assert_eq!(write(DAY, again).unwrap().unwrap(), written);
    assert_eq!(write(DAY, Vec::new()).unwrap(), None);
}

#[tokio::test]
async fn one_subject_is_read_without_touching_the_rest() {
    let blobs = Arc::new(Metered::new(ObjectBlobs::in_memory()));
    let (packages, each) = (20_000, 8);
    let rows = log(0, packages * each, packages);
    let written = kept(&*blobs, rows.clone()).await;
    let len = written.bytes.len() as u64;
    let reader = Reader::new(Arc::clone(&blobs) as Arc<dyn Blobs>);
    blobs.taken();
    for number in [0, 1, 77, packages - 1] {
        let wanted: Vec<Row> = rows
            .iter()
            .filter(|it| it.entry.about() == package(number).to_string())
            .cloned()
            .collect();
        assert_eq!(wanted.len() as u64, each);
        let found = reader.about(written.segment, len, &package(number).to_string()).await.unwrap();
        assert_eq!(found, wanted);
        let (reads, bytes) = blobs.taken();
        println!("package {number}: {reads} reads, {bytes} of {len} bytes");
        // The first read fetches the footer as well.
        assert!(reads <= 40, "{reads} reads");
        assert!(bytes < len / 20 + 128 * 1_024, "{bytes} of {len} bytes");
    }
    // Whom the file does not know, its filters mostly say once they are read.
    let mut read = 0;
    for number in packages..packages + 200 {
        let found = reader.about(written.segment, len, &package(number).to_string()).await.unwrap();
        assert_eq!(found, Vec::new());
        read += blobs.taken().0.min(1);
    }
    println!("{read} of 200 strangers were looked for beyond the filters");
    assert!(read <= 20, "{read} of 200 strangers");
}

#[tokio::test]
async fn what_somebody_did_is_read_and_of_the_rest_only_who_did_it() {
    let blobs = Arc::new(Metered::new(ObjectBlobs::in_memory()));
    let mut rows = log(0, 20_000, 1_000);
    for (number, kind) in [(0, "signed_in"), (1, "permissions_changed"), (2, "signed_in")] {
        let access = Access {
            id: AccessId::derive(&[&[number]]),
            at: rows[5_000 * usize::from(number) + 7].entry.recorded_at(),
            kind: kind.to_owned(),
            actor: "usr_1".to_owned(),
            source: "api".to_owned(),
            user: None,
            about: None,
            before: None,
            after: None,
        };
        rows.push(Row::of(20_000 + u64::from(number), access.to_bytes()).unwrap());
    }
    let written = kept(&*blobs, rows.clone()).await;
    let len = written.bytes.len() as u64;
    let reader = Reader::new(Arc::clone(&blobs) as Arc<dyn Blobs>);
    blobs.taken();
    let somebody = Filter { actor: Some("usr_1".to_owned()), ..Filter::default() };
    let signed_in = Filter { kind: Some("signed_in".to_owned()), ..somebody.clone() };
    let after = rows[5_007].entry.recorded_at();
    let later = Filter { from: Some(after), ..somebody.clone() };
    let before = Filter { until: Some(after), ..somebody.clone() };
    for (filter, indices) in [
        (somebody, vec![20_000, 20_001, 20_002]),
        (signed_in, vec![20_000, 20_002]),
        (later, vec![20_001, 20_002]),
        (before, vec![20_000]),
    ] {
        let found = reader.chosen(written.segment, len, &filter).await.unwrap();
        let found: Vec<Vec<Row>> = found.try_collect().await.unwrap();
        let mut found: Vec<u64> = found.concat().iter().map(|it| it.log_index).collect();
        found.sort_unstable();
        assert_eq!(found, indices, "{filter:?}");
        let bytes = blobs.taken().1;
        println!("{bytes} of {len} bytes");
        assert!(bytes < len / 5, "{bytes} of {len} bytes");
    }
}

#[tokio::test]
async fn whatever_is_damaged_is_an_error_and_never_a_wrong_row() {
    let rows = log(0, 1_000, 40);
    let written = write(DAY, rows.clone()).unwrap().unwrap();
    let (len, wanted) = (written.bytes.len(), sorted(rows));
    let (mut refused, mut harmless) = (0, 0);
    for at in (0..len).step_by(len / 300) {
        let blobs = Arc::new(ObjectBlobs::in_memory());
        let mut bytes = written.bytes.to_vec();
        bytes[at] ^= 0x40;
        blobs.put_new(&written.segment.name(), Bytes::from(bytes)).await.unwrap();
        let reader = Reader::new(blobs);
        let all = async {
            let all = reader.all(written.segment, len as u64).await?;
            all.try_collect::<Vec<_>>().await
        };
        match all.await {
            Err(Error::Corrupt(_)) => refused += 1,
            Err(other) => panic!("byte {at}: {other}"),
            // A statistic or a filter, which only lead to rows.
            Ok(all) => {
                harmless += 1;
                let all = all.concat();
                assert!(all.iter().all(|it| wanted.contains(it)), "byte {at} makes a row up");
            }
        }
    }
    println!("{refused} refused, {harmless} without effect on what was read");
    assert!(harmless < refused);
}

#[tokio::test]
async fn a_file_that_is_cut_or_gone_is_told_apart() {
    let blobs = Arc::new(ObjectBlobs::in_memory());
    let written = kept(&*blobs, log(0, 500, 10)).await;
    let len = written.bytes.len() as u64;
    blobs
        .put(&written.segment.name(), written.bytes.slice(..written.bytes.len() / 2))
        .await
        .unwrap();
    let reader = Reader::new(Arc::clone(&blobs) as Arc<dyn Blobs>);
    let cut = reader.about(written.segment, len, &package(1).to_string()).await.unwrap_err();
    assert!(matches!(cut, Error::Corrupt(_) | Error::Blobs(blobs::Error::Invalid(_))), "{cut}");
    let other = Segment { day: DAY, first: 500, last: 501 };
    let gone = reader.about(other, len, &package(1).to_string()).await.unwrap_err();
    assert!(matches!(gone, Error::Blobs(blobs::Error::Missing(_))), "{gone}");
    let name = BlobName::new("elsewhere").unwrap();
    assert!(name.as_str().parse::<Segment>().is_err());
}
