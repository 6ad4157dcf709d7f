//! The tools of asdf (`.tool-versions`) and of mise (`mise.toml`): their Python.

use super::Cx;
use super::python_version::{declaration, lines};
use tieout_model::{Node, Value};
use tieout_source::LineIndex;

/// `.tool-versions`
pub(super) fn is_tool_versions(_path: &str, name: &str) -> bool {
    name == ".tool-versions"
}

/// `mise.toml`, `.mise.toml`, `mise.local.toml`, files below `.mise` and `.config/mise`
pub(super) fn is_mise(path: &str, name: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let inside = [".mise", "mise", ".config/mise"]
        .iter()
        .any(|mise| folder == *mise || folder.strip_suffix(mise).is_some_and(|outer| outer.ends_with('/')));
    matches!(name, "mise.toml" | ".mise.toml" | "mise.local.toml" | ".mise.local.toml")
        || (inside && name == "config.toml")
        || (folder == ".config" && name == "mise.toml")
}

/// The parser of asdf's file: `python 3.8.10 2.7.18`, the first that is installed is taken.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let index = LineIndex::new(&text);
    for (offset, line) in lines(&text) {
        let mut words = words(line);
        if words.next().is_none_or(|(_, tool)| tool != "python") {
            continue;
        }
        for (start, word) in words {
            let from = offset + start;
            let at = index.place(&cx.path, from..from + word.len());
            cx.out.runtimes.extend(declaration(word, ".tool-versions", at));
        }
    }
}

/// The words of a line with their offsets.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    line.split(|c: char| c.is_whitespace())
        .map(move |word| {
            let start = at;
            at += word.len();
            // The white space that was split at: one character, of any length.
            at += line.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
            (start, word)
        })
        .filter(|(_, word)| !word.is_empty())
}

/// The parser of mise's file: `[tools] python = "3.12"`, a list, or `{ version = "3.12" }`.
pub(super) fn parse_mise(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let root = match tieout_source::toml::parse(&cx.path, &text) {
        Ok(root) => root,
        Err(problem) => return cx.broken(problem),
    };
    let by = cx.path.rsplit('/').next().unwrap_or_default().to_owned();
    for entry in root.get("tools").map(Node::entries).unwrap_or_default() {
        if !matches!(&*entry.key, "python" | "core:python" | "asdf:python") {
            continue;
        }
        let several = match &entry.node.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(&entry.node),
        };
        for one in several {
            let version = one.get("version").unwrap_or(one);
            match version.scalar_text() {
                Some(word) => {
                    let word = word.strip_prefix("prefix:").unwrap_or(&word);
                    cx.out.runtimes.extend(declaration(word, &by, version.at.clone()));
                }
                None => {
                    let at = version.at.clone();
                    cx.unreadable("python", "a version is a text", at);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Tree;
    use crate::inputs::python_version::told;
    use crate::inputs::read;
    use proptest::prelude::*;

    #[test]
    fn the_python_of_asdf_and_no_other_tool_is_read() {
        let text = "nodejs 18.1\n# python 2.7\npython 3.8.10 3.9.1  # both\npythonic 3.7\nterraform 1.5\n";
        assert_eq!(told(".tool-versions", text), ["3: python 3.8=3.8.10", "3: python 3.9=3.9.1"]);
        for (word, expected) in [("latest", "?"), ("ref:3.9", "?"), ("path:/opt/p", "?"), ("system", "?")] {
            assert_eq!(told(".tool-versions", &format!("python\t{word}")), [format!("1: python {expected}")]);
        }
        assert_eq!(told(".tool-versions", "python\n"), [""; 0]);
    }

    #[test]
    fn the_python_of_mise_is_read_in_all_its_forms() {
        for (text, expected) in [
            ("[tools]\npython = \"3.8\"\nnode = \"18\"\n", &["2: python 3.8"][..]),
            ("[tools]\npython = 3.11\n", &["2: python 3.11"]),
            ("[tools]\npython = [\"3.8.1\", \"3.9\"]\n", &["2: python 3.8=3.8.1", "2: python 3.9"]),
            ("[tools]\npython = { version = \"3.8\", virtualenv = \".venv\" }\n", &["2: python 3.8"]),
            ("[tools.python]\nversion = \"3.7\"\n", &["2: python 3.7"]),
            ("[tools]\n\"core:python\" = \"prefix:3.9\"\n", &["2: python 3.9"]),
            ("[tools]\npython = \"latest\"\n", &["2: python ?"]),
            ("[env]\npython = \"3.8\"\n", &[]),
        ] {
            assert_eq!(told("mise.toml", text), expected, "{text}");
        }
        assert_eq!(told(".config/mise/config.toml", "[tools]\npython = \"3.8\"\n"), ["2: python 3.8"]);
    }

    #[test]
    fn what_mise_could_not_read_is_told() {
        for text in ["[tools\n", "[tools]\npython = true\n", "[tools]\npython = [[1]]\n"] {
            let reading = read(&Tree::of_texts([("mise.toml", text)]));
            let told =
                reading.unaudited.len() + reading.runtimes.iter().filter(|one| one.release.is_err()).count();
            assert_eq!(told, 1, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(\\[tools\\]|python|=|\"3.8\"|\n|\\{|\\}|version|,|\u{2003}|\\PC){0,40}") {
            let _ = read(&Tree::of_texts([("mise.toml", &*text), (".tool-versions", &*text)]));
        }
    }
}
