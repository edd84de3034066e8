//! Who asks: proves it by session cookie or bearer token, and decides whether
//! they may. Every route passes here; one that says nothing is closed.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{
        HeaderMap, HeaderValue, Method,
        header::{AUTHORIZATION, COOKIE, HOST, ORIGIN, USER_AGENT},
        request::Parts,
    },
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{id::TrackerId, record::PackageRecord};
use service::{
    devices::{self, KEY_PREFIX},
    people::{Caller, Credential, Permission, Principal, Secret, SignedIn},
    record::Attribution,
    search::address,
};

use crate::{
    Api,
    body::read_all,
    front::Passed,
    problem::{Kind, Problem, Result},
    wire::viewer::Viewer,
};

/// The session cookie. Browsers give the prefix a meaning: it is sent to this
/// host only, over TLS or to the machine itself, and no other host can set it.
const COOKIE_NAME: &str = "__Host-session";
/// The cookie of a sign-in at the issuer that has begun.
const HANDSHAKE_NAME: &str = "__Host-sign-in";
/// Most bytes of a body that a device signs.
const SIGNED_LEN_MAX: usize = 2 * 1024 * 1024;
/// The way things recorded here came.
const SOURCE: &str = "api";

/// The network address a request came from, not that of a proxy between us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source(pub IpAddr);

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody, signed in or not.
    Public,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever is signed in as a person, not through a token: about the person's
    /// own ways in.
    InPerson,
    /// A tracker's device, or whoever enters data.
    Reports,
    /// Whoever has at least one of these.
    Any(&'static [Permission]),
    /// Whoever was given anything, or whose pass was checked in front of us.
    Passes,
}

impl Who {
    /// Whether somebody may.
    #[must_use]
    pub fn admits(self, principal: &Principal) -> bool {
        match self {
            Self::Public => true,
            Self::SignedIn => !matches!(principal.how, SignedIn::Device { .. }),
            Self::InPerson => {
                matches!(principal.how, SignedIn::Session { .. } | SignedIn::Operator)
            }
            Self::Reports => {
                matches!(principal.how, SignedIn::Device { .. }) || principal.may(Permission::Enter)
            }
            Self::Any(permissions) => permissions.iter().any(|it| principal.may(*it)),
            Self::Passes => Permission::ALL.iter().any(|it| principal.may(*it)),
        }
    }
}

/// Somebody who may use the route.
#[derive(Clone, Debug)]
pub struct Signed(pub Arc<Principal>);

impl Signed {
    /// What they may see.
    #[must_use]
    pub fn viewer(&self) -> Viewer {
        Viewer::of(&self.0)
    }

    /// Whether a package is addressed to them.
    #[must_use]
    pub fn is_recipient(&self, package: &PackageRecord) -> bool {
        let theirs = package.recipient.as_ref().and_then(|it| it.email.as_ref()?.text());
        let own = self.0.email.as_deref();
        own.zip(theirs).is_some_and(|(own, theirs)| address(own) == address(theirs))
    }

    /// What they may see of a package: its recipient sees who it is addressed to.
    #[must_use]
    pub fn viewer_of(&self, package: Option<&PackageRecord>) -> Viewer {
        let viewer = self.viewer();
        let own = package.is_some_and(|it| self.is_recipient(it));
        Viewer { personal: viewer.personal || own, ..viewer }
    }

    /// Names them in what they do here.
    #[must_use]
    pub fn attribution(&self) -> Attribution {
        self.0.through(SOURCE)
    }
}

impl<S: Sync> FromRequestParts<S> for Signed {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        parts.extensions.get::<Self>().cloned().ok_or_else(sign_in_needed)
    }
}

/// What a request proves itself by, kept for asking again later.
#[derive(Clone)]
pub enum Kept {
    /// What followed `Bearer`.
    Token(Box<str>),
    /// What the session cookie held.
    Session(Box<str>),
}

