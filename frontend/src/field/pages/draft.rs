//! `/field/draft/:record`: the form that fits the draft's kind.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use safelane_ledger::RecordId;
use safelane_model::kinds::clearance::Clearance;

use super::item::ItemPage;
use super::progress::ProgressPage;
use crate::components::{EmptyState, Skeleton};
use crate::field::draft::drafts;
use crate::field::engine::engine;
use crate::field::form::page::FormPage;
use crate::field::frame::Sub;

/// The page.
#[component]
pub fn DraftPage() -> impl IntoView {
    let (drafts, engine) = (drafts(), engine());
    let params = use_params_map();
    let record = Memo::new(move |_| {
        params.with(|params| {
            params
                .get("record")
                .and_then(|text| text.parse::<RecordId>().ok())
        })
    });
    let ready =
        Memo::new(move |_| engine.status.with(|status| status.loaded) && drafts.loaded.get());
    // Which form: decided once for a draft, so that typing never builds the page anew.
    let form = Memo::new(move |_| {
        let draft = drafts.get(record.get()?)?;
        let progress = draft.kind == "clearance" && !Clearance::of(&draft.body).is_completion();
        Some(if progress {
            "progress".to_owned()
        } else {
            draft.kind
        })
    });
    move || {
        if !ready.get() {
            return view! { <Sub title=t!("state.draft")><Skeleton /></Sub> }.into_any();
        }
        match (record.get(), form.get().as_deref()) {
            (Some(record), Some("progress")) => view! { <ProgressPage record /> }.into_any(),
            (Some(record), Some("explosive-ordnance")) => view! { <ItemPage record /> }.into_any(),
            (Some(record), Some(_)) => view! { <FormPage record /> }.into_any(),
            _ => view! {
                <Sub title=t!("state.draft")><EmptyState title=t!("field.form.no_draft") how=t!("field.form.no_draft_how").to_owned() /></Sub>
            }
            .into_any(),
        }
    }
}
