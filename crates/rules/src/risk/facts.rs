//! What a zone's score is made from, pulled from the records that it links and that lie in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use safelane_geometry::{Area, Bbox, MultiPolygon, Shape};
use safelane_ledger::RecordId;
use safelane_model::{Date, Place};

use super::policy::SCHOOL_DISTANCE;
use crate::checks::{self, Life};
use crate::content::{Class, Content, Outline, Zone};
use crate::danger::{self, Layer};
use crate::ground::{distance_to, radius95, uncertainty, widened};
use crate::record::Record;
use crate::world::World;

/// How far beyond a shape points are looked up: their own accuracy may be poor.
const POOR_ACCURACY: f64 = 1_000.0;

/// How sure it is that something lies there, the surest last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// Nothing remains, or the hazardous area is closed.
    Residual,
    /// A lead without evidence.
    Indication,
    /// A suspected hazardous area.
    Suspected,
    /// A confirmed hazardous area.
    Confirmed,
}

impl Evidence {
    /// Stable code: those of `classification`, and `residual`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Residual => "residual",
            Self::Indication => "indication",
            Self::Suspected => "sha",
            Self::Confirmed => "cha",
        }
    }
}

/// A hazardous area of the zone as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HazardFact {
    /// The record.
    pub record: RecordId,
    /// How sure it is.
    pub evidence: Evidence,
    /// What it is contaminated with.
    pub contamination: BTreeSet<String>,
}

/// An accident with harm in the zone, or that the zone names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccidentFact {
    /// The record.
    pub record: RecordId,
    /// Its day, if anybody stated one.
    pub on: Option<Date>,
}

/// A school or health post inside or near a confirmed hazardous area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchoolFact {
    /// The school or health post.
    pub settlement: RecordId,
    /// The hazardous area.
    pub hazard: RecordId,
    /// Metres between them at least, rounded down; 0 inside.
    pub metres: u32,
}

/// Everything that the formula asks.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// What the zone itself says.
    pub zone: Zone,
    /// Hazardous areas that it names or that meet it, in the order of their ids.
    pub hazards: Vec<HazardFact>,
    /// Accidents in it, or that it names.
    pub accidents: Vec<AccidentFact>,
    /// Schools and health posts at a confirmed hazardous area here.
    pub schools: Vec<SchoolFact>,
    /// Items and accidents in released ground here, not settled.
    pub finds: Vec<RecordId>,
}

impl Facts {
    /// The facts as the world stands.
    pub fn of(zone: &Zone, world: &dyn World, today: Date) -> Self {
        let place = ZonePlace::of(zone.outline.as_ref());
        let hazards = hazards(zone, &place, world);
        let around = Around {
            zone: place,
            hazards: &hazards,
            world,
        };
        Self {
            zone: zone.clone(),
            accidents: around.accidents(&zone.accidents),
            schools: around.schools(),
            finds: around.finds(today),
            hazards: hazards.values().map(|one| one.fact.clone()).collect(),
        }
    }
}

/// The zone's ground with what its points may be off.
struct ZonePlace<'a> {
    shape: Option<&'a MultiPolygon>,
    off: f64,
}

impl<'a> ZonePlace<'a> {
    fn of(outline: Option<&'a Outline>) -> Self {
        let off = outline.and_then(|one| Some(radius95(one.accuracy_mm?, one.statistic)));
        Self {
            shape: outline.map(|outline| outline.shape.as_ref()),
            off: off.unwrap_or(0.0),
        }
    }

    fn bbox(&self) -> Option<Bbox> {
        self.shape.and_then(MultiPolygon::bbox)
    }

    /// Metres to a point at least, with the accuracy of both taken off (S8).
    fn distance(&self, place: &Place) -> Option<f64> {
        let metres = distance_to(self.shape?, place.at)?;
        Some((metres - self.off - uncertainty(place)).max(0.0))
    }

    fn holds(&self, place: &Place) -> bool {
        self.distance(place).is_some_and(|metres| metres <= 0.0)
    }
}

/// A hazardous area with the ground of it that is danger.
struct HazardHere {
    fact: HazardFact,
    shapes: Vec<(MultiPolygon, f64)>,
    outlines: Vec<Arc<MultiPolygon>>,
}

