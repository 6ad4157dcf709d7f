"""A moto server in which time has passed.

moto dates everything with the moment of the call and has no root user. This server is moto's own, with one
path more: POST /aged sets what the API of AWS gives no way to set.

    {"user": NAME, "created_days_ago": N, "password_used_days_ago": N}
    {"access_key": ID, "created_days_ago": N, "used_days_ago": N, "service": "s3", "region": "eu-central-1"}
    {"root": {"mfa": true, "access_keys": 0}}
"""

import argparse
import json
from datetime import timedelta

from moto.core.utils import utcnow
from moto.iam.models import AccessKeyLastUsed, iam_backends
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import run_simple

ACCOUNT = "123456789012"


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
    iam.account_summary._account_mfa_enabled = int(wish["root"].get("mfa", False))
    iam.account_summary._account_access_keys_present = int(wish["root"].get("access_keys", 0))


def apply(wish):
    iam = iam_backends[wish.get("account", ACCOUNT)]["aws"]
    if "access_key" in wish:
        age_access_key(iam, wish)
    elif "user" in wish:
        age_user(iam, wish)
    elif "root" in wish:
        set_root(iam, wish)
    else:
        raise KeyError("user, access_key or root")


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
    application = Aged(DomainDispatcherApplication(create_backend_app))
    run_simple(arguments.host, arguments.port, application, threaded=True, request_handler=Quiet)


if __name__ == "__main__":
    main()
