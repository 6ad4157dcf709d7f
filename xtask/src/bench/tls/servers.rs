//! The servers on loopback that `cargo xtask bench tls` asks, their certificates, and their end.

use crate::python::{Venv, root, succeed};
use anyhow::{Context, Result, bail};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The servers: a name, and how `openssl s_server` is started; `python MINIMUM` is Python's own.
pub const SERVERS: &[(&str, &[&str])] = &[
    ("OpenSSL as it comes", &["-cert", "rsa.pem", "-key", "rsa.key"]),
    (
        "every cipher and version",
        &["-cert", "rsa.pem", "-key", "rsa.key", "-cipher", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"],
    ),
    (
        "two certificates, its own order",
        &[
            "-cert",
            "rsa.pem",
            "-key",
            "rsa.key",
            "-dcert",
            "ec.pem",
            "-dkey",
            "ec.key",
            "-serverpref",
            "-cipher",
            "DEFAULT:@SECLEVEL=0",
        ],
    ),
    ("TLS 1.0 alone", &["-cert", "rsa.pem", "-key", "rsa.key", "-tls1", "-cipher", "ALL:@SECLEVEL=0"]),
    ("TLS 1.1 alone", &["-cert", "rsa.pem", "-key", "rsa.key", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]),
    ("TLS 1.2 alone", &["-cert", "rsa.pem", "-key", "rsa.key", "-tls1_2", "-cipher", "ALL:@SECLEVEL=0"]),
    ("TLS 1.3 alone, P-256", &["-cert", "ec.pem", "-key", "ec.key", "-tls1_3"]),
    ("Python's ssl from TLS 1.2", &["python", "TLSv1_2"]),
];

/// The certificates that the servers show.
pub fn certificates(work: &Path) -> Result<()> {
    let kinds: [(&str, &[&str]); 2] =
        [("rsa", &["rsa:2048"]), ("ec", &["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])];
    for (name, key) in kinds {
        succeed(
            Command::new("openssl")
                .args(["req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=localhost"])
                .args(["-addext", "subjectAltName=DNS:localhost", "-newkey"])
                .args(key)
                .args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")])
                .current_dir(work)
                .stderr(Stdio::null()),
        )
        .context("openssl could not make a certificate")?;
    }
    Ok(())
}

/// A server, ended with the value.
pub struct Server {
    child: Child,
    /// Where it listens on `localhost`.
    pub port: u16,
}

impl Server {
    /// Starts one in a folder, and waits until it listens.
    pub fn start(venv: &Venv, work: &Path, flags: &[&str]) -> Result<Server> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = match flags {
            ["python", minimum] => {
                let mut command = venv.command("python");
                command.arg(root().join("bench").join("tls_server.py"));
                command.args(["rsa.pem", "rsa.key", &port.to_string(), minimum]);
                command
            }
            flags => {
                let mut command = Command::new("openssl");
                command.args(["s_server", "-www", "-accept", &port.to_string()]).args(flags);
                command
            }
        };
        command.current_dir(work).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().context("the server does not start")?;
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until && child.try_wait()?.is_none() {
            if TcpStream::connect(("localhost", port)).is_ok() {
                return Ok(Server { child, port });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = child.kill();
        let _ = child.wait();
        bail!("the server does not start: {flags:?}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
