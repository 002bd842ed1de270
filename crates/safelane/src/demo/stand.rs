//! Serving the isle, and building it anew in place of what is served.
//!
//! ```text
//! DATA/demo.json     the day of start; written last, so that without it the isle is not finished
//! DATA/afresh/       a new isle while it is built; what is finished there takes the old one's place
//! ```

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, bail};
use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use safelane_model::Date;
use safelane_server::problem::ApiError;
use safelane_server::{Afresh, App, AppFiles, Config, Demo, DemoSignIn, Stopping, router};
use safelane_store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, RwLock, mpsc, watch};
use tokio::task::JoinHandle;
use tower::ServiceExt as _;

use super::basemap;
use super::ground::Isle;
use super::live;
use super::table::{self, Table};
use super::told::{StoryClock, Telling};
use super::tour;
use crate::office::{Office, system_time};
use crate::serve::{Door, say, stop_asked};
use crate::{cli, control, place};

/// Serves the demo; builds it when the folder has none.
pub async fn serve(command: &cli::Demo) -> Result<()> {
    let table = read_table(command.table.as_deref())?;
    let as_of = match &command.as_of {
        Some(text) => Some(text.parse().with_context(|| format!("--as-of {text:?}"))?),
        None => None,
    };
    let door = Door::open(&command.listen).await?;
    let (failed, mut failures) = mpsc::channel(1);
    let stand = Arc::new(Stand {
        data: command.data.clone(),
        basemap: basemap_of(&table)?,
        table,
        as_of,
        files: door.files(),
        tls: door.tls.is_some(),
        address: door.address.clone(),
        live: command.live,
        failed,
        busy: Mutex::new(()),
        shown: RwLock::new(None),
    });
    stand.open().await?;
    stand.introduce();
    let answers = Arc::clone(&stand);
    let router = Router::new().fallback(move |request: Request| {
        let stand = Arc::clone(&answers);
        async move { stand.answer(request).await }
    });
    let failed = async {
        match failures.recv().await {
            Some(failed) => failed,
            // The stand holds the other end for as long as it stands.
            None => std::future::pending().await,
        }
    };
    let stopped = door
        .serve(router, stop_asked(failed), stand.tell_streams())
        .await;
    stand.close().await;
    stopped.told()
}

fn read_table(file: Option<&Path>) -> Result<Table> {
    let Some(file) = file else {
        return table::read(table::TABLE).context("the program's own table");
    };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("{} cannot be read; nothing was built", file.display()))?;
    table::read(&text).with_context(|| format!("{}; nothing was built", file.display()))
}

/// The isle's map, as GeoJSON bytes.
fn basemap_of(table: &Table) -> Result<Vec<u8>> {
    let [lon, lat] = table.programme.origin;
    let isle = Isle::new(safelane_geometry::Position::from_degrees(lon, lat)?);
    Ok(serde_json::to_vec(&basemap::basemap(table, &isle))?)
}

/// What is known of an isle that is finished.
#[derive(Debug, Serialize, Deserialize)]
struct Finished {
    day: String,
}

/// The day of start of an isle that is finished.
fn finished(data: &Path) -> Option<Date> {
    let bytes = std::fs::read(data.join("demo.json")).ok()?;
    let known: Finished = serde_json::from_slice(&bytes).ok()?;
    known.day.parse().ok()
}

/// What is decided once.
struct Stand {
    data: PathBuf,
    table: Table,
    basemap: Vec<u8>,
    as_of: Option<Date>,
    files: Arc<dyn AppFiles>,
    tls: bool,
    address: String,
    live: bool,
    /// Hears when the disk under the isle that is served fails.
    failed: mpsc::Sender<StoreError>,
    /// One builds afresh at a time.
    busy: Mutex<()>,
    shown: RwLock<Option<Shown>>,
}

/// The isle that is served now.
struct Shown {
    app: App,
    router: Router,
    /// Ends its event streams.
    stop: watch::Sender<bool>,
    control: JoinHandle<()>,
    live: Option<JoinHandle<()>>,
    disk: JoinHandle<()>,
}

