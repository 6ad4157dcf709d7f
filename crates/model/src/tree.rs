//! One tree for every dialect: YAML, JSON, HCL, Terraform plans and API answers become [`Node`]s, in which
//! each value keeps its place, and what is not known before deployment is a value of its own.

use crate::{Gap, Place};
use std::fmt::Write as _;
use std::sync::Arc;

/// A value and where it was read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Node {
    /// The value.
    pub value: Value,
    /// Where it stands.
    pub at: Place,
}

/// An entry of a map: keys keep their place, so that a finding can point at `Key: value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key's text.
    pub key: Arc<str>,
    /// Where the key stands.
    pub at: Place,
    /// The value.
    pub node: Node,
}

impl Entry {
    /// The span from the key to the end of its value.
    pub fn place(&self) -> Place {
        self.at.to(&self.node.at)
    }
}

/// A part of a text that is put together at deployment.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Known text.
    Text(Arc<str>),
    /// What is put in: a reference or an unknown value.
    Hole(Node),
}

/// The value of a [`Node`].
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Null, or CloudFormation's `AWS::NoValue`: as if the property were not there.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text, wholly known.
    Text(Arc<str>),
    /// Text of which a part is known only at deployment.
    Pieces(Vec<Piece>),
    /// A JSON text whose content is known as a tree (`jsonencode(…)`, a policy document).
    Encoded(Box<Node>),
    /// A list, in order.
    List(Vec<Node>),
    /// A map, in the order of the source; keys are unique.
    Map(Vec<Entry>),
    /// Another resource of the same deployment, or one of its attributes, where its value is not known
    /// before deployment. `id` is the resource's id within its [scope](crate::Subject), `attribute` is in
    /// CloudFormation's words (`Fn::GetAtt`); none is what `Ref` yields.
    Ref {
        /// Logical id or Terraform address.
        id: Arc<str>,
        /// Attribute, `None` for `Ref`.
        attribute: Option<Arc<str>>,
    },
    /// One of two, by a condition that is not known before deployment.
    Either {
        /// The condition's name or expression.
        condition: Arc<str>,
        /// The value where it holds.
        then: Box<Node>,
        /// The value where it does not.
        otherwise: Box<Node>,
    },
    /// Not known, with the expression that would settle it.
    Unknown(Gap),
}

impl Node {
    /// A value at a place.
    pub fn new(value: Value, at: Place) -> Node {
        Node { value, at }
    }

    /// Text at a place.
    pub fn text(text: impl Into<Arc<str>>, at: Place) -> Node {
        Node { value: Value::Text(text.into()), at }
    }

    /// A gap at a place.
    pub fn unknown(gap: Gap, at: Place) -> Node {
        Node { value: Value::Unknown(gap), at }
    }

    /// An empty map at a place.
    pub fn map(at: Place) -> Node {
        Node { value: Value::Map(Vec::new()), at }
    }

