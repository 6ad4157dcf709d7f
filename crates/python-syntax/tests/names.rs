//! Imports and uses of one file, and of a project's modules: tricky ones beside plain ones.

use proptest::prelude::*;
use std::sync::Arc;
use tieout_python_syntax::{Names, Project, names, parse};

fn read(text: &str) -> Names {
    names(&parse(&"m.py".into(), text))
}

/// The uses, calls with `()`.
fn uses(text: &str) -> String {
    let references = read(text).references;
    let shown = references.iter().map(|used| format!("{}{}", used.name, if used.called { "()" } else { "" }));
    shown.collect::<Vec<_>>().join(" ")
}

fn imports(text: &str) -> String {
    let shown = read(text).imports.into_iter().map(|import| {
        let when = import.when;
        let marks = [
            (import.star, "*"),
            (when.typing, "t"),
            (when.optional, "o"),
            (when.local, "l"),
            (when.dynamic, "d"),
        ];
        let marks: String = marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
        format!("{}{}{marks}", import.name, if marks.is_empty() { "" } else { "/" })
    });
    shown.collect::<Vec<_>>().join(" ")
}

#[test]
fn every_form_of_import_is_read_with_when_it_runs() {
    for (text, expected) in [
        ("import a, b.c as d", "a b.c"),
        ("from a.b import c as d, e", "a.b.c a.b.e"),
        ("from a import *", "a/*"),
        ("from . import x\nfrom ..p import y\nfrom .q.r import z", ".x ..p.y .q.r.z"),
        (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\nelse:\n    import b",
            "typing.TYPE_CHECKING a/t b",
        ),
        ("import typing\nif not typing.TYPE_CHECKING:\n    import a\nelse:\n    import b", "typing a b/t"),
        ("try:\n    import a\nexcept ImportError:\n    import b\nelse:\n    import c", "a/o b/o c"),
        ("try:\n    import a\nexcept (KeyError, ModuleNotFoundError):\n    a = None", "a/o"),
        ("try:\n    import a\nexcept KeyError:\n    pass", "a"),
        (
            "def f():\n    import a\nclass C:\n    import b\n    def g(self):\n        from c import d",
            "b a/l c.d/l",
        ),
        ("import importlib\nimportlib.import_module('a.b')", "importlib a.b/d"),
        ("from importlib import import_module as load\nload('a.b')", "importlib.import_module a.b/d"),
        ("x = __import__('a.b')\n", "a.b/d"),
        (
            "INSTALLED_APPS = ['django.contrib.admin', 'rest_framework']",
            "django.contrib.admin/d rest_framework/d",
        ),
        ("text = 'import a'\n# import b\n'''import c'''", ""),
        (
            "if x:\n    import a\nfor i in y:\n    import b\nwith z:\n    import c\nmatch q:\n    case 1:\n        import d",
            "a b c d",
        ),
    ] {
        assert_eq!(imports(text), expected, "{text}");
    }
}

#[test]
fn an_import_of_a_name_settled_at_run_time_is_told() {
    assert_eq!(read("import importlib\nimportlib.import_module(name)").unknown_imports.len(), 1);
    assert_eq!(read("__import__(f'{x}.y')").unknown_imports.len(), 1);
    assert_eq!(read("def __import__(x): pass\n__import__(y)").unknown_imports.len(), 0);
}

