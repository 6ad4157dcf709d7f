//! `.python-version` (pyenv, uv), and what a word says of a Python: the one place that knows the words of pyenv, uv, asdf,
//! mise and Heroku.

use super::Cx;
use super::specifier::{pin_of, python};
use crate::{Product, RuntimeDeclaration};
use tieout_model::{Gap, Place, Reason};
use tieout_source::LineIndex;

/// `.python-version`, `.python-versions`
pub(super) fn is_python_version(_path: &str, name: &str) -> bool {
    matches!(name, ".python-version" | ".python-versions")
}

/// The parser: pyenv reads the first word of each line.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let index = LineIndex::new(&text);
    let by = cx.path.rsplit('/').next().unwrap_or_default().to_owned();
    for (offset, line) in lines(&text) {
        let Some(word) = line.split_whitespace().next() else { continue };
        let from = offset + line.find(word).unwrap_or(0);
        let at = index.place(&cx.path, from..from + word.len());
        cx.out.runtimes.extend(declaration(word, &by, at));
    }
}

/// The lines of a text with their offsets, comments cut off.
pub(super) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut offset = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = offset;
        offset += line.len();
        let kept = line.split('#').next().unwrap_or_default();
        // A byte order mark is no part of a word.
        let kept = kept.strip_prefix('\u{feff}').unwrap_or(kept);
        (start + line.find(kept).unwrap_or(0), kept)
    })
}

/// What a word declares; `None` for a specifier that says nothing (`*`).
pub(super) fn declaration(word: &str, by: &str, at: Place) -> Option<RuntimeDeclaration> {
    if word.starts_with(['>', '<', '=', '~', '!', '*']) {
        return python(word, &pin_of(word), by, at);
    }
    let mut declaration = RuntimeDeclaration {
        product: Product::Python,
        release: Ok(String::new()),
        exact: None,
        at_least: false,
        written: word.to_owned(),
        by: by.to_owned(),
        at,
    };
    match version(word) {
        Ok((release, exact)) => (declaration.release, declaration.exact) = (Ok(release), exact),
        Err(why) => {
            declaration.release = Err(Gap::new(
                Reason::Unresolved,
                format!("Python `{word}`: {why}"),
                format!("write the version of CPython into {by}: 3.13"),
            ));
        }
    }
    Some(declaration)
}

/// Release and exact version of a word for CPython; else why there is none.
fn version(word: &str) -> Result<(String, Option<String>), &'static str> {
    // pyenv-virtualenv names an environment `3.8.10/envs/NAME`; uv a build `cpython-3.12.3-linux-x86_64-gnu`.
    let word = word.split('/').next().unwrap_or_default();
    let lower = word.to_ascii_lowercase();
    if lower == "system" {
        return Err("the machine decides which one that is");
    }
    const OTHERS: [&str; 13] = [
        "pypy",
        "graal",
        "jython",
        "ironpython",
        "micropython",
        "stackless",
        "anaconda",
        "miniconda",
        "miniforge",
        "mambaforge",
        "nogil",
        "cinder",
        "pyston",
    ];
    if OTHERS.iter().any(|other| lower.starts_with(other)) {
        return Err("not CPython, whose days are known here");
    }
    let bare = ["cpython", "python"].iter().find_map(|prefix| lower.strip_prefix(prefix)).unwrap_or(&lower);
    let bare = bare.trim_start_matches(['-', '@', ':', '=']);
    let bare = bare.strip_prefix('v').unwrap_or(bare);
    let first = bare.split('-').next().unwrap_or_default().split('+').next().unwrap_or_default();
    // `3.13t` is the build without the lock, `3.13d` the one for debugging.
    let first = first.strip_suffix(['t', 'd']).unwrap_or(first);
    let parts: Vec<&str> = first.split('.').collect();
    let number = |part: &str| !part.is_empty() && part.len() < 4 && part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        [major @ ("2" | "3"), minor] if number(minor) => Ok((format!("{major}.{minor}"), None)),
        [major @ ("2" | "3"), minor, "x" | "*"] if number(minor) => Ok((format!("{major}.{minor}"), None)),
        [major @ ("2" | "3"), minor, patch] if number(minor) && is_patch(patch) => {
            Ok((format!("{major}.{minor}"), Some(first.to_owned())))
        }
        ["2" | "3"] => Err("it names no minor version"),
        _ => Err("it names no version of CPython"),
    }
}

