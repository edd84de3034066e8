//! Accounts: creating, reading and listing them.

use domain::{id::UserId, time::Timestamp};
use futures::future::try_join_all;
use table::{Entry, Guard, Key, Scan, Version, Write};

use crate::{
    error::{Error, FieldError},
    keys::{Row, login_name_shards},
    outside::random,
    record::Attribution,
    rows::to_bytes,
    turns::Full,
};

use super::{
    ATTEMPTS_MAX, People, Result,
    access::{AccessKind, Happened},
    error::AccountError,
    issued::login_name,
    issuer::user_of,
    name::LoginName,
    password,
    permission::Permissions,
    stored::{AdminsRow, IssuedRow, LoginNameRow, UserRow},
};

/// Most accounts in one page of a list.
const PAGE_MAX: usize = 200;
/// Most characters of what somebody is called.
pub(super) const DISPLAY_NAME_CHARS_MAX: usize = 200;
/// Most bytes of an e-mail address (RFC 5321).
const EMAIL_LEN_MAX: usize = 254;

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its opaque id.
    pub id: UserId,
    /// What they sign in with.
    pub name: String,
    /// What to call them.
    pub display_name: String,
    /// Where to write to them.
    pub email: Option<String>,
    /// Whether that address is known to be theirs.
    pub email_verified: bool,
    /// What they may do.
    pub permissions: Permissions,
    /// Whether they may do nothing at all.
    pub disabled: bool,
    /// Since when there is the account.
    pub created_at: Timestamp,
    /// Whether they can sign in with a password.
    pub has_password: bool,
    /// What the company's issuer calls them, of whom it knows.
    pub subject: Option<String>,
    /// Counts the changes of the account.
    pub revision: u64,
}

/// An account to be created.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewUser {
    /// Its id, when creating the same twice is to be one account; else random.
    pub id: Option<UserId>,
    /// What they will sign in with.
    pub name: String,
    /// What to call them; the login name when empty.
    pub display_name: String,
    /// Where to write to them.
    pub email: Option<String>,
    /// Whether that address is known to be theirs.
    pub email_verified: bool,
    /// What they may do.
    pub permissions: Permissions,
    /// None for who signs in another way: by a link, or at the company's issuer.
    pub password: Option<String>,
    /// What the issuer calls who signs in there: the account is theirs, before they
    /// come. It has no password, and its id follows from this.
    pub subject: Option<String>,
}

/// A part of the list of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserPage {
    /// By login name.
    pub users: Vec<User>,
    /// The login name after which to go on, or `None` at the end.
    pub after: Option<String>,
}

impl People {
    /// Creates an account.
    pub async fn create_user(&self, by: &Attribution, new: NewUser) -> Result<User, AccountError> {
        let issued = self.id_at_issuer(&new)?;
        let id = issued.or(new.id);
        let known = id.is_some();
        let id = id.unwrap_or_else(|| UserId::from_bytes(random(&*self.entropy)));
        if known && let Some(before) = self.created_before(id, &new).await? {
            return Ok(before);
        }
        let wished = new.clone();
        let (name, row) = self.new_row(id, new).await?;
        let name_key = Row::LoginName(name.as_str()).key();
        for _ in 0..ATTEMPTS_MAX {
            let mut batch = creation(id, &name, &row);
            if row.administrates() {
                batch.push(self.count_admins(1).await?);
            }
            let happened = Happened::to(id, AccessKind::Created);
            let happened = vec![happened.change(Permissions::NONE, row.permissions)];
            match self.commit(by, batch, happened).await {
                Ok(()) => return Ok(shown(id, row)),
                Err(table::Error::Conflict(key)) if key == name_key => return Err(taken().into()),
                // Two administrators at once; or this very account, meanwhile.
                Err(table::Error::Conflict(key)) if key == Row::User(id).key() => {
                    let before = self.created_before(id, &wished).await?;
                    return before.ok_or_else(|| Error::Changed(id.to_string()).into());
                }
                Err(table::Error::Conflict(_)) => (),
                Err(other) => return Err(other.into()),
            }
        }
        Err(Error::Changed("the number of administrators".to_owned()).into())
    }

    /// One account.
    pub async fn user(&self, id: UserId) -> Result<User> {
        let (row, _) = self.user_row(id).await?.ok_or_else(|| not_found(id))?;
        Ok(shown(id, row))
    }

    /// The account with this login name, whatever its case.
    pub async fn user_named(&self, name: &str) -> Result<Option<User>> {
        let is_issued = name.contains(LoginName::ISSUED);
        let name = if is_issued { Ok(LoginName::kept(name)) } else { LoginName::new(name) };
        let Ok(name) = name else { return Ok(None) };
        let Some(id) = self.owner_of(&name).await? else { return Ok(None) };
        Ok(self.user_row(id).await?.map(|(row, _)| shown(id, row)))
    }

