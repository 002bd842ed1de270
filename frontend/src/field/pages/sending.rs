//! Sending: what waits, what was received, what the office keeps apart or sent back, and the file that carries it all.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::today::{RecordCard, Standing};
use crate::components::{GhostButton, PrimaryButton, ProblemNote, Sign};
use crate::field::engine::{Identity, Phase, engine};
use crate::field::frame::{Tabbed, map_age};
use crate::field::local::{Record, Stage};
use crate::platform::online;

/// The page.
#[component]
pub fn Sending() -> impl IntoView {
    let engine = engine();
    let status = engine.status;
    let network = online::online();
    let lists = Memo::new(move |_| {
        let person = engine
            .identity
            .with(|identity| identity.as_ref().map(Identity::person));
        engine.world.with(|world| {
            let own: Vec<&Record> = person.map(|person| world.by(person)).unwrap_or_default();
            let of = |stages: fn(&Stage) -> bool| {
                own.iter()
                    .filter(|record| stages(&record.stage()))
                    .map(|record| (*record).clone())
                    .collect::<Vec<_>>()
            };
            let apart =
                of(|stage| matches!(stage, Stage::Held(_) | Stage::Refused(_) | Stage::Returned));
            let waiting = of(|stage| matches!(stage, Stage::Waiting));
            let mut received =
                of(|stage| matches!(stage, Stage::Received | Stage::Reviewed | Stage::Official));
            received.truncate(10);
            (waiting, apart, received)
        })
    });
    // What the office keeps outside the record was not received, though nothing of it waits.
    let outside = Memo::new(move |_| {
        lists.with(|(_, apart, _)| {
            apart
                .iter()
                .any(|record| matches!(record.stage(), Stage::Held(_) | Stage::Refused(_)))
        })
    });
    let state = move || {
        let (waiting, phase) = status.with(|status| (status.waiting, status.phase.clone()));
        match phase {
            Phase::Sending => t!("field.sending.now", count = waiting),
            Phase::NoNetwork => t!("field.sending.kept", count = waiting),
            _ if !network.get() && waiting > 0 => t!("field.sending.kept", count = waiting),
            _ if waiting > 0 => t!("field.sending.waiting", count = waiting),
            _ if outside.get() => t!("field.sending.outside").to_owned(),
            _ => t!("field.sending.nothing").to_owned(),
        }
    };
    let photos = move || status.with(|status| status.photos);
    let saved = RwSignal::new(None::<Result<usize, String>>);
    let save = move |()| {
        spawn_local(async move {
            let outcome = engine
                .save_unsent()
                .await
                .map_err(|error| error.sentence().to_owned());
            saved.set(Some(outcome));
        });
    };
    let age = map_age(engine);
    view! {
        <Tabbed title=t!("field.nav.sending")>
            <Standing />
            <section class="card strong">
                <p aria-live="polite"><b>{state}</b></p>
                {move || { let (sent, all) = photos(); (all > 0).then(|| view! { <p class="muted num">{t!("field.sending.photos", sent = sent, all = all)}</p> }) }}
                <p class="muted">{age}</p>
                <PrimaryButton label=t!("field.sending.send") sign=Sign::Sending on_press=move |()| engine.kick() />
                <GhostButton label=t!("field.sending.save") sign=Sign::Import on_press=save />
                {move || saved.get().map(|outcome| match outcome {
                    Ok(count) => view! { <p role="status">{t!("field.sending.saved", count = count)}</p> }.into_any(),
                    Err(text) => view! { <ProblemNote text /> }.into_any(),
                })}
            </section>
            {move || {
                let (waiting, apart, received) = lists.get();
                view! { {list(t!("state.waiting"), waiting)} {list(t!("field.sending.apart"), apart)} {list(t!("field.sending.received"), received)} }
            }}
        </Tabbed>
    }
}

fn list(title: &'static str, records: Vec<Record>) -> AnyView {
    if records.is_empty() {
        return ().into_any();
    }
    view! {
        <h2 class="list-title">{title}</h2>
        {records.into_iter().map(|record| view! { <RecordCard record /> }).collect_view()}
    }
    .into_any()
}
