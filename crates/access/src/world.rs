//! Worlds: what the open texts of a deployment are taken to be, and policies settled by it.

use crate::catalogue::Catalogue;
use crate::text::{Atom, Bit, Text, atom_of};
use std::collections::{BTreeMap, BTreeSet};
use tieout_aws_state::Scope;
use tieout_model::tree::{Entry, join_pieces};
use tieout_model::{Node, Piece, Value};

/// What open texts are taken to be; the others are like no text that anyone wrote.
pub(crate) type Assignment = BTreeMap<Atom, String>;

/// The account where none is known. No account has this id.
pub(crate) const NO_ACCOUNT: &str = "000000000000";

/// Everything open, settled.
#[derive(Clone, Copy)]
pub(crate) struct World<'w, 's> {
    pub(crate) catalogue: &'w Catalogue<'s>,
    pub(crate) set: &'w Assignment,
    /// The open expressions of the principal's and the resource's own texts: the same expression in a policy
    /// is the same text.
    pub(crate) held: &'w BTreeSet<Atom>,
}

impl World<'_, '_> {
    /// A text, settled.
    pub(crate) fn render(&self, text: &Text) -> String {
        text.iter()
            .map(|bit| match bit {
                Bit::Known(part) => part.clone(),
                Bit::Open(atom) => self.value(atom),
            })
            .collect()
    }

    pub(crate) fn value(&self, atom: &Atom) -> String {
        self.set.get(atom).cloned().unwrap_or_else(|| fresh(atom))
    }

    /// A tree with what this world knows put in: other resources, the account, the region, the branches of
    /// conditions. What stays open is a hole of the policy.
    pub(crate) fn settle(&self, node: &Node, scope: &Scope) -> Node {
        let chosen = |name: &str| self.set.get(&Atom::Condition(name.into())).map(|value| value == "true");
        self.fill(&node.choose(&chosen), scope)
    }

    fn fill(&self, node: &Node, scope: &Scope) -> Node {
        let value = match &node.value {
            Value::Ref { .. } | Value::Unknown(_) => {
                return self
                    .filled(node, scope)
                    .map_or_else(|| node.clone(), |text| Node::text(text, node.at.clone()));
            }
            Value::Pieces(pieces) => join_pieces(pieces.iter().map(|piece| match piece {
                Piece::Text(text) => Piece::Text(text.clone()),
                Piece::Hole(hole) => Piece::Hole(self.fill(hole, scope)),
            })),
            Value::Encoded(inner) => Value::Encoded(Box::new(self.fill(inner, scope))),
            Value::List(items) => Value::List(items.iter().map(|item| self.fill(item, scope)).collect()),
            Value::Map(entries) => Value::Map(
                entries
                    .iter()
                    .map(|entry| Entry { node: self.fill(&entry.node, scope), ..entry.clone() })
                    .collect(),
            ),
            Value::Either { condition, then, otherwise } => Value::Either {
                condition: condition.clone(),
                then: Box::new(self.fill(then, scope)),
                otherwise: Box::new(self.fill(otherwise, scope)),
            },
            other => other.clone(),
        };
        Node::new(value, node.at.clone())
    }

    fn filled(&self, node: &Node, scope: &Scope) -> Option<String> {
        if let Value::Ref { id, attribute } = &node.value
            && let Some(text) = self.catalogue.referred(scope, id, attribute.as_deref())
        {
            let settled = text.iter().all(|bit| self.may_fill(bit));
            return settled.then(|| self.render(&text));
        }
        let atom = atom_of(&node.expression());
        self.may_fill(&Bit::Open(atom.clone())).then(|| self.value(&atom))
    }

    fn may_fill(&self, bit: &Bit) -> bool {
        match bit {
            Bit::Open(atom @ Atom::Expression(_)) => self.held.contains(atom),
            _ => true,
        }
    }
}

