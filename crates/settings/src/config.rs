//! `tieout.toml`, and `[tool.tieout]` in `pyproject.toml`.

use crate::Exception;
use crate::keys::{self, Key, position};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tieout_model::{Persona, Severity};

/// What a configuration file may say. Flags on the command line win over it.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Config {
    /// Checks to run: ids, globs, services, severities, peers' ids.
    pub select: Vec<String>,
    /// Checks not to run, in the same words.
    pub ignore: Vec<String>,
    /// The lowest severity of an open finding that makes the exit code 1.
    pub fail_on: Option<Severity>,
    /// Who the reports are for.
    pub persona: Option<Persona>,
    /// A saved Assessment whose findings are known already.
    pub baseline: Option<PathBuf>,
    /// A file of exceptions.
    pub exceptions: Option<PathBuf>,
    /// Exceptions written here.
    pub exception: Vec<Exception>,
    /// Globs of paths that are not read.
    pub exclude: Vec<String>,
    /// The day on which ages are judged, `YYYY-MM-DD`.
    pub as_of: Option<String>,
    /// The account part.
    pub account: AccountConfig,
    /// The infrastructure-as-code part.
    pub iac: IacConfig,
}

/// `[account]`: the live or recorded account that belongs to the project.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct AccountConfig {
    /// A recorded account, read in place of a live one.
    pub replay: Option<PathBuf>,
    /// Profile of the AWS configuration.
    pub profile: Option<String>,
    /// Regions; all enabled ones where empty.
    pub regions: Vec<String>,
    /// A role to assume first.
    pub role_arn: Option<String>,
    /// External id for that role.
    pub external_id: Option<String>,
    /// An endpoint to use for every service.
    pub endpoint_url: Option<String>,
}

/// `[iac]`: what the source alone does not tell.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct IacConfig {
    /// Terraform variable files.
    pub var_files: Vec<PathBuf>,
    /// CloudFormation parameters.
    pub parameters: BTreeMap<String, String>,
    /// The account id that it is deployed to.
    pub account: Option<String>,
    /// The region that it is deployed to.
    pub region: Option<String>,
}

/// What is wrong with a configuration file.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum ConfigError {
    /// It cannot be read.
    #[error("{file}: cannot be read: {message}")]
    Unreadable {
        /// Path.
        file: String,
        /// Why.
        message: String,
    },
    /// It says something that does not exist or does not fit.
    #[error("{file}:{line}:{column}: {message}")]
    Invalid {
        /// Path.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What is wrong, and what was probably meant.
        message: String,
    },
}

const EXCEPTION: &[Key] = &[
    Key::Value("check"),
    Key::Value("subject"),
    Key::Value("owner"),
    Key::Value("approver"),
    Key::Value("reason"),
    Key::Value("expires"),
];

/// The keys of an exceptions file.
pub(crate) const EXCEPTIONS_FILE: &[Key] = &[Key::Table("exception", EXCEPTION)];

const CONFIG: &[Key] = &[
    Key::Value("select"),
    Key::Value("ignore"),
    Key::Value("fail-on"),
    Key::Value("persona"),
    Key::Value("baseline"),
    Key::Value("exceptions"),
    Key::Table("exception", EXCEPTION),
    Key::Value("exclude"),
    Key::Value("as-of"),
    Key::Table(
        "account",
        &[
            Key::Value("replay"),
            Key::Value("profile"),
            Key::Value("regions"),
            Key::Value("role-arn"),
            Key::Value("external-id"),
            Key::Value("endpoint-url"),
        ],
    ),
    Key::Table(
        "iac",
        &[Key::Value("var-files"), Key::Open("parameters"), Key::Value("account"), Key::Value("region")],
    ),
];

/// A configuration and the folder that its paths are relative to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// What it says.
    pub config: Config,
    /// The file, where there is one.
    pub file: Option<PathBuf>,
}

impl Found {
    /// A path of the configuration, resolved against its file's folder.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        match self.file.as_deref().and_then(Path::parent) {
            Some(folder) if path.is_relative() => folder.join(path),
            _ => path.to_owned(),
        }
    }
}

