# Clients and what they are given.

### requests with verify off, on, and an authority
import requests
requests.get("https://a", verify=False)
requests.request("GET", "https://a", verify=True)
requests.post("https://a", verify="/etc/ca.pem")
requests.get("https://a")
#= 2 requests: verify=False
#= 3 requests: verify=True
#= 4 requests: verify=<authorities>

### names of requests
from requests import get as fetch
from requests.api import put
fetch("https://a", verify=False)
put("https://a", verify=0)
#= 3 requests: verify=False
#= 4 requests: verify=False

### a session that does not verify, and a call that does
import requests
s = requests.Session()
s.verify = False
s.get("https://a")
s.get("https://a", verify=True)
#= 3 requests: session.verify=False
#= 5 requests: session.verify=False; verify=True

### a session in a with, a session without a name
import requests
with requests.session() as s:
    s.verify = False
    s.get("https://a")
requests.Session().verify = False
#= 3 requests: session.verify=False
#= 5 requests: session.verify=False

### a session that verifies again
import requests
s = requests.Session()
s.verify = False
s.verify = "/etc/ca.pem"
#= 4 requests: session.verify=<authorities>

### a session in self
import requests
class Api:
    def __init__(self):
        self.session = requests.Session()
        self.session.verify = False
    def get(self):
        return self.session.get("https://a")
#= 5 requests: session.verify=False

### a class of sessions
import requests
class S(requests.Session):
    def __init__(self):
        super().__init__()
        self.verify = False
#= 5 requests: session.verify=False

### an annotated session
import requests
def fetch(session: requests.Session):
    return session.get("https://a", verify=False)
#= 3 requests: verify=False

### keywords of a dict
import requests
OPTIONS = {"timeout": 3, "verify": False}
def fetch():
    return requests.get("https://a", **OPTIONS)
#= 4 requests: verify=False

### a helper with a default, and a call that says otherwise
import requests
def fetch(url, verify=True):
    return requests.get(url, verify=verify)
fetch("https://a", verify=False)
#= 3 requests: verify=False
#= 3 requests: verify=True

### a helper that hands its keywords on
import requests
def fetch(url, **kwargs):
    return requests.get(url, **kwargs)
fetch("https://a", verify=False)
#= 3 requests: verify=False

### an adapter with a version
import ssl, requests
from requests.adapters import HTTPAdapter
from urllib3.poolmanager import PoolManager
class Old(HTTPAdapter):
    def init_poolmanager(self, connections, maxsize, block=False):
        self.poolmanager = PoolManager(num_pools=connections, maxsize=maxsize, block=block, ssl_version=ssl.PROTOCOL_TLSv1)
#= 6 requests: adapter.ssl_version=PROTOCOL_TLSv1

### an adapter with a context
import requests
from urllib3.util.ssl_ import create_urllib3_context
class Lax(requests.adapters.HTTPAdapter):
    def init_poolmanager(self, *args, **kwargs):
        context = create_urllib3_context(ciphers="ALL:@SECLEVEL=0")
        context.check_hostname = False
        kwargs["ssl_context"] = context
        return super().init_poolmanager(*args, **kwargs)
#= 8 requests: adapter.ssl_context=urllib3.util.ssl_.create_urllib3_context(ciphers="ALL:@SECLEVEL=0"); check_hostname = False

### an adapter that is given its context
import ssl, requests
class Given(requests.adapters.HTTPAdapter):
    def __init__(self, ssl_context=None, **kwargs):
        self.ssl_context = ssl_context
        super().__init__(**kwargs)
    def init_poolmanager(self, connections, maxsize, block=False):
        super().init_poolmanager(connections, maxsize, block, ssl_context=self.ssl_context)
ctx = ssl.create_default_context()
ctx.minimum_version = ssl.TLSVersion.TLSv1_3
s = requests.Session()
s.mount("https://", Given(ctx))
#= 7 requests: adapter.ssl_context=ssl.create_default_context(); minimum_version = TLSVersion.TLSv1_3

### urllib3
import ssl, urllib3
urllib3.PoolManager(cert_reqs="CERT_NONE", assert_hostname=False)
urllib3.PoolManager(ssl_minimum_version=ssl.TLSVersion.TLSv1_2, ca_certs="/etc/ca.pem")
urllib3.HTTPSConnectionPool("a", cert_reqs=ssl.CERT_NONE)
urllib3.PoolManager(num_pools=4)
#= 2 urllib3: assert_hostname=False; cert_reqs="CERT_NONE"
#= 3 urllib3: ca_certs=<authorities>; ssl_minimum_version=TLSVersion.TLSv1_2
#= 4 urllib3: cert_reqs=CERT_NONE

### urllib3 with a context, told once
import ssl, urllib3
ctx = ssl.create_default_context()
ctx.check_hostname = False
pool = urllib3.PoolManager(ssl_context=ctx)
#= 4 urllib3: ssl_context=ssl.create_default_context(); check_hostname = False

