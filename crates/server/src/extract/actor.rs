//! Who asks. A route says in the table who may ([`Access`]); nothing reaches a handler before that
//! is checked, so a route without credentials cannot be written by forgetting something.

use std::collections::BTreeSet;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use safelane_ledger::{DeviceId, PersonId, RecordId, Role};
use safelane_store::{Rights, SecretHash};
use safelane_wire::problem::Code;
use safelane_wire::session::SessionLevel;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::problem::{ApiError, ApiResult};

/// The cookie of a session.
pub const COOKIE: &str = "safelane";

/// Who may ask a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: `/healthz`, `/readyz`, the sign-in page with its files, and the ways to sign in.
    Open,
    /// A person's session or a device's.
    Session,
    /// A person's session: what reads.
    Person,
    /// A person's session, or a token of a program (OGC clients, tiles).
    Reader,
    /// The operator's token alone.
    Metrics,
}

/// What a session keeps with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionData {
    /// What it opens.
    pub level: SessionLevel,
    /// The device that proved itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
}

/// Somebody who is signed in, with the rights of this moment.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The person.
    pub person: PersonId,
    /// Roles, organisation, team.
    pub rights: Rights,
    /// What the session opens.
    pub session: SessionData,
    /// The session.
    pub token: SecretHash,
}

impl Actor {
    /// Whether the person has a role.
    pub fn is(&self, role: Role) -> bool {
        self.rights.roles.contains(&role)
    }

    /// Goes on for somebody with one of these roles.
    pub fn require(&self, any_of: &[Role]) -> ApiResult<()> {
        if any_of.iter().any(|role| self.is(*role)) {
            Ok(())
        } else {
            Err(ApiError::not_allowed(
                "This is for people with another role.",
            ))
        }
    }
}

/// Somebody who reads: a person, or a program with a token.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The person; none for a program.
    pub person: Option<PersonId>,
    /// What the reader may be.
    pub roles: BTreeSet<Role>,
    /// The person's organisation.
    pub organisation: Option<RecordId>,
    /// The person's team.
    pub team: Option<RecordId>,
}

impl Reader {
    /// Whether exact points of items not yet destroyed and of accidents may be seen (design 8).
    pub fn sees_exact_points(&self) -> bool {
        const EXACT: [Role; 4] = [
            Role::Coordinator,
            Role::Approver,
            Role::Field,
            Role::Administrator,
        ];
        self.person.is_some() && EXACT.iter().any(|role| self.roles.contains(role))
    }
}

impl From<&Actor> for Reader {
    fn from(actor: &Actor) -> Self {
        Self {
            person: Some(actor.person),
            roles: actor.rights.roles.clone(),
            organisation: actor.rights.organisation,
            team: actor.rights.team,
        }
    }
}

/// Middleware of every route: lets in whom the route's [`Access`] names.
pub async fn check_access(
    State((app, access)): State<(App, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    match admit(&app, access, &mut request).await {
        Ok(()) => next.run(request).await,
        Err(problem) => {
            let wants_basic = access == Access::Reader;
            let mut response = problem.into_response();
            if wants_basic && response.status() == axum::http::StatusCode::UNAUTHORIZED {
                response.headers_mut().insert(
                    header::WWW_AUTHENTICATE,
                    axum::http::HeaderValue::from_static(
                        "Basic realm=\"Safelane\", charset=\"UTF-8\"",
                    ),
                );
            }
            response
        }
    }
}

async fn admit(app: &App, access: Access, request: &mut Request) -> ApiResult<()> {
    let headers = request.headers();
    match access {
        Access::Open => return Ok(()),
        Access::Metrics => return metrics_token(app, headers),
        Access::Reader => {
            if let Some(secret) = program_token(headers) {
                let reader = token_reader(app, &secret).await?;
                request.extensions_mut().insert(reader);
                return Ok(());
            }
        }
        Access::Session | Access::Person => {}
    }
    let actor = session_actor(app, headers).await?;
    if actor.session.level == SessionLevel::Device && access != Access::Session {
        return Err(ApiError::new(
            Code::PasswordNeeded,
            "This device may go on sending; to read, give the password again. Everything on the \
             device is kept.",
        ));
    }
    request.extensions_mut().insert(Reader::from(&actor));
    request.extensions_mut().insert(actor);
    Ok(())
}

fn sign_in_needed() -> ApiError {
    ApiError::new(
        Code::SignInNeeded,
        "Nobody is signed in, or the session has ended. Everything on the device is kept; sign in \
         and go on.",
    )
}

fn metrics_token(app: &App, headers: &HeaderMap) -> ApiResult<()> {
    let given = program_token(headers).map(|secret| SecretHash::of(secret.as_bytes()));
    let wanted = app.config().metrics_token.as_ref();
    // Hashes are compared, so that the time taken tells nothing of the token.
    match (
        given,
        wanted.map(|secret| SecretHash::of(secret.as_bytes())),
    ) {
        (Some(given), Some(wanted)) if given == wanted => Ok(()),
        _ => Err(sign_in_needed()),
    }
}

async fn token_reader(app: &App, secret: &str) -> ApiResult<Reader> {
    let token = app
        .store()
        .token(SecretHash::of(secret.as_bytes()), app.now())
        .await?;
    let token = token.ok_or_else(|| {
        ApiError::new(
            Code::SignInNeeded,
            "The token is not known here, or has run out. Ask an administrator for a new one.",
        )
    })?;
    Ok(Reader {
        person: None,
        roles: BTreeSet::from([token.role]),
        organisation: None,
        team: None,
    })
}

async fn session_actor(app: &App, headers: &HeaderMap) -> ApiResult<Actor> {
    let secret = cookie(headers).ok_or_else(sign_in_needed)?;
    let token = SecretHash::of(secret.as_bytes());
    let session = app.store().session(token, app.now()).await?;
    let session = session.ok_or_else(sign_in_needed)?;
    let data = serde_json::from_str(&session.data).map_err(ApiError::internal)?;
    Ok(Actor {
        person: session.person,
        rights: app.store().rights(session.person).await?,
        session: data,
        token,
    })
}

/// The session of a request, if it has one at all.
pub fn secret_of(headers: &HeaderMap) -> Option<SecretHash> {
    cookie(headers).map(|secret| SecretHash::of(secret.as_bytes()))
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
}

/// A token as `Bearer`, or as the password of `Basic`; never from the address, which gets logged.
fn program_token(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = text.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(rest.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let pair = base64::engine::general_purpose::STANDARD
        .decode(rest.trim())
        .ok()?;
    let pair = String::from_utf8(pair).ok()?;
    pair.split_once(':')
        .map(|(_, password)| password.to_owned())
}

impl<S: Send + Sync> FromRequestParts<S> for Actor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> ApiResult<Self> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(sign_in_needed)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Reader {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> ApiResult<Self> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(sign_in_needed)
    }
}
