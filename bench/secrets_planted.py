"""Plants secrets of many kinds among decoys in a repository tree of a Python backend on AWS.

secrets_planted.py SEED OUTDIR [TRUTH.json]: the truth stands beside the tree (OUTDIR.truth.json), never in it. The same seed
makes the same tree; every value is random. Needs `cryptography`.
"""

import json
import pathlib
import random
import re
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "secrets"))

import decoys
import forms
import kinds
import special
from forms import FORMATS, UNIQUE
from kinds import WORDS

OPEN, SHUT, END = "\ue000", "\ue001", "\ue002"
EACH = 9
CREDENTIALS = (["{s}/.aws/credentials", "deploy/aws/credentials"], "", "\n\n", "\n")


class Corpus:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.truth, self.decoys, self.groups, self.whole = [], [], {}, {}
        self.services = self.r.sample(WORDS, 6)

    def marker(self, record, store):
        store.append(record)
        label = f"{'T' if store is self.truth else 'D'}{len(store) - 1}"
        return lambda text: f"{OPEN}{label}{SHUT}{text}{END}"

    def add(self, fmt, snippet):
        if fmt.startswith("="):
            self.whole.setdefault(fmt[1:], []).append(snippet)
        else:
            self.groups.setdefault(fmt, []).append(snippet)

    def plant(self, kind, fmt, build, value, form, extra=None):
        mark = self.marker({"kind": kind, "secret": value, "form": form, **(extra or {})}, self.truth)
        self.add(fmt, build(mark))

    def decoy(self, label, fmt, build):
        self.add(fmt, build(self.marker({"class": label}, self.decoys)))

    # Secrets

    def kind(self, kind, make, names, speaks):
        r = self.r
        own = special.places(r, kind)
        ways = [(fmt, form) for fmt, (_, _, _, _, named, _) in FORMATS.items() for form in named]
        if speaks:
            ways += [(fmt, form) for fmt, (*_, alone) in FORMATS.items() for form in alone]
        # Half of them in Python, as the code base is.
        python = [way for way in ways if way[0] in ("py", "nb")]
        chosen = r.sample(python, EACH // 2) + r.sample([way for way in ways if way not in python], EACH - EACH // 2)
        for fmt, form in chosen:
            value = self.value(kind, make, fmt)
            name = r.choice(names)
            self.plant(kind, fmt, lambda m: form(r, name, value, m), value, f"{fmt}:{form.__name__}")
            self.twin(kind, fmt, form, name, value, speaks)
        for fmt, text in own:
            value = self.value(kind, make, "sh")
            self.plant(kind, fmt, lambda m: fill(text, m(value)), value, f"{fmt.split('/')[-1]}:{text.split('{')[0][:20].strip()}")

    def value(self, kind, make, fmt):
        while True:
            value = make(self.r)
            bad = set() if fmt in forms.LITERAL else set("$%#(") if fmt in forms.PLAIN_ONLY else set("$%")
            if kind == "django_secret_key":
                bad |= set("&") if fmt in ("md", "env", "docker") else set()
                if bad & set("$%#("):
                    value = "".join(c if c not in "$%#(&)^*!=" else self.r.choice("abcdefghjk") for c in value)
                    return value
            if not set(value) & bad:
                return value

    def twin(self, kind, fmt, form, name, value, speaks):
        """In the same place, under the same name: nothing that opens anything."""
        r = self.r
        # Only what has a shape of its own can have the shape and no content.
        style = r.choice([0, 1, 2, 3, 4] if speaks else [0, 1, 3, 4])
        if forms.splits(form):
            style = min(style, 1)
        if style <= 1:
            text = decoys.placeholder(r, name)
            if forms.splits(form) and len(text) < 12:
                text = f"replace-with-your-{name.replace('_', '-')}"
        elif style == 2:
            text = decoys.shaped(r, value) if "://" not in value and kind != "jwt" else decoys.dsn_decoy(r)
        else:
            text = r.choice(decoys.references(r, name))
        if '"' in text or "\\" in text or ("'" in text and fmt in ("sh", "js")):
            text = "changeme"
        if fmt in ("hcl", "tfvars") and "${" in text:
            text = f"${{var.{name}}}" if fmt == "hcl" else f"<{name}>"
        self.decoy({0: "placeholder", 1: "placeholder", 2: "shape without content"}.get(style, "reference"), fmt, lambda m: form(r, name, text, m))

    # Decoys

    def raw_decoys(self, count):
        r = self.r
        for _ in range(count):
            fmt = r.choice(["py", "py", "py", "hcl", "cfn", "yaml", "sh", "js"])
            name = r.choice(r.choice([names for _, names, _ in kinds.KINDS.values()]))
            text = decoys.fill(r, r.choice(decoys.RAW[fmt]), name)
            up = name.upper()
            shape = {
                "py": ["{U} = {}", "client = Client({n}={})", 'CONFIG = {{"{n}": {}}}', "self.{n} = {}", 'os.environ["{U}"] = {}', "def run({n}={}):\n    return {n}"], "hcl": ['locals {{\n  {q}_{n} = {}\n}}', 'resource "aws_db_instance" "{q}" {{\n  {n} = {}\n}}'],
                "cfn": ["  {q}{P}:\n    Type: AWS::SSM::Parameter\n    Properties:\n      {P}: {}"], "yaml": ["{q}:\n  {n}: {}"], "sh": ["export {U}={}", "{U}={} ./run.sh"], "js": ["const {c} = {};", "module.exports.{q} = {{ {c}: {} }};"],
            }[fmt]
            pattern = r.choice(shape)
            words = {"U": up, "n": name, "q": UNIQUE, "P": forms.pascal(name), "c": forms.camel(name)}
            self.decoy("reference or call", fmt, lambda m: pattern.format(m(text), **words))

    def named_decoys(self, count):
        r = self.r
        ways = [(fmt, form) for fmt, (_, _, _, _, named, _) in FORMATS.items() for form in named if not forms.splits(form) and "b64" not in form.__name__ and "data" not in form.__name__]
        for _ in range(count):
            fmt, form = r.choice(ways)
            name, value = decoys.nonsecret(r)
            if fmt in ("sh", "env", "properties", "ini", "make") and set(value) & set("$'\"()|*"):
                continue
            if fmt in ("yaml", "compose", "k8s", "workflow", "ci", "cfn", "sam", "serverless") and set(value) & set("'\"\\"):
                continue
            if '"' in value or ("\\" in value and fmt in ("json", "nb", "ecs", "tfstate", "zappa", "chalice", "cfnjson")):
                continue
            self.decoy(f"name that sounds so: {name}", fmt, lambda m: form(r, name, value, m))

    def single_decoys(self, count):
        for _ in range(count):
            fmt, text = decoys.singles(self.r)
            self.decoy("on its own", fmt, lambda m: m(text))

    def file_decoys(self):
        for path, entries in decoys.files(self.r):
            for text, is_decoy in entries:
                if is_decoy:
                    self.decoy(f"file: {pathlib.PurePath(path).name}", "=" + path, lambda m: m(text))
                else:
                    self.add("=" + path, text)

    # Files

    def paths(self, fmt):
        r = self.r
        names = (CREDENTIALS if fmt == "credentials" else FORMATS[fmt])[0]
        out = []
        for _ in range(60):
            path = r.choice(names).replace("{s}", r.choice(self.services)).replace("{w}", forms.word(r))
            if path not in out and path not in self.whole:
                out.append(path)
        return out

    def files(self):
        r, out = self.r, {}
        for fmt in sorted(self.groups):
            snippets = self.groups[fmt]
            r.shuffle(snippets)
            names = self.paths(fmt)
            size = max(-(-len(snippets) // len(names)), r.randrange(5, 10))
            for i, start in enumerate(range(0, len(snippets), size)):
                part = snippets[start : start + size]
                if fmt == "py":
                    part = [x for s in part for x in ([self.filler()] if r.random() < 0.5 else []) + [s]]
                _, head, between, tail = (CREDENTIALS if fmt == "credentials" else FORMATS[fmt])[:4]
                text = head.replace("{w}", r.choice(WORDS)) + between.join(part) + tail
                out[names[i]] = text
        for path, texts in self.whole.items():
            out[path] = "\n".join(text.rstrip("\n") for text in texts) + "\n"
        for service in self.services:
            out[f"{service}/__init__.py"] = ""
            for _ in range(4):
                out[f"{service}/{forms.word(r)}.py"] = forms.FORMATS["py"][1] + "\n\n\n".join(self.filler() for _ in range(6)) + "\n"
        return out

    def filler(self):
        a = self.r.choice(WORDS)
        return self.r.choice(forms.FILLER).format(a, a.title(), a.upper())

    def unique(self, text):
        """Each place its own word; those of one snippet share it where a snippet says it twice on purpose is not needed."""
        count = 0

        def word(_):
            nonlocal count
            count += 1
            return f"{WORDS[count % len(WORDS)]}{count}"

        return re.sub(f"{UNIQUE}|{UNIQUE.upper()}", word, text)

    def settle(self, path, text):
        """Takes the marks out and notes the lines they stood on."""
        clean, line = [], 1
        opened = []
        for token in re.split(f"({OPEN}[TD]\\d+{SHUT}|{END})", text):
            if token.startswith(OPEN):
                store = self.truth if token[1] == "T" else self.decoys
                opened.append((store[int(token[2:-1])], line))
            elif token == END:
                record, start = opened.pop()
                record["file"] = path
                lines = set(record.get("lines", [])) | set(range(start, line + 1))
                record["lines"] = sorted(lines)
            else:
                clean.append(token)
                line += token.count("\n")
        return "".join(clean)


def build(seed):
    c = Corpus(seed)
    for kind, (make, names, speaks) in kinds.KINDS.items():
        c.kind(kind, make, names, speaks)
    for i in range(len(special.PAIRS)):
        c.plant("aws_pair", *wrap(special.aws_pair(c.r, i)))
    for i in range(8):
        c.plant("aws_session_token", *wrap(special.aws_triple(c.r, i)))
    for i in range(17):
        c.plant("private_key", *wrap(special.private_key(c.r, i)))
    for i in range(10):
        c.plant("django_db_password", *wrap(special.django_password(c.r, i)))
    for i in range(9):
        c.plant("gcp_service_account", *wrap(special.gcp_account(c.r, i)))
    for i in range(7):
        c.plant("docker_auth", *wrap(special.docker_auth(c.r, i)))
    c.raw_decoys(220)
    c.named_decoys(480)
    c.single_decoys(160)
    c.file_decoys()
    return c


def fill(text, value):
    """`{}` is the value; doubled braces, as in a format, are single."""
    return text.replace("{}", "\ue011").replace("{{", "{").replace("}}", "}").replace("\ue011", value)


def wrap(made):
    fmt, make, value, extra = made
    return fmt, make, value, fmt.lstrip("="), extra


def main():
    seed, out = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    corpus = build(seed)
    if out.exists():
        shutil.rmtree(out)
    for path, text in sorted(corpus.files().items()):
        file = out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(corpus.settle(path, corpus.unique(text)))
    truth = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else out.with_name(out.name + ".truth.json")
    for record in corpus.truth + corpus.decoys:
        assert "lines" in record, record
    truth.write_text(json.dumps({"seed": seed, "planted": corpus.truth, "decoys": corpus.decoys}, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(corpus.truth)} planted of {len({t['kind'] for t in corpus.truth})} kinds, {len(corpus.decoys)} decoys, in {out}; truth in {truth}")


if __name__ == "__main__":
    main()
