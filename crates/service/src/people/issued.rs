//! People of the company's issuer: who brings its access token, and who signs in
//! through it. They need no account to be let in; their account appears at their
//! first sign-in, or when an administrator makes it to give or deny something.

use std::sync::Arc;

use domain::{
    id::UserId,
    time::{DAY, Millis, SECOND, Timestamp},
};
use sha2::{Digest, Sha256};
use table::{Guard, Version, Write};

use crate::{error::Error, keys::Row, rows::to_bytes};

use super::{
    ATTEMPTS_MAX, People, Result,
    access::{AccessKind, Happened},
    account::creation,
    authenticate::Known,
    error::{AccountError, SignInError},
    issuer::{Company, Disbelief, Identity},
    name::LoginName,
    permission::{Permission, Permissions},
    principal::{Principal, SignedIn},
    secret::{Purpose, read},
    session::NewSession,
    sign_in::{Caller, session_key},
    stored::{IssuedRow, UserRow},
};

/// For how long at most another process may not have noticed that somebody of the
/// issuer was disabled or changed here. In this process it holds at once.
pub const ISSUED_STALE_MAX: Millis = 30 * SECOND;
/// For so long after somebody signed in last their API tokens work: who has left the
/// company cannot sign in, and nobody here is told.
pub const TOKENS_OUTLIVE: Millis = 30 * DAY;
/// Hexadecimal digits of the id that keep the login name of the issuer's people apart.
const NAME_ID_LEN: usize = 12;
/// Most characters of what stands before them.
const NAME_CHARS_MAX: usize = 80;

impl IssuedRow {
    /// Somebody of whom nothing was decided here.
    pub(super) fn new(issuer: &str, subject: &str, base: Permissions) -> Self {
        Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            base,
            added: Permissions::NONE,
            denied: Permissions::NONE,
            signed_in_at: None,
            not_before: None,
            first_admin: false,
        }
    }

    /// What they may, when their groups give them these.
    pub(super) fn permissions(&self, base: Permissions) -> Permissions {
        base.or(self.added).minus(self.denied)
    }

    /// Decides here what they may. What their groups give them goes on following the
    /// groups, unless it is taken away here.
    pub(super) fn decide(&mut self, permissions: Permissions) {
        self.added = permissions.minus(self.base).or(self.added.and(permissions));
        self.denied = self.base.or(self.denied).minus(permissions);
    }
}

impl UserRow {
    /// Whether something that lives long, as an API token does, still works: for
    /// people of an issuer, as long as they go on signing in.
    pub(super) fn is_still_known(&self, now: Timestamp) -> bool {
        let last = self.issued.as_ref().map(|it| it.signed_in_at);
        last.is_none_or(|it| it.is_some_and(|it| now < it.plus(TOKENS_OUTLIVE)))
    }
}

impl People {
    /// Lets in whom an issuer knows. Once in a process.
    pub fn trust(&self, company: Company) {
        let first = self.company.set(company).is_ok();
        assert!(first, "one issuer a process");
    }

    /// The company whose people are let in.
    pub fn company(&self) -> Option<&Company> {
        self.company.get()
    }

    /// Whether people may sign in with name and password.
    pub fn passwords(&self) -> bool {
        self.company().is_none_or(|it| it.policy.passwords)
    }

    /// Whether an account's issuer is the one that is trusted now; local ones have none.
    pub(super) fn is_trusted(&self, row: &UserRow) -> bool {
        let trusted = self.company().map(|it| it.issuer.name());
        row.issued.as_ref().is_none_or(|it| trusted == Some(&it.issuer))
    }

