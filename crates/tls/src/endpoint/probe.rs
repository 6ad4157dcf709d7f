//! The probe of one endpoint: reach it, find its versions side by side, then all that hangs on them.

use super::address::is_asked;
use super::enumerate::{Found, enumerate};
use super::features::{Versions, extras, fallback_scsv, preference};
use super::http::{self, NoAnswer};
use super::link::{Failure, Link, Target, resolve};
use super::renegotiation;
use super::session::{Session, Shown, handshake};
use super::trust::Trust;
use super::upgrade::upgrade_of;
use super::{Address, Asked, Certificate, Endpoint, Http, Offer, Options, certificate};
use crate::wire::{Version, WireError, ssl2};
use ring::rand::{SecureRandom, SystemRandom};
use rustls::SignatureScheme as Scheme;
use rustls::version::{TLS12, TLS13};
use std::time::{Duration, Instant};
use tieout_model::{Gap, Reason};

/// Probes one endpoint within its time.
pub(super) fn probe(asked: &Asked, options: &Options, trust: &Trust) -> Endpoint {
    let address = &asked.address;
    let shown = address.to_string();
    let target = match reach(asked, options) {
        Ok(target) => target,
        Err(failure) => return Endpoint::unreachable(shown, gap(address, &failure)),
    };
    let mut endpoint = Endpoint {
        endpoint: shown,
        address: Some(target.socket.ip().to_string()),
        starttls: target.upgrade.map(|upgrade| upgrade.as_str().to_owned()),
        ..Endpoint::default()
    };
    let versions = match versions(&target, &mut endpoint) {
        Ok(versions) => versions,
        Err(failure) => return Endpoint::unreachable(endpoint.endpoint, gap(address, &failure)),
    };
    endpoint.reachable = true;
    describe(&target, &versions, &mut endpoint);
    certificates(&target, &versions, options, trust, &mut endpoint);
    if target.upgrade.is_none() {
        speak_http(&target, options, &mut endpoint);
    }
    renegotiate(&target, &versions, &mut endpoint);
    endpoint
}

/// Why something of an endpoint could not be told.
fn gap(address: &Address, failure: &Failure) -> Gap {
    let resolve = match failure {
        Failure::Unknown if address.is_private_name() => "ask from inside the network that knows the name",
        Failure::Unknown => "check the name",
        Failure::Refused => "start the server, or check the port and the firewall",
        Failure::Silent(_) => "ask again with a larger --timeout, or from a network that reaches it",
        Failure::NotTls(_) => "check the port, or say with --starttls how its TLS begins",
        Failure::Upgrade(_) => "check the port, or say with --starttls how its TLS begins",
        Failure::Closed | Failure::Io(_) => "check that a TLS server listens there",
    };
    let reason = match failure {
        Failure::NotTls(_) | Failure::Upgrade(_) => Reason::Unreadable,
        _ => Reason::Network,
    };
    Gap::new(reason, format!("{address}: {failure}"), resolve)
}

/// Finds an address that answers at all.
fn reach(asked: &Asked, options: &Options) -> Result<Target, Failure> {
    let address = &asked.address;
    let started = Instant::now();
    let deadline = started + options.timeout;
    let patience = (options.timeout / 3).max(Duration::from_secs(1)).min(options.timeout);
    let mut last = Failure::Unknown;
    for socket in resolve(address, deadline)? {
        if asked.is_stated && !is_asked(socket.ip()) {
            last = Failure::Io(format!(
                "the name leads to {}, which is not asked on a file's word",
                socket.ip()
            ));
            continue;
        }
        let upgrade = upgrade_of(asked.starttls, address.port);
        let target = Target { address: address.clone(), socket, upgrade, deadline, patience };
        match target.open() {
            Ok(_) => return Ok(target),
            Err(failure) => last = failure,
        }
    }
    Err(last)
}

