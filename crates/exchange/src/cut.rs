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
        let mut depth = 0_usize;
        let mut byte = first;
        loop {
            if let Some(raw) = into.as_deref_mut() {
                raw.push(byte);
                if raw.len() > LARGEST_FEATURE {
                    return Err(CutError::TooLarge(self.taken));
                }
            }
            match byte {
                b'"' => {
                    self.string(into.as_deref_mut())?;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                b'{' | b'[' => depth += 1,
                b'}' | b']' => {
                    depth -= 1;
                    if depth == 0 {
                        return Ok(());
                    }
                }
                _ => {}
            }
            if depth == 0 && matches!(self.bytes.peek()?, None | Some(b',' | b'}' | b']')) {
                return Ok(());
            }
            byte = self
                .bytes
                .next()?
                .ok_or(CutError::Ends(self.taken.max(1)))?;
        }
    }

    fn string(&mut self, mut into: Option<&mut Vec<u8>>) -> Result<(), CutError> {
        let mut escaped = false;
        loop {
            let byte = self
                .bytes
                .next()?
                .ok_or(CutError::Ends(self.taken.max(1)))?;
            if let Some(raw) = into.as_deref_mut() {
                raw.push(byte);
                if raw.len() > LARGEST_FEATURE {
                    return Err(CutError::TooLarge(self.taken));
                }
            }
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => return Ok(()),
                _ => {}
            }
        }
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
            self.stream.consume(1);
            self.read += 1;
        }
        Ok(byte)
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
