"""The places that a value is written to: forms by format, and the files that hold them.

A form takes (r, name, value, mark): `mark` wraps the text that stands for the value, so that its lines are known after the
file is put together. The same forms carry secrets and decoys. `UNIQUE` becomes another word in each place of a file.
"""

import base64
import json

from kinds import WORDS, pick

UNIQUE = "\ue010"


def upper(name):
    return name.upper()


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.title() for part in rest)


def kebab(name):
    return name.replace("_", "-")


def any_case(r, name, styles="ulck"):
    return {"u": upper, "l": str, "c": camel, "k": kebab}[r.choice(styles)](name)


def q(r, text):
    return f'"{text}"' if "'" in text or r.random() < 0.75 else f"'{text}'"


def cut(r, value, parts):
    """Cuts a value in so many parts, at random places."""
    places = sorted(r.sample(range(3, len(value) - 2), parts - 1))
    return [value[a:b] for a, b in zip([0, *places], [*places, len(value)])]


def js(text):
    return json.dumps(text, ensure_ascii=False)


def near(r):
    """A name and a value that mean nothing, to stand beside."""
    return r.choice(
        [("region", '"eu-central-1"'), ("timeout", str(r.randrange(2, 90))), ("retries", str(r.randrange(1, 9))), ("debug", "false"),
         ("log_level", '"INFO"'), ("batch_size", str(r.choice([10, 50, 100, 500]))), ("host", f'"{r.choice(WORDS)}.internal"'),
         ("port", str(r.choice([5432, 6379, 8080, 443]))), ("stage", '"prod"'), ("workers", str(r.randrange(1, 12))),
         ("bucket", f'"{r.choice(WORDS)}-{r.choice(WORDS)}-prod"'), ("queue", f'"{r.choice(WORDS)}-events"'), ("namespace", f'"{r.choice(WORDS)}"')]
    )


def nears(r, count):
    return list({pair[0]: pair for pair in (near(r) for _ in range(count))}.values())


# Python


def py_assign(r, n, v, m):
    return f"{any_case(r, n, 'uul')} = {q(r, m(v))}"


def py_annotated(r, n, v, m):
    return f"{upper(n)}: {r.choice(['str', 'Final[str]', 'Final', 'Optional[str]'])} = {q(r, m(v))}"


def py_class(r, n, v, m):
    kind = r.choice(["(BaseSettings)", "(BaseModel)", ":", "(object)"]).rstrip(":")
    default = r.choice(['{}', 'Field(default={})', 'Field({}, description="set at deploy time")', 'SecretStr({})']).format(q(r, m(v)))
    return f"class {r.choice(WORDS).title()}Settings{kind}:\n    timeout: int = 30\n    {n}: str = {default}\n    region: str = \"eu-west-1\""


def py_dict(r, n, v, m):
    lines = [f'    "{a}": {b.replace("false", "False")},' for a, b in nears(r, 3)]
    lines.insert(r.randrange(len(lines) + 1), f"    {q(r, any_case(r, n))}: {q(r, m(v))},")
    return f"{r.choice(WORDS).upper()}_CONFIG = {{\n" + "\n".join(lines) + "\n}"


def py_dict_inline(r, n, v, m):
    return f'{r.choice(WORDS)}_options = {{"region": "eu-west-1", "{any_case(r, n, "lc")}": {q(r, m(v))}}}'


def py_kwarg(r, n, v, m):
    return f"{r.choice(WORDS)} = {r.choice(WORDS).title()}Client(\n    timeout={r.randrange(2, 60)},\n    {n}={q(r, m(v))},\n)"


def py_kwarg_inline(r, n, v, m):
    return f'{r.choice(WORDS)} = connect("{r.choice(WORDS)}.internal", {n}={q(r, m(v))}, retries=3)'


def py_default(r, n, v, m):
    annotation = r.choice(["", ": str "]) + "="
    return f"def open_{r.choice(WORDS)}(host, {n}{annotation}{' ' if ':' in annotation else ''}{q(r, m(v))}, port=443):\n    return Session(host, {n}, port)"


def py_setdefault(r, n, v, m):
    return f'os.environ.setdefault("{upper(n)}", {q(r, m(v))})'


