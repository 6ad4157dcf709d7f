//! From a document's view to the model: lenient where AWS is (a text or a list, one statement or a list),
//! a problem with its place where AWS refuses, a gap where something is not known.

use crate::action::ActionClause;
use crate::arn::ResourceClause;
use crate::condition::{Condition, Operator};
use crate::doc::{At, Doc, DocEntry, DocValue, Places};
use crate::pattern::Pattern;
use crate::policy::{Effect, Policy, PolicyProblem, Statement, Version};
use crate::principal::{PrincipalClause, PrincipalKind, PrincipalPattern, is_account_id};
use std::sync::Arc;
use tieout_model::{Gap, Place};

/// Reads a whole document.
pub(crate) fn policy(doc: &Doc<'_>, places: &Places<'_>, at: Place) -> Policy {
    let mut reader = Reader { places, variables: false, policy: Policy { at, ..Policy::default() } };
    reader.document(doc, None);
    reader.policy
}

struct Reader<'r, 'p> {
    places: &'r Places<'p>,
    variables: bool,
    policy: Policy,
}

impl Reader<'_, '_> {
    fn problem(&mut self, message: impl Into<String>, at: At<'_>) {
        let at = self.places.place(at);
        self.policy.problems.push(PolicyProblem { message: message.into(), at });
    }

    fn document(&mut self, doc: &Doc<'_>, maybe: Option<&Gap>) {
        match &doc.value {
            DocValue::Map(entries) => self.entries(entries, doc.at, maybe),
            DocValue::Either(gap, then, otherwise) => {
                self.document(then, Some(gap));
                self.document(otherwise, Some(gap));
            }
            DocValue::Null if maybe.is_some() => {}
            DocValue::Text(text) => match Doc::of_text(text) {
                Ok(inner) => {
                    let at = self.places.place(doc.at);
                    let read = policy(&inner, &Places::Fixed(&at), at.clone());
                    self.policy.statements.extend(read.statements);
                    self.policy.problems.extend(read.problems);
                    self.policy.gaps.extend(read.gaps);
                }
                Err(error) => {
                    self.problem(format!("this is no JSON: {error}"), doc.at);
                    self.policy.gaps.push(unreadable("a policy document that is no JSON"));
                }
            },
            _ => match doc.gap() {
                Some(gap) => self.policy.gaps.push(gap),
                None => {
                    self.problem("a policy document must be a map with `Version` and `Statement`", doc.at);
                    self.policy.gaps.push(unreadable("a policy document that is no map"));
                }
            },
        }
    }

