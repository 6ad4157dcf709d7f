//! The shape of the fact tables that `cargo xtask state` generates from `tables/*.toml`: what a type is
//! called, how Terraform and the API say the same things, AWS's defaults, and the links between types.

/// How a value changes on its way into CloudFormation's words. Named in a table as `Path | name`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transform {
    /// As it is.
    Same,
    /// `true` → `Enabled`, `false` → `Suspended` (S3 versioning).
    EnabledSuspended,
    /// `true` → `Enabled`, `false` → `Disabled`.
    EnabledDisabled,
    /// `true` ↔ `false`.
    Not,
    /// A scalar becomes a list of one.
    ListOfOne,
    /// The last part of an ARN or path: `arn:…:role/app/api` → `api`.
    NameOfArn,
    /// A map of tags → a list of `Key`, `Value`.
    Tags,
    /// A map → a list of its values.
    Values,
    /// Base64 text → the text.
    DecodeBase64,
    /// Present → `true`.
    Present,
    /// Upper case.
    Upper,
    /// Terraform's `ingress` blocks → one rule a peer.
    TerraformIngress,
    /// Terraform's `egress` blocks → one rule a peer.
    TerraformEgress,
    /// The API's `IpPermissions` → one rule a peer.
    IpPermissions,
    /// The API's `IpPermissionsEgress` → one rule a peer.
    IpPermissionsEgress,
    /// A timestamp of the API (RFC 3339 or epoch seconds) → the date, `YYYY-MM-DD`.
    Date,
    /// The API's JSON text, URL-encoded or not → a tree.
    Json,
    /// A number of the API or the word of a report → a flag: `0` and `false` are off, other numbers and `true`
    /// on; anything else (`not_supported`, `N/A`) is nothing.
    Flag,
    /// `Enabled` ↔ `true`, any other word → `false`.
    IsEnabled,
    /// A rule's protocol: `all` → `-1`, names in lower case.
    Protocol,
    /// A protocol's name → its number (IANA), `all` → -1.
    ProtocolNumber,
    /// The id of a VPC endpoint; nothing for any other id.
    VpcEndpoint,
    /// A number of reserved executions; nothing for Terraform's -1, which reserves none.
    Reserved,
    /// A number; nothing for 0 (Terraform's "never expires").
    NonZero,
    /// A canned ACL in CloudFormation's words: `public-read` → `PublicRead`; grants → the canned ACL that gives
    /// everyone as much.
    CannedAcl,
    /// Terraform's `self = true` of a rule → its own group; `false` → nothing.
    OwnGroup,
}

/// One row: where a value stands in the source's words, and where in CloudFormation's.
///
/// Paths are dot-separated; `name[]` goes through a list, `a+b[]` through several lists as if they were one,
/// `name[key=value]` picks the first element whose key has the value; a list of one is entered without a
/// mark. A path into a list from a source that is none fills the list's first element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Path in the source's words.
    pub from: &'static str,
    /// Path in CloudFormation's words.
    pub to: &'static str,
    /// True where the value is a live-only fact.
    pub live: bool,
    /// How it changes.
    pub transform: Transform,
}

/// How one Terraform resource type says a CloudFormation type, or a part of it.
#[derive(Debug, Clone, Copy)]
pub struct TerraformTable {
    /// `aws_s3_bucket_versioning`.
    pub from: &'static str,
    /// The CloudFormation type.
    pub to: &'static str,
    /// For a satellite: the attribute that names its parent. Its rows become the parent's properties.
    pub edge: Option<&'static str>,
    /// Only instances whose attributes have these values.
    pub when: &'static [(&'static str, &'static str)],
    /// Only instances that have this attribute, and not as an empty list.
    pub present: Option<&'static str>,
    /// The attribute (a list) by which one instance becomes several resources.
    pub split: &'static [&'static str],
    /// What Terraform does where no row says anything: (path in CloudFormation's words, JSON). The provider's
    /// own defaults where they are not AWS's, and constants.
    pub otherwise: &'static [(&'static str, &'static str)],
    /// Rows.
    pub rows: &'static [Row],
}

/// Where a parameter of a call comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// A path in the item of the listing call; for a call of `each`, in its element.
    Item(&'static str),
    /// A constant.
    Constant(&'static str),
    /// The account's id.
    Account,
}

/// One call of the API and what its answer says of a type.
#[derive(Debug, Clone, Copy)]
pub struct ApiCall {
    /// Service, as in botocore's data folder: `s3control`.
    pub service: &'static str,
    /// Operation: `GetBucketVersioning`.
    pub operation: &'static str,
    /// Parameters.
    pub params: &'static [(&'static str, Binding)],
    /// For the listing call: the path of its items (`Reservations[].Instances[]`), empty for the answer as
    /// one item; see [`crate::mapping::items`]. For a detail: the path of the list from which `join` or
    /// `when` picks.
    pub items: &'static str,
    /// Calls that are made for every element of a list in the answer before anything is read from it: the
    /// answer of each stands in its element under the operation's name.
    pub each: &'static [EachCall],
    /// For a detail that tells of many items at once: (key in its element, path in the item).
    pub join: Option<(&'static str, &'static str)>,
    /// Error codes that mean "not configured": its rows are absent.
    pub absent: &'static [&'static str],
    /// Only items whose path has this value.
    pub when: Option<(&'static str, &'static str)>,
    /// Rows.
    pub rows: &'static [Row],
}

