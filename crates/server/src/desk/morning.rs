//! `GET /api/morning`: what the office looks at first.

use axum::extract::State;
use safelane_ledger::Role;
use safelane_rules::Content;
use safelane_store::StatementStatus;
use safelane_wire::desk::{Morning, RecordRow, ReviewItem};

use super::AtLeast;
use super::checks::{name_answers, row as check_row};
use super::detail::Names;
use super::expiring::expiring;
use super::queue::{all, lines};
use crate::app::App;
use crate::devices;
use crate::extract::{Actor, Json, Query};
use crate::problem::ApiResult;

/// Accidents of this many days are shown.
const DAYS: i64 = 30;
/// Lines of each list.
const LINES: usize = 20;
/// Hours without a word after which a device is *not heard from*.
const SILENT_HOURS: i64 = 48;

/// The morning page.
pub async fn morning(
    State(app): State<App>,
    actor: Actor,
    Query(at_least): Query<AtLeast>,
) -> ApiResult<Json<Morning>> {
    actor.require(&[Role::Coordinator, Role::Approver, Role::Administrator])?;
    at_least.wait(&app).await?;
    let open = all(&app, StatementStatus::Open).await?;
    let returned = all(&app, StatementStatus::Returned).await?;
    let oldest = |mut items: Vec<ReviewItem>| {
        items.sort_by(|a, b| a.received.cmp(&b.received));
        items.truncate(LINES);
        items
    };
    let waiting = oldest(lines(&app, &actor, &open).await?);
    let returned = oldest(lines(&app, &actor, &returned).await?);
    let now = app.now().unix();
    let mut silent = Vec::new();
    for device in devices::rows(&app).await? {
        let heard = device.heard.as_deref().unwrap_or(&device.enrolled);
        let heard = heard.parse::<safelane_ledger::ReceivedAt>();
        if device.state == "active" && heard.is_ok_and(|at| now - at.unix() > SILENT_HOURS * 3_600)
        {
            silent.push(device);
        }
    }
    let today = app.today();
    let since = today
        .plus_days(-DAYS)
        .map(|day| day.to_string())
        .unwrap_or_default();
    let mut morning = app.board().read(|board| {
        let mut accidents: Vec<RecordRow> = board
            .of_kind("accident")
            .map(|known| &known.row)
            .filter(|row| row.day.as_deref().is_some_and(|day| day >= since.as_str()))
            .cloned()
            .collect();
        accidents.sort_by(|a, b| b.day.cmp(&a.day));
        accidents.truncate(LINES);
        let items = board.of_kind("explosive-ordnance").filter(|known| {
            !known.record.is_ended()
                && known.record.current().any(
                    |version| matches!(&version.content, Content::Item(item) if item.in_the_ground),
                )
        });
        Morning {
            upto: board.upto,
            alarms: board
                .alarms
                .values()
                .map(|alarm| check_row(&alarm.finding, board))
                .collect(),
            accidents,
            items: items.map(|known| known.row.clone()).take(100).collect(),
            returned,
            waiting,
            silent,
            expiring: expiring(board, today),
        }
    });
    name_answers(&app, morning.alarms.iter_mut(), &mut Names::default()).await?;
    Ok(Json(morning))
}
