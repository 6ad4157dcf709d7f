//! Terraform's resources, as evaluated, become CloudFormation's: rows, splits, satellites, the provider's own
//! defaults, and what cannot be told.

// Helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value as Json, json};
use tieout_aws_state::terraform::{Instance, Lowered, lower};
use tieout_model::{Gap, Node, Place, Value};

/// An instance whose body is JSON; `{"$ref": "aws_x.y.attribute"}` is a reference and `{"$open": "…"}` unknown.
fn instance(address: &str, body: Json) -> Instance {
    let type_name = address.split('.').next().unwrap();
    Instance {
        address: address.into(),
        type_name: type_name.into(),
        body: node(&body),
        at: Place::None,
        root: "".into(),
        region: None,
        uncertain: None,
    }
}

fn node(json: &Json) -> Node {
    if let Some(Json::String(reference)) = json.get("$ref") {
        let (id, attribute) = reference.rsplit_once('.').unwrap();
        let value = Value::Ref { id: id.into(), attribute: Some(attribute.into()) };
        return Node::new(value, Place::None);
    }
    if let Some(Json::String(expression)) = json.get("$open") {
        return Node::unknown(Gap::unresolved(expression), Place::None);
    }
    match json {
        Json::Array(items) => Node::new(Value::List(items.iter().map(node).collect()), Place::None),
        Json::Object(map) => map.iter().fold(Node::map(Place::None), |mut whole, (key, value)| {
            whole.set(key.as_str(), Place::None, node(value));
            whole
        }),
        scalar => Node::from_json(scalar, &Place::None),
    }
}

fn lowered(resources: &[(&str, Json)]) -> Lowered {
    let instances: Vec<_> = resources.iter().map(|(address, body)| instance(address, body.clone())).collect();
    lower(&instances)
}

/// The properties of the resources of a type, by their local ids.
fn of_type(lowered: &Lowered, name: &str) -> Vec<(String, Json)> {
    let own = lowered.resources.iter().filter(|declared| &*declared.type_name == name);
    own.map(|declared| (declared.local.to_string(), declared.properties.to_json())).collect()
}

fn only(lowered: &Lowered, name: &str) -> Json {
    let mut found = of_type(lowered, name);
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0).1
}

#[test]
fn a_security_group_without_egress_lets_nothing_out_and_one_with_egress_what_is_written() {
    let out = lowered(&[
        ("aws_security_group.closed", json!({"name": "closed", "description": "d", "vpc_id": "vpc-1"})),
        (
            "aws_security_group.open",
            json!({"name": "open", "egress": [
                {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": ["::/0"]},
            ]}),
        ),
        ("aws_security_group.maybe", json!({"name": "maybe", "egress": {"$open": "var.egress"}})),
    ]);
    assert_eq!(
        of_type(&out, "AWS::EC2::SecurityGroup"),
        [
            (
                "aws_security_group.closed".into(),
                json!({"GroupName": "closed", "GroupDescription": "d", "VpcId": "vpc-1", "SecurityGroupEgress": []})
            ),
            (
                "aws_security_group.open".into(),
                json!({"GroupName": "open", "SecurityGroupEgress": [
                    {"IpProtocol": "-1", "FromPort": 0, "ToPort": 0, "CidrIp": "0.0.0.0/0"},
                    {"IpProtocol": "-1", "FromPort": 0, "ToPort": 0, "CidrIpv6": "::/0"},
                ]})
            ),
            (
                "aws_security_group.maybe".into(),
                json!({"GroupName": "maybe", "SecurityGroupEgress": {"$unknown": "var.egress"}})
            ),
        ]
    );
}

#[test]
fn an_ingress_block_that_names_itself_or_an_unknown_peer_is_no_open_rule() {
    let out = lowered(&[(
        "aws_security_group.app",
        json!({"name": "app", "ingress": [
            {"protocol": "tcp", "from_port": 22, "to_port": 22, "self": true, "cidr_blocks": []},
            {"protocol": "TCP", "from_port": 443, "to_port": 443, "cidr_blocks": {"$open": "var.office"}},
            {"protocol": "tcp", "from_port": 80, "to_port": 80, "security_groups": [{"$ref": "aws_security_group.lb.id"}]},
        ]}),
    )]);
    let rules = only(&out, "AWS::EC2::SecurityGroup")["SecurityGroupIngress"].clone();
    assert_eq!(
        rules,
        json!([
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "SourceSecurityGroupId": {"Fn::GetAtt": ["aws_security_group.app", "GroupId"]}},
            {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": {"$unknown": "var.office"}},
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "SourceSecurityGroupId": {"Ref": "aws_security_group.lb"}},
        ])
    );
}

