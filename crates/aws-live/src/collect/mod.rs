//! From the account to resources: the API tables of [`tieout_aws_state`] are followed call by call. What could
//! not be asked is unknown where it would have stood, and a type that could not be listed is a gap of its
//! population. What a type's calls and rows are, stands in the tables, not here.

mod bind;
mod item;
mod stand_in;
mod tree;

use crate::call::{Call, Failure};
use crate::{Operation, Session};
use bind::{Unbound, parameters};
use futures::future::BoxFuture;
use futures::stream;
use futures::{FutureExt as _, StreamExt as _};
use std::collections::BTreeSet;
use std::sync::Arc;
use tieout_aws_state::mapping;
use tieout_aws_state::table::{ApiCall, ApiTable, Binding, EachCall};
use tieout_aws_state::{Declared, PopulationGap, generated};
use tieout_model::{Gap, Node, Place, Reason};

/// Types and regions that are read at once; the calls themselves are paced by service and region.
const TYPES_AT_ONCE: usize = 64;
/// Items of one listing, or elements of one answer, that are read at once.
const ITEMS_AT_ONCE: usize = 32;

/// What to collect.
#[derive(Debug, Clone, Default)]
pub struct CollectOptions {
    /// Regions; none for all that are enabled.
    pub regions: Option<Vec<String>>,
    /// IAM actions that may be used; none for all. What others would tell is not collected, and said to be so.
    pub actions: Option<BTreeSet<String>>,
}

/// What an account told.
#[derive(Debug, Clone, Default)]
pub struct Collected {
    /// The regions that were looked at, sorted.
    pub regions: Vec<String>,
    /// Resources, in the order of types, regions and listings.
    pub resources: Vec<Declared>,
    /// Types that could not be listed, by region.
    pub population_gaps: Vec<PopulationGap>,
    /// What concerns the account as a whole: the regions could not be listed.
    pub gaps: Vec<Gap>,
}

/// Collects every type of the state from an account or its record. Nothing ends it: what fails becomes a gap.
pub async fn collect(session: &Session, options: &CollectOptions) -> Collected {
    let mut collected = Collected::default();
    match session.regions(options.regions.as_deref()).await {
        Ok(regions) => collected.regions = regions,
        Err(gap) => {
            // At least the region that was asked from is there.
            collected.gaps.push(gap);
            collected.regions = vec![session.home_region()];
        }
    }
    let missing = options.regions.iter().flatten().filter(|region| !collected.regions.contains(region));
    let not_held = |region: &String| {
        let what = format!("the region {region}, which the record of the account does not hold");
        Gap::new(Reason::NotCollected, what, "record the account again with this region")
    };
    collected.gaps.extend(missing.map(not_held));
    let confined = session.confined_to(options.regions.as_deref());
    let run = Run { session, options, confined: confined.as_deref() };
    let regions = &collected.regions;
    let mut jobs: Vec<BoxFuture<'_, Population>> = Vec::new();
    for table in generated::API {
        if table.global {
            jobs.push(run.population(table, session.global_region()).boxed());
        } else {
            jobs.extend(regions.iter().map(|region| run.population(table, region).boxed()));
        }
    }
    let populations: Vec<Population> = stream::iter(jobs).buffered(TYPES_AT_ONCE).collect().await;
    for population in populations {
        collected.resources.extend(population.resources);
        collected.population_gaps.extend(population.gap);
    }
    collected
}

/// One type in one region.
#[derive(Default)]
struct Population {
    resources: Vec<Declared>,
    gap: Option<PopulationGap>,
}

#[derive(Clone, Copy)]
struct Run<'a> {
    session: &'a Session,
    options: &'a CollectOptions,
    /// The regions outside of which nothing is looked at.
    confined: Option<&'a [String]>,
}

/// What one call of a table came to.
enum Told {
    Answer(Node),
    /// Not configured, or the service is not there.
    Nothing,
    Gap(Gap),
}

impl<'a> Run<'a> {
    async fn population(self, table: &'static ApiTable, region: &'a str) -> Population {
        let mut population = Population::default();
        let missing = |gap: Gap| PopulationGap {
            type_name: table.to.into(),
            account: self.session.account().into(),
            region: (!table.global).then(|| region.into()),
            gap,
        };
        let params = match parameters(table.list.params, self.session.account(), None) {
            Ok(params) => params,
            // Listing calls are bound to the account and to constants only; see the test of the tables.
            Err(_) => serde_json::Map::new(),
        };
        let told =
            self.ask(table.list.service, table.list.operation, params, table.list.absent, region).await;
        let mut answer = match told {
            Told::Answer(answer) => answer,
            // A setting of the account that is not configured is one item without properties.
            Told::Nothing if table.list.items.is_empty() => Node::map(Place::None),
            Told::Nothing => return population,
            Told::Gap(gap) => {
                population.gap = Some(missing(gap));
                return population;
            }
        };
        let each_gap = self.fill_each(&mut answer, table.list.each, region).await;
        let (items, items_gap) = mapping::items(&answer, table.list.items);
        let gap = each_gap.or(items_gap);
        population.gap = gap.map(missing);
        let chosen = items.into_iter().filter(|item| item::is_chosen(&table.list, item));
        let reads: Vec<BoxFuture<'_, Option<Declared>>> =
            chosen.map(|item| self.item(table, item, region).boxed()).collect();
        let resources: Vec<Option<Declared>> = stream::iter(reads).buffered(ITEMS_AT_ONCE).collect().await;
        population.resources = resources.into_iter().flatten().collect();
        population
    }

