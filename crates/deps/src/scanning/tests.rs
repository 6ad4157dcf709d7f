//! Tests of the look for scanners: what counts, and the twins that do not.

use super::*;
use proptest::prelude::*;

fn told(files: &[(&str, &str)]) -> Vec<String> {
    match scanner_in_ci(&Tree::of_texts(files.iter().copied())) {
        Scanning::Found(found) => found
            .iter()
            .map(|one| {
                let gates = if one.gates { "" } else { " lenient" };
                format!("{}:{} {} {:?}{gates}", one.file, one.line, one.tool, one.place)
            })
            .collect(),
        Scanning::None { looked_at } => vec![format!("none of {}", looked_at.len())],
        Scanning::NoCi => vec!["no ci".to_owned()],
    }
}

/// A workflow with one step.
fn workflow(step: &str) -> Vec<String> {
    let text = format!("on: [push]\njobs:\n  a:\n    runs-on: x\n    steps:\n      - {step}\n");
    told(&[(".github/workflows/ci.yml", &text)])
}

const W: &str = ".github/workflows/ci.yml";

#[test]
fn commands_that_scan_count() {
    for (run, tool) in [
        ("pip-audit", "pip-audit"),
        ("pip-audit -r requirements.txt", "pip-audit"),
        ("python -m pip_audit", "pip-audit"),
        ("python3.12 -m pip_audit --strict", "pip-audit"),
        ("uv run --frozen pip-audit", "pip-audit"),
        ("uvx pip-audit", "pip-audit"),
        ("uvx --from pip-audit==2.7 pip-audit", "pip-audit"),
        ("poetry run safety check", "safety"),
        ("pip install safety && safety scan --full-report", "safety"),
        ("uv audit", "uv audit"),
        ("pipenv check", "pipenv check"),
        ("osv-scanner scan -r .", "osv-scanner"),
        ("FOO=1 sudo ./bin/osv-scanner .", "osv-scanner"),
        ("trivy fs --exit-code 1 .", "trivy"),
        ("docker run --rm -v x:/y ghcr.io/google/osv-scanner:v1 -r /y", "osv-scanner"),
        ("grype dir:. --fail-on high", "grype"),
        ("snyk test --all-projects", "snyk"),
        ("tieout audit .", "tieout"),
        ("if ! pip-audit; then exit 1; fi", "pip-audit"),
    ] {
        assert_eq!(workflow(&format!("run: '{run}'")), [format!("{W}:6 {tool} Pipeline")], "{run}");
    }
}

#[test]
fn what_only_looks_like_a_scan_does_not_count() {
    for step in [
        "run: echo pip-audit",
        "run: pip install pip-audit",
        "run: uv add --dev safety",
        "run: pip-audit --version",
        "run: which pip-audit",
        "run: \"# pip-audit\"",
        "run: trivy config .",
        "run: snyk iac test",
        "run: snyk auth x",
        "run: safety --version",
        "run: bandit -r src",
        "run: npm audit",
        "run: cat pip-audit",
        "run: grype db update",
        "run: git commit -m 'run pip-audit; pip-audit is good'",
        "name: pip-audit",
        "{name: x, if: false, run: pip-audit}",
        "{name: x, if: '${{ false }}', run: pip-audit}",
        "uses: snyk/actions/setup@v1",
        "{uses: aquasecurity/trivy-action@v1, with: {scan-type: config}}",
        "uses: github/codeql-action/analyze@v3",
    ] {
        assert_eq!(workflow(step), ["none of 1"], "{step}");
    }
    let commented = "on: push\njobs:\n  a:\n    steps:\n      # - run: pip-audit\n      - run: |\n          # pip-audit\n          true\n";
    assert_eq!(told(&[(W, commented)]), ["none of 1"]);
    let needs = "on: push\njobs:\n  pip-audit:\n    if: false\n    steps: [{run: pip-audit}]\n  b:\n    needs: [pip-audit]\n    steps: [{run: ls}]\n";
    assert_eq!(told(&[(W, needs)]), ["none of 1"]);
}

