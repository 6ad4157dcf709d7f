//! Passwords on command lines: which flag, which word or which end of a pipe of a command holds one. Flags that say so by
//! their names (`--password`) are bindings and found as such.

use super::Scan;
use crate::judge::{kind_of_name, plausible};
use crate::literal::{self, Value, Via};
use crate::syntax::Syntax;
use crate::text::{before, byte, line_end, line_start, part, shown, skip_blanks};
use memchr::memmem;
use std::ops::Range;

/// Where a command has the password.
#[derive(Clone, Copy)]
enum Form {
    /// The word after one of the flags.
    Flag(&'static [&'static str]),
    /// The word after one of the flags, behind the user and this sign.
    AfterUser(&'static [&'static str], char),
    /// The second word after the command.
    Second,
    /// The second word after the command, where the first says that it is a secret.
    Under,
    /// The last word, where one of the flags is set.
    Last(&'static str),
    /// What is echoed into it.
    Echoed,
    /// What is echoed into it, behind the user and a colon.
    EchoedAfterUser,
}

/// What sets the search off, in lower case, and where the password then is. Sources: the commands' manuals.
const COMMANDS: &[(&[&str], Form)] = &[
    (&["sshpass"], Form::Flag(&[" -p ", " -p"])),
    (&["mysql ", "mysqldump ", "mysqladmin ", "mariadb "], Form::Flag(&[" -p"])),
    (&["wget "], Form::Flag(&[" --http-password=", " --password="])),
    (
        &[
            "docker login",
            "podman login",
            "buildah login",
            "registry login",
            "crane auth login",
            "oras login",
        ],
        Form::Flag(&[" -p "]),
    ),
    (
        &[
            "az login",
            "oc login",
            "cf login",
            "twine upload",
            "mongosh ",
            "mongo ",
            "mongodump ",
            "mongorestore ",
            "cqlsh ",
        ],
        Form::Flag(&[" -p "]),
    ),
    (&["sqlcmd ", "bcp ", "mosquitto_pub ", "mosquitto_sub ", "zip -p"], Form::Flag(&[" -P "])),
    (&["ldapsearch ", "ldapmodify ", "ldapadd ", "ldapdelete ", "ldapwhoami "], Form::Flag(&[" -w "])),
    (&["redis-cli "], Form::Flag(&[" -a "])),
    (&["plink ", "pscp "], Form::Flag(&[" -pw "])),
    (&["gh secret set"], Form::Flag(&[" --body ", " --body=", " -b ", " -b"])),
    (&["put-parameter"], Form::Flag(&[" --value ", " --value="])),
    (&["--secret-string"], Form::Flag(&["--secret-string ", "--secret-string="])),
    (&["smbclient "], Form::AfterUser(&[" -U "], '%')),
    (&["lftp "], Form::AfterUser(&[" -u "], ',')),
    (
        &["curl ", " -u ", "http --auth", "http -a "],
        Form::AfterUser(&[" -u ", " --user ", " -u", " --user=", " --auth ", " -a "], ':'),
    ),
    (&["--proxy-user "], Form::AfterUser(&["--proxy-user "], ':')),
    (&["--oauth2-bearer "], Form::Flag(&["--oauth2-bearer "])),
    (&["rabbitmqctl add_user", "rabbitmqctl change_password"], Form::Second),
    (&["net user "], Form::Second),
    (&["consul kv put ", "etcdctl put "], Form::Under),
    (&["ssh-keygen "], Form::Flag(&[" -N "])),
    (&["7z a "], Form::Flag(&[" -p"])),
    (&["poetry publish"], Form::Flag(&[" -p "])),
    (&["htpasswd "], Form::Last("b")),
    (&["--password-stdin", "sudo -s", "passwd --stdin"], Form::Echoed),
    (&["| chpasswd", "|chpasswd"], Form::EchoedAfterUser),
];

/// All that sets the search off.
pub(crate) fn keywords() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().flat_map(|(keywords, _)| keywords.iter().copied())
}

