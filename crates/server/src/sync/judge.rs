//! What the hub says of a body by itself: a `return` with the typed problems.

use std::collections::BTreeMap;

use safelane_ledger::body::{Problem, ReturnBody, encode_body};
use safelane_ledger::{Act, Value};
use safelane_model::body::Map;
use safelane_model::{check, kinds, paper};
use safelane_store::Verified;

use crate::app::App;
use crate::problem::{ApiError, ApiResult};

/// Problems that one return names, in all and of one sort in one field: nobody mends more at once, and a list
/// of hundreds of thousands of wrong codes is not answered with a body that no revision may have.
const MOST_PROBLEMS: usize = 200;
const MOST_ALIKE: usize = 20;

/// The salted bytes of the `return` of a statement whose body fails validation; none if it holds,
/// or is of a kind that this program does not know.
pub fn returned(app: &App, verified: &Verified) -> ApiResult<Option<Vec<u8>>> {
    let revision = verified.revision();
    if revision.act() != Act::Put {
        return Ok(None);
    }
    let Some(kind) = kinds::find(revision.kind().name()) else {
        return Ok(None);
    };
    if revision.kind().version() > kind.version {
        return Ok(None);
    }
    let Some(body) = verified.body() else {
        return Ok(None);
    };
    let map = to_map(body)?;
    let mut problems = problems(app, kind, &map);
    // Whoever corrects a sheet that somebody else entered changes nothing about who did.
    if revision.parents().is_empty() && kind.takes_paper() {
        let author = revision.author().uuid();
        problems.extend(paper::first_problem(&map, author).map(wire));
    }
    if problems.is_empty() {
        return Ok(None);
    }
    let body = ReturnBody {
        comments: Vec::new(),
        problems,
    };
    encode_body(&body, app.salt()?)
        .map(Some)
        .map_err(ApiError::internal)
}

/// A body as the model reads it, without its salt.
pub fn to_map(body: &Value) -> ApiResult<Map> {
    if body.as_object().is_none() {
        return Err(ApiError::internal("a body that is no object"));
    }
    let mut map = safelane_rules::content::to_map(body);
    map.remove(safelane_ledger::body::SALT_KEY);
    Ok(map)
}

fn problems(app: &App, kind: &kinds::Kind, body: &Map) -> Vec<Problem> {
    let context = check::Context {
        today: app.today(),
        area: app.board().settings().area,
    };
    let mut alike: BTreeMap<(String, &str), usize> = BTreeMap::new();
    check::problems(kind, body, &context)
        .into_iter()
        .filter(|problem| problem.severity == check::Severity::Stops)
        .filter(|problem| {
            let sort = (problem.field.clone(), problem.code);
            let count = alike.entry(sort).or_default();
            *count += 1;
            *count <= MOST_ALIKE
        })
        .take(MOST_PROBLEMS)
        .map(wire)
        .collect()
}

fn wire(problem: check::Problem) -> Problem {
    Problem {
        key: problem.code.to_owned(),
        args: problem
            .args
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        field: Some(problem.field),
        vertex: None,
    }
}
