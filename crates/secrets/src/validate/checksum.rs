//! Checksums in tokens: CRC32 in base62, as GitHub and npm end theirs.

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The last six characters are the CRC32 of what stands between the prefix and them, in base62, padded with zeros.
/// Source: github.blog, "Behind GitHub's new authentication token formats", 5 April 2021.
pub fn github(text: &str) -> bool {
    text.split_once('_').is_some_and(|(_, body)| has_crc32(body))
}

/// The same form under `npm_`. Source: github.blog, "Announcing npm's new access token format", 23 September 2021.
pub fn npm(text: &str) -> bool {
    text.strip_prefix("npm_").is_some_and(has_crc32)
}

fn has_crc32(body: &str) -> bool {
    let Some((random, sum)) = body.len().checked_sub(6).and_then(|at| body.split_at_checked(at)) else {
        return false;
    };
    !random.is_empty() && base62(crc32fast::hash(random.as_bytes())) == sum.as_bytes()
}

/// Six digits in base62, the largest first.
fn base62(mut number: u32) -> [u8; 6] {
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = BASE62.get((number % 62) as usize).copied().unwrap_or(b'0');
        number /= 62;
    }
    digits
}
