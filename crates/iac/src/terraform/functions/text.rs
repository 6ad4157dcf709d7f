//! Functions of texts.

use super::{Arguments, Failure, Outcome, format};
use crate::terraform::eval::piece;
use crate::terraform::value::{MAX_TEXT, as_text, node, number, text};
use regex_automata::meta::Regex;
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Node, Piece, Place, Value};

/// A function of this group; `None` for any other name.
pub(crate) fn apply(name: &str, arguments: &Arguments<'_, '_>) -> Option<Outcome> {
    Some(match name {
        "format" => format::format(arguments),
        "formatlist" => format::format_list(arguments),
        "join" => join(arguments),
        "split" => two(arguments, |separator, whole| {
            let parts = if separator.is_empty() {
                whole.chars().map(|c| text(c.to_string())).collect()
            } else {
                whole.split(separator).map(text).collect()
            };
            Ok(node(Value::List(parts)))
        }),
        "replace" => replace(arguments),
        "regex" => regex(arguments),
        "regexall" => regex_all(arguments),
        "lower" => one(arguments, str::to_lowercase),
        "upper" => one(arguments, str::to_uppercase),
        "title" => one(arguments, title),
        "chomp" => one(arguments, |whole| whole.trim_end_matches(['\n', '\r']).to_owned()),
        "trimspace" => one(arguments, |whole| whole.trim().to_owned()),
        "strrev" => one(arguments, |whole| whole.chars().rev().collect()),
        "basename" => one(arguments, |path| {
            path.trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_owned()
        }),
        "dirname" => one(arguments, |path| match path.rsplit_once('/') {
            Some(("", _)) => "/".to_owned(),
            Some((folder, _)) => folder.to_owned(),
            None => ".".to_owned(),
        }),
        "trim" => two(arguments, |whole, cut| Ok(text(whole.trim_matches(|c| cut.contains(c))))),
        "trimprefix" => two(arguments, |whole, prefix| Ok(text(whole.strip_prefix(prefix).unwrap_or(whole)))),
        "trimsuffix" => two(arguments, |whole, suffix| Ok(text(whole.strip_suffix(suffix).unwrap_or(whole)))),
        "startswith" => starts_with(arguments),
        "endswith" => two(arguments, |whole, part| Ok(node(Value::Bool(whole.ends_with(part))))),
        "strcontains" => two(arguments, |whole, part| Ok(node(Value::Bool(whole.contains(part))))),
        "substr" => substring(arguments),
        "indent" => indent(arguments),
        "parseint" => parse_int(arguments),
        _ => return None,
    })
}

fn one(arguments: &Arguments<'_, '_>, change: impl Fn(&str) -> String) -> Outcome {
    Ok(text(change(&arguments.text(0)?)))
}

fn two(arguments: &Arguments<'_, '_>, change: impl Fn(&str, &str) -> Outcome) -> Outcome {
    change(&arguments.text(0)?, &arguments.text(1)?)
}

fn title(whole: &str) -> String {
    let mut start = true;
    whole
        .chars()
        .map(|c| {
            let out = if start { c.to_uppercase().next().unwrap_or(c) } else { c };
            start = !(c.is_alphanumeric() || c == '_' || c == '\'');
            out
        })
        .collect()
}

/// A text with holes begins as its first piece does.
fn starts_with(arguments: &Arguments<'_, '_>) -> Outcome {
    let part = arguments.text(1)?;
    if let Value::Pieces(pieces) = &arguments.get(0)?.value
        && let Some(Piece::Text(first)) = pieces.first()
    {
        if first.starts_with(&*part) {
            return Ok(node(Value::Bool(true)));
        }
        if !part.starts_with(&**first) {
            return Ok(node(Value::Bool(false)));
        }
    }
    Ok(node(Value::Bool(arguments.text(0)?.starts_with(&*part))))
}

fn join(arguments: &Arguments<'_, '_>) -> Outcome {
    let separator = arguments.text(0)?;
    let mut pieces = Vec::new();
    let mut first = true;
    for index in 1..arguments.values.len() {
        for item in arguments.list(index)? {
            if matches!(item.value, Value::List(_) | Value::Map(_)) {
                return Err(Failure::Wrong);
            }
            if !first {
                pieces.push(Piece::Text(separator.clone()));
            }
            first = false;
            pieces.push(piece(item.clone()));
        }
    }
    Ok(arguments.world.join(pieces))
}

