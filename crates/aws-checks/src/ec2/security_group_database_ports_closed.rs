//! A database, cache, broker or search engine that everyone can reach.

use super::world::judge_ports;
use crate::{Cx, Each, Judge};
use tieout_aws_state::types::SecurityGroup;
use tieout_model::{About, Confidence, Judged, Persona, Severity};

/// SQL Server, Oracle, MySQL, PostgreSQL, Redis, MongoDB, Elasticsearch and Kibana, Memcached, Kafka, Cassandra,
/// AMQP, ZooKeeper, etcd.
const DATABASES: [u16; 24] = [
    1433, 1434, 1521, 2181, 2379, 2380, 2483, 2484, 3306, 5432, 5439, 5601, 5671, 5672, 6379, 7199, 9042,
    9092, 9160, 9200, 9300, 11211, 27017, 27018,
];

/// The check.
pub static CHECK: Each<SecurityGroup> = Each {
    about: About {
        id: "ec2-security-group-database-ports-closed",
        title: "Security group keeps database ports from the internet",
        severity: Severity::High,
        confidence: Confidence::High,
        persona: Persona::Engineer,
        cwe: &[284],
        controls: &["AWS-FSBP:EC2.19"],
        objectives: &["network-exposure"],
        reads: &[
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeManagedPrefixLists",
            "ec2:GetManagedPrefixListEntries",
        ],
        aliases: &[
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_postgres_5432"),
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mysql_3306"),
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_redis_6379"),
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_mongodb_27017_27018"),
            (
                "prowler",
                "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_elasticsearch_kibana_9200_9300_5601",
            ),
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_memcached_11211"),
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_kafka_9092"),
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_cassandra_7199_9160_8888"),
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_sql_server_1433_1434"),
            ("prowler", "ec2_securitygroup_allow_ingress_from_internet_to_tcp_port_oracle_1521_2483"),
        ],
        guide: include_str!("security_group_database_ports_closed.md"),
    },
    judge: Judge::Configuration(judge),
};

fn judge(group: &SecurityGroup, cx: &Cx<'_>) -> Judged {
    judge_ports(group, cx, "a database port", |ports| DATABASES.iter().any(|port| ports.include(*port)))
}
