//! Groups of the key exchange, by the registry's names.

use super::cipher::is_grease;

/// A group by its code point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Group(pub u16);

/// Code, the name of IANA's registry `TLS Supported Groups`, and bits of security (half the order's length for curves, NIST
/// SP 800-57 for the finite fields; for a hybrid, those of its curve).
const TABLE: &[(u16, &str, u16)] = &[
    (1, "sect163k1", 80),
    (2, "sect163r1", 80),
    (3, "sect163r2", 80),
    (4, "sect193r1", 96),
    (5, "sect193r2", 96),
    (6, "sect233k1", 112),
    (7, "sect233r1", 112),
    (8, "sect239k1", 112),
    (9, "sect283k1", 128),
    (10, "sect283r1", 128),
    (11, "sect409k1", 192),
    (12, "sect409r1", 192),
    (13, "sect571k1", 256),
    (14, "sect571r1", 256),
    (15, "secp160k1", 80),
    (16, "secp160r1", 80),
    (17, "secp160r2", 80),
    (18, "secp192k1", 96),
    (19, "secp192r1", 96),
    (20, "secp224k1", 112),
    (21, "secp224r1", 112),
    (22, "secp256k1", 128),
    (23, "secp256r1", 128),
    (24, "secp384r1", 192),
    (25, "secp521r1", 256),
    (26, "brainpoolP256r1", 128),
    (27, "brainpoolP384r1", 192),
    (28, "brainpoolP512r1", 256),
    (29, "x25519", 128),
    (30, "x448", 224),
    (31, "brainpoolP256r1tls13", 128),
    (32, "brainpoolP384r1tls13", 192),
    (33, "brainpoolP512r1tls13", 256),
    (34, "GC256A", 128),
    (35, "GC256B", 128),
    (36, "GC256C", 128),
    (37, "GC256D", 128),
    (38, "GC512A", 256),
    (39, "GC512B", 256),
    (40, "GC512C", 256),
    (41, "curveSM2", 128),
    (256, "ffdhe2048", 112),
    (257, "ffdhe3072", 128),
    (258, "ffdhe4096", 152),
    (259, "ffdhe6144", 176),
    (260, "ffdhe8192", 200),
    (512, "MLKEM512", 128),
    (513, "MLKEM768", 192),
    (514, "MLKEM1024", 256),
    (4587, "SecP256r1MLKEM768", 128),
    (4588, "X25519MLKEM768", 128),
    (4589, "SecP384r1MLKEM1024", 192),
    (4590, "curveSM2MLKEM768", 128),
    (25497, "X25519Kyber768Draft00", 128),
    (25498, "SecP256r1Kyber768Draft00", 128),
    (65281, "arbitrary_explicit_prime_curves", 0),
    (65282, "arbitrary_explicit_char2_curves", 0),
];

impl Group {
    /// Every named group of the registry, by code.
    pub fn all() -> impl Iterator<Item = Group> {
        TABLE.iter().map(|(code, ..)| Group(*code)).filter(|group| group.0 < 0xff00)
    }

    fn row(self) -> Option<&'static (u16, &'static str, u16)> {
        TABLE.iter().find(|(code, ..)| *code == self.0)
    }

    /// The registry's name; for a code that it does not have, `0x` and four hexadecimal digits.
    pub fn name(self) -> String {
        self.row().map_or_else(|| format!("0x{:04X}", self.0), |(_, name, _)| (*name).to_owned())
    }

    /// By the registry's name.
    pub fn named(name: &str) -> Option<Group> {
        TABLE.iter().find(|(_, own, _)| *own == name).map(|(code, ..)| Group(*code))
    }

    /// Bits of security; `None` where the registry does not know it.
    pub fn strength(self) -> Option<u16> {
        self.row().map(|(.., bits)| *bits)
    }

    /// One of GREASE (RFC 8701), which stands in the list and is no group.
    pub fn is_signal(self) -> bool {
        is_grease(self.0)
    }

    /// A finite field (RFC 7919).
    pub fn is_finite_field(self) -> bool {
        (256..=511).contains(&self.0)
    }

    /// Whether a quantum computer that breaks the curve leaves the secret safe.
    pub fn is_post_quantum(self) -> bool {
        (512..=514).contains(&self.0) || (4587..=4590).contains(&self.0) || matches!(self.0, 25497 | 25498)
    }
}

impl std::fmt::Display for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name())
    }
}
