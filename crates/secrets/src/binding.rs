//! What a name is bound to, in each way of writing: from a word of the name to the literal value, where there is one.

mod idioms;
mod pairs;

pub(crate) use idioms::template_default;

use self::pairs::{is_name_of_pair, member, nested, pair};
use crate::Document;
use crate::literal::{Value, Via, setting, string, word};
use crate::syntax::Syntax;
use crate::text::{
    back_while, before, byte, has, is_word, line_end, line_start, part, shown, skip_blanks, skip_space,
    skip_while,
};
use std::ops::Range;

/// A name and the value that a text states for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// As written.
    pub name: String,
    /// Its value.
    pub value: Value,
}

/// A longer name is none.
const LONGEST_NAME: usize = 120;

/// The name around a word of it.
pub(crate) fn name_around(bytes: &[u8], hit: &Range<usize>) -> Range<usize> {
    let inside = |byte: u8| is_word(byte) || matches!(byte, b'-' | b'.');
    let mut start = back_while(bytes, hit.start, inside);
    let mut end = skip_while(bytes, hit.end, inside);
    while start < hit.start && matches!(byte(bytes, start), b'-' | b'.') {
        start += 1;
    }
    while end > hit.end && matches!(before(bytes, end), b'-' | b'.') {
        end -= 1;
    }
    start..end
}

/// The binding of the name in which a word stands.
pub(crate) fn binding_at(document: &Document<'_>, hit: &Range<usize>) -> Option<Binding> {
    let bytes = document.bytes;
    let name = name_around(bytes, hit);
    if name.len() > LONGEST_NAME {
        return None;
    }
    let value = value_of(document, &name)?;
    if value.range.is_empty() && value.text.is_empty() {
        return None;
    }
    Some(Binding { name: shown(bytes, name).into_owned(), value })
}

/// The quote that closes here, with the backslash before it where it is escaped; and where it ends.
fn closing_quote(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let escaped = byte(bytes, at) == b'\\';
    let at = at + usize::from(escaped);
    let quote = byte(bytes, at);
    matches!(quote, b'"' | b'\'' | b'`').then_some((quote, at + 1))
}

fn value_of(document: &Document<'_>, name: &Range<usize>) -> Option<Value> {
    let bytes = document.bytes;
    let opening = before(bytes, name.start);
    let flag = opening == b'-' && is_quote(before(bytes, back_while(bytes, name.start, |byte| byte == b'-')));
    if let Some((quote, end)) = closing_quote(bytes, name.end)
        && (opening == quote || flag)
    {
        return after_quoted_name(document, name, end);
    }
    if opening == b'<' && matches!(document.syntax, Syntax::Xml | Syntax::Text | Syntax::Code) {
        return element(bytes, name.end);
    }
    after_bare_name(document, name)
}

