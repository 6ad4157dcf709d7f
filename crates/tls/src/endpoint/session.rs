//! One whole handshake, by rustls: for the certificate of a server that hides it (TLS 1.3), and for HTTP above it. Whatever
//! certificate comes is taken, since it is looked at and not relied on.

use super::link::{Failure, Link, Target};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned,
    SupportedProtocolVersion,
};
use std::sync::{Arc, Mutex};

/// What a server shows in a handshake.
#[derive(Debug, Clone, Default)]
pub(super) struct Shown {
    /// The chain (DER).
    pub chain: Vec<Vec<u8>>,
    /// Whether an OCSP response came with it.
    pub stapled: bool,
}

/// A connection after its handshake.
pub(super) struct Session {
    pub stream: StreamOwned<ClientConnection, Link>,
    pub alpn: Option<String>,
}

/// Takes whatever comes, and remembers it.
#[derive(Debug)]
struct Look {
    schemes: Vec<SignatureScheme>,
    shown: Mutex<Option<Shown>>,
}

impl ServerCertVerifier for Look {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        ocsp: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let chain = std::iter::once(leaf).chain(others).map(|der| der.as_ref().to_vec()).collect();
        if let Ok(mut shown) = self.shown.lock() {
            *shown = Some(Shown { chain, stapled: !ocsp.is_empty() });
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.schemes.clone()
    }
}

/// Goes through a handshake; what the server showed is told also where it fails afterwards.
pub(super) fn handshake(
    target: &Target,
    versions: &[&'static SupportedProtocolVersion],
    schemes: &[SignatureScheme],
    alpn: &[&str],
) -> (Option<Shown>, Result<Session, Failure>) {
    let look = Arc::new(Look { schemes: schemes.to_vec(), shown: Mutex::new(None) });
    let session = connect(target, versions, look.clone(), alpn);
    let shown = look.shown.lock().ok().and_then(|mut shown| shown.take());
    (shown, session)
}

fn connect(
    target: &Target,
    versions: &[&'static SupportedProtocolVersion],
    look: Arc<Look>,
    alpn: &[&str],
) -> Result<Session, Failure> {
    let failed = |error: Error| Failure::Io(error.to_string());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(failed)?
        .dangerous()
        .with_custom_certificate_verifier(look)
        .with_no_client_auth();
    config.alpn_protocols = alpn.iter().map(|word| word.as_bytes().to_vec()).collect();
    config.resumption = rustls::client::Resumption::disabled();
    let name =
        ServerName::try_from(target.address.host.clone()).map_err(|error| Failure::Io(error.to_string()))?;
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(failed)?;
    let mut link = target.open()?;
    while connection.is_handshaking() {
        connection.complete_io(&mut link).map_err(|error| Failure::of(&error, link.age()))?;
    }
    let alpn = connection.alpn_protocol().map(|word| String::from_utf8_lossy(word).into_owned());
    Ok(Session { stream: StreamOwned::new(connection, link), alpn })
}
