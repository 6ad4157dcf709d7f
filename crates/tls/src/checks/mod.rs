//! The checks of endpoints and interpreters, two files each: what it asks and how it judges one subject, and its guide with
//! the examples that are its tests.

use crate::TlsCheck;

mod certificates;
mod clients;
mod configured_certificates_verified;
mod configured_minimum_version;
mod configured_weak_ciphers_not_offered;
mod endpoint_aead_ciphers;
mod endpoint_certificate_dates;
mod endpoint_certificate_key;
mod endpoint_certificate_name;
mod endpoint_certificate_signature;
mod endpoint_certificate_trusted;
mod endpoint_client_renegotiation;
mod endpoint_compression_off;
mod endpoint_content_security_policy;
mod endpoint_fallback_signal;
mod endpoint_forward_secrecy;
mod endpoint_hsts;
mod endpoint_https_redirect;
mod endpoint_minimum_version;
mod endpoint_old_versions_refused;
mod endpoint_post_quantum;
mod endpoint_secure_renegotiation;
mod endpoint_security_headers;
mod endpoint_strong_ciphers;
mod endpoint_strong_key_exchange;
mod endpoint_tls13_offered;
mod interpreter_certificates_verified;
mod interpreter_minimum_version;
mod interpreter_old_versions_not_offered;
mod interpreter_openssl_supported;
mod interpreter_python_supported;
mod interpreter_weak_ciphers_not_offered;

/// Every check, sorted by id.
pub static CHECKS: &[&TlsCheck] = &[
    // One a line.
    &configured_certificates_verified::CHECK,
    &configured_minimum_version::CHECK,
    &configured_weak_ciphers_not_offered::CHECK,
    &endpoint_aead_ciphers::CHECK,
    &endpoint_certificate_dates::CHECK,
    &endpoint_certificate_key::CHECK,
    &endpoint_certificate_name::CHECK,
    &endpoint_certificate_signature::CHECK,
    &endpoint_certificate_trusted::CHECK,
    &endpoint_client_renegotiation::CHECK,
    &endpoint_compression_off::CHECK,
    &endpoint_content_security_policy::CHECK,
    &endpoint_fallback_signal::CHECK,
    &endpoint_forward_secrecy::CHECK,
    &endpoint_hsts::CHECK,
    &endpoint_https_redirect::CHECK,
    &endpoint_minimum_version::CHECK,
    &endpoint_old_versions_refused::CHECK,
    &endpoint_post_quantum::CHECK,
    &endpoint_secure_renegotiation::CHECK,
    &endpoint_security_headers::CHECK,
    &endpoint_strong_ciphers::CHECK,
    &endpoint_strong_key_exchange::CHECK,
    &endpoint_tls13_offered::CHECK,
    &interpreter_certificates_verified::CHECK,
    &interpreter_minimum_version::CHECK,
    &interpreter_old_versions_not_offered::CHECK,
    &interpreter_openssl_supported::CHECK,
    &interpreter_python_supported::CHECK,
    &interpreter_weak_ciphers_not_offered::CHECK,
];

/// The first few names, and how many more there are.
fn brief(names: &[String]) -> String {
    const MOST: usize = 6;
    let mut unique: Vec<&str> = Vec::new();
    for name in names {
        if !unique.contains(&name.as_str()) {
            unique.push(name);
        }
    }
    let more = unique.len().saturating_sub(MOST);
    unique.truncate(MOST);
    let shown = unique.join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}
