"""Fills a moto server with the account that the orders backend runs in.

    python seed.py --endpoint-url http://127.0.0.1:5000

`cargo xtask record-example` runs it against tests/aged_moto.py, which lets keys be older than the server.
"""

import argparse
import io
import json
import urllib.request
import zipfile

import boto3

HOME = "eu-central-1"
SECOND = "us-east-1"
ACCOUNT = "123456789012"
PREFIX = "quayside-orders-prod"
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
ANY_AWS_USER = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
LOG_DELIVERY = "http://acs.amazonaws.com/groups/s3/LogDelivery"
OFFICES = ["198.51.100.0/24", "203.0.113.16/28"]


class Account:
    def __init__(self, endpoint):
        self.endpoint = endpoint

    def client(self, service, region=HOME):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def aged(self, **wish):
        request = urllib.request.Request(
            f"{self.endpoint}/aged", json.dumps(wish).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request).close()


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource, **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(service):
    return document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


# name, console, MFA, created days ago, password used days ago, keys: (status, created, used) in days ago
USERS = [
    ("anna.lindqvist", True, True, 900, 1, [("Active", 41, 2)]),
    ("tomas.berg", True, False, 820, 12, [("Active", 412, 3)]),
    ("mira.holt", True, True, 610, 4, []),
    ("jon.aske", True, False, 35, None, []),
    ("former.contractor", True, False, 700, 511, [("Active", 511, None)]),
    ("ci-deploy", False, False, 660, None, [("Active", 203, 0), ("Inactive", 640, 210)]),
    ("reporting", False, False, 300, None, [("Active", 30, 1)]),
    ("backup-agent", False, False, 500, None, [("Active", 89, 1), ("Active", 12, 1)]),
]


def users(account):
    iam = account.client("iam")
    for name, console, mfa, created, password_used, keys in USERS:
        iam.create_user(UserName=name, Tags=[{"Key": "service", "Value": "orders"}])
        if console:
            iam.create_login_profile(UserName=name, Password="Only-4-the-record!", PasswordResetRequired=False)
        if mfa:
            device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
            iam.enable_mfa_device(
                UserName=name,
                SerialNumber=device["SerialNumber"],
                AuthenticationCode1="123456",
                AuthenticationCode2="654321",
            )
        for status, key_created, key_used in keys:
            key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
            if status == "Inactive":
                iam.update_access_key(UserName=name, AccessKeyId=key, Status=status)
            wish = {"access_key": key, "created_days_ago": key_created}
            if key_used is not None:
                wish["used_days_ago"] = key_used
            account.aged(**wish)
        wish = {"user": name, "created_days_ago": created}
        if password_used is not None:
            wish["password_used_days_ago"] = password_used
        account.aged(**wish)
    account.aged(root={"mfa": True, "access_keys": 1, "created_days_ago": 1500, "password_used_days_ago": 6})
    iam.create_group(GroupName="engineers")
    iam.attach_group_policy(GroupName="engineers", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    for name in ("anna.lindqvist", "tomas.berg", "jon.aske"):
        iam.add_user_to_group(GroupName="engineers", UserName=name)
    iam.create_group(GroupName="owners")
    iam.attach_group_policy(GroupName="owners", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    iam.add_user_to_group(GroupName="owners", UserName="mira.holt")
    iam.attach_user_policy(
        UserName="former.contractor", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess"
    )
    iam.update_account_password_policy(
        MinimumPasswordLength=10,
        RequireLowercaseCharacters=True,
        RequireUppercaseCharacters=True,
        RequireNumbers=True,
        RequireSymbols=False,
        AllowUsersToChangePassword=True,
        PasswordReusePrevention=5,
    )


def roles(account):
    iam = account.client("iam")
    iam.create_account_alias(AccountAlias="quayside-orders")

    def role(name, service, *statements, managed=()):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(service))
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document(*statements))
        for policy in managed:
            iam.attach_role_policy(RoleName=name, PolicyArn=policy)

    queue = f"arn:aws:sqs:{HOME}:{ACCOUNT}:orders"
    role(
        "orders-prod-api",
        "ecs-tasks.amazonaws.com",
        allow("s3:GetObject", f"arn:aws:s3:::{PREFIX}-exports/*"),
        allow("sqs:SendMessage", queue),
    )
    role(
        "orders-prod-worker",
        "ecs-tasks.amazonaws.com",
        managed=["arn:aws:iam::aws:policy/AdministratorAccess"],
    )
    role(
        "orders-prod-execution",
        "ecs-tasks.amazonaws.com",
        managed=["arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"],
    )
    role(
        "orders-intake",
        "lambda.amazonaws.com",
        allow("sqs:SendMessage", queue),
        allow("s3:*", "*", Sid="Archive"),
    )
    role(
        "orders-invoice",
        "lambda.amazonaws.com",
        allow("s3:PutObject", f"arn:aws:s3:::{PREFIX}-invoices/invoices/*"),
        allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], queue),
    )
    role(
        "orders-prod-trail",
        "cloudtrail.amazonaws.com",
        allow("logs:PutLogEvents", f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:/aws/cloudtrail/orders-prod:*"),
    )
    everything = iam.create_policy(
        PolicyName="legacy-batch", PolicyDocument=document(allow("*", "*", Sid="ToBeNarrowed"))
    )["Policy"]["Arn"]
    deploy = iam.create_policy(
        PolicyName="orders-prod-deploy",
        PolicyDocument=document(
            allow(["ecr:PutImage", "ecr:UploadLayerPart"], f"arn:aws:ecr:{HOME}:{ACCOUNT}:repository/orders"),
            allow("ecs:UpdateService", f"arn:aws:ecs:{HOME}:{ACCOUNT}:service/orders-prod/*"),
        ),
    )["Policy"]["Arn"]
    role("legacy-batch", "ec2.amazonaws.com", managed=[everything])
    iam.attach_user_policy(UserName="ci-deploy", PolicyArn=deploy)
    iam.create_instance_profile(InstanceProfileName="legacy-batch")
    iam.add_role_to_instance_profile(InstanceProfileName="legacy-batch", RoleName="legacy-batch")
    iam.create_role(
        RoleName="orders-prod-partner",
        AssumeRolePolicyDocument=document(
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::210987654321:root"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": "orders-prod"}},
            }
        ),
    )


