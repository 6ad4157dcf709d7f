//! The way from a text to its secrets: one pass of the automaton; behind each keyword the pattern, the binding or the
//! logic that it sets off; and where several found the same, the one that says most.

mod calls;
mod command_line;
mod files;
mod forms;
mod table;

pub(crate) use command_line::keywords as command_keywords;

use crate::aws;
use crate::binding::{Binding, binding_at};
use crate::judge::{entropy, is_made_up, is_published, is_stand_in, kind_of_name, plausible};
use crate::literal::{self, Value};
use crate::rules::{Detector, Ready, Rules, Use};
use crate::syntax::Syntax;
use crate::text::{before, byte, has, is_word, part, shown, skip_while};
use crate::{Document, Found, Secret, validate};
use base64::Engine as _;
use std::ops::Range;
use tieout_model::Confidence;
use tieout_source::redact::{is_dummy, is_reference, words};

/// A pattern is looked for in at most so many bytes after its keyword.
const WINDOW: usize = 2048;
/// Secrets in secrets are looked for so deep.
const DEEPEST: u8 = 2;

/// What a scan of one text gathers.
struct Scan<'a> {
    rules: &'a Rules,
    document: Document<'a>,
    depth: u8,
    found: Vec<Found>,
    /// What has a vendor's format and is none of its secrets: a published example, a wrong checksum. Its name makes no secret of it.
    refused: Vec<Range<usize>>,
}

/// The secrets of a text, sorted by where they stand.
pub fn scan(rules: &Rules, document: &Document<'_>) -> Vec<Found> {
    let mut found = scan_at(rules, document, 0);
    aws::pair(rules, document, &mut found);
    keep_the_telling(rules, &mut found);
    found
}

fn scan_at(rules: &Rules, document: &Document<'_>, depth: u8) -> Vec<Found> {
    let mut scan = Scan { rules, document: *document, depth, found: Vec::new(), refused: Vec::new() };
    let file = document.path.rsplit(['/', '!']).next().unwrap_or_default();
    if depth == 0 {
        scan.whole_file(file);
    }
    if depth == 0 && [".csv", ".tsv"].iter().any(|ending| file.ends_with(ending)) && !document.third_party {
        scan.table();
    }
    rules.prefilter.each_hit(document.bytes, &mut |keyword, hit| {
        let Some(uses) = rules.uses.get(keyword.as_usize()) else { return };
        for what in uses {
            match what {
                Use::Pattern(index) => scan.pattern(*index, hit.clone()),
                Use::Named(index) if document.syntax != Syntax::Binary => scan.named(*index, hit.clone()),
                Use::Detector(detector) => scan.detector(*detector, hit.clone()),
                Use::Named(_) => {}
            }
        }
    });
    let refused = scan.refused;
    let by_name = |found: &Found| {
        rules
            .rule(found.rule)
            .and_then(|rule| rule.detector.as_deref())
            .is_some_and(|detector| BY_NAME.contains(&detector))
    };
    scan.found.retain(|found| {
        !by_name(found)
            || !refused.iter().any(|range| range.start < found.range.end && found.range.start < range.end)
    });
    scan.found
}

/// Detectors that go by the name alone.
const BY_NAME: [&str; 6] = ["password", "token", "secret", "api-key", "authorization", "framework-key"];

