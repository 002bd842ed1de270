//! What of a record is drawn, in which layer, with which marks.

use std::sync::Arc;

use safelane_geometry::{MultiPolygon, overlay};
use safelane_ledger::{Act, Status};
use safelane_model::body;
use safelane_rules::accounts::Account;
use safelane_rules::content::Standing;
use safelane_rules::record::Version;
use safelane_rules::{Content, Record};

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

/// The shapes of a record. `account` is the hazardous area's own.
pub fn features(known: &Known, account: Option<&Account>, settings: &Settings) -> Vec<Shape> {
    let pen = Pen { known, settings };
    match known.summary.kind.as_str() {
        "hazardous-area" => pen.hazard(account),
        "clearance" | "non-technical-survey" => pen.activity(),
        "explosive-ordnance" => pen.points(ITEMS),
        "accident" => pen.points(ACCIDENTS),
        "civilian-risk-zone" => pen.plain(ZONES),
        "task" => pen.plain(TASKS),
        "admin-area" => pen.plain(ADMIN),
        "settlement" => pen.places(SETTLEMENTS),
        _ => Vec::new(),
    }
}

/// How a statement's mark reads on the map (S11).
fn is_reported(version: &Version) -> bool {
    version.status != Status::Official && version.status != Status::Superseded
}

struct Pen<'a> {
    known: &'a Known,
    settings: &'a Settings,
}

