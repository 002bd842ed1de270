//! One check wherever it is shown: its sentence, what it means, who answered it, and the answer.

use leptos::prelude::*;
use leptos::task::spawn_local;
use safelane_ledger::Act;
use safelane_wire::desk::CheckRow;
use serde_json::json;

use super::live::use_live;
use super::sign::{self, Sent};
use super::{shell, words};
use crate::components::{
    ButtonRow, GhostButton, InkButton, Notice, ProblemNote, QuietButton, TextArea,
};
use crate::field::engine::{engine, new_record};

/// A check above a report or a record.
pub fn notice(check: CheckRow) -> impl IntoView {
    let (title, text) = (words::check_title(&check), words::check_text(&check));
    let above = words::check_above(&check);
    let alarm = check.severity == "alarm";
    view! {
        <Notice title alarm>
            <p>{text}</p>
            <p class="check-line">{above}" "<CheckPlace check=check.clone() /></p>
            <CheckAnswers check />
        </Notice>
    }
}

/// Where it is, on the map, and the page that explains it.
#[component]
pub fn CheckPlace(
    /// The check.
    check: CheckRow,
) -> impl IntoView {
    let why = format!("/desk/checks/{}", check.code);
    let place = check.at.map(|[lon, lat]| {
        let record = check.records.first();
        let record = record.map(|id| format!("&record={id}")).unwrap_or_default();
        let address = format!("/desk/map?at={lon:.7},{lat:.7}{record}");
        view! { <a href=address>{t!("desk.check.place")}</a>" " }
    });
    view! { {place}<a href=why>{t!("desk.check.means")}</a> }
}

/// Who has answered it, and for whom may: acknowledge an alarm, give the reason for something odd.
#[component]
pub fn CheckAnswers(
    /// The check.
    check: CheckRow,
) -> impl IntoView {
    let answers = (check.answers.iter())
        .map(|answer| match &answer.reason {
            Some(reason) => t!(
                "desk.check.explained_by",
                name = answer.by_name.clone(),
                reason = reason.clone()
            ),
            None => t!("desk.check.acknowledged_by", name = answer.by_name.clone()),
        })
        .map(|line| view! { <p class="check-line">{line}</p> })
        .collect_view();
    let open = check.life == "open";
    let may = shell::here().may("check-answer", Act::Put);
    let alarm = check.severity == "alarm";
    let forbids = (check.blocks && open && !alarm)
        .then(|| view! { <p class="check-line">{t!("desk.check.blocks")}</p> });
    let stays =
        (alarm && open).then(|| view! { <p class="check-line">{t!("desk.check.alarm_stays")}</p> });
    // A reason does not mend what forbids approval, nor settle an alarm.
    let explains = open && !check.blocks && !alarm;
    let acknowledged = !check.answers.is_empty();
    let form = (may && (explains || (alarm && open && !acknowledged)))
        .then(|| view! { <AnswerForm check alarm /> });
    view! { {answers}{forbids}{stays}{form} }
}

#[component]
fn AnswerForm(check: CheckRow, alarm: bool) -> impl IntoView {
    let (engine, live) = (engine(), use_live());
    let asked = RwSignal::new(false);
    let reason = RwSignal::new(String::new());
    let (busy, failed) = (RwSignal::new(false), RwSignal::new(None::<String>));
    let id = format!(
        "reason-{}-{}",
        check.code,
        check
            .records
            .first()
            .map(ToString::to_string)
            .unwrap_or_default()
    );
    let check = StoredValue::new(check);
    let press = move |()| {
        let words = reason.get_untracked().trim().to_owned();
        if !alarm && words.is_empty() {
            return;
        }
        let body = check.with_value(|check| {
            let answer = if alarm { "acknowledged" } else { "explained" };
            let mut body = json!({
                "code": check.code,
                "records": check.records,
                "figures": check.figures,
                "answer": answer,
            });
            if !alarm {
                body["reason"] = words.into();
            }
            body
        });
        let Some(new) = sign::act(new_record(), "check-answer", Act::Put, Vec::new(), &body) else {
            return;
        };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            match sign::sign(engine, live, vec![new], Vec::new()).await {
                // The list is read again and shows the answer.
                Sent::Received(_) => drop(asked.try_set(false)),
                Sent::Kept(why) => drop(failed.try_set(Some(t!("desk.judge.not_sent", why = why)))),
                Sent::Outside(why) | Sent::NotSigned(why) => drop(failed.try_set(Some(why))),
            }
            let _ = busy.try_set(false);
        });
    };
    let begin = move || {
        if alarm {
            view! { <InkButton label=t!("desk.check.acknowledge") disabled=busy on_press=press /> }
                .into_any()
        } else {
            view! { <QuietButton label=t!("desk.check.explain") on_press=move |()| asked.set(true) /> }
                .into_any()
        }
    };
    let blocked =
        Signal::derive(move || busy.get() || reason.with(|reason| reason.trim().is_empty()));
    let form = move || {
        let id = id.clone();
        view! {
            <TextArea id label=t!("desk.check.reason") value=reason on_change=move |text| reason.set(text) />
            <ButtonRow>
                <GhostButton label=t!("action.cancel") on_press=move |()| asked.set(false) />
                <InkButton label=t!("desk.check.sign") disabled=blocked on_press=press />
            </ButtonRow>
        }
    };
    view! {
        <div class="check-answer">
            {move || if asked.get() { form().into_any() } else { begin() }}
            {move || failed.get().map(|text| view! { <ProblemNote text /> })}
        </div>
    }
}
