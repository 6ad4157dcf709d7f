//! A shell's words, as far as commands of a Dockerfile need them: quotes, variables, and what parts one command from the next.
//! Nothing is run.

use std::collections::BTreeMap;

/// Variables whose values are written in the file.
pub(super) type Variables = BTreeMap<String, String>;

/// A word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Quotes taken off, known variables put in; unknown ones stay as `${NAME}`.
    pub(super) text: String,
    /// Where it starts in the text that was split, in bytes.
    pub(super) at: usize,
    /// Where it ends.
    pub(super) end: usize,
}

/// The commands of a script, each a list of words.
pub(super) fn commands(script: &str, variables: &Variables) -> Vec<Vec<Word>> {
    let mut reader = Reader {
        script,
        at: 0,
        variables,
        commands: Vec::new(),
        words: Vec::new(),
        word: None,
        redirect: false,
    };
    reader.read();
    reader.commands
}

struct Reader<'a> {
    script: &'a str,
    at: usize,
    variables: &'a Variables,
    commands: Vec<Vec<Word>>,
    words: Vec<Word>,
    word: Option<Word>,
    /// The next word is the target of a redirection.
    redirect: bool,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.script.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn push(&mut self, start: usize, text: &str) {
        let end = self.at;
        let word = self.word.get_or_insert_with(|| Word { text: String::new(), at: start, end });
        word.text.push_str(text);
        word.end = end;
    }

    fn end_word(&mut self) {
        if let Some(word) = self.word.take()
            && !std::mem::take(&mut self.redirect)
        {
            self.words.push(word);
        }
    }

    fn end_command(&mut self) {
        self.end_word();
        self.redirect = false;
        if !self.words.is_empty() {
            self.commands.push(std::mem::take(&mut self.words));
        }
    }

    fn read(&mut self) {
        loop {
            let start = self.at;
            let Some(c) = self.next() else { break };
            match c {
                '\n' | ';' | '|' | '&' | '(' | ')' => self.end_command(),
                '#' if self.word.is_none() => {
                    let line = self.rest().find('\n').unwrap_or(self.rest().len());
                    self.at += line;
                }
                c if c.is_whitespace() => self.end_word(),
                '>' | '<' => self.redirection(),
                '\\' => match self.next() {
                    None | Some('\n') => {}
                    Some(next) => self.push(start, next.encode_utf8(&mut [0; 4])),
                },
                '\'' => {
                    let length = self.rest().find('\'').unwrap_or(self.rest().len());
                    let text = self.rest().get(..length).unwrap_or_default().to_owned();
                    self.at = (self.at + length + 1).min(self.script.len());
                    self.push(start, &text);
                }
                '"' => self.quoted(start),
                '$' | '`' => self.variable(start, c),
                c => self.push(start, c.encode_utf8(&mut [0; 4])),
            }
        }
        self.end_command();
    }

    /// `2>&1`, `>> file`, `< file`: the number before belongs to it, and so does the word behind.
    fn redirection(&mut self) {
        if self.word.as_ref().is_some_and(|word| word.text.bytes().all(|byte| byte.is_ascii_digit())) {
            self.word = None;
        }
        self.end_word();
        let signs = self.rest().len() - self.rest().trim_start_matches(['>', '<', '&', '|', '-']).len();
        self.at += signs;
        self.redirect = true;
    }

    fn quoted(&mut self, start: usize) {
        self.push(start, "");
        loop {
            let from = self.at;
            match self.next() {
                None | Some('"') => break,
                Some('\\') => match self.next() {
                    Some('\n') | None => {}
                    Some(next @ ('"' | '\\' | '$' | '`')) => self.push(start, next.encode_utf8(&mut [0; 4])),
                    Some(next) => {
                        self.push(start, "\\");
                        self.push(start, next.encode_utf8(&mut [0; 4]));
                    }
                },
                Some(c @ ('$' | '`')) => self.variable(from, c),
                Some(c) => self.push(start, c.encode_utf8(&mut [0; 4])),
            }
        }
        self.push(start, "");
    }

    /// A variable, or the output of a command, which is never known.
    fn variable(&mut self, start: usize, sign: char) {
        let rest = self.rest();
        let length = match (sign, rest.chars().next()) {
            ('`', _) => rest.find('`').map_or(rest.len(), |at| at + 1),
            (_, Some('(')) => closing(rest, '(', ')'),
            (_, Some('{')) => closing(rest, '{', '}'),
            (_, Some(c)) if c.is_ascii_alphabetic() || c == '_' => {
                rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len())
            }
            _ => 0,
        };
        self.at += length;
        let written = self.script.get(start..self.at).unwrap_or_default();
        let text = match sign {
            '`' => format!("${{{}}}", written.trim_matches('`')),
            _ => expand(written, self.variables),
        };
        self.push(start, &text);
    }
}

