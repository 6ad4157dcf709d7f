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
}

/// One row: where a value stands in the source's words, and where in CloudFormation's.
///
/// Paths are dot-separated; `name[]` goes through a list, `name[key=value]` picks the first element whose
/// key has the value; a list of one is entered without a mark.
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
    /// Only instances whose attribute has this value.
    pub when: Option<(&'static str, &'static str)>,
    /// Only instances that have this attribute.
    pub present: Option<&'static str>,
    /// The attribute (a list) by which one instance becomes several resources.
    pub split: &'static [&'static str],
    /// Rows.
    pub rows: &'static [Row],
}

/// Where a parameter of a call comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// A path in the item of the listing call.
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
    /// one item. For a detail: the path of the list from which `join` picks.
    pub items: &'static str,
    /// For a detail that tells of many items at once: (key in its element, path in the item).
    pub join: Option<(&'static str, &'static str)>,
    /// Error codes that mean "not configured": its rows are absent.
    pub absent: &'static [&'static str],
    /// Only items whose path has this value.
    pub when: Option<(&'static str, &'static str)>,
    /// Rows.
    pub rows: &'static [Row],
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
    /// The live fact that tells the resource's own region, for global listings (S3); empty means us-east-1.
    pub region_from: Option<&'static str>,
    /// The property without which there is no such resource (a bucket without a policy).
    pub require: Option<&'static str>,
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
    /// Defaults.
    pub defaults: &'static [DefaultRow],
    /// Links.
    pub links: &'static [LinkRow],
    /// Every configuration path of the allow-list.
    pub paths: &'static [&'static str],
    /// Every live-only path.
    pub live: &'static [&'static str],
}
