//! `AWS::Serverless::Api` and `AWS::Serverless::HttpApi`, and the APIs that SAM makes for events that name none:
//! the API with its routes, its stage and its domain. Who may call it is in `access`.

use super::access::{protect_written, resource_policy, schemes, security};
use super::build::{flag, get_att, list, map, only_if, reference, tag_list, text};
use super::function::stored;
use super::routes::{IMPLICIT_HTTP, IMPLICIT_REST, Route};
use super::{Expansion, Origin};
use std::collections::BTreeSet;
use std::sync::Arc;
use tieout_model::tree::Entry;
use tieout_model::{Node, Place, Value};

/// Properties of `AWS::Serverless::Api` that are the REST API's own.
const REST_API: &[&str] = &[
    "Name",
    "Description",
    "FailOnWarnings",
    "MinimumCompressionSize",
    "BinaryMediaTypes",
    "ApiKeySourceType",
    "DisableExecuteApiEndpoint",
    "Mode",
    "Policy",
    "SecurityPolicy",
    "EndpointAccessMode",
];
/// Those that are the stage's.
const REST_STAGE: &[&str] = &[
    "StageName",
    "CacheClusterEnabled",
    "CacheClusterSize",
    "Variables",
    "MethodSettings",
    "AccessLogSetting",
    "CanarySetting",
    "TracingEnabled",
];
const HTTP_API: &[&str] = &["Name", "Description", "FailOnWarnings", "DisableExecuteApiEndpoint"];
const HTTP_STAGE: &[&str] = &["AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables"];

/// The two kinds of API, where they differ.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Rest,
    Http,
}

