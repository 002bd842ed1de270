//! Several versions of one record, answer by answer: what only some of them changed is offered,
//! what they changed differently waits for a person (S7: choose or combine).
//!
//! All versions at once, never two by two: the answer is the same in every order of them.
//!
//! | to do | use |
//! |---|---|
//! | know which statements a combination must name | [`heads`] |
//! | know what they came from | [`before`] |
//! | compare and offer | [`combine`], [`body`] |
//! | show an outline's m², gained and lost | [`figures`], [`outline_of_several`] |

use std::collections::{BTreeMap, BTreeSet};

use safelane_geometry::{Area, MultiPolygon, Shape, measure, shown};
use safelane_ledger::RevisionId;
use safelane_ledger::body::SALT_KEY;
use safelane_model::body::Map;
use safelane_model::{Field, FieldType, Ground, How, kinds};
use serde_json::Value;

use crate::content::Content;
use crate::effect::{ROUNDING_DM2, effect_of};
use crate::ground::{Dm2, lost, radius95};

/// One statement of a record, as far as versions are told apart by it.
#[derive(Clone, Copy, Debug)]
pub struct Stated<'a> {
    /// The statement.
    pub id: RevisionId,
    /// What it replaces.
    pub parents: &'a [RevisionId],
    /// Official, open or disputed: two versions last until one statement has replaced all such.
    pub current: bool,
    /// Whether it states a body, and does not end the record.
    pub puts: bool,
    /// Its body; none when that is not held here.
    pub body: Option<&'a Map>,
}

/// What the versions came from.
#[derive(Clone, Debug, PartialEq)]
pub enum Before<'a> {
    /// Nothing: each began by itself.
    Nothing,
    /// The nearest statements before all of them; more than one where histories cross.
    Bodies(Vec<&'a Map>),
    /// A statement or its body is not held here, so that nobody can tell who changed what.
    NotHere,
}

/// Who changed an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// All versions say the same.
    Same,
    /// Only these versions, by their index, changed it, and all of these alike.
    Only(Vec<usize>),
    /// Changed differently, or nobody can tell: a person chooses.
    Differ,
}

/// One answer in all versions.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// Key in the body; also one that this program does not know.
    pub key: String,
    /// Who changed it.
    pub change: Change,
    /// What each version says; none where it says nothing.
    pub values: Vec<Option<Value>>,
    /// Both together, where that means something: the union of outlines and of lists; of ground
    /// that a clearance reports only what every version reports.
    pub together: Option<Value>,
    /// What is offered. Where versions differ, what stands until somebody has chosen: what shows
    /// no less hazard than any of them.
    pub offered: Option<Value>,
}

/// The statements that one must replace to end the versions: all that are current and not
/// replaced by another current one. In the order of their ids; less than two are no versions.
pub fn heads(all: &[Stated<'_>]) -> Vec<RevisionId> {
    let known = by_id(all);
    let current = || all.iter().filter(|one| one.current).map(|one| one.id);
    let replaced: BTreeSet<RevisionId> = current().flat_map(|id| ancestors(&known, id).0).collect();
    let heads: BTreeSet<RevisionId> = current().filter(|id| !replaced.contains(id)).collect();
    heads.into_iter().collect()
}

/// What the versions came from: their nearest common ancestors that state a body.
pub fn before<'a>(all: &[Stated<'a>], versions: &[RevisionId]) -> Before<'a> {
    let known = by_id(all);
    let mut common: Option<BTreeSet<RevisionId>> = None;
    for version in versions {
        let (found, complete) = ancestors(&known, *version);
        if !complete {
            return Before::NotHere;
        }
        common = Some(match common {
            None => found,
            Some(common) => common.intersection(&found).copied().collect(),
        });
    }
    let mut common = common.unwrap_or_default();
    common.retain(|id| known.get(id).is_some_and(|one| one.puts));
    let replaced: BTreeSet<RevisionId> = (common.iter())
        .flat_map(|id| ancestors(&known, *id).0)
        .collect();
    let nearest: Vec<RevisionId> = common.difference(&replaced).copied().collect();
    if nearest.is_empty() {
        return Before::Nothing;
    }
    let bodies: Option<Vec<&Map>> = (nearest.iter())
        .map(|id| known.get(id).and_then(|one| one.body))
        .collect();
    bodies.map_or(Before::NotHere, Before::Bodies)
}

fn by_id<'s, 'a>(all: &'s [Stated<'a>]) -> BTreeMap<RevisionId, &'s Stated<'a>> {
    all.iter().map(|one| (one.id, one)).collect()
}