    /// Who brings an access token of the issuer. Reads one row, which need not be
    /// there, and writes none.
    pub(super) async fn authenticate_issued(
        &self,
        company: &Company,
        token: &str,
    ) -> Result<Option<Arc<Principal>>> {
        let now = self.clock.now();
        let digest = Sha256::new().chain_update(b"issued").chain_update(token).finalize().into();
        if let Some(known) = self.verified.get(&digest, now) {
            return Ok(Some(known));
        }
        let somebody = match company.issuer.verify(token).await {
            Ok(somebody) => somebody,
            Err(Disbelief::Wrong(why)) => {
                tracing::debug!(why, "an access token was refused");
                return Ok(None);
            }
            Err(Disbelief::Unavailable(why)) => return Err(Error::IssuerUnavailable(why)),
        };
        let user = somebody.user();
        // Taken before reading: what ends while we read is not remembered.
        let generation = self.verified.generation(user);
        let row = self.user_row(user).await?.map(|(row, _)| row);
        let Some(principal) = with_access_token(company, &somebody, row.as_ref()) else {
            tracing::debug!(user.id = %user, "somebody of the issuer is not let in");
            return Ok(None);
        };
        let principal = Arc::new(principal);
        let until = somebody.expires_at.min(now.plus(ISSUED_STALE_MAX));
        let known = Known { principal: Arc::clone(&principal), since: now, until };
        self.verified.remember(digest, generation, known);
        Ok(Some(principal))
    }

    /// Begins a session for somebody whom the issuer has just signed in, and writes
    /// down what it says of them.
    pub(super) async fn welcome_issued(
        &self,
        company: &Company,
        somebody: &Identity,
        from: Caller<'_>,
    ) -> Result<NewSession, SignInError> {
        let (user, now) = (somebody.user(), self.clock.now());
        let previous = from.previous.and_then(|it| read(Purpose::Session, it));
        let _ending_previous = previous.map(|it| self.verified.ending(it.user));
        let _ending = self.verified.ending(user);
        for _ in 0..ATTEMPTS_MAX {
            let before = self.user_row(user).await?;
            let (after, mut happened) =
                signed_in(company, somebody, before.as_ref().map(|it| &it.0), now)
                    .ok_or(SignInError::NotAdmitted)?;
            let (session, begin) = self.begin_session(user, &after, from.label);
            let mut batch = self.putting(user, before, &after).await.map_err(of_account)?;
            batch.extend(previous.map(|it| Write::delete(session_key(&it), Guard::Any)));
            batch.push(begin);
            if let (true, SignedIn::Session { id }) =
                (after.permissions.contains(Permission::Admin), session.principal.how)
            {
                happened.push(Happened::to(user, AccessKind::SignedIn).about(id));
            }
            match self.commit(&session.principal.through("sign_in"), batch, happened).await {
                Ok(()) => {
                    tracing::info!(user.id = %user, "somebody signed in through the issuer");
                    if let Err(error) = self.prune_sessions(user, &after).await {
                        tracing::warn!(user.id = %user, %error, "old sessions were not deleted");
                    }
                    return Ok(session);
                }
                // They sign in twice at once, or are changed at this moment.
                Err(table::Error::Conflict(_)) => (),
                Err(other) => return Err(other.into()),
            }
        }
        Err(SignInError::Busy)
    }

    /// The writes that make a row of an issuer's person stand as it is now.
    async fn putting(
        &self,
        user: UserId,
        before: Option<(UserRow, Version)>,
        after: &UserRow,
    ) -> Result<Vec<Write>, AccountError> {
        let administrated = before.as_ref().is_some_and(|(row, _)| row.administrates());
        let mut batch = match before {
            Some((_, version)) => {
                let guard = Guard::Unchanged(version);
                vec![Write::put(Row::User(user).key(), guard, to_bytes(after))]
            }
            None => creation(user, &LoginName::kept(&after.name), after),
        };
        // Only upwards: signing in takes nothing away that was decided here.
        if !administrated && after.administrates() {
            batch.push(self.count_admins(1).await?);
        }
        Ok(batch)
    }
}

/// A login name for somebody of an issuer: nobody who signs in with a password can
/// have or take it, and it is theirs whatever others are called.
pub(super) fn login_name(wished: &str, user: UserId) -> String {
    let plain: String = wished.trim().chars().filter(|it| LoginName::takes(*it)).collect();
    let plain: String = plain.chars().take(NAME_CHARS_MAX).collect();
    let id = domain::leaf::hex(user.as_bytes());
    format!("{plain}{}{}", LoginName::ISSUED, &id[..NAME_ID_LEN])
}

