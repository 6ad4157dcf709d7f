//! setup.py: what it gives to `setup(…)` as literals. It is never run; what only running tells is unaudited.

use super::Cx;
use super::specifier::{pin_of, python};
use crate::{Group, IndexKind, PackageName};
use tieout_model::{Gap, Place, Position, Reason};
use tieout_python_syntax::literals::{self, CallKeywords, Literal, Value};

/// `setup.py`
pub(super) fn is_setup_py(_path: &str, name: &str) -> bool {
    name == "setup.py"
}

/// The parser.
pub(super) fn parse(cx: &mut Cx<'_>) {
    let text = cx.text.clone();
    let module = tieout_python_syntax::parse(&cx.path, &text);
    let calls = literals::calls_in(&module, "setup");
    if let Some(problem) = module.problems.first() {
        let gap = unsettled(&format!("it is no Python that can be parsed ({})", problem.message));
        cx.unaudited("setup.py", gap, problem.at.clone());
    } else if calls.is_empty() && text.contains("setup") {
        let start = Place::text(&cx.path, Position::START, Position::START);
        cx.unaudited("setup.py", unsettled("no call of setup is found"), start);
    }
    for call in &calls {
        keywords(cx, call);
    }
}

fn unsettled(what: &str) -> Gap {
    Gap::new(
        Reason::Unresolved,
        format!("{what}: only running setup.py would tell, and it is never run"),
        "write the list out, or audit a lock file or the installed packages",
    )
}

fn keywords(cx: &mut Cx<'_>, call: &CallKeywords) {
    for (name, value) in &call.keywords {
        match name.as_str() {
            "install_requires" => list(cx, value, &Group::Prod),
            "tests_require" => list(cx, value, &Group::Dev),
            "setup_requires" => list(cx, value, &Group::Build),
            "extras_require" => extras(cx, value),
            "python_requires" => python_requires(cx, value),
            "dependency_links" => links(cx, value),
            _ => {}
        }
    }
    for rest in &call.rest {
        cx.unaudited(&written(rest), unsettled("what ** hands over to setup"), rest.at.clone());
    }
}

fn written(value: &Value) -> String {
    match &value.literal {
        Literal::Text(text) | Literal::FileText(text) | Literal::Unknown(text) => text.clone(),
        Literal::Int(number) => number.to_string(),
        Literal::Bool(flag) => flag.to_string(),
        Literal::None => "None".to_owned(),
        Literal::List(_) => "[…]".to_owned(),
        Literal::Map(_) => "{…}".to_owned(),
    }
}

/// A list of requirements, or a text with one a line.
fn list(cx: &mut Cx<'_>, value: &Value, group: &Group) {
    match &value.literal {
        Literal::List(items) => items.iter().for_each(|item| list(cx, item, group)),
        Literal::Text(text) => {
            for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
            {
                cx.require(line, group.clone(), value.at.clone());
            }
        }
        Literal::FileText(path) => {
            let from = cx.path.clone();
            cx.include(from, path, false, value.at.clone());
        }
        Literal::None => {}
        Literal::Int(_) | Literal::Bool(_) | Literal::Map(_) => {
            cx.unreadable(&written(value), "a requirement is a text", value.at.clone());
        }
        Literal::Unknown(source) => cx.unaudited(source, unsettled(source), value.at.clone()),
    }
}

/// Extras by name; `name:marker` and `:marker` put a condition on an extra, or on what is always installed.
fn extras(cx: &mut Cx<'_>, value: &Value) {
    let Literal::Map(entries) = &value.literal else {
        if value.literal != Literal::None {
            cx.unaudited(&written(value), unsettled("extras_require"), value.at.clone());
        }
        return;
    };
    for (key, items) in entries {
        match key.text() {
            Some(name) => {
                let (name, marker) = name.split_once(':').unwrap_or((name, ""));
                let group = match name.trim() {
                    "" => Group::Prod,
                    name => Group::Optional(PackageName::new(name).as_str().to_owned()),
                };
                let first = cx.out.components.len();
                list(cx, items, &group);
                conditioned(cx, first, marker.trim());
            }
            None => cx.unaudited(&written(key), unsettled("the name of an extra"), key.at.clone()),
        }
    }
}