### httpx
import ssl, httpx
ctx = ssl.create_default_context()
ctx.set_ciphers("HIGH")
a = httpx.Client(verify=ctx)
b = httpx.AsyncClient(verify=False, timeout=3)
c = httpx.get("https://a", verify=False)
d = httpx.Client(transport=httpx.HTTPTransport(verify=False))
#= 4 httpx: verify=ssl.create_default_context(); set_ciphers("HIGH")
#= 5 httpx: verify=False
#= 6 httpx: verify=False
#= 7 httpx: verify=False

### aiohttp
import aiohttp, ssl
async def fetch():
    connector = aiohttp.TCPConnector(ssl=False)
    async with aiohttp.ClientSession(connector=connector) as session:
        async with session.get("https://a", ssl=ssl._create_unverified_context()) as answer:
            return await answer.read()
async def old():
    return aiohttp.TCPConnector(verify_ssl=False, limit=3)
#= 3 aiohttp: ssl=False
#= 5 aiohttp: ssl=ssl._create_unverified_context()
#= 8 aiohttp: ssl=False

### boto3
import boto3, botocore.session
boto3.client("s3", verify=False)
boto3.Session(region_name="eu-west-1").resource("s3", verify="/etc/ca.pem")
s = boto3.session.Session()
s.client("sts", "eu-west-1", None, True, False)
botocore.session.get_session().create_client("s3", verify=False)
boto3.client("s3", config=botocore.config.Config(retries={}))
#= 2 botocore: verify=False
#= 3 botocore: verify=<authorities>
#= 5 botocore: verify=False
#= 6 botocore: verify=False

### the standard library
import ssl, urllib.request, http.client
from urllib.request import urlopen
ctx = ssl._create_unverified_context(ssl.PROTOCOL_TLS_CLIENT)
urlopen("https://a", context=ctx)
http.client.HTTPSConnection("a", context=ssl.create_default_context())
urllib.request.build_opener(urllib.request.HTTPSHandler(context=ctx))
#= 4 urllib.request: context=ssl._create_unverified_context(protocol=PROTOCOL_TLS_CLIENT)
#= 5 http.client: context=ssl.create_default_context()
#= 6 urllib.request: context=ssl._create_unverified_context(protocol=PROTOCOL_TLS_CLIENT)

### order matters
import ssl, urllib.request
ctx = ssl.create_default_context()
urllib.request.urlopen("https://a", context=ctx)
ctx.check_hostname = False
urllib.request.urlopen("https://b", context=ctx)
#= 3 urllib.request: context=ssl.create_default_context()
#= 5 urllib.request: context=ssl.create_default_context(); check_hostname = False

### for every client of the process
import ssl
ssl._create_default_https_context = ssl._create_unverified_context
def make():
    return ssl.SSLContext(ssl.PROTOCOL_TLSv1_2)
ssl._create_default_https_context = make
ssl._create_default_https_context = lambda: ssl.create_default_context()
#= 2 urllib.request: context=ssl._create_unverified_context()
#= 5 urllib.request: context=ssl.SSLContext(protocol=PROTOCOL_TLSv1_2)
#= 6 urllib.request: context=ssl.create_default_context()

### wrap_socket of old
import ssl, socket
ssl.wrap_socket(socket.socket(), ssl_version=ssl.PROTOCOL_SSLv3)
ssl.wrap_socket(socket.socket(), server_side=True, certfile="a.pem")
#= 2 ssl: ssl_version=PROTOCOL_SSLv3

### a factory of the file
import ssl, httpx
def strict():
    ctx = ssl.create_default_context()
    ctx.minimum_version = ssl.TLSVersion.TLSv1_3
    return ctx
client = httpx.Client(verify=strict())
#= 6 httpx: verify=ssl.create_default_context(); minimum_version = TLSVersion.TLSv1_3

### a factory with what it is given
import ssl, httpx
def make(insecure=False):
    ctx = ssl.create_default_context()
    if insecure:
        ctx.check_hostname = False
        ctx.verify_mode = ssl.CERT_NONE
    return ctx
client = httpx.Client(verify=make(insecure=True))
#= 3 ?
#= 8 httpx: verify=ssl.create_default_context(); check_hostname = False; verify_mode = CERT_NONE

### a method that makes the context
import ssl, httpx
class Api:
    def context(self):
        ctx = ssl.create_default_context()
        ctx.maximum_version = ssl.TLSVersion.TLSv1_2
        return ctx
    def client(self):
        return httpx.Client(verify=self.context())
#= 8 httpx: verify=ssl.create_default_context(); maximum_version = TLSVersion.TLSv1_2

### what is None is as it is by default
import requests, http.client
requests.get("https://a", verify=None)
http.client.HTTPSConnection("a", context=None)
