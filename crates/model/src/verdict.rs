//! What a check says of one subject.

use crate::{Confidence, Detail, Fix, Gap, Place, Severity, TraceStep};

/// The reason of a pass, in a sentence an auditor can read (`allowed-by` included).
pub type Why = String;

/// What a check says of one subject. `?` on a [`crate::Setting`] turns a gap into *not assessed*.
pub type Judged = Result<Verdict, Gap>;

/// A verdict about one subject.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It is as it should be, and why.
    Pass(Why),
    /// It is not, and where and why.
    Fail(Problem),
    /// It could not be judged.
    NotAssessed(Gap),
    /// The question does not arise for this subject, and why.
    NotApplicable(Why),
}

/// What is wrong with one subject.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Problem {
    /// What is wrong, in one sentence that names values; secrets redacted.
    pub message: String,
    /// Where: the property's places, or none for the resource's own line. Sorted by the ledger.
    pub places: Vec<Place>,
    /// Where the check's own severity is not right for this case.
    pub severity: Option<Severity>,
    /// Where the check's own confidence is not right for this case.
    pub confidence: Option<Confidence>,
    /// How to mend it.
    pub fixes: Vec<Fix>,
    /// The narrowed CWE, where the check's own list is wider (`CWE-798`).
    pub cwe: Vec<&'static str>,
    /// What tells this problem's content from another of the same check and subject; enters the fingerprint.
    pub key: String,
    /// The package, runtime or secret that it is about.
    pub detail: Option<Box<Detail>>,
    /// Steps, where there is a path.
    pub trace: Vec<TraceStep>,
}

impl Verdict {
    /// It is as it should be.
    pub fn pass(why: impl Into<String>) -> Verdict {
        Verdict::Pass(why.into())
    }

    /// It is not: the message, and the place of the property that is to blame.
    pub fn fail(message: impl Into<String>, place: &Place) -> Verdict {
        Verdict::Fail(Problem::new(message).at(place))
    }

    /// The question does not arise.
    pub fn not_applicable(why: impl Into<String>) -> Verdict {
        Verdict::NotApplicable(why.into())
    }
}

impl Problem {
    /// A problem with a message and no place of its own yet.
    pub fn new(message: impl Into<String>) -> Problem {
        Problem { message: message.into(), ..Problem::default() }
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, place: &Place) -> Problem {
        if *place != Place::None {
            self.places.push(place.clone());
        }
        self
    }

    /// Sets the severity of this case.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Problem {
        self.severity = Some(severity);
        self
    }
}

impl Problem {
    /// Sets the confidence of this case.
    #[must_use]
    pub fn confidence(mut self, confidence: Confidence) -> Problem {
        self.confidence = Some(confidence);
        self
    }

    /// Says which package, runtime or secret it is about.
    #[must_use]
    pub fn detail(mut self, detail: Detail) -> Problem {
        self.detail = Some(Box::new(detail));
        self
    }
}

impl From<Problem> for Verdict {
    fn from(problem: Problem) -> Verdict {
        Verdict::Fail(problem)
    }
}
