//! What the base64 of a token holds: JSON with certain members, a key of a certain length.

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

/// The bytes of a text in base64, of either alphabet, with or without padding.
pub fn decoded(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let alphabet = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    GeneralPurpose::new(alphabet, config).decode(text).ok()
}

fn json(text: &str) -> Option<Value> {
    serde_json::from_slice(&decoded(text)?).ok()
}

/// It is base64.
pub fn is_base64(text: &str) -> bool {
    decoded(text).is_some_and(|bytes| !bytes.is_empty())
}

/// Thirty-two bytes. Source: the Fernet specification, "Key format".
pub fn fernet_key(text: &str) -> bool {
    text.len() == 44 && decoded(text).is_some_and(|bytes| bytes.len() == 32)
}

/// Behind `ABSK` stands the name of the service-specific credential, which begins with `BedrockAPIKey-`.
/// Source: IAM User Guide, "API keys for Amazon Bedrock".
pub fn bedrock_key(text: &str) -> bool {
    let Some(body) = text.strip_prefix("ABSK") else { return false };
    decoded(body).is_some_and(|bytes| bytes.starts_with(b"BedrockAPIKey-"))
}

/// `sntrys_`, JSON that says when it was issued and for which organization, and a signature.
/// Source: Sentry's RFC 0091, "CI upload tokens".
pub fn sentry_token(text: &str) -> bool {
    let body = text.strip_prefix("sntrys_").and_then(|rest| rest.rsplit_once('_'));
    body.and_then(|(body, _)| json(body)).is_some_and(|json| json.get("iat").is_some())
}

/// JSON with the key, its name and the organization's number. Source: Grafana, `pkg/components/apikeygen`.
pub fn grafana_key(text: &str) -> bool {
    json(text).is_some_and(|json| ["k", "n", "id"].iter().all(|member| json.get(member).is_some()))
}

/// JSON with account, tunnel and secret. Source: cloudflared, `connection.TunnelToken`.
pub fn cloudflare_tunnel(text: &str) -> bool {
    json(text).is_some_and(|json| ["a", "t", "s"].iter().all(|member| json.get(member).is_some()))
}

/// `id:key`, both of twenty-two characters or so. Source: Elasticsearch, "Create API key", `encoded`.
pub fn elastic_key(text: &str) -> bool {
    let body = text.strip_prefix("essu_").unwrap_or(text);
    let Some(text) = decoded(body).and_then(|bytes| String::from_utf8(bytes).ok()) else { return false };
    text.split_once(':').is_some_and(|(id, key)| id.len() >= 16 && key.len() >= 16 && key.is_ascii())
}

/// Header and claims are JSON, the header names an algorithm that signs, and it is no one's published example.
/// Source: RFC 7519. A public key of Supabase's (`anon`) is made to be published, its service key has a rule of its own.
pub fn json_web_token(text: &str) -> bool {
    let Some((header, claims)) = token_parts(text) else { return false };
    let signed = header.get("alg").and_then(Value::as_str).is_some_and(|name| name != "none");
    let says = |member: &str, value: &str| claims.get(member).and_then(Value::as_str) == Some(value);
    // The claims of jwt.io's example, of PyJWT's and of their kin.
    let example = says("sub", "1234567890")
        || says("name", "John Doe")
        || says("some", "payload")
        || says("foo", "bar")
        || says("hello", "world");
    signed && claims.is_object() && !example && supabase_role(&claims).is_none()
}

/// A token that Supabase issued for its service role, which passes row-level security.
/// Source: Supabase, "Understanding API keys".
pub fn supabase_service_role(text: &str) -> bool {
    token_parts(text).is_some_and(|(_, claims)| supabase_role(&claims) == Some("service_role"))
}

/// The role in the claims of a key of Supabase's.
fn supabase_role(claims: &Value) -> Option<&str> {
    let issuer = claims.get("iss").and_then(Value::as_str);
    claims
        .get("role")
        .and_then(Value::as_str)
        .filter(|_| issuer.is_some_and(|name| name.starts_with("supabase")))
}

/// Base64 of JSON, alone or as the claims of a web token.
pub fn is_json(text: &str) -> bool {
    json(text).is_some() || token_parts(text).is_some()
}

fn token_parts(text: &str) -> Option<(Value, Value)> {
    let mut parts = text.split('.');
    Some((json(parts.next()?)?, json(parts.next()?)?))
}
