//! Runtimes of the Serverless Framework: `provider.runtime` and the functions' own, with its variables as far as the project's
//! files settle them. The resources below `resources` are CloudFormation, which the engine for infrastructure reads.

use super::Cx;
use crate::{Product, RuntimeDeclaration, Tree};
use std::sync::Arc;
use tieout_model::{Gap, Node, Value};

/// `serverless.yml`, `.yaml`, `.json`
pub(super) fn is_serverless(_path: &str, name: &str) -> bool {
    matches!(name, "serverless.yml" | "serverless.yaml" | "serverless.json")
}

/// How deep variables may lead to variables.
const DEPTH: usize = 16;

/// The parser.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let (root, problems) = document(&cx.path, &text);
    for problem in problems {
        cx.broken(problem);
    }
    let Some(root) = root else { return };
    let scope = Scope { root: &root, path: &cx.path, tree: cx.tree };
    let provider = scope.folded(root.get("provider"));
    let cloud = match provider.as_ref().map(|provider| (provider.as_text(), provider.get("name"))) {
        Some((Some(name), _)) => name.to_owned(),
        Some((None, Some(name))) => scope.text(name, DEPTH).unwrap_or_else(|| "aws".to_owned()),
        Some((None, None)) => "aws".to_owned(),
        // Components and other tools use the file's name too.
        None => return,
    };
    let mut found = Vec::new();
    let by = cx.path.rsplit('/').next().unwrap_or_default().to_owned();
    if let Some(runtime) = provider.as_ref().and_then(|provider| provider.get("runtime")) {
        found.push((scope.value(runtime), runtime, by.clone()));
    }
    let functions = scope.functions();
    for (name, function) in &functions {
        if let Some(runtime) = function.get("runtime") {
            found.push((scope.value(runtime), runtime, format!("{by} function {name}")));
        }
    }
    let declarations: Vec<RuntimeDeclaration> =
        found.into_iter().filter_map(|(value, node, by)| declaration(&cloud, value, node, by)).collect();
    cx.out.runtimes.extend(declarations);
}

/// What a runtime declares at a cloud; `None` for one of whose runtimes nothing is known here.
fn declaration(
    cloud: &str,
    value: Result<String, Gap>,
    node: &Node,
    by: String,
) -> Option<RuntimeDeclaration> {
    let written = match &value {
        Ok(value) => value.clone(),
        Err(_) => node.scalar_text().unwrap_or_default().to_string(),
    };
    let (product, release) = match cloud {
        "aws" => (Product::Lambda, value),
        // Google and Azure say `python38` and `python3.8`.
        _ => (
            Product::Python,
            value
                .and_then(|value| python(&value).ok_or_else(|| Gap::unsupported(by.clone() + ": " + &value))),
        ),
    };
    // Other languages of other clouds are no matter of this engine.
    if product == Product::Python && !written.starts_with("python") {
        return None;
    }
    Some(RuntimeDeclaration {
        product,
        release,
        exact: None,
        at_least: false,
        written,
        by,
        at: node.at.clone(),
    })
}

fn python(runtime: &str) -> Option<String> {
    let digits = runtime.strip_prefix("python")?;
    let (major, minor) = digits.split_once('.').or_else(|| digits.split_at_checked(1))?;
    let is_number = !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit());
    (is_number && matches!(major, "2" | "3")).then(|| format!("{major}.{minor}"))
}

fn document(path: &Arc<str>, text: &str) -> (Option<Node>, Vec<tieout_source::Problem>) {
    if path.ends_with(".json") {
        return match tieout_source::json::parse(path, text) {
            Ok((root, _)) => (Some(root), Vec::new()),
            Err(problem) => (None, vec![problem]),
        };
    }
    let (documents, problems) = tieout_source::yaml::parse(path, text);
    (documents.into_iter().next(), problems)
}

/// Where variables are looked up.
struct Scope<'a> {
    root: &'a Node,
    path: &'a str,
    tree: &'a Tree,
}

