//! Beside the ledger, changeable and erasable: names, passwords, sessions, links, tokens.
//!
//! The store never sees a password, a session's token or a link's: only hashes of them. Moments are
//! arguments, as everywhere.

use async_trait::async_trait;
use safelane_ledger::{PersonId, ReceivedAt};

use crate::append::{Appended, Batch};
use crate::error::StoreResult;

/// SHA-256 of a secret of at least 128 random bits (a password never: that is an Argon2 text).
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The hash of a secret.
    pub fn of(secret: &[u8]) -> Self {
        Self(*safelane_ledger::Digest::of(secret).as_bytes())
    }

    /// A hash that was stored.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Not even the hash of a secret belongs in a log.
        f.write_str("SecretHash")
    }
}

/// A person's account. Roles are in the ledger.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The person.
    pub person: PersonId,
    /// Name to sign in with, unique without regard to case.
    pub name: String,
    /// Name to show.
    pub display: String,
    /// Argon2 hash in PHC form; none until the first link is taken up.
    pub password: Option<String>,
    /// Language code, such as `km`.
    pub language: String,
    /// Made.
    pub created: ReceivedAt,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // A name or a password's hash has no business in a log.
        write!(f, "Account({})", self.person)
    }
}

/// One change of an account; `None` leaves as it is.
#[derive(Clone, Default)]
pub struct AccountChange {
    /// New name to sign in with.
    pub name: Option<String>,
    /// New name to show.
    pub display: Option<String>,
    /// New Argon2 hash; `Some(None)` forbids signing in by password.
    pub password: Option<Option<String>>,
    /// New language.
    pub language: Option<String>,
}

/// Somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// SHA-256 of the cookie's token.
    pub token: SecretHash,
    /// Who.
    pub person: PersonId,
    /// Until when.
    pub expires: ReceivedAt,
    /// Anything the caller keeps with it, such as its level and device.
    pub data: String,
}

/// A one-time link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invite {
    /// SHA-256 of the link's token.
    pub token: SecretHash,
    /// For whom.
    pub person: PersonId,
    /// Until when.
    pub expires: ReceivedAt,
}

/// Somebody new: nothing of it stands without the rest.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// The account.
    pub account: Account,
    /// What the hub states of the person in the ledger: the roles.
    pub stated: Batch,
    /// The link by which they sign in first.
    pub invite: Invite,
}

/// A token for programs that read: tiles, OGC clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// SHA-256 of the token.
    pub token: SecretHash,
    /// Its name, unique.
    pub name: String,
    /// What it may be, such as `viewer`.
    pub role: safelane_ledger::Role,
    /// Made.
    pub created: ReceivedAt,
    /// Until when; none for ever.
    pub expires: Option<ReceivedAt>,
}

/// Accounts and what opens them.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Adds an account. [`crate::StoreError::Taken`] if the name or the person has one.
    async fn add_account(&self, account: &Account) -> StoreResult<()>;

    /// Adds an account with the person's roles and first link, all in one transaction or nothing.
    /// [`crate::StoreError::Taken`] if the name or the person has one.
    async fn add_newcomer(&self, newcomer: Newcomer) -> StoreResult<Appended>;

    /// Changes an account. [`crate::StoreError::Absent`] if there is none.
    async fn change_account(&self, person: PersonId, change: AccountChange) -> StoreResult<()>;

    /// Erases an account with its sessions and links; the UUID stays in the ledger without a name.
    async fn erase_account(&self, person: PersonId) -> StoreResult<()>;

    /// The account of a person.
    async fn account(&self, person: PersonId) -> StoreResult<Option<Account>>;

    /// The account of a sign-in name, without regard to case.
    async fn account_named(&self, name: &str) -> StoreResult<Option<Account>>;

    /// All accounts, by name.
    async fn accounts(&self) -> StoreResult<Vec<Account>>;

    /// Keeps a session, in place of one with the same token.
    async fn put_session(&self, session: &Session) -> StoreResult<()>;

    /// A session that has not expired.
    async fn session(&self, token: SecretHash, now: ReceivedAt) -> StoreResult<Option<Session>>;

    /// Ends a session.
    async fn end_session(&self, token: SecretHash) -> StoreResult<()>;

    /// Ends every session of a person.
    async fn end_sessions(&self, person: PersonId) -> StoreResult<()>;

    /// Keeps a link; earlier links of the person no longer work.
    async fn put_invite(&self, invite: &Invite) -> StoreResult<()>;

    /// Uses a link up: gives its person once, if it has not expired.
    async fn take_invite(
        &self,
        token: SecretHash,
        now: ReceivedAt,
    ) -> StoreResult<Option<PersonId>>;

    /// People with a link that is neither used nor expired.
    async fn invited(&self, now: ReceivedAt) -> StoreResult<Vec<PersonId>>;

    /// Keeps a token. [`crate::StoreError::Taken`] if the name is in use.
    async fn add_token(&self, token: &Token) -> StoreResult<()>;

    /// A token that has not expired.
    async fn token(&self, token: SecretHash, now: ReceivedAt) -> StoreResult<Option<Token>>;

    /// All tokens, by name.
    async fn tokens(&self) -> StoreResult<Vec<Token>>;

    /// Erases a token by name. [`crate::StoreError::Absent`] if there is none.
    async fn erase_token(&self, name: &str) -> StoreResult<()>;

    /// Erases what has expired: sessions, links, tokens.
    async fn sweep(&self, now: ReceivedAt) -> StoreResult<()>;
}
