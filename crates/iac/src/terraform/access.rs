//! References and what follows them: attributes, indices and splats, on values and on instances of resources
//! and modules.

use super::data;
use super::eval::Frame;
use super::expand::{Iteration, ModuleInstance, Target, World, quoted, reference};
use super::project::{Resource, relative};
use super::syntax::Step;
use super::value::{as_text, condition_of_element, either, node, settle, text, unknown, words};
use std::rc::Rc;
use std::sync::Arc;
use tieout_model::{Gap, Node, Value};

impl<'a> World<'a> {
    /// The value of a name and of what follows it.
    pub(crate) fn traverse(&self, frame: Frame<'_, 'a>, name: &str, steps: &[Step]) -> Node {
        if let Some(value) = frame.name(name) {
            return self.steps(frame, value.clone(), steps);
        }
        let attribute = |number: usize| match steps.get(number) {
            Some(Step::Attribute(name)) => Some(name),
            // `var["name"]` is the same as `var.name`.
            Some(Step::Index(index)) => index.as_text(),
            _ => None,
        };
        let module = frame.module;
        let (root, used) = match (name, attribute(0)) {
            ("var", Some(name)) => (self.variable(module, name), 1),
            ("local", Some(name)) => (self.local(module, name), 1),
            ("each", Some(part)) => (each(frame.iteration, part), 1),
            ("count", Some(_)) => (count(frame.iteration), 1),
            ("path", Some(part)) => (path(module, part), 1),
            ("terraform", Some(part)) => (unknown(format!("terraform.{part}")), 1),
            ("module", Some(call)) => {
                return self.module_value(frame, call, steps.get(1..).unwrap_or_default());
            }
            ("data", Some(kind)) => match attribute(1) {
                Some(name) => {
                    let address = format!("data.{kind}.{name}");
                    return self.resource_value(frame, &address, steps.get(2..).unwrap_or_default());
                }
                None => (unknown(module.say("data")), 1),
            },
            ("self", _) => (unknown(module.say("self")), 0),
            (kind, Some(name)) => {
                let address = format!("{kind}.{name}");
                return self.resource_value(frame, &address, steps.get(1..).unwrap_or_default());
            }
            (name, None) => (self.wrong(module.say(name)), 0),
        };
        self.steps(frame, root, steps.get(used..).unwrap_or_default())
    }

    fn resource_value(&self, frame: Frame<'_, 'a>, address: &str, steps: &[Step]) -> Node {
        let module = frame.module;
        let Some(index) = module.module.by_address.get(address) else {
            if !module.module.is_partial && !address.starts_with("data.") {
                self.error();
            }
            return self.steps(frame, unknown(module.say(address)), steps);
        };
        let expansion = self.expansion(module, *index);
        // Whichever instance is asked for, the one that stands for all answers.
        if expansion.open
            && let (Some(Step::Index(_)), Some(member)) = (steps.first(), expansion.members.last())
        {
            let key = expansion.members.iter().find(|member| {
                let wanted = match steps.first() {
                    Some(Step::Index(index)) => as_text(&self.eval(frame, index)),
                    _ => None,
                };
                member.key.is_some() && member.key == wanted
            });
            let id = key.unwrap_or(member).address.clone();
            let instance = node(Value::Ref { id, attribute: None });
            return self.steps(frame, instance, steps.get(1..).unwrap_or_default());
        }
        self.steps(frame, reference(&expansion), steps)
    }

    fn module_value(&self, frame: Frame<'_, 'a>, call: &str, steps: &[Step]) -> Node {
        match self.children(frame.module, call) {
            Some(children) if children.expansion.open && matches!(steps.first(), Some(Step::Index(_))) => {
                let id = children
                    .expansion
                    .members
                    .last()
                    .map(|member| member.address.clone())
                    .unwrap_or_default();
                let instance = node(Value::Ref { id, attribute: None });
                self.steps(frame, instance, steps.get(1..).unwrap_or_default())
            }
            Some(children) => self.steps(frame, reference(&children.expansion), steps),
            None => self.steps(frame, unknown(frame.module.say(&format!("module.{call}"))), steps),
        }
    }

