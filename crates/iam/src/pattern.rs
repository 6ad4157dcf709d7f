//! Text patterns: literal text, `*`, `?`, policy variables, and holes for what is not known before
//! deployment. Matching is three-valued and does not allocate.

use crate::answer::Tri;
use crate::glob;
use crate::matcher::{self, Fields, Lookup, Mode};
use std::fmt;
use std::sync::Arc;
use tieout_model::{Gap, Place};

/// A text that is not known before deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// The expression that would settle it.
    pub gap: Gap,
    /// Where it is another resource of the same deployment: its id and attribute (`None` for `Ref`).
    pub reference: Option<(Arc<str>, Option<Arc<str>>)>,
}

/// A part of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text to be matched as it is.
    Literal(Box<str>),
    /// `*`: any text, none included.
    Any,
    /// `?`: any one character.
    One,
    /// `${key}` or `${key, 'default'}`: the value of a context key.
    Variable {
        /// The context key as written.
        key: Box<str>,
        /// The text in place of an absent key.
        default: Option<Box<str>>,
    },
    /// Some text that is not known.
    Hole(Hole),
}

/// A text of a policy: an action, an ARN, a principal or a condition value.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As written, with `${expression}` for holes.
    text: Box<str>,
    /// Set where the text is more than letters, `*` and `?`: variables, escapes or holes.
    parts: Option<Box<[Part]>>,
    wild: bool,
    /// Where it stands.
    pub at: Place,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Pattern) -> bool {
        self.text == other.text && self.parts == other.parts
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

/// How letters are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Case {
    Exact,
    Ignore,
}

impl Case {
    pub(crate) fn same(self, a: char, b: char) -> bool {
        match self {
            Case::Exact => a == b,
            Case::Ignore => {
                a == b
                    || a.eq_ignore_ascii_case(&b)
                    || (!a.is_ascii() && a.to_lowercase().eq(b.to_lowercase()))
            }
        }
    }
}

impl Pattern {
    /// A pattern from known text. Policy variables are recognised where `variables` says so (version
    /// 2012-10-17 of the language).
    pub fn new(text: &str, variables: bool, at: Place) -> Pattern {
        let wild = text.bytes().any(|byte| byte == b'*' || byte == b'?');
        if !variables || !text.contains("${") {
            return Pattern { text: text.into(), parts: None, wild, at };
        }
        let mut parts = Vec::new();
        push_text(&mut parts, text, true);
        Pattern { text: text.into(), wild: has_wild(&parts), parts: Some(parts.into()), at }
    }

    /// A pattern with holes.
    pub(crate) fn with_holes(pieces: Vec<HolePiece<'_>>, variables: bool, at: Place) -> Pattern {
        let mut text = String::new();
        let mut parts = Vec::new();
        for piece in pieces {
            match piece {
                HolePiece::Text(piece) => {
                    text.push_str(piece);
                    push_text(&mut parts, piece, variables);
                }
                HolePiece::Hole(hole) => {
                    let what = &*hole.gap.what;
                    if what.starts_with("${") {
                        text.push_str(what);
                    } else {
                        text.push_str(&format!("${{{what}}}"));
                    }
                    parts.push(Part::Hole(hole));
                }
            }
        }
        Pattern { text: text.into(), wild: has_wild(&parts), parts: Some(parts.into()), at }
    }

    /// As written; holes and variables as `${…}`.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, where it is nothing but text: no wildcard, variable or hole.
    pub fn literal(&self) -> Option<&str> {
        (!self.wild && self.parts.is_none()).then_some(&*self.text)
    }

    /// The text, where it has no variable and no hole; `*` and `?` may be in it.
    pub fn plain(&self) -> Option<&str> {
        self.parts.is_none().then_some(&*self.text)
    }

    /// True where `*` or `?` stands in it as a wildcard.
    pub fn is_wild(&self) -> bool {
        self.wild
    }

    /// The parts, where there are variables, escapes or holes.
    pub fn parts(&self) -> Option<&[Part]> {
        self.parts.as_deref()
    }

