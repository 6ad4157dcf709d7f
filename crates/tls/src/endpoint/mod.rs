//! Probes of servers: which versions, ciphers and groups an endpoint accepts, its certificate, and what it says over HTTP.
//! Nothing is judged here but the certificate's chain; that is for [`crate::checks`].

mod address;
mod seen;

pub use address::{Address, AddressError};
pub use seen::{Certificate, CertificateProblem, Endpoint, Http, Key, Offer, Preference, REACH, Redirect};

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
    /// What to say before TLS.
    pub starttls: Starttls,
    /// The port of plain HTTP; by itself 80 for an endpoint on 443.
    pub http_port: Option<u16>,
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

/// Probes each endpoint, several at once; the answers come in the order of the addresses. `tell` hears of each that is done.
pub fn probe_all(
    addresses: &[Address],
    _options: &Options,
    tell: &(dyn Fn(&Address) + Sync),
) -> Vec<Endpoint> {
    let open = |address: &Address| {
        tell(address);
        let gap =
            Gap::new(Reason::Unsupported, format!("{address}: no endpoint is probed yet"), "a later version");
        Endpoint::unreachable(address.to_string(), gap)
    };
    addresses.iter().map(open).collect()
}

/// The certificates (DER) in a file of PEM; what is none is passed over.
pub fn certificates_of_pem(pem: &[u8]) -> Vec<Vec<u8>> {
    use rustls::pki_types::{CertificateDer, pem::PemObject};
    CertificateDer::pem_slice_iter(pem).filter_map(Result::ok).map(|der| der.as_ref().to_vec()).collect()
}
