//! From a draft to the acts of one press: what is signed together stands or falls together.

use safelane_ledger::{Act, KindVersion, RecordId};
use safelane_model::body::{self, Map};
use safelane_model::kinds::non_technical_survey::{
    NonTechnicalSurvey, evidence::Evidence, outline::Outline,
};
use safelane_model::kinds::{Kind, hazardous_area, non_technical_survey};
use safelane_model::paper;
use serde_json::{Value, json};

use super::engine::{NewRevision, SubmitError};
use super::form::{Form, layout};
use super::local::World;

/// Signs and stores a draft, and takes it off the disk; [`super::draft::Editor::forget`] takes it off the screen.
///
/// Runs after the press, outside of any component: nothing here may ask for a context.
pub async fn submit(form: Form) -> Result<(), SubmitError> {
    let record = form.editor.record;
    let fields = form
        .editor
        .with_untracked(|body| layout::cleaned(form.kind, body));
    let parents = form.editor.parents_untracked();
    let acts = form.world(|world| {
        acts(
            form.kind,
            record,
            fields,
            parents,
            world,
            super::engine::new_record,
        )
    });
    form.engine.submit(acts, vec![record.to_string()]).await?;
    Ok(())
}

fn version(kind: &Kind) -> KindVersion {
    KindVersion::new(kind.name, kind.version).expect("every kind of the model has a sound name")
}

/// The acts of a press. `fresh` names new records.
pub fn acts(
    kind: &'static Kind,
    record: RecordId,
    mut fields: Map,
    parents: Vec<safelane_ledger::RevisionId>,
    world: &World,
    mut fresh: impl FnMut() -> RecordId,
) -> Vec<NewRevision> {
    let mut more = Vec::new();
    if kind.name == "non-technical-survey" {
        more = new_hazards(record, &mut fields, world, &mut fresh);
    }
    let put = NewRevision {
        record,
        kind: version(kind),
        act: Act::Put,
        parents,
        body: fields,
    };
    std::iter::once(put).chain(more).collect()
}

/// A survey that finds ground suspected or confirmed carries the hazardous area in the same submission.
fn new_hazards(
    survey: RecordId,
    fields: &mut Map,
    world: &World,
    fresh: &mut impl FnMut() -> RecordId,
) -> Vec<NewRevision> {
    let known = fields.clone();
    let mut made = Vec::new();
    let outlines = fields
        .get_mut(non_technical_survey::key::outlines)
        .and_then(Value::as_array_mut);
    for entry in outlines
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        let outline = Outline::of(entry);
        let class = match outline.outcome() {
            Some("new-sha") => "sha",
            Some("new-cha") => "cha",
            _ => continue,
        };
        // A correction goes on with the area that the first version made.
        let id: RecordId = outline.makes().map_or_else(&mut *fresh, RecordId::from);
        let body = hazard_body(survey, &known, entry, class);
        entry.insert("makes".to_owned(), id.to_string().into());
        let before = world.get(id);
        let parents = before
            .map(super::local::Record::parents_of_a_correction)
            .unwrap_or_default();
        let body = match before.and_then(super::local::Record::body) {
            // What others added to the area meanwhile is kept.
            Some(old) => old
                .iter()
                .filter(|(key, _)| !body.contains_key(*key))
                .map(|(key, value)| (key.clone(), value.clone()))
                .chain(body.clone())
                .collect(),
            None => body,
        };
        made.push(NewRevision {
            record: id,
            kind: version(&hazardous_area::HazardousArea::KIND),
            act: Act::Put,
            parents,
            body,
        });
    }
    made
}

