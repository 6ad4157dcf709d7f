//! Policies with one known fault each, and policies without: what a tool should find is known from how they
//! are made. Generated from a seed, so that each run has the same ones.

#![allow(clippy::indexing_slicing)] // The data are our own, and a test makes all of them.

use serde_json::{Value, json};

/// Policies of each class.
const EACH: usize = 20;
const SEED: u64 = 20_261_125;

/// A class of policies, and what each tool calls its fault; a tool with no word for it does not ask.
pub struct Class {
    /// `unknown-action`.
    pub name: &'static str,
    /// Our lints and audit answers, any of which is the fault.
    pub ours: &'static [&'static str],
    /// parliament's issues.
    pub parliament: &'static [&'static str],
    /// cloudsplaining's.
    pub cloudsplaining: &'static [&'static str],
    make: fn(&mut Draw) -> String,
}

/// A policy of a class.
pub struct Made {
    /// Position in [`CLASSES`].
    pub class: usize,
    /// `unknown-action-07.json`.
    pub file: String,
    /// The document.
    pub text: String,
}

/// The policies, class by class.
pub fn make() -> Vec<Made> {
    let mut draw = Draw::new(SEED);
    let mut made = Vec::new();
    for (class, row) in CLASSES.iter().enumerate() {
        for number in 0..EACH {
            let file = format!("{}-{number:02}.json", row.name);
            made.push(Made { class, file, text: (row.make)(&mut draw) });
        }
    }
    made
}