    /// True where a policy variable is in it.
    pub fn has_variable(&self) -> bool {
        self.parts().unwrap_or_default().iter().any(|part| matches!(part, Part::Variable { .. }))
    }

    /// The first hole.
    pub fn hole(&self) -> Option<&Hole> {
        self.parts().unwrap_or_default().iter().find_map(|part| match part {
            Part::Hole(hole) => Some(hole),
            _ => None,
        })
    }

    /// The gap of the first hole.
    pub fn gap(&self) -> Option<&Gap> {
        self.hole().map(|hole| &hole.gap)
    }

    /// True where it is `*` alone, or several of them.
    pub fn is_any(&self) -> bool {
        !self.text.is_empty() && self.parts.is_none() && self.text.bytes().all(|byte| byte == b'*')
    }

    /// Whether it matches a known text; a hole or a variable may stand for any text.
    pub(crate) fn matches(&self, text: &str, case: Case) -> Tri {
        let mode = Mode { case, head: case, wild: true, fields: Fields::One };
        matcher::matches(self, text, mode, &|_| Lookup::Unknown).unwrap_or(Tri::No)
    }

    /// True where every text that `other` can match is matched by `self` too. Sound: a true is certain;
    /// a false may be "not shown". The same hole in both stands for the same text.
    pub(crate) fn covers(&self, other: &Pattern, case: Case) -> bool {
        let plain = self.plain().zip(other.plain());
        if let Some(known) = plain.and_then(|(a, b)| glob::covers(a, b, case == Case::Ignore)) {
            return known;
        }
        covers(&self.tokens(), &other.tokens(), case)
    }

    /// True where some text may be matched by both. Sound the other way: a false is certain.
    pub(crate) fn meets(&self, other: &Pattern, case: Case) -> bool {
        let plain = self.plain().zip(other.plain());
        if let Some(known) = plain.and_then(|(a, b)| glob::meets(a, b, case == Case::Ignore)) {
            return known;
        }
        meets(&self.tokens(), &other.tokens(), case)
    }

    pub(crate) fn tokens(&self) -> Vec<Token<'_>> {
        match &self.parts {
            None => self.text.chars().map(Token::wild_char).collect(),
            Some(parts) => parts.iter().flat_map(part_tokens).collect(),
        }
    }
}

/// A piece of text in the making.
pub(crate) enum HolePiece<'a> {
    Text(&'a str),
    Hole(Hole),
}

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Token<'a> {
    Char(char),
    One,
    Any,
    /// A hole or a variable, named by its expression, with the variable's default.
    Open(&'a str, Option<&'a str>),
}

impl Token<'_> {
    fn wild_char(char: char) -> Self {
        match char {
            '*' => Token::Any,
            '?' => Token::One,
            other => Token::Char(other),
        }
    }
}

fn part_tokens(part: &Part) -> Vec<Token<'_>> {
    match part {
        Part::Literal(text) => text.chars().map(Token::Char).collect(),
        Part::Any => vec![Token::Any],
        Part::One => vec![Token::One],
        Part::Variable { key, default } => vec![Token::Open(key, default.as_deref())],
        Part::Hole(hole) => vec![Token::Open(&hole.gap.what, None)],
    }
}

fn has_wild(parts: &[Part]) -> bool {
    parts.iter().any(|part| matches!(part, Part::Any | Part::One))
}

fn push_text(parts: &mut Vec<Part>, text: &str, variables: bool) {
    let mut literal = String::new();
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        if variables
            && let Some(inner) = rest.strip_prefix("${")
            && let Some((name, after)) = inner.split_once('}')
        {
            rest = after;
            match name {
                "*" | "?" | "$" => literal.push_str(name),
                _ => {
                    flush(parts, &mut literal);
                    parts.push(variable(name));
                }
            }
            continue;
        }
        rest = rest.get(char.len_utf8()..).unwrap_or_default();
        match char {
            '*' | '?' => {
                flush(parts, &mut literal);
                parts.push(if char == '*' { Part::Any } else { Part::One });
            }
            other => literal.push(other),
        }
    }
    flush(parts, &mut literal);
}

