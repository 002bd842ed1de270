//! Settings of the programme, signed by the hub's key.

use crate::check::{Context, Problem};
use crate::codes::DECISION;
use crate::macros::record_kind;

record_kind! {
    /// Settings of the programme, signed by the hub's key.
    pub struct Programme: "programme" / 1, System, stops;
    section what {
        /// Name.
        name: Text(200) [required];
        /// What references begin with, for example `BA`.
        prefix: Text(12) [required];
        /// The least number of the next reference, so that a series from paper goes on.
        numbers_from: Count(1, 99_999_999);
        /// Id of the hub; a demo hub's begins with `demo-`.
        hub_name: Text(60) [required];
        /// Public key of the hub, hex.
        hub_key: Text(64) [required];
        /// Whether everything in it is made up.
        demo: Choice(DECISION) [required];
        /// Outline of the programme's area.
        area: Ground;
        /// Minutes that programme time is ahead of UTC.
        ahead_of_utc: Minutes(-840, 840);
        /// Radius around a hazard without a usable outline, in mm (S4).
        uncertainty_radius: Millimetres(1_000, 10_000_000);
        /// Distance around an item or accident that counts as danger, in mm (S5).
        danger_distance: Millimetres(1_000, 10_000_000);
        /// After how many minutes the map's age warns (S6).
        map_age_limit: Minutes(1, 1_000_000);
        /// m² per deminer and day above which a reason is asked, in dm².
        rate_limit: SquareDecimetres(1, 100_000_000);
        /// How far around a submunition the ground must be searched, in mm: the fade-out.
        fade_out_distance: Millimetres(1_000, 1_000_000);
        /// After how many months marking is to be inspected again.
        marking_inspection_months: Count(1, 120);
        /// After how many years an open hazardous area is to be visited again.
        visit_years: Count(1, 50);
        /// After how many days an item found must be dealt with.
        item_days: Count(0, 3_650);
        /// How near to a settlement overdue marking is asked about, in mm.
        settlement_distance: Millimetres(1_000, 100_000_000);
        /// Whether one person may release, in a programme too small for two (S9); every report prints it.
        one_person_release: Choice(DECISION);
        /// Languages, codes separated by commas.
        languages: Text(200);
        /// Why they were changed.
        change_reason: LongText(2_000);
    }
}

/// What an administrator changes, by the groups of a form. Who the hub is, what is made up and what numbers begin
/// with are no settings.
pub const SETTINGS: [(&str, &[&str]); 3] = [
    (
        "about",
        &[
            key::name,
            key::area,
            key::ahead_of_utc,
            key::languages,
            key::numbers_from,
        ],
    ),
    (
        "danger",
        &[
            key::danger_distance,
            key::uncertainty_radius,
            key::one_person_release,
        ],
    ),
    (
        "checks",
        &[
            key::map_age_limit,
            key::fade_out_distance,
            key::settlement_distance,
            key::marking_inspection_months,
            key::visit_years,
            key::item_days,
            key::rate_limit,
        ],
    ),
];

/// Whether an administrator changes the field of this key.
pub fn is_setting(key: &str) -> bool {
    SETTINGS.iter().any(|(_, keys)| keys.contains(&key))
}

impl Programme<'_> {
    #[expect(clippy::unused_self, reason = "every kind has the same check")]
    fn check(&self, _context: &Context) -> Vec<Problem> {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_a_setting_or_stays_as_the_programme_was_begun() {
        let stays = [
            key::prefix,
            key::hub_name,
            key::hub_key,
            key::demo,
            key::change_reason,
        ];
        for field in FIELDS {
            assert_ne!(
                is_setting(field.key),
                stays.contains(&field.key),
                "{}",
                field.key
            );
        }
    }
}
