//! Asking the engine: the request in every world that the policies tell apart, and one answer of them all.

use crate::Catalogue;
use crate::block::{Block, block};
use crate::context::{TLS, context};
use crate::identity::identity;
use crate::layers::{Written, texts};
use crate::resource;
use crate::target::{Subject, Target};
use crate::text::{Atom, Bit, Text};
use crate::world::{Assignment, NO_ACCOUNT, World, account_in, alignments, is_account, region_in};
use std::collections::BTreeSet;
use tieout_iam::eval::{Layer, Layers, Principal, Request, Settings, Verdict, evaluate, open_keys};
use tieout_iam::facts::facts;
use tieout_iam::{Arn, Policy, Statement, open_gaps};
use tieout_model::{Gap, Place, Reason};

/// What the user knows besides.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Context keys and their values.
    pub context: Vec<(String, Vec<String>)>,
    /// True where a key that is not given is absent from the request; else it is unknown.
    pub exact: bool,
    /// Who owns the resource, where its ARN does not say it.
    pub resource_account: Option<String>,
    /// The account of the deployment.
    pub account: Option<String>,
    /// Its region.
    pub region: Option<String>,
    /// Service control policies, one list a level.
    pub scp: Vec<Vec<Policy>>,
    /// Resource control policies, one list a level.
    pub rcp: Vec<Vec<Policy>>,
    /// The policy of the session.
    pub session: Option<Policy>,
}

/// A question.
#[derive(Debug, Clone, Copy)]
pub struct Question<'q, 's> {
    /// Who asks.
    pub subject: &'q Subject<'s>,
    /// What for: `s3:GetObject`.
    pub action: &'q str,
    /// On what.
    pub target: &'q Target<'s>,
    /// What is known besides.
    pub given: &'q Given,
}

/// What decided.
#[derive(Debug, Clone, PartialEq)]
pub struct Because {
    /// The layer.
    pub layer: Layer,
    /// The `Sid` or the number of the statement; `None` where a layer lacks an allow.
    pub statement: Option<String>,
    /// The policy in which it stands.
    pub policy: Option<String>,
    /// Where it stands.
    pub place: Place,
}

/// The answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The outcome.
    pub verdict: Verdict,
    /// What decided.
    pub because: Because,
    /// The outcome in a sentence.
    pub why: String,
    /// The principal of the request, open parts in braces.
    pub principal: String,
    /// The resource of the request, open parts in braces.
    pub resource: String,
    /// Context keys on which it depends; none where the outcome is certain.
    pub keys: Vec<String>,
    /// What is not known and bears on it; none where the outcome is certain.
    pub gaps: Vec<Gap>,
    /// What was taken for granted, and what was left out.
    pub notes: Vec<String>,
}

/// At most so many worlds are looked at.
const MOST_WORLDS: usize = 400;
/// At most so many conditions of the source are tried both ways.
const MOST_CONDITIONS: usize = 4;

/// Answers a question.
pub fn ask(catalogue: &Catalogue<'_>, question: &Question<'_, '_>) -> Answer {
    let mut fixed = question.subject.fixed.clone();
    fixed.extend(question.target.fixed.clone());
    let given = question.given;
    for (atom, value) in [(Atom::Account, &given.account), (Atom::Region, &given.region)] {
        if let Some(value) = value {
            fixed.entry(atom).or_insert_with(|| value.clone());
        }
    }
    let arn = target_arn(question);
    let held = question.subject.arn.iter().chain(&arn).filter_map(|bit| match bit {
        Bit::Open(atom) => Some(atom.clone()),
        Bit::Known(_) => None,
    });
    let held: BTreeSet<Atom> = held.collect();
    let asked = Asked::gather(catalogue, question, arn, held, fixed);
    asked.answer()
}

/// The ARN of the request: for an action on objects, that of an object.
fn target_arn(question: &Question<'_, '_>) -> Text {
    let target = question.target;
    let mut arn = target.arn.clone();
    let is_bucket = target.resource.is_some_and(|one| &*one.declared.type_name == "AWS::S3::Bucket")
        && !arn.iter().any(
            |bit| matches!(bit, Bit::Known(text) if text.trim_start_matches("arn:aws:s3:::").contains('/')),
        );
    if !is_bucket {
        return arn;
    }
    let on = |name: &str| {
        facts()
            .action(question.action)
            .is_some_and(|action| action.resource_types().any(|one| one.name == name))
    };
    if on("bucket") && target.object.is_none() || !on("object") {
        return arn;
    }
    arn.push(Bit::Known("/".to_owned()));
    arn.push(match &target.object {
        Some(key) => Bit::Known(key.clone()),
        None => Bit::Open(Atom::Object),
    });
    arn
}

