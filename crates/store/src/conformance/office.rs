//! An office for tests: a programme, people with roles and devices, and a clock that is moved.

use std::cell::Cell;
use std::collections::BTreeMap;

use safelane_ledger::testkit::{self, Author};
use safelane_ledger::{
    Act, Answer, KindVersion, PersonId, ReceivedAt, RecordId, RevisionId, Role, Salt,
    SignedRevision, Tier, salt_body,
};

use crate::{Answered, Appended, Batch, HubDraft, Item, Store, Verified};

/// A store with a programme whose references begin with `DEMO`.
pub struct Office<'s> {
    /// The store.
    pub store: &'s dyn Store,
    drafts: Cell<u8>,
    seconds: Cell<i64>,
}

impl<'s> Office<'s> {
    /// Founds the programme.
    pub async fn found(store: &'s dyn Store) -> Self {
        let office = Self::bare(store);
        office.settle("{}").await;
        office
    }

    /// An office without a programme.
    pub fn bare(store: &'s dyn Store) -> Self {
        Self {
            store,
            drafts: Cell::new(0),
            seconds: Cell::new(1_772_400_000),
        }
    }

    /// States the programme's settings: a prefix and some more fields.
    pub async fn settle(&self, more: &str) -> Answered {
        let mut fields = testkit::fields(more);
        fields.extend(testkit::fields(r#"{"name":"Made up","prefix":"DEMO"}"#));
        let record = testkit::record("programme");
        let before = self.officials(record).await;
        self.hub(Act::Put, record, "programme/1", before, fields)
            .await
    }

    /// Somebody with a device and roles.
    pub async fn person(&self, name: &str, roles: &[Role]) -> Author {
        let author = Author::new(name);
        self.enrol(&author, "no").await;
        self.grant(author.person, roles).await;
        author
    }

    /// States a device of a person, revoked `yes` or `no`.
    pub async fn enrol(&self, author: &Author, revoked: &str) -> Answered {
        let record = RecordId::new(author.device.uuid());
        let body = format!(
            r#"{{"person":"{}","public_key":"{}","label":"T07","revoked":"{revoked}"}}"#,
            author.person,
            author.public_key()
        );
        let before = self.officials(record).await;
        let fields = testkit::fields(&body);
        self.hub(Act::Put, record, "device/1", before, fields).await
    }

    /// States all roles of a person.
    pub async fn grant(&self, person: PersonId, roles: &[Role]) -> Answered {
        let draft = self.grant_draft(person, roles).await;
        self.append(vec![draft.into()]).await.answers.remove(0)
    }

    /// The hub's grant of roles, not yet appended.
    pub async fn grant_draft(&self, person: PersonId, roles: &[Role]) -> HubDraft {
        let record = testkit::record(&format!("grant {person}"));
        let codes: Vec<String> = roles
            .iter()
            .map(|role| serde_json::to_value(role).expect("a word"))
            .map(|word| word.as_str().expect("a word").to_owned())
            .collect();
        let body = format!(r#"{{"person":"{person}","roles":"{}"}}"#, codes.join(","));
        let before = self.officials(record).await;
        self.draft(Act::Put, record, "grant/1", before, testkit::fields(&body))
    }

    async fn officials(&self, record: RecordId) -> Vec<RevisionId> {
        let summary = self.store.record(record).await.expect("reads");
        summary.map(|one| one.officials).unwrap_or_default()
    }

    /// Something that the hub signs, not yet appended.
    pub fn draft(
        &self,
        act: Act,
        record: RecordId,
        kind: &str,
        parents: Vec<RevisionId>,
        fields: BTreeMap<String, safelane_ledger::Value>,
    ) -> HubDraft {
        self.drafts.set(self.drafts.get().wrapping_add(1));
        let kind: KindVersion = kind.parse().expect("a kind");
        HubDraft {
            record,
            kind,
            act,
            parents,
            bodies: BTreeMap::from([(
                Tier::T1,
                salt_body(fields, Salt::from_bytes([self.drafts.get(); 16])),
            )]),
            submission: None,
            author: Author::new("administrator").person,
        }
    }

    async fn hub(
        &self,
        act: Act,
        record: RecordId,
        kind: &str,
        parents: Vec<RevisionId>,
        fields: BTreeMap<String, safelane_ledger::Value>,
    ) -> Answered {
        let draft = self.draft(act, record, kind, parents, fields);
        self.append(vec![draft.into()]).await.answers.remove(0)
    }

    /// The hub's clock, a second later each time.
    pub fn now(&self) -> ReceivedAt {
        self.seconds.set(self.seconds.get() + 1);
        ReceivedAt::from_unix(self.seconds.get()).expect("a moment")
    }

    /// Appends, which must succeed.
    pub async fn append(&self, items: Vec<Item>) -> Appended {
        let batch = Batch {
            at: self.now(),
            items,
        };
        self.store.append(batch).await.expect("appends")
    }

    /// Pushes some revisions of one author.
    pub async fn push(&self, author: &Author, revisions: &[&SignedRevision]) -> Vec<Answer> {
        let items = revisions.iter().map(|one| verified(author, one).into());
        let appended = self.append(items.collect()).await;
        appended.answers.into_iter().map(|one| one.answer).collect()
    }

    /// Pushes one revision, which must be received.
    pub async fn receive(&self, author: &Author, revision: &SignedRevision) -> u64 {
        match self.push(author, &[revision]).await.remove(0) {
            Answer::Received { n, .. } => n,
            other => panic!("not received: {other:?}"),
        }
    }

    /// Leaves in the log.
    pub async fn size(&self) -> u64 {
        self.store.point().await.expect("reads").size
    }
}

/// A revision, verified against its author's key.
pub fn verified(author: &Author, revision: &SignedRevision) -> Verified {
    Verified::new(revision.clone(), &author.public_key()).expect("signed by this author")
}

/// A hazardous area's body with an outline of half a kilometre or so around a place.
pub fn hazard(lon: i64, lat: i64) -> String {
    let (east, north) = (lon + 50_000, lat + 50_000);
    format!(
        r#"{{"classification":"sha","contamination":["ap-mines"],"status":"open",
            "ground":{{"how":"drawn","shape":{{"type":"Polygons",
            "polygons":[[[[{lon},{lat}],[{east},{lat}],[{east},{north}],[{lon},{north}]]]]}},
            "statistic":"not-stated"}}}}"#
    )
}

/// The kind of most revisions here.
pub const HAZARD: &str = "hazardous-area/1";
