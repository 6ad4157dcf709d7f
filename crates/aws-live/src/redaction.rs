//! Taking secrets out of an answer before it is hashed, recorded or handed on: environment variables, user
//! data, stage variables, tags and descriptions. What is taken out leaves a mark that says what it was.

use crate::protocol::decode_base64;
use serde_json::Value;
use tieout_source::redact::{Secret, classify_secret, mark, redact_secrets_in};

/// What stands in place of the address of code, which lets anybody fetch it.
fn address_mark() -> String {
    mark(&Secret { kind: "presigned URL", shown: String::new(), fingerprint: String::new() })
}

/// What an answer says of code: a function's or a layer version's.
pub(crate) fn code_of(body: &Value) -> Option<&Value> {
    body.get("Code").or_else(|| body.get("Content"))
}

/// The address of code out of an answer, with a mark in its place.
pub(crate) fn take_code_address(body: &mut Value) -> Option<String> {
    let name = if body.get("Code").is_some() { "Code" } else { "Content" };
    match body.get_mut(name)?.get_mut("Location")? {
        Value::String(address) => Some(std::mem::replace(address, address_mark())),
        _ => None,
    }
}

/// Redacts an answer in place; true where something was taken out. User data is handed on as text, whatever
/// encoding it came in.
pub(crate) fn redact(value: &mut Value) -> bool {
    match value {
        Value::Array(items) => {
            let mut any = false;
            for item in items {
                any |= redact(item);
            }
            any
        }
        Value::Object(map) => {
            let mut any = pair(map);
            for (name, value) in map.iter_mut() {
                any |= member(name, value);
            }
            any
        }
        _ => false,
    }
}

fn member(name: &str, value: &mut Value) -> bool {
    match (name, value) {
        ("UserData" | "userData", value) => user_data(value),
        ("Variables" | "variables" | "EnvironmentVariables" | "stageVariables" | "StageVariables", value) => {
            match value {
                // Lambda's variables: names and values.
                Value::Object(variables) => {
                    let mut any = false;
                    for (name, value) in variables.iter_mut() {
                        any |= named(name, value);
                    }
                    any
                }
                other => redact(other),
            }
        }
        ("Description" | "description", Value::String(text)) => free_text(text),
        ("Code" | "Content", Value::Object(code)) => {
            let marked = address_mark();
            let mut any = false;
            if let Some(Value::String(address)) = code.get_mut("Location")
                && *address != marked
            {
                *address = marked;
                any = true;
            }
            code.iter_mut().fold(any, |any, (name, value)| member(name, value) | any)
        }
        (_, value) => redact(value),
    }
}

/// A value under a name that says what it is.
fn named(name: &str, value: &mut Value) -> bool {
    let Value::String(text) = value else { return redact(value) };
    if let Some(secret) = classify_secret(name, text) {
        let marked = mark(&secret);
        let changed = *text != marked;
        *text = marked;
        return changed;
    }
    free_text(text)
}

/// An object of a name and a value: a tag, an environment entry of a container.
fn pair(map: &mut serde_json::Map<String, Value>) -> bool {
    let text = |names: &[&str]| names.iter().find_map(|name| map.get(*name)).and_then(Value::as_str);
    let Some(name) = text(&["Key", "key", "Name", "name", "ParameterKey"]).map(str::to_owned) else {
        return false;
    };
    let Some(slot) = ["Value", "value", "ParameterValue"].into_iter().find(|slot| map.contains_key(*slot))
    else {
        return false;
    };
    match map.get_mut(slot) {
        Some(value @ Value::String(_)) => named(&name, value),
        _ => false,
    }
}

/// User data: a text, or EC2's `{"Value": text}`, in base64 or not.
fn user_data(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            *text = decode_base64(text);
            free_text(text)
        }
        Value::Object(map) => match map.get_mut("Value") {
            Some(inner) => user_data(inner),
            None => false,
        },
        _ => false,
    }
}

fn free_text(text: &mut String) -> bool {
    let redacted = redact_secrets_in(text).into_owned();
    let changed = redacted != *text;
    *text = redacted;
    changed
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use serde_json::json;

    const SECRET: &str = "c0rrect-H0rse-battery-9staple";

    fn gone(mut answer: Value) -> Value {
        assert!(redact(&mut answer), "{answer}");
        assert!(!answer.to_string().contains(SECRET), "{answer}");
        answer
    }

    #[test]
    fn a_function_s_secret_variable_leaves_a_mark_and_the_others_stay() {
        let answer = gone(json!({"Functions": [{"FunctionName": "orders", "Environment":
            {"Variables": {"DB_PASSWORD": SECRET, "STAGE": "prod", "TABLE_NAME": "orders"}}}]}));
        let variables = &answer["Functions"][0]["Environment"]["Variables"];
        assert!(variables["DB_PASSWORD"].as_str().unwrap().contains("secret:"));
        assert_eq!(variables["STAGE"], "prod");
        assert_eq!(variables["TABLE_NAME"], "orders");
    }

    #[test]
    fn user_data_is_decoded_and_redacted() {
        let script = format!("#!/bin/sh\nexport DB_PASSWORD={SECRET}\nsystemctl start orders\n");
        let packed = base64::engine::general_purpose::STANDARD.encode(&script);
        let answer = gone(json!({"InstanceId": "i-1", "UserData": {"Value": packed}}));
        assert!(answer["UserData"]["Value"].as_str().unwrap().contains("systemctl start orders"));
        gone(json!({"LaunchTemplateData": {"UserData": packed}}));
    }

    #[test]
    fn a_container_s_environment_and_tags_are_pairs_of_name_and_value() {
        gone(json!({"environment": [{"name": "API_PASSWORD", "value": SECRET}]}));
        gone(json!({"Tags": [{"Key": "db_password", "Value": SECRET}]}));
    }

    #[test]
    fn the_address_of_code_is_a_secret_and_its_hash_is_none() {
        let address = format!("https://x.s3.amazonaws.com/a?X-Amz-Signature={SECRET}");
        let content = json!({"Location": address, "CodeSha256": "47DEQpj8HBSa", "CodeSize": 7});
        for name in ["Code", "Content"] {
            let mut answer = gone(json!({name: content}));
            assert_eq!(
                (&answer[name]["CodeSha256"], &answer[name]["CodeSize"]),
                (&json!("47DEQpj8HBSa"), &json!(7))
            );
            assert!(!redact(&mut answer), "{answer}");
            let mut fresh = json!({name: content});
            assert_eq!(take_code_address(&mut fresh).as_deref(), Some(address.as_str()));
            assert_eq!(fresh, answer);
        }
        assert_eq!(take_code_address(&mut json!({"Functions": []})), None);
    }

    #[test]
    fn what_holds_no_secret_is_left_as_it_is() {
        let plain = json!({"Environment": {"Variables": {"LOG_LEVEL": "debug", "SECRET_ARN":
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"}},
            "Tags": [{"Key": "Name", "Value": "orders"}], "Description": "takes orders"});
        let mut answer = plain.clone();
        assert!(!redact(&mut answer));
        assert_eq!(answer, plain);
    }

    #[test]
    fn redacting_twice_changes_nothing_more() {
        let mut answer = json!({"Environment": {"Variables": {"DB_PASSWORD": SECRET}}});
        redact(&mut answer);
        let once = answer.clone();
        assert!(!redact(&mut answer));
        assert_eq!(answer, once);
    }
}
