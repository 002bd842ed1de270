//! What a section sees of its task: depth, hazard, worked, sent, left to work, items still in the ground.
//!
//! Pure. Areas are whole square decimetres, as in bodies. Progress takes nothing from the hazard (S3): *left to
//! work* is a plan for the team, never a statement about the ground.

use safelane_geometry::{Area, MultiPolygon, measure};
use safelane_ledger::{RecordId, RevisionId};
use safelane_model::Date;
use safelane_model::body::{self, Map};
use safelane_model::kinds::clearance::{self, Clearance};
use safelane_model::kinds::explosive_ordnance::ExplosiveOrdnance;
use safelane_model::kinds::hazardous_area::HazardousArea;
use safelane_model::kinds::task::{self, Task};
use uuid::Uuid;

use super::local::{Record, Stage, World};

/// A task with what this device knows of the work on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The task.
    pub task: RecordId,
    /// Name.
    pub name: String,
    /// Number that people say.
    pub number: Option<String>,
    /// Depth to reach, mm.
    pub required_depth: Option<i64>,
    /// Last day.
    pub ends_on: Option<Date>,
    /// Area of the task, dm²: its boundary, else its hazardous areas.
    pub area: i64,
    /// Area of the hazardous areas named, dm²: whole until a release is approved (S3).
    pub hazard: i64,
    /// Worked and approved, dm².
    pub worked: i64,
    /// Worked and sent or waiting to be sent, not approved yet, dm².
    pub sent: i64,
}

impl Summary {
    /// What is left to work, dm².
    pub fn left(&self) -> i64 {
        (self.area - self.worked - self.sent).max(0)
    }
}

/// Tasks that are to be worked on by this team, the running ones first. Without a team: every open task.
pub fn open_tasks(world: &World, team: Option<RecordId>) -> Vec<&Record> {
    let status = |record: &Record| {
        record
            .body()
            .and_then(|body| Task::of(body).status().map(str::to_owned))
    };
    let mut tasks: Vec<_> = world
        .of_kind("task")
        .filter(|record| matches!(status(record).as_deref(), Some("issued" | "in-progress")))
        .filter(|record| {
            let teams = record
                .body()
                .map(|body| Task::of(body).teams())
                .unwrap_or_default();
            team.is_none_or(|team| teams.contains(&team.uuid()))
        })
        .collect();
    tasks.sort_by_key(|record| {
        (
            status(record).as_deref() != Some("in-progress"),
            record.reference.clone(),
        )
    });
    tasks
}

/// The task with its sums; `None` when its body is not held here. `but` leaves one report out: the one being written.
pub fn summary(world: &World, task: &Record, but: Option<RecordId>) -> Option<Summary> {
    let fields = Task::of(task.body()?);
    let hazards: Vec<MultiPolygon> = fields
        .hazards()
        .into_iter()
        .filter_map(|id| hazard_shape(world, id))
        .collect();
    let hazard = sum(&hazards);
    let area = fields
        .ground()
        .and_then(|ground| {
            ground
                .polygons()
                .map(|shape| measure::area_dm2(shape) as i64)
        })
        .unwrap_or(hazard);
    let reports: Vec<_> = progress_reports(world, task.id)
        .filter(|record| Some(record.id) != but)
        .collect();
    let approved: Vec<&Map> = reports
        .iter()
        .filter_map(|record| record.official_body())
        .collect();
    let worked = worked(&approved);
    // Everything that was stated and not returned: what is beyond the approved is "sent".
    let stated: Vec<&Map> = reports
        .iter()
        .filter_map(|record| match record.stage() {
            Stage::Returned => record.official_body(),
            _ => record.body(),
        })
        .collect();
    let sent = (self::worked(&stated) - worked).max(0);
    Some(Summary {
        task: task.id,
        name: fields.name().unwrap_or_default().to_owned(),
        number: task.number().map(str::to_owned),
        required_depth: fields.required_depth(),
        ends_on: fields.ends_on(),
        area,
        hazard,
        worked,
        sent,
    })
}

fn hazard_shape(world: &World, id: Uuid) -> Option<MultiPolygon> {
    let record = world.get(id.into())?;
    HazardousArea::of(record.official_body().or_else(|| record.body())?)
        .ground()?
        .polygons()
        .cloned()
}

fn sum(shapes: &[MultiPolygon]) -> i64 {
    shapes
        .iter()
        .map(|shape| measure::area_dm2(shape) as i64)
        .sum()
}

