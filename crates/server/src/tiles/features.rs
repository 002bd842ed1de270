//! What of a record is drawn, in which layer, with which marks.
//!
//! What is danger, worked or released is for the rules to say ([`safelane_rules::danger`]); here it
//! becomes shapes with properties, and reference data join them.

use safelane_geometry::{MultiPolygon, Shape as Outline};
use safelane_ledger::Status;
use safelane_model::body::{self, Map};
use safelane_rules::danger::{self, Layer, Mark};
use safelane_rules::record::Version;
use safelane_rules::{Record, World};

use super::index::{Geometry, Meaning, Shape};
use super::mvt::Val;
use super::world::{P, areas};
use crate::board::{Known, Settings, standing_word};

/// Every layer, in the order in which it is drawn.
pub const LAYERS: [&str; 11] = [
    ADMIN,
    TASKS,
    ZONES,
    WORKED,
    RELEASED,
    PROPOSED,
    HAZARDS,
    SETTLEMENTS,
    ITEMS,
    ACCIDENTS,
    DEMO,
];

/// Districts.
pub const ADMIN: &str = "admin";
/// Boundaries of tasks.
pub const TASKS: &str = "tasks";
/// Civilian-risk zones.
pub const ZONES: &str = "zones";
/// Worked, not released (S3).
pub const WORKED: &str = "worked";
/// Released: cleared, reduced, cancelled; and what imported sources claim, marked `claimed`.
pub const RELEASED: &str = "released";
/// What would be released, were it approved.
pub const PROPOSED: &str = "proposed";
/// Hazardous areas; also the danger around an item or accident in released or worked ground.
pub const HAZARDS: &str = "hazards";
/// Settlements.
pub const SETTLEMENTS: &str = "settlements";
/// Items of explosive ordnance.
pub const ITEMS: &str = "items";
/// Accidents and incidents.
pub const ACCIDENTS: &str = "accidents";
/// One place in each tile of a made-up programme, to be painted as DEMO.
pub const DEMO: &str = "demo";

/// Layers whose places are drawn roughly for readers who may not see them exactly (design 8).
pub const EXACT: [&str; 2] = [ITEMS, ACCIDENTS];

/// The shapes of a record, as the world stands.
pub fn features(known: &Known, world: &dyn World, settings: &Settings) -> Vec<Shape> {
    let pen = Pen {
        known,
        body: known.body(),
        settings,
    };
    let mut shapes: Vec<Shape> = danger::features(&known.record, world)
        .iter()
        .filter_map(|feature| pen.known_danger(feature))
        .collect();
    shapes.extend(match known.summary.kind.as_str() {
        "clearance" | "non-technical-survey" => pen.proposed(),
        "task" => pen.plain(TASKS),
        "admin-area" => pen.plain(ADMIN),
        "settlement" => pen.place(SETTLEMENTS),
        _ => Vec::new(),
    });
    shapes
}

struct Pen<'a> {
    known: &'a Known,
    body: Map,
    settings: &'a Settings,
}

type Properties = Vec<(&'static str, Val<'static>)>;

