//! `zappa_settings.json`, `.toml`, `.yaml`: the Lambda runtime of each stage of Zappa.

use super::Cx;
use crate::{Product, RuntimeDeclaration};
use tieout_model::{Gap, Node, Reason, Value};

/// `zappa_settings.json`, `.toml`, `.yml`, `.yaml`
pub(super) fn is_zappa(_path: &str, name: &str) -> bool {
    matches!(
        name,
        "zappa_settings.json" | "zappa_settings.toml" | "zappa_settings.yml" | "zappa_settings.yaml"
    )
}

/// How many stages may extend one another.
const MOST: usize = 32;

/// The parser: one declaration a stage that says a runtime or extends none that does.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let root = match cx.path.rsplit('.').next() {
        Some("json") => tieout_source::json::parse(&cx.path, &text).map(|(root, _)| root),
        Some("toml") => tieout_source::toml::parse(&cx.path, &text),
        _ => {
            let (documents, problems) = tieout_source::yaml::parse(&cx.path, &text);
            for problem in problems {
                cx.broken(problem);
            }
            Ok(documents.into_iter().next().unwrap_or_default())
        }
    };
    let root = match root {
        Ok(root) => root,
        Err(problem) => return cx.broken(problem),
    };
    for stage in root.entries() {
        if !matches!(stage.node.value, Value::Map(_)) {
            continue;
        }
        // An image says itself what is in it.
        if stage.node.get("docker_image_uri").is_some() {
            continue;
        }
        let by = format!("Zappa stage {}", stage.key);
        match stage.node.get("runtime") {
            Some(runtime) => {
                let written = runtime.scalar_text().unwrap_or_default();
                let release = match &*written {
                    "" => Err(Gap::unresolved(format!("{by}: its runtime is no text"))),
                    known => Ok(known.to_owned()),
                };
                declare(cx, release, &written, by, runtime);
            }
            None if inherits(&root, &stage.node) => {}
            None => {
                let gap = Gap::new(
                    Reason::Unresolved,
                    format!("{by}: functions get the Python that `zappa` runs on"),
                    format!("write \"runtime\" into {}, or audit the deployed account", cx.path),
                );
                declare(cx, Err(gap), "zappa", by, &stage.node);
            }
        }
    }
}

/// True where a stage that this one extends says a runtime.
fn inherits(root: &Node, stage: &Node) -> bool {
    let mut stage = stage;
    for _ in 0..MOST {
        match stage.get("extends").and_then(Node::as_text).and_then(|base| root.get(base)) {
            Some(base) if base.get("runtime").is_some() => return true,
            Some(base) => stage = base,
            None => return false,
        }
    }
    false
}

fn declare(cx: &mut Cx<'_>, release: Result<String, Gap>, written: &str, by: String, node: &Node) {
    let written = written.to_owned();
    cx.out.runtimes.push(RuntimeDeclaration {
        product: Product::Lambda,
        release,
        exact: None,
        at_least: false,
        written,
        by,
        at: node.at.clone(),
    });
}

#[cfg(test)]
mod tests {
    use crate::Tree;
    use crate::inputs::python_version::told;
    use crate::inputs::read;
    use proptest::prelude::*;

    #[test]
    fn each_stage_has_its_runtime_or_that_of_the_stage_it_extends() {
        let json = "{\"base\": {\"runtime\": \"python3.8\"},\n\"dev\": {\"extends\": \"base\"},\n\"prod\": {\"runtime\": \"python3.9\", \"extends\": \"base\"},\n\"odd\": {\"extends\": \"odd\"},\n\"image\": {\"docker_image_uri\": \"x\"}}";
        let expected = ["1: aws-lambda python3.8", "3: aws-lambda python3.9", "4: aws-lambda ?"];
        assert_eq!(told("zappa_settings.json", json), expected);
        assert_eq!(
            told("zappa_settings.toml", "[dev]\nruntime = \"python3.6\"\n"),
            ["2: aws-lambda python3.6"]
        );
        let yaml = "dev:\n  app: x\n  runtime: python3.7\n";
        assert_eq!(told("api/zappa_settings.yaml", yaml), ["3: aws-lambda python3.7"]);
        assert_eq!(read(&Tree::of_texts([("zappa_settings.json", "{\"a\"")])).unaudited.len(), 1);
        assert_eq!(told("zappa_settings.yml", ""), [""; 0]);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(\\{|\\}|\"dev\"|:|\"runtime\"|\"extends\"|python3.8|,|\n| |\\[|\\]|=|\\PC){0,40}") {
            let names = ["zappa_settings.json", "zappa_settings.toml", "zappa_settings.yaml"];
            let _ = read(&Tree::of_texts(names.map(|name| (name, &*text))));
        }
    }
}
