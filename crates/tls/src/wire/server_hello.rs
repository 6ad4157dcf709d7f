//! ServerHello, and the HelloRetryRequest that looks like one.

use super::extensions::{read_all, write_all};
use super::{Cipher, Extension, Group, Reader, Version, WireError, Writer, extension};

/// The random of a HelloRetryRequest: SHA-256 of that name (RFC 8446, section 4.1.3).
const RETRY_RANDOM: [u8; 32] = [
    0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2,
    0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
];

/// A ServerHello.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerHello {
    /// `legacy_version`.
    pub legacy_version: u16,
    /// 32 random bytes.
    pub random: [u8; 32],
    /// The session's id.
    pub session_id: Vec<u8>,
    /// The cipher chosen.
    pub cipher: Cipher,
    /// The compression method chosen; 0 is none.
    pub compression: u8,
    /// The extensions.
    pub extensions: Vec<Extension>,
}

impl ServerHello {
    /// Reads what the message holds, without its header.
    ///
    /// # Errors
    /// What breaks the form.
    pub fn parse(body: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(body);
        let legacy_version = reader.u16()?;
        let random = reader.take(32)?.try_into().map_err(|_| WireError::Short)?;
        let session_id = reader.vector(1)?.to_vec();
        let cipher = Cipher(reader.u16()?);
        let compression = reader.u8()?;
        let extensions = read_all(&mut reader)?;
        Ok(Self { legacy_version, random, session_id, cipher, compression, extensions })
    }

    /// What the message holds, without the header.
    pub fn to_body(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.u16(self.legacy_version).bytes(&self.random);
        out.vector(1, |out| {
            out.bytes(&self.session_id);
        });
        out.u16(self.cipher.0).u8(self.compression);
        write_all(&mut out, &self.extensions);
        out.finish()
    }

    /// The content of the first extension of a type.
    pub fn extension(&self, kind: u16) -> Option<&[u8]> {
        self.extensions.iter().find(|extension| extension.kind == kind).map(|extension| &*extension.body)
    }

    /// The version chosen; `None` for one that is not known.
    pub fn version(&self) -> Option<Version> {
        let chosen =
            self.extension(extension::SUPPORTED_VERSIONS).and_then(|body| Reader::new(body).u16().ok());
        Version::of_code(chosen.unwrap_or(self.legacy_version))
    }

    /// Whether it is a HelloRetryRequest.
    pub fn is_retry(&self) -> bool {
        self.random == RETRY_RANDOM
    }

    /// The group chosen (TLS 1.3).
    pub fn group(&self) -> Option<Group> {
        Reader::new(self.extension(extension::KEY_SHARE)?).u16().ok().map(Group)
    }
}