impl Pen<'_> {
    fn record(&self) -> &Record {
        &self.known.record
    }

    fn properties(&self, reported: bool) -> Properties {
        let row = &self.known.row;
        let text = |text: &str| Val::Text(text.to_owned().into());
        let mut properties = vec![
            ("record", text(&row.record.to_string())),
            ("kind", text(&row.kind)),
            ("standing", text(&standing_word(row.standing))),
            // "Reported, not yet reviewed".
            ("reported", Val::Bool(reported)),
        ];
        if self.settings.demo {
            properties.push(("demo", Val::Bool(true)));
        }
        if let Some(reference) = &row.reference {
            properties.push(("reference", text(reference.as_str())));
        }
        if let Some(name) = &row.name {
            properties.push(("name", text(name)));
        }
        for key in ["day", "completed_on", "found_on", "on", "event", "category"] {
            if let Some(value) = body::text(&self.body, key) {
                properties.push((key, text(value)));
            }
        }
        properties
    }

    fn shape(
        &self,
        layer: &'static str,
        properties: Properties,
        geometry: Geometry,
        danger: u8,
    ) -> Shape {
        Shape {
            layer,
            record: self.known.summary.record,
            properties,
            geometry,
            danger,
        }
    }

    /// What the rules draw of it.
    fn known_danger(&self, feature: &danger::Feature) -> Option<Shape> {
        let (layer, meaning, rank) = match feature.layer {
            // A closed hazardous area is what its releases and its history show.
            Layer::Hazard if !feature.danger => return None,
            Layer::Hazard => (HAZARDS, Meaning::Danger, 12),
            Layer::Item => (ITEMS, Meaning::Danger, 9),
            Layer::Accident => (ACCIDENTS, Meaning::Danger, 5),
            Layer::Released | Layer::Claimed => (RELEASED, Meaning::Release, 1),
            Layer::Worked => (WORKED, Meaning::Plain, 1),
            Layer::Zone => (ZONES, Meaning::Plain, 1),
        };
        let marked = |mark| feature.marks.contains(&mark);
        let mut properties = self.properties(marked(Mark::Reported));
        if !feature.code.is_empty() {
            let key = match feature.layer {
                Layer::Released | Layer::Claimed => "way",
                _ => "class",
            };
            properties.push((key, Val::Text(feature.code.clone().into())));
        }
        if let Some(standing) = feature.standing {
            properties.push(("status", Val::Text(standing.code().into())));
        }
        for (mark, key) in [
            (Mark::Imported, "imported"),
            (Mark::Claimed, "claimed"),
            (Mark::ReportedLifted, "lifted_not_verified"),
            (Mark::TwoVersions, "two_versions"),
            (Mark::Frozen, "frozen"),
        ] {
            if marked(mark) {
                properties.push((key, Val::Bool(true)));
            }
        }
        if feature.layer == Layer::Item {
            properties.push(("in_the_ground", Val::Bool(true)));
        }
        if let Some(as_of) = feature.as_of {
            properties.push(("as_of", Val::Text(as_of.to_string().into())));
        }
        let remaining = feature.remaining.as_ref();
        let geometry = match (remaining, &feature.shape) {
            (Some(ground), _) => of_ground(ground, meaning)?,
            (None, Outline::Polygons { polygons }) => of_ground(polygons, meaning)?,
            (None, Outline::Point { at }) => Geometry::Point(P::of(*at)),
            (None, Outline::Line { points }) => Geometry::Point(P::of(*points.first()?)),
        };
        Some(self.shape(layer, properties, geometry, rank))
    }

    /// What would be released, were it approved: drawn apart, taking nothing from a hazard.
    fn proposed(&self) -> Vec<Shape> {
        let waiting = self
            .record()
            .current()
            .filter(|version| version.status == Status::Open);
        waiting
            .flat_map(|version| version.content.releases())
            .filter_map(|part| {
                let mut properties = self.properties(true);
                properties.push(("way", Val::Text(part.way.code().into())));
                let geometry = of_ground(&part.outline.shape, Meaning::Release)?;
                Some(self.shape(PROPOSED, properties, geometry, 1))
            })
            .collect()
    }

    fn plain(&self, layer: &'static str) -> Vec<Shape> {
        if self.record().is_ended() {
            return Vec::new();
        }
        let drawn = |version: &Version| {
            let mut properties = self.properties(version.status != Status::Official);
            if let Some(status) = body::text(&self.body, "status") {
                properties.push(("status", Val::Text(status.to_owned().into())));
            }
            let shapes = version.content.shapes();
            let areas = shapes
                .into_iter()
                .filter_map(|shape| of_ground(shape, Meaning::Plain));
            areas
                .map(|geometry| self.shape(layer, properties.clone(), geometry, 1))
                .collect::<Vec<_>>()
        };
        self.record().current().flat_map(drawn).collect()
    }

    fn place(&self, layer: &'static str) -> Vec<Shape> {
        let place = body::place(&self.body, "place");
        place
            .filter(|_| !self.record().is_ended())
            .map(|place| {
                let geometry = Geometry::Point(P::of(place.at));
                self.shape(layer, self.properties(false), geometry, 1)
            })
            .into_iter()
            .collect()
    }
}

fn of_ground(ground: &MultiPolygon, meaning: Meaning) -> Option<Geometry> {
    (!ground.is_empty()).then(|| Geometry::Areas(areas(ground), meaning))
}
