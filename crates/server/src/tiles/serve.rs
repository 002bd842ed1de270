//! The requests: TileJSON and tiles.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use safelane_geometry::shape::inner_place;
use serde::Deserialize;
use serde_json::json;

use super::cache::Key;
use super::features::{DEMO, EXACT, LAYERS};
use super::index::{MapIndex, Meaning, Prepared};
use super::mvt::{Drawn, Layer, Val};
use super::ring::{clip, doubled_area, offset};
use super::world::{Area, EXTENT, MAX_ZOOM, P, Ring, Square};
use crate::app::App;
use crate::board::{Asked, Moment};
use crate::extract::{Path, Query, Reader};
use crate::problem::{ApiError, ApiResult};

/// All layers in one tile.
const ALL: &str = "all";
/// Units around a tile that are drawn too, so that lines do not end at its edge: 8 pixels.
const MARGIN: i64 = 64;
/// A shape smaller than this is a symbol: three pixels of a tile 512 pixels wide.
const SYMBOL: i64 = 24;
/// Up to this zoom symbols that share a cell are one, with their number.
const CROWDED: u8 = 10;
/// The cell's side in a tile's units: 8 pixels.
const CELL: i64 = 64;
/// How roughly places are given to readers who may not see them exactly: 2^-13 of a world tile
/// side, some 5 km on the equator and 3.5 km in Bosnia.
const ROUGH: i64 = (EXTENT << MAX_ZOOM) >> 13;
/// From this zoom on maps write letters on areas.
const LETTERED: u8 = 12;
/// Marks the part of an area whose letters stand in another tile: a map would write them on each part.
const ELSEWHERE: &str = "elsewhere";
/// How far the line of a hazard is moved outward before it is rounded to whole units, so that
/// rounding (at most 0.71) takes nothing from it; a release's is moved inward.
const GUARD: f64 = 0.75;

fn known(layer: &str) -> ApiResult<()> {
    if layer == ALL || LAYERS.contains(&layer) {
        Ok(())
    } else {
        Err(ApiError::not_found())
    }
}

/// Which picture tiles are drawn from.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clocks {
    /// The log number that a reader has heard of: it keeps a browser's memory from answering.
    #[serde(rename = "upto")]
    _upto: Option<String>,
    /// As known then: a day, an instant or a log number.
    known: Option<String>,
    /// True on that day.
    on: Option<String>,
}

impl Clocks {
    async fn moment(&self, app: &App) -> ApiResult<Option<Moment>> {
        app.moment(Asked {
            known: self.known.as_deref(),
            on: self.on.as_deref(),
        })
        .await
    }
}

/// `GET /tiles/{layer}`: TileJSON 3.0.
pub async fn tilejson(
    State(app): State<App>,
    Path(layer): Path<String>,
    Query(clocks): Query<Clocks>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let layer = layer.trim_end_matches(".json").to_owned();
    known(&layer)?;
    let moment = clocks.moment(&app).await?;
    let scheme = if app.is_secure() { "https" } else { "http" };
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok());
    let base = host.map_or_else(String::new, |host| format!("{scheme}://{host}"));
    let settings = app.board().settings();
    let layers: Vec<_> = LAYERS
        .iter()
        .filter(|name| layer == ALL || layer == **name)
        .map(|name| json!({"id": name, "fields": {}}))
        .collect();
    let then = moment.map_or_else(String::new, |moment| address_of(&moment));
    let mut answer = json!({
        "tilejson": "3.0.0",
        "name": if settings.demo { format!("DEMO {}", settings.name) } else { settings.name.clone() },
        "tiles": [format!("{base}/tiles/{layer}/{{z}}/{{x}}/{{y}}{then}")],
        "minzoom": 0,
        "maxzoom": MAX_ZOOM,
        "vector_layers": layers,
        // S1: what is not drawn is not known; that is not the same as no danger.
        "attribution": "Absence of a record is not absence of danger.",
        "demo": settings.demo,
        "upto": moment.map_or_else(|| app.board().upto(), |moment| moment.known.upto),
    });
    if let Some(moment) = moment {
        // S6: whoever opens this layer sees of when it is.
        let day = settings.day_of(moment.known.at);
        let on = moment
            .on
            .map_or_else(String::new, |on| format!(", true on {on}"));
        answer["description"] = json!(format!("As known on {day}{on}"));
    }
    if let Some(area) = settings.area {
        answer["bounds"] = json!(area.degrees());
    }
    Ok(crate::extract::Json(answer).into_response())
}

