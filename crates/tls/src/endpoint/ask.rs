//! One question to a server: a hello, and its whole answer.

use super::link::{Failure, Link, Target};
use crate::wire::{
    Alert, Cipher, ClientHello, Extension, Group, Incoming, Joiner, ServerHello, ServerKey, Version,
    WireError, certificate_list, extension, handshake, server_key_exchange, stapled_response,
};
use ring::rand::{SecureRandom, SystemRandom};

/// What a server says to a hello.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// It goes along: up to ServerHelloDone, or with a ServerHello of TLS 1.3.
    Flight(Box<Flight>),
    /// It refuses, by an alert or by closing.
    Refusal(Option<Alert>),
    /// It cannot be told.
    Nothing(Failure),
}

/// The server's first flight.
#[derive(Debug, Clone)]
pub(super) struct Flight {
    pub hello: ServerHello,
    pub version: Version,
    /// The chain (DER); empty in TLS 1.3, where it is encrypted.
    pub chain: Vec<Vec<u8>>,
    pub key: Option<ServerKey>,
    pub stapled: Option<Vec<u8>>,
    pub asks_for_certificate: bool,
}

/// Every signature scheme that a certificate or a handshake may use, the good ones first.
pub(super) const SCHEMES: [u16; 26] = [
    0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0809, 0x080a, 0x080b, 0x0401, 0x0501,
    0x0601, 0x081a, 0x081b, 0x081c, 0x0303, 0x0301, 0x0203, 0x0201, 0x0402, 0x0502, 0x0602, 0x0202, 0x0101,
];

/// What to offer; the rest of the hello follows from it.
#[derive(Debug, Clone)]
pub(super) struct Question<'a> {
    pub host: &'a str,
    pub version: Version,
    pub ciphers: Vec<Cipher>,
    pub groups: Vec<Group>,
    pub compressions: Vec<u8>,
    /// Send a public value of the first group along (TLS 1.3).
    pub shares: bool,
    pub more: Vec<Extension>,
}

impl<'a> Question<'a> {
    /// Of a version with these ciphers, every group, and nothing special.
    pub fn new(host: &'a str, version: Version, ciphers: Vec<Cipher>) -> Self {
        let groups = groups(version);
        Self { host, version, ciphers, groups, compressions: vec![0], shares: true, more: Vec::new() }
    }

    /// The hello that asks it.
    pub fn hello(&self) -> ClientHello {
        let mut noise = [0; 96];
        // Without randomness the hello still serves: nothing is kept secret under it.
        let _ = SystemRandom::new().fill(&mut noise);
        let mut random = [0; 32];
        random.iter_mut().zip(&noise).for_each(|(to, from)| *to = *from);
        let is_13 = self.version == Version::Tls13;
        let mut extensions = self.more.clone();
        if self.version > Version::Ssl3 {
            if self.host.parse::<std::net::IpAddr>().is_err() {
                extensions.push(Extension::new(extension::SERVER_NAME, |out| {
                    out.vector(2, |out| {
                        out.u8(0).vector(2, |out| {
                            out.bytes(self.host.as_bytes());
                        });
                    });
                }));
            }
            extensions.push(Extension::new(extension::SUPPORTED_GROUPS, |out| {
                out.vector(2, |out| {
                    out.u16s(self.groups.iter().map(|group| group.0));
                });
            }));
            extensions.push(Extension::new(extension::EC_POINT_FORMATS, |out| {
                out.vector(1, |out| {
                    out.bytes(&[0, 1, 2]);
                });
            }));
        }
        if self.version >= Version::Tls12 {
            extensions.push(Extension::new(extension::SIGNATURE_ALGORITHMS, |out| {
                out.vector(2, |out| {
                    out.u16s(SCHEMES);
                });
            }));
        }
        if is_13 {
            extensions.push(Extension::new(extension::SUPPORTED_VERSIONS, |out| {
                out.vector(1, |out| {
                    out.u16(Version::Tls13.code());
                });
            }));
            extensions.push(Extension::new(extension::PSK_KEY_EXCHANGE_MODES, |out| {
                out.bytes(&[1, 1]);
            }));
            let x25519 = Group(29);
            let share = self.shares && self.groups.contains(&x25519);
            extensions.push(Extension::new(extension::KEY_SHARE, |out| {
                out.vector(2, |out| {
                    if share {
                        // Any 32 bytes are a public value of this curve.
                        out.u16(x25519.0).vector(2, |out| {
                            out.bytes(noise.get(32..64).unwrap_or_default());
                        });
                    }
                });
            }));
        }
        ClientHello {
            version: self.version.min(Version::Tls12).code(),
            random,
            session_id: if is_13 { noise.get(64..).unwrap_or_default().to_vec() } else { Vec::new() },
            ciphers: self.ciphers.clone(),
            compressions: self.compressions.clone(),
            extensions,
        }
    }

