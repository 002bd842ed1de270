//! Outlines as they are entered: corner by corner, typed, or by bearing and distance. Pure.

use safelane_geometry::{
    Metres, MultiPolygon, Position, Ring, Shape, SquareMetres, decimal, measure,
};
use safelane_model::{Ground, How, Statistic, Typed};
use serde_json::json;

use super::typed;

/// One leg of a traverse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leg {
    /// Bearing as read, degrees.
    pub bearing: f64,
    /// Taped distance, metres.
    pub distance: f64,
}

/// What was read from a text of several lines: the good lines, and the numbers (from 1) of the others.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines<T> {
    /// In order.
    pub read: Vec<(String, T)>,
    /// Lines that could not be read.
    pub bad: Vec<usize>,
}

fn lines<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Lines<T> {
    let mut out = Lines {
        read: Vec::new(),
        bad: Vec::new(),
    };
    for (index, line) in text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
    {
        match read(line) {
            Some(value) => out.read.push((line.trim().to_owned(), value)),
            None => out.bad.push(index + 1),
        }
    }
    out
}

/// One position a line.
pub fn positions(text: &str) -> Lines<Position> {
    lines(text, typed::position)
}

/// One leg a line: bearing, then distance.
pub fn legs(text: &str) -> Lines<Leg> {
    lines(text, |line| {
        let line = format!("{line} ")
            .to_lowercase()
            .replace(['°', 'm', ';', '/'], " ")
            .replace(", ", " ");
        let mut numbers = line
            .split_whitespace()
            .map(|part| decimal(&part.trim_end_matches(',').replace(',', ".")));
        let (bearing, distance) = (numbers.next()??, numbers.next()??);
        let good = (0.0..=360.0).contains(&bearing)
            && distance > 0.0
            && distance <= 10_000.0
            && numbers.next().is_none();
        good.then_some(Leg { bearing, distance })
    })
}

/// Corners reached by legs from a start; `declination` in degrees is added to each bearing (east positive).
///
/// The last leg usually leads back: the misclosure is how far from the start it ends.
pub fn traverse(
    start: Position,
    legs: &[Leg],
    declination: f64,
) -> (Vec<Position>, Option<Metres>) {
    let mut corners = vec![start];
    for leg in legs {
        corners.push(reached(corners[corners.len() - 1], *leg, declination));
    }
    // Three legs already close a triangle when they lead back; within a tenth of the way counts as leading back.
    let way: f64 = legs.iter().map(|leg| leg.distance).sum();
    let end = corners[corners.len() - 1];
    let misclosure = measure::distance(start, end);
    if legs.len() >= 3 && misclosure.get() <= way / 10.0 {
        corners.pop();
        return (corners, Some(misclosure));
    }
    (corners, None)
}

fn reached(from: Position, leg: Leg, declination: f64) -> Position {
    measure::direct(from, leg.bearing + declination, Metres::new(leg.distance))
}

/// The outline through these corners; `None` below three different ones.
pub fn outline(corners: &[Position]) -> Option<MultiPolygon> {
    let mut different = corners.to_vec();
    different.dedup();
    let ring = Ring::new(different);
    (ring.len() >= 3).then(|| MultiPolygon::from_ring(ring).oriented())
}

/// Ground by corners.
pub fn ground(corners: &[Position], how: How) -> Option<Ground> {
    Some(Ground::new(Shape::polygons(outline(corners)?), how))
}

/// Ground by typed coordinates, each kept letter by letter.
pub fn typed_ground(read: &[(String, Position)]) -> Option<Ground> {
    let corners: Vec<_> = read.iter().map(|(_, at)| *at).collect();
    let mut ground = ground(&corners, How::Typed)?;
    ground.typed = read
        .iter()
        .map(|(text, _)| Typed {
            text: text.clone(),
            datum: "WGS 84".to_owned(),
            format: "degrees".to_owned(),
        })
        .collect();
    Some(ground)
}

/// Ground by bearings and distances; the legs are kept as read.
///
/// The legs of `approach` lead from the start (a benchmark, on safe ground outside) to the first corner.
pub fn legs_ground(
    start: Position,
    approach: &[(String, Leg)],
    read: &[(String, Leg)],
    declination: f64,
) -> Option<Ground> {
    let plain = |read: &[(String, Leg)]| read.iter().map(|(_, leg)| *leg).collect::<Vec<_>>();
    let (approach, legs) = (plain(approach), plain(read));
    let first = approach
        .iter()
        .fold(start, |from, leg| reached(from, *leg, declination));
    let (corners, misclosure) = traverse(first, &legs, declination);
    let mut ground = ground(&corners, How::Legs)?;
    // Whole numbers only: bearings and declination in thousandths of a degree, lengths in mm.
    let thousandths = |value: f64| (value * 1_000.0).round() as i64;
    let kept = |legs: &[Leg]| {
        legs.iter()
            .map(|leg| json!({"bearing_mdeg": thousandths(leg.bearing), "distance_mm": thousandths(leg.distance)}))
            .collect::<Vec<_>>()
    };
    let mut raw = json!({
        "start": start,
        "declination_mdeg": thousandths(declination),
        "legs": kept(&legs),
    });
    if !approach.is_empty() {
        raw["approach"] = kept(&approach).into();
    }
    ground.raw = Some(raw);
    if let (Some(raw), Some(misclosure)) = (
        ground
            .raw
            .as_mut()
            .and_then(serde_json::Value::as_object_mut),
        misclosure,
    ) {
        raw.insert(
            "misclosure_mm".to_owned(),
            thousandths(misclosure.get()).into(),
        );
    }
    Some(ground)
}

