//! People: accounts beside the ledger, roles in it (a person there is a UUID).

use axum::extract::State;
use axum::http::StatusCode;
use safelane_ledger::{PersonId, RecordId, Role};
use safelane_model::Body;
use safelane_model::kinds::grant::key;
use safelane_store::{Account, Newcomer, SecretHash};
use safelane_wire::desk::{Invite, NewPerson, NewRoles, Page, PersonRow, Reporter};
use safelane_wire::problem::{Code, FieldProblem};

use crate::app::App;
use crate::extract::{Actor, Json, Path};
use crate::hub::{draft, state};
use crate::problem::{ApiError, ApiResult};

/// Days that a link works.
const LINK_SECONDS: i64 = 7 * 86_400;
const MAX_NAME: usize = 60;

/// `GET /api/people`.
pub async fn list(State(app): State<App>, actor: Actor) -> ApiResult<Json<Page<PersonRow>>> {
    actor.require(&[Role::Administrator, Role::Coordinator])?;
    let invited = app.store().invited(app.now()).await?;
    let mut items = Vec::new();
    for account in app.store().accounts().await? {
        let rights = app.store().rights(account.person).await?;
        items.push(PersonRow {
            person: account.person,
            name: account.name,
            display: account.display,
            roles: rights.roles.into_iter().collect(),
            team: rights.team,
            organisation: rights.organisation,
            invited: invited.contains(&account.person),
        });
    }
    Ok(Json(Page {
        upto: app.board().upto(),
        items,
        next: None,
    }))
}

/// Roles that state reports: they enter those of others from paper, and theirs are entered.
const REPORT: [Role; 2] = [Role::Coordinator, Role::Field];

/// `GET /api/reporters`. A coordinator enters for anybody, everybody else for their own organisation.
pub async fn reporters(State(app): State<App>, actor: Actor) -> ApiResult<Json<Page<Reporter>>> {
    actor.require(&REPORT)?;
    let mut items = Vec::new();
    for account in app.store().accounts().await? {
        let rights = app.store().rights(account.person).await?;
        let own = rights.organisation.is_some() && rights.organisation == actor.rights.organisation
            || account.person == actor.person;
        if (own || actor.is(Role::Coordinator))
            && REPORT.iter().any(|role| rights.roles.contains(role))
        {
            items.push(Reporter {
                person: account.person,
                display: account.display,
                team: rights.team,
            });
        }
    }
    items.sort_by(|a, b| (&a.display, a.person).cmp(&(&b.display, b.person)));
    Ok(Json(Page {
        upto: app.board().upto(),
        items,
        next: None,
    }))
}

/// `POST /api/people`: an account, its roles in the ledger, and a link valid once.
pub async fn create(
    State(app): State<App>,
    actor: Actor,
    Json(asked): Json<NewPerson>,
) -> ApiResult<Json<Invite>> {
    actor.require(&[Role::Administrator])?;
    let (name, display) = (asked.name.trim(), asked.display.trim());
    check_name("name", name)?;
    check_name("display", display)?;
    check_roles(&asked.roles)?;
    let person = PersonId::new(app.new_uuid()?);
    let account = Account {
        person,
        name: name.to_owned(),
        display: display.to_owned(),
        password: None,
        language: app.board().settings().language.clone(),
        created: app.now(),
    };
    let roles = NewRoles {
        roles: asked.roles,
        team: asked.team,
        organisation: asked.organisation,
    };
    let record = RecordId::new(app.new_uuid()?);
    let body = grant_body(person, &roles);
    let (invite, shown) = invite(&app, person)?;
    let newcomer = Newcomer {
        account,
        stated: draft(&app, record, "grant", &body, Vec::new(), actor.person)?,
        invite,
    };
    app.store().add_newcomer(newcomer).await?;
    Ok(Json(shown))
}

/// `POST /api/people/{person}/reset`: a new link; the old password and all sessions end.
pub async fn reset(
    State(app): State<App>,
    actor: Actor,
    Path(person): Path<PersonId>,
) -> ApiResult<Json<Invite>> {
    actor.require(&[Role::Administrator])?;
    let account = app.store().account(person).await?;
    account.ok_or_else(ApiError::not_found)?;
    let change = safelane_store::AccountChange {
        password: Some(None),
        ..Default::default()
    };
    app.store().change_account(person, change).await?;
    app.store().end_sessions(person).await?;
    let (invite, shown) = invite(&app, person)?;
    app.store().put_invite(&invite).await?;
    Ok(Json(shown))
}