    /// What follows a value.
    pub(crate) fn steps(&self, frame: Frame<'_, 'a>, mut value: Node, steps: &[Step]) -> Node {
        for (number, step) in steps.iter().enumerate() {
            let rest = steps.get(number + 1..).unwrap_or_default();
            value = match step {
                Step::Attribute(name) => self.attribute(value, name),
                Step::Index(index) => {
                    let index = self.eval(frame, index);
                    self.index(value, &index)
                }
                Step::Splat => {
                    return self.splat(&value, &|item| self.steps(frame, item, rest));
                }
                Step::AttributeSplat => {
                    let until =
                        rest.iter().position(|step| matches!(step, Step::Index(_))).unwrap_or(rest.len());
                    let (each, after) = rest.split_at(until);
                    let list = self.splat(&value, &|item| self.steps(frame, item, each));
                    return self.steps(frame, list, after);
                }
            };
        }
        value
    }

    fn splat(&self, value: &Node, each: &dyn Fn(Node) -> Node) -> Node {
        let one = |item: &Node| match &item.value {
            Value::Either { condition, then, otherwise } if condition_of_element(item).is_some() => {
                let branch =
                    |branch: &Node| if branch.is_null() { Node::default() } else { each(branch.clone()) };
                either(condition, branch(then), branch(otherwise))
            }
            _ => each(item.clone()),
        };
        match &value.value {
            Value::List(items) => node(Value::List(items.iter().map(one).collect())),
            Value::Null => node(Value::List(Vec::new())),
            Value::Either { condition, then, otherwise } => {
                either(condition, self.splat(then, each), self.splat(otherwise, each))
            }
            Value::Unknown(gap) => unknown(format!("{}[*]", gap.what)),
            // An attribute of a resource that is not known may be a list.
            Value::Ref { id, attribute: Some(attribute) } => unknown(format!("{id}.{attribute}[*]")),
            _ => node(Value::List(vec![each(value.clone())])),
        }
    }

    /// `value.name`.
    pub(crate) fn attribute(&self, value: Node, name: &str) -> Node {
        match &value.value {
            Value::Map(_) => match value.get(name) {
                Some(inner) => inner.clone(),
                None => self.wrong(format!("{}.{name}", words(&value))),
            },
            Value::Ref { id, attribute: None } => self.instance_attribute(id, name),
            Value::Ref { id, attribute: Some(outer) } => {
                node(Value::Ref { id: id.clone(), attribute: Some(format!("{outer}.{name}").into()) })
            }
            Value::Either { condition, then, otherwise } => {
                let (then, otherwise) = (then.clone(), otherwise.clone());
                // Of nothing there are no attributes: where it is there, it is the other one.
                match (then.is_null(), otherwise.is_null()) {
                    (true, false) => self.assume(condition, self.attribute(*otherwise, name)),
                    (false, true) => self.assume(condition, self.attribute(*then, name)),
                    _ => either(condition, self.attribute(*then, name), self.attribute(*otherwise, name)),
                }
            }
            Value::Unknown(gap) => unknown(format!("{}.{name}", gap.what)),
            // A block that is there once, or a resource with a count of one, as older configurations write it.
            Value::List(items) => match items.as_slice() {
                [only] => self.attribute(only.clone(), name),
                _ => match name.parse::<usize>() {
                    Ok(number) => self.index(value.clone(), &node(Value::Int(number as i64))),
                    Err(_) => self.wrong(format!("{}.{name}", words(&value))),
                },
            },
            _ => self.wrong(format!("{}.{name}", words(&value))),
        }
    }

    fn assume(&self, condition: &Arc<str>, value: Node) -> Node {
        self.assumed.borrow_mut().push(condition.clone());
        value
    }

