//! Network and visibility as signals, and the moments at which sending is worth a try.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};

/// Whether the browser believes that it has a network; only a push that works proves it.
pub fn online() -> ReadSignal<bool> {
    let now = web_sys::window().is_none_or(|window| window.navigator().on_line());
    let (read, write) = signal(now);
    on_window("online", move || write.set(true));
    on_window("offline", move || write.set(false));
    read
}

/// Calls `again` when the network comes back or the page is looked at again.
pub fn on_return(again: impl Fn() + Clone + 'static) {
    let shown = again.clone();
    on_window("online", again);
    on_document("visibilitychange", move || {
        if visible() {
            shown();
        }
    });
}

/// Calls `leaving` when the page is hidden or closed: the last moment to write a draft.
pub fn on_leave(leaving: impl Fn() + Clone + 'static) {
    let hidden = leaving.clone();
    on_window("pagehide", leaving);
    on_document("visibilitychange", move || {
        if !visible() {
            hidden();
        }
    });
}

/// Whether the page is looked at.
pub fn visible() -> bool {
    web_sys::window()
        .and_then(|window| window.document())
        .is_some_and(|document| !document.hidden())
}

/// Calls `then` at every event of this name on the window, for as long as the page lives.
pub fn on_window(event: &str, then: impl Fn() + 'static) {
    if let Some(window) = web_sys::window() {
        listen(&window, event, then);
    }
}

fn on_document(event: &str, then: impl Fn() + 'static) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        listen(&document, event, then);
    }
}

fn listen(target: &web_sys::EventTarget, event: &str, then: impl Fn() + 'static) {
    let closure = Closure::<dyn Fn()>::new(then).into_js_value();
    // Listening to a known event cannot fail.
    let _ = target.add_event_listener_with_callback(event, closure.unchecked_ref());
}