/// A hazardous area as it stands: danger from the moment that it is here, and what remains of it
/// as the map shows it. None for what left the record.
fn hazard_now(record: &Record, world: &dyn World) -> Option<HazardHere> {
    let mut here = HazardHere {
        fact: HazardFact {
            record: record.id,
            evidence: Evidence::Residual,
            contamination: BTreeSet::new(),
        },
        shapes: Vec::new(),
        outlines: Vec::new(),
    };
    for version in record.current() {
        if let Content::Hazard(hazard) = &version.content {
            let types = hazard.contamination.iter().cloned();
            here.fact.contamination.extend(types);
            here.outlines
                .extend(hazard.outline.iter().map(|one| one.shape.clone()));
        }
    }
    if record.is_ended() || here.fact.contamination.is_empty() {
        return None;
    }
    let features = danger::features(record, world).into_iter();
    for feature in features.filter(|one| one.layer == Layer::Hazard && one.danger) {
        let remains = feature
            .remaining
            .as_ref()
            .is_none_or(|left| !left.is_empty());
        if !remains {
            continue;
        }
        let class = Class::of(Some(&feature.code));
        here.fact.evidence = here.fact.evidence.max(match class {
            Class::Indication => Evidence::Indication,
            Class::Sha => Evidence::Suspected,
            Class::Cha => Evidence::Confirmed,
        });
        let shape = match (feature.remaining, feature.shape) {
            (Some(remaining), _) => Some(remaining),
            (None, Shape::Polygons { polygons }) => Some(polygons),
            (None, Shape::Point { .. } | Shape::Line { .. }) => None,
        };
        here.shapes
            .extend(shape.map(|shape| (shape, feature.uncertainty)));
    }
    Some(here)
}

/// The hazardous areas that the zone names, and those whose ground meets it: what lies in a zone is
/// part of its risk, whether or not somebody typed its number.
fn hazards(
    zone: &Zone,
    place: &ZonePlace<'_>,
    world: &dyn World,
) -> BTreeMap<RecordId, HazardHere> {
    let named = zone.hazards.iter().filter_map(|id| world.record(*id));
    let mut found: BTreeMap<RecordId, HazardHere> = named
        .filter_map(|record| Some((record.id, hazard_now(&record, world)?)))
        .collect();
    let (Some(shape), Some(bbox)) = (place.shape, place.bbox()) else {
        return found;
    };
    let ground = Area::of(shape);
    for record in world.near(bbox) {
        if record.kind != "hazardous-area" || found.contains_key(&record.id) {
            continue;
        }
        let meets = record.current().any(|version| {
            let points = version.content.point().into_iter();
            let on_point = points
                .filter_map(|at| distance_to(shape, at))
                .any(|metres| metres <= place.off);
            let shapes = version.content.shapes().into_iter();
            let on_shape = shapes.map(|one| ground.intersection(&Area::of(one)));
            on_point || on_shape.into_iter().any(|common| !common.is_empty())
        });
        if let Some(here) = meets.then(|| hazard_now(&record, world)).flatten() {
            found.insert(record.id, here);
        }
    }
    found
}

/// The zone with its hazardous areas in the world.
struct Around<'a> {
    zone: ZonePlace<'a>,
    hazards: &'a BTreeMap<RecordId, HazardHere>,
    world: &'a dyn World,
}

