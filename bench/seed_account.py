"""Fills a moto server (tests/aged_moto.py) with an account of a few hundred resources, the same every time.

    python seed_account.py --endpoint-url http://127.0.0.1:5000

Faults and their well-made twins alternate by a fixed random sequence, so that neither tool can guess.
"""

import argparse
import io
import json
import random
import urllib.request
import zipfile

import boto3

HOME = "eu-central-1"
SECOND = "us-east-1"
ACCOUNT = "123456789012"
ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
ANY_AWS_USER = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
BLOCKED = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


class Server:
    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.dice = random.Random(20261123)

    def client(self, service, region=HOME):
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def aged(self, **wish):
        request = urllib.request.Request(f"{self.endpoint}/aged", json.dumps(wish).encode())
        urllib.request.urlopen(request).close()

    def chance(self, share):
        return self.dice.random() < share

    def pick(self, *choices):
        return self.dice.choice(choices)


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource):
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def trust(service):
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def users(server, count):
    iam = server.client("iam")
    for index in range(count):
        name = f"user-{index:03}"
        iam.create_user(UserName=name)
        if server.chance(0.6):
            iam.create_login_profile(UserName=name, Password="Only-4-the-bench!")
            if server.chance(0.6):
                device = iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
                iam.enable_mfa_device(
                    UserName=name,
                    SerialNumber=device["SerialNumber"],
                    AuthenticationCode1="123456",
                    AuthenticationCode2="654321",
                )
        for _ in range(server.pick(0, 1, 1, 2)):
            key = iam.create_access_key(UserName=name)["AccessKey"]["AccessKeyId"]
            age = server.pick(3, 45, 88, 92, 200, 700)
            wish = {"access_key": key, "created_days_ago": age}
            if server.chance(0.7):
                wish["used_days_ago"] = server.dice.randrange(0, age)
            server.aged(**wish)
            if server.chance(0.2):
                iam.update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")
    server.aged(root={"mfa": False, "access_keys": 0})
    iam.update_account_password_policy(
        MinimumPasswordLength=8,
        RequireLowercaseCharacters=True,
        RequireUppercaseCharacters=True,
        RequireNumbers=False,
        RequireSymbols=True,
        PasswordReusePrevention=24,
        MaxPasswordAge=180,
    )


def roles(server, count):
    iam = server.client("iam")
    for index in range(count):
        name = f"role-{index:03}"
        service = server.pick("lambda.amazonaws.com", "ec2.amazonaws.com", "ecs-tasks.amazonaws.com")
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(service))
        shape = index % 5
        if shape == 0:
            iam.attach_role_policy(RoleName=name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
        elif shape == 1:
            wide = iam.create_policy(PolicyName=f"wide-{index:03}", PolicyDocument=policy(allow("*", "*")))
            iam.attach_role_policy(RoleName=name, PolicyArn=wide["Policy"]["Arn"])
        elif shape == 2:
            document = policy(allow("s3:*", "*"), allow("dynamodb:GetItem", "*"))
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)
        else:
            own = f"arn:aws:s3:::bucket-{index:03}/*"
            document = policy(allow(["s3:GetObject", "s3:PutObject"], own))
            iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document)


def rule(server):
    port = server.pick(22, 80, 443, 3306, 3389, 5432, 6379, 9000)
    source = server.pick("0.0.0.0/0", "::/0", "10.0.0.0/8", "198.51.100.0/24", "0.0.0.0/1", "group")
    made = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
    if source == "::/0":
        made["Ipv6Ranges"] = [{"CidrIpv6": source}]
    elif source == "group":
        made["UserIdGroupPairs"] = []
    else:
        made["IpRanges"] = [{"CidrIp": source}]
    return made


def networks(server, region, groups, instances):
    ec2 = server.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.60.1.0/24")["Subnet"]["SubnetId"]
    first = ec2.create_security_group(GroupName="base", Description="base", VpcId=vpc)["GroupId"]
    made = [first]
    for index in range(groups):
        name = f"group-{index:03}"
        group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        wanted = rule(server)
        if "UserIdGroupPairs" in wanted:
            wanted["UserIdGroupPairs"] = [{"GroupId": first}]
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[wanted])
        if server.chance(0.5):
            everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
            ec2.revoke_security_group_egress(GroupId=group, IpPermissions=everything)
        made.append(group)
    image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    for index in range(instances):
        ec2.run_instances(
            ImageId=image,
            InstanceType="t3.micro",
            MinCount=1,
            MaxCount=1,
            SubnetId=subnet,
            SecurityGroupIds=[made[index % len(made)]],
        )


