//! The later part of the program: pages that no first visit begins with, fetched when the first ones stand.
//!
//! The build cuts it off (`crates/xtask-bindgen/src/split.rs`); which functions are in it is a matter of size
//! alone, so nothing here or elsewhere may depend on it. A development build is not cut.

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::online::on_window;
use super::wait;

/// What `boot.ts` keeps of it.
fn part() -> JsValue {
    let boot = web_sys::window().and_then(|window| Reflect::get(&window, &"safelane".into()).ok());
    boot.and_then(|boot| Reflect::get(&boot, &"later".into()).ok())
        .unwrap_or_default()
}

fn is_linked() -> bool {
    // A program that was not cut has nothing to wait for.
    Reflect::get(&part(), &"linked".into()).is_ok_and(|linked| linked != JsValue::FALSE)
}

/// Turns true when the later part is here: its pages show a skeleton until then.
#[derive(Clone, Copy, Debug)]
pub struct Linked(ReadSignal<bool>);

impl Linked {
    /// For the whole app, once.
    pub fn provide() -> Self {
        let (read, write) = signal(is_linked());
        on_window("safelane-later", move || write.set(true));
        provide_context(Self(read));
        Self(read)
    }

    /// Whether it is here, for whatever reads this to be told when it is.
    pub fn get(self) -> bool {
        self.0.get()
    }
}

/// As the app provided it.
pub fn linked() -> Linked {
    expect_context()
}

/// Waits until it is here: for what would otherwise hold the page in the middle of a call.
pub async fn arrived() {
    if is_linked() {
        return;
    }
    let told = js_sys::Promise::new(&mut |resolve, _| {
        on_window("safelane-later", move || {
            // A settled promise takes no second value; there is nobody to tell.
            let _ = resolve.call0(&JsValue::UNDEFINED);
        });
    });
    // It is never refused.
    let _ = wait::promise(told).await;
}

/// Called by the first part where it needs a function of the later part that is not here yet.
///
/// Pages wait for [`Linked`], so this is the exception; it holds the page until the part is fetched.
#[wasm_bindgen]
pub fn link_later_part() {
    let part = part();
    let linked = Reflect::get(&part, &"linkNow".into())
        .and_then(JsCast::dyn_into::<js_sys::Function>)
        .and_then(|link| link.call1(&part, &wasm_bindgen::exports()));
    if let Err(reason) = linked {
        // There is nothing to go on with: what was asked for is not on this device.
        wasm_bindgen::throw_val(reason);
    }
}
