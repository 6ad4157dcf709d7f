//! Minimal pairs: a base case and one change that flips it, over services and layers. What is expected
//! follows from how the pair is made, not from any evaluator.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // Helpers of tests.

use serde_json::{Value, json};
use tieout_iam::simulate_jsonl;

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";

struct Target {
    action: &'static str,
    resource: &'static str,
    /// Whether the resource has a policy of its own.
    has_policy: bool,
    /// Whether that policy must speak itself.
    must_speak: bool,
}

const fn target(action: &'static str, resource: &'static str, has_policy: bool) -> Target {
    Target { action, resource, has_policy, must_speak: false }
}

const fn speaking(action: &'static str, resource: &'static str) -> Target {
    Target { action, resource, has_policy: true, must_speak: true }
}

const TARGETS: [Target; 13] = [
    target("s3:GetObject", "arn:aws:s3:::invoices/2026/01.pdf", true),
    target("s3:ListBucket", "arn:aws:s3:::invoices", true),
    target("dynamodb:Query", "arn:aws:dynamodb:eu-west-1:111122223333:table/Books/index/ByAuthor", true),
    target("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:jobs", true),
    target("sns:Publish", "arn:aws:sns:eu-west-1:111122223333:alerts", true),
    target("lambda:InvokeFunction", "arn:aws:lambda:eu-west-1:111122223333:function:api:live", true),
    target(
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf",
        true,
    ),
    speaking("kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"),
    speaking("sts:AssumeRole", "arn:aws:iam::111122223333:role/team/target"),
    target("iam:PassRole", "arn:aws:iam::111122223333:role/team/target", false),
    target("ssm:GetParameter", "arn:aws:ssm:eu-west-1:111122223333:parameter/app/db", false),
    target(
        "logs:PutLogEvents",
        "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/api:log-stream:1",
        false,
    ),
    target("ec2:StartInstances", "arn:aws:ec2:eu-west-1:111122223333:instance/i-0abc", false),
];

const ALLOWED: &str = "Allowed";
const EXPLICIT: &str = "ExplicitlyDenied";
const IMPLICIT: &str = "ImplicitlyDenied";

fn user() -> String {
    format!("arn:aws:iam::{OWN}:user/alice")
}

fn role() -> String {
    format!("arn:aws:iam::{OWN}:role/team/api")
}

fn session() -> String {
    format!("arn:aws:sts::{OWN}:assumed-role/api/s1")
}

fn doc(statements: Value) -> Value {
    json!({"Version": "2012-10-17", "Statement": statements})
}

fn allow(action: &str, resource: &str) -> Value {
    json!({"Effect": "Allow", "Action": action, "Resource": resource})
}

fn deny(action: &str, resource: &str) -> Value {
    json!({"Effect": "Deny", "Action": action, "Resource": resource})
}

fn by(principal: Value, mut statement: Value) -> Value {
    statement["Principal"] = principal;
    statement
}

fn when(condition: Value, mut statement: Value) -> Value {
    statement["Condition"] = condition;
    statement
}

struct Case {
    name: String,
    case: Value,
    expected: &'static str,
}

/// A case of a user with an allow in its own policy and, where the resource must speak, one there too.
fn base(target: &Target) -> Value {
    let mut policies =
        json!({"identity": [doc(json!([allow(target.action, target.resource)]))], "scp": [], "rcp": []});
    if target.must_speak {
        policies["resource"] = doc(json!([by(json!({"AWS": OWN}), allow(target.action, target.resource))]));
    }
    json!({
        "request": {"principal": user(), "action": target.action, "resource": target.resource,
                    "resourceAccount": OWN, "context": {"aws:SecureTransport": "true", "aws:username": "alice"}},
        "policies": policies,
        "settings": {}
    })
}

struct Pairs(Vec<Case>);

impl Pairs {
    fn add(&mut self, name: &str, target: &Target, expected: &'static str, change: impl FnOnce(&mut Value)) {
        let mut case = base(target);
        change(&mut case);
        self.0.push(Case { name: format!("{name} ({})", target.action), case, expected });
    }

