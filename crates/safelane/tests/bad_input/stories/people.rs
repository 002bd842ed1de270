//! Who signs in, and who only seems to.

use safelane_ledger::testkit::Author;
use serde_json::json;

use super::claim;
use crate::Outcome;
use crate::http::Ask;
use crate::office::{Office, PASSWORD};

fn sign_in(office: &Office, name: &str, password: &str) -> crate::http::Answer {
    office.ask(Ask::post(
        "/api/session",
        &json!({ "name": name, "password": password }),
    ))
}

/// A05: a cookie that somebody planted opens nothing, before and after its victim has signed in.
pub fn session_fixation(office: &mut Office) -> Outcome {
    let planted = "cookie: safelane=planted-by-somebody";
    let asked = json!({ "name": "field", "password": PASSWORD });
    let answer = office.ask(Ask::post("/api/session", &asked).header(planted));
    claim(answer.status == 200, &answer.body)?;
    let given = answer.cookie().unwrap_or_default();
    claim(!given.contains("planted"), "the planted cookie was kept")?;
    let other = office.ask(Ask::get("/api/session").header(planted));
    claim(other.status == 401, "the planted cookie opens a session")?;
    // Signing in again changes the secret and ends the one before.
    let again = office.ask(Ask::post("/api/session", &asked).header(&format!("cookie: {given}")));
    claim(
        again.cookie().is_some_and(|cookie| cookie != given),
        "the same secret again",
    )?;
    let old = office.ask(Ask::get("/api/session").header(&format!("cookie: {given}")));
    claim(old.status == 401, "the earlier secret still opens")
}

/// A07: after signing out, and after a new link was made, the old cookie opens nothing.
pub fn cookie_after_sign_out(office: &mut Office) -> Outcome {
    let cookie = office.person("leaver", "field");
    let with = |ask: Ask, cookie: &str| ask.header(&format!("cookie: {cookie}"));
    let out = office.ask(with(Ask::new("DELETE", "/api/session"), &cookie));
    claim(out.status == 204, &out.body)?;
    let after = office.ask(with(Ask::get("/api/session"), &cookie));
    claim(after.status == 401, "signed out and still in")?;
    let cookie = sign_in(office, "leaver", PASSWORD)
        .cookie()
        .unwrap_or_default();
    claim(
        office.ask(with(Ask::get("/api/session"), &cookie)).status == 200,
        "no new session",
    )?;
    office.command(&["user", "reset", "leaver"]);
    let after = office.ask(with(Ask::get("/api/session"), &cookie));
    claim(after.status == 401, "reset and still in")?;
    // An event stream of a session that has ended is refused too.
    let events = office.ask(with(Ask::get("/api/events"), &cookie));
    claim(events.status == 401, "events after the end")
}

/// A03: neither text nor status tells which names exist.
pub fn wrong_name(office: &mut Office) -> Outcome {
    let [wrong, unknown] = ["approver", "nobody-here"].map(|name| sign_in(office, name, "x"));
    claim(
        wrong.status == 401 && wrong.code().as_deref() == Some("wrong-password"),
        &wrong.body,
    )?;
    claim(
        wrong.body == unknown.body && wrong.status == unknown.status,
        &unknown.body,
    )
}

/// A02, W11: tries on one name run dry, whatever a header says of the address; a session goes on.
pub fn guessing(office: &mut Office) -> Outcome {
    let mut refused = 0;
    for number in 0..13 {
        let asked = json!({ "name": "approver", "password": "password123" });
        let from = format!("x-forwarded-for: 10.0.0.{number}");
        let answer = office.ask(Ask::post("/api/session", &asked).header(&from));
        claim(matches!(answer.status, 401 | 429), &answer.body)?;
        refused += usize::from(answer.status == 429);
    }
    claim(refused > 0, "thirteen tries on one name and never slowed")?;
    let still = office.ask(Ask::get("/api/session").by("approver"));
    claim(
        still.status == 200,
        "whoever is signed in is locked out by others' tries",
    )
}

