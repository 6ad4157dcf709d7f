//! Nothing in the tables is trusted to be spelt right: every path of every table is looked up in the names that
//! are published (`facts/`, made by `cargo xtask facts`): properties in CloudFormation's schemas, attributes in
//! the Terraform provider's, operations, parameters and members in botocore's models.

// Helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "published_names/names.rs"]
mod names;

use names::{Found, Names, read};
use std::collections::BTreeMap;
use tieout_aws_state::generated::{API, TERRAFORM_BY_TYPE, TYPES};
use tieout_aws_state::table::{ApiCall, ApiTable, Binding, Kind, Row, TerraformTable, Transform, TypeTable};

const CLOUDFORMATION: &str = include_str!("../facts/cloudformation.txt");
const TERRAFORM: &str = include_str!("../facts/terraform.txt");
const ANSWERS: &str = include_str!("../facts/api.txt");
const CREDENTIAL_REPORT: &str = include_str!("../facts/credential-report.txt");
const MAY_BE_SENT: &str = include_str!("../../aws-live/operations.txt");

/// CloudFormation's schema and ours have the same word for a leaf, or one that reads the same.
fn fits(kind: Kind, published: &str) -> bool {
    match kind {
        // A number or flag reads as text too.
        Kind::Text => matches!(published, "text" | "int" | "flag"),
        Kind::Flag => published == "flag",
        Kind::Int => published == "int",
        Kind::Policy => matches!(published, "tree" | "text"),
        // As it is, whatever it is.
        Kind::Tree => matches!(published, "tree" | "text"),
        Kind::Texts => published == "texts",
    }
}

fn properties(table: &TypeTable, published: &BTreeMap<String, Names>) -> Vec<String> {
    let Some(names) = published.get(table.name) else { return vec![format!("{} is no type", table.name)] };
    let wrong = |(path, kind): &(&str, Kind)| match names.find(path) {
        Ok(Found::Leaf(word)) if fits(*kind, &word) => None,
        Ok(Found::Leaf(word)) => Some(format!("{}: `{path}` is {word}, not {kind:?}", table.name)),
        Ok(Found::Container) => Some(format!("{}: `{path}` is an object, not {kind:?}", table.name)),
        Err(error) => Some(format!("{}: {error}", table.name)),
    };
    table.paths.iter().filter_map(wrong).collect()
}

/// The kind of a row's target; `None` for an object or a list that a row fills as a whole.
fn target(table: &TypeTable, row: &Row) -> Result<Option<Kind>, String> {
    let list = if row.live { table.live } else { table.paths };
    if let Some((_, kind)) = list.iter().find(|(path, _)| *path == row.to) {
        return Ok(Some(*kind));
    }
    if let Some((_, kind)) = list.iter().find(|(path, _)| row.to.strip_suffix("[]") == Some(path)) {
        return match kind {
            Kind::Texts => Ok(Some(Kind::Text)),
            _ => Err(format!("`{}` is no list of texts", row.to)),
        };
    }
    let below = |path: &str| path.strip_prefix(row.to).is_some_and(|rest| rest.starts_with(['.', '[']));
    if list.iter().any(|(path, _)| below(path)) { Ok(None) } else { Err(format!("`{}` is nowhere", row.to)) }
}

