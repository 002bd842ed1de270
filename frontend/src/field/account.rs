//! Signing in, taking up an invitation, and adding this browser profile as the person's device.

use std::collections::BTreeSet;

use leptos::prelude::*;
use safelane_ledger::{
    AuthorTime, DeviceId, Document, Enrolment, HubId, LedgerId, PublicKey, Role, Signature,
    SignedText,
};
use safelane_wire::session::{
    AFRESH, AcceptInvite, ENROL, EnrolRequest, Enrolled, INVITE, SESSION, SessionInfo, SignIn,
};
use serde::{Deserialize, Serialize};

use super::engine::{Engine, Identity, vault};
use crate::platform::capability::{self, Capability};
use crate::platform::http::{self, HttpError};
use crate::platform::key::DeviceKey;
use crate::platform::store::{self, Area, Batch};
use crate::platform::{PlatformError, clock, random};

/// What the sign-in page knows before anybody is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Page {
    /// The programme.
    pub name: String,
    /// Whether everything is made up.
    pub demo: bool,
    /// The demo's people.
    #[serde(default)]
    pub sign_ins: Option<Demo>,
    /// Which demo it is: one that was begun afresh is another.
    #[serde(default)]
    pub ledger: Option<LedgerId>,
    /// Whether its day of start is more than a week ago.
    #[serde(default)]
    pub older: bool,
}

/// Stands behind `#` of the sign-in page's address when the demo was begun afresh.
pub const AFRESH_MARK: &str = "afresh";

/// The demo's people and their one published password.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Demo {
    /// Published: everything in a demo is made up.
    pub password: String,
    /// Who can be tried.
    pub people: Vec<DemoPerson>,
    /// The stops of its tour, in order.
    #[serde(default)]
    pub tour: Vec<DemoStop>,
}

/// One stop of the tour; worded by `tour.stop.<number>`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DemoStop {
    /// Name of who stands there, to sign in with.
    pub person: String,
    /// Its page.
    pub address: String,
}

/// One of the demo's people.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DemoPerson {
    /// Name to sign in with.
    pub name: String,
    /// Name to show.
    pub display: String,
    /// What the person is; worded by `field.person.<role>`.
    pub role: String,
    /// Published token with which a program reads as this person.
    #[serde(default)]
    pub token: Option<String>,
}

/// The device of a person in this browser profile: kept also while another person is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct OwnDevice {
    device: DeviceId,
    short: String,
    /// Another programme needs a new device.
    ledger: LedgerId,
    /// The hub that enrolled it, and its key: the one that receipts and stated keys must be signed
    /// with. Another hub needs a new device; another key of the same hub is not believed.
    #[serde(default)]
    hub: Option<(HubId, PublicKey)>,
    /// What this browser was for the person before the hub stopped taking it (revoked, forked): what these signed
    /// is still shown, and handed in.
    #[serde(default)]
    earlier: Vec<DeviceId>,
}

/// Why nobody is signed in now. What is on the device stays there.
#[derive(Clone, Debug)]
pub enum AccountError {
    /// The hub's answer.
    Http(HttpError),
    /// The device's store or key.
    Platform(PlatformError),
    /// The hub shows another key than the one that this device was enrolled with.
    OtherKey,
}

impl AccountError {
    /// What happened, what is kept, what to do.
    pub fn sentence(&self) -> String {
        match self {
            Self::Http(error) => error.sentence(),
            Self::Platform(error) => error.sentence().to_owned(),
            Self::OtherKey => t!("field.sign_in.other_key").to_owned(),
        }
    }
}

impl From<HttpError> for AccountError {
    fn from(error: HttpError) -> Self {
        Self::Http(error)
    }
}

impl From<PlatformError> for AccountError {
    fn from(error: PlatformError) -> Self {
        Self::Platform(error)
    }
}

/// Asks what to show before anybody is known.
pub async fn page() -> http::Answer<Page> {
    http::get("/api/sign-in").await
}

