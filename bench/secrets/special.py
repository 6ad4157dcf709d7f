"""Secrets whose places are of their own: pairs of AWS keys, private keys, Django's databases, key files, credentials files.

Each function takes (r, m) and returns (format or path, snippet, exact secret): `m` wraps all that belongs to the one secret.
"""

import base64
import json

import kinds
from forms import UNIQUE, js, shell_quote, yaml_quoted
from kinds import WORDS, pick

PAIR_NAMES = [
    ("aws_access_key_id", "aws_secret_access_key"), ("aws_access_key_id", "aws_secret_access_key"), ("aws_access_key", "aws_secret_key"),
    ("access_key", "secret_key"), ("aws_key", "aws_secret"), ("aws_s3_access_key_id", "aws_s3_secret_access_key"),
    ("ses_access_key_id", "ses_secret_access_key"), ("s3_access_key", "s3_secret_key"), ("access_key_id", "secret_access_key"),
    ("sqs_key_id", "sqs_secret_key"), ("awsAccessKeyId", "awsSecretAccessKey"), ("accessKeyId", "secretAccessKey"), ("dynamo_key", "dynamo_secret"),
]


def named(r):
    a, b = r.choice(PAIR_NAMES)
    return (a, b) if a != a.lower() or r.random() < 0.4 else (a.upper(), b.upper())


def two(r, lines):
    """One order or the other."""
    return lines if r.random() < 0.7 else lines[::-1]


def pair_lines(r, line):
    def place(r, key, secret, m):
        a, b = named(r)
        return "\n".join(two(r, [line.format(a, m(key), a.upper()), line.format(b, m(secret), b.upper())]))

    return place


def pair_boto(r, key, secret, m):
    call = r.choice(["boto3.client(\"s3\"", "boto3.resource('dynamodb'", "boto3.Session(profile_name=None", "aioboto3.Session(region_name='eu-west-1'", "boto.connect_s3(host='s3.amazonaws.com'"])
    lines = two(r, [f'aws_access_key_id="{m(key)}"', f'aws_secret_access_key="{m(secret)}"'])
    if r.random() < 0.4:
        return f"{r.choice(WORDS)} = {call}, {', '.join(lines)})"
    body = "".join(f"    {line},\n" for line in [*lines, 'region_name="eu-west-1"'] if not ("region_name" in line and "region_name" in call))
    return f"{r.choice(WORDS)} = {call},\n{body})"


def pair_dict(r, key, secret, m):
    a, b = named(r)
    lines = two(r, [f'    "{a}": "{m(key)}",', f'    "{b}": "{m(secret)}",'])
    return f"{r.choice(WORDS).upper()} = {{\n" + "\n".join([lines[0], '    "region": "eu-west-1",', lines[1]]) + "\n}"


def pair_environ(r, key, secret, m):
    form = r.choice(['os.environ["{}"] = "{}"', 'os.environ.setdefault("{}", "{}")', '{0} = os.getenv("{0}", "{1}")'])
    return "\n".join(two(r, [form.format("AWS_ACCESS_KEY_ID", m(key)), form.format("AWS_SECRET_ACCESS_KEY", m(secret))]))


def pair_concat(r, key, secret, m):
    at = r.randrange(10, 30)
    return f'AWS_ACCESS_KEY_ID = "{m(key[:8])}" + "{m(key[8:])}"\nAWS_SECRET_ACCESS_KEY = (\n    "{m(secret[:at])}"\n    "{m(secret[at:])}"\n)'


def pair_apart(r, key, secret, m):
    filler = "\n".join(f"{r.choice(WORDS).upper()}_{i} = {r.randrange(100)}" for i in range(r.randrange(2, 8)))
    return f'AWS_ACCESS_KEY_ID = "{m(key)}"\n{filler}\nAWS_SECRET_ACCESS_KEY = "{m(secret)}"'


def pair_comment(r, key, secret, m):
    return f"# aws_access_key_id = {m(key)}\n# aws_secret_access_key = {m(secret)}\nUSE_ROLE = True"


def pair_default(r, key, secret, m):
    return f'def upload(path, access_key="{m(key)}", secret_key="{m(secret)}"):\n    return _client(access_key, secret_key).upload(path)'


def pair_s3fs(r, key, secret, m):
    return f'fs = s3fs.S3FileSystem(key="{m(key)}", secret="{m(secret)}")'


def pair_spark(r, key, secret, m):
    return f'conf.set("spark.hadoop.fs.s3a.access.key", "{m(key)}")\nconf.set("spark.hadoop.fs.s3a.secret.key", "{m(secret)}")'


