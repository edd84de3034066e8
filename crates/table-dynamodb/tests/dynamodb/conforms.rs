//! The port's own suite, and random operations beside the reference engine, on
//! dynoxide in this process.

use std::sync::Arc;

use table::{Memory, Mirror, Table, conformance};
use table_dynamodb::emulated::Emulator;

#[tokio::test]
async fn passes_the_suite() {
    conformance::all(&Emulator::dynoxide().table().await).await;
}

#[tokio::test]
async fn agrees_with_the_reference_on_random_operations() {
    let (histories, operations) = if depth::is_soak() { (10, 5_000) } else { (2, 500) };
    let emulator = Emulator::dynoxide();
    random(histories, operations, || async { Arc::new(emulator.table().await) as _ }).await;
}

/// Also the units: those that the emulator charges are those the port's meter counts.
pub(crate) async fn random<F>(histories: u64, operations: usize, table: impl Fn() -> F)
where
    F: Future<Output = Arc<dyn Table>>,
{
    let first = depth::seed();
    for seed in (0..histories).map(|it| first.wrapping_add(it)) {
        eprintln!("this history: WHEREABOUTS_SEED={seed}");
        let mirror = Mirror::new(Arc::new(Memory::shuffled(seed)), table().await);
        conformance::random(&mirror, seed, operations).await;
    }
}