def ranges(*cidrs):
    v4 = [{"CidrIp": cidr} for cidr in cidrs if ":" not in cidr]
    v6 = [{"CidrIpv6": cidr} for cidr in cidrs if ":" in cidr]
    return {**({"IpRanges": v4} if v4 else {}), **({"Ipv6Ranges": v6} if v6 else {})}


def tcp(port, *cidrs, to=None):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": to or port, **ranges(*cidrs)}


def listed(port, prefix_list):
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "PrefixListIds": [{"PrefixListId": prefix_list}]}


def prefix_list(ec2, name, cidrs):
    return ec2.create_managed_prefix_list(
        PrefixListName=name,
        AddressFamily="IPv4",
        MaxEntries=8,
        Entries=[{"Cidr": cidr, "Description": name} for cidr in cidrs],
    )["PrefixList"]["PrefixListId"]


def network(account, region, cidr):
    ec2 = account.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "orders-prod"}])
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    octets = cidr.split(".")
    public = ec2.create_subnet(
        VpcId=vpc, CidrBlock=f"{octets[0]}.{octets[1]}.0.0/24", AvailabilityZone=f"{region}a"
    )["Subnet"]["SubnetId"]
    private = ec2.create_subnet(
        VpcId=vpc, CidrBlock=f"{octets[0]}.{octets[1]}.100.0/24", AvailabilityZone=f"{region}b"
    )["Subnet"]["SubnetId"]
    ec2.modify_subnet_attribute(SubnetId=public, MapPublicIpOnLaunch={"Value": True})
    routes = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=routes, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=routes, SubnetId=public)
    return ec2, vpc, public, private


def group(ec2, vpc, name, *ingress, egress=None):
    made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
    if ingress:
        ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=list(ingress))
    if egress is not None:
        ec2.revoke_security_group_egress(
            GroupId=made, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        )
        if egress:
            ec2.authorize_security_group_egress(GroupId=made, IpPermissions=egress)
    return made


