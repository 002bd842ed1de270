//! One record: its fields, where it stands, what was said, and the way to correct it.

use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};
use safelane_ledger::{Act, RecordId};
use safelane_model::body::Map;
use safelane_model::kinds::{self, Kind};

use crate::components::{EmptyState, Fact, Facts, GhostButton, Notice, PrimaryButton, StateBadge};
use crate::field::draft::drafts;
use crate::field::engine::engine;
use crate::field::frame::Sub;
use crate::field::local::{Record, Stage};
use crate::field::{begin, words};
use crate::i18n::format;

/// The page.
#[component]
pub fn RecordPage() -> impl IntoView {
    let engine = engine();
    let params = use_params_map();
    let record = Memo::new(move |_| {
        let id = params.with(|params| {
            params
                .get("record")
                .and_then(|text| text.parse::<RecordId>().ok())
        })?;
        engine.world.with(|world| world.get(id).cloned())
    });
    let title = Signal::derive(move || {
        record.with(|record| {
            record
                .as_ref()
                .map_or_else(|| t!("field.nav.records").to_owned(), words::title)
        })
    });
    let foot = move || view! { <CorrectButton record /> }.into_any();
    view! {
        <Sub title back="/field/records" foot>
            {move || match record.get() {
                Some(record) => view! { <Details record /> }.into_any(),
                None => view! { <EmptyState title=t!("field.record.not_here") how=t!("field.record.not_here_how").to_owned() /> }.into_any(),
            }}
        </Sub>
    }
}

/// "Correct", for those who may state this kind.
#[component]
fn CorrectButton(record: Memo<Option<Record>>) -> impl IntoView {
    let engine = engine();
    let drafts = drafts();
    let go = StoredValue::new_local(use_navigate());
    let may = Memo::new(move |_| {
        let roles = engine
            .identity
            .with(|identity| {
                identity
                    .as_ref()
                    .map(|identity| identity.info.roles.clone())
            })
            .unwrap_or_default();
        record.with(|record| {
            record.as_ref().is_some_and(|record| {
                safelane_rules::may(&roles, &record.kind, Act::Put) && record.kind != "task"
            })
        })
    });
    let press = move |()| {
        if let Some(record) = record.get_untracked() {
            let draft = begin::correct(drafts, &record);
            go.with_value(|go| go(&format!("/field/draft/{draft}"), Default::default()));
        }
    };
    let wants = Memo::new(move |_| {
        record.with(|record| {
            record.as_ref().is_some_and(|record| {
                matches!(
                    record.stage(),
                    Stage::Returned | Stage::Refused(_) | Stage::Held(_)
                )
            })
        })
    });
    move || {
        may.get().then(|| {
            if wants.get() {
                view! { <PrimaryButton label=t!("field.record.correct") on_press=press /> }
                    .into_any()
            } else {
                view! { <GhostButton label=t!("field.record.correct") on_press=press /> }.into_any()
            }
        })
    }
}

#[component]
fn Details(record: Record) -> impl IntoView {
    let badge = words::badge(&record);
    let number = record.number().map(str::to_owned);
    let temporary = record.reference.is_none() && record.temporary.is_some();
    let stage = record.stage();
    let why = match stage {
        Stage::Held(reason) => Some(words::held(reason)),
        Stage::Refused(reason) => Some(words::refused(reason)),
        Stage::TwoVersions => Some(t!("field.record.two_versions").to_owned()),
        _ => None,
    };
    let said: Vec<(String, String)> = record
        .comments()
        .iter()
        .flat_map(|one| {
            let by = if one.by_hub {
                t!("field.record.by_check").to_owned()
            } else {
                t!("field.record.by_office").to_owned()
            };
            let comments = one.body.comments.iter().map(|comment| {
                let about = comment
                    .field
                    .as_ref()
                    .map(|path| words::field_in_entry(&record.kind, path));
                about.map_or(comment.text.clone(), |about| {
                    format!("{about}: {}", comment.text)
                })
            });
            let problems = one.body.problems.iter().map(|problem| {
                let about = problem
                    .field
                    .as_ref()
                    .map(|path| words::field_in_entry(&record.kind, path));
                let text = words::returned_problem(problem);
                about.map_or(text.clone(), |about| format!("{about}: {text}"))
            });
            comments
                .chain(problems)
                .map(move |text| (by.clone(), text))
                .collect::<Vec<_>>()
        })
        .collect();
    let received = record
        .newest()
        .and_then(super::super::local::Entry::received_at)
        .map(|at| words::moment(&at.to_string()));
    let at = record.at().map(|at| words::moment(&at.to_string()));
    let leaf = record
        .newest()
        .and_then(|entry| entry.leaf.as_ref())
        .map(|leaf| leaf.n);
    let facts = facts(&record);
    let unknown_key = record.has_unknown_key();
    view! {
        <section class="card">
            <div class="card-head"><h2 class="num">{number}</h2><StateBadge state=badge /></div>
            {temporary.then(|| view! { <p class="muted">{t!("field.record.temporary")}</p> })}
            {why.map(|text| view! { <p>{text}</p> })}
            <Facts>
                {at.map(|at| view! { <Fact name=t!("field.record.stated")>{at}</Fact> })}
                {received.map(|at| view! { <Fact name=t!("field.record.received")>{at}</Fact> })}
                {leaf.map(|n| view! { <Fact name=t!("field.record.receipt")>{format::number(n as i64)}</Fact> })}
            </Facts>
        </section>
        {unknown_key.then(|| view! { <Notice title=t!("field.record.unknown_key")><p>{t!("field.standing.unknown_keys_more")}</p></Notice> })}
        {said.into_iter().map(|(by, text)| view! { <Notice title=by><p>{text}</p></Notice> }).collect_view()}
        {facts}
    }
}

/// The fields of the newest version, section by section.
fn facts(record: &Record) -> AnyView {
    let (Some(kind), Some(fields)) = (kinds::find(&record.kind), record.body()) else {
        return view! { <EmptyState title=t!("field.record.no_body") /> }.into_any();
    };
    let engine = engine();
    engine.world.with_untracked(|world| {
        let sections = kind.sections().into_iter().filter_map(|section| {
            let lines = lines(world, kind, section, fields);
            (!lines.is_empty()).then(|| view! {
                <section class="card">
                    <h2>{words::section(section)}</h2>
                    <Facts>{lines.into_iter().map(|(name, value)| view! { <Fact name>{value}</Fact> }).collect_view()}</Facts>
                </section>
            })
        });
        sections.collect_view().into_any()
    })
}

fn lines(
    world: &crate::field::local::World,
    kind: &Kind,
    section: &str,
    fields: &Map,
) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    for field in kind.fields.iter().filter(|field| field.section == section) {
        let Some(value) = fields.get(field.key) else {
            continue;
        };
        lines.extend(words::lines(world, kind.name, field, value));
    }
    lines
}
