//! Plans over whole projects: what is edited, what gets a command, what is left, and that nothing else changes.

use super::*;
use crate::inputs::read;
use proptest::prelude::*;
use std::path::Path;

fn wanted(name: &str, from: &str, to: &str) -> Wanted {
    Wanted { name: name.to_owned(), from_version: from.to_owned(), to_version: to.to_owned() }
}

fn planned(files: &[(&str, &str)], wants: &[Wanted]) -> Plan {
    let tree = Tree::of_texts(files.iter().copied());
    plan(&read(&tree), wants, &tree)
}

/// The new text of a file; the same as before where it is not edited.
fn fixed(path: &str, text: &str, wants: &[Wanted]) -> String {
    let plan = planned(&[(path, text)], wants);
    plan.edits.first().map_or_else(|| text.to_owned(), |edit| edit.new_text.clone())
}

fn django() -> Vec<Wanted> {
    vec![wanted("Django", "2.2", "2.2.28")]
}

#[test]
fn a_requirements_file_keeps_all_but_the_version() {
    let text = "# top  \r\n-r base.txt\r\n\tDjango[argon2] == 2.2 ; python_version < '3.9'  # keep ==2.2\r\ndjango-extra==2.2\r\nflask==1.0\r\n\r\nDJANGO==2.2\\\r\n  ; os_name == 'nt'\r\ndjango (==2.2)\r\ndjango==2.2 --no-binary=:all:";
    let expected = text
        .replace("argon2] == 2.2 ", "argon2] == 2.2.28 ")
        .replace("DJANGO==2.2\\", "DJANGO==2.2.28\\")
        .replace("(==2.2)", "(==2.2.28)")
        .replace("==2.2 --no", "==2.2.28 --no");
    let plan = planned(&[("requirements.txt", text), ("base.txt", "x==1\n")], &django());
    assert_eq!(plan.edits[0].new_text, expected);
    let lines: Vec<u32> = plan.edits[0].changes.iter().map(|change| change.line).collect();
    assert_eq!(lines, [3, 7, 9, 10]);
    assert_eq!(plan.edits[0].changes[0].from, "== 2.2");
    assert_eq!(plan.edits[0].changes[0].to, "== 2.2.28");
    assert!(plan.left.is_empty() && plan.commands.is_empty(), "{plan:#?}");
}

#[test]
fn twins_of_the_name_and_of_the_version_stay() {
    for text in [
        "django-filter==2.2\n",
        "django==2.2.1\n",
        "# django==2.2\n",
        "django==2.2.0.post1\n",
        "django==1!2.2\n",
        "mydjango==2.2\n",
        "django\n",
        "django>=3\n",
        "-e git+https://h/django.git#egg=other\n",
    ] {
        assert_eq!(fixed("requirements.txt", text, &django()), text);
        assert!(planned(&[("requirements.txt", text)], &django()).is_empty(), "{text}");
    }
    assert_eq!(fixed("requirements.txt", "Dj\u{61}ngo===2.2\n", &django()), "Django===2.2.28\n");
    assert_eq!(fixed("requirements.txt", "django==2.2.0\n", &django()), "django==2.2.28\n");
}

#[test]
fn a_range_is_raised_where_it_holds_the_mend_and_left_where_it_does_not() {
    let text = "django>=2.0,<3\n";
    assert_eq!(fixed("requirements.in", text, &django()), "django>=2.2.28,<3\n");
    for text in ["django<2.2.28\n", "django~=2.2.0,!=2.2.28\n", "django==2.2,<2.2.5\n"] {
        let plan = planned(&[("requirements.in", text)], &django());
        assert!(plan.edits.is_empty(), "{text}");
        assert_eq!(plan.left.len(), 1, "{text}");
        assert!(plan.left[0].why.starts_with("requirements.in:1: "), "{}", plan.left[0].why);
    }
}

#[test]
fn a_specifier_over_several_lines_is_left() {
    let plan = planned(&[("requirements.txt", "django>=2.0,\\\n  <3\n")], &django());
    assert!(plan.edits.is_empty());
    assert_eq!(plan.left.len(), 1);
}

