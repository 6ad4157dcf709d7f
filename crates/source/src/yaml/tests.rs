//! YAML as PyYAML reads it, with places.

use super::*;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn file() -> Arc<str> {
    "t.yaml".into()
}

fn read(text: &str) -> (Vec<Node>, Vec<String>) {
    let (documents, problems) = parse(&file(), text);
    (documents, problems.into_iter().map(|problem| problem.message).collect())
}

fn json(text: &str) -> Json {
    let (documents, problems) = read(text);
    assert_eq!(problems, Vec::<String>::new());
    documents[0].to_json()
}

/// `line:column-line:column` of a place.
fn span(place: &Place) -> String {
    match place {
        Place::Text(text) => {
            format!("{}:{}-{}:{}", text.start.line, text.start.column, text.end.line, text.end.column)
        }
        _ => "nowhere".to_owned(),
    }
}

#[test]
fn keys_values_and_collections_keep_their_places() {
    let (documents, _) = read("a: one\nb:\n  - x\n  - {c: 2}\n\nd: |\n  text\n  more\n\ne:\n");
    let root = &documents[0];
    assert_eq!(span(&root.at), "1:1-10:2");
    assert_eq!(span(&root.entry("a").unwrap().at), "1:1-1:2");
    assert_eq!(span(&root.get("a").unwrap().at), "1:4-1:7");
    assert_eq!(span(&root.entry("a").unwrap().place()), "1:1-1:7");
    assert_eq!(span(&root.get("b").unwrap().at), "3:3-4:11");
    assert_eq!(span(&root.get("b").unwrap().items()[1].at), "4:5-4:11");
    assert_eq!(span(&root.get("d").unwrap().at), "7:3-8:7");
    assert_eq!(span(&root.entry("e").unwrap().place()), "10:1-10:2");
}

#[test]
fn columns_count_characters() {
    let (documents, _) = read("é: 'ü' # x\n🦀: y\n");
    assert_eq!(span(&documents[0].get("é").unwrap().at), "1:4-1:7");
    assert_eq!(span(&documents[0].get("🦀").unwrap().at), "2:4-2:5");
}

#[test]
fn a_tagged_value_starts_at_its_tag_and_is_what_the_caller_makes_of_it() {
    let (documents, problems) = parse_tagged(
        &file(),
        "a: !Sub 'x-${y}'\nb: !Join\n  - ''\n  - [p, !Ref q]\nc: !!str 1\nd: !Empty\n",
        &|tag, node| {
            let at = node.at.clone();
            let mut map = Node::map(at.clone());
            map.set(tag, at, node);
            map
        },
    );
    assert_eq!(problems, []);
    let expected = json!({"a": {"Sub": "x-${y}"}, "b": {"Join": ["", ["p", {"Ref": "q"}]]}, "c": "1", "d": {"Empty": ""}});
    assert_eq!(documents[0].to_json(), expected);
    assert_eq!(span(&documents[0].get("a").unwrap().at), "1:4-1:17");
    assert_eq!(span(&documents[0].get("b").unwrap().at), "2:4-4:16");
}

#[test]
fn the_last_of_two_equal_keys_wins_and_both_are_told() {
    let (documents, problems) = read("a: 1\nb: 2\na: 3\n");
    assert_eq!(documents[0].to_json(), json!({"a": 3, "b": 2}));
    assert_eq!(problems, ["the key `a` stands here twice; the last one counts"]);
    assert_eq!(span(&documents[0].entry("a").unwrap().at), "3:1-3:2");
}

#[test]
fn anchors_aliases_and_merge_keys_are_followed() {
    let text = "base: &b {x: 1, y: 2}\nother: &o {y: 9, z: 3}\none:\n  <<: *b\n  y: 5\ntwo:\n  y: 0\n  <<: [*b, *o]\nthree: *b\nfour: [&s text, *s]\n'<<': kept\n";
    let expected = json!({
        "base": {"x": 1, "y": 2}, "other": {"y": 9, "z": 3}, "one": {"x": 1, "y": 5},
        "two": {"x": 1, "y": 0, "z": 3}, "three": {"x": 1, "y": 2}, "four": ["text", "text"], "<<": "kept"
    });
    assert_eq!(json(text), expected);
}

