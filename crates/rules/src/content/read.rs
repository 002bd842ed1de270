//! Reads what statements say out of their bodies.

use std::collections::BTreeSet;

use safelane_ledger::RecordId;
use safelane_model::body::{Known, Map};
use safelane_model::kinds::clearance::{Clearance, part::Part};
use safelane_model::kinds::non_technical_survey::{NonTechnicalSurvey, outline};
use safelane_model::kinds::{
    accident, accreditation, check_answer, civilian_report, civilian_risk_zone, explosive_ordnance,
    hazardous_area, settlement, task, team,
};

use super::{
    Accident, Accreditation, Answer, CivilianReport, Class, Completion, Hazard, Item, Outline,
    Progress, ReleasePart, Settlement, Standing, Survey, Task, Team, Way, Zone,
};

fn records(ids: Vec<uuid::Uuid>) -> Vec<RecordId> {
    ids.into_iter().map(RecordId::new).collect()
}

fn owned(texts: Vec<&str>) -> Vec<String> {
    texts.into_iter().map(str::to_owned).collect()
}

fn stated(text: Option<&str>) -> Option<String> {
    text.map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// What an import did to a geometry, if it did anything.
fn repaired(repair: Option<&str>) -> Option<String> {
    repair.filter(|repair| *repair != "none").map(str::to_owned)
}

impl Hazard {
    pub(super) fn of(map: &Map) -> Self {
        let view = hazardous_area::HazardousArea::of(map);
        let mut contamination: BTreeSet<String> = owned(view.contamination()).into_iter().collect();
        if contamination.is_empty() {
            contamination.insert("unknown".to_owned());
        }
        Self {
            class: Class::of(view.classification()),
            standing: Standing::of(view.status()),
            contamination,
            required_depth: view.required_depth(),
            outline: Outline::of(view.ground()),
            place: view.place(),
            opened_on: view.opened_on(),
            re_opened: view.opening() == Some("re-opened"),
            opened_from: view.opened_from().map(RecordId::new),
            changed_on: view.changed_on(),
            closed_on: view.closed_on(),
            district: view.admin_area().map(RecordId::new),
            stated_area: view.stated_area(),
            reported_lifted: view.reported_lifted() == Some("yes"),
            as_of: view.as_of(),
            repair: repaired(view.repair()),
            marked: matches!(view.marking(), Some("complete" | "partial" | "damaged")),
            marking_inspected_on: view.marking_inspected_on(),
            last_visited_on: view.last_visited_on(),
            intended_depth: view.intended_depth(),
            numbers: owned(view.other_references()),
        }
    }
}

impl Progress {
    pub(super) fn of(map: &Map) -> Self {
        let view = Clearance::of(map);
        Self {
            task: view.task().map(RecordId::new),
            team: view.team().map(RecordId::new),
            day: view.day(),
            hazards: records(view.hazards()),
            worked_area: view.worked_area().unwrap_or(0),
            outline: Outline::of(view.ground()),
            people: view.people(),
            stand_down: view.stand_down().is_some(),
            reason: stated(view.reason()),
            date_reason: stated(view.date_reason()),
            numbers: owned(view.other_references()),
        }
    }
}

impl Completion {
    pub(super) fn of(map: &Map) -> Self {
        let view = Clearance::of(map);
        let hazards = records(view.hazards());
        let part = |map: &Map| {
            let part = Part::of(map);
            let targets: BTreeSet<String> = owned(part.targets()).into_iter().collect();
            Some(ReleasePart {
                way: match part.release() {
                    Some("cleared") => Way::Cleared,
                    Some("reduced") => Way::Reduced,
                    // A way that this program does not know releases nothing.
                    _ => return None,
                },
                outline: Outline::of(part.ground())?,
                depth: part.depth(),
                has_method: !part.methods().is_empty(),
                targets: (!targets.is_empty()).then_some(targets),
                hazards: hazards.clone(),
            })
        };
        Self {
            task: view.task().map(RecordId::new),
            team: view.team().map(RecordId::new),
            started_on: view.started_on(),
            completed_on: view.completed_on(),
            parts: view.parts().into_iter().filter_map(part).collect(),
            hazards: hazards.clone(),
            outline: Outline::of(view.ground()),
            claimed: view.is_claimed(),
            reason: stated(view.reason()),
            stated_area: view.stated_area(),
            as_of: view.as_of(),
            repair: repaired(view.repair()),
            date_reason: stated(view.date_reason()),
            numbers: owned(view.other_references()),
        }
    }
}

impl Survey {
    pub(super) fn of(map: &Map) -> Self {
        let view = NonTechnicalSurvey::of(map);
        let cancels = |map: &&Map| outline::Outline::of(map).outcome() == Some("cancelled");
        let outlines = view.outlines();
        let part = |map: &&Map| {
            let entry = outline::Outline::of(map);
            Some(ReleasePart {
                way: Way::Cancelled,
                outline: Outline::of(entry.ground())?,
                depth: None,
                has_method: false,
                targets: None,
                hazards: entry.hazard().map(RecordId::new).into_iter().collect(),
            })
        };
        let named = |map: &&Map| outline::Outline::of(map).hazard();
        Self {
            task: view.task().map(RecordId::new),
            team: view.team().map(RecordId::new),
            hazards: records(outlines.iter().filter_map(named).collect()),
            day: view.day(),
            cancels: outlines.iter().any(cancels),
            cancelled: (outlines.iter().filter(|map| cancels(map)))
                .filter_map(part)
                .collect(),
            date_reason: stated(view.date_reason()),
            numbers: owned(view.other_references()),
        }
    }
}

impl Item {
    pub(super) fn of(map: &Map) -> Self {
        use explosive_ordnance::step::Step;
        let view = explosive_ordnance::ExplosiveOrdnance::of(map);
        Self {
            category: view.category().unwrap_or("unknown").to_owned(),
            place: view.place(),
            found_on: view.found_on(),
            depth: view.depth(),
            in_the_ground: view.is_in_the_ground(),
            destroyed: view.is_destroyed(),
            disposed: view.is_disposed(),
            ended_on: (view.is_destroyed())
                .then(|| view.life().iter().filter_map(|s| Step::of(s).on()).max())
                .flatten(),
            gone_on: view.gone_on(),
            before_release: view.before_release() == Some("yes"),
            task: view.task().map(RecordId::new),
            clearance: view.clearance().map(RecordId::new),
            numbers: owned(view.other_references()),
        }
    }
}

impl Accident {
    pub(super) fn of(map: &Map) -> Self {
        let view = accident::Accident::of(map);
        Self {
            place: view.place(),
            harm: !matches!(view.event(), Some("incident" | "near-miss")),
            on: view.on(),
            before_release: view.before_release() == Some("yes"),
            as_of: view.as_of(),
            repair: repaired(view.repair()),
            numbers: owned(view.other_references()),
        }
    }
}

impl Task {
    pub(super) fn of(map: &Map) -> Self {
        let view = task::Task::of(map);
        Self {
            activity: view.activity().unwrap_or_default().to_owned(),
            targets: owned(view.targets()).into_iter().collect(),
            hazards: records(view.hazards()),
            outline: Outline::of(view.ground()),
            required_depth: view.required_depth(),
            days: (view.starts_on(), view.ends_on()),
            numbers: owned(view.other_references()),
        }
    }
}

impl Zone {
    pub(super) fn of(map: &Map) -> Self {
        let view = civilian_risk_zone::CivilianRiskZone::of(map);
        let number = |known: Option<Known>| match known {
            Some(Known::Number(number)) => Some(number.max(0)),
            Some(Known::Unknown) | None => None,
        };
        // "Unknown" is the same as no answer: an interval, never a middle.
        let code = |code: Option<&str>| code.filter(|code| *code != "unknown").map(str::to_owned);
        let reason = || stated(view.override_reason());
        Self {
            basis: view.basis().unwrap_or("other").to_owned(),
            outline: Outline::of(view.ground()),
            day: view.visited_on(),
            hazards: records(view.hazards()),
            accidents: records(view.accidents()),
            threat: owned(view.threat()).into_iter().collect(),
            road_or_ploughed: match view.road_or_ploughed() {
                Some("yes") => Some(true),
                Some("no") => Some(false),
                _ => None,
            },
            adults: [number(view.women()), number(view.men())],
            children: [number(view.girls()), number(view.boys())],
            newcomers: number(view.newcomers()),
            entries: number(view.entries_per_month()),
            alternatives: code(view.alternatives()),
            marking: code(view.marking()),
            reached: number(view.reached_by_education()),
            minutes_to_care: number(view.minutes_to_care()),
            next_review_on: view.next_review_on(),
            set_band: view
                .priority_override()
                .map(|band| (band.to_owned(), reason().unwrap_or_default())),
            date_reason: stated(view.date_reason()),
            numbers: owned(view.other_references()),
        }
    }
}

impl CivilianReport {
    pub(super) fn of(map: &Map) -> Self {
        let view = civilian_report::CivilianReport::of(map);
        Self {
            place: view.place(),
            on: view.reported_on(),
            waits: matches!(view.response(), None | Some("waiting")),
            task: view.task().map(RecordId::new),
            item: view.item().map(RecordId::new),
            numbers: owned(view.other_references()),
        }
    }
}

impl Settlement {
    pub(super) fn of(map: &Map) -> Self {
        let view = settlement::Settlement::of(map);
        Self {
            place: view.place(),
            settlement_type: view.settlement_type().unwrap_or("other").to_owned(),
        }
    }
}

impl Team {
    pub(super) fn of(map: &Map) -> Self {
        let view = team::Team::of(map);
        Self {
            organisation: view.organisation().map(RecordId::new),
            team_type: view.team_type().unwrap_or_default().to_owned(),
            accredited_until: view.accredited_until(),
        }
    }
}

impl Accreditation {
    pub(super) fn of(map: &Map) -> Self {
        let view = accreditation::Accreditation::of(map);
        Self {
            organisation: view.organisation().map(RecordId::new),
            team: view.team().map(RecordId::new),
            scope: owned(view.scope()).into_iter().collect(),
            issued_on: view.issued_on(),
            expires_on: view.expires_on(),
            suspended_on: view.suspended_on(),
        }
    }
}

impl Answer {
    pub(super) fn of(map: &Map) -> Self {
        let view = check_answer::CheckAnswer::of(map);
        let explains = view.answer() == Some("explained");
        Self {
            code: view.code().unwrap_or_default().to_owned(),
            records: records(view.records()),
            figures: view.figures().unwrap_or_default().to_owned(),
            reason: stated(view.reason()).filter(|_| explains),
        }
    }
}
