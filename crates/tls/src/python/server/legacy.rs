//! TLS 1.0 and 1.1, and 1.2 for clients that offer CBC ciphers only: ECDHE_ECDSA with AES, as much of RFC 2246, 4346, 5246 and
//! 4492 as a server of one certificate needs.

use super::conversation::Conversation;
use super::crypto::{Hash, Protection, prf, signed_hash, transcript_hash};
use super::{ANSWER, HandshakeError, Outcome, is_whole, random};
use crate::python::authority::Credentials;
use crate::wire::{
    Cipher, ClientHello, ContentType, Extension, Group, Handshake, Incoming, RENEGOTIATION_SCSV, Record,
    ServerHello, Version, Writer, extension, handshake, record,
};
use p256::ecdsa::Signature;
use p256::ecdsa::signature::hazmat::PrehashSigner;
use ring::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey};
use ring::rand::SystemRandom;

/// A cipher of ours.
struct Suite {
    cipher: Cipher,
    hash: Hash,
    key: usize,
    since: Version,
}

const SUITES: [Suite; 3] = [
    // ECDHE_ECDSA with AES_128_CBC_SHA256, AES_128_CBC_SHA, AES_256_CBC_SHA
    Suite { cipher: Cipher(0xc023), hash: Hash::Sha256, key: 16, since: Version::Tls12 },
    Suite { cipher: Cipher(0xc009), hash: Hash::Sha1, key: 16, since: Version::Tls10 },
    Suite { cipher: Cipher(0xc00a), hash: Hash::Sha1, key: 32, since: Version::Tls10 },
];

const X25519: Group = Group(29);
const P256: Group = Group(23);
/// ecdsa_secp256r1_sha256.
const SIGNATURE: u16 = 0x0403;

pub(super) fn handshake(
    conversation: &mut Conversation,
    hello: &ClientHello,
    version: Version,
    credentials: &Credentials,
) -> Result<Outcome, HandshakeError> {
    let suite = SUITES
        .iter()
        .find(|suite| suite.since <= version && hello.ciphers.contains(&suite.cipher))
        .ok_or(HandshakeError::NoCommon("cipher"))?;
    let group = group(hello)?;
    if version == Version::Tls12 && !hello.signature_schemes().contains(&SIGNATURE) {
        return Err(HandshakeError::NoCommon("signature"));
    }
    let mut transcript = handshake::message(handshake::CLIENT_HELLO, &hello.to_body());
    let server_random: [u8; 32] = random()?;
    let (secret, public) = key_pair(group)?;
    let flight = flight(hello, version, suite, credentials, &server_random, group, &public)?;
    conversation.write(&record(22, version.code(), &flight));
    transcript.extend(flight);

    let exchange = conversation.message(handshake::CLIENT_KEY_EXCHANGE)?;
    transcript.extend(handshake::message(exchange.kind, &exchange.body));
    let premaster = agreed(group, secret, &exchange)?;
    let randoms = [hello.random, server_random].concat();
    let master = prf(version, &premaster, b"master secret", &randoms, 48);
    let (mut incoming, mut outgoing) = protections(version, suite, &master, &hello.random, &server_random)?;

    change_cipher_spec(conversation)?;
    let finished = incoming.open(22, &sealed(conversation, ContentType::Handshake)?.body)?;
    let wanted = finished_message(version, &master, b"client finished", &transcript);
    if finished != wanted {
        return Err(HandshakeError::Broken("the client's Finished is wrong"));
    }
    transcript.extend(&finished);
    let ours = finished_message(version, &master, b"server finished", &transcript);
    let mut out = record(20, version.code(), &[1]);
    out.extend(outgoing.seal(22, &ours)?);
    conversation.write(&out);
    let data = serve(conversation, &mut incoming, &mut outgoing)?;
    Ok(Outcome::Established { version, data })
}

/// The group of the key exchange: the client's first that we have; P-256 for one that names none (RFC 4492, section 4).
fn group(hello: &ClientHello) -> Result<Group, HandshakeError> {
    let groups = hello.groups();
    if groups.is_empty() {
        return Ok(P256);
    }
    groups.into_iter().find(|group| [X25519, P256].contains(group)).ok_or(HandshakeError::NoCommon("group"))
}

fn algorithm(group: Group) -> &'static agreement::Algorithm {
    if group == X25519 { &agreement::X25519 } else { &agreement::ECDH_P256 }
}

fn key_pair(group: Group) -> Result<(EphemeralPrivateKey, Vec<u8>), HandshakeError> {
    const FAILED: HandshakeError = HandshakeError::Broken("no key for the exchange");
    let secret = EphemeralPrivateKey::generate(algorithm(group), &SystemRandom::new()).map_err(|_| FAILED)?;
    let public = secret.compute_public_key().map_err(|_| FAILED)?.as_ref().to_vec();
    Ok((secret, public))
}

/// The premaster secret.
fn agreed(
    group: Group,
    secret: EphemeralPrivateKey,
    exchange: &Handshake,
) -> Result<Vec<u8>, HandshakeError> {
    let (length, point) =
        exchange.body.split_first().ok_or(HandshakeError::Broken("an empty key exchange"))?;
    if usize::from(*length) != point.len() {
        return Err(HandshakeError::Broken("a malformed key exchange"));
    }
    agreement::agree_ephemeral(secret, &UnparsedPublicKey::new(algorithm(group), point), <[u8]>::to_vec)
        .map_err(|_| HandshakeError::Broken("the client's public value is no point"))
}