/// The query that asks for a moment again, by the log number: that is known for ever.
fn address_of(moment: &Moment) -> String {
    let on = moment.on.map_or_else(String::new, |on| format!("&on={on}"));
    format!("?known={}{on}", moment.known.upto)
}

/// `GET /tiles/{layer}/{z}/{x}/{y}`.
pub async fn tile(
    State(app): State<App>,
    reader: Reader,
    Path((layer, z, x, y)): Path<(String, String, String, String)>,
    Query(clocks): Query<Clocks>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    known(&layer)?;
    let (z, x, y) = address(&z, &x, &y)?;
    let key = Key {
        layer,
        z,
        x,
        y,
        exact: reader.sees_exact_points(),
    };
    let moment = clocks.moment(&app).await?;
    let version = app.board().read(|board| board.map.version());
    let sight = if key.exact { "e" } else { "r" };
    let tag = match &moment {
        None => format!("\"{version}-{sight}\""),
        // A moment is what it was: the tile never changes.
        Some(moment) => {
            let on = moment.on.map_or_else(String::new, |on| on.to_string());
            format!("\"then-{}-{on}-{sight}\"", moment.known.upto)
        }
    };
    let same = headers
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let bytes = if moment.is_some() {
            let (picture, drawing) = (app.picture(moment).await?, app.clone());
            let drawn = tokio::task::spawn_blocking(move || {
                let demo = drawing.board().settings().demo;
                picture.read(|board| render(&board.map, &key, demo))
            });
            Arc::new(drawn.await.map_err(ApiError::internal)?)
        } else if let Some(bytes) = app.tiles().get(&key, version) {
            bytes
        } else {
            let (drawing, wanted) = (app.clone(), key.clone());
            let drawn = tokio::task::spawn_blocking(move || draw(&drawing, &wanted));
            let bytes = Arc::new(drawn.await.map_err(ApiError::internal)?);
            app.tiles().put(key, version, Arc::clone(&bytes));
            bytes
        };
        if bytes.is_empty() {
            StatusCode::NO_CONTENT.into_response()
        } else {
            bytes.to_vec().into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/vnd.mapbox-vector-tile"),
    );
    // Asked for again at each use, answered in a few bytes while nothing has changed.
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache"),
    );
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Zoom, column and row of an address, if there is such a tile.
pub fn address(z: &str, x: &str, y: &str) -> ApiResult<(u8, u32, u32)> {
    let y = y.trim_end_matches(".mvt").trim_end_matches(".pbf");
    let number = |text: &str| -> Option<u32> {
        let digits =
            !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok())?
    };
    let read = || {
        let (z, x, y) = (number(z)?, number(x)?, number(y)?);
        let fits = z <= u32::from(MAX_ZOOM) && x < 1 << z && y < 1 << z;
        fits.then_some((z as u8, x, y))
    };
    read().ok_or_else(|| ApiError::parameter("z/x/y", "names no tile of this map"))
}

/// Draws a tile from the board.
fn draw(app: &App, key: &Key) -> Vec<u8> {
    let demo = app.board().settings().demo;
    app.board().read(|board| render(&board.map, key, demo))
}

