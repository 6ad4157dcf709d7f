//! What a server accepts at one version: all ciphers and groups, found by taking away what it chooses until it refuses.

use super::Offer;
use super::ask::{Answer, Flight, Question, groups};
use super::link::{Failure, Target};
use crate::wire::{Alert, Cipher, Group, ServerKey, Version};

/// What was found at one version.
#[derive(Debug, Clone, Default)]
pub(super) struct Found {
    pub ciphers: Vec<Cipher>,
    pub groups: Vec<Group>,
    /// The chains (DER) that it showed, each once.
    pub chains: Vec<Vec<Vec<u8>>>,
    /// The smallest prime, in bits.
    pub dh_bits: Option<u16>,
    pub asks_for_certificate: bool,
    /// Why the list of ciphers may lack some.
    pub cut: Option<Failure>,
    /// Why the list of groups may lack some.
    pub groups_cut: Option<Failure>,
    /// The alert with which it refused everything.
    pub alert: Option<Alert>,
}

/// Servers that cannot read long lists are asked again with lists of this length.
const PART: usize = 64;

/// The ciphers that can be offered at a version, the good ones first.
pub(super) fn candidates(version: Version) -> Vec<Cipher> {
    let fits = |cipher: &Cipher| cipher.is_tls13() == (version == Version::Tls13);
    let mut ciphers: Vec<Cipher> = Cipher::all().filter(fits).collect();
    let is_slow = |cipher: &Cipher| cipher.name().starts_with("TLS_DHE_");
    ciphers.sort_by_key(|cipher| {
        let weak = cipher.weaknesses();
        // The worst weakness comes first in its own order, and the least bad ones are offered first.
        (!weak.is_empty(), std::cmp::Reverse(weak.first().copied()), weak.len(), is_slow(cipher), cipher.0)
    });
    ciphers
}

impl Found {
    fn keep(&mut self, flight: &Flight) {
        if !flight.chain.is_empty() && !self.chains.contains(&flight.chain) {
            self.chains.push(flight.chain.clone());
        }
        if let Some(ServerKey::FiniteField { bits }) = flight.key {
            self.dh_bits = Some(self.dh_bits.map_or(bits, |least| least.min(bits)));
        }
        self.asks_for_certificate |= flight.asks_for_certificate;
    }

    /// As the output has it.
    pub fn offer(&self) -> Offer {
        Offer {
            ciphers: self.ciphers.iter().map(|cipher| cipher.name()).collect(),
            groups: self.groups.iter().map(|group| group.name()).collect(),
        }
    }
}

/// Finds all at a version.
///
/// # Errors
/// Where it cannot even be told whether the version is spoken.
pub(super) fn enumerate(target: &Target, version: Version) -> Result<Found, Failure> {
    let mut found = Found::default();
    let mut left = candidates(version);
    let whole = eliminate(target, version, &mut left, &mut found)?;
    if whole.is_some_and(|alert| alert.description == Alert::PROTOCOL_VERSION) && found.ciphers.is_empty() {
        return Ok(found);
    }
    let in_one = found.ciphers.len();
    for part in left.chunks(PART) {
        if found.cut.is_some() {
            break;
        }
        eliminate(target, version, &mut part.to_vec(), &mut found)?;
    }
    if found.ciphers.len() > in_one && in_one + 1 < found.ciphers.len() {
        // Found in parts: their order is to be asked for once more.
        let mut ordered = Found::default();
        eliminate(target, version, &mut found.ciphers.clone(), &mut ordered)?;
        if ordered.ciphers.len() == found.ciphers.len() {
            found.ciphers = ordered.ciphers;
        }
    }
    if !found.ciphers.is_empty() {
        match version {
            Version::Ssl3 => {}
            Version::Tls13 => tls13_groups(target, &mut found),
            _ => curves(target, version, &mut found),
        }
    }
    Ok(found)
}