#[test]
fn a_rule_resource_becomes_one_rule_a_peer_of_its_direction() {
    let group = json!({"$ref": "aws_security_group.app.id"});
    let out = lowered(&[
        (
            "aws_security_group_rule.web",
            json!({"type": "ingress", "security_group_id": group, "protocol": "tcp",
            "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/8", "0.0.0.0/0"], "ipv6_cidr_blocks": ["::/0"]}),
        ),
        (
            "aws_security_group_rule.peers",
            json!({"type": "ingress", "security_group_id": group, "protocol": "all",
            "from_port": 0, "to_port": 0, "self": true}),
        ),
        (
            "aws_security_group_rule.out",
            json!({"type": "egress", "security_group_id": group, "protocol": "-1",
            "from_port": 0, "to_port": 0, "prefix_list_ids": ["pl-1"], "self": false}),
        ),
        (
            "aws_vpc_security_group_ingress_rule.ssh",
            json!({"security_group_id": group, "ip_protocol": "tcp",
            "from_port": 22, "to_port": 22, "cidr_ipv4": "0.0.0.0/0"}),
        ),
    ]);
    let own = json!({"Ref": "aws_security_group.app"});
    let rule = |extra: Json| {
        let mut rule = json!({"GroupId": own});
        rule.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        rule
    };
    assert_eq!(
        of_type(&out, "AWS::EC2::SecurityGroupIngress"),
        [
            (
                "aws_security_group_rule.web".into(),
                rule(json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8"}))
            ),
            (
                "aws_security_group_rule.web#1".into(),
                rule(json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}))
            ),
            (
                "aws_security_group_rule.web#2".into(),
                rule(json!({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIpv6": "::/0"}))
            ),
            (
                "aws_security_group_rule.peers".into(),
                rule(json!({"IpProtocol": "-1", "FromPort": 0, "ToPort": 0, "SourceSecurityGroupId": own}))
            ),
            (
                "aws_vpc_security_group_ingress_rule.ssh".into(),
                rule(json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}))
            ),
        ]
    );
    assert_eq!(
        of_type(&out, "AWS::EC2::SecurityGroupEgress"),
        [(
            "aws_security_group_rule.out".into(),
            rule(json!({"IpProtocol": "-1", "FromPort": 0, "ToPort": 0, "DestinationPrefixListId": "pl-1"}))
        ),]
    );
}

#[test]
fn a_rule_whose_direction_is_not_known_is_both_and_certain_in_neither() {
    let out = lowered(&[(
        "aws_security_group_rule.x",
        json!({"type": {"$open": "each.value.type"},
        "security_group_id": "sg-1", "protocol": "tcp", "from_port": 1, "to_port": 2, "cidr_blocks": ["0.0.0.0/0"]}),
    )]);
    assert_eq!(out.resources.len(), 2);
    assert!(out.resources.iter().all(|declared| declared.uncertain.is_some()));
    assert!(out.unknown_types.is_empty());
}

