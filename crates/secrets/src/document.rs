//! A text that is looked at, and what its path tells of it.

use crate::syntax::Syntax;

/// A text that is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Document<'a> {
    /// Relative to the root, `/`-separated; inside of an archive behind `!/`.
    pub path: &'a str,
    /// Its bytes.
    pub bytes: &'a [u8],
    /// How it is written.
    pub syntax: Syntax,
    /// Whether it is part of an installed package, published to everyone: names say nothing of the user's secrets there.
    pub third_party: bool,
    /// Whether it is a test, an example or documentation: there values are made up.
    pub example: bool,
}

impl<'a> Document<'a> {
    /// A document, with what its path and its first bytes tell.
    pub fn new(path: &'a str, bytes: &'a [u8]) -> Document<'a> {
        let head = bytes.get(..bytes.len().min(2048)).unwrap_or_default();
        let syntax = if memchr::memchr(0, head).is_some() {
            Syntax::Binary
        } else {
            Syntax::of_path(path).seen_in(head)
        };
        Document { path, bytes, syntax, third_party: is_third_party(path), example: is_example(path) }
    }

    /// Whether values are made up here.
    pub(crate) fn is_example(&self) -> bool {
        self.example
    }
}

/// Folders into which packages are installed.
const INSTALLED: &[&str] =
    &["site-packages/", "dist-packages/", "node_modules/", "bower_components/", ".terraform/", "/vendor/"];

fn is_third_party(path: &str) -> bool {
    INSTALLED.iter().any(|folder| path.contains(folder))
}

/// Folders of tests, examples and documentation.
const EXAMPLES: &[&str] = &[
    "test",
    "tests",
    "testing",
    "unittests",
    "fixtures",
    "fixture",
    "testdata",
    "test_data",
    "test-data",
    "mock",
    "mocks",
    "example",
    "examples",
    "sample",
    "samples",
    "doc",
    "docs",
    "__tests__",
    "cassettes",
    "spec",
    "demo",
    "demos",
    "tutorial",
    "tutorials",
    "snapshots",
    "__snapshots__",
    // Texts for people, in many languages.
    "translations",
    "locale",
    "locales",
    "i18n",
    "l10n",
];

fn is_example(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit(['/', '!']).next().unwrap_or(&lower);
    let mut folders = lower.split('/');
    folders.next_back();
    folders.any(|folder| EXAMPLES.contains(&folder))
        || name.starts_with("test_")
        || name.starts_with("conftest")
        || name.starts_with("readme")
        // The README of an installed package.
        || lower.ends_with(".dist-info/metadata")
        || name == "pkg-info"
        || name.starts_with("changelog")
        || [
            "_test.py",
            "_tests.py",
            "tests.py",
            ".md",
            ".rst",
            ".example",
            ".sample",
            ".test.js",
            ".test.ts",
            ".spec.ts",
            ".spec.js",
            ".adoc",
            ".dist",
            ".template.env",
        ]
        .iter()
        .any(|ending| name.ends_with(ending))
        || name.contains(".example.")
        || name.contains(".sample.")
}
