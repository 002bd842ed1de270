//! What every handler is given: the store, the clock, the hub's key, the limits, the board.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use safelane_ledger::document::Document;
use safelane_ledger::{
    HubId, LedgerId, PersonId, PublicKey, ReceivedAt, Salt, SignedText, SigningKey,
};
use safelane_model::Date;
use safelane_store::{Store, StoreError};

use crate::board::{Asked, Board, Moment, Past, Picture};
use crate::devices::Challenges;
use crate::files::AppFiles;
use crate::following::for_ever;
use crate::problem::{ApiError, ApiResult};
use crate::sessions::guard::Guard;
use crate::tiles::cache::TileCache;

/// The hub's time; tests give their own.
pub type Clock = Arc<dyn Fn() -> ReceivedAt + Send + Sync>;

/// Fills bytes with randomness: the operating system's, or a simulation's seed.
pub type Random = Arc<dyn Fn(&mut [u8]) -> Result<(), getrandom::Error> + Send + Sync>;

/// The operating system's randomness.
pub fn system_random() -> Random {
    Arc::new(getrandom::fill)
}

/// A sign-in that the demo offers with one tap.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DemoSignIn {
    /// Name to sign in with.
    pub name: String,
    /// Name to show.
    pub display: String,
    /// What the person is, such as `section-commander`; the app words it.
    pub role: String,
    /// A published token of a program that reads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// One stop of the demo's tour; the app words it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DemoStop {
    /// Name of who stands there, to sign in with.
    pub person: String,
    /// The page of the app, such as `/desk/map`.
    pub address: String,
}

/// Builds the demo anew in place of what is served, and gives the new one.
pub type Afresh =
    Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ApiResult<App>> + Send>> + Send + Sync>;

/// The demo's people and their one published password.
#[derive(Clone, Default, serde::Serialize)]
pub struct Demo {
    /// Published: everything in a demo is made up.
    pub password: String,
    /// Who can be tried.
    pub people: Vec<DemoSignIn>,
    /// The stops of its tour, in order.
    pub tour: Vec<DemoStop>,
    /// The day of start.
    #[serde(skip)]
    pub day: Option<Date>,
    /// How it begins afresh.
    #[serde(skip)]
    pub afresh: Option<Afresh>,
}

/// What the caller decides.
pub struct Config {
    /// Everything that the hub keeps.
    pub store: Arc<dyn Store>,
    /// The programme.
    pub ledger: LedgerId,
    /// This hub.
    pub hub: HubId,
    /// The key that signs receipts; the store signs revisions with the same.
    pub key: Arc<SigningKey>,
    /// The hub's time.
    pub clock: Clock,
    /// Salts, ids, secrets.
    pub random: Random,
    /// The app's files.
    pub files: Arc<dyn AppFiles>,
    /// Opens `/metrics`; without it nobody reads them.
    pub metrics_token: Option<String>,
    /// Offered at the sign-in page; none outside the demo.
    pub demo: Option<Demo>,
    /// The programme's own small map, GeoJSON.
    pub basemap: Option<Vec<u8>>,
    /// Whether people reach it by TLS: cookies are then for TLS alone.
    pub tls: bool,
}

/// Shared by all requests; cloning is cheap.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    config: Config,
    hub_key: PublicKey,
    board: Arc<Board>,
    past: Arc<Past>,
    guard: Guard,
    challenges: Challenges,
    tiles: TileCache,
    metrics: Metrics,
    settling: tokio::sync::Mutex<()>,
}

impl App {
    /// Reads what the store holds into the board and keeps the board up with the log from then on.
    pub async fn start(config: Config) -> Result<Self, StoreError> {
        let board = Arc::new(Board::load(&*config.store, day((config.clock)())).await?);
        let store = Arc::clone(&config.store);
        let clock = Arc::clone(&config.clock);
        let past = Arc::new(Past::new(Arc::clone(&store), Arc::clone(&board)));
        let (ledger, shown) = (Arc::clone(&store), Arc::clone(&board));
        tokio::spawn(for_ever("the checks", move |_| {
            crate::board::findings::keep_up(Arc::clone(&ledger), Arc::clone(&shown))
        }));
        let shown = Arc::clone(&board);
        tokio::spawn(for_ever("the board", move |anew| {
            let (store, board) = (Arc::clone(&store), Arc::clone(&shown));
            crate::board::keep_up(store, board, Arc::clone(&clock), anew)
        }));
        Ok(Self(Arc::new(Inner {
            hub_key: config.key.public(),
            config,
            board,
            past,
            guard: Guard::default(),
            challenges: Challenges::default(),
            tiles: TileCache::default(),
            metrics: Metrics::default(),
            settling: tokio::sync::Mutex::default(),
        })))
    }

    /// Everything that the hub keeps.
    pub fn store(&self) -> &dyn Store {
        &*self.0.config.store
    }

    /// Held while the programme's settings are looked at and changed: two changes that each replace
    /// the same settings would both stand, and nobody could change either again.
    pub async fn settling(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.0.settling.lock().await
    }

