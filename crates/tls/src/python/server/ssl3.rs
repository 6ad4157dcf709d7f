//! SSL 3.0 at record level: does a client take a ServerHello of that version? The ServerHello is followed by a Finished that is
//! out of turn. A client that refuses the version says so (or goes) before it reads on; one that took it complains of the
//! message instead. No keys are made.

use super::conversation::Conversation;
use super::{HandshakeError, Outcome, random};
use crate::wire::{Cipher, ClientHello, Incoming, ServerHello, Version, handshake, record};

/// Ciphers that SSL 3.0 has, the likeliest first.
const CIPHERS: [Cipher; 6] =
    [Cipher(0x002f), Cipher(0x0035), Cipher(0x0033), Cipher(0x0039), Cipher(0xc009), Cipher(0xc013)];

pub(super) fn answer(
    conversation: &mut Conversation,
    hello: &ClientHello,
) -> Result<Outcome, HandshakeError> {
    let chosen = CIPHERS.into_iter().find(|cipher| hello.ciphers.contains(cipher));
    let server_hello = ServerHello {
        legacy_version: Version::Ssl3.code(),
        random: random()?,
        session_id: Vec::new(),
        // The version is looked at first, so that a cipher that was not offered does not hide a refusal.
        cipher: chosen.unwrap_or(Cipher(0x002f)),
        compression: 0,
        extensions: Vec::new(),
    };
    let mut messages = handshake::message(handshake::SERVER_HELLO, &server_hello.to_body());
    messages.extend(handshake::message(handshake::FINISHED, &[0; 36]));
    conversation.write(&record(22, Version::Ssl3.code(), &messages));
    loop {
        return match conversation.next() {
            Ok(Incoming::Alert(alert)) if !alert.is_fatal() => continue,
            Ok(Incoming::Alert(alert)) => Ok(judge(alert.description, chosen.is_some())),
            Ok(_) => Ok(Outcome::WouldGoOn),
            Err(error) => Err(error),
        };
    }
}

/// A refusal of the version, or a complaint of one that took it.
fn judge(description: u8, has_cipher: bool) -> Outcome {
    const UNEXPECTED_MESSAGE: u8 = 10;
    const ILLEGAL_PARAMETER: u8 = 47;
    match description {
        UNEXPECTED_MESSAGE => Outcome::WouldGoOn,
        // A cipher that the client did not offer is what it complains of once it has taken the version.
        ILLEGAL_PARAMETER if !has_cipher => Outcome::NoCommon("cipher"),
        other => Outcome::Alerted(other),
    }
}
