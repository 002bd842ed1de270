//! People with devices: they enrol by the ordinary door, sign, send, and believe nothing but receipts.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Context as _, Result, bail, ensure};
use safelane_ledger::document::Document as _;
use safelane_ledger::testkit::Author;
use safelane_ledger::{
    Answer, AuthorTime, Digest, Enrolment, HubId, LogPoint, PublicKey, Receipt, ReceiptLeaf,
    RecordId, RefusedReason, RevisionId, SignedRevision,
};
use safelane_wire::media::{self, MediaAnswer, UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_OFFSET};
use safelane_wire::problem::Problem;
use safelane_wire::session::{self, AcceptInvite, EnrolRequest, SessionInfo};
use safelane_wire::sync::{PUSH, PushAnswer, PushRequest, RevisionText};

use crate::chance::Chance;
use crate::http::Client;
use crate::hub::{Binary, text};

/// What the hub has confirmed: kept outside of it, and held against it after every start.
#[derive(Debug, Default)]
pub struct Journal {
    /// Revisions with a verified receipt, as they were signed, and the leaf that the receipt names.
    pub revisions: BTreeMap<RevisionId, (SignedRevision, ReceiptLeaf)>,
    /// Photos that the hub said it has whole, and that a confirmed record names.
    pub photos: BTreeMap<Digest, Vec<u8>>,
    /// The largest log that a receipt vouched for.
    pub point: Option<LogPoint>,
    /// Confirmed statements that nobody has judged.
    pub to_judge: VecDeque<SignedRevision>,
    /// Revisions that a hub took a second time as what they are: the first answer had been lost.
    pub repeated: u64,
    /// Approvals that a check forbade.
    pub forbidden: u64,
}

/// The journal, as several threads write it.
pub type Shared = Arc<Mutex<Journal>>;

/// Looks into the journal.
pub fn look<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What became of something that was sent.
#[derive(Debug)]
pub enum Sent {
    /// Confirmed.
    Confirmed,
    /// No whole answer came.
    Cut,
    /// The hub took nothing, and says why.
    Problem(Problem),
}

/// One person in one browser profile.
#[derive(Debug)]
pub struct Device {
    /// Its session with the hub.
    pub client: Client,
    /// Signs and counts.
    pub author: Author,
    /// Signed and not confirmed yet, in the order of signing.
    pub outbox: VecDeque<SignedRevision>,
    /// Taken and not confirmed yet.
    pub photos: VecDeque<Vec<u8>>,
    hub: HubId,
    hub_key: PublicKey,
    journal: Shared,
    chance: Chance,
}

/// Most revisions that one push of ours has.
const BATCH: usize = 40;

impl Device {
    /// Adds a person by the command line, takes up the one-time link, and enrols a key.
    pub fn enrol(
        (binary, data, address): (&Binary, &std::path::Path, &str),
        (name, role): (&str, &str),
        journal: &Shared,
        mut chance: Chance,
    ) -> Result<Self> {
        let added =
            binary.succeeds(&["user", "add", name, "--role", role, "--data", text(data)])?;
        let (_, token) = added.rsplit_once("#invite=").context("a link")?;
        let mut client = Client::new(address);
        let invite = AcceptInvite {
            token: token.trim().to_owned(),
            password: format!("a long pass phrase of {name}"),
        };
        let session: SessionInfo = client.post(session::INVITE, &invite)?.json()?;
        let mut author = Author::new(&format!("{name} {}", chance.next()));
        author.person = session.person;
        author.ledger = session.ledger;
        author.at = AuthorTime::from_unix(session.now.unix())?;
        let enrolment = Enrolment {
            ledger: session.ledger,
            hub: session.hub,
            device: author.device,
            person: session.person,
            key: author.public_key(),
            at: author.at,
        };
        let asked = EnrolRequest {
            enrolment: enrolment.sign(author.signing_key())?,
            label: name.to_owned(),
        };
        let enrolled = client.post(session::ENROL, &asked)?;
        ensure!(
            enrolled.status == 200,
            "{}",
            String::from_utf8_lossy(&enrolled.body)
        );
        Ok(Self {
            client,
            author,
            outbox: VecDeque::new(),
            photos: VecDeque::new(),
            hub: session.hub,
            hub_key: session.hub_key,
            journal: Arc::clone(journal),
            chance,
        })
    }

    /// Writes an item found somewhere, now and then with a photo.
    pub fn find_an_item(&mut self, photos: bool) {
        let longitude = 184_000_000 + self.chance.between(0, 4_000_000);
        let latitude = 438_000_000 + self.chance.between(0, 4_000_000);
        let mut body = serde_json::json!({
            "category": "ap-mine", "quantity": 1, "depth": 120, "found_on": "2026-11-20",
            "place": { "at": [longitude, latitude], "how": "fix", "statistic": "radius95" },
        });
        if photos && self.chance.percent(30) {
            let size = self.chance.between(2_000, 120_000) as usize;
            let photo = [&b"\xff\xd8\xff\xe0"[..], &self.chance.bytes(size)].concat();
            body["photos"] = serde_json::json!([
                { "sha256": Digest::of(&photo), "bytes": photo.len(), "type": "image/jpeg" }
            ]);
            self.photos.push_back(photo);
        }
        let record = RecordId::new(uuid::Uuid::from_u64_pair(
            self.chance.next(),
            self.chance.next(),
        ));
        let signed = self
            .author
            .put(record, "explosive-ordnance/1", &[], &body.to_string());
        self.outbox.push_back(signed);
    }