#[test]
fn constraints_and_setup_cfg_are_edited_and_setup_py_is_left() {
    assert_eq!(fixed("constraints.txt", "django==2.2\n", &django()), "django==2.2.28\n");
    let cfg = "[options]\ninstall_requires =\n    flask\n    django==2.2 # x\n    # django==2.2\n[options.extras_require]\nd = django>=2\n";
    let expected = cfg
        .replace("    django==2.2 # x", "    django==2.2.28 # x")
        .replace("django>=2\n", "django>=2.2.28\n");
    assert_eq!(fixed("setup.cfg", cfg, &django()), expected);
    let setup = "from setuptools import setup\nsetup(name='x', install_requires=['django==2.2'])\n";
    let plan = planned(&[("setup.py", setup)], &django());
    assert!(plan.edits.is_empty() && plan.left[0].why.starts_with("setup.py:2: "), "{plan:?}");
}

#[test]
fn pyproject_keeps_quotes_comments_and_order() {
    let text = r#"# project
[project]
name = "x"
dependencies = [
  'Django[bcrypt]==2.2; python_version > "3.6"',  # why
  "flask >= 1.0",
]
optional-dependencies.s3 = ["django>=2.0, <3"]
description = "django==2.2"

[dependency-groups]
dev = [{include-group = "x"}, "django==2.2"]
x = []

[tool.other]
dependencies = ["django==2.2"]

[tool.uv]
constraint-dependencies = ["django==2.2"]
"#;
    let expected = text
        .replace("bcrypt]==2.2;", "bcrypt]==2.2.28;")
        .replace(">=2.0, <3", ">=2.2.28, <3")
        .replace("\"}, \"django==2.2\"", "\"}, \"django==2.2.28\"")
        .replace(
            "constraint-dependencies = [\"django==2.2\"",
            "constraint-dependencies = [\"django==2.2.28\"",
        );
    assert_eq!(fixed("pyproject.toml", text, &django()), expected);
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(fixed("pyproject.toml", &crlf, &django()), expected.replace('\n', "\r\n"));
}

#[test]
fn poetrys_tables_of_every_shape_are_edited() {
    let text = r#"[tool.poetry.dependencies]
python = "2.2"
Django = { extras = ["x"], version = "^2.2" } # c
flask="2.2"

[tool.poetry.group.test.dependencies]
django = [{version = "2.2", python = "<3.8"}, {version = "^3", python = ">=3.8"}]

[tool.poetry.group.docs.dependencies.django]
version = '>=2.0,<3'
optional = true

[tool.poetry.dev-dependencies]
django.version = "~2.2"
"#;
    let expected = text
        .replace("version = \"^2.2\" } # c", "version = \"^2.2.28\" } # c")
        .replace("{version = \"2.2\",", "{version = \"2.2.28\",")
        .replace(">=2.0,<3", ">=2.2.28,<3")
        .replace("\"~2.2\"", "\"~2.2.28\"");
    assert_eq!(fixed("pyproject.toml", text, &django()), expected);
    let git = "[tool.poetry.dependencies]\ndjango = { git = \"https://h/d.git\", tag = \"2.2\" }\n";
    assert_eq!(fixed("pyproject.toml", git, &django()), git);
    let escaped = "[project]\ndependencies = [\"django\\u003d=2.2\"]\n";
    let plan = planned(&[("pyproject.toml", escaped)], &django());
    assert!(plan.edits.is_empty() && plan.left.len() == 1, "{plan:?}");
}

#[test]
fn the_block_of_a_script_is_edited_and_its_code_is_not() {
    let text = "#!/usr/bin/env -S uv run\n\"\"\"é\"\"\"\n# /// script\r\n# dependencies = [\n#   \"django==2.2\",\n#\n# ]\n# ///\nx = 'django==2.2'\n# \"django==2.2\"\n";
    let expected = text.replacen("django==2.2", "django==2.2.28", 1);
    assert_eq!(fixed("run.py", text, &django()), expected);
}

#[test]
fn a_compiled_file_gets_its_own_command_and_its_source_an_edit() {
    let header = "#\n# This file is autogenerated by pip-compile with Python 3.11\n# by the following command:\n#\n#    pip-compile --generate-hashes --upgrade-package=django==2.1 --output-file=requirements.txt 'requirements.in'\n#\ndjango==2.2 \\\n    --hash=sha256:0000000000000000\n    # via -r requirements.in\n";
    let plan =
        planned(&[("api/requirements.txt", header), ("api/requirements.in", "django==2.2\n")], &django());
    assert_eq!(plan.edits.len(), 1);
    assert_eq!(&*plan.edits[0].path, "api/requirements.in");
    assert_eq!(plan.commands[0].directory, "api");
    assert_eq!(
        plan.commands[0].command,
        "pip-compile --upgrade-package django==2.2.28 --generate-hashes --output-file=requirements.txt requirements.in"
    );
    let uv = "# This file was autogenerated by uv via the following command:\n#    uv pip compile api/requirements.in $(reboot)\ndjango==2.2\n";
    let plan = planned(&[("api/requirements.txt", uv), ("api/requirements.in", "django\n")], &django());
    assert!(plan.edits.is_empty() && plan.left.is_empty(), "{plan:?}");
    assert_eq!(plan.commands[0].directory, ".");
    assert_eq!(
        plan.commands[0].command,
        "uv pip compile --upgrade-package django==2.2.28 api/requirements.in '$(reboot)' -o api/requirements.txt"
    );
}

