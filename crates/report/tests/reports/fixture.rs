//! An Assessment made by hand that holds every kind of thing a report can meet: each status, severity, persona
//! and kind of place, unicode, formulas, terminal escapes, long lines and text that pretends to be markup.
#![allow(dead_code)]

use std::collections::BTreeMap;
use tieout_model::{
    AccountScope, Assessment, Cell, CheckInfo, Column, ColumnKind, Component, ComponentKind, Confidence,
    Edit, Evidence, Finding, FindingStatus, Fix, Gap, GapCount, Guide, Location, Outcome, Persona, Reason,
    SCHEMA, Scope, Severity, Status, Subject, SubjectKind, Table, Tool, TraceStep, sha256_hex,
};

pub const ACCOUNT: &str = "123456789012";

/// The text of `infra/network.tf`.
pub const NETWORK_TF: &str = "\
# The web tier.
resource \"aws_security_group\" \"web\" {
  name   = \"web\"
  vpc_id = aws_vpc.main.id

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = \"tcp\"
    cidr_blocks = [\"0.0.0.0/0\"]
  }

  ingress {
    from_port   = 3389
    to_port     = 3389
    protocol    = \"tcp\"
    cidr_blocks = [\"0.0.0.0/1\", \"128.0.0.0/1\"]
  }
}
";

/// The text of `app/orders.py`; its third line tries to move the cursor and to turn text around.
pub const ORDERS_PY: &str = "def find(request, cursor):\n\tname = request.args[\"näme\"]\n\tnote = \"\u{1b}[2J\u{202e}evil\"\n\tcursor.execute(f\"select * from orders where name = '{name}'\")\n";

pub fn sources(file: &str) -> Option<String> {
    match file {
        "infra/network.tf" => Some(NETWORK_TF.to_owned()),
        "app/orders.py" => Some(ORDERS_PY.to_owned()),
        "infra/min ü#1.json" => Some(format!("{{\"a\": \"{}\", \"Bucket\": {{}}}}", "x".repeat(5_000))),
        "infra/long.tf" => Some((1..=60).map(|line| format!("line {line}\n")).collect()),
        _ => None,
    }
}

pub fn check(id: &str, engine: &str, severity: Severity, title: &str) -> CheckInfo {
    CheckInfo {
        id: id.to_owned(),
        title: title.to_owned(),
        engine: engine.to_owned(),
        severity,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        applies_to: vec!["AWS::S3::Bucket".to_owned()],
        reads: vec!["s3:GetBucketPolicy".to_owned()],
        cwe: vec!["CWE-284".to_owned(), "CWE-319".to_owned()],
        controls: vec!["CIS-AWS-3.0:5.2".to_owned()],
        objectives: vec!["network-exposure".to_owned()],
        aliases: BTreeMap::from([("prowler".to_owned(), vec!["a_prowler_check".to_owned()])]),
        guide: Guide {
            what: format!("Whether {}.", title.to_lowercase()),
            why: "Because **anyone** can reach it.".to_owned(),
            fix: "### Terraform\n\nLimit the rule to the addresses that need it. Then apply.\n\n```hcl\ncidr_blocks = [\"10.0.0.0/8\"]\n```"
                .to_owned(),
            references: vec!["https://docs.aws.amazon.com/vpc/".to_owned()],
        },
    }
}

pub fn in_file(id: &str, type_name: &str, file: &str, line: u32) -> Subject {
    Subject {
        type_name: Some(type_name.to_owned()),
        name: Some(id.rsplit('.').next().unwrap_or(id).to_owned()),
        file: Some(file.to_owned()),
        line: Some(line),
        ..Subject::new(SubjectKind::Resource, id)
    }
}

pub fn in_cloud(kind: SubjectKind, arn: &str, type_name: &str, name: &str) -> Subject {
    Subject {
        type_name: Some(type_name.to_owned()),
        name: Some(name.to_owned()),
        arn: Some(arn.to_owned()),
        account: Some(ACCOUNT.to_owned()),
        region: Some("eu-central-1".to_owned()),
        ..Subject::new(kind, arn)
    }
}

pub fn text(file: &str, line: u32, column: u32, end_line: u32, end_column: u32) -> Location {
    Location::Text { file: file.to_owned(), line, column, end_line, end_column }
}

