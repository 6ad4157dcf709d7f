//! Answers of the API, in the shapes that AWS documents, become CloudFormation's properties and live facts;
//! what was never asked is unknown, and what could not be asked too.

// Helpers of tests may fail as tests do.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use serde_json::{Value as Json, json};
use tieout_aws_state::generated::API;
use tieout_aws_state::mapping::{apply, items, merge};
use tieout_aws_state::table::{ApiCall, ApiTable};
use tieout_aws_state::types::{
    AccessKey, Function, Instance, ManagedPolicy, PasswordPolicy, RootUser, SecurityGroup, Trail, User,
};
use tieout_aws_state::{AwsType, Declared, Linked, Scope, State};
use tieout_model::time::Date;
use tieout_model::{Gap, Node, Place, Setting};

fn table(name: &str) -> &'static ApiTable {
    API.iter().find(|table| table.to == name).unwrap()
}

fn tree(json: &Json) -> Node {
    Node::from_json(json, &Place::None)
}

fn detail(table: &'static ApiTable, operation: &str) -> &'static ApiCall {
    table.details.iter().find(|call| call.operation == operation).unwrap()
}

/// What the listing tells of its items: (properties, live facts) each.
fn listed(name: &str, answer: Json) -> Vec<(Node, Node)> {
    let table = table(name);
    let (items, gap) = items(&tree(&answer), table.list.items);
    assert_eq!(gap, None);
    items.iter().map(|item| apply(table.list.rows, item)).collect()
}

fn only(name: &str, answer: Json) -> (Node, Node) {
    let mut found = listed(name, answer);
    assert_eq!(found.len(), 1);
    found.remove(0)
}

fn add(told: &mut (Node, Node), name: &str, operation: &str, answer: &Node) {
    let (properties, live) = apply(detail(table(name), operation).rows, answer);
    merge(&mut told.0, &properties);
    merge(&mut told.1, &live);
}

/// A live resource.
fn declared(name: &str, arn: &str, told: (Node, Node)) -> Declared {
    Declared {
        scope: Scope::Account("123456789012".into()),
        local: arn.into(),
        type_name: name.into(),
        properties: told.0,
        live: Some(told.1),
        at: Place::None,
        name: None,
        arn: Some(arn.into()),
        account: Some("123456789012".into()),
        region: Some("eu-central-1".into()),
        uncertain: None,
    }
}

fn state(declared: Vec<Declared>) -> State {
    State::build(declared, Vec::new(), Date::MIN)
}

fn one<T: AwsType>(state: &State) -> &T {
    let (_, found) = state.all::<T>().next().unwrap();
    found
}

#[test]
fn an_instance_of_describe_instances_is_cloudformations() {
    let told = only(
        "AWS::EC2::Instance",
        json!({"Reservations": [{"OwnerId": "123456789012", "Groups": [], "Instances": [{
            "InstanceId": "i-0abc", "ImageId": "ami-1", "InstanceType": "t3.micro", "LaunchTime": "2024-05-06T07:08:09.000Z",
            "Monitoring": {"State": "disabled"}, "PublicIpAddress": "203.0.113.7", "State": {"Code": 16, "Name": "running"},
            "SubnetId": "subnet-1", "VpcId": "vpc-1", "SecurityGroups": [{"GroupName": "web", "GroupId": "sg-1"}],
            "IamInstanceProfile": {"Arn": "arn:aws:iam::123456789012:instance-profile/app/web", "Id": "AIPA"},
            "MetadataOptions": {"State": "applied", "HttpTokens": "optional", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"},
            "NetworkInterfaces": [
                {"NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1", "Groups": [{"GroupId": "sg-1"}, {"GroupId": "sg-2"}],
                 "Association": {"PublicIp": "203.0.113.7"}, "Attachment": {"DeviceIndex": 0}},
                {"NetworkInterfaceId": "eni-2", "SubnetId": "subnet-2", "Groups": [], "Attachment": {"DeviceIndex": 1}},
            ],
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeId": "vol-1", "Status": "attached"}}],
            "Tags": [{"Key": "Name", "Value": "web"}],
        }]}]}),
    );
    assert_eq!(
        told.0.to_json(),
        json!({
            "ImageId": "ami-1", "InstanceType": "t3.micro", "SubnetId": "subnet-1", "SecurityGroupIds": ["sg-1"],
            "IamInstanceProfile": "web", "Monitoring": false,
            "MetadataOptions": {"HttpTokens": "optional", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"},
            "NetworkInterfaces": [
                {"AssociatePublicIpAddress": true, "DeviceIndex": 0, "GroupSet": ["sg-1", "sg-2"], "NetworkInterfaceId": "eni-1", "SubnetId": "subnet-1"},
                {"DeviceIndex": 1, "GroupSet": [], "NetworkInterfaceId": "eni-2", "SubnetId": "subnet-2"},
            ],
            "BlockDeviceMappings": [{"DeviceName": "/dev/xvda"}],
            "Tags": [{"Key": "Name", "Value": "web"}],
        })
    );
    assert_eq!(
        told.1.to_json(),
        json!({"InstanceId": "i-0abc", "VpcId": "vpc-1", "PublicIpAddress": "203.0.113.7",
        "State": "running", "LaunchTime": "2024-05-06", "VolumeIds": ["vol-1"], "Ipv6Addresses": []})
    );
}

#[test]
fn what_no_call_tells_is_unknown_in_an_account_and_absent_in_source() {
    let told = only("AWS::EC2::Instance", json!({"Reservations": [{"Instances": [{"InstanceId": "i-1"}]}]}));
    let state = state(vec![declared("AWS::EC2::Instance", "arn:i-1", told)]);
    let live: &Instance = one(&state);
    assert!(live.disable_api_termination.gap().is_some());
    assert!(live.key_name.is_absent(), "asked for and not there");
    let source = Declared {
        scope: Scope::Source("t.yaml".into()),
        live: None,
        properties: Node::map(Place::None),
        arn: None,
        ..declared("AWS::EC2::Instance", "Web", (Node::default(), Node::default()))
    };
    let state = State::build(vec![source], Vec::new(), Date::MIN);
    assert!(one::<Instance>(&state).disable_api_termination.is_absent());
}

#[test]
fn a_detail_that_was_denied_leaves_its_facts_unknown_and_others_alone() {
    let mut told = only(
        "AWS::EC2::Instance",
        json!({"Reservations": [{"Instances": [{"InstanceId": "i-1", "ImageId": "ami-1"}]}]}),
    );
    let denied = Node::unknown(Gap::unresolved("ec2:DescribeInstanceAttribute"), Place::None);
    add(&mut told, "AWS::EC2::Instance", "DescribeInstanceAttribute", &denied);
    let state = state(vec![declared("AWS::EC2::Instance", "arn:i-1", told)]);
    let instance: &Instance = one(&state);
    assert!(instance.user_data.gap().is_some());
    assert_eq!(instance.image_id.text().unwrap(), "ami-1");
}

#[test]
fn permissions_of_a_security_group_are_one_rule_a_peer() {
    let told = only(
        "AWS::EC2::SecurityGroup",
        json!({"SecurityGroups": [{
            "GroupId": "sg-1", "GroupName": "web", "Description": "d", "VpcId": "vpc-1", "OwnerId": "123456789012",
            "IpPermissions": [
                {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "0.0.0.0/0", "Description": "temporary"}],
                 "Ipv6Ranges": [{"CidrIpv6": "::/0"}], "PrefixListIds": [{"PrefixListId": "pl-1"}], "UserIdGroupPairs": [{"GroupId": "sg-2", "UserId": "123456789012"}]},
            ],
            "IpPermissionsEgress": [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "Ipv6Ranges": [], "PrefixListIds": [], "UserIdGroupPairs": []}],
        }]}),
    );
    let properties = told.0.to_json();
    let rule =
        |peer: &str, value: &str| json!({"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, peer: value});
    assert_eq!(
        properties["SecurityGroupIngress"],
        json!([
            rule("CidrIp", "10.0.0.0/8"),
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0", "Description": "temporary"},
            rule("CidrIpv6", "::/0"), rule("SourcePrefixListId", "pl-1"), rule("SourceSecurityGroupId", "sg-2"),
        ])
    );
    assert_eq!(properties["SecurityGroupEgress"], json!([{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}]));
}

#[test]
fn a_group_without_egress_in_an_account_lets_nothing_out() {
    let told = only(
        "AWS::EC2::SecurityGroup",
        json!({"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web", "IpPermissions": [], "IpPermissionsEgress": []}]}),
    );
    let state = state(vec![declared("AWS::EC2::SecurityGroup", "arn:sg-1", told)]);
    let group: &SecurityGroup = one(&state);
    assert!(group.security_group_egress.items().unwrap().is_empty());
    assert_eq!(group.live.group_id.text().unwrap(), "sg-1");
}