    fn check(self) {
        let lines: Vec<String> = self.0.iter().map(|case| case.case.to_string()).collect();
        let mut out = Vec::new();
        simulate_jsonl(lines.join("\n").as_bytes(), &mut out).unwrap();
        let answers: Vec<Value> =
            String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(answers.len(), self.0.len());
        let mut wrong = Vec::new();
        for (case, answer) in self.0.iter().zip(&answers) {
            if answer["decision"] != case.expected {
                wrong.push(format!(
                    "{}: expected {}, got {answer}\n  {}",
                    case.name, case.expected, case.case
                ));
            }
        }
        assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    }
}

fn service(target: &Target) -> &str {
    target.action.split(':').next().unwrap()
}

/// The resource with its last letter changed.
fn sibling(resource: &str) -> String {
    format!("{}#", &resource[..resource.len() - 1])
}

#[test]
fn identity_policies_allow_what_they_name_and_nothing_else() {
    let mut pairs = Pairs(Vec::new());
    for t in &TARGETS {
        let identity = |statements: Value| {
            move |case: &mut Value| case["policies"]["identity"] = json!([doc(statements)])
        };
        pairs.add("the base", t, ALLOWED, |_| {});
        pairs.add("no policy", t, IMPLICIT, |case| case["policies"]["identity"] = json!([]));
        pairs.add("another action", t, IMPLICIT, identity(json!([allow("s3:Frobnicate", t.resource)])));
        pairs.add("another resource", t, IMPLICIT, identity(json!([allow(t.action, &sibling(t.resource))])));
        let upper = t.action.to_uppercase();
        pairs.add("an action has no case", t, ALLOWED, identity(json!([allow(&upper, t.resource)])));
        let fields: Vec<&str> = t.resource.splitn(6, ':').collect();
        let cased = format!("{}:{}", fields[..5].join(":"), fields[5].to_uppercase());
        pairs.add("a resource has case", t, IMPLICIT, identity(json!([allow(t.action, &cased)])));
        let service = format!("{}:*", service(t));
        pairs.add("a whole service", t, ALLOWED, identity(json!([allow(&service, "*")])));
        let one = format!("{}?", &t.action[..t.action.len() - 1]);
        pairs.add("a question mark", t, ALLOWED, identity(json!([allow(&one, t.resource)])));
        let two = format!("{}??", &t.action[..t.action.len() - 1]);
        pairs.add("one question mark too many", t, IMPLICIT, identity(json!([allow(&two, t.resource)])));
        let not = json!([{"Effect": "Allow", "NotAction": "s3:Frobnicate", "Resource": "*"}]);
        pairs.add("all but another action", t, ALLOWED, identity(not));
        let not = json!([{"Effect": "Allow", "NotAction": ["s3:Frobnicate", t.action], "Resource": "*"}]);
        pairs.add("all but this action", t, IMPLICIT, identity(not));
        let not = json!([{"Effect": "Allow", "Action": "*", "NotResource": sibling(t.resource)}]);
        pairs.add("all but another resource", t, ALLOWED, identity(not));
        let not =
            json!([{"Effect": "Allow", "Action": "*", "NotResource": [sibling(t.resource), t.resource]}]);
        pairs.add("all but this resource", t, IMPLICIT, identity(not));
        let both = json!([allow(t.action, t.resource), deny("*", t.resource)]);
        pairs.add("a deny wins", t, EXPLICIT, identity(both));
        let both = json!([deny("*", t.resource), allow(t.action, t.resource)]);
        pairs.add("a deny wins whatever the order", t, EXPLICIT, identity(both));
        let both = json!([allow(t.action, t.resource), deny("*", &sibling(t.resource))]);
        pairs.add("a deny elsewhere does not matter", t, ALLOWED, identity(both));
        let short = t.resource.splitn(4, ':').take(3).collect::<Vec<_>>().join(":");
        pairs.add("a short ARN is completed", t, ALLOWED, identity(json!([allow(t.action, &short)])));
        pairs.add(
            "a short ARN of another service",
            t,
            IMPLICIT,
            identity(json!([allow(t.action, "arn:aws:ecs")])),
        );
        let last = format!("arn:aws:{}:*:*:{}", fields[2], fields[5]);
        pairs.add("wildcards in the middle fields", t, ALLOWED, identity(json!([allow(t.action, &last)])));
        let shifted = format!("arn:aws:*:{}", fields[5]);
        pairs.add(
            "a wildcard does not leave its field",
            t,
            IMPLICIT,
            identity(json!([allow(t.action, &shifted)])),
        );
    }
    pairs.check();
}

