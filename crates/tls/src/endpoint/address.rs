//! How a person names an endpoint: `HOST`, `HOST:PORT`, `[ADDRESS]:PORT`, `https://HOST/`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

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
        if host.parse::<IpAddr>().is_err() && !is_name(&host) {
            return Err(wrong("its host is no name (write international names as xn--…)"));
        }
        Ok(Address { host, port })
    }

    /// The address of a host that a file or an account states. Nobody has looked at the word yet, so that less is taken than
    /// from a person: whole names and addresses alone, nothing that a resolver would read as something else (`127.1`,
    /// `0x7f000001`), and no address of a link, of a group or of nobody.
    ///
    /// # Errors
    /// Where it is none, why.
    pub fn stated(host: &str, port: u16) -> Result<Address, AddressError> {
        let wrong = |why| AddressError { word: host.to_owned(), why };
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let host = host.to_ascii_lowercase();
        if let Ok(ip) = host.parse::<IpAddr>() {
            return match is_asked(ip) {
                true => Ok(Address { host, port }),
                false => Err(wrong("it is an address of a link, of a group or of nobody")),
            };
        }
        if host.contains('*') {
            return Err(wrong("it stands for many names"));
        }
        let good = |label: &str| label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-');
        let is_word = |label: &str| label.starts_with(|first: char| first.is_ascii_alphabetic());
        if !is_name(&host) || !host.split('.').all(good) || !host.rsplit('.').next().is_some_and(is_word) {
            return Err(wrong("it is no name of a host"));
        }
        if !host.contains('.') && host != "localhost" {
            return Err(wrong("it is no whole name"));
        }
        Ok(Address { host, port })
    }

    /// Whether it is a name of the kind that only a private network knows.
    pub fn is_private_name(&self) -> bool {
        let ends =
            [".internal", ".local", ".lan", ".corp", ".private", ".intranet", ".home.arpa", ".localdomain"];
        self.ip().is_none() && ends.iter().any(|end| self.host.ends_with(end))
    }

    /// The host as an address, where it is one.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }
}

fn is_name(host: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    host.len() <= 253 && host.bytes().all(good) && host.split('.').all(|label| !label.is_empty())
}

/// Whether an address is asked on the word of a file: not where instances ask for their own credentials (link-local), nor
/// where no one host is.
pub(super) fn is_asked(ip: IpAddr) -> bool {
    let v4 =
        |ip: Ipv4Addr| !(ip.is_link_local() || ip.is_multicast() || ip.is_unspecified() || ip.is_broadcast());
    match ip {
        IpAddr::V4(ip) => v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => v4(ip),
            // fd00:ec2::254 is the same service by IPv6.
            None => {
                let instance_metadata = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
                !(ip.is_unicast_link_local()
                    || ip.is_multicast()
                    || ip.is_unspecified()
                    || ip == instance_metadata)
            }
        },
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

    #[test]
    fn of_what_files_state_only_whole_names_and_addresses_of_one_host_are_taken() {
        for (host, wanted) in [
            ("Api.Example.com", "api.example.com"),
            ("localhost", "localhost"),
            ("127.0.0.1", "127.0.0.1"),
            ("10.1.2.3", "10.1.2.3"),
            ("[::1]", "::1"),
            ("a_b.example.com", "a_b.example.com"),
            ("db.cluster-1.eu-west-1.rds.amazonaws.com", "db.cluster-1.eu-west-1.rds.amazonaws.com"),
        ] {
            let address = Address::stated(host, 5432);
            assert_eq!(address, Ok(Address { host: wanted.into(), port: 5432 }), "{host}");
        }
        for host in [
            "",
            ".",
            "db",
            "*.example.com",
            "-x.example.com",
            "a-.example.com",
            "a b.example.com",
            "a.example.com\n",
            "a\u{1b}[31m.example.com",
            "user@example.com",
            "example.com/path",
            "example.com:443",
            "https://a.b",
            "127.1",
            "2130706433",
            "0x7f000001",
            "0x7f.0.0.1",
            "1.2.3.4.5",
            "169.254.169.254",
            "fe80::1",
            "0.0.0.0",
            "::",
            "224.0.0.1",
            "255.255.255.255",
            "::ffff:169.254.169.254",
            "fd00:ec2::254",
            "a..b",
            "münchen.example",
            "--help",
            "$(id).example.com",
            "a.example.123",
        ] {
            assert!(Address::stated(host, 443).is_err(), "{host:?}");
        }
        let long = format!("{}.example.com", "a".repeat(64));
        assert!(Address::stated(&long, 443).is_err());
    }

    proptest! {
        #[test]
        fn what_is_taken_from_a_file_reads_the_same_from_a_person(host in "[a-zA-Z0-9._:*\\-\\[\\]/@ ]{0,24}", port in 1..u16::MAX) {
            if let Ok(address) = Address::stated(&host, port) {
                prop_assert_eq!(Address::parse(&address.to_string()), Ok(address));
            }
        }

        #[test]
        fn whatever_reads_as_an_endpoint_is_written_so_that_it_reads_the_same(word in "\\PC{0,30}") {
            if let Ok(address) = Address::parse(&word) {
                prop_assert_eq!(Address::parse(&address.to_string()), Ok(address));
            }
        }
    }
}
