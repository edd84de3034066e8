//! Changing, disabling and deleting accounts. The last administrator stays.

use domain::{id::UserId, time::Timestamp};
use table::{Guard, Scan, Version, Write};

use crate::{
    error::Error,
    keys::{Row, person_shard},
    record::Attribution,
    rows::to_bytes,
};

use super::{
    ATTEMPTS_MAX, People, Result,
    access::{AccessKind, Happened},
    account::{User, check_display_name, check_email, not_found, shown, taken},
    error::AccountError,
    name::LoginName,
    permission::Permissions,
    stored::{LoginNameRow, UserRow},
};

/// What is to change of an account; what is `None` stays.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Amendment {
    /// What they sign in with.
    pub name: Option<String>,
    /// What to call them.
    pub display_name: Option<String>,
    /// Where to write to them, and whether that is known to be theirs;
    /// `Some(None)` forgets the address.
    pub email: Option<Option<(String, bool)>>,
    /// What they may do, at once.
    pub permissions: Option<Permissions>,
    /// Whether they may do nothing at all. Disabling ends their sessions and
    /// tokens; enabling again does not bring them back.
    pub disabled: Option<bool>,
    /// What they sign in with. Ends their sessions.
    pub password: Option<String>,
}

/// The password is not shown.
impl std::fmt::Debug for Amendment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Amendment")
            .field("permissions", &self.permissions)
            .field("disabled", &self.disabled)
            .finish_non_exhaustive()
    }
}

impl People {
    /// Changes an account, all of it or nothing. `revision` is the one the
    /// change was decided on; without it, whatever there is is changed.
    pub async fn amend_user(
        &self,
        by: &Attribution,
        id: UserId,
        change: Amendment,
        revision: Option<u64>,
    ) -> Result<User, AccountError> {
        let name = check_fields(&change)?;
        let mut password = None;
        let _ending = self.verified.ending(id);
        for _ in 0..ATTEMPTS_MAX {
            let (before, version) = self.user_row(id).await?.ok_or_else(|| not_found(id))?;
            if before.issued.is_some() && (change.name.is_some() || change.password.is_some()) {
                return Err(AccountError::AtIssuer);
            }
            if revision.is_some_and(|it| it != before.revision) {
                return Err(Error::Changed(id.to_string()).into());
            }
            if let (None, Some(chosen)) = (&password, &change.password) {
                let own = LoginName::kept(&before.name);
                password = Some(self.hashed(chosen, name.as_ref().unwrap_or(&own)).await?);
            }
            let now = self.clock.now();
            let (after, happened) = amended((id, &before), &change, password.clone(), now);
            if after == before {
                return Ok(shown(id, after));
            }
            let batch = self.amending(id, (&before, version), &after).await?;
            match self.commit(by, batch, happened).await {
                Ok(()) => return Ok(shown(id, after)),
                Err(table::Error::Conflict(key)) if is_name(name.as_ref(), &key) => {
                    return Err(taken().into());
                }
                Err(table::Error::Conflict(_)) => (),
                Err(other) => return Err(other.into()),
            }
        }
        Err(Error::Changed(id.to_string()).into())
    }

    /// Deletes an account with all its sessions and tokens. What its person did
    /// stays recorded under the opaque id.
    pub async fn delete_user(&self, by: &Attribution, id: UserId) -> Result<(), AccountError> {
        let _ending = self.verified.ending(id);
        for _ in 0..ATTEMPTS_MAX {
            let Some((row, version)) = self.user_row(id).await? else {
                // Half done before: the rest goes now.
                let rest = self.delete_belongings(id).await?;
                return if rest == 0 { Err(not_found(id).into()) } else { Ok(()) };
            };
            let name = LoginName::kept(&row.name);
            let mut batch = vec![
                Write::delete(Row::User(id).key(), Guard::Unchanged(version)),
                Write::delete(Row::LoginName(name.as_str()).key(), Guard::Any),
            ];
            if row.administrates() {
                batch.push(self.count_admins(-1).await?);
            }
            let happened = Happened::to(id, AccessKind::Deleted);
            let happened = vec![happened.change(row.permissions, Permissions::NONE)];
            match self.commit(by, batch, happened).await {
                Ok(()) => {
                    self.delete_belongings(id).await?;
                    return Ok(());
                }
                Err(table::Error::Conflict(_)) => (),
                Err(other) => return Err(other.into()),
            }
        }
        Err(Error::Changed(id.to_string()).into())
    }