    /// Asks it over a connection of its own.
    pub fn ask(&self, target: &Target) -> Answer {
        let asked = target.open().and_then(|mut link| {
            link.send(&self.hello().to_record())?;
            answer(&mut link)
        });
        match asked {
            Ok(Answer::Flight(flight)) if flight.version != self.version => Answer::Refusal(None),
            // A server may choose nothing that was not offered: this one talks past us.
            Ok(Answer::Flight(flight)) if !self.ciphers.contains(&flight.hello.cipher) => {
                Answer::Refusal(None)
            }
            Ok(answer) => answer,
            Err(Failure::Closed) => Answer::Refusal(None),
            Err(failure) => Answer::Nothing(failure),
        }
    }
}

/// The groups that a version has names for.
pub(super) fn groups(version: Version) -> Vec<Group> {
    let mut groups: Vec<Group> = Group::all()
        .filter(|group| {
            version == Version::Tls13 || !group.is_post_quantum() && !(31..=33).contains(&group.0)
        })
        .collect();
    groups.sort_by_key(|group| (!group.is_post_quantum(), group.is_finite_field(), order(*group), group.0));
    groups
}

/// The groups that everybody uses come first.
fn order(group: Group) -> usize {
    const COMMON: [u16; 8] = [4588, 4587, 4589, 29, 23, 24, 25, 30];
    COMMON.iter().position(|code| *code == group.0).unwrap_or(COMMON.len())
}

/// The most that is read of one answer: chains of some hundred kilobytes exist, and whoever sends more does not answer.
const MOST: usize = 1 << 20;

/// Reads the server's first flight.
fn answer(link: &mut Link) -> Result<Answer, Failure> {
    let mut joiner = Joiner::default();
    let mut flight: Option<Flight> = None;
    let mut first = Vec::new();
    let mut read = 0;
    loop {
        let incoming = match joiner.pop() {
            Ok(Some(incoming)) => incoming,
            Ok(None) => {
                let part = link.receive()?;
                if part.is_empty() {
                    return Err(Failure::Closed);
                }
                if first.is_empty() {
                    first.clone_from(&part);
                }
                read += part.len();
                if read > MOST {
                    return Err(Failure::NotTls(
                        "the server sends on and on, and no answer to the hello".to_owned(),
                    ));
                }
                joiner.push(&part);
                continue;
            }
            Err(error) => return Err(nonsense(error, &first)),
        };
        match incoming {
            Incoming::Alert(alert) if alert.is_fatal() => return Ok(Answer::Refusal(Some(alert))),
            Incoming::Alert(_) | Incoming::Other(_) => {}
            Incoming::Handshake(message) => {
                let wrong = |error| nonsense(error, &first);
                match (&mut flight, message.kind) {
                    (None, handshake::SERVER_HELLO) => {
                        let hello = ServerHello::parse(&message.body).map_err(wrong)?;
                        let Some(version) = hello.version() else { return Ok(Answer::Refusal(None)) };
                        let seen = Flight {
                            hello,
                            version,
                            chain: Vec::new(),
                            key: None,
                            stapled: None,
                            asks_for_certificate: false,
                        };
                        if version == Version::Tls13 {
                            return Ok(Answer::Flight(Box::new(seen)));
                        }
                        flight = Some(seen);
                    }
                    (Some(flight), handshake::CERTIFICATE) => {
                        flight.chain = certificate_list(&message.body).map_err(wrong)?;
                    }
                    (Some(flight), handshake::CERTIFICATE_STATUS) => {
                        flight.stapled = stapled_response(&message.body).ok();
                    }
                    (Some(flight), handshake::SERVER_KEY_EXCHANGE) => {
                        flight.key = server_key_exchange(flight.hello.cipher, &message.body).ok();
                    }
                    (Some(flight), handshake::CERTIFICATE_REQUEST) => flight.asks_for_certificate = true,
                    (Some(_), handshake::SERVER_HELLO_DONE) => {}
                    (None, handshake::HELLO_REQUEST) | (Some(_), _) => {}
                    (None, _) => return Err(wrong(WireError::Malformed)),
                }
                if message.kind == handshake::SERVER_HELLO_DONE
                    && let Some(flight) = flight.take()
                {
                    return Ok(Answer::Flight(Box::new(flight)));
                }
            }
        }
    }
}

/// Says what came in place of TLS.
fn nonsense(error: WireError, first: &[u8]) -> Failure {
    let text: String = String::from_utf8_lossy(first).chars().take(40).collect();
    let line = text.lines().next().unwrap_or_default();
    let readable = line.len() > 3 && line.chars().all(|letter| letter.is_ascii_graphic() || letter == ' ');
    Failure::NotTls(match (error, readable) {
        (WireError::NotTls, true) => format!("the answer is not TLS, it begins with `{line}`"),
        (error, _) => error.to_string(),
    })
}
