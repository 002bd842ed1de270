//! Small things about the page: its title, focus, print, going elsewhere, events' values.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlElement, HtmlInputElement};

fn document() -> Option<web_sys::Document> {
    web_sys::window()?.document()
}

/// Names the page in the window's bar.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Puts the focus on the element with this id and brings it into view.
pub fn focus(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.scroll_into_view();
        let _ = element.focus();
    }
}

/// Puts the focus on the line with this id; its list scrolls no further than it must.
pub fn focus_line(id: &str) {
    let element = document().and_then(|document| document.get_element_by_id(id));
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Whether what had the focus is gone from the page.
pub fn has_lost_focus() -> bool {
    document()
        .and_then(|document| document.active_element())
        .is_none_or(|element| element.tag_name() == "BODY")
}

/// Opens the browser's print dialog.
pub fn print() {
    if let Some(window) = web_sys::window() {
        let _ = window.print();
    }
}

/// Leaves the app's router: another bundle, or the same page anew.
pub fn go(address: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().assign(address);
    }
}

/// As [`go`], in place of this page: "back" does not lead here again.
pub fn go_instead(address: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().replace(address);
    }
}

/// Loads the page again (after a change of language, for an update).
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

/// The path of the address: `/field/today`.
pub fn path() -> String {
    web_sys::window()
        .and_then(|window| window.location().pathname().ok())
        .unwrap_or_default()
}

/// The part of the address after `#`, without it: secrets of invitations stand there, so that no server log holds them.
pub fn fragment() -> String {
    let hash = web_sys::window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default();
    hash.trim_start_matches('#').to_owned()
}

/// The text of the input that an event comes from.
pub fn value_of(event: &Event) -> String {
    let Some(target) = event.target() else {
        return String::new();
    };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return input.value();
    }
    if let Some(area) = target.dyn_ref::<web_sys::HtmlTextAreaElement>() {
        return area.value();
    }
    target
        .dyn_ref::<web_sys::HtmlSelectElement>()
        .map(web_sys::HtmlSelectElement::value)
        .unwrap_or_default()
}

/// Whether the focus is in something that takes text: single-letter keys must then do nothing.
pub fn is_typing() -> bool {
    document()
        .and_then(|document| document.active_element())
        .is_some_and(|element| {
            matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
        })
}

/// Whether a dialog lies over the page and wants an answer first.
fn is_dialog_open() -> bool {
    document()
        .and_then(|document| {
            document
                .query_selector("[aria-modal='true']")
                .ok()
                .flatten()
        })
        .is_some()
}

/// Whether the focus is on a map, whose arrows move it.
fn is_on_map() -> bool {
    document()
        .and_then(|document| document.active_element())
        .is_some_and(|element| element.tag_name() == "CANVAS")
}

/// Holds the focus inside a dialog while it is there, and gives it back after: Tab reaches nothing that lies behind.
pub fn hold_focus(dialog: NodeRef<html::Div>) {
    let had = document().and_then(|document| document.active_element());
    let had = StoredValue::new_local(had.and_then(|had| had.dyn_into::<HtmlElement>().ok()));
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            let _ = dialog.set_attribute("tabindex", "-1");
            let first = tab_stops(&dialog).into_iter().next();
            let _ = first.as_ref().unwrap_or(&dialog).focus();
        }
    });
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() != "Tab" {
            return;
        }
        let Some(dialog) = dialog.get_untracked() else {
            return;
        };
        let stops = tab_stops(&dialog);
        let active = document().and_then(|document| document.active_element());
        let at = stops.iter().position(|stop| {
            active
                .as_ref()
                .is_some_and(|active| active.is_same_node(Some(stop)))
        });
        let next = match (at, event.shift_key()) {
            (Some(0) | None, true) => stops.last(),
            (None, false) => stops.first(),
            (Some(at), false) if at + 1 == stops.len() => stops.first(),
            _ => return,
        };
        event.prevent_default();
        if let Some(next) = next {
            let _ = next.focus();
        }
    });
    on_cleanup(move || {
        handle.remove();
        if let Some(had) = had.try_get_value().flatten() {
            let _ = had.focus();
        }
    });
}

/// What Tab reaches inside an element, in its order.
fn tab_stops(element: &HtmlElement) -> Vec<HtmlElement> {
    const STOPS: &str = "a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex='0']";
    let Ok(found) = element.query_selector_all(STOPS) else {
        return Vec::new();
    };
    (0..found.length())
        .filter_map(|n| found.get(n)?.dyn_into::<HtmlElement>().ok())
        .collect()
}

/// Calls `then` with every key pressed outside of a text field, and with Escape: its name, as in `KeyboardEvent.key`. Over
/// an open dialog only its own keys count, `?` and Escape, and on a map the arrows are the map's.
pub fn on_key(then: impl Fn(&str) + 'static) {
    let handle = window_event_listener(leptos::ev::keydown, move |event| {
        let key = event.key();
        let elsewhere = (is_dialog_open() && !matches!(key.as_str(), "?" | "Escape"))
            || (is_on_map() && key.starts_with("Arrow"));
        let is_text = is_typing() && key != "Escape";
        if !elsewhere && !is_text && !event.ctrl_key() && !event.meta_key() && !event.alt_key() {
            then(&key);
        }
    });
    on_cleanup(move || handle.remove());
}

/// Whether the window is as narrow as a phone.
pub fn is_narrow() -> bool {
    web_sys::window()
        .and_then(|window| window.inner_width().ok())
        .and_then(|width| width.as_f64())
        .is_some_and(|width| width < 800.0)
}

/// Whether the person asked for less movement.
pub fn reduced_motion() -> bool {
    matches_media("(prefers-reduced-motion: reduce)")
}

/// Whether the device is set to dark.
pub fn prefers_dark() -> bool {
    matches_media("(prefers-color-scheme: dark)")
}

fn matches_media(query: &str) -> bool {
    web_sys::window()
        .and_then(|window| window.match_media(query).ok().flatten())
        .is_some_and(|list| list.matches())
}

/// Scheme and host of the page: what a link that is handed to somebody begins with.
pub fn origin() -> String {
    web_sys::window()
        .and_then(|window| window.location().origin().ok())
        .unwrap_or_default()
}
