use proptest::prelude::*;
use safelane_ledger::testkit::record as id;
use safelane_model::{Body, Ground};

use super::*;
use crate::accounts::By;
use crate::effect::{Because, effect_of};
use crate::testkit::{area, at, cells, completion, day, hazard, item, making, official};
use crate::world::{Memory, Settings};

const H: &str = "h";

fn body_of(on: Date, ground: &Ground) -> Body {
    hazard("sha", on, ground)
        .with("name", "Saddle")
        .with("other_references", vec!["MAC-77"])
        .with("stated_area", 12_000_000)
}

fn mother() -> Record {
    official("hazardous-area", H, &body_of(day(0), &cells(0, 0, 20, 20)))
}

fn world(records: &[Record]) -> Memory {
    Memory::of(records.iter().cloned(), Settings::default())
}

/// Northwards at `x`: the west is left.
fn north(x: i32) -> Vec<Position> {
    vec![at(x, -5), at(x + 1, 9), at(x, 30)]
}

fn said() -> Said {
    Said {
        on: day(50),
        reason: "The road parts it".to_owned(),
        name: Some("Saddle east".to_owned()),
        drawn: true,
    }
}

fn of(record: &Record, line: &[Position], world: &Memory) -> Result<Split, CannotSplit> {
    split(record, line, Keeps::Left, day(50), world, day(60))
}

/// The records after both statements were approved, by the bodies that are signed.
fn approved(mother: &Record, stands: &Body, split: &Split) -> [Record; 2] {
    let [kept, new] = bodies(&stands.0, mother.id, split, &said());
    [
        making("hazardous-area", H)
            .and(mother)
            .then(&Body(kept), Status::Official)
            .done(),
        official("hazardous-area", "child", &Body(new)),
    ]
}

/// The same m² before, while only the new area stands, and after; nothing counts as new, enlarged
/// or corrected.
fn conserves(others: &[Record], mother: &Record, stands: &Body, split: &Split) {
    assert_eq!(split.kept.remaining + split.new.remaining, split.before);
    let [kept, new] = approved(mother, stands, split);
    let between = [mother.clone(), new.clone()];
    for then in [vec![mother.clone()], between.to_vec(), vec![kept, new]] {
        let world = world(&[others, &then].concat());
        let totals = world.books().totals(day(49), day(70), By::Class);
        let line = &totals.all;
        assert_eq!(line.closing, split.before);
        assert_eq!(
            (line.new, line.enlarged, line.re_opened, line.corrected),
            (0, 0, 0, 0)
        );
        assert_eq!(line.reclassified, 0);
        assert!(
            line.closes()
                && totals
                    .lines
                    .values()
                    .all(super::super::accounts::Line::closes)
        );
        if then.len() == 2 && then[0].versions.len() > 1 {
            let remaining = |record: &Record| world.books().account(record.id).unwrap().remaining;
            assert_eq!(remaining(&then[0]), split.kept.remaining);
            assert_eq!(remaining(&then[1]), split.new.remaining);
        }
    }
}

#[test]
fn both_parts_together_are_what_was_split_to_the_last_dm2() {
    let mother = mother();
    let world = world(std::slice::from_ref(&mother));
    let split = of(&mother, &north(8), &world).unwrap();
    assert_eq!(split.before, area(0, 0, 20, 20));
    assert!(split.kept.remaining < split.new.remaining);
    conserves(&[], &mother, &body_of(day(0), &cells(0, 0, 20, 20)), &split);
    let other = super::split(&mother, &north(8), Keeps::Right, day(50), &world, day(60));
    let other = other.unwrap();
    assert_eq!(other.kept.outline, split.new.outline);
    assert_eq!(other.new.outline, split.kept.outline);
}

