//! Finding an interpreter and running the probe's script in it: in a clean environment, in a folder of its own, within a time
//! limit after which the whole process group is ended.

use super::PythonError;
use super::image::Image;
use serde_json::Value;
use std::ffi::OsString;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

const SCRIPT: &str = include_str!("probe.py");
const CONFIGURED_SCRIPT: &str = include_str!("probe_configured.py");

/// What of the caller's environment stays: what an interpreter needs to start, and what a deployment sets for OpenSSL.
const KEPT: &[&str] = &[
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "TEMP",
    "SYSTEMROOT",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "OPENSSL_CONF",
    "OPENSSL_CONF_INCLUDE",
    "OPENSSL_MODULES",
];

/// Folders that a virtual environment of a project usually has.
const ENVIRONMENTS: [&str; 3] = [".venv", "venv", "env"];

/// An interpreter to probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What is run.
    pub path: PathBuf,
    /// Where a launcher (pyenv's shim) looks for the version that a project wants.
    pub folder: PathBuf,
    /// Why this one, for the reader.
    pub why: String,
    /// The image that it is part of.
    pub image: Option<Image>,
    /// Whether a project was named, which may have code that sets more than the interpreter does.
    pub of_project: bool,
}

impl Found {
    fn here(path: PathBuf, folder: PathBuf, why: impl Into<String>) -> Found {
        Found { path, folder, why: why.into(), image: None, of_project: false }
    }
}

/// The interpreter that a path stands for: itself, that of a virtual environment or prefix, that of a project's environment,
/// else the `python3` of `PATH`.
///
/// # Errors
/// Where there is none, or where the file has another name than an interpreter's.
pub fn find(path: Option<&Path>) -> Result<Found, PythonError> {
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    let Some(path) = path else {
        return Ok(Found::here(of_path()?, here, "the python3 of PATH"));
    };
    let path = &here.join(path);
    if path.is_file() {
        let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
        if !name.starts_with("py") {
            return Err(PythonError::Stranger(path.clone()));
        }
        return Ok(Found::here(path.clone(), here, "as named"));
    }
    if !path.is_dir() {
        return Err(PythonError::Missing(path.clone()));
    }
    if let Some(own) = in_prefix(path) {
        return Ok(Found::here(own, path.clone(), format!("of {}", path.display())));
    }
    let environment = ENVIRONMENTS
        .iter()
        .map(|name| path.join(name))
        .find_map(|folder| in_prefix(&folder).filter(|_| folder.join("pyvenv.cfg").is_file()));
    if let Some(own) = environment {
        let found = Found::here(own, path.clone(), "the project's virtual environment");
        return Ok(Found { of_project: true, ..found });
    }
    let why = "the python3 of PATH: the folder has no virtual environment";
    Ok(Found { of_project: true, ..Found::here(of_path()?, path.clone(), why) })
}

/// The interpreter of an installation's or environment's folder.
fn in_prefix(folder: &Path) -> Option<PathBuf> {
    let names = ["bin/python3", "bin/python", "Scripts/python.exe", "python.exe"];
    let usual = names.iter().map(|name| folder.join(name)).find(|file| file.is_file());
    usual.or_else(|| {
        // An `altinstall` has only python3.X.
        let mut versions: Vec<PathBuf> = std::fs::read_dir(folder.join("bin"))
            .ok()?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|file| {
                let name =
                    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                name.strip_prefix("python3.").is_some_and(|minor| minor.parse::<u8>().is_ok())
            })
            .collect();
        versions.sort();
        versions.pop()
    })
}

fn of_path() -> Result<PathBuf, PythonError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let find = |name: &str| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file());
    find("python3").or_else(|| find("python")).ok_or(PythonError::NotInPath)
}

/// How a run of the probe's script ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ended {
    /// Of itself.
    Well,
    /// Of itself, with a failure.
    Badly(String),
    /// It was stopped.
    TimedOut,
}

/// The answers of a run, and how it ended.
#[derive(Debug, Clone)]
pub(super) struct Answers {
    pub(super) lines: Vec<Value>,
    pub(super) ended: Ended,
}

/// An interpreter that can be asked.
pub(super) struct Session {
    path: PathBuf,
    image: Option<Image>,
    limit: Duration,
    /// The `openssl.cnf` that an image's interpreter is pointed to: its own, not this machine's.
    pub(super) conf: Option<PathBuf>,
    scratch: tempfile::TempDir,
}

impl Session {
    /// Makes the folder that it runs in; a launcher is asked for the interpreter behind it.
    pub(super) fn new(found: &Found, authority: &str, limit: Duration) -> Result<Session, PythonError> {
        let scratch =
            tempfile::Builder::new().prefix("tieout-tls-").tempdir().map_err(PythonError::Scratch)?;
        let write = |name: &str, text: &str| {
            std::fs::write(scratch.path().join(name), text).map_err(PythonError::Scratch)
        };
        write("probe.py", SCRIPT)?;
        write("probe_configured.py", CONFIGURED_SCRIPT)?;
        write("authority.pem", authority)?;
        let is_launcher = found.image.is_none() && is_script(&found.path);
        let path = if is_launcher { behind(found, limit)? } else { found.path.clone() };
        Ok(Session { path, image: found.image.clone(), limit, conf: None, scratch })
    }

