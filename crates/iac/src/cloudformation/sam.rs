//! The Serverless Application Model: its resources become the ones that SAM deploys for them, as a tree that
//! is then read like any other template. Every part keeps the place of the SAM source that asked for it.
//!
//! Names of what is made follow SAM's documentation ("Generated CloudFormation resources"). Where SAM appends
//! a hash of the content (versions, layers, deployments), the name goes without it.

mod access;
mod api;
mod build;
mod events;
mod function;
mod globals;
mod others;
mod policies;
mod routes;
mod sources;
mod workflow;

use super::parameters::Arguments;
use build::{list, map, text};
use routes::Routes;
use std::collections::HashMap;
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Gap, Node, Place, Value};

/// Names that SAM lets a template use for what it makes: `Function.Alias`, `Api.Stage`.
pub(super) type Renamed = HashMap<Arc<str>, Arc<str>>;

/// True where the template asks for SAM's transform.
pub(super) fn is_sam(root: &Node) -> bool {
    let is = |node: &Node| node.as_text().is_some_and(|name| name.starts_with("AWS::Serverless-"));
    match root.get("Transform") {
        Some(Node { value: Value::List(items), .. }) => items.iter().any(is),
        Some(node) => is(node),
        None => false,
    }
}

/// Puts what SAM deploys in place of SAM's own resources.
pub(super) fn expand(root: &mut Node, arguments: &Arguments<'_>, gaps: &mut Vec<(Gap, Place)>) -> Renamed {
    let parameters = arguments.values(root.get("Parameters"));
    let Some(section) = root.entry("Resources").cloned() else { return Renamed::new() };
    let mut sam = Expansion {
        parameters,
        globals: root.get("Globals").cloned(),
        made: Vec::new(),
        gaps,
        routes: Routes::default(),
        stages: HashMap::new(),
        renamed: Renamed::new(),
        patches: Vec::new(),
        conditions: Vec::new(),
        deploys_gradually: None,
    };
    let resources = section.node.entries();
    for entry in resources {
        sam.note_stage(entry);
    }
    // APIs come last: their paths are known once every event has been seen.
    let is_api =
        |entry: &Entry| matches!(type_of(entry), "AWS::Serverless::Api" | "AWS::Serverless::HttpApi");
    for (index, entry) in resources.iter().enumerate().filter(|(_, entry)| !is_api(entry)) {
        sam.resource(index, entry);
    }
    for (index, entry) in resources.iter().enumerate().filter(|(_, entry)| is_api(entry)) {
        sam.resource(index, entry);
    }
    sam.implicit_apis(resources.len());
    sam.deployment_role(resources.len());
    sam.apply_patches();
    let Expansion { mut made, renamed, conditions, .. } = sam;
    made.sort_by_key(|(index, _)| *index);
    let at = section.at.clone();
    let made = made.into_iter().map(|(_, entry)| entry).collect();
    root.set("Resources", at.clone(), Node::new(Value::Map(made), section.node.at.clone()));
    if !conditions.is_empty() {
        let mut section = root.get("Conditions").cloned().unwrap_or_else(|| Node::map(at.clone()));
        for (name, condition) in conditions {
            section.set(name, at.clone(), condition);
        }
        root.set("Conditions", at, section);
    }
    renamed
}

fn type_of(entry: &Entry) -> &str {
    entry.node.get("Type").and_then(Node::as_text).unwrap_or_default()
}

/// The template while it is being expanded.
struct Expansion<'a> {
    parameters: HashMap<Arc<str>, Node>,
    globals: Option<Node>,
    /// What was made, each with the position of the resource that asked for it.
    made: Vec<(usize, Entry)>,
    gaps: &'a mut Vec<(Gap, Place)>,
    routes: Routes,
    /// The stage's name of each API, as it enters other names.
    stages: HashMap<Arc<str>, String>,
    renamed: Renamed,
    /// Properties that events add to other resources: id, path of keys, what is added to the list there.
    patches: Vec<(Arc<str>, [&'static str; 2], Node)>,
    conditions: Vec<(String, Node)>,
    /// Where a function asks for gradual deployment.
    deploys_gradually: Option<Place>,
}

/// A SAM resource that is being expanded.
struct Origin<'a> {
    index: usize,
    entry: &'a Entry,
    /// Its properties, with what `Globals` adds.
    properties: Node,
    condition: Option<Arc<str>>,
}

