//! Probes of real servers on loopback: what they accept is told, whole and in order, and what goes wrong is told within its
//! time.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod servers;

use servers::{closed, has_openssl, openssl, rustls_config, serve, speak};
use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use tieout_model::Reason;
use tieout_model::time::OffsetDateTime;
use tieout_tls::endpoint::{
    Address, Asked, Endpoint, Options, Preference, REACH, Redirect, Starttls, probe_all,
};
use tieout_tls::wire::Version;

fn options() -> Options {
    Options {
        timeout: Duration::from_secs(60),
        now: OffsetDateTime::now_utc(),
        authorities: Vec::new(),
        http_port: None,
    }
}

fn asked(host: &str, port: u16, starttls: Starttls) -> Asked {
    Asked { address: Address { host: host.into(), port }, starttls, is_stated: false }
}

fn probe_with(port: u16, options: &Options) -> Endpoint {
    probe_all(&[asked("localhost", port, Starttls::Auto)], options, &|_| ()).remove(0)
}

fn probe_from(port: u16, starttls: Starttls) -> Endpoint {
    probe_all(&[asked("localhost", port, starttls)], &options(), &|_| ()).remove(0)
}

fn probe(port: u16) -> Endpoint {
    probe_with(port, &options())
}

fn versions(endpoint: &Endpoint) -> Vec<Version> {
    endpoint.versions.keys().copied().collect()
}

#[test]
fn a_server_that_speaks_one_version_alone_is_told_to_speak_that_one() {
    if !has_openssl() {
        return in_process_versions();
    }
    for (flag, version) in [
        ("-tls1", Version::Tls10),
        ("-tls1_1", Version::Tls11),
        ("-tls1_2", Version::Tls12),
        ("-tls1_3", Version::Tls13),
    ] {
        let server = openssl("rsa", &[flag, "-cipher", "ALL:@SECLEVEL=0"]);
        let seen = probe(server.port);
        assert_eq!(versions(&seen), [version], "{seen:#?}");
        assert_eq!(seen.certificate.as_ref().map(|one| one.key.kind.as_str()), Some("RSA"), "{version}");
        assert_eq!(seen.fallback_scsv, None, "{version}");
    }
}

/// Where there is no openssl: the versions that a server inside the process can speak.
fn in_process_versions() {
    for (version, word) in
        [(&rustls::version::TLS12, Version::Tls12), (&rustls::version::TLS13, Version::Tls13)]
    {
        let (_, config) = rustls_config(&[version]);
        let port = serve(move |stream| speak(stream, &config, ""));
        assert_eq!(versions(&probe(port)), [word]);
    }
}

