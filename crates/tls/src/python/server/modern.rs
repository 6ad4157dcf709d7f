//! TLS 1.2 with an AEAD cipher and TLS 1.3, led by rustls.

use super::conversation::Conversation;
use super::{ANSWER, HandshakeError, Outcome, is_whole};
use crate::python::authority::Credentials;
use crate::wire::{ClientHello, Version};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{Error, ServerConfig, ServerConnection};
use std::io::Read;
use std::sync::Arc;

/// rustls's ciphers of TLS 1.2 for a certificate like ours.
const CIPHERS: [u16; 3] = [0xc02b, 0xc02c, 0xcca9];
/// rustls's groups with ring.
const GROUPS: [u16; 3] = [29, 23, 24];
/// ecdsa_secp256r1_sha256.
const SIGNATURE: u16 = 0x0403;

/// Whether rustls can lead a handshake of TLS 1.2 with that client.
pub(super) fn speaks_with(hello: &ClientHello) -> bool {
    hello.ciphers.iter().any(|cipher| CIPHERS.contains(&cipher.0))
        && hello.groups().iter().any(|group| GROUPS.contains(&group.0))
        && hello.signature_schemes().contains(&SIGNATURE)
}

pub(super) fn handshake(
    conversation: &mut Conversation,
    version: Version,
    credentials: &Credentials,
) -> Result<Outcome, HandshakeError> {
    let mut connection = connection(version, credentials)?;
    let mut waiting = conversation.received().to_vec();
    let mut request = Vec::new();
    let mut established = false;
    let ended = loop {
        if let Err(error) = take(&mut connection, &waiting) {
            flush(&mut connection, conversation);
            break of_rustls(&error);
        }
        let _ = connection.reader().read_to_end(&mut request);
        flush(&mut connection, conversation);
        established |= !connection.is_handshaking();
        if is_whole(&request) {
            let _ = std::io::Write::write_all(&mut connection.writer(), ANSWER);
            connection.send_close_notify();
            flush(&mut connection, conversation);
            break HandshakeError::Closed;
        }
        match conversation.read() {
            Ok(bytes) => waiting = bytes,
            Err(error) => break error,
        }
    };
    // What comes after the handshake ends no handshake; a client that looks at the certificate late only sends no data.
    if established { Ok(Outcome::Established { version, data: !request.is_empty() }) } else { Err(ended) }
}

fn connection(version: Version, credentials: &Credentials) -> Result<ServerConnection, HandshakeError> {
    let other = |error: Error| HandshakeError::Other(error.to_string());
    let versions: &[&rustls::SupportedProtocolVersion] = match version {
        Version::Tls13 => &[&rustls::version::TLS13],
        _ => &[&rustls::version::TLS12],
    };
    let chain = vec![CertificateDer::from(credentials.certificate.clone())];
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(credentials.key.clone()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(other)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(other)?;
    ServerConnection::new(Arc::new(config)).map_err(other)
}

/// Hands all the bytes to rustls.
fn take(connection: &mut ServerConnection, mut bytes: &[u8]) -> Result<(), Error> {
    while !bytes.is_empty() {
        let taken = connection.read_tls(&mut bytes).unwrap_or(0);
        connection.process_new_packets()?;
        if taken == 0 {
            break;
        }
    }
    Ok(())
}

fn flush(connection: &mut ServerConnection, conversation: &mut Conversation) {
    let mut out = Vec::new();
    while connection.wants_write() && connection.write_tls(&mut out).is_ok() {}
    conversation.write(&out);
}

fn of_rustls(error: &Error) -> HandshakeError {
    use rustls::PeerIncompatible as Lacks;
    match error {
        Error::AlertReceived(alert) => HandshakeError::Alerted(u8::from(*alert)),
        Error::PeerIncompatible(lack) => HandshakeError::NoCommon(match lack {
            Lacks::NoCipherSuitesInCommon => "cipher",
            Lacks::NoKxGroupsInCommon | Lacks::NamedGroupsExtensionRequired => "group",
            Lacks::NoSignatureSchemesInCommon | Lacks::NoCertificateRequestSignatureSchemesInCommon => {
                "signature"
            }
            _ => "parameter",
        }),
        other => HandshakeError::Other(other.to_string()),
    }
}