/// Sorts, and keeps of those that overlap the one whose rule says most.
fn keep_the_telling(rules: &Rules, found: &mut Vec<Found>) {
    let weight = |found: &Found| {
        let rule = rules.rules.get(found.rule).map(|ready| &ready.rule);
        rule.map_or(0, |rule| match (rule.detector.as_deref(), rule.pattern.is_some()) {
            (Some("aws-access-key"), _) => 5,
            (None, true) => 4,
            (None, false) => 3,
            (Some(detector), _) if BY_NAME.contains(&detector) => 1,
            (Some(_), _) => 2,
        })
    };
    found.sort_by(|a, b| {
        (std::cmp::Reverse(weight(a)), a.range.start, std::cmp::Reverse(a.range.end), a.rule, &a.name).cmp(&(
            std::cmp::Reverse(weight(b)),
            b.range.start,
            std::cmp::Reverse(b.range.end),
            b.rule,
            &b.name,
        ))
    });
    let mut kept: Vec<Found> = Vec::with_capacity(found.len());
    for candidate in found.drain(..) {
        let overlaps = |other: &Found| {
            let touches = |a: &Range<usize>, b: &Range<usize>| a.start < b.end && b.start < a.end;
            other.ranges().any(|range| candidate.ranges().any(|own| touches(range, own)))
        };
        if !kept.iter().any(overlaps) {
            kept.push(candidate);
        }
    }
    kept.sort_by_key(|found| (found.range.start, found.range.end, found.rule));
    *found = kept;
}