#[test]
fn a_scan_whose_finding_stops_nothing_is_said_to_be_lenient() {
    for step in [
        "run: pip-audit || true",
        "run: pip-audit || echo found",
        "run: pip-audit || exit 0",
        "run: pip-audit | tee report.txt",
        "{continue-on-error: true, run: pip-audit}",
    ] {
        assert_eq!(workflow(step), [format!("{W}:6 pip-audit Pipeline lenient")], "{step}");
    }
    for step in
        ["run: pip-audit || exit 1", "run: set -o pipefail; pip-audit | tee x", "run: pip-audit && echo ok"]
    {
        assert_eq!(workflow(step), [format!("{W}:6 pip-audit Pipeline")], "{step}");
    }
    assert_eq!(workflow("run: trivy image x"), [format!("{W}:6 trivy Pipeline lenient")]);
    let job = "on: push\njobs:\n  a:\n    continue-on-error: true\n    steps: [{run: pip-audit}]\n";
    assert_eq!(told(&[(W, job)]), [format!("{W}:5 pip-audit Pipeline lenient")]);
}

#[test]
fn actions_that_scan_count() {
    for (step, tool) in [
        ("uses: pypa/gh-action-pip-audit@v1.0.8", "pip-audit Pipeline"),
        ("uses: actions/dependency-review-action@v4", "dependency-review Pipeline"),
        ("uses: google/osv-scanner-action/osv-scanner-action@v1", "osv-scanner Pipeline"),
        ("uses: snyk/actions/python@master", "snyk Pipeline"),
        ("uses: aquasecurity/trivy-action@0.20.0", "trivy Pipeline lenient"),
        ("{uses: aquasecurity/trivy-action@0.20.0, with: {exit-code: '1', scan-type: fs}}", "trivy Pipeline"),
        ("uses: anchore/scan-action@v3", "grype Pipeline"),
    ] {
        assert_eq!(workflow(step), [format!("{W}:6 {tool}")], "{step}");
    }
    let reusable = "on: push\njobs:\n  s:\n    uses: google/osv-scanner-action/.github/workflows/osv-scanner-reusable.yml@v1\n";
    assert_eq!(told(&[(W, reusable)]), [format!("{W}:4 osv-scanner Pipeline")]);
}

#[test]
fn a_workflow_says_when_it_runs_and_one_started_by_hand_is_not_regular() {
    let text = "on:\n  schedule: [{cron: x}]\n  push:\njobs:\n  a:\n    steps:\n      - run: |\n          pip install pip-audit\n          pip-audit\n";
    let Scanning::Found(found) = scanner_in_ci(&Tree::of_texts([(W, text)])) else { panic!("none") };
    assert_eq!((found[0].when.as_str(), found[0].line, found[0].is_regular()), ("schedule, push", 9, true));
    let by_hand = "on: workflow_dispatch\njobs: {a: {steps: [{run: pip-audit}]}}\n";
    assert_eq!(told(&[(W, by_hand)]), [format!("{W}:2 pip-audit ByHand")]);
}

