//! A runtime that some file or resource of the project declares.

use tieout_model::{Gap, Place};

/// What ends: endoflife.date's names where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// CPython.
    Python,
    /// A managed runtime of AWS Lambda (`python3.12`).
    Lambda,
    /// Amazon Linux.
    AmazonLinux,
    /// AWS Glue.
    Glue,
    /// Debian, of an image (`slim-bookworm`).
    Debian,
    /// Alpine Linux, of an image.
    Alpine,
    /// Ubuntu, of an image.
    Ubuntu,
    /// OpenSSL, as its own project mends it.
    OpenSsl,
}

impl Product {
    /// The word used in output and in the data file.
    pub fn as_str(self) -> &'static str {
        match self {
            Product::Python => "python",
            Product::Lambda => "aws-lambda",
            Product::AmazonLinux => "amazon-linux",
            Product::Glue => "aws-glue",
            Product::Debian => "debian",
            Product::Alpine => "alpine",
            Product::Ubuntu => "ubuntu",
            Product::OpenSsl => "openssl",
        }
    }
}

/// A declaration of a runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuntimeDeclaration {
    /// What.
    pub product: Product,
    /// The release that the declaration comes down to (`3.8`, `python3.8`, `2`, `3.0`); for a range (`>=3.8`) the least
    /// one that it lets in. The gap where it does not say (a variable, `python:latest`).
    pub release: Result<String, Gap>,
    /// The exact version, where it is declared (`3.8.10`): then the interpreter's own advisories are judged.
    pub exact: Option<String>,
    /// True where it is a lower bound (`requires-python = ">=3.8"`): the backend may well run on a newer one.
    pub at_least: bool,
    /// As written: `python3.8`, `python:3.8-slim`, `>=3.8`.
    pub written: String,
    /// What declares it: `.python-version`, `Dockerfile`, `AWS::Lambda::Function Intake`.
    pub by: String,
    /// Where.
    pub at: Place,
}
