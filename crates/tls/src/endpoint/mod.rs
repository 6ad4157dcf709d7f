//! Probes of servers: which versions, ciphers and groups an endpoint accepts, its certificate, and what it says over HTTP.
//! Nothing is judged here but the certificate's chain; that is for [`crate::checks`].

mod address;
mod ask;
mod certificate;
#[cfg(test)]
mod certificate_tests;
pub(crate) mod csp;
mod enumerate;
mod features;
mod http;
mod link;
mod probe;
mod renegotiation;
mod seen;
mod session;
mod trust;
mod upgrade;

pub use address::{Address, AddressError};
pub use seen::{
    Certificate, CertificateProblem, Endpoint, Http, Key, Offer, Preference, REACH, Redirect, StatedBy,
};

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tieout_model::time::OffsetDateTime;
use tieout_model::{Gap, Reason};

/// How to probe.
#[derive(Debug, Clone)]
pub struct Options {
    /// The time for each endpoint.
    pub timeout: Duration,
    /// The moment at which certificates are judged.
    pub now: OffsetDateTime,
    /// Certificates of authorities (DER) that are trusted besides the system's.
    pub authorities: Vec<Vec<u8>>,
    /// The port of plain HTTP; by itself 80 for an endpoint on 443.
    pub http_port: Option<u16>,
}

/// An endpoint to probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Where.
    pub address: Address,
    /// What to say before TLS.
    pub starttls: Starttls,
    /// Whether a file or an account names it, and not a person: then it is not asked where its name leads to an address of
    /// the link, which is where instances get their credentials.
    pub is_stated: bool,
}

/// What to say before TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starttls {
    /// By the port.
    Auto,
    /// `STARTTLS` of SMTP (RFC 3207).
    Smtp,
    /// `SSLRequest` of PostgreSQL.
    Postgres,
    /// `SSLRequest` of MySQL and MariaDB.
    Mysql,
    /// `StartTLS` of LDAP (RFC 4511).
    Ldap,
    /// Nothing.
    None,
}

/// How many endpoints are probed at once.
const AT_ONCE: usize = 16;

/// Probes each endpoint, several at once; the answers come in the order of the questions. `tell` hears of each that is done.
pub fn probe_all(all: &[Asked], options: &Options, tell: &(dyn Fn(&Address) + Sync)) -> Vec<Endpoint> {
    let trust = trust::Trust::load(&options.authorities);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let index = next.fetch_add(1, Ordering::Relaxed)
            && let Some(asked) = all.get(index)
        {
            let probed = catch_unwind(AssertUnwindSafe(|| probe::probe(asked, options, &trust)));
            done.push((index, probed.unwrap_or_else(|_| broken(&asked.address))));
            tell(&asked.address);
        }
        done
    };
    let mut probed: Vec<(usize, Endpoint)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..all.len().min(AT_ONCE)).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
    });
    probed.sort_by_key(|(index, _)| *index);
    probed.into_iter().map(|(_, endpoint)| endpoint).collect()
}

/// A probe that broke off is a defect, and ends no other.
fn broken(address: &Address) -> Endpoint {
    let gap = Gap::new(Reason::Internal, format!("{address}: the probe broke off"), "report it to tieout");
    Endpoint::unreachable(address.to_string(), gap)
}

/// The certificates (DER) in a file of PEM; what is none is passed over.
pub fn certificates_of_pem(pem: &[u8]) -> Vec<Vec<u8>> {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).map(|der| der.as_ref().to_vec()).collect()
}
