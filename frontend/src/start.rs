//! How a bundle starts: words first, then who is here, then the pages.

use leptos::prelude::*;

use crate::i18n::{self, Language, language};
use crate::platform::{assets, preferences};

/// Takes the language that `boot.ts` chose and fetched, and mounts the bundle's pages.
pub fn mount<V: IntoView + 'static>(app: impl FnOnce() -> V + 'static) {
    language::set_current(Language::from_code(&assets::language()));
    i18n::load(assets::messages());
    preferences::set_theme(preferences::theme());
    leptos::mount::mount_to_body(app);
}
