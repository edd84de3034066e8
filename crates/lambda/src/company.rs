//! The company whose people the API lets in, as the environment names it.

use std::{path::Path, sync::Arc};

use host::SystemClock;
use oidc::{Checked, Oidc, Settings};
use service::{Service, people::Company};

use crate::environment::Environment;

/// Lets its people in, if there is an issuer, and asks that for its keys: here a processor
/// is lent for free. The issuer need not answer yet.
pub async fn trust(
    service: &Service,
    environment: &Environment,
    secret: Option<String>,
) -> Result<(), lambda_runtime::Error> {
    let Some(settings) = settings(environment, secret)? else { return Ok(()) };
    let policy = settings.policy.clone();
    let oidc = Oidc::new(settings, Arc::new(SystemClock))?;
    service.people().trust(Company { issuer: Arc::new(oidc.clone()), policy });
    if let Err(why) = oidc.warm().await {
        tracing::warn!(%why, "nobody can sign in at the company yet");
    }
    Ok(())
}

fn settings(
    environment: &Environment,
    secret: Option<String>,
) -> Result<Option<Checked>, lambda_runtime::Error> {
    let Some(issuer) = environment.get("WHEREABOUTS_OIDC_ISSUER") else { return Ok(None) };
    let domains = environment.get("WHEREABOUTS_EMAIL_DOMAINS").unwrap_or_default();
    let domains = domains.split(',').map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    let client = environment.need("WHEREABOUTS_OIDC_CLIENT")?;
    let url = environment.need("WHEREABOUTS_URL")?;
    let is_cognito = issuer.contains("cognito-idp");
    let settings = Settings {
        client_secret: secret,
        groups_claim: is_cognito.then(|| "cognito:groups".to_owned()),
        first_admin_email: environment.get("WHEREABOUTS_FIRST_ADMIN"),
        email_domains: domains.collect(),
        jwks_url: environment.get("WHEREABOUTS_OIDC_JWKS"),
        ..Settings::new(issuer, client, url)
    };
    Ok(Some(settings.checked(Path::new("."))?))
}
