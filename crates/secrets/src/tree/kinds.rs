//! Kinds of files by their names: what never holds text, what is made to hold credentials, folders that tools fill.

/// Endings of images, fonts, sound and films.
const MEDIA: [&str; 36] = [
    "aac", "avi", "avif", "bmp", "cur", "eot", "flac", "gif", "heic", "icns", "ico", "jpeg", "jpg", "m4a",
    "m4v", "mid", "mkv", "mov", "mp3", "mp4", "mpeg", "mpg", "ogg", "ogv", "opus", "otf", "png", "psd",
    "tga", "tif", "tiff", "ttf", "wav", "webm", "webp", "wmv",
];
const FONTS: [&str; 3] = ["woff", "woff2", "ttc"];

/// True for files that hold no text, by the ending of their name.
pub fn is_media(name: &[u8]) -> bool {
    let Some(dot) = memchr::memrchr(b'.', name) else { return false };
    let ending = name.get(dot + 1..).unwrap_or_default();
    let mut lower = [0u8; 5];
    let Some(lower) = lower.get_mut(..ending.len()) else { return false };
    lower.copy_from_slice(ending);
    lower.make_ascii_lowercase();
    let Ok(ending) = std::str::from_utf8(lower) else { return false };
    MEDIA.binary_search(&ending).is_ok() || FONTS.contains(&ending)
}

/// Names of files that are made to hold credentials, in small letters.
const CREDENTIALS: [&str; 45] = [
    ".boto",
    ".dockercfg",
    ".dockerconfigjson",
    ".env",
    ".envrc",
    ".flaskenv",
    ".git-credentials",
    ".htpasswd",
    ".my.cnf",
    ".netrc",
    ".npmrc",
    ".pgpass",
    ".pypirc",
    ".s3cfg",
    ".terraformrc",
    ".vault-token",
    ".yarnrc",
    ".yarnrc.yml",
    "_netrc",
    "auth.json",
    "auth.toml",
    "config.local.py",
    "credentials",
    "docker-compose.override.yaml",
    "docker-compose.override.yml",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
    "kubeconfig",
    "local.py",
    "local.settings.json",
    "local_settings.py",
    "pip.conf",
    "pip.ini",
    "samconfig.toml",
    "serverless.env.json",
    "serverless.env.yaml",
    "serverless.env.yml",
    "settings_local.py",
    "terraform.rc",
    "terraform.tfvars",
    "wp-config.php",
    "zappa_settings.json",
    "zappa_settings.toml",
];

const STARTS: [&str; 8] =
    [".env.", ".env-", ".env_", "client_secret", "credentials.", "secret.", "secrets.", "service-account"];

const ENDS: [&str; 13] = [
    ".env",
    ".env.json",
    ".key",
    ".local.json",
    ".local.toml",
    ".local.yaml",
    ".local.yml",
    ".pem",
    ".ppk",
    ".tfstate",
    ".tfstate.backup",
    ".tfvars",
    ".tfvars.json",
];

/// Files that hold credentials where they stand in one folder.
const IN_FOLDER: [(&str, &str); 8] = [
    (".aws", "config"),
    (".azure", "config"),
    (".chalice", "config.json"),
    (".docker", "config.json"),
    (".kube", "config"),
    (".oci", "config"),
    (".pip", "pip.conf"),
    ("instance", "config.py"),
];

/// True for files made to hold credentials: they are read although git ignores them.
pub fn is_credentials(folder: &[u8], name: &[u8]) -> bool {
    let (Ok(folder), Ok(name)) = (std::str::from_utf8(folder), std::str::from_utf8(name)) else {
        return false;
    };
    let name = name.to_ascii_lowercase();
    CREDENTIALS.binary_search(&name.as_str()).is_ok()
        || STARTS.iter().any(|start| name.starts_with(start))
        || ENDS.iter().any(|end| name.ends_with(end))
        || IN_FOLDER.contains(&(folder, name.as_str()))
}

/// Folders that tools fill with what others published, or with what can be made again. Where git ignores them, they are
/// not searched for files of credentials.
const FILLED: [&str; 20] = [
    ".direnv",
    ".eggs",
    ".git",
    ".gradle",
    ".hg",
    ".mypy_cache",
    ".nox",
    ".pnpm-store",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".terragrunt-cache",
    ".tox",
    ".venv",
    "__pycache__",
    "__pypackages__",
    "bower_components",
    "node_modules",
    "site-packages",
    "venv",
];

/// True for folders that tools fill.
pub(super) fn is_filled(name: &[u8]) -> bool {
    std::str::from_utf8(name).is_ok_and(|name| FILLED.binary_search(&name).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_that_are_searched_are_sorted() {
        assert!(MEDIA.is_sorted() && CREDENTIALS.is_sorted() && FILLED.is_sorted());
    }

    #[test]
    fn kinds_are_told_by_names_in_small_and_large_letters() {
        for name in ["a.png", "A.PNG", "x.y.woff2", "font.TTF", ".jpg"] {
            assert!(is_media(name.as_bytes()), "{name}");
        }
        for name in ["png", "a.svg", "a.png.txt", "a.py", "", ".", "a.averylongending", "a.pem"] {
            assert!(!is_media(name.as_bytes()), "{name}");
        }
        for (folder, name) in [
            ("", ".env"),
            ("a", "prod.env"),
            ("", ".env.production"),
            (".aws", "credentials"),
            (".aws", "config"),
            ("", "Terraform.tfvars"),
            ("", "secrets.yaml"),
            ("conf", "local_settings.py"),
            ("", "deploy.pem"),
        ] {
            assert!(is_credentials(folder.as_bytes(), name.as_bytes()), "{folder}/{name}");
        }
        for (folder, name) in
            [("", "config"), ("a", "environment.py"), ("", "settings.py"), ("", "secretsmanager.py")]
        {
            assert!(!is_credentials(folder.as_bytes(), name.as_bytes()), "{folder}/{name}");
        }
    }
}
