//! Signing in with name and password.

use std::net::IpAddr;

use domain::id::UserId;
use table::{Guard, Version, Write};

use crate::{error::Error, keys::Row, rows::to_bytes, turns::Full};

use super::{
    ATTEMPTS_MAX, People,
    access::{AccessKind, Happened},
    amend::{Amendment, amended},
    error::{AccountError, SignInError},
    lockout::Attempt,
    name::LoginName,
    password::PASSWORD_LEN_MAX,
    principal::{Principal, SignedIn},
    secret::{Proof, Purpose, SessionId, read},
    session::NewSession,
    stored::UserRow,
};

/// Where somebody signs in from.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// Their network address, not that of a proxy between us.
    pub source: IpAddr,
    /// What they will recognise the session by: `Firefox on Linux`.
    pub label: &'a str,
    /// The session they bring, if any. It ends: whoever planted it in their
    /// browser gains nothing.
    pub previous: Option<&'a str>,
}

impl People {
    /// Begins a session for who knows name and password.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &str,
        from: Caller<'_>,
    ) -> Result<NewSession, SignInError> {
        if !self.passwords() {
            return Err(SignInError::AtIssuer);
        }
        if PASSWORD_LEN_MAX < password.len() {
            return Err(SignInError::Wrong);
        }
        let place = self.hasher.place().map_err(|Full| SignInError::Busy)?;
        let login_name = LoginName::new(name).ok();
        let attempt =
            Attempt::new(login_name.as_ref().map_or(name, LoginName::as_str), from.source);
        self.count_attempt(&attempt).await?;
        let (user, owner) = self.whoever(login_name.as_ref()).await?;
        let kept = owner.as_ref().and_then(|(row, _)| row.password.as_deref());
        let is_right = place.verify(password, kept).await;
        // Only now, so that a disabled account takes as long as any.
        let Some(owner) = owner.filter(|(row, _)| is_right && !row.disabled) else {
            self.count_wrong(&attempt, user).await?;
            return Err(SignInError::Wrong);
        };
        let user = user.expect("its row was found");
        self.welcome(user, owner, from, vec![attempt.forgive()]).await
    }

    /// Sets somebody's own password. All their sessions end; the returned one
    /// takes the place of the one they are in.
    pub async fn change_password(
        &self,
        who: &Principal,
        current: &str,
        new: &str,
        from: Caller<'_>,
    ) -> Result<NewSession, AccountError> {
        let (Some(user), SignedIn::Session { id }) = (who.user, who.how) else {
            return Err(AccountError::NeedsSession);
        };
        let (row, version) = self.live_user(user).await?;
        if row.issued.is_some() || !self.passwords() {
            return Err(AccountError::AtIssuer);
        }
        let name = LoginName::kept(&row.name);
        let attempt = Attempt::new(name.as_str(), from.source);
        if let Some(kept) = row.password.as_deref() {
            self.prove_again(user, (current, kept), &attempt).await?;
        }
        let password = self.hashed(new, &name).await?;
        let (after, happened) =
            amended((user, &row), &Amendment::default(), Some(password), self.clock.now());
        let (session, begin) = self.begin_session(user, &after, from.label);
        let batch = vec![
            Write::put(Row::User(user).key(), Guard::Unchanged(version), to_bytes(&after)),
            Write::delete(Row::Session(user, id).key(), Guard::Any),
            attempt.forgive(),
            begin,
        ];
        let _ending = self.verified.ending(user);
        self.commit(&who.through("api"), batch, happened).await?;
        Ok(session)
    }

    /// Begins a session for somebody who has just proved who they are, unless
    /// their account changes at this moment so that the proof holds no more.
    pub(super) async fn welcome(
        &self,
        user: UserId,
        owner: (UserRow, Version),
        from: Caller<'_>,
        with: Vec<Write>,
    ) -> Result<NewSession, SignInError> {
        let (mut row, mut version) = owner;
        let previous = from.previous.and_then(|it| read(Purpose::Session, it));
        let _ending = previous.map(|it| self.verified.ending(it.user));
        for _ in 0..ATTEMPTS_MAX {
            let (session, begin) = self.begin_session(user, &row, from.label);
            let mut batch = with.clone();
            batch.push(Write::check(Row::User(user).key(), Guard::Unchanged(version)));
            batch.extend(previous.map(|it| Write::delete(session_key(&it), Guard::Any)));
            batch.push(begin);
            let by = session.principal.through("sign_in");
            let mut happened = Vec::new();
            if let (true, SignedIn::Session { id }) = (row.administrates(), session.principal.how) {
                happened.push(Happened::to(user, AccessKind::SignedIn).about(id));
            }
            match self.commit(&by, batch, happened).await {
                Ok(()) => {
                    tracing::info!(user.id = %user, "somebody signed in");
                    if let Err(error) = self.prune_sessions(user, &row).await {
                        tracing::warn!(user.id = %user, %error, "old sessions were not deleted");
                    }
                    return Ok(session);
                }
                Err(table::Error::Conflict(key)) if key == Row::User(user).key() => (),
                // The link was used at this moment.
                Err(table::Error::Conflict(_)) => return Err(SignInError::Wrong),
                Err(other) => return Err(other.into()),
            }
            let now = self.user_row(user).await?;
            let same = now.filter(|(it, _)| {
                !it.disabled && it.password == row.password && it.token_epoch == row.token_epoch
            });
            (row, version) = same.ok_or(SignInError::Wrong)?;
        }
        Err(SignInError::Busy)
    }

    /// Asks for the present password before it changes: a session that was
    /// left open must not be enough. Counted like signing in.
    async fn prove_again(
        &self,
        user: UserId,
        (current, kept): (&str, &str),
        attempt: &Attempt,
    ) -> Result<(), SignInError> {
        let place = self.hasher.place().map_err(|Full| SignInError::Busy)?;
        self.count_attempt(attempt).await?;
        if current.len() <= PASSWORD_LEN_MAX && place.verify(current, Some(kept)).await {
            return Ok(());
        }
        self.count_wrong(attempt, Some(user)).await?;
        Err(SignInError::Wrong)
    }

    /// Whose name it is. Reads as often when it is nobody's.
    async fn whoever(
        &self,
        name: Option<&LoginName>,
    ) -> Result<(Option<UserId>, Option<(UserRow, Version)>), Error> {
        let nobody = UserId::derive(&[b"nobody"]);
        let user = self.owner_of(name.unwrap_or(&LoginName::nobodys())).await?;
        let row = self.user_row(user.unwrap_or(nobody)).await?;
        Ok((user, row.filter(|_| user.is_some())))
    }
}

pub(super) fn session_key(proof: &Proof) -> table::Key {
    Row::Session(proof.user, SessionId::from_bytes(proof.handle())).key()
}
