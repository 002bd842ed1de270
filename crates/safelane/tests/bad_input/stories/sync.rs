//! Revisions and requests of several steps.

use std::io::Write as _;
use std::net::TcpStream;
use std::process::{Command, Stdio};

use safelane_ledger::testkit::record;
use safelane_ledger::{Act, AuthorTime, PersonId, RevisionId, SignedRevision, Tier};
use serde_json::{Value, json};

use super::{claim, made};
use crate::Outcome;
use crate::http::Ask;
use crate::hub::BINARY;
use crate::office::{Office, text};
use crate::push::{judged, request, send, sign, word};
use crate::table::Try;

const BODY: &str = r#"{"classification":"sha","contamination":["ap-mine"],"ground":{"how":"typed","shape":{"polygons":[[[[170000000,450000000],[170100000,450000000],[170100000,450100000]]]],"type":"Polygons"},"statistic":"not-stated"},"status":"open"}"#;

/// A push of these bytes.
pub fn large(office: &mut Office, bytes: Vec<u8>, one: &Try) -> Outcome {
    office
        .ask(Ask::new("POST", "/api/sync/push").json(bytes).by("field"))
        .check(one)
}

pub fn sign_in(office: &mut Office, password: &str, one: &Try) -> Outcome {
    let asked = json!({ "name": "field", "password": password });
    office.ask(Ask::post("/api/session", &asked)).check(one)
}

/// So many header lines of so many bytes.
pub fn headers(office: &mut Office, count: usize, bytes: usize, one: &Try) -> Outcome {
    let mut ask = Ask::get("/healthz");
    for number in 0..count {
        ask = ask.header(&format!("x-{number}: {}", "x".repeat(bytes)));
    }
    office.ask(ask).check(one)
}

/// Chunks beyond every limit.
pub fn endless_chunks(office: &mut Office, one: &Try) -> Outcome {
    let mut bytes = b"POST /api/session HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..200 {
        bytes.extend_from_slice(b"1000\r\n");
        bytes.extend_from_slice(&[b' '; 4096]);
        bytes.extend_from_slice(b"\r\n");
    }
    office.ask(Ask::raw(bytes)).check(one)
}

pub fn long_address(office: &mut Office, one: &Try) -> Outcome {
    let path = format!(
        "/ogc/collections/hazardous-area/items?filter=INTERSECTS({})",
        "17%2045,".repeat(100_000)
    );
    office.ask(Ask::get(&path).by("viewer")).check(one)
}

/// A revision with this body.
pub fn body(office: &mut Office, body: &str, one: &Try) -> Outcome {
    let mut author = office.device();
    let signed = sign(
        &mut author,
        record(&body[..60.min(body.len())]),
        "hazardous-area/1",
        body,
    );
    judged(office, &signed, one)
}