impl Scan<'_> {
    /// `curl -u user:password`, `sshpass -p password`, `echo password | docker login --password-stdin`.
    pub(super) fn command_line(&mut self, hit: Range<usize>) {
        let bytes = self.document.bytes;
        let command = part(bytes, hit.clone()).to_ascii_lowercase();
        let forms = COMMANDS
            .iter()
            .filter(|(keywords, _)| keywords.iter().any(|keyword| keyword.as_bytes() == command))
            .map(|(_, form)| *form);
        let Some((word, range)) = forms.into_iter().find_map(|form| password_of(bytes, &hit, form)) else {
            return;
        };
        if command == b"put-parameter" && !is_secure(bytes, &hit) {
            return;
        }
        let text = shown(bytes, range.clone()).into_owned();
        // What the word states differs from what stands there only where it has escapes or a default.
        let text = if range == word.range { word.text.clone() } else { text };
        // `mysql -p orders` asks for the password, and `orders` is the database: only of sshpass is a mere word one.
        let is_word = text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let via = if command == b"sshpass" || !is_word { Via::Account } else { word.via };
        let judged = Value { text: text.clone(), range: range.clone(), via, ..word };
        let Some(confidence) = plausible(&self.document, "command line", "password", &judged) else { return };
        let Some(rule) = self.rules.detected.rule("command-line") else { return };
        let name = String::from_utf8_lossy(&command).trim().to_owned();
        self.push(rule, name, &text, range, confidence);
    }
}

/// The word that holds the password, and the part of it that is one.
fn password_of(bytes: &[u8], hit: &Range<usize>, form: Form) -> Option<(Value, Range<usize>)> {
    let end = command_end(bytes, hit.end);
    match form {
        Form::Flag(flags) => whole(after_flag(bytes, hit.start..end, flags)?),
        Form::AfterUser(flags, sign) => after_sign(bytes, after_flag(bytes, hit.start..end, flags)?, sign),
        Form::Second | Form::Under => {
            let first = literal::word(bytes, hit.end, Syntax::Shell)?;
            if matches!(form, Form::Under) && kind_of_name(&first.text).is_none() {
                return None;
            }
            let after = past(bytes, &first);
            whole(literal::word(bytes, after, Syntax::Shell).filter(|_| after < end)?)
        }
        Form::Last(flag) => {
            let mut at = hit.end;
            let (mut last, mut is_set) = (None, false);
            while let Some(word) =
                literal::word(bytes, at, Syntax::Shell).filter(|word| word.range.start < end)
            {
                let next = past(bytes, &word);
                if next <= at {
                    break;
                }
                at = next;
                is_set |= word.text.starts_with('-') && word.text.contains(flag);
                last = Some(word);
            }
            whole(last.filter(|word| is_set && !word.text.starts_with('-'))?)
        }
        Form::Echoed => whole(echoed(bytes, hit.start)?),
        Form::EchoedAfterUser => after_sign(bytes, echoed(bytes, hit.start)?, ':'),
    }
}

fn whole(word: Value) -> Option<(Value, Range<usize>)> {
    let range = word.range.clone();
    Some((word, range))
}

fn after_sign(bytes: &[u8], word: Value, sign: char) -> Option<(Value, Range<usize>)> {
    let at = part(bytes, word.range.clone()).iter().position(|byte| char::from(*byte) == sign)?;
    let range = word.range.start + at + 1..word.range.end;
    Some((word, range))
}

fn after_flag(bytes: &[u8], command: Range<usize>, flags: &[&str]) -> Option<Value> {
    let text = part(bytes, command.clone());
    let (flag, at) = flags.iter().find_map(|flag| Some((flag, memmem::find(text, flag.as_bytes())?)))?;
    literal::word(bytes, command.start + at + flag.len(), Syntax::Shell)
}

/// Where the next word may begin.
fn past(bytes: &[u8], word: &Value) -> usize {
    let end = word.range.end;
    let is_quote = word.quoted && matches!(byte(bytes, end), b'"' | b'\'');
    skip_blanks(bytes, end + usize::from(is_quote))
}

/// The word that `echo` writes into the pipe to the command that stands here.
fn echoed(bytes: &[u8], at: usize) -> Option<Value> {
    let start = line_start(bytes, at);
    let lead = part(bytes, start..at);
    let pipe = memchr::memrchr(b'|', lead).unwrap_or(lead.len());
    let said = memmem::rfind(part(lead, 0..pipe), b"echo ")? + "echo ".len();
    let said = skip_blanks(bytes, start + said);
    let option = part(bytes, said..said + 3);
    let said = if matches!(option, b"-n " | b"-e ") { said + 3 } else { said };
    literal::word(bytes, said, Syntax::Shell).filter(|word| word.range.end <= start + pipe)
}

/// The end of the line, those that go on after a backslash taken in.
fn command_end(bytes: &[u8], from: usize) -> usize {
    /// A longer command is none that a person wrote.
    const MOST_LINES: usize = 12;
    let mut end = line_end(bytes, from);
    for _ in 0..MOST_LINES {
        if before(bytes, end) != b'\\' || end >= bytes.len() {
            break;
        }
        end = line_end(bytes, end + 1);
    }
    end
}

/// True where the parameter is kept as a secret.
fn is_secure(bytes: &[u8], hit: &Range<usize>) -> bool {
    memmem::find(part(bytes, hit.start..command_end(bytes, hit.end)), b"SecureString").is_some()
}