/// Progress reports on a task that count: not set aside, not held, not refused.
pub fn progress_reports(world: &World, task: RecordId) -> impl Iterator<Item = &Record> {
    world.of_kind("clearance").filter(move |record| {
        !matches!(record.stage(), Stage::Held(_) | Stage::Refused(_))
            && record.body().is_some_and(|body| {
                let report = Clearance::of(body);
                !report.is_completion() && report.task() == Some(task.uuid())
            })
    })
}

/// Square decimetres that these reports worked: outlines once each, numbers and lanes as stated.
pub fn worked(reports: &[&Map]) -> i64 {
    let mut outlines = Vec::new();
    let mut numbers = 0;
    for body in reports {
        let report = Clearance::of(body);
        let stated = report.worked_area().unwrap_or(0);
        match report
            .ground()
            .and_then(|ground| ground.polygons().cloned())
        {
            Some(shape) if report.ground_by() == Some("outline") => outlines.push(Area::of(&shape)),
            _ => numbers += stated,
        }
    }
    if outlines.is_empty() {
        return numbers;
    }
    numbers + Area::union(&outlines).area().to_dm2() as i64
}

/// Whether the sums of a task need an overlay of outlines; numbers and lanes are only added.
pub fn overlays(world: &World, task: RecordId) -> bool {
    progress_reports(world, task).any(|record| {
        record
            .body()
            .is_some_and(|body| Clearance::of(body).ground_by() == Some("outline"))
    })
}

/// The outlines that earlier reports on the task worked.
pub fn worked_shapes(world: &World, task: RecordId, but: Option<RecordId>) -> Vec<MultiPolygon> {
    progress_reports(world, task)
        .filter(|record| Some(record.id) != but)
        .filter_map(|record| {
            body::ground(record.body()?, clearance::key::ground)?
                .polygons()
                .cloned()
        })
        .collect()
}

/// How much of a new outline was worked before, dm².
pub fn overlap(shape: &MultiPolygon, before: &[MultiPolygon]) -> i64 {
    if before.is_empty() {
        return 0;
    }
    let areas: Vec<_> = before.iter().map(Area::of).collect();
    Area::of(shape)
        .intersection(&Area::union(&areas))
        .area()
        .to_dm2() as i64
}

/// The report of this team on this task and day, if there is one: a second one corrects it.
pub fn report_of_day(
    world: &World,
    task: RecordId,
    team: Option<RecordId>,
    day: Date,
) -> Option<&Record> {
    progress_reports(world, task).find(|record| {
        record.body().is_some_and(|body| {
            let report = Clearance::of(body);
            report.day() == Some(day) && report.team() == team.map(RecordId::uuid)
        })
    })
}

/// The newest earlier report of the team: what a new day begins with.
pub fn latest_report(world: &World, team: Option<RecordId>, before: Date) -> Option<&Map> {
    world
        .of_kind("clearance")
        .filter_map(|record| record.body())
        .filter(|body| {
            let report = Clearance::of(body);
            !report.is_completion()
                && report.team() == team.map(RecordId::uuid)
                && report.day().is_some_and(|day| day < before)
                && report.people() > 0
        })
        .max_by_key(|body| Clearance::of(body).day())
}

/// Median of the team's m² per deminer and day on days with work, in dm²; `None` below three such days.
pub fn usual_rate(world: &World, team: Option<RecordId>, but: Option<RecordId>) -> Option<i64> {
    let mut rates: Vec<i64> = world
        .of_kind("clearance")
        .filter(|record| Some(record.id) != but)
        .filter_map(|record| {
            let report = Clearance::of(record.body()?);
            let people = report.people();
            let area = report.worked_area()?;
            (!report.is_completion()
                && report.team() == team.map(RecordId::uuid)
                && people > 0
                && area > 0)
                .then(|| area / people)
        })
        .collect();
    rates.sort_unstable();
    (rates.len() >= 3).then(|| rates[rates.len() / 2])
}

/// What to ask about a day's rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateQuestion {
    /// Twice the team's usual day or more.
    TwiceUsual,
    /// Above the programme's limit.
    AboveLimit,
}

/// Whether the figures of a day ask for a reason; `limit` and `usual` in dm² per deminer.
pub fn rate_question(
    area: i64,
    people: i64,
    usual: Option<i64>,
    limit: i64,
) -> Option<RateQuestion> {
    if people <= 0 || area <= 0 {
        return None;
    }
    let rate = area / people;
    if rate > limit {
        Some(RateQuestion::AboveLimit)
    } else if usual.is_some_and(|usual| usual > 0 && rate >= 2 * usual) {
        Some(RateQuestion::TwiceUsual)
    } else {
        None
    }
}