/// Whether what stands at the source of a row can become its target.
fn becomes(row: &Row, found: &Found, kind: Option<Kind>) -> bool {
    let (Some(kind), word) = (
        kind,
        match found {
            Found::Leaf(word) => word.as_str(),
            Found::Container => "container",
        },
    ) else {
        return true;
    };
    match row.transform {
        Transform::Same => fits(kind, word),
        Transform::Date => kind == Kind::Text && matches!(word, "time" | "text"),
        Transform::Json => kind == Kind::Policy && word == "text",
        Transform::ListOfOne => kind == Kind::Texts && word == "text",
        Transform::Flag | Transform::Not | Transform::IsEnabled => {
            kind == Kind::Flag && matches!(word, "text" | "int" | "flag")
        }
        Transform::Present => kind == Kind::Flag,
        Transform::EnabledSuspended | Transform::EnabledDisabled => kind == Kind::Text && word == "flag",
        Transform::ProtocolNumber => kind == Kind::Int && word == "text",
        Transform::Reserved | Transform::NonZero => kind == Kind::Int && word == "int",
        Transform::CannedAcl => kind == Kind::Text && matches!(word, "text" | "container"),
        Transform::OwnGroup => kind == Kind::Text && word == "flag",
        Transform::DecodeBase64 => matches!(kind, Kind::Text | Kind::Tree) && word == "text",
        Transform::NameOfArn | Transform::Upper | Transform::Protocol | Transform::VpcEndpoint => {
            kind == Kind::Text && word == "text"
        }
        Transform::Tags
        | Transform::Values
        | Transform::TerraformIngress
        | Transform::TerraformEgress
        | Transform::IpPermissions
        | Transform::IpPermissionsEgress => false,
    }
}

fn row(table: &TypeTable, row: &Row, names: &Names, split: &[&str]) -> Result<(), String> {
    let kind = target(table, row)?;
    if row.from.starts_with('$') && !row.from.starts_with("$parent.") {
        return if row.from == "$self" { Ok(()) } else { Err(format!("`{}` means nothing", row.from)) };
    }
    let mut found = names.find(row.from)?;
    // What is split stands alone.
    if split.contains(&row.from) && found == Found::Leaf("texts".to_owned()) {
        found = Found::Leaf("text".to_owned());
    }
    if becomes(row, &found, kind) {
        return Ok(());
    }
    Err(format!("`{}` ({found:?}) does not become `{}` ({kind:?}) by {:?}", row.from, row.to, row.transform))
}

fn terraform(
    types: &[&TypeTable],
    table: &TerraformTable,
    published: &BTreeMap<String, Names>,
) -> Vec<String> {
    let at = format!("{} -> {}", table.from, table.to);
    let Some(names) = published.get(table.from) else { return vec![format!("{at}: no such resource")] };
    let Some(of) = types.iter().find(|one| one.name == table.to) else {
        return vec![format!("{at}: no type")];
    };
    let mut wrong: Vec<String> =
        table.rows.iter().filter_map(|one| row(of, one, names, table.split).err()).collect();
    let attributes = table.edge.iter().chain(&table.present).chain(table.split).copied();
    let attributes = attributes.chain(table.when.iter().map(|(attribute, _)| *attribute));
    wrong.extend(attributes.filter_map(|attribute| names.find(attribute).err()));
    wrong.extend(table.otherwise.iter().filter_map(|(path, _)| {
        target(of, &Row { from: "", to: path, live: false, transform: Transform::Same }).err()
    }));
    wrong.into_iter().map(|error| format!("{at}: {error}")).collect()
}

/// The published answers, with the credential report as the client presents it.
fn answers() -> BTreeMap<String, Names> {
    let mut answers = read(ANSWERS);
    answers.extend(read(CREDENTIAL_REPORT));
    answers
}

/// The answer of a call with those of its calls per element, and what is wrong with them.
fn answer(
    call: &ApiCall,
    published: &BTreeMap<String, Names>,
    item: &Names,
    wrong: &mut Vec<String>,
) -> Names {
    let name = format!("{}:{}", call.service, call.operation);
    let Some(names) = published.get(&name) else {
        wrong.push(format!("{name} is not published"));
        return Names::default();
    };
    let mut names = names.clone();
    wrong.extend(parameters(&name, call.params, &names, item));
    for each in call.each {
        let nested = format!("{}:{}", each.service, each.operation);
        let Some(found) = published.get(&nested) else {
            wrong.push(format!("{nested} is not published"));
            continue;
        };
        wrong.extend(names.find(each.items).err());
        wrong.extend(parameters(&nested, each.params, found, &below(&names, each.items)));
        names.graft(&format!("{}.{}", each.items, each.operation), found);
    }
    names
}

