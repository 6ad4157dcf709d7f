//! Whatever bytes come, the parsers answer; what is written reads back as it was.

use super::*;
use proptest::prelude::*;

fn hello() -> impl Strategy<Value = ClientHello> {
    let extension = (any::<u16>(), prop::collection::vec(any::<u8>(), 0..40))
        .prop_map(|(kind, body)| Extension { kind, body });
    (
        any::<u16>(),
        any::<[u8; 32]>(),
        prop::collection::vec(any::<u8>(), 0..33),
        prop::collection::vec(any::<u16>().prop_map(Cipher), 0..400),
        prop::collection::vec(any::<u8>(), 0..4),
        prop::collection::vec(extension, 0..8),
    )
        .prop_map(|(version, random, session_id, ciphers, compressions, extensions)| ClientHello {
            version,
            random,
            session_id,
            ciphers,
            compressions,
            extensions,
        })
}

fn drain(bytes: &[u8], step: usize) -> Vec<Incoming> {
    let mut joiner = Joiner::default();
    let mut all = Vec::new();
    for part in bytes.chunks(step.max(1)) {
        joiner.push(part);
        while let Ok(Some(incoming)) = joiner.pop() {
            all.push(incoming);
        }
    }
    all
}

proptest! {
    #[test]
    fn a_client_hello_reads_back_as_it_was_written(hello in hello(), step in 1_usize..70) {
        prop_assert_eq!(&ClientHello::parse(&hello.to_body()).unwrap(), &hello);
        let all = drain(&hello.to_record(), step);
        let body = hello.to_body();
        prop_assert_eq!(all, [Incoming::Handshake(Handshake { kind: 1, body })]);
    }

    #[test]
    fn a_hello_cut_short_is_an_error_or_another_hello_and_never_a_panic(hello in hello(), cut in 0_usize..2000) {
        let body = hello.to_body();
        let part = &body[..cut.min(body.len())];
        if let Ok(hello) = ClientHello::parse(part) {
            prop_assert_eq!(hello.to_body().len() <= part.len(), true);
        }
        prop_assert!(drain(&hello.to_record()[..cut.min(body.len())], 7).is_empty());
    }

    #[test]
    fn no_bytes_break_a_parser(bytes in prop::collection::vec(any::<u8>(), 0..600), code in any::<u16>(), step in 1_usize..40) {
        if let Ok(hello) = ClientHello::parse(&bytes) {
            let _ = (hello.versions(), hello.groups(), hello.key_shares(), hello.server_name(), hello.alpn());
            let _ = (hello.signature_schemes(), hello.real_ciphers());
        }
        if let Ok(hello) = ServerHello::parse(&bytes) {
            let _ = (hello.version(), hello.group(), hello.is_retry());
        }
        for cipher in Cipher::all().chain([Cipher(code)]) {
            let _ = server_key_exchange(cipher, &bytes);
        }
        let _ = (certificate_list(&bytes), tls13_certificate_list(&bytes), stapled_response(&bytes));
        let _ = (ssl2::server_hello(&bytes), drain(&bytes, step));
        let mut framed = record(22, 0x0303, &bytes);
        framed.extend(record(21, 0x0303, &bytes));
        let _ = drain(&framed, step);
    }

    #[test]
    fn extensions_of_any_content_are_read_or_passed_over(body in prop::collection::vec(any::<u8>(), 0..60), kind in prop::sample::select(vec![0_u16, 10, 13, 16, 43, 51])) {
        let hello = ClientHello {
            version: 0x0303,
            random: [0; 32],
            session_id: Vec::new(),
            ciphers: Vec::new(),
            compressions: vec![0],
            extensions: vec![Extension { kind, body }],
        };
        let _ = (hello.versions(), hello.groups(), hello.key_shares(), hello.server_name(), hello.alpn());
    }
}

#[test]
fn a_hello_without_extensions_has_no_list_of_them() {
    let hello = ClientHello {
        version: 0x0300,
        random: [7; 32],
        session_id: Vec::new(),
        ciphers: vec![Cipher(5)],
        compressions: vec![0],
        extensions: Vec::new(),
    };
    assert_eq!(hello.to_body().len(), 2 + 32 + 1 + 2 + 2 + 2);
    assert_eq!(hello.versions(), [Version::Ssl3]);
}

#[test]
fn a_prime_is_measured_without_its_leading_zeros() {
    let cipher = Cipher::named("TLS_DHE_RSA_WITH_AES_128_CBC_SHA").unwrap();
    let key = |prime: &[u8]| {
        let mut out = Writer::default();
        out.vector(2, |out| {
            out.bytes(prime);
        });
        server_key_exchange(cipher, &out.finish()).unwrap()
    };
    assert_eq!(key(&[0x80; 128]), ServerKey::FiniteField { bits: 1024 });
    assert_eq!(key(&[0, 0x01, 0xff]), ServerKey::FiniteField { bits: 9 });
    assert_eq!(key(&[0, 0]), ServerKey::FiniteField { bits: 0 });
}

#[test]
fn what_is_no_record_is_told_at_its_first_bytes() {
    for text in [&b"HTTP/1.1 400 Bad Request\r\n"[..], b"220 mail ESMTP\r\n", b"\x16\x45\x00"] {
        let mut joiner = Joiner::default();
        joiner.push(text);
        assert_eq!(joiner.pop(), Err(WireError::NotTls));
    }
}
