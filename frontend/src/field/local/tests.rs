use super::*;
use safelane_ledger::testkit::{Author, record};
use safelane_ledger::{Head, HubId, Leaf, SignedRevision, Verdict};
use safelane_rules::Table;

struct Log {
    n: u64,
    entries: Vec<Entry>,
}

impl Log {
    fn take(&mut self, signed: &SignedRevision, roles: &[Role]) -> RevisionId {
        self.n += 1;
        let leaf = Leaf {
            n: self.n,
            id: signed.id(),
            received: ReceivedAt::from_unix(1_795_460_805).unwrap(),
            verdict: Verdict::with_roles(roles.iter().copied()),
            reference: (self.n == 1).then(|| "DEMO-0901".parse().unwrap()),
            hub: HubId::new(uuid::Uuid::nil()),
        };
        let _ = Head::EMPTY.next(&leaf.to_bytes().unwrap());
        self.entries.push(Entry::pulled(signed, leaf).unwrap());
        signed.id()
    }
}

fn reader(author: &Author) -> Reader {
    Reader {
        person: author.person,
        device: Some(author.device),
        short: "T07".to_owned(),
        roles: [Role::Field].into(),
    }
}

const ZONE: &str = "civilian-risk-zone/1";

#[test]
fn a_record_goes_from_waiting_to_official_and_its_number_follows() {
    let (mut fern, mut ash) = (Author::new("fern"), Author::new("ash"));
    let put = fern.put(record("zone"), ZONE, &[], r#"{"name":"Grove"}"#);
    let waiting = Entry::own(&put, SendState::Waiting).unwrap();
    let world = World::of([&waiting], &Table::default(), &reader(&fern));
    let shown = world.get(record("zone")).unwrap();
    assert_eq!(
        (shown.stage(), shown.number()),
        (Stage::Waiting, Some("T07-1"))
    );

    let mut log = Log {
        n: 0,
        entries: Vec::new(),
    };
    log.take(&put, &[Role::Field]);
    let world = World::of(&log.entries, &Table::default(), &reader(&fern));
    let shown = world.get(record("zone")).unwrap();
    assert_eq!(
        (shown.stage(), shown.number()),
        (Stage::Received, Some("DEMO-0901"))
    );

    log.take(&ash.approve(&put, &[]), &[Role::Coordinator]);
    let world = World::of(&log.entries, &Table::default(), &reader(&fern));
    assert_eq!(world.get(record("zone")).unwrap().stage(), Stage::Official);
}

#[test]
fn a_hazardous_area_that_replaces_another_is_compared_with_it() {
    let mut fern = Author::new("fern");
    let compares = |signed: &SignedRevision| {
        let own = Entry::own(signed, SendState::Waiting).unwrap();
        own.compares_outlines()
    };
    let area = fern.put(record("area"), "hazardous-area/1", &[], "{}");
    let zone = fern.put(record("zone"), ZONE, &[], "{}");
    assert!(!compares(&area) && !compares(&zone));
    let parents = |of: &SignedRevision| [of.id()];
    let smaller = fern.put(record("area"), "hazardous-area/1", &parents(&area), "{}");
    let other = fern.put(record("zone"), ZONE, &parents(&zone), "{}");
    assert!(compares(&smaller) && !compares(&other));
}

#[test]
fn a_return_is_shown_with_its_words_until_it_is_answered() {
    let (mut fern, mut ash) = (Author::new("fern"), Author::new("ash"));
    let put = fern.put(record("zone"), ZONE, &[], r#"{"name":"Grove"}"#);
    let mut log = Log {
        n: 0,
        entries: Vec::new(),
    };
    log.take(&put, &[Role::Field]);
    log.take(&ash.send_back(&put), &[Role::Coordinator]);
    let world = World::of(&log.entries, &Table::default(), &reader(&fern));
    let shown = world.get(record("zone")).unwrap();
    assert_eq!(shown.stage(), Stage::Returned);
    assert_eq!(world.returned_to(fern.person).len(), 1);
    assert_eq!(shown.comments().len(), 1);
    assert_eq!(shown.parents_of_a_correction(), [put.id()]);

    let again = fern.put(
        record("zone"),
        ZONE,
        &[put.id()],
        r#"{"name":"Grove, north"}"#,
    );
    let own = Entry::own(&again, SendState::Waiting).unwrap();
    let all = merge(log.entries, vec![own]);
    let world = World::of(&all, &Table::default(), &reader(&fern));
    let shown = world.get(record("zone")).unwrap();
    assert_eq!(shown.stage(), Stage::Waiting);
    assert_eq!(shown.body().unwrap()["name"], "Grove, north");
    assert!(world.returned_to(fern.person).is_empty());
}

#[test]
fn what_the_hub_holds_or_refuses_is_no_parent_and_is_said() {
    let mut fern = Author::new("fern");
    let put = fern.put(record("zone"), ZONE, &[], r#"{"name":"Grove"}"#);
    let own = Entry::own(
        &put,
        SendState::Refused {
            reason: RefusedReason::TooLarge,
        },
    )
    .unwrap();
    let world = World::of([&own], &Table::default(), &reader(&fern));
    let shown = world.get(record("zone")).unwrap();
    assert_eq!(shown.stage(), Stage::Refused(RefusedReason::TooLarge));
    assert!(shown.parents_of_a_correction().is_empty());
    assert_eq!(shown.body().unwrap()["name"], "Grove");
}

#[test]
fn a_judgement_by_an_unknown_key_takes_nothing_off_and_a_statement_is_shown_and_marked() {
    let (mut fern, mut ash) = (Author::new("fern"), Author::new("ash"));
    let put = fern.put(record("zone"), ZONE, &[], r#"{"name":"Grove"}"#);
    let mut log = Log {
        n: 0,
        entries: Vec::new(),
    };
    log.take(&put, &[Role::Field]);
    log.take(&ash.approve(&put, &[]), &[Role::Coordinator]);
    log.take(&ash.send_back(&put), &[Role::Coordinator]);
    let mut entries = log.entries;
    for entry in &mut entries[1..] {
        entry.unknown_key = true;
    }
    let world = World::of(&entries, &Table::default(), &reader(&fern));
    let shown = world.get(record("zone")).unwrap();
    assert_eq!(shown.stage(), Stage::Received);
    assert!(!shown.has_unknown_key() && shown.comments().is_empty());

    entries[0].unknown_key = true;
    let world = World::of(&entries, &Table::default(), &reader(&fern));
    let shown = world.get(record("zone")).unwrap();
    assert!(shown.has_unknown_key());
    assert_eq!(shown.dangerous_bodies().count(), 1, "its danger counts");
}

#[test]
fn a_leaf_that_names_another_revision_is_not_taken() {
    let mut fern = Author::new("fern");
    let put = fern.put(record("zone"), ZONE, &[], r#"{"name":"Grove"}"#);
    let other = fern.put(record("zone"), ZONE, &[], r#"{"name":"Mill"}"#);
    let leaf = Leaf {
        n: 1,
        id: other.id(),
        received: ReceivedAt::from_unix(0).unwrap(),
        verdict: Verdict::with_roles([Role::Field]),
        reference: None,
        hub: HubId::new(uuid::Uuid::nil()),
    };
    assert!(Entry::pulled(&put, leaf).is_err());
}
