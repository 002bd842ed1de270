//! One transaction's worth of batches: each item is judged against all before it, in order.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use safelane_ledger::{
    Act, Answer, AuthorTime, Digest, Draft, HeldReason, KindVersion, Leaf, PersonId, ReceivedAt,
    RecordId, Reference, Revision, RevisionId, SignedRevision, Tier, Verdict,
};
use safelane_model::kinds::{self, Family};
use safelane_store::judge::{self, MAX_OPEN, Neighbours};
use safelane_store::{
    Answered, Appended, Batch, DeviceHead, Entry, HubDraft, Item, StoreError, StoreResult,
    Verified, derive,
};
use sqlx::SqliteConnection;

use super::caches::{Caches, Device};
use super::derived::{delete_derived, insert_derived, insert_people};
use crate::Hub;
use crate::error::{corrupt, failed};
use crate::log;
use crate::rows::{Values, hash, hex_list, insert, number, values};

/// The touched records and the rows to write.
pub struct Group<'a> {
    conn: &'a mut SqliteConnection,
    hub: &'a Hub,
    caches: &'a mut Caches,
    known: HashMap<RevisionId, Answered>,
    records: HashMap<RecordId, Work>,
    rows: Rows,
    /// The programme's settings have changed the permission table: every record stands anew.
    all_anew: bool,
}

/// A record with all its entries, those of this transaction last.
#[derive(Default)]
struct Work {
    entries: Vec<Entry>,
    stored: usize,
}

#[derive(Default)]
struct Rows {
    revisions: Vec<Values>,
    bodies: Vec<Values>,
    leaves: Vec<Values>,
    held: Vec<Values>,
    authors: BTreeSet<(PersonId, RecordId)>,
}

impl<'a> Group<'a> {
    /// Reads, by one statement each, the revisions that are here already and the records that the
    /// batches touch.
    pub async fn load(
        conn: &'a mut SqliteConnection,
        hub: &'a Hub,
        caches: &'a mut Caches,
        batches: &[&Batch],
    ) -> StoreResult<Self> {
        let mut ids = BTreeSet::new();
        let mut records = BTreeSet::new();
        for item in batches.iter().flat_map(|batch| &batch.items) {
            match item {
                Item::Device { verified, .. } => {
                    ids.insert(verified.revision().id());
                    records.insert(verified.revision().record());
                }
                Item::Hub(draft) => {
                    records.insert(draft.record);
                }
            }
        }
        let mut group = Self {
            known: known(conn, ids.iter().map(|id| id.as_bytes().as_slice())).await?,
            conn,
            hub,
            caches,
            records: HashMap::new(),
            rows: Rows::default(),
            all_anew: false,
        };
        group.load_records(&records).await?;
        Ok(group)
    }

    async fn load_records(&mut self, records: &BTreeSet<RecordId>) -> StoreResult<()> {
        if records.is_empty() {
            return Ok(());
        }
        for entry in log::histories(self.conn, records).await? {
            let work = self.records.entry(entry.revision.record()).or_default();
            work.entries.push(entry);
            work.stored += 1;
        }
        Ok(())
    }

    pub async fn append(&mut self, batch: &Batch) -> StoreResult<Appended> {
        let mut answers = Vec::with_capacity(batch.items.len());
        for item in &batch.items {
            answers.push(match item {
                Item::Device { verified, returned } => {
                    self.device(verified, returned.as_deref(), batch.at).await?
                }
                Item::Hub(draft) => self.sign(draft, batch.at)?,
            });
        }
        Ok(Appended {
            answers,
            point: self.caches.point,
        })
    }

    async fn device(
        &mut self,
        verified: &Verified,
        returned: Option<&[u8]>,
        at: ReceivedAt,
    ) -> StoreResult<Answered> {
        let revision = verified.revision();
        if let Some(known) = self.known.get(&revision.id()) {
            return Ok(known.clone());
        }
        let device = revision.device();
        let neighbours = self.neighbours(revision).await?;
        let roles = self.caches.roles(revision.author(), device, self.hub.hub);
        let held = judge::held_reason(
            revision,
            self.caches.signer(device),
            &neighbours,
            &roles,
            self.open_versions(revision)?,
        );
        let verdict = Verdict {
            roles,
            admitted_by: None,
        };
        if let Some(reason) = held {
            return self.hold(revision, verified.signed(), reason, &verdict, at);
        }
        let k = self.keep(revision, verified.signed());
        let answer = self.enter(k, revision, verified.signed(), verdict, at)?;
        if let Some(body) = returned {
            self.send_back(revision, body, at)?;
        }
        Ok(answer)
    }