impl Scan<'_> {
    fn ready(&self, index: usize) -> Option<&Ready> {
        self.rules.rules.get(index)
    }

    fn push(&mut self, rule: usize, name: String, secret: &str, range: Range<usize>, confidence: Confidence) {
        self.found.push(Found {
            rule,
            name,
            secret: Secret::new(secret.to_owned()),
            range,
            second: None,
            confidence,
            access_key_id: None,
            aws_account: None,
        });
    }

    /// A secret that shows by its own format.
    fn pattern(&mut self, index: usize, hit: Range<usize>) {
        let bytes = self.document.bytes;
        let Some(ready) = self.ready(index) else { return };
        let Some(pattern) = &ready.pattern else { return };
        let end = bytes.len().min(hit.start + WINDOW);
        let matched = if ready.rule.before == 0 {
            if !ready.rule.open && is_word(before(bytes, hit.start)) && !is_escape(bytes, hit.start) {
                return;
            }
            pattern.at(bytes, hit.start..end)
        } else {
            let from = hit.start.saturating_sub(ready.rule.before);
            pattern
                .within(bytes, from..end)
                .filter(|found| found.whole.start <= hit.start && found.whole.end >= hit.end)
        };
        let Some(matched) = matched.filter(|_| !(self.document.third_party && self.document.is_example()))
        else {
            self.split(hit);
            return;
        };
        let lead = before(bytes, matched.whole.start);
        let ended = !is_word(byte(bytes, matched.whole.end));
        if !ready.rule.open && ((is_word(lead) && !is_escape(bytes, matched.whole.start)) || !ended) {
            return;
        }
        let secret = shown(bytes, matched.secret.clone()).into_owned();
        if !ready.rule.open && is_inside_base64(bytes, &matched.whole) {
            return;
        }
        if !self.is_real(ready, &secret) {
            // A broken structure is no proof against a name, as a wrong checksum is: forms change.
            if !ready.rule.validators.iter().any(|check| validate::is_of_structure(check))
                || validate::is_json(&secret)
            {
                self.refused.push(matched.secret);
            }
            // It may be the first part of one.
            self.split(hit);
            return;
        }
        let confidence = if self.document.is_example() { Confidence::Medium } else { Confidence::High };
        let name = name_before(&self.document, matched.secret.start);
        self.push(index, name, &secret, matched.secret, confidence);
    }

    /// What holds for a secret of every rule.
    fn is_real(&self, ready: &Ready, secret: &str) -> bool {
        let body = secret.rsplit(['_', '-', '.']).find(|part| part.len() >= 8).unwrap_or(secret);
        !is_published(secret)
            && !is_dummy(body)
            && !is_run(body)
            && !secret.contains("xxxx")
            && !secret.contains("XXXX")
            && entropy(secret) >= ready.rule.entropy
            && ready.validators.iter().all(|holds| holds(secret))
    }

    /// A secret that begins in one string and goes on in the next.
    fn split(&mut self, hit: Range<usize>) {
        if self.depth >= DEEPEST || !matches!(self.document.syntax, Syntax::Python | Syntax::Code) {
            return;
        }
        let bytes = self.document.bytes;
        let inside =
            |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'{' | b'(' | b' ');
        let end = skip_while(bytes, hit.end, inside);
        if end - hit.end > 200 || !matches!(byte(bytes, end), b'"' | b'\'') {
            return;
        }
        let start =
            crate::text::back_while(bytes, hit.start, |other| other != byte(bytes, end) && other != b'\n');
        if before(bytes, start) != byte(bytes, end) {
            return;
        }
        let start = first_part(bytes, start);
        if let Some(value) =
            literal::string(bytes, start - 1, self.document.syntax).filter(|value| value.split)
        {
            self.inside(&value.text, &value.range);
        }
    }

    /// Secrets in a text that was put together or decoded from a part of the document.
    fn inside(&mut self, text: &str, range: &Range<usize>) {
        if self.depth >= DEEPEST {
            return;
        }
        let inner = Document { bytes: text.as_bytes(), syntax: Syntax::Text, ..self.document };
        for found in scan_at(self.rules, &inner, self.depth + 1) {
            let name = if found.name.is_empty() {
                name_before(&self.document, range.start)
            } else {
                found.name.clone()
            };
            self.found.push(Found { range: range.clone(), second: None, name, ..found });
        }
    }

    /// A vendor's secret that shows by its name and its shape.
    fn named(&mut self, index: usize, hit: Range<usize>) {
        if self.document.third_party {
            return;
        }
        let Some(binding) = binding_at(&self.document, &hit) else { return };
        let spelled = words(&binding.name).join("_");
        self.bound_to(index, &binding, &spelled);
    }

    /// The vendors' secrets whose words stand in a name.
    fn worded(&mut self, binding: &Binding) {
        // The shortest value that a vendor issues.
        const SHORTEST: usize = 10;
        if self.document.third_party || binding.value.open || binding.value.text.len() < SHORTEST {
            return;
        }
        let spelled = words(&binding.name).join("_");
        let run_together = spelled.replace('_', "");
        let rules = self.rules;
        for (_, index) in rules.words.iter().filter(|(word, _)| run_together.contains(word.as_str())) {
            self.bound_to(*index, binding, &spelled);
        }
    }

    fn bound_to(&mut self, index: usize, binding: &Binding, spelled: &str) {
        let Some(ready) = self.ready(index) else { return };
        let (Some(name), Some(value)) = (&ready.name, &ready.value) else { return };
        if binding.value.open {
            return;
        }
        let written = binding.value.text.trim();
        let readable = decode_text(written);
        // `dGVzdF9qd3Rfc2VjcmV0`: a placeholder or a reference in base64.
        if readable.as_deref().is_some_and(|text| is_stand_in(text) || is_reference(text) || is_made_up(text))
        {
            return;
        }
        let decoded = readable.filter(|decoded| !value.is_all(written) && value.is_all(decoded));
        let text = decoded.as_deref().unwrap_or(written);
        if !value.is_all(text) {
            return;
        }
        if name.within(spelled.as_bytes(), 0..spelled.len()).is_none() {
            return;
        }
        // Some vendors' keys are UUIDs or addresses, and base64 has slashes as paths have: neither refers to anything here.
        let refers = is_reference(text)
            && !text.contains("://")
            && (text.contains(':') || ["projects/", "./", "~/"].iter().any(|lead| text.starts_with(lead)));
        let made_up = self.document.is_example() && is_made_up(text);
        if is_stand_in(text) || made_up || refers || !self.is_real(ready, text) {
            return;
        }
        let confidence = if self.document.is_example() { Confidence::Medium } else { Confidence::High };
        self.push(index, binding.name.clone(), text, binding.value.range.clone(), confidence);
    }

    fn detector(&mut self, detector: Detector, hit: Range<usize>) {
        let binary = self.document.syntax == Syntax::Binary;
        match detector {
            Detector::Url => self.url(hit),
            Detector::Pem => self.pem(hit.start),
            Detector::AwsKeyId => self.aws_key_id(hit.start),
            _ if binary => {}
            Detector::Name => self.name(hit),
            Detector::Key => self.key(hit),
            Detector::Authorization => self.authorization(hit),
            Detector::CommandLine => self.command_line(hit),
            Detector::Call => self.call(hit),
            Detector::SecureString => self.secure_string(hit.end),
            Detector::DockerAuth => self.docker_auth(hit),
            Detector::Base64 => self.base64(hit),
            Detector::KubernetesSecret => self.kubernetes_secret(hit.start),
            Detector::Decoded => self.decoded(hit.end),
            Detector::Join => self.join(hit.start),
        }
    }

    /// A name that says that its value is a secret.
    fn name(&mut self, hit: Range<usize>) {
        // Keywords such as `pass"` say more than the word of the name.
        let keyword = part(self.document.bytes, hit.clone());
        let word =
            keyword.iter().rposition(|byte| is_word(*byte)).map_or(hit.end, |last| hit.start + last + 1);
        let scheme = matches!(keyword.to_ascii_lowercase().as_slice(), b"token" | b"apikey" | b"api-key");
        if scheme && byte(self.document.bytes, hit.end) == b' ' && self.in_authorization(hit.start) {
            self.authorization(hit.start..hit.end + 1);
        }
        let Some(binding) = binding_at(&self.document, &(hit.start..word)) else { return };
        self.worded(&binding);
        self.bound(binding);
    }

    /// A name of some key.
    fn key(&mut self, hit: Range<usize>) {
        let word = hit.start..(hit.start + "key".len()).min(hit.end);
        let Some(binding) = binding_at(&self.document, &word) else { return };
        self.worded(&binding);
        if kind_of_name(&binding.name) == Some("private key") {
            self.bound(binding);
        }
    }

    fn bound(&mut self, binding: Binding) {
        let Binding { name, value } = binding;
        let text = value.text.trim();
        if value.split {
            self.inside(&value.text, &value.range);
        }
        let spelled = words(&name).join("_");
        if aws::is_secret_name(&spelled) && aws::is_secret_key(text) {
            if let Some(rule) =
                self.rules.detected.rule("aws-secret-access-key").filter(|_| !is_published(text))
            {
                let confidence = if self.document.third_party { Confidence::Low } else { Confidence::High };
                self.push(rule, name, text, value.range, confidence);
            }
            return;
        }
        let Some(kind) = kind_of_name(&name).or_else(|| (hit_is_sql(&name)).then_some("password")) else {
            return;
        };
        let is_hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let decoded =
            decode_text(text).filter(|decoded| !is_hex && (decoded.len() >= 6 || text.ends_with('=')));
        if let Some(decoded) = &decoded {
            let inner = Value { text: decoded.clone(), ..value.clone() };
            if let Some(confidence) = plausible(&self.document, &name, kind, &inner) {
                self.generic(kind, name, &value, decoded, confidence);
                return;
            }
            if is_stand_in(decoded) || is_reference(decoded) || decoded.contains("://") || text.len() >= 12 {
                return;
            }
        }
        if let Some(confidence) = plausible(&self.document, &name, kind, &value) {
            let secret = text.to_owned();
            self.generic(kind, name, &value, &secret, confidence);
        }
    }

    fn generic(&mut self, kind: &str, name: String, value: &Value, secret: &str, confidence: Confidence) {
        let detector = match kind {
            "password" => "password",
            "token" => "token",
            "API key" => "api-key",
            _ if framework_key(&name) => "framework-key",
            _ => "secret",
        };
        let Some(rule) = self.rules.detected.rule(detector) else { return };
        self.push(rule, name, secret, value.range.clone(), confidence);
    }
}

