//! S5: an item or accident in released or worked ground shows as danger there at once, until that
//! is settled. Which ones do is for the rules to say; here they are drawn.

use safelane_geometry::{Position, buffer};
use safelane_ledger::RecordId;
use safelane_model::Date;
use safelane_rules::checks::{self, Finding, Life, Severity};
use safelane_rules::{Record, World};

use super::features::HAZARDS;
use super::index::{Geometry, Meaning, Shape};
use super::mvt::Val;
use super::world::areas;
use crate::board::Settings;

/// Kinds that can raise an alarm.
pub const KINDS: [&str; 2] = ["explosive-ordnance", "accident"];

/// An item or accident in ground that was held to be worked or released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alarm {
    /// The item or accident.
    pub record: RecordId,
    /// The check's result.
    pub finding: Finding,
    /// Where.
    pub at: Position,
}

/// The alarm of a record, if it raises one.
pub fn alarm(record: &Record, world: &dyn World, today: Date) -> Option<Alarm> {
    let finding = checks::run(record, world, today)
        .into_iter()
        .find(|finding| finding.severity == Severity::Alarm && finding.life == Life::Open)?;
    let at = finding
        .at
        .or_else(|| record.current().find_map(|version| version.content.point()))?;
    Some(Alarm {
        record: record.id,
        finding,
        at,
    })
}

/// The danger around each alarm, drawn among the hazards.
pub fn features<'a>(
    alarms: impl IntoIterator<Item = &'a Alarm>,
    settings: &Settings,
) -> Vec<Shape> {
    alarms
        .into_iter()
        .map(|alarm| {
            let around = buffer::around_point(alarm.at, settings.danger_distance);
            let mut properties = vec![
                ("record", Val::Text(alarm.record.to_string().into())),
                ("class", Val::Text("alarm".into())),
                ("alarm", Val::Bool(true)),
                ("check", Val::Text(alarm.finding.code.into())),
                ("reported", Val::Bool(true)),
            ];
            if settings.demo {
                properties.push(("demo", Val::Bool(true)));
            }
            Shape {
                layer: HAZARDS,
                record: alarm.record,
                properties,
                geometry: Geometry::Areas(areas(&around), Meaning::Danger),
                danger: 20,
            }
        })
        .collect()
}