impl Scope<'_> {
    /// The functions with their names: a map, a list of maps, or files of such.
    fn functions(&self) -> Vec<(String, Node)> {
        let Some(functions) = self.folded(self.root.get("functions")) else { return Vec::new() };
        let parts = match functions.value {
            Value::List(items) => items,
            _ => vec![functions],
        };
        let parts = parts.iter().filter_map(|part| self.folded(Some(part)));
        let all = parts.flat_map(|part| part.entries().to_vec());
        all.filter_map(|entry| Some((entry.key.to_string(), self.folded(Some(&entry.node))?))).collect()
    }

    /// A node, or what the variable that stands for it leads to.
    fn folded(&self, node: Option<&Node>) -> Option<Node> {
        let node = node?;
        match node.as_text() {
            Some(text) if is_variable(text) => self.variable(text, DEPTH).or_else(|| Some(node.clone())),
            _ => Some(node.clone()),
        }
    }

    /// The text of a runtime; the gap where a variable in it is not settled by the files.
    fn value(&self, node: &Node) -> Result<String, Gap> {
        self.text(node, DEPTH).filter(|text| !text.is_empty()).ok_or_else(|| {
            Gap::unresolved(format!(
                "runtime {}",
                node.scalar_text().unwrap_or_else(|| "that is no text".into())
            ))
        })
    }

    /// A text with its variables put in; `None` where one is not settled.
    fn text(&self, node: &Node, depth: usize) -> Option<String> {
        self.resolved(&node.scalar_text()?, depth)
    }

    fn resolved(&self, text: &str, depth: usize) -> Option<String> {
        let mut text = text.trim().to_owned();
        // The innermost variable first: `${self:custom.${opt:stage, 'dev'}}`.
        for _ in 0..DEPTH {
            let Some(open) = text.rfind("${") else { return Some(text) };
            let close = open + text.get(open..)?.find('}')?;
            let value = self.variable(text.get(open..=close)?, depth)?.scalar_text()?;
            let value = if is_variable(&value) {
                self.resolved(&value, depth.checked_sub(1)?)?
            } else {
                value.to_string()
            };
            text.replace_range(open..=close, &value);
        }
        None
    }

    /// What `${…}` leads to: the first of its sources that the files settle.
    fn variable(&self, written: &str, depth: usize) -> Option<Node> {
        let depth = depth.checked_sub(1)?;
        let inner = written.strip_prefix("${")?.strip_suffix('}')?;
        let inner = if inner.contains("${") { self.resolved(inner, depth)? } else { inner.to_owned() };
        let mut sources = inner.split(',').map(str::trim).peekable();
        while let Some(source) = sources.next() {
            let literal = source.strip_prefix(['"', '\'']).and_then(|rest| rest.strip_suffix(['"', '\'']));
            if let Some(literal) = literal {
                return Some(Node::text(literal, self.root.at.clone()));
            }
            let found = match source.strip_prefix("self:") {
                Some(path) => at(self.root, path),
                None => self.file(source),
            };
            if let Some(node) = found {
                return match node.as_text() {
                    Some(text) if is_variable(text) => self.variable(text, depth),
                    _ => Some(node),
                };
            }
            // `opt:`, `env:`, `param:`, `ssm:` are settled at deployment, where their default may be overridden: it is what
            // the file says.
            sources.peek()?;
        }
        None
    }

    /// `file(./other.yml):key.key`
    fn file(&self, source: &str) -> Option<Node> {
        let (name, rest) = source.strip_prefix("file(")?.split_once(')')?;
        let path = Tree::resolve(self.path, name.trim())?;
        let text = self.tree.text(&path).ok()?;
        let root = document(&path.as_str().into(), &text).0?;
        at(&root, rest.strip_prefix(':').unwrap_or_default())
    }
}

/// True for a text that is one variable and nothing else.
fn is_variable(text: &str) -> bool {
    text.starts_with("${") && text.ends_with('}')
}

/// The value at a dotted path; an empty one is the root.
fn at(root: &Node, path: &str) -> Option<Node> {
    let mut node = root;
    for key in path.split('.').filter(|key| !key.is_empty()) {
        node = match key.parse::<usize>() {
            Ok(index) if !node.items().is_empty() => node.items().get(index)?,
            _ => node.get(key)?,
        };
    }
    Some(node.clone())
}

#[cfg(test)]
mod tests {
    use crate::Tree;
    use crate::inputs::python_version::told;
    use crate::inputs::read;
    use proptest::prelude::*;

