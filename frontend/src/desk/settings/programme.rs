//! The programme's settings: read by whoever administers, coordinates or approves, changed by administrators.
//!
//! A change is pressed here and signed by the hub in the administrator's name, with the reason. What it means is said
//! before the press; what takes danger away or a pair of eyes off a release waits for others (the permission table).

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use safelane_ledger::Role;
use safelane_model::body::Map;
use safelane_model::check::Problem;
use safelane_model::kinds::programme::{SETTINGS, is_setting, key};
use safelane_rules::Settings;
use safelane_rules::effect::{Because, effect_of_settings};
use safelane_wire::desk::{NewSettings, ProgrammeSettings, RecordDetail};
use serde_json::Value;

use crate::components::{
    ButtonRow, Card, DeskShell, Fact, Facts, LinkButton, Notice, PrimaryButton, ProblemNote,
    ProblemSummary, QuietButton, Skeleton, TextArea,
};
use crate::desk::answer::answered;
use crate::desk::form::told;
use crate::desk::live::use_live;
use crate::desk::{api, shell, show};
use crate::field::draft::{Draft, drafts};
use crate::field::form::widget::widget;
use crate::field::form::{Form, layout, slot};
use crate::i18n::{format, label};
use crate::platform::clock;

const KIND: &str = "programme";

fn reads() -> bool {
    let who = [Role::Administrator, Role::Coordinator, Role::Approver];
    shell::here().roles().iter().any(|role| who.contains(role))
}

fn changes() -> bool {
    shell::here().roles().contains(&Role::Administrator)
}

/// The settings that stand and their history, for those who may read them.
#[component]
pub fn ProgrammeCards() -> impl IntoView {
    let live = use_live();
    reads().then(|| {
        let settings = LocalResource::new(move || {
            let n = live.number();
            async move {
                let settings = api::programme().await?;
                let detail = api::record(settings.record, n).await?;
                Ok((settings, detail))
            }
        });
        view! { {answered(settings, |(settings, detail)| cards(&settings, &detail))} }
    })
}

fn cards(settings: &ProgrammeSettings, detail: &RecordDetail) -> impl IntoView + use<> {
    let waits = settings.waits.map(|revision| {
        let address = format!("/desk/review/{revision}");
        view! {
            <Notice title=t!("desk.programme.waits")>
                <p>{t!("desk.programme.waits_how")}" "<a href=address>{t!("desk.record.review")}</a></p>
            </Notice>
        }
    });
    let may = changes() && settings.waits.is_none();
    let facts = SETTINGS
        .iter()
        .map(|(group, keys)| {
            let facts = keys
                .iter()
                .map(|key| fact(key, &settings.body))
                .collect_view();
            let title = label(&format!("desk.programme.{group}"));
            view! { <h2>{title}</h2><Facts>{facts}</Facts> }
        })
        .collect_view();
    let bodies: Vec<Option<&Map>> = detail
        .statements
        .iter()
        .map(|one| one.body.as_ref())
        .collect();
    let history = (detail.statements.iter().enumerate())
        .map(|(index, one)| {
            let before = bodies.get(index + 1).copied().flatten();
            let changed = one.body.as_ref().map(|body| differences(before, body));
            let reason = (one.body.as_ref())
                .and_then(|body| body.get(key::change_reason)?.as_str().map(str::to_owned))
                .unwrap_or_default();
            let when = format!(
                "{} {}",
                format::date(&clock::day_of(&one.received)),
                clock::time_of(&one.received)
            );
            let approved: Vec<&str> = (one.judgements.iter())
                .filter(|judgement| judgement.act == "approve")
                .map(|judgement| judgement.author_name.as_str())
                .collect();
            let approved = (!approved.is_empty())
                .then(|| t!("desk.programme.approved_by", names = approved.join(", ")));
            view! {
                <div class="history-line">
                    <p><b>{one.author_name.clone()}</b>" · "{when}" · "{label(&format!("desk.status.{}", one.status))}</p>
                    {(!reason.is_empty()).then(|| view! { <p>{reason}</p> })}
                    <p class="muted">{changed}</p>
                    {approved.map(|text| view! { <p class="muted">{text}</p> })}
                </div>
            }
        })
        .collect_view();
    let limits =
        (!changes()).then(|| view! { <p class="muted">{t!("desk.programme.read_only")}</p> });
    view! {
        {waits}
        <Card title=t!("desk.programme.title")>
            {limits}
            {facts}
            {may.then(|| view! { <ButtonRow><LinkButton label=t!("desk.programme.change") href="/desk/settings/programme" /></ButtonRow> })}
        </Card>
        <Card title=t!("desk.programme.history")>{history}</Card>
    }
}

fn fact(key: &str, body: &Map) -> impl IntoView + use<> {
    let name = label(&format!("field.{KIND}.{key}"));
    let value = words(key, body.get(key));
    view! { <Fact name>{value}</Fact> }
}

