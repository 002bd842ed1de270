//! Results of checks as the API tells them.

use safelane_rules::checks::Finding;
use safelane_wire::desk::CheckRow;

/// A finding as a row.
pub fn row(finding: &Finding) -> CheckRow {
    CheckRow {
        code: finding.code.to_owned(),
        number: finding.number,
        severity: finding.severity.code().to_owned(),
        life: finding.life.code().to_owned(),
        records: finding.records.clone(),
        at: finding.at.map(|at| [at.lon_degrees(), at.lat_degrees()]),
        args: finding
            .args
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect(),
    }
}
