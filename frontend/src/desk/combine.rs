//! Choose or combine: the versions of one record side by side, what only one of them changed already offered, and one
//! statement in place of all.
//!
//! What is chosen is a draft, so that it is there again after a closed tab; `form.rs` leads here from such a draft.

mod answers;
mod foot;
pub mod plan;

use std::sync::Arc;

use leptos::prelude::*;
use safelane_ledger::{Act, RecordId, RevisionId};
use safelane_model::kinds;
use safelane_wire::desk::RecordDetail;
use serde_json::Value;

use super::live::use_live;
use super::map::GroundMap;
use super::{api, form, shell, words};
use crate::components::{
    DeskShell, EmptyState, Fact, Facts, GhostButton, LinkButton, Notice, Panel, ProblemNote,
    Skeleton,
};
use crate::field::draft::{Draft, Drafts, drafts};
use crate::field::form::Form;
use crate::i18n::label;
use crate::platform::http::Answer;
use plan::{MARK, Plan, Version};

/// The page of one record's versions.
pub fn address(record: RecordId) -> String {
    format!("/desk/combine/{record}")
}

/// What decides whether a person still reads what they began to read: every statement and where it stands.
type Known = Vec<(RevisionId, String)>;

fn known(detail: &RecordDetail) -> Known {
    let mut known: Known = (detail.statements.iter())
        .map(|one| (one.revision, one.status.clone()))
        .collect();
    known.sort_unstable();
    known
}

/// The record that is read, and whether it has changed since.
#[derive(Clone, Copy)]
struct Reading {
    /// What the hub says now.
    now: Memo<Option<Answer<Option<RecordDetail>>>>,
    /// What the person reads.
    seen: RwSignal<Option<RecordDetail>>,
    /// The record was changed while it was read, and nobody has looked at that yet.
    changed: RwSignal<bool>,
    /// Something is being signed.
    busy: RwSignal<bool>,
    refetch: Callback<()>,
}

impl Reading {
    fn of(record: Memo<Option<RecordId>>) -> Self {
        let live = use_live();
        let resource = LocalResource::new(move || {
            let (n, record) = (live.number(), record.get());
            async move {
                match record {
                    Some(record) => api::record(record, n).await.map(Some),
                    None => Ok(None),
                }
            }
        });
        // A log number alone is nothing new to read.
        let now = Memo::new(move |_| {
            let answer = resource.get()?;
            Some(answer.map(|detail| detail.map(|detail| RecordDetail { upto: 0, ..detail })))
        });
        let reading = Self {
            now,
            seen: RwSignal::new(None),
            changed: RwSignal::new(false),
            busy: RwSignal::new(false),
            refetch: Callback::new(move |()| resource.refetch()),
        };
        Effect::new(move || {
            let Some(Ok(Some(detail))) = now.get() else {
                return;
            };
            let before = reading.seen.get_untracked();
            match before.filter(|before| before.row.record == detail.row.record) {
                // One's own statement also changes what stands; it is no news while it is being signed.
                Some(before) if known(&before) != known(&detail) => {
                    if !reading.busy.get_untracked() {
                        reading.changed.set(true);
                    }
                }
                Some(_) => {}
                None => reading.read_anew(detail),
            }
        });
        reading
    }

    fn read_anew(self, detail: RecordDetail) {
        self.changed.set(false);
        self.seen.set(Some(detail));
    }

    /// The person has read what is new.
    fn have_read(self) {
        if let Some(Ok(Some(detail))) = self.now.get_untracked() {
            self.read_anew(detail);
        }
    }
}

/// Map in the middle, the versions and the choice at the right.
#[component]
pub fn CombinePage() -> impl IntoView {
    let record = shell::record_of_address();
    let reading = Reading::of(record);
    let plan = Memo::new(move |_| {
        reading
            .seen
            .with(|seen| seen.as_ref().map(|seen| Arc::new(Plan::of(seen))))
    });
    let drafts = drafts();
    let ground =
        Memo::new(move |_| plan.with(|plan| plan.as_ref().map(|plan| drawn(plan, drafts))));
    let names = ViewFn::from(move || plan.with(|plan| plan.as_ref().map(|plan| map_key(plan))));
    // What the hub says later changes nothing on the page before the person has read it.
    let panel = move || {
        match plan.get() {
        Some(plan) => view! { <Versions plan reading /> }.into_any(),
        None => match reading.now.get() {
            Some(Err(error)) => view! { <div class="panel-body combine"><ProblemNote text=error.sentence() on_retry=reading.refetch /></div> }.into_any(),
            _ => view! { <div class="panel-body combine"><Skeleton /></div> }.into_any(),
        },
    }
    };
    view! {
        <DeskShell rail=shell::rail panel=ViewFn::from(move || panel)>
            <GroundMap ground names />
        </DeskShell>
    }
}

/// The outlines of the versions, and the one that is taken.
fn drawn(plan: &Plan, drafts: Drafts) -> Value {
    let result = plan.outline.and_then(|key| {
        let draft = drafts.editor(plan.record);
        draft.with(|body| {
            body.contains_key(MARK)
                .then(|| plan::shape(body.get(key)))
                .flatten()
        })
    });
    plan.ground(result.as_ref())
}

