//! What every map, tile, collection and answer shows as danger, and as worked or released
//! (S3, S5, S7, S11).
//!
//! Danger counts from the moment that it is here; release only when approved. Of two versions
//! the union of hazards and the intersection of releases are shown.

mod answer;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use safelane_geometry::{MultiPolygon, Shape, shown};
use safelane_ledger::{RecordId, RevisionId, Status};
use safelane_model::{Date, Place};

use crate::accounts::{Account, Cut, CutBy};
use crate::checks::{find_is_settled, is_frozen};
use crate::content::{Content, Hazard, Outline, Standing};
use crate::ground::{lost, radius95, uncertainty};
use crate::record::{Record, Version};
use crate::world::World;

pub use answer::{Answer, Fix, NoPosition, answer};

/// What a feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// A hazardous area.
    Hazard,
    /// An item of explosive ordnance that is not destroyed.
    Item,
    /// An accident or incident.
    Accident,
    /// Released ground.
    Released,
    /// Released as an imported source claims; takes nothing from a hazard.
    Claimed,
    /// Worked, not released.
    Worked,
    /// A civilian-risk zone.
    Zone,
}

impl Layer {
    /// Stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Hazard => "hazard",
            Self::Item => "item",
            Self::Accident => "accident",
            Self::Released => "released",
            Self::Claimed => "claimed",
            Self::Worked => "worked",
            Self::Zone => "zone",
        }
    }
}

/// What must be said beside a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// Reported, not yet reviewed.
    Reported,
    /// Imported, not reviewed, as of a date.
    Imported,
    /// Claimed by a source.
    Claimed,
    /// Reported lifted, not verified.
    ReportedLifted,
    /// Two versions.
    TwoVersions,
    /// A release frozen by an alarm.
    Frozen,
}

impl Mark {
    /// Stable code; translation key `mark.<code>`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Reported => "reported",
            Self::Imported => "imported",
            Self::Claimed => "claimed",
            Self::ReportedLifted => "reported-lifted",
            Self::TwoVersions => "two-versions",
            Self::Frozen => "frozen",
        }
    }
}

/// One thing to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// The record.
    pub record: RecordId,
    /// The statement, one of them where several are shown together.
    pub revision: RevisionId,
    /// What it is.
    pub layer: Layer,
    /// Where.
    pub shape: Shape,
    /// What of a hazardous area remains after its releases; none where that is the whole shape.
    pub remaining: Option<MultiPolygon>,
    /// Class, way of release, category or report: `cha`, `cleared`, `ap-mine`, `progress`.
    pub code: String,
    /// Where a hazardous area stands.
    pub standing: Option<Standing>,
    /// Whether it is danger.
    pub danger: bool,
    /// Distance around it that is danger too, m (S4, S5).
    pub reach: f64,
    /// How far its position may be off, 95 %, m.
    pub uncertainty: f64,
    /// What must be said beside it.
    pub marks: BTreeSet<Mark>,
    /// Date of information of an import.
    pub as_of: Option<Date>,
}

/// Everything that a record puts on the map.
pub fn features(record: &Record, world: &dyn World) -> Vec<Feature> {
    // By what is stated, not by the record's kind: nothing stated beside it hides a danger.
    let mut features = hazards(record, world);
    features.extend(finds(record, world));
    features.extend(grounds(record, world));
    if record.kind == "civilian-risk-zone" {
        features.extend(zones(record));
    }
    features
}

fn feature(record: &Record, version: &Version, layer: Layer, shape: Shape) -> Feature {
    let mut marks = BTreeSet::new();
    if version.status != Status::Official {
        marks.insert(Mark::Reported);
    } else if version.imported {
        marks.insert(Mark::Imported);
    }
    if record.state.two_versions {
        marks.insert(Mark::TwoVersions);
    }
    Feature {
        record: record.id,
        revision: version.id,
        layer,
        shape,
        remaining: None,
        code: String::new(),
        standing: None,
        danger: false,
        reach: 0.0,
        uncertainty: 0.0,
        marks,
        as_of: None,
    }
}