    /// `value[index]`.
    pub(crate) fn index(&self, value: Node, index: &Node) -> Node {
        if let Value::Either { condition, then, otherwise } = &index.value {
            let (holds, fails) = (settle(&value, condition, true), settle(&value, condition, false));
            return either(condition, self.index(holds, then), self.index(fails, otherwise));
        }
        match &value.value {
            Value::List(items) => match index.as_int() {
                Some(number) => self.item(items, number),
                None if index.is_known() => self.wrong(format!("{}[{}]", words(&value), words(index))),
                // All the same whichever it is.
                None => match items.as_slice() {
                    [first, rest @ ..] if rest.iter().all(|item| item.value == first.value) => first.clone(),
                    _ => unknown(format!("{}[{}]", words(&value), words(index))),
                },
            },
            Value::Map(_) => match as_text(index) {
                Some(key) => match value.get(&key) {
                    Some(inner) => self.existing(inner.clone()),
                    // A block that is there once is a map here and a list in Terraform.
                    None if &*key == "0" => value,
                    None => self.wrong(format!("{}[{}]", words(&value), quoted(&key))),
                },
                None => unknown(format!("{}[{}]", words(&value), words(index))),
            },
            Value::Ref { attribute: None, .. } => match as_text(index) {
                Some(key) if key.parse::<i64>().is_ok() => value,
                Some(key) => self.attribute(value, &key),
                None => unknown(format!("{}[{}]", words(&value), words(index))),
            },
            Value::Ref { id, attribute: Some(outer) } => match as_text(index) {
                Some(key) => {
                    node(Value::Ref { id: id.clone(), attribute: Some(format!("{outer}.{key}").into()) })
                }
                None => unknown(format!("{}[{}]", words(&value), words(index))),
            },
            Value::Either { condition, then, otherwise } => {
                let (condition, then, otherwise) = (condition.clone(), then.clone(), otherwise.clone());
                match (then.is_null(), otherwise.is_null()) {
                    (true, false) => self.assume(&condition, self.index(*otherwise, index)),
                    (false, true) => self.assume(&condition, self.index(*then, index)),
                    _ => either(&condition, self.index(*then, index), self.index(*otherwise, index)),
                }
            }
            Value::Unknown(gap) => unknown(format!("{}[{}]", gap.what, words(index))),
            _ => self.wrong(format!("{}[{}]", words(&value), words(index))),
        }
    }

    /// The element at a number; where it is not known which elements there are, what it is in each case.
    fn item(&self, items: &[Node], number: i64) -> Node {
        let Ok(wanted) = usize::try_from(number) else { return self.wrong(format!("[{number}]")) };
        let before = items.iter().take(wanted + 1).find_map(condition_of_element);
        let Some(condition) = before else {
            return match items.get(wanted) {
                Some(item) => item.clone(),
                None => self.wrong(format!("element {number} of a list of {}", items.len())),
            };
        };
        if let Some(item) = items.get(wanted).filter(|item| is_instance(item)) {
            return self.existing(item.clone());
        }
        let case = |holds: bool| {
            let list: Vec<Node> = items
                .iter()
                .map(|item| settle(item, condition, holds))
                .filter(|item| !item.is_null())
                .collect();
            if list.len() > wanted { self.item(&list, number) } else { Node::default() }
        };
        either(condition, case(true), case(false))
    }

    /// An instance that is named exists, or Terraform would refuse.
    fn existing(&self, value: Node) -> Node {
        if !is_instance(&value) {
            return value;
        }
        match value.value {
            Value::Either { condition, then, otherwise } => {
                self.assume(&condition, if then.is_null() { *otherwise } else { *then })
            }
            _ => value,
        }
    }

