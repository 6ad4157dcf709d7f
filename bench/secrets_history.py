"""A git repository with secrets that came, moved and went: secrets_history.py SEED OUTDIR [--score RESULT.json].

The truth, OUTDIR.truth.json, tells for each secret the commit that brought it in, the path and line there, and whether it still
stands at HEAD. `--score` compares a result of `tieout secrets --history -f json` with it.
"""

import argparse
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent / "secrets"))

import decoys
import forms
import kinds
from kinds import WORDS

SPEAKING = ["github_classic", "stripe", "slack_token", "sendgrid", "openai", "anthropic", "npm", "gitlab", "pypi", "dsn_sql", "dsn_mongo", "google_api_key", "vault", "databricks"]
NAMED = ["generic_password", "generic_token", "generic_api_key", "flask_secret_key", "datadog_api", "warehouse_password"]


class Repo:
    def __init__(self, seed, out):
        self.r, self.out, self.clock = random.Random(seed), out, 1_690_000_000
        self.truth = []
        if out.exists():
            shutil.rmtree(out)
        out.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")
        self.git("config", "gc.auto", "0")

    def git(self, *args):
        who = self.r.choice(["Ada", "Grace", "Alan"])
        env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        for role in ("AUTHOR", "COMMITTER"):
            env |= {f"GIT_{role}_NAME": who, f"GIT_{role}_EMAIL": f"{who.lower()}@example.org", f"GIT_{role}_DATE": f"{self.clock} +0000"}
        done = subprocess.run(["git", *args], cwd=self.out, env=env, capture_output=True, text=True)
        if done.returncode and args[0] != "merge":
            raise RuntimeError(f"git {args}: {done.stderr}")
        return done.stdout.strip()

    def write(self, path, text):
        file = self.out / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())

    def commit(self, message, *secrets):
        self.clock += self.r.randrange(600, 90_000)
        self.git("add", "-A", "-f")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        sha = self.git("rev-parse", "HEAD")
        for secret in secrets:
            secret.update(commit=sha, date=self.clock)
        return sha

    # Texts

    def body(self, lines=None):
        """Harmless text of a file, with a placeholder and a digest or two."""
        r = self.r
        out = []
        for _ in range(lines or r.randrange(4, 30)):
            out.append(r.choice([f"{r.choice(WORDS).upper()} = {r.randrange(1000)}", f"# {r.choice(WORDS)} {r.choice(WORDS)}", f'CHECKSUM_{r.choice(WORDS).upper()} = "{kinds.pick(r, kinds.HEX, 64)}"',
                                 f'API_KEY = "{decoys.placeholder(r, "api_key").replace(chr(34), "")}"', 'PASSWORD = os.environ["PASSWORD"]']))
        return out

    def secret(self, how, path, kind=None):
        """(lines to write, record): one secret in a file's text."""
        r = self.r
        kind = kind or r.choice(SPEAKING + NAMED)
        if kind == "aws_pair":
            key, value = kinds.aws_key_id(r), kinds.aws_secret(r)
            put = [f'AWS_ACCESS_KEY_ID = "{key}"', f'AWS_SECRET_ACCESS_KEY = "{value}"']
        elif kind == "private_key":
            value = kinds.pem(r).strip()
            put = value.split("\n")
        else:
            make, names, _ = kinds.KINDS[kind]
            value = make(r)
            name = r.choice(names)
            put = [f"{name.upper()}={value}"] if ".env" in path else [f"{name}: '{value}'"] if path.endswith((".yml", ".yaml")) else [f'{name.upper()} = "{value}"']
        head, tail = ([], []) if kind == "private_key" else (self.body(), self.body())
        record = {"kind": kind, "secret": value, "how": how, "path": path, "line": len(head) + 1, "end_line": len(head) + len(put)}
        self.truth.append(record)
        return head, put, tail, record

    def path(self, style=None):
        r = self.r
        style = style or r.choice(["{}/settings.py", "{}/config.yml", "{}/.env", "scripts/{}.py", "{}/clients/{}.py", "deploy/{}.env"])
        return style.replace("{}", forms.word(r))


def text(*parts, end="\n"):
    return end.join(line for part in parts for line in part) + end


