//! Certificates that are good, and those that are wrong in one way each, with twins that look like them.

use super::CertificateProblem::*;
use super::certificate::judge;
use super::trust::Trust;
use super::{Address, Certificate, CertificateProblem, certificates_of_pem};
use proptest::prelude::*;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, Issuer,
    KeyPair, NameConstraints,
};
use tieout_model::time::{Duration, OffsetDateTime, macros::datetime};

const NOW: OffsetDateTime = datetime!(2027-01-15 12:00 UTC);

/// An authority that can sign.
struct Authority {
    der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

fn params(name: &str, names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = NOW - Duration::days(30);
    params.not_after = NOW + Duration::days(60);
    params
}

fn authority(name: &str, change: impl Fn(&mut CertificateParams), above: Option<&Authority>) -> Authority {
    let mut params = params(name, &[]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let cert = match above {
        Some(above) => params.signed_by(&key, &above.issuer).unwrap(),
        None => params.self_signed(&key).unwrap(),
    };
    Authority { der: cert.der().to_vec(), issuer: Issuer::new(params, key) }
}

fn root() -> Authority {
    authority("Root", |_| (), None)
}

fn leaf(names: &[&str], change: impl Fn(&mut CertificateParams), above: &Authority) -> Vec<u8> {
    let mut params = params("leaf", names);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    params.signed_by(&key, &above.issuer).unwrap().der().to_vec()
}

fn seen(chain: &[&[u8]], host: &str, trust: &[&[u8]]) -> Certificate {
    let chain: Vec<Vec<u8>> = chain.iter().map(|der| der.to_vec()).collect();
    let trust: Vec<Vec<u8>> = trust.iter().map(|der| der.to_vec()).collect();
    judge(&chain, &Address::parse(host).unwrap(), &Trust::of(&trust), NOW).unwrap()
}

fn problems(chain: &[&[u8]], host: &str, trust: &[&[u8]]) -> Vec<CertificateProblem> {
    seen(chain, host, trust).problems
}

#[test]
fn a_certificate_of_a_trusted_authority_has_no_problem() {
    let root = root();
    let leaf = leaf(&["localhost", "127.0.0.1"], |_| (), &root);
    assert_eq!(problems(&[&leaf], "localhost", &[&root.der]), []);
    assert_eq!(problems(&[&leaf, &root.der], "127.0.0.1", &[&root.der]), []);
    let seen = seen(&[&leaf, &root.der], "localhost", &[&root.der]);
    assert_eq!(seen.names, ["localhost", "127.0.0.1"]);
    assert_eq!(
        (seen.key.kind.as_str(), seen.key.bits, seen.signature.as_str()),
        ("EC", 256, "ecdsa-with-SHA256")
    );
    assert_eq!(seen.chain, ["CN=leaf", "CN=Root"]);
    assert_eq!(seen.not_before, "2026-12-16T12:00:00Z");
}

#[test]
fn names_match_whole_labels_and_addresses_match_addresses() {
    let root = root();
    let wild = leaf(&["*.shop.example", "10.0.0.1", "::1"], |_| (), &root);
    for (host, is_good) in [
        ("a.shop.example", true),
        ("A.Shop.Example", true),
        ("shop.example", false),
        ("a.b.shop.example", false),
        ("10.0.0.1", true),
        ("10.0.0.2", false),
        ("[::1]", true),
        ("a.shop.example.org", false),
    ] {
        let wrong = problems(&[&wild], host, &[&root.der]).contains(&WrongName);
        assert_eq!(wrong, !is_good, "{host}");
    }
    let too_wide = leaf(&["*.example"], |_| (), &root);
    assert_eq!(problems(&[&too_wide], "shop.example", &[&root.der]), [WrongName]);
}

#[test]
fn dates_are_judged_for_the_whole_chain() {
    let root = root();
    let late = leaf(&["localhost"], |params| params.not_after = NOW - Duration::seconds(1), &root);
    assert_eq!(problems(&[&late], "localhost", &[&root.der]), [Expired]);
    let early = leaf(&["localhost"], |params| params.not_before = NOW + Duration::hours(1), &root);
    assert_eq!(problems(&[&early], "localhost", &[&root.der]), [NotYetValid]);
    let gone = authority("Between", |params| params.not_after = NOW - Duration::days(1), Some(&root));
    let under = leaf(&["localhost"], |_| (), &gone);
    assert_eq!(problems(&[&under, &gone.der], "localhost", &[&root.der]), [Expired]);
    let old = authority("Old", |params| params.not_after = NOW - Duration::days(1), None);
    let under = leaf(&["localhost"], |_| (), &old);
    assert_eq!(problems(&[&under], "localhost", &[&old.der]), [Expired]);
}

#[test]
fn a_self_signed_certificate_stands_alone_unless_it_is_trusted_itself() {
    let key = KeyPair::generate().unwrap();
    let own = params("own", &["localhost"]).self_signed(&key).unwrap().der().to_vec();
    assert_eq!(problems(&[&own], "localhost", &[]), [SelfSigned]);
    assert_eq!(problems(&[&own], "localhost", &[&own]), []);
    assert_eq!(problems(&[&own], "other.example", &[]), [WrongName, SelfSigned]);
    // The same name as issuer and subject, and another's signature.
    let above = authority("own", |_| (), None);
    let forged =
        leaf(&["localhost"], |params| params.distinguished_name.push(DnType::CommonName, "own"), &above);
    assert_eq!(problems(&[&forged], "localhost", &[]), [Untrusted]);
}

#[test]
fn a_chain_that_ends_at_nobody_trusted_is_untrusted_and_one_with_a_hole_is_incomplete() {
    let root = root();
    let between = authority("Between", |_| (), Some(&root));
    let leaf = leaf(&["localhost"], |_| (), &between);
    assert_eq!(problems(&[&leaf, &between.der], "localhost", &[&root.der]), []);
    assert_eq!(
        problems(&[&leaf, &root.der, &between.der], "localhost", &[&root.der]),
        [],
        "the order is not judged"
    );
    assert_eq!(problems(&[&leaf], "localhost", &[&root.der]), [IncompleteChain]);
    assert_eq!(problems(&[&leaf, &between.der, &root.der], "localhost", &[]), [Untrusted]);
    assert_eq!(problems(&[&leaf, &between.der], "localhost", &[]), [Untrusted]);
    assert_eq!(problems(&[&leaf], "localhost", &[]), [Untrusted]);
    assert_eq!(
        problems(&[&leaf], "localhost", &[&between.der]),
        [],
        "an authority may be trusted below its root"
    );
}

#[test]
fn an_authority_of_the_same_name_and_another_key_is_not_the_issuer() {
    let (root, twin) = (root(), root());
    let leaf = leaf(&["localhost"], |_| (), &root);
    assert_eq!(problems(&[&leaf], "localhost", &[&twin.der]), [Untrusted]);
    assert_eq!(problems(&[&leaf, &twin.der], "localhost", &[&twin.der]), [Untrusted]);
    assert_eq!(problems(&[&leaf, &twin.der, &root.der], "localhost", &[&twin.der, &root.der]), []);
}

#[test]
fn what_is_no_authority_issues_nothing_and_constraints_bind() {
    let root = root();
    let no_authority = authority("Between", |params| params.is_ca = IsCa::ExplicitNoCa, Some(&root));
    let under = leaf(&["localhost"], |_| (), &no_authority);
    assert_eq!(problems(&[&under, &no_authority.der], "localhost", &[&root.der]), [Untrusted]);
    let narrow = authority(
        "Narrow",
        |params| {
            let permitted_subtrees = vec![GeneralSubtree::DnsName("corp.example".into())];
            params.name_constraints =
                Some(NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() });
        },
        Some(&root),
    );
    let inside = leaf(&["a.corp.example"], |_| (), &narrow);
    assert_eq!(problems(&[&inside, &narrow.der], "a.corp.example", &[&root.der]), []);
    let outside = leaf(&["localhost"], |_| (), &narrow);
    assert_eq!(problems(&[&outside, &narrow.der], "localhost", &[&root.der]), [Untrusted]);
    let client = leaf(
        &["localhost"],
        |params| params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
        &root,
    );
    assert_eq!(problems(&[&client], "localhost", &[&root.der]), [Untrusted]);
    let short =
        authority("Short", |params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)), Some(&root));
    let below = authority("Below", |_| (), Some(&short));
    let deep = leaf(&["localhost"], |_| (), &below);
    assert_eq!(problems(&[&deep, &below.der, &short.der], "localhost", &[&root.der]), [Untrusted]);
}