def py_environ(r, n, v, m):
    return f'os.environ["{upper(n)}"] = {q(r, m(v))}'


def py_getenv(r, n, v, m):
    call = r.choice(['os.getenv("{0}", {1})', 'os.environ.get("{0}", {1})', 'config("{0}", default={1})', 'env.str("{0}", default={1})', 'env("{0}", {1})'])
    return f"{upper(n)} = {call.format(upper(n), q(r, m(v)))}"


def py_implicit(r, n, v, m):
    parts = "\n".join(f'    "{m(part)}"' for part in cut(r, v, r.choice([2, 2, 3])))
    return f"{any_case(r, n, 'ul')} = (\n{parts}\n)"


def py_plus(r, n, v, m):
    parts = [f'"{m(part)}"' for part in cut(r, v, r.choice([2, 3]))]
    return f"{any_case(r, n, 'ul')} = " + r.choice([" + ", " + \\\n    "]).join(parts)


def py_join(r, n, v, m):
    parts = ", ".join(f'"{m(part)}"' for part in cut(r, v, r.choice([2, 3, 4])))
    return f'{any_case(r, n, "ul")} = "".join({r.choice(["[{}]", "({})"]).format(parts)})'


def py_b64(r, n, v, m):
    text = m(base64.b64encode(v.encode()).decode())
    return f"{any_case(r, n, 'ul')} = " + r.choice(['base64.b64decode("{}").decode()', "b64decode(b'{}').decode(\"utf-8\")", "str(base64.standard_b64decode('{}'), 'ascii')"]).format(text)


def py_comment(r, n, v, m):
    return r.choice(["# {} = \"{}\"", "# {}={}", "# TODO: rotate, old {} was {}", "#{}: {}"]).format(any_case(r, n, "ul"), m(v)) + "\nENABLED = True"


def py_bytes(r, n, v, m):
    return f'{any_case(r, n, "ul")} = b"{m(v)}"'


def py_attribute(r, n, v, m):
    return r.choice(['app.config["{0}"] = {2}', "settings.{0} = {2}", "app.config.update({0}={2})", "self.{1} = {2}"]).format(upper(n), n, q(r, m(v)))


def py_heredoc(r, n, v, m):
    return f'USER_DATA = """\nAWS_REGION=eu-west-1\n{upper(n)}={m(v)}\nLOG_LEVEL=info\n"""'


def py_compare(r, n, v, m):
    return f'def check_{r.choice(WORDS)}(request):\n    if request.headers.get("{kebab(n).title()}") != {q(r, m(v))}:\n        raise PermissionError("denied")'


def py_bearer(r, n, v, m):
    return r.choice(
        ['headers = {{"Accept": "application/json", "Authorization": "Bearer {}"}}', 'session.headers["Authorization"] = "Bearer {}"',
         'headers = {{\n    "Authorization": f"Bearer {}",\n    "X-Region": f"{{region}}",\n}}', "request.add_header('Authorization', 'token {}')"]
    ).format(m(v))


def py_fstring(r, n, v, m):
    return f'url = f"https://{{HOST}}/v1/items?{any_case(r, n, "lc")}={m(v)}&region={{region}}"'


def py_argument(r, n, v, m):
    return f'{r.choice(WORDS)} = {r.choice(["Client", "Api", "login", "init"])}({q(r, m(v))})'


def py_docstring(r, n, v, m):
    return f'def push_{r.choice(WORDS)}(payload):\n    """Sends it.\n\n    >>> push("x", {q(r, m(v))})\n    """\n    return payload'


def py_list(r, n, v, m):
    return f"{upper(n)}S = [\n    {q(r, m(v))},\n]"


PY = [py_assign, py_annotated, py_class, py_dict, py_dict_inline, py_kwarg, py_kwarg_inline, py_default, py_setdefault, py_environ,
      py_getenv, py_implicit, py_plus, py_join, py_b64, py_comment, py_bytes, py_attribute, py_heredoc]
