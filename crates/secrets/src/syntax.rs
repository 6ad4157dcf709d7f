//! Which way of writing a file is in, as far as it matters for where a literal begins and ends.

/// A way of writing names and values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Python.
    Python,
    /// Another programming language: values are quoted.
    Code,
    /// YAML.
    Yaml,
    /// JSON and its kin.
    Json,
    /// TOML.
    Toml,
    /// INI, `.properties`, `.npmrc`, `.pypirc` and other files of `name = value` lines.
    Ini,
    /// `.env` files.
    Env,
    /// HCL: Terraform and its variable files.
    Hcl,
    /// Shell scripts.
    Shell,
    /// Dockerfiles.
    Dockerfile,
    /// XML and HTML.
    Xml,
    /// SQL.
    Sql,
    /// Prose and everything else that is text.
    Text,
    /// No text: only secrets that show by their own format are looked for.
    Binary,
}

/// Endings of file names, without the dot.
const ENDINGS: &[(Syntax, &[&str])] = &[
    (Syntax::Python, &["py", "pyi", "pyw", "ipynb"]),
    (
        Syntax::Code,
        &[
            "js", "jsx", "mjs", "cjs", "ts", "tsx", "java", "kt", "kts", "scala", "groovy", "gradle", "go",
            "rs", "rb", "php", "c", "cc", "cpp", "h", "hpp", "cs", "swift", "m", "pl", "pm", "lua", "r",
            "dart", "ex", "exs", "clj", "hs", "vb", "pas", "vue", "svelte", "pyx", "pxd", "cu", "f90", "jl",
            "ps1", "psm1", "css", "scss",
        ],
    ),
    (Syntax::Yaml, &["yml", "yaml", "template"]),
    (Syntax::Json, &["json", "json5", "jsonc", "tfstate", "jsonl", "ndjson", "har", "map"]),
    (Syntax::Toml, &["toml"]),
    (
        Syntax::Ini,
        &[
            "ini",
            "cfg",
            "conf",
            "cnf",
            "properties",
            "config",
            "npmrc",
            "pypirc",
            "s3cfg",
            "boto",
            "credentials",
            "tugboat",
        ],
    ),
    (Syntax::Env, &["env", "envrc"]),
    (Syntax::Hcl, &["tf", "tfvars", "hcl", "nomad"]),
    (
        Syntax::Shell,
        &["sh", "bash", "zsh", "fish", "ksh", "profile", "bashrc", "zshrc", "bash_profile", "bat", "cmd"],
    ),
    (Syntax::Dockerfile, &["dockerfile"]),
    (Syntax::Xml, &["xml", "html", "htm", "xhtml", "plist", "csproj", "pom", "xsd", "svg", "jelly", "resx"]),
    (Syntax::Sql, &["sql", "ddl", "psql"]),
];

/// Whole names of files.
const NAMES: &[(&str, Syntax)] = &[
    ("dockerfile", Syntax::Dockerfile),
    ("containerfile", Syntax::Dockerfile),
    ("pipfile", Syntax::Toml),
    ("poetry.lock", Syntax::Toml),
    ("uv.lock", Syntax::Toml),
    ("pipfile.lock", Syntax::Json),
    ("credentials", Syntax::Ini),
    ("config", Syntax::Ini),
    ("makefile", Syntax::Ini),
    ("justfile", Syntax::Shell),
    ("procfile", Syntax::Shell),
    ("jenkinsfile", Syntax::Code),
    ("vagrantfile", Syntax::Code),
];

impl Syntax {
    /// The way of writing of a file, by its name.
    pub fn of_path(path: &str) -> Syntax {
        let name = path.rsplit(['/', '!']).next().unwrap_or(path).to_ascii_lowercase();
        if let Some((_, syntax)) = NAMES.iter().find(|(known, _)| *known == name) {
            return *syntax;
        }
        // `env.py` of a Django project is Python.
        if name.starts_with(".env") || name.starts_with("env.") && by_ending(&name).is_none() {
            return Syntax::Env;
        }
        if name.starts_with("dockerfile") || name.starts_with("containerfile") {
            return Syntax::Dockerfile;
        }
        // What a template is made into counts: `config.yml.example`, `settings.py.j2`.
        let name = [
            ".example", ".sample", ".dist", ".tmpl", ".tpl", ".j2", ".jinja", ".bak", ".orig", ".old",
            ".backup",
        ]
        .iter()
        .fold(name.as_str(), |name, ending| name.strip_suffix(ending).unwrap_or(name));
        by_ending(name).unwrap_or(Syntax::Text)
    }

    /// The way of writing where the first bytes say more than the name: `web.config` and the like are XML.
    pub(crate) fn seen_in(self, head: &[u8]) -> Syntax {
        let is_markup =
            matches!(head.trim_ascii_start(), [b'<', b'?' | b'!' | b'a'..=b'z' | b'A'..=b'Z', ..]);
        if is_markup && matches!(self, Syntax::Ini | Syntax::Text) { Syntax::Xml } else { self }
    }

    /// Whether a value may stand without quotes.
    pub(crate) fn has_bare_values(self) -> bool {
        !matches!(
            self,
            Syntax::Python | Syntax::Code | Syntax::Json | Syntax::Toml | Syntax::Hcl | Syntax::Sql
        )
    }
}

/// The way of writing that a file's ending tells.
fn by_ending(name: &str) -> Option<Syntax> {
    let ending = name.rsplit('.').next().unwrap_or(name);
    ENDINGS.iter().find(|(_, endings)| endings.contains(&ending)).map(|(syntax, _)| *syntax)
}
