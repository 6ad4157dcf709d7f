//! The modules of a tree: which files make a folder's module, what it declares, and which folders are roots.
//! Nothing is evaluated here.

use super::syntax::{Attribute, Block, Body, Expr, Kind};
use super::{hcl, json};
use crate::SourceFile;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use tieout_model::{Gap, Place, Reason};

/// A variable's declaration.
#[derive(Debug)]
pub(crate) struct Variable {
    pub default: Option<Expr>,
    pub kind: Option<Expr>,
    /// False where null means the default.
    pub nullable: bool,
}

/// A managed resource or a data source.
#[derive(Debug)]
pub(crate) struct Resource {
    pub is_data: bool,
    pub kind: Arc<str>,
    pub name: Arc<str>,
    pub block: Block,
}

impl Resource {
    /// The address within its module, without an index.
    pub(crate) fn address(&self) -> String {
        let prefix = if self.is_data { "data." } else { "" };
        format!("{prefix}{}.{}", self.kind, self.name)
    }
}

/// A provider's configuration.
#[derive(Debug)]
pub(crate) struct Provider {
    pub name: Arc<str>,
    pub alias: Option<Arc<str>>,
    pub body: Body,
}

/// What the files of one folder declare.
#[derive(Debug, Default)]
pub(crate) struct Module {
    pub folder: Arc<str>,
    pub variables: BTreeMap<Arc<str>, Variable>,
    pub locals: BTreeMap<Arc<str>, Expr>,
    pub outputs: BTreeMap<Arc<str>, Expr>,
    pub calls: BTreeMap<Arc<str>, Block>,
    pub resources: Vec<Resource>,
    pub by_address: HashMap<String, usize>,
    pub providers: Vec<Provider>,
    /// Values of variables, later files over earlier ones.
    pub values: BTreeMap<Arc<str>, Expr>,
    /// True where a file could not be read in full.
    pub is_partial: bool,
}

/// All modules of a tree, by folder.
#[derive(Debug, Default)]
pub(crate) struct Project {
    pub modules: BTreeMap<Arc<str>, Module>,
    /// Values of the root modules' variables by name, which win over all others.
    pub given: BTreeMap<String, String>,
    pub gaps: Vec<(Gap, Place)>,
}

/// What a file is by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    Configuration,
    /// Overrides what other files declare (`override.tf`, `*_override.tf`).
    Override,
    Values(ValueFile),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ValueFile {
    /// Given on the command line only.
    Named,
    Terraform,
    TerraformJson,
    Automatic,
}

fn role(path: &str) -> Option<Role> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let (stem, is_json) = match name.strip_suffix(".json") {
        Some(stem) => (stem, true),
        None => (name, false),
    };
    if let Some(stem) = stem.strip_suffix(".tf").or_else(|| stem.strip_suffix(".tofu")) {
        let is_override = stem == "override" || stem.ends_with("_override");
        return Some(if is_override { Role::Override } else { Role::Configuration });
    }
    let stem = stem.strip_suffix(".tfvars")?;
    Some(Role::Values(match (stem, is_json) {
        ("terraform", false) => ValueFile::Terraform,
        ("terraform", true) => ValueFile::TerraformJson,
        (stem, _) if stem.ends_with(".auto") => ValueFile::Automatic,
        _ => ValueFile::Named,
    }))
}

/// True for files that the Terraform front end reads by name.
pub(crate) fn is_terraform(path: &str) -> bool {
    role(path).is_some()
}

