//! What a scan sees in a text and in a tree, and what it does with hostile ones.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use tieout_secrets::reading::{Options, Reading, read};
use tieout_secrets::{Document, Rules, checks, run, scan};

static RULES: LazyLock<Rules> = LazyLock::new(|| Rules::built_in().unwrap());

/// A value that a generator made, put together here so that no text of the repository is a secret.
fn random() -> String {
    ["q7Rk2", "vXw9T", "mZ4bL", "8nHc3"].concat()
}

/// The names under which something is found in a text.
fn names(path: &str, text: &str) -> Vec<String> {
    scan(&RULES, &Document::new(path, text.as_bytes())).into_iter().map(|found| found.name).collect()
}

fn read_folder(folder: &Path, options: &Options) -> Reading {
    read(&RULES, &[(PathBuf::from(folder), String::new())], options).unwrap()
}

#[test]
fn a_literal_that_is_bound_to_a_name_is_seen_in_every_syntax() {
    let value = random();
    for (path, text) in [
        ("a.py", format!("DB_PASSWORD = '{value}'")),
        ("a.py", format!("connect(host, password=\"{value}\")")),
        ("a.py", format!("config = {{'db': {{'password': '{value}'}}}}")),
        ("a.py", format!("password: str = \"{value}\"")),
        ("a.py", format!("os.environ.setdefault('DB_PASSWORD', '{value}')")),
        ("a.py", format!("password = os.getenv('DB_PASSWORD', '{value}')")),
        ("a.py", format!("password = os.environ.get('X') or '{value}'")),
        ("a.py", format!("password = ('{}'\n            '{}')", &value[..9], &value[9..])),
        ("a.py", format!("password = '{}' + \\\n    '{}'", &value[..9], &value[9..])),
        ("a.py", format!("password = ''.join(['{}', '{}'])", &value[..9], &value[9..])),
        ("a.toml", format!("password = \"{value}\"")),
        ("a.yml", format!("db:\n  password: {value}  # of the reader\n")),
        ("a.yml", format!("db: {{user: x, password: {value}}}")),
        ("a.yml", format!("password: >-\n  {value}\n")),
        ("k.yml", format!("env:\n  - name: DB_PASSWORD\n    value: {value}\n")),
        ("t.yml", format!("Parameters:\n  DbPassword:\n    Type: String\n    Default: {value}\n")),
        ("a.json", format!("{{\"password\": \"{value}\"}}")),
        ("t.json", format!("{{\"name\": \"DB_PASSWORD\", \"value\": \"{value}\"}}")),
        ("t.json", format!("{{\"DbPassword\": {{\"Type\": \"String\", \"Default\": \"{value}\"}}}}")),
        ("a.ini", format!("[db]\npassword = {value}\n")),
        (".env", format!("export DB_PASSWORD=\"{value}\"")),
        ("main.tf", format!("variable \"db_password\" {{\n  default = \"{value}\"\n}}\n")),
        ("x.tfvars", format!("db_password = \"{value}\"\n")),
        ("run.sh", format!("mysqldump --password={value} orders")),
        ("run.sh", format!("deploy --db-password {value} orders")),
        ("Dockerfile", format!("ENV DB_PASSWORD {value}\n")),
        ("Dockerfile", format!("ARG DB_PASSWORD={value}\n")),
        ("a.xml", format!("<db><password>{value}</password></db>")),
        ("a.sql", format!("CREATE USER orders IDENTIFIED BY '{value}';")),
        ("a.js", format!("const config = {{ password: '{value}' }};")),
        ("a.cs", format!("var db = \"Server=db;User=x;Password={value};\";")),
        ("settings/env.py", format!("DB_PASSWORD = env.str('DB_PASSWORD', default='{value}')")),
        ("settings/env.py", format!("DB_PASSWORD = os.environ.get('DB_PASSWORD') or '{value}'")),
        ("a.py", format!("password: SecretStr = Field(default=SecretStr('{value}'), repr=False)")),
        ("a.py", format!("@click.option('--password', default='{value}')")),
        ("a.py", format!("if password == '{value}':")),
        ("web.config", format!("<add key=\"RedisPassword\" value=\"{value}\" />")),
        (
            "web.config",
            format!("<add name=\"db\" connectionString=\"Server=db;User Id=sa;Password={value};\" />"),
        ),
        ("a.xml", format!("<db>Server=db;Uid=sa;Pwd={value};Encrypt=yes</db>")),
        ("a.conf", format!("[program:web]\nenvironment=DB_PASSWORD=\"{value}\"\n")),
        ("nginx.conf", format!("location / {{\n    proxy_set_header X-Internal-Token \"{value}\";\n}}")),
        (
            "run.sh",
            format!(
                "aws lambda update-function-configuration --environment 'Variables={{DB_PASSWORD={value}}}'"
            ),
        ),
        ("a.md", format!("| `DB_PASSWORD` | `{value}` |")),
        ("a.md", format!("| DB_PASSWORD | {value} |")),
        ("a.md", format!("Log in as `admin` with password `{value}`.")),
        ("a.sql", format!("SET PASSWORD FOR 'app'@'%' = PASSWORD('{value}');")),
        (".env", format!("HMAC_KEY={value}")),
        ("a.sql", format!("ALTER USER 'a'@'%' IDENTIFIED WITH mysql_native_password BY '{value}';")),
        ("a.sql", format!("INSERT INTO clients (name, client_secret) VALUES ('partner', '{value}');")),
        ("a.csv", format!("email,password,role\na@orders.io,{value},admin\n")),
        ("a.csv", format!("name;value;updated\r\nDB_PASSWORD;\"{value}\";2026-01-01\r\n")),
        ("a.py", format!("client.credentials(HTTP_AUTHORIZATION='Token {value}')")),
        ("a.py", format!("headers = {{'Authorization': f'Token {value}'}}")),
        ("a.py", format!("con = cx_Oracle.connect('app', '{value}', 'db.internal/ORCL')")),
        ("a.py", format!("User.objects.create_superuser('admin', 'admin@orders.io', '{value}')")),
        ("a.py", format!("ldap.simple_bind_s(dn, '{value}')")),
        (
            "app.py",
            r"app.secret_key = b'\xc7\x64\xcb\x13\x23\x25\xf0\xdd\x73\x99\xa0\xd9\x49\x74\xe8\x45'"
                .to_owned(),
        ),
        ("a.py", "AWS_ACCESS_KEY_ID = 'AKIA8Q2Z9W0E1R4T6Y3U'".to_owned()),
        ("a.py", format!("keyring.set_password('svc', 'app', '{value}')")),
        ("a.ini", format!("dsn = host=db.internal user=app password={value} dbname=app\n")),
        ("a.py", "api_key = '1150e58d-ea10-4d52-8f65-6772e2f3d5d7'".to_owned()),
        (".env", "BOT_TOKEN=2af7dc99-2ee0-40b7-ba57-b84304f0eb9b".to_owned()),
    ] {
        assert_eq!(names(path, &text).len(), 1, "{path}: {text}");
    }
}

