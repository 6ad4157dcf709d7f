//! The recipe: a script or Dockerfile that builds OpenSSL without the versions below a minimum, and a Python on it. Which source
//! archives it takes, and how their checksums are known, stands here; nothing is fetched or built by tieout itself.

use crate::wire::Version;

const SCRIPT: &str = include_str!("build.sh");
const DOCKERFILE: &str = include_str!("Dockerfile");

/// The day on which the sources were looked up.
const AS_OF: &str = "2026-11-25";

/// Debian's packages that the build needs.
const PACKAGES: &str = "ca-certificates curl gcc libc6-dev make perl xz-utils libbz2-dev libffi-dev liblzma-dev libsqlite3-dev zlib1g-dev";

/// A source archive.
struct Source {
    branch: &'static str,
    version: &'static str,
    sha256: &'static str,
    /// How the checksum is known.
    from: &'static str,
}

const OPENSSL: Source = Source {
    branch: "3.5",
    version: "3.5.9",
    sha256: "603f5602e2eef00d77fbd429d34dcd5822bb301757a1bc9cdb24c670f1eb859a",
    from: "OpenSSL 3.5 is mended until 2030-04-08. The checksum is that of Debian's signed source index (openssl 3.5.9-1~deb13u1).",
};

/// The newest branch last.
const PYTHONS: [Source; 3] = [
    Source {
        branch: "3.13",
        version: "3.13.18",
        sha256: "abb0102e6d4ae027509bcb82327d9dd85515b44a3ba8ad538cfc5e9847029f68",
        from: "Python 3.13 gets security patches until October 2029. The checksum is that of Debian's signed source index (python3.13 3.13.18-1).",
    },
    Source {
        branch: "3.14",
        version: "3.14.10",
        sha256: "de414a57119abef52784d8993e341d53aed635fc2b05c2607d9f98a2c5b72032",
        from: "Python 3.14 gets security patches until October 2030. The checksum is that of Debian's signed source index (python3.14 3.14.10-1).",
    },
    Source {
        branch: "3.15",
        version: "3.15.2",
        sha256: "8b5536d280142ecf6cdfe15d12a21ba1c65e300bbf7b28a8d0cdb849575797de",
        from: "Python 3.15 gets security patches until October 2031. The checksum is that of Debian's signed source index (python3.15 3.15.2-1).",
    },
];

/// The branch that is taken where none is named: the newest but one, which packages have had a year to follow.
const USUAL: &str = "3.14";

/// What is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A shell script.
    Script,
    /// A Dockerfile that holds the script.
    Dockerfile,
}

/// Why there is no such recipe.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// No archive of that branch is known.
    #[error(
        "Python {0}: no source archive of it is known here with its checksum ({1} are); print the recipe of one of those and set PYTHON_VERSION and PYTHON_SHA256 (from python.org) when you run it"
    )]
    Unknown(String, String),
    /// The text is no branch.
    #[error("`{0}` is no branch of Python; write X.Y, for example 3.14")]
    NoBranch(String),
}

/// A build.
pub struct Recipe {
    minimum: Version,
    python: &'static Source,
    form: Form,
}

impl Recipe {
    /// For a minimum and a branch of Python (`3.14`).
    ///
    /// # Errors
    /// Where the branch is not one that there is a checksum for.
    pub fn new(minimum: Version, python: Option<&str>, form: Form) -> Result<Recipe, RecipeError> {
        let branch = python.unwrap_or(USUAL);
        let is_branch = |(major, minor): (&str, &str)| major.parse::<u8>().and(minor.parse::<u8>()).is_ok();
        if !branch.split_once('.').is_some_and(is_branch) {
            return Err(RecipeError::NoBranch(branch.to_owned()));
        }
        let known = || PYTHONS.iter().map(|source| source.branch).collect::<Vec<_>>().join(", ");
        let python = PYTHONS
            .iter()
            .find(|source| source.branch == branch)
            .ok_or_else(|| RecipeError::Unknown(branch.to_owned(), known()))?;
        Ok(Recipe { minimum, python, form })
    }