/// After `"password"`: a member of an object, an item that is set, an argument, or the name of a pair.
fn after_quoted_name(document: &Document<'_>, name: &Range<usize>, end: usize) -> Option<Value> {
    let (bytes, syntax) = (document.bytes, document.syntax);
    let mut at = skip_blanks(bytes, end);
    if byte(bytes, at) == b']' {
        at = skip_blanks(bytes, at + 1);
        if byte(bytes, at) != b'=' {
            return None;
        }
    }
    match byte(bytes, at) {
        b'=' if byte(bytes, at + 1) == b'=' => comparison(bytes, at, syntax),
        b'=' if byte(bytes, at + 1) == b'>' => setting(bytes, at + 2, quoting(syntax)),
        b'=' | b':' => {
            let next = skip_space(bytes, at + 1);
            if byte(bytes, next) == b'{' {
                return member(bytes, next, syntax);
            }
            if byte(bytes, at + 1) == b'\n' && syntax == Syntax::Yaml {
                return nested(bytes, name.start);
            }
            setting(bytes, at + 1, inside_quotes(syntax))
        }
        b',' => {
            let opened = back_while(bytes, name.start - 1, |byte| byte.is_ascii_whitespace());
            if is_name_of_pair(document, name) {
                return pair(document, name.end);
            }
            if let Some(value) = build_field(bytes, name, at + 1, syntax) {
                return Some(value);
            }
            // In a list only a flag has its value after it.
            let is_flag = byte(bytes, name.start - 1) == b'-';
            let is_set = before(bytes, opened) == b',' && idioms::is_set_on(bytes, opened - 1);
            if before(bytes, opened) != b'(' && !is_flag && !is_set {
                return None;
            }
            let next = skip_space(bytes, at + 1);
            // `os.environ.get("X", "…")`, `setdefault("X", "…")`, `define('X', '…')`.
            let value = string(bytes, next, inside_quotes(syntax)).or_else(|| {
                has(bytes, next, "default=").then(|| string(bytes, next + "default=".len(), syntax)).flatten()
            })?;
            let function_end = opened.saturating_sub(1);
            let function = back_while(bytes, function_end, |byte| is_word(byte) || byte == b'.');
            let function = shown(bytes, function..function_end).to_ascii_lowercase();
            let sets = [
                "setdefault",
                "getenv",
                "environ.get",
                "env",
                "config",
                "setenv",
                "define",
                "putenv",
                "setproperty",
                "setattr",
                "env.str",
            ]
            .iter()
            .any(|known| function.ends_with(known));
            let states =
                ["define", "setproperty", "putenv", "setenv"].iter().any(|known| function.ends_with(known));
            let via = match (states, sets || has(bytes, next, "default=")) {
                (true, _) => Via::Direct,
                (false, true) => Via::Default,
                (false, false) => Via::Argument,
            };
            Some(Value { via, ..value })
        }
        // `<entry key="db.password">…</entry>`
        b'>' if syntax == Syntax::Xml => element(bytes, at),
        b'{' => {
            let line = line_start(bytes, name.start);
            let is_variable = part(bytes, line..name.start).starts_with(b"variable")
                || part(bytes, line..name.start).starts_with(b"output");
            is_variable.then(|| member(bytes, at, syntax)).flatten()
        }
        // A cell of a table and the one beside it.
        b'|' if syntax == Syntax::Text => setting(bytes, at + 1, Syntax::Text),
        _ if is_name_of_pair(document, name) => pair(document, name.end),
        _ => None,
    }
}

/// `buildConfigField "String", "API_KEY", "\"…\""`, `resValue "string", "api_key", "…"`: Gradle's constants for an app.
fn build_field(bytes: &[u8], name: &Range<usize>, at: usize, syntax: Syntax) -> Option<Value> {
    let lead = part(bytes, line_start(bytes, name.start)..name.start);
    let sets =
        [&b"buildConfigField"[..], b"resValue"].iter().any(|call| memchr::memmem::find(lead, call).is_some());
    let value = sets.then(|| string(bytes, skip_blanks(bytes, at), syntax)).flatten()?;
    let text = value.text.trim_matches(|c| matches!(c, '"' | '\'')).to_owned();
    Some(Value { text, ..value })
}

/// Values behind quoted names are quoted, but in YAML and the like.
fn quoting(syntax: Syntax) -> Syntax {
    if syntax == Syntax::Code || syntax == Syntax::Python { syntax } else { Syntax::Json }
}

/// JSON stands in files of every kind.
fn inside_quotes(syntax: Syntax) -> Syntax {
    match syntax {
        Syntax::Python | Syntax::Code | Syntax::Yaml | Syntax::Hcl | Syntax::Toml => syntax,
        _ => Syntax::Json,
    }
}

