//! Making and changing records at the desk: the form of `field/form`, all sections on one page.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::components::Redirect;
use leptos_router::hooks::{use_navigate, use_params_map};
use safelane_ledger::{Act, RecordId};
use safelane_model::check::Problem;
use safelane_model::kinds;
use safelane_model::kinds::clearance::{Clearance, key};

use super::combine;
use super::live::use_live;
use super::paper::{SheetCard, SheetLarge, day_line, is_on_paper};
use super::shell;
use super::sign::{Sent, sign};
use crate::components::{
    Card, DeskShell, EmptyState, Notice, PrimaryButton, ProblemNote, ProblemSummary, QuietButton,
    Skeleton,
};
use crate::field::draft::{Draft, drafts};
use crate::field::engine::{engine, new_record};
use crate::field::form::page::WholeComments;
use crate::field::form::widget::widget;
use crate::field::form::{Form, layout, slot};
use crate::field::pages::progress;
use crate::field::{begin, submit, words as field_words};
use crate::i18n::{format, label};

/// Kinds that are made at the desk.
pub const MADE_HERE: [&str; 8] = [
    "task",
    "hazardous-area",
    "organisation",
    "team",
    "accreditation",
    "settlement",
    "civilian-report",
    "civilian-risk-zone",
];

fn go_to(record: RecordId) -> String {
    format!("/desk/edit/{record}")
}

/// Begins a record of the kind in the address and opens its form.
#[component]
pub fn NewPage() -> impl IntoView {
    let go = use_navigate();
    let kind = use_params_map()
        .with_untracked(|params| params.get("kind"))
        .unwrap_or_default();
    let known = kinds::find(&kind).is_some() && shell::here().may(&kind, Act::Put);
    if !known {
        return view! { <DeskShell rail=shell::rail><div class="desk-page"><ProblemNote text=t!("desk.form.not_yours") /></div></DeskShell> }.into_any();
    }
    Effect::new(move || {
        if drafts().loaded.get() {
            let record = drafts().begin(Draft::new(
                new_record(),
                &kind,
                safelane_model::body::Map::new(),
            ));
            go(
                &go_to(record),
                leptos_router::NavigateOptions {
                    replace: true,
                    ..Default::default()
                },
            );
        }
    });
    view! { <DeskShell rail=shell::rail><div class="desk-page"><Skeleton /></div></DeskShell> }
        .into_any()
}

/// Whether drafts and records are read. Teams, tasks and areas to choose from come with the first complete pull:
/// before it a form would offer none.
pub fn is_read() -> bool {
    let engine = engine();
    drafts().loaded.get()
        && engine
            .status
            .with(|status| status.loaded && status.complete.is_some())
}

/// The form of one record: a draft that is open, else a correction of what is known.
#[component]
pub fn EditPage() -> impl IntoView {
    let record = shell::record_of_address();
    let engine = engine();
    // What the form is made of: only its first arrival counts, later pulls do not disturb who is typing.
    let ready = Memo::new(move |before: Option<&Option<RecordId>>| {
        let id = record.get()?;
        if before.copied().flatten() == Some(id) && drafts().has(id) {
            return Some(id);
        }
        let read = is_read();
        let known = engine.world.with(|world| world.get(id).is_some());
        (read && (drafts().has(id) || known)).then_some(id)
    });
    let missing = move || {
        record.get().is_some()
            && ready.get().is_none()
            && engine.status.with(|status| status.complete.is_some())
    };
    let shown = move || match ready.get() {
        // A draft that combines versions is finished where they stand side by side.
        Some(id)
            if untrack(|| drafts().get(id))
                .is_some_and(|draft| combine::is_combination(&draft)) =>
        {
            view! { <Redirect path=combine::address(id) /> }.into_any()
        }
        Some(id) => {
            if !drafts().has(id) {
                engine.world.with_untracked(|world| {
                    world.get(id).map(|record| begin::correct(drafts(), record))
                });
            }
            view! { <DeskForm record=id /> }.into_any()
        }
        None if missing() => {
            view! { <EmptyState title=t!("desk.form.not_here") how=t!("desk.form.not_here_how") /> }
                .into_any()
        }
        None => view! { <Skeleton /> }.into_any(),
    };
    view! { <DeskShell rail=shell::rail><div class="desk-page desk-form">{shown}</div></DeskShell> }
}

