//! `tieout iam simulate --jsonl`: one case a line in, one answer a line out. The format is described in
//! `docs/output.md`. A malformed case is answered with an error, and the run goes on.

use crate::doc::{At, Doc, DocValue, Places};
use crate::eval::{Context, ContextValue, Layers, Principal, Request, Settings, Verdict, simulate};
use crate::{Policy, parse};
use serde::Serialize;
use std::borrow::Cow;
use std::io::{BufRead, Write};
use tieout_model::Place;

/// Answers every case of a reader.
///
/// # Errors
/// Only where reading or writing fails; a case that is wrong is answered as such.
pub fn simulate_jsonl(mut input: impl BufRead, mut output: impl Write) -> std::io::Result<()> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return output.flush();
        }
        let text = String::from_utf8_lossy(&line);
        if text.trim().is_empty() {
            continue;
        }
        serde_json::to_writer(&mut output, &answer(text.trim()))?;
        output.write_all(b"\n")?;
    }
}

/// The answer to one case.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Answered {
    Decided { id: serde_json::Value, decision: Verdict, because: Reason },
    Wrong { id: serde_json::Value, error: String },
}

#[derive(Debug, Serialize)]
struct Reason {
    layer: crate::eval::Layer,
    /// The `Sid`, or the number of the statement in its document, from 1; null where a layer has no allow.
    statement: Option<String>,
}

fn answer(line: &str) -> Answered {
    let doc = match Doc::of_text(line) {
        Ok(doc) => doc,
        Err(error) => {
            let error = format!("this is no JSON: {error}, at byte {}", error.offset + 1);
            return Answered::Wrong { id: serde_json::Value::Null, error };
        }
    };
    let id = doc.get("id").map_or(serde_json::Value::Null, Doc::to_json);
    match decide(&doc) {
        Ok((decision, because)) => Answered::Decided { id, decision, because },
        Err(error) => Answered::Wrong { id, error },
    }
}

fn decide(case: &Doc<'_>) -> Result<(Verdict, Reason), String> {
    let asked = case.get("request").ok_or("the case has no `request`")?;
    let text = |name: &str| {
        asked.get(name).and_then(Doc::text).ok_or_else(|| format!("`request.{name}` must be a text"))
    };
    let context = context(asked.get("context"))?;
    let request = Request {
        principal: principal(asked.get("principal"))?,
        action: text("action")?,
        resource: text("resource")?,
        resource_account: asked.get("resourceAccount").and_then(Doc::text).filter(|text| !text.is_empty()),
        context: &context,
    };
    if !request.action.contains(':') {
        return Err(format!("`{}` is no action; write it as `s3:GetObject`", request.action));
    }
    let policies = case.get("policies");
    let layer = |name: &str| policies.and_then(|policies| policies.get(name)).filter(|doc| !doc.is_null());
    let (identity, boundary, vpce) =
        (documents(layer("identity"))?, documents(layer("boundary"))?, documents(layer("vpce"))?);
    let (scp, rcp) = (levels(layer("scp"))?, levels(layer("rcp"))?);
    let (resource, session) = (single(layer("resource"))?, single(layer("session"))?);
    let layers = Layers {
        identity: &identity,
        resource: resource.as_ref(),
        boundary: &boundary,
        session: session.as_ref(),
        scp: &scp,
        rcp: &rcp,
        vpce: &vpce,
    };
    let block = case.get("settings").and_then(|settings| settings.get("s3BlockPublicAccess"));
    let settings = Settings { s3_block_public_access: block.and_then(Doc::text) == Some("true") };
    let decision = simulate(&request, &layers, settings);
    let statement = decision.because.statement.map(|statement| match &statement.sid {
        Some(sid) if !sid.is_empty() => sid.to_string(),
        _ => (statement.index + 1).to_string(),
    });
    Ok((decision.verdict, Reason { layer: decision.because.layer, statement }))
}