fn parameters(name: &str, params: &[(&str, Binding)], names: &Names, item: &Names) -> Vec<String> {
    let wrong = |(param, binding): &(&str, Binding)| {
        // `Versions[]` is a list of one.
        let known = names.find(&format!("< {}", param.trim_end_matches("[]"))).err();
        known.or(match binding {
            Binding::Item(path) => item.find(path).err(),
            Binding::Constant(_) | Binding::Account => None,
        })
    };
    params.iter().filter_map(wrong).map(|error| format!("{name}: {error}")).collect()
}

/// The names below a path, with those that enclose it under `$parent`.
fn below(names: &Names, path: &str) -> Names {
    if path.is_empty() {
        return names.clone();
    }
    let mut out = Names::default();
    let parent = path.rsplit_once('.').map_or(String::new(), |(parent, _)| format!("{parent}."));
    for (name, kind) in &names.0 {
        if let Some(rest) = name.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')) {
            out.0.insert(rest.to_owned(), kind.clone());
        }
        if let Some(rest) = name.strip_prefix(&parent).filter(|_| parent.contains("[]")) {
            out.0.insert(format!("$parent.{rest}"), kind.clone());
        }
    }
    out
}

fn api(types: &[&TypeTable], table: &ApiTable, published: &BTreeMap<String, Names>) -> Vec<String> {
    let Some(of) = types.iter().find(|one| one.name == table.to) else {
        return vec![format!("{}: no type", table.to)];
    };
    let mut wrong = Vec::new();
    let listed = answer(&table.list, published, &Names::default(), &mut wrong);
    wrong.extend(listed.find(table.list.items).err());
    let item = below(&listed, table.list.items);
    wrong.extend(table.list.rows.iter().filter_map(|one| row(of, one, &item, &[]).err()));
    wrong.extend(table.arn_from.and_then(|path| item.find(path).err()));
    wrong.extend(table.list.when.and_then(|(path, _)| item.find(path).err()));
    if let Some(path) = table.region_from.filter(|path| !of.live.iter().any(|(live, _)| live == path)) {
        wrong.push(format!("region_from `{path}` is no live fact"));
    }
    if let Some(path) = table.require.filter(|path| !of.paths.iter().any(|(known, _)| known == path)) {
        wrong.push(format!("require `{path}` is no property"));
    }
    for detail in table.details {
        let names = answer(detail, published, &item, &mut wrong);
        wrong.extend(names.find(detail.items).err());
        let element = below(&names, detail.items);
        wrong.extend(detail.rows.iter().filter_map(|one| row(of, one, &element, &[]).err()));
        wrong.extend(detail.when.and_then(|(path, _)| element.find(path).err()));
        if let Some((theirs, ours)) = detail.join {
            wrong.extend(element.find(theirs).err());
            wrong.extend(item.find(ours).err());
        }
    }
    wrong.into_iter().map(|error| format!("{}: {error}", table.to)).collect()
}

