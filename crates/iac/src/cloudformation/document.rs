//! From the text of a file to a template: telling templates from other YAML and JSON, reading them, and
//! walking their sections.

use super::parameters::Arguments;
use super::resources::Template;
use super::{Found, sam};
use crate::{ReadFile, Reading, SourceFile};
use std::sync::Arc;
use tieout_model::{Gap, Node, Place, Reason, Value, sha256_hex};
use tieout_source::{Problem, json, yaml};

/// A template's tree, or why there is none.
pub(super) enum Document {
    /// The root maps of the templates in the file (YAML may hold several), and what is odd about them.
    Read(Vec<Node>, Vec<Problem>),
    /// It looks like a template and is broken.
    Broken(Problem),
}

/// True where the text may be a template, judged without parsing it.
pub fn looks_like_template(text: &str) -> bool {
    text.contains("Resources") && (text.contains("::") || text.contains("AWSTemplateFormatVersion"))
}

/// Parses the file, if it may be a template.
pub(super) fn open(file: &SourceFile) -> Option<Document> {
    if !looks_like_template(&file.text) {
        return None;
    }
    let sure = file.text.contains("AWSTemplateFormatVersion") || file.text.contains("AWS::");
    let (roots, problems) = match parse(file) {
        Ok(parsed) => parsed,
        Err(problem) => return sure.then_some(Document::Broken(problem)),
    };
    let roots: Vec<Node> = roots.into_iter().filter(is_template).collect();
    if roots.is_empty() {
        let broken = problems.into_iter().next()?;
        return (sure && file.text.contains("AWSTemplateFormatVersion")).then_some(Document::Broken(broken));
    }
    Some(Document::Read(roots, problems))
}

/// JSON is tried first where the text starts like it; YAML reads what JSON does not.
fn parse(file: &SourceFile) -> Result<(Vec<Node>, Vec<Problem>), Problem> {
    let mut refused = None;
    if file.text.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        match json::parse(&file.path, &file.text) {
            Ok((node, problems)) => return Ok((vec![node], problems)),
            Err(problem) => refused = Some(problem),
        }
    }
    let (documents, problems) = yaml::parse_tagged(&file.path, &file.text, &long_form);
    match (documents.is_empty(), refused, problems.first()) {
        (true, Some(problem), _) => Err(problem),
        (true, None, Some(problem)) => Err(problem.clone()),
        _ => Ok((documents, problems)),
    }
}

/// `!Sub x` as `{"Fn::Sub": x}`, and so for every tag; `!GetAtt a.b` with its two parts.
pub(super) fn long_form(tag: &str, node: Node) -> Node {
    let at = node.at.clone();
    let name: Arc<str> = match tag {
        "Ref" | "Condition" => tag.into(),
        _ => format!("Fn::{tag}").into(),
    };
    let mut map = Node::map(at.clone());
    map.set(name, at, node);
    map
}

fn is_template(root: &Node) -> bool {
    let Some(resources) = root.get("Resources") else { return false };
    let typed =
        |node: &Node| node.get("Type").and_then(Node::as_text).is_some_and(|name| name.contains("::"));
    root.get("AWSTemplateFormatVersion").is_some()
        || root.get("Transform").is_some()
        || resources.entries().iter().any(|entry| typed(&entry.node))
}

/// Lowers all templates of a file.
pub(super) fn read(
    file: &SourceFile,
    document: Document,
    arguments: &Arguments<'_>,
    scope: Arc<str>,
) -> Found {
    let mut found = Found::default();
    let mut dialect = "cloudformation";
    match document {
        Document::Broken(problem) => {
            found.reading.gaps.push((unreadable(&problem.message), problem.at));
        }
        Document::Read(roots, problems) => {
            for problem in problems {
                found.reading.gaps.push((oddity(&problem.message), problem.at));
            }
            for (index, mut root) in roots.into_iter().enumerate() {
                let scope = if index == 0 { scope.clone() } else { format!("{scope}#{}", index + 1).into() };
                dialect = dialect_of(file, &root);
                foreign_macros(&root, &mut found.reading);
                let renamed = match sam::is_sam(&root) {
                    true => sam::expand(&mut root, arguments, &mut found.reading.gaps),
                    false => sam::Renamed::new(),
                };
                Template::new(&root, file, &scope, arguments, renamed).lower(&mut found);
            }
        }
    }
    found.reading.files.push(ReadFile {
        path: file.path.clone(),
        sha256: sha256_hex(file.text.as_bytes()),
        dialect,
    });
    found
}

fn unreadable(message: &str) -> Gap {
    Gap::new(
        Reason::Unreadable,
        format!("the template cannot be read: {message}"),
        "mend the syntax (cfn-lint shows it), or audit the deployed account",
    )
}

fn oddity(message: &str) -> Gap {
    Gap::new(Reason::Unreadable, message, "mend this part of the template")
}

fn dialect_of(file: &SourceFile, root: &Node) -> &'static str {
    if sam::is_sam(root) {
        "sam"
    } else if file.path.ends_with(".template.json") && file.text.contains("aws:cdk:") {
        "cdk"
    } else {
        "cloudformation"
    }
}

/// Macros that change a template in ways that only their owner knows.
fn foreign_macros(root: &Node, reading: &mut Reading) {
    let Some(transform) = root.get("Transform").filter(|transform| !transform.is_null()) else { return };
    let all = match &transform.value {
        Value::List(items) => items.iter().collect(),
        _ => vec![transform],
    };
    for one in all {
        let name = one.as_text().or_else(|| one.get("Name").and_then(Node::as_text));
        let known = name.is_some_and(|name| {
            name.starts_with("AWS::Serverless-")
                || name.starts_with("AWS::LanguageExtensions")
                || name.starts_with("AWS::CodeDeployBlueGreen")
                || name.starts_with("AWS::SecretsManager-")
        });
        if !known {
            reading.gaps.push(macro_gap(name.unwrap_or("(unnamed)"), &one.at));
        }
    }
}

pub(super) fn macro_gap(name: &str, at: &Place) -> (Gap, Place) {
    let gap = Gap::new(
        Reason::Unsupported,
        format!("the macro `{name}` may change this template when it is deployed"),
        "audit the processed template (aws cloudformation get-template --template-stage Processed), or the account",
    );
    (gap, at.clone())
}
