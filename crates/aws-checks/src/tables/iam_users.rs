//! Every user of an account with password, MFA and access keys, a line a key; the root user first.

use super::cell::{column, text};
use crate::iam::age::{day, days};
use crate::iam::keys::shown_id;
use tieout_aws_state::generated::iam::UserLiveAccessKeys;
use tieout_aws_state::types::{RootUser, User};
use tieout_aws_state::{Resource, State};
use tieout_model::time::Date;
use tieout_model::{Cell, ColumnKind, Gap, Setting, Table};

/// The table.
pub fn table(state: &State) -> Table {
    let as_of = state.as_of();
    let mut rows: Vec<Vec<Cell>> =
        state.all::<RootUser>().flat_map(|(resource, root)| root_rows(resource, root, as_of)).collect();
    let mut users: Vec<_> = state.all::<User>().filter(|(resource, _)| resource.is_live()).collect();
    users.sort_by(|(a, _), (b, _)| {
        (&a.subject.account, &a.subject.name).cmp(&(&b.subject.account, &b.subject.name))
    });
    rows.extend(users.into_iter().flat_map(|(resource, user)| user_rows(resource, user, as_of)));
    Table {
        id: "iam-users".into(),
        title: "IAM users".into(),
        note: format!(
            "Every user with password, MFA and access keys, root first; a line a key; ages on {as_of}."
        ),
        columns: vec![
            column("User", ColumnKind::Text),
            column("Account", ColumnKind::Text),
            column("Created", ColumnKind::Date),
            column("Password", ColumnKind::Flag),
            column("Password last used", ColumnKind::Date),
            column("MFA", ColumnKind::Flag),
            column("Access key", ColumnKind::Text),
            column("Key active", ColumnKind::Flag),
            column("Key created", ColumnKind::Date),
            column("Key age (days)", ColumnKind::Number),
            column("Key last used", ColumnKind::Date),
            column("Key last used for", ColumnKind::Text),
        ],
        rows,
    }
}

/// A cell of what is known, empty where there is nothing.
fn known<T>(value: Result<Option<T>, Gap>, cell: impl FnOnce(T) -> Cell) -> Cell {
    match value {
        Ok(Some(value)) => cell(value),
        Ok(None) => Cell::Empty,
        Err(gap) => Cell::Unknown(gap.to_string()),
    }
}

fn date_of(setting: &Setting<String>) -> Cell {
    known(day(setting), |day| Cell::Date(day.to_string()))
}

fn flag_of(setting: &Setting<bool>) -> Cell {
    known(setting.known(), |flag| Cell::Flag(*flag))
}

/// Devices and the credential report say it alike; either is enough for a yes.
fn mfa_of(user: &User) -> Cell {
    match user.live.mfa_devices.known() {
        Ok(Some(devices)) if !devices.is_empty() => Cell::Flag(true),
        Ok(Some(_)) if user.live.mfa_active.gap().is_some() => Cell::Flag(false),
        _ => flag_of(&user.live.mfa_active),
    }
}

fn account(resource: &Resource) -> Cell {
    resource.subject.account.clone().map_or(Cell::Empty, Cell::Text)
}

fn user_rows(resource: &Resource, user: &User, as_of: Date) -> Vec<Vec<Cell>> {
    let about = [
        Cell::Text(resource.subject.name.clone().unwrap_or_default()),
        account(resource),
        date_of(&user.live.create_date),
        flag_of(&user.live.password_enabled),
        date_of(&user.live.password_last_used),
        mfa_of(user),
    ];
    let line = |key: Vec<Cell>| about.iter().cloned().chain(key).collect::<Vec<Cell>>();
    match user.live.access_keys.items() {
        Ok([]) => vec![line(vec![Cell::Empty; 6])],
        Ok(keys) => keys.iter().map(|key| line(key_cells(key, as_of))).collect(),
        Err(gap) => vec![line(vec![Cell::Unknown(gap.to_string()); 6])],
    }
}

fn key_cells(key: &UserLiveAccessKeys, as_of: Date) -> Vec<Cell> {
    vec![
        known(key.id.known(), |id| Cell::Text(shown_id(id).into_owned())),
        known(key.status.known(), |status| Cell::Flag(status == "Active")),
        date_of(&key.created),
        known(days(&key.created, as_of), |days| Cell::Number(days as f64)),
        date_of(&key.last_used),
        text(&key.last_used_service),
    ]
}

/// Root's keys have no ids in the credential report: one line, and one more where there is a second key.
fn root_rows(resource: &Resource, root: &RootUser, as_of: Date) -> Vec<Vec<Cell>> {
    let live = &root.live;
    let about = [
        Cell::Text("root user".to_owned()),
        account(resource),
        date_of(&live.create_date),
        flag_of(&live.password_enabled),
        date_of(&live.password_last_used),
        flag_of(&live.mfa_active),
    ];
    let key = |name: &str, active: &Setting<bool>, rotated: &Setting<String>, used: &Setting<String>| {
        let cells = [
            Cell::Text(name.to_owned()),
            flag_of(active),
            date_of(rotated),
            known(days(rotated, as_of), |days| Cell::Number(days as f64)),
            date_of(used),
            Cell::Empty,
        ];
        about.iter().cloned().chain(cells).collect::<Vec<Cell>>()
    };
    let present = live.access_keys_present.is_true();
    let first = live.access_key1_active.is_true();
    let second = live.access_key2_active.is_true();
    if first != Ok(true) && second != Ok(true) {
        let none = match &present {
            Ok(true) => Cell::Text("present".to_owned()),
            Ok(false) => Cell::Text("none".to_owned()),
            Err(gap) => Cell::Unknown(gap.to_string()),
        };
        let rest = std::iter::once(none).chain(vec![Cell::Empty; 5]);
        return vec![about.iter().cloned().chain(rest).collect()];
    }
    let mut rows = Vec::new();
    if first == Ok(true) {
        rows.push(key(
            "first key",
            &live.access_key1_active,
            &live.access_key1_last_rotated,
            &live.access_key1_last_used,
        ));
    }
    if second == Ok(true) {
        rows.push(key(
            "second key",
            &live.access_key2_active,
            &live.access_key2_last_rotated,
            &live.access_key2_last_used,
        ));
    }
    rows
}
