//! Tests of `requirements.rs`.

use crate::inputs::read;
use crate::{Component, FileKind, Group, IndexKind, Origin, Pin, Reading, Tree};
use proptest::prelude::*;

fn one(text: &str) -> Reading {
    read(&Tree::of_texts([("requirements.txt", text)]))
}

fn names(reading: &Reading) -> Vec<String> {
    reading.components.iter().map(shown).collect()
}

fn shown(component: &Component) -> String {
    let pin = match &component.pin {
        Pin::Exact(version) => format!("=={version}"),
        Pin::Range(range) => range.to_string().replace(' ', ""),
        Pin::Any => String::new(),
        Pin::Unreadable(text) => format!("?{text}"),
    };
    format!("{}:{}{pin}", component.file_line().1, component.name)
}

#[test]
fn every_line_is_read_and_an_odd_one_loses_no_other() {
    let reading = one(
        "# c\nDjango==2.2  # why\n\nodd line here\nflask>=1,<2 ; python_version<'3'\r\n!!\nb===1.0-x\nc\n",
    );
    assert_eq!(names(&reading), ["2:django==2.2", "5:flask>=1,<2", "7:b?1.0-x", "8:c"]);
    let odd: Vec<&str> = reading.unaudited.iter().map(|unaudited| &*unaudited.what).collect();
    assert_eq!(odd, ["odd line here", "!!"]);
    assert_eq!(reading.components[1].marker.as_ref().unwrap().text, "python_version<'3'");
}

#[test]
fn hashes_stand_over_continued_lines() {
    let reading = one(
        "a==1.0 \\\n    --hash=sha256:aabbccddee \\\n    --hash sha256:0011223344\nb==2 --hash=sha256:0011223344\n",
    );
    assert_eq!(names(&reading), ["1:a==1.0", "4:b==2"]);
    assert_eq!(reading.components[0].hashes, ["sha256:0011223344", "sha256:aabbccddee"]);
    assert!(reading.manifests[0].hashed);
    assert!(reading.unaudited.is_empty(), "{:?}", reading.unaudited);
    assert!(!one("a==1.0 --hash=sha256:aabbccddee\nb==2\n").manifests[0].hashed);
    assert!(one("--require-hashes\na==1\n").manifests[0].hashed);
}

#[test]
fn a_comment_line_ends_a_continued_one() {
    assert_eq!(names(&one("a==1 \\\n# c \\\nb==2\n")), ["1:a==1", "3:b==2"]);
    assert_eq!(names(&one("a\\\n==1\n")), ["1:a==1"]);
    assert_eq!(names(&one("a==1\\")), ["1:a==1"]);
    assert_eq!(names(&one("a==1\rb==2\r")), ["1:a==1", "1:b==2"]);
}

#[test]
fn options_are_read_in_all_their_spellings() {
    let reading = one(
        "-i https://bob:hunter22@h/simple\n--extra-index-url=https://x/simple\n-fhttp://links\n--trusted-host h\n--no-binary :all:\n--pre\n--find-l ./wheels\n--index-url 'https://u:${TOKEN}@h/s'\n--bogus\n",
    );
    let kinds: Vec<IndexKind> = reading.indexes.iter().map(|index| index.kind).collect();
    use IndexKind::{Extra, Links, Only, Trusted};
    assert_eq!(kinds, [Only, Extra, Links, Trusted, Links, Only]);
    assert_eq!(reading.indexes[0].url, "https://h/simple");
    assert!(reading.indexes[0].credentials.is_some());
    assert!(reading.indexes[5].credentials.is_none());
    assert_eq!(reading.unaudited.len(), 1);
    assert!(!format!("{reading:?}").contains("hunter22"));
}

#[test]
fn urls_repositories_wheels_and_paths_say_what_they_are() {
    let reading = one(
        "-e git+https://github.com/a/b.git@abc#egg=b_b\nd @ https://h/d-1.5.tar.gz\nhttps://h/E-2.0-py3-none-any.whl\n./libs/f-3.0.zip\n-e .\n./nowhere\ngit+https://github.com/a/c.git\ng @ git+ssh://git@h/g.git@v1 ; os_name == 'nt'\n",
    );
    assert_eq!(names(&reading), ["1:b-b", "2:d==1.5", "3:e==2.0", "4:f==3.0", "8:g"]);
    assert!(matches!(&reading.components[0].origin, Origin::Vcs { revision: Some(r), .. } if r == "abc"));
    assert!(reading.components[4].marker.is_some());
    // The project itself is not in this tree.
    let odd: Vec<&str> = reading.unaudited.iter().map(|unaudited| &*unaudited.what).collect();
    assert_eq!(odd, [".", "./nowhere", "git+https://github.com/a/c.git"]);
    let tree = Tree::of_texts([("requirements.txt", "-e .[dev]\n"), ("setup.py", "")]);
    assert!(
        read(&tree)
            .unaudited
            .iter()
            .all(|unaudited| unaudited.at.file_line().unwrap().0 != "requirements.txt")
    );
}

#[test]
fn files_that_others_name_are_read_once_whatever_their_name_and_loops_end() {
    let reading = read(&Tree::of_texts([
        (
            "requirements.txt",
            "-r deps/base.pip\n-r requirements.txt\n-r gone.txt\n-r https://h/x.txt\na==1\n",
        ),
        ("deps/base.pip", "-r ../requirements.txt\n-c limits\nb\n"),
        ("deps/limits", "b==2.0\nz==9\n"),
    ]));
    assert_eq!(names(&reading), ["3:b==2.0", "1:b==2.0", "2:z==9", "5:a==1"]);
    assert_eq!(reading.components[1].kind, FileKind::Constraints);
    assert_eq!(reading.unaudited.len(), 2, "{:?}", reading.unaudited);
}

