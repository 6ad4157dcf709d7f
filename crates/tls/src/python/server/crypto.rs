//! The arithmetic of TLS 1.0 to 1.2 that the probe's own server needs: the pseudo-random function, CBC records with their MAC,
//! and signatures over SHA-1. It guards nothing: its keys live for one loopback connection.

use super::HandshakeError;
use crate::wire::{Version, record};
use aes::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use aes::{Aes128, Aes256};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

/// The hash of a MAC or a pseudo-random function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// MD5.
    Md5,
    /// SHA-1.
    Sha1,
    /// SHA-256.
    Sha256,
}

impl Hash {
    /// Bytes of a MAC, and of its key.
    pub fn len(self) -> usize {
        match self {
            Hash::Md5 => 16,
            Hash::Sha1 => 20,
            Hash::Sha256 => 32,
        }
    }
}

/// HMAC over the parts.
pub fn hmac(hash: Hash, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    fn run<M: Mac + KeyInit>(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
        // An HMAC takes keys of any length.
        let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else { return Vec::new() };
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().to_vec()
    }
    match hash {
        Hash::Md5 => run::<Hmac<Md5>>(key, parts),
        Hash::Sha1 => run::<Hmac<Sha1>>(key, parts),
        Hash::Sha256 => run::<Hmac<Sha256>>(key, parts),
    }
}

/// `P_hash` of RFC 5246, section 5.
fn p_hash(hash: Hash, secret: &[u8], seed: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut a = hmac(hash, secret, &[seed]);
    while out.len() < length {
        out.extend(hmac(hash, secret, &[&a, seed]));
        a = hmac(hash, secret, &[&a]);
    }
    out.truncate(length);
    out
}

/// The pseudo-random function: SHA-256 for TLS 1.2, MD5 and SHA-1 before (RFC 2246, section 5).
pub fn prf(version: Version, secret: &[u8], label: &[u8], seed: &[u8], length: usize) -> Vec<u8> {
    let seed = [label, seed].concat();
    if version >= Version::Tls12 {
        return p_hash(Hash::Sha256, secret, &seed, length);
    }
    let half = secret.len().div_ceil(2);
    let first = secret.get(..half).unwrap_or(secret);
    let second = secret.get(secret.len() - half..).unwrap_or(secret);
    let md5 = p_hash(Hash::Md5, first, &seed, length);
    let sha1 = p_hash(Hash::Sha1, second, &seed, length);
    md5.iter().zip(sha1).map(|(a, b)| a ^ b).collect()
}

/// The hash over the handshake that a Finished message is made of.
pub fn transcript_hash(version: Version, transcript: &[u8]) -> Vec<u8> {
    match version {
        Version::Tls12 => Sha256::digest(transcript).to_vec(),
        _ => [Md5::digest(transcript).to_vec(), Sha1::digest(transcript).to_vec()].concat(),
    }
}

/// The hash that an ECDSA signature of ServerKeyExchange is over.
pub fn signed_hash(version: Version, data: &[u8]) -> Vec<u8> {
    match version {
        Version::Tls12 => Sha256::digest(data).to_vec(),
        _ => Sha1::digest(data).to_vec(),
    }
}

/// One direction of a connection after ChangeCipherSpec.
pub struct Protection {
    version: Version,
    hash: Hash,
    mac_key: Vec<u8>,
    key: Vec<u8>,
    /// TLS 1.0: the last block of the record before.
    chain: Vec<u8>,
    sequence: u64,
}

const BLOCK: usize = 16;

impl Protection {
    /// For the keys of one direction; `iv` counts in TLS 1.0 only.
    pub fn new(version: Version, hash: Hash, mac_key: &[u8], key: &[u8], iv: &[u8]) -> Self {
        Protection {
            version,
            hash,
            mac_key: mac_key.to_vec(),
            key: key.to_vec(),
            chain: iv.to_vec(),
            sequence: 0,
        }
    }

    fn mac(&self, content: u8, data: &[u8]) -> Vec<u8> {
        let length = (data.len() as u16).to_be_bytes();
        let head = [&[content][..], &self.version.code().to_be_bytes(), &length].concat();
        hmac(self.hash, &self.mac_key, &[&self.sequence.to_be_bytes(), &head, data])
    }

    /// What an encrypted record holds.
    ///
    /// # Errors
    /// Where it was not made with the same keys.
    pub fn open(&mut self, content: u8, body: &[u8]) -> Result<Vec<u8>, HandshakeError> {
        const BROKEN: HandshakeError = HandshakeError::Broken("a record cannot be decrypted");
        let explicit = if self.version == Version::Tls10 { 0 } else { BLOCK };
        let (head, sealed) = body.split_at_checked(explicit).ok_or(BROKEN)?;
        if sealed.is_empty() || sealed.len() % BLOCK != 0 {
            return Err(BROKEN);
        }
        let iv = if explicit == 0 { self.chain.clone() } else { head.to_vec() };
        self.chain = sealed.get(sealed.len() - BLOCK..).unwrap_or_default().to_vec();
        let mut plain = sealed.to_vec();
        cbc(Direction::Open, &self.key, &iv, &mut plain)?;
        let padding = usize::from(plain.last().copied().unwrap_or(0)) + 1;
        let end = plain.len().checked_sub(padding).ok_or(BROKEN)?;
        let (text, mac) = plain
            .get(..end)
            .and_then(|rest| rest.split_at_checked(end.checked_sub(self.hash.len())?))
            .ok_or(BROKEN)?;
        if mac != self.mac(content, text) {
            return Err(BROKEN);
        }
        self.sequence += 1;
        Ok(text.to_vec())
    }

