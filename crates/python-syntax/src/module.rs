//! A parsed file: the tree, where its nodes are, and what could not be read. The parser recovers: after an error the rest of
//! the file is there.

use crate::nesting;
use ruff_python_ast::{ModModule, Stmt};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::Ranged;
use std::sync::Arc;
use tieout_model::Place;
use tieout_source::{LineIndex, Problem};

/// Deeper trees are not built. CPython itself refuses more than 200 brackets and some thousand operators in a chain.
const MAX_DEPTH: usize = 3_000;
/// As deep as any stack has room for without asking.
const EASY_DEPTH: usize = 100;
/// What a walk takes for a level at most, in bytes, in a debug build.
const STACK_FOR_A_LEVEL: usize = 8 * 1024;
/// A larger text has no offsets of 32 bits; in bytes.
const MAX_TEXT: usize = u32::MAX as usize - 1;

/// A parsed Python file.
#[derive(Debug)]
pub struct Module<'t> {
    /// Relative to the audited root.
    pub file: Arc<str>,
    /// The text that was parsed.
    pub text: &'t str,
    /// What could not be read, in order; a file with problems still has the statements around them.
    pub problems: Vec<Problem>,
    lines: LineIndex<'t>,
    parsed: Option<Parsed<ModModule>>,
    depth: usize,
}

/// Parses a file. It never fails: what is no Python is in [`Module::problems`], the rest in [`Module::body`].
pub fn parse<'t>(file: &Arc<str>, text: &'t str) -> Module<'t> {
    let lines = LineIndex::new(text);
    let mut module = Module { file: file.clone(), text, problems: Vec::new(), lines, parsed: None, depth: 0 };
    if text.len() > MAX_TEXT {
        module.refuse(format!("{} bytes are too many for a Python file", text.len()));
        return module;
    }
    // No tree is deeper than its text has bytes.
    let depth = if text.len() <= EASY_DEPTH { text.len() } else { nesting::bound(text) };
    if depth > MAX_DEPTH {
        module.refuse(format!("expressions nest deeper than {MAX_DEPTH} levels"));
        return module;
    }
    module.depth = depth;
    let parsed =
        with_room(depth, || parse_unchecked(text, ParseOptions::from(Mode::Module)).try_into_module());
    let Some(parsed) = parsed else { return module };
    module.problems = parsed
        .errors()
        .iter()
        .map(|error| Problem { message: error.error.to_string(), at: module.place(&error.location) })
        .collect();
    module.parsed = Some(parsed);
    module
}

impl Module<'_> {
    fn refuse(&mut self, message: String) {
        let at = self.lines.place(&self.file, 0..0);
        self.problems.push(Problem { message, at });
    }

    /// The statements.
    pub fn body(&self) -> &[Stmt] {
        self.parsed.as_ref().map_or(&[], |parsed| parsed.suite())
    }

    /// Where a node is.
    pub fn place(&self, node: &impl Ranged) -> Place {
        let range = node.range();
        self.lines.place(&self.file, range.start().to_usize()..range.end().to_usize())
    }

    /// The text of a node.
    pub fn source(&self, node: &impl Ranged) -> &str {
        let range = node.range();
        self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default()
    }

    /// Runs something that walks the tree recursively, on a stack with room for the tree's depth.
    pub fn walk<T>(&self, walk: impl FnOnce() -> T) -> T {
        with_room(self.depth, walk)
    }
}

impl Module<'_> {
    /// How many levels a walk has room for inside [`Module::walk`].
    pub(crate) fn room(&self) -> usize {
        self.depth.max(EASY_DEPTH)
    }
}

impl Drop for Module<'_> {
    fn drop(&mut self) {
        let parsed = self.parsed.take();
        with_room(self.depth, || drop(parsed));
    }
}

fn with_room<T>(depth: usize, run: impl FnOnce() -> T) -> T {
    if depth <= EASY_DEPTH { run() } else { stacker::grow(depth * STACK_FOR_A_LEVEL, run) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_an_error_the_rest_of_the_file_is_read() {
        let module = parse(&"a.py".into(), "import a\nx = = 1\nprint 'two'\nimport b\n");
        assert!(!module.problems.is_empty());
        assert_eq!(module.problems[0].at.file_line(), Some(("a.py", 2)));
        assert!(matches!(module.body().first(), Some(Stmt::Import(_))));
        assert!(matches!(module.body().last(), Some(Stmt::Import(_))));
    }

    #[test]
    fn deep_nesting_is_a_problem_and_not_an_overflow() {
        let brackets = format!("x = {}1{}\n", "[".repeat(10_000), "]".repeat(10_000));
        for deep in [brackets, "(".repeat(10_000), format!("x = a{}\n", " + b".repeat(10_000))] {
            let module = parse(&"a.py".into(), &deep);
            assert!(module.problems[0].message.contains("deeper"), "{:?}", module.problems);
            assert!(module.body().is_empty());
        }
    }

    #[test]
    fn as_deep_as_is_let_in_is_parsed_and_dropped() {
        for deep in [
            format!("x = {}1{}\n", "[".repeat(1_400), "]".repeat(1_400)),
            format!("x = a{}\n", " + b".repeat(2_900)),
            format!("x = a{}\n", ".b".repeat(2_900)),
            format!("x = {}1\n", "-".repeat(2_900)),
            format!("with {}a{}: pass\n", "(".repeat(1_400), ")".repeat(1_400)),
        ] {
            let module = parse(&"a.py".into(), &deep);
            assert_eq!(module.problems, []);
            assert_eq!(module.body().len(), 1);
        }
    }
}