/// The folder of a path; empty for the root.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Joins a relative path to a folder; `None` where it leaves the tree or is absolute.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A folder as seen from another: `../modules/bucket`; `.` for the same.
pub(crate) fn relative(from: &str, to: &str) -> String {
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let (from, to) = (parts(from), parts(to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut out = vec!["..".to_owned(); from.len() - common];
    out.extend(to.into_iter().skip(common));
    if out.is_empty() { ".".to_owned() } else { out.join("/") }
}

/// Path and text.
type TextFile<'f> = (&'f Arc<str>, &'f Arc<str>);

impl Project {
    /// Reads every Terraform file of a tree.
    pub(crate) fn read(files: &[(Arc<str>, Arc<str>)], given: &[SourceFile]) -> Project {
        let mut project = Project::default();
        let mut files: Vec<_> = files.iter().collect();
        files.sort_by(|a, b| a.0.cmp(&b.0));
        let mut overrides = Vec::new();
        let mut values = Vec::new();
        for (path, text) in files {
            let Some(role) = role(path) else { continue };
            match role {
                Role::Values(kind) => values.push((kind, path, text)),
                Role::Configuration => {
                    let body = project.body(path, text);
                    project.module(folder_of(path)).add(body);
                }
                Role::Override => overrides.push((path, text)),
            }
        }
        for (path, text) in overrides {
            let body = project.body(path, text);
            project.module(folder_of(path)).override_with(body);
        }
        values.sort_by_key(|(kind, path, _)| (*kind, (*path).clone()));
        project.read_values(&values, given.is_empty());
        let roots: Vec<Arc<str>> = project.roots().iter().map(|root| root.folder.clone()).collect();
        for file in given {
            let (body, gaps) = parse(&file.path, &file.text);
            project.gaps.extend(gaps);
            for root in &roots {
                project.module(root).set_values(body.clone());
            }
        }
        project
    }

    fn module(&mut self, folder: &str) -> &mut Module {
        let folder: Arc<str> = folder.into();
        self.modules.entry(folder.clone()).or_insert_with(|| Module { folder, ..Module::default() })
    }

    fn body(&mut self, path: &Arc<str>, text: &str) -> Body {
        let (body, gaps) = parse(path, text);
        if !gaps.is_empty() && role(path) != Some(Role::Values(ValueFile::Named)) {
            self.module(folder_of(path)).is_partial = true;
        }
        self.gaps.extend(gaps);
        body
    }

    /// Values in the order in which Terraform loads them. A file that Terraform loads only by name is taken
    /// for what has no other value, where it is the folder's only one and the user names none.
    fn read_values(&mut self, files: &[(ValueFile, &Arc<str>, &Arc<str>)], may_guess: bool) {
        let mut by_name: BTreeMap<&str, Vec<TextFile<'_>>> = BTreeMap::new();
        for (kind, path, text) in files {
            let folder = folder_of(path);
            if !self.modules.contains_key(folder) {
                continue;
            }
            if *kind == ValueFile::Named {
                by_name.entry(folder).or_default().push((path, text));
                continue;
            }
            let body = self.body(path, text);
            self.module(folder).set_values(body);
        }
        for (folder, candidates) in by_name {
            if let ([(path, text)], true) = (candidates.as_slice(), may_guess) {
                let body = self.body(path, text);
                self.module(folder).set_missing_values(body);
            }
        }
    }

    /// Folders that no other module of the tree calls.
    pub(crate) fn roots(&self) -> Vec<&Module> {
        let mut called: BTreeSet<String> = BTreeSet::new();
        for module in self.modules.values() {
            for call in module.calls.values() {
                if let Some(folder) = self.called_folder(module, call)
                    && *folder != *module.folder
                {
                    called.insert(folder);
                }
            }
        }
        let roots: Vec<&Module> =
            self.modules.values().filter(|module| !called.contains(&*module.folder)).collect();
        // Modules that call each other in a ring still get looked at.
        if roots.is_empty() { self.modules.values().collect() } else { roots }
    }

    /// The folder of the tree that a call names.
    pub(crate) fn called_folder(&self, module: &Module, call: &Block) -> Option<String> {
        let source = call.body.attribute("source")?.value.as_text()?;
        if !(source.starts_with("./") || source.starts_with("../") || &**source == "." || &**source == "..") {
            return None;
        }
        // `//` only parts a package from a folder within it.
        let folder = join(&module.folder, source)?;
        self.modules.contains_key(folder.as_str()).then_some(folder)
    }
}

fn parse(path: &Arc<str>, text: &str) -> (Body, Vec<(Gap, Place)>) {
    if path.ends_with(".json") { json::parse(path, text) } else { hcl::parse(path, text) }
}

impl Module {
    fn add(&mut self, body: Body) {
        for block in body.blocks {
            self.add_block(block);
        }
    }

    fn add_block(&mut self, mut block: Block) {
        match (&*block.kind, block.labels.len()) {
            ("resource" | "data", 2..) => self.add_resource(block),
            ("variable", 1..) => {
                let name: Arc<str> = block.label(0).into();
                self.variables.insert(name, variable(&mut block.body));
            }
            ("locals", _) => {
                for Attribute { key, value, .. } in block.body.attributes {
                    self.locals.insert(key, value);
                }
            }
            ("output", 1..) => {
                let name: Arc<str> = block.label(0).into();
                if let Some(value) = take(&mut block.body, "value") {
                    self.outputs.insert(name, value);
                }
            }
            ("module", 1..) => drop(self.calls.insert(block.label(0).into(), block)),
            ("provider", 1..) => {
                let alias = block.body.attribute("alias").and_then(|alias| alias.value.as_text().cloned());
                self.providers.push(Provider { name: block.label(0).into(), alias, body: block.body });
            }
            _ => {}
        }
    }

    fn add_resource(&mut self, block: Block) {
        let resource = Resource {
            is_data: &*block.kind == "data",
            kind: block.label(0).into(),
            name: block.label(1).into(),
            block,
        };
        let address = resource.address();
        // Twice the same address is an error in Terraform; both are looked at, the first is what others mean.
        self.by_address.entry(address).or_insert(self.resources.len());
        self.resources.push(resource);
    }

    /// What an override file says takes the place of what is there, attribute by attribute.
    fn override_with(&mut self, body: Body) {
        for block in body.blocks {
            match &*block.kind {
                "resource" | "data" if block.labels.len() >= 2 => {
                    let prefix = if &*block.kind == "data" { "data." } else { "" };
                    let address = format!("{prefix}{}.{}", block.label(0), block.label(1));
                    let existing = self
                        .by_address
                        .get(&address)
                        .copied()
                        .and_then(|index| self.resources.get_mut(index));
                    match existing {
                        Some(resource) => merge(&mut resource.block.body, block.body),
                        None => self.add_block(block),
                    }
                }
                "module" => match self.calls.get_mut(block.label(0)) {
                    Some(call) => merge(&mut call.body, block.body),
                    None => self.add_block(block),
                },
                _ => self.add_block(block),
            }
        }
    }

    fn set_values(&mut self, body: Body) {
        for Attribute { key, value, .. } in body.attributes {
            self.values.insert(key, value);
        }
    }

    fn set_missing_values(&mut self, body: Body) {
        for Attribute { key, value, .. } in body.attributes {
            let has_default = self.variables.get(&key).is_none_or(|variable| variable.default.is_some());
            if !has_default {
                self.values.entry(key).or_insert(value);
            }
        }
    }
}

fn merge(body: &mut Body, over: Body) {
    for attribute in over.attributes {
        match body.attributes.iter_mut().find(|existing| existing.key == attribute.key) {
            Some(existing) => *existing = attribute,
            None => body.attributes.push(attribute),
        }
    }
    let kinds: BTreeSet<Arc<str>> = over.blocks.iter().map(|block| block.kind.clone()).collect();
    body.blocks.retain(|block| !kinds.contains(&block.kind));
    body.blocks.extend(over.blocks);
}

fn take(body: &mut Body, key: &str) -> Option<Expr> {
    let index = body.attributes.iter().position(|attribute| &*attribute.key == key)?;
    Some(body.attributes.swap_remove(index).value)
}

fn variable(body: &mut Body) -> Variable {
    let nullable = !matches!(take(body, "nullable"), Some(Expr { kind: Kind::Bool(false), .. }));
    Variable { default: take(body, "default"), kind: take(body, "type"), nullable }
}

/// The gap of a module that is not in the tree.
pub(crate) fn absent_module(address: &str, source: &str) -> Gap {
    Gap::new(
        Reason::Unresolved,
        format!("{address} (source {source})"),
        "audit a plan (`terraform show -json`), or put the module's code into the tree",
    )
}
