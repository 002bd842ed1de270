//! From the records on this device to what a map shows.

use safelane_geometry::{Bbox, MultiPolygon, Polygon, Position, Ring};
use safelane_ledger::RecordId;
use safelane_model::body::{self, Map};
use safelane_model::kinds::clearance::{Clearance, part::Part};
use safelane_model::kinds::explosive_ordnance::ExplosiveOrdnance;
use safelane_model::kinds::hazardous_area::HazardousArea;
use safelane_wire::sync::Scope;

use super::chart::{Layers, Look, Mark};
use super::local::{Record, Stage, World};

fn polygons(body: &Map, key: &str) -> Option<MultiPolygon> {
    body::ground(body, key)?.polygons().cloned()
}

fn name(record: &Record) -> String {
    record.number().unwrap_or_default().to_owned()
}

/// Everything that this device knows, for a map. `but` leaves one record out: the one being written.
pub fn of(world: &World, scope: Option<&Scope>, but: Option<RecordId>) -> Layers {
    let mut layers = Layers {
        scope: scope.and_then(outline),
        ..Layers::default()
    };
    for record in world
        .all()
        .filter(|record| Some(record.id) != but && record.state.ended.is_none())
    {
        match record.kind.as_str() {
            "hazardous-area" => hazard(&mut layers, record),
            "clearance" => clearance(&mut layers, record),
            "explosive-ordnance" => {
                let in_the_ground = record
                    .dangerous_bodies()
                    .filter(|body| ExplosiveOrdnance::of(body).is_in_the_ground());
                let places = in_the_ground.filter_map(|body| ExplosiveOrdnance::of(body).place());
                layers
                    .marks
                    .extend(places.map(|place| (Mark::Item, place.at, name(record))));
            }
            "accident" => {
                let places = record
                    .dangerous_bodies()
                    .filter_map(|body| body::place(body, "place"));
                layers
                    .marks
                    .extend(places.map(|place| (Mark::Accident, place.at, name(record))));
            }
            // A lead until somebody has been there.
            "civilian-report" => {
                let waiting = record
                    .dangerous_bodies()
                    .filter(|body| matches!(body::text(body, "response"), None | Some("waiting")));
                let places = waiting.filter_map(|body| body::place(body, "place"));
                layers
                    .marks
                    .extend(places.map(|place| (Mark::Indication, place.at, name(record))));
            }
            "civilian-risk-zone" => {
                let shapes = record.body().and_then(|body| polygons(body, "ground"));
                layers
                    .areas
                    .extend(shapes.map(|shape| (Look::Zone, shape, name(record))));
            }
            "task" => {
                let Some(body) = record.body() else { continue };
                layers.areas.extend(
                    polygons(body, "ground").map(|shape| (Look::Task, shape, name(record))),
                );
                layers.marks.extend(
                    body::place(body, "benchmark")
                        .map(|place| (Mark::Benchmark, place.at, name(record))),
                );
            }
            _ => {}
        }
    }
    layers
}

/// Where a map of a team's work looks first: the ground of its tasks, else everything that is here.
pub fn first_look(world: &World, team: Option<RecordId>, shown: &Layers) -> Option<Bbox> {
    let task = super::task::open_tasks(world, team)
        .into_iter()
        .find_map(|task| task_extent(world, task.id));
    task.or_else(|| shown.extent())
}

/// The box around a task: its boundary, else its hazardous areas, else its benchmark.
pub fn task_extent(world: &World, task: RecordId) -> Option<Bbox> {
    let body = world.get(task)?.body()?;
    let own = body::ground(body, "ground").and_then(|ground| ground.shape.bbox());
    let hazards = body::uuids(body, "hazards").into_iter().filter_map(|id| {
        body::ground(world.get(id.into())?.body()?, "ground")?
            .shape
            .bbox()
    });
    own.into_iter()
        .chain(hazards)
        .reduce(Bbox::join)
        .or_else(|| body::place(body, "benchmark").and_then(|place| Bbox::around([place.at])))
}

/// Danger counts from the moment it is here: every version without an approved descendant is drawn (S7, S11).
fn hazard(layers: &mut Layers, record: &Record) {
    let officials = &record.state.officials;
    for (id, body) in record
        .state
        .counts_for_danger()
        .filter_map(|id| Some((id, record.statements.get(&id)?.body.as_ref()?)))
    {
        let area = HazardousArea::of(body);
        if area.status() == Some("closed") && officials.contains(&id) {
            continue;
        }
        let look = match area.classification() {
            _ if !officials.contains(&id) => Look::Reported,
            Some("sha") => Look::Suspected,
            Some("indication") => {
                layers.marks.extend(
                    area.place()
                        .map(|place| (Mark::Indication, place.at, name(record))),
                );
                Look::Suspected
            }
            _ => Look::Confirmed,
        };
        layers
            .areas
            .extend(polygons(body, "ground").map(|shape| (look, shape, name(record))));
    }
}

/// Progress lies on the red; released ground only when it is approved.
fn clearance(layers: &mut Layers, record: &Record) {
    if matches!(record.stage(), Stage::Held(_) | Stage::Refused(_)) {
        return;
    }
    let Some(body) = record.body() else { return };
    if !Clearance::of(body).is_completion() {
        layers
            .areas
            .extend(polygons(body, "ground").map(|shape| (Look::Worked, shape, name(record))));
        return;
    }
    // Only what every official version releases is drawn as released (S7).
    if let Some(official) = record.official_body() {
        let report = Clearance::of(official);
        if !report.is_claimed() {
            let parts = report
                .parts()
                .into_iter()
                .filter_map(|entry| Part::of(entry).ground()?.polygons().cloned());
            layers
                .areas
                .extend(parts.map(|shape| (Look::Released, shape, name(record))));
        }
    }
}

/// The edge of what may be read.
fn outline(scope: &Scope) -> Option<MultiPolygon> {
    let ring = |ring: &Vec<[i64; 2]>| {
        ring.iter()
            .filter_map(|[lon, lat]| Position::try_new_e7(*lon, *lat).ok())
            .collect::<Ring>()
    };
    let outline = scope.outline.as_ref()?;
    let polygon = |rings: &Vec<Vec<[i64; 2]>>| {
        let mut rings = rings.iter().map(ring);
        Some(Polygon {
            exterior: rings.next()?,
            holes: rings.collect(),
        })
    };
    Some(MultiPolygon(outline.iter().filter_map(polygon).collect()))
}