/// Draws a tile: each layer asked for, then the mark of a demo.
pub fn render(map: &MapIndex, key: &Key, demo: bool) -> Vec<u8> {
    let mut tile = Vec::new();
    for name in LAYERS {
        if key.layer != ALL && key.layer != name {
            continue;
        }
        let mut layer = Layer::new(name);
        draw_layer(map, name, key, &mut layer);
        layer.write(&mut tile);
    }
    if demo {
        // Painted, whatever layer was asked for: nobody takes a demo's tile for a real one.
        let mut layer = Layer::new(DEMO);
        let middle = (EXTENT / 2) as i32;
        let word = Val::Text("DEMO".into());
        layer.add(
            &Drawn::Point(middle, middle),
            [("text", &word), ("demo", &Val::Bool(true))],
        );
        layer.write(&mut tile);
    }
    tile
}

fn draw_layer(map: &MapIndex, name: &str, key: &Key, layer: &mut Layer) {
    let scale = 1i64 << (MAX_ZOOM - key.z);
    let tile = Square::of_tile(key.z, key.x, key.y, 0);
    let rough = !key.exact && EXACT.contains(&name);
    let reach = if rough { ROUGH } else { MARGIN * scale };
    let wanted = Square {
        min: P {
            x: tile.min.x - reach,
            y: tile.min.y - reach,
        },
        max: P {
            x: tile.max.x + reach,
            y: tile.max.y + reach,
        },
    };
    let mut symbols = Symbols::default();
    for one in map.within(name, wanted) {
        let small = one.square.size() < SYMBOL * scale;
        match one.meaning {
            Some(meaning) if !small => {
                let areas = one.areas(key.z);
                let rings = rings(&areas, tile.min, scale, meaning);
                let properties = one.properties();
                let yes = Val::Bool(true);
                let lettered = key.z < LETTERED || bears_letters(one.square, &areas, tile);
                let told = properties.iter().map(|(k, v)| (*k, v));
                let told = told.chain((!lettered).then_some((ELSEWHERE, &yes)));
                layer.add(&Drawn::Rings(rings), told);
            }
            Some(Meaning::Release) => {
                // Too small to be seen: hiding released ground hides no danger.
            }
            Some(Meaning::Danger | Meaning::Plain) | None => {
                let mut at = one.square.middle();
                if rough {
                    at = P {
                        x: at.x.div_euclid(ROUGH) * ROUGH + ROUGH / 2,
                        y: at.y.div_euclid(ROUGH) * ROUGH + ROUGH / 2,
                    };
                }
                if tile.holds(at) {
                    let place = ((at.x - tile.min.x) / scale, (at.y - tile.min.y) / scale);
                    symbols.add(one, place, key.z);
                }
            }
        }
    }
    symbols.write(layer, rough);
}

/// Whether the letters of a shape stand in this tile: of all that it lies in, one.
fn bears_letters(square: Square, areas: &[Area], tile: Square) -> bool {
    tile.holds_all(square) || letters_place(areas).is_none_or(|place| tile.holds(place))
}

/// Where a shape's letters stand: inside of the largest of its areas, the same for all of its tiles.
fn letters_place(areas: &[Area]) -> Option<P> {
    let plane = |ring: &Ring| -> Vec<(f64, f64)> {
        ring.iter().map(|p| (p.x as f64, p.y as f64)).collect()
    };
    let largest = areas.iter().max_by_key(|area| doubled_area(&area.outer))?;
    let holes: Vec<_> = largest.holes.iter().map(plane).collect();
    let (x, y) = inner_place(&plane(&largest.outer), &holes)?;
    Some(P {
        x: x.round() as i64,
        y: y.round() as i64,
    })
}

