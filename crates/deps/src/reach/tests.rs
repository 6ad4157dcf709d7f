//! Ranks, plain cases beside their tricky twins, and the tables' rows.

use super::*;
use crate::{Component, FileKind, Group, PackageName, Reading};
use std::collections::{BTreeSet, HashMap};
use std::io::Read;
use std::path::PathBuf;
use tieout_model::{Position, Rank};

const FULL_LOAD: &str = "CVE-2020-14343";

fn code(files: &[(&str, &str)]) -> Code {
    Code::read(&Tree::of_texts(files.iter().copied()))
}

fn component(name: &str, kind: FileKind) -> Component {
    Component::new(name, kind, Place::text(&"uv.lock".into(), Position::START, Position::START))
}

fn ids(id: &str) -> Vec<String> {
    if id.is_empty() { Vec::new() } else { vec![id.to_owned()] }
}

/// The rank of a locked package.
fn rank(files: &[(&str, &str)], package: &str, id: &str) -> Rank {
    code(files).rank(&component(package, FileKind::UvLock), &ids(id), &Reading::default()).rank
}

fn rank_of(text: &str, package: &str, id: &str) -> Rank {
    rank(&[("app.py", text)], package, id)
}

#[test]
fn a_symbol_that_the_code_calls_is_called_however_it_is_named() {
    for text in [
        "import yaml\nyaml.full_load(f)",
        "import yaml as y\ny.full_load(f)",
        "from yaml import full_load as load\nload(f)",
        "from yaml import load, FullLoader\nload(f, Loader=FullLoader)",
        "import yaml\nload = yaml.full_load\nload(f)",
        "from yaml import *\nfull_load(f)",
        "import yaml\nexecutor.submit(yaml.full_load, f)",
        "import yaml\nclass Mine(yaml.FullLoader): pass",
        "import yaml\ngetattr(yaml, 'full_load')(f)",
        "try:\n    import yaml\nexcept ImportError:\n    yaml = None\ndef f():\n    return yaml.full_load(f)",
        "def f():\n    import yaml\n    return yaml.full_load(f)",
        "import yaml\nyaml.load(f, Loader=yaml.FullLoader)",
        "import yaml\nyaml.load(f)",
        "import yaml\nL = yaml.FullLoader if x else yaml.SafeLoader\nyaml.load(f, L)",
        "import yaml\nclass Mine(yaml.FullLoader): pass\nyaml.load(f, Mine)",
        "import yaml\nyaml.load(f, Loader=yaml.SafeLoader)\nyaml.load(f)",
    ] {
        assert_eq!(rank_of(text, "pyyaml", FULL_LOAD), Rank::Called, "{text}");
    }
}

#[test]
fn a_package_whose_symbol_is_not_called_is_imported() {
    for text in [
        "import yaml\nyaml.safe_load(f)",
        "import yaml\nyaml.load(f, Loader=yaml.SafeLoader)",
        "from yaml import load, SafeLoader\nload(f, SafeLoader)",
        "import yaml\nclass Mine(yaml.SafeLoader): pass\nyaml.load(f, Loader=Mine)",
        "import yaml\ntry:\n    from yaml import CSafeLoader as L\nexcept ImportError:\n    from yaml import SafeLoader as L\nyaml.load(f, Loader=L)",
        "import yaml\ndef full_load(x): pass\nfull_load(f)",
        "from yaml import safe_load\nother.full_load(f)",
        "import yaml\n'yaml.full_load(f)'\n# yaml.full_load(f)",
        "import yaml\nfrom mine import yaml\nyaml.full_load(f)\nimport yaml",
        "import yaml\ndef f(full_load):\n    full_load(x)",
        "from yaml import full_load\ndef full_load(x): pass\nfull_load(f)",
        "import yaml",
    ] {
        assert_eq!(rank_of(text, "pyyaml", FULL_LOAD), Rank::Imported, "{text}");
    }
}

