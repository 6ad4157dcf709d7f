//! Whether a server lets a client renegotiate: a whole handshake of TLS 1.2, then a second hello inside it. rustls never asks for
//! that, so the few steps of ECDHE with AES-GCM are taken here, for this question alone.

use super::ask::Question;
use super::link::{Failure, Link, Target};
use crate::wire::{
    Alert, Cipher, ClientHello, Extension, Group, Handshake, Incoming, Joiner, Reader, Record, ServerHello,
    Version, WireError, Writer, certificate_list, extension, handshake, record,
};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral};
use ring::digest::{SHA256, digest};
use ring::hmac;
use ring::rand::SystemRandom;

/// The ciphers that this handshake can finish: ECDHE with AES-128-GCM and SHA-256.
const CIPHERS: [Cipher; 2] = [Cipher(0xc02b), Cipher(0xc02f)];

/// `no_renegotiation`.
const NO_RENEGOTIATION: u8 = 100;

/// Whether the server answers a second hello with a ServerHello; `None` where the first handshake cannot be finished.
///
/// # Errors
/// Where no answer comes.
pub(super) fn client_may(target: &Target) -> Result<Option<bool>, Failure> {
    let mut question = Question::new(&target.address.host, Version::Tls12, CIPHERS.to_vec());
    question.groups = vec![Group(29), Group(23), Group(24)];
    question.more.push(renegotiation_info(&[]));
    let first = question.hello();
    let mut link = target.open()?;
    link.send(&first.to_record())?;
    let mut joiner = Joiner::default();
    let mut transcript = handshake::message(handshake::CLIENT_HELLO, &first.to_body());
    let Some(flight) = server_flight(&mut link, &mut joiner, &mut transcript)? else { return Ok(None) };
    let Some(mut sealed) = finish(&mut link, &mut joiner, &first, &flight, &mut transcript)? else {
        return Ok(None);
    };
    let mut again = question;
    again.more = vec![renegotiation_info(&sealed.verify_data)];
    let message = handshake::message(handshake::CLIENT_HELLO, &again.hello().to_body());
    let hello = sealed.seal(22, &message).ok_or_else(broken)?;
    link.send(&hello)?;
    answer(&mut link, &mut joiner, &mut sealed)
}

fn renegotiation_info(data: &[u8]) -> Extension {
    Extension::new(extension::RENEGOTIATION_INFO, |out| {
        out.vector(1, |out| {
            out.bytes(data);
        });
    })
}

fn broken() -> Failure {
    Failure::Io("the handshake cannot be finished".to_owned())
}

/// The next whole thing from the server.
fn next(link: &mut Link, joiner: &mut Joiner) -> Result<Incoming, Failure> {
    loop {
        match joiner.pop() {
            Ok(Some(incoming)) => return Ok(incoming),
            Ok(None) => {
                let part = link.receive()?;
                if part.is_empty() {
                    return Err(Failure::Closed);
                }
                joiner.push(&part);
            }
            Err(_) => return Err(broken()),
        }
    }
}

/// What of the server's flight the keys are made of.
struct Flight {
    random: [u8; 32],
    public: Vec<u8>,
}

fn server_flight(
    link: &mut Link,
    joiner: &mut Joiner,
    transcript: &mut Vec<u8>,
) -> Result<Option<Flight>, Failure> {
    let wrong = |_: WireError| broken();
    let (mut random, mut public) = (None, None);
    loop {
        let message = match next(link, joiner)? {
            Incoming::Handshake(message) => message,
            Incoming::Alert(alert) if alert.is_fatal() => return Ok(None),
            Incoming::Alert(_) | Incoming::Other(_) => continue,
        };
        transcript.extend(handshake::message(message.kind, &message.body));
        match message.kind {
            handshake::SERVER_HELLO => {
                let hello = ServerHello::parse(&message.body).map_err(wrong)?;
                let is_bound = hello.extension(extension::RENEGOTIATION_INFO).is_some();
                if hello.version() != Some(Version::Tls12) || !CIPHERS.contains(&hello.cipher) || !is_bound {
                    return Ok(None);
                }
                random = Some(hello.random);
            }
            handshake::CERTIFICATE => drop(certificate_list(&message.body).map_err(wrong)?),
            handshake::SERVER_KEY_EXCHANGE => public = x25519_public(&message),
            handshake::CERTIFICATE_REQUEST => return Ok(None),
            handshake::SERVER_HELLO_DONE => {
                return Ok(random.zip(public).map(|(random, public)| Flight { random, public }));
            }
            _ => {}
        }
    }
}

