//! What an AWS access key opens: the user of the audited account whose it is, whether it can be used, and what its user
//! may do. A key that can be used is critical; one that cannot is not.

use crate::holder::allow;
use crate::words::sentence;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use tieout_access::Catalogue;
use tieout_aws_state::generated::iam::UserLiveAccessKeys;
use tieout_aws_state::types::{RootUser, User};
use tieout_aws_state::{AwsType, Resource, State};
use tieout_check::sort_findings;
use tieout_model::time::{Date, macros::format_description};
use tieout_model::{
    Assessment, Detail, Finding, Gap, KeyOpens, KeyStatus, Place, Reason, SecretDetail, Setting, Severity,
    SubjectKind,
};
use tieout_source::redact::{classify_secret, fingerprint};

/// The IAM actions by which an account tells of its keys: to be read where secrets are looked for.
pub const READS: [&str; 4] = [
    "iam:GetAccountAuthorizationDetails",
    "iam:ListAccessKeys",
    "iam:GetAccessKeyLastUsed",
    "iam:GetAccountSummary",
];

/// How a finding names the id of an access key that stands in a resource.
const KEY_ID: &str = "AWS access key id";

/// Says of each access key that was found what it opens in the audited accounts. Without an account nothing changes.
pub fn keys(assessment: &mut Assessment, state: &State) {
    let audited: BTreeSet<String> =
        assessment.scope.accounts.iter().map(|account| account.id.clone()).collect();
    if audited.is_empty() {
        return;
    }
    let account = Account { audited, state, catalogue: Catalogue::new(state), keys: OnceCell::new() };
    let mut changed: BTreeMap<String, String> = BTreeMap::new();
    for finding in &mut assessment.findings {
        if account.tell(finding) {
            changed.insert(finding.fingerprint.clone(), finding.message.clone());
        }
    }
    if changed.is_empty() {
        return;
    }
    for outcome in &mut assessment.results {
        if let Some(message) = outcome.finding.as_ref().and_then(|finding| changed.get(finding)) {
            outcome.reason.clone_from(message);
        }
    }
    sort_findings(&mut assessment.findings);
}

/// The audited accounts.
struct Account<'s> {
    audited: BTreeSet<String>,
    state: &'s State,
    catalogue: Catalogue<'s>,
    keys: OnceCell<Keys<'s>>,
}

/// Every key of every user.
#[derive(Default)]
struct Keys<'s> {
    /// By the fingerprint of their ids.
    known: BTreeMap<String, Key<'s>>,
    /// Why some may be missing: by account.
    gaps: Vec<(String, Gap)>,
}

#[derive(Clone, Copy)]
struct Key<'s> {
    user: &'s Resource,
    live: &'s UserLiveAccessKeys,
}

impl<'s> Account<'s> {
    /// Completes a finding; true where there was something to say.
    fn tell(&self, finding: &mut Finding) -> bool {
        let Some(detail) = finding.detail.as_deref_mut() else { return false };
        let mut said = String::new();
        let mut evidence = BTreeSet::new();
        match detail {
            Detail::Secret(secret) if finding.subject.kind == SubjectKind::Resource => {
                if secret.kind == KEY_ID {
                    said.push_str(&self.within(secret, &mut evidence).unwrap_or_default());
                }
            }
            Detail::Secret(secret) => {
                let Some(id) = secret.access_key_id.clone() else { return false };
                let opens = self.opens(&id, secret.aws_account.as_deref(), &mut evidence);
                // The id alone opens nothing, whatever became of the key.
                if secret.fingerprint != fingerprint(&id) {
                    finding.severity = severity(opens.status, finding.severity);
                }
                said.push_str(&sentence(&id, secret.aws_account.as_deref(), &opens));
                secret.opens = Some(Box::new(opens));
            }
            Detail::Secrets(secrets) => {
                for secret in secrets.iter_mut().filter(|secret| secret.kind == KEY_ID) {
                    said.push_str(&self.within(secret, &mut evidence).unwrap_or_default());
                }
            }
            Detail::Package(_) | Detail::Runtime(_) => {}
        }
        if said.is_empty() {
            return false;
        }
        finding.message.push_str(&said);
        evidence.extend(finding.evidence.drain(..));
        finding.evidence = evidence.into_iter().collect();
        true
    }

