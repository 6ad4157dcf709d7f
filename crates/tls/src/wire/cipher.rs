//! Cipher suites: the registry's names, and what is weak in which.

use std::sync::LazyLock;

/// `TLS_FALLBACK_SCSV` (RFC 7507): a signal, no cipher.
pub const FALLBACK_SCSV: Cipher = Cipher(0x5600);

/// `TLS_EMPTY_RENEGOTIATION_INFO_SCSV` (RFC 5746): a signal, no cipher.
pub const RENEGOTIATION_SCSV: Cipher = Cipher(0x00ff);

/// A cipher suite by its code point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cipher(pub u16);

/// Why a cipher suite is weak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weakness {
    /// Nothing is encrypted.
    Null,
    /// Nobody is authenticated: whoever sits on the way can be the server.
    Anonymous,
    /// Cut down to 40 or 56 bits for export (FREAK, Logjam).
    Export,
    /// RC4 (RFC 7465 forbids it).
    Rc4,
    /// DES, RC2 or IDEA: keys of 56 bits, or long out of use.
    Des,
    /// Triple DES: blocks of 64 bits (Sweet32).
    TripleDes,
    /// A MAC of MD5.
    Md5,
    /// The secret travels under the certificate's own key: who gets that key later reads all that was recorded.
    NoForwardSecrecy,
    /// CBC with the MAC inside (Lucky Thirteen, BEAST, POODLE).
    Cbc,
}

impl Weakness {
    /// The word for readers.
    pub fn as_str(self) -> &'static str {
        match self {
            Weakness::Null => "no encryption",
            Weakness::Anonymous => "no authentication",
            Weakness::Export => "export strength",
            Weakness::Rc4 => "RC4",
            Weakness::Des => "DES",
            Weakness::TripleDes => "3DES",
            Weakness::Md5 => "MD5",
            Weakness::NoForwardSecrecy => "no forward secrecy",
            Weakness::Cbc => "CBC",
        }
    }
}

/// The registry, sorted by code.
static TABLE: LazyLock<Vec<(u16, &'static str)>> = LazyLock::new(|| {
    let mut rows: Vec<(u16, &str)> = include_str!("ciphers.txt").lines().filter_map(row).collect();
    rows.sort_unstable();
    rows
});

fn row(line: &'static str) -> Option<(u16, &'static str)> {
    let (code, name) = line.split_once(' ')?;
    Some((u16::from_str_radix(code, 16).ok()?, name))
}

impl Cipher {
    /// Every cipher suite of the registry, by code, without the signalling values and without `TLS_NULL_WITH_NULL_NULL`,
    /// which no handshake may choose.
    pub fn all() -> impl Iterator<Item = Cipher> {
        TABLE.iter().map(|(code, _)| Cipher(*code)).filter(|cipher| !cipher.is_signal() && cipher.0 != 0)
    }

    /// The registry's name; for a code that it does not have, `0x` and four hexadecimal digits.
    pub fn name(self) -> String {
        self.registered().map_or_else(|| format!("0x{:04X}", self.0), str::to_owned)
    }

    /// By the registry's name.
    pub fn named(name: &str) -> Option<Cipher> {
        TABLE.iter().find(|(_, own)| *own == name).map(|(code, _)| Cipher(*code))
    }

    fn registered(self) -> Option<&'static str> {
        let index = TABLE.binary_search_by_key(&self.0, |(code, _)| *code).ok()?;
        TABLE.get(index).map(|(_, name)| *name)
    }

    /// Whether it is a signalling value or one of GREASE (RFC 8701), which stand in the list and are no ciphers.
    pub fn is_signal(self) -> bool {
        self == FALLBACK_SCSV || self == RENEGOTIATION_SCSV || is_grease(self.0)
    }

    /// Whether it is one of TLS 1.3: those name no key exchange.
    pub fn is_tls13(self) -> bool {
        self.registered().is_some_and(|name| !name.contains("_WITH_")) && !self.is_signal()
    }

    /// Whether a handshake needs a certificate of an elliptic curve's key.
    pub fn wants_ecdsa(self) -> bool {
        self.registered().is_some_and(|name| name.contains("_ECDSA_"))
    }

    /// What is weak in it, the worst first; empty for a suite that is not registered.
    pub fn weaknesses(self) -> Vec<Weakness> {
        self.registered().map(weaknesses_of).unwrap_or_default()
    }
}