    /// Lets a held revision in.
    pub async fn admit(
        &mut self,
        id: RevisionId,
        by: PersonId,
        at: ReceivedAt,
    ) -> StoreResult<Answered> {
        let known = known(self.conn, [id.as_bytes().as_slice()]).await?;
        let answered = known.get(&id).ok_or(StoreError::Absent {
            what: "held revision",
        })?;
        if answered.leaf.is_some() {
            return Ok(answered.clone());
        }
        let (k, held, roles) = log::held_one(self.conn, id)
            .await?
            .ok_or(StoreError::Absent {
                what: "held revision",
            })?;
        self.load_records(&BTreeSet::from([held.revision.record()]))
            .await?;
        let verdict = Verdict {
            roles,
            admitted_by: Some(by),
        };
        self.enter(k, &held.revision, &held.signed, verdict, at)
    }

    /// What is around the revision's number in its device's chain.
    async fn neighbours(&mut self, revision: &Revision) -> StoreResult<Neighbours> {
        let head = self.caches.heads.get(&revision.device());
        let follows = match head {
            Some(head) => revision.seq() == head.seq + 1 && revision.prev() == Some(head.id),
            None => true,
        };
        // Almost always; the rest is asked of the database, which must then have all that is new.
        if follows {
            return Ok(Neighbours::default());
        }
        self.write_ledger().await?;
        let rows = sqlx::query(
            "select seq, id, prev from revision where device = ?1 and seq between ?2 - 1 and ?2 + 1",
        )
        .bind(revision.device().uuid().as_bytes().to_vec())
        .bind(revision.seq() as i64)
        .fetch_all(&mut *self.conn)
        .await
        .map_err(failed("reading a device's chain"))?;
        let mut found = Neighbours::default();
        for row in &rows {
            let id = RevisionId::from_bytes(hash(row, "revision", "id")?);
            match number(row, "revision", "seq")? {
                seq if seq < revision.seq() => found.before.push(id),
                seq if seq == revision.seq() => found.same.push(id),
                _ => {
                    let prev = hash(row, "revision", "prev")?;
                    found.named_by_next.push(RevisionId::from_bytes(prev));
                }
            }
        }
        Ok(found)
    }

    /// How many versions of the record wait, counted only where there can be too many.
    fn open_versions(&self, revision: &Revision) -> StoreResult<usize> {
        let Some(work) = self.records.get(&revision.record()) else {
            return Ok(0);
        };
        if work.entries.len() < MAX_OPEN {
            return Ok(0);
        }
        let derived = derive::record(&work.entries, &self.caches.table())?;
        Ok(derived.map_or(0, |derived| derived.summary.open.len()))
    }

    /// Signs as the hub, and enters.
    fn sign(&mut self, draft: &HubDraft, at: ReceivedAt) -> StoreResult<Answered> {
        let device = self.hub.hub.device();
        let head = self.caches.heads.get(&device);
        let unsigned = Draft {
            ledger: self.hub.ledger,
            record: draft.record,
            kind: draft.kind.clone(),
            act: draft.act,
            parents: draft.parents.clone(),
            bodies: draft.bodies.clone(),
            submission: draft.submission,
            author: draft.author,
            device,
            seq: head.map_or(0, |head| head.seq) + 1,
            prev: head.map(|head| head.id),
            // The hub's clock serves as the author's too; both have the same range.
            at: AuthorTime::from_unix(at.unix())
                .map_err(|error| corrupt("leaf", "received", at, error))?,
        }
        .finish()?;
        let revision = unsigned.revision().clone();
        let signed = unsigned.sign(&self.hub.key);
        let verdict = Verdict {
            roles: self.caches.roles(draft.author, device, self.hub.hub),
            admitted_by: None,
        };
        let k = self.keep(&revision, &signed);
        self.enter(k, &revision, &signed, verdict, at)
    }

    /// The hub's own `return` of a body that validation refuses.
    fn send_back(&mut self, judged: &Revision, body: &[u8], at: ReceivedAt) -> StoreResult<()> {
        let draft = HubDraft {
            record: judged.record(),
            kind: judged.kind().clone(),
            act: Act::Return,
            parents: vec![judged.id()],
            bodies: BTreeMap::from([(Tier::T1, body.to_vec())]),
            submission: None,
            author: PersonId::new(self.hub.hub.uuid()),
        };
        self.sign(&draft, at).map(|_| ())
    }

