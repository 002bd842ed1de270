//! The canonical subset: what it writes, what it refuses and where, and that others agree.

use std::collections::BTreeMap;

use proptest::prelude::*;

use safelane_ledger::Value;
use safelane_ledger::canonical::{
    Flaw, MAX_INTEGER, from_canonical, is_canonical, parse, parse_canonical, to_canonical, write,
};

#[test]
fn any_json_of_the_subset_has_one_form() {
    for (given, canonical) in [
        (
            r#" { "b" : 1 , "a" : [ true , false ] } "#,
            r#"{"a":[true,false],"b":1}"#,
        ),
        (
            r#"{"aa":1,"a":2,"B":3,"_":4}"#,
            r#"{"B":3,"_":4,"a":2,"aa":1}"#,
        ),
        (r#""\u0041\/\u00e9\u20ac""#, r#""A/é€""#),
        (r#""\ud83d\ude00""#, "\"\u{1f600}\""),
        (
            r#""\u0008\u0009\u000a\u000c\u000d\u001F\"\\""#,
            r#""\b\t\n\f\r\u001f\"\\""#,
        ),
        ("\"\u{7f}\u{2028}\"", "\"\u{7f}\u{2028}\""),
        ("-0", "0"),
        (
            "[ -9007199254740991 , 9007199254740991 ]",
            "[-9007199254740991,9007199254740991]",
        ),
    ] {
        let value = parse(given.as_bytes()).expect(given);
        assert_eq!(String::from_utf8(write(&value)).unwrap(), canonical);
        assert!(is_canonical(canonical.as_bytes()));
        assert!(
            !is_canonical(given.as_bytes()) || given == canonical,
            "{given}"
        );
    }
}

#[test]
fn what_the_subset_leaves_out_is_refused_at_its_place() {
    for (given, offset, flaw) in [
        (&b"{\"a\":null}"[..], 5, Flaw::Null),
        (b"[1.5]", 2, Flaw::NotAnInteger),
        (b"1e3", 1, Flaw::NotAnInteger),
        (b"1e999", 1, Flaw::NotAnInteger),
        (b"9007199254740992", 0, Flaw::IntegerTooLarge),
        (b"123456789012345678901234567890", 0, Flaw::IntegerTooLarge),
        (b"-9007199254740992", 0, Flaw::IntegerTooLarge),
        (br#"{"a":1,"a":1}"#, 7, Flaw::DuplicateKey),
        (br#"{"a":1,"\u0061":2}"#, 7, Flaw::DuplicateKey),
        ("{\"é\":1}".as_bytes(), 1, Flaw::NonAsciiKey),
        (br#""a\ud800""#, 2, Flaw::LoneSurrogate),
        (br#""\ud800\u0041""#, 1, Flaw::LoneSurrogate),
        (br#""\udc00""#, 1, Flaw::LoneSurrogate),
        (br#""a\u0000""#, 2, Flaw::NulCharacter),
        (b"\"\xff\"", 1, Flaw::Utf8),
        (b"01", 0, Flaw::Syntax),
        (b"-", 0, Flaw::Syntax),
        (b"+1", 0, Flaw::Syntax),
        (b"", 0, Flaw::Syntax),
        (b"{} {}", 3, Flaw::Syntax),
        (b"[1,]", 3, Flaw::Syntax),
        (b"{\"a\":1,}", 7, Flaw::Syntax),
        (b"[1", 2, Flaw::Syntax),
        (b"\"a", 2, Flaw::Syntax),
        (b"\"\n\"", 1, Flaw::Syntax),
        (b"\"\\u12", 3, Flaw::Syntax),
        (b"\"\\x\"", 1, Flaw::Syntax),
        (b"NaN", 0, Flaw::Syntax),
        (b"1 // one", 2, Flaw::Syntax),
        (b"\xef\xbb\xbf{}", 0, Flaw::Syntax),
        (b"{\"b\":1,\"a\":2}", 2, Flaw::Form),
        (b"{\"a\": 1}", 5, Flaw::Form),
    ] {
        let refused = parse_canonical(given).unwrap_err();
        assert_eq!(
            (refused.offset, refused.flaw),
            (offset, flaw),
            "{}",
            given.escape_ascii()
        );
    }
}

#[test]
fn depth_is_bounded_and_costs_no_stack() {
    let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert!(is_canonical(nested(64).as_bytes()));
    assert_eq!(
        parse(nested(65).as_bytes()).unwrap_err().flaw,
        Flaw::TooDeep
    );
    assert_eq!(
        parse("[".repeat(1_000_000).as_bytes()).unwrap_err().flaw,
        Flaw::TooDeep
    );
}

#[test]
fn types_go_through_the_same_subset() {
    assert!(to_canonical(&BTreeMap::from([("a", 1.5)])).is_err());
    assert!(to_canonical(&BTreeMap::from([("a", None::<u8>)])).is_err());
    assert_eq!(
        to_canonical(&BTreeMap::from([("a", 1)])).unwrap(),
        b"{\"a\":1}"
    );
    assert!(from_canonical::<BTreeMap<String, u8>>(b"{\"a\": 1}").is_err());
    assert!(from_canonical::<BTreeMap<String, u8>>(b"{\"a\":1}").is_ok());
}

fn values() -> impl Strategy<Value = Value> {
    let text = proptest::collection::vec(any::<char>(), 0..8)
        .prop_map(|chars| chars.into_iter().filter(|c| *c != '\0').collect::<String>());
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        (-MAX_INTEGER..=MAX_INTEGER).prop_map(Value::Integer),
        text.prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            proptest::collection::btree_map("[ -~]{0,6}", inner, 0..6).prop_map(Value::Object),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_and_is_canonical(value in values()) {
        let bytes = write(&value);
        prop_assert_eq!(parse_canonical(&bytes).unwrap(), value);
    }

    #[test]
    fn another_implementation_writes_the_same(value in values()) {
        let bytes = write(&value);
        let theirs: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        prop_assert_eq!(serde_jcs::to_vec(&theirs).unwrap(), bytes);
    }

    #[test]
    fn no_bytes_make_the_reader_fall_over(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(value) = parse(&bytes) {
            prop_assert!(is_canonical(&write(&value)));
        }
    }

    #[test]
    fn broken_json_is_refused_without_harm(
        value in values(), at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut bytes = write(&value);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(other) = parse_canonical(&bytes) {
            prop_assert_eq!(write(&other), bytes);
        }
    }
}
