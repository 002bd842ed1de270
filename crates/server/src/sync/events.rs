//! `GET /api/events`: one stream for each browser profile, log numbers only; data come by pull.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use http_body::Frame;
use http_body_util::channel::Channel;
use hyper::body::Bytes;
use safelane_wire::sync::Event;

use crate::accept::Stopping;
use crate::app::App;
use crate::extract::Actor;
use crate::problem::ApiResult;

/// How often something is said, so that neither side takes the line for dead; as often it is looked
/// up whether the session still stands.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Opens the stream: the log's size now, then each time it has grown.
pub async fn events(
    State(app): State<App>,
    actor: Actor,
    stopping: Option<Extension<Stopping>>,
) -> ApiResult<Response> {
    let mut stopping = stopping.map(|Extension(Stopping(stopping))| stopping);
    let (mut sender, body) = Channel::<Bytes, Infallible>::new(4);
    tokio::spawn(async move {
        let mut told = 0;
        let mut first = true;
        loop {
            let n = if first {
                app.board().upto()
            } else {
                // The board, not the log: whoever asks after the event finds what it names.
                tokio::select! {
                    n = app.board().after(told) => n,
                    () = tokio::time::sleep(HEARTBEAT) => told,
                    () = stopped(&mut stopping) => return,
                }
            };
            if !matches!(
                app.store().session(actor.token, app.now()).await,
                Ok(Some(_))
            ) {
                return;
            }
            let event = Event { n, now: app.now() };
            let Ok(text) = serde_json::to_string(&event) else {
                return;
            };
            let line = Bytes::from(format!("data: {text}\n\n"));
            if sender.send(Frame::data(line)).await.is_err() {
                return;
            }
            (told, first) = (n, false);
        }
    });
    let mut response = Body::new(body).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Waits until the server is to stop; for ever where nobody says so.
async fn stopped(stopping: &mut Option<tokio::sync::watch::Receiver<bool>>) {
    match stopping {
        Some(stopping) => {
            let _ = stopping.wait_for(|stop| *stop).await;
        }
        None => std::future::pending().await,
    }
}
