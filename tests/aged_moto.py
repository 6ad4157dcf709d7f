"""A moto server in which time has passed.

moto dates everything with the moment of the call, has no root user, and lists every managed policy of AWS
whether anyone uses it or not. This server is moto's own, with one path more: POST /aged sets what the API of AWS
gives no way to set.

    {"user": NAME, "created_days_ago": N, "password_used_days_ago": N}
    {"access_key": ID, "created_days_ago": N, "used_days_ago": N, "service": "s3", "region": "eu-central-1"}
    {"root": {"mfa": true, "access_keys": 0, "created_days_ago": N, "password_used_days_ago": N}}
    {"forget": "unused managed policies"}
"""

import argparse
import json
from datetime import timedelta

from moto.core.utils import utcnow
from moto.iam.models import AccessKeyLastUsed, IAMBackend, iam_backends
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import run_simple

ACCOUNT = "123456789012"
ROOT_ROWS = {}


def days_ago(days):
    return utcnow().replace(microsecond=0) - timedelta(days=days)


def age_user(iam, wish):
    user = iam.users[wish["user"]]
    if "created_days_ago" in wish:
        user.create_date = days_ago(wish["created_days_ago"])
    if "password_used_days_ago" in wish:
        user.password_last_used = days_ago(wish["password_used_days_ago"])


def age_access_key(iam, wish):
    keys = [key for user in iam.users.values() for key in user.access_keys]
    key = next(key for key in keys if key.access_key_id == wish["access_key"])
    if "created_days_ago" in wish:
        key.create_date = days_ago(wish["created_days_ago"])
    if "used_days_ago" in wish:
        key.last_used = AccessKeyLastUsed(
            days_ago(wish["used_days_ago"]), wish.get("service", "s3"), wish.get("region", "eu-central-1")
        )


def set_root(iam, wish):
    root = wish["root"]
    iam.account_summary._account_mfa_enabled = int(root.get("mfa", False))
    iam.account_summary._account_access_keys_present = int(root.get("access_keys", 0))
    created = stamp(root.get("created_days_ago", 1000))
    used = root.get("password_used_days_ago")
    row = [
        "<root_account>",
        f"arn:aws:iam::{iam.account_id}:root",
        created,
        "not_supported",
        stamp(used) if used is not None else "no_information",
        "not_supported",
        "not_supported",
        flag(root.get("mfa", False)),
    ]
    for key in (1, 2):
        active = root.get("access_keys", 0) >= key
        row += [flag(active), created if active else "N/A", "N/A", "N/A", "N/A"]
    row += ["false", "N/A", "false", "N/A"]
    ROOT_ROWS[iam.account_id] = ",".join(row) + "\n"


def stamp(days):
    return days_ago(days).strftime("%Y-%m-%dT%H:%M:%S+00:00")


def flag(value):
    return "true" if value else "false"


def forget_unused_policies(iam, wish):
    kept = [policy for policy in iam.aws_managed_policies if policy.attachment_count > 0]
    dropped = {policy.arn for policy in iam.aws_managed_policies} - {policy.arn for policy in kept}
    iam.aws_managed_policies = kept
    for arn in dropped:
        iam.managed_policies.pop(arn, None)


def report_with_root(report):
    def get_credential_report(iam):
        header, _, users = report(iam).partition("\n")
        return f"{header}\n{ROOT_ROWS.get(iam.account_id, '')}{users}"

    return get_credential_report


WISHES = {
    "access_key": age_access_key,
    "user": age_user,
    "root": set_root,
    "forget": forget_unused_policies,
}


def apply(wish):
    iam = iam_backends[wish.get("account", ACCOUNT)]["aws"]
    next(WISHES[kind] for kind in WISHES if kind in wish)(iam, wish)


class Aged:
    def __init__(self, inner):
        self.inner = inner

    def __call__(self, environ, start_response):
        if environ.get("PATH_INFO") != "/aged":
            return self.inner(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            apply(json.loads(body))
        except (KeyError, StopIteration, ValueError) as error:
            start_response("400 Bad Request", [("Content-Type", "text/plain")])
            return [f"{type(error).__name__}: {error}".encode()]
        start_response("204 No Content", [])
        return []


class Quiet(MotoRequestHandler):
    def log_request(self, *args):
        pass


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    IAMBackend.get_credential_report = report_with_root(IAMBackend.get_credential_report)
    application = Aged(DomainDispatcherApplication(create_backend_app))
    run_simple(arguments.host, arguments.port, application, threaded=True, request_handler=Quiet)


if __name__ == "__main__":
    main()
