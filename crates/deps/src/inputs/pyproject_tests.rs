//! Tests of `pyproject.rs`.

use crate::inputs::read;
use crate::{Component, FileKind, IndexKind, Origin, Pin, Reading, Tree};
use proptest::prelude::*;

fn one(text: &str) -> Reading {
    read(&Tree::of_texts([("pyproject.toml", text)]))
}

fn shown(component: &Component) -> String {
    let pin = match &component.pin {
        Pin::Exact(version) => format!("=={version}"),
        Pin::Range(range) => range.to_string().replace(' ', ""),
        Pin::Any => String::new(),
        Pin::Unreadable(text) => format!("?{text}"),
    };
    format!("{}:{}{pin} {}", component.file_line().1, component.name, component.group.label())
}

fn told(reading: &Reading) -> Vec<String> {
    reading.components.iter().map(shown).collect()
}

const STANDARD: &str = r#"[build-system]
requires = ["setuptools>=61", "wheel"]
[project]
requires-python = ">=3.9"
dependencies = [
  "django==4.1", # why
  "flask[async]>=2 ; python_version < '3.11'",
  7,
]
[project.optional-dependencies]
Web_UI = ["jinja2~=3.0"]
[dependency-groups]
test = ["pytest", {include-group = "Lint"}, {include-group = "gone"}]
lint = ["ruff==0.1"]
"#;

#[test]
fn the_standard_tables_are_read_with_their_groups() {
    let reading = one(STANDARD);
    let expected = [
        "6:django==4.1 prod",
        "7:flask>=2 prod",
        "11:jinja2~=3.0 optional:web-ui",
        "2:setuptools>=61 build",
        "2:wheel build",
        "13:pytest dev",
        "14:ruff==0.1 dev",
    ];
    assert_eq!(told(&reading), expected);
    assert_eq!(reading.unaudited.len(), 2, "{:?}", reading.unaudited);
    let [runtime] = reading.runtimes.as_slice() else { panic!("{reading:?}") };
    assert_eq!((runtime.release.as_deref(), runtime.at_least), (Ok("3.9"), true));
    assert_eq!(runtime.at.file_line().unwrap().1, 4);
}

const POETRY: &str = r#"[tool.poetry.dependencies]
python = "^3.8"
Django = "^4.1"
requests = { version = "2.28.0", extras = ["socks"], source = "mine" }
pywin = { version = "*", platform = "win32", python = "<3.9" }
boto = { version = "~1.2", optional = true }
lib = { git = "https://bob:hunter22@github.com/a/lib.git", tag = "v1" }
local = { path = "../local" }
wheel = { url = "https://h/wheel-1.0-py3-none-any.whl" }
numpy = [
  { version = "1.20.0", python = "<3.9" },
  { version = "^1.24", markers = "python_version >= '3.9'" },
]
odd = 3
[tool.poetry.extras]
aws = ["boto"]
[tool.poetry.dev-dependencies]
pytest = "*"
[tool.poetry.group.docs.dependencies]
sphinx = ">=5,<6"
[[tool.poetry.source]]
name = "mine"
url = "https://h/simple"
priority = "explicit"
[[tool.poetry.source]]
name = "other"
url = "https://o/simple"
"#;

#[test]
fn poetry_is_read_in_both_generations() {
    let reading = one(POETRY);
    let expected = [
        "3:django>=4.1,<5.0 prod",
        "4:requests==2.28.0 prod",
        "5:pywin prod",
        "6:boto>=1.2,<1.3 optional:aws",
        "7:lib prod",
        "8:local prod",
        "9:wheel==1.0 prod",
        "11:numpy==1.20.0 prod",
        "12:numpy>=1.24,<2.0 prod",
        "18:pytest dev",
        "20:sphinx>=5,<6 dev",
    ];
    assert_eq!(told(&reading), expected);
    let marker = |at: usize| reading.components[at].marker.as_ref().unwrap().text.clone();
    assert_eq!(marker(2), "(python_version < \"3.9\") and (sys_platform == \"win32\")");
    assert_eq!(marker(8), "python_version >= '3.9'");
    assert_eq!(reading.components[1].origin, Origin::Index(Some("https://h/simple".into())));
    assert!(matches!(&reading.components[4].origin, Origin::Vcs { revision: Some(tag), .. } if tag == "v1"));
    let kinds: Vec<IndexKind> = reading.indexes.iter().map(|index| index.kind).collect();
    assert_eq!(kinds, [IndexKind::Explicit, IndexKind::Extra, IndexKind::Direct]);
    assert!(!format!("{reading:?}").contains("hunter22"));
    assert_eq!(reading.unaudited.len(), 1, "{:?}", reading.unaudited);
    assert_eq!(reading.runtimes[0].release.as_deref(), Ok("3.8"));
}

