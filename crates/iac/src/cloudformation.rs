//! CloudFormation templates (YAML and JSON), with SAM and CDK's output, as declared resources.

mod cidr;
mod conditions;
mod document;
mod intrinsics;
mod metadata;
mod nested;
mod parameters;
mod resources;
mod sam;
mod substitute;

#[cfg(test)]
mod tests;

pub use document::looks_like_template;
pub(crate) use nested::{Found, read_nested};

use crate::{Options, Reading, SourceFile};
use parameters::Arguments;
use std::sync::Arc;

/// Reads one template by itself. `None` where the file is no template; a gap where it is one but broken.
pub fn read_template(file: &SourceFile, options: &Options) -> Option<Reading> {
    read_one(file, options).map(|found| found.reading)
}

/// Reads one template and says which others it deploys as nested stacks.
pub(crate) fn read_one(file: &SourceFile, options: &Options) -> Option<Found> {
    let document = document::open(file)?;
    Some(document::read(file, document, &Arguments::new(options), file.path.clone()))
}

/// Reads one template as a nested stack, with what its parent passes.
pub(crate) fn read_with(file: &SourceFile, arguments: &Arguments<'_>, scope: Arc<str>) -> Option<Found> {
    let document = document::open(file)?;
    Some(document::read(file, document, arguments, scope))
}
