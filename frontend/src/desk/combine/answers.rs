//! The versions side by side, one row an answer.

use std::sync::Arc;

use leptos::prelude::*;
use safelane_model::Field;
use safelane_model::body::Map;
use safelane_model::kinds;
use safelane_rules::merge::{Change, Figures};
use serde_json::Value;

use super::other;
use super::plan::{Choice, Plan, Version};
use crate::components::{Fact, Facts, QuietButton};
use crate::desk::show;
use crate::field::form::Form;
use crate::field::form::widget::widget;
use crate::i18n::{format, label};
use crate::platform::clock;

/// The line of a version on the map.
pub const fn symbol(index: usize) -> &'static str {
    if index == 0 {
        "symbol-this-report"
    } else {
        "symbol-task"
    }
}

/// Who stated a version, and when it was received.
pub fn who(version: &Version) -> String {
    let day = format::date(&clock::day_of(&version.received));
    format!("{}, {day}", version.author)
}

/// "Version 1 · Reed, 20 Nov 2026".
pub fn version_words(index: usize, version: &Version) -> String {
    let version_n = t!("desk.combine.version", n = index + 1);
    format!("{version_n} · {}", who(version))
}

/// Where a version stands, in words.
fn status(version: &Version) -> String {
    label(&format!("desk.status.{}", version.status))
}

/// An outline's m², and what it gains and loses against the outline that stands.
pub fn figures_words(figures: &Figures, stands: bool) -> (String, Option<String>) {
    let area = format::area_dm2(figures.area);
    let beside = stands.then(|| {
        t!(
            "desk.combine.against",
            gained = format::area_dm2(figures.gained),
            lost = format::area_dm2(figures.lost)
        )
    });
    (area, beside)
}

/// Everything that the versions say.
#[component]
pub fn Answers(plan: Arc<Plan>, form: Form) -> impl IntoView {
    let of = |wanted: fn(&Change) -> bool| -> Vec<usize> {
        let rows = plan.compared.iter().enumerate();
        rows.filter(|(_, one)| wanted(&one.change))
            .map(|(index, _)| index)
            .collect()
    };
    let differ = of(|change| *change == Change::Differ);
    let only = of(|change| matches!(change, Change::Only(_)));
    let same = of(|change| *change == Change::Same);
    let section = |title: &'static str, rows: Vec<usize>| {
        (!rows.is_empty()).then(|| {
            let rows = rows
                .into_iter()
                .map(|index| view! { <Row plan=plan.clone() index form /> })
                .collect_view();
            view! { <h2>{title}</h2>{rows} }
        })
    };
    let names = plan.names.clone();
    let kind = plan.kind.clone();
    let alike = same
        .iter()
        .map(|index| {
            let one = &plan.compared[*index];
            let value = words(&kind, &one.key, one.offered.as_ref(), &names);
            view! { <Fact name=show::path(&kind, &one.key)>{value}</Fact> }
        })
        .collect_view();
    view! {
        {plan.others.iter().map(other).collect_view()}
        <div class=columns(&plan)>
            <Heads plan=plan.clone() form />
            {section(t!("desk.combine.differ"), differ)}
            {section(t!("desk.combine.only"), only)}
        </div>
        <details class="combine-same">
            <summary>{t!("desk.combine.same", count = same.len())}</summary>
            <Facts>{alike}</Facts>
        </details>
    }
}

fn columns(plan: &Plan) -> &'static str {
    match plan.versions.len() {
        0..=2 => "combine-table",
        3 => "combine-table of-three",
        _ => "combine-table of-many",
    }
}

/// Who said what, each with the way to read or to take it whole.
#[component]
fn Heads(plan: Arc<Plan>, form: Form) -> impl IntoView {
    let editor = form.editor;
    let head = |(index, version): (usize, &Version)| {
        let address = format!("/desk/review/{}", version.revision);
        let taken = plan.clone();
        let take = move |()| {
            editor.change(|draft| {
                for one in taken
                    .compared
                    .iter()
                    .filter(|one| one.change != Change::Same)
                {
                    Plan::choose(one, Choice::Version(index), draft);
                }
            });
        };
        view! {
            <div class="combine-head">
                <b><i class=format!("symbol {}", symbol(index)) aria-hidden="true"></i>" "{t!("desk.combine.version", n = index + 1)}</b>
                <span>{who(version)}</span>
                <span class="muted">{status(version)}</span>
                <a href=address>{t!("desk.combine.read")}</a>
                <QuietButton label=t!("desk.combine.take_all") on_press=take />
            </div>
        }
    };
    let heads = plan.versions.iter().enumerate().map(head).collect_view();
    view! { <div class="combine-row combine-heads"><span></span>{heads}<span></span></div> }
}