/// After `password`.
fn after_bare_name(document: &Document<'_>, name: &Range<usize>) -> Option<Value> {
    let (bytes, syntax) = (document.bytes, document.syntax);
    let mut at = skip_blanks(bytes, name.end);
    let found = byte(bytes, at);
    if found == b']' && before(bytes, name.start) == b'[' && syntax != Syntax::Ini {
        at = skip_blanks(bytes, at + 1);
    }
    if before(bytes, name.start) == b'/' && is_name_of_pair(document, name) {
        return pair(document, name.end);
    }
    // Inside of a longer word (an ARN, a path, an address) it is no name; npm writes `//registry/:_authToken=`, Ruby `:password =>`.
    let is_npm = byte(bytes, name.start) == b'_';
    let is_symbol = syntax == Syntax::Code
        && before(bytes, name.start) == b':'
        && byte(bytes, at) == b'='
        && (byte(bytes, at + 1) == b'>' || before(bytes, name.start - 1) == b':');
    let is_item = before(bytes, name.start) == b'=' && is_list_of_settings(bytes, name.start - 1);
    let is_own = is_npm || is_symbol || is_item || idioms::begins_own(bytes, name);
    if !is_own && matches!(before(bytes, name.start), b':' | b'/' | b'=' | b'@' | b'%' | b'+') {
        return None;
    }
    match byte(bytes, at) {
        b'=' if byte(bytes, at + 1) == b'=' => comparison(bytes, at, syntax),
        b'!' if byte(bytes, at + 1) == b'=' => comparison(bytes, at, syntax),
        b'=' if byte(bytes, at + 1) == b'>' => setting(bytes, at + 2, syntax),
        b'=' => assigned(document, name, at + 1),
        b'(' if syntax == Syntax::Python => idioms::returned(bytes, name, at),
        b'<' if syntax == Syntax::Xml => idioms::element_beside(bytes, at),
        b',' | b')' if syntax == Syntax::Sql => inserted(bytes, name),
        b'+' | b'?' | b':' if byte(bytes, at + 1) == b'=' => assigned(document, name, at + 2),
        b':' => after_colon(document, name, at),
        b'"' | b'\'' | b'(' if syntax == Syntax::Sql => {
            string(bytes, at + usize::from(byte(bytes, at) == b'('), syntax)
        }
        _ if is_name_of_pair(document, name) => pair(document, name.end),
        _ if at > name.end => after_space(document, name, at),
        _ => None,
    }
}

/// True behind another setting on the same line: `host=… user=… password=…`.
fn is_among_settings(bytes: &[u8], name: &Range<usize>) -> bool {
    let lead = part(bytes, line_start(bytes, name.start)..name.start).trim_ascii_end();
    let last = part(lead, lead.iter().rposition(u8::is_ascii_whitespace).map_or(0, |at| at + 1)..lead.len());
    memchr::memchr(b'=', last).is_some_and(|at| at > 0 && last.len() > at + 1)
}

/// True where the `=` here stands before settings: `--from-literal=password=…`, `environment=NAME="…"`, `Variables={NAME=…}`.
fn is_list_of_settings(bytes: &[u8], equals: usize) -> bool {
    const LISTS: &[&str] = &[
        "environment",
        "env",
        "literal",
        "arg",
        "set",
        "string",
        "var",
        "e",
        "variables",
        "settings",
        "overrides",
    ];
    let list = part(bytes, back_while(bytes, equals, is_word)..equals);
    LISTS.iter().any(|known| list.eq_ignore_ascii_case(known.as_bytes()))
}

/// `NAME=value` on a line of its own in a comment or a string of a program: what a shell or an environment file would read.
fn is_environment_line(bytes: &[u8], name: &Range<usize>, at: usize) -> bool {
    let lead = part(bytes, line_start(bytes, name.start)..name.start);
    let lead = lead.trim_ascii();
    let lead = lead.strip_prefix(b"#").unwrap_or(lead).trim_ascii();
    let in_comment =
        part(bytes, line_start(bytes, name.start)..name.start).trim_ascii_start().starts_with(b"#");
    let in_capitals = in_comment
        || part(bytes, name.clone())
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_');
    in_capitals
        && at == name.end + 1
        && matches!(lead, b"" | b"export" | b"%env")
        && !matches!(byte(bytes, at), b' ' | b'\n' | b'\r' | b'"' | b'\'')
}

