//! What is derived from the entries of one record in the transaction that touches it.
//!
//! Pure, so that every engine derives alike, step by step and from nothing.

mod shapes;
mod standing;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use safelane_ledger::{
    Act, Digest, PermissionTable, PersonId, PublicKey, Received, RecordId, Role, Value,
};
use safelane_model::body::Map;
use safelane_rules::Table;
use safelane_rules::content::to_map;

use crate::error::{StoreError, StoreResult};
use crate::log::Entry;
use crate::people::{Grant, Rights};
use crate::records::{RecordSummary, StatementRow};

pub use shapes::bbox_of;

/// The key under which a body may carry the temporary number that its device showed.
pub const ALIAS_KEY: &str = "temporary_reference";

/// A text by which a record is found, folded.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// 0 the reference, 1 a temporary number, 2 a number in another system, 3 a name.
    pub rank: u8,
    /// Folded.
    pub text: String,
}

/// A photo that a current body names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedMedia {
    /// Its name.
    pub sha256: Digest,
    /// Bytes, as the body says.
    pub bytes: u64,
    /// Media type, as the body says.
    pub media_type: String,
}

/// Everything derived from one record's entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Derived {
    /// The record in short.
    pub summary: RecordSummary,
    /// Its statements, in the order of the log.
    pub statements: Vec<StatementRow>,
    /// Texts by which it is found, in order.
    pub names: Vec<Name>,
    /// Photos that its current statements name, in order.
    pub media: Vec<NamedMedia>,
}

impl Derived {
    /// Its official statements, of all its entries.
    pub fn officials<'e>(&self, entries: &'e [Entry]) -> Vec<&'e Entry> {
        let officials = &self.summary.officials;
        entries
            .iter()
            .filter(|entry| officials.contains(&entry.leaf.id))
            .collect()
    }
}

/// Derives a record from all its entries, in the order of the log; there is at least one.
pub fn record(entries: &[Entry], table: &dyn PermissionTable) -> StoreResult<Option<Derived>> {
    let received = entries
        .iter()
        .map(Entry::received)
        .collect::<StoreResult<Vec<_>>>()?;
    let bodies: BTreeMap<_, _> = received
        .iter()
        .map(|one| Ok((one.id(), body_map(one)?)))
        .collect::<StoreResult<_>>()?;
    let Some((summary, statements)) = standing::of(entries, &received, &bodies, table) else {
        return Ok(None);
    };
    let current: BTreeSet<_> = summary.current().collect();
    let current_bodies = bodies
        .iter()
        .filter(|(id, _)| current.contains(id))
        .filter_map(|(_, body)| body.as_ref());
    let mut names = BTreeSet::new();
    let mut media = BTreeSet::new();
    texts::reference(&summary, &mut names);
    for body in current_bodies {
        texts::names(body, &mut names);
        texts::media(body, &mut media);
    }
    Ok(Some(Derived {
        summary,
        statements,
        names: names.into_iter().collect(),
        media: media.into_iter().collect(),
    }))
}

/// The `t1` body as a map without its salt; none when it is not held here.
fn body_map(one: &Received) -> StoreResult<Option<Map>> {
    let Some(body) = &one.body else {
        return Ok(None);
    };
    if body.as_object().is_none() {
        return Err(StoreError::Corrupt {
            table: "body",
            column: "bytes",
            row: one.id().to_string(),
            reason: "no object".to_owned(),
        });
    }
    let mut map = to_map(body);
    map.remove(safelane_ledger::body::SALT_KEY);
    Ok(Some(map))
}

/// Reads a body's bytes as a map without its salt.
pub fn read_map(bytes: &[u8]) -> Result<Map, serde_json::Error> {
    let mut map: Map = serde_json::from_slice(bytes)?;
    map.remove(safelane_ledger::body::SALT_KEY);
    Ok(map)
}