impl Stand {
    /// Builds what is missing, and begins to serve it.
    async fn open(self: &Arc<Self>) -> Result<()> {
        let lock = safelane_store_sqlite::lock(&self.data)?;
        finish_move(&self.data)?;
        let known = self.refuse_real_programme().await?;
        let build = finished(&self.data).is_none();
        // One that was not finished, by a power cut, is built again.
        if build && known {
            forget(&self.data)?;
        }
        drop(lock);
        if build {
            self.build(&self.data).await?;
        }
        let shown = self.show().await?;
        *self.shown.write().await = Some(shown);
        Ok(())
    }

    /// Whether the folder holds an isle, finished or not.
    async fn refuse_real_programme(&self) -> Result<bool> {
        let known = safelane_store_sqlite::identity(&self.data).await?;
        if (known.as_ref()).is_some_and(|known| !known.ledger.is_demo()) {
            bail!(
                "{} holds a real programme: start it with `safelane serve`, or give the demo another folder",
                self.data.display()
            );
        }
        Ok(known.is_some())
    }

    /// Builds an isle in an empty folder.
    async fn build(&self, data: &Path) -> Result<()> {
        let real = Arc::new(system_time);
        let day = self.as_of.unwrap_or(safelane_server::day(system_time()));
        let (store, hub) = place::open_or_found(data, true).await?;
        let store: Arc<dyn Store> = Arc::new(store);
        let clock = StoryClock::new(real, day);
        let office = Office::with_clock(Arc::clone(&store), clock.clock());
        let telling = Telling::new(office, &self.table, &hub, clock.clone(), day)?;
        telling.found().await?;
        let app = App::start(self.config(Arc::clone(&store), &hub, &clock, None)).await?;
        telling.tell(&app).await?;
        store.close().await;
        let day = day.to_string();
        std::fs::write(
            data.join("demo.json"),
            serde_json::to_vec(&Finished { day })?,
        )?;
        Ok(())
    }

    fn config(
        &self,
        store: Arc<dyn Store>,
        hub: &safelane_store_sqlite::Hub,
        clock: &StoryClock,
        demo: Option<Demo>,
    ) -> Config {
        Config {
            store,
            ledger: hub.ledger,
            hub: hub.hub,
            key: Arc::clone(&hub.key),
            clock: clock.clock(),
            random: safelane_server::system_random(),
            files: Arc::clone(&self.files),
            metrics_token: None,
            demo,
            basemap: Some(self.basemap.clone()),
            tls: self.tls,
        }
    }

    /// Opens the isle of the data folder.
    async fn show(self: &Arc<Self>) -> Result<Shown> {
        let day = finished(&self.data).context("the isle is not finished")?;
        let clock = StoryClock::new(Arc::new(system_time), day);
        let (store, hub) = place::open(&self.data).await?;
        let store: Arc<dyn Store> = Arc::new(store);
        let demo = Demo {
            password: self.table.programme.password.clone(),
            people: sign_ins(&self.table),
            tour: tour::stops(hub.ledger),
            day: Some(day),
            afresh: Some(self.afresh()),
        };
        let app = App::start(self.config(Arc::clone(&store), &hub, &clock, Some(demo))).await?;
        let office = Office::with_clock(store, clock.clock());
        let control = control::listen(&self.data, office.clone(), self.address.clone())?;
        let live = self
            .live
            .then(|| live::start(&app, &office, &self.table, &hub));
        let (store, failed) = (app.shared_store(), self.failed.clone());
        let disk = tokio::spawn(async move {
            // One who has heard of a failure already needs no other.
            let _ = failed.try_send(store.disk_failed().await);
        });
        Ok(Shown {
            router: router(app.clone()),
            app,
            stop: watch::channel(false).0,
            control,
            live,
            disk,
        })
    }

    fn afresh(self: &Arc<Self>) -> Afresh {
        let stand = Arc::downgrade(self);
        Arc::new(move || {
            let stand = stand.clone();
            Box::pin(async move {
                let stand = stand
                    .upgrade()
                    .ok_or_else(|| ApiError::internal("it stops"))?;
                let begun = stand.begin_afresh().await;
                begun.map_err(|error| ApiError::internal(format!("{error:#}")))
            })
        })
    }

