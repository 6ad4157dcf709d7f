//! 2,000 decisions as JSON lines, for the time that they take: who asks what of which resource, over all layers.
//! Whether the answers are right is the matter of the tests of `crates/iam`.

#![allow(clippy::indexing_slicing)] // Into JSON that is made here.

use super::faults::Draw;
use serde_json::{Value, json};

const COUNT: usize = 2000;
const SEED: u64 = 2000;

const TARGETS: [(&str, &str, &str); 10] = [
    ("s3:GetObject", "s3:Get*", "arn:aws:s3:::invoices/2026/01.pdf"),
    ("s3:ListBucket", "s3:List*", "arn:aws:s3:::invoices"),
    ("dynamodb:Query", "dynamodb:Query", "arn:aws:dynamodb:eu-west-1:111122223333:table/Books"),
    ("sqs:SendMessage", "sqs:*Message", "arn:aws:sqs:eu-west-1:111122223333:jobs"),
    ("sns:Publish", "sns:Publish", "arn:aws:sns:eu-west-1:111122223333:alerts"),
    ("lambda:InvokeFunction", "lambda:Invoke*", "arn:aws:lambda:eu-west-1:111122223333:function:api"),
    (
        "secretsmanager:GetSecretValue",
        "secretsmanager:*",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
    ),
    (
        "kms:Decrypt",
        "kms:Decrypt",
        "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    ),
    ("ssm:GetParameter", "ssm:Get*", "arn:aws:ssm:eu-west-1:111122223333:parameter/app/db"),
    ("ec2:StartInstances", "ec2:*Instances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc"),
];

const PRINCIPALS: [&str; 4] = [
    "arn:aws:iam::111122223333:role/team/api",
    "arn:aws:iam::111122223333:user/alice",
    "arn:aws:sts::111122223333:assumed-role/api/session",
    "arn:aws:iam::444455556666:role/partner",
];

/// The file.
pub fn jsonl() -> String {
    let mut draw = Draw::new(SEED);
    let mut out = String::new();
    for number in 0..COUNT {
        out += &case(number, &mut draw).to_string();
        out.push('\n');
    }
    out
}

fn case(number: usize, draw: &mut Draw) -> Value {
    let (action, pattern, resource) = draw.one(&TARGETS);
    let principal = draw.one(&PRINCIPALS);
    let mut identity = json!({"Effect": "Allow", "Action": pattern, "Resource": resource});
    match draw.below(4) {
        0 => identity["Condition"] = json!({"Bool": {"aws:SecureTransport": "true"}}),
        1 => {
            identity["Condition"] = json!({"StringLike": {"aws:PrincipalTag/team": "pay*"}, "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
        }
        2 => identity["Resource"] = json!(["arn:aws:s3:::other/*", resource]),
        _ => {}
    }
    let guard = json!({"Effect": "Deny", "NotAction": ["iam:*", "sts:*"], "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "eu-central-1"]}}});
    let mut policies = json!({"identity": [document(json!([identity, guard]))], "scp": [], "rcp": []});
    let by_resource =
        json!({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": pattern, "Resource": resource});
    if draw.below(2) == 0 {
        policies["resource"] = document(json!([by_resource]));
    }
    if draw.below(3) == 0 {
        let all = document(json!([{"Effect": "Allow", "Action": "*", "Resource": "*"}]));
        let limit = document(
            json!([{"Effect": "Deny", "Action": "ec2:*", "NotResource": "arn:aws:ec2:eu-west-1:*:*"}]),
        );
        policies["scp"] = json!([[all], [all, limit]]);
    }
    if draw.below(4) == 0 {
        policies["boundary"] = json!([document(
            json!([{"Effect": "Allow", "Action": ["s3:*", "sqs:*", "dynamodb:*"], "Resource": "*"}])
        )]);
    }
    json!({
        "id": format!("case-{number:04}"),
        "request": {"principal": principal, "action": action, "resource": resource, "resourceAccount": "111122223333",
            "context": {"aws:SecureTransport": "true", "aws:SourceIp": "10.1.2.3", "aws:PrincipalTag/team": "payments",
                "aws:RequestedRegion": "eu-west-1"}},
        "policies": policies,
        "settings": {}
    })
}

fn document(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_case_with_an_id_of_its_own() {
        let text = jsonl();
        let ids: std::collections::BTreeSet<String> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids.len(), COUNT);
    }
}
