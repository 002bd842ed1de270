//! "How this number was made": formula, values, rules and limits, from the values that the program
//! computes with.

use leptos::prelude::*;
use safelane_rules::risk::{Band, Evidence, Interval, POLICY, policy, rounded};
use safelane_wire::risk::Span;

use super::words;
use crate::components::table::Column;
use crate::components::{Card, DeskShell, Notice, Table};
use crate::desk::shell;
use crate::i18n::{format, label};

/// Types of contamination in the order of the method; AV mines have two values.
const TYPES: [&str; 8] = [
    "ap-mine",
    "improvised-mine",
    "cluster-munition-remnants",
    "booby-trap",
    "other-ied",
    "unexploded-ordnance",
    "abandoned-ordnance",
    "unknown",
];

/// The page.
#[component]
pub fn MethodPage() -> impl IntoView {
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page">
                <h1>{t!("desk.risk.how")}</h1>
                <p>{t!("desk.method.what")}</p>
                <Notice title=t!("desk.method.limits")>
                    <ul class="risk-list">
                        <li>{t!("desk.method.limit_rank")}</li>
                        <li>{t!("desk.method.limit_values")}</li>
                        <li>{t!("desk.method.limit_two")}</li>
                    </ul>
                </Notice>
                <div class="cards wide method">
                    {formula()}
                    {hazard()}
                    {exposure()}
                    {vulnerability()}
                    {bands()}
                    {rules()}
                    <Card title=t!("desk.method.missing")><p>{t!("desk.method.missing_text")}</p></Card>
                </div>
                <p class="muted">{t!("desk.risk.policy", policy = POLICY)}</p>
            </div>
        </DeskShell>
    }
}

/// A value of the policy as it is written.
fn value(value: f64) -> String {
    format::decimal(rounded(value, 2), 2)
}

fn whole(value: f64) -> String {
    format::number(rounded(value, 0))
}

fn interval(interval: Interval) -> String {
    let span = Span {
        least: rounded(interval.least, 2),
        greatest: rounded(interval.greatest, 2),
    };
    words::span(span, 2)
}

fn formula() -> impl IntoView {
    let (floor, effect) = (value(policy::FLOOR), value(policy::MARKING_EFFECT));
    view! {
        <Card title=t!("desk.method.formula")>
            <p>{t!("desk.method.formula_text", floor = floor)}</p>
            <p>{t!("desk.method.measures", effect = effect)}</p>
        </Card>
    }
}

fn hazard() -> impl IntoView {
    let sure = [
        Evidence::Confirmed,
        Evidence::Suspected,
        Evidence::Indication,
        Evidence::Residual,
    ];
    let sure: Vec<Vec<String>> = sure
        .map(|one| {
            let name = label(&format!("desk.risk.evidence.{}", one.code()));
            vec![name, value(policy::evidence(one))]
        })
        .into();
    let name = |code: &str| label(&format!("code.contamination.{code}"));
    let mut types: Vec<Vec<String>> = TYPES
        .iter()
        .map(|code| {
            let value = policy::device(code, None);
            let name = if value.is_exact() {
                name(code)
            } else {
                t!("desk.method.unknown_type", type = name(code))
            };
            vec![name, interval(value)]
        })
        .collect();
    let av = |road: bool| interval(policy::device("av-mine", Some(road)));
    let mine = name("av-mine");
    types.insert(5, vec![t!("desk.method.on_road", type = &mine), av(true)]);
    types.insert(
        6,
        vec![t!("desk.method.elsewhere", type = &mine), av(false)],
    );
    let columns = |head: &str| vec![Column::text(head), Column::number(t!("desk.method.value"))];
    view! {
        <Card title=t!("desk.method.h")>
            <p>{t!("desk.method.h_text")}</p>
            <Table caption=t!("desk.method.evidence") columns=columns(t!("desk.method.evidence")) rows=sure />
            <Table caption=t!("desk.method.type") columns=columns(t!("desk.method.type")) rows=types />
        </Card>
    }
}

fn exposure() -> impl IntoView {
    let months = whole(policy::HALF_LIFE_MONTHS);
    view! {
        <Card title=t!("desk.method.e")>
            <ul class="risk-list">
                <li>{t!("desk.method.e_entries")}</li>
                <li>{t!("desk.method.e_accidents", months = months)}</li>
            </ul>
        </Card>
    }
}

fn vulnerability() -> impl IntoView {
    let (base, rest) = (
        value(policy::VULNERABILITY_BASE),
        value(1.0 - policy::VULNERABILITY_BASE),
    );
    let minutes = whole(policy::MINUTES_TO_CARE);
    view! {
        <Card title=t!("desk.method.v", base = base, rest = rest)>
            <ol class="risk-list">
                <li>{t!("desk.method.v1")}</li>
                <li>{t!("desk.method.v2")}</li>
                <li>{t!("desk.method.v3")}</li>
                <li>{t!("desk.method.v4", minutes = minutes)}</li>
            </ol>
        </Card>
    }
}

fn bands() -> impl IntoView {
    // Where each band begins, as the program decides it.
    let mut rows: Vec<Vec<String>> = Vec::new();
    for tenths in (0..=100).rev() {
        let band = Band::of_tenths(tenths);
        if tenths == 0 || Band::of_tenths(tenths - 1) != band {
            rows.push(vec![words::band(band.code()), format::decimal(tenths, 1)]);
        }
    }
    let columns = vec![
        Column::text(t!("desk.risk.band")),
        Column::number(t!("desk.method.from")),
    ];
    view! { <Card title=t!("desk.method.bands")><Table caption=t!("desk.method.bands") columns rows /></Card> }
}

fn rules() -> impl IntoView {
    let raised = words::band(policy::RAISED.code());
    let find = words::band(policy::FIND_IN_RELEASED_GROUND.code());
    let (months, metres) = (whole(policy::RECENT_MONTHS), whole(policy::SCHOOL_DISTANCE));
    view! {
        <Card title=t!("desk.method.rules")>
            <ul class="risk-list">
                <li>{t!("desk.method.rule_accident", months = months, band = &raised)}</li>
                <li>{t!("desk.method.rule_school", metres = metres, band = &raised)}</li>
                <li>{t!("desk.method.rule_find", band = find)}</li>
                <li>{t!("desk.method.rule_person")}</li>
            </ul>
        </Card>
    }
}