#[test]
fn what_is_released_stays_released_and_the_new_area_begins_with_the_rest() {
    let mother = mother();
    let cleared = completion("cleared", day(20), &[mother.id], &cells(10, 0, 20, 12));
    let released = official("clearance", "c", &cleared);
    let world = world(&[mother.clone(), released.clone()]);
    let split = of(&mother, &north(6), &world).unwrap();
    assert!((split.before - area(0, 0, 20, 20) + area(10, 0, 20, 12)).abs() <= 2);
    let released_again = Area::of(&split.new.outline)
        .intersection(&Area::of(cells(10, 0, 20, 12).polygons().unwrap()));
    assert!(size(&released_again) <= 1);
    conserves(
        &[released],
        &mother,
        &body_of(day(0), &cells(0, 0, 20, 20)),
        &split,
    );
    // A release that reached half of the depth takes nothing, and nothing is left out for it.
    let deep = body_of(day(0), &cells(0, 0, 20, 20)).with("required_depth", 500);
    let mother = official("hazardous-area", H, &deep);
    let shallow = official("clearance", "c", &cleared);
    let world = self::world(&[mother.clone(), shallow]);
    let split = of(&mother, &north(6), &world).unwrap();
    assert_eq!(split.before, area(0, 0, 20, 20));
}

/// What of the whole area neither part shows as remaining.
fn vanished(whole: &Ground, records: &[Record]) -> Dm2 {
    let world = world(records);
    let whole = Area::of(whole.polygons().unwrap());
    let shown: Vec<Area> = [id(H), id("child")]
        .iter()
        .map(|hazard| world.books().account(*hazard).unwrap().ground.clone())
        .collect();
    size(&whole.difference(&shown))
}

#[test]
fn a_release_that_is_taken_back_after_the_split_gives_its_ground_back() {
    let mother = mother();
    // On both sides of the line, and more than the part that becomes new has of it.
    let cleared = completion("cleared", day(20), &[mother.id], &cells(3, -2, 20, 12));
    let released = official("clearance", "c", &cleared);
    let world = world(&[mother.clone(), released.clone()]);
    let split = of(&mother, &north(6), &world).unwrap();
    let stands = body_of(day(0), &cells(0, 0, 20, 20));
    conserves(std::slice::from_ref(&released), &mother, &stands, &split);
    let [kept, new] = approved(&mother, &stands, &split);
    let taken_back = making("clearance", "c")
        .and(&released)
        .set_aside(Some(day(55)))
        .done();
    let smaller = completion("cleared", day(20), &[mother.id], &cells(12, 0, 20, 12));
    let smaller = official("clearance", "c", &smaller);
    let out = area(12, 0, 20, 12);
    for (release, stays_released) in [
        (released, area(3, 0, 20, 12)),
        (taken_back, 0),
        (smaller, out),
    ] {
        let gone = vanished(&cells(0, 0, 20, 20), &[kept.clone(), new.clone(), release]);
        // Rounding shows a hair more than remains, never less.
        assert!(gone <= stays_released + 2, "{gone} of {stays_released}");
        assert!(gone >= stays_released - 150, "{gone} of {stays_released}");
    }
}

#[test]
fn s5_an_item_in_released_ground_beyond_the_line_shows_that_ground_as_hazard_again() {
    let mother = mother();
    let cleared = completion("cleared", day(20), &[mother.id], &cells(12, 0, 20, 12));
    let released = official("clearance", "c", &cleared);
    let world = world(&[mother.clone(), released.clone()]);
    let split = of(&mother, &north(6), &world).unwrap();
    let stands = body_of(day(0), &cells(0, 0, 20, 20));
    let [kept, new] = approved(&mother, &stands, &split);
    let item = official("explosive-ordnance", "i", &item(day(56), at(16, 6)));
    let ground = Area::of(cells(12, 0, 20, 12).polygons().unwrap());
    for (found, shown) in [(None, 0), (Some(item), area(12, 0, 20, 12))] {
        let all = [kept.clone(), new.clone(), released.clone()];
        let world = self::world(&all.into_iter().chain(found).collect::<Vec<_>>());
        let feature = &crate::features(&kept, &world)[0];
        // None where it is all of the outline.
        let remaining = feature.remaining.as_ref().unwrap_or(&split.kept.outline);
        let there = size(&Area::of(remaining).intersection(&ground));
        assert!((there - shown).abs() <= 150, "{there} of {shown}");
    }
}

