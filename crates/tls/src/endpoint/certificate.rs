//! A certificate as it was sent, and what is wrong with it for a host: read leniently, judged strictly. Revocation is not
//! asked for, and no missing certificate is fetched.

use super::trust::Trust;
use super::{Address, Certificate, CertificateProblem, Key};
use CertificateProblem::{
    Expired, IncompleteChain, NotYetValid, SelfSigned, Untrusted, WeakKey, WeakSignature, WrongName,
};
use std::collections::BTreeSet;
use std::net::IpAddr;
use tieout_model::sha256_hex;
use tieout_model::time::{OffsetDateTime, format_description::well_known::Rfc3339};
use x509_parser::certificate::X509Certificate;
use x509_parser::error::X509Error;
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::oid_registry::Oid;
use x509_parser::parse_x509_certificate;
use x509_parser::public_key::PublicKey;
use x509_parser::signature_algorithm::RsaSsaPssParams;
use x509_parser::x509::X509Version;

/// A certificate that could be read, and its bytes.
struct Parsed<'a> {
    der: &'a [u8],
    cert: X509Certificate<'a>,
}

fn parsed(der: &[u8]) -> Option<Parsed<'_>> {
    Some(Parsed { der, cert: parse_x509_certificate(der).ok()?.1 })
}

/// Reads a chain as it was sent and judges it for a host; `None` where its first certificate cannot be read.
pub(super) fn judge(
    chain: &[Vec<u8>],
    address: &Address,
    trust: &Trust,
    now: OffsetDateTime,
) -> Option<Certificate> {
    let sent: Vec<Parsed<'_>> = chain.iter().filter_map(|der| parsed(der)).collect();
    let leaf = parsed(chain.first()?)?;
    let (names, sans) = names(&leaf.cert);
    let mut problems = BTreeSet::new();
    if !is_for(&sans, address) {
        problems.insert(WrongName);
    }
    let path = path(&leaf, &sent, trust);
    problems.extend(path.problem);
    for cert in std::iter::once(&leaf.cert).chain(path.others.iter().map(|other| &other.cert)) {
        let validity = cert.validity();
        if validity.not_after.timestamp() < now.unix_timestamp() {
            problems.insert(Expired);
        }
        if validity.not_before.timestamp() > now.unix_timestamp() {
            problems.insert(NotYetValid);
        }
    }
    let below_root = path.others.iter().filter(|other| !is_self_issued(&other.cert)).map(|other| &other.cert);
    for cert in std::iter::once(&leaf.cert).chain(below_root) {
        if is_weak_key(&key(cert)) {
            problems.insert(WeakKey);
        }
        let signature = signature(cert);
        if ["md2", "md5", "sha1"].iter().any(|word| signature.to_ascii_lowercase().contains(word)) {
            problems.insert(WeakSignature);
        }
    }
    Some(Certificate {
        subject: leaf.cert.subject().to_string(),
        issuer: leaf.cert.issuer().to_string(),
        names,
        not_before: moment(leaf.cert.validity().not_before.timestamp()),
        not_after: moment(leaf.cert.validity().not_after.timestamp()),
        key: key(&leaf.cert),
        signature: signature(&leaf.cert),
        sha256: sha256_hex(leaf.der),
        chain: sent.iter().map(|one| one.cert.subject().to_string()).collect(),
        timestamps: timestamps(&leaf.cert),
        revocation: revocation(&leaf.cert),
        problems: problems.into_iter().collect(),
    })
}

fn moment(timestamp: i64) -> String {
    let time = OffsetDateTime::from_unix_timestamp(timestamp).ok();
    time.and_then(|time| time.format(&Rfc3339).ok()).unwrap_or_default()
}

/// The way from a certificate up to an authority, as far as it goes.
struct Path<'a> {
    /// The certificates above the first.
    others: Vec<Parsed<'a>>,
    problem: Option<CertificateProblem>,
}

/// The most certificates that a chain may have.
const LONGEST: usize = 10;

