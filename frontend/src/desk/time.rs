//! The map of a past day: true on which day, as known when. A grey frame and a label say so for as long as it is shown,
//! so that nobody takes it for the present.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use safelane_model::Date;
use safelane_wire::desk::Picture;

use super::api;
use super::live::use_live;
use crate::components::{ChipChoice, Choice, DateField, QuietButton};
use crate::i18n::format;
use crate::platform::{clock, dom};

/// So far back the slider reaches at first, in days; a day that is typed may lie further back.
const REACH: i64 = 730;
/// A hand that still moves the slider asks for nothing.
const REST: Duration = Duration::from_millis(300);
/// How long to wait while the office server makes the picture.
const AGAIN: Duration = Duration::from_secs(2);

/// The past picture that a map shows; none for the present.
pub type Then = RwSignal<Option<Picture>>;

/// What the tiles are asked for: by the log number, which is known for ever.
pub fn query(picture: &Picture) -> String {
    let on = (picture.on.as_ref()).map_or_else(String::new, |on| format!("&on={on}"));
    format!("known={}{on}", picture.upto)
}

/// Of when the map is (S6).
pub fn words(then: Option<&Picture>) -> String {
    let Some(picture) = then else {
        return t!(
            "desk.map.as_known",
            day = format::date(&clock::today_local())
        );
    };
    let (day, n) = (format::date(&picture.day), picture.upto as usize);
    match &picture.on {
        Some(on) => t!("desk.time.label", on = format::date(on), day = day, n = n),
        None => t!("desk.time.label_known", day = day, n = n),
    }
}

/// What stands beside a record that was pressed on a past map.
pub fn beside_record(then: Then) -> impl IntoView {
    move || {
        then.with(Option::is_some).then(|| {
            let words = then.with(|then| words(then.as_ref()));
            view! { <p class="past-strip">{words}" "{t!("desk.time.record_now")}</p> }
        })
    }
}

/// The frame around a past map.
pub fn frame(then: Then) -> impl IntoView {
    move || {
        then.with(Option::is_some)
            .then(|| view! { <div class="map-past" aria-hidden="true"></div> })
    }
}

/// What is asked for, and how far its answer is.
#[derive(Clone, Copy)]
struct Asked {
    then: Then,
    /// True on this day.
    day: RwSignal<String>,
    /// `now`, `then` (on that day), `day` (on another).
    knowledge: RwSignal<String>,
    known_day: RwSignal<String>,
    busy: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
    /// The newest question; answers to older ones are dropped.
    turn: StoredValue<u32>,
}

impl Asked {
    fn new(then: Then) -> Self {
        Self {
            then,
            day: RwSignal::new(clock::today_local()),
            knowledge: RwSignal::new("now".to_owned()),
            known_day: RwSignal::new(clock::today_local()),
            busy: RwSignal::new(false),
            problem: RwSignal::new(None),
            turn: StoredValue::new(0),
        }
    }

    fn known(self) -> Option<String> {
        match self.knowledge.get_untracked().as_str() {
            "then" => Some(self.day.get_untracked()),
            "day" => Some(self.known_day.get_untracked()),
            _ => None,
        }
    }

    /// Asks the office server for the picture, and again while it is being made.
    fn load(self) {
        self.turn.update_value(|turn| *turn += 1);
        let turn = self.turn.get_value();
        let (on, known) = (self.day.get_untracked(), self.known());
        self.busy.set(true);
        self.problem.set(None);
        spawn_local(async move {
            clock::sleep(REST).await;
            let newest = || self.turn.try_get_value() == Some(turn);
            while newest() {
                let answer = api::picture(known.as_deref(), &on).await;
                if !newest() {
                    return;
                }
                match answer {
                    Err(error) if error.code() == Some("not-yet") => clock::sleep(AGAIN).await,
                    Err(error) => {
                        self.problem.set(Some(error.sentence()));
                        self.busy.set(false);
                        return;
                    }
                    Ok(picture) => {
                        self.then.set(picture);
                        self.busy.set(false);
                        return;
                    }
                }
            }
        });
    }

    fn leave(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.busy.set(false);
        self.problem.set(None);
        self.day.set(clock::today_local());
        self.knowledge.set("now".to_owned());
        self.then.set(None);
    }
}

