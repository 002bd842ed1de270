//! The field pages: phone first, no network needed.
//!
//! | file | what |
//! |---|---|
//! | `local.rs`, `task.rs` | the device's own picture of the record, and of a task (pure) |
//! | `engine.rs`, `engine/` | signs, stores, sends, pulls |
//! | `draft.rs`, `begin.rs`, `submit.rs` | a record from its first tap to its signature |
//! | `form/` | the form that serves every kind |
//! | `chart.rs`, `layers.rs`, `cross.rs` | a small map drawn from local records, and the cross on it |
//! | `pages/`, `frame.rs`, `words.rs` | the pages, what is around them, and their words |

pub mod account;
pub mod base;
pub mod begin;
pub mod chart;
pub mod cross;
pub mod draft;
pub mod engine;
pub mod form;
pub mod frame;
pub mod layers;
pub mod local;
pub mod pages;
pub mod submit;
pub mod task;
pub mod words;

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::hooks::use_navigate;
use leptos_router::path;

use crate::components::{DemoStripe, EmptyState, Skeleton};
use crate::platform::update;
use crate::tour::{TourStop, Tours};
use pages::more::UpdateReady;
use pages::{
    draft::DraftPage, emergency::Emergency, map::Map, more::More, record::RecordPage,
    records::Records, sending::Sending, sign_in::SignIn, start::New, today::Today,
};

/// All pages of this bundle and their addresses.
#[component]
pub fn App() -> impl IntoView {
    let engine = engine::Engine::provide();
    draft::Drafts::provide();
    Tours::provide();
    provide_context(UpdateReady(update::register()));
    engine.start();
    let demo = Signal::derive(move || {
        engine.identity.with(|identity| {
            identity
                .as_ref()
                .is_some_and(|identity| identity.info.programme.demo)
        })
    });
    view! {
        <div class="field-app">
        <DemoStripe shown=demo />
        <Router>
            <TourStop shown=demo />
            <Routes fallback=|| view! { <EmptyState title=t!("field.record.no_page") how=t!("field.record.no_page_how").to_owned() /> }>
                <Route path=path!("/") view=First />
                <Route path=path!("/sign-in") view=SignIn />
                <Route path=path!("/field") view=First />
                <Route path=path!("/field/today") view=Today />
                <Route path=path!("/field/map") view=Map />
                <Route path=path!("/field/records") view=Records />
                <Route path=path!("/field/records/:record") view=RecordPage />
                <Route path=path!("/field/sending") view=Sending />
                <Route path=path!("/field/more") view=More />
                <Route path=path!("/field/emergency") view=Emergency />
                <Route path=path!("/field/new/:kind") view=New />
                <Route path=path!("/field/draft/:record") view=DraftPage />
            </Routes>
        </Router>
        </div>
    }
}

/// The first page: Today for who is known here, the sign-in page for everybody else.
#[component]
fn First() -> impl IntoView {
    let engine = engine::engine();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if engine.status.with(|status| status.loaded) {
            let known = engine.identity.with(Option::is_some);
            let page = if known { "/field/today" } else { "/sign-in" };
            navigate(
                page,
                leptos_router::NavigateOptions {
                    replace: true,
                    ..Default::default()
                },
            );
        }
    });
    view! { <Skeleton /> }
}
