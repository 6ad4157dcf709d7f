"""The sixteen projects of `deps_projects.py`: what each file of a format holds, and what is true of it."""

import hashlib
import io
import json
import zipfile

from deps_truth import normal, parsed
from packaging.version import Version

# Packages that backends use and that records are about, and others that records are about in odd ways.
COMMON = """django flask werkzeug jinja2 pyyaml requests urllib3 pillow cryptography pyjwt lxml aiohttp sqlalchemy paramiko
twisted waitress numpy bleach bottle feedparser gitpython ipython notebook celery certifi ecdsa flask-cors flask-security
gunicorn httplib2 markdown2 mistune nltk oauthlib pip py pygments pymongo pymysql pysaml2 python-multipart redis rsa
sanic setuptools starlette tornado tqdm ujson uvicorn wheel wagtail apache-airflow fastapi gradio httpx mlflow protobuf
django-filter djangorestframework flask-caching jupyter-server langchain keyring kubernetes loguru onnx pyspark scrapy
streamlit tensorflow tensorflow-cpu torch transformers waitress zope ansible matrix-synapse salt selenium""".split()

# When Python's releases ended (devguide.python.org) and Lambda deprecated theirs (docs.aws.amazon.com/lambda).
PYTHON_ENDS = {
    "2.7": "2020-01-01",
    "3.6": "2021-12-23",
    "3.7": "2023-06-27",
    "3.8": "2024-10-07",
    "3.9": "2025-10-31",
}
LAMBDA_ENDS = {"python3.6": "2022-07-18", "python3.7": "2023-12-04", "python3.8": "2024-10-14", "python3.9": "2025-12-15"}


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


class Project:
    """The files of one project and the truth about them."""

    def __init__(self, osv, rng, folder):
        self.osv, self.rng, self.folder = osv, rng, folder
        self.hits, self.gaps, self.runtimes = {}, [], []
        self.pool = [name for name in dict.fromkeys(COMMON) if osv.listed(name)]
        others = [name for name in sorted(osv.by_name) if osv.listed(name) and name not in self.pool]
        self.pool += rng.sample(others, 60)
        rng.shuffle(self.pool)

    def write(self, path, text, encoding="utf-8"):
        full = self.folder / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))

    def package(self):
        """A package that this project does not have yet, and a version of it near a border."""
        name = self.pool.pop()
        return name, self.version(name)

    def packages(self, count):
        return [self.package() for _ in range(count)]

    def version(self, name, odd=True):
        listed, borders = self.osv.listed(name), self.osv.borders(name)
        rng = self.rng
        kind = rng.randrange(10)
        if kind < 5 or not borders:
            chosen = rng.choice(listed)
        elif kind < 8 or not odd:
            chosen = rng.choice(borders)
        else:
            border = Version(rng.choice(borders)).base_version
            chosen = rng.choice([border + "rc1", border + ".dev3", border + ".post1", border + "+local.1", "1!" + border])
            chosen = border if "!" in border else chosen
        return str(Version(chosen))

    def known(self, file, name, version):
        """The file says that this version is there: its flaws are hits."""
        advisories = sorted(sorted(ids) for ids in self.osv.hits(name, version))
        if advisories:
            self.hits[file, normal(name), str(Version(version))] = advisories

    def all_known(self, file, packages):
        for name, version in packages:
            self.known(file, name, version)

    def gap(self, file, has):
        """An entry that nobody can audit; `has` stands in what is said of it."""
        self.gaps.append({"file": file, "has": has})

    def runtime(self, file, name, version):
        ends = (LAMBDA_ENDS if name == "aws-lambda" else PYTHON_ENDS).get(version)
        self.runtimes.append({"file": file, "name": name, "version": version, "ends": ends, "ended": ends is not None})

    def spelt(self, name):
        """The name as somebody else writes it."""
        rng = self.rng
        text = "".join(rng.choice("-_.") if char in "-_." else char for char in name)
        return rng.choice([text, text.upper(), text.title(), text])

    def truth(self):
        hits = [
            {"file": file, "name": name, "version": version, "advisories": advisories}
            for (file, name, version), advisories in sorted(self.hits.items())
        ]
        return {"hits": hits, "unaudited": self.gaps, "runtimes": self.runtimes}