#[component]
fn DeskForm(record: RecordId) -> impl IntoView {
    let Some(form) = Form::of(record) else {
        return view! { <ProblemNote text=t!("field.form.unknown_kind") /> }.into_any();
    };
    let sections = Memo::new(move |_| {
        form.editor
            .with(|body| layout::steps(form.kind, body))
            .into_iter()
            .map(|step| step.section)
            .collect::<Vec<_>>()
    });
    let correcting = untrack(|| !form.editor.parents().is_empty());
    let known = engine()
        .world
        .with_untracked(|world| world.get(record).map(field_words::name));
    let title = known.unwrap_or_else(|| {
        t!(
            "desk.form.new",
            kind = untrack(|| form
                .editor
                .with(|body| field_words::kind(form.kind.name, Some(body))))
        )
    });
    let on_paper = untrack(|| form.editor.with(is_on_paper));
    let of_day = untrack(|| {
        form.editor
            .with(|body| form.world(|world| day_line(world, body)))
    });
    if on_paper && form.kind.name == "clearance" {
        computed(form);
    }
    let above = untrack(|| {
        form.editor
            .with(|body| field_words::kind(form.kind.name, Some(body)))
    });
    let may = shell::here().may(form.kind.name, Act::Put);
    let saved = move || {
        if form.editor.is_saved() {
            t!("state.draft")
        } else {
            t!("state.saving")
        }
    };
    view! {
        <p class="muted">{above}{correcting.then(|| format!(" · {}", t!("desk.form.change")))}" · "{saved}</p>
        <h1>{title}</h1>
        {of_day.map(|of_day| view! { <p class="num"><b>{of_day}</b></p> })}
        {(!may).then(|| view! { <Notice title=t!("desk.form.not_yours") /> })}
        <WholeComments form />
        <div class:paper-form=on_paper>
            <div class="desk-sections">
                {on_paper.then(|| view! { <SheetCard form /> })}
                <For each=move || sections.get() key=|section| *section let:section><Section form section /></For>
            </div>
            {on_paper.then(|| view! { <SheetLarge form /> })}
        </div>
        <Foot form record />
    }
    .into_any()
}

/// Keeps the area worked to what lanes or outline give, as the phone's form does.
fn computed(form: Form) {
    Effect::new(move || {
        let mut fields = form.editor.with(Clone::clone);
        let before = fields.clone();
        if !Clearance::of(&fields).is_completion() {
            progress::follow(&mut fields);
        }
        if fields != before {
            form.editor.change(|body| *body = fields);
        }
    });
}

#[component]
fn Section(form: Form, section: &'static str) -> impl IntoView {
    let keys = Memo::new(move |_| {
        let step = form
            .editor
            .with(|body| layout::steps(form.kind, body))
            .into_iter()
            .find(|step| step.section == section);
        step.map(|step| {
            step.fields
                .iter()
                .map(|field| field.key)
                .collect::<Vec<_>>()
        })
        .unwrap_or_default()
    });
    view! {
        <Card title=field_words::section(section)>
            {(section == "ground").then(|| view! { <Worked form /> })}
            <For each=move || keys.get() key=|key| *key let:key>{form.kind.field(key).map(|field| widget(form.slot(field)))}</For>
        </Card>
    }
}

/// What lanes or outline come to, to hold against the area that the sheet states.
#[component]
fn Worked(form: Form) -> impl IntoView {
    let area = Memo::new(move |_| {
        form.editor.with(|body| {
            let report = Clearance::of(body);
            let by = report.ground_by();
            report
                .worked_area()
                .filter(|_| is_on_paper(body) && matches!(by, Some("lanes" | "outline")))
        })
    });
    move || {
        area.get().map(|area| view! {
            <p class="num">{field_words::field("clearance", key::worked_area)}": "<b>{format::area_dm2(area)}</b></p>
        })
    }
}

/// The one press under a form that signs and sends its record, and what stands in its way.
#[derive(Clone, Copy)]
pub struct Signing {
    /// What stops it, told once somebody has pressed: the element of each field, and the words.
    pub shown: Signal<Vec<(String, String)>>,
    /// Why the last press did not arrive.
    pub failed: RwSignal<Option<String>>,
    /// Signing or sending.
    pub busy: RwSignal<bool>,
    /// Signs and sends, and opens the record when the receipt is here.
    pub press: Callback<()>,
}

