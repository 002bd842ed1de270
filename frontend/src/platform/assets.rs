//! Addresses of the hashed files, and what the page was started with.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};

use super::{PlatformError, Result, wait};

/// The object that `boot.ts` leaves for the app.
fn boot() -> JsValue {
    web_sys::window()
        .and_then(|window| Reflect::get(&window, &"safelane".into()).ok())
        .unwrap_or_default()
}

fn boot_text(name: &str) -> Option<String> {
    Reflect::get(&boot(), &name.into()).ok()?.as_string()
}

/// The address of a file by its logical name (`map.js`, `countries.geojson`).
pub fn url(name: &str) -> Option<String> {
    let assets = Reflect::get(&boot(), &"assets".into()).ok()?;
    Reflect::get(&assets, &name.into()).ok()?.as_string()
}

/// The messages file that `boot.ts` fetched beside the WASM.
pub fn messages() -> String {
    boot_text("messages").unwrap_or_default()
}

/// The code of the language that the messages are in.
pub fn language() -> String {
    boot_text("language").unwrap_or_default()
}

/// Loads a script module when it is first needed; the browser keeps it.
pub async fn import_module(name: &str) -> Result<JsValue> {
    let address = url(name).ok_or_else(|| PlatformError::Browser(format!("no {name}")))?;
    let import = Reflect::get(&boot(), &"importModule".into())?;
    let import: js_sys::Function = import
        .dyn_into()
        .map_err(|_| PlatformError::Browser("no importModule".to_owned()))?;
    wait::promise(
        import
            .call1(&JsValue::UNDEFINED, &address.into())?
            .unchecked_into(),
    )
    .await
}

/// Adds a style sheet once.
pub fn add_style(name: &str) {
    let (Some(address), Some(document)) = (
        url(name),
        web_sys::window().and_then(|window| window.document()),
    ) else {
        return;
    };
    if document
        .query_selector(&format!("link[href='{address}']"))
        .ok()
        .flatten()
        .is_some()
    {
        return;
    }
    let (Ok(link), Some(head)) = (
        document.create_element("link"),
        document.query_selector("head").ok().flatten(),
    ) else {
        return;
    };
    let added = link
        .set_attribute("rel", "stylesheet")
        .and_then(|()| link.set_attribute("href", &address));
    if added.is_ok() {
        let _ = head.append_child(&link);
    }
}
