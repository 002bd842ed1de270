//! The map's script object and how it is called.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};

use super::{Bounds, Draw, Layer, MapEvent, geojson};
use crate::platform::{PlatformError, Result, assets};

#[wasm_bindgen]
extern "C" {
    /// The class `Handle` of `map/map.ts`.
    type JsHandle;
    #[wasm_bindgen(method, js_name = setData)]
    fn set_data(this: &JsHandle, role: &str, geojson: &str);
    #[wasm_bindgen(method, js_name = setTiles)]
    fn set_tiles(this: &JsHandle, upto: f64, past: &str);
    #[wasm_bindgen(method)]
    fn fit(this: &JsHandle, west: f64, south: f64, east: f64, north: f64);
    #[wasm_bindgen(method)]
    fn centre(this: &JsHandle, longitude: f64, latitude: f64);
    #[wasm_bindgen(method)]
    fn draw(this: &JsHandle, verb: &str, outlines: &str);
    #[wasm_bindgen(method)]
    fn remove(this: &JsHandle);
}

/// One map on the page.
pub struct Handle {
    js: JsHandle,
    /// The script holds it too; it must live as long.
    _send: Closure<dyn Fn(String)>,
}

/// A number in 1e-7 degree as degrees.
fn degrees(e7: i64) -> f64 {
    e7 as f64 / 1e7
}

impl Handle {
    /// Loads the library if need be and draws an empty map in `element`.
    pub async fn create(
        element: &JsValue,
        fit: Option<Bounds>,
        tiles: Option<u64>,
        send: impl Fn(MapEvent) + 'static,
    ) -> Result<Self> {
        let module = assets::import_module("map.js").await?;
        let create: Function = Reflect::get(&module, &"create".into())?
            .dyn_into()
            .map_err(|_| PlatformError::StoreLost)?;
        let send = Closure::<dyn Fn(String)>::new(move |text: String| {
            // An event of a newer script is left out.
            if let Ok(event) = serde_json::from_str(&text) {
                send(event);
            }
        });
        let bounds = fit.map(|bounds| bounds.map(degrees));
        let options =
            serde_json::json!({ "bounds": bounds, "tiles": tiles, "keyboard": true, "name": t!("map.name") }).to_string();
        let js = create
            .call3(&JsValue::UNDEFINED, element, &options.into(), send.as_ref())?
            .unchecked_into();
        Ok(Self { js, _send: send })
    }

    /// Gives the layers that differ from before, and empties those that are gone.
    pub fn give(&self, before: &[Layer], now: &[Layer]) {
        for layer in now.iter().filter(|layer| !before.contains(layer)) {
            self.js.set_data(layer.role.name(), &layer.geojson);
        }
        for gone in before
            .iter()
            .filter(|old| !now.iter().any(|new| new.role == old.role))
        {
            self.js.set_data(gone.role.name(), geojson::EMPTY);
        }
    }

    /// Shows a rectangle.
    pub fn fit(&self, [west, south, east, north]: Bounds) {
        self.js
            .fit(degrees(west), degrees(south), degrees(east), degrees(north));
    }

    /// Brings a position under the cross.
    pub fn centre(&self, longitude_e7: i64, latitude_e7: i64) {
        self.js.centre(degrees(longitude_e7), degrees(latitude_e7));
    }

    /// Reads the hub's tiles as they are at a log number, or as they were at a moment of the past.
    pub fn set_tiles(&self, upto: u64, past: Option<&str>) {
        self.js.set_tiles(upto as f64, past.unwrap_or_default());
    }

    /// Shows where the phone is, with the radius of its accuracy.
    pub fn set_position(&self, position: Option<(i64, i64, i64)>) {
        let text = position.map_or_else(
            || geojson::EMPTY.to_owned(),
            |(x, y, radius)| geojson::position(x, y, radius),
        );
        self.js.set_data("position", &text);
    }

    /// Draws, or takes back what was drawn.
    pub fn draw(&self, draw: &Draw) {
        match draw {
            Draw::Begin(outlines) => {
                let outlines = serde_json::to_string(outlines).unwrap_or_else(|_| "[]".to_owned());
                self.js.draw("begin", &outlines);
            }
            Draw::Undo => self.js.draw("undo", ""),
            Draw::Anew => self.js.draw("anew", ""),
        }
    }

    /// Takes the map off the page.
    pub fn remove(self) {
        self.js.remove();
    }
}
