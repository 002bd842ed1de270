//! Requests to the hub: JSON and bytes, and problem+json as a typed [`Problem`].

use js_sys::Uint8Array;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AbortSignal, Request, RequestCredentials, RequestInit, Response};

use super::wait;

/// What the hub answered when it did not do what was asked (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The stable code: the last part of `type`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// A short sentence in English; shown only where no translation exists.
    #[serde(default)]
    pub title: String,
    /// HTTP status.
    #[serde(default)]
    pub status: u16,
    /// More, for the log.
    #[serde(default)]
    pub detail: Option<String>,
    /// Everything else that this problem carries.
    #[serde(flatten)]
    pub more: serde_json::Map<String, serde_json::Value>,
}

impl Problem {
    /// The stable code without its address: `session-expired`.
    pub fn code(&self) -> &str {
        self.kind
            .rsplit(['/', ':', '#'])
            .next()
            .unwrap_or(&self.kind)
    }
}

/// Why a request gave nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpError {
    /// No answer: no network, or the hub is away. Whatever was to be sent is still here.
    NoAnswer,
    /// The hub answered with a problem.
    Problem(Box<Problem>),
    /// The hub answered with something that this version cannot read.
    NotUnderstood(u16),
}

impl HttpError {
    /// The problem's code, if it is one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Problem(problem) => Some(problem.code()),
            Self::NoAnswer | Self::NotUnderstood(_) => None,
        }
    }

    /// Whether signing in again would help.
    pub fn needs_sign_in(&self) -> bool {
        matches!(self, Self::Problem(problem) if problem.status == 401)
    }

    /// What happened, what is kept and what to do, in the person's language.
    pub fn sentence(&self) -> String {
        match self {
            Self::NoAnswer => t!("http.no_answer").to_owned(),
            Self::NotUnderstood(_) => t!("http.not_understood").to_owned(),
            Self::Problem(problem) => {
                let key = format!("problem.{}", problem.code());
                crate::i18n::try_label(&key).map_or_else(|| problem.title.clone(), str::to_owned)
            }
        }
    }
}

/// How long a read may take before it counts as unanswered, in ms: a dead network must not hold up the next try.
const READ_LIMIT: u32 = 60_000;
/// The same for what sends something, which may be a photo over a slow line.
const WRITE_LIMIT: u32 = 300_000;

/// What a request gives.
pub type Answer<T> = std::result::Result<T, HttpError>;

/// Reads JSON.
pub async fn get<T: DeserializeOwned>(path: &str) -> Answer<T> {
    parse(&send("GET", path, None, None, &[]).await?).await
}

/// Reads text as it is.
pub async fn get_text(path: &str) -> Answer<String> {
    text(&send("GET", path, None, None, &[]).await?).await
}

/// Reads bytes.
pub async fn get_bytes(path: &str) -> Answer<Vec<u8>> {
    let response = send("GET", path, None, None, &[]).await?;
    let status = response.status();
    let buffer = response
        .array_buffer()
        .map_err(|_| HttpError::NotUnderstood(status))?;
    let buffer = wait::promise(buffer)
        .await
        .map_err(|_| HttpError::NoAnswer)?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// Sends JSON and reads JSON.
pub async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    parse(&post_json("POST", path, body).await?).await
}

/// Sends JSON; an answer without a body is enough.
pub async fn post_only(path: &str, body: &impl Serialize) -> Answer<()> {
    post_json("POST", path, body).await.map(drop)
}

/// Sends JSON by another method (`PUT`, `PATCH`) and reads JSON.
pub async fn send_json<T: DeserializeOwned>(
    method: &str,
    path: &str,
    body: &impl Serialize,
) -> Answer<T> {
    parse(&post_json(method, path, body).await?).await
}

/// Sends text that is already JSON (signed bytes must arrive as they are) and reads JSON.
pub async fn post_text<T: DeserializeOwned>(path: &str, json: &str) -> Answer<T> {
    parse(
        &send(
            "POST",
            path,
            Some(&JsValue::from_str(json)),
            Some("application/json"),
            &[],
        )
        .await?,
    )
    .await
}

