//! Where tieout and a peer answer the same question, which resources each of them fails, and where the two
//! differ. The questions are shared through the aliases that `tieout checks -f json` names.

use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A resource in words that both tools can be brought to: `template.yaml Bucket`, an ARN, a name.
pub type Key = String;

/// What the peer fails: its check's id → the resources, each with every name it goes by.
pub type PeerFails = BTreeMap<String, Vec<BTreeSet<Key>>>;

/// A check of tieout, as it lists them.
#[derive(Debug, Deserialize)]
struct Listed {
    id: String,
    #[serde(default)]
    aliases: BTreeMap<String, Vec<String>>,
}

/// What of an Assessment is compared.
#[derive(Debug, Deserialize)]
pub struct Ours {
    results: Vec<Outcome>,
    findings: Vec<serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct Outcome {
    check: String,
    subject: Subject,
    status: String,
}

#[derive(Debug, Deserialize)]
struct Subject {
    id: String,
    kind: String,
    name: Option<String>,
    arn: Option<String>,
    region: Option<String>,
    file: Option<String>,
}

impl Subject {
    /// The id without the file that stands before it where several files share a logical id.
    fn local_id(&self) -> &str {
        let file = self.file.as_deref().unwrap_or_default();
        self.id.strip_prefix(file).and_then(|rest| rest.strip_prefix('#')).unwrap_or(&self.id)
    }

    fn keys(&self) -> BTreeSet<Key> {
        match &self.file {
            // An inline policy is `PRINCIPAL#NAME` here; peers name the principal.
            Some(file) => {
                [Some(self.local_id()), self.local_id().split_once('#').map(|(principal, _)| principal)]
                    .into_iter()
                    .flatten()
                    .map(|id| format!("{file} {id}"))
                    .collect()
            }
            None => {
                [Some(self.id.clone()), self.name.clone(), self.arn.clone()].into_iter().flatten().collect()
            }
        }
    }

    fn shown(&self) -> String {
        match &self.file {
            Some(file) => format!("{file} {}", self.local_id()),
            None => self.arn.clone().unwrap_or_else(|| self.id.clone()),
        }
    }
}

impl Ours {
    /// Reads a saved Assessment.
    pub fn read(file: &Path) -> Result<Ours> {
        let text = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is no Assessment", file.display()))
    }

    /// Verdicts.
    pub fn verdicts(&self) -> usize {
        self.results.len()
    }

    /// Findings.
    pub fn findings(&self) -> usize {
        self.findings.len()
    }