    /// The entry of a map; `None` where this is no map or has no such key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries().iter().find(|entry| &*entry.key == key)
    }

    /// The value under a key of a map; `None` where this is no map or has no such key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.node)
    }

    /// The value at a path of keys.
    pub fn at_path(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// Puts a value under a key, in place of an earlier one. Makes this a map if it was none.
    pub fn set(&mut self, key: impl Into<Arc<str>>, at: Place, node: Node) {
        let key = key.into();
        if !matches!(self.value, Value::Map(_)) {
            self.value = Value::Map(Vec::new());
        }
        if let Value::Map(entries) = &mut self.value {
            match entries.iter_mut().find(|entry| entry.key == key) {
                Some(entry) => *entry = Entry { key, at, node },
                None => entries.push(Entry { key, at, node }),
            }
        }
    }

    /// The value under a key, an empty map put there first where there is none. Makes this a map if it was
    /// none.
    pub fn slot(&mut self, key: &str, at: &Place) -> &mut Node {
        if self.get(key).is_none() {
            self.set(key, at.clone(), Node::map(at.clone()));
        }
        let found = match &mut self.value {
            Value::Map(entries) => entries.iter_mut().find(|entry| &*entry.key == key),
            _ => None,
        };
        match found {
            Some(entry) => &mut entry.node,
            None => unreachable!("the key was set just above"),
        }
    }

    /// The entries of a map; none for anything else.
    pub fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a list; none for anything else.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// Known text.
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A scalar as text, as CloudFormation and Terraform coerce it: `true`, `8080`, text.
    pub fn scalar_text(&self) -> Option<Arc<str>> {
        match &self.value {
            Value::Text(text) => Some(text.clone()),
            Value::Bool(flag) => Some(if *flag { "true" } else { "false" }.into()),
            Value::Int(number) => Some(number.to_string().into()),
            Value::Float(number) => Some(number.to_string().into()),
            _ => None,
        }
    }

    /// A boolean, written as such or as the text `true` or `false` in any case.
    pub fn as_bool(&self) -> Option<bool> {
        match &self.value {
            Value::Bool(flag) => Some(*flag),
            Value::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Value::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// A whole number, written as such or as text.
    pub fn as_int(&self) -> Option<i64> {
        match &self.value {
            Value::Int(number) => Some(*number),
            Value::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => Some(*number as i64),
            Value::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// True for null.
    pub fn is_null(&self) -> bool {
        matches!(self.value, Value::Null)
    }

    /// The gap, where the value as a whole is unknown.
    pub fn gap(&self) -> Option<Gap> {
        match &self.value {
            Value::Unknown(gap) => Some(gap.clone()),
            Value::Ref { .. } | Value::Pieces(_) | Value::Either { .. } => {
                Some(Gap::unresolved(self.expression()))
            }
            _ => None,
        }
    }

    /// True where nothing in the tree is open: no reference, no unknown, no condition.
    pub fn is_known(&self) -> bool {
        match &self.value {
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::Text(_) => true,
            Value::Encoded(node) => node.is_known(),
            Value::List(items) => items.iter().all(Node::is_known),
            Value::Map(entries) => entries.iter().all(|entry| entry.node.is_known()),
            Value::Pieces(_) | Value::Ref { .. } | Value::Either { .. } | Value::Unknown(_) => false,
        }
    }

    /// The expression that would settle an open value, in the words of `Fn::Sub`: `${Bucket.Arn}/*`.
    pub fn expression(&self) -> String {
        match &self.value {
            Value::Ref { id, attribute: None } => format!("${{{id}}}"),
            Value::Ref { id, attribute: Some(attribute) } => format!("${{{id}.{attribute}}}"),
            Value::Unknown(gap) => gap.what.to_string(),
            Value::Pieces(pieces) => {
                let mut out = String::new();
                for piece in pieces {
                    match piece {
                        Piece::Text(text) => out.push_str(text),
                        Piece::Hole(node) => match &node.value {
                            Value::Unknown(gap) => {
                                let _ = write!(out, "${{{}}}", gap.what);
                            }
                            _ => out.push_str(&node.expression()),
                        },
                    }
                }
                out
            }
            Value::Either { condition, then, otherwise } => {
                format!("{condition} ? {} : {}", then.expression(), otherwise.expression())
            }
            _ => self.to_json().to_string(),
        }
    }

    /// The tree as JSON, in the words of the output contract: references as CloudFormation writes them,
    /// every other open value as `{"$unknown": EXPRESSION}`.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::{Value as Json, json};
        match &self.value {
            Value::Null => Json::Null,
            Value::Bool(flag) => json!(flag),
            Value::Int(number) => json!(number),
            Value::Float(number) => json!(number),
            Value::Text(text) => json!(&**text),
            Value::Encoded(node) => node.to_json(),
            Value::List(items) => Json::Array(items.iter().map(Node::to_json).collect()),
            Value::Map(entries) => {
                entries.iter().map(|entry| (entry.key.to_string(), entry.node.to_json())).collect()
            }
            Value::Ref { id, attribute: None } => json!({ "Ref": &**id }),
            Value::Ref { id, attribute: Some(attribute) } => json!({ "Fn::GetAtt": [&**id, &**attribute] }),
            Value::Pieces(_) | Value::Either { .. } | Value::Unknown(_) => {
                json!({ "$unknown": self.expression() })
            }
        }
    }

    /// A tree from JSON, every value at one place (a text with an `Encoded` document, a plan).
    pub fn from_json(json: &serde_json::Value, at: &Place) -> Node {
        use serde_json::Value as Json;
        let value = match json {
            Json::Null => Value::Null,
            Json::Bool(flag) => Value::Bool(*flag),
            Json::Number(number) => match number.as_i64() {
                Some(int) => Value::Int(int),
                None => Value::Float(number.as_f64().unwrap_or_default()),
            },
            Json::String(text) => Value::Text(text.as_str().into()),
            Json::Array(items) => Value::List(items.iter().map(|item| Node::from_json(item, at)).collect()),
            Json::Object(map) => Value::Map(
                map.iter()
                    .map(|(key, value)| Entry {
                        key: key.as_str().into(),
                        at: at.clone(),
                        node: Node::from_json(value, at),
                    })
                    .collect(),
            ),
        };
        Node::new(value, at.clone())
    }

    /// Calls `visit` on this node and all below it, parents first.
    pub fn walk(&self, visit: &mut dyn FnMut(&Node)) {
        visit(self);
        match &self.value {
            Value::Encoded(node) => node.walk(visit),
            Value::List(items) => items.iter().for_each(|item| item.walk(visit)),
            Value::Map(entries) => entries.iter().for_each(|entry| entry.node.walk(visit)),
            Value::Pieces(pieces) => pieces.iter().for_each(|piece| {
                if let Piece::Hole(node) = piece {
                    node.walk(visit);
                }
            }),
            Value::Either { then, otherwise, .. } => {
                then.walk(visit);
                otherwise.walk(visit);
            }
            _ => {}
        }
    }

    /// The tree with every `Either` of a condition in `chosen` replaced by its branch.
    pub fn choose(&self, chosen: &dyn Fn(&str) -> Option<bool>) -> Node {
        let value = match &self.value {
            Value::Either { condition, then, otherwise } => match chosen(condition) {
                Some(true) => return then.choose(chosen),
                Some(false) => return otherwise.choose(chosen),
                None => Value::Either {
                    condition: condition.clone(),
                    then: Box::new(then.choose(chosen)),
                    otherwise: Box::new(otherwise.choose(chosen)),
                },
            },
            Value::Encoded(node) => Value::Encoded(Box::new(node.choose(chosen))),
            Value::List(items) => Value::List(
                items.iter().map(|item| item.choose(chosen)).filter(|item| !item.is_null()).collect(),
            ),
            Value::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|entry| Entry {
                        key: entry.key.clone(),
                        at: entry.at.clone(),
                        node: entry.node.choose(chosen),
                    })
                    .collect(),
            ),
            Value::Pieces(pieces) => Value::Pieces(
                pieces
                    .iter()
                    .map(|piece| match piece {
                        Piece::Text(text) => Piece::Text(text.clone()),
                        Piece::Hole(node) => Piece::Hole(node.choose(chosen)),
                    })
                    .collect(),
            ),
            other => other.clone(),
        };
        Node::new(value, self.at.clone())
    }
}

/// Text from pieces: neighbours joined, plain [`Value::Text`] where no hole is left.
pub fn join_pieces(pieces: impl IntoIterator<Item = Piece>) -> Value {
    let mut out: Vec<Piece> = Vec::new();
    let push_text = |out: &mut Vec<Piece>, text: &str| {
        if text.is_empty() {
            return;
        }
        match out.last_mut() {
            Some(Piece::Text(last)) => *last = format!("{last}{text}").into(),
            _ => out.push(Piece::Text(text.into())),
        }
    };
    for piece in pieces {
        match piece {
            Piece::Text(text) => push_text(&mut out, &text),
            Piece::Hole(node) => match (&node.value, node.scalar_text()) {
                (_, Some(text)) => push_text(&mut out, &text),
                (Value::Pieces(inner), None) => {
                    for piece in inner.clone() {
                        match piece {
                            Piece::Text(text) => push_text(&mut out, &text),
                            hole => out.push(hole),
                        }
                    }
                }
                _ => out.push(Piece::Hole(node)),
            },
        }
    }
    match out.as_slice() {
        [] => Value::Text("".into()),
        [Piece::Text(text)] => Value::Text(text.clone()),
        [Piece::Hole(node)] => node.value.clone(),
        _ => Value::Pieces(out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hole(id: &str) -> Piece {
        Piece::Hole(Node::new(Value::Ref { id: id.into(), attribute: None }, Place::None))
    }

    #[test]
    fn joined_pieces_without_a_hole_are_plain_text() {
        let joined = join_pieces([Piece::Text("a".into()), Piece::Hole(Node::text("b", Place::None))]);
        assert_eq!(joined, Value::Text("ab".into()));
    }

    #[test]
    fn an_open_text_prints_as_the_expression_of_fn_sub() {
        let value =
            join_pieces([Piece::Text("arn:aws:s3:::".into()), hole("Logs"), Piece::Text("/*".into())]);
        let node = Node::new(value, Place::None);
        assert_eq!(node.expression(), "arn:aws:s3:::${Logs}/*");
        assert_eq!(node.to_json(), serde_json::json!({"$unknown": "arn:aws:s3:::${Logs}/*"}));
    }

    #[test]
    fn choosing_a_condition_picks_its_branch_everywhere() {
        let either = Node::new(
            Value::Either {
                condition: "Prod".into(),
                then: Box::new(Node::text("yes", Place::None)),
                otherwise: Box::new(Node::default()),
            },
            Place::None,
        );
        let list = Node::new(Value::List(vec![either]), Place::None);
        assert_eq!(list.choose(&|_| Some(true)).items().len(), 1);
        assert!(list.choose(&|_| Some(false)).items().is_empty());
        assert_eq!(list.choose(&|_| None), list);
    }
}
