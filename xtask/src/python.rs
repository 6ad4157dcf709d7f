//! Virtual environments for what comes from Python's package index, and the moto server that stands in for
//! AWS. Only developers' commands use them; tieout itself needs no Python.

use anyhow::{Context, Result, bail};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub use crate::tidy::root;

/// A virtual environment with pinned packages.
pub struct Venv {
    folder: PathBuf,
}

impl Venv {
    /// The environment `target/NAME` with the packages of `requirements`, installed again only when that file
    /// has changed.
    pub fn ensure(name: &str, requirements: &Path) -> Result<Venv> {
        let venv = Venv { folder: root().join("target").join(name) };
        let wanted = std::fs::read_to_string(requirements)
            .with_context(|| format!("cannot read {}", requirements.display()))?;
        let stamp = venv.folder.join("requirements.installed");
        if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
            return Ok(venv);
        }
        println!("installing {} into {} …", requirements.display(), venv.folder.display());
        venv.create()?;
        succeed(venv.command("python").args(["-m", "pip", "install", "--quiet"]).args([
            "--disable-pip-version-check",
            "--requirement",
            &requirements.to_string_lossy(),
        ]))
        .context("pip could not install the packages; is PyPI within reach?")?;
        std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
        Ok(venv)
    }

    fn create(&self) -> Result<()> {
        // A half-made environment has no stamp; starting anew is surer than repairing it.
        if self.folder.exists() {
            std::fs::remove_dir_all(&self.folder)
                .with_context(|| format!("cannot remove {}", self.folder.display()))?;
        }
        let made = Command::new("python3").args(["-m", "venv"]).arg(&self.folder).status();
        match made {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => bail!(
                "`python3 -m venv` ended with {status}; on Debian and Ubuntu it needs the package python3-venv"
            ),
            Err(error) => bail!(
                "python3 cannot be started ({error}); the tests need Python 3.10 or newer on the PATH, \
                 because moto stands in for AWS"
            ),
        }
    }

    /// The environment's folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The path of one of its programs.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// A command that runs one of its programs.
    pub fn command(&self, name: &str) -> Command {
        Command::new(self.program(name))
    }
}

/// Runs a command to its end; anything but success is an error that names it.
pub fn succeed(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {command:?}"))?;
    if !status.success() {
        bail!("{command:?} ended with {status}");
    }
    Ok(())
}

/// Today's date (UTC), `YYYY-MM-DD`.
pub fn today(venv: &Venv) -> Result<String> {
    let program = "import datetime; print(datetime.datetime.now(datetime.timezone.utc).date())";
    let answer = venv.command("python").args(["-c", program]).output().context("cannot start Python")?;
    Ok(String::from_utf8(answer.stdout).context("Python printed a date that is not text")?.trim().to_owned())
}

/// A moto server on a free loopback port, the one of `tests/aged_moto.py`; dropped, it is ended.
pub struct Moto {
    server: Child,
    port: u16,
}

impl Moto {
    /// Starts one and waits until it takes connections.
    pub fn start(venv: &Venv) -> Result<Moto> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .context("no free port on the loopback")?
            .port();
        let server = venv
            .command("python")
            .arg(root().join("tests").join("aged_moto.py"))
            .args(["--port", &port.to_string()])
            // Policies are recorded, not enforced; managed policies are AWS's real ones.
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start the moto server")?;
        let mut moto = Moto { server, port };
        let patience = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            if let Some(status) = moto.server.try_wait()? {
                bail!("the moto server ended at once with {status}");
            }
            if Instant::now() > patience {
                bail!("the moto server takes no connection on port {port} after 60 seconds");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(moto)
    }

    /// Where it listens.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // By its own id; nothing else on the machine is touched.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Gives a command the credentials and endpoint of a moto server, and none of the user's own.
pub fn towards<'a>(command: &'a mut Command, moto: &Moto) -> &'a mut Command {
    for name in ["AWS_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_SESSION_TOKEN"] {
        command.env_remove(name);
    }
    command
        .env("AWS_ACCESS_KEY_ID", "testing")
        .env("AWS_SECRET_ACCESS_KEY", "testing")
        .env("AWS_DEFAULT_REGION", "eu-central-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ENDPOINT_URL", moto.endpoint())
}
