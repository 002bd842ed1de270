//! `safelane serve`: open, make what is missing, listen, stop with grace.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use axum::Router;
use safelane_ledger::{PersonId, RecordId};
use safelane_model::Body;
use safelane_server::{App, AppFiles, Config, ConnectionLimits, Folder, NoApp, router, tls_config};
use safelane_store::{Store, StoreError};
use safelane_store_sqlite::Hub;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind};

use crate::cli;
use crate::office::Office;
use crate::people::hex;
use crate::{control, place};

/// Serves a programme until it is told to stop.
pub async fn serve(command: &cli::Serve) -> Result<()> {
    // First of all: where it cannot listen, no programme is made.
    let door = Door::open(&command.listen).await?;
    let (store, hub) = place::open(&command.data).await?;
    let store: Arc<dyn Store> = Arc::new(store);
    let office = Office::new(Arc::clone(&store));
    let fresh = office.programme().await?.is_none();
    if fresh {
        let body = programme(&command.name, &command.prefix, "office", &hub, false);
        office
            .state(
                RecordId::new(hub.ledger.uuid()),
                "programme",
                &body,
                operator(&hub),
            )
            .await?;
    } else if office.is_demo().await? {
        bail!(
            "{} holds the made-up demo programme: start it with `safelane demo`, or give another folder",
            command.data.display()
        );
    }
    let nobody = store.accounts().await?.is_empty();
    let clock = Office::new(Arc::clone(&store));
    let config = Config {
        store,
        ledger: hub.ledger,
        hub: hub.hub,
        key: Arc::clone(&hub.key),
        clock: Arc::new(move || clock.now()),
        random: safelane_server::system_random(),
        files: door.files(),
        metrics_token: None,
        demo: None,
        basemap: std::fs::read(command.data.join("basemap.geojson")).ok(),
        tls: door.tls.is_some(),
    };
    let app = App::start(config).await?;
    if nobody {
        say("Nobody can sign in yet. In another terminal make the first administrator:");
        say(&format!(
            "  safelane user add NAME --role administrator --data {}",
            command.data.display()
        ));
    }
    let store = app.shared_store();
    let office = Office::new(Arc::clone(&store));
    let control = control::listen(&command.data, office, door.address.clone())?;
    let failed = async move { store.disk_failed().await };
    let stopped = door
        .serve(router(app.clone()), stop_asked(failed), async {})
        .await;
    control.abort();
    let _ = std::fs::remove_file(control::socket(&command.data));
    app.store().close().await;
    stopped.told()
}

/// The body of a programme's settings.
pub fn programme(name: &str, prefix: &str, hub_name: &str, hub: &Hub, demo: bool) -> Body {
    Body::new()
        .with("name", name)
        .with("prefix", prefix)
        .with("hub_name", hub_name)
        .with("hub_key", hex(&hub.key.public().to_bytes()))
        .with("demo", if demo { "yes" } else { "no" })
}

/// In whose name the hub signs before there is an administrator.
pub fn operator(hub: &Hub) -> PersonId {
    PersonId::new(hub.hub.uuid())
}

#[expect(clippy::print_stdout, reason = "this is what the administrator reads")]
pub fn say(text: &str) {
    println!("{text}");
}

/// Bound and ready, before anything is written and so that the address can be printed.
pub struct Door {
    listener: TcpListener,
    pub tls: Option<Arc<rustls::ServerConfig>>,
    pub address: String,
    app: Option<PathBuf>,
}

impl Door {
    pub async fn open(listen: &cli::Listen) -> Result<Self> {
        let tls = match (&listen.tls_cert, &listen.tls_key) {
            (Some(certificate), Some(key)) => Some(tls_config(certificate, key)?),
            _ => None,
        };
        let listener = TcpListener::bind(listen.listen).await.with_context(|| {
            format!(
                "{} cannot be listened on (is another server there?); nothing was changed",
                listen.listen
            )
        })?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let address = format!("{scheme}://{}", listener.local_addr()?);
        Ok(Self {
            listener,
            tls,
            address,
            app: app_folder(listen),
        })
    }

    /// The app's files.
    pub fn files(&self) -> Arc<dyn AppFiles> {
        match &self.app {
            Some(folder) => Arc::new(Folder::new(folder.clone())),
            None => Arc::new(NoApp),
        }
    }

    /// Says where it listens, and serves until it is to stop; whoever asks at that moment is still told
    /// what was taken. `parting` is done before their connections end.
    pub async fn serve(
        self,
        router: Router,
        stop: impl Future<Output = Stopped> + Send,
        parting: impl Future<Output = ()> + Send,
    ) -> Stopped {
        say(&format!("Safelane listens on {}", self.address));
        let limits = ConnectionLimits::default();
        let mut stopped = Stopped::Asked;
        let stop = async {
            stopped = stop.await;
            parting.await;
        };
        safelane_server::serve(self.listener, router, self.tls, limits, stop).await;
        stopped
    }
}

/// Why a server ends.
pub enum Stopped {
    /// Somebody asked it to.
    Asked,
    /// The disk failed, and nothing could be written any more.
    Disk(StoreError),
}

impl Stopped {
    /// What the one who started it is told.
    pub fn told(self) -> Result<()> {
        if let Self::Disk(failed) = self {
            return Err(failed.into());
        }
        say("Stopped; everything received is stored.");
        Ok(())
    }
}

/// The folder of the app: as given, else `frontend/dist` beside the work folder.
fn app_folder(listen: &cli::Listen) -> Option<std::path::PathBuf> {
    let beside = Path::new("frontend/dist");
    listen
        .app
        .clone()
        .or_else(|| beside.is_dir().then(|| beside.to_owned()))
}

/// Until somebody presses Ctrl-C, the system asks the process to end, or the disk has failed.
///
/// It listens from this call on, not from the first wait: whoever reads the address may ask at once.
pub fn stop_asked(
    failed: impl Future<Output = StoreError> + Send,
) -> impl Future<Output = Stopped> + Send {
    let [interrupt, terminate] =
        [SignalKind::interrupt(), SignalKind::terminate()].map(tokio::signal::unix::signal);
    async move {
        tokio::select! {
            () = heard(interrupt) => Stopped::Asked,
            () = heard(terminate) => Stopped::Asked,
            failed = failed => Stopped::Disk(failed),
        }
    }
}

/// Until the signal comes; for ever where it cannot be listened to.
async fn heard(signal: std::io::Result<Signal>) {
    match signal {
        Ok(mut signal) => _ = signal.recv().await,
        Err(_) => std::future::pending().await,
    }
}
