//! People of the company's issuer: let in without an account, given and denied things.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};

use domain::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};
use futures::future::{BoxFuture, join_all};
use table::Table;

use super::world::*;
use crate::people::*;

const ISSUER: &str = "https://id.example.com";

/// Believes every token whose middle part it was told of.
#[derive(Debug, Default)]
struct Known {
    people: Mutex<HashMap<String, Identity>>,
    redeemed: AtomicU64,
}

impl Known {
    fn find(&self, who: &str) -> Result<Identity, Disbelief> {
        let people = self.people.lock().unwrap();
        people.get(who).cloned().ok_or(Disbelief::Wrong("nobody is called so"))
    }
}

impl Issuer for Known {
    fn name(&self) -> &str {
        ISSUER
    }

    fn verify<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Identity, Disbelief>> {
        let middle = token.split('.').nth(1).unwrap_or_default().to_owned();
        Box::pin(async move {
            if middle == "down" {
                return Err(Disbelief::Unavailable("no answer".to_owned()));
            }
            self.find(&middle)
        })
    }

    fn sign_in_at<'a>(
        &'a self,
        handshake: &'a Handshake,
    ) -> BoxFuture<'a, Result<String, Disbelief>> {
        let Handshake { state, nonce, verifier } = handshake;
        Box::pin(async move { Ok(format!("{state} {nonce} {verifier}")) })
    }

    fn redeem<'a>(
        &'a self,
        code: &'a str,
        _: &'a Handshake,
    ) -> BoxFuture<'a, Result<Identity, Disbelief>> {
        self.redeemed.fetch_add(1, SeqCst);
        Box::pin(async move { self.find(code) })
    }

    fn sign_out_at(&self) -> BoxFuture<'_, Option<String>> {
        Box::pin(async { None })
    }
}

struct Firm {
    world: World,
    issuer: Arc<Known>,
}

impl Firm {
    fn new(policy: Policy) -> Self {
        let (world, issuer) = (World::new(), Arc::<Known>::default());
        world.people.trust(Company { issuer: issuer.clone(), policy });
        Self { world, issuer }
    }

    /// Somebody whom the issuer knows from now on, as it says now.
    fn knows(&self, subject: &str, groups: &[&str]) -> Identity {
        let now = self.world.now();
        let somebody = Identity {
            issuer: ISSUER.to_owned(),
            subject: subject.to_owned(),
            name: None,
            email: Some(format!("{subject}@example.com")),
            groups: groups.iter().map(ToString::to_string).collect(),
            issued_at: now,
            expires_at: now.plus(HOUR),
        };
        self.says(&somebody);
        somebody
    }

    fn says(&self, somebody: &Identity) {
        self.issuer.people.lock().unwrap().insert(somebody.subject.clone(), somebody.clone());
    }

    async fn bearer(&self, subject: &str) -> Option<Arc<Principal>> {
        let token = format!("a.{subject}.c");
        self.world.people.authenticate(Credential::Token(&token)).await.unwrap()
    }

    async fn sign_in(&self, subject: &str) -> Result<NewSession, SignInError> {
        let begun = self.world.people.begin_sign_in("/#x").await.unwrap();
        let state = begun.url.split(' ').next().unwrap();
        let returned = Returned { cookie: &begun.cookie, state, code: subject, issuer: None };
        let finished = self.world.people.finish_sign_in(returned, caller()).await;
        finished.map(|(session, to)| {
            assert_eq!(to, "/#x");
            session
        })
    }
}

fn policy() -> Policy {
    let groups = [("clerks", Permission::Enter), ("bosses", Permission::Admin)];
    let groups: BTreeMap<_, _> =
        groups.map(|(name, may)| (name.to_owned(), only(may))).into_iter().collect();
    Policy { groups, ..Policy::default() }
}

