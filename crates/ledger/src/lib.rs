//! The ledger: signed statements and judgements that are only ever added.
//!
//! Pure: no clock, randomness, file or network; keys, salts and times are arguments, so the same
//! code decides on the hub and in the browser. `docs/ledger.md` describes the bytes for a stranger.
//!
//! | to do | use |
//! |---|---|
//! | read or write exact bytes | [`canonical`] |
//! | make a revision | [`Draft`], then [`Unsigned::sign`] or [`Unsigned::assemble`] |
//! | check one that came in | [`SignedRevision::read`], then [`Unverified::verify_with`] |
//! | know where a record stands | [`resolve()`] |
//! | log, receipts, heads | [`log`] |

pub mod body;
pub mod canonical;
pub mod chain;
pub mod device;
pub mod document;
pub mod id;
pub mod keys;
pub mod log;
pub mod resolve;
pub mod revision;
pub mod time;

#[cfg(any(test, feature = "testkit"))]
pub mod testkit;

pub use body::{Approval, Comment, Problem, Removal, ReturnBody, Salt, Vertex, salt_body};
pub use canonical::{NotCanonical, Value};
pub use device::{Challenge, Enrolment};
pub use document::{Document, SignedText};
pub use id::{
    DeviceId, Digest, HubId, KindVersion, LedgerId, PersonId, RecordId, Reference, RevisionId,
    SubmissionId,
};
pub use keys::{KeyError, Line, PublicKey, Signature, SigningKey};
pub use log::{
    Answer, Head, HeldReason, HeldReceipt, Leaf, LogPoint, Receipt, ReceiptLeaf, RefusedReason,
    Role, SignedHead, Verdict,
};
pub use resolve::{ApprovalRight, Demand, PermissionTable, Received, State, Status, resolve};
pub use revision::{
    Act, BodyState, Draft, MAX_BODY_BYTES, Revision, SignedRevision, StructureError, Submission,
    Tier, Unsigned, Unverified, VerifyError,
};
pub use time::{AuthorTime, ReceivedAt};
