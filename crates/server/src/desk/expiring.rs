//! What ends within the month, or has ended and was not renewed: accreditations, tasks, the reviews of
//! risk zones. Work of a team that is no longer accredited cannot be approved, so the office wants to
//! know before, not after.

use safelane_ledger::RecordId;
use safelane_model::Date;
use safelane_model::body;
use safelane_model::kinds::civilian_risk_zone::CivilianRiskZone;
use safelane_model::kinds::task::Task;
use safelane_model::kinds::team::Team;
use safelane_rules::Content;
use safelane_rules::content::Accreditation;
use safelane_wire::desk::ExpiringRow;

use crate::board::{BoardData, Known};

/// Days ahead that are shown, and days back for an accreditation that nobody renewed: a team that was
/// given up is not named for ever.
const DAYS: i64 = 30;
/// Lines at most.
const LINES: usize = 40;

/// What needs somebody, the earliest first.
pub fn expiring(board: &BoardData, today: Date) -> Vec<ExpiringRow> {
    let (Ok(from), Ok(to)) = (today.plus_days(-DAYS), today.plus_days(DAYS)) else {
        return Vec::new();
    };
    let lasting = (board.of_kind("accreditation"))
        .filter_map(|known| Some((known, accreditation(board, known, today)?)))
        .chain((board.of_kind("team")).filter_map(|known| Some((known, team(board, known)?))))
        .filter(|(_, last)| *last >= from);
    // A task that still runs and a zone that is still there stay until somebody looks after them.
    let standing = (board.of_kind("task"))
        .filter_map(|known| Some((known, task(known)?)))
        .chain(
            (board.of_kind("civilian-risk-zone")).filter_map(|known| Some((known, zone(known)?))),
        );
    let mut found: Vec<(Date, &Known)> = lasting
        .chain(standing)
        .filter(|(known, last)| !known.record.is_ended() && *last <= to)
        .map(|(known, last)| (last, known.as_ref()))
        .collect();
    found.sort_by_key(|(last, known)| (*last, known.row.record));
    let row = |(last, known): (Date, &Known)| ExpiringRow {
        row: known.row.clone(),
        of: whose(known).map(|record| board.name_of(record)),
        last: last.to_string(),
        passed: last < today,
    };
    found.into_iter().take(LINES).map(row).collect()
}

/// The last day of an accreditation that nothing replaces: for each thing that it is for, none of the
/// same team or organisation holds longer.
fn accreditation(board: &BoardData, known: &Known, today: Date) -> Option<Date> {
    let one = official(known)?;
    let last = ends(one)?;
    let others: Vec<&Accreditation> = (board.of_kind("accreditation"))
        .filter(|other| other.row.record != known.row.record && !other.record.is_ended())
        .filter_map(|other| official(other))
        .filter(|other| other.organisation == one.organisation && other.team == one.team)
        .collect();
    let day_after = last.max(today).plus_days(1).ok()?;
    let goes_on = |scope: &String| {
        (others.iter()).any(|other| other.scope.contains(scope) && other.holds_on(day_after))
    };
    (!one.scope.iter().all(goes_on)).then_some(last)
}

fn official(known: &Known) -> Option<&Accreditation> {
    (known.record.officials()).find_map(|version| match &version.content {
        Content::Accreditation(one) => Some(one.as_ref()),
        _ => None,
    })
}

/// The last day on which it holds.
fn ends(one: &Accreditation) -> Option<Date> {
    let suspended = one.suspended_on.and_then(|from| from.plus_days(-1).ok());
    one.expires_on.into_iter().chain(suspended).min()
}

/// The last day that a team's own record names, where no accreditation of it is recorded.
fn team(board: &BoardData, known: &Known) -> Option<Date> {
    let team = known.row.record;
    let body = known.body();
    let organisation = Team::of(&body).organisation().map(RecordId::new);
    let recorded = (board.of_kind("accreditation"))
        .filter_map(|known| official(known))
        .any(|one| match one.team {
            Some(named) => named == team,
            None => one.organisation == organisation,
        });
    (!recorded).then(|| Team::of(&body).accredited_until())?
}

/// The last day of a task that still runs.
fn task(known: &Known) -> Option<Date> {
    let body = known.body();
    let runs = matches!(
        body::text(&body, "status"),
        Some("issued" | "in-progress" | "suspended")
    );
    runs.then(|| Task::of(&body).ends_on())?
}

fn zone(known: &Known) -> Option<Date> {
    CivilianRiskZone::of(&known.body()).next_review_on()
}

fn whose(known: &Known) -> Option<RecordId> {
    let links = &known.row.links;
    (["team", "teams", "organisation"].iter())
        .find_map(|key| links.get(*key)?.first())
        .copied()
        .filter(|_| known.row.kind != "team")
}