/// Sends bytes and reads JSON.
pub async fn send_bytes<T: DeserializeOwned>(
    method: &str,
    path: &str,
    body: &JsValue,
    media_type: &str,
    headers: &[(&str, &str)],
) -> Answer<T> {
    parse(&send(method, path, Some(body), Some(media_type), headers).await?).await
}

/// Asks for the removal of something.
pub async fn delete(path: &str) -> Answer<()> {
    send("DELETE", path, None, None, &[]).await.map(drop)
}

async fn post_json(method: &str, path: &str, body: &impl Serialize) -> Answer<Response> {
    let json = serde_json::to_string(body).map_err(|_| HttpError::NotUnderstood(0))?;
    send(
        method,
        path,
        Some(&JsValue::from_str(&json)),
        Some("application/json"),
        &[],
    )
    .await
}

/// One request with the session's cookie; any status but 2xx is an error.
///
/// A page is no answer of the hub's, whatever its status: the sign-in page of some network stands
/// between it and this device.
pub async fn send(
    method: &str,
    path: &str,
    body: Option<&JsValue>,
    media_type: Option<&str>,
    headers: &[(&str, &str)],
) -> Answer<Response> {
    let response = fetch(method, path, body, media_type, headers)
        .await
        .ok_or(HttpError::NoAnswer)?;
    if header(&response, "content-type").is_some_and(|kind| kind.starts_with("text/html")) {
        return Err(HttpError::NoAnswer);
    }
    if response.ok() {
        return Ok(response);
    }
    let status = response.status();
    let text = text(&response).await?;
    let problem: Problem =
        serde_json::from_str(&text).map_err(|_| HttpError::NotUnderstood(status))?;
    Err(HttpError::Problem(Box::new(Problem { status, ..problem })))
}

async fn fetch(
    method: &str,
    path: &str,
    body: Option<&JsValue>,
    media_type: Option<&str>,
    headers: &[(&str, &str)],
) -> Option<Response> {
    let init = RequestInit::new();
    init.set_method(method);
    init.set_credentials(RequestCredentials::SameOrigin);
    let limit = if method == "GET" {
        READ_LIMIT
    } else {
        WRITE_LIMIT
    };
    init.set_signal(Some(&AbortSignal::timeout_with_u32(limit)));
    if let Some(body) = body {
        init.set_body(body);
    }
    let request = Request::new_with_str_and_init(path, &init).ok()?;
    if let Some(media_type) = media_type {
        request.headers().set("content-type", media_type).ok()?;
    }
    for (name, value) in headers {
        request.headers().set(name, value).ok()?;
    }
    let promise = web_sys::window()?.fetch_with_request(&request);
    wait::promise(promise).await.ok()?.dyn_into().ok()
}

/// Reads an answer as JSON.
pub async fn parse<T: DeserializeOwned>(response: &Response) -> Answer<T> {
    let status = response.status();
    let text = text(response).await?;
    // An answer without content reads as `null`, which `()` and `Option` accept.
    let text = if text.is_empty() { "null" } else { &text };
    serde_json::from_str(text).map_err(|_| HttpError::NotUnderstood(status))
}

async fn text(response: &Response) -> Answer<String> {
    let promise = response
        .text()
        .map_err(|_| HttpError::NotUnderstood(response.status()))?;
    wait::promise(promise)
        .await
        .ok()
        .and_then(|value| value.as_string())
        .ok_or(HttpError::NoAnswer)
}

/// A header of an answer.
pub fn header(response: &Response, name: &str) -> Option<String> {
    response.headers().get(name).ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_known_by_the_end_of_its_type() {
        let problem: Problem = serde_json::from_str(
            r#"{"type":"/problems/session-expired","title":"t","status":401,"since":3}"#,
        )
        .expect("a problem");
        assert_eq!(problem.code(), "session-expired");
        assert_eq!(problem.more["since"], 3);
    }
}
