//! The servers against clients made of bytes, and against rustls; the binary's tests have those against real interpreters.

use super::*;
use crate::python::authority::{Authority, HOST};
use crate::wire::{Extension, Incoming, Joiner, handshake, record};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::io::{Read, Write};
use std::net::Ipv4Addr;
use std::sync::Arc;

/// What a server saw of a client.
fn seen(speaks: Speaks, client: impl FnOnce(TcpStream, &Authority)) -> Vec<Seen> {
    let authority = Arc::new(Authority::new().unwrap());
    let manner = Manner { speaks, flaw: Flaw::None };
    let farm = Farm::start(Arc::clone(&authority), &[manner]).unwrap();
    client(TcpStream::connect((Ipv4Addr::LOCALHOST, farm.plots[0].port)).unwrap(), &authority);
    farm.finish().remove(0)
}

fn outcome(speaks: Speaks, client: impl FnOnce(TcpStream, &Authority)) -> Outcome {
    let mut seen = seen(speaks, client);
    assert_eq!(seen.len(), 1);
    seen.remove(0).outcome
}

fn rustls_client(stream: TcpStream, authority: &Authority) {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem.as_bytes()).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let mut session = rustls::ClientConnection::new(Arc::new(config), HOST.try_into().unwrap()).unwrap();
    let mut stream = stream;
    let mut tls = rustls::Stream::new(&mut session, &mut stream);
    let mut answer = String::new();
    if tls.write_all(b"GET / HTTP/1.1\r\n\r\n").is_ok() {
        let _ = tls.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
}

#[test]
fn a_client_of_1_2_and_1_3_is_accepted_at_each_and_settles_on_1_3() {
    for (speaks, version) in [
        (Speaks::Only(Version::Tls12), Version::Tls12),
        (Speaks::Only(Version::Tls13), Version::Tls13),
        (Speaks::All, Version::Tls13),
    ] {
        assert_eq!(outcome(speaks, rustls_client), Outcome::Established { version, data: true });
    }
}

#[test]
fn a_client_that_has_no_cipher_of_a_version_is_told_apart_from_one_that_refuses_it() {
    let tls10 = outcome(Speaks::Only(Version::Tls10), rustls_client);
    assert_eq!(tls10, Outcome::NoCommon("cipher"));
}

#[test]
fn garbage_silence_and_a_closed_connection_are_each_told_as_they_are() {
    let garbage = outcome(Speaks::All, |mut stream, _| stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap());
    assert!(matches!(garbage, Outcome::Broken(_)), "{garbage:?}");
    assert_eq!(outcome(Speaks::All, |stream, _| drop(stream)), Outcome::Closed);
    let silent = outcome(Speaks::All, |mut stream, _| {
        let _until_the_server_gives_up = stream.read_to_end(&mut Vec::new());
    });
    assert_eq!(silent, Outcome::Stalled);
}

fn hello(version: u16, ciphers: &[u16], extensions: Vec<Extension>) -> ClientHello {
    ClientHello {
        version,
        random: [7; 32],
        session_id: Vec::new(),
        ciphers: ciphers.iter().map(|code| Cipher(*code)).collect(),
        compressions: vec![0],
        extensions,
    }
}

/// A client that sends a hello, waits for the answer, and ends with an alert.
fn alerts(hello: ClientHello, alert: u8) -> impl FnOnce(TcpStream, &Authority) {
    move |mut stream, _| {
        stream.write_all(&hello.to_record()).unwrap();
        let mut answer = [0; 4096];
        let count = stream.read(&mut answer).unwrap();
        let mut joiner = Joiner::default();
        joiner.push(&answer[..count]);
        let first = joiner.pop().unwrap();
        assert!(
            matches!(first, Some(Incoming::Handshake(message)) if message.kind == handshake::SERVER_HELLO)
        );
        stream.write_all(&record(21, 0x0300, &[2, alert])).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    }
}

#[test]
fn a_client_that_takes_the_hello_of_ssl_3_is_told_from_one_that_refuses_its_version() {
    let old = || hello(0x0303, &[0x002f], Vec::new());
    let speaks = Speaks::Only(Version::Ssl3);
    assert_eq!(outcome(speaks, alerts(old(), 70)), Outcome::Alerted(70));
    assert_eq!(outcome(speaks, alerts(old(), 10)), Outcome::WouldGoOn);
    let closes = outcome(speaks, |mut stream, _| {
        stream.write_all(&old().to_record()).unwrap();
        let _ = stream.read(&mut [0; 64]);
    });
    assert_eq!(closes, Outcome::Closed);
}

#[test]
fn an_old_server_goes_by_the_highest_version_of_the_hello() {
    let too_low = hello(0x0301, &[0xc009], Vec::new());
    let told = outcome(Speaks::Only(Version::Tls11), move |mut stream, _| {
        stream.write_all(&too_low.to_record()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert_eq!(answer[5..], [2, Alert::PROTOCOL_VERSION]);
    });
    assert_eq!(told, Outcome::NotOffered);
    let refuses = alerts(hello(0x0303, &[0xc009], Vec::new()), 70);
    assert_eq!(outcome(Speaks::Only(Version::Tls10), refuses), Outcome::Alerted(70));
}