#[test]
fn names_are_told_by_what_they_stand_for() {
    for (text, expected) in [
        ("import yaml as y\ny.load(f)", "yaml.load()"),
        ("from yaml import load as l\nl(x)", "yaml.load()"),
        ("import os.path\nos.path.join(a)", "os.path.join()"),
        ("import a.b.c as d\nd.e", "a.b.c.e"),
        ("from yaml import load\nread = load\nread(x)", "yaml.load yaml.load()"),
        ("import yaml\nload, dump = yaml.load, yaml.dump\nload(x)", "yaml.load yaml.dump yaml.load()"),
        ("import yaml\ndef f(x):\n    return yaml.load(x)", "yaml.load()"),
        ("def f(x):\n    return yaml.load(x)\nimport yaml", "yaml.load()"),
        (
            "try:\n    import simplejson as json\nexcept ImportError:\n    import json\njson.loads(x)",
            "simplejson.loads() json.loads()",
        ),
        ("try:\n    import yaml\nexcept ImportError:\n    yaml = None\nyaml.load(x)", "yaml.load()"),
        ("import requests\nrequests.Session().get(u)", "requests.Session.get()"),
        ("import requests\ns = requests.Session()\ns.get(u)", "requests.Session() requests.Session.get()"),
        ("import a\nwith a.Pool() as p:\n    p.run()", "a.Pool() a.Pool.run()"),
        ("import yaml\nx = yaml.load(f)['a'].b.c()", "yaml.load()"),
        ("import yaml\ngetattr(yaml, 'load')(x)", "yaml yaml.load()"),
        ("import importlib\ny = importlib.import_module('yaml')\ny.load(x)", "yaml yaml.load()"),
        ("from yaml import *\nload(1)", "yaml.load()"),
        ("from . import util\nutil.f()", ".util.f()"),
        ("from jinja2 import Environment\nclass Mine(Environment): pass", "jinja2.Environment"),
        ("import a\n@a.route('/')\ndef f(): pass", "a.route()"),
        ("import a\nx = [a.f(y) for y in z if a.g]\nf'{a.h()}'", "a.g a.f() a.h()"),
        (
            "from aiohttp import web\nasync def f(request: web.Request):\n    await request.post()",
            "aiohttp.web.Request.post()",
        ),
        ("def f():\n    global y\n    import yaml as y\ndef g():\n    y.load(x)", "yaml.load()"),
        ("import yaml\nyaml.load", "yaml.load"),
        ("import a\nlambda x: a.f(x)", "a.f()"),
    ] {
        assert_eq!(uses(text), expected, "{text}");
    }
}

#[test]
fn what_shadows_an_imported_name_is_not_it() {
    for text in [
        "from yaml import load\ndef load(x): pass\nload(y)",
        "from yaml import load\ndef f(load):\n    load(x)",
        "from yaml import load\ndef f():\n    load = open\n    load(x)",
        "from yaml import load\n[load(x) for load in y]",
        "from yaml import load\nlambda load: load(x)",
        "from yaml import load\nload = 1\nload(x)",
        "import yaml\nclass yaml:\n    pass\nyaml.load(x)",
        "import yaml\nself.yaml.load(x)",
        "class C:\n    from yaml import load\n    def f(self):\n        load(x)",
        "def f():\n    import yaml\ndef g():\n    yaml.load(x)",
        "x = 'yaml.load(f)'\n# yaml.load(f)",
        "def load(x): pass\nload(y)",
        "import yaml\ndef f(x: yaml.Loader) -> yaml.Node: pass",
        "import yaml\nfor yaml in x: pass\n",
    ] {
        assert_eq!(uses(text), "", "{text}");
    }
}

fn project(files: &[(&str, &str)]) -> Project {
    let sources: Vec<(Arc<str>, Arc<str>)> =
        files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
    Project::read(&sources)
}

/// What the uses of a file stand for outside the project.
fn outside(project: &Project, path: &str) -> Vec<String> {
    let number = project.files().iter().position(|file| &*file.path == path).unwrap_or(usize::MAX);
    let references = project.files().get(number).map(|file| &file.names.references);
    references.into_iter().flatten().flat_map(|used| project.outside(number, &used.name)).collect()
}

#[test]
fn re_exports_are_followed_through_the_projects_own_modules() {
    let files = [
        ("app/__init__.py", "from .config import load as read_config\n"),
        ("app/config.py", "from app.base import *\nfrom yaml import load\n"),
        ("app/base.py", "import requests as http\n"),
        (
            "app/main.py",
            "import app\nfrom app.config import load, http\nload(x)\napp.read_config(y)\nhttp.get(z)\n",
        ),
    ];
    assert_eq!(outside(&project(&files), "app/main.py"), ["yaml.load", "yaml.load", "requests.get"]);
}

#[test]
fn modules_that_import_each_other_end() {
    let files = [
        ("a.py", "from b import x\nx()\n"),
        ("b.py", "from a import x\n"),
        ("c.py", "from c import *\ny()\n"),
    ];
    let project = project(&files);
    assert_eq!(outside(&project, "a.py"), Vec::<String>::new());
    outside(&project, "c.py");
}

