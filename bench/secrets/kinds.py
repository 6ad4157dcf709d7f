"""The kinds of secrets that are planted: how a value of each looks, and the names that people give it.

The shapes are the vendors' published ones; every value is random. `KINDS` maps a kind to (maker, names, speaks for itself):
a value that does not speak for itself needs its name to be known for what it is.
"""

import base64
import hashlib
import hmac
import json
import string
import struct
import zlib

from cryptography.hazmat.primitives import serialization as ser
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
B32 = string.ascii_uppercase + "234567"
B64 = ALNUM + "+/"
URL64 = ALNUM + "-_"
WORDS = (
    "harbor lantern maple orchid quartz raven saddle timber umber velvet walnut yonder amber breeze cobalt delta ember falcon "
    "granite hollow island juniper kettle lagoon meadow nectar oyster pepper quiver ripple summit thistle violet willow zephyr "
    "anchor bramble copper dapple fennel glacier heather indigo jasper kelp lemon mosaic nimbus onyx prairie"
).split()


def pick(r, alphabet, size):
    return "".join(r.choice(alphabet) for _ in range(size))


def raw(r, size):
    return bytes(r.getrandbits(8) for _ in range(size))


def b64(data):
    return base64.b64encode(data).decode()


def url64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def base62(number, size):
    digits = string.digits + string.ascii_uppercase + string.ascii_lowercase
    out = ""
    while number:
        number, rest = divmod(number, 62)
        out = digits[rest] + out
    return out.rjust(size, "0")


def with_crc(prefix, body):
    """GitHub's and npm's tokens end in the CRC-32 of their body, in base 62."""
    return prefix + body + base62(zlib.crc32(body.encode()), 6)


def account(r):
    return f"{r.randrange(10**11, 10**12)}"


def aws_key_id(r, prefix="AKIA", number=None):
    """The account stands in the bits after the first: https://medium.com/@TalBeerySec/a-short-note-on-aws-key-id."""
    number = number or account(r)
    head = (1 << 47) | (int(number) << 7) | r.getrandbits(7)
    return prefix + base64.b32encode(head.to_bytes(6, "big") + raw(r, 4)).decode()


def aws_secret(r):
    while True:
        value = pick(r, B64, 40)
        if any(c in "+/" for c in value) and not value.startswith("/"):
            return value


def session_token(r):
    return "IQoJb3JpZ2luX2Vj" + b64(raw(r, r.choice([210, 270, 330, 480])))


def bedrock(r):
    number = account(r)
    if r.random() < 0.7:
        text = f"BedrockAPIKey-{pick(r, string.ascii_lowercase + string.digits, 4)}-at-{number}:{b64(raw(r, 36))}"
        return "ABSK" + b64(text.encode())
    text = (
        "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
        f"{aws_key_id(r, 'ASIA', number)}%2F2026{r.randrange(1, 13):02}{r.randrange(1, 28):02}%2Fus-east-1%2Fbedrock%2Faws4_request"
        f"&X-Amz-Security-Token={pick(r, ALNUM, 200)}&X-Amz-Signature={pick(r, HEX, 64)}&Version=1"
    )
    return "bedrock-api-key-" + b64(text.encode())


def uuid(r):
    return "-".join(pick(r, HEX, n) for n in (8, 4, 4, 4, 12))


def password(r):
    """Of people and of generators: never a word alone, never what quoting would change."""
    style = r.randrange(6)
    if style == 0:
        return r.choice(WORDS).title() + r.choice("-_.!@#%*") + r.choice(WORDS).title() + str(r.randrange(10, 9999))
    if style == 1:
        return pick(r, ALNUM + "!@#%^*-_=+", r.randrange(14, 26))
    if style == 2:
        return pick(r, ALNUM, r.randrange(16, 33))
    if style == 3:
        return r.choice(WORDS) + "-" + r.choice(WORDS) + "-" + r.choice(WORDS) + "-" + pick(r, string.digits, 3)
    if style == 4:
        leet = r.choice(WORDS).title().translate(str.maketrans("aeio", "@3!0"))
        return leet + pick(r, string.digits, 3) + r.choice("!*#%") + pick(r, ALNUM, 4)
    return pick(r, HEX, r.choice([24, 32, 40]))