#[test]
fn each_guardrail_must_allow_and_may_deny() {
    let mut pairs = Pairs(Vec::new());
    let full = || doc(json!([allow("*", "*")]));
    let other = || doc(json!([allow("ecs:*", "*")]));
    for t in &TARGETS {
        pairs.add("SCPs on each level", t, ALLOWED, |c| {
            c["policies"]["scp"] = json!([[full()], [full()], [full()]])
        });
        pairs.add("an SCP level without allow", t, IMPLICIT, |c| {
            c["policies"]["scp"] = json!([[full()], [other()], [full()]])
        });
        pairs.add("an SCP level with two policies", t, ALLOWED, |c| {
            c["policies"]["scp"] = json!([[other(), full()]])
        });
        pairs.add("an SCP that denies", t, EXPLICIT, |c| {
            c["policies"]["scp"] = json!([[full()], [full(), doc(json!([deny(t.action, "*")]))]]);
        });
        pairs.add("an SCP that denies under a condition that does not hold", t, ALLOWED, |c| {
            let statement = when(json!({"Bool": {"aws:SecureTransport": "false"}}), deny("*", "*"));
            c["policies"]["scp"] = json!([[full(), doc(json!([statement]))]]);
        });
        pairs.add("an RCP that denies", t, EXPLICIT, |c| {
            c["policies"]["rcp"] = json!([[doc(json!([by(json!("*"), deny(t.action, "*"))]))]]);
        });
        pairs.add("an RCP that denies another action", t, ALLOWED, |c| {
            c["policies"]["rcp"] = json!([[doc(json!([by(json!("*"), deny("s3:Frobnicate", "*"))]))]]);
        });
        pairs.add("a boundary that allows", t, ALLOWED, |c| c["policies"]["boundary"] = json!([full()]));
        pairs.add("a boundary that does not", t, IMPLICIT, |c| c["policies"]["boundary"] = json!([other()]));
        pairs.add("a boundary that denies", t, EXPLICIT, |c| {
            c["policies"]["boundary"] = json!([doc(json!([allow("*", "*"), deny("*", t.resource)]))]);
        });
        pairs.add("a boundary alone grants nothing", t, IMPLICIT, |c| {
            c["policies"]["identity"] = json!([]);
            c["policies"]["boundary"] = json!([full()]);
        });
        pairs.add("a session policy that allows", t, ALLOWED, |c| {
            c["request"]["principal"] = json!(session());
            c["policies"]["session"] = full();
        });
        pairs.add("a session policy that does not", t, IMPLICIT, |c| {
            c["request"]["principal"] = json!(session());
            c["policies"]["session"] = other();
        });
        pairs.add("a session policy alone grants nothing", t, IMPLICIT, |c| {
            c["request"]["principal"] = json!(session());
            c["policies"]["identity"] = json!([]);
            c["policies"]["session"] = full();
        });
        pairs.add("an endpoint policy that allows", t, ALLOWED, |c| {
            c["policies"]["vpce"] = json!([doc(json!([by(json!("*"), allow("*", "*"))]))]);
        });
        pairs.add("an endpoint policy that does not", t, IMPLICIT, |c| {
            c["policies"]["vpce"] = json!([doc(json!([by(json!("*"), allow("ecs:*", "*"))]))]);
        });
        pairs.add("an endpoint policy that denies", t, EXPLICIT, |c| {
            c["policies"]["vpce"] =
                json!([doc(json!([by(json!("*"), allow("*", "*")), by(json!("*"), deny("*", "*"))]))]);
        });
        pairs.add("service-linked roles know no SCP", t, ALLOWED, |c| {
            let role =
                format!("arn:aws:iam::{OWN}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS");
            c["request"]["principal"] = json!(role);
            c["policies"]["scp"] = json!([[other()]]);
        });
    }
    pairs.check();
}