#[test]
fn an_idiom_of_a_file_or_a_language_binds_as_an_assignment_does() {
    for (path, text) in [
        ("a.py", "CREDENTIALS = (\"svc\", \"§\")"),
        ("a.py", "setattr(settings, \"API_KEY\", \"§\")"),
        ("a.py", "CONF = \"\"\"\n[db]\nuser = orders\npassword = §\n\"\"\""),
        ("a.py", "CONF = '''\ndb:\n  password: §\n'''"),
        ("a.py", "claims = jwt.decode(token, \"§\", algorithms=[\"HS256\"])"),
        ("a.py", "retries = 3  # password is §"),
        ("a.py", "def get_db_password() -> str:\n    \"\"\"Of orders.\"\"\"\n    return \"§\""),
        ("a.py", "op.execute(\"ALTER USER orders WITH PASSWORD '§'\")"),
        ("a.py", "pw = SecretValue.unsafe_plain_text(\"§\")"),
        ("c.yml", "services:\n  redis:\n    command: redis-server --requirepass §\n"),
        ("redis.conf", "port 6379\nrequirepass §\n"),
        ("redis.conf", "masterauth §\n"),
        (".fetchmailrc", "poll imap.orders.io user \"ops\" password \"§\""),
        (".gem/credentials", "---\n:rubygems_api_key: §\n"),
        ("a.ps1", "$env:DB_PASSWORD = \"§\""),
        ("a.sh", "keytool -importkeystore -storepass § -keystore k.jks"),
        ("a.sh", "ssh-keygen -t ed25519 -N '§' -f id"),
        ("a.sh", "consul kv put orders/db/password §"),
        ("a.sh", "npm config set //registry.npmjs.org/:_authToken §"),
        ("a.sh", "psql -c \"ALTER USER orders PASSWORD '§'\""),
        ("a.sh", "redis-cli config set requirepass §"),
        ("a.patch", "@@ -1 +1 @@\n-DB_PASSWORD=x\n+DB_PASSWORD=§\n"),
        ("env.j2", "DB_PASSWORD={{ db_password | default(\"§\") }}"),
        ("a.xml", "<property><name>db.password</name><value>§</value></property>"),
        ("a.xml", "<entry key=\"db.password\">§</entry>"),
        ("Info.plist", "<dict><key>ApiKey</key><string>§</string></dict>"),
        ("a.txt", "API key: §"),
        ("a.ipynb", "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"%env DB_PASSWORD=§\\n\"]}]}"),
        (
            "a.ipynb",
            "{\"cells\": [{\"cell_type\": \"code\", \"source\": [\"!mysql --password=§ orders\\n\"]}]}",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let found = |value: &str| {
            let file = folder.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text.replace('§', value)).unwrap();
            read_folder(folder.path(), &Options::default()).sightings.len()
        };
        assert_eq!(found(&random()), 1, "{path}: {text}");
        for other in ["changeme", "$DB_PASSWORD", "${DB_PASSWORD}", "********", "xxxxxxxx"] {
            assert_eq!(found(other), 0, "{path}: {text}: {other}");
        }
    }
    for (path, text) in [
        ("a.py", "def token_header():\n    return \"X-Auth-Token\""),
        ("a.py", "def is_password(text):\n    return \"password1\" in text"),
        ("a.py", "\"\"\"Text.\"\"\"\npassword = value2\n"),
        ("nginx.conf", "auth_request_set $token $upstream_http_x_token;"),
        ("a.conf", "# a password of 12 characters is needed"),
        ("a.txt", "API key: ask the team lead"),
        ("Info.plist", "<dict><key>ApiKey</key><string>$(API_KEY)</string></dict>"),
    ] {
        assert_eq!(names(path, text), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn a_password_on_a_command_line_is_where_the_command_takes_it() {
    let value = random();
    for line in [
        format!("docker login -u ci -p {value} registry.internal"),
        format!("az login --service-principal -u app -p {value} --tenant x"),
        format!("twine upload -u ci -p {value} dist/*"),
        format!("sqlcmd -S db.internal -U sa -P '{value}' -Q 'select 1'"),
        format!("mongosh --host db.internal -u app -p '{value}' --authenticationDatabase admin"),
        format!("ldapsearch -x -D cn=admin -w {value} -b dc=x"),
        format!("redis-cli -h cache.internal -a {value} ping"),
        format!("smbclient //files.internal/share -U app%{value}"),
        format!("lftp -u app,{value} sftp://files.internal"),
        format!("gh secret set DB_PASSWORD --body '{value}'"),
        format!("htpasswd -b -c .htpasswd app {value}"),
        format!("rabbitmqctl add_user app {value}"),
        format!("echo {value} | docker login --username ci --password-stdin"),
        format!("echo 'app:{value}' | chpasswd"),
        format!("aws ssm put-parameter --name /db --type SecureString \\\n  --value '{value}'"),
        format!("aws secretsmanager create-secret --name db --secret-string '{value}'"),
        format!("kubectl create secret generic db --from-literal=password={value}"),
        format!("curl -u app:{value} https://files.internal/"),
        format!("docker run --env=DB_PASSWORD={value} app"),
    ] {
        for path in ["deploy.sh", "Dockerfile", "notes.txt"] {
            let line = if path == "Dockerfile" { format!("RUN {line}") } else { line.clone() };
            assert_eq!(scan(&RULES, &Document::new(path, line.as_bytes())).len(), 1, "{path}: {line}");
        }
    }
    for line in [
        "docker login -u ci -p $TOKEN registry.internal",
        "docker login -u ci -p ${TOKEN} registry.internal",
        "docker run -p 8080:80 app",
        "echo $TOKEN | docker login --username ci --password-stdin",
        "cat token.txt | docker login --username ci --password-stdin",
        "mongo -p app",
        "mysql -h db.internal -u app -p orders",
        "htpasswd -B .htpasswd app",
        "redis-cli -h cache.internal -a \"$REDIS_PASSWORD\" ping",
        "aws ssm put-parameter --name /db/host --type String --value q7Rk2vXw9TmZ4bL8nHc3",
        "gh secret set DB_PASSWORD --body \"$DB_PASSWORD\"",
        "ldapsearch -x -W -b dc=x",
    ] {
        assert_eq!(scan(&RULES, &Document::new("deploy.sh", line.as_bytes())).len(), 0, "{line}");
    }
}

#[test]
fn what_is_no_literal_is_none() {
    for (path, text) in [
        ("a.py", "DB_PASSWORD = os.environ['DB_PASSWORD']"),
        ("a.py", "DB_PASSWORD = get_secret('prod/orders/db')"),
        ("a.py", "password = settings.DB_PASSWORD"),
        ("a.py", "password = f'{prefix}{suffix}'"),
        ("a.py", "password_field = 'password'"),
        ("a.py", "PASSWORD_HASHERS = ['django.contrib.auth.hashers.Argon2PasswordHasher']"),
        ("a.py", "token_url = 'https://auth.internal/oauth2/token'"),
        ("a.py", "if token == 'Bearer': pass"),
        ("a.py", "next_token = 'q7Rk2vXw9TmZ4bL8nHc3'"),
        ("a.py", "password_hash = '$2b$12$KIXQ4S0Pz5nC0yE0gq0hEuJ3iTzQp9Hc8Yy0uE2r1dC4mB7kV9w1a'"),
        ("a.yml", "password: ${DB_PASSWORD}"),
        ("a.yml", "password: !Ref DbPassword"),
        ("a.yml", "password: '{{resolve:ssm-secure:/orders/db:1}}'"),
        ("a.yml", "password: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6231\n"),
        ("a.yml", "secretName: orders-db-credentials-v2"),
        ("main.tf", "password = var.db_password"),
        ("main.tf", "password = data.aws_ssm_parameter.db.value"),
        (".env", "DB_PASSWORD=changeme"),
        (".env", "DB_PASSWORD=$(aws ssm get-parameter --name /db)"),
        (".env", "DB_PASSWORD="),
        (".env", "API_TOKEN=op://vault/item/field"),
        (".env", "SECRET_ARN=arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf"),
        ("a.json", "{\"client_secret\": \"550e8400-e29b-41d4-a716-446655440000\"}"),
        ("README.md", "postgres://user:password@localhost:5432/db"),
        ("a.py", "url = 'http://localhost:8080/a@b'"),
        ("settings/env.py", "API_KEY = env.str('API_KEY', default='${{ secrets.API_KEY }}')"),
        ("settings/env.py", "API_KEY = env.str('API_KEY', default='sk_test_4eC39HqLyjWDarjtT1zdp7dc')"),
        (".secrets.baseline", "{\"hashed_secret\": \"dce3818114f8e55cdc8caea756cbe26e24dc085e\"}"),
        (
            "a.yml",
            "kind: SealedSecret\nspec:\n  encryptedData:\n    PASSWORD: AgNG77pXs9p0qQZASnx5MFPPpox8pBVMShq3NnAFWlRpENBk8h7Uxx9etXz\n",
        ),
        (".env", "AZURE_STORAGE_CONNECTION_STRING=UseDevelopmentStorage=true"),
        ("a.yml", "credentials: C:\\ProgramData\\orders2\\creds7.xml"),
        ("a.py", "request_id = '1150e58d-ea10-4d52-8f65-6772e2f3d5d7'"),
        ("a.py", "call(ClientRequestToken='1150e58d-ea10-4d52-8f65-6772e2f3d5d7')"),
        ("a.py", "client_secret_id = '1150e58d-ea10-4d52-8f65-6772e2f3d5d7'"),
        (
            "a.py",
            "db_password: str = Field('x', env='DB_PASSWORD')\n    etag: str = Field(default='f246604a13a6278fbc2e02aaa196fe55')",
        ),
        (
            "a.sql",
            "INSERT INTO users (name, password) VALUES ('a', '$2b$12$KIXQ4S0Pz5nC0yE0gq0hEuJ3iTzQp9Hc8Yy0uE2r1dC4mB7kV9w1a');",
        ),
        (
            "a.sql",
            "CREATE TABLE users (id int, password varchar(40), api_token uuid DEFAULT gen_random_uuid());",
        ),
        ("a.csv", "email,password_hash\na@orders.io,5f4dcc3b5aa765d61d8327deb882cf99\n"),
        ("a.csv", "name,value\nrequest_id,1150e58d-ea10-4d52-8f65-6772e2f3d5d7\n"),
        ("a.py", "headers = {'Authorization': f'Token {token}'}"),
        ("run.sh", "aws lambda update-function-configuration --environment 'Variables={API_KEY=undefined}'"),
        ("a.md", "| `DB_PASSWORD` | the password | required |"),
        ("a.md", "Log in as `admin` with password `$PASSWORD`."),
    ] {
        assert_eq!(names(path, text), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn the_place_of_a_secret_is_where_it_stands_whatever_bytes_are_before_it() {
    for (path, before, after) in [
        ("a.py", &b"os.system('curl -u \x80user:"[..], &b" https://x')"[..]),
        ("a.sh", b"echo \xff; curl --user us\xffer:", b""),
        ("a.sh", b"mysqldump \x80 --password=${DB:-", b"}"),
        ("a.yml", b"x: \xe9\npassword: >-\n  ", b" \n"),
        ("a.xml", b"<a>\xe9</a><password> ", b" </password>"),
        ("a.ini", b"# \xe9\npassword = ", b" \n"),
    ] {
        let bytes = [before, random().as_bytes(), after].concat();
        let found = scan(&RULES, &Document::new(path, &bytes));
        assert_eq!(found.len(), 1, "{path}");
        assert_eq!(bytes[found[0].range.clone()], *random().as_bytes(), "{path}");
    }
}

#[test]
fn a_token_is_put_together_wherever_it_is_cut() {
    let token = ["sk-Sb", "yTrKcbJhAhLNdmHG", "wcT3Blbk", "FJNptUVJJcMQXjsi", "zPoV4E"].concat();
    // Not through the letters by which it is known: nothing would be left to know it by.
    for cut in [3, 5, 12, 20, 33, 40, token.len() - 2] {
        let (first, rest) = token.split_at(cut);
        for text in [
            format!("x = \"{first}\" + \\\n    \"{rest}\"\n"),
            format!("x = (\n    '{first}'\n    '{rest}'\n)\n"),
            format!("x = \"{first}\" + \"{}\" + \"{}\"\n", &rest[..1], &rest[1..]),
        ] {
            assert_eq!(names("a.py", &text).len(), 1, "{text}");
        }
        let other = format!("x = ['{first}', '{rest}']\n");
        assert_eq!(names("a.py", &other).len(), 0, "{other}");
    }
}

#[test]
fn a_login_in_a_runbook_is_a_password_and_an_example_of_one_is_none() {
    let login =
        |account: &str, password: &str| format!("# Runbook\n\nUsername: {account}\nPassword: {password}\n");
    assert_eq!(names("docs/runbook.md", &login("admin", "Foresteagle198")).len(), 1);
    assert_eq!(names("docs/runbook.md", &login("svc_orders", "Mangoraven983")).len(), 1);
    for (account, password) in [
        ("admin", "Password123"),
        ("admin", "YourPassword99"),
        ("user", "Foresteagle198"),
        ("<your-name>", "Foresteagle198"),
        ("admin", "changeme2024"),
    ] {
        assert_eq!(names("docs/runbook.md", &login(account, password)).len(), 0, "{account} {password}");
    }
    assert_eq!(names("docs/runbook.md", "Password: Foresteagle198\n").len(), 0);
}

#[test]
fn a_private_key_is_seen_raw_and_with_escaped_line_breaks_and_a_public_one_is_none() {
    let body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\nMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu";
    let key = format!("-----BEGIN {0}-----\n{body}\n-----END {0}-----", "PRIVATE KEY");
    assert_eq!(names("a.key", &key).len(), 1);
    assert_eq!(names(".env", &format!("KEY=\"{}\"", key.replace('\n', "\\n"))).len(), 1);
    assert_eq!(names("a.json", &format!("{{\"private_key\": \"{}\"}}", key.replace('\n', "\\n"))).len(), 1);
    assert_eq!(names("a.pem", &key.replace("PRIVATE", "PUBLIC")).len(), 0);
    assert_eq!(names("a.pem", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----").len(), 0);
}

#[test]
fn a_secret_in_two_files_is_one_finding_with_two_places() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.py"), format!("password = '{}'\n", random())).unwrap();
    fs::write(folder.path().join("b.env"), format!("X=1\nDB_PASSWORD={}\n", random())).unwrap();
    let reading = read_folder(folder.path(), &Options::default());
    let (results, findings, _) = run(&RULES, &reading, checks::CHECKS).finish();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].locations.len(), 2);
    assert_eq!(results.iter().filter(|result| result.finding.is_some()).count(), 1);
    let told = serde_json::to_string(&findings).unwrap();
    assert!(!told.contains(&random()), "the secret stands in the finding");
}

#[test]
fn a_secret_in_an_archive_and_behind_the_first_window_of_a_long_file_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut long = vec![b'\n'; 9 << 20];
    long.extend_from_slice(format!("DB_PASSWORD={}\n", random()).as_bytes());
    fs::write(folder.path().join("long.env"), &long).unwrap();
    let mut zip = zip::ZipWriter::new(fs::File::create(folder.path().join("app.zip")).unwrap());
    zip.start_file("app/settings.py", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(format!("\ntoken = '{}x'\n", random()).as_bytes()).unwrap();
    zip.finish().unwrap();
    let reading = read_folder(folder.path(), &Options::default());
    let told: Vec<_> =
        reading.sightings.iter().map(|one| (&*one.path, one.places[0].file_line().unwrap().1)).collect();
    assert_eq!(told, [("app.zip!/app/settings.py", 2), ("long.env", (9 << 20) + 1)]);
    let closed = read_folder(folder.path(), &Options { archives: false, ..Options::default() });
    assert_eq!(closed.sightings.len(), 1);
}

#[test]
fn a_line_without_an_end_is_read_in_bounded_windows() {
    let folder = tempfile::tempdir().unwrap();
    let file = fs::File::create(folder.path().join("line.json")).unwrap();
    file.set_len(64 << 20).unwrap();
    let reading = read_folder(folder.path(), &Options::default());
    assert_eq!((reading.files, reading.bytes), (1, 64 << 20));
    assert!(reading.sightings.is_empty());
}

#[cfg(unix)]
#[test]
fn loops_of_links_and_special_files_end_nothing_and_are_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("a")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("a/loop")).unwrap();
    fs::write(folder.path().join("a/x.env"), format!("DB_PASSWORD={}", random())).unwrap();
    let reading = read_folder(folder.path(), &Options::default());
    assert_eq!(reading.sightings.len(), 1);
    assert!(reading.notices.iter().any(|notice| notice.contains("links")), "{:?}", reading.notices);
}

/// Pieces that set the engine off, to be mixed with anything.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "password",
        "secret_key",
        "token",
        "=",
        ":",
        ": ",
        " = ",
        "'",
        "\"",
        "\\\"",
        "`",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        ",",
        "\n",
        "\n  ",
        " ",
        "://",
        "user:pw@",
        "AKIA",
        "ASIAQ3EGRZ7XW5VNBK2T",
        "-----BEGIN RSA PRIVATE KEY-----",
        "-----END ",
        "ghp_",
        "sk_live_",
        "Default",
        "value",
        "name",
        "<password>",
        "</password>",
        ".join([",
        "b64decode(",
        "os.getenv(",
        "Bearer ",
        "curl -u ",
        "${X:-y}",
        "\"auth\": \"",
        "IDENTIFIED BY ",
        "==",
        ":=",
        "=>",
        "\\",
        "\\u00",
        "q7Rk2vXw9TmZ4bL8nHc3",
        "é",
        "f'{x}'",
        "+",
        "#",
        "variable \"token\" {",
    ];
    prop_oneof![
        4 => prop::sample::select(known.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => prop::collection::vec(any::<u8>(), 0..12),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn no_text_makes_a_scan_fail_and_what_it_finds_stands_in_the_text(
        pieces in prop::collection::vec(piece(), 0..40),
        path in prop::sample::select(vec!["a.py", "a.js", "a.yml", "a.json", "a.toml", "a.ini", ".env", "a.tf", "a.sh", "Dockerfile", "a.xml", "a.sql", "a.txt", "a.ipynb", ".pgpass", ".netrc"]),
    ) {
        let bytes = pieces.concat();
        for found in scan(&RULES, &Document::new(path, &bytes)) {
            prop_assert!(found.range.start <= found.range.end && found.range.end <= bytes.len(), "{found:?}");
        }
    }
}

/// Weak passwords where the context leaves no doubt; the same words where it does not are no finding.
#[test]
fn a_weak_password_is_found_where_an_account_a_service_or_a_call_says_what_it_is() {
    for (path, text) in [
        (
            "Mail.cs",
            r#"client.Credentials = new NetworkCredential("bookings@hotel.example.net", "wolkenkratzer");"#,
        ),
        ("Mail.cs", r#"c.Credentials = new NetworkCredential("a.b@gmail.com", "pzvq ysdk htga wkcd");"#),
        (
            "Db.java",
            r#"con = DriverManager.getConnection("jdbc:mysql://localhost:3306/sys", "root", "tarantel9");"#,
        ),
        ("db.php", r#"$c = mysqli_connect("10.1.2.3:3306", "shop", "zitrone55", "shop");"#),
        ("auth.js", "const t = jwt.sign({ id: user._id }, 'zitronenfalter9', { expiresIn: '1h' });"),
        ("sign.ts", "const mac = crypto.createHmac('sha256', 'pa4qacea4VK9t9nGv7yZtwmj').update(data)"),
        ("lab.ps1", r#"$p = ConvertTo-SecureString "Herbst21!" -AsPlainText -Force"#),
        (
            "Db.cs",
            r#"new SqlConnection("Data Source=" + host + ";Initial Catalog=shop;User ID=sa;Password=zitrone");"#,
        ),
        ("seeds.rb", r#"{:email => "jack@metacorp.com", :admin => false, :password => "wolkenkratzer"},"#),
        ("wp-config.php", "define('DB_USER', 'brit_shop');\ndefine('DB_PASSWORD', 'wolkenkratzer');"),
        ("build.gradle", "    storeFile file('a.jks')\n    storePassword \"zitrone\"\n"),
        (".muttrc", "set imap_pass = \"wolkenkratzer\""),
        (".env", "DB_PASSWORD=zitrone"),
        ("wpa_supplicant.conf", "network={\n\tssid=\"home\"\n\tpsk=\"corbeau-Vitrine88\"\n}"),
        ("app.py", "app.secret_key = 'buyandride'"),
        ("app.py", "app.secret_key = 'whiteKnight'"),
        ("app.py", "app.config['JWT_SECRET_KEY'] = 'fraud_detection_secret_key_2024'"),
        ("app.py", "sender_passwd = '27328704ef'"),
        ("Jwt.java", "String SECRET_KEY =\n    \"supermercado_clave_2027_muy_segura\";"),
        ("db.js", "connect('mongodb+srv://lakecomps:lakecomps@cluster0.ajqpk.mongodb.net/studentDB')"),
        ("server.js", "app.use(session({\n  secret: 'keyboard cat dog',\n  resave: true }))"),
        ("a.yml", "app_secret: edf10572-880c-4dd9-aaf0-6ec402f678db"),
        ("wifi.ino.cpp", "const char* password = \"134679852\";"),
        ("wp.php", "define('AUTH_KEY', 'kS>u!c:~%7+Yt-x2(oW|Gd6rD;z?A@4^b[n}F0=Lh_JQ{9eV&vM.C$qH1*jP8XZw');"),
        (
            "init.rb",
            "Shop::Application.config.secret_key_base = \"2f1d90a26236c3245d96f5606c201a780dc9ca687e5ed82b45e211bb5dc84c18\"",
        ),
        ("P.cs", "string password = new String(\"a9lah209la81la3\");"),
        ("az.ps1", "$personalAccessToken = \"zpcbok4kqgnw6prpfy3ehiylbqvgbjfkdiqkejsxqbmy7qbkep7q\""),
    ] {
        assert_eq!(scan(&RULES, &Document::new(path, text.as_bytes())).len(), 1, "{path}: {text}");
    }
    for (path, text) in [
        ("Mail.cs", r#"new NetworkCredential("anonymous", "anonymous@domain.com");"#),
        ("Mail.cs", r#"new NetworkCredential("mail", "password")"#),
        ("Mail.cs", "new NetworkCredential(parts[0], parts[1])"),
        ("Db.java", r#"con = DriverManager.getConnection("jdbc:mysql://localhost/x", "root", "");"#),
        (
            "Db.java",
            r#"DriverManager.getConnection(url, System.getenv("PGUSER"), System.getenv("PGPASSWORD"));"#,
        ),
        ("db.php", r#"$c = mysqli_connect("localhost", "my_user", "my_password", "world");"#),
        ("auth.js", "const t = jwt.sign({ id: user._id }, process.env.TOKEN_SECRET, { expiresIn: '1h' });"),
        ("auth.js", "const t = jwt.sign(user, privateKey, { algorithm: 'RS256' });"),
        ("lab.ps1", r#"$p = ConvertTo-SecureString "YourPassword" -AsPlainText -Force"#),
        ("lab.ps1", "$p = ConvertTo-SecureString $plain -AsPlainText -Force"),
        ("User.php", "protected $casts = ['email_verified_at' => 'datetime', 'password' => 'hashed'];"),
        ("User.php", "$rules = ['email' => 'required|email', 'password' => 'required|string|min:8'];"),
        ("de.json", r#"{"username": "benutzername", "password": "geheimwort"}"#),
        ("types.ts", "interface Login { username: string, password: string }"),
        (
            "form.js",
            "usernameLabel:\"Username or email:\",passwordLabel:\"Password:\",rememberMeLabel:\"Remember me:\"",
        ),
        ("a.py", "password = 'zitrone'"),
        ("app.py", "app.secret_key = 'my_flask_secret_key'"),
        (
            "arm.json",
            "{\"v\": \"[concat('Data Source=', x, ';User ID=', y, ';Password=',parameters('sqlServerPassword'))]\"}",
        ),
        ("Mail.java", "String APP_PASSWORD = \"xxxx xxxx xxxx xxxx\";"),
        ("a.ts", "const SECRET_KEY = 'dasha.secretOpened';"),
        ("app.py", "app.secret_key = 'super_secret_key_123'"),
        ("app.py", "app.secret_key = 'injected-at-deploy'"),
        ("app.py", "app.secret_key = 'see-1password'"),
        ("app.py", "app.secret_key = 'deadbeef'"),
        ("db.js", "connect('mongodb://lakecomps:lakecomps@mongo/studentDB')"),
        ("a.js", "{ password: 'must contain eight letters', secret: 'shared between both sides' }"),
        ("messages.properties", "login.password=Kennwort"),
        (
            "a.py",
            "request(ClientToken='edf10572-880c-4dd9-aaf0-6ec402f678db', client_request_token='edf10572-880c-4dd9-aaf0-6ec402f678db')",
        ),
        ("a.rs", "let secret = b\"\\x9b\\xbe\\x43\\x6b\\xa9\\x40\\xf0\\x17\";"),
        ("a.txt", "SECRET = getenv(\"GEHE1MN15\", '')"),
        ("app.properties", "vaultpassword=if_you_see_this_please_use_K8S_and_Vault"),
        (".netrc", "machine example.com login anonymous password anonymous@"),
    ] {
        assert_eq!(scan(&RULES, &Document::new(path, text.as_bytes())), [], "{path}: {text}");
    }
}

/// In a file from which a program takes a login, whatever stands as a password is one; what asks for one is none.
#[test]
fn files_of_logins_hold_passwords_in_use() {
    for (path, text) in [
        (".vscode/sftp.json", "{\n  \"username\": \"root\",\n  \"password\": \"swordfish\"\n}"),
        ("sftp-config.json", "{\"user\": \"deploy\", \"password\": \"mongopass\"}"),
        ("ventrilo_srv.ini", "[Server]\nAdminPassword=AdminPassword123\n"),
        (".git-credentials", "https://user@shop.example.net:zitrone!#@498@git.shop.example.net\n"),
        (".pgpass", "#host:port:db:user:password\ndb.internal:5432:orders:app:zi:trone\n"),
        ("config/master.key", "3ebf21f8e5d1ab86b27a720842c3bb56\n"),
        ("config/credentials/production.key", "3ebf21f8e5d1ab86b27a720842c3bb56"),
    ] {
        assert_eq!(scan(&RULES, &Document::new(path, text.as_bytes())).len(), 1, "{path}: {text}");
    }
    for (path, text) in [
        ("settings.json", "{\n  \"theme\": \"dark\",\n  \"password\": \"swordfish\"\n}"),
        ("wp-config.php", "define('DB_PASSWORD', 'password_here');"),
        ("sftp.json", "{\"username\": \"root\", \"password\": \"<your password>\"}"),
        ("server.ini", "AdminPassword=AdminPassword123\n"),
        (".git-credentials", "https://git.shop.example.net\n"),
        ("public.key", "3ebf21f8e5d1ab86b27a720842c3bb56"),
        ("config/master.key", "see the wiki\n"),
    ] {
        assert_eq!(scan(&RULES, &Document::new(path, text.as_bytes())), [], "{path}: {text}");
    }
}
