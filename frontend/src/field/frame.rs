//! What every field page has around it: the four tabs, the state at the upper right, the emergency card one tap away.

use leptos::prelude::*;
use safelane_ledger::RecordId;
use safelane_model::body::{self, Map};
use safelane_model::{FieldType, kinds};

use super::draft::drafts;
use super::engine::{Engine, engine};
use super::form::place;
use super::local::{Record, World};
use super::{task, words};
use crate::components::{
    BottomNav, EmergencyCard, EmergencyLine, EmergencyPlace, Icon, NavItem, Sign, TopBar,
};
use crate::i18n::format;
use crate::platform::{clock, position};

/// A main page with the four tabs; the emergency card is one tap away here too.
#[component]
pub fn Tabbed(
    /// The page's name.
    #[prop(into)]
    title: Signal<String>,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    let engine = engine();
    let waiting = Signal::derive(move || engine.status.with(|status| status.waiting));
    let items = vec![
        NavItem {
            href: "/field/today",
            label: t!("field.nav.today"),
            sign: Sign::Today,
            count: None,
        },
        NavItem {
            href: "/field/map",
            label: t!("field.nav.map"),
            sign: Sign::Map,
            count: None,
        },
        NavItem {
            href: "/field/records",
            label: t!("field.nav.records"),
            sign: Sign::Records,
            count: None,
        },
        NavItem {
            href: "/field/sending",
            label: t!("field.nav.sending"),
            sign: Sign::Sending,
            count: Some(waiting),
        },
    ];
    view! {
        <div class="page tabbed">
            <TopBar title state=move || view! { <EmergencyButton /><WaitingPill /> }.into_any() />
            <main class="page-body">{children()}</main>
            <BottomNav items />
        </div>
    }
}

/// A page below the main ones: back, the emergency card, its own foot.
#[component]
pub fn Sub(
    /// The page's name.
    #[prop(into)]
    title: Signal<String>,
    /// Where "Back" leads.
    #[prop(default = "/field/today")]
    back: &'static str,
    /// The action at the bottom.
    #[prop(optional, into)]
    foot: ViewFn,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="page">
            <TopBar title back=back.to_owned() state=move || view! { <EmergencyButton /><WaitingPill /> }.into_any() />
            <main class="page-body">{children()}</main>
            <div class="page-foot">{foot.run()}</div>
        </div>
    }
}

/// "2 waiting to send", or nothing: what was sent needs no word here.
#[component]
pub fn WaitingPill() -> impl IntoView {
    let engine = engine();
    move || {
        let waiting = engine.status.with(|status| status.waiting);
        (waiting > 0).then(|| view! { <a class="pill asks" href="/field/sending">{t!("state.waiting_count", count = waiting)}</a> })
    }
}

/// The age of the map: time since the last complete pull (S6).
pub fn map_age(engine: Engine) -> Signal<String> {
    Signal::derive(move || {
        let complete = engine.status.with(|status| status.complete);
        match complete {
            Some(at) => t!(
                "state.map_age",
                age = words::age(clock::now_ms() - at.unix() * 1_000)
            ),
            None => t!("state.map_age_unknown").to_owned(),
        }
    })
}

/// Whether the map is older than the programme allows.
pub fn map_is_old(engine: Engine) -> Signal<bool> {
    Signal::derive(move || {
        let complete = engine.status.with(|status| status.complete);
        let hours = engine.identity.with(|identity| {
            identity
                .as_ref()
                .map_or(24, |identity| identity.info.programme.map_age_warning_hours)
        });
        complete.is_none_or(|at| clock::now_ms() - at.unix() * 1_000 > i64::from(hours) * 3_600_000)
    })
}

/// The emergency cards that hold here, from local data alone: that of the task in hand, else those of all open tasks.
pub fn emergency_places(
    world: &World,
    task: Option<RecordId>,
    team: Option<RecordId>,
) -> Vec<EmergencyPlace> {
    let in_hand: Vec<_> = task
        .and_then(|task| emergency_place(world, world.get(task)?))
        .into_iter()
        .collect();
    if !in_hand.is_empty() {
        return in_hand;
    }
    task::open_tasks(world, team)
        .into_iter()
        .filter_map(|task| emergency_place(world, task))
        .collect()
}

/// None where the task says nothing for an emergency.
fn emergency_place(world: &World, task: &Record) -> Option<EmergencyPlace> {
    let fields = task.body()?;
    let line = |key: &'static str| {
        let value = shown(world, key, fields)?;
        Some(EmergencyLine {
            name: words::field("task", key),
            value,
            dial: key == kinds::task::key::emergency_phone,
        })
    };
    let mut lines: Vec<_> = task::EMERGENCY.into_iter().filter_map(line).collect();
    if lines.is_empty() {
        return None;
    }
    lines.extend(line(kinds::task::key::benchmark));
    Some(EmergencyPlace {
        name: words::name(task),
        lines,
    })
}

fn shown(world: &World, key: &'static str, fields: &Map) -> Option<String> {
    // Not found among all kinds: the list of them is not needed before there is a form.
    let field = kinds::task::Task::KIND.field(key)?;
    match field.ty {
        FieldType::Place => body::place(fields, key).map(|place| words::position(&place)),
        _ => words::value(world, field, fields.get(key)?),
    }
}

/// The button that opens the emergency card over any page.
#[component]
pub fn EmergencyButton(
    /// The record being written: its task's card is shown.
    #[prop(optional)]
    record: Option<RecordId>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    view! {
        <button type="button" class="pill emergency-pill" aria-label=t!("emergency.title") on:click=move |_| open.set(true)>
            <Icon sign=Sign::Emergency />
        </button>
        {move || open.get().then(|| view! { <EmergencyOverlay record on_close=move |()| open.set(false) /> })}
    }
}

/// The card over the page.
#[component]
pub fn EmergencyOverlay(
    /// The record being written, if one is.
    record: Option<RecordId>,
    /// Closes it.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let engine = engine();
    let task = record
        .and_then(|record| {
            drafts()
                .editor(record)
                .with_untracked(|fields| body::uuid(fields, "task"))
        })
        .map(RecordId::from);
    let team = engine
        .identity
        .with_untracked(|identity| identity.as_ref().and_then(|identity| identity.info.team));
    let places = Signal::derive(move || {
        engine.world.with(|world| {
            let places = emergency_places(world, task, team);
            if places.is_empty() {
                let none = EmergencyLine {
                    name: t!("emergency.title").to_owned(),
                    value: t!("field.emergency.none").to_owned(),
                    dial: false,
                };
                return vec![EmergencyPlace {
                    name: String::new(),
                    lines: vec![none],
                }];
            }
            places
        })
    });
    let gps = position::watch();
    let here = Signal::derive(move || {
        gps.with(|now| place::fresh(now).and_then(|fix| place::of_fix(&fix)))
            .map(|place| words::position(&place))
    });
    view! { <EmergencyCard places position=here on_close /> }
}

/// The day of a deadline in words: "until 27 Nov".
pub fn until(day: safelane_model::Date) -> String {
    t!(
        "field.today.until",
        day = format::day_month(&day.to_string())
    )
}
