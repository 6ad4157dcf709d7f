//! Joining the layers to a decision.

use super::layer::{Layer, Layers, Reading, Said, Settings, say};
use super::resource::Unsettled;
use super::{Principal, Request};
use crate::answer::Tri;
use crate::policy::Statement;
use crate::{Arn, Policy};
use serde::Serialize;

/// The outcome of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum Verdict {
    /// It is allowed.
    Allowed,
    /// A statement denies it.
    ExplicitlyDenied,
    /// A layer that must allow it does not.
    ImplicitlyDenied,
    /// It depends on what is not known: context keys, or parts of a policy.
    DependsOn,
}

/// What decided.
#[derive(Debug, Clone, Copy)]
pub struct Because<'p> {
    /// The layer.
    pub layer: Layer,
    /// The statement; `None` where a layer lacks an allow.
    pub statement: Option<&'p Statement>,
}

/// A decision and its reason.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'p> {
    /// The outcome.
    pub verdict: Verdict,
    /// What decided: the denying statement, the layer that lacks an allow, the granting statement.
    pub because: Because<'p>,
}

impl Decision<'_> {
    /// The decision in a sentence: the layer, the statement, and its line where it has one.
    pub fn explain(&self) -> String {
        let layer = self.because.layer.name();
        let statement = self.because.statement.map(|statement| match statement.at.file_line() {
            Some((file, line)) => format!("{} ({file}:{line})", statement.label()),
            None => statement.label(),
        });
        match (self.verdict, statement) {
            (Verdict::Allowed, Some(statement)) => format!("allowed by {statement} of {layer}"),
            (Verdict::Allowed, None) => format!("allowed; {layer} need not say so"),
            (Verdict::ExplicitlyDenied, Some(statement)) => format!("denied by {statement} of {layer}"),
            (Verdict::ExplicitlyDenied, None) => format!("denied by {layer}"),
            (Verdict::ImplicitlyDenied, _) => format!("denied: no statement of {layer} allows it"),
            (Verdict::DependsOn, Some(statement)) => format!("depends on {statement} of {layer}"),
            (Verdict::DependsOn, None) => format!("depends on {layer}"),
        }
    }
}

/// The context keys on which a decision may hang: those that a statement about the request asks for and the
/// context does not tell. Sorted; in the words of the policies.
pub fn open_keys(request: &Request<'_>, layers: &Layers<'_>) -> Vec<String> {
    let levels = layers.scp.iter().chain(layers.rcp).flatten();
    let single = layers.resource.into_iter().chain(layers.session);
    let lists = layers.identity.iter().chain(layers.boundary).chain(layers.vpce);
    let mut keys = std::collections::BTreeSet::new();
    for statement in lists.chain(single).chain(levels).flat_map(|policy| &policy.statements) {
        if statement.actions.matches(request.action) == Tri::No {
            continue;
        }
        let resources = statement.resources.patterns();
        let values = statement.conditions.iter().flat_map(|condition| &condition.values);
        let variables =
            resources.iter().chain(values).flat_map(|pattern| pattern.parts().unwrap_or_default());
        let asked = variables.filter_map(|part| match part {
            crate::Part::Variable { key, .. } => Some(&**key),
            _ => None,
        });
        let conditions = statement.conditions.iter().map(|condition| &*condition.key);
        keys.extend(asked.chain(conditions).filter(|key| request.context.is_unknown(key)).map(str::to_owned));
    }
    keys.into_iter().collect()
}

/// Decides a request, for audits: what AWS's documents leave open of an ARN's form is read as it is written.
pub fn evaluate<'p>(request: &Request<'_>, layers: &Layers<'p>, settings: Settings) -> Decision<'p> {
    Evaluation::new(request, layers, settings, Unsettled::AsWritten).decide()
}

/// Decides a request as published simulators do: ARNs of forms that AWS's documents do not allow or describe
/// grant nothing (a wildcard in a resource type, a short ARN in `NotResource`).
pub fn simulate<'p>(request: &Request<'_>, layers: &Layers<'p>, settings: Settings) -> Decision<'p> {
    Evaluation::new(request, layers, settings, Unsettled::AsSimulators).decide()
}

/// A certainty, and what it rests on.
type Grounds<'p> = (Tri, Because<'p>);

