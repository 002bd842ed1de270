//! The device's own store: IndexedDB with strict durability.
//!
//! Values are text (JSON) or bytes under a text key; an entry of [`Area::Outbox`] is written once with
//! [`Batch::add`]. A [`Batch`] is one transaction: all of it is on the disk when it returns, or none.
//! Browsers drop the connection now and then (Safari above all): every call reopens it and tries again.

use std::cell::RefCell;

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore, IdbOpenDbRequest, IdbTransaction};

use super::{PlatformError, Result, wait};

/// The store's name; another origin has another store.
const NAME: &str = "safelane";
/// Raised when an area is added; areas are only ever added.
const VERSION: u32 = 1;
/// How often a lost connection is reopened before the person is asked to reload.
const ATTEMPTS: usize = 3;

/// One of the tables of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// Records being filled in, by their own key.
    Drafts,
    /// Signed revisions of this device with their bodies, by [`outbox_key`].
    Outbox,
    /// Revisions that the hub gave, by id.
    Revisions,
    /// What was computed of them (current state, pulled projections).
    State,
    /// Receipts and the largest head seen.
    Receipts,
    /// Photos, by SHA-256.
    Media,
    /// What the person chose on this device.
    Settings,
    /// Who is signed in here, and the device's enrolment.
    Session,
    /// Keys that cannot be taken out.
    Keys,
}

impl Area {
    const ALL: [Self; 9] = [
        Self::Drafts,
        Self::Outbox,
        Self::Revisions,
        Self::State,
        Self::Receipts,
        Self::Media,
        Self::Settings,
        Self::Session,
        Self::Keys,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Drafts => "drafts",
            Self::Outbox => "outbox",
            Self::Revisions => "revisions",
            Self::State => "state",
            Self::Receipts => "receipts",
            Self::Media => "media",
            Self::Settings => "settings",
            Self::Session => "session",
            Self::Keys => "keys",
        }
    }
}

/// The outbox key of a device's revision; keys sort as the numbers do.
pub fn outbox_key(device: &str, seq: u64) -> String {
    format!("{device}/{seq:016}")
}

#[wasm_bindgen]
extern "C" {
    /// `transaction` with the durability option, which web-sys does not offer.
    #[wasm_bindgen(extends = IdbDatabase)]
    type Database;
    #[wasm_bindgen(method, catch, js_name = transaction)]
    fn open_transaction(
        this: &Database,
        areas: &JsValue,
        mode: &str,
        options: &JsValue,
    ) -> std::result::Result<IdbTransaction, JsValue>;
}

thread_local! {
    static OPEN: RefCell<Option<IdbDatabase>> = const { RefCell::new(None) };
}

/// Text under a key.
pub async fn get(area: Area, key: &str) -> Result<Option<String>> {
    Ok(get_value(area, key).await?.as_string())
}

/// Bytes under a key.
pub async fn get_bytes(area: Area, key: &str) -> Result<Option<Vec<u8>>> {
    Ok(get_value(area, key)
        .await?
        .dyn_ref::<Uint8Array>()
        .map(Uint8Array::to_vec))
}

/// Any value under a key (keys that cannot be taken out are neither text nor bytes).
pub async fn get_value(area: Area, key: &str) -> Result<JsValue> {
    read(area, |store| Ok(store.get(&JsValue::from_str(key))?)).await
}

/// All text entries of an area, sorted by key.
pub async fn all(area: Area) -> Result<Vec<(String, String)>> {
    all_under(area, "").await
}

/// All text entries whose key begins with `prefix`, sorted by key.
pub async fn all_under(area: Area, prefix: &str) -> Result<Vec<(String, String)>> {
    let keys = keys_under(area, prefix).await?;
    let range = range(prefix)?;
    let values = read(area, |store| Ok(store.get_all_with_key(&range)?)).await?;
    let values = Array::from(&values);
    // Two reads, so an entry may come or go between them: then the lists differ in length and are read again.
    if values.length() as usize != keys.len() {
        return Box::pin(all_under(area, prefix)).await;
    }
    Ok(keys
        .into_iter()
        .zip(values.iter())
        .filter_map(|(key, value)| Some((key, value.as_string()?)))
        .collect())
}

/// The keys that begin with `prefix`, sorted.
pub async fn keys_under(area: Area, prefix: &str) -> Result<Vec<String>> {
    let range = range(prefix)?;
    let keys = read(area, |store| Ok(store.get_all_keys_with_key(&range)?)).await?;
    Ok(Array::from(&keys)
        .iter()
        .filter_map(|key| key.as_string())
        .collect())
}

/// Writes one text entry; see [`Batch`] for several at once.
pub async fn put(area: Area, key: &str, text: &str) -> Result<()> {
    Batch::new().put(area, key, text).commit().await
}

/// Removes one entry.
pub async fn delete(area: Area, key: &str) -> Result<()> {
    Batch::new().delete(area, key).commit().await
}

/// Writes that stand or fall together.
#[derive(Clone, Debug, Default)]
#[must_use = "nothing is written before `commit`"]
pub struct Batch {
    writes: Vec<(Area, Write)>,
}

#[derive(Clone, Debug)]
enum Write {
    Put(String, JsValue),
    Add(String, JsValue),
    Delete(String),
    Clear,
}

impl Batch {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes text, over what was there.
    pub fn put(self, area: Area, key: &str, text: &str) -> Self {
        self.with(area, Write::Put(key.to_owned(), JsValue::from_str(text)))
    }

