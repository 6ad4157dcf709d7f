//! Who asks: AWS's own credential chain (environment, profile, SSO, assume-role, web identity, ECS, IMDSv2,
//! process), an assumed role with external id and MFA, and renewal when credentials end.

use aws_config::{BehaviorVersion, ConfigLoader, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_smithy_http_client::{Builder, tls};
use aws_types::os_shim_internal::{Env, Fs};
use std::fmt;
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// Credentials are renewed this long before they end.
const RENEW_BEFORE: Duration = Duration::from_secs(120);

/// Asks the user for the code of an MFA device, by the device's serial number; none where it can't.
pub type AskToken = dyn Fn(&str) -> Option<String> + Send + Sync;

/// How to reach an account.
#[derive(Default)]
pub struct ConnectOptions {
    /// Profile of AWS's configuration files.
    pub profile: Option<String>,
    /// An access key's id and secret in place of the chain, for servers that check neither.
    pub credentials: Option<(String, String)>,
    /// The region for questions that belong to none.
    pub region: Option<String>,
    /// A role to assume.
    pub role_arn: Option<String>,
    /// The external id that the role's owner wants.
    pub external_id: Option<String>,
    /// The MFA device that the role's owner wants.
    pub mfa_serial: Option<String>,
    /// Asks for the device's code.
    pub ask_token: Option<Box<AskToken>>,
    /// One endpoint for every service.
    pub endpoint_url: Option<String>,
    /// FIPS endpoints; none leaves it to the environment and the profile.
    pub fips: Option<bool>,
    /// Dual-stack endpoints; none leaves it to the environment and the profile.
    pub dual_stack: Option<bool>,
    /// How often a call is tried in all; none for 5 (8 where it is throttled).
    pub attempts: Option<u32>,
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("profile", &self.profile)
            .field("region", &self.region)
            .field("role_arn", &self.role_arn)
            .field("endpoint_url", &self.endpoint_url)
            .finish_non_exhaustive()
    }
}

/// Why an account could not be reached at all.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No credentials, or none that work.
    #[error("no AWS credentials: {0}. Set AWS_PROFILE, sign in (`aws sso login`) or give --profile")]
    Credentials(String),
    /// The role wants MFA and nobody could be asked.
    #[error(
        "the role {role} wants the code of the MFA device {device}, and there is nobody to ask; run in a terminal"
    )]
    NoToken {
        /// The role's ARN.
        role: String,
        /// The device's serial number.
        device: String,
    },
    /// An endpoint that is no URL.
    #[error("`{0}` is no endpoint: it must begin with http:// or https://")]
    Endpoint(String),
    /// The account did not say who is asking.
    #[error("the account could not be asked who is calling (sts:GetCallerIdentity): {0}")]
    Identity(String),
}

/// The settings that AWS's files and environment give, and the credentials.
pub(crate) struct Resolved {
    pub config: SdkConfig,
    pub keeper: Keeper,
}

/// Reads AWS's configuration and chooses the source of credentials.
pub(crate) async fn resolve(options: ConnectOptions) -> Result<Resolved, ConnectError> {
    let provider = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring);
    let http = Builder::new().tls_provider(provider).build_https();
    let loader = |profile: Option<String>| -> ConfigLoader {
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http.clone());
        if let Some(profile) = profile {
            loader = loader.profile_name(profile);
        }
        if let Some(region) = options.region.clone() {
            loader = loader.region(Region::new(region));
        }
        if let Some(url) = options.endpoint_url.clone() {
            loader = loader.endpoint_url(url);
        }
        if let Some((id, secret)) = options.credentials.clone() {
            loader = loader.credentials_provider(Credentials::new(id, secret, None, None, "given"));
        }
        loader
    };
    let mut config = loader(options.profile.clone()).load().await;
    let mut role = options.role_arn.map(|arn| Role {
        arn,
        external_id: options.external_id,
        mfa_serial: options.mfa_serial,
        session_name: None,
        seconds: None,
    });
    if role.is_none()
        && let Some((found, source)) = profile_with_mfa(options.profile.as_deref()).await
    {
        // AWS's chain does not ask for MFA codes: assume the profile's role here, from its source profile.
        let region = config.region().cloned();
        let source = loader(Some(source)).load().await;
        config = source.to_builder().region(region.or_else(|| source.region().cloned())).build();
        role = Some(found);
    }
    let Some(chain) = config.credentials_provider() else {
        return Err(ConnectError::Credentials("the chain of providers is empty".into()));
    };
    let source = match role {
        None => Source::Chain(chain),
        Some(role) => {
            let sts = aws_sdk_sts::Client::new(&with_region(&config));
            Source::Role { sts, role, ask: options.ask_token }
        }
    };
    let keeper = Keeper { source, held: Mutex::new(None) };
    keeper.get().await?;
    Ok(Resolved { config, keeper })
}

