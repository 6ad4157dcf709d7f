//! One connection of a probe's server: records read within a deadline, and kept as they came for a handshake that another
//! library leads.

use super::{HandshakeError, PATIENCE};
use crate::wire::{ClientHello, Handshake, Incoming, Joiner, Version, handshake, record};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

pub(super) struct Conversation {
    stream: TcpStream,
    joiner: Joiner,
    /// All that came so far, as it came.
    received: Vec<u8>,
    deadline: Instant,
}

impl Conversation {
    pub(super) fn new(stream: TcpStream) -> Self {
        let _ = stream.set_nodelay(true);
        let deadline = Instant::now() + PATIENCE;
        Conversation { stream, joiner: Joiner::default(), received: Vec::new(), deadline }
    }

    /// All that came so far.
    pub(super) fn received(&self) -> &[u8] {
        &self.received
    }

    /// Some bytes more.
    pub(super) fn read(&mut self) -> Result<Vec<u8>, HandshakeError> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(HandshakeError::Stalled);
        }
        let _ = self.stream.set_read_timeout(Some(left));
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer) {
            Ok(0) => Err(HandshakeError::Closed),
            Ok(count) => Ok(buffer.get(..count).unwrap_or_default().to_vec()),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                Err(HandshakeError::Stalled)
            }
            Err(_) => Err(HandshakeError::Closed),
        }
    }

    /// The next message, alert or encrypted record.
    pub(super) fn next(&mut self) -> Result<Incoming, HandshakeError> {
        loop {
            if let Some(incoming) = self.joiner.pop()? {
                return Ok(incoming);
            }
            let bytes = self.read()?;
            self.joiner.push(&bytes);
            self.received.extend(bytes);
        }
    }

    /// The next message of the handshake; an alert ends it.
    pub(super) fn message(&mut self, kind: u8) -> Result<Handshake, HandshakeError> {
        loop {
            match self.next()? {
                Incoming::Handshake(message) if message.kind == kind => return Ok(message),
                Incoming::Handshake(_) => return Err(HandshakeError::Broken("a message out of turn")),
                Incoming::Alert(alert) if alert.is_fatal() => {
                    return Err(HandshakeError::Alerted(alert.description));
                }
                Incoming::Alert(_) => {}
                Incoming::Other(_) => return Err(HandshakeError::Broken("a record out of turn")),
            }
        }
    }

    pub(super) fn client_hello(&mut self) -> Result<ClientHello, HandshakeError> {
        let message = self.message(handshake::CLIENT_HELLO)?;
        Ok(ClientHello::parse(&message.body)?)
    }

    /// Sends bytes; a client that has gone away is heard of at the next read.
    pub(super) fn write(&mut self, bytes: &[u8]) {
        let _ = self.stream.set_write_timeout(Some(PATIENCE));
        let _ = self.stream.write_all(bytes);
    }

    /// Sends a fatal alert in the clear.
    pub(super) fn alert(&mut self, description: u8) {
        self.write(&record(21, Version::Tls10.code(), &[2, description]));
    }

    /// Ends the connection so that what was sent still arrives: the client's last words are read first.
    pub(super) fn close(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
        self.deadline = self.deadline.min(Instant::now() + Duration::from_millis(500));
        while self.read().is_ok() {}
    }
}
