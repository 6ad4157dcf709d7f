//! A broken check ends nothing: a panic while one subject is judged becomes *not assessed* for it.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tieout_model::{Gap, Judged, Reason};

thread_local! {
    static JUDGING: Cell<bool> = const { Cell::new(false) };
}

/// Runs a check's logic on one subject. A panic becomes a gap; its message is not kept, since it may quote
/// what was being judged.
pub fn judge_safely(check: &str, judge: impl FnOnce() -> Judged) -> Judged {
    let before = JUDGING.replace(true);
    let judged = catch_unwind(AssertUnwindSafe(judge));
    JUDGING.set(before);
    judged.unwrap_or_else(|_| {
        Err(Gap::new(
            Reason::Internal,
            format!("the check {check} broke on this subject"),
            "report it: this is a defect in tieout",
        ))
    })
}

/// Keeps the standard panic message off stderr while a check is judging; other panics print as ever.
pub fn quiet_panics() {
    let standard = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !JUDGING.get() {
            standard(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use tieout_model::Verdict;

    #[test]
    fn a_check_that_panics_is_not_assessed() {
        quiet_panics();
        let judged = judge_safely("x", || panic!("secret value"));
        let gap = judged.unwrap_err();
        assert_eq!(gap.reason, Reason::Internal);
        assert!(!gap.what.contains("secret"));
        assert_eq!(judge_safely("x", || Ok(Verdict::pass("fine"))), Ok(Verdict::pass("fine")));
    }
}
