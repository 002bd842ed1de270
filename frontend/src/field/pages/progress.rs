//! Daily progress: ground, people, check. Lanes by keypad first; a day of 0 m² in four taps.

mod figures;
mod ground;
mod lanes;
mod people;
mod zero;

use leptos::prelude::*;
use safelane_geometry::measure;
use safelane_ledger::RecordId;
use safelane_model::body::{self, Map};
use safelane_model::kinds::clearance::{Clearance, key};

use crate::components::{ButtonRow, GhostButton, PrimaryButton, ProblemNote, StepLine, TopBar};
use crate::field::begin::ZERO_DAY;
use crate::field::form::page::{AllComments, SavedBadge, SendButton};
use crate::field::form::{self, Form, shape};
use crate::field::task::{self, RateQuestion};
use crate::field::words;
use crate::i18n::format;
use figures::Check;
use ground::Ground;
use lanes::{LaneKeys, first_lane};
use people::People;
use zero::{ZeroDay, ZeroFoot};

/// m² per deminer and day above which a reason is asked where the programme says nothing, dm² (`domain.md` 1.7).
const RATE_LIMIT: i64 = 15_000;

/// Methods offered first; the others of the list follow behind "more".
const METHODS: [&str; 5] = [
    "manual-detector",
    "manual-excavation",
    "dogs",
    "flail",
    "raking",
];

/// Writes what follows from the ground: the area by lanes, the outline's area.
pub fn follow(fields: &mut Map) {
    match Clearance::of(fields).ground_by() {
        Some("lanes") => {
            let area = Clearance::of(fields).lanes_area().unwrap_or(0);
            fields.insert(key::worked_area.to_owned(), area.into());
            fields.remove(key::ground);
        }
        Some("outline") => {
            let area = form::ground::read(fields.get(key::ground))
                .and_then(|ground| {
                    ground
                        .polygons()
                        .map(|shape| measure::area_dm2(shape) as i64)
                })
                .unwrap_or(0);
            fields.insert(key::worked_area.to_owned(), area.into());
            fields.remove(key::lanes);
        }
        _ => {
            fields.remove(key::ground);
            fields.remove(key::lanes);
        }
    }
    if Clearance::of(fields).worked_area().unwrap_or(0) > 0 && fields.get(ZERO_DAY).is_some() {
        fields.remove(ZERO_DAY);
    }
}

/// Figures that count up while a day is entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Live {
    area: i64,
    uncertainty: Option<i64>,
    overlap: i64,
    left: Option<i64>,
    people: i64,
    question: Option<RateQuestion>,
}

fn live(form: Form) -> Memo<Live> {
    let engine = form.engine;
    let record = form.editor.record;
    let limit = engine
        .programme(|programme| programme.rate_limit())
        .unwrap_or(RATE_LIMIT);
    let (task, team) = form.editor.with_untracked(|fields| {
        (
            body::uuid(fields, key::task),
            body::uuid(fields, key::team).map(RecordId::from),
        )
    });
    // What does not change while typing is computed once.
    let before = StoredValue::new(form.world(|world| {
        task.map(|task| task::worked_shapes(world, task.into(), Some(record)))
            .unwrap_or_default()
    }));
    let left_before = form
        .world(|world| Some(task::summary(world, world.get(task?.into())?, Some(record))?.left()));
    let usual = form.world(|world| task::usual_rate(world, team, Some(record)));
    Memo::new(move |_| {
        form.editor.with(|fields| {
            let report = Clearance::of(fields);
            let area = report.worked_area().unwrap_or(0);
            let outline = form::ground::read(fields.get(key::ground));
            let uncertainty = match report.ground_by() {
                Some("lanes") => Some(task::lanes_uncertainty(
                    report.lanes().len(),
                    report.lane_width().unwrap_or(1_000),
                )),
                Some("outline") => outline.as_ref().and_then(shape::uncertainty),
                _ => None,
            };
            let overlap = outline
                .as_ref()
                .and_then(|ground| ground.polygons())
                .map_or(0, |shape| {
                    before.with_value(|before| task::overlap(shape, before))
                });
            let people = report.people();
            Live {
                area,
                uncertainty,
                overlap,
                left: left_before.map(|left| (left - area + overlap).max(0)),
                people,
                question: task::rate_question(area, people, usual, limit),
            }
        })
    })
}

/// The page.
#[component]
pub fn ProgressPage(
    /// The draft.
    record: RecordId,
) -> impl IntoView {
    let Some(form) = Form::of(record) else {
        return view! { <ProblemNote text=t!("field.form.unknown_kind") /> }.into_any();
    };
    let live = live(form);
    let step = Memo::new(move |_| form.editor.step().min(2));
    let lane = RwSignal::new(first_lane(form));
    let title = Signal::derive(move || {
        let day = form
            .editor
            .with(|fields| body::text(fields, key::day).map(format::day_month))
            .unwrap_or_default();
        t!("field.progress.title", day = day)
    });
    let zero = Memo::new(move |_| form.editor.with(|fields| fields.contains_key(ZERO_DAY)));
    let body = move || {
        form.tried.set(false);
        if zero.get() {
            return view! { <ZeroDay form /> }.into_any();
        }
        match step.get() {
            0 => view! { <StepLine current=1 total=3 name=words::section("ground") /><Ground form live lane /> }.into_any(),
            1 => view! { <StepLine current=2 total=3 name=words::section("people") /><People form /> }.into_any(),
            _ => view! { <StepLine current=3 total=3 name=t!("field.form.check") /><Check form live /> }.into_any(),
        }
    };
    let by_lanes = Memo::new(move |_| {
        form.editor
            .with(|fields| Clearance::of(fields).ground_by() == Some("lanes"))
    });
    let foot = move || {
        if zero.get() {
            return view! { <ZeroFoot form /> }.into_any();
        }
        match step.get() {
            0 if by_lanes.get() && lane.get().is_some() => view! { <LaneKeys form live lane /> }.into_any(),
            0 => view! {
                <PrimaryButton label=t!("action.next_named", step = words::section("people")) on_press=move |()| form.editor.go(1) />
            }
            .into_any(),
            1 => view! {
                <ButtonRow wide_last=true>
                    <GhostButton label=t!("action.back") on_press=move |()| form.editor.go(0) />
                    <PrimaryButton label=t!("action.next_named", step = t!("field.form.check")) on_press=move |()| form.editor.go(2) />
                </ButtonRow>
            }
            .into_any(),
            _ => view! { <ButtonRow wide_last=true><GhostButton label=t!("action.back") on_press=move |()| form.editor.go(1) /><SendButton form /></ButtonRow> }.into_any(),
        }
    };
    view! {
        <div class="page">
            <TopBar title back="/field/today".to_owned() state=move || view! { <SavedBadge form /> }.into_any() />
            <main class="page-body"><AllComments form />{body}</main>
            <div class="page-foot">{foot}</div>
        </div>
    }
    .into_any()
}
