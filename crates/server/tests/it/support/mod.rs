//! A hub with people for one test.

pub mod bodies;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body as HttpBody;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use safelane_ledger::body::encode_body;
use safelane_ledger::testkit::{self, Author};
use safelane_ledger::{
    Act, Digest, HubId, KindVersion, LedgerId, ReceivedAt, RecordId, Role, Salt, SignedRevision,
    SigningKey, Tier,
};
use safelane_model::Body;
use safelane_server::{App, Config, NoApp, router};
use safelane_store::{Account, Batch, HubDraft, Item, SecretHash, Session, Store};
use safelane_store_sqlite::{Temporary, temporary};
use safelane_wire::sync::{PushAnswer, PushRequest, RevisionText};
use serde_json::{Value, json};
use tower::ServiceExt as _;
use uuid::Uuid;

const SEED: [u8; 32] = [9; 32];
/// 2026-03-01T08:30:00Z.
const START: i64 = 1_772_353_800;

/// A hub over a store in a folder of its own.
pub struct TestApp {
    pub app: App,
    pub router: Router,
    pub store: Temporary,
    pub hub: HubId,
    clock: Arc<AtomicI64>,
}

/// A person with a device and a session.
pub struct Person {
    pub author: Author,
    pub cookie: String,
}

/// What came back.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// Asserts a problem's status and code.
    pub fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(
            self.headers[header::CONTENT_TYPE],
            "application/problem+json"
        );
        assert_eq!(self.json()["code"], code);
        assert!(self.json()["detail"].as_str().unwrap().len() > 20);
    }

    pub fn ok(self) -> Self {
        assert!(self.status.is_success(), "{} {}", self.status, self.text());
        self
    }
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(testkit::ledger(), false).await
    }

    pub async fn demo() -> Self {
        let ledger = LedgerId::demo([5; 16]);
        Self::start_with(ledger, true).await
    }

    async fn start_with(ledger: LedgerId, demo: bool) -> Self {
        let store = temporary(ledger, &SEED).await.unwrap();
        let hub = HubId::new(Uuid::new_v5(&Uuid::NAMESPACE_OID, &SEED));
        let clock = Arc::new(AtomicI64::new(START));
        let time = Arc::clone(&clock);
        let shared: Arc<dyn Store> = Arc::new(store.store());
        let app = App::start(Config {
            store: shared,
            ledger,
            hub,
            key: Arc::new(SigningKey::from_seed(&SEED)),
            clock: Arc::new(move || ReceivedAt::from_unix(time.load(Ordering::Relaxed)).unwrap()),
            random: safelane_server::system_random(),
            files: Arc::new(NoApp),
            metrics_token: Some("figures".to_owned()),
            demo: demo.then(|| safelane_server::Demo {
                password: "demo".to_owned(),
                people: Vec::new(),
                ..safelane_server::Demo::default()
            }),
            basemap: None,
            tls: false,
        })
        .await
        .unwrap();
        let this = Self {
            router: router(app.clone()),
            app,
            store,
            hub,
            clock,
        };
        let programme = Body::new()
            .with("name", "Test programme")
            .with("prefix", "TP")
            .with("hub_name", "test")
            .with("hub_key", "00")
            .with("demo", if demo { "yes" } else { "no" });
        this.hub_states(testkit::record("programme"), "programme", &programme)
            .await;
        this
    }

    /// A second hub over the same store, its board grown from nothing.
    pub async fn restarted(&self) -> Router {
        let now = self.app.now();
        let shared: Arc<dyn Store> = Arc::new(self.store.store());
        let app = App::start(Config {
            store: shared,
            ledger: self.app.ledger(),
            hub: self.hub,
            key: Arc::new(SigningKey::from_seed(&SEED)),
            clock: Arc::new(move || now),
            random: safelane_server::system_random(),
            files: Arc::new(NoApp),
            metrics_token: None,
            demo: None,
            basemap: None,
            tls: false,
        });
        router(app.await.unwrap())
    }

    /// The hub's time goes on.
    pub fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::Relaxed);
    }

    /// The hub states something by itself.
    pub async fn hub_states(&self, record: RecordId, kind: &str, body: &Body) -> u64 {
        self.hub_signs(Act::Put, record, kind, body).await
    }

    /// The hub imports something.
    pub async fn hub_imports(&self, record: RecordId, kind: &str, body: &Body) -> u64 {
        self.hub_signs(Act::Import, record, kind, body).await
    }

    async fn hub_signs(&self, act: Act, record: RecordId, kind: &str, body: &Body) -> u64 {
        let store = &self.store;
        use safelane_store::RecordViews as _;
        let known = store.record(record).await.unwrap();
        let salt: [u8; 16] = *Digest::of(format!("{record}{body:?}").as_bytes())
            .as_bytes()
            .first_chunk()
            .unwrap();
        let draft = HubDraft {
            record,
            kind: KindVersion::new(kind, 1).unwrap(),
            act,
            parents: known.map(|known| known.officials).unwrap_or_default(),
            bodies: BTreeMap::from([(
                Tier::T1,
                encode_body(body, Salt::from_bytes(salt)).unwrap(),
            )]),
            submission: None,
            author: testkit::record("administrator").uuid().into(),
        };
        let batch = Batch {
            at: self.app.now(),
            items: vec![Item::from(draft)],
        };
        use safelane_store::LedgerLog as _;
        store.append(batch).await.unwrap().point.size
    }

    /// A person who is signed in on an enrolled device.
    pub async fn person(&self, name: &str, roles: &[Role]) -> Person {
        self.member(name, roles, None, None).await
    }

    pub async fn member(
        &self,
        name: &str,
        roles: &[Role],
        organisation: Option<RecordId>,
        team: Option<RecordId>,
    ) -> Person {
        let mut author = Author::new(name);
        author.ledger = self.app.ledger();
        let words: Vec<String> = roles
            .iter()
            .map(|role| {
                serde_json::to_value(role)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        let mut grant = Body::new()
            .with("person", author.person.to_string())
            .with("roles", words.join(","));
        if let Some(organisation) = organisation {
            grant.set("organisation", organisation.to_string());
        }
        if let Some(team) = team {
            grant.set("team", team.to_string());
        }
        self.hub_states(testkit::record(&format!("grant {name}")), "grant", &grant)
            .await;
        let device = Body::new()
            .with("person", author.person.to_string())
            .with("public_key", author.public_key().to_string())
            .with("label", name)
            .with("revoked", "no");
        self.hub_states(RecordId::new(author.device.uuid()), "device", &device)
            .await;
        let account = Account {
            person: author.person,
            name: name.to_owned(),
            display: format!("{name} of the test"),
            password: None,
            language: "en".to_owned(),
            created: self.app.now(),
        };
        use safelane_store::Accounts as _;
        self.store.add_account(&account).await.unwrap();
        let person = Person {
            cookie: format!("safelane=session-of-{}", name.replace(' ', "-")),
            author,
        };
        self.sign_in_again(&person).await;
        person
    }

    /// A day's session for somebody, under the cookie that they have.
    pub async fn sign_in_again(&self, person: &Person) {
        use safelane_store::Accounts as _;
        let secret = person.cookie.trim_start_matches("safelane=");
        let session = Session {
            token: SecretHash::of(secret.as_bytes()),
            person: person.author.person,
            expires: self.app.after(86_400),
            data: json!({"level": "person"}).to_string(),
        };
        self.store.put_session(&session).await.unwrap();
    }

    /// Sends any request.
    pub async fn send(&self, request: Request<HttpBody>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        Reply {
            status: parts.status,
            headers: parts.headers,
            bytes: body.collect().await.unwrap().to_bytes().to_vec(),
        }
    }

    pub async fn get(&self, path: &str, person: Option<&Person>) -> Reply {
        self.send(request(Method::GET, path, person, None)).await
    }

    pub async fn post(&self, path: &str, person: Option<&Person>, body: &Value) -> Reply {
        self.send(request(Method::POST, path, person, Some(body)))
            .await
    }

    /// Pushes revisions and gives the answers.
    pub async fn push(&self, person: &Person, revisions: Vec<SignedRevision>) -> PushAnswer {
        let request = PushRequest {
            revisions: revisions
                .into_iter()
                .map(|one| RevisionText::try_from(one).unwrap())
                .collect(),
        };
        let body = serde_json::to_value(&request).unwrap();
        let reply = self.post("/api/sync/push", Some(person), &body).await.ok();
        serde_json::from_slice(&reply.bytes).unwrap()
    }

    /// Waits until the board shows all that is in the log.
    pub async fn settle(&self) -> u64 {
        use safelane_store::LedgerLog as _;
        let size = self.store.point().await.unwrap().size;
        self.app.board().wait(size).await.unwrap();
        size
    }

    /// A token of a program.
    pub async fn token(&self, role: Role) -> String {
        use safelane_store::Accounts as _;
        let secret = format!("token-{role:?}");
        let token = safelane_store::Token {
            token: SecretHash::of(secret.as_bytes()),
            name: secret.clone(),
            role,
            created: self.app.now(),
            expires: None,
        };
        self.store.add_token(&token).await.unwrap();
        secret
    }

    pub async fn get_with_token(&self, path: &str, token: &str) -> Reply {
        let mut asked = request(Method::GET, path, None, None);
        asked.headers_mut().insert(
            header::AUTHORIZATION,
            format!("Bearer {token}").parse().unwrap(),
        );
        self.send(asked).await
    }
}

/// A request as a browser on the hub's own page sends it.
pub fn request(
    method: Method,
    path: &str,
    person: Option<&Person>,
    body: Option<&Value>,
) -> Request<HttpBody> {
    let mut builder = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "hub.test:8080")
        .header("sec-fetch-site", "same-origin");
    if let Some(person) = person {
        builder = builder.header(header::COOKIE, &person.cookie);
    }
    match body {
        Some(body) => builder
            .header(header::CONTENT_TYPE, "application/json")
            .body(HttpBody::from(body.to_string())),
        None => builder.body(HttpBody::empty()),
    }
    .unwrap()
}

/// The answers of a push as JSON, to compare.
pub fn answers(answer: &PushAnswer) -> Vec<Value> {
    answer
        .answers
        .iter()
        .map(|one| {
            let mut value = serde_json::to_value(&one.answer).unwrap();
            value.as_object_mut().unwrap().remove("reference");
            value
        })
        .collect()
}
