//! Records: what this person stated, with its state; drafts first.

use leptos::prelude::*;

use super::today::RecordCard;
use crate::components::{Card, ChipChoice, Choice, EmptyState, RecordState, Skeleton, StateBadge};
use crate::field::draft::{Draft, drafts};
use crate::field::engine::{Identity, engine};
use crate::field::frame::Tabbed;
use crate::field::local::Record;
use crate::field::words;

/// Kinds that a field person reads here beside their own records.
const HERE: [&str; 8] = [
    "hazardous-area",
    "clearance",
    "non-technical-survey",
    "explosive-ordnance",
    "accident",
    "civilian-risk-zone",
    "civilian-report",
    "task",
];

/// The page.
#[component]
pub fn Records() -> impl IntoView {
    let (engine, drafts) = (engine(), drafts());
    let which = RwSignal::new("mine".to_owned());
    let loaded = Memo::new(move |_| engine.status.with(|status| status.loaded));
    let choices: Vec<Choice> = std::iter::once(Choice::new("mine", t!("field.records.mine")))
        .chain(HERE.map(|kind| Choice::new(kind, words::kind(kind, None))))
        .collect();
    let list = Memo::new(move |_| {
        let which = which.get();
        engine.world.with(|world| {
            if which == "mine" {
                let person = engine
                    .identity
                    .with(|identity| identity.as_ref().map(Identity::person));
                return person
                    .map(|person| {
                        world
                            .by(person)
                            .into_iter()
                            .cloned()
                            .collect::<Vec<Record>>()
                    })
                    .unwrap_or_default();
            }
            let mut all: Vec<Record> = world
                .all()
                .filter(|record| record.kind == which)
                .cloned()
                .collect();
            all.sort_by_key(|record| std::cmp::Reverse(record.at()));
            all
        })
    });
    let draft = |draft: Draft| {
        let aside = || view! { <StateBadge state=RecordState::Draft /> };
        view! { <Card title={words::draft_title(&draft.kind, &draft.body)} href=format!("/field/draft/{}", draft.record) aside /> }
    };
    let rows = move || {
        if !loaded.get() {
            return view! { <Skeleton /> }.into_any();
        }
        let own = if which.get() == "mine" {
            drafts.list()
        } else {
            Vec::new()
        };
        let list = list.get();
        if list.is_empty() && own.is_empty() {
            return view! { <EmptyState title=t!("field.records.empty") how=t!("field.records.empty_how").to_owned() /> }.into_any();
        }
        view! { {own.into_iter().map(draft).collect_view()} {list.into_iter().map(|record| view! { <RecordCard record /> }).collect_view()} }.into_any()
    };
    view! {
        <Tabbed title=t!("field.nav.records")>
            <ChipChoice label=t!("field.records.which") choices chosen=Signal::derive(move || Some(which.get())) on_choose={move |code: Option<String>| which.set(code.unwrap_or_else(|| "mine".to_owned()))} hide_label=true />
            {rows}
        </Tabbed>
    }
}
