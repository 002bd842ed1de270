//! Totals: the identity of every line closes, every figure says what it is made of, and both clocks are in sight.
//!
//! | file | what |
//! |---|---|
//! | `totals/columns.rs` | the columns of the table, by how its lines are made |
//! | `totals/explain.rs` | what a figure is made of, and what was restated |
//! | `totals/csv.rs` | the table as a file |

mod columns;
mod csv;
mod explain;

use leptos::prelude::*;
use safelane_wire::desk::{Totals, TotalsRow};

use super::answer::answered_with_names;
use super::api::{self, Question};
use super::live::use_live;
use super::shell::{self, here};
use crate::components::{
    ChipChoice, Choice, DateField, DeskShell, GhostButton, Notice, QuietButton, Table,
};
use crate::i18n::{format, label};
use crate::platform::clock;
use columns::{Col, columns_of, head_of, name_of};
use explain::{Explained, Restated, Sought};

/// Codes of the ways in which lines are made.
const LINES: [&str; 4] = ["district", "class", "organisation", "none"];
/// Codes of the groups of contamination, `all` for none of them.
const CONTAMINANTS: [&str; 5] = ["all", "ap-mine", "cluster-munition", "av-mine", "other"];

/// What the page asks for, answer by answer.
#[derive(Clone, Copy)]
struct Asked {
    from: RwSignal<String>,
    to: RwSignal<String>,
    by: RwSignal<String>,
    contamination: RwSignal<String>,
    /// Empty for now.
    known: RwSignal<String>,
}

impl Asked {
    fn new() -> Self {
        Self {
            from: RwSignal::new(clock::local_day(-365)),
            to: RwSignal::new(clock::today_local()),
            by: RwSignal::new("district".to_owned()),
            contamination: RwSignal::new("all".to_owned()),
            known: RwSignal::new(String::new()),
        }
    }

    fn question(self) -> Question {
        let contamination = self.contamination.get();
        let known = self.known.get();
        Question {
            from: self.from.get(),
            to: self.to.get(),
            by: self.by.get(),
            contamination: (contamination != "all").then_some(contamination),
            known: (!known.is_empty()).then_some(known),
        }
    }
}

/// Opening, movements and closing between two days.
#[component]
pub fn TotalsPage() -> impl IntoView {
    let live = use_live();
    let asked = Asked::new();
    let question = Memo::new(move |_| asked.question());
    let sought = RwSignal::new(None::<Sought>);
    // A figure of another table explains nothing of this one.
    Effect::new(move || {
        question.track();
        sought.set(None);
    });
    let totals = LocalResource::new(move || {
        let (n, question) = (live.number(), question.get());
        async move { api::totals(&question, n).await }
    });
    let contamination = Signal::derive(move || question.with(|one| one.contamination.clone()));
    let since = Signal::derive(move || asked.known.get());
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page" class:past-page=move || !asked.known.get().is_empty()>
                <h1>{t!("desk.totals.title")}</h1>
                {questions(asked)}
                {answered_with_names(totals, move |totals| page(totals, question.get_untracked(), sought))}
                <Explained question sought />
                <Restated since contamination />
            </div>
        </DeskShell>
    }
}

fn questions(asked: Asked) -> impl IntoView {
    let choices = |codes: &[&str], of: &str| -> Vec<Choice> {
        (codes.iter())
            .map(|code| {
                Choice::new(
                    *code,
                    label(&format!("desk.{of}.{}", code.replace('-', "_"))),
                )
            })
            .collect()
    };
    let into = |signal: RwSignal<String>| Callback::new(move |text: String| signal.set(text));
    let chosen = |signal: RwSignal<String>| {
        Callback::new(move |code: Option<String>| {
            if let Some(code) = code {
                signal.set(code);
            }
        })
    };
    view! {
        <div class="questions">
            <ChipChoice
                label=t!("desk.totals.by") choices=choices(&LINES, "by")
                chosen=Signal::derive(move || Some(asked.by.get())) on_choose=chosen(asked.by)
            />
            <ChipChoice
                label=t!("desk.totals.contamination") choices=choices(&CONTAMINANTS, "contaminant")
                chosen=Signal::derive(move || Some(asked.contamination.get())) on_choose=chosen(asked.contamination)
            />
            <div class="field-row">
                <DateField id="from" label=t!("desk.totals.from") value=asked.from on_change=into(asked.from) />
                <DateField id="to" label=t!("desk.totals.to") value=asked.to on_change=into(asked.to) />
                <DateField id="known" label=t!("desk.totals.known") value=asked.known on_change=into(asked.known) />
            </div>
        </div>
    }
}

