//! The flat table of routes: address, who may ask, what answers. There is no other list; a test
//! walks this one without credentials.

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, delete, get, post, put};
use safelane_wire::problem::Code;
use safelane_wire::{desk as w, media as wm, risk as wr, session as ws, sync as wy};

use crate::app::App;
use crate::extract::{Access, check_access};
use crate::problem::ApiError;
use crate::{
    desk, devices, files, layers, media, ogc, ops, people, programme, sessions, sync, tiles,
};

/// One line of the table.
pub struct Route {
    /// The address, with its variable parts in braces.
    pub path: &'static str,
    /// The methods that it takes.
    pub methods: &'static [Method],
    /// Who may ask.
    pub access: Access,
    handlers: MethodRouter<App>,
}

const GET: &[Method] = &[Method::GET];
const POST: &[Method] = &[Method::POST];

fn route(
    path: &'static str,
    methods: &'static [Method],
    access: Access,
    handlers: MethodRouter<App>,
) -> Route {
    Route {
        path,
        methods,
        access,
        handlers,
    }
}

/// Every route.
pub fn table() -> Vec<Route> {
    use Access::{Metrics, Open, Person, Reader, Session};
    const SESSION: &[Method] = &[Method::GET, Method::POST, Method::DELETE];
    const MEDIA: &[Method] = &[Method::GET, Method::HEAD, Method::PUT];
    const PEOPLE: &[Method] = &[Method::GET, Method::POST];
    vec![
        // Operations.
        route("/healthz", GET, Open, get(ops::health)),
        route("/readyz", GET, Open, get(ops::ready)),
        route("/metrics", GET, Metrics, get(ops::metrics)),
        // Who is here. Signing in asks for a name and a password itself.
        route("/api/sign-in", GET, Open, get(sessions::sign_in_page)),
        route(ws::SESSION, POST, Open, post(sessions::sign_in)),
        route(ws::INVITE, POST, Open, post(sessions::accept_invite)),
        route(ws::CHALLENGE, POST, Open, post(devices::challenge)),
        route(ws::PROVE, POST, Open, post(devices::prove)),
        route(ws::SESSION, &SESSION[..1], Session, get(sessions::show)),
        route(
            ws::SESSION,
            &SESSION[2..],
            Session,
            delete(sessions::sign_out),
        ),
        route(ws::ENROL, POST, Person, post(devices::enrol)),
        // On a demo alone.
        route(ws::AFRESH, POST, Person, post(sessions::begin_afresh)),
        // Devices.
        route(wy::PUSH, POST, Session, post(sync::push)),
        route(wy::PULL, GET, Person, get(sync::pull)),
        route(wy::EVENTS, GET, Session, get(sync::events)),
        route(wm::MEDIA, &MEDIA[..1], Person, get(media::get)),
        route(
            wm::MEDIA,
            &MEDIA[1..],
            Session,
            put(media::put).head(media::head),
        ),
        // The desk.
        route(w::RECORDS, GET, Person, get(desk::records)),
        route(w::RECORD, GET, Person, get(desk::record)),
        route(w::ACCOUNT, GET, Person, get(desk::account)),
        route(w::SPLIT, GET, Person, get(desk::split)),
        route(w::REVIEW, GET, Person, get(desk::review)),
        route(w::REVIEW_ONE, GET, Person, get(desk::review_one)),
        route(w::ACCOUNTS, GET, Person, get(desk::accounts)),
        route(wr::RISK, GET, Person, get(desk::zones)),
        route(w::CLAIMS, GET, Person, get(desk::claims)),
        route(w::CLAIM, GET, Person, get(desk::claim)),
        route(w::CLAIM_PREVIEW, GET, Person, get(desk::claim_preview)),
        route(w::ACCOUNTS_CELL, GET, Person, get(desk::cell)),
        route(w::ACCOUNTS_RESTATED, GET, Person, get(desk::restated)),
        route(w::PICTURE, GET, Person, get(desk::picture)),
        route(w::CHECKS, GET, Person, get(desk::checks)),
        route(w::MORNING, GET, Person, get(desk::morning)),
        route(w::BASEMAP, GET, Person, get(desk::basemap)),
        route(w::HELD, GET, Person, get(desk::held)),
        route(w::HELD_ADMIT, POST, Person, post(desk::admit)),
        route(
            w::PEOPLE,
            PEOPLE,
            Person,
            get(people::list).post(people::create),
        ),
        route(w::REPORTERS, GET, Person, get(people::reporters)),
        route(w::PERSON_RESET, POST, Person, post(people::reset)),
        route(w::PERSON_ROLES, POST, Person, post(people::set_roles)),
        route(
            w::PROGRAMME,
            PEOPLE,
            Person,
            get(programme::show).post(programme::change),
        ),
        route(w::DEVICES, GET, Person, get(devices::list)),
        route(w::DEVICE_REVOKE, POST, Person, post(devices::revoke)),
        // Programs that read.
        route("/tiles/{layer}", GET, Reader, get(tiles::tilejson)),
        route("/tiles/{layer}/{z}/{x}/{y}", GET, Reader, get(tiles::tile)),
        route("/ogc", GET, Reader, get(ogc::landing)),
        route("/ogc/", GET, Reader, get(ogc::landing)),
        route("/ogc/conformance", GET, Reader, get(ogc::conformance)),
        route("/ogc/api", GET, Reader, get(ogc::api)),
        route("/ogc/collections", GET, Reader, get(ogc::collections)),
        route(
            "/ogc/collections/{collection}",
            GET,
            Reader,
            get(ogc::collection),
        ),
        route(
            "/ogc/collections/{collection}/items",
            GET,
            Reader,
            get(ogc::items),
        ),
        route(
            "/ogc/collections/{collection}/items/{item}",
            GET,
            Reader,
            get(ogc::item),
        ),
    ]
}

/// The router with its layers. The app's files are the fallback: pages and assets, and "not found".
pub fn router(app: App) -> Router {
    let mut router: Router<App> = Router::new();
    for one in table() {
        let guard = from_fn_with_state((app.clone(), one.access), check_access);
        router = router.route(one.path, one.handlers.layer(guard));
    }
    router
        .fallback(fallback)
        .method_not_allowed_fallback(wrong_method)
        // Every body is read by an extractor with a limit of its own.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn(layers::same_origin))
        .layer(from_fn_with_state(app.clone(), layers::security_headers))
        .layer(from_fn_with_state(app.clone(), layers::trace))
        .with_state(app)
}

async fn fallback(
    app: axum::extract::State<App>,
    request: axum::extract::Request,
) -> axum::response::Response {
    let path = request.uri().path();
    let of_app = !["/api/", "/ogc", "/tiles"]
        .iter()
        .any(|own| path.starts_with(own));
    match *request.method() {
        Method::GET | Method::HEAD if of_app => files::app_file(app, request).await,
        _ if of_app => wrong_method().await.into_response(),
        _ => ApiError::not_found().into_response(),
    }
}

async fn wrong_method() -> ApiError {
    ApiError::new(
        Code::MethodNotAllowed,
        "This address is not for that. Nothing was changed.",
    )
}
