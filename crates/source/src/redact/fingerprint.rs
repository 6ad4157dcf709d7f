//! A fingerprint by which the same secret is known again in another place or another run.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::OnceLock;

static KEY: OnceLock<Vec<u8>> = OnceLock::new();

/// The key where the user gives none. It is the same everywhere, so that baselines hold on every machine.
const DEFAULT_KEY: &[u8] = b"tieout secret fingerprint 1";

/// How often the hash is applied: guessing a weak password from its fingerprint costs as many times more.
const ROUNDS: usize = 256;

/// Sets the key for this process, once, before the first fingerprint; later calls change nothing.
pub fn set_key(key: &str) {
    KEY.get_or_init(|| key.as_bytes().to_vec());
}

/// Sixteen hexadecimal digits that are the same for the same secret under the same key (HMAC-SHA-256, RFC 2104, applied
/// 256 times, truncated). A weak password can be guessed by someone who knows the key: a key of one's own prevents it.
pub fn fingerprint(secret: &str) -> String {
    let key = KEY.get().map_or(DEFAULT_KEY, Vec::as_slice);
    // HMAC takes keys of any length; the type can only say so with a Result.
    let Ok(fresh) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    let mut digest = fresh.clone().chain_update(secret.as_bytes()).finalize().into_bytes();
    for _ in 1..ROUNDS {
        digest = fresh.clone().chain_update(digest).finalize().into_bytes();
    }
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_secret_has_the_same_fingerprint_and_another_another() {
        let one = fingerprint("Tr4vel-Kettle-93x");
        assert_eq!(one.len(), 16);
        assert_eq!(one, fingerprint("Tr4vel-Kettle-93x"));
        assert_ne!(one, fingerprint("Tr4vel-Kettle-93y"));
    }
}
