//! Where a record stands, case by case.

use safelane_ledger::resolve::Ended;
use safelane_ledger::testkit::record;
use safelane_ledger::{
    Act, ApprovalRight, AuthorTime, Demand, PermissionTable, Received, RevisionId, Role,
    SignedRevision, State, Status, resolve,
};

use crate::support::{People, Table};

const PROGRESS: &str = "clearance/1";
const HAZARD: &str = "hazard/1";

fn ids<const N: usize>(of: [&SignedRevision; N]) -> Vec<RevisionId> {
    let mut ids: Vec<_> = of.iter().map(|signed| signed.id()).collect();
    ids.sort();
    ids
}

fn status(state: &State, of: &SignedRevision) -> Status {
    state.statements[&of.id()].status
}

/// A clearance by Ana that Ben approved: both are always here.
fn approved(people: &mut People) -> (SignedRevision, SignedRevision) {
    let put = people
        .ana
        .author
        .put(record("a"), PROGRESS, &[], r#"{"m":1}"#);
    let approval = people.ben.author.approve(&put, &[]);
    (put, approval)
}

#[test]
fn a_statement_waits_until_it_is_approved() {
    let mut people = People::new();
    let (put, approval) = approved(&mut people);

    let before = people.state(&[&put]);
    assert_eq!((before.open, before.officials), (ids([&put]), vec![]));
    let after = people.state(&[&put, &approval]);
    assert_eq!((after.open, after.officials), (vec![], ids([&put])));
    assert!(!before.two_versions && !after.two_versions);
}

#[test]
fn approving_one_of_two_heads_leaves_the_other_open() {
    let mut people = People::new();
    let (first, seen) = approved(&mut people);
    let hers = people
        .ana
        .author
        .put(record("a"), PROGRESS, &[first.id()], r#"{"m":2}"#);
    let his = people
        .dara
        .author
        .put(record("a"), PROGRESS, &[first.id()], r#"{"m":3}"#);
    let approval = people.ben.author.approve(&hers, &[first.id()]);

    let both_open = people.state(&[&first, &seen, &hers, &his]);
    assert_eq!(both_open.open, ids([&hers, &his]));
    assert!(
        !both_open.two_versions,
        "both descend from what is official"
    );

    let one_approved = people.state(&[&first, &seen, &hers, &his, &approval]);
    assert_eq!(one_approved.officials, ids([&hers]));
    assert_eq!(one_approved.open, ids([&his]));
    assert!(one_approved.two_versions);

    let sent_back = people.ben.author.send_back(&his);
    let settled = people.state(&[&first, &seen, &hers, &his, &approval, &sent_back]);
    assert_eq!((settled.open.len(), settled.returned), (0, ids([&his])));
    assert!(!settled.two_versions);
}

#[test]
fn approving_both_heads_makes_two_officials_until_a_merge_that_names_both() {
    let mut people = People::new();
    let (first, seen) = approved(&mut people);
    let hers = people
        .ana
        .author
        .put(record("a"), PROGRESS, &[first.id()], r#"{"m":2}"#);
    let his = people
        .dara
        .author
        .put(record("a"), PROGRESS, &[first.id()], r#"{"m":3}"#);
    // Two approvers who could not see each other's approval.
    let one = people.ben.author.approve(&hers, &[first.id()]);
    let other = people.cleo.author.approve(&his, &[first.id()]);
    let mut here = vec![&first, &seen, &hers, &his, &one, &other];

    let conflict = people.state(&here);
    assert_eq!(conflict.officials, ids([&hers, &his]));
    assert!(conflict.two_versions);

    let merge = people
        .ana
        .author
        .put(record("a"), PROGRESS, &ids([&hers, &his]), r#"{"m":4}"#);
    here.push(&merge);
    assert!(
        people.state(&here).two_versions,
        "a merge settles nothing before it is approved"
    );

    let settling = people.ben.author.approve(&merge, &ids([&hers, &his]));
    here.push(&settling);
    let settled = people.state(&here);
    assert_eq!(settled.officials, ids([&merge]));
    assert_eq!(settled.superseded, ids([&first, &hers, &his]));
    assert!(!settled.two_versions);
}

#[test]
fn a_merge_that_names_one_head_settles_nothing() {
    let mut people = People::new();
    let (first, seen) = approved(&mut people);
    let hers = people
        .ana
        .author
        .put(record("a"), PROGRESS, &[first.id()], r#"{"m":2}"#);
    let his = people
        .dara
        .author
        .put(record("a"), PROGRESS, &[first.id()], r#"{"m":3}"#);
    let narrow = people
        .ana
        .author
        .put(record("a"), PROGRESS, &[hers.id()], r#"{"m":4}"#);
    let approval = people.ben.author.approve(&narrow, &[first.id()]);

    let state = people.state(&[&first, &seen, &hers, &his, &narrow, &approval]);
    assert_eq!(
        (&state.officials, &state.open),
        (&ids([&narrow]), &ids([&his]))
    );
    assert!(state.two_versions);
}

#[test]
fn an_approval_and_a_return_are_a_dispute() {
    let mut people = People::new();
    let (put, approval) = approved(&mut people);
    let sent_back = people.cleo.author.send_back(&put);

    let state = people.state(&[&put, &approval, &sent_back]);
    assert_eq!(state.disputed, ids([&put]));
    assert!(state.officials.is_empty() && state.open.is_empty() && state.two_versions);
    assert!(state.counts_for_danger().any(|id| id == put.id()));

    let answer = people
        .ana
        .author
        .put(record("a"), PROGRESS, &[put.id()], r#"{"m":2}"#);
    let settled = people.dara.author.approve(&answer, &[]);
    let state = people.state(&[&put, &approval, &sent_back, &answer, &settled]);
    assert_eq!(
        (&state.officials, state.two_versions),
        (&ids([&answer]), false)
    );
}

#[test]
fn a_returned_statement_waits_for_an_answer_and_still_counts_for_danger() {
    let mut people = People::new();
    let put = people
        .ana
        .author
        .put(record("a"), HAZARD, &[], r#"{"m":1}"#);
    let sent_back = people.hub.author.send_back(&put);
    let state = people.state(&[&put, &sent_back]);
    assert_eq!(state.returned, ids([&put]));

    let answer = people
        .ana
        .author
        .put(record("a"), HAZARD, &[put.id()], r#"{"m":2}"#);
    let state = people.state(&[&put, &sent_back, &answer]);
    assert_eq!((state.returned.len(), &state.open), (0, &ids([&answer])));
    assert_eq!(status(&state, &put), Status::Returned);
    assert_eq!(
        state.counts_for_danger().collect::<Vec<_>>(),
        ids([&put, &answer])
    );
}

#[test]
fn two_approvals_need_two_people_one_of_them_with_the_release_right() {
    let mut people = People::new();
    let put = people
        .ana
        .author
        .put(record("a"), HAZARD, &[], r#"{"m":1}"#);
    let ben = people.ben.author.approve(&put, &[]);
    let ben_again = people.ben.author.approve(&put, &[]);
    let dara = people.dara.author.approve(&put, &[]);
    let cleo = people.cleo.author.approve(&put, &[]);

    let after_one = people.state(&[&put, &ben]);
    assert_eq!(after_one.open, ids([&put]));
    let reviewers: Vec<_> = after_one
        .reviewed_by(put.id())
        .iter()
        .map(|a| a.person)
        .collect();
    assert_eq!(reviewers, [people.ben.author.person]);

    assert!(
        people.state(&[&put, &ben, &ben_again]).officials.is_empty(),
        "one person twice"
    );
    assert!(
        people.state(&[&put, &ben, &dara]).officials.is_empty(),
        "nobody may release"
    );
    assert_eq!(people.state(&[&put, &ben, &cleo]).officials, ids([&put]));
    assert_eq!(
        people.state(&[&put, &ben, &dara, &cleo]).officials,
        ids([&put])
    );
}

#[test]
fn an_authors_own_approval_does_not_count() {
    let mut people = People::new();
    let put = people
        .ben
        .author
        .put(record("a"), PROGRESS, &[], r#"{"m":1}"#);
    let own = people.ben.author.approve(&put, &[]);
    assert_eq!(people.state(&[&put, &own]).open, ids([&put]));

    let other = people.dara.author.approve(&put, &[]);
    assert_eq!(people.state(&[&put, &own, &other]).officials, ids([&put]));
}

#[test]
fn neither_reporter_nor_typist_of_a_paper_entry_approves_it() {
    for key in ["reported_by_person", "entered_by"] {
        let mut people = People::new();
        let ben = people.ben.author.person.to_string();
        for spelt in [ben.clone(), ben.to_uppercase(), ben.replace('-', "")] {
            let body = format!(r#"{{"{key}":"{spelt}"}}"#);
            let put = people.ana.author.put(record("a"), PROGRESS, &[], &body);
            let named = people.ben.author.approve(&put, &[]);
            assert_eq!(people.state(&[&put, &named]).open, ids([&put]), "{key}");
            let other = people.dara.author.approve(&put, &[]);
            assert_eq!(people.state(&[&put, &named, &other]).officials, ids([&put]));
        }
    }
}

#[test]
fn a_correction_that_leaves_out_the_names_lets_nobody_approve_their_own_sheet() {
    let mut people = People::new();
    let sheet = format!(r#"{{"reported_by_person":"{}"}}"#, people.ben.author.person);
    let sheet = people.ana.author.put(record("a"), PROGRESS, &[], &sheet);
    let id = [sheet.id()];
    let cleo = &mut people.cleo.author;
    let nameless = cleo.put(record("a"), PROGRESS, &id, r#"{"m":2}"#);
    let again = cleo.put(record("a"), PROGRESS, &[nameless.id()], r#"{"m":3}"#);
    // Whether it was returned, amended or approved meanwhile, and however often it was corrected.
    let returned = people.dara.author.send_back(&sheet);
    let approved = people.dara.author.approve(&sheet, &[]);
    for of in [&nameless, &again] {
        let own = people.ben.author.approve(of, &[]);
        for judged in [&sheet, &returned, &approved] {
            let state = people.state(&[&sheet, judged, &nameless, &again, &own]);
            assert!(!state.officials.contains(&of.id()));
            assert!(state.statements[&of.id()].approvals.is_empty());
        }
        let other = people.dara.author.approve(of, &[]);
        let state = people.state(&[&sheet, &nameless, &again, &own, &other]);
        assert!(state.officials.contains(&of.id()));
    }
}

#[test]
fn a_wrong_name_is_mended_by_a_correction_that_others_approve() {
    let mut people = People::new();
    let wrong = format!(r#"{{"reported_by_person":"{}"}}"#, people.ben.author.person);
    let wrong = people.ana.author.put(record("a"), PROGRESS, &[], &wrong);
    let ana = &mut people.ana.author;
    let mended = ana.put(record("a"), PROGRESS, &[wrong.id()], r#"{"m":1}"#);
    let later = ana.put(record("a"), PROGRESS, &[mended.id()], r#"{"m":2}"#);
    let seen = people.dara.author.approve(&mended, &[]);
    let ben = people.ben.author.approve(&later, &[]);
    let state = people.state(&[&wrong, &mended, &seen, &later, &ben]);
    assert_eq!(state.officials, ids([&later]));
}

#[test]
fn an_approval_that_was_let_in_from_outside_counts_for_nothing() {
    let mut people = People::new();
    let (put, approval) = approved(&mut people);
    let mut late = people.receive(&approval);
    late.verdict.admitted_by = Some(people.dara.author.person);
    let received = [people.receive(&put), late.clone()];
    assert_eq!(resolve(&received, &Table).open, ids([&put]));
    // Also where another copy of its leaf does not say so.
    let received = [people.receive(&put), late, people.receive(&approval)];
    assert_eq!(resolve(&received, &Table).open, ids([&put]));
}

#[test]
fn judgements_without_the_right_change_nothing() {
    let mut people = People::new();
    let put = people
        .dara
        .author
        .put(record("a"), PROGRESS, &[], r#"{"m":1}"#);
    let approval = people.ana.author.approve(&put, &[]);
    let sent_back = people.ana.author.send_back(&put);
    let state = people.state(&[&put, &approval, &sent_back]);
    assert_eq!((state.open, state.two_versions), (ids([&put]), false));
}

#[test]
fn rights_are_those_of_the_verdict_also_for_a_held_revision_that_was_admitted() {
    let mut people = People::new();
    let (put, approval) = approved(&mut people);
    let mut late = people.receive(&approval);
    late.verdict.roles = [Role::Field].into();
    late.verdict.admitted_by = Some(people.cleo.author.person);
    let received = [people.receive(&put), late];
    assert_eq!(
        resolve(&received, &Table).open,
        ids([&put]),
        "admitted, and still without right"
    );
}

#[test]
fn where_copies_of_a_verdict_disagree_the_fewer_rights_hold() {
    let mut people = People::new();
    let (put, approval) = approved(&mut people);
    let full = people.receive(&approval);
    let mut less = full.clone();
    less.verdict.roles.clear();
    let put = people.receive(&put);
    for copies in [[&full, &less], [&less, &full]] {
        let received: Vec<Received> = [&put].into_iter().chain(copies).cloned().collect();
        assert!(resolve(&received, &Table).officials.is_empty());
    }
}

#[test]
fn a_child_of_an_unknown_parent_waits_and_still_counts_for_danger() {
    let mut people = People::new();
    let (first, seen) = approved(&mut people);
    let unseen = people
        .dara
        .author
        .put(record("a"), PROGRESS, &[first.id()], r#"{"m":2}"#);
    let child = people
        .ana
        .author
        .put(record("a"), PROGRESS, &[unseen.id()], r#"{"m":3}"#);
    let approval = people.ben.author.approve(&child, &[]);

    let state = people.state(&[&first, &seen, &child, &approval]);
    assert_eq!(state.waiting_for, ids([&unseen]));
    assert_eq!(
        (&state.officials, &state.open),
        (&ids([&first]), &ids([&child]))
    );
    assert!(
        state.two_versions,
        "nobody can tell whether it descends from what is official"
    );
    assert!(state.counts_for_danger().any(|id| id == child.id()));

    let state = people.state(&[&first, &seen, &child, &approval, &unseen]);
    assert_eq!(
        (state.waiting_for.len(), state.officials),
        (0, ids([&child]))
    );
}

#[test]
fn a_judgement_waits_for_its_statement() {
    let mut people = People::new();
    let (put, approval) = approved(&mut people);
    let state = people.state(&[&approval]);
    assert_eq!(
        (state.waiting_for, state.statements.len()),
        (ids([&put]), 0)
    );
}

#[test]
fn a_statement_on_a_judgement_is_misplaced_and_never_official() {
    let mut people = People::new();
    let (put, approval) = approved(&mut people);
    let odd = people
        .ana
        .author
        .put(record("a"), PROGRESS, &[approval.id()], r#"{"m":2}"#);
    let approval_of_odd = people.ben.author.approve(&odd, &[]);
    let judged_judgement = people.cleo.author.send_back(&approval);

    let state = people.state(&[&put, &approval, &odd, &approval_of_odd, &judged_judgement]);
    assert_eq!(state.misplaced, ids([&odd, &judged_judgement]));
    assert_eq!(
        (&state.officials, &state.open),
        (&ids([&put]), &ids([&odd]))
    );
    assert!(state.two_versions);
}

#[test]
fn an_approved_descendant_supersedes_also_through_one_that_was_never_judged() {
    let mut people = People::new();
    let (first, seen) = approved(&mut people);
    let between = people
        .ana
        .author
        .put(record("a"), PROGRESS, &[first.id()], r#"{"m":2}"#);
    let last = people
        .ana
        .author
        .put(record("a"), PROGRESS, &[between.id()], r#"{"m":3}"#);
    let state = people.state(&[&first, &seen, &between, &last]);
    assert_eq!(status(&state, &between), Status::Amended);
    assert_eq!(
        (&state.officials, &state.open),
        (&ids([&first]), &ids([&last]))
    );

    let approval = people.ben.author.approve(&last, &[first.id()]);
    let state = people.state(&[&first, &seen, &between, &last, &approval]);
    assert_eq!(
        (state.officials, state.superseded),
        (ids([&last]), ids([&first, &between]))
    );
}

#[test]
fn an_official_removal_ends_the_record() {
    let mut people = People::new();
    let (put, seen) = approved(&mut people);
    let remove = people
        .ana
        .author
        .end(Act::Remove, record("a"), PROGRESS, &[put.id()], "error");
    assert_eq!(people.state(&[&put, &seen, &remove]).ended, None);
    let approval = people.ben.author.approve(&remove, &[put.id()]);
    let state = people.state(&[&put, &seen, &remove, &approval]);
    assert_eq!(state.ended, Some(Ended::Removed(remove.id())));
}

#[test]
fn a_later_put_brings_back_what_was_set_aside() {
    let mut people = People::new();
    let (put, seen) = approved(&mut people);
    let aside = people
        .ana
        .author
        .end(Act::SetAside, record("a"), PROGRESS, &[put.id()], "test");
    let approval = people.ben.author.approve(&aside, &[put.id()]);
    let ended = people.state(&[&put, &seen, &aside, &approval]);
    assert_eq!(ended.ended, Some(Ended::SetAside(aside.id())));

    let back = people
        .ana
        .author
        .put(record("a"), PROGRESS, &[aside.id()], r#"{"m":2}"#);
    let again = people.ben.author.approve(&back, &[aside.id()]);
    let state = people.state(&[&put, &seen, &aside, &approval, &back, &again]);
    assert_eq!((state.ended, state.officials), (None, ids([&back])));
}

#[test]
fn a_removal_beside_another_version_ends_nothing() {
    let mut people = People::new();
    let (put, seen) = approved(&mut people);
    let remove = people
        .ana
        .author
        .end(Act::Remove, record("a"), PROGRESS, &[put.id()], "error");
    let change = people
        .dara
        .author
        .put(record("a"), PROGRESS, &[put.id()], r#"{"m":2}"#);
    let one = people.ben.author.approve(&remove, &[put.id()]);
    let other = people.cleo.author.approve(&change, &[put.id()]);
    let state = people.state(&[&put, &seen, &remove, &change, &one, &other]);
    assert_eq!((state.ended, state.two_versions), (None, true));
}

#[test]
fn an_import_stands_until_a_later_statement_is_approved() {
    let mut people = People::new();
    let import = people
        .hub
        .author
        .import(record("a"), HAZARD, &[], r#"{"m":1}"#);
    let put = people
        .ana
        .author
        .put(record("a"), HAZARD, &[import.id()], r#"{"m":2}"#);
    assert_eq!(people.state(&[&import]).officials, ids([&import]));
    let state = people.state(&[&import, &put]);
    assert_eq!(
        (&state.officials, &state.open),
        (&ids([&import]), &ids([&put]))
    );

    let one = people.ben.author.approve(&put, &[import.id()]);
    let two = people.cleo.author.approve(&put, &[import.id()]);
    assert_eq!(
        people.state(&[&import, &put, &one, &two]).officials,
        ids([&put])
    );
}

#[test]
fn an_import_that_could_take_hazard_away_waits_for_its_approvals() {
    let mut people = People::new();
    let import = people
        .hub
        .author
        .import(record("a"), HAZARD, &[], r#"{"m":1}"#);
    let again = people
        .hub
        .author
        .import(record("a"), HAZARD, &[import.id()], r#"{"m":2}"#);
    let state = people.state(&[&import, &again]);
    assert_eq!(
        (state.officials, state.open),
        (ids([&import]), ids([&again]))
    );
}

#[test]
fn an_import_that_no_hub_signed_stands_by_nothing() {
    let mut people = People::new();
    let import = people
        .ana
        .author
        .import(record("a"), HAZARD, &[], r#"{"m":1}"#);
    assert_eq!(people.state(&[&import]).open, ids([&import]));
}

#[test]
fn a_kind_that_asks_no_approval_stands_at_once_and_can_be_returned() {
    let mut people = People::new();
    let put = people
        .ana
        .author
        .put(record("a"), "team/1", &[], r#"{"m":1}"#);
    assert_eq!(people.state(&[&put]).officials, ids([&put]));
    let sent_back = people.hub.author.send_back(&put);
    let state = people.state(&[&put, &sent_back]);
    assert_eq!((state.officials.len(), state.returned), (0, ids([&put])));
}

#[test]
fn clocks_ten_years_off_change_nothing() {
    let shape = |years: i64| {
        let mut people = People::new();
        let (first, seen) = approved(&mut people);
        let at = people.dara.author.at.unix() + years * 365 * 86_400;
        people.dara.author.at = AuthorTime::from_unix(at).expect("a moment");
        people.cleo.author.at = people.dara.author.at;
        let change = people
            .dara
            .author
            .put(record("a"), PROGRESS, &[first.id()], r#"{"m":2}"#);
        let other = people
            .ana
            .author
            .put(record("a"), PROGRESS, &[first.id()], r#"{"m":3}"#);
        let approval = people.cleo.author.approve(&change, &[first.id()]);
        let state = people.state(&[&first, &seen, &change, &other, &approval]);
        // Ids differ with the bytes; the standing of each statement must not.
        let standing = [&first, &change, &other].map(|signed| status(&state, signed));
        (standing, state.two_versions)
    };
    let expected = ([Status::Superseded, Status::Official, Status::Open], true);
    for years in [-10, 0, 10] {
        assert_eq!(shape(years), expected, "{years} years");
    }
}

#[test]
fn an_empty_record_has_no_state() {
    assert_eq!(People::new().state(&[]), State::default());
}

/// Two approvals with the release right when `m` is less than that of anything replaced.
struct Shrinking;

impl PermissionTable for Shrinking {
    fn demand(&self, statement: &Received, replaced: &[&Received]) -> Demand {
        let m = |one: &Received| one.body.as_ref().and_then(|body| body.get("m")?.as_i64());
        let shrinks = replaced.iter().any(|before| m(statement) < m(before));
        Demand {
            approvals: if shrinks { 2 } else { 1 },
            needs_release_right: shrinks,
        }
    }

    fn approval_counts(&self, approval: &Received, statement: &Received) -> Option<ApprovalRight> {
        Table.approval_counts(approval, statement)
    }

    fn return_counts(&self, judgement: &Received, statement: &Received) -> bool {
        Table.return_counts(judgement, statement)
    }
}

#[test]
fn a_detour_over_a_statement_that_does_not_stand_saves_no_approval() {
    let mut people = People::new();
    let large = people
        .ana
        .author
        .put(record("a"), HAZARD, &[], r#"{"m":9}"#);
    let seen = people.ben.author.approve(&large, &[]);
    let small = people
        .ana
        .author
        .put(record("a"), HAZARD, &[large.id()], r#"{"m":1}"#);
    let back = people.dara.author.send_back(&small);
    // Held against its parent alone, this one would take nothing away.
    let again = people
        .ana
        .author
        .put(record("a"), HAZARD, &[small.id()], r#"{"m":1}"#);
    let one = people.ben.author.approve(&again, &[large.id()]);
    let two = people.cleo.author.approve(&again, &[large.id()]);
    let mut here: Vec<_> = [&large, &seen, &small, &back, &again, &one]
        .map(|signed| people.receive(signed))
        .into();
    assert_eq!(resolve(&here, &Shrinking).officials, ids([&large]));
    here.push(people.receive(&two));
    assert_eq!(resolve(&here, &Shrinking).officials, ids([&again]));
}
