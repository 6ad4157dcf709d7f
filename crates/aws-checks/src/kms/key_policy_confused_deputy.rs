//! A service uses the key for its own account only.

use crate::{Cx, Each, Judge, deputy};
use tieout_aws_state::types::Key;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Key> = Each {
    about: About {
        id: "kms-key-policy-confused-deputy",
        title: "KMS key policy says on whose behalf a service comes",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        persona: Persona::Auditor,
        cwe: &[441],
        controls: &[],
        objectives: &["least-privilege"],
        reads: &["kms:ListKeys", "kms:DescribeKey", "kms:GetKeyPolicy"],
        aliases: &[],
        guide: include_str!("key_policy_confused_deputy.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(key: &Key, _cx: &Cx<'_>) -> Judged {
    if key.live.key_manager.text()? == "AWS" {
        return Ok(Verdict::not_applicable("AWS manages the key and its policy"));
    }
    let Some(policy) = key.key_policy.known()? else {
        return Ok(Verdict::not_applicable("no key policy is written: AWS's default one names no service"));
    };
    deputy::judge([policy], &[])
}
