//! The files under `vectors/` are what this code makes: a change of format is always a decision.
//!
//! `SAFELANE_WRITE_VECTORS=1 cargo test -p safelane-ledger vectors` writes them anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use safelane_ledger::body::encode_body;
use safelane_ledger::testkit::fields;
use safelane_ledger::{
    Act, Approval, AuthorTime, DeviceId, Digest, Document, Draft, HeldReason, HeldReceipt, HubId,
    Leaf, LedgerId, LogPoint, PersonId, PublicKey, Receipt, ReceiptLeaf, ReceivedAt, RecordId,
    Reference, RevisionId, Role, Salt, SignedRevision, SignedText, SigningKey, Submission, Tier,
    Verdict, salt_body,
};

/// The private keys of the first three tests of RFC 8032, 7.1: known to everybody, used by nobody.
const DEVICE: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const HUB: &str = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
const APPROVER: &str = "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7";

const LEDGER: &str = "0b2c5f7e-1d3a-4c58-9e61-5a7d2f4b8c01";
const HUB_ID: &str = "3f8e2a90-6b1c-4d27-8a54-c9e0b7d61f02";

fn key(seed: &str) -> SigningKey {
    SigningKey::from_seed(&hex::decode(seed).unwrap().try_into().unwrap())
}

fn name<T: std::str::FromStr<Err: std::fmt::Debug>>(text: &str) -> T {
    text.parse().unwrap()
}

/// Fields that all three revisions share.
fn draft(act: Act, parents: Vec<RevisionId>, body: Vec<u8>) -> Draft {
    Draft {
        ledger: name::<LedgerId>(LEDGER),
        record: name::<RecordId>("7d9a4c12-58e3-4f06-b1a7-2e6c0d8f3b03"),
        kind: name("hazardous-area/1"),
        act,
        parents,
        bodies: BTreeMap::from([(Tier::T1, body)]),
        submission: None,
        author: name::<PersonId>("a4f1c6d8-0e27-4b93-8d5c-6f2b9e1a7c04"),
        device: name::<DeviceId>("c8b3e5f0-94a1-4d72-a6e8-1f7d0c2b5a05"),
        seq: 1,
        prev: None,
        at: name::<AuthorTime>("2026-03-01T08:30:00Z"),
    }
}

fn put() -> SignedRevision {
    let body = fields(
        r#"{
        "area_dm2": 12500, "confirmed": true, "name": "Brđani 3 \"potok\" ព្រំដែន",
        "note": "first line\nsecond line \u0001 \\ /",
        "outline": [[[[180912345, 447312345], [180922345, 447312345], [180922345, -1]]]]
    }"#,
    );
    let body = salt_body(body, name::<Salt>("000102030405060708090a0b0c0d0e0f"));
    draft(Act::Put, vec![], body)
        .finish()
        .unwrap()
        .sign(&key(DEVICE))
}

fn correction(first: &SignedRevision) -> SignedRevision {
    let body = salt_body(
        fields(r#"{"area_dm2":13000,"name":"Brđani 3"}"#),
        name::<Salt>("101112131415161718191a1b1c1d1e1f"),
    );
    let submission = Submission {
        id: name("e2d7b9a4-3c60-4f18-9b05-8a1e6d4c2f06"),
        count: 1,
    };
    let draft = Draft {
        submission: Some(submission),
        seq: 2,
        prev: Some(first.id()),
        at: name("2026-03-01T17:05:09Z"),
        ..draft(Act::Put, vec![first.id()], body)
    };
    draft.finish().unwrap().sign(&key(DEVICE))
}

fn approval(of: &SignedRevision) -> SignedRevision {
    let body = Approval {
        officials: vec![],
        confirmed: vec!["outline-outside-task".to_owned()],
    };
    let body = encode_body(&body, name::<Salt>("202122232425262728292a2b2c2d2e2f")).unwrap();
    let draft = Draft {
        author: name("5b0e8c3f-d216-4a79-8f4b-0c9d7e2a6107"),
        device: name("91d4f7a2-6e0b-4c35-b8d9-3a5f1e7c0408"),
        at: name("2016-03-01T00:00:00Z"),
        ..draft(Act::Approve, vec![of.id()], body)
    };
    draft.finish().unwrap().sign(&key(APPROVER))
}

fn leaf(n: u64, id: RevisionId, role: Role, reference: Option<&str>) -> Vec<u8> {
    let leaf = Leaf {
        n,
        id,
        received: name::<ReceivedAt>("2026-03-02T06:00:00Z"),
        verdict: Verdict::with_roles([role]),
        reference: reference.map(name::<Reference>),
        hub: name::<HubId>(HUB_ID),
    };
    leaf.to_bytes().unwrap()
}

type Files = BTreeMap<String, Vec<u8>>;

fn add_revision(files: &mut Files, file: &str, signed: &SignedRevision) {
    files.insert(format!("{file}.json"), signed.bytes.clone());
    files.insert(format!("{file}.t1.json"), signed.bodies[&Tier::T1].clone());
    files.insert(
        format!("{file}.sig"),
        format!("{}\n", signed.signature).into(),
    );
}

fn add_document(files: &mut Files, file: &str, text: &SignedText) {
    files.insert(format!("{file}.json"), text.bytes.clone().into());
    files.insert(
        format!("{file}.sig"),
        format!("{}\n", text.signature).into(),
    );
}

/// The key as OpenSSL reads it: RFC 8410's prefix and the 32 bytes.
fn pem(key: PublicKey) -> Vec<u8> {
    let mut der = hex::decode("302a300506032b6570032100").unwrap();
    der.extend_from_slice(&key.to_bytes());
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        STANDARD.encode(der)
    )
    .into()
}