/// Every version by itself, side by side.
///
/// # Errors
/// Where none was found, why.
fn versions(target: &Target, endpoint: &mut Endpoint) -> Result<Versions, Failure> {
    const RECORD: [Version; 5] =
        [Version::Ssl3, Version::Tls10, Version::Tls11, Version::Tls12, Version::Tls13];
    let (old, asked) = std::thread::scope(|scope| {
        let old = scope.spawn(|| ssl2(target));
        let running: Vec<_> =
            RECORD.map(|version| (version, scope.spawn(move || enumerate(target, version)))).into();
        let asked: Vec<(Version, Result<Found, Failure>)> = running
            .into_iter()
            .map(|(version, thread)| (version, thread.join().unwrap_or_else(|_| Err(broken()))))
            .collect();
        (old.join().unwrap_or_else(|_| Err(broken())), asked)
    });
    let mut found = Versions::new();
    let mut failures = Vec::new();
    let mut alert = None;
    for (version, asked) in asked {
        match asked {
            Ok(seen) if seen.ciphers.is_empty() => alert = seen.alert.or(alert),
            Ok(seen) => {
                for (matter, cut) in [("ciphers", &seen.cut), ("groups", &seen.groups_cut)] {
                    if let Some(cut) = cut {
                        let open = gap(&target.address, cut);
                        let what = format!("{} of {version} may be more: {}", matter, open.what);
                        let open = Gap { what: what.into(), ..open };
                        endpoint.open.insert(format!("{version} {matter}"), open);
                    }
                }
                endpoint.versions.insert(version, seen.offer());
                found.insert(version, seen);
            }
            Err(failure) => failures.push((version, failure)),
        }
    }
    if let Ok(Some(hello)) = &old {
        let ciphers = hello.ciphers.clone();
        endpoint.versions.insert(Version::Ssl2, Offer { ciphers, groups: Vec::new() });
    }
    if found.is_empty() && !endpoint.versions.contains_key(&Version::Ssl2) {
        // What is no TLS says most; then silence.
        let worst = failures.into_iter().map(|(_, failure)| failure);
        let worst = worst.max_by_key(|failure| matches!(failure, Failure::NotTls(_)));
        return Err(worst.unwrap_or_else(|| match alert {
            Some(alert) => Failure::Io(format!("every hello is refused with alert {}", alert.description)),
            None => Failure::Closed,
        }));
    }
    for (version, failure) in failures {
        let open = gap(&target.address, &failure);
        let what = format!("{version}: {}", open.what);
        endpoint.open.insert(version.as_str().to_owned(), Gap { what: what.into(), ..open });
    }
    Ok(found)
}

fn broken() -> Failure {
    Failure::Io("the probe broke off; please report it".to_owned())
}

/// The hello of SSL 2.0. A server that does not speak it closes, or waits for the rest of what it takes for a longer message:
/// one that does answers at once.
fn ssl2(target: &Target) -> Result<Option<ssl2::ServerHello>, Failure> {
    let mut challenge = [0; 16];
    let _ = SystemRandom::new().fill(&mut challenge);
    let impatient = Target { patience: target.patience.min(Duration::from_secs(2)), ..target.clone() };
    let mut link = impatient.open()?;
    link.send(&ssl2::client_hello(challenge))?;
    read_ssl2(&mut link)
}

fn read_ssl2(link: &mut Link) -> Result<Option<ssl2::ServerHello>, Failure> {
    let mut bytes = Vec::new();
    loop {
        let part = match link.receive() {
            Ok(part) if part.is_empty() => return Ok(None),
            Ok(part) => part,
            Err(Failure::Closed | Failure::Silent(_)) => return Ok(None),
            Err(failure) => return Err(failure),
        };
        bytes.extend(part);
        match ssl2::server_hello(&bytes) {
            Ok(Some(hello)) => return Ok(Some(hello)),
            Ok(None) if bytes.len() < 1 << 16 => {}
            Ok(None) | Err(WireError::NotTls | WireError::Short | WireError::Malformed) => return Ok(None),
        }
    }
}

/// What hangs on the versions.
fn describe(target: &Target, versions: &Versions, endpoint: &mut Endpoint) {
    endpoint.dh_bits = versions.values().filter_map(|found| found.dh_bits).min();
    let below = versions.iter().filter(|(version, _)| **version < Version::Tls13);
    endpoint.client_certificate =
        below.map(|(_, found)| found.asks_for_certificate).reduce(|one, other| one || other);
    match preference(target, versions) {
        Ok(preference) => endpoint.preference = preference,
        Err(failure) => open(target, endpoint, "preference", &failure),
    }
    if let Err(failure) = extras(target, versions, endpoint) {
        open(target, endpoint, "extensions", &failure);
    }
    match fallback_scsv(target, versions) {
        Ok(fallback) => endpoint.fallback_scsv = fallback,
        Err(failure) => open(target, endpoint, "fallback_scsv", &failure),
    }
}

/// Whether a client may renegotiate: asked last, since some servers rest after it.
fn renegotiate(target: &Target, versions: &Versions, endpoint: &mut Endpoint) {
    if versions.keys().all(|version| *version == Version::Tls13) {
        return;
    }
    let impatient = Target { patience: target.patience.min(Duration::from_secs(3)), ..target.clone() };
    match renegotiation::client_may(&impatient) {
        Ok(Some(may)) => endpoint.client_renegotiation = Some(may),
        Ok(None) => {
            let what = format!(
                "client_renegotiation: {}: the handshake that asks for it needs TLS 1.2 with ECDHE over X25519 and AES-128-GCM",
                target.address
            );
            let gap = Gap::new(Reason::Unsupported, what, "look at the server's configuration");
            endpoint.open.insert("client_renegotiation".to_owned(), gap);
        }
        Err(failure) => open(target, endpoint, "client_renegotiation", &failure),
    }
}

