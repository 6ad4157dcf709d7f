//! A connection to an endpoint, made ready for TLS, every step of it within the endpoint's time.

use super::Address;
use super::upgrade::{self, Upgrade};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Where to connect to, and how long that may take.
#[derive(Debug, Clone)]
pub(super) struct Target {
    pub address: Address,
    pub socket: SocketAddr,
    pub upgrade: Option<Upgrade>,
    /// When the endpoint's time is over.
    pub deadline: Instant,
    /// The most that one connection may take.
    pub patience: Duration,
}

/// Why a connection told nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    #[error("the name is not known")]
    Unknown,
    #[error("the connection is refused")]
    Refused,
    #[error("{}", silence(.0))]
    Silent(Duration),
    #[error("the connection is closed without an answer")]
    Closed,
    #[error("{0}")]
    NotTls(String),
    #[error("{0}")]
    Upgrade(String),
    #[error("{0}")]
    Io(String),
}

fn silence(waited: &Duration) -> String {
    match waited.as_millis() {
        0..50 => "no time was left to ask".to_owned(),
        50..1000 => format!("no answer within {} ms", waited.as_millis()),
        _ => format!("no answer within {:.1} s", waited.as_secs_f32()),
    }
}

impl Failure {
    pub fn of(error: &io::Error, waited: Duration) -> Failure {
        match error.kind() {
            ErrorKind::ConnectionRefused => Failure::Refused,
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Failure::Silent(waited),
            ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof => Failure::Closed,
            _ => Failure::Io(error.to_string()),
        }
    }
}

/// A stream of bytes that never waits past its end.
pub(super) struct Link {
    stream: TcpStream,
    started: Instant,
    until: Instant,
}

impl Target {
    /// Connects, and says what must be said before TLS.
    pub fn open(&self) -> Result<Link, Failure> {
        let mut link = self.connect(self.socket)?;
        if let Some(upgrade) = self.upgrade {
            upgrade::upgrade(&mut link, upgrade)?;
        }
        Ok(link)
    }

    /// Connects to an address, saying nothing.
    pub fn connect(&self, socket: SocketAddr) -> Result<Link, Failure> {
        let started = Instant::now();
        let until = self.deadline.min(started + self.patience);
        let left = until.saturating_duration_since(started);
        if left.is_zero() {
            return Err(Failure::Silent(Duration::ZERO));
        }
        let stream = TcpStream::connect_timeout(&socket, left)
            .map_err(|error| Failure::of(&error, started.elapsed()))?;
        // Hello messages go out in one write; waiting for more would only cost time.
        let _ = stream.set_nodelay(true);
        Ok(Link { stream, started, until })
    }
}

impl Link {
    fn left(&self) -> io::Result<Duration> {
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left) }
    }

    /// How long it has been open.
    pub fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// Sends all.
    pub fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.write_all(bytes).map_err(|error| Failure::of(&error, self.age()))
    }

    /// What comes next; nothing where the other side has closed.
    pub fn receive(&mut self) -> Result<Vec<u8>, Failure> {
        let mut bytes = vec![0; 16 * 1024];
        let count = self.read(&mut bytes).map_err(|error| Failure::of(&error, self.age()))?;
        bytes.truncate(count);
        Ok(bytes)
    }
}

impl Read for Link {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        self.stream.read(into)
    }
}

impl Write for Link {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

/// The addresses of a host, in the resolver's order, within the time. The resolver itself knows no limit: it is left behind
/// where it takes longer.
pub(super) fn resolve(address: &Address, deadline: Instant) -> Result<Vec<SocketAddr>, Failure> {
    if let Ok(ip) = address.host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, address.port)]);
    }
    let started = Instant::now();
    let (sender, receiver) = mpsc::channel();
    let name = (address.host.clone(), address.port);
    std::thread::spawn(move || {
        let found = name.to_socket_addrs().map(Iterator::collect::<Vec<_>>);
        let _ = sender.send(found);
    });
    match receiver.recv_timeout(deadline.saturating_duration_since(started)) {
        Ok(Ok(sockets)) if !sockets.is_empty() => Ok(sockets),
        Ok(_) => Err(Failure::Unknown),
        Err(_) => Err(Failure::Silent(started.elapsed())),
    }
}
