//! A made-up country of a stated size: hazardous areas in clusters, releases of them, settlements
//! and routes. The same for the same size on every machine.
//!
//! The shape of the data follows real ones: areas are log-normal about 20,000 m², outlines have 5
//! to 40 corners, 8 % have a hole, 60 % of the areas have releases, 2.5 for each area on the whole.

use std::f64::consts::TAU;
use std::fs::File;
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::Path;

use anyhow::{Result, bail};
use fastrand::Rng;
use serde_json::{Value, json};

/// Metres of a degree of latitude, and of a degree of longitude on the equator: near enough for
/// data that are made up.
const METRES: (f64, f64) = (111_320.0, 110_900.0);

/// Two stretches of ground: west, east, south, north, and the share of the clusters there.
const REGIONS: [([f64; 4], f64); 2] = [
    ([15.7, 19.7, 42.5, 45.3], 0.7),
    ([102.4, 107.6, 10.5, 14.6], 0.3),
];

/// How many of what.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Hazardous areas.
    pub areas: usize,
    /// Releases.
    pub releases: usize,
    /// Settlements, whose nearest hazardous area is asked for.
    pub settlements: usize,
    /// Routes of 50 points.
    pub routes: usize,
}

impl Size {
    /// S, M or L.
    pub fn named(name: &str) -> Result<Self> {
        let (areas, settlements) = match name {
            "S" => (1_000, 1_000),
            "M" => (20_000, 10_000),
            "L" => (200_000, 10_000),
            other => bail!("there is no size `{other}`: S, M or L"),
        };
        Ok(Self {
            areas,
            releases: areas * 5 / 2,
            settlements,
            routes: 1_000,
        })
    }
}

struct Country {
    random: Rng,
    clusters: Vec<(usize, [f64; 2])>,
}

/// A hazardous area, as far as its releases are made from it.
struct Area {
    at: [f64; 2],
    m2: f64,
}

/// Writes `hazards`, `releases`, `settlements` and `routes` as GeoJSON, one feature a line, and
/// the [`collections`].
pub fn write(size: Size, folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut country = Country::new(size.areas);
    let areas: Vec<Area> = (0..size.areas).map(|_| country.area()).collect();
    let hazards = (areas.iter().enumerate())
        .map(|(n, area)| country.hazard(n, area))
        .collect::<Vec<_>>();
    let released = country.released(size);
    let releases = (released.iter().enumerate())
        .map(|(n, area)| country.release(n, *area, &areas[*area]))
        .collect::<Vec<_>>();
    let settlements = (0..size.settlements)
        .map(|n| country.settlement(n))
        .collect::<Vec<_>>();
    let routes = (0..size.routes)
        .map(|n| country.route(n))
        .collect::<Vec<_>>();
    for (name, features) in [
        ("hazards", &hazards),
        ("releases", &releases),
        ("settlements", &settlements),
        ("routes", &routes),
    ] {
        lines(&folder.join(format!("{name}.ndjson")), features)?;
    }
    collections(folder)
}

/// Writes what is imported as whole collections beside the files of lines.
pub fn collections(folder: &Path) -> Result<()> {
    for name in ["hazards", "releases"] {
        let lines = BufReader::new(File::open(folder.join(format!("{name}.ndjson")))?).lines();
        let mut file = BufWriter::new(File::create(folder.join(format!("{name}.geojson")))?);
        write!(file, r#"{{"type":"FeatureCollection","features":["#)?;
        for (n, line) in lines.enumerate() {
            write!(file, "{}{}", if n == 0 { "" } else { "," }, line?)?;
        }
        write!(file, "]}}")?;
        file.flush()?;
    }
    Ok(())
}

fn lines(path: &Path, features: &[Value]) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for feature in features {
        writeln!(file, "{feature}")?;
    }
    Ok(file.flush()?)
}

impl Country {
    fn new(areas: usize) -> Self {
        let mut random = Rng::with_seed(20_260_101);
        let count = (areas / 150).max(30);
        let clusters = (0..count)
            .map(|_| {
                let region = usize::from(random.f64() > REGIONS[0].1);
                let [west, east, south, north] = REGIONS[region].0;
                let at = [
                    between(&mut random, west, east),
                    between(&mut random, south, north),
                ];
                (region, at)
            })
            .collect();
        Self { random, clusters }
    }

    /// A value of the normal distribution with this standard deviation (Box and Muller).
    fn normal(&mut self, deviation: f64) -> f64 {
        let (a, b) = (1.0 - self.random.f64(), self.random.f64());
        deviation * (-2.0 * a.ln()).sqrt() * (TAU * b).cos()
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        between(&mut self.random, low, high)
    }

    /// A place near a cluster, or now and then anywhere in its region.
    fn place(&mut self) -> [f64; 2] {
        let (region, [lon, lat]) = self.clusters[self.random.usize(..self.clusters.len())];
        let [west, east, south, north] = REGIONS[region].0;
        if self.random.f64() < 0.15 {
            return [self.between(west, east), self.between(south, north)];
        }
        let at = [lon + self.normal(0.045), lat + self.normal(0.03)];
        [at[0].clamp(west, east), at[1].clamp(south, north)]
    }

    fn area(&mut self) -> Area {
        let m2 = (20_000_f64.ln() + self.normal(1.3)).exp().clamp(400.0, 2e7);
        Area {
            at: self.place(),
            m2,
        }
    }