#[test]
fn the_other_platforms_pipelines_are_read() {
    let gitlab = "include:\n  - template: Jobs/Dependency-Scanning.gitlab-ci.yml\n";
    assert_eq!(
        told(&[(".gitlab-ci.yml", gitlab)]),
        [".gitlab-ci.yml:2 GitLab dependency scanning Pipeline lenient"]
    );
    let off = format!("{gitlab}variables:\n  DEPENDENCY_SCANNING_DISABLED: 'true'\n");
    assert_eq!(told(&[(".gitlab-ci.yml", &off)]), ["none of 1"]);
    let sast = "include:\n  - template: Security/SAST.gitlab-ci.yml\n";
    assert_eq!(told(&[(".gitlab-ci.yml", sast)]), ["none of 1"]);
    let jobs = ".hidden:\n  script: [pip-audit]\n.used:\n  script: [safety check]\na:\n  extends: .used\nb:\n  when: manual\n  script: uv audit\nc:\n  rules: [{when: never}]\n  script: grype .\nd:\n  allow_failure: true\n  script:\n    - osv-scanner .\n";
    let expected = [
        ".gitlab-ci.yml:4 safety Pipeline",
        ".gitlab-ci.yml:16 osv-scanner Pipeline lenient",
        ".gitlab-ci.yml:9 uv audit ByHand",
    ];
    let mut told_now = told(&[(".gitlab-ci.yml", jobs)]);
    told_now.sort();
    let mut expected = expected.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(told_now, expected);
    let spec = "version: 0.2\nphases:\n  build:\n    commands:\n      - pip install pip-audit\n      - pip-audit -r r.txt\n";
    assert_eq!(told(&[("api/buildspec.yml", spec)]), ["api/buildspec.yml:6 pip-audit Pipeline"]);
    let bitbucket = "pipelines:\n  default:\n    - step:\n        script:\n          - pip-audit\n          - pipe: snyk/snyk-scan:1.0.0\n";
    assert_eq!(told(&[("bitbucket-pipelines.yml", bitbucket)]).len(), 2);
    let circle = "jobs:\n  a:\n    steps:\n      - checkout\n      - run: pip-audit\n      - run: {name: x, command: safety check}\n      - snyk/scan\n";
    assert_eq!(told(&[(".circleci/config.yml", circle)]).len(), 3);
    let azure = "steps:\n- script: pip-audit\n  displayName: uv audit\n- task: SnykSecurityScan@1\n";
    assert_eq!(told(&[("azure-pipelines.yml", azure)]).len(), 2);
    let jenkins = "pipeline {\n  // sh 'safety check'\n  /* sh 'uv audit' */\n  steps {\n    echo 'pip-audit'\n    sh 'pip-audit'\n    sh(script: \"grype . --fail-on high\")\n    sh '''\n      osv-scanner .\n    '''\n  }\n}\n";
    let expected = [
        "Jenkinsfile:6 pip-audit Pipeline",
        "Jenkinsfile:7 grype Pipeline",
        "Jenkinsfile:8 osv-scanner Pipeline",
    ];
    let mut now = told(&[("Jenkinsfile", jenkins)]);
    now.sort();
    assert_eq!(now, expected);
}

#[test]
fn dependabot_and_renovate_count_for_python_only() {
    let with = |ecosystem: &str| {
        let text = format!(
            "version: 2\nupdates:\n  - package-ecosystem: {ecosystem}\n    directory: /\n    schedule: {{interval: weekly}}\n"
        );
        told(&[(".github/dependabot.yml", &text)])
    };
    for ecosystem in ["pip", "uv"] {
        assert_eq!(with(ecosystem), [".github/dependabot.yml:3 Dependabot Updates lenient"]);
    }
    assert_eq!(with("github-actions"), ["none of 1"]);
    for (text, expected) in [
        ("{\"extends\": [\"config:recommended\"]}", "renovate.json:1 Renovate Updates lenient"),
        ("{\"enabled\": false}", "none of 1"),
        ("{\"enabledManagers\": [\"npm\"]}", "none of 1"),
        ("{\"enabledManagers\": [\"npm\", \"poetry\"]}", "renovate.json:1 Renovate Updates lenient"),
    ] {
        assert_eq!(told(&[("renovate.json", text)]), [expected], "{text}");
    }
    assert_eq!(
        told(&[("template/.github/dependabot.yml", "updates: [{package-ecosystem: pip}]")]),
        ["no ci"]
    );
}