fn x25519_public(message: &Handshake) -> Option<Vec<u8>> {
    let mut reader = Reader::new(&message.body);
    let named = (reader.u8().ok()?, reader.u16().ok()?) == (3, 29);
    let public = reader.vector(1).ok()?;
    named.then(|| public.to_vec())
}

/// The keys of a finished handshake, and the records that they sealed.
struct Sealed {
    ours: LessSafeKey,
    theirs: LessSafeKey,
    our_salt: [u8; 4],
    their_salt: [u8; 4],
    sent: u64,
    received: u64,
    /// The client's Finished, which binds a renegotiation.
    verify_data: Vec<u8>,
}

/// Sends key exchange and Finished, and waits for the server's.
fn finish(
    link: &mut Link,
    joiner: &mut Joiner,
    hello: &ClientHello,
    flight: &Flight,
    transcript: &mut Vec<u8>,
) -> Result<Option<Sealed>, Failure> {
    let random = SystemRandom::new();
    let private = EphemeralPrivateKey::generate(&X25519, &random).map_err(|_| broken())?;
    let public = private.compute_public_key().map_err(|_| broken())?;
    let peer = UnparsedPublicKey::new(&X25519, &flight.public);
    let secret = agree_ephemeral(private, &peer, <[u8]>::to_vec).map_err(|_| broken())?;
    let both = [hello.random, flight.random].concat();
    let master = prf(&secret, b"master secret", &both, 48);
    let block = prf(&master, b"key expansion", &[flight.random, hello.random].concat(), 40);
    let mut exchange = Writer::default();
    exchange.vector(1, |out| {
        out.bytes(public.as_ref());
    });
    let exchange = handshake::message(handshake::CLIENT_KEY_EXCHANGE, &exchange.finish());
    transcript.extend(&exchange);
    let verify_data = prf(&master, b"client finished", digest(&SHA256, transcript).as_ref(), 12);
    let mut sealed = keys(&block, verify_data.clone()).ok_or_else(broken)?;
    let finished =
        sealed.seal(22, &handshake::message(handshake::FINISHED, &verify_data)).ok_or_else(broken)?;
    let code = Version::Tls12.code();
    link.send(&[record(22, code, &exchange), record(20, code, &[1]), finished].concat())?;
    loop {
        match next(link, joiner)? {
            Incoming::Alert(alert) if alert.is_fatal() => return Ok(None),
            Incoming::Other(record) if record.body.len() > 1 => {
                return Ok(sealed.open(22, &record).map(|_| sealed));
            }
            Incoming::Alert(_) | Incoming::Other(_) | Incoming::Handshake(_) => {}
        }
    }
}

/// What the server says to the second hello.
fn answer(link: &mut Link, joiner: &mut Joiner, sealed: &mut Sealed) -> Result<Option<bool>, Failure> {
    loop {
        let record = match next(link, joiner) {
            Ok(Incoming::Other(record)) => record,
            Ok(Incoming::Alert(_) | Incoming::Handshake(_)) => continue,
            Err(Failure::Closed) => return Ok(Some(false)),
            Err(failure) => return Err(failure),
        };
        for kind in [22, 21, 23] {
            // The type of a sealed record is part of what is authenticated: one of them opens it.
            let Some(text) = sealed.open(kind, &record) else { continue };
            match (kind, text.as_slice()) {
                (22, [handshake::SERVER_HELLO, ..]) => return Ok(Some(true)),
                (21, [level, description, ..]) => {
                    let alert = Alert { level: *level, description: *description };
                    if alert.is_fatal() || alert.description == NO_RENEGOTIATION {
                        return Ok(Some(false));
                    }
                }
                _ => {}
            }
            break;
        }
    }
}

