//! Sessions: what a browser proves itself with after signing in.

use domain::{
    id::UserId,
    time::{DAY, HOUR, Timestamp},
};
use table::{Guard, Scan, Write};

use crate::{
    error::Error,
    keys::{Row, person_shard},
    rows::to_bytes,
};

use super::{
    People, Result,
    principal::{Principal, SignedIn},
    secret::{Proof, Purpose, Secret, SessionId, make},
    stored::{SessionRow, UserRow},
};

/// A session that was not used for this long has ended.
pub const IDLE_MAX: i64 = 12 * HOUR;
/// Every session ends after this long.
pub const SESSION_MAX: i64 = 7 * DAY;
/// Most sessions of one person; a further one ends the one used longest ago.
const SESSIONS_MAX: usize = 30;
/// Most characters of what a person recognises a session by.
const LABEL_CHARS_MAX: usize = 120;

/// A session that has just begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSession {
    /// What the cookie holds; shown only now.
    pub secret: Secret,
    /// Who signed in.
    pub principal: Principal,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

/// A session, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its open name.
    pub id: SessionId,
    /// What the person recognises it by: `Firefox on Linux`.
    pub label: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to five minutes.
    pub last_seen_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
}

impl SessionRow {
    /// When the session ends unless it is used.
    pub(super) fn expires_at(&self) -> Timestamp {
        let ends_at = self.created_at.plus(SESSION_MAX);
        let ends_at = self.ends_at.map_or(ends_at, |it| it.min(ends_at));
        self.last_seen_at.plus(IDLE_MAX).min(ends_at)
    }

    /// Whether it goes on.
    pub(super) fn is_live(&self, user: &UserRow, now: Timestamp) -> bool {
        self.epoch == user.session_epoch && now < self.expires_at()
    }
}

/// When the session of a row ends at the latest, if it is one.
pub(crate) fn session_ends(row: &[u8]) -> Option<Timestamp> {
    minicbor::decode::<SessionRow>(row).ok().map(|it| it.expires_at())
}

impl People {
    /// Somebody's sessions, the one used last first.
    pub async fn sessions(&self, user: UserId) -> Result<Vec<Session>> {
        let now = self.clock.now();
        let Some((owner, _)) = self.user_row(user).await? else { return Ok(Vec::new()) };
        let all = self.session_rows(user).await?;
        let live = all.into_iter().filter(|(_, row)| row.is_live(&owner, now));
        let mut sessions: Vec<Session> = live.map(|(id, row)| shown(id, row)).collect();
        sessions.sort_by_key(|it| std::cmp::Reverse((it.last_seen_at, it.created_at)));
        Ok(sessions)
    }

    /// Ends a session of this person, at once.
    pub async fn end_session(&self, user: UserId, id: SessionId) -> Result<()> {
        let _ending = self.verified.ending(user);
        let key = Row::Session(user, id).key();
        if self.table.get(&key).await?.is_none() {
            return Err(Error::NotFound(id.to_string()));
        }
        Ok(self.table.write(vec![Write::delete(key, Guard::Any)]).await?)
    }

    /// Ends every session of this person but the given one, at once.
    pub async fn end_other_sessions(&self, user: UserId, keep: Option<SessionId>) -> Result<()> {
        let _ending = self.verified.ending(user);
        let all = self.session_rows(user).await?;
        self.delete_sessions(user, all.iter().map(|it| it.0).filter(|it| Some(*it) != keep)).await
    }

    /// Ends the session somebody is in. A token is not ended by this. Who signed in at
    /// the company's issuer gets the address at which that ends as well, if there is one.
    pub async fn sign_out(&self, who: &Principal) -> Result<Option<String>> {
        let (Some(user), SignedIn::Session { id }) = (who.user, who.how) else { return Ok(None) };
        match self.end_session(user, id).await {
            Err(Error::NotFound(_)) | Ok(()) => (),
            Err(other) => return Err(other),
        }
        let Some(company) = self.company() else { return Ok(None) };
        let is_issued = self.user_row(user).await?.is_some_and(|(row, _)| row.issued.is_some());
        Ok(if is_issued { company.issuer.sign_out_at().await } else { None })
    }

    /// A new session and the write that begins it.
    pub(super) fn begin_session(
        &self,
        user: UserId,
        owner: &UserRow,
        label: &str,
    ) -> (NewSession, Write) {
        let (now, (secret, proof)) =
            (self.clock.now(), make(Purpose::Session, user, &*self.entropy));
        let company = self.company().filter(|_| owner.issued.is_some());
        let row = SessionRow {
            ends_at: company.map(|it| now.plus(it.policy.session_max)),
            digest: proof.digest,
            epoch: owner.session_epoch,
            created_at: now,
            last_seen_at: now,
            label: label.chars().filter(|it| !it.is_control()).take(LABEL_CHARS_MAX).collect(),
        };
        let id = SessionId::from_bytes(proof.handle());
        let write = Write::put(Row::Session(user, id).key(), Guard::Absent, to_bytes(&row));
        let principal = in_session(user, owner, id);
        (NewSession { secret, principal, expires_at: now.plus(SESSION_MAX) }, write)
    }

    /// Deletes sessions that have ended, and those past the most one may have.
    pub(super) async fn prune_sessions(&self, user: UserId, owner: &UserRow) -> Result<()> {
        let now = self.clock.now();
        let all = self.session_rows(user).await?;
        let (mut live, dead): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|(_, row)| row.is_live(owner, now));
        live.sort_by_key(|(_, row)| std::cmp::Reverse((row.last_seen_at, row.created_at)));
        let over = live.split_off(live.len().min(SESSIONS_MAX));
        if over.is_empty() && dead.is_empty() {
            return Ok(());
        }
        let _ending = self.verified.ending(user);
        self.delete_sessions(user, dead.into_iter().chain(over).map(|it| it.0)).await
    }

    async fn session_rows(&self, user: UserId) -> Result<Vec<(SessionId, SessionRow)>> {
        let entries = self.scan_all(Scan::prefix(person_shard(user), b"s", 1000)).await?;
        let row = |entry: &table::Entry| {
            let row: SessionRow = minicbor::decode(&entry.value)?;
            let handle = Proof { user, digest: row.digest }.handle();
            Ok((SessionId::from_bytes(handle), row))
        };
        entries.iter().map(row).collect()
    }

    async fn delete_sessions(
        &self,
        user: UserId,
        ids: impl IntoIterator<Item = SessionId>,
    ) -> Result<()> {
        let keys = ids.into_iter().map(|id| Row::Session(user, id).key());
        self.delete_all(keys.collect()).await
    }
}

/// Somebody in a session.
pub(super) fn in_session(user: UserId, owner: &UserRow, id: SessionId) -> Principal {
    Principal {
        user: Some(user),
        actor: user.to_string(),
        name: owner.display_name.clone(),
        email: owner.verified_email(),
        permissions: owner.permissions,
        how: SignedIn::Session { id },
    }
}

fn shown(id: SessionId, row: SessionRow) -> Session {
    let expires_at = row.expires_at();
    let SessionRow { label, created_at, last_seen_at, .. } = row;
    Session { id, label, created_at, last_seen_at, expires_at }
}
