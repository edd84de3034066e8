//! API tokens: what programs prove themselves with.

use domain::{id::UserId, time::Timestamp};
use table::{Guard, Scan, Write};

use crate::{
    error::Error,
    keys::{Row, person_shard},
    record::Attribution,
    rows::to_bytes,
};

use super::{
    ATTEMPTS_MAX, People, Result,
    access::{AccessKind, Happened},
    error::AccountError,
    permission::Permissions,
    principal::{Principal, SignedIn},
    secret::{Proof, Purpose, Secret, TokenId, make},
    stored::{TokenRow, UserRow},
};

/// Most tokens of one person.
pub const TOKENS_MAX: usize = 50;
/// Most characters of a token's name.
const NAME_CHARS_MAX: usize = 100;

/// A token to be issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// What its owner calls it.
    pub name: String,
    /// What it may do; never more than its owner may at that moment.
    pub permissions: Permissions,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
}

/// A token, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiToken {
    /// Its open name.
    pub id: TokenId,
    /// What its owner calls it.
    pub name: String,
    /// What it was given; what it may do is at most what its owner may.
    pub permissions: Permissions,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Timestamp>,
}

impl TokenRow {
    /// Whether it still works.
    pub(super) fn is_live(&self, user: &UserRow, now: Timestamp) -> bool {
        self.epoch == user.token_epoch && self.expires_at.is_none_or(|it| now < it)
    }
}

impl People {
    /// Issues a token to a person who signed in. Its secret is shown only now.
    pub async fn issue_token(
        &self,
        who: &Principal,
        token: NewToken,
    ) -> Result<(Secret, ApiToken), AccountError> {
        let (Some(user), SignedIn::Session { .. }) = (who.user, who.how) else {
            return Err(AccountError::NeedsSession);
        };
        let now = self.clock.now();
        let name = checked_name(&token.name)?;
        if token.expires_at.is_some_and(|it| it <= now) {
            let detail = "a token ends in the future";
            return Err(Error::invalid("/expires_at", "past", detail).into());
        }
        if TOKENS_MAX <= self.tokens(user).await?.len() {
            let detail = format!("a person has at most {TOKENS_MAX} tokens: revoke one");
            return Err(Error::invalid("", "too_many", detail).into());
        }
        for _ in 0..ATTEMPTS_MAX {
            let (owner, version) = self.live_user(user).await?;
            if !token.permissions.is_within(owner.permissions) {
                let detail = "a token may do no more than its owner";
                return Err(Error::invalid("/permissions", "too_much", detail).into());
            }
            let (secret, proof) = make(Purpose::Token, user, &*self.entropy);
            let id = TokenId::from_bytes(proof.handle());
            let row = TokenRow {
                digest: proof.digest,
                epoch: owner.token_epoch,
                name: name.clone(),
                permissions: token.permissions,
                created_at: now,
                expires_at: token.expires_at,
                last_used_at: None,
            };
            let happened = Happened::to(user, AccessKind::TokenIssued)
                .about(id)
                .change(Permissions::NONE, token.permissions);
            let batch = vec![
                Write::put(Row::ApiToken(user, id).key(), Guard::Absent, to_bytes(&row)),
                Write::check(Row::User(user).key(), Guard::Unchanged(version)),
            ];
            match self.commit(&who.through("api"), batch, vec![happened]).await {
                Err(table::Error::Conflict(_)) => (),
                other => return Ok(other.map(|()| (secret, shown(id, row)))?),
            }
        }
        Err(Error::Changed(user.to_string()).into())
    }

    /// Somebody's tokens that still work, the oldest first.
    pub async fn tokens(&self, user: UserId) -> Result<Vec<ApiToken>> {
        let now = self.clock.now();
        let Some((owner, _)) = self.user_row(user).await? else { return Ok(Vec::new()) };
        let mut tokens = Vec::new();
        for entry in self.scan_all(Scan::prefix(person_shard(user), b"t", 1000)).await? {
            let row: TokenRow = minicbor::decode(&entry.value)?;
            if row.is_live(&owner, now) && owner.is_still_known(now) {
                let id = TokenId::from_bytes(Proof { user, digest: row.digest }.handle());
                tokens.push(shown(id, row));
            } else {
                self.table.write(vec![Write::delete(entry.key, Guard::Any)]).await?;
            }
        }
        tokens.sort_by_key(|it| (it.created_at, it.id));
        Ok(tokens)
    }

    /// Revokes a token of this person, at once.
    pub async fn revoke_token(&self, by: &Attribution, user: UserId, id: TokenId) -> Result<()> {
        let _ending = self.verified.ending(user);
        let key = Row::ApiToken(user, id).key();
        for _ in 0..ATTEMPTS_MAX {
            let Some(entry) = self.table.get(&key).await? else {
                return Err(Error::NotFound(id.to_string()));
            };
            let delete = Write::delete(key.clone(), Guard::Unchanged(entry.version));
            let happened = Happened::to(user, AccessKind::TokenRevoked).about(id);
            match self.commit(by, vec![delete], vec![happened]).await {
                // It was used at this moment: it is revoked all the same.
                Err(table::Error::Conflict(_)) => (),
                other => return Ok(other?),
            }
        }
        Err(Error::Changed(id.to_string()))
    }
}

/// Somebody's program.
pub(super) fn with_token(user: UserId, owner: &UserRow, id: TokenId, row: &TokenRow) -> Principal {
    Principal {
        user: Some(user),
        actor: user.to_string(),
        name: owner.display_name.clone(),
        email: owner.verified_email(),
        permissions: row.permissions.and(owner.permissions),
        how: SignedIn::Token { id },
    }
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    let count = name.chars().count();
    if count == 0 || NAME_CHARS_MAX < count || name.chars().any(char::is_control) {
        let detail = format!("a token has a name of 1 to {NAME_CHARS_MAX} characters");
        return Err(Error::invalid("/name", "length", detail));
    }
    Ok(name.to_owned())
}

fn shown(id: TokenId, row: TokenRow) -> ApiToken {
    let TokenRow { name, permissions, created_at, expires_at, last_used_at, .. } = row;
    ApiToken { id, name, permissions, created_at, expires_at, last_used_at }
}
