//! Photos: shrunk and redrawn, so that neither size nor metadata (place, camera, owner) leaves the device.

use js_sys::{Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap};

use super::files::Picked;
use super::{PlatformError, Result, wait};

/// Longest side in pixels after shrinking.
const LONGEST: u32 = 2048;
/// JPEG quality, 0 to 1.
const QUALITY: f64 = 0.82;

/// A photo as it is hashed, stored and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// JPEG without metadata.
    pub bytes: Vec<u8>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

/// The media type of every photo.
pub const MEDIA_TYPE: &str = "image/jpeg";

/// Redraws a chosen file; `NotReadable` when it is no picture.
pub async fn redraw(file: &Picked) -> Result<Photo> {
    let window = web_sys::window().ok_or(PlatformError::Refused)?;
    let promise = window
        .create_image_bitmap_with_blob(file.blob())
        .map_err(|_| PlatformError::NotReadable)?;
    let bitmap: ImageBitmap = wait::promise(promise)
        .await
        .map_err(|_| PlatformError::NotReadable)?
        .unchecked_into();
    let (width, height) = fit(bitmap.width(), bitmap.height());
    let canvas: HtmlCanvasElement = window
        .document()
        .ok_or(PlatformError::Refused)?
        .create_element("canvas")?
        .unchecked_into();
    canvas.set_width(width);
    canvas.set_height(height);
    let context: CanvasRenderingContext2d = canvas
        .get_context("2d")?
        .ok_or(PlatformError::NotReadable)?
        .unchecked_into();
    context.draw_image_with_image_bitmap_and_dw_and_dh(
        &bitmap,
        0.0,
        0.0,
        width.into(),
        height.into(),
    )?;
    bitmap.close();
    Ok(Photo {
        bytes: jpeg(&canvas).await?,
        width,
        height,
    })
}

async fn jpeg(canvas: &HtmlCanvasElement) -> Result<Vec<u8>> {
    let promise = Promise::new(&mut |resolve, _| {
        let done = Closure::once_into_js(move |blob: JsValue| {
            drop(resolve.call1(&JsValue::UNDEFINED, &blob));
        });
        let _ = canvas.to_blob_with_type_and_encoder_options(
            done.unchecked_ref(),
            MEDIA_TYPE,
            &QUALITY.into(),
        );
    });
    let blob: Blob = wait::promise(promise)
        .await?
        .dyn_into()
        .map_err(|_| PlatformError::NotReadable)?;
    Ok(Uint8Array::new(&wait::promise(blob.array_buffer()).await?).to_vec())
}

fn fit(width: u32, height: u32) -> (u32, u32) {
    let longest = width.max(height).max(1);
    if longest <= LONGEST {
        return (width, height);
    }
    let scaled =
        |side: u32| ((u64::from(side) * u64::from(LONGEST) / u64::from(longest)) as u32).max(1);
    (scaled(width), scaled(height))
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn the_longest_side_is_at_most_2048() {
        assert_eq!(fit(4096, 3072), (2048, 1536));
        assert_eq!(fit(640, 480), (640, 480));
        assert_eq!(fit(1, 100_000), (1, 2048));
    }
}
