//! The packages inside the archives of an account's functions and layers (`--function-code`): each archive is read where
//! it arrived, in memory or a file without a name, and nothing is unpacked. Fetching is `tieout-aws-live`'s.

use std::io::Seek as _;
use std::sync::Arc;
use tieout_aws_live::{CodeArchive, DownloadLimits, Session};
use tieout_deps::inputs::archive::{Limits, read_archive};
use tieout_deps::{Reading, Unaudited};
use tieout_model::{Gap, Place, Position, Reason};

/// What the archives of the functions and layers of some regions hold. Packages stand at paths that begin with the ARN:
/// `arn:aws:lambda:REGION:ACCOUNT:function:NAME!/django-4.2.dist-info/METADATA`.
pub async fn read(session: &Session, regions: &[String], tell: impl Fn(&str) + Send + Sync) -> Reading {
    let mut reading = Reading::default();
    let mut take = |archive: CodeArchive| {
        tell(archive.arns.first().map_or("", String::as_str));
        absorb(archive, &mut reading);
    };
    session.function_code(regions, DownloadLimits::default(), &mut take).await;
    reading
}

fn absorb(archive: CodeArchive, reading: &mut Reading) {
    let mut file = match archive.file {
        Ok(file) => file,
        Err(gap) => return archive.arns.iter().for_each(|arn| unaudited(arn, gap.clone(), reading)),
    };
    for arn in &archive.arns {
        let path: Arc<str> = arn.as_str().into();
        match file.rewind() {
            Ok(()) => read_archive(&path, &mut file, &Limits::default(), reading),
            Err(error) => {
                let gap = Gap::new(Reason::Unreadable, format!("{arn}: {error}"), "run again");
                unaudited(arn, gap, reading);
            }
        }
    }
}

fn unaudited(arn: &str, gap: Gap, reading: &mut Reading) {
    let at = Place::text(&arn.into(), Position::START, Position::START);
    reading.unaudited.push(Unaudited { what: arn.to_owned(), gap, at });
}