PY_OWN = [py_bearer, py_fstring, py_argument, py_docstring, py_list, py_compare]
FILLER = [
    "def load_{0}(path):\n    with open(path) as handle:\n        return [line.strip() for line in handle if line.strip()]",
    "class {1}Repository:\n    def __init__(self, session):\n        self.session = session\n\n    def find(self, {0}_id):\n        return self.session.query({1}).filter_by(id={0}_id).first()",
    "def handler(event, context):\n    for record in event.get(\"Records\", []):\n        process_{0}(json.loads(record[\"body\"]))\n    return {{\"statusCode\": 200}}",
    "@app.route(\"/{0}/<int:item_id>\", methods=[\"GET\"])\ndef show_{0}(item_id):\n    return jsonify(find_{0}(item_id))",
    "{2}_TABLE = os.environ[\"{2}_TABLE\"]\n{2}_PAGE_SIZE = int(os.getenv(\"{2}_PAGE_SIZE\", \"50\"))",
    "logger.info(\"{0}: %s items in %.2f s\", len(items), elapsed)",
    "@celery.task(bind=True, max_retries=3)\ndef sync_{0}(self, {0}_id):\n    try:\n        push({0}_id)\n    except ConnectionError as error:\n        raise self.retry(exc=error, countdown=30)",
]

# Configuration


def toml_pair(r, n, v, m):
    lines = [f"{a} = {b}" for a, b in nears(r, 2)]
    lines.insert(r.randrange(3), f"{any_case(r, n, 'llku')} = {q(r, m(v))}")
    return f"[{r.choice(['tool', 'app', 'default'])}.{UNIQUE}]\n" + "\n".join(lines)


def toml_inline(r, n, v, m):
    return f'{UNIQUE} = {{ region = "eu-west-1", {any_case(r, n, "lk")} = "{m(v)}" }}'


def yq(r, text):
    """YAML's quotes where they are needed, and now and then where not."""
    plain = not set(text) & set(":#{}[]&*!|>'\"%@`,+=/?-^$() ") and not text.replace(".", "").isdigit() and "e" not in text[:8]
    return text if plain and r.random() < 0.6 else q(r, text)


def yaml_quoted(r, v, m):
    quoted = yq(r, v)
    return quoted.replace(v, m(v), 1)


def yaml_pair(r, n, v, m):
    lines = [f"  {a}: {b}" for a, b in nears(r, 2)]
    lines.insert(r.randrange(3), f"  {any_case(r, n)}: {yaml_quoted(r, v, m)}")
    return f"{UNIQUE}:\n" + "\n".join(lines)


def yaml_deep(r, n, v, m):
    return f"{UNIQUE}:\n  - name: {r.choice(WORDS)}\n    options:\n      {any_case(r, n, 'lck')}: {yaml_quoted(r, v, m)}\n      enabled: true"


def yaml_block(r, n, v, m):
    return f"{UNIQUE}:\n  region: eu-west-1\n  {any_case(r, n, 'lck')}: {r.choice(['|', '>-', '|-'])}\n    {m(v)}\n  stage: prod"


def yaml_script(r, n, v, m):
    return f"{UNIQUE}: |\n  set -e\n  export {upper(n)}={shell_quote(r, v, m)}\n  ./run.sh"


def yaml_comment(r, n, v, m):
    return f"{UNIQUE}:\n  region: eu-west-1\n  # {any_case(r, n, 'ul')}: {m(v)}"


def json_pair(r, n, v, m):
    lines = [f"    {js(a)}: {b}" for a, b in nears(r, 2)]
    lines.insert(r.randrange(3), f"    {js(any_case(r, n))}: {js(m(v))}")
    return f'  "{UNIQUE}": {{\n' + ",\n".join(lines) + "\n  }"


def json_list(r, n, v, m):
    return f'  "{UNIQUE}": [\n    {{"name": "LOG_LEVEL", "value": "info"}},\n    {{"name": "{upper(n)}", "value": {js(m(v))}}}\n  ]'


def json_lines(r, n, v, m):
    return f'  "{UNIQUE}": [\n    {{\n      "Name": "{upper(n)}",\n      "Value": {js(m(v))}\n    }}\n  ]'


