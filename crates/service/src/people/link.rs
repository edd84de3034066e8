//! Links that sign somebody in once: how a person without a password gets in,
//! and how a program on the same machine opens a browser that is signed in.

use domain::{
    id::UserId,
    time::{MINUTE, Millis},
};
use table::{Guard, Scan, Write};

use crate::{
    keys::{Row, person_shard},
    record::Attribution,
    rows::to_bytes,
};

use super::{
    ATTEMPTS_MAX, People,
    access::{AccessKind, Happened},
    error::{AccountError, SignInError},
    secret::{Purpose, Secret, make, read},
    session::NewSession,
    sign_in::Caller,
    stored::LinkRow,
};

use crate::error::Error;

/// For how long a link works.
const LINK_MAX: Millis = 10 * MINUTE;

impl People {
    /// Issues a link for this person: whoever follows it first is signed in.
    pub async fn issue_link(&self, by: &Attribution, user: UserId) -> Result<Secret, AccountError> {
        self.delete_old_links(user).await?;
        for _ in 0..ATTEMPTS_MAX {
            let (owner, version) = self.live_user(user).await?;
            let (secret, proof) = make(Purpose::Link, user, &*self.entropy);
            let (epoch, expires_at) = (owner.token_epoch, self.clock.now().plus(LINK_MAX));
            let row = LinkRow { digest: proof.digest, epoch, expires_at };
            let batch = vec![
                Write::put(Row::Link(user, proof.handle()).key(), Guard::Absent, to_bytes(&row)),
                Write::check(Row::User(user).key(), Guard::Unchanged(version)),
            ];
            let happened = vec![Happened::to(user, AccessKind::LinkIssued)];
            match self.commit(by, batch, happened).await {
                Err(table::Error::Conflict(_)) => (),
                other => return Ok(other.map(|()| secret)?),
            }
        }
        Err(Error::Changed(user.to_string()).into())
    }

    /// Begins a session for who brings a link nobody followed before.
    pub async fn follow_link(
        &self,
        link: &str,
        from: Caller<'_>,
    ) -> Result<NewSession, SignInError> {
        let proof = read(Purpose::Link, link).ok_or(SignInError::Wrong)?;
        let key = Row::Link(proof.user, proof.handle()).key();
        let entry = self.table.get(&key).await?.ok_or(SignInError::Wrong)?;
        let row: LinkRow = minicbor::decode(&entry.value)?;
        let owner = self.user_row(proof.user).await?.ok_or(SignInError::Wrong)?;
        let works = proof.is(&row.digest)
            && self.clock.now() < row.expires_at
            && row.epoch == owner.0.token_epoch
            && !owner.0.disabled;
        if !works {
            return Err(SignInError::Wrong);
        }
        let used = Write::delete(key, Guard::Unchanged(entry.version));
        self.welcome(proof.user, owner, from, vec![used]).await
    }

    async fn delete_old_links(&self, user: UserId) -> Result<(), Error> {
        let now = self.clock.now();
        let mut old = Vec::new();
        for entry in self.scan_all(Scan::prefix(person_shard(user), b"l", 1000)).await? {
            let row: LinkRow = minicbor::decode(&entry.value)?;
            if row.expires_at <= now {
                old.push(entry.key);
            }
        }
        self.delete_all(old).await
    }
}
