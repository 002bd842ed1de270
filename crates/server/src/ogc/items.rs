//! The features of a collection, by pages, and one by one.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use safelane_geometry::Bbox;
use safelane_ledger::RecordId;
use safelane_model::Date;
use safelane_model::kinds::Kind;
use serde::Serialize;
use serde_json::{Value, json};

use super::exception::{Exception, OgcResult};
use super::feature::Feature;
use super::html::{answer, format};
use super::landing::{OnlyFormat, link};
use super::{CRS84, MAX_PAGE, PAGE, base, find, title};
use crate::app::App;
use crate::board::{BoardData, Known};
use crate::extract::{Path, Query, Reader};
use crate::problem::ApiResult;
use crate::sync::{ReaderScope, reader_scope};

/// What a page asks for, read from the address word by word: unknown ones are refused, as the
/// standard wants.
#[derive(Debug, Default)]
pub struct Asked {
    f: Option<String>,
    /// What lies in this box.
    pub bbox: Option<Bbox>,
    /// From a day to a day; either side may be open.
    pub days: Option<(Option<Date>, Option<Date>)>,
    /// Features of one page.
    pub limit: usize,
    standing: Option<String>,
    cursor: Option<RecordId>,
    /// The parameters that the next page must repeat.
    repeated: String,
}

impl Asked {
    /// Reads the parameters of an address.
    pub fn read(pairs: BTreeMap<String, String>) -> Result<Self, Exception> {
        let mut asked = Self {
            limit: PAGE,
            ..Self::default()
        };
        for (name, value) in pairs {
            match name.as_str() {
                "f" => asked.f = Some(value.clone()),
                "bbox" => {
                    let bbox = crate::desk::bbox(&value);
                    asked.bbox = Some(bbox.map_err(Exception::from)?);
                }
                "bbox-crs" | "crs" => {
                    if value != CRS84 {
                        return Err(Exception::parameter(&name, "is only CRS84 here"));
                    }
                }
                "datetime" => asked.days = Some(days(&value)?),
                "limit" => {
                    let limit: usize = value
                        .parse()
                        .map_err(|_| Exception::parameter("limit", "is a whole number from 1"))?;
                    if limit == 0 {
                        return Err(Exception::parameter("limit", "is a whole number from 1"));
                    }
                    asked.limit = limit.min(MAX_PAGE);
                }
                "standing" => asked.standing = Some(value.clone()),
                "cursor" => {
                    let cursor = value.parse();
                    asked.cursor = Some(cursor.map_err(|_| {
                        Exception::parameter("cursor", "is none that was given here")
                    })?);
                    continue;
                }
                _ => return Err(Exception::parameter(&name, "is not known here")),
            }
            if !asked.repeated.is_empty() {
                asked.repeated.push('&');
            }
            asked.repeated.push_str(&name);
            asked.repeated.push('=');
            asked.repeated.push_str(&encode(&value));
        }
        Ok(asked)
    }

    /// Whether more is asked than where a record is.
    const fn looks_at_records(&self) -> bool {
        self.standing.is_some() || self.days.is_some()
    }

    fn takes(&self, known: &Known) -> bool {
        let standing = |word: &String| crate::board::standing_word(known.row.standing) == *word;
        self.standing.as_ref().is_none_or(standing) && self.in_time(known)
    }

