//! Who is here: sign-in, one-time links, the present session.
//!
//! `POST /api/session`, `GET`, `DELETE`; `POST /api/invite`; `GET /api/sign-in` for the page itself.

pub mod guard;
mod password;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use safelane_ledger::{LedgerId, PersonId};
use safelane_store::{AccountChange, SecretHash, Session};
use safelane_wire::problem::Code;
use safelane_wire::session::{AcceptInvite, SessionInfo, SessionLevel, SignIn};
use serde::Serialize;

use crate::accept::Peer;
use crate::app::{App, Demo};
use crate::extract::{Actor, Json, SessionData, secret_of};
use crate::problem::{ApiError, ApiResult};

pub use crate::extract::COOKIE;
pub use password::hash_password;

/// How long a person's session lasts: a day's work and the night, in seconds.
const PERSON_SECONDS: i64 = 24 * 3_600;
/// How long a device's session lasts, in seconds; it proves itself again when needed.
const DEVICE_SECONDS: i64 = 3_600;

/// Days after which a demo offers to begin afresh.
const OLDER_DAYS: i64 = 7;

/// What the sign-in page shows before anybody is known.
#[derive(Serialize)]
pub struct SignInPage {
    name: String,
    demo: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_ins: Option<Demo>,
    /// Which programme, where everything is made up: another one than a browser knows was begun
    /// afresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<LedgerId>,
    /// Whether the demo's day of start is more than a week ago, so that beginning afresh is offered.
    older: bool,
    /// Whether browsers give this page keys, positions and a place to work off-line: TLS, or the
    /// machine itself.
    secure: bool,
}

/// `GET /api/sign-in`: the programme's name, whether it is made up, and the demo's people.
pub async fn sign_in_page(
    State(app): State<App>,
    headers: HeaderMap,
) -> ApiResult<Json<SignInPage>> {
    let settings = app.board().settings();
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let demo = app.config().demo.clone().filter(|_| settings.demo);
    Ok(Json(SignInPage {
        name: settings.name.clone(),
        demo: settings.demo,
        ledger: settings.demo.then(|| app.ledger()),
        older: demo
            .as_ref()
            .and_then(|demo| demo.day)
            .is_some_and(|day| app.today().days_since_1970() - day.days_since_1970() > OLDER_DAYS),
        sign_ins: demo,
        secure: app.is_secure() || is_loopback(host),
    }))
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, port)| {
        if port.bytes().all(|b| b.is_ascii_digit()) {
            name
        } else {
            host
        }
    });
    matches!(name, "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost")
}

/// `POST /api/session`: name and password.
pub async fn sign_in(
    State(app): State<App>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Json(asked): Json<SignIn>,
) -> ApiResult<Response> {
    app.guard()
        .admit(&asked.name, peer.map(|Extension(Peer(ip))| ip), app.now())?;
    let account = app.store().account_named(&asked.name).await?;
    let hash = account
        .as_ref()
        .and_then(|account| account.password.clone());
    let holds = app.guard().check_password(asked.password, hash).await?;
    let Some(account) = account.filter(|_| holds) else {
        return Err(ApiError::new(
            Code::WrongPassword,
            "The name or the password is wrong. Everything on the device is kept; try again, or \
             ask an administrator for a new link.",
        ));
    };
    app.guard().forget(&asked.name);
    open(&app, &headers, account.person, SessionLevel::Person, None).await
}

/// `POST /api/invite`: takes up a one-time link, sets the password and signs in.
pub async fn accept_invite(
    State(app): State<App>,
    peer: Option<Extension<Peer>>,
    headers: HeaderMap,
    Json(asked): Json<AcceptInvite>,
) -> ApiResult<Response> {
    app.guard()
        .admit("", peer.map(|Extension(Peer(ip))| ip), app.now())?;
    password::check_strength(&asked.password)?;
    let hash = app.guard().hash(asked.password).await?;
    let token = SecretHash::of(asked.token.as_bytes());
    let Some(person) = app.store().take_invite(token, app.now()).await? else {
        return Err(ApiError::new(
            Code::InviteUsed,
            "The link was used already, or has run out. Nothing was changed; ask an administrator \
             for a new one.",
        ));
    };
    let change = AccountChange {
        password: Some(Some(hash)),
        ..AccountChange::default()
    };
    app.store().change_account(person, change).await?;
    // Whoever knew the old password is out.
    app.store().end_sessions(person).await?;
    open(&app, &headers, person, SessionLevel::Person, None).await
}

