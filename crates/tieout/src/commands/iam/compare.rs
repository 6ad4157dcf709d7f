//! `tieout iam compare`: whether all that one policy allows is allowed by another.

use crate::cli::{CompareArgs, ListFormat};
use crate::exit::Exit;
use crate::output::print;
use anyhow::Result;
use serde_json::{Map, Value, json};
use tieout_iam::eval::{Context, ContextValue};
use tieout_iam::sets::{Within, within};
use tieout_source::redact::escape_terminal as clean;

/// Compares and prints.
pub fn run(args: &CompareArgs) -> Result<Exit> {
    let (inner, outer) = (super::policy(&args.inner)?, super::policy(&args.outer)?);
    let answer = within(std::slice::from_ref(&inner), std::slice::from_ref(&outer));
    let exit = match &answer {
        Within::Yes => Exit::Clean,
        Within::No(_) => Exit::Findings,
        Within::Unknown(_) => Exit::Incomplete,
    };
    let text = match args.format {
        ListFormat::Json => format!("{}\n", serde_json::to_string_pretty(&row(&answer))?),
        ListFormat::Text => words(args, &answer),
    };
    print(text.as_bytes())?;
    Ok(exit)
}

fn row(answer: &Within) -> Value {
    match answer {
        Within::Yes => json!({"within": "yes"}),
        Within::No(witness) => json!({
            "within": "no",
            "witness": {"action": witness.action, "resource": witness.resource, "context": keys(&witness.context)},
        }),
        Within::Unknown(gap) => json!({"within": "unknown", "gap": gap}),
    }
}

fn keys(context: &Context<'_>) -> Value {
    let entries = context.entries().iter().map(|(key, value)| {
        let value = match value {
            ContextValue::One(one) => json!(one),
            ContextValue::Many(many) => json!(many),
        };
        (key.to_string(), value)
    });
    Value::Object(entries.collect::<Map<_, _>>())
}

fn words(args: &CompareArgs, answer: &Within) -> String {
    let (inner, outer) = (args.inner.display().to_string(), args.outer.display().to_string());
    let (inner, outer) = (clean(&inner), clean(&outer));
    match answer {
        Within::Yes => format!("yes: {outer} allows all that {inner} allows\n"),
        Within::No(witness) => {
            let mut text = format!(
                "no: {inner} allows {} on {}, and {outer} does not\n",
                clean(&witness.action),
                clean(&witness.resource)
            );
            for (key, value) in witness.context.entries() {
                text.push_str(&format!("  where {} is {}\n", clean(key), clean(&value.values().join(", "))));
            }
            text
        }
        Within::Unknown(gap) => {
            format!("unknown: {}\n  to settle it: {}\n", clean(&gap.what), clean(&gap.resolve_with))
        }
    }
}
