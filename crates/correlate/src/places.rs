//! A secret that both a check of files and a check of a resource found is one finding with all its places. Where it stands in
//! the declaration of the resource alone, the finding about the resource takes in the other; else the finding about the
//! secret does. The results stay, and point to the one that is left.

use std::collections::{BTreeMap, BTreeSet};
use std::slice;
use tieout_check::sort_findings;
use tieout_model::{Assessment, Detail, Finding, FindingStatus, Joined, Location, SecretDetail, SubjectKind};
use tieout_source::redact::fingerprint;

/// In how many resources a message says that a secret stands; all are places of the finding.
const SHOWN: usize = 3;

/// Joins findings about secrets in files with those about resources that hold the same. To be called when suppressions,
/// exceptions and the baseline have been applied: two findings of which one is passed over stay two.
pub fn places(assessment: &mut Assessment) {
    let findings = &assessment.findings;
    let meetings = meetings(findings);
    if meetings.is_empty() {
        return;
    }
    // Which finding is taken in by which.
    let mut taken: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (secret, all) in grouped(&meetings, |meeting| meeting.secret) {
        if all.iter().all(|meeting| meeting.inside && meeting.counts) {
            taken.entry(secret).or_default().extend(all.iter().map(|meeting| meeting.resource));
        }
    }
    for (resource, all) in grouped(&meetings, |meeting| meeting.resource) {
        let held = findings.get(resource).map_or(0, |finding| secrets_of(finding).len());
        let left = all.iter().all(|meeting| meeting.counts && !taken.contains_key(&meeting.secret));
        if left && all.len() == held {
            taken.entry(resource).or_default().extend(all.iter().map(|meeting| meeting.secret));
        }
    }
    for (resource, all) in grouped(&meetings, |meeting| meeting.resource) {
        let outside = all.iter().filter(|meeting| !taken.contains_key(&meeting.secret));
        let said: Vec<String> = outside.map(|meeting| meeting.elsewhere.clone()).collect();
        if let Some(finding) = assessment.findings.get_mut(resource) {
            said.iter().for_each(|said| finding.message.push_str(said));
        }
    }
    for (secret, all) in grouped(&meetings, |meeting| meeting.secret) {
        if let Some(finding) = assessment.findings.get_mut(secret) {
            complete(finding, &all);
        }
    }
    // The finding that is left, and the reason of the result.
    let mut told: BTreeMap<String, (String, String)> = BTreeMap::new();
    for at in meetings.iter().flat_map(|meeting| [meeting.resource, meeting.secret]) {
        let Some(finding) = assessment.findings.get(at) else { continue };
        // Findings stand in order, the worst first.
        let left = taken.get(&at).and_then(|into| assessment.findings.get(*into.first()?)).unwrap_or(finding);
        told.insert(finding.fingerprint.clone(), (left.fingerprint.clone(), finding.message.clone()));
    }
    for (at, into) in &taken {
        let Some(one) = assessment.findings.get(*at).cloned() else { continue };
        for to in into {
            if let Some(finding) = assessment.findings.get_mut(*to) {
                take_in(finding, &one);
            }
        }
    }
    for outcome in &mut assessment.results {
        if let Some((finding, reason)) = outcome.finding.as_ref().and_then(|finding| told.get(finding)) {
            outcome.reason.clone_from(reason);
            outcome.finding = Some(finding.clone());
        }
    }
    let mut at = 0;
    assessment.findings.retain(|_| {
        at += 1;
        !taken.contains_key(&(at - 1))
    });
    sort_findings(&mut assessment.findings);
}

/// A secret of a resource that is the one of a finding.
struct Meeting {
    /// The finding about the resource.
    resource: usize,
    /// The finding about the secret.
    secret: usize,
    /// Whether the secret stands in the declaration of the resource, and nowhere else.
    inside: bool,
    /// Whether both findings count, or neither is new.
    counts: bool,
    /// `DB_PASSWORD of AWS::Lambda::Function orders`
    words: String,
    /// `; DB_PASSWORD stands in a.py:3, see CHECK`
    elsewhere: String,
    /// Where it stands in the resource.
    locations: Vec<Location>,
}

fn meetings(findings: &[Finding]) -> Vec<Meeting> {
    let index = Index::new(findings);
    let mut meetings = Vec::new();
    for (resource, finding) in findings.iter().enumerate().filter(|(_, finding)| is_of_resource(finding)) {
        let secrets = secrets_of(finding);
        for (number, secret) in secrets.iter().enumerate() {
            let places = places_of(finding, number, secrets.len());
            let Some(at) = index.meets(secret, places) else { continue };
            let Some(of) = findings.get(at) else { continue };
            let within = |place: &Location| places.iter().any(|own| is_same(place, own));
            meetings.push(Meeting {
                resource,
                secret: at,
                inside: !of.locations.is_empty() && of.locations.iter().all(within),
                counts: of.status == finding.status
                    && matches!(of.status, FindingStatus::Open | FindingStatus::Baseline),
                words: words(finding, secret),
                elsewhere: where_else(secret, of),
                locations: places.to_vec(),
            });
        }
    }
    meetings
}

fn grouped(meetings: &[Meeting], by: fn(&Meeting) -> usize) -> BTreeMap<usize, Vec<&Meeting>> {
    let mut groups: BTreeMap<usize, Vec<&Meeting>> = BTreeMap::new();
    for meeting in meetings {
        groups.entry(by(meeting)).or_default().push(meeting);
    }
    groups
}

fn is_of_resource(finding: &Finding) -> bool {
    finding.subject.kind == SubjectKind::Resource
}

