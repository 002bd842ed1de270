//! The chosen claim: what it lies on, what a person states about it, what it would take, and the signature.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;
use safelane_ledger::Act;
use safelane_model::check::{Context, Problem, problems};
use safelane_model::codes::YES_NO;
use safelane_model::kinds::{self, clearance::key};
use safelane_rules::claims::DRAWING;
use safelane_wire::desk::{AreaChange, CheckRow, ClaimDetail, ClaimPreview, OverlapRow};

use super::entered::{Entered, begun_with};
use crate::components::{
    ChipChoice, ChipChoices, Choice, DateField, Fact, Facts, GhostButton, Notice, NumberField,
    Panel, PanelFoot, PrimaryButton, ProblemNote, ProblemSummary, QuietButton, Skeleton, TextArea,
};
use crate::desk::live::use_live;
use crate::desk::sign::{Sent, act, sign};
use crate::desk::{api, ending, review, shell, show, words};
use crate::field::engine::engine;
use crate::field::form::slot;
use crate::field::words as field_words;
use crate::i18n::{format, label};
use crate::platform::http::Answer;

const KIND: &str = "clearance";

/// The panel at the right.
#[component]
pub fn LinkPanel(detail: ClaimDetail, entered: Entered, next: Callback<isize>) -> impl IntoView {
    // Before anything asks what it would take.
    entered.begin(&detail);
    let may = shell::here().may(KIND, Act::Put);
    let (title, above) = (words::row_title(&detail.record.row), above(&detail));
    let facts = facts(&detail);
    let has_ground = detail.claim.area > 0;
    let (body, foot) = if let Some(open) = detail.claim.open {
        let address = format!("/desk/review/{open}");
        let body = view! {
            <Notice title=t!("desk.claims.waits")><p>{t!("desk.claims.waits_how")}</p></Notice>
            <a class="button button-ghost" href=address>{t!("desk.record.review")}</a>
        };
        let foot = ViewFn::from(move || view! { <PanelFoot><NextButton next /></PanelFoot> });
        (body.into_any(), foot)
    } else if !has_ground {
        let body = view! { <Notice title=t!("desk.claims.no_ground")><p>{t!("desk.claims.no_ground_how")}</p></Notice> };
        let foot = ViewFn::from(move || view! { <PanelFoot><NextButton next /></PanelFoot> });
        (body.into_any(), foot)
    } else if !may {
        let body = view! { <Overlaps overlaps=detail.claim.overlaps.clone() /><Notice title=t!("desk.claims.not_yours") /> };
        (body.into_any(), ViewFn::from(|| ()))
    } else {
        let problems = problems_of(&detail, entered);
        let preview = preview_of(&detail, entered);
        let (for_form, for_foot) = (detail.clone(), detail);
        let body = view! { <Form detail=for_form entered problems preview /> };
        let foot =
            ViewFn::from(move || view! { <Foot detail=for_foot.clone() entered problems next /> });
        (body.into_any(), foot)
    };
    view! {
        <Panel title above foot>
            <div class="claim-panel">
                <a class="link claim-back" href="/desk/claims">{t!("desk.claims.back")}</a>
                <p class="muted">{t!("desk.claims.cuts_nothing")}</p>
                <Facts>{facts}</Facts>
                {body}
            </div>
        </Panel>
    }
}