/// All that a question needs, gathered once.
struct Asked<'a, 's> {
    catalogue: &'a Catalogue<'s>,
    question: &'a Question<'a, 's>,
    arn: Text,
    held: BTreeSet<Atom>,
    fixed: Assignment,
    identity: Vec<Written<'s>>,
    boundary: Vec<Written<'s>>,
    resource: Vec<Written<'s>>,
    block: Block,
    notes: Vec<String>,
}

/// The outcome in one world.
struct Outcome {
    verdict: Verdict,
    because: Because,
    why: String,
    principal: String,
    resource: String,
    keys: Vec<String>,
    gaps: Vec<Gap>,
}

impl<'a, 's> Asked<'a, 's> {
    fn gather(
        catalogue: &'a Catalogue<'s>,
        question: &'a Question<'a, 's>,
        arn: Text,
        held: BTreeSet<Atom>,
        fixed: Assignment,
    ) -> Asked<'a, 's> {
        let world = World { catalogue, set: &fixed, held: &held };
        let principal = world.render(&question.subject.arn);
        let identity = identity(catalogue, question.subject, &principal);
        let own = resource::policies(question.target, question.action, &world);
        let block = question.target.resource.map_or(Block::Off, |resource| block(catalogue, resource));
        let conditions = conditions(identity.policies.iter().chain(&identity.boundary).chain(&own.policies));
        // A decision is looked at under each branch; the first is where all conditions hold.
        let holding = conditions.into_iter().map(|atom| (atom, "true".to_owned()));
        let fixed = fixed.into_iter().chain(holding).collect();
        Asked {
            catalogue,
            question,
            arn,
            held,
            identity: identity.policies,
            boundary: identity.boundary,
            resource: own.policies,
            block,
            notes: own.notes,
            fixed,
        }
    }

    fn answer(mut self) -> Answer {
        let base = self.outcome(&self.fixed);
        let (worlds, all) = self.worlds();
        let mut verdict = base.verdict;
        let mut gaps = base.gaps.clone();
        let mut why = base.why.clone();
        let mut keys = base.keys.clone();
        let mut open: BTreeSet<Atom> = BTreeSet::new();
        for world in &worlds {
            let other = self.outcome(world);
            if other.verdict == base.verdict {
                continue;
            }
            let differs = world.iter().filter(|(atom, value)| self.fixed.get(*atom) != Some(*value));
            let mut atoms: Vec<(&Atom, &String)> = differs.collect();
            atoms.retain(|(atom, value)| self.matters(world, atom, value, other.verdict));
            if open.is_empty() && base.verdict != Verdict::DependsOn {
                let when: Vec<String> = atoms.iter().map(|(atom, value)| self.when(atom, value)).collect();
                why = format!("{why}; but {} where {}", other.why, when.join(" and "));
            }
            open.extend(atoms.into_iter().map(|(atom, _)| atom.clone()));
            keys.extend(other.keys);
            gaps.extend(other.gaps);
            verdict = Verdict::DependsOn;
        }
        gaps.extend(open.iter().map(|atom| self.gap(atom)));
        if !all && base.verdict != Verdict::DependsOn {
            verdict = Verdict::DependsOn;
            gaps.push(Gap::unsupported("policies that speak of very many names"));
        }
        if verdict != Verdict::DependsOn {
            (keys, gaps) = (Vec::new(), Vec::new());
        }
        keys.sort();
        keys.dedup();
        gaps.sort();
        gaps.dedup();
        let notes = self.notes(&base);
        Answer {
            verdict,
            because: base.because,
            why,
            principal: base.principal,
            resource: base.resource,
            keys,
            gaps,
            notes,
        }
    }

