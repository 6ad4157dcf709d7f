//! A service uses the bucket for its own account only.

use super::access::{self, actions_of, place_of};
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_iam::Audience;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-policy-confused-deputy",
        title: "S3 bucket policy says on whose behalf a service comes",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        persona: Persona::Auditor,
        cwe: &[441],
        controls: &[],
        objectives: &["least-privilege"],
        reads: &["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetBucketPolicy"],
        aliases: &[],
        guide: include_str!("bucket_policy_confused_deputy.md"),
    },
    judge: Judge::Configuration(judge),
};

/// Services that deliver only what the account itself has set up, and send no source.
/// Source: Elastic Load Balancing User Guide, "Enable access logs": its bucket policy has no condition.
const FOR_THEMSELVES: [&str; 1] = ["logdelivery.elasticloadbalancing.amazonaws.com"];

fn judge(_bucket: &Bucket, cx: &Cx<'_>) -> Judged {
    let mut services = 0;
    let mut gap = None;
    for policy in access::policies(cx)? {
        let Some(policy) = policy.known()? else { continue };
        let exposure = policy.exposure();
        for grant in &exposure.grants {
            let Audience::Service(service) = &grant.audience else { continue };
            services += 1;
            if FOR_THEMSELVES.contains(&service.as_str()) {
                continue;
            }
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
    }
    match gap {
        Some(gap) => Err(gap),
        None if services == 0 => Ok(Verdict::not_applicable("no service is named in the policy")),
        None => Ok(Verdict::pass("each service is held to a source")),
    }
}