    /// Makes a call and reads its answer as a tree.
    async fn ask(
        self,
        service: &str,
        operation: &str,
        params: serde_json::Map<String, serde_json::Value>,
        absent: &[&str],
        region: &str,
    ) -> Told {
        let Some(operation) = Operation::find(service, operation) else {
            // A test of the tables holds that this does not happen.
            let what = format!("{service}:{operation}, which is not in the table of operations");
            return Told::Gap(Gap::new(Reason::Internal, what, "report it; it is a defect of tieout"));
        };
        let mut call = operation.call(region);
        bind::apply(&mut call, params);
        if let Some(gap) = self.unwanted(&call) {
            return Told::Gap(gap);
        }
        let told = self.send(&call, absent).await;
        let Told::Gap(gap) = &told else { return told };
        let Some(other) = stand_in::stand_in(call.operation(), gap) else { return told };
        let Some(operation) = Operation::find(service, other.operation) else { return told };
        let mut instead = operation.call(region);
        instead.params = call.params;
        match self.send(&instead, other.absent).await {
            Told::Answer(answer) => Told::Answer(other.as_list(Some(answer))),
            Told::Nothing => Told::Answer(other.as_list(None)),
            Told::Gap(_) => told,
        }
    }

    async fn send(self, call: &Call, absent: &[&str]) -> Told {
        match self.session.call(call, absent).await {
            Ok(answer) => Told::Answer(tree::answer_tree(&answer.body, &answer.evidence)),
            Err(Failure::Absent { .. } | Failure::Unavailable { .. }) => Told::Nothing,
            Err(Failure::Gap(gap)) => Told::Gap(gap),
        }
    }

    /// The gap of a call that no chosen check needs.
    fn unwanted(self, call: &Call) -> Option<Gap> {
        let actions = self.options.actions.as_ref()?;
        let action = call.operation().action;
        (!actions.contains(action)).then(|| {
            Gap::new(Reason::NotCollected, call.describe(), format!("choose checks that read {action}"))
        })
    }

    /// Makes the calls for the elements of an answer's lists and puts their answers into them. Yields the
    /// first gap.
    async fn fill_each(self, answer: &mut Node, calls: &'static [EachCall], region: &str) -> Option<Gap> {
        let mut first_gap = None;
        for each in calls {
            let mut elements = Vec::new();
            tree::visit_elements(answer, each.items, &mut |element| elements.push(element.clone()));
            let asked: Vec<BoxFuture<'_, Told>> = elements
                .iter()
                .map(|element| {
                    self.ask_bound(each.service, each.operation, each.params, each.absent, element, region)
                        .boxed()
                })
                .collect();
            let told: Vec<Told> = stream::iter(asked).buffered(ITEMS_AT_ONCE).collect().await;
            let mut told = told.into_iter();
            tree::visit_elements(answer, each.items, &mut |element| match told.next() {
                Some(Told::Answer(node)) => element.set(each.operation, node.at.clone(), node),
                Some(Told::Gap(gap)) => {
                    first_gap.get_or_insert_with(|| gap.clone());
                    let at = element.at.clone();
                    element.set(each.operation, at.clone(), Node::unknown(gap, at));
                }
                Some(Told::Nothing) | None => {}
            });
        }
        first_gap
    }

    /// A call whose parameters come from an item.
    async fn ask_bound(
        self,
        service: &str,
        operation: &str,
        bindings: &[(&'static str, Binding)],
        absent: &[&str],
        item: &Node,
        region: &str,
    ) -> Told {
        match parameters(bindings, self.session.account(), Some(item)) {
            Ok(params) => self.ask(service, operation, params, absent, region).await,
            Err(Unbound::Missing) => Told::Nothing,
            Err(Unbound::Open(gap)) => Told::Gap(gap),
        }
    }

    /// A detail of an item: its answer, the calls for its elements made.
    async fn detail(self, call: &'static ApiCall, item: &Node, region: &str) -> Told {
        let told = self.ask_bound(call.service, call.operation, call.params, call.absent, item, region).await;
        let Told::Answer(mut answer) = told else { return told };
        self.fill_each(&mut answer, call.each, region).await;
        Told::Answer(answer)
    }
}

/// Text shared by what is made of one account.
fn shared(text: &str) -> Arc<str> {
    text.into()
}
