//! What the table says of resources as they are written, planned and recorded, and that no value breaks it.

use super::table::{At, Begins, ROWS};
use super::{Host, StatedHost, of_declared, of_instances};
use crate::terraform::Instance;
use crate::{Declared, Scope};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tieout_model::{Node, Place, Value};

fn instance(address: &str, body: Json) -> Instance {
    Instance {
        address: address.into(),
        type_name: address.split('.').next().unwrap_or_default().into(),
        body: Node::from_json(&body, &Place::None),
        at: Place::None,
        root: "".into(),
        region: Some("eu-west-1".into()),
        uncertain: None,
    }
}

fn declared(type_name: &str, properties: Json, live: Option<Json>) -> Declared {
    Declared {
        scope: Scope::Source("t.yaml".into()),
        local: "One".into(),
        type_name: type_name.into(),
        properties: Node::from_json(&properties, &Place::None),
        live: live.map(|live| Node::from_json(&live, &Place::None)),
        at: Place::None,
        name: None,
        arn: None,
        account: None,
        region: Some("eu-west-1".into()),
        uncertain: None,
    }
}

/// Each as `name:port`, with `postgres` or `mysql` behind; what is open as `?…`, what comes later as `later …`.
fn words(found: &[StatedHost]) -> Vec<String> {
    let word = |one: &StatedHost| match &one.host {
        Host::Known { name, port, begins } => {
            let begins = match begins {
                Begins::AtOnce => "",
                Begins::Postgres => " postgres",
                Begins::Mysql => " mysql",
                Begins::Inside(_) => " inside",
            };
            format!("{name}:{port}{begins}")
        }
        Host::Open(expression) => format!("?{expression}"),
        Host::Later(attribute) => format!("later {attribute}"),
    };
    found.iter().map(word).collect()
}

#[test]
fn hosts_of_a_state_are_told_with_their_port_and_how_tls_begins() {
    for (address, body, wanted) in [
        (
            "aws_lambda_function_url.a",
            json!({"function_url": "https://abc.lambda-url.eu-west-1.on.aws/"}),
            &["abc.lambda-url.eu-west-1.on.aws:443"][..],
        ),
        ("aws_lambda_function_url.a", json!({"function_name": "f"}), &["later function_url"]),
        (
            "aws_db_instance.a",
            json!({"engine": "postgres", "address": "db.x", "port": 6000}),
            &["db.x:6000 postgres"],
        ),
        ("aws_db_instance.a", json!({"engine": "mariadb", "address": "db.x"}), &["db.x:3306 mysql"]),
        ("aws_db_instance.a", json!({"engine": "sqlserver-ex", "address": "db.x"}), &["db.x:1433 inside"]),
        ("aws_db_instance.a", json!({"engine": "postgres"}), &["later address"]),
        (
            "aws_db_instance.a",
            json!({"engine": "strange", "address": "db.x"}),
            &["?the port of the engine strange"],
        ),
        (
            "aws_rds_cluster.a",
            json!({"engine": "aurora-postgresql", "endpoint": "w.x", "reader_endpoint": "r.x"}),
            &["w.x:5432 postgres", "r.x:5432 postgres"],
        ),
        ("aws_db_proxy.a", json!({"engine_family": "MYSQL", "endpoint": "p.x"}), &["p.x:3306 mysql"]),
        ("aws_redshift_cluster.a", json!({"dns_name": "r.x", "port": 5440}), &["r.x:5440 postgres"]),
        (
            "aws_elasticache_replication_group.a",
            json!({"transit_encryption_enabled": true, "configuration_endpoint_address": "c.x", "port": 6380}),
            &["c.x:6380"],
        ),
        (
            "aws_elasticache_replication_group.a",
            json!({"transit_encryption_enabled": false, "primary_endpoint_address": "c.x"}),
            &[],
        ),
        (
            "aws_elasticache_serverless_cache.a",
            json!({"endpoint": [{"address": "s.x", "port": 6379}], "reader_endpoint": [{"address": "s.x", "port": 6380}]}),
            &["s.x:6379", "s.x:6380"],
        ),
        (
            "aws_msk_cluster.a",
            json!({"bootstrap_brokers": "b-1.x:9092", "bootstrap_brokers_tls": "b-1.x:9094, b-2.x:9094"}),
            &["b-1.x:9094", "b-2.x:9094"],
        ),
        (
            "aws_mq_broker.a",
            json!({"instances": [{"console_url": "https://b.x:8162", "endpoints": ["ssl://b.x:61617", "tcp://b.x:61616"]}]}),
            &["b.x:61617", "b.x:8162"],
        ),
        (
            "aws_apigatewayv2_api.a",
            json!({"api_endpoint": "wss://id.execute-api.eu-west-1.amazonaws.com"}),
            &["id.execute-api.eu-west-1.amazonaws.com:443"],
        ),
        (
            "aws_apigatewayv2_api.a",
            json!({"api_endpoint": "https://id.x", "disable_execute_api_endpoint": true}),
            &[],
        ),
        (
            "aws_cloudfront_distribution.a",
            json!({"enabled": true, "aliases": ["a.x", "*.b.x"], "domain_name": "d1.cloudfront.net"}),
            &["a.x:443", "*.b.x:443", "d1.cloudfront.net:443"],
        ),
        ("aws_cloudfront_distribution.a", json!({"enabled": false, "domain_name": "d1.cloudfront.net"}), &[]),
        (
            "aws_elb.a",
            json!({"dns_name": "e.x", "listener": [{"lb_port": 80, "lb_protocol": "http"}, {"lb_port": 8443, "lb_protocol": "https"}]}),
            &["e.x:8443"],
        ),
        ("aws_opensearch_domain.a", json!({"endpoint": "search.x"}), &["search.x:443"]),
        (
            "aws_cognito_user_pool_domain.a",
            json!({"domain": "shop"}),
            &["shop.auth.eu-west-1.amazoncognito.com:443"],
        ),
        (
            "aws_cognito_user_pool_domain.a",
            json!({"domain": "login.shop.example"}),
            &["login.shop.example:443"],
        ),
        ("aws_s3_bucket_website_configuration.a", json!({"website_endpoint": "b.s3-website.x"}), &[]),
    ] {
        assert_eq!(words(&of_instances(&[instance(address, body.clone())])), wanted, "{address} {body}");
    }
}

