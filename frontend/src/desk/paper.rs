//! Reports that a team wrote on a sheet of paper and somebody enters at the desk.
//!
//! | file | what |
//! |---|---|
//! | `begin.rs` | the page that asks which form the sheet is, and opens it |
//! | `sheet.rs` | in a form: whose report it is, and the photo of the sheet beside the fields |
//! | this one | what review and the record's page say of a sheet |

mod begin;
mod sheet;

pub use begin::{PaperPage, day_line};
pub use sheet::{SheetCard, SheetLarge};

use leptos::prelude::*;
use safelane_ledger::{Act, RecordId};
use safelane_model::body::{Map, Photo};
use safelane_model::codes::PAPER_SHEET;
use safelane_model::paper::Paper;
use safelane_wire::desk::{RecordDetail, StatementRow};

use super::{shell, show};
use crate::field::words as field_words;
use crate::i18n::format;
use crate::platform::clock;

/// Whether a body says that it was entered from paper.
pub fn is_on_paper(body: &Map) -> bool {
    Paper::of(body).is_stated()
}

/// The way to the page, for those who may enter a report.
pub fn enter_button() -> Option<impl IntoView + use<>> {
    let may = shell::here().may("clearance", Act::Put);
    may.then(|| {
        view! { <a class="button button-ghost" href="/desk/paper">{t!("desk.paper.enter")}</a> }
    })
}

/// What a statement says of its sheet; nothing for a report of a device.
pub struct Shown {
    sentence: String,
    missing: Option<String>,
    photos: Vec<Photo>,
}

impl Shown {
    /// Reads it from a statement of this record.
    pub fn of(record: &RecordDetail, statement: &StatementRow) -> Option<Self> {
        let body = statement.body.as_ref().filter(|body| is_on_paper(body))?;
        let paper = Paper::of(body);
        let name = |person: Option<uuid::Uuid>| name(person, &record.names);
        let missing = paper
            .paper()
            .filter(|state| *state != "photographed")
            .map(|state| {
                let words = field_words::code(&PAPER_SHEET, state);
                match paper.sheet_missing() {
                    Some(why) => t!("desk.paper.missing", state = words, why = why),
                    None => words,
                }
            });
        Some(Self {
            sentence: t!(
                "desk.paper.sentence",
                entered = name(paper.entered_by()),
                day = format::date(&clock::day_of(entered(&record.statements, statement))),
                reported = name(paper.reported_by_person())
            ),
            missing,
            photos: paper.sheet(),
        })
    }

    /// The sentence and the photos; `on_open` shows one larger, else it opens in a tab of its own.
    pub fn view(self, on_open: Option<Callback<String>>) -> impl IntoView + use<> {
        let hint = if on_open.is_some() {
            t!("desk.paper.beside")
        } else {
            t!("desk.paper.full")
        };
        let photo = move |photo: Photo| {
            let address = format!("/api/media/{}", photo.sha256);
            let source = address.clone();
            let inner = view! { <img class="photo" src=source alt=t!("desk.paper.photo") loading="lazy" /><span class="link">{hint}</span> };
            match on_open {
                Some(open) => view! { <button type="button" class="sheet-open" on:click=move |_| open.run(address.clone())>{inner}</button> }.into_any(),
                None => view! { <a class="sheet-open" href=address target="_blank">{inner}</a> }.into_any(),
            }
        };
        let photos = (!self.photos.is_empty()).then(|| {
            view! { <div class="sheets">{self.photos.into_iter().map(photo).collect_view()}</div> }
        });
        view! {
            <section class="from-paper">
                <p><b>{self.sentence}</b></p>
                {self.missing.map(|text| view! { <p>{text}</p> })}
                {photos}
            </section>
        }
    }
}

fn name(person: Option<uuid::Uuid>, names: &show::Names) -> String {
    person
        .and_then(|person| names.get(&RecordId::new(person)).cloned())
        .unwrap_or_else(|| t!("desk.not_named").to_owned())
}

/// When the sheet was entered: when the first statement by who entered it arrived, whoever corrected it since.
fn entered<'a>(all: &'a [StatementRow], this: &'a StatementRow) -> &'a str {
    let by = |one: &StatementRow| {
        let body = one.body.as_ref()?;
        Paper::of(body).entered_by()
    };
    let own = by(this);
    // Newest first.
    let first = all
        .iter()
        .rev()
        .find(|one| own.is_some() && by(one) == own && own == Some(one.author.uuid()));
    &first.unwrap_or(this).received
}

/// A sheet in place of the map, beside the fields that were read from it.
#[component]
pub fn SheetBeside(
    /// Where the photo is.
    address: String,
    /// Back to the map.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let full = address.clone();
    let whole = RwSignal::new(true);
    view! {
        <div class="sheet-beside" role="region" aria-label=t!("desk.paper.photo")>
            <div class="sheet-bar">
                <button type="button" class="button button-ghost" on:click=move |_| whole.update(|whole| *whole = !*whole)>
                    {move || if whole.get() { t!("desk.paper.larger") } else { t!("desk.paper.whole") }}
                </button>
                <a class="link" href=full target="_blank">{t!("desk.paper.full")}</a>
                <button type="button" class="button button-ghost" on:click=move |_| on_close.run(())>{t!("desk.paper.back_to_map")}</button>
            </div>
            <div class="sheet-scroll"><img class:whole=whole src=address alt=t!("desk.paper.photo") /></div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use safelane_ledger::testkit::Author;
    use safelane_model::paper::key;
    use serde_json::json;

    use super::*;

    fn statement(author: &Author, entered_by: &Author, received: &str) -> StatementRow {
        let body = json!({ key::paper: "lost", key::entered_by: entered_by.person });
        serde_json::from_value(json!({
            "revision": "00".repeat(32), "act": "put", "parents": [], "status": "open",
            "author": author.person, "author_name": "", "device": uuid::Uuid::nil(), "device_label": "",
            "at": received, "received": received, "n": 1, "submission": null, "body": body, "judgements": [],
        }))
        .unwrap()
    }

    #[test]
    fn a_correction_by_somebody_else_leaves_the_day_of_entry_as_it_was() {
        let [ash, bell] = ["ash", "bell"].map(Author::new);
        let first = statement(&ash, &ash, "2026-11-20T08:00:00Z");
        let again = statement(&ash, &ash, "2026-11-21T08:00:00Z");
        let mended = statement(&bell, &ash, "2026-11-22T08:00:00Z");
        let all = [mended.clone(), again, first];
        assert_eq!(entered(&all, &mended), "2026-11-20T08:00:00Z");
        assert_eq!(entered(&[], &mended), "2026-11-22T08:00:00Z");
    }
}
