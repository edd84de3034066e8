//! Memory and folder pass the suite; what only a folder can do wrong, it does not.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::conformance;

fn name(it: &str) -> BlobName {
    BlobName::new(it).unwrap()
}

#[tokio::test]
async fn memory_conforms() {
    conformance::all(&ObjectBlobs::in_memory()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_conforms() {
    let folder = tempfile::tempdir().unwrap();
    conformance::all(&ObjectBlobs::in_folder(&folder.path().join("a/b")).unwrap()).await;
}

#[tokio::test]
async fn a_folder_is_private_and_keeps_its_blobs() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("blobs");
    let blobs = ObjectBlobs::in_folder(&folder).unwrap();
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    blobs.put(&name("a/b"), Bytes::from_static(b"x")).await.unwrap();
    drop(blobs);
    let blobs = ObjectBlobs::in_folder(&folder).unwrap();
    assert_eq!(blobs.get(&name("a/b")).await.unwrap(), "x");
}

#[tokio::test]
async fn what_a_killed_process_left_is_neither_listed_nor_kept() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = ObjectBlobs::in_folder(folder.path()).unwrap();
    blobs.put(&name("a/b"), Bytes::from_static(b"whole")).await.unwrap();
    for unfinished in ["a/b#1", "a/c#12"] {
        fs::write(folder.path().join(unfinished), "par").unwrap();
    }
    let listed = blobs.list(None, None, 10).await.unwrap();
    assert_eq!(listed, [Listed { name: name("a/b"), len: 5 }]);
    blobs.put_new(&name("a/c"), Bytes::from_static(b"new")).await.unwrap();
    drop(blobs);
    assert_eq!(remove_unfinished(folder.path()).unwrap(), 2);
    assert_eq!(remove_unfinished(folder.path()).unwrap(), 0);
    let left: Vec<_> =
        fs::read_dir(folder.path().join("a")).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_is_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(matches!(ObjectBlobs::in_folder(&file), Err(Error::Unavailable(_))));
    assert!(matches!(ObjectBlobs::in_folder(&file.join("x")), Err(Error::Unavailable(_))));
}

#[tokio::test]
async fn a_blob_that_is_too_large_is_invalid() {
    let blobs = ObjectBlobs::in_memory();
    let large = Bytes::from(vec![0; BLOB_LEN_MAX + 1]);
    let put = blobs.put(&name("a"), large).await;
    assert!(matches!(put, Err(Error::Invalid(_))), "{put:?}");
}
