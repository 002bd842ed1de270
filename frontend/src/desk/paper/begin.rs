//! Which form the sheet is, and for a day's report which day of which section: one such report there is, on paper or
//! on the tablet, so a second one is never begun beside it.

use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use safelane_ledger::{Act, PersonId, RecordId};
use safelane_model::Date;
use safelane_model::body::Map;
use safelane_model::kinds::clearance::{Clearance, key};
use safelane_model::kinds::task::Task;
use safelane_model::paper;

use crate::components::{
    Card, ChipChoice, Choice, DateField, DeskShell, Notice, PrimaryButton, ProblemNote, Skeleton,
};
use crate::desk::{form, shell};
use crate::field::draft::{Draft, drafts};
use crate::field::engine::{Engine, engine, new_record};
use crate::field::form::layout;
use crate::field::local::World;
use crate::field::{begin, task, words};
use crate::i18n::format;

/// The forms that a sheet can be: the kind, and which report of it.
const FORMS: [(&str, &str); 7] = [
    ("clearance", "progress"),
    ("explosive-ordnance", ""),
    ("clearance", "completion"),
    ("non-technical-survey", ""),
    ("accident", ""),
    ("civilian-risk-zone", ""),
    ("civilian-report", ""),
];

/// What is chosen so far.
#[derive(Clone, Copy)]
struct Chosen {
    form: RwSignal<Option<usize>>,
    task: RwSignal<Option<String>>,
    team: RwSignal<Option<String>>,
    day: RwSignal<String>,
}

impl Chosen {
    fn kind(self) -> Option<(&'static str, &'static str)> {
        FORMS.get(self.form.get()?).copied()
    }

    fn is_progress(self) -> bool {
        self.kind().is_some_and(|(_, report)| report == "progress")
    }

    fn task(self) -> Option<RecordId> {
        self.task.with(|task| task.as_ref()?.parse().ok())
    }

    fn team(self) -> Option<RecordId> {
        self.team.with(|team| team.as_ref()?.parse().ok())
    }

    /// The day of a progress report, when all that names it is chosen.
    fn day_of(self) -> Option<(RecordId, RecordId, Date)> {
        let day = self.day.with(|day| day.parse().ok())?;
        Some((self.task()?, self.team()?, day))
    }

    fn is_enough(self) -> bool {
        match self.kind() {
            None => false,
            Some((_, "progress")) => self.day_of().is_some(),
            Some((_, "completion")) => self.task().is_some() && self.team().is_some(),
            Some(_) => true,
        }
    }
}

/// Asks which form the sheet is, and opens it.
#[component]
pub fn PaperPage() -> impl IntoView {
    if !shell::here().may("clearance", Act::Put) {
        return view! { <DeskShell rail=shell::rail><div class="desk-page"><ProblemNote text=t!("desk.form.not_yours") /></div></DeskShell> }.into_any();
    }
    let ready = Memo::new(move |_| form::is_read());
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page narrow">
                <h1>{t!("desk.paper.enter")}</h1>
                <p class="muted">{t!("desk.paper.what")}</p>
                {move || if ready.get() { view! { <Begin /> }.into_any() } else { view! { <Skeleton /> }.into_any() }}
            </div>
        </DeskShell>
    }
    .into_any()
}

#[component]
fn Begin() -> impl IntoView {
    let (engine, go) = (engine(), use_navigate());
    let chosen = Chosen {
        form: RwSignal::new(None),
        task: RwSignal::new(None),
        team: RwSignal::new(None),
        day: RwSignal::new(String::new()),
    };
    let forms: Vec<Choice> = FORMS
        .iter()
        .enumerate()
        .map(|(at, (kind, report))| Choice::new(at.to_string(), form_words(kind, report)))
        .collect();
    let form = Memo::new(move |_| chosen.form.get().map(|at| at.to_string()));
    // One report of the day there is: a second sheet or a tablet's own is looked at first.
    let there = Memo::new(move |_| {
        let (task, team, day) = chosen.day_of().filter(|_| chosen.is_progress())?;
        engine.world.with(|world| {
            task::report_of_day(world, task, Some(team), day)
                .map(|record| (record.id, words::name(record)))
        })
    });
    let ready = Signal::derive(move || chosen.is_enough() && there.with(Option::is_none));
    let press = move |()| {
        if let Some(record) = open(engine, chosen) {
            go(&format!("/desk/edit/{record}"), Default::default());
        }
    };
    view! {
        <Card title=t!("desk.paper.which")>
            <ChipChoice
                id="paper-form" label=t!("desk.paper.which") hide_label=true choices=forms chosen=form
                on_choose=Callback::new(move |at: Option<String>| chosen.form.set(at.and_then(|at| at.parse().ok())))
            />
        </Card>
        {move || chosen.kind().filter(|(kind, _)| *kind == "clearance").map(|_| view! { <Card title=t!("desk.paper.of_what")><Work chosen /></Card> })}
        {move || there.get().map(|(record, name)| view! {
            <Notice title=t!("desk.paper.there")>
                <p>{t!("desk.paper.there_how")}</p>
                <p><a href=format!("/desk/record/{record}")>{name}</a></p>
            </Notice>
        })}
        <div class="row right"><PrimaryButton label=t!("desk.paper.begin") disabled=Signal::derive(move || !ready.get()) on_press=press /></div>
    }
}