    /// An id that a resource holds: known by its fingerprint.
    fn within(&self, secret: &mut SecretDetail, evidence: &mut BTreeSet<String>) -> Option<String> {
        let key = self.keys().known.get(&secret.fingerprint).copied()?;
        let id = key.live.id.text().ok().filter(|id| !id.starts_with('⟦'))?.to_owned();
        let account = key.user.declared.account.as_deref().map(str::to_owned);
        let opens = self.of_user(key, evidence);
        let said = sentence(&id, account.as_deref(), &opens);
        secret.access_key_id = Some(id);
        secret.aws_account = account;
        secret.opens = Some(Box::new(opens));
        Some(said)
    }

    fn opens(&self, id: &str, account: Option<&str>, evidence: &mut BTreeSet<String>) -> KeyOpens {
        match id.get(..4) {
            Some("ASIA") => return with(KeyStatus::Temporary),
            Some("AKIA") => {}
            // IAM User Guide, "IAM identifiers", unique id prefixes.
            _ => return unknown("an id of this prefix is no user's access key"),
        }
        let keys = self.keys();
        if let Some(key) = keys.known.get(&fingerprint(id)) {
            return self.of_user(*key, evidence);
        }
        let of = |other: &str| account.is_none_or(|account| account == other);
        if !self.audited.iter().any(|audited| of(audited)) {
            return with(KeyStatus::OtherAccount);
        }
        let gaps: Vec<String> = keys
            .gaps
            .iter()
            .filter(|(of_account, _)| of(of_account))
            .map(|(_, gap)| gap.to_string())
            .collect();
        if !gaps.is_empty() {
            return KeyOpens { not_known: gaps, ..with(KeyStatus::Unknown) };
        }
        if account.is_none() {
            // Ids of before 2019 do not say their account: it may be of another one.
            return unknown("no user of the audited account has it, and the id does not say its account");
        }
        self.nobodys(account.unwrap_or_default(), evidence)
    }

    /// No user has it: root's, or deleted.
    fn nobodys(&self, account: &str, evidence: &mut BTreeSet<String>) -> KeyOpens {
        let root = self
            .state
            .all::<RootUser>()
            .find(|(resource, _)| resource.declared.account.as_deref() == Some(account));
        let Some((_, root)) = root else {
            return KeyOpens {
                not_known: vec!["whether root has an access key".to_owned()],
                ..with(KeyStatus::RootOrDeleted)
            };
        };
        let present = &root.live.access_keys_present;
        evidence.extend(evidence_of(present.place()));
        match present.known() {
            Ok(Some(false)) => with(KeyStatus::Deleted),
            Ok(Some(true)) => with(KeyStatus::RootOrDeleted),
            Ok(None) => unknown("whether root has an access key"),
            Err(gap) => KeyOpens { not_known: vec![gap.to_string()], ..with(KeyStatus::RootOrDeleted) },
        }
    }

    fn of_user(&self, key: Key<'s>, evidence: &mut BTreeSet<String>) -> KeyOpens {
        let mut opens = with(KeyStatus::Unknown);
        let mut not_known = Vec::new();
        let mut text = |setting: &Setting<String>| {
            evidence.extend(evidence_of(setting.place()));
            match setting.known() {
                Ok(found) => found.cloned(),
                Err(gap) => {
                    not_known.push(gap.to_string());
                    None
                }
            }
        };
        opens.status = match text(&key.live.status).as_deref() {
            Some("Active") => KeyStatus::Active,
            Some("Inactive") => KeyStatus::Inactive,
            _ => KeyStatus::Unknown,
        };
        opens.created = text(&key.live.created).map(|text| day_of(&text));
        let used = key.live.last_used.known().is_ok();
        opens.last_used = text(&key.live.last_used).map(|text| day_of(&text));
        // AWS says `N/A` of a key that was never used.
        let said = |text: &String| !text.is_empty() && text != "N/A";
        opens.last_used_service = text(&key.live.last_used_service).filter(said);
        opens.last_used_region = text(&key.live.last_used_region).filter(said);
        opens.never_used = (used && opens.last_used.is_none()).then_some(true);
        opens.age_days = opens.created.as_deref().and_then(|day| days(day, self.state.as_of()));
        opens.user = key.user.subject.arn.clone().or_else(|| Some(key.user.subject.id.clone()));
        opens.not_known = not_known;
        allow(&self.catalogue, key.user, &mut opens);
        opens.not_known.sort();
        opens.not_known.dedup();
        opens
    }