#[test]
fn an_instance_names_its_groups_by_ids_that_only_the_account_knows() {
    let group =
        only("AWS::EC2::SecurityGroup", json!({"SecurityGroups": [{"GroupId": "sg-1", "GroupName": "web"}]}));
    let twin =
        only("AWS::EC2::SecurityGroup", json!({"SecurityGroups": [{"GroupId": "sg-2", "GroupName": "web"}]}));
    let instance = only(
        "AWS::EC2::Instance",
        json!({"Reservations": [{"Instances": [{"InstanceId": "i-1",
        "SecurityGroups": [{"GroupId": "sg-2"}, {"GroupId": "sg-elsewhere"}]}]}]}),
    );
    let state = state(vec![
        declared(
            "AWS::EC2::SecurityGroup",
            "arn:aws:ec2:eu-central-1:123456789012:security-group/sg-1",
            group,
        ),
        declared(
            "AWS::EC2::SecurityGroup",
            "arn:aws:ec2:eu-central-1:123456789012:security-group/sg-2",
            twin,
        ),
        declared("AWS::EC2::Instance", "arn:aws:ec2:eu-central-1:123456789012:instance/i-1", instance),
    ]);
    let (resource, _) = state.all::<Instance>().next().unwrap();
    let linked = state.follow(resource, Instance::SECURITY_GROUP_IDS);
    let [Linked::To(_, group), Linked::Outside(other)] = linked.as_slice() else { panic!("{linked:?}") };
    assert_eq!(group.live.group_id.text().unwrap(), "sg-2");
    assert_eq!(&**other, "sg-elsewhere");
}

