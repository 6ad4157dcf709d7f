//! Tests of `dockerfile.rs`.

use crate::inputs::read;
use crate::{Component, Group, Pin, Reading, Tree};
use proptest::prelude::*;

fn one(text: &str) -> Reading {
    read(&Tree::of_texts([("Dockerfile", text)]))
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

fn told(reading: &Reading) -> Vec<String> {
    reading.components.iter().map(shown).collect()
}

fn runtimes(text: &str) -> Vec<String> {
    let shown = one(text);
    shown
        .runtimes
        .iter()
        .map(|one| format!("{} {}", one.product.as_str(), one.release.clone().unwrap_or_else(|_| "?".into())))
        .collect()
}

const FILE: &str = r#"# syntax=docker/dockerfile:1
ARG PY=3.8
ARG OPEN
FROM --platform=$BUILDPLATFORM python:${PY}.10-slim-buster AS build
ARG DJANGO=2.2
ENV FLASK_VERSION=1.0 OTHER="a b"
RUN --mount=type=cache,target=/root/.cache set -ex \
    # a comment
    && pip install --no-cache-dir "django==$DJANGO" \
        'flask>=1,<2' flask==${FLASK_VERSION} \
    && python3 -m pip install -U requests==2.0; /venv/bin/pip3 install "jinja2[x]" 2>&1 | tee log
RUN ["pip", "install", "exec==1"]
RUN sh -c "pip install inner==1 && true"
RUN <<EOF
uv pip install --system doc==1 \
  second==2
pipx install tool
EOF
RUN poetry add pendulum@^2.0 "lib>=1" --group dev
RUN pip install open==${NOTHING} ok==1
RUN echo "pip install nothing" && apt-get install -y python3-pip
RUN python <<PY
pip install nothing
PY
FROM build AS test
FROM public.ecr.aws/lambda/python:3.9
COPY --from=build /venv /venv
FROM ${OPEN}
"#;

#[test]
fn commands_that_install_are_read_with_their_lines() {
    let reading = one(FILE);
    let expected = [
        "9:django==2.2",
        "10:flask>=1,<2",
        "10:flask==1.0",
        "11:requests==2.0",
        "11:jinja2",
        "12:exec==1",
        "13:inner==1",
        "15:doc==1",
        "16:second==2",
        "17:tool",
        "19:pendulum>=2.0,<3.0",
        "19:lib>=1",
        "20:ok==1",
    ];
    assert_eq!(told(&reading), expected);
    let odd: Vec<&str> = reading.unaudited.iter().map(|unaudited| &*unaudited.what).collect();
    assert_eq!(odd, ["open==${NOTHING}"]);
}

#[test]
fn each_image_that_a_stage_starts_from_declares_its_runtimes() {
    assert_eq!(runtimes(FILE), ["python 3.8", "debian 10", "aws-lambda python3.9", "python ?"]);
    assert_eq!(one(FILE).runtimes[0].exact.as_deref(), Some("3.8.10"));
    assert_eq!(runtimes("ARG V\nFROM python:$V\n"), ["python ?"]);
    assert_eq!(
        runtimes("ARG V=3.7\nFROM python:$V-slim as A\nFROM a\nFROM amazonlinux:2\n"),
        ["python 3.7", "amazon-linux 2"]
    );
    assert_eq!(runtimes("from python:${V:-3.9}\n"), ["python 3.9"]);
    assert!(runtimes("FROM nginx\n").is_empty());
}

#[test]
fn an_image_of_which_nothing_is_known_is_told_where_packages_are_installed() {
    assert_eq!(one("FROM corp/base:1\nRUN pip install a\n").unaudited[0].what, "corp/base:1");
    assert!(one("FROM corp/base:1\nRUN make\n").unaudited.is_empty());
}

#[test]
fn requirements_files_are_found_in_the_project_and_read_once() {
    let tree = Tree::of_texts([
        (
            "docker/Dockerfile",
            "FROM python:3.9\nCOPY deploy/reqs.list /tmp/\nWORKDIR /app\nRUN pip install -r /tmp/reqs.list -c /tmp/gone.txt -r requirements.txt\n",
        ),
        ("deploy/reqs.list", "a==1\n"),
        ("requirements.txt", "b==2\n"),
    ]);
    let reading = read(&tree);
    assert_eq!(told(&reading), ["1:a==1", "1:b==2"]);
    assert_eq!(reading.unaudited[0].what, "/tmp/gone.txt");
    let constrained = read(&Tree::of_texts([
        ("Dockerfile", "FROM python:3.9\nRUN pip install -r requirements.txt -c constraints.txt\n"),
        ("requirements.txt", "b\n"),
        ("constraints.txt", "b==2\n"),
    ]));
    assert_eq!(told(&constrained), ["1:b==2", "1:b==2"]);
}

#[test]
fn indexes_of_commands_and_of_the_environment_are_read() {
    let reading = one(
        "FROM python:3.9\nENV PIP_EXTRA_INDEX_URL=https://bob:hunter22@h/simple\nRUN PIP_TRUSTED_HOST=h pip install -i http://h/simple --extra-index-url=https://x a\n",
    );
    assert_eq!(reading.indexes.len(), 4);
    assert!(reading.indexes[0].credentials.is_some());
    assert!(!format!("{reading:?}").contains("hunter22"));
}

#[test]
fn the_project_itself_and_wheels_that_were_built_are_no_gap() {
    let tree = Tree::of_texts([
        ("Dockerfile", "FROM python:3.9\nRUN pip install . && pip install -e .[dev]\n"),
        ("pyproject.toml", ""),
    ]);
    assert!(read(&tree).unaudited.is_empty());
    let wheels = "FROM python:3.9\nRUN pip wheel -w /wheels a==1\nRUN pip install /wheels/*\n";
    assert!(one(wheels).unaudited.is_empty());
    assert_eq!(one("FROM python:3.9\nRUN pip install /wheels/*\n").unaudited.len(), 1);
    let dev = read(&Tree::of_texts([("Dockerfile.dev", "FROM python:3.9\nRUN pip install a\n")]));
    assert_eq!(dev.components[0].group, Group::Dev);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn mutated_files_never_panic(
        at in 0usize..1400,
        with in "([\\\\&|;<>\"'$\\{\\}\n a-z]{0,5}|\\PC{0,3})",
        cut in 0usize..30,
    ) {
        let from = at % FILE.len();
        let to = (from + cut).min(FILE.len());
        let text = format!("{}{with}{}", &FILE[..from], &FILE[to..]);
        let _ = one(&text);
    }

    #[test]
    fn no_text_panics(
        text in "((FROM|RUN|ARG|ENV|COPY|pip install|<<EOF|\\\\\n|\n| |\\$|\\{|python:3|a==1|\"|')|\\PC){0,30}",
    ) {
        let _ = one(&text);
    }
}
