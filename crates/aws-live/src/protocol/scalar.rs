//! Single values on the wire: percent encoding, times, numbers, base64.

use super::EncodeError;
use crate::table::Kind;
use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Percent-encodes everything but RFC 3986's unreserved characters (and `/`, where it separates).
pub(super) fn percent_encode(text: &str, keep_slash: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
        if plain || (keep_slash && byte == b'/') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0').to_ascii_uppercase());
            }
        }
    }
    out
}

/// Undoes percent encoding; what is no such escape stays as it is.
pub(crate) fn percent_decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut ahead = bytes.clone();
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match (digit(ahead.next()), digit(ahead.next())) {
            (Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'?'));
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// A scalar of a request as text.
pub(super) fn to_text(kind: Kind, name: &str, value: &Value) -> Result<String, EncodeError> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        _ => return Err(EncodeError::Form(name.to_owned())),
    };
    match kind {
        Kind::Time(form) => Ok(time_text(form, &text)),
        _ => Ok(text),
    }
}

/// A time of a request in the wanted form: `u` Unix seconds, `r` RFC 822, else as it was given.
pub(super) fn time_text(form: u8, text: &str) -> String {
    let Some(time) = parse_time(text) else { return text.to_owned() };
    match form {
        b'u' => time.unix_timestamp().to_string(),
        b'r' => time.format(&Rfc2822).map_or_else(|_| text.to_owned(), |text| text.replace("+0000", "GMT")),
        _ => text.to_owned(),
    }
}

/// A scalar of an XML answer or a header.
pub(super) fn from_text(kind: Kind, text: &str) -> Value {
    match kind {
        Kind::Integer => text.trim().parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)),
        Kind::Float => match text.trim().parse::<f64>() {
            Ok(number) if number.is_finite() => json!(number),
            _ => json!(text),
        },
        Kind::Boolean => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" => json!(true),
            "false" | "0" => json!(false),
            _ => json!(text),
        },
        Kind::Time(_) => json!(time(text)),
        Kind::Blob => json!(decode_base64(text)),
        Kind::Policy => json!(policy(text)),
        Kind::Text | Kind::JsonText | Kind::Document | Kind::Shape(_) => json!(text),
    }
}

/// A scalar of a JSON answer, brought to its kind where the server sent another.
pub(super) fn from_json(kind: Kind, value: &Value) -> Value {
    match (kind, value) {
        (Kind::Document | Kind::Shape(_), _) | (_, Value::Null) => value.clone(),
        (Kind::Time(_), Value::Number(number)) => json!(time(&number.to_string())),
        (_, Value::String(text)) => from_text(kind, text),
        (Kind::Text, Value::Bool(flag)) => json!(flag.to_string()),
        (Kind::Text, Value::Number(number)) => json!(number.to_string()),
        _ => value.clone(),
    }
}

/// IAM's policies come percent-encoded from AWS; a text that is JSON already stays as it is.
fn policy(text: &str) -> String {
    if text.trim_start().starts_with(['{', '[', '"']) { text.to_owned() } else { percent_decode(text) }
}

/// The text of a base64 value. Some servers send the text itself, and some bytes are no text: both stay as
/// they came.
pub(crate) fn decode_base64(text: &str) -> String {
    let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let decoded = LENIENT.decode(packed).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.unwrap_or_else(|| text.to_owned())
}

/// A time as RFC 3339 in UTC, whichever of AWS's forms it came in; what is no time stays as it is.
pub(super) fn time(text: &str) -> String {
    parse_time(text)
        .and_then(|time| time.to_offset(time::UtcOffset::UTC).format(&Rfc3339).ok())
        .unwrap_or_else(|| text.to_owned())
}

fn parse_time(text: &str) -> Option<OffsetDateTime> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return from_unix(seconds);
    }
    if let Ok(time) = OffsetDateTime::parse(text, &Rfc2822) {
        return Some(time);
    }
    OffsetDateTime::parse(&iso(text)?, &Rfc3339).ok()
}

