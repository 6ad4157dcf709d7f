//! Terraform configurations and what they evaluate to.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod terraform {
    mod documents;
    mod expressions;
    mod files;
    mod instances;
    mod modules;
    mod plan;
    mod robust;
    mod styles;
    pub mod support;
}
