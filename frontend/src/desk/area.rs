//! What is done to a hazardous area as a whole: enlarge, split, put in another class, open again. Each opens a page
//! with only what it needs.
//!
//! All but the split are corrections of the ordinary form with the other answers left as they are ([`change`]).

mod change;
mod split;

use leptos::prelude::*;
use safelane_ledger::{Act, RecordId};
use safelane_wire::desk::{RecordDetail, Standing};

use super::{combine, shell};

pub use change::ChangePage;
pub use split::SplitPage;

/// What changes of an area as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A larger outline.
    Enlarge,
    /// Another class, with its evidence.
    Class,
    /// Opened again after it was released or closed.
    Reopen,
}

impl Change {
    const ALL: [Self; 3] = [Self::Enlarge, Self::Class, Self::Reopen];

    const fn code(self) -> &'static str {
        match self {
            Self::Enlarge => "enlarge",
            Self::Class => "class",
            Self::Reopen => "reopen",
        }
    }

    fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.code() == code)
    }

    fn title(self) -> &'static str {
        match self {
            Self::Enlarge => t!("desk.hazard.enlarge"),
            Self::Class => t!("desk.hazard.class"),
            Self::Reopen => t!("desk.hazard.reopen"),
        }
    }
}

/// The menu on a hazardous area's page, for those who may state one; nothing while versions wait to be chosen from.
pub fn menu(detail: &RecordDetail) -> Option<impl IntoView + use<>> {
    let record = detail.row.record;
    let ended = matches!(detail.row.standing, Standing::Removed | Standing::SetAside);
    let parted = combine::plan::heads(&detail.statements).len() > 1 || detail.two_versions;
    let may = shell::here().may("hazardous-area", Act::Put);
    if detail.row.kind != "hazardous-area" || ended || parted || !may || detail.officials.is_empty()
    {
        return None;
    }
    let closed = detail.row.codes.get("status").map(String::as_str) == Some("closed");
    let change = |what: Change| (what.title(), address(record, what));
    let mut entries = Vec::new();
    if !closed {
        entries.push(change(Change::Enlarge));
        if detail.row.area.is_some() {
            entries.push((t!("desk.hazard.split"), format!("/desk/split/{record}")));
        }
        entries.push(change(Change::Class));
    }
    entries.push(change(Change::Reopen));
    let links = entries
        .into_iter()
        .map(|(text, href)| view! { <a class="button button-quiet" href=href>{text}</a> })
        .collect_view();
    Some(view! { <nav class="area-menu" aria-label=t!("desk.hazard.menu")>{links}</nav> })
}

fn address(record: RecordId, what: Change) -> String {
    format!("/desk/area/{record}/{}", what.code())
}
