//! What a person enters to link a claim, and the body that it makes. The body is pure.

use leptos::prelude::*;
use safelane_ledger::RecordId;
use safelane_model::body::{self, Map};
use safelane_model::kinds::clearance::{key, part};
use safelane_model::{Date, Unit};
use safelane_rules::claims::DRAWING;
use safelane_wire::desk::{ClaimDetail, StatementRow};
use serde_json::Value;

use crate::components::stepper::parse_decimal;
use crate::field::form::number::scale;

/// What was entered for one claim.
#[derive(Clone, Copy)]
pub struct Entered {
    record: RwSignal<Option<RecordId>>,
    /// Ids of the hazardous areas chosen.
    pub hazards: RwSignal<Vec<String>>,
    /// The day, as `2004-09-30`, or empty.
    pub day: RwSignal<String>,
    /// The depth as typed, in cm.
    pub depth: RwSignal<String>,
    /// Whether all items were dealt with.
    pub items: RwSignal<Option<String>>,
    /// Where that is known from.
    pub basis: RwSignal<String>,
    /// Why it leaves ground, where a check asks.
    pub reason: RwSignal<String>,
    /// Whether the person has tried to sign: only then is what is merely empty marked.
    pub tried: RwSignal<bool>,
    /// Being signed and sent.
    pub busy: RwSignal<bool>,
    /// Why it was not sent.
    pub failed: RwSignal<Option<String>>,
    /// The link that was signed last: the next one often comes from the same paper.
    pub last: RwSignal<Option<Link>>,
}

/// A link in values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// Hazardous areas.
    pub hazards: Vec<String>,
    /// Day of completion.
    pub day: Option<Date>,
    /// Depth, mm.
    pub depth: Option<i64>,
    /// Whether all items were dealt with.
    pub items: Option<String>,
    /// Where that is known from.
    pub basis: String,
    /// Why it leaves ground.
    pub reason: String,
}

impl Entered {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            record: RwSignal::new(None),
            hazards: RwSignal::new(Vec::new()),
            day: RwSignal::new(String::new()),
            depth: RwSignal::new(String::new()),
            items: RwSignal::new(None),
            basis: RwSignal::new(String::new()),
            reason: RwSignal::new(String::new()),
            tried: RwSignal::new(false),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
            last: RwSignal::new(None),
        }
    }

    /// Begins with what is known of a claim; a fresh answer about the same one changes nothing.
    pub fn begin(self, detail: &ClaimDetail) {
        let record = detail.record.row.record;
        if self.record.get_untracked() == Some(record) {
            return;
        }
        self.record.set(Some(record));
        let stated = begun_with(detail)
            .and_then(|statement| statement.body.as_ref())
            .map(Link::of)
            .unwrap_or_default();
        // A first link begins with what the claim lies on; the person sees it and may take it back.
        let suggested = || {
            let shared = detail.claim.overlaps.iter();
            shared
                .filter(|one| one.common >= DRAWING)
                .map(|one| one.hazard.to_string())
                .collect()
        };
        let hazards = if stated.hazards.is_empty() {
            suggested()
        } else {
            stated.hazards.clone()
        };
        self.show(&stated);
        self.reason.set(stated.reason);
        self.hazards.set(hazards);
        self.tried.set(false);
        self.failed.set(None);
    }

    fn show(self, link: &Link) {
        let point = t!("format.decimal");
        self.day
            .set(link.day.map(|day| day.to_string()).unwrap_or_default());
        let depth = link.depth.map(|mm| depth_scale().text(mm, point));
        self.depth.set(depth.unwrap_or_default());
        self.items.set(link.items.clone());
        self.basis.set(link.basis.clone());
    }

    /// The values as they are now.
    pub fn link(self) -> Link {
        Link {
            hazards: self.hazards.get(),
            day: self.day.with(|day| day.parse().ok()),
            depth: self.depth.with(|text| {
                let scale = depth_scale();
                parse_decimal(text, scale.places).map(|typed| scale.stored(typed))
            }),
            items: self.items.get(),
            basis: self.basis.with(|text| text.trim().to_owned()),
            reason: self.reason.with(|text| text.trim().to_owned()),
        }
    }

    /// Whether there is an earlier link to take them from.
    pub fn has_last(self) -> bool {
        self.last.with(Option::is_some)
    }

    /// Day, depth and source as in the last link; the hazardous areas stay.
    pub fn as_last(self) {
        if let Some(last) = self.last.get_untracked() {
            self.show(&last);
        }
    }
}