/// A04: many at once are answered, some with "too many", and none with a fault.
pub fn many_at_once(office: &mut Office) -> Outcome {
    let address = office.address();
    let tries: Vec<_> = (0..40)
        .map(|number| {
            let address = address.clone();
            std::thread::spawn(move || {
                let asked = json!({ "name": format!("crowd-{number}"), "password": "x" });
                Ask::post("/api/session", &asked).send(&address, "").status
            })
        })
        .collect();
    for one in tries {
        let status = one.join().expect("a try ends");
        claim(matches!(status, 401 | 429), format!("status {status}"))?;
    }
    Ok(())
}

/// A17: a key under which anybody could sign, and one that is no key, are not enrolled.
pub fn weak_key(office: &mut Office) -> Outcome {
    let mut author = Author::new("weak");
    author.person = office.session()["person"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("a person");
    author.ledger = office.session()["ledger"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("a ledger");
    let sound = office.enrolment(&author);
    let key = author.public_key().to_string();
    let identity = format!("01{}", "00".repeat(31));
    let beyond_the_field = format!("{}7f", "ff".repeat(31));
    for other in [
        identity,
        beyond_the_field,
        "00".repeat(32),
        "zz".repeat(32),
        String::new(),
    ] {
        let mut forged = serde_json::to_value(&sound).expect("JSON");
        let bytes = forged["bytes"]
            .as_str()
            .expect("text")
            .replace(&key, &other);
        forged["bytes"] = bytes.into();
        let asked = json!({ "enrolment": forged, "label": "weak" });
        let answer = office.ask(Ask::post("/api/devices/enrol", &asked).by("field"));
        claim(
            answer.status == 401 && answer.code().as_deref() == Some("proof-failed"),
            format!("{other}: {} {}", answer.status, answer.body),
        )?;
    }
    Ok(())
}

/// A19: a right that was taken is gone with the next request.
pub fn role_taken(office: &mut Office) -> Outcome {
    let cookie = office.person("demoted", "coordinator");
    let review = |office: &Office| {
        office
            .ask(Ask::get("/api/people").header(&format!("cookie: {cookie}")))
            .status
    };
    claim(review(office) == 200, "a coordinator lists people")?;
    let people = office.ask(Ask::get("/api/people").by("admin")).json();
    let person = people["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["name"] == "demoted");
    let person = person
        .and_then(|one| one["person"].as_str())
        .unwrap_or_default()
        .to_owned();
    let roles = json!({ "roles": ["viewer"] });
    let answer = office.ask(Ask::post(&format!("/api/people/{person}/roles"), &roles).by("admin"));
    claim(answer.status < 300, &answer.body)?;
    claim(review(office) == 403, format!("still {}", review(office)))
}

/// A11: whatever `Host` says, a new link leads nowhere else.
pub fn forged_host(office: &mut Office) -> Outcome {
    office.person("forgetful", "viewer");
    let people = office.ask(Ask::get("/api/people").by("admin")).json();
    let person = people["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|one| one["name"] == "forgetful");
    let person = person
        .and_then(|one| one["person"].as_str())
        .unwrap_or_default();
    let raw = format!(
        "POST /api/people/{person}/reset HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\nconnection: close\r\n{{credentials}}\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}"
    );
    let answer = office.ask(Ask::raw(raw.into_bytes()).by("admin"));
    claim(
        answer.status == 200,
        format!("{} {}", answer.status, answer.body),
    )?;
    claim(!answer.body.contains("evil"), &answer.body)
}

/// L06: names as people have them; what breaks a line or a screen is no name.
pub fn names(office: &mut Office) -> Outcome {
    let add = |name: &str, display: &str| {
        let asked = json!({ "name": name, "display": display, "roles": ["field"] });
        office.ask(Ask::post("/api/people", &asked).by("admin"))
    };
    for (name, display) in [
        ("sokha", "សុខា"),
        ("o'brien", "O’Brien ʼ"),
        ("мина", "Мина"),
        ("dževad", "Dževad Đ."),
    ] {
        let answer = add(name, display);
        claim(
            answer.status == 200,
            format!("{name}: {} {}", answer.status, answer.body),
        )?;
    }
    for name in ["", "   ", "a\nb", "a\u{202e}b", &"x".repeat(300)] {
        let answer = add(name, "Somebody");
        claim(
            answer.status == 422,
            format!("{name:?}: {} {}", answer.status, answer.body),
        )?;
    }
    Ok(())
}
