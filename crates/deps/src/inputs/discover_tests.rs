//! Tests of `discover.rs`.

use super::*;
use crate::inputs::read;

fn discovered(root: &Path) -> Result<(Tree, Vec<Unaudited>), DiscoverError> {
    discover(root, &Exclude::default())
}

fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let full = folder.path().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }
    folder
}

fn paths(root: &Path) -> Vec<String> {
    discovered(root).unwrap().0.paths().map(ToString::to_string).collect()
}

#[test]
fn files_that_somebody_uses_are_taken_in_and_ignored_ones_are_not() {
    let folder = tree(&[
        (".gitignore", "build/\n*.local.txt\n"),
        ("requirements.txt", ""),
        ("requirements.local.txt", ""),
        ("build/requirements.txt", ""),
        ("README.md", ""),
        ("app/main.py", ""),
        ("node_modules/x/requirements.txt", ""),
        (".tox/py/lib/requirements.txt", ""),
        (".github/workflows/ci.yml", ""),
        ("layer.zip", ""),
        ("data.bin", ""),
        (".python-version", ""),
        ("deploy/Dockerfile", ""),
    ]);
    let expected = [
        ".github/workflows/ci.yml",
        ".python-version",
        "app/main.py",
        "deploy/Dockerfile",
        "layer.zip",
        "requirements.txt",
    ];
    assert_eq!(paths(folder.path()), expected);
}

const PACKAGES: [(&str, &str); 10] = [
    ("lib/python3.9/site-packages/flask-1.0.dist-info/METADATA", ""),
    ("lib/python3.9/site-packages/flask-1.0.dist-info/LICENSE", ""),
    ("lib/python3.9/site-packages/flask/app.py", ""),
    ("lib/python3.9/site-packages/setuptools/_vendor/x-1.dist-info/METADATA", ""),
    ("lib/python3.9/site-packages/old.egg-info/PKG-INFO", ""),
    ("lib/python3.9/site-packages/older.egg-info", ""),
    ("lib/python3.9/site-packages/egg-1.0-py3.9.egg/EGG-INFO/PKG-INFO", ""),
    ("lib/python3.9/site-packages/egg-1.0-py3.9.egg/egg.py", ""),
    ("lib/python3.9/site-packages/~lask-0.9.dist-info/METADATA", ""),
    ("pyvenv.cfg", ""),
];

#[test]
fn a_virtual_environment_tells_its_packages_even_where_git_ignores_it() {
    let inside: Vec<(String, &str)> =
        PACKAGES.iter().map(|(path, text)| (format!("sub/.venv/{path}"), *text)).collect();
    let mut files: Vec<(&str, &str)> = inside.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    files.push((".gitignore", ".venv\n"));
    let folder = tree(&files);
    let in_packages = [
        "egg-1.0-py3.9.egg/EGG-INFO/PKG-INFO",
        "flask-1.0.dist-info/METADATA",
        "old.egg-info/PKG-INFO",
        "older.egg-info",
    ];
    let expected: Vec<String> = in_packages
        .iter()
        .map(|path| format!("sub/.venv/lib/python3.9/site-packages/{path}"))
        .chain(["sub/.venv/pyvenv.cfg".to_owned()])
        .collect();
    assert_eq!(paths(folder.path()), expected);
    let venv = folder.path().join("sub/.venv");
    assert_eq!(paths(&venv).len(), 5);
    assert_eq!(paths(&venv.join("lib/python3.9/site-packages")), in_packages);
}

#[test]
fn packages_beside_a_handler_are_taken_in_with_the_code() {
    let folder = tree(&[
        ("fn/handler.py", ""),
        ("fn/requests/api.py", ""),
        ("fn/requests-2.0.dist-info/METADATA", ""),
        ("fn/requests-2.0.dist-info/WHEEL", ""),
        ("layer/python/lib/python3.9/site-packages/a-1.dist-info/METADATA", ""),
    ]);
    let expected = [
        "fn/handler.py",
        "fn/requests-2.0.dist-info/METADATA",
        "fn/requests/api.py",
        "layer/python/lib/python3.9/site-packages/a-1.dist-info/METADATA",
    ];
    assert_eq!(paths(folder.path()), expected);
}

#[test]
fn files_that_are_named_are_taken_in_whatever_their_name() {
    let folder = tree(&[
        ("requirements.txt", "-r deps/base.pip\n-r ../out.txt\n"),
        ("deps/base.pip", "-c limits\na\n"),
        ("deps/limits", "a==1\n"),
        (
            "docker/Dockerfile",
            "FROM python:3.9\nCOPY pip-deps.txt /tmp/\nRUN pip install -r /tmp/pip-deps.txt\n",
        ),
        ("pip-deps.txt", "b==2\n"),
        ("environment.yml", "dependencies:\n- pip:\n  - -r conda-more.txt\n"),
        ("conda-more.txt", "d==4\n"),
        ("unrelated.txt", "c==3\n"),
    ]);
    let (found, unaudited) = discovered(folder.path()).unwrap();
    assert!(unaudited.is_empty());
    let reading = read(&found);
    let told: Vec<String> =
        reading.components.iter().map(|c| format!("{} {}", c.file_line().0, c.purl())).collect();
    let expected = [
        "conda-more.txt pkg:pypi/d@4",
        "deps/base.pip pkg:pypi/a@1",
        "deps/limits pkg:pypi/a@1",
        "pip-deps.txt pkg:pypi/b@2",
    ];
    assert_eq!(told, expected);
    assert_eq!(reading.unaudited.len(), 1);
    let alone = discovered(&folder.path().join("requirements.txt")).unwrap().0;
    assert_eq!(alone.paths().count(), 3);
}

#[cfg(unix)]
#[test]
fn links_are_never_followed_and_told_where_they_lead_out() {
    use std::os::unix::fs::symlink;
    let outside = tree(&[("r.txt", "a==1\n"), ("dir/x.txt", "b\n")]);
    let folder = tree(&[("requirements.txt", "-r linked/x.txt\n"), ("real/requirements.txt", "")]);
    symlink(outside.path().join("r.txt"), folder.path().join("requirements-dev.txt")).unwrap();
    symlink(outside.path().join("dir"), folder.path().join("linked")).unwrap();
    symlink(folder.path().join("real/requirements.txt"), folder.path().join("requirements-in.txt")).unwrap();
    symlink(folder.path(), folder.path().join("real/loop")).unwrap();
    let (found, unaudited) = discovered(folder.path()).unwrap();
    let paths: Vec<&str> = found.paths().map(|path| &**path).collect();
    assert_eq!(paths, ["real/requirements.txt", "requirements.txt"]);
    let told: Vec<&str> = unaudited.iter().map(|unaudited| &*unaudited.what).collect();
    assert_eq!(told, ["requirements-dev.txt"]);
}

#[test]
fn a_missing_root_is_an_error() {
    assert!(discovered(Path::new("/nowhere/at/all")).is_err());
}

#[test]
fn latin_1_in_a_comment_loses_no_requirement() {
    let folder = tree(&[("a/x.py", "")]);
    fs::write(folder.path().join("requirements.txt"), b"# Andr\xe9\ndjango==2.2\n").unwrap();
    fs::write(folder.path().join("requirements-b.txt"), b"\xff\xfea\0=\0=\x001\0\n\0").unwrap();
    let reading = read(&discovered(folder.path()).unwrap().0);
    assert_eq!(reading.components.len(), 2);
    assert!(reading.unaudited.is_empty());
}
