"""Runs a command and writes what it took: measure.py OUT.json COMMAND…

cpu_seconds counts the command and every process it waited for; peak_mib is the largest of those processes.
"""

import json
import resource
import subprocess
import sys
import time

out, *command = sys.argv[1:]
start = time.monotonic()
code = subprocess.run(command, stdin=subprocess.DEVNULL).returncode
wall = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
scale = 1024 * 1024 if sys.platform == "darwin" else 1024
with open(out, "w") as file:
    json.dump(
        {
            "code": code,
            "wall_seconds": wall,
            "cpu_seconds": used.ru_utime + used.ru_stime,
            "peak_mib": used.ru_maxrss / scale,
        },
        file,
    )