/// The two clocks of the map: a slider for the day, and as known when.
#[component]
pub fn TimeBar(
    /// The picture that the map shows.
    then: Then,
) -> impl IntoView {
    let asked = Asked::new(then);
    let open = RwSignal::new(false);
    view! {
        <div class="map-over map-time">
            {move || if open.get() {
                card(asked, open).into_any()
            } else {
                view! {
                    <button type="button" class="pill on-map" aria-expanded="false" on:click=move |_| open.set(true)>{t!("desk.time.open")}</button>
                }.into_any()
            }}
        </div>
    }
}

fn card(asked: Asked, open: RwSignal<bool>) -> impl IntoView {
    let knowledge = [
        Choice::new("now", t!("desk.time.known_now")),
        Choice::new("then", t!("desk.time.known_then")),
        Choice::new("day", t!("desk.time.known_day")),
    ]
    .to_vec();
    let leave = move |()| {
        asked.leave();
        open.set(false);
    };
    let other_day =
        move || {
            (asked.knowledge.get() == "day").then(|| view! {
            <DateField
                id="time-known" label=t!("desk.totals.known") value=asked.known_day
                on_change=Callback::new(move |day| { asked.known_day.set(day); asked.load(); })
            />
        })
        };
    view! {
        <section class="time-card" aria-label=t!("desk.time.title")>
            {day(asked)}
            <ChipChoice
                label=t!("desk.time.knowledge") choices=knowledge chosen=Signal::derive(move || Some(asked.knowledge.get()))
                on_choose=Callback::new(move |code: Option<String>| if let Some(code) = code { asked.knowledge.set(code); asked.load(); })
            />
            {other_day}
            {state(asked)}
            <QuietButton label=t!("desk.past.present") on_press=leave />
        </section>
    }
}

/// The day, by slider or typed: whole days before today, at the left the oldest.
fn day(asked: Asked) -> impl IntoView {
    let ago = move || {
        let today = clock::today_local().parse::<Date>().ok();
        let day = asked.day.with(|day| day.parse::<Date>().ok());
        match (today, day) {
            (Some(today), Some(day)) => (today.days_since_1970() - day.days_since_1970()).max(0),
            _ => 0,
        }
    };
    let words = move || {
        t!(
            "desk.time.true_on",
            day = asked.day.with(|day| format::date(day))
        )
    };
    let moved = move |event: &web_sys::Event| {
        let back = dom::value_of(event).parse::<i32>().unwrap_or(0);
        asked.day.set(clock::local_day(back.min(0)));
    };
    view! {
        <div class="time-day">
            <label class="field-label" for="time-slider">{words}</label>
            <DateField
                id="time-day" label=t!("desk.time.day") value=asked.day
                on_change=Callback::new(move |day: String| if day.parse::<Date>().is_ok() { asked.day.set(day); asked.load(); })
            />
        </div>
        <input
            id="time-slider" type="range" step="1" max="0"
            min=move || (-ago().max(REACH)).to_string()
            prop:value=move || (-ago()).to_string()
            aria-valuetext=words
            on:input=move |event| moved(&event)
            on:change=move |event| { moved(&event); asked.load(); }
        />
    }
}

/// On its way, not possible, or what has come in since.
fn state(asked: Asked) -> impl IntoView {
    let live = use_live();
    let newer = move || {
        // Only what is to be as known now can be behind.
        let upto = asked
            .then
            .with(|then| then.as_ref().map(|picture| picture.upto))?;
        let count = live.number().saturating_sub(upto) as usize;
        (asked.knowledge.get() == "now" && count > 0).then_some(count)
    };
    move || {
        if asked.busy.get() {
            return view! { <p role="status">{t!("desk.time.making")}</p> }.into_any();
        }
        if let Some(text) = asked.problem.get() {
            return view! { <p role="alert"><b aria-hidden="true">"! "</b>{text}</p> }.into_any();
        }
        match newer() {
            Some(count) => view! {
                <p role="status">{t!("desk.time.newer", count = count)}</p>
                <QuietButton label=t!("desk.time.show_newer") on_press=move |()| asked.load() />
            }
            .into_any(),
            None => ().into_any(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_of_a_moment_are_asked_for_by_its_log_number() {
        let mut picture = Picture {
            upto: 321,
            at: "2026-08-15T23:59:59Z".to_owned(),
            day: "2026-08-15".to_owned(),
            on: None,
        };
        assert_eq!(query(&picture), "known=321");
        picture.on = Some("2026-08-01".to_owned());
        assert_eq!(query(&picture), "known=321&on=2026-08-01");
    }
}
