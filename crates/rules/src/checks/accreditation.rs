//! Check 15: work of a team that was not accredited for it on the day of the work, whatever day it
//! is now. Where nothing is recorded of a team's or its organisation's accreditation nobody can
//! tell, and nothing is said.

use safelane_geometry::Bbox;
use safelane_ledger::RecordId;
use safelane_model::Date;
use safelane_model::codes::ACCREDITATION_SCOPE;

use super::{Finding, Look, Severity, says};
use crate::content::{Accreditation, Content, Team};

pub(super) fn check(look: &Look<'_>) -> Option<Finding> {
    let (team, day) = match &look.version.content {
        Content::Progress(one) => (one.team?, one.day?),
        Content::Completion(one) if !one.claimed => (one.team?, one.completed_on?),
        Content::Survey(one) => (one.team?, one.day?),
        _ => return None,
    };
    let record = look.world.record(team)?;
    let Some(Content::Team(facts)) = says(&record) else {
        return None;
    };
    let scope = scope(&look.version.content, facts)?;
    let ended = not_accredited(look, team, facts, scope, day)?;
    let mut finding = Finding::new("not-accredited", Severity::High, look.record.id)
        .about(team)
        .at(look.version.content.bbox().map(Bbox::center))
        .with("day", day)
        .with("scope", scope);
    if let Some(ended) = ended {
        finding = finding.with("ended", ended);
    }
    // What stands already is explained or taken back; an approval to come is refused.
    finding.blocks = !look.version.approved;
    Some(finding)
}

/// What the work needs to be accredited for: a survey for surveys, else what the team is for.
fn scope<'a>(content: &Content, team: &'a Team) -> Option<&'a str> {
    if matches!(content, Content::Survey(_)) {
        return Some("non-technical-survey");
    }
    let scope = team.team_type.as_str();
    ACCREDITATION_SCOPE.contains(scope).then_some(scope)
}

/// None when it was accredited or nobody can tell, else the last day on which it was.
#[expect(
    clippy::option_option,
    reason = "not accredited, and perhaps a last day"
)]
fn not_accredited(
    look: &Look<'_>,
    team: RecordId,
    facts: &Team,
    scope: &str,
    day: Date,
) -> Option<Option<Date>> {
    let of = |named: RecordId, whose: &dyn Fn(&Accreditation) -> bool| -> Vec<Accreditation> {
        (look.world.naming(named).iter())
            .filter(|record| !record.is_ended())
            .flat_map(|record| {
                (record.officials())
                    .filter_map(|version| match &version.content {
                        Content::Accreditation(one) if whose(one) => Some(one.as_ref().clone()),
                        _ => None,
                    })
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    let mut recorded = of(team, &|one| one.team == Some(team));
    if recorded.is_empty()
        && let Some(organisation) = facts.organisation
    {
        recorded = of(organisation, &|one| {
            one.team.is_none() && one.organisation == Some(organisation)
        });
    }
    if recorded.is_empty() {
        // The team's own record may name its last day.
        let until = facts.accredited_until?;
        return (day > until).then_some(Some(until));
    }
    let fits = |one: &&Accreditation| one.scope.contains(scope);
    if recorded.iter().filter(fits).any(|one| one.holds_on(day)) {
        return None;
    }
    let ended = (recorded.iter().filter(fits))
        .filter_map(|one| {
            let suspended = one.suspended_on.and_then(|from| from.plus_days(-1).ok());
            one.expires_on.into_iter().chain(suspended).min()
        })
        .filter(|last| *last < day)
        .max();
    Some(ended)
}
