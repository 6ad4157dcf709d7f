//! What an `openssl.cnf` sets for every program that reads it: the section that `openssl_conf`, `ssl_conf` and `system_default`
//! lead to. Nothing else of the file is read, and nothing of it is run.

use super::image::inside;
use super::report::OpensslSettings;
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// How deep files may include one another.
const DEPTH: usize = 8;
/// The most lines that are read, of all files together.
const MOST_LINES: usize = 100_000;

/// What was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Read {
    /// The settings.
    Settings(OpensslSettings),
    /// There is no such file: OpenSSL goes by its own defaults.
    Absent,
    /// There is one, and it cannot be read.
    Unreadable(String),
}

impl Read {
    /// The settings, if there are any.
    pub fn settings(self) -> Option<OpensslSettings> {
        match self {
            Read::Settings(settings) => Some(settings),
            Read::Absent | Read::Unreadable(_) => None,
        }
    }
}

/// The settings of a file; `root` is the folder that absolute paths of `.include` begin at, `/` but for an image.
pub fn settings(path: &Path, root: &Path) -> Read {
    match std::fs::read(path) {
        // OpenSSL reads bytes: what is no UTF-8 ends nothing.
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            Read::Settings(parse(&text, &|path| included(path, root)))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Read::Absent,
        Err(error) => Read::Unreadable(error.to_string()),
    }
}

/// The text of an included file, or of all `.cnf` and `.conf` files of a folder.
fn included(path: &str, root: &Path) -> Option<String> {
    let base = std::env::var_os("OPENSSL_CONF_INCLUDE").map(PathBuf::from).unwrap_or_default();
    let path = base.join(path);
    let path = if root == Path::new("/") { path } else { inside(root, &path)? };
    if !path.is_dir() {
        return std::fs::read_to_string(path).ok();
    }
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(path).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "cnf" || ending == "conf"));
    files.sort();
    Some(files.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect::<Vec<_>>().join("\n"))
}

type Sections = BTreeMap<String, BTreeMap<String, String>>;

/// The settings of a text; `include` hands in what `.include` names.
pub fn parse(text: &str, include: &dyn Fn(&str) -> Option<String>) -> OpensslSettings {
    let mut reading = Reading { sections: Sections::new(), section: "default".to_owned(), lines: 0 };
    reading.take(text, include, 0);
    let sections = reading.sections;
    let value = |section: &str, key: &str| sections.get(section)?.get(key).cloned();
    let defaults = value("default", "openssl_conf")
        .and_then(|section| value(&section, "ssl_conf"))
        .and_then(|section| value(&section, "system_default"))
        .and_then(|section| sections.get(&section));
    let Some(defaults) = defaults else { return OpensslSettings::default() };
    let get = |wanted: &str| {
        let is_it = |key: &str| key.rsplit('.').next().is_some_and(|own| own.eq_ignore_ascii_case(wanted));
        defaults.iter().find(|(key, _)| is_it(key)).map(|(_, value)| value.clone())
    };
    let cipher_string = get("CipherString");
    OpensslSettings {
        min_protocol: get("MinProtocol"),
        max_protocol: get("MaxProtocol"),
        security_level: cipher_string.as_deref().and_then(security_level),
        cipher_string,
        ciphersuites: get("Ciphersuites"),
        options: get("Options"),
    }
}

