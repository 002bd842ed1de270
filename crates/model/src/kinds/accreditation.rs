//! Accreditation of a team or an organisation (`domain.md` 1.19; IMAS 07.30).

use crate::check::{Context, Problem};
use crate::codes::ACCREDITATION_SCOPE;
use crate::macros::record_kind;

record_kind! {
    /// What a team or a whole organisation may do, and from when until when.
    pub struct Accreditation: "accreditation" / 1, Reference, stops;
    section what {
        /// Organisation.
        organisation: Reference("organisation") [required];
        /// The team, when it is not for all teams of the organisation.
        team: Reference("team");
        /// What for.
        scope: Choices(ACCREDITATION_SCOPE) [required];
        /// First day.
        issued_on: Date [required];
        /// Last day; left out, it has none.
        expires_on: Date;
        /// Day from which it is suspended or withdrawn.
        suspended_on: Date;
        /// Number of the certificate.
        certificate: Text(120);
        /// Conditions.
        conditions: LongText(2_000);
    }
}

impl Accreditation<'_> {
    fn check(&self, _context: &Context) -> Vec<Problem> {
        crate::check::not_before(self.0, key::issued_on, key::expires_on)
            .into_iter()
            .collect()
    }
}
