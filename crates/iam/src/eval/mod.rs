//! Deciding a request across all layers of policies, with AWS's documented logic. Three-valued where the
//! request's context or a policy is not wholly known; nothing here reads text or knows which actions exist.

pub(crate) mod compare;
mod condition;
mod context;
mod decide;
mod layer;
mod principal;
mod resource;

pub use context::{Context, ContextValue};
pub use decide::{Because, Decision, Verdict, evaluate, open_keys, simulate};
pub use layer::{Layer, Layers, Settings};
pub use principal::Principal;

/// A request: who does what to what.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Who calls.
    pub principal: Principal<'a>,
    /// `s3:GetObject`, in any case.
    pub action: &'a str,
    /// The ARN, or `*` for an action that is not on a resource.
    pub resource: &'a str,
    /// The account that owns the resource; `None` where the ARN says it, or it is the caller's own.
    pub resource_account: Option<&'a str>,
    /// The context keys.
    pub context: &'a Context<'a>,
}

impl<'a> Request<'a> {
    /// The account that owns the resource.
    pub fn owner(&self) -> Option<&'a str> {
        let in_arn = || {
            let account = crate::Arn::parse(self.resource)?.account;
            crate::principal::is_account_id(account).then_some(account)
        };
        self.resource_account.or_else(in_arn).or_else(|| self.principal.account())
    }

    /// The service's prefix: `s3`.
    pub fn service(&self) -> &'a str {
        self.action.split_once(':').map_or("", |(service, _)| service)
    }
}