#[tokio::test]
async fn whoever_the_issuer_knows_may_track_and_nothing_is_written() {
    let firm = Firm::new(policy());
    let ada = firm.knows("ada", &[]);
    let before = firm.world.table.usage();
    for _ in 0..5 {
        let who = firm.bearer("ada").await.unwrap();
        assert_eq!((who.user, who.permissions), (Some(ada.user()), only(Permission::Track)));
    }
    let cost = firm.world.table.usage() - before;
    assert_eq!((cost.writes, cost.gets), (0, 1), "one look, remembered for a while");
    assert!(firm.bearer("eve").await.is_none());
    let down = firm.world.people.authenticate(Credential::Token("a.down.c")).await;
    assert!(matches!(down, Err(crate::Error::IssuerUnavailable(_))));
}

#[tokio::test]
async fn groups_give_and_the_table_adds_and_denies() {
    let firm = Firm::new(policy());
    let ada = firm.knows("ada", &["clerks", "others"]);
    let both = only(Permission::Track).with(Permission::Enter);
    assert_eq!(firm.bearer("ada").await.unwrap().permissions, both);
    // Making the account before they come is how something is given or denied.
    let people = &firm.world.people;
    let new = NewUser {
        name: "ada".to_owned(),
        subject: Some("ada".to_owned()),
        permissions: only(Permission::Audit),
        ..NewUser::default()
    };
    let made = people.create_user(&by(), new.clone()).await.unwrap();
    assert_eq!((made.id, made.subject.as_deref()), (ada.user(), Some("ada")));
    assert_eq!(people.create_user(&by(), new).await.unwrap(), made, "made once");
    // What her groups give is hers, but for tracking, which was taken away.
    firm.world.later(ISSUED_STALE_MAX);
    let may = firm.bearer("ada").await.unwrap().permissions;
    assert_eq!(may, only(Permission::Enter).with(Permission::Audit));
    let session = firm.sign_in("ada").await.unwrap();
    assert_eq!(session.principal.permissions, may);
    // Taken away here, it stays away whatever the groups say.
    let change = Amendment { permissions: Some(only(Permission::Audit)), ..Amendment::default() };
    people.amend_user(&by(), ada.user(), change, None).await.unwrap();
    assert_eq!(firm.bearer("ada").await.unwrap().permissions, only(Permission::Audit));
    firm.sign_in("ada").await.unwrap();
    assert_eq!(firm.bearer("ada").await.unwrap().permissions, only(Permission::Audit));
    // Given again, it follows the groups as before.
    let change = Amendment { permissions: Some(both), ..Amendment::default() };
    people.amend_user(&by(), ada.user(), change, None).await.unwrap();
    assert_eq!(firm.bearer("ada").await.unwrap().permissions, both);
}

#[tokio::test]
async fn what_is_given_here_outlasts_the_groups_and_what_the_groups_give_does_not() {
    let firm = Firm::new(policy());
    let ada = firm.knows("ada", &["clerks"]);
    firm.sign_in("ada").await.unwrap();
    let all = only(Permission::Track).with(Permission::Enter).with(Permission::Manage);
    let change = Amendment { permissions: Some(all), ..Amendment::default() };
    firm.world.people.amend_user(&by(), ada.user(), change, None).await.unwrap();
    firm.knows("ada", &[]);
    firm.world.later(ISSUED_STALE_MAX);
    let left = only(Permission::Track).with(Permission::Manage);
    assert_eq!(firm.bearer("ada").await.unwrap().permissions, left);
    assert_eq!(firm.sign_in("ada").await.unwrap().principal.permissions, left);
    let remembered = firm.world.remembered().await;
    let expected = [AccessKind::Created, AccessKind::PermissionsChanged];
    assert_eq!(remembered, [expected[0], expected[1], expected[1]], "each change once");
}

