//! A moto server for tests: started on a free port, waited for, ended when dropped; and a way to fill it.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running server.
pub struct Moto {
    process: Child,
    port: u16,
}

impl Moto {
    /// Starts one and waits until it answers.
    pub fn start() -> Moto {
        let program = find_moto();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(&program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{} does not start: {error}; run `cargo xtask test`", program.display())
            });
        let mut moto = Moto { process, port };
        let end = Instant::now() + Duration::from_secs(60);
        while !moto.answers() {
            if let Ok(Some(status)) = moto.process.try_wait() {
                panic!("{} ended at once ({status}); run `cargo xtask test`", program.display());
            }
            assert!(Instant::now() < end, "moto does not answer on port {port}");
            std::thread::sleep(Duration::from_millis(100));
        }
        moto
    }

    fn answers(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
        let asked = b"GET /moto-api/ HTTP/1.0\r\nHost: localhost\r\n\r\n";
        let mut answer = Vec::new();
        stream.write_all(asked).is_ok() && stream.read_to_end(&mut answer).is_ok() && !answer.is_empty()
    }

    /// Its endpoint.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Runs a Python script with boto3 against it, in moto's own Python.
    pub fn fill(&self, script: &str) {
        let output = Command::new(find_python())
            .args(["-c", script])
            .env("AWS_ENDPOINT_URL", self.url())
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_DEFAULT_REGION", "us-east-1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// `TIEOUT_MOTO`, else the venv that `cargo xtask test` makes, else the search path.
fn find_moto() -> PathBuf {
    if let Some(path) = std::env::var_os("TIEOUT_MOTO") {
        return path.into();
    }
    let venv = venv().join("moto_server");
    if venv.exists() {
        return venv;
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&path).map(|folder| folder.join("moto_server")).find(|path| path.exists());
    found.unwrap_or_else(|| {
        panic!("no moto_server: run `cargo xtask test`, which installs it under target/venv")
    })
}

fn venv() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/venv/bin")
}

/// The Python beside moto's script, or the one on the search path.
fn find_python() -> PathBuf {
    let beside = find_moto().with_file_name("python");
    if beside.exists() { beside } else { PathBuf::from("python3") }
}