    /// The store, for a task of its own.
    pub fn shared_store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.0.config.store)
    }

    /// The desk's picture of all records.
    pub fn board(&self) -> &Board {
        &self.0.board
    }

    /// The moment that an address asks for; none for the present.
    pub async fn moment(&self, asked: Asked<'_>) -> ApiResult<Option<Moment>> {
        self.0.past.moment(asked, self.today()).await
    }

    /// The board as it is, or as it was at a moment.
    pub async fn picture(&self, moment: Option<Moment>) -> ApiResult<Picture> {
        self.0.past.picture(moment, self.today()).await
    }

    /// The same, for a task of its own.
    pub fn shared_board(&self) -> Arc<Board> {
        Arc::clone(&self.0.board)
    }

    /// Rendered tiles.
    pub fn tiles(&self) -> &TileCache {
        &self.0.tiles
    }

    /// Slows down those who guess.
    pub fn guard(&self) -> &Guard {
        &self.0.guard
    }

    /// Challenges that devices have not answered yet.
    pub fn challenges(&self) -> &Challenges {
        &self.0.challenges
    }

    /// Figures for operators.
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// The caller's decisions.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// Whether people reach it by TLS.
    pub fn is_secure(&self) -> bool {
        self.0.config.tls
    }

    /// The programme.
    pub fn ledger(&self) -> LedgerId {
        self.0.config.ledger
    }

    /// This hub.
    pub fn hub(&self) -> HubId {
        self.0.config.hub
    }

    /// The public half of the hub's key.
    pub fn hub_key(&self) -> PublicKey {
        self.0.hub_key
    }

    /// The hub's time.
    pub fn now(&self) -> ReceivedAt {
        (self.0.config.clock)()
    }

    /// The hub's day, in UTC.
    pub fn today(&self) -> Date {
        day(self.now())
    }

    /// The hub's time some seconds from now.
    pub fn after(&self, seconds: i64) -> ReceivedAt {
        let now = self.now();
        ReceivedAt::from_unix(now.unix() + seconds).unwrap_or(now)
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> ApiResult<[u8; N]> {
        let mut bytes = [0; N];
        (self.0.config.random)(&mut bytes).map_err(ApiError::internal)?;
        Ok(bytes)
    }

    /// A salt for a body that the hub writes.
    pub fn salt(&self) -> ApiResult<Salt> {
        Ok(Salt::from_bytes(self.random()?))
    }

    /// A new random UUID.
    pub fn new_uuid(&self) -> ApiResult<uuid::Uuid> {
        Ok(uuid::Builder::from_random_bytes(self.random()?).into_uuid())
    }

    /// Signs a receipt, a held receipt or a head.
    pub fn sign<T: Document>(&self, document: &T) -> ApiResult<SignedText> {
        document
            .sign(&self.0.config.key)
            .map_err(ApiError::internal)
    }

    /// The name that the hub shows for a person; a UUID's first part for one whose name was erased.
    pub async fn display_name(&self, person: PersonId) -> ApiResult<String> {
        Ok(match self.store().account(person).await? {
            Some(account) => account.display,
            None => short(person),
        })
    }
}

/// What is shown for a person without a name.
pub fn short(person: PersonId) -> String {
    person.to_string().chars().take(8).collect()
}

/// The day of a moment, in UTC.
pub fn day(at: ReceivedAt) -> Date {
    Date::from_days_since_1970(at.unix().div_euclid(86_400))
        .unwrap_or_else(|_| Date::from_days_since_1970(0).expect("1970-01-01 is a day"))
}

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    requests: AtomicU64,
    client_errors: AtomicU64,
    server_errors: AtomicU64,
    microseconds: AtomicU64,
    /// Revisions received.
    pub received: AtomicU64,
    /// Revisions held.
    pub held: AtomicU64,
    /// Revisions refused.
    pub refused: AtomicU64,
}

impl Metrics {
    /// Counts one answer.
    pub fn count(&self, status: u16, took: Duration) {
        let add = |counter: &AtomicU64, by: u64| counter.fetch_add(by, Ordering::Relaxed);
        add(&self.requests, 1);
        add(&self.microseconds, took.as_micros() as u64);
        match status {
            400..=499 => add(&self.client_errors, 1),
            500..=599 => add(&self.server_errors, 1),
            _ => 0,
        };
    }

    /// The counters as lines of text, for a collector.
    pub fn text(&self, log: u64) -> String {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        format!(
            "safelane_requests_total {}\nsafelane_client_errors_total {}\n\
             safelane_server_errors_total {}\nsafelane_request_seconds_total {:.6}\n\
             safelane_revisions_received_total {}\nsafelane_revisions_held_total {}\n\
             safelane_revisions_refused_total {}\nsafelane_log_size {log}\n",
            read(&self.requests),
            read(&self.client_errors),
            read(&self.server_errors),
            read(&self.microseconds) as f64 / 1e6,
            read(&self.received),
            read(&self.held),
            read(&self.refused),
        )
    }
}