#[test]
fn every_property_is_cloudformations_and_of_its_kind() {
    let published = read(CLOUDFORMATION);
    let own = TYPES.iter().filter(|table| table.name.starts_with("AWS::"));
    let wrong: Vec<String> = own.flat_map(|table| properties(table, &published)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(TYPES.len() > 40, "the tables were read");
}

#[test]
fn every_attribute_is_the_terraform_providers_and_can_become_its_property() {
    let published = read(TERRAFORM);
    let tables: Vec<_> = TERRAFORM_BY_TYPE.iter().copied().flatten().collect();
    let wrong: Vec<String> = tables.iter().flat_map(|table| terraform(TYPES, table, &published)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tables.len() > 60, "the tables were read");
}

#[test]
fn every_call_parameter_and_member_is_botocores_and_can_become_its_property() {
    let published = answers();
    let wrong: Vec<String> = API.iter().flat_map(|table| api(TYPES, table, &published)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(API.len() > 25, "the tables were read");
}

#[test]
fn every_call_may_be_sent() {
    let may = |service: &str, operation: &str| {
        let wanted = [service, operation];
        MAY_BE_SENT.lines().any(|line| line.split_whitespace().take(2).eq(wanted))
    };
    for call in API.iter().flat_map(|table| std::iter::once(&table.list).chain(table.details)) {
        assert!(
            may(call.service, call.operation),
            "{}:{} is not in operations.txt",
            call.service,
            call.operation
        );
        for each in call.each {
            assert!(
                may(each.service, each.operation),
                "{}:{} is not in operations.txt",
                each.service,
                each.operation
            );
        }
    }
}

#[test]
fn what_a_table_says_of_itself_names_its_own_paths() {
    let mut wrong = Vec::new();
    for table in TYPES {
        let has = |path: &str| table.paths.iter().chain(table.live).any(|(known, _)| *known == path);
        let above = |path: &str| {
            let plain = table.paths.iter().map(|(known, _)| known.replace("[]", ""));
            plain.into_iter().any(|known| known == path || known.starts_with(&format!("{path}.")))
        };
        let known_id = |path: &&&str| !path.is_empty() && !has(path);
        for path in std::iter::once(&table.id).chain(table.keys).filter(known_id) {
            wrong.push(format!("{}: id or key `{path}`", table.name));
        }
        for template in [table.arn, table.local] {
            for part in template.split('{').skip(1).filter_map(|part| part.split('}').next()) {
                if !["partition", "region", "account"].contains(&part) && !has(part) {
                    wrong.push(format!("{}: `{{{part}}}` of `{template}`", table.name));
                }
            }
        }
        for row in table.defaults {
            if !above(row.path) {
                wrong.push(format!("{}: default of `{}`", table.name, row.path));
            }
            wrong.extend(
                default_leaves(row.path, row.json)
                    .into_iter()
                    .filter(|leaf| !above(leaf))
                    .map(|leaf| format!("{}: the default of `{}` has `{leaf}`", table.name, row.path)),
            );
        }
        for link in table.links {
            if !TYPES.iter().any(|one| one.name == link.to) {
                wrong.push(format!("{}: `{}` names an {}, which is no type", table.name, link.path, link.to));
            }
            if !has(link.path) {
                wrong.push(format!("{}: link `{}`", table.name, link.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn default_leaves(path: &str, json: &str) -> Vec<String> {
    fn walk(path: &str, value: &serde_json::Value, out: &mut Vec<String>) {
        match value {
            serde_json::Value::Object(map) => {
                map.iter().for_each(|(key, value)| walk(&format!("{path}.{key}"), value, out));
            }
            serde_json::Value::Array(items) => items.iter().for_each(|item| walk(path, item, out)),
            _ => out.push(path.to_owned()),
        }
    }
    let mut out = Vec::new();
    walk(path, &serde_json::from_str(json).unwrap(), &mut out);
    out
}

#[test]
fn tables_are_sorted_so_that_a_type_is_found() {
    assert!(TYPES.is_sorted_by_key(|table| table.name));
    for table in TYPES {
        assert_eq!(tieout_aws_state::type_table(table.name).unwrap().name, table.name);
    }
}

/// The tests above would say so of a name that is spelt wrong.
mod misspelt {
    use super::*;

    fn bucket() -> TypeTable {
        **TYPES.iter().find(|table| table.name == "AWS::S3::Bucket").unwrap()
    }

    fn only(wrong: Vec<String>) -> String {
        assert_eq!(wrong.len(), 1, "{wrong:?}");
        wrong.into_iter().next().unwrap()
    }

    #[test]
    fn a_property_that_does_not_exist_is_refused() {
        let table = TypeTable { paths: &[("BucketNmae", Kind::Text)], ..bucket() };
        assert!(only(properties(&table, &read(CLOUDFORMATION))).contains("`BucketNmae` is not published"));
    }

    #[test]
    fn a_property_of_another_kind_is_refused() {
        let table = TypeTable {
            paths: &[("ObjectLockEnabled", Kind::Text), ("ObjectLockEnabled", Kind::Int)],
            ..bucket()
        };
        assert!(only(properties(&table, &read(CLOUDFORMATION))).contains("is flag, not Int"));
    }

    #[test]
    fn a_list_mark_on_what_is_no_list_is_refused_and_an_object_is_no_leaf() {
        let table = TypeTable { paths: &[("VersioningConfiguration[].Status", Kind::Text)], ..bucket() };
        assert!(only(properties(&table, &read(CLOUDFORMATION))).contains("not published"));
        let table = TypeTable { paths: &[("VersioningConfiguration", Kind::Text)], ..bucket() };
        assert!(only(properties(&table, &read(CLOUDFORMATION))).contains("is an object"));
    }

    fn terraform_row(from: &'static str, to: &'static str, transform: Transform) -> Vec<String> {
        let rows: &'static [Row] = Box::leak(Box::new([Row { from, to, live: false, transform }]));
        let table = TerraformTable {
            from: "aws_s3_bucket",
            to: "AWS::S3::Bucket",
            edge: None,
            when: &[],
            present: None,
            split: &[],
            otherwise: &[],
            rows,
        };
        terraform(TYPES, &table, &read(TERRAFORM))
    }

    #[test]
    fn a_terraform_attribute_that_does_not_exist_or_does_not_fit_is_refused() {
        assert!(terraform_row("bucket", "BucketName", Transform::Same).is_empty());
        assert!(only(terraform_row("bukket", "BucketName", Transform::Same)).contains("`bukket`"));
        assert!(
            only(terraform_row("bucket", "BucketNmae", Transform::Same)).contains("`BucketNmae` is nowhere")
        );
        assert!(
            only(terraform_row("object_lock_enabled", "BucketName", Transform::NameOfArn))
                .contains("does not become")
        );
    }

    #[test]
    fn a_terraform_resource_or_edge_that_does_not_exist_is_refused() {
        let table =
            TERRAFORM_BY_TYPE.iter().copied().flatten().find(|table| table.edge == Some("bucket")).unwrap();
        let wrong = terraform(TYPES, &TerraformTable { from: "aws_s3_bukket", ..*table }, &read(TERRAFORM));
        assert!(only(wrong).contains("no such resource"));
        let wrong = terraform(TYPES, &TerraformTable { edge: Some("bukket"), ..*table }, &read(TERRAFORM));
        assert!(only(wrong).contains("`bukket`"));
    }

    #[test]
    fn an_operation_parameter_item_or_member_that_does_not_exist_is_refused() {
        let table = **API.iter().find(|table| table.to == "AWS::EC2::VPC").unwrap();
        assert!(api(TYPES, &table, &answers()).is_empty());
        let call = |list: ApiCall| api(TYPES, &ApiTable { list, ..table }, &answers()).join("\n");
        assert!(
            call(ApiCall { operation: "DescribeVpc", ..table.list })
                .contains("ec2:DescribeVpc is not published")
        );
        assert!(call(ApiCall { items: "Vpc[]", ..table.list }).contains("`Vpc[]`"));
        assert!(call(ApiCall { params: &[("VpcId", Binding::Account)], ..table.list }).contains("`< VpcId`"));
        let rows: &[Row] = &[Row { from: "VpcIdd", to: "VpcId", live: true, transform: Transform::Same }];
        assert!(call(ApiCall { rows, ..table.list }).contains("`VpcIdd`"));
    }
}