    /// The writes that turn one state of an account into another.
    async fn amending(
        &self,
        id: UserId,
        (before, version): (&UserRow, Version),
        after: &UserRow,
    ) -> Result<Vec<Write>, AccountError> {
        let put = Write::put(Row::User(id).key(), Guard::Unchanged(version), to_bytes(after));
        let mut batch = vec![put];
        let key = |name: &str| Row::LoginName(LoginName::kept(name).as_str()).key();
        let (old, new) = (key(&before.name), key(&after.name));
        if old != new {
            batch.push(Write::put(new, Guard::Absent, to_bytes(&LoginNameRow { user: id })));
            batch.push(Write::delete(old, Guard::Any));
        }
        match (before.administrates(), after.administrates()) {
            (true, false) => batch.push(self.count_admins(-1).await?),
            (false, true) => batch.push(self.count_admins(1).await?),
            _ => (),
        }
        Ok(batch)
    }

    /// Deletes what lies beside an account: sessions, tokens, links.
    async fn delete_belongings(&self, id: UserId) -> Result<usize> {
        let entries = self.scan_all(Scan::whole(person_shard(id), 1000)).await?;
        let keys: Vec<_> = entries.into_iter().map(|it| it.key).collect();
        let count = keys.len();
        self.delete_all(keys).await?;
        Ok(count)
    }
}

/// Every mistake at once; the new login name, if there is one.
fn check_fields(change: &Amendment) -> Result<Option<LoginName>> {
    let mut wrong = Vec::new();
    let name = change.name.as_deref().map(LoginName::new).transpose();
    let name = name.map_err(|it| wrong.push(it)).ok().flatten();
    let display_name = change.display_name.as_deref().map(str::trim);
    wrong.extend(display_name.and_then(|it| check_display_name(it).err()));
    let email = change.email.iter().flatten();
    wrong.extend(email.filter_map(|(it, _)| check_email(it).err()));
    if wrong.is_empty() { Ok(name) } else { Err(Error::Invalid(wrong)) }
}

/// The account after the change, and what that amounts to.
pub(super) fn amended(
    (id, before): (UserId, &UserRow),
    change: &Amendment,
    password: Option<String>,
    now: Timestamp,
) -> (UserRow, Vec<Happened>) {
    let mut after = before.clone();
    let mut happened = Vec::new();
    if let Some(name) = &change.name {
        name.trim().clone_into(&mut after.name);
    }
    if let Some(name) = &change.display_name {
        name.trim().clone_into(&mut after.display_name);
    }
    if let Some(email) = &change.email {
        after.email = email.as_ref().map(|(address, _)| address.clone());
        after.email_verified = email.as_ref().is_some_and(|(_, verified)| *verified);
    }
    after.permissions = change.permissions.unwrap_or(before.permissions);
    if let (Some(issued), Some(permissions)) = (&mut after.issued, change.permissions) {
        issued.decide(permissions);
    }
    after.disabled = change.disabled.unwrap_or(before.disabled);
    if after.name != before.name {
        happened.push(Happened::to(id, AccessKind::Renamed));
    }
    if after.permissions != before.permissions {
        let changed = Happened::to(id, AccessKind::PermissionsChanged);
        happened.push(changed.change(before.permissions, after.permissions));
    }
    if after.disabled && !before.disabled {
        after.session_epoch += 1;
        after.token_epoch += 1;
        if let Some(issued) = &mut after.issued {
            issued.not_before = Some(now);
        }
        happened.push(Happened::to(id, AccessKind::Disabled));
    }
    if before.disabled && !after.disabled {
        happened.push(Happened::to(id, AccessKind::Enabled));
    }
    if let Some(password) = password {
        after.password = Some(password);
        after.session_epoch += 1;
        happened.push(Happened::to(id, AccessKind::PasswordSet));
    }
    if after != *before {
        after.revision += 1;
    }
    (after, happened)
}

fn is_name(name: Option<&LoginName>, key: &table::Key) -> bool {
    name.is_some_and(|it| Row::LoginName(it.as_str()).key() == *key)
}
