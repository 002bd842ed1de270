//! Cuts the features of a GeoJSON `FeatureCollection` out of a stream as raw text.
//!
//! A general JSON reader stops at the first fault and loses every feature after it. This one only
//! follows brackets and strings, so that a feature that is no valid JSON costs itself alone.

use std::io::{BufRead, BufReader, Read};

/// Largest feature that is read, in bytes.
const LARGEST_FEATURE: usize = 32 * 1024 * 1024;

/// Characters of the file that an error repeats.
const REPEATED: usize = 200;

/// Why a file gives no (further) features.
#[derive(Debug, thiserror::Error)]
pub enum CutError {
    /// The file cannot be read.
    #[error("the file could not be read: {0}")]
    Read(#[from] std::io::Error),
    /// Not a JSON object.
    #[error("this is no GeoJSON: the file does not begin with '{{'")]
    NoObject,
    /// An object without features.
    #[error(
        "this is no GeoJSON FeatureCollection: it has no list of features (its type is \"{0}\")"
    )]
    NoFeatures(String),
    /// Another coordinate system than WGS 84.
    #[error(
        "its coordinates are in {0}; only WGS 84 longitude and latitude is read. Convert it first, for example with ogr2ogr -t_srs EPSG:4326"
    )]
    CoordinateSystem(String),
    /// The file ends too early.
    #[error("the file ends in the middle of feature {0}; the features before it were read")]
    Ends(usize),
    /// A feature beyond the limit.
    #[error("feature {0} is larger than 32 MB")]
    TooLarge(usize),
    /// A second list of features after the first: whichever is meant, half of it would be lost.
    #[error("the file has a second list of features after feature {0}; the first list was read")]
    SecondList(usize),
    /// Something between the features that is neither a comma nor the end.
    #[error("after feature {0} the list of features is broken; the features before it were read")]
    Broken(usize),
}

/// The features of a stream, as raw text.
pub struct Features<R: Read> {
    bytes: Bytes<R>,
    taken: usize,
    state: Place,
}

#[derive(PartialEq)]
enum Place {
    Start,
    InList,
    Done,
}

impl<R: Read> Features<R> {
    /// Reads from the stream's beginning.
    pub fn new(stream: R) -> Self {
        Self {
            bytes: Bytes {
                stream: BufReader::with_capacity(1 << 16, stream),
                read: 0,
            },
            taken: 0,
            state: Place::Start,
        }
    }

    /// Bytes read so far, for a progress bar.
    pub fn bytes_read(&self) -> u64 {
        self.bytes.read
    }

    fn next_feature(&mut self) -> Result<Option<Vec<u8>>, CutError> {
        if self.state == Place::Start {
            self.find_list()?;
            self.state = Place::InList;
        }
        let broken = CutError::Broken(self.taken);
        let mut first = self.bytes.after_space()?;
        if first == Some(b',') {
            first = self.bytes.after_space()?;
        }
        match first {
            Some(b']') => {
                self.state = Place::Done;
                self.after_list()?;
                Ok(None)
            }
            Some(byte @ (b'{' | b'[' | b'n' | b't' | b'f' | b'"' | b'-' | b'0'..=b'9')) => {
                self.taken += 1;
                let mut raw = Vec::with_capacity(512);
                self.value(byte, Some(&mut raw))?;
                Ok(Some(raw))
            }
            Some(_) => Err(broken),
            None => Err(CutError::Ends(self.taken + 1)),
        }
    }

    /// Walks to the `[` of the list of features, over the members before it.
    fn find_list(&mut self) -> Result<(), CutError> {
        let mut first = self.bytes.after_space()?;
        if first == Some(0xef) {
            self.bytes.next()?;
            self.bytes.next()?;
            first = self.bytes.after_space()?;
        }
        if first != Some(b'{') {
            return Err(CutError::NoObject);
        }
        let mut kind = String::from("none");
        loop {
            let key = match self.bytes.after_space()? {
                Some(b',') => continue,
                Some(b'"') => self.text()?,
                _ => return Err(CutError::NoFeatures(kind)),
            };
            if self.bytes.after_space()? != Some(b':') {
                return Err(CutError::NoFeatures(kind));
            }
            let Some(first) = self.bytes.after_space()? else {
                return Err(CutError::NoFeatures(kind));
            };
            if key == "features" && first == b'[' {
                return Ok(());
            }
            let text = self.member(&key, first)?;
            if key == "type" {
                kind = text.trim_matches('"').chars().take(REPEATED).collect();
            }
        }
    }

