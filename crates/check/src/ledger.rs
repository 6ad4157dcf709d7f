//! The ledger: every verdict of a run, passes too, turned into results, findings and counted gaps.

use crate::guide::parse_guide;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use tieout_model::{
    About, CheckInfo, Finding, FindingStatus, Gap, GapCount, Judged, Location, Outcome, Place, Problem,
    Status, Subject, Verdict, sha256_hex,
};

/// One verdict as it is handed in.
#[derive(Debug)]
pub struct Record<'a> {
    /// The check.
    pub about: &'a About,
    /// What was judged.
    pub subject: &'a Subject,
    /// Where the subject itself stands; a fail without places points here.
    pub place: &'a Place,
    /// The verdict.
    pub judged: Judged,
    /// Hashes of the evidence that tells of the subject.
    pub evidence: &'a [String],
}

/// Collects verdicts and gaps; deterministic whatever the order they come in.
#[derive(Debug, Default)]
pub struct Ledger {
    outcomes: Vec<(Outcome, Option<Finding>)>,
    gaps: BTreeMap<Gap, usize>,
}

impl Ledger {
    /// Enters a verdict.
    pub fn record(&mut self, record: Record<'_>) {
        let mut outcome = Outcome {
            check: record.about.id.to_owned(),
            subject: record.subject.clone(),
            status: Status::Pass,
            reason: String::new(),
            finding: None,
            gap: None,
        };
        let mut finding = None;
        match record.judged.unwrap_or_else(Verdict::NotAssessed) {
            Verdict::Pass(why) => outcome.reason = why,
            Verdict::NotApplicable(why) => {
                outcome.status = Status::NotApplicable;
                outcome.reason = why;
            }
            Verdict::NotAssessed(gap) => {
                outcome.status = Status::NotAssessed;
                outcome.reason = gap.to_string();
                *self.gaps.entry(gap.clone()).or_default() += 1;
                outcome.gap = Some(gap);
            }
            Verdict::Fail(problem) => {
                outcome.status = Status::Fail;
                outcome.reason = problem.message.clone();
                let found =
                    open_finding(record.about, record.subject, record.place, record.evidence, problem);
                outcome.finding = Some(found.fingerprint.clone());
                finding = Some(found);
            }
        }
        self.outcomes.push((outcome, finding));
    }

    /// Enters a gap that touched no verdict, for example a file that could not be read.
    pub fn gap(&mut self, gap: Gap) {
        self.gaps.entry(gap).or_default();
    }

    /// Takes over what another ledger holds.
    pub fn absorb(&mut self, other: Ledger) {
        self.outcomes.extend(other.outcomes);
        for (gap, results) in other.gaps {
            *self.gaps.entry(gap).or_default() += results;
        }
    }

    /// Results, findings and gaps, sorted.
    pub fn finish(mut self) -> (Vec<Outcome>, Vec<Finding>, Vec<GapCount>) {
        self.outcomes.sort_by(|(a, _), (b, _)| order(a).cmp(&order(b)));
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut results = Vec::with_capacity(self.outcomes.len());
        let mut findings = Vec::new();
        for (mut outcome, finding) in self.outcomes {
            if let Some(mut finding) = finding {
                let number = seen.entry(finding.fingerprint.clone()).or_default();
                *number += 1;
                if *number > 1 {
                    finding.fingerprint = fingerprint(
                        &finding.check,
                        &finding.subject,
                        &format!("{}#{number}", finding.fingerprint),
                    );
                    outcome.finding = Some(finding.fingerprint.clone());
                }
                findings.push(finding);
            }
            results.push(outcome);
        }
        sort_findings(&mut findings);
        let gaps = self
            .gaps
            .into_iter()
            .map(|(gap, results)| GapCount {
                reason: gap.reason,
                what: gap.what.to_string(),
                resolve_with: gap.resolve_with.to_string(),
                results,
            })
            .collect();
        (results, findings, gaps)
    }
}

/// The order of findings in an Assessment: the worst first.
pub fn sort_findings(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        (std::cmp::Reverse(a.severity), &a.check, &a.subject, &a.locations, &a.fingerprint).cmp(&(
            std::cmp::Reverse(b.severity),
            &b.check,
            &b.subject,
            &b.locations,
            &b.fingerprint,
        ))
    });
}

fn order(outcome: &Outcome) -> (&str, &Subject, Status, &str) {
    (&outcome.check, &outcome.subject, outcome.status, &outcome.reason)
}

/// The fingerprint of a finding: check, canonical subject and content key; never a line, a time or a wording.
pub fn fingerprint(check: &str, subject: &Subject, key: &str) -> String {
    let mut hash = sha256_hex(format!("{check}\u{1}{}\u{1}{key}", subject.canonical()).as_bytes());
    hash.truncate(32);
    hash
}