/// All statements before this one, and whether all of them are here.
fn ancestors(
    known: &BTreeMap<RevisionId, &Stated<'_>>,
    of: RevisionId,
) -> (BTreeSet<RevisionId>, bool) {
    let (mut found, mut complete) = (BTreeSet::new(), true);
    let mut next = vec![of];
    while let Some(id) = next.pop() {
        let Some(one) = known.get(&id) else {
            complete = false;
            continue;
        };
        next.extend(one.parents.iter().filter(|id| found.insert(**id)));
    }
    (found, complete)
}

/// Compares the versions of a record of this kind: its fields in the order of the form, then what
/// a newer program added. Answers that no version gives are left out.
pub fn combine(kind: &str, before: &Before<'_>, versions: &[&Map]) -> Vec<Compared> {
    let fields = kinds::find(kind).map_or(&[][..], |kind| kind.fields);
    let known = fields.iter().map(|field| field.key);
    let unknown: BTreeSet<&str> = (versions.iter())
        .flat_map(|version| version.keys().map(String::as_str))
        .filter(|key| *key != SALT_KEY && !fields.iter().any(|field| field.key == *key))
        .collect();
    (known.chain(unknown))
        .filter(|key| versions.iter().any(|version| version.contains_key(*key)))
        .map(|key| compare(kind, key, before, versions))
        .collect()
}

/// The body of the offered answers.
pub fn body(compared: &[Compared]) -> Map {
    (compared.iter())
        .filter_map(|one| Some((one.key.clone(), one.offered.clone()?)))
        .collect()
}

fn compare(kind: &str, key: &str, before: &Before<'_>, versions: &[&Map]) -> Compared {
    let values: Vec<Option<&Value>> = versions.iter().map(|version| version.get(key)).collect();
    let change = change(key, before, &values);
    let field = kinds::find(kind).and_then(|kind| kind.field(key));
    let together = field
        .filter(|_| change != Change::Same)
        .and_then(|field| together(kind, field, &values));
    let offered = match &change {
        Change::Same => values.first().copied().flatten().cloned(),
        Change::Only(by) => by.first().and_then(|index| values[*index]).cloned(),
        Change::Differ => together
            .clone()
            .or_else(|| cautious(kind, key, &values, versions)),
    };
    Compared {
        key: key.to_owned(),
        change,
        values: values.into_iter().map(Option::<&Value>::cloned).collect(),
        together,
        offered,
    }
}

fn change(key: &str, before: &Before<'_>, values: &[Option<&Value>]) -> Change {
    if values.iter().all(|value| *value == values[0]) {
        return Change::Same;
    }
    let base = match before {
        Before::NotHere => return Change::Differ,
        Before::Nothing => None,
        Before::Bodies(bodies) => {
            let base = bodies.first().and_then(|body| body.get(key));
            if bodies.iter().any(|body| body.get(key) != base) {
                return Change::Differ;
            }
            base
        }
    };
    let changed: Vec<usize> = (0..values.len())
        .filter(|index| values[*index] != base)
        .collect();
    let alike = changed
        .iter()
        .all(|index| values[*index] == values[changed[0]]);
    if alike {
        Change::Only(changed)
    } else {
        Change::Differ
    }
}

/// Of the values that versions state the one under which no version would show less hazard.
fn cautious(kind: &str, key: &str, values: &[Option<&Value>], versions: &[&Map]) -> Option<Value> {
    let shows_less = |value: Option<&Value>| {
        versions.iter().any(|version| {
            let mut with = (*version).clone();
            match value {
                Some(value) => drop(with.insert(key.to_owned(), value.clone())),
                None => drop(with.remove(key)),
            }
            let read = |map: &Map| Content::of_map(kind, map);
            effect_of(&read(&with), &[read(version)]).is_less()
        })
    };
    // What is said before what is not; then by content: the order of the versions decides nothing.
    let order = |value: Option<&Value>| {
        (
            shows_less(value),
            value.is_none(),
            value.map(Value::to_string),
        )
    };
    let all = values.iter().copied();
    all.min_by_key(|value| order(*value)).flatten().cloned()
}

fn together(kind: &str, field: &Field, values: &[Option<&Value>]) -> Option<Value> {
    match field.ty {
        FieldType::Ground => {
            let read = |value: &Value| serde_json::from_value::<Ground>(value.clone()).ok();
            let grounds: Vec<Option<Ground>> = (values.iter())
                .map(|value| value.map_or(Some(None), |value| read(value).map(Some)))
                .collect::<Option<_>>()?;
            serde_json::to_value(ground_of_several(kind, &grounds)?).ok()
        }
        FieldType::Choices(_)
        | FieldType::References(_)
        | FieldType::OtherReferences
        | FieldType::Photos => list_of_several(values),
        _ => None,
    }
}