    #[test]
    fn the_runtime_of_the_provider_and_of_each_function_is_told() {
        let text = "service: x\nprovider:\n  name: aws\n  runtime: python3.8\nfunctions:\n  a:\n    handler: a.b\n  b:\n    runtime: python3.12\n  c:\n    image: x\n";
        assert_eq!(told("serverless.yml", text), ["4: aws-lambda python3.8", "9: aws-lambda python3.12"]);
        let reading = read(&Tree::of_texts([("serverless.yml", text)]));
        assert_eq!(reading.runtimes[1].by, "serverless.yml function b");
        let list =
            "provider: aws\nfunctions:\n  - a:\n      runtime: nodejs18.x\n  - b: {runtime: python3.9}\n";
        assert_eq!(told("serverless.yaml", list), ["4: aws-lambda nodejs18.x", "5: aws-lambda python3.9"]);
        let json = "{\"provider\": {\"name\": \"aws\",\n\"runtime\": \"python3.7\"}}";
        assert_eq!(told("serverless.json", json), ["2: aws-lambda python3.7"]);
    }

    #[test]
    fn variables_are_followed_as_far_as_the_files_settle_them() {
        let with = |runtime: &str| {
            let text = format!(
                "custom:\n  runtime: python3.9\n  again: ${{self:custom.runtime}}\n  loop: ${{self:custom.loop}}\n  by:\n    dev: python3.8\nprovider:\n  runtime: {runtime}\n"
            );
            let reading = read(&Tree::of_texts([
                ("serverless.yml", &*text),
                ("conf/r.yml", "python:\n  version: python3.6\n"),
            ]));
            reading.runtimes[0].release.clone().unwrap_or_else(|_| "?".to_owned())
        };
        for (runtime, expected) in [
            ("${self:custom.runtime}", "python3.9"),
            ("${self:custom.again}", "python3.9"),
            ("${self:custom.gone, 'python3.7'}", "python3.7"),
            ("${opt:runtime, \"python3.7\"}", "python3.7"),
            ("${opt:runtime, self:custom.runtime}", "python3.9"),
            ("${self:custom.by.${opt:stage, 'dev'}}", "python3.8"),
            ("python${opt:v, '3.11'}", "python3.11"),
            ("${file(./conf/r.yml):python.version}", "python3.6"),
            ("${file(conf/gone.yml):a, 'python3.7'}", "python3.7"),
            ("${file(../../etc/passwd):a}", "?"),
            ("${opt:runtime}", "?"),
            ("${env:R}", "?"),
            ("${self:custom.loop}", "?"),
            ("${self:custom}", "?"),
            ("${self:custom.runtime", "?"),
            ("[1]", "?"),
        ] {
            assert_eq!(with(runtime), expected, "{runtime}");
        }
    }

    #[test]
    fn functions_in_another_file_are_read_there() {
        let tree = Tree::of_texts([
            ("api/serverless.yml", "provider: {name: aws}\nfunctions: ${file(functions.yml)}\n"),
            ("api/functions.yml", "f:\n  runtime: python3.8\n"),
        ]);
        let reading = read(&tree);
        assert_eq!(reading.runtimes[0].at.file_line(), Some(("api/functions.yml", 2)));
    }

    #[test]
    fn other_clouds_and_other_tools_declare_no_lambda_runtime() {
        assert_eq!(
            told("serverless.yml", "provider: {name: google, runtime: python38}\n"),
            ["1: python 3.8"]
        );
        assert_eq!(told("serverless.yml", "provider: {name: google, runtime: nodejs18}\n"), [""; 0]);
        assert_eq!(told("serverless.yml", "component: scf\ninputs: {runtime: Python3.6}\n"), [""; 0]);
        assert_eq!(read(&Tree::of_texts([("serverless.json", "{")])).unaudited.len(), 1);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(\\$\\{|\\}|self:|custom|provider|runtime|:| |\n|'|,|file\\(|\\)|\\.|\\PC){0,60}") {
            let with = format!("custom:\n  runtime: {text}\nprovider:\n  runtime: ${{self:custom.runtime}}\n");
            let _ = read(&Tree::of_texts([("serverless.yml", &*text)]));
            let _ = read(&Tree::of_texts([("serverless.yml", &*with)]));
        }
    }
}
