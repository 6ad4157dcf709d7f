//! A tiny HTTP server on the loopback device, for tests: answers by a function, one connection after another.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// A request, as far as the tests look at it.
#[derive(Debug, Clone)]
#[allow(dead_code, reason = "each test looks at a part of it")]
pub struct Request {
    pub line: String,
    pub headers: Vec<String>,
    pub body: String,
}

/// What the server has seen.
pub type Seen = Arc<Mutex<Vec<Request>>>;

/// Starts a server that writes what `answer` gives for each request, byte for byte, and closes; its base URL.
pub fn serve(answer: impl Fn(&Request) -> Vec<u8> + Send + 'static) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let seen = Seen::default();
    let log = seen.clone();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            let mut headers = Vec::new();
            reader.read_line(&mut line).ok();
            loop {
                let mut header = String::new();
                if reader.read_line(&mut header).unwrap_or(0) == 0 || header.trim().is_empty() {
                    break;
                }
                headers.push(header.trim().to_ascii_lowercase());
            }
            let length = headers.iter().find_map(|header| header.strip_prefix("content-length: "));
            let mut body = vec![0; length.and_then(|length| length.parse().ok()).unwrap_or(0)];
            reader.read_exact(&mut body).ok();
            let request =
                Request { line: line.trim().into(), headers, body: String::from_utf8_lossy(&body).into() };
            log.lock().unwrap().push(request.clone());
            stream.write_all(&answer(&request)).ok();
        }
    });
    (base, seen)
}

/// A whole answer.
pub fn reply(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}
