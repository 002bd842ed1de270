//! Hazardous area: suspected, confirmed, or an indication (`domain.md` 1.1; IMAS 07.11, 08.10).

use crate::check::{Context, Problem};
use crate::codes::{
    CLASSIFICATION, CONTAMINATION, DIRECT_EVIDENCE, EVIDENCE, HAZARD_STATUS, INDIRECT_EVIDENCE,
    LAND_USE, MARKING, OPENING, REPAIR, SUSPENSION, TERRAIN, VEGETATION, YES_NO,
};
use crate::macros::record_kind;

record_kind! {
    /// Ground that is suspected or confirmed to hold explosive ordnance, or an indication of it.
    pub struct HazardousArea: "hazardous-area" / 1, Land, stops, paper;
    section what {
        /// What people call it.
        name: Text(200);
        /// Numbers on paper and in other systems.
        other_references: OtherReferences;
        /// Suspected, confirmed or indication.
        classification: Choice(CLASSIFICATION) [required];
        /// What it is contaminated with.
        contamination: Choices(CONTAMINATION) [required];
        /// Open, suspended or closed.
        status: Choice(HAZARD_STATUS) [required];
        /// Why work on it is suspended.
        suspension_reason: Choice(SUSPENSION) if status in ["suspended"];
        /// First day of the current opening.
        opened_on: Date;
        /// Why it was opened.
        opening: Choice(OPENING);
        /// The hazardous area that it was confirmed out of or split from.
        opened_from: Reference("hazardous-area");
        /// First day on which this version holds, when that is not the opening's: the effective
        /// date of an enlargement or correction.
        changed_on: Date;
        /// Why this version was made: why it was enlarged, split, opened again, put in another class.
        change_reason: LongText(2_000);
        /// Last day, when closed.
        closed_on: Date [required] if status in ["closed"];
        /// Least depth that a clearance must reach, in mm.
        required_depth: Millimetres(0, 10_000);
    }
    section place {
        /// Outline.
        ground: Ground [required] if classification in ["sha", "cha"];
        /// A point, for an indication without an outline.
        place: Place;
        /// Area that paper states, in dm²; ours is computed.
        stated_area: SquareDecimetres(0, 1_000_000_000_000);
        /// District.
        admin_area: Reference("admin-area");
        /// Nearest settlement.
        settlement: Reference("settlement");
    }
    section evidence {
        /// Direct or indirect.
        evidence: Choice(EVIDENCE);
        /// Which direct evidence.
        direct_evidence: Choices(DIRECT_EVIDENCE) if evidence in ["direct"];
        /// Which indirect evidence.
        indirect_evidence: Choices(INDIRECT_EVIDENCE) if evidence in ["indirect"];
        /// Survey that made or changed it.
        survey: Reference("non-technical-survey");
    }
    section ground {
        /// Terrain.
        terrain: Choices(TERRAIN);
        /// Vegetation.
        vegetation: Choice(VEGETATION);
        /// Marking.
        marking: Choice(MARKING);
        /// When the marking was last inspected.
        marking_inspected_on: Date;
        /// When anybody of the programme was last there.
        last_visited_on: Date;
        /// What the land is to be used for.
        intended_use: Choices(LAND_USE);
        /// How deep that use goes, in mm: a plough, a foundation, a pond.
        intended_depth: Millimetres(0, 100_000);
        /// Anything else.
        note: LongText(4_000);
        /// Photos.
        photos: Photos;
    }
    section source {
        /// Name of the file that it was imported from.
        source_file: Text(300);
        /// Id in that file.
        source_id: Text(300);
        /// Date of information of the import.
        as_of: Date;
        /// What was done to its outline at import.
        repair: Choice(REPAIR);
        /// Reported lifted by a source, not verified.
        reported_lifted: Choice(YES_NO);
    }
}

impl HazardousArea<'_> {
    /// Classes need their sort of evidence; an indication needs some position.
    fn check(&self, _context: &Context) -> Vec<Problem> {
        let mut found = Vec::new();
        if self.classification() == Some("cha") && self.evidence() == Some("indirect") {
            found.push(Problem::stops(key::evidence, "direct-evidence-needed"));
        }
        if self.classification() == Some("sha") && self.evidence() == Some("none") {
            found.push(Problem::stops(key::evidence, "indirect-evidence-needed"));
        }
        if self.classification() == Some("indication")
            && self.place().is_none()
            && self.ground().is_none()
        {
            found.push(Problem::stops(key::place, "required"));
        }
        found.extend(crate::check::not_before(
            self.0,
            key::opened_on,
            key::closed_on,
        ));
        found
    }
}