/// Uncertainty of the area by lanes, dm²: each length is read to 0.5 m (one sigma), over the lane's width.
pub fn lanes_uncertainty(lanes: usize, width_mm: i64) -> i64 {
    let one = 0.5 * width_mm as f64 / 1000.0;
    ((one * (lanes as f64).sqrt()) * 100.0).round() as i64
}

/// Items that are still a hazard where they were found.
pub fn items_in_the_ground(world: &World) -> Vec<&Record> {
    let mut items: Vec<_> = world
        .of_kind("explosive-ordnance")
        .filter(|record| !matches!(record.stage(), Stage::Refused(_)))
        .filter(|record| {
            record
                .dangerous_bodies()
                .any(|body| ExplosiveOrdnance::of(body).is_in_the_ground())
        })
        .collect();
    items.sort_by_key(|record| {
        std::cmp::Reverse(
            record
                .body()
                .and_then(|body| ExplosiveOrdnance::of(body).found_on()),
        )
    });
    items
}

/// Items of a task that no step ends: a completion over them cannot be approved.
pub fn items_open_on(world: &World, task: RecordId) -> Vec<&Record> {
    items_in_the_ground(world)
        .into_iter()
        .filter(|record| {
            record
                .body()
                .is_some_and(|body| ExplosiveOrdnance::of(body).task() == Some(task.uuid()))
        })
        .collect()
}

/// The record of a day's report: the same on every device of the section, so that two reports of one day meet.
pub fn day_record(ledger: Uuid, task: RecordId, team: Option<RecordId>, day: Date) -> RecordId {
    let team = team.map(|team| team.to_string()).unwrap_or_default();
    Uuid::new_v5(&ledger, format!("progress {task} {team} {day}").as_bytes()).into()
}

/// Statements of a record that a return is about, with the field that each comment names.
pub fn comments_on<'a>(record: &'a Record, field: &'a str) -> impl Iterator<Item = &'a str> {
    record
        .comments()
        .iter()
        .flat_map(|one| &one.body.comments)
        .filter(move |comment| comment.field.as_deref() == Some(field))
        .map(|comment| comment.text.as_str())
}

/// Officials that a person would have seen, for a judgement.
pub fn officials(record: &Record) -> &[RevisionId] {
    &record.state.officials
}