    /// Sends what waits, revisions first or photos first.
    pub fn send(&mut self) -> Result<Sent> {
        if self.chance.percent(50) {
            match self.push()? {
                Sent::Confirmed => self.upload(),
                other => Ok(other),
            }
        } else {
            match self.upload()? {
                Sent::Confirmed => self.push(),
                other => Ok(other),
            }
        }
    }

    /// Pushes what waits; only a receipt takes it out of the outbox.
    pub fn push(&mut self) -> Result<Sent> {
        while !self.outbox.is_empty() {
            let batch: Vec<SignedRevision> = self.outbox.iter().take(BATCH).cloned().collect();
            let before = look(&self.journal).point;
            let revisions = batch.iter().cloned().map(RevisionText::try_from);
            let asked = PushRequest {
                revisions: revisions.collect::<Result<_, _>>()?,
            };
            let Ok(answer) = self.client.post(PUSH, &asked) else {
                return Ok(Sent::Cut);
            };
            if answer.status != 200 {
                return Ok(Sent::Problem(answer.problem()?));
            }
            self.confirm(&batch, &answer.json()?, before)?;
            self.outbox.drain(..batch.len());
        }
        Ok(Sent::Confirmed)
    }

    /// Writes into the journal what the receipt promises, after looking at every word of it.
    fn confirm(
        &mut self,
        batch: &[SignedRevision],
        answer: &PushAnswer,
        before: Option<LogPoint>,
    ) -> Result<()> {
        ensure!(
            answer.answers.len() == batch.len(),
            "an answer for each: {answer:?}"
        );
        let receipt = answer.receipt.as_ref();
        let receipt: Option<Receipt> = receipt.map(|text| text.open(&self.hub_key)).transpose()?;
        let mut journal = look(&self.journal);
        for (signed, one) in batch.iter().zip(&answer.answers) {
            ensure!(one.id == signed.id(), "the answers are in another order");
            let n = match one.answer {
                Answer::Received { n, .. } => n,
                Answer::Duplicate { n, .. } => {
                    journal.repeated += 1;
                    n
                }
                Answer::Refused {
                    reason: RefusedReason::BlockedByCheck,
                } => {
                    journal.forbidden += 1;
                    continue;
                }
                ref other => bail!("{} was answered {other:?}", one.id),
            };
            let leaf = receipt.as_ref().and_then(|receipt| receipt.leaf_of(one.id));
            let leaf = *leaf.with_context(|| format!("no receipt names {}", one.id))?;
            ensure!(
                leaf.n == n,
                "the receipt names leaf {}, the answer {n}",
                leaf.n
            );
            let known = journal.revisions.insert(one.id, (signed.clone(), leaf));
            ensure!(
                known.is_none_or(|(_, known)| known == leaf),
                "{} is at two places",
                one.id
            );
            if signed.read()?.claim().act().is_statement() {
                journal.to_judge.push_back(signed.clone());
            }
        }
        if let Some(receipt) = receipt {
            ensure!(
                receipt.hub == self.hub && receipt.ledger == self.author.ledger,
                "another's receipt"
            );
            let point = receipt.point();
            ensure!(
                before.is_none_or(|before| before.size <= point.size),
                "the log shrank from {before:?} to {point:?}"
            );
            if journal.point.is_none_or(|known| known.size < point.size) {
                journal.point = Some(point);
            }
        }
        Ok(())
    }

    /// Uploads what waits, in two pieces or one, going on where the hub is.
    pub fn upload(&mut self) -> Result<Sent> {
        while let Some(photo) = self.photos.front() {
            let name = Digest::of(photo);
            let path = media::path(name);
            let Ok(state) = self.client.ask("HEAD", &path, &[], &[]) else {
                return Ok(Sent::Cut);
            };
            ensure!(state.status == 200, "HEAD of a photo: {}", state.status);
            let offset = state.header(UPLOAD_OFFSET).context("an offset")?;
            let mut offset: usize = offset.parse()?;
            ensure!(offset <= photo.len(), "{name} is longer than it was sent");
            let mut complete = state.header(UPLOAD_COMPLETE) == Some("?1");
            ensure!(
                !complete || offset == photo.len(),
                "{name} is complete with {offset} bytes"
            );
            if offset == photo.len() {
                offset = 0;
            }
            while !complete {
                let to = if self.chance.percent(50) {
                    photo.len()
                } else {
                    offset + (photo.len() - offset).div_ceil(2)
                };
                let headers = [
                    (UPLOAD_OFFSET, offset.to_string()),
                    (UPLOAD_LENGTH, photo.len().to_string()),
                ];
                let Ok(answer) = self.client.ask("PUT", &path, &headers, &photo[offset..to]) else {
                    return Ok(Sent::Cut);
                };
                if answer.status != 200 {
                    return Ok(Sent::Problem(answer.problem()?));
                }
                let answer: MediaAnswer = answer.json()?;
                ensure!(
                    answer.sha256 == name && answer.offset == to as u64,
                    "{answer:?}"
                );
                (offset, complete) = (to, answer.complete);
                ensure!(complete == (to == photo.len()), "{answer:?}");
            }
            if let Some(photo) = self.photos.pop_front() {
                look(&self.journal).photos.insert(name, photo);
            }
        }
        Ok(Sent::Confirmed)
    }

    /// Approves a statement that somebody else's receipt confirmed.
    pub fn approve_one(&mut self) {
        let next = look(&self.journal).to_judge.pop_front();
        if let Some(statement) = next {
            let approval = self.author.approve(&statement, &[]);
            self.outbox.push_back(approval);
        }
    }
}
