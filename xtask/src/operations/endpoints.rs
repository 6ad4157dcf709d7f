//! Hosts of the services: botocore's endpoint rules, evaluated for every region with and without FIPS and
//! dual stack, and written down where they differ from the common pattern. Only the part of the rule language
//! that a call without ARNs, access points or custom endpoints needs.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// One line a partition: its name, DNS suffixes, region of the global services, and regions.
pub(super) fn partition_lines(partitions: &Value) -> Vec<Value> {
    partitions["partitions"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|partition| {
            let outputs = &partition["outputs"];
            json!({
                "partition": partition["id"],
                "suffix": outputs["dnsSuffix"],
                "dual_suffix": outputs["dualStackDnsSuffix"],
                "global": outputs["implicitGlobalRegion"],
                "regions": regions(partition),
            })
        })
        .collect()
}

fn regions(partition: &Value) -> Vec<&str> {
    let mut regions: Vec<&str> =
        partition["regions"].as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    regions.retain(|region| !region.ends_with("-global"));
    regions.sort_unstable();
    regions
}

/// A host and the region to sign for, where it is another than the one that was asked.
type Target = (String, Option<String>);

/// Rows `[variant, region or PARTITION/*, host, signing region?]` that differ from the common pattern.
/// `{r}` in a host stands for the region.
pub(super) fn hosts(partitions: &Value, rules: &Value, model: &Value) -> Result<Vec<Value>> {
    let prefix = model["metadata"]["endpointPrefix"].as_str().unwrap_or_default();
    let mut rows = Vec::new();
    for (variant, fips, dual) in
        [("", false, false), ("fips", true, false), ("dual", false, true), ("both", true, true)]
    {
        for partition in partitions["partitions"].as_array().into_iter().flatten() {
            let outputs = &partition["outputs"];
            let suffix = if dual { &outputs["dualStackDnsSuffix"] } else { &outputs["dnsSuffix"] };
            let suffix = suffix.as_str().unwrap_or_default();
            let usual = format!("{prefix}{}.{{r}}.{suffix}", if fips { "-fips" } else { "" });
            let mut found: BTreeMap<&str, Target> = BTreeMap::new();
            for region in regions(partition) {
                let mut scope = Scope::new(partition, region, fips, dual);
                let Some((url, signing)) = scope.rules(&rules["rules"])? else { continue };
                let host = url.trim_start_matches("https://").replace(region, "{r}");
                // A global service's own region must stay as it is.
                let host =
                    if signing.as_deref().is_some_and(|signing| signing == region) && !host.contains("{r}") {
                        url.trim_start_matches("https://").to_owned()
                    } else {
                        host
                    };
                found.insert(region, (host, signing.filter(|signing| signing != region)));
            }
            rows.extend(differing(partition["id"].as_str().unwrap_or_default(), variant, &usual, &found));
        }
    }
    Ok(rows)
}

fn row(variant: &str, place: &str, target: &Target) -> Value {
    match &target.1 {
        Some(signing) => json!([variant, place, target.0, signing]),
        None => json!([variant, place, target.0]),
    }
}

fn differing(partition: &str, variant: &str, usual: &str, found: &BTreeMap<&str, Target>) -> Vec<Value> {
    // A global service answers with one host for all regions; its own region then shows no other region to
    // sign for and, with its name in the host, a pattern: settle both before the regions are compared.
    let signing: BTreeSet<&String> = found.values().filter_map(|target| target.1.as_ref()).collect();
    if let (1, Some(global)) = (signing.len(), signing.first()) {
        let fixed: BTreeSet<String> =
            found.iter().map(|(region, target)| target.0.replace("{r}", region)).collect();
        if let (1, Some(host)) = (fixed.len(), fixed.first()) {
            let target = (host.clone(), Some((*global).clone()));
            return vec![row(variant, &format!("{partition}/*"), &target)];
        }
    }
    let mut counts: BTreeMap<&Target, usize> = BTreeMap::new();
    for target in found.values() {
        *counts.entry(target).or_default() += 1;
    }
    let Some((common, _)) = counts.into_iter().max_by_key(|(_, count)| *count) else { return Vec::new() };
    let mut rows = Vec::new();
    if common.0 != usual || common.1.is_some() {
        rows.push(row(variant, &format!("{partition}/*"), common));
    }
    rows.extend(
        found
            .iter()
            .filter(|(_, target)| *target != common)
            .map(|(region, target)| row(variant, region, target)),
    );
    rows
}

