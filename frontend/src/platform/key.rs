//! The device's Ed25519 key: made by WebCrypto, not extractable, kept in the store.

use std::collections::BTreeMap;

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CryptoKey, CryptoKeyPair, SubtleCrypto};

use super::store::{self, Area, Batch};
use super::{PlatformError, Result, wait};

/// A key pair whose private half never leaves the browser.
#[derive(Clone, Debug)]
pub struct DeviceKey {
    pair: CryptoKeyPair,
    public: [u8; 32],
}

impl DeviceKey {
    /// Makes a new pair. It is gone with the page unless it is kept ([`Self::keep`]).
    pub async fn create() -> Result<Self> {
        let uses: Array = [JsValue::from("sign"), JsValue::from("verify")]
            .into_iter()
            .collect();
        let made = subtle()?
            .generate_key_with_object(&algorithm()?, false, &uses)
            .map_err(|_| PlatformError::NoKeys)?;
        let pair: CryptoKeyPair = wait::promise(made.unchecked_into())
            .await
            .map_err(|_| PlatformError::NoKeys)?
            .unchecked_into();
        Self::of_pair(pair).await
    }

    /// Keeps the pair under `name` (the device whose key it is), together with the rest of the batch.
    pub fn keep(&self, batch: Batch, name: &str) -> Batch {
        batch.put_value(Area::Keys, name, &self.pair)
    }

    /// The pair kept under `name`, if there is one.
    pub async fn open(name: &str) -> Result<Option<Self>> {
        let value = store::get_value(Area::Keys, name).await?;
        if value.is_undefined() {
            return Ok(None);
        }
        Ok(Some(Self::of_pair(value.unchecked_into()).await?))
    }

    async fn of_pair(pair: CryptoKeyPair) -> Result<Self> {
        let exported = subtle()?.export_key("raw", &pair.get_public_key())?;
        let raw = Uint8Array::new(&wait::promise(exported.unchecked_into()).await?).to_vec();
        let public = raw.try_into().map_err(|_| PlatformError::NoKeys)?;
        Ok(Self { pair, public })
    }

    /// The public half, 32 bytes.
    pub const fn public(&self) -> [u8; 32] {
        self.public
    }

    /// Signs a message (64 bytes).
    pub async fn sign(&self, message: &[u8]) -> Result<[u8; 64]> {
        let bytes = Uint8Array::from(message);
        let signed = subtle()?.sign_with_object_and_buffer_source(
            &algorithm()?,
            &self.pair.get_private_key(),
            &bytes,
        )?;
        let raw = Uint8Array::new(&wait::promise(signed.unchecked_into()).await?).to_vec();
        raw.try_into().map_err(|_| PlatformError::NoKeys)
    }
}

/// A signature to be checked: by this key, over this message.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The public key, 32 bytes.
    pub key: [u8; 32],
    /// What must be signed.
    pub message: &'a [u8],
    /// The signature.
    pub signature: [u8; 64],
}

/// Checks signatures by `WebCrypto`: on the browser's own threads, many at a time.
#[derive(Clone, Debug, Default)]
pub struct Verifier {
    /// Each key is taken in once.
    keys: BTreeMap<[u8; 32], CryptoKey>,
}

impl Verifier {
    /// For each signature whether it holds; `NoKeys` where this browser cannot tell.
    pub async fn verify_all(&mut self, signed: &[Signed<'_>]) -> Result<Vec<bool>> {
        let (subtle, algorithm) = (subtle()?, algorithm()?);
        let asked = Array::new();
        for one in signed {
            let key = self.key(&subtle, &algorithm, one.key).await?;
            let (signature, message) = (
                Uint8Array::from(one.signature.as_slice()),
                Uint8Array::from(one.message),
            );
            let answer = subtle.verify_with_object_and_buffer_source_and_buffer_source(
                &algorithm, &key, &signature, &message,
            )?;
            asked.push(&answer);
        }
        let answers = Array::from(&wait::promise(Promise::all(&asked)).await?);
        Ok(answers.iter().map(|answer| answer == true).collect())
    }

    async fn key(
        &mut self,
        subtle: &SubtleCrypto,
        algorithm: &Object,
        bytes: [u8; 32],
    ) -> Result<CryptoKey> {
        if let Some(key) = self.keys.get(&bytes) {
            return Ok(key.clone());
        }
        let uses: Array = [JsValue::from("verify")].into_iter().collect();
        let raw = Uint8Array::from(bytes.as_slice());
        let imported = subtle.import_key_with_object("raw", &raw, algorithm, true, &uses)?;
        let key: CryptoKey = wait::promise(imported.unchecked_into())
            .await?
            .unchecked_into();
        self.keys.insert(bytes, key.clone());
        Ok(key)
    }
}

/// Whether this browser can make and use a key at all.
pub async fn available() -> bool {
    let Ok(subtle) = subtle() else { return false };
    let Ok(algorithm) = algorithm() else {
        return false;
    };
    let uses: Array = [JsValue::from("sign"), JsValue::from("verify")]
        .into_iter()
        .collect();
    let Ok(made) = subtle.generate_key_with_object(&algorithm, false, &uses) else {
        return false;
    };
    wait::promise(made.unchecked_into()).await.is_ok()
}

/// SHA-256 computed by the browser, for what is too large to hash in the app (photos).
pub async fn sha256(bytes: &[u8]) -> Result<[u8; 32]> {
    let data = Uint8Array::from(bytes);
    let digest = subtle()?.digest_with_str_and_buffer_source("SHA-256", &data)?;
    let raw = Uint8Array::new(&wait::promise(digest.unchecked_into()).await?).to_vec();
    raw.try_into().map_err(|_| PlatformError::NoKeys)
}

fn subtle() -> Result<SubtleCrypto> {
    let window = web_sys::window().ok_or(PlatformError::NoKeys)?;
    if !window.is_secure_context() {
        return Err(PlatformError::NoKeys);
    }
    Ok(window.crypto()?.subtle())
}

fn algorithm() -> Result<Object> {
    let algorithm = Object::new();
    Reflect::set(&algorithm, &"name".into(), &"Ed25519".into())?;
    Ok(algorithm)
}