    /// Writes text where nothing may be yet; otherwise the whole batch fails with `AlreadyStored`.
    pub fn add(self, area: Area, key: &str, text: &str) -> Self {
        self.with(area, Write::Add(key.to_owned(), JsValue::from_str(text)))
    }

    /// Writes bytes.
    pub fn put_bytes(self, area: Area, key: &str, bytes: &[u8]) -> Self {
        self.with(
            area,
            Write::Put(key.to_owned(), Uint8Array::from(bytes).into()),
        )
    }

    /// Writes any value that the browser can store.
    pub fn put_value(self, area: Area, key: &str, value: &JsValue) -> Self {
        self.with(area, Write::Put(key.to_owned(), value.clone()))
    }

    /// Removes an entry.
    pub fn delete(self, area: Area, key: &str) -> Self {
        self.with(area, Write::Delete(key.to_owned()))
    }

    /// Empties an area.
    pub fn clear(self, area: Area) -> Self {
        self.with(area, Write::Clear)
    }

    fn with(mut self, area: Area, write: Write) -> Self {
        self.writes.push((area, write));
        self
    }

    /// Writes everything, on the disk when this returns.
    pub async fn commit(self) -> Result<()> {
        if self.writes.is_empty() {
            return Ok(());
        }
        retry(async || self.attempt().await).await
    }

    async fn attempt(&self) -> Result<()> {
        let areas: Vec<Area> = Area::ALL
            .into_iter()
            .filter(|area| self.writes.iter().any(|(own, _)| own == area))
            .collect();
        let transaction = begin(&areas, "readwrite").await?;
        for (area, write) in &self.writes {
            let store = transaction.object_store(area.name())?;
            match write {
                Write::Put(key, value) => store.put_with_key(value, &JsValue::from_str(key))?,
                Write::Add(key, value) => store.add_with_key(value, &JsValue::from_str(key))?,
                Write::Delete(key) => store.delete(&JsValue::from_str(key))?,
                Write::Clear => store.clear()?,
            };
        }
        wait::transaction(&transaction).await
    }
}

async fn read(
    area: Area,
    ask: impl Fn(&IdbObjectStore) -> Result<web_sys::IdbRequest>,
) -> Result<JsValue> {
    retry(async || {
        let transaction = begin(&[area], "readonly").await?;
        wait::request(&ask(&transaction.object_store(area.name())?)?).await
    })
    .await
}

/// Runs `work`, and again on a new connection when the old one was lost.
async fn retry<T>(work: impl AsyncFn() -> Result<T>) -> Result<T> {
    for _ in 1..ATTEMPTS {
        match work().await {
            Err(PlatformError::StoreLost) => OPEN.with_borrow_mut(|open| *open = None),
            outcome => return outcome,
        }
    }
    work().await
}

async fn begin(areas: &[Area], mode: &str) -> Result<IdbTransaction> {
    let database: Database = connection().await?.unchecked_into();
    let names: Array = areas
        .iter()
        .map(|area| JsValue::from_str(area.name()))
        .collect();
    let options = Object::new();
    Reflect::set(&options, &"durability".into(), &"strict".into())?;
    Ok(database.open_transaction(&names, mode, &options)?)
}

async fn connection() -> Result<IdbDatabase> {
    if let Some(open) = OPEN.with_borrow(Clone::clone) {
        return Ok(open);
    }
    let factory = web_sys::window()
        .and_then(|window| window.indexed_db().ok().flatten())
        .ok_or(PlatformError::StoreLost)?;
    let request: IdbOpenDbRequest = factory.open_with_u32(NAME, VERSION)?;
    let upgrading = request.clone();
    let upgrade = Closure::once_into_js(move || make_areas(&upgrading));
    request.set_onupgradeneeded(Some(upgrade.unchecked_ref()));
    let database: IdbDatabase = wait::request(&request).await?.unchecked_into();
    let close = Closure::once_into_js(|| OPEN.with_borrow_mut(|open| *open = None));
    database.set_onclose(Some(close.unchecked_ref()));
    // A newer version of the app in another tab must be able to add an area.
    let stale = database.clone();
    let release = Closure::once_into_js(move || {
        stale.close();
        OPEN.with_borrow_mut(|open| *open = None);
    });
    database.set_onversionchange(Some(release.unchecked_ref()));
    OPEN.with_borrow_mut(|open| *open = Some(database.clone()));
    Ok(database)
}

fn make_areas(request: &IdbOpenDbRequest) {
    let Ok(database) = request.result().map(JsCast::unchecked_into::<IdbDatabase>) else {
        return;
    };
    let present = database.object_store_names();
    for area in Area::ALL {
        if !present.contains(area.name()) {
            // A failure here aborts the opening, which the opener sees.
            let _ = database.create_object_store(area.name());
        }
    }
}

fn range(prefix: &str) -> Result<JsValue> {
    if prefix.is_empty() {
        return Ok(JsValue::UNDEFINED);
    }
    let end = format!("{prefix}\u{ffff}");
    Ok(IdbKeyRange::bound(&JsValue::from_str(prefix), &JsValue::from_str(&end))?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outbox_keys_sort_as_their_numbers() {
        let mut keys = [
            outbox_key("d", 10),
            outbox_key("d", 9),
            outbox_key("d", 100),
        ];
        keys.sort();
        assert_eq!(
            keys,
            [
                outbox_key("d", 9),
                outbox_key("d", 10),
                outbox_key("d", 100)
            ]
        );
    }
}
