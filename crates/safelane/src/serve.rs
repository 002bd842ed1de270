//! `safelane serve` and `safelane demo`: open, make what is missing, listen, stop with grace.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use safelane_ledger::{PersonId, RecordId};
use safelane_model::Body;
use safelane_server::{
    App, AppFiles, Clock, Config, ConnectionLimits, Demo, Folder, NoApp, router, tls_config,
};
use safelane_store::Store;
use safelane_store_sqlite::Hub;
use tokio::net::TcpListener;

use crate::cli;
use crate::demo;
use crate::office::Office;
use crate::people::hex;
use crate::{control, place};

/// Serves a programme until it is told to stop.
pub async fn serve(command: &cli::Serve) -> Result<()> {
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
    let listening = Listening::new(&command.listen, &command.data, &hub, store, None, None).await?;
    if nobody {
        say("Nobody can sign in yet. In another terminal make the first administrator:");
        say(&format!(
            "  safelane user add NAME --role administrator --data {}",
            command.data.display()
        ));
    }
    listening.run(&command.data).await
}

/// Serves the demo; builds it when the folder has none.
pub async fn demo(command: &cli::Demo) -> Result<()> {
    let (store, hub) = place::open_or_found(&command.data, true).await?;
    let store: Arc<dyn Store> = Arc::new(store);
    let office = Office::new(Arc::clone(&store));
    let table = demo::table::read(demo::table::TABLE).context("the demo's table file")?;
    let fresh = office.programme().await?.is_none();
    if !fresh && !office.is_demo().await? {
        bail!(
            "{} holds a real programme: start it with `safelane serve`, or give the demo another folder",
            command.data.display()
        );
    }
    let today = match &command.as_of {
        Some(text) => text.parse().with_context(|| format!("--as-of {text:?}"))?,
        None => office.today(),
    };
    let basemap = demo::basemap_of(&table)?;
    let sign_ins = demo::sign_ins(&table);
    if fresh {
        demo::found(&office, &table, &hub, today).await?;
    }
    let listening = Listening::new(
        &command.listen,
        &command.data,
        &hub,
        Arc::clone(&store),
        Some(sign_ins),
        Some(basemap),
    )
    .await?;
    if fresh {
        demo::push(&listening.app, &office, &table, &hub, today).await?;
    }
    say("DEMO: people, places and ordnance of this programme are made up.");
    say(&format!(
        "Sign in with one tap, or by name; every password is \"{}\":",
        table.programme.password
    ));
    for person in &table.person {
        say(&format!("  {:8} {}", person.key, person.roles.join(", ")));
    }
    listening.run(&command.data).await
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
fn say(text: &str) {
    println!("{text}");
}

/// Bound and ready, so that the address can be printed before anything connects.
struct Listening {
    app: App,
    listener: TcpListener,
    tls: Option<Arc<rustls::ServerConfig>>,
    address: String,
}

impl Listening {
    async fn new(
        listen: &cli::Listen,
        data: &Path,
        hub: &Hub,
        store: Arc<dyn Store>,
        demo: Option<Demo>,
        basemap: Option<Vec<u8>>,
    ) -> Result<Self> {
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
        let files: Arc<dyn AppFiles> = match app_folder(listen) {
            Some(folder) => Arc::new(Folder::new(folder)),
            None => Arc::new(NoApp),
        };
        let office = Office::new(Arc::clone(&store));
        let clock: Clock = Arc::new(move || office.now());
        let basemap = match basemap {
            Some(basemap) => Some(basemap),
            None => std::fs::read(data.join("basemap.geojson")).ok(),
        };
        let config = Config {
            store,
            ledger: hub.ledger,
            hub: hub.hub,
            key: Arc::clone(&hub.key),
            clock,
            files,
            metrics_token: None,
            demo,
            basemap,
            tls: tls.is_some(),
        };
        let app = App::start(config).await?;
        Ok(Self {
            app,
            listener,
            tls,
            address,
        })
    }

    async fn run(self, data: &Path) -> Result<()> {
        let office = Office::new(self.app.shared_store());
        let control = control::listen(data, office, self.address.clone())?;
        say(&format!("Safelane listens on {}", self.address));
        safelane_server::serve(
            self.listener,
            router(self.app.clone()),
            self.tls,
            ConnectionLimits::default(),
            stop_asked(),
        )
        .await;
        control.abort();
        let _ = std::fs::remove_file(control::socket(data));
        self.app.store().close().await;
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

/// Until somebody presses Ctrl-C or the system asks the process to end.
async fn stop_asked() {
    let interrupt = tokio::signal::ctrl_c();
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = interrupt => {}
        () = terminate => {}
    }
}
