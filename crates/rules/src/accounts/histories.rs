//! Random histories of a whole ledger: signed statements, approvals, returns, merges and removals
//! about a hazardous area, one confirmed out of it, and the releases of both, that arrive in any
//! order, late and twice. Releases overlap, contradict each other, stand in two versions, are
//! corrected, returned after their approval, and removed; the area is enlarged, closed, opened again.

use std::collections::BTreeMap;

use proptest::prelude::*;
use safelane_ledger::testkit::{Author, record};
use safelane_ledger::{Act, Received, RecordId, RevisionId, Role, SignedRevision};
use safelane_model::Body;

use super::*;
use crate::past::as_on;
use crate::permissions::Table;
use crate::record::Record;
use crate::testkit::{cells, completion, day, hazard};

/// A rectangle of cells: west, south, east, north.
type Cells = [i32; 4];

/// One act of somebody.
#[derive(Clone, Debug)]
enum Deed {
    /// A statement of the hazardous area or of the one that is confirmed out of it.
    Area {
        child: bool,
        beside: bool,
        on: i64,
        class: usize,
        closed: bool,
        again: bool,
        at: Cells,
        approvals: usize,
    },
    /// A release, or a later statement of an earlier one, in its place or beside it.
    Release {
        of: usize,
        beside: bool,
        child: bool,
        way: usize,
        on: i64,
        depth: i64,
        at: Cells,
        approvals: usize,
    },
    /// A statement is sent back, approved or not.
    Return { statement: usize },
    /// A record is removed or set aside.
    End {
        of: usize,
        act: usize,
        approvals: usize,
    },
    /// A statement that replaces all that stand open or approved of a release: a merge.
    Merge { of: usize, on: i64, at: Cells },
}

fn a_box() -> impl Strategy<Value = Cells> {
    (0..10_i32, 0..10_i32, 1..9_i32, 1..9_i32).prop_map(|(x, y, w, h)| [x, y, x + w, y + h])
}

/// How many of the two people approve; mostly both.
fn approvals() -> impl Strategy<Value = usize> {
    prop_oneof![1 => Just(0), 1 => Just(1), 4 => Just(2)]
}

fn a_deed() -> impl Strategy<Value = Deed> {
    let mostly_not = || prop::bool::weighted(0.25);
    let area = (
        (mostly_not(), mostly_not(), 0..60_i64, 0..3_usize),
        (mostly_not(), mostly_not(), a_box(), approvals()),
    )
        .prop_map(
            |((child, beside, on, class), (closed, again, at, approvals))| Deed::Area {
                child,
                beside,
                on,
                class,
                closed,
                again,
                at,
                approvals,
            },
        );
    let release = (
        (0..3_usize, mostly_not(), mostly_not(), 0..3_usize),
        (0..60_i64, 100..300_i64, a_box(), approvals()),
    )
        .prop_map(
            |((of, beside, child, way), (on, depth, at, approvals))| Deed::Release {
                of,
                beside,
                child,
                way,
                on,
                depth,
                at,
                approvals,
            },
        );
    prop_oneof![
        3 => area,
        6 => release,
        1 => (0..20_usize).prop_map(|statement| Deed::Return { statement }),
        1 => (0..5_usize, 0..2_usize, approvals())
            .prop_map(|(of, act, approvals)| Deed::End { of, act, approvals }),
        1 => (0..3_usize, 0..60_i64, a_box()).prop_map(|(of, on, at)| Deed::Merge { of, on, at }),
    ]
}

/// The ledger that comes of deeds.
struct Ledger {
    ana: Author,
    cora: Author,
    ada: Author,
    /// Statements so far, with the record and its kind.
    statements: Vec<(RecordId, &'static str, SignedRevision)>,
    received: Vec<(RecordId, Received)>,
}

impl Ledger {
    fn of(deeds: &[Deed]) -> Self {
        let mut ledger = Self {
            ana: Author::new("ana"),
            cora: Author::new("cora"),
            ada: Author::new("ada"),
            statements: Vec::new(),
            received: Vec::new(),
        };
        let first = hazard("sha", day(0), &cells(0, 0, 12, 12));
        ledger.state(record("h"), "hazardous-area/1", &[], &first, 2);
        for deed in deeds {
            ledger.take(deed);
        }
        ledger
    }

    fn of_record(&self, record: RecordId) -> Vec<RevisionId> {
        (self.statements.iter())
            .filter(|(of, ..)| *of == record)
            .map(|(.., signed)| signed.id())
            .collect()
    }