fn open_finding(
    about: &About,
    subject: &Subject,
    place: &Place,
    evidence: &[String],
    problem: Problem,
) -> Finding {
    let arn = subject.arn.as_deref().unwrap_or(&subject.id);
    let mut locations: Vec<Location> = Vec::new();
    let mut hashes: BTreeSet<String> = evidence.iter().cloned().collect();
    let places =
        if problem.places.is_empty() { std::slice::from_ref(place) } else { problem.places.as_slice() };
    for place in places {
        if let Place::Cloud(cloud) = place {
            hashes.insert(cloud.evidence.to_string());
        }
        if let Some(location) = Location::of(place, arn)
            && !locations.contains(&location)
        {
            locations.push(location);
        }
    }
    let cwe = if problem.cwe.is_empty() {
        about.cwe.iter().map(|number| format!("CWE-{number}")).collect()
    } else {
        problem.cwe.iter().map(ToString::to_string).collect()
    };
    Finding {
        fingerprint: fingerprint(about.id, subject, &problem.key),
        check: about.id.to_owned(),
        subject: subject.clone(),
        severity: problem.severity.unwrap_or(about.severity),
        confidence: problem.confidence.unwrap_or(about.confidence),
        persona: about.persona,
        status: FindingStatus::Open,
        status_reason: None,
        message: problem.message,
        cwe,
        controls: about.controls.iter().map(ToString::to_string).collect(),
        locations,
        trace: problem.trace,
        fixes: problem.fixes,
        evidence: hashes.into_iter().collect(),
        detail: problem.detail,
        joined: Vec::new(),
    }
}

/// A check's declaration as reports show it.
pub fn info(about: &About, engine: &str, applies_to: &[&str]) -> CheckInfo {
    let mut aliases: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (peer, id) in about.aliases {
        aliases.entry((*peer).to_owned()).or_default().push((*id).to_owned());
    }
    let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
    CheckInfo {
        id: about.id.to_owned(),
        title: about.title.to_owned(),
        engine: engine.to_owned(),
        severity: about.severity,
        confidence: about.confidence,
        persona: about.persona,
        applies_to: owned(applies_to),
        reads: owned(about.reads),
        cwe: about.cwe.iter().map(|number| format!("CWE-{number}")).collect(),
        controls: owned(about.controls),
        objectives: owned(about.objectives),
        aliases,
        guide: parse_guide(about.guide).guide,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tieout_model::{Confidence, Persona, Reason, Severity, SubjectKind};

    const ABOUT: About = About {
        id: "s3-thing",
        title: "",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[319],
        controls: &[],
        objectives: &[],
        reads: &[],
        aliases: &[],
        guide: "",
    };

    fn enter(ledger: &mut Ledger, id: &str, judged: Judged) {
        let subject = Subject::new(SubjectKind::Resource, id);
        ledger.record(Record {
            about: &ABOUT,
            subject: &subject,
            place: &Place::None,
            judged,
            evidence: &[],
        });
    }

    #[test]
    fn results_are_sorted_whatever_order_they_came_in() {
        let mut ledger = Ledger::default();
        enter(&mut ledger, "b", Ok(Verdict::pass("fine")));
        enter(&mut ledger, "a", Ok(Verdict::fail("bad", &Place::None)));
        let (results, findings, _) = ledger.finish();
        let ids: Vec<_> = results.iter().map(|result| result.subject.id.as_str()).collect();
        assert_eq!(ids, ["a", "b"]);
        assert_eq!(results[0].finding.as_ref(), Some(&findings[0].fingerprint));
    }

    #[test]
    fn a_gap_is_counted_once_for_each_result_it_left_open() {
        let mut ledger = Ledger::default();
        let gap = Gap::new(Reason::AccessDenied, "s3:GetBucketAcl", "allow it");
        enter(&mut ledger, "a", Err(gap.clone()));
        enter(&mut ledger, "b", Ok(Verdict::NotAssessed(gap)));
        let (results, findings, gaps) = ledger.finish();
        assert!(findings.is_empty());
        assert!(results.iter().all(|result| result.status == Status::NotAssessed));
        assert_eq!(gaps.len(), 1);
        assert_eq!(gaps[0].results, 2);
    }

    #[test]
    fn two_findings_of_one_check_and_subject_keep_distinct_stable_fingerprints() {
        let mut ledger = Ledger::default();
        enter(&mut ledger, "a", Ok(Verdict::fail("one", &Place::None)));
        enter(&mut ledger, "a", Ok(Verdict::fail("two", &Place::None)));
        let (_, findings, _) = ledger.finish();
        assert_ne!(findings[0].fingerprint, findings[1].fingerprint);
    }
}
