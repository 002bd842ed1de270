//! The emergency card as a page of its own, so that it can be a bookmark on the phone's first screen.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

use crate::field::frame::EmergencyOverlay;

/// The page.
#[component]
pub fn Emergency() -> impl IntoView {
    let go = use_navigate();
    view! { <EmergencyOverlay record=None on_close=move |()| go("/field/today", Default::default()) /> }
}