    /// Builds a new isle beside the one that is served, then lets it take its place.
    async fn begin_afresh(self: &Arc<Self>) -> Result<App> {
        let _busy = self.busy.lock().await;
        let fresh = self.data.join("afresh");
        if fresh.exists() {
            std::fs::remove_dir_all(&fresh)?;
        }
        self.build(&fresh).await?;
        // Whoever asks from here on waits for the new one.
        let mut shown = self.shown.write().await;
        if let Some(old) = shown.take() {
            old.close().await;
        }
        finish_move(&self.data)?;
        let new = self.show().await?;
        let app = new.app.clone();
        *shown = Some(new);
        tracing::info!("the demo was begun afresh");
        Ok(app)
    }

    /// Lets the isle that is served answer.
    async fn answer(&self, mut request: Request) -> Response {
        let found = self.shown.read().await.as_ref().map(|shown| {
            let stopping = Stopping(shown.stop.subscribe());
            (shown.router.clone(), stopping)
        });
        let Some((router, stopping)) = found else {
            let gone = ApiError::internal("the demo could not be opened again; start it anew");
            return axum::response::IntoResponse::into_response(gone);
        };
        request.extensions_mut().insert(stopping);
        match router.oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }

    async fn tell_streams(&self) {
        if let Some(shown) = self.shown.read().await.as_ref() {
            let _ = shown.stop.send(true);
        }
    }

    async fn close(&self) {
        if let Some(shown) = self.shown.write().await.take() {
            shown.close().await;
        }
        let _ = std::fs::remove_file(control::socket(&self.data));
    }

    fn introduce(&self) {
        say("DEMO: people, places and ordnance of this programme are made up.");
        say(&format!(
            "Sign in with one tap, or by name; every password is \"{}\":",
            self.table.programme.password
        ));
        for person in self
            .table
            .person
            .iter()
            .filter(|person| person.sign_in.is_some())
        {
            say(&format!("  {:8} {}", person.key, person.roles.join(", ")));
        }
        for (name, secret) in super::told::tokens(&self.table) {
            say(&format!("A token of {name} for QGIS and GDAL: {secret}"));
        }
    }
}

impl Shown {
    async fn close(self) {
        let _ = self.stop.send(true);
        self.control.abort();
        self.disk.abort();
        if let Some(live) = self.live {
            live.abort();
        }
        self.app.store().close().await;
    }
}

/// What the sign-in page offers with one tap.
fn sign_ins(table: &Table) -> Vec<DemoSignIn> {
    let offered = table.person.iter().filter_map(|person| {
        Some(DemoSignIn {
            name: person.key.clone(),
            display: person.display.clone(),
            role: person.sign_in.clone()?,
            token: person.token.clone(),
        })
    });
    offered.collect()
}

/// The files of a programme in a data folder.
fn files_of(data: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(data)? {
        let name = entry?.file_name();
        let text = name.to_string_lossy();
        if text.starts_with("safelane.db") || ["hub.key", "media", "demo.json"].contains(&&*text) {
            found.push(PathBuf::from(name));
        }
    }
    // The mark that it is finished moves last and goes first.
    found.sort_by_key(|name| name.as_os_str() == "demo.json");
    Ok(found)
}

/// Removes an isle.
fn forget(data: &Path) -> Result<()> {
    if !data.exists() {
        return Ok(());
    }
    for name in files_of(data)?.iter().rev() {
        let path = data.join(name);
        let removed = if path.is_dir() {
            std::fs::remove_dir_all(&path)
        } else {
            std::fs::remove_file(&path)
        };
        removed.with_context(|| format!("{} could not be removed", path.display()))?;
    }
    Ok(())
}

/// A new isle takes the old one's place; after a power cut in the middle of it this goes on.
fn finish_move(data: &Path) -> Result<()> {
    let fresh = data.join("afresh");
    if !fresh.exists() {
        return Ok(());
    }
    if finished(&fresh).is_some() {
        // What is moved already has its name here and no longer there.
        let waiting = files_of(&fresh)?;
        let begun = !waiting.iter().any(|name| name.as_os_str() == "safelane.db");
        if !begun {
            forget(data)?;
        }
        for name in waiting {
            std::fs::rename(fresh.join(&name), data.join(&name))
                .with_context(|| format!("{} could not be moved", name.display()))?;
        }
    }
    std::fs::remove_dir_all(&fresh).map_err(|error| anyhow!("{}: {error}", fresh.display()))
}
