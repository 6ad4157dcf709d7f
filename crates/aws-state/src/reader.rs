//! Reading typed leaves out of a tree: the generated structs are filled through a [`Reader`], which carries
//! the nearest written place, the gap of an unknown parent, and the type's table of defaults.

use crate::table::{DefaultRow, DefaultScope, TypeTable};
use std::cell::RefCell;
use tieout_iam::Policy;
use tieout_model::{Gap, Node, Place, Reason, Setting, Value};

/// A position in a resource's tree while its struct is filled.
pub struct Reader<'a> {
    spot: Spot<'a>,
    place: Place,
    table: &'a TypeTable,
    scope: DefaultScope,
    /// Dotted path from the resource, without `[]`, for the defaults.
    path: String,
}

#[derive(Clone)]
enum Spot<'a> {
    At(&'a Node),
    Defaulted(std::rc::Rc<Node>),
    Nothing,
    Unknown(Gap),
}

/// A struct that is filled from a tree.
pub trait Read: Sized {
    /// Reads the struct at the reader's position.
    fn read(reader: &Reader<'_>) -> Self;
}

impl<'a> Reader<'a> {
    /// A reader at the top of a resource's properties (or live facts).
    pub fn new(node: Option<&'a Node>, at: &Place, table: &'a TypeTable, live: bool) -> Reader<'a> {
        let spot = node.map_or(Spot::Nothing, Spot::of);
        let scope = if live { DefaultScope::Account } else { DefaultScope::Source };
        Reader { spot, place: at.clone(), table, scope, path: String::new() }
    }

    /// Whether this object is written at all, and where.
    pub fn here(&self) -> Setting<()> {
        match &self.spot {
            Spot::At(_) => Setting::Set((), self.place.clone()),
            Spot::Defaulted(_) => Setting::Default((), self.place.clone()),
            Spot::Nothing => Setting::Absent(self.place.clone()),
            Spot::Unknown(gap) => Setting::Unknown(gap.clone(), self.place.clone()),
        }
    }

    /// A nested object.
    pub fn object<T: Read>(&self, key: &str) -> T {
        T::read(&self.down(key))
    }

    /// A text.
    pub fn text(&self, key: &str) -> Setting<String> {
        self.leaf(key, |node| node.scalar_text().map(|text| text.to_string()))
    }

    /// A flag.
    pub fn flag(&self, key: &str) -> Setting<bool> {
        self.leaf(key, Node::as_bool)
    }

    /// A whole number.
    pub fn int(&self, key: &str) -> Setting<i64> {
        self.leaf(key, Node::as_int)
    }

    /// A policy document.
    pub fn policy(&self, key: &str) -> Setting<Policy> {
        self.leaf(key, |node| Some(Policy::from_node(node)))
    }

    /// The tree as it is.
    pub fn tree(&self, key: &str) -> Setting<Node> {
        self.leaf(key, |node| Some(node.clone()))
    }

    /// A list of texts, each of which may be unknown.
    pub fn texts(&self, key: &str) -> Setting<Vec<Setting<String>>> {
        self.elements(key, |reader| reader.own_leaf(|node| node.scalar_text().map(|text| text.to_string())))
    }

    /// A list of objects; an element that is unknown as a whole has only unknown leaves.
    pub fn list<T: Read>(&self, key: &str) -> Setting<Vec<T>> {
        self.elements(key, T::read)
    }

    fn elements<T>(&self, key: &str, read: impl Fn(&Reader<'_>) -> T) -> Setting<Vec<T>> {
        let below = self.down(key);
        let node: &Node = match &below.spot {
            Spot::At(node) => node,
            Spot::Defaulted(node) => node,
            Spot::Nothing => return Setting::Absent(below.place),
            Spot::Unknown(gap) => return Setting::Unknown(gap.clone(), below.place),
        };
        let items = match &node.value {
            Value::List(items) => items.as_slice(),
            // AWS takes a scalar where a list of one is meant.
            _ => std::slice::from_ref(node),
        };
        let read = items
            .iter()
            .filter(|item| !item.is_null())
            .map(|item| {
                read(&Reader {
                    spot: Spot::of(item),
                    place: if item.at == Place::None { below.place.clone() } else { item.at.clone() },
                    table: self.table,
                    scope: self.scope,
                    path: below.path.clone(),
                })
            })
            .collect();
        match below.spot {
            Spot::Defaulted(_) => Setting::Default(read, below.place),
            _ => Setting::Set(read, below.place),
        }
    }

    fn leaf<T: PartialEq>(&self, key: &str, take: impl Fn(&Node) -> Option<T>) -> Setting<T> {
        self.down(key).own_leaf(take)
    }

    fn own_leaf<T: PartialEq>(&self, take: impl Fn(&Node) -> Option<T>) -> Setting<T> {
        let place = self.place.clone();
        match &self.spot {
            Spot::Nothing => Setting::Absent(place),
            Spot::Unknown(gap) => Setting::Unknown(gap.clone(), place),
            Spot::Defaulted(node) => match take(node) {
                Some(value) => Setting::Default(value, place),
                None => Setting::Absent(place),
            },
            Spot::At(node) => taken(node, &take, place),
        }
    }

    fn down(&self, key: &str) -> Reader<'_> {
        let path = if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        let (spot, place) = match &self.spot {
            Spot::Unknown(gap) => (Spot::Unknown(gap.clone()), self.place.clone()),
            Spot::At(node) => self.below(node, key, &path),
            Spot::Defaulted(node) => {
                let spot = node.get(key).map_or(Spot::Nothing, |node| Spot::Defaulted(node.clone().into()));
                (spot, self.place.clone())
            }
            Spot::Nothing => (self.missing(&path), self.place.clone()),
        };
        Reader { spot, place, table: self.table, scope: self.scope, path }
    }

