//! Signed revisions of an enrolled device, and requests that claim to carry some.

use safelane_ledger::testkit::{Author, record};
use safelane_ledger::{Act, RecordId, RevisionId, SignedRevision};
use safelane_wire::sync::{PushRequest, RevisionText};
use serde_json::{Value, json};

use crate::http::{Answer, Ask};
use crate::office::Office;
use crate::table::{Case, Try};
use crate::{Outcome, device, stories};

/// One revision, or one request, of the table.
pub fn attempt(office: &mut Office, case: &Case, one: &Try) -> Outcome {
    if let Some(name) = &one.make {
        return stories::tell(office, name, one);
    }
    if let Some(raw) = &one.raw {
        let before = office.size();
        let answer = office.ask(
            Ask::new("POST", "/api/sync/push")
                .json(raw.as_bytes())
                .by("field"),
        );
        answer.check(one)?;
        return if office.size() == before {
            Ok(())
        } else {
            Err("something was half done".to_owned())
        };
    }
    let mut author = office.device();
    let kind = one.kind.as_deref().unwrap_or("hazardous-area/1");
    let about = record(&format!("{} {:?}", case.id, one.body));
    let signed = sign(&mut author, about, kind, &device::body(case, one));
    judged(office, &signed, one)
}

/// A `put` of a body, also of one that no program of ours would write.
pub fn sign(author: &mut Author, about: RecordId, kind: &str, body: &str) -> SignedRevision {
    match safelane_ledger::canonical::parse(body.as_bytes()) {
        Ok(_) => author.put(about, kind, &[], body),
        Err(_) => author.sign(Act::Put, about, kind, &[], body.as_bytes().to_vec(), None),
    }
}

/// Pushes it and compares the answer, and what the hub returned it for.
pub fn judged(office: &mut Office, signed: &SignedRevision, one: &Try) -> Outcome {
    let before = office.size();
    let id = signed.id();
    let answer = send(office, std::slice::from_ref(signed));
    if answer.status != 200 {
        return Err(format!("{} {}", answer.status, answer.body));
    }
    let said = word(&answer.json()["answers"][0]);
    let wanted = one.answer.as_deref().unwrap_or("received");
    if said != wanted {
        return Err(format!("{said}: {}", answer.body));
    }
    let taken = said.starts_with("received");
    if !taken && office.size() != before {
        return Err("something was half done".to_owned());
    }
    if taken && answer.json()["receipt"].is_null() {
        return Err("received without a receipt".to_owned());
    }
    let mut returned = returned(office, before, id);
    let mut wanted = one.problems.clone();
    returned.sort();
    returned.dedup();
    wanted.sort();
    if returned == wanted {
        Ok(())
    } else {
        Err(format!("returned for {returned:?}"))
    }
}

/// Sends revisions as a device does.
pub fn send(office: &Office, revisions: &[SignedRevision]) -> Answer {
    office.ask(request(revisions).by("field"))
}

/// The request; a body that is no text is sent as one that nobody signed.
pub fn request(revisions: &[SignedRevision]) -> Ask {
    let revisions = revisions
        .iter()
        .map(|one| RevisionText::try_from(one.clone()).expect("text"))
        .collect();
    let asked = serde_json::to_value(PushRequest { revisions }).expect("JSON");
    Ask::post("/api/sync/push", &asked)
}

/// `received`, or `refused:not-canonical`.
pub fn word(answer: &Value) -> String {
    let said = answer["answer"].as_str().unwrap_or_default();
    match answer["reason"].as_str() {
        Some(reason) => format!("{said}:{reason}"),
        None => said.to_owned(),
    }
}

/// The keys of the problems for which the hub returned a statement.
fn returned(office: &Office, after: u64, id: RevisionId) -> Vec<String> {
    let parents = json!([id.to_string()]);
    let texts = office.entries(after).into_iter();
    let texts = texts.filter_map(|entry| {
        let revision: Value = serde_json::from_str(entry["revision"]["bytes"].as_str()?).ok()?;
        let is_return = revision["act"] == "return" && revision["parents"] == parents;
        let body = entry["revision"]["bodies"]["t1"].as_str()?;
        is_return.then(|| serde_json::from_str::<Value>(body).ok())?
    });
    texts
        .flat_map(|body| body["problems"].as_array().cloned().unwrap_or_default())
        .filter_map(|problem| Some(problem["key"].as_str()?.to_owned()))
        .collect()
}