type Properties = Vec<(&'static str, Val)>;

impl Pen<'_> {
    fn record(&self) -> &Record {
        &self.known.record
    }

    fn properties(&self, reported: bool) -> Properties {
        let row = &self.known.row;
        let text = |text: &str| Val::Text(text.to_owned());
        let mut properties = vec![
            ("record", Val::Text(row.record.to_string())),
            ("kind", text(&row.kind)),
            ("standing", Val::Text(standing_word(row.standing))),
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
        for key in ["as_of", "reported_lifted", "day", "found_on", "on"] {
            if let Some(value) = body::text(&self.known.body, key) {
                properties.push((key, text(value)));
            }
        }
        if self.known.summary.two_versions {
            properties.push(("two_versions", Val::Bool(true)));
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
            properties: Arc::new(properties),
            geometry,
            danger,
        }
    }

    /// S7, S11: what is official less what was released, and beside it everything reported; while
    /// there are two versions, all of them together.
    fn hazard(&self, account: Option<&Account>) -> Vec<Shape> {
        let record = self.record();
        let mut shapes = Vec::new();
        let mut official_outlines = Vec::new();
        for version in record.current() {
            let Content::Hazard(hazard) = &version.content else {
                continue;
            };
            let reported = is_reported(version);
            // A closing that nobody has approved closes nothing; its outline adds none either.
            if hazard.standing == Standing::Closed || (!reported && record.is_ended()) {
                continue;
            }
            let mut properties = self.properties(reported);
            properties.push(("class", Val::Text(hazard.class.code().to_owned())));
            properties.push(("status", Val::Text(hazard.standing.code().to_owned())));
            if hazard.reported_lifted {
                properties.push(("lifted_not_verified", Val::Bool(true)));
            }
            let danger = 10 + hazard.class as u8;
            match (&hazard.outline, &hazard.place) {
                (Some(outline), _) => {
                    let remaining = (!reported && !record.state.two_versions)
                        .then(|| account.map(|account| account.ground.to_shape()))
                        .flatten();
                    // Without an account (an indication) the outline itself is what is left.
                    let counted = account.is_some_and(|account| account.class().is_some());
                    let drawn = match remaining {
                        Some(ground) if counted => ground,
                        _ => MultiPolygon::clone(&outline.shape),
                    };
                    if !reported {
                        official_outlines.push(Arc::clone(&outline.shape));
                    } else if official_outlines.contains(&outline.shape) {
                        continue;
                    }
                    if drawn.is_empty() {
                        continue;
                    }
                    let geometry = Geometry::Areas(areas(&drawn), Meaning::Danger);
                    shapes.push(self.shape(HAZARDS, properties, geometry, danger));
                }
                (None, _) => {
                    if let Some(at) = version.content.point() {
                        shapes.push(self.shape(
                            HAZARDS,
                            properties,
                            Geometry::Point(P::of(at)),
                            danger,
                        ));
                    }
                }
            }
        }
        shapes
    }

    /// Worked ground; what is released, of two versions only what all of them release (S7); what is
    /// proposed.
    fn activity(&self) -> Vec<Shape> {
        let record = self.record();
        let mut shapes = Vec::new();
        let officials: Vec<&Version> = record.officials().collect();
        for version in record.current() {
            let reported = is_reported(version);
            if !reported && record.is_ended() {
                continue;
            }
            match &version.content {
                Content::Progress(progress) => {
                    if let Some(outline) = &progress.outline {
                        let geometry = Geometry::Areas(areas(&outline.shape), Meaning::Plain);
                        shapes.push(self.shape(WORKED, self.properties(reported), geometry, 1));
                    }
                }
                Content::Completion(done) if done.parts.is_empty() => {
                    if let Some(outline) = &done.outline {
                        let way = "cleared";
                        shapes.push(self.release(version, way, &outline.shape, &officials));
                    }
                }
                content => {
                    for part in content.releases() {
                        shapes.push(self.release(
                            version,
                            part.way.code(),
                            &part.outline.shape,
                            &officials,
                        ));
                    }
                }
            }
        }
        shapes
    }

    fn release(
        &self,
        version: &Version,
        way: &str,
        shape: &MultiPolygon,
        officials: &[&Version],
    ) -> Shape {
        let reported = is_reported(version);
        let mut properties = self.properties(reported);
        properties.push(("way", Val::Text(way.to_owned())));
        let claimed = version.act == Act::Import;
        if claimed {
            // Cuts nothing until two people have linked and accepted it.
            properties.push(("claimed", Val::Bool(true)));
        }
        let others = officials.iter().filter(|other| other.id != version.id);
        let common = others.fold(None, |common: Option<MultiPolygon>, other| {
            let theirs: Vec<&MultiPolygon> =
                other.content.shapes().into_iter().map(|s| &**s).collect();
            let theirs = overlay::union(theirs).to_shape();
            let mine = common.as_ref().unwrap_or(shape);
            Some(overlay::intersection([mine, &theirs]).to_shape())
        });
        let drawn = if reported { None } else { common };
        let geometry = Geometry::Areas(areas(drawn.as_ref().unwrap_or(shape)), Meaning::Release);
        let layer = if reported { PROPOSED } else { RELEASED };
        self.shape(layer, properties, geometry, 1)
    }

    /// S11: an item not destroyed and an accident count from the moment the hub has them.
    fn points(&self, layer: &'static str) -> Vec<Shape> {
        let record = self.record();
        let mut shapes: Vec<Shape> = Vec::new();
        for version in record.current() {
            let reported = is_reported(version);
            if !reported && record.is_ended() {
                continue;
            }
            let Some(at) = version.content.point() else {
                continue;
            };
            let mut properties = self.properties(reported);
            let mut danger = 5;
            if let Content::Item(item) = &version.content {
                properties.push(("category", Val::Text(item.category.clone())));
                properties.push(("in_the_ground", Val::Bool(item.in_the_ground)));
                danger = if item.in_the_ground { 9 } else { 2 };
            }
            if let Some(event) = body::text(&self.known.body, "event") {
                properties.push(("event", Val::Text(event.to_owned())));
            }
            let geometry = Geometry::Point(P::of(at));
            // The same place in two statements is one symbol, the official's.
            if shapes.iter().all(|shape| shape.geometry != geometry) {
                shapes.push(self.shape(layer, properties, geometry, danger));
            }
        }
        shapes
    }

    fn plain(&self, layer: &'static str) -> Vec<Shape> {
        let record = self.record();
        if record.is_ended() {
            return Vec::new();
        }
        let current = record.current();
        current
            .flat_map(|version| {
                let mut properties = self.properties(is_reported(version));
                if let Some(status) = body::text(&self.known.body, "status") {
                    properties.push(("status", Val::Text(status.to_owned())));
                }
                let shapes = version.content.shapes();
                shapes.into_iter().map(move |shape| {
                    let geometry = Geometry::Areas(areas(shape), Meaning::Plain);
                    self.shape(layer, properties.clone(), geometry, 1)
                })
            })
            .collect()
    }

    fn places(&self, layer: &'static str) -> Vec<Shape> {
        let place = body::place(&self.known.body, "place");
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