/// `INSERT INTO t (a, password) VALUES ('…', '…')`: the value in the place of the column that is named here, in the first row.
fn inserted(bytes: &[u8], name: &Range<usize>) -> Option<Value> {
    let open = back_while(bytes, name.start, |byte| byte != b'(');
    let columns = part(bytes, open..name.start);
    let is_column =
        |byte: &u8| is_word(*byte) || byte.is_ascii_whitespace() || matches!(byte, b',' | b'"' | b'`' | b'.');
    if !columns.iter().all(is_column) {
        return None;
    }
    let before_it = memchr::memchr_iter(b',', columns).count();
    let close = skip_while(bytes, name.end, |byte| byte != b')' && byte != b'(');
    let values = skip_space(bytes, close + 1);
    if !part(bytes, values..values + "values".len()).eq_ignore_ascii_case(b"values") {
        return None;
    }
    let mut at = skip_space(bytes, values + "values".len());
    if byte(bytes, at) != b'(' {
        return None;
    }
    at = skip_space(bytes, at + 1);
    for _ in 0..before_it {
        let end = match string(bytes, at, Syntax::Sql) {
            Some(other) => other.range.end + 1,
            None => skip_while(bytes, at, |byte| !matches!(byte, b',' | b')' | b'\'' | b'"')),
        };
        let comma = skip_space(bytes, end);
        if byte(bytes, comma) != b',' {
            return None;
        }
        at = skip_space(bytes, comma + 1);
    }
    string(bytes, at, Syntax::Sql)
}

fn assigned(document: &Document<'_>, name: &Range<usize>, at: usize) -> Option<Value> {
    let (bytes, syntax) = (document.bytes, document.syntax);
    match syntax {
        Syntax::Python | Syntax::Code | Syntax::Hcl if is_environment_line(bytes, name, at) => {
            setting(bytes, at, Syntax::Env)
        }
        // A command of a notebook.
        Syntax::Python if byte(bytes, skip_blanks(bytes, line_start(bytes, name.start))) == b'!' => {
            setting(bytes, at, Syntax::Shell)
        }
        // A flag, an attribute, an assignment in a command.
        Syntax::Yaml | Syntax::Text | Syntax::Xml | Syntax::Dockerfile | Syntax::Shell => {
            let direct = !matches!(byte(bytes, at), b' ' | b'\t');
            if direct && byte(bytes, at) == b'\n' {
                return None;
            }
            let shell =
                if syntax == Syntax::Text || syntax == Syntax::Xml { Syntax::Text } else { Syntax::Shell };
            if syntax == Syntax::Xml {
                return string(bytes, skip_blanks(bytes, at), Syntax::Xml)
                    .or_else(|| in_string(bytes, name, at))
                    .or_else(|| in_element(bytes, name, at));
            }
            if !direct && syntax == Syntax::Shell {
                return None;
            }
            setting(bytes, at, shell)
        }
        // `Server=x;Password=y` inside of a string: a connection string.
        Syntax::Python | Syntax::Code | Syntax::Json | Syntax::Toml | Syntax::Hcl | Syntax::Sql
            if is_word(byte(bytes, at))
                || matches!(byte(bytes, at), b'!' | b'$' | b'#' | b'@')
                || before(bytes, name.start) == b';'
                || before(bytes, name.start) == b' ' && before(bytes, name.start - 1) == b';' =>
        {
            // `';Password=',parameters('…')`: the string ends here, and something is added to it.
            let line = part(bytes, line_start(bytes, name.start)..name.start);
            if before(bytes, name.start) == b';' && is_quote(byte(bytes, at)) && is_in_string(line) {
                return None;
            }
            in_string(bytes, name, at).or_else(|| setting(bytes, at, syntax))
        }
        _ if syntax == Syntax::Ini && matches!(before(bytes, name.start), b';' | b'&' | b'?') => {
            in_string(bytes, name, at)
        }
        // `dsn = host=… password=… dbname=…`
        Syntax::Ini | Syntax::Env if before(bytes, name.start) == b' ' && is_among_settings(bytes, name) => {
            setting(bytes, at, Syntax::Text)
        }
        Syntax::Python => setting(bytes, at, syntax).or_else(|| idioms::in_block(bytes, name, at)),
        _ => setting(bytes, at, syntax),
    }
}

