//! Base58Check: what Bitcoin's private keys and extended keys (BIP 32) are written in. Its last four bytes are the beginning of
//! the doubled SHA-256 of the rest. Source: Bitcoin developer reference, "Base58Check encoding".

use sha2::{Digest as _, Sha256};

const ALPHABET: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Longer texts are not decoded: an extended key has 111 characters.
const LONGEST: usize = 120;

/// The checksum at the end is that of the rest.
pub fn has_checksum(text: &str) -> bool {
    let Some(bytes) = decode(text) else { return false };
    let Some((rest, sum)) = bytes.len().checked_sub(4).and_then(|at| bytes.split_at_checked(at)) else {
        return false;
    };
    !rest.is_empty() && Sha256::digest(Sha256::digest(rest)).starts_with(sum)
}

fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    // The number, its lowest byte first.
    let mut bytes: Vec<u8> = Vec::new();
    for letter in text.bytes() {
        let mut carry = ALPHABET.iter().position(|known| *known == letter)?;
        for byte in &mut bytes {
            carry += usize::from(*byte) * 58;
            *byte = (carry & 0xff) as u8;
            carry >>= 8;
        }
        while carry > 0 {
            bytes.push((carry & 0xff) as u8);
            carry >>= 8;
        }
    }
    bytes.extend(text.bytes().take_while(|letter| *letter == b'1').map(|_| 0));
    bytes.reverse();
    Some(bytes)
}
