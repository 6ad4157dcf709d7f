//! The probe's own certificate authority and the certificates of its servers, made anew for each run and never kept: a good
//! one, and one for each thing that a client must refuse. Keys are P-256 and signatures SHA-256, so that no security level of a
//! client takes offence at the certificate itself.

use super::PythonError;
use p256::ecdsa::SigningKey;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose,
};
use ring::rand::SecureRandom;
use time::{Duration, OffsetDateTime};

/// The name that clients connect to.
pub const HOST: &str = "localhost";

/// What is to be said of a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flaw {
    /// Nothing: it is good.
    None,
    /// It is signed by its own key, and no authority vouches for it.
    SelfSigned,
    /// It is of another host.
    WrongName,
    /// It has expired.
    Expired,
}

/// A certificate with its key.
#[derive(Clone)]
pub struct Credentials {
    /// DER.
    pub certificate: Vec<u8>,
    /// PKCS #8.
    pub key: Vec<u8>,
    /// The same key, for signatures that only old versions have.
    pub signer: SigningKey,
}

/// The authority, and one certificate for each flaw.
pub struct Authority {
    /// The authority's own certificate, PEM: what clients are told to trust.
    pub pem: String,
    made: Vec<(Flaw, Credentials)>,
}

impl Authority {
    /// Makes keys and certificates.
    ///
    /// # Errors
    /// [`PythonError::Certificates`] where the system gives no random numbers.
    pub fn new() -> Result<Authority, PythonError> {
        let (issuer_key, _) = new_key()?;
        let now = OffsetDateTime::now_utc();
        let mut params = named("tieout probe authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        (params.not_before, params.not_after) = (now - Duration::days(30), now + Duration::days(30));
        let pem = params.self_signed(&issuer_key).map_err(certificates)?.pem();
        let issuer = Issuer::new(params, issuer_key);
        let flaws = [Flaw::None, Flaw::SelfSigned, Flaw::WrongName, Flaw::Expired];
        let made =
            flaws.into_iter().map(|flaw| Ok((flaw, leaf(flaw, &issuer, now)?))).collect::<Result<_, _>>()?;
        Ok(Authority { pem, made })
    }

    /// The certificate with that flaw.
    pub fn credentials(&self, flaw: Flaw) -> Option<&Credentials> {
        self.made.iter().find(|(own, _)| *own == flaw).map(|(_, made)| made)
    }
}

/// A server's certificate.
fn leaf(flaw: Flaw, issuer: &Issuer<'_, KeyPair>, now: OffsetDateTime) -> Result<Credentials, PythonError> {
    let (key, signer) = new_key()?;
    let (name, address) = match flaw {
        Flaw::WrongName => ("elsewhere.invalid", "192.0.2.1"),
        _ => (HOST, "127.0.0.1"),
    };
    let mut params = CertificateParams::new([name.to_owned(), address.to_owned()]).map_err(certificates)?;
    params.distinguished_name = named(name).distinguished_name;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = flaw != Flaw::SelfSigned;
    (params.not_before, params.not_after) = match flaw {
        Flaw::Expired => (now - Duration::days(20), now - Duration::days(2)),
        _ => (now - Duration::days(2), now + Duration::days(20)),
    };
    let certificate = match flaw {
        Flaw::SelfSigned => params.self_signed(&key),
        _ => params.signed_by(&key, issuer),
    };
    let certificate = certificate.map_err(certificates)?.der().to_vec();
    Ok(Credentials { certificate, key: key.serialize_der(), signer })
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// A P-256 key, for rcgen and rustls, and for signatures over SHA-1.
fn new_key() -> Result<(KeyPair, SigningKey), PythonError> {
    let random = ring::rand::SystemRandom::new();
    let mut secret = [0; 32];
    random.fill(&mut secret).map_err(certificates)?;
    let signer = SigningKey::from_slice(&secret).map_err(certificates)?;
    let public = signer.verifying_key().to_sec1_point(false);
    let pair = KeyPair::try_from(pkcs8(&secret, public.as_bytes())).map_err(certificates)?;
    Ok((pair, signer))
}

/// RFC 5208 around RFC 5915, for a P-256 key: the lengths are always the same.
fn pkcs8(secret: &[u8; 32], public: &[u8]) -> Vec<u8> {
    const HEAD: &[u8] = &[
        0x30, 0x81, 0x87, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01,
        0x04, 0x20,
    ];
    [HEAD, secret, &[0xa1, 0x44, 0x03, 0x42, 0x00], public].concat()
}

fn certificates(error: impl std::fmt::Display) -> PythonError {
    PythonError::Certificates(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use x509_parser::parse_x509_certificate;

    #[test]
    fn each_certificate_has_its_flaw_and_no_other() {
        let authority = Authority::new().unwrap();
        let now = OffsetDateTime::now_utc().unix_timestamp();
        for flaw in [Flaw::None, Flaw::SelfSigned, Flaw::WrongName, Flaw::Expired] {
            let made = authority.credentials(flaw).unwrap();
            let (_, parsed) = parse_x509_certificate(&made.certificate).unwrap();
            assert_eq!(parsed.issuer() == parsed.subject(), flaw == Flaw::SelfSigned, "{flaw:?}");
            assert_eq!(parsed.validity().not_after.timestamp() < now, flaw == Flaw::Expired, "{flaw:?}");
            let names = format!("{:?}", parsed.subject_alternative_name().unwrap().unwrap().value);
            assert_eq!(names.contains("localhost"), flaw != Flaw::WrongName, "{flaw:?}: {names}");
        }
    }
}