    /// The text of a member of the collection; another coordinate system than WGS 84 is an error.
    fn member(&mut self, key: &str, first: u8) -> Result<String, CutError> {
        let mut raw = Vec::new();
        self.value(first, Some(&mut raw))?;
        let text = String::from_utf8_lossy(&raw).trim().to_owned();
        let is_wgs84 = ["CRS84", "4326", "CRS:84"]
            .iter()
            .any(|known| text.contains(known));
        if key == "crs" && !is_wgs84 && text != "null" {
            let said = text.chars().take(REPEATED).collect();
            return Err(CutError::CoordinateSystem(said));
        }
        Ok(text)
    }

    /// Looks at the members after the list: what they say of its coordinates counts as well. A file that
    /// ends there, or goes on with something else, has given all its features.
    fn after_list(&mut self) -> Result<(), CutError> {
        loop {
            let key = match self.bytes.after_space()? {
                Some(b',') => continue,
                Some(b'"') => self.text()?,
                _ => return Ok(()),
            };
            if self.bytes.after_space()? != Some(b':') {
                return Ok(());
            }
            let Some(first) = self.bytes.after_space()? else {
                return Ok(());
            };
            if key == "features" {
                return Err(CutError::SecondList(self.taken));
            }
            self.member(&key, first)?;
        }
    }

    fn text(&mut self) -> Result<String, CutError> {
        let mut raw = Vec::new();
        self.value(b'"', Some(&mut raw))?;
        Ok(serde_json::from_slice(&raw).unwrap_or_default())
    }

    /// Copies one value whose first byte was read already; follows brackets and strings alone.
    fn value(&mut self, first: u8, mut into: Option<&mut Vec<u8>>) -> Result<(), CutError> {
        let mut inside = Inside::default();
        let mut ends = inside.ends_with(first);
        self.copy(&[first], &mut into)?;
        while !ends {
            if inside.is_scalar() && matches!(self.bytes.peek()?, None | Some(b',' | b'}' | b']')) {
                return Ok(());
            }
            // As far as the bytes at hand go, not byte by byte: features are long.
            let at_hand = self.bytes.at_hand()?;
            if at_hand.is_empty() {
                return Err(CutError::Ends(self.taken.max(1)));
            }
            let mut count = 0;
            for &byte in at_hand {
                if count > 0 && inside.is_scalar() && matches!(byte, b',' | b'}' | b']') {
                    break;
                }
                count += 1;
                ends = inside.ends_with(byte);
                if ends {
                    break;
                }
            }
            if let Some(raw) = into.as_deref_mut() {
                raw.extend_from_slice(&at_hand[..count]);
            }
            self.bytes.go_on(count);
            self.copy(&[], &mut into)?;
        }
        Ok(())
    }

    /// Keeps some bytes, as long as there are not too many.
    fn copy(&self, bytes: &[u8], into: &mut Option<&mut Vec<u8>>) -> Result<(), CutError> {
        let Some(raw) = into.as_deref_mut() else {
            return Ok(());
        };
        raw.extend_from_slice(bytes);
        if raw.len() > LARGEST_FEATURE {
            return Err(CutError::TooLarge(self.taken));
        }
        Ok(())
    }
}

/// Where in a value the reader is.
#[derive(Default)]
struct Inside {
    depth: usize,
    string: bool,
    escaped: bool,
}

impl Inside {
    /// Neither in brackets nor in a string: a number or a word, which ends where something else begins.
    const fn is_scalar(&self) -> bool {
        self.depth == 0 && !self.string
    }

    /// Goes over one byte; whether the value ends with it.
    fn ends_with(&mut self, byte: u8) -> bool {
        if self.string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.string = false,
                _ => {}
            }
            return byte == b'"' && self.is_scalar();
        }
        match byte {
            b'"' => self.string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                // One too many is no value; what follows it is read as what it is.
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}

impl<R: Read> Iterator for Features<R> {
    type Item = Result<Vec<u8>, CutError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.state == Place::Done {
            return None;
        }
        let next = self.next_feature();
        if next.is_err() {
            self.state = Place::Done;
        }
        next.transpose()
    }
}

struct Bytes<R: Read> {
    stream: BufReader<R>,
    read: u64,
}