/// `10`, `0rc1`, `0a7`
fn is_patch(patch: &str) -> bool {
    let end = patch.find(|c: char| !c.is_ascii_digit()).unwrap_or(patch.len());
    let (digits, rest) = patch.split_at_checked(end).unwrap_or((patch, ""));
    let stage = ["rc", "a", "b"].iter().find_map(|stage| rest.strip_prefix(stage));
    let is_number =
        |text: &str| !text.is_empty() && text.len() < 4 && text.bytes().all(|b| b.is_ascii_digit());
    is_number(digits) && (rest.is_empty() || stage.is_some_and(is_number))
}

#[cfg(test)]
pub(in crate::inputs) use tests::told;

#[cfg(test)]
mod tests {
    use crate::Tree;
    use crate::inputs::read;
    use proptest::prelude::*;

    pub(in crate::inputs) fn told(path: &str, text: &str) -> Vec<String> {
        let reading = read(&Tree::of_texts([(path, text)]));
        assert!(reading.manifests.is_empty(), "{path} names no packages");
        let shown = |one: &crate::RuntimeDeclaration| {
            let release = one.release.as_ref().map_or("?", String::as_str);
            let exact = one.exact.as_ref().map(|exact| format!("={exact}")).unwrap_or_default();
            let least = if one.at_least { "+" } else { "" };
            let line = one.at.file_line().unwrap().1;
            format!("{line}: {} {release}{exact}{least}", one.product.as_str())
        };
        reading.runtimes.iter().map(shown).collect()
    }

    #[test]
    fn the_words_of_pyenv_and_uv_are_understood() {
        for (text, expected) in [
            ("3.8.10\n", "1: python 3.8=3.8.10"),
            ("3.8", "1: python 3.8"),
            ("\u{feff}3.8\r\n", "1: python 3.8"),
            ("# why\n\n  3.9.1  # pinned\n", "3: python 3.9=3.9.1"),
            ("3.13.0rc1", "1: python 3.13=3.13.0rc1"),
            ("3.14-dev", "1: python 3.14"),
            ("3.13t", "1: python 3.13"),
            ("3.13.1t", "1: python 3.13=3.13.1"),
            ("3.8.x", "1: python 3.8"),
            ("cpython-3.12.3-linux-x86_64-gnu", "1: python 3.12=3.12.3"),
            ("cpython@3.12", "1: python 3.12"),
            ("python3.11", "1: python 3.11"),
            ("3.8.10/envs/shop", "1: python 3.8=3.8.10"),
            (">=3.8,<3.13", "1: python 3.8+"),
            ("==3.8.10", "1: python 3.8=3.8.10"),
            ("3", "1: python ?"),
            ("system", "1: python ?"),
            ("pypy3.9-7.3.16", "1: python ?"),
            ("miniconda3-4.7.12", "1: python ?"),
            ("shop-3.8", "1: python ?"),
            ("shop", "1: python ?"),
            ("38", "1: python ?"),
            ("3.8.", "1: python ?"),
            ("3.8.10.2", "1: python ?"),
            ("4.0", "1: python ?"),
        ] {
            assert_eq!(told(".python-version", text), [expected], "{text}");
        }
        assert_eq!(told(".python-version", "\n# 3.8\n"), [""; 0]);
        let several = ["1: python 3.11=3.11.2", "2: python 2.7=2.7.18"];
        assert_eq!(told("api/.python-version", "3.11.2\n2.7.18\n"), several);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "([0-9]|\\.|-|/|@|python|cpython|pypy|>=|\n|#|\\PC){0,40}") {
            let _ = read(&Tree::of_texts([(".python-version", &*text), ("runtime.txt", &*text), (".tool-versions", &*text)]));
        }

        #[test]
        fn each_word_is_told(words in proptest::collection::vec("[a-z0-9.]{1,9}", 0..6)) {
            let reading = read(&Tree::of_texts([(".python-version", &*words.join("\n"))]));
            prop_assert_eq!(reading.runtimes.len(), words.len());
        }
    }
}
