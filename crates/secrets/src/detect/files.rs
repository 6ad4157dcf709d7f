//! Files that hold logins or a key and nothing else: `.pgpass`, `.git-credentials`, the master key of Rails.

use super::Scan;
use crate::judge::is_stand_in;
use crate::text::shown;
use memchr::memrchr;
use std::ops::Range;
use tieout_model::Confidence;

/// Where a user and a password stand in a line.
type Login = (Range<usize>, Range<usize>);

impl Scan<'_> {
    /// What a file holds as a whole, by its name.
    pub(super) fn whole_file(&mut self, file: &str) {
        let is_rails_key = file == "master.key"
            || file.ends_with(".key") && self.document.path.contains("config/credentials/");
        match file {
            ".pgpass" | "pgpass.conf" | "pgpass" => self.logins(pgpass),
            ".git-credentials" | "git-credentials" => self.logins(git_credentials),
            _ if is_rails_key => self.rails_key(),
            _ => {}
        }
    }

    /// The login of each line, as a reader of lines tells where its user and its password stand.
    fn logins(&mut self, login_of: fn(&[u8]) -> Option<Login>) {
        let Some(rule) = self.rules.detected.rule("password") else { return };
        let bytes = self.document.bytes;
        let mut start = 0;
        for line in bytes.split(|byte| *byte == b'\n') {
            let at = start;
            start += line.len() + 1;
            let Some((user, password)) = login_of(line.trim_ascii_end()) else { continue };
            let place = at + password.start..at + password.end;
            let user = shown(bytes, at + user.start..at + user.end).into_owned();
            let text = shown(bytes, place.clone()).into_owned();
            if !text.is_empty() && !is_stand_in(&text) {
                self.push(rule, user, &text, place, Confidence::High);
            }
        }
    }

    /// Thirty-two hexadecimal digits, alone.
    fn rails_key(&mut self) {
        let Some(rule) = self.rules.detected.rule("framework-key") else { return };
        let text = self.document.bytes.trim_ascii();
        let start = self.document.bytes.len() - self.document.bytes.trim_ascii_start().len();
        if text.len() == 32 && text.iter().all(u8::is_ascii_hexdigit) {
            let secret = String::from_utf8_lossy(text).into_owned();
            self.push(rule, "master.key".to_owned(), &secret, start..start + text.len(), Confidence::High);
        }
    }
}

/// `host:port:database:user:password`
fn pgpass(line: &[u8]) -> Option<Login> {
    if line.starts_with(b"#") {
        return None;
    }
    let mut colons = line.iter().enumerate().filter(|(_, byte)| **byte == b':').map(|(at, _)| at);
    let (third, fourth) = (colons.nth(2)?, colons.next()?);
    Some((third + 1..fourth, fourth + 1..line.len()))
}

/// `https://user:password@host`: an unescaped `@` may stand in the user and in the password.
fn git_credentials(line: &[u8]) -> Option<Login> {
    let user = memchr::memmem::find(line, b"://")? + 3;
    let end = memrchr(b'@', line)?;
    let colon = user + line.get(user..end)?.iter().position(|byte| *byte == b':')?;
    Some((user..colon, colon + 1..end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn logins_of_lines_are_told_apart() {
        let line = b"https://user@example.com:pass!#@498@github.com";
        let (user, password) = git_credentials(line).unwrap();
        assert_eq!((&line[user], &line[password]), (&b"user@example.com"[..], &b"pass!#@498"[..]));
        let line = b"localhost:5432:db:root:a:b";
        let (user, password) = pgpass(line).unwrap();
        assert_eq!((&line[user], &line[password]), (&b"root"[..], &b"a:b"[..]));
        assert_eq!(pgpass(b"#host:port:db:user:password"), None);
        assert_eq!(git_credentials(b"https://github.com"), None);
    }

    proptest! {
        #[test]
        fn places_are_within_their_line(line in "[:@/#a-z]{0,40}") {
            for login_of in [pgpass, git_credentials] {
                if let Some((user, password)) = login_of(line.as_bytes()) {
                    prop_assert!(user.start <= user.end && password.start <= password.end && password.end <= line.len());
                }
            }
        }
    }
}