def url_password(r):
    while True:
        value = password(r)
        if not set(value) & set("@#%^+=!*"):
            return value


def host(r, what):
    a, b = r.choice(WORDS), r.choice(WORDS)
    return {
        "pg": f"{a}-{b}.c{pick(r, HEX, 11)}.eu-central-1.rds.amazonaws.com",
        "redis": f"{a}.{pick(r, string.ascii_lowercase, 6)}.ng.0001.euw1.cache.amazonaws.com",
        "mq": f"b-{uuid(r)}.mq.eu-west-1.amazonaws.com",
        "mongo": f"{a}-{b}.{pick(r, ALNUM[:26] + string.digits, 5)}.mongodb.net",
        "web": f"{a}.{b}.{r.choice(['io', 'com', 'net', 'internal'])}",
    }[what]


def user(r):
    return r.choice(["app", "svc", "api", "worker", "etl", "batch", "admin", "reporting"]) + r.choice(["", "_user", "_rw", "-prod"])


def dsn_sql(r):
    scheme, port = r.choice(
        [("postgresql", 5432), ("postgres", 5432), ("postgresql+psycopg2", 5432), ("postgresql+asyncpg", 5432), ("mysql+pymysql", 3306),
         ("mysql", 3306), ("mssql+pyodbc", 1433), ("redshift+redshift_connector", 5439)]
    )
    return f"{scheme}://{user(r)}:{url_password(r)}@{host(r, 'pg')}:{port}/{r.choice(WORDS)}"


def dsn_amqp(r):
    return f"{r.choice(['amqp', 'amqps', 'pyamqp'])}://{user(r)}:{url_password(r)}@{host(r, 'mq')}:5671/{r.choice(['', '/', 'prod'])}"


def dsn_redis(r):
    name = r.choice(["", "default", user(r)])
    return f"{r.choice(['redis', 'rediss'])}://{name}:{url_password(r)}@{host(r, 'redis')}:6379/{r.randrange(4)}"


def dsn_mongo(r):
    if r.random() < 0.6:
        return f"mongodb+srv://{user(r)}:{url_password(r)}@{host(r, 'mongo')}/{r.choice(WORDS)}?retryWrites=true&w=majority"
    return f"mongodb://{user(r)}:{url_password(r)}@{host(r, 'web')}:27017/{r.choice(WORDS)}?authSource=admin"


def basic_auth(r):
    return f"https://{user(r)}:{url_password(r)}@{host(r, 'web')}/{r.choice(['simple/', 'api/v2', 'repo.git', 'hooks/deploy', 'pypi/simple'])}"


def django_key(r):
    value = pick(r, string.ascii_lowercase + string.digits + "!@#$%^&*(-_=+)", 50)
    return r.choice(["", "", "django-insecure-"]) + value


def flask_key(r):
    return r.choice([pick(r, HEX, 48), pick(r, HEX, 64), url64(raw(r, 24)), pick(r, ALNUM + "!*-_", 32)])


def signing_secret(r):
    return r.choice([pick(r, HEX, 64), b64(raw(r, 48)), url64(raw(r, 32)), pick(r, ALNUM, 40)])


def jwt(r):
    head = {"alg": "HS256", "typ": "JWT"}
    body = {"sub": uuid(r), "iss": f"https://{host(r, 'web')}/", "iat": 1700000000 + r.randrange(10**7), "role": "service_role"}
    text = ".".join(url64(json.dumps(part, separators=(",", ":")).encode()) for part in (head, body))
    return text + "." + url64(hmac.new(raw(r, 32), text.encode(), hashlib.sha256).digest())


def fernet(r):
    return base64.urlsafe_b64encode(raw(r, 32)).decode()