    /// True where the outcome is another without this part of the assignment.
    fn matters(&self, world: &Assignment, atom: &Atom, value: &str, verdict: Verdict) -> bool {
        let mut without = world.clone();
        match self.fixed.get(atom) {
            Some(before) if before == value => return false,
            Some(before) => without.insert(atom.clone(), before.clone()),
            None => without.remove(atom),
        };
        self.outcome(&without).verdict != verdict
    }

    fn when(&self, atom: &Atom, value: &str) -> String {
        match atom {
            Atom::Condition(name) if value == "true" => format!("{name} holds"),
            Atom::Condition(name) => format!("{name} does not hold"),
            Atom::Block => "S3 block public access is off".to_owned(),
            other => format!("{} is {value}", described(other)),
        }
    }

    fn gap(&self, atom: &Atom) -> Gap {
        let settle = match atom {
            Atom::Account => "give it with --account, or ask the deployed account",
            Atom::Region => "give it with --region, or ask the deployed account",
            Atom::Owner => "give it with --resource-account",
            Atom::Object => "name the object: BUCKET/KEY",
            Atom::Block => {
                return match &self.block {
                    Block::Open(gap) => gap.clone(),
                    _ => Gap::unresolved("S3 block public access"),
                };
            }
            Atom::Name(_) => "write the name, or ask the deployed account",
            Atom::Expression(_) | Atom::Condition(_) => return Gap::unresolved(described(atom)),
        };
        Gap::new(Reason::Unresolved, described(atom), settle)
    }

    fn notes(&mut self, base: &Outcome) -> Vec<String> {
        let given = self.question.given;
        let mut notes = std::mem::take(&mut self.notes);
        if let Some(note) = &self.question.subject.note {
            notes.insert(0, note.clone());
        }
        if !given.context.iter().any(|(key, _)| key.eq_ignore_ascii_case(TLS.0)) {
            notes.push("taken for granted: the call goes over TLS (aws:SecureTransport is true)".to_owned());
        }
        let speaks_of_account = base.principal.contains(NO_ACCOUNT) || base.resource.contains(NO_ACCOUNT);
        if speaks_of_account {
            notes.push(format!("{NO_ACCOUNT} stands for the account of the deployment, which is not known"));
        }
        if given.scp.is_empty() || given.rcp.is_empty() {
            let left: Vec<&str> = [("SCPs", given.scp.is_empty()), ("RCPs", given.rcp.is_empty())]
                .into_iter()
                .filter_map(|(name, left)| left.then_some(name))
                .collect();
            notes.push(format!(
                "not taken into account: the organisation's {} (--scp, --rcp), policies of VPC endpoints",
                left.join(" and ")
            ));
        }
        notes
    }

    /// Every world that the policies may tell apart from the base; false where there are too many.
    fn worlds(&self) -> (Vec<Assignment>, bool) {
        let world = self.world(&self.fixed);
        let written = || self.identity.iter().chain(&self.boundary).chain(&self.resource);
        let policies: Vec<Policy> = written().map(|one| one.policy(&world)).collect();
        let given = self.question.given;
        let mut spoken = texts(&policies);
        for list in given.scp.iter().chain(&given.rcp) {
            spoken.extend(texts(list));
        }
        spoken.extend(
            given.session.as_ref().map(|policy| texts(std::slice::from_ref(policy))).unwrap_or_default(),
        );
        spoken.insert(world.render(&self.question.subject.arn));
        spoken.insert(world.render(&self.arn));
        let named = self.by_texts(&spoken);
        let toggles = self.toggles();
        let mut out: BTreeSet<Assignment> = BTreeSet::new();
        for one in &named {
            for toggle in &toggles {
                let mut world = self.fixed.clone();
                world.extend(one.clone());
                world.extend(toggle.clone());
                out.insert(world);
                if out.len() > MOST_WORLDS {
                    return (out.into_iter().collect(), false);
                }
            }
        }
        out.remove(&self.fixed);
        (out.into_iter().collect(), true)
    }

