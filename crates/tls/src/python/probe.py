# tieout's probe: it asks this interpreter what its TLS clients do with servers on the loopback, and nothing else.
# Run as: python probe.py JOB. JOB (JSON) says what to ask: {"report": FILE, "client": NAME or null, "host": HOST,
# "timeout": SECONDS, "trials": {TRIAL: PORT}, "configuration": as in probe_configured.py, or not there for the client's
# defaults}. Answers go to FILE, one JSON object a line.
# It takes Python 2.7 and 3.4 and later: no f-strings, no `async`, and no import that is not needed.
import json
import sys

with open(sys.argv[1]) as job:
    JOB = json.load(job)
REPORT = open(JOB["report"], "a")


def tell(answer):
    REPORT.write(json.dumps(answer) + "\n")
    REPORT.flush()


def loaded_library(name):
    # Which shared library this process has loaded; only Linux tells.
    try:
        with open("/proc/self/maps") as maps:
            for line in maps:
                path = line.rstrip("\n").split(" ", 5)[-1].strip()
                if path.rsplit("/", 1)[-1].startswith(name):
                    return path
    except (IOError, OSError):
        pass
    return None


def is_there(name):
    try:
        from importlib.util import find_spec
    except ImportError:
        import pkgutil

        find_spec = pkgutil.find_loader
    try:
        return find_spec(name) is not None
    except Exception:
        return False


def facts():
    answer = {
        "python": "%d.%d.%d" % sys.version_info[:3],
        "release": sys.version_info[3],
        "implementation": getattr(getattr(sys, "implementation", None), "name", "cpython"),
        "executable": sys.executable,
        "openssl": None,
        "clients": [],
    }
    try:
        import ssl
    except Exception as error:
        answer["error"] = "%s: %s" % (type(error).__name__, error)
        tell(answer)
        return
    answer["openssl"] = ssl.OPENSSL_VERSION
    answer["libssl"] = loaded_library("libssl")
    try:
        paths = ssl.get_default_verify_paths()
        answer["cafile"] = paths.openssl_cafile
        answer["capath"] = paths.openssl_capath
    except Exception:
        pass
    names = ["ssl.create_default_context", "http.client", "urllib.request"]
    if not hasattr(ssl, "create_default_context"):
        names = names[1:]
    if sys.version_info[0] < 3:
        names = [name for name in names if name.startswith("ssl.")]
    for name in ["urllib3", "requests", "httpx", "aiohttp", "botocore"]:
        if is_there(name):
            names.append(name)
    answer["clients"] = names
    tell(answer)


# Each client: a function that makes one request over TLS with the client's own defaults, and fails by an exception.


def with_ssl(host, port, timeout):
    import socket
    import ssl

    context = ssl.create_default_context()
    plain = socket.create_connection((host, port), timeout)
    try:
        secured = context.wrap_socket(plain, server_hostname=host)
        try:
            secured.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            if not secured.recv(1024):
                raise OSError("no answer")
        finally:
            secured.close()
    finally:
        plain.close()


def with_http_client(host, port, timeout):
    import http.client

    connection = http.client.HTTPSConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    finally:
        connection.close()


def with_urllib_request(host, port, timeout):
    import urllib.request

    urllib.request.urlopen("https://%s:%d/" % (host, port), timeout=timeout).read()


def with_urllib3(host, port, timeout):
    import urllib3

    pool = urllib3.PoolManager()
    pool.request("GET", "https://%s:%d/" % (host, port), timeout=timeout, retries=False)


def with_requests(host, port, timeout):
    import requests

    requests.get("https://%s:%d/" % (host, port), timeout=timeout)


def with_httpx(host, port, timeout):
    import httpx

    httpx.get("https://%s:%d/" % (host, port), timeout=timeout)


AIOHTTP = """
import aiohttp, asyncio

async def fetch():
    limit = aiohttp.ClientTimeout(total=timeout)
    async with aiohttp.ClientSession(timeout=limit) as session:
        async with session.get("https://%s:%d/" % (host, port)) as answer:
            await answer.read()

loop = asyncio.new_event_loop()
try:
    loop.run_until_complete(fetch())
finally:
    loop.close()
"""


def with_aiohttp(host, port, timeout):
    exec(AIOHTTP, {"host": host, "port": port, "timeout": timeout})


def with_botocore(host, port, timeout):
    import botocore.config
    import botocore.session

    config = botocore.config.Config(
        connect_timeout=timeout, read_timeout=timeout, retries={"max_attempts": 0}, parameter_validation=False
    )
    client = botocore.session.Session().create_client(
        "sts",
        region_name="us-east-1",
        endpoint_url="https://%s:%d/" % (host, port),
        aws_access_key_id="probe",
        aws_secret_access_key="probe",
        config=config,
    )
    client.get_caller_identity()


CLIENTS = {
    "ssl.create_default_context": (with_ssl, None),
    "http.client": (with_http_client, None),
    "urllib.request": (with_urllib_request, None),
    "urllib3": (with_urllib3, "urllib3"),
    "requests": (with_requests, "requests"),
    "httpx": (with_httpx, "httpx"),
    "aiohttp": (with_aiohttp, "aiohttp"),
    "botocore": (with_botocore, "botocore"),
}


def version_of(module):
    if module is None:
        return "%d.%d.%d" % sys.version_info[:3]
    version = getattr(__import__(module), "__version__", None)
    return None if version is None else str(version)


def ask(name):
    request, module = CLIENTS.get(name, (None, None))
    try:
        if "configuration" in JOB:
            from probe_configured import request_of

            request = request_of(JOB["configuration"])
        tell({"client": name, "version": version_of(module)})
    except Exception as error:
        tell({"client": name, "broken": "%s: %s" % (type(error).__name__, error)})
        return
    for trial in sorted(JOB["trials"]):
        error = None
        try:
            request(JOB["host"], JOB["trials"][trial], JOB["timeout"])
        except Exception as caught:
            error = "%s: %s" % (type(caught).__name__, caught)
        tell({"client": name, "trial": trial, "error": error})


if JOB["client"] is None:
    facts()
else:
    ask(JOB["client"])