#[test]
fn poetry_2_says_more_of_what_the_project_names() {
    let reading = one(
        "[project]\nrequires-python='>=3.9'\ndependencies=['a==1', 'b']\n[tool.poetry.dependencies]\npython='^3.9'\na={source='x'}\nb={git='https://h/b.git', rev='abc'}\n",
    );
    assert_eq!(told(&reading), ["3:a==1 prod", "3:b prod", "7:b prod"]);
    assert_eq!(reading.runtimes.len(), 1);
}

#[test]
fn uv_says_sources_indexes_constraints_and_overrides() {
    let reading = one(
        "[project]\ndependencies=['a>=1', 'b', 'c==1', 'd']\n[tool.uv]\ndev-dependencies=['e==3']\nconstraint-dependencies=['a==1.5', 'z==1']\noverride-dependencies=['c==2']\n[tool.uv.sources]\nb={git='https://h/b.git', rev='abc'}\nd={index='t'}\n[[tool.uv.index]]\nname='t'\nurl='https://t/simple'\nexplicit=true\n",
    );
    let mine: Vec<String> =
        reading.components.iter().filter(|c| c.kind == FileKind::Pyproject).map(shown).collect();
    assert_eq!(mine, ["2:a==1.5 prod", "2:b prod", "2:c==2 prod", "2:d prod", "4:e==3 dev"]);
    let limits: Vec<String> =
        reading.components.iter().filter(|c| c.kind == FileKind::Constraints).map(shown).collect();
    assert_eq!(limits, ["5:a==1.5 prod", "5:z==1 prod", "6:c==2 prod"]);
    assert!(matches!(reading.components[1].origin, Origin::Vcs { .. }));
    assert_eq!(reading.components[3].origin, Origin::Index(Some("https://t/simple".into())));
    assert_eq!(reading.indexes[0].kind, IndexKind::Explicit);
}

#[test]
fn pdm_hatch_and_dynamic_dependencies_are_read() {
    let reading = one(
        "[tool.pdm.dev-dependencies]\ntest=['pytest==7', '-e file:///${PROJECT_ROOT}/sub#egg=sub']\n[[tool.pdm.source]]\nname='x'\nurl='http://x/simple'\nverify_ssl=false\n[tool.hatch.envs.default]\ndependencies=['a']\nextra-dependencies=['b==1']\n",
    );
    assert_eq!(told(&reading), ["8:a dev", "9:b==1 dev", "2:pytest==7 dev", "2:sub dev"]);
    let kinds: Vec<IndexKind> = reading.indexes.iter().map(|index| index.kind).collect();
    assert_eq!(kinds, [IndexKind::Extra, IndexKind::Trusted]);
    let dynamic =
        "[project]\ndynamic=['dependencies']\n[tool.setuptools.dynamic]\ndependencies={file=['deps.list']}\n";
    let tree = Tree::of_texts([("pyproject.toml", dynamic), ("deps.list", "a==1\n")]);
    assert_eq!(told(&read(&tree)), ["1:a==1 prod"]);
    let unknown = one("[project]\ndynamic=['dependencies']\n");
    assert_eq!(unknown.unaudited.len(), 1);
}

#[test]
fn a_broken_file_is_told() {
    let reading = one("[project\n");
    assert_eq!(reading.unaudited.len(), 1);
    assert_eq!(reading.unaudited[0].what, "pyproject.toml");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn mutated_files_never_panic(which in 0usize..2, at in 0usize..900, with in "([\\[\\]{}\"'=,.a-z0-9^ \n]{0,4}|\\PC{0,3})", cut in 0usize..20) {
        let real = [STANDARD, POETRY][which];
        let from = real.char_indices().map(|(i, _)| i).nth(at % real.len()).unwrap_or(0);
        let to = real.char_indices().map(|(i, _)| i).find(|i| *i >= from + cut).unwrap_or(real.len());
        let text = format!("{}{with}{}", &real[..from], &real[to..]);
        let reading = one(&text);
        prop_assert!(!reading.components.is_empty() || !reading.unaudited.is_empty());
    }
}

#[test]
fn an_extra_that_takes_in_others_of_its_project_is_no_package() {
    let text = r#"[project]
name = "My.Project"
dependencies = ["a==1"]
[project.optional-dependencies]
fast = ["b==2"]
all = ["my-project[fast]", "my-project-plugin[x]==3"]
"#;
    assert_eq!(
        told(&one(text)),
        ["3:a==1 prod", "5:b==2 optional:fast", "6:my-project-plugin==3 optional:all"]
    );
}
