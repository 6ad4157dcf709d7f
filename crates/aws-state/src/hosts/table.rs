//! The table of hosts: for each type of resource that clients reach over a network, where its host and port stand, and how
//! TLS begins there. CloudFormation's types in CloudFormation's words, Terraform's in Terraform's.
//!
//! Sources: the attributes of `Fn::GetAtt` in the CloudFormation Template Reference, the attribute references of the Terraform
//! AWS provider 6, and for ports and protocols the user guide of each service. What speaks no TLS (website endpoints of S3,
//! listeners of plain HTTP) has no row.

/// How TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Begins {
    /// With the first byte.
    AtOnce,
    /// After PostgreSQL's `SSLRequest`.
    Postgres,
    /// After MySQL's `SSLRequest`.
    Mysql,
    /// Inside a protocol that nobody here speaks.
    Inside(&'static str),
}

/// Where the host of a row stands.
#[derive(Debug, Clone, Copy)]
pub enum At {
    /// At a path, written by a person: where it is absent there is none.
    Written(&'static str),
    /// At a path, given by AWS: where it is absent it is known after the deployment.
    Given(&'static str),
    /// Nowhere in this dialect: AWS gives it at the deployment, as this attribute.
    Later(&'static str),
    /// An attribute of another resource, which `by` names.
    Of {
        /// The attribute that names it.
        by: &'static str,
        /// Its types.
        types: &'static [&'static str],
        /// The attribute of it.
        host: &'static str,
    },
    /// A name of DNS, which in Terraform may lack that of its zone.
    Record,
    /// At a path; where it is one word, the name goes on like this, with the region in it.
    Prefix(&'static str, &'static str),
}

/// How a text says host and port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A host by itself.
    Host,
    /// An address with its scheme; those without TLS are passed over.
    Url,
    /// `HOST:PORT`, or several with commas between them.
    HostPorts,
}

/// Where the port stands.
#[derive(Debug, Clone, Copy)]
pub enum Port {
    /// Always this one, unless the text itself says one.
    Is(u16),
    /// At a path, else this one.
    At(&'static str, u16),
    /// Port and protocol follow from the engine at this path; the port may be set by the attribute `port`.
    Engine(&'static str),
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct HostRow {
    /// The type.
    pub of: &'static str,
    /// The list whose elements are an endpoint each; empty for the resource itself.
    pub each: &'static str,
    /// Where the host stands, from the element.
    pub host: At,
    /// How.
    pub form: Form,
    /// Where the port stands, from the element.
    pub port: Port,
    /// How TLS begins, where the port's engine does not say it.
    pub begins: Begins,
    /// Only where the value at a path is one of these; an empty word stands for absence.
    pub only: Option<(&'static str, &'static [&'static str])>,
}

const fn row(of: &'static str, host: At) -> HostRow {
    HostRow { of, each: "", host, form: Form::Host, port: Port::Is(443), begins: Begins::AtOnce, only: None }
}

impl HostRow {
    const fn each(self, each: &'static str) -> Self {
        HostRow { each, ..self }
    }

    const fn form(self, form: Form) -> Self {
        HostRow { form, ..self }
    }

    const fn port(self, port: Port) -> Self {
        HostRow { port, ..self }
    }

    const fn begins(self, begins: Begins) -> Self {
        HostRow { begins, ..self }
    }

    const fn only(self, path: &'static str, words: &'static [&'static str]) -> Self {
        HostRow { only: Some((path, words)), ..self }
    }
}

const TLS: &[&str] = &["HTTPS", "TLS", "SSL"];
const ON: &[&str] = &["true"];
const NOT_OFF: &[&str] = &["", "true"];
const NOT_ON: &[&str] = &["", "false"];
/// Records of other types name no host that a client connects to.
const ADDRESSES: &[&str] = &["A", "AAAA", "CNAME"];

const URL: Form = Form::Url;
const LISTENS: At = At::Of { by: "load_balancer_arn", types: &["aws_lb", "aws_alb"], host: "dns_name" };
const USER_POOL: &str = ".auth.{region}.amazoncognito.com";

/// The rows, those of a type together.
pub const ROWS: &[HostRow] = &[
    // Lambda. The account tells its address.
    row("AWS::Lambda::Url", At::Given("FunctionUrl")).form(URL),
    row("aws_lambda_function_url", At::Given("function_url")).form(URL),
    // API Gateway.
    row("AWS::ApiGateway::DomainName", At::Written("DomainName")),
    row("AWS::ApiGateway::DomainNameV2", At::Written("DomainName")),
    row("AWS::ApiGateway::RestApi", At::Later("RestApiId")).only("DisableExecuteApiEndpoint", NOT_ON),
    row("AWS::ApiGatewayV2::Api", At::Later("ApiEndpoint")).only("DisableExecuteApiEndpoint", NOT_ON),
    row("AWS::ApiGatewayV2::DomainName", At::Written("DomainName")),
    row("aws_api_gateway_domain_name", At::Written("domain_name")),
    row("aws_api_gateway_stage", At::Given("invoke_url")).form(URL),
    row("aws_apigatewayv2_api", At::Given("api_endpoint"))
        .form(URL)
        .only("disable_execute_api_endpoint", NOT_ON),
    row("aws_apigatewayv2_domain_name", At::Written("domain_name")),
    // CloudFront.
    row("AWS::CloudFront::Distribution", At::Written("DistributionConfig.Aliases"))
        .only("DistributionConfig.Enabled", NOT_OFF),
    row("AWS::CloudFront::Distribution", At::Later("DomainName")).only("DistributionConfig.Enabled", NOT_OFF),
    row("aws_cloudfront_distribution", At::Written("aliases")).only("enabled", NOT_OFF),
    row("aws_cloudfront_distribution", At::Given("domain_name")).only("enabled", NOT_OFF),
    // Load balancers: what listens with TLS.
    row("AWS::ElasticLoadBalancingV2::Listener", At::Later("LoadBalancer.DNSName")).only("Protocol", TLS),
    row("AWS::ElasticLoadBalancing::LoadBalancer", At::Later("DNSName"))
        .each("Listeners")
        .only("Protocol", TLS),
    row("aws_lb_listener", LISTENS).port(Port::At("port", 443)).only("protocol", TLS),
    row("aws_alb_listener", LISTENS).port(Port::At("port", 443)).only("protocol", TLS),
    row("aws_elb", At::Given("$parent.dns_name"))
        .each("listener")
        .port(Port::At("lb_port", 443))
        .only("lb_protocol", TLS),
    // Names of DNS.
    row("AWS::Route53::RecordSet", At::Record).only("Type", ADDRESSES),
    row("AWS::Route53::RecordSetGroup", At::Record).each("RecordSets").only("Type", ADDRESSES),
    row("aws_route53_record", At::Record).only("type", ADDRESSES),
    // Relational databases.
    row("AWS::RDS::DBInstance", At::Later("Endpoint.Address")).port(Port::Engine("Engine")),
    row("AWS::RDS::DBCluster", At::Later("Endpoint.Address")).port(Port::Engine("Engine")),
    row("AWS::RDS::DBProxy", At::Later("Endpoint")).port(Port::Engine("EngineFamily")),
    row("aws_db_instance", At::Given("address")).port(Port::Engine("engine")),
    row("aws_rds_cluster", At::Given("endpoint")).port(Port::Engine("engine")),
    row("aws_rds_cluster", At::Given("reader_endpoint")).port(Port::Engine("engine")),
    row("aws_rds_cluster_instance", At::Given("endpoint")).port(Port::Engine("engine")),
    row("aws_db_proxy", At::Given("endpoint")).port(Port::Engine("engine_family")),
    row("AWS::Redshift::Cluster", At::Later("Endpoint.Address")).begins(Begins::Postgres),
    row("AWS::RedshiftServerless::Workgroup", At::Later("Workgroup.Endpoint.Address"))
        .begins(Begins::Postgres),
    row("aws_redshift_cluster", At::Given("dns_name")).port(Port::At("port", 5439)).begins(Begins::Postgres),
    row("aws_redshiftserverless_workgroup", At::Given("endpoint.address"))
        .port(Port::At("endpoint.port", 5439))
        .begins(Begins::Postgres),
    // Other databases, caches, search.
    row("AWS::DocDB::DBCluster", At::Later("Endpoint")),
    row("AWS::Neptune::DBCluster", At::Later("Endpoint")),
    row("aws_docdb_cluster", At::Given("endpoint")).port(Port::At("port", 27017)),
    row("aws_docdb_cluster", At::Given("reader_endpoint")).port(Port::At("port", 27017)),
    row("aws_neptune_cluster", At::Given("endpoint")).port(Port::At("port", 8182)),
    row("aws_neptune_cluster", At::Given("reader_endpoint")).port(Port::At("port", 8182)),
    row("AWS::ElastiCache::ReplicationGroup", At::Later("PrimaryEndPoint.Address"))
        .only("TransitEncryptionEnabled", ON),
    row("AWS::ElastiCache::ServerlessCache", At::Later("Endpoint.Address")),
    row("AWS::MemoryDB::Cluster", At::Later("ClusterEndpoint.Address")).only("TLSEnabled", NOT_OFF),
    row("aws_elasticache_replication_group", At::Given("primary_endpoint_address"))
        .port(Port::At("port", 6379))
        .only("transit_encryption_enabled", ON),
    row("aws_elasticache_replication_group", At::Given("reader_endpoint_address"))
        .port(Port::At("port", 6379))
        .only("transit_encryption_enabled", ON),
    row("aws_elasticache_replication_group", At::Given("configuration_endpoint_address"))
        .port(Port::At("port", 6379))
        .only("transit_encryption_enabled", ON),
    row("aws_elasticache_cluster", At::Given("configuration_endpoint"))
        .form(Form::HostPorts)
        .port(Port::At("port", 11211))
        .only("transit_encryption_enabled", ON),
    row("aws_elasticache_serverless_cache", At::Given("endpoint.address"))
        .port(Port::At("endpoint.port", 6379)),
    row("aws_elasticache_serverless_cache", At::Given("reader_endpoint.address"))
        .port(Port::At("reader_endpoint.port", 6380)),
    row("aws_memorydb_cluster", At::Given("cluster_endpoint.address"))
        .port(Port::At("cluster_endpoint.port", 6379))
        .only("tls_enabled", NOT_OFF),
    row("AWS::OpenSearchService::Domain", At::Written("DomainEndpointOptions.CustomEndpoint")),
    row("AWS::OpenSearchService::Domain", At::Later("DomainEndpoint")),
    row("AWS::Elasticsearch::Domain", At::Written("DomainEndpointOptions.CustomEndpoint")),
    row("AWS::Elasticsearch::Domain", At::Later("DomainEndpoint")),
    row("aws_opensearch_domain", At::Written("domain_endpoint_options.custom_endpoint")),
    row("aws_opensearch_domain", At::Given("endpoint")),
    row("aws_elasticsearch_domain", At::Written("domain_endpoint_options.custom_endpoint")),
    row("aws_elasticsearch_domain", At::Given("endpoint")),
    // Messages.
    row("AWS::MSK::Cluster", At::Later("BootstrapBrokerStringTls")),
    row("AWS::AmazonMQ::Broker", At::Later("OpenWireEndpoints")),
    row("aws_msk_cluster", At::Given("bootstrap_brokers_tls")).form(Form::HostPorts),
    row("aws_msk_cluster", At::Given("bootstrap_brokers_sasl_iam")).form(Form::HostPorts),
    row("aws_msk_cluster", At::Given("bootstrap_brokers_sasl_scram")).form(Form::HostPorts),
    row("aws_msk_cluster", At::Given("bootstrap_brokers_public_tls")).form(Form::HostPorts),
    row("aws_msk_cluster", At::Given("bootstrap_brokers_public_sasl_iam")).form(Form::HostPorts),
    row("aws_msk_cluster", At::Given("bootstrap_brokers_public_sasl_scram")).form(Form::HostPorts),
    row("aws_mq_broker", At::Given("endpoints")).each("instances").form(URL),
    row("aws_mq_broker", At::Given("console_url")).each("instances").form(URL),
    // Applications.
    row("AWS::AppSync::DomainName", At::Written("DomainName")),
    row("AWS::AppSync::GraphQLApi", At::Later("GraphQLUrl")),
    row("aws_appsync_domain_name", At::Written("domain_name")),
    row("aws_appsync_graphql_api", At::Given("uris.GRAPHQL")).form(URL),
    row("aws_appsync_graphql_api", At::Given("uris.REALTIME")).form(URL),
    row("AWS::Cognito::UserPoolDomain", At::Prefix("Domain", USER_POOL)),
    row("aws_cognito_user_pool_domain", At::Prefix("domain", USER_POOL)),
    row("AWS::AppRunner::Service", At::Later("ServiceUrl")),
    row("aws_apprunner_service", At::Given("service_url")),
    row("aws_apprunner_custom_domain_association", At::Written("domain_name")),
    row("AWS::EKS::Cluster", At::Later("Endpoint")),
    row("aws_eks_cluster", At::Given("endpoint")).form(URL),
    row("AWS::Grafana::Workspace", At::Later("Endpoint")),
    row("aws_grafana_workspace", At::Given("endpoint")),
    row("AWS::MWAA::Environment", At::Later("WebserverUrl")),
    row("aws_mwaa_environment", At::Given("webserver_url")),
];

/// Port and beginning by a database's engine or family, by the start of its name; the longer ones first.
const ENGINES: &[(&str, u16, Begins)] = &[
    ("aurora-postgresql", 5432, Begins::Postgres),
    ("postgres", 5432, Begins::Postgres),
    ("aurora", 3306, Begins::Mysql),
    ("mysql", 3306, Begins::Mysql),
    ("mariadb", 3306, Begins::Mysql),
    ("docdb", 27017, Begins::AtOnce),
    ("neptune", 8182, Begins::AtOnce),
    ("sqlserver", 1433, Begins::Inside("SQL Server's TDS")),
    ("custom-sqlserver", 1433, Begins::Inside("SQL Server's TDS")),
    ("oracle", 1521, Begins::Inside("Oracle Net, on a port of its own")),
    ("custom-oracle", 1521, Begins::Inside("Oracle Net, on a port of its own")),
    ("db2", 50000, Begins::Inside("DB2's DRDA, on a port of its own")),
];

/// What an engine speaks on its port; `None` for one that is not known.
pub fn engine(name: &str) -> Option<(u16, Begins)> {
    let name = name.to_ascii_lowercase();
    ENGINES.iter().find(|(start, ..)| name.starts_with(start)).map(|(_, port, begins)| (*port, *begins))
}

/// The schemes that speak TLS from the first byte, and their ports where they have one of their own.
const SCHEMES: &[(&str, Option<u16>)] = &[
    ("https", Some(443)),
    ("wss", Some(443)),
    ("ssl", None),
    ("tls", None),
    ("amqps", Some(5671)),
    ("amqp+ssl", Some(5671)),
    ("mqtt+ssl", Some(8883)),
    ("stomp+ssl", None),
    ("rediss", Some(6379)),
];

/// The port of a scheme that speaks TLS; `None` for any other scheme.
pub fn scheme(name: &str) -> Option<Option<u16>> {
    SCHEMES.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, port)| *port)
}
