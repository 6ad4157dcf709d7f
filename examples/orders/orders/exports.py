import os
import subprocess
from pathlib import Path

EXPORTS = Path(os.environ.get("EXPORT_FOLDER", "/var/lib/orders/exports"))


def export_file(name):
    return EXPORTS / name


def archive(folder, target):
    subprocess.run(["tar", "--create", "--gzip", "--file", str(target), str(folder)], check=True)


def prune(days):
    subprocess.run(f"find {EXPORTS} -mtime +{days} -delete", shell=True, check=True)
