//! What is said before TLS on ports that begin in plain text.

use super::Starttls;
use super::link::{Failure, Link};
use crate::wire::{Reader, Writer};

/// A protocol whose connections turn to TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Upgrade {
    Smtp,
    Postgres,
    Mysql,
    Ldap,
}

/// The most that is read before TLS begins.
const MOST: usize = 64 * 1024;

/// Which one, if any.
pub(super) fn upgrade_of(choice: Starttls, port: u16) -> Option<Upgrade> {
    match (choice, port) {
        (Starttls::Smtp, _) | (Starttls::Auto, 25 | 587) => Some(Upgrade::Smtp),
        (Starttls::Postgres, _) | (Starttls::Auto, 5432) => Some(Upgrade::Postgres),
        (Starttls::Mysql, _) | (Starttls::Auto, 3306) => Some(Upgrade::Mysql),
        (Starttls::Ldap, _) | (Starttls::Auto, 389) => Some(Upgrade::Ldap),
        _ => None,
    }
}

impl Upgrade {
    pub fn as_str(self) -> &'static str {
        match self {
            Upgrade::Smtp => "smtp",
            Upgrade::Postgres => "postgres",
            Upgrade::Mysql => "mysql",
            Upgrade::Ldap => "ldap",
        }
    }
}

/// Brings a fresh connection to where TLS begins.
pub(super) fn upgrade(link: &mut Link, upgrade: Upgrade) -> Result<(), Failure> {
    match upgrade {
        Upgrade::Smtp => smtp(link),
        Upgrade::Postgres => postgres(link),
        Upgrade::Mysql => mysql(link),
        Upgrade::Ldap => ldap(link),
    }
}

fn refused(what: &str) -> Failure {
    Failure::Upgrade(what.to_owned())
}

/// Reads until `whole` says that the answer is all there.
fn read_until(link: &mut Link, mut whole: impl FnMut(&[u8]) -> bool) -> Result<Vec<u8>, Failure> {
    let mut all = Vec::new();
    while !whole(&all) {
        let part = link.receive()?;
        if part.is_empty() {
            return Err(Failure::Closed);
        }
        all.extend(part);
        if all.len() > MOST {
            return Err(refused("the server talks on and on before TLS"));
        }
    }
    Ok(all)
}

/// Whether a reply of SMTP (RFC 5321, section 4.2) is whole: its last line has a blank after the code.
fn is_whole_reply(text: &[u8]) -> bool {
    text.ends_with(b"\n")
        && text
            .split(|byte| *byte == b'\n')
            .rev()
            .find(|line| !line.is_empty())
            .is_some_and(|line| line.get(3).is_none_or(|mark| *mark != b'-'))
}

fn smtp(link: &mut Link) -> Result<(), Failure> {
    let greeting = read_until(link, is_whole_reply)?;
    if !greeting.starts_with(b"220") {
        return Err(refused("the server does not greet as SMTP does"));
    }
    link.send(b"EHLO tieout.invalid\r\n")?;
    read_until(link, is_whole_reply)?;
    link.send(b"STARTTLS\r\n")?;
    let answer = read_until(link, is_whole_reply)?;
    if answer.starts_with(b"220") { Ok(()) } else { Err(refused("the server offers no STARTTLS")) }
}

fn postgres(link: &mut Link) -> Result<(), Failure> {
    // https://www.postgresql.org/docs/current/protocol-message-formats.html: SSLRequest.
    link.send(&[0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])?;
    match read_until(link, |answer| !answer.is_empty())?.as_slice() {
        [b'S'] => Ok(()),
        [b'N', ..] => Err(refused("the server offers no TLS")),
        _ => Err(refused("the server does not answer as PostgreSQL does")),
    }
}

/// `CLIENT_SSL` of MySQL's capabilities.
const CLIENT_SSL: u32 = 0x0800;