/// The number of the last `@SECLEVEL=`.
fn security_level(ciphers: &str) -> Option<u8> {
    let (_, rest) = ciphers.rsplit_once("@SECLEVEL=")?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

struct Reading {
    sections: Sections,
    section: String,
    lines: usize,
}

impl Reading {
    fn take(&mut self, text: &str, include: &dyn Fn(&str) -> Option<String>, depth: usize) {
        let mut joined = String::new();
        for line in text.lines() {
            self.lines += 1;
            if self.lines > MOST_LINES {
                return;
            }
            match line.strip_suffix('\\') {
                Some(start) => joined.push_str(start),
                None => {
                    joined.push_str(line);
                    self.line(&std::mem::take(&mut joined), include, depth);
                }
            }
        }
        self.line(&joined, include, depth);
    }

    fn line(&mut self, line: &str, include: &dyn Fn(&str) -> Option<String>, depth: usize) {
        let line = without_comment(line).trim().to_owned();
        if let Some(rest) = line.strip_prefix(".include") {
            let path = rest.trim_start().trim_start_matches('=').trim();
            if depth < DEPTH
                && let Some(text) = include(&unquoted(path))
            {
                self.take(&text, include, depth + 1);
            }
            return;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            self.section = name.0.trim().to_owned();
            return;
        }
        let Some((key, value)) = line.split_once('=') else { return };
        let (section, key) = match key.trim().split_once("::") {
            Some((section, key)) => (section.to_owned(), key.to_owned()),
            None => (self.section.clone(), key.trim().to_owned()),
        };
        let value = self.expanded(&unquoted(value.trim()), &section);
        self.sections.entry(section).or_default().insert(key, value);
    }

    /// Puts the values of variables (`$name`, `${section::name}`) in, those of the environment left out.
    fn expanded(&self, value: &str, section: &str) -> String {
        let mut out = String::new();
        let mut rest = value;
        while let Some((before, after)) = rest.split_once('$') {
            out.push_str(before);
            let closing = match after.chars().next() {
                Some('{') => Some('}'),
                Some('(') => Some(')'),
                _ => None,
            };
            let (name, left) = match closing.and_then(|closing| after.get(1..)?.split_once(closing)) {
                Some(parts) => parts,
                None => {
                    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
                    after.split_at(after.find(|c| !is_name(c)).unwrap_or(after.len()))
                }
            };
            let (of, key) = name.split_once("::").unwrap_or((section, name));
            let known = [of, "default"].into_iter().find_map(|of| self.sections.get(of)?.get(key));
            out.push_str(known.map_or("", String::as_str));
            rest = left;
        }
        out.push_str(rest);
        out
    }
}

/// The line up to `#` or, at its start, `;`.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    for (index, c) in line.char_indices() {
        match (quote, c) {
            (None, '#') => return line.get(..index).unwrap_or_default(),
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    if line.trim_start().starts_with(';') { "" } else { line }
}

fn unquoted(value: &str) -> String {
    value.chars().filter(|c| !matches!(c, '"' | '\'')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> OpensslSettings {
        parse(text, &|_| None)
    }

    const HEAD: &str =
        "openssl_conf = init\n[init]\nssl_conf = ssl\n[ssl]\nsystem_default = system\n[system]\n";

    #[test]
    fn the_section_that_three_names_lead_to_is_what_counts() {
        let settings =
            read(&format!("{HEAD}MinProtocol = TLSv1.2 # why\nCipherString = DEFAULT:@SECLEVEL=2\n"));
        assert_eq!(settings.min_protocol.as_deref(), Some("TLSv1.2"));
        assert_eq!(settings.cipher_string.as_deref(), Some("DEFAULT:@SECLEVEL=2"));
        assert_eq!(settings.security_level, Some(2));
        let astray = format!("{HEAD}[other]\nMinProtocol = TLSv1.3\n");
        assert_eq!(read(&astray), OpensslSettings::default());
        assert_eq!(read("[system]\nMinProtocol = TLSv1.3\n"), OpensslSettings::default());
        assert_eq!(read("; openssl_conf = init\n"), OpensslSettings::default());
    }

    #[test]
    fn included_files_continued_lines_variables_and_quotes_are_read() {
        let text = "least = TLSv1.3\nopenssl_conf = init\n.include = one.cnf\n[ssl]\nsystem_default = system\n\
                    [system]\nMinProtocol = $default::least\nCipherString = \"ECDHE\\\n:@SECLEVEL=0\"\nOptions = ${x}\n";
        let include = |path: &str| (path == "one.cnf").then(|| "[init]\nssl_conf = ssl".to_owned());
        let settings = parse(text, &include);
        assert_eq!(settings.min_protocol.as_deref(), Some("TLSv1.3"));
        assert_eq!(settings.cipher_string.as_deref(), Some("ECDHE:@SECLEVEL=0"));
        assert_eq!(settings.security_level, Some(0));
        assert_eq!(settings.options.as_deref(), Some(""));
    }

    #[test]
    fn a_file_that_includes_itself_comes_to_an_end() {
        parse(".include self\n.include self\n", &|_| Some(".include self\n.include self\n".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "(\\[[a-z ]{0,5}\\]?\n|[a-z$:{}() .=\"'\\\\#]{0,20}\n|\\.include [a-z]{0,3}\n){0,20}") {
            parse(&text, &|path| (path == "a").then(|| "x = 1".to_owned()));
        }
    }
}
