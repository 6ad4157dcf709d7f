//! SSL 2.0: its hello and the server's answer. It has records and cipher codes of its own.

use super::{Reader, WireError, Writer};

/// Code and name of each cipher kind (draft-hickman-netscape-ssl-00), as OpenSSL 0.9 named them.
const CIPHERS: &[(u32, &str)] = &[
    (0x01_0080, "SSL_CK_RC4_128_WITH_MD5"),
    (0x02_0080, "SSL_CK_RC4_128_EXPORT40_WITH_MD5"),
    (0x03_0080, "SSL_CK_RC2_128_CBC_WITH_MD5"),
    (0x04_0080, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5"),
    (0x05_0080, "SSL_CK_IDEA_128_CBC_WITH_MD5"),
    (0x06_0040, "SSL_CK_DES_64_CBC_WITH_MD5"),
    (0x07_00c0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5"),
];

/// A ClientHello of SSL 2.0 that offers every cipher kind.
pub fn client_hello(challenge: [u8; 16]) -> Vec<u8> {
    let mut body = Writer::default();
    body.u8(1).u16(2).u16((CIPHERS.len() * 3) as u16).u16(0).u16(16);
    for (code, _) in CIPHERS {
        let [_, high, middle, low] = code.to_be_bytes();
        body.bytes(&[high, middle, low]);
    }
    body.bytes(&challenge);
    let body = body.finish();
    let mut out = Writer::default();
    out.u16(0x8000 | body.len() as u16).bytes(&body);
    out.finish()
}

/// What a server of SSL 2.0 answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerHello {
    /// The server's certificate (DER).
    pub certificate: Vec<u8>,
    /// Names of the cipher kinds that it accepts, in its order.
    pub ciphers: Vec<String>,
}

/// Reads a ServerHello, its record's header too; `None` until more bytes come.
///
/// # Errors
/// [`WireError::NotTls`] where it is none of SSL 2.0.
pub fn server_hello(bytes: &[u8]) -> Result<Option<ServerHello>, WireError> {
    let mut reader = Reader::new(bytes);
    let Ok(header) = reader.u16() else { return Ok(None) };
    if header & 0x8000 == 0 {
        return Err(WireError::NotTls);
    }
    let Ok(body) = reader.take(usize::from(header & 0x7fff)) else { return Ok(None) };
    let mut body = Reader::new(body);
    if body.u8()? != 4 {
        return Err(WireError::NotTls);
    }
    let (_session, _kind, version) = (body.u8()?, body.u8()?, body.u16()?);
    if version != 2 {
        return Err(WireError::NotTls);
    }
    let (certificate, ciphers, connection) = (body.u16()?, body.u16()?, body.u16()?);
    let certificate = body.take(usize::from(certificate))?.to_vec();
    let (codes, _) = body.take(usize::from(ciphers))?.as_chunks::<3>();
    body.take(usize::from(connection))?;
    let ciphers = codes.iter().map(|[a, b, c]| name(u32::from_be_bytes([0, *a, *b, *c]))).collect();
    Ok(Some(ServerHello { certificate, ciphers }))
}

fn name(code: u32) -> String {
    let known = CIPHERS.iter().find(|(own, _)| *own == code);
    known.map_or_else(|| format!("0x{code:06X}"), |(_, name)| (*name).to_owned())
}
