//! `runtime.txt` of Heroku, Cloud Foundry, Netlify and Binder.

use super::Cx;
use super::python_version::{declaration, lines};
use tieout_source::LineIndex;

/// `runtime.txt`
pub(super) fn is_runtime_txt(_path: &str, name: &str) -> bool {
    name == "runtime.txt"
}

/// Other languages that a platform reads from this file.
const OTHERS: [&str; 8] = ["r-", "java-", "node-", "nodejs-", "ruby-", "php-", "go-", "dotnet-"];

/// The parser: the first word is the runtime.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let index = LineIndex::new(&text);
    let first = lines(&text).find_map(|(offset, line)| Some((offset, line, line.split_whitespace().next()?)));
    let Some((offset, line, word)) = first else { return };
    if OTHERS.iter().any(|other| word.starts_with(other)) {
        return;
    }
    let from = offset + line.find(word).unwrap_or(0);
    let at = index.place(&cx.path, from..from + word.len());
    cx.out.runtimes.extend(declaration(word, "runtime.txt", at));
}

#[cfg(test)]
mod tests {
    use crate::inputs::python_version::told;

    #[test]
    fn the_first_word_is_the_runtime() {
        for (text, expected) in [
            ("python-3.8.10\n", &["1: python 3.8=3.8.10"][..]),
            ("python-3.6", &["1: python 3.6"]),
            ("3.8\n", &["1: python 3.8"]),
            ("\n python-2.7.18 \npython-3.9\n", &["2: python 2.7=2.7.18"]),
            ("pypy3.6-7.3.2", &["1: python ?"]),
            ("python-3.x", &["1: python ?"]),
            ("python", &["1: python ?"]),
            ("r-3.6-2019-01-01", &[]),
            ("", &[]),
        ] {
            assert_eq!(told("runtime.txt", text), expected, "{text}");
        }
    }
}