    fn below<'n>(&self, node: &'n Node, key: &str, path: &str) -> (Spot<'n>, Place) {
        match node.entry(key) {
            Some(entry) if !entry.node.is_null() => {
                let place = match entry.place() {
                    Place::None => self.place.clone(),
                    place => place,
                };
                (Spot::of(&entry.node), place)
            }
            _ => (self.missing(path), self.place.clone()),
        }
    }

    /// What holds where nothing is written: AWS's default, unless the account was never asked.
    fn missing<'n>(&self, path: &str) -> Spot<'n> {
        let says_account = |row: &DefaultRow| row.path == path && row.scope == DefaultScope::Account;
        if self.scope == DefaultScope::Account
            && self.table.unseen.contains(&path)
            && !self.table.defaults.iter().any(says_account)
        {
            return Spot::Unknown(Gap::new(
                Reason::NotCollected,
                format!("{} of an {} in an account", path, self.table.name),
                "audit the source that deploys it, or look it up in the console",
            ));
        }
        self.default(path)
    }

    fn default<'n>(&self, path: &str) -> Spot<'n> {
        match self.table.defaults.iter().find(|row| row.path == path && self.holds(row)) {
            Some(row) => Spot::Defaulted(default_node(row).into()),
            None => Spot::Nothing,
        }
    }
}

impl Reader<'_> {
    fn holds(&self, row: &DefaultRow) -> bool {
        row.scope == DefaultScope::Both || row.scope == self.scope
    }
}

impl<'a> Spot<'a> {
    fn of(node: &'a Node) -> Spot<'a> {
        match &node.value {
            Value::Null => Spot::Nothing,
            Value::Unknown(gap) => Spot::Unknown(gap.clone()),
            _ => Spot::At(node),
        }
    }
}

/// The value of a leaf; where it depends on a condition, only if both branches agree.
fn taken<T: PartialEq>(node: &Node, take: &dyn Fn(&Node) -> Option<T>, place: Place) -> Setting<T> {
    if let Value::Either { condition, then, otherwise } = &node.value {
        let agreed = match (take_known(then, take), take_known(otherwise, take)) {
            (Some(a), Some(b)) if a == b => Some(a),
            _ => None,
        };
        return match agreed {
            Some(value) => Setting::Set(value, place),
            None => Setting::Unknown(Gap::unresolved(format_args!("condition {condition}")), place),
        };
    }
    match take(node) {
        Some(value) => Setting::Set(value, place),
        None => {
            let gap = node.gap().unwrap_or_else(|| {
                Gap::unsupported(format_args!("a value of another kind than expected: {}", brief(node)))
            });
            Setting::Unknown(gap, place)
        }
    }
}

fn take_known<T>(node: &Node, take: &dyn Fn(&Node) -> Option<T>) -> Option<T> {
    if node.is_known() { take(node) } else { None }
}

/// What kind of thing stands there; never its content, which may be a secret.
fn brief(node: &Node) -> &'static str {
    match node.value {
        Value::List(_) => "a list",
        Value::Map(_) => "an object",
        Value::Bool(_) => "a boolean",
        Value::Int(_) | Value::Float(_) => "a number",
        Value::Null => "null",
        _ => "a text",
    }
}

fn default_node(row: &DefaultRow) -> Node {
    thread_local! {
        static PARSED: RefCell<Vec<(*const u8, Node)>> = const { RefCell::new(Vec::new()) };
    }
    let key = row.json.as_ptr();
    PARSED.with_borrow_mut(|parsed| {
        if let Some((_, node)) = parsed.iter().find(|(known, _)| *known == key) {
            return node.clone();
        }
        // Generated from the tables, which a test parses.
        let json = serde_json::from_str(row.json).unwrap_or_default();
        let node = Node::from_json(&json, &Place::None);
        parsed.push((key, node.clone()));
        node
    })
}
