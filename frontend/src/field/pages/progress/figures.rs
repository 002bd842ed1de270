//! What the day comes to, in a line and before it is sent.

use leptos::prelude::*;
use safelane_model::body;
use safelane_model::codes;
use safelane_model::kinds::clearance::key;

use super::Live;
use crate::components::{Fact, Facts};
use crate::field::form::Form;
use crate::field::form::page::{Discard, Problems};
use crate::field::form::widget::widget;
use crate::field::task::RateQuestion;
use crate::field::words;
use crate::i18n::format;

/// "246 m² ±1 · left to work 10,350", and what is asked about it.
#[component]
pub fn Figures(live: Memo<Live>) -> impl IntoView {
    let rest = move || {
        let live = live.get();
        let plus_minus = live
            .uncertainty
            .filter(|part| *part > 0 && live.area > 0)
            .map(|part| format!("±{}", format::area_dm2(part)));
        let left = live
            .left
            .map(|left| t!("field.progress.left_of", left = format::area_dm2(left)));
        let overlap = (live.overlap > 0).then(|| {
            t!(
                "field.progress.overlap_of",
                area = format::area_dm2(live.overlap)
            )
        });
        plus_minus
            .into_iter()
            .chain(left)
            .chain(overlap)
            .collect::<Vec<_>>()
            .join(" · ")
    };
    view! {
        <section class="card strong figures-card">
            <p class="num"><b class="big-number">{move || format::area_dm2(live.get().area)}</b>" "{rest}</p>
            {move || rate_words(live.get()).map(|text| view! { <p><span aria-hidden="true">"! "</span>{text}</p> })}
        </section>
    }
}

/// The question about a day's rate.
fn rate_words(live: Live) -> Option<String> {
    let rate = format::area_dm2(live.area / live.people.max(1));
    live.question.map(|question| match question {
        RateQuestion::TwiceUsual => t!("field.progress.twice", rate = rate),
        RateQuestion::AboveLimit => t!("field.progress.above", rate = rate),
    })
}

/// Step 3.
#[component]
pub fn Check(form: Form, live: Memo<Live>) -> impl IntoView {
    let editor = form.editor;
    let fact = move |name: &'static str| {
        let field = form.kind.field(name)?;
        let value = editor.with(|fields| fields.get(name).cloned())?;
        let shown = form.world(|world| words::value(world, field, &value))?;
        Some(view! { <Fact name=words::field("clearance", name)>{shown}</Fact> })
    };
    let lanes = move || {
        editor.with(|fields| {
            let lanes: Vec<String> = body::entries(fields, key::lanes)
                .into_iter()
                .filter_map(|entry| {
                    Some(format!(
                        "{}: {}",
                        body::integer(entry, "lane")?,
                        format::length_mm(body::integer(entry, "length")?)
                    ))
                })
                .collect();
            (!lanes.is_empty()).then(|| lanes.join(" · "))
        })
    };
    let people = move || {
        editor.with(|fields| {
            let lines: Vec<String> = body::entries(fields, key::effort)
                .into_iter()
                .map(|entry| {
                    let method = body::text(entry, "method")
                        .map(|code| words::code(&codes::METHOD, code))
                        .unwrap_or_default();
                    t!(
                        "field.progress.effort",
                        method = method,
                        people = body::integer(entry, "people").unwrap_or(0),
                        time = format::hours(body::integer(entry, "time").unwrap_or(0))
                    )
                })
                .collect();
            lines.join(" · ")
        })
    };
    let reason = form.kind.field(key::reason).map(|field| form.slot(field));
    let more = [key::note, key::photos]
        .into_iter()
        .filter_map(|key| form.kind.field(key))
        .map(|field| widget(form.slot(field)))
        .collect_view();
    view! {
        <Problems form />
        <Figures live />
        {move || live.get().question.is_some().then(|| reason.clone().map(widget))}
        <section class="card">
            <Facts>
                {move || fact(key::day)}
                {move || lanes().map(|text| view! { <Fact name=words::field("clearance", key::lanes)>{text}</Fact> })}
                {move || fact(key::depth)}
                <Fact name=words::field("clearance", key::effort)>{people}</Fact>
                {move || fact(key::stand_down)}
                {move || fact(key::accidents)}
                {move || fact(key::visitors)}
            </Facts>
        </section>
        {more}
        <Discard form />
    }
}
