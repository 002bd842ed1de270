//! Beside the ledger: what can be changed and erased.

use safelane_ledger::testkit::Author;
use safelane_ledger::{ReceivedAt, Role};

use super::office::Office;
use crate::{
    Account, AccountChange, Batch, Invite, Item, Newcomer, SecretHash, Session, Store, StoreError,
    Token,
};

fn at(seconds: i64) -> ReceivedAt {
    ReceivedAt::from_unix(seconds).expect("a moment")
}

fn account(name: &str) -> Account {
    Account {
        person: Author::new(name).person,
        name: name.to_owned(),
        display: format!("{name} at work"),
        password: None,
        language: "bs".into(),
        created: at(100),
    }
}

/// `Ana` and `ANA` are one name, at first and when a name changes.
pub async fn names_are_unique_without_regard_to_case(store: &dyn Store) {
    let (ana, ben) = (account("Ana"), account("ben"));
    store.add_account(&ana).await.unwrap();
    store.add_account(&ben).await.unwrap();
    let mut again = account("ANA");
    again.person = Author::new("somebody else").person;

    let taken = store.add_account(&again).await;
    let name = AccountChange {
        name: Some("aNA".into()),
        ..AccountChange::default()
    };
    let renamed = store.change_account(ben.person, name).await;

    assert!(matches!(taken, Err(StoreError::Taken { .. })), "{taken:?}");
    assert!(
        matches!(renamed, Err(StoreError::Taken { .. })),
        "{renamed:?}"
    );
    assert_eq!(
        store.account_named(" aNa ").await.unwrap(),
        Some(ana.clone())
    );
    let change = AccountChange {
        password: Some(Some("$argon2id$…".into())),
        language: Some("km".into()),
        ..AccountChange::default()
    };
    store.change_account(ana.person, change).await.unwrap();
    let changed = store.account(ana.person).await.unwrap().expect("there");
    assert_eq!(changed.password.as_deref(), Some("$argon2id$…"));
    assert_eq!(
        (changed.language.as_str(), changed.name.as_str()),
        ("km", "Ana")
    );
    assert_eq!(store.accounts().await.unwrap().len(), 2);
}

/// Account, roles and link of somebody new come in one transaction; where one of them cannot, none does.
pub async fn a_newcomer_comes_whole_or_not_at_all(store: &dyn Store) {
    let office = Office::found(store).await;
    let ana = account("Ana");
    let newcomer = async |account: &Account, secret: &[u8]| Newcomer {
        account: account.clone(),
        stated: Batch {
            at: office.now(),
            items: vec![
                office
                    .grant_draft(account.person, &[Role::Field])
                    .await
                    .into(),
            ],
        },
        invite: Invite {
            token: SecretHash::of(secret),
            person: account.person,
            expires: at(200),
        },
    };
    let stated = store.add_newcomer(newcomer(&ana, b"one").await).await;
    let size = store.point().await.unwrap().size;
    let mut again = account("ANA");
    again.person = Author::new("somebody else").person;
    let taken = store.add_newcomer(newcomer(&again, b"two").await).await;
    let ben = account("ben");
    let mut unsaid = newcomer(&ben, b"three").await;
    let Some(Item::Hub(draft)) = unsaid.stated.items.first_mut() else {
        panic!("the hub states it");
    };
    draft.bodies.clear();
    let unsaid = store.add_newcomer(unsaid).await;

    assert_eq!(stated.unwrap().point.size, size);
    let rights = store.rights(ana.person).await.unwrap();
    assert!(rights.roles.contains(&Role::Field), "{rights:?}");
    assert_eq!(store.account(ana.person).await.unwrap(), Some(ana.clone()));
    assert!(matches!(taken, Err(StoreError::Taken { .. })), "{taken:?}");
    assert!(matches!(unsaid, Err(StoreError::HubDraft(_))), "{unsaid:?}");
    assert_eq!(store.point().await.unwrap().size, size);
    assert_eq!(store.accounts().await.unwrap(), std::slice::from_ref(&ana));
    assert_eq!(store.invited(at(150)).await.unwrap(), [ana.person]);
}