/// Where the first of several strings begins that are put together: `"sk-" + "…"`, from the inside of a later one.
fn first_part(bytes: &[u8], start: usize) -> usize {
    const MOST: usize = 8;
    let mut first = start;
    for _ in 0..MOST {
        let quote = before(bytes, first);
        let gap = crate::text::back_while(bytes, first - 1, |byte| {
            byte.is_ascii_whitespace() || matches!(byte, b'+' | b'\\' | b'.')
        });
        if before(bytes, gap) != quote {
            break;
        }
        let earlier = crate::text::back_while(bytes, gap - 1, |byte| byte != quote && byte != b'\n');
        if before(bytes, earlier) != quote || earlier == gap {
            break;
        }
        first = earlier;
    }
    first
}

/// `IDENTIFIED BY 'password'`, `IDENTIFIED WITH plugin BY 'password'`
fn hit_is_sql(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with("identified by") || name.ends_with("identified with")
}

/// True for the keys by which frameworks sign.
fn framework_key(name: &str) -> bool {
    let spelled = words(name).join("_");
    [
        "secret_key",
        "jwt",
        "signing",
        "session_secret",
        "app_secret",
        "cookie_secret",
        "salt",
        "fernet",
        "encryption_key",
    ]
    .iter()
    .any(|word| spelled.contains(word))
}