fn path<'a>(leaf: &Parsed<'_>, sent: &'a [Parsed<'a>], trust: &'a Trust) -> Path<'a> {
    if trust.holds(leaf.der, leaf.cert.subject().as_raw()) {
        return Path { others: Vec::new(), problem: None };
    }
    if is_self_issued(&leaf.cert) && is_signed_by(&leaf.cert, &leaf.cert) {
        return Path { others: Vec::new(), problem: Some(SelfSigned) };
    }
    let mut others = Vec::new();
    if climb(&leaf.cert, sent, trust, &mut others) {
        let problem = (!serves(&leaf.cert) || !may_stand(leaf, &others)).then_some(Untrusted);
        return Path { others, problem };
    }
    // Nobody trusted was reached: the first way up tells what was sent.
    others.clear();
    let mut at = &leaf.cert;
    while let Some(next) = sent.iter().find(|next| may_issue(&next.cert, at) && !is_in(&others, next)) {
        others.push(Parsed { der: next.der, cert: next.cert.clone() });
        at = &next.cert;
        if is_self_issued(at) || others.len() >= LONGEST {
            break;
        }
    }
    // A root is not sent as a rule, so that a chain of one cannot tell a missing link from an unknown root, unless it says
    // where its issuer's certificate is, or the user named the authority that it should end at.
    let issuer = leaf.cert.issuer().as_raw();
    let is_named =
        !trust.named(issuer).is_empty() || sent.iter().any(|one| one.cert.subject().as_raw() == issuer);
    let lacks = others.is_empty() && !is_named && (trust.has_own || names_issuer(&leaf.cert));
    Path { others, problem: Some(if lacks { IncompleteChain } else { Untrusted }) }
}

fn is_in(list: &[Parsed<'_>], one: &Parsed<'_>) -> bool {
    list.iter().any(|other| other.der == one.der)
}

/// Looks for a way from a certificate to an authority; the way is in `others` where there is one.
fn climb<'a>(
    at: &X509Certificate<'_>,
    sent: &'a [Parsed<'a>],
    trust: &'a Trust,
    others: &mut Vec<Parsed<'a>>,
) -> bool {
    let anchors = trust.named(at.issuer().as_raw()).iter().filter_map(|der| parsed(der));
    if let Some(anchor) = anchors.into_iter().find(|anchor| is_signed_by(at, &anchor.cert)) {
        others.push(anchor);
        return true;
    }
    if others.len() >= LONGEST {
        return false;
    }
    for next in sent.iter().filter(|next| may_issue(&next.cert, at)) {
        if is_in(others, next) {
            continue;
        }
        others.push(Parsed { der: next.der, cert: next.cert.clone() });
        if climb(&next.cert, sent, trust, others) {
            return true;
        }
        others.pop();
    }
    false
}

fn is_self_issued(cert: &X509Certificate<'_>) -> bool {
    cert.subject().as_raw() == cert.issuer().as_raw()
}

/// Whether a certificate sent along is an authority and signed another.
fn may_issue(issuer: &X509Certificate<'_>, of: &X509Certificate<'_>) -> bool {
    let is_authority = match issuer.basic_constraints() {
        Ok(Some(constraints)) => constraints.value.ca,
        Ok(None) => issuer.version() != X509Version::V3 && is_self_issued(issuer),
        Err(_) => false,
    };
    is_authority && issuer.subject().as_raw() == of.issuer().as_raw() && is_signed_by(of, issuer)
}

/// Whether the signature is of that key; where we cannot compute it (MD5, small RSA keys, rare curves), the name alone tells.
fn is_signed_by(cert: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    let small = key(issuer).kind == "RSA" && key(issuer).bits < 2048;
    match cert.verify_signature(Some(issuer.public_key())) {
        Ok(()) | Err(X509Error::SignatureUnsupportedAlgorithm) => true,
        Err(_) => small || has_odd_salt(cert),
    }
}

/// Whether a signature of RSASSA-PSS has a salt of another length than its hash, which ring does not compute.
fn has_odd_salt(cert: &X509Certificate<'_>) -> bool {
    let parameters = cert.signature_algorithm.parameters.as_ref();
    let parameters = parameters.and_then(|any| RsaSsaPssParams::try_from(any).ok());
    parameters.is_some_and(|parameters| {
        let length = match parameters.hash_algorithm_oid().to_id_string().as_str() {
            "2.16.840.1.101.3.4.2.1" => 32,
            "2.16.840.1.101.3.4.2.2" => 48,
            "2.16.840.1.101.3.4.2.3" => 64,
            _ => 0,
        };
        parameters.salt_length() != length
    })
}

/// Whether it may serve as a server's certificate (extended key usage).
fn serves(cert: &X509Certificate<'_>) -> bool {
    match cert.extended_key_usage() {
        Ok(Some(usage)) => usage.value.server_auth || usage.value.any,
        Ok(None) => true,
        Err(_) => false,
    }
}

