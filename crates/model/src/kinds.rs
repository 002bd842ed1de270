//! The record kinds and their list.

use crate::body::Map;
use crate::check::{Context, Problem};
use crate::field::Field;

pub mod accident;
pub mod accreditation;
pub mod admin_area;
pub mod check_answer;
pub mod civilian_report;
pub mod civilian_risk_zone;
pub mod clearance;
pub mod code_list;
pub mod device;
pub mod explosive_ordnance;
pub mod grant;
pub mod hazardous_area;
pub mod non_technical_survey;
pub mod organisation;
pub mod programme;
pub mod settlement;
pub mod task;
pub mod team;

/// Every kind that this program knows. Records of other kinds are carried, not dropped.
pub static ALL: &[Kind] = &[
    hazardous_area::HazardousArea::KIND,
    clearance::Clearance::KIND,
    non_technical_survey::NonTechnicalSurvey::KIND,
    explosive_ordnance::ExplosiveOrdnance::KIND,
    accident::Accident::KIND,
    civilian_risk_zone::CivilianRiskZone::KIND,
    civilian_report::CivilianReport::KIND,
    task::Task::KIND,
    organisation::Organisation::KIND,
    team::Team::KIND,
    accreditation::Accreditation::KIND,
    settlement::Settlement::KIND,
    admin_area::AdminArea::KIND,
    check_answer::CheckAnswer::KIND,
    programme::Programme::KIND,
    device::Device::KIND,
    grant::Grant::KIND,
    code_list::ProgrammeCodeList::KIND,
];

/// What a reference that may name a record of any kind says in place of the kind.
pub const ANY: &str = "*";

/// The kind of this name, if this program knows it.
pub fn find(name: &str) -> Option<&'static Kind> {
    ALL.iter().find(|kind| kind.name == name)
}

/// Which family a kind belongs to (`domain.md` 1.0).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Family {
    /// An object with a life.
    Land,
    /// Something done to land or with people.
    Activity,
    /// Something that happened or was found.
    Event,
    /// What other records refer to.
    Reference,
    /// The programme's own affairs, nothing about the world: settings signed by the hub's key,
    /// answers to checks.
    System,
}

/// What a problem in a body of this kind does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnProblem {
    /// A survey, a boundary or a clearance is stopped until mended.
    Stops,
    /// An accident, an item or a civilian report goes through with what and roughly where,
    /// questioned.
    Asks,
}

impl OnProblem {
    /// In kinds that ask, the fields that still must hold: what, and roughly where.
    pub fn stop_fields(kind: &str) -> &'static [&'static str] {
        match kind {
            "accident" => &["event", "place"],
            "explosive-ordnance" => &["category", "place"],
            "civilian-report" => &["about", "place"],
            _ => &[],
        }
    }
}

/// A record kind.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Name in envelopes, addresses and collections, for example `hazardous-area`.
    pub name: &'static str,
    /// Version of its body.
    pub version: u32,
    /// Family.
    pub family: Family,
    /// What problems do.
    pub on_problem: OnProblem,
    /// Fields in the order of the form.
    pub fields: &'static [Field],
    /// What the kind checks beyond single fields.
    pub check: fn(&Map, &Context) -> Vec<Problem>,
}

impl Kind {
    /// Sections in the order of the form.
    pub fn sections(&self) -> Vec<&'static str> {
        let mut sections = Vec::new();
        for field in self.fields {
            if !sections.contains(&field.section) {
                sections.push(field.section);
            }
        }
        sections
    }

    /// Whether a report of this kind can be entered from paper ([`crate::paper`]).
    pub fn takes_paper(&self) -> bool {
        self.field(crate::paper::key::paper).is_some()
    }

    /// The field of this key.
    pub fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }
}
