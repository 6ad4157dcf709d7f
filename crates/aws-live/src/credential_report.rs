//! IAM's credential report: it has to be written before it can be read, and it is a CSV. As an answer it has
//! `Users`, a list of rows, each a map from the report's columns to their texts, in place of `Content`.

use crate::client::{Client, SendError};
use crate::{Call, Operation};
use serde_json::{Map, Value};
use std::time::Duration;
use tieout_model::{Gap, Reason};

/// How long IAM is asked whether the report is written: it takes seconds, rarely a minute.
const ATTEMPTS: u32 = 40;
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(3);

fn is_report(call: &Call) -> bool {
    call.operation().service.name == "iam" && call.operation().name == "GetCredentialReport"
}

/// Before the report is read, has IAM write it. IAM hands out a report of the last four hours again.
///
/// # Errors
/// Where IAM does not write it. A refusal is the reader's to tell: an older report may be there.
pub(crate) async fn prepare(
    client: &Client,
    call: &Call,
    heard: &(dyn Fn() + Send + Sync),
) -> Result<(), SendError> {
    let Some(generate) = Operation::find("iam", "GenerateCredentialReport").filter(|_| is_report(call))
    else {
        return Ok(());
    };
    let mut wait = FIRST_WAIT;
    for _ in 0..ATTEMPTS {
        match client.call(generate, &call.region, &Map::new(), heard).await {
            Ok(reply) if reply.body.get("State").and_then(Value::as_str) == Some("COMPLETE") => return Ok(()),
            Ok(_) => {}
            Err(SendError::Service(_)) => return Ok(()),
            Err(error) => return Err(error),
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
    Ok(())
}

/// Turns the report's CSV into rows. A text that is no such table stays as it is.
pub(crate) fn read(call: &Call, body: &mut Value) {
    if !is_report(call) {
        return;
    }
    let Some(body) = body.as_object_mut() else { return };
    if let Some(rows) = body.get("Content").and_then(Value::as_str).and_then(rows) {
        body.shift_remove("Content");
        body.insert("Users".to_owned(), rows);
    }
}

/// What is not known of a user who has no row in the report: IAM writes it anew after four hours only.
pub(crate) fn no_row() -> Gap {
    Gap::new(
        Reason::NotCollected,
        "iam:GetCredentialReport: the report has no row for this user; it may be older than the user",
        "run again when the report is four hours old: IAM then writes a new one",
    )
}

fn rows(text: &str) -> Option<Value> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let columns = reader.headers().ok()?.clone();
    if !columns.iter().any(|column| column == "user") {
        return None;
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.ok()?;
        let cells = columns.iter().zip(record.iter());
        rows.push(Value::Object(cells.map(|(name, cell)| (name.to_owned(), Value::from(cell))).collect()));
    }
    Some(Value::Array(rows))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(content: &str) -> Value {
        let mut body = json!({"Content": content, "ReportFormat": "text/csv"});
        read(&Operation::find("iam", "GetCredentialReport").unwrap().call("us-east-1"), &mut body);
        body
    }

    #[test]
    fn the_report_becomes_rows_by_column() {
        assert_eq!(
            report("user,arn,mfa_active\n<root_account>,arn:aws:iam::1:root,true\n\"a,b\",arn:x,false\n")["Users"],
            json!([
                {"user": "<root_account>", "arn": "arn:aws:iam::1:root", "mfa_active": "true"},
                {"user": "a,b", "arn": "arn:x", "mfa_active": "false"},
            ])
        );
    }

    #[test]
    fn a_row_that_is_too_short_keeps_what_it_has() {
        assert_eq!(
            report("user,arn,mfa_active\nann,arn:x\n")["Users"],
            json!([{"user": "ann", "arn": "arn:x"}])
        );
    }

    #[test]
    fn what_is_no_report_stays_as_it_is() {
        assert_eq!(report("<html>busy</html>")["Content"], "<html>busy</html>");
        assert!(report("<html>busy</html>").get("Users").is_none());
    }
}
