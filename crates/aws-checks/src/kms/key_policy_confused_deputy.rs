//! A service uses the key for its own account only.

use crate::s3::access::{actions_of, place_of};
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Key;
use tieout_iam::Audience;
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
    let mut services = 0;
    let mut gap = None;
    let exposure = policy.exposure();
    for grant in &exposure.grants {
        let Audience::Service(service) = &grant.audience else { continue };
        services += 1;
        match grant.confused_deputy() {
            Ok(true) => {
                let message = format!(
                    "{} lets {service} use {} on behalf of any account: there is no aws:SourceArn or aws:SourceAccount",
                    grant.statement.label(),
                    actions_of(grant),
                );
                return Ok(Verdict::fail(message, place_of(grant)));
            }
            Ok(false) => {}
            Err(open) => gap = gap.or(Some(open)),
        }
    }
    gap = gap.or(exposure.gaps.into_iter().next());
    match gap {
        Some(gap) => Err(gap),
        None if services == 0 => Ok(Verdict::not_applicable("no service is named in the policy")),
        None => Ok(Verdict::pass("each service is held to a source")),
    }
}