/// Actions with an ARN that each of them works on; `NAME` stands for a name.
const TARGETS: [(&[&str], &str); 14] = [
    (&["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], "arn:aws:s3:::NAME/*"),
    (&["s3:ListBucket", "s3:GetBucketTagging"], "arn:aws:s3:::NAME"),
    (&["sqs:SendMessage", "sqs:ReceiveMessage"], "arn:aws:sqs:eu-west-1:111122223333:NAME"),
    (&["sns:Publish", "sns:GetTopicAttributes"], "arn:aws:sns:eu-west-1:111122223333:NAME"),
    (&["dynamodb:Query", "dynamodb:PutItem"], "arn:aws:dynamodb:eu-west-1:111122223333:table/NAME"),
    (&["lambda:InvokeFunction", "lambda:GetPolicy"], "arn:aws:lambda:eu-west-1:111122223333:function:NAME"),
    (&["secretsmanager:GetSecretValue"], "arn:aws:secretsmanager:eu-west-1:111122223333:secret:NAME-AbCdEf"),
    (&["kms:Decrypt", "kms:Encrypt"], "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-NAME"),
    (&["ssm:GetParameter", "ssm:PutParameter"], "arn:aws:ssm:eu-west-1:111122223333:parameter/NAME"),
    (&["iam:GetRole", "iam:ListRolePolicies"], "arn:aws:iam::111122223333:role/NAME"),
    (&["ecr:BatchGetImage", "ecr:PutImage"], "arn:aws:ecr:eu-west-1:111122223333:repository/NAME"),
    (&["states:StartExecution"], "arn:aws:states:eu-west-1:111122223333:stateMachine:NAME"),
    (&["kinesis:PutRecord", "kinesis:GetRecords"], "arn:aws:kinesis:eu-west-1:111122223333:stream/NAME"),
    (&["ec2:StartInstances", "ec2:StopInstances"], "arn:aws:ec2:eu-west-1:111122223333:instance/i-NAME"),
];

const NAMES: [&str; 8] = ["orders", "invoices", "jobs", "alerts", "books", "web", "a1b2", "team-x"];

/// Actions that change permissions, each of which can be limited to resources.
const EXPOSING: [&str; 5] = [
    "s3:PutBucketPolicy",
    "kms:PutKeyPolicy",
    "lambda:AddPermission",
    "sqs:SetQueueAttributes",
    "iam:PassRole",
];
const ESCALATING: [&[&str]; 6] = [
    &["iam:PutRolePolicy"],
    &["iam:AttachUserPolicy"],
    &["iam:CreatePolicyVersion"],
    &["iam:PassRole", "ec2:RunInstances"],
    &["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
    &["iam:PassRole", "cloudformation:CreateStack"],
];
const LEAKING: [&str; 4] =
    ["s3:GetObject", "secretsmanager:GetSecretValue", "ssm:GetParameter", "ssm:GetParametersByPath"];
const HANDING: [&str; 4] =
    ["iam:CreateAccessKey", "sts:AssumeRole", "redshift:GetClusterCredentials", "ecr:GetAuthorizationToken"];

/// Numbers from a seed (SplitMix64).
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Draw {
        Draw(seed)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit.max(1) as u64) as usize
    }

    pub fn one<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// A statement without fault, its actions and its resource.
    fn sound(&mut self) -> (Vec<String>, String) {
        let (actions, form) = self.one(&TARGETS);
        let first = self.below(actions.len());
        let actions = actions.iter().skip(first).map(|action| (*action).to_owned()).collect();
        (actions, form.replace("NAME", self.one(&NAMES)))
    }

    /// A word with two letters swapped, one doubled or one left out, so that it is another word.
    fn misspelt(&mut self, word: &str) -> String {
        let mut letters: Vec<char> = word.chars().collect();
        let at = 1 + self.below(letters.len().saturating_sub(3));
        match self.below(3) {
            0 if letters[at] != letters[at + 1] => letters.swap(at, at + 1),
            1 => letters.insert(at, letters[at]),
            _ => {
                letters.remove(at);
            }
        }
        letters.into_iter().collect()
    }
}

fn document(statements: Value) -> String {
    format!("{:#}", json!({"Version": "2012-10-17", "Statement": statements}))
}

fn allow(actions: &[String], resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": actions, "Resource": resource})
}

fn with(draw: &mut Draw, change: impl FnOnce(&mut Draw, &mut Value)) -> String {
    let (actions, resource) = draw.sound();
    let mut statement = allow(&actions, &resource);
    change(draw, &mut statement);
    document(json!([statement]))
}

fn when(draw: &mut Draw, condition: Value) -> String {
    with(draw, |_, statement| statement["Condition"] = condition)
}

fn on_everything(actions: &[&str]) -> String {
    document(json!([{"Effect": "Allow", "Action": actions, "Resource": "*"}]))
}

/// Every class. The words of the peers are those of parliament's `config.yaml` and of cloudsplaining's report.
pub const CLASSES: [Class; 37] = [
    class("sound", &[], &[], &[], |draw| with(draw, |_, _| {})),
    class("sound-condition", &[], &[], &[], |draw| {
        let condition = match draw.below(4) {
            0 => json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
            1 => json!({"Bool": {"aws:SecureTransport": "true"}}),
            2 => json!({"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}}),
            _ => json!({"DateLessThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}}),
        };
        when(draw, condition)
    }),
    class("sound-two-statements", &[], &[], &[], |draw| {
        let (one, other) = (draw.sound(), draw.sound());
        match one.1 == other.1 {
            true => document(json!([allow(&one.0, &one.1)])),
            false => document(json!([allow(&one.0, &one.1), allow(&other.0, &other.1)])),
        }
    }),
    class("unknown-action", &["unknown-action", "gap action"], &["UNKNOWN_ACTION"], &[], |draw| {
        with(draw, |draw, statement| {
            let action = statement["Action"][0].as_str().unwrap_or_default().to_owned();
            let (service, name) = action.split_once(':').unwrap_or_default();
            statement["Action"] = json!(format!("{service}:{}", draw.misspelt(name)));
        })
    }),
    class("unknown-service", &["unknown-service", "gap service"], &["UNKNOWN_PREFIX"], &[], |draw| {
        with(draw, |draw, statement| {
            let service = draw.one(&["dynamdb", "lamda", "secretmanager", "cloudwach", "kinessis", "stats"]);
            statement["Action"] = json!(format!("{service}:Get{}", draw.one(&["Item", "Value", "Policy"])));
        })
    }),
    class("wildcard-matches-nothing", &["wildcard-matches-nothing"], &["UNKNOWN_ACTION"], &[], |draw| {
        with(draw, |draw, statement| {
            let action = statement["Action"][0].as_str().unwrap_or_default().to_owned();
            let (service, _) = action.split_once(':').unwrap_or_default();
            let word = draw.one(&["Fetch*", "Obtain*", "*Everything", "Read*Now", "Getz*"]);
            statement["Action"] = json!(format!("{service}:{word}"));
        })
    }),
    class("misspelt-key", &["unknown-key", "gap key"], &["UNKNOWN_CONDITION_FOR_ACTION"], &[], |draw| {
        let (prefix, key) =
            draw.one(&[("aws", "PrincipalOrgID"), ("aws", "SourceVpce"), ("aws", "username")]);
        let key = format!("{prefix}:{}", draw.misspelt(key));
        when(draw, json!({"StringEquals": {key: "a"}}))
    }),
    class("key-of-other-action", &["key-of-other-action"], &["UNKNOWN_CONDITION_FOR_ACTION"], &[], |draw| {
        let (action, resource, key) = draw.one(&[
            ("s3:GetObject", "arn:aws:s3:::orders/*", "s3:prefix"),
            ("s3:DeleteObject", "arn:aws:s3:::orders/*", "s3:delimiter"),
            ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs", "kms:ViaService"),
            ("ec2:StartInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/*", "ec2:VolumeSize"),
            ("iam:GetRole", "arn:aws:iam::111122223333:role/a", "iam:PassedToService"),
        ]);
        document(json!([{"Effect": "Allow", "Action": action, "Resource": resource,
                "Condition": {"StringEquals": {key: "1"}}}]))
    }),
    class("wrong-resource", &["wrong-resource"], &["RESOURCE_MISMATCH"], &[], |draw| {
        let (actions, resource) = draw.sound();
        loop {
            let (_, other) = draw.sound();
            if other.split(':').nth(2) != resource.split(':').nth(2) {
                return document(json!([allow(&actions, &other)]));
            }
        }
    }),
    class("wrong-resource-type", &["wrong-resource"], &["RESOURCE_MISMATCH"], &[], |draw| {
        let (action, resource) = draw.one(&[
            ("s3:GetObject", "arn:aws:s3:::orders"),
            ("s3:ListBucket", "arn:aws:s3:::orders/*"),
            ("iam:GetRole", "arn:aws:iam::111122223333:user/a"),
            ("ec2:StartInstances", "arn:aws:ec2:eu-west-1:111122223333:volume/vol-1"),
            ("ecs:RunTask", "arn:aws:ecs:eu-west-1:111122223333:service/a/b"),
        ]);
        document(json!([{"Effect": "Allow", "Action": action, "Resource": resource}]))
    }),
    class("only-on-star", &["wrong-resource"], &["RESOURCE_MISMATCH"], &[], |draw| {
        let (action, resource) = draw.one(&[
            ("s3:ListAllMyBuckets", "arn:aws:s3:::orders"),
            ("ec2:DescribeInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/*"),
            ("sqs:ListQueues", "arn:aws:sqs:eu-west-1:111122223333:jobs"),
            ("kms:ListKeys", "arn:aws:kms:eu-west-1:111122223333:key/*"),
        ]);
        document(json!([{"Effect": "Allow", "Action": action, "Resource": resource}]))
    }),
    class("missing-required-resource", &["missing-resource-type"], &["RESOURCE_MISMATCH"], &[], |draw| {
        let (action, resource) = draw.one(&[
            ("ec2:RunInstances", "arn:aws:ec2:*:*:instance/*"),
            ("ec2:AttachVolume", "arn:aws:ec2:*:*:volume/*"),
            ("ec2:CreateNetworkInterface", "arn:aws:ec2:*:*:subnet/*"),
        ]);
        document(json!([{"Effect": "Allow", "Action": action, "Resource": resource}]))
    }),
    class(
        "invalid-arn",
        &["resource-form", "unknown-partition", "short-arn"],
        &["INVALID_ARN"],
        &[],
        |draw| {
            with(draw, |draw, statement| {
                let arn = statement["Resource"].as_str().unwrap_or_default().to_owned();
                let wrong = match draw.below(4) {
                    0 => arn.replacen("arn:", "", 1),
                    1 => arn.replacen(":aws:", ":amazon:", 1),
                    2 => arn.replacen("arn:", "arm:", 1),
                    _ => arn.split(':').take(4).collect::<Vec<_>>().join(":"),
                };
                statement["Resource"] = json!(wrong);
            })
        },
    ),
    class("invalid-account", &["account-form"], &["INVALID_ARN"], &[], |draw| {
        let account = draw.one(&["1111222233", "111122223333x", "my-account", "1111-2222-3333"]);
        document(json!([{"Effect": "Allow", "Action": "sqs:SendMessage",
            "Resource": format!("arn:aws:sqs:eu-west-1:{account}:jobs")}]))
    }),
    class("invalid-region", &["region-form"], &["INVALID_ARN"], &[], |draw| {
        let region = draw.one(&["europe", "eu-west", "eu_west_1", "us-east1", "west-1"]);
        document(json!([{"Effect": "Allow", "Action": "sqs:SendMessage",
            "Resource": format!("arn:aws:sqs:{region}:111122223333:jobs")}]))
    }),
    class("wrong-operator", &["wrong-operator"], &["MISMATCHED_TYPE"], &[], |draw| {
        let condition = match draw.below(4) {
            0 => json!({"NumericLessThan": {"aws:SourceIp": "10"}}),
            1 => json!({"Bool": {"aws:CurrentTime": "true"}}),
            2 => json!({"DateLessThan": {"aws:PrincipalOrgID": "2030-01-01T00:00:00Z"}}),
            _ => json!({"IpAddress": {"aws:username": "10.0.0.0/8"}}),
        };
        when(draw, condition)
    }),
    class(
        "wrong-value",
        &["value-type"],
        &["MISMATCHED_TYPE", "MISMATCHED_TYPE_OPERATION_TO_NULL"],
        &[],
        |draw| {
            let condition = match draw.below(4) {
                0 => json!({"Bool": {"aws:SecureTransport": "yes"}}),
                1 => json!({"DateLessThan": {"aws:CurrentTime": "next week"}}),
                2 => json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "an hour"}}),
                _ => json!({"Null": {"aws:username": "maybe"}}),
            };
            when(draw, condition)
        },
    ),
    class("unknown-operator", &["syntax"], &["UNKNOWN_OPERATOR"], &[], |draw| {
        let operator = draw.one(&["StringEqual", "StringMatches", "NumericLess", "IpAddr", "BoolEquals"]);
        when(draw, json!({operator: {"aws:username": "a"}}))
    }),
    class("impossible-condition", &["impossible-condition"], &[], &[], |draw| {
        let condition = match draw.below(6) {
            0 => json!({"StringEquals": {"aws:username": "a"}, "StringLike": {"aws:username": "b*"}}),
            1 => {
                json!({"StringEquals": {"aws:username": "a"}, "StringNotEquals": {"aws:username": ["a", "b"]}})
            }
            2 => json!({"Null": {"aws:username": "true"}, "StringEquals": {"aws:username": "a"}}),
            3 => {
                json!({"NumericLessThan": {"aws:MultiFactorAuthAge": "60"}, "NumericGreaterThan": {"aws:MultiFactorAuthAge": "3600"}})
            }
            4 => {
                json!({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}, "DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}})
            }
            _ => {
                json!({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
            }
        };
        when(draw, condition)
    }),
    class("second-factor", &["second-factor"], &["BAD_PATTERN_FOR_MFA"], &[], |draw| {
        with(draw, |_, statement| {
            statement["Effect"] = json!("Deny");
            statement["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "false"}});
        })
    }),
    class("duplicate-sid", &["duplicate-sid"], &["DUPLICATE_SID"], &[], |draw| {
        let (one, other) = (draw.sound(), draw.sound());
        let (mut one, mut other) = (allow(&one.0, &one.1), allow(&other.0, &other.1));
        (one["Sid"], other["Sid"]) = (json!("Same"), json!("Same"));
        document(json!([one, other]))
    }),
    class("invalid-sid", &["sid-form"], &["INVALID_SID"], &[], |draw| {
        with(draw, |draw, statement| {
            statement["Sid"] = json!(draw.one(&["let me in", "read-only", "a_b", "x.y"]));
        })
    }),
    class("redundant-statement", &["redundant-statement"], &[], &[], |draw| {
        let (actions, resource) = draw.sound();
        document(json!([allow(&actions, &resource), allow(&actions[..1], &resource)]))
    }),
    class("shadowed-statement", &["shadowed-statement"], &[], &[], |draw| {
        let (actions, resource) = draw.sound();
        document(json!([allow(&actions, &resource), {"Effect": "Deny", "Action": actions, "Resource": "*"}]))
    }),
    class("redundant-action", &["redundant-action"], &[], &[], |draw| {
        with(draw, |_, statement| {
            let action = statement["Action"][0].as_str().unwrap_or_default().to_owned();
            statement["Action"] = json!([action, format!("{}*", &action[..action.len() - 2])]);
        })
    }),
    class("too-large", &["too-large"], &[], &[], |draw| {
        let name = draw.one(&NAMES);
        let many: Vec<String> =
            (0..400).map(|n| format!("arn:aws:s3:::{name}-{n:04}/a/long/prefix/*")).collect();
        document(json!([{"Effect": "Allow", "Action": "s3:GetObject", "Resource": many}]))
    }),
    class("old-version", &["old-version"], &["OLD_VERSION", "NO_VERSION"], &[], |draw| {
        let (actions, resource) = draw.sound();
        let statement = allow(&actions, &resource);
        match draw.below(2) {
            0 => format!("{:#}", json!({"Statement": [statement]})),
            _ => format!("{:#}", json!({"Version": "2008-10-17", "Statement": [statement]})),
        }
    }),
    class("invalid-json", &["syntax"], &["MALFORMED_JSON", "CRASH"], &["CRASH"], |draw| {
        let text = with(draw, |_, _| {});
        match draw.below(3) {
            0 => text[..text.len() - 2].to_owned(),
            1 => text.replacen(':', " ", 1),
            _ => text.replacen('"', "", 1),
        }
    }),
    class(
        "malformed",
        &["syntax", "missing-resource"],
        &["MALFORMED", "INVALID_VERSION"],
        &["CRASH"],
        |draw| {
            with(draw, |draw, statement| {
                let Some(map) = statement.as_object_mut() else { return };
                match draw.below(5) {
                    0 => drop(map.remove("Effect")),
                    1 => drop(map.insert("Effect".to_owned(), json!("allow"))),
                    2 => drop(map.insert("NotAction".to_owned(), json!("s3:*"))),
                    3 => drop(map.insert("Ressource".to_owned(), json!("*"))),
                    _ => drop(map.remove("Action")),
                }
            })
        },
    ),
    class(
        "all-actions",
        &["administrator", "all-actions"],
        &["RESOURCE_STAR"],
        &["ServiceWildcard"],
        |draw| on_everything(&[draw.one(&["*", "*:*"])]),
    ),
    class("service-wildcard", &["service"], &["RESOURCE_STAR"], &["ServiceWildcard"], |draw| {
        on_everything(&[draw.one(&["s3:*", "dynamodb:*", "ec2:*", "iam:*", "sqs:*", "lambda:*"])])
    }),
    class(
        "change-on-every-resource",
        &["every-resource"],
        &["RESOURCE_STAR"],
        &["InfrastructureModification"],
        |draw| {
            on_everything(&[draw.one(&[
                "s3:DeleteBucket",
                "ec2:TerminateInstances",
                "sqs:DeleteQueue",
                "rds:DeleteDBInstance",
            ])])
        },
    ),
    class("privilege-escalation", &["escalation"], &["RESOURCE_STAR"], &["PrivilegeEscalation"], |draw| {
        on_everything(draw.one(&ESCALATING))
    }),
    class("data-exfiltration", &["content"], &["RESOURCE_STAR"], &["DataExfiltration"], |draw| {
        on_everything(&[draw.one(&LEAKING)])
    }),
    class("credentials-exposure", &["credentials"], &[], &["CredentialsExposure"], |draw| {
        on_everything(&[draw.one(&HANDING)])
    }),
    class("resource-exposure", &["permissions"], &["RESOURCE_STAR"], &["ResourceExposure"], |draw| {
        on_everything(&[draw.one(&EXPOSING)])
    }),
    class("escalation-on-a-path", &["escalation limited"], &[], &["PrivilegeEscalation"], |draw| {
        let action = draw.one(&["iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:UpdateAssumeRolePolicy"]);
        document(
            json!([{"Effect": "Allow", "Action": action, "Resource": "arn:aws:iam::111122223333:role/*"}]),
        )
    }),
];

const fn class(
    name: &'static str,
    ours: &'static [&'static str],
    parliament: &'static [&'static str],
    cloudsplaining: &'static [&'static str],
    make: fn(&mut Draw) -> String,
) -> Class {
    Class { name, ours, parliament, cloudsplaining, make }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_policies_and_each_is_a_file_of_its_own() {
        let (one, other) = (make(), make());
        assert_eq!(one.len(), CLASSES.len() * EACH);
        assert!(one.iter().zip(&other).all(|(a, b)| a.file == b.file && a.text == b.text));
        let files: std::collections::BTreeSet<&str> = one.iter().map(|made| made.file.as_str()).collect();
        assert_eq!(files.len(), one.len());
    }

    #[test]
    fn only_documents_that_are_meant_to_be_broken_are() {
        for made in make() {
            let valid = serde_json::from_str::<Value>(&made.text).is_ok();
            assert_eq!(valid, CLASSES[made.class].name != "invalid-json", "{}: {}", made.file, made.text);
        }
    }

    #[test]
    fn a_misspelt_word_is_another_word() {
        let mut draw = Draw(1);
        for word in ["GetObject", "PrincipalOrgID", "username", "Query"] {
            for _ in 0..50 {
                assert_ne!(draw.misspelt(word), word);
            }
        }
    }
}