/// The official hazardous area, and each report that would show more.
fn hazards(record: &Record, world: &dyn World) -> Vec<Feature> {
    let hazard = |version: &Version| match &version.content {
        Content::Hazard(hazard) => Some(hazard.as_ref().clone()),
        _ => None,
    };
    let officials: Vec<(&Version, Hazard)> = (record.officials())
        .filter_map(|version| Some((version, hazard(version)?)))
        .collect();
    let mut features: Vec<Feature> = official_hazard(record, &officials, world)
        .into_iter()
        .collect();
    for version in record
        .current()
        .filter(|version| version.status != Status::Official)
    {
        if let Some(reported) = hazard(version)
            && reported.standing != Standing::Closed
            && officials
                .iter()
                .all(|(_, official)| shows_more(official, &reported))
        {
            features.extend(hazard_feature(record, version, &reported, world));
        }
    }
    features
}

/// Whether a report shows danger that the official statement does not.
fn shows_more(official: &Hazard, reported: &Hazard) -> bool {
    let outgrows = match (&official.outline, &reported.outline) {
        (Some(official), Some(reported)) => lost(&reported.shape, &official.shape) > 1,
        (None, Some(_)) => true,
        (_, None) => reported.place != official.place,
    };
    official.standing == Standing::Closed
        || reported.class > official.class
        || !reported.contamination.is_subset(&official.contamination)
        || (reported.re_opened && reported.opened_on > official.opened_on)
        || outgrows
}

fn official_hazard(
    record: &Record,
    officials: &[(&Version, Hazard)],
    world: &dyn World,
) -> Option<Feature> {
    let (version, first) = officials.first()?;
    let mut joined = first.clone();
    for (_, other) in &officials[1..] {
        joined.class = joined.class.max(other.class);
        joined.standing = joined.standing.max(other.standing);
        joined.outline = union(joined.outline.take(), other.outline.clone());
        joined.place = joined.place.take().or_else(|| other.place.clone());
        joined.reported_lifted &= other.reported_lifted;
    }
    let mut feature = hazard_feature(record, version, &joined, world)?;
    if officials.iter().all(|(version, _)| version.imported) {
        feature.marks.insert(Mark::Imported);
    } else {
        feature.marks.remove(&Mark::Imported);
    }
    feature.remaining = shown_account(record.id, world)
        .filter(|account| account.ground != account.outline)
        // Where no valid shape holds all that remains, the whole outline stays danger.
        .and_then(|account| shown::outward(&account.ground));
    Some(feature)
}

fn union(a: Option<Outline>, b: Option<Outline>) -> Option<Outline> {
    match (a, b) {
        (Some(a), Some(b)) => {
            let both = shown::hazard([&*a.shape, &*b.shape]);
            Some(Outline {
                shape: Arc::new(both),
                ..a
            })
        }
        (a, b) => a.or(b),
    }
}

/// The account as the map may show it: frozen releases give their ground back, and of releases
/// with two versions only what both release is taken. None when nothing is released.
fn shown_account(hazard: RecordId, world: &dyn World) -> Option<Account> {
    let books = world.books();
    let official = books.account(hazard)?;
    if official.ground == official.outline {
        return None;
    }
    let mut replaced = BTreeMap::new();
    for release in world.naming(hazard) {
        if books.cuts(release.id).is_empty() {
            continue;
        }
        if is_frozen(&release, world) {
            replaced.insert(release.id, Vec::new());
        } else if release.state.two_versions {
            replaced.insert(release.id, Cut::shown(&release));
        }
    }
    if replaced.is_empty() {
        return Some(official.clone());
    }
    books.account_with(hazard, &replaced)
}