def ini_pair(r, n, v, m):
    sign = r.choice([" = ", "=", ": "])
    return f"[{UNIQUE}]\nregion{sign}eu-west-1\n{any_case(r, n, 'lluk')}{sign}{m(v)}"


def shell_quote(r, v, m):
    safe = not set(v) & set("!#$%^&*()=+?;<>|~@:/ ")
    if safe and r.random() < 0.6:
        return m(v)
    return f"'{m(v)}'" if set(v) & set("$!`\\") or r.random() < 0.4 else f'"{m(v)}"'


def env_pair(r, n, v, m):
    return f"{r.choice(['', '', 'export '])}{upper(n)}={shell_quote(r, v, m)}"


def env_bare(r, n, v, m):
    return f"{upper(n)}={m(v)}"


def env_comment(r, n, v, m):
    return f"# {upper(n)}={m(v)}\nLOG_{UNIQUE.upper()}=1"


def hcl_variable(r, n, v, m):
    return f'variable "{UNIQUE}_{n}" {{\n  type      = string\n  sensitive = true\n  default   = "{m(v)}"\n}}'


def hcl_locals(r, n, v, m):
    return f'locals {{\n  {UNIQUE} = "eu-west-1"\n  {UNIQUE}_{n} = "{m(v)}"\n}}'


def hcl_resource(r, n, v, m):
    return f'resource "aws_lambda_function" "{UNIQUE}" {{\n  function_name = "{r.choice(WORDS)}"\n  environment {{\n    variables = {{\n      LOG_LEVEL = "info"\n      {upper(n)} = "{m(v)}"\n    }}\n  }}\n}}'


def hcl_parameter(r, n, v, m):
    return f'resource "aws_ssm_parameter" "{UNIQUE}_{n}" {{\n  name  = "/prod/{n}"\n  type  = "String"\n  value = "{m(v)}"\n}}'


def tfvars(r, n, v, m):
    return f'{n}{" " * r.randrange(1, 5)}= "{m(v)}"'


def sh_export(r, n, v, m):
    return f"{r.choice(['export ', 'readonly ', '', 'local '])}{upper(n)}={shell_quote(r, v, m)}"


def sh_default(r, n, v, m):
    return f'{upper(n)}="${{{upper(n)}:-{m(v)}}}"'


def sh_flag(r, n, v, m):
    sign = r.choice([" ", "="])
    return f"./bin/{r.choice(WORDS)} deploy --region eu-west-1 --{kebab(n)}{sign}{shell_quote(r, v, m)} --wait"


def sh_bearer(r, n, v, m):
    return f'curl -sS -H "Authorization: {r.choice(["Bearer", "token"])} {m(v)}" https://{r.choice(WORDS)}.internal/v1/{r.choice(WORDS)}'


def sh_header(r, n, v, m):
    return f"curl --fail -H '{kebab(n).title()}: {m(v)}' \"$BASE_URL/{r.choice(WORDS)}\""


def sh_inline(r, n, v, m):
    return f"{upper(n)}={shell_quote(r, v, m)} python manage.py migrate --noinput"


def docker_env(r, n, v, m):
    return r.choice(["ENV {0}={1}", "ENV {0} {1}", 'ENV LOG_LEVEL=info \\\n    {0}={1}', 'ENV {0}="{1}"']).format(upper(n), m(v))


def docker_arg(r, n, v, m):
    return f"ARG {upper(n)}={m(v)}"


def docker_run(r, n, v, m):
    return f"RUN {upper(n)}={shell_quote(r, v, m)} ./build.sh && rm -rf /tmp/build"


def compose_map(r, n, v, m):
    return f"  {UNIQUE}:\n    image: {r.choice(WORDS)}:{r.randrange(1, 9)}.{r.randrange(20)}\n    environment:\n      LOG_LEVEL: info\n      {upper(n)}: {yaml_quoted(r, v, m)}"


def compose_list(r, n, v, m):
    entry = f"{upper(n)}={m(v)}"
    return f"  {UNIQUE}:\n    image: {r.choice(WORDS)}:latest\n    environment:\n      - LOG_LEVEL=info\n      - {r.choice(['{}', chr(34) + '{}' + chr(34)]).format(entry) if not set(v) & set('#:&*!|>%@') else chr(34) + entry + chr(34)}"


