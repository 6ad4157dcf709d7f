//! Finding what a user names: a principal or a resource, by ARN, id, address or name.

use crate::catalogue::{Catalogue, Entry};
use crate::text::{Atom, Bit, Text, arn, known};
use crate::world::{Assignment, is_account};
use tieout_aws_state::{Resource, Scope};
use tieout_iam::eval::Principal;
use tieout_iam::facts::facts;
use tieout_model::{Node, Value};

/// What a look-up yields.
#[derive(Debug)]
pub enum Find<T> {
    /// The one that was meant.
    One(T),
    /// Several bear the name.
    Several(Vec<Entry>),
    /// None does.
    None,
}

/// A principal.
#[derive(Debug, Clone)]
pub struct Subject<'s> {
    /// Its id in the Assessment, or its ARN.
    pub id: String,
    /// Its own texts.
    pub(crate) arn: Text,
    /// The role or user, where it is in the state.
    pub(crate) holder: Option<&'s Resource>,
    /// What its ARN settles.
    pub(crate) fixed: Assignment,
    /// How it was found, where that is not plain: which role a function runs as.
    pub note: Option<String>,
}

/// A resource.
#[derive(Debug, Clone)]
pub struct Target<'s> {
    /// Its id in the Assessment, or its ARN.
    pub id: String,
    pub(crate) arn: Text,
    pub(crate) resource: Option<&'s Resource>,
    pub(crate) fixed: Assignment,
    /// Which object of a bucket.
    pub(crate) object: Option<String>,
}

/// Types whose code runs as a role, and the property that names it.
const RUNS_AS: [(&str, &str); 7] = [
    ("AWS::CodeBuild::Project", "ServiceRole"),
    ("AWS::EC2::Instance", "IamInstanceProfile"),
    ("AWS::ECS::TaskDefinition", "TaskRoleArn"),
    ("AWS::IAM::InstanceProfile", "Roles"),
    ("AWS::Lambda::Function", "Role"),
    ("AWS::StepFunctions::StateMachine", "RoleArn"),
    ("AWS::SageMaker::NotebookInstance", "RoleArn"),
];

const BUCKET: &str = "AWS::S3::Bucket";

/// True for the types that can be asked as a principal.
pub fn is_principal(type_name: &str) -> bool {
    matches!(type_name, "AWS::IAM::Role" | "AWS::IAM::User")
        || RUNS_AS.iter().any(|(name, _)| *name == type_name)
}

/// Finds a principal. Any ARN, service or `anonymous` is one, in the state or not.
pub fn find_principal<'s>(catalogue: &Catalogue<'s>, word: &str) -> Find<Subject<'s>> {
    let wanted = |resource: &Resource| is_principal(&resource.declared.type_name);
    match by_word(catalogue, word, &wanted) {
        Found::One(resource, fixed) => match run_as(catalogue, resource, 0) {
            RunsAs::Itself => Find::One(Subject {
                id: resource.subject.id.clone(),
                arn: arn(resource).unwrap_or_default(),
                holder: Some(resource),
                fixed,
                note: None,
            }),
            RunsAs::Role(role) => Find::One(Subject {
                id: role.subject.id.clone(),
                arn: arn(role).unwrap_or_default(),
                holder: Some(role),
                fixed: Assignment::new(),
                note: Some(format!("{} runs as {}", resource.subject.id, role.subject.id)),
            }),
            RunsAs::Outside(text) => Find::One(Subject {
                id: text.clone(),
                note: Some(format!("{} runs as {text}", resource.subject.id)),
                arn: known(text),
                holder: None,
                fixed: Assignment::new(),
            }),
        },
        Found::Several(all) => Find::Several(all),
        Found::None => match Principal::parse(word) {
            Some(Principal::Session(session)) => Find::One(of_session(catalogue, session)),
            Some(principal) if is_meant(word, &principal) => Find::One(Subject {
                id: word.to_owned(),
                arn: known(word),
                holder: None,
                fixed: Assignment::new(),
                note: None,
            }),
            _ => Find::None,
        },
    }
}

/// A word with a dot is a provider's name only where it looks like a host; an address has a dot, too.
fn is_meant(word: &str, principal: &Principal<'_>) -> bool {
    !matches!(principal, Principal::Provider(_)) || word.starts_with("arn:") || word.ends_with(".com")
}