    /// Assignments by what texts speak of: each alone, and each of the principal's with each of the resource's.
    fn by_texts(&self, spoken: &BTreeSet<String>) -> BTreeSet<Assignment> {
        let own = &self.question.subject.arn;
        let mut places: BTreeSet<Assignment> = BTreeSet::from([Assignment::new()]);
        let mut subjects: BTreeSet<Assignment> = places.clone();
        let mut targets: BTreeSet<Assignment> = places.clone();
        let is_open = |atom: &Atom| !self.fixed.contains_key(atom);
        for text in spoken {
            let mut place = Assignment::new();
            let account = account_in(text).filter(|account| *account != NO_ACCOUNT);
            if let Some(account) = account.filter(|_| is_open(&Atom::Account)) {
                place.insert(Atom::Account, account.to_owned());
            }
            if let Some(region) = region_in(text).filter(|_| is_open(&Atom::Region)) {
                place.insert(Atom::Region, region.to_owned());
            }
            for (from, to) in [(own, &mut subjects), (&self.arn, &mut targets)] {
                let aligned = alignments(from, text).into_iter();
                to.extend(aligned.filter(|one| one.keys().all(is_open)));
            }
            places.insert(place);
        }
        if let Some(owner) = self.open_owner() {
            places = places
                .into_iter()
                .flat_map(|place| {
                    let mut theirs = place.clone();
                    theirs.insert(Atom::Owner, owner.clone());
                    [place, theirs]
                })
                .collect();
        }
        let mut all = BTreeSet::new();
        for place in &places {
            for subject in &subjects {
                for target in &targets {
                    let mut one = place.clone();
                    one.extend(subject.clone());
                    one.extend(target.clone());
                    all.insert(one);
                    if all.len() > MOST_WORLDS {
                        return all;
                    }
                }
            }
        }
        all
    }

    /// Conditions of the source and S3 block public access, each way.
    fn toggles(&self) -> Vec<Assignment> {
        let conditions = self.fixed.keys().filter(|atom| matches!(atom, Atom::Condition(_)));
        let block = matches!(self.block, Block::Open(_)).then_some(&Atom::Block);
        let mut out = vec![Assignment::new()];
        for atom in conditions.chain(block) {
            for mut one in out.clone() {
                one.insert(atom.clone(), "false".to_owned());
                out.push(one);
            }
        }
        out
    }

    fn world<'w>(&'w self, set: &'w Assignment) -> World<'w, 's> {
        World { catalogue: self.catalogue, set, held: &self.held }
    }

    /// An account that is not the principal's, where it is open whether the resource is another's.
    fn open_owner(&self) -> Option<String> {
        let target = self.question.target;
        let says = |text: &str| Arn::parse(text).is_some_and(|arn| is_account(arn.account));
        let text = self.world(&self.fixed).render(&self.arn);
        let open = target.resource.is_none()
            && target.id != "*"
            && self.question.given.resource_account.is_none()
            && !says(&text);
        open.then(|| "999999999999".to_owned())
    }

    fn owner(&self, world: &World<'_, 's>, arn: &str, own: Option<&str>) -> Option<String> {
        let target = self.question.target;
        if let Some(account) = &self.question.given.resource_account {
            return Some(account.clone());
        }
        if let Some(resource) = target.resource {
            let account = resource.declared.account.as_ref().map(ToString::to_string);
            return Some(account.unwrap_or_else(|| world.value(&Atom::Account)));
        }
        if let Some(owner) = world.set.get(&Atom::Owner) {
            return Some(owner.clone());
        }
        let told = Arn::parse(arn).map(|arn| arn.account).filter(|account| is_account(account));
        told.or(own).map(str::to_owned)
    }

    fn outcome(&self, set: &Assignment) -> Outcome {
        let world = self.world(set);
        let given = self.question.given;
        let subject = world.render(&self.question.subject.arn);
        let arn = world.render(&self.arn);
        let principal = Principal::parse(&subject).unwrap_or(Principal::Anonymous);
        let owner = self.owner(&world, &arn, principal.account());
        let context = context(given, self.question.subject, principal, (&arn, owner.as_deref()), &world);
        let settled = |all: &[Written<'s>]| all.iter().map(|one| one.policy(&world)).collect::<Vec<_>>();
        let (identity, boundary) = (settled(&self.identity), settled(&self.boundary));
        let resource = joined(settled(&self.resource));
        let request = Request {
            principal,
            action: self.question.action,
            resource: &arn,
            resource_account: owner.as_deref(),
            context: &context,
        };
        let layers = Layers {
            identity: &identity,
            resource: resource.as_ref(),
            boundary: &boundary,
            session: given.session.as_ref(),
            scp: &given.scp,
            rcp: &given.rcp,
            vpce: &[],
        };
        let blocked = match self.block {
            Block::On => true,
            Block::Off => false,
            Block::Open(_) => world.value(&Atom::Block) == "true",
        };
        let decision = evaluate(&request, &layers, Settings { s3_block_public_access: blocked });
        let depends = decision.verdict == Verdict::DependsOn;
        let statement = decision.because.statement;
        let policy = statement.and_then(|statement| {
            let of = |policies: &[Policy], written: &[Written<'s>]| {
                let at = policies.iter().position(|policy| holds(policy, statement))?;
                written.get(at).map(|one| one.label.clone())
            };
            let own = of(&identity, &self.identity).or_else(|| of(&boundary, &self.boundary));
            own.or_else(|| self.label_of(statement, &world))
        });
        let because = Because {
            layer: decision.because.layer,
            statement: statement.map(|one| match &one.sid {
                Some(sid) if !sid.is_empty() => sid.to_string(),
                _ => (one.index + 1).to_string(),
            }),
            place: statement.map_or(Place::None, |one| one.at.clone()),
            policy,
        };
        Outcome {
            verdict: decision.verdict,
            why: sentence(decision.verdict, &because, statement),
            because,
            keys: if depends { open_keys(&request, &layers) } else { Vec::new() },
            gaps: if depends { open_gaps(&request, &layers) } else { Vec::new() },
            principal: subject.clone(),
            resource: arn.clone(),
        }
    }

    /// The name of the resource's policy in which a statement stands.
    fn label_of(&self, statement: &Statement, world: &World<'_, 's>) -> Option<String> {
        let same = |one: &&Written<'s>| one.policy(world).statements.iter().any(|other| other == statement);
        self.resource.iter().find(same).map(|one| one.label.clone())
    }
}