/// Unix seconds, or milliseconds where seconds would lie beyond the year 5138.
fn from_unix(number: f64) -> Option<OffsetDateTime> {
    let seconds = if number.abs() > 1e11 { number / 1e3 } else { number };
    if !seconds.is_finite() || seconds.abs() > 2e11 {
        return None;
    }
    let milliseconds = (seconds * 1e3).round() as i128;
    OffsetDateTime::from_unix_timestamp_nanos(milliseconds * 1_000_000).ok()
}

/// ISO 8601's variants as RFC 3339: a space for `T`, no zone, a zone without colon, a date alone.
fn iso(text: &str) -> Option<String> {
    let text = text.replacen(' ', "T", 1);
    let Some((date, clock)) = text.split_once('T') else {
        return (text.len() == 10).then(|| format!("{text}T00:00:00Z"));
    };
    let (clock, zone) = match clock.find(['Z', 'z', '+', '-']) {
        Some(at) => clock.split_at_checked(at)?,
        None => (clock, "Z"),
    };
    let zone = match zone.len() {
        5 => format!("{}:{}", zone.get(..3)?, zone.get(3..)?),
        _ => zone.to_owned(),
    };
    let clock = if clock.len() == 5 { format!("{clock}:00") } else { clock.to_owned() };
    Some(format!("{date}T{clock}{zone}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_time_becomes_rfc_3339_in_utc() {
        for (text, expected) in [
            ("2024-02-29T12:00:00Z", "2024-02-29T12:00:00Z"),
            ("2024-02-29T12:00:00.250Z", "2024-02-29T12:00:00.25Z"),
            ("2024-02-29T14:00:00+02:00", "2024-02-29T12:00:00Z"),
            ("2024-02-29T14:00:00+0200", "2024-02-29T12:00:00Z"),
            ("2024-02-29 12:00:00+00:00", "2024-02-29T12:00:00Z"),
            ("2024-02-29T12:00:00", "2024-02-29T12:00:00Z"),
            ("2024-02-29T12:00Z", "2024-02-29T12:00:00Z"),
            ("2024-02-29", "2024-02-29T00:00:00Z"),
            ("1709208000", "2024-02-29T12:00:00Z"),
            ("1709208000.5", "2024-02-29T12:00:00.5Z"),
            ("1709208000000", "2024-02-29T12:00:00Z"),
            ("1.709208E9", "2024-02-29T12:00:00Z"),
            ("Thu, 29 Feb 2024 12:00:00 GMT", "2024-02-29T12:00:00Z"),
            ("N/A", "N/A"),
            ("2024-13-45T99:00:00Z", "2024-13-45T99:00:00Z"),
            ("", ""),
        ] {
            assert_eq!(time(text), expected, "{text}");
        }
    }

    #[test]
    fn times_of_requests_take_the_form_of_their_place() {
        assert_eq!(time_text(b'u', "2024-02-29T12:00:00Z"), "1709208000");
        assert_eq!(time_text(b'r', "2024-02-29T12:00:00Z"), "Thu, 29 Feb 2024 12:00:00 GMT");
        assert_eq!(time_text(b'i', "2024-02-29T12:00:00Z"), "2024-02-29T12:00:00Z");
    }

    #[test]
    fn base64_is_read_with_and_without_padding_and_plain_text_stays() {
        assert_eq!(decode_base64("aGVsbG8="), "hello");
        assert_eq!(decode_base64("aGVs\nbG8"), "hello");
        assert_eq!(decode_base64("user,arn,mfa_active\nroot,x,true"), "user,arn,mfa_active\nroot,x,true");
        assert_eq!(decode_base64("/////w=="), "/////w==");
    }

    #[test]
    fn policies_are_decoded_once_and_only_where_they_are_encoded() {
        assert_eq!(policy("%7B%22Version%22%3A%20%222012-10-17%22%7D"), r#"{"Version": "2012-10-17"}"#);
        assert_eq!(policy(r#"{"Resource":"arn:aws:s3:::a%2Fb"}"#), r#"{"Resource":"arn:aws:s3:::a%2Fb"}"#);
        assert_eq!(percent_decode("100%"), "100%");
        assert_eq!(percent_decode("%zz%e4%41"), "%zz\u{fffd}A");
    }
}
