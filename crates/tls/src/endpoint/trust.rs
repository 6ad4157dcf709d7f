//! Whom this machine trusts: the system's authorities and those given with `--ca`.

use std::collections::HashMap;
use x509_parser::parse_x509_certificate;

/// Certificates of authorities (DER), found by their subject.
#[derive(Debug, Default)]
pub(super) struct Trust {
    by_subject: HashMap<Vec<u8>, Vec<Vec<u8>>>,
    /// Whether the user named authorities of their own.
    pub has_own: bool,
}

impl Trust {
    /// The system's authorities and these; what cannot be read is passed over, as every TLS library does.
    pub fn load(own: &[Vec<u8>]) -> Trust {
        let system = rustls_native_certs::load_native_certs().certs;
        let mut trust = Trust { has_own: !own.is_empty(), ..Trust::default() };
        let all = system.iter().map(|der| der.as_ref().to_vec()).chain(own.iter().cloned());
        all.for_each(|der| trust.add(der));
        trust
    }

    /// These alone.
    #[cfg(test)]
    pub fn of(own: &[Vec<u8>]) -> Trust {
        let mut trust = Trust { has_own: !own.is_empty(), ..Trust::default() };
        own.iter().cloned().for_each(|der| trust.add(der));
        trust
    }

    fn add(&mut self, der: Vec<u8>) {
        let subject = parse_x509_certificate(&der).ok().map(|(_, cert)| cert.subject().as_raw().to_vec());
        if let Some(subject) = subject {
            self.by_subject.entry(subject).or_default().push(der);
        }
    }

    /// The authorities of a subject.
    pub fn named(&self, subject: &[u8]) -> &[Vec<u8>] {
        self.by_subject.get(subject).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a certificate is itself one of those trusted.
    pub fn holds(&self, der: &[u8], subject: &[u8]) -> bool {
        self.named(subject).iter().any(|trusted| trusted == der)
    }
}