impl<R: Read> Bytes<R> {
    fn peek(&mut self) -> std::io::Result<Option<u8>> {
        Ok(self.stream.fill_buf()?.first().copied())
    }

    fn next(&mut self) -> std::io::Result<Option<u8>> {
        let byte = self.peek()?;
        if byte.is_some() {
            self.go_on(1);
        }
        Ok(byte)
    }

    /// What can be looked at without reading on; nothing at the end.
    fn at_hand(&mut self) -> std::io::Result<&[u8]> {
        self.stream.fill_buf()
    }

    fn go_on(&mut self, count: usize) {
        self.stream.consume(count);
        self.read += count as u64;
    }

    fn after_space(&mut self) -> std::io::Result<Option<u8>> {
        loop {
            match self.next()? {
                Some(b' ' | b'\t' | b'\r' | b'\n') => {}
                other => return Ok(other),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> (Vec<String>, Option<String>) {
        let mut features = Vec::new();
        for feature in Features::new(text.as_bytes()) {
            match feature {
                Ok(raw) => features.push(String::from_utf8(raw).unwrap()),
                Err(error) => return (features, Some(error.to_string())),
            }
        }
        (features, None)
    }

    #[test]
    fn one_bad_feature_costs_one_feature() {
        let text = r#"{"type":"FeatureCollection","name":"a \"b\" }","features":[
            {"a":1}, {"b":NaN, "c":[1,2,]}, null , {"d":"}]\"{"}, 17, "x"]}"#;
        let (features, error) = cut(text);
        assert_eq!(error, None);
        assert_eq!(
            features,
            [
                r#"{"a":1}"#,
                r#"{"b":NaN, "c":[1,2,]}"#,
                "null ",
                r#"{"d":"}]\"{"}"#,
                "17",
                r#""x""#
            ]
        );
    }

    /// Gives a few bytes at a time, as a slow pipe does.
    struct Dribble<'a>(&'a [u8], usize);

    impl Read for Dribble<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let count = self.1.min(self.0.len()).min(into.len());
            let (now, later) = self.0.split_at(count);
            into[..count].copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    #[test]
    fn it_is_cut_alike_wherever_the_bytes_at_hand_end() {
        let text = r#"{"features":[{"a":"\\\"}]","b":[1,{"c":2}]}, -17 ,"x\"," ,null,[[]] ,{}]}"#;
        let whole = cut(text).0;
        assert_eq!(whole.len(), 6);
        for step in 1..9 {
            let cut = Features::new(Dribble(text.as_bytes(), step));
            let cut: Vec<String> = cut
                .map(|raw| String::from_utf8(raw.unwrap()).unwrap())
                .collect();
            assert_eq!(cut, whole, "{step} bytes at a time");
        }
    }

    #[test]
    fn a_file_that_is_no_collection_says_what_it_is() {
        assert!(cut("PK\u{3}\u{4}").1.unwrap().contains("no GeoJSON"));
        assert!(
            cut(r#"{"type":"Topology","objects":{}}"#)
                .1
                .unwrap()
                .contains("Topology")
        );
        assert!(cut(r#"{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:31276"}},"features":[]}"#).1.unwrap().contains("31276"));
        assert!(cut("").1.is_some());
    }

    #[test]
    fn what_stands_after_the_list_counts_as_well() {
        let file = |after: &str| cut(&format!(r#"{{"features":[{{"a":1}}]{after}"#));
        for good in [
            "}",
            "",
            ",",
            r#","crs":null }"#,
            r#","bbox":[1,2],"name":"x"}"#,
        ] {
            assert_eq!(file(good), (vec![r#"{"a":1}"#.to_owned()], None), "{good}");
        }
        let foreign = r#","crs":{"name":"EPSG:31276"}}"#;
        assert!(file(foreign).1.unwrap().contains("31276"));
        assert!(
            file(r#","features":[{"b":2}]}"#)
                .1
                .unwrap()
                .contains("second list")
        );
        let before = r#"{"crs":null ,"features":[]}"#;
        assert_eq!(cut(before), (Vec::new(), None));
    }

    #[test]
    fn a_cut_off_file_gives_what_came_before() {
        let (features, error) = cut(r#"{"features":[{"a":1},{"b":"#);
        assert_eq!(features, [r#"{"a":1}"#]);
        assert!(error.unwrap().contains("feature 2"));
    }
}
