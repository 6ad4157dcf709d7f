//! Root is for the few things that only root can do.

use super::age::days;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::RootUser;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<RootUser> = Each {
    about: About {
        id: "iam-root-not-used",
        title: "The root user has not been used for 90 days",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        persona: Persona::Auditor,
        cwe: &[250],
        controls: &["CIS-AWS-3.0:1.7"],
        objectives: &["least-privilege", "logging-and-monitoring"],
        reads: &["iam:GetAccountSummary", "iam:GenerateCredentialReport", "iam:GetCredentialReport"],
        aliases: &[("prowler", "iam_avoid_root_usage")],
        guide: include_str!("root_not_used.md"),
    },
    judge: Judge::Live(judge),
};

fn judge(root: &RootUser, cx: &Cx<'_>) -> Judged {
    let live = &root.live;
    if live.create_date.known()?.is_none() {
        return Err(Gap::unsupported("a credential report without a line for root"));
    }
    let uses = [
        ("password", &live.password_last_used),
        ("first access key", &live.access_key1_last_used),
        ("second access key", &live.access_key2_last_used),
    ];
    let mut last: Option<i64> = None;
    for (what, used) in uses {
        match days(used, cx.state.as_of())? {
            Some(days) if days < LIMIT => {
                return Ok(Verdict::fail(format!("root's {what} was used {days} days ago"), used.place()));
            }
            days => last = last.into_iter().chain(days).min(),
        }
    }
    Ok(Verdict::pass(match last {
        Some(days) => format!("root was last used {days} days ago"),
        None => "root was never used since the account keeps note".to_owned(),
    }))
}

/// Days.
const LIMIT: i64 = 90;
