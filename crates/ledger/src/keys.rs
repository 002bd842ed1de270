//! Ed25519 keys and the context lines that keep one sort of signature from passing for another.

use std::fmt;
use std::str::FromStr;

use ed25519_dalek::{Signer, VerifyingKey};

use crate::id::{Digest, as_text, lower_hex};

/// The first line of every signed message: what the signature is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// A revision, by its author's device.
    Revision,
    /// A hub's receipt for one push.
    Receipt,
    /// A hub's statement that it holds a revision outside the ledger, and why.
    Held,
    /// The size and head of a hub's log.
    Head,
    /// A device's enrolment, by the new key itself.
    Enrolment,
    /// A hub's challenge, answered by a device.
    Challenge,
}

impl Line {
    /// The line, without its line feed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revision => "safelane/1/revision",
            Self::Receipt => "safelane/1/receipt",
            Self::Held => "safelane/1/held",
            Self::Head => "safelane/1/head",
            Self::Enrolment => "safelane/1/enrolment",
            Self::Challenge => "safelane/1/challenge",
        }
    }

    /// The message to sign for some bytes: the line, a line feed, the SHA-256 of the bytes.
    pub fn message(self, bytes: &[u8]) -> Vec<u8> {
        let mut message = Vec::with_capacity(64);
        message.extend_from_slice(self.as_str().as_bytes());
        message.push(b'\n');
        message.extend_from_slice(Digest::of(bytes).as_bytes());
        message
    }
}

/// Why 32 bytes are no key of ours, or a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a point of the curve, or not its one encoding.
    #[error("not an Ed25519 public key in its canonical encoding")]
    NotAKey,
    /// A point of small order, under which one signature fits every message.
    #[error("a weak Ed25519 key, under which anybody can sign")]
    Weak,
    /// The signature is not by this key over these bytes under this line.
    #[error("the signature does not match")]
    BadSignature,
}

/// A public key that is neither weak nor oddly encoded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Accepts the 32 bytes of a sound key (WebCrypto's `raw` format).
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, KeyError> {
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::NotAKey)?;
        if key.to_edwards().compress().as_bytes() != bytes {
            return Err(KeyError::NotAKey);
        }
        if key.is_weak() {
            Err(KeyError::Weak)
        } else {
            Ok(Self(key))
        }
    }

    /// The 32 bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }

    /// Checks, strictly, that this key signed `bytes` under `line`.
    pub fn verify(&self, line: Line, bytes: &[u8], signature: &Signature) -> Result<(), KeyError> {
        if self.signed(&line.message(bytes), signature) {
            Ok(())
        } else {
            Err(KeyError::BadSignature)
        }
    }

    /// Whether this key signed exactly this message ([`Line::message`]), by the strict rules.
    pub fn signed(&self, message: &[u8], signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.to_bytes()))
    }
}

impl FromStr for PublicKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::from_bytes(&lower_hex(text).ok_or(KeyError::NotAKey)?)
    }
}

as_text!(PublicKey);

/// An Ed25519 signature; 128 hex digits as text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Wraps the 64 bytes that a signer gave.
    pub const fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    pub const fn to_bytes(self) -> [u8; 64] {
        self.0
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for Signature {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        lower_hex(text).map(Self).ok_or(KeyError::BadSignature)
    }
}

as_text!(Signature);

/// A private key of a hub, of a test or of the demo; a browser keeps its own in `WebCrypto`.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// The key grown from a 32-byte seed, which the caller drew at random and keeps secret.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs `bytes` under `line`.
    pub fn sign(&self, line: Line, bytes: &[u8]) -> Signature {
        Signature(self.0.sign(&line.message(bytes)).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey(for {})", self.public())
    }
}
