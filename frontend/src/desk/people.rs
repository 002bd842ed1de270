//! People and devices: invite by a link valid once, reset, revoke; what is held.

use leptos::prelude::*;
use leptos::task::spawn_local;
use safelane_ledger::{RecordId, Role};
use safelane_model::body;
use safelane_wire::desk::{DeviceRow, HeldRow, Invite, NewPerson, NewRoles, PersonRow};

use super::answer::answered;
use super::live::use_live;
use super::{api, shell};
use crate::components::{
    Card, ChipChoices, Choice, DeskShell, GhostButton, Notice, PrimaryButton, ProblemNote,
    QuietButton, SelectField, TextField,
};
use crate::field::engine::engine;
use crate::field::words as field_words;
use crate::i18n::{format, label};
use crate::platform::{clock, dom};

/// Everybody who signs in, their devices, and what is kept outside the ledger.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let live = use_live();
    let again = RwSignal::new(0);
    let people = LocalResource::new(move || {
        live.number();
        again.get();
        api::people()
    });
    let devices = LocalResource::new(move || {
        live.number();
        again.get();
        api::devices()
    });
    let held = LocalResource::new(move || {
        live.number();
        again.get();
        api::held()
    });
    let link = RwSignal::new(None::<Invite>);
    let problem = RwSignal::new(None::<String>);
    let done = Callback::new(
        move |answer: crate::platform::http::Answer<Option<Invite>>| {
            match answer {
                Ok(invite) => {
                    link.set(invite);
                    problem.set(None);
                }
                Err(error) => problem.set(Some(error.sentence())),
            }
            again.update(|n| *n += 1);
        },
    );
    view! {
        <DeskShell rail=shell::rail>
            <div class="desk-page">
                <h1>{t!("desk.people.title")}</h1>
                {move || problem.get().map(|text| view! { <ProblemNote text /> })}
                {move || link.get().map(shown_link)}
                <NewPersonForm done />
                <Card title=t!("desk.people.people")>
                    {answered(people, move |page| page.items.into_iter().map(|row| person(row, done)).collect_view())}
                </Card>
                <Card title=t!("desk.people.devices")>
                    {answered(devices, move |page| page.items.into_iter().map(|row| device(row, done)).collect_view())}
                </Card>
                <Card title=t!("desk.people.held")>
                    {answered(held, move |page| {
                        let none = page.items.is_empty().then(|| view! { <p class="muted">{t!("desk.people.held_none")}</p> });
                        view! { {none} {page.items.into_iter().map(|row| held_row(row, done)).collect_view()} }
                    })}
                </Card>
            </div>
        </DeskShell>
    }
}

type Done = Callback<crate::platform::http::Answer<Option<Invite>>>;

fn shown_link(invite: Invite) -> impl IntoView {
    let address = format!("{}{}", dom::origin(), invite.path);
    view! {
        <Notice title=t!("desk.people.link")>
            <p>{t!("desk.people.link_how", until = format::date(&clock::day_of(&invite.until)))}</p>
            <input class="input num" readonly=true value=address aria-label=t!("desk.people.link") />
        </Notice>
    }
}

#[component]
fn NewPersonForm(done: Done) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let display = RwSignal::new(String::new());
    let roles = RwSignal::new(vec!["field".to_owned()]);
    let team = RwSignal::new(String::new());
    let add = move |()| {
        let person = NewPerson {
            name: name.get_untracked().trim().to_owned(),
            display: display.get_untracked().trim().to_owned(),
            roles: roles
                .get_untracked()
                .iter()
                .filter_map(|word| role(word))
                .collect(),
            team: team.get_untracked().parse().ok(),
            organisation: organisation_of(&team.get_untracked()),
        };
        spawn_local(async move {
            let answer = api::add_person(&person).await;
            if answer.is_ok() {
                name.set(String::new());
                display.set(String::new());
            }
            done.run(answer.map(Some));
        });
    };
    let incomplete = Signal::derive(move || {
        name.with(|name| name.trim().is_empty()) || roles.with(Vec::is_empty)
    });
    view! {
        <Card title=t!("desk.people.invite")>
            <div class="field-row">
                <TextField id="person-name" label=t!("desk.people.name") value=name on_change=Callback::new(move |text| name.set(text)) />
                <TextField id="person-display" label=t!("desk.people.display") value=display on_change=Callback::new(move |text| display.set(text)) />
            </div>
            <ChipChoices label=t!("desk.people.roles") choices=role_choices() chosen=roles on_choose=Callback::new(move |chosen| roles.set(chosen)) />
            <SelectField id="person-team" label=t!("desk.people.team") choices=Signal::derive(teams) value=team optional=true on_change=move |id| team.set(id) />
            <PrimaryButton label=t!("desk.people.make_link") disabled=incomplete on_press=Callback::new(add) />
        </Card>
    }
}

