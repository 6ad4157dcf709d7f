//! Applying table rows: a tree in a source's words becomes a tree in CloudFormation's, places kept. What is
//! unknown on the way in is unknown on the way out, at the same depth.

use crate::table::Row;
use crate::transform;
use std::borrow::Cow;
use tieout_model::{Gap, Node, Place, Value, tree::Entry};

/// A step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step<'a> {
    Key(&'a str),
    List(&'a str),
    Pick(&'a str, &'a str, &'a str),
}

fn steps(path: &str) -> Vec<Step<'_>> {
    path.split('.')
        .filter(|part| !part.is_empty())
        .map(|part| match part.split_once('[') {
            None => Step::Key(part),
            Some((name, "]")) => Step::List(name),
            Some((name, filter)) => match filter.trim_end_matches(']').split_once('=') {
                Some((key, value)) => Step::Pick(name, key, value),
                None => Step::List(name),
            },
        })
        .collect()
}

/// Applies rows to a source's tree: (properties, live facts).
pub fn apply(rows: &[Row], source: &Node) -> (Node, Node) {
    let mut properties = Node::map(source.at.clone());
    let mut live = Node::map(source.at.clone());
    for row in rows {
        let into = if row.live { &mut live } else { &mut properties };
        copy(source, &source.at, &steps(row.from), into, &steps(row.to), row);
    }
    drop_nulls(&mut properties);
    drop_nulls(&mut live);
    (properties, live)
}

/// Takes out elements that held a place in a list and were not filled.
fn drop_nulls(node: &mut Node) {
    match &mut node.value {
        Value::List(items) => {
            items.retain(|item| !item.is_null());
            items.iter_mut().for_each(drop_nulls);
        }
        Value::Map(entries) => entries.iter_mut().for_each(|entry| drop_nulls(&mut entry.node)),
        _ => {}
    }
}

/// All values at a path of a tree, lists entered: for finding items and binding parameters.
pub fn select<'a>(source: &'a Node, path: &str) -> Vec<&'a Node> {
    let mut found = vec![source];
    for step in steps(path) {
        found = found
            .into_iter()
            .flat_map(|node| -> Vec<&Node> {
                let node = only(node);
                match step {
                    Step::Key(key) => node.get(key).into_iter().collect(),
                    Step::List(key) => node.get(key).map(Node::items).unwrap_or_default().iter().collect(),
                    Step::Pick(key, by, value) => pick(node.get(key), by, value).into_iter().collect(),
                }
            })
            .collect();
    }
    found
}

/// The items of a listing call at a path, each with what encloses it under `$parent`, so that a route knows its
/// table's id (`$parent.RouteTableId`). An empty path yields the answer as one item. What stands in place of a
/// list and is not known yields its gap.
///
/// # Errors
/// The gap of a part of the answer that is not known, beside the items that are.
pub fn items(answer: &Node, path: &str) -> (Vec<Node>, Option<Gap>) {
    let mut gap = None;
    let mut found = vec![(answer.clone(), None::<Node>)];
    for step in steps(path) {
        let mut next = Vec::new();
        for (node, parent) in found {
            let node_gap = node.gap();
            let (key, list) = match step {
                Step::List(key) => (key, true),
                Step::Key(key) | Step::Pick(key, ..) => (key, false),
            };
            let Some(below) = node.get(key) else {
                gap = gap.or(node_gap);
                continue;
            };
            match &below.value {
                Value::List(items) if list => {
                    let mut around = node.clone();
                    around.set(key, Place::None, Node::default());
                    next.extend(items.iter().map(|item| (item.clone(), Some(around.clone()))));
                }
                _ if below.gap().is_some() => gap = gap.or(below.gap()),
                Value::Null => {}
                _ => next.push((below.clone(), parent)),
            }
        }
        found = next;
    }
    let with_parent = |(mut item, parent): (Node, Option<Node>)| {
        if let (Some(parent), Value::Map(_)) = (parent, &item.value) {
            item.set("$parent", Place::None, parent);
        }
        item
    };
    (found.into_iter().map(with_parent).collect(), gap)
}

