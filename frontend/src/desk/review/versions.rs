//! Two versions of one record, side by side: what differs, and the way to the other one.

use leptos::prelude::*;
use safelane_ledger::RevisionId;
use safelane_wire::desk::{ReviewDetail, StatementRow};

use super::panel::statement;
use crate::components::button::Look;
use crate::components::{ButtonRow, Card, Fact, Facts, GhostButton, LinkButton};
use crate::desk::{combine, show};
use crate::i18n::format;
use crate::platform::clock;

/// The versions beside the one that is read, also of two that only wait side by side: approving one would part the
/// record.
pub fn others(detail: &ReviewDetail) -> Vec<&StatementRow> {
    let statements = &detail.record.statements;
    let heads = combine::plan::heads(statements);
    if !heads.contains(&detail.item.revision) {
        return Vec::new();
    }
    let others = statements
        .iter()
        .filter(|one| heads.contains(&one.revision) && one.revision != detail.item.revision);
    others.collect()
}

/// The statement that took the place of the one that is read, if one did: there is nothing to choose then, only to
/// read on.
pub fn newer(detail: &ReviewDetail) -> Option<RevisionId> {
    let statements = &detail.record.statements;
    let mut newest = detail.item.revision;
    // Each statement is followed once at most.
    for _ in statements {
        let next = statements.iter().find(|one| one.parents.contains(&newest));
        match next {
            Some(next) => newest = next.revision,
            None => break,
        }
    }
    (newest != detail.item.revision).then_some(newest)
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
        let (revision, record) = (other.revision, detail.record.row.record);
        let title = t!(
            "desk.versions.other",
            author = other.author_name.clone(),
            day = format::date(&clock::day_of(&other.received))
        );
        view! {
            <Card title=title strong=true>
                <Facts>{lines}</Facts>
                <ButtonRow>
                    <GhostButton label=t!("desk.versions.open") on_press=move |()| open.run(revision) />
                    <LinkButton label=t!("desk.combine.title") href=combine::address(record) look=Look::Ghost />
                </ButtonRow>
            </Card>
        }
    };
    others(detail).into_iter().map(card).collect_view()
}
