//! The standing checks of the whole ledger: the list, and the page that explains one of them.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use safelane_wire::desk::{CheckRow, CheckTotal, Checks};

use super::answer::answered;
use super::check::{CheckAnswers, CheckPlace};
use super::live::use_live;
use super::{api, shell, words};
use crate::components::{Card, ChipChoice, Choice, DeskShell, EmptyState};
use crate::i18n::{format, label, try_label};

/// The gravest first.
const SEVERITIES: [&str; 4] = ["alarm", "block", "high", "warn"];
const LIVES: [&str; 3] = ["open", "explained", "resolved"];
const ALL: &str = "all";

/// All checks by severity, those that stand open unless another is chosen.
#[component]
pub fn ChecksPage() -> impl IntoView {
    let live = use_live();
    let severity = RwSignal::new(ALL.to_owned());
    let life = RwSignal::new("open".to_owned());
    let checks = LocalResource::new(move || {
        let (n, severity, life) = (live.number(), severity.get(), life.get());
        async move {
            let severity = (severity != ALL).then_some(severity);
            api::checks(severity.as_deref(), Some(&life), None, n).await
        }
    });
    let chips = |key: &'static str, codes: &[&'static str]| -> Vec<Choice> {
        (codes.iter())
            .map(|code| Choice::new(*code, label(&format!("desk.checks.{key}.{code}"))))
            .collect()
    };
    let mut severities = vec![Choice::new(ALL, t!("desk.checks.all"))];
    severities.extend(chips("severity", &SEVERITIES));
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page">
                <h1>{t!("desk.nav.checks")}</h1>
                <ChipChoice
                    label=t!("desk.checks.life") hide_label=true choices=chips("life", &LIVES)
                    chosen=Signal::derive(move || Some(life.get()))
                    on_choose=Callback::new(move |chosen: Option<String>| if let Some(chosen) = chosen { life.set(chosen) })
                />
                <ChipChoice
                    label=t!("desk.checks.severity") hide_label=true choices=severities
                    chosen=Signal::derive(move || Some(severity.get()))
                    on_choose=Callback::new(move |chosen: Option<String>| if let Some(chosen) = chosen { severity.set(chosen) })
                />
                {answered(checks, move |checks| list(checks, &life.get_untracked()))}
            </div>
        </DeskShell>
    }
}

fn list(checks: Checks, life: &str) -> impl IntoView + use<> {
    let empty = checks.items.is_empty().then(
        || view! { <EmptyState title=t!("desk.checks.none") how=t!("desk.checks.none_how") /> },
    );
    let more = (checks.more > 0)
        .then(|| view! { <p class="muted">{t!("desk.checks.more", count = checks.more)}</p> });
    let sums = sums(&checks.totals, life);
    let cards = checks.items.into_iter().map(card).collect_view();
    view! {
        <p class="muted num">{sums}</p>
        {empty}
        {cards}
        {more}
    }
}

/// "Alarm 1 · High 4 · Look at it 12".
fn sums(totals: &[CheckTotal], life: &str) -> String {
    let count = |severity: &str| {
        (totals.iter())
            .find(|total| total.severity == severity && total.life == life)
            .map(|total| total.count)
    };
    let part = |severity: &&str| {
        let words = label(&format!("desk.checks.severity.{severity}"));
        Some(format!(
            "{words} {}",
            format::number(count(severity)? as i64)
        ))
    };
    SEVERITIES
        .iter()
        .filter_map(part)
        .collect::<Vec<_>>()
        .join(" · ")
}

/// One check with its records, its place and its answers.
fn card(check: CheckRow) -> impl IntoView {
    let records = (check.records.iter())
        .zip(&check.names)
        .map(|(record, name)| {
            let (address, name) = (format!("/desk/record/{record}"), name.clone());
            view! { <a href=address>{name}</a>" " }
        })
        .collect_view();
    let title = words::check_title(&check);
    let alarm = check.severity == "alarm";
    let above = words::check_above(&check);
    let text = words::check_text(&check);
    view! {
        <section class="card check-card" class:alarm=alarm>
            <div class="muted">{above}</div>
            <h2>{title}</h2>
            <p>{text}</p>
            <p>{records}<CheckPlace check=check.clone() /></p>
            <CheckAnswers check />
        </section>
    }
}

/// What a check means, why it matters and what to do, with those that stand open.
#[component]
pub fn CheckPage() -> impl IntoView {
    let live = use_live();
    let code = Memo::new(|_| use_params_map().read().get("code").unwrap_or_default());
    let number = move || {
        let code = code.get();
        (safelane_rules::checks::CODES.iter())
            .find(|(one, _)| *one == code)
            .map(|(_, number)| *number)
    };
    let open = LocalResource::new(move || {
        let (n, number) = (live.number(), number());
        async move { api::checks(None, Some("open"), number, n).await }
    });
    let page = move || {
        let code = code.get();
        let Some(title) = try_label(&format!("check.{code}.title")) else {
            return view! { <EmptyState title=t!("desk.no_page") how=t!("desk.no_page_how") /> }
                .into_any();
        };
        let why = label(&format!("check.{code}.why"));
        let own = code.clone();
        let number = number().map(|number| t!("desk.check.number", number = number));
        view! {
            <p class="muted">{number}</p>
            <h1>{title}</h1>
            <Card title=t!("desk.check.means")><p>{why}</p></Card>
            <h2>{t!("desk.checks.life.open")}</h2>
            {answered(open, move |checks| {
                let items: Vec<CheckRow> =
                    checks.items.into_iter().filter(|check| check.code == own).collect();
                if items.is_empty() {
                    return view! { <p class="muted">{t!("desk.checks.none")}</p> }.into_any();
                }
                items.into_iter().map(card).collect_view().into_any()
            })}
            <p><a href="/desk/checks">{t!("desk.checks.back")}</a></p>
        }
        .into_any()
    };
    view! { <DeskShell rail=shell::rail><div class="desk-page narrow">{page}</div></DeskShell> }
}