#[tokio::test]
async fn a_disabled_person_is_out_and_what_was_issued_before_stays_worthless() {
    let firm = Firm::new(policy());
    let ada = firm.knows("ada", &[]);
    let session = firm.sign_in("ada").await.unwrap();
    assert!(firm.bearer("ada").await.is_some());
    let elsewhere = firm.world.elsewhere();
    elsewhere.trust(Company { issuer: firm.issuer.clone(), policy: policy() });
    let there = async || elsewhere.authenticate(Credential::Token("a.ada.c")).await.unwrap();
    assert!(there().await.is_some());

    firm.world.later(SECOND);
    let amend = async |disabled| {
        let change = Amendment { disabled: Some(disabled), ..Amendment::default() };
        firm.world.people.amend_user(&by(), ada.user(), change, None).await.unwrap();
    };
    amend(true).await;
    assert!(firm.bearer("ada").await.is_none(), "at once here");
    assert!(firm.world.who(&session).await.is_none());
    firm.world.later(ISSUED_STALE_MAX - SECOND);
    assert!(there().await.is_none(), "and soon elsewhere");
    assert_eq!(firm.sign_in("ada").await.unwrap_err(), SignInError::NotAdmitted);
    amend(false).await;
    assert!(firm.bearer("ada").await.is_none(), "the token is from before");
    assert!(firm.sign_in("ada").await.is_err());
    firm.knows("ada", &[]);
    assert!(firm.bearer("ada").await.is_some(), "this one is not");
    firm.sign_in("ada").await.unwrap();
}

#[tokio::test]
async fn the_first_administrator_is_made_at_the_first_sign_in_and_only_then() {
    let first_admin = Some(FirstAdmin::Email("Ada@Example.com".to_owned()));
    let firm = Firm::new(Policy { first_admin, ..policy() });
    let ada = firm.knows("ada", &[]);
    assert_eq!(firm.bearer("ada").await.unwrap().permissions, only(Permission::Track));
    let session = firm.sign_in("ada").await.unwrap();
    assert_eq!(session.principal.permissions, Permissions::ALL);
    assert_eq!(firm.bearer("ada").await.unwrap().permissions, Permissions::ALL);
    assert_eq!(firm.world.people.ensure_setup().await.unwrap(), None);
    let remembered = firm.world.remembered().await;
    assert_eq!(remembered, [AccessKind::SetUp, AccessKind::SignedIn]);

    // The last one stays; with another, what is taken from her stays taken.
    let people = &firm.world.people;
    let less = Amendment { permissions: Some(only(Permission::Track)), ..Amendment::default() };
    let last = people.amend_user(&by(), ada.user(), less.clone(), None).await;
    assert_eq!(last, Err(AccountError::LastAdmin));
    firm.world.person("root", Permissions::ALL).await;
    people.amend_user(&by(), ada.user(), less, None).await.unwrap();
    assert_eq!(firm.sign_in("ada").await.unwrap().principal.permissions, only(Permission::Track));
    let mut eve = firm.knows("eve", &[]);
    eve.email = None;
    firm.says(&eve);
    assert_eq!(firm.sign_in("eve").await.unwrap().principal.permissions, only(Permission::Track));
}

#[tokio::test]
async fn an_administrator_by_group_signs_in_as_one_and_does_not_count_as_the_last() {
    let firm = Firm::new(policy());
    let boss = firm.knows("boss", &["bosses"]);
    let session = firm.sign_in("boss").await.unwrap();
    assert!(session.principal.may(Permission::Admin));
    let remembered = firm.world.remembered().await;
    assert!(remembered.contains(&AccessKind::SignedIn));
    let disable = Amendment { disabled: Some(true), ..Amendment::default() };
    firm.world.people.amend_user(&by(), boss.user(), disable, None).await.unwrap();
}