/// All entries of all lists, each where it first stands.
fn list_of_several(values: &[Option<&Value>]) -> Option<Value> {
    let mut first: BTreeMap<String, (usize, &Value)> = BTreeMap::new();
    for list in values.iter().flatten() {
        for (index, entry) in list.as_array()?.iter().enumerate() {
            let kept = first.entry(entry.to_string()).or_insert((index, entry));
            kept.0 = kept.0.min(index);
        }
    }
    let mut entries: Vec<(usize, String, &Value)> = (first.into_iter())
        .map(|(text, (index, entry))| (index, text, entry))
        .collect();
    entries.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    Some(
        entries
            .into_iter()
            .map(|(_, _, entry)| entry.clone())
            .collect(),
    )
}

/// Whether of several outlines only what all of them hold is taken: they report work or release.
fn takes_the_common(kind: &str) -> bool {
    kind == "clearance"
}

/// One outline of several, as the map shows them (S7): of danger all that any holds, of ground
/// that a clearance reports only what each holds. Empty when nothing is left.
pub fn outline_of_several<'a>(
    kind: &str,
    outlines: impl IntoIterator<Item = &'a MultiPolygon>,
) -> MultiPolygon {
    let mut outlines: Vec<&MultiPolygon> = outlines.into_iter().collect();
    outlines.sort_by_cached_key(|outline| outline.positions().collect::<Vec<_>>());
    outlines.dedup();
    if takes_the_common(kind) {
        return shown::release(outlines);
    }
    let straight = shown::hazard(outlines.iter().copied());
    let holds = |whole: &MultiPolygon| {
        (outlines.iter()).all(|outline| lost(outline, whole) <= ROUNDING_DM2)
    };
    if holds(&straight) {
        return straight;
    }
    // Edges are drawn straight in degrees and measured along geodesics. Where long ones cross,
    // the union of what is drawn may miss some of what is measured.
    let areas: Vec<Area> = outlines.iter().map(|outline| Area::of(outline)).collect();
    shown::outward(&Area::union(&areas)).unwrap_or(straight)
}

/// One ground of several; none when nothing is common, or one of them is no area.
pub fn ground_of_several(kind: &str, grounds: &[Option<Ground>]) -> Option<Ground> {
    let stated: Vec<&Ground> = grounds.iter().flatten().collect();
    let outlines: Vec<&MultiPolygon> = (stated.iter())
        .map(|ground| ground.polygons())
        .collect::<Option<_>>()?;
    if takes_the_common(kind) && outlines.len() < grounds.len() {
        return None;
    }
    let shape = outline_of_several(kind, outlines);
    if shape.is_empty() {
        return None;
    }
    // One corner walked makes the whole a sketch, as little exact as its worst part.
    let sketch = [How::Fix, How::Walked, How::Drawn];
    let sketch = sketch
        .into_iter()
        .find(|how| stated.iter().any(|one| one.how == *how));
    let mut ground = Ground::new(Shape::polygons(shape), sketch.unwrap_or(How::Taken));
    let worst = (stated.iter())
        .filter_map(|one| Some((radius95(one.accuracy_mm?, one.statistic), one)))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((_, worst)) = worst {
        (ground.accuracy_mm, ground.statistic) = (worst.accuracy_mm, worst.statistic);
    }
    ground.more = agreed(stated.iter().map(|one| &one.more));
    Some(ground)
}

/// Keys of newer programs that no two of the maps contradict.
fn agreed<'a>(maps: impl Iterator<Item = &'a Map> + Clone) -> Map {
    let contradicted = |key: &str, value: &Value| {
        (maps.clone()).any(|map| map.get(key).is_some_and(|other| other != value))
    };
    (maps.clone().flatten())
        .filter(|(key, value)| !contradicted(key, value))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// An outline's m², and what of it stands outside another one, dm².
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// All of it.
    pub area: Dm2,
    /// What the other one does not hold.
    pub gained: Dm2,
    /// What the other one holds and it does not.
    pub lost: Dm2,
}

/// The figures of an outline beside the one that stands.
pub fn figures(outline: &MultiPolygon, stands: &MultiPolygon) -> Figures {
    Figures {
        area: measure::area_dm2(outline) as Dm2,
        gained: lost(outline, stands),
        lost: lost(stands, outline),
    }
}

#[cfg(test)]
mod tests;