    fn entries(&mut self, entries: &[DocEntry<'_>], at: At<'_>, maybe: Option<&Gap>) {
        // The version comes first: it says whether `${…}` is a variable.
        for entry in entries {
            if entry.key.eq_ignore_ascii_case("Version") {
                self.version(&entry.doc);
            }
        }
        let mut statements = None;
        for entry in entries {
            match canonical(&entry.key, &["Version", "Id", "Statement"]) {
                "Version" => {}
                "Id" => self.policy.id = entry.doc.text().map(Arc::from),
                "Statement" => statements = Some(&entry.doc),
                _ => {
                    let message = format!("`{}` is no element of a policy document", entry.key);
                    self.problem(message, entry.at);
                }
            }
            self.check_case(entry, &["Version", "Id", "Statement"]);
        }
        match statements {
            Some(doc) => self.statements(doc, maybe),
            None => self.problem("the document has no `Statement`", at),
        }
    }

    fn version(&mut self, doc: &Doc<'_>) {
        match doc.text() {
            Some("2012-10-17") => self.policy.version = Version::V2012,
            Some("2008-10-17") => self.policy.version = Version::V2008,
            Some(other) => {
                let message = format!("`{other}` is no version of the policy language; use 2012-10-17");
                self.problem(message, doc.at);
            }
            None => match doc.gap() {
                // Today's language is by far the likelier, and a variable is the more open reading.
                Some(_) => self.policy.version = Version::V2012,
                None => self.problem("`Version` must be the text 2012-10-17", doc.at),
            },
        }
        self.variables = self.policy.version == Version::V2012;
    }

    fn statements(&mut self, doc: &Doc<'_>, maybe: Option<&Gap>) {
        match &doc.value {
            DocValue::List(items) => items.iter().for_each(|item| self.statements(item, maybe)),
            DocValue::Map(entries) => self.statement(entries, doc.at, maybe),
            DocValue::Either(gap, then, otherwise) => {
                self.statements(then, Some(gap));
                self.statements(otherwise, Some(gap));
            }
            DocValue::Null => {}
            _ => match doc.gap() {
                Some(gap) => self.policy.gaps.push(gap),
                None => {
                    self.problem("a statement must be a map", doc.at);
                    self.policy.gaps.push(unreadable("a statement that is no map"));
                }
            },
        }
    }

    fn statement(&mut self, entries: &[DocEntry<'_>], at: At<'_>, maybe: Option<&Gap>) {
        let mut statement = Statement {
            index: self.policy.statements.len(),
            sid: None,
            effect: None,
            principal: PrincipalClause::Absent,
            actions: ActionClause::Absent,
            resources: ResourceClause::Absent,
            conditions: Vec::new(),
            gap: maybe.cloned(),
            at: self.places.place(at),
        };
        for entry in entries {
            let doc = &entry.doc;
            match canonical(&entry.key, &ELEMENTS) {
                _ if matches!(doc.value, DocValue::Null) => {}
                "Sid" => statement.sid = doc.text().map(Arc::from),
                "Effect" => self.effect(doc, &mut statement),
                "Principal" => {
                    self.twice(!matches!(statement.principal, PrincipalClause::Absent), entry);
                    statement.principal = self.principal(doc, PrincipalClause::Principal);
                }
                "NotPrincipal" => {
                    self.twice(!matches!(statement.principal, PrincipalClause::Absent), entry);
                    statement.principal = self.principal(doc, PrincipalClause::NotPrincipal);
                }
                "Action" => {
                    self.twice(!matches!(statement.actions, ActionClause::Absent), entry);
                    statement.actions = ActionClause::Action(self.plain_patterns(doc));
                }
                "NotAction" => {
                    self.twice(!matches!(statement.actions, ActionClause::Absent), entry);
                    statement.actions = ActionClause::NotAction(self.plain_patterns(doc));
                }
                "Resource" => {
                    self.twice(!matches!(statement.resources, ResourceClause::Absent), entry);
                    statement.resources = ResourceClause::Resource(self.patterns(doc, "a resource"));
                }
                "NotResource" => {
                    self.twice(!matches!(statement.resources, ResourceClause::Absent), entry);
                    statement.resources = ResourceClause::NotResource(self.patterns(doc, "a resource"));
                }
                "Condition" => self.conditions(doc, &mut statement.conditions),
                _ => {
                    let message = format!("`{}` is no element of a statement", entry.key);
                    self.problem(message, entry.at);
                }
            }
            self.check_case(entry, &ELEMENTS);
        }
        if statement.effect.is_none() && statement.gap.is_none() {
            self.problem("the statement has no `Effect`; it must be Allow or Deny", at);
        }
        if matches!(statement.actions, ActionClause::Absent) {
            self.problem("the statement has neither `Action` nor `NotAction`", at);
        }
        self.policy.statements.push(statement);
    }

    fn twice(&mut self, is_there: bool, entry: &DocEntry<'_>) {
        if is_there {
            let message = format!("`{}` cannot stand beside its opposite in one statement", entry.key);
            self.problem(message, entry.at);
        }
    }

    fn check_case(&mut self, entry: &DocEntry<'_>, names: &[&'static str]) {
        let name = canonical(&entry.key, names);
        if name != entry.key && names.contains(&name) {
            self.problem(format!("write `{name}`, not `{}`", entry.key), entry.at);
        }
    }

    fn effect(&mut self, doc: &Doc<'_>, statement: &mut Statement) {
        match (doc.text(), doc.gap()) {
            (Some("Allow"), _) => statement.effect = Some(Effect::Allow),
            (Some("Deny"), _) => statement.effect = Some(Effect::Deny),
            (Some(other), _) => {
                let message = format!("`{other}` is no effect; it must be Allow or Deny, with a capital");
                self.problem(message, doc.at);
            }
            (None, Some(gap)) => statement.gap = Some(gap),
            (None, None) => self.problem("`Effect` must be the text Allow or Deny", doc.at),
        }
    }

    /// One text or a list of them; unknown elements become holes.
    fn patterns(&mut self, doc: &Doc<'_>, what: &str) -> Vec<Pattern> {
        let mut out = Vec::new();
        self.collect(doc, what, self.variables, &mut out);
        out
    }

    /// Actions: no variables stand in them.
    fn plain_patterns(&mut self, doc: &Doc<'_>) -> Vec<Pattern> {
        let mut out = Vec::new();
        self.collect(doc, "an action", false, &mut out);
        out
    }

    fn collect(&mut self, doc: &Doc<'_>, what: &str, variables: bool, out: &mut Vec<Pattern>) {
        match &doc.value {
            DocValue::List(items) => {
                for item in items {
                    match &item.value {
                        DocValue::List(_) if matches!(doc.at, At::Span(..)) => {
                            self.problem(format!("a list within a list: {what} must be a text"), item.at);
                        }
                        _ => self.collect(item, what, variables, out),
                    }
                }
            }
            DocValue::Null => {}
            _ => match doc.pattern(variables, self.places) {
                Some(pattern) => out.push(pattern),
                None => self.problem(format!("{what} must be a text"), doc.at),
            },
        }
    }

    fn principal(
        &mut self,
        doc: &Doc<'_>,
        clause: fn(Vec<PrincipalPattern>) -> PrincipalClause,
    ) -> PrincipalClause {
        let mut out = Vec::new();
        match &doc.value {
            DocValue::Map(entries) => {
                for entry in entries {
                    let Some(kind) = principal_kind(&entry.key) else {
                        let message = format!(
                            "`{}` is no kind of principal; use AWS, Service, Federated or CanonicalUser",
                            entry.key
                        );
                        self.problem(message, entry.at);
                        continue;
                    };
                    let mut values = Vec::new();
                    self.collect(&entry.doc, "a principal", false, &mut values);
                    out.extend(values.into_iter().map(|value| PrincipalPattern { kind, value }));
                }
            }
            DocValue::Text(text) if text == "*" => {
                if let Some(value) = doc.pattern(false, self.places) {
                    out.push(PrincipalPattern { kind: PrincipalKind::Anyone, value });
                }
            }
            DocValue::List(items) if items.iter().any(|item| item.text() == Some("*")) => {
                // Amazon accepts `["*"]` for some services.
                if let Some(value) = items.iter().find_map(|item| item.pattern(false, self.places)) {
                    out.push(PrincipalPattern { kind: PrincipalKind::Anyone, value });
                }
            }
            // Stand-ins for AWS keep an account as it was given; AWS itself writes it as `{"AWS": …}`.
            DocValue::Text(text) if is_account_id(text) => {
                self.problem("a principal must be `*`, or a map such as {\"AWS\": \"…\"}", doc.at);
                if let Some(value) = doc.pattern(false, self.places) {
                    out.push(PrincipalPattern { kind: PrincipalKind::Aws, value });
                }
            }
            _ => match doc.gap() {
                Some(gap) => return PrincipalClause::Unknown(gap),
                None => {
                    self.problem("a principal must be `*`, or a map such as {\"AWS\": \"…\"}", doc.at);
                    return PrincipalClause::Unknown(unreadable("a principal that AWS refuses"));
                }
            },
        }
        clause(out)
    }

    fn conditions(&mut self, doc: &Doc<'_>, out: &mut Vec<Condition>) {
        let DocValue::Map(operators) = &doc.value else {
            let gap = doc.gap();
            if gap.is_none() {
                self.problem("`Condition` must be a map of operators", doc.at);
            }
            out.push(self.unknown_condition(gap, doc.at));
            return;
        };
        for entry in operators {
            let operator = Operator::parse(&entry.key);
            let mut gap = None;
            if operator.is_none() {
                self.problem(format!("`{}` is no condition operator", entry.key), entry.at);
                gap = Some(unreadable("a condition operator that AWS does not know"));
            }
            let DocValue::Map(keys) = &entry.doc.value else {
                let gap = entry.doc.gap();
                if gap.is_none() {
                    self.problem("an operator must hold a map of keys and values", entry.doc.at);
                }
                out.push(self.unknown_condition(gap, entry.at));
                continue;
            };
            for key in keys {
                let mut values = Vec::new();
                self.collect(&key.doc, "a condition value", self.variables, &mut values);
                let at = self.places.place(key.at).to(&self.places.place(key.doc.at));
                out.push(Condition { operator, key: Arc::from(&*key.key), values, gap: gap.clone(), at });
            }
        }
    }

    fn unknown_condition(&self, gap: Option<Gap>, at: At<'_>) -> Condition {
        Condition {
            operator: None,
            key: "".into(),
            values: Vec::new(),
            gap: Some(gap.unwrap_or_else(|| unreadable("a condition that AWS refuses"))),
            at: self.places.place(at),
        }
    }
}

const ELEMENTS: [&str; 9] = [
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// The name in its proper case where it is one of `names`, else the name itself.
fn canonical<'a>(name: &'a str, names: &[&'static str]) -> &'a str {
    names.iter().find(|known| known.eq_ignore_ascii_case(name)).copied().unwrap_or(name)
}

fn principal_kind(key: &str) -> Option<PrincipalKind> {
    Some(match key {
        "AWS" => PrincipalKind::Aws,
        "Service" => PrincipalKind::Service,
        "Federated" => PrincipalKind::Federated,
        "CanonicalUser" => PrincipalKind::CanonicalUser,
        "*" => PrincipalKind::Anyone,
        _ => return None,
    })
}

fn unreadable(what: &str) -> Gap {
    Gap::new(tieout_model::Reason::Unreadable, what, "mend the document")
}
