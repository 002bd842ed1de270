//! Which fields a form asks, in which steps. Pure: everything follows from the kind's `FIELDS`.

use safelane_model::body::Map;
use safelane_model::check::is_shown;
use safelane_model::kinds::clearance::Clearance;
use safelane_model::paper::{self, Paper};
use safelane_model::{Field, FieldType, kinds::Kind};

/// One step of a form.
#[derive(Clone, Debug)]
pub struct Step {
    /// Key of its section; translation `section.<section>`.
    pub section: &'static str,
    /// Fields asked now.
    pub fields: Vec<&'static Field>,
}

/// The steps of a kind, given what was answered so far; sections without a question are left out.
pub fn steps(kind: &Kind, body: &Map) -> Vec<Step> {
    kind.sections()
        .into_iter()
        .map(|section| Step {
            section,
            fields: asked(kind, section, body),
        })
        .filter(|step| !step.fields.is_empty())
        .collect()
}

fn asked(kind: &Kind, section: &str, body: &Map) -> Vec<&'static Field> {
    kind.fields
        .iter()
        .filter(|field| {
            field.section == section && is_shown(field, body) && is_asked(kind.name, field, body)
        })
        .collect()
}

/// Whether a person is asked this in the field at all: not what the app fills in itself or an import brings.
fn is_asked(kind: &str, field: &Field, body: &Map) -> bool {
    if matches!(field.section, "source" | paper::SECTION) {
        return false;
    }
    if Paper::of(body).is_stated()
        && let Some(asked) = is_asked_of_a_sheet(kind, field.key, body)
    {
        return asked;
    }
    match (kind, field.key) {
        // A date's reason only where a date asks for one: the check puts it there.
        (_, "date_reason") => body.contains_key("date_reason") || has_future_question(body),
        (
            "clearance",
            "report" | "ground_by" | "ground" | "depth" | "methods" | "stated_area" | "reason",
        ) => false,
        ("explosive-ordnance", "clearance" | "before_release" | "team") => false,
        ("accident", "before_release") => false,
        ("hazardous-area", "opened_from" | "changed_on" | "change_reason" | "survey") => false,
        ("non-technical-survey", "team") => false,
        ("civilian-report", "task" | "item") => false,
        _ => true,
    }
}

/// What a device knows by itself and a sheet has to be asked for; `None` where there is no difference.
fn is_asked_of_a_sheet(kind: &str, key: &str, body: &Map) -> Option<bool> {
    let report = Clearance::of(body);
    match (kind, key) {
        ("clearance", "task" | "team" | "day") => Some(!body.contains_key(DAY_MARK)),
        // Those of the task.
        ("clearance", "hazards") if body.contains_key(DAY_MARK) => Some(!body.contains_key(key)),
        ("clearance", "ground_by" | "depth" | "methods" | "stated_area" | "reason") => {
            Some(!report.is_completion())
        }
        // What lanes and outlines give is computed; what the sheet says of it is the area stated.
        ("clearance", "worked_area") => Some(report.ground_by() == Some("number")),
        ("clearance", "ground") => Some(report.ground_by() == Some("outline")),
        ("explosive-ordnance" | "non-technical-survey", "team") => Some(true),
        _ => None,
    }
}

fn has_future_question(body: &Map) -> bool {
    body.get(FUTURE_MARK).is_some()
}

/// A draft's own mark that a date lies in the future; taken out before signing.
pub const FUTURE_MARK: &str = "~future";

/// A draft's own mark: its record is the report of this task, section and day, which are not asked again.
pub const DAY_MARK: &str = "~day";

/// Whether a field of a group is asked: references that the submission fills in itself are not.
pub fn is_asked_in_group(group: &str, field: &Field) -> bool {
    !(group == "outlines" && field.key == "makes")
}

/// The step that holds a field, by its path.
pub fn step_of(steps: &[Step], path: &str) -> Option<usize> {
    let key = path.split('.').next().unwrap_or(path);
    steps
        .iter()
        .position(|step| step.fields.iter().any(|field| field.key == key))
}

/// The fields of a body without what was hidden by a later answer: those are not sent.
pub fn cleaned(kind: &Kind, body: &Map) -> Map {
    let mut clean = Map::new();
    for (key, value) in body.iter().filter(|(key, _)| !key.starts_with('~')) {
        match kind.field(key) {
            // What the record is about stays with it, asked or not: a completion names its task.
            Some(field)
                if !is_shown(field, body) && !matches!(field.ty, FieldType::Reference(_)) => {}
            Some(field) => {
                if let Some(value) = cleaned_value(field, value) {
                    clean.insert(key.clone(), value);
                }
            }
            // Fields of a newer program are kept.
            None => drop(clean.insert(key.clone(), value.clone())),
        }
    }
    clean
}