    /// Keeps the bytes, and gives their key.
    fn keep(&mut self, revision: &Revision, signed: &SignedRevision) -> u64 {
        let k = self.caches.next_k;
        self.caches.next_k += 1;
        let submission = revision.submission().map(|one| one.id.uuid());
        self.rows.revisions.push(values![
            k,
            revision.id(),
            signed.bytes.as_slice(),
            signed.signature.to_bytes().as_slice(),
            revision.device().uuid(),
            revision.seq(),
            revision.prev(),
            submission,
        ]);
        for (tier, bytes) in &signed.bodies {
            let key = log::body_key(k, *tier);
            self.rows.bodies.push(values![key, bytes.as_slice()]);
        }
        let newest = DeviceHead {
            seq: revision.seq(),
            id: revision.id(),
        };
        let head = self.caches.heads.entry(revision.device()).or_insert(newest);
        if head.seq < newest.seq {
            *head = newest;
        }
        k
    }

    fn hold(
        &mut self,
        revision: &Revision,
        signed: &SignedRevision,
        reason: HeldReason,
        verdict: &Verdict,
        at: ReceivedAt,
    ) -> StoreResult<Answered> {
        if reason == HeldReason::Fork {
            self.caches.forked.insert(revision.device());
        }
        let roles = serde_json::to_string(&verdict.roles)
            .map_err(|error| corrupt("held", "roles", revision.id(), error))?;
        let k = self.keep(revision, signed);
        self.rows
            .held
            .push(values![k, log::reason_word(reason)?, at.unix(), roles]);
        let answered = Answered {
            id: revision.id(),
            answer: Answer::Held { reason },
            leaf: None,
            at,
        };
        self.known.insert(revision.id(), answered.clone());
        Ok(answered)
    }

    /// Enters a kept revision into the log.
    fn enter(
        &mut self,
        k: u64,
        revision: &Revision,
        signed: &SignedRevision,
        verdict: Verdict,
        at: ReceivedAt,
    ) -> StoreResult<Answered> {
        let (reference, number) = self.next_reference(revision)?;
        let leaf = Leaf {
            n: self.caches.point.size + 1,
            id: revision.id(),
            received: at,
            verdict,
            reference,
            hub: self.hub.hub,
        };
        let bytes = leaf
            .to_bytes()
            .map_err(|error| corrupt("leaf", "bytes", leaf.n, error))?;
        self.caches.point = self.caches.point.next(&bytes);
        let head = self.caches.point.head.digest();
        self.rows.leaves.push(values![
            leaf.n,
            k,
            revision.record().uuid(),
            bytes.as_slice(),
            head.as_bytes().as_slice(),
            at.unix(),
            number,
        ]);
        if revision.act().is_statement() {
            let about = (revision.author(), revision.record());
            self.rows.authors.insert(about);
        }
        let n = leaf.n;
        let digest = Digest::of(&bytes);
        let work = self.records.entry(revision.record()).or_default();
        work.entries.push(Entry {
            leaf,
            leaf_bytes: bytes,
            revision: revision.clone(),
            signed: signed.clone(),
        });
        let reference = reference_of(&work.entries);
        self.learn(revision.record(), revision.kind())?;
        let answered = |answer| Answered {
            id: revision.id(),
            answer,
            leaf: Some(digest),
            at,
        };
        let again = answered(Answer::Duplicate {
            n,
            reference: reference.clone(),
        });
        self.known.insert(revision.id(), again);
        Ok(answered(Answer::Received { n, reference }))
    }

    /// The record's number, when this is the first revision that could give it one.
    fn next_reference(
        &mut self,
        revision: &Revision,
    ) -> StoreResult<(Option<Reference>, Option<u64>)> {
        let kind = kinds::find(revision.kind().name());
        let work = self.records.get(&revision.record());
        let has = work.is_some_and(|work| reference_of(&work.entries).is_some());
        if has || kind.is_some_and(|kind| kind.family == Family::System) {
            return Ok((None, None));
        }
        let Some(prefix) = derive::prefix(self.caches.programme()) else {
            return Ok((None, None));
        };
        let least = derive::numbers_from(self.caches.programme());
        let number = self.caches.next_number.max(least);
        let reference = Reference::number(prefix, number)
            .map_err(|error| corrupt("record", "reference", prefix, error))?;
        self.caches.next_number = number + 1;
        Ok((Some(reference), Some(number)))
    }

