//! What holds for every history: random records of random people, in any order of arrival.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::sample::Index;

use safelane_ledger::testkit::record;
use safelane_ledger::{Act, Received, RevisionId, SignedRevision, State, Status, resolve};

use crate::definition::said;
use crate::support::{People, Person, Table};

/// One act of somebody, upon revisions chosen among those before.
#[derive(Clone, Debug)]
struct Move {
    who: u8,
    act: u8,
    kind: u8,
    upon: Vec<Index>,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let upon = proptest::collection::vec(any::<Index>(), 1..4);
    let one = (0..5u8, 0..12u8, 0..3u8, upon).prop_map(|(who, act, kind, upon)| Move {
        who,
        act,
        kind,
        upon,
    });
    proptest::collection::vec(one, 1..16)
}

/// Plays the moves; judgements and parents fall mostly, and not always, upon statements.
fn history(moves: &[Move]) -> Vec<Received> {
    let mut people = People::new();
    let mut signed: Vec<SignedRevision> = Vec::new();
    for step in moves {
        // A sheet of paper that Ben reported.
        let sheet = format!(r#"{{"reported_by_person":"{}"}}"#, people.ben.author.person);
        let next = play(person(&mut people, step.who), step, &signed, &sheet);
        signed.push(next);
    }
    signed.iter().map(|one| people.receive(one)).collect()
}

fn person(people: &mut People, who: u8) -> &mut Person {
    match who {
        0 => &mut people.ana,
        1 => &mut people.ben,
        2 => &mut people.dara,
        3 => &mut people.cleo,
        _ => &mut people.hub,
    }
}

fn play(
    person: &mut Person,
    step: &Move,
    before: &[SignedRevision],
    sheet: &str,
) -> SignedRevision {
    let kind = ["clearance/1", "hazard/1", "team/1"][usize::from(step.kind)];
    let author = &mut person.author;
    if before.is_empty() {
        return author.put(record("a"), kind, &[], "{}");
    }
    let chosen: Vec<&SignedRevision> = step.upon.iter().map(|i| i.get(before)).collect();
    let distinct: BTreeSet<RevisionId> = chosen.iter().map(|one| one.id()).collect();
    let parents: Vec<RevisionId> = distinct.into_iter().collect();
    match step.act {
        0..=2 => author.put(record("a"), kind, &parents, "{}"),
        3 => author.put(record("a"), kind, &parents, sheet),
        4 => author.put(record("a"), kind, &[], "{}"),
        5 => author.import(record("a"), kind, &parents, "{}"),
        6 => author.end(Act::Remove, record("a"), kind, &parents, "error"),
        7 | 8 => author.send_back(chosen[0]),
        _ => author.approve(chosen[0], &[]),
    }
}

fn is_official(state: &State, id: RevisionId) -> bool {
    state.officials.contains(&id)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn order_and_duplicates_change_nothing(
        moves in moves(),
        order in any::<proptest::sample::Selector>(),
        twice in proptest::collection::vec(any::<Index>(), 0..8),
    ) {
        let straight = history(&moves);
        let mut shuffled: Vec<Received> = Vec::new();
        let mut rest = straight.clone();
        while !rest.is_empty() {
            let at = order.select(0..rest.len());
            shuffled.push(rest.swap_remove(at));
        }
        shuffled.extend(twice.iter().map(|i| i.get(&straight).clone()));
        prop_assert_eq!(resolve(&straight, &Table), resolve(&shuffled, &Table));
    }

    #[test]
    fn the_state_is_what_the_design_says(moves in moves(), lost in any::<Option<Index>>()) {
        let mut all = history(&moves);
        if let Some(lost) = lost {
            all.remove(lost.index(all.len()));
        }
        let said = said(&all);
        let state = resolve(&all, &Table);
        prop_assert_eq!(state.officials.into_iter().collect::<BTreeSet<_>>(), said.officials);
        prop_assert_eq!(state.open.into_iter().collect::<BTreeSet<_>>(), said.open);
        prop_assert_eq!(state.disputed.into_iter().collect::<BTreeSet<_>>(), said.disputed);
        prop_assert_eq!(state.two_versions, said.two_versions);
    }

    #[test]
    fn every_statement_has_one_status_and_only_an_approved_descendant_ends_its_danger(
        moves in moves(),
    ) {
        let all = history(&moves);
        let state = resolve(&all, &Table);
        let danger: BTreeSet<_> = state.counts_for_danger().collect();
        for (id, statement) in &state.statements {
            prop_assert_eq!(statement.status == Status::Superseded, !danger.contains(id));
            prop_assert_eq!(statement.status == Status::Official, is_official(&state, *id));
            let stands = statement.approved && statement.status != Status::Superseded;
            prop_assert_eq!(statement.status == Status::Official, stands);
        }
        // Whatever was superseded has an official above it: no hazard vanishes without one.
        prop_assert!(state.superseded.is_empty() || !state.officials.is_empty());
    }

    #[test]
    fn nobody_makes_their_own_statement_official(moves in moves()) {
        // All moves by one person with every right to judge, and none of the kinds that stand.
        let moves: Vec<Move> = moves
            .into_iter()
            .map(|step| Move { who: 3, kind: step.kind % 2, ..step })
            .collect();
        let state = resolve(&history(&moves), &Table);
        prop_assert!(state.officials.is_empty());
    }
}
