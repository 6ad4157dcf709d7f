//! Whether tieout finds what sslyze and `openssl s_client` find of one server: every pair of version and cipher that both can
//! speak.

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// The versions, in our words and as flag of `openssl`; its build speaks none of SSL 2 and 3.
const VERSIONS: [(&str, Option<&str>); 6] = [
    ("SSLv2", None),
    ("SSLv3", None),
    ("TLSv1", Some("-tls1")),
    ("TLSv1.1", Some("-tls1_1")),
    ("TLSv1.2", Some("-tls1_2")),
    ("TLSv1.3", Some("-tls1_3")),
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

/// What is read of sslyze's JSON. The rest is passed over unread: the numbers of keys in it are none that serde_json can hold.
#[derive(Deserialize)]
struct Scans {
    server_scan_results: Vec<Scan>,
}

#[derive(Deserialize)]
struct Scan {
    scan_result: Option<Suites>,
}

#[derive(Deserialize)]
struct Suites {
    ssl_2_0_cipher_suites: Attempt,
    ssl_3_0_cipher_suites: Attempt,
    tls_1_0_cipher_suites: Attempt,
    tls_1_1_cipher_suites: Attempt,
    tls_1_2_cipher_suites: Attempt,
    tls_1_3_cipher_suites: Attempt,
}

#[derive(Deserialize)]
struct Attempt {
    result: Option<Lists>,
}

#[derive(Deserialize)]
struct Lists {
    accepted_cipher_suites: Vec<Accepted>,
    rejected_cipher_suites: Vec<Accepted>,
}

#[derive(Deserialize)]
struct Accepted {
    cipher_suite: Suite,
}

#[derive(Deserialize)]
struct Suite {
    name: String,
}

/// Against the JSON that sslyze wrote.
pub fn with_sslyze(ours: &Ours, file: &Path) -> Result<Agreement> {
    let scans: Scans = serde_json::from_str(&fs::read_to_string(file)?).context("sslyze's answer")?;
    let scan = scans.server_scan_results.into_iter().find_map(|scan| scan.scan_result);
    let scan = scan.context("sslyze found nothing")?;
    let all = [
        scan.ssl_2_0_cipher_suites,
        scan.ssl_3_0_cipher_suites,
        scan.tls_1_0_cipher_suites,
        scan.tls_1_1_cipher_suites,
        scan.tls_1_2_cipher_suites,
        scan.tls_1_3_cipher_suites,
    ];
    let names = |list: Vec<Accepted>| list.into_iter().map(|one| one.cipher_suite.name).collect();
    let mut agreement = Agreement::default();
    for ((version, _), attempt) in VERSIONS.into_iter().zip(all) {
        let lists = attempt.result.with_context(|| format!("sslyze has no answer for {version}"))?;
        let (accepted, refused) = (names(lists.accepted_cipher_suites), names(lists.rejected_cipher_suites));
        agreement.enter(version, &ours.ciphers(version), &accepted, &refused);
    }
    Ok(agreement)
}

/// Against `openssl s_client`, which is started once for each version and cipher that it can offer.
pub fn with_s_client(ours: &Ours, port: u16) -> Result<Agreement> {
    let mut agreement = Agreement::default();
    for (version, flag) in VERSIONS {
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