fn hazard_body(survey: RecordId, fields: &Map, outline: &Map, class: &str) -> Map {
    use hazardous_area::key;
    let report = NonTechnicalSurvey::of(fields);
    let codes = |directness: &str| -> Vec<String> {
        let entries = report.evidence();
        let mut found: Vec<String> = entries
            .into_iter()
            .map(Evidence::of)
            .filter(|entry| entry.directness() == Some(directness))
            .filter_map(|entry| {
                entry
                    .direct_evidence()
                    .or(entry.indirect_evidence())
                    .map(str::to_owned)
            })
            .collect();
        found.sort();
        found.dedup();
        found
    };
    let (direct, indirect) = (codes("direct"), codes("indirect"));
    let mut body = Map::new();
    body.insert(key::classification.to_owned(), class.into());
    body.insert(key::status.to_owned(), "open".into());
    body.insert(key::opening.to_owned(), "new".into());
    body.insert(key::survey.to_owned(), survey.to_string().into());
    for (from, to) in [
        ("contamination", key::contamination),
        ("ground", key::ground),
    ] {
        if let Some(value) = outline.get(from) {
            body.insert(to.to_owned(), value.clone());
        }
    }
    if let Some(day) = body::text(fields, "day") {
        body.insert(key::opened_on.to_owned(), day.into());
    }
    // From the same sheet, and so the same people may not approve it.
    for paper in paper::FIELDS {
        if let Some(value) = fields.get(paper.key) {
            body.insert(paper.key.to_owned(), value.clone());
        }
    }
    if !direct.is_empty() {
        body.insert(key::evidence.to_owned(), "direct".into());
        body.insert(key::direct_evidence.to_owned(), json!(direct));
    } else if !indirect.is_empty() {
        body.insert(key::evidence.to_owned(), "indirect".into());
        body.insert(key::indirect_evidence.to_owned(), json!(indirect));
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use safelane_model::kinds;
    use safelane_model::{Date, check};

    fn id(number: u128) -> RecordId {
        uuid::Uuid::from_u128(number).into()
    }

    #[test]
    fn a_survey_carries_the_hazardous_area_that_it_finds() {
        let ground = json!({"how": "typed", "shape": {"type": "Polygons", "polygons": [[[[0, 0], [9_000, 0], [9_000, 9_000]]]]}, "statistic": "not-stated"});
        let fields = json!({
            "survey_type": "field", "day": "2026-11-22", "methods": ["site-inspection"],
            "paper": "lost", "reported_by_person": id(8).to_string(), "entered_by": id(9).to_string(),
            "sheet_missing": "Read out by radio",
            "evidence": [{"directness": "direct", "direct_evidence": "visual-observation"}],
            "outlines": [
                {"outcome": "no-change", "hazard": id(5).to_string()},
                {"outcome": "new-cha", "ground": ground, "contamination": ["ap-mine"]},
            ],
        });
        let kind = kinds::find("non-technical-survey").unwrap();
        let acts = acts(
            kind,
            id(1),
            fields.as_object().unwrap().clone(),
            Vec::new(),
            &World::default(),
            || id(7),
        );
        assert_eq!(
            acts.iter()
                .map(|act| (act.record, act.kind.name()))
                .collect::<Vec<_>>(),
            [(id(1), "non-technical-survey"), (id(7), "hazardous-area")]
        );
        assert_eq!(acts[0].body["outlines"][1]["makes"], id(7).to_string());
        let hazard = &acts[1].body;
        assert_eq!(
            (
                &hazard["classification"],
                &hazard["evidence"],
                &hazard["opened_on"]
            ),
            (&json!("cha"), &json!("direct"), &json!("2026-11-22"))
        );
        for named in ["paper", "reported_by_person", "entered_by", "sheet_missing"] {
            assert_eq!(hazard[named], acts[0].body[named], "{named}");
        }
        let context = check::Context {
            today: "2026-11-23".parse::<Date>().unwrap(),
            area: None,
        };
        for act in &acts {
            let kind = kinds::find(act.kind.name()).unwrap();
            assert!(
                !check::stops(&check::problems(kind, &act.body, &context)),
                "{:?}",
                check::problems(kind, &act.body, &context)
            );
        }
    }
}