#[test]
fn resource_policies_speak_by_how_closely_they_name_the_caller() {
    let mut pairs = Pairs(Vec::new());
    let other = || json!([doc(json!([allow("ecs:*", "*")]))]);
    for t in TARGETS.iter().filter(|t| t.has_policy) {
        let grant = |principal: Value| doc(json!([by(principal, allow(t.action, t.resource))]));
        let only = |principal: Value, caller: String| {
            let grant = grant(principal);
            move |c: &mut Value| {
                c["request"]["principal"] = json!(caller);
                c["policies"]["identity"] = json!([]);
                c["policies"]["resource"] = grant;
            }
        };
        pairs.add("names the user", t, ALLOWED, only(json!({"AWS": user()}), user()));
        pairs.add("names another user", t, IMPLICIT, only(json!({"AWS": format!("{}x", user())}), user()));
        pairs.add("names everyone", t, ALLOWED, only(json!("*"), user()));
        pairs.add("names every AWS principal", t, ALLOWED, only(json!({"AWS": "*"}), user()));
        pairs.add("names the account only", t, IMPLICIT, only(json!({"AWS": OWN}), user()));
        pairs.add("names the role of a session", t, ALLOWED, only(json!({"AWS": role()}), session()));
        pairs.add("names the session", t, ALLOWED, only(json!({"AWS": session()}), session()));
        pairs.add(
            "names another session",
            t,
            IMPLICIT,
            only(json!({"AWS": format!("{}2", session())}), session()),
        );
        pairs.add(
            "a wildcard within a principal means nothing",
            t,
            IMPLICIT,
            only(json!({"AWS": format!("arn:aws:iam::{OWN}:user/*")}), user()),
        );
        let service = "events.amazonaws.com".to_owned();
        pairs.add(
            "names the service",
            t,
            ALLOWED,
            only(json!({"Service": "events.amazonaws.com"}), service.clone()),
        );
        pairs.add(
            "names another service",
            t,
            IMPLICIT,
            only(json!({"Service": "sns.amazonaws.com"}), service),
        );
        pairs.add("a user named, with a boundary that does not allow", t, ALLOWED, |c| {
            only(json!({"AWS": user()}), user())(c);
            c["policies"]["boundary"] = other();
        });
        pairs.add("a role named, with a boundary that does not allow", t, IMPLICIT, |c| {
            only(json!({"AWS": role()}), role())(c);
            c["policies"]["boundary"] = other();
        });
        pairs.add("a session named, with a boundary that does not allow", t, ALLOWED, |c| {
            only(json!({"AWS": session()}), session())(c);
            c["policies"]["boundary"] = other();
        });
        pairs.add("a session's role named, with a session policy that does not allow", t, IMPLICIT, |c| {
            only(json!({"AWS": role()}), session())(c);
            c["policies"]["session"] = other()[0].clone();
        });
        for (principal, expected) in [(json!("*"), IMPLICIT), (json!({"AWS": session()}), ALLOWED)] {
            let name = format!("{principal} named, with a session policy that does not allow");
            pairs.add(&name, t, expected, |c| {
                only(principal, session())(c);
                c["policies"]["session"] = other()[0].clone();
            });
        }
        pairs.add("the account denied", t, EXPLICIT, |c| {
            let mut statements = grant(json!({"AWS": user()}));
            statements["Statement"]
                .as_array_mut()
                .unwrap()
                .push(by(json!({"AWS": OWN}), deny("*", t.resource)));
            c["policies"]["resource"] = statements;
        });
        pairs.add("another account denied", t, ALLOWED, |c| {
            let mut statements = grant(json!({"AWS": user()}));
            statements["Statement"]
                .as_array_mut()
                .unwrap()
                .push(by(json!({"AWS": OTHER}), deny("*", t.resource)));
            c["policies"]["resource"] = statements;
        });
        let not_principal = |names: Value| {
            let mut deny = deny("*", t.resource);
            deny["NotPrincipal"] = json!({"AWS": names});
            doc(json!([by(json!({"AWS": user()}), allow(t.action, t.resource)), deny]))
        };
        pairs.add("all but the caller denied", t, ALLOWED, |c| {
            c["policies"]["resource"] = not_principal(json!([user()]))
        });
        pairs.add("all but another denied", t, EXPLICIT, |c| {
            c["policies"]["resource"] = not_principal(json!([role()]))
        });
        pairs.add("all but the caller denied, who has a boundary", t, EXPLICIT, |c| {
            c["policies"]["resource"] = not_principal(json!([user()]));
            c["policies"]["boundary"] = json!([doc(json!([allow("*", "*")]))]);
        });
        if t.must_speak {
            pairs.add("silent where it must speak", t, IMPLICIT, |c| {
                c["policies"]["resource"] = grant(json!({"AWS": OTHER}))
            });
            pairs.add("absent where it must speak", t, IMPLICIT, |c| c["policies"]["resource"] = Value::Null);
        } else {
            pairs.add("silent where it need not speak", t, ALLOWED, |c| {
                c["policies"]["resource"] = grant(json!({"AWS": OTHER}))
            });
        }
    }
    pairs.check();
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let mut pairs = Pairs(Vec::new());
    let partner = format!("arn:aws:iam::{OTHER}:role/partner");
    for t in TARGETS.iter().filter(|t| t.has_policy) {
        let cross = |principal: Value| {
            let (partner, grant) =
                (partner.clone(), doc(json!([by(principal, allow(t.action, t.resource))])));
            move |c: &mut Value| {
                c["request"]["principal"] = json!(partner);
                c["policies"]["resource"] = grant;
            }
        };
        pairs.add("both, by ARN", t, ALLOWED, cross(json!({"AWS": partner})));
        pairs.add("both, by account", t, ALLOWED, cross(json!({"AWS": OTHER})));
        pairs.add(
            "both, by root ARN",
            t,
            ALLOWED,
            cross(json!({"AWS": format!("arn:aws:iam::{OTHER}:root")})),
        );
        pairs.add("both, by everyone", t, ALLOWED, cross(json!("*")));
        pairs.add(
            "the resource's side is for another account",
            t,
            IMPLICIT,
            cross(json!({"AWS": "777788889999"})),
        );
        pairs.add("the caller's side is silent", t, IMPLICIT, |c| {
            cross(json!({"AWS": partner}))(c);
            c["policies"]["identity"] = json!([]);
        });
        pairs.add("the caller's boundary does not allow", t, IMPLICIT, |c| {
            cross(json!({"AWS": partner}))(c);
            c["policies"]["boundary"] = json!([doc(json!([allow("ecs:*", "*")]))]);
        });
        pairs.add("the resource's side is absent", t, IMPLICIT, |c| {
            cross(json!("*"))(c);
            c["policies"]["resource"] = Value::Null;
        });
    }
    pairs.check();
}