/// A backslash escape before a token: the `n` of `\n` belongs to no word.
fn is_escape(bytes: &[u8], at: usize) -> bool {
    at >= 2 && matches!(byte(bytes, at - 2), b'\\' | b'%') || at >= 3 && byte(bytes, at - 3) == b'%'
}

/// True where a long run of letters and digits goes on behind `+` or `/`, as base64 does: the letters stand there by chance.
fn is_inside_base64(bytes: &[u8], found: &Range<usize>) -> bool {
    /// Tokens that are shorter stand in addresses too, between slashes.
    const LONG: usize = 90;
    let joins = |at: usize| matches!(byte(bytes, at), b'+' | b'/');
    let is_plain = part(bytes, found.clone()).iter().all(u8::is_ascii_alphanumeric);
    let goes_on = joins(found.end) && is_word(byte(bytes, found.end + 1));
    let came = found.start >= 2 && joins(found.start - 1) && is_word(byte(bytes, found.start - 2));
    is_plain && found.len() >= LONG && (goes_on || came)
}

/// The same character many times in a row, or the alphabet: made up.
fn is_run(text: &str) -> bool {
    let bytes = text.as_bytes();
    let longest = |step: u8| {
        let mut run = 1;
        let mut most = 1;
        for pair in bytes.windows(2) {
            let next = matches!(pair, [a, b] if a.wrapping_add(step) == *b);
            run = if next { run + 1 } else { 1 };
            most = most.max(run);
        }
        most
    };
    longest(0) >= 6 || (longest(1) >= 8 && bytes.len() < 64)
}

/// The text that base64 holds, where it is printable.
pub(crate) fn decode_text(text: &str) -> Option<String> {
    use base64::alphabet::{STANDARD, URL_SAFE};
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    let text = text.trim();
    if text.len() < 8
        || !text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_'))
    {
        return None;
    }
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let alphabet = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    let bytes = GeneralPurpose::new(alphabet, config).decode(text).ok()?;
    let decoded = String::from_utf8(bytes).ok()?;
    let decoded = decoded.trim_end_matches('\n');
    let printable =
        decoded.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t')) && decoded.is_ascii();
    (printable && !decoded.is_empty()).then(|| decoded.to_owned())
}

/// The name to which a value is bound that begins here; empty where there is none on its line.
fn name_before(document: &Document<'_>, at: usize) -> String {
    let bytes = document.bytes;
    let start = crate::text::line_start(bytes, at).max(at.saturating_sub(200));
    let line = part(bytes, start..at);
    let Some(sign) = line.iter().rposition(|byte| matches!(byte, b'=' | b':')) else { return String::new() };
    let sign = if sign > 0 && matches!(line.get(sign - 1), Some(b':')) { sign - 1 } else { sign };
    let end = start
        + line
            .iter()
            .take(sign)
            .rposition(|byte| !matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b']'))
            .map_or(0, |index| index + 1);
    let from = crate::text::back_while(bytes, end, |byte| is_word(byte) || matches!(byte, b'-' | b'.'));
    if from < start || has(bytes, end, "//") {
        return String::new();
    }
    shown(bytes, from..end).into_owned()
}
