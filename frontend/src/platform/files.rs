//! Saving a file to the device and picking one from it.

use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, BlobPropertyBag, File, HtmlAnchorElement, HtmlInputElement, Url};

use super::{PlatformError, Result, wait};

/// A file that the person chose.
#[derive(Clone, Debug)]
pub struct Picked {
    /// Its name.
    pub name: String,
    file: File,
}

impl Picked {
    /// Its bytes.
    pub async fn bytes(&self) -> Result<Vec<u8>> {
        let buffer = wait::promise(self.file.array_buffer())
            .await
            .map_err(|_| PlatformError::NotReadable)?;
        Ok(Uint8Array::new(&buffer).to_vec())
    }

    /// Its content as text.
    pub async fn text(&self) -> Result<String> {
        wait::promise(self.file.text())
            .await?
            .as_string()
            .ok_or(PlatformError::NotReadable)
    }

    pub(super) fn blob(&self) -> &Blob {
        self.file.as_ref()
    }
}

/// Offers bytes as a download named `name`.
pub fn save(name: &str, media_type: &str, bytes: &[u8]) -> Result<()> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts: Array = std::iter::once(JsValue::from(Uint8Array::from(bytes))).collect();
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let document = web_sys::window()
        .and_then(|window| window.document())
        .ok_or(PlatformError::Refused)?;
    let anchor: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    anchor.set_href(&address);
    anchor.set_download(name);
    anchor.click();
    // Taken back at once, some browsers would save nothing.
    leptos::prelude::set_timeout(
        move || drop(Url::revoke_object_url(&address)),
        std::time::Duration::from_mins(1),
    );
    Ok(())
}

/// Lets the person choose one file of the kinds in `accept` (`image/*`, `.geojson`); `None` when they close the dialog.
pub async fn pick(accept: &str) -> Result<Option<Picked>> {
    let document = web_sys::window()
        .and_then(|window| window.document())
        .ok_or(PlatformError::Refused)?;
    let input: HtmlInputElement = document.create_element("input")?.unchecked_into();
    input.set_type("file");
    input.set_accept(accept);
    let promise = Promise::new(&mut |resolve, _| {
        let settle = Closure::once_into_js(move || drop(resolve.call0(&JsValue::UNDEFINED)));
        let _ = input.add_event_listener_with_callback("change", settle.unchecked_ref());
        let _ = input.add_event_listener_with_callback("cancel", settle.unchecked_ref());
    });
    input.click();
    wait::promise(promise).await?;
    Ok(picked(&input))
}

/// The file of an `<input type=file>` that has just changed.
pub fn picked(input: &HtmlInputElement) -> Option<Picked> {
    let file = input.files()?.get(0)?;
    Some(Picked {
        name: file.name(),
        file,
    })
}

/// The file of the input that an event comes from.
pub fn picked_by(event: &web_sys::Event) -> Option<Picked> {
    picked(event.target()?.dyn_ref::<HtmlInputElement>()?)
}

/// An address at which the page can show bytes as an image, until the page is left.
pub fn object_url(bytes: &[u8], media_type: &str) -> Option<String> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let parts: Array = std::iter::once(JsValue::from(Uint8Array::from(bytes))).collect();
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}
