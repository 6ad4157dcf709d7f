//! Intrinsic functions: a tree with `Ref` and `Fn::…` in it becomes one of values, references and unknowns.

use super::cidr;
use super::parameters::Arguments;
use super::sam::Renamed;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;
use tieout_model::tree::{Entry, Piece, join_pieces};
use tieout_model::{Gap, Node, Place, Reason, Value};

/// How deep values may nest when parameters and mappings are put in.
const MAX_VALUE_DEPTH: usize = 192;

/// Everything that an expression may refer to.
pub(super) struct Evaluator<'a> {
    pub(super) arguments: &'a Arguments<'a>,
    pub(super) parameters: HashMap<Arc<str>, Node>,
    pub(super) mappings: Option<&'a Node>,
    pub(super) conditions: HashMap<Arc<str>, &'a Node>,
    /// Logical ids of the template's resources.
    pub(super) resources: HashMap<Arc<str>, Arc<str>>,
    /// The resources as written.
    written: Option<&'a Node>,
    /// What SAM made, by the names that templates may use for it (`Function.Alias`).
    renamed: Renamed,
    /// Conditions taken for granted where the value stands.
    pub(super) assumed: RefCell<Vec<(Arc<str>, bool)>>,
    pub(super) decided: RefCell<HashMap<Arc<str>, Option<bool>>>,
    pub(super) deciding: RefCell<Vec<Arc<str>>>,
    depth: RefCell<usize>,
}

/// What a map with one key may be.
pub(super) enum Function<'a> {
    Ref,
    Condition,
    Named(&'a str),
}

