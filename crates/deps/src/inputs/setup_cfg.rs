//! setup.cfg: setuptools' declarative configuration. What setup.py says is in `setup_py`.

use super::Cx;
use super::specifier::{pin_of, python};
use crate::{Group, PackageName};
use std::ops::Range;
use tieout_model::Place;
use tieout_source::LineIndex;

/// `setup.cfg`
pub(super) fn is_setup_cfg(_path: &str, name: &str) -> bool {
    name == "setup.cfg"
}

/// A key of a section and the lines of its value.
struct Setting<'t> {
    section: &'t str,
    key: String,
    key_at: Range<usize>,
    lines: Vec<(usize, usize)>,
}

/// The options of an INI text as `configparser` reads them: indented lines go on with the value, comment lines do not
/// count.
fn options(text: &str) -> Vec<Setting<'_>> {
    let mut out: Vec<Setting<'_>> = Vec::new();
    let (mut section, mut offset, mut open) = ("", 0, false);
    for physical in text.split_inclusive('\n') {
        let start = offset;
        offset += physical.len();
        let line = physical.trim_end();
        let trimmed = line.trim_start();
        let from = start + (line.len() - trimmed.len());
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        let indented = from > start;
        if indented && open {
            if let Some(option) = out.last_mut() {
                option.lines.push((from, start + line.len()));
            }
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            (section, open) = (name.0.trim(), false);
            continue;
        }
        let Some(at) = trimmed.find(['=', ':']) else {
            open = false;
            continue;
        };
        let key = trimmed.get(..at).unwrap_or_default().trim().to_ascii_lowercase().replace('-', "_");
        let value = trimmed.get(at + 1..).unwrap_or_default();
        let value_from = from + at + 1 + (value.len() - value.trim_start().len());
        let lines = if value.trim().is_empty() { Vec::new() } else { vec![(value_from, start + line.len())] };
        out.push(Setting { section, key, key_at: from..from + at, lines });
        open = true;
    }
    out
}

/// The parser.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let index = LineIndex::new(&text);
    for option in options(&text) {
        let group = match (option.section, option.key.as_str()) {
            ("options", "install_requires") => Group::Prod,
            ("options", "tests_require") => Group::Dev,
            ("options", "setup_requires") => Group::Build,
            ("options.extras_require", extra) => {
                // `extra:marker` was an extra with a condition, and `:marker` the condition alone.
                let extra = extra.split(':').next().unwrap_or_default();
                if extra.is_empty() {
                    Group::Prod
                } else {
                    Group::Optional(PackageName::new(extra).as_str().into())
                }
            }
            ("options", "python_requires") => {
                for (from, to) in option.lines {
                    let written = text.get(from..to).unwrap_or_default();
                    let at = index.place(&cx.path, option.key_at.start..to);
                    cx.out.runtimes.extend(python(written, &pin_of(written), "python_requires", at));
                }
                continue;
            }
            _ => continue,
        };
        for line in option.lines {
            entries(cx, &text, line.0..line.1, &group, &index);
        }
    }
}

/// The requirement of a line, or the files that it names.
fn entries(cx: &mut Cx<'_>, text: &str, line: Range<usize>, group: &Group, index: &LineIndex<'_>) {
    let written = text.get(line.clone()).unwrap_or_default();
    // ` # why` behind a requirement.
    let written = written.find(" #").and_then(|at| written.get(..at)).unwrap_or(written).trim_end();
    let at: Place = index.place(&cx.path, line.start..line.start + written.len());
    if let Some(file) = written.strip_prefix("file:") {
        for name in file.split(',') {
            let from = cx.path.clone();
            cx.include(from, name, false, at.clone());
        }
        return;
    }
    cx.require(written.trim_end_matches(','), group.clone(), at);
}

#[cfg(test)]
mod tests {
    use crate::Tree;
    use crate::inputs::read;
    use proptest::prelude::*;

    const CFG: &str = "[metadata]\nname = x\nrequires = nothing\n\n[options]\npython_requires = >=3.7\ninstall_requires =\n    django==2.2\n    # a comment\n    flask>=1 ; python_version < '3.8'\n    odd one\n\ntests_require = pytest\nsetup-requires: wheel\n[options.extras_require]\nDocs =\n  sphinx==4\n\n[options.packages.find]\nwhere = src\n";

    #[test]
    fn the_lists_of_setuptools_are_read() {
        let reading = read(&Tree::of_texts([("setup.cfg", CFG)]));
        let told: Vec<String> = reading
            .components
            .iter()
            .map(|c| format!("{}:{}{} {}", c.file_line().1, c.name, c.written, c.group.label()))
            .collect();
        let expected = [
            "8:django==2.2 prod",
            "10:flask>=1 prod",
            "13:pytest dev",
            "14:wheel build",
            "17:sphinx==4 optional:docs",
        ];
        assert_eq!(told, expected);
        assert_eq!(reading.unaudited.len(), 1);
        assert_eq!(reading.runtimes[0].release.as_deref(), Ok("3.7"));
        let tree = Tree::of_texts([
            ("setup.cfg", "[options]\ninstall_requires = file: a.list, gone\n"),
            ("a.list", "b==1\n"),
        ]);
        let reading = read(&tree);
        assert_eq!((reading.components.len(), reading.unaudited.len()), (1, 1));
    }

    proptest! {
        #[test]
        fn mutated_files_never_panic(at in 0usize..400, with in "\\PC{0,3}", cut in 0usize..20) {
            let from = at % CFG.len();
            let to = (from + cut).min(CFG.len());
            let text = format!("{}{with}{}", &CFG[..from], &CFG[to..]);
            let _ = read(&Tree::of_texts([("setup.cfg", &*text)]));
        }
    }
}
