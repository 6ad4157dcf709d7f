# What is not settled, and what is no client.

### a value of the environment
import os, requests
requests.get("https://a", verify=os.environ.get("VERIFY"))
#= 2 ?

### a settings object
import requests
from app.conf import settings
requests.get("https://a", verify=settings.VERIFY)
#= 3 ?

### an argument without a default
import requests
def fetch(url, verify):
    return requests.get(url, verify=verify)
#= 3 ?

### a setting under a condition
import ssl, sys
ctx = ssl.create_default_context()
if sys.argv[1:]:
    ctx.check_hostname = False
#= 2 ?

### a setting in a loop
import ssl
ctx = ssl.create_default_context()
for flag in FLAGS:
    ctx.options |= flag
#= 2 ?

### a setting in another function
import ssl
ctx = ssl.create_default_context()
def later():
    ctx.check_hostname = False
#= 2 ?

### a client in a function, its context changed in another
import ssl, httpx
ctx = ssl.create_default_context()
def later():
    ctx.check_hostname = False
def fetch():
    return httpx.Client(verify=ctx)
#= 6 ?

### self's context in another method
import ssl
class A:
    def __init__(self):
        self.ctx = ssl.create_default_context()
    def relax(self):
        self.ctx.check_hostname = False
#= 4 ?

### a return in a branch takes the change along
import ssl
def make(lax):
    ctx = ssl.create_default_context()
    if lax:
        ctx.check_hostname = False
        return ctx
    return ctx
#= 3 ?

### one of two
import ssl, httpx, os
ctx = ssl.create_default_context() if os.getenv("X") else ssl._create_unverified_context()
httpx.Client(verify=ctx)
#= 2 ssl: ssl._create_unverified_context()
#= 2 ssl: ssl.create_default_context()
#= 3 ?

### a value of which only the name is known
import ssl
def make(version):
    ctx = ssl.create_default_context()
    ctx.minimum_version = version
    return ctx
#= 3 ?

### a context that comes from elsewhere
import ssl
def relax(ctx):
    ctx.check_hostname = False
#= 3 ?

### a session that comes from elsewhere
import requests
def fetch(session):
    return session.get("https://a", verify=False)
#= 3 ?

### keywords that come from elsewhere
import requests
from app.conf import OPTIONS
requests.get("https://a", **OPTIONS)
#= 3 ?

### a change for all of the process
import ssl
ssl.match_hostname = lambda *a: True
ssl._create_default_https_context = make_it
#= 2 ?
#= 3 ?

### ciphers of urllib3 for all
import requests
requests.packages.urllib3.util.ssl_.DEFAULT_CIPHERS += ":HIGH:!DH:!aNULL"
#= 2 ?

### pyOpenSSL
from OpenSSL import SSL
import ssl
ctx = SSL.Context(SSL.TLSv1_METHOD)
#= 3 ?

### servers are no clients
import ssl, http.server, asyncio
a = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
b = ssl.create_default_context(purpose=ssl.Purpose.CLIENT_AUTH)
b.load_cert_chain("a.pem")
c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
c.minimum_version = ssl.TLSVersion.TLSv1
d = ssl.SSLContext(ssl.PROTOCOL_TLS)
d.load_cert_chain("a.pem")
d.wrap_socket(socket, server_side=True)
e = ssl.SSLContext(ssl.PROTOCOL_TLSv1_2)
app.run(ssl_context=e)

### a context that may be either
import ssl
def make():
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS)
    ctx.load_cert_chain("a.pem")
    return ctx
#= 3 ?

### a client with a certificate of its own
import ssl, socket
ctx = ssl.SSLContext(ssl.PROTOCOL_TLS)
ctx.load_cert_chain("a.pem")
ctx.wrap_socket(socket.socket(), server_hostname="a")
#= 2 ssl: ssl.SSLContext(protocol=PROTOCOL_TLS)

### names that are something else
import ssl
class ssl_:
    pass
def create_default_context():
    return 1
def f(ssl, requests):
    ssl.create_default_context()
    requests.get("https://a", verify=True)
create_default_context()

### a module of the project by the same name
from . import ssl
from .requests import get
ssl.create_default_context()
get("https://a", verify=False)

### verify of something else
import jwt
jwt.decode(token, verify=False)
class Model:
    verify = False

### text that only looks like code
TEXT = """
import ssl
requests.get(url, verify=False)
"""
# requests.get(url, verify=False)

### a global that a function sets
import requests
VERIFY = True
def set_it():
    global VERIFY
    VERIFY = False
def fetch():
    requests.get("https://a", verify=VERIFY)
#= 7 ?

### try and except
import ssl
ctx = ssl.create_default_context()
try:
    ctx.minimum_version = ssl.TLSVersion.TLSv1_2
except AttributeError:
    ctx.options |= ssl.OP_NO_TLSv1
#= 2 ?

### a file that does not parse in whole
import ssl
ctx = ssl._create_unverified_context()
x = = 1
#= 2 ssl: ssl._create_unverified_context()
#= 3 ?

### an attribute that the probe does not set
import ssl
ctx = ssl.create_default_context()
ctx.something_new = 3
#= 2 ?

### session.verify under a condition
import requests, os
s = requests.Session()
if os.getenv("X"):
    s.verify = False
s.get("https://a")
#= 2 ?

### a context that a function of another module may change
import ssl
from .tls import relax
ctx = ssl.create_default_context()
relax(ctx)
#= 3 ?

### a decorated factory is not followed
import ssl, httpx
@retry
def make():
    return ssl._create_unverified_context()
httpx.Client(verify=make())
#= 4 ssl: ssl._create_unverified_context()
#= 5 ?
