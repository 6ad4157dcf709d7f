//! What findings say of a secret that a resource holds, in the words of the findings about secrets in files.

use tieout_model::SecretDetail;
use tieout_source::redact::Secret;

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