/// Whether what the authorities above allow holds: the length of the path, and the names. webpki judges it; whatever else it
/// dislikes is not asked of it.
fn may_stand(leaf: &Parsed<'_>, others: &[Parsed<'_>]) -> bool {
    use rustls::pki_types::{CertificateDer, UnixTime};
    use std::time::Duration;
    let Some((anchor, between)) = others.split_last() else { return true };
    // Dates are judged above: any moment serves here at which all are valid.
    let starts = std::iter::once(leaf).chain(others).map(|one| one.cert.validity().not_before.timestamp());
    let from = u64::try_from(starts.max().unwrap_or_default() + 1).unwrap_or_default();
    let (leaf, anchor) = (CertificateDer::from(leaf.der), CertificateDer::from(anchor.der));
    let Ok(end) = webpki::EndEntityCert::try_from(&leaf) else { return true };
    let Ok(anchor) = webpki::anchor_from_trusted_cert(&anchor) else { return true };
    let anchors = [anchor];
    let between: Vec<CertificateDer<'_>> = between.iter().map(|one| CertificateDer::from(one.der)).collect();
    let verified = end.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &anchors,
        &between,
        UnixTime::since_unix_epoch(Duration::from_secs(from)),
        webpki::KeyUsage::server_auth(),
        None,
        None,
    );
    !matches!(
        verified,
        Err(webpki::Error::NameConstraintViolation
            | webpki::Error::PathLenConstraintViolated
            | webpki::Error::RequiredEkuNotFoundContext(_))
    )
}

/// Whether it says where its issuer's certificate is to be had.
fn names_issuer(cert: &X509Certificate<'_>) -> bool {
    addresses(cert, "1.3.6.1.5.5.7.48.2").next().is_some()
}

/// Addresses of the authority information access, by method.
fn addresses<'a>(cert: &'a X509Certificate<'_>, method: &'a str) -> impl Iterator<Item = String> + 'a {
    cert.iter_extensions()
        .filter_map(|extension| match extension.parsed_extension() {
            ParsedExtension::AuthorityInfoAccess(access) => Some(access),
            _ => None,
        })
        .flat_map(|access| access.iter())
        .filter(move |one| one.access_method.to_id_string() == method)
        .filter_map(|one| match &one.access_location {
            GeneralName::URI(uri) => Some((*uri).to_owned()),
            _ => None,
        })
}

/// Where its revocation can be asked for.
fn revocation(cert: &X509Certificate<'_>) -> Vec<String> {
    use x509_parser::extensions::DistributionPointName;
    let mut all: Vec<String> = addresses(cert, "1.3.6.1.5.5.7.48.1").collect();
    for extension in cert.iter_extensions() {
        let ParsedExtension::CRLDistributionPoints(points) = extension.parsed_extension() else { continue };
        for point in points.iter() {
            let Some(DistributionPointName::FullName(names)) = &point.distribution_point else { continue };
            all.extend(names.iter().filter_map(|name| match name {
                GeneralName::URI(uri) => Some((*uri).to_owned()),
                _ => None,
            }));
        }
    }
    all
}

fn timestamps(cert: &X509Certificate<'_>) -> u32 {
    let lists = cert.iter_extensions().filter_map(|extension| match extension.parsed_extension() {
        ParsedExtension::SCT(list) => u32::try_from(list.len()).ok(),
        _ => None,
    });
    lists.sum()
}

/// A name that a certificate is for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Name {
    Dns(String),
    Ip(IpAddr),
}

/// The names as they are shown, and those that count. Names stand in `subjectAltName` alone: a common name is no name of a
/// host (RFC 9525, section 2).
fn names(cert: &X509Certificate<'_>) -> (Vec<String>, Vec<Name>) {
    let mut names = Vec::new();
    for extension in cert.iter_extensions() {
        let ParsedExtension::SubjectAlternativeName(alternative) = extension.parsed_extension() else {
            continue;
        };
        for name in &alternative.general_names {
            match name {
                GeneralName::DNSName(name) => names.push(Name::Dns((*name).to_owned())),
                GeneralName::IPAddress(bytes) => names.extend(ip(bytes).map(Name::Ip)),
                _ => {}
            }
        }
    }
    let shown = names.iter().map(|name| match name {
        Name::Dns(name) => name.clone(),
        Name::Ip(ip) => ip.to_string(),
    });
    (shown.collect(), names)
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from),
        16 => <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from),
        _ => None,
    }
}

fn is_for(names: &[Name], address: &Address) -> bool {
    match address.ip() {
        Some(ip) => names.contains(&Name::Ip(ip)),
        None => names.iter().any(|name| matches!(name, Name::Dns(name) if matches_name(name, &address.host))),
    }
}

/// Whether a name of a certificate, which may begin with `*.`, covers a host (RFC 9525, section 6.3): the wildcard stands for
/// one whole label, and two labels at least follow it.
fn matches_name(name: &str, host: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    match name.strip_prefix("*.") {
        None => !name.contains('*') && name == host,
        Some(parent) => {
            parent.contains('.')
                && !parent.contains('*')
                && host.split_once('.').is_some_and(|(label, rest)| !label.is_empty() && rest == parent)
        }
    }
}