fn depth_scale() -> crate::field::form::number::Scale {
    scale(part::key::depth, Unit::Millimetres)
}

/// The statement whose body a link goes on from: one that was returned, else the claim.
pub fn begun_with(detail: &ClaimDetail) -> Option<&StatementRow> {
    let wanted = detail.claim.returned.unwrap_or(detail.claim.claim);
    let statements = &detail.record.statements;
    statements.iter().find(|one| one.revision == wanted)
}

impl Link {
    /// What a body says of it.
    pub fn of(map: &Map) -> Self {
        let first_depth = body::entries(map, key::parts)
            .into_iter()
            .find_map(|entry| body::integer(entry, part::key::depth));
        Self {
            hazards: body::texts(map, key::hazards)
                .into_iter()
                .map(str::to_owned)
                .collect(),
            day: body::date(map, key::completed_on),
            depth: first_depth,
            items: body::text(map, key::items_dealt_with).map(str::to_owned),
            basis: body::text(map, key::basis).unwrap_or_default().to_owned(),
            reason: body::text(map, key::reason).unwrap_or_default().to_owned(),
        }
    }

    /// The claim's body with this link: it is no claim any more, and everything else of it stays.
    pub fn body(&self, claim: &Map) -> Map {
        let mut body = claim.clone();
        let mut put = |key: &str, value: Option<Value>| match value {
            Some(value) => _ = body.insert(key.to_owned(), value),
            None => _ = body.remove(key),
        };
        let text = |text: &str| (!text.is_empty()).then(|| Value::from(text));
        put(key::claimed, Some("no".into()));
        put(key::hazards, Some(self.hazards.clone().into()));
        put(
            key::completed_on,
            self.day.map(|day| day.to_string().into()),
        );
        put(key::items_dealt_with, self.items.as_deref().and_then(text));
        put(key::basis, text(&self.basis));
        put(key::reason, text(&self.reason));
        let parts: Vec<Value> = body::entries(claim, key::parts)
            .into_iter()
            .map(|entry| Value::Object(self.part(entry)))
            .collect();
        put(key::parts, Some(parts.into()));
        body
    }

    fn part(&self, entry: &Map) -> Map {
        let mut entry = entry.clone();
        match self.depth {
            Some(mm) => _ = entry.insert(part::key::depth.to_owned(), mm.into()),
            None => _ = entry.remove(part::key::depth),
        }
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn claim() -> Map {
        let claim = json!({
            "report": "completion", "claimed": "yes", "hazards": [], "items_dealt_with": "unknown",
            "source_file": "cleared.geojson", "source_id": "C-77", "as_of": "2026-01-31",
            "parts": [{"release": "cleared", "ground": {"kept": true}}], "later": {"kept": 1},
        });
        claim.as_object().cloned().unwrap()
    }

    #[test]
    fn a_link_keeps_all_that_the_source_said_and_is_read_back_the_same() {
        let link = Link {
            hazards: vec!["a".to_owned(), "b".to_owned()],
            day: "2004-09-30".parse().ok(),
            depth: Some(200),
            items: Some("yes".to_owned()),
            basis: "Completion report 211".to_owned(),
            reason: "A stream".to_owned(),
        };
        let body = link.body(&claim());
        assert_eq!(Link::of(&body), link);
        assert_eq!(body["claimed"], "no");
        assert_eq!(body["parts"][0]["ground"], json!({"kept": true}));
        for key in ["source_file", "source_id", "as_of", "later", "report"] {
            assert_eq!(body[key], claim()[key], "{key}");
        }
    }

    #[test]
    fn what_is_not_stated_is_absent_and_never_null() {
        let body = Link::default().body(&claim());
        assert!(body.values().all(|value| !value.is_null()));
        for key in ["completed_on", "basis", "items_dealt_with", "reason"] {
            assert!(!body.contains_key(key), "{key}");
        }
        assert!(body["parts"][0].get("depth").is_none());
    }
}