/// A call for every element of a list of another call's answer (the last use of every access key).
///
/// Its answer is put into the element under the operation's name, so that rows read
/// `AccessKeyMetadata[].GetAccessKeyLastUsed.AccessKeyLastUsed.LastUsedDate`; a gap where the call failed;
/// nothing where it answered with one of the codes of `absent`. Within a listing call, a gap there is a gap
/// of the population too.
#[derive(Debug, Clone, Copy)]
pub struct EachCall {
    /// The path of the elements in the answer, always a list: `AccessKeyMetadata[]`.
    pub items: &'static str,
    /// Service.
    pub service: &'static str,
    /// Operation.
    pub operation: &'static str,
    /// Parameters, bound in the element.
    pub params: &'static [(&'static str, Binding)],
    /// Error codes that mean "not configured".
    pub absent: &'static [&'static str],
}

/// How the API tells of a type: one listing call, then details per item.
#[derive(Debug, Clone, Copy)]
pub struct ApiTable {
    /// The CloudFormation or pseudo type.
    pub to: &'static str,
    /// True where it is asked once an account, not once a region.
    pub global: bool,
    /// The listing call.
    pub list: ApiCall,
    /// The details.
    pub details: &'static [ApiCall],
    /// The live fact that tells the resource's own region, for global listings (S3; empty means us-east-1)
    /// and for what every region tells of (a trail of several regions). Details are asked there, and what has
    /// the same id is one resource.
    pub region_from: Option<&'static str>,
    /// The path in the item that holds the resource's ARN, where the answer tells it.
    pub arn_from: Option<&'static str>,
    /// The property without which there is no such resource (a bucket without a policy).
    pub require: Option<&'static str>,
}

/// What kind of leaf a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A flag.
    Flag,
    /// A whole number.
    Int,
    /// A policy document.
    Policy,
    /// A tree as it is.
    Tree,
    /// A list of texts.
    Texts,
}

/// Where a default holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefaultScope {
    /// Everywhere.
    Both,
    /// For what is about to be deployed.
    Source,
    /// For what is deployed already.
    Account,
}

/// An AWS default: what holds where a property is not written.
#[derive(Debug, Clone, Copy)]
pub struct DefaultRow {
    /// Path of the property, without `[]`.
    pub path: &'static str,
    /// Where it holds.
    pub scope: DefaultScope,
    /// The value, as JSON.
    pub json: &'static str,
    /// Since when (`YYYY-MM-DD` or `YYYY-MM`), empty for always.
    pub since: &'static str,
    /// Where AWS says so: the document's title.
    pub source: &'static str,
}

/// A property that names another resource.
#[derive(Debug, Clone, Copy)]
pub struct LinkRow {
    /// Path of the property.
    pub path: &'static str,
    /// Type it names.
    pub to: &'static str,
}

/// All that is known of a type besides its struct.
#[derive(Debug, Clone, Copy)]
pub struct TypeTable {
    /// `AWS::S3::Bucket`.
    pub name: &'static str,
    /// `resource`, `principal` or `account`.
    pub kind: tieout_model::SubjectKind,
    /// The property that is its name or id.
    pub id: &'static str,
    /// Further properties by which others name it (`GroupName`).
    pub keys: &'static [&'static str],
    /// ARN template: `arn:{partition}:s3:::{BucketName}`; `{region}`, `{account}` too. Empty: none.
    pub arn: &'static str,
    /// Template of the id in an account, for what has neither ARN nor a name of its own:
    /// `{RouteTableId}#{DestinationCidrBlock}`. Parts that are not there are left out. Empty: none.
    pub local: &'static str,
    /// For an alias: the property that names what it stands for. Empty: it is no alias.
    pub stands_for: &'static str,
    /// Defaults.
    pub defaults: &'static [DefaultRow],
    /// Links.
    pub links: &'static [LinkRow],
    /// Every configuration path of the allow-list.
    pub paths: &'static [(&'static str, Kind)],
    /// Every live-only path.
    pub live: &'static [(&'static str, Kind)],
    /// Configuration paths, without `[]`, that no call of the API fills: unknown in an account, not absent.
    pub unseen: &'static [&'static str],
}
