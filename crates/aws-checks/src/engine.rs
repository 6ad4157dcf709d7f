//! The loop over subjects. A check judges one; the engine walks the whole population, tries unknown
//! conditions both ways, keeps a broken check from ending the run, and enters every verdict in the ledger.

use std::sync::Arc;
use tieout_aws_state::mapping::select;
use tieout_aws_state::{AwsType, Edge, Linked, Resource, Scope, State, Typed};
use tieout_check::{Ledger, Record, judge_safely};
use tieout_model::{About, Gap, Judged, Place, Setting, Subject, SubjectKind, Value, Verdict};

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

    /// What a property names: its text, or the expression where it refers to another resource of the same
    /// deployment and its value is not known before. `None` where nothing is named.
    ///
    /// # Errors
    /// The gap, where it is not known whether anything is named.
    pub fn named(&self, setting: &Setting<String>, path: &str) -> Result<Option<String>, Gap> {
        let gap = match setting {
            Setting::Set(text, _) | Setting::Default(text, _) => {
                return Ok((!text.is_empty()).then(|| text.clone()));
            }
            Setting::Absent(_) => return Ok(None),
            Setting::Unknown(gap, _) => gap,
        };
        let written = select(&self.resource.declared.properties, path);
        let mut reference = None;
        for node in written {
            node.walk(&mut |node| {
                if matches!(node.value, Value::Ref { .. }) {
                    reference.get_or_insert_with(|| node.expression());
                }
            });
        }
        reference.map(Some).ok_or_else(|| gap.clone())
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
            let judged = both_ways(resource, &|typed| one(self, typed, &cx));
            let evidence = evidence_of(resource);
            let subject = &resource.subject;
            let place = resource.place();
            ledger.record(Record { about: &self.about, subject, place, judged, evidence: &evidence });
        }
        record_unseen(&self.about, T::NAME, state, &mut ledger);
        ledger
    }
}

/// Judges a resource under one combination of its conditions. A check that panics is not assessed for it.
fn one<T: AwsType>(check: &Each<T>, typed: &Typed, cx: &Cx<'_>) -> Judged {
    let (Judge::Configuration(judge) | Judge::Live(judge)) = check.judge;
    match T::of(typed) {
        Some(it) => judge_safely(check.about.id, || judge(it, cx)),
        None => Err(Gap::unsupported("a resource of another type")),
    }
}

/// Enters each population of a type that could not be listed as not assessed.
pub(crate) fn record_unseen(about: &About, type_name: &str, state: &State, ledger: &mut Ledger) {
    for unseen in state.population_gaps().iter().filter(|unseen| &*unseen.type_name == type_name) {
        let subject = population(&unseen.account, unseen.region.as_deref(), type_name);
        ledger.record(Record {
            about,
            subject: &subject,
            place: &Place::None,
            judged: Err(unseen.gap.clone()),
            evidence: &[],
        });
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

/// The hashes of the evidence that tells of a resource.
pub(crate) fn evidence_of(resource: &Resource) -> Vec<String> {
    match resource.place() {
        Place::Cloud(cloud) => vec![cloud.evidence.to_string()],
        _ => Vec::new(),
    }
}

/// Where a condition is unknown both branches are judged, and the verdict stands only if they agree.
fn both_ways(resource: &Resource, judge: &dyn Fn(&Typed) -> Judged) -> Judged {
    if resource.variants.is_empty() {
        return judge(&resource.typed);
    }
    agreed(resource, resource.variants.iter().map(|variant| judge(&variant.typed)))
}

/// The verdict that all of them share, else the conditions on which they differ.
pub(crate) fn agreed(resource: &Resource, judged: impl IntoIterator<Item = Judged>) -> Judged {
    let mut judged = judged.into_iter();
    let undecided = || {
        let assumptions = resource.variants.first().map(|variant| variant.assumptions.as_slice());
        let names: Vec<&str> = assumptions.unwrap_or_default().iter().map(|(name, _)| &**name).collect();
        Gap::unresolved(format_args!("condition {}", names.join(", ")))
    };
    let first = judged.next().unwrap_or_else(|| Err(undecided()));
    if judged.all(|other| agree(&first, &other)) { first } else { Err(undecided()) }
}

fn agree(a: &Judged, b: &Judged) -> bool {
    match (a, b) {
        (Ok(a), Ok(b)) => std::mem::discriminant(a) == std::mem::discriminant(b),
        (Err(_), Err(_)) => true,
        (Err(_), Ok(Verdict::NotAssessed(_))) | (Ok(Verdict::NotAssessed(_)), Err(_)) => true,
        _ => false,
    }
}
