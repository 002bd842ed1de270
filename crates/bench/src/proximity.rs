//! The nearest hazardous area of every settlement, and the areas within 100 m of every route.

use std::path::Path;

use anyhow::Result;
use rayon::prelude::*;
use safelane_geometry::{Metres, Position, Shape, Shapes};
use serde_json::json;

use crate::features;

/// Prints one line each. Making the index is counted apart; asking is on all cores.
pub fn measure(folder: &Path) -> Result<()> {
    let shapes = |name: &str| -> Result<Vec<Shape>> {
        features::of(folder, name)?
            .iter()
            .map(features::shape)
            .collect()
    };
    let (areas, settlements, routes) = (
        shapes("hazards")?,
        shapes("settlements")?,
        shapes("routes")?,
    );
    let places: Vec<Position> = settlements.iter().flat_map(Shape::positions).collect();
    let count = areas.len();
    let (made, areas) = features::timed(1, || Shapes::new(areas.clone()));
    let (asked, nearest) = features::timed(5, || {
        places
            .par_iter()
            .map(|place| areas.nearest(*place).map(|(_, one)| one.distance.get()))
            .collect::<Vec<_>>()
    });
    let nearest: Vec<f64> = nearest.into_iter().flatten().collect();
    println!(
        "{}",
        json!({
            "row": "nearest hazardous area",
            "areas": count,
            "points": places.len(),
            "seconds": asked.as_secs_f64(),
            "us_per_point": asked.as_secs_f64() * 1e6 / places.len() as f64,
            "index_seconds": made.as_secs_f64(),
            "sum_m": nearest.iter().sum::<f64>(),
            "inside": nearest.iter().filter(|metres| **metres == 0.0).count(),
        })
    );
    let (asked, within) = features::timed(5, || {
        routes
            .par_iter()
            .map(|route| areas.within(route, Metres::new(100.0)).len())
            .collect::<Vec<_>>()
    });
    println!(
        "{}",
        json!({
            "row": "routes within 100 m",
            "areas": count,
            "routes": routes.len(),
            "seconds": asked.as_secs_f64(),
            "us_per_route": asked.as_secs_f64() * 1e6 / routes.len() as f64,
            "pairs": within.iter().sum::<usize>(),
            "peak_mb": features::peak_mb(),
        })
    );
    Ok(())
}
