//! What hostile and broken revisions get.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use safelane_ledger::chain::{self, ChainProblem};
use safelane_ledger::testkit::{Author, ledger, record};
use safelane_ledger::{
    Act, BodyState, Digest, Draft, Enrolment, Head, HubId, KeyError, Line, LogPoint, PublicKey,
    Receipt, Salt, SignedHead, SignedRevision, SigningKey, StructureError, Tier, VerifyError,
    salt_body,
};

fn ana() -> Author {
    Author::new("ana")
}

/// Ana's first revision, as JSON text with something replaced, signed again by her key.
fn forged(from: &str, to: &str) -> (SignedRevision, PublicKey) {
    let mut ana = ana();
    let mut signed = ana.put(record("a"), "clearance/1", &[], r#"{"m":1}"#);
    let text = String::from_utf8(signed.bytes).unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    signed.bytes = text.replace(from, to).into_bytes();
    signed.signature = ana.signing_key().sign(Line::Revision, &signed.bytes);
    (signed, ana.public_key())
}

fn refusal(from: &str, to: &str) -> VerifyError {
    let (signed, key) = forged(from, to);
    signed.verify(&key).unwrap_err()
}

#[test]
fn a_sound_revision_verifies_and_keeps_its_fields() {
    let mut ana = ana();
    let first = ana.put(record("a"), "clearance/1", &[], r#"{"m":1}"#);
    let second = ana.put(
        record("a"),
        "of-tomorrow/9",
        &[first.id()],
        r#"{"new":true}"#,
    );
    let revision = second.verify(&ana.public_key()).unwrap();
    assert_eq!(
        revision.id(),
        Digest::of(&second.bytes).to_string().parse().unwrap()
    );
    assert_eq!((revision.seq(), revision.prev()), (2, Some(first.id())));
    assert_eq!(
        (revision.author(), revision.device()),
        (ana.person, ana.device)
    );
    assert_eq!(
        revision.kind().to_string(),
        "of-tomorrow/9",
        "an unknown kind is carried"
    );
    assert_eq!(
        (revision.act(), revision.parents()),
        (Act::Put, &[first.id()][..])
    );
    assert_eq!(revision.ledger(), ledger());
}

#[test]
fn fields_that_are_no_revision_are_refused() {
    for (from, to) in [
        (r#""v":1"#, r#""v":1,"w":1"#),
        (r#""act":"put""#, r#""act":"erase""#),
        (r#""act":"put","#, ""),
        (r#""kind":"clearance/1""#, r#""kind":"clearance/01""#),
        (r#""kind":"clearance/1""#, r#""kind":"Clearance/1""#),
        (r#""kind":"clearance/1""#, r#""kind":"clearance""#),
        (r#""seq":1"#, r#""seq":"1""#),
        (r#""seq":1"#, r#""seq":-1"#),
        (r#"{"t1":"#, r#"{"t4":"#),
        ("2026-03-01T08:30:00Z", "2026-03-01T08:30:00+01:00"),
        ("2026-03-01T08:30:00Z", "2026-02-30T08:30:00Z"),
        (
            &ana().person.to_string(),
            &ana().person.to_string().to_uppercase(),
        ),
        (
            &ana().device.to_string(),
            &ana().device.uuid().simple().to_string(),
        ),
    ] {
        let error = refusal(from, to);
        assert!(
            matches!(error, VerifyError::Shape(_)),
            "{from} -> {to}: {error}"
        );
    }
}

#[test]
fn fields_that_contradict_each_other_are_refused() {
    let id = "ab".repeat(32);
    for (from, to, expected) in [
        (
            r#""v":1"#,
            r#""v":2"#.to_owned(),
            StructureError::Version(2),
        ),
        (
            r#""act":"put""#,
            r#""act":"approve""#.to_owned(),
            StructureError::JudgementParents,
        ),
        (
            r#""act":"put""#,
            r#""act":"remove""#.to_owned(),
            StructureError::RemovalParents,
        ),
        (
            r#""parents":[]"#,
            format!(r#""parents":["{id}","{id}"]"#),
            StructureError::Parents,
        ),
        (
            r#""seq":1"#,
            r#""seq":0"#.to_owned(),
            StructureError::Sequence,
        ),
        (
            r#""seq":1"#,
            r#""seq":2"#.to_owned(),
            StructureError::Sequence,
        ),
        (
            r#""record""#,
            format!(r#""prev":"{id}","record""#),
            StructureError::Sequence,
        ),
        (r#"{"t1":"#, r#"{"t2":"#.to_owned(), StructureError::NoBody),
    ] {
        match refusal(from, &to) {
            VerifyError::Structure(found) => assert_eq!(found, expected),
            other => panic!("{from} -> {to}: {other}"),
        }
    }
}

#[test]
fn another_form_of_the_same_content_is_refused() {
    for (from, to) in [
        (r#""seq":1"#, r#""seq": 1"#),
        ("clearance/1", r"clearance\/1"),
        ("}}", "}} "),
    ] {
        let (mut signed, key) = forged(r#""seq":1"#, r#""seq":1"#);
        let text = String::from_utf8(signed.bytes).unwrap() + if from == "}}" { " " } else { "" };
        signed.bytes = text.replace(from, to).into_bytes();
        let error = signed.verify(&key).unwrap_err();
        assert!(
            matches!(error, VerifyError::NotCanonical(_)),
            "{from} -> {to}: {error}"
        );
    }
    let error = refusal(r#""seq":1"#, r#""seq":1,"submission":null"#);
    assert!(matches!(error, VerifyError::NotCanonical(_)));
}

#[test]
fn bodies_are_held_to_their_digests() {
    let mut ana = ana();
    let key = ana.public_key();
    let signed = ana.put(record("a"), "clearance/1", &[], r#"{"m":1}"#);
    let with = |tier: Tier, bytes: &[u8]| {
        let mut other = signed.clone();
        other.bodies.insert(tier, bytes.to_vec());
        other.verify(&key).unwrap_err()
    };
    assert!(matches!(
        with(Tier::T1, b"{}"),
        VerifyError::BodyMismatch(Tier::T1)
    ));
    assert!(matches!(
        with(Tier::T2, b"{}"),
        VerifyError::UnknownBody(Tier::T2)
    ));

    for (body, unsalted) in [
        (&b"{\"m\": 1}"[..], false),
        (b"{\"m\":1}", true),
        (b"[1]", true),
    ] {
        let signed = ana.sign(
            Act::Put,
            record("a"),
            "clearance/1",
            &[],
            body.to_vec(),
            None,
        );
        match signed.verify(&key).unwrap_err() {
            VerifyError::BodyShape(Tier::T1) => assert!(unsalted),
            VerifyError::NotCanonical(_) => assert!(!unsalted),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_body_that_is_withheld_or_erased_leaves_id_and_signature_whole() {
    let mut ana = ana();
    let full = ana.put(record("a"), "clearance/1", &[], r#"{"m":1}"#);
    let mut bare = full.clone();
    bare.bodies.clear();
    assert_eq!(bare.verify(&ana.public_key()).unwrap().id(), full.id());

    let state = |signed: &SignedRevision, erased: &[Tier]| {
        let erased: BTreeSet<Tier> = erased.iter().copied().collect();
        signed.read().unwrap().body_states(&erased)[&Tier::T1]
    };
    assert_eq!(state(&full, &[]), BodyState::Held);
    assert_eq!(state(&bare, &[]), BodyState::NotHere);
    assert_eq!(state(&bare, &[Tier::T1]), BodyState::Erased);
    assert_eq!(
        bare.read().unwrap().missing_bodies().collect::<Vec<_>>(),
        [Tier::T1]
    );
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let mut ana = ana();
    let mut signed = ana.put(record("a"), "clearance/1", &[], r#"{"m":1}"#);
    signed
        .bodies
        .insert(Tier::T1, vec![b' '; 2 * 1024 * 1024 + 1]);
    assert!(matches!(signed.read().unwrap_err(), VerifyError::TooLarge));
    signed.bodies.clear();
    signed.bytes = vec![b'['; 8 * 1024 + 1];
    assert!(matches!(signed.read().unwrap_err(), VerifyError::TooLarge));
}

#[test]
fn a_key_answers_good_unknown_or_bad() {
    let mut ana = ana();
    let other = Author::new("ben").public_key();
    let signed = ana.put(record("a"), "clearance/1", &[], r#"{"m":1}"#);
    let check = |key: Option<PublicKey>| signed.read().unwrap().verify_with(|_| key);
    assert!(check(Some(ana.public_key())).is_ok());
    assert!(matches!(check(None).unwrap_err(), VerifyError::UnknownDevice(d) if d == ana.device));
    let bad = check(Some(other)).unwrap_err();
    assert!(matches!(bad, VerifyError::Key(KeyError::BadSignature)));
}

#[test]
fn a_signature_under_another_line_is_no_signature_of_a_revision() {
    let mut ana = ana();
    let mut signed = ana.put(record("a"), "clearance/1", &[], r#"{"m":1}"#);
    for line in [
        Line::Receipt,
        Line::Held,
        Line::Head,
        Line::Enrolment,
        Line::Challenge,
    ] {
        signed.signature = ana.signing_key().sign(line, &signed.bytes);
        assert!(
            signed.verify(&ana.public_key()).is_err(),
            "{}",
            line.as_str()
        );
    }
}

#[test]
fn weak_and_oddly_encoded_keys_are_refused() {
    let mut identity = [0_u8; 32];
    identity[0] = 1;
    assert_eq!(
        PublicKey::from_bytes(&identity).unwrap_err(),
        KeyError::Weak
    );
    // The point of order two, (0, -1).
    let mut order_two = [0xff_u8; 32];
    (order_two[0], order_two[31]) = (0xec, 0x7f);
    assert_eq!(
        PublicKey::from_bytes(&order_two).unwrap_err(),
        KeyError::Weak
    );
    // y = p + 3 is y = 3 written a second way, and y = 3 is on the curve.
    let mut three = [0_u8; 32];
    three[0] = 3;
    let mut three_again = [0xff_u8; 32];
    (three_again[0], three_again[31]) = (0xf0, 0x7f);
    assert!(PublicKey::from_bytes(&three).is_ok());
    assert_eq!(
        PublicKey::from_bytes(&three_again).unwrap_err(),
        KeyError::NotAKey
    );
    // y = 2 is no point.
    three[0] = 2;
    assert_eq!(
        PublicKey::from_bytes(&three).unwrap_err(),
        KeyError::NotAKey
    );
}

#[test]
fn a_receipt_opens_under_its_own_line_and_key_alone() {
    use safelane_ledger::Document;
    let hub = SigningKey::from_seed(&[7; 32]);
    let id = HubId::new(record("hub").uuid());
    let at = "2026-03-01T08:31:00Z".parse().unwrap();
    let head = Head::EMPTY;
    let receipt = Receipt {
        hub: id,
        ledger: ledger(),
        leaves: vec![],
        size: 0,
        head,
        at,
    };
    let text = receipt.sign(&hub).unwrap();
    assert_eq!(text.open::<Receipt>(&hub.public()).unwrap(), receipt);
    assert!(text.open::<Receipt>(&ana().public_key()).is_err());
    assert!(
        text.open::<SignedHead>(&hub.public()).is_err(),
        "another line"
    );

    let mut other = text.clone();
    other.bytes = other.bytes.replace("\"size\":0", "\"size\":1");
    assert!(other.open::<Receipt>(&hub.public()).is_err());
}

#[test]
fn an_enrolment_proves_possession_of_its_key() {
    use safelane_ledger::Document;
    let key = SigningKey::from_seed(&[9; 32]);
    let enrolment = Enrolment {
        ledger: ledger(),
        hub: HubId::new(record("hub").uuid()),
        device: ana().device,
        person: ana().person,
        key: key.public(),
        at: ana().at,
    };
    let text = enrolment.sign(&key).unwrap();
    assert_eq!(text.open::<Enrolment>(&key.public()).unwrap(), enrolment);
    assert!(text.open::<Enrolment>(&ana().public_key()).is_err());
}

#[test]
fn a_draft_refuses_what_a_reader_would() {
    let ana = ana();
    let draft = Draft {
        ledger: ledger(),
        record: record("a"),
        kind: "clearance/1".parse().unwrap(),
        act: Act::Put,
        parents: vec![],
        bodies: BTreeMap::from([(
            Tier::T1,
            salt_body(BTreeMap::new(), Salt::from_bytes([1; 16])),
        )]),
        submission: None,
        author: ana.person,
        device: ana.device,
        seq: 1,
        prev: None,
        at: ana.at,
    };
    assert!(draft.clone().finish().is_ok());
    let no_parent = Draft {
        act: Act::Return,
        ..draft.clone()
    };
    assert_eq!(
        no_parent.finish().unwrap_err(),
        StructureError::JudgementParents
    );
    let huge = Draft {
        seq: 1 << 53,
        prev: Some(safelane_ledger::RevisionId::of(b"")),
        ..draft
    };
    assert_eq!(huge.finish().unwrap_err(), StructureError::Sequence);
}

#[test]
fn a_signature_made_elsewhere_over_the_message_verifies() {
    let ana = ana();
    let mut signer = Author::new("ana");
    let by_key = signer.put(record("a"), "clearance/1", &[], "{}");
    let message = Line::Revision.message(&by_key.bytes);
    assert_eq!(message.len(), "safelane/1/revision\n".len() + 32);
    assert!(message.ends_with(by_key.id().as_bytes()));
    assert!(by_key.verify(&ana.public_key()).is_ok());
}

#[test]
fn a_chain_shows_its_gaps_forks_and_wrong_links() {
    let mut ana = ana();
    let made: Vec<_> = (0..4)
        .map(|i| ana.put(record("a"), "clearance/1", &[], &format!(r#"{{"m":{i}}}"#)))
        .collect();
    ana.rewind(&made[2]);
    let fork = ana.put(record("b"), "clearance/1", &[], "{}");
    let read = |signed: &SignedRevision| signed.read().unwrap().claim().clone();
    let [one, two, three, four] = [0, 1, 2, 3].map(|i| read(&made[i]));
    let fork = read(&fork);
    let device = ana.device;

    assert_eq!(chain::problems([&four, &one, &three, &two]), []);
    assert_eq!(
        chain::problems([&one, &four]),
        [ChainProblem::Gap {
            device,
            from: 2,
            to: 3
        }]
    );
    assert_eq!(
        chain::problems([&two]),
        [ChainProblem::Gap {
            device,
            from: 1,
            to: 1
        }]
    );
    let mut ids = vec![three.id(), fork.id()];
    ids.sort();
    let forked = ChainProblem::Fork {
        device,
        seq: 3,
        ids,
    };
    assert_eq!(
        chain::problems([&one, &two, &three, &fork, &four]),
        [forked]
    );
    assert_eq!(
        chain::problems([&one, &two, &fork, &four]),
        [ChainProblem::WrongPrev {
            device,
            id: four.id()
        }],
    );
    assert!(chain::forks(&fork, [three.id()]) && !chain::forks(&fork, [fork.id()]));
}

#[test]
fn a_head_depends_on_every_leaf_and_their_order() {
    let all = LogPoint::START.next(b"a").next(b"b");
    assert_eq!(all.size, 2);
    assert_ne!(all.head, LogPoint::START.next(b"b").next(b"a").head);
    assert_ne!(all.head, LogPoint::START.next(b"ab").head);
}

proptest! {
    #[test]
    fn no_byte_of_a_revision_can_be_changed(at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let mut ana = ana();
        let key = ana.public_key();
        let signed = ana.put(record("a"), "clearance/1", &[], r#"{"m":1}"#);
        let mut bytes = signed.clone();
        let place = at.index(bytes.bytes.len());
        bytes.bytes[place] ^= flip;
        prop_assert!(bytes.verify(&key).is_err());

        let mut body = signed.clone();
        let text = body.bodies.get_mut(&Tier::T1).unwrap();
        let place = at.index(text.len());
        text[place] ^= flip;
        prop_assert!(body.verify(&key).is_err());

        let mut signature = signed.signature.to_bytes();
        signature[at.index(64)] ^= flip;
        let other = SignedRevision {
            signature: safelane_ledger::Signature::from_bytes(signature),
            ..signed
        };
        prop_assert!(other.verify(&key).is_err());
    }
}
