//! Why the browser could not do what was asked.

use wasm_bindgen::{JsCast, JsValue};

/// What went wrong in the browser, as far as a person can act on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlatformError {
    /// The store's connection was lost and reopening did not help: reload the page.
    StoreLost,
    /// The device has no room left.
    StoreFull,
    /// An `add` met an entry with the same key.
    AlreadyStored,
    /// No secure context, or a browser without Ed25519.
    NoKeys,
    /// The person or the browser refused (position, camera, files).
    Refused,
    /// The thing was asked for and did not come in time (position).
    TimedOut,
    /// The file is not what it should be (a photo that is no photo).
    NotReadable,
    /// Anything else, with the browser's own name for it (never shown alone).
    Browser(String),
}

/// What a call into the browser gives.
pub type Result<T> = std::result::Result<T, PlatformError>;

impl PlatformError {
    /// The key of the sentence that says what happened, what is kept and what to do.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::StoreLost => key!("platform.store_lost"),
            Self::StoreFull => key!("platform.store_full"),
            Self::AlreadyStored => key!("platform.already_stored"),
            Self::NoKeys => key!("platform.no_keys"),
            Self::Refused => key!("platform.refused"),
            Self::TimedOut => key!("platform.timed_out"),
            Self::NotReadable => key!("platform.not_readable"),
            Self::Browser(_) => key!("platform.browser"),
        }
    }

    /// The sentence itself.
    pub fn sentence(&self) -> &'static str {
        crate::i18n::text(self.key())
    }
}

impl From<JsValue> for PlatformError {
    fn from(value: JsValue) -> Self {
        let name = value
            .dyn_ref::<web_sys::DomException>()
            .map(web_sys::DomException::name);
        match name.as_deref() {
            Some("InvalidStateError" | "UnknownError" | "AbortError") => Self::StoreLost,
            Some("QuotaExceededError") => Self::StoreFull,
            Some("ConstraintError") => Self::AlreadyStored,
            Some("NotSupportedError") => Self::NoKeys,
            Some("NotAllowedError" | "SecurityError") => Self::Refused,
            Some("EncodingError") => Self::NotReadable,
            Some(other) => Self::Browser(other.to_owned()),
            None => Self::Browser(
                value
                    .dyn_ref::<js_sys::Error>()
                    .map_or_else(|| "unknown".to_owned(), |error| error.message().into()),
            ),
        }
    }
}
