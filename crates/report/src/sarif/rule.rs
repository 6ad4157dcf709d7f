//! A check as a SARIF rule, its guide as help.

use super::{level, not_empty, put};
use serde_json::{Value, json};
use tieout_model::{CheckInfo, Severity};

/// The rule of a check.
pub(crate) fn rule(check: &CheckInfo) -> Value {
    let mut rule = json!({
        "id": check.id,
        "shortDescription": { "text": not_empty(&check.title) },
    });
    if !check.guide.what.is_empty() {
        put(&mut rule, "fullDescription", json!({ "text": check.guide.what }));
    }
    let is_uri = |link: &&String| link.starts_with("https://") && link.chars().all(|c| c.is_ascii_graphic());
    if let Some(link) = check.guide.references.iter().find(is_uri) {
        put(&mut rule, "helpUri", json!(link));
    }
    put(&mut rule, "help", json!({ "text": plain_help(check), "markdown": markdown_help(check) }));
    put(&mut rule, "defaultConfiguration", json!({ "level": level(check.severity) }));
    put(&mut rule, "properties", properties(check));
    rule
}

fn properties(check: &CheckInfo) -> Value {
    let mut tags = vec!["security".to_owned(), check.engine.clone()];
    tags.extend(check.cwe.iter().map(|cwe| format!("external/cwe/{}", cwe.to_ascii_lowercase())));
    tags.retain(|tag| !tag.is_empty());
    let mut properties = json!({
        "tags": tags,
        "precision": check.confidence.as_str(),
        "security-severity": security_severity(check.severity),
        "severity": check.severity,
        "confidence": check.confidence,
        "persona": check.persona,
    });
    if !check.controls.is_empty() {
        put(&mut properties, "controls", json!(check.controls));
    }
    if !check.aliases.is_empty() {
        put(&mut properties, "aliases", json!(check.aliases));
    }
    properties
}

/// The number by which code hosts choose their word: over 9.0 critical, from 7.0 high, from 4.0 medium.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "3.0",
        Severity::Info => "1.0",
    }
}

/// The guide's parts under headings.
fn markdown_help(check: &CheckInfo) -> String {
    let guide = &check.guide;
    let mut parts = vec![format!("# {}", not_empty(&check.title))];
    let sections =
        [("What it checks", &guide.what), ("Why it matters", &guide.why), ("How to fix", &guide.fix)];
    for (heading, text) in sections.into_iter().filter(|(_, text)| !text.is_empty()) {
        parts.push(format!("## {heading}\n\n{}", text.trim()));
    }
    if !guide.references.is_empty() {
        let links: Vec<String> = guide.references.iter().map(|link| format!("- {link}")).collect();
        parts.push(format!("## References\n\n{}", links.join("\n")));
    }
    parts.join("\n\n")
}

/// The same without Markdown's headings.
fn plain_help(check: &CheckInfo) -> String {
    let guide = &check.guide;
    let mut parts: Vec<&str> = vec![not_empty(&check.title)];
    parts.extend([guide.what.trim(), guide.why.trim(), guide.fix.trim()]);
    let links = guide.references.join("\n");
    parts.push(&links);
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}