    /// Devices, grants and settings count from the next item on.
    fn learn(&mut self, record: RecordId, kind: &KindVersion) -> StoreResult<()> {
        if !["device", "grant", "programme"].contains(&kind.name()) {
            return Ok(());
        }
        let Some(work) = self.records.get(&record) else {
            return Ok(());
        };
        let before = self.caches.table();
        let Some(derived) = derive::record(&work.entries, &before)? else {
            return Ok(());
        };
        let officials = derived.officials(&work.entries);
        match kind.name() {
            "device" => {
                let facts = derive::device(&officials)?.map(|facts| Device {
                    person: Some(facts.person),
                    revoked: facts.revoked,
                });
                let device = record.uuid().into();
                match facts {
                    _ if device == self.hub.hub.device() => None,
                    Some(facts) => self.caches.devices.insert(device, facts),
                    None => self.caches.devices.remove(&device),
                };
            }
            "grant" => match derive::grant(record, &officials)? {
                Some(grant) => {
                    self.caches.grants.insert(record, grant);
                }
                None => {
                    self.caches.grants.remove(&record);
                }
            },
            _ => {
                let first = derived.summary.first;
                match derive::settings(&officials)? {
                    Some(body) => self.caches.programmes.insert(first, body),
                    None => self.caches.programmes.remove(&first),
                };
                self.all_anew |= self.caches.table() != before;
            }
        }
        Ok(())
    }

    /// Writes the rows of the ledger that are new.
    async fn write_ledger(&mut self) -> StoreResult<()> {
        let rows = std::mem::take(&mut self.rows);
        self.rows.authors = rows.authors;
        insert(
            self.conn,
            "insert into revision (k, id, bytes, signature, device, seq, prev, submission)",
            rows.revisions,
        )
        .await?;
        insert(self.conn, "insert into body (key, bytes)", rows.bodies).await?;
        insert(
            self.conn,
            "insert into leaf (n, k, record, bytes, head, received, number)",
            rows.leaves,
        )
        .await?;
        insert(
            self.conn,
            "insert into held (k, reason, at, roles)",
            rows.held,
        )
        .await
    }

    /// Writes everything, the derived rows last.
    pub async fn finish(mut self) -> StoreResult<()> {
        self.write_ledger().await?;
        if self.all_anew {
            return crate::rebuild::records(self.conn, &self.caches.table()).await;
        }
        let table = self.caches.table();
        let mut touched: Vec<_> = self
            .records
            .values()
            .filter(|work| work.entries.len() > work.stored)
            .collect();
        // Keys that grow are cheaper to insert.
        touched.sort_by_key(|work| work.entries.first().map(|entry| entry.leaf.n));
        let mut old = Vec::new();
        let mut derived = Vec::with_capacity(touched.len());
        let mut people = Vec::new();
        for work in touched {
            let Some(one) = derive::record(&work.entries, &table)? else {
                continue;
            };
            if work.stored > 0 {
                old.push(one.summary.first);
            }
            if ["device", "grant"].contains(&one.summary.kind.as_str()) {
                people.push((one.clone(), &work.entries));
            }
            derived.push(one);
        }
        delete_derived(self.conn, &old).await?;
        insert_derived(self.conn, derived).await?;
        for (one, entries) in people {
            insert_people(self.conn, &one, entries).await?;
        }
        let authors = self.rows.authors.iter();
        insert(
            self.conn,
            "insert or ignore into author (person, record)",
            authors
                .map(|(person, record)| values![person.uuid(), record.uuid()])
                .collect(),
        )
        .await
    }
}

fn reference_of(entries: &[Entry]) -> Option<Reference> {
    entries
        .iter()
        .find_map(|entry| entry.leaf.reference.clone())
}

/// Those of the ids that are here already, with what a second push of them is answered.
async fn known<'i>(
    conn: &mut SqliteConnection,
    ids: impl IntoIterator<Item = &'i [u8]>,
) -> StoreResult<HashMap<RevisionId, Answered>> {
    let rows = sqlx::query(
        "select r.id, l.n, l.bytes, l.received, rec.reference, h.reason, h.at
         from revision r
         left join leaf l on l.k = r.k
         left join record rec on rec.id = l.record
         left join held h on h.k = r.k
         where r.id in (select unhex(value) from json_each(?1))",
    )
    .bind(hex_list(ids))
    .fetch_all(&mut *conn)
    .await
    .map_err(failed("looking for revisions that are here already"))?;
    rows.iter().map(log::answered).collect()
}
