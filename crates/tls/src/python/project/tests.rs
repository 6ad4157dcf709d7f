//! What is read of snippets: a row `LINE client: setting; setting` for each configured client, `LINE ?` for each gap.

use super::*;
use proptest::prelude::*;

fn read_one(text: &str) -> Vec<String> {
    let mut code = Code::default();
    code.add(&[("app.py".into(), text.to_owned())]);
    lines(&code)
}

fn lines(code: &Code) -> Vec<String> {
    let mut out: Vec<(u32, String)> = Vec::new();
    for stated in &code.stated {
        let line = stated.places[0].file_line().unwrap().1;
        let settings = stated.configuration.settings().join("; ");
        out.push((line, format!("{line} {}: {settings}", stated.configuration.client)));
    }
    for gap in &code.gaps {
        let line: u32 = gap.what.split(':').nth(1).unwrap().parse().unwrap();
        out.push((line, format!("{line} ?")));
    }
    out.sort();
    out.dedup();
    out.into_iter().map(|(_, line)| line).collect()
}

/// Runs a table: each case is `# name`, a snippet, and what is expected after `#=` lines.
fn check(table: &str) {
    let mut wrong = Vec::new();
    let mut cases = 0;
    for case in table.split("\n### ").skip(1) {
        let (name, text) = case.split_once('\n').unwrap();
        let expected: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("#= ")).collect();
        let snippet: Vec<&str> = text.lines().filter(|line| !line.starts_with("#=")).collect();
        let got = read_one(&snippet.join("\n"));
        cases += 1;
        if got != expected {
            let mut code = Code::default();
            code.add(&[("app.py".into(), snippet.join("\n"))]);
            wrong.push(format!("--- {name}\nexpected {expected:#?}\ngot {got:#?}\n{:#?}", code.gaps));
        }
    }
    assert!(cases > 0 && wrong.is_empty(), "{} of {cases}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn contexts_are_read_with_what_is_changed_on_them_in_order() {
    check(include_str!("tests/contexts.py"));
}

#[test]
fn clients_are_read_with_what_they_are_given() {
    check(include_str!("tests/clients.py"));
}

#[test]
fn what_is_not_settled_is_a_gap_and_what_is_no_client_is_nothing() {
    check(include_str!("tests/open.py"));
}

#[test]
fn tests_are_told_apart_by_their_path() {
    for path in
        ["tests/a.py", "app/tests/x/b.py", "test_a.py", "app/a_test.py", "conftest.py", "app/conftest.py"]
    {
        assert!(is_test(path), "{path}");
    }
    for path in ["app.py", "latest/a.py", "attest.py", "app/contest.py", "testing_tools.py"] {
        assert!(!is_test(path), "{path}");
    }
}

/// Pieces of code in which anything may follow anything.
const PIECES: &[&str] = &[
    "import ssl\n",
    "import requests as r\n",
    "from ssl import *\n",
    "ctx = ssl.create_default_context()\n",
    "ctx.minimum_version = ssl.TLSVersion.TLSv1\n",
    "ctx.options |= ssl.OP_NO_TLSv1\n",
    "ctx.options &= ~ssl.OP_ALL\n",
    "if x:\n    ",
    "else:\n    ",
    "for a in b:\n    ",
    "while True:\n    ",
    "try:\n    ",
    "except E:\n    ",
    "with a as ctx:\n    ",
    "def f(a, b=ctx, *c, d=1, **e):\n    ",
    "class A(r.adapters.HTTPAdapter):\n    ",
    "    ",
    "return ctx\n",
    "return f(ctx, verify=f)\n",
    "f(f, **e)\n",
    "self.a = f\n",
    "r.get(u, verify=False, **e)\n",
    "s = r.Session(); s.verify = ctx\n",
    "match a:\n    case b:\n        ",
    "global ctx\n",
    "x = lambda y: f(y)(x)\n",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "=",
    ".",
    "\n",
    "\u{e9}",
    "\"",
    "'",
    "\\",
    "0x",
    "super().a(",
    "await ",
];

proptest! {
    #[test]
    fn any_text_is_read_without_harm_and_to_the_same_end(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60),
        noise in ".{0,20}",
    ) {
        let text = pieces.concat() + &noise;
        let first = read_one(&text);
        prop_assert_eq!(&first, &read_one(&text));
        prop_assert!(first.iter().all(|line| !line.is_empty()));
        let mut code = Code::default();
        code.add(&[("app.py".into(), text)]);
        prop_assert!(code.gaps.iter().all(|gap| gap.reason != Reason::Internal), "{:?}", code.gaps);
    }
}
