//! Sign-in, with the demo's people one tap each, and the link that is valid once.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_location, use_navigate};
use safelane_wire::session::SessionInfo;

use crate::components::{DemoStripe, Notice, PrimaryButton, ProblemNote, QuietButton, TextField};
use crate::field::account::{self, AccountError, Page};
use crate::field::engine::engine;
use crate::i18n::{Language, current, label};
use crate::platform::capability::Capability;
use crate::platform::{dom, preferences};
use crate::tour;

/// Opens the person's page: the field pages at once, the desk as its own bundle.
fn go_on(navigate: &impl Fn(&str, leptos_router::NavigateOptions), page: &str) {
    if page.starts_with("/desk") {
        return dom::go_instead(page);
    }
    navigate(
        page,
        leptos_router::NavigateOptions {
            replace: true,
            ..Default::default()
        },
    );
}

/// How a link that is valid once writes its secret: behind `#`, where no server and no log ever sees it.
const INVITED: &str = "invite=";

/// The sign-in page; for whoever opens a link that is valid once, the page that sets the password.
#[component]
pub fn SignIn() -> impl IntoView {
    // The link may also be put into the bar above a sign-in page that is open already.
    let hash = use_location().hash;
    let token = Memo::new(move |_| {
        hash.track();
        dom::fragment().strip_prefix(INVITED).map(str::to_owned)
    });
    move || match token.get() {
        Some(token) => view! { <Invite token /> }.into_any(),
        None => view! { <Enter /> }.into_any(),
    }
}

/// Name and password, or one tap on one of the demo's people.
#[component]
fn Enter() -> impl IntoView {
    let engine = engine();
    let tours = tour::tours();
    let page = RwSignal::new(Page::default());
    let reached = RwSignal::new(true);
    let afresh = RwSignal::new(dom::fragment() == account::AFRESH_MARK);
    let (name, password) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let navigate = StoredValue::new_local(use_navigate());
    let enter = move |name: String, password: String| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let outcome: Result<SessionInfo, AccountError> =
                account::sign_in(engine, &name, &password).await;
            match outcome {
                Ok(info) => {
                    let on_tour = tours.now().and_then(|tour| tour.here().cloned());
                    let page = on_tour.filter(|stop| stop.person == name).map_or_else(
                        || account::first_page(&info.roles, dom::is_narrow()).to_owned(),
                        |stop| stop.address,
                    );
                    navigate.with_value(|navigate| go_on(navigate, &page));
                }
                Err(error) => {
                    drop(failed.try_set(Some(error.sentence())));
                    let _ = busy.try_set(false);
                }
            }
        });
    };
    let begin_afresh = move |()| {
        let Some(demo) = page.with_untracked(|page| page.sign_ins.clone()) else {
            return;
        };
        tours.end();
        busy.set(true);
        spawn_local(async move {
            match account::begin_afresh(&demo).await {
                Ok(()) => {
                    dom::go(&format!("/sign-in#{}", account::AFRESH_MARK));
                    dom::reload();
                }
                Err(error) => {
                    drop(failed.try_set(Some(error.sentence())));
                    let _ = busy.try_set(false);
                }
            }
        });
    };
    // Where the tour stands: as its person to its page, and after the last everything is set back.
    let follow = move |demo: &account::Demo| {
        if let Some(tour) = tours.now() {
            match tour.here() {
                Some(stop) => enter(stop.person.clone(), demo.password.clone()),
                None => begin_afresh(()),
            }
        }
    };
    spawn_local(async move {
        match account::page().await {
            Ok(found) => {
                if account::left_earlier_demo(engine, &found).await {
                    let _ = afresh.try_set(true);
                }
                let demo = found.sign_ins.clone();
                drop(page.try_set(found));
                if let Some(demo) = demo {
                    tours.renew(&demo);
                    if dom::fragment() == tour::MARK {
                        follow(&demo);
                    }
                }
            }
            Err(_) => drop(reached.try_set(false)),
        }
    });
    let press = move |()| enter(name.get_untracked(), password.get_untracked());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        press(());
    };
    let people = move || {
        page.with(|page| page.sign_ins.clone()).map(|demo| {
        let person = |person: account::DemoPerson| {
            let (name, password) = (person.name, demo.password.clone());
            view! {
                <button type="button" class="card card-button person" disabled=busy on:click=move |_| enter(name.clone(), password.clone())>
                    <b>{person.display}</b><span class="muted">{label(&format!("field.person.{}", person.role))}</span>
                </button>
            }
        };
        let people = demo.people.clone().into_iter().map(person).collect_view();
        let take = move |()| {
            tours.begin(&demo);
            follow(&demo);
        };
        view! {
            <section class="people">
                <h2>{t!("field.sign_in.demo")}</h2>
                {people}
                <QuietButton label=t!("tour.begin") disabled=busy on_press=take />
                <QuietButton label=t!("tour.undo") disabled=busy on_press=begin_afresh />
            </section>
        }
    })
    };
    // Whoever is known here has the stripe of the whole app already.
    let striped = Memo::new(move |_| {
        engine.identity.with(|identity| {
            identity
                .as_ref()
                .is_some_and(|identity| identity.info.programme.demo)
        })
    });
    // Somebody who was here before works on without a network.
    let known = Memo::new(move |_| {
        engine.identity.with(|identity| {
            identity
                .as_ref()
                .map(|identity| identity.info.display_name.clone())
        })
    });
    let capability = account::capability_signal();
    view! {
        <DemoStripe shown=Signal::derive(move || page.with(|page| page.demo) && !striped.get()) />
        <div class="page sign-in">
            <main class="page-body">
                <h1>{t!("app.name")}</h1>
                <p class="muted">{move || page.with(|page| page.name.clone())}</p>
                {move || capability.get().filter(|found| *found != Capability::Full).map(|found| view! { <Notice title=label(found.key()) /> })}
                {move || known.get().map(|name| view! {
                    <a class="card card-link" href="/field/today"><h2>{t!("field.sign_in.go_on", name = name)}</h2><p class="muted">{t!("field.sign_in.go_on_more")}</p></a>
                })}
                {move || afresh.get().then(|| view! { <Notice title=t!("field.sign_in.afresh") /> })}
                {move || page.with(|page| page.older && page.sign_ins.is_some()).then(|| view! {
                    <Notice title=t!("field.sign_in.older")>
                        <p>{t!("field.sign_in.older_more")}</p>
                        <button type="button" class="button button-ghost" disabled=busy on:click=move |_| begin_afresh(())>{t!("field.sign_in.begin_afresh")}</button>
                    </Notice>
                })}
                {move || (!reached.get()).then(|| view! { <Notice title=t!("state.offline")><p>{t!("http.no_answer")}</p></Notice> })}
                {people}
                <form on:submit=submit>
                    <TextField label=t!("field.sign_in.name") value=name on_change=move |text| name.set(text) id="sign-in-name" autocomplete="username" />
                    <TextField label=t!("field.sign_in.password") value=password on_change=move |text| password.set(text) id="sign-in-password" autocomplete="current-password" secret=true />
                    {move || failed.get().map(|text| view! { <ProblemNote text /> })}
                    <button type="submit" class="button" disabled=move || busy.get() || name.with(String::is_empty)>{t!("field.sign_in.enter")}</button>
                </form>
                <Languages />
            </main>
        </div>
    }
}