#[test]
fn conditions_hold_as_documented() {
    let rows: &[(&str, Value, Value, bool)] = &[
        ("StringEquals", json!("blue"), json!("blue"), true),
        ("StringEquals", json!("blue"), json!("Blue"), false),
        ("StringEquals", json!(["red", "blue"]), json!("blue"), true),
        ("StringEquals", json!("b*"), json!("blue"), false),
        ("StringEquals", json!("b*"), json!("b*"), true),
        ("StringNotEquals", json!(["red", "blue"]), json!("blue"), false),
        ("StringNotEquals", json!(["red", "green"]), json!("blue"), true),
        ("StringNotEquals", json!("blue"), Value::Null, true),
        ("StringEquals", json!("blue"), Value::Null, false),
        ("StringEqualsIfExists", json!("blue"), Value::Null, true),
        ("StringEqualsIfExists", json!("blue"), json!("red"), false),
        ("StringEqualsIgnoreCase", json!("BLUE"), json!("blue"), true),
        ("StringNotEqualsIgnoreCase", json!("BLUE"), json!("blue"), false),
        ("StringLike", json!("b?u*"), json!("blue"), true),
        ("StringLike", json!("b?e"), json!("blue"), false),
        ("StringNotLike", json!("b*"), json!("blue"), false),
        ("StringNotLike", json!("r*"), json!("blue"), true),
        ("NumericLessThan", json!("10"), json!("9.5"), true),
        ("NumericLessThan", json!(10), json!("10"), false),
        ("NumericLessThanEquals", json!("10"), json!("10"), true),
        ("NumericGreaterThan", json!("10"), json!("9"), false),
        ("NumericGreaterThanEquals", json!("10"), json!("10"), true),
        ("NumericEquals", json!("10"), json!("10.0"), true),
        ("NumericNotEquals", json!("10"), json!("11"), true),
        ("NumericEquals", json!("10"), json!("ten"), false),
        ("DateGreaterThan", json!("2026-01-01T00:00:00Z"), json!("2026-01-01T00:00:01Z"), true),
        ("DateGreaterThan", json!("2026-01-01T00:00:00Z"), json!("2025-12-31T23:59:59Z"), false),
        ("DateEquals", json!("2026-01-01T02:00:00+02:00"), json!("2026-01-01T00:00:00Z"), true),
        ("DateLessThan", json!("1767225600"), json!("2025-12-31T00:00:00Z"), true),
        ("Bool", json!("true"), json!("true"), true),
        ("Bool", json!(true), json!("True"), true),
        ("Bool", json!("false"), json!("true"), false),
        ("Bool", json!("false"), Value::Null, false),
        ("BoolIfExists", json!("false"), Value::Null, true),
        ("BinaryEquals", json!("QUJD"), json!("QUJD"), true),
        ("BinaryEquals", json!("QUJD"), json!("QUJE"), false),
        ("IpAddress", json!("203.0.113.0/24"), json!("203.0.113.9"), true),
        ("IpAddress", json!("203.0.113.0/24"), json!("203.0.114.9"), false),
        ("IpAddress", json!(["10.0.0.0/8", "2001:DB8::/32"]), json!("2001:db8::1"), true),
        ("NotIpAddress", json!("203.0.113.0/24"), json!("203.0.113.9"), false),
        ("NotIpAddress", json!("203.0.113.0/24"), json!("198.51.100.1"), true),
        ("ArnLike", json!("arn:aws:iam::*:role/a*"), json!("arn:aws:iam::111122223333:role/api"), true),
        ("ArnLike", json!("arn:aws:iam:*:role/a*"), json!("arn:aws:iam::111122223333:role/api"), false),
        ("StringLike", json!("arn:aws:iam:*:role/a*"), json!("arn:aws:iam::111122223333:role/api"), true),
        (
            "ArnEquals",
            json!("arn:aws:sns:*:*:alerts"),
            json!("arn:aws:sns:eu-west-1:111122223333:alerts"),
            true,
        ),
        ("ArnNotLike", json!("arn:aws:iam::*:role/a*"), json!("arn:aws:iam::111122223333:role/api"), false),
        ("ArnNotEquals", json!("arn:aws:iam::*:role/b*"), json!("arn:aws:iam::111122223333:role/api"), true),
        ("Null", json!("true"), Value::Null, true),
        ("Null", json!("true"), json!("x"), false),
        ("Null", json!(false), json!("x"), true),
        ("Null", json!("false"), Value::Null, false),
        ("Null", json!("${aws:username}"), json!("x"), false),
        ("ArnNotLike", json!("arn:aws:iam::*:role/*"), json!("api"), false),
        ("ForAllValues:StringEquals", json!(["a", "b"]), json!(["a"]), true),
        ("ForAllValues:StringEquals", json!(["a", "b"]), json!(["a", "c"]), false),
        ("ForAllValues:StringEquals", json!("a"), Value::Null, true),
        ("ForAllValues:StringEquals", json!("a"), json!([]), true),
        ("ForAnyValue:StringEquals", json!(["a", "b"]), json!(["c", "b"]), true),
        ("ForAnyValue:StringEquals", json!(["a", "b"]), json!(["c"]), false),
        ("ForAnyValue:StringEquals", json!("a"), Value::Null, false),
        ("ForAnyValue:StringEquals", json!("a"), json!([]), false),
        ("ForAllValues:StringNotEquals", json!("a"), json!(["b", "c"]), true),
        ("ForAllValues:StringNotEquals", json!("a"), json!(["b", "a"]), false),
        ("ForAnyValue:StringNotEquals", json!("a"), json!(["a"]), false),
        ("ForAnyValue:StringNotEquals", json!("a"), json!(["a", "b"]), true),
        ("ForAnyValue:StringLike", json!("a*"), json!(["b", "ab"]), true),
        ("StringEquals", json!("a"), json!(["a"]), false),
        ("StringEquals", json!("${aws:username}"), json!("alice"), true),
        ("StringEquals", json!("${AWS:UserName}"), json!("alice"), true),
        ("StringEquals", json!("${aws:username}"), json!("bob"), false),
        ("StringLike", json!("${aws:username}*"), json!("alice-1"), true),
        ("StringEquals", json!("${aws:none}"), json!("alice"), false),
        ("StringNotEquals", json!("${aws:none}"), json!("alice"), false),
        ("StringEquals", json!("${aws:none, 'alice'}"), json!("alice"), true),
        ("StringEquals", json!("${aws:username, 'bob'}"), json!("bob"), false),
        ("StringLike", json!("a${*}"), json!("a*"), true),
        ("StringLike", json!("a${*}"), json!("ab"), false),
        ("StringLike", json!("a${?}"), json!("ab"), false),
        ("StringLike", json!("a${$}"), json!("a$"), true),
    ];
    let mut pairs = Pairs(Vec::new());
    let t = &TARGETS[0];
    for (operator, wanted, value, holds) in rows {
        let name = format!("{operator} {wanted} on {value}");
        let condition = json!({*operator: {"Test:Key": wanted}});
        let set = |c: &mut Value| {
            if !value.is_null() {
                c["request"]["context"]["test:key"] = value.clone();
            }
        };
        pairs.add(&name, t, if *holds { ALLOWED } else { IMPLICIT }, |c| {
            set(c);
            c["policies"]["identity"] = json!([doc(json!([when(condition.clone(), allow("*", "*"))]))]);
        });
        pairs.add(&format!("deny by {name}"), t, if *holds { EXPLICIT } else { ALLOWED }, |c| {
            set(c);
            c["policies"]["identity"] =
                json!([doc(json!([allow("*", "*"), when(condition.clone(), deny("*", "*"))]))]);
        });
    }
    pairs.add("all conditions must hold", t, IMPLICIT, |c| {
        let condition =
            json!({"StringEquals": {"aws:username": "alice"}, "Bool": {"aws:SecureTransport": "false"}});
        c["policies"]["identity"] = json!([doc(json!([when(condition, allow("*", "*"))]))]);
    });
    pairs.check();
}