/// `POST /api/people/{person}/roles`: all roles from now on.
pub async fn set_roles(
    State(app): State<App>,
    actor: Actor,
    Path(person): Path<PersonId>,
    Json(asked): Json<NewRoles>,
) -> ApiResult<StatusCode> {
    actor.require(&[Role::Administrator])?;
    let account = app.store().account(person).await?;
    account.ok_or_else(ApiError::not_found)?;
    check_roles(&asked.roles)?;
    let grants = app.store().grants().await?;
    let others = grants
        .iter()
        .any(|grant| grant.person != person && grant.rights.roles.contains(&Role::Administrator));
    if !others && !asked.roles.contains(&Role::Administrator) {
        let held = app.store().rights(person).await?;
        if held.roles.contains(&Role::Administrator) {
            return Err(ApiError::new(
                Code::Conflict,
                "This is the last administrator. Nothing was changed; make another one first.",
            ));
        }
    }
    grant(&app, person, &asked, actor.person).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn grant_body(person: PersonId, roles: &NewRoles) -> Body {
    let words: Vec<String> = roles
        .roles
        .iter()
        .filter_map(|role| Some(serde_json::to_value(role).ok()?.as_str()?.to_owned()))
        .collect();
    let mut body = Body::new()
        .with(key::person, person.to_string())
        .with(key::roles, words.join(","));
    if let Some(organisation) = roles.organisation {
        body.set(key::organisation, organisation.to_string());
    }
    if let Some(team) = roles.team {
        body.set(key::team, team.to_string());
    }
    body
}

async fn grant(app: &App, person: PersonId, roles: &NewRoles, author: PersonId) -> ApiResult<()> {
    let body = grant_body(person, roles);
    let grants = app.store().grants().await?;
    // Several grants of one person add up, so all of them say the same from now on.
    let mut records: Vec<RecordId> = grants
        .iter()
        .filter(|grant| grant.person == person)
        .map(|grant| grant.record)
        .collect();
    if records.is_empty() {
        records.push(RecordId::new(app.new_uuid()?));
    }
    for record in records {
        state(app, record, "grant", &body, author).await?;
    }
    Ok(())
}

/// A link: what the store keeps of it, and what is shown once.
fn invite(app: &App, person: PersonId) -> ApiResult<(safelane_store::Invite, Invite)> {
    let secret = hex::encode(app.random::<32>()?);
    let expires = app.after(LINK_SECONDS);
    let kept = safelane_store::Invite {
        token: SecretHash::of(secret.as_bytes()),
        person,
        expires,
    };
    let shown = Invite {
        person,
        // In the fragment, which no server and no log ever sees.
        path: format!("/sign-in#invite={secret}"),
        until: expires.to_string(),
    };
    Ok((kept, shown))
}

fn check_name(field: &str, name: &str) -> ApiResult<()> {
    let fits = !name.is_empty() && name.chars().count() <= MAX_NAME;
    if fits && !name.chars().any(turns_a_line) {
        return Ok(());
    }
    Err(ApiError::new(
        Code::Invalid,
        format!("A name has 1 to {MAX_NAME} characters. Nothing was changed; correct it."),
    )
    .with_fields(vec![FieldProblem {
        field: field.to_owned(),
        key: "required".to_owned(),
        args: [("max".to_owned(), MAX_NAME.to_string())].into(),
    }]))
}

/// Whether a character ends a line or turns it around, so that a name reads as another. The joiners that
/// Khmer and Persian need are none of these.
fn turns_a_line(c: char) -> bool {
    const TURNS: [std::ops::RangeInclusive<char>; 3] = [
        '\u{200e}'..='\u{200f}',
        '\u{202a}'..='\u{202e}',
        '\u{2066}'..='\u{2069}',
    ];
    c.is_control() || TURNS.iter().any(|range| range.contains(&c))
}

fn check_roles(roles: &[Role]) -> ApiResult<()> {
    if roles.contains(&Role::Hub) {
        return Err(ApiError::new(
            Code::Invalid,
            "The hub's role belongs to its own key and can be given to nobody. Nothing was changed.",
        ));
    }
    Ok(())
}
