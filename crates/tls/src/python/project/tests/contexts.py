# Contexts: what they are made of and what is changed on them.

### the default
import ssl
ctx = ssl.create_default_context()
#= 2 ssl: ssl.create_default_context()

### a minimum
import ssl
ctx = ssl.create_default_context()
ctx.minimum_version = ssl.TLSVersion.TLSv1_2
#= 2 ssl: ssl.create_default_context(); minimum_version = TLSVersion.TLSv1_2

### an alias of the module
import ssl as s
ctx = s.create_default_context(cafile="/etc/ca.pem")
ctx.maximum_version = s.TLSVersion.TLSv1_1
#= 2 ssl: ssl.create_default_context(cafile=<authorities>); maximum_version = TLSVersion.TLSv1_1

### names from the module
from ssl import SSLContext, PROTOCOL_TLS_CLIENT as CLIENT, CERT_NONE
def make():
    context = SSLContext(CLIENT)
    context.check_hostname = False
    context.verify_mode = CERT_NONE
    return context
#= 3 ssl: ssl.SSLContext(protocol=PROTOCOL_TLS_CLIENT); check_hostname = False; verify_mode = CERT_NONE

### everything from the module
from ssl import *
ctx = create_default_context()
ctx.verify_mode = CERT_OPTIONAL
#= 2 ssl: ssl.create_default_context(); verify_mode = CERT_OPTIONAL

### set and later set again
import ssl
ctx = ssl._create_unverified_context()
ctx.verify_mode = ssl.CERT_REQUIRED
ctx.check_hostname = True
#= 2 ssl: ssl._create_unverified_context(); verify_mode = CERT_REQUIRED; check_hostname = True

### options in all ways
import ssl
ctx = ssl.SSLContext(ssl.PROTOCOL_SSLv23)
ctx.options |= ssl.OP_NO_TLSv1 | ssl.OP_NO_SSLv3
ctx.options &= ~ssl.OP_NO_TLSv1
ctx.options = ctx.options | ssl.Options.OP_NO_TLSv1_1
ctx.options = ssl.OP_ALL
#= 2 ssl: ssl.SSLContext(protocol=PROTOCOL_TLS); options |= OP_NO_SSLv3 | OP_NO_TLSv1; options &= ~(OP_NO_TLSv1); options |= OP_NO_TLSv1_1; options = OP_ALL

### ciphers, curve, flags
import ssl
CIPHERS = "ECDHE+AESGCM" + ":!aNULL"
def make():
    ctx = ssl.create_default_context()
    ctx.set_ciphers(CIPHERS)
    ctx.set_ecdh_curve("prime256v1")
    ctx.verify_flags |= ssl.VERIFY_X509_STRICT
    ctx.load_verify_locations("/etc/ca.pem")
    ctx.load_cert_chain("client.pem")
    ctx.set_alpn_protocols(["h2"])
    return ctx
#= 4 ssl: ssl.create_default_context(); set_ciphers("ECDHE+AESGCM:!aNULL"); set_ecdh_curve("prime256v1"); verify_flags |= VERIFY_X509_STRICT

### an old protocol
import ssl
ctx = ssl.SSLContext(ssl.PROTOCOL_TLSv1)
#= 2 ssl: ssl.SSLContext(protocol=PROTOCOL_TLSv1)

### urllib3's own
from urllib3.util.ssl_ import create_urllib3_context
import ssl
ctx = create_urllib3_context(ssl.PROTOCOL_TLSv1_2, ciphers="DEFAULT@SECLEVEL=0")
#= 3 ssl: urllib3.util.ssl_.create_urllib3_context(ciphers="DEFAULT@SECLEVEL=0", ssl_version=PROTOCOL_TLSv1_2)

### urllib3's own below requests, with options as a number
from requests.packages.urllib3.util import ssl_
ctx = ssl_.create_urllib3_context(ssl_minimum_version=ssl_.ssl.TLSVersion.TLSv1, options=0x4)
#= 2 ssl: urllib3.util.ssl_.create_urllib3_context(options=4, ssl_minimum_version=TLSVersion.TLSv1)

### a context in a class attribute and in self
import ssl
class A:
    shared = ssl.create_default_context()
    shared.check_hostname = False
    def __init__(self):
        self.own = ssl.create_default_context()
        self.own.minimum_version = ssl.TLSVersion.TLSv1_3
#= 3 ssl: ssl.create_default_context(); check_hostname = False
#= 6 ssl: ssl.create_default_context(); minimum_version = TLSVersion.TLSv1_3

### an optional import, and a name bound twice
try:
    import ssl
except ImportError:
    ssl = None
a = ssl.create_default_context()
a = ssl._create_unverified_context()
#= 5 ssl: ssl.create_default_context()
#= 6 ssl: ssl._create_unverified_context()

### a condition that the code decides
import ssl
LAX = False
ctx = ssl.create_default_context()
if LAX:
    ctx.check_hostname = False
else:
    ctx.minimum_version = ssl.TLSVersion.TLSv1_3
#= 3 ssl: ssl.create_default_context(); minimum_version = TLSVersion.TLSv1_3

### both ways of a condition alike
import ssl, os
ctx = ssl.create_default_context()
if os.environ.get("X"):
    ctx.minimum_version = ssl.TLSVersion.TLSv1_2
else:
    ctx.minimum_version = ssl.TLSVersion.TLSv1_2
#= 2 ssl: ssl.create_default_context(); minimum_version = TLSVersion.TLSv1_2

### a branch that raises changes nothing
import ssl
def make(x):
    ctx = ssl.create_default_context()
    if x:
        ctx.check_hostname = False
        raise ValueError
    return ctx
#= 3 ssl: ssl.create_default_context()

### two names of one context
import ssl
a = b = ssl.create_default_context()
b.check_hostname = False
#= 2 ssl: ssl.create_default_context(); check_hostname = False

### a context in a dict and in a with
import ssl
kw = {"cafile": "/etc/ca.pem"}
with open("x") as f:
    ctx = ssl.create_default_context(**kw)
    ctx.verify_mode = ssl.VerifyMode.CERT_NONE
#= 4 ssl: ssl.create_default_context(cafile=<authorities>); verify_mode = CERT_NONE

### getattr by a text
import ssl
ctx = getattr(ssl, "_create_unverified_context")()
#= 2 ssl: ssl._create_unverified_context()

### a function that changes what it is given
import ssl
def relax(context, off=True):
    context.check_hostname = False
    if off:
        context.verify_mode = ssl.CERT_NONE
    return context
ctx = relax(ssl.create_default_context(), off=True)
#= 3 ?
#= 5 ?
#= 7 ssl: ssl.create_default_context(); check_hostname = False; verify_mode = CERT_NONE
