"""Certificates for `cargo xtask bench tls`: good ones and bad ones, each bad in one way.

tls_certificates.py FOLDER writes root.pem, for each case NAME.pem, NAME.key and NAME.chain (what is sent besides), and
cases.json: {NAME: what is wrong with it for localhost, in the words of tieout's output}.
"""

import datetime
import ipaddress
import json
import pathlib
import subprocess
import sys
import tempfile

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

folder = pathlib.Path(sys.argv[1])
now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
day = datetime.timedelta(days=1)
RSA = {bits: rsa.generate_private_key(public_exponent=65537, key_size=bits) for bits in (1024, 2048)}


def name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def certificate(subject, key, issuer, issuer_key, *, ca=False, path=None, hosts=("localhost",), days=(-1, 30),
                usage=ExtendedKeyUsageOID.SERVER_AUTH, more=()):
    build = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * day)
        .not_valid_after(now + days[1] * day)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=path), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if hosts and not ca:
        names = []
        for host in hosts:
            try:
                names.append(x509.IPAddress(ipaddress.ip_address(host)))
            except ValueError:
                names.append(x509.DNSName(host))
        build = build.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if not ca and usage:
        build = build.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    for extension, critical in more:
        build = build.add_extension(extension, critical=critical)
    return build.sign(issuer_key, hashes.SHA256())


def authority(subject, issuer, issuer_key, key=None, **more):
    key = key or ec.generate_private_key(ec.SECP256R1())
    return certificate(subject, key, issuer, issuer_key or key, ca=True, **more), key


root, root_key = authority("Root", "Root", None, days=(-400, 400))
middle, middle_key = authority("Middle", "Root", root_key)
other, other_key = authority("Other root", "Other root", None)
past, past_key = authority("Past", "Root", root_key, days=(-60, -1))
no_ca_key = ec.generate_private_key(ec.SECP256R1())
no_ca = certificate("No authority", no_ca_key, "Root", root_key, usage=None)
named, named_key = authority(
    "Of example", "Root", root_key,
    more=[(x509.NameConstraints([x509.DNSName("example.com")], None), True)])
short, short_key = authority("Short", "Root", root_key, path=0)
below, below_key = authority("Below", "Short", short_key)
weak, weak_key = authority("Weak", "Root", root_key, key=RSA[1024])
aged, aged_key = authority("Aged", "Root", root_key, key=RSA[2048])
located = x509.AuthorityInformationAccess([
    x509.AccessDescription(
        AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier("http://ca.invalid/middle.crt"))])

cases = {}


def case(what, wrong, issuer="Middle", issuer_key=middle_key, chain=(middle,), key=None, subject="localhost", **more):
    key = key or RSA[2048]
    leaf = certificate(subject, key, issuer, issuer_key, **more)
    save(what, wrong, leaf, key, chain)


def save(what, wrong, leaf, key, chain):
    def pem(all):
        return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in all)

    (folder / f"{what}.pem").write_bytes(pem([leaf]))
    (folder / f"{what}.chain").write_bytes(pem(chain))
    (folder / f"{what}.key").write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    cases[what] = wrong


def sign_again(what, issuer, issuer_key):
    with tempfile.TemporaryDirectory() as temporary:
        there = pathlib.Path(temporary)
        (there / "ca.pem").write_bytes(issuer.public_bytes(serialization.Encoding.PEM))
        (there / "ca.key").write_bytes(issuer_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        (there / "ext").write_text("subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\n")
        hash = "-" + what.replace("-", "").lower()
        request = subprocess.run(
            ["openssl", "req", "-new", "-subj", "/CN=localhost", "-key", folder / f"{what}.key"],
            check=True, capture_output=True)
        subprocess.run(
            ["openssl", "x509", "-req", "-days", "30", hash, "-CA", there / "ca.pem", "-CAkey", there / "ca.key",
             "-set_serial", "7", "-extfile", there / "ext", "-out", folder / f"{what}.pem"],
            input=request.stdout, check=True, capture_output=True)


case("good", [])
case("good EC", [], key=ec.generate_private_key(ec.SECP256R1()))
case("good Ed25519", [], key=ed25519.Ed25519PrivateKey.generate())
case("good of the root", [], issuer="Root", issuer_key=root_key, chain=())
case("good in another order", [], chain=(other, root, middle))
case("expired", ["expired"], days=(-30, -1))
case("not yet valid", ["not_yet_valid"], days=(2, 30))
case("authority expired", ["expired"], issuer="Past", issuer_key=past_key, chain=(past,))
case("wrong name", ["wrong_name"], hosts=("example.com",))
case("name above", ["wrong_name"], hosts=("*.localhost", "localhost.example.com"))
case("an address", ["wrong_name"], hosts=("127.0.0.1",), subject="server")
case("common name alone", ["wrong_name"], hosts=())
case("of a stranger", ["untrusted"], issuer="Other root", issuer_key=other_key, chain=(other,))
case("chain incomplete", ["incomplete_chain"], chain=(), more=[(located, False)])
case("issuer no authority", ["untrusted"], issuer="No authority", issuer_key=no_ca_key, chain=(no_ca,))
case("issuer not for this name", ["untrusted"], issuer="Of example", issuer_key=named_key, chain=(named,))
case("path too long", ["untrusted"], issuer="Below", issuer_key=below_key, chain=(below, short))
case("for clients", ["untrusted"], usage=ExtendedKeyUsageOID.CLIENT_AUTH)
case("signed by another key", ["untrusted"], issuer="Middle", issuer_key=other_key)
case("RSA of 1024", ["weak_key"], key=RSA[1024])
case("EC of 192", ["weak_key"], key=ec.generate_private_key(ec.SECP192R1()))
case("authority of 1024", ["weak_key"], issuer="Weak", issuer_key=weak_key, chain=(weak,))
for hash in ("SHA-1", "MD5"):
    # The library signs with neither any more; openssl does.
    case(hash, ["weak_signature"], issuer="Aged", issuer_key=aged_key, chain=(aged,))
    sign_again(hash, aged, aged_key)
case("expired and of another name", ["expired", "wrong_name"], days=(-30, -1), hosts=("example.com",))
own_key = RSA[2048]
save("self-signed", ["self_signed"], certificate("localhost", own_key, "localhost", own_key), own_key, ())
save("self-signed and expired", ["expired", "self_signed"],
     certificate("localhost", own_key, "localhost", own_key, days=(-30, -1)), own_key, ())

(folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
(folder / "cases.json").write_text(json.dumps(cases, indent=1))
