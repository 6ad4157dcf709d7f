//! Events of type `Api` and `HttpApi`: a path and a method of an API, and the API's permission to invoke.

use super::build::{reference, sub, text};
use super::events::Event;
use super::{Expansion, type_of};
use std::collections::HashMap;
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Node, Place};

/// The API that SAM makes where an event names none.
pub(super) const IMPLICIT_REST: &str = "ServerlessRestApi";
pub(super) const IMPLICIT_HTTP: &str = "ServerlessHttpApi";

/// All routes, by the logical id of their API.
#[derive(Default)]
pub(super) struct Routes {
    by_api: HashMap<Arc<str>, Vec<Route>>,
}

/// A path and a method.
pub(super) struct Route {
    pub(super) path: String,
    /// Lower case, or `x-amazon-apigateway-any-method`.
    pub(super) method: String,
    pub(super) at: Place,
    pub(super) condition: Option<Arc<str>>,
    /// What the API calls.
    pub(super) integration: Node,
    /// The event's `Auth`.
    pub(super) auth: Option<Node>,
    /// True for the route that takes whatever no other takes.
    pub(super) is_default: bool,
}

impl Routes {
    pub(super) fn add(&mut self, api: &str, route: Route) {
        self.by_api.entry(api.into()).or_default().push(route);
    }

    pub(super) fn take(&mut self, api: &str) -> Vec<Route> {
        self.by_api.remove(api).unwrap_or_default()
    }
}

impl Expansion<'_> {
    /// Remembers what the stage of an API is called, for the names that contain it.
    pub(super) fn note_stage(&mut self, entry: &Entry) {
        if !matches!(type_of(entry), "AWS::Serverless::Api" | "AWS::Serverless::HttpApi") {
            return;
        }
        let properties = super::globals::merged(self.globals.as_ref(), type_of(entry), &entry.node);
        let name = match properties.get("StageName") {
            None => "ApiGatewayDefault".to_owned(),
            Some(name) => name.as_text().unwrap_or_default().to_owned(),
        };
        self.stages.insert(entry.key.clone(), name);
    }

    pub(super) fn rest_event(&mut self, event: &Event<'_>) {
        let at = event.entry.place();
        let api = self.api_of(event, "RestApiId", IMPLICIT_REST);
        let (path, method) = path_and_method(event, "/");
        let stage = match api.as_deref() {
            Some(IMPLICIT_REST) => "Prod".to_owned(),
            Some(api) => self.stages.get(api).cloned().unwrap_or_default(),
            None => String::new(),
        };
        let stage = if stage.is_empty() { "Stage".to_owned() } else { stage };
        let source = invoke_source(event, api.as_deref(), "RestApiId", &path, &method);
        self.permission(
            event,
            &format!("Permission{stage}"),
            "apigateway.amazonaws.com",
            vec![("SourceArn", source)],
        );
        if let Some(api) = api {
            let route = lambda_route(event, path, method, at);
            self.routes.add(&api, route);
        }
    }

    pub(super) fn http_event(&mut self, event: &Event<'_>) {
        let at = event.entry.place();
        let api = self.api_of(event, "ApiId", IMPLICIT_HTTP);
        let (path, method) = path_and_method(event, "$default");
        let source = invoke_source(event, api.as_deref(), "ApiId", &path, &method);
        self.permission(event, "Permission", "apigateway.amazonaws.com", vec![("SourceArn", source)]);
        if let Some(api) = api {
            let mut route = lambda_route(event, path, method, at);
            route.integration.set("payloadFormatVersion", route.at.clone(), {
                let version = event.get("PayloadFormatVersion").cloned();
                version.unwrap_or_else(|| text(&route.at, "2.0"))
            });
            self.routes.add(&api, route);
        }
    }

    /// The API of an event, where it is of this template.
    pub(super) fn api_of(&self, event: &Event<'_>, key: &str, implicit: &str) -> Option<Arc<str>> {
        match event.get(key) {
            None => Some(implicit.into()),
            Some(id) => id.get("Ref").and_then(Node::scalar_text).or_else(|| id.scalar_text()),
        }
    }
}

pub(super) fn path_and_method(event: &Event<'_>, otherwise: &str) -> (String, String) {
    let path = event
        .get("Path")
        .and_then(Node::scalar_text)
        .map_or_else(|| otherwise.to_owned(), |path| path.to_string());
    let method = event
        .get("Method")
        .and_then(Node::scalar_text)
        .map_or_else(|| "any".to_owned(), |method| method.to_lowercase());
    let method = if method == "any" { "x-amazon-apigateway-any-method".to_owned() } else { method };
    (path, method)
}

fn lambda_route(event: &Event<'_>, path: String, method: String, at: Place) -> Route {
    let pattern = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations";
    let integration = super::build::map(
        &at,
        [
            ("type", text(&at, "aws_proxy")),
            ("httpMethod", text(&at, "POST")),
            ("uri", sub(&at, pattern, [("FunctionArn", event.arn(&at))])),
        ],
    );
    Route {
        is_default: path == "$default",
        path,
        method,
        condition: event.origin.condition.clone(),
        integration,
        auth: event.get("Auth").cloned(),
        at,
    }
}

/// The ARN from which the API may invoke: method and path, with `*` for each variable.
fn invoke_source(event: &Event<'_>, api: Option<&str>, key: &str, path: &str, method: &str) -> Node {
    let at = event.entry.place();
    let api = match api {
        Some(id) if event.get(key).is_none_or(|node| node.get("Ref").is_some()) => reference(&at, id),
        _ => event.get(key).cloned().unwrap_or_default(),
    };
    let base = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/*";
    let method =
        if method == "x-amazon-apigateway-any-method" { "*".to_owned() } else { method.to_uppercase() };
    let pattern = match path {
        "$default" => format!("{base}/*"),
        _ => format!("{base}/{method}{}", starred(path)),
    };
    sub(&at, &pattern, [("__ApiId__", api)])
}

/// `/orders/{id}/x` as `/orders/*/x`.
fn starred(path: &str) -> String {
    let parts =
        path.split('/').map(|part| if part.starts_with('{') && part.ends_with('}') { "*" } else { part });
    parts.collect::<Vec<_>>().join("/")
}