    /// A star-shaped ring, closed, and its least radius in metres.
    fn ring(&mut self, at: [f64; 2], radius: f64, corners: usize) -> (Vec<[f64; 2]>, f64) {
        let mut least = f64::INFINITY;
        let mut ring: Vec<[f64; 2]> = (0..corners)
            .map(|n| {
                let angle = TAU * (n as f64 + self.between(0.1, 0.9)) / corners as f64;
                let away = radius * self.normal(0.22).exp();
                least = least.min(away);
                moved(at, away * angle.cos(), away * angle.sin())
            })
            .collect();
        ring.push(ring[0]);
        (ring, least)
    }

    fn outline(&mut self, area: &Area, corners: (usize, usize), holes: f64) -> Value {
        let radius = (area.m2 / std::f64::consts::PI).sqrt();
        let count = self.random.usize(corners.0..=corners.1);
        let (shell, least) = self.ring(area.at, radius, count);
        let mut rings = vec![shell];
        if self.random.f64() < holes {
            let count = self.random.usize(5..10);
            // RFC 7946 wants a hole's corners with the clock.
            let (mut hole, _) = self.ring(area.at, (0.3 * least).min(0.3 * radius), count);
            hole.reverse();
            rings.push(hole);
        }
        json!({ "type": "Polygon", "coordinates": rings })
    }

    fn hazard(&mut self, n: usize, area: &Area) -> Value {
        let class = if self.random.f64() < 0.55 {
            "CHA"
        } else {
            "SHA"
        };
        let status = match self.random.f64() {
            x if x < 0.5 => "open",
            x if x < 0.7 => "worked",
            _ => "closed",
        };
        let properties = json!({
            "id": n + 1,
            "name": format!("HA-{:06}", n + 1),
            "kind": class,
            "status": status,
            "survey_date": self.day(1996, 30),
            "note": format!("Suspected after interview {}; line {}", n % 977, n % 53),
        });
        let geometry = self.outline(area, (5, 40), 0.08);
        feature(n, &properties, &geometry)
    }

    /// Which areas have a release, in their order; some many, most few.
    fn released(&mut self, size: Size) -> Vec<usize> {
        let some: Vec<usize> = (0..size.areas)
            .filter(|_| self.random.f64() < 0.6)
            .collect();
        // Weights of a gamma distribution of shape 2.
        let mut sum = 0.0;
        let sums: Vec<f64> = (some.iter())
            .map(|_| {
                let (a, b) = (1.0 - self.random.f64(), 1.0 - self.random.f64());
                sum -= (a * b).ln();
                sum
            })
            .collect();
        let more = size.releases.saturating_sub(some.len());
        let mut all = some.clone();
        for _ in 0..more {
            let at = self.random.f64() * sum;
            all.push(some[sums.partition_point(|one| *one < at).min(some.len() - 1)]);
        }
        all.sort_unstable();
        all.truncate(size.releases);
        all
    }

    fn release(&mut self, n: usize, of: usize, area: &Area) -> Value {
        let radius = (area.m2 / std::f64::consts::PI).sqrt();
        let (angle, away) = (self.random.f64() * TAU, radius * self.between(0.0, 0.9));
        let method = match self.random.f64() {
            x if x < 0.35 => "cancelled",
            x if x < 0.6 => "reduced",
            _ => "cleared",
        };
        let date = self.day(2000, 26);
        let part = Area {
            at: moved(area.at, away * angle.cos(), away * angle.sin()),
            m2: area.m2 * self.between(0.06, 0.6),
        };
        let geometry = self.outline(&part, (5, 30), 0.0);
        let properties =
            json!({ "id": n + 1, "hazard_id": of + 1, "method": method, "date": date });
        feature(n, &properties, &geometry)
    }

    fn settlement(&mut self, n: usize) -> Value {
        let at = self.place().map(rounded);
        let properties = json!({ "id": n + 1, "name": format!("Settlement {}", n + 1) });
        feature(
            n,
            &properties,
            &json!({ "type": "Point", "coordinates": at }),
        )
    }

    /// Fifty points, 80 to 400 m apart, that wind on from where they begin.
    fn route(&mut self, n: usize) -> Value {
        let mut at = self.place();
        let mut heading = self.random.f64() * TAU;
        let mut points = vec![at.map(rounded)];
        for _ in 0..49 {
            heading += self.normal(0.35);
            let step = self.between(80.0, 400.0);
            at = moved(at, step * heading.cos(), step * heading.sin());
            points.push(at);
        }
        let geometry = json!({ "type": "LineString", "coordinates": points });
        feature(n, &json!({ "id": n + 1 }), &geometry)
    }

    fn day(&mut self, first: u32, years: u32) -> String {
        let year = first + self.random.u32(..years);
        let (month, day) = (self.random.u32(1..=12), self.random.u32(1..=28));
        format!("{year}-{month:02}-{day:02}")
    }
}

fn between(random: &mut Rng, low: f64, high: f64) -> f64 {
    low + (high - low) * random.f64()
}

fn moved([lon, lat]: [f64; 2], east: f64, north: f64) -> [f64; 2] {
    let shrunk = METRES.0 * lat.to_radians().cos();
    [
        rounded(lon + east / shrunk),
        rounded(lat + north / METRES.1),
    ]
}

fn rounded(degrees: f64) -> f64 {
    (degrees * 1e7).round() / 1e7
}

fn feature(n: usize, properties: &Value, geometry: &Value) -> Value {
    json!({ "type": "Feature", "id": n + 1, "properties": properties, "geometry": geometry })
}