fn of_session<'s>(catalogue: &Catalogue<'s>, session: &str) -> Subject<'s> {
    let mut words = session.split([':', '/']);
    let (account, role) = (words.nth(4).unwrap_or_default(), words.nth(1).unwrap_or_default());
    let is_role = |resource: &Resource| {
        let declared = &resource.declared;
        &*declared.type_name == "AWS::IAM::Role"
            && resource.subject.name.as_deref() == Some(role)
            && declared.account.as_deref().is_none_or(|own| own == account)
    };
    let holder = catalogue.state.of_type("AWS::IAM::Role").find(|resource| is_role(resource));
    let open = holder.is_some_and(|role| role.declared.account.is_none());
    let fixed = open.then(|| (Atom::Account, account.to_owned())).into_iter().collect();
    Subject { id: session.to_owned(), arn: known(session), holder, fixed, note: None }
}

enum RunsAs<'s> {
    Itself,
    Role(&'s Resource),
    Outside(String),
}

fn run_as<'s>(catalogue: &Catalogue<'s>, resource: &'s Resource, depth: usize) -> RunsAs<'s> {
    let declared = &resource.declared;
    let Some((_, path)) = RUNS_AS.iter().find(|(name, _)| *name == &*declared.type_name) else {
        return RunsAs::Itself;
    };
    let mut nodes = declared.values(path);
    if let [node] = nodes.as_slice()
        && let Value::List(items) = &node.value
    {
        nodes = items.iter().collect();
    }
    let Some(node) = nodes.first() else { return RunsAs::Itself };
    match named(catalogue, &declared.scope, node) {
        Some(next) if depth < 3 => match run_as(catalogue, next, depth + 1) {
            RunsAs::Itself => RunsAs::Role(next),
            other => other,
        },
        _ => RunsAs::Outside(node.scalar_text().map_or_else(|| node.expression(), |text| text.to_string())),
    }
}

fn named<'s>(catalogue: &Catalogue<'s>, scope: &Scope, node: &Node) -> Option<&'s Resource> {
    match &node.value {
        Value::Ref { id, .. } => {
            catalogue.local(scope, id).iter().copied().find(|one| is_principal(&one.declared.type_name))
        }
        _ => {
            let text = node.scalar_text()?;
            let wanted = |resource: &Resource| {
                is_principal(&resource.declared.type_name) && resource.declared.scope == *scope
            };
            match by_word(catalogue, &text, &wanted) {
                Found::One(resource, _) => Some(resource),
                _ => None,
            }
        }
    }
}

/// Finds a resource. Any ARN and `*` is one, in the state or not; `BUCKET/KEY` is an object.
pub fn find_resource<'s>(catalogue: &Catalogue<'s>, word: &str) -> Find<Target<'s>> {
    let wanted = |resource: &Resource| Catalogue::has_arn(resource);
    let one = |resource: &'s Resource, fixed, object: Option<String>| {
        let resource = stands_for(catalogue, resource).unwrap_or(resource);
        Find::One(Target {
            id: resource.subject.id.clone(),
            arn: arn(resource).unwrap_or_default(),
            resource: Some(resource),
            fixed,
            object,
        })
    };
    match by_word(catalogue, word, &wanted) {
        Found::One(resource, fixed) => return one(resource, fixed, None),
        Found::Several(all) => return Find::Several(all),
        Found::None => {}
    }
    let is_bucket = |resource: &Resource| &*resource.declared.type_name == BUCKET;
    for (at, _) in word.rmatch_indices('/') {
        let (bucket, key) = (word.get(..at).unwrap_or_default(), word.get(at + 1..).unwrap_or_default());
        match by_word(catalogue, bucket, &is_bucket) {
            Found::One(resource, fixed) => return one(resource, fixed, Some(key.to_owned())),
            Found::Several(all) => return Find::Several(all),
            Found::None => {}
        }
    }
    if word == "*" || tieout_iam::Arn::parse(word).is_some() {
        let part = part_of(catalogue, word);
        return Find::One(Target {
            id: word.to_owned(),
            arn: known(word),
            fixed: part.as_ref().map(|(_, fixed)| fixed.clone()).unwrap_or_default(),
            resource: part.map(|(resource, _)| resource),
            object: None,
        });
    }
    Find::None
}

/// What an alias stands for.
fn stands_for<'s>(catalogue: &Catalogue<'s>, alias: &'s Resource) -> Option<&'s Resource> {
    let table = tieout_aws_state::type_table(&alias.declared.type_name)?;
    let path = Some(table.stands_for).filter(|path| !path.is_empty())?;
    let node = alias.declared.values(path).first().copied()?;
    let to = table.links.iter().find(|link| link.path == path)?.to;
    match &node.value {
        Value::Ref { id, .. } => {
            let all = catalogue.local(&alias.declared.scope, id);
            all.iter().copied().find(|one| &*one.declared.type_name == to)
        }
        _ => {
            let text = node.scalar_text()?;
            let wanted = |resource: &Resource| &*resource.declared.type_name == to;
            match by_word(catalogue, &text, &wanted) {
                Found::One(resource, _) => Some(resource),
                _ => None,
            }
        }
    }
}

