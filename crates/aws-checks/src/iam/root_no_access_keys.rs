//! Root has no access keys.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::RootUser;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<RootUser> = Each {
    about: About {
        id: "iam-root-no-access-keys",
        title: "The root user has no access keys",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[250],
        controls: &["CIS-AWS-3.0:1.4", "AWS-FSBP:IAM.4"],
        objectives: &["mfa-and-key-rotation", "least-privilege"],
        reads: &["iam:GetAccountSummary", "iam:GenerateCredentialReport", "iam:GetCredentialReport"],
        aliases: &[("prowler", "iam_no_root_access_key")],
        guide: include_str!("root_no_access_keys.md"),
    },
    judge: Judge::Live(judge),
};

fn judge(root: &RootUser, _cx: &Cx<'_>) -> Judged {
    let live = &root.live;
    let flags = [&live.access_keys_present, &live.access_key1_active, &live.access_key2_active];
    if let Some(flag) = flags.into_iter().find(|flag| flag.is_true() == Ok(true)) {
        return Ok(Verdict::fail("root has an access key, which no policy can limit", flag.place()));
    }
    let Some(_) = live.access_keys_present.known()? else {
        return Err(Gap::unsupported("an account summary without AccountAccessKeysPresent"));
    };
    Ok(Verdict::pass("root has no access key"))
}