/// The conditions of the source on which policies depend; none where there are too many to try.
fn conditions<'w, 's: 'w>(written: impl Iterator<Item = &'w Written<'s>>) -> BTreeSet<Atom> {
    let all: BTreeSet<Atom> = written.flat_map(Written::conditions).collect();
    if all.len() <= MOST_CONDITIONS { all } else { BTreeSet::new() }
}

fn holds(policy: &Policy, statement: &Statement) -> bool {
    policy.statements.iter().any(|one| std::ptr::eq(one, statement))
}

/// The policies of a resource as one.
fn joined(policies: Vec<Policy>) -> Option<Policy> {
    let mut all = policies.into_iter();
    let mut first = all.next()?;
    for policy in all {
        first.statements.extend(policy.statements);
        first.gaps.extend(policy.gaps);
    }
    Some(first)
}

fn sentence(verdict: Verdict, because: &Because, statement: Option<&Statement>) -> String {
    let layer = because.layer.name();
    let statement = statement.map(|one| {
        let of = because.policy.as_ref().map(|name| format!(" of {name}")).unwrap_or_default();
        format!("{}{of}", one.label())
    });
    match (verdict, statement) {
        (Verdict::Allowed, Some(statement)) => format!("allowed by {statement} ({layer})"),
        (Verdict::Allowed, None) => format!("allowed; {layer} need not say so"),
        (Verdict::ExplicitlyDenied, Some(statement)) => format!("denied by {statement} ({layer})"),
        (Verdict::ExplicitlyDenied, None) => format!("denied by {layer}"),
        (Verdict::ImplicitlyDenied, _) => format!("denied: no statement of {layer} allows it"),
        (Verdict::DependsOn, Some(statement)) => format!("depends on {statement} ({layer})"),
        (Verdict::DependsOn, None) => format!("depends on {layer}"),
    }
}

fn described(atom: &Atom) -> String {
    match atom {
        Atom::Account => "the account of the deployment".to_owned(),
        Atom::Region => "the region of the deployment".to_owned(),
        Atom::Name(id) => format!("the name of {id}"),
        Atom::Expression(expression) => expression.to_string(),
        Atom::Object => "the object".to_owned(),
        Atom::Owner => "the account that owns the resource".to_owned(),
        Atom::Condition(name) => format!("condition {name}"),
        Atom::Block => "S3 block public access".to_owned(),
    }
}