    /// The newest statement of a record, which the next one replaces.
    fn newest(&self, record: RecordId) -> Vec<RevisionId> {
        self.of_record(record).last().copied().into_iter().collect()
    }

    /// The first one: what replaces it stands beside the newest.
    fn first(&self, record: RecordId) -> Vec<RevisionId> {
        self.of_record(record)
            .first()
            .copied()
            .into_iter()
            .collect()
    }

    fn receive(&mut self, record: RecordId, received: Received) {
        self.received.push((record, received));
    }

    fn state(
        &mut self,
        record: RecordId,
        kind: &'static str,
        parents: &[RevisionId],
        body: &Body,
        approvals: usize,
    ) {
        let text = serde_json::to_string(body).unwrap();
        let signed = self.ana.put(record, kind, parents, &text);
        self.stated(record, kind, signed, approvals);
    }

    fn stated(
        &mut self,
        record: RecordId,
        kind: &'static str,
        signed: SignedRevision,
        approvals: usize,
    ) {
        // The coordinator removes, the field states.
        let by = if signed.read().unwrap().claim().author() == self.ana.person {
            self.ana.received(&signed, &[Role::Field])
        } else {
            self.cora.received(&signed, &[Role::Coordinator])
        };
        self.receive(record, by);
        if approvals >= 1 {
            let judgement = self.ada.approve(&signed, &[]);
            let received = self.ada.received(&judgement, &[Role::Approver]);
            self.receive(record, received);
        }
        if approvals >= 2 {
            let mut bea = Author::new(&format!("bea {}", self.received.len()));
            let judgement = bea.approve(&signed, &[]);
            let received = bea.received(&judgement, &[Role::Coordinator]);
            self.receive(record, received);
        }
        self.statements.push((record, kind, signed));
    }

    fn take(&mut self, deed: &Deed) {
        match deed {
            Deed::Area { child, beside, .. } => {
                let of = record(if *child { "child" } else { "h" });
                let parents = if *beside {
                    self.first(of)
                } else {
                    self.newest(of)
                };
                let (body, approvals) = area_body(deed);
                self.state(of, "hazardous-area/1", &parents, &body, approvals);
            }
            Deed::Release { of, beside, .. } => {
                let of = release_record(*of);
                // Beside: somebody else stated the same release without knowing of this one.
                let parents = if *beside { Vec::new() } else { self.newest(of) };
                let (body, approvals) = release_body(deed);
                self.state(of, "clearance/1", &parents, &body, approvals);
            }
            Deed::Return { statement } => {
                let at = statement % self.statements.len();
                let (of, _, signed) = self.statements[at].clone();
                let judgement = self.cora.send_back(&signed);
                let received = self.cora.received(&judgement, &[Role::Coordinator]);
                self.receive(of, received);
            }
            Deed::End { of, act, approvals } => {
                let of = [record("h"), record("child")]
                    .get(*of)
                    .copied()
                    .unwrap_or_else(|| release_record(of - 2));
                let Some((_, kind, _)) = (self.statements.iter()).rfind(|(one, ..)| *one == of)
                else {
                    return;
                };
                let (kind, parents) = (*kind, self.newest(of));
                let act = [Act::Remove, Act::SetAside][*act];
                let signed = self.cora.end(act, of, kind, &parents, "duplicate");
                self.stated(of, kind, signed, *approvals);
            }
            Deed::Merge {
                of,
                on,
                at: [a, b, c, d],
            } => {
                let of = release_record(*of);
                let all = self.of_record(of);
                if all.len() > 1 {
                    let body =
                        completion("cleared", day(*on), &[record("h")], &cells(*a, *b, *c, *d));
                    self.state(of, "clearance/1", &all, &body, 2);
                }
            }
        }
    }

    /// What a hub has after each of these came, in this order.
    fn at_hand<'a>(
        &self,
        order: impl IntoIterator<Item = &'a usize>,
    ) -> BTreeMap<RecordId, Vec<Received>> {
        let mut at_hand: BTreeMap<RecordId, Vec<Received>> = BTreeMap::new();
        for index in order {
            let (record, received) = &self.received[*index];
            at_hand.entry(*record).or_default().push(received.clone());
        }
        at_hand
    }
}

fn release_record(n: usize) -> RecordId {
    record(&format!("release {n}"))
}