/// A list of one stands for its element; a longer one for its first.
fn only(node: &Node) -> &Node {
    match &node.value {
        Value::List(items) => items.first().unwrap_or(node),
        _ => node,
    }
}

fn pick<'a>(list: Option<&'a Node>, by: &str, value: &str) -> Option<&'a Node> {
    let has = |item: &&Node| item.get(by).and_then(Node::scalar_text).as_deref() == Some(value);
    list?.items().iter().find(has)
}

fn copy(source: &Node, place: &Place, from: &[Step<'_>], into: &mut Node, to: &[Step<'_>], row: &Row) {
    if is_open(source) && !from.is_empty() {
        put_before_list(into, to, place, open_at_leaf(source));
        return;
    }
    let source = if from.is_empty() { source } else { only(source) };
    match from.split_first() {
        None => {
            let value = transform::apply(row.transform, source);
            if !value.is_null() {
                put(into, to, place, value);
            }
        }
        Some((Step::Key(key), rest)) => {
            if let Some(entry) = source.entry(key) {
                copy(&entry.node, &entry.at, rest, into, to, row);
            } else if is_open(source) {
                put_before_list(into, to, place, open_at_leaf(source));
            }
        }
        Some((Step::Pick(key, by, value), rest)) => {
            if let Some(item) = pick(source.get(key), by, value) {
                copy(item, &item.at, rest, into, to, row);
            }
        }
        Some((Step::List(key), rest)) => {
            if let Some(entry) = one_list(source, key) {
                copy_list(&entry, rest, into, to, row);
            }
        }
    }
}

/// The list under a key, or the lists under the keys of `a+b` as one.
fn one_list<'a>(source: &'a Node, key: &str) -> Option<Cow<'a, Entry>> {
    if !key.contains('+') {
        return source.entry(key).map(Cow::Borrowed);
    }
    let mut found = key.split('+').filter_map(|key| source.entry(key)).filter(|entry| !entry.node.is_null());
    let mut all = found.next()?.clone();
    for entry in found {
        // An open list makes the whole open: how many elements it has is not known.
        if is_open(&all.node) {
            break;
        }
        if is_open(&entry.node) {
            all = entry.clone();
            break;
        }
        let elements = |node: &Node| match &node.value {
            Value::List(items) => items.clone(),
            _ => vec![node.clone()],
        };
        let mut items = elements(&all.node);
        items.extend(elements(&entry.node));
        all.node = Node::new(Value::List(items), all.node.at.clone());
    }
    Some(Cow::Owned(all))
}

fn copy_list(entry: &Entry, rest: &[Step<'_>], into: &mut Node, to: &[Step<'_>], row: &Row) {
    let Value::List(items) = &entry.node.value else {
        match &entry.node.value {
            Value::Null => {}
            _ if is_open(&entry.node) => put_before_list(into, to, &entry.at, open_at_leaf(&entry.node)),
            // A single block where a list is expected.
            _ => put_elements(into, to, &entry.at, std::slice::from_ref(&entry.node), rest, row),
        }
        return;
    };
    put_elements(into, to, &entry.at, items, rest, row);
}