def build(seed, out):
    repo = Repo(seed, out)
    r = repo.r

    def put(how, path=None, kind=None, extra=()):
        path = path or repo.path()
        head, lines, tail, record = repo.secret(how, path, kind)
        repo.write(path, text(head, lines, tail, list(extra)))
        return path, head, lines, tail, record

    # The root commit has one, which stays.
    *_, first = put("in the root commit, stays")
    repo.write("README.md", "# app\n")
    repo.commit("Initial commit", first)
    for kind in [None, None, None, "aws_pair", "private_key"]:
        path, *_, record = put("stays", repo.path("keys/{}.pem") if kind == "private_key" else None, kind)
        repo.commit(f"Add {path}", record)
    for kind in [None, None, None, "aws_pair", None]:
        path, head, lines, tail, record = put("line removed later", None, kind)
        repo.commit(f"Add {path}", record)
        repo.write(path, text(head, tail))
        repo.commit(f"Read {path} from the environment")
    gone = []
    for kind in [None, None, "private_key", "aws_pair"]:
        path, *_, record = put("file deleted later", repo.path("keys/{}.pem") if kind == "private_key" else None, kind)
        repo.commit(f"Add {path}", record)
        gone.append(path)
    for path in gone:
        (out / path).unlink()
    repo.commit("Remove what is not needed")
    # Half of the history is packed.
    repo.git("gc", "-q", "--prune=now")
    for stays in (True, False, False):
        path, head, lines, tail, record = put("renamed, " + ("stays" if stays else "then removed"))
        repo.commit(f"Add {path}", record)
        new = repo.path("moved/{}.py")
        (out / new).parent.mkdir(parents=True, exist_ok=True)
        repo.git("mv", path, new)
        repo.commit(f"Move {path}")
        if not stays:
            repo.write(new, text(head, tail))
            repo.commit(f"Clean {new}")
    for turn in range(2):
        path = repo.path()
        head, lines, tail, a = repo.secret("rotated away", path)
        repo.write(path, text(head, lines, tail))
        repo.commit(f"Add {path}", a)
        for step in range(2):
            _, other, _, b = repo.secret("rotated away" if step == 0 or turn else "rotated to, stays", path)
            b.update(line=len(head) + 1, end_line=len(head) + len(other))
            repo.write(path, text(head, other, tail))
            repo.commit(f"Rotate in {path}", b)
        if turn:
            repo.write(path, text(head, tail))
            repo.commit(f"Clean {path}")
    # Lines before it grow, so that it moves down in the same file; it is still one.
    path, head, lines, tail, record = put("moved down in its file, stays")
    repo.commit(f"Add {path}", record)
    repo.write(path, text(repo.body(), head, lines, tail))
    repo.commit(f"More in {path}")
    # Copied to another file.
    path, head, lines, tail, record = put("copied to another file, both removed", repo.path("scripts/{}.py"))
    repo.commit(f"Add {path}", record)
    copy = repo.path("scripts/{}.py")
    repo.write(copy, text(repo.body(), lines))
    repo.commit(f"Copy to {copy}")
    (out / path).unlink()
    (out / copy).unlink()
    repo.commit("Remove both")
    # Taken out and put back.
    path, head, lines, tail, record = put("reverted and put back, stays")
    repo.commit(f"Add {path}", record)
    repo.write(path, text(head, tail))
    repo.commit("Revert")
    repo.write(path, text(head, lines, tail))
    repo.commit("Reapply")
    # Line ends of Windows; a name that is not ASCII; a space in a folder.
    for path in [f"win/{forms.word(r)}.py", f"größe/{forms.word(r)}.py", f"my folder/{forms.word(r)}.env"]:
        head, lines, tail, record = repo.secret("odd name or line ends, removed", path)
        repo.write(path, text(head, lines, tail, end="\r\n" if path.startswith("win") else "\n"))
        repo.commit(f"Add {path}", record)
        (out / path).unlink()
        repo.commit(f"Remove {path}")
    # Branches that were merged.
    for stays in (True, False, True, False):
        branch = f"feature/{forms.word(r)}"
        repo.git("checkout", "-q", "-b", branch)
        path, head, lines, tail, record = put("on a merged branch, " + ("stays" if stays else "removed before the merge"))
        repo.commit(f"Add {path}", record)
        if not stays:
            repo.write(path, text(head, tail))
            repo.commit(f"Clean {path}")
        repo.git("checkout", "-q", "main")
        repo.write("CHANGES.md", text(repo.body(3)))
        repo.commit("Note changes")
        repo.clock += 100
        repo.git("merge", "-q", "--no-ff", "-m", f"Merge {branch}", branch)
        if r.random() < 0.5:
            repo.git("branch", "-q", "-D", branch)
    # A merge that brings in what neither side had.
    branch = f"feature/{forms.word(r)}"
    repo.git("checkout", "-q", "-b", branch)
    repo.write("side.md", "side\n")
    repo.commit("Side")
    repo.git("checkout", "-q", "main")
    repo.write("main.md", "main\n")
    repo.commit("Main")
    repo.git("merge", "-q", "--no-ff", "--no-commit", branch)
    path, *_, record = put("brought in by the merge commit itself, removed")
    repo.commit(f"Merge {branch}", record)
    (out / path).unlink()
    repo.commit(f"Remove {path}")
    # Branches that were not merged, remote ones, an orphan, tags.
    for name in (f"wip/{forms.word(r)}", f"wip/{forms.word(r)}", f"fix-{forms.word(r)}"):
        repo.git("checkout", "-q", "-b", name)
        path, head, lines, tail, record = put("on an unmerged branch")
        repo.commit(f"Try {path}", record)
        if r.random() < 0.5:
            repo.write(path, text(head, tail))
            repo.commit("Clean")
        repo.git("checkout", "-q", "main")
    repo.git("checkout", "-q", "--detach")
    path, *_, record = put("only on a remote branch")
    sha = repo.commit(f"Remote {path}", record)
    repo.git("update-ref", f"refs/remotes/origin/{forms.word(r)}", sha)
    repo.git("checkout", "-q", "main")
    for annotated in (False, True):
        repo.git("checkout", "-q", "--detach")
        path, *_, record = put("only under a tag")
        repo.commit(f"Release {path}", record)
        repo.git("tag", *(["-a", "-m", "release"] if annotated else []), f"v{r.randrange(1, 9)}.{r.randrange(99)}.{int(annotated)}")
        repo.git("checkout", "-q", "main")
    repo.git("checkout", "-q", "--orphan", "pages")
    repo.git("rm", "-rq", "--cached", ".")
    for child in out.iterdir():
        if child.name != ".git":
            shutil.rmtree(child) if child.is_dir() else child.unlink()
    path, *_, record = put("on an orphan branch")
    repo.commit("Pages", record)
    repo.git("checkout", "-q", "-f", "main")
    # And loose objects at the end.
    for kind in [None, "aws_pair", None]:
        path, head, lines, tail, record = put("line removed later", None, kind)
        repo.commit(f"Add {path}", record)
        repo.write(path, text(head, tail))
        repo.commit(f"Clean {path}")
    path, *_, record = put("stays")
    repo.commit(f"Add {path}", record)
    head = {name: (out / name).read_text().split("\n") for name in repo.git("-c", "core.quotePath=false", "ls-files").split("\n")}
    for record in repo.truth:
        mark = record["secret"].split("\n")[1 if record["kind"] == "private_key" else 0]
        record["head_places"] = [[name, number] for name, lines in head.items() for number, line in enumerate(lines, 1) if mark in line]
        record["at_head"] = bool(record["head_places"])
    return repo