fn area_body(deed: &Deed) -> (Body, usize) {
    let Deed::Area {
        child,
        on,
        class,
        closed,
        again,
        at: [a, b, c, d],
        approvals,
        ..
    } = deed
    else {
        unreachable!("an area's deed");
    };
    let class = ["indication", "sha", "cha"][*class];
    let opened = if *again || *child { day(*on) } else { day(0) };
    let mut body = hazard(class, opened, &cells(*a, *b, *c, *d))
        .with("changed_on", day(*on).to_string())
        .with("required_depth", 150);
    if *closed {
        body.set("status", "closed");
    }
    if *again {
        body.set("opening", "re-opened");
    }
    if *child {
        body.set("opened_from", record("h").to_string());
    }
    (body, *approvals)
}

fn release_body(deed: &Deed) -> (Body, usize) {
    let Deed::Release {
        child,
        way,
        on,
        depth,
        at: [a, b, c, d],
        approvals,
        ..
    } = deed
    else {
        unreachable!("a release's deed");
    };
    let ground = cells(*a, *b, *c, *d);
    let mut hazards = vec![record("h")];
    if *child {
        hazards.push(record("child"));
    }
    let way = ["cleared", "reduced", "cleared"][*way];
    let mut body = completion(way, day(*on), &hazards, &ground);
    body.0["parts"][0]["depth"] = (*depth).into();
    (body, *approvals)
}

fn resolved(at_hand: &BTreeMap<RecordId, Vec<Received>>) -> Vec<Record> {
    let table = Table::default();
    (at_hand.values())
        .filter_map(|received| Record::of(received, &table))
        .collect()
}

/// Every line of every period closes, nothing goes below nothing, and the entries are the totals.
fn closes(books: &Books, from: i64, to: i64) -> Result<(), TestCaseError> {
    for by in [By::DistrictAndClass, By::Class, By::Nothing] {
        let totals = books.totals(day(from), day(to), by);
        prop_assert!(totals.all.closes(), "{:?}", totals.all);
        prop_assert!(totals.lines.values().all(Line::closes));
        prop_assert!(
            totals
                .lines
                .values()
                .all(|line| line.closing >= 0 && line.opening >= 0)
        );
        let closing: Dm2 = books
            .accounts()
            .map(|account| {
                [Class::Sha, Class::Cha, Class::Indication]
                    .map(|class| account.remaining_on(day(to), class))
            })
            .map(|each| each.iter().sum::<Dm2>())
            .sum();
        prop_assert_eq!(totals.all.closing, closing);
    }
    for account in books.accounts() {
        let sum: Dm2 = account.movements.iter().map(|one| one.area).sum();
        prop_assert_eq!(account.remaining, sum);
        prop_assert!(account.movements.iter().all(|one| one.remaining >= 0));
        prop_assert!(account.movements.is_sorted_by_key(|one| one.on));
    }
    Ok(())
}

