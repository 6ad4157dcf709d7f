//! What a URL or path of a requirement says: where the package comes from, its name and version where the file name tells
//! them; credentials are taken out here and nowhere else. Nothing is fetched.

use crate::name::is_name;
use crate::{Credentials, Origin};
use pep440_rs::Version;
use std::str::FromStr;
use tieout_source::redact;

/// A URL that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clean {
    /// Without credentials.
    pub(crate) url: String,
    /// What was taken out.
    pub(crate) credentials: Option<Credentials>,
}

/// Takes the credentials out of a URL. What comes from the environment (`${TOKEN}`) stays, as it is no secret.
pub(crate) fn clean(url: &str) -> Clean {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Clean { url: url.to_owned(), credentials: None };
    };
    let (user_info, host) = split_user(rest);
    let (host, from_query) = clean_query(host);
    let Some(user_info) = user_info else {
        return Clean { url: format!("{scheme}://{host}"), credentials: from_query };
    };
    let (user, password) = match user_info.split_once(':') {
        Some((user, password)) => (user, Some(password)),
        None => (user_info, None),
    };
    let secret = match password {
        Some(password) if !password.is_empty() => Some(password),
        // `https://TOKEN@host`; the user of ssh (`git@`) is none.
        _ if scheme.ends_with("ssh") || user.is_empty() || user == "git" => None,
        _ => Some(user),
    };
    let from_user = secret.filter(|secret| !is_reference(secret)).map(credentials);
    let kept = match secret {
        // What the environment gives is shown as it is written; the user of ssh is part of the address.
        Some(_) if from_user.is_none() => format!("{user_info}@"),
        None if !user.is_empty() => format!("{user}@"),
        _ => String::new(),
    };
    Clean { url: format!("{scheme}://{kept}{host}"), credentials: from_user.or(from_query) }
}

/// User information and the rest. A `/` may stand in a careless password; an `@` after a path is a revision.
fn split_user(rest: &str) -> (Option<&str>, &str) {
    // `${A:-b/c}` and `{{ a }}` may hold anything; they are rare enough to be left to the plain rule.
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if let Some((user, _)) = authority.rsplit_once('@') {
        let after = rest.get(user.len() + 1..).unwrap_or_default();
        return (Some(user), after);
    }
    let port_like = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    match authority.split_once(':') {
        Some((_, port)) if !port_like(port) && !port.starts_with('$') && authority.len() < rest.len() => {
            match rest.rsplit_once('@') {
                Some((user, host)) => (Some(user), host),
                None => (None, rest),
            }
        }
        _ => (None, rest),
    }
}

/// A query's secrets (`?private_token=…`) are taken out too.
fn clean_query(rest: &str) -> (String, Option<Credentials>) {
    let Some((path, query)) = rest.split_once('?') else { return (rest.to_owned(), None) };
    let (query, fragment) = match query.split_once('#') {
        Some((query, fragment)) => (query, Some(fragment)),
        None => (query, None),
    };
    let mut found = None;
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if !is_reference(value) && redact::classify_secret(name, value).is_some() => {
                found.get_or_insert_with(|| credentials(value));
                format!("{name}=…")
            }
            _ => pair.to_owned(),
        })
        .collect();
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    (format!("{path}?{}{fragment}", pairs.join("&")), found)
}

/// True for what another place gives: `${TOKEN}`, `$TOKEN`, `%(TOKEN)s`, `{{ token }}`, `<token>`, and stars.
fn is_reference(text: &str) -> bool {
    let text = text.trim();
    text.contains("${")
        || text.starts_with('$')
        || text.contains("%(")
        || (text.starts_with('%') && text.ends_with('%'))
        || text.contains("{{")
        || (text.starts_with('<') && text.ends_with('>'))
        || text.chars().all(|c| c == '*' || c == '…')
        || text == "****"
}

fn credentials(secret: &str) -> Credentials {
    Credentials { redacted: redact::shown(secret), fingerprint: redact::fingerprint(secret) }
}

/// A text in which every URL is without credentials, and every other secret is replaced by a mark; on one line.
pub(crate) fn without_secrets(text: &str) -> String {
    let line: Vec<&str> = text.split_whitespace().collect();
    let cleaned: Vec<String> = line
        .iter()
        .map(|word| if word.contains("://") { without_credentials(word) } else { (*word).to_owned() })
        .collect();
    let mut text = redact::redact_secrets_in(&cleaned.join(" ")).into_owned();
    const MOST: usize = 200;
    if let Some((cut, _)) = text.char_indices().nth(MOST) {
        text.truncate(cut);
        text.push('…');
    }
    text
}

