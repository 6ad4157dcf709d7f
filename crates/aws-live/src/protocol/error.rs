//! Error answers of every protocol: code, message, request id.

use super::{Headers, header, json, xml};
use crate::call::ServiceError;
use serde_json::Value;

/// The error of an answer whose status is no success.
pub(crate) fn read_error(status: u16, headers: &Headers, body: &[u8]) -> ServiceError {
    let mut error = ServiceError { status, request_id: request_id(headers), ..ServiceError::default() };
    let start = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if start == Some(&b'<') {
        from_xml(body, &mut error);
    } else {
        from_json(headers, body, &mut error);
    }
    if error.code.is_empty() {
        error.code = code_of_status(status).to_owned();
    }
    if error.message.is_empty() {
        error.message = format!("HTTP status {status}");
    }
    error
}

/// The request id that headers give.
pub(crate) fn request_id(headers: &Headers) -> String {
    ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id", "x-amz-id-2"]
        .iter()
        .find_map(|name| header(headers, name))
        .unwrap_or_default()
        .to_owned()
}

fn from_xml(body: &[u8], error: &mut ServiceError) {
    let Ok(root) = xml::parse(body) else { return };
    let scope = root.find("Error").unwrap_or(&root);
    let text = |name: &str| scope.find(name).map(|element| element.text.trim().to_owned());
    error.code = text("Code").unwrap_or_default();
    error.message = text("Message").or_else(|| text("message")).unwrap_or_default();
    let id = ["RequestId", "RequestID", "requestId"].iter().find_map(|name| root.find(name));
    if let Some(id) = id.filter(|_| error.request_id.is_empty()) {
        error.request_id = id.text.trim().to_owned();
    }
}

fn from_json(headers: &Headers, body: &[u8], error: &mut ServiceError) {
    let found = json::parse(body).unwrap_or_default();
    let text = |names: &[&str]| names.iter().find_map(|name| found.get(name).and_then(Value::as_str));
    // Services that used to speak the query protocol keep their old codes in a header.
    let old = header(headers, "x-amzn-query-error").and_then(|value| value.split(';').next());
    let code = old
        .or_else(|| header(headers, "x-amzn-errortype"))
        .or_else(|| text(&["__type", "code", "Code"]))
        .unwrap_or_default();
    // `com.amazonaws.kms#NotFoundException:http://…`
    let code = code.split(':').next().unwrap_or_default();
    error.code = code.rsplit('#').next().unwrap_or_default().to_owned();
    error.message = text(&["message", "Message", "errorMessage"]).unwrap_or_default().to_owned();
}

/// What a bare status says.
fn code_of_status(status: u16) -> &'static str {
    match status {
        301 | 307 => "PermanentRedirect",
        401 | 403 => "AccessDenied",
        404 => crate::failure::BARE_NOT_FOUND,
        501 => "NotImplemented",
        429 => "TooManyRequests",
        503 => "ServiceUnavailable",
        _ => crate::failure::NO_CODE,
    }
}