#[test]
fn variables_in_resources_follow_the_version() {
    let mut pairs = Pairs(Vec::new());
    let t = &TARGETS[0];
    let with = |version: Value, resource: &'static str, name: &'static str| {
        move |c: &mut Value| {
            c["request"]["resource"] = json!("arn:aws:s3:::invoices/alice/x");
            c["request"]["context"]["aws:username"] = json!(name);
            let mut document = json!({"Statement": [allow("s3:*", resource)]});
            if !version.is_null() {
                document["Version"] = version;
            }
            c["policies"]["identity"] = json!([document]);
        }
    };
    let variable = "arn:aws:s3:::invoices/${aws:username}/*";
    pairs.add("2012", t, ALLOWED, with(json!("2012-10-17"), variable, "alice"));
    pairs.add("another user", t, IMPLICIT, with(json!("2012-10-17"), variable, "bob"));
    pairs.add("a star in the value is a letter", t, IMPLICIT, with(json!("2012-10-17"), variable, "*"));
    pairs.add("2008", t, IMPLICIT, with(json!("2008-10-17"), variable, "alice"));
    pairs.add("no version", t, IMPLICIT, with(Value::Null, variable, "alice"));
    pairs.add(
        "no value, a default",
        t,
        ALLOWED,
        with(json!("2012-10-17"), "arn:aws:s3:::${aws:none, 'invoices'}/*", "alice"),
    );
    pairs.add(
        "no value, no default",
        t,
        IMPLICIT,
        with(json!("2012-10-17"), "arn:aws:s3:::${aws:none}/*", "alice"),
    );
    pairs.check();
}