    /// How long one run may take.
    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Runs the script with a job.
    pub(super) fn ask(&self, name: &str, mut job: Value) -> Result<Answers, PythonError> {
        let folder = self.scratch.path();
        let report = folder.join(format!("{name}.report"));
        if let Some(job) = job.as_object_mut() {
            job.insert("report".to_owned(), report.to_string_lossy().into());
        }
        let file = folder.join(format!("{name}.job"));
        std::fs::write(&file, job.to_string()).map_err(PythonError::Scratch)?;
        let mut command = self.command();
        command.arg(folder.join("probe.py")).arg(&file).current_dir(folder);
        let authority = folder.join("authority.pem");
        for name in ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE"] {
            command.env(name, &authority);
        }
        let ended = run(&mut command, self.limit).map_err(|error| self.mute(&error.to_string()))?;
        let ended = match ended {
            Some(status) if status.success() => Ended::Well,
            Some(status) => Ended::Badly(status.to_string()),
            None => Ended::TimedOut,
        };
        Ok(Answers { lines: read_lines(&report), ended })
    }

    /// The interpreter in its environment; one of an image by the image's loader.
    fn command(&self) -> Command {
        let Some(image) = &self.image else {
            let mut command = Command::new(&self.path);
            clean(&mut command);
            return command;
        };
        let mut command = match &image.loader {
            Some(loader) => {
                let mut command = Command::new(loader);
                command.arg("--library-path").arg(&image.libraries).arg(&self.path);
                command
            }
            None => Command::new(&self.path),
        };
        clean(&mut command);
        for name in ["LD_LIBRARY_PATH", "PATH", "PYENV_ROOT", "PYENV_VERSION", "OPENSSL_MODULES"] {
            command.env_remove(name);
        }
        let nowhere = Path::new("/dev/null");
        command.env("OPENSSL_CONF", self.conf.as_deref().unwrap_or(nowhere)).env("HOME", self.scratch.path());
        command
    }

    pub(super) fn mute(&self, why: &str) -> PythonError {
        PythonError::Mute { path: self.path.clone(), why: why.to_owned() }
    }
}

/// The answers that were written: what is no JSON is left out, and so is what no probe would write.
fn read_lines(report: &Path) -> Vec<Value> {
    const MOST: u64 = 1 << 20;
    let mut text = Vec::new();
    if let Ok(file) = std::fs::File::open(report) {
        let _ = file.take(MOST).read_to_end(&mut text);
    }
    text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

/// Whether the file is a script, as pyenv's shims are, and not an interpreter itself.
fn is_script(path: &Path) -> bool {
    let mut head = [0; 2];
    std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && &head == b"#!"
}

/// The interpreter that a launcher starts.
fn behind(found: &Found, limit: Duration) -> Result<PathBuf, PythonError> {
    let mute = |why: String| PythonError::Mute { path: found.path.clone(), why };
    let scratch = tempfile::tempdir().map_err(PythonError::Scratch)?;
    let answer = scratch.path().join("executable");
    let program = "import sys; open(sys.argv[1], 'w').write(sys.executable)";
    let mut command = Command::new(&found.path);
    command.args(["-c", program]).arg(&answer).current_dir(&found.folder);
    clean(&mut command);
    run(&mut command, limit).map_err(|error| mute(error.to_string()))?;
    let path = std::fs::read_to_string(&answer).map(PathBuf::from).unwrap_or_default();
    if path.is_file() { Ok(path) } else { Err(mute("it is a script that starts no interpreter".to_owned())) }
}

/// Leaves only what is needed of the environment, and points the rest away from the user's own files.
fn clean(command: &mut Command) {
    let kept: Vec<(&str, OsString)> = KEPT
        .iter()
        .filter_map(|name| Some((*name, std::env::var_os(name).filter(|value| !value.is_empty())?)))
        .collect();
    command.env_clear().envs(kept);
    if let Some(conf) = openssl_conf() {
        command.env("OPENSSL_CONF", conf);
    }
    let nowhere = if cfg!(windows) { "NUL" } else { "/dev/null" };
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("NO_PROXY", "*").env("AWS_EC2_METADATA_DISABLED", "true");
    for name in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "NETRC"] {
        command.env(name, nowhere);
    }
}

/// The `OPENSSL_CONF` of the caller, from the root: the probe runs in another folder.
pub(super) fn openssl_conf() -> Option<PathBuf> {
    let conf = std::env::var_os("OPENSSL_CONF").filter(|value| !value.is_empty())?;
    Some(std::env::current_dir().map_or_else(|_| PathBuf::from(&conf), |here| here.join(&conf)))
}

/// Runs a command to its end or to the limit; `None` where it was stopped.
fn run(command: &mut Command, limit: Duration) -> std::io::Result<Option<ExitStatus>> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let mut child = command.spawn()?;
    let deadline = Instant::now() + limit;
    let mut pause = Duration::from_millis(2);
    loop {
        if let Some(status) = child.try_wait()? {
            end_group(&child);
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            end_group(&child);
            let _ = child.kill();
            let _ = child.wait();
            return Ok(None);
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(40));
    }
}

/// Ends the child and whatever it has started.
#[cfg(unix)]
fn end_group(child: &Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn end_group(_child: &Child) {}
