//! The compactor's function, once a day: what is logged becomes files, and what was
//! closed long ago leaves the table.

use std::time::Duration;

use service::{Result, Service, filing::Filer};
use tokio::time::Instant;

/// Makes files, then files away.
#[derive(Debug)]
pub struct Compactor(Service);

impl Compactor {
    /// On a service.
    #[must_use]
    pub const fn new(service: Service) -> Self {
        Self(service)
    }

    /// Does what there is to do, as far as the time goes; the rest waits for tomorrow.
    pub async fn handle(&self, time: Duration) -> Result<()> {
        let until = Instant::now() + time;
        self.0.compact_history().await?;
        self.0.compact_fixes().await?;
        let mut filer = Filer::new(self.0.clone());
        while Instant::now() < until && filer.step().await?.more {}
        Ok(())
    }
}