def pair_profile(r, key, secret, m):
    return f"[{UNIQUE}]\naws_access_key_id = {m(key)}\naws_secret_access_key = {m(secret)}\nregion = eu-west-1"


def pair_yaml(r, key, secret, m):
    a, b = named(r)
    lines = two(r, [f"  {a}: {m(key)}", f'  {b}: "{m(secret)}"'])
    return f"{UNIQUE}:\n" + "\n".join(lines)


def pair_json(r, key, secret, m):
    a, b = named(r)
    return f'  "{UNIQUE}": {{\n' + ",\n".join(two(r, [f'    "{a}": "{m(key)}"', f'    "{b}": "{m(secret)}"'])) + "\n  }"


def pair_provider(r, key, secret, m):
    return f'provider "aws" {{\n  alias      = "{UNIQUE}"\n  region     = "eu-west-1"\n' + "\n".join(two(r, [f'  access_key = "{m(key)}"', f'  secret_key = "{m(secret)}"'])) + "\n}"


def pair_configure(r, key, secret, m):
    return f"aws configure set aws_access_key_id {m(key)}\naws configure set aws_secret_access_key {m(secret)}"


def pair_prefix(r, key, secret, m):
    return f"AWS_ACCESS_KEY_ID={m(key)} AWS_SECRET_ACCESS_KEY={m(secret)} aws s3 sync build/ s3://{r.choice(WORDS)}"


def pair_docker(r, key, secret, m):
    return f"ENV AWS_ACCESS_KEY_ID={m(key)} \\\n    AWS_SECRET_ACCESS_KEY={m(secret)}"


def pair_compose(r, key, secret, m):
    return f"  {UNIQUE}:\n    image: app\n    environment:\n      - AWS_ACCESS_KEY_ID={m(key)}\n      - AWS_SECRET_ACCESS_KEY={m(secret)}"


def pair_block(lines):
    def place(r, key, secret, m):
        return lines.replace("@K", m(key)).replace("@S", m(secret))

    return place


PAIRS = [
    ("py", pair_lines(None, '{} = "{}"')), ("py", pair_boto), ("py", pair_boto), ("py", pair_dict), ("py", pair_environ), ("py", pair_concat), ("py", pair_apart),
    ("py", pair_comment), ("py", pair_default), ("py", pair_s3fs), ("py", pair_spark), ("env", pair_lines(None, "{2}={1}")), ("env", pair_lines(None, "export {2}='{1}'")),
    ("toml", lambda r, k, s, m: f"[{UNIQUE}]\n" + pair_lines(r, '{} = "{}"')(r, k, s, m)), ("yaml", pair_yaml), ("json", pair_json), ("hcl", pair_provider),
    ("tfvars", pair_lines(None, '{} = "{}"')), ("sh", pair_lines(None, 'export {2}="{1}"')), ("sh", pair_configure), ("sh", pair_prefix), ("docker", pair_docker),
    ("compose", pair_compose), ("properties", pair_lines(None, "{}={}")), ("credentials", pair_profile), ("credentials", pair_profile),
    ("workflow", pair_block(f"  {UNIQUE}:\n    runs-on: ubuntu-latest\n    env:\n      AWS_ACCESS_KEY_ID: @K\n      AWS_SECRET_ACCESS_KEY: @S\n    steps:\n      - run: make")),
    ("sam", pair_block(f"  {UNIQUE.title()}Function:\n    Type: AWS::Serverless::Function\n    Properties:\n      Environment:\n        Variables:\n          AWS_KEY_ID: @K\n          AWS_SECRET_KEY: @S")),
    ("zappa", pair_block(f'  "{UNIQUE}": {{\n    "environment_variables": {{\n      "ACCESS_KEY_ID": "@K",\n      "SECRET_ACCESS_KEY": "@S"\n    }}\n  }}')),
    ("js", pair_block("AWS.config.update({\n  accessKeyId: '@K',\n  secretAccessKey: '@S',\n});")),
    ("nb", pair_block('  {\n   "cell_type": "code",\n   "metadata": {},\n   "outputs": [],\n   "source": [\n    "aws_key = \\"@K\\"\\n",\n    "aws_secret = \\"@S\\""\n   ]\n  }')),
    ("ini", pair_profile), ("md", pair_block("```sh\naws configure\nAWS Access Key ID [None]: @K\nAWS Secret Access Key [None]: @S\n```")),
]


