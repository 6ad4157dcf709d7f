//! From sightings to verdicts: one finding a secret, with all its places; a pass for the project where a family has none.

use crate::advice::fixes;
use crate::reading::{Reading, Sighting};
use crate::{Group, Rules};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use tieout_check::{Ledger, Record, judge_safely};
use tieout_model::{
    About, CheckInfo, Detail, Judged, Place, Problem, SecretDetail, Severity, Subject, SubjectKind,
    TraceStep, Verdict,
};

/// A check of one family of secrets.
pub struct SecretsCheck {
    /// Its declaration.
    pub about: About,
    /// The family.
    pub group: Group,
}

/// A check as reports show it.
pub fn info(check: &SecretsCheck) -> CheckInfo {
    tieout_check::info(&check.about, crate::ENGINE, &["project"])
}

/// A secret with all its places.
struct Known<'a> {
    sightings: Vec<&'a Sighting>,
}

/// Judges what was read.
pub fn run(rules: &Rules, reading: &Reading, checks: &[&'static SecretsCheck]) -> Ledger {
    let mut by_secret: BTreeMap<(Group, &str), Known<'_>> = BTreeMap::new();
    for sighting in &reading.sightings {
        let Some(rule) = rules.rule(sighting.rule) else { continue };
        let key = (rule.group, sighting.fingerprint.as_str());
        by_secret.entry(key).or_insert_with(|| Known { sightings: Vec::new() }).sightings.push(sighting);
    }
    let mut ledger = Ledger::default();
    for check in checks {
        let mut any = false;
        for (_, known) in by_secret.iter().filter(|((group, _), _)| *group == check.group) {
            let Some(main) = known.main(rules) else { continue };
            any = true;
            let subject = Subject {
                name: (!main.name.is_empty()).then(|| main.name.clone()),
                file: Some(main.path.to_string()),
                line: main.places.first().and_then(|place| place.file_line()).map(|(_, line)| line),
                ..Subject::new(SubjectKind::File, format!("{}#{}", main.path, main.fingerprint))
            };
            let place = main.places.first().cloned().unwrap_or_default();
            let judged = judge_safely(check.about.id, || known.judge(rules, main));
            ledger.record(Record {
                about: &check.about,
                subject: &subject,
                place: &place,
                judged,
                evidence: &[],
            });
        }
        if !any {
            let why = passed(reading);
            let subject = Subject::new(SubjectKind::Project, ".");
            ledger.record(Record {
                about: &check.about,
                subject: &subject,
                place: &Place::None,
                judged: Ok(Verdict::pass(why)),
                evidence: &[],
            });
        }
    }
    for gap in &reading.gaps {
        ledger.gap(gap.clone());
    }
    ledger
}

fn passed(reading: &Reading) -> String {
    let mut why = format!("none in {} files", reading.files);
    if reading.commits > 0 {
        let _ = write!(why, " and {} commits", reading.commits);
    }
    why
}

impl<'a> Known<'a> {
    /// The sighting that names the finding: in the tree before in the history, the most telling rule, the first place.
    fn main(&self, rules: &Rules) -> Option<&'a Sighting> {
        let telling =
            |sighting: &Sighting| rules.rule(sighting.rule).is_some_and(|rule| rule.detector.is_none());
        self.sightings
            .iter()
            .min_by_key(|sighting| {
                (
                    sighting.origin.is_some(),
                    !telling(sighting),
                    std::cmp::Reverse(sighting.confidence),
                    &sighting.path,
                    &sighting.places,
                )
            })
            .copied()
    }

    fn judge(&self, rules: &Rules, main: &Sighting) -> Judged {
        let Some(rule) = rules.rule(main.rule) else { return Ok(Verdict::pass("no rule")) };
        let mut message = format!("{} {}", article(&rule.kind), rule.kind);
        let _ = write!(message, " ({}) stands in the clear", main.redacted);
        if !main.name.is_empty() {
            let _ = write!(message, " in {}", main.name);
        }
        let origin = self.sightings.iter().find_map(|sighting| sighting.origin.as_ref());
        let in_tree = self.sightings.iter().any(|sighting| sighting.origin.is_none());
        let places: Vec<&Place> = self
            .sightings
            .iter()
            .filter(|sighting| sighting.origin.is_none() || !in_tree)
            .flat_map(|sighting| &sighting.places)
            .collect();
        let files = {
            let mut files: Vec<&str> = self
                .sightings
                .iter()
                .filter(|sighting| sighting.origin.is_none() || !in_tree)
                .map(|sighting| &*sighting.path)
                .collect();
            files.dedup();
            files.len()
        };
        if files > 1 {
            let _ = write!(message, ", in {files} files");
        }
        if let Some(account) = &main.aws_account {
            let _ = write!(message, "; it is of account {account}");
        }
        if in_tree
            && self.sightings.iter().all(|sighting| sighting.untracked || sighting.origin.is_some())
            && origin.is_none()
        {
            message.push_str("; git does not track the file");
        }
        if let Some(origin) = origin {
            let short = origin.commit.get(..12).unwrap_or(&origin.commit);
            let _ = write!(message, "; it came with commit {short} of {}", origin.date);
            message.push_str(if origin.at_head || in_tree {
                " and is still there"
            } else {
                " and is gone from HEAD, not from the history"
            });
        }
        let mut problem =
            Problem::new(message).severity(severity(rule.severity, main)).confidence(main.confidence);
        for place in places {
            problem = problem.at(place);
        }
        problem.key = format!("{}\u{0}{}", rule.id, main.fingerprint);
        problem.fixes = fixes(rule, &main.name);
        if let Some(origin) = origin {
            let (file, line) = self
                .sightings
                .iter()
                .filter(|sighting| sighting.origin.is_some())
                .find_map(|sighting| sighting.places.first()?.file_line())
                .unwrap_or_default();
            problem.trace = vec![TraceStep {
                message: format!("commit {} by {} on {}", origin.commit, origin.author, origin.date),
                file: file.to_owned(),
                line,
                column: 1,
            }];
        }
        let detail = SecretDetail {
            kind: rule.kind.clone(),
            redacted: main.redacted.clone(),
            fingerprint: main.fingerprint.clone(),
            aws_account: main.aws_account.clone(),
            access_key_id: main.access_key_id.clone(),
            commit: origin.map(|origin| origin.commit.clone()),
            at_head: origin.map(|origin| origin.at_head || in_tree),
            name: (!main.name.is_empty()).then(|| main.name.clone()),
            opens: None,
        };
        Ok(problem.detail(Detail::Secret(detail)).into())
    }
}

/// What is only a file of this machine weighs less than what was pushed to others.
fn severity(severity: Severity, main: &Sighting) -> Severity {
    match severity {
        Severity::Critical | Severity::High if main.untracked => Severity::Medium,
        other => other,
    }
}

fn article(kind: &str) -> &'static str {
    // Abbreviations are spoken by their letters.
    let first = kind.chars().next().unwrap_or_default();
    let spelled = kind
        .split(' ')
        .next()
        .is_some_and(|word| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase()));
    let vowel = if spelled {
        matches!(first, 'A' | 'E' | 'F' | 'H' | 'I' | 'L' | 'M' | 'N' | 'O' | 'R' | 'S' | 'X')
    } else {
        matches!(first.to_ascii_lowercase(), 'a' | 'e' | 'i' | 'o')
    };
    if vowel { "an" } else { "a" }
}