pub fn finding(check: &str, subject: Subject, severity: Severity, message: &str) -> Finding {
    Finding {
        fingerprint: sha256_hex(format!("{check}{}{message}", subject.canonical()).as_bytes()),
        check: check.to_owned(),
        subject,
        severity,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        status: FindingStatus::Open,
        status_reason: None,
        message: message.to_owned(),
        cwe: vec!["CWE-284".to_owned()],
        controls: vec!["CIS-AWS-3.0:5.2".to_owned()],
        locations: Vec::new(),
        trace: Vec::new(),
        fixes: Vec::new(),
        evidence: vec![sha256_hex(b"network.tf")],
        detail: None,
        joined: Vec::new(),
    }
}

pub fn outcome(check: &str, subject: Subject, status: Status, reason: &str) -> Outcome {
    Outcome { check: check.to_owned(), subject, status, reason: reason.to_owned(), finding: None, gap: None }
}

fn findings() -> Vec<Finding> {
    let web = || in_file("aws_security_group.web", "AWS::EC2::SecurityGroup", "infra/network.tf", 2);
    let ssh = Finding {
        locations: vec![text("infra/network.tf", 10, 20, 10, 31), text("infra/network.tf", 17, 20, 17, 48)],
        fixes: vec![Fix {
            title: "Allow port 22 only from the addresses that need it.".to_owned(),
            safe: false,
            edits: vec![Edit {
                location: text("infra/network.tf", 10, 20, 10, 31),
                text: "\"10.0.0.0/8\"".to_owned(),
            }],
            command: None,
        }],
        ..finding(
            "ec2-security-group-no-open-admin-port",
            web(),
            Severity::Critical,
            "Port 22 (SSH) is open to the whole internet (0.0.0.0/0)",
        )
    };
    let sql = Finding {
        locations: vec![text("app/orders.py", 4, 17, 4, 62)],
        trace: vec![
            TraceStep {
                message: "the request's argument".to_owned(),
                file: "app/orders.py".to_owned(),
                line: 2,
                column: 9,
            },
            TraceStep {
                message: "into the query".to_owned(),
                file: "app/orders.py".to_owned(),
                line: 4,
                column: 2,
            },
        ],
        cwe: vec!["CWE-89".to_owned()],
        ..finding(
            "python-sql-bound-parameters",
            Subject {
                file: Some("app/orders.py".to_owned()),
                line: Some(1),
                ..Subject::new(SubjectKind::Function, "app.orders:find")
            },
            Severity::High,
            "The query is built from request data \u{1b}[31m`name`\u{1b}[0m",
        )
    };
    let user = in_cloud(
        SubjectKind::Principal,
        "arn:aws:iam::123456789012:user/=cmd|' /C calc'!A0",
        "AWS::IAM::User",
        "=cmd|' /C calc'!A0",
    );
    let mfa = Finding {
        locations: vec![Location::Cloud {
            arn: user.id.clone(),
            pointer: "/UserDetailList/3/MFADevices".to_owned(),
        }],
        evidence: vec![sha256_hex(b"GetAccountAuthorizationDetails"), sha256_hex(b"network.tf")],
        fixes: vec![Fix {
            title: "Give the user an MFA device".to_owned(),
            safe: true,
            edits: vec![],
            command: Some("aws iam enable-mfa-device --user-name X".to_owned()),
        }],
        ..finding(
            "iam-user-mfa",
            user,
            Severity::High,
            "=HYPERLINK(\"http://evil\") signs in with a password and without MFA",
        )
    };
    let excepted = Finding {
        status: FindingStatus::Excepted,
        status_reason: Some("accepted by Ada until 2027-01-01: public downloads".to_owned()),
        locations: vec![text("infra/min ü#1.json", 1, 5012, 1, 5024)],
        ..finding(
            "s3-bucket-logging",
            in_file("Bucket", "AWS::S3::Bucket", "infra/min ü#1.json", 1),
            Severity::Medium,
            "The bucket keeps no access logs",
        )
    };
    let suppressed = Finding {
        status: FindingStatus::Suppressed,
        status_reason: Some("# tieout: ignore[s3-bucket-logging] @home".to_owned()),
        locations: vec![text("infra/long.tf", 3, 1, 44, 3)],
        ..finding(
            "s3-bucket-logging",
            in_file("aws_s3_bucket.old", "AWS::S3::Bucket", "infra/long.tf", 3),
            Severity::Low,
            "The bucket keeps no access logs",
        )
    };
    let baseline = Finding {
        status: FindingStatus::Baseline,
        locations: vec![Location::Package {
            purl: "pkg:pypi/flask@0.12".to_owned(),
            file: "requirements.txt".to_owned(),
            line: 3,
        }],
        ..finding(
            "deps-known-vulnerability",
            Subject::new(SubjectKind::Package, "pkg:pypi/flask@0.12"),
            Severity::Medium,
            "flask 0.12 has known vulnerabilities",
        )
    };
    let pedantic = Finding {
        persona: Persona::Pedantic,
        confidence: Confidence::Medium,
        locations: vec![Location::Endpoint { endpoint: "api.example.com:443".to_owned() }],
        ..finding(
            "tls-modern",
            Subject::new(SubjectKind::Endpoint, "api.example.com:443"),
            Severity::Info,
            "The endpoint also offers TLS 1.2",
        )
    };
    let nowhere = Finding {
        persona: Persona::Auditor,
        ..finding(
            "iam-password-policy",
            Subject { account: Some(ACCOUNT.to_owned()), ..Subject::new(SubjectKind::Account, ACCOUNT) },
            Severity::Medium,
            "+The account has no password policy",
        )
    };
    vec![ssh, sql, mfa, excepted, suppressed, baseline, pedantic, nowhere]
}

