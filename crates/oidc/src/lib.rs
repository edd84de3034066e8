//! The company's own sign-in: any issuer of OpenID Connect. Its access tokens prove who
//! sends a request, and browsers sign in at it by the code flow with PKCE.
//!
//! [`Settings`] say which issuer and whom it lets in; [`Oidc`] speaks with it. What it
//! asks the issuer is bounded by itself, whatever strangers send.

mod answer;
mod claims;
mod http;
mod keys;
mod metadata;
mod settings;
mod token;

use std::sync::Arc;

use domain::time::Timestamp;
use futures::future::BoxFuture;
use service::{
    outside::Clock,
    people::{Disbelief, Handshake, Identity, Issuer},
};
use tokio::sync::Semaphore;

use crate::{
    answer::{Asked, Tokens},
    http::Http,
    keys::Keys,
    metadata::{Found, Metadata},
};

pub use settings::{Checked, InvalidSettings, Settings, Wrong};

/// Codes that are redeemed at the same time; whoever comes while all places are taken
/// is told to try again, so that made-up codes cannot tie up the process or the issuer.
const REDEEMED_AT_ONCE_MAX: usize = 32;

/// Speaks with one issuer. Cheap to clone; clones share the keys.
#[derive(Clone, Debug)]
pub struct Oidc(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Checked,
    clock: Arc<dyn Clock>,
    http: Http,
    metadata: Metadata,
    keys: Keys,
    places: Semaphore,
}

/// Whom an access token was issued to, by a key set (RFC 7517) that is at hand: what
/// [`Oidc`] answers once it has fetched the issuer's. Asks nobody.
pub fn identity_by(
    token: &str,
    key_set: &[u8],
    settings: &Checked,
    now: Timestamp,
) -> Result<Identity, Disbelief> {
    let head = token::head(token)?;
    let keys = keys::read(key_set).map_err(Disbelief::Unavailable)?;
    let key = keys.get(&head.key_id);
    let key = key.ok_or(Disbelief::Wrong("no key of the issuer has this id"))?;
    token::opened(token, &head, key)?.of_access_token(&head, settings, now)
}

impl Oidc {
    /// Speaks with the issuer that the settings name. Asks nothing yet.
    pub fn new(settings: Checked, clock: Arc<dyn Clock>) -> Result<Self, InvalidSettings> {
        let http = Http::new(&settings)?;
        let (metadata, keys) = (Metadata::default(), Keys::default());
        let places = Semaphore::new(REDEEMED_AT_ONCE_MAX);
        Ok(Self(Arc::new(Inner { settings, clock, http, metadata, keys, places })))
    }

    /// Reads what the issuer says of itself and its keys, before the first request
    /// needs them; says so when it does not answer. It need not answer yet.
    pub async fn warm(&self) -> Result<(), Disbelief> {
        let keys = self.0.keys.warm(&*self.0, self.now()).await;
        self.found().await?;
        keys
    }

    fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    async fn found(&self) -> Result<Arc<Found>, Disbelief> {
        self.0.found().await
    }

    async fn verify_token(&self, token: &str) -> Result<Identity, Disbelief> {
        let head = token::head(token)?;
        let key = self.0.keys.find(&head, &*self.0, self.now()).await?;
        let claims = token::opened(token, &head, &key)?;
        claims.of_access_token(&head, &self.0.settings, self.now())
    }

    async fn sign_in_url(&self, handshake: &Handshake) -> Result<String, Disbelief> {
        let found = self.found().await?;
        Ok(answer::sign_in_url(&self.0.settings, &found, handshake))
    }

    /// Redeems a code and reads the ID token that comes for it. Address and groups are
    /// asked of the issuer besides, where the token does not say them.
    async fn redeem_code(&self, code: &str, handshake: &Handshake) -> Result<Identity, Disbelief> {
        let busy = || Disbelief::Unavailable("too many sign in at this moment".to_owned());
        let _place = self.0.places.try_acquire().map_err(|_| busy())?;
        let found = self.found().await?;
        let asked = Asked { settings: &self.0.settings, found: &found, http: &self.0.http };
        let Tokens { id_token, access_token } = asked.redeem(code, handshake).await?;
        let head = token::head(&id_token)?;
        let key = self.0.keys.find(&head, &*self.0, self.now()).await?;
        let claims = token::opened(&id_token, &head, &key)?;
        let mut somebody = claims.of_id_token(&self.0.settings, &handshake.nonce, self.now())?;
        let wants_groups = !self.0.settings.policy.groups.is_empty();
        if (somebody.email.is_none() || wants_groups && somebody.groups.is_empty())
            && let Some(access_token) = access_token
        {
            asked.complete(&mut somebody, &access_token).await?;
        }
        Ok(somebody)
    }
}

impl Inner {
    async fn found(&self) -> Result<Arc<Found>, Disbelief> {
        self.metadata.found(&self.settings, &self.http, self.clock.now()).await
    }
}

impl keys::Source for Inner {
    /// The key set as it stands at the issuer.
    async fn fetch(&self) -> Result<Vec<u8>, String> {
        let url = match &self.settings.jwks_url {
            Some(url) => url.clone(),
            None => self.found().await.map_err(|it| it.to_string())?.keys.clone(),
        };
        self.http.get(url, None).await
    }
}

impl Issuer for Oidc {
    fn name(&self) -> &str {
        &self.0.settings.issuer
    }

    fn verify<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Identity, Disbelief>> {
        Box::pin(self.verify_token(token))
    }

    fn sign_in_at<'a>(
        &'a self,
        handshake: &'a Handshake,
    ) -> BoxFuture<'a, Result<String, Disbelief>> {
        Box::pin(self.sign_in_url(handshake))
    }

    fn redeem<'a>(
        &'a self,
        code: &'a str,
        handshake: &'a Handshake,
    ) -> BoxFuture<'a, Result<Identity, Disbelief>> {
        Box::pin(self.redeem_code(code, handshake))
    }

    fn sign_out_at(&self) -> BoxFuture<'_, Option<String>> {
        Box::pin(async {
            let found = self.found().await.ok()?;
            answer::sign_out_url(&self.0.settings, &found)
        })
    }
}