/// STS needs a region to be asked in.
fn with_region(config: &SdkConfig) -> SdkConfig {
    let region = config.region().cloned().unwrap_or_else(|| Region::new("us-east-1"));
    config.to_builder().region(region).build()
}

/// A role to assume and what its owner wants for it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Role {
    arn: String,
    external_id: Option<String>,
    mfa_serial: Option<String>,
    session_name: Option<String>,
    seconds: Option<i32>,
}

/// The role of a profile that wants MFA, and the profile whose credentials assume it.
async fn profile_with_mfa(profile: Option<&str>) -> Option<(Role, String)> {
    let chosen = profile.map(|name| name.to_owned().into());
    let profiles =
        aws_config::profile::load(&Fs::real(), &Env::real(), &Default::default(), chosen).await.ok()?;
    let get = |name: &str| profiles.get(name).map(str::to_owned);
    let role = Role {
        arn: get("role_arn")?,
        external_id: get("external_id"),
        mfa_serial: Some(get("mfa_serial")?),
        session_name: get("role_session_name"),
        seconds: get("duration_seconds").and_then(|text| text.parse().ok()),
    };
    Some((role, get("source_profile")?))
}

enum Source {
    Chain(SharedCredentialsProvider),
    Role { sts: aws_sdk_sts::Client, role: Role, ask: Option<Box<AskToken>> },
}

/// Keeps credentials until they end, and gets new ones then.
pub(crate) struct Keeper {
    source: Source,
    held: Mutex<Option<Credentials>>,
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keeper")
    }
}

impl Keeper {
    /// Credentials that are good for a while.
    pub(crate) async fn get(&self) -> Result<Credentials, ConnectError> {
        let mut held = self.held.lock().await;
        if let Some(credentials) = held.as_ref() {
            let soon = SystemTime::now() + RENEW_BEFORE;
            if credentials.expiry().is_none_or(|end| end > soon) {
                return Ok(credentials.clone());
            }
        }
        let fresh = self.source.fetch().await?;
        *held = Some(fresh.clone());
        Ok(fresh)
    }

    /// New credentials in place of ones that a service called expired; those that another call has renewed
    /// meanwhile are taken as they are.
    pub(crate) async fn renew(&self, used: &Credentials) -> Result<Credentials, ConnectError> {
        let same = |held: &Credentials| held.session_token() == used.session_token();
        {
            let mut held = self.held.lock().await;
            if held.as_ref().is_some_and(same) {
                *held = None;
            }
        }
        self.get().await
    }
}

impl Source {
    async fn fetch(&self) -> Result<Credentials, ConnectError> {
        match self {
            Source::Chain(chain) => {
                chain.provide_credentials().await.map_err(|error| ConnectError::Credentials(causes(&error)))
            }
            Source::Role { sts, role, ask } => assume(sts, role, ask.as_deref()).await,
        }
    }
}

async fn assume(
    sts: &aws_sdk_sts::Client,
    role: &Role,
    ask: Option<&AskToken>,
) -> Result<Credentials, ConnectError> {
    let token = match &role.mfa_serial {
        None => None,
        Some(device) => {
            let token = ask.and_then(|ask| ask(device)).map(|token| token.trim().to_owned());
            let missing = || ConnectError::NoToken { role: role.arn.clone(), device: device.clone() };
            Some(token.filter(|token| !token.is_empty()).ok_or_else(missing)?)
        }
    };
    let answer = sts
        .assume_role()
        .role_arn(&role.arn)
        .role_session_name(role.session_name.as_deref().unwrap_or("tieout"))
        .set_external_id(role.external_id.clone())
        .set_serial_number(role.mfa_serial.clone())
        .set_token_code(token)
        .set_duration_seconds(role.seconds)
        .send()
        .await
        .map_err(|error| {
            ConnectError::Credentials(format!(
                "the role {} could not be assumed: {}",
                role.arn,
                causes(&error)
            ))
        })?;
    let Some(found) = answer.credentials() else {
        return Err(ConnectError::Credentials(format!("STS gave no credentials for {}", role.arn)));
    };
    let end = SystemTime::try_from(*found.expiration()).ok();
    let token = Some(found.session_token().to_owned());
    Ok(Credentials::new(found.access_key_id(), found.secret_access_key(), token, end, "tieout-assume-role"))
}

/// An error and what caused it, in a line.
pub(crate) fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        cause = inner.source();
    }
    text
}
