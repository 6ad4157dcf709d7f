//! Untrusted text made fit to show: control, bidirectional and invisible characters become visible, so that
//! nothing in an audited file or account can move the cursor, hide a line or turn text around. Also widths,
//! wrapping and cutting for terminals.

use std::borrow::Cow;
use unicode_width::UnicodeWidthStr;

/// True for characters that a terminal or an editor acts on, or that cannot be seen.
pub(crate) fn is_hazardous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// True for printable ASCII, which most text is and which is quick to tell.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// What stands for a hazardous character: `\x1b` for the small ones, `\u{202e}` for the others.
fn push_visible(out: &mut String, c: char) {
    use std::fmt::Write as _;
    let _ = match c {
        '\n' => write!(out, "\\n"),
        '\r' => write!(out, "\\r"),
        '\t' => write!(out, "\\t"),
        c if (c as u32) < 0x100 => write!(out, "\\x{:02x}", c as u32),
        c => write!(out, "\\u{{{:x}}}", c as u32),
    };
}

/// Text on one line: every hazardous character is written out, line ends and tabs become spaces.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(is_hazardous) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.trim_end_matches(['\n', '\r']).chars() {
        match c {
            '\n' | '\t' => out.push(' '),
            c if is_hazardous(c) => push_visible(&mut out, c),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Text that may have several lines and tabs; every other hazardous character is written out.
pub(crate) fn block(text: &str) -> Cow<'_, str> {
    let harmless = |c: char| matches!(c, '\n' | '\t') || !is_hazardous(c);
    if is_plain(text) || text.chars().all(harmless) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            c if harmless(c) => out.push(c),
            c => push_visible(&mut out, c),
        }
    }
    Cow::Owned(out)
}