def prime(r, bits):
    small = [p for p in range(3, 2000) if all(p % q for q in range(2, int(p**0.5) + 1))]
    while True:
        n = r.getrandbits(bits) | (3 << (bits - 2)) | 1
        if all(n % p for p in small) and all(pow(r.randrange(2, n - 1), n - 1, n) == 1 for _ in range(4)) and (n - 1) % 65537:
            return n


def rsa_key(r, bits=2048):
    p, q = prime(r, bits // 2), prime(r, bits // 2)
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    return rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key()


def openssh(r):
    """An unencrypted Ed25519 key in OpenSSH's own format, made by hand so that the seed alone decides."""
    seed = raw(r, 32)
    public = ed25519.Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes(ser.Encoding.Raw, ser.PublicFormat.Raw)

    def field(data):
        return struct.pack(">I", len(data)) + data

    blob, check = field(b"ssh-ed25519") + field(public), raw(r, 4)
    inner = check + check + blob + field(seed + public) + field(f"{user(r)}@{r.choice(WORDS)}".encode())
    inner += bytes(range(1, 1 + -len(inner) % 8))
    data = b"openssh-key-v1\0" + field(b"none") + field(b"none") + field(b"") + struct.pack(">I", 1) + field(blob) + field(inner)
    text = b64(data)
    lines = [text[i : i + 70] for i in range(0, len(text), 70)]
    return "\n".join(["-----BEGIN OPENSSH PRIVATE KEY-----", *lines, "-----END OPENSSH PRIVATE KEY-----"]) + "\n"


_RSA = {}


def pem(r):
    pool = _RSA.setdefault(id(r), [])
    if len(pool) < 3:
        pool.append(rsa_key(r, r.choice([1024, 2048])))
    style = r.randrange(5)
    if style == 4:
        return openssh(r)
    if style < 2:
        key = r.choice(pool)
    elif style == 2:
        key = ec.derive_private_key(r.getrandbits(250) + 1, ec.SECP256R1())
    else:
        key = ed25519.Ed25519PrivateKey.from_private_bytes(raw(r, 32))
    form = ser.PrivateFormat.PKCS8 if style == 3 or r.random() < 0.3 else ser.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(ser.Encoding.PEM, form, ser.NoEncryption()).decode()


def pypi(r):
    """A macaroon, version 2: location, identifier, caveats, signature."""

    def packet(kind, data):
        return bytes([kind, len(data)]) + data

    caveat = json.dumps([0, [uuid(r)]]).encode() if r.random() < 0.5 else b'{"version": 1, "permissions": "user"}'
    data = b"\x02" + packet(1, b"pypi.org") + packet(2, uuid(r).encode()) + b"\0"
    data += packet(2, caveat) + b"\0\0" + packet(6, raw(r, 32))
    return "pypi-" + url64(data)


def slack_token(r):
    team, one = pick(r, "123456789", 12), pick(r, string.digits, 13)
    if r.random() < 0.6:
        return f"xoxb-{team}-{one}-{pick(r, ALNUM, 24)}"
    return f"xoxp-{team}-{one}-{pick(r, '123456789', 13)}-{pick(r, HEX, 32)}"


def service_account(r):
    project = f"{r.choice(WORDS)}-{r.choice(WORDS)}-{r.randrange(1000, 999999)}"
    key = _RSA.setdefault(id(r), [])
    if not key:
        key.append(rsa_key(r))
    text = r.choice(key).private_bytes(ser.Encoding.PEM, ser.PrivateFormat.PKCS8, ser.NoEncryption()).decode()
    mail = f"{user(r)}@{project}.iam.gserviceaccount.com"
    return {
        "type": "service_account", "project_id": project, "private_key_id": pick(r, HEX, 40), "private_key": text,
        "client_email": mail, "client_id": pick(r, string.digits, 21), "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
    }


def azure_storage(r):
    name = r.choice(WORDS) + r.choice(WORDS) + str(r.randrange(100))
    return f"DefaultEndpointsProtocol=https;AccountName={name};AccountKey={b64(raw(r, 64))};EndpointSuffix=core.windows.net"


def discord(r):
    return f"{url64(pick(r, '123456789', 18).encode())}.{'G' + pick(r, URL64, 5)}.{pick(r, URL64, 38)}"


def discord_webhook(r):
    return f"https://discord.com/api/webhooks/{pick(r, '123456789', 18)}/{pick(r, URL64, 68)}"


def stripe(r):
    return r.choice(["sk_live_51", "rk_live_51", "sk_test_51"]) + pick(r, ALNUM, 97) if r.random() < 0.7 else "sk_live_" + pick(r, ALNUM, 24)


def any_token(r):
    return r.choice([pick(r, ALNUM, r.randrange(28, 48)), pick(r, HEX, r.choice([32, 40, 64])), url64(raw(r, r.choice([24, 32, 36]))), b64(raw(r, 30))])


def openai(r):
    if r.random() < 0.75:
        return f"sk-{r.choice(['proj', 'svcacct'])}-{pick(r, URL64, 74)}T3BlbkFJ{pick(r, URL64, 73)}A"
    return f"sk-{pick(r, ALNUM, 20)}T3BlbkFJ{pick(r, ALNUM, 20)}"


LOW36 = string.ascii_lowercase + string.digits
KINDS = {
    "aws_session_token": (session_token, ["aws_session_token", "aws_security_token", "session_token"], False),
    "aws_secret_key": (aws_secret, ["aws_secret_access_key", "aws_secret_key", "s3_secret_access_key", "aws_secret"], False),
    "bedrock": (bedrock, ["aws_bearer_token_bedrock", "bedrock_api_key", "bedrock_key"], True),
    "mws": (lambda r: f"amzn.mws.{uuid(r)}", ["mws_auth_token", "amazon_mws_key", "seller_auth"], True),
    "dsn_sql": (dsn_sql, ["database_url", "sqlalchemy_database_uri", "db_dsn", "warehouse_url", "sqlalchemy_url", "dsn"], True),
    "dsn_amqp": (dsn_amqp, ["celery_broker_url", "broker_url", "amqp_url", "rabbitmq_uri"], True),
    "dsn_redis": (dsn_redis, ["redis_url", "cache_url", "celery_result_backend", "redis_dsn"], True),
    "dsn_mongo": (dsn_mongo, ["mongodb_uri", "mongo_url", "mongo_dsn", "documents_uri"], True),
    "django_secret_key": (django_key, ["secret_key", "django_secret_key"], False),
    "flask_secret_key": (flask_key, ["secret_key", "flask_secret_key", "session_secret", "app_secret_key"], False),
    "jwt_signing_secret": (signing_secret, ["jwt_secret", "jwt_secret_key", "jwt_signing_key", "signing_secret", "token_secret"], False),
    "jwt": (jwt, ["access_token", "service_role_key", "auth_token", "id_token", "bearer"], True),
    "fernet": (fernet, ["fernet_key", "airflow_fernet_key", "field_encryption_key", "encryption_key"], False),
    "basic_auth_url": (basic_auth, ["index_url", "repo_url", "remote", "callback_url", "upstream", "endpoint"], True),
    "github_classic": (lambda r: with_crc(r.choice(["ghp_", "ghp_", "gho_", "ghu_", "ghs_"]), pick(r, ALNUM, 30)), ["github_token", "gh_token", "gh_pat", "git_password"], True),
    "github_fine": (lambda r: f"github_pat_11{pick(r, B32, 20)}_{pick(r, ALNUM, 59)}", ["github_token", "gh_pat", "deploy_token"], True),
    "gitlab": (lambda r: r.choice(["glpat-", "glpat-", "gldt-"]) + pick(r, URL64, 20), ["gitlab_token", "ci_push_token", "gl_pat"], True),
    "pypi": (pypi, ["twine_password", "pypi_token", "uv_publish_token", "poetry_pypi_token_pypi"], True),
    "npm": (lambda r: with_crc("npm_", pick(r, ALNUM, 30)), ["npm_token", "node_auth_token", "npm_auth"], True),
    "slack_token": (slack_token, ["slack_bot_token", "slack_token", "slack_oauth"], True),
    "slack_webhook": (lambda r: f"https://hooks.slack.com/services/T{pick(r, B32, 10)}/B{pick(r, B32, 10)}/{pick(r, ALNUM, 24)}", ["slack_webhook_url", "alerts_url", "notify_hook"], True),
    "stripe": (stripe, ["stripe_secret_key", "stripe_api_key", "stripe_key", "payments_key"], True),
    "stripe_webhook": (lambda r: "whsec_" + pick(r, ALNUM, 32), ["stripe_webhook_secret", "stripe_endpoint_secret"], True),
    "twilio": (lambda r: pick(r, HEX, 32), ["twilio_auth_token", "twilio_token"], False),
    "sendgrid": (lambda r: f"SG.{pick(r, URL64, 22)}.{pick(r, URL64, 43)}", ["sendgrid_api_key", "email_host_password", "mail_key"], True),
    "openai": (openai, ["openai_api_key", "openai_key", "llm_key"], True),
    "anthropic": (lambda r: f"sk-ant-api03-{pick(r, URL64, 93)}AA", ["anthropic_api_key", "claude_api_key", "llm_key"], True),
    "datadog_api": (lambda r: pick(r, HEX, 32), ["dd_api_key", "datadog_api_key"], False),
    "datadog_app": (lambda r: pick(r, HEX, 40), ["dd_app_key", "datadog_app_key", "dd_application_key"], False),
    "sentry_dsn": (lambda r: f"https://{pick(r, HEX, 32)}@o{r.randrange(10000, 999999)}.ingest.sentry.io/{r.randrange(10**6, 10**7)}", ["sentry_dsn"], True),
    "google_api_key": (lambda r: "AIza" + "Sy" + pick(r, URL64, 33), ["google_api_key", "maps_api_key", "firebase_key", "geocoder"], True),
    "google_oauth": (lambda r: "GOCSPX-" + pick(r, URL64, 28), ["google_client_secret", "social_auth_google_oauth2_secret", "oauth_client_secret"], True),
    "azure_storage": (azure_storage, ["azure_storage_connection_string", "blob_connection", "azurewebjobsstorage"], True),
    "azure_ad": (lambda r: pick(r, ALNUM, 3) + "8Q~" + pick(r, ALNUM + "_~.-", 33) + pick(r, ALNUM, 1), ["azure_client_secret", "aad_client_secret", "arm_client_secret"], True),
    "databricks": (lambda r: "dapi" + pick(r, HEX, 32), ["databricks_token", "dbx_pat"], True),
    "vault": (lambda r: r.choice(["hvs." + pick(r, URL64, 24), "hvs.CAESI" + pick(r, URL64, 86)]), ["vault_token", "hc_vault_token"], True),
    "digitalocean": (lambda r: r.choice(["dop_v1_", "doo_v1_"]) + pick(r, HEX, 64), ["digitalocean_token", "do_pat", "digitalocean_access_token"], True),
    "mailgun": (lambda r: r.choice(["key-" + pick(r, HEX, 32), f"{pick(r, HEX, 32)}-{pick(r, HEX, 8)}-{pick(r, HEX, 8)}"]), ["mailgun_api_key", "mailgun_key"], False),
    "cloudflare": (lambda r: pick(r, URL64, 40), ["cloudflare_api_token", "cf_api_token"], False),
    "huggingface": (lambda r: "hf_" + pick(r, string.ascii_letters, 34), ["hf_token", "huggingface_token", "hugging_face_hub_token"], True),
    "shopify": (lambda r: r.choice(["shpat_", "shpss_", "shpca_"]) + pick(r, HEX, 32), ["shopify_access_token", "shopify_api_secret"], True),
    "square": (lambda r: r.choice(["EAAAE" + pick(r, URL64, 59), "sq0csp-" + pick(r, URL64, 43)]), ["square_access_token", "square_secret", "square_application_secret"], True),
    "telegram": (lambda r: f"{r.randrange(10**9, 8 * 10**9)}:AA{pick(r, URL64, 33)}", ["telegram_bot_token", "tg_token", "bot_token"], True),
    "discord": (discord, ["discord_bot_token", "discord_token", "bot_token"], True),
    "discord_webhook": (discord_webhook, ["discord_webhook_url", "alerts_webhook"], True),
    "newrelic": (lambda r: "NRAK-" + pick(r, string.ascii_uppercase + string.digits, 27), ["new_relic_api_key", "newrelic_user_key"], True),
    "okta": (lambda r: "00" + pick(r, URL64, 40), ["okta_api_token", "okta_token"], False),
    "terraform_cloud": (lambda r: f"{pick(r, ALNUM, 14)}.atlasv1.{pick(r, URL64, 67)}", ["tfe_token", "tf_token_app_terraform_io", "terraform_cloud_token"], True),
    "dockerhub": (lambda r: "dckr_pat_" + pick(r, URL64, 27), ["dockerhub_token", "docker_password", "registry_password"], True),
    "linear": (lambda r: "lin_api_" + pick(r, ALNUM, 40), ["linear_api_key", "linear_token"], True),
    "notion": (lambda r: f"ntn_{pick(r, string.digits, 11)}{pick(r, ALNUM, 35)}", ["notion_token", "notion_api_key"], True),
    "postman": (lambda r: f"PMAK-{pick(r, HEX, 24)}-{pick(r, HEX, 34)}", ["postman_api_key", "pm_key"], True),
    "grafana": (lambda r: f"glsa_{pick(r, ALNUM, 32)}_{pick(r, HEX, 8)}", ["grafana_token", "grafana_service_account_token"], True),
    "algolia": (lambda r: pick(r, HEX, 32), ["algolia_admin_key", "algolia_admin_api_key"], False),
    "atlassian": (lambda r: f"ATATT3xFfGF0{pick(r, URL64, 171)}={pick(r, string.digits + 'ABCDEF', 8)}", ["jira_api_token", "confluence_token", "atlassian_token"], True),
    "pulumi": (lambda r: "pul-" + pick(r, HEX, 40), ["pulumi_access_token"], True),
    "doppler": (lambda r: f"dp.pt.{pick(r, ALNUM, 43)}", ["doppler_token"], True),
    "age": (lambda r: "AGE-SECRET-KEY-1" + pick(r, "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58), ["sops_age_key", "age_key"], True),
    "heroku": (lambda r: "HRKU-AA" + pick(r, URL64, 58), ["heroku_api_key", "heroku_token"], True),
    "airtable": (lambda r: f"pat{pick(r, ALNUM, 14)}.{pick(r, HEX, 64)}", ["airtable_api_key", "airtable_pat"], True),
    "warehouse_password": (password, ["snowflake_password", "redshift_password", "redshift_master_password", "snowflake_pass"], False),
    "smtp_password": (password, ["email_host_password", "smtp_password", "mail_password", "smtp_pass"], False),
    "generic_password": (password, ["db_password", "admin_password", "ldap_password", "password", "postgres_password", "root_passwd", "sftp_password", "keystore_pass"], False),
    "generic_token": (any_token, ["auth_token", "internal_api_token", "webhook_token", "service_token", "refresh_token", "bearer_token"], False),
    "generic_api_key": (any_token, ["api_key", "partner_api_key", "crm_apikey", "x_api_key", "backend_api_key"], False),
    "generic_secret": (any_token, ["client_secret", "app_secret", "webhook_secret", "hmac_secret", "shared_secret", "oauth_client_secret"], False),
}
# Kinds that contexts of their own plant: aws_pair, private_key, django_db_password, gcp_service_account.
