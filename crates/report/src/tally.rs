//! Counting and choosing: how many results of each status by engine and check, and which findings a persona
//! sees, in which order. Shared by the terminal and the workbook; no text is made here.

use std::collections::BTreeMap;
use tieout_model::{
    Assessment, CheckInfo, Confidence, Finding, FindingStatus, Gap, GapCount, Location, Persona, Severity,
    Status,
};

/// Results by status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Statuses {
    /// Passed.
    pub(crate) pass: usize,
    /// Failed.
    pub(crate) fail: usize,
    /// Could not be judged.
    pub(crate) not_assessed: usize,
    /// The question did not arise.
    pub(crate) not_applicable: usize,
}

impl Statuses {
    /// Counts one more.
    pub(crate) fn add(&mut self, status: Status) {
        match status {
            Status::Pass => self.pass += 1,
            Status::Fail => self.fail += 1,
            Status::NotAssessed => self.not_assessed += 1,
            Status::NotApplicable => self.not_applicable += 1,
        }
    }

    /// All of them.
    pub(crate) fn total(&self) -> usize {
        self.pass + self.fail + self.not_assessed + self.not_applicable
    }

    /// Passes among those that were judged, 0 to 1; none where nothing was.
    pub(crate) fn pass_rate(&self) -> Option<f64> {
        let judged = self.pass + self.fail;
        (judged > 0).then(|| self.pass as f64 / judged as f64)
    }
}

/// Findings by severity, in the order of [`Severity::ALL`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Severities([usize; 5]);

impl Severities {
    /// Counts one more.
    pub(crate) fn add(&mut self, severity: Severity) {
        if let Some(count) = self.0.get_mut(severity as usize) {
            *count += 1;
        }
    }

    /// How many of one severity.
    pub(crate) fn of(&self, severity: Severity) -> usize {
        self.0.get(severity as usize).copied().unwrap_or_default()
    }

    /// All of them.
    pub(crate) fn total(&self) -> usize {
        self.0.iter().sum()
    }
}

/// Severities from the worst to the least.
pub(crate) fn worst_first() -> impl Iterator<Item = Severity> {
    Severity::ALL.into_iter().rev()
}

/// What an engine did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct EngineTally {
    /// Its results.
    pub(crate) results: Statuses,
    /// Its open findings.
    pub(crate) open: Severities,
}

/// An Assessment, counted.
pub(crate) struct Tally<'a> {
    checks: BTreeMap<&'a str, &'a CheckInfo>,
    /// By engine.
    pub(crate) engines: BTreeMap<&'a str, EngineTally>,
    /// By check id.
    pub(crate) by_check: BTreeMap<&'a str, Statuses>,
    /// All results.
    pub(crate) results: Statuses,
    /// Open findings.
    pub(crate) open: Severities,
    /// Findings accepted in the exceptions file.
    pub(crate) excepted: usize,
    /// Findings suppressed in the source.
    pub(crate) suppressed: usize,
    /// Findings of the baseline.
    pub(crate) baseline: usize,
}

/// The engine of a check that the Assessment does not describe.
const UNKNOWN_ENGINE: &str = "other";

impl<'a> Tally<'a> {
    /// Counts an Assessment. Every check that ran is there, those without a subject with zeros.
    pub(crate) fn new(assessment: &'a Assessment) -> Tally<'a> {
        let checks: BTreeMap<_, _> =
            assessment.checks.iter().map(|check| (check.id.as_str(), check)).collect();
        let mut tally = Tally {
            engines: BTreeMap::new(),
            by_check: checks.keys().map(|id| (*id, Statuses::default())).collect(),
            results: Statuses::default(),
            open: Severities::default(),
            excepted: 0,
            suppressed: 0,
            baseline: 0,
            checks,
        };
        for result in &assessment.results {
            let engine = tally.engine(&result.check);
            tally.engines.entry(engine).or_default().results.add(result.status);
            tally.by_check.entry(&result.check).or_default().add(result.status);
            tally.results.add(result.status);
        }
        for finding in &assessment.findings {
            match finding.status {
                FindingStatus::Open => {
                    let engine = tally.engine(&finding.check);
                    tally.engines.entry(engine).or_default().open.add(finding.severity);
                    tally.open.add(finding.severity);
                }
                FindingStatus::Excepted => tally.excepted += 1,
                FindingStatus::Suppressed => tally.suppressed += 1,
                FindingStatus::Baseline => tally.baseline += 1,
            }
        }
        tally
    }

    /// The check of an id, where the Assessment describes it.
    pub(crate) fn check(&self, id: &str) -> Option<&'a CheckInfo> {
        self.checks.get(id).copied()
    }

    /// The engine of a check.
    pub(crate) fn engine(&self, check: &str) -> &'a str {
        self.check(check).map_or(UNKNOWN_ENGINE, |check| check.engine.as_str())
    }
}

/// By gap: the checks whose results it left open, and how many of each.
pub(crate) fn waiting(assessment: &Assessment) -> BTreeMap<Gap, BTreeMap<&str, usize>> {
    let mut waiting: BTreeMap<Gap, BTreeMap<&str, usize>> = BTreeMap::new();
    for outcome in &assessment.results {
        if let Some(gap) = &outcome.gap {
            *waiting.entry(gap.clone()).or_default().entry(&outcome.check).or_default() += 1;
        }
    }
    waiting
}

/// A counted gap as results hold it.
pub(crate) fn gap_key(gap: &GapCount) -> Gap {
    Gap::new(gap.reason, gap.what.as_str(), gap.resolve_with.as_str())
}

/// Whether a persona sees a finding on the terminal, and so whether it counts for the exit code.
pub fn sees(persona: Persona, finding: &Finding) -> bool {
    match persona {
        Persona::Engineer => {
            finding.status == FindingStatus::Open
                && finding.confidence == Confidence::High
                && finding.persona == Persona::Engineer
        }
        Persona::Auditor => finding.persona <= Persona::Auditor,
        Persona::Pedantic => true,
    }
}

/// The findings a persona sees: the worst first, then by place, then by subject.
pub(crate) fn chosen(assessment: &Assessment, persona: Persona) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> =
        assessment.findings.iter().filter(|finding| sees(persona, finding)).collect();
    findings.sort_by(|a, b| {
        let rank = |finding: &Finding| (std::cmp::Reverse(finding.severity), finding.status);
        rank(a)
            .cmp(&rank(b))
            .then_with(|| place(a).cmp(&place(b)))
            .then_with(|| (&a.subject, &a.check, &a.fingerprint).cmp(&(&b.subject, &b.check, &b.fingerprint)))
    });
    findings
}

/// Files before the cloud, the cloud before packages and endpoints, each by its own order.
fn place(finding: &Finding) -> (u8, &str, u32, u32) {
    match finding.locations.first() {
        Some(Location::Text { file, line, column, .. }) => (0, file, *line, *column),
        Some(Location::Package { file, line, .. }) => (0, file, *line, 0),
        Some(Location::Cloud { arn, .. }) => (1, arn, 0, 0),
        Some(Location::Endpoint { endpoint }) => (2, endpoint, 0, 0),
        None => (3, "", 0, 0),
    }
}

/// File and line of a finding: its first place in a file, else its subject's.
pub(crate) fn file_line(finding: &Finding) -> Option<(&str, u32)> {
    finding
        .locations
        .iter()
        .find_map(|location| match location {
            Location::Text { file, line, .. } | Location::Package { file, line, .. } => {
                Some((file.as_str(), *line))
            }
            _ => None,
        })
        .or_else(|| Some((finding.subject.file.as_deref()?, finding.subject.line?)))
}