fn hazard_feature(
    record: &Record,
    version: &Version,
    hazard: &Hazard,
    world: &dyn World,
) -> Option<Feature> {
    let (shape, reach, off) = match (&hazard.outline, &hazard.place) {
        (Some(outline), _) => {
            let off = outline
                .accuracy_mm
                .map_or(0.0, |mm| radius95(mm, outline.statistic));
            (Shape::from(outline.shape.as_ref().clone()), 0.0, off)
        }
        (None, Some(place)) => {
            let reach = world.settings().uncertainty_radius_mm as f64 / 1_000.0;
            (Shape::point(place.at), reach, uncertainty(place))
        }
        (None, None) => return None,
    };
    let mut feature = feature(record, version, Layer::Hazard, shape);
    hazard.class.code().clone_into(&mut feature.code);
    feature.standing = Some(hazard.standing);
    feature.danger = hazard.standing != Standing::Closed;
    (feature.reach, feature.uncertainty) = (reach, off);
    feature.as_of = hazard.as_of;
    if hazard.reported_lifted {
        feature.marks.insert(Mark::ReportedLifted);
    }
    Some(feature)
}

/// Items until an approved statement says that they are gone; accidents always.
fn finds(record: &Record, world: &dyn World) -> Vec<Feature> {
    let reach = world.settings().danger_distance_mm as f64 / 1_000.0;
    let settled = find_is_settled(record);
    let mut places: Vec<Place> = Vec::new();
    let mut features = Vec::new();
    let official_first = |version: &&Version| version.status != Status::Official;
    let mut versions: Vec<&Version> = record.current().collect();
    versions.sort_by_key(official_first);
    for version in versions {
        let (layer, place, code, danger, as_of) = match &version.content {
            Content::Item(item) if item.in_the_ground => {
                (Layer::Item, &item.place, item.category.clone(), true, None)
            }
            Content::Accident(one) => (
                Layer::Accident,
                &one.place,
                "accident".to_owned(),
                !settled,
                one.as_of,
            ),
            _ => continue,
        };
        // One point for each place that any statement names.
        let Some(place) = place.as_ref().filter(|place| !places.contains(place)) else {
            continue;
        };
        places.push(place.clone());
        features.push(Feature {
            code,
            danger,
            reach,
            uncertainty: uncertainty(place),
            as_of,
            ..feature(record, version, layer, Shape::point(place.at))
        });
    }
    features
}

/// Released and worked ground.
fn grounds(record: &Record, world: &dyn World) -> Vec<Feature> {
    let mut features = Vec::new();
    let cuts = Cut::shown(record);
    let frozen = !cuts.is_empty() && is_frozen(record, world);
    for cut in cuts {
        let CutBy::Release { way, .. } = &cut.by else {
            continue;
        };
        let Some(version) = record.version(cut.revision) else {
            continue;
        };
        let shape = Shape::from(cut.ground.to_shape());
        let mut feature = feature(record, version, Layer::Released, shape);
        way.code().clone_into(&mut feature.code);
        if frozen {
            feature.marks.insert(Mark::Frozen);
        }
        features.push(feature);
    }
    let claims = record.officials().filter(|version| match &version.content {
        Content::Completion(done) => done.claimed || version.imported,
        Content::Survey(_) => version.imported,
        _ => false,
    });
    for version in claims {
        for shape in version.content.shapes() {
            let mut feature = feature(
                record,
                version,
                Layer::Claimed,
                Shape::from(shape.as_ref().clone()),
            );
            "claimed".clone_into(&mut feature.code);
            feature.marks.insert(Mark::Claimed);
            if let Content::Completion(done) = &version.content {
                feature.as_of = done.as_of;
            }
            features.push(feature);
        }
    }
    features.extend(worked(record));
    features
}

fn worked(record: &Record) -> Option<Feature> {
    let version = record
        .subject()
        .filter(|version| matches!(version.status, Status::Official | Status::Open))?;
    let Content::Progress(progress) = &version.content else {
        return None;
    };
    let shape = progress.outline.as_ref()?.shape.as_ref().clone();
    let mut feature = feature(record, version, Layer::Worked, Shape::from(shape));
    "progress".clone_into(&mut feature.code);
    Some(feature)
}

fn zones(record: &Record) -> Vec<Feature> {
    (record.current())
        .filter_map(|version| {
            let shape = version.content.shapes().first()?.as_ref().clone();
            let mut feature = feature(record, version, Layer::Zone, Shape::from(shape));
            "zone".clone_into(&mut feature.code);
            Some(feature)
        })
        .collect()
}

#[cfg(test)]
mod tests;