/// Ground by corners of a phone's position or the map's cross: a sketch.
pub fn sketch(corners: &[Position], how: How, accuracy_mm: Option<i64>) -> Option<Ground> {
    let mut ground = ground(corners, how)?;
    ground.accuracy_mm = accuracy_mm;
    if accuracy_mm.is_some() {
        ground.statistic = Statistic::Radius95;
    }
    Some(ground)
}

/// Ground taken over from another record.
pub fn taken(from: &Ground) -> Ground {
    // The outline of a sketch stays a sketch, whoever takes it over.
    let how = if from.how.is_sketch() {
        from.how
    } else {
        How::Taken
    };
    Ground {
        how,
        ..from.clone()
    }
}

/// Uncertainty of an outline's area, dm²; a radius that holds 95 % is 2.45 sigma of a circular error.
pub fn uncertainty(ground: &Ground) -> Option<i64> {
    let sigma = match (ground.accuracy_mm?, ground.statistic) {
        (mm, Statistic::Radius95) => mm as f64 / 2.45,
        (mm, Statistic::Radius68) => mm as f64 / 1.51,
        (mm, Statistic::Sigma) => mm as f64,
        (mm, Statistic::NotStated) => mm as f64 * 1.62,
    };
    let area: SquareMetres =
        measure::area_uncertainty(ground.polygons()?, Metres::new(sigma / 1_000.0));
    Some(area.to_dm2() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start() -> Position {
        Position::from_degrees(18.41, 43.86).unwrap()
    }

    #[test]
    fn a_taped_rectangle_closes_and_has_its_area() {
        let read = legs("90 200\n0°, 100 m\n270;200\n180 100");
        assert!(read.bad.is_empty());
        let ground = legs_ground(start(), &[], &read.read, 0.0).unwrap();
        let area = measure::area(ground.polygons().unwrap()).get();
        assert!((area - 20_000.0).abs() < 3.0, "{area}");
        assert_eq!(ground.how, How::Legs);
        assert!(ground.raw.unwrap()["misclosure_mm"].as_i64().unwrap() < 100);
    }

    #[test]
    fn declination_turns_the_outline_and_keeps_its_area() {
        let read = legs("90 200\n0 100\n270 200\n180 100").read;
        let (true_north, turned) = (
            legs_ground(start(), &[], &read, 0.0).unwrap(),
            legs_ground(start(), &[], &read, -20.5).unwrap(),
        );
        assert_ne!(true_north.shape, turned.shape);
        let area = |ground: &Ground| measure::area(ground.polygons().unwrap()).get();
        assert!((area(&true_north) - area(&turned)).abs() < 5.0);
    }

    #[test]
    fn legs_from_the_benchmark_lead_to_the_first_corner_and_are_no_part_of_the_outline() {
        let (approach, outline) = (legs("90 30\n0 40").read, legs("90 50\n0 50\n270 50").read);
        let ground = legs_ground(start(), &approach, &outline, 0.0).unwrap();
        let first = reached(reached(start(), approach[0].1, 0.0), approach[1].1, 0.0);
        let corners = ground.shape.positions();
        assert!(corners.contains(&first) && !corners.contains(&start()));
        let area = measure::area(ground.polygons().unwrap()).get();
        assert!((area - 2_500.0).abs() < 2.0, "{area}");
        let raw = ground.raw.unwrap();
        assert_eq!(raw["start"], json!(start()));
        assert_eq!(raw["approach"][1]["distance_mm"], 40_000);
    }

    #[test]
    fn lines_that_cannot_be_read_are_named() {
        let read = positions("43.86, 18.41\nhere\n\n43.87, 18.41\n43.87, 18.42");
        assert_eq!((read.read.len(), read.bad), (3, vec![2]));
        let ground = typed_ground(&read.read).unwrap();
        assert_eq!(ground.typed[0].text, "43.86, 18.41");
        assert_eq!(legs("370 10\n90").bad, [1, 2]);
    }

    #[test]
    fn two_corners_are_no_outline_and_a_sketch_stays_one() {
        let north = measure::direct(start(), 0.0, Metres::new(10.0));
        assert!(ground(&[start(), north, start()], How::Drawn).is_none());
        let east = measure::direct(start(), 90.0, Metres::new(10.0));
        let drawn = sketch(&[start(), north, east], How::Fix, Some(3_000)).unwrap();
        assert!(taken(&drawn).how.is_sketch());
        assert!(uncertainty(&drawn).unwrap() > 0);
    }
}
