//! Where reports go: standard output, or files, several at once.

use crate::cli::{Cli, Color, OutputArgs};
use crate::scrub;
use anyhow::{Context, Result, bail};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use tieout_model::{Assessment, Persona};
use tieout_report::{Format, Options, render};

/// One report to write.
struct Target {
    format: Format,
    file: Option<PathBuf>,
}

/// Pairs `-f` with `-o`: in their order where both are given, else by the file's ending.
fn targets(args: &OutputArgs) -> Result<Vec<Target>> {
    if args.output.is_empty() {
        return match args.format.as_slice() {
            [] => Ok(vec![Target { format: Format::Terminal, file: None }]),
            [format] => Ok(vec![Target { format: *format, file: None }]),
            _ => bail!("several -f need as many -o: only one report can go to standard output"),
        };
    }
    if args.format.len() > args.output.len() {
        bail!("{} -f and {} -o: give each format its file", args.format.len(), args.output.len());
    }
    if !args.format.is_empty() && args.format.len() < args.output.len() {
        bail!(
            "{} -f and {} -o: give each file its format, or leave -f out and let the endings tell",
            args.format.len(),
            args.output.len()
        );
    }
    args.output
        .iter()
        .enumerate()
        .map(|(index, file)| {
            let by_name = || Format::of_file_name(&file.to_string_lossy());
            let format = args.format.get(index).copied().or_else(by_name).with_context(|| {
                format!("{}: its ending tells no format; say which with -f", file.display())
            })?;
            Ok(Target { format, file: Some(file.clone()) })
        })
        .collect()
}

/// Finds mistakes in `-f` and `-o` before the work is done.
pub fn validate(args: &OutputArgs) -> Result<()> {
    for target in targets(args)? {
        if target.file.is_none() && !target.format.is_text() && std::io::stdout().is_terminal() {
            bail!("-f {} is not text: give it a file with -o", target.format);
        }
        if let Some(folder) = target.file.as_deref().and_then(Path::parent)
            && !folder.as_os_str().is_empty()
            && !folder.is_dir()
        {
            bail!("{}: there is no such folder", folder.display());
        }
    }
    Ok(())
}

/// What a command prints its own way.
#[derive(Debug, Default)]
pub struct Own {
    /// In place of the Assessment, for `-f json`.
    pub json: Option<String>,
    /// Before the report on the terminal.
    pub page: String,
}

/// Writes every report that was asked for.
pub fn write(
    cli: &Cli,
    args: &OutputArgs,
    persona: Persona,
    assessment: &Assessment,
    root: &Path,
) -> Result<()> {
    write_with(cli, args, persona, assessment, root, &Own::default())
}

/// Writes every report that was asked for, with what is the command's own.
pub fn write_with(
    cli: &Cli,
    args: &OutputArgs,
    persona: Persona,
    assessment: &Assessment,
    root: &Path,
    own: &Own,
) -> Result<()> {
    let read: RefCell<HashMap<String, Option<String>>> = RefCell::default();
    let sources = |path: &str| {
        let masked = || {
            let text = tieout_source::read_text(&root.join(path)).ok()?;
            Some(scrub::source(path, &text, &assessment.findings))
        };
        read.borrow_mut().entry(path.to_owned()).or_insert_with(masked).clone()
    };
    for target in targets(args)? {
        let to_terminal = target.file.is_none() && std::io::stdout().is_terminal();
        let options = Options {
            persona,
            color: colored(cli.color, to_terminal),
            width: width(),
            verbose: args.verbose,
        };
        let bytes = match (&own.json, target.format) {
            (Some(json), Format::Json) => json.clone().into_bytes(),
            (_, Format::Terminal) => {
                let mut page = own.page.clone().into_bytes();
                page.extend(render(target.format, assessment, &options, &sources)?);
                page
            }
            _ => render(target.format, assessment, &options, &sources)?,
        };
        match &target.file {
            Some(file) => fs::write(file, bytes).with_context(|| format!("writing {}", file.display()))?,
            None => print(&bytes)?,
        }
    }
    Ok(())
}

/// Prints to standard output; a reader that has gone away is no error.
pub fn print(bytes: &[u8]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("writing to standard output"),
    }
}

fn colored(choice: Color, to_terminal: bool) -> bool {
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => to_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
    columns
        .or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)))
        .unwrap_or(100)
        .min(140)
}