#[test]
fn an_instances_root_device_comes_before_the_others_and_its_address_flag_is_an_interfaces() {
    let out = lowered(&[(
        "aws_instance.web",
        json!({
            "ami": "ami-1", "instance_type": "t3.micro", "subnet_id": {"$ref": "aws_subnet.a.id"},
            "vpc_security_group_ids": [{"$ref": "aws_security_group.web.id"}, "sg-2"],
            "iam_instance_profile": {"$ref": "aws_iam_instance_profile.web.name"},
            "associate_public_ip_address": true,
            "metadata_options": [{"http_tokens": "required", "http_put_response_hop_limit": 1}],
            "root_block_device": [{"encrypted": true}],
            "ebs_block_device": [{"device_name": "/dev/sdb", "encrypted": false, "volume_size": 20}, {"device_name": "/dev/sdc"}],
            "user_data_base64": "ZWNobyBoaQ==",
            "tags": {"Env": {"$open": "var.env"}},
        }),
    )]);
    assert_eq!(
        only(&out, "AWS::EC2::Instance"),
        json!({
            "ImageId": "ami-1", "InstanceType": "t3.micro", "SubnetId": {"Ref": "aws_subnet.a"},
            "SecurityGroupIds": [{"Ref": "aws_security_group.web"}, "sg-2"],
            "IamInstanceProfile": {"Ref": "aws_iam_instance_profile.web"},
            "NetworkInterfaces": [{"AssociatePublicIpAddress": true}],
            "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": 1},
            "BlockDeviceMappings": [
                {"Ebs": {"Encrypted": true}},
                {"DeviceName": "/dev/sdb", "Ebs": {"Encrypted": false, "VolumeSize": 20}},
                {"DeviceName": "/dev/sdc"},
            ],
            "UserData": "echo hi",
            "Tags": [{"Key": "Env", "Value": {"$unknown": "var.env"}}],
        })
    );
}

#[test]
fn dynamic_blocks_that_are_not_known_make_the_whole_list_unknown() {
    let out = lowered(&[(
        "aws_instance.web",
        json!({
            "root_block_device": [{"encrypted": true}], "ebs_block_device": {"$open": "var.disks"},
        }),
    )]);
    assert_eq!(only(&out, "AWS::EC2::Instance"), json!({"BlockDeviceMappings": {"$unknown": "var.disks"}}));
}

