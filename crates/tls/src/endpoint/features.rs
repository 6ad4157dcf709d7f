//! What a server does besides choosing a cipher: whose order decides, compression, renegotiation, fallback, stapling, ALPN.

use super::ask::{Answer, Flight, Question};
use super::enumerate::Found;
use super::link::{Failure, Target};
use super::{Endpoint, Preference};
use crate::wire::{Alert, Cipher, Extension, FALLBACK_SCSV, RENEGOTIATION_SCSV, Reader, Version, extension};
use std::collections::BTreeMap;

/// The versions that were found, with what was found at each.
pub(super) type Versions = BTreeMap<Version, Found>;

/// Whose order of ciphers decides: the list is offered backwards, and what is chosen tells.
pub(super) fn preference(target: &Target, versions: &Versions) -> Result<Option<Preference>, Failure> {
    let enough = |(_, found): &(&Version, &Found)| found.ciphers.len() > 1;
    // TLS 1.3 has few ciphers, and servers that follow the client there may not below.
    let below = versions.iter().rev().filter(|(version, _)| **version < Version::Tls13).find(enough);
    let Some((version, found)) = below.or_else(|| versions.iter().rev().find(enough)) else {
        return Ok(None);
    };
    let (Some(first), Some(last)) = (found.ciphers.first(), found.ciphers.last()) else { return Ok(None) };
    let backwards = found.ciphers.iter().rev().copied().collect();
    match Question::new(&target.address.host, *version, backwards).ask(target) {
        Answer::Flight(flight) if flight.hello.cipher == *first => Ok(Some(Preference::Server)),
        Answer::Flight(flight) if flight.hello.cipher == *last => Ok(Some(Preference::Client)),
        // Neither end: an order of the server's own that is none of ours (ChaCha20 first for those who ask for it first).
        Answer::Flight(_) => Ok(Some(Preference::Server)),
        Answer::Refusal(_) => Ok(None),
        Answer::Nothing(failure) => Err(failure),
    }
}

/// What the first flight of TLS 1.2 or before tells.
pub(super) fn extras(target: &Target, versions: &Versions, endpoint: &mut Endpoint) -> Result<(), Failure> {
    let Some((version, found)) = versions.iter().rev().find(|(version, _)| **version < Version::Tls13) else {
        return Ok(());
    };
    if *version < Version::Tls10 {
        return Ok(());
    }
    let ciphers: Vec<Cipher> = found.ciphers.iter().copied().chain([RENEGOTIATION_SCSV]).collect();
    let mut question = Question::new(&target.address.host, *version, ciphers);
    question.compressions = vec![1, 0];
    question.more = vec![
        Extension::new(extension::STATUS_REQUEST, |out| {
            out.u8(1).u16(0).u16(0);
        }),
        Extension::new(extension::ALPN, |out| {
            out.vector(2, |out| {
                for word in ["h2", "http/1.1"] {
                    out.vector(1, |out| {
                        out.bytes(word.as_bytes());
                    });
                }
            });
        }),
    ];
    match question.ask(target) {
        Answer::Flight(flight) => told(&flight, endpoint),
        Answer::Refusal(_) => {
            // Some servers end the handshake over ALPN or a compression that they do not know.
            question.more.clear();
            question.compressions = vec![0];
            match question.ask(target) {
                Answer::Flight(flight) => told(&flight, endpoint),
                Answer::Refusal(_) => {}
                Answer::Nothing(failure) => return Err(failure),
            }
        }
        Answer::Nothing(failure) => return Err(failure),
    }
    Ok(())
}

fn told(flight: &Flight, endpoint: &mut Endpoint) {
    endpoint.compression = Some(flight.hello.compression != 0);
    endpoint.secure_renegotiation = Some(flight.hello.extension(extension::RENEGOTIATION_INFO).is_some());
    endpoint.ocsp_stapled = Some(flight.stapled.is_some());
    endpoint.alpn = flight.hello.extension(extension::ALPN).and_then(|body| {
        let mut list = Reader::new(Reader::new(body).vector(2).ok()?);
        Some(String::from_utf8_lossy(list.vector(1).ok()?).into_owned())
    });
}

/// Whether a fallback that was not needed is refused; `None` where there is no version to fall back to.
pub(super) fn fallback_scsv(target: &Target, versions: &Versions) -> Result<Option<bool>, Failure> {
    let mut known = versions.iter().rev();
    let (Some(_), Some((lower, found))) = (known.next(), known.next()) else { return Ok(None) };
    let mut ciphers = found.ciphers.clone();
    ciphers.push(FALLBACK_SCSV);
    match Question::new(&target.address.host, *lower, ciphers).ask(target) {
        Answer::Flight(_) => Ok(Some(false)),
        Answer::Refusal(Some(alert)) if alert.description == Alert::INAPPROPRIATE_FALLBACK => Ok(Some(true)),
        // It refuses, if not in the words of RFC 7507: no client gets brought down.
        Answer::Refusal(_) => Ok(Some(true)),
        Answer::Nothing(failure) => Err(failure),
    }
}