/// A pattern between slashes is a regular expression.
fn replace(arguments: &Arguments<'_, '_>) -> Outcome {
    let (whole, pattern, with) = (arguments.text(0)?, arguments.text(1)?, arguments.text(2)?);
    let inner =
        pattern.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')).filter(|_| pattern.len() > 1);
    let out = match inner {
        None => whole.replace(&*pattern, &with),
        Some(inner) => {
            let regex = compile(inner)?;
            let mut out = String::with_capacity(whole.len());
            let mut end = 0;
            let mut captures = regex.create_captures();
            for found in regex.find_iter(&*whole) {
                regex.captures(regex_automata::Input::new(&*whole).range(found.start()..), &mut captures);
                out.push_str(whole.get(end..found.start()).unwrap_or_default());
                captures.interpolate_string_into(&whole, &with, &mut out);
                end = found.end();
                if out.len() > MAX_TEXT {
                    return Err(Failure::Open);
                }
            }
            out.push_str(whole.get(end..).unwrap_or_default());
            out
        }
    };
    if out.len() > MAX_TEXT { Err(Failure::Open) } else { Ok(text(out)) }
}

fn compile(pattern: &str) -> Result<Regex, Failure> {
    let config = Regex::config().nfa_size_limit(Some(1 << 20)).onepass_size_limit(Some(1 << 18));
    Regex::builder().configure(config).build(pattern).map_err(|_| Failure::Open)
}

/// What a match yields: the groups by name, by number, or the match itself.
fn captured(regex: &Regex, whole: &str, captures: &regex_automata::util::captures::Captures) -> Node {
    let group = |index: usize| match captures.get_group(index) {
        Some(span) => text(whole.get(span.range()).unwrap_or_default()),
        None => Node::default(),
    };
    let names: Vec<Option<&str>> =
        captures.group_info().pattern_names(captures.pattern().unwrap_or_default()).collect();
    if regex.captures_len() <= 1 || names.len() <= 1 {
        return group(0);
    }
    if names.iter().skip(1).all(Option::is_some) {
        let entries = names
            .iter()
            .enumerate()
            .skip(1)
            .filter_map(|(index, name)| {
                Some(Entry { key: Arc::from((*name)?), at: Place::None, node: group(index) })
            })
            .collect();
        return node(Value::Map(entries));
    }
    node(Value::List((1..names.len()).map(group).collect()))
}

fn regex(arguments: &Arguments<'_, '_>) -> Outcome {
    let (pattern, whole) = (arguments.text(0)?, arguments.text(1)?);
    let regex = compile(&pattern)?;
    let mut captures = regex.create_captures();
    regex.captures(&*whole, &mut captures);
    if captures.is_match() { Ok(captured(&regex, &whole, &captures)) } else { Err(Failure::Wrong) }
}

fn regex_all(arguments: &Arguments<'_, '_>) -> Outcome {
    let (pattern, whole) = (arguments.text(0)?, arguments.text(1)?);
    let regex = compile(&pattern)?;
    let found = regex.captures_iter(&*whole).map(|captures| captured(&regex, &whole, &captures)).collect();
    arguments.bounded(found)
}

fn substring(arguments: &Arguments<'_, '_>) -> Outcome {
    let (whole, offset, length) = (arguments.text(0)?, arguments.int(1)?, arguments.int(2)?);
    let count = i64::try_from(whole.chars().count()).unwrap_or(i64::MAX);
    let start = if offset < 0 { (count + offset).max(0) } else { offset };
    let length = if length < 0 { count } else { length };
    let (start, length) = (usize::try_from(start).unwrap_or(0), usize::try_from(length).unwrap_or(0));
    Ok(text(whole.chars().skip(start).take(length).collect::<String>()))
}

fn indent(arguments: &Arguments<'_, '_>) -> Outcome {
    let (width, whole) = (arguments.int(0)?, arguments.text(1)?);
    let pad = " ".repeat(usize::try_from(width).unwrap_or(0).min(1_000));
    if whole.matches('\n').count().saturating_mul(pad.len()) > MAX_TEXT {
        return Err(Failure::Open);
    }
    Ok(text(whole.replace('\n', &format!("\n{pad}"))))
}

fn parse_int(arguments: &Arguments<'_, '_>) -> Outcome {
    let (whole, base) = (arguments.text(0)?, arguments.int(1)?);
    let base = u32::try_from(base).ok().filter(|base| (2..=36).contains(base)).ok_or(Failure::Wrong)?;
    i64::from_str_radix(&whole, base).map(|value| node(Value::Int(value))).map_err(|_| Failure::Wrong)
}

/// A scalar as text for a hole of `format`; `None` where it is not known.
pub(crate) fn scalar(value: &Node) -> Option<Arc<str>> {
    if value.is_null() { Some("null".into()) } else { as_text(value) }
}

/// A number as a value.
pub(crate) fn of_number(value: f64) -> Node {
    node(number(value))
}
