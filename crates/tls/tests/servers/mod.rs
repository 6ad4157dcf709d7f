//! Servers on loopback for the tests: openssl's, and ones inside the process that speak, stall or talk nonsense.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// An `openssl s_server`, ended with the value.
pub struct OpenSsl {
    child: Child,
    pub port: u16,
    _folder: TempDir,
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether openssl is there; without it the servers inside the process are all that is tested.
pub fn has_openssl() -> bool {
    Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Starts one with a certificate for `localhost`, of an elliptic curve or RSA, and these flags.
pub fn openssl(key: &str, flags: &[&str]) -> OpenSsl {
    let folder = tempfile::tempdir().unwrap();
    let make = |key: &[&str], name: &str| {
        let status = Command::new("openssl")
            .args(["req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=localhost"])
            .args(["-addext", "subjectAltName=DNS:localhost", "-newkey"])
            .args(key)
            .args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.pem")])
            .current_dir(&folder)
            .stderr(Stdio::null())
            .status();
        assert!(status.unwrap().success(), "openssl makes a certificate");
    };
    match key {
        "rsa" => make(&["rsa:2048"], "one"),
        "ec" => make(&["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"], "one"),
        "ed25519" => make(&["ed25519"], "one"),
        "both" => {
            make(&["rsa:2048"], "one");
            make(&["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"], "two");
        }
        other => panic!("no key of kind {other}"),
    }
    for _ in 0..20 {
        let port = free_port();
        let mut command = Command::new("openssl");
        command.args([
            "s_server",
            "-accept",
            &port.to_string(),
            "-cert",
            "one.pem",
            "-key",
            "one.key",
            "-www",
        ]);
        if key == "both" {
            command.args(["-dcert", "two.pem", "-dkey", "two.key"]);
        }
        let mut child = command
            .args(flags)
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let until = Instant::now() + Duration::from_secs(20);
        while Instant::now() < until && child.try_wait().unwrap().is_none() {
            if TcpStream::connect(("localhost", port)).is_ok() {
                return OpenSsl { child, port, _folder: folder };
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let _ = child.kill();
        let _ = child.wait();
    }
    panic!("openssl s_server does not start with {flags:?}");
}

/// Serves every connection by `answer`, each in its own thread, until the process ends.
pub fn serve(answer: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = Arc::new(answer);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = answer.clone();
            std::thread::spawn(move || answer(stream));
        }
    });
    port
}

/// An authority and a server's configuration with a certificate of its for `localhost`.
pub fn rustls_config(
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> (Vec<u8>, Arc<rustls::ServerConfig>) {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    let mut authority = CertificateParams::new(Vec::new()).unwrap();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.distinguished_name.push(rcgen::DnType::CommonName, "Loopback CA");
    let authority_key = KeyPair::generate().unwrap();
    let root = authority.self_signed(&authority_key).unwrap().der().to_vec();
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &Issuer::new(authority, authority_key)).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let key = rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], key)
        .unwrap();
    (root, Arc::new(config))
}

/// Speaks TLS on a connection, and answers a request with `answer`.
pub fn speak(mut stream: TcpStream, config: &Arc<rustls::ServerConfig>, answer: &str) {
    let Ok(mut connection) = rustls::ServerConnection::new(config.clone()) else { return };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let mut tls = rustls::Stream::new(&mut connection, &mut stream);
    let mut request = [0; 1024];
    if matches!(tls.read(&mut request), Ok(1..)) {
        let _ = tls.write_all(answer.as_bytes());
        tls.conn.send_close_notify();
        let _ = tls.flush();
    }
}

/// A port where nothing listens.
pub fn closed() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], free_port()))
}