#[test]
fn block_public_access_keeps_outsiders_from_a_public_bucket() {
    let mut pairs = Pairs(Vec::new());
    let t = &TARGETS[0];
    let anyone = |condition: Value| {
        doc(json!([when(condition, by(json!("*"), allow("s3:GetObject", "arn:aws:s3:::invoices/*")))]))
    };
    let case = |principal: Value, policy: Value, block: bool| {
        move |c: &mut Value| {
            c["request"]["principal"] = principal;
            c["request"]["context"]["aws:SourceIp"] = json!("203.0.113.9");
            c["policies"]["resource"] = policy;
            c["settings"]["s3BlockPublicAccess"] = json!(block);
        }
    };
    let anonymous = json!({"type": "Anonymous"});
    let none = json!({});
    let office = json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}});
    let halves = json!({"IpAddress": {"aws:SourceIp": "128.0.0.0/1"}});
    pairs.add("anonymous, not blocked", t, ALLOWED, case(anonymous.clone(), anyone(none.clone()), false));
    pairs.add("anonymous, blocked", t, EXPLICIT, case(anonymous.clone(), anyone(none.clone()), true));
    pairs.add(
        "anonymous from the office, not public",
        t,
        ALLOWED,
        case(anonymous.clone(), anyone(office), true),
    );
    pairs.add(
        "anonymous from half the internet, blocked",
        t,
        EXPLICIT,
        case(anonymous, anyone(halves), true),
    );
    let partner = json!(format!("arn:aws:iam::{OTHER}:role/partner"));
    pairs.add("another account, blocked", t, EXPLICIT, case(partner.clone(), anyone(none.clone()), true));
    pairs.add("another account, not blocked", t, ALLOWED, case(partner, anyone(none.clone()), false));
    pairs.add("the own account is not blocked", t, ALLOWED, case(json!(user()), anyone(none), true));
    pairs.check();
}

#[test]
fn a_malformed_case_is_answered_with_an_error_and_the_run_goes_on() {
    let good = base(&TARGETS[0]).to_string();
    let bad = [
        "{",
        "[]",
        r#"{"id": 7}"#,
        r#"{"id": "x", "request": {"principal": "nobody", "action": "s3:GetObject", "resource": "*"}}"#,
        r#"{"id": "x", "request": {"principal": "*", "action": "GetObject", "resource": "*"}}"#,
        r#"{"id": "x", "request": {"principal": "*", "action": "s3:GetObject", "resource": "*"}, "policies": {"identity": [{"Statement": [{"Effect": "allow"}]}]}}"#,
    ];
    let input = format!("{good}\n{}\n\n{good}", bad.join("\n"));
    let mut out = Vec::new();
    simulate_jsonl(input.as_bytes(), &mut out).unwrap();
    let answers: Vec<Value> =
        String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), bad.len() + 2);
    assert_eq!(answers[0]["decision"], ALLOWED);
    assert_eq!(answers.last().unwrap()["decision"], ALLOWED);
    for answer in &answers[1..=bad.len()] {
        assert!(answer["error"].is_string(), "{answer}");
    }
    assert_eq!(answers[3]["id"], 7);
}