    /// Accounts by login name, those whose name begins with `prefix`.
    pub async fn users(&self, prefix: &str, after: Option<&str>, limit: usize) -> Result<UserPage> {
        let limit = limit.clamp(1, PAGE_MAX);
        let prefix = prefix.trim().to_lowercase();
        let pages: Vec<_> = login_name_shards()
            .map(|shard| {
                let mut scan = Scan::prefix(shard, prefix.as_bytes(), limit);
                if let Some(after) = after {
                    let start = [after.as_bytes(), &[0]].concat();
                    scan.range.start = scan.range.start.max(start);
                }
                self.table.scan(scan)
            })
            .collect();
        let pages = try_join_all(pages).await?;
        let mut more = pages.iter().any(|it| it.rest.is_some());
        let mut entries: Vec<Entry> = pages.into_iter().flat_map(|it| it.entries).collect();
        entries.sort_by(|a, b| a.key.sort.cmp(&b.key.sort));
        more |= limit < entries.len();
        entries.truncate(limit);
        let last = entries.last().map(|it| String::from_utf8_lossy(&it.key.sort).into_owned());
        let ids = entries.iter().map(|it| minicbor::decode::<LoginNameRow>(&it.value));
        let ids = ids.map(|it| Ok(it?.user)).collect::<Result<Vec<UserId>>>()?;
        let rows = try_join_all(ids.iter().map(|id| self.user_row(*id))).await?;
        // One deleted between the two reads is left out.
        let users = std::iter::zip(ids, rows).filter_map(|(id, row)| Some(shown(id, row?.0)));
        Ok(UserPage { users: users.collect(), after: last.filter(|_| more) })
    }

    /// The account's row and the version that guards it.
    pub(super) async fn user_row(&self, id: UserId) -> Result<Option<(UserRow, Version)>> {
        let Some(entry) = self.table.get(&Row::User(id).key()).await? else { return Ok(None) };
        Ok(Some((minicbor::decode(&entry.value)?, entry.version)))
    }

    /// The row of an account that may do anything at all.
    pub(super) async fn live_user(&self, id: UserId) -> Result<(UserRow, Version)> {
        let found = self.user_row(id).await?;
        found.filter(|(row, _)| !row.disabled).ok_or_else(|| not_found(id))
    }

    /// Whose login name it is.
    pub(super) async fn owner_of(&self, name: &LoginName) -> Result<Option<UserId>> {
        let key = Row::LoginName(name.as_str()).key();
        let Some(entry) = self.table.get(&key).await? else { return Ok(None) };
        let LoginNameRow { user } = minicbor::decode(&entry.value)?;
        Ok(Some(user))
    }

    /// The write that makes administrators more or fewer; never none.
    pub(super) async fn count_admins(&self, by: i32) -> Result<Write, AccountError> {
        let key = Row::Admins.key();
        let entry = self.table.get(&key).await?;
        let before: Option<AdminsRow> =
            entry.as_ref().map(|it| minicbor::decode(&it.value)).transpose()?;
        let count = before.map_or(0, |it| it.count).saturating_add_signed(by);
        if count == 0 {
            return Err(AccountError::LastAdmin);
        }
        let guard = entry.map_or(Guard::Absent, |it| Guard::Unchanged(it.version));
        Ok(Write::put(key, guard, to_bytes(&AdminsRow { count })))
    }

    /// A password as it is kept, after checking that it is good enough.
    pub(super) async fn hashed(
        &self,
        password: &str,
        name: &LoginName,
    ) -> Result<String, AccountError> {
        password::check(password, name.as_str()).map_err(|it| Error::Invalid(vec![it]))?;
        let place = self.hasher.place().map_err(|Full| AccountError::Busy)?;
        Ok(place.hash(password, random(&*self.entropy)).await)
    }