impl Expansion<'_> {
    pub(super) fn rest_api(&mut self, origin: &Origin<'_>) {
        let (at, id) = (origin.at(), origin.id().to_owned());
        let mut api = picked(origin, REST_API);
        match origin.properties.entry("DefinitionUri") {
            Some(uri) if origin.get("DefinitionBody").is_none() && !uri.node.is_null() => {
                let location = stored(&uri.node, &uri.place(), ["Bucket", "Key", "Version"]);
                api.set("BodyS3Location", uri.at.clone(), location);
            }
            _ => {
                let body = self.body(origin, Kind::Rest);
                api.set("Body", at.clone(), body);
            }
        }
        if let Some(endpoint) = origin.properties.entry("EndpointConfiguration") {
            api.set("EndpointConfiguration", endpoint.at.clone(), endpoint_configuration(endpoint));
        }
        let propagated = origin.get("PropagateTags").and_then(Node::as_bool) == Some(true);
        if let Some(tags) = origin.get("Tags").filter(|_| propagated) {
            api.set("Tags", tags.at.clone(), tag_list(&tags.at, Some(tags), None));
        }
        self.make(origin, id.clone(), "AWS::ApiGateway::RestApi", api);
        let deployment = format!("{id}Deployment");
        let properties = map(&at, [("RestApiId", reference(&at, &id)), ("StageName", text(&at, "Stage"))]);
        self.make(origin, deployment.clone(), "AWS::ApiGateway::Deployment", properties);
        let mut stage = picked(origin, REST_STAGE);
        stage.set("RestApiId", at.clone(), reference(&at, &id));
        stage.set("DeploymentId", at.clone(), reference(&at, &deployment));
        if let Some(tags) = origin.get("Tags") {
            stage.set("Tags", tags.at.clone(), tag_list(&tags.at, Some(tags), None));
        }
        let name = self.stages.get(&*id).cloned().unwrap_or_default();
        let stage_id = format!("{id}{name}Stage");
        self.make(origin, stage_id.clone(), "AWS::ApiGateway::Stage", stage);
        self.renamed.insert(format!("{id}.Stage").into(), stage_id.as_str().into());
        self.renamed.insert(format!("{id}.Deployment").into(), deployment.into());
        self.authorizer_permissions(origin);
        self.usage_plan(origin, &stage_id);
        if let Some(domain) = origin.properties.entry("Domain").cloned() {
            self.rest_domain(origin, &domain, &stage_id);
        }
    }

    pub(super) fn http_api(&mut self, origin: &Origin<'_>) {
        let (at, id) = (origin.at(), origin.id().to_owned());
        let mut api = picked(origin, HTTP_API);
        match origin.properties.entry("DefinitionUri") {
            Some(uri) if origin.get("DefinitionBody").is_none() && !uri.node.is_null() => {
                let location = stored(&uri.node, &uri.place(), ["Bucket", "Key", "Version"]);
                api.set("BodyS3Location", uri.at.clone(), location);
            }
            _ => {
                let body = self.body(origin, Kind::Http);
                api.set("Body", at.clone(), body);
            }
        }
        if let Some(cors) = origin.properties.entry("CorsConfiguration") {
            api.set("CorsConfiguration", cors.at.clone(), cors_configuration(cors));
        }
        self.make(origin, id.clone(), "AWS::ApiGatewayV2::Api", api);
        let mut stage = picked(origin, HTTP_STAGE);
        stage.set("ApiId", at.clone(), reference(&at, &id));
        let name = origin.get("StageName").cloned().unwrap_or_else(|| text(&at, "$default"));
        stage.set("StageName", at.clone(), name);
        stage.set("AutoDeploy", at.clone(), flag(&at, true));
        let mut tags = origin.get("Tags").cloned().unwrap_or_else(|| Node::map(at.clone()));
        tags.set("httpapi:createdBy", at.clone(), text(&at, "SAM"));
        stage.set("Tags", at.clone(), tags);
        let name = self.stages.get(&*id).cloned().unwrap_or_default();
        let stage_id = format!("{id}{name}Stage");
        self.make(origin, stage_id.clone(), "AWS::ApiGatewayV2::Stage", stage);
        self.renamed.insert(format!("{id}.Stage").into(), stage_id.as_str().into());
        self.authorizer_permissions(origin);
        if let Some(domain) = origin.properties.entry("Domain").cloned() {
            self.http_domain(origin, &domain, &stage_id);
        }
    }

    /// The APIs for events that name none. They exist where at least one of their events does.
    pub(super) fn implicit_apis(&mut self, index: usize) {
        for (id, type_name, kind) in [
            (IMPLICIT_REST, "AWS::Serverless::Api", Kind::Rest),
            (IMPLICIT_HTTP, "AWS::Serverless::HttpApi", Kind::Http),
        ] {
            let routes = self.routes.take(id);
            let Some(first) = routes.first() else { continue };
            let at = first.at.clone();
            let condition = self.common_condition(id, &routes, &at);
            for route in routes {
                self.routes.add(id, route);
            }
            let bare = map(&at, [("Type", text(&at, type_name))]);
            let mut properties = super::globals::merged(self.globals.as_ref(), type_name, &bare);
            if kind == Kind::Rest {
                properties.set("StageName", at.clone(), text(&at, "Prod"));
                self.stages.insert(id.into(), "Prod".to_owned());
            } else {
                let name =
                    properties.get("StageName").map(|name| name.as_text().unwrap_or_default().to_owned());
                self.stages.insert(id.into(), name.unwrap_or_else(|| "ApiGatewayDefault".to_owned()));
            }
            let entry = Entry { key: id.into(), at: at.clone(), node: bare };
            let origin = Origin { index, entry: &entry, properties, condition };
            match kind {
                Kind::Rest => self.rest_api(&origin),
                Kind::Http => self.http_api(&origin),
            }
        }
    }

    /// The condition under which any of the routes exists.
    fn common_condition(&mut self, id: &str, routes: &[Route], at: &Place) -> Option<Arc<str>> {
        let conditions: BTreeSet<Arc<str>> =
            routes.iter().map(|route| route.condition.clone()).collect::<Option<_>>()?;
        if conditions.len() < 2 {
            return conditions.into_iter().next();
        }
        let name = format!("{id}Condition");
        let any = conditions.iter().map(|one| map(at, [("Condition", text(at, one.clone()))])).collect();
        self.conditions.push((name.clone(), map(at, [("Fn::Or", list(at, any))])));
        Some(name.into())
    }

    /// The OpenAPI document: the author's own, with the routes of events and what `Auth` asks for added.
    fn body(&mut self, origin: &Origin<'_>, kind: Kind) -> Node {
        let at = origin.at();
        let written = origin.get("DefinitionBody").cloned();
        if let Some(body) = &written
            && super::build::is_intrinsic(body)
        {
            return body.clone();
        }
        let mut body = written.unwrap_or_else(|| empty_document(&at, kind));
        let auth = origin.get("Auth").cloned().unwrap_or_default();
        let mut paths = body.get("paths").cloned().unwrap_or_else(|| Node::map(at.clone()));
        for route in self.routes.take(origin.id()) {
            let mut method = map(&route.at, [("x-amazon-apigateway-integration", route.integration.clone())]);
            if route.is_default {
                method.set("isDefaultRoute", route.at.clone(), flag(&route.at, true));
            }
            if let Some(security) = security(&route, &auth, kind) {
                method.set("security", route.at.clone(), security);
            }
            let mut path = paths.get(&route.path).cloned().unwrap_or_else(|| Node::map(route.at.clone()));
            let method = only_if(&route.at, route.condition.as_deref(), method);
            path.set(route.method.as_str(), route.at.clone(), method);
            paths.set(route.path.as_str(), route.at.clone(), path);
        }
        protect_written(&mut paths, &auth);
        body.set("paths", at.clone(), paths);
        let schemes = schemes(&auth, kind);
        if !schemes.entries().is_empty() {
            match kind {
                Kind::Rest => body.set("securityDefinitions", schemes.at.clone(), schemes),
                Kind::Http => {
                    let mut components =
                        body.get("components").cloned().unwrap_or_else(|| Node::map(at.clone()));
                    components.set("securitySchemes", schemes.at.clone(), schemes);
                    body.set("components", at.clone(), components);
                }
            }
        }
        if let Some(policy) = auth.entry("ResourcePolicy") {
            body.set("x-amazon-apigateway-policy", policy.at.clone(), resource_policy(policy));
        }
        body
    }

    fn rest_domain(&mut self, origin: &Origin<'_>, domain: &Entry, stage: &str) {
        let (at, id) = (domain.place(), format!("{}ApiGatewayDomainName", origin.id()));
        let kind = domain.node.get("EndpointConfiguration").and_then(Node::as_text).unwrap_or("REGIONAL");
        let certificate = if kind == "EDGE" { "CertificateArn" } else { "RegionalCertificateArn" };
        let mut properties =
            map(&at, [("EndpointConfiguration", map(&at, [("Types", list(&at, vec![text(&at, kind)]))]))]);
        for (from, to) in [
            ("DomainName", "DomainName"),
            ("CertificateArn", certificate),
            ("SecurityPolicy", "SecurityPolicy"),
            ("MutualTlsAuthentication", "MutualTlsAuthentication"),
            ("OwnershipVerificationCertificateArn", "OwnershipVerificationCertificateArn"),
        ] {
            if let Some(entry) = domain.node.entry(from) {
                properties.set(to, entry.at.clone(), entry.node.clone());
            }
        }
        self.make_for(origin, domain, id.clone(), "AWS::ApiGateway::DomainName", properties);
        let mapping = map(
            &at,
            [
                ("DomainName", reference(&at, &id)),
                ("RestApiId", reference(&at, origin.id())),
                ("Stage", reference(&at, stage)),
            ],
        );
        let mapping_id = format!("{}BasePathMapping", origin.id());
        self.make_for(origin, domain, mapping_id, "AWS::ApiGateway::BasePathMapping", mapping);
        self.records(origin, domain, &id);
    }

    fn http_domain(&mut self, origin: &Origin<'_>, domain: &Entry, stage: &str) {
        let (at, id) = (domain.place(), format!("{}ApiGatewayDomainNameV2", origin.id()));
        let mut configuration = Node::map(at.clone());
        for (from, to) in [
            ("CertificateArn", "CertificateArn"),
            ("EndpointConfiguration", "EndpointType"),
            ("SecurityPolicy", "SecurityPolicy"),
            ("OwnershipVerificationCertificateArn", "OwnershipVerificationCertificateArn"),
        ] {
            if let Some(entry) = domain.node.entry(from) {
                configuration.set(to, entry.at.clone(), entry.node.clone());
            }
        }
        let mut properties = map(&at, [("DomainNameConfigurations", list(&at, vec![configuration]))]);
        for key in ["DomainName", "MutualTlsAuthentication"] {
            if let Some(entry) = domain.node.entry(key) {
                properties.set(key, entry.at.clone(), entry.node.clone());
            }
        }
        self.make_for(origin, domain, id.clone(), "AWS::ApiGatewayV2::DomainName", properties);
        let mapping = map(
            &at,
            [
                ("DomainName", reference(&at, &id)),
                ("ApiId", reference(&at, origin.id())),
                ("Stage", reference(&at, stage)),
            ],
        );
        self.make_for(
            origin,
            domain,
            format!("{}ApiMapping", origin.id()),
            "AWS::ApiGatewayV2::ApiMapping",
            mapping,
        );
        self.records(origin, domain, &id);
    }

    fn records(&mut self, origin: &Origin<'_>, domain: &Entry, name: &str) {
        let Some(route) = domain.node.entry("Route53") else { return };
        let at = route.place();
        let mut properties = Node::map(at.clone());
        for key in ["HostedZoneId", "HostedZoneName"] {
            if let Some(entry) = route.node.entry(key) {
                properties.set(key, entry.at.clone(), entry.node.clone());
            }
        }
        let alias = map(
            &at,
            [
                ("HostedZoneId", get_att(&at, name, "RegionalHostedZoneId")),
                ("DNSName", get_att(&at, name, "RegionalDomainName")),
            ],
        );
        let record = map(
            &at,
            [
                ("Name", domain.node.get("DomainName").cloned().unwrap_or_default()),
                ("Type", text(&at, "A")),
                ("AliasTarget", alias),
            ],
        );
        properties.set("RecordSets", at.clone(), list(&at, vec![record]));
        self.make_for(
            origin,
            route,
            format!("{}RecordSetGroup", origin.id()),
            "AWS::Route53::RecordSetGroup",
            properties,
        );
    }
}