#[test]
fn a_package_that_no_code_imports_is_installed_or_only_declared() {
    for text in [
        "import json",
        "text = 'import yaml'",
        "import yamlish",
        "from . import yaml",
        "import pyyaml_env_tag",
    ] {
        assert_eq!(rank_of(text, "pyyaml", FULL_LOAD), Rank::Installed, "{text}");
    }
    let declared = component("pyyaml", FileKind::Requirements);
    assert_eq!(
        code(&[("a.py", "import json")]).rank(&declared, &[], &Reading::default()).rank,
        Rank::Declared
    );
    let locked = Reading { components: vec![component("PyYAML", FileKind::UvLock)], ..Reading::default() };
    assert_eq!(code(&[("a.py", "import json")]).rank(&declared, &[], &locked).rank, Rank::Installed);
}

#[test]
fn an_import_for_type_checkers_alone_is_no_import() {
    let text = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import yaml\n";
    assert_eq!(rank_of(text, "pyyaml", ""), Rank::Installed);
}

#[test]
fn without_a_symbol_any_use_is_called_and_a_bare_import_is_imported() {
    assert_eq!(rank_of("import numpy\nnumpy.array([])", "numpy", "CVE-0000-0000"), Rank::Called);
    assert_eq!(rank_of("import numpy", "numpy", "CVE-0000-0000"), Rank::Imported);
    let ranked = code(&[("a.py", "import numpy")]).rank(
        &component("numpy", FileKind::UvLock),
        &[],
        &Reading::default(),
    );
    assert!(!ranked.by_symbol);
}

#[test]
fn import_names_lead_to_their_packages() {
    for (text, package) in [
        ("import PIL.Image", "pillow"),
        ("import cv2", "opencv-python-headless"),
        ("from google.cloud import storage", "google-cloud-storage"),
        ("import google.cloud.storage as s", "google-cloud-storage"),
        ("import foo_bar", "foo-bar"),
        ("import Foo_Bar", "foo-bar"),
        ("from Crypto.Cipher import AES", "pycryptodome"),
        ("INSTALLED_APPS = ['rest_framework']", "djangorestframework"),
    ] {
        assert!(rank_of(text, package, "") <= Rank::Imported, "{text}");
    }
    assert_eq!(rank_of("from google.cloud import bigquery", "google-cloud-storage", ""), Rank::Installed);
}

#[test]
fn what_is_installed_says_its_import_names_and_is_not_the_projects_code() {
    let files = [
        ("lambda/app.py", "import strange.inner\nstrange.inner.f()"),
        ("lambda/strange/inner/__init__.py", "import yaml\nyaml.full_load(x)"),
        (
            "lambda/other_name-1.0.dist-info/RECORD",
            "strange/inner/__init__.py,,\nother_name-1.0.dist-info/METADATA,,\n",
        ),
        ("venv/lib/python3.12/site-packages/x.py", "import yaml"),
    ];
    assert_eq!(rank(&files, "other-name", ""), Rank::Called);
    assert_eq!(rank(&files, "pyyaml", FULL_LOAD), Rank::Installed);
    let egg = [("app.py", "import odd"), ("lib/Weird_Name-2.egg-info/top_level.txt", "odd\n")];
    assert_eq!(rank(&egg, "weird-name", ""), Rank::Imported);
}

#[test]
fn re_exports_of_the_project_are_followed() {
    let files = [
        ("app/__init__.py", ""),
        ("app/compat.py", "from yaml import full_load as load_config\n"),
        ("app/main.py", "from app.compat import load_config\nload_config(f)\n"),
    ];
    assert_eq!(rank(&files, "pyyaml", FULL_LOAD), Rank::Called);
}

#[test]
fn tests_speak_for_development_dependencies_alone() {
    let files = [("tests/test_a.py", "import yaml\nyaml.full_load(x)"), ("app.py", "")];
    assert_eq!(rank(&files, "pyyaml", FULL_LOAD), Rank::Installed);
    let dev = Component { group: Group::Dev, ..component("pyyaml", FileKind::UvLock) };
    assert_eq!(code(&files).rank(&dev, &ids(FULL_LOAD), &Reading::default()).rank, Rank::Called);
}

