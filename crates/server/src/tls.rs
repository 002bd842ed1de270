//! TLS from a certificate file and a key file, both PEM.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Why the files cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file that cannot be read, or is no PEM.
    #[error("cannot read {what} from {}: {cause}; give a PEM file", path.display())]
    File {
        /// Certificate or key.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What went wrong.
        cause: String,
    },
    /// They do not belong together, or are of a sort that is not known.
    #[error("the certificate and the key do not work together: {0}")]
    Pair(#[from] rustls::Error),
}

/// The configuration for a certificate chain and its private key.
pub fn tls_config(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let fault = |what, path: &Path, cause: &dyn std::fmt::Display| TlsError::File {
        what,
        path: path.to_owned(),
        cause: cause.to_string(),
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|cause| fault("the certificate", certificate, &cause))?;
    if chain.is_empty() {
        return Err(fault(
            "the certificate",
            certificate,
            &"no certificate in it",
        ));
    }
    let private =
        PrivateKeyDer::from_pem_file(key).map_err(|cause| fault("the key", key, &cause))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, private)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