fn gap_denied() -> Gap {
    Gap::new(
        Reason::AccessDenied,
        "s3:GetBucketPolicy on *",
        "allow s3:GetBucketPolicy to the caller; `tieout policy` prints the policy",
    )
}

/// The Assessment.
pub fn assessment() -> Assessment {
    let findings = findings();
    let mut results: Vec<Outcome> = findings
        .iter()
        .map(|finding| Outcome {
            finding: Some(finding.fingerprint.clone()),
            ..outcome(&finding.check, finding.subject.clone(), Status::Fail, &finding.message)
        })
        .collect();
    let bucket = |name: &str| {
        in_cloud(SubjectKind::Resource, &format!("arn:aws:s3:::{name}"), "AWS::S3::Bucket", name)
    };
    for name in ["logs", "naïve-日本", "-minus"] {
        results.push(outcome(
            "s3-bucket-logging",
            bucket(name),
            Status::Pass,
            "access logs go to \"logs\", allowed-by: target bucket",
        ));
    }
    results.push(Outcome {
        gap: Some(gap_denied()),
        ..outcome(
            "s3-bucket-logging",
            bucket("secret"),
            Status::NotAssessed,
            "access_denied: s3:GetBucketPolicy on *",
        )
    });
    results.push(outcome(
        "s3-bucket-logging",
        bucket("cdn"),
        Status::NotApplicable,
        "a replica\nof another, bucket",
    ));
    Assessment {
        schema: SCHEMA.to_owned(),
        tool: Tool {
            name: "tieout".to_owned(),
            version: "0.1.0".to_owned(),
            data: BTreeMap::from([("iam".to_owned(), "2026-10-01".to_owned()), ("advisories".to_owned(), "2026-11-01".to_owned())]),
        },
        as_of: "2026-11-23".to_owned(),
        scope: Scope {
            roots: vec!["examples/orders".to_owned()],
            accounts: vec![AccountScope { id: ACCOUNT.to_owned(), regions: vec!["eu-central-1".to_owned(), "us-east-1".to_owned()] }],
            endpoints: vec!["api.example.com:443".to_owned()],
        },
        complete: false,
        checks: vec![
            check("deps-known-vulnerability", "deps", Severity::Medium, "No package has a known vulnerability"),
            check("ec2-security-group-no-open-admin-port", "aws", Severity::Critical, "No admin port is open to the internet"),
            check("iam-password-policy", "aws", Severity::Medium, "The account has a password policy"),
            check("iam-user-mfa", "aws", Severity::High, "Users with a password have MFA"),
            check("python-sql-bound-parameters", "python", Severity::High, "Queries bind their parameters"),
            check("s3-bucket-logging", "aws", Severity::Medium, "=Buckets keep access logs"),
            check("tls-modern", "tls", Severity::Info, "Only TLS 1.3 is offered"),
        ],
        results,
        findings,
        gaps: vec![
            GapCount { reason: Reason::AccessDenied, what: "s3:GetBucketPolicy on *".to_owned(), resolve_with: "allow s3:GetBucketPolicy to the caller; `tieout policy` prints the policy".to_owned(), results: 1 },
            GapCount { reason: Reason::Unresolved, what: "${var.cidr}".to_owned(), resolve_with: "give the value (a parameter default, a tfvars file, a plan), or audit the deployed account".to_owned(), results: 0 },
        ],
        tables: tables(),
        components: vec![flask()],
        evidence: evidence(),
        notices: vec!["unused suppression at infra/network.tf:3: `s3-bucket-logging` finds nothing there\u{1b}[1A".to_owned()],
    }
}

