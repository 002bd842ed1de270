//! The code lists of the built-in kinds. Sources: `domain.md` 1.1 to 1.19 (IMSMA NG terms where
//! marked there); codes are ours, stored for ever, and never reused for another meaning.

use crate::CodeList;

macro_rules! code_lists {
    ($( $(#[$doc:meta])* $name:ident = $key:literal [ $($code:literal),+ $(,)? ]; )+) => {
        $( $(#[$doc])* pub static $name: CodeList = CodeList { key: $key, codes: &[$($code),+] }; )+
        /// Every code list.
        pub static ALL: &[&CodeList] = &[$(&$name),+];
    };
}

code_lists! {
    /// Class of a hazardous area.
    CLASSIFICATION = "classification" ["sha", "cha", "indication"];
    /// What kind of explosive ordnance an area is contaminated with.
    CONTAMINATION = "contamination" ["ap-mine", "av-mine", "improvised-mine", "cluster-munition-remnants", "unexploded-ordnance", "abandoned-ordnance", "other-ied", "booby-trap", "unknown"];
    /// Where a hazardous area stands.
    HAZARD_STATUS = "hazard-status" ["open", "suspended", "closed"];
    /// Why a hazardous area was opened.
    OPENING = "opening" ["new", "re-opened", "confirmed-out-of", "split-from"];
    /// Evidence of contamination.
    EVIDENCE = "evidence" ["direct", "indirect", "none", "not-specified"];
    /// Kinds of direct evidence.
    DIRECT_EVIDENCE = "direct-evidence" ["detonations", "accidents-known-location", "records-high-reliability", "signs-or-fencing", "visual-observation", "not-specified"];
    /// Kinds of indirect evidence.
    INDIRECT_EVIDENCE = "indirect-evidence" ["old-survey", "former-combat-zone", "accidents-unknown-location", "records-low-reliability", "productive-land-not-used", "verbal-reports", "not-specified"];
    /// Terrain.
    TERRAIN = "terrain" ["flat", "hillside", "ridge", "gully", "riverbank", "marsh", "paddy", "forest", "scrub", "orchard", "desert", "urban", "road", "track", "bridge", "building", "border-belt"];
    /// Density of vegetation.
    VEGETATION = "vegetation" ["none", "light", "medium", "dense"];
    /// State of the marking.
    MARKING = "marking" ["none", "partial", "complete", "damaged", "unknown"];
    /// Progress or completion.
    CLEARANCE_REPORT = "clearance-report" ["progress", "completion"];
    /// How the ground of a day is stated.
    GROUND_BY = "ground-by" ["lanes", "number", "outline"];
    /// Methods of clearance.
    METHOD = "method" ["manual-detector", "manual-excavation", "raking", "dual-sensor", "large-loop", "dogs", "rats", "flail", "tiller", "excavator", "sifter", "vegetation-cutting", "surface-search", "sub-surface-search", "unknown"];
    /// Why no work was done.
    STAND_DOWN = "stand-down" ["weather", "medical", "security", "holiday", "vegetation-not-cut", "machine-down", "demolition", "training", "other"];
    /// Which way ground was released.
    RELEASE = "release" ["cleared", "reduced"];
    /// Methods of non-technical survey.
    SURVEY_METHOD = "survey-method" ["key-informants", "focus-group", "household-visits", "site-inspection", "records-review", "imagery", "other"];
    /// Type of a non-technical survey.
    SURVEY_TYPE = "survey-type" ["desk", "field", "re-survey", "baseline", "liaison-visit", "post-disaster"];
    /// Outcome of a survey for one outline.
    SURVEY_OUTCOME = "survey-outcome" ["new-sha", "new-cha", "cancelled", "no-change"];
    /// Criteria for cancellation.
    CANCELLATION = "cancellation" ["in-use-without-incident", "no-evidence-from-informants", "record-mislocated", "records-refuted", "other"];
    /// Categories of explosive ordnance (IMAS 04.10's scope).
    ORDNANCE = "ordnance" ["ap-mine", "av-mine", "improvised-mine", "submunition", "unexploded-ordnance", "abandoned-ordnance", "other-ied", "booby-trap", "small-arms-ammunition", "fragments", "unknown"];
    /// Types within the categories of explosive ordnance.
    ORDNANCE_TYPE = "ordnance-type" ["ap-blast", "ap-fragmentation", "ap-bounding", "ap-directional", "av-blast", "av-shaped-charge", "av-with-anti-handling", "pressure-plate", "pull-or-trip", "unexploded-submunition", "unexploded-bomblet", "failed-cluster-munition", "abandoned-cluster-munition", "projectile", "mortar", "rocket", "hand-grenade", "rifle-grenade", "projected-grenade", "aircraft-bomb", "fuze", "other", "unknown"];
    /// Condition of an item.
    CONDITION = "condition" ["intact", "damaged", "deteriorated", "fired", "partially-detonated", "fragments", "unknown"];
    /// How an item was found.
    FOUND_BY = "found-by" ["detector", "dog", "visual", "excavation", "mechanical", "civilian-report", "unknown"];
    /// What happened to an item: the steps of its life.
    ITEM_STEP = "item-step" ["left-marked", "moved", "handed-over", "stored", "destroyed-in-situ", "moved-and-destroyed", "neutralised-and-destroyed"];
    /// Accident (harm), incident (no harm), near miss.
    EVENT = "event" ["accident", "incident", "near-miss", "unknown"];
    /// What caused an accident or incident.
    CAUSE = "cause" ["mine", "cluster-munition", "unexploded-ordnance", "ied", "stored-ammunition", "other", "unknown"];
    /// Yes or no, where whoever answers decides it: nobody says of a setting that it is not known.
    DECISION = "decision" ["yes", "no"];
    /// Yes or no, or not known.
    YES_NO = "yes-no" ["yes", "no", "unknown"];
    /// None or some, to be answered explicitly.
    NONE_OR_SOME = "none-or-some" ["none", "some"];
    /// On what a civilian-risk zone rests.
    ZONE_BASIS = "zone-basis" ["around-hazard", "accidents", "ordnance-reports", "former-battle-area", "flood-or-landslide", "strike-footprint", "ammunition-store", "unmarked-route", "other"];
    /// Groups that are exposed.
    EXPOSED_GROUP = "exposed-group" ["farmers", "herders", "wood-collectors", "school-children", "hunters", "hikers", "returnees", "migrants", "scrap-collectors", "road-users", "unknown"];
    /// Why people enter.
    ENTRY_REASON = "entry-reason" ["food", "water", "wood", "grazing", "shortcut", "scrap", "play", "religion", "no-alternative", "unaware", "unknown"];
    /// Whether people have an alternative.
    ALTERNATIVES = "alternatives" ["yes", "partly", "no", "unknown"];
    /// Bands of the risk index, the gravest first (`domain.md` 3.4).
    RISK_BAND = "risk-band" ["very-high", "high", "medium", "low", "very-low"];
    /// Advice given.
    ADVICE = "advice" ["keep-out", "use-marked-path", "report-finds", "risk-education-held", "signs-explained", "none"];
    /// What a task is for.
    TASK_ACTIVITY = "task-activity" ["clearance", "battle-area-clearance", "technical-survey", "non-technical-survey", "spot-task", "marking", "risk-education"];
    /// Where a task stands.
    TASK_STATUS = "task-status" ["draft", "issued", "in-progress", "suspended", "completed", "closed", "withdrawn"];
    /// Type of an organisation.
    ORGANISATION_TYPE = "organisation-type" ["authority", "mine-action-centre", "ngo", "commercial", "military", "police", "un", "other"];
    /// Activity of a team.
    TEAM_TYPE = "team-type" ["manual-clearance", "battle-area-clearance", "eod", "dogs", "mechanical", "technical-survey", "non-technical-survey", "risk-education", "inspection"];
    /// Type of a settlement.
    SETTLEMENT_TYPE = "settlement-type" ["village", "town", "city", "hamlet", "camp", "school", "health-post", "other"];
    /// What was done to a geometry at import (S4).
    REPAIR = "repair" ["none", "repaired", "buffered"];
    /// What land is used for, or is to be used for (`domain.md` 1.22).
    LAND_USE = "land-use" ["rice", "other-crop", "orchard", "grazing", "forest", "housing", "road-or-path", "water", "school", "health", "religious-or-cultural", "market-or-commerce", "infrastructure", "tourism", "military-or-border", "none", "other", "unknown"];
    /// Why work on a hazardous area is suspended (`domain.md` 1.8).
    SUSPENSION = "suspension" ["unstable-building", "rubble", "flooded", "border", "security", "access", "season", "funds", "other"];
    /// Scope of an accreditation (`domain.md` 1.19); the codes are those of the teams.
    ACCREDITATION_SCOPE = "accreditation-scope" ["manual-clearance", "battle-area-clearance", "eod", "dogs", "mechanical", "technical-survey", "non-technical-survey", "risk-education"];
    /// What a civilian report is about (`domain.md` 1.6).
    REPORT_ABOUT = "report-about" ["item", "explosion", "sign-or-fence", "suspicion", "other", "unknown"];
    /// How soon somebody must go there.
    URGENCY = "urgency" ["at-once", "soon", "routine", "unknown"];
    /// What became of a civilian report.
    RESPONSE = "response" ["waiting", "tasked", "dealt-with", "nothing-found", "not-ordnance", "referred"];
    /// The sheet of a report that was entered from paper.
    PAPER_SHEET = "paper-sheet" ["photographed", "lost", "unreadable"];
    /// How somebody answers a check.
    CHECK_ANSWER = "check-answer" ["acknowledged", "explained"];
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_list_names_a_code_twice() {
        for list in super::ALL {
            let unique: std::collections::BTreeSet<_> = list.codes.iter().collect();
            assert_eq!(unique.len(), list.codes.len(), "{}", list.key);
        }
    }
}
