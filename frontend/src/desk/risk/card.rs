//! One zone's risk: the index on its scale, what it was made of, what raised it, what to ask next.

use leptos::prelude::*;
use safelane_ledger::RecordId;
use safelane_wire::risk::{Input, Part, Risk, Span};

use super::words;
use crate::components::{Fact, Facts, Pill};

/// A zone's risk with every part of it.
#[component]
pub fn RiskView(
    /// The risk.
    risk: Risk,
) -> impl IntoView {
    let policy = risk.policy.clone();
    let due = risk.due.overdue;
    let due_words = words::due(&risk.due);
    view! {
        <div class="risk">
            {head(&risk)}
            {parts(&risk)}
            {overrides(&risk)}
            {questions(&risk)}
            <Facts>
                <Fact name=t!("desk.risk.current")>{words::span(risk.current, 1)}</Fact>
                <Fact name=t!("desk.risk.due")>
                    {if due { view! { <b>{due_words}</b> }.into_any() } else { view! { <span>{due_words}</span> }.into_any() }}
                </Fact>
            </Facts>
            <p class="muted">
                {t!("desk.risk.ranks")}" "{t!("desk.risk.policy", policy = policy)}" "
                <a href="/desk/risk/method">{t!("desk.risk.how")}</a>
            </p>
        </div>
    }
}

fn head(risk: &Risk) -> impl IntoView + use<> {
    let index = words::span(risk.index, 1);
    let computed = (risk.computed != risk.band).then(|| {
        let band = words::bands(&risk.computed);
        view! { <span class="muted">{t!("desk.risk.computed", band = band)}</span> }
    });
    view! {
        <div class="risk-head">
            <b class="risk-index num" title=t!("desk.risk.index")>{index}</b>
            <Pill text=words::bands(&risk.band) asks=true />
            {computed}
        </div>
        {scale(risk.index, 100)}
    }
}

/// From the least to the greatest on a scale, the bands marked; the words beside it say the figures.
fn scale(span: Span, whole: i64) -> impl IntoView + use<> {
    let percent = |value: i64| format!("{}%", (100 * value.clamp(0, whole)) / whole);
    // What is known is a mark of its own width, which the end of the scale keeps inside.
    let left = format!("min({}, calc(100% - 4px))", percent(span.least));
    let width = percent(span.greatest - span.least);
    view! { <div class="risk-scale" aria-hidden="true"><i style:inset-inline-start=left style:width=width></i></div> }
}

fn parts(risk: &Risk) -> impl IntoView + use<> {
    let names = [
        ("H", t!("desk.risk.part.hazard"), &risk.hazard),
        ("E", t!("desk.risk.part.exposure"), &risk.exposure),
        ("V", t!("desk.risk.part.vulnerability"), &risk.vulnerability),
    ];
    let [h, e, v] =
        [&risk.hazard, &risk.exposure, &risk.vulnerability].map(|part| words::factor(part.value));
    let parts = names.map(|(letter, name, part)| one_part(letter, name, part, risk));
    view! {
        <dl class="risk-parts">{parts.into_iter().collect_view()}</dl>
        <p class="muted num">{t!("desk.risk.formula", h = h, e = e, v = v)}</p>
    }
}

fn one_part(
    letter: &'static str,
    name: &'static str,
    part: &Part,
    risk: &Risk,
) -> impl IntoView + use<> {
    let inputs = part
        .inputs
        .iter()
        .map(|one| input(one, risk))
        .collect_view();
    view! {
        <div class="risk-part">
            <dt><span>{name}</span><b class="num">{letter}" "{words::span(part.value, 2)}</b>{scale(part.value, 100)}</dt>
            <dd>{inputs}</dd>
        </div>
    }
}

fn input(one: &Input, risk: &Risk) -> impl IntoView + use<> {
    let value = words::span(one.value, 2);
    let decides = one.decides;
    view! {
        <p class:muted=!decides>
            <span class="num">{value}</span>" = "{words::input(one)}{links(&one.records, risk)}
        </p>
    }
}

fn links(records: &[RecordId], risk: &Risk) -> impl IntoView + use<> {
    let link = |record: &RecordId| {
        let address = format!("/desk/record/{record}");
        view! { " · "<a href=address>{words::name(*record, risk)}</a> }
    };
    records.iter().map(link).collect_view()
}

fn overrides(risk: &Risk) -> impl IntoView + use<> {
    let line = |one: &safelane_wire::risk::Override| {
        let changes = one.changes;
        let quiet = (!changes).then(|| t!("desk.risk.no_change"));
        view! { <li class:muted=!changes>{words::overriding(one, risk)}" "{quiet}{links(&one.records, risk)}</li> }
    };
    (!risk.overrides.is_empty()).then(|| {
        view! {
            <h3>{t!("desk.risk.rules")}</h3>
            <ul class="risk-list">{risk.overrides.iter().map(line).collect_view()}</ul>
        }
    })
}

fn questions(risk: &Risk) -> impl IntoView + use<> {
    let line = |one: &safelane_wire::risk::Ask| {
        let narrows = (one.narrows > 0).then(|| {
            let by = crate::i18n::format::decimal(one.narrows, 1);
            view! { <span class="muted">"("{t!("desk.risk.narrows", by = by)}")"</span> }
        });
        view! { <li>{words::ask(one, risk)}" "{narrows}</li> }
    };
    (!risk.missing.is_empty()).then(|| {
        view! {
            <h3>{t!("desk.risk.ask_next")}</h3>
            <p class="muted">{t!("desk.risk.unknown_is")}</p>
            <ol class="risk-list">{risk.missing.iter().map(line).collect_view()}</ol>
        }
    })
}