    /// The text.
    pub fn text(&self) -> String {
        let script = self.filled(SCRIPT);
        match self.form {
            Form::Script => script,
            Form::Dockerfile => self.filled(DOCKERFILE).replace("@SCRIPT@\n", &script),
        }
    }

    fn filled(&self, template: &str) -> String {
        let mut old =
            vec!["no-ssl3", "no-ssl3-method", "no-tls1", "no-tls1-method", "no-tls1_1", "no-tls1_1-method"];
        let mut spoken = vec!["TLSv1_2", "TLSv1_3"];
        let mut min = "1.2";
        if self.minimum >= Version::Tls13 {
            old.extend(["no-tls1_2", "no-tls1_2-method"]);
            spoken.remove(0);
            min = "1.3";
        }
        let spoken = spoken.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        [
            ("@MIN@", min),
            ("@AS_OF@", AS_OF),
            ("@PACKAGES@", PACKAGES),
            ("@OPTIONS@", &old.join(" ")),
            ("@SPOKEN@", &format!("[{spoken}]")),
            ("@OPENSSL_FROM@", OPENSSL.from),
            ("@OPENSSL_BRANCH@", OPENSSL.branch),
            ("@OPENSSL_VERSION@", OPENSSL.version),
            ("@OPENSSL_SHA256@", OPENSSL.sha256),
            ("@PYTHON_FROM@", self.python.from),
            ("@PYTHON_BRANCH@", self.python.branch),
            ("@PYTHON_VERSION@", self.python.version),
            ("@PYTHON_SHA256@", self.python.sha256),
        ]
        .into_iter()
        .fold(template.to_owned(), |text, (mark, value)| text.replace(mark, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(minimum: Version, python: Option<&str>, form: Form) -> String {
        Recipe::new(minimum, python, form).unwrap().text()
    }

    #[test]
    fn every_mark_is_filled_in_both_forms() {
        for minimum in [Version::Tls12, Version::Tls13] {
            for form in [Form::Script, Form::Dockerfile] {
                for source in &PYTHONS {
                    let text = text(minimum, Some(source.branch), form);
                    let marks: Vec<&str> = text
                        .split(|c: char| {
                            !(c == '@' || c == '_' || c.is_ascii_uppercase() || c.is_ascii_digit())
                        })
                        .filter(|word| word.len() > 2 && word.starts_with('@') && word.ends_with('@'))
                        .collect();
                    assert!(marks.is_empty(), "{marks:?}");
                    assert!(text.contains(source.version) && text.contains(source.sha256));
                }
            }
        }
    }

    #[test]
    fn a_minimum_of_1_3_leaves_1_2_out_and_one_of_1_2_does_not() {
        assert!(text(Version::Tls13, None, Form::Script).contains("no-tls1_2 "));
        let usual = text(Version::Tls12, None, Form::Script);
        assert!(!usual.contains("no-tls1_2") && usual.contains("no-tls1_1 "));
    }

    #[test]
    fn checksums_have_the_length_of_sha_256_and_a_source_each() {
        for source in PYTHONS.iter().chain([&OPENSSL]) {
            assert!(source.sha256.len() == 64 && source.sha256.bytes().all(|b| b.is_ascii_hexdigit()));
            assert!(!source.from.is_empty() && source.version.starts_with(source.branch));
        }
    }

    #[test]
    fn a_branch_without_a_checksum_is_an_error_that_says_what_to_do() {
        let error = Recipe::new(Version::Tls12, Some("3.11"), Form::Script).err().unwrap().to_string();
        assert!(error.contains("PYTHON_SHA256") && error.contains("3.14"), "{error}");
        for odd in ["3", "x.y", "3.14; rm", ""] {
            assert!(matches!(
                Recipe::new(Version::Tls12, Some(odd), Form::Script),
                Err(RecipeError::NoBranch(_))
            ));
        }
    }
}
