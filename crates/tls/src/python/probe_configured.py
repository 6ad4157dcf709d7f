# Builds the configuration of a client anew from tieout's closed vocabulary, and makes one request with it. A value is "none",
# "authorities", or an object with one key: flag, number, text, constants (names of `ssl`, joined by |) or context. Nothing of
# a project is here. It takes Python 2.7 and 3.4 and later, as probe.py does.
import os
import ssl

AUTHORITY = os.environ.get("SSL_CERT_FILE")


def constant(name):
    found = ssl
    for part in name.split("."):
        found = getattr(found, part)
    return found


def value_of(value):
    if value == "none":
        return None
    if value == "authorities":
        return AUTHORITY
    ((kind, inner),) = value.items()
    if kind == "constants":
        found = constant(inner[0])
        for name in inner[1:]:
            found = found | constant(name)
        return found
    if kind == "context":
        return context_of(inner)
    return str(inner) if kind == "text" else inner


def values_of(arguments):
    return dict((str(name), value_of(value)) for name, value in arguments.items())


def bare_context(**arguments):
    return ssl.SSLContext(*arguments.values())


def urllib3_context(**arguments):
    from urllib3.util.ssl_ import create_urllib3_context

    return create_urllib3_context(**arguments)


def httpx_context(**arguments):
    import httpx

    return httpx.create_ssl_context(**arguments)


MAKERS = {
    "ssl.create_default_context": lambda **arguments: ssl.create_default_context(**arguments),
    "ssl._create_unverified_context": lambda **arguments: ssl._create_unverified_context(**arguments),
    "ssl.SSLContext": bare_context,
    "urllib3.util.ssl_.create_urllib3_context": urllib3_context,
    "httpx.create_ssl_context": httpx_context,
}


def context_of(recipe):
    context = MAKERS[recipe["make"]](**values_of(recipe["arguments"]))
    # Whatever it trusts in the project, here it is the probe's own authority.
    context.load_verify_locations(AUTHORITY)
    for change in recipe["changes"]:
        what, value = str(change["what"]), value_of(change["value"])
        if change["how"] == "set":
            setattr(context, what, value)
        elif change["how"] == "add":
            setattr(context, what, getattr(context, what) | value)
        elif change["how"] == "remove":
            setattr(context, what, getattr(context, what) & ~value)
        else:
            getattr(context, what)(value)
    return context


def talk(secured):
    try:
        secured.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        if not secured.recv(1024):
            raise OSError("no answer")
    finally:
        secured.close()


def with_context(given, host, port, timeout):
    import socket

    context = given["context"]
    plain = socket.create_connection((host, port), timeout)
    try:
        talk(context.wrap_socket(plain, server_hostname=host))
    finally:
        plain.close()


def with_wrap_socket(given, host, port, timeout):
    import socket

    if given.get("ca_certs") is None and given.get("cert_reqs"):
        given["ca_certs"] = AUTHORITY
    secured = ssl.wrap_socket(socket.socket(socket.AF_INET), **given)
    secured.settimeout(timeout)
    secured.connect((host, port))
    talk(secured)


def with_http_client(given, host, port, timeout):
    import http.client

    connection = http.client.HTTPSConnection(host, port, timeout=timeout, **given)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    finally:
        connection.close()


def with_urllib_request(given, host, port, timeout):
    import urllib.request

    address = "https://%s:%d/" % (host, port)
    if "check_hostname" in given:
        opener = urllib.request.build_opener(urllib.request.HTTPSHandler(**given))
        opener.open(address, timeout=timeout).read()
    else:
        urllib.request.urlopen(address, timeout=timeout, **given).read()


def with_https_context(given, host, port, timeout):
    import urllib.request

    context = given["context"]
    ssl._create_default_https_context = lambda *arguments, **keywords: context
    urllib.request.urlopen("https://%s:%d/" % (host, port), timeout=timeout).read()


def with_urllib3(given, host, port, timeout):
    import urllib3

    pool = urllib3.PoolManager(**given)
    pool.request("GET", "https://%s:%d/" % (host, port), timeout=timeout, retries=False)


def with_requests(given, host, port, timeout):
    import requests
    import requests.adapters

    # This variable would win over a session's own `verify`; the authority comes in by the default in its place.
    os.environ.pop("REQUESTS_CA_BUNDLE", None)
    requests.adapters.DEFAULT_CA_BUNDLE_PATH = AUTHORITY
    of_adapter = dict((name[8:], value) for name, value in given.items() if name.startswith("adapter."))

    class Adapter(requests.adapters.HTTPAdapter):
        def init_poolmanager(self, *arguments, **keywords):
            keywords.update(of_adapter)
            return super(Adapter, self).init_poolmanager(*arguments, **keywords)

    session = requests.Session()
    if "session.verify" in given:
        session.verify = given["session.verify"]
    if of_adapter:
        session.mount("https://", Adapter())
    keywords = {"verify": given["verify"]} if "verify" in given else {}
    session.get("https://%s:%d/" % (host, port), timeout=timeout, **keywords)


def with_httpx(given, host, port, timeout):
    import httpx

    with httpx.Client(timeout=timeout, **given) as client:
        client.get("https://%s:%d/" % (host, port))


AIOHTTP = """
import aiohttp, asyncio

async def fetch():
    limit = aiohttp.ClientTimeout(total=timeout)
    async with aiohttp.ClientSession(timeout=limit) as session:
        async with session.get("https://%s:%d/" % (host, port), **given) as answer:
            await answer.read()

loop = asyncio.new_event_loop()
try:
    loop.run_until_complete(fetch())
finally:
    loop.close()
"""


def with_aiohttp(given, host, port, timeout):
    exec(AIOHTTP, {"given": given, "host": host, "port": port, "timeout": timeout})


def with_botocore(given, host, port, timeout):
    import botocore.config
    import botocore.session

    if given.get("verify") is True:
        # botocore's own bundle of authorities, where its default asks AWS_CA_BUNDLE.
        given["verify"] = AUTHORITY
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
        **given
    )
    client.get_caller_identity()


WAYS = {
    "ssl": with_context,
    "ssl.wrap_socket": with_wrap_socket,
    "http.client": with_http_client,
    "urllib.request": with_urllib_request,
    "https_context": with_https_context,
    "urllib3": with_urllib3,
    "requests": with_requests,
    "httpx": with_httpx,
    "aiohttp": with_aiohttp,
    "botocore": with_botocore,
}


def request_of(configuration):
    way = WAYS[configuration["way"]]

    def request(host, port, timeout):
        # Made anew for each server: what one has changed is not there for the next.
        way(values_of(configuration["arguments"]), host, port, timeout)

    return request
