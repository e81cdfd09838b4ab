//! HTTPS with a certificate that no machine trusts by itself.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// Certificate for `localhost`, its key, certificate of the authority.
const PEM: &str = include_str!("localhost.pem");

/// The certificate of the authority, for those who are to trust it.
pub(crate) fn authority() -> &'static str {
    &PEM[PEM.rfind("-----BEGIN CERTIFICATE").unwrap()..]
}

pub(super) fn acceptor() -> TlsAcceptor {
    let certificate = CertificateDer::from_pem_slice(PEM.as_bytes()).unwrap();
    let key = PrivateKeyDer::from_pem_slice(PEM.as_bytes()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    TlsAcceptor::from(Arc::new(config.with_single_cert(vec![certificate], key).unwrap()))
}
