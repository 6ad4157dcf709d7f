//! Secrets made for the examples: `<<alnum:36>>` is thirty-six random letters and digits, `<<github:ghp_>>` a token with its
//! checksum. None ever opened anything, and none stands in the repository.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";
const BASE58: &str = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// Some of BIP 39's words.
const BIP39: &str = "abandon ability able about above absent absorb abstract actor adapt advice aerobic bacon badge balance \
                     bamboo banana barrel bicycle blanket cabin cactus candy canyon carbon castle cactus dentist desert \
                     diamond dolphin dragon eagle elbow ember engine fabric falcon famous fiber galaxy garden ginger \
                     hammer harvest hazard icon island jacket jungle kangaroo kidney lizard lobster magnet mango napkin \
                     noodle oyster ozone panther pepper quantum rabbit rhythm saddle salmon tornado tunnel umbrella \
                     velvet vintage walnut wisdom youth zebra zone";

/// A stream of random bytes that a text seeds.
pub struct Random {
    seed: [u8; 32],
    count: u64,
}

impl Random {
    /// The same for the same text.
    pub fn new(text: &str) -> Random {
        Random { seed: Sha256::digest(text).into(), count: 0 }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.count += 1;
        let block = Sha256::new().chain_update(self.seed).chain_update(self.count.to_le_bytes()).finalize();
        let number = u64::from_le_bytes(block.as_slice()[..8].try_into().unwrap());
        (number % bound as u64) as usize
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.below(256) as u8).collect()
    }

    fn of(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| letters[self.below(letters.len())]).collect()
    }
}