impl Kept {
    /// Takes it from a request's headers.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let token = || bearer(headers).map(|it| Self::Token(it.into()));
        token().or_else(|| cookie(headers).map(|it| Self::Session(it.into())))
    }

    /// As it is verified.
    #[must_use]
    pub fn credential(&self) -> Credential<'_> {
        match self {
            Self::Token(text) => Credential::Token(text),
            Self::Session(text) => Credential::Session(text),
        }
    }
}

/// Lets a request through to its route, or does not.
pub async fn guard(State((api, who)): State<(Api, Who)>, request: Request, next: Next) -> Response {
    match let_in(&api, who, request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

async fn let_in(api: &Api, who: Who, mut request: Request) -> Result<Request> {
    let (headers, method) = (request.headers(), request.method());
    let changes = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && bearer(headers).is_none() {
        let by_cookie = cookie(headers).is_some() && who != Who::Public;
        check_site(headers, by_cookie)?;
    }
    let passed = who == Who::Passes && request.extensions().get::<Passed>().is_some();
    if who == Who::Public || passed {
        return Ok(request);
    }
    if who == Who::Reports
        && let Some((principal, request)) = device(api, &mut request).await?
    {
        return Ok(with(principal, request));
    }
    let headers = request.headers();
    let credential = match (bearer(headers), cookie(headers)) {
        (Some(token), _) => Credential::Token(token),
        (None, Some(session)) => Credential::Session(session),
        (None, None) => return Err(sign_in_needed()),
    };
    let principal = api.people().authenticate(credential).await?;
    let principal = principal.ok_or_else(sign_in_needed)?;
    if !who.admits(&principal) {
        return Err(forbidden(who));
    }
    Ok(with(principal, request))
}

fn with(principal: Arc<Principal>, mut request: Request) -> Request {
    request.extensions_mut().insert(Signed(principal));
    request
}

/// The device that sends a request, by its key or by a signature over the body,
/// which then has been read. `None` when it does not claim to be one.
async fn device(api: &Api, request: &mut Request) -> Result<Option<(Arc<Principal>, Request)>> {
    let headers = request.headers();
    let refused = || Problem::new(Kind::SignInNeeded, "This proves no device: see the signature.");
    let principal = |tracker| Arc::new(Principal::device(tracker));
    if let Some(key) = bearer(headers).filter(|it| it.starts_with(KEY_PREFIX)) {
        let tracker = api.service().tracker_of_key(key).await?.ok_or_else(refused)?;
        return Ok(Some((principal(tracker), std::mem::take(request))));
    }
    let Some(signature) = text(headers, "x-signature").map(str::to_owned) else { return Ok(None) };
    let named = text(headers, "x-device").and_then(|it| it.parse::<TrackerId>().ok());
    let time_ms = text(headers, "x-time").map(str::to_owned);
    let (Some(tracker), Some(time_ms)) = (named, time_ms) else { return Err(refused()) };
    let route = format!("{} {}", request.method(), request.uri().path());
    let (parts, body) = std::mem::take(request).into_parts();
    let body = read_all(Request::from_parts(parts.clone(), body), SIGNED_LEN_MAX).await?;
    let claim = devices::Signed {
        tracker,
        route: &route,
        time_ms: &time_ms,
        body: &body,
        signature: &signature,
    };
    if !api.service().is_signed(claim).await? {
        return Err(refused());
    }
    Ok(Some((principal(tracker), Request::from_parts(parts, body.into()))))
}

fn sign_in_needed() -> Problem {
    Problem::new(Kind::SignInNeeded, "Sign in, or send an API token as a bearer token.")
}

fn forbidden(who: Who) -> Problem {
    let needed = match who {
        Who::Any(permissions) => one_of(permissions),
        Who::Passes => one_of(Permission::ALL),
        Who::InPerson => "This needs a person who signed in, not a token.".to_owned(),
        Who::Reports => "This needs a device's key, or the permission: enter.".to_owned(),
        Who::SignedIn => "This is not for devices.".to_owned(),
        Who::Public => String::new(),
    };
    Problem::new(Kind::Forbidden, needed)
}

fn one_of(permissions: &[Permission]) -> String {
    let words: Vec<&str> = permissions.iter().map(|it| it.word()).collect();
    format!("This needs one of the permissions: {}.", words.join(", "))
}

/// Refuses changes that a page of another site made a browser send. A browser
/// always says where a request comes from; whoever sends the cookie and does
/// not say it is refused as well.
fn check_site(headers: &HeaderMap, by_cookie: bool) -> Result<()> {
    let same = match text(headers, "sec-fetch-site") {
        Some(site) => Some(site == "same-origin" || site == "none"),
        None => headers.get(&ORIGIN).map(|origin| is_host(origin, headers.get(&HOST))),
    };
    if same.unwrap_or(!by_cookie) {
        return Ok(());
    }
    let detail = "Changes are taken from our own pages, or with an API token.";
    Err(Problem::new(Kind::CrossSite, detail))
}

fn is_host(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let authority = origin.to_str().ok().and_then(|it| it.split_once("://")).map(|(_, it)| it);
    authority.is_some() && authority == host.and_then(|it| it.to_str().ok())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    named_cookie(headers, COOKIE_NAME)
}

fn named_cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers.get_all(COOKIE).into_iter().filter_map(|it| it.to_str().ok());
    let mut pairs = all.flat_map(|it| it.split(';')).filter_map(|it| it.trim().split_once('='));
    pairs.find(|(it, _)| *it == name).map(|(_, value)| value)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Where somebody signs in from.
pub struct Door {
    source: IpAddr,
    label: String,
    previous: Option<String>,
}

impl Door {
    /// As the use case takes it.
    #[must_use]
    pub fn caller(&self) -> Caller<'_> {
        Caller { source: self.source, label: &self.label, previous: self.previous.as_deref() }
    }
}

impl<S: Sync> FromRequestParts<S> for Door {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let source = parts.extensions.get::<Source>();
        Ok(Self {
            source: source.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |it| it.0),
            label: label(parts.headers.get(USER_AGENT).and_then(|it| it.to_str().ok())),
            previous: cookie(&parts.headers).map(ToOwned::to_owned),
        })
    }
}

