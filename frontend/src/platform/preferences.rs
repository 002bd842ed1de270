//! Theme, language and the stop of the demo's tour: chosen on this device, before anybody is signed in, and applied by `boot.ts` before the first picture.

use crate::i18n::Language;

/// How the app is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device is set: paper by day, dark by night.
    #[default]
    Device,
    /// Paper.
    Light,
    /// Dark, for the night.
    Dark,
    /// Black on white with thick lines, for the sun.
    Sunlight,
}

impl Theme {
    /// All of them, in the order of the choice.
    pub const ALL: [Self; 4] = [Self::Device, Self::Light, Self::Dark, Self::Sunlight];

    /// The word in the settings and in `data-theme`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Sunlight => "sunlight",
        }
    }

    /// The key of its name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Device => key!("theme.device"),
            Self::Light => key!("theme.light"),
            Self::Dark => key!("theme.dark"),
            Self::Sunlight => key!("theme.sunlight"),
        }
    }
}

fn storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// The theme chosen.
pub fn theme() -> Theme {
    let stored = storage()
        .and_then(|storage| storage.get_item("theme").ok().flatten())
        .unwrap_or_default();
    Theme::ALL
        .into_iter()
        .find(|theme| theme.code() == stored)
        .unwrap_or_default()
}

/// The theme that is on the screen: never `Device`.
pub fn shown_theme() -> Theme {
    match theme() {
        Theme::Device if super::dom::prefers_dark() => Theme::Dark,
        Theme::Device => Theme::Light,
        chosen => chosen,
    }
}

/// Chooses a theme and shows it at once.
pub fn set_theme(theme: Theme) {
    if let Some(storage) = storage() {
        // Without storage the choice holds until the page is closed.
        let _ = storage.set_item("theme", theme.code());
    }
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.document_element());
    if let Some(root) = root {
        let shown = if theme == Theme::Device {
            shown_theme()
        } else {
            theme
        };
        let _ = root.set_attribute("data-theme", shown.code());
    }
}

/// Chooses a language and loads the page again in it; drafts are kept.
pub fn set_language(language: Language) {
    if let Some(storage) = storage() {
        let _ = storage.set_item("language", language.code());
    }
    super::dom::reload();
}

/// The tour of the demo as it was kept; none while nobody takes it.
pub fn tour() -> Option<String> {
    storage()?.get_item("tour").ok()?
}

/// Keeps the tour, or forgets it.
pub fn set_tour(tour: Option<&str>) {
    if let Some(storage) = storage() {
        // Without storage the tour ends with the page.
        let _ = match tour {
            Some(tour) => storage.set_item("tour", tour),
            None => storage.remove_item("tour"),
        };
    }
}
