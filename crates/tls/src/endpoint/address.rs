//! How a person names an endpoint: `HOST`, `HOST:PORT`, `[ADDRESS]:PORT`, `https://HOST/`.

use std::net::IpAddr;

/// A host and a port.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// Name or address, without brackets, in small letters.
    pub host: String,
    /// Port.
    pub port: u16,
}

/// Why a word names no endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{word}` is no endpoint: {why}")]
pub struct AddressError {
    /// What was written.
    pub word: String,
    /// What is wrong with it.
    pub why: &'static str,
}

impl Address {
    /// Reads what a person writes; port 443 where none is given.
    ///
    /// # Errors
    /// Where it names no host, or a port that is none.
    pub fn parse(word: &str) -> Result<Address, AddressError> {
        let wrong = |why| AddressError { word: word.to_owned(), why };
        let text = word.trim();
        let text = match text.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => rest,
            Some(_) => return Err(wrong("only https:// addresses speak TLS")),
            None => text,
        };
        let authority = text.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.contains('@') {
            return Err(wrong("leave out the user"));
        }
        let (host, port) =
            split(authority).ok_or_else(|| wrong("write HOST, HOST:PORT or [ADDRESS]:PORT"))?;
        let port = match port {
            None | Some("") => 443,
            Some(port) => {
                port.parse().ok().filter(|port| *port != 0).ok_or_else(|| wrong("its port is no port"))?
            }
        };
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let is_name = |host: &str| {
            let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
            host.len() <= 253 && host.bytes().all(good) && host.split('.').all(|label| !label.is_empty())
        };
        if host.parse::<IpAddr>().is_err() && !is_name(&host) {
            return Err(wrong("its host is no name (write international names as xn--…)"));
        }
        Ok(Address { host, port })
    }

    /// The host as an address, where it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

/// Host and port; an address of IPv6 without brackets has no port.
fn split(authority: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        return match rest {
            "" => Some((host, None)),
            rest => Some((host, Some(rest.strip_prefix(':')?))),
        };
    }
    match authority.split_once(':') {
        None => Some((authority, None)),
        Some((_, rest)) if rest.contains(':') => Some((authority, None)),
        Some((host, port)) => Some((host, Some(port))),
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.host.contains(':') {
            true => write!(f, "[{}]:{}", self.host, self.port),
            false => write!(f, "{}:{}", self.host, self.port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_endpoint_is_read_in_every_way_that_people_write_it() {
        for (word, host, port) in [
            ("Example.com", "example.com", 443),
            ("example.com.:8443", "example.com", 8443),
            ("https://example.com/a?b", "example.com", 443),
            ("HTTPS://example.com:44/", "example.com", 44),
            ("[::1]:443", "::1", 443),
            ("[2001:db8::1]", "2001:db8::1", 443),
            ("2001:db8::1", "2001:db8::1", 443),
            ("127.0.0.1:1", "127.0.0.1", 1),
            ("_srv.host", "_srv.host", 443),
        ] {
            assert_eq!(Address::parse(word), Ok(Address { host: host.into(), port }), "{word}");
        }
        for word in [
            "",
            ":443",
            "http://a/",
            "a:0",
            "a:b",
            "a:70000",
            "a b",
            "[::1",
            "[a]:1",
            "u@h",
            "a..b",
            "münchen",
        ] {
            assert!(Address::parse(word).is_err(), "{word}");
        }
    }

    proptest! {
        #[test]
        fn whatever_reads_as_an_endpoint_is_written_so_that_it_reads_the_same(word in "\\PC{0,30}") {
            if let Ok(address) = Address::parse(&word) {
                prop_assert_eq!(Address::parse(&address.to_string()), Ok(address));
            }
        }
    }
}