#[test]
fn a_listener_is_reached_at_its_load_balancers_name_by_reference_and_by_arn() {
    let balancer = instance("aws_lb.a", json!({"arn": "arn:aws:elb:1", "dns_name": "lb.x"}));
    let mut by_reference = instance("aws_lb_listener.r", json!({"protocol": "HTTPS", "port": 8443}));
    let reference = Value::Ref { id: "aws_lb.a".into(), attribute: Some("arn".into()) };
    by_reference.body.set("load_balancer_arn", Place::None, Node::new(reference, Place::None));
    let by_arn = instance(
        "aws_lb_listener.t",
        json!({"protocol": "TLS", "port": "443", "load_balancer_arn": "arn:aws:elb:1"}),
    );
    let plain =
        instance("aws_lb_listener.p", json!({"protocol": "HTTP", "load_balancer_arn": "arn:aws:elb:1"}));
    let gone = instance("aws_lb_listener.g", json!({"protocol": "HTTPS", "load_balancer_arn": "arn:other"}));
    let found = of_instances(&[balancer, by_reference, by_arn, plain, gone]);
    assert_eq!(words(&found), ["lb.x:8443", "lb.x:443", "later dns_name"]);
}

#[test]
fn a_record_has_the_name_of_its_zone_and_is_open_where_that_is_not_known() {
    let zone = instance("aws_route53_zone.z", json!({"zone_id": "Z1", "name": "shop.example"}));
    let record = |body: Json| instance("aws_route53_record.r", body);
    for (body, wanted) in [
        (json!({"type": "A", "name": "api", "zone_id": "Z1"}), &["api.shop.example:443"][..]),
        (json!({"type": "A", "name": "api.shop.example", "zone_id": "Z1"}), &["api.shop.example:443"]),
        (
            json!({"type": "A", "name": "myshop.example", "zone_id": "Z1"}),
            &["myshop.example.shop.example:443"],
        ),
        (json!({"type": "A", "name": "", "zone_id": "Z1"}), &["shop.example:443"]),
        (json!({"type": "CNAME", "name": "api.shop.example.", "zone_id": "Z9"}), &["api.shop.example:443"]),
        (
            json!({"type": "AAAA", "name": "api", "fqdn": "api.other.example", "zone_id": "Z9"}),
            &["api.other.example:443"],
        ),
        (json!({"type": "A", "fqdn": "\\052.shop.example"}), &["*.shop.example:443"]),
        (json!({"type": "CNAME", "fqdn": "_abc.shop.example"}), &[]),
        (json!({"type": "TXT", "fqdn": "shop.example"}), &[]),
        (
            json!({"type": "A", "name": "api.dev", "zone_id": "Z9"}),
            &["?api.dev (whether that is the whole name depends on its zone)"],
        ),
    ] {
        assert_eq!(words(&of_instances(&[zone.clone(), record(body.clone())])), wanted, "{body}");
    }
}

