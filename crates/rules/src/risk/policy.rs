//! The values of the published method. They are proposals of the product, not numbers of IMAS: a
//! national authority adopts or replaces them, under another version.
//!
//! A changed value is a new version: a score names the version that made it.

use super::Band;
use super::facts::Evidence;
use super::interval::Interval;

/// The version of these values.
pub const POLICY: &str = "safelane-1";

/// No dimension is less, so that an unknown or tiny factor never hides a hazard.
pub const FLOOR: f64 = 0.05;
/// Months after which an accident counts half.
pub const HALF_LIFE_MONTHS: f64 = 24.0;
/// Minutes to trauma care that count as the worst.
pub const MINUTES_TO_CARE: f64 = 240.0;
/// The part of vulnerability that everybody has.
pub const VULNERABILITY_BASE: f64 = 0.3;
/// What a complete marking takes off, small on purpose: signs reduce risk, they never remove it.
pub const MARKING_EFFECT: f64 = 0.15;
/// What risk education takes off. None: vulnerability counts it already.
pub const EDUCATION_EFFECT: f64 = 0.0;
/// Metres around a confirmed hazardous area within which a school or health post raises the band.
pub const SCHOOL_DISTANCE: f64 = 100.0;
/// Months within which an accident raises the band.
pub const RECENT_MONTHS: f64 = 12.0;
/// The band that an accident of the last months, or a school near, asks for.
pub const RAISED: Band = Band::High;
/// The band that ordnance found in released ground asks for.
pub const FIND_IN_RELEASED_GROUND: Band = Band::VeryHigh;
/// Days after a visit at which a zone is looked at again, unless somebody stated a day.
pub const REVIEW_DAYS: i64 = 365;

/// How sure it is that something lies there.
pub const fn evidence(evidence: Evidence) -> f64 {
    match evidence {
        Evidence::Confirmed => 1.0,
        Evidence::Suspected => 0.6,
        Evidence::Indication => 0.3,
        Evidence::Residual => 0.1,
    }
}

/// How readily a type kills who meets it. `road` says whether a used road or ploughed land is
/// there, which an AV mine needs. A type that the method does not list counts as the worst.
pub fn device(contamination: &str, road: Option<bool>) -> Interval {
    match contamination {
        "av-mine" => match road {
            Some(true) => Interval::exact(0.9),
            Some(false) => Interval::exact(0.7),
            None => Interval::between(0.7, 0.9),
        },
        "unexploded-ordnance" | "abandoned-ordnance" => Interval::exact(0.6),
        "small-arms-ammunition" => Interval::exact(0.1),
        "unknown" => Interval::UNKNOWN,
        _ => Interval::exact(1.0),
    }
}

/// 1 for people without an alternative.
pub fn no_alternative(code: Option<&str>) -> Interval {
    match code {
        Some("no") => Interval::exact(1.0),
        Some("partly") => Interval::exact(0.5),
        Some("yes") => Interval::exact(0.0),
        _ => Interval::UNKNOWN,
    }
}

/// 1 for a complete marking; a damaged one counts as none.
pub fn marking(code: Option<&str>) -> Interval {
    match code {
        Some("complete") => Interval::exact(1.0),
        Some("partial") => Interval::exact(0.5),
        Some("damaged" | "none") => Interval::exact(0.0),
        _ => Interval::UNKNOWN,
    }
}