/// Deeds, and an order in which what came of them arrives: some twice.
fn a_history() -> impl Strategy<Value = (Vec<Deed>, Vec<usize>)> {
    prop::collection::vec(a_deed(), 1..10).prop_flat_map(|deeds| {
        let count = Ledger::of(&deeds).received.len();
        let mut order: Vec<usize> = (0..count).collect();
        order.extend(0..count.min(4));
        (Just(deeds), Just(order).prop_shuffle())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Arrival by arrival the books equal those made from nothing of what is at hand, and every
    /// line of every class and period closes, at every moment.
    #[test]
    fn arrival_by_arrival_equals_from_nothing_and_closes(
        (deeds, order) in a_history(), from in 0..60_i64, days in 0..60_i64,
    ) {
        let ledger = Ledger::of(&deeds);
        let table = Table::default();
        let mut books = Books::default();
        let mut at_hand: BTreeMap<RecordId, Vec<Received>> = BTreeMap::new();
        for (step, index) in order.iter().enumerate() {
            let (id, received) = &ledger.received[*index];
            let own = at_hand.entry(*id).or_default();
            own.push(received.clone());
            if let Some(record) = Record::of(own, &table) {
                books.set(&record);
            }
            if step % 3 == 0 || step + 1 == order.len() {
                let whole = Books::of(&resolved(&at_hand));
                prop_assert!(books.accounts().eq(whole.accounts()), "after {step}");
                prop_assert_eq!(books.waiting(), whole.waiting());
                closes(&books, from, from + days)?;
            }
        }
    }

    /// The order of arrival decides nothing: neither what stands, nor the accounts.
    #[test]
    fn every_order_of_arrival_gives_the_same_accounts((deeds, order) in a_history()) {
        let ledger = Ledger::of(&deeds);
        let in_order: Vec<usize> = (0..ledger.received.len()).collect();
        let (one, other) = (
            Books::of(&resolved(&ledger.at_hand(&in_order))),
            Books::of(&resolved(&ledger.at_hand(&order))),
        );
        prop_assert!(one.accounts().eq(other.accounts()));
        prop_assert_eq!(one.waiting(), other.waiting());
    }

    /// True on a day: the records as they stood then give the accounts up to then, ground and all,
    /// so that the map of a past day shows what the totals of that day say.
    #[test]
    fn records_as_they_stood_on_a_day_give_the_accounts_of_that_day(
        (deeds, order) in a_history(), n in 0..70_i64,
    ) {
        let records = resolved(&Ledger::of(&deeds).at_hand(&order));
        let books = Books::of(&records);
        let then: Vec<Record> = records.iter().filter_map(|one| as_on(one, day(n))).collect();
        let past = Books::of(&then);
        for account in books.accounts() {
            let until: Vec<Movement> = (account.movements.iter())
                .filter(|one| one.on <= Some(day(n)))
                .copied()
                .collect();
            let shown = past.account(account.hazard);
            prop_assert_eq!(shown.map_or(&[][..], |one| &one.movements), until.as_slice());
            let on = books.account_on(account.hazard, day(n));
            // Where nothing had been approved by then but an end, one side has an empty account and
            // the other none: they say the same.
            let told = |one: &Account| (one.movements.clone(), one.ground.clone());
            let nothing = || (Vec::new(), Area::default());
            prop_assert_eq!(
                shown.map_or_else(nothing, told),
                on.as_deref().map_or_else(nothing, told)
            );
        }
        let (from, to) = (day(0), day(n));
        let (now, then) = (books.totals(from, to, By::Class), past.totals(from, to, By::Class));
        prop_assert_eq!(now.all.closing, then.all.closing);
        prop_assert_eq!(now.all.areas, then.all.areas);
    }

    /// What is listed as restated between two states of knowledge is exactly the difference of
    /// their totals up to that day.
    #[test]
    fn what_is_restated_is_the_difference_of_the_two(
        (deeds, order) in a_history(), cut in 0..100_usize, n in 0..60_i64,
    ) {
        let ledger = Ledger::of(&deeds);
        let known = order.len() * cut / 100;
        let before = Books::of(&resolved(&ledger.at_hand(&order[..known])));
        let now = Books::of(&resolved(&ledger.at_hand(&order)));
        let list = restated_between(&before, &now, day(n));
        let moved: Dm2 = list.iter().map(|one| one.after - one.before).sum();
        let closing = |books: &Books| books.totals(day(0), day(n), By::Nothing).all.closing;
        prop_assert_eq!(moved, closing(&now) - closing(&before));
        prop_assert!(restated_between(&now, &now, day(n)).is_empty());
        prop_assert!(list.iter().all(|one| one.on <= Some(day(n)) && one.before != one.after));
    }
}

/// The histories above hold what they are for; a generator that drifts would prove nothing.
#[test]
fn random_histories_hold_every_kind_of_trouble() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    use safelane_ledger::Status;

    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for _ in 0..150 {
        let (deeds, order) = a_history().new_tree(&mut runner).unwrap().current();
        let records = resolved(&Ledger::of(&deeds).at_hand(&order));
        let books = Books::of(&records);
        let mut see = |what, is: bool| *seen.entry(what).or_default() += u32::from(is);
        for account in books.accounts() {
            for movement in &account.movements {
                see(movement.what.code(), true);
            }
        }
        for record in records.iter().filter(|record| record.kind == "clearance") {
            let has = |status| record.versions.iter().any(|one| one.status == status);
            see("two versions of a release", record.officials().count() > 1);
            see("an approved release sent back", has(Status::Disputed));
            see("a corrected release", has(Status::Superseded));
            see("a removed release", record.is_ended());
        }
        let cuts: Vec<&Cut> = books.releases_of(record("h")).collect();
        see(
            "overlapping releases",
            cuts.iter().enumerate().any(|(n, one)| {
                (cuts[..n].iter()).any(|other| {
                    one.record != other.record && !one.ground.intersection(&other.ground).is_empty()
                })
            }),
        );
    }
    for what in [
        "new",
        "enlarged",
        "re-opened",
        "reclassified",
        "reduced",
        "cleared",
        "corrected",
        "two versions of a release",
        "an approved release sent back",
        "a corrected release",
        "a removed release",
        "overlapping releases",
    ] {
        assert!(
            seen.get(what).is_some_and(|times| *times >= 3),
            "{what}: {seen:?}"
        );
    }
}
