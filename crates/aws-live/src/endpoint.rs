//! Where a call goes: partitions, hosts with FIPS and dual stack, and custom endpoints, before whose host
//! nothing is ever put.

use crate::table::{Partition, Service, Table};
use std::collections::BTreeMap;

/// Custom endpoints and the flavour of AWS's own.
#[derive(Debug, Clone, Default)]
pub(crate) struct Endpoints {
    /// The one endpoint of every service.
    pub url: Option<String>,
    /// Endpoints by service name; they go before [`Endpoints::url`].
    pub by_service: BTreeMap<&'static str, String>,
    pub fips: bool,
    pub dual_stack: bool,
}

/// Where a call goes and what it is signed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// `https://s3.eu-west-1.amazonaws.com`, without a slash at the end.
    pub url: String,
    pub signing_region: String,
    /// True where the user named it: nothing may be put before its host.
    pub custom: bool,
}

/// The partition of a region. A region newer than the table belongs to the partition whose regions begin
/// alike, else to `aws`.
pub(crate) fn partition_of(region: &str) -> &'static Partition {
    static AWS: Partition = Partition {
        name: "aws",
        suffix: "amazonaws.com",
        dual_suffix: "api.aws",
        global: "us-east-1",
        regions: Vec::new(),
    };
    let partitions = &Table::get().partitions;
    let listed = partitions.iter().find(|partition| partition.regions.contains(&region));
    let alike = || {
        partitions.iter().find(|partition| partition.regions.iter().any(|known| area(known) == area(region)))
    };
    let default = || partitions.iter().find(|partition| partition.name == "aws");
    listed.or_else(alike).or_else(default).unwrap_or(&AWS)
}

/// The region of a partition's global services.
pub(crate) fn global_region(partition: &str) -> &'static str {
    let found = Table::get().partitions.iter().find(|known| known.name == partition);
    found.map_or("us-east-1", |found| found.global)
}

/// `us-gov` of `us-gov-west-1`.
fn area(region: &str) -> &str {
    region.rsplitn(3, '-').nth(2).unwrap_or(region)
}

/// True where the service answers for the whole partition from one region.
pub(crate) fn is_global(service: &Service, region: &str) -> bool {
    let everywhere = format!("{}/*", partition_of(region).name);
    service
        .hosts
        .iter()
        .any(|row| row.variant.is_empty() && row.place == everywhere && row.signing_region.is_some())
}

impl Endpoints {
    /// The endpoint of a service in a region.
    pub(crate) fn resolve(&self, service: &Service, region: &str) -> Endpoint {
        let partition = partition_of(region);
        let variant = match (self.fips, self.dual_stack) {
            (false, false) => "",
            (true, false) => "fips",
            (false, true) => "dual",
            (true, true) => "both",
        };
        let everywhere = format!("{}/*", partition.name);
        let of = |variant: &str, place: &str| {
            service.hosts.iter().find(|row| row.variant == variant && row.place == place)
        };
        let row = of(variant, region).or_else(|| of(variant, &everywhere));
        let signing_region = row.and_then(|row| row.signing_region).unwrap_or(region).to_owned();
        let custom = self.by_service.get(service.name).or(self.url.as_ref());
        if let Some(url) = custom {
            return Endpoint { url: url.trim_end_matches('/').to_owned(), signing_region, custom: true };
        }
        let host = match row {
            Some(row) => row.host.replace("{r}", region),
            None => {
                let suffix = if self.dual_stack { partition.dual_suffix } else { partition.suffix };
                let fips = if self.fips { "-fips" } else { "" };
                format!("{}{fips}.{region}.{suffix}", service.prefix)
            }
        };
        Endpoint { url: format!("https://{host}"), signing_region, custom: false }
    }
}