#[test]
fn routes_entries_and_associations_know_what_encloses_them() {
    let tables = json!({"RouteTables": [
        {"RouteTableId": "rtb-1", "VpcId": "vpc-1",
         "Associations": [{"Main": true, "RouteTableAssociationId": "rtbassoc-1", "RouteTableId": "rtb-1"},
                          {"Main": false, "RouteTableAssociationId": "rtbassoc-2", "RouteTableId": "rtb-1", "SubnetId": "subnet-1"}],
         "Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable", "State": "active"},
                    {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "Origin": "CreateRoute", "State": "active"},
                    {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "Origin": "CreateRoute", "State": "active"}]},
        {"RouteTableId": "rtb-2", "VpcId": "vpc-1", "Associations": [], "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"}]},
    ]});
    let of = |name: &str| {
        listed(name, tables.clone())
            .into_iter()
            .map(|(properties, _)| properties.to_json())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("AWS::EC2::Route"),
        [
            json!({"RouteTableId": "rtb-1", "DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}),
            json!({"RouteTableId": "rtb-1", "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}),
            json!({"RouteTableId": "rtb-1", "DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1", "VpcEndpointId": "vpce-1"}),
            json!({"RouteTableId": "rtb-2", "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1"}),
        ]
    );
    assert_eq!(
        of("AWS::EC2::SubnetRouteTableAssociation"),
        [json!({"RouteTableId": "rtb-1"}), json!({"RouteTableId": "rtb-1", "SubnetId": "subnet-1"})]
    );
    let main: Vec<_> =
        listed("AWS::EC2::RouteTable", tables).into_iter().map(|(_, live)| live.to_json()).collect();
    assert_eq!(main, [json!({"RouteTableId": "rtb-1", "Main": true}), json!({"RouteTableId": "rtb-2"})]);

    let acls = json!({"NetworkAcls": [{"NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": true,
        "Associations": [{"NetworkAclAssociationId": "aclassoc-1", "NetworkAclId": "acl-1", "SubnetId": "subnet-1"}],
        "Entries": [{"CidrBlock": "0.0.0.0/0", "Egress": false, "Protocol": "6", "RuleAction": "allow", "RuleNumber": 100, "PortRange": {"From": 22, "To": 22}}]}]});
    let (entry, _) = only("AWS::EC2::NetworkAclEntry", acls);
    assert_eq!(
        entry.to_json(),
        json!({"NetworkAclId": "acl-1", "CidrBlock": "0.0.0.0/0", "Egress": false, "Protocol": "6",
        "RuleAction": "allow", "RuleNumber": 100, "PortRange": {"From": 22, "To": 22}})
    );
    let gateways = json!({"InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"State": "available", "VpcId": "vpc-1"}]}, {"InternetGatewayId": "igw-2", "Attachments": []}]});
    let (attachment, _) = only("AWS::EC2::VPCGatewayAttachment", gateways);
    assert_eq!(attachment.to_json(), json!({"InternetGatewayId": "igw-1", "VpcId": "vpc-1"}));
}

/// The answer of GetAccountAuthorizationDetails, documents URL-encoded as IAM sends them.
fn authorization_details() -> Json {
    let document = "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D";
    json!({
        "UserDetailList": [{"Path": "/", "UserName": "ann", "UserId": "AIDA1", "Arn": "arn:aws:iam::123456789012:user/ann", "CreateDate": "2019-03-04T05:06:07Z",
            "UserPolicyList": [{"PolicyName": "inline", "PolicyDocument": document}], "GroupList": ["ops"],
            "AttachedManagedPolicies": [{"PolicyName": "own", "PolicyArn": "arn:aws:iam::123456789012:policy/team/own"}], "Tags": []}],
        "GroupDetailList": [{"Path": "/", "GroupName": "ops", "GroupId": "AGPA1", "Arn": "arn:aws:iam::123456789012:group/ops", "CreateDate": "2019-03-04T05:06:07Z",
            "GroupPolicyList": [], "AttachedManagedPolicies": [{"PolicyName": "AdministratorAccess", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}]}],
        "RoleDetailList": [{"Path": "/service-role/", "RoleName": "api", "RoleId": "AROA1", "Arn": "arn:aws:iam::123456789012:role/service-role/api",
            "CreateDate": "2020-01-02T03:04:05Z", "AssumeRolePolicyDocument": document, "InstanceProfileList": [], "RolePolicyList": [],
            "AttachedManagedPolicies": [], "RoleLastUsed": {"LastUsedDate": "2024-01-02T03:04:05Z", "Region": "eu-central-1"}}],
        "Policies": [
            {"PolicyName": "own", "PolicyId": "ANPA1", "Arn": "arn:aws:iam::123456789012:policy/team/own", "Path": "/team/", "DefaultVersionId": "v2",
             "AttachmentCount": 1, "IsAttachable": true, "PolicyVersionList": [
                {"VersionId": "v1", "IsDefaultVersion": false, "Document": "%7B%22Statement%22%3A%5B%5D%7D"}, {"VersionId": "v2", "IsDefaultVersion": true, "Document": document}]},
            {"PolicyName": "AdministratorAccess", "Arn": "arn:aws:iam::aws:policy/AdministratorAccess", "Path": "/", "AttachmentCount": 1, "IsAttachable": true,
             "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": true, "Document": document}]},
        ],
    })
}

#[test]
fn one_call_tells_users_groups_roles_and_policies_with_their_documents() {
    let allow_all =
        json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    let (user, live) = only("AWS::IAM::User", authorization_details());
    assert_eq!(
        user.to_json(),
        json!({"UserName": "ann", "Path": "/", "Groups": ["ops"], "ManagedPolicyArns": ["arn:aws:iam::123456789012:policy/team/own"],
        "Policies": [{"PolicyName": "inline", "PolicyDocument": allow_all}], "Tags": []})
    );
    assert_eq!(live.to_json(), json!({"UserId": "AIDA1", "CreateDate": "2019-03-04"}));
    let (role, live) = only("AWS::IAM::Role", authorization_details());
    assert_eq!(role.to_json()["AssumeRolePolicyDocument"], allow_all);
    assert_eq!(
        live.to_json(),
        json!({"RoleId": "AROA1", "CreateDate": "2020-01-02", "LastUsed": "2024-01-02", "LastUsedRegion": "eu-central-1"})
    );
    let policies = listed("AWS::IAM::ManagedPolicy", authorization_details());
    assert_eq!(
        policies[0].0.to_json(),
        json!({"ManagedPolicyName": "own", "Path": "/team/", "PolicyDocument": allow_all})
    );
    assert_eq!(policies[1].1.to_json()["Arn"], "arn:aws:iam::aws:policy/AdministratorAccess");
}

#[test]
fn attached_policies_are_found_by_arn_awss_own_too_and_a_policy_of_another_account_is_not() {
    let mut all: Vec<Declared> = listed("AWS::IAM::ManagedPolicy", authorization_details())
        .into_iter()
        .map(|told| {
            let arn = told.1.get("Arn").and_then(Node::as_text).unwrap().to_owned();
            declared("AWS::IAM::ManagedPolicy", &arn, told)
        })
        .collect();
    let arns = json!({"ManagedPolicyArns": ["arn:aws:iam::123456789012:policy/team/own", "arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::999999999999:policy/team/own"]});
    all.push(declared(
        "AWS::IAM::User",
        "arn:aws:iam::123456789012:user/ann",
        (tree(&arns), Node::map(Place::None)),
    ));
    let state = state(all);
    let (user, _) = state.all::<User>().next().unwrap();
    let linked = state.follow(user, User::MANAGED_POLICY_ARNS);
    let names: Vec<_> = linked
        .iter()
        .map(|link| match link {
            Linked::To(resource, _) => resource.subject.id.clone(),
            Linked::Outside(arn) => format!("outside {arn}"),
            Linked::Unknown(gap) => panic!("{gap}"),
        })
        .collect();
    assert_eq!(
        names,
        [
            "arn:aws:iam::123456789012:policy/team/own",
            "arn:aws:iam::aws:policy/AdministratorAccess",
            "outside arn:aws:iam::999999999999:policy/team/own"
        ]
    );
    let policy: &ManagedPolicy = one(&state);
    assert!(policy.users.items().unwrap().is_empty(), "an account says it with the principals");
}

#[test]
fn the_credential_report_and_the_key_calls_tell_of_a_users_credentials() {
    let mut told = only("AWS::IAM::User", authorization_details());
    let row = json!({"user": "ann", "password_enabled": "true", "password_last_used": "no_information", "password_last_changed": "2023-01-02T03:04:05+00:00",
        "password_next_rotation": "N/A", "mfa_active": "false", "cert_1_active": "false", "cert_2_active": "not_supported"});
    add(&mut told, "AWS::IAM::User", "GetCredentialReport", &tree(&row));
    let keys = json!({"AccessKeyMetadata": [
        {"UserName": "ann", "AccessKeyId": "AKIA1", "Status": "Active", "CreateDate": "2020-01-02T03:04:05Z",
         "GetAccessKeyLastUsed": {"UserName": "ann", "AccessKeyLastUsed": {"LastUsedDate": 1714979289, "ServiceName": "s3", "Region": "us-east-1"}}},
        {"UserName": "ann", "AccessKeyId": "AKIA2", "Status": "Inactive", "CreateDate": "2021-01-02T03:04:05Z",
         "GetAccessKeyLastUsed": {"UserName": "ann", "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}},
    ]});
    let mut keys = tree(&keys);
    let third = {
        let mut third = tree(&json!({"AccessKeyId": "AKIA3", "Status": "Active"}));
        third.set(
            "GetAccessKeyLastUsed",
            Place::None,
            Node::unknown(Gap::unresolved("iam:GetAccessKeyLastUsed"), Place::None),
        );
        third
    };
    if let tieout_model::Value::List(list) = &mut keys.slot("AccessKeyMetadata", &Place::None).value {
        list.push(third);
    }
    add(&mut told, "AWS::IAM::User", "ListAccessKeys", &keys);
    let state = state(vec![declared("AWS::IAM::User", "arn:aws:iam::123456789012:user/ann", told)]);
    let user: &User = one(&state);
    assert!(user.live.password_enabled.is_true().unwrap());
    assert!(!user.live.mfa_active.is_true().unwrap());
    assert!(user.live.password_last_used.is_absent(), "never used is no date");
    assert_eq!(user.live.password_last_changed.text().unwrap(), "2023-01-02");
    assert!(user.live.cert2_active.is_absent());
    assert!(user.login_profile.password_reset_required.gap().is_some(), "no call tells it");
    let keys = user.live.access_keys.items().unwrap();
    assert_eq!(keys[0].last_used.text().unwrap(), "2024-05-06");
    assert!(keys[1].last_used.is_absent());
    assert_eq!(keys[1].created.text().unwrap(), "2021-01-02");
    assert!(keys[2].last_used.gap().is_some());
    assert_eq!(keys[2].id.text().unwrap(), "AKIA3");
}

#[test]
fn keys_that_could_not_be_listed_are_unknown_and_not_none() {
    let mut told = only("AWS::IAM::User", authorization_details());
    let denied = Node::unknown(Gap::unresolved("iam:ListAccessKeys"), Place::None);
    add(&mut told, "AWS::IAM::User", "ListAccessKeys", &denied);
    let state = state(vec![declared("AWS::IAM::User", "arn:aws:iam::123456789012:user/ann", told)]);
    let user: &User = one(&state);
    assert_eq!(user.live.access_keys.items().unwrap_err(), Gap::unresolved("iam:ListAccessKeys"));
}

#[test]
fn roots_summary_counts_are_flags() {
    let mut told = only(
        "Account::RootUser",
        json!({"SummaryMap": {"AccountMFAEnabled": 0, "AccountAccessKeysPresent": 1, "Users": 3}}),
    );
    let row = json!({"user": "<root_account>", "password_enabled": "not_supported", "password_last_used": "2024-02-03T04:05:06+00:00", "access_key_1_active": "true"});
    add(&mut told, "Account::RootUser", "GetCredentialReport", &tree(&row));
    add(&mut told, "Account::RootUser", "ListVirtualMFADevices", &tree(&json!({"VirtualMFADevices": []})));
    let state = state(vec![declared("Account::RootUser", "123456789012", told)]);
    let root: &RootUser = one(&state);
    assert_eq!(
        (root.live.mfa_active.known().unwrap(), root.live.access_keys_present.known().unwrap()),
        (Some(&false), Some(&true))
    );
    assert_eq!(root.live.password_last_used.text().unwrap(), "2024-02-03");
    assert!(root.live.virtual_mfa_devices.items().unwrap().is_empty());
    assert!(root.live.password_enabled.is_absent());
}

#[test]
fn an_account_without_a_password_policy_has_iams_own() {
    let empty = (Node::map(Place::None), Node::map(Place::None));
    let state = state(vec![declared("Account::PasswordPolicy", "123456789012", empty)]);
    let policy: &PasswordPolicy = one(&state);
    assert!(matches!(policy.minimum_password_length, Setting::Default(8, _)));
    assert!(!policy.require_symbols.is_true().unwrap());
}

#[test]
fn a_function_of_list_functions_has_its_policy_and_variables() {
    let mut told = only(
        "AWS::Lambda::Function",
        json!({"Functions": [{
            "FunctionName": "api", "FunctionArn": "arn:aws:lambda:eu-central-1:123456789012:function:api", "Runtime": "python3.9", "Role": "arn:aws:iam::123456789012:role/api",
            "Handler": "app.main", "CodeSize": 10, "Timeout": 3, "MemorySize": 128, "LastModified": "2024-05-06T07:08:09.123+0000", "CodeSha256": "x=", "Version": "$LATEST",
            "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""}, "Environment": {"Variables": {"A": "b"}}, "TracingConfig": {"Mode": "PassThrough"},
            "Layers": [{"Arn": "arn:aws:lambda:eu-central-1:123456789012:layer:dep:3", "CodeSize": 1}], "PackageType": "Zip", "Architectures": ["arm64"],
        }]}),
    );
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"arn"}]}"#;
    add(
        &mut told,
        "AWS::Lambda::Function",
        "GetPolicy",
        &tree(&json!({"Policy": policy, "RevisionId": "r"})),
    );
    assert_eq!(
        told.0.to_json(),
        json!({"FunctionName": "api", "Runtime": "python3.9", "Role": "arn:aws:iam::123456789012:role/api", "Handler": "app.main",
        "Timeout": 3, "MemorySize": 128, "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}, "Environment": {"Variables": {"A": "b"}},
        "TracingConfig": {"Mode": "PassThrough"}, "Layers": ["arn:aws:lambda:eu-central-1:123456789012:layer:dep:3"], "PackageType": "Zip", "Architectures": ["arm64"]})
    );
    assert_eq!(told.1.get("LastModified").and_then(Node::as_text), Some("2024-05-06"));
    let state = state(vec![declared(
        "AWS::Lambda::Function",
        "arn:aws:lambda:eu-central-1:123456789012:function:api",
        told,
    )]);
    let function: &Function = one(&state);
    assert!(matches!(function.live.policy, Setting::Set(..)));
    assert!(function.dead_letter_config.target_arn.is_absent());
    assert!(function.code_signing_config_arn.gap().is_some());
}

#[test]
fn function_urls_are_found_through_their_functions_and_a_denied_one_is_a_gap() {
    let mut answer = tree(&json!({"Functions": [
        {"FunctionName": "api", "ListFunctionUrlConfigs": {"FunctionUrlConfigs": [{"FunctionArn": "arn:aws:lambda:eu-central-1:123456789012:function:api", "AuthType": "NONE",
            "FunctionUrl": "https://x.lambda-url.eu-central-1.on.aws/", "Cors": {"AllowOrigins": ["*"]}}]}},
        {"FunctionName": "quiet", "ListFunctionUrlConfigs": {"FunctionUrlConfigs": []}},
    ]}));
    let mut denied = tree(&json!({"FunctionName": "shut"}));
    denied.set("ListFunctionUrlConfigs", Place::None, Node::unknown(Gap::unresolved("denied"), Place::None));
    if let tieout_model::Value::List(list) = &mut answer.slot("Functions", &Place::None).value {
        list.push(denied);
    }
    let table = table("AWS::Lambda::Url");
    let (found, gap) = items(&answer, table.list.items);
    assert_eq!(gap, Some(Gap::unresolved("denied")));
    let urls: Vec<_> = found.iter().map(|item| apply(table.list.rows, item).0.to_json()).collect();
    assert_eq!(
        urls,
        [
            json!({"TargetFunctionArn": "arn:aws:lambda:eu-central-1:123456789012:function:api", "AuthType": "NONE", "Cors": {"AllowOrigins": ["*"]}})
        ]
    );
}

fn trail() -> (Node, Node) {
    let mut told = only(
        "AWS::CloudTrail::Trail",
        json!({"trailList": [{"Name": "all", "S3BucketName": "logs", "IncludeGlobalServiceEvents": true, "IsMultiRegionTrail": true,
        "HomeRegion": "eu-central-1", "TrailARN": "arn:aws:cloudtrail:eu-central-1:123456789012:trail/all", "LogFileValidationEnabled": false, "HasCustomEventSelectors": true,
        "IsOrganizationTrail": false, "CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-central-1:123456789012:log-group:/trail/all:*"}]}),
    );
    add(
        &mut told,
        "AWS::CloudTrail::Trail",
        "GetTrailStatus",
        &tree(
            &json!({"IsLogging": true, "LatestDeliveryTime": 1714979289.5, "StartLoggingTime": 1714979289}),
        ),
    );
    add(
        &mut told,
        "AWS::CloudTrail::Trail",
        "GetEventSelectors",
        &tree(&json!({"TrailARN": "arn", "EventSelectors": [
        {"ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}], "ExcludeManagementEventSources": []}]})),
    );
    told
}

#[test]
fn a_trail_has_its_status_and_selectors() {
    let told = trail();
    assert_eq!(
        told.0.to_json(),
        json!({"TrailName": "all", "S3BucketName": "logs", "IncludeGlobalServiceEvents": true, "IsMultiRegionTrail": true, "IsOrganizationTrail": false,
        "EnableLogFileValidation": false, "CloudWatchLogsLogGroupArn": "arn:aws:logs:eu-central-1:123456789012:log-group:/trail/all:*", "IsLogging": true,
        "EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true, "ExcludeManagementEventSources": [],
            "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}]})
    );
    assert_eq!(told.1.get("StartLoggingTime").and_then(Node::as_text), Some("2024-05-06"));
    assert_eq!(told.1.get("LatestDeliveryTime").and_then(Node::as_text), Some("2024-05-06"));
}

#[test]
fn a_trail_that_every_region_tells_of_is_one_and_finds_its_log_group() {
    let arn = "arn:aws:cloudtrail:eu-central-1:123456789012:trail/all";
    let group = only(
        "AWS::Logs::LogGroup",
        json!({"logGroups": [{"logGroupName": "/trail/all", "retentionInDays": 365, "storedBytes": 5}]}),
    );
    let state = state(vec![
        declared("AWS::CloudTrail::Trail", arn, trail()),
        declared("AWS::CloudTrail::Trail", arn, trail()),
        declared("AWS::Logs::LogGroup", "arn:aws:logs:eu-central-1:123456789012:log-group:/trail/all", group),
    ]);
    assert_eq!(state.all::<Trail>().count(), 1);
    let (trail, _) = state.all::<Trail>().next().unwrap();
    let linked = state.follow(trail, Trail::CLOUD_WATCH_LOGS_LOG_GROUP_ARN);
    assert!(matches!(linked.as_slice(), [Linked::To(..)]), "{linked:?}");
}

#[test]
fn a_type_that_an_account_tells_elsewhere_has_no_calls_of_its_own() {
    for name in
        [AccessKey::NAME, "AWS::EC2::SecurityGroupIngress", "AWS::IAM::RolePolicy", "AWS::Lambda::Permission"]
    {
        assert!(API.iter().all(|table| table.to != name), "{name}");
    }
}

#[test]
fn a_key_and_its_policy_and_a_prefix_lists_entries_are_details() {
    let mut key = only(
        "AWS::KMS::Key",
        json!({"Keys": [{"KeyId": "k-1", "KeyArn": "arn:aws:kms:eu-central-1:123456789012:key/k-1"}]}),
    );
    add(
        &mut key,
        "AWS::KMS::Key",
        "DescribeKey",
        &tree(
            &json!({"KeyMetadata": {"KeyId": "k-1", "KeyManager": "CUSTOMER", "KeyState": "Enabled", "Enabled": true, "KeySpec": "RSA_2048", "CreationDate": 1714979289}}),
        ),
    );
    add(
        &mut key,
        "AWS::KMS::Key",
        "GetKeyPolicy",
        &tree(&json!({"Policy": "{\"Statement\": []}", "PolicyName": "default"})),
    );
    assert_eq!(
        key.0.to_json(),
        json!({"Enabled": true, "KeySpec": "RSA_2048", "KeyPolicy": {"Statement": []}})
    );
    let mut list = only(
        "AWS::EC2::PrefixList",
        json!({"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "office", "PrefixListArn": "arn:pl-1", "OwnerId": "AWS", "AddressFamily": "IPv4"}]}),
    );
    add(
        &mut list,
        "AWS::EC2::PrefixList",
        "GetManagedPrefixListEntries",
        &tree(&json!({"Entries": [{"Cidr": "0.0.0.0/1"}, {"Cidr": "128.0.0.0/1", "Description": "rest"}]})),
    );
    assert_eq!(
        list.0.to_json()["Entries"],
        json!([{"Cidr": "0.0.0.0/1"}, {"Cidr": "128.0.0.0/1", "Description": "rest"}])
    );
}