/// The function that a map stands for, its argument and the place of its name.
pub(super) fn function(node: &Node) -> Option<(Function<'_>, &Node, &Place)> {
    let Value::Map(entries) = &node.value else { return None };
    let [entry] = entries.as_slice() else { return None };
    let function = match &*entry.key {
        "Ref" => Function::Ref,
        "Condition" if entry.node.as_text().is_some() => Function::Condition,
        name if name.starts_with("Fn::") => Function::Named(name),
        _ => return None,
    };
    Some((function, &entry.node, &entry.at))
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(root: &'a Node, arguments: &'a Arguments<'a>, renamed: Renamed) -> Evaluator<'a> {
        let entries = |section: &str| root.get(section).map(Node::entries).unwrap_or_default();
        let type_of =
            |entry: &Entry| entry.node.get("Type").and_then(Node::as_text).unwrap_or_default().into();
        Evaluator {
            arguments,
            parameters: arguments.values(root.get("Parameters")),
            mappings: root.get("Mappings"),
            conditions: entries("Conditions").iter().map(|entry| (entry.key.clone(), &entry.node)).collect(),
            resources: entries("Resources").iter().map(|entry| (entry.key.clone(), type_of(entry))).collect(),
            written: root.get("Resources"),
            renamed,
            assumed: RefCell::default(),
            decided: RefCell::default(),
            deciding: RefCell::default(),
            depth: RefCell::default(),
        }
    }

    /// The value of a tree.
    pub(super) fn value(&self, node: &Node) -> Node {
        if *self.depth.borrow() > MAX_VALUE_DEPTH {
            return Node::unknown(Gap::unsupported("values nested too deeply"), node.at.clone());
        }
        *self.depth.borrow_mut() += 1;
        let value = self.open_value(node);
        *self.depth.borrow_mut() -= 1;
        value
    }

    fn open_value(&self, node: &Node) -> Node {
        match &node.value {
            Value::List(items) => {
                let items = items.iter().map(|item| self.value(item)).filter(|item| !item.is_null());
                Node::new(Value::List(items.collect()), node.at.clone())
            }
            Value::Map(entries) => match function(node) {
                Some((Function::Ref, argument, _)) => self.reference(argument, &node.at),
                Some((Function::Named(name), argument, _)) => self.call(name, argument, &node.at),
                // `Condition` is also the name of a block of policies, which is no function.
                Some((Function::Condition, ..)) | None => self.map(entries, &node.at),
            },
            _ => node.clone(),
        }
    }

    fn map(&self, entries: &[Entry], at: &Place) -> Node {
        if let Some(transform) = entries.iter().find(|entry| &*entry.key == "Fn::Transform") {
            return self.transform(&transform.node, at);
        }
        let evaluated = entries.iter().map(|entry| {
            let node = if entry.key.starts_with("Fn::ForEach") {
                Node::unknown(Gap::unsupported(&entry.key), entry.node.at.clone())
            } else {
                self.value(&entry.node)
            };
            Entry { key: entry.key.clone(), at: entry.at.clone(), node }
        });
        Node::new(Value::Map(evaluated.collect()), at.clone())
    }

    /// `Ref`, and `${Name}` in `Fn::Sub`.
    pub(super) fn reference(&self, argument: &Node, at: &Place) -> Node {
        let Some(name) = argument.scalar_text() else {
            let argument = self.value(argument);
            return match argument.scalar_text() {
                Some(name) => self.named(&name, at),
                None => open(format!("Ref {}", argument.expression()), at),
            };
        };
        self.named(&name, at)
    }

    pub(super) fn named(&self, name: &str, at: &Place) -> Node {
        if let Some(value) = self.parameters.get(name) {
            return Node::new(value.value.clone(), at.clone());
        }
        let known = self.resources.get_key_value(name).map(|(id, _)| id);
        if let Some(id) = known.or_else(|| self.renamed.get(name)) {
            return Node::new(Value::Ref { id: id.clone(), attribute: None }, at.clone());
        }
        if let Some(value) = self.arguments.pseudo(name, at) {
            return value;
        }
        open(name, at)
    }

    /// `Fn::GetAtt`, and `${Name.Attribute}` in `Fn::Sub`.
    pub(super) fn attribute(&self, id: &str, attribute: &str, at: &Place) -> Node {
        let (first, rest) =
            attribute.split_once('.').map_or((attribute, None), |(first, rest)| (first, Some(rest)));
        if let Some(id) = self.renamed.get(&*format!("{id}.{first}")) {
            let value = Value::Ref { id: id.clone(), attribute: rest.map(Into::into) };
            return Node::new(value, at.clone());
        }
        match self.resources.get_key_value(id) {
            Some((id, kind)) => {
                if let Some(value) = self.mirrored(id, kind, attribute) {
                    return Node::new(value, at.clone());
                }
                Node::new(Value::Ref { id: id.clone(), attribute: Some(attribute.into()) }, at.clone())
            }
            None => open(format!("{id}.{attribute}"), at),
        }
    }

    /// An attribute that gives a property back (`Vpc.CidrBlock`), where the property is a literal or a
    /// parameter. What a custom resource answers is its own business.
    fn mirrored(&self, id: &str, kind: &str, attribute: &str) -> Option<Value> {
        if !kind.starts_with("AWS::") || kind.starts_with("AWS::CloudFormation::") {
            return None;
        }
        let property = self.written?.at_path(&[id, "Properties", attribute])?;
        let value = match function(property) {
            Some((Function::Ref, name, _)) => self.parameters.get(&*name.scalar_text()?)?.clone(),
            _ => property.clone(),
        };
        value.scalar_text().is_some().then_some(value.value)
    }

    fn call(&self, name: &str, argument: &Node, at: &Place) -> Node {
        match name {
            "Fn::GetAtt" => self.get_att(argument, at),
            "Fn::Sub" => self.sub(argument, at),
            "Fn::Join" => self.join(argument, at),
            "Fn::If" => self.choice(argument, at),
            "Fn::Select" => self.select(argument, at),
            "Fn::Split" => self.split(argument, at),
            "Fn::FindInMap" => self.find_in_map(argument, at),
            // What it holds is what people must read; how it is transported says nothing more.
            "Fn::Base64" => Node::new(self.value(argument).value, at.clone()),
            "Fn::Cidr" => self.cidr(argument, at),
            "Fn::GetAZs" => open(format!("Fn::GetAZs {}", self.value(argument).expression()), at),
            "Fn::ImportValue" => {
                let name = self.value(argument);
                let name = name.scalar_text().map_or_else(|| name.expression(), |text| text.to_string());
                let how = "audit the deployed account: the value is another stack's export";
                Node::unknown(
                    Gap::new(Reason::Unresolved, format!("Fn::ImportValue {name}"), how),
                    at.clone(),
                )
            }
            "Fn::ToJsonString" => Node::new(Value::Encoded(Box::new(self.value(argument))), at.clone()),
            "Fn::Length" => match self.value(argument).value {
                Value::List(items) => {
                    Node::new(Value::Int(i64::try_from(items.len()).unwrap_or(i64::MAX)), at.clone())
                }
                other => open(format!("Fn::Length {}", Node::new(other, Place::None).expression()), at),
            },
            "Fn::Transform" => self.transform(argument, at),
            "Fn::Equals" | "Fn::And" | "Fn::Or" | "Fn::Not" => open(name, at),
            _ => Node::unknown(Gap::unsupported(name), at.clone()),
        }
    }

    fn transform(&self, argument: &Node, at: &Place) -> Node {
        let name = argument.get("Name").and_then(Node::as_text).unwrap_or("a macro");
        let location = argument.at_path(&["Parameters", "Location"]).map(|node| self.value(node));
        let location = location.and_then(|node| node.scalar_text()).unwrap_or_default();
        let what = format!("Fn::Transform {name} {location}");
        let how = "audit the processed template (aws cloudformation get-template --template-stage Processed)";
        Node::unknown(Gap::new(Reason::Unsupported, what.trim_end(), how), at.clone())
    }

    fn get_att(&self, argument: &Node, at: &Place) -> Node {
        let evaluated;
        let (id, attribute) = match &argument.value {
            Value::Text(text) => match text.split_once('.') {
                Some(parts) => parts,
                None => return open(format!("Fn::GetAtt {text}"), at),
            },
            Value::List(items) => {
                evaluated = items.iter().map(|item| self.value(item).scalar_text()).collect::<Vec<_>>();
                match evaluated.as_slice() {
                    [Some(id), Some(attribute)] => (&**id, &**attribute),
                    [Some(id), rest @ ..] if !rest.is_empty() && rest.iter().all(Option::is_some) => {
                        let attribute: Vec<&str> = rest.iter().flatten().map(|part| &**part).collect();
                        return self.attribute(id, &attribute.join("."), at);
                    }
                    _ => return open(format!("Fn::GetAtt {}", argument.expression()), at),
                }
            }
            _ => return open(format!("Fn::GetAtt {}", argument.expression()), at),
        };
        self.attribute(id, attribute, at)
    }

    fn join(&self, argument: &Node, at: &Place) -> Node {
        let [delimiter, list] = argument.items() else { return open("Fn::Join", at) };
        let Some(delimiter) = self.value(delimiter).scalar_text() else { return open("Fn::Join", at) };
        let list = self.value(list);
        let Value::List(items) = list.value else {
            return open(format!("Fn::Join {}", list.expression()), at);
        };
        let mut pieces = Vec::with_capacity(items.len() * 2);
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                pieces.push(Piece::Text(delimiter.clone()));
            }
            pieces.push(Piece::Hole(item));
        }
        Node::new(together(pieces), at.clone())
    }

    fn choice(&self, argument: &Node, at: &Place) -> Node {
        let [condition, then, otherwise] = argument.items() else { return open("Fn::If", at) };
        let name = match condition.scalar_text() {
            Some(name) => name,
            None => return open(format!("Fn::If {}", condition.expression()), at),
        };
        match self.condition(&name) {
            Some(true) => self.value(then),
            Some(false) => self.value(otherwise),
            None => {
                let (name, is_opposite) = self.root_of(&name);
                let (then, otherwise) = if is_opposite { (otherwise, then) } else { (then, otherwise) };
                let then = self.assuming(&name, true, || self.value(then));
                let otherwise = self.assuming(&name, false, || self.value(otherwise));
                if then.value == otherwise.value {
                    return then;
                }
                let value =
                    Value::Either { condition: name, then: Box::new(then), otherwise: Box::new(otherwise) };
                Node::new(value, at.clone())
            }
        }
    }

    fn select(&self, argument: &Node, at: &Place) -> Node {
        let [index, list] = argument.items() else { return open("Fn::Select", at) };
        let (index, list) = (self.value(index), self.value(list));
        let position = index.as_int().and_then(|index| usize::try_from(index).ok());
        match (&list.value, position) {
            (Value::List(items), Some(position)) => match items.get(position) {
                Some(item) => item.clone(),
                None => open(format!("Fn::Select {position} of {} values", items.len()), at),
            },
            _ => open(format!("Fn::Select {} {}", index.expression(), list.expression()), at),
        }
    }

    fn split(&self, argument: &Node, at: &Place) -> Node {
        let [delimiter, text] = argument.items() else { return open("Fn::Split", at) };
        let (delimiter, text) = (self.value(delimiter), self.value(text));
        match (delimiter.scalar_text(), text.scalar_text()) {
            (Some(delimiter), Some(text)) if !delimiter.is_empty() => {
                let parts = text.split(&*delimiter).map(|part| Node::text(part, at.clone()));
                Node::new(Value::List(parts.collect()), at.clone())
            }
            _ => open(format!("Fn::Split {} {}", delimiter.expression(), text.expression()), at),
        }
    }

    fn find_in_map(&self, argument: &Node, at: &Place) -> Node {
        let [map, top, second, rest @ ..] = argument.items() else { return open("Fn::FindInMap", at) };
        let keys = [self.value(map), self.value(top), self.value(second)];
        let default = rest.first().and_then(|options| options.get("DefaultValue"));
        let expression = || {
            let part =
                |key: &Node| key.scalar_text().map_or_else(|| key.expression(), |text| text.to_string());
            format!("Fn::FindInMap {}", keys.iter().map(part).collect::<Vec<_>>().join(" "))
        };
        let [Some(map), Some(top), Some(second)] = keys.each_ref().map(Node::scalar_text) else {
            return open(expression(), at);
        };
        let found = self.mappings.and_then(|mappings| mappings.at_path(&[&map, &top, &second]));
        match (found, default) {
            (Some(value), _) => Node::new(self.value(value).value, at.clone()),
            (None, Some(default)) => self.value(default),
            (None, None) => open(expression(), at),
        }
    }

    fn cidr(&self, argument: &Node, at: &Place) -> Node {
        let parts: Vec<Node> = argument.items().iter().map(|item| self.value(item)).collect();
        let block = parts.first().and_then(Node::scalar_text);
        let count = parts.get(1).and_then(Node::as_int);
        // Without its bits AWS takes 8, which makes /24 of IPv4.
        let bits = parts.get(2).map_or(Some(8), Node::as_int);
        let blocks = match (block, count, bits) {
            (Some(block), Some(count), Some(bits)) => cidr::blocks(&block, count, bits),
            _ => None,
        };
        match blocks {
            Some(blocks) => {
                let blocks = blocks.into_iter().map(|block| Node::text(block, at.clone()));
                Node::new(Value::List(blocks.collect()), at.clone())
            }
            None => {
                let shown: Vec<String> = parts.iter().map(Node::expression).collect();
                open(format!("Fn::Cidr {}", shown.join(" ")), at)
            }
        }
    }
}