#[test]
fn hashes_are_never_left_beside_another_version() {
    let text = "django==2.2 --hash=sha256:0000000000000000\nflask==1\n";
    let plan = planned(&[("requirements.txt", text)], &django());
    assert!(plan.edits.is_empty() && plan.commands.is_empty());
    assert!(plan.left[0].why.contains("hashes"), "{plan:?}");
    let plan = planned(&[("requirements.txt", text), ("requirements.in", "django\n")], &django());
    assert_eq!(
        plan.commands[0].command,
        "uv pip compile --upgrade-package django==2.2.28 --generate-hashes -o requirements.txt requirements.in"
    );
    let secret = "# autogenerated by uv:\n#    uv pip compile --index-url https://me:hunter22hunter@h/simple r.in\ndjango==2.2\n";
    let plan = planned(&[("requirements.txt", secret), ("r.in", "django\n")], &django());
    assert!(plan.commands.is_empty() && plan.left.len() == 1);
    assert!(!format!("{:?}{:?}", plan.commands, plan.left).contains("hunter22"));
}

/// A reading with packages of lock files, whose parsers are tested elsewhere.
fn locked(entries: &[(&str, FileKind, &str, &str)]) -> Reading {
    let component = |(path, kind, name, version): &(&str, FileKind, &str, &str)| {
        let at = tieout_model::Place::text(
            &(*path).into(),
            tieout_model::Position::START,
            tieout_model::Position::START,
        );
        Component { pin: Pin::Exact(version.parse().unwrap()), ..Component::new(name, *kind, at) }
    };
    Reading { components: entries.iter().map(component).collect(), ..Reading::default() }
}

#[test]
fn each_lock_file_gets_the_command_of_its_tool_in_its_folder() {
    let reading = locked(&[
        ("uv.lock", FileKind::UvLock, "django", "2.2"),
        ("uv.lock", FileKind::UvLock, "flask", "1.0"),
        ("uv.lock", FileKind::UvLock, "other", "1.0"),
        ("a b/poetry.lock", FileKind::PoetryLock, "django", "2.2"),
        ("p/Pipfile.lock", FileKind::PipfileLock, "django", "2.2"),
        ("p/Pipfile", FileKind::Pipfile, "django", "2.2"),
        ("d/pdm.lock", FileKind::PdmLock, "django", "2.2"),
        ("c/conda-lock.yml", FileKind::CondaLock, "django", "2.2"),
        ("y/pylock.toml", FileKind::Pylock, "django", "2.2"),
        ("new/uv.lock", FileKind::UvLock, "django", "2.2.28"),
    ]);
    let wants = [wanted("django", "2.2", "2.2.28"), wanted("flask", "1.0", "1!2.0")];
    let plan = plan(&reading, &wants, &Tree::default());
    let told: Vec<(&str, &str)> =
        plan.commands.iter().map(|one| (one.directory.as_str(), one.command.as_str())).collect();
    assert_eq!(
        told,
        [
            (".", "uv lock --upgrade-package django==2.2.28 --upgrade-package 'flask==1!2.0'"),
            ("a b", "poetry update django"),
            ("c", "conda-lock lock --lockfile conda-lock.yml --update django"),
            ("d", "pdm update django"),
            ("p", "pipenv upgrade django==2.2.28"),
        ]
    );
    assert_eq!(plan.left.len(), 1);
    assert!(plan.left[0].why.starts_with("y/pylock.toml"));
}

#[test]
fn where_the_manifest_does_not_let_the_mend_in_no_command_is_given() {
    let tree = Tree::of_texts([("pyproject.toml", "[project]\ndependencies = [\"django<2.2.5\"]\n")]);
    let mut reading = read(&tree);
    reading.absorb(locked(&[("uv.lock", FileKind::UvLock, "django", "2.2")]));
    let plan = plan(&reading, &django(), &tree);
    assert!(plan.edits.is_empty() && plan.commands.is_empty(), "{plan:?}");
    assert_eq!(plan.left.len(), 1);
}