#[test]
fn hosts_of_a_template_are_those_that_are_written_and_the_others_come_later() {
    for (type_name, properties, live, wanted) in [
        (
            "AWS::ApiGateway::DomainName",
            json!({"DomainName": "api.x.example"}),
            None,
            &["api.x.example:443"][..],
        ),
        (
            "AWS::CloudFront::Distribution",
            json!({"DistributionConfig": {"Aliases": ["a.x", "b.x"], "Enabled": true}}),
            None,
            &["a.x:443", "b.x:443", "later DomainName"],
        ),
        ("AWS::Route53::RecordSet", json!({"Name": "w.x.example.", "Type": "A"}), None, &["w.x.example:443"]),
        (
            "AWS::Route53::RecordSetGroup",
            json!({"RecordSets": [{"Name": "a.x", "Type": "A"}, {"Name": "m.x", "Type": "MX"}]}),
            None,
            &["a.x:443"],
        ),
        ("AWS::RDS::DBInstance", json!({"Engine": "postgres"}), None, &["later Endpoint.Address"]),
        ("AWS::ElasticLoadBalancingV2::Listener", json!({"Protocol": "HTTP"}), None, &[]),
        (
            "AWS::ElasticLoadBalancingV2::Listener",
            json!({"Protocol": "HTTPS"}),
            None,
            &["later LoadBalancer.DNSName"],
        ),
        (
            "AWS::ElasticLoadBalancing::LoadBalancer",
            json!({"Listeners": [{"Protocol": "HTTP"}, {"Protocol": "SSL"}]}),
            None,
            &["later DNSName"],
        ),
        ("AWS::ApiGateway::RestApi", json!({"DisableExecuteApiEndpoint": true}), None, &[]),
        ("AWS::Lambda::Url", json!({}), None, &["later FunctionUrl"]),
        ("AWS::Lambda::Url", json!({}), Some(json!({"FunctionUrl": "https://l.on.aws/"})), &["l.on.aws:443"]),
        ("AWS::S3::Bucket", json!({"BucketName": "b"}), None, &[]),
    ] {
        let found = of_declared(&[declared(type_name, properties.clone(), live)]);
        assert_eq!(words(&found), wanted, "{type_name} {properties}");
    }
}

#[test]
fn both_sides_of_a_condition_are_stated_and_an_open_name_keeps_its_expression() {
    let mut one = declared("AWS::ApiGateway::DomainName", json!({}), None);
    let either = Value::Either {
        condition: "Prod".into(),
        then: Box::new(Node::text("api.x.example", Place::None)),
        otherwise: Box::new(Node::new(Value::Ref { id: "Name".into(), attribute: None }, Place::None)),
    };
    one.properties.set("DomainName", Place::None, Node::new(either, Place::None));
    assert_eq!(words(&of_declared(&[one])), ["api.x.example:443", "?${Name}"]);
}

#[test]
fn every_row_is_of_aws_and_the_rows_of_a_type_stand_together() {
    let mut seen: Vec<&str> = Vec::new();
    for row in ROWS {
        assert!(row.of.starts_with("AWS::") || row.of.starts_with("aws_"), "{}", row.of);
        assert!(!matches!(row.host, At::Later(_)) || row.of.starts_with("AWS::"), "{}", row.of);
        if seen.last() != Some(&row.of) {
            assert!(!seen.contains(&row.of), "{} stands in two places", row.of);
            seen.push(row.of);
        }
    }
}

/// Small trees with the keys of the table.
fn tree() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        "\\PC{0,20}".prop_map(Json::from),
        "(https|ssl|tcp|wss)://[a-z:.@\\[\\]0-9/]{0,20}".prop_map(Json::from),
        prop_oneof![Just("A"), Just("HTTPS"), Just("postgres"), Just("true")].prop_map(Json::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        let key = prop_oneof![
            Just("DistributionConfig"),
            Just("Aliases"),
            Just("aliases"),
            Just("endpoint"),
            Just("address"),
            Just("port"),
            Just("engine"),
            Just("name"),
            Just("fqdn"),
            Just("Name"),
            Just("Type"),
            Just("type"),
            Just("RecordSets"),
            Just("listener"),
            Just("lb_protocol"),
            Just("dns_name"),
            Just("instances"),
            Just("endpoints"),
            Just("domain"),
            Just("FunctionUrl"),
            Just("zone_id"),
            Just("load_balancer_arn"),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((key, inner), 0..5).prop_map(|all| Json::Object(
                all.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn no_tree_breaks_a_row_and_no_port_is_zero(body in tree(), number in 0..ROWS.len()) {
        let of = ROWS[number].of;
        let found = match of.starts_with("AWS::") {
            true => of_declared(&[declared(of, body.clone(), Some(body))]),
            false => of_instances(&[instance(&format!("{of}.a"), body.clone()), instance("aws_lb.b", body)]),
        };
        for one in found {
            if let Host::Known { name, port, .. } = one.host {
                prop_assert!(port > 0 && !name.contains("://") , "{name}:{port}");
            }
        }
    }
}
