//! What a server says over HTTP: one `GET /` and the headers of its answer, over TLS and on the plain port.

use super::link::{Failure, Target};
use super::session::Session;
use super::{Http, Redirect};
use std::collections::BTreeMap;
use std::io::{Read, Write};

/// The headers that bear on security.
const HEADERS: [&str; 14] = [
    "access-control-allow-credentials",
    "access-control-allow-origin",
    "content-security-policy",
    "content-security-policy-report-only",
    "content-type",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "location",
    "permissions-policy",
    "referrer-policy",
    "server",
    "strict-transport-security",
    "x-content-type-options",
    "x-frame-options",
];

/// The most bytes of headers that are read.
const MOST: usize = 64 * 1024;

/// A status and the headers of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoAnswer {
    /// The server speaks something else.
    NotHttp,
    /// It cannot be told.
    Failed(Failure),
}

/// Asks over TLS.
pub(super) fn over_tls(target: &Target, session: &mut Session) -> Result<Http, NoAnswer> {
    let age = session.stream.sock.age();
    let answer = get(&mut session.stream, &target.address.to_string(), 443)
        .map_err(|error| error.unwrap_or(NoAnswer::Failed(Failure::Silent(age))))?;
    Ok(Http { status: answer.status, headers: kept(&answer), redirect: None })
}

/// Asks the plain port.
pub(super) fn redirect(target: &Target, port: u16) -> Result<Redirect, Failure> {
    let mut socket = target.socket;
    socket.set_port(port);
    let mut link = match target.connect(socket) {
        Ok(link) => link,
        Err(Failure::Refused) => return Ok(Redirect::Closed),
        Err(failure) => return Err(failure),
    };
    let host = super::Address { host: target.address.host.clone(), port };
    let answer = match get(&mut link, &host.to_string(), 80) {
        Ok(answer) => answer,
        Err(Some(NoAnswer::Failed(failure))) => return Err(failure),
        Err(Some(NoAnswer::NotHttp)) => {
            return Err(Failure::Io("it does not answer as HTTP does".to_owned()));
        }
        Err(None) => return Err(Failure::Silent(link.age())),
    };
    let location = answer.headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.clone());
    Ok(match (answer.status, location) {
        (301 | 302 | 303 | 307 | 308, Some(location)) => {
            match location.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://")) {
                true => Redirect::ToHttps { location },
                false => Redirect::Elsewhere { location },
            }
        }
        (status, _) => Redirect::Plain { status },
    })
}

/// Sends `GET /` and reads the headers; the error is `None` where time ran out.
fn get(stream: &mut (impl Read + Write), host: &str, usual: u16) -> Result<Answer, Option<NoAnswer>> {
    let host = host.strip_suffix(&format!(":{usual}")).unwrap_or(host);
    let request = format!(
        "GET / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: tieout/{}\r\nAccept: text/html, */*\r\nConnection: close\r\n\r\n",
        env!("CARGO_PKG_VERSION")
    );
    let sent = stream.write_all(request.as_bytes()).and_then(|()| stream.flush());
    sent.map_err(|error| failed(&error))?;
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        match parse(&bytes) {
            Parse::Whole(answer) => return Ok(answer),
            Parse::NotHttp => return Err(Some(NoAnswer::NotHttp)),
            Parse::More if bytes.len() > MOST => return Err(Some(unfinished(&bytes, "does not end"))),
            Parse::More => {}
        }
        match stream.read(&mut part) {
            Ok(0) => return Err(Some(unfinished(&bytes, "breaks off"))),
            Ok(count) => bytes.extend_from_slice(part.get(..count).unwrap_or_default()),
            Err(error) => return Err(failed(&error)),
        }
    }
}

/// Whoever begins an answer of HTTP speaks it, and what is missing of it is not known.
fn unfinished(bytes: &[u8], how: &str) -> NoAnswer {
    match bytes.starts_with(b"HTTP/") {
        true => NoAnswer::Failed(Failure::Io(format!("the head of its answer {how}"))),
        false => NoAnswer::NotHttp,
    }
}

fn failed(error: &std::io::Error) -> Option<NoAnswer> {
    match Failure::of(error, std::time::Duration::ZERO) {
        Failure::Silent(_) => None,
        // Whoever closes at a request does not speak HTTP.
        Failure::Closed => Some(NoAnswer::NotHttp),
        failure => Some(NoAnswer::Failed(failure)),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Parse {
    Whole(Answer),
    More,
    NotHttp,
}

/// Reads the head of an answer.
fn parse(bytes: &[u8]) -> Parse {
    let start = b"HTTP/";
    if bytes.iter().zip(start).any(|(a, b)| a != b) {
        return Parse::NotHttp;
    }
    let text = String::from_utf8_lossy(bytes);
    let text = text.replace("\r\n", "\n");
    let Some((head, _)) = text.split_once("\n\n") else { return Parse::More };
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|word| word.parse().ok());
    let Some(status) = status else { return Parse::NotHttp };
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in lines {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = headers.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            headers.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    Parse::Whole(Answer { status, headers })
}

fn kept(answer: &Answer) -> BTreeMap<String, Vec<String>> {
    let mut kept: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in &answer.headers {
        if HEADERS.contains(&name.as_str()) {
            kept.entry(name.clone()).or_default().push(value.clone());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_head_of_an_answer_is_read_once_it_is_whole() {
        assert_eq!(parse(b"HT"), Parse::More);
        assert_eq!(parse(b"SSH-2.0"), Parse::NotHttp);
        assert_eq!(parse(b"HTTP/1.1 200 OK\r\nA: b\r\n"), Parse::More);
        let whole = parse(b"HTTP/1.1 301 Moved\r\nLocation:  https://a/ \r\nX-A: 1\r\n 2\r\n\r\nbody");
        let headers = vec![("location".into(), "https://a/".into()), ("x-a".into(), "1 2".into())];
        assert_eq!(whole, Parse::Whole(Answer { status: 301, headers }));
        assert_eq!(parse(b"HTTP/1.0 x\n\n"), Parse::NotHttp);
    }

    #[test]
    fn an_answer_that_does_not_end_or_breaks_off_is_not_taken_for_another_protocol() {
        /// Sends a text, and then its end.
        struct Server(std::io::Cursor<Vec<u8>>);
        impl Read for Server {
            fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
                self.0.read(into)
            }
        }
        impl Write for Server {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                Ok(bytes.len())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let ask =
            |text: &[u8]| get(&mut Server(std::io::Cursor::new(text.to_vec())), "a:443", 443).unwrap_err();
        let endless = [b"HTTP/1.1 200 OK\r\n".to_vec(), b"A: b\r\n".repeat(MOST)].concat();
        for text in [endless.as_slice(), b"HTTP/1.1 200 OK\r\nA: b"] {
            assert!(matches!(ask(text), Some(NoAnswer::Failed(Failure::Io(_)))));
        }
        for text in [&b""[..], b"SSH-2.0", b"HT"] {
            assert_eq!(ask(text), Some(NoAnswer::NotHttp));
        }
    }

    proptest! {
        #[test]
        fn no_answer_breaks_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes);
            let _ = parse(&[b"HTTP/1.1 200 \r\n".to_vec(), bytes, b"\r\n\r\n".to_vec()].concat());
        }
    }
}