#[test]
fn a_handler_has_the_rank_of_what_it_reaches() {
    let code = code(&[
        ("a/app.py", "from shared import read\ndef handler(e, c):\n    read(e)\n"),
        ("a/shared.py", "import yaml\ndef read(x):\n    return yaml.full_load(x)\n"),
        ("b/app.py", "import json\n"),
    ]);
    let pyyaml = component("pyyaml", FileKind::UvLock);
    let of = |folder: &str| {
        let handler = code.handler(folder, "app.handler").unwrap();
        code.rank_in(&handler, &pyyaml, &ids(FULL_LOAD), &Reading::default())
    };
    let called = of("a");
    assert_eq!(called.rank, Rank::Called);
    let evidence = called.evidence.unwrap();
    assert_eq!(evidence.what, "yaml.full_load is called");
    assert_eq!(evidence.at.file_line(), Some(("a/shared.py", 3)));
    assert_eq!(evidence.trail[0].name, "shared.read");
    assert_eq!(of("b").rank, Rank::Installed);
    assert!(code.handler("c", "app.handler").is_none());
}

#[test]
fn methods_and_settings_count_where_the_package_is_used() {
    let orm = "from django.db import models\nclass A(models.Model): pass\nA.objects.filter().order_by(x)";
    assert_eq!(rank_of(orm, "django", "CVE-2021-35042"), Rank::Called);
    let apart = [
        ("shop/models.py", "from django.db import models\nclass Order(models.Model): pass\n"),
        ("shop/views.py", "from shop.models import Order\nOrder.objects.order_by(x)\n"),
    ];
    assert_eq!(rank(&apart, "django", "CVE-2021-35042"), Rank::Called);
    let unlike = [apart[0], ("shop/views.py", "import pandas\npandas.x.order_by(y)\n")];
    assert_eq!(rank(&unlike, "django", "CVE-2021-35042"), Rank::Imported);
    assert_eq!(rank_of("import django\nx = 1", "django", "CVE-2021-35042"), Rank::Imported);
    assert_eq!(rank_of("table.order_by(x)", "django", "CVE-2021-35042"), Rank::Installed);
    let settings = "from django.conf import settings\nSECURE_PROXY_SSL_HEADER = ('a', 'b')";
    assert_eq!(rank_of(settings, "django", "CVE-2019-12781"), Rank::Called);
    let middleware = "MIDDLEWARE = ['django.middleware.common.CommonMiddleware']";
    assert_eq!(rank_of(middleware, "django", "CVE-2018-14574"), Rank::Called);
    assert_eq!(
        rank_of("MIDDLEWARE = ['django.middleware.csrf.X']", "django", "CVE-2018-14574"),
        Rank::Imported
    );
}

#[test]
fn a_package_reached_through_another_is_called() {
    assert_eq!(
        rank_of("from flask import request\nrequest.form['a']", "werkzeug", "CVE-2023-25577"),
        Rank::Called
    );
    assert_eq!(
        rank_of("from flask import request\nrequest.args['a']", "werkzeug", "CVE-2023-25577"),
        Rank::Installed
    );
}

#[test]
fn what_could_not_be_read_makes_a_low_rank_uncertain() {
    let of = |text: &str| {
        code(&[("app.py", text)]).rank(
            &component("pyyaml", FileKind::UvLock),
            &ids(FULL_LOAD),
            &Reading::default(),
        )
    };
    assert!(of("def f(:\n").uncertain.unwrap().contains("app.py"));
    assert!(of("import importlib\nimportlib.import_module(name)").uncertain.unwrap().contains("app.py:2"));
    assert_eq!(of("import json").uncertain, None);
    assert_eq!(of("import yaml\nyaml.full_load(x)\ndef f(:\n").uncertain, None);
}

#[test]
fn a_package_pulled_in_by_another_says_by_which() {
    let urllib3 =
        Component { chain: vec![PackageName::new("requests")], ..component("urllib3", FileKind::UvLock) };
    let ranked =
        code(&[("a.py", "import requests\nrequests.get(u)")]).rank(&urllib3, &[], &Reading::default());
    assert_eq!((ranked.rank, ranked.via), (Rank::Installed, vec![PackageName::new("requests")]));
}

/// The import names under which a package's symbols stand.
fn tops(package: &str) -> BTreeSet<&str> {
    let table = tables::imported_as(package).iter().map(|name| name.split('.').next().unwrap());
    table.chain([package]).collect()
}