#[test]
fn s9_until_two_people_approve_the_area_stands_whole_and_the_new_one_takes_one() {
    let mother = mother();
    let world = world(std::slice::from_ref(&mother));
    let split = of(&mother, &north(8), &world).unwrap();
    let stands = body_of(day(0), &cells(0, 0, 20, 20));
    let [kept, new] = bodies(&stands.0, mother.id, &split, &said());
    let read = |map: &Map| Content::of_map("hazardous-area", map);
    let less = effect_of(&read(&kept), &[read(&stands.0)]);
    assert_eq!(less.because(), [Because::SmallerOutline]);
    assert!(!effect_of(&read(&new), &[]).is_less());
    // Both wait: what the map shows of the first is the whole of it, and the new one is reported.
    let waiting = making("hazardous-area", H)
        .and(&mother)
        .then(&Body(kept), Status::Open)
        .done();
    let reported = making("hazardous-area", "child")
        .then(&Body(new), Status::Open)
        .done();
    let world = self::world(&[waiting.clone(), reported.clone()]);
    let whole = &crate::features(&waiting, &world)[0];
    assert!(whole.danger && whole.remaining.is_none());
    assert!(crate::features(&reported, &world)[0].danger);
}

#[test]
fn s9_a_new_area_that_says_less_danger_takes_nothing_over() {
    // One person may approve a new area; they must not take a confirmed one off the map by it.
    let ground = cells(0, 0, 20, 20);
    let mother = official(
        "hazardous-area",
        H,
        &hazard("cha", day(0), &ground)
            .with("contamination", vec!["ap-mine", "submunition"])
            .with("required_depth", 300),
    );
    let alike = hazard("cha", day(50), &ground)
        .with("contamination", vec!["ap-mine", "submunition"])
        .with("required_depth", 300)
        .with("opened_from", id(H).to_string());
    let remaining = |body: &Body| {
        let child = official("hazardous-area", "child", body);
        let world = world(&[mother.clone(), child]);
        world.books().account(id(H)).unwrap().remaining
    };
    assert_eq!(remaining(&alike), 0);
    for less in [
        alike.clone().with("classification", "sha"),
        alike.clone().with("contamination", vec!["ap-mine"]),
        alike.clone().with("required_depth", 200),
        alike.clone().with("reported_lifted", "yes"),
        alike
            .clone()
            .with("status", "closed")
            .with("closed_on", day(50).to_string()),
    ] {
        assert_eq!(remaining(&less), area(0, 0, 20, 20), "{less:?}");
    }
}

#[test]
fn areas_that_say_to_come_out_of_one_another_keep_their_ground() {
    for circle in [&["a", "b"][..], &["a", "b", "c", "d"]] {
        let of = |n: usize| {
            let from = id(circle[(n + 1) % circle.len()]).to_string();
            let body = hazard("sha", day(0), &cells(0, 0, 20, 20)).with("opened_from", from);
            official("hazardous-area", circle[n], &body)
        };
        let mut records: Vec<Record> = (0..circle.len()).map(of).collect();
        let mut grown = Memory::of::<Record>([], Settings::default());
        for record in &records {
            grown.set(record.clone());
        }
        for name in circle {
            let all = world(&records);
            let account = all.books().account(id(name)).unwrap().clone();
            assert_eq!(
                account.remaining,
                area(0, 0, 20, 20),
                "{name} of {circle:?}"
            );
            assert_eq!(grown.books().account(id(name)), Some(&account));
            records.rotate_left(1);
        }
    }
}

#[test]
fn each_part_has_what_is_its_own() {
    let mother = mother();
    let world = world(std::slice::from_ref(&mother));
    let split = of(&mother, &north(8), &world).unwrap();
    let mut stands = body_of(day(0), &cells(0, 0, 20, 20));
    stands.set("salt", "0".repeat(32));
    let [kept, new] = bodies(&stands.0, mother.id, &split, &said());
    for part in [&kept, &new] {
        assert_eq!(part["change_reason"], "The road parts it");
        assert!(!part.contains_key("stated_area") && !part.contains_key("salt"));
        assert!(body::ground(part, "ground").unwrap().how.is_sketch());
    }
    assert_eq!(kept["changed_on"], day(50).to_string());
    assert_eq!(kept["name"], "Saddle");
    assert!(kept.contains_key("other_references") && !new.contains_key("other_references"));
    assert_eq!(new["opened_from"], id(H).to_string());
    assert_eq!(
        (&new["opening"], &new["name"]),
        (&"split-from".into(), &"Saddle east".into())
    );
    let kind = safelane_model::kinds::find("hazardous-area").unwrap();
    let context = safelane_model::check::Context {
        today: day(60),
        area: None,
    };
    for part in [&kept, &new] {
        let problems = safelane_model::check::problems(kind, part, &context);
        assert!(!safelane_model::check::stops(&problems), "{problems:?}");
    }
}