struct Scope<'a> {
    partition: &'a Value,
    values: BTreeMap<String, Value>,
}

impl<'a> Scope<'a> {
    fn new(partition: &'a Value, region: &str, fips: bool, dual: bool) -> Scope<'a> {
        let mut values = BTreeMap::new();
        values.insert("Region".to_owned(), json!(region));
        values.insert("UseFIPS".to_owned(), json!(fips));
        values.insert("UseDualStack".to_owned(), json!(dual));
        // A call of S3 Control names the account; the client puts it before the host itself.
        for name in [
            "UseGlobalEndpoint",
            "Accelerate",
            "ForcePathStyle",
            "RequiresAccountId",
            "UseS3ExpressControlEndpoint",
            "DisableS3ExpressSessionAuth",
        ] {
            values.insert(name.to_owned(), json!(false));
        }
        Scope { partition, values }
    }

    /// The URL and signing region of the first rule that holds; none where the rules refuse the combination.
    fn rules(&mut self, rules: &Value) -> Result<Option<Target>> {
        for rule in rules.as_array().into_iter().flatten() {
            let mut holds = true;
            for condition in rule["conditions"].as_array().into_iter().flatten() {
                let value = self.value(condition)?;
                if value.is_null() || value == false {
                    holds = false;
                    break;
                }
                if let Some(name) = condition["assign"].as_str() {
                    self.values.insert(name.to_owned(), value);
                }
            }
            if !holds {
                continue;
            }
            match rule["type"].as_str() {
                Some("endpoint") => {
                    let endpoint = &rule["endpoint"];
                    let url = self.value(&endpoint["url"])?;
                    let signing = self.value(&endpoint["properties"]["authSchemes"][0]["signingRegion"])?;
                    let url = url.as_str().unwrap_or_default().to_owned();
                    return Ok(Some((url, signing.as_str().map(str::to_owned))));
                }
                Some("tree") => return self.rules(&rule["rules"]),
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    fn value(&mut self, expression: &Value) -> Result<Value> {
        if let Some(text) = expression.as_str() {
            return self.template(text);
        }
        if let Some(name) = expression["ref"].as_str() {
            return Ok(self.values.get(name).cloned().unwrap_or_default());
        }
        let Some(function) = expression["fn"].as_str() else { return Ok(expression.clone()) };
        let mut args = Vec::new();
        for arg in expression["argv"].as_array().into_iter().flatten() {
            args.push(self.value(arg)?);
        }
        let first = args.first().cloned().unwrap_or_default();
        let second = args.get(1).cloned().unwrap_or_default();
        Ok(match function {
            "isSet" => json!(!first.is_null()),
            "not" => json!(first == false || first.is_null()),
            "booleanEquals" | "stringEquals" => json!(first == second),
            "getAttr" => attribute(&first, second.as_str().unwrap_or_default()),
            "aws.partition" => self.partition["outputs"].clone(),
            "isValidHostLabel" => json!(first.as_str().is_some_and(|label| !label.is_empty())),
            "substring" | "parseURL" | "aws.parseArn" | "aws.isVirtualHostableS3Bucket"
                if first.is_null() =>
            {
                Value::Null
            }
            "uriEncode" => first,
            other => bail!("the endpoint rules use `{other}`, which the generator does not evaluate"),
        })
    }

    fn template(&self, text: &str) -> Result<Value> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { bail!("`{text}` has an open brace") };
            let (name, path) = name.split_once('#').unwrap_or((name, ""));
            let value = self.values.get(name).cloned().unwrap_or_default();
            let value = if path.is_empty() { value } else { attribute(&value, path) };
            out.push_str(before);
            out.push_str(value.as_str().unwrap_or_default());
            rest = after;
        }
        out.push_str(rest);
        Ok(json!(out))
    }
}

fn attribute(value: &Value, path: &str) -> Value {
    path.split('.').fold(value.clone(), |value, name| value.get(name).cloned().unwrap_or_default())
}