#[tokio::test]
async fn only_addresses_of_the_company_are_let_in() {
    let email_domains = vec!["example.com".to_owned()];
    let firm = Firm::new(Policy { email_domains, ..policy() });
    firm.knows("ada", &[]);
    let mut eve = firm.knows("eve", &[]);
    for email in [None, Some("eve@example.com.evil.test"), Some("eve@notexample.com")] {
        eve.email = email.map(ToOwned::to_owned);
        firm.says(&eve);
        firm.world.later(ISSUED_STALE_MAX);
        assert!(firm.bearer("eve").await.is_none(), "{email:?}");
        assert_eq!(firm.sign_in("eve").await.unwrap_err(), SignInError::NotAdmitted);
    }
    assert!(firm.world.remembered().await.iter().all(|it| *it == AccessKind::SignInFailed));
    // An access token often has no address: who signed in before had one.
    firm.sign_in("ada").await.unwrap();
    let mut ada = firm.knows("ada", &[]);
    ada.email = None;
    firm.says(&ada);
    let who = firm.bearer("ada").await.unwrap();
    assert_eq!(who.email.as_deref(), Some("ada@example.com"));
}

#[tokio::test]
async fn a_sign_in_is_ended_once_in_time_and_in_the_browser_that_began_it() {
    let firm = Firm::new(policy());
    firm.knows("ada", &[]);
    let people = &firm.world.people;
    let begun = people.begin_sign_in("/").await.unwrap();
    let other = people.begin_sign_in("/").await.unwrap();
    let state = begun.url.split(' ').next().unwrap().to_owned();
    assert!(!begun.url.contains(&begun.cookie), "the issuer learns nothing of the cookie");
    let finish = async |cookie: &str, state: &str, issuer| {
        let returned = Returned { cookie, state, code: "ada", issuer };
        people.finish_sign_in(returned, caller()).await.map(|_| ())
    };
    let mut forged = begun.cookie.clone().into_bytes();
    forged[50] ^= 1;
    let forged = String::from_utf8(forged).unwrap();
    let stale = Err(SignInError::Stale);
    assert_eq!(finish("", &state, None).await, stale);
    assert_eq!(finish(&"A".repeat(3_000), &state, None).await, stale);
    assert_eq!(finish(&other.cookie, &state, None).await, stale);
    assert_eq!(finish(&forged, &state, None).await, stale);
    assert_eq!(finish(&begun.cookie, "", None).await, stale);
    assert_eq!(finish(&begun.cookie, &state, Some("https://other.example")).await, stale);
    assert_eq!(firm.issuer.redeemed.load(SeqCst), 0, "the issuer is not asked for these");
    // Another process can end it; and of several at once, one does.
    let elsewhere = firm.world.elsewhere();
    elsewhere.trust(Company { issuer: firm.issuer.clone(), policy: policy() });
    let returned =
        Returned { cookie: &begun.cookie, state: &state, code: "ada", issuer: Some(ISSUER) };
    let all = (0..6).map(|at| {
        if at % 2 == 0 {
            elsewhere.finish_sign_in(returned, caller())
        } else {
            people.finish_sign_in(returned, caller())
        }
    });
    let all = join_all(all.collect::<Vec<_>>()).await;
    assert_eq!(all.iter().filter(|it| it.is_ok()).count(), 1);
    assert_eq!(firm.issuer.redeemed.load(SeqCst), 1);
    firm.world.later(HANDSHAKE_MAX);
    let state = other.url.split(' ').next().unwrap();
    assert_eq!(finish(&other.cookie, state, None).await, stale);
    assert_eq!(people.sweep_failures().await.unwrap(), 1, "what was spent is forgotten");
}

#[tokio::test]
async fn nobody_is_sent_anywhere_else() {
    let own = ["/", "/#pkg_1", "/a/b?c=d&e=%2F", "/:8080"];
    let foreign = [
        "",
        "//evil.test",
        "https://evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/a b",
        "/\r\nx",
        "/\t/evil.test",
        "javascript:alert(1)",
        "evil.test",
        "/ä",
    ];
    assert!(own.iter().all(|it| is_own_path(it)));
    for path in foreign {
        assert!(!is_own_path(path), "{path:?}");
    }
    assert!(!is_own_path(&format!("/{}", "a".repeat(RETURN_LEN_MAX))));
    let firm = Firm::new(policy());
    firm.knows("ada", &[]);
    let people = &firm.world.people;
    let begun = people.begin_sign_in("//evil.test").await.unwrap();
    let state = begun.url.split(' ').next().unwrap();
    let returned = Returned { cookie: &begun.cookie, state, code: "ada", issuer: None };
    assert_eq!(people.finish_sign_in(returned, caller()).await.unwrap().1, "/");
}