def networks(account):
    ec2, vpc, public, private = network(account, HOME, "10.40.0.0/16")
    offices = prefix_list(ec2, "offices", OFFICES)
    anywhere = prefix_list(ec2, "partners", ["192.0.2.0/24", "0.0.0.0/0"])
    narrow = [tcp(443, "0.0.0.0/0")]
    balancer = group(ec2, vpc, "orders-prod-balancer", tcp(443, "0.0.0.0/0", "::/0"), egress=narrow)
    api = group(
        ec2,
        vpc,
        "orders-prod-api",
        {"IpProtocol": "tcp", "FromPort": 8000, "ToPort": 8000, "UserIdGroupPairs": [{"GroupId": balancer}]},
        egress=narrow,
    )
    bastion = group(ec2, vpc, "orders-prod-bastion", tcp(22, *OFFICES), tcp(22, "0.0.0.0/0"))
    group(
        ec2,
        vpc,
        "orders-prod-database",
        {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": api}]},
        tcp(5432, "::/0"),
        egress=[],
    )
    group(ec2, vpc, "maintenance", listed(22, offices), tcp(3389, *OFFICES), egress=narrow)
    group(ec2, vpc, "partners", listed(6379, anywhere), egress=narrow)
    group(ec2, vpc, "remote-desktop", tcp(3389, "0.0.0.0/1", "128.0.0.0/1"))
    group(ec2, vpc, "migration", {"IpProtocol": "-1", **ranges("0.0.0.0/0")})
    batch = group(ec2, vpc, "legacy-batch", tcp(9000, "10.40.0.0/16", to=9100), egress=narrow)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    for name, subnet, groups in (("bastion", public, [bastion]), ("legacy-batch", private, [batch])):
        ec2.run_instances(
            ImageId=image,
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet,
            SecurityGroupIds=groups,
            TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}]}],
            **({"IamInstanceProfile": {"Name": "legacy-batch"}} if name == "legacy-batch" else {}),
        )
    ec2, vpc, _, _ = network(account, SECOND, "10.41.0.0/16")
    group(ec2, vpc, "replica", tcp(3306, "0.0.0.0/0"))
    group(ec2, vpc, "replica-internal", tcp(3306, "10.40.0.0/15"), egress=narrow)


BLOCKED = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


def tls_only(bucket):
    return {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def read_by(bucket, principal, **more):
    resource = f"arn:aws:s3:::{bucket}/*"
    return {"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": resource, **more}


class Buckets:
    def __init__(self, account, key):
        self.s3 = account.client("s3")
        self.key = key

    def make(self, short, *statements, block=BLOCKED, ownership="BucketOwnerEnforced"):
        name = f"{PREFIX}-{short}"
        self.s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME})
        if block:
            self.s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
        if ownership:
            self.s3.put_bucket_ownership_controls(
                Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]}
            )
        if statements:
            self.s3.put_bucket_policy(Bucket=name, Policy=document(*[make(name) for make in statements]))
        return name

    def harden(self, name, logs):
        self.s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        self.s3.put_bucket_encryption(
            Bucket=name,
            ServerSideEncryptionConfiguration={
                "Rules": [
                    {
                        "ApplyServerSideEncryptionByDefault": {
                            "SSEAlgorithm": "aws:kms",
                            "KMSMasterKeyID": self.key,
                        },
                        "BucketKeyEnabled": True,
                    }
                ]
            },
        )
        if logs:
            self.s3.put_bucket_logging(
                Bucket=name,
                BucketLoggingStatus={
                    "LoggingEnabled": {"TargetBucket": logs, "TargetPrefix": f"access/{name}/"}
                },
            )

    def grant(self, name, *grants):
        owner = self.s3.get_bucket_acl(Bucket=name)["Owner"]
        own = {"Grantee": {"Type": "CanonicalUser", "ID": owner["ID"]}, "Permission": "FULL_CONTROL"}
        groups = [
            {"Grantee": {"Type": "Group", "URI": group}, "Permission": permission} for group, permission in grants
        ]
        self.s3.put_bucket_acl(
            Bucket=name, AccessControlPolicy={"Grants": [own, *groups], "Owner": owner}
        )