fn open(target: &Target, endpoint: &mut Endpoint, matter: &str, failure: &Failure) {
    let open = gap(&target.address, failure);
    let what = format!("{matter}: {}", open.what);
    endpoint.open.insert(matter.to_owned(), Gap { what: what.into(), ..open });
}

/// Schemes of one kind of key, so that a server with several certificates shows each.
const KINDS: [&[Scheme]; 3] = [
    &[Scheme::ECDSA_NISTP256_SHA256, Scheme::ECDSA_NISTP384_SHA384, Scheme::ECDSA_NISTP521_SHA512],
    &[
        Scheme::RSA_PSS_SHA256,
        Scheme::RSA_PSS_SHA384,
        Scheme::RSA_PSS_SHA512,
        Scheme::RSA_PKCS1_SHA256,
        Scheme::RSA_PKCS1_SHA384,
        Scheme::RSA_PKCS1_SHA512,
    ],
    &[Scheme::ED25519, Scheme::ED448],
];

/// The certificates: those of the flights of TLS 1.2 and before, and those of TLS 1.3 by whole handshakes.
fn certificates(
    target: &Target,
    versions: &Versions,
    options: &Options,
    trust: &Trust,
    endpoint: &mut Endpoint,
) {
    let mut chains: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut failure = None;
    if versions.contains_key(&Version::Tls13) {
        for kind in KINDS {
            match handshake(target, &[&TLS13], kind, &[]) {
                (Some(Shown { chain, stapled }), _) => {
                    if !versions.contains_key(&Version::Tls12) {
                        endpoint.ocsp_stapled = Some(stapled || endpoint.ocsp_stapled == Some(true));
                    }
                    chains.push(chain);
                }
                (None, Err(reason)) => failure = Some(reason),
                (None, Ok(_)) => {}
            }
        }
    }
    for found in versions.values().rev() {
        chains.extend(found.chains.iter().cloned());
    }
    let mut seen: Vec<Certificate> = Vec::new();
    for chain in &chains {
        if let Some(one) = certificate::judge(chain, &target.address, trust, options.now)
            && !seen.iter().any(|other| other.sha256 == one.sha256)
        {
            seen.push(one);
        }
    }
    let mut seen = seen.into_iter();
    endpoint.certificate = seen.next();
    endpoint.other_certificates = seen.collect();
    if endpoint.certificate.is_none() {
        let is_anonymous = !versions.contains_key(&Version::Tls13) && chains.is_empty();
        match failure {
            _ if is_anonymous => {}
            Some(failure) => open(target, endpoint, "certificate", &failure),
            None => open(target, endpoint, "certificate", &Failure::Io("it cannot be read".to_owned())),
        }
    }
}

/// HTTP over TLS, and on the plain port where there is one to ask.
fn speak_http(target: &Target, options: &Options, endpoint: &mut Endpoint) {
    let rustls_speaks =
        [Version::Tls12, Version::Tls13].iter().any(|version| endpoint.versions.contains_key(version));
    if !rustls_speaks {
        let what = format!("http: {}: HTTP is asked over TLS 1.2 or 1.3 alone", target.address);
        let gap = Gap::new(Reason::Unsupported, what, "let the server speak TLS 1.2, and ask again");
        endpoint.open.insert("http".to_owned(), gap);
        return;
    }
    let every: Vec<Scheme> = KINDS.concat();
    let (_, session) = handshake(target, &[&TLS13, &TLS12], &every, &["http/1.1"]);
    let asked =
        session.map_err(NoAnswer::Failed).and_then(|mut session| over_tls(target, &mut session, endpoint));
    match asked {
        Ok(http) => endpoint.http = Some(http),
        Err(NoAnswer::NotHttp) => return,
        Err(NoAnswer::Failed(failure)) => return open(target, endpoint, "http", &failure),
    }
    let port = options.http_port.or((target.address.port == 443).then_some(80));
    let Some(port) = port else { return };
    match http::redirect(target, port) {
        Ok(answer) => {
            if let Some(http) = &mut endpoint.http {
                http.redirect = Some(answer);
            }
        }
        Err(failure) => open(target, endpoint, "redirect", &failure),
    }
}

fn over_tls(target: &Target, session: &mut Session, endpoint: &mut Endpoint) -> Result<Http, NoAnswer> {
    if endpoint.alpn.is_none() {
        endpoint.alpn.clone_from(&session.alpn);
    }
    http::over_tls(target, session)
}
