//! ServerKeyExchange of TLS 1.2 and before: which group the server's public value is of. Its signature is not checked.

use super::{Cipher, Group, Reader, WireError};

/// The group of the server's public value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerKey {
    /// A named curve.
    Curve(Group),
    /// A curve written out, which nobody should do.
    ExplicitCurve,
    /// A finite field with a prime of so many bits.
    FiniteField {
        /// Bits of the prime.
        bits: u16,
    },
    /// An RSA key of export strength, or parameters of another kind (PSK, SRP).
    Other,
}

/// Reads the message of a handshake with `cipher`.
///
/// # Errors
/// What breaks the form.
pub fn server_key_exchange(cipher: Cipher, body: &[u8]) -> Result<ServerKey, WireError> {
    let name = cipher.name();
    let mut reader = Reader::new(body);
    if name.contains("_PSK_") {
        reader.vector(2)?;
    }
    if name.starts_with("TLS_ECDHE_") || name.starts_with("TLS_ECDH_anon_") {
        return match reader.u8()? {
            3 => Ok(ServerKey::Curve(Group(reader.u16()?))),
            1 | 2 => Ok(ServerKey::ExplicitCurve),
            _ => Err(WireError::Malformed),
        };
    }
    if name.starts_with("TLS_DHE_") || name.starts_with("TLS_DH_anon_") {
        let prime = reader.vector(2)?;
        return Ok(ServerKey::FiniteField { bits: bits(prime) });
    }
    Ok(ServerKey::Other)
}

/// The length of a number in bits.
fn bits(number: &[u8]) -> u16 {
    let zeros: usize = number.iter().take_while(|byte| **byte == 0).count();
    match number.get(zeros) {
        None => 0,
        Some(first) => ((number.len() - zeros) * 8) as u16 - first.leading_zeros() as u16,
    }
}