/// `Password=…` inside of a string: up to `;`, `&`, white space or the closing quote.
fn in_string(bytes: &[u8], name: &Range<usize>, at: usize) -> Option<Value> {
    let lead = before(bytes, name.start);
    if !matches!(lead, b';' | b'&' | b'?' | b'"' | b'\'' | b' ' | b'-') {
        return None;
    }
    let line = part(bytes, line_start(bytes, name.start)..name.start);
    if !is_in_string(line) {
        return None;
    }
    // Connection strings may have blanks behind their signs.
    let at = if matches!(lead, b';' | b' ') && line.contains(&b';') { skip_blanks(bytes, at) } else { at };
    let end = skip_while(bytes, at, |byte| {
        !byte.is_ascii_whitespace() && !matches!(byte, b';' | b'&' | b'"' | b'\'' | b'`' | b'\\')
    });
    if end == at {
        return None;
    }
    let text = shown(bytes, at..end).into_owned();
    Some(Value { text, range: at..end, quoted: true, split: false, open: false, via: Via::Direct })
}

/// `;Password=…;` in the text of an element.
fn in_element(bytes: &[u8], name: &Range<usize>, at: usize) -> Option<Value> {
    let end =
        skip_while(bytes, at, |byte| !byte.is_ascii_whitespace() && !matches!(byte, b';' | b'<' | b'&'));
    if before(bytes, name.start) != b';' || end == at {
        return None;
    }
    let text = shown(bytes, at..end).into_owned();
    Some(Value { text, range: at..end, quoted: true, split: false, open: false, via: Via::Direct })
}

/// True where a string is open at the end of this part of a line.
fn is_in_string(line: &[u8]) -> bool {
    let mut open: Option<u8> = None;
    let mut escaped = false;
    for byte in line {
        match (open, byte) {
            _ if escaped => escaped = false,
            (_, b'\\') => escaped = true,
            (None, b'"' | b'\'' | b'`') => open = Some(*byte),
            (Some(quote), byte) if quote == *byte => open = None,
            _ => {}
        }
    }
    open.is_some()
}

fn after_colon(document: &Document<'_>, name: &Range<usize>, at: usize) -> Option<Value> {
    let (bytes, syntax) = (document.bytes, document.syntax);
    // A path: `token::Paren`.
    if byte(bytes, at + 1) == b':' {
        return None;
    }
    // `"Password: "`: the quote that follows is the end of the string in which the name stands.
    let lead = before(bytes, name.start);
    if is_quote(lead) && byte(bytes, skip_blanks(bytes, at + 1)) == lead {
        return None;
    }
    match syntax {
        Syntax::Python | Syntax::Code if is_comment(bytes, name.start) => {
            setting(bytes, at + 1, Syntax::Text)
        }
        Syntax::Python => annotated(bytes, at, syntax).or_else(|| idioms::in_block(bytes, name, at + 1)),
        Syntax::Code => annotated(bytes, at, syntax)
            .or_else(|| string(bytes, skip_space(bytes, at + 1), syntax))
            .or_else(|| setting(bytes, at + 1, syntax)),
        Syntax::Yaml => {
            let next = byte(bytes, at + 1);
            if next == b'\n' || next == b'\r' {
                return nested(bytes, name.start);
            }
            if !matches!(next, b' ' | b'\t') && !is_quote(next) {
                return None;
            }
            let value_at = skip_blanks(bytes, at + 1);
            if byte(bytes, value_at) == b'#' || matches!(byte(bytes, value_at), b'\n' | b'\r') {
                return nested(bytes, name.start);
            }
            if byte(bytes, value_at) == b'{' && byte(bytes, value_at + 1) != b'{' {
                return member(bytes, value_at, Syntax::Yaml);
            }
            setting(bytes, at + 1, syntax)
        }
        Syntax::Json | Syntax::Hcl | Syntax::Toml | Syntax::Sql | Syntax::Xml => {
            string(bytes, skip_blanks(bytes, at + 1), syntax)
        }
        Syntax::Env | Syntax::Shell | Syntax::Dockerfile | Syntax::Ini | Syntax::Text | Syntax::Binary => {
            // `${NAME:-default}` is told by the name before it.
            if before(bytes, name.start) == b'{' || byte(bytes, at + 1) == b'/' {
                return None;
            }
            setting(bytes, at + 1, if syntax == Syntax::Ini { Syntax::Ini } else { Syntax::Text })
        }
    }
}

fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// True on a line that is a comment of a program.
fn is_comment(bytes: &[u8], at: usize) -> bool {
    let lead = part(bytes, line_start(bytes, at)..at).trim_ascii_start();
    lead.starts_with(b"#") || lead.starts_with(b"//") || memchr::memmem::find(lead, b"  # ").is_some()
}

/// `name: type = "…"`
fn annotated(bytes: &[u8], colon: usize, syntax: Syntax) -> Option<Value> {
    let of_type = |byte: u8| {
        is_word(byte)
            || matches!(
                byte,
                b' ' | b'.' | b',' | b'[' | b']' | b'|' | b'<' | b'>' | b'?' | b'"' | b'\'' | b'(' | b')'
            )
    };
    let end = skip_while(bytes, colon + 1, of_type);
    if end - colon > 100 || byte(bytes, end) != b'=' || byte(bytes, end + 1) == b'=' {
        return None;
    }
    setting(bytes, end + 1, syntax)
}

/// `password == "…"`
fn comparison(bytes: &[u8], at: usize, syntax: Syntax) -> Option<Value> {
    let next = skip_while(bytes, at, |byte| matches!(byte, b'=' | b'!'));
    let value = string(bytes, skip_blanks(bytes, next), syntax)?;
    Some(Value { via: Via::Comparison, ..value })
}

/// `<password>…</password>`
fn element(bytes: &[u8], at: usize) -> Option<Value> {
    let end = skip_while(bytes, at, |byte| !matches!(byte, b'>' | b'<' | b'\n'));
    if byte(bytes, end) != b'>' || before(bytes, end) == b'/' || end - at > 200 {
        return None;
    }
    let start = skip_space(bytes, end + 1);
    let stop = skip_while(bytes, start, |byte| !matches!(byte, b'<' | b'\n'));
    let range = start..start + part(bytes, start..stop).trim_ascii_end().len();
    let text = shown(bytes, range.clone()).into_owned();
    if byte(bytes, stop) != b'<' || text.is_empty() {
        return None;
    }
    Some(Value { text, range, quoted: false, split: false, open: false, via: Via::Direct })
}

