//! `tieout tls recipe`: the build of an interpreter that speaks nothing below a version.

use crate::cli::RecipeArgs;
use crate::exit::Exit;
use crate::output;
use anyhow::Result;
use tieout_tls::recipe::{Form, Recipe};

/// Prints the script or Dockerfile.
pub fn run(args: &RecipeArgs) -> Result<Exit> {
    let form = if args.dockerfile { Form::Dockerfile } else { Form::Script };
    let recipe = Recipe::new(args.min.into(), args.python.as_deref(), form)?;
    output::print(recipe.text().as_bytes())?;
    Ok(Exit::Clean)
}