/// A word without the credentials of the URL in it.
pub(crate) fn without_credentials(word: &str) -> String {
    // What stands before the scheme (`--index-url=`) is no part of the URL.
    let Some(colon) = word.find("://") else { return word.to_owned() };
    let before = word.get(..colon).unwrap_or_default();
    let start = before
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-')))
        .map_or(0, |at| at + before.get(at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
    let (head, url) = word.split_at_checked(start).unwrap_or(("", word));
    format!("{head}{}", clean(url).url)
}

/// Where a package comes from, and what its URL or path tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located {
    /// Where from, credentials taken out.
    pub(crate) origin: Origin,
    /// `#egg=NAME`, or the name in an archive's file name; as written.
    pub(crate) name: Option<String>,
    /// `#egg=NAME[EXTRA]`.
    pub(crate) extras: Vec<String>,
    /// The version in an archive's file name.
    pub(crate) version: Option<Version>,
    /// `sha256:HEX` from the fragment.
    pub(crate) hashes: Vec<String>,
}

/// Reads a URL, a VCS URL or a path.
pub(crate) fn locate(written: &str) -> Located {
    let (address, fragment) = match written.split_once('#') {
        Some((address, fragment)) => (address, fragment),
        None => (written, ""),
    };
    let url = clean(address).url;
    let mut located =
        Located { origin: origin(&url), name: None, extras: Vec::new(), version: None, hashes: Vec::new() };
    if !matches!(located.origin, Origin::Vcs { .. }) {
        let file = url.split('?').next().unwrap_or_default().rsplit(['/', '\\']).next().unwrap_or_default();
        if let Some((name, version)) = archive_name(&decoded(file)) {
            (located.name, located.version) = (Some(name), Some(version));
        }
    }
    for part in fragment.split('&') {
        match part.split_once('=') {
            Some(("egg", egg)) => take_egg(&mut located, egg),
            Some((algorithm @ ("sha256" | "sha384" | "sha512" | "md5" | "sha1"), hex)) => {
                located.hashes.push(format!("{algorithm}:{}", hex.to_ascii_lowercase()));
            }
            _ => {}
        }
    }
    located
}

fn take_egg(located: &mut Located, egg: &str) {
    let egg = decoded(egg);
    let (name, extras) = match egg.split_once('[') {
        Some((name, extras)) => (name, extras.trim_end_matches(']')),
        None => (egg.as_str(), ""),
    };
    // Old files write the version too: `#egg=name-1.0`, `#egg=name==1.0`.
    let name = name.split(['=', '<', '>', '~', '!', ';', ' ']).next().unwrap_or_default();
    let versioned = name.rsplit_once('-').and_then(|(name, version)| {
        let starts = version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.');
        Version::from_str(version).ok().filter(|_| starts).map(|_| name)
    });
    let name = versioned.unwrap_or(name);
    if is_name(name) {
        located.name = Some(name.to_owned());
    }
    let extras = extras.split(',').map(str::trim).filter(|extra| is_name(extra));
    located.extras = extras.map(|extra| crate::PackageName::new(extra).as_str().to_owned()).collect();
    located.extras.sort();
}

fn origin(url: &str) -> Origin {
    for kind in ["git", "hg", "svn", "bzr"] {
        let Some(rest) = url.strip_prefix(kind) else { continue };
        if let Some(rest) = rest.strip_prefix('+') {
            return vcs(kind, rest);
        }
        if kind == "git" && rest.starts_with("://") {
            return vcs(kind, url);
        }
    }
    if let Some(path) = url.strip_prefix("file:") {
        let path = path.strip_prefix("//localhost").or_else(|| path.strip_prefix("//")).unwrap_or(path);
        return Origin::Path(decoded(path));
    }
    if url.contains("://") { Origin::Url(url.to_owned()) } else { Origin::Path(url.to_owned()) }
}

/// `URL@REVISION`: the `@` after the last `/` or `:` of the path; one before it is the user's.
fn vcs(kind: &str, url: &str) -> Origin {
    let path_start = url.find("://").map_or(0, |at| at + 3);
    let path = url.get(path_start..).unwrap_or_default();
    let slash = path.find(['/', ':']).unwrap_or(0);
    let revision_at = path.get(slash..).and_then(|path| path.rfind('@')).map(|at| path_start + slash + at);
    let (url, revision) = match revision_at.and_then(|at| url.split_at_checked(at)) {
        Some((url, revision)) => (url, revision.strip_prefix('@').filter(|revision| !revision.is_empty())),
        None => (url, None),
    };
    Origin::Vcs { kind: kind.to_owned(), url: url.to_owned(), revision: revision.map(str::to_owned) }
}

/// True where a text is the name of an archive that pip installs.
pub(crate) fn is_archive(text: &str) -> bool {
    const ENDS: [&str; 10] =
        [".whl", ".zip", ".tar.gz", ".tgz", ".tar", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar.lzma"];
    let lower = text.to_ascii_lowercase();
    ENDS.iter().any(|end| lower.ends_with(end))
}

/// Name and version out of an archive's file name: wheels by the wheel specification, source archives by the last `-`
/// that a version follows.
pub(crate) fn archive_name(file: &str) -> Option<(String, Version)> {
    if let Some(stem) = file.strip_suffix(".whl") {
        let parts: Vec<&str> = stem.split('-').collect();
        let [name, version, .., _, _, _] = parts.as_slice() else { return None };
        let version =
            Version::from_str(&version.replace('_', "-")).or_else(|_| Version::from_str(version)).ok()?;
        return is_name(name).then(|| ((*name).to_owned(), version));
    }
    let stem =
        [".tar.gz", ".zip", ".tar.bz2", ".tgz", ".tar.xz"].iter().find_map(|end| file.strip_suffix(end))?;
    stem.match_indices('-').map(|(at, _)| at).find_map(|at| {
        let (name, version) = (stem.get(..at)?, stem.get(at + 1..)?);
        let starts = version.starts_with(|c: char| c.is_ascii_digit());
        let version = Version::from_str(version).ok().filter(|_| starts)?;
        is_name(name).then(|| (name.to_owned(), version))
    })
}

/// `%20` and the like decoded; what is no such escape stays.
fn decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escape = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = escape.filter(|_| *first == b'%').and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url_of(text: &str) -> (String, bool) {
        let clean = clean(text);
        (clean.url, clean.credentials.is_some())
    }

    #[test]
    fn credentials_are_taken_out_and_references_stay() {
        for (written, shown, secret) in [
            ("https://bob:hunter22@host/simple", "https://host/simple", true),
            ("https://aTokenOfSomeLength@host/simple", "https://host/simple", true),
            ("https://bob:${TOKEN}@host/simple", "https://bob:${TOKEN}@host/simple", false),
            ("https://${USER}:${TOKEN}@host/simple", "https://${USER}:${TOKEN}@host/simple", false),
            ("https://host:8080/simple", "https://host:8080/simple", false),
            ("https://bob:hun/ter@22@host/simple", "https://host/simple", true),
            ("git+ssh://git@github.com/a/b.git@v1", "git+ssh://git@github.com/a/b.git@v1", false),
            ("git+https://github.com/a/b.git@v1", "git+https://github.com/a/b.git@v1", false),
            ("git+https://x:pw1@github.com/a/b.git@v1", "git+https://github.com/a/b.git@v1", true),
            ("http://host/simple", "http://host/simple", false),
        ] {
            assert_eq!(url_of(written), (shown.to_owned(), secret), "{written}");
        }
    }

    #[test]
    fn what_cannot_be_audited_is_told_without_its_secrets() {
        let told = without_secrets("--extra-index-url=https://bob:hunter22@host/simple odd");
        assert_eq!(told, "--extra-index-url=https://host/simple odd");
    }

    #[test]
    fn a_repository_has_its_revision_and_its_name() {
        let located = locate("git+https://github.com/a/b.git@v1.2#egg=Some_Name[x]&subdirectory=sub");
        let Origin::Vcs { kind, url, revision } = &located.origin else { panic!("{located:?}") };
        assert_eq!((kind.as_str(), url.as_str()), ("git", "https://github.com/a/b.git"));
        assert_eq!(revision.as_deref(), Some("v1.2"));
        assert_eq!(located.name.as_deref(), Some("Some_Name"));
        assert_eq!(located.extras, ["x"]);
        let plain = locate("git+ssh://git@host/a/b.git");
        assert!(matches!(plain.origin, Origin::Vcs { revision: None, .. }), "{plain:?}");
    }

    #[test]
    fn archives_tell_their_version() {
        for (file, name, version) in [
            ("Django-2.2.28-py3-none-any.whl", "Django", "2.2.28"),
            ("a_b-1.0+cu118-1-cp39-cp39-linux_x86_64.whl", "a_b", "1.0+cu118"),
            ("zope.interface-5.0.0.tar.gz", "zope.interface", "5.0.0"),
            ("python-dateutil-2.8.zip", "python-dateutil", "2.8"),
            ("x-1!2.0.post1.tar.gz", "x", "1!2.0.post1"),
        ] {
            let (found, at) = archive_name(file).unwrap();
            assert_eq!((found.as_str(), at), (name, Version::from_str(version).unwrap()), "{file}");
        }
        for file in ["v1.2.3.zip", "main.tar.gz", "x.whl", "a-b.zip"] {
            assert_eq!(archive_name(file), None, "{file}");
        }
        let located = locate("https://h/p/Foo-1.0.tar.gz#sha256=AB");
        assert_eq!(located.hashes, ["sha256:ab"]);
    }
}