    /// An attribute of an instance of a resource, a data source or a module.
    fn instance_attribute(&self, id: &Arc<str>, name: &str) -> Node {
        let target = self.targets.borrow().get(id).cloned();
        let as_reference = || node(Value::Ref { id: id.clone(), attribute: Some(name.into()) });
        let known_as = |resource: &Resource| if name == "id" { identity(&resource.kind) } else { None };
        match target {
            Some(Target::Module(instance)) => self.output(&instance, name),
            Some(Target::Resource { module, index, iteration }) => {
                let Some(resource) = module.module.resources.get(index) else { return as_reference() };
                if resource.is_data {
                    return data::attribute(self, &module, resource, &iteration, id, name);
                }
                let is_aws = resource.kind.starts_with("aws_");
                match self.configured(&module, resource, &iteration, id, known_as(resource).unwrap_or(name)) {
                    Some(value) if names_it(&value) => value,
                    _ if is_aws => as_reference(),
                    Some(value) => value,
                    None => unknown(format!("{id}.{name}")),
                }
            }
            None => as_reference(),
        }
    }

    /// What the configuration says of an attribute.
    pub(crate) fn configured(
        &self,
        module: &Rc<ModuleInstance<'a>>,
        resource: &Resource,
        iteration: &Iteration,
        id: &Arc<str>,
        name: &str,
    ) -> Option<Node> {
        let body = &resource.block.body;
        let frame = Frame { module, iteration, names: None };
        let key = format!("{id}.{name}");
        if let Some(attribute) = body.attribute(name) {
            return Some(self.attribute_once(module, &key, || self.eval(frame, &attribute.value)));
        }
        let has_block =
            body.blocks(name).next().is_some() || body.blocks("dynamic").any(|block| block.label(0) == name);
        has_block.then(|| {
            self.attribute_once(module, &key, || {
                self.body(frame, body, &|key| key == name).get(name).cloned().unwrap_or_default()
            })
        })
    }
}

/// The argument that is the id of a resource which only says more of another one (the provider's
/// documentation, "Attribute Reference" of each).
fn identity(kind: &str) -> Option<&'static str> {
    match kind {
        "aws_s3_bucket_inventory"
        | "aws_s3_bucket_metric"
        | "aws_s3_bucket_analytics_configuration"
        | "aws_s3_bucket_object"
        | "aws_s3_bucket_intelligent_tiering_configuration" => None,
        kind if kind.starts_with("aws_s3_bucket_") => Some("bucket"),
        "aws_sns_topic_policy" => Some("arn"),
        "aws_sqs_queue_policy" | "aws_sqs_queue_redrive_policy" => Some("queue_url"),
        "aws_secretsmanager_secret_policy" | "aws_secretsmanager_secret_rotation" => Some("secret_id"),
        "aws_ecr_repository_policy" | "aws_ecr_lifecycle_policy" => Some("repository"),
        "aws_kms_key_policy" => Some("key_id"),
        "aws_iam_user_login_profile" => Some("user"),
        _ => None,
    }
}

/// True where a configured value is worth more than a reference to the attribute.
fn names_it(value: &Node) -> bool {
    match &value.value {
        Value::Unknown(_) | Value::Pieces(_) | Value::Either { .. } | Value::Null => false,
        Value::Ref { attribute, .. } => attribute.is_some(),
        _ => true,
    }
}

fn is_instance(value: &Node) -> bool {
    match &value.value {
        Value::Ref { attribute: None, .. } => true,
        Value::Either { then, otherwise, .. } => {
            (then.is_null() && is_instance(otherwise)) || (otherwise.is_null() && is_instance(then))
        }
        _ => false,
    }
}

fn each(iteration: &Iteration, part: &str) -> Node {
    match (iteration, part) {
        (Iteration::Each { key, .. }, "key") => key.clone(),
        (Iteration::Each { value, .. }, "value") => value.clone(),
        _ => unknown(format!("each.{part}")),
    }
}

fn count(iteration: &Iteration) -> Node {
    match iteration {
        Iteration::Count(index) => index.clone(),
        _ => unknown("count.index"),
    }
}

fn path(module: &ModuleInstance<'_>, part: &str) -> Node {
    match part {
        "module" => text(relative(&module.root().module.folder, &module.module.folder)),
        "root" => text("."),
        _ => node(Value::Unknown(Gap::unresolved(format!("path.{part}")))),
    }
}