/// A value that is not known, with the expression that would settle it.
pub(super) fn open(expression: impl std::fmt::Display, at: &Place) -> Node {
    Node::unknown(Gap::unresolved(expression), at.clone())
}

/// Pieces put together. A piece that is one of two by a condition makes the whole one of two, so that both
/// texts can be judged.
pub(super) fn together(pieces: Vec<Piece>) -> Value {
    lift(pieces, 3)
}

fn lift(pieces: Vec<Piece>, conditions: usize) -> Value {
    let condition = pieces.iter().find_map(|piece| match piece {
        Piece::Hole(Node { value: Value::Either { condition, .. }, .. }) if conditions > 0 => {
            Some(condition.clone())
        }
        _ => None,
    });
    let Some(condition) = condition else {
        return join_pieces(
            pieces.into_iter().filter(|piece| !matches!(piece, Piece::Hole(node) if node.is_null())),
        );
    };
    let branch = |holds: bool| {
        let chosen = |name: &str| (name == &*condition).then_some(holds);
        let pieces = pieces.iter().map(|piece| match piece {
            Piece::Text(text) => Piece::Text(text.clone()),
            Piece::Hole(node) => Piece::Hole(node.choose(&chosen)),
        });
        Box::new(Node::new(lift(pieces.collect(), conditions - 1), Place::None))
    };
    Value::Either { condition: condition.clone(), then: branch(true), otherwise: branch(false) }
}
