//! The same answers for people: plain pages without script or style, which the policy forbids
//! inline.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use super::exception::Exception;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON or GeoJSON.
    Json,
    /// HTML.
    Html,
}

/// The format of a request: `f=` first, then the `Accept` header; JSON for programs that take
/// anything.
pub fn format(f: Option<&str>, headers: &HeaderMap) -> Result<Format, Exception> {
    match f {
        Some("json" | "geojson") => return Ok(Format::Json),
        Some("html") => return Ok(Format::Html),
        Some(_) => return Err(Exception::not_acceptable()),
        None => {}
    }
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let first = accept.unwrap_or_default().split(',').find_map(|one| {
        match one.split(';').next().unwrap_or_default().trim() {
            "text/html" => Some(Format::Html),
            "*/*" | "application/*" => Some(Format::Json),
            media if media.contains("json") => Some(Format::Json),
            _ => None,
        }
    });
    match (first, accept) {
        (Some(format), _) => Ok(format),
        (None, None | Some("")) => Ok(Format::Json),
        (None, Some(_)) => Err(Exception::not_acceptable()),
    }
}

/// An answer in the format asked for.
pub fn answer(
    format: Format,
    media_type: &'static str,
    title: &str,
    value: &impl Serialize,
) -> Response {
    let written = match format {
        Format::Json => serde_json::to_vec(value)
            .map(|body| ([(header::CONTENT_TYPE, media_type)], body).into_response()),
        Format::Html => serde_json::to_value(value).map(|value| page(title, &value)),
    };
    // What is answered here has text for keys and finite numbers.
    written.unwrap_or_else(|cause| {
        tracing::error!(%cause, "an answer could not be written");
        StatusCode::INTERNAL_SERVER_ERROR.into_response()
    })
}

fn page(title: &str, value: &Value) -> Response {
    let mut html =
        String::from("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>");
    escape(&mut html, title);
    html.push_str("</title></head><body><h1>");
    escape(&mut html, title);
    html.push_str("</h1>");
    write(&mut html, value, 0);
    html.push_str("<p>Absence of a record is not absence of danger.</p></body></html>");
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response()
}

fn write(html: &mut String, value: &Value, depth: u8) {
    match value {
        // Coordinates are for programs.
        Value::Array(list) if depth > 0 && list.iter().all(Value::is_number) => {
            escape(html, &value.to_string());
        }
        Value::Array(list) => {
            html.push_str("<ul>");
            for one in list {
                html.push_str("<li>");
                write(html, one, depth + 1);
                html.push_str("</li>");
            }
            html.push_str("</ul>");
        }
        Value::Object(map) => {
            html.push_str("<table>");
            for (key, one) in map {
                html.push_str("<tr><th>");
                escape(html, key);
                html.push_str("</th><td>");
                match (key.as_str(), one) {
                    ("coordinates", _) => html.push('…'),
                    ("href", Value::String(link)) => {
                        html.push_str("<a href=\"");
                        escape(html, link);
                        html.push_str("\">");
                        escape(html, link);
                        html.push_str("</a>");
                    }
                    _ => write(html, one, depth + 1),
                }
                html.push_str("</td></tr>");
            }
            html.push_str("</table>");
        }
        Value::String(text) => escape(html, text),
        Value::Null => {}
        other => escape(html, &other.to_string()),
    }
}

fn escape(html: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            other => html.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_is_text_in_a_page() {
        let mut html = String::new();
        escape(&mut html, "<img src=x onerror=\"alert('1')\">&");
        assert_eq!(
            html,
            "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;"
        );
    }

    #[test]
    fn the_parameter_goes_before_the_header_and_json_is_for_whoever_takes_anything() {
        let headers = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, axum::http::HeaderValue::from_static(accept));
            headers
        };
        let browser = headers("text/html,application/xhtml+xml,*/*;q=0.8");
        assert_eq!(format(None, &browser).unwrap(), Format::Html);
        assert_eq!(format(Some("json"), &browser).unwrap(), Format::Json);
        assert_eq!(format(None, &headers("*/*")).unwrap(), Format::Json);
        assert_eq!(
            format(None, &headers("application/geo+json, application/json")).unwrap(),
            Format::Json
        );
        assert_eq!(format(None, &HeaderMap::new()).unwrap(), Format::Json);
        assert!(format(Some("../../etc"), &browser).is_err());
        assert!(format(None, &headers("application/xml")).is_err());
    }
}