    /// An encrypted record.
    ///
    /// # Errors
    /// Where the system gives no random numbers.
    pub fn seal(&mut self, content: u8, data: &[u8]) -> Result<Vec<u8>, HandshakeError> {
        let mut plain = [data, &self.mac(content, data)].concat();
        let padding = BLOCK - 1 - plain.len() % BLOCK;
        plain.extend(std::iter::repeat_n(padding as u8, padding + 1));
        let iv = if self.version == Version::Tls10 {
            self.chain.clone()
        } else {
            super::random::<BLOCK>()?.to_vec()
        };
        cbc(Direction::Seal, &self.key, &iv, &mut plain)?;
        self.chain = plain.get(plain.len() - BLOCK..).unwrap_or_default().to_vec();
        self.sequence += 1;
        let head = if self.version == Version::Tls10 { Vec::new() } else { iv };
        Ok(record(content, self.version.code(), &[head, plain].concat()))
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Open,
    Seal,
}

/// AES in CBC over whole blocks, in place.
fn cbc(direction: Direction, key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), HandshakeError> {
    fn open<C: KeyIvInit + BlockModeDecrypt>(key: &[u8], iv: &[u8], data: &mut [u8]) -> Option<()> {
        let mut mode = C::new_from_slices(key, iv).ok()?;
        for block in data.chunks_exact_mut(BLOCK) {
            mode.decrypt_block(block.try_into().ok()?);
        }
        Some(())
    }
    fn seal<C: KeyIvInit + BlockModeEncrypt>(key: &[u8], iv: &[u8], data: &mut [u8]) -> Option<()> {
        let mut mode = C::new_from_slices(key, iv).ok()?;
        for block in data.chunks_exact_mut(BLOCK) {
            mode.encrypt_block(block.try_into().ok()?);
        }
        Some(())
    }
    let done = match (direction, key.len()) {
        (Direction::Open, 16) => open::<cbc::Decryptor<Aes128>>(key, iv, data),
        (Direction::Open, _) => open::<cbc::Decryptor<Aes256>>(key, iv, data),
        (Direction::Seal, 16) => seal::<cbc::Encryptor<Aes128>>(key, iv, data),
        (Direction::Seal, _) => seal::<cbc::Encryptor<Aes256>>(key, iv, data),
    };
    done.ok_or(HandshakeError::Broken("keys of the wrong length"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(version: Version, hash: Hash, key: usize) -> (Protection, Protection) {
        let (mac, key, iv) = (vec![7; hash.len()], vec![9; key], vec![3; 16]);
        let one = || Protection::new(version, hash, &mac, &key, &iv);
        (one(), one())
    }

    #[test]
    fn what_one_side_seals_the_other_opens_in_order() {
        for version in [Version::Tls10, Version::Tls11, Version::Tls12] {
            for (hash, key) in [(Hash::Sha1, 16), (Hash::Sha1, 32), (Hash::Sha256, 16)] {
                let (mut one, mut other) = pair(version, hash, key);
                for length in [0, 1, 11, 12, 15, 16, 17, 300] {
                    let data = vec![length as u8; length];
                    let sealed = one.seal(23, &data).unwrap();
                    assert_eq!(other.open(23, &sealed[5..]).unwrap(), data, "{version} {length}");
                }
            }
        }
    }

    #[test]
    fn the_pseudo_random_function_of_tls_1_2_gives_the_published_test_vector() {
        // P_SHA256's test vector of the IETF's TLS mailing list (2009), which many implementations carry.
        let secret =
            [0x9b, 0xbe, 0x43, 0x6b, 0xa9, 0x40, 0xf0, 0x17, 0xb1, 0x76, 0x52, 0x84, 0x9a, 0x71, 0xdb, 0x35];
        let seed =
            [0xa0, 0xba, 0x9f, 0x93, 0x6c, 0xda, 0x31, 0x18, 0x27, 0xa6, 0xf7, 0x96, 0xff, 0xd5, 0x19, 0x8c];
        let out = prf(Version::Tls12, &secret, b"test label", &seed, 100);
        assert_eq!(out[..8], [0xe3, 0xf2, 0x29, 0xba, 0x72, 0x7b, 0xe1, 0x7b]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_opened_or_refused_without_a_panic(
            body in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
            old in proptest::bool::ANY,
        ) {
            let version = if old { Version::Tls10 } else { Version::Tls12 };
            let (mut one, _) = pair(version, Hash::Sha1, 16);
            let _ = one.open(22, &body);
        }
    }
}