fn files() -> Files {
    let mut files = Files::new();
    for (name, seed) in [("device", DEVICE), ("hub", HUB), ("approver", APPROVER)] {
        files.insert(format!("{name}.pub.pem"), pem(key(seed).public()));
    }
    let first = put();
    let second = correction(&first);
    let third = approval(&second);
    add_revision(&mut files, "put", &first);
    add_revision(&mut files, "correction", &second);
    add_revision(&mut files, "approve", &third);

    let leaves = [
        (
            first.id(),
            leaf(1, first.id(), Role::Field, Some("DEMO-0147")),
        ),
        (second.id(), leaf(2, second.id(), Role::Field, None)),
        (third.id(), leaf(3, third.id(), Role::Coordinator, None)),
    ];
    let mut log = LogPoint::START;
    let mut heads = String::new();
    let mut named = Vec::new();
    for (n, (id, bytes)) in (1..).zip(&leaves) {
        log = log.next(bytes);
        writeln!(heads, "{}", log.head.digest()).unwrap();
        named.push(ReceiptLeaf {
            n,
            id: *id,
            leaf: Digest::of(bytes),
        });
        files.insert(format!("leaf-{n}.json"), bytes.clone());
    }
    files.insert("heads.txt".to_owned(), heads.into());

    let (hub, ledger) = (name::<HubId>(HUB_ID), name::<LedgerId>(LEDGER));
    let at = name::<ReceivedAt>("2026-03-02T06:00:01Z");
    let receipt = Receipt {
        hub,
        ledger,
        leaves: named,
        size: log.size,
        head: log.head,
        at,
    };
    add_document(&mut files, "receipt", &receipt.sign(&key(HUB)).unwrap());
    let held = HeldReceipt {
        hub,
        ledger,
        id: third.id(),
        reason: HeldReason::Fork,
        at,
    };
    add_document(&mut files, "held", &held.sign(&key(HUB)).unwrap());

    let mut sums = String::new();
    for (file, bytes) in files.iter().filter(|(file, _)| file.contains(".json")) {
        writeln!(sums, "{}  {file}", Digest::of(bytes)).unwrap();
    }
    files.insert("SHA256SUMS".to_owned(), sums.into());
    files
}

#[test]
fn vectors_are_what_this_code_makes() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let write = std::env::var_os("SAFELANE_WRITE_VECTORS").is_some();
    for (file, bytes) in files() {
        let path = folder.join(&file);
        if write {
            std::fs::write(&path, &bytes).unwrap();
        }
        let stored = std::fs::read(&path).unwrap();
        assert!(stored == bytes, "{file}: stored and made differ");
    }
}

#[test]
fn stored_vectors_verify() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let read = |file: String| std::fs::read(folder.join(file)).unwrap();
    for (file, seed) in [
        ("put", DEVICE),
        ("correction", DEVICE),
        ("approve", APPROVER),
    ] {
        let signature = String::from_utf8(read(format!("{file}.sig"))).unwrap();
        let signed = SignedRevision {
            bytes: read(format!("{file}.json")),
            signature: signature.trim().parse().unwrap(),
            bodies: BTreeMap::from([(Tier::T1, read(format!("{file}.t1.json")))]),
        };
        let revision = signed.verify(&key(seed).public()).unwrap();
        assert!(revision.bodies().contains_key(&Tier::T1));
    }
}

#[test]
fn keys_grow_from_seeds_as_in_rfc_8032() {
    assert_eq!(
        key(DEVICE).public().to_string(),
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    );
}
