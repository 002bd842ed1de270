//! Ending a record: set aside what says nothing about the world, remove what is to leave it. Always with a reason.

use leptos::prelude::*;
use leptos::task::spawn_local;
use safelane_ledger::body::Removal;
use safelane_ledger::{Act, RevisionId};
use safelane_wire::desk::RecordDetail;

use super::live::use_live;
use super::shell;
use super::sign::{self, Sent};
use crate::components::{
    ButtonRow, Card, ChipChoice, Choice, GhostButton, InkButton, ProblemNote, QuietButton, TextArea,
};
use crate::field::engine::engine;
use crate::i18n::label;

const SET_ASIDE: [&str; 3] = ["duplicate", "test", "wrong-task"];
const REMOVE: [&str; 3] = ["recorded-in-error", "not-there", "other"];

/// The two quiet buttons and what they ask; nothing for who may not, or for a record that has ended.
#[component]
pub fn Ending(
    /// The record.
    detail: RecordDetail,
) -> impl IntoView {
    let here = shell::here();
    let kind = detail.row.kind.clone();
    let ended = matches!(
        detail.row.standing,
        safelane_wire::desk::Standing::Removed | safelane_wire::desk::Standing::SetAside
    );
    let may = |act| !ended && here.may(&kind, act);
    let (aside, remove) = (may(Act::SetAside), may(Act::Remove));
    let asked = RwSignal::new(None::<Act>);
    let detail = StoredValue::new(detail);
    let buttons = move || {
        asked.get().is_none().then(|| view! {
        <div class="row">
            {aside.then(|| view! { <QuietButton label=t!("desk.end.set_aside") on_press=move |()| asked.set(Some(Act::SetAside)) /> })}
            {remove.then(|| view! { <QuietButton label=t!("desk.end.remove") on_press=move |()| asked.set(Some(Act::Remove)) /> })}
        </div>
    })
    };
    let form = move || {
        asked.get().map(|act| {
            detail.with_value(|detail| view! { <EndForm detail=detail.clone() act asked /> })
        })
    };
    (aside || remove).then(|| view! { <div class="desk-end">{buttons}{form}</div> })
}

#[component]
fn EndForm(detail: RecordDetail, act: Act, asked: RwSignal<Option<Act>>) -> impl IntoView {
    let (engine, live) = (engine(), use_live());
    let (title, reasons) = if act == Act::Remove {
        (t!("desk.end.remove"), REMOVE)
    } else {
        (t!("desk.end.set_aside"), SET_ASIDE)
    };
    let choices: Vec<Choice> = reasons
        .iter()
        .map(|reason| {
            Choice::new(
                *reason,
                label(&format!("desk.reason.{}", reason.replace('-', "_"))),
            )
        })
        .collect();
    let reason = RwSignal::new(None::<String>);
    let note = RwSignal::new(String::new());
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let press = move |()| {
        let Some(reason) = reason.get_untracked() else {
            return;
        };
        let words = note.get_untracked().trim().to_owned();
        let body = Removal {
            reason,
            note: (!words.is_empty()).then_some(words),
            duplicate_of: None,
        };
        let Some(new) = sign::act(
            detail.row.record,
            &detail.row.kind,
            act,
            heads(&detail),
            &body,
        ) else {
            return;
        };
        busy.set(true);
        spawn_local(async move {
            match sign::sign(engine, live, vec![new], Vec::new()).await {
                Sent::Received(_) => asked.set(None),
                Sent::Kept(why) => drop(failed.try_set(Some(t!("desk.judge.not_sent", why = why)))),
                Sent::Outside(why) | Sent::NotSigned(why) => drop(failed.try_set(Some(why))),
            }
            let _ = busy.try_set(false);
        });
    };
    let blocked = Signal::derive(move || busy.get() || reason.with(Option::is_none));
    view! {
        <Card title=title strong=true>
            <p class="muted">{if act == Act::Remove { t!("desk.end.remove_how") } else { t!("desk.end.set_aside_how") }}</p>
            <ChipChoice label=t!("desk.end.reason") choices chosen=reason on_choose=move |chosen| reason.set(chosen) />
            <TextArea id="end-note" label=t!("desk.end.note") value=note optional=true on_change=move |text| note.set(text) />
            {move || failed.get().map(|text| view! { <ProblemNote text /> })}
            <ButtonRow>
                <GhostButton label=t!("action.cancel") on_press=move |()| asked.set(None) />
                <InkButton label=title disabled=blocked on_press=press />
            </ButtonRow>
        </Card>
    }
}

/// What a new statement replaces: every one that nothing later has replaced.
pub fn heads(detail: &RecordDetail) -> Vec<RevisionId> {
    let replaced: Vec<RevisionId> = detail
        .statements
        .iter()
        .flat_map(|one| one.parents.iter().copied())
        .collect();
    detail
        .statements
        .iter()
        .map(|one| one.revision)
        .filter(|id| !replaced.contains(id))
        .collect()
}