/// The configuration of a folder: `tieout.toml`, or `[tool.tieout]` in `pyproject.toml`, in it or in the
/// nearest folder above that has one, up to the repository's root.
///
/// # Errors
/// Where a file is there and is wrong.
pub fn discover(start: &Path) -> Result<Found, ConfigError> {
    let start = fs::canonicalize(start).unwrap_or_else(|_| start.to_owned());
    for folder in start.ancestors() {
        let own = folder.join("tieout.toml");
        if own.is_file() {
            return load(&own);
        }
        let project = folder.join("pyproject.toml");
        if project.is_file() {
            let found = load(&project)?;
            if found.config != Config::default() {
                return Ok(found);
            }
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(Found::default())
}

/// Reads a configuration file by its path.
///
/// # Errors
/// Where it cannot be read or is wrong.
pub fn load(path: &Path) -> Result<Found, ConfigError> {
    let file = path.display().to_string();
    let text = fs::read_to_string(path)
        .map_err(|error| ConfigError::Unreadable { file: file.clone(), message: error.to_string() })?;
    let is_project = path.file_name().is_some_and(|name| name == "pyproject.toml");
    Ok(Found { config: parse(&file, &text, is_project)?, file: Some(path.to_owned()) })
}

/// Parses the text of a configuration file; of a `pyproject.toml`, its `[tool.tieout]`.
///
/// # Errors
/// Where it is no TOML, has unknown keys or values that do not fit.
pub fn parse(file: &str, text: &str, is_project: bool) -> Result<Config, ConfigError> {
    let document = document(file, text)?;
    let item = if is_project {
        match document.get("tool").and_then(|tool| tool.get("tieout")) {
            Some(item) => item,
            None => return Ok(Config::default()),
        }
    } else {
        document.as_item()
    };
    if let Some(table) = item.as_table_like() {
        keys::check(file, text, if is_project { "tool.tieout" } else { "" }, table, CONFIG)?;
    }
    deserialize(file, text, if is_project { Some(["tool", "tieout"]) } else { None })
}

pub(crate) fn document(file: &str, text: &str) -> Result<toml_edit::Document<String>, ConfigError> {
    toml_edit::Document::parse(text.to_owned()).map_err(|error| {
        invalid(file, text, error.span().map_or(0, |span| span.start), error.message().to_owned())
    })
}

pub(crate) fn invalid(file: &str, text: &str, offset: usize, message: String) -> ConfigError {
    let (line, column) = position(text, offset);
    ConfigError::Invalid { file: file.to_owned(), line, column, message: message.trim().replace('\n', "; ") }
}

#[derive(Deserialize)]
struct Project<T> {
    tool: Tools<T>,
}

#[derive(Deserialize)]
struct Tools<T> {
    tieout: T,
}

pub(crate) fn deserialize<T: for<'de> Deserialize<'de>>(
    file: &str,
    text: &str,
    below: Option<[&str; 2]>,
) -> Result<T, ConfigError> {
    let read = match below {
        None => toml::from_str::<T>(text),
        Some(_) => toml::from_str::<Project<T>>(text).map(|project| project.tool.tieout),
    };
    read.map_err(|error| {
        invalid(file, text, error.span().map_or(0, |span| span.start), error.message().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_is_read_with_its_account_and_exceptions() {
        let text = "select = ['s3']\nfail-on = 'high'\npersona = 'auditor'\n[account]\nreplay = 'a/record.jsonl'\n[[exception]]\ncheck = 's3-*'\nsubject = 'logs'\nowner = 'ops'\nreason = 'r'\nexpires = '2026-01-01'\n";
        let config = parse("tieout.toml", text, false).unwrap();
        assert_eq!(config.fail_on, Some(Severity::High));
        assert_eq!(config.account.replay, Some("a/record.jsonl".into()));
        assert_eq!(config.exception[0].owner, "ops");
    }

    #[test]
    fn a_misspelt_key_is_an_error_with_its_line_and_a_suggestion() {
        let error =
            parse("tieout.toml", "select = []\n[account]\nregion = 'eu-west-1'\n", false).unwrap_err();
        assert_eq!(
            error.to_string(),
            "tieout.toml:3:1: `region` is no setting in [account]; did you mean `regions`?"
        );
    }

    #[test]
    fn a_value_that_does_not_fit_is_an_error_with_its_line() {
        let error = parse("tieout.toml", "\nfail-on = 'dire'\n", false).unwrap_err().to_string();
        assert!(error.starts_with("tieout.toml:2:11: "), "{error}");
        assert!(error.contains("critical"), "{error}");
    }

    #[test]
    fn pyproject_holds_it_under_tool_tieout_and_may_hold_nothing() {
        let text = "[project]\nname = 'x'\n[tool.tieout]\nignore = ['low']\n";
        assert_eq!(parse("pyproject.toml", text, true).unwrap().ignore, ["low"]);
        assert_eq!(parse("pyproject.toml", "[project]\nname = 'x'\n", true).unwrap(), Config::default());
    }

    #[test]
    fn the_nearest_configuration_above_a_folder_is_found_and_its_paths_are_relative_to_it() {
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        fs::write(folder.path().join("tieout.toml"), "baseline = 'known.json'").unwrap();
        let found = discover(&below).unwrap();
        let root = fs::canonicalize(folder.path()).unwrap();
        assert_eq!(found.resolve(Path::new("known.json")), root.join("known.json"));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in "([a-z-]{1,8} = ('[a-z]{0,4}'|[0-9]{1,3}|\\[\\])\n|\\[[a-z.]{1,8}\\]\n|.{0,6}\n){0,8}") {
            let _ = parse("tieout.toml", &text, false);
        }
    }
}
