//! Builders of signed revisions for tests: people with keys who keep their own chain.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::body::{Approval, Removal, ReturnBody, Salt, encode_body, salt_body};
use crate::canonical::{Value, parse};
use crate::id::{DeviceId, KindVersion, LedgerId, PersonId, RecordId, RevisionId};
use crate::keys::{PublicKey, SigningKey};
use crate::log::{Role, Verdict};
use crate::resolve::Received;
use crate::revision::{Act, Draft, SignedRevision, Submission, Tier};
use crate::time::AuthorTime;

/// The programme of all test revisions.
pub fn ledger() -> LedgerId {
    named("ledger").into()
}

/// A record by a name of the test's choosing.
pub fn record(name: &str) -> RecordId {
    named(&format!("record {name}")).into()
}

fn named(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

/// The fields of a body, from JSON text.
pub fn fields(json: &str) -> BTreeMap<String, Value> {
    match parse(json.as_bytes()) {
        Ok(Value::Object(fields)) => fields,
        other => panic!("not an object of the subset: {other:?}"),
    }
}

/// A person with one device, which signs and counts.
#[derive(Debug)]
pub struct Author {
    /// The person.
    pub person: PersonId,
    /// The device.
    pub device: DeviceId,
    /// What the device's clock says.
    pub at: AuthorTime,
    /// The programme.
    pub ledger: LedgerId,
    key: SigningKey,
    seq: u64,
    prev: Option<RevisionId>,
}

impl Author {
    /// The person of that name, always with the same ids and key.
    pub fn new(name: &str) -> Self {
        let seed: [u8; 32] = *crate::Digest::of(name.as_bytes()).as_bytes();
        Self {
            person: named(&format!("person {name}")).into(),
            device: named(&format!("device {name}")).into(),
            at: AuthorTime::from_unix(1_772_353_800).expect("a moment in 2026"),
            ledger: ledger(),
            key: SigningKey::from_seed(&seed),
            seq: 0,
            prev: None,
        }
    }

    /// The device's public key.
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// The device's private key.
    pub const fn signing_key(&self) -> &SigningKey {
        &self.key
    }

    /// A statement of a whole body, given as JSON text.
    pub fn put(
        &mut self,
        record: RecordId,
        kind: &str,
        parents: &[RevisionId],
        body: &str,
    ) -> SignedRevision {
        let body = salt_body(fields(body), self.salt());
        self.sign(Act::Put, record, kind, parents, body, None)
    }

    /// The same, as part of a submission.
    pub fn put_in(
        &mut self,
        submission: Submission,
        record: RecordId,
        kind: &str,
        parents: &[RevisionId],
        body: &str,
    ) -> SignedRevision {
        let body = salt_body(fields(body), self.salt());
        self.sign(Act::Put, record, kind, parents, body, Some(submission))
    }

    /// An import; this author stands for a hub's key.
    pub fn import(
        &mut self,
        record: RecordId,
        kind: &str,
        parents: &[RevisionId],
        body: &str,
    ) -> SignedRevision {
        let body = salt_body(fields(body), self.salt());
        self.sign(Act::Import, record, kind, parents, body, None)
    }

    /// A `remove` or `set-aside` of statements.
    pub fn end(
        &mut self,
        act: Act,
        record: RecordId,
        kind: &str,
        parents: &[RevisionId],
        reason: &str,
    ) -> SignedRevision {
        let removal = Removal {
            reason: reason.to_owned(),
            note: None,
            duplicate_of: None,
        };
        let body = encode_body(&removal, self.salt()).expect("a removal has canonical bytes");
        self.sign(act, record, kind, parents, body, None)
    }

    /// An approval of a statement by somebody who saw these officials.
    pub fn approve(
        &mut self,
        statement: &SignedRevision,
        officials: &[RevisionId],
    ) -> SignedRevision {
        let approval = Approval {
            officials: officials.to_vec(),
            confirmed: Vec::new(),
        };
        let body = encode_body(&approval, self.salt()).expect("an approval has canonical bytes");
        self.judge(Act::Approve, statement, body)
    }

    /// An approval of a statement that somebody else holds, for example a hub's own.
    pub fn approve_named(
        &mut self,
        (record, kind): (RecordId, &str),
        statement: RevisionId,
    ) -> SignedRevision {
        let approval = Approval {
            officials: Vec::new(),
            confirmed: Vec::new(),
        };
        let body = encode_body(&approval, self.salt()).expect("an approval has canonical bytes");
        self.sign(Act::Approve, record, kind, &[statement], body, None)
    }

    /// A return of a statement, without a word.
    pub fn send_back(&mut self, statement: &SignedRevision) -> SignedRevision {
        let body = ReturnBody {
            comments: Vec::new(),
            problems: Vec::new(),
        };
        let body = encode_body(&body, self.salt()).expect("a return has canonical bytes");
        self.judge(Act::Return, statement, body)
    }

    fn judge(&mut self, act: Act, statement: &SignedRevision, body: Vec<u8>) -> SignedRevision {
        let judged = statement
            .read()
            .expect("the statement is sound")
            .claim()
            .clone();
        self.sign(
            act,
            judged.record(),
            &judged.kind().to_string(),
            &[judged.id()],
            body,
            None,
        )
    }

    /// Any revision with a body of any bytes.
    pub fn sign(
        &mut self,
        act: Act,
        record: RecordId,
        kind: &str,
        parents: &[RevisionId],
        body: Vec<u8>,
        submission: Option<Submission>,
    ) -> SignedRevision {
        let kind: KindVersion = kind.parse().expect("a kind like clearance/1");
        self.seq += 1;
        let unsigned = Draft {
            ledger: self.ledger,
            record,
            kind,
            act,
            parents: parents.to_vec(),
            bodies: BTreeMap::from([(Tier::T1, body)]),
            submission,
            author: self.person,
            device: self.device,
            seq: self.seq,
            prev: self.prev,
            at: self.at,
        }
        .finish()
        .expect("a sound structure");
        self.prev = Some(unsigned.id());
        unsigned.sign(&self.key)
    }

    /// Goes back in the chain, as a device restored from an old copy would: the next one forks.
    pub fn rewind(&mut self, to: &SignedRevision) {
        let revision = to.read().expect("sound").claim().clone();
        (self.seq, self.prev) = (revision.seq() - 1, revision.prev());
    }

    /// A salt that no other revision of this author has.
    fn salt(&self) -> Salt {
        let seed = format!("{} {}", self.device, self.seq + 1);
        let digest = *crate::Digest::of(seed.as_bytes()).as_bytes();
        Salt::from_bytes(*digest.first_chunk().expect("16 of 32 bytes"))
    }

    /// The revision as a hub would have received it from this author with these roles.
    pub fn received(&self, signed: &SignedRevision, roles: &[Role]) -> Received {
        let (revision, mut bodies) = signed
            .read()
            .expect("sound")
            .verify(&self.public_key())
            .expect("signed by this author");
        Received {
            revision,
            verdict: Verdict::with_roles(roles.iter().copied()),
            body: bodies.remove(&Tier::T1),
        }
    }
}