/// The rings of a shape in a tile's whole units, none of a hazard's ground lost, none gained by a
/// release.
fn rings(areas: &[Area], origin: P, scale: i64, meaning: Meaning) -> Vec<Vec<(i32, i32)>> {
    let by = match meaning {
        Meaning::Danger => GUARD,
        Meaning::Release => -GUARD,
        Meaning::Plain => 0.0,
    };
    let mut rings = Vec::new();
    for area in areas {
        let Some(outer) = ring_in_tile(&area.outer, origin, scale, by) else {
            continue;
        };
        rings.push(outer);
        for hole in &area.holes {
            // Its outside is the area's inside, so the same guard turns round.
            if let Some(mut hole) = ring_in_tile(hole, origin, scale, -by) {
                hole.reverse();
                rings.push(hole);
            }
        }
    }
    rings
}

fn ring_in_tile(ring: &[P], origin: P, scale: i64, by: f64) -> Option<Vec<(i32, i32)>> {
    let unit = scale as f64;
    let placed: Vec<(f64, f64)> = ring
        .iter()
        .map(|p| {
            (
                (p.x - origin.x) as f64 / unit,
                (p.y - origin.y) as f64 / unit,
            )
        })
        .collect();
    let moved = if by == 0.0 {
        placed
    } else {
        offset(&placed, by)
    };
    let clipped = clip(moved, -(MARGIN as f64), (EXTENT + MARGIN) as f64);
    let mut whole: Vec<(i32, i32)> = clipped
        .into_iter()
        .map(|(x, y)| (x.round() as i32, y.round() as i32))
        .collect();
    whole.dedup();
    while whole.len() > 1 && whole.first() == whole.last() {
        whole.pop();
    }
    let doubled: i64 = (0..whole.len())
        .map(|i| {
            let ((ax, ay), (bx, by)) = (whole[i], whole[(i + 1) % whole.len()]);
            i64::from(ax) * i64::from(by) - i64::from(bx) * i64::from(ay)
        })
        .sum();
    // A ring that the inward guard has turned over is gone.
    (whole.len() >= 3 && doubled > 0).then_some(whole)
}

/// Symbols of a tile; where they crowd, one stands for several and says for how many.
#[derive(Default)]
struct Symbols {
    cells: HashMap<Cell, Symbol>,
    order: Vec<Cell>,
}

/// The most dangerous of those that share a cell, the place of the first, and how many they are.
struct Symbol {
    shown: Arc<Prepared>,
    at: (i64, i64),
    count: i64,
}

/// Column, row, and a number that keeps symbols apart where they do not crowd.
type Cell = (i64, i64, u32);

impl Symbols {
    fn add(&mut self, one: Arc<Prepared>, at: (i64, i64), z: u8) {
        let cell = if z <= CROWDED {
            (at.0 / CELL, at.1 / CELL, 0)
        } else {
            // Each stands for itself.
            (at.0, at.1, self.order.len() as u32)
        };
        if let Some(symbol) = self.cells.get_mut(&cell) {
            symbol.count += 1;
            if one.danger > symbol.shown.danger {
                symbol.shown = one;
            }
        } else {
            let symbol = Symbol {
                shown: one,
                at,
                count: 1,
            };
            self.cells.insert(cell, symbol);
            self.order.push(cell);
        }
    }

    fn write(self, layer: &mut Layer, rough: bool) {
        let yes = Val::Bool(true);
        for cell in &self.order {
            let Some(Symbol { shown, at, count }) = self.cells.get(cell) else {
                continue;
            };
            let number = Val::Int(*count);
            let own = shown.properties();
            let mut properties: Vec<(&str, &Val<'_>)> = (own.iter())
                // One of several is not the one to open; only what it is counts.
                .filter(|(key, _)| *count == 1 || !matches!(*key, "record" | "reference" | "name"))
                .map(|(key, value)| (*key, value))
                .collect();
            properties.push(("symbol", &yes));
            properties.push(("count", &number));
            if rough {
                properties.push(("roughly", &yes));
            }
            layer.add(&Drawn::Point(at.0 as i32, at.1 as i32), properties);
        }
    }
}

#[cfg(test)]
#[path = "serve_tests.rs"]
mod tests;
