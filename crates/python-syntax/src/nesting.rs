//! How deep the syntax tree of a text will at most be, told from its tokens alone: so that a hostile file is turned away
//! before a tree is built which nothing could walk (or even drop) without running out of stack.

use ruff_python_ast::token::TokenKind;
use ruff_python_parser::Mode;
use ruff_python_parser::lexer::lex;

/// One bracket, f-string or indented block that is open.
#[derive(Default)]
struct Level {
    /// Operators and keywords since the last separator: each may put one node above or below the others.
    operators: usize,
    /// The deepest bracket that was closed since the last separator.
    inner: usize,
    /// The deepest of the parts before.
    most: usize,
}

impl Level {
    fn separate(&mut self) {
        self.most = self.depth();
        self.operators = 0;
        self.inner = 0;
    }

    fn depth(&self) -> usize {
        self.most.max(self.operators + self.inner)
    }
}

/// An upper bound of the tree's depth. Lists, dicts and blocks are as deep as their deepest element, chains
/// (`a.b.c`, `x + y + z`) as deep as they are long.
pub(crate) fn bound(text: &str) -> usize {
    let mut lexer = lex(text, Mode::Module);
    let mut open: Vec<Level> = Vec::new();
    let mut here = Level::default();
    loop {
        let kind = lexer.next_token();
        match kind {
            TokenKind::EndOfFile => break,
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart
            | TokenKind::Indent => {
                here.operators += 1;
                open.push(std::mem::take(&mut here));
            }
            TokenKind::Rpar
            | TokenKind::Rsqb
            | TokenKind::Rbrace
            | TokenKind::FStringEnd
            | TokenKind::TStringEnd
            | TokenKind::Dedent => {
                let Some(around) = open.pop() else { continue };
                let inner = here.depth() + 1;
                here = around;
                here.inner = here.inner.max(inner);
            }
            TokenKind::Comma | TokenKind::Semi | TokenKind::Newline | TokenKind::And | TokenKind::Or => {
                here.separate()
            }
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline => {}
            _ => here.operators += 1,
        }
    }
    // What was never closed: each level holds the next.
    open.iter().map(|level| level.depth() + 1).sum::<usize>() + here.depth()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_is_not_deep() {
        let wide = format!("x = [{}]\n", "a.b + 1, ".repeat(10_000));
        assert!(bound(&wide) < 20, "{}", bound(&wide));
        let long = "def f(a, b):\n    if a and b:\n        return g(a)[0]\n\n".repeat(1_000);
        assert!(bound(&long) < 30, "{}", bound(&long));
        let either = format!("x = {}z\n", "y == 1 or ".repeat(5_000));
        assert!(bound(&either) < 20, "{}", bound(&either));
    }

    #[test]
    fn chains_and_brackets_are_deep_whether_closed_or_not() {
        for (deep, what) in [
            (format!("{}{}", "[".repeat(5_000), "]".repeat(5_000)), "brackets"),
            ("(".repeat(5_000), "open brackets"),
            (format!("a{}", ".b".repeat(5_000)), "attributes"),
            (format!("a{}", "()".repeat(5_000)), "calls"),
            (format!("a{}", " + b".repeat(5_000)), "sums"),
            (format!("{}a", "not ".repeat(5_000)), "nots"),
            (format!("{}a", "lambda: ".repeat(5_000)), "lambdas"),
            (format!("{}a", "1 if 1 else ".repeat(5_000)), "conditions"),
            (format!("({}1{}) + 2", "[".repeat(5_000), "]".repeat(5_000)), "brackets inside"),
            (format!("f\"{}1{}\"", "{(".repeat(1_500), ")}".repeat(1_500)), "f-strings"),
        ] {
            assert!(bound(&deep) >= 3_000, "{what}: {}", bound(&deep));
        }
    }
}