#[test]
fn what_is_wanted_in_words_that_are_no_version_is_left() {
    let plan = planned(&[("requirements.txt", "a==1\n")], &[wanted("a", "1", "soon")]);
    assert_eq!(plan.left.len(), 1);
    let url = "django @ https://h/django-2.2.tar.gz\n";
    let plan = planned(&[("requirements.txt", url)], &django());
    assert!(plan.edits.is_empty() && plan.left[0].why.contains("URL"), "{plan:?}");
}

#[test]
fn a_diff_shows_the_change_and_no_credentials() {
    let text = "--index-url https://me:hunter22hunter@h/simple\na==1\ndjango==2.2\nb\nc\nd\ne\nf";
    let plan = planned(&[("requirements.txt", text)], &django());
    let shown = diff(&plan);
    assert!(
        shown.starts_with(
            "--- a/requirements.txt\n+++ b/requirements.txt\n@@ -1,6 +1,6 @@\n --index-url https://"
        ),
        "{shown}"
    );
    assert!(!shown.contains("hunter22"), "{shown}");
    assert!(shown.ends_with(" a==1\n-django==2.2\n+django==2.2.28\n b\n c\n d\n"), "{shown}");
    let last = diff(&planned(&[("requirements.txt", "django==2.2")], &django()));
    assert!(
        last.ends_with(
            "-django==2.2\n\\ No newline at end of file\n+django==2.2.28\n\\ No newline at end of file\n"
        ),
        "{last}"
    );
    assert_eq!(diff(&Plan::default()), "");
}

fn on_disk(root: &Path) -> Plan {
    let (tree, _) = crate::inputs::discover(root, &tieout_source::Exclude::default()).unwrap();
    plan(&read(&tree), &django(), &tree)
}

#[test]
fn applying_writes_the_file_with_its_mode_and_a_second_plan_is_empty() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("requirements.txt");
    std::fs::write(&file, "\u{feff}django==2.2\r\n").unwrap();
    #[cfg(unix)]
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    assert_eq!(apply(&on_disk(root.path()), root.path()).unwrap(), ["requirements.txt"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "\u{feff}django==2.2.28\r\n");
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions()) & 0o777,
        0o640
    );
    assert!(on_disk(root.path()).is_empty());
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
}

#[test]
fn nothing_is_written_through_a_link_outside_the_root_or_over_a_later_change() {
    let root = tempfile::tempdir().unwrap();
    let file = root.path().join("requirements.txt");
    std::fs::write(&file, "django==2.2\n").unwrap();
    let plan = on_disk(root.path());
    std::fs::write(&file, "django==2.2\nnew\n").unwrap();
    assert!(matches!(apply(&plan, root.path()), Err(ApplyError::Changed { .. })));
    for path in ["../requirements.txt", "/etc/passwd", ""] {
        let mut plan = plan.clone();
        plan.edits[0].path = path.into();
        assert!(matches!(apply(&plan, root.path()), Err(ApplyError::Outside { .. })), "{path}");
    }
    #[cfg(unix)]
    {
        let elsewhere = tempfile::tempdir().unwrap();
        let target = elsewhere.path().join("requirements.txt");
        std::fs::write(&target, "django==2.2\n").unwrap();
        std::fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink(&target, &file).unwrap();
        assert!(matches!(apply(&plan, root.path()), Err(ApplyError::Link { .. })));
        std::os::unix::fs::symlink(elsewhere.path(), root.path().join("sub")).unwrap();
        let mut plan = plan.clone();
        plan.edits[0].path = "sub/requirements.txt".into();
        assert!(matches!(apply(&plan, root.path()), Err(ApplyError::Link { .. })));
        assert_eq!(std::fs::read_to_string(&target).unwrap(), "django==2.2\n");
    }
}

/// Every edit keeps all lines that it does not list, what it lists parses with the new version, and nothing is left to do.
fn check(path: &str, text: &str) -> Result<(), TestCaseError> {
    let plan = planned(&[(path, text)], &django());
    for edit in &plan.edits {
        let listed: Vec<usize> = edit.changes.iter().map(|change| change.line as usize).collect();
        let (old, new): (Vec<&str>, Vec<&str>) =
            (text.split('\n').collect(), edit.new_text.split('\n').collect());
        prop_assert_eq!(old.len(), new.len());
        for (at, (old, new)) in old.iter().zip(&new).enumerate() {
            prop_assert_eq!(old != new, listed.contains(&(at + 1)), "line {}", at + 1);
        }
        let again = planned(&[(path, &edit.new_text)], &django());
        prop_assert!(again.edits.is_empty(), "{:?}", again.edits);
        let tree = Tree::of_texts([(path, text)]);
        let (before, after) = (read(&tree), read(&Tree::of_texts([(path, &*edit.new_text)])));
        prop_assert_eq!(before.components.len(), after.components.len());
        prop_assert_eq!(before.unaudited.len(), after.unaudited.len());
        let mut changed = 0;
        for (before, after) in before.components.iter().zip(&after.components) {
            prop_assert_eq!(&before.name, &after.name);
            prop_assert_eq!(before.marker.as_ref().map(|m| &m.text), after.marker.as_ref().map(|m| &m.text));
            if before.pin != after.pin {
                prop_assert_eq!(before.name.as_str(), "django");
                changed += 1;
            }
        }
        prop_assert!(changed > 0);
    }
    Ok(())
}

