//! `safelane demo`: the made-up programme, built through the ordinary push door.

mod basemap;
pub mod build;
mod ground;
mod signer;
pub mod table;

use anyhow::{Context as _, Result, bail};
use safelane_geometry::Position;
use safelane_ledger::{Answer, RecordId, Role};
use safelane_model::{Body, Date};
use safelane_server::{App, Demo, DemoSignIn, hash_password, push_revisions};
use safelane_store::Account;
use safelane_store_sqlite::Hub;

use crate::office::{Office, random, role};
use crate::people::hex;
use crate::serve::{operator, programme};
use build::Step;
use ground::Isle;
use table::Table;

/// The isle's map, as GeoJSON bytes.
pub fn basemap_of(table: &Table) -> Result<Vec<u8>> {
    let [lon, lat] = table.programme.origin;
    let isle = Isle::new(Position::from_degrees(lon, lat)?);
    Ok(serde_json::to_vec(&basemap::basemap(table, &isle))?)
}

/// What the sign-in page offers with one tap.
pub fn sign_ins(table: &Table) -> Demo {
    let people = table.person.iter().map(|person| DemoSignIn {
        name: person.key.clone(),
        display: person.display.clone(),
        role: person.roles.first().cloned().unwrap_or_default(),
    });
    Demo {
        password: table.programme.password.clone(),
        people: people.collect(),
    }
}

/// The programme's settings: the ledger's first entry says that it is a demo.
pub async fn found(office: &Office, table: &Table, hub: &Hub, today: Date) -> Result<()> {
    let built = build::build(table, today, hub.ledger, &[0; 32])?;
    settings(office, table, hub, &built.area, 1).await
}

async fn settings(
    office: &Office,
    table: &Table,
    hub: &Hub,
    area: &safelane_model::Ground,
    number: u64,
) -> Result<()> {
    let row = &table.programme;
    let mut body = programme(&row.name, &row.prefix, &row.hub_name, hub, true)
        .with("ahead_of_utc", row.ahead_of_utc)
        .with("numbers_from", number);
    body.set_ground("area", area);
    office
        .state(
            RecordId::new(hub.ledger.uuid()),
            "programme",
            &body,
            operator(hub),
        )
        .await
}

/// People, devices and all that they ever pushed.
pub async fn push(app: &App, office: &Office, table: &Table, hub: &Hub, today: Date) -> Result<()> {
    let built = build::build(table, today, hub.ledger, &random())?;
    let administrator = built
        .people
        .iter()
        .find(|person| person.roles.iter().any(|role| role == "administrator"));
    let by = administrator
        .context("the table has no administrator")?
        .person;
    let password = hash_password(&table.programme.password)?;
    for person in &built.people {
        let account = Account {
            person: person.person,
            name: person.key.clone(),
            display: person.display.clone(),
            password: Some(password.clone()),
            language: "en".into(),
            created: office.now(),
        };
        office.store.add_account(&account).await?;
        let roles = person
            .roles
            .iter()
            .map(|word| role(word))
            .collect::<Result<Vec<Role>>>()?;
        office
            .grant(
                person.person,
                &roles,
                Some(person.organisation),
                person.team,
                by,
            )
            .await?;
        if let Some((device, label, key)) = &person.device {
            let body = Body::new()
                .with("person", person.person.to_string())
                .with("public_key", hex(&key.to_bytes()))
                .with("label", label.as_str())
                .with("revoked", "no");
            office
                .state(RecordId::new(device.uuid()), "device", &body, by)
                .await?;
        }
    }
    for step in built.steps {
        match step {
            Step::NumbersFrom(number) => settings(office, table, hub, &built.area, number).await?,
            Step::Push(revisions) => {
                let push = push_revisions(app, revisions)
                    .await
                    .map_err(|error| anyhow::anyhow!("{error:?}"))?;
                for one in push.answer.answers {
                    if !matches!(one.answer, Answer::Received { .. }) {
                        bail!(
                            "the demo's revision {} was not received: {:?}",
                            one.id,
                            one.answer
                        );
                    }
                }
            }
        }
    }
    Ok(())
}