#[test]
fn each_row_of_the_symbol_table_is_well_formed() {
    let flaws = tables::flaws();
    assert!(flaws.len() >= 60, "{}", flaws.len());
    let mut seen = BTreeSet::new();
    for flaw in &flaws {
        let id = &flaw.ids[0];
        let found = flaw
            .ids
            .iter()
            .all(|id| tables::flaw(&flaw.package, &ids(id)).is_some_and(|found| found.ids == flaw.ids));
        assert!(found, "{id} is not found by all its ids");
        for id in &flaw.ids {
            assert!(seen.insert(id), "{id} twice");
        }
        assert_eq!(PackageName::new(&flaw.package).as_str(), flaw.package);
        for symbol in flaw.symbols.iter().chain(&flaw.modules).chain(&flaw.unless_given) {
            let top = symbol.split('.').next().unwrap();
            assert!(tops(&flaw.package).contains(top), "{id}: {symbol} is not of {}", flaw.package);
        }
        for name in &flaw.through {
            assert!(
                !tops(&flaw.package).contains(name.split('.').next().unwrap()),
                "{id}: {name} is its own"
            );
        }
        let says = !flaw.symbols.is_empty() || !flaw.settings.is_empty() || !flaw.methods.is_empty();
        assert_ne!(says, flaw.any, "{id}: symbols or any");
        assert_eq!(flaw.any, !flaw.why.is_empty(), "{id}");
        assert!(
            flaw.source.starts_with("https://") || flaw.source.starts_with("http://"),
            "{id}: {}",
            flaw.source
        );
    }
    let packages: BTreeSet<&str> = flaws.iter().map(|flaw| flaw.package.as_str()).collect();
    assert_eq!(packages.len(), 14, "{packages:?}");
}

#[test]
fn each_row_of_the_import_names_is_well_formed() {
    let rows: Vec<_> = tables::import_names().collect();
    assert!(rows.len() >= 250, "{}", rows.len());
    let mut before = "";
    for (name, packages) in rows {
        assert!(before < name, "{before} before {name}");
        before = name;
        assert!(name.split('.').all(|part| !part.is_empty()));
        for package in packages {
            assert_eq!(PackageName::new(package).as_str(), package);
        }
    }
}

/// Packages and aliases of a record.
type Record = (Vec<String>, Vec<String>);

/// The records of the shared archive by id.
fn records() -> Option<HashMap<String, Record>> {
    let shared = std::env::var_os("TIEOUT_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let file = std::fs::File::open(shared.join("advisories/pypi-osv.zip")).ok()?;
    let mut archive = zip::ZipArchive::new(file).ok()?;
    let mut records = HashMap::new();
    for index in 0..archive.len() {
        let mut text = String::new();
        let Ok(mut entry) = archive.by_index(index) else { continue };
        if entry.read_to_string(&mut text).is_err() {
            continue;
        }
        let Ok(record) = serde_json::from_str::<serde_json::Value>(&text) else { continue };
        let strings = |list: &serde_json::Value, pointer: &str| -> Vec<String> {
            let items = list.as_array().into_iter().flatten();
            items.filter_map(|item| item.pointer(pointer)?.as_str()).map(str::to_owned).collect()
        };
        let packages = strings(&record["affected"], "/package/name");
        records.insert(
            record["id"].as_str().unwrap_or_default().to_owned(),
            (packages, strings(&record["aliases"], "")),
        );
    }
    Some(records)
}

#[test]
fn each_advisory_of_the_symbol_table_is_in_the_shared_archive() {
    let Some(records) = records() else {
        eprintln!("SKIPPED: the shared archive of advisories is not here");
        return;
    };
    for flaw in tables::flaws() {
        let (id, others) = flaw.ids.split_first().unwrap();
        let (packages, aliases) = records.get(id).unwrap_or_else(|| panic!("{id} is not in the archive"));
        assert!(
            packages.iter().any(|name| PackageName::new(name).as_str() == flaw.package),
            "{id}: {packages:?}"
        );
        for other in others {
            assert!(aliases.contains(other), "{other} is no alias of {id}");
        }
    }
}

proptest::proptest! {
    #[test]
    fn arbitrary_files_never_panic(text in "\\PC{0,120}", record in "\\PC{0,120}", path in "[a-c/._]{0,12}") {
        let code = code(&[
            ("a.py", &text),
            ("x-1.dist-info/RECORD", &record),
            ("y.egg-info/top_level.txt", &record),
            (&format!("{path}.py"), &text),
        ]);
        code.rank(&component("x", FileKind::Installed), &ids(FULL_LOAD), &Reading::default());
        code.handler(&path, &record);
    }
}