/// A value in words; what is not set counts as a new programme has it.
fn words(key: &str, value: Option<&Value>) -> String {
    let field = show::field_at(KIND, key);
    let in_words = |value: &Value| {
        field.map_or_else(String::new, |field| {
            show::value(KIND, &field, value, &show::Names::new())
        })
    };
    match (value, usual(key)) {
        (Some(value), _) => in_words(value),
        (None, Some(usual)) => t!("desk.programme.usual", value = in_words(&usual)),
        (None, None) => t!("desk.programme.not_set").to_owned(),
    }
}

/// What counts where nothing is set.
fn usual(key: &str) -> Option<Value> {
    let usual = Settings::default();
    Some(match key {
        key::danger_distance => usual.danger_distance_mm.into(),
        key::uncertainty_radius => usual.uncertainty_radius_mm.into(),
        key::rate_limit => usual.rate_limit.into(),
        key::fade_out_distance => usual.fade_out_distance_mm.into(),
        key::marking_inspection_months => usual.marking_inspection_months.into(),
        key::visit_years => usual.visit_years.into(),
        key::item_days => usual.item_days.into(),
        key::settlement_distance => usual.settlement_distance_mm.into(),
        key::one_person_release => "no".into(),
        key::map_age_limit => (safelane_wire::session::MAP_AGE_WARNING_HOURS * 60).into(),
        key::ahead_of_utc => 0.into(),
        key::languages => "en".into(),
        _ => return None,
    })
}

/// The settings with what counts where nothing is set: what a form begins with.
fn filled(body: &Map) -> Map {
    let keys = SETTINGS.iter().flat_map(|(_, keys)| keys.iter());
    let missing = keys
        .filter(|key| !body.contains_key(**key))
        .filter_map(|key| Some(((*key).to_owned(), usual(key)?)));
    let mut filled = body.clone();
    filled.extend(missing.collect::<Vec<_>>());
    filled.remove(key::change_reason);
    filled
}

/// What a change changed: "Name: A → B · …".
fn differences(before: Option<&Map>, now: &Map) -> String {
    let Some(before) = before else {
        return t!("desk.programme.first").to_owned();
    };
    let keys = SETTINGS.iter().flat_map(|(_, keys)| keys.iter());
    let lines: Vec<String> = keys
        .filter(|key| before.get(**key) != now.get(**key))
        .map(|key| {
            let name = label(&format!("field.{KIND}.{key}"));
            let (old, new) = (words(key, before.get(*key)), words(key, now.get(*key)));
            format!("{name}: {old} → {new}")
        })
        .collect();
    lines.join(" · ")
}

/// What follows from a change, by the code of its sentence.
fn consequences(before: &Map, now: &Map) -> Vec<&'static str> {
    let mut codes: Vec<&'static str> = (effect_of_settings(now, std::slice::from_ref(before))
        .because())
    .into_iter()
    .map(Because::code)
    .collect();
    let number = |body: &Map, key| body.get(key).and_then(Value::as_i64);
    let yes = |body: &Map| body.get(key::one_person_release).and_then(Value::as_str) == Some("yes");
    if yes(before) && !yes(now) {
        codes.push("two-again");
    }
    if number(now, key::map_age_limit) > number(before, key::map_age_limit) {
        codes.push("later-warning");
    }
    codes
}

/// The form of the settings, for administrators.
#[component]
pub fn ProgrammePage() -> impl IntoView {
    let settings = LocalResource::new(api::programme);
    let ready = Memo::new(move |_| drafts().loaded.get());
    let shown = move || {
        if !ready.get() {
            return view! { <Skeleton /> }.into_any();
        }
        view! { {answered(settings, |settings| view! { <Begun settings /> })} }.into_any()
    };
    let may = changes();
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page desk-form">
                {if may { view! { {shown} }.into_any() } else { view! { <ProblemNote text=t!("desk.programme.read_only") /> }.into_any() }}
            </div>
        </DeskShell>
    }
}

/// Begins once: what is typed changes the draft, and the draft must not begin the form anew.
#[component]
fn Begun(settings: ProgrammeSettings) -> impl IntoView {
    let body = filled(&settings.body);
    drafts().replace(Draft::new(settings.record, KIND, body));
    match Form::of(settings.record) {
        Some(form) => view! { <SettingsForm form settings /> }.into_any(),
        None => view! { <ProblemNote text=t!("field.form.unknown_kind") /> }.into_any(),
    }
}

#[component]
fn SettingsForm(form: Form, settings: ProgrammeSettings) -> impl IntoView {
    let groups = SETTINGS
        .iter()
        .map(|(group, keys)| {
            let fields = (keys.iter())
                .filter_map(|key| form.kind.field(key).map(|field| widget(form.slot(field))))
                .collect_view();
            view! { <Card title=label(&format!("desk.programme.{group}"))>{fields}</Card> }
        })
        .collect_view();
    view! {
        <p class="muted">{t!("desk.nav.settings")}</p>
        <h1>{t!("desk.programme.title")}</h1>
        <p>{t!("desk.programme.how")}</p>
        <div class="desk-sections">{groups}</div>
        <Foot form settings />
    }
}