def k8s_env(r, n, v, m):
    return f"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {UNIQUE}\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          env:\n            - name: LOG_LEVEL\n              value: info\n            - name: {upper(n)}\n              value: {yaml_quoted(r, v, m)}"


def k8s_data(r, n, v, m):
    return f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {UNIQUE}\ntype: Opaque\ndata:\n  {any_case(r, n, 'uklc')}: {m(base64.b64encode(v.encode()).decode())}"


def k8s_string(r, n, v, m):
    return f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {UNIQUE}\nstringData:\n  {any_case(r, n)}: {yaml_quoted(r, v, m)}"


def k8s_config(r, n, v, m):
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {UNIQUE}\ndata:\n  app.properties: |\n    log.level=info\n    {n.replace('_', '.')}={m(v)}"


def sls_env(r, n, v, m):
    return f"  {UNIQUE}:\n    handler: {r.choice(WORDS)}.handler\n    environment:\n      STAGE: ${{sls:stage}}\n      {upper(n)}: {yaml_quoted(r, v, m)}"


def zappa_env(r, n, v, m):
    return f'  "{UNIQUE}": {{\n    "app_function": "{r.choice(WORDS)}.app",\n    "aws_region": "eu-west-1",\n    "{r.choice(["environment_variables", "aws_environment_variables"])}": {{\n      "{upper(n)}": {js(m(v))}\n    }}\n  }}'


def chalice_env(r, n, v, m):
    return f'    "{UNIQUE}": {{\n      "api_gateway_stage": "api",\n      "environment_variables": {{\n        "LOG_LEVEL": "info",\n        "{upper(n)}": {js(m(v))}\n      }}\n    }}'


def pascal(name):
    return "".join(part.title() for part in name.split("_"))


def cfn_default(r, n, v, m):
    return f"  {UNIQUE.title()}{pascal(n)}:\n    Type: String\n    NoEcho: {r.choice(['true', 'false'])}\n    Default: {yaml_quoted(r, v, m)}"


def sam_env(r, n, v, m):
    return f"  {UNIQUE.title()}Function:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: app.handler\n      Runtime: python3.12\n      Environment:\n        Variables:\n          STAGE: !Ref Stage\n          {upper(n)}: {yaml_quoted(r, v, m)}"


def cfn_json(r, n, v, m):
    return f'    "{UNIQUE.title()}{pascal(n)}": {{\n      "Type": "String",\n      "Default": {js(m(v))}\n    }}'


def workflow_env(r, n, v, m):
    return f"  {UNIQUE}:\n    runs-on: ubuntu-latest\n    env:\n      PYTHON: \"3.12\"\n      {upper(n)}: {yaml_quoted(r, v, m)}\n    steps:\n      - uses: actions/checkout@v4"


def workflow_run(r, n, v, m):
    return f"  {UNIQUE}:\n    runs-on: ubuntu-latest\n    steps:\n      - name: deploy\n        run: |\n          export {upper(n)}={shell_quote(r, v, m)}\n          make deploy"


def properties(r, n, v, m):
    return f"{n.replace('_', '.')}{r.choice(['=', ' = '])}{m(v)}"


def js_const(r, n, v, m):
    return f"const {camel(n)} = {q(r, m(v))};"


def js_object(r, n, v, m):
    return f"module.exports.{UNIQUE} = {{\n  region: 'eu-west-1',\n  {camel(n)}: {q(r, m(v))},\n}};"


def js_env(r, n, v, m):
    return f"process.env.{upper(n)} = process.env.{upper(n)} || {q(r, m(v))};"


def ecs_env(r, n, v, m):
    return f'    {{\n      "name": "{UNIQUE}",\n      "image": "{r.choice(WORDS)}:latest",\n      "environment": [\n        {{"name": "LOG_LEVEL", "value": "info"}},\n        {{"name": "{upper(n)}", "value": {js(m(v))}}}\n      ]\n    }}'


def md_code(r, n, v, m):
    return f"## {r.choice(WORDS).title()}\n\nSet it before the first run:\n\n```sh\nexport {upper(n)}={shell_quote(r, v, m)}\n```"


