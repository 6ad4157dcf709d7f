//! What findings say of a secret that a resource holds, in the words of the findings about secrets in files.

use tieout_model::{Detail, SecretDetail};
use tieout_source::redact::Secret;

/// What a finding says of the secrets of a resource.
pub(crate) fn detail_of_all(mut all: Vec<SecretDetail>) -> Detail {
    match all.len() {
        1 => all.pop().map_or(Detail::Secrets(Vec::new()), Detail::Secret),
        _ => Detail::Secrets(all),
    }
}

/// The secret as a finding tells of it; `name` is the variable beside it.
pub(crate) fn detail_of(name: &str, secret: &Secret) -> SecretDetail {
    SecretDetail {
        kind: secret.kind.to_owned(),
        redacted: secret.shown.clone(),
        fingerprint: secret.fingerprint.clone(),
        name: (!name.is_empty()).then(|| name.to_owned()),
        ..SecretDetail::default()
    }
}