#[test]
fn a_constraint_pins_only_what_every_installation_settles() {
    let constrained = read(&Tree::of_texts([
        ("requirements.txt", "-c constraints.txt\na>=1\nb<2\nc\nd\n"),
        ("constraints.txt", "A==1.5\nb==2.0\nc>=3\nd==1; python_version<'3'\n"),
    ]));
    let mine: Vec<String> =
        constrained.components.iter().filter(|c| c.kind == FileKind::Requirements).map(shown).collect();
    assert_eq!(mine, ["2:a==1.5", "3:b<2", "4:c", "5:d"]);
    let two_roots = read(&Tree::of_texts([
        ("requirements.txt", "-r base.txt\n-c constraints.txt\n"),
        ("requirements-dev.txt", "-r base.txt\n"),
        ("base.txt", "a\n"),
        ("constraints.txt", "a==1.5\n"),
    ]));
    assert_eq!(names(&two_roots)[0], "1:a");
    // requirements.txt is a constraint of the dev file and stays a requirements file.
    let layered = read(&Tree::of_texts([
        ("requirements.txt", "a==1.5\n"),
        ("requirements-dev.txt", "-c requirements.txt\na\n"),
    ]));
    assert_eq!(names(&layered), ["2:a==1.5", "1:a==1.5"]);
    assert!(layered.components.iter().all(|component| component.kind == FileKind::Requirements));
}

#[test]
fn the_name_of_a_file_tells_its_group() {
    let reading = read(&Tree::of_texts([
        ("requirements.txt", "a\n-r requirements/common.txt"),
        ("requirements-dev.txt", "b\n-r requirements/common.txt"),
        ("requirements/common.txt", "c\n"),
        ("requirements/test.in", "d\n"),
        ("requirements/prod.txt", "e\n-r lint.txt\n"),
        ("requirements/lint.txt", "f\n"),
        ("requirements/all.txt", "-r test.in\n"),
        ("docs/requirements.txt", "g\n"),
        ("device/requirements-latest.txt", "h\n"),
    ]));
    let groups: Vec<(&str, &Group)> =
        reading.components.iter().map(|c| (c.name.as_str(), &c.group)).collect();
    use Group::{Dev, Prod};
    let expected = [
        ("h", &Prod),
        ("g", &Dev),
        ("b", &Dev),
        ("a", &Prod),
        ("c", &Prod),
        ("f", &Prod),
        ("e", &Prod),
        ("d", &Dev),
    ];
    assert_eq!(groups, expected);
}

#[test]
fn a_compiled_file_says_what_pulled_in_what() {
    let reading = one(
        "flask==2.0 \\\n    --hash=sha256:0011223344\n    # via -r requirements.in\njinja2==3.0\n    # via\n    #   flask\n    #   other\nmarkupsafe==2.0  # via jinja2, werkzeug\nwerkzeug==2.0\n    # via flask\n\n# The end\n",
    );
    let told: Vec<(String, Option<bool>, Vec<String>)> = reading
        .components
        .iter()
        .map(|c| (c.name.to_string(), c.direct, c.chain.iter().map(ToString::to_string).collect()))
        .collect();
    let expected = [
        ("flask", Some(true), vec![]),
        ("jinja2", Some(false), vec!["flask"]),
        ("markupsafe", Some(false), vec!["flask", "jinja2"]),
        ("werkzeug", Some(false), vec!["flask"]),
    ];
    let expected: Vec<(String, Option<bool>, Vec<String>)> = expected
        .into_iter()
        .map(|(name, direct, chain)| {
            (name.to_owned(), direct, chain.into_iter().map(str::to_owned).collect())
        })
        .collect();
    assert_eq!(told, expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_line_of_any_text_yields_a_component_an_option_or_is_unaudited(
        lines in prop::collection::vec("([a-z=<>~!.0-9;@#/:+ \\[\\]$\\-]|\\PC){0,24}", 0..12)
    ) {
        let text = lines.join("\n");
        let reading = one(&text);
        for line in super::lines(&text) {
            if line.text.is_empty() || line.text.contains(" -") || line.text.contains("\t-") || line.text.starts_with('-') {
                continue;
            }
            let index = tieout_source::LineIndex::new(&text);
            let from = index.position(line.range.start).line;
            let to = index.position(line.range.end).line;
            let lines: Vec<u32> = reading.components.iter().map(|c| c.file_line().1)
                .chain(reading.unaudited.iter().map(|u| u.at.file_line().unwrap().1)).collect();
            prop_assert!(lines.iter().any(|at| (from..=to).contains(at)), "{:?}", line.text);
        }
    }

    #[test]
    fn mutated_files_never_panic(at in 0usize..400, with in "\\PC{0,3}", cut in 0usize..20) {
        let real = "-i https://u:pw12345@h/simple\n-r base.txt\ndjango==2.2 \\\n  --hash=sha256:0011223344\n    # via\n    #   x\nflask[async]>=1,<2 ; python_version < '3.9'\n-e git+https://h/a.git@v1#egg=a[b]&subdirectory=x\nb @ file:///tmp/b-1.0.tar.gz\n";
        let from = real.char_indices().map(|(i, _)| i).nth(at % real.len()).unwrap_or(0);
        let to = real.char_indices().map(|(i, _)| i).find(|i| *i >= from + cut).unwrap_or(real.len());
        let text = format!("{}{with}{}", &real[..from], &real[to..]);
        let reading = one(&text);
        prop_assert_eq!(one(&text), reading);
    }
}