def stands(place, record):
    """Where it came in, or where it stands today."""
    first, last = place.get("line", 0), place.get("end_line") or place.get("line", 0)
    spans = [(record["path"], record["line"], record["end_line"])] + [(name, line, line) for name, line in record["head_places"]]
    return any(place.get("file") == name and first <= end and last >= start for name, start, end in spans)


def score(truth, result):
    found = [f for f in result["findings"] if "secret" in f and f.get("status", "open") == "open"]
    rows, used = [], set()
    for record in truth["secrets"]:
        at_place = [(i, f) for i, f in enumerate(found) if any(stands(p, record) for p in f["locations"])]
        exact = [(i, f) for i, f in at_place if record["commit"].startswith(f["secret"].get("commit") or "?")]
        rows.append({**record, "found": bool(exact), "without_commit": bool(at_place) and not exact, "times": len(exact),
                     "head_right": any(f["secret"].get("at_head") == record["at_head"] for _, f in exact)})
        used |= {i for i, _ in at_place}
    extra = [f for i, f in enumerate(found) if i not in used]
    ok = sum(row["found"] for row in rows)
    print(f"{ok}/{len(rows)} with their commit, {sum(r['without_commit'] for r in rows)} at their place but with another commit, {sum(r['times'] > 1 for r in rows)} more than once, at_head right {sum(r['head_right'] for r in rows)}/{ok}, {len(extra)} findings of none")
    for row in rows:
        if not row["found"] or row["times"] != 1 or not row["head_right"]:
            print(f"  {row['how']}: {row['kind']} {row['path']}:{row['line']} {row['commit'][:10]} found={row['found']} elsewhere={row['without_commit']} times={row['times']} at_head={row['at_head']}")
    for f in extra[:30]:
        print(f"  extra: {f['secret'].get('kind')} {f['locations'][:1]} {f['secret'].get('commit')}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--score", type=pathlib.Path)
    args = parser.parse_args()
    file = args.out.with_name(args.out.name + ".truth.json")
    if args.score:
        score(json.loads(file.read_text()), json.loads(args.score.read_text()))
        return
    repo = build(args.seed, args.out)
    file.write_text(json.dumps({"seed": args.seed, "secrets": repo.truth}, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(repo.truth)} secrets, {sum(t['at_head'] for t in repo.truth)} at HEAD, in {args.out}; truth in {file}")


if __name__ == "__main__":
    main()