/// Each cipher of TLS 1.2 that this machine's openssl can offer, asked for by `s_client`.
fn by_s_client(port: u16) -> Vec<String> {
    let listed = Command::new("openssl")
        .args(["ciphers", "-stdname", "-s", "-tls1_2", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"])
        .output()
        .unwrap();
    let mut accepted = Vec::new();
    for line in String::from_utf8(listed.stdout).unwrap().lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let status = Command::new("openssl")
            .args(["s_client", "-connect", &format!("localhost:{port}"), "-tls1_2", "-cipher"])
            .arg(format!("{}:@SECLEVEL=0", words[2]))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if status.unwrap().success() {
            accepted.push(words[0].to_owned());
        }
    }
    accepted.sort();
    accepted
}

#[test]
fn every_cipher_that_s_client_gets_through_with_is_found_and_no_other() {
    if !has_openssl() {
        return in_process_versions();
    }
    let server = openssl("both", &["-tls1_2", "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]);
    let seen = probe(server.port);
    let mut ours = seen.versions[&Version::Tls12].ciphers.clone();
    ours.sort();
    assert_eq!(ours, by_s_client(server.port));
    assert_eq!(seen.other_certificates.len(), 1, "one of RSA and one of ECDSA");
}

#[test]
fn the_order_is_the_servers_where_the_server_prefers() {
    if !has_openssl() {
        return in_process_versions();
    }
    let list = "AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA";
    let wanted = [
        "TLS_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_RSA_WITH_AES_128_CBC_SHA",
    ];
    let server = openssl("rsa", &["-tls1_2", "-serverpref", "-cipher", list]);
    let seen = probe(server.port);
    assert_eq!(seen.versions[&Version::Tls12].ciphers, wanted);
    assert_eq!(seen.preference, Some(Preference::Server));
    let server = openssl("rsa", &["-tls1_2", "-cipher", list]);
    assert_eq!(probe(server.port).preference, Some(Preference::Client));
}

#[test]
fn groups_are_told_at_each_version_and_for_certificates_on_a_curve_too() {
    if !has_openssl() {
        return in_process_versions();
    }
    for key in ["rsa", "ec"] {
        let server = openssl(key, &["-groups", "P-384:X25519:P-256"]);
        let seen = probe(server.port);
        for version in [Version::Tls12, Version::Tls13] {
            let mut groups = seen.versions[&version].groups.clone();
            groups.sort();
            assert_eq!(groups, ["secp256r1", "secp384r1", "x25519"], "{key} {version}");
        }
    }
}

#[test]
fn certificates_of_every_key_are_seen_at_tls_1_3_alone() {
    if !has_openssl() {
        return in_process_versions();
    }
    for (key, kind) in [("rsa", "RSA"), ("ec", "EC"), ("ed25519", "Ed25519")] {
        let server = openssl(key, &["-tls1_3"]);
        let seen = probe(server.port);
        assert_eq!(seen.certificate.map(|one| one.key.kind).as_deref(), Some(kind));
    }
}

#[test]
fn a_server_that_wants_a_clients_certificate_still_tells_what_it_accepts() {
    if !has_openssl() {
        return in_process_versions();
    }
    let server = openssl("rsa", &["-tls1_2", "-Verify", "1"]);
    let seen = probe(server.port);
    assert_eq!(versions(&seen), [Version::Tls12]);
    assert_eq!(seen.client_certificate, Some(true));
}

#[test]
fn a_server_without_a_certificate_is_told_by_its_anonymous_ciphers() {
    if !has_openssl() {
        return in_process_versions();
    }
    let server = openssl("rsa", &["-tls1_2", "-nocert", "-cipher", "aNULL:eNULL:@SECLEVEL=0"]);
    let seen = probe(server.port);
    let ciphers = &seen.versions[&Version::Tls12].ciphers;
    assert!(!ciphers.is_empty() && ciphers.iter().all(|name| name.contains("_anon_")), "{ciphers:?}");
    assert_eq!(seen.certificate, None);
    assert!(!seen.open.contains_key("certificate"));
}

#[test]
fn an_authority_given_by_the_user_is_trusted() {
    let (root, config) = rustls_config(&[&rustls::version::TLS12, &rustls::version::TLS13]);
    let port = serve(move |stream| speak(stream, &config, ""));
    let trusting = Options { authorities: vec![root], ..options() };
    assert_eq!(probe_with(port, &trusting).certificate.unwrap().problems, []);
    let words = serde_json::to_value(probe(port).certificate.unwrap().problems).unwrap();
    assert_eq!(words, serde_json::json!(["untrusted"]));
}

#[test]
fn a_server_that_speaks_no_http_has_none_and_one_that_does_tells_its_headers() {
    let (_, config) = rustls_config(&[&rustls::version::TLS13]);
    let other = config.clone();
    let silent = serve(move |stream| speak(stream, &other, ""));
    assert_eq!(probe(silent).http, None);
    let plain = serve(|mut stream| {
        let _ = stream.read(&mut [0; 512]);
        let _ = stream.write_all(b"HTTP/1.1 301 Moved\r\nLocation: https://localhost/\r\n\r\n");
    });
    let answer = "HTTP/1.1 200 OK\r\nStrict-Transport-Security: max-age=1\r\nContent-Type: text/html\r\n\r\n";
    let port = serve(move |stream| speak(stream, &config, answer));
    let http = probe_with(port, &Options { http_port: Some(plain), ..options() }).http.unwrap();
    assert_eq!((http.status, http.first("strict-transport-security")), (200, Some("max-age=1")));
    assert_eq!(http.redirect, Some(Redirect::ToHttps { location: "https://localhost/".into() }));
    let nothing = Options { http_port: Some(closed().port()), ..options() };
    assert_eq!(probe_with(port, &nothing).http.unwrap().redirect, Some(Redirect::Closed));
}

#[test]
fn connections_that_begin_in_plain_text_are_brought_to_tls() {
    type Begin = fn(&mut std::net::TcpStream);
    let begins: [(Starttls, Begin); 4] = [
        (Starttls::Smtp, |stream| {
            let mut line = [0; 256];
            let _ = stream.write_all(b"220-mail\r\n220 ready\r\n");
            let _ = stream.read(&mut line);
            let _ = stream.write_all(b"250-mail\r\n250 STARTTLS\r\n");
            let _ = stream.read(&mut line);
            let _ = stream.write_all(b"220 go\r\n");
        }),
        (Starttls::Postgres, |stream| {
            let _ = stream.read_exact(&mut [0; 8]);
            let _ = stream.write_all(b"S");
        }),
        (Starttls::Mysql, |stream| {
            let mut greeting = b"\x0a8.0.36\0\x01\0\0\0abcdefgh\0\xff\xff".to_vec();
            greeting.extend([0; 30]);
            let mut packet = vec![greeting.len() as u8, 0, 0, 0];
            packet.extend(greeting);
            let _ = stream.write_all(&packet);
            let _ = stream.read_exact(&mut [0; 36]);
        }),
        (Starttls::Ldap, |stream| {
            let _ = stream.read_exact(&mut [0; 31]);
            let _ = stream.write_all(&[0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0]);
        }),
    ];
    for (starttls, begin) in begins {
        let (_, config) = rustls_config(&[&rustls::version::TLS12, &rustls::version::TLS13]);
        let port = serve(move |mut stream| {
            begin(&mut stream);
            speak(stream, &config, "");
        });
        let seen = probe_from(port, starttls);
        assert_eq!(versions(&seen), [Version::Tls12, Version::Tls13], "{starttls:?} {:?}", seen.open);
        assert!(seen.certificate.is_some() && seen.starttls.is_some());
    }
    let refusing = serve(|mut stream| {
        let _ = stream.read_exact(&mut [0; 8]);
        let _ = stream.write_all(b"N");
    });
    let seen = probe_from(refusing, Starttls::Postgres);
    assert!(!seen.reachable && seen.open[REACH].what.contains("offers no TLS"), "{:?}", seen.open);
}

#[test]
fn renegotiation_by_the_client_is_told_by_asking_for_it() {
    if !has_openssl() {
        return in_process_versions();
    }
    for key in ["rsa", "ec"] {
        let server = openssl(key, &["-tls1_2"]);
        assert_eq!(probe(server.port).client_renegotiation, Some(false), "{key}");
        let server = openssl(key, &["-tls1_2", "-client_renegotiation"]);
        assert_eq!(probe(server.port).client_renegotiation, Some(true), "{key}");
    }
    let server = openssl("rsa", &["-tls1_2", "-cipher", "AES256-SHA"]);
    let seen = probe(server.port);
    assert_eq!(seen.client_renegotiation, None);
    assert!(seen.open.contains_key("client_renegotiation"));
}

/// The flight of a server that speaks SSL 3.0 alone and knows two ciphers.
fn ssl3(stream: &mut std::net::TcpStream) -> Option<()> {
    use tieout_tls::wire::{Cipher, ClientHello, Incoming, Joiner, ServerHello, handshake, record};
    let mut joiner = Joiner::default();
    let mut bytes = [0; 4096];
    let hello = loop {
        let count = stream.read(&mut bytes).ok().filter(|count| *count > 0)?;
        joiner.push(&bytes[..count]);
        if let Some(Incoming::Handshake(message)) = joiner.pop().ok()? {
            break ClientHello::parse(&message.body).ok()?;
        }
    };
    let chosen = [Cipher(0x000a), Cipher(0x0005)].into_iter().find(|cipher| hello.ciphers.contains(cipher));
    let (Some(cipher), 0x0300) = (chosen, hello.version) else {
        return stream.write_all(&record(21, 0x0300, &[2, 40])).ok();
    };
    assert!(hello.extensions.is_empty(), "SSL 3.0 has no extensions");
    let answer = ServerHello {
        legacy_version: 0x0300,
        random: [7; 32],
        session_id: Vec::new(),
        cipher,
        compression: 0,
        extensions: Vec::new(),
    };
    let mut flight = handshake::message(handshake::SERVER_HELLO, &answer.to_body());
    flight.extend(handshake::message(handshake::SERVER_HELLO_DONE, &[]));
    stream.write_all(&record(22, 0x0300, &flight)).ok()
}

#[test]
fn a_server_of_ssl_3_or_ssl_2_is_told_at_record_level() {
    let port = serve(|mut stream| {
        let _ = ssl3(&mut stream);
    });
    let seen = probe(port);
    assert_eq!(versions(&seen), [Version::Ssl3], "{:?}", seen.open);
    let wanted = ["TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_RC4_128_SHA"];
    assert_eq!(seen.versions[&Version::Ssl3].ciphers, wanted);
    assert_eq!(seen.preference, Some(Preference::Server));
    let port = serve(|mut stream| {
        let mut hello = [0; 2];
        if stream.read_exact(&mut hello).is_ok() && hello[0] == 0x80 {
            let mut body = vec![4, 0, 1, 0, 2, 0, 3, 0, 3, 0, 2];
            body.extend(b"der\x07\x00\xc0id");
            let mut answer = vec![0x80, body.len() as u8];
            answer.extend(body);
            let _ = stream.write_all(&answer);
        }
    });
    let seen = probe(port);
    assert_eq!(versions(&seen), [Version::Ssl2], "{:?}", seen.open);
    assert_eq!(seen.versions[&Version::Ssl2].ciphers, ["SSL_CK_DES_192_EDE3_CBC_WITH_MD5"]);
}

#[test]
fn what_stalls_refuses_or_talks_nonsense_is_unreachable_within_its_time_and_the_others_are_answered() {
    let hold = |stream: std::net::TcpStream| {
        std::thread::sleep(Duration::from_secs(30));
        drop(stream);
    };
    let stalls = serve(hold);
    let greets = serve(|mut stream| {
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2\r\n");
        let _ = stream.read(&mut [0; 64]);
    });
    let garbage = serve(|mut stream| {
        let _ = stream.read(&mut [0; 64]);
        let _ = stream.write_all(&[0x16, 3, 3, 0, 4, 2, 0, 0, 0, 0x16, 3, 3]);
        let _ = stream.write_all(&[0xff; 4096]);
    });
    let half = serve(move |mut stream| {
        let _ = stream.write_all(&[0x16, 3, 3, 0x40, 0, 2]);
        hold(stream);
    });
    let talks_on = serve(|mut stream| {
        let _ = stream.read(&mut [0; 64]);
        let requests = [[0x16, 3, 3, 0, 4].as_slice(), &[0; 4]].concat().repeat(1000);
        while stream.write_all(&requests).is_ok() {}
    });
    let hangs_up = serve(drop);
    let (_, config) = rustls_config(&[&rustls::version::TLS13]);
    let good = serve(move |stream| speak(stream, &config, ""));
    let ports = [stalls, greets, garbage, half, hangs_up, closed().port(), good, talks_on];
    let addresses = ports.map(|port| asked("127.0.0.1", port, Starttls::Auto));
    let started = Instant::now();
    let seen = probe_all(&addresses, &Options { timeout: Duration::from_secs(9), ..options() }, &|_| ());
    let took = started.elapsed();
    assert!(took < Duration::from_secs(28), "the time limit holds: {took:?}");
    let reachable: Vec<bool> = seen.iter().map(|endpoint| endpoint.reachable).collect();
    assert_eq!(reachable, [false, false, false, false, false, false, true, false], "{seen:#?}");
    for (endpoint, one) in seen.iter().zip(&addresses) {
        assert_eq!(endpoint.endpoint, one.address.to_string());
        assert!(endpoint.reachable || endpoint.open.contains_key(REACH));
    }
    assert!(seen[1].open[REACH].what.contains("SSH-2.0"), "{:?}", seen[1].open);
    assert_eq!(seen[5].open[REACH].reason, Reason::Network);
    assert!(seen[7].open[REACH].what.contains("on and on"), "{:?}", seen[7].open);
}