fn page(totals: Totals, question: Question, sought: RwSignal<Option<Sought>>) -> impl IntoView {
    let columns = columns_of(&totals.by);
    let rows: Vec<Vec<String>> = (totals.rows.iter())
        .map(|row| cells(row, &totals.by, &columns))
        .collect();
    let heads = head_of(&totals.by, &columns);
    let first = heads.len() - columns.len();
    let (lines, shown) = (totals.rows.clone(), columns.clone());
    let last = lines.len().saturating_sub(1);
    let by = totals.by.clone();
    let on_cell = Callback::new(move |(row, column): (usize, usize)| {
        if let (Some(line), Some(col)) = (lines.get(row), shown.get(column - first)) {
            let whole = row == last;
            sought.set(Some(Sought {
                title: format!("{} · {}", name_of(line, &by), label(col.head)),
                column: col.code.to_owned(),
                row: (!whole).then(|| line.clone()),
                place: Some((row, column)),
                is_area: !col.is_count(),
            }));
        }
    });
    let explained =
        Signal::derive(move || sought.with(|sought| sought.as_ref().and_then(|one| one.place)));
    let by_organisation = totals.by == "organisation";
    let identity = if by_organisation {
        t!("desk.totals.by_organisation")
    } else {
        t!("desk.totals.identity")
    };
    view! {
        {past(&totals)}
        {totals.one_person_release.then(|| view! { <Notice title=t!("desk.totals.one_person") /> })}
        <div class="totals-table">
            <Table caption=t!("desk.totals.title") columns=heads rows=rows on_cell explained sum=true />
        </div>
        <div class="under-table">
            <p class="muted grow">{identity}" "{t!("desk.totals.press")}</p>
            {save_button(totals.clone())}
        </div>
        {waiting(&totals, question.contamination.is_none(), sought)}
        <p class="muted">{t!("desk.totals.dates")}" "{t!("desk.totals.method")}" "{known_words(&totals)}</p>
    }
}

/// Nobody takes what was known then for what is known now.
fn past(totals: &Totals) -> Option<impl IntoView + use<>> {
    let known = totals.known.clone()?;
    let title = t!(
        "desk.past.known",
        day = format::date(&known.day),
        n = known.upto as usize
    );
    Some(
        view! { <p class="past-strip" role="status"><b>{title}</b>" "{t!("desk.past.not_in_it")}</p> },
    )
}

/// As of when, for the foot of the table and of the file (S6).
fn known_words(totals: &Totals) -> String {
    let (day, n) = match &totals.known {
        Some(known) => (known.day.clone(), known.upto),
        None => (clock::today_local(), totals.upto),
    };
    t!("desk.past.known", day = format::date(&day), n = n as usize)
}

fn save_button(totals: Totals) -> impl IntoView {
    let save = move |()| {
        let demo = here()
            .0
            .with_untracked(|info| info.as_ref().is_some_and(|info| info.programme.demo));
        csv::save(&totals, demo, &known_words(&totals));
    };
    view! { <GhostButton label=t!("desk.totals.save") on_press=save /> }
}

/// What waits for a decision and what sources claim: beside the lines, in none of them.
fn waiting(
    totals: &Totals,
    with_claims: bool,
    sought: RwSignal<Option<Sought>>,
) -> impl IntoView + use<> {
    let line = move |(what, area): (&String, &i64)| {
        let head = format!(
            "{} · {}",
            t!("desk.totals.waiting_head"),
            label(&format!("desk.area.{what}"))
        );
        let column = format!("waiting-{what}");
        let press = move |()| {
            sought.set(Some(Sought {
                title: head.clone(),
                column: column.clone(),
                row: None,
                place: None,
                is_area: true,
            }));
        };
        let words = format!(
            "{} {}",
            label(&format!("desk.area.{what}")),
            format::area_dm2(*area)
        );
        view! { <QuietButton label=words on_press=press /> }
    };
    let lines: Vec<_> = (totals.waiting.iter())
        .filter(|(_, area)| **area != 0)
        .map(line)
        .collect();
    let waits = (!lines.is_empty()).then(|| {
        view! { <div class="waiting-line"><span>{t!("desk.totals.waiting")}</span>{lines}</div> }
    });
    let claimed = (totals.claimed != 0 && with_claims).then(
        || view! { <p>{t!("desk.totals.claimed", area = format::area_dm2(totals.claimed))}" "<a class="link" href="/desk/claims">{t!("desk.claims.go")}</a></p> },
    );
    view! { {waits}{claimed} }
}

/// m², whole; what takes away is shown with its minus.
fn cells(row: &TotalsRow, by: &str, columns: &[Col]) -> Vec<String> {
    let mut cells = vec![columns::group_of(row, by)];
    if by == "district" {
        cells.push(columns::class_of(row));
    }
    cells.extend(columns.iter().map(|column| column.shown(row)));
    cells
}