fn mysql(link: &mut Link) -> Result<(), Failure> {
    let packet = |bytes: &[u8]| {
        let mut reader = Reader::new(bytes);
        let length = reader.take(3).ok()?.iter().rev().fold(0, |sum, byte| (sum << 8) | usize::from(*byte));
        let number = reader.u8().ok()?;
        Some((number, reader.take(length).ok()?.to_vec()))
    };
    let bytes = read_until(link, |bytes| packet(bytes).is_some())?;
    let (number, greeting) = packet(&bytes).unwrap_or_default();
    let capabilities =
        mysql_capabilities(&greeting).ok_or_else(|| refused("the server does not greet as MySQL does"))?;
    if capabilities & CLIENT_SSL == 0 {
        return Err(refused("the server offers no TLS"));
    }
    // SSLRequest: CLIENT_PROTOCOL_41, CLIENT_SSL and CLIENT_SECURE_CONNECTION, the largest packet, utf8mb4.
    let mut request = Writer::default();
    request.bytes(&[32, 0, 0, number.wrapping_add(1)]);
    request.bytes(&(0x0200 | CLIENT_SSL | 0x8000).to_le_bytes());
    request.bytes(&(1_u32 << 24).to_le_bytes()).u8(45).bytes(&[0; 23]);
    link.send(&request.finish())
}

/// The lower half of the capabilities in a greeting of protocol 10.
fn mysql_capabilities(greeting: &[u8]) -> Option<u32> {
    let mut reader = Reader::new(greeting);
    if reader.u8().ok()? != 10 {
        return None;
    }
    while reader.u8().ok()? != 0 {}
    reader.take(4 + 8 + 1).ok()?;
    let [low, high]: [u8; 2] = reader.take(2).ok()?.try_into().ok()?;
    Some(u32::from(u16::from_le_bytes([low, high])))
}

fn ldap(link: &mut Link) -> Result<(), Failure> {
    // LDAPMessage 1, ExtendedRequest with the name of StartTLS (RFC 4511, section 4.14).
    let mut request = vec![0x30, 29, 0x02, 1, 1, 0x77, 24, 0x80, 22];
    request.extend(b"1.3.6.1.4.1.1466.20037");
    link.send(&request)?;
    let answer = read_until(link, |bytes| ldap_result(bytes).is_some())?;
    match ldap_result(&answer) {
        Some(Some(0)) => Ok(()),
        Some(Some(_)) => Err(refused("the server refuses StartTLS")),
        _ => Err(refused("the server does not answer as LDAP does")),
    }
}

/// The result code of an ExtendedResponse; `None` until it is whole, `Some(None)` where it is none.
fn ldap_result(bytes: &[u8]) -> Option<Option<u8>> {
    let mut reader = Reader::new(bytes);
    let message = match ber(&mut reader)? {
        (0x30, message) => message,
        _ => return Some(None),
    };
    Some(result_code(message))
}

/// The result code in the content of an LDAPMessage with an ExtendedResponse.
fn result_code(message: &[u8]) -> Option<u8> {
    let mut reader = Reader::new(message);
    ber(&mut reader)?;
    let (kind, response) = ber(&mut reader)?;
    let (_, code) = ber(&mut Reader::new(response))?;
    if kind == 0x78 { code.first().copied() } else { None }
}

/// The tag and content of a BER value.
fn ber<'a>(reader: &mut Reader<'a>) -> Option<(u8, &'a [u8])> {
    let kind = reader.u8().ok()?;
    let length = match reader.u8().ok()? {
        short @ 0..0x80 => usize::from(short),
        long => {
            let digits = reader.take(usize::from(long & 0x7f).min(4)).ok()?;
            digits.iter().fold(0, |sum, byte| (sum << 8) | usize::from(*byte))
        }
    };
    Some((kind, reader.take(length).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_reply_of_smtp_is_whole_with_its_last_line() {
        assert!(is_whole_reply(b"220 mail\r\n"));
        assert!(is_whole_reply(b"250-mail\r\n250 STARTTLS\r\n"));
        assert!(!is_whole_reply(b"250-mail\r\n"));
        assert!(!is_whole_reply(b"250-mail\r\n250 STAR"));
        assert!(!is_whole_reply(b""));
    }

    #[test]
    fn a_result_of_ldap_is_found_in_long_and_short_lengths() {
        assert_eq!(ldap_result(&[0x30, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 0, 4, 0, 4, 0]), Some(Some(0)));
        assert_eq!(
            ldap_result(&[0x30, 0x84, 0, 0, 0, 12, 2, 1, 1, 0x78, 7, 0x0a, 1, 52, 4, 0, 4, 0]),
            Some(Some(52))
        );
        assert_eq!(ldap_result(&[0x30, 12, 2, 1]), None);
        assert_eq!(ldap_result(b"H\x01T"), Some(None));
    }

    proptest! {
        #[test]
        fn no_answer_before_tls_breaks_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = (is_whole_reply(&bytes), mysql_capabilities(&bytes), ldap_result(&bytes));
        }
    }
}