/// After a name and a space: a flag's word, `ENV NAME value`, `configure set NAME value`, netrc, SQL.
fn after_space(document: &Document<'_>, name: &Range<usize>, at: usize) -> Option<Value> {
    let (bytes, syntax) = (document.bytes, document.syntax);
    let line = part(bytes, line_start(bytes, name.start)..name.start);
    let is_flag = matches!(before(bytes, name.start), b'-');
    let in_shell =
        matches!(syntax, Syntax::Shell | Syntax::Dockerfile | Syntax::Yaml | Syntax::Text | Syntax::Json);
    if is_flag && in_shell {
        let value = word(bytes, at, syntax)?;
        return (!value.text.starts_with('-')).then_some(value);
    }
    let trimmed = line.trim_ascii();
    // A cell of a table and the one beside it.
    if syntax == Syntax::Text && byte(bytes, at) == b'|' {
        return setting(bytes, at + 1, Syntax::Text);
    }
    if let b"proxy_set_header" | b"add_header" | b"fastcgi_param" | b"RequestHeader set" = trimmed {
        return word(bytes, at, Syntax::Shell);
    }
    let says = ["was ", "is "].iter().find(|word| has(bytes, at, word));
    if let Some(says) = says.filter(|_| is_comment(bytes, name.start) || syntax == Syntax::Text) {
        let value = setting(bytes, at + says.len(), Syntax::Text)?;
        // In a sentence most words are just words.
        return Some(Value { via: Via::Argument, ..value });
    }
    if syntax == Syntax::Dockerfile
        && (trimmed.eq_ignore_ascii_case(b"env") || trimmed.eq_ignore_ascii_case(b"arg"))
    {
        return word(bytes, at, syntax);
    }
    let ends_with = |text: &[u8]| {
        trimmed.len() >= text.len()
            && part(trimmed, trimmed.len() - text.len()..trimmed.len()).eq_ignore_ascii_case(text)
    };
    if in_shell
        && (ends_with(b"configure set")
            || ends_with(b"setx")
            || ends_with(b"config set")
            || ends_with(b"secrets set")
            || ends_with(b"setenv")
            || ends_with(b"poetry config")
            || memchr::memmem::find(trimmed, b"config set //").is_some()
            || ends_with(b"set -x")
            || ends_with(b"set -gx"))
    {
        return word(bytes, at, syntax);
    }
    // nginx: `set $apikey …;`
    if syntax == Syntax::Ini && ends_with(b"set $") {
        let value = word(bytes, at, Syntax::Shell)?;
        return Some(value);
    }
    let file = document.path.rsplit(['/', '!']).next().unwrap_or_default();
    if file.ends_with("netrc") {
        return word(bytes, at, Syntax::Shell);
    }
    if syntax == Syntax::Text && trimmed.ends_with(b"with") && byte(bytes, at) == b'`' {
        return setting(bytes, at, Syntax::Text);
    }
    let lower = part(bytes, name.clone()).to_ascii_lowercase();
    if lower.ends_with(b"identified by") {
        return string(bytes, at, Syntax::Sql);
    }
    if lower.ends_with(b"identified with") {
        let rest = part(bytes, at..line_end(bytes, at)).to_ascii_lowercase();
        let by = memchr::memmem::find(&rest, b" by ")?;
        return string(bytes, skip_blanks(bytes, at + by + " by ".len()), Syntax::Sql);
    }
    if matches!(byte(bytes, at), b'=' | b':') && syntax.has_bare_values() {
        return setting(bytes, at + 1, syntax);
    }
    if syntax == Syntax::Sql {
        return string(bytes, at, syntax);
    }
    if let Some(value) = idioms::of_account(bytes, name, at).or_else(|| idioms::directive(document, at)) {
        return Some(value);
    }
    if syntax == Syntax::Text {
        let value = word(bytes, at, Syntax::Text)?;
        let is_last = part(bytes, value.range.end..line_end(bytes, value.range.end)).trim_ascii().is_empty();
        let is_odd =
            value.text.bytes().any(|byte| byte.is_ascii_digit()) && !value.text.starts_with(['=', ':', '-']);
        return (is_last && is_odd).then_some(Value { via: Via::Argument, ..value });
    }
    // Gradle and Ruby: `storePassword "…"`, a call on a line of its own.
    let is_call = syntax == Syntax::Code && trimmed.is_empty() && is_quote(byte(bytes, at));
    let value = is_call.then(|| string(bytes, at, syntax)).flatten()?;
    let rest = part(bytes, value.range.end + 1..line_end(bytes, value.range.end)).trim_ascii();
    let ends = rest.is_empty() || rest.starts_with(b"//") || rest.starts_with(b"#") || rest.starts_with(b"}");
    (ends && !value.split).then_some(value)
}