fn conditioned(cx: &mut Cx<'_>, first: usize, marker: &str) {
    if marker.is_empty() {
        return;
    }
    for component in cx.out.components.get_mut(first..).unwrap_or_default() {
        let text = match &component.marker {
            Some(own) => format!("({}) and ({marker})", own.text),
            None => marker.to_owned(),
        };
        component.marker = Some(crate::Marker { text, verdict: crate::MarkerVerdict::Unknown });
    }
}

fn python_requires(cx: &mut Cx<'_>, value: &Value) {
    match value.text() {
        Some(text) => {
            cx.out.runtimes.extend(python(text, &pin_of(text), "python_requires", value.at.clone()));
        }
        None => cx.unaudited(&written(value), unsettled("python_requires"), value.at.clone()),
    }
}

fn links(cx: &mut Cx<'_>, value: &Value) {
    match &value.literal {
        Literal::List(items) => items.iter().for_each(|item| links(cx, item)),
        Literal::Text(url) => cx.index(IndexKind::Links, url, value.at.clone()),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::Tree;
    use crate::inputs::read;
    use proptest::prelude::*;

    const SETUP: &str = "import os\nfrom setuptools import setup\nBASE = ['django==2.2', 'flask>=1']\nsetup(\n    name='x',\n    python_requires='>=3.6',\n    install_requires=BASE + ['requests ; os_name == \"nt\"', compute()],\n    extras_require={'Dev': ['pytest==5'], ':python_version<\"3\"': ['enum34']},\n    tests_require=open('test.list').read().splitlines(),\n    setup_requires='wheel',\n)\n";

    #[test]
    fn what_setup_is_given_as_literals_is_read() {
        let reading = read(&Tree::of_texts([("setup.py", SETUP), ("test.list", "mock==1\n")]));
        let told: Vec<String> = reading
            .components
            .iter()
            .map(|c| format!("{}:{}{} {}", c.file_line().1, c.name, c.written, c.group.label()))
            .collect();
        let expected = [
            "3:django==2.2 prod",
            "3:flask>=1 prod",
            "7:requests prod",
            "8:pytest==5 optional:dev",
            "8:enum34 prod",
            "10:wheel build",
            "1:mock==1 dev",
        ];
        assert_eq!(told, expected);
        assert_eq!(reading.components[4].marker.as_ref().unwrap().text, "python_version<\"3\"");
        assert_eq!(reading.runtimes[0].release.as_deref(), Ok("3.6"));
        let odd: Vec<&str> = reading.unaudited.iter().map(|unaudited| &*unaudited.what).collect();
        assert_eq!(odd, ["compute()"]);
    }

    #[test]
    fn what_only_running_would_tell_is_unaudited() {
        for text in [
            "from setuptools import setup\nsetup(**config())\n",
            "from setuptools import setup\nsetup(install_requires=read())\n",
            "from setuptools import setup\nsetup(extras_require=read())\n",
            "import setuptools\nsetup(\n",
        ] {
            assert!(!read(&Tree::of_texts([("setup.py", text)])).unaudited.is_empty(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn mutated_files_never_panic(at in 0usize..500, with in "([a-z()\\[\\]{}'\"=,+* \n]{0,4}|\\PC{0,3})", cut in 0usize..20) {
            let from = at % SETUP.len();
            let to = (from + cut).min(SETUP.len());
            let text = format!("{}{with}{}", &SETUP[..from], &SETUP[to..]);
            let _ = read(&Tree::of_texts([("setup.py", &*text)]));
        }
    }
}
