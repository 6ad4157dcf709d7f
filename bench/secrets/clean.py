"""Makes the clean tree: clean.py WHEELS OUTDIR downloads what `clean.txt` pins as wheels and unpacks each into OUTDIR.

Nothing of it is part of the repository. A wheel that is there already is not fetched again.
"""

import pathlib
import subprocess
import sys
import zipfile


def fetch(wheels, pins):
    wheels.mkdir(parents=True, exist_ok=True)
    have = {tuple(path.name.lower().split("-")[:2]) for path in wheels.glob("*.whl")}
    missing = [pin for pin in pins if (pin.split("==")[0].lower().replace("-", "_"), pin.split("==")[1]) not in have]
    if missing:
        platforms = [f"--platform={name}" for name in ("manylinux2014_x86_64", "manylinux_2_28_x86_64", "any")]
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:",
             "--python-version=3.11", *platforms, "-d", str(wheels), *missing],
            check=True,
        )


def main():
    wheels, out = map(pathlib.Path, sys.argv[1:])
    text = (pathlib.Path(__file__).parent / "clean.txt").read_text()
    pins = [line for line in text.splitlines() if line and not line.startswith("#")]
    fetch(wheels, pins)
    files = size = 0
    for pin in pins:
        name, version = pin.split("==")
        (path,) = wheels.glob(f"{name.replace('-', '_')}-{version}-*.whl")
        with zipfile.ZipFile(path) as archive:
            archive.extractall(out / f"{name}-{version}")
            members = [member for member in archive.infolist() if not member.is_dir()]
            files, size = files + len(members), size + sum(member.file_size for member in members)
    print(f"{files} files, {size / 1e6:.1f} MB")


main()
