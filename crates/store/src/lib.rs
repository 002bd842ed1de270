//! What a store of a hub can do, whatever engine keeps it.
//!
//! A store holds the ledger (revisions, bodies, leaves, held revisions; only ever added), what is
//! derived from it in the same transaction (where each record stands, its box, devices and roles),
//! what followers derive afterwards (checks, features of the map, search text, any values), and what
//! lies beside the ledger (accounts, sessions, tokens, photos).
//!
//! Invariants:
//!
//! - A stored revision is never changed or deleted; there is no such method.
//! - [`LedgerLog::append`] answers after the commit, and commits all of a batch or nothing.
//! - Rights are judged inside the writer, against the state that the batch meets.
//! - Everything derived is a function of the leaves and the held revisions:
//!   [`Keeping::rebuild`] gives the same again.
//! - Absence is `None`; an error means that the store failed, lied, or is not ours to use.
//!
//! | to do | use |
//! |---|---|
//! | verify what came in, then write it | [`Verified::new`], [`Batch`], [`LedgerLog::append`] |
//! | let a held revision in | [`LedgerLog::admit`] |
//! | sign as the hub | [`Item::Hub`] with a [`HubDraft`]: the writer keeps the hub's own chain |
//! | read records, the review queue | [`RecordViews`] |
//! | ask for a person's rights, a device's key | [`People`] |
//! | names, passwords, sessions, links, tokens | [`Accounts`] |
//! | photos | [`Media`] |
//! | derive something new | a [`Follower`], run by [`catch_up`] |
//! | back up, verify, rebuild | [`Keeping`] |
//!
//! Adding an engine: implement the seven traits in a crate of its own and expand
//! `store_conformance!` in its tests; everything that can be decided without the engine is in
//! [`judge`] and [`derive`], so that two engines cannot differ in it.

mod accounts;
mod append;
pub mod derive;
mod error;
mod fold;
mod follower;
pub mod judge;
mod keeping;
mod log;
mod media;
mod page;
mod people;
mod projections;
mod records;

#[cfg(feature = "conformance")]
pub mod conformance;

pub use accounts::{
    Account, AccountChange, Accounts, Invite, Newcomer, SecretHash, Session, Token,
};
pub use append::{Answered, Appended, Batch, HubDraft, Item, Verified};
pub use error::{StoreError, StoreResult};
pub use fold::fold;
pub use follower::{Follower, catch_up};
pub use keeping::{BackupReport, Flaw, Info, Keeping, VerifyReport};
pub use log::{DeviceHead, Entry, HeldRevision, LedgerLog, Stored};
pub use media::{Media, MediaRef, Upload};
pub use page::{Limit, Page};
pub use people::{DeviceInfo, DeviceState, Grant, People, Rights};
pub use projections::{
    Change, CheckFilter, CheckLife, CheckRow, Feature, FeatureFilter, Progress, Projection,
    Projections, Write,
};
pub use records::{
    BodyOf, Order, RecordFilter, RecordSummary, RecordView, RecordViews, Standing, StatementRow,
    StatementStatus, StatusFilter,
};

/// Everything that a hub keeps, behind one object.
pub trait Store:
    LedgerLog + RecordViews + People + Accounts + Media + Projections + Keeping
{
}

impl<T> Store for T where
    T: LedgerLog + RecordViews + People + Accounts + Media + Projections + Keeping
{
}
