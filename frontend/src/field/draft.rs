//! Records being filled in: written to the disk at every change, there again after a closed tab or a flat battery.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use leptos::task::spawn_local;
use safelane_ledger::{RecordId, RevisionId};
use safelane_model::body::Map;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::platform::store::{self, Area};
use crate::platform::{PlatformError, clock};

/// One record being filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The record; also the draft's key.
    pub record: RecordId,
    /// Its kind.
    pub kind: String,
    /// The fields so far.
    pub body: Map,
    /// What it replaces, when it corrects something.
    pub parents: Vec<RevisionId>,
    /// The step of the form that is open.
    pub step: usize,
    /// When it was changed, by the device's clock.
    pub changed_ms: i64,
}

impl Draft {
    /// A draft of a new record.
    pub fn new(record: RecordId, kind: &str, body: Map) -> Self {
        Self {
            record,
            kind: kind.to_owned(),
            body,
            parents: Vec::new(),
            step: 0,
            changed_ms: clock::now_ms(),
        }
    }
}

/// All drafts on this device, as every page has them by context.
#[derive(Clone, Copy)]
pub struct Drafts {
    all: RwSignal<BTreeMap<RecordId, Draft>>,
    dirty: RwSignal<BTreeSet<RecordId>>,
    writing: RwSignal<bool>,
    /// Why the last write failed; what is on the screen is not on the disk then.
    pub failure: RwSignal<Option<PlatformError>>,
    /// Whether the store has been read.
    pub loaded: RwSignal<bool>,
}

/// The drafts of this page.
pub fn drafts() -> Drafts {
    expect_context()
}

impl Drafts {
    /// Puts the drafts into the context and reads them.
    pub fn provide() -> Self {
        let drafts = Self {
            all: RwSignal::new(BTreeMap::new()),
            dirty: RwSignal::new(BTreeSet::new()),
            writing: RwSignal::new(false),
            failure: RwSignal::new(None),
            loaded: RwSignal::new(false),
        };
        provide_context(drafts);
        spawn_local(async move {
            match store::all(Area::Drafts).await {
                Ok(stored) => drafts.all.update(|all| {
                    for draft in stored
                        .iter()
                        .filter_map(|(_, text)| serde_json::from_str::<Draft>(text).ok())
                    {
                        all.entry(draft.record).or_insert(draft);
                    }
                }),
                Err(error) => drafts.failure.set(Some(error)),
            }
            drafts.loaded.set(true);
        });
        drafts
    }

    /// Newest first.
    pub fn list(self) -> Vec<Draft> {
        let mut list: Vec<_> = self.all.with(|all| all.values().cloned().collect());
        list.sort_by_key(|draft| std::cmp::Reverse(draft.changed_ms));
        list
    }

    /// One draft, reactive.
    pub fn get(self, record: RecordId) -> Option<Draft> {
        self.all.with(|all| all.get(&record).cloned())
    }

    /// Whether there is one, without subscribing.
    pub fn has(self, record: RecordId) -> bool {
        self.all.with_untracked(|all| all.contains_key(&record))
    }

    /// Begins a draft, unless the record has one already: then that one is opened.
    pub fn begin(self, draft: Draft) -> RecordId {
        let record = draft.record;
        if !self.has(record) {
            self.all.update(|all| drop(all.insert(record, draft)));
            self.save(record);
        }
        record
    }

    /// Begins a draft, in place of one that the record may have.
    pub fn replace(self, draft: Draft) {
        let record = draft.record;
        self.all.update(|all| drop(all.insert(record, draft)));
        self.save(record);
    }

    /// Throws a draft away. What it corrected is as it was.
    pub fn discard(self, record: RecordId) {
        self.forget(record);
        spawn_local(async move {
            if let Err(error) = store::delete(Area::Drafts, &record.to_string()).await {
                self.failure.set(Some(error));
            }
        });
    }

    /// Takes a draft off the screen; its entry on the disk went with its submission.
    pub fn forget(self, record: RecordId) {
        self.dirty.update_untracked(|dirty| {
            dirty.remove(&record);
        });
        self.all.update(|all| drop(all.remove(&record)));
    }

    /// An editor of one draft.
    pub const fn editor(self, record: RecordId) -> Editor {
        Editor {
            drafts: self,
            record,
        }
    }

