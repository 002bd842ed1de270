//! Signed documents that are not revisions: receipts, heads, enrolments, answers to challenges.
//!
//! Like a revision they travel as their exact bytes and a signature; nobody re-encodes them.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::canonical::{ConvertError, from_canonical, to_canonical};
use crate::keys::{KeyError, Line, PublicKey, Signature, SigningKey};

/// A type with canonical bytes that is signed under a line of its own.
pub trait Document: Serialize + DeserializeOwned {
    /// The context line.
    const LINE: Line;

    /// The exact bytes to sign; a browser signs [`Line::message`] of them with `WebCrypto`.
    fn to_bytes(&self) -> Result<Vec<u8>, ConvertError> {
        to_canonical(self)
    }

    /// Signs with a key at hand.
    fn sign(&self, key: &SigningKey) -> Result<SignedText, ConvertError> {
        let bytes = self.to_bytes()?;
        let signature = key.sign(Self::LINE, &bytes);
        Ok(SignedText::assemble(&bytes, signature))
    }
}

/// The exact text of a document and its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedText {
    /// Canonical JSON, as signed.
    pub bytes: String,
    /// Over the document's line and the SHA-256 of `bytes`.
    pub signature: Signature,
}

/// Why a signed document is not what it claims.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// The signature does not hold.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The text is not canonical or has another shape.
    #[error(transparent)]
    Text(#[from] ConvertError),
}

impl SignedText {
    /// Puts canonical bytes and the signature over them together.
    pub fn assemble(bytes: &[u8], signature: Signature) -> Self {
        Self {
            bytes: String::from_utf8_lossy(bytes).into_owned(),
            signature,
        }
    }

    /// The document, if `key` signed it under its line.
    pub fn open<T: Document>(&self, key: &PublicKey) -> Result<T, DocumentError> {
        key.verify(T::LINE, self.bytes.as_bytes(), &self.signature)?;
        Ok(from_canonical(self.bytes.as_bytes())?)
    }
}
