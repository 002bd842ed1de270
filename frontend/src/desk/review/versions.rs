//! Two versions of one record, side by side: what differs, and the way to the other one.

use leptos::prelude::*;
use safelane_ledger::RevisionId;
use safelane_wire::desk::{ReviewDetail, StatementRow};

use super::panel::statement;
use crate::components::{Card, Fact, Facts, GhostButton};
use crate::desk::show;
use crate::i18n::format;
use crate::platform::clock;

/// The heads beside it, also two that wait side by side: approving one would part the record.
///
/// The heads beside the one that is read: not replaced by any later statement, and neither its parents nor ended.
pub fn others(detail: &ReviewDetail) -> Vec<&StatementRow> {
    let replaced: Vec<RevisionId> = detail
        .record
        .statements
        .iter()
        .flat_map(|one| one.parents.iter().copied())
        .collect();
    let heads =
        detail.record.statements.iter().filter(|one| {
            !replaced.contains(&one.revision) && one.revision != detail.item.revision
        });
    heads
        .filter(|one| matches!(one.status.as_str(), "open" | "official" | "disputed"))
        .collect()
}

/// The other versions, each with what differs.
pub fn beside(detail: &ReviewDetail, open: Callback<RevisionId>) -> impl IntoView + use<> {
    let own = statement(detail)
        .and_then(|statement| statement.body.clone())
        .unwrap_or_default();
    let kind = detail.item.row.kind.clone();
    let names = detail.record.names.clone();
    let card = |other: &StatementRow| {
        let body = other.body.clone().unwrap_or_default();
        let fields = safelane_model::kinds::find(&kind).map_or(&[][..], |kind| kind.fields);
        let differing = fields
            .iter()
            .filter(|field| own.get(field.key) != body.get(field.key));
        let lines = differing
            .map(|field| {
                let words = |value: Option<&serde_json::Value>| value.map_or_else(|| t!("desk.value_none").to_owned(), |value| show::value(&kind, field, value, &names));
                let (this, that) = (words(own.get(field.key)), words(body.get(field.key)));
                view! {
                    <Fact name=show::path(&kind, field.key)>
                        <span class="version-this">{t!("desk.versions.this")}" "<b>{this}</b></span><br />
                        <span class="version-that">{t!("desk.versions.that")}" "<b>{that}</b></span>
                    </Fact>
                }
            })
            .collect_view();
        let revision = other.revision;
        let title = t!(
            "desk.versions.other",
            author = other.author_name.clone(),
            day = format::date(&clock::day_of(&other.received))
        );
        view! {
            <Card title=title strong=true>
                <Facts>{lines}</Facts>
                <GhostButton label=t!("desk.versions.open") on_press=move |()| open.run(revision) />
            </Card>
        }
    };
    others(detail).into_iter().map(card).collect_view()
}