/// "Imported, not reviewed · as of 31 Jan 2026".
fn above(detail: &ClaimDetail) -> String {
    let standing = words::standing(detail.record.row.standing);
    let as_of =
        text(detail, key::as_of).map(|day| t!("desk.claims.as_of", day = format::date(&day)));
    [Some(standing), as_of]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

fn text(detail: &ClaimDetail, key: &str) -> Option<String> {
    let body = begun_with(detail)?.body.as_ref()?;
    safelane_model::body::text(body, key).map(str::to_owned)
}

fn facts(detail: &ClaimDetail) -> impl IntoView + use<> {
    let named = |key: &str| {
        let value = text(detail, key)?;
        let name = label(&format!("field.{KIND}.{key}"));
        Some(view! { <Fact name>{value}</Fact> })
    };
    let area = format::area_dm2(detail.claim.area);
    view! {
        <Fact name=t!("desk.claims.area")><b class="num">{area}</b></Fact>
        {named(key::source_file)}
        {named(key::source_id)}
    }
}

/// What is wrong with the link as it is entered now, by the same checks as in every form.
fn problems_of(detail: &ClaimDetail, entered: Entered) -> Memo<Vec<Problem>> {
    let claim = begun_with(detail)
        .and_then(|statement| statement.body.clone())
        .unwrap_or_default();
    let engine = engine();
    let context = Context {
        today: engine.today(),
        area: engine
            .programme(|programme| programme.area())
            .and_then(|ground| ground.shape.bbox()),
    };
    Memo::new(move |_| {
        kinds::find(KIND).map_or_else(Vec::new, |kind| {
            problems(kind, &entered.link().body(&claim), &context)
        })
    })
}

type Preview = LocalResource<Option<Answer<ClaimPreview>>>;

/// What the link would take, asked of the hub when hazardous areas, day or depth change.
fn preview_of(detail: &ClaimDetail, entered: Entered) -> Preview {
    let (live, record) = (use_live(), detail.record.row.record);
    let asked = Memo::new(move |_| {
        let link = entered.link();
        (link.hazards, link.day, link.depth, !link.reason.is_empty())
    });
    LocalResource::new(move || {
        let (n, (hazards, day, depth, reason)) = (live.number(), asked.get());
        async move {
            if hazards.is_empty() {
                return None;
            }
            Some(api::claim_preview(record, &hazards, day, depth, reason, n).await)
        }
    })
}

#[component]
fn Form(
    detail: ClaimDetail,
    entered: Entered,
    problems: Memo<Vec<Problem>>,
    preview: Preview,
) -> impl IntoView {
    let problem = move |at: &'static str, filled: Signal<bool>| {
        Signal::derive(move || {
            let shown = entered.tried.get() || filled.get();
            problems.with(|all| {
                let found = all.iter().find(|one| one.field == at && shown);
                found.map(field_words::problem)
            })
        })
    };
    let filled =
        |text: RwSignal<String>| Signal::derive(move || text.with(|text| !text.is_empty()));
    let depth_problem = Signal::derive(move || {
        problems.with(|all| {
            let found = all.iter().find(|one| is_depth(&one.field));
            found
                .filter(|_| entered.tried.get() || entered.depth.with(|text| !text.is_empty()))
                .map(field_words::problem)
        })
    });
    let hazards: Vec<Choice> = detail.claim.overlaps.iter().map(hazard_choice).collect();
    let none = hazards.is_empty();
    let names: show::Names = detail
        .claim
        .overlaps
        .iter()
        .map(|one| (one.hazard, one.name.clone()))
        .collect();
    let returned = detail.claim.returned.is_some();
    // Asked only where a check does, and kept once something stands in it.
    let asks_reason = Memo::new(move |_| {
        let asked = preview.get().flatten().and_then(Result::ok);
        let by_check = asked.is_some_and(|preview| {
            preview
                .checks
                .iter()
                .any(|one| one.code == "remainder-left")
        });
        by_check || entered.reason.with(|text| !text.is_empty())
    });
    let name = |key: &str| label(&format!("field.{KIND}.{key}"));
    let overlaps = detail.claim.overlaps.clone();
    view! {
        {returned.then(|| view! { <Notice title=t!("desk.claims.tag_returned")><a class="link" href=format!("/desk/record/{}", detail.record.row.record)>{t!("desk.claims.see_comments")}</a></Notice> })}
        {none.then(|| view! { <p>{t!("desk.claims.on_none")}</p> })}
        <ChipChoices label=t!("desk.claims.hazards") choices=hazards chosen=entered.hazards on_choose=move |ids| entered.hazards.set(ids)
            id=slot::element_id(key::hazards) problem=problem(key::hazards, Signal::stored(false)) />
        {move || entered.has_last().then(|| view! { <div><QuietButton label=t!("desk.claims.as_last") on_press=move |()| entered.as_last() /></div> })}
        <DateField label=name(key::completed_on) value=entered.day on_change=move |day| entered.day.set(day)
            id=slot::element_id(key::completed_on) problem=problem(key::completed_on, filled(entered.day)) />
        <NumberField label=t!("desk.claims.depth") value=entered.depth on_change=move |text| entered.depth.set(text)
            unit=t!("field.unit.cm").to_owned() id="field-depth".to_owned() problem=depth_problem />
        <ChipChoice label=name(key::items_dealt_with) choices=field_words::choices(&YES_NO) chosen=entered.items
            on_choose=move |code| entered.items.set(code) id=slot::element_id(key::items_dealt_with)
            problem=problem(key::items_dealt_with, Signal::stored(false)) />
        <TextArea label=name(key::basis) hint=t!("desk.claims.basis_hint").to_owned() value=entered.basis on_change=move |text| entered.basis.set(text)
            id=slot::element_id(key::basis) problem=problem(key::basis, filled(entered.basis)) />
        <h2>{t!("desk.claims.would_take")}</h2>
        {move || taken(preview, &names, &overlaps, entered)}
        {move || asks_reason.get().then(|| view! {
            <TextArea label=label(&format!("field.{KIND}.{}", key::reason)) value=entered.reason on_change=move |text| entered.reason.set(text) id=slot::element_id(key::reason) />
        })}
        <p class="muted">{t!("desk.claims.two_people")}</p>
    }
}