/// What the caller's own layers say.
struct Own<'p> {
    identity: Grounds<'p>,
    boundary: Grounds<'p>,
    session: Grounds<'p>,
}

struct Evaluation<'r, 'p> {
    request: &'r Request<'r>,
    layers: &'r Layers<'p>,
    settings: Settings,
    unsettled: Unsettled,
    deny: Grounds<'p>,
}

impl<'r, 'p> Evaluation<'r, 'p> {
    fn new(
        request: &'r Request<'r>,
        layers: &'r Layers<'p>,
        settings: Settings,
        unsettled: Unsettled,
    ) -> Self {
        let deny = (Tri::No, Because { layer: Layer::Identity, statement: None });
        Evaluation { request, layers, settings, unsettled, deny }
    }

    fn decide(mut self) -> Decision<'p> {
        if needs_no_permission(self.request) {
            let because = Because { layer: Layer::Identity, statement: None };
            return Decision { verdict: Verdict::Allowed, because };
        }
        let allowed = self.allowed();
        let blocked = self.blocked_as_public();
        if blocked > self.deny.0 && allowed.0 > Tri::No {
            self.deny = (blocked, Because { layer: Layer::S3BlockPublicAccess, statement: None });
        }
        let (verdict, because) = match (self.deny.0, allowed.0) {
            (Tri::Yes, _) => (Verdict::ExplicitlyDenied, self.deny.1),
            (_, Tri::No) => (Verdict::ImplicitlyDenied, allowed.1),
            (Tri::No, Tri::Yes) => (Verdict::Allowed, allowed.1),
            (Tri::Maybe, _) => (Verdict::DependsOn, self.deny.1),
            (Tri::No, Tri::Maybe) => (Verdict::DependsOn, allowed.1),
        };
        Decision { verdict, because }
    }

    /// What a layer says; its deny is kept.
    fn say(&mut self, layer: Layer, policies: impl IntoIterator<Item = &'p Policy>) -> Said<'p> {
        let bounded = !self.layers.boundary.is_empty();
        let said = say(policies, self.request, Reading { layer, bounded, unsettled: self.unsettled });
        if said.deny.0 > self.deny.0 {
            self.deny = (said.deny.0, Because { layer, statement: said.deny.1 });
        }
        said
    }

    /// Whether the request is allowed where no deny applies. Walks every layer, so that no deny is missed.
    fn allowed(&mut self) -> Grounds<'p> {
        let layers = *self.layers;
        let resource = self.say(Layer::Resource, layers.resource);
        let guards = [self.scp(), self.rcp(), self.vpce()];
        let granted = match self.request.principal {
            Principal::Anonymous => grounds(Layer::Resource, resource.allow()),
            Principal::Service(_) | Principal::Provider(_) => {
                let own = self.identity();
                both(grounds(Layer::Resource, resource.allow()), both(own.boundary, own.session))
            }
            _ => self.granted_to_account(&resource),
        };
        guards.into_iter().fold(granted, both)
    }

    /// What the caller's own policies allow, and what its boundary and session policy limit. A layer that is
    /// given applies, whoever calls.
    fn identity(&mut self) -> Own<'p> {
        let layers = *self.layers;
        let identity = self.say(Layer::Identity, layers.identity);
        let boundary = self.say(Layer::Boundary, layers.boundary);
        let session = self.say(Layer::Session, layers.session);
        let limit = |layer, present: bool, said: &Said<'p>| match present {
            true => grounds(layer, said.allow()),
            false => (Tri::Yes, Because { layer, statement: None }),
        };
        Own {
            identity: grounds(Layer::Identity, identity.allow()),
            boundary: limit(Layer::Boundary, !layers.boundary.is_empty(), &boundary),
            session: limit(Layer::Session, layers.session.is_some(), &session),
        }
    }

    fn granted_to_account(&mut self, resource: &Said<'p>) -> Grounds<'p> {
        let Own { identity, boundary, session } = self.identity();
        let limits = both(boundary, session);
        let own = match self.request.principal {
            // The root user needs no policy.
            Principal::Root(..) => (Tri::Yes, Because { layer: Layer::Identity, statement: None }),
            _ => both(identity, limits),
        };
        if self.is_cross_account() {
            return both(grounds(Layer::Resource, resource.allow()), own);
        }
        let as_one_of_all = both(grounds(Layer::Resource, resource.anyone), session);
        let by_resource = either(
            either(grounds(Layer::Resource, resource.direct), as_one_of_all),
            both(grounds(Layer::Resource, resource.entity), limits),
        );
        if must_speak(self.request) {
            return either(by_resource, both(grounds(Layer::Resource, resource.account), own));
        }
        either(own, by_resource)
    }

    fn is_cross_account(&self) -> bool {
        match (self.request.principal.account(), self.request.owner()) {
            (Some(own), Some(owner)) => own != owner,
            _ => false,
        }
    }

    /// Each level must allow.
    fn scp(&mut self) -> Grounds<'p> {
        let mut all = (Tri::Yes, Because { layer: Layer::Scp, statement: None });
        let principal = self.request.principal;
        if principal == Principal::Anonymous || principal.is_service_linked() {
            return all;
        }
        for level in self.layers.scp {
            let said = self.say(Layer::Scp, level);
            all = both(all, grounds(Layer::Scp, said.allow()));
        }
        all
    }

    /// `RCPFullAWSAccess` allows at each level; only a deny counts. AWS extends the services that RCPs speak
    /// of by the month, so that one that is given is taken to apply.
    fn rcp(&mut self) -> Grounds<'p> {
        let exempt = self.request.principal.is_service_linked()
            || self.request.action.eq_ignore_ascii_case("kms:RetireGrant");
        if !exempt {
            for level in self.layers.rcp {
                self.say(Layer::Rcp, level);
            }
        }
        (Tri::Yes, Because { layer: Layer::Rcp, statement: None })
    }

    fn vpce(&mut self) -> Grounds<'p> {
        if self.layers.vpce.is_empty() {
            return (Tri::Yes, Because { layer: Layer::Vpce, statement: None });
        }
        let said = self.say(Layer::Vpce, self.layers.vpce);
        grounds(Layer::Vpce, said.allow())
    }

    /// Whether block public access (`RestrictPublicBuckets`) keeps the caller out: a bucket with a public
    /// policy is for its own account and for services only.
    fn blocked_as_public(&self) -> Tri {
        let on_s3 = self.request.service().eq_ignore_ascii_case("s3");
        let outsider = self.request.principal == Principal::Anonymous || self.is_cross_account();
        match self.layers.resource {
            Some(policy) if self.settings.s3_block_public_access && on_s3 && outsider => {
                policy.is_public_to_s3()
            }
            _ => Tri::No,
        }
    }
}