#[test]
fn what_a_pipeline_calls_runs_with_it_and_the_rest_is_run_by_hand() {
    let make = "test: lint\n\tpytest\nlint:\n\truff check\nci: test audit ## all\naudit: venv\n\t@pip-audit\nold:\n\t-safety check\n# x:\n#\tuv audit\n";
    let ci = |run: &str| format!("on: push\njobs: {{a: {{steps: [{{run: '{run}'}}]}}}}\n");
    let audit = |run: &str| told(&[("Makefile", make), (W, &ci(run))]);
    let by_hand = "Makefile:7 pip-audit ByHand";
    let old = "Makefile:9 safety ByHand lenient";
    assert_eq!(told(&[("Makefile", make)]), [by_hand, old]);
    assert_eq!(audit("make"), [by_hand, old]);
    assert_eq!(audit("make test"), [by_hand, old]);
    assert_eq!(audit("make -j2 ci"), ["Makefile:7 pip-audit CalledByPipeline", old]);
    assert_eq!(audit("make audit"), ["Makefile:7 pip-audit CalledByPipeline", old]);

    let tox = "[tox]\nenvlist = py39,audit\n[testenv]\ncommands = pytest\n[testenv:audit]\ndeps = pip-audit\ncommands =\n    # safety check\n    - pip-audit\n";
    let with = |run: &str| told(&[("tox.ini", tox), (W, &ci(run))]);
    assert_eq!(with("ls"), ["tox.ini:9 pip-audit ByHand lenient"]);
    assert_eq!(with("tox -e py39"), ["tox.ini:9 pip-audit ByHand lenient"]);
    assert_eq!(with("python -m tox -e py39,audit"), ["tox.ini:9 pip-audit CalledByPipeline lenient"]);
    assert_eq!(with("tox"), ["tox.ini:9 pip-audit CalledByPipeline lenient"]);

    let nox = "import nox\n@nox.session\ndef audit(session):\n    session.install(\"pip-audit\")\n    # session.run(\"safety\", \"check\")\n    session.run(\n        \"pip-audit\", \"-r\", \"r.txt\"\n    )\n";
    assert_eq!(told(&[("noxfile.py", nox)]), ["noxfile.py:6 pip-audit ByHand"]);
    assert_eq!(
        told(&[("noxfile.py", nox), (W, &ci("nox -s audit"))]),
        ["noxfile.py:6 pip-audit CalledByPipeline"]
    );

    let hooks = "repos:\n  - repo: https://github.com/pypa/pip-audit\n    rev: v2\n    hooks:\n      - id: pip-audit\n  - repo: local\n    hooks:\n      - id: a\n        entry: uv audit\n        stages: [manual]\n      - id: b\n        entry: ruff\n";
    let file = ".pre-commit-config.yaml";
    assert_eq!(told(&[(file, hooks)]).len(), 2);
    let called = told(&[(file, hooks), (W, &ci("pre-commit run --all-files"))]);
    assert_eq!(called, [format!("{file}:5 pip-audit CalledByPipeline"), format!("{file}:8 uv audit ByHand")]);

    let just = "audit:\n    uv audit\n";
    assert_eq!(told(&[("justfile", just), (W, &ci("just audit"))]), ["justfile:2 uv audit CalledByPipeline"]);
}

#[test]
fn a_project_without_any_pipeline_is_told_apart_from_one_that_does_not_scan() {
    assert_eq!(told(&[("app.py", "pip-audit")]), ["no ci"]);
    assert_eq!(
        told(&[(W, "on: push\njobs: {a: {steps: [{run: pytest}]}}"), ("tox.ini", "[tox]\n")]),
        ["none of 2"]
    );
}

proptest! {
    #[test]
    fn no_text_panics(text in "(on|jobs|steps|run|:| |\n|- |\\[|\\]|'|\"|pip-audit|sh |\\|\\||#|\t|session.run\\(|\\)|\\PC){0,60}") {
        let names = [
            W, ".gitlab-ci.yml", "buildspec.yml", "Jenkinsfile", "tox.ini", "noxfile.py", "Makefile", "justfile",
            ".pre-commit-config.yaml", ".github/dependabot.yml", "renovate.json", ".circleci/config.yml",
        ];
        let _ = scanner_in_ci(&Tree::of_texts(names.map(|name| (name, &*text))));
    }
}