    /// By the day that the record is about, else the day of receipt.
    fn in_time(&self, known: &Known) -> bool {
        let Some((from, to)) = &self.days else {
            return true;
        };
        let stated = known
            .row
            .day
            .as_deref()
            .and_then(|day| day.parse::<Date>().ok());
        let received = || crate::app::day(known.summary.received);
        let day = stated.unwrap_or_else(received);
        from.as_ref().is_none_or(|from| *from <= day) && to.as_ref().is_none_or(|to| day <= *to)
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b',' => {
                char::from(b).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// A moment, or two with a slash; `..` or nothing leaves a side open.
fn days(text: &str) -> Result<(Option<Date>, Option<Date>), Exception> {
    let wrong = || {
        Exception::parameter(
            "datetime",
            "is a date-time like 2026-03-01T00:00:00Z, or two with a slash",
        )
    };
    let one = |text: &str| -> Result<Option<Date>, Exception> {
        match text {
            "" | ".." => Ok(None),
            text => {
                let day = text.get(..10).ok_or_else(wrong)?;
                let rest = &text[10..];
                if !rest.is_empty() && !rest.starts_with(['T', 't']) {
                    return Err(wrong());
                }
                day.parse().map(Some).map_err(|_| wrong())
            }
        }
    };
    let (from, to) = if let Some((from, to)) = text.split_once('/') {
        (one(from)?, one(to)?)
    } else {
        let day = one(text)?;
        (day, day)
    };
    if from.is_none() && to.is_none() || from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(wrong());
    }
    Ok((from, to))
}

/// `GET /ogc/collections/{collection}/items`.
pub async fn items(
    State(app): State<App>,
    reader: Reader,
    Path(name): Path<String>,
    query: ApiResult<Query<BTreeMap<String, String>>>,
    headers: HeaderMap,
) -> OgcResult {
    let kind = find(&name)?;
    let asked = Asked::read(query?.0)?;
    let format = format(asked.f.as_deref(), &headers)?;
    let demo = app.board().settings().demo;
    let found = app.board().read(|board| {
        let scope = reader_scope(board, &reader);
        page(board, kind, &asked, &scope, demo)
    });
    let here = format!("{}/collections/{}/items", base(&app, &headers), kind.name);
    let with = |more: &str| match (asked.repeated.as_str(), more) {
        ("", "") => here.clone(),
        (own, "") => format!("{here}?{own}"),
        ("", more) => format!("{here}?{more}"),
        (own, more) => format!("{here}?{own}&{more}"),
    };
    let own = asked
        .cursor
        .map_or_else(String::new, |cursor| format!("cursor={cursor}"));
    let collection = here.trim_end_matches("/items");
    let mut links = vec![
        link(&with(&own), "self", "application/geo+json", "This page"),
        link(
            &format!("{here}?f=html"),
            "alternate",
            "text/html",
            "This page as HTML",
        ),
        link(
            collection,
            "collection",
            "application/json",
            "The collection",
        ),
    ];
    if let Some(next) = found.next {
        links.push(link(
            &with(&format!("cursor={next}")),
            "next",
            "application/geo+json",
            "The next page",
        ));
    }
    let page = FeatureCollection {
        time_stamp: app.now().to_string(),
        number_matched: found.matched,
        number_returned: found.features.len(),
        links,
        features: found.features,
    };
    Ok(answer(format, "application/geo+json", &title(kind), &page))
}

/// A page of a collection, as it is written.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
struct FeatureCollection {
    time_stamp: String,
    number_matched: usize,
    number_returned: usize,
    links: Vec<Value>,
    features: Vec<Feature>,
}

struct Found {
    features: Vec<Feature>,
    matched: usize,
    next: Option<RecordId>,
}

/// A page by keyset: the cursor is the last record of the page before, so new ones shift nothing.
/// Where nothing but the box is asked for, only the records of the page are looked at.
fn page(board: &BoardData, kind: &Kind, asked: &Asked, scope: &ReaderScope, demo: bool) -> Found {
    let mut ids: Vec<RecordId> = match asked.bbox {
        Some(bbox) => board.ids_in(kind.name, bbox),
        None => board.ids_of_kind(kind.name).collect(),
    };
    if !scope.whole || asked.looks_at_records() {
        let taken = |known: &Arc<Known>| scope.holds(known) && asked.takes(known);
        ids.retain(|id| board.get(*id).is_some_and(taken));
    }
    let matched = ids.len();
    if let Some(cursor) = asked.cursor {
        ids.retain(|id| *id > cursor);
    }
    let more = ids.len() > asked.limit;
    if more {
        ids.select_nth_unstable(asked.limit);
        ids.truncate(asked.limit);
    }
    ids.sort_unstable();
    let shown = ids.iter().filter_map(|id| board.get(*id));
    Found {
        features: shown
            .map(|known| Feature::of(board, known, demo, scope.exact_points))
            .collect(),
        matched,
        next: ids.last().copied().filter(|_| more),
    }
}

/// `GET /ogc/collections/{collection}/items/{item}`.
pub async fn item(
    State(app): State<App>,
    reader: Reader,
    Path((name, item)): Path<(String, String)>,
    query: ApiResult<Query<OnlyFormat>>,
    headers: HeaderMap,
) -> OgcResult {
    let kind = find(&name)?;
    let format = format(query?.0.f.as_deref(), &headers)?;
    let record: RecordId = item.parse().map_err(|_| Exception::not_found())?;
    let demo = app.board().settings().demo;
    let found = app.board().read(|board| {
        let scope = reader_scope(board, &reader);
        let known = board.get(record)?;
        let shown = known.summary.kind == kind.name && scope.holds(known);
        shown.then(|| Feature::of(board, known, demo, scope.exact_points))
    });
    let found = found.ok_or_else(Exception::not_found)?;
    let here = format!("{}/collections/{}", base(&app, &headers), kind.name);
    let found = found.with_links(json!([
        link(
            &format!("{here}/items/{record}"),
            "self",
            "application/geo+json",
            "This feature"
        ),
        link(
            &format!("{here}/items/{record}?f=html"),
            "alternate",
            "text/html",
            "This feature as HTML"
        ),
        link(&here, "collection", "application/json", "The collection"),
    ]));
    Ok(answer(format, "application/geo+json", &title(kind), &found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_intervals_are_read_strictly() {
        for good in [
            "2026-03-01",
            "2026-03-01T00:00:00Z",
            "../2026-03-01",
            "2026-03-01/..",
            "2026-03-01/2026-04-01",
        ] {
            assert!(days(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "..",
            "../..",
            "2026-04-01/2026-03-01",
            "99999-01-01",
            "yesterday",
            "2026-13-01",
            "2026-03-01x",
        ] {
            assert!(days(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn unknown_parameters_are_refused_and_the_next_page_repeats_the_known_ones() {
        let pairs = |list: &[(&str, &str)]| {
            list.iter()
                .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
                .collect()
        };
        assert!(Asked::read(pairs(&[("colour", "red")])).is_err());
        assert!(Asked::read(pairs(&[("limit", "0")])).is_err());
        assert!(Asked::read(pairs(&[("limit", "-1")])).is_err());
        let asked = Asked::read(pairs(&[("limit", "1000000000"), ("bbox", "1,2,3,4")])).unwrap();
        assert_eq!(
            (asked.limit, asked.repeated.as_str()),
            (MAX_PAGE, "bbox=1,2,3,4&limit=1000000000")
        );
    }
}