fn grounds<'p>(layer: Layer, (sure, statement): (Tri, Option<&'p Statement>)) -> Grounds<'p> {
    (sure, Because { layer, statement })
}

/// Both must hold; the less certain one decides.
fn both<'p>(a: Grounds<'p>, b: Grounds<'p>) -> Grounds<'p> {
    if b.0 < a.0 { b } else { a }
}

/// One is enough; the more certain one decides.
fn either<'p>(a: Grounds<'p>, b: Grounds<'p>) -> Grounds<'p> {
    if b.0 > a.0 { b } else { a }
}

/// True for `sts:GetCallerIdentity`, which needs no permission and works in spite of a deny (AWS STS API
/// reference): the answer to a denied call tells the same.
fn needs_no_permission(request: &Request<'_>) -> bool {
    request.principal.is_of_account() && request.action.eq_ignore_ascii_case("sts:GetCallerIdentity")
}

/// True where the resource's own policy must speak of the caller or its account: KMS keys, and the
/// assumption of roles.
fn must_speak(request: &Request<'_>) -> bool {
    let resource = Arn::parse(request.resource).map(|arn| (arn.service, arn.resource));
    let (service, name) = request.action.split_once(':').unwrap_or_default();
    let is = |word: &str| service.eq_ignore_ascii_case(word);
    match resource {
        Some(("kms", resource)) if is("kms") => resource.starts_with("key/"),
        Some(("iam", resource)) if is("sts") => {
            const ON_TRUST: [&str; 6] = [
                "AssumeRole",
                "AssumeRoleWithSAML",
                "AssumeRoleWithWebIdentity",
                "TagSession",
                "SetSourceIdentity",
                "SetContext",
            ];
            resource.starts_with("role/") && ON_TRUST.iter().any(|action| action.eq_ignore_ascii_case(name))
        }
        _ => false,
    }
}
