//! What the combination comes to, how many people it takes, and the one press that signs it.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use safelane_model::check::Problem;
use safelane_rules::permissions;

use super::plan::Plan;
use super::{Reading, answers, known};
use crate::components::{
    ButtonRow, Notice, PrimaryButton, ProblemNote, ProblemSummary, QuietButton,
};
use crate::desk::api;
use crate::desk::live::{Live, use_live};
use crate::desk::sign::{self, Sent};
use crate::field::draft::drafts;
use crate::field::engine::new_record;
use crate::field::form::{Form, layout, slot};
use crate::field::{submit, words as field_words};
use crate::i18n::label;

/// The foot of the panel.
#[component]
pub fn Foot(plan: Arc<Plan>, form: Form, reading: Reading) -> impl IntoView {
    let live = use_live();
    let go = use_navigate();
    let failed = RwSignal::new(None::<String>);
    let counted = plan.clone();
    let undecided = Memo::new(move |_| form.editor.with(|draft| counted.undecided(draft)));
    let stops = Memo::new(move |_| form.problems.with(|problems| slot::stops(problems)));
    let sentence = move |problem: &Problem| {
        let field = field_words::field(form.kind.name, &problem.field);
        let text = format!("{field}: {}", field_words::problem(problem));
        (slot::element_id(&problem.field), text)
    };
    let shown = Signal::derive(move || {
        if form.tried.get() {
            stops.with(|stops| stops.iter().map(sentence).collect())
        } else {
            Vec::new()
        }
    });
    let waiting = move || {
        let count = undecided.get();
        (count > 0).then(
            || view! { <p class="judge-why">{t!("desk.combine.undecided", count = count)}</p> },
        )
    };
    let blocked =
        Signal::derive(move || reading.busy.get() || reading.changed.get() || undecided.get() > 0);
    let signing = plan.clone();
    let record = plan.record;
    let leave = go.clone();
    let press = move |()| {
        if !stops.with_untracked(Vec::is_empty) {
            form.tried.set(true);
            return;
        }
        reading.busy.set(true);
        failed.set(None);
        let (plan, go) = (signing.clone(), go.clone());
        spawn_local(async move {
            match state(&plan, form, reading, live).await {
                Ok(()) => go(
                    &format!("/desk/record/{record}"),
                    leptos_router::NavigateOptions::default(),
                ),
                Err(Said::Changed) => drop(reading.changed.try_set(true)),
                Err(Said::Words(text)) => drop(failed.try_set(Some(text))),
            }
            let _ = reading.busy.try_set(false);
        });
    };
    let kept = drafts();
    let discard = move |()| {
        kept.discard(record);
        leave(
            &format!("/desk/record/{record}"),
            leptos_router::NavigateOptions::default(),
        );
    };
    view! {
        <div class="judge combine-foot">
            <Outcome plan form />
            {move || failed.get().map(|text| view! { <ProblemNote text /> })}
            <ProblemSummary problems=shown />
            {waiting}
            {move || reading.busy.get().then(|| view! { <p class="muted" role="status">{t!("desk.judge.signing")}</p> })}
            <ButtonRow wide_last=true>
                <QuietButton label=t!("desk.form.discard") disabled=reading.busy on_press=discard />
                <PrimaryButton label=t!("desk.combine.sign") disabled=blocked on_press=press />
            </ButtonRow>
        </div>
    }
}

/// The m² that are taken, and what then happens.
#[component]
fn Outcome(plan: Arc<Plan>, form: Form) -> impl IntoView {
    let of_result = plan.clone();
    let result = Memo::new(move |_| form.editor.with(|draft| answers::result(&of_result, draft)));
    let stands = !plan.stands.is_empty();
    let area = move || {
        result.get().map(|figures| {
            let (area, beside) = answers::figures_words(&figures, stands);
            view! { <p class="num combine-result"><b>{t!("desk.combine.result_area", area = area)}</b>" "<span class="muted">{beside}</span></p> }
        })
    };
    let judged = permissions::rule(&plan.kind).is_some_and(|rule| rule.judged);
    let effect = Memo::new(move |_| {
        let effect = form
            .editor
            .with(|draft| plan.effect(&layout::cleaned(form.kind, draft)));
        effect
            .because()
            .into_iter()
            .map(safelane_rules::Because::code)
            .collect::<Vec<_>>()
    });
    let people = move || {
        let because = effect.get();
        match (judged, because.is_empty()) {
            (false, _) => {
                view! { <p class="muted">{t!("desk.combine.stands_at_once")}</p> }.into_any()
            }
            (true, true) => {
                view! { <p class="muted">{t!("desk.combine.takes_one")}</p> }.into_any()
            }
            (true, false) => {
                let reasons: Vec<String> = because
                    .iter()
                    .map(|code| label(&format!("effect.{code}")))
                    .collect();
                view! { <Notice title=t!("desk.review.two_people")><p>{reasons.join(", ")}</p></Notice> }.into_any()
            }
        }
    };
    view! { {area}{people} }
}

enum Said {
    /// The record is not what the person saw.
    Changed,
    /// Something to tell.
    Words(String),
}

/// Reads again, compares, signs one statement in place of all versions, waits for the receipt.
async fn state(plan: &Plan, form: Form, reading: Reading, live: Live) -> Result<(), Said> {
    let now = api::record(plan.record, 0)
        .await
        .map_err(|error| Said::Words(error.sentence()))?;
    let seen = reading.seen.get_untracked();
    if seen.is_none_or(|seen| known(&seen) != known(&now)) {
        return Err(Said::Changed);
    }
    let fields = form
        .editor
        .with_untracked(|draft| layout::cleaned(form.kind, draft));
    let heads = plan.heads.clone();
    let acts =
        form.world(|world| submit::acts(form.kind, plan.record, fields, heads, world, new_record));
    let sent = sign::sign(form.engine, live, acts, vec![plan.record.to_string()]).await;
    if !matches!(sent, Sent::NotSigned(_)) {
        form.editor.forget();
    }
    match sent {
        Sent::Received(_) => Ok(()),
        Sent::Kept(why) => Err(Said::Words(t!("desk.judge.not_sent", why = why))),
        Sent::Outside(why) | Sent::NotSigned(why) => Err(Said::Words(why)),
    }
}
