//! What a run has read and verified.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use safelane_ledger::{
    Line, PublicKey, Receipt, Revision, RevisionId, SignedRevision, SignedText, Tier, Value,
    Verdict, canonical,
};
use safelane_wire::sync::{PullEntry, RevisionText};

/// What was read or verified once and need not be again.
#[derive(Debug, Default)]
pub struct Memory {
    read: HashMap<RevisionId, Arc<Read>>,
    verdicts: HashMap<String, Verdict>,
    receipts: HashMap<String, Option<Receipt>>,
    sound: HashSet<(RevisionId, [u8; 64])>,
}

impl Memory {
    pub(super) fn read(&mut self, id: RevisionId, text: &RevisionText) -> Option<Arc<Read>> {
        if let Some(read) = self.read.get(&id)
            && (read.body.is_some() || text.bodies.is_empty())
        {
            return Some(Arc::clone(read));
        }
        let signed = SignedRevision::from(text.clone());
        let revision = signed.read().ok()?.claim().clone();
        let body = signed.bodies.get(&Tier::T1);
        let body = body.and_then(|bytes| canonical::parse(bytes).ok());
        let read = Arc::new(Read { revision, body });
        self.read.insert(id, Arc::clone(&read));
        Some(read)
    }

    pub(super) fn verdict(&mut self, entry: &PullEntry) -> Option<Verdict> {
        if let Some(verdict) = self.verdicts.get(&entry.leaf) {
            return Some(verdict.clone());
        }
        let verdict = entry.leaf().ok()?.verdict;
        self.verdicts.insert(entry.leaf.clone(), verdict.clone());
        Some(verdict)
    }

    pub(super) fn receipt(&mut self, text: &SignedText, key: &PublicKey) -> Option<&Receipt> {
        let opened = self.receipts.entry(text.bytes.clone());
        opened.or_insert_with(|| text.open(key).ok()).as_ref()
    }

    pub(super) fn is_sound(&mut self, text: &RevisionText, key: &PublicKey) -> bool {
        let id = RevisionId::of(text.bytes.as_bytes());
        let sound = self.sound.contains(&(id, text.signature.to_bytes()))
            || key
                .verify(Line::Revision, text.bytes.as_bytes(), &text.signature)
                .is_ok();
        if sound {
            self.sound.insert((id, text.signature.to_bytes()));
        }
        sound
    }
}

/// A revision, read.
#[derive(Debug)]
pub struct Read {
    /// The revision.
    pub revision: Revision,
    /// Its body.
    pub body: Option<Value>,
}
