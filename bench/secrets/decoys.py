"""What is not a secret and looks like one: placeholders, references, published examples, digests, names that only sound like it."""

import hashlib
import json
import string

import kinds
from forms import UNIQUE, camel, js
from kinds import ALNUM, B64, HEX, URL64, WORDS, b64, pick, raw, url64, uuid

# Published by their vendors as examples: not secrets.
PUBLISHED = {
    "aws": [("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), ("AKIAI44QH8DHBEXAMPLE", "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY")],
    "jwt": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
    "stripe": ["sk_test_" + "4eC39HqLyjWDarjtT1zdp7dc", "sk_test_" + "BQokikJOvBiI2HlWgH4olfQ2"],
    "slack": "https://hooks.slack.com/services/" + "T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    "azurite": "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:10000/devstoreaccount1;",
}

PLACEHOLDERS = [
    "changeme", "change-me", "CHANGE_ME", "CHANGE_ME_IN_PROD", "changeit", "<your-{k}>", "<{K}>", "your_{l}_here", "your-{k}", "YOUR_{K}", "YOUR-{K}-HERE", "xxxxxxxxxxxx", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "XXXX-XXXX-XXXX", "****************", "********", "REPLACE_ME", "replace-with-real-{k}", "replace_this", "TODO", "todo-set-this", "dummy", "dummy-{k}", "dummy_{l}", "fake", "fake-{k}", "fake_{l}_for_tests",
    "test", "testing", "test-{k}", "test_{l}", "example", "example-{k}", "EXAMPLE_{K}", "placeholder", "placeholder-{k}", "none", "null", "N/A", "not-set", "not-a-real-{k}", "unset", "redacted", "[REDACTED]", "<redacted>",
    "insert-{k}-here", "INSERT_{K}_HERE", "my-{k}", "my_{l}", "secret", "password", "mysecret", "supersecret", "foobar", "foo", "abc123", "enter-{k}-here", "{K}_GOES_HERE", "set-me", "SET_BY_CI", "injected-at-deploy",
    "some-{k}", "sample-{k}", "default", "unused", "ignored", "invalid-{k}", "mock-{k}", "stub", "0000000000000000", "00000000-0000-0000-0000-000000000000", "1234567890", "123456789012345678901234567890", "deadbeef",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "...", "…", "-", "see-1password", "stored-in-secrets-manager", "from-env", "provided-by-vault",
]


def references(r, name):
    """Where a secret is, in the words of many systems."""
    up, a, b = name.upper(), r.choice(WORDS), r.choice(WORDS)
    arn = f"arn:aws:secretsmanager:eu-west-1:{kinds.account(r)}:secret:prod/{a}-{pick(r, ALNUM, 6)}"
    return [
        f"${{{up}}}", f"${up}", f"${{{up}:?missing}}", f"{{{{ {name} }}}}", f"{{{{ vault_{name} }}}}", f"{{{{ .Values.{camel(name)} }}}}", f"<%= ENV['{up}'] %>", f"%({name})s", f"%{up}%", f"__{up}__", f"@{up}@", f"#{{{up}}}#",
        f"{{{{resolve:secretsmanager:prod/{a}:SecretString:{name}}}}}", f"{{{{resolve:ssm-secure:/prod/{a}/{name}:1}}}}", arn, f"arn:aws:ssm:eu-west-1:{kinds.account(r)}:parameter/prod/{a}/{name}",
        f"/prod/{a}/{name}", f"ssm:/prod/{a}/{name}", f"${{ssm:/prod/{a}/{name}}}", f"${{env:{up}}}", f"${{aws:secretsmanager:{a}}}", f"op://{a}/{b}/{name}", f"vault:secret/data/{a}#{name}", f"vault:v1:{b64(raw(r, 48))}",
        f"ref+awsssm://prod/{a}/{name}", f"projects/{a}/secrets/{name}/versions/latest", f"@Microsoft.KeyVault(SecretUri=https://{a}.vault.azure.net/secrets/{b})", f"sm://{a}/{name}", f"file:///run/secrets/{name}", f"/run/secrets/{name}",
        f"env:{up}", f"AQICAH{b64(raw(r, 120))}", f"ENC[AES256_GCM,data:{b64(raw(r, 16))},iv:{b64(raw(r, 32))},tag:{b64(raw(r, 16))},type:str]", f"${{{{ secrets.{up} }}}}", f"keyring:{a}/{name}", f"awssm://{a}/{b}",
        f"{{aws-ssm}}/prod/{a}/{name}", f"secretsmanager:{a}/{name}",
    ]


RAW = {
    "py": ['os.environ["{K}"]', 'os.environ.get("{K}")', 'os.getenv("{K}")', "None", 'get_secret("prod/{w}")["{n}"]', "settings.{K}", "secrets.token_urlsafe(32)", 'ssm.get_parameter(Name="/prod/{w}/{n}", WithDecryption=True)["Parameter"]["Value"]',
           "config.{n}", 'getpass.getpass("Password: ")', 'open("/run/secrets/{n}").read().strip()', "args.{n}", 'boto3.client("secretsmanager").get_secret_value(SecretId="prod/{w}")["SecretString"]', "load_{w}()", 'f"{{prefix}}-{{{n}}}"', '""', "uuid.uuid4().hex",
           'os.environ.get("{K}", "")', 'decouple.config("{K}")', 'env("{K}")', 'base64.b64decode(os.environ["{K}"])', 'vault.read("secret/{w}")["{n}"]'],
    "hcl": ["var.{n}", "local.{n}", "data.aws_secretsmanager_secret_version.{w}.secret_string", "random_password.{w}.result", "aws_db_instance.{w}.password", 'jsondecode(data.aws_secretsmanager_secret_version.{w}.secret_string)["{n}"]', 'file("${{path.module}}/{n}.txt")', "null", '"${{var.{n}}}"'],
    "cfn": ["!Ref {P}", '!Sub "${{{P}}}"', "!GetAtt {w}.Arn", "!ImportValue {w}-{P}", "'{{{{resolve:ssm-secure:/prod/{w}/{n}}}}}'", '"{{{{resolve:secretsmanager:{w}:SecretString:{n}}}}}"'],
    "yaml": ["!vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    {hex}\n    {hex}", "null", "~", '""', '"{{{{ lookup(\'env\', \'{K}\') }}}}"', "${{{K}}}", "ENC[AES256_GCM,data:{b},iv:{b},tag:{b},type:str]"],
    "sh": ['"${K}"', '"$(aws ssm get-parameter --name /prod/{w}/{n} --with-decryption --query Parameter.Value --output text)"', '"${{{K}:-}}"', '"$(cat /run/secrets/{n})"', '"$1"', '"$(openssl rand -hex 32)"', '"$(vault kv get -field={n} secret/{w})"', '${{{K}:?}}', '`pass show {w}`'],
    "js": ["process.env.{K}", "config.get('{n}')", "`${{process.env.{K}}}`", "await getSecret('{w}')", "null"],
}


def fill(r, text, name):
    parts = {"K": name.upper(), "n": name, "w": r.choice(WORDS), "P": "".join(p.title() for p in name.split("_")), "hex": pick(r, "0123456789", 80), "b": b64(raw(r, 24))}
    return text.format(**parts)


def placeholder(r, name):
    return r.choice(PLACEHOLDERS).replace("{k}", name.replace("_", "-")).replace("{l}", name).replace("{K}", name.upper())


def shaped(r, value):
    """The shape of a secret with nothing in it."""
    head = min(len(value) // 3, 9)
    body = value[head:]
    style = r.randrange(4)
    if style == 0:
        return value[:head] + "".join("x" if c.isalnum() else c for c in body)
    if style == 1:
        return value[:head] + "".join("X" if c.isalnum() else c for c in body)
    if style == 2:
        return value[:head] + "".join("0" if c.isalnum() else c for c in body)
    return value[:head].rstrip("-_.") + r.choice(["-your-key-here", "_YOUR_KEY_HERE", "...", "-xxxx", "****************", "<your key>"])


def dsn_decoy(r):
    scheme = r.choice(["postgresql", "mysql+pymysql", "redis", "amqp", "mongodb", "mongodb+srv", "postgres", "https"])
    h = kinds.host(r, "web")
    who = r.choice(["user:password", "user:pass", "username:password", "${DB_USER}:${DB_PASSWORD}", "{user}:{password}", "app:${PASSWORD}", "<user>:<password>", "USER:PASSWORD", "app:xxxxx", "app:****", "%s:%s", "app:{{ db_password }}", "$USER:$PASS",
                    "app", "postgres:postgres", "guest:guest", "root:root", "app:changeme", "user:secret", "app:" , "app:<password>", "dbuser:your_password", "test:test"])
    if who in ("postgres:postgres", "guest:guest", "root:root", "test:test"):
        h = r.choice(["localhost", "127.0.0.1", "db", "rabbitmq"])
    return f"{scheme}://{who}@{h}/{r.choice(WORDS)}"


def nonsecret(r):
    """A name that sounds of secrets, a value that is none."""
    a, b = r.choice(WORDS), r.choice(WORDS)
    number = kinds.account(r)
    return r.choice(
        [
            ("password_field", "password"), ("token_url", f"https://{a}.{b}.com/oauth2/token"), ("secret_name", f"prod/{a}/db"), ("token_type", "Bearer"), ("password_reset_timeout", "3600"),
            ("keycloak_secret_arn", f"arn:aws:secretsmanager:eu-west-1:{number}:secret:{a}-{pick(r, ALNUM, 6)}"), ("password_hasher", "django.contrib.auth.hashers.Argon2PasswordHasher"), ("api_key_header", "X-Api-Key"),
            ("password_prompt", "Enter your password"), ("secret_key_path", f"/etc/{a}/secret.key"), ("token_header", "Authorization"), ("csrf_cookie_name", "csrftoken"), ("session_cookie_name", f"{a}_session"), ("secret_id", f"prod/{a}"),
            ("password_label", "New password (at least 12 characters)"), ("auth_token_lifetime", "15m"), ("token_endpoint_auth_method", "client_secret_post"), ("secret_manager_region", "eu-central-1"), ("jwt_algorithm", "RS256"),
            ("api_key_id", f"{pick(r, string.ascii_lowercase + string.digits, 10)}"), ("password_column", "users.password_hash"), ("access_token_url", f"https://github.com/login/oauth/access_token"), ("tokenizer", "cl100k_base"), ("token_model", "bert-base-uncased"),
            ("max_tokens", "4096"), ("secret_provider", "aws-secrets-manager"), ("password_policy", "min-length-14-upper-lower-digit"), ("api_key_name", f"{a}-{b}-prod"), ("password_file", f"/run/secrets/{a}_password"), ("secret_version_stage", "AWSCURRENT"),
            ("key_prefix", f"uploads/{a}/{b}"), ("s3_key", f"{a}/{b}/2026/report.csv"), ("partition_key", f"{a}_id"), ("routing_key", f"{a}.{b}.created"), ("primary_key", "id"), ("cache_key", f"{a}:{b}:v2"), ("kms_key_id", uuid(r)),
            ("kms_key_arn", f"arn:aws:kms:eu-west-1:{number}:key/{uuid(r)}"), ("kms_key_alias", f"alias/{a}-{b}"), ("client_id", f"{pick(r, string.digits, 12)}-{pick(r, string.ascii_lowercase + string.digits, 32)}.apps.googleusercontent.com"),
            ("stripe_publishable_key", f"pk_live_51{pick(r, ALNUM, 97)}"), ("stripe_price", f"price_1{pick(r, ALNUM, 23)}"), ("user_pool_id", f"eu-west-1_{pick(r, ALNUM, 9)}"), ("user_pool_client_id", pick(r, string.ascii_lowercase + string.digits, 26)),
            ("identity_pool_id", f"eu-west-1:{uuid(r)}"), ("distribution_id", "E" + pick(r, string.ascii_uppercase + string.digits, 13)), ("hosted_zone_id", "Z" + pick(r, string.ascii_uppercase + string.digits, 20)), ("tenant_id", uuid(r)), ("request_id", uuid(r)),
            ("trace_id", f"1-{pick(r, HEX, 8)}-{pick(r, HEX, 24)}"), ("idempotency_key", uuid(r)), ("etag", pick(r, HEX, 32)), ("commit_sha", pick(r, HEX, 40)), ("build_id", pick(r, HEX, 16)), ("checksum", pick(r, HEX, 64)), ("sha256", hashlib.sha256(raw(r, 9)).hexdigest()),
            ("md5", hashlib.md5(raw(r, 9)).hexdigest()), ("image_digest", "sha256:" + pick(r, HEX, 64)), ("next_token", "eyJ" + b64(raw(r, 60))), ("continuation_token", b64(raw(r, 48))), ("page_token", url64(raw(r, 40))), ("revision", pick(r, HEX, 40)), ("cursor", b64(raw(r, 30))),
            ("integrity", "sha512-" + b64(raw(r, 64))), ("csp_nonce", b64(raw(r, 16))), ("script_hash", f"'sha256-{b64(raw(r, 32))}'".strip("'")), ("public_key", b64(raw(r, 32))), ("ssh_public_key", f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{pick(r, B64, 43)} {a}@{b}"),
            ("password_hash", f"$2b$12${pick(r, './' + ALNUM, 53)}"), ("password_hash", f"$argon2id$v=19$m=65536,t=3,p=4${pick(r, B64, 22)}${pick(r, B64, 43)}"), ("hashed_password", f"pbkdf2_sha256$600000${pick(r, ALNUM, 22)}${pick(r, B64, 43)}="),
            ("google_analytics_id", "G-" + pick(r, string.ascii_uppercase + string.digits, 10)), ("ami", "ami-" + pick(r, HEX, 17)), ("subnet_id", "subnet-" + pick(r, HEX, 17)), ("recaptcha_site_key", "6L" + pick(r, URL64, 38)), ("algolia_app_id", pick(r, string.ascii_uppercase + string.digits, 10)),
            ("token_symbol", "USDC"), ("contract_address", "0x" + pick(r, HEX, 40)), ("tx_hash", "0x" + pick(r, HEX, 64)), ("github_repo", f"{a}/{b}"), ("role_arn", f"arn:aws:iam::{number}:role/{a}-{b}"), ("passphrase_hint", "the one on the wiki"),
            ("fingerprint", ":".join(pick(r, HEX, 2) for _ in range(16))), ("certificate_arn", f"arn:aws:acm:us-east-1:{number}:certificate/{uuid(r)}"), ("version_id", pick(r, ALNUM + "._", 32)), ("upload_id", pick(r, ALNUM + "._", 86)), ("message_id", uuid(r)),
            ("receipt_handle", "AQEB" + b64(raw(r, 120))), ("api_url", f"https://{pick(r, string.ascii_lowercase + string.digits, 10)}.execute-api.eu-west-1.amazonaws.com/prod"), ("sso_start_url", f"https://d-{pick(r, HEX, 10)}.awsapps.com/start"), ("token_bucket_size", "100"),
            ("secretsmanager_endpoint", "https://secretsmanager.eu-west-1.amazonaws.com"), ("forgot_password_url", "/accounts/password/reset/"), ("password_help", "Your password can't be too similar to your other personal information."), ("auth_scheme", "Token"),
            ("api_keys_table", f"{a}-api-keys"), ("secret_rotation_lambda", f"{a}-rotate-secret"), ("token_cache_dir", f"/var/cache/{a}"), ("private_key_file", f"/etc/ssl/private/{a}.key"), ("ssh_key_name", f"{a}-{b}-2026"), ("credential_source", "Ec2InstanceMetadata"),
            ("sk_column", "sk_customer_dim"), ("npm_lifecycle", "npm_lifecycle_event_name"), ("token_pattern", r"(?u)\\b\\w\\w+\\b"), ("password_regex", r"^(?=.*[A-Z])(?=.*[0-9]).{12,}$"), ("github_token_regex", "gh[pousr]_[A-Za-z0-9]{36}"), ("akia_regex", "AKIA[0-9A-Z]{16}"),
            ("wrong_password_message", "Wrong password, please try again"), ("token_expired", "Your token has expired"), ("missing_api_key", "API key is missing or invalid"), ("pem_header", "-----BEGIN PRIVATE KEY-----"), ("service_account_email", f"{a}@{b}.iam.gserviceaccount.com"),
            ("secret_ref", f"{a}-credentials"), ("existing_secret", f"{a}-postgresql"), ("secret_key_ref", "database-url"), ("password_validator", "UserAttributeSimilarityValidator"), ("tokens_per_minute", "90000"), ("vapid_public_key", "B" + pick(r, URL64, 86)),
        ]
    )


def certificate(r, words="CERTIFICATE"):
    text = b64(raw(r, r.choice([420, 560, 700])))
    return "\n".join([f"-----BEGIN {words}-----", *[text[i : i + 64] for i in range(0, len(text), 64)], f"-----END {words}-----"])


def files(r):
    """Whole files of decoys: (path, [(text of an entry, is it a decoy)])."""
    a, b, c = (r.choice(WORDS) + pick(r, "0123456789", 2) for _ in range(3))

    def lock(path, head, entry, count, tail=""):
        entries = [(entry(), True) for _ in range(count)]
        if tail:
            entries[-1] = (entries[-1][0].rstrip(","), True)
        return path, [(head, False), *entries] + ([(tail, False)] if tail else [])

    hexes = lambda n: pick(r, HEX, n)
    name = lambda: r.choice(WORDS) + "-" + r.choice(WORDS)
    yield lock("poetry.lock", "# This file is automatically @generated by Poetry.", lambda: f'[[package]]\nname = "{name()}"\nversion = "{r.randrange(9)}.{r.randrange(30)}"\nfiles = [\n    {{file = "{name()}.whl", hash = "sha256:{hexes(64)}"}},\n]', 40)
    yield lock(f"{a}/uv.lock", "version = 1", lambda: f'[[package]]\nname = "{name()}"\nversion = "1.{r.randrange(30)}"\nsdist = {{ url = "https://files.pythonhosted.org/packages/{hexes(2)}/{hexes(2)}/{hexes(60)}/x.tar.gz", hash = "sha256:{hexes(64)}", size = {r.randrange(10**6)} }}', 40)
    yield lock("frontend/package-lock.json", '{\n  "lockfileVersion": 3,\n  "packages": {', lambda: f'  "node_modules/{name()}": {{\n    "resolved": "https://registry.npmjs.org/x/-/x-1.0.tgz",\n    "integrity": "sha512-{b64(raw(r, 64))}"\n  }},', 40, "  }\n}")
    yield lock(f"{b}/requirements.txt", "# hashes", lambda: f"{name()}=={r.randrange(9)}.{r.randrange(9)} \\\n    --hash=sha256:{hexes(64)}", 30)
    yield lock("frontend/yarn.lock", "# yarn lockfile v1", lambda: f'{name()}@^1.0:\n  version "1.{r.randrange(9)}"\n  resolved "https://registry.yarnpkg.com/x/-/x-1.tgz#{hexes(40)}"\n  integrity sha512-{b64(raw(r, 64))}', 20)
    yield lock("Pipfile.lock", "{", lambda: f'  "{name()}": {{"hashes": ["sha256:{hexes(64)}"], "version": "==1.{r.randrange(9)}"}},', 20, "}")
    yield lock("go.sum", "", lambda: f"github.com/{name()} v1.{r.randrange(30)}.0 h1:{b64(raw(r, 32))}", 15)
    yield lock("terraform/.terraform.lock.hcl", 'provider "registry.terraform.io/hashicorp/aws" {', lambda: f'    "h1:{b64(raw(r, 32))}",\n    "zh:{hexes(64)}",', 12)
    yield lock(f"docker/{c}/Dockerfile.pinned", "# pinned", lambda: f"FROM {name()}:3.12@sha256:{hexes(64)}", 10)
    yield lock("deploy/known_hosts", "", lambda: f"{name()}.internal,10.0.{r.randrange(99)}.{r.randrange(99)} ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ{pick(r, B64, 340)}", 10)
    yield lock("deploy/authorized_keys", "", lambda: f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{pick(r, B64, 43)} {name()}", 10)
    yield lock(f"certs/{a}-ca.pem", "", lambda: certificate(r), 4)
    yield lock(f"certs/{b}.pub", "", lambda: certificate(r, "PUBLIC KEY"), 2)
    yield lock(f"docs/{c}.asc", "", lambda: "-----BEGIN PGP SIGNATURE-----\n\n" + "\n".join(pick(r, B64, 64) for _ in range(7)) + f"\n={pick(r, B64, 4)}\n-----END PGP SIGNATURE-----", 2)
    yield lock(f"docs/{a}.gpg.txt", "", lambda: "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n" + "\n".join(pick(r, B64, 64) for _ in range(9)) + f"\n={pick(r, B64, 4)}\n-----END PGP PUBLIC KEY BLOCK-----", 2)
    yield lock(f"{a}/jwks.json", '{"keys": [', lambda: js({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": uuid(r), "n": url64(raw(r, 256)), "e": "AQAB"}) + ",", 6, "]}")
    yield lock(f"frontend/dist/{b}.min.js", "!function(){", lambda: "".join(f"function {pick(r, string.ascii_letters, 2)}(e,t){{var n='{pick(r, ALNUM, r.randrange(5, 22))}';return e.token=t.key?{hexes(6)}:n.password(e)}}" for _ in range(12)), 12)
    yield lock(f"frontend/dist/{c}.css", "", lambda: f".{pick(r, string.ascii_letters, 6)}_{hexes(8)}{{background:url(data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{b64(raw(r, 150))})}}", 15)
    yield lock(f"frontend/dist/{a}.map", '{"version":3,"mappings":"', lambda: ";".join(pick(r, ALNUM, r.randrange(4, 9)) for _ in range(60)), 5)
    yield lock(f"frontend/{b}.html", "<html>", lambda: r.choice([f'<script nonce="{b64(raw(r, 16))}" src="/static/{hexes(20)}.js" integrity="sha384-{b64(raw(r, 48))}"></script>', f'<input type="hidden" name="csrfmiddlewaretoken" value="{{{{ csrf_token }}}}">',
                                                                    f'<input type="password" name="password" placeholder="{r.choice(["Your password", "At least 12 characters"])}">', f'<link rel="stylesheet" href="/static/{name()}.{hexes(12)}.css">', f'<label for="api_token">API token</label>']), 25)
    yield lock(f"locale/en/{c}.po", 'msgid ""', lambda: r.choice(['msgid "Password"\nmsgstr "Passwort"', 'msgid "Enter your secret key"\nmsgstr "Geben Sie Ihren geheimen Schlüssel ein"', 'msgid "password: %(password)s"\nmsgstr "Passwort: %(password)s"', 'msgid "API token expired"\nmsgstr "API-Token abgelaufen"']), 12)
    yield lock(f"{b}/gen/{c}_pb2.py", "from google.protobuf import descriptor", lambda: f"DESCRIPTOR_{pick(r, string.ascii_uppercase, 4)} = _pool.AddSerializedFile(b'\\n\\x{hexes(2)}{name()}.proto\\x12\\x{hexes(2)}{pick(r, ALNUM, 40)}\\\"\\x{hexes(2)}\\n\\x05token\\x18\\x01 \\x01(\\t')", 8)
    yield lock(f"tests/fixtures/{a}.json", "[", lambda: js({"pk": r.randrange(999), "username": name(), "password": r.choice([f"pbkdf2_sha256$600000${pick(r, ALNUM, 22)}${b64(raw(r, 32))}", f"$2b$12${pick(r, './' + ALNUM, 53)}", "!" + pick(r, ALNUM, 40)]), "last_login": None}) + ",", 20, "]")
    yield lock(f"tests/unit/test_{b}.py", "import pytest", lambda: r.choice([
        f'def test_{pick(r, string.ascii_lowercase, 5)}(client):\n    client.login(username="{name()}", password="{r.choice(["password", "testpass", "secret", "test1234", "hunter2", "correct horse battery staple", "wrong-password", "password123", "fake-password"])}")',
        f'USER_TOKEN = "{r.choice(["test-token", "fake-token", "dummy_token", "token", "invalid.token.here", "abc123", "not-a-token", "token-for-tests"])}"',
        'MOCK_ENV = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}', f'monkeypatch.setenv("API_KEY", "{r.choice(["test", "fake-key", "my-api-key", "dummy-api-key-value"])}")',
        f'assert response.json() == {{"token": "{r.choice(["some-token", "expected-token", "abc.def.ghi"])}"}}', 'with patch("app.get_secret", return_value="mocked-secret"):\n    pass']), 30)
    yield lock(f"tests/cassettes/{c}.yaml", "interactions:", lambda: f"- headers:\n    ETag: ['\"{hexes(32)}\"']\n    x-amz-request-id: [{pick(r, string.ascii_uppercase + string.digits, 16)}]\n    x-amz-id-2: [{b64(raw(r, 56))}]", 10)
    yield lock(f"{a}/{b}_errors.py", "import re", lambda: r.choice([
        f'raise ValueError("password must not be empty for {name()}")', 'PASSWORD_RE = re.compile(r"^(?=.*[A-Z])(?=.*\\d).{12,}$")', 'parser.add_argument("--password", help="password of the database user")', 'logger.warning("token %s rejected: secret mismatch", token_id)',
        'password = form.cleaned_data["password"]', 'token = request.headers.get("Authorization", "").removeprefix("Bearer ")', 'secret = client.get_secret_value(SecretId=name)["SecretString"]', 'password = serializers.CharField(write_only=True, min_length=12)', 'api_key = Column(String(64), unique=True, nullable=False)',
        'cursor.execute("SELECT password, token FROM users WHERE secret_id = %s", (secret_id,))', 'token: str = Depends(oauth2_scheme)', 'def sk_normalise_customer_key_for_warehouse_dimension(sk_customer_key):\n    return sk_customer_key', 'password1 = forms.CharField(label="Password", widget=forms.PasswordInput)',
        'TOKEN_TYPES = ("access_token", "refresh_token")', 'signature = hmac.new(secret_key.encode(), body, hashlib.sha256).hexdigest()', 'assert password != "", "password is required"', 'secret_key = derive_key(master_key, info=b"session-signing")', 'auth = (os.environ["USER"], os.environ["PASSWORD"])']), 50)
    yield lock(f"{c}/assets.py", "# images", lambda: f'ICON_{pick(r, string.ascii_uppercase, 4)} = "data:image/{r.choice(["png;base64,iVBORw0KGgo", "gif;base64,R0lGODlh", "svg+xml;base64,PHN2Zy"])}{b64(raw(r, 120))}"', 15)
    yield lock(f"{a}/fonts.css", "", lambda: f"@font-face{{src:url(data:font/woff2;base64,d09GMgABAAAAA{b64(raw(r, 200))})}}", 5)
    yield lock(f"notebooks/{b}-output.ipynb", '{"cells": [', lambda: js({"cell_type": "code", "outputs": [{"data": {"image/png": "iVBORw0KGgoAAAANSUhEUg" + b64(raw(r, 300))}, "output_type": "display_data"}], "source": []}) + ",", 6, '], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
    yield lock(f"docs/{c}-notes.md", "# Notes", lambda: r.choice([f"Fixed in {hexes(40)} by {name()}.", f"See commit `{hexes(10)}`; image `sha256:{hexes(64)}`.", "Set `DB_PASSWORD` to the password of the database (never commit it).", f"Call it with `-H 'Authorization: Bearer <token>'`.",
                                                                f"    export AWS_ACCESS_KEY_ID={PUBLISHED['aws'][0][0]}\n    export AWS_SECRET_ACCESS_KEY={PUBLISHED['aws'][0][1]}", "| `password` | string | the user's password |", f"curl -u user:password https://{name()}.example.com/"]), 25)
    yield lock(f"data/{a}.csv", "id,uuid,sha1,token_count", lambda: f"{r.randrange(10**6)},{uuid(r)},{hexes(40)},{r.randrange(999)}", 30)


def singles(r):
    """(format, text) of decoys on their own, to stand among others."""
    a = r.choice(WORDS)
    key, secret = r.choice(PUBLISHED["aws"])
    wrong = "ghp_" + pick(r, ALNUM, 30) + "00000" + r.choice("0123")
    return r.choice(
        [
            ("py", f'AWS_ACCESS_KEY_ID = "{key}"\nAWS_SECRET_ACCESS_KEY = "{secret}"'), ("credentials", f"[{UNIQUE}]\naws_access_key_id = {key}\naws_secret_access_key = {secret}"), ("env", f"AWS_ACCESS_KEY_ID={key}\nAWS_SECRET_ACCESS_KEY={secret}"),
            ("py", f'SAMPLE_TOKEN = "{PUBLISHED["jwt"]}"'), ("yaml", f"{UNIQUE}:\n  token: {PUBLISHED['jwt']}"), ("py", f'stripe.api_key = "{r.choice(PUBLISHED["stripe"])}"'), ("env", f"SLACK_WEBHOOK_URL={PUBLISHED['slack']}"), ("yaml", f"{UNIQUE}:\n  webhook: {PUBLISHED['slack']}"),
            ("json", f'  "{UNIQUE}": {{\n    "AzureWebJobsStorage": "{PUBLISHED["azurite"]}"\n  }}'), ("py", f'GITHUB_TOKEN = "{wrong}"'), ("py", f'DATABASE_URL = "{dsn_decoy(r)}"'), ("env", f"DATABASE_URL={dsn_decoy(r)}"), ("yaml", f"{UNIQUE}:\n  broker_url: \"{dsn_decoy(r)}\""),
            ("toml", f'[{UNIQUE}]\ndsn = "{dsn_decoy(r)}"'), ("ini", f"[{UNIQUE}]\nsqlalchemy.url = {dsn_decoy(r).replace('%s', 'x')}"), ("md", f"    DATABASE_URL={dsn_decoy(r)}"), ("py", f'engine = create_engine("{dsn_decoy(r)}")'),
            ("compose", f"  {UNIQUE}:\n    image: app\n    environment:\n      DATABASE_URL: \"{dsn_decoy(r)}\""),
            ("py", f'engine = create_engine(f"postgresql://{{user}}:{{password}}@{{host}}/{a}")'), ("sh", f"curl -sS -H \"Authorization: Bearer $TOKEN\" https://{a}.internal/v1"), ("sh", f'curl -u "$USER:$PASS" https://{a}.internal'),
            ("py", 'headers = {"Authorization": f"Bearer {token}"}'), ("py", "SECRET_KEY = get_random_secret_key()"), ("py", f'PRIVATE_KEY_HEADER = "-----BEGIN RSA PRIVATE KEY-----"'), ("py", 'if key.startswith("-----BEGIN PRIVATE KEY-----"):\n    key = key.replace("\\\\n", "\\n")'),
            ("hcl", f'data "aws_secretsmanager_secret_version" "{UNIQUE}" {{\n  secret_id = "prod/{a}"\n}}'), ("k8s", f"apiVersion: v1\nkind: Deployment\nmetadata:\n  name: {UNIQUE}\nspec:\n  env:\n    - name: DB_PASSWORD\n      valueFrom:\n        secretKeyRef:\n          name: {a}\n          key: password"),
            ("k8s", f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {UNIQUE}\ndata:\n  password: {b64(r.choice([b'changeme', b'password', b'<password>', b'${DB_PASSWORD}']))}"), ("workflow", f"  {UNIQUE}:\n    runs-on: ubuntu-latest\n    env:\n      TOKEN: ${{{{ secrets.GITHUB_TOKEN }}}}\n    steps:\n      - uses: actions/checkout@{pick(r, HEX, 40)}"),
            ("py", f'PATTERNS = {{"github": r"ghp_[0-9a-zA-Z]{{36}}", "aws": r"(?:AKIA|ASIA)[A-Z2-7]{{16}}"}}'), ("py", f'password = "".join(random.choices(string.ascii_letters, k=16))'), ("py", f'TOKEN = "".join([prefix, region, suffix])'),
            ("py", f'logo = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAA{b64(raw(r, 60))}")'), ("py", f'SECRET_HASH = "{hashlib.sha256(raw(r, 5)).hexdigest()}"  # sha256 of the shared secret'), ("py", f'digest = hashlib.sha256(b"{a}").hexdigest()\nassert digest == "{pick(r, HEX, 64)}"'),
            ("json", f'  "{UNIQUE}": {{\n    "secretArn": "arn:aws:secretsmanager:eu-west-1:{kinds.account(r)}:secret:{a}-{pick(r, ALNUM, 6)}",\n    "passwordKey": "password"\n  }}'), ("js", f"const passwordField = 'password';"), ("js", "const token = localStorage.getItem('access_token');"),
            ("cfn", f"  {UNIQUE.title()}Password:\n    Type: String\n    NoEcho: true\n    Description: Password of the database"), ("cfn", f"  {UNIQUE.title()}Secret:\n    Type: AWS::SSM::Parameter::Value<String>\n    Default: /prod/{a}/secret"),
            ("docker", "RUN --mount=type=secret,id=npm_token NPM_TOKEN=$(cat /run/secrets/npm_token) npm ci"), ("docker", "ARG GITHUB_TOKEN"), ("docker", "ENV API_TOKEN=$API_TOKEN"), ("sh", f'read -rs -p "Password: " PASSWORD'), ("sh", 'export PGPASSWORD="$DB_PASSWORD"'),
            ("sh", f"aws secretsmanager get-secret-value --secret-id prod/{a}/password --query SecretString"), ("py", f'client_id = "{pick(r, HEX, 20)}"'), ("py", f"password: Optional[str] = None"), ("py", f'token_urls = {{"{a}": "https://{a}.com/token"}}'),
        ]
    )


__all__ = ["RAW", "dsn_decoy", "files", "fill", "json", "nonsecret", "placeholder", "references", "shaped", "singles"]
