//! Reading the account part: connect or replay, collect, record.

use crate::cli::AccountArgs;
use crate::plan::Account;
use crate::progress::Progress;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use tieout_aws_checks::AwsCheck;
use tieout_aws_live::{CollectOptions, Collected, ConnectOptions, Session, collect};
use tieout_model::{AccountScope, Evidence};
use tieout_settings::Found;

/// What an account told.
pub struct AccountReading {
    /// Resources and gaps.
    pub collected: Collected,
    /// Which account and regions.
    pub scope: AccountScope,
    /// Who asked.
    pub actor: String,
    /// Every call.
    pub evidence: Vec<Evidence>,
    /// The day of the record, or of the call.
    pub day: String,
}

/// IAM actions that every scan needs, whatever the checks.
pub const BASE_ACTIONS: [&str; 2] = ["sts:GetCallerIdentity", "ec2:DescribeRegions"];

/// The IAM actions that the chosen checks read.
pub fn actions(checks: &[&'static dyn AwsCheck]) -> BTreeSet<&'static str> {
    checks.iter().flat_map(|check| check.about().reads).copied().chain(BASE_ACTIONS).collect()
}

/// Which account the flags name.
pub fn of_flags(args: &AccountArgs) -> Account {
    match &args.replay {
        Some(file) => Account::Replay(file.clone()),
        None if args.aws || args.record.is_some() => Account::Live,
        None => Account::No,
    }
}

/// Connects to the account, or opens its record.
pub async fn connect(
    account: &Account,
    args: &AccountArgs,
    found: &Found,
    progress: &Progress,
) -> Result<Option<Session>> {
    let config = &found.config.account;
    match account {
        Account::No => Ok(None),
        Account::Replay(file) => {
            let session =
                Session::replay(file).with_context(|| format!("the recorded account {}", file.display()))?;
            Ok(Some(session))
        }
        Account::Live => {
            let or = |flag: &Option<String>, file: &Option<String>| flag.clone().or_else(|| file.clone());
            let options = ConnectOptions {
                profile: or(&args.profile, &config.profile),
                region: args.regions.first().or(config.regions.first()).cloned(),
                role_arn: or(&args.role_arn, &config.role_arn),
                external_id: or(&args.external_id, &config.external_id),
                mfa_serial: args.mfa_serial.clone(),
                ask_token: std::io::stdin().is_terminal().then(|| Box::new(ask_token) as Box<_>),
                endpoint_url: or(&args.endpoint_url, &config.endpoint_url),
                ..ConnectOptions::default()
            };
            let line = progress.clone();
            line.say("signing in");
            let session = Session::connect(
                options,
                Some(Box::new(move |now| {
                    line.say(format!("{} {} · {} calls", now.service, now.region, now.calls))
                })),
            )
            .await?;
            Ok(Some(session))
        }
    }
}

fn ask_token(device: &str) -> Option<String> {
    eprint!("code of {device}: ");
    std::io::stderr().flush().ok()?;
    let mut code = String::new();
    std::io::stdin().read_line(&mut code).ok()?;
    Some(code.trim().to_owned()).filter(|code| !code.is_empty())
}

/// Collects what the chosen checks need.
pub async fn read(
    session: &Session,
    args: &AccountArgs,
    found: &Found,
    checks: &[&'static dyn AwsCheck],
) -> AccountReading {
    read_by(session, args, found, actions(checks)).await
}

/// Collects what the calls of some IAM actions tell.
pub async fn read_by(
    session: &Session,
    args: &AccountArgs,
    found: &Found,
    actions: BTreeSet<&'static str>,
) -> AccountReading {
    let regions = if args.regions.is_empty() { &found.config.account.regions } else { &args.regions };
    let options = CollectOptions {
        regions: (!regions.is_empty()).then(|| regions.clone()),
        actions: Some(actions.into_iter().map(str::to_owned).collect()),
    };
    let collected = collect(session, &options).await;
    AccountReading {
        scope: AccountScope { id: session.account().to_owned(), regions: collected.regions.clone() },
        actor: session.actor().to_owned(),
        evidence: session.evidence(),
        day: session.recorded_at().get(..10).unwrap_or_default().to_owned(),
        collected,
    }
}
