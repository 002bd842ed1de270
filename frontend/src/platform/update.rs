//! The service worker: registered once, and asked to step aside only when the person presses "Update ready".

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{ServiceWorkerContainer, ServiceWorkerRegistration};

use super::wait;

fn container() -> Option<ServiceWorkerContainer> {
    let window = web_sys::window()?;
    // Away from a secure context the property is missing and must not be touched.
    window
        .is_secure_context()
        .then(|| window.navigator().service_worker())
}

/// Registers the worker; the signal turns true when a newer version waits.
pub fn register() -> ReadSignal<bool> {
    let (ready, set_ready) = signal(false);
    leptos::task::spawn_local(async move {
        // Without a worker the app runs all the same, with a network.
        let Some(container) = container() else { return };
        let promise = container.register("/sw.js");
        let Ok(registration) = wait::promise(promise).await else {
            return;
        };
        watch(&registration.unchecked_into(), set_ready);
    });
    ready
}

fn watch(registration: &ServiceWorkerRegistration, ready: WriteSignal<bool>) {
    // The first worker of all replaces nothing.
    let has_old = || container().is_some_and(|container| container.controller().is_some());
    if registration.waiting().is_some() && has_old() {
        ready.set(true);
    }
    let found_in = registration.clone();
    let found = Closure::<dyn Fn()>::new(move || {
        let Some(worker) = found_in.installing() else {
            return;
        };
        let installing = worker.clone();
        let changed = Closure::<dyn Fn()>::new(move || {
            if installing.state() == web_sys::ServiceWorkerState::Installed && has_old() {
                ready.set(true);
            }
        });
        worker.set_onstatechange(Some(changed.into_js_value().unchecked_ref()));
    });
    registration.set_onupdatefound(Some(found.into_js_value().unchecked_ref()));
}

/// Lets the waiting version take over and loads the page anew. Never call it with a form open.
pub fn apply() {
    leptos::task::spawn_local(async {
        let Some(container) = container() else { return };
        let reload = Closure::once_into_js(super::dom::reload);
        container.set_oncontrollerchange(Some(reload.unchecked_ref()));
        let Ok(registration) = wait::promise(container.get_registration()).await else {
            return;
        };
        let registration: ServiceWorkerRegistration = registration.unchecked_into();
        if let Some(waiting) = registration.waiting() {
            let _ = waiting.post_message(&JsValue::from_str("take-over"));
        }
    });
}