#[tokio::test]
async fn made_up_codes_are_slowed_down_like_wrong_passwords() {
    let firm = Firm::new(policy());
    firm.knows("ada", &[]);
    let mut wrong = 0;
    loop {
        match firm.sign_in("made up").await {
            Err(SignInError::Wrong) => wrong += 1,
            Err(SignInError::LockedUntil(until)) => {
                assert!(firm.world.now() < until);
                break;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(wrong, 200, "a whole company may come from one address");
    assert!(matches!(firm.sign_in("ada").await, Err(SignInError::LockedUntil(_))));
    assert_eq!(firm.issuer.redeemed.load(SeqCst), wrong);
    // Nor does it let anybody guess passwords from there meanwhile.
    firm.world.with_password("mary", only(Permission::Track)).await;
    let guessed = firm.world.people.sign_in("mary", PASSWORD, caller()).await;
    assert!(matches!(guessed, Err(SignInError::LockedUntil(_))));
    firm.world.later(2 * SECOND);
    firm.sign_in("ada").await.unwrap();
}

#[tokio::test]
async fn where_the_company_wants_no_passwords_there_are_none() {
    let firm = Firm::new(Policy { passwords: false, ..policy() });
    let people = &firm.world.people;
    firm.world.with_password("mary", Permissions::NONE).await;
    let signed_in = people.sign_in("mary", PASSWORD, caller()).await;
    assert_eq!(signed_in.unwrap_err(), SignInError::AtIssuer);
    let token = people.ensure_setup().await.unwrap().unwrap();
    let set_up = people.complete_setup(token.reveal(), "root", PASSWORD).await;
    assert_eq!(set_up.unwrap_err(), SetupError::Closed);
}

#[tokio::test]
async fn what_the_issuer_keeps_is_not_changed_here() {
    let firm = Firm::new(policy());
    let ada = firm.knows("ada", &[]);
    let session = firm.sign_in("ada").await.unwrap();
    let people = &firm.world.people;
    let name = Amendment { name: Some("eve".to_owned()), ..Amendment::default() };
    let password = Amendment { password: Some(PASSWORD.to_owned()), ..Amendment::default() };
    for change in [name, password] {
        let refused = people.amend_user(&by(), ada.user(), change, None).await;
        assert_eq!(refused.unwrap_err(), AccountError::AtIssuer);
    }
    let own = people.change_password(&session.principal, "", OTHER, caller()).await;
    assert_eq!(own.unwrap_err(), AccountError::AtIssuer);
    // A name typed at the door cannot be that of somebody of the issuer.
    let named = people.user(ada.user()).await.unwrap().name;
    assert!(named.starts_with("ada@example.com#"), "{named}");
    let new = NewUser { name: named.clone(), ..NewUser::default() };
    assert!(people.create_user(&by(), new).await.is_err());
    assert_eq!(people.user_named(&named).await.unwrap().map(|it| it.id), Some(ada.user()));
    // A local account of the same address is another one.
    let local = firm.world.person("ada@example.com", Permissions::NONE).await;
    assert_ne!(local, ada.user());
    let all = people.users("ADA", None, 10).await.unwrap();
    let names: Vec<&str> = all.users.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["ada@example.com", named.as_str()]);
    people.delete_user(&by(), ada.user()).await.unwrap();
    assert!(people.users("ada@example.com#", None, 10).await.unwrap().users.is_empty());
}

#[tokio::test]
async fn people_of_the_issuer_are_listed_in_order_page_by_page() {
    let firm = Firm::new(policy());
    for number in 0..40 {
        firm.knows(&format!("p{number:02}"), &[]);
        firm.sign_in(&format!("p{number:02}")).await.unwrap();
    }
    firm.world.person("p05-local", Permissions::NONE).await;
    let (mut names, mut after) = (Vec::new(), None);
    loop {
        let page = firm.world.people.users("p", after.as_deref(), 7).await.unwrap();
        assert!(page.users.len() <= 7);
        names.extend(page.users.into_iter().map(|it| it.name));
        after = page.after;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(names.len(), 41);
    assert!(names.is_sorted(), "{names:?}");
}

#[tokio::test]
async fn sessions_end_sooner_and_tokens_only_outlive_them_for_a_while() {
    let firm = Firm::new(policy());
    let ada = firm.knows("ada", &[]);
    let session = firm.sign_in("ada").await.unwrap();
    let token = NewToken {
        name: "nightly".to_owned(),
        permissions: only(Permission::Track),
        expires_at: None,
    };
    let people = &firm.world.people;
    let (token, _) = people.issue_token(&session.principal, token).await.unwrap();
    let works =
        async || people.authenticate(Credential::Token(token.reveal())).await.unwrap().is_some();
    for _ in 0..23 {
        assert!(firm.world.who(&session).await.is_some());
        firm.world.later(30 * MINUTE);
    }
    firm.world.later(30 * MINUTE);
    assert!(firm.world.who(&session).await.is_none(), "12 hours, however it is used");
    assert!(works().await);
    firm.world.later(TOKENS_OUTLIVE - 13 * HOUR);
    assert!(works().await);
    firm.world.later(HOUR + SECOND);
    assert!(!works().await, "who has left cannot sign in, and neither can their programs");
    firm.knows("ada", &[]);
    firm.sign_in("ada").await.unwrap();
    assert!(works().await);
    // Where another issuer is trusted, or none, they are nobody.
    let elsewhere = firm.world.elsewhere();
    let there = elsewhere.authenticate(Credential::Token(token.reveal())).await.unwrap();
    assert_eq!(there, None);
    assert!(people.user(ada.user()).await.is_ok());
}

#[tokio::test]
async fn two_sign_ins_at_once_make_one_account() {
    for seed in 0..20 {
        let (world, issuer) = (World::interleaved(seed), Arc::<Known>::default());
        let first_admin = Some(FirstAdmin::Subject("ada".to_owned()));
        let policy = Policy { first_admin, ..policy() };
        world.people.trust(Company { issuer: issuer.clone(), policy });
        let firm = Firm { world, issuer };
        firm.knows("ada", &[]);
        let all = join_all([firm.sign_in("ada"), firm.sign_in("ada"), firm.sign_in("ada")]).await;
        for session in all {
            let session = session.unwrap();
            assert!(firm.world.who(&session).await.unwrap().may(Permission::Admin));
        }
        let set_up = firm.world.remembered().await;
        assert_eq!(set_up.iter().filter(|it| **it == AccessKind::SetUp).count(), 1);
        assert_eq!(firm.world.people.users("", None, 10).await.unwrap().users.len(), 1);
    }
}

#[test]
fn names_say_who_it_is_in_one_line() {
    let somebody = |name: Option<&str>, email: Option<&str>, subject: &str| Identity {
        issuer: ISSUER.to_owned(),
        subject: subject.to_owned(),
        name: name.map(ToOwned::to_owned),
        email: email.map(ToOwned::to_owned),
        groups: Vec::new(),
        issued_at: Timestamp::MIN,
        expires_at: Timestamp::MIN.plus(DAY),
    };
    let shown = |it: Identity| it.display_name();
    assert_eq!(shown(somebody(Some(" Ada\nByron "), None, "x")), "AdaByron");
    assert_eq!(shown(somebody(Some("\u{7}"), Some("a@b"), "x")), "a@b");
    assert_eq!(shown(somebody(None, None, "x")), "x");
    assert!(shown(somebody(Some(&"y".repeat(999)), None, "x")).len() <= 200);
    assert_ne!(somebody(None, None, "x").user(), somebody(None, None, "y").user());
}
