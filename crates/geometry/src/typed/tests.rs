use proptest::prelude::*;

use super::*;

fn at(lat: f64, lon: f64) -> Position {
    Position::from_degrees(lon, lat).unwrap()
}

fn read(text: &str, letters: Letters) -> (Position, Format) {
    let typed = parse(text, letters).unwrap_or_else(|e| panic!("{text}: {e}"));
    (typed.position, typed.format)
}

#[test]
fn degrees_are_read_however_they_are_written() {
    let place = at(43.856, 18.413);
    for text in [
        "43.856, 18.413",
        "43.856 18.413",
        "43,856 18,413",
        "43,856; 18,413",
        "43,856, 18,413",
        "43,856,18,413",
        "N43.856 E18.413",
        "43.856N, 18.413E",
        "18.413° E 43.856° N",
        "+43.856 +18.413",
        "៤៣.៨៥៦ ១៨.៤១៣",
        "43.856°, 18.413°",
        "43.856n18.413e",
    ] {
        assert_eq!(
            read(text, Letters::International),
            (place, Format::Degrees),
            "{text}"
        );
    }
    assert_eq!(read("-13.1 -103.2", Letters::Khmer).0, at(-13.1, -103.2));
    assert_eq!(
        read("13.1 S 103.2 W", Letters::International).0,
        at(-13.1, -103.2)
    );
}

#[test]
fn minutes_and_seconds_are_read() {
    let place = at(43.856, 18.413);
    for text in [
        "43°51.36' N 18°24.78' E",
        "43 51.36 18 24.78",
        "N 43 51,36 E 18 24,78",
    ] {
        assert_eq!(
            read(text, Letters::International),
            (place, Format::Minutes),
            "{text}"
        );
    }
    for text in [
        "43°51'21.6\"N 18°24'46.8\"E",
        "43°51′21,6″ N, 18°24′46,8″ E",
        "43 51 21.6 18 24 46.8",
        "43d51m21.6s N 18d24m46.8s E",
        "43°51'21.6''N 18°24'46.8''E",
    ] {
        assert_eq!(
            read(text, Letters::International),
            (place, Format::Seconds),
            "{text}"
        );
    }
}

#[test]
fn letters_belong_to_their_language() {
    let place = at(43.856, 18.413);
    for text in [
        "43.856 S 18.413 I",
        "S43,856 I18,413",
        "43.856 С 18.413 И",
        "43.856N 18.413E",
    ] {
        assert_eq!(read(text, Letters::Bosnian).0, place, "{text}");
    }
    assert_eq!(
        read("43.856 J 18.413 Z", Letters::Bosnian).0,
        at(-43.856, -18.413)
    );
    assert_eq!(
        parse("43.856 S 18.413 E", Letters::Bosnian),
        Err(TypedProblem::AmbiguousS)
    );
    assert_eq!(
        read("13.1 ជើង 103.2 កើត", Letters::Khmer).0,
        at(13.1, 103.2)
    );
    assert_eq!(
        read("ខាងត្បូង 13.1 ខាងលិច 103.2", Letters::Khmer).0,
        at(-13.1, -103.2)
    );
    assert_eq!(
        read("48.5 С 37.9 В", Letters::International).0,
        at(48.5, 37.9)
    );
}

#[test]
fn utm_and_mgrs_are_read() {
    let battambang = at(13.1, 103.2);
    for text in [
        "48P 304855 1448889",
        "48p 304855mE 1448889mN",
        "48N 304855.0, 1448889.3",
        "48 P 304855,0 1448889,3",
    ] {
        let (place, format) = read(text, Letters::International);
        assert_eq!(format, Format::Utm);
        assert!(
            crate::measure::distance(place, battambang).get() < 1.0,
            "{text}"
        );
    }
    for text in ["48PUV0485548889", "48p uv 04855 48889", "48PUV 0485 4888"] {
        let (place, format) = read(text, Letters::International);
        assert_eq!(format, Format::Mgrs);
        assert!(
            crate::measure::distance(place, battambang).get() < 10.0,
            "{text} {place:?}"
        );
    }
}

