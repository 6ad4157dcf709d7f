//! AWS's managed policies, by ARN.

use crate::policy::Policy;
use std::collections::BTreeMap;
use std::io::{BufRead as _, Read as _};
use std::sync::{Arc, OnceLock};

const TABLE: &[u8] = include_bytes!("../../facts/managed.tsv.gz");

/// Path and name (`/service-role/AWSLambdaRole`) to version and document.
type Table = BTreeMap<String, (String, String)>;

fn table() -> &'static Table {
    static POLICIES: OnceLock<Table> = OnceLock::new();
    POLICIES.get_or_init(|| {
        let mut text = String::new();
        // A table that cannot be unpacked is a defect of the build, and a test finds it.
        let _ = flate2::read::GzDecoder::new(TABLE).read_to_string(&mut text);
        text.lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| {
                let mut fields = line.splitn(3, '\t');
                let name = fields.next()?.to_owned();
                Some((name, (fields.next()?.to_owned(), fields.next()?.to_owned())))
            })
            .collect()
    })
}

/// An AWS managed policy by its ARN (`arn:aws:iam::aws:policy/ReadOnlyAccess`, any partition), or by its name
/// with or without path. `None` where the table does not know it: AWS adds policies by the week.
pub fn managed_policy(arn_or_name: &str) -> Option<Policy> {
    let path = match arn_or_name.split_once(":iam::aws:policy") {
        Some((_, path)) => path.to_owned(),
        None if arn_or_name.starts_with('/') => arn_or_name.to_owned(),
        None if arn_or_name.contains(':') => return None,
        None => {
            let end = format!("/{arn_or_name}");
            table().keys().find(|name| name.ends_with(&end))?.clone()
        }
    };
    let (_, document) = table().get(&path)?;
    let file: Arc<str> = format!("arn:aws:iam::aws:policy{path}").into();
    Some(Policy::from_json(document, &file))
}

/// The source of the table and its version: `moto==5.2.5`.
pub fn managed_policies_source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let mut text = String::new();
        let _ = std::io::BufReader::new(flate2::read::GzDecoder::new(TABLE)).read_line(&mut text);
        let named = text.split_once(" from ").map_or("", |(_, rest)| rest);
        named.split_whitespace().next().unwrap_or_default().to_owned()
    })
}

/// Path and name of every managed policy in the table, sorted.
pub fn managed_policy_names() -> impl Iterator<Item = &'static str> {
    table().keys().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn managed_policies_are_found_by_arn_and_by_name_and_read_without_problems() {
        let admin = managed_policy("arn:aws:iam::aws:policy/AdministratorAccess").unwrap();
        assert!(admin.full_administrator().is_yes());
        assert!(managed_policy("AWSLambdaBasicExecutionRole").unwrap().full_administrator().is_no());
        assert!(
            managed_policy("arn:aws:iam::aws:policy/PowerUserAccess").unwrap().full_administrator().is_no()
        );
        assert!(managed_policy("arn:aws:iam::aws:policy/NoSuchPolicy").is_none());
        assert!(managed_policy("arn:aws:iam::111122223333:policy/AdministratorAccess").is_none());
        assert!(table().len() > 1500);
        for name in managed_policy_names() {
            let policy = managed_policy(name).unwrap();
            assert_eq!(policy.problems, [], "{name}");
            assert!(!policy.statements.is_empty(), "{name}");
        }
    }
}
