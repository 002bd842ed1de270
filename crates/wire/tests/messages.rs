//! The messages as text: what stands here is what a phone of last year still says.

use safelane_ledger::testkit::{Author, record};
use safelane_ledger::{
    Answer, HeldReason, LogPoint, RefusedReason, RevisionId, Role, SignedRevision,
};
use safelane_wire::problem::{Code, FieldProblem, Problem};
use safelane_wire::session::{AcceptInvite, EnrolRequest, SignIn};
use safelane_wire::sync::{
    PullQuery, PushAnswer, PushRequest, RevisionAnswer, RevisionText, Scope,
};

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap()
}

#[test]
fn a_revision_travels_as_exact_text() {
    let mut ana = Author::new("ana");
    let signed = ana.put(
        record("a"),
        "clearance/1",
        &[],
        r#"{"note":"line\n\"quoted\" ព្រំដែន"}"#,
    );
    let request = PushRequest {
        revisions: vec![signed.clone().try_into().unwrap()],
    };
    let read: PushRequest = serde_json::from_str(&json(&request)).unwrap();
    let back: SignedRevision = read.revisions.into_iter().next().unwrap().into();
    assert_eq!(back, signed);
    assert!(back.verify(&ana.public_key()).is_ok());
}

#[test]
fn bytes_that_are_not_utf8_do_not_travel() {
    let mut signed = Author::new("ana").put(record("a"), "clearance/1", &[], "{}");
    signed.bytes.push(0xff);
    assert!(RevisionText::try_from(signed).is_err());
}

#[test]
fn answers_read_as_written() {
    let id = RevisionId::from_bytes([0xab; 32]);
    let answer = |answer| RevisionAnswer {
        id,
        answer,
        held_receipt: None,
    };
    let reference = Some("DEMO-0147".parse().unwrap());
    let hex = "ab".repeat(32);
    for (value, text) in [
        (
            Answer::Received { n: 7, reference },
            r#""answer":"received","n":7,"reference":"DEMO-0147""#,
        ),
        (
            Answer::Duplicate {
                n: 7,
                reference: None,
            },
            r#""answer":"duplicate","n":7"#,
        ),
        (
            Answer::Held {
                reason: HeldReason::AuthorWithoutRight,
            },
            r#""answer":"held","reason":"author-without-right""#,
        ),
        (
            Answer::Refused {
                reason: RefusedReason::NotCanonical,
            },
            r#""answer":"refused","reason":"not-canonical""#,
        ),
    ] {
        let whole = PushAnswer {
            answers: vec![answer(value)],
            receipt: None,
        };
        let text = format!(r#"{{"answers":[{{"id":"{hex}",{text}}}]}}"#);
        assert_eq!(json(&whole), text);
        assert_eq!(serde_json::from_str::<PushAnswer>(&text).unwrap(), whole);
    }
}

#[test]
fn an_unknown_field_is_an_error_in_a_request_and_passes_in_an_answer() {
    assert!(serde_json::from_str::<SignIn>(r#"{"name":"a","password":"b"}"#).is_ok());
    assert!(serde_json::from_str::<SignIn>(r#"{"name":"a","password":"b","role":"c"}"#).is_err());
    assert!(serde_json::from_str::<PushRequest>(r#"{"revisions":[],"force":true}"#).is_err());
    assert!(serde_json::from_str::<PullQuery>(r#"{"after":0,"all":true}"#).is_err());
    let invite = r#"{"token":"a","password":"b","roles":["administrator"]}"#;
    assert!(serde_json::from_str::<AcceptInvite>(invite).is_err());
    assert!(serde_json::from_str::<EnrolRequest>(r#"{"label":"tablet 7"}"#).is_err());
    assert!(serde_json::from_str::<PushAnswer>(r#"{"answers":[],"later":1}"#).is_ok());
    assert!(serde_json::from_str::<Scope>(r#"{"version":"1","later":1}"#).is_ok());
}

#[test]
fn roles_and_log_points_keep_their_words() {
    let all = [
        Role::Administrator,
        Role::Coordinator,
        Role::Approver,
        Role::Field,
        Role::Viewer,
    ];
    assert_eq!(
        json(&all),
        r#"["administrator","coordinator","approver","field","viewer"]"#
    );
    let zeros = "0".repeat(64);
    assert_eq!(
        json(&LogPoint::START),
        format!(r#"{{"size":0,"head":"{zeros}"}}"#)
    );
}

#[test]
fn every_code_has_one_text_a_fitting_status_and_a_title() {
    let mut seen = std::collections::BTreeSet::new();
    for code in Code::ALL {
        assert!(seen.insert(code.as_str()), "{} stands twice", code.as_str());
        assert_eq!(json(code), format!("\"{}\"", code.as_str()));
        assert!((400..=599).contains(&code.status()) && !code.title().is_empty());
    }
    assert_eq!(
        serde_json::from_str::<Code>("\"of-tomorrow\"").unwrap(),
        Code::Unknown
    );
}

#[test]
fn a_problem_is_rfc_9457() {
    let field = FieldProblem {
        field: "team".to_owned(),
        key: "required".to_owned(),
        args: [].into(),
    };
    let problem = Problem::new(Code::Invalid, "Nothing was kept.").with_fields(vec![field]);
    let text = concat!(
        r#"{"type":"urn:safelane:problem:invalid","title":"Some values cannot be accepted","#,
        r#""status":422,"detail":"Nothing was kept.","code":"invalid","#,
        r#""fields":[{"field":"team","key":"required"}]}"#
    );
    assert_eq!(json(&problem), text);
    assert_eq!(serde_json::from_str::<Problem>(text).unwrap(), problem);
}