/// "Road Bend · 3,200 of 8,000 m²".
fn hazard_choice(one: &OverlapRow) -> Choice {
    let words = if one.common >= DRAWING {
        t!(
            "desk.claims.shares",
            name = &one.name,
            common = format::number(one.common / 100),
            area = format::area_dm2(one.area)
        )
    } else {
        t!("desk.claims.shares_none", name = &one.name)
    };
    Choice::new(one.hazard.to_string(), words)
}

#[component]
fn Overlaps(overlaps: Vec<OverlapRow>) -> impl IntoView {
    let line = |one: OverlapRow| {
        let shared = format::area_dm2(one.common);
        view! { <Fact name=one.name><span class="num">{shared}</span></Fact> }
    };
    view! { <Facts>{overlaps.into_iter().map(line).collect_view()}</Facts> }
}

/// Square metres before and after, and what a person should know about them.
fn taken(
    preview: Preview,
    names: &show::Names,
    overlaps: &[OverlapRow],
    entered: Entered,
) -> AnyView {
    let Some(answer) = preview.get() else {
        return view! { <Skeleton cards=1 /> }.into_any();
    };
    let preview = match answer {
        None => {
            return view! { <p class="muted">{t!("desk.claims.choose_hazards")}</p> }.into_any();
        }
        Some(Err(error)) => return view! { <ProblemNote text=error.sentence() /> }.into_any(),
        Some(Ok(preview)) => preview,
    };
    let changes: Vec<AreaChange> = preview
        .areas
        .into_iter()
        .filter(|one| one.what != "hazard")
        .collect();
    let mut of: BTreeMap<String, usize> = BTreeMap::new();
    for change in &changes {
        *of.entry(change.what.clone()).or_default() += 1;
    }
    let complete = {
        let link = entered.link();
        link.day.is_some() && link.depth.is_some()
    };
    // With day and depth stated, ground in common that stays is worth a word: why does it?
    let nothing = changes
        .iter()
        .filter(|one| one.what == "remaining" && one.before == one.after && complete)
        .filter_map(|one| {
            let shared = overlaps
                .iter()
                .find(|other| Some(other.hazard) == one.record)?;
            (shared.remaining >= DRAWING).then(|| shared.name.clone())
        })
        .collect::<Vec<_>>();
    let apart: Vec<String> = preview
        .apart
        .iter()
        .filter_map(|hazard| names.get(hazard).cloned())
        .collect();
    let open = |one: &&CheckRow| one.life != "resolved";
    let checks = preview.checks.iter().filter(open).map(check).collect_view();
    let blocked = !preview.blocked_by.is_empty() && complete;
    let facts = changes
        .iter()
        .map(|change| review::area(change, of[&change.what] > 1, names))
        .collect_view();
    view! {
        <Facts>{facts}</Facts>
        {checks}
        {blocked.then(|| view! { <p><b aria-hidden="true">"! "</b>{t!("desk.claims.blocked")}</p> })}
        {(!complete).then(|| view! { <p class="muted">{t!("desk.claims.needs_day")}</p> })}
        {(!nothing.is_empty()).then(|| view! { <Notice title=t!("desk.claims.takes_nothing", names = nothing.join(", "))><p>{t!("desk.claims.takes_nothing_how")}</p></Notice> })}
        {(!apart.is_empty()).then(|| view! { <Notice title=t!("desk.claims.apart", names = apart.join(", "))><p>{t!("desk.claims.apart_how")}</p></Notice> })}
    }
    .into_any()
}

