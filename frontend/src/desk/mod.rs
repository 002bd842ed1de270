//! The desk pages: they read the hub's projections and say so when there is none.
//!
//! | file | what |
//! |---|---|
//! | `api.rs`, `answer.rs`, `live.rs` | what is asked, how an answer is shown, when to ask again |
//! | `sign.rs` | signing at the desk by the field's engine, and waiting for the receipt |
//! | `shell.rs`, `words.rs`, `show.rs` | the frame, records and values in words |
//! | `check.rs`, `checks.rs` | one check and its answer; the list, and what each means |
//! | `review.rs`, `review/` | the queue, the chosen report, the judgement |
//! | `combine.rs`, `combine/` | the versions of one record side by side, and one statement in place of all |
//! | `claims.rs`, `claims/` | claimed releases of imported sources, and linking one |
//! | `area.rs`, `area/` | enlarging, splitting, another class, opening again |
//! | `draw.rs` | drawing an outline on the map, in a form |
//! | `risk.rs`, `risk/` | zones ranked, one zone's score, how it is made |
//! | `form.rs`, `tasks.rs`, `ending.rs` | making and changing records on the form of `field/form` |
//! | `paper.rs`, `paper/` | reports entered from a sheet of paper |
//! | `totals.rs`, `totals/`, `statement.rs` | the accounts: of the programme, of one hazardous area |
//! | `time.rs` | the map of a past day, and as known when |
//! | the others | one page each |

mod answer;
mod api;
mod area;
mod check;
mod checks;
mod claims;
mod combine;
mod draw;
mod ending;
mod form;
mod import;
mod live;
mod map;
mod morning;
mod paper;
mod people;
mod records;
mod review;
mod risk;
mod settings;
mod shell;
mod show;
mod sign;
mod statement;
mod tasks;
mod time;
mod totals;
mod words;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::{Redirect, Route, Router, Routes};
use leptos_router::path;
use safelane_wire::session::{SESSION, SessionInfo};

use crate::components::{DemoStripe, DeskShell, EmptyState, ProblemNote, Skeleton};
use crate::field::draft::Drafts;
use crate::field::engine::Engine;
use crate::field::form::ground::DrawOnMap;
use crate::platform::{dom, http};
use crate::tour::{TourStop, Tours};
use live::Live;
use shell::{Here, Keys, Standing};

/// All pages of this bundle and their addresses.
#[component]
pub fn App() -> impl IntoView {
    let engine = Engine::provide();
    Drafts::provide();
    Tours::provide();
    provide_context(DrawOnMap(draw::view));
    provide_context(Live::of(engine));
    let here = Here(RwSignal::new(None));
    provide_context(here);
    engine.start();
    let refused = RwSignal::new(None::<String>);
    ask_who(here, refused);
    // A session without the person's key in this browser: signing in makes one.
    Effect::new(move || {
        let loaded = engine.status.with(|status| status.loaded);
        let known = engine.identity.with(|identity| {
            identity
                .as_ref()
                .map(super::field::engine::vault::Identity::person)
        });
        let session = here.0.with(|info| info.as_ref().map(|info| info.person));
        if loaded && session.is_some() && known != session {
            dom::go("/sign-in");
        }
    });
    let demo = Signal::derive(move || {
        here.0
            .with(|info| info.as_ref().is_some_and(|info| info.programme.demo))
    });
    view! {
        <DemoStripe shown=demo />
        <Router>
            <TourStop shown=demo />
            <Standing />
            <Keys />
            <Show when=move || here.0.with(Option::is_some) fallback=move || starting(here, refused)>
                <Routes fallback=not_found>
                    <Route path=path!("/desk") view=First />
                    <Route path=path!("/desk/morning") view=morning::MorningPage />
                    <Route path=path!("/desk/map") view=map::MapPage />
                    <Route path=path!("/desk/review/:revision?") view=review::ReviewPage />
                    <Route path=path!("/desk/checks") view=checks::ChecksPage />
                    <Route path=path!("/desk/checks/:code") view=checks::CheckPage />
                    <Route path=path!("/desk/combine/:record") view=combine::CombinePage />
                    <Route path=path!("/desk/records") view=records::RecordsPage />
                    <Route path=path!("/desk/record/:record") view=records::RecordPage />
                    <Route path=path!("/desk/new/:kind") view=form::NewPage />
                    <Route path=path!("/desk/edit/:record") view=form::EditPage />
                    <Route path=path!("/desk/paper") view=paper::PaperPage />
                    <Route path=path!("/desk/split/:record") view=area::SplitPage />
                    <Route path=path!("/desk/area/:record/:change") view=area::ChangePage />
                    <Route path=path!("/desk/tasks") view=tasks::TasksPage />
                    <Route path=path!("/desk/task/:record") view=form::EditPage />
                    <Route path=path!("/desk/totals") view=totals::TotalsPage />
                    <Route path=path!("/desk/risk") view=risk::RiskPage />
                    <Route path=path!("/desk/risk/method") view=risk::MethodPage />
                    <Route path=path!("/desk/people") view=people::PeoplePage />
                    <Route path=path!("/desk/claims/:record?") view=claims::ClaimsPage />
                    <Route path=path!("/desk/import") view=import::ImportPage />
                    <Route path=path!("/desk/settings") view=settings::SettingsPage />
                    <Route path=path!("/desk/settings/programme") view=settings::ProgrammePage />
                </Routes>
            </Show>
        </Router>
    }
}

/// Asks the hub who is here; without a session the sign-in page follows.
fn ask_who(here: Here, refused: RwSignal<Option<String>>) {
    spawn_local(async move {
        match http::get::<SessionInfo>(SESSION).await {
            Ok(info) => here.0.set(Some(info)),
            Err(error) if error.needs_sign_in() => dom::go("/sign-in"),
            Err(error) => refused.set(Some(error.sentence())),
        }
    });
}

fn starting(here: Here, refused: RwSignal<Option<String>>) -> AnyView {
    let retry = Callback::new(move |()| {
        refused.set(None);
        ask_who(here, refused);
    });
    view! {
        <main class="desk-page">
            {move || match refused.get() {
                Some(text) => view! { <ProblemNote text on_retry=retry /><p class="muted">{t!("desk.away")}</p> }.into_any(),
                None => view! { <Skeleton /> }.into_any(),
            }}
        </main>
    }
    .into_any()
}

/// The page that somebody begins at.
#[component]
fn First() -> impl IntoView {
    view! { <Redirect path=shell::first_page() /> }
}

fn not_found() -> impl IntoView {
    view! { <DeskShell rail=shell::rail><EmptyState title=t!("desk.no_page") how=t!("desk.no_page_how") /></DeskShell> }
}