    fn save(self, record: RecordId) {
        self.dirty.update(|dirty| {
            dirty.insert(record);
        });
        if self.writing.get_untracked() {
            return;
        }
        self.writing.set(true);
        spawn_local(async move {
            while let Some(record) = self.dirty.with_untracked(|dirty| dirty.first().copied()) {
                self.dirty.update(|dirty| {
                    dirty.remove(&record);
                });
                let text = self.all.with_untracked(|all| {
                    all.get(&record)
                        .and_then(|draft| serde_json::to_string(draft).ok())
                });
                let Some(text) = text else { continue };
                let outcome = store::put(Area::Drafts, &record.to_string(), &text).await;
                // Submitted while it was being written: it must not come back.
                if !self.has(record) {
                    let _ = store::delete(Area::Drafts, &record.to_string()).await;
                }
                self.failure.set(outcome.err());
            }
            self.writing.set(false);
        });
    }

    /// Whether everything on the screen is on the disk: nothing waits to be written, and nothing is
    /// on its way there.
    pub fn is_saved(self) -> bool {
        let waiting = !self.dirty.with(BTreeSet::is_empty);
        let on_its_way = self.writing.get();
        !waiting && !on_its_way && self.failure.with(Option::is_none)
    }
}

/// Reads and changes one draft; every change is written at once.
#[derive(Clone, Copy)]
pub struct Editor {
    drafts: Drafts,
    /// The record.
    pub record: RecordId,
}

impl Editor {
    /// Looks at the fields, reactive.
    pub fn with<T>(self, read: impl FnOnce(&Map) -> T) -> T {
        let empty = Map::new();
        self.drafts
            .all
            .with(|all| read(all.get(&self.record).map_or(&empty, |draft| &draft.body)))
    }

    /// Looks at the fields without subscribing.
    pub fn with_untracked<T>(self, read: impl FnOnce(&Map) -> T) -> T {
        let empty = Map::new();
        self.drafts
            .all
            .with_untracked(|all| read(all.get(&self.record).map_or(&empty, |draft| &draft.body)))
    }

    /// One field, reactive.
    pub fn get(self, key: &'static str) -> Signal<Option<Value>> {
        Memo::new(move |_| self.with(|body| body.get(key).cloned())).into()
    }

    /// A number, reactive.
    pub fn integer(self, key: &'static str) -> Signal<Option<i64>> {
        Memo::new(move |_| self.with(|body| body.get(key).and_then(Value::as_i64))).into()
    }

    /// A text or code, reactive.
    pub fn text(self, key: &'static str) -> Signal<Option<String>> {
        Memo::new(move |_| {
            self.with(|body| body.get(key).and_then(Value::as_str).map(str::to_owned))
        })
        .into()
    }

    /// Sets or empties a field.
    pub fn set(self, key: &str, value: Option<Value>) {
        self.change(|body| match value {
            Some(value) => drop(body.insert(key.to_owned(), value)),
            None => drop(body.remove(key)),
        });
    }

    /// Changes several fields at once.
    pub fn change(self, change: impl FnOnce(&mut Map)) {
        self.drafts.all.update(|all| {
            if let Some(draft) = all.get_mut(&self.record) {
                change(&mut draft.body);
                draft.changed_ms = clock::now_ms();
            }
        });
        self.drafts.save(self.record);
    }

    /// The step that is open, reactive.
    pub fn step(self) -> usize {
        self.drafts
            .all
            .with(|all| all.get(&self.record).map_or(0, |draft| draft.step))
    }

    /// Opens a step.
    pub fn go(self, step: usize) {
        self.drafts.all.update(|all| {
            if let Some(draft) = all.get_mut(&self.record) {
                draft.step = step;
            }
        });
        self.drafts.save(self.record);
    }

    /// What it replaces, without subscribing.
    pub fn parents_untracked(self) -> Vec<RevisionId> {
        self.drafts.all.with_untracked(|all| {
            all.get(&self.record)
                .map(|draft| draft.parents.clone())
                .unwrap_or_default()
        })
    }

    /// Takes the draft off the screen, after its submission took it off the disk.
    pub fn forget(self) {
        self.drafts.forget(self.record);
    }

    /// What it replaces.
    pub fn parents(self) -> Vec<RevisionId> {
        self.drafts.all.with(|all| {
            all.get(&self.record)
                .map(|draft| draft.parents.clone())
                .unwrap_or_default()
        })
    }

    /// Its kind.
    pub fn kind(self) -> String {
        self.drafts.all.with_untracked(|all| {
            all.get(&self.record)
                .map(|draft| draft.kind.clone())
                .unwrap_or_default()
        })
    }

    /// Whether everything on the screen is on the disk.
    pub fn is_saved(self) -> bool {
        self.drafts.is_saved()
    }
}