/// Keys that [`task::Task`] uses for the emergency card, in the order of the card.
pub const EMERGENCY: [&str; 6] = [
    task::key::emergency_phone,
    task::key::emergency_radio,
    task::key::emergency_place,
    task::key::emergency_hospital,
    task::key::emergency_minutes,
    task::key::emergency_route,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::local::{Entry, Reader};
    use safelane_ledger::Role;
    use safelane_ledger::testkit::{Author, record};
    use safelane_rules::Table;
    use safelane_sync::SendState;

    fn square(side: i64) -> String {
        let (x, y) = (184_100_000, 438_600_000);
        format!(
            r#"{{"how":"typed","shape":{{"type":"Polygons","polygons":[[[[{x},{y}],[{e},{y}],[{e},{n}],[{x},{n}]]]]}},"statistic":"not-stated"}}"#,
            e = x + side,
            n = y + side
        )
    }

    fn world(bodies: &[(&str, &str, String)]) -> (World, Author) {
        let mut fern = Author::new("fern");
        let signed: Vec<_> = bodies
            .iter()
            .map(|(name, kind, body)| fern.put(record(name), kind, &[], body))
            .collect();
        let entries: Vec<_> = signed
            .iter()
            .map(|one| Entry::own(one, SendState::Waiting).unwrap())
            .collect();
        let reader = Reader {
            person: fern.person,
            device: Some(fern.device),
            short: "T07".into(),
            roles: [Role::Coordinator, Role::Field].into(),
        };
        (World::of(&entries, &Table::default(), &reader), fern)
    }

    fn progress(day: &str, area: i64, more: &str) -> String {
        let (task, team) = (record("task"), record("team"));
        format!(
            r#"{{"accidents":"none","day":"{day}","effort":[{{"method":"manual-detector","people":6,"time":300}}],"ground_by":"number"{more},"report":"progress","task":"{task}","team":"{team}","visitors":"none","worked_area":{area}}}"#
        )
    }

    fn task_body() -> String {
        format!(
            r#"{{"activity":"clearance","hazards":["{}"],"name":"Road bend","required_depth":200,"status":"in-progress","teams":["{}"]}}"#,
            record("hazard"),
            record("team")
        )
    }

    fn hazard_body() -> String {
        format!(
            r#"{{"classification":"cha","contamination":["ap-mine"],"ground":{},"status":"open"}}"#,
            square(10_000)
        )
    }

    #[test]
    fn what_was_sent_counts_down_what_is_left_and_never_the_hazard() {
        let (world, _) = world(&[
            ("task", "task/1", task_body()),
            ("hazard", "hazardous-area/1", hazard_body()),
            ("d1", "clearance/1", progress("2026-11-22", 19_000, "")),
            ("d2", "clearance/1", progress("2026-11-23", 24_600, "")),
        ]);
        let task = world.get(record("task")).unwrap();
        let all = summary(&world, task, None).unwrap();
        assert_eq!((all.worked, all.sent), (0, 43_600));
        assert_eq!(all.left(), all.area - 43_600);
        assert_eq!(all.hazard, all.area);
        assert_eq!(
            summary(&world, task, Some(record("d2"))).unwrap().sent,
            19_000
        );
        assert_eq!(open_tasks(&world, Some(record("team"))).len(), 1);
        assert!(open_tasks(&world, Some(record("other"))).is_empty());
    }

    #[test]
    fn the_same_day_task_and_section_is_one_report() {
        let (world, fern) = world(&[
            ("task", "task/1", task_body()),
            ("d1", "clearance/1", progress("2026-11-22", 19_000, "")),
        ]);
        let day: Date = "2026-11-22".parse().unwrap();
        let found = report_of_day(&world, record("task"), Some(record("team")), day).unwrap();
        assert_eq!(found.id, record("d1"));
        assert!(
            report_of_day(
                &world,
                record("task"),
                Some(record("team")),
                day.plus_days(1).unwrap()
            )
            .is_none()
        );
        let ledger = fern.ledger.uuid();
        assert_eq!(
            day_record(ledger, record("task"), None, day),
            day_record(ledger, record("task"), None, day)
        );
        assert_ne!(
            day_record(ledger, record("task"), None, day),
            day_record(ledger, record("task"), Some(record("team")), day)
        );
    }

    #[test]
    fn ground_worked_twice_counts_once_and_shows_its_overlap() {
        let outline = format!(r#","ground":{}"#, square(5_000));
        let by_outline = |day| {
            progress(day, 1, &outline)
                .replace(r#""ground_by":"number""#, r#""ground_by":"outline""#)
        };
        let (world, _) = world(&[
            ("task", "task/1", task_body()),
            ("d1", "clearance/1", by_outline("2026-11-22")),
            ("d2", "clearance/1", by_outline("2026-11-23")),
        ]);
        let shapes = worked_shapes(&world, record("task"), Some(record("d2")));
        let once = measure::area_dm2(&shapes[0]) as i64;
        assert!((overlap(&shapes[0], &shapes) - once).abs() <= 1);
        let task = world.get(record("task")).unwrap();
        assert!((summary(&world, task, None).unwrap().sent - once).abs() <= 1);
    }

    #[test]
    fn a_rate_is_questioned_against_the_own_usual_day() {
        assert_eq!(
            rate_question(24_600, 6, Some(1_900), 15_000),
            Some(RateQuestion::TwiceUsual)
        );
        assert_eq!(rate_question(24_600, 6, Some(2_500), 15_000), None);
        assert_eq!(
            rate_question(100_000, 6, None, 15_000),
            Some(RateQuestion::AboveLimit)
        );
        assert_eq!(rate_question(0, 6, Some(1_900), 15_000), None);
        assert_eq!(lanes_uncertainty(6, 1000), 122);
    }

    #[test]
    fn an_item_is_in_the_ground_until_a_step_ends_it() {
        let item = |life: &str| {
            format!(
                r#"{{"category":"ap-mine","found_on":"2026-11-22","quantity":1{life},"task":"{}"}}"#,
                record("task")
            )
        };
        let (world, _) = world(&[
            (
                "left",
                "explosive-ordnance/1",
                item(r#","life":[{"on":"2026-11-22","step":"left-marked"}]"#),
            ),
            (
                "gone",
                "explosive-ordnance/1",
                item(r#","life":[{"on":"2026-11-22","step":"destroyed-in-situ"}]"#),
            ),
        ]);
        assert_eq!(
            items_in_the_ground(&world)
                .iter()
                .map(|item| item.id)
                .collect::<Vec<_>>(),
            [record("left")]
        );
        assert_eq!(items_open_on(&world, record("task")).len(), 1);
    }
}
