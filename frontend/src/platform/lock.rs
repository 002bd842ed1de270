//! The Web Lock under which a device takes its number, signs and writes: one tab at a time.

use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::future_to_promise;

use super::{PlatformError, Result, wait};

/// Runs `work` while this tab alone, of all tabs of the profile, holds the lock `name`.
///
/// The work gives its result by capturing; its error ends the lock as well.
pub async fn exclusive<T: 'static>(
    name: &str,
    work: impl Future<Output = Result<T>> + 'static,
) -> Result<T> {
    let navigator: JsValue = web_sys::window()
        .ok_or(PlatformError::NoKeys)?
        .navigator()
        .into();
    let locks = Reflect::get(&navigator, &"locks".into())?;
    let request: Function = Reflect::get(&locks, &"request".into())?
        .dyn_into()
        .map_err(|_| PlatformError::NoKeys)?;
    let result = std::rc::Rc::new(std::cell::RefCell::new(None));
    let kept = result.clone();
    let held = Closure::once_into_js(move |_: JsValue| -> Promise {
        future_to_promise(async move {
            let outcome = work.await;
            *kept.borrow_mut() = Some(outcome);
            Ok(JsValue::UNDEFINED)
        })
    });
    let promise: Promise = request
        .call2(&locks, &JsValue::from_str(name), &held)?
        .unchecked_into();
    wait::promise(promise).await?;
    result
        .borrow_mut()
        .take()
        .unwrap_or(Err(PlatformError::StoreLost))
}