/// The teams that are known here, by name.
fn teams() -> Vec<Choice> {
    engine().world.with(|world| {
        let mut teams: Vec<Choice> = world
            .of_kind("team")
            .map(|team| Choice::new(team.id.to_string(), field_words::name(team)))
            .collect();
        teams.sort_by(|a, b| a.label.cmp(&b.label));
        teams
    })
}

/// The organisation of a team.
fn organisation_of(team: &str) -> Option<RecordId> {
    let team: RecordId = team.parse().ok()?;
    engine().world.with_untracked(|world| {
        body::uuid(world.get(team)?.body()?, "organisation").map(RecordId::from)
    })
}

fn role_choices() -> Vec<Choice> {
    [
        "field",
        "coordinator",
        "approver",
        "viewer",
        "administrator",
    ]
    .map(|word| Choice::new(word, label(&format!("desk.role.{word}"))))
    .to_vec()
}

fn role(word: &str) -> Option<Role> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).ok()
}

fn code(role: Role) -> Option<String> {
    serde_json::to_value(role).ok()?.as_str().map(str::to_owned)
}

fn role_word(role: Role) -> String {
    code(role)
        .map(|word| label(&format!("desk.role.{word}")))
        .unwrap_or_default()
}

fn person(row: PersonRow, done: Done) -> impl IntoView {
    let roles = row
        .roles
        .iter()
        .map(|role| role_word(*role))
        .collect::<Vec<_>>()
        .join(", ");
    let person = row.person;
    let reset = move |()| spawn_local(async move { done.run(api::reset(person).await.map(Some)) });
    let changing = RwSignal::new(false);
    let chosen = RwSignal::new(
        row.roles
            .iter()
            .filter_map(|role| code(*role))
            .collect::<Vec<_>>(),
    );
    let (team, organisation) = (row.team, row.organisation);
    let save = move |()| {
        let roles = chosen
            .get_untracked()
            .iter()
            .filter_map(|word| role(word))
            .collect();
        let new = NewRoles {
            roles,
            team,
            organisation,
        };
        spawn_local(async move { done.run(api::roles(person, &new).await.map(|()| None)) });
    };
    let change = move || {
        changing.get().then(|| view! {
        <div class="stack">
            <ChipChoices label=t!("desk.people.roles") choices=role_choices() chosen on_choose=move |roles| chosen.set(roles) />
            <GhostButton label=t!("action.save") on_press=save />
        </div>
    })
    };
    view! {
        <div class="row-line">
            <span><b>{row.display}</b>" · "{row.name}</span>
            <span class="muted">{roles}{row.invited.then(|| format!(" · {}", t!("desk.people.invited")))}</span>
            <span class="row">
                <QuietButton label=t!("desk.people.roles") on_press=move |()| changing.update(|on| *on = !*on) />
                <QuietButton label=t!("desk.people.reset") on_press=Callback::new(reset) />
            </span>
        </div>
        {change}
    }
}

fn device(row: DeviceRow, done: Done) -> impl IntoView {
    let device = row.device;
    let heard = row.heard.as_deref().map_or_else(
        || t!("desk.device.never").to_owned(),
        |at| format::date(&clock::day_of(at)),
    );
    let revoke =
        move |()| spawn_local(async move { done.run(api::revoke(device).await.map(|()| None)) });
    let active = row.state == "active";
    view! {
        <div class="row-line">
            <span><b>{row.label}</b>" · "{row.person_name}</span>
            <span class="muted num">{label(&format!("desk.device.{}", row.state))}" · "{heard}</span>
            {active.then(|| view! { <QuietButton label=t!("desk.people.revoke") on_press=Callback::new(revoke) /> })}
        </div>
    }
}

fn held_row(row: HeldRow, done: Done) -> impl IntoView {
    let revision = row.revision;
    // The word of somebody who never gave it stays outside.
    let admissible = row.reason != "author-mismatch";
    let admit =
        move |()| spawn_local(async move { done.run(api::admit(revision).await.map(|()| None)) });
    view! {
        <div class="row-line">
            <span><b>{label(&format!("kind.{}", row.kind))}</b>" · "{row.author_name}" · "{row.device_label}</span>
            <span class="muted">{label(&format!("desk.held.{}", row.reason.replace('-', "_")))}</span>
            {admissible.then(|| view! { <GhostButton label=t!("desk.people.admit") on_press=Callback::new(admit) /> })}
        </div>
    }
}
