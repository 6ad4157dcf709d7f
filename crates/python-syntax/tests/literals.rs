//! Literals of setup.py files: what is read, and what is left unknown.

use proptest::prelude::*;
use std::sync::Arc;
use tieout_python_syntax::literals::{CallKeywords, Literal, Value, call_keywords};

fn file() -> Arc<str> {
    "setup.py".into()
}

fn calls(text: &str) -> Vec<CallKeywords> {
    call_keywords(&file(), text, "setup")
}

fn plain(value: &Value) -> String {
    match &value.literal {
        Literal::Text(text) => text.clone(),
        Literal::Int(int) => int.to_string(),
        Literal::Bool(flag) => flag.to_string(),
        Literal::None => "none".to_owned(),
        Literal::List(values) => format!("[{}]", values.iter().map(plain).collect::<Vec<_>>().join(" ")),
        Literal::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{}:{}", plain(key), plain(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(" "))
        }
        Literal::FileText(path) => format!("<{path}>"),
        Literal::Unknown(_) => "?".to_owned(),
    }
}

/// What `install_requires` comes down to.
fn requires(text: &str) -> String {
    let calls = calls(text);
    assert_eq!(calls.len(), 1, "{text}");
    let value = calls.iter().flat_map(|call| &call.keywords).find(|(name, _)| name == "install_requires");
    value.map_or_else(|| "absent".to_owned(), |(_, value)| plain(value))
}

fn with_head(head: &str, value: &str) -> String {
    requires(&format!("from setuptools import setup\n{head}\nsetup(install_requires={value})\n"))
}

#[test]
fn lists_are_read_however_they_are_put_together() {
    assert_eq!(with_head("", "['a', \"b>=1\"]"), "[a b>=1]");
    assert_eq!(with_head("", "('a', 'b' '==1')"), "[a b==1]");
    assert_eq!(with_head("base = ['a']\nmore = ['b']", "base + more + ['c']"), "[a b c]");
    assert_eq!(with_head("base = ['a']\nmore = ['b']", "[*base, *more]"), "[a b]");
    assert_eq!(with_head("V = '1.2'", "[f'a=={V}', f'b']"), "[a==1.2 b]");
    assert_eq!(with_head("r = ['a']\nr += ['b']\nr.append('c')\nr.extend(['d'])", "r"), "[a b c d]");
    assert_eq!(with_head("e = {'x': ['a'], 'y': ['b']}\ne['z'] = ['c']", "e['x'] + e['z']"), "[a c]");
    assert_eq!(with_head("r = '''a\nb>=2\n'''", "r.splitlines()"), "[a b>=2]");
    assert_eq!(with_head("", "list({'a'})"), "[a]");
    assert_eq!(with_head("r = []\nif True:\n    r.append('a')", "r"), "[a]");
}

#[test]
fn files_that_are_read_are_named() {
    for (head, value) in [
        ("", "open('requirements.txt').read().splitlines()"),
        ("", "open('requirements.txt').readlines()"),
        ("", "open('./requirements.txt').read().strip().split('\\n')"),
        ("import io", "io.open('requirements.txt', encoding='utf-8').read().split(\"\\n\")"),
        ("from pathlib import Path", "Path('requirements.txt').read_text().splitlines()"),
        ("import pathlib", "(pathlib.Path(__file__).parent / 'requirements.txt').read_text().split('\\n')"),
        (
            "from pathlib import Path\nhere = Path(__file__).resolve().parent",
            "(here / 'requirements.txt').read_text().splitlines()",
        ),
        (
            "import os\nhere = os.path.abspath(os.path.dirname(__file__))",
            "open(os.path.join(here, 'requirements.txt')).read().splitlines()",
        ),
        ("with open('requirements.txt') as f:\n    required = f.read().splitlines()", "required"),
        (
            "with open('requirements.txt') as f:\n    required = [l.strip() for l in f if l.strip() and not l.startswith('#')]",
            "required",
        ),
        (
            "def read(name):\n    with open(name) as f:\n        return f.read()",
            "read('requirements.txt').splitlines()",
        ),
        (
            "import os\ndef read(*parts):\n    here = os.path.dirname(__file__)\n    return open(os.path.join(here, *parts)).read()",
            "read('requirements.txt').split('\\n')",
        ),
        (
            "def lines(name='requirements.txt'):\n    return [x for x in open(name).read().splitlines() if not x.startswith(('#', '-'))]",
            "lines()",
        ),
        ("", "list(filter(None, map(str.strip, open('requirements.txt'))))"),
        ("", "[str(r.req) for r in parse_requirements('requirements.txt', session=False)]"),
        ("REQ = 'requirements.txt'", "[line.split('#')[0].strip() for line in open(REQ)]"),
    ] {
        assert_eq!(with_head(head, value).replace("./", ""), "<requirements.txt>", "{head}\n{value}");
    }
    assert_eq!(
        with_head("", "['a'] + open('requirements/base.txt').readlines()"),
        "[a <requirements/base.txt>]"
    );
}