def pinned(p, file, count, operator="=="):
    """Lines `name==version`, true in `file`."""
    lines = []
    for name, version in p.packages(count):
        lines.append(f"{p.spelt(name)}{operator}{version}")
        p.known(file, name, version)
    return lines


def requirements_mixed(p):
    base, main, constraints = "requirements/base.txt", "requirements.txt", "constraints.txt"
    p.write(base, "# what every service needs\n" + "\n".join(pinned(p, base, 5)) + "\n")
    limited, limited_version = p.package()
    wide = p.package()[0]
    p.write(constraints, f"{limited}=={limited_version}\nnot-installed==1.0\n{p.package()[0]}==0.0.1\n")
    p.known(main, limited, limited_version)
    p.gap(main, wide)
    (a, av), (b, bv), (c, cv), (d, dv), (e, ev), (f, fv), (g, gv) = p.packages(7)
    for name, version in [(a, av), (b, bv), (c, cv), (e, ev)]:
        p.known(main, name, version)
    wild = p.package()[0]
    p.gap(main, wild)
    url, url_version = p.package()
    p.known(main, url, str(Version(url_version).public))
    odd = p.package()[0]
    p.gap(main, odd)
    for has in ["internal-lib", "vcs-lib", "missing.txt"]:
        p.gap(main, has)
    lines = [
        "--index-url https://pypi.org/simple",
        "-r requirements/base.txt",
        "-r missing.txt",
        "-c constraints.txt",
        f"{limited}>=0",
        f"{wide} >= 0.1, != 0.3  # a range",
        f"{a.upper()} == {av} ; python_version >= '3.6'",
        f"{b}[extra1,extra2]=={bv}",
        f"{c} \\\n    == {cv} \\\n    --hash=sha256:{sha(c)} \\\n    --hash=sha256:{sha(c + 'b')}",
        f"{d}=={dv} ; sys_platform == 'win32'",
        f"{e}==={ev}",
        f"# {f}=={fv}",
        f"{wild}==1.2.*",
        f"{url} @ https://files.example.org/pool/{normal(url).replace('-', '_')}-{Version(url_version).public}-py3-none-any.whl",
        f"{odd}===2004d-final",
        "internal-lib @ https://files.example.org/internal-lib.zip",
        "git+https://github.com/example/vcs-lib.git@main#egg=vcs-lib",
        "-e ./local",
        f"{g}=={gv}; python_version < '3'",
        "",
    ]
    p.write("local/setup.py", "from setuptools import setup\nsetup(name='local')\n")
    p.write(main, "\r\n".join(lines) if p.rng.random() < 0.5 else "\n".join(lines))
    p.write(".python-version", "3.8.10\n")
    p.runtime(".python-version", "python", "3.8")


def compiled(p):
    """pip-compile with hashes; the `.in` file is settled by it."""
    packages = p.packages(9)
    text = "#\n# This file is autogenerated by pip-compile with Python 3.9\n#\n"
    for name, version in packages:
        hashes = " \\\n".join(f"    --hash=sha256:{sha(name + version + str(i))}" for i in range(2))
        text += f"{normal(name)}=={version} \\\n{hashes}\n    # via\n    #   -r requirements.in\n    #   other\n"
    p.write("requirements.txt", text)
    p.all_known("requirements.txt", packages)
    p.write("requirements.in", "".join(f"{p.spelt(name)}\n" for name, _ in packages[:3]) + f"{packages[3][0]}>=0\n")
    p.write("requirements-dev.txt", "\ufeff-r requirements.txt\n" + "\n".join(pinned(p, "requirements-dev.txt", 3)) + "\n")
    p.write("runtime.txt", "python-3.7.17\n")
    p.runtime("runtime.txt", "python", "3.7")
    p.write("src/app.py", "import flask\n")


def uv_entry(name, version, dependencies=(), source='registry = "https://pypi.org/simple"', files=True, more=""):
    text = f'[[package]]\nname = "{normal(name)}"\nversion = "{version}"\nsource = {{ {source} }}\n{more}'
    if dependencies:
        text += "dependencies = [\n" + "".join(f'    {{ name = "{normal(it)}" }},\n' for it in dependencies) + "]\n"
    if files:
        file = f"{normal(name).replace('-', '_')}-{version}"
        at = "https://files.pythonhosted.org/packages/aa/bb"
        text += f'sdist = {{ url = "{at}/{file}.tar.gz", hash = "sha256:{sha(file)}", size = 1000 }}\n'
        text += f'wheels = [\n    {{ url = "{at}/{file}-py3-none-any.whl", hash = "sha256:{sha(file + "w")}", size = 1000 }},\n]\n'
    return text + "\n"


