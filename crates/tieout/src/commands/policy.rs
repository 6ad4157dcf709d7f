//! `tieout policy`: the exact read-only IAM policy for the chosen checks.

use crate::account::actions;
use crate::cli::PolicyArgs;
use crate::exit::Exit;
use crate::output::print;
use crate::plan::choose;
use anyhow::Result;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use tieout_settings::Found;

/// IAM's limit for a managed policy, white space not counted (IAM User Guide: IAM and STS quotas).
const MANAGED_POLICY_LIMIT: usize = 6144;

/// Prints the policy; several where one would exceed IAM's limit.
pub fn run(args: &PolicyArgs) -> Result<Exit> {
    let chosen = choose(&args.choice, &Found::default())?.aws;
    let mut actions = actions(&chosen);
    if args.function_code {
        actions.extend(tieout_aws_live::CODE_ACTIONS);
    }
    let policies = policies(actions.into_iter());
    let mut text = String::new();
    if policies.len() > 1 {
        eprintln!(
            "tieout: one policy would exceed IAM's limit of {MANAGED_POLICY_LIMIT} characters; attach all {}",
            policies.len()
        );
    }
    for policy in &policies {
        text.push_str(&serde_json::to_string_pretty(policy)?);
        text.push('\n');
    }
    print(text.as_bytes())?;
    Ok(Exit::Clean)
}

/// The fewest policies of one statement a service that keep IAM's limit.
fn policies<'a>(actions: impl Iterator<Item = &'a str>) -> Vec<Value> {
    let mut by_service: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for action in actions {
        by_service.entry(action.split(':').next().unwrap_or_default()).or_default().push(action);
    }
    let mut policies: Vec<Vec<Value>> = vec![Vec::new()];
    for (service, actions) in by_service {
        let sid: String = service.chars().filter(char::is_ascii_alphanumeric).collect();
        let statement = json!({"Sid": format!("TieoutReads{sid}"), "Effect": "Allow", "Action": actions, "Resource": "*"});
        let fits = |statements: &[Value]| document(statements).to_string().len() <= MANAGED_POLICY_LIMIT;
        if let Some(last) = policies.last_mut() {
            last.push(statement.clone());
            if fits(last) || last.len() == 1 {
                continue;
            }
            last.pop();
        }
        policies.push(vec![statement]);
    }
    policies.iter().map(|statements| document(statements)).collect()
}

fn document(statements: &[Value]) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_has_a_statement_a_service_and_only_what_was_asked() {
        let all = policies(["iam:GetUser", "s3:GetBucketAcl", "s3:ListAllMyBuckets"].into_iter());
        assert_eq!(all.len(), 1);
        assert_eq!(all[0]["Statement"][1]["Action"], json!(["s3:GetBucketAcl", "s3:ListAllMyBuckets"]));
    }

    #[test]
    fn too_many_actions_become_several_policies_within_the_limit() {
        let actions: Vec<String> =
            (0..400).map(|n| format!("service{:02}:DescribeSomethingLong{n:03}", n / 10)).collect();
        let all = policies(actions.iter().map(String::as_str));
        assert!(all.len() > 1);
        assert!(all.iter().all(|policy| policy.to_string().len() <= MANAGED_POLICY_LIMIT));
        let granted: usize = all
            .iter()
            .flat_map(|policy| policy["Statement"].as_array().unwrap())
            .map(|s| s["Action"].as_array().unwrap().len())
            .sum();
        assert_eq!(granted, 400);
    }
}
