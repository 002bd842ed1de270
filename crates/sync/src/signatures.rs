//! Whose signature a pulled revision needs, and what came of checking it: good, unknown key, bad.
//!
//! A hub has checked every signature before it took a revision in. A device checks again, so that
//! neither a changed hub nor anybody between the two can make a revision that its author never
//! signed. It trusts one key, the hub's, which it kept when it was enrolled; the keys of all other
//! devices are what that key has stated (kind `device`).
//!
//! Nothing is computed here: a browser has its own Ed25519. Take the [`questions`](KeyRing::questions)
//! of a page, first of what the hub signed, [`learn`](KeyRing::learn) from what was good, then ask
//! about the rest: a page may bring a key and what it signed.

use std::collections::BTreeMap;

use safelane_ledger::{
    DeviceId, HubId, Line, PublicKey, Revision, RevisionId, Signature, SignedRevision, Value,
};
use serde::{Deserialize, Serialize};

/// What is known of a revision's signature. Whoever shows the revision must say which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verification {
    /// Signed by the key that the hub has stated for the device.
    Good,
    /// Nobody whom this device trusts has stated a key for the device: kept, and marked.
    UnknownKey,
    /// Not signed by that key: not a record, whatever it says.
    Bad,
}

/// One signature to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Where the revision stands in what was asked.
    pub index: usize,
    /// The key that must have signed.
    pub key: PublicKey,
    /// What must be signed.
    pub message: Vec<u8>,
    /// The signature to check.
    pub signature: Signature,
}

/// Which revisions of a page are asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Round {
    /// Those by the hub itself, which may state keys.
    Hub,
    /// All others.
    Devices,
}

/// The keys that this device goes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRing {
    hub: DeviceId,
    hub_key: PublicKey,
    devices: BTreeMap<DeviceId, PublicKey>,
}

impl KeyRing {
    /// Only the hub's key, as it was kept at the enrolment.
    pub fn new(hub: HubId, hub_key: PublicKey) -> Self {
        Self {
            hub: hub.device(),
            hub_key,
            devices: BTreeMap::new(),
        }
    }

    /// Whether it goes by this hub and this key of it.
    pub fn is_of(&self, hub: HubId, hub_key: &PublicKey) -> bool {
        self.hub == hub.device() && self.hub_key == *hub_key
    }

    /// Whether the hub's own key must have signed it.
    pub fn is_by_hub(&self, revision: &Revision) -> bool {
        revision.device() == self.hub
    }

    /// The key that must have signed a revision; none when nobody trusted has stated it.
    pub fn key_of(&self, revision: &Revision) -> Option<PublicKey> {
        if self.is_by_hub(revision) {
            return Some(self.hub_key);
        }
        self.devices.get(&revision.device()).copied()
    }

    /// Takes the key that a revision states for a device, if the hub's key signed it and that was
    /// found good. A device keeps its first key: another key is another device.
    ///
    /// Answers the device, when its key is news.
    pub fn learn(
        &mut self,
        revision: &Revision,
        body: Option<&Value>,
        verification: Verification,
    ) -> Option<DeviceId> {
        let states = verification == Verification::Good
            && self.is_by_hub(revision)
            && revision.act().is_statement()
            && revision.kind().name() == "device";
        let device = DeviceId::from(revision.record().uuid());
        if !states || device == self.hub || self.devices.contains_key(&device) {
            return None;
        }
        let key = body?.get("public_key")?.as_str()?.parse().ok()?;
        self.devices.insert(device, key);
        Some(device)
    }

    /// What is to be asked about these revisions in this round; the others are of another round,
    /// or their key is unknown.
    pub fn questions<'a>(
        &self,
        revisions: impl IntoIterator<Item = (&'a SignedRevision, &'a Revision)>,
        round: Round,
    ) -> Vec<Question> {
        let asked = |(index, (signed, revision)): (usize, (&SignedRevision, &Revision))| {
            let of_round = self.is_by_hub(revision) == (round == Round::Hub);
            Some(Question {
                index,
                key: self.key_of(revision).filter(|_| of_round)?,
                message: Line::Revision.message(&signed.bytes),
                signature: signed.signature,
            })
        };
        revisions
            .into_iter()
            .enumerate()
            .filter_map(asked)
            .collect()
    }

    /// What the answer to a question means; without a question the key is unknown.
    pub const fn verdict(answer: Option<bool>) -> Verification {
        match answer {
            Some(true) => Verification::Good,
            Some(false) => Verification::Bad,
            None => Verification::UnknownKey,
        }
    }
}

/// A revision from the hub that could not be verified: it is not shown, and that is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unverified {
    /// The number under which the hub gave it.
    pub n: u64,
    /// SHA-256 of the bytes that it gave.
    pub id: RevisionId,
}

#[cfg(test)]
mod tests {
    use safelane_ledger::testkit::{Author, record};
    use safelane_ledger::{RecordId, SigningKey};

    use super::*;

    /// The hub as an author: its device is named after it.
    struct Hub {
        author: Author,
        id: HubId,
    }

    impl Hub {
        fn new() -> Self {
            let author = Author::new("hub");
            let id = HubId::new(author.device.uuid());
            Self { author, id }
        }

        fn ring(&self) -> KeyRing {
            KeyRing::new(self.id, self.author.public_key())
        }

        fn enrols(&mut self, device: &Author) -> SignedRevision {
            self.states_key(device.device, &device.public_key().to_string())
        }

        fn states_key(&mut self, device: DeviceId, key: &str) -> SignedRevision {
            let body = format!(r#"{{"public_key":"{key}","revoked":"no"}}"#);
            self.author
                .put(RecordId::new(device.uuid()), "device/1", &[], &body)
        }
    }