#[test]
fn what_only_running_settles_is_unknown() {
    for (head, value) in [
        ("r = ['a']\nr = ['b']", "r"),
        ("if x:\n    r = ['a']\nelse:\n    r = ['b']", "r"),
        ("from mine import r", "r"),
        ("for r in []: pass", "r"),
        ("import os", "os.environ['REQS'].split()"),
        ("", "[l for l in open('requirements.txt') if 'boto' not in l]"),
        ("", "['x' + l for l in open('requirements.txt')]"),
        ("def read(name):\n    if name: return []\n    return open(name)", "read('requirements.txt')"),
        ("", "get_requirements()"),
        ("a = b\nb = a", "a"),
        ("r = r", "r"),
    ] {
        assert_eq!(with_head(head, value), "?", "{head}\n{value}");
    }
    assert_eq!(with_head("", "['a', get('b'), f'c{x}']"), "[a ? ?]");
    assert_eq!(with_head("r = ['a']\nr += more()", "r"), "[a ?]");
    assert_eq!(with_head("r = ['a']\nr.insert(0, 'b')", "r"), "[a ?]");
    assert_eq!(with_head("r = {'a': ['x'], **more}", "r['a']"), "?");
}

#[test]
fn a_list_that_doubles_at_each_step_ends() {
    let mut head = "a0 = ['x']\n".to_owned();
    for step in 1..30 {
        head.push_str(&format!("a{step} = a{} + a{}\n", step - 1, step - 1));
    }
    assert!(with_head(&head, "a29").contains('?'));
}

#[test]
fn the_call_is_found_by_whatever_name_and_nothing_else_is() {
    assert_eq!(calls("import setuptools\nsetuptools.setup(name='x')").len(), 1);
    assert_eq!(calls("import setuptools as st\nst.setup(name='x')").len(), 1);
    assert_eq!(calls("from setuptools import setup as s\ns(name='x')").len(), 1);
    assert_eq!(calls("from distutils.core import setup\nif 1:\n  def main():\n    setup(name='x')").len(), 1);
    assert_eq!(calls("def setup(): pass\nsetup()").len(), 0);
    assert_eq!(calls("class A:\n  def f(self): self.setup(name='x')").len(), 0);
    assert_eq!(calls("'''setup(name=1)'''\n# setup()").len(), 0);
}

#[test]
fn keywords_of_an_unpacked_dict_count_and_unknown_ones_are_told() {
    let call = &calls(
        "from setuptools import setup\nk = dict(name='a', install_requires=['b'])\nsetup(**k, **more)",
    )[0];
    let names: Vec<_> = call.keywords.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["name", "install_requires"]);
    assert_eq!(call.rest.len(), 1);
}

#[test]
fn each_value_says_where_it_is() {
    let call =
        &calls("from setuptools import setup\nR = [\n  'a',\n  'b',\n]\nsetup(\n  install_requires=R)\n")[0];
    let Literal::List(values) = &call.keywords[0].1.literal else { panic!() };
    let lines: Vec<_> = values.iter().filter_map(|value| value.at.file_line()).collect();
    assert_eq!(lines, [("setup.py", 3), ("setup.py", 4)]);
}

#[test]
fn names_that_lead_deeper_and_deeper_overflow_nothing() {
    let mut head = "a0 = ['x']\n".to_owned();
    for step in 1..31 {
        head.push_str(&format!("a{step} = {}a{}{}\n", "[".repeat(40), step - 1, "]".repeat(40)));
    }
    assert!(with_head(&head, "a30").contains('?'));
}

#[test]
fn deep_nesting_overflows_nothing() {
    assert!(calls(&format!("setup(x={}{})", "[".repeat(10_000), "]".repeat(10_000))).is_empty());
    assert_eq!(calls(&format!("setup(x={}{})", "[".repeat(1_300), "]".repeat(1_300))).len(), 1);
    assert_eq!(calls(&format!("setup(x=[]{})", " + ['a']".repeat(900))).len(), 1);
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
        calls(&text);
    }

    #[test]
    fn arbitrary_pieces_of_python_never_panic(pieces in proptest::collection::vec(prop_oneof![
        Just("setup("), Just("install_requires="), Just("["), Just("]"), Just(")"), Just("("), Just("{"), Just("}"),
        Just("'a'"), Just("f'{"), Just("}'"), Just("x"), Just(" = "), Just("\n"), Just("  "), Just("def f(x):\n  "),
        Just("return "), Just("open("), Just(".read()"), Just(" for l in "), Just(" if "), Just("*"), Just("**"),
        Just("lambda: "), Just("with "), Just(" as f:\n "), Just("+"), Just("r += "), Just(","), Just("é\u{0}"),
    ], 0..60)) {
        calls(&pieces.concat());
    }
}
