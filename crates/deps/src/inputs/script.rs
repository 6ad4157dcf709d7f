//! Python scripts with inline metadata (PEP 723): the block is TOML in comments.

use super::Cx;
use super::pyproject::requirements;
use super::specifier::{pin_of, python};
use crate::{Group, IndexKind};
use tieout_model::{Node, Place};

/// `*.py`, but setup.py
pub(super) fn is_script(_path: &str, name: &str) -> bool {
    name.ends_with(".py") && name != "setup.py"
}

const OPEN: &str = "# /// script";

/// The parser.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    if !text.contains(OPEN) {
        return;
    }
    let mut first = None;
    for (number, line) in text.lines().enumerate() {
        if line.trim_end() != OPEN {
            continue;
        }
        if first.is_some() {
            let at = line_place(cx, number);
            cx.unreadable(OPEN, "a script has one such block; this one is a second", at);
            return;
        }
        let Some(toml) = block(&text, number) else {
            let at = line_place(cx, number);
            cx.unreadable(OPEN, "the block is not closed by `# ///`", at);
            return;
        };
        first = Some(toml);
    }
    if let Some(toml) = first {
        metadata(cx, &toml);
    }
}

fn line_place(cx: &Cx<'_>, line: usize) -> Place {
    let position =
        |column| tieout_model::Position { line: u32::try_from(line + 1).unwrap_or(u32::MAX), column };
    let end = u32::try_from(OPEN.len() + 1).unwrap_or(u32::MAX);
    Place::text(&cx.path, position(1), position(end))
}

/// The TOML of the block that the line opens, with an empty line for each line before, so that lines keep their
/// numbers. It ends at the last `# ///` of the comment.
fn block(text: &str, opening: usize) -> Option<String> {
    let comment: Vec<&str> =
        text.lines().skip(opening + 1).take_while(|line| *line == "#" || line.starts_with("# ")).collect();
    let end = comment.iter().rposition(|line| line.trim_end() == "# ///")?;
    let mut toml = "\n".repeat(opening + 1);
    for line in comment.iter().take(end) {
        toml.push_str(line.strip_prefix("# ").unwrap_or_default());
        toml.push('\n');
    }
    Some(toml)
}

fn metadata(cx: &mut Cx<'_>, toml: &str) {
    let root = match tieout_source::toml::parse(&cx.path, toml) {
        Ok(root) => root,
        Err(problem) => return cx.broken(problem),
    };
    if let Some(list) = root.get("dependencies") {
        requirements(cx, list, Group::Prod);
    }
    if let Some(entry) = root.entry("requires-python") {
        let written = entry.node.as_text().unwrap_or_default();
        cx.out.runtimes.extend(python(written, &pin_of(written), "requires-python", entry.place()));
    }
    for index in root.at_path(&["tool", "uv", "index"]).map(Node::items).unwrap_or_default() {
        if let Some(url) = index.get("url") {
            cx.index(IndexKind::Extra, url.as_text().unwrap_or_default(), url.at.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::inputs::read;
    use crate::{FileKind, Tree};
    use proptest::prelude::*;

    #[test]
    fn the_block_of_a_script_is_read_with_its_lines() {
        let text = "#!/usr/bin/env python\n# /// script\n# requires-python = \">=3.11\"\n# dependencies = [\n#   \"requests<3\",\n#\n#   \"rich==13.0\",\n# ]\n# ///\nimport requests\n";
        let reading = read(&Tree::of_texts([("run.py", text), ("plain.py", "import os\n")]));
        let told: Vec<(&str, u32)> =
            reading.components.iter().map(|c| (c.name.as_str(), c.file_line().1)).collect();
        assert_eq!(told, [("requests", 5), ("rich", 7)]);
        assert_eq!(reading.runtimes[0].release.as_deref(), Ok("3.11"));
        assert_eq!(reading.manifests.len(), 1);
        assert_eq!(reading.manifests[0].kind, FileKind::Script);
    }

    #[test]
    fn a_block_that_is_broken_is_told() {
        for text in ["# /// script\n# dependencies = [\n", "# /// script\n# dependencies = [\n# ///\n"] {
            let reading = read(&Tree::of_texts([("run.py", text)]));
            assert_eq!(reading.unaudited.len(), 1, "{text}");
        }
        let quoted = read(&Tree::of_texts([("a.py", "x = '''\n  # /// script\n'''\n")]));
        assert!(quoted.unaudited.is_empty() && quoted.manifests.is_empty());
    }

    proptest! {
        #[test]
        fn no_script_panics(lines in prop::collection::vec("(# /// script|# ///|# dependencies = \\[\"a\"\\]|#|# \\PC{0,12}|\\PC{0,8})", 0..10)) {
            let _ = read(&Tree::of_texts([("a.py", &*lines.join("\n"))]));
        }
    }
}