/// Whether this browser knows an earlier demo than the one that is served; what is known of it then
/// leaves this browser. What belongs to a real programme stays, whatever is served here now: it may
/// hold records that no office has yet.
pub async fn left_earlier_demo(engine: Engine, page: &Page) -> bool {
    let known = vault::identity().await.ok().flatten();
    let earlier = (known.map(|known| known.info.ledger))
        .filter(|known| known.is_demo() && page.demo && Some(*known) != page.ledger);
    if earlier.is_some() && forget_all().await.is_ok() {
        engine.identity.set(None);
        return true;
    }
    false
}

/// Everything made up leaves this browser, keys and receipts too.
async fn forget_all() -> Result<(), PlatformError> {
    let areas = [
        Area::Drafts,
        Area::Outbox,
        Area::Revisions,
        Area::State,
        Area::Receipts,
        Area::Media,
        Area::Session,
        Area::Keys,
    ];
    let batch = areas.into_iter().fold(Batch::new(), Batch::clear);
    batch.commit().await
}

/// Builds the demo afresh in the name of its administrator; whoever tries it signs in anew.
pub async fn begin_afresh(demo: &Demo) -> Result<(), AccountError> {
    let administrator = (demo.people.iter()).find(|person| person.role == "administrator");
    let asked = SignIn {
        name: administrator.map_or_else(String::new, |person| person.name.clone()),
        password: demo.password.clone(),
    };
    let _: SessionInfo = http::post(SESSION, &asked).await?;
    let _: SessionInfo = http::post(AFRESH, &serde_json::json!({})).await?;
    forget_all().await?;
    sign_out().await
}

/// Name and password.
pub async fn sign_in(
    engine: Engine,
    name: &str,
    password: &str,
) -> Result<SessionInfo, AccountError> {
    let asked = SignIn {
        name: name.trim().to_owned(),
        password: password.to_owned(),
    };
    enter(engine, SESSION, &asked).await
}

/// Takes up a link that is valid once, and sets the password.
pub async fn accept_invite(
    engine: Engine,
    token: &str,
    password: &str,
) -> Result<SessionInfo, AccountError> {
    let asked = AcceptInvite {
        token: token.to_owned(),
        password: password.to_owned(),
    };
    enter(engine, INVITE, &asked).await
}

/// Whoever was here steps aside meanwhile: a round of theirs must not take the session back.
async fn enter(
    engine: Engine,
    address: &str,
    asked: &impl Serialize,
) -> Result<SessionInfo, AccountError> {
    let before = engine.step_aside();
    let entered = match http::post(address, asked).await {
        Ok(info) => settle(engine, info).await,
        Err(error) => Err(error.into()),
    };
    if entered.is_err() {
        engine.step_back(before);
    }
    entered
}

/// Ends the session at the hub. Records, drafts and the key stay on this device.
pub async fn sign_out() -> Result<(), AccountError> {
    http::delete(SESSION).await?;
    Ok(())
}

/// Makes the key and enrols it where this browser can sign, and hands the identity to the engine.
async fn settle(engine: Engine, info: SessionInfo) -> Result<SessionInfo, AccountError> {
    let own = if capability::check().await == Capability::Full {
        Some(device(&info).await?)
    } else {
        None
    };
    // Asked once somebody works here: browsers then keep the store when room is short.
    capability::ask_to_keep_store();
    let (device, short, earlier) = own.map_or_else(Default::default, |own| {
        (Some(own.device), own.short, own.earlier)
    });
    engine
        .take_identity(Identity {
            info: info.clone(),
            device,
            short,
            earlier,
        })
        .await?;
    Ok(info)
}

