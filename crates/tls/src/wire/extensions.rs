//! Extensions of hello messages: type and content, and the types that are used.

use super::{Reader, WireError, Writer};

/// An extension as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its type: see [`extension`].
    pub kind: u16,
    /// Its content.
    pub body: Vec<u8>,
}

impl Extension {
    /// Of a type, with what `fill` writes.
    pub fn new(kind: u16, fill: impl FnOnce(&mut Writer)) -> Self {
        let mut out = Writer::default();
        fill(&mut out);
        Self { kind, body: out.finish() }
    }
}

/// Types of extensions, by the registry's names.
pub mod extension {
    /// `server_name` (RFC 6066).
    pub const SERVER_NAME: u16 = 0;
    /// `status_request` (RFC 6066).
    pub const STATUS_REQUEST: u16 = 5;
    /// `supported_groups` (RFC 8422, RFC 7919).
    pub const SUPPORTED_GROUPS: u16 = 10;
    /// `ec_point_formats` (RFC 8422).
    pub const EC_POINT_FORMATS: u16 = 11;
    /// `signature_algorithms` (RFC 8446).
    pub const SIGNATURE_ALGORITHMS: u16 = 13;
    /// `application_layer_protocol_negotiation` (RFC 7301).
    pub const ALPN: u16 = 16;
    /// `signed_certificate_timestamp` (RFC 6962).
    pub const SCT: u16 = 18;
    /// `encrypt_then_mac` (RFC 7366).
    pub const ENCRYPT_THEN_MAC: u16 = 22;
    /// `extended_master_secret` (RFC 7627).
    pub const EXTENDED_MASTER_SECRET: u16 = 23;
    /// `session_ticket` (RFC 5077).
    pub const SESSION_TICKET: u16 = 35;
    /// `supported_versions` (RFC 8446).
    pub const SUPPORTED_VERSIONS: u16 = 43;
    /// `cookie` (RFC 8446).
    pub const COOKIE: u16 = 44;
    /// `psk_key_exchange_modes` (RFC 8446).
    pub const PSK_KEY_EXCHANGE_MODES: u16 = 45;
    /// `signature_algorithms_cert` (RFC 8446).
    pub const SIGNATURE_ALGORITHMS_CERT: u16 = 50;
    /// `key_share` (RFC 8446).
    pub const KEY_SHARE: u16 = 51;
    /// `renegotiation_info` (RFC 5746).
    pub const RENEGOTIATION_INFO: u16 = 0xff01;
}

/// The list at the end of a hello; no list at all is an empty one.
pub(super) fn read_all(reader: &mut Reader<'_>) -> Result<Vec<Extension>, WireError> {
    if reader.is_empty() {
        return Ok(Vec::new());
    }
    let mut list = Reader::new(reader.vector(2)?);
    let mut extensions = Vec::new();
    while !list.is_empty() {
        extensions.push(Extension { kind: list.u16()?, body: list.vector(2)?.to_vec() });
    }
    Ok(extensions)
}

/// The list at the end of a hello; nothing at all where it is empty, as SSL 3 has it.
pub(super) fn write_all(out: &mut Writer, extensions: &[Extension]) {
    if extensions.is_empty() {
        return;
    }
    out.vector(2, |out| {
        for extension in extensions {
            out.u16(extension.kind).vector(2, |out| {
                out.bytes(&extension.body);
            });
        }
    });
}
