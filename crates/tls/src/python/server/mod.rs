//! Loopback servers that speak exactly one version, or all of them with a flawed certificate, and what each client did there.
//! Nothing here judges: a [`Seen`] is what happened.

mod conversation;
mod crypto;
mod farm;
mod legacy;
mod modern;
mod ssl3;

use super::authority::{Credentials, Flaw};
use crate::wire::{Alert, Cipher, ClientHello, Version, WireError};
use conversation::Conversation;
pub use farm::{Farm, Plot};
use ring::rand::SecureRandom;
use std::net::TcpStream;
use std::time::Duration;

/// The most that one connection may take. A client that says nothing for so long hangs.
pub const PATIENCE: Duration = Duration::from_secs(if cfg!(test) { 1 } else { 8 });

/// What a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Speaks {
    /// One version.
    Only(Version),
    /// The highest from TLS 1.0 to 1.3 that the client offers.
    All,
}

/// How a server behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Manner {
    /// What it speaks.
    pub speaks: Speaks,
    /// What is wrong with its certificate.
    pub flaw: Flaw,
}

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The client's Finished was right.
    Established {
        /// The version.
        version: Version,
        /// Whether the client then sent data: one that looks at the certificate after the handshake may not.
        data: bool,
    },
    /// SSL 3.0: the client took the ServerHello of that version. No keys are made.
    WouldGoOn,
    /// The client sent an alert.
    Alerted(u8),
    /// The client's hello does not reach up to the version that the server speaks.
    NotOffered,
    /// The client may well speak the version, but offers no cipher, group or signature that this server has.
    NoCommon(&'static str),
    /// The client closed the connection without an alert.
    Closed,
    /// The client said nothing for [`PATIENCE`].
    Stalled,
    /// The client sent what is no TLS, or what breaks the protocol.
    Broken(String),
}

/// One connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The client's hello, if one came.
    pub hello: Option<ClientHello>,
    /// How it ended.
    pub outcome: Outcome,
}

/// Why a handshake did not come about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum HandshakeError {
    Alerted(u8),
    Closed,
    Stalled,
    NoCommon(&'static str),
    Broken(&'static str),
    Other(String),
}

impl From<WireError> for HandshakeError {
    fn from(error: WireError) -> Self {
        HandshakeError::Other(error.to_string())
    }
}

impl From<HandshakeError> for Outcome {
    fn from(error: HandshakeError) -> Outcome {
        match error {
            HandshakeError::Alerted(description) => Outcome::Alerted(description),
            HandshakeError::Closed => Outcome::Closed,
            HandshakeError::Stalled => Outcome::Stalled,
            HandshakeError::NoCommon(what) => Outcome::NoCommon(what),
            HandshakeError::Broken(why) => Outcome::Broken(why.to_owned()),
            HandshakeError::Other(why) => Outcome::Broken(why),
        }
    }
}

/// Serves one connection to its end.
fn serve(stream: TcpStream, speaks: Speaks, credentials: &Credentials) -> Seen {
    let mut conversation = Conversation::new(stream);
    let hello = match conversation.client_hello() {
        Ok(hello) => hello,
        Err(error) => return Seen { hello: None, outcome: error.into() },
    };
    let outcome = answer(&mut conversation, &hello, speaks, credentials).unwrap_or_else(|error| {
        if matches!(error, HandshakeError::NoCommon(_)) {
            conversation.alert(Alert::HANDSHAKE_FAILURE);
        }
        error.into()
    });
    conversation.close();
    Seen { hello: Some(hello), outcome }
}

fn answer(
    conversation: &mut Conversation,
    hello: &ClientHello,
    speaks: Speaks,
    credentials: &Credentials,
) -> Result<Outcome, HandshakeError> {
    let offered = hello.versions();
    let version = match speaks {
        Speaks::Only(Version::Tls13) => Some(Version::Tls13).filter(|version| offered.contains(version)),
        // A server that is older than the list of versions goes by the field that holds the highest.
        Speaks::Only(version) => Some(version).filter(|version| hello.version >= version.code()),
        Speaks::All => offered.iter().copied().find(|version| *version >= Version::Tls10),
    };
    let Some(version) = version else {
        conversation.alert(Alert::PROTOCOL_VERSION);
        return Ok(Outcome::NotOffered);
    };
    match version {
        Version::Ssl2 | Version::Ssl3 => ssl3::answer(conversation, hello),
        Version::Tls13 => modern::handshake(conversation, version, credentials),
        Version::Tls12 if offered.contains(&version) && modern::speaks_with(hello) => {
            modern::handshake(conversation, version, credentials)
        }
        _ => legacy::handshake(conversation, hello, version, credentials),
    }
}

/// What is sent to a client that asks, whatever it asks for.
const ANSWER: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\nConnection: close\r\n\r\nok\n";

/// Whether what came is a whole request's head.
fn is_whole(request: &[u8]) -> bool {
    request.windows(4).any(|window| window == b"\r\n\r\n")
}

/// Random bytes.
fn random<const N: usize>() -> Result<[u8; N], HandshakeError> {
    let mut bytes = [0; N];
    ring::rand::SystemRandom::new()
        .fill(&mut bytes)
        .map_err(|_| HandshakeError::Broken("the system gives no random numbers"))?;
    Ok(bytes)
}

/// Whether a version before TLS 1.2 has the cipher: those with SHA-256, SHA-384 or an AEAD came with 1.2.
pub fn is_old_enough(cipher: Cipher) -> bool {
    let name = cipher.name();
    name.ends_with("_SHA") || name.ends_with("_MD5")
}

#[cfg(test)]
mod tests;
