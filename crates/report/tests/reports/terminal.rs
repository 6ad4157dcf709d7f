//! The terminal report: what each persona sees, in which order, at which place, and nothing that moves a cursor.

use crate::fixture::{self, assessment, finding, in_file, large};
use crate::{hazards, text};
use proptest::prelude::*;
use tieout_model::{Assessment, Location, Persona, Severity, Status};
use tieout_report::{Format, Options, render};

fn page(persona: Persona) -> String {
    text(Format::Terminal, &assessment(), persona)
}

/// The titles of the blocks, in their order.
fn titles(page: &str) -> Vec<&str> {
    page.lines()
        .filter(|line| {
            ["critical", "high", "medium", "low", "info"].iter().any(|word| line.starts_with(word))
                && line.contains("]: ")
        })
        .collect()
}

/// An Assessment with one finding at one place.
fn with_one(location: Location) -> Assessment {
    let mut assessment = assessment();
    let mut one = finding(
        "s3-bucket-logging",
        in_file("Bucket", "AWS::S3::Bucket", "gone.tf", 1),
        Severity::Low,
        "No logs",
    );
    one.locations = vec![location];
    assessment.findings = vec![one];
    assessment
}

#[test]
fn an_engineer_sees_open_certain_findings_the_worst_first() {
    let page = page(Persona::Engineer);
    let titles = titles(&page);
    assert_eq!(titles.len(), 3, "{page}");
    assert!(titles[0].starts_with("critical[ec2-security-group-no-open-admin-port]: Port 22"));
    assert!(titles[1].starts_with("high[python-sql-bound-parameters]"), "files come before the account");
    assert!(titles[2].starts_with("high[iam-user-mfa]"));
    assert!(page.contains("5 findings not shown"));
    assert!(page.contains("--persona\nauditor") || page.contains("--persona auditor"));
}

#[test]
fn an_auditor_sees_what_was_set_aside_and_the_counts_of_every_check() {
    let page = page(Persona::Auditor);
    assert_eq!(titles(&page).len(), 7);
    assert!(page.contains("medium, excepted[s3-bucket-logging]"));
    assert!(page.contains("= excepted: accepted by Ada until 2027-01-01: public downloads"));
    assert!(page.contains("low, suppressed[s3-bucket-logging]"));
    assert!(page.contains("medium, baseline[deps-known-vulnerability]"));
    let row = page.lines().find(|line| line.starts_with("s3-bucket-logging ")).unwrap();
    assert_eq!(row.split_whitespace().skip(1).collect::<Vec<_>>(), ["3", "2", "1", "1"]);
    assert!(page.contains("unresolved: ${var.cidr}"));
    assert!(page.contains("left open: s3-bucket-logging (1)\n"), "{page}");
}

#[test]
fn the_pedantic_see_everything() {
    let page = page(Persona::Pedantic);
    assert_eq!(titles(&page).len(), assessment().findings.len());
    assert!(page.contains("info[tls-modern]") && page.contains("medium confidence"));
    assert!(!page.contains("not shown"));
}

