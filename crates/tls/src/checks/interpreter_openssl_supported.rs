//! An interpreter on a branch of OpenSSL that nobody mends.

use crate::python::{PythonReport, openssl_branch};
use crate::{Cx, Judge, TlsCheck};
use tieout_lifecycle::{Product, Table};
use tieout_model::time::Date;
use tieout_model::{About, Confidence, Gap, Judged, Persona, Problem, Reason, Severity, Verdict};

/// The check.
pub static CHECK: TlsCheck = TlsCheck {
    about: About {
        id: "tls-interpreter-openssl-supported",
        title: "Interpreter's OpenSSL gets security patches",
        severity: Severity::Medium,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[1104],
        controls: &[],
        objectives: &["tls"],
        reads: &[],
        aliases: &[],
        guide: include_str!("interpreter_openssl_supported.md"),
    },
    judge: Judge::Interpreter(judge),
};

fn judge(report: &PythonReport, cx: &Cx<'_>) -> Judged {
    let words = report.openssl.as_deref().unwrap_or("no OpenSSL");
    let unknown = |why: &str| {
        let resolve =
            "ask the maker of the library until when it is mended, and give --runtimes a table with the row";
        Gap::new(Reason::Unsupported, format!("until when `{words}` is mended: {why}"), resolve)
    };
    let branch = openssl_branch(words).ok_or_else(|| unknown("it is no OpenSSL that the table knows"))?;
    let row = Table::in_force().release(Product::OpenSsl, &branch);
    let end = row.and_then(|row| row.end_of_life).ok_or_else(|| unknown("the table has no row for it"))?;
    if end > cx.as_of {
        return Ok(Verdict::pass(format!("OpenSSL {branch} is mended until {end}")));
    }
    // A system's makers mend their package past the project's own end.
    if let Some((system, until)) = report.openssl_system.as_deref().and_then(mended_by)
        && until > cx.as_of
    {
        let message = format!(
            "OpenSSL's project mends {branch} no more since {end}; {system}, which it is part of, does until {until}"
        );
        return Ok(Verdict::pass(message));
    }
    Ok(Problem::new(format!("{words}: its project mends nothing in {branch} since {end}")).into())
}

/// The system by name, and until when it gets security patches.
fn mended_by(system: &str) -> Option<(&str, Date)> {
    let (id, release) = system.split_once(' ')?;
    let (product, release) = match id {
        "debian" => (Product::Debian, release.to_owned()),
        "ubuntu" => (Product::Ubuntu, release.to_owned()),
        "amzn" => (Product::AmazonLinux, release.to_owned()),
        "alpine" => (Product::Alpine, release.split('.').take(2).collect::<Vec<_>>().join(".")),
        _ => return None,
    };
    Some((system, Table::in_force().release(product, &release)?.end_of_life?))
}
