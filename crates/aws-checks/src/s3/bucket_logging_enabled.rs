//! Requests to the bucket leave a record in another one.

use crate::{Cx, Each, Judge};
use tieout_aws_state::types::Bucket;
use tieout_model::{About, Confidence, Judged, Persona, Severity, Verdict};

/// The check.
pub static CHECK: Each<Bucket> = Each {
    about: About {
        id: "s3-bucket-logging-enabled",
        title: "S3 bucket keeps server access logs",
        severity: Severity::Low,
        confidence: Confidence::Medium,
        persona: Persona::Auditor,
        cwe: &[778],
        controls: &["AWS-FSBP:S3.9"],
        objectives: &["logging-and-monitoring"],
        reads: &["s3:ListAllMyBuckets", "s3:GetBucketLocation", "s3:GetBucketLogging"],
        aliases: &[("prowler", "s3_bucket_server_access_logging_enabled"), ("checkov", "CKV_AWS_18")],
        guide: include_str!("bucket_logging_enabled.md"),
    },
    judge: Judge::Configuration(judge),
};

pub(crate) fn judge(bucket: &Bucket, cx: &Cx<'_>) -> Judged {
    let target = &bucket.logging_configuration.destination_bucket_name;
    if let Some(name) = cx.named(target, "LoggingConfiguration.DestinationBucketName")? {
        return Ok(Verdict::pass(format!("logs go to {name}")));
    }
    if !cx.resource.is_live() && bucket.logging_configuration.here.is_written() {
        return Ok(Verdict::pass("logs go to the bucket itself"));
    }
    let sources = cx.state.known_naming(cx.resource, Bucket::LOGGING_CONFIGURATION_DESTINATION_BUCKET_NAME);
    if let Some((source, _)) = sources.first() {
        let name = source.subject.name.as_deref().unwrap_or(&source.subject.id);
        return Ok(Verdict::not_applicable(format!(
            "it holds the access logs of {name}; logging it would log the logs"
        )));
    }
    Ok(Verdict::fail("server access logging is not configured", target.place()))
}