/// Curves by their identifiers, with the bits of their keys.
const CURVES: &[(&str, u32)] = &[
    ("1.2.840.10045.3.1.1", 192),
    ("1.3.132.0.6", 112),
    ("1.3.132.0.8", 160),
    ("1.3.132.0.9", 160),
    ("1.3.132.0.30", 160),
    ("1.3.132.0.31", 192),
    ("1.3.132.0.32", 224),
    ("1.3.132.0.33", 224),
    ("1.3.132.0.10", 256),
    ("1.2.840.10045.3.1.7", 256),
    ("1.3.132.0.34", 384),
    ("1.3.132.0.35", 521),
    ("1.3.36.3.3.2.8.1.1.1", 160),
    ("1.3.36.3.3.2.8.1.1.3", 192),
    ("1.3.36.3.3.2.8.1.1.5", 224),
    ("1.3.36.3.3.2.8.1.1.7", 256),
    ("1.3.36.3.3.2.8.1.1.9", 320),
    ("1.3.36.3.3.2.8.1.1.11", 384),
    ("1.3.36.3.3.2.8.1.1.13", 512),
];

fn key(cert: &X509Certificate<'_>) -> Key {
    let info = cert.public_key();
    let of = |kind: &str, bits: u32| Key { kind: kind.to_owned(), bits };
    match info.algorithm.algorithm.to_id_string().as_str() {
        "1.3.101.112" => return of("Ed25519", 256),
        "1.3.101.113" => return of("Ed448", 456),
        _ => {}
    }
    match info.parsed() {
        Ok(PublicKey::RSA(rsa)) => of("RSA", bits(rsa.modulus)),
        Ok(PublicKey::EC(point)) => {
            let named = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
            let known = named.and_then(|oid: Oid<'_>| {
                let oid = oid.to_id_string();
                CURVES.iter().find(|(own, _)| *own == oid).map(|(_, bits)| *bits)
            });
            of("EC", known.unwrap_or(u32::try_from(point.key_size()).unwrap_or_default()))
        }
        Ok(PublicKey::DSA(public)) => of("DSA", bits(public)),
        _ => of(&info.algorithm.algorithm.to_id_string(), 0),
    }
}

/// The length of a number in bits.
fn bits(number: &[u8]) -> u32 {
    let mut digits = number.iter().skip_while(|byte| **byte == 0);
    digits.next().map_or(0, |first| 8 - first.leading_zeros() + 8 * digits.count() as u32)
}

fn is_weak_key(key: &Key) -> bool {
    match key.kind.as_str() {
        "RSA" | "DSA" => key.bits < 2048,
        "EC" => key.bits < 224,
        _ => false,
    }
}

/// Signature algorithms by their identifiers, with the names of the RFCs that define them.
const SIGNATURES: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.3.14.3.2.29", "sha1WithRSAEncryption"),
    ("1.2.840.113549.1.1.11", "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12", "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13", "sha512WithRSAEncryption"),
    ("1.2.840.113549.1.1.14", "sha224WithRSAEncryption"),
    ("1.2.840.10040.4.3", "dsa-with-sha1"),
    ("2.16.840.1.101.3.4.3.1", "dsa-with-sha224"),
    ("2.16.840.1.101.3.4.3.2", "dsa-with-sha256"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.1", "ecdsa-with-SHA224"),
    ("1.2.840.10045.4.3.2", "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3", "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4", "ecdsa-with-SHA512"),
    ("1.3.101.112", "Ed25519"),
    ("1.3.101.113", "Ed448"),
];

fn signature(cert: &X509Certificate<'_>) -> String {
    let algorithm = &cert.signature_algorithm;
    let id = algorithm.algorithm.to_id_string();
    if id == "1.2.840.113549.1.1.10" {
        let hash = algorithm.parameters.as_ref().and_then(|any| {
            let parameters = RsaSsaPssParams::try_from(any).ok()?;
            Some(parameters.hash_algorithm_oid().to_id_string())
        });
        return match hash.as_deref() {
            Some("2.16.840.1.101.3.4.2.1") => "RSASSA-PSS with SHA256",
            Some("2.16.840.1.101.3.4.2.2") => "RSASSA-PSS with SHA384",
            Some("2.16.840.1.101.3.4.2.3") => "RSASSA-PSS with SHA512",
            Some("1.3.14.3.2.26") => "RSASSA-PSS with SHA1",
            _ => "RSASSA-PSS",
        }
        .to_owned();
    }
    let known = SIGNATURES.iter().find(|(own, _)| *own == id);
    known.map_or(id, |(_, name)| (*name).to_owned())
}
