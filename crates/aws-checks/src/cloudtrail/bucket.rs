//! The bucket of a trail, judged by a check of S3.

use crate::Cx;
use tieout_aws_state::Linked;
use tieout_aws_state::types::{Bucket, Trail};
use tieout_model::{Gap, Judged, Reason};

/// Judges the bucket that a trail delivers to. One of another account cannot be seen from here.
pub(super) fn on_bucket(cx: &Cx<'_>, judge: impl FnOnce(&Bucket, &Cx<'_>) -> Judged) -> Judged {
    match cx.follow(Trail::S3_BUCKET_NAME).into_iter().next() {
        Some(Linked::To(resource, bucket)) => judge(bucket, &Cx { state: cx.state, resource }),
        Some(Linked::Outside(name)) => Err(Gap::new(
            Reason::NotCollected,
            format!("the bucket {name} of the trail"),
            "audit the account and the regions that hold the bucket",
        )),
        Some(Linked::Unknown(gap)) => Err(gap),
        None => Err(Gap::unsupported("a trail without a bucket")),
    }
}
