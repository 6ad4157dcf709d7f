//! Whether a text is spelled like a word or a name, or was made by a generator.

use tieout_source::redact::words;

/// Shannon entropy in bits a character.
pub(crate) fn entropy(text: &str) -> f64 {
    let bytes = text.as_bytes();
    if bytes.is_empty() {
        return 0.0;
    }
    let mut counts = [0u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let length = f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / length)
        .map(|p| -p * p.log2())
        .sum()
}

/// True for what a generator made.
pub(crate) fn looks_random(text: &str) -> bool {
    Mix::of(text).looks_random(text)
}

/// The text without a day such as `2025-02-19`.
pub(crate) fn without_date(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_day = |window: &[u8]| {
        window
            .iter()
            .enumerate()
            .all(|(index, byte)| if index == 4 || index == 7 { *byte == b'-' } else { byte.is_ascii_digit() })
    };
    match bytes.windows(10).position(is_day) {
        Some(at) => {
            format!("{}{}", text.get(..at).unwrap_or_default(), text.get(at + 10..).unwrap_or_default())
        }
        None => text.to_owned(),
    }
}

/// Words and numbers, joined by signs or in camel case: a person's word, or a name.
pub(crate) fn is_wordy(text: &str) -> bool {
    let dated = without_date(text);
    let text = dated.as_str();
    let mut letters = 0usize;
    let mut numbers = 0usize;
    let mut odd = false;
    for word in words(text) {
        for chunk in word
            .split_inclusive(|c: char| c.is_ascii_digit())
            .flat_map(|part| part.split(|c: char| c.is_ascii_digit()))
            .filter(|chunk| !chunk.is_empty())
        {
            letters += 1;
            let rare = rare_pairs(chunk);
            let has_vowel = chunk.chars().any(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y'));
            // Short chunks are abbreviations.
            odd |= chunk.len() >= 4 && (rare * 4 > chunk.len() || (chunk.len() >= 6 && !has_vowel));
        }
        let mut in_number = false;
        for c in word.chars() {
            let digit = c.is_ascii_digit();
            numbers += usize::from(digit && !in_number);
            in_number = digit;
        }
    }
    let all: usize = text.chars().filter(char::is_ascii_alphabetic).count();
    odd |= all >= 12 && rare_pairs(text) * 5 > all;
    // A name has few numbers, or long words between them.
    let few = numbers * 2 <= letters + 1 || (numbers <= letters && all * 2 >= letters * 9);
    let signs = text
        .chars()
        .filter(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_' | '.' | ':' | '/' | ' ' | ',' | '|'))
        .count();
    !odd && signs == 0 && letters > 0 && few
}

/// Words joined by one sign, or in camel case, perhaps with a number at the end of each: a name.
pub(crate) fn is_identifier(text: &str) -> bool {
    is_wordy(text) && !Mix::of(text).is_scrambled(text)
}

/// How many characters of each class a text has.
pub(crate) struct Mix {
    pub(crate) lower: usize,
    pub(crate) upper: usize,
    pub(crate) digits: usize,
    pub(crate) signs: usize,
    pub(crate) changes: usize,
    length: usize,
}

impl Mix {
    pub(crate) fn of(text: &str) -> Mix {
        let class = |byte: u8| match byte {
            b'a'..=b'z' => 0,
            b'A'..=b'Z' => 1,
            b'0'..=b'9' => 2,
            _ => 3,
        };
        let mut counts = [0usize; 4];
        let mut changes = 0;
        let mut last = None;
        for byte in text.bytes() {
            let class = class(byte);
            if let Some(count) = counts.get_mut(class) {
                *count += 1;
            }
            changes += usize::from(last.is_some_and(|last| last != class));
            last = Some(class);
        }
        let [lower, upper, digits, signs] = counts;
        Mix { lower, upper, digits, signs, changes, length: text.len() }
    }

    /// Letters with digits or signs.
    pub(crate) fn is_mixed(&self) -> bool {
        self.lower + self.upper > 0 && (self.digits > 0 || self.signs > 0)
    }

    /// Letters that change their case as no name does.
    fn is_scrambled(&self, text: &str) -> bool {
        self.length >= 10 && self.changes * 100 >= (self.length - 1) * 45 && rare_pairs(text) > 0
    }

    /// True for what a generator made, not a person out of words.
    pub(crate) fn looks_random(&self, text: &str) -> bool {
        if self.length < 8 {
            return false;
        }
        if self.digits == self.length {
            return false;
        }
        let letters = self.lower + self.upper;
        if letters == self.length && (self.lower == 0 || self.upper == 0) {
            // One case: only rare pairs tell.
            return self.length >= 16 && rare_pairs(text) * 100 >= self.length * 28;
        }
        let hex = text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if hex {
            return self.length >= 16 && self.digits * 6 >= self.length && letters * 8 >= self.length;
        }
        // Letters and digits of a generator that took many letters: hardly a pair is one of words.
        if self.signs == 0 && letters >= 18 && rare_pairs(text) * 100 >= letters * 32 {
            return true;
        }
        if is_identifier(text) {
            return false;
        }
        // Words and numbers change seldom; a generator at every other character.
        let often = self.changes * 100 >= (self.length - 1) * 40;
        let odd = rare_pairs(text) * 100 >= letters * 20;
        (often && (odd || self.digits + self.signs > 0))
            || (odd && self.changes * 100 >= (self.length - 1) * 22 && self.length >= 12)
    }
}

/// Pairs of letters that hardly any English word has, one bit a second letter (a is bit 0) for each first letter. Counted from the
/// words of common identifiers and English by hand: a pair is common where it stands in many words.
const COMMON_PAIRS: [&str; 26] = [
    "bcdefgijklmnoprstuvwxyz",
    "abdeijlorstuy",
    "acehiklorstuy",
    "adefgilmnorsuvwy",
    "abcdefghijklmnopqrstuvwxyz",
    "aefilorstuy",
    "aeghilmnorstuy",
    "aeilmnorstuwy",
    "abcdefgklmnopqrstvxz",
    "aeou",
    "aeilnosuwy",
    "abcdefgiklmopstuvwy",
    "abcefilmnopstuy",
    "abcdefgijklmnoprstuvwxyz",
    "abcdefghijklmnoprstuvwxyz",
    "aehiloprstuwy",
    "u",
    "abcdefghiklmnoprstuvwxy",
    "acefhiklmnopqrstuvwy",
    "aceghilmnoprstuwxyz",
    "abcdefgiklmnoprstvxyz",
    "aeiouy",
    "aehiklnorsty",
    "acehiopstuxy",
    "abceilmnoprstuw",
    "aeioyz",
];

pub(crate) fn rare_pairs(text: &str) -> usize {
    let lower = text.to_ascii_lowercase();
    lower
        .as_bytes()
        .windows(2)
        .filter(|pair| match pair {
            [a @ b'a'..=b'z', b @ b'a'..=b'z'] => {
                COMMON_PAIRS.get(usize::from(*a - b'a')).is_some_and(|common| !common.as_bytes().contains(b))
            }
            _ => false,
        })
        .count()
}