/// One visible character for each hazardous one, so that columns of source stay what they are: the control
/// pictures of Unicode where there is one. Tabs stay; whoever prints them expands them.
fn picture(c: char) -> char {
    match c {
        '\t' => '\t',
        '\u{7f}' => '\u{2421}',
        c if (c as u32) < 0x20 => char::from_u32(0x2400 + c as u32).unwrap_or(char::REPLACEMENT_CHARACTER),
        c if is_hazardous(c) => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

/// A line of source made visible, with the byte offset of each of its characters.
pub(crate) struct SourceLine {
    /// The line, character for character.
    pub(crate) text: String,
    offsets: Vec<usize>,
}

impl SourceLine {
    /// From the line without its end.
    pub(crate) fn new(original: &str) -> SourceLine {
        let text: String = original.chars().map(picture).collect();
        let mut offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        offsets.push(text.len());
        SourceLine { text, offsets }
    }

    /// Characters of the line.
    pub(crate) fn chars(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }

    /// The byte offset in `text` of a column that counts from 1; the end, for columns past it.
    pub(crate) fn offset(&self, column: usize) -> usize {
        self.offsets.get(column.saturating_sub(1)).copied().unwrap_or(self.text.len())
    }
}

/// Columns that text takes on a terminal.
pub(crate) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// Text broken at spaces into lines of a width. A word that is longer stands on a line of its own, whole: ARNs
/// and paths stay good to copy.
pub(crate) fn wrap(text: &str, max: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut current = String::new();
    for word in text.split_whitespace() {
        if !current.is_empty() && width(&current) + 1 + width(word) > max {
            lines.push(std::mem::take(&mut current));
        }
        if !current.is_empty() {
            current.push(' ');
        }
        current.push_str(word);
    }
    if !current.is_empty() || lines.is_empty() {
        lines.push(current);
    }
    lines
}

/// `1 check`, `2 checks`, `20,000 checks`.
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{} {noun}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A number with its thousands set apart.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// How to fix something, in a line: the first sentence of a guide's section, or the first command of a shell
/// where the section begins with one. None where it has neither.
pub(crate) fn short_fix(markdown: &str) -> Option<String> {
    let mut commands = None;
    let mut prose = String::new();
    let mut lines = markdown.lines().map(str::trim).peekable();
    while let Some(row) = lines.next() {
        if let Some(language) = row.strip_prefix("```") {
            let code: Vec<&str> = lines.by_ref().take_while(|row| !row.starts_with("```")).collect();
            if !prose.is_empty() {
                break;
            }
            if matches!(language, "sh" | "bash" | "shell" | "console") {
                commands = commands.or_else(|| first_command(&code));
            }
        } else if row.is_empty() || row.starts_with(['#', '|']) {
            if !prose.is_empty() {
                break;
            }
        } else if commands.is_none() {
            prose.push_str(if prose.is_empty() { "" } else { " " });
            prose.push_str(row.trim_start_matches(['-', '*', '>', ' ']));
        }
    }
    if let Some(command) = commands {
        return Some(format!("`{command}`"));
    }
    let sentence = first_sentence(&without_links(&prose.replace("**", "")));
    (!sentence.is_empty()).then_some(sentence)
}

/// The first command of a shell example, lines that a backslash joins made one.
fn first_command(code: &[&str]) -> Option<String> {
    let mut lines = code.iter().skip_while(|row| row.is_empty() || row.starts_with('#'));
    let mut command = lines.next()?.trim_start_matches("$ ").to_owned();
    while let Some(head) = command.strip_suffix('\\') {
        command = format!("{} {}", head.trim_end(), lines.next()?);
    }
    Some(command)
}

/// As far as the first mark that ends a sentence: one at the end or before a blank, and not of an abbreviation.
fn first_sentence(prose: &str) -> String {
    let ends = |at: &usize| {
        let head = prose.get(..*at).unwrap_or_default();
        let rest = prose.get(*at..).unwrap_or_default();
        (rest.is_empty() || rest.starts_with(' ')) && !head.ends_with("e.g.") && !head.ends_with("i.e.")
    };
    let end = prose.match_indices(['.', '!', '?']).map(|(at, _)| at + 1).find(ends);
    prose.get(..end.unwrap_or(prose.len())).unwrap_or(prose).trim_end_matches(['.', ':', ' ']).to_owned()
}

/// `[text](address)` as `text (address)`; other brackets stay.
fn without_links(markdown: &str) -> String {
    let mut out = markdown.to_owned();
    while let Some(middle) = out.find("](") {
        let Some(open) = out.get(..middle).and_then(|head| head.rfind('[')) else { break };
        out.replace_range(middle..middle + 2, " (");
        out.remove(open);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_and_direction_marks_become_visible() {
        assert_eq!(line("a\u{1b}[31mred\u{202e}x\u{9b}0m"), "a\\x1b[31mred\\u{202e}x\\x9b0m");
        assert_eq!(line("one\ntwo\tthree\n"), "one two three");
        assert_eq!(block("one\r\ntwo\rthree\u{7}"), "one\ntwo\\rthree\\x07");
        assert_eq!(line("日本語 ünï 🚀"), "日本語 ünï 🚀");
    }

    #[test]
    fn a_source_line_keeps_its_columns() {
        let source = SourceLine::new("\té\u{1b}\u{202e}z");
        assert_eq!(source.text, "\té␛\u{fffd}z");
        assert_eq!((source.offset(1), source.offset(2), source.offset(3), source.offset(5)), (0, 1, 3, 9));
        assert_eq!(source.offset(99), source.text.len());
        assert_eq!(source.chars(), 5);
    }

    #[test]
    fn a_fix_in_short_is_the_first_sentence_without_marks() {
        let fix = |markdown: &str| short_fix(markdown).unwrap_or_default();
        assert_eq!(
            fix("### CLI\n\nTurn on **versioning**, as in\n[the docs](https://a.b/c). Then"),
            "Turn on versioning, as in the docs (https://a.b/c)"
        );
        assert_eq!(fix("Use 1.2.3 or later:\n\n```sh\npip install\n```"), "Use 1.2.3 or later");
        assert_eq!(fix("- Limit it, e.g. to a list[0]. Or not."), "Limit it, e.g. to a list[0]");
        assert_eq!(fix("```terraform\nx = 1\n```\n\nThen apply."), "Then apply");
    }

    #[test]
    fn a_section_that_begins_with_a_shell_gives_its_first_command() {
        assert_eq!(
            short_fix("```sh\n# once\naws ec2 x \\\n  --y z\naws ec2 w\n```\n\nOr by hand.").as_deref(),
            Some("`aws ec2 x --y z`")
        );
        assert_eq!(short_fix("```terraform\nx = 1\n```\n\n```sh\naws y\n```").as_deref(), Some("`aws y`"));
    }

    #[test]
    fn code_of_other_languages_is_no_fix_in_short() {
        assert_eq!(short_fix("```terraform\nresource \"x\" \"y\" {\n}\n```"), None);
        assert_eq!(short_fix(""), None);
        assert_eq!(short_fix("### Console\n"), None);
    }

    #[test]
    fn numbers_and_words_agree() {
        assert_eq!(counted(1, "finding"), "1 finding");
        assert_eq!(counted(0, "finding"), "0 findings");
        assert_eq!(counted(1_234_567, "result"), "1,234,567 results");
        assert_eq!(grouped(100), "100");
    }

    proptest! {
        #[test]
        fn no_text_keeps_a_hazard(text in any::<String>()) {
            prop_assert!(!line(&text).chars().any(is_hazardous));
            prop_assert!(!block(&text).chars().any(|c| is_hazardous(c) && c != '\n' && c != '\t'));
            prop_assert!(!SourceLine::new(&text).text.chars().any(|c| is_hazardous(c) && c != '\t'));
        }

        #[test]
        fn wrapping_loses_no_word(text in any::<String>(), max in 1usize..60) {
            let words: Vec<&str> = text.split_whitespace().collect();
            let wrapped = wrap(&text, max).join(" ");
            prop_assert_eq!(wrapped.split_whitespace().collect::<Vec<_>>(), words);
        }

        #[test]
        fn the_short_fix_of_anything_is_had_without_panic(text in "(```|sh|\n|\\\\|\\[|\\]\\(|[.:é]|\\PC){0,40}") {
            short_fix(&text);
        }
    }
}
