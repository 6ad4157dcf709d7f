//! Inline suppressions applied to findings: a mark on the line of a finding, or anywhere in the declaration
//! of its subject; peers' marks through aliases. A mark of ours that silences nothing is told.

use std::collections::HashMap;
use std::path::Path;
use tieout_aws_state::{Resource, State};
use tieout_iac::MetadataSuppression;
use tieout_model::{Assessment, CheckInfo, Finding, FindingStatus, Location, Place};
use tieout_source::suppress::{SuppressedId, Suppression, suppressions};

/// Lines of the declaration of each resource, by (type, id).
type Spans<'a> = HashMap<(&'a str, &'a str), (&'a str, u32, u32, &'a Resource)>;

fn spans(state: &State) -> Spans<'_> {
    state
        .resources()
        .iter()
        .filter_map(|resource| match resource.place() {
            Place::Text(text) => {
                let key = (&*resource.declared.type_name, resource.subject.id.as_str());
                Some((key, (&*text.file, text.start.line, text.end.line, resource)))
            }
            _ => None,
        })
        .collect()
}

/// Gives suppressed findings their status and reason, and adds a notice for every mark of ours that
/// silences nothing.
pub fn apply(
    assessment: &mut Assessment,
    state: &State,
    root: &Path,
    metadata: &[MetadataSuppression],
    files: &[&str],
) {
    let mut marks: HashMap<&str, Vec<(Suppression, bool)>> = HashMap::new();
    for file in files {
        if let Ok(text) = tieout_source::read_text(&root.join(file)) {
            let found = suppressions(&text);
            if !found.is_empty() {
                marks.insert(file, found.into_iter().map(|mark| (mark, false)).collect());
            }
        }
    }
    let spans = spans(state);
    let checks = std::mem::take(&mut assessment.checks);
    for finding in &mut assessment.findings {
        let Some(check) = checks.iter().find(|check| check.id == finding.check) else { continue };
        let reason = in_comments(finding, check, &spans, &mut marks)
            .or_else(|| in_metadata(finding, check, &spans, metadata));
        if let Some(reason) = reason {
            finding.status = FindingStatus::Suppressed;
            finding.status_reason = Some(reason);
        }
    }
    assessment.checks = checks;
    let mut unused: Vec<String> = marks
        .iter()
        .flat_map(|(file, marks)| marks.iter().map(move |mark| (file, mark)))
        .filter(|(_, (mark, used))| !used && mark.ids.iter().any(|id| id.tool.is_none()))
        .map(|(file, (mark, _))| {
            let ids: Vec<&str> = mark.ids.iter().map(|id| &*id.id).collect();
            format!(
                "{file}:{}: the suppression of {} silences nothing; take it away",
                mark.line,
                ids.join(", ")
            )
        })
        .collect();
    unused.sort();
    assessment.notices.extend(unused);
}

fn means(id: &SuppressedId, check: &CheckInfo) -> bool {
    match &id.tool {
        None => &*id.id == "*" || *id.id == *check.id,
        // `noqa` without a rule is about style: it is no word on a credential.
        Some(tool) if &**tool == "ruff" && &*id.id == "*" && check.engine == "secrets" => false,
        Some(tool) => check.aliases.get(&**tool).is_some_and(|aliases| {
            &*id.id == "*" || aliases.iter().any(|alias| alias.eq_ignore_ascii_case(&id.id))
        }),
    }
}

fn said(ids: &[SuppressedId], check: &CheckInfo, reason: &str, place: &str) -> Option<String> {
    let id = ids.iter().find(|id| means(id, check))?;
    let tool = id.tool.as_deref().map(|tool| format!("{tool}'s ")).unwrap_or_default();
    let reason = if reason.is_empty() { "no reason given" } else { reason };
    Some(format!("{reason} ({tool}mark for {} at {place})", id.id))
}

fn in_comments(
    finding: &Finding,
    check: &CheckInfo,
    spans: &Spans<'_>,
    marks: &mut HashMap<&str, Vec<(Suppression, bool)>>,
) -> Option<String> {
    let key = (finding.subject.type_name.as_deref().unwrap_or_default(), finding.subject.id.as_str());
    let declared = spans.get(&key).copied();
    let lines = finding.locations.iter().filter_map(|location| match location {
        Location::Text { file, line, .. } => Some((file.as_str(), *line, *line)),
        _ => None,
    });
    // A declaration's span may begin after a mark that stands on the line before it.
    let declaration = declared.map(|(file, first, last, _)| (file, first, last));
    let mut silenced = None;
    for (file, first, last) in lines.chain(declaration) {
        let Some(marks) = marks.get_mut(file) else { continue };
        for (mark, used) in marks.iter_mut() {
            let here = (first..=last).contains(&mark.line) || (first..=last).contains(&mark.applies_to);
            if !here {
                continue;
            }
            if let Some(reason) = said(&mark.ids, check, &mark.reason, &format!("{file}:{}", mark.line)) {
                *used = true;
                silenced.get_or_insert(reason);
            }
        }
    }
    silenced
}

fn in_metadata(
    finding: &Finding,
    check: &CheckInfo,
    spans: &Spans<'_>,
    metadata: &[MetadataSuppression],
) -> Option<String> {
    let key = (finding.subject.type_name.as_deref().unwrap_or_default(), finding.subject.id.as_str());
    let (.., resource) = spans.get(&key)?;
    metadata
        .iter()
        .filter(|mark| mark.scope == resource.declared.scope)
        .filter(|mark| mark.local.as_ref().is_none_or(|local| *local == resource.declared.local))
        .find_map(|mark| {
            let place = mark.at.file_line().map(|(file, line)| format!("{file}:{line}")).unwrap_or_default();
            said(&mark.ids, check, &mark.reason, &place)
        })
}