    /// Different subjects.
    pub fn subjects(&self) -> usize {
        self.results.iter().map(|outcome| outcome.subject.shown()).collect::<BTreeSet<_>>().len()
    }
}

/// One question that both answer.
#[derive(Debug, Default)]
pub struct Row {
    /// The peer's id.
    pub alias: String,
    /// Resources that both fail.
    pub both: usize,
    /// Resources that tieout alone fails.
    pub only_ours: BTreeSet<String>,
    /// Resources that the peer alone fails, with what tieout says of them.
    pub only_theirs: BTreeSet<String>,
}

/// Compares, question by question. `list` is the output of `tieout checks -f json`.
pub fn compare(peer: &str, list: &str, ours: &Ours, theirs: &PeerFails) -> Result<Vec<Row>> {
    let listed: Vec<Listed> =
        serde_json::from_str(list).context("`tieout checks -f json` printed no list")?;
    let mut checks_of: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for check in &listed {
        for alias in check.aliases.get(peer).into_iter().flatten() {
            checks_of.entry(alias).or_default().insert(&check.id);
        }
    }
    Ok(checks_of
        .into_iter()
        .map(|(alias, checks)| {
            let outcomes: Vec<&Outcome> =
                ours.results.iter().filter(|outcome| checks.contains(outcome.check.as_str())).collect();
            row(alias, &outcomes, theirs.get(alias).map_or(&[], Vec::as_slice))
        })
        .collect())
}

fn row(alias: &str, outcomes: &[&Outcome], theirs: &[BTreeSet<Key>]) -> Row {
    let mut row = Row { alias: alias.to_owned(), ..Row::default() };
    let mut matched = vec![false; theirs.len()];
    let mut failed = BTreeSet::new();
    for outcome in outcomes.iter().filter(|outcome| outcome.status == "fail") {
        // Several checks of ours may answer one question; a resource counts once.
        if !failed.insert(outcome.subject.shown()) {
            continue;
        }
        let mut agreed = false;
        for (keys, matched) in theirs.iter().zip(&mut matched) {
            if same(&outcome.subject, keys) {
                *matched = true;
                agreed = true;
            }
        }
        if agreed {
            row.both += 1;
        } else {
            row.only_ours.insert(outcome.subject.shown());
        }
    }
    for (keys, _) in theirs.iter().zip(&matched).filter(|(_, matched)| !**matched) {
        let shown = keys.iter().max_by_key(|key| key.len()).cloned().unwrap_or_default();
        let said: BTreeSet<&str> = outcomes
            .iter()
            .filter(|outcome| same(&outcome.subject, keys))
            .map(|outcome| outcome.status.as_str())
            .collect();
        let said = if said.is_empty() {
            "no verdict".to_owned()
        } else {
            said.into_iter().collect::<Vec<_>>().join(", ")
        };
        row.only_theirs.insert(format!("{shown} (tieout: {said})"));
    }
    row
}

/// An account-wide subject has a name of each tool's own; its region tells it.
fn same(subject: &Subject, keys: &BTreeSet<Key>) -> bool {
    if subject.kind == "account" {
        return match &subject.region {
            Some(region) => keys.contains(&format!("region {region}")),
            None => true,
        };
    }
    !subject.keys().is_disjoint(keys)
}

/// The rows in Markdown: a table of the counts, and the differences one by one.
pub fn markdown(peer: &str, rows: &[Row]) -> String {
    let mut out = format!(
        "| question ({peer}'s id) | both fail | tieout alone | {peer} alone |\n|---|---:|---:|---:|\n"
    );
    let mut differences = String::new();
    for row in rows.iter().filter(|row| row.both + row.only_ours.len() + row.only_theirs.len() > 0) {
        out += &format!(
            "| {} | {} | {} | {} |\n",
            row.alias,
            row.both,
            row.only_ours.len(),
            row.only_theirs.len()
        );
        list(&mut differences, &format!("{}, tieout alone", row.alias), &row.only_ours);
        list(&mut differences, &format!("{}, {peer} alone", row.alias), &row.only_theirs);
    }
    if differences.is_empty() {
        differences = "None.\n".to_owned();
    }
    let silent =
        rows.iter().filter(|row| row.both + row.only_ours.len() + row.only_theirs.len() == 0).count();
    format!(
        "{out}\n{silent} further shared questions: no resource fails in either.\n\n### Differences\n\n{differences}"
    )
}

/// So many differences of one question and side are listed one by one.
const LISTED: usize = 12;

fn list(out: &mut String, heading: &str, resources: &BTreeSet<String>) {
    for shown in resources.iter().take(LISTED) {
        *out += &format!("- {heading}: {shown}\n");
    }
    if resources.len() > LISTED {
        *out += &format!("- {heading}: and {} more\n", resources.len() - LISTED);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = r#"[
        {"id": "s3-versioning", "aliases": {"checkov": ["CKV_AWS_21"]}},
        {"id": "iam-policy", "aliases": {"prowler": ["iam_password_policy"]}}
    ]"#;

    fn ours(results: &str) -> Ours {
        serde_json::from_str(&format!(r#"{{"results": [{results}], "findings": []}}"#)).unwrap()
    }

    fn fails(alias: &str, keys: &[&[&str]]) -> PeerFails {
        let resources = keys.iter().map(|keys| keys.iter().map(|key| (*key).to_owned()).collect()).collect();
        BTreeMap::from([(alias.to_owned(), resources)])
    }

    #[test]
    fn a_resource_that_both_fail_is_no_difference() {
        let ours = ours(
            r#"{"check": "s3-versioning", "status": "fail",
                "subject": {"id": "B", "kind": "resource", "file": "a.yaml"}}"#,
        );
        let rows = compare("checkov", LIST, &ours, &fails("CKV_AWS_21", &[&["a.yaml B"]])).unwrap();
        assert_eq!((rows[0].both, rows[0].only_ours.len(), rows[0].only_theirs.len()), (1, 0, 0));
    }

    #[test]
    fn a_file_before_the_id_and_a_policy_behind_it_do_not_hide_the_resource() {
        let ours = ours(
            r#"{"check": "s3-versioning", "status": "fail",
                "subject": {"id": "a.yaml#Role#Inline", "kind": "resource", "file": "a.yaml"}}"#,
        );
        let rows = compare("checkov", LIST, &ours, &fails("CKV_AWS_21", &[&["a.yaml Role"]])).unwrap();
        assert_eq!((rows[0].both, rows[0].only_ours.len(), rows[0].only_theirs.len()), (1, 0, 0));
    }

    #[test]
    fn a_difference_says_what_tieout_made_of_the_resource() {
        let ours = ours(
            r#"{"check": "s3-versioning", "status": "not_assessed",
                "subject": {"id": "B", "kind": "resource", "file": "a.yaml"}}"#,
        );
        let rows =
            compare("checkov", LIST, &ours, &fails("CKV_AWS_21", &[&["a.yaml B"], &["b.yaml C"]])).unwrap();
        let said: Vec<&str> = rows[0].only_theirs.iter().map(String::as_str).collect();
        assert_eq!(said, ["a.yaml B (tieout: not_assessed)", "b.yaml C (tieout: no verdict)"]);
    }

    #[test]
    fn an_account_wide_verdict_matches_whatever_the_peer_calls_the_account() {
        let ours = ours(
            r#"{"check": "iam-policy", "status": "fail", "subject": {"id": "123456789012", "kind": "account"}}"#,
        );
        let theirs = fails("iam_password_policy", &[&["arn:aws:iam::123456789012:password-policy"]]);
        let rows = compare("prowler", LIST, &ours, &theirs).unwrap();
        assert_eq!((rows[0].both, rows[0].only_theirs.len()), (1, 0));
    }
}
