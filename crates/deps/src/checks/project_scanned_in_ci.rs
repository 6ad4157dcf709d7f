//! A project whose dependencies nobody scans regularly.

use crate::scanning::{ScanPlace, Scanner, Scanning};
use crate::{Cx, DepsCheck, Judge};
use tieout_model::{
    About, Confidence, Gap, Judged, Persona, Place, Position, Problem, Reason, Severity, Verdict,
};

/// The check.
pub static CHECK: DepsCheck = DepsCheck {
    about: About {
        id: "deps-project-scanned-in-ci",
        title: "The project's own pipeline scans its dependencies",
        severity: Severity::Medium,
        confidence: Confidence::Medium,
        persona: Persona::Auditor,
        cwe: &[1104],
        controls: &[],
        objectives: &["vulnerable-dependencies"],
        reads: &[],
        aliases: &[],
        guide: include_str!("project_scanned_in_ci.md"),
    },
    judge: Judge::Project(judge),
    answers_for_unaudited: false,
};

fn judge(cx: &Cx<'_>) -> Judged {
    let Some(scanning) = cx.scanning else {
        return Err(Gap::new(
            Reason::NotCollected,
            "the project's pipelines",
            "audit the folder of the project",
        ));
    };
    match scanning {
        Scanning::Found(scanners) => Ok(found(scanners)),
        Scanning::None { looked_at } => {
            let files: Vec<&str> = looked_at.iter().take(4).map(|file| &**file).collect();
            let more = looked_at.len().saturating_sub(files.len());
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let message = format!("no scanner of dependencies runs in {}{more}", files.join(", "));
            let first = looked_at.first().map(|file| Place::text(file, Position::START, Position::START));
            Ok(Problem::new(message).at(&first.unwrap_or_default()).into())
        }
        Scanning::NoCi => Err(Gap::new(
            Reason::Unresolved,
            "the project has no pipeline of its own",
            "show where its dependencies are scanned, or add a pipeline that does",
        )),
    }
}

fn found(scanners: &[Scanner]) -> Verdict {
    if let Some(regular) = scanners.iter().find(|scanner| scanner.is_regular()) {
        let gates = if regular.gates { "" } else { ", though what it finds stops nothing" };
        return Verdict::pass(format!("{} ({}){gates}", told(regular), regular.when));
    }
    let by_hand: Vec<String> = scanners.iter().map(told).collect();
    let message = format!("a scanner runs only when somebody thinks of it: {}", by_hand.join(", "));
    let place = scanners.first().map(|scanner| {
        let start = Position { line: scanner.line, column: 1 };
        Place::text(&scanner.file, start, start)
    });
    Problem::new(message).at(&place.unwrap_or_default()).into()
}

fn told(scanner: &Scanner) -> String {
    let how = match scanner.place {
        ScanPlace::Updates => "opens updates by",
        _ => "runs in",
    };
    format!("{} {how} {}:{}", scanner.tool, scanner.file, scanner.line)
}