/// Bytes that were changed after they were signed, each in its own way: none leaves a trace.
pub fn spoilt(office: &mut Office, _: &Try) -> Outcome {
    let mut author = office.device();
    let before = office.size();
    let mut number = 0;
    let mut next = |author: &mut safelane_ledger::testkit::Author| {
        number += 1;
        author.put(
            record(&format!("spoilt {number}")),
            "hazardous-area/1",
            &[],
            BODY,
        )
    };
    let as_text = |one: &SignedRevision| String::from_utf8(one.bytes.clone()).expect("text");
    let mut cases: Vec<(&str, SignedRevision, &str)> = Vec::new();
    let mut spoil = |name, wanted, change: &dyn Fn(&mut SignedRevision), author: &mut _| {
        let mut one = next(author);
        change(&mut one);
        cases.push((name, one, wanted));
    };
    spoil(
        "a space more",
        "refused:not-canonical",
        &|one| one.bytes.insert(1, b' '),
        &mut author,
    );
    spoil(
        "other order",
        "refused:not-canonical",
        &|one| {
            let said = as_text(one);
            let act = r#""act":"put","#;
            one.bytes = (said.replace(act, "").trim_end_matches('}').to_owned()
                + r#","act":"put"}"#)
                .into_bytes();
        },
        &mut author,
    );
    spoil(
        "a key twice",
        "refused:not-canonical",
        &|one| {
            one.bytes = as_text(one)
                .replace(r#""act":"put","#, r#""act":"put","act":"put","#)
                .into_bytes();
        },
        &mut author,
    );
    spoil(
        "a fraction",
        "refused:not-canonical",
        &|one| {
            one.bytes = as_text(one).replace(r#""v":1"#, r#""v":1.0"#).into_bytes();
        },
        &mut author,
    );
    spoil(
        "an unknown field",
        "refused:malformed",
        &|one| {
            one.bytes = as_text(one)
                .replace(r#""v":1"#, r#""v":1,"w":1"#)
                .into_bytes();
        },
        &mut author,
    );
    spoil(
        "another version",
        "refused:malformed",
        &|one| {
            one.bytes = as_text(one).replace(r#""v":1"#, r#""v":2"#).into_bytes();
        },
        &mut author,
    );
    spoil(
        "a parent twice",
        "refused:malformed",
        &|one| {
            let id = "ab".repeat(32);
            one.bytes = as_text(one)
                .replace(r#""parents":[]"#, &format!(r#""parents":["{id}","{id}"]"#))
                .into_bytes();
        },
        &mut author,
    );
    spoil(
        "another record",
        "refused:bad-signature",
        &|one| {
            one.bytes = as_text(one)
                .replace(&record_of(one), "6d1cbeb5-2ee3-4b6f-9a86-7b35a0c0f3a1")
                .into_bytes();
        },
        &mut author,
    );
    spoil(
        "another body",
        "refused:body-mismatch",
        &|one| {
            let body = one.bodies.get_mut(&Tier::T1).expect("a body");
            *body = String::from_utf8(body.clone())
                .expect("text")
                .replace("sha", "cha")
                .into_bytes();
        },
        &mut author,
    );
    spoil(
        "no body",
        "refused:body-missing",
        &|one| one.bodies.clear(),
        &mut author,
    );
    spoil(
        "too large",
        "refused:too-large",
        &|one| one.bytes.extend_from_slice(&[b' '; 10_000]),
        &mut author,
    );
    spoil(
        "a programme of its own",
        "refused:wrong-ledger",
        &|one| {
            let ledger = serde_json::from_slice::<Value>(&one.bytes).expect("JSON")["ledger"]
                .as_str()
                .expect("an id")
                .to_owned();
            one.bytes = as_text(one)
                .replace(&ledger, "6d1cbeb5-2ee3-4b6f-9a86-7b35a0c0f3a1")
                .into_bytes();
        },
        &mut author,
    );
    spoil(
        "a device that nobody knows",
        "refused:unknown-device",
        &|one| {
            let device = serde_json::from_slice::<Value>(&one.bytes).expect("JSON")["device"]
                .as_str()
                .expect("an id")
                .to_owned();
            one.bytes = as_text(one)
                .replace(&device, "6d1cbeb5-2ee3-4b6f-9a86-7b35a0c0f3a1")
                .into_bytes();
        },
        &mut author,
    );
    for (name, one, wanted) in &cases {
        let answer = send(office, std::slice::from_ref(one));
        let said = word(&answer.json()["answers"][0]);
        claim(said == *wanted, format!("{name}: {said} {}", answer.body))?;
    }
    claim(office.size() == before, "something of it was kept")
}

fn record_of(one: &SignedRevision) -> String {
    let value: Value = serde_json::from_slice(&one.bytes).expect("JSON");
    value["record"].as_str().expect("an id").to_owned()
}

/// S01, S11: a thousand times the same is once, with the same receipt.
pub fn a_thousand_times(office: &mut Office) -> Outcome {
    let mut author = office.device();
    let one = author.put(record("a thousand times"), "hazardous-area/1", &[], BODY);
    let first = send(office, std::slice::from_ref(&one)).json();
    claim(word(&first["answers"][0]) == "received", first.to_string())?;
    let size = office.size();
    for _ in 0..2 {
        let again = send(office, &vec![one.clone(); 500]).json();
        let answers = again["answers"].as_array().cloned().unwrap_or_default();
        claim(answers.len() == 500, "five hundred answers")?;
        claim(
            answers.iter().all(|answer| word(answer) == "duplicate"),
            "not all duplicates",
        )?;
        let leaf = |answer: &Value| {
            answer["receipt"]["bytes"]
                .as_str()
                .map(str::to_owned)
                .unwrap_or_default()
        };
        claim(
            leaf(&again).contains(&one.id().to_string()),
            "the receipt does not name it",
        )?;
    }
    claim(office.size() == size, "the log grew")
}

/// S01: also within one push.
pub fn twice_in_one_push(office: &mut Office) -> Outcome {
    let mut author = office.device();
    let one = author.put(record("twice in one push"), "hazardous-area/1", &[], BODY);
    let size = office.size();
    let answer = send(office, &[one.clone(), one]).json();
    let words: Vec<String> = answer["answers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(word)
        .collect();
    claim(words == ["received", "duplicate"], format!("{words:?}"))?;
    claim(office.size() == size + 1, "not once")
}

/// S03, A16: the same number with other bytes: kept apart, and the device held from then on.
pub fn fork(office: &mut Office) -> Outcome {
    let mut author = office.device();
    let first = author.put(record("fork"), "hazardous-area/1", &[], BODY);
    author.rewind(&first);
    let other = author.put(record("fork's other"), "hazardous-area/1", &[], BODY);
    let after = author.put(record("after the fork"), "hazardous-area/1", &[], BODY);
    let answer = send(office, &[first, other, after]).json();
    let words: Vec<String> = answer["answers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(word)
        .collect();
    claim(
        words == ["received", "held:fork", "held:device-held"],
        format!("{words:?}"),
    )?;
    let signed = answer["answers"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| !one["held_receipt"].is_null());
    claim(signed.count() == 2, "held without a signed word")
}

/// S06: more open versions than anybody could choose from are held.
pub fn many_heads(office: &mut Office) -> Outcome {
    let mut author = office.device();
    let heads: Vec<SignedRevision> = (0..80)
        .map(|_| author.put(record("many heads"), "hazardous-area/1", &[], BODY))
        .collect();
    let answer = send(office, &heads).json();
    let words: Vec<String> = answer["answers"]
        .as_array()
        .into_iter()
        .flatten()
        .map(word)
        .collect();
    let held = words
        .iter()
        .filter(|word| *word == "held:too-many-heads")
        .count();
    let received = words.iter().filter(|word| *word == "received").count();
    claim(
        held > 0 && held + received == 80,
        format!("{received} received, {held} held: {:?}", words.last()),
    )
}

/// S04, S05: a parent that is not here is waited for.
pub fn unknown_parent(office: &mut Office) -> Outcome {
    let mut author = office.device();
    let missing = RevisionId::of(b"nowhere");
    let one = author.put(
        record("an unknown parent"),
        "hazardous-area/1",
        &[missing],
        BODY,
    );
    let answer = send(office, std::slice::from_ref(&one)).json();
    claim(
        word(&answer["answers"][0]) == "received",
        answer.to_string(),
    )
}

/// S10: a push that breaks off leaves nothing; sent whole, it arrives once.
pub fn cut_push(office: &mut Office) -> Outcome {
    let mut author = office.device();
    let one = author.put(record("cut push"), "hazardous-area/1", &[], BODY);
    let size = office.size();
    let body = request(std::slice::from_ref(&one));
    let whole = office.ask(body.by("nobody"));
    claim(whole.status == 401, "pushed by nobody")?;
    let revisions = safelane_wire::sync::RevisionText::try_from(one.clone()).expect("text");
    let text = json!({ "revisions": [revisions] }).to_string();
    for cut in (0..text.len()).step_by(text.len() / 20) {
        let mut stream = TcpStream::connect(office.address()).expect("the hub listens");
        let _ = write!(
            stream,
            "POST /api/sync/push HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{}",
            text.len(),
            &text[..cut]
        );
        drop(stream);
    }
    claim(office.size() == size, "a part of a push was taken")?;
    let answer = send(office, &[one]).json();
    claim(
        word(&answer["answers"][0]) == "received",
        answer.to_string(),
    )?;
    claim(office.size() == size + 1, "not once")
}

/// S09, A15: no clock refuses anything.
pub fn strange_clock(office: &mut Office) -> Outcome {
    let mut author = office.device();
    for at in [0, 4_070_908_800, 951_782_399] {
        author.at = AuthorTime::from_unix(at).expect("a time");
        let one = author.put(
            record(&format!("clock {at}")),
            "hazardous-area/1",
            &[],
            BODY,
        );
        let answer = send(office, &[one]).json();
        claim(
            word(&answer["answers"][0]) == "received",
            format!("{at}: {answer}"),
        )?;
    }
    Ok(())
}

/// S07: another's name on one's own device is held.
pub fn another_author(office: &mut Office) -> Outcome {
    let mut author = office.device();
    author.person = PersonId::new(record("somebody else").uuid());
    let one = author.put(record("another author"), "hazardous-area/1", &[], BODY);
    let answer = send(office, &[one]).json();
    claim(
        word(&answer["answers"][0]) == "held:author-mismatch",
        answer.to_string(),
    )?;
    // An import is the hub's own act.
    let mut author = office.device();
    let body = safelane_ledger::body::salt_body(
        safelane_ledger::testkit::fields(BODY),
        safelane_ledger::Salt::from_bytes([3; 16]),
    );
    let one = author.sign(
        Act::Import,
        record("an import of a device"),
        "hazardous-area/1",
        &[],
        body,
        None,
    );
    let answer = send(office, &[one]).json();
    claim(
        word(&answer["answers"][0]) == "held:author-without-right",
        answer.to_string(),
    )
}

/// F44: an import that is killed has taken whole batches; run again it takes the rest, and nothing twice.
pub fn killed_import(office: &mut Office) -> Outcome {
    let file = office.path("killed.geojson");
    std::fs::write(&file, made::file("two-thousand-features")).expect("a file");
    let data = office.data();
    let arguments = [
        "import",
        text(&file),
        "--kind",
        "accident",
        "--data",
        text(&data),
    ];
    let mut child = Command::new(BINARY)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    std::thread::sleep(std::time::Duration::from_millis(150));
    let _ = child.kill();
    let _ = child.wait();
    let size = office.size();
    let lines = office.command(&arguments[..4]);
    claim(lines.contains("2000 features read"), &lines)?;
    claim(office.size() >= size, "the log shrank")?;
    let again = office.command(&arguments[..4]);
    claim(again.contains("2000 already there"), again)
}

/// F43: the same file again adds nothing, and says so.
pub fn imported_twice(office: &mut Office) -> Outcome {
    let file = office.path("twice.geojson");
    let point = r#"{"type":"Point","coordinates":[17.5,44.5]}"#;
    std::fs::write(&file, made::collection(&made::feature("twice", point))).expect("a file");
    let arguments = ["import", text(&file), "--kind", "accident"];
    let first = office.command(&arguments);
    claim(first.contains("1 taken"), first)?;
    let size = office.size();
    let again = office.command(&arguments);
    claim(again.contains("1 already there"), again)?;
    claim(office.size() == size, "the log grew")
}

/// L01: names in the scripts of the field come back byte by byte.
pub fn scripts_come_back(office: &mut Office) -> Outcome {
    let names = [
        "ស្រុកបាណន់",
        "منطقة الألغام",
        "Мінне поле",
        "မိုင်းကွင်း",
        "ፈንጂ",
        "Šćepan Polje",
        "می‌دان",
    ];
    let features: Vec<String> = names
        .iter()
        .map(|name| made::feature(name, r#"{"type":"Point","coordinates":[17.2,44.2]}"#))
        .collect();
    let file = office.path("scripts.geojson");
    std::fs::write(&file, made::collection(&features.join(","))).expect("a file");
    office.command(&["import", text(&file), "--kind", "settlement"]);
    let export = office.command(&["export", "--kind", "settlement", "--format", "geojson"]);
    let csv = office.command(&["export", "--kind", "settlement", "--format", "csv"]);
    for name in names {
        claim(export.contains(name), format!("GeoJSON lost {name}"))?;
        claim(csv.contains(name), format!("CSV lost {name}"))?;
    }
    Ok(())
}