fn flush(parts: &mut Vec<Part>, literal: &mut String) {
    if !literal.is_empty() {
        parts.push(Part::Literal(std::mem::take(literal).into()));
    }
}

fn variable(name: &str) -> Part {
    // AWS asks for a comma and a space before the default.
    let (key, default) = match name.split_once(", ") {
        Some((key, default)) => (key.trim(), unquote(default.trim())),
        None => (name.trim(), None),
    };
    Part::Variable { key: key.into(), default: default.map(Into::into) }
}

fn unquote(text: &str) -> Option<&str> {
    text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''))
}

pub(crate) fn equal(a: &str, b: &str, case: Case) -> bool {
    match case {
        Case::Exact => a == b,
        Case::Ignore if a.is_ascii() && b.is_ascii() => a.eq_ignore_ascii_case(b),
        Case::Ignore => a.chars().flat_map(char::to_lowercase).eq(b.chars().flat_map(char::to_lowercase)),
    }
}

/// Wildcard containment by dynamic programming over the tokens: `wide` reads the tokens of `narrow` as if
/// they were a text in which `*` and `?` are letters that only a wildcard can take.
pub(crate) fn covers(wide: &[Token<'_>], narrow: &[Token<'_>], case: Case) -> bool {
    let mut reach = vec![false; wide.len() + 1];
    if let Some(first) = reach.first_mut() {
        *first = true;
    }
    skip_stars(wide, &mut reach);
    for token in narrow {
        let mut next = vec![false; wide.len() + 1];
        for (index, want) in wide.iter().enumerate() {
            if !reach.get(index).copied().unwrap_or(false) {
                continue;
            }
            let takes = match (want, token) {
                (Token::Any, _) => {
                    set(&mut next, index);
                    false
                }
                (Token::One, Token::One | Token::Char(_)) => true,
                (Token::Char(a), Token::Char(b)) => case.same(*a, *b),
                (Token::Open(..), Token::Open(..)) => want == token,
                _ => false,
            };
            if takes {
                set(&mut next, index + 1);
            }
        }
        skip_stars(wide, &mut next);
        reach = next;
    }
    reach.last().copied().unwrap_or(false)
}

fn set(states: &mut [bool], index: usize) {
    if let Some(state) = states.get_mut(index) {
        *state = true;
    }
}

fn skip_stars(wide: &[Token<'_>], reach: &mut [bool]) {
    for (index, token) in wide.iter().enumerate() {
        if *token == Token::Any && reach.get(index).copied().unwrap_or(false) {
            set(reach, index + 1);
        }
    }
}

/// True where the two patterns may share a text.
fn meets(a: &[Token<'_>], b: &[Token<'_>], case: Case) -> bool {
    let open = |token: &Token<'_>| matches!(token, Token::Any | Token::Open(..));
    // row[j]: the rest of `a` from i and the rest of `b` from j share a text.
    let mut below: Vec<bool> = vec![false; b.len() + 1];
    for i in (0..=a.len()).rev() {
        let mut row = vec![false; b.len() + 1];
        for j in (0..=b.len()).rev() {
            let get = |row: &[bool], index: usize| row.get(index).copied().unwrap_or(false);
            let value = match (a.get(i), b.get(j)) {
                (None, None) => true,
                (Some(left), Some(right)) if open(left) && open(right) => get(&below, j) || get(&row, j + 1),
                (Some(left), _) if open(left) => get(&below, j) || (j < b.len() && get(&row, j + 1)),
                (_, Some(right)) if open(right) => get(&row, j + 1) || (i < a.len() && get(&below, j)),
                (Some(Token::Char(x)), Some(Token::Char(y))) => case.same(*x, *y) && get(&below, j + 1),
                (Some(_), Some(_)) => get(&below, j + 1),
                _ => false,
            };
            if value {
                set(&mut row, j);
            }
        }
        below = row;
    }
    below.first().copied().unwrap_or(false)
}