/// What somebody may who brings an access token; nobody who is kept out.
fn with_access_token(
    company: &Company,
    somebody: &Identity,
    row: Option<&UserRow>,
) -> Option<Principal> {
    let user = somebody.user();
    let issued = row.and_then(|it| it.issued.as_ref());
    let base = company.policy.of_groups(&somebody.groups);
    if row.is_some_and(|it| it.disabled)
        || issued.and_then(|it| it.not_before).is_some_and(|it| somebody.issued_at < it)
    {
        return None;
    }
    let kept = row.and_then(UserRow::verified_email);
    let email = somebody.email.clone().or(kept);
    // Who was let in by a browser had an address of the company then.
    if !company.policy.is_own(email.as_deref()) {
        return None;
    }
    Some(Principal {
        user: Some(user),
        actor: user.to_string(),
        name: row.map_or_else(|| somebody.display_name(), |it| it.display_name.clone()),
        email,
        permissions: issued.map_or(base, |it| it.permissions(base)),
        how: SignedIn::Issued,
    })
}

/// The account after its person signed in, and what that amounts to; `None` for who
/// is not let in.
fn signed_in(
    company: &Company,
    somebody: &Identity,
    before: Option<&UserRow>,
    now: Timestamp,
) -> Option<(UserRow, Vec<Happened>)> {
    let (policy, user) = (&company.policy, somebody.user());
    let base = policy.of_groups(&somebody.groups);
    let row = before.cloned();
    let mut row = row.unwrap_or_else(|| new_row(somebody, base, now));
    let denied = |it: &IssuedRow| it.not_before.is_some_and(|it| somebody.issued_at < it);
    if row.disabled || row.issued.as_ref().is_some_and(denied) {
        return None;
    }
    row.display_name = somebody.display_name();
    if somebody.email.is_some() {
        row.email.clone_from(&somebody.email);
        row.email_verified = true;
    }
    if !policy.is_own(row.verified_email().as_deref()) {
        return None;
    }
    let mut issued = row.issued.take()?;
    issued.base = base;
    issued.signed_in_at = Some(now);
    let mut happened = Vec::new();
    let may = before.map_or(Permissions::NONE, |it| it.permissions);
    if !issued.first_admin && policy.is_first_admin(somebody) {
        issued.first_admin = true;
        issued.decide(Permissions::ALL);
        // Also what the groups give stays theirs when the groups no longer do.
        issued.added = Permissions::ALL;
        happened.push(Happened::to(user, AccessKind::SetUp).change(may, Permissions::ALL));
    }
    row.permissions = issued.permissions(base);
    row.issued = Some(issued);
    match before {
        None if happened.is_empty() => {
            let created = Happened::to(user, AccessKind::Created);
            happened.push(created.change(Permissions::NONE, row.permissions));
        }
        Some(before) if happened.is_empty() && before.permissions != row.permissions => {
            let changed = Happened::to(user, AccessKind::PermissionsChanged);
            happened.push(changed.change(before.permissions, row.permissions));
        }
        _ => (),
    }
    if before.is_some_and(|it| is_other(it, &row)) {
        row.revision += 1;
    }
    Some((row, happened))
}

/// Whether administrators see another account: when it was used is no change.
fn is_other(before: &UserRow, after: &UserRow) -> bool {
    let seen = |it: &UserRow| {
        let issued = it.issued.clone().map(|it| IssuedRow { signed_in_at: None, ..it });
        UserRow { issued, ..it.clone() }
    };
    seen(before) != seen(after)
}

fn new_row(somebody: &Identity, base: Permissions, now: Timestamp) -> UserRow {
    let user = somebody.user();
    let wished = somebody.email.as_deref().or(somebody.name.as_deref());
    UserRow {
        name: login_name(wished.unwrap_or(&somebody.subject), user),
        display_name: somebody.display_name(),
        email: None,
        email_verified: false,
        permissions: base,
        disabled: false,
        created_at: now,
        password: None,
        session_epoch: 0,
        token_epoch: 0,
        revision: 1,
        issued: Some(IssuedRow::new(&somebody.issuer, &somebody.subject, base)),
    }
}

fn of_account(error: AccountError) -> SignInError {
    match error {
        AccountError::Service(error) => SignInError::Service(error),
        // Counting one administrator more fails for no other reason.
        _ => SignInError::Busy,
    }
}