    /// Every entry of a scan.
    pub(super) async fn scan_all(&self, scan: Scan) -> Result<Vec<Entry>> {
        let (mut all, mut next) = (Vec::new(), Some(scan));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            all.extend(page.entries);
            next = page.rest;
        }
        Ok(all)
    }

    /// Deletes entries, whatever they hold, in as many batches as it takes.
    pub(super) async fn delete_all(&self, keys: Vec<Key>) -> Result<()> {
        for keys in keys.chunks(table::limits::BATCH_WRITES_MAX) {
            let batch = keys.iter().map(|key| Write::delete(key.clone(), Guard::Any));
            self.table.write(batch.collect()).await?;
        }
        Ok(())
    }

    /// The account that the same creation made before. Another creation under
    /// the same id is refused: whoever sent it would believe it was made.
    async fn created_before(
        &self,
        id: UserId,
        new: &NewUser,
    ) -> Result<Option<User>, AccountError> {
        let Some((row, _)) = self.user_row(id).await? else { return Ok(None) };
        if 1 < row.revision {
            // What it was made as cannot be told any more; that it was made can.
            return Ok(Some(shown(id, row)));
        }
        let same = (row.name == new.name.trim() || row.issued.is_some())
            && row.email == new.email
            && row.permissions == new.permissions
            && match &new.password {
                Some(password) => {
                    let place = self.hasher.place().map_err(|Full| AccountError::Busy)?;
                    place.verify(password, row.password.as_deref()).await
                }
                None => true,
            };
        if same { Ok(Some(shown(id, row))) } else { Err(Error::Changed(id.to_string()).into()) }
    }

    /// The row of a new account; every mistake at once.
    pub(super) async fn new_row(
        &self,
        id: UserId,
        new: NewUser,
    ) -> Result<(LoginName, UserRow), AccountError> {
        let mut wrong = Vec::new();
        let name = LoginName::new(&new.name).map_err(|it| wrong.push(it)).ok();
        let called = Some(new.display_name.trim()).filter(|it| !it.is_empty());
        let display_name = called.unwrap_or(new.name.trim()).to_owned();
        wrong.extend(check_display_name(&display_name).err());
        wrong.extend(new.email.as_deref().and_then(|it| check_email(it).err()));
        let shown_name = name.as_ref().map_or("", LoginName::as_str);
        wrong.extend(new.password.as_deref().and_then(|it| password::check(it, shown_name).err()));
        let Some(name) = name.filter(|_| wrong.is_empty()) else {
            return Err(Error::Invalid(wrong).into());
        };
        let password = match &new.password {
            Some(password) => Some(self.hashed(password, &name).await?),
            None => None,
        };
        let company = self.company();
        let issued = company.zip(new.subject.as_deref()).map(|(company, subject)| {
            let mut issued =
                IssuedRow::new(company.issuer.name(), subject, company.policy.everybody);
            issued.decide(new.permissions);
            issued
        });
        let name = match issued {
            Some(_) => LoginName::kept(&login_name(&new.name, id)),
            None => name,
        };
        let row = UserRow {
            name: if issued.is_some() {
                name.as_str().to_owned()
            } else {
                new.name.trim().to_owned()
            },
            display_name,
            email_verified: new.email_verified && new.email.is_some(),
            email: new.email,
            permissions: new.permissions,
            disabled: false,
            created_at: self.clock.now(),
            password,
            session_epoch: 0,
            token_epoch: 0,
            revision: 1,
            issued,
        };
        Ok((name, row))
    }

    /// The id of whom the issuer knows, where the account is to be theirs.
    fn id_at_issuer(&self, new: &NewUser) -> Result<Option<UserId>> {
        let Some(subject) = new.subject.as_deref() else { return Ok(None) };
        let Some(company) = self.company() else {
            let detail = "no issuer is set up here: leave it out and give a password";
            return Err(Error::invalid("/subject", "no_issuer", detail));
        };
        if new.password.is_some() {
            let detail = "who signs in at the issuer has no password here";
            return Err(Error::invalid("/password", "at_issuer", detail));
        }
        Ok(Some(user_of(company.issuer.name(), subject)))
    }
}

/// The writes that create an account, its login name first.
pub(super) fn creation(id: UserId, name: &LoginName, row: &UserRow) -> Vec<Write> {
    let owner = LoginNameRow { user: id };
    vec![
        Write::put(Row::User(id).key(), Guard::Absent, to_bytes(row)),
        Write::put(Row::LoginName(name.as_str()).key(), Guard::Absent, to_bytes(&owner)),
    ]
}

/// The account without its secrets.
pub(super) fn shown(id: UserId, row: UserRow) -> User {
    User {
        id,
        name: row.name,
        display_name: row.display_name,
        email: row.email,
        email_verified: row.email_verified,
        permissions: row.permissions,
        disabled: row.disabled,
        created_at: row.created_at,
        has_password: row.password.is_some(),
        subject: row.issued.map(|it| it.subject),
        revision: row.revision,
    }
}

pub(super) fn not_found(id: UserId) -> Error {
    Error::NotFound(id.to_string())
}

pub(super) fn taken() -> Error {
    Error::invalid("/name", "taken", "somebody else has this login name")
}

pub(super) fn check_display_name(name: &str) -> Result<(), FieldError> {
    let fits = (1..=DISPLAY_NAME_CHARS_MAX).contains(&name.chars().count());
    if fits && !name.chars().any(char::is_control) {
        return Ok(());
    }
    let detail = format!("a name has 1 to {DISPLAY_NAME_CHARS_MAX} characters");
    Err(FieldError { pointer: "/display_name".to_owned(), code: "length", detail })
}

/// Only what is certainly no address is refused: the proof is that mail arrives.
pub(super) fn check_email(email: &str) -> Result<(), FieldError> {
    let blank = |it: char| it.is_whitespace() || it.is_control();
    let parts = email.rsplit_once('@').filter(|(local, host)| {
        !local.is_empty() && !host.is_empty() && !host.starts_with('.') && !host.ends_with('.')
    });
    if parts.is_some() && email.len() <= EMAIL_LEN_MAX && !email.contains(blank) {
        return Ok(());
    }
    let detail = "this is no e-mail address".to_owned();
    Err(FieldError { pointer: "/email".to_owned(), code: "email", detail })
}

/// Whose login name a row is.
pub(crate) fn user_of_login_name(row: &[u8]) -> Result<UserId> {
    Ok(minicbor::decode::<LoginNameRow>(row)?.user)
}
