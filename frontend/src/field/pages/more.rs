//! More: the other records, language and colours, this device, leaving.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::sign_in::Languages;
use super::start::NewCard;
use crate::components::{
    ChipChoice, Choice, Fact, Facts, GhostButton, Notice, ProblemNote, QuietButton, Sign,
};
use crate::field::account;
use crate::field::engine::{Identity, engine};
use crate::field::frame::{Sub, map_age};
use crate::field::words;
use crate::i18n::{label, text};
use crate::platform::capability::Capability;
use crate::platform::preferences::{self, Theme};
use crate::platform::{dom, update};

/// The page.
#[component]
pub fn More() -> impl IntoView {
    let engine = engine();
    let theme = RwSignal::new(preferences::theme());
    let themes: Vec<Choice> = Theme::ALL
        .into_iter()
        .map(|theme| Choice::new(theme.code(), text(theme.key())))
        .collect();
    let choose = move |code: Option<String>| {
        if let Some(chosen) = Theme::ALL
            .into_iter()
            .find(|theme| Some(theme.code()) == code.as_deref())
        {
            preferences::set_theme(chosen);
            theme.set(chosen);
        }
    };
    let capability = account::capability_signal();
    let identity = Memo::new(move |_| engine.identity.get());
    let age = map_age(engine);
    let device = move || {
        identity.get().map(|identity| view! {
        <section class="card">
            <h2>{identity.info.display_name.clone()}</h2>
            <Facts>
                <Fact name=words::kind("programme", None)>{identity.info.programme.name.clone()}</Fact>
                <Fact name=words::kind("device", None)>{identity.short.clone()}</Fact>
                <Fact name=t!("field.nav.map")>{age}</Fact>
            </Facts>
        </section>
    })
    };
    let desk = move || {
        let has_desk = |identity: &Identity| account::has_desk(&identity.info.roles);
        let here = identity.with(|identity| identity.as_ref().is_some_and(has_desk));
        // The desk is a bundle of its own.
        here.then(|| view! { <a class="button button-ghost" href="/desk" rel="external">{t!("field.more.desk")}</a> })
    };
    let failed = RwSignal::new(None::<String>);
    let leave = move |()| {
        spawn_local(async move {
            match account::sign_out().await {
                Ok(()) => dom::go("/sign-in"),
                Err(error) => failed.set(Some(error.sentence())),
            }
        });
    };
    let saved = RwSignal::new(None::<String>);
    let save = move |()| {
        spawn_local(async move {
            let outcome = engine.save_unsent().await;
            saved.set(Some(match outcome {
                Ok(count) => t!("field.sending.saved", count = count),
                Err(error) => error.sentence().to_owned(),
            }));
        });
    };
    let newer = use_context::<UpdateReady>();
    view! {
        <Sub title=t!("field.today.more")>
            {move || capability.get().filter(|found| *found != Capability::Full).map(|found| view! { <Notice title=label(found.key()) /> })}
            {move || newer.is_some_and(|ready| ready.0.get()).then(|| view! { <GhostButton label=t!("state.update_ready") on_press=move |()| update::apply() /> })}
            <h2 class="list-title">{t!("field.more.new")}</h2>
            <NewCard kind="completion" title=label("kind.clearance.completion") />
            <NewCard kind="progress" title=label("kind.clearance.progress") />
            <NewCard kind="non-technical-survey" title=words::kind("non-technical-survey", None) />
            <NewCard kind="civilian-risk-zone" title=words::kind("civilian-risk-zone", None) />
            <NewCard kind="accident" title=words::kind("accident", None) />
            <NewCard kind="civilian-report" title=words::kind("civilian-report", None) />
            <h2 class="list-title">{t!("field.more.here")}</h2>
            <ChipChoice label=t!("field.more.theme") choices=themes chosen=Signal::derive(move || Some(theme.get().code().to_owned())) on_choose=choose />
            <div class="field"><div class="field-label">{t!("field.more.language")}</div><Languages /></div>
            {device}
            <GhostButton label=t!("field.sending.save") sign=Sign::Import on_press=save />
            {move || saved.get().map(|text| view! { <p role="status">{text}</p> })}
            {desk}
            <a class="button button-ghost" href="/sign-in">{t!("field.more.other_person")}</a>
            <QuietButton label=t!("field.more.sign_out") on_press=leave />
            {move || failed.get().map(|text| view! { <ProblemNote text /> })}
        </Sub>
    }
}

/// Whether a newer version of the app waits, as the app hands it to its pages.
#[derive(Clone, Copy)]
pub struct UpdateReady(pub ReadSignal<bool>);
