//! Which checks run: ids, globs, services, severities, engines, and peers' ids through aliases.

use crate::nearest;
use globset::Glob;
use tieout_model::{CheckInfo, Severity};

/// A word of `--select` or `--ignore` that means no check.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("`{word}` is no check, service, severity or peer's id{}", .suggestion.as_ref().map(|near| format!("; did you mean `{near}`?")).unwrap_or_else(|| "; `tieout checks` lists them".to_owned()))]
pub struct SelectError {
    /// The word.
    pub word: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

/// The choice of checks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Selection {
    /// Words of checks to run; all where empty.
    pub select: Vec<String>,
    /// Words of checks not to run.
    pub ignore: Vec<String>,
}

impl Selection {
    /// The ids of the chosen checks, in the order of the catalogue.
    ///
    /// # Errors
    /// A word that means no check.
    pub fn choose(&self, catalogue: &[CheckInfo]) -> Result<Vec<String>, SelectError> {
        for word in self.select.iter().chain(&self.ignore) {
            if !catalogue.iter().any(|check| means(word, check)) && word.parse::<Severity>().is_err() {
                return Err(SelectError { word: word.clone(), suggestion: suggestion(word, catalogue) });
            }
        }
        let chosen = catalogue
            .iter()
            .filter(|check| self.select.is_empty() || self.select.iter().any(|word| means(word, check)))
            .filter(|check| !self.ignore.iter().any(|word| means(word, check)))
            .map(|check| check.id.clone())
            .collect();
        Ok(chosen)
    }
}

/// `s3` of `s3-bucket-versioning-enabled`.
fn service(check: &CheckInfo) -> &str {
    check.id.split('-').next().unwrap_or_default()
}

fn means(word: &str, check: &CheckInfo) -> bool {
    if word == "all" || word == check.id || word == service(check) || word == check.engine {
        return true;
    }
    if word.parse::<Severity>().is_ok_and(|severity| severity == check.severity) {
        return true;
    }
    let (peer, id) = match word.split_once(':') {
        Some((peer, id)) => (Some(peer), id),
        None => (None, word),
    };
    let is_alias = check
        .aliases
        .iter()
        .filter(|(known, _)| peer.is_none_or(|peer| peer == known.as_str()))
        .any(|(_, ids)| ids.iter().any(|known| known == id));
    is_alias
        || check.controls.iter().any(|control| control == word)
        || (word.contains(['*', '?', '['])
            && Glob::new(word).is_ok_and(|glob| glob.compile_matcher().is_match(&check.id)))
}

fn suggestion(word: &str, catalogue: &[CheckInfo]) -> Option<String> {
    let ids = catalogue.iter().map(|check| check.id.as_str());
    let services = catalogue.iter().map(service);
    let peers = catalogue.iter().flat_map(|check| check.aliases.values().flatten()).map(String::as_str);
    nearest(word, ids.chain(services).chain(peers).chain(Severity::ALL.map(Severity::as_str)))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tieout_model::{Confidence, Guide, Persona};

    fn check(id: &str, severity: Severity, prowler: &str) -> CheckInfo {
        CheckInfo {
            id: id.into(),
            title: String::new(),
            engine: "aws".into(),
            severity,
            confidence: Confidence::High,
            persona: Persona::Engineer,
            applies_to: Vec::new(),
            reads: Vec::new(),
            cwe: Vec::new(),
            controls: Vec::new(),
            objectives: Vec::new(),
            aliases: [("prowler".to_owned(), vec![prowler.to_owned()])].into(),
            guide: Guide::default(),
        }
    }

    fn chosen(select: &[&str], ignore: &[&str]) -> Result<Vec<String>, SelectError> {
        let catalogue = [
            check("ec2-instance-in-vpc", Severity::High, "ec2_x"),
            check("s3-bucket-logging", Severity::Low, "s3_logging"),
            check("s3-bucket-not-public", Severity::High, "s3_public"),
        ];
        let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        Selection { select: owned(select), ignore: owned(ignore) }.choose(&catalogue)
    }

    #[test]
    fn checks_are_chosen_by_id_glob_service_severity_and_peers_id() {
        assert_eq!(chosen(&[], &[]).unwrap().len(), 3);
        assert_eq!(chosen(&["s3"], &["low"]).unwrap(), ["s3-bucket-not-public"]);
        assert_eq!(chosen(&["*-bucket-*"], &[]).unwrap().len(), 2);
        assert_eq!(chosen(&["prowler:s3_logging"], &[]).unwrap(), ["s3-bucket-logging"]);
        assert_eq!(chosen(&["high"], &["ec2"]).unwrap(), ["s3-bucket-not-public"]);
    }

    #[test]
    fn a_word_that_means_nothing_is_an_error_with_a_suggestion() {
        let error = chosen(&["s3-bucket-loging"], &[]).unwrap_err();
        assert_eq!(error.suggestion.as_deref(), Some("s3-bucket-logging"));
        assert!(chosen(&["checkov:s3_logging"], &[]).is_err());
    }

    #[test]
    fn a_severity_that_no_check_has_chooses_nothing_and_is_no_mistake() {
        assert_eq!(chosen(&["critical"], &[]).unwrap(), Vec::<String>::new());
    }
}