    fn keys(&self) -> &Keys<'s> {
        self.keys.get_or_init(|| self.read())
    }

    fn read(&self) -> Keys<'s> {
        let mut keys = Keys::default();
        for account in &self.audited {
            let seen = self.state.resources().iter().any(|resource| {
                resource.declared.account.as_deref() == Some(account)
                    && resource.is_live()
                    && resource.declared.type_name.starts_with("AWS::IAM::")
            });
            match self.state.population_gap(User::NAME, account, None) {
                Some(gap) => keys.gaps.push((account.clone(), gap.clone())),
                None if !seen => {
                    let what = format!("the users of account {account}");
                    let gap =
                        Gap::new(Reason::NotCollected, what, format!("allow and read {}", READS.join(", ")));
                    keys.gaps.push((account.clone(), gap));
                }
                None => {}
            }
        }
        for (user, typed) in self.state.all::<User>().filter(|(user, _)| user.is_live()) {
            let account = user.declared.account.as_deref().unwrap_or_default().to_owned();
            let all = match typed.live.access_keys.items() {
                Ok(all) => all,
                Err(gap) => {
                    keys.gaps.push((account, gap));
                    continue;
                }
            };
            for live in all {
                match live.id.text().map(id_fingerprint) {
                    Ok(Some(id)) => {
                        keys.known.insert(id, Key { user, live });
                    }
                    Ok(None) => {
                        let gap = Gap::unsupported(format_args!("the id of a key of {}", user.subject.id));
                        keys.gaps.push((account.clone(), gap));
                    }
                    Err(gap) => keys.gaps.push((account.clone(), gap)),
                }
            }
        }
        keys
    }
}

/// The fingerprint of an id. A record may hold ids as marks; those of earlier versions do not tell it.
fn id_fingerprint(id: &str) -> Option<String> {
    match id.starts_with('⟦') {
        false => Some(fingerprint(id)),
        true => classify_secret("", id).map(|secret| secret.fingerprint).filter(|known| !known.is_empty()),
    }
}

fn with(status: KeyStatus) -> KeyOpens {
    KeyOpens {
        status,
        user: None,
        created: None,
        age_days: None,
        last_used: None,
        last_used_service: None,
        last_used_region: None,
        never_used: None,
        administrator: None,
        actions: None,
        policies: Vec::new(),
        boundary: None,
        allows: Vec::new(),
        not_known: Vec::new(),
    }
}

fn unknown(what: &str) -> KeyOpens {
    KeyOpens { not_known: vec![what.to_owned()], ..with(KeyStatus::Unknown) }
}

/// A key that can be used is critical, one that cannot is at most medium; of the others nothing new is known.
fn severity(status: KeyStatus, now: Severity) -> Severity {
    match status {
        KeyStatus::Active => Severity::Critical,
        KeyStatus::Inactive | KeyStatus::Deleted => now.min(Severity::Medium),
        _ => now,
    }
}

fn evidence_of(place: &Place) -> Option<String> {
    match place {
        Place::Cloud(cloud) => Some(cloud.evidence.to_string()),
        _ => None,
    }
}

fn day_of(text: &str) -> String {
    text.get(..10).unwrap_or(text).to_owned()
}

fn days(day: &str, as_of: Date) -> Option<i64> {
    let day = Date::parse(day, format_description!("[year]-[month]-[day]")).ok()?;
    Some((as_of - day).whole_days())
}
