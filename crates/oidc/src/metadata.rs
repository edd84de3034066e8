//! What the issuer says of itself: OpenID Connect Discovery, kept for an hour.

use std::sync::{Arc, Mutex as Lock, PoisonError};

use domain::time::Timestamp;
use serde::Deserialize;
use service::people::Disbelief;
use tokio::sync::Mutex;

use crate::{
    http::Http,
    keys::{FETCH_EVERY, FRESH_MAX},
    settings::{Checked, check_url},
};

/// Where everything is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its keys.
    pub keys: String,
    /// Where browsers sign in.
    pub authorization: String,
    /// Where codes are redeemed.
    pub token: String,
    /// Where an address is asked for.
    pub userinfo: Option<String>,
    /// Where browsers sign out.
    pub end_session: Option<String>,
    /// Whether codes are redeemed with the secret in the form, because the issuer does
    /// not take it in a header.
    pub secret_in_form: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    jwks_uri: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// What was found last.
#[derive(Debug, Default)]
pub struct Metadata {
    known: Lock<Option<(Arc<Found>, Timestamp)>>,
    /// When it was tried last; held while asking.
    asking: Mutex<Option<Timestamp>>,
}

impl Metadata {
    /// Where everything is. Asked for at most once in ten seconds, by one at a time; what
    /// was known stays while the issuer does not answer.
    pub async fn found(
        &self,
        settings: &Checked,
        http: &Http,
        now: Timestamp,
    ) -> Result<Arc<Found>, Disbelief> {
        if let Some(found) = given(settings) {
            return Ok(Arc::new(found));
        }
        if let Some(found) = self.fresh(now) {
            return Ok(found);
        }
        let mut tried_at = self.asking.lock().await;
        if let Some(found) = self.fresh(now) {
            return Ok(found);
        }
        let mut why = "it did not a moment ago".to_owned();
        if !tried_at.is_some_and(|it| (0..FETCH_EVERY).contains(&now.since(it))) {
            *tried_at = Some(now);
            match ask(settings, http).await {
                Ok(found) => {
                    let found = Arc::new(found);
                    *self.lock() = Some((Arc::clone(&found), now));
                    return Ok(found);
                }
                Err(failure) => {
                    tracing::warn!(why = failure, "the issuer says nothing of itself");
                    why = failure;
                }
            }
        }
        let known = self.lock().as_ref().map(|(found, _)| Arc::clone(found));
        known.ok_or(Disbelief::Unavailable(why))
    }

    fn fresh(&self, now: Timestamp) -> Option<Arc<Found>> {
        let known = self.lock();
        let (found, at) = known.as_ref()?;
        (0..FRESH_MAX).contains(&now.since(*at)).then(|| Arc::clone(found))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<(Arc<Found>, Timestamp)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where everything is that is needed, if the settings say it all: then the issuer need
/// not have such a document.
fn given(settings: &Checked) -> Option<Found> {
    let ours = &settings.endpoints;
    Some(Found {
        keys: settings.jwks_url.clone()?,
        authorization: ours.authorization.clone()?,
        token: ours.token.clone()?,
        userinfo: ours.userinfo.clone(),
        end_session: ours.end_session.clone(),
        secret_in_form: false,
    })
}

async fn ask(settings: &Checked, http: &Http) -> Result<Found, String> {
    let base = settings.issuer.trim_end_matches('/');
    let body = http.get(format!("{base}/.well-known/openid-configuration"), None).await?;
    let document: Document = serde_json::from_slice(&body).map_err(|it| it.to_string())?;
    // Or somebody else's document would say where our secret goes.
    if document.issuer != settings.issuer {
        return Err(format!(
            "it calls itself {:?}, and the setting `issuer` is {:?}: they must be the same",
            document.issuer, settings.issuer
        ));
    }
    let ours = &settings.endpoints;
    let needed = |ours: &Option<String>, its: Option<String>, what: &str| {
        let url = ours.clone().or(its).ok_or_else(|| format!("it does not say its {what}"))?;
        check_url(&url).map(|()| url)
    };
    let optional = |ours: &Option<String>, its: Option<String>| {
        ours.clone().or(its).filter(|it| check_url(it).is_ok())
    };
    let methods = document.token_endpoint_auth_methods_supported;
    let takes = |method: &str| methods.as_ref().is_none_or(|all| all.iter().any(|it| it == method));
    Ok(Found {
        keys: needed(&settings.jwks_url, document.jwks_uri, "jwks_uri")?,
        authorization: needed(
            &ours.authorization,
            document.authorization_endpoint,
            "authorization_endpoint",
        )?,
        token: needed(&ours.token, document.token_endpoint, "token_endpoint")?,
        userinfo: optional(&ours.userinfo, document.userinfo_endpoint),
        end_session: optional(&ours.end_session, document.end_session_endpoint),
        // The default where nothing is said is the header (OpenID Connect Discovery 3).
        secret_in_form: !takes("client_secret_basic") && takes("client_secret_post"),
    })
}
