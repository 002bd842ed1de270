//! The table: one entry a case, in it one line a surface.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A numbered case of the catalogue.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Letter and number, such as `G01`.
    pub id: String,
    /// The input, in words.
    #[expect(dead_code, reason = "for whoever reads the table")]
    pub what: String,
    /// An area as it would be drawn: the coordinates of a GeoJSON Polygon, or of a MultiPolygon.
    #[serde(default)]
    pub shape: Option<String>,
    /// Where it is tried.
    #[serde(default, rename = "try")]
    pub tries: Vec<Try>,
    /// Other tests that hold it: `file: name of the test`.
    #[serde(default)]
    pub held_by: Vec<String>,
    /// Why it does not apply yet.
    #[serde(default)]
    pub later: Option<String>,
}

/// Where bad input comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Surface {
    /// A file, through `safelane import` and the control socket of the running hub.
    Import,
    /// A signed revision, through `POST /api/sync/push`.
    Push,
    /// Any other request, over a socket.
    Http,
    /// A command of the binary.
    CommandLine,
    /// What a form says of a body before it is signed.
    Device,
}

/// One input on one surface, with the answer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Try {
    pub surface: Surface,
    /// Kind of the record; a hazardous area without it.
    #[serde(default)]
    pub kind: Option<String>,
    /// Import: the features, in JSON, without the collection around them.
    #[serde(default)]
    pub features: Option<String>,
    /// Import: the whole file.
    #[serde(default)]
    pub file: Option<String>,
    /// Push and device: the body.
    #[serde(default)]
    pub body: Option<String>,
    /// Push: the request as it stands. Http: the request as it stands, `\n` for line ends.
    #[serde(default)]
    pub raw: Option<String>,
    /// The name of a generator or a story of `stories.rs`.
    #[serde(default)]
    pub make: Option<String>,
    /// Import and command line: further arguments.
    #[serde(default)]
    pub args: Vec<String>,
    /// Http.
    #[serde(default)]
    pub method: Option<String>,
    /// Http.
    #[serde(default)]
    pub path: Option<String>,
    /// Http: further header lines.
    #[serde(default)]
    pub headers: Vec<String>,
    /// Who asks: `admin`, `field`, `coordinator`, `viewer` (a token) or `nobody`; a coordinator without it.
    #[serde(default, rename = "as")]
    pub who: Option<String>,

    /// Import: the outcome of each feature.
    #[serde(default)]
    pub outcomes: Vec<String>,
    /// Import and command line: words of the error; nothing was taken.
    #[serde(default)]
    pub fails: Option<String>,
    /// Words of the answer, of a feature's reason, or of a line of output.
    #[serde(default)]
    pub says: Option<String>,
    /// Words that must not be there.
    #[serde(default)]
    pub never: Option<String>,
    /// Push: `received`, `duplicate`, `held:REASON` or `refused:REASON`.
    #[serde(default)]
    pub answer: Option<String>,
    /// Push: what the hub returned it for; nothing without it. Device: what stops or (with `?`) asks.
    #[serde(default)]
    pub problems: Vec<String>,
    /// Any of these.
    #[serde(default)]
    pub status: Vec<u16>,
    /// The problem's code.
    #[serde(default)]
    pub code: Option<String>,

    /// It waits for a time-out.
    #[serde(default)]
    pub slow: bool,
    /// After all others: it uses up what the others need.
    #[serde(default)]
    pub last: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    case: Vec<Case>,
}

/// The folder of the table.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/bad_input")
}

/// The whole table; a case without a try, a test or a reason is none.
pub fn read() -> Vec<Case> {
    let mut parts: Vec<PathBuf> = std::fs::read_dir(folder())
        .expect("the folder of the table")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    parts.sort();
    let mut cases = Vec::new();
    for path in parts {
        let text = std::fs::read_to_string(&path).expect("a part of the table");
        let part: Part =
            toml::from_str(&text).unwrap_or_else(|flaw| panic!("{}: {flaw}", path.display()));
        cases.extend(part.case);
    }
    for case in &cases {
        let is_tried = !case.tries.is_empty() || !case.held_by.is_empty();
        assert_ne!(
            is_tried,
            case.later.is_some(),
            "{}: tried, or a reason why not yet",
            case.id
        );
    }
    cases
}
