//! Terraform configurations and what they evaluate to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod terraform {
    mod expressions;
    mod instances;
    pub mod support;
}