    /// Checks a page as a device does, with the ledger's own Ed25519.
    fn check(ring: &mut KeyRing, page: &[SignedRevision]) -> Vec<Verification> {
        let read: Vec<_> = page.iter().map(|one| one.read().unwrap()).collect();
        let pairs = || {
            page.iter()
                .zip(read.iter().map(safelane_ledger::Unverified::claim))
        };
        let mut found = vec![Verification::UnknownKey; page.len()];
        for round in [Round::Hub, Round::Devices] {
            for question in ring.questions(pairs(), round) {
                let signed = &page[question.index];
                assert_eq!(question.message, Line::Revision.message(&signed.bytes));
                let good = question
                    .key
                    .verify(Line::Revision, &signed.bytes, &question.signature)
                    .is_ok();
                found[question.index] = KeyRing::verdict(Some(good));
            }
            for (index, (signed, revision)) in pairs().enumerate() {
                let body = signed.bodies.get(&safelane_ledger::Tier::T1);
                let body = body.map(|bytes| safelane_ledger::canonical::parse(bytes).unwrap());
                ring.learn(revision, body.as_ref(), found[index]);
            }
        }
        found
    }

    fn zone(author: &mut Author, name: &str) -> SignedRevision {
        author.put(
            record(name),
            "civilian-risk-zone/1",
            &[],
            r#"{"name":"Grove"}"#,
        )
    }

    /// The same words under somebody else's signature.
    fn forged(signed: &SignedRevision, by: &SigningKey) -> SignedRevision {
        SignedRevision {
            signature: by.sign(Line::Revision, &signed.bytes),
            ..signed.clone()
        }
    }

    #[test]
    fn a_page_that_brings_a_key_and_what_it_signed_is_good_in_any_order() {
        let (mut hub, mut fern) = (Hub::new(), Author::new("fern"));
        let (enrolled, report) = (hub.enrols(&fern), zone(&mut fern, "zone"));
        for page in [
            [enrolled.clone(), report.clone()],
            [report.clone(), enrolled.clone()],
        ] {
            let found = check(&mut hub.ring(), &page);
            assert_eq!(found, [Verification::Good; 2]);
        }
    }

    #[test]
    fn without_a_stated_key_it_is_unknown_and_good_once_the_key_is_stated() {
        let (mut hub, mut fern) = (Hub::new(), Author::new("fern"));
        let mut ring = hub.ring();
        let report = zone(&mut fern, "zone");
        assert_eq!(
            check(&mut ring, std::slice::from_ref(&report)),
            [Verification::UnknownKey]
        );
        assert_eq!(
            check(&mut ring, &[hub.enrols(&fern), report]),
            [Verification::Good; 2]
        );
    }

    #[test]
    fn another_key_s_signature_is_bad_for_a_device_and_for_the_hub_itself() {
        let (mut hub, mut fern) = (Hub::new(), Author::new("fern"));
        let thief = Author::new("thief");
        let enrolled = hub.enrols(&fern);
        let report = forged(&zone(&mut fern, "zone"), thief.signing_key());
        let import = hub.author.import(
            record("area"),
            "hazardous-area/1",
            &[],
            r#"{"name":"Bend"}"#,
        );
        let page = [
            enrolled,
            report,
            forged(&import, thief.signing_key()),
            import,
        ];
        let found = check(&mut hub.ring(), &page);
        use Verification::{Bad, Good};
        assert_eq!(found, [Good, Bad, Bad, Good]);
    }

    #[test]
    fn a_key_is_taken_from_the_hub_alone_and_only_once() {
        let (mut hub, mut fern) = (Hub::new(), Author::new("fern"));
        let mut thief = Author::new("thief");
        // The thief's own device is enrolled by right, and states a key for fern's device.
        let enrolled = [hub.enrols(&thief), hub.enrols(&fern)];
        let body = format!(r#"{{"public_key":"{}"}}"#, thief.public_key());
        let claim = thief.put(RecordId::new(fern.device.uuid()), "device/1", &[], &body);
        let report = zone(&mut fern, "zone");
        let mut ring = hub.ring();
        let [first, second] = enrolled;
        let found = check(&mut ring, &[claim, first, second, report.clone()]);
        assert_eq!(found, [Verification::Good; 4]);
        // Not even the hub gives a device a second key, nor itself one: that is another device.
        let again = hub.states_key(fern.device, &thief.public_key().to_string());
        let own = hub.states_key(hub.author.device, &thief.public_key().to_string());
        let theirs = forged(&report, thief.signing_key());
        let found = check(&mut ring, &[again, own, report, theirs]);
        assert_eq!(found[2..], [Verification::Good, Verification::Bad]);
    }

    #[test]
    fn a_bad_statement_of_a_key_teaches_nothing() {
        let (mut hub, mut fern) = (Hub::new(), Author::new("fern"));
        let thief = Author::new("thief");
        let enrolled = forged(&hub.enrols(&fern), thief.signing_key());
        let report = zone(&mut fern, "zone");
        let found = check(&mut hub.ring(), &[enrolled, report]);
        assert_eq!(found, [Verification::Bad, Verification::UnknownKey]);
    }

    #[test]
    fn what_is_kept_on_a_device_reads_the_same_for_ever() {
        let all = [
            Verification::Good,
            Verification::UnknownKey,
            Verification::Bad,
        ];
        let text = serde_json::to_string(&all).unwrap();
        assert_eq!(text, r#"["good","unknown-key","bad"]"#);
    }
}
