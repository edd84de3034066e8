//! The company whose people `serve --oidc` lets in.

use std::{path::Path, sync::Arc};

use host::SystemClock;
use oidc::{Checked, Oidc, Settings};
use service::{Service, people::Company};

use crate::failure::{Failure, failed};

/// Reads which issuer is trusted, and what its people may do.
pub fn read(path: &Path) -> Result<Checked, Failure> {
    let shown = path.display();
    Settings::read(path).map_err(|wrong| failed(format!("{shown} cannot be used:\n{wrong}")))
}

/// Lets its people in. The issuer need not answer yet: whoever comes before it does is
/// told to try again.
pub fn trust(service: &Service, settings: Checked) -> Result<(), Failure> {
    let policy = settings.policy.clone();
    let oidc = Oidc::new(settings, Arc::new(SystemClock)).map_err(failed)?;
    service.people().trust(Company { issuer: Arc::new(oidc.clone()), policy });
    tokio::spawn(async move {
        if let Err(why) = oidc.warm().await {
            tracing::warn!(%why, "nobody can sign in at the company yet");
        }
    });
    Ok(())
}