#[test]
fn a_block_points_to_the_span_and_marks_further_places_beside_it() {
    let page = page(Persona::Engineer);
    let expected = "\
  --> infra/network.tf:10:20
   |
 2 | resource \"aws_security_group\" \"web\" {
...
10 |     cidr_blocks = [\"0.0.0.0/0\"]
   |                    ^^^^^^^^^^^
...
17 |     cidr_blocks = [\"0.0.0.0/1\", \"128.0.0.0/1\"]
   |                    --------------------------- also here
   |
   = note: aws_security_group.web (AWS::EC2::SecurityGroup); high confidence
   = help: Allow port 22 only from the addresses that need it
           `tieout explain ec2-security-group-no-open-admin-port` tells more
";
    assert!(page.contains(expected), "{page}");
}

#[test]
fn a_finding_of_the_account_shows_its_arn_its_pointer_and_the_command_that_mends_it() {
    let page = page(Persona::Engineer);
    assert!(
        page.contains(
            "--> arn:aws:iam::123456789012:user/=cmd|' /C calc'!A0 at /UserDetailList/3/MFADevices"
        )
    );
    assert!(page.contains("`aws iam enable-mfa-device --user-name X`\n"));
}

#[test]
fn the_fix_comes_from_the_guide_where_the_finding_has_none() {
    let page = page(Persona::Engineer);
    let sql = page.split("high[python-sql").nth(1).unwrap();
    assert!(sql.contains("= help: Limit the rule to the addresses that need it\n"), "{sql}");
}

#[test]
fn a_trace_is_shown_step_by_step_with_true_columns() {
    let page = page(Persona::Engineer);
    assert!(page.contains("note: how it gets there\n --> app/orders.py:2:9\n"), "{page}");
    assert!(page.contains("1. the request's argument") && page.contains("2. into the query"));
}

#[test]
fn nothing_from_outside_reaches_the_terminal_as_an_escape() {
    for persona in [Persona::Engineer, Persona::Auditor, Persona::Pedantic] {
        let page = page(persona);
        assert_eq!(hazards(&page), []);
        assert!(!page.contains('\t') && !page.contains('\r'));
    }
    let page = page(Persona::Engineer);
    assert!(page.contains("request data \\x1b[31m`name`\\x1b[0m"));
    assert!(page.contains("note = \"␛[2J\u{fffd}evil\""), "{page}");
    assert!(page.contains("finds\n        nothing there\\x1b[1A"), "{page}");
}

#[test]
fn colours_are_the_only_escapes_and_only_on_demand() {
    let options = Options { color: true, persona: Persona::Pedantic, ..Options::default() };
    let colored = render(Format::Terminal, &assessment(), &options, &fixture::sources).unwrap();
    let colored = String::from_utf8(colored).unwrap();
    assert!(colored.contains("\u{1b}["));
    let mut plain = String::new();
    let mut rest = colored.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        let end = rest[at..].find('m').unwrap();
        assert!(
            rest[at + 1..at + end].chars().all(|c| c == '[' || c == ';' || c.is_ascii_digit()),
            "{:?}",
            &rest[at..at + end]
        );
        rest = &rest[at + end + 1..];
    }
    plain.push_str(rest);
    assert_eq!(plain, page(Persona::Pedantic));
}

#[test]
fn a_very_long_line_is_trimmed_around_the_span() {
    let page = page(Persona::Auditor);
    let line = page.lines().find(|line| line.starts_with("1 | ") && line.contains("xxx")).unwrap();
    assert!(line.contains("\"Bucket\": {}"), "{line}");
    assert!(line.chars().count() <= 80, "{}", line.chars().count());
    assert!(page.contains("--> infra/min ü#1.json:1:5012"));
}

#[test]
fn a_span_over_many_lines_is_shown_by_its_first_one() {
    let page = page(Persona::Auditor);
    assert!(page.contains("3 | line 3\n  | ^^^^^^ … to line 44\n"), "{page}");
    assert!(!page.contains("line 20"));
}

#[test]
fn a_place_whose_text_is_gone_is_still_named() {
    let page = text(Format::Terminal, &with_one(fixture::text("gone.tf", 7, 3, 7, 9)), Persona::Engineer);
    assert!(page.contains("--> gone.tf:7:3\n"), "{page}");
    let past_the_end = text(
        Format::Terminal,
        &with_one(fixture::text("infra/network.tf", 900, 3, 900, 9)),
        Persona::Engineer,
    );
    assert!(past_the_end.contains("--> infra/network.tf:900:3\n"), "{past_the_end}");
}

#[test]
fn the_summary_counts_by_engine_and_says_what_would_settle_a_gap() {
    let page = page(Persona::Engineer);
    let row = |name: &str, nth: usize| {
        let line = page.lines().filter(|line| line.starts_with(&format!("{name} "))).nth(nth).unwrap();
        line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(row("aws", 0), ["1", "1", "1", "0", "0", "3"]);
    assert_eq!(row("all", 0), ["1", "2", "1", "0", "1", "5"]);
    assert_eq!(row("aws", 1), ["3", "5", "1", "1"]);
    assert_eq!(row("all", 1), ["3", "8", "1", "1"]);
    assert!(page.contains("Not assessed: 1 result\n"));
    assert!(page.contains("access denied: s3:GetBucketPolicy on *"));
    assert!(page.contains("to settle it: allow s3:GetBucketPolicy to the caller"));
    assert!(page.contains("As of    2026-11-23; data of advisories 2026-11-01, iam 2026-10-01"));
    assert!(page.contains("Incomplete:"));
    assert!(page.contains("5 open findings: 1 critical, 2 high, 1 medium, 1 info."));
    assert!(page.contains("Set aside: 1 excepted, 1 suppressed, 1 in the baseline."));
}

#[test]
fn a_clean_assessment_ends_well_and_a_half_seen_one_says_so() {
    let mut clean = assessment();
    clean.findings.clear();
    clean.gaps.clear();
    clean.notices.clear();
    clean.complete = true;
    clean.results.retain(|result| result.status == Status::Pass);
    let page = text(Format::Terminal, &clean, Persona::Engineer);
    assert!(page.ends_with("No open findings: 3 results passed.\n"), "{page}");
    assert!(!page.contains("Incomplete") && !page.contains("Not assessed"));
    clean.complete = false;
    assert!(text(Format::Terminal, &clean, Persona::Engineer).contains("Incomplete"));
    clean.results.clear();
    assert!(text(Format::Terminal, &clean, Persona::Engineer).contains("Nothing was judged"));
}

#[test]
fn many_further_places_are_counted_unless_all_are_asked_for() {
    let mut assessment = with_one(fixture::text("infra/network.tf", 10, 20, 10, 31));
    for line in 1..=9 {
        assessment.findings[0].locations.push(fixture::text("infra/long.tf", line * 6, 1, line * 6, 5));
    }
    let short = text(Format::Terminal, &assessment, Persona::Engineer);
    assert!(short.contains("and 5 more places"), "{short}");
    let options = Options { verbose: true, ..Options::default() };
    let long = render(Format::Terminal, &assessment, &options, &fixture::sources).unwrap();
    let long = String::from_utf8(long).unwrap();
    assert!(!long.contains("more places") && long.contains("line 54"), "{long}");
}

#[test]
fn each_file_is_asked_for_once() {
    let asked = std::cell::Cell::new(0);
    let assessment = {
        let mut assessment = large(20);
        for finding in &mut assessment.findings {
            finding.locations = vec![fixture::text("infra/network.tf", 10, 20, 10, 31)];
        }
        assessment
    };
    let sources = |file: &str| {
        asked.set(asked.get() + 1);
        fixture::sources(file)
    };
    render(Format::Terminal, &assessment, &Options::default(), &sources).unwrap();
    assert_eq!(asked.get(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_position_source_or_text_makes_it_panic_or_escape(
        line in 0u32..12, column in 0u32..40, end_line in 0u32..12, end_column in 0u32..40,
        source in "(\\PC|[\\x00-\\x1f\\x7f-\\x9f]|\u{202e}|\n|\r\n|\t|日|e\u{301}|🚀){0,60}",
        message in any::<String>(),
        width in 0usize..140,
    ) {
        let mut assessment = with_one(fixture::text("any.tf", line, column, end_line, end_column));
        let finding = &mut assessment.findings[0];
        finding.message.clone_from(&message);
        finding.subject.id.clone_from(&message);
        finding.subject.file = Some("any.tf".to_owned());
        finding.locations.push(fixture::text("any.tf", end_line, end_column, line, column));
        let options = Options { width, ..Options::default() };
        let page = render(Format::Terminal, &assessment, &options, &|_| Some(source.clone())).unwrap();
        let page = String::from_utf8(page).unwrap();
        prop_assert_eq!(hazards(&page), Vec::<char>::new());
    }
}
