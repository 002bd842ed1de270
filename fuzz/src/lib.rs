//! What is fuzzed: one function for each door through which bytes of strangers come, from the bytes
//! to a promise that holds for every one of them.
//!
//! The programs in `fuzz_targets` call these with what libFuzzer makes up (`cargo xtask fuzz`), and an
//! ordinary test of the binary includes this file and calls them with every file of `corpus`, so that
//! what was found once is tried for ever.

use std::collections::BTreeMap;

use safelane_exchange::cut::Features;
use safelane_exchange::import::{self, Options};
use safelane_geometry::Metres;
use safelane_ledger::canonical::{is_canonical, parse, write};
use safelane_ledger::testkit::{Author, ledger, record};
use safelane_ledger::{
    Act, Received, RevisionId, Role, Signature, SignedRevision, Tier, Verdict, resolve,
};
use safelane_model::check::{self, Context};
use safelane_model::{Date, kinds};
use safelane_rules::{Record, Table};
use safelane_wire::sync::PushRequest;

/// Every target by its name, which is also the folder of its corpus.
pub const TARGETS: [(&str, fn(&[u8])); 6] = [
    ("revision_bytes", revision_bytes),
    ("push_body", push_body),
    ("geojson_import", geojson_import),
    ("tile_address", tile_address),
    ("page_parameters", page_parameters),
    ("resolve_graph", resolve_graph),
];

/// The bytes of a revision, and of a body: what is read has one canonical form, which is stable, and
/// nothing else is taken for a revision.
pub fn revision_bytes(data: &[u8]) {
    if let Ok(value) = parse(data) {
        let once = write(&value);
        assert_eq!(parse(&once).as_ref(), Ok(&value), "the form reads back");
        assert!(is_canonical(&once), "the form is its own");
        assert_eq!(is_canonical(data), once == data);
    } else {
        assert!(!is_canonical(data));
    }
    // A line feed parts the envelope from a body.
    let (bytes, body) = match data.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&data[..at], Some(&data[at + 1..])),
        None => (data, None),
    };
    let signed = SignedRevision {
        bytes: bytes.to_vec(),
        signature: Signature::from_bytes([7; 64]),
        bodies: body
            .map(|body| (Tier::T1, body.to_vec()))
            .into_iter()
            .collect(),
    };
    let key = Author::new("fuzz").public_key();
    if let Ok(unverified) = signed.read() {
        assert!(is_canonical(bytes), "only canonical bytes are a revision");
        assert_eq!(unverified.claim().id(), signed.id());
        assert!(unverified.claim().seq() > 0);
        assert!(unverified.verify(&key).is_err(), "nobody signed this");
    }
}

/// The body of a push: read as the hub reads it, each body checked as the hub checks it.
pub fn push_body(data: &[u8]) {
    let Ok(push) = serde_json::from_slice::<PushRequest>(data) else {
        return;
    };
    let again = serde_json::to_vec(&push).expect("what was read can be written");
    assert_eq!(
        serde_json::from_slice::<PushRequest>(&again).ok().as_ref(),
        Some(&push)
    );
    let context = Context {
        today: day(),
        area: None,
    };
    for text in push.revisions {
        let bodies: Vec<String> = text.bodies.values().cloned().collect();
        let signed = SignedRevision::from(text);
        let claimed = signed
            .read()
            .ok()
            .map(|read| read.claim().kind().name().to_owned());
        // A body is checked whether or not its digest holds: only somebody with a key can make one
        // that does, and that somebody may be anybody.
        for body in bodies {
            let Ok(serde_json::Value::Object(map)) = serde_json::from_str(&body) else {
                continue;
            };
            let named = claimed.as_deref().and_then(kinds::find);
            for kind in named.into_iter().chain(kinds::ALL) {
                let problems = check::problems(kind, &map, &context);
                assert_eq!(problems, check::problems(kind, &map, &context));
            }
        }
    }
}

/// Why a hazard may be left out, and be listed as such: there is no feature, it has no place, or nobody
/// could tell it from another. Everything else is taken, however broken it is (S4).
const NOT_TAKEN: [&str; 8] = [
    "no valid JSON",
    "no GeoJSON feature",
    "no position",
    "outside the world",
    "a geometry of type",
    "in the id column",
    "made-up data",
    "larger than a record may be",
];