fn secrets_of(finding: &Finding) -> &[SecretDetail] {
    match finding.detail.as_deref() {
        Some(Detail::Secret(secret)) => slice::from_ref(secret),
        Some(Detail::Secrets(secrets)) => secrets,
        _ => &[],
    }
}

/// The findings about secrets in files, by what they can be known again by.
struct Index<'f> {
    by_fingerprint: BTreeMap<String, usize>,
    /// By file: line, finding.
    by_line: BTreeMap<&'f str, Vec<(u32, usize)>>,
}

impl<'f> Index<'f> {
    fn new(findings: &'f [Finding]) -> Index<'f> {
        let mut index = Index { by_fingerprint: BTreeMap::new(), by_line: BTreeMap::new() };
        for (at, finding) in findings.iter().enumerate() {
            let Some(Detail::Secret(secret)) = finding.detail.as_deref() else { continue };
            if !finding.check.starts_with("secrets-") {
                continue;
            }
            if !secret.fingerprint.is_empty() {
                index.by_fingerprint.entry(secret.fingerprint.clone()).or_insert(at);
            }
            // A pair is known by its id, too.
            if let Some(id) = &secret.access_key_id {
                index.by_fingerprint.entry(fingerprint(id)).or_insert(at);
            }
            for location in &finding.locations {
                if let Location::Text { file, line, .. } = location {
                    index.by_line.entry(file).or_default().push((*line, at));
                }
            }
        }
        index
    }

    /// The finding about the same secret: of the same fingerprint, or on the lines on which the resource declares it.
    fn meets(&self, secret: &SecretDetail, places: &[Location]) -> Option<usize> {
        if let Some(at) =
            self.by_fingerprint.get(&secret.fingerprint).filter(|_| !secret.fingerprint.is_empty())
        {
            return Some(*at);
        }
        places.iter().find_map(|place| {
            let Location::Text { file, line, end_line, .. } = place else { return None };
            let on = self.by_line.get(file.as_str())?;
            // Several on the same lines: it cannot be told which.
            let all: BTreeSet<usize> =
                on.iter().filter(|(at, _)| (line..=end_line).contains(&at)).map(|(_, of)| *of).collect();
            all.first().copied().filter(|_| all.len() == 1)
        })
    }
}

/// Where a resource's secret stands: its own place where each has one, else the places of all.
fn places_of(finding: &Finding, number: usize, secrets: usize) -> &[Location] {
    if finding.locations.len() == secrets {
        return finding.locations.get(number..=number).unwrap_or_default();
    }
    &finding.locations
}

fn words(finding: &Finding, secret: &SecretDetail) -> String {
    let subject = &finding.subject;
    let name = subject.name.as_deref().unwrap_or(&subject.id);
    let type_name = subject.type_name.as_deref().unwrap_or("resource");
    match secret.name.as_deref() {
        Some(variable) => format!("{variable} of {type_name} {name}"),
        None => format!("{type_name} {name}"),
    }
}

fn where_else(secret: &SecretDetail, of: &Finding) -> String {
    let what = secret.name.as_deref().unwrap_or(&secret.kind);
    let place = of.locations.iter().find_map(|location| match location {
        Location::Text { file, line, .. } => Some(format!("{file}:{line}")),
        _ => None,
    });
    format!("; {what} stands in {}, see {}", place.unwrap_or_else(|| of.subject.id.clone()), of.check)
}

/// Says where else the secret of a finding stands, and adds these places.
fn complete(finding: &mut Finding, meetings: &[&Meeting]) {
    let mut all: Vec<&str> = meetings.iter().map(|meeting| meeting.words.as_str()).collect();
    all.sort_unstable();
    all.dedup();
    let shown = all.get(..all.len().min(SHOWN)).unwrap_or_default();
    finding.message.push_str(&format!("; it is in use as {}", shown.join(", ")));
    if all.len() > SHOWN {
        finding.message.push_str(&format!(" and {} more", all.len() - SHOWN));
    }
    let mut more: BTreeSet<&Location> = BTreeSet::new();
    for location in meetings.iter().flat_map(|meeting| &meeting.locations) {
        if !finding.locations.iter().any(|known| is_same(known, location)) {
            more.insert(location);
        }
    }
    let more: Vec<Location> = more.into_iter().cloned().collect();
    finding.locations.extend(more);
}

/// Whether a place adds nothing to another one: equal, or within the lines of it.
fn is_same(known: &Location, new: &Location) -> bool {
    match (known, new) {
        (Location::Text { file, line, .. }, Location::Text { file: other, line: from, end_line: to, .. }) => {
            file == other && (from..=to).contains(&line)
        }
        _ => known == new,
    }
}

/// Takes in a finding that says the same.
fn take_in(finding: &mut Finding, taken: &Finding) {
    finding.severity = finding.severity.max(taken.severity);
    finding.confidence = finding.confidence.max(taken.confidence);
    finding.persona = finding.persona.min(taken.persona);
    for (own, other) in [
        (&mut finding.cwe, &taken.cwe),
        (&mut finding.controls, &taken.controls),
        (&mut finding.evidence, &taken.evidence),
    ] {
        own.extend(other.iter().cloned());
    }
    finding.evidence.sort();
    for list in [&mut finding.cwe, &mut finding.controls, &mut finding.evidence] {
        let mut seen = BTreeSet::new();
        list.retain(|one| seen.insert(one.clone()));
    }
    for fix in &taken.fixes {
        if !finding.fixes.contains(fix) {
            finding.fixes.push(fix.clone());
        }
    }
    finding.joined.push(Joined {
        check: taken.check.clone(),
        subject: taken.subject.clone(),
        fingerprint: taken.fingerprint.clone(),
    });
    finding.joined.sort();
    finding.joined.dedup();
}