enum Found<'s> {
    One(&'s Resource, Assignment),
    Several(Vec<Entry>),
    None,
}

fn by_word<'s>(catalogue: &Catalogue<'s>, word: &str, wanted: &dyn Fn(&Resource) -> bool) -> Found<'s> {
    let all = || catalogue.state.resources().iter().filter(|resource| wanted(resource));
    let by_id: Vec<_> = all().filter(|one| one.subject.id == word || &*one.declared.local == word).collect();
    if !by_id.is_empty() {
        return only(by_id.into_iter().map(|resource| (resource, Assignment::new())).collect());
    }
    if word.starts_with("arn:") {
        return only(all().filter_map(|one| Some((one, settles(one, word)?))).collect());
    }
    let by_name = all().filter(|one| one.subject.name.as_deref() == Some(word));
    only(by_name.map(|resource| (resource, Assignment::new())).collect())
}

fn only(mut all: Vec<(&Resource, Assignment)>) -> Found<'_> {
    match all.len() {
        0 => Found::None,
        1 => all.pop().map_or(Found::None, |(resource, fixed)| Found::One(resource, fixed)),
        _ => Found::Several(
            all.iter()
                .map(|(resource, _)| Entry {
                    id: resource.subject.id.clone(),
                    name: resource.subject.name.clone(),
                    type_name: resource.declared.type_name.to_string(),
                })
                .collect(),
        ),
    }
}

/// What is settled where an ARN is that of a resource; `None` where it is another's.
fn settles(resource: &Resource, word: &str) -> Option<Assignment> {
    let (text, fixed) = at_arn(resource, word)?;
    (text == word).then_some(fixed)
}

/// The resource's ARN with account and region as another ARN has them; `None` where its name is open.
fn at_arn(resource: &Resource, word: &str) -> Option<(String, Assignment)> {
    let own = arn(resource)?;
    let mut fixed = Assignment::new();
    let mut text = String::new();
    for bit in &own {
        match bit {
            Bit::Known(part) => text.push_str(part),
            Bit::Open(atom @ (Atom::Account | Atom::Region)) => {
                let field = word.split(':').nth(if *atom == Atom::Account { 4 } else { 3 })?;
                if field.is_empty() || (*atom == Atom::Account && !is_account(field)) {
                    return None;
                }
                text.push_str(field);
                fixed.insert(atom.clone(), field.to_owned());
            }
            Bit::Open(_) => return None,
        }
    }
    Some((text, fixed))
}

/// The resource of which an ARN names a part: an object of a bucket, an index of a table, a version of a
/// function.
fn part_of<'s>(catalogue: &Catalogue<'s>, word: &str) -> Option<(&'s Resource, Assignment)> {
    const WITH_PARTS: [&str; 5] = [
        BUCKET,
        "AWS::DynamoDB::Table",
        "AWS::DynamoDB::GlobalTable",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
    ];
    let wanted = |resource: &&'s Resource| WITH_PARTS.contains(&&*resource.declared.type_name);
    catalogue.state.resources().iter().filter(wanted).find_map(|resource| {
        let (text, fixed) = at_arn(resource, word)?;
        let rest = word.strip_prefix(&text)?;
        rest.starts_with(['/', ':']).then_some((resource, fixed))
    })
}

/// Whether an action can be on a resource.
///
/// # Errors
/// Why it cannot.
pub fn fits(action: &str, target: &Target<'_>) -> Result<(), String> {
    let Some(action) = facts().action(action) else { return Ok(()) };
    let name = action.full_name();
    if !action.is_on_resources() {
        return match target.id.as_str() {
            "*" => Ok(()),
            _ => Err(format!("{name} is not on single resources; ask with --resource '*'")),
        };
    }
    let kinds: Vec<&str> = action.resource_types().map(|one| one.name).collect();
    if target.id == "*" {
        return Err(format!("{name} is on a resource ({}); name one", kinds.join(", ")));
    }
    let own: String = target
        .arn
        .iter()
        .map(|bit| match bit {
            Bit::Known(part) => part.as_str(),
            Bit::Open(_) => "?",
        })
        .collect();
    let fits = action.resource_types().any(|one| {
        let field = |arn: &str, at: usize| arn.splitn(6, ':').nth(at).unwrap_or_default().to_owned();
        let (form, resource) = (field(one.pattern, 5), field(&own, 5));
        let head = form.split('*').next().unwrap_or_default();
        field(one.pattern, 2) == field(&own, 2)
            && (resource.starts_with(head) || resource.starts_with(['?', '*']))
    });
    match fits {
        true => Ok(()),
        false => Err(format!("{name} is on {}, and {} is none", kinds.join(" or "), target.id)),
    }
}