/// ServerHello to ServerHelloDone.
fn flight(
    hello: &ClientHello,
    version: Version,
    suite: &Suite,
    credentials: &Credentials,
    server_random: &[u8; 32],
    group: Group,
    public: &[u8],
) -> Result<Vec<u8>, HandshakeError> {
    let mut extensions = Vec::new();
    let renegotiation = hello.extension(extension::RENEGOTIATION_INFO).is_some();
    if renegotiation || hello.ciphers.contains(&RENEGOTIATION_SCSV) {
        extensions.push(Extension { kind: extension::RENEGOTIATION_INFO, body: vec![0] });
    }
    if hello.extension(extension::EC_POINT_FORMATS).is_some() {
        extensions.push(Extension { kind: extension::EC_POINT_FORMATS, body: vec![1, 0] });
    }
    let server_hello = ServerHello {
        legacy_version: version.code(),
        random: *server_random,
        session_id: Vec::new(),
        cipher: suite.cipher,
        compression: 0,
        extensions,
    };
    let mut certificate = Writer::default();
    certificate.vector(3, |list| {
        list.vector(3, |one| {
            one.bytes(&credentials.certificate);
        });
    });
    let mut params = Writer::default();
    params.u8(3).u16(group.0).vector(1, |out| {
        out.bytes(public);
    });
    let params = params.finish();
    let signed = [&hello.random[..], server_random, &params].concat();
    let signature: Signature = credentials
        .signer
        .sign_prehash(&signed_hash(version, &signed))
        .map_err(|_| HandshakeError::Broken("the key does not sign"))?;
    let mut exchange = Writer::default();
    exchange.bytes(&params);
    if version == Version::Tls12 {
        exchange.u16(SIGNATURE);
    }
    exchange.vector(2, |out| {
        out.bytes(&der(&signature));
    });
    Ok([
        handshake::message(handshake::SERVER_HELLO, &server_hello.to_body()),
        handshake::message(handshake::CERTIFICATE, &certificate.finish()),
        handshake::message(handshake::SERVER_KEY_EXCHANGE, &exchange.finish()),
        handshake::message(handshake::SERVER_HELLO_DONE, &[]),
    ]
    .concat())
}

/// A signature as two INTEGERs in a SEQUENCE.
fn der(signature: &Signature) -> Vec<u8> {
    let (r, s) = signature.split_bytes();
    let mut out = Writer::default();
    out.u8(0x30).vector(1, |out| {
        for number in [&r[..], &s[..]] {
            let start = number.iter().position(|byte| *byte != 0).unwrap_or(0);
            let digits = number.get(start..).unwrap_or_default();
            out.u8(2).vector(1, |out| {
                if digits.first().is_some_and(|byte| byte & 0x80 != 0) {
                    out.u8(0);
                }
                out.bytes(digits);
            });
        }
    });
    out.finish()
}

/// The keys of both directions, the client's first.
fn protections(
    version: Version,
    suite: &Suite,
    master: &[u8],
    client_random: &[u8; 32],
    server_random: &[u8; 32],
) -> Result<(Protection, Protection), HandshakeError> {
    const SHORT: HandshakeError = HandshakeError::Broken("keys of the wrong length");
    let seed = [*server_random, *client_random].concat();
    let lengths = [suite.hash.len(), suite.hash.len(), suite.key, suite.key, 16, 16];
    let block = prf(version, master, b"key expansion", &seed, lengths.iter().sum());
    let mut rest = &block[..];
    let mut parts = Vec::new();
    for length in lengths {
        let (part, left) = rest.split_at_checked(length).ok_or(SHORT)?;
        parts.push(part);
        rest = left;
    }
    let [client_mac, server_mac, client_key, server_key, client_iv, server_iv] = parts[..] else {
        return Err(SHORT);
    };
    Ok((
        Protection::new(version, suite.hash, client_mac, client_key, client_iv),
        Protection::new(version, suite.hash, server_mac, server_key, server_iv),
    ))
}

fn finished_message(version: Version, master: &[u8], label: &[u8], transcript: &[u8]) -> Vec<u8> {
    let verify = prf(version, master, label, &transcript_hash(version, transcript), 12);
    handshake::message(handshake::FINISHED, &verify)
}

fn change_cipher_spec(conversation: &mut Conversation) -> Result<(), HandshakeError> {
    sealed(conversation, ContentType::ChangeCipherSpec).map(|_| ())
}

/// The next record of a kind.
fn sealed(conversation: &mut Conversation, wanted: ContentType) -> Result<Record, HandshakeError> {
    match conversation.next()? {
        Incoming::Other(record) if record.content == wanted => Ok(record),
        Incoming::Alert(alert) => Err(HandshakeError::Alerted(alert.description)),
        _ => Err(HandshakeError::Broken("a message out of turn")),
    }
}

/// Reads a request and answers it; whether any data came.
fn serve(
    conversation: &mut Conversation,
    incoming: &mut Protection,
    outgoing: &mut Protection,
) -> Result<bool, HandshakeError> {
    let mut request = Vec::new();
    loop {
        match conversation.next() {
            Ok(Incoming::Other(record)) if record.content == ContentType::ApplicationData => {
                request.extend(incoming.open(23, &record.body)?);
            }
            // An encrypted alert, or the end.
            _ => return Ok(!request.is_empty()),
        }
        if is_whole(&request) {
            let mut out = outgoing.seal(23, ANSWER)?;
            out.extend(outgoing.seal(21, &[1, 0])?);
            conversation.write(&out);
            return Ok(true);
        }
    }
}