fn picked(origin: &Origin<'_>, keys: &[&str]) -> Node {
    let entries = origin.properties.entries().iter().filter(|entry| keys.contains(&&*entry.key)).cloned();
    Node::new(Value::Map(entries.collect()), origin.at())
}

fn empty_document(at: &Place, kind: Kind) -> Node {
    let info = map(at, [("version", text(at, "1.0")), ("title", reference(at, "AWS::StackName"))]);
    let version = match kind {
        Kind::Rest => ("swagger", text(at, "2.0")),
        Kind::Http => ("openapi", text(at, "3.0.1")),
    };
    map(at, [version, ("info", info)])
}

/// `EndpointConfiguration` as SAM writes it (a `Type`) in the words of the REST API (`Types`).
fn endpoint_configuration(endpoint: &Entry) -> Node {
    let at = endpoint.place();
    let (kind, vpc) = match endpoint.node.get("Type") {
        Some(kind) => (kind.clone(), endpoint.node.get("VPCEndpointIds").cloned()),
        None if matches!(endpoint.node.value, Value::Text(_)) => (endpoint.node.clone(), None),
        None => return endpoint.node.clone(),
    };
    let mut node = map(&at, [("Types", list(&at, vec![kind]))]);
    if let Some(vpc) = vpc {
        node.set("VpcEndpointIds", at.clone(), vpc);
    }
    if let Some(address) = endpoint.node.entry("IPAddressType") {
        node.set("IpAddressType", address.at.clone(), address.node.clone());
    }
    node
}

/// `CorsConfiguration: true` means that every origin is allowed.
fn cors_configuration(cors: &Entry) -> Node {
    let at = cors.place();
    match cors.node.as_bool() {
        Some(true) => map(&at, [("AllowOrigins", list(&at, vec![text(&at, "*")]))]),
        _ => cors.node.clone(),
    }
}
