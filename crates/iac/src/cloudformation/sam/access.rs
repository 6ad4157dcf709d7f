//! Who may call an API: authorisers and their permissions, the security of each route, keys and usage plans,
//! resource policies.

use super::api::Kind;
use super::build::{flag, list, map, reference, sub, text};
use super::routes::Route;
use super::{Expansion, Origin};
use tieout_model::tree::Entry;
use tieout_model::{Gap, Node, Place, Value};

impl Expansion<'_> {
    /// Authorisers that are functions must be allowed to be called.
    pub(super) fn authorizer_permissions(&mut self, origin: &Origin<'_>) {
        let Some(authorizers) = origin.get("Auth").and_then(|auth| auth.get("Authorizers")).cloned() else {
            return;
        };
        for authorizer in authorizers.entries() {
            let Some(function) = authorizer.node.get("FunctionArn").cloned() else { continue };
            let at = authorizer.place();
            let pattern = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${__ApiId__}/authorizers/*";
            let disabled = authorizer.node.get("EnableFunctionDefaultPermissions").and_then(Node::as_bool);
            let is_http =
                origin.entry.node.get("Type").and_then(Node::as_text) == Some("AWS::Serverless::HttpApi");
            if disabled == Some(false) || (is_http && disabled.is_none()) {
                continue;
            }
            let properties = map(
                &at,
                [
                    ("Action", text(&at, "lambda:InvokeFunction")),
                    ("FunctionName", function),
                    ("Principal", text(&at, "apigateway.amazonaws.com")),
                    ("SourceArn", sub(&at, pattern, [("__ApiId__", reference(&at, origin.id()))])),
                ],
            );
            let id = format!("{}{}AuthorizerPermission", origin.id(), authorizer.key);
            self.make_for(origin, authorizer, id, "AWS::Lambda::Permission", properties);
        }
    }

    pub(super) fn usage_plan(&mut self, origin: &Origin<'_>, stage: &str) {
        let Some(plan) = origin.get("Auth").and_then(|auth| auth.entry("UsagePlan")).cloned() else { return };
        let kind = plan.node.get("CreateUsagePlan").and_then(Node::as_text).unwrap_or_default();
        if !matches!(kind, "PER_API" | "SHARED") {
            return;
        }
        let (at, shared) = (plan.place(), kind == "SHARED");
        let prefix = if shared { "Serverless" } else { origin.id() };
        if shared && self.made.iter().any(|(_, entry)| &*entry.key == "ServerlessUsagePlan") {
            return;
        }
        let mut properties = Node::map(at.clone());
        for entry in plan.node.entries().iter().filter(|entry| &*entry.key != "CreateUsagePlan") {
            properties.set(entry.key.clone(), entry.at.clone(), entry.node.clone());
        }
        let link = map(&at, [("ApiId", reference(&at, origin.id())), ("Stage", reference(&at, stage))]);
        properties.set("ApiStages", at.clone(), list(&at, vec![link]));
        self.make_for(origin, &plan, format!("{prefix}UsagePlan"), "AWS::ApiGateway::UsagePlan", properties);
        let link =
            map(&at, [("RestApiId", reference(&at, origin.id())), ("StageName", reference(&at, stage))]);
        let key = map(&at, [("Enabled", flag(&at, true)), ("StageKeys", list(&at, vec![link]))]);
        self.make_for(origin, &plan, format!("{prefix}ApiKey"), "AWS::ApiGateway::ApiKey", key);
        let tie = map(
            &at,
            [
                ("KeyId", reference(&at, &format!("{prefix}ApiKey"))),
                ("KeyType", text(&at, "API_KEY")),
                ("UsagePlanId", reference(&at, &format!("{prefix}UsagePlan"))),
            ],
        );
        self.make_for(origin, &plan, format!("{prefix}UsagePlanKey"), "AWS::ApiGateway::UsagePlanKey", tie);
    }
}

/// Who may call a route: its own authoriser, or the API's.
pub(super) fn security(route: &Route, api: &Node, kind: Kind) -> Option<Node> {
    let at = &route.at;
    let own = route.auth.as_ref();
    let authorizer = own.and_then(|auth| auth.get("Authorizer")).or_else(|| api.get("DefaultAuthorizer"));
    let scopes = own.and_then(|auth| auth.get("AuthorizationScopes")).cloned();
    let needs_key = own.and_then(|auth| auth.get("ApiKeyRequired")).or_else(|| api.get("ApiKeyRequired"));
    let mut schemes = Vec::new();
    if let Some(name) = authorizer.and_then(Node::scalar_text) {
        let open = &*name == "NONE" && api.get("DefaultAuthorizer").is_none();
        if !open {
            schemes.push(map(at, [(&*name, scopes.unwrap_or_else(|| list(at, Vec::new())))]));
        }
    }
    if kind == Kind::Rest && needs_key.and_then(Node::as_bool) == Some(true) {
        schemes.push(map(at, [("api_key", list(at, Vec::new()))]));
    }
    (!schemes.is_empty()).then(|| list(at, schemes))
}

/// The default authoriser also guards the methods that the author wrote into the document.
pub(super) fn protect_written(paths: &mut Node, auth: &Node) {
    let Some(name) = auth.get("DefaultAuthorizer").and_then(Node::scalar_text) else { return };
    let at = auth.at.clone();
    let Value::Map(paths) = &mut paths.value else { return };
    for path in paths {
        let Value::Map(methods) = &mut path.node.value else { continue };
        for method in methods.iter_mut().filter(|method| !method.key.eq_ignore_ascii_case("options")) {
            let is_method =
                matches!(method.node.value, Value::Map(_)) && !super::build::is_intrinsic(&method.node);
            if is_method && method.node.get("security").is_none() {
                let scheme = map(&at, [(&*name, list(&at, Vec::new()))]);
                method.node.set("security", at.clone(), list(&at, vec![scheme]));
            }
        }
    }
}

/// The authorisers, as OpenAPI writes them.
pub(super) fn schemes(auth: &Node, kind: Kind) -> Node {
    let mut schemes = Node::map(auth.at.clone());
    for authorizer in auth.get("Authorizers").map(Node::entries).unwrap_or_default() {
        let at = authorizer.place();
        let (word, inner) = authorizer_of(authorizer, &at);
        let mut scheme = match (kind, word) {
            (Kind::Http, "jwt") => map(&at, [("type", text(&at, "oauth2"))]),
            _ => map(
                &at,
                [
                    ("type", text(&at, "apiKey")),
                    ("name", text(&at, "Authorization")),
                    ("in", text(&at, "header")),
                ],
            ),
        };
        if kind == Kind::Rest {
            let authtype = if word == "cognito_user_pools" { word } else { "custom" };
            scheme.set("x-amazon-apigateway-authtype", at.clone(), text(&at, authtype));
        }
        scheme.set("x-amazon-apigateway-authorizer", at.clone(), inner);
        schemes.set(authorizer.key.clone(), authorizer.at.clone(), scheme);
    }
    let iam = auth.get("EnableIamAuthorizer").and_then(Node::as_bool) == Some(true)
        || auth.get("DefaultAuthorizer").and_then(Node::as_text) == Some("AWS_IAM");
    if iam {
        let at = auth.at.clone();
        let scheme = map(
            &at,
            [
                ("type", text(&at, "apiKey")),
                ("name", text(&at, "Authorization")),
                ("in", text(&at, "header")),
                ("x-amazon-apigateway-authtype", text(&at, "awsSigv4")),
            ],
        );
        schemes.set("AWS_IAM", at, scheme);
    }
    schemes
}

fn authorizer_of(authorizer: &Entry, at: &Place) -> (&'static str, Node) {
    let node = &authorizer.node;
    if let Some(jwt) = node.get("JwtConfiguration") {
        let source =
            node.get("IdentitySource").cloned().unwrap_or_else(|| text(at, "$request.header.Authorization"));
        let inner = map(
            at,
            [("type", text(at, "jwt")), ("jwtConfiguration", jwt.clone()), ("identitySource", source)],
        );
        return ("jwt", inner);
    }
    if let Some(pools) = node.get("UserPoolArn") {
        let pools =
            if matches!(pools.value, Value::List(_)) { pools.clone() } else { list(at, vec![pools.clone()]) };
        return (
            "cognito_user_pools",
            map(at, [("type", text(at, "cognito_user_pools")), ("providerARNs", pools)]),
        );
    }
    let word = match node.get("FunctionPayloadType").and_then(Node::as_text) {
        Some(kind) if kind.eq_ignore_ascii_case("REQUEST") => "request",
        _ if node.get("AuthorizerPayloadFormatVersion").is_some() => "request",
        _ => "token",
    };
    let mut inner = map(at, [("type", text(at, word))]);
    if let Some(function) = node.get("FunctionArn") {
        let pattern = "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${FunctionArn}/invocations";
        inner.set("authorizerUri", at.clone(), sub(at, pattern, [("FunctionArn", function.clone())]));
    }
    (word, inner)
}

/// The resource policy, where it is given as statements; SAM's short forms are not known here.
pub(super) fn resource_policy(policy: &Entry) -> Node {
    let at = policy.place();
    match policy.node.entries() {
        [only] if &*only.key == "CustomStatements" => {
            let statements = match &only.node.value {
                Value::List(_) => only.node.clone(),
                _ => list(&at, vec![only.node.clone()]),
            };
            map(&at, [("Version", text(&at, "2012-10-17")), ("Statement", statements)])
        }
        _ => Node::unknown(Gap::unsupported("SAM's short forms of ResourcePolicy"), at),
    }
}