async fn device(info: &SessionInfo) -> Result<OwnDevice, AccountError> {
    let place = format!("device/{}", info.person);
    let stored: Option<OwnDevice> = store::get(Area::Session, &place)
        .await?
        .and_then(|text| serde_json::from_str(&text).ok());
    let mut known = stored.filter(|own| own.ledger == info.ledger);
    let now = (info.hub, info.hub_key);
    if let Some(own) = &mut known
        && let Some(key) = DeviceKey::open(&own.device.to_string()).await?
    {
        match own.hub {
            Some((hub, _)) if hub != info.hub => {
                // Another hub of the programme: it must know this browser profile too.
            }
            Some(pinned) if pinned != now => return Err(AccountError::OtherKey),
            pinned => {
                if pinned.is_none() {
                    own.hub = Some(now);
                    keep(Batch::new(), &place, own).await?;
                }
                // Asked again at every sign-in: a hub that was restored from an older copy has never heard of it, and
                // one that revoked it says so.
                match enrol(info, own.device, &key).await {
                    Ok(_) => return Ok(own.clone()),
                    Err(AccountError::Http(error)) if error.code() == Some("conflict") => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
    let uuid = uuid::Uuid::try_parse(&random::uuid()).map_err(|_| PlatformError::NoKeys)?;
    let key = DeviceKey::create().await?;
    let enrolled = enrol(info, uuid.into(), &key).await?;
    let mut earlier = Vec::new();
    if let Some(own) = known {
        earlier = own.earlier;
        earlier.push(own.device);
    }
    let own = OwnDevice {
        device: enrolled.device,
        short: enrolled.short,
        ledger: info.ledger,
        hub: Some(now),
        earlier,
    };
    let with_key = key.keep(Batch::new(), &own.device.to_string());
    keep(with_key, &place, &own).await?;
    Ok(own)
}

async fn keep(batch: Batch, place: &str, own: &OwnDevice) -> Result<(), AccountError> {
    let text = serde_json::to_string(own).map_err(|_| PlatformError::NotReadable)?;
    Ok(batch.put(Area::Session, place, &text).commit().await?)
}

async fn enrol(
    info: &SessionInfo,
    device: DeviceId,
    key: &DeviceKey,
) -> Result<Enrolled, AccountError> {
    let enrolment = Enrolment {
        ledger: info.ledger,
        hub: info.hub,
        device,
        person: info.person,
        key: PublicKey::from_bytes(&key.public()).map_err(|_| PlatformError::NoKeys)?,
        at: AuthorTime::from_unix(clock::now_ms().div_euclid(1_000))
            .map_err(|_| PlatformError::NotReadable)?,
    };
    let bytes = enrolment
        .to_bytes()
        .map_err(|_| PlatformError::NotReadable)?;
    let signature = key.sign(&Enrolment::LINE.message(&bytes)).await?;
    let request = EnrolRequest {
        enrolment: SignedText::assemble(&bytes, Signature::from_bytes(signature)),
        label: String::new(),
    };
    let enrolled: Enrolled = http::post(ENROL, &request).await?;
    if (enrolled.hub, enrolled.hub_key) != (info.hub, info.hub_key) {
        return Err(AccountError::OtherKey);
    }
    Ok(enrolled)
}

/// Where a person begins: field people here, everybody else at the desk. Who is both has the desk on a
/// wide screen, and from either a way to the other.
pub fn first_page(roles: &BTreeSet<Role>, narrow: bool) -> &'static str {
    if roles.contains(&Role::Field) && (narrow || !has_desk(roles)) {
        "/field/today"
    } else {
        "/desk"
    }
}

/// Whether a person has work at the desk too.
pub fn has_desk(roles: &BTreeSet<Role>) -> bool {
    roles.iter().any(|role| *role != Role::Field)
}

/// Whether the device can sign, known once at the start.
pub fn capability_signal() -> ReadSignal<Option<Capability>> {
    let (read, write) = signal(None);
    leptos::task::spawn_local(async move {
        let found = capability::check().await;
        let _ = write.try_set(Some(found));
    });
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_in_the_field_and_at_the_desk_begins_where_there_is_room() {
        let both = BTreeSet::from([Role::Field, Role::Coordinator]);
        assert_eq!(first_page(&both, true), "/field/today");
        assert_eq!(first_page(&both, false), "/desk");
        for narrow in [true, false] {
            let field = BTreeSet::from([Role::Field]);
            assert_eq!(first_page(&field, narrow), "/field/today");
            let desk = BTreeSet::from([Role::Coordinator, Role::Approver]);
            assert_eq!(first_page(&desk, narrow), "/desk");
        }
        assert!(has_desk(&both) && !has_desk(&BTreeSet::from([Role::Field])));
    }
}