#[test]
fn what_cannot_be_split_says_why() {
    let mother = mother();
    let world = world(std::slice::from_ref(&mother));
    let why = |record: &Record, on, line: &[Position]| {
        split(record, line, Keeps::Left, on, &world, day(60))
            .unwrap_err()
            .code()
    };
    assert_eq!(why(&mother, day(61), &north(8)), "in-the-future");
    assert_eq!(why(&mother, day(-1), &north(8)), "before-last-change");
    assert_eq!(why(&mother, day(50), &north(40)), "line-misses");
    let smaller = body_of(day(0), &cells(0, 0, 20, 10));
    let waits = making("hazardous-area", H)
        .and(&mother)
        .then(&smaller, Status::Open)
        .done();
    assert_eq!(why(&waits, day(50), &north(8)), "waits");
    let closed = body_of(day(0), &cells(0, 0, 20, 20))
        .with("status", "closed")
        .with("closed_on", day(9).to_string());
    let closed = official("hazardous-area", H, &closed);
    assert_eq!(why(&closed, day(50), &north(8)), "not-open");
    // All of the east is cleared: nothing is left there to be an area of its own.
    let cleared = completion("cleared", day(20), &[mother.id], &cells(10, 0, 20, 20));
    let released = official("clearance", "c", &cleared);
    let world = self::world(&[mother.clone(), released]);
    let nothing = of(&mother, &[at(15, -5), at(15, 30)], &world).unwrap_err();
    assert_eq!(nothing, CannotSplit::NothingLeft);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Wherever a line cuts and whatever was cleared before: as much afterwards as before, with
    /// one statement approved or both, and nothing new, enlarged or corrected.
    #[test]
    fn a_split_moves_no_square_decimetre_in_or_out(
        corners in prop::collection::vec((0..400_i32, 0..300_i32), 4),
        line in ((-90..450_i32, 0..450_i32), (0..30_i32, 0..20_i32)),
        cleared in prop::option::of((0..20_i32, 0..10_i32)),
    ) {
        let offset = |base: (i32, i32), (x, y): (i32, i32)| {
            Position::try_new_e7(
                184_000_000 + base.0 * 1_000 + x * 7,
                438_000_000 + base.1 * 1_000 + y * 7,
            ).unwrap()
        };
        let bases = [(0, 0), (30, 0), (30, 20), (0, 20)];
        let ring = bases.into_iter().zip(corners).map(|(base, by)| offset(base, by));
        let ground = Ground::new(
            Shape::polygons(MultiPolygon::from_ring(ring.collect())),
            How::Typed,
        );
        let stands = body_of(day(0), &ground);
        let mother = official("hazardous-area", H, &stands);
        let mut others = Vec::new();
        if let Some((x, y)) = cleared {
            let ground = cells(x, y, x + 6, y + 5);
            let body = completion("cleared", day(20), &[mother.id], &ground);
            others.push(official("clearance", "c", &body));
        }
        let world = world(&[&others[..], std::slice::from_ref(&mother)].concat());
        let ((from, to), (x, y)) = line;
        let line = [offset((x, -3), (from, 0)), offset((x, y), (40, 9)), offset((x, 30), (to, 0))];
        match of(&mother, &line, &world) {
            Ok(split) => {
                conserves(&others, &mother, &stands, &split);
                // Whatever was released may be taken back: then all of it is hazard again.
                let mut after = approved(&mother, &stands, &split).to_vec();
                for release in &others {
                    let back = making("clearance", "c").and(release);
                    after.push(back.set_aside(Some(day(55))).done());
                }
                prop_assert!(vanished(&ground, &after) <= 2, "{}", vanished(&ground, &after));
            }
            Err(problem) => prop_assert!(
                matches!(problem, CannotSplit::Line(_) | CannotSplit::NothingLeft),
                "{problem:?}"
            ),
        }
    }
}