#[test]
fn a_projects_own_module_shadows_a_package_only_where_it_surely_does() {
    let own = project(&[("yaml.py", "def load(x): pass"), ("main.py", "import yaml\nyaml.load(x)")]);
    assert!(outside(&own, "main.py").is_empty());
    // A package's submodule of that name is another thing.
    let below = project(&[
        ("app/__init__.py", ""),
        ("app/yaml.py", ""),
        ("app/main.py", "import yaml\nyaml.load(x)"),
    ]);
    assert_eq!(outside(&below, "app/main.py"), ["yaml.load"]);
    let folder = project(&[("docker/build.py", ""), ("main.py", "import docker\ndocker.from_env()")]);
    assert_eq!(outside(&folder, "main.py"), ["docker.from_env"]);
    let itself = project(&[("requests.py", "import requests\nrequests.get(x)")]);
    assert_eq!(outside(&itself, "requests.py"), ["requests.get"]);
}

#[test]
fn an_entry_reaches_what_it_imports_and_no_more() {
    let project = project(&[
        ("functions/a/app.py", "from lib import one\nimport shared.db\n"),
        (
            "functions/a/lib.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import never\none = 1\n",
        ),
        ("functions/a/never.py", "import pandas\n"),
        ("functions/b/app.py", "import yaml\n"),
        ("layers/common/python/shared/__init__.py", ""),
        ("layers/common/python/shared/db.py", "def f():\n    import psycopg2\n"),
    ]);
    let entry = project.entry("functions/a", "app.handler");
    let reached = project.reached(entry.unwrap_or_else(|| unreachable!()));
    let paths: Vec<&str> =
        reached.files().filter_map(|file| project.files().get(file)).map(|file| &*file.path).collect();
    assert_eq!(
        paths,
        [
            "functions/a/app.py",
            "functions/a/lib.py",
            "layers/common/python/shared/__init__.py",
            "layers/common/python/shared/db.py"
        ]
    );
    let chain: Vec<String> = reached.chain(5).into_iter().map(|step| step.name).collect();
    assert_eq!(chain, ["shared.db"]);
    assert_eq!(project.entry("functions/a", "other.handler"), None);
    assert!(project.entry("", "functions/b/app.handler").is_some());
}

#[test]
fn a_src_layout_is_found_from_its_tests() {
    let project = project(&[
        ("src/pkg/__init__.py", ""),
        ("src/pkg/core.py", "from yaml import load\n"),
        ("tests/test_core.py", "from pkg.core import load\nload(x)\n"),
    ]);
    assert_eq!(outside(&project, "tests/test_core.py"), ["yaml.load"]);
}

#[test]
fn deep_nesting_overflows_nothing() {
    let functions: String = (0..90).map(|depth| format!("{}def f():\n", " ".repeat(depth))).collect();
    read(&format!("{functions}{}pass\n", " ".repeat(90)));
    read(&format!("import a\nx = a{}\n", ".b()".repeat(900)));
    read(&format!("x = {}1{}\n", "[".repeat(1_400), "]".repeat(1_400)));
    read(&format!("x = {}1{}\n", "(lambda: ".repeat(700), ")".repeat(700)));
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,200}") {
        read(&text);
    }

    #[test]
    fn arbitrary_pieces_of_python_never_panic(pieces in proptest::collection::vec(prop_oneof![
        Just("import "), Just("from "), Just("a"), Just(".b"), Just(" as c"), Just("*"), Just("\n"), Just("    "),
        Just("def f(a=b):\n"), Just("class C(a.b):\n"), Just("try:\n"), Just("except ImportError:\n"), Just("a.b(c)"),
        Just("lambda a: "), Just("[x for x in "), Just("]"), Just("("), Just(")"), Just(" = "), Just("if TYPE_CHECKING:\n"),
        Just("global a\n"), Just("match a:\n case "), Just(":="), Just("f'{"), Just("}'"), Just("é"), Just("@"), Just("await "),
    ], 0..60)) {
        let text = pieces.concat();
        let project = project(&[("a.py", &text), ("a/b.py", &text), ("a/__init__.py", &text)]);
        for number in 0..3 {
            let file = &project.files()[number];
            for used in &file.names.references {
                project.outside(number, &used.name);
            }
        }
        if let Some(entry) = project.entry_file("a.py") {
            project.reached(entry);
        }
    }
}
