//! Organisations, teams, districts and places: the coordinator's statements stand.

use anyhow::Result;
use safelane_geometry::Shape;
use safelane_model::body::{Body, Ground, How, Place};
use serde_json::json;

use super::Builder;
use crate::demo::story::Target;

/// Minutes after midnight, before anything refers to them.
const FIRST: i64 = 7 * 60;

/// Days ago that every team was first accredited.
const ACCREDITED: i64 = 1_400;

impl Builder<'_> {
    pub(super) fn places(&mut self) -> Result<()> {
        self.organisations();
        self.teams()?;
        for row in &self.table.district {
            let mut body = Body::new()
                .with("name", row.name.as_str())
                .with("name_km", row.km.as_str())
                .with("name_bs", row.bs.as_str())
                .with("code", row.code.as_str())
                .with("level", 1);
            let outline = self.isle.outline(&row.outline);
            body.set_ground("ground", &Ground::new(Shape::polygons(outline), How::Drawn));
            let record = self.record(&format!("district {}", row.code));
            self.stands((record, "admin-area"), body);
        }
        self.settlements();
        Ok(())
    }

    fn organisations(&mut self) {
        for row in &self.table.organisation {
            let body = Body::new()
                .with("name", row.name.as_str())
                .with("organisation_type", row.organisation_type.as_str());
            let record = self.record(&format!("organisation {}", row.key));
            self.stands((record, "organisation"), body);
        }
    }

    fn teams(&mut self) -> Result<()> {
        for row in &self.table.team {
            let organisation = format!("organisation {}", row.organisation.get_ref());
            let body = Body::new()
                .with("name", row.name.as_str())
                .with("organisation", self.reference(&organisation))
                .with("team_type", row.team_type.as_str())
                .with("people", row.people);
            let record = self.record(&format!("team {}", row.key));
            self.stands((record, "team"), body);
            // Inspectors accredit others.
            if row.team_type != "inspection" {
                let body = Body::new()
                    .with("organisation", self.reference(&organisation))
                    .with("team", record.to_string())
                    .with("scope", json!([row.team_type]))
                    .with("issued_on", self.date(ACCREDITED)?)
                    .with("expires_on", self.date(row.accredited_until)?)
                    .with("certificate", format!("DEMO-ACC {}", row.name));
                let record = self.record(&format!("accreditation {}", row.key));
                self.stands((record, "accreditation"), body);
            }
        }
        Ok(())
    }

    fn settlements(&mut self) {
        for (index, row) in self.table.place.iter().enumerate() {
            let district = row.district.get_ref();
            let mut body = Body::new()
                .with("name", row.name.as_str())
                .with("name_km", row.km.as_str())
                .with("name_bs", row.bs.as_str())
                .with("code", format!("{district}{:02}", index + 1))
                .with("settlement_type", row.settlement_type.as_str())
                .with(
                    "admin_area",
                    self.reference(&format!("district {district}")),
                );
            if let Some(people) = row.people {
                body.set("population", people);
            }
            body.set_place("place", &Place::new(self.isle.at(row.at), How::Drawn));
            let record = self.record(&format!("place {index}"));
            self.stands((record, "settlement"), body);
        }
    }

    fn stands(&mut self, target: Target, body: Body) {
        let began = self.table.programme.began;
        let statement = self.story.put("ash", began, target, body);
        self.story.at_minute(statement, FIRST);
    }
}
