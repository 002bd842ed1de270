//! Turns the browser's callbacks into futures.

use js_sys::{Function, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{IdbRequest, IdbTransaction};

use super::Result;

/// The result of a database request.
pub async fn request(request: &IdbRequest) -> Result<JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        let (done, failed) = (request.clone(), request.clone());
        let success =
            Closure::once_into_js(move || call(&resolve, &done.result().unwrap_or_default()));
        let error = Closure::once_into_js(move || {
            call(
                &reject,
                &failed
                    .error()
                    .ok()
                    .flatten()
                    .map_or(JsValue::UNDEFINED, JsValue::from),
            );
        });
        request.set_onsuccess(Some(success.unchecked_ref()));
        request.set_onerror(Some(error.unchecked_ref()));
    });
    Ok(JsFuture::from(promise).await?)
}

/// The end of a database transaction: only then is anything written.
pub async fn transaction(transaction: &IdbTransaction) -> Result<()> {
    let promise = Promise::new(&mut |resolve, reject| {
        let failed = transaction.clone();
        let complete = Closure::once_into_js(move || call(&resolve, &JsValue::UNDEFINED));
        let abort = Closure::once_into_js(move || {
            call(
                &reject,
                &failed.error().map_or(JsValue::UNDEFINED, JsValue::from),
            );
        });
        transaction.set_oncomplete(Some(complete.unchecked_ref()));
        transaction.set_onabort(Some(abort.unchecked_ref()));
    });
    JsFuture::from(promise).await?;
    Ok(())
}

/// A promise's value.
pub async fn promise(promise: Promise) -> Result<JsValue> {
    Ok(JsFuture::from(promise).await?)
}

/// Waits so many milliseconds.
pub async fn milliseconds(count: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, count);
        }
    });
    let _ = JsFuture::from(promise).await;
}

fn call(function: &Function, value: &JsValue) {
    // A settled promise takes no second value; there is nobody to tell.
    let _ = function.call1(&JsValue::UNDEFINED, value);
}