/// What is weak in a cipher suite, by its registered name, the worst first.
fn weaknesses_of(name: &str) -> Vec<Weakness> {
    let Some((exchange, cipher)) = name.split_once("_WITH_") else {
        // TLS 1.3: RFC 9150's two suites encrypt nothing.
        let is_null = matches!(name, "TLS_SHA256_SHA256" | "TLS_SHA384_SHA384");
        return if is_null { vec![Weakness::Null] } else { Vec::new() };
    };
    let has = |part: &str| cipher.split('_').any(|word| word == part);
    let exchanges = |part: &str| exchange.split('_').any(|word| word == part);
    let is_null = has("NULL");
    let ephemeral = ["DHE", "ECDHE", "ECCPWD"].iter().any(|word| exchanges(word)) || exchanges("anon");
    let checks = [
        (Weakness::Null, is_null),
        (Weakness::Anonymous, exchanges("anon")),
        (Weakness::Export, exchange.contains("EXPORT")),
        (Weakness::Rc4, has("RC4")),
        (Weakness::Des, ["DES", "DES40", "RC2", "IDEA"].iter().any(|word| has(word)) && !has("3DES")),
        (Weakness::TripleDes, has("3DES")),
        (Weakness::Md5, has("MD5")),
        (Weakness::NoForwardSecrecy, !ephemeral),
        (Weakness::Cbc, has("CBC")),
    ];
    checks.into_iter().filter(|(_, is)| *is).map(|(weakness, _)| weakness).collect()
}

/// Reserved values that clients offer so that servers stay tolerant (RFC 8701).
pub(super) fn is_grease(code: u16) -> bool {
    let [high, low] = code.to_be_bytes();
    high == low && low & 0x0f == 0x0a
}

impl std::fmt::Display for Cipher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weak(name: &str) -> Vec<Weakness> {
        Cipher::named(name).unwrap().weaknesses()
    }

    #[test]
    fn every_row_of_the_table_is_read_and_no_name_stands_twice() {
        let rows = include_str!("ciphers.txt").lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(TABLE.len(), rows);
        let names: std::collections::BTreeSet<_> = TABLE.iter().map(|(_, name)| name).collect();
        let codes: std::collections::BTreeSet<_> = TABLE.iter().map(|(code, _)| code).collect();
        assert_eq!((names.len(), codes.len()), (rows, rows));
    }

    #[test]
    fn signals_and_grease_are_no_ciphers() {
        assert!(Cipher(0x5600).is_signal() && Cipher(0x00ff).is_signal() && Cipher(0x5a5a).is_signal());
        assert!(!Cipher(0x1301).is_signal() && Cipher(0x1301).is_tls13());
        assert!(Cipher::all().all(|cipher| !cipher.is_signal()));
        assert_eq!(Cipher(0xfafb).name(), "0xFAFB");
    }

    #[test]
    fn what_is_weak_follows_from_the_name() {
        assert_eq!(weak("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), []);
        assert_eq!(weak("TLS_AES_128_GCM_SHA256"), []);
        assert_eq!(weak("TLS_SHA256_SHA256"), [Weakness::Null]);
        assert_eq!(weak("TLS_RSA_WITH_AES_128_GCM_SHA256"), [Weakness::NoForwardSecrecy]);
        assert_eq!(weak("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"), [Weakness::Cbc]);
        assert_eq!(weak("TLS_ECDH_anon_WITH_NULL_SHA"), [Weakness::Null, Weakness::Anonymous]);
        assert_eq!(
            weak("TLS_RSA_EXPORT_WITH_RC4_40_MD5"),
            [Weakness::Export, Weakness::Rc4, Weakness::Md5, Weakness::NoForwardSecrecy]
        );
        assert_eq!(
            weak("TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
            [Weakness::TripleDes, Weakness::NoForwardSecrecy, Weakness::Cbc]
        );
        assert_eq!(
            weak("TLS_RSA_WITH_DES_CBC_SHA"),
            [Weakness::Des, Weakness::NoForwardSecrecy, Weakness::Cbc]
        );
        assert_eq!(weak("TLS_ECDH_RSA_WITH_AES_256_GCM_SHA384"), [Weakness::NoForwardSecrecy]);
    }
}