/// Which line on the map is which version.
fn map_key(plan: &Plan) -> impl IntoView + use<> {
    let mut lines: Vec<(&str, String)> = (plan.versions.iter().enumerate())
        .filter(|(_, version)| version.figures.is_some())
        .map(|(index, version)| {
            (
                answers::symbol(index),
                answers::version_words(index, version),
            )
        })
        .collect();
    if lines.is_empty() {
        return None;
    }
    lines.push(("symbol-result", t!("desk.combine.result").to_owned()));
    let line = |(symbol, words): (&str, String)| view! { <span class="pill on-map"><i class=format!("symbol {symbol}") aria-hidden="true"></i>{words}</span> };
    Some(
        view! { <div class="map-over map-beside map-key">{lines.into_iter().map(line).collect_view()}</div> },
    )
}

/// Whether the draft of the record is this combination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begun {
    Here,
    /// The person is changing the record on its ordinary form.
    OtherForm,
}

/// Whether a draft combines versions: it is finished on this page alone.
pub fn is_combination(draft: &Draft) -> bool {
    draft.body.contains_key(MARK)
}

fn draft_of(plan: &Plan) -> Draft {
    Draft {
        parents: plan.heads.clone(),
        ..Draft::new(plan.record, &plan.kind, plan.draft())
    }
}

/// Goes on with the combination that was begun, or begins it; what was begun of other versions is begun anew.
fn begin(drafts: Drafts, plan: &Plan) -> Begun {
    match untrack(|| drafts.get(plan.record)) {
        Some(draft) if !is_combination(&draft) => return Begun::OtherForm,
        Some(draft) if draft.parents == plan.heads => {}
        _ => drafts.replace(draft_of(plan)),
    }
    Begun::Here
}

#[component]
fn Versions(plan: Arc<Plan>, reading: Reading) -> impl IntoView {
    let detail = reading.seen.get_untracked();
    let title = detail
        .as_ref()
        .map(|detail| words::row_title(&detail.row))
        .unwrap_or_default();
    let (record, drafts) = (plan.record, drafts());
    if !plan.is_parted() {
        // What was begun of versions that are no more would only be in the way of the next change.
        Effect::new(move || {
            let stale = || untrack(|| drafts.get(record)).is_some_and(|one| is_combination(&one));
            if drafts.loaded.get() && stale() {
                drafts.discard(record);
            }
        });
        return view! {
            <EmptyState title=t!("desk.combine.one") how=t!("desk.combine.one_how")>
                <LinkButton label=t!("desk.map.open_record") href=format!("/desk/record/{record}") />
            </EmptyState>
        }
        .into_any();
    }
    let changed = move || {
        reading.changed.get().then(|| view! {
            <Notice title=t!("desk.judge.changed_title")>
                <p>{t!("desk.judge.changed")}</p>
                <GhostButton label=t!("desk.judge.have_read") on_press=move |()| reading.have_read() />
            </Notice>
        })
    };
    let begun = RwSignal::new(None::<Begun>);
    let ready = Memo::new(move |_| form::is_read());
    let beginning = plan.clone();
    Effect::new(move || {
        if ready.get() && begun.get_untracked().is_none() {
            begun.set(Some(begin(drafts, &beginning)));
        }
    });
    let above = format!(
        "{} · {}",
        label(&format!("kind.{}", plan.kind)),
        t!("desk.review.two_versions")
    );
    let (body, foot) = (plan.clone(), plan);
    let tried = RwSignal::new(false);
    let form = move || Form::of(record).map(|form| Form { tried, ..form });
    let shown = move || {
        let plan = body.clone();
        match begun.get() {
            None => view! { <Skeleton /> }.into_any(),
            Some(Begun::OtherForm) => {
                let anew = move |()| {
                    drafts.replace(draft_of(&plan));
                    begun.set(Some(Begun::Here));
                };
                view! {
                    <Notice title=t!("desk.combine.other_form")>
                        <p>{t!("desk.combine.other_form_how")}</p>
                        <LinkButton label=t!("desk.combine.finish_form") href=format!("/desk/edit/{record}") />
                        <GhostButton label=t!("desk.combine.instead") on_press=anew />
                    </Notice>
                }
                .into_any()
            }
            Some(Begun::Here) => match form() {
                Some(form) => view! { <answers::Answers plan form /> }.into_any(),
                None => view! { <ProblemNote text=t!("field.form.unknown_kind") /> }.into_any(),
            },
        }
    };
    let feet = move || {
        let plan = foot.clone();
        let may = shell::here().may(&plan.kind, Act::Put) && kinds::find(&plan.kind).is_some();
        (begun.get() == Some(Begun::Here)).then(|| match form().filter(|_| may) {
            Some(form) => view! { <foot::Foot plan form reading /> }.into_any(),
            None => view! { <div class="judge"><p class="judge-why">{t!("desk.form.not_yours")}</p></div> }.into_any(),
        })
    };
    view! {
        <Panel title=title above=above foot=ViewFn::from(move || feet.clone())>
            <div class="combine">
                {changed}
                <p class="muted">{t!("desk.combine.how")}</p>
                {shown}
            </div>
        </Panel>
    }
    .into_any()
}

/// A version that can only be judged: it ends the record, or its body is not held here.
fn other(version: &Version) -> impl IntoView + use<> {
    let what = if version.ends {
        t!("desk.combine.ends")
    } else {
        t!("desk.combine.not_here")
    };
    let address = format!("/desk/review/{}", version.revision);
    let who = answers::who(version);
    view! {
        <Facts>
            <Fact name=who>{what}" "<a href=address>{t!("desk.combine.read")}</a></Fact>
        </Facts>
    }
}
