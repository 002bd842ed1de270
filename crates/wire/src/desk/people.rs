//! People, devices, the programme's settings, and what is held.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use safelane_ledger::{DeviceId, PersonId, RecordId, RevisionId, Role};

/// A person whose report somebody may enter from paper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reporter {
    /// The person.
    pub person: PersonId,
    /// Name to show.
    pub display: String,
    /// Team.
    pub team: Option<RecordId>,
}

/// `GET /api/programme`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProgrammeSettings {
    /// Their record.
    pub record: RecordId,
    /// The statement that stands.
    pub stands: RevisionId,
    /// Its body.
    pub body: Map<String, Value>,
    /// A change that waits for others to approve it.
    pub waits: Option<RevisionId>,
}

/// `POST /api/programme`: a change of the settings, which the hub signs in the administrator's name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSettings {
    /// The statement that the person saw.
    pub stands: RevisionId,
    /// New values by field; none takes a value back.
    pub changes: BTreeMap<String, Option<Value>>,
    /// Why.
    pub reason: String,
}

/// The answer to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsChanged {
    /// Log number.
    pub n: u64,
    /// Whether others must approve it before it counts.
    pub waits: bool,
}

/// A person as administrators and coordinators see them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonRow {
    /// The person.
    pub person: PersonId,
    /// Name to sign in with.
    pub name: String,
    /// Name to show.
    pub display: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Team.
    pub team: Option<RecordId>,
    /// Organisation.
    pub organisation: Option<RecordId>,
    /// Whether a link is out that has not been used.
    pub invited: bool,
}

/// `POST /api/people`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Name to sign in with.
    pub name: String,
    /// Name to show.
    pub display: String,
    /// Roles.
    pub roles: Vec<Role>,
    /// Team.
    #[serde(default)]
    pub team: Option<RecordId>,
    /// Organisation.
    #[serde(default)]
    pub organisation: Option<RecordId>,
}

/// `POST /api/people/{person}/roles`
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewRoles {
    /// All roles from now on; none takes all away.
    pub roles: Vec<Role>,
    /// Team.
    #[serde(default)]
    pub team: Option<RecordId>,
    /// Organisation.
    #[serde(default)]
    pub organisation: Option<RecordId>,
}

/// A link valid once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Invite {
    /// The person.
    pub person: PersonId,
    /// Path with the token in its fragment: `/sign-in#invite=…`.
    pub path: String,
    /// Until when, RFC 3339 UTC.
    pub until: String,
}

/// A device as shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceRow {
    /// The device.
    pub device: DeviceId,
    /// What is written on it.
    pub label: String,
    /// Whose.
    pub person: PersonId,
    /// Name to show.
    pub person_name: String,
    /// Enrolled, RFC 3339 UTC.
    pub enrolled: String,
    /// Last heard from, RFC 3339 UTC.
    pub heard: Option<String>,
    /// `active`, `revoked`, `held` (a fork: enrol anew).
    pub state: String,
}

/// A revision kept outside the ledger.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HeldRow {
    /// The revision.
    pub revision: RevisionId,
    /// Reason code; translation `held.<reason>`.
    pub reason: String,
    /// Kind.
    pub kind: String,
    /// Record.
    pub record: RecordId,
    /// Who.
    pub author_name: String,
    /// Device.
    pub device_label: String,
    /// Received, RFC 3339 UTC.
    pub received: String,
    /// The body.
    pub body: Option<Map<String, Value>>,
}