def buckets(account, key):
    make = Buckets(account, key)
    logs = make.make("logs", tls_only, ownership="BucketOwnerPreferred")
    make.grant(logs, (LOG_DELIVERY, "WRITE"), (LOG_DELIVERY, "READ_ACP"))
    make.s3.put_bucket_versioning(Bucket=logs, VersioningConfiguration={"Status": "Enabled"})
    for short in ("invoices", "exports", "routing"):
        make.harden(make.make(short, tls_only), logs)
    make.make("catalogue", lambda name: read_by(name, "*", Sid="Shop"), block=None)
    make.make(
        "documents",
        tls_only,
        lambda name: read_by(
            name, {"AWS": "*"}, Sid="Office", Condition={"IpAddress": {"aws:SourceIp": OFFICES}}
        ),
        block=None,
    )
    drop = make.make("partner-drop", block=None, ownership="ObjectWriter")
    make.grant(drop, (ANY_AWS_USER, "WRITE"), (ALL_USERS, "READ_ACP"))
    old = make.make("legacy-uploads", block=None, ownership="ObjectWriter")
    make.grant(old, (ALL_USERS, "READ"), (ALL_USERS, "WRITE_ACP"))
    shadowed = make.make("shadowed", tls_only, block={**BLOCKED, "BlockPublicAcls": False}, ownership="ObjectWriter")
    make.grant(shadowed, (ALL_USERS, "FULL_CONTROL"))
    return logs


def functions(account, key):
    awslambda = account.client("lambda")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return {'statusCode': 204}\n")

    def make(name, runtime, role, variables=None, kms=None):
        more = {"Environment": {"Variables": variables}} if variables else {}
        if kms:
            more["KMSKeyArn"] = kms
        awslambda.create_function(
            FunctionName=name,
            Runtime=runtime,
            Role=f"arn:aws:iam::{ACCOUNT}:role/{role}",
            Handler="app.handler",
            Code={"ZipFile": packed.getvalue()},
            Timeout=15,
            **more,
        )

    make(
        "orders-intake",
        "python3.12",
        "orders-intake",
        {"STAGE": "prod", "PARTNER_API_TOKEN": "7be1f0d24c9a4e6fb83d5a1c20e97f64"},
    )
    make("orders-invoice", "python3.12", "orders-invoice", {"INVOICE_BUCKET": f"{PREFIX}-invoices"}, kms=key)
    make("orders-download", "python3.8", "orders-invoice", {"INVOICE_BUCKET": f"{PREFIX}-invoices"})
    make("orders-status", "python3.13", "orders-invoice")
    make("legacy-notify", "python2.7", "orders-intake", {"SMTP_PASSWORD": "tidal-Lantern-4821"})
    awslambda.create_function_url_config(FunctionName="orders-download", AuthType="NONE")
    awslambda.create_function_url_config(FunctionName="orders-status", AuthType="AWS_IAM")
    awslambda.add_permission(
        FunctionName="orders-status",
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=f"arn:aws:events:{HOME}:{ACCOUNT}:rule/orders-nightly",
        SourceAccount=ACCOUNT,
    )
    awslambda.add_permission(
        FunctionName="legacy-notify", StatementId="anyone", Action="lambda:InvokeFunction", Principal="*"
    )


def trails(account, key, logs):
    account.client("logs").create_log_group(logGroupName="/aws/cloudtrail/orders-prod")
    trail = account.client("cloudtrail")
    trail.create_trail(
        Name="orders-prod-account",
        S3BucketName=logs,
        S3KeyPrefix="trail",
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
        KmsKeyId=key,
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{HOME}:{ACCOUNT}:log-group:/aws/cloudtrail/orders-prod:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{ACCOUNT}:role/orders-prod-trail",
    )
    trail.start_logging(Name="orders-prod-account")
    old = account.client("cloudtrail", SECOND)
    old.create_trail(Name="legacy", S3BucketName=logs, IsMultiRegionTrail=False, EnableLogFileValidation=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint-url", required=True)
    account = Account(parser.parse_args().endpoint_url)
    key = account.client("kms").create_key(Description="Data of orders")["KeyMetadata"]["Arn"]
    users(account)
    roles(account)
    networks(account)
    logs = buckets(account, key)
    functions(account, key)
    trails(account, key, logs)
    account.aged(forget="unused managed policies")


if __name__ == "__main__":
    main()
