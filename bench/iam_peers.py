"""The peers of `cargo xtask bench iam`: iam_peers.py managed|parliament|cloudsplaining FOLDER OUT.

`managed` writes the AWS managed policies that moto ships into FOLDER, a file each. The other two read every
policy of FOLDER in the order of its names and write a line each to OUT: the file, the microseconds that the peer
took for it (its import is not among them), and what it found.
"""

import contextlib
import io
import json
import logging
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")
logging.disable(logging.CRITICAL)


def managed(folder, _out):
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    os.makedirs(folder, exist_ok=True)
    for name, policy in json.loads(aws_managed_policies_data).items():
        with open(os.path.join(folder, name + ".json"), "w") as file:
            json.dump(policy["Document"], file, indent=2)


def parliament():
    import parliament

    def audit(text):
        policy = parliament.analyze_policy_string(text)
        return [[finding.issue, str(finding.detail)] for finding in policy.findings]

    return audit


def cloudsplaining():
    from cloudsplaining.output.policy_finding import PolicyFinding
    from cloudsplaining.scan.policy_document import PolicyDocument
    from cloudsplaining.shared.exclusions import DEFAULT_EXCLUSIONS

    def audit(text):
        results = PolicyFinding(PolicyDocument(json.loads(text)), DEFAULT_EXCLUSIONS).results
        kinds = {kind: value["findings"] for kind, value in results.items() if isinstance(value, dict)}
        return [[kind, detail(found)] for kind, findings in kinds.items() for found in findings]

    return audit


def detail(found):
    return found if isinstance(found, str) else found["type"]


def run(audit, folder, out):
    with open(out, "w") as lines:
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name)) as file:
                text = file.read()
            start = time.perf_counter_ns()
            try:
                with contextlib.redirect_stdout(io.StringIO()):
                    issues = audit(text)
            except Exception as error:
                issues = [["CRASH", f"{type(error).__name__}: {error}"]]
            micros = (time.perf_counter_ns() - start) / 1000
            print(json.dumps({"file": name, "micros": micros, "issues": issues}), file=lines)


what, folder, out = sys.argv[1:]
if what == "managed":
    managed(folder, out)
else:
    run({"parliament": parliament, "cloudsplaining": cloudsplaining}[what](), folder, out)