def make_var(r, n, v, m):
    return f"{upper(n)} {r.choice([':=', '?=', '='])} {m(v)}"


def ci_vars(r, n, v, m):
    return f"{UNIQUE}:\n  stage: deploy\n  variables:\n    {upper(n)}: {yaml_quoted(r, v, m)}\n  script:\n    - make deploy"


def tfstate(r, n, v, m):
    return f'    {{\n      "mode": "managed",\n      "type": "aws_lambda_function",\n      "name": "{UNIQUE}",\n      "instances": [{{"attributes": {{"environment": [{{"variables": {{\n        "{upper(n)}": {js(m(v))}}}}}]}}}}]\n    }}'


def nb(form):
    """A notebook's cell whose source is a Python form."""

    def cell(r, n, v, m):
        lines = form(r, n, v, m).split("\n")
        source = ",\n".join("    " + js(line + ("\n" if i + 1 < len(lines) else "")) for i, line in enumerate(lines))
        return f'  {{\n   "cell_type": "code",\n   "execution_count": {r.randrange(1, 50)},\n   "metadata": {{}},\n   "outputs": [],\n   "source": [\n{source}\n   ]\n  }}'

    cell.__name__ = "nb_" + form.__name__
    return cell


NB = [nb(form) for form in (py_assign, py_environ, py_kwarg_inline, py_dict, py_implicit)]

