//! The bytes of version 1 of the rows about people: written once, read for ever.

use domain::id::UserId;

use super::{
    AccessKind, AccessRow, AdminsRow, FailuresRow, IssuedRow, LinkRow, LoginNameRow, Permission,
    Permissions, SessionRow, SetupRow, SpentRow, TokenRow, UserRow,
};
use crate::rows::tests::{Sample, at, check, sample};

const KINDS: [AccessKind; 17] = [
    AccessKind::Created,
    AccessKind::PermissionsChanged,
    AccessKind::Disabled,
    AccessKind::Enabled,
    AccessKind::Renamed,
    AccessKind::PasswordSet,
    AccessKind::Deleted,
    AccessKind::SignedIn,
    AccessKind::SignInFailed,
    AccessKind::LockedOut,
    AccessKind::TokenIssued,
    AccessKind::TokenRevoked,
    AccessKind::LinkIssued,
    AccessKind::SetUp,
    AccessKind::Erased,
    AccessKind::EvidenceRead,
    AccessKind::Exported,
];

#[test]
fn stored_rows_about_people_read_as_they_were_written() {
    let user = UserId::from_bytes([0x11; 16]);
    let bare = UserRow {
        name: "ada".to_owned(),
        display_name: String::new(),
        email: None,
        email_verified: false,
        permissions: Permissions::NONE,
        disabled: true,
        created_at: at(),
        password: None,
        session_epoch: 0,
        token_epoch: 0,
        revision: 1,
        issued: None,
    };
    let full = UserRow {
        display_name: "Ada Byron".to_owned(),
        email: Some("ada@example.org".to_owned()),
        email_verified: true,
        permissions: Permissions::ALL,
        disabled: false,
        password: Some("$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA".to_owned()),
        session_epoch: 2,
        token_epoch: 3,
        revision: 4,
        ..bare.clone()
    };
    let session = SessionRow {
        digest: [0x22; 32],
        epoch: 2,
        created_at: at(),
        last_seen_at: at().plus(60_000),
        label: "Firefox on Linux".to_owned(),
        ends_at: None,
    };
    let short = SessionRow { ends_at: Some(at().plus(90_000)), ..session.clone() };
    let issued = IssuedRow {
        issuer: "https://id.example.com".to_owned(),
        subject: "ada".to_owned(),
        base: Permissions::NONE.with(Permission::Track),
        added: Permissions::NONE.with(Permission::Admin),
        denied: Permissions::NONE.with(Permission::Enter),
        signed_in_at: Some(at()),
        not_before: Some(at().plus(1)),
        first_admin: true,
    };
    let issued = UserRow { issued: Some(issued), password: None, ..full.clone() };
    let unseen = IssuedRow::new("https://id.example.com", "eve", Permissions::NONE);
    let unseen = UserRow { issued: Some(unseen), ..bare.clone() };
    let token = TokenRow {
        digest: [0x33; 32],
        epoch: 3,
        name: "nightly".to_owned(),
        permissions: Permissions::NONE.with(Permission::Enter),
        created_at: at(),
        expires_at: None,
        last_used_at: None,
    };
    let used = TokenRow {
        expires_at: Some(at().plus(86_400_000)),
        last_used_at: Some(at().plus(1)),
        ..token.clone()
    };
    let failures =
        FailuresRow { count: 6, last_at: at(), locked_until: at().plus(2_000), expires_at: at() };
    let mut rows = vec![
        sample("user-bare", bare),
        sample("user-full", full),
        sample("login-name", LoginNameRow { user }),
        sample("admins", AdminsRow { count: 2 }),
        sample("setup", SetupRow { digest: [0x44; 32] }),
        sample("session", session),
        sample("token-bare", token),
        sample("token-full", used),
        sample("link", LinkRow { digest: [0x55; 32], epoch: 3, expires_at: at() }),
        sample("failures", failures),
    ];
    rows.extend(KINDS.map(|kind| access(kind, user)));
    rows.extend([
        sample("user-issued", issued),
        sample("user-issued-unseen", unseen),
        sample("session-ends", short),
        sample("spent", SpentRow { expires_at: at() }),
    ]);
    check("people.txt", &rows);
}

fn access(kind: AccessKind, user: UserId) -> Sample {
    let changed = kind == AccessKind::PermissionsChanged;
    let row = AccessRow {
        kind,
        actor: "operator".to_owned(),
        source: "cli".to_owned(),
        user: Some(user),
        about: (kind == AccessKind::TokenIssued).then(|| "tok_1".to_owned()),
        before: changed.then_some(Permissions::NONE),
        after: changed.then_some(Permissions::ALL),
    };
    sample(&format!("access-{}", kind.word()), row)
}