#[test]
fn a_merge_of_something_else_is_a_problem_and_no_loss_of_the_rest() {
    let (documents, problems) = read("<<: 5\na: 1\n");
    assert_eq!(documents[0].to_json(), json!({"a": 1}));
    assert_eq!(problems, ["`<<` needs a map, or a list of maps, to merge"]);
}

#[test]
fn a_billion_laughs_stays_small() {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (before, name) in ('a'..'j').zip('b'..='j') {
        text += &format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 9].join(", "));
    }
    let (documents, problems) = read(&text);
    let mut size = 0;
    documents[0].walk(&mut |_| size += 1);
    assert!(size <= 2 * MAX_COPIED, "{size}");
    assert!(problems.iter().any(|problem| problem.contains("aliases repeat")), "{problems:?}");
}

#[test]
fn maps_of_very_many_keys_are_read_in_order() {
    let text: String = (0..20_000).map(|index| format!("k{index}: {index}\n")).collect();
    let merged = format!("base: &b\n{}own:\n  <<: *b\n  k7: x\n", text.replace('k', "  k"));
    let (documents, problems) = read(&text);
    assert_eq!((documents[0].entries().len(), problems.len()), (20_000, 0));
    assert_eq!(&*documents[0].entries()[19_999].key, "k19999");
    let (documents, problems) = read(&merged);
    assert_eq!(documents[0].get("base").unwrap().entries().len(), 20_000);
    assert_eq!(documents[0].get("own").unwrap().entries().len(), 20_000);
    assert_eq!(documents[0].at_path(&["own", "k7"]).unwrap().as_text(), Some("x"));
    assert_eq!(problems, Vec::<String>::new());
}

#[test]
fn an_alias_to_its_own_parent_is_a_problem() {
    let (documents, problems) = read("a: &a\n  - *a\n");
    assert!(documents[0].get("a").unwrap().items()[0].gap().is_some());
    assert_eq!(problems.len(), 1);
}

#[test]
fn deep_nesting_is_a_problem_and_what_is_beside_it_is_read() {
    let deep = format!("a: {}{}\nb: 1\n", "[".repeat(200), "]".repeat(200));
    let (documents, problems) = read(&deep);
    assert_eq!(documents[0].get("b").unwrap().value, Value::Int(1));
    assert!(problems[0].contains("levels deep"), "{problems:?}");
    let (_, problems) = read(&"[".repeat(100_000));
    assert_eq!(problems.len(), 1);
    let blocks: String = (0..5_000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    assert!(!read(&blocks).1.is_empty());
}

#[test]
fn every_document_is_read_and_a_broken_one_spoils_no_other() {
    let (documents, problems) = read("a: 1\n---\nb: [\n---\nc: 3\n");
    assert_eq!(documents.first().unwrap().to_json(), json!({"a": 1}));
    assert_eq!(documents.last().unwrap().to_json(), json!({"c": 3}));
    assert_eq!(problems.len(), 1);
}

#[test]
fn keys_of_other_types_are_their_text() {
    assert_eq!(json("80: a\ntrue: b\n? key\n: c\n"), json!({"80": "a", "true": "b", "key": "c"}));
    let (documents, problems) = read("? [a, b]\n: c\n");
    assert_eq!(documents[0].to_json(), json!({"[\"a\",\"b\"]": "c"}));
    assert_eq!(problems.len(), 1);
}

#[test]
fn text_that_is_no_yaml_is_a_problem_with_its_line() {
    let (_, problems) = parse(&file(), "a: 1\nb: 'x\n");
    assert_eq!(problems.len(), 1);
    assert!(problems[0].at.file_line().is_some());
    assert_eq!(read("").0.len(), 0);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,200}") {
        let _ = read(&text);
    }

    #[test]
    fn no_yaml_like_text_makes_it_panic(text in "[a-c:\\-\\[\\]{},&*!|>'\"# \\n<?%@`~0-9\\t]{0,200}") {
        let _ = read(&text);
    }
}