/// A GeoJSON file, read into every kind that files are read into: the same file gives the same
/// records, and what is taken holds every check that stops.
pub fn geojson_import(data: &[u8]) {
    let Some((choice, file)) = data.split_first() else {
        return;
    };
    let kind = import::KINDS[usize::from(*choice) % import::KINDS.len()];
    let options = Options {
        kind: import::kind(kind).expect("a kind of the list"),
        id_column: (choice & 0x80 != 0).then(|| "id".to_owned()),
        as_of: day(),
        source_file: "fuzz.geojson".to_owned(),
        uncertainty_radius: Metres::new(100.0),
        ledger: ledger(),
        demo: false,
    };
    let context = Context {
        today: options.as_of,
        area: None,
    };
    for raw in Features::new(file) {
        let Ok(raw) = raw else { return };
        let one = match import::convert(&raw, &options) {
            Ok(one) => one,
            Err(reason) => {
                let allowed = NOT_TAKEN.iter().any(|words| reason.contains(words));
                assert!(kind != "hazardous-area" || allowed, "S4: {reason}");
                continue;
            }
        };
        let again = import::convert(&raw, &options).expect("taken once, taken again");
        assert_eq!(one.record, again.record);
        let [text, other] =
            [&one, &again].map(|one| serde_json::to_vec(&one.body).expect("a body is JSON"));
        assert_eq!(text, other, "the same feature, the same body");
        // Numbers of a body are whole, texts hold no U+0000: the ledger can sign it.
        assert!(parse(&text).is_ok(), "{:?}", parse(&text));
        let problems = check::problems(options.kind, &one.body, &context);
        assert!(!check::stops(&problems), "{problems:?}");
    }
}

/// The address of a tile: three texts with slashes between them.
pub fn tile_address(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut parts = text.splitn(3, '/');
    let [z, x, y] = [(); 3].map(|()| parts.next().unwrap_or_default());
    if let Ok((zoom, column, row)) = safelane_server::tile_address(z, x, y) {
        assert!(zoom <= 22 && column < 1 << zoom && row < 1 << zoom);
        let square = safelane_server::tiles::world::Square::of_tile(zoom, column, row, 0);
        assert!(square.size() > 0);
    }
}

/// The parameters of a page of features, as `name=value&…`.
pub fn page_parameters(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let pairs: BTreeMap<String, String> = text
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if let Ok(asked) = safelane_server::AskedPage::read(pairs) {
        assert!((1..=10_000).contains(&asked.limit));
        if let Some(bbox) = asked.bbox {
            assert!(bbox.west <= bbox.east && bbox.south <= bbox.north);
        }
        if let Some((Some(from), Some(to))) = asked.days {
            assert!(from <= to);
        }
    }
}

/// Any graph of statements and judgements of four people on one record: where it stands does not hang on
/// the order of arrival or on duplicates, and danger ends only by an approved descendant.
pub fn resolve_graph(data: &[u8]) {
    let history = history(data);
    let table = Table {
        one_person_release: data.first().is_some_and(|byte| byte & 1 == 1),
    };
    let state = resolve(&history, &table);
    let mut turned: Vec<Received> = history.iter().rev().cloned().collect();
    turned.extend(history.iter().step_by(2).cloned());
    assert_eq!(resolve(&turned, &table), state, "order and duplicates");

    let danger: Vec<RevisionId> = state.counts_for_danger().collect();
    for one in history
        .iter()
        .filter(|one| one.revision.act().is_statement())
    {
        let follows = |other: &&RevisionId| {
            let found = history.iter().find(|known| known.id() == **other);
            found.is_some_and(|found| descends(&history, found, one.id()))
        };
        let ended = (state.statements.iter())
            .filter(|(_, statement)| statement.approved)
            .any(|(id, _)| follows(&id));
        assert_eq!(danger.contains(&one.id()), !ended, "S11");
    }
    for (id, statement) in &state.statements {
        let mut people: Vec<_> = statement.approvals.iter().map(|one| one.person).collect();
        let author = history
            .iter()
            .find(|one| one.id() == *id)
            .map(|one| one.revision.author());
        assert!(
            people.iter().all(|person| Some(*person) != author),
            "S9: never one's own"
        );
        people.sort();
        people.dedup();
        assert_eq!(
            people.len(),
            statement.approvals.len(),
            "S9: one of each person"
        );
    }
    let read = Record::of(&history, &table);
    assert_eq!(read.is_some(), !state.statements.is_empty());
}