fn put_elements(into: &mut Node, to: &[Step<'_>], at: &Place, items: &[Node], rest: &[Step<'_>], row: &Row) {
    let Some(split) = to.iter().position(|step| matches!(step, Step::List(_))) else {
        // Many to one: the first element stands for all.
        if let Some(item) = items.first() {
            copy(item, at, rest, into, to, row);
        }
        return;
    };
    let (head, tail) = to.split_at(split);
    let Some((Step::List(name), tail)) = tail.split_first() else { return };
    let parent = descend(into, head, at);
    let mut list = match parent.get(name).map(|node| &node.value) {
        Some(Value::List(existing)) => existing.clone(),
        Some(_) => return,
        None => Vec::new(),
    };
    for (index, item) in items.iter().enumerate() {
        if list.len() <= index {
            list.push(Node::new(Value::Null, item.at.clone()));
        }
        if let Some(element) = list.get_mut(index) {
            if is_open(item) {
                *element = open_at_leaf(item);
            } else if !is_open(element) {
                copy(item, &item.at, rest, element, tail, row);
            }
        }
    }
    let whole = items.first().zip(items.last()).map_or(at.clone(), |(a, b)| a.at.to(&b.at));
    parent.set(*name, at.clone(), Node::new(Value::List(list), whole));
}

/// True where nothing below can be read.
fn is_open(node: &Node) -> bool {
    matches!(node.value, Value::Unknown(_) | Value::Ref { .. } | Value::Either { .. } | Value::Pieces(_))
}

fn open_at_leaf(node: &Node) -> Node {
    match node.gap() {
        Some(gap) => Node::unknown(gap, node.at.clone()),
        None => node.clone(),
    }
}

/// The node at a path, made where there is none; a list is entered at its first element.
fn descend<'a>(node: &'a mut Node, path: &[Step<'_>], at: &Place) -> &'a mut Node {
    path.iter().fold(node, |node, step| match step {
        // What is open stays so; nothing can be put below it.
        _ if is_open(node) => node,
        Step::Key(key) | Step::Pick(key, ..) => node.slot(key, at),
        Step::List(key) => first_of(node.slot(key, at), at),
    })
}

fn first_of<'a>(list: &'a mut Node, at: &Place) -> &'a mut Node {
    if matches!(&list.value, Value::Map(entries) if entries.is_empty()) {
        list.value = Value::List(Vec::new());
    }
    if !matches!(list.value, Value::List(_)) {
        return list;
    }
    if list.items().is_empty() {
        list.value = Value::List(vec![Node::map(at.clone())]);
    }
    match &mut list.value {
        Value::List(items) => match items.first_mut() {
            Some(first) => first,
            None => unreachable!("an element was put there just above"),
        },
        _ => unreachable!("it is a list"),
    }
}

