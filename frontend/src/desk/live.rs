//! What the desk knows of the hub's log: its newest number, by the engine's one event stream.

use leptos::prelude::*;

use crate::field::engine::Engine;

/// The newest log number that this desk has heard of, and what to wait for after own writing.
#[derive(Clone, Copy)]
pub struct Live {
    heard: RwSignal<u64>,
    number: Memo<u64>,
}

impl Live {
    /// Listens along with the engine; call once, at the start.
    pub fn of(engine: Engine) -> Self {
        let heard = engine.heard;
        // The stream also says that nothing is new: only a larger number makes pages read again.
        Self {
            heard,
            number: Memo::new(move |_| heard.get()),
        }
    }

    /// The number; a page that reads it reads again when it grows.
    pub fn number(self) -> u64 {
        self.number.get()
    }

    /// Own writing reached this number: answers must be at least as new.
    pub fn reached(self, n: u64) {
        self.heard.update(|now| *now = (*now).max(n));
    }
}

/// The desk's live number.
pub fn use_live() -> Live {
    expect_context()
}
