//! What is remembered of who may do what: changes of accounts, administrators
//! signing in, failed attempts, reads of evidence. Written with the change itself, or
//! before what was asked for is shown; never changed.

use domain::{
    id::{AccessId, Subject, UserId},
    leaf::entry,
    time::Timestamp,
};
use futures::future::try_join_all;
use minicbor::{Decode, Encode};
use table::{Guard, Key, Scan, Write};

use crate::{
    Service,
    error::Error,
    keys::{ACCESS_SHARDS, Row, access_shard, day},
    outside::random,
    record::Attribution,
    rows::to_bytes,
};

use super::{
    People, Result,
    permission::{Permission, Permissions},
    stored::AccessRow,
};

/// What happened to somebody's access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum AccessKind {
    /// An account was created.
    #[n(0)]
    Created,
    /// What somebody may do was changed.
    #[n(1)]
    PermissionsChanged,
    /// An account was disabled; its sessions and tokens ended.
    #[n(2)]
    Disabled,
    /// A disabled account was enabled.
    #[n(3)]
    Enabled,
    /// A login name was changed.
    #[n(4)]
    Renamed,
    /// A password was set; the sessions ended.
    #[n(5)]
    PasswordSet,
    /// An account was deleted.
    #[n(6)]
    Deleted,
    /// An administrator signed in.
    #[n(7)]
    SignedIn,
    /// Name and password did not go together.
    #[n(8)]
    SignInFailed,
    /// Attempts are not looked at for a while.
    #[n(9)]
    LockedOut,
    /// An API token was issued.
    #[n(10)]
    TokenIssued,
    /// An API token was revoked.
    #[n(11)]
    TokenRevoked,
    /// A link that signs in once was issued.
    #[n(12)]
    LinkIssued,
    /// The first administrator was created with the setup token.
    #[n(13)]
    SetUp,
    /// Personal text was erased.
    #[n(14)]
    Erased,
    /// What the audit log says was read: of a thing, of what somebody did, or all.
    #[n(15)]
    EvidenceRead,
    /// A list was taken out.
    #[n(16)]
    Exported,
}

impl AccessKind {
    /// The word on the wire and in the log.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "user_created",
            Self::PermissionsChanged => "permissions_changed",
            Self::Disabled => "user_disabled",
            Self::Enabled => "user_enabled",
            Self::Renamed => "user_renamed",
            Self::PasswordSet => "password_set",
            Self::Deleted => "user_deleted",
            Self::SignedIn => "signed_in",
            Self::SignInFailed => "sign_in_failed",
            Self::LockedOut => "locked_out",
            Self::TokenIssued => "token_issued",
            Self::TokenRevoked => "token_revoked",
            Self::LinkIssued => "link_issued",
            Self::SetUp => "set_up",
            Self::Erased => "personal_text_erased",
            Self::EvidenceRead => "evidence_read",
            Self::Exported => "exported",
        }
    }

    /// What a word of the log says.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        let all = (0u8..).map_while(|it| minicbor::decode::<Self>(&to_bytes(&it)).ok());
        all.into_iter().find(|it| it.word() == word)
    }
}

/// One thing that happened to somebody's access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// When.
    pub at: Timestamp,
    /// What.
    pub kind: AccessKind,
    /// Who did it: an opaque id, `anonymous` before somebody signed in.
    pub actor: String,
    /// The way it came.
    pub source: String,
    /// Whose account, where there is one.
    pub user: Option<UserId>,
    /// The session or token, where it is about one.
    pub about: Option<String>,
    /// What they could do before, where that changed.
    pub before: Option<Permissions>,
    /// What they may do from then on, where that changed.
    pub after: Option<Permissions>,
}

/// What is about to be remembered. The clock and the actor are added on writing.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    pub kind: AccessKind,
    pub user: Option<UserId>,
    pub about: Option<String>,
    pub change: Option<(Permissions, Permissions)>,
}

impl Happened {
    pub(super) fn to(user: UserId, kind: AccessKind) -> Self {
        Self { kind, user: Some(user), about: None, change: None }
    }

    pub(super) fn about(self, about: impl ToString) -> Self {
        Self { about: Some(about.to_string()), ..self }
    }

    /// Nobody's account: an attempt on none that exists.
    pub(super) fn to_any(user: Option<UserId>, kind: AccessKind) -> Self {
        Self { kind, user, about: None, change: None }
    }

    pub(super) fn change(self, before: Permissions, after: Permissions) -> Self {
        Self { change: Some((before, after)), ..self }
    }

    /// What was done with a thing, not with an account.
    pub(crate) fn with(subject: Subject, kind: AccessKind) -> Self {
        Self::to_any(None, kind).about(subject)
    }

    /// The write that remembers it.
    pub(crate) fn write(&self, by: &Attribution, now: Timestamp, random: [u8; 16]) -> Write {
        let key = Row::Access(now, random).key();
        Write::put(key, Guard::Absent, to_bytes(&self.row(by)))
    }

    fn row(&self, by: &Attribution) -> AccessRow {
        let (before, after) = self.change.unzip();
        AccessRow {
            kind: self.kind,
            actor: by.actor.clone(),
            source: by.source.clone(),
            user: self.user,
            about: self.about.clone(),
            before,
            after,
        }
    }

