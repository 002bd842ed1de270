//! Getting about: four tabs at the bottom of the phone, a rail at the left of the desk.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::icon::{Icon, Sign};

/// One place to go.
#[derive(Clone)]
pub struct NavItem {
    /// Where it leads.
    pub href: &'static str,
    /// Its name.
    pub label: &'static str,
    /// Its icon.
    pub sign: Sign,
    /// A number on it (waiting to send, alarms); zero shows none.
    pub count: Option<Signal<usize>>,
}

fn links(items: Vec<NavItem>) -> impl IntoView {
    let path = use_location().pathname;
    let link = move |item: NavItem| {
        let here = move || {
            path.with(|path| path == item.href || path.starts_with(&format!("{}/", item.href)))
        };
        let count = item.count.map(|count| {
            move || (count.get() > 0).then(|| view! { <b class="nav-count">{count.get()}</b> })
        });
        view! {
            <a href=item.href class:on=here aria-current=move || here().then_some("page")>
                <Icon sign=item.sign />
                <span>{item.label}</span>
                {count}
            </a>
        }
    };
    items.into_iter().map(link).collect_view()
}

/// The four tabs of the field app.
#[component]
pub fn BottomNav(
    /// The places, in order.
    items: Vec<NavItem>,
) -> impl IntoView {
    view! { <nav class="tabs">{links(items)}</nav> }
}

/// The rail of the desk.
#[component]
pub fn Rail(
    /// The places, in order.
    items: Vec<NavItem>,
    /// What stands at its lower end: the person.
    #[prop(optional, into)]
    foot: ViewFn,
) -> impl IntoView {
    view! {
        <nav class="rail">
            <svg class="mark" viewBox="0 0 34 34" aria-hidden="true">
                <rect width="34" height="34" rx="9" />
                <path d="M11 27L14 7M23 27L20 7M17 8v3M17 15v4M17 23v4" />
            </svg>
            {links(items)}
            <div class="rail-foot">{foot.run()}</div>
        </nav>
    }
}