fn check(check: &CheckRow) -> impl IntoView + use<> {
    let explained = (check.life == "explained").then(|| t!("desk.checks.life.explained"));
    let (title, text) = (words::check_title(check), words::check_text(check));
    view! { <Notice title alarm=check.severity == "alarm">{text}" "{explained}</Notice> }
}

/// The depth stands in every part; the form asks for it once.
fn is_depth(field: &str) -> bool {
    field
        .strip_prefix("parts.")
        .and_then(|rest| rest.rsplit('.').next())
        == Some("depth")
}

#[component]
fn NextButton(next: Callback<isize>) -> impl IntoView {
    view! { <GhostButton label=t!("desk.claims.next") on_press=move |()| next.run(1) /> }
}

/// What is wrong, and the one press that signs and sends.
#[component]
fn Foot(
    detail: ClaimDetail,
    entered: Entered,
    problems: Memo<Vec<Problem>>,
    next: Callback<isize>,
) -> impl IntoView {
    let (engine, live) = (engine(), use_live());
    let stops = Memo::new(move |_| problems.with(|all| slot::stops(all)));
    let shown = Signal::derive(move || {
        if !entered.tried.get() {
            return Vec::new();
        }
        let mut lines: Vec<_> = stops.with(|stops| stops.iter().map(sentence).collect());
        // The depth is asked once for all parts.
        lines.dedup();
        lines
    });
    let press = move |()| {
        if !stops.with_untracked(Vec::is_empty) {
            entered.tried.set(true);
            return;
        }
        let claim = begun_with(&detail).and_then(|statement| statement.body.clone());
        let (Some(claim), link) = (claim, untrack(|| entered.link())) else {
            return;
        };
        let parents = ending::heads(&detail.record);
        let record = detail.record.row.record;
        let Some(new) = act(record, KIND, Act::Put, parents, &link.body(&claim)) else {
            return;
        };
        entered.busy.set(true);
        entered.failed.set(None);
        spawn_local(async move {
            match sign(engine, live, vec![new], Vec::new()).await {
                Sent::Received(_) => drop(entered.last.try_set(Some(link))),
                Sent::Kept(why) => {
                    drop(
                        entered
                            .failed
                            .try_set(Some(t!("desk.judge.not_sent", why = why))),
                    );
                }
                Sent::Outside(why) | Sent::NotSigned(why) => {
                    drop(entered.failed.try_set(Some(why)));
                }
            }
            let _ = entered.busy.try_set(false);
        });
    };
    view! {
        <ProblemSummary problems=shown />
        {move || entered.failed.get().map(|text| view! { <ProblemNote text /> })}
        <PanelFoot>
            <NextButton next />
            <PrimaryButton label=t!("desk.claims.sign") disabled=entered.busy on_press=press />
        </PanelFoot>
    }
}

fn sentence(problem: &Problem) -> (String, String) {
    let id = if is_depth(&problem.field) {
        "field-depth".to_owned()
    } else {
        slot::element_id(&problem.field)
    };
    let name = if is_depth(&problem.field) {
        t!("desk.claims.depth").to_owned()
    } else {
        field_words::field(KIND, &problem.field)
    };
    (id, format!("{name}: {}", field_words::problem(problem)))
}