impl Around<'_> {
    /// Records within some metres of the zone and of its hazardous areas.
    fn near(&self, metres: f64) -> Vec<Arc<Record>> {
        let outlines = self.hazards.values().flat_map(|one| &one.outlines);
        let boxes = outlines.filter_map(|shape| shape.bbox());
        let around = boxes.chain(self.zone.bbox()).reduce(Bbox::join);
        around.map_or_else(Vec::new, |around| self.world.near(widened(around, metres)))
    }

    fn accidents(&self, named: &[RecordId]) -> Vec<AccidentFact> {
        let mut near = self.near(POOR_ACCURACY);
        near.extend(named.iter().filter_map(|id| self.world.record(*id)));
        near.sort_by_key(|record| record.id);
        near.dedup_by_key(|record| record.id);
        let fact = |record: &Arc<Record>| {
            let (mut here, mut harm) = (named.contains(&record.id), false);
            // Of several versions the more dangerous: the later day.
            let mut on = None;
            for version in record.current() {
                let Content::Accident(accident) = &version.content else {
                    continue;
                };
                here |= accident
                    .place
                    .as_ref()
                    .is_some_and(|at| self.zone.holds(at));
                harm |= accident.harm;
                on = on.max(accident.on);
            }
            let counts = here && harm && !record.is_ended();
            counts.then_some(AccidentFact {
                record: record.id,
                on,
            })
        };
        near.iter().filter_map(fact).collect()
    }

    /// Schools and health posts at a confirmed hazardous area: one of the zone's own, or any where
    /// the school itself lies at the zone.
    fn schools(&self) -> Vec<SchoolFact> {
        let near = self.near(SCHOOL_DISTANCE + POOR_ACCURACY);
        near.iter()
            .filter_map(|record| self.school(record))
            .collect()
    }

    fn school(&self, record: &Record) -> Option<SchoolFact> {
        if record.is_ended() {
            return None;
        }
        let places = record
            .current()
            .filter_map(|version| match &version.content {
                Content::Settlement(one) => {
                    let kind = one.settlement_type.as_str();
                    let place = one.place.as_ref()?;
                    matches!(kind, "school" | "health-post").then_some(place)
                }
                _ => None,
            });
        let mut nearest: Option<SchoolFact> = None;
        for place in places {
            let at_the_zone = self
                .zone
                .distance(place)
                .is_some_and(|m| m <= SCHOOL_DISTANCE);
            for (hazard, metres) in self.confirmed_near(place, at_the_zone) {
                let fact = SchoolFact {
                    settlement: record.id,
                    hazard,
                    metres: metres as u32,
                };
                if nearest.is_none_or(|least| fact.metres < least.metres) {
                    nearest = Some(fact);
                }
            }
        }
        nearest
    }

    /// Confirmed hazardous areas within the distance of a place: all, or the zone's own alone.
    fn confirmed_near(&self, place: &Place, all: bool) -> Vec<(RecordId, f64)> {
        let distance = |here: &HazardHere| {
            let shapes = here.shapes.iter();
            let metres = shapes.filter_map(|(shape, off)| {
                let metres = distance_to(shape, place.at)?;
                Some((metres - off - uncertainty(place)).max(0.0))
            });
            let least = metres.reduce(f64::min)?;
            let confirmed = here.fact.evidence == Evidence::Confirmed;
            (confirmed && least <= SCHOOL_DISTANCE).then_some((here.fact.record, least))
        };
        let mut found: Vec<_> = self.hazards.values().filter_map(distance).collect();
        let bbox = Bbox::around([place.at]).filter(|_| all);
        let others = bbox.map_or_else(Vec::new, |bbox| {
            let reach = SCHOOL_DISTANCE + uncertainty(place) + POOR_ACCURACY;
            self.world.near(widened(bbox, reach))
        });
        for record in others {
            if record.kind == "hazardous-area" && !self.hazards.contains_key(&record.id) {
                let here = hazard_now(&record, self.world);
                found.extend(here.as_ref().and_then(distance));
            }
        }
        found
    }

    /// Items and accidents in the zone or in its hazardous areas that lie in released ground, until
    /// two people have settled the alarm.
    fn finds(&self, today: Date) -> Vec<RecordId> {
        let near = self.near(POOR_ACCURACY);
        let found = near.iter().filter(|record| {
            if record.is_ended() {
                return false;
            }
            let mut places = record
                .current()
                .filter_map(|version| match &version.content {
                    Content::Item(item) => item.place.as_ref(),
                    Content::Accident(accident) => accident.place.as_ref(),
                    _ => None,
                });
            places.any(|place| self.zone.holds(place) || self.lies_in_a_hazard(place))
                && checks::run(record, self.world, today)
                    .iter()
                    .any(|one| one.code == "find-in-released-ground" && one.life != Life::Resolved)
        });
        found.map(|record| record.id).collect()
    }

    fn lies_in_a_hazard(&self, place: &Place) -> bool {
        let outlines = self.hazards.values().flat_map(|one| &one.outlines);
        let mut metres = outlines.filter_map(|shape| distance_to(shape, place.at));
        metres.any(|metres| metres <= uncertainty(place))
    }
}
