//! Hashing: what is kept, and how many wait.

use super::*;

#[tokio::test]
async fn what_is_kept_says_how_it_was_made_and_verifies() {
    let hasher = Hasher::default();
    let kept = hasher.place().unwrap().hash("four unrelated words", [3; 16]).await;
    assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
    assert!(hasher.place().unwrap().verify("four unrelated words", Some(&kept)).await);
    assert!(!hasher.place().unwrap().verify("four unrelated word", Some(&kept)).await);
    assert!(!hasher.place().unwrap().verify("four unrelated words", None).await);
    assert!(!hasher.place().unwrap().verify("four unrelated words", Some("nonsense")).await);
    let other = hasher.place().unwrap().hash("four unrelated words", [4; 16]).await;
    assert_ne!(kept, other);
}

#[test]
fn two_hash_and_sixty_four_wait() {
    let hasher = Hasher::default();
    let taken: Vec<Place> = std::iter::from_fn(|| hasher.place().ok()).collect();
    assert_eq!(taken.len(), 66);
}
