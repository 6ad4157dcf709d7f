//! What a plain scalar means, by PyYAML's rules (YAML 1.1), except where a number would lose its text: leading
//! zeros, sexagesimal numbers, dates, and fractions such as `1.10` stay text.

use crate::Interner;
use tieout_model::Value;

/// The value of a plain (unquoted) scalar.
pub(super) fn plain(text: &str, names: &mut Interner) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => return Value::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => {
            return Value::Bool(false);
        }
        _ => {}
    }
    let starts_like_a_number =
        text.bytes().next().is_some_and(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.'));
    if starts_like_a_number && let Some(number) = number(text) {
        return number;
    }
    Value::Text(names.intern(text))
}

/// A number whose text says no more than its value.
fn number(text: &str) -> Option<Value> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    if let Some(hex) = digits.strip_prefix("0x") {
        return i64::from_str_radix(&hex.replace('_', ""), 16).ok().map(|number| Value::Int(sign * number));
    }
    if !digits.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    let leading_zero = digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.");
    if leading_zero || digits.starts_with('_') {
        return None;
    }
    if digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
        return digits.replace('_', "").parse::<i64>().ok().map(|number| Value::Int(sign * number));
    }
    if !digits.contains('.') {
        return None;
    }
    let number: f64 = text.parse().ok()?;
    (number.is_finite() && number.to_string() == text).then_some(Value::Float(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Value {
        plain(text, &mut Interner::default())
    }

    #[test]
    fn booleans_and_nulls_are_those_of_yaml_1_1() {
        for text in ["yes", "On", "TRUE", "true"] {
            assert_eq!(read(text), Value::Bool(true), "{text}");
        }
        for text in ["no", "OFF", "False"] {
            assert_eq!(read(text), Value::Bool(false), "{text}");
        }
        for text in ["", "~", "null"] {
            assert_eq!(read(text), Value::Null, "{text}");
        }
        for text in ["y", "n", "tRUE", "nULL"] {
            assert_eq!(read(text), Value::Text(text.into()), "{text}");
        }
    }

    #[test]
    fn a_number_is_a_number_only_where_its_text_says_no_more() {
        assert_eq!(read("8080"), Value::Int(8080));
        assert_eq!(read("-1"), Value::Int(-1));
        assert_eq!(read("1_000"), Value::Int(1000));
        assert_eq!(read("0x1F"), Value::Int(31));
        assert_eq!(read("0"), Value::Int(0));
        assert_eq!(read("5.7"), Value::Float(5.7));
        for text in [
            "000123456789",
            "2012-10-17",
            "1.10",
            "8.0",
            "22:30",
            "1e3",
            "1.2.3.4",
            "-",
            "+",
            "0755",
            ".",
            "99999999999999999999",
        ] {
            assert_eq!(read(text), Value::Text(text.into()), "{text}");
        }
    }
}