impl Origin<'_> {
    fn id(&self) -> &str {
        &self.entry.key
    }

    /// The place of the whole resource.
    fn at(&self) -> Place {
        self.entry.place()
    }

    /// A property that is there and not null.
    fn get(&self, key: &str) -> Option<&Node> {
        self.properties.get(key).filter(|node| !node.is_null())
    }
}

impl Expansion<'_> {
    fn resource(&mut self, index: usize, entry: &Entry) {
        let type_name = type_of(entry);
        if !type_name.starts_with("AWS::Serverless::") {
            self.made.push((index, entry.clone()));
            return;
        }
        let origin = Origin {
            index,
            entry,
            properties: globals::merged(self.globals.as_ref(), type_name, &entry.node),
            condition: entry.node.get("Condition").and_then(Node::scalar_text),
        };
        match type_name {
            "AWS::Serverless::Function" => self.function(&origin),
            "AWS::Serverless::Api" => self.rest_api(&origin),
            "AWS::Serverless::HttpApi" => self.http_api(&origin),
            "AWS::Serverless::SimpleTable" => self.simple_table(&origin),
            "AWS::Serverless::LayerVersion" => self.layer(&origin),
            "AWS::Serverless::Application" => self.application(&origin),
            "AWS::Serverless::StateMachine" => self.state_machine(&origin),
            _ => {
                let gap = Gap::unsupported(format!("what `{}` deploys for its type {type_name}", entry.key));
                self.gaps.push((gap, entry.at.clone()));
            }
        }
    }

    /// Adds a resource that stands where its origin does.
    fn make(&mut self, origin: &Origin<'_>, id: impl Into<String>, type_name: &str, properties: Node) {
        self.make_at(origin, &origin.entry.at, &origin.entry.node.at, id, type_name, properties);
    }

    /// Adds a resource that stands where one part of its origin does.
    fn make_for(
        &mut self,
        origin: &Origin<'_>,
        part: &Entry,
        id: impl Into<String>,
        type_name: &str,
        properties: Node,
    ) {
        self.make_at(origin, &part.at, &part.node.at, id, type_name, properties);
    }

    fn make_at(
        &mut self,
        origin: &Origin<'_>,
        key: &Place,
        body: &Place,
        id: impl Into<String>,
        type_name: &str,
        properties: Node,
    ) {
        let id: String = id.into();
        let mut node = map(body, [("Type", text(body, type_name)), ("Properties", properties)]);
        if let Some(condition) = &origin.condition {
            node.set("Condition", body.clone(), text(body, condition.clone()));
        }
        // What is said about the resource is said about the one that bears its name.
        if *id == *origin.entry.key
            && let Some(metadata) = origin.entry.node.entry("Metadata")
        {
            node.set("Metadata", metadata.at.clone(), metadata.node.clone());
        }
        self.made.push((origin.index, Entry { key: id.into(), at: key.clone(), node }));
    }

    /// A text that is written, or a parameter whose value is known.
    fn plain(&self, node: &Node) -> Option<Arc<str>> {
        if let Some(text) = node.scalar_text() {
            return Some(text);
        }
        let name = node.get("Ref").and_then(Node::as_text)?;
        self.parameters.get(name).and_then(Node::scalar_text)
    }

    /// Puts into other resources what events ask of them.
    fn apply_patches(&mut self) {
        for (id, [outer, inner], addition) in std::mem::take(&mut self.patches) {
            let Some((_, entry)) = self.made.iter_mut().find(|(_, entry)| entry.key == id) else { continue };
            let at = addition.at.clone();
            let mut properties =
                entry.node.get("Properties").cloned().unwrap_or_else(|| Node::map(entry.node.at.clone()));
            let mut block = properties.get(outer).cloned().unwrap_or_else(|| Node::map(at.clone()));
            if build::is_intrinsic(&block) || build::is_intrinsic(&properties) {
                continue;
            }
            let value = match addition.value {
                Value::List(more) => {
                    let before = block.get(inner).map(Node::items).unwrap_or_default();
                    list(&at, before.iter().cloned().chain(more).collect())
                }
                _ => addition,
            };
            block.set(inner, at.clone(), value);
            properties.set(outer, at.clone(), block);
            entry.node.set("Properties", at, properties);
        }
    }
}
