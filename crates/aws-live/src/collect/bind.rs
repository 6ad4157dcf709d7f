//! Filling parameters of calls and templates of names from what is known of an item.

use crate::Call;
use serde_json::{Map, Value};
use std::sync::Arc;
use tieout_aws_state::mapping::select;
use tieout_aws_state::table::Binding;
use tieout_model::{Gap, Node};

/// Why a call's parameters could not be filled.
#[derive(Debug, PartialEq)]
pub(super) enum Unbound {
    /// The item has no such member: the call does not apply to it.
    Missing,
    /// The member is not known.
    Open(Gap),
}

/// The parameters of a call, from the account and an item (none for a listing call).
pub(super) fn parameters(
    bindings: &[(&'static str, Binding)],
    account: &str,
    item: Option<&Node>,
) -> Result<Map<String, Value>, Unbound> {
    let mut params = Map::new();
    for (name, binding) in bindings {
        let value = match binding {
            Binding::Account => Value::from(account),
            Binding::Constant(text) => constant(text),
            Binding::Item(path) => of_item(item.ok_or(Unbound::Missing)?, path)?,
        };
        params.insert((*name).to_owned(), value);
    }
    Ok(params)
}

/// A constant of a table: JSON where it reads as a list, an object, a number or a flag, else the text itself.
fn constant(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value @ (Value::Array(_) | Value::Object(_) | Value::Number(_) | Value::Bool(_))) => value,
        _ => Value::from(text),
    }
}

fn of_item(item: &Node, path: &str) -> Result<Value, Unbound> {
    let found = if path.is_empty() { vec![item] } else { select(item, path) };
    let node = found.first().ok_or(Unbound::Missing)?;
    if let Some(gap) = node.gap() {
        return Err(Unbound::Open(gap));
    }
    match node.scalar_text() {
        Some(text) if !text.is_empty() => Ok(Value::from(&*text)),
        _ => Err(Unbound::Missing),
    }
}

/// Parameters bound with `[]` in their name are lists of one: `FunctionNames[]`.
pub(super) fn apply(call: &mut Call, params: Map<String, Value>) {
    for (name, value) in params {
        match name.strip_suffix("[]") {
            Some(name) => call.params.insert(name.to_owned(), Value::Array(vec![value])),
            None => call.params.insert(name, value),
        };
    }
}

/// What a template's names stand for.
pub(super) struct Names<'a> {
    pub partition: &'a str,
    pub region: Option<&'a str>,
    pub account: &'a str,
    /// Properties, then live facts.
    pub trees: [&'a Node; 2],
}

impl Names<'_> {
    fn get(&self, name: &str) -> Option<Arc<str>> {
        match name {
            "partition" => Some(self.partition.into()),
            "account" => Some(self.account.into()),
            "region" => self.region.map(Into::into),
            path => self
                .trees
                .iter()
                .find_map(|tree| select(tree, path).first().and_then(|node| node.scalar_text())),
        }
    }

    /// The template filled; none where a part of it is not known.
    pub(super) fn fill(&self, template: &str) -> Option<String> {
        self.replace(template, |name| self.get(name))
    }

    /// The template filled, parts that are not known left out; none where none of its names is known.
    pub(super) fn fill_known(&self, template: &str) -> Option<String> {
        let mut known = false;
        let filled = self.replace(template, |name| {
            let value = self.get(name);
            known |= value.is_some();
            Some(value.unwrap_or_default())
        });
        filled.filter(|_| known)
    }

    fn replace(&self, template: &str, mut value: impl FnMut(&str) -> Option<Arc<str>>) -> Option<String> {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            out.push_str(before);
            out.push_str(&value(name)?);
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use tieout_model::Place;

    fn node(value: Value) -> Node {
        Node::from_json(&value, &Place::None)
    }

    #[test]
    fn parameters_come_from_the_account_the_table_and_the_item() {
        let item = node(json!({"Name": "shop", "Deep": {"Id": 7}}));
        let bindings = [
            ("AccountId", Binding::Account),
            ("Bucket", Binding::Item("Name")),
            ("Id", Binding::Item("Deep.Id")),
            ("Filter", Binding::Constant(r#"["User"]"#)),
            ("Scope", Binding::Constant("Local")),
        ];
        let params = parameters(&bindings, "123456789012", Some(&item)).unwrap();
        let expected = json!({"AccountId": "123456789012", "Bucket": "shop", "Id": "7", "Filter": ["User"], "Scope": "Local"});
        assert_eq!(Value::Object(params), expected);
    }

    #[test]
    fn a_missing_or_unknown_member_is_never_sent_as_something_else() {
        let mut item = node(json!({"Empty": "", "List": [1]}));
        let gap = Gap::unresolved("x");
        item.set("Open", Place::None, Node::unknown(gap.clone(), Place::None));
        let bound = |path| parameters(&[("P", Binding::Item(path))], "1", Some(&item));
        assert_eq!(bound("Nothing"), Err(Unbound::Missing));
        assert_eq!(bound("Empty"), Err(Unbound::Missing));
        assert_eq!(bound("List"), Err(Unbound::Missing));
        assert_eq!(bound("Open"), Err(Unbound::Open(gap)));
    }

    #[test]
    fn templates_are_filled_whole_or_as_far_as_they_are_known() {
        let properties = node(json!({"BucketName": "shop"}));
        let live = node(json!({"Id": "i-1"}));
        let names = Names { partition: "aws-cn", region: None, account: "1", trees: [&properties, &live] };
        assert_eq!(names.fill("arn:{partition}:s3:::{BucketName}").unwrap(), "arn:aws-cn:s3:::shop");
        assert_eq!(names.fill("{account}/{Id}").unwrap(), "1/i-1");
        assert_eq!(names.fill("{region}"), None);
        assert_eq!(names.fill_known("{Id}#{A}{BucketName}").unwrap(), "i-1#shop");
        assert_eq!(names.fill_known("{A}#{B}"), None);
    }
}