/// What the official statements say of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceFacts {
    /// Whose.
    pub person: PersonId,
    /// Its key.
    pub key: PublicKey,
    /// What is written on it.
    pub label: String,
    /// Whether any official statement revokes it, or ends its record.
    pub revoked: bool,
}

/// The device that official entries of a `device` record describe; none if none is well formed.
///
/// Person and key are those of the first: a device never changes hands or keys.
pub fn device(officials: &[&Entry]) -> StoreResult<Option<DeviceFacts>> {
    let mut facts: Option<DeviceFacts> = None;
    for entry in officials {
        let ends = matches!(entry.revision.act(), Act::Remove | Act::SetAside);
        let body = entry.body()?;
        let text = |key: &str| body.as_ref()?.get(key)?.as_str();
        let read = || {
            Some(DeviceFacts {
                person: text("person")?.parse().ok()?,
                key: text("public_key")?.parse().ok()?,
                label: text("label").unwrap_or_default().to_owned(),
                revoked: text("revoked") == Some("yes"),
            })
        };
        match (&mut facts, read()) {
            (Some(known), Some(other)) => known.revoked |= other.revoked,
            (None, read) => facts = read,
            (Some(_), None) => {}
        }
        if let (true, Some(known)) = (ends, &mut facts) {
            known.revoked = true;
        }
    }
    Ok(facts)
}

/// The grant that official entries of a `grant` record make; of two versions the fewer roles hold.
pub fn grant(record: RecordId, officials: &[&Entry]) -> StoreResult<Option<Grant>> {
    let mut grant: Option<Grant> = None;
    for entry in officials {
        let Some(body) = entry
            .body()?
            .filter(|_| entry.revision.act() == Act::Put || entry.revision.act() == Act::Import)
        else {
            return Ok(None);
        };
        let Some(read) = read_grant(record, &body) else {
            continue;
        };
        match &mut grant {
            Some(known) => known
                .rights
                .roles
                .retain(|role| read.rights.roles.contains(role)),
            none => *none = Some(read),
        }
    }
    Ok(grant)
}

fn read_grant(record: RecordId, body: &Value) -> Option<Grant> {
    let text = |key: &str| body.get(key)?.as_str();
    let id = |key: &str| text(key)?.parse().ok();
    Some(Grant {
        record,
        person: text("person")?.parse().ok()?,
        rights: Rights {
            roles: roles(text("roles").unwrap_or_default()),
            organisation: id("organisation"),
            team: id("team"),
        },
    })
}

/// Roles from codes separated by commas; unknown codes give nothing.
pub fn roles(codes: &str) -> BTreeSet<Role> {
    let read = |code: &str| serde_json::from_value(code.trim().into()).ok();
    codes
        .split(',')
        .filter_map(read)
        // The hub's role belongs to its key and can be granted to nobody.
        .filter(|role| *role != Role::Hub)
        .collect()
}

/// The programme's settings by the official entries of its record.
pub fn settings(officials: &[&Entry]) -> StoreResult<Option<Value>> {
    let states = |entry: &&&Entry| matches!(entry.revision.act(), Act::Put | Act::Import);
    match officials.iter().find(states) {
        Some(entry) => entry.body(),
        None => Ok(None),
    }
}

/// The permission table of a programme with these settings (the official body of its record).
pub fn table(programme: Option<&Value>) -> Table {
    let setting = |key: &str| programme?.get(key)?.as_str();
    Table {
        one_person_release: setting("one_person_release") == Some("yes"),
    }
}

/// What references begin with; none before the programme has settings.
pub fn prefix(programme: Option<&Value>) -> Option<&str> {
    programme?.get("prefix")?.as_str()
}

/// The least number of the next reference, so that a series from paper goes on; 1 unless set.
pub fn numbers_from(programme: Option<&Value>) -> u64 {
    let set = programme.and_then(|body| body.get("numbers_from")?.as_i64());
    set.and_then(|number| u64::try_from(number).ok())
        .unwrap_or(1)
}
