//! One item of a listing: its rows, its details, where it is, what it is called.

use super::bind::Names;
use super::{Run, Told, shared};
use crate::credential_report;
use futures::future::BoxFuture;
use futures::stream;
use futures::{FutureExt as _, StreamExt as _};
use tieout_aws_state::mapping::{apply, merge, select};
use tieout_aws_state::table::{ApiCall, ApiTable, Row};
use tieout_aws_state::{Declared, Scope, type_table};
use tieout_model::{Gap, Node, Value};

/// Details of one item that are read at once.
const DETAILS_AT_ONCE: usize = 8;

/// What is known of an item so far.
struct Known {
    properties: Node,
    live: Node,
}

impl Known {
    fn add(&mut self, rows: &'static [Row], answer: &Node) {
        let (properties, live) = apply(rows, answer);
        merge(&mut self.properties, &properties);
        merge(&mut self.live, &live);
    }
}

/// True where the item has the value that the listing wants of it.
pub(super) fn is_chosen(call: &ApiCall, item: &Node) -> bool {
    call.when.is_none_or(|(path, wanted)| has(item, path, wanted))
}

fn has(item: &Node, path: &str, wanted: &str) -> bool {
    select(item, path).first().and_then(|node| node.scalar_text()).as_deref() == Some(wanted)
}

impl Run<'_> {
    /// Reads one item: none where it turns out not to be there, or to be in a region that was not asked for.
    pub(super) async fn item(self, table: &'static ApiTable, item: Node, asked_in: &str) -> Option<Declared> {
        let empty = || Node::map(item.at.clone());
        let mut known = Known { properties: empty(), live: empty() };
        known.add(table.list.rows, &item);
        let mut details = table.details;
        // Where the resource is comes first: the other details are asked there.
        if let Some(path) = table.region_from {
            let tells = |detail: &ApiCall| detail.rows.iter().any(|row| row.live && row.to == path);
            while let Some((first, rest)) = details.split_first()
                && details.iter().any(tells)
            {
                let told = self.detail(first, &item, asked_in).await;
                take(&mut known, first, &item, told);
                details = rest;
            }
        }
        let own_region = table.region_from.map(|path| region_of(table, &known.live, path, asked_in));
        if table.global && own_region.as_ref().is_some_and(|region| !self.wants(region)) {
            return None;
        }
        let region = own_region.as_deref().unwrap_or(asked_in);
        let asked: Vec<BoxFuture<'_, Told>> =
            details.iter().map(|detail| self.detail(detail, &item, region).boxed()).collect();
        let told: Vec<Told> = stream::iter(asked).buffered(DETAILS_AT_ONCE).collect().await;
        for (detail, told) in details.iter().zip(told) {
            take(&mut known, detail, &item, told);
        }
        let uncertain = match table.require {
            None => None,
            Some(path) => required(&known.properties, path)?,
        };
        let region = (!table.global || table.region_from.is_some()).then_some(region);
        Some(self.declare(table, &item, known, region, uncertain))
    }

    fn wants(self, region: &str) -> bool {
        self.confined.is_none_or(|regions| regions.iter().any(|known| known == region))
    }

    fn declare(
        self,
        table: &'static ApiTable,
        item: &Node,
        known: Known,
        region: Option<&str>,
        uncertain: Option<Gap>,
    ) -> Declared {
        let account = self.session.account();
        let names = Names {
            partition: self.session.partition(),
            region,
            account,
            trees: [&known.properties, &known.live],
        };
        let about = type_table(table.to);
        let told_arn = table.arn_from.and_then(|path| select(item, path).first()?.scalar_text());
        let template = about.map_or("", |about| about.arn);
        let arn = told_arn.or_else(|| (!template.is_empty()).then(|| names.fill(template))?.map(Into::into));
        let id = about.map_or("", |about| about.id);
        let by_template = || {
            let template = about.map_or("", |about| about.local);
            (!template.is_empty()).then(|| names.fill_known(template))?
        };
        let by_id = || (!id.is_empty()).then(|| names.fill(&format!("{{{id}}}")))?;
        let by_account = || match region {
            Some(region) => format!("{account}/{region}"),
            None => account.to_owned(),
        };
        let local = match &arn {
            Some(arn) => arn.to_string(),
            None => by_template().or_else(by_id).unwrap_or_else(by_account),
        };
        Declared {
            scope: Scope::Account(shared(account)),
            local: local.into(),
            type_name: shared(table.to),
            properties: known.properties,
            live: Some(known.live),
            at: item.at.clone(),
            name: None,
            arn,
            account: Some(shared(account)),
            region: region.map(shared),
            uncertain,
        }
    }
}

/// Takes over what a detail told of the item.
fn take(known: &mut Known, detail: &'static ApiCall, item: &Node, told: Told) {
    match told {
        Told::Nothing => {}
        Told::Gap(gap) => known.add(detail.rows, &Node::unknown(gap, item.at.clone())),
        Told::Answer(answer) => match part_of(detail, item, &answer) {
            Some(part) => known.add(detail.rows, &part),
            // Absent from another answer means "none"; every user and root belong into this one.
            None if detail.operation == "GetCredentialReport" => {
                known.add(detail.rows, &Node::unknown(credential_report::no_row(), item.at.clone()));
            }
            None => {}
        },
    }
}

/// The part of a detail's answer that is about the item: the element that joins it, or the whole answer.
fn part_of(detail: &ApiCall, item: &Node, answer: &Node) -> Option<Node> {
    if detail.items.is_empty() {
        return Some(answer.clone());
    }
    let elements = select(answer, detail.items);
    let joined = |element: &&&Node| match detail.join {
        None => true,
        Some((key, path)) => {
            let ours = select(item, path).first().and_then(|node| node.scalar_text());
            ours.is_some_and(|ours| has(element, key, &ours))
        }
    };
    let wanted = |element: &&&Node| detail.when.is_none_or(|(path, value)| has(element, path, value));
    elements.iter().find(|element| joined(element) && wanted(element)).map(|element| (*element).clone())
}

/// The region that a live fact tells. For a global listing (S3) none is us-east-1, and `EU` is eu-west-1. Where
/// it is not known, the region that was asked: S3 says then where the bucket is.
fn region_of(table: &ApiTable, live: &Node, path: &str, asked_in: &str) -> String {
    match select(live, path).first().map(|node| (&node.value, node.scalar_text())) {
        Some((_, Some(text))) if text.as_ref() == "EU" => "eu-west-1".to_owned(),
        Some((_, Some(text))) if !text.is_empty() => text.to_string(),
        Some((Value::Unknown(_), _)) => asked_in.to_owned(),
        _ if table.global => "us-east-1".to_owned(),
        _ => asked_in.to_owned(),
    }
}

/// Whether the property is there without which there is no such resource: none where it is not, the gap where
/// that is not known.
fn required(properties: &Node, path: &str) -> Option<Option<Gap>> {
    let found = select(properties, path);
    let node = found.first().filter(|node| !node.is_null())?;
    Some(node.gap())
}