/// A value in words; of an answer that this program does not know, as it stands in the body.
fn words(kind: &str, key: &str, value: Option<&Value>, names: &show::Names) -> String {
    let field = kinds::find(kind).and_then(|kind| kind.field(key));
    match (field, value) {
        (_, None) => t!("desk.value_none").to_owned(),
        (Some(field), Some(value)) => show::value(kind, field, value, names),
        (None, Some(Value::String(text))) => text.clone(),
        (None, Some(value)) => value.to_string(),
    }
}

/// One answer: what each version says, both together where that means something, and one's own.
#[component]
fn Row(plan: Arc<Plan>, index: usize, form: Form) -> impl IntoView {
    let one = plan.compared[index].clone();
    let editor = form.editor;
    let key = one.key.clone();
    let of_choice = one.clone();
    let chosen = Memo::new(move |_| editor.with(|draft| Plan::chosen(&of_choice, draft)));
    let name = show::path(&plan.kind, &key);
    let field: Option<&'static Field> = kinds::find(&plan.kind).and_then(|kind| kind.field(&key));
    let is_outline = plan.outline == Some(key.as_str());
    let press = {
        let one = one.clone();
        Callback::new(move |choice: Choice| {
            editor.change(|draft| Plan::choose(&one, choice, draft));
        })
    };
    let stands = !plan.stands.is_empty();
    let value = |value: Option<&Value>, figures: Option<&Figures>| match figures {
        Some(figures) if is_outline => figures_words(figures, stands),
        _ => (words(&plan.kind, &key, value, &plan.names), None),
    };
    let cell = |choice: Choice, (value, more): (String, Option<String>), hint: Option<String>| {
        let is_on = move || chosen.get() == Some(choice);
        // Whose it is stands at the head of the column; where there are no columns, and to who listens, on each.
        let of = match choice {
            Choice::Version(index) => Some(t!("desk.combine.version", n = index + 1)),
            Choice::Together | Choice::Own => None,
        };
        view! {
            <button type="button" role="radio" class="combine-choice" class:on=is_on aria-checked=move || is_on().to_string() on:click=move |_| press.run(choice)>
                {of.map(|of| view! { <small class="combine-of">{of}</small> })}
                {hint.map(|hint| view! { <small>{hint}</small> })}
                <span>{value}</span>
                {more.map(|more| view! { <small class="muted">{more}</small> })}
            </button>
        }
    };
    let cells = (plan.versions.iter().enumerate())
        .map(|(index, version)| {
            let said = one.values.get(index).and_then(Option::as_ref);
            let changed = matches!(&one.change, Change::Only(by) if by.contains(&index));
            let hint = changed.then(|| t!("desk.combine.changed_here").to_owned());
            cell(
                Choice::Version(index),
                value(said, version.figures.as_ref()),
                hint,
            )
        })
        .collect_view();
    // A list of which one version holds all of the other is that version: nothing else to offer.
    let together = one
        .together
        .as_ref()
        .filter(|both| is_outline || !one.values.iter().any(|value| value.as_ref() == Some(*both)));
    let together = together.map(|both| {
        cell(
            Choice::Together,
            value(Some(both), plan.together.as_ref()),
            Some(t!("desk.combine.together").to_owned()),
        )
    });
    let own = field.map(|_| cell(Choice::Own, (own_words(is_outline), None), None));
    let widget = move || {
        (chosen.get() == Some(Choice::Own)).then(|| {
            field.map(|field| view! { <div class="combine-own">{widget(form.slot(field))}</div> })
        })
    };
    let open = one.change == Change::Differ;
    let shown_name = name.clone();
    let waits = move || open && chosen.get().is_none();
    view! {
        <div class="combine-row" role="radiogroup" aria-label=name class:waits=waits>
            <b class="combine-name">{shown_name}</b>
            {cells}
            <div class="combine-more">{together}{own}</div>
            {widget}
        </div>
    }
}

fn own_words(outline: bool) -> String {
    if outline {
        t!("desk.combine.draw").to_owned()
    } else {
        t!("desk.combine.own").to_owned()
    }
}

/// The figures of the outline that is taken now.
pub fn result(plan: &Plan, draft: &Map) -> Option<Figures> {
    let shape = super::plan::shape(draft.get(plan.outline?))?;
    Some(safelane_rules::merge::figures(&shape, &plan.stands))
}
