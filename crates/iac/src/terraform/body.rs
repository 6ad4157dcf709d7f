//! Bodies of blocks into maps: attributes, blocks (once: a map; repeated: a list of maps) and dynamic blocks.

use super::eval::{Frame, Names, items_of};
use super::expand::World;
use super::syntax::{Block, Body, Kind};
use super::value::{either, node, unknown, words};
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Node, Place, Value};

/// What stands in a resource and is Terraform's own.
const META: [&str; 7] =
    ["count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"];

/// True for what is Terraform's own within a resource.
pub(crate) fn is_meta(key: &str) -> bool {
    META.contains(&key)
}

/// The blocks of one kind, as far as they are known.
#[derive(Default)]
struct Blocks {
    at: Place,
    items: Vec<Node>,
}

impl<'a> World<'a> {
    /// A body as a map of the keys that `wanted` holds for.
    pub(crate) fn body(&self, frame: Frame<'_, 'a>, body: &Body, wanted: &dyn Fn(&str) -> bool) -> Node {
        let mut entries: Vec<Entry> = Vec::with_capacity(body.attributes.len() + body.blocks.len());
        for attribute in body.attributes.iter().filter(|attribute| wanted(&attribute.key)) {
            let value = self.eval(frame, &attribute.value);
            if !value.is_null() {
                entries.push(Entry { key: attribute.key.clone(), at: attribute.at.clone(), node: value });
            }
        }
        let mut kinds: Vec<(Arc<str>, Blocks)> = Vec::new();
        for block in &body.blocks {
            let is_dynamic = &*block.kind == "dynamic";
            let kind: Arc<str> = if is_dynamic { block.label(0).into() } else { block.kind.clone() };
            if !wanted(&kind) {
                continue;
            }
            let items = if is_dynamic { self.dynamic(frame, block) } else { vec![self.block(frame, block)] };
            let index = match kinds.iter().position(|(known, _)| *known == kind) {
                Some(index) => index,
                None => {
                    kinds.push((kind, Blocks { at: block.head.clone(), items: Vec::new() }));
                    kinds.len() - 1
                }
            };
            if let Some((_, blocks)) = kinds.get_mut(index) {
                blocks.items.extend(items);
            }
        }
        for (key, mut blocks) in kinds {
            let node = match (blocks.items.pop(), blocks.items.is_empty()) {
                (None, _) => continue,
                (Some(only), true) => only,
                (Some(last), false) => {
                    let at = blocks.at.to(&last.at);
                    blocks.items.push(last);
                    Node::new(Value::List(blocks.items), at)
                }
            };
            entries.push(Entry { key, at: blocks.at, node });
        }
        node(Value::Map(entries))
    }

    fn block(&self, frame: Frame<'_, 'a>, block: &Block) -> Node {
        let mut map = self.body(frame, &block.body, &|_| true);
        map.at = block.at.clone();
        map
    }

    /// The blocks that a dynamic block makes.
    fn dynamic(&self, frame: Frame<'_, 'a>, block: &Block) -> Vec<Node> {
        let (Some(collection), Some(content)) =
            (block.body.attribute("for_each"), block.body.blocks("content").next())
        else {
            return vec![Node::new(unknown(format!("dynamic {}", block.label(0))).value, block.at.clone())];
        };
        let iterator = match block.body.attribute("iterator").map(|iterator| &iterator.value.kind) {
            Some(Kind::Variable(name) | Kind::Text(name)) => name.clone(),
            _ => block.label(0).into(),
        };
        let collection = self.eval(frame, &collection.value);
        self.dynamic_over(frame, &collection, &iterator, content, block)
    }

    fn dynamic_over(
        &self,
        frame: Frame<'_, 'a>,
        collection: &Node,
        iterator: &str,
        content: &Block,
        block: &Block,
    ) -> Vec<Node> {
        if let Value::Either { condition, then, otherwise } = &collection.value {
            let pad = |mut items: Vec<Node>, length: usize| {
                items.resize_with(length.max(items.len()), Node::default);
                items
            };
            let then = self.dynamic_over(frame, then, iterator, content, block);
            let otherwise = self.dynamic_over(frame, otherwise, iterator, content, block);
            let length = then.len().max(otherwise.len());
            return pad(then, length)
                .into_iter()
                .zip(pad(otherwise, length))
                .map(|(then, otherwise)| {
                    let at = if then.is_null() { otherwise.at.clone() } else { then.at.clone() };
                    Node::new(either(condition, then, otherwise).value, at)
                })
                .collect();
        }
        if collection.is_null() {
            return Vec::new();
        }
        let Some(items) = items_of(collection) else {
            let gap = unknown(format!("dynamic {} for each of {}", block.label(0), words(collection)));
            return vec![Node::new(gap.value, block.at.clone())];
        };
        let is_list = matches!(collection.value, Value::List(_));
        items
            .into_iter()
            .map(|(key, item)| {
                let (guard, item) = match &item.value {
                    Value::Either { condition, then, otherwise } if otherwise.is_null() => {
                        (Some(condition.clone()), (**then).clone())
                    }
                    _ => (None, item),
                };
                // The key of an element of a set is the element; a list's number is as good for a list.
                let key = if is_list && item.as_text().is_some() { item.clone() } else { key };
                let mut value = node(Value::Map(Vec::new()));
                value.set("key", Place::None, key);
                value.set("value", Place::None, item);
                let names = Names { name: iterator, value, outer: frame.names };
                let mut made = self.body(frame.with(&names), &content.body, &|_| true);
                made.at = block.at.clone();
                match guard {
                    Some(guard) => {
                        let at = made.at.clone();
                        Node::new(either(&guard, made, Node::default()).value, at)
                    }
                    None => made,
                }
            })
            .collect()
    }
}
