//! Positions that cannot well be meant (S10).

use serde::Serialize;

use crate::measure;
use crate::position::Position;
use crate::units::Metres;

/// What is asked about a position. Nothing is refused for it: a person says
/// whether it is meant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "question")]
pub enum Question {
    /// 0 north 0 east: a receiver without a fix, or an empty field.
    NullIsland {
        /// How far it is from where it should be near to.
        distance: Metres,
    },
    /// With latitude and longitude exchanged it would be near.
    Swapped {
        /// How far it is as given.
        distance: Metres,
        /// The exchanged position.
        meant: Position,
        /// How far that is.
        meant_distance: Metres,
    },
    /// With another sign (north for south, east for west) it would be near.
    SignLost {
        /// How far it is as given.
        distance: Metres,
        /// The position with the other sign.
        meant: Position,
        /// How far that is.
        meant_distance: Metres,
    },
    /// Merely far away.
    Far {
        /// How far.
        distance: Metres,
    },
}

impl Question {
    /// How far the position as given is from where it should be near to.
    pub fn distance(self) -> Metres {
        match self {
            Self::NullIsland { distance }
            | Self::Swapped { distance, .. }
            | Self::SignLost { distance, .. }
            | Self::Far { distance } => distance,
        }
    }

    /// The position that may have been meant.
    pub fn meant(self) -> Option<Position> {
        match self {
            Self::Swapped { meant, .. } | Self::SignLost { meant, .. } => Some(meant),
            Self::NullIsland { .. } | Self::Far { .. } => None,
        }
    }
}

/// What to ask about a position that should lie within `limit` of `near` (a
/// task, a settlement, the programme's area); none when it does.
pub fn question(position: Position, near: Position, limit: Metres) -> Option<Question> {
    let distance = measure::distance(position, near);
    if distance <= limit {
        return None;
    }
    if (position.lon_e7(), position.lat_e7()) == (0, 0) {
        return Some(Question::NullIsland { distance });
    }
    let nearby = |meant: Option<Position>| {
        let meant = meant?;
        let meant_distance = measure::distance(meant, near);
        (meant_distance <= limit).then_some((meant, meant_distance))
    };
    if let Some((meant, meant_distance)) = nearby(position.swapped()) {
        return Some(Question::Swapped {
            distance,
            meant,
            meant_distance,
        });
    }
    let (lon, lat) = (position.lon_e7(), position.lat_e7());
    let others = [(-lon, lat), (lon, -lat), (-lon, -lat)];
    let sign = others
        .into_iter()
        .find_map(|(lon, lat)| nearby(Position::try_new_e7(lon, lat).ok()));
    Some(match sign {
        Some((meant, meant_distance)) => Question::SignLost {
            distance,
            meant,
            meant_distance,
        },
        None => Question::Far { distance },
    })
}