fn put(into: &mut Node, to: &[Step<'_>], at: &Place, value: Node) {
    let Some((last, head)) = to.split_last() else {
        *into = value;
        return;
    };
    let parent = descend(into, head, at);
    let (Step::Key(key) | Step::List(key) | Step::Pick(key, ..)) = last;
    if matches!(parent.value, Value::Map(_) | Value::Null) {
        parent.set(*key, at.clone(), value);
    }
}

/// Puts a JSON value at a path where nothing stands yet, written or open.
pub(crate) fn put_absent(into: &mut Node, path: &str, json: &str, at: &Place) {
    let steps = steps(path);
    let mut spot = Some(&*into);
    for step in &steps {
        let (Step::Key(key) | Step::List(key) | Step::Pick(key, ..)) = step;
        spot = match spot {
            Some(node) if is_open(node) => return,
            Some(node) => only(node).get(key),
            None => None,
        };
    }
    if spot.is_none_or(Node::is_null) {
        // Generated from the tables, whose JSON the generator has parsed.
        let value = serde_json::from_str(json).unwrap_or_default();
        put(into, &steps, at, Node::from_json(&value, at));
    }
}

/// Puts an open value where the first list of the path would stand.
fn put_before_list(into: &mut Node, to: &[Step<'_>], at: &Place, value: Node) {
    let end = to.iter().position(|step| matches!(step, Step::List(_))).map_or(to.len(), |index| index + 1);
    put(into, to.get(..end).unwrap_or(to), at, value);
}

/// Merges a satellite's properties into its parent's: maps key by key, lists appended, else the parent's own
/// value stands only where the satellite says nothing.
pub fn merge(parent: &mut Node, satellite: &Node) {
    for entry in satellite.entries() {
        let existing = parent.get(&entry.key).cloned();
        let merged = match (existing, &entry.node.value) {
            (Some(mut old), Value::Map(_)) if matches!(old.value, Value::Map(_)) => {
                merge(&mut old, &entry.node);
                old
            }
            (Some(Node { value: Value::List(mut items), at }), Value::List(more)) => {
                items.extend(more.iter().cloned());
                Node::new(Value::List(items), at)
            }
            // The parent's list is not known: it stays so, whatever is added.
            (Some(old), Value::List(_)) if is_open(&old) => old,
            _ => entry.node.clone(),
        };
        parent.set(entry.key.clone(), entry.at.clone(), merged);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Transform;
    use serde_json::json;
    use tieout_model::Gap;

    fn row(from: &'static str, to: &'static str) -> Row {
        Row { from, to, live: false, transform: Transform::Same }
    }

    fn mapped(rows: &[Row], source: serde_json::Value) -> serde_json::Value {
        apply(rows, &Node::from_json(&source, &Place::None)).0.to_json()
    }

    #[test]
    fn a_block_of_one_becomes_an_object() {
        let rows = [row("versioning_configuration.status", "VersioningConfiguration.Status")];
        let out = mapped(&rows, json!({"versioning_configuration": [{"status": "Enabled"}]}));
        assert_eq!(out, json!({"VersioningConfiguration": {"Status": "Enabled"}}));
    }

    #[test]
    fn rows_of_one_list_fill_the_same_elements() {
        let rows = [row("rule[].a.x", "Rules[].By.X"), row("rule[].b", "Rules[].B")];
        let out = mapped(&rows, json!({"rule": [{"a": [{"x": 1}], "b": true}, {"b": false}]}));
        assert_eq!(out, json!({"Rules": [{"By": {"X": 1}, "B": true}, {"B": false}]}));
    }

    #[test]
    fn elements_of_objects_become_elements_of_a_plain_list() {
        let rows = [row("Attached[].PolicyArn", "ManagedPolicyArns[]")];
        let out = mapped(&rows, json!({"Attached": [{"PolicyArn": "a"}, {"PolicyArn": "b"}]}));
        assert_eq!(out, json!({"ManagedPolicyArns": ["a", "b"]}));
    }

    #[test]
    fn a_filter_picks_the_element_that_has_the_value() {
        let rows = [row("Versions[IsDefault=true].Document", "PolicyDocument")];
        let out = mapped(
            &rows,
            json!({"Versions": [{"IsDefault": false, "Document": 1}, {"IsDefault": true, "Document": 2}]}),
        );
        assert_eq!(out, json!({"PolicyDocument": 2}));
    }

    #[test]
    fn an_unknown_block_makes_what_stands_below_it_unknown() {
        let mut source = Node::map(Place::None);
        source.set("rule", Place::None, Node::unknown(Gap::unresolved("var.rules"), Place::None));
        let rows = [row("rule[].a.x", "Rules[].By.X")];
        let out = apply(&rows, &source).0.to_json();
        assert_eq!(out, json!({"Rules": {"$unknown": "var.rules"}}));
        let rows = [row("rule.x", "By.X")];
        assert_eq!(apply(&rows, &source).0.to_json(), json!({"By": {"X": {"$unknown": "var.rules"}}}));
    }

    #[test]
    fn a_satellite_adds_to_lists_and_maps_of_its_parent() {
        let mut parent = Node::from_json(&json!({"A": {"x": 1}, "L": [1]}), &Place::None);
        merge(&mut parent, &Node::from_json(&json!({"A": {"y": 2}, "L": [2], "N": 3}), &Place::None));
        assert_eq!(parent.to_json(), json!({"A": {"x": 1, "y": 2}, "L": [1, 2], "N": 3}));
    }
}