/// What a person recognises a browser by: "Firefox on Linux".
fn label(agent: Option<&str>) -> String {
    let agent = agent.unwrap_or_default();
    let first = |all: &[(&str, &'static str)]| {
        all.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // The order matters: every browser claims to be several others as well.
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "Unknown browser".to_owned(),
    }
}

/// The header that begins a session in a browser.
#[must_use]
pub fn set_cookie(secret: &Secret, lasts_s: i64) -> HeaderValue {
    let text = format!(
        "{COOKIE_NAME}={}; Path=/; Max-Age={lasts_s}; HttpOnly; Secure; SameSite=Lax",
        secret.reveal()
    );
    let mut value = HeaderValue::from_str(&text).expect("a secret is letters and digits");
    value.set_sensitive(true);
    value
}

/// The header that ends it.
#[must_use]
pub fn clear_cookie() -> HeaderValue {
    cleared(COOKIE_NAME)
}

/// What a browser brings back that began a sign-in at the issuer.
#[must_use]
pub fn handshake_cookie(headers: &HeaderMap) -> Option<&str> {
    named_cookie(headers, HANDSHAKE_NAME)
}

/// The header that lets it do so.
#[must_use]
pub fn set_handshake(value: &str, lasts_s: i64) -> HeaderValue {
    let text = format!(
        "{HANDSHAKE_NAME}={value}; Path=/; Max-Age={lasts_s}; HttpOnly; Secure; SameSite=Lax"
    );
    let mut value = HeaderValue::from_str(&text).expect("it is letters and digits");
    value.set_sensitive(true);
    value
}

/// The header that forgets it.
#[must_use]
pub fn clear_handshake() -> HeaderValue {
    cleared(HANDSHAKE_NAME)
}

fn cleared(name: &str) -> HeaderValue {
    let text = format!("{name}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax");
    HeaderValue::from_str(&text).expect("plain text")
}

#[cfg(test)]
mod tests;