    fn trace(&self, by: &Attribution) {
        let user = self.user.map(tracing::field::display);
        let (kind, about) = (self.kind.word(), self.about.as_deref());
        tracing::info!(
            access.kind = kind,
            access.actor = by.actor,
            access.source = by.source,
            user.id = user,
            access.about = about,
            "access: {kind}"
        );
    }
}

impl Service {
    /// Remembers that somebody is about to read what the audit log says of a subject
    /// or an account, by its id, or in one word of how much it is. Who cannot be
    /// remembered must not be shown it. Nothing personal may be in `about`: it is
    /// logged for ever.
    pub async fn note_evidence_read(&self, by: &Attribution, about: &str) -> Result<()> {
        let account: Option<UserId> = about.parse().ok();
        let read = Happened::to_any(account, AccessKind::EvidenceRead);
        let read = if account.is_some() { read } else { read.about(about) };
        Ok(self.people().commit(by, Vec::new(), vec![read]).await?)
    }

    /// Remembers that somebody is about to take out a list, in one word of what. Who
    /// cannot be remembered must not get it.
    pub async fn note_export(&self, by: &Attribution, about: &str) -> Result<()> {
        let taken = Happened::to_any(None, AccessKind::Exported).about(about);
        Ok(self.people().commit(by, Vec::new(), vec![taken]).await?)
    }
}

impl People {
    /// What happened on one day (counted from 1970, UTC), oldest first.
    pub async fn access_on(&self, day: u32) -> Result<Vec<Access>> {
        let shards = (0..ACCESS_SHARDS).map(|bucket| self.access_in(day, bucket));
        let mut all: Vec<Access> = try_join_all(shards).await?.into_iter().flatten().collect();
        all.sort_by_key(|it| it.at);
        Ok(all)
    }

    /// Applies a batch together with what it means. When the answer is lost,
    /// the last row that was to be new tells whether the batch applied: it is
    /// this batch's own, under a key nobody else can have made.
    pub(super) async fn commit(
        &self,
        by: &Attribution,
        mut batch: Vec<Write>,
        happened: Vec<Happened>,
    ) -> Result<(), table::Error> {
        let now = self.clock.now();
        let write = |it: &Happened| it.write(by, now, random(&*self.entropy));
        batch.extend(happened.iter().map(write));
        let own = batch.iter().rev().find(|it| it.guard == Guard::Absent);
        let own = own.map(|it| it.key.clone());
        match (self.table.write(batch).await, own) {
            (Err(table::Error::Unavailable(why)), Some(own)) => {
                if self.table.get(&own).await?.is_none() {
                    return Err(table::Error::Unavailable(why));
                }
            }
            (other, _) => other?,
        }
        for it in &happened {
            it.trace(by);
        }
        Ok(())
    }

    async fn access_in(&self, day: u32, bucket: u8) -> Result<Vec<Access>> {
        let mut all = Vec::new();
        let mut next = Some(Scan::whole(access_shard(day, bucket), 1000));
        while let Some(scan) = next {
            let page = self.table.scan(scan).await?;
            for entry in &page.entries {
                let at = access_at(&entry.key.sort, day)?;
                let AccessRow { kind, actor, source, user, about, before, after } =
                    minicbor::decode(&entry.value)?;
                all.push(Access { at, kind, actor, source, user, about, before, after });
            }
            next = page.rest;
        }
        Ok(all)
    }
}

/// What a row remembers, as it is logged.
pub(crate) fn logged(at: Timestamp, id: AccessId, value: &[u8]) -> Result<entry::Access> {
    let AccessRow { kind, actor, source, user, about, before, after } = minicbor::decode(value)?;
    let words = |it: Permissions| it.iter().map(|it| it.word().to_owned()).collect();
    let (kind, before, after) = (kind.word().to_owned(), before.map(words), after.map(words));
    Ok(entry::Access { id, at, kind, actor, source, user, about, before, after })
}

/// The row that remembers again what the log tells.
pub(crate) fn access_row(logged: &entry::Access) -> Result<(Key, Vec<u8>)> {
    let unknown = |what: &str| Error::Corrupt(format!("{} of the log: {what}", logged.id));
    let permissions = |words: &Option<Vec<String>>| -> Result<Option<Permissions>> {
        let Some(words) = words else { return Ok(None) };
        let each = words.iter().map(|it| it.parse::<Permission>());
        let all = each.collect::<std::result::Result<Permissions, _>>();
        all.map(Some).map_err(|it| unknown(&it.to_string()))
    };
    let kind = AccessKind::of_word(&logged.kind);
    let row = AccessRow {
        kind: kind.ok_or_else(|| unknown(&logged.kind))?,
        actor: logged.actor.clone(),
        source: logged.source.clone(),
        user: logged.user,
        about: logged.about.clone(),
        before: permissions(&logged.before)?,
        after: permissions(&logged.after)?,
    };
    Ok((Row::Access(logged.at, *logged.id.as_bytes()).key(), to_bytes(&row)))
}

/// Whoever has not signed in.
pub(super) fn anonymous(source: &str) -> Attribution {
    Attribution { actor: "anonymous".to_owned(), source: source.to_owned() }
}

fn access_at(sort: &[u8], on: u32) -> Result<Timestamp> {
    let millis = sort.get(..8).and_then(|it| it.try_into().ok()).map(u64::from_be_bytes);
    let at = millis.and_then(|it| Timestamp::from_millis(it as i64).ok());
    at.filter(|it| day(*it) == on).ok_or_else(|| {
        Error::Corrupt(format!("something that happened {on} days after 1970 has no time"))
    })
}