/// A text that nobody wrote, and that a reader understands.
fn fresh(atom: &Atom) -> String {
    let named = |name: &str| {
        let plain: String =
            name.chars().map(|letter| if ":/*?".contains(letter) { '.' } else { letter }).collect();
        format!("{{{plain}}}")
    };
    match atom {
        Atom::Account | Atom::Owner => NO_ACCOUNT.to_owned(),
        Atom::Region => "{region}".to_owned(),
        Atom::Name(name) | Atom::Expression(name) | Atom::Condition(name) => named(name),
        Atom::Object => "{object}".to_owned(),
        Atom::Block => "true".to_owned(),
    }
}

/// Accounts and regions that a text of a policy speaks of.
pub(crate) fn account_in(text: &str) -> Option<&str> {
    text.split([':', '/']).find(|word| is_account(word))
}

/// True for an account id.
pub(crate) fn is_account(word: &str) -> bool {
    word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit())
}

/// The region that an ARN speaks of.
pub(crate) fn region_in(text: &str) -> Option<&str> {
    let region = text.strip_prefix("arn:").map_or(text, |_| text.split(':').nth(3).unwrap_or_default());
    let mut words = region.split('-');
    let is_region = words.next().is_some_and(|word| word.len() == 2)
        && region.ends_with(|letter: char| letter.is_ascii_digit())
        && words.count() >= 2;
    (is_region && !region.contains(['*', '?'])).then_some(region)
}

/// Assignments in which the open parts of a text are what another text speaks of: with wildcards filled.
pub(crate) fn alignments(own: &Text, spoken: &str) -> Vec<Assignment> {
    let mut out = Vec::new();
    let whole = |text: &Text| -> String {
        text.iter()
            .map(|bit| match bit {
                Bit::Known(part) => part.as_str(),
                Bit::Open(_) => "\u{0}",
            })
            .collect()
    };
    let own_whole = whole(own);
    let service = |text: &str| text.split(':').nth(2).unwrap_or_default().to_owned();
    if !spoken.starts_with("arn:") || service(&own_whole) != service(spoken) {
        return out;
    }
    let resource = spoken.splitn(6, ':').nth(5).unwrap_or_default();
    for (at, bit) in own.iter().enumerate() {
        let Bit::Open(atom) = bit else { continue };
        if matches!(atom, Atom::Account | Atom::Region) {
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| own.get(at));
        let after = own.get(at + 1);
        let head = before.map_or("", |bit| match bit {
            Bit::Known(part) => last_word(part),
            Bit::Open(_) => "",
        });
        let tail = after.map_or("", |bit| match bit {
            Bit::Known(part) => first_word(part),
            Bit::Open(_) => "",
        });
        let words: Vec<&str> = match atom {
            Atom::Object => resource.split_once('/').map(|(_, key)| key).into_iter().collect(),
            _ => resource.split([':', '/']).collect(),
        };
        for word in words {
            out.extend(
                named(atom, word, head, tail)
                    .into_iter()
                    .map(|value| Assignment::from([(atom.clone(), value)])),
            );
        }
    }
    out
}

fn named(atom: &Atom, word: &str, head: &str, tail: &str) -> Vec<String> {
    if word.is_empty() || word.bytes().all(|byte| byte == b'*') {
        return Vec::new();
    }
    // A name that AWS makes up holds the logical id; nobody writes it out beforehand.
    if let Atom::Name(id) = atom {
        let logical = id.rsplit(['.', '#']).next().unwrap_or(id).to_ascii_lowercase();
        if !word.contains(['*', '?']) && !word.to_ascii_lowercase().contains(&logical) {
            return Vec::new();
        }
    }
    let mut values: Vec<String> = ["x", ""]
        .iter()
        .map(|with| word.replace('*', with).replace('?', "x"))
        .map(|filled| {
            let inner = filled.strip_prefix(head).unwrap_or(&filled);
            inner.strip_suffix(tail).unwrap_or(inner).to_owned()
        })
        .filter(|value| !value.is_empty())
        .collect();
    values.dedup();
    values
}

fn last_word(text: &str) -> &str {
    text.rsplit([':', '/']).next().unwrap_or(text)
}

fn first_word(text: &str) -> &str {
    text.split([':', '/']).next().unwrap_or(text)
}