/// `GET /api/session`: who is signed in.
pub async fn show(State(app): State<App>, actor: Actor) -> ApiResult<Json<SessionInfo>> {
    Ok(Json(info(&app, actor.person, actor.session.level).await?))
}

/// `DELETE /api/session`: ends it; what is on the device stays there.
pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> ApiResult<Response> {
    if let Some(token) = secret_of(&headers) {
        app.store().end_session(token).await?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&mut response, &app, "", 0)?;
    Ok(response)
}

/// `POST /api/demo/afresh`: the demo is built anew, and everything that was pushed to it is gone. The
/// same person is signed in there; a real programme has no such address.
pub async fn begin_afresh(
    State(app): State<App>,
    actor: Actor,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let afresh = app
        .config()
        .demo
        .as_ref()
        .and_then(|demo| demo.afresh.clone());
    let afresh = afresh.filter(|_| app.ledger().is_demo());
    let afresh = afresh.ok_or_else(ApiError::not_found)?;
    let account = app.store().account(actor.person).await?;
    let name = account.ok_or_else(ApiError::not_found)?.name;
    let fresh = afresh().await?;
    let account = fresh.store().account_named(&name).await?;
    // Somebody who was added to the old one does not exist in the new one.
    let account = account.ok_or_else(ApiError::not_found)?;
    open(&fresh, &headers, account.person, SessionLevel::Person, None).await
}

/// Opens a session under a new secret and answers who is here. An earlier one of this browser ends,
/// so that nobody can plant a session of theirs.
pub async fn open(
    app: &App,
    headers: &HeaderMap,
    person: PersonId,
    level: SessionLevel,
    device: Option<safelane_ledger::DeviceId>,
) -> ApiResult<Response> {
    if let Some(earlier) = secret_of(headers) {
        app.store().end_session(earlier).await?;
    }
    let secret = hex::encode(app.random::<32>()?);
    let seconds = match level {
        SessionLevel::Person => PERSON_SECONDS,
        SessionLevel::Device => DEVICE_SECONDS,
    };
    let data = SessionData { level, device };
    app.store()
        .put_session(&Session {
            token: SecretHash::of(secret.as_bytes()),
            person,
            expires: app.after(seconds),
            data: serde_json::to_string(&data).map_err(ApiError::internal)?,
        })
        .await?;
    let mut response = Json(info(app, person, level).await?).into_response();
    set_cookie(&mut response, app, &secret, seconds)?;
    Ok(response)
}

fn set_cookie(response: &mut Response, app: &App, secret: &str, seconds: i64) -> ApiResult<()> {
    let secure = if app.is_secure() { "; Secure" } else { "" };
    let cookie =
        format!("{COOKIE}={secret}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}");
    let value = HeaderValue::from_str(&cookie).map_err(ApiError::internal)?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(())
}

async fn info(app: &App, person: PersonId, level: SessionLevel) -> ApiResult<SessionInfo> {
    let rights = app.store().rights(person).await?;
    Ok(SessionInfo {
        person,
        display_name: app.display_name(person).await?,
        roles: rights.roles,
        organisation: rights.organisation,
        team: rights.team,
        level,
        ledger: app.ledger(),
        hub: app.hub(),
        hub_key: app.hub_key(),
        programme: app.board().settings().wire(),
        now: app.now(),
    })
}

#[cfg(test)]
mod tests {
    use super::is_loopback;

    #[test]
    fn only_the_machine_itself_is_loopback() {
        for host in [
            "localhost",
            "localhost:8080",
            "127.0.0.1:1",
            "[::1]:8080",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["192.168.1.7:8080", "localhost.example.org", "hub", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
