//! Terraform: HCL, JSON and plans, lowered to resources in CloudFormation's words.

mod access;
mod body;
mod data;
mod document;
mod eval;
mod expand;
mod functions;
mod hcl;
mod json;
mod plan;
mod policy;
mod project;
mod provider;
mod reading;
mod syntax;
mod value;

pub use reading::{is_plan_or_state, read};
pub use tieout_aws_state::terraform::Instance;

use crate::{Options, SourceFile};
use expand::{Deployment, ModuleInstance, World};
use project::{Project, Resource};
use std::collections::HashSet;
use std::rc::Rc;
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Gap, Node, Piece, Place, Reason, Value};

/// Room for expressions that call for each other; only what is used is taken from memory.
const STACK: usize = 64 << 20;
/// Most instances of one root module.
const MAX_INSTANCES: usize = 50_000;
/// Most instances of modules of one root module.
const MAX_MODULES: usize = 20_000;

/// What an evaluation yields.
#[derive(Debug, Clone, Default)]
pub struct Evaluated {
    /// Instances of managed resources of any provider, by root module and address.
    pub instances: Vec<Instance>,
    /// What could not be read or worked out, and where.
    pub gaps: Vec<(Gap, Place)>,
}

/// True for the files that [`evaluate`] reads as configuration or values, by name; any other text file of the
/// tree may be named by a `file` or `templatefile` of them.
pub fn is_terraform(path: &str) -> bool {
    project::is_terraform(path)
}

/// Opens a text file of the tree by its path relative to the root; `None` where there is none such. It must
/// not leave the tree and not follow links.
pub type Open<'a> = dyn Fn(&str) -> Option<SourceFile> + Sync + 'a;

/// Evaluates every root module among the files. What `file` and `templatefile` name is opened with `open`.
pub fn evaluate(files: &[SourceFile], options: &Options, open: &Open<'_>) -> Evaluated {
    let work = || evaluate_here(files, options, open);
    // Expressions nest deeper than the stack of an ordinary thread allows for.
    std::thread::scope(|scope| {
        let worker = std::thread::Builder::new().name("terraform".to_owned()).stack_size(STACK);
        let outcome = match worker.spawn_scoped(scope, work) {
            Ok(worker) => worker.join().ok(),
            Err(_) => None,
        };
        outcome.unwrap_or_else(|| Evaluated {
            instances: Vec::new(),
            gaps: vec![(
                Gap::new(Reason::Internal, "the evaluation of Terraform", "report the configuration"),
                Place::None,
            )],
        })
    })
}

fn evaluate_here(files: &[SourceFile], options: &Options, open: &Open<'_>) -> Evaluated {
    let texts: Vec<_> = files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
    let mut project = Project::read(&texts, &options.variable_files);
    project.given = options.parameters.clone();
    let deployment = Deployment { account: options.account.clone(), region: options.region.clone() };
    let mut out = Evaluated { instances: Vec::new(), gaps: std::mem::take(&mut project.gaps) };
    for module in project.roots() {
        let world = World::new(&project, &deployment, open);
        let mut walk = Walk {
            world: &world,
            root: module.folder.clone(),
            seen: HashSet::new(),
            modules: 0,
            out: &mut out,
        };
        walk.module(&world.root(module));
        out.gaps.append(&mut world.gaps.borrow_mut());
    }
    out.instances.sort_by(|a, b| (&a.root, &a.address).cmp(&(&b.root, &b.address)));
    out.gaps.sort();
    out.gaps.dedup();
    out
}

/// The walk over all instances of one root module.
struct Walk<'w, 'a> {
    world: &'w World<'a>,
    root: Arc<str>,
    seen: HashSet<Arc<str>>,
    modules: usize,
    out: &'w mut Evaluated,
}

impl<'a> Walk<'_, 'a> {
    fn module(&mut self, module: &Rc<ModuleInstance<'a>>) {
        for (index, resource) in module.module.resources.iter().enumerate() {
            if !resource.is_data {
                self.resource(module, index, resource);
            }
        }
        for (name, call) in &module.module.calls {
            if self.is_full(call) {
                return;
            }
            match self.world.children(module, name) {
                Some(children) => {
                    for instance in &children.instances {
                        self.modules += 1;
                        if self.is_full(call) {
                            return;
                        }
                        self.module(instance);
                    }
                }
                None => self.world.note_absent(module, name, call),
            }
        }
    }

    fn resource(&mut self, module: &Rc<ModuleInstance<'a>>, index: usize, resource: &Resource) {
        let region = self.world.region_of(module, &resource.block.body);
        for member in &self.world.expansion(module, index).members {
            if self.is_full(&resource.block) {
                return;
            }
            let address = self.unique(&member.address);
            let frame = eval::Frame { module, iteration: &member.iteration, names: None };
            let mut body = self.world.body(frame, &resource.block.body, &|key| !body::is_meta(key));
            self.settle(&mut body);
            // Since version 6 of the provider a resource may name its own region.
            let own = body.get("region").and_then(Node::as_text).map(Arc::from);
            body.at = resource.block.at.clone();
            self.out.instances.push(Instance {
                address,
                type_name: resource.kind.clone(),
                body,
                at: resource.block.at.clone(),
                root: self.root.clone(),
                region: own.or_else(|| region.clone()),
                uncertain: member.uncertain().or_else(|| module.uncertain.clone()),
            });
        }
    }

    /// True, with a gap, where there is more than is looked at.
    fn is_full(&mut self, block: &syntax::Block) -> bool {
        let what = if self.seen.len() >= MAX_INSTANCES {
            format!("more than {MAX_INSTANCES} resources in one root module")
        } else if self.modules >= MAX_MODULES {
            format!("more than {MAX_MODULES} calls of modules in one root module")
        } else {
            return false;
        };
        let gap = Gap::unsupported(what);
        if !self.out.gaps.iter().any(|(known, _)| *known == gap) {
            self.out.gaps.push((gap, block.head.clone()));
        }
        true
    }

    /// An address that no other instance has: twice the same is an error in Terraform, and both are looked at.
    fn unique(&mut self, address: &Arc<str>) -> Arc<str> {
        let mut unique = address.clone();
        let mut number = 2;
        while !self.seen.insert(unique.clone()) {
            unique = format!("{address}~{number}").into();
            number += 1;
        }
        unique
    }

    /// References that name no managed resource are open expressions.
    fn settle(&self, node: &mut Node) {
        match &mut node.value {
            Value::Ref { id, attribute: None } if id.starts_with("data.") || id.contains(".data.") => {
                node.value = Value::Unknown(Gap::unresolved(&**id));
            }
            Value::Ref { id, attribute: None } if self.is_module(id) => {
                node.value = Value::Unknown(Gap::unresolved(&**id));
            }
            Value::Encoded(inner) => self.settle(inner),
            Value::List(items) => items.iter_mut().for_each(|item| self.settle(item)),
            Value::Map(entries) => entries.iter_mut().for_each(|Entry { node, .. }| self.settle(node)),
            Value::Pieces(pieces) => {
                for piece in pieces {
                    if let Piece::Hole(hole) = piece {
                        self.settle(hole);
                    }
                }
            }
            Value::Either { then, otherwise, .. } => {
                self.settle(then);
                self.settle(otherwise);
            }
            _ => {}
        }
    }

    fn is_module(&self, id: &str) -> bool {
        matches!(self.world.targets.borrow().get(id), Some(expand::Target::Module(_)))
    }
}