fn principal<'a>(doc: Option<&'a Doc<'_>>) -> Result<Principal<'a>, String> {
    let doc = doc.ok_or("the request has no `principal`")?;
    if let Some(text) = doc.text() {
        return Principal::parse(text).ok_or_else(|| format!("`{text}` is no principal"));
    }
    let value = ["arn", "value", "principal", "service", "name", "AWS", "Service", "Federated"]
        .iter()
        .find_map(|key| doc.get(key)?.text());
    match (doc.get("type").and_then(Doc::text), value) {
        (Some(kind), _) if kind.eq_ignore_ascii_case("anonymous") => Ok(Principal::Anonymous),
        (_, Some(text)) => Principal::parse(text).ok_or_else(|| format!("`{text}` is no principal")),
        _ => Err("`request.principal` must be an ARN, a service, or {\"type\": \"Anonymous\"}".to_owned()),
    }
}

fn context<'a>(doc: Option<&'a Doc<'_>>) -> Result<Context<'a>, String> {
    let mut context = Context::new();
    let Some(doc) = doc.filter(|doc| !doc.is_null()) else { return Ok(context) };
    let DocValue::Map(entries) = &doc.value else { return Err("`request.context` must be a map".to_owned()) };
    for entry in entries {
        let wrong = || format!("the context key `{}` must be a text or a list of texts", entry.key);
        let value = match &entry.doc.value {
            DocValue::Text(text) | DocValue::Scalar(text) => ContextValue::One(Cow::Borrowed(&**text)),
            DocValue::List(items) => ContextValue::Many(
                items
                    .iter()
                    .map(|item| item.text().map(Cow::Borrowed).ok_or_else(wrong))
                    .collect::<Result<_, _>>()?,
            ),
            DocValue::Null => continue,
            _ => return Err(wrong()),
        };
        context.set(&*entry.key, value);
    }
    Ok(context)
}

fn documents(doc: Option<&Doc<'_>>) -> Result<Vec<Policy>, String> {
    match doc {
        None => Ok(Vec::new()),
        Some(Doc { value: DocValue::List(items), .. }) => {
            items.iter().filter(|item| !item.is_null()).map(document).collect()
        }
        Some(one) => Ok(vec![document(one)?]),
    }
}

/// A layer of one document; those of a list are read as one.
fn single(doc: Option<&Doc<'_>>) -> Result<Option<Policy>, String> {
    let joined = documents(doc)?.into_iter().reduce(|mut all, more| {
        all.statements.extend(more.statements);
        all
    });
    Ok(joined)
}

fn levels(doc: Option<&Doc<'_>>) -> Result<Vec<Vec<Policy>>, String> {
    let Some(doc) = doc else { return Ok(Vec::new()) };
    let DocValue::List(items) = &doc.value else {
        return Err("`scp` and `rcp` must be a list of levels, each a list of documents".to_owned());
    };
    // A level is a list of documents, or an object that names one: `{"policies": […]}`.
    let of_level = |level: &Doc<'_>| documents(Some(level.get("policies").unwrap_or(level)));
    items.iter().filter(|level| !level.is_null()).map(of_level).collect()
}

const WRAPPERS: [&str; 4] = ["policy", "document", "PolicyDocument", "Document"];

fn document(doc: &Doc<'_>) -> Result<Policy, String> {
    let nowhere = Place::None;
    // A document may come under its name: `{"name": …, "policy": {…}}`.
    let inner = || WRAPPERS.iter().find_map(|key| doc.get(key)).filter(|_| doc.get("Statement").is_none());
    let doc = inner().unwrap_or(doc);
    let policy = parse::policy(doc, &Places::Fixed(&nowhere), Place::None);
    match policy.problems.first() {
        Some(problem) => Err(match doc.at {
            At::Span(start, _) => format!("{}, in the policy at byte {}", problem.message, start + 1),
            At::Place(_) => problem.message.clone(),
        }),
        None => Ok(policy),
    }
}
