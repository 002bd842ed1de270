//! `safelane user`, `device` and `token`.

use anyhow::{Context as _, Result, bail};
use safelane_ledger::{DeviceId, PersonId, ReceivedAt, RecordId};
use safelane_model::Body;
use safelane_store::{Account, DeviceState, Invite, Newcomer, SecretHash};

use crate::cli::{Device, Token, User};
use crate::office::{Office, new_uuid, random, role, role_word};
use crate::output::Output;

/// How long a one-time link works, in seconds.
const LINK_LASTS: i64 = 7 * 86_400;

/// Runs `safelane user`.
pub async fn user(
    office: &Office,
    command: &User,
    address: Option<&str>,
    out: &mut dyn Output,
) -> Result<()> {
    match command {
        User::Add {
            name,
            roles,
            display,
        } => {
            let roles = roles
                .iter()
                .map(|word| role(word))
                .collect::<Result<Vec<_>>>()?;
            if office.store.account_named(name).await?.is_some() {
                bail!("somebody signs in as {name:?} already; nothing was changed");
            }
            let person = PersonId::new(new_uuid());
            let account = Account {
                person,
                name: name.clone(),
                display: display.clone().unwrap_or_else(|| name.clone()),
                password: None,
                language: "en".into(),
                created: office.now(),
            };
            let by = office.person_or_first_administrator(None).await?;
            let (invite, link) = invite(office, person, address)?;
            let newcomer = Newcomer {
                account,
                stated: office.first_grant(person, &roles, by)?,
                invite,
            };
            office.store.add_newcomer(newcomer).await?;
            out.line(&format!(
                "{name} is added. This link signs in once and lasts 7 days:"
            ));
            out.line(&link);
            Ok(())
        }
        User::Reset { name } => {
            let person = office.person(name).await?;
            let (invite, link) = invite(office, person, address)?;
            office.store.end_sessions(person).await?;
            office.store.put_invite(&invite).await?;
            out.line(&format!("{name} is signed out everywhere. This link signs in once and lasts 7 days; records on devices are kept:"));
            out.line(&link);
            Ok(())
        }
        User::List => {
            let grants = office.store.grants().await?;
            for account in office.store.accounts().await? {
                let words: Vec<String> = grants
                    .iter()
                    .filter(|grant| grant.person == account.person)
                    .flat_map(|grant| grant.rights.roles.iter().map(|role| role_word(*role)))
                    .collect();
                out.line(&format!(
                    "{}\t{}\t{}",
                    account.name,
                    account.display,
                    words.join(",")
                ));
            }
            Ok(())
        }
    }
}

/// A one-time link: what the store keeps of it, and the text, which is shown once.
fn invite(office: &Office, person: PersonId, address: Option<&str>) -> Result<(Invite, String)> {
    let token = hex(&random::<32>());
    let invite = Invite {
        token: SecretHash::of(token.as_bytes()),
        person,
        expires: ReceivedAt::from_unix(office.now().unix() + LINK_LASTS)?,
    };
    let address = address.unwrap_or("http://127.0.0.1:8080");
    Ok((invite, format!("{address}/sign-in#invite={token}")))
}

/// Runs `safelane device`.
pub async fn device(office: &Office, command: &Device, out: &mut dyn Output) -> Result<()> {
    match command {
        Device::List => {
            for device in office.store.devices().await? {
                let state = match device.state {
                    DeviceState::Active => "active",
                    DeviceState::Revoked => "revoked",
                    DeviceState::Held => "held",
                };
                let heard = device
                    .heard
                    .map_or_else(|| "never".to_owned(), |at| at.to_string());
                out.line(&format!(
                    "{}\t{}\t{state}\theard {heard}",
                    device.device, device.label
                ));
            }
            Ok(())
        }
        Device::Revoke { device } => {
            let id: DeviceId = device.parse().ok().with_context(|| {
                format!("{device:?} is no device id; `safelane device list` shows them")
            })?;
            let info = office
                .store
                .device(id)
                .await?
                .with_context(|| format!("no device {device}; nothing was changed"))?;
            let person = info
                .person
                .context("this is the office server's own key; it cannot be revoked")?;
            let body = Body::new()
                .with("person", person.to_string())
                .with("public_key", hex(&info.key.to_bytes()))
                .with("label", info.label.as_str())
                .with("revoked", "yes");
            let by = office.person_or_first_administrator(None).await?;
            office
                .state(RecordId::new(id.uuid()), "device", &body, by)
                .await?;
            out.line(&format!(
                "{} is revoked. What it sends from now on is held for a coordinator.",
                info.label
            ));
            Ok(())
        }
    }
}

/// Runs `safelane token`.
pub async fn token(office: &Office, command: &Token, out: &mut dyn Output) -> Result<()> {
    match command {
        Token::Create { name, role: word } => {
            let role = role(word)?;
            if role != safelane_ledger::Role::Viewer {
                bail!("a token only reads: its role is viewer");
            }
            let secret = hex(&random::<32>());
            let token = safelane_store::Token {
                token: SecretHash::of(secret.as_bytes()),
                name: name.clone(),
                role,
                created: office.now(),
                expires: None,
            };
            office.store.add_token(&token).await?;
            out.line(&format!(
                "Token {name:?}, shown once. Use it as the password, with any user name:"
            ));
            out.line(&secret);
            Ok(())
        }
        Token::List => {
            for token in office.store.tokens().await? {
                out.line(&format!(
                    "{}\t{}\tsince {}",
                    token.name,
                    role_word(token.role),
                    token.created
                ));
            }
            Ok(())
        }
        Token::Revoke { name } => {
            office.store.erase_token(name).await?;
            out.line(&format!("Token {name:?} no longer reads anything."));
            Ok(())
        }
    }
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