/// The text with each `<<…>>` replaced.
pub fn expand(text: &str, random: &mut Random) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("<<") {
        let (inside, after) = after.split_once(">>").ok_or("`<<` without `>>`")?;
        out.push_str(before);
        let (kind, argument) = inside.split_once(':').unwrap_or((inside, ""));
        out.push_str(&made(kind, argument, random).ok_or_else(|| format!("`{inside}` is not known"))?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

fn made(kind: &str, argument: &str, random: &mut Random) -> Option<String> {
    let or = |default: &str| if argument.is_empty() { default.to_owned() } else { argument.to_owned() };
    if let Some(alphabet) = alphabet(kind) {
        return Some(random.of(&alphabet, argument.parse().ok()?));
    }
    Some(match kind {
        "uuid" => uuid(random),
        "github" => {
            let length = if argument == "ghr_" { 70 } else { 30 };
            with_crc32(argument, length, random)
        }
        "npm" => with_crc32("npm_", 30, random),
        "pypi" => pypi(&or("pypi.org"), random),
        "jwt" => jwt(argument, random),
        "pem" => pem(argument, random, true),
        "pem64" => STANDARD.encode(pem(argument, random, true)),
        "aws-id" => aws_id(&or("AKIA"), random),
        "aws-secret" => varied("A9a", random, |random| random.of(&alphabet("b64").unwrap_or_default(), 40)),
        "fernet" => URL_SAFE.encode(random.bytes(32)),
        "b64bytes" => STANDARD.encode(random.bytes(argument.parse().ok()?)),
        "password" => password(argument.parse().ok()?, random),
        // As a vendor counts: neither with a zero in front nor in a row.
        "digit9" => format!("{}{}", 1 + random.below(9), random.of(DIGITS, 8)),
        "pat52" => random.of(&format!("{LOWER}234567"), 52),
        "ses" => STANDARD.encode([vec![4], random.bytes(32)].concat()),
        "bedrock" => {
            let id = format!("BedrockAPIKey-{}-at-{}:", random.of(LOWER, 4), random.of(DIGITS, 12));
            format!("ABSK{}", STANDARD.encode([id.as_bytes(), &random.bytes(44)].concat()))
        }
        "sntrys" => {
            let time = random.of("123456789", 10);
            let json = format!(
                r#"{{"iat":{time}.5,"url":"https://sentry.io","region_url":"https://us.sentry.io","org":"acme"}}"#
            );
            format!("sntrys_{}_{}", STANDARD.encode(json), random.of(&alphabet("b64")?, 43))
        }
        "grafana" => {
            STANDARD.encode(format!(r#"{{"k":"{}","n":"ci","id":1}}"#, random.of(&alphabet("alnum")?, 32)))
        }
        "elastic" => {
            let alnum = alphabet("alnum")?;
            STANDARD.encode(format!("{}:{}", random.of(&alnum, 20), random.of(&alnum, 22)))
        }
        "discord" => {
            let id = format!("{}{}", 1 + random.below(9), random.of(DIGITS, 17));
            let rest = random.of(&alphabet("alnum")?, 6);
            format!("{}.{rest}.{}", URL_SAFE_NO_PAD.encode(id), random.of(&alphabet("b64url")?, 38))
        }
        "twitter" => {
            let alnum = alphabet("alnum")?;
            format!("{}{}%3D{}", "A".repeat(21), random.of(&alnum, 25), random.of(&alnum, 48))
        }
        "cftunnel" => {
            let secret = STANDARD.encode(random.bytes(32));
            STANDARD.encode(format!(
                r#"{{"a":"{}","t":"{}","s":"{secret}"}}"#,
                random.of(&alphabet("hex")?, 32),
                uuid(random)
            ))
        }
        "wif" => base58check(&[vec![0x80], random.bytes(32)].concat()),
        "xprv" => base58check(&[vec![0x04, 0x88, 0xad, 0xe4], random.bytes(74)].concat()),
        "mnemonic" => {
            let mut words: Vec<&str> = BIP39.split(' ').collect();
            (0..12).map(|_| words.swap_remove(random.below(words.len()))).collect::<Vec<_>>().join(" ")
        }
        _ => return None,
    })
}

fn alphabet(kind: &str) -> Option<String> {
    Some(match kind {
        "alnum" => format!("{UPPER}{LOWER}{DIGITS}"),
        "ALNUM" => format!("{UPPER}{DIGITS}"),
        "lownum" => format!("{LOWER}{DIGITS}"),
        "letters" => format!("{UPPER}{LOWER}"),
        "lower" => LOWER.to_owned(),
        "upper" => UPPER.to_owned(),
        "digits" => DIGITS.to_owned(),
        "hex" => format!("{DIGITS}abcdef"),
        "HEX" => format!("{DIGITS}ABCDEF"),
        "b64" => format!("{UPPER}{LOWER}{DIGITS}+/"),
        "b64url" => format!("{UPPER}{LOWER}{DIGITS}-_"),
        "base32" => format!("{UPPER}234567"),
        "base32lower" => format!("{LOWER}234567"),
        "base58" => BASE58.to_owned(),
        // Of age keys (BIP 173), in capitals.
        "bech32" => "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L".to_owned(),
        // django/core/management/utils.py
        "djchars" => format!("{LOWER}{DIGITS}!@#$%^&*(-_=+)"),
        // WordPress's salts, without quotes, backslashes and what begins an expansion.
        "wp" => format!("{UPPER}{LOWER}{DIGITS}!@#%^&*()-_ []{{}}<>~+=,.;:/?|"),
        _ => return None,
    })
}

fn uuid(random: &mut Random) -> String {
    let hex = random.of(&format!("{DIGITS}abcdef"), 32);
    format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
}

fn with_crc32(prefix: &str, length: usize, random: &mut Random) -> String {
    let body = random.of(&format!("{UPPER}{LOWER}{DIGITS}"), length);
    let digits: Vec<char> = format!("{DIGITS}{UPPER}{LOWER}").chars().collect();
    let mut number = crc32fast::hash(body.as_bytes()) as usize;
    let mut sum = String::new();
    for _ in 0..6 {
        sum.insert(0, digits[number % 62]);
        number /= 62;
    }
    format!("{prefix}{body}{sum}")
}

/// A macaroon: version, place, identifier, one caveat, signature.
fn pypi(place: &str, random: &mut Random) -> String {
    let field = |kind: u8, text: &[u8]| [&[kind, text.len() as u8], text].concat();
    let bytes = [
        vec![2],
        field(1, place.as_bytes()),
        field(2, uuid(random).as_bytes()),
        vec![0],
        field(2, format!(r#"[3, "{}"]"#, uuid(random)).as_bytes()),
        vec![0, 0],
        field(6, &random.bytes(32)),
    ];
    format!("pypi-{}", URL_SAFE_NO_PAD.encode(bytes.concat()))
}

/// A signed token; with a role, as Supabase issues it.
fn jwt(role: &str, random: &mut Random) -> String {
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let time = random.of("123456789", 10);
    let claims = match role {
        "" => format!(r#"{{"sub":"{}","iat":{time},"aud":"orders"}}"#, uuid(random)),
        role => format!(
            r#"{{"iss":"supabase","ref":"{}","role":"{role}","iat":{time},"exp":2{time}}}"#,
            random.of(LOWER, 20)
        ),
    };
    format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(claims), URL_SAFE_NO_PAD.encode(random.bytes(32)))
}

/// A block whose body begins as its label says.
fn pem(label: &str, random: &mut Random, closed: bool) -> String {
    let lead: &[u8] = match label {
        "OPENSSH PRIVATE KEY" => b"openssh-key-v1\0\0\0\0\x04none",
        "PGP PRIVATE KEY BLOCK" => &[0x95, 0x03, 0x98],
        _ => &[0x30, 0x82, 0x02, 0x5c, 0x02, 0x01, 0x00],
    };
    let body = STANDARD.encode([lead, &random.bytes(600)].concat());
    let lines: Vec<&str> =
        body.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap_or_default()).collect();
    let gap = if label == "PGP PRIVATE KEY BLOCK" { "\n" } else { "" };
    let end = if closed { format!("-----END {label}-----\n") } else { String::new() };
    format!("-----BEGIN {label}-----\n{gap}{}\n{end}", lines.join("\n"))
}

/// An id whose bits hold an account of twelve digits.
fn aws_id(prefix: &str, random: &mut Random) -> String {
    let alphabet: Vec<char> = format!("{UPPER}234567").chars().collect();
    varied("A", random, |random| {
        let account = 100_000_000_000 + random.below(800_000_000_000) as u128;
        let low: u128 = random.bytes(4).iter().fold(0, |bits, byte| bits << 8 | u128::from(*byte));
        let bits = 1 << 79 | account << 39 | (random.below(128) as u128) << 32 | low;
        let body: String = (0..16).rev().map(|index| alphabet[(bits >> (index * 5) & 31) as usize]).collect();
        format!("{prefix}{body}")
    })
}

/// Made again until it has a letter of each class that is asked for, as nearly all are.
fn varied(classes: &str, random: &mut Random, make: impl Fn(&mut Random) -> String) -> String {
    loop {
        let text = make(random);
        let has = |is: fn(char) -> bool| text.chars().any(is);
        let digits = !classes.contains('9') || has(|c| c.is_ascii_digit());
        let lower = !classes.contains('a') || has(|c| c.is_ascii_lowercase());
        if digits && lower && has(|c| c.is_ascii_uppercase()) {
            return text;
        }
    }
}

/// As a person or a generator of passwords makes it: all classes, no quotes.
fn password(length: usize, random: &mut Random) -> String {
    let mut text = random.of(&format!("{UPPER}{LOWER}{DIGITS}!@%*_-+?"), length.saturating_sub(3));
    text.insert_str(0, &random.of(UPPER, 1));
    text.push_str(&random.of(LOWER, 1));
    text.push_str(&random.of(DIGITS, 1));
    text
}

fn base58check(payload: &[u8]) -> String {
    let sum = Sha256::digest(Sha256::digest(payload));
    let mut number = [payload, &sum.as_slice()[..4]].concat();
    let alphabet: Vec<char> = BASE58.chars().collect();
    let mut out = String::new();
    while number.iter().any(|byte| *byte != 0) {
        let mut rest = 0usize;
        for byte in &mut number {
            let value = rest << 8 | usize::from(*byte);
            *byte = (value / 58) as u8;
            rest = value % 58;
        }
        out.insert(0, alphabet[rest]);
    }
    out
}