proptest! {
    #[test]
    fn edits_of_lists_change_what_they_list_and_no_more(
        entries in prop::collection::vec("( |\t)?(django|Django|DJANGO\\[x\\]|flask|django-x)( ?(==|>=|~=|<|===|!=) ?(2|2.2|2.2.0|2.2.28|3)(, ?<4)?)?( ?; ?python_version<'3')?( +# \\PC{0,6}| --hash=sha256:00000000)?(\\\\)?", 0..8),
        end in "(\n|\r\n)",
        path in "(requirements.txt|constraints.txt)",
    ) {
        check(&path, &entries.join(&end))?;
        let listed: Vec<String> = entries.iter().map(|entry| format!("    {}", entry.trim())).collect();
        check("setup.cfg", &format!("[options]{end}install_requires ={end}{}", listed.join(&end)))?;
    }

    #[test]
    fn edits_of_tables_change_what_they_list_and_no_more(
        entries in prop::collection::vec("(django|Django|flask|django\\[x\\])( ?(==|>=|~=|<|!=) ?(2|2.2|2.2.28|3)(, ?<4)?)?( ?; ?python_version<\\\\u00273\\\\u0027)?", 0..6),
        versions in prop::collection::vec("(\\^|~|==|>=|)(2|2.2|2.2.28|2.\\*)", 0..3),
        end in "(\n|\r\n)",
    ) {
        let list: Vec<String> = entries.iter().map(|entry| format!("  \"{entry}\", # x{end}")).collect();
        let tables: Vec<String> = versions.iter().enumerate().map(|(at, version)| format!("[tool.poetry.group.g{at}.dependencies]{end}django = {{ version = '{version}' }}{end}")).collect();
        check("pyproject.toml", &format!("[project]{end}dependencies = [{end}{}]{end}{}", list.concat(), tables.concat()))?;
        let block: Vec<String> = entries.iter().map(|entry| format!("#  \"{entry}\",{end}")).collect();
        check("run.py", &format!("# /// script{end}# dependencies = [{end}{}# ]{end}# ///{end}", block.concat()))?;
    }

    #[test]
    fn no_text_panics(text in "(django|==2.2|>=|<|\\[|\\]|\"|'|\n|\r|\\\\|#| |,|\\PC){0,40}") {
        for path in ["requirements.txt", "setup.cfg", "pyproject.toml", "run.py"] {
            check(path, &text)?;
            check(path, &format!("[project]\ndependencies = [\"django==2.2\", {text}]\n"))?;
            check(path, &format!("# /// script\n# dependencies = [\"django==2.2\", {text}]\n# ///\n"))?;
        }
    }
}

#[test]
fn a_project_with_a_lock_file_gets_edit_and_command_and_then_the_command_alone() {
    let lock = "version = 1\nrequires-python = \">=3.8\"\n\n[[package]]\nname = \"django\"\nversion = \"2.2\"\nsource = { registry = \"https://pypi.org/simple\" }\n";
    let manifest = "[project]\nname = \"x\"\nversion = \"1\"\ndependencies = [\"django>=2\"]\n";
    let first = planned(&[("api/pyproject.toml", manifest), ("api/uv.lock", lock)], &django());
    assert_eq!(first.edits[0].new_text, manifest.replace(">=2\"", ">=2.2.28\""));
    assert_eq!(first.commands[0].command, "uv lock --upgrade-package django==2.2.28");
    assert_eq!((first.commands[0].directory.as_str(), first.left.len()), ("api", 0));
    let files = [("api/pyproject.toml", first.edits[0].new_text.as_str()), ("api/uv.lock", lock)];
    let second = planned(&files, &django());
    assert!(second.edits.is_empty() && second.commands == first.commands, "{second:?}");
}
