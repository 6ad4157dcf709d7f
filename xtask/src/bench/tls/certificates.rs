//! Good and bad certificates, each shown by a server of its own: what tieout says is wrong, against what was made wrong, and
//! against `openssl verify`.

use super::servers::Server;
use crate::python::{Venv, root, succeed};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Cases in which openssl is known to answer otherwise, and why that is no error of either.
const KNOWN: &[(&str, &str)] = &[
    ("common name alone", "openssl takes the common name for a name of the host; RFC 9525 does not"),
    ("expired and of another name", "openssl stops at the name"),
];

/// The errors of `openssl verify` (openssl-verification-options(1)) and what they are in tieout's words.
const ERRORS: &[(u16, &[&str])] = &[
    (9, &["not_yet_valid"]),
    (10, &["expired"]),
    (18, &["self_signed"]),
    (19, &["untrusted"]),
    (20, &["untrusted", "incomplete_chain"]),
    (21, &["untrusted", "incomplete_chain"]),
    (24, &["untrusted"]),
    (25, &["untrusted"]),
    (26, &["untrusted"]),
    (47, &["untrusted"]),
    (62, &["wrong_name"]),
    (66, &["weak_key"]),
    (67, &["weak_key"]),
    (68, &["weak_signature"]),
    (79, &["untrusted"]),
];

/// Makes them, shows them, asks, and compares; a text for the results.
pub fn compare(venv: &Venv, binary: &Path, work: &Path) -> Result<String> {
    let folder = work.join("certificates");
    fs::create_dir_all(&folder)?;
    let script = root().join("bench").join("tls_certificates.py");
    succeed(venv.command("python").args(["-W", "ignore"]).arg(script).arg(&folder))?;
    let cases: BTreeMap<String, BTreeSet<String>> =
        serde_json::from_str(&fs::read_to_string(folder.join("cases.json"))?)?;
    let mut servers = Vec::new();
    for name in cases.keys() {
        let (cert, key, chain) = (format!("{name}.pem"), format!("{name}.key"), format!("{name}.chain"));
        let flags = ["-cipher", "DEFAULT:@SECLEVEL=0", "-cert", &cert, "-key", &key, "-cert_chain", &chain];
        let sent = if fs::metadata(folder.join(&chain))?.len() > 0 { flags.len() } else { flags.len() - 2 };
        servers.push(Server::start(venv, &folder, flags.get(..sent).unwrap_or(&flags))?);
    }
    let ours = ask(binary, &folder, &servers)?;
    let mut out = String::new();
    let (mut as_made, mut as_openssl, mut named) = (0, 0, Vec::new());
    for ((name, made), ours) in cases.iter().zip(&ours) {
        let theirs = verify(&folder, name)?;
        let says = |words: &BTreeSet<String>| match words.is_empty() {
            true => "nothing".to_owned(),
            false => words.iter().cloned().collect::<Vec<_>>().join(", "),
        };
        if ours == made {
            as_made += 1;
        } else {
            named.push(format!("{name}: made {}, tieout says {}", says(made), says(ours)));
        }
        let errors: Vec<String> = theirs.iter().map(ToString::to_string).collect();
        match (agrees(ours, &theirs), KNOWN.iter().find(|(known, _)| known == name)) {
            (true, _) => as_openssl += 1,
            (false, Some((_, why))) => named.push(format!("{name}: {why}")),
            (false, None) => named.push(format!(
                "{name}: tieout says {}, openssl verify {}",
                says(ours),
                if errors.is_empty() { "nothing".to_owned() } else { format!("error {}", errors.join(", ")) }
            )),
        }
    }
    let all = cases.len();
    let _ = writeln!(
        out,
        "Certificates: {all} servers with a certificate each, good ones and bad ones (`bench/tls_certificates.py`), asked in one\n\
         run. tieout's `problems` are what was made wrong in {as_made} of {all}, and what `openssl verify` says (purpose sslserver,\n\
         host name, level 2) in {as_openssl} of {all}.{}",
        if named.is_empty() { "" } else { " Differences:\n" }
    );
    named.iter().for_each(|line| {
        let _ = writeln!(out, "- {line}");
    });
    Ok(out)
}

/// What tieout says is wrong, in the order of the servers.
fn ask(binary: &Path, folder: &Path, servers: &[Server]) -> Result<Vec<BTreeSet<String>>> {
    let output = Command::new(binary)
        .args(["tls", "endpoint", "--no-config", "--ca", "root.pem", "--timeout", "60", "-f", "json"])
        .args(servers.iter().map(|server| format!("localhost:{}", server.port)))
        .current_dir(folder)
        .output()
        .context("tieout does not start")?;
    let list: Vec<Value> = serde_json::from_slice(&output.stdout)
        .with_context(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    let problems = |one: &Value| {
        let all = one.pointer("/certificate/problems").and_then(Value::as_array);
        let words = all.map(|all| all.iter().filter_map(|word| Some(word.as_str()?.to_owned())).collect());
        words.unwrap_or_else(|| BTreeSet::from(["no certificate seen".to_owned()]))
    };
    Ok(list.iter().map(problems).collect())
}

/// The errors of `openssl verify`.
fn verify(folder: &Path, name: &str) -> Result<BTreeSet<u16>> {
    let chain = format!("{name}.chain");
    let mut command = Command::new("openssl");
    command
        .args(["verify", "-no-CApath", "-no-CAstore", "-CAfile", "root.pem", "-purpose", "sslserver"])
        .args(["-verify_hostname", "localhost", "-auth_level", "2"])
        .current_dir(folder);
    if fs::metadata(folder.join(&chain))?.len() > 0 {
        command.args(["-untrusted", &chain]);
    }
    let output = command.arg(format!("{name}.pem")).output().context("openssl verify")?;
    let text = String::from_utf8_lossy(&output.stderr);
    let errors = text.lines().filter_map(|line| line.strip_prefix("error ")?.split(' ').next()?.parse().ok());
    Ok(errors.collect())
}

/// Whether each error is one of our words, and each word one of the errors.
fn agrees(ours: &BTreeSet<String>, errors: &BTreeSet<u16>) -> bool {
    let words =
        |error: &u16| ERRORS.iter().find(|(code, _)| code == error).map_or(&[][..], |(_, words)| *words);
    let covered = |word: &String| errors.iter().any(|error| words(error).contains(&word.as_str()));
    errors.iter().all(|error| words(error).iter().any(|word| ours.contains(*word)))
        && ours.iter().all(covered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_errors_agree_where_each_has_one_of_the_other() {
        let ours = |words: &[&str]| words.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        assert!(agrees(&ours(&[]), &BTreeSet::new()));
        assert!(agrees(&ours(&["incomplete_chain"]), &BTreeSet::from([20, 21])));
        assert!(!agrees(&ours(&["expired"]), &BTreeSet::from([62])));
        assert!(!agrees(&ours(&[]), &BTreeSet::from([10])));
        assert!(!agrees(&ours(&["expired", "wrong_name"]), &BTreeSet::from([10])));
    }
}