def buckets(server, count):
    s3 = server.client("s3")
    s3.create_bucket(Bucket="bench-logs", CreateBucketConfiguration={"LocationConstraint": HOME})
    for index in range(count):
        name = f"bench-bucket-{index:03}"
        region = server.pick(HOME, HOME, SECOND)
        where = server.client("s3", region)
        if region == SECOND:
            where.create_bucket(Bucket=name)
        else:
            where.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
        if server.chance(0.5):
            where.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=BLOCKED)
        if server.chance(0.5):
            where.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        ownership = server.pick("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")
        where.put_bucket_ownership_controls(
            Bucket=name, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]}
        )
        if ownership != "BucketOwnerEnforced" and server.chance(0.4):
            grantee = {"Type": "Group", "URI": server.pick(ALL_USERS, ANY_AWS_USER)}
            permission = server.pick("READ", "WRITE", "READ_ACP", "WRITE_ACP", "FULL_CONTROL")
            owner = where.get_bucket_acl(Bucket=name)["Owner"]
            own = {"Grantee": {"Type": "CanonicalUser", "ID": owner["ID"]}, "Permission": "FULL_CONTROL"}
            where.put_bucket_acl(
                Bucket=name,
                AccessControlPolicy={
                    "Grants": [own, {"Grantee": grantee, "Permission": permission}],
                    "Owner": owner,
                },
            )
        statements = bucket_statements(server, name)
        if statements:
            where.put_bucket_policy(Bucket=name, Policy=policy(*statements))


def bucket_statements(server, name):
    resources = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    statements = []
    if server.chance(0.5):
        statements.append(
            {
                "Effect": "Deny",
                "Principal": {"AWS": "*"},
                "Action": "s3:*",
                "Resource": resources,
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        )
    if server.chance(0.2):
        public = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:GetObject", "Resource": resources[1]}
        if server.chance(0.5):
            public["Condition"] = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
        statements.append(public)
    return statements


def functions(server, count):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return None\n")
    for index in range(count):
        awslambda = server.client("lambda", server.pick(HOME, SECOND))
        name = f"function-{index:03}"
        more = {}
        if server.chance(0.5):
            secret = {"DATABASE_PASSWORD": "tidal-Lantern-4821"} if server.chance(0.4) else {"STAGE": "prod"}
            more["Environment"] = {"Variables": secret}
        awslambda.create_function(
            FunctionName=name,
            Runtime=server.pick("python3.8", "python3.12", "python3.13", "nodejs14.x", "nodejs22.x"),
            Role=f"arn:aws:iam::{ACCOUNT}:role/role-000",
            Handler="app.handler",
            Code={"ZipFile": packed.getvalue()},
            **more,
        )
        if server.chance(0.3):
            awslambda.create_function_url_config(FunctionName=name, AuthType=server.pick("NONE", "AWS_IAM"))
        if server.chance(0.3):
            principal = server.pick("*", "events.amazonaws.com")
            source = {} if principal == "*" else {"SourceAccount": ACCOUNT}
            awslambda.add_permission(
                FunctionName=name,
                StatementId="call",
                Action="lambda:InvokeFunction",
                Principal=principal,
                **source,
            )


def trails(server):
    key = server.client("kms").create_key()["KeyMetadata"]["Arn"]
    for index, region in enumerate((HOME, HOME, SECOND)):
        client = server.client("cloudtrail", region)
        name = f"trail-{index}"
        client.create_trail(
            Name=name,
            S3BucketName="bench-logs",
            IsMultiRegionTrail=index == 0,
            EnableLogFileValidation=index != 1,
            **({"KmsKeyId": key} if index == 0 else {}),
        )
        if index != 1:
            client.start_logging(Name=name)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--endpoint-url", required=True)
    server = Server(parser.parse_args().endpoint_url)
    users(server, 60)
    roles(server, 40)
    networks(server, HOME, 50, 12)
    networks(server, SECOND, 30, 6)
    buckets(server, 60)
    functions(server, 40)
    trails(server)
    server.aged(forget="unused managed policies")


if __name__ == "__main__":
    main()