def uv_lock(p, folder, project, requires, packages, dev, extra):
    """pyproject.toml and uv.lock of a project with a group and an extra."""
    lock, manifest = folder + "uv.lock", folder + "pyproject.toml"
    prod = packages[: len(packages) // 2]
    quoted = lambda items: ", ".join(f'"{item}"' for item in items)
    p.write(
        manifest,
        f'[project]\nname = "{project}"\nversion = "0.1.0"\nrequires-python = "{requires}"\n'
        f"dependencies = [{quoted(name + '>=0' for name, _ in prod)}]\n\n"
        f"[project.optional-dependencies]\nfast = [{quoted(name for name, _ in extra)}]\n\n"
        f'[dependency-groups]\nlint = []\ndev = [{quoted(name for name, _ in dev)}, {{ include-group = "lint" }}]\n',
    )
    wanted = lambda items: "".join(f'    {{ name = "{normal(name)}" }},\n' for name, _ in items)
    own = f'[[package]]\nname = "{project}"\nversion = "0.1.0"\nsource = {{ virtual = "." }}\n'
    own += f"dependencies = [\n{wanted(prod)}]\n\n[package.optional-dependencies]\nfast = [\n{wanted(extra)}]\n\n"
    own += f"[package.dev-dependencies]\ndev = [\n{wanted(dev)}]\n\n[package.metadata]\nrequires-dist = [\n"
    own += "".join(f'    {{ name = "{normal(name)}", specifier = ">=0" }},\n' for name, _ in prod)
    own += "".join(f"    {{ name = \"{normal(name)}\", marker = \"extra == 'fast'\" }},\n" for name, _ in extra)
    own += f']\nprovides-extras = ["fast"]\n\n[package.metadata.requires-dev]\ndev = [\n{wanted(dev)}]\nlint = []\n\n'
    text = f'version = 1\nrevision = 3\nrequires-python = "{requires}"\n\n' + own
    for index, (name, version) in enumerate(packages):
        follows = [packages[index + len(prod)][0]] if index + len(prod) < len(packages) and index < len(prod) else []
        text += uv_entry(name, version, follows)
    for name, version in dev + extra:
        text += uv_entry(name, version)
    p.write(lock, text)
    p.all_known(lock, packages + dev + extra)
    p.runtime(manifest, "python", requires.lstrip(">=~"))


def plain(p, count):
    """Packages in versions that an installer may lock."""
    found = []
    while len(found) < count:
        name, version = p.package()
        if not Version(version).local:
            found.append((name, version))
    return found


def uv_project(p):
    uv_lock(p, "", "billing-api", ">=3.8", plain(p, 8), plain(p, 2), plain(p, 2))


def poetry_old(p):
    """poetry 1.x: `category`, hashes at the end of the file, a repository, an optional package."""
    main, dev = plain(p, 6), plain(p, 3)
    git, git_version = plain(p, 1)[0]
    manifest = '[tool.poetry]\nname = "orders"\nversion = "1.0.0"\ndescription = ""\nauthors = []\n\n'
    manifest += '[tool.poetry.dependencies]\npython = "^3.7"\n' + "".join(f'{p.spelt(n).replace(".", "-")} = "*"\n' for n, _ in main[:3])
    manifest += f'{git} = {{ git = "https://github.com/example/{git}.git", rev = "main" }}\n'
    manifest += "\n[tool.poetry.dev-dependencies]\n" + "".join(f'{n} = "^{v}"\n' for n, v in dev)
    manifest += '\n[build-system]\nrequires = ["poetry-core>=1.0.0"]\nbuild-backend = "poetry.core.masonry.api"\n'
    p.write("pyproject.toml", manifest)
    text = ""
    for category, packages in [("main", main), ("dev", dev)]:
        for name, version in packages:
            text += f'[[package]]\nname = "{p.spelt(name)}"\nversion = "{version}"\ndescription = "It says \\"x\\""\n'
            text += f'category = "{category}"\noptional = false\npython-versions = ">=3.6"\n\n'
            text += f'[package.dependencies]\n{main[-1][0]} = {{version = ">=0", optional = true, markers = "extra == \\"x\\""}}\n\n'
            text += f'[package.extras]\nx = ["{main[-1][0]} (>=0)"]\n\n'
    text += f'[[package]]\nname = "{git}"\nversion = "{git_version}"\ndescription = ""\ncategory = "main"\noptional = false\n'
    text += f'python-versions = "*"\ndevelop = false\n\n[package.source]\ntype = "git"\nurl = "https://github.com/example/{git}.git"\n'
    text += f'reference = "main"\nresolved_reference = "{sha(git)[:40]}"\n\n'
    text += f'[metadata]\nlock-version = "1.1"\npython-versions = "^3.7"\ncontent-hash = "{sha("x")}"\n\n[metadata.files]\n'
    text += "".join(f'{normal(n)} = [\n    {{file = "{n}-{v}.tar.gz", hash = "sha256:{sha(n)}"}},\n]\n' for n, v in main + dev)
    p.write("poetry.lock", text)
    p.all_known("poetry.lock", [*main, *dev, (git, git_version)])
    p.gap("pyproject.toml", "poetry-core")
    p.runtime("pyproject.toml", "python", "3.7")


def poetry_new(p):
    """poetry 2.x: PEP 621 metadata, groups and markers in the lock file."""
    main, dev, win = plain(p, 7), plain(p, 2), plain(p, 1)
    fork, versions = next((n, p.osv.listed(n)) for n in p.pool if len(p.osv.listed(n)) > 3)
    p.pool.remove(fork)
    first, second = str(Version(versions[0])), str(Version(versions[-1]))
    manifest = '[project]\nname = "ledger"\nversion = "1.0.0"\nrequires-python = ">=3.9,<4.0"\ndependencies = [\n'
    manifest += "".join(f'    "{p.spelt(n)} (>=0)",\n' for n, _ in main[:4]) + f'    "{fork}",\n]\n\n'
    manifest += "[tool.poetry.group.dev.dependencies]\n" + "".join(f'{n} = "*"\n' for n, _ in dev)
    p.write("pyproject.toml", manifest)
    text = "# This file is automatically @generated by Poetry 2.1.1 and should not be changed by hand.\n\n"

    def entry(name, version, groups, markers=""):
        found = f'[[package]]\nname = "{normal(name)}"\nversion = "{version}"\ndescription = ""\noptional = false\npython-versions = ">=3.7"\n'
        found += f"groups = {json.dumps(groups)}\n" + (f'markers = "{markers}"\n' if markers else "")
        return found + f'files = [\n    {{file = "{name}-{version}.tar.gz", hash = "sha256:{sha(name)}"}},\n]\n\n'

    text += "".join(entry(n, v, ["main"]) for n, v in main) + "".join(entry(n, v, ["dev"]) for n, v in dev)
    text += entry(*win[0], ["main"], "sys_platform == \\\"win32\\\"")
    text += entry(fork, first, ["main"], "python_version < \\\"3.11\\\"")
    text += entry(fork, second, ["main"], "python_version >= \\\"3.11\\\"")
    text += f'[metadata]\nlock-version = "2.1"\npython-versions = ">=3.9,<4.0"\ncontent-hash = "{sha("y")}"\n'
    p.write("poetry.lock", text)
    p.all_known("poetry.lock", [*main, *dev, (fork, first), (fork, second)])
    p.runtime("pyproject.toml", "python", "3.9")


def pipenv(p):
    main, dev = plain(p, 6), plain(p, 3)
    manifest = '[[source]]\nurl = "https://pypi.org/simple"\nverify_ssl = true\nname = "pypi"\n\n[packages]\n'
    manifest += "".join(f'{p.spelt(n).replace(".", "-")} = "*"\n' for n, _ in main[:3])
    manifest += "\n[dev-packages]\n" + "".join(f'{n} = {{version = "*"}}\n' for n, _ in dev)
    manifest += '\n[requires]\npython_version = "3.6"\n'
    p.write("Pipfile", manifest)
    entry = lambda n, v: {"hashes": [f"sha256:{sha(n)}"], "index": "pypi", "markers": "python_version >= '3.6'", "version": f"=={v}"}
    lock = {
        "_meta": {"hash": {"sha256": sha("p")}, "pipfile-spec": 6, "requires": {"python_version": "3.6"}, "sources": [{"name": "pypi", "url": "https://pypi.org/simple", "verify_ssl": True}]},
        "default": {normal(n): entry(n, v) for n, v in main},
        "develop": {normal(n): entry(n, v) for n, v in dev},
    }
    lock["default"]["vcs-lib"] = {"git": "https://github.com/example/vcs-lib.git", "ref": sha("r")[:40]}
    lock["default"]["own"] = {"editable": True, "path": "."}
    p.gap("Pipfile.lock", "vcs-lib")
    p.write("Pipfile.lock", json.dumps(lock, indent=4) + "\n")
    p.all_known("Pipfile.lock", main + dev)
    p.runtime("Pipfile", "python", "3.6")


def pdm(p):
    main, dev = plain(p, 7), plain(p, 2)
    manifest = '[project]\nname = "search"\nversion = "0.1"\nrequires-python = ">=3.8"\ndependencies = [\n'
    manifest += "".join(f'    "{n}>=0",\n' for n, _ in main[:4]) + "]\n\n[tool.pdm.dev-dependencies]\n"
    manifest += f"test = {json.dumps([n for n, _ in dev])}\n"
    p.write("pyproject.toml", manifest)
    text = '# This file is @generated by PDM.\n# It is not intended for manual editing.\n\n[metadata]\ngroups = ["default", "test"]\n'
    text += f'strategy = ["inherit_metadata"]\nlock_version = "4.5.0"\ncontent_hash = "sha256:{sha("z")}"\n\n[[metadata.targets]]\nrequires_python = ">=3.8"\n\n'
    for groups, packages in [(["default"], main), (["test"], dev)]:
        for n, v in packages:
            head = f'[[package]]\nname = "{normal(n)}"\nversion = "{v}"\n'
            tail = f'requires_python = ">=3.6"\nsummary = ""\ngroups = {json.dumps(groups)}\n'
            files = f'files = [\n    {{file = "{n}-{v}.tar.gz", hash = "sha256:{sha(n)}"}},\n]\n\n'
            text += head + tail + files
            if n == main[0][0]:
                text += head + f'extras = ["socks"]\n{tail}dependencies = [\n    "{normal(n)}=={v}",\n]\n' + files
    p.write("pdm.lock", text)
    p.all_known("pdm.lock", main + dev)
    p.runtime("pyproject.toml", "python", "3.8")


def pylock(p):
    for file, packages in [("pylock.toml", plain(p, 7)), ("pylock.dev.toml", plain(p, 2))]:
        text = 'lock-version = "1.0"\nrequires-python = ">=3.9"\ncreated-by = "uv"\n\n'
        for n, v in packages:
            at = f"https://files.pythonhosted.org/packages/aa/{n}-{v}"
            text += f'[[packages]]\nname = "{normal(n)}"\nversion = "{v}"\nindex = "https://pypi.org/simple"\n'
            text += f'sdist = {{ url = "{at}.tar.gz", size = 10, hashes = {{ sha256 = "{sha(n)}" }} }}\n\n'
        if file == "pylock.toml":
            n, v = plain(p, 1)[0]
            text += f"[[packages]]\nname = \"{n}\"\nversion = \"{v}\"\nmarker = \"sys_platform == 'win32'\"\n\n"
            text += '[[packages]]\nname = "vcs-lib"\nvcs = { type = "git", url = "https://github.com/example/vcs-lib", commit-id = "' + sha("c")[:40] + '" }\n\n'
            text += '[[packages]]\nname = "own"\ndirectory = { path = "." }\n'
            p.gap(file, "vcs-lib")
        p.write(file, text)
        p.all_known(file, packages)


def scripts(p):
    for number in range(4):
        file = f"jobs/job{number}.py"
        names = pinned(p, file, 3)
        loose = p.package()[0]
        p.gap(file, loose)
        lines = ["#!/usr/bin/env -S uv run", "# /// script", '# requires-python = ">=3.9"', "# dependencies = ["]
        lines += [f'#   "{line}",' for line in [*names, f"{loose}<999999"]] + ["# ]", "# ///", "", "import sys", ""]
        p.write(file, ("\r\n" if number == 2 else "\n").join(lines))
    file, line = "jobs/decoy.py", f"{p.package()[0]}==0.1"
    p.write(file, f'TEXT = """\n /// script\n dependencies = ["{line}"]\n ///\n"""\n# /// other\n# dependencies = ["{line}"]\n# ///\n')
    p.runtime("jobs/job0.py", "python", "3.9")


def setuptools(p):
    py, cfg = pinned(p, "setup.py", 3), pinned(p, "setup.cfg", 3)
    extra = pinned(p, "setup.py", 1)
    more = pinned(p, "setup.py", 2)
    loose = p.package()[0]
    p.gap("setup.py", loose)
    p.write(
        "setup.py",
        "from setuptools import setup, find_packages\n\nCOMMON = [\n" + "".join(f'    "{line}",\n' for line in py) + "]\n"
        f"REQUIRED = COMMON + {more!r}\n\n\nsetup(\n    name='legacy',\n    packages=find_packages(),\n    install_requires=REQUIRED + ['{loose}>=0'],\n"
        f"    extras_require={{'fast': {extra!r}}},\n    python_requires='>=3.6',\n)\n",
    )
    p.write(
        "setup.cfg",
        "[metadata]\nname = legacy\n\n[options]\npython_requires = >=3.6\ninstall_requires =\n"
        + "".join(f"    {line}\n" for line in cfg[:2])
        + f"\n[options.extras_require]\ndoc =\n    {cfg[2]}  \n\n[flake8]\nmax-line-length = 100\n",
    )
    p.write("tox.ini", "[tox]\nenvlist = py36,py37\n\n[testenv]\ncommands = pytest\n")
    p.runtime("tox.ini", "python", "3.6")


def conda(p):
    env = "environment.yml"
    # It stands there without a version; a lock file that has it would settle it.
    p.pool = [name for name in p.pool if name != "pip"]
    channel, piped = [(n, Version(v).base_version) for n, v in p.packages(3)], p.packages(3)
    text = "name: model\nchannels:\n  - conda-forge\n  - defaults\ndependencies:\n  - python=3.8.12\n"
    text += f"  - {channel[0][0]}=={channel[0][1]}\n  - conda-forge::{channel[1][0]}={'.'.join((channel[1][1] + '.0.0').split('.')[:3])}=py38h1234_0\n"
    p.known(env, *channel[0])
    p.known(env, channel[1][0], ".".join((channel[1][1] + ".0.0").split(".")[:3]))
    text += "  - pip\n  - libopenblas=0.3.21=h1\n  - pip:\n" + "".join(f"    - {p.spelt(n)}=={v}\n" for n, v in piped) + '    - "-r more.txt"\n'
    p.gap(env, "libopenblas")
    p.gap(env, "pip")
    p.all_known(env, piped)
    p.write(env, text)
    p.write("more.txt", "\n".join(pinned(p, "more.txt", 2)) + "\n")
    p.runtime(env, "python", "3.8")
    lock = "conda-lock.yml"
    locked, by_pip = plain(p, 3), plain(p, 2)
    locked = [(n, v) for n, v in locked if "!" not in v]
    text = "version: 1\nmetadata:\n  content_hash:\n    linux-64: " + sha("l") + "\n  channels:\n  - url: conda-forge\n    used_env_vars: []\n  platforms:\n  - linux-64\n  - osx-arm64\npackage:\n"
    for manager, packages in [("conda", locked), ("pip", by_pip)]:
        for n, v in packages:
            for platform in ["linux-64", "osx-arm64"]:
                url = f"https://conda.anaconda.org/conda-forge/noarch/{n}-{v}-pyh_0.conda" if manager == "conda" else f"https://files.pythonhosted.org/packages/a/{n}-{v}-py3-none-any.whl"
                text += f"- name: {n}\n  version: '{v}'\n  manager: {manager}\n  platform: {platform}\n  dependencies: {{}}\n  url: {url}\n  hash:\n    sha256: {sha(n)}\n  category: main\n  optional: false\n"
    p.write(lock, text)
    p.all_known(lock, locked + by_pip)


def metadata(name, version, more=""):
    return f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\nSummary: x\n{more}\nName: not-this\nVersion: 0.0.1\n"


def installed(p):
    site = ".venv/lib/python3.8/site-packages"
    p.write(".gitignore", ".venv/\n")
    p.write(".venv/pyvenv.cfg", "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.8.10\n")
    p.runtime(".venv/pyvenv.cfg", "python", "3.8")
    for name, version in p.packages(8):
        spelt = p.spelt(name)
        stem = f"{site}/{spelt.replace('-', '_')}-{version}.dist-info"
        p.write(f"{stem}/METADATA", metadata(spelt, version, "Requires-Dist: requests (>=1.0)\n"))
        p.write(f"{stem}/RECORD", "")
        p.known(f"{stem}/METADATA", name, version)
    name, version = p.package()
    p.write(f"{site}/{name.replace('-', '_')}-{version}-py3.8.egg-info/PKG-INFO", metadata(name, version))
    p.known(f"{site}/{name.replace('-', '_')}-{version}-py3.8.egg-info/PKG-INFO", name, version)
    name, version = p.package()
    p.write(f"{site}/{name.replace('-', '_')}-{version}.egg-info", metadata(name, version))
    p.known(f"{site}/{name.replace('-', '_')}-{version}.egg-info", name, version)
    # What pip left of an interrupted removal; pip itself ignores it.
    p.write(f"{site}/~broken-1.0.dist-info/METADATA", "")
    settled = [entry for entry in p.hits]
    wished = settled[0][1] if settled else "pip"
    p.write("requirements.txt", f"{wished}\n")


def wheel(name, version):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        stem = f"{normal(name).replace('-', '_')}-{version}"
        archive.writestr(f"{normal(name).replace('-', '_')}/__init__.py", "")
        archive.writestr(f"{stem}.dist-info/METADATA", metadata(name, version))
        archive.writestr(f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\n")
    return f"{stem}-py3-none-any.whl", data.getvalue()


def lambda_package(p):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("handler.py", "def handler(event, context):\n    return 1\n")
        for name, version in p.packages(6):
            entry = f"{p.spelt(name).replace('-', '_')}-{version}.dist-info/METADATA"
            archive.writestr(entry, metadata(name, version))
            p.known(f"build/app.zip!/{entry}", name, version)
        name, version = p.package()
        file, content = wheel(name, version)
        archive.writestr(f"vendor/{file}", content)
        inner = f"{normal(name).replace('-', '_')}-{version}.dist-info/METADATA"
        p.known(f"build/app.zip!/vendor/{file}!/{inner}", name, version)
        archive.writestr("requirements.txt", "\n".join(pinned(p, "build/app.zip!/requirements.txt", 1)))
    p.write("build/app.zip", data.getvalue())
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, version in p.packages(2):
            entry = f"python/lib/python3.8/site-packages/{name.replace('-', '_')}-{version}.dist-info/METADATA"
            archive.writestr(entry, metadata(name, version))
            p.known(f"layer.zip!/{entry}", name, version)
    p.write("layer.zip", data.getvalue())
    p.write(
        "template.yaml",
        "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nGlobals:\n  Function:\n    Runtime: python3.8\n"
        "Resources:\n  Intake:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: handler.handler\n      CodeUri: build/app.zip\n",
    )
    p.runtime("template.yaml", "aws-lambda", "python3.8")


def docker(p):
    file = "Dockerfile"
    a, b, c, d = pinned(p, file, 4)
    loose = p.package()[0]
    p.gap(file, loose)
    p.write(
        file,
        "# syntax=docker/dockerfile:1\nARG UNUSED=1\nFROM python:3.7.9-slim-buster AS build\nWORKDIR /app\nCOPY requirements ./\n"
        f"RUN apt-get update && apt-get install -y gcc && \\\n    pip install --no-cache-dir {a} '{b}' && \\\n    rm -rf /root/.cache\n"
        f'RUN ["pip", "install", "{c}"]\nRUN python -m pip install -U "{loose}>=0"; pip install -r prod.txt\n'
        f"# RUN pip install {p.package()[0]}==0.1\nRUN <<EOF\nset -e\npip install {d}\nEOF\nFROM build\nCMD [\"python\", \"-m\", \"app\"]\n",
    )
    p.write("requirements/prod.txt", "\n".join(pinned(p, "requirements/prod.txt", 3)) + "\n")
    p.runtime(file, "python", "3.7")
    p.write("worker/Dockerfile.worker", "FROM --platform=linux/amd64 public.ecr.aws/lambda/python:3.9\nCOPY . .\n")
    p.runtime("worker/Dockerfile.worker", "aws-lambda", "python3.9")


def monorepo(p):
    one = "services/users/requirements.txt"
    p.write(one, "\n".join(pinned(p, one, 4)) + "\n")
    uv_lock(p, "services/payments/", "payments", ">=3.9", plain(p, 4), plain(p, 1), plain(p, 1))
    packages = plain(p, 3)
    text = "".join(f'[[package]]\nname = "{normal(n)}"\nversion = "{v}"\ndescription = ""\noptional = false\npython-versions = "*"\nfiles = []\n\n' for n, v in packages)
    p.write("libs/common/poetry.lock", text + '[metadata]\nlock-version = "2.0"\npython-versions = "*"\ncontent-hash = "x"\n')
    p.all_known("libs/common/poetry.lock", packages)
    # A lock file of one service says nothing of another.
    other = plain(p, 1)[0][0]
    p.write("services/mail/pyproject.toml", f'[project]\nname = "mail"\nversion = "1"\ndependencies = ["{packages[0][0]}", "{other}~=1.0"]\n')
    p.gap("services/mail/pyproject.toml", packages[0][0])
    p.gap("services/mail/pyproject.toml", other)
    p.write("infra/main.tf", 'resource "aws_lambda_function" "intake" {\n  function_name = "intake"\n  runtime       = "python3.7"\n  handler       = "a.b"\n  role          = "arn:aws:iam::123456789012:role/x"\n  filename      = "x.zip"\n}\n')
    p.runtime("infra/main.tf", "aws-lambda", "python3.7")
    p.write("services/users/zappa_settings.json", json.dumps({"prod": {"app_function": "a.app", "runtime": "python3.9", "s3_bucket": "x"}}, indent=2))
    p.runtime("services/users/zappa_settings.json", "aws-lambda", "python3.9")


def oddities(p):
    """Names, versions and records of every odd kind, one a line."""
    file, lines = "requirements.txt", []

    def line(name, version, written=None):
        lines.append(f"{p.spelt(name)}{written or '==' + version}")
        p.known(file, name, version)
        p.pool = [other for other in p.pool if other != name]

    withdrawn = [r for r in p.osv.records.values() if r.get("withdrawn") and (r["affected"][0].get("versions"))]
    record = p.rng.choice(withdrawn)
    line(record["affected"][0]["package"]["name"], p.rng.choice(record["affected"][0]["versions"]))
    line("gratient", "0.5")
    for version in ["1.11.0", "1.11.1"][: p.rng.randrange(1, 3)]:
        line("py", version)
    for shape in ["{}.0.0", "{}rc1", "{}.RC1", "{}-1", "{}.post2", "{}.dev0", "v{}", "{}+ubuntu.1", "1!{}", "{}c2", "{}-beta.1", "{}.0"]:
        name = p.package()[0]
        borders = [text for text in p.osv.borders(name) if text == Version(text).base_version and "!" not in text] or ["1.0"]
        version = shape.format(p.rng.choice(borders))
        line(name, version, p.rng.choice(["==", " == ", "=== "]) + version)
    for has, text in [("cu118", "=={}+cu118 ; sys_platform == 'linux'"), ("", "~={}.0"), ("", "=={}.*"), ("", ">={},<{}.9999")]:
        name, version = p.package()
        base = Version(version).base_version.split("!")[-1]
        lines.append(p.spelt(name) + text.format(base, base))
        if has:
            p.known(file, name, base + "+cu118")
        else:
            p.gap(file, normal(name))
    name, version = p.package()
    lines.append(f"{name}>=0,=={version},")
    p.known(file, name, version)
    p.write(file, "\n".join(lines) + "\n")
    p.write("serverless.yml", "service: odd\nprovider:\n  name: aws\n  runtime: ${self:custom.runtime}\ncustom:\n  runtime: python3.8\nfunctions:\n  a:\n    handler: a.b\n")
    p.runtime("serverless.yml", "aws-lambda", "python3.8")


PROJECTS = [
    requirements_mixed, compiled, uv_project, poetry_old, poetry_new, pipenv, pdm, pylock,
    scripts, setuptools, conda, installed, lambda_package, docker, monorepo, oddities,
]
