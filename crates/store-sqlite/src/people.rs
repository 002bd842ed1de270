//! Devices, grants, the programme's settings.

use std::collections::{BTreeMap, HashMap};

use async_trait::async_trait;
use safelane_ledger::{DeviceId, PersonId, PublicKey, RecordId, Value};
use safelane_store::{DeviceInfo, DeviceState, Grant, People, Rights, StoreResult, derive};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteRow;

use crate::SqliteStore;
use crate::error::{corrupt, failed};
use crate::log::{entry, entry_sql};
use crate::rows::{at_most_one, get, hash, maybe_uuid, moment, number, uuid};
use crate::writer::CachedDevice;

/// A device with whether its chain has forked and when it was last heard of.
macro_rules! device_sql {
    ($rest:literal) => {
        concat!(
            "select d.id, d.person, d.key, d.label, d.revoked, d.enrolled, \
             exists (select 1 from revision r join held h on h.k = r.k \
                     where r.device = d.id and h.reason = 'fork') as forked, \
             (select coalesce(l.received, h.at) from revision r \
              left join leaf l on l.k = r.k left join held h on h.k = r.k \
              where r.device = d.id order by r.seq desc limit 1) as heard \
             from device d ",
            $rest
        )
    };
}

fn device(row: &SqliteRow) -> StoreResult<DeviceInfo> {
    let id: DeviceId = uuid(row, "device", "id")?;
    let key = PublicKey::from_bytes(&hash(row, "device", "key")?);
    let state = match (
        get::<bool>(row, "device", "revoked")?,
        get::<bool>(row, "device", "forked")?,
    ) {
        (true, _) => DeviceState::Revoked,
        (false, true) => DeviceState::Held,
        (false, false) => DeviceState::Active,
    };
    let heard: Option<i64> = get(row, "device", "heard")?;
    Ok(DeviceInfo {
        device: id,
        person: Some(uuid(row, "device", "person")?),
        key: key.map_err(|error| corrupt("device", "key", id, error))?,
        label: get(row, "device", "label")?,
        state,
        enrolled: Some(moment(row, "device", "enrolled")?),
        heard: heard.map(|_| moment(row, "device", "heard")).transpose()?,
    })
}

fn grant(row: &SqliteRow) -> StoreResult<Grant> {
    let record: RecordId = uuid(row, "grant_of", "record")?;
    let roles: String = get(row, "grant_of", "roles")?;
    let read = serde_json::from_str(&roles);
    Ok(Grant {
        record,
        person: uuid(row, "grant_of", "person")?,
        rights: Rights {
            roles: read.map_err(|error| corrupt("grant_of", "roles", record, error))?,
            organisation: maybe_uuid(row, "grant_of", "organisation")?,
            team: maybe_uuid(row, "grant_of", "team")?,
        },
    })
}

/// Every device, for the writer.
pub async fn devices(conn: &mut SqliteConnection) -> StoreResult<HashMap<DeviceId, CachedDevice>> {
    let rows = sqlx::query("select id, person, revoked from device")
        .fetch_all(&mut *conn)
        .await
        .map_err(failed("reading devices"))?;
    rows.iter()
        .map(|row| {
            let device = CachedDevice {
                person: Some(uuid(row, "device", "person")?),
                revoked: get(row, "device", "revoked")?,
            };
            Ok((uuid(row, "device", "id")?, device))
        })
        .collect()
}

/// Every grant.
pub async fn all_grants(conn: &mut SqliteConnection) -> StoreResult<Vec<Grant>> {
    let rows = sqlx::query(
        "select record, person, roles, organisation, team from grant_of order by record",
    )
    .fetch_all(&mut *conn)
    .await
    .map_err(failed("reading grants"))?;
    rows.iter().map(grant).collect()
}

/// The official bodies of programme records, by their first log number.
pub async fn programmes(conn: &mut SqliteConnection) -> StoreResult<BTreeMap<u64, Value>> {
    // One id of 32 bytes, or several.
    let rows = sqlx::query(
        "select first, id, officials from record where kind = 'programme' order by first",
    )
    .fetch_all(&mut *conn)
    .await
    .map_err(failed("reading the programme"))?;
    let mut found = BTreeMap::new();
    for row in &rows {
        let officials = crate::rows::ids(row, "record", "officials")?;
        let record: RecordId = uuid(row, "record", "id")?;
        let entries = sqlx::query(entry_sql!("where l.record = ?1 order by l.n"))
            .bind(record.uuid().as_bytes().to_vec())
            .fetch_all(&mut *conn)
            .await
            .map_err(failed("reading the programme"))?;
        let entries = entries.iter().map(entry).collect::<StoreResult<Vec<_>>>()?;
        let officials: Vec<_> = entries
            .iter()
            .filter(|entry| officials.contains(&entry.leaf.id))
            .collect();
        if let Some(body) = derive::settings(&officials)? {
            found.insert(number(row, "record", "first")?, body);
        }
    }
    Ok(found)
}

#[async_trait]
impl People for SqliteStore {
    async fn device(&self, id: DeviceId) -> StoreResult<Option<DeviceInfo>> {
        let identity = self.inner.identity;
        if id == identity.hub.device() {
            return Ok(Some(DeviceInfo {
                device: id,
                person: None,
                key: identity.key,
                label: String::new(),
                state: DeviceState::Active,
                enrolled: None,
                heard: None,
            }));
        }
        let row = sqlx::query(device_sql!("where d.id = ?1"))
            .bind(id.uuid().as_bytes().to_vec())
            .fetch_optional(&self.inner.readers)
            .await
            .map_err(failed("reading a device"))?;
        at_most_one(row, device)
    }

    async fn devices(&self) -> StoreResult<Vec<DeviceInfo>> {
        let rows = sqlx::query(device_sql!("order by coalesce(heard, 0), d.id"))
            .fetch_all(&self.inner.readers)
            .await
            .map_err(failed("reading devices"))?;
        let hub = self.inner.identity.hub.device();
        let mut devices = rows.iter().map(device).collect::<StoreResult<Vec<_>>>()?;
        devices.retain(|device| device.device != hub);
        Ok(devices)
    }

    async fn rights(&self, person: PersonId) -> StoreResult<Rights> {
        let rows = sqlx::query(
            "select record, person, roles, organisation, team from grant_of
             where person = ?1 order by record",
        )
        .bind(person.uuid().as_bytes().to_vec())
        .fetch_all(&self.inner.readers)
        .await
        .map_err(failed("reading a person's rights"))?;
        let mut rights = Rights::default();
        for row in &rows {
            let one = grant(row)?.rights;
            rights.roles.extend(one.roles);
            rights.organisation = rights.organisation.or(one.organisation);
            rights.team = rights.team.or(one.team);
        }
        Ok(rights)
    }

    async fn grants(&self) -> StoreResult<Vec<Grant>> {
        let mut conn = self.reader().await?;
        all_grants(&mut conn).await
    }

    async fn programme(&self) -> StoreResult<Option<Value>> {
        let mut conn = self.reader().await?;
        Ok(programmes(&mut conn).await?.into_values().next())
    }
}

impl SqliteStore {
    /// One connection that reads.
    pub(crate) async fn reader(&self) -> StoreResult<sqlx::pool::PoolConnection<sqlx::Sqlite>> {
        self.inner
            .readers
            .acquire()
            .await
            .map_err(failed("waiting for a connection"))
    }
}