fn flask() -> Component {
    Component {
        kind: ComponentKind::Library,
        name: "flask".to_owned(),
        version: Some("0.12".to_owned()),
        purl: "pkg:pypi/flask@0.12".to_owned(),
        group: Some("prod".to_owned()),
        file: "requirements.txt".to_owned(),
        line: 3,
        marker: Some("python_version >= \"3.8\"".to_owned()),
        marker_holds: Some("true".to_owned()),
        chain: Vec::new(),
        requires: Vec::new(),
        hashes: Vec::new(),
        direct: Some(true),
        rank: None,
    }
}

fn tables() -> Vec<Table> {
    let column = |title: &str, kind| Column { title: title.to_owned(), kind };
    let users = Table {
        id: "iam-users".to_owned(),
        title: "Users: MFA [and] keys / all of them, every single one".to_owned(),
        note: "Every user with MFA and the age of each access key.".to_owned(),
        columns: vec![
            column("User", ColumnKind::Text),
            column("MFA", ColumnKind::Flag),
            column("Oldest key, days", ColumnKind::Number),
            column("Created", ColumnKind::Date),
            column("Verdict", ColumnKind::Status),
            column("User", ColumnKind::Text),
        ],
        rows: vec![
            vec![
                Cell::Text("=1+1".to_owned()),
                Cell::Flag(false),
                Cell::Number(412.0),
                Cell::Date("2025-10-07".to_owned()),
                Cell::Status(Status::Fail),
                Cell::Empty,
            ],
            vec![
                Cell::Text("bob".to_owned()),
                Cell::Flag(true),
                Cell::Empty,
                Cell::Date("no date".to_owned()),
                Cell::Status(Status::Pass),
                Cell::Text("x".repeat(40_000)),
            ],
            vec![
                Cell::Text("eve\u{1b}[0m".to_owned()),
                Cell::Unknown("the credential report was denied".to_owned()),
                Cell::Number(f64::INFINITY),
                Cell::Empty,
                Cell::Status(Status::NotAssessed),
            ],
        ],
    };
    let same_name = Table { id: "iam-users-2".to_owned(), rows: Vec::new(), ..users.clone() };
    vec![users, same_name]
}

fn evidence() -> Vec<Evidence> {
    let call = Evidence {
        sha256: sha256_hex(b"GetAccountAuthorizationDetails"),
        source: "aws:iam:GetAccountAuthorizationDetails".to_owned(),
        actor: "arn:aws:sts::123456789012:assumed-role/auditor/ada".to_owned(),
        at: "2026-11-23T10:00:00Z".to_owned(),
        request: serde_json::json!({ "region": "us-east-1", "pages": 3 })
            .as_object()
            .cloned()
            .unwrap_or_default(),
        redacted: true,
    };
    let file = Evidence {
        sha256: sha256_hex(b"network.tf"),
        source: "file:infra/network.tf".to_owned(),
        actor: String::new(),
        at: String::new(),
        request: serde_json::Map::new(),
        redacted: false,
    };
    let mut all = vec![call, file];
    all.sort_by(|a, b| a.sha256.cmp(&b.sha256));
    all
}

/// An Assessment with so many results, half of them fails.
pub fn large(results: usize) -> Assessment {
    let mut assessment = assessment();
    assessment.results.clear();
    assessment.findings.clear();
    for at in 0..results {
        let arn = format!("arn:aws:s3:::bucket-{at:06}");
        let subject = in_cloud(SubjectKind::Resource, &arn, "AWS::S3::Bucket", &format!("bucket-{at:06}"));
        if at % 2 == 0 {
            assessment.results.push(outcome(
                "s3-bucket-logging",
                subject,
                Status::Pass,
                "access logs go to bucket logs",
            ));
            continue;
        }
        let mut found = finding(
            "s3-bucket-logging",
            subject.clone(),
            Severity::Medium,
            "The bucket keeps no access logs",
        );
        found.locations = vec![Location::Cloud { arn, pointer: "/LoggingEnabled".to_owned() }];
        found.evidence = vec![sha256_hex(b"network.tf")];
        let mut failed = outcome("s3-bucket-logging", subject, Status::Fail, &found.message);
        failed.finding = Some(found.fingerprint.clone());
        assessment.results.push(failed);
        assessment.findings.push(found);
    }
    assessment
}