/// Made with `openssl x509 -req`, since no library of ours makes such keys and signatures any more.
#[test]
fn weak_keys_and_signatures_are_named() {
    let one = |pem: &str| certificates_of_pem(pem.as_bytes()).remove(0);
    let root = one(include_str!("../../tests/data/ca.pem"));
    for (pem, wanted) in [
        (include_str!("../../tests/data/good.pem"), vec![]),
        (include_str!("../../tests/data/pss.pem"), vec![]),
        (include_str!("../../tests/data/rsa1024.pem"), vec![WeakKey]),
        (include_str!("../../tests/data/p192.pem"), vec![WeakKey]),
        (include_str!("../../tests/data/sha1.pem"), vec![WeakSignature]),
        (include_str!("../../tests/data/md5.pem"), vec![WeakSignature]),
        (include_str!("../../tests/data/common-name.pem"), vec![WrongName]),
    ] {
        let seen = seen(&[&one(pem)], "localhost", &[&root]);
        assert_eq!(seen.problems, wanted, "{seen:?}");
    }
    let twin = one(include_str!("../../tests/data/twin-ca.pem"));
    let good = one(include_str!("../../tests/data/good.pem"));
    assert_eq!(problems(&[&good], "localhost", &[&twin]), [Untrusted]);
}

#[test]
fn chains_that_run_in_a_circle_end() {
    let (one, other) = (authority("One", |_| (), None), authority("Other", |_| (), None));
    let cross = |name: &str, above: &Authority| authority(name, |_| (), Some(above)).der;
    let (up, down) = (cross("One", &other), cross("Other", &one));
    let leaf = leaf(&["localhost"], |_| (), &one);
    assert_eq!(problems(&[&leaf, &one.der, &other.der, &up, &down], "localhost", &[]), [Untrusted]);
}

proptest! {
    #[test]
    fn bytes_that_are_no_certificate_are_told_apart_and_break_nothing(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0_usize..800, byte in any::<u8>()) {
        let address = Address::parse("localhost").unwrap();
        prop_assert!(judge(&[bytes], &address, &Trust::of(&[]), NOW).is_none());
        let mut good = certificates_of_pem(include_bytes!("../../tests/data/good.pem")).remove(0);
        let at = at % good.len();
        good[at] = byte;
        let _ = judge(&[good.clone(), good.clone()], &address, &Trust::of(&[good]), NOW);
    }
}
