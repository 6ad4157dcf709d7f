//! Whether tieout finds what sslyze and `openssl s_client` find of one server: every pair of version and cipher that both can
//! speak.

use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The versions, in sslyze's words, in ours, and as flag of `openssl`; its build speaks none of SSL 2 and 3.
const VERSIONS: [(&str, &str, Option<&str>); 6] = [
    ("ssl_2_0", "SSLv2", None),
    ("ssl_3_0", "SSLv3", None),
    ("tls_1_0", "TLSv1", Some("-tls1")),
    ("tls_1_1", "TLSv1.1", Some("-tls1_1")),
    ("tls_1_2", "TLSv1.2", Some("-tls1_2")),
    ("tls_1_3", "TLSv1.3", Some("-tls1_3")),
];

/// How far two agree.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Pairs that both found.
    pub same: usize,
    /// Pairs that both can ask for, and only one found.
    pub differs: Vec<String>,
}

impl Agreement {
    fn enter(
        &mut self,
        version: &str,
        ours: &BTreeSet<String>,
        accepted: &BTreeSet<String>,
        refused: &BTreeSet<String>,
    ) {
        self.same += accepted.intersection(ours).count();
        self.differs
            .extend(accepted.difference(ours).map(|cipher| format!("{version} {cipher}: tieout lacks it")));
        self.differs.extend(
            ours.intersection(refused).map(|cipher| format!("{version} {cipher}: tieout alone finds it")),
        );
    }

    /// In a cell of a table.
    pub fn words(&self) -> String {
        match self.differs.is_empty() {
            true => format!("{0} of {0}", self.same),
            false => {
                format!("{} of {}: {}", self.same, self.same + self.differs.len(), self.differs.join("; "))
            }
        }
    }
}

/// What tieout found, from its JSON.
pub struct Ours(Value);

impl Ours {
    /// Reads the file that tieout wrote.
    pub fn read(file: &Path) -> Result<Ours> {
        let list: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
        Ok(Ours(list.pointer("/0/versions").context("tieout found no versions")?.clone()))
    }

    fn ciphers(&self, version: &str) -> BTreeSet<String> {
        let found = self.0.get(version).and_then(|offer| offer.get("ciphers")).and_then(Value::as_array);
        found.into_iter().flatten().filter_map(|one| Some(one.as_str()?.to_owned())).collect()
    }
}

/// Against the JSON that sslyze wrote.
pub fn with_sslyze(ours: &Ours, file: &Path) -> Result<Agreement> {
    let theirs: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
    let theirs = theirs.pointer("/server_scan_results/0/scan_result").context("sslyze found nothing")?;
    let mut agreement = Agreement::default();
    for (word, version, _) in VERSIONS {
        let result = theirs.pointer(&format!("/{word}_cipher_suites/result")).cloned().unwrap_or_default();
        let list = |name: &str| -> BTreeSet<String> {
            let list = result.get(name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(|one| Some(one.pointer("/cipher_suite/name")?.as_str()?.to_owned())).collect()
        };
        let (accepted, refused) = (list("accepted_cipher_suites"), list("rejected_cipher_suites"));
        agreement.enter(version, &ours.ciphers(version), &accepted, &refused);
    }
    Ok(agreement)
}

/// Against `openssl s_client`, which is started once for each version and cipher that it can offer.
pub fn with_s_client(ours: &Ours, port: u16) -> Result<Agreement> {
    let mut agreement = Agreement::default();
    for (_, version, flag) in VERSIONS {
        let Some(flag) = flag else { continue };
        let (mut accepted, mut refused) = (BTreeSet::new(), BTreeSet::new());
        for (name, word) in offered(flag)? {
            let list = if flag == "-tls1_3" { "-ciphersuites" } else { "-cipher" };
            let word = if flag == "-tls1_3" { word } else { format!("{word}:@SECLEVEL=0") };
            let status = Command::new("timeout")
                .args([
                    "20",
                    "openssl",
                    "s_client",
                    "-connect",
                    &format!("localhost:{port}"),
                    flag,
                    list,
                    &word,
                ])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .context("openssl s_client does not start")?;
            if status.success() {
                accepted.insert(name)
            } else {
                refused.insert(name)
            };
        }
        agreement.enter(version, &ours.ciphers(version), &accepted, &refused);
    }
    Ok(agreement)
}

/// The ciphers that `openssl` can offer at a version: the registered name, and its own.
fn offered(flag: &str) -> Result<Vec<(String, String)>> {
    let listed = Command::new("openssl")
        .args(["ciphers", "-stdname", "-s", flag, "ALL:COMPLEMENTOFALL:@SECLEVEL=0"])
        .output()
        .context("openssl ciphers")?;
    let listed = String::from_utf8(listed.stdout)?;
    Ok(listed
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            Some((words.next()?.to_owned(), words.nth(1)?.to_owned()))
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_a_peer_cannot_ask_for_is_no_difference_and_what_it_was_refused_is() {
        let mut agreement = Agreement::default();
        agreement.enter("TLSv1.2", &set(&["A", "B", "X"]), &set(&["A", "C"]), &set(&["B", "D"]));
        assert_eq!(agreement.same, 1);
        assert_eq!(agreement.differs, ["TLSv1.2 C: tieout lacks it", "TLSv1.2 B: tieout alone finds it"]);
        assert!(agreement.words().starts_with("1 of 3: "));
    }
}
