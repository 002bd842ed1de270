//! What the writer knows without asking: it is the only one who changes it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use safelane_ledger::{
    DeviceId, Digest, Head, HubId, LogPoint, PersonId, RecordId, RevisionId, Role, Value,
};
use safelane_rules::Table;
use safelane_store::derive;
use safelane_store::judge::Signer;
use safelane_store::{DeviceHead, DeviceState, Grant, StoreResult};
use sqlx::SqliteConnection;

use crate::error::failed;
use crate::people;
use crate::rows::{hash, number, uuid};

/// A device as the writer sees it.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// Whose; none for the hub's own key.
    pub person: Option<PersonId>,
    /// Revoked by an official statement.
    pub revoked: bool,
}

/// Everything that decisions in the writer depend on beside the records themselves.
#[derive(Debug)]
pub struct Caches {
    pub point: LogPoint,
    pub next_k: u64,
    pub next_number: u64,
    pub devices: HashMap<DeviceId, Device>,
    /// Devices whose chain has forked.
    pub forked: BTreeSet<DeviceId>,
    /// The newest revision of each device, held ones included.
    pub heads: HashMap<DeviceId, DeviceHead>,
    pub grants: BTreeMap<RecordId, Grant>,
    /// Official bodies of programme records, by their first log number; the first one counts.
    pub programmes: BTreeMap<u64, Value>,
}

impl Caches {
    pub async fn load(conn: &mut SqliteConnection, hub: HubId) -> StoreResult<Self> {
        let mut devices: HashMap<_, _> = people::devices(conn).await?;
        let own = Device {
            person: None,
            revoked: false,
        };
        devices.insert(hub.device(), own);
        Ok(Self {
            point: point(conn).await?,
            next_k: scalar(conn, "select coalesce(max(k), 0) + 1 from revision").await?,
            next_number: scalar(conn, "select coalesce(max(number), 0) + 1 from leaf").await?,
            devices,
            forked: forked(conn).await?,
            heads: heads(conn).await?,
            grants: people::all_grants(conn)
                .await?
                .into_iter()
                .map(|grant| (grant.record, grant))
                .collect(),
            programmes: people::programmes(conn).await?,
        })
    }

    /// The programme's settings.
    pub fn programme(&self) -> Option<&Value> {
        self.programmes.values().next()
    }

    /// The permission table that they ask for.
    pub fn table(&self) -> Table {
        derive::table(self.programme())
    }

    /// What a person may be, and the hub's own key.
    pub fn roles(&self, person: PersonId, device: DeviceId, hub: HubId) -> BTreeSet<Role> {
        let granted = self.grants.values().filter(|one| one.person == person);
        let mut roles: BTreeSet<Role> = granted
            .flat_map(|grant| grant.rights.roles.iter().copied())
            .collect();
        if device == hub.device() {
            roles.insert(Role::Hub);
        }
        roles
    }

    /// Whether a device may add to the ledger; a stranger may not.
    pub fn signer(&self, device: DeviceId) -> Signer {
        let known = self.devices.get(&device);
        let state = match known {
            Some(known) if !known.revoked && self.forked.contains(&device) => DeviceState::Held,
            Some(known) if !known.revoked => DeviceState::Active,
            _ => DeviceState::Revoked,
        };
        Signer {
            person: known.and_then(|known| known.person),
            state,
        }
    }
}

async fn scalar(conn: &mut SqliteConnection, sql: &'static str) -> StoreResult<u64> {
    let value: i64 = sqlx::query_scalar(sql)
        .fetch_one(&mut *conn)
        .await
        .map_err(failed("reading a count"))?;
    Ok(value.unsigned_abs())
}

async fn point(conn: &mut SqliteConnection) -> StoreResult<LogPoint> {
    let row = sqlx::query("select n, head from leaf order by n desc limit 1")
        .fetch_optional(&mut *conn)
        .await
        .map_err(failed("reading the log's head"))?;
    let Some(row) = row else {
        return Ok(LogPoint::START);
    };
    Ok(LogPoint {
        size: number(&row, "leaf", "n")?,
        head: Head::from_digest(Digest::from_bytes(hash(&row, "leaf", "head")?)),
    })
}

async fn forked(conn: &mut SqliteConnection) -> StoreResult<BTreeSet<DeviceId>> {
    let rows = sqlx::query(
        "select distinct r.device from held h join revision r on r.k = h.k where h.reason = 'fork'",
    )
    .fetch_all(&mut *conn)
    .await
    .map_err(failed("reading forked devices"))?;
    rows.iter()
        .map(|row| uuid(row, "revision", "device"))
        .collect()
}

async fn heads(conn: &mut SqliteConnection) -> StoreResult<HashMap<DeviceId, DeviceHead>> {
    // SQLite takes the other columns from the row that has the maximum.
    let rows = sqlx::query("select device, max(seq) as seq, id from revision group by device")
        .fetch_all(&mut *conn)
        .await
        .map_err(failed("reading the devices' chains"))?;
    rows.iter()
        .map(|row| {
            let head = DeviceHead {
                seq: number(row, "revision", "seq")?,
                id: RevisionId::from_bytes(hash(row, "revision", "id")?),
            };
            Ok((uuid(row, "revision", "device")?, head))
        })
        .collect()
}