/// A session is there until it expires or is ended.
pub async fn sessions_end_and_expire(store: &dyn Store) {
    let person = account("ana").person;
    let session = |secret: &[u8]| Session {
        token: SecretHash::of(secret),
        person,
        expires: at(200),
        data: "person".into(),
    };
    let (one, two) = (session(b"one"), session(b"two"));
    store.put_session(&one).await.unwrap();
    store.put_session(&two).await.unwrap();

    assert_eq!(
        store.session(one.token, at(199)).await.unwrap(),
        Some(one.clone())
    );
    assert_eq!(store.session(one.token, at(200)).await.unwrap(), None);
    store.end_session(one.token).await.unwrap();
    assert_eq!(store.session(one.token, at(150)).await.unwrap(), None);
    store.end_sessions(person).await.unwrap();
    assert_eq!(store.session(two.token, at(150)).await.unwrap(), None);
}

/// A link works once, before it expires, and not after a newer one.
pub async fn a_link_works_once(store: &dyn Store) {
    let person = account("ana").person;
    let invite = |secret: &[u8]| Invite {
        token: SecretHash::of(secret),
        person,
        expires: at(200),
    };
    store.put_invite(&invite(b"old")).await.unwrap();
    store.put_invite(&invite(b"new")).await.unwrap();
    let (old, new) = (SecretHash::of(b"old"), SecretHash::of(b"new"));

    assert_eq!(store.invited(at(150)).await.unwrap(), vec![person]);
    assert_eq!(store.take_invite(old, at(150)).await.unwrap(), None);
    assert_eq!(store.take_invite(new, at(200)).await.unwrap(), None);
    assert_eq!(store.take_invite(new, at(150)).await.unwrap(), Some(person));
    assert_eq!(store.take_invite(new, at(150)).await.unwrap(), None);
    assert_eq!(store.invited(at(150)).await.unwrap(), vec![]);
}

/// With an account go its sessions and links.
pub async fn an_erased_account_leaves_nothing(store: &dyn Store) {
    let ana = account("ana");
    store.add_account(&ana).await.unwrap();
    let token = SecretHash::of(b"one");
    let session = Session {
        token,
        person: ana.person,
        expires: at(200),
        data: String::new(),
    };
    store.put_session(&session).await.unwrap();

    store.erase_account(ana.person).await.unwrap();

    assert_eq!(store.account(ana.person).await.unwrap(), None);
    assert_eq!(store.session(token, at(150)).await.unwrap(), None);
    let again = store.erase_account(ana.person).await;
    assert!(matches!(again, Err(StoreError::Absent { .. })), "{again:?}");
}

/// Tokens have names; some expire, all can be erased.
pub async fn tokens_expire_and_are_erased(store: &dyn Store) {
    let token = |name: &str, expires| Token {
        token: SecretHash::of(name.as_bytes()),
        name: name.to_owned(),
        role: Role::Viewer,
        created: at(100),
        expires,
    };
    let (qgis, guest) = (token("qgis", None), token("guest", Some(at(200))));
    store.add_token(&qgis).await.unwrap();
    store.add_token(&guest).await.unwrap();
    let mut again = token("qgis", None);
    again.token = SecretHash::of(b"another");
    let taken = store.add_token(&again).await;
    assert!(matches!(taken, Err(StoreError::Taken { .. })), "{taken:?}");

    assert_eq!(
        store.token(guest.token, at(199)).await.unwrap(),
        Some(guest.clone())
    );
    assert_eq!(store.token(guest.token, at(200)).await.unwrap(), None);
    store.sweep(at(200)).await.unwrap();
    assert_eq!(store.tokens().await.unwrap(), vec![qgis.clone()]);
    store.erase_token("qgis").await.unwrap();
    assert_eq!(store.token(qgis.token, at(150)).await.unwrap(), None);
}
