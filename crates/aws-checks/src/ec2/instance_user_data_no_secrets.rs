//! User data can be read by every process on the instance and by many roles of the account.

use crate::secret::{detail_of, detail_of_all};
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Instance;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Problem, Severity, Value, Verdict};
use tieout_source::redact::find_secrets;

/// The check.
pub static CHECK: Each<Instance> = Each {
    about: About {
        id: "ec2-instance-user-data-no-secrets",
        title: "EC2 user data holds no secret",
        severity: Severity::Critical,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[798, 312],
        controls: &[],
        objectives: &["secrets-management"],
        reads: &["ec2:DescribeInstances", "ec2:DescribeInstanceAttribute"],
        aliases: &[("prowler", "ec2_instance_secrets_user_data"), ("checkov", "CKV_AWS_46")],
        guide: include_str!("instance_user_data_no_secrets.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(instance: &Instance, _cx: &Cx<'_>) -> Judged {
    let data = &instance.user_data;
    let Some(node) = data.known()? else {
        return Ok(Verdict::pass("it has no user data"));
    };
    // What is put in at deployment is no literal; what stands around it is.
    let script = match &node.value {
        Value::Text(text) => text.to_string(),
        Value::Pieces(_) => node.expression(),
        _ => return Err(Gap::unresolved(node.expression())),
    };
    let found = find_secrets(&script);
    if found.is_empty() {
        return Ok(Verdict::pass("nothing in the user data looks like a secret"));
    }
    let said: Vec<String> =
        found.iter().map(|hit| format!("{} ({}, {})", hit.name, hit.secret.kind, hit.secret.shown)).collect();
    let details = found.iter().map(|hit| detail_of(&hit.name, &hit.secret)).collect();
    let problem = Problem::new(format!("the user data holds {}", said.join(", "))).at(data.place());
    Ok(problem.detail(detail_of_all(details)).into())
}