impl Signing {
    /// Of a form; nothing is signed while there are `stops`.
    pub fn of(form: Form, record: RecordId, stops: Memo<Vec<Problem>>) -> Self {
        let (live, go) = (use_live(), use_navigate());
        let busy = RwSignal::new(false);
        let failed = RwSignal::new(None::<String>);
        let press = Callback::new(move |()| {
            if !stops.with_untracked(Vec::is_empty) {
                form.tried.set(true);
                return;
            }
            busy.set(true);
            failed.set(None);
            let go = go.clone();
            let fields = form
                .editor
                .with_untracked(|body| layout::cleaned(form.kind, body));
            let parents = untrack(|| form.editor.parents());
            let acts = form
                .world(|world| submit::acts(form.kind, record, fields, parents, world, new_record));
            spawn_local(async move {
                let sent = sign(form.engine, live, acts, vec![record.to_string()]).await;
                if !matches!(sent, Sent::NotSigned(_)) {
                    form.editor.forget();
                }
                match sent {
                    Sent::Received(_) => go(
                        &format!("/desk/record/{record}"),
                        leptos_router::NavigateOptions::default(),
                    ),
                    Sent::Kept(why) => {
                        drop(failed.try_set(Some(t!("desk.judge.not_sent", why = why))));
                    }
                    Sent::Outside(why) | Sent::NotSigned(why) => drop(failed.try_set(Some(why))),
                }
                let _ = busy.try_set(false);
            });
        });
        Self {
            shown: told(form, stops),
            failed,
            busy,
            press,
        }
    }
}

/// What stops a form, once somebody has pressed.
pub fn told(form: Form, stops: Memo<Vec<Problem>>) -> Signal<Vec<(String, String)>> {
    Signal::derive(move || {
        let tried = form.tried.get();
        let told = |stops: &Vec<Problem>| {
            let stops = stops.iter().filter(|_| tried);
            stops.map(|problem| sentence(form, problem)).collect()
        };
        stops.with(told)
    })
}

/// The element of a problem's field, and the words: "Depth: Not answered yet."
fn sentence(form: Form, problem: &Problem) -> (String, String) {
    let field = field_words::field_in_entry(form.kind.name, &problem.field);
    (
        slot::element_id(&problem.field),
        format!("{field}: {}", field_words::problem(problem)),
    )
}

/// What is wrong, and the one press that signs and sends.
#[component]
fn Foot(form: Form, record: RecordId) -> impl IntoView {
    let go = use_navigate();
    let stops = Memo::new(move |_| form.problems.with(|problems| slot::stops(problems)));
    let asks = move || {
        let asks = form.problems.with(|problems| slot::asks(problems));
        (!asks.is_empty()).then(|| {
            let lines = asks
                .iter()
                .map(|problem| view! { <p>{sentence(form, problem).1}</p> })
                .collect_view();
            view! { <Notice title=t!("field.form.asked")>{lines}</Notice> }
        })
    };
    let Signing {
        shown,
        failed,
        busy,
        press,
    } = Signing::of(form, record, stops);
    let kept = drafts();
    let discard = move |()| {
        kept.discard(record);
        go("/desk/records", leptos_router::NavigateOptions::default());
    };
    let words = if form.kind.name == "task" {
        t!("desk.tasks.sign")
    } else {
        t!("desk.form.sign")
    };
    view! {
        {asks}
        <ProblemSummary problems=shown />
        {move || failed.get().map(|text| view! { <ProblemNote text /> })}
        <div class="desk-form-foot">
            <QuietButton label=t!("desk.form.discard") on_press=discard />
            <PrimaryButton label=words disabled=busy on_press=press />
        </div>
    }
}

/// Buttons that make a record of a kind, for those who may.
pub fn new_button(kind: &str) -> Option<impl IntoView + use<>> {
    let may = MADE_HERE.contains(&kind) && shell::here().may(kind, Act::Put);
    let address = format!("/desk/new/{kind}");
    let text = t!("desk.form.new", kind = label(&format!("kind.{kind}")));
    may.then(|| view! { <a class="button" href=address>{text}</a> })
}

/// The button that changes a record, for those who may.
pub fn change_button(
    kind: &str,
    record: RecordId,
    on_paper: bool,
) -> Option<impl IntoView + use<>> {
    let here = shell::here();
    // Reports are corrected by the team that knows; the desk keeps tasks, reference data, the areas themselves and what
    // it entered from paper.
    let kept = on_paper || MADE_HERE.contains(&kind) || kind == "admin-area";
    let address = go_to(record);
    (kept && here.may(kind, Act::Put))
        .then(|| view! { <a class="button button-ghost" href=address>{t!("action.change")}</a> })
}