/// What follows, why, and the one press.
#[component]
fn Foot(form: Form, settings: ProgrammeSettings) -> impl IntoView {
    let (live, go) = (use_live(), use_navigate());
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let reason = RwSignal::new(String::new());
    let before = StoredValue::new(filled(&settings.body));
    let now = Memo::new(move |_| form.editor.with(|body| layout::cleaned(form.kind, body)));
    let changed = Memo::new(move |_| now.with(|now| before.with_value(|old| changes_of(old, now))));
    let follows = move || {
        let codes = now.with(|now| before.with_value(|old| consequences(old, now)));
        codes
            .into_iter()
            .map(|code| {
                let (title, text) = (
                    format!("desk.programme.{code}"),
                    format!("desk.programme.{code}.how"),
                );
                view! { <Notice title=label(&title) alarm=true><p>{label(&text)}</p></Notice> }
            })
            .collect_view()
    };
    let stops = Memo::new(move |_| {
        let own =
            |problem: &Problem| is_setting(problem.field.split('.').next().unwrap_or_default());
        let mut stops = form.problems.with(|problems| slot::stops(problems));
        stops.retain(own);
        stops
    });
    let shown = told(form, stops);
    let blocked = Signal::derive(move || {
        busy.get() || changed.with(BTreeMap::is_empty) || reason.with(|text| text.trim().is_empty())
    });
    let (stands, record) = (settings.stands, settings.record);
    let kept = drafts();
    let leave = go.clone();
    let press = move |()| {
        if !stops.with_untracked(Vec::is_empty) {
            form.tried.set(true);
            return;
        }
        busy.set(true);
        failed.set(None);
        let asked = NewSettings {
            stands,
            changes: changed.get_untracked(),
            reason: reason.get_untracked(),
        };
        let go = go.clone();
        spawn_local(async move {
            match api::change_programme(&asked).await {
                Ok(done) => {
                    kept.discard(record);
                    live.reached(done.n);
                    go("/desk/settings", leptos_router::NavigateOptions::default());
                }
                Err(error) => drop(failed.try_set(Some(error.sentence()))),
            }
            let _ = busy.try_set(false);
        });
    };
    let discard = move |()| {
        kept.discard(record);
        leave("/desk/settings", leptos_router::NavigateOptions::default());
    };
    view! {
        {follows}
        <Card>
            <TextArea id="settings-reason" label=t!("desk.programme.reason") value=reason on_change=move |text| reason.set(text) />
        </Card>
        <ProblemSummary problems=shown />
        {move || failed.get().map(|text| view! { <ProblemNote text /> })}
        <div class="desk-form-foot">
            <QuietButton label=t!("action.cancel") on_press=discard />
            <PrimaryButton label=t!("desk.programme.sign") disabled=blocked on_press=press />
        </div>
    }
}

/// The new values of what changed; none takes a value back.
fn changes_of(before: &Map, now: &Map) -> BTreeMap<String, Option<Value>> {
    let keys = SETTINGS.iter().flat_map(|(_, keys)| keys.iter());
    keys.filter(|key| before.get(**key) != now.get(**key))
        .map(|key| ((*key).to_owned(), now.get(*key).cloned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn body(value: &Value) -> Map {
        value.as_object().expect("an object").clone()
    }

    #[test]
    fn only_what_changed_is_sent_and_what_was_taken_out_is_none() {
        let before = body(&json!({"name": "A", "visit_years": 3, "hub_key": "00"}));
        let now = body(&json!({"name": "B", "item_days": 4, "hub_key": "11"}));
        let changes = changes_of(&before, &now);
        assert_eq!(
            serde_json::to_value(changes).expect("json"),
            json!({"name": "B", "visit_years": null, "item_days": 4})
        );
    }

    #[test]
    fn a_form_begins_with_what_counts_and_sends_none_of_it_unasked() {
        let stands = body(&json!({"name": "A", "danger_distance": 60_000}));
        let begun = filled(&stands);
        assert_eq!(begun["danger_distance"], 60_000);
        assert_eq!(begun["one_person_release"], "no");
        assert!(changes_of(&filled(&stands), &begun).is_empty());
        assert!(effect_of_settings(&begun, &[stands]).because().is_empty());
    }

    #[test]
    fn what_follows_is_said_before_the_press() {
        let of = |before: &Value, now: &Value| consequences(&body(before), &body(now));
        let none = json!({});
        assert_eq!(
            of(&none, &json!({"danger_distance": 20_000})),
            ["lesser-distance"]
        );
        assert_eq!(
            of(&none, &json!({"one_person_release": "yes"})),
            ["one-person"]
        );
        assert_eq!(
            of(&json!({"one_person_release": "yes"}), &none),
            ["two-again"]
        );
        assert_eq!(
            of(&json!({"map_age_limit": 60}), &json!({"map_age_limit": 90})),
            ["later-warning"]
        );
        assert!(of(&none, &json!({"danger_distance": 90_000, "name": "B"})).is_empty());
    }
}
