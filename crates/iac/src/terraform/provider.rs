//! Which region a resource is in: the one of its provider's configuration, followed through module calls.

use super::expand::{ModuleInstance, World};
use super::syntax::{Body, Expr, Kind, Step};
use super::value::as_text;
use std::rc::Rc;
use std::sync::Arc;

impl<'a> World<'a> {
    /// The region of a resource, where known: its own `region` argument is not looked at here.
    pub(crate) fn region_of(&self, module: &Rc<ModuleInstance<'a>>, body: &Body) -> Option<Arc<str>> {
        let (name, alias) = match body.attribute("provider") {
            Some(provider) => provider_name(&provider.value)?,
            None => ("aws".into(), None),
        };
        self.provider_region(module, &name, alias.as_deref())
    }

    fn provider_region(
        &self,
        module: &Rc<ModuleInstance<'a>>,
        name: &str,
        alias: Option<&str>,
    ) -> Option<Arc<str>> {
        let configured = module
            .module
            .providers
            .iter()
            .find(|provider| &*provider.name == name && provider.alias.as_deref() == alias);
        if let Some(region) = configured.and_then(|provider| provider.body.attribute("region")) {
            return as_text(&self.eval(module.frame(), &region.value));
        }
        let Some(caller) = &module.caller else {
            // The default provider of the root takes its region from the environment.
            return if alias.is_none() { self.deployment.region.clone() } else { None };
        };
        if let Some(passed) = caller.call.body.attribute("providers")
            && let Kind::Object(entries) = &passed.value.kind
        {
            let wanted = |key: &Expr| {
                provider_name(key)
                    .is_some_and(|(key, key_alias)| &*key == name && key_alias.as_deref() == alias)
            };
            let (_, value) = entries.iter().find(|(key, _)| wanted(key))?;
            let (name, alias) = provider_name(value)?;
            return self.provider_region(&caller.module, &name, alias.as_deref());
        }
        match alias {
            Some(_) => None,
            None => self.provider_region(&caller.module, name, None),
        }
    }
}

/// `aws` or `aws.east`, as an expression or, in older configurations and JSON, as text.
fn provider_name(expr: &Expr) -> Option<(Arc<str>, Option<Arc<str>>)> {
    match &expr.kind {
        Kind::Variable(name) => Some((name.clone(), None)),
        Kind::Text(text) => Some(match text.split_once('.') {
            Some((name, alias)) => (name.into(), Some(alias.into())),
            None => (text.clone(), None),
        }),
        Kind::Traversal(root, steps) => match (&root.kind, steps.as_slice()) {
            (Kind::Variable(name), [Step::Attribute(alias)]) => Some((name.clone(), Some(alias.clone()))),
            _ => None,
        },
        _ => None,
    }
}