fn keys(block: &[u8], verify_data: Vec<u8>) -> Option<Sealed> {
    let mut reader = Reader::new(block);
    let mut key = || Some(LessSafeKey::new(UnboundKey::new(&AES_128_GCM, reader.take(16).ok()?).ok()?));
    let (ours, theirs) = (key()?, key()?);
    let mut salt = || reader.take(4).ok()?.try_into().ok();
    let (our_salt, their_salt) = (salt()?, salt()?);
    Some(Sealed { ours, theirs, our_salt, their_salt, sent: 0, received: 0, verify_data })
}

/// What is authenticated besides the text (RFC 5246, section 6.2.3.3).
fn additional(number: u64, kind: u8, length: usize) -> Aad<Vec<u8>> {
    let mut out = Writer::default();
    out.bytes(&number.to_be_bytes()).u8(kind).u16(Version::Tls12.code()).u16(length as u16);
    Aad::from(out.finish())
}

fn nonce(salt: [u8; 4], explicit: &[u8]) -> Option<Nonce> {
    Nonce::try_assume_unique_for_key(&[&salt, explicit].concat()).ok()
}

impl Sealed {
    /// A record of ours.
    fn seal(&mut self, kind: u8, text: &[u8]) -> Option<Vec<u8>> {
        let explicit = self.sent.to_be_bytes();
        let mut body = text.to_vec();
        let additional = additional(self.sent, kind, text.len());
        self.ours.seal_in_place_append_tag(nonce(self.our_salt, &explicit)?, additional, &mut body).ok()?;
        self.sent += 1;
        Some(record(kind, Version::Tls12.code(), &[explicit.to_vec(), body].concat()))
    }

    /// The text of a record of theirs, if it is of that type.
    fn open(&mut self, kind: u8, record: &Record) -> Option<Vec<u8>> {
        let (explicit, body) = record.body.split_at_checked(8)?;
        let additional = additional(self.received, kind, body.len().checked_sub(16)?);
        let mut body = body.to_vec();
        let text =
            self.theirs.open_in_place(nonce(self.their_salt, explicit)?, additional, &mut body).ok()?;
        self.received += 1;
        Some(text.to_vec())
    }
}

/// The pseudorandom function of TLS 1.2 (RFC 5246, section 5), with SHA-256.
fn prf(secret: &[u8], label: &[u8], seed: &[u8], length: usize) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let seed = [label, seed].concat();
    let mut a = hmac::sign(&key, &seed).as_ref().to_vec();
    let mut out = Vec::new();
    while out.len() < length {
        out.extend_from_slice(hmac::sign(&key, &[a.as_slice(), &seed].concat()).as_ref());
        a = hmac::sign(&key, &a).as_ref().to_vec();
    }
    out.truncate(length);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pseudorandom_function_is_that_of_the_published_vector() {
        // https://mailarchive.ietf.org/arch/msg/tls/fzVCzk-z3FShgGJ6DOXqM1ydxms: P_SHA256, 100 bytes.
        let secret =
            [0x9b, 0xbe, 0x43, 0x6b, 0xa9, 0x40, 0xf0, 0x17, 0xb1, 0x76, 0x52, 0x84, 0x9a, 0x71, 0xdb, 0x35];
        let seed =
            [0xa0, 0xba, 0x9f, 0x93, 0x6c, 0xda, 0x31, 0x18, 0x27, 0xa6, 0xf7, 0x96, 0xff, 0xd5, 0x19, 0x8c];
        let out = prf(&secret, b"test label", &seed, 100);
        assert_eq!(out[..8], [0xe3, 0xf2, 0x29, 0xba, 0x72, 0x7b, 0xe1, 0x7b]);
        assert_eq!(out.len(), 100);
    }
}
