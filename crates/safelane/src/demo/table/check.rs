//! What a table names must be in it: teams, people, hazardous areas, places, reports.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Hazard, Named, Series, Table};

/// Everything that is named and not there, with its place in the text.
pub(super) fn mistakes(table: &Table) -> Vec<(Range<usize>, String)> {
    let mut look = Look {
        organisations: table.organisation.iter().map(|row| &*row.key).collect(),
        teams: table.team.iter().map(|row| &*row.key).collect(),
        signers: (table.person.iter())
            .filter(|row| row.device.is_some())
            .map(|row| &*row.key)
            .collect(),
        districts: table.district.iter().map(|row| &*row.code).collect(),
        tasks: table.task.iter().map(|row| &*row.key).collect(),
        reports: table
            .progress
            .iter()
            .filter_map(|row| row.key.as_deref())
            .collect(),
        hazards: table.hazard.iter().map(|row| row.number).collect(),
        found: Vec::new(),
    };
    for row in &table.team {
        look.organisation(&row.organisation);
    }
    for row in &table.person {
        look.organisation(&row.organisation);
        row.team.iter().for_each(|team| look.team(team));
    }
    for row in &table.place {
        look.district(&row.district);
    }
    for row in &table.hazard {
        look.hazard_row(row);
        look.place(table, &row.place, &row.district);
    }
    for row in &table.task {
        row.hazards.iter().for_each(|number| look.hazard(number));
        row.teams.iter().for_each(|team| look.team(team));
    }
    for row in &table.series {
        look.report(table, &row.by, None, &row.task);
        look.days(row);
    }
    for row in &table.progress {
        look.report(table, &row.by, row.team.as_ref(), &row.task);
        row.corrects.iter().for_each(|key| look.corrected(key));
    }
    for row in &table.item {
        look.people(&row.by, &row.approved);
        row.team.iter().for_each(|team| look.team(team));
        row.task.iter().for_each(|task| look.task(task));
        row.hazard.iter().for_each(|number| look.hazard(number));
    }
    for row in &table.accident {
        look.people(&row.by, &row.approved);
        row.hazard.iter().for_each(|number| look.hazard(number));
        look.place(table, &row.place, &row.district);
    }
    for row in &table.completion {
        look.people(&row.by, &row.approved);
        look.hazard(&row.hazard);
        row.team.iter().for_each(|team| look.team(team));
        row.task.iter().for_each(|task| look.task(task));
    }
    for row in &table.survey {
        look.people(&row.by, &row.approved);
        look.hazard(&row.hazard);
        row.task.iter().for_each(|task| look.task(task));
    }
    for row in &table.version {
        look.people(&row.by, &[]);
        look.hazard(&row.hazard);
    }
    for row in &table.zone {
        look.people(&row.by, &row.approved);
        row.hazards.iter().for_each(|number| look.hazard(number));
    }
    for row in &table.civilian_report {
        look.people(&row.by, &row.approved);
        look.place(table, &row.place, &row.district);
    }
    for row in &table.answer {
        look.people(&row.by, &[]);
        look.task(&row.task);
        if table.item_keyed(row.item.get_ref()).is_none() {
            let what = format!("no item {:?} in the table", row.item.get_ref());
            look.note(&row.item, what);
        }
    }
    look.found
}

/// Whether a series' days suffice for its ground.
fn suffices(row: &Series) -> bool {
    let [_, _, width, height] = row.block;
    row.days().len() as f64 * row.m2_a_day as f64 >= (width * height).round()
}

struct Look<'a> {
    organisations: BTreeSet<&'a str>,
    teams: BTreeSet<&'a str>,
    signers: BTreeSet<&'a str>,
    districts: BTreeSet<&'a str>,
    tasks: BTreeSet<&'a str>,
    reports: BTreeSet<&'a str>,
    hazards: BTreeSet<u64>,
    found: Vec<(Range<usize>, String)>,
}

impl Look<'_> {
    fn note<T>(&mut self, at: &Named<T>, what: String) {
        self.found.push((at.span(), what));
    }

    fn organisation(&mut self, key: &Named) {
        if !self.organisations.contains(&**key.get_ref()) {
            self.note(
                key,
                format!("no organisation {:?} in the table", key.get_ref()),
            );
        }
    }

    fn team(&mut self, key: &Named) {
        if !self.teams.contains(&**key.get_ref()) {
            self.note(key, format!("no team {:?} in the table", key.get_ref()));
        }
    }

    fn district(&mut self, code: &Named) {
        if !self.districts.contains(&**code.get_ref()) {
            self.note(
                code,
                format!("no district {:?} in the table", code.get_ref()),
            );
        }
    }

    fn task(&mut self, key: &Named) {
        if !self.tasks.contains(&**key.get_ref()) {
            self.note(key, format!("no task {:?} in the table", key.get_ref()));
        }
    }

    fn hazard(&mut self, number: &Named<u64>) {
        if !self.hazards.contains(number.get_ref()) {
            self.note(
                number,
                format!("no hazard {} in the table", number.get_ref()),
            );
        }
    }

    fn person(&mut self, key: &Named) {
        if !self.signers.contains(&**key.get_ref()) {
            let what = format!("nobody {:?} with a device in the table", key.get_ref());
            self.note(key, what);
        }
    }

    fn corrected(&mut self, key: &Named) {
        if !self.reports.contains(&**key.get_ref()) {
            self.note(key, format!("no report {:?} in the table", key.get_ref()));
        }
    }

    fn people(&mut self, by: &Named, approved: &[Named]) {
        self.person(by);
        for approver in approved {
            self.person(approver);
            if approver.get_ref() == by.get_ref() {
                self.note(approver, format!("{:?} approves their own", by.get_ref()));
            }
        }
    }

    fn place(&mut self, table: &Table, name: &Named, district: &Named) {
        self.district(district);
        if table.place(name.get_ref(), district.get_ref()).is_none() {
            let what = format!("no place {:?} in {}", name.get_ref(), district.get_ref());
            self.note(name, what);
        }
    }

    fn hazard_row(&mut self, row: &Hazard) {
        for version in &row.version {
            let by = version.by.as_ref().unwrap_or(&row.by);
            self.people(by, &version.approved);
            version.from.iter().for_each(|number| self.hazard(number));
        }
        if let Some(aside) = &row.set_aside {
            self.people(&row.by, &aside.approved);
        }
    }

    /// A report is about a hazardous area, by somebody of a team.
    fn report(&mut self, table: &Table, by: &Named, team: Option<&Named>, task: &Named) {
        self.people(by, &[]);
        self.task(task);
        if let Some(team) = team {
            self.team(team);
        }
        if team.is_none()
            && table
                .person(by.get_ref())
                .is_some_and(|one| one.team.is_none())
        {
            self.note(by, format!("{:?} has no team", by.get_ref()));
        }
        if table
            .task(task.get_ref())
            .is_some_and(|one| one.hazards.is_empty())
        {
            self.note(task, format!("task {:?} names no hazard", task.get_ref()));
        }
    }

    fn days(&mut self, row: &Series) {
        if !suffices(row) {
            let what = format!(
                "{} m² a day from {} to {} days ago do not fill the block",
                row.m2_a_day, row.from, row.to
            );
            self.note(&row.task, what);
        }
    }
}
