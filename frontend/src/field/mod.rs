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
use crate::platform::later::Linked;
use crate::platform::update;
use crate::tour::{TourStop, Tours};
use pages::more::UpdateReady;
use pages::{emergency::Emergency, sign_in::SignIn, today::Today};

/// All pages of this bundle and their addresses.
#[component]
pub fn App() -> impl IntoView {
    let engine = engine::Engine::provide();
    draft::Drafts::provide();
    Tours::provide();
    provide_context(UpdateReady(update::register()));
    let linked = Linked::provide();
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
                <Route path=path!("/field/map") view=move || when(linked, later::map) />
                <Route path=path!("/field/records") view=move || when(linked, later::records) />
                <Route path=path!("/field/records/:record") view=move || when(linked, later::record) />
                <Route path=path!("/field/sending") view=move || when(linked, later::sending) />
                <Route path=path!("/field/more") view=move || when(linked, later::more) />
                <Route path=path!("/field/emergency") view=Emergency />
                <Route path=path!("/field/new/:kind") view=move || when(linked, later::new) />
                <Route path=path!("/field/draft/:record") view=move || when(linked, later::draft) />
            </Routes>
        </Router>
        </div>
    }
}

/// The doors to the later part of the program (`later.txt`): never built into what stands before them, so that
/// the first part ends here.
mod later {
    use super::pages::{draft, map, more, record, records, sending, start};
    use leptos::prelude::*;

    macro_rules! doors {
        ($($name:ident: $page:path),+ $(,)?) => { $(
            #[inline(never)]
            pub fn $name() -> AnyView {
                $page().into_any()
            }
        )+ };
    }
    doors! {
        draft: draft::DraftPage,
        map: map::Map,
        more: more::More,
        new: start::New,
        record: record::RecordPage,
        records: records::Records,
        sending: sending::Sending,
    }
}

/// A page of the program's later part: a skeleton stands there until the part is here.
fn when(linked: Linked, page: fn() -> AnyView) -> AnyView {
    let shown = move || {
        if linked.get() {
            untrack(page)
        } else {
            view! { <Skeleton /> }.into_any()
        }
    };
    shown.into_any()
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
