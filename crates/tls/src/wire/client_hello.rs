//! ClientHello: built for probes of servers, parsed from clients under probe.

use super::extensions::{read_all, write_all};
use super::{Cipher, Extension, Group, Reader, Version, WireError, Writer, extension, handshake, record};

/// A public value for a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyShare {
    /// The group.
    pub group: Group,
    /// The public value.
    pub public: Vec<u8>,
}

/// A ClientHello. Nothing is filled in by itself: what stands here is what is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientHello {
    /// `legacy_version`: the highest up to TLS 1.2.
    pub version: u16,
    /// 32 random bytes.
    pub random: [u8; 32],
    /// The session's id; at most 32 bytes.
    pub session_id: Vec<u8>,
    /// The ciphers offered, signalling values too, in order.
    pub ciphers: Vec<Cipher>,
    /// The compression methods offered; 0 is none.
    pub compressions: Vec<u8>,
    /// The extensions, in order.
    pub extensions: Vec<Extension>,
}

impl ClientHello {
    /// The message in one record or more, ready to be sent. The record's version is SSL 3.0 for SSL 3.0, else TLS 1.0 as RFC
    /// 5246's appendix E.1 and RFC 8446 advise.
    pub fn to_record(&self) -> Vec<u8> {
        let record_version = self.version.clamp(Version::Ssl3.code(), Version::Tls10.code());
        record(22, record_version, &handshake::message(handshake::CLIENT_HELLO, &self.to_body()))
    }

    /// What the message holds, without the header.
    pub fn to_body(&self) -> Vec<u8> {
        let mut out = Writer::default();
        out.u16(self.version).bytes(&self.random);
        out.vector(1, |out| {
            out.bytes(&self.session_id);
        });
        out.vector(2, |out| {
            out.u16s(self.ciphers.iter().map(|cipher| cipher.0));
        });
        out.vector(1, |out| {
            out.bytes(&self.compressions);
        });
        write_all(&mut out, &self.extensions);
        out.finish()
    }

    /// Reads what the message holds, without its header.
    ///
    /// # Errors
    /// What breaks the form.
    pub fn parse(body: &[u8]) -> Result<Self, WireError> {
        let mut reader = Reader::new(body);
        let version = reader.u16()?;
        let random = reader.take(32)?.try_into().map_err(|_| WireError::Short)?;
        let session_id = reader.vector(1)?.to_vec();
        let ciphers = reader.u16s()?.into_iter().map(Cipher).collect();
        let compressions = reader.vector(1)?.to_vec();
        let extensions = read_all(&mut reader)?;
        Ok(Self { version, random, session_id, ciphers, compressions, extensions })
    }

    /// The content of the first extension of a type.
    pub fn extension(&self, kind: u16) -> Option<&[u8]> {
        self.extensions.iter().find(|extension| extension.kind == kind).map(|extension| &*extension.body)
    }

    /// The ciphers offered, without the signalling values.
    pub fn real_ciphers(&self) -> Vec<Cipher> {
        self.ciphers.iter().copied().filter(|cipher| !cipher.is_signal()).collect()
    }

    /// The versions offered, the highest first, as far as they are known: those of `supported_versions`, else
    /// `legacy_version` alone.
    pub fn versions(&self) -> Vec<Version> {
        let listed = self.extension(extension::SUPPORTED_VERSIONS).and_then(|body| {
            let list = Reader::new(body).vector(1).ok()?;
            let (pairs, _) = list.as_chunks::<2>();
            Some(pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect::<Vec<_>>())
        });
        let codes = listed.unwrap_or_else(|| vec![self.version]);
        let mut versions: Vec<Version> = codes.into_iter().filter_map(Version::of_code).collect();
        versions.sort_unstable_by(|a, b| b.cmp(a));
        versions.dedup();
        versions
    }

    /// The groups offered, in order, without GREASE.
    pub fn groups(&self) -> Vec<Group> {
        let listed =
            self.extension(extension::SUPPORTED_GROUPS).and_then(|body| Reader::new(body).u16s().ok());
        listed.unwrap_or_default().into_iter().map(Group).filter(|group| !group.is_signal()).collect()
    }

    /// The signature schemes offered, by code, in order.
    pub fn signature_schemes(&self) -> Vec<u16> {
        let listed =
            self.extension(extension::SIGNATURE_ALGORITHMS).and_then(|body| Reader::new(body).u16s().ok());
        listed.unwrap_or_default()
    }

    /// The public values sent along (TLS 1.3), in order.
    pub fn key_shares(&self) -> Vec<KeyShare> {
        let Some(body) = self.extension(extension::KEY_SHARE) else { return Vec::new() };
        let Ok(list) = Reader::new(body).vector(2) else { return Vec::new() };
        let mut list = Reader::new(list);
        let mut shares = Vec::new();
        while let (Ok(group), Ok(public)) = (list.u16(), list.vector(2)) {
            shares.push(KeyShare { group: Group(group), public: public.to_vec() });
        }
        shares
    }

    /// The host asked for (SNI).
    pub fn server_name(&self) -> Option<String> {
        let mut list = Reader::new(Reader::new(self.extension(extension::SERVER_NAME)?).vector(2).ok()?);
        let kind = list.u8().ok()?;
        let name = list.vector(2).ok()?;
        (kind == 0).then(|| String::from_utf8_lossy(name).into_owned())
    }

    /// The protocols offered above TLS (ALPN), in order.
    pub fn alpn(&self) -> Vec<String> {
        let Some(body) = self.extension(extension::ALPN) else { return Vec::new() };
        let Ok(list) = Reader::new(body).vector(2) else { return Vec::new() };
        let mut list = Reader::new(list);
        let mut protocols = Vec::new();
        while let Ok(name) = list.vector(1) {
            protocols.push(String::from_utf8_lossy(name).into_owned());
        }
        protocols
    }
}
