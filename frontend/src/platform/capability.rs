//! What this browser lets the app do here. Without a key it only reads, and says why.

use super::key;

/// Why the app only reads, if it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capability {
    /// Everything works.
    Full,
    /// Plain HTTP away from loopback: no key, no position, no offline use.
    NotSecure,
    /// The browser is too old for Ed25519.
    NoEd25519,
}

impl Capability {
    /// Whether records can be signed here.
    pub const fn can_sign(self) -> bool {
        matches!(self, Self::Full)
    }

    /// The key of the sentence that says why not and what to do.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Full => key!("capability.full"),
            Self::NotSecure => key!("capability.not_secure"),
            Self::NoEd25519 => key!("capability.no_ed25519"),
        }
    }
}

/// Finds out; once at the start.
pub async fn check() -> Capability {
    if !web_sys::window().is_some_and(|window| window.is_secure_context()) {
        return Capability::NotSecure;
    }
    if key::available().await {
        Capability::Full
    } else {
        Capability::NoEd25519
    }
}

/// Asks the browser not to throw the store away. Nothing waits for the answer: Firefox asks the person, and
/// gives none until the person has one.
pub fn ask_to_keep_store() {
    let asked = web_sys::window().and_then(|window| window.navigator().storage().persist().ok());
    if let Some(asked) = asked {
        leptos::task::spawn_local(async move {
            let _ = super::wait::promise(asked).await;
        });
    }
}
