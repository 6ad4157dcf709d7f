//! The loop over subjects. A check judges one; the engine walks the whole population, tries unknown
//! conditions both ways, keeps a broken check from ending the run, and enters every verdict in the ledger.

use std::sync::Arc;
use tieout_aws_state::{AwsType, Edge, Linked, Resource, Scope, State};
use tieout_check::{Ledger, Record, judge_safely};
use tieout_model::{About, Gap, Judged, Place, Subject, SubjectKind, Verdict};

/// What a check sees besides its subject's properties.
pub struct Cx<'a> {
    /// The whole state.
    pub state: &'a State,
    /// The resource that is judged.
    pub resource: &'a Resource,
}

impl<'a> Cx<'a> {
    /// What a property of this resource names.
    pub fn follow<F: AwsType, T: AwsType>(&self, edge: Edge<F, T>) -> Vec<Linked<'a, T>> {
        self.state.follow(self.resource, edge)
    }

    /// The resources that name this one by the edge.
    ///
    /// # Errors
    /// The gap, where one may name it but cannot be resolved, or where that population could not be seen.
    pub fn naming<F: AwsType, T: AwsType>(
        &self,
        edge: Edge<F, T>,
    ) -> Result<Vec<(&'a Resource, &'a F)>, Gap> {
        self.state.naming(self.resource, edge)
    }

    /// The place of the resource itself.
    pub fn place(&self) -> &'a Place {
        self.resource.place()
    }

    /// The resources of another type in the same scope (the same account, or the same unit of deployment).
    ///
    /// # Errors
    /// The gap, where that population could not be seen.
    pub fn beside<T: AwsType>(&self) -> Result<Vec<(&'a Resource, &'a T)>, Gap> {
        let declared = &self.resource.declared;
        if let Scope::Account(account) = &declared.scope
            && let Some(gap) = self.state.population_gap(T::NAME, account, declared.region.as_deref())
        {
            return Err(gap.clone());
        }
        Ok(self.state.all::<T>().filter(|(resource, _)| resource.declared.scope == declared.scope).collect())
    }

    /// The account id, where known.
    pub fn account(&self) -> Option<&'a Arc<str>> {
        self.resource.declared.account.as_ref()
    }
}

/// How a check judges, and on what: a check that needs live facts does not run on source code.
pub enum Judge<T> {
    /// From the configuration: source code and accounts alike.
    Configuration(fn(&T, &Cx<'_>) -> Judged),
    /// From facts that only an account can tell.
    Live(fn(&T, &Cx<'_>) -> Judged),
}

/// A check that judges every resource of a type.
pub struct Each<T> {
    /// Its declaration.
    pub about: About,
    /// Its logic.
    pub judge: Judge<T>,
}

/// A check of AWS resources, whatever their type.
pub trait AwsCheck: Sync {
    /// Its declaration.
    fn about(&self) -> &About;
    /// The types that it judges.
    fn applies_to(&self) -> Vec<&'static str>;
    /// True where it runs on accounts only.
    fn needs_account(&self) -> bool;
    /// Judges every subject of a state.
    fn run(&self, state: &State) -> Ledger;
}

impl<T: AwsType> AwsCheck for Each<T> {
    fn about(&self) -> &About {
        &self.about
    }

    fn applies_to(&self) -> Vec<&'static str> {
        vec![T::NAME]
    }

    fn needs_account(&self) -> bool {
        matches!(self.judge, Judge::Live(_))
    }

    fn run(&self, state: &State) -> Ledger {
        let mut ledger = Ledger::default();
        for resource in state.of_type(T::NAME).filter(|resource| resource.is_live() || !self.needs_account())
        {
            let cx = Cx { state, resource };
            let judged = judge_both_ways(self, resource, &cx);
            let evidence = evidence_of(resource);
            let subject = &resource.subject;
            let place = resource.place();
            ledger.record(Record { about: &self.about, subject, place, judged, evidence: &evidence });
        }
        for unseen in state.population_gaps().iter().filter(|unseen| &*unseen.type_name == T::NAME) {
            let subject = population(&unseen.account, unseen.region.as_deref(), T::NAME);
            ledger.record(Record {
                about: &self.about,
                subject: &subject,
                place: &Place::None,
                judged: Err(unseen.gap.clone()),
                evidence: &[],
            });
        }
        ledger
    }
}

/// The whole population of a type in an account and region, which could not be listed.
fn population(account: &str, region: Option<&str>, type_name: &str) -> Subject {
    let id = region.map_or_else(|| account.to_owned(), |region| format!("{account}/{region}"));
    Subject {
        type_name: Some(type_name.to_owned()),
        account: Some(account.to_owned()),
        region: region.map(ToOwned::to_owned),
        ..Subject::new(SubjectKind::Account, id)
    }
}

fn evidence_of(resource: &Resource) -> Vec<String> {
    match resource.place() {
        Place::Cloud(cloud) => vec![cloud.evidence.to_string()],
        _ => Vec::new(),
    }
}

/// Where a condition is unknown both branches are judged, and the verdict stands only if they agree.
fn judge_both_ways<T: AwsType>(check: &Each<T>, resource: &Resource, cx: &Cx<'_>) -> Judged {
    let (Judge::Configuration(judge) | Judge::Live(judge)) = check.judge;
    let one = |typed| match T::of(typed) {
        Some(it) => judge_safely(check.about.id, || judge(it, cx)),
        None => Err(Gap::unsupported("a resource of another type")),
    };
    if resource.variants.is_empty() {
        return one(&resource.typed);
    }
    let mut judged = resource.variants.iter().map(|variant| one(&variant.typed));
    let first = judged.next().unwrap_or_else(|| one(&resource.typed));
    for other in judged {
        if !agree(&first, &other) {
            let conditions: Vec<_> = resource
                .variants
                .first()
                .map(|variant| variant.assumptions.iter().map(|(name, _)| name.to_string()).collect())
                .unwrap_or_default();
            return Err(Gap::unresolved(format_args!("condition {}", conditions.join(", "))));
        }
    }
    first
}

fn agree(a: &Judged, b: &Judged) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => std::mem::discriminant(a) == std::mem::discriminant(b),
        (Err(_), Err(_)) => true,
        (Err(_), Ok(Verdict::NotAssessed(_))) | (Ok(Verdict::NotAssessed(_)), Err(_)) => true,
        _ => false,
    }
}