/// Offers what is left, takes away what is chosen, and goes on until the server refuses; the alert with which it does.
fn eliminate(
    target: &Target,
    version: Version,
    left: &mut Vec<Cipher>,
    found: &mut Found,
) -> Result<Option<Alert>, Failure> {
    while !left.is_empty() {
        match Question::new(&target.address.host, version, left.clone()).ask(target) {
            Answer::Flight(flight) => {
                left.retain(|cipher| *cipher != flight.hello.cipher);
                found.ciphers.push(flight.hello.cipher);
                found.keep(&flight);
            }
            Answer::Refusal(alert) => {
                if found.ciphers.is_empty() {
                    found.alert = alert.or(found.alert);
                }
                return Ok(alert);
            }
            Answer::Nothing(failure) if found.ciphers.is_empty() => return Err(failure),
            Answer::Nothing(failure) => {
                found.cut = Some(failure);
                return Ok(None);
            }
        }
    }
    Ok(None)
}

/// The groups of TLS 1.3: without a public value of ours the server names the group that it wants (HelloRetryRequest).
fn tls13_groups(target: &Target, found: &mut Found) {
    let mut left = groups(Version::Tls13);
    while !left.is_empty() {
        let mut question = Question::new(&target.address.host, Version::Tls13, found.ciphers.clone());
        question.groups.clone_from(&left);
        question.shares = false;
        match question.ask(target) {
            Answer::Flight(flight) => match flight.hello.group().filter(|group| left.contains(group)) {
                Some(group) => {
                    left.retain(|other| *other != group);
                    found.groups.push(group);
                }
                None => return,
            },
            Answer::Refusal(_) => return,
            Answer::Nothing(failure) => {
                found.groups_cut = Some(failure);
                return;
            }
        }
    }
}

/// The curves of TLS 1.2 and before, which the server's public value names.
fn curves(target: &Target, version: Version, found: &mut Found) {
    let ephemeral = |cipher: &&Cipher| {
        let name = cipher.name();
        name.starts_with("TLS_ECDHE_") || name.starts_with("TLS_ECDH_anon_")
    };
    let ciphers: Vec<Cipher> = found.ciphers.iter().filter(ephemeral).copied().collect();
    if ciphers.is_empty() {
        return;
    }
    let mut left: Vec<Group> = groups(version).into_iter().filter(|group| !group.is_finite_field()).collect();
    // A certificate with a key on a curve may be shown to those alone who know that curve (RFC 8422, section 5.1), so that
    // the curve must stay in the list after it was found.
    let mut kept: Vec<Group> = Vec::new();
    while !left.is_empty() {
        let ask = |kept: &[Group]| {
            let mut question = Question::new(&target.address.host, version, ciphers.clone());
            question.groups = left.iter().chain(kept).copied().collect();
            question.ask(target)
        };
        let answer = match ask(&[]) {
            Answer::Refusal(_) if !kept.is_empty() => ask(&kept),
            answer => answer,
        };
        let group = match answer {
            Answer::Flight(flight) => match flight.key {
                Some(ServerKey::Curve(group)) => group,
                _ => return,
            },
            Answer::Refusal(_) => return,
            Answer::Nothing(failure) => {
                found.groups_cut = Some(failure);
                return;
            }
        };
        if !left.contains(&group) {
            return singly(target, version, &ciphers, &left, group, found);
        }
        left.retain(|other| *other != group);
        found.groups.push(group);
        kept.push(group);
    }
}

/// The server prefers a curve that it also needs for its certificate: the others are asked for one at a time, before it.
fn singly(
    target: &Target,
    version: Version,
    ciphers: &[Cipher],
    left: &[Group],
    needed: Group,
    found: &mut Found,
) {
    for group in left.iter().filter(|group| (21..=30).contains(&group.0)) {
        let mut question = Question::new(&target.address.host, version, ciphers.to_vec());
        question.groups = vec![*group, needed];
        if let Answer::Flight(flight) = question.ask(target)
            && flight.key == Some(ServerKey::Curve(*group))
        {
            found.groups.push(*group);
        }
    }
}