/// The length up to and with the bracket that closes the first one.
fn closing(text: &str, open: char, close: char) -> usize {
    let mut depth = 0usize;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return at + c.len_utf8();
            }
        }
    }
    text.len()
}

/// A text with known variables put in; what is not known stays as `${NAME}`, with the expression where it is one.
pub(super) fn expand(text: &str, variables: &Variables) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
        if let Some(escaped) = before.strip_suffix('\\') {
            out.push_str(escaped);
            out.push('$');
            rest = from.get(1..).unwrap_or_default();
            continue;
        }
        out.push_str(before);
        let after = from.get(1..).unwrap_or_default();
        let (inner, next) = match after.chars().next() {
            Some('{') => {
                let end = closing(after, '{', '}');
                let inner = after.get(1..end.saturating_sub(1).max(1)).unwrap_or_default();
                (inner, after.get(end..).unwrap_or_default())
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let end =
                    after.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(after.len());
                after.split_at_checked(end).unwrap_or((after, ""))
            }
            _ => {
                out.push('$');
                rest = after;
                continue;
            }
        };
        match value(inner, variables) {
            Some(value) => out.push_str(&value),
            None => {
                out.push_str("${");
                out.push_str(inner);
                out.push('}');
            }
        }
        rest = next;
    }
    out.push_str(rest);
    out
}

/// The value of what stands in `${…}`: a name, with a default (`:-`) or an alternative (`:+`).
fn value(inner: &str, variables: &Variables) -> Option<String> {
    let end = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(inner.len());
    let (name, operator) = inner.split_at_checked(end)?;
    let known = variables.get(name);
    let word = |sign: &str| operator.strip_prefix(':').unwrap_or(operator).strip_prefix(sign);
    if operator.is_empty() {
        return known.cloned();
    }
    let simple = |word: &str| (!word.contains('$')).then(|| word.to_owned());
    if let Some(default) = word("-") {
        return known.filter(|known| !known.is_empty()).cloned().or_else(|| simple(default));
    }
    if let Some(alternative) = word("+") {
        return if known.is_some() { simple(alternative) } else { Some(String::new()) };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(script: &str) -> Vec<Vec<String>> {
        let variables = [("V".to_owned(), "1.0".to_owned())].into();
        commands(script, &variables)
            .into_iter()
            .map(|words| words.into_iter().map(|word| word.text).collect())
            .collect()
    }

    #[test]
    fn commands_are_parted_and_quotes_taken_off() {
        assert_eq!(
            words("a b && c || d; e|f &"),
            [vec!["a", "b"], vec!["c"], vec!["d"], vec!["e"], vec!["f"]]
        );
        assert_eq!(words("p 'a>=1' \"b==$V\" c=='$V' d\\ e"), [["p", "a>=1", "b==1.0", "c==$V", "d e"]]);
        assert_eq!(words("p a>=1 2>&1 >> log b # c\nq"), [vec!["p", "a", "b"], vec!["q"]]);
        assert_eq!(
            words("p ${X} ${X:-2} ${V:+y} $(cat a b) `id`"),
            [["p", "${X}", "2", "y", "$(cat a b)", "${id}"]]
        );
        assert_eq!(words("(cd x && p)"), [vec!["cd", "x"], vec!["p"]]);
    }

    proptest! {
        #[test]
        fn no_script_panics(text in "([a-z$(){}'\"`\\\\<>&|;# \n]|\\PC){0,40}") {
            let _ = words(&text);
            let _ = expand(&text, &Variables::new());
        }
    }
}
