//! Who is here: sign-in, invitations, devices that prove themselves.
//!
//! A session is an HTTP-only cookie. A person's session reads and pushes; a device's, opened by a
//! signed challenge after weeks away, pushes and gets receipts until the password is given again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use safelane_ledger::{
    DeviceId, HubId, LedgerId, PersonId, PublicKey, ReceivedAt, RecordId, Role, SignedText,
};

/// Hours after which the map's age warns, unless the programme says otherwise (S6).
pub const MAP_AGE_WARNING_HOURS: u32 = 72;

/// `POST` [`SignIn`], `GET` the present one, both to [`SessionInfo`]; `DELETE` ends it.
pub const SESSION: &str = "/api/session";

/// `POST` [`AcceptInvite`] to [`SessionInfo`].
pub const INVITE: &str = "/api/invite";

/// `POST` [`EnrolRequest`] to [`Enrolled`]; wants a person's session.
pub const ENROL: &str = "/api/devices/enrol";

/// `POST`, empty, on a demo hub alone: it is built anew, and answers the same person's
/// [`SessionInfo`] there, with its own ledger. Wants a person's session.
pub const AFRESH: &str = "/api/demo/afresh";

/// `POST` [`ChallengeRequest`] to [`ChallengeText`].
pub const CHALLENGE: &str = "/api/devices/challenge";

/// `POST` [`Proof`] to [`SessionInfo`].
pub const PROVE: &str = "/api/devices/prove";

/// A name and a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The account's name.
    pub name: String,
    /// Never logged.
    pub password: String,
}

/// Takes up a one-time link and sets a password.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvite {
    /// From the link; valid once.
    pub token: String,
    /// The new password; never logged.
    pub password: String,
}

/// Who is signed in, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    /// The person.
    pub person: PersonId,
    /// The person's name, for their own screen.
    pub display_name: String,
    /// What they may be.
    pub roles: BTreeSet<Role>,
    /// Their organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<RecordId>,
    /// Their team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<RecordId>,
    /// How they signed in.
    pub level: SessionLevel,
    /// The programme's id.
    pub ledger: LedgerId,
    /// This hub.
    pub hub: HubId,
    /// The key that signs this hub's receipts and imports.
    pub hub_key: PublicKey,
    /// The programme.
    pub programme: Programme,
    /// The hub's time.
    pub now: ReceivedAt,
}

/// What a session opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SessionLevel {
    /// A password was given: read and push.
    Person,
    /// A device proved itself: push alone.
    Device,
}

/// The programme, as every screen needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Programme {
    /// Its name.
    pub name: String,
    /// What references begin with, such as `DEMO`.
    pub prefix: String,
    /// Made-up records: every screen says so, and no real programme takes them.
    pub demo: bool,
    /// ISO 3166-1 alpha-3, such as `BIH`; absent for none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The language of a new device: `en`, `km`, `bs`.
    pub language: String,
    /// The map at the start: west, south, east, north in 1e-7 degree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extent: Option<[i64; 4]>,
    /// Hours after which the map's age warns (S6).
    pub map_age_warning_hours: u32,
}

/// Asks to add this browser profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrolRequest {
    /// A [`safelane_ledger::Enrolment`] signed by the new key.
    pub enrolment: SignedText,
    /// What the person calls it, such as "tablet 7".
    pub label: String,
}

/// The device may sign from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The device.
    pub device: DeviceId,
    /// A short name for temporary references, such as `T07`.
    pub short: String,
    /// The hub.
    pub hub: HubId,
    /// The hub's key.
    pub hub_key: PublicKey,
}

/// Asks for something to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChallengeRequest {
    /// The device.
    pub device: DeviceId,
}

/// A [`safelane_ledger::Challenge`] as exact text, to be signed as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeText {
    /// Canonical JSON.
    pub bytes: String,
}

/// The challenge, signed by the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proof {
    /// A [`safelane_ledger::Challenge`].
    pub challenge: SignedText,
}