#[test]
fn routes_in_a_table_are_routes_and_a_table_without_any_has_none() {
    let out = lowered(&[
        (
            "aws_route_table.public",
            json!({"vpc_id": {"$ref": "aws_vpc.main.id"}, "route": [
                {"cidr_block": "0.0.0.0/0", "gateway_id": {"$ref": "aws_internet_gateway.gw.id"}},
                {"ipv6_cidr_block": "::/0", "egress_only_gateway_id": "eigw-1"},
            ]}),
        ),
        ("aws_route_table.private", json!({"vpc_id": {"$ref": "aws_vpc.main.id"}, "route": []})),
        (
            "aws_route.nat",
            json!({"route_table_id": {"$ref": "aws_route_table.private.id"},
            "destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}),
        ),
        (
            "aws_route_table_association.a",
            json!({"subnet_id": "subnet-1", "route_table_id": {"$ref": "aws_route_table.public.id"}}),
        ),
        (
            "aws_route_table_association.gw",
            json!({"gateway_id": "igw-1", "route_table_id": {"$ref": "aws_route_table.public.id"}}),
        ),
    ]);
    assert_eq!(of_type(&out, "AWS::EC2::RouteTable").len(), 2);
    assert_eq!(
        of_type(&out, "AWS::EC2::Route"),
        [
            (
                "aws_route_table.public".into(),
                json!({"RouteTableId": {"Ref": "aws_route_table.public"}, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": {"Ref": "aws_internet_gateway.gw"}})
            ),
            (
                "aws_route_table.public#1".into(),
                json!({"RouteTableId": {"Ref": "aws_route_table.public"}, "DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1"})
            ),
            (
                "aws_route.nat".into(),
                json!({"RouteTableId": {"Ref": "aws_route_table.private"}, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"})
            ),
        ]
    );
    assert_eq!(of_type(&out, "AWS::EC2::SubnetRouteTableAssociation").len(), 1);
}

#[test]
fn a_network_acls_blocks_are_entries_of_both_directions_with_ids_of_their_own() {
    let out = lowered(&[(
        "aws_network_acl.main",
        json!({"vpc_id": "vpc-1", "subnet_ids": ["subnet-1", "subnet-2"],
            "ingress": [{"rule_no": 100, "action": "allow", "protocol": "tcp", "cidr_block": "0.0.0.0/0", "from_port": 22, "to_port": 22}],
            "egress": [{"rule_no": 100, "action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0", "from_port": 0, "to_port": 0}],
        }),
    )]);
    let acl = json!({"Ref": "aws_network_acl.main"});
    let entries = of_type(&out, "AWS::EC2::NetworkAclEntry");
    assert_eq!(
        entries[0],
        (
            "aws_network_acl.main".into(),
            json!({"NetworkAclId": acl, "RuleNumber": 100, "RuleAction": "allow",
        "Protocol": 6, "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 22, "To": 22}, "Egress": false})
        )
    );
    assert_eq!(entries[1].0, "aws_network_acl.main#1");
    assert_eq!((&entries[1].1["Egress"], &entries[1].1["Protocol"]), (&json!(true), &json!(-1)));
    let subnets: Vec<_> = of_type(&out, "AWS::EC2::SubnetNetworkAclAssociation")
        .into_iter()
        .map(|(_, one)| one["SubnetId"].clone())
        .collect();
    assert_eq!(subnets, ["subnet-1", "subnet-2"]);
}

#[test]
fn an_internet_gateway_with_a_vpc_is_attached_to_it() {
    let out = lowered(&[
        ("aws_internet_gateway.gw", json!({"vpc_id": {"$ref": "aws_vpc.main.id"}})),
        ("aws_internet_gateway.spare", json!({})),
    ]);
    assert_eq!(of_type(&out, "AWS::EC2::InternetGateway").len(), 2);
    assert_eq!(
        only(&out, "AWS::EC2::VPCGatewayAttachment"),
        json!({"InternetGatewayId": {"Ref": "aws_internet_gateway.gw"}, "VpcId": {"Ref": "aws_vpc.main"}})
    );
}

#[test]
fn entries_of_a_prefix_list_may_be_resources_of_their_own() {
    let out = lowered(&[
        (
            "aws_ec2_managed_prefix_list.office",
            json!({"name": "office", "address_family": "IPv4", "max_entries": 5,
            "entry": [{"cidr": "192.0.2.0/24", "description": "hq"}]}),
        ),
        (
            "aws_ec2_managed_prefix_list_entry.all",
            json!({"prefix_list_id": {"$ref": "aws_ec2_managed_prefix_list.office.id"}, "cidr": "0.0.0.0/0"}),
        ),
    ]);
    let entries = only(&out, "AWS::EC2::PrefixList")["Entries"].clone();
    assert_eq!(entries, json!([{"Cidr": "192.0.2.0/24", "Description": "hq"}, {"Cidr": "0.0.0.0/0"}]));
}

#[test]
fn attachments_of_every_kind_are_the_principals_policies() {
    let admin = json!("arn:aws:iam::aws:policy/AdministratorAccess");
    let out = lowered(&[
        (
            "aws_iam_role.app",
            json!({"name": "app", "assume_role_policy": "{}", "inline_policy": [{"name": "in", "policy": "{}"}]}),
        ),
        (
            "aws_iam_role_policy_attachment.one",
            json!({"role": {"$ref": "aws_iam_role.app.name"}, "policy_arn": admin}),
        ),
        ("aws_iam_policy.own", json!({"name": "own", "policy": "{}"})),
        (
            "aws_iam_policy_attachment.both",
            json!({"name": "both", "roles": ["app", {"$ref": "aws_iam_role.app.name"}],
            "users": [{"$ref": "aws_iam_user.ann.name"}], "policy_arn": {"$ref": "aws_iam_policy.own.arn"}}),
        ),
        ("aws_iam_user.ann", json!({"name": "ann"})),
        ("aws_iam_group.ops", json!({"name": "ops"})),
        ("aws_iam_group_policy_attachment.ops", json!({"group": "ops", "policy_arn": admin})),
        (
            "aws_iam_user_group_membership.ann",
            json!({"user": "ann", "groups": [{"$ref": "aws_iam_group.ops.name"}]}),
        ),
        ("aws_iam_group_membership.ops", json!({"name": "m", "group": "ops", "users": ["ann"]})),
        ("aws_iam_user_login_profile.ann", json!({"user": "ann"})),
    ]);
    let own = json!({"Fn::GetAtt": ["aws_iam_policy.own", "Arn"]});
    let role = only(&out, "AWS::IAM::Role");
    assert_eq!(role["ManagedPolicyArns"], json!([admin, own, own]));
    assert_eq!(role["Policies"], json!([{"PolicyName": "in", "PolicyDocument": "{}"}]));
    assert_eq!(
        only(&out, "AWS::IAM::User"),
        json!({"UserName": "ann", "ManagedPolicyArns": [own],
        "Groups": [{"Ref": "aws_iam_group.ops"}, "ops"], "LoginProfile": {"PasswordResetRequired": false}})
    );
    assert_eq!(only(&out, "AWS::IAM::Group")["ManagedPolicyArns"], json!([admin]));
    assert!(out.orphans.is_empty() && out.unknown_types.is_empty(), "{out:?}");
}

#[test]
fn an_attachment_to_who_knows_which_role_leaves_every_roles_policies_open() {
    let read_only = json!("arn:aws:iam::aws:policy/ReadOnlyAccess");
    let out = lowered(&[
        ("aws_iam_role.a", json!({"name": "a", "managed_policy_arns": [read_only]})),
        ("aws_iam_role.b", json!({"name": "b"})),
        (
            "aws_iam_role_policy_attachment.x",
            json!({"role": {"$open": "var.role"}, "policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"}),
        ),
    ]);
    let roles = of_type(&out, "AWS::IAM::Role");
    assert_eq!(roles[0].1["ManagedPolicyArns"], json!([read_only, {"$unknown": "var.role"}]));
    assert_eq!(roles[1].1["ManagedPolicyArns"], json!({"$unknown": "var.role"}));
}

#[test]
fn an_attachment_to_a_role_that_is_looked_up_touches_none_of_these() {
    let out = lowered(&[
        ("aws_iam_role.a", json!({"name": "a"})),
        (
            "aws_iam_role_policy_attachment.x",
            json!({"role": {"$open": "data.aws_iam_role.shared.name"}, "policy_arn": "arn:x"}),
        ),
        ("aws_iam_role_policy_attachment.y", json!({"role": "elsewhere", "policy_arn": "arn:x"})),
    ]);
    assert_eq!(only(&out, "AWS::IAM::Role"), json!({"RoleName": "a"}));
    let orphans: Vec<_> = out.orphans.iter().map(|(address, _)| &**address).collect();
    assert_eq!(orphans, ["aws_iam_role_policy_attachment.x", "aws_iam_role_policy_attachment.y"]);
}

#[test]
fn a_satellite_that_may_not_exist_makes_its_property_unknown() {
    let bucket = instance("aws_s3_bucket.b", json!({"bucket": "b"}));
    let mut block = instance(
        "aws_s3_bucket_public_access_block.b",
        json!({"bucket": {"$ref": "aws_s3_bucket.b.id"}, "block_public_acls": true}),
    );
    block.uncertain = Some(Gap::unresolved("var.block ? 1 : 0"));
    let out = lower(&[bucket, block]);
    assert_eq!(
        only(&out, "AWS::S3::Bucket")["PublicAccessBlockConfiguration"],
        json!({"$unknown": "var.block ? 1 : 0"})
    );
}

#[test]
fn a_bucket_with_its_satellites_is_one_bucket() {
    let bucket = json!({"$ref": "aws_s3_bucket.logs.id"});
    let out = lowered(&[
        ("aws_s3_bucket.logs", json!({"bucket": "logs"})),
        (
            "aws_s3_bucket_acl.logs",
            json!({"bucket": bucket, "access_control_policy": [{"grant": [
            {"grantee": [{"type": "Group", "uri": "http://acs.amazonaws.com/groups/global/AllUsers"}], "permission": "READ"}]}]}),
        ),
        (
            "aws_s3_bucket_versioning.logs",
            json!({"bucket": "logs", "versioning_configuration": [{"status": "Enabled"}]}),
        ),
        ("aws_s3_bucket_public_access_block.logs", json!({"bucket": bucket, "block_public_acls": true})),
        ("aws_s3_bucket_policy.logs", json!({"bucket": bucket, "policy": "{}"})),
        (
            "aws_s3_bucket.old",
            json!({"bucket": "old", "acl": "public-read", "versioning": [{"enabled": false}], "policy": "{}"}),
        ),
    ]);
    let buckets = of_type(&out, "AWS::S3::Bucket");
    assert_eq!(
        buckets[0].1,
        json!({"BucketName": "logs", "AccessControl": "PublicRead",
        "VersioningConfiguration": {"Status": "Enabled"}, "PublicAccessBlockConfiguration": {"BlockPublicAcls": true}})
    );
    assert_eq!(
        buckets[1].1,
        json!({"BucketName": "old", "AccessControl": "PublicRead", "VersioningConfiguration": {"Status": "Suspended"}})
    );
    let policies: Vec<_> =
        of_type(&out, "AWS::S3::BucketPolicy").into_iter().map(|(_, one)| one["Bucket"].clone()).collect();
    assert_eq!(policies, [json!({"Ref": "aws_s3_bucket.logs"}), json!({"Ref": "aws_s3_bucket.old"})]);
}

#[test]
fn a_function_keeps_its_variables_and_forgets_that_nothing_is_reserved() {
    let out = lowered(&[
        (
            "aws_lambda_function.api",
            json!({"function_name": "api", "runtime": "python3.12", "handler": "app.main",
            "role": {"$ref": "aws_iam_role.api.arn"}, "reserved_concurrent_executions": -1,
            "environment": [{"variables": {"TABLE": "orders", "TOKEN": {"$open": "var.token"}}}],
            "vpc_config": [{"subnet_ids": ["subnet-1"], "security_group_ids": [{"$ref": "aws_security_group.api.id"}]}],
            "tracing_config": [{"mode": "Active"}]}),
        ),
        ("aws_lambda_function.throttled", json!({"function_name": "t", "reserved_concurrent_executions": 0})),
        (
            "aws_lambda_function_url.api",
            json!({"function_name": {"$ref": "aws_lambda_function.api.function_name"}, "authorization_type": "NONE",
            "cors": [{"allow_origins": ["*"]}]}),
        ),
        (
            "aws_lambda_permission.api",
            json!({"function_name": {"$ref": "aws_lambda_function.api.arn"}, "action": "lambda:InvokeFunction", "principal": "*"}),
        ),
    ]);
    let functions = of_type(&out, "AWS::Lambda::Function");
    assert_eq!(
        functions[0].1,
        json!({"FunctionName": "api", "Runtime": "python3.12", "Handler": "app.main",
        "Role": {"Fn::GetAtt": ["aws_iam_role.api", "Arn"]},
        "Environment": {"Variables": {"TABLE": "orders", "TOKEN": {"$unknown": "var.token"}}},
        "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": [{"Ref": "aws_security_group.api"}]},
        "TracingConfig": {"Mode": "Active"}})
    );
    assert_eq!(functions[1].1["ReservedConcurrentExecutions"], json!(0));
    assert_eq!(
        only(&out, "AWS::Lambda::Url"),
        json!({"TargetFunctionArn": {"Ref": "aws_lambda_function.api"}, "AuthType": "NONE", "Cors": {"AllowOrigins": ["*"]}})
    );
    assert_eq!(
        only(&out, "AWS::Lambda::Permission")["FunctionName"],
        json!({"Fn::GetAtt": ["aws_lambda_function.api", "Arn"]})
    );
}

#[test]
fn a_trail_logs_unless_it_is_told_not_to() {
    let out = lowered(&[
        (
            "aws_cloudtrail.a",
            json!({"name": "a", "s3_bucket_name": {"$ref": "aws_s3_bucket.logs.id"}, "is_multi_region_trail": true,
            "event_selector": [{"read_write_type": "WriteOnly", "data_resource": [{"type": "AWS::S3::Object", "values": ["arn:aws:s3"]}]}]}),
        ),
        (
            "aws_cloudtrail.b",
            json!({"name": "b", "enable_logging": false, "include_global_service_events": false}),
        ),
        ("aws_cloudtrail.c", json!({"name": "c", "enable_logging": {"$open": "var.on"}})),
    ]);
    let trails = of_type(&out, "AWS::CloudTrail::Trail");
    assert_eq!(
        trails[0].1,
        json!({"TrailName": "a", "S3BucketName": {"Ref": "aws_s3_bucket.logs"}, "IsMultiRegionTrail": true,
        "IsLogging": true, "IncludeGlobalServiceEvents": true,
        "EventSelectors": [{"ReadWriteType": "WriteOnly", "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}]})
    );
    assert_eq!(
        (&trails[1].1["IsLogging"], &trails[1].1["IncludeGlobalServiceEvents"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(trails[2].1["IsLogging"], json!({"$unknown": "var.on"}));
}

#[test]
fn settings_of_an_account_and_log_groups_and_keys_are_lowered() {
    let out = lowered(&[
        (
            "aws_iam_account_password_policy.p",
            json!({"minimum_password_length": 14, "require_symbols": true}),
        ),
        ("aws_ebs_encryption_by_default.e", json!({})),
        ("aws_cloudwatch_log_group.g", json!({"name": "/aws/lambda/api", "retention_in_days": 0})),
        ("aws_kms_key.k", json!({"enable_key_rotation": true})),
        ("aws_kms_key_policy.k", json!({"key_id": {"$ref": "aws_kms_key.k.id"}, "policy": "{}"})),
        (
            "aws_flow_log.f",
            json!({"vpc_id": {"$ref": "aws_vpc.main.id"}, "traffic_type": "ALL", "log_destination": "arn:aws:s3:::logs", "log_destination_type": "s3"}),
        ),
    ]);
    assert_eq!(
        only(&out, "Account::PasswordPolicy"),
        json!({"MinimumPasswordLength": 14, "RequireSymbols": true})
    );
    assert_eq!(only(&out, "Account::EbsEncryption"), json!({"EbsEncryptionByDefault": true}));
    assert_eq!(only(&out, "AWS::Logs::LogGroup"), json!({"LogGroupName": "/aws/lambda/api"}));
    assert_eq!(only(&out, "AWS::KMS::Key"), json!({"EnableKeyRotation": true, "KeyPolicy": "{}"}));
    assert_eq!(only(&out, "AWS::EC2::FlowLog")["ResourceType"], "VPC");
}

#[test]
fn types_that_the_tables_do_not_know_are_counted() {
    let out = lowered(&[
        ("aws_quicksight_theme.a", json!({})),
        ("aws_quicksight_theme.b", json!({})),
        ("random_id.c", json!({})),
    ]);
    assert!(out.resources.is_empty());
    assert_eq!(out.unknown_types.into_iter().collect::<Vec<_>>(), [("aws_quicksight_theme".into(), 2)]);
}

mod anything {
    use super::*;
    use proptest::prelude::*;

    fn body() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i32>().prop_map(Json::from),
            "[a-z:/*.-]{0,12}".prop_map(Json::from),
            Just(json!({"$open": "var.x"})),
            Just(json!({"$ref": "aws_s3_bucket.x.id"})),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
                prop::collection::btree_map("[a-z_]{1,8}", inner, 0..4)
                    .prop_map(|map| Json::Object(map.into_iter().collect())),
            ]
        })
    }

    /// Every attribute that a table of the type reads, with anything in its place.
    fn filled() -> impl Strategy<Value = (String, Json)> {
        let tables: Vec<_> =
            tieout_aws_state::generated::TERRAFORM_BY_TYPE.iter().copied().flatten().collect();
        (0..tables.len()).prop_flat_map(move |at| {
            let table = tables[at];
            let names: Vec<String> = table
                .rows
                .iter()
                .map(|row| row.from.split(['.', '[', '+']).next().unwrap().to_owned())
                .chain(table.edge.map(str::to_owned))
                .collect();
            prop::collection::vec(body(), names.len()).prop_map(move |values| {
                let body: serde_json::Map<String, Json> = names.iter().cloned().zip(values).collect();
                (table.from.to_owned(), Json::Object(body))
            })
        })
    }

    proptest! {
        #[test]
        fn no_body_makes_the_lowering_panic(bodies in prop::collection::vec(filled(), 1..6)) {
            let instances: Vec<_> = bodies
                .into_iter()
                .enumerate()
                .map(|(at, (name, body))| instance(&format!("{name}.r{at}"), body))
                .collect();
            let out = lower(&instances);
            let state = tieout_aws_state::State::build(out.resources, Vec::new(), tieout_model::time::Date::MIN);
            prop_assert!(state.resources().len() <= 4096);
        }
    }
}