#[test]
fn what_is_no_position_is_refused_with_its_reason() {
    let refused = |text| parse(text, Letters::International).unwrap_err();
    assert_eq!(refused("  "), TypedProblem::Empty);
    assert_eq!(refused("43.856"), TypedProblem::NotTwo);
    assert_eq!(refused("43 51 36 18 24"), TypedProblem::NotTwo);
    assert_eq!(refused("43 61 18 24"), TypedProblem::Sixtieths);
    assert_eq!(refused("43.5 51 18 24"), TypedProblem::Sixtieths);
    assert_eq!(refused("43.8 N 18.4 N"), TypedProblem::Hemispheres);
    assert_eq!(refused("43.8 N 18.4"), TypedProblem::Hemispheres);
    assert_eq!(refused("-43.8 N 18.4 E"), TypedProblem::SignAndLetter);
    assert_eq!(
        refused("43.8 # 18.4"),
        TypedProblem::Character { found: '#', at: 6 }
    );
    assert!(matches!(refused("143.8 18.4"), TypedProblem::Position(_)));
    assert_eq!(refused("34TBP920775916"), TypedProblem::OddDigits);
    assert_eq!(refused("34TBP92"), TypedProblem::TooCoarse);
    assert_eq!(
        refused("34TIP9207759166"),
        TypedProblem::Utm(UtmProblem::Square('I'))
    );
    assert_eq!(
        refused("34CBP9207759166"),
        TypedProblem::Utm(UtmProblem::NotInBand('C'))
    );
    assert_eq!(
        refused("61TBP9207759166"),
        TypedProblem::Utm(UtmProblem::Zone(61))
    );
    assert_eq!(
        refused("34T 92077 59166"),
        TypedProblem::Utm(UtmProblem::Range)
    );
    assert_eq!(refused("34S 392077 3959166"), TypedProblem::AmbiguousS);
}

#[test]
fn positions_are_written_and_carry_over() {
    let place = at(43.856, 18.413);
    let write = |f| format(place, f, Letters::International);
    assert_eq!(write(Format::Degrees), "43.856000, 18.413000");
    assert_eq!(write(Format::Minutes), "43°51.3600′ N 18°24.7800′ E");
    assert_eq!(write(Format::Seconds), "43°51′21.60″ N 18°24′46.80″ E");
    let bosnian = format(at(-0.000_001, -1.0), Format::Seconds, Letters::Bosnian);
    assert_eq!(bosnian, "0°00′00.00″ J 1°00′00.00″ Z");
    let full = format(
        at(43.999_999_99, 18.0),
        Format::Seconds,
        Letters::International,
    );
    assert_eq!(full, "44°00′00.00″ N 18°00′00.00″ E");
    assert_eq!(
        format(at(13.1, 103.2), Format::Mgrs, Letters::Khmer),
        "48PUV0485448889"
    );
    assert_eq!(
        format(at(13.1, 103.2), Format::Utm, Letters::Khmer),
        "48P 304854 1448889"
    );
    assert_eq!(
        format(at(89.0, 0.0), Format::Utm, Letters::Khmer),
        "89.000000, 0.000000"
    );
}

#[test]
fn s10_a_swapped_far_or_unsigned_position_is_questioned() {
    let task = at(43.86, 18.41);
    let ask = |place| question(place, task, Metres::new(20_000.0));
    assert_eq!(ask(at(43.87, 18.42)), None);
    let swapped = ask(at(18.42, 43.87)).unwrap();
    assert!(matches!(swapped, Question::Swapped { .. }));
    assert_eq!(swapped.meant(), Some(at(43.87, 18.42)));
    let km = swapped.distance().get() / 1000.0;
    assert!(km > 3_000.0 && km < 4_500.0, "{km}");
    assert!(matches!(
        ask(at(43.87, -18.42)),
        Some(Question::SignLost { .. })
    ));
    assert!(matches!(
        ask(at(-43.87, 18.42)),
        Some(Question::SignLost { .. })
    ));
    assert!(matches!(
        ask(at(0.0, 0.0)),
        Some(Question::NullIsland { .. })
    ));
    assert!(matches!(ask(at(48.0, 11.0)), Some(Question::Far { .. })));
}

proptest! {
    #[test]
    fn what_is_written_is_read_again_within_its_resolution(
        lat in -79.9..83.9_f64,
        lon in -179.9..179.9_f64,
    ) {
        let place = at(lat, lon);
        for letters in [Letters::International, Letters::Bosnian, Letters::Khmer] {
            for wanted in [Format::Degrees, Format::Minutes, Format::Seconds, Format::Utm, Format::Mgrs] {
                let text = format(place, wanted, letters);
                match parse(&text, letters) {
                    Ok(typed) => {
                        prop_assert_eq!(typed.format, wanted);
                        let off = crate::measure::distance(typed.position, place).get();
                        prop_assert!(off < 1.5, "{} is {} m off", text, off);
                    }
                    // Band S of UTM can be read as the south.
                    Err(e) => prop_assert_eq!(e, TypedProblem::AmbiguousS, "{}", text),
                }
            }
        }
    }

    #[test]
    fn no_text_breaks_the_reader(text in "\\PC{0,40}") {
        let _ = parse(&text, Letters::International);
        let _ = parse(&text, Letters::Bosnian);
    }
}