/// Whether a statement replaces another, by way of statements that are here.
fn descends(history: &[Received], one: &Received, of: RevisionId) -> bool {
    let mut next: Vec<RevisionId> = one.revision.parents().to_vec();
    let mut seen = Vec::new();
    while let Some(id) = next.pop() {
        if id == of {
            return true;
        }
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let here = history.iter().find(|known| known.id() == id);
        if let Some(here) = here.filter(|here| here.revision.act().is_statement()) {
            next.extend_from_slice(here.revision.parents());
        }
    }
    false
}

/// Bodies of the graph's statements; the last two make less ground hazardous.
const BODIES: [(&str, &str); 6] = [
    (
        "hazardous-area/1",
        r#"{"classification":"sha","contamination":["ap-mine"],"ground":{"how":"typed","shape":{"polygons":[[[[170000000,450000000],[170100000,450000000],[170100000,450100000],[170000000,450100000]]]],"type":"Polygons"}},"status":"open"}"#,
    ),
    (
        "hazardous-area/1",
        r#"{"classification":"cha","contamination":["ap-mine"],"status":"open"}"#,
    ),
    ("clearance/1", r#"{"report":"progress"}"#),
    ("clearance/1", r#"{"parts":[],"report":"completion"}"#),
    ("task/1", "{}"),
    (
        "hazardous-area/1",
        r#"{"classification":"sha","contamination":["ap-mine"],"status":"closed"}"#,
    ),
];

/// Three bytes are one act: who and what, which body, upon which of those before.
fn history(data: &[u8]) -> Vec<Received> {
    let roles = [Role::Field, Role::Coordinator, Role::Approver, Role::Hub];
    let mut people = ["ana", "ben", "cleo", "hub"].map(Author::new);
    let mut signed: Vec<(usize, SignedRevision)> = Vec::new();
    for step in data.get(1..).unwrap_or_default().chunks_exact(3).take(12) {
        let who = usize::from(step[0] & 3);
        let author = &mut people[who];
        let (kind, body) = BODIES[usize::from(step[1] & 7) % BODIES.len()];
        // Two nibbles choose parents; fifteen chooses none.
        let chosen: Vec<usize> = [step[2] & 15, step[2] >> 4]
            .into_iter()
            .filter(|one| *one < 15 && !signed.is_empty())
            .map(|one| usize::from(one) % signed.len())
            .collect();
        let mut parents: Vec<RevisionId> = chosen.iter().map(|at| signed[*at].1.id()).collect();
        parents.sort();
        parents.dedup();
        let upon = chosen.first().map(|at| signed[*at].1.clone());
        let next = match ((step[0] >> 2) % 8, upon) {
            (5, Some(statement)) => author.send_back(&statement),
            (6 | 7, Some(statement)) => author.approve(&statement, &[]),
            (3, Some(_)) => author.end(Act::Remove, record("a"), kind, &parents, "error"),
            (4, Some(_)) => author.import(record("a"), kind, &parents, body),
            _ => author.put(record("a"), kind, &parents, body),
        };
        signed.push((who, next));
    }
    // One byte says which of them is not here.
    let lost = data.first().map(|byte| usize::from(byte >> 1));
    (signed.iter().enumerate())
        .filter(|(at, _)| Some(*at) != lost)
        .map(|(_, (who, one))| received(one, roles[*who]))
        .collect()
}

/// As the hub would have received it; who signed it is another target's question.
fn received(signed: &SignedRevision, role: Role) -> Received {
    let read = signed.read().expect("a sound structure");
    Received {
        revision: read.claim().clone(),
        verdict: Verdict::with_roles([role]),
        body: signed
            .bodies
            .get(&Tier::T1)
            .and_then(|body| parse(body).ok()),
    }
}

fn day() -> Date {
    "2026-03-01".parse().expect("a day")
}