/// The languages, each by its own name.
#[component]
pub fn Languages() -> impl IntoView {
    let button = |language: Language| {
        view! {
            <button type="button" class="chip" class:on=current() == language lang=language.code() on:click=move |_| preferences::set_language(language)>{language.endonym()}</button>
        }
    };
    view! { <div class="chips languages">{Language::ALL.into_iter().map(button).collect_view()}</div> }
}

/// The page of a link that is valid once.
#[component]
fn Invite(
    /// The link's secret.
    token: String,
) -> impl IntoView {
    let engine = engine();
    let missing = token.is_empty();
    let password = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let navigate = StoredValue::new_local(use_navigate());
    let press = move |()| {
        let token = token.clone();
        busy.set(true);
        spawn_local(async move {
            match account::accept_invite(engine, &token, &password.get_untracked()).await {
                Ok(info) => {
                    let page = account::first_page(&info.roles, dom::is_narrow());
                    navigate.with_value(|navigate| go_on(navigate, page));
                }
                Err(error) => {
                    drop(failed.try_set(Some(error.sentence())));
                    let _ = busy.try_set(false);
                }
            }
        });
    };
    view! {
        <div class="page sign-in">
            <main class="page-body">
                <h1>{t!("field.invite.title")}</h1>
                {missing.then(|| view! { <ProblemNote text=t!("field.invite.missing") /> })}
                <p>{t!("field.invite.how")}</p>
                <TextField label=t!("field.invite.password") value=password on_change=move |text| password.set(text) id="invite-password" autocomplete="new-password" secret=true />
                {move || failed.get().map(|text| view! { <ProblemNote text /> })}
                <Languages />
            </main>
            <div class="page-foot">
                <PrimaryButton label=t!("field.invite.enter") disabled=Signal::derive(move || busy.get() || missing || password.with(String::is_empty)) on_press=press />
            </div>
        </div>
    }
}