# format: (file names, head, separator, tail, forms of named values, forms that only a value that speaks for itself can take)
PY_HEAD = "import base64\nimport json\nimport logging\nimport os\n\nlogger = logging.getLogger(__name__)\n\n\n"
FORMATS = {
    "py": (["{s}/settings.py", "{s}/config/base.py", "{s}/config/production.py", "{s}/clients/{w}.py", "{s}/tasks/{w}.py", "{s}/handlers/{w}.py",
            "scripts/{w}.py", "{s}/{w}/service.py", "{s}/{w}/views.py", "lambda/{w}/app.py"], PY_HEAD, "\n\n\n", "\n", PY, PY_OWN),
    "nb": (["notebooks/{w}.ipynb", "research/{w}_analysis.ipynb"], '{\n "cells": [\n', ",\n",
           '\n ],\n "metadata": {"language_info": {"name": "python"}},\n "nbformat": 4,\n "nbformat_minor": 5\n}\n', NB, [nb(py_argument), nb(py_bearer)]),
    "toml": (["{s}/config.toml", "config/{w}.toml", "{s}/.secrets.toml"], "", "\n\n", "\n", [toml_pair, toml_pair], [toml_inline]),
    "yaml": (["{s}/config.yml", "config/{w}.yaml", "deploy/values-{w}.yaml", "ansible/group_vars/{w}.yml"], "", "\n", "\n",
             [yaml_pair, yaml_pair, yaml_deep, yaml_block, yaml_script], [yaml_comment]),
    "json": (["{s}/config.json", "config/{w}.json", "{s}/local.settings.json"], "{\n", ",\n", "\n}\n", [json_pair, json_pair, json_list, json_lines], []),
    "ini": (["{s}/app.ini", "config/{w}.cfg", "{s}/{w}.conf", "uwsgi/{w}.ini"], "", "\n\n", "\n", [ini_pair], []),
    "env": ([".env", ".env.production", "{s}/.env", "{s}/.env.local", "deploy/{w}.env", "{s}/.flaskenv"], "", "\n", "\n", [env_pair, env_bare], [env_comment]),
    "hcl": (["terraform/{w}.tf", "infra/modules/{w}/main.tf", "terraform/variables.tf"], "", "\n\n", "\n", [hcl_variable, hcl_locals, hcl_resource, hcl_parameter], []),
    "tfvars": (["terraform/{w}.tfvars", "infra/prod.auto.tfvars"], "", "\n", "\n", [tfvars], []),
    "sh": (["scripts/{w}.sh", "bin/deploy-{w}", "{s}/entrypoint.sh"], "#!/usr/bin/env bash\nset -euo pipefail\n\n", "\n\n", "\n",
           [sh_export, sh_export, sh_default, sh_flag, sh_inline], [sh_bearer, sh_header]),
    "docker": (["{s}/Dockerfile", "docker/{w}/Dockerfile", "docker/Dockerfile.{w}"], "FROM python:3.12-slim\nWORKDIR /app\n", "\n", "\nCMD [\"python\", \"-m\", \"app\"]\n",
               [docker_env, docker_arg, docker_run], []),
    "compose": (["docker-compose.yml", "docker-compose.{w}.yml", "{s}/compose.yaml"], "services:\n", "\n", "\n", [compose_map, compose_list], []),
    "k8s": (["k8s/{w}.yaml", "deploy/k8s/{w}-app.yml"], "", "\n---\n", "\n", [k8s_env, k8s_data, k8s_string, k8s_config], []),
    "serverless": (["{s}/serverless.yml", "serverless/{w}/serverless.yml"], "service: {w}\nprovider:\n  name: aws\n  runtime: python3.12\nfunctions:\n", "\n", "\n", [sls_env], []),
    "zappa": (["{s}/zappa_settings.json"], "{\n", ",\n", "\n}\n", [zappa_env], []),
    "chalice": (["{s}/.chalice/config.json"], '{\n  "version": "2.0",\n  "app_name": "{w}",\n  "stages": {\n', ",\n", "\n  }\n}\n", [chalice_env], []),
    "cfn": (["cloudformation/{w}.yml", "infra/{w}-stack.yaml"], "AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n", "\n",
            "\nResources:\n  Topic:\n    Type: AWS::SNS::Topic\n", [cfn_default], []),
    "sam": (["{s}/template.yaml", "sam/{w}/template.yml"], "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nParameters:\n  Stage:\n    Type: String\n    Default: prod\nResources:\n",
            "\n", "\n", [sam_env], []),
    "cfnjson": (["cloudformation/{w}.template.json"], '{\n  "AWSTemplateFormatVersion": "2010-09-09",\n  "Parameters": {\n', ",\n", '\n  },\n  "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}\n}\n', [cfn_json], []),
    "workflow": ([".github/workflows/{w}.yml"], "name: {w}\non: [push]\njobs:\n", "\n", "\n", [workflow_env, workflow_run], []),
    "properties": (["{s}/application.properties", "config/{w}.properties"], "", "\n", "\n", [properties], []),
    "js": (["frontend/config/{w}.js", "frontend/src/{w}.js", "webpack.{w}.js"], "'use strict';\n\n", "\n\n", "\n", [js_const, js_object, js_env], []),
    "ecs": (["ecs/{w}-task.json", "deploy/taskdef-{w}.json"], '{\n  "family": "{w}",\n  "containerDefinitions": [\n', ",\n", "\n  ]\n}\n", [ecs_env], []),
    "md": (["README.md", "docs/{w}.md"], "# {w}\n\nHow to run it.\n\n", "\n\n", "\n", [md_code], []),
    "make": (["Makefile", "{s}/Makefile"], "", "\n", "\n\ndeploy:\n\t./bin/deploy\n", [make_var], []),
    "ci": ([".gitlab-ci.yml", "ci/{w}.gitlab-ci.yml"], "stages: [test, deploy]\n", "\n", "\n", [ci_vars], []),
    "tfstate": (["terraform/{w}.tfstate"], '{\n  "version": 4,\n  "terraform_version": "1.9.5",\n  "resources": [\n', ",\n", "\n  ]\n}\n", [tfstate], []),
}
# Where a dollar sign, a hash or a percent sign would mean something else.
LITERAL = {"py", "nb", "json", "toml", "zappa", "chalice", "cfnjson", "ecs", "js", "tfstate"}
PLAIN_ONLY = {"env", "ini", "properties", "make", "docker", "sh", "md", "compose", "k8s", "workflow", "yaml", "ci", "hcl", "tfvars", "serverless", "cfn", "sam"}


def splits(form):
    return form in (py_implicit, py_plus, py_join) or form.__name__ == "nb_py_implicit"


def word(r):
    return r.choice(WORDS) + pick(r, "0123456789", 2)