def aws_pair(r, index):
    fmt, place = PAIRS[index % len(PAIRS)]

    def build(m):
        return place(r, key, secret, m)

    number = kinds.account(r)
    key, secret = kinds.aws_key_id(r, "AKIA", number), kinds.aws_secret(r)
    return fmt, build, secret, {"access_key_id": key, "aws_account": number}


def aws_triple(r, index):
    """Temporary credentials: id, secret and token are one."""
    number = kinds.account(r)
    key, secret, token = kinds.aws_key_id(r, "ASIA", number), kinds.aws_secret(r), kinds.session_token(r)
    form = [("py", '{} = "{}"'), ("env", "{}={}"), ("sh", 'export {}="{}"'), ("credentials", "{}={}")][index % 4]
    names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]

    def build(m):
        lines = [form[1].format(name.lower() if form[0] == "credentials" else name, m(value)) for name, value in zip(names, (key, secret, token))]
        return ("" if form[0] != "credentials" else f"[{UNIQUE}]\n") + "\n".join(lines)

    return form[0], build, token, {"access_key_id": key, "aws_account": number}


def private_key(r, index):
    text = kinds.pem(r)
    escaped = text.replace("\n", "\\n")

    def indent(spaces):
        return ("\n" + " " * spaces).join(text.strip().split("\n"))

    w = r.choice(WORDS) + pick(r, "0123456789", 2)
    ways = [
        (f"=keys/{w}.pem", lambda m: m(text.strip()) + "\n"), (f"=deploy/id_{w}", lambda m: m(text.strip()) + "\n"), (f"=certs/{w}.key", lambda m: m(text.strip()) + "\n"),
        ("py", lambda m: f'PRIVATE_KEY = """{m(text.strip())}\n"""'), ("py", lambda m: f'SIGNING_KEY = b"""\n{m(text)}"""'),
        ("py", lambda m: f'KEY = "{m(escaped)}"'), ("py", lambda m: "KEY_PEM = (\n" + "\n".join(f'    "{m(line)}\\n"' for line in text.strip().split("\n")) + "\n)"),
        ("json", lambda m: f'  "{UNIQUE}": {{\n    "privateKey": "{m(escaped)}"\n  }}'), ("env", lambda m: f'PRIVATE_KEY="{m(escaped)}"'),
        ("env", lambda m: f'RSA_KEY="{m(text.strip())}"'), ("yaml", lambda m: f"{UNIQUE}:\n  key: |\n    {m(indent(4))}"),
        ("hcl", lambda m: f'resource "tls" "{UNIQUE}" {{\n  private_key = <<EOF\n{m(text)}EOF\n}}'),
        ("k8s", lambda m: f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {UNIQUE}\nstringData:\n  tls.key: |\n    {m(indent(4))}"),
        ("k8s", lambda m: f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {UNIQUE}\ntype: kubernetes.io/tls\ndata:\n  tls.key: {m(kinds.b64(text.encode()))}"),
        ("sh", lambda m: f"cat > ~/.ssh/id_deploy <<'EOF'\n{m(text)}EOF\nchmod 600 ~/.ssh/id_deploy"), ("tfvars", lambda m: f'ssh_key = "{m(escaped)}"'),
        ("nb", lambda m: '  {\n   "cell_type": "code",\n   "metadata": {},\n   "outputs": [],\n   "source": [\n    ' + f'"key = \\"\\"\\"\\n",\n' + ",\n".join(f"    {js(m(line) + chr(92) + 'n')}".replace("\\\\n", "\\n") for line in text.strip().split("\n")) + ',\n    "\\"\\"\\""\n   ]\n  }'),
    ]
    fmt, build = ways[index % len(ways)]
    return fmt, build, text.strip(), {}


def django_password(r, index):
    value = kinds.password(r)
    engine = r.choice(["postgresql", "mysql", "postgresql_psycopg2"])
    quote = r.choice("\"'")
    ways = [
        ("py", lambda m: f"DATABASES = {{\n    {quote}default{quote}: {{\n        'ENGINE': 'django.db.backends.{engine}',\n        'NAME': '{r.choice(WORDS)}',\n        'USER': '{kinds.user(r)}',\n        'PASSWORD': {quote}{m(value)}{quote},\n        'HOST': '{kinds.host(r, 'pg')}',\n        'PORT': '5432',\n    }}\n}}"),
        ("py", lambda m: f'DATABASES["replica"] = dict(ENGINE="django.db.backends.{engine}", NAME="app", USER="app", PASSWORD="{m(value)}", HOST="{r.choice(WORDS)}.internal")'),
        ("py", lambda m: f"DATABASES['default']['PASSWORD'] = '{m(value)}'"),
        ("py", lambda m: f'DATABASES = {{"default": {{"ENGINE": "django.db.backends.{engine}", "USER": "app", "PASSWORD": "{m(value)}", "HOST": "db"}}}}'),
        ("py", lambda m: f'DATABASES = {{\n    "default": {{\n        "ENGINE": "django.db.backends.{engine}",\n        "PASSWORD": os.environ.get("DB_PASSWORD", "{m(value)}"),\n    }}\n}}'),
        ("json", lambda m: f'  "{UNIQUE}": {{\n    "DATABASES": {{"default": {{"ENGINE": "django.db.backends.{engine}", "PASSWORD": {js(m(value))}}}}}\n  }}'),
        ("yaml", lambda m: f"{UNIQUE}:\n  DATABASES:\n    default:\n      ENGINE: django.db.backends.{engine}\n      PASSWORD: {yaml_quoted(r, value, m)}"),
        ("toml", lambda m: f'[{UNIQUE}.DATABASES.default]\nENGINE = "django.db.backends.{engine}"\nPASSWORD = "{m(value)}"'),
    ]
    fmt, build = ways[index % len(ways)]
    return fmt, build, value, {}


def gcp_account(r, index):
    data = kinds.service_account(r)
    compact, pretty = json.dumps(data), json.dumps(data, indent=2)
    w = r.choice(WORDS) + pick(r, "0123456789", 2)
    ways = [
        (f"=credentials/{w}.json", lambda m: m(pretty) + "\n"), (f"=gcp-{w}-sa.json", lambda m: m(pretty) + "\n"),
        ("py", lambda m: f"SERVICE_ACCOUNT = json.loads(r'''{m(compact)}''')"), ("py", lambda m: "CREDENTIALS = " + m(json.dumps(data, indent=4))),
        ("env", lambda m: f"GOOGLE_CREDENTIALS='{m(compact)}'"), ("json", lambda m: f'  "{UNIQUE}": {m(json.dumps(data, indent=2))}'),
        ("py", lambda m: f'GCP_SA = base64.b64decode("{m(kinds.b64(compact.encode()))}")'),
        ("k8s", lambda m: f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {UNIQUE}\ndata:\n  key.json: {m(kinds.b64(pretty.encode()))}"),
        ("yaml", lambda m: f"{UNIQUE}:\n  credentials: |\n    {m(pretty.replace(chr(10), chr(10) + '    '))}"),
    ]
    fmt, build = ways[index % len(ways)]
    return fmt, build, data["private_key"].strip(), {}


def docker_auth(r, index):
    """User and password of a registry, in base 64."""
    w = r.choice(WORDS) + pick(r, "0123456789", 2)
    value = kinds.password(r)
    auth = kinds.b64(f"{kinds.user(r)}:{value}".encode())
    registry = r.choice(["https://index.docker.io/v1/", f"registry.{kinds.host(r, 'web')}", "ghcr.io"])
    inner = json.dumps({"auths": {registry: {"auth": auth}}})
    ways = [
        (f"={w}/.docker/config.json", lambda m: f'{{\n  "auths": {{\n    "{registry}": {{\n      "auth": "{m(auth)}"\n    }}\n  }}\n}}\n'),
        (f"={w}/.dockercfg", lambda m: f'{{"{registry}": {{"auth": "{m(auth)}", "email": "ci@{kinds.host(r, "web")}"}}}}\n'),
        ("k8s", lambda m: f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {UNIQUE}\ntype: kubernetes.io/dockerconfigjson\ndata:\n  .dockerconfigjson: {m(kinds.b64(inner.encode()))}"),
        ("env", lambda m: f"DOCKER_AUTH_CONFIG='{inner.replace(auth, m(auth))}'"), ("ci", lambda m: f"{UNIQUE}:\n  variables:\n    DOCKER_AUTH_CONFIG: '{inner.replace(auth, m(auth))}'"),
        ("sh", lambda m: f'curl -H "Authorization: Basic {m(auth)}" https://{kinds.host(r, "web")}/api'), ("py", lambda m: f'headers = {{"Authorization": "Basic {m(auth)}"}}'),
    ]
    fmt, build = ways[index % len(ways)]
    return fmt, build, value, {}


def places(r, kind):
    """More places for values of a kind: client calls, files of a tool's own; `{}` is the value."""
    w = r.choice(WORDS) + pick(r, "0123456789", 2)
    table = {
        "dsn_sql": [("py", 'engine = create_engine("{}", pool_pre_ping=True)'), ("py", 'conn = psycopg2.connect("{}")'), ("=alembic.ini", "[alembic]\nscript_location = alembic\nsqlalchemy.url = {}\n")],
        "dsn_amqp": [("py", 'celery = Celery("tasks", broker="{}", backend="rpc://")'), ("py", 'connection = pika.BlockingConnection(pika.URLParameters("{}"))')],
        "dsn_redis": [("py", 'cache = redis.from_url("{}")'), ("py", 'CACHES = {{\n    "default": {{\n        "BACKEND": "django_redis.cache.RedisCache",\n        "LOCATION": "{}",\n    }}\n}}')],
        "dsn_mongo": [("py", 'client = MongoClient("{}", tls=True)'), ("py", 'mongoengine.connect(host="{}")')],
        "basic_auth_url": [("sh", "git clone {} /srv/app"), ("=pip.conf", "[global]\nextra-index-url = {}\n"), (f"={w}/requirements.txt", "--extra-index-url {}\nrequests==2.32.3\n"),
                           ("sh", "curl -sSf {}"), ("py", 'response = requests.get("{}", timeout=10)')],
        "pypi": [(f"={w}/.pypirc", "[distutils]\nindex-servers = pypi\n\n[pypi]\nusername = __token__\npassword = {}\n"), ("sh", "twine upload -u __token__ -p {} dist/*")],
        "npm": [(f"={w}/.npmrc", "registry=https://registry.npmjs.org/\n//registry.npmjs.org/:_authToken={}\n"), ("docker", 'RUN echo "//registry.npmjs.org/:_authToken={}" > ~/.npmrc')],
        "github_classic": [("sh", "git clone https://x-access-token:{}@github.com/acme/app.git"), (f"={w}/.netrc", "machine github.com\nlogin bot\npassword {}\n"), (f"={w}/requirements.txt", "git+https://{}@github.com/acme/lib.git@v1.2\n")],
        "dockerhub": [("sh", "echo {} | docker login -u acme --password-stdin"), ("sh", "docker login -u acme -p {}")],
        "generic_password": [("sh", f"curl -u {kinds.user(r)}:{{}} https://{kinds.host(r, 'web')}/api"), ("sh", f"mysql -h db.internal -u {kinds.user(r)} -p{{}} app < dump.sql"), ("sh", "PGPASSWORD={} psql -h db.internal -U app"),
                             (f"=db/{w}.sql", "CREATE ROLE app_rw LOGIN PASSWORD '{}';\nGRANT SELECT ON ALL TABLES IN SCHEMA public TO app_rw;\n"), (f"=db/{w}.sql", "CREATE USER 'app'@'%' IDENTIFIED BY '{}';\n"),
                             ("py", f'session.auth = HTTPBasicAuth("{kinds.user(r)}", "{{}}")'), ("py", f'requests.post(URL, json=payload, auth=("{kinds.user(r)}", "{{}}"))'),
                             (f"={w}/.pgpass", f"{kinds.host(r, 'pg')}:5432:app:{kinds.user(r)}:{{}}\n"), (f"={w}/.netrc", f"machine {kinds.host(r, 'web')} login svc password {{}}\n"),
                             ("hcl", f'resource "aws_db_instance" "{UNIQUE}" {{\n  engine   = "postgres"\n  username = "app"\n  password = "{{}}"\n}}'),
                             ("serverless", f"  {UNIQUE}:\n    handler: app.handler\n    environment:\n      DB_USER: app\n      DB_PASS: '{{}}'"),
                             ("py", f'conn = psycopg2.connect(host="db", user="app", password="{{}}", dbname="app")'), ("py", f'conn = psycopg2.connect("host=db user=app password={{}} dbname=app")')],
        "warehouse_password": [("py", f'conn = snowflake.connector.connect(user="ETL", password="{{}}", account="ab{r.randrange(10000, 99999)}.eu-west-1")')],
        "smtp_password": [("py", f'smtp.login("{kinds.user(r)}@{kinds.host(r, "web")}", "{{}}")')],
        "twilio": [("py", f'client = Client("AC{pick(r, kinds.HEX, 32)}", "{{}}")')],
        "jwt": [("py", 'token = "{}"'), ("sh", "curl -H 'Authorization: Bearer {}' https://api.internal/v1/me")],
    }
    return table.get(kind, [])


__all__ = ["aws_pair", "aws_triple", "docker_auth", "django_password", "gcp_account", "places", "private_key", "base64", "shell_quote"]
