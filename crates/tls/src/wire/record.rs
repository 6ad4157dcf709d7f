//! The record layer, and handshake messages joined out of records. Encrypted records pass through as they are.

use super::{Reader, WireError, Writer};

/// What a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentType {
    /// The change to the negotiated keys.
    ChangeCipherSpec,
    /// A warning, or the end.
    Alert,
    /// Messages of the handshake.
    Handshake,
    /// Data; in TLS 1.3 anything encrypted.
    ApplicationData,
    /// Heartbeats (RFC 6520).
    Heartbeat,
}

impl ContentType {
    fn of_code(code: u8) -> Option<Self> {
        Some(match code {
            20 => Self::ChangeCipherSpec,
            21 => Self::Alert,
            22 => Self::Handshake,
            23 => Self::ApplicationData,
            24 => Self::Heartbeat,
            _ => return None,
        })
    }
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// What it holds.
    pub content: ContentType,
    /// The version in its header, which says little from TLS 1.0 on.
    pub version: u16,
    /// What it holds, without the header.
    pub body: Vec<u8>,
}

/// One message of the handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// Its type: see [`handshake`].
    pub kind: u8,
    /// What it holds, without the header.
    pub body: Vec<u8>,
}

/// Types of handshake messages.
pub mod handshake {
    /// HelloRequest.
    pub const HELLO_REQUEST: u8 = 0;
    /// ClientHello.
    pub const CLIENT_HELLO: u8 = 1;
    /// ServerHello, and HelloRetryRequest.
    pub const SERVER_HELLO: u8 = 2;
    /// NewSessionTicket.
    pub const NEW_SESSION_TICKET: u8 = 4;
    /// EncryptedExtensions.
    pub const ENCRYPTED_EXTENSIONS: u8 = 8;
    /// Certificate.
    pub const CERTIFICATE: u8 = 11;
    /// ServerKeyExchange.
    pub const SERVER_KEY_EXCHANGE: u8 = 12;
    /// CertificateRequest.
    pub const CERTIFICATE_REQUEST: u8 = 13;
    /// ServerHelloDone.
    pub const SERVER_HELLO_DONE: u8 = 14;
    /// CertificateVerify.
    pub const CERTIFICATE_VERIFY: u8 = 15;
    /// ClientKeyExchange.
    pub const CLIENT_KEY_EXCHANGE: u8 = 16;
    /// Finished.
    pub const FINISHED: u8 = 20;
    /// CertificateStatus (RFC 6066).
    pub const CERTIFICATE_STATUS: u8 = 22;

    /// A message with its header.
    pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut out = super::Writer::default();
        out.u8(kind).vector(3, |out| {
            out.bytes(body);
        });
        out.finish()
    }
}

/// An alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert {
    /// 1 warns, 2 ends.
    pub level: u8,
    /// What: RFC 8446, section 6.
    pub description: u8,
}

impl Alert {
    /// The handshake fails for want of a common ground.
    pub const HANDSHAKE_FAILURE: u8 = 40;
    /// The version is not spoken.
    pub const PROTOCOL_VERSION: u8 = 70;
    /// RFC 7507.
    pub const INAPPROPRIATE_FALLBACK: u8 = 86;
    /// The name in SNI is not served: a warning, or the end.
    pub const UNRECOGNIZED_NAME: u8 = 112;

    /// Whether it ends the connection.
    pub fn is_fatal(self) -> bool {
        self.level == 2 || self.description == 0
    }
}

/// The next thing out of the record layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Incoming {
    /// A whole message of the handshake.
    Handshake(Handshake),
    /// An alert.
    Alert(Alert),
    /// A record of another kind, or an encrypted one.
    Other(Record),
}

/// The most bytes that a record may hold (RFC 5246, section 6.2.3), and what a server could still send.
const MOST: usize = (1 << 14) + 2048;

/// The most bytes of a handshake message that we gather: chains of a hundred kilobytes exist, more is nonsense.
const MOST_MESSAGE: usize = 1 << 18;

/// Joins records out of the bytes of a stream, and messages out of records.
#[derive(Debug, Clone, Default)]
pub struct Joiner {
    bytes: Vec<u8>,
    messages: Vec<u8>,
    /// Handshake records from here on are encrypted: a ChangeCipherSpec was seen.
    sealed: bool,
}

impl Joiner {
    /// Hands in what came.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Whether nothing at all is waiting.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty() && self.messages.is_empty()
    }

    /// The next whole thing; `None` until more comes.
    ///
    /// # Errors
    /// [`WireError::NotTls`] where the bytes are no record, [`WireError::Malformed`] where a message is too long.
    pub fn pop(&mut self) -> Result<Option<Incoming>, WireError> {
        loop {
            if let Some(message) = self.message()? {
                return Ok(Some(Incoming::Handshake(message)));
            }
            let Some(record) = self.record()? else { return Ok(None) };
            match record.content {
                ContentType::Handshake if !self.sealed => self.messages.extend_from_slice(&record.body),
                ContentType::Alert if !self.sealed => {
                    let mut reader = Reader::new(&record.body);
                    let alert = Alert { level: reader.u8()?, description: reader.u8()? };
                    return Ok(Some(Incoming::Alert(alert)));
                }
                content => {
                    self.sealed |= content == ContentType::ChangeCipherSpec;
                    return Ok(Some(Incoming::Other(record)));
                }
            }
        }
    }

    fn message(&mut self) -> Result<Option<Handshake>, WireError> {
        let mut reader = Reader::new(&self.messages);
        let (Ok(kind), Ok(length)) = (reader.u8(), reader.u24()) else { return Ok(None) };
        if length > MOST_MESSAGE {
            return Err(WireError::Malformed);
        }
        let Ok(body) = reader.take(length) else { return Ok(None) };
        let message = Handshake { kind, body: body.to_vec() };
        self.messages = reader.rest().to_vec();
        Ok(Some(message))
    }

    fn record(&mut self) -> Result<Option<Record>, WireError> {
        let mut reader = Reader::new(&self.bytes);
        let Ok(kind) = reader.u8() else { return Ok(None) };
        let content = ContentType::of_code(kind).ok_or(WireError::NotTls)?;
        let Ok(version) = reader.u16() else { return Ok(None) };
        if version >> 8 != 3 {
            return Err(WireError::NotTls);
        }
        let Ok(length) = reader.u16() else { return Ok(None) };
        if usize::from(length) > MOST {
            return Err(WireError::NotTls);
        }
        let Ok(body) = reader.take(usize::from(length)) else { return Ok(None) };
        let record = Record { content, version, body: body.to_vec() };
        self.bytes = reader.rest().to_vec();
        Ok(Some(record))
    }
}

/// A record around a content, with its header; what is longer than a record goes on in the next.
pub fn record(content: u8, version: u16, body: &[u8]) -> Vec<u8> {
    let mut out = Writer::default();
    for part in body.chunks(1 << 14) {
        out.u8(content).u16(version).vector(2, |out| {
            out.bytes(part);
        });
    }
    out.finish()
}