fn cleaned_value(field: &Field, value: &serde_json::Value) -> Option<serde_json::Value> {
    match (field.ty, value) {
        (FieldType::Text { .. }, serde_json::Value::String(text)) => {
            let text = text.trim();
            (!text.is_empty()).then(|| text.into())
        }
        (FieldType::Group(fields), serde_json::Value::Array(entries)) => {
            let entries: Vec<_> = entries
                .iter()
                .filter_map(serde_json::Value::as_object)
                .map(|entry| {
                    let shown = |key: &str| {
                        fields
                            .iter()
                            .find(|field| field.key == key)
                            .is_none_or(|field| is_shown(field, entry))
                    };
                    let kept = entry
                        .iter()
                        .filter(|(key, _)| !key.starts_with('~') && shown(key))
                        .map(|(key, value)| (key.clone(), value.clone()));
                    serde_json::Value::Object(kept.collect())
                })
                .filter(|entry| entry.as_object().is_some_and(|entry| !entry.is_empty()))
                .collect();
            (!entries.is_empty()).then_some(serde_json::Value::Array(entries))
        }
        (_, serde_json::Value::Array(values)) if values.is_empty() => None,
        (_, value) => Some(value.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use safelane_model::kinds;
    use serde_json::json;

    fn map(value: &serde_json::Value) -> Map {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn every_kind_of_the_field_has_steps_and_no_import_question() {
        for name in [
            "non-technical-survey",
            "civilian-risk-zone",
            "accident",
            "civilian-report",
            "explosive-ordnance",
            "hazardous-area",
        ] {
            let kind = kinds::find(name).unwrap();
            let steps = steps(kind, &Map::new());
            assert!(steps.len() >= 2, "{name}");
            assert!(steps.iter().all(|step| step.section != "source"));
        }
    }

    #[test]
    fn a_step_is_found_by_the_path_of_a_problem() {
        let kind = kinds::find("civilian-risk-zone").unwrap();
        let steps = steps(kind, &Map::new());
        assert_eq!(
            step_of(&steps, "women").map(|index| steps[index].section),
            Some("exposed")
        );
        assert_eq!(step_of(&steps, "nothing.0"), None);
    }

    #[test]
    fn what_a_later_answer_hid_is_not_sent() {
        let kind = kinds::find("non-technical-survey").unwrap();
        let body = map(&json!({
            "survey_type": "field", "~future": true, "recommendation": "  ",
            "evidence": [{"directness": "direct", "direct_evidence": "visual-observation", "indirect_evidence": "old-survey"}, {}],
        }));
        let clean = cleaned(kind, &body);
        assert_eq!(
            serde_json::Value::Object(clean),
            json!({
                "survey_type": "field",
                "evidence": [{"directness": "direct", "direct_evidence": "visual-observation"}],
            })
        );
    }

    #[test]
    fn a_sheet_is_asked_what_a_device_knows_and_no_form_asks_about_its_paper() {
        let kind = kinds::find("clearance").unwrap();
        let keys = |body: &serde_json::Value| -> Vec<&str> {
            let steps = steps(kind, &map(body));
            let fields = steps.iter().flat_map(|step| &step.fields);
            fields.map(|field| field.key).collect()
        };
        let device = keys(&json!({"report": "progress", "ground_by": "lanes"}));
        let sheet = json!({"report": "progress", "ground_by": "lanes", "paper": "photographed"});
        let sheet = keys(&sheet);
        for key in [
            "ground_by",
            "lanes",
            "lane_width",
            "methods",
            "depth",
            "stated_area",
            "day",
        ] {
            assert!(sheet.contains(&key), "{key}");
        }
        assert!(!sheet.contains(&"worked_area"), "the lanes give it");
        assert!(!device.contains(&"ground_by"));
        for field in paper::FIELDS {
            assert!(!device.contains(&field.key) && !sheet.contains(&field.key));
        }
        let of_the_day =
            json!({"report": "progress", "paper": "lost", "ground_by": "number", "~day": true});
        let of_the_day = keys(&of_the_day);
        assert!(of_the_day.contains(&"worked_area"));
        assert!(!of_the_day.contains(&"day") && !of_the_day.contains(&"task"));
    }

    #[test]
    fn completion_fields_show_with_a_completion_alone() {
        let kind = kinds::find("clearance").unwrap();
        let has = |body: &Map, key: &str| {
            steps(kind, body)
                .iter()
                .any(|step| step.fields.iter().any(|field| field.key == key))
        };
        assert!(has(&map(&json!({"report": "completion"})), "parts"));
        assert!(!has(&map(&json!({"report": "progress"})), "parts"));
        let clean = cleaned(
            kind,
            &map(&json!({"report": "completion", "task": "t", "day": "2026-11-22"})),
        );
        assert_eq!(
            serde_json::Value::Object(clean),
            json!({"report": "completion", "task": "t"})
        );
    }
}
