//! `.chalice/config.json`: AWS Chalice deploys with the Python that it runs on, so its file as a rule says no version.

use super::Cx;
use crate::{Product, RuntimeDeclaration};
use tieout_model::{Gap, Node, Reason};

/// `.chalice/config.json`
pub(super) fn is_chalice(path: &str, name: &str) -> bool {
    name == "config.json" && (path == ".chalice/config.json" || path.ends_with("/.chalice/config.json"))
}

/// The parser: one declaration, for all stages.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let root = match tieout_source::json::parse(&cx.path, &text) {
        Ok((root, _)) => root,
        Err(problem) => return cx.broken(problem),
    };
    let stages = root.get("stages").map(Node::entries).unwrap_or_default().iter().map(|entry| &entry.node);
    let written: Vec<&Node> = std::iter::once(&root)
        .chain(stages)
        .filter_map(|node| node.get("lambda_python_version").or_else(|| node.get("python_version")))
        .collect();
    let mut declare = |release: Result<String, Gap>, written: &str, at| {
        cx.out.runtimes.push(RuntimeDeclaration {
            product: Product::Lambda,
            release,
            exact: None,
            at_least: false,
            written: written.to_owned(),
            by: ".chalice/config.json".to_owned(),
            at,
        });
    };
    for node in &written {
        let word = node.scalar_text().unwrap_or_default();
        let bare = word.strip_prefix("python").unwrap_or(&word);
        let release = match bare.split_once('.') {
            Some(("2" | "3", minor)) if minor.parse::<u16>().is_ok() => Ok(format!("python{bare}")),
            _ => Err(Gap::unresolved(format!("Chalice: the Python version `{word}`"))),
        };
        declare(release, &word, node.at.clone());
    }
    if written.is_empty() {
        let gap = Gap::new(
            Reason::Unresolved,
            "Chalice: functions get the Python that `chalice deploy` runs on",
            "audit the package that `chalice package` writes, or the deployed account",
        );
        declare(Err(gap), "chalice", root.at.clone());
    }
}

#[cfg(test)]
mod tests {
    use crate::Tree;
    use crate::inputs::python_version::told;
    use crate::inputs::read;
    use proptest::prelude::*;

    #[test]
    fn chalice_says_no_version_unless_one_stands_there() {
        let path = "api/.chalice/config.json";
        assert_eq!(told(path, "{\"version\": \"2.0\", \"stages\": {\"dev\": {}}}"), ["1: aws-lambda ?"]);
        let text = "{\"stages\": {\n\"dev\": {\"lambda_python_version\": \"python3.8\"},\n\"p\": {\"lambda_python_version\": \"3.9\"}}}";
        assert_eq!(told(path, text), ["2: aws-lambda python3.8", "3: aws-lambda python3.9"]);
        assert_eq!(told("chalice/config.json", "{}"), [""; 0]);
        assert_eq!(read(&Tree::of_texts([(path, "{")])).unaudited.len(), 1);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(\\{|\\}|\"stages\"|:|\"lambda_python_version\"|\"3.8\"|,|\\PC){0,30}") {
            let _ = read(&Tree::of_texts([(".chalice/config.json", &*text)]));
        }
    }
}