/// The task, the section, and for a day's report the day.
#[component]
fn Work(chosen: Chosen) -> impl IntoView {
    let engine = engine();
    let tasks = engine.world.with_untracked(|world| {
        let open = task::open_tasks(world, None);
        let named = open
            .into_iter()
            .map(|task| Choice::new(task.id.to_string(), words::name(task)));
        named.collect::<Vec<_>>()
    });
    let teams = Memo::new(move |_| {
        let task = chosen.task();
        engine.world.with_untracked(|world| teams_of(world, task))
    });
    let choose_task = move |task: Option<String>| {
        chosen.task.set(task);
        let teams = teams.get_untracked();
        // Where one section works there is nothing to choose.
        chosen.team.set(match teams.as_slice() {
            [only] => Some(only.value.clone()),
            _ => None,
        });
    };
    let set_team = Callback::new(move |team: Option<String>| chosen.team.set(team));
    let set_day = Callback::new(move |day: String| chosen.day.set(day));
    view! {
        <ChipChoice id="paper-task" label=words::field("clearance", key::task) choices=tasks chosen=chosen.task on_choose=choose_task />
        {move || (!teams.with(Vec::is_empty)).then(|| view! {
            <ChipChoice
                id="paper-team" label=words::field("clearance", key::team) choices=teams.get() chosen=chosen.team
                on_choose=set_team
            />
        })}
        {move || chosen.is_progress().then(|| view! { <div class="field-row"><DateField id="paper-day" label=words::field("clearance", key::day) value=chosen.day on_change=set_day /></div> })}
    }
}

/// The sections that a task is ordered to.
fn teams_of(world: &World, task: Option<RecordId>) -> Vec<Choice> {
    let ordered = task
        .and_then(|task| Some(Task::of(world.get(task)?.body()?).teams()))
        .unwrap_or_default();
    let named = ordered
        .into_iter()
        .filter_map(|team| world.get(team.into()))
        .map(|team| Choice::new(team.id.to_string(), words::name(team)));
    named.collect()
}

fn form_words(kind: &str, report: &str) -> String {
    let body: Map = [(key::report.to_owned(), report.into())]
        .into_iter()
        .collect();
    words::kind(kind, Some(&body).filter(|_| !report.is_empty()))
}

/// Opens the form of what is chosen, in this person's name.
fn open(engine: Engine, chosen: Chosen) -> Option<RecordId> {
    let (me, ledger) = engine.identity.with_untracked(|identity| {
        let identity = identity.as_ref()?;
        Some((identity.person(), identity.info.ledger.uuid()))
    })?;
    let (kind, report) = untrack(|| chosen.kind())?;
    let (record, fields) = engine.world.with_untracked(|world| match report {
        "progress" => {
            let (task, team, day) = untrack(|| chosen.day_of())?;
            let record = task::day_record(ledger, task, Some(team), day);
            Some((record, progress(world, task, team, day)))
        }
        "completion" => {
            let (task, team) = untrack(|| Some((chosen.task()?, chosen.team()?)))?;
            let mut fields = begin::completion_body(world, task, Some(team), engine.today());
            for said in [key::completed_on, key::started_on] {
                fields.remove(said);
            }
            Some((new_record(), fields))
        }
        _ => Some((new_record(), Map::new())),
    })?;
    Some(drafts().begin(Draft::new(record, kind, on_paper(fields, me))))
}

/// What the task orders. What was done that day the sheet alone says: nothing of another day is put in its place.
fn progress(world: &World, task: RecordId, team: RecordId, day: Date) -> Map {
    let mut fields = begin::progress_body(world, task, Some(team), day);
    for said in [key::effort, key::methods, key::depth] {
        fields.remove(said);
    }
    fields.insert(layout::DAY_MARK.to_owned(), true.into());
    fields
}

/// With the words that make it a report from paper.
fn on_paper(mut fields: Map, me: PersonId) -> Map {
    fields.insert(paper::key::paper.to_owned(), "photographed".into());
    fields.insert(paper::key::entered_by.to_owned(), me.to_string().into());
    fields
}

/// Which day of which section a draft is the report of, where that is not asked any more.
pub fn day_line(world: &World, fields: &Map) -> Option<String> {
    fields.get(layout::DAY_MARK)?;
    let report = Clearance::of(fields);
    let name = |id: uuid::Uuid| world.get(id.into()).map(words::name);
    let parts = [
        report.task().and_then(name),
        report.team().and_then(name),
        report.day().map(|day| format::date(&day.to_string())),
    ];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}
