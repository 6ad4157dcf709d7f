//! Nested stacks: a template that another one deploys is read with the parameters that it is given, and not
//! a second time by itself.

use super::parameters::Arguments;
use super::read_with;
use crate::{Options, Reading, SourceFile};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tieout_aws_state::Declared;
use tieout_model::{Gap, Node, Place, Reason};

/// Stacks in stacks, deeper than AWS's own examples go.
const MAX_NESTING: usize = 8;

/// What one file yields.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) reading: Reading,
    pub(crate) nested: Vec<NestedStack>,
}

/// A stack that a template deploys.
pub(crate) struct NestedStack {
    local: Arc<str>,
    /// The template's path relative to the root, where it is a local file.
    template: Result<Arc<str>, String>,
    parameters: Node,
    at: Place,
}

impl NestedStack {
    /// The nested stack that a resource is, if it is one.
    pub(crate) fn of(declared: &Declared, raw: &Node, file: &str) -> Option<NestedStack> {
        let (location, parameters) = match &*declared.type_name {
            "AWS::CloudFormation::Stack" => ("TemplateURL", "Parameters"),
            _ => return None,
        };
        let asset = raw.at_path(&["Metadata", "aws:asset:path"]).and_then(Node::as_text);
        let url = declared.properties.get(location);
        let template = match (asset, url.and_then(Node::as_text)) {
            (Some(path), _) => Ok(path),
            (None, Some(url)) if url.contains("://") => Err(url.to_owned()),
            (None, Some(path)) => Ok(path),
            (None, None) => Err(url.map(Node::expression).unwrap_or_default()),
        };
        Some(NestedStack {
            local: declared.local.clone(),
            template: template.map(|path| beside(file, path)),
            parameters: declared.properties.get(parameters).cloned().unwrap_or_default(),
            at: url.map_or_else(|| declared.at.clone(), |url| url.at.clone()),
        })
    }

    fn gap(&self) -> Gap {
        let template = match &self.template {
            Ok(path) => &**path,
            Err(url) => url.as_str(),
        };
        let template = if template.is_empty() { "(no location)" } else { template };
        Gap::new(
            Reason::Unresolved,
            format!(
                "the nested stack `{}`: its template `{template}` is not among the audited files",
                self.local
            ),
            "audit a folder that holds the template, or the deployed account",
        )
    }
}

/// `./child.yaml` beside `stacks/parent.yaml` is `stacks/child.yaml`.
fn beside(file: &str, path: &str) -> Arc<str> {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in path.trim_start_matches("file://").split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/").into()
}

/// Puts the readings of all templates together: nested ones are read again with what their parents pass.
/// `open` gives a file by its path.
pub(crate) fn read_nested(
    found: BTreeMap<Arc<str>, Found>,
    options: &Options,
    open: &dyn Fn(&str) -> Option<SourceFile>,
) -> Reading {
    let children: BTreeSet<Arc<str>> = found
        .iter()
        .flat_map(|(path, found)| found.nested.iter().map(move |stack| (path, stack)))
        .filter_map(|(path, stack)| stack.template.as_ref().ok().filter(|template| *template != path))
        .cloned()
        .collect();
    let mut all = All { options, open, visited: BTreeSet::new(), reading: Reading::default() };
    let (nested, roots): (Vec<_>, Vec<_>) = found.into_iter().partition(|(path, _)| children.contains(path));
    for (_, root) in roots {
        all.take(root, 0);
    }
    // What only a circle of stacks leads to has been reached by nobody.
    for (path, left) in nested {
        if !all.visited.contains(&path) {
            all.reading.extend(left.reading);
        }
    }
    let mut reading = all.reading;
    reading.files.sort();
    reading.files.dedup();
    reading
}

struct All<'a> {
    options: &'a Options,
    open: &'a dyn Fn(&str) -> Option<SourceFile>,
    visited: BTreeSet<Arc<str>>,
    reading: Reading,
}

impl All<'_> {
    fn take(&mut self, found: Found, depth: usize) {
        self.reading.extend(found.reading);
        for stack in found.nested {
            let child = stack
                .template
                .as_ref()
                .ok()
                .filter(|_| depth < MAX_NESTING)
                .and_then(|path| (self.open)(path));
            let read = child.and_then(|file| {
                let first = self.visited.insert(file.path.clone());
                let scope =
                    if first { file.path.clone() } else { format!("{}#{}", file.path, stack.local).into() };
                let arguments = Arguments::nested(self.options, &stack.parameters);
                read_with(&file, &arguments, scope)
            });
            match read {
                Some(found) => self.take(found, depth + 1),
                None => self.reading.gaps.push((stack.gap(), stack.at)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn a_template_is_found_beside_its_parent() {
        assert_eq!(&*beside("a/b/parent.yaml", "./child.yaml"), "a/b/child.yaml");
        assert_eq!(&*beside("a/b/parent.yaml", "../x/child.yaml"), "a/x/child.yaml");
        assert_eq!(&*beside("parent.yaml", "child.yaml"), "child.yaml");
    }
}