/// True where a bucket's name may stand before the host: a DNS label of its own, without dots.
pub(crate) fn is_host_label(bucket: &str) -> bool {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (3..=63).contains(&bucket.len())
        && bucket.chars().all(fine)
        && !bucket.starts_with('-')
        && !bucket.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(service: &str, region: &str, fips: bool, dual_stack: bool) -> (String, String) {
        let endpoints = Endpoints { fips, dual_stack, ..Endpoints::default() };
        let endpoint = endpoints.resolve(Service::find(service).unwrap(), region);
        (endpoint.url, endpoint.signing_region)
    }

    fn case(found: (String, String), host: &str, signing: &str) {
        assert_eq!(found, (format!("https://{host}"), signing.to_owned()));
    }

    #[test]
    fn hosts_of_partitions_fips_and_dual_stack_are_those_of_botocore() {
        case(url("ec2", "eu-west-1", false, false), "ec2.eu-west-1.amazonaws.com", "eu-west-1");
        case(url("ec2", "cn-north-1", false, false), "ec2.cn-north-1.amazonaws.com.cn", "cn-north-1");
        case(url("ec2", "us-gov-west-1", true, false), "ec2.us-gov-west-1.amazonaws.com", "us-gov-west-1");
        case(url("ec2", "us-east-1", true, false), "ec2-fips.us-east-1.amazonaws.com", "us-east-1");
        case(url("lambda", "us-east-1", false, true), "lambda.us-east-1.api.aws", "us-east-1");
        case(url("s3", "eu-west-1", false, true), "s3.dualstack.eu-west-1.amazonaws.com", "eu-west-1");
        case(url("s3control", "eu-west-1", false, false), "s3-control.eu-west-1.amazonaws.com", "eu-west-1");
        case(url("sts", "eu-west-1", false, false), "sts.eu-west-1.amazonaws.com", "eu-west-1");
    }

    #[test]
    fn global_services_answer_and_sign_in_the_partition_s_own_region() {
        case(url("iam", "eu-west-1", false, false), "iam.amazonaws.com", "us-east-1");
        case(url("iam", "us-gov-east-1", false, false), "iam.us-gov.amazonaws.com", "us-gov-west-1");
        case(url("iam", "cn-northwest-1", false, false), "iam.cn-north-1.amazonaws.com.cn", "cn-north-1");
        case(
            url("organizations", "sa-east-1", false, false),
            "organizations.us-east-1.amazonaws.com",
            "us-east-1",
        );
        assert!(is_global(Service::find("iam").unwrap(), "eu-west-1"));
        assert!(!is_global(Service::find("s3").unwrap(), "eu-west-1"));
    }

    #[test]
    fn a_region_newer_than_the_table_belongs_to_the_partition_of_its_area() {
        assert_eq!(partition_of("us-gov-north-7").name, "aws-us-gov");
        assert_eq!(partition_of("cn-south-3").name, "aws-cn");
        assert_eq!(partition_of("ap-middle-9").name, "aws");
        assert_eq!(partition_of("").name, "aws");
    }

    #[test]
    fn a_custom_endpoint_stands_as_it_is_and_a_service_s_own_goes_first() {
        let endpoints = Endpoints {
            url: Some("http://127.0.0.1:5000/".into()),
            by_service: [("s3", "http://s3.local:9000".to_owned())].into(),
            fips: true,
            dual_stack: true,
        };
        let iam = endpoints.resolve(Service::find("iam").unwrap(), "eu-west-1");
        assert_eq!((iam.url.as_str(), iam.custom), ("http://127.0.0.1:5000", true));
        assert_eq!(iam.signing_region, "us-east-1");
        assert_eq!(endpoints.resolve(Service::find("s3").unwrap(), "eu-west-1").url, "http://s3.local:9000");
    }

    #[test]
    fn only_plain_bucket_names_go_before_a_host() {
        assert!(is_host_label("shop-logs"));
        for name in ["shop.logs", "Shop", "a", "-ab", "ab-", "with_underscore", ""] {
            assert!(!is_host_label(name), "{name}");
        }
    }
}
