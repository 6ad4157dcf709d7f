//! What certain actions can be used for, as data: ways to more permissions, and actions that hand out
//! credentials or content. Which policy allows them is asked in `powers`.

use super::PowerKind;

/// A way to a power: who may do all of these actions has it.
#[derive(Debug, PartialEq, Eq)]
pub struct Way {
    /// What it leads to.
    pub kind: PowerKind,
    /// A short name: `put-role-policy`.
    pub name: &'static str,
    /// The actions, all of which it takes.
    pub actions: &'static [&'static str],
}

const fn escalation(name: &'static str, actions: &'static [&'static str]) -> Way {
    Way { kind: PowerKind::Escalation, name, actions }
}

const fn credentials(name: &'static str, actions: &'static [&'static str]) -> Way {
    Way { kind: PowerKind::Credentials, name, actions }
}

const fn content(name: &'static str, actions: &'static [&'static str]) -> Way {
    Way { kind: PowerKind::Content, name, actions }
}

/// Every way, by kind. Sources: what each action does by AWS's API references; the combinations are those
/// published by Rhino Security Labs and by pathfinding.cloud. A combination that holds a shorter one is left out.
pub(super) const WAYS: [Way; 98] = [
    // Permissions of one's own, or of another principal.
    escalation("create-access-key", &["iam:CreateAccessKey"]),
    escalation("create-login-profile", &["iam:CreateLoginProfile"]),
    escalation("update-login-profile", &["iam:UpdateLoginProfile"]),
    escalation("add-user-to-group", &["iam:AddUserToGroup"]),
    escalation("create-policy-version", &["iam:CreatePolicyVersion"]),
    escalation("set-default-policy-version", &["iam:SetDefaultPolicyVersion"]),
    escalation("attach-user-policy", &["iam:AttachUserPolicy"]),
    escalation("attach-group-policy", &["iam:AttachGroupPolicy"]),
    escalation("attach-role-policy", &["iam:AttachRolePolicy"]),
    escalation("put-user-policy", &["iam:PutUserPolicy"]),
    escalation("put-group-policy", &["iam:PutGroupPolicy"]),
    escalation("put-role-policy", &["iam:PutRolePolicy"]),
    escalation("update-assume-role-policy", &["iam:UpdateAssumeRolePolicy"]),
    escalation("delete-role-boundary", &["iam:DeleteRolePermissionsBoundary"]),
    escalation("delete-user-boundary", &["iam:DeleteUserPermissionsBoundary"]),
    // A role passed to something new.
    escalation("pass-role-to-instance", &["iam:PassRole", "ec2:RunInstances"]),
    escalation("pass-role-to-spot-instance", &["iam:PassRole", "ec2:RequestSpotInstances"]),
    escalation(
        "pass-role-to-function-and-invoke",
        &["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
    ),
    escalation(
        "pass-role-to-function-and-permit",
        &["iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission"],
    ),
    escalation(
        "pass-role-to-function-and-event-source",
        &["iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping"],
    ),
    escalation("pass-role-to-stack", &["iam:PassRole", "cloudformation:CreateStack"]),
    escalation(
        "pass-role-to-stack-set",
        &["iam:PassRole", "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances"],
    ),
    escalation("pass-role-to-stack-set-update", &["iam:PassRole", "cloudformation:UpdateStackSet"]),
    escalation("pass-role-to-pipeline", &["iam:PassRole", "datapipeline:CreatePipeline"]),
    escalation("pass-role-to-dev-endpoint", &["iam:PassRole", "glue:CreateDevEndpoint"]),
    escalation("pass-role-to-glue-job", &["iam:PassRole", "glue:CreateJob", "glue:StartJobRun"]),
    escalation("pass-role-to-glue-job-by-trigger", &["iam:PassRole", "glue:CreateJob", "glue:CreateTrigger"]),
    escalation("pass-role-to-changed-glue-job", &["iam:PassRole", "glue:UpdateJob", "glue:StartJobRun"]),
    escalation(
        "pass-role-to-changed-glue-job-by-trigger",
        &["iam:PassRole", "glue:UpdateJob", "glue:CreateTrigger"],
    ),
    escalation("pass-role-to-build", &["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"]),
    escalation(
        "pass-role-to-build-batch",
        &["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuildBatch"],
    ),
    escalation("pass-role-to-task", &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask"]),
    escalation("pass-role-to-started-task", &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:StartTask"]),
    escalation(
        "pass-role-to-container-service",
        &["iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:CreateService"],
    ),
    escalation("pass-role-to-app-runner", &["iam:PassRole", "apprunner:CreateService"]),
    escalation("pass-role-to-notebook", &["iam:PassRole", "sagemaker:CreateNotebookInstance"]),
    escalation("pass-role-to-training-job", &["iam:PassRole", "sagemaker:CreateTrainingJob"]),
    escalation("pass-role-to-processing-job", &["iam:PassRole", "sagemaker:CreateProcessingJob"]),
    escalation(
        "pass-role-to-code-interpreter",
        &[
            "iam:PassRole",
            "bedrock-agentcore:CreateCodeInterpreter",
            "bedrock-agentcore:StartCodeInterpreterSession",
            "bedrock-agentcore:InvokeCodeInterpreter",
        ],
    ),
    // A role that something has already.
    escalation("change-function-code", &["lambda:UpdateFunctionCode"]),
    escalation("change-dev-endpoint", &["glue:UpdateDevEndpoint"]),
    escalation("execute-change-set", &["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet"]),
    escalation(
        "change-user-data",
        &["ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances"],
    ),
    escalation("change-launch-template", &["ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"]),
    escalation("connect-to-instance", &["ec2-instance-connect:SendSSHPublicKey", "ec2:DescribeInstances"]),
    escalation("execute-in-container", &["ecs:ExecuteCommand", "ecs:DescribeTasks"]),
    escalation("open-notebook", &["sagemaker:CreatePresignedNotebookInstanceUrl"]),
    escalation(
        "change-notebook-start",
        &[
            "sagemaker:CreateNotebookInstanceLifecycleConfig",
            "sagemaker:StopNotebookInstance",
            "sagemaker:UpdateNotebookInstance",
            "sagemaker:StartNotebookInstance",
        ],
    ),
    escalation(
        "use-code-interpreter",
        &["bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter"],
    ),
    escalation("command-instance", &["ssm:SendCommand"]),
    escalation("open-session", &["ssm:StartSession"]),
    // Answers that are credentials.
    credentials("airflow-cli-token", &["airflow:CreateCliToken"]),
    credentials("airflow-web-token", &["airflow:CreateWebLoginToken"]),
    credentials("appsync-key", &["appsync:CreateApiKey"]),
    credentials("package-token", &["codeartifact:GetAuthorizationToken"]),
    credentials("pipeline-job", &["codepipeline:PollForJobs"]),
    credentials("identity-token", &["cognito-identity:GetOpenIdToken"]),
    credentials("developer-identity-token", &["cognito-identity:GetOpenIdTokenForDeveloperIdentity"]),
    credentials("identity-credentials", &["cognito-identity:GetCredentialsForIdentity"]),
    credentials("instance-password", &["ec2:GetPasswordData"]),
    credentials("registry-token", &["ecr:GetAuthorizationToken"]),
    credentials("public-registry-token", &["ecr-public:GetAuthorizationToken"]),
    credentials("endpoint-session", &["emr-containers:GetManagedEndpointSessionCredentials"]),
    credentials("game-upload", &["gamelift:RequestUploadCredentials"]),
    credentials("game-compute", &["gamelift:GetComputeAccess"]),
    credentials("grafana-key", &["grafana:CreateWorkspaceApiKey"]),
    credentials("user-access-key", &["iam:CreateAccessKey"]),
    credentials("service-credential", &["iam:CreateServiceSpecificCredential"]),
    credentials("reset-service-credential", &["iam:ResetServiceSpecificCredential"]),
    credentials("lightsail-instance", &["lightsail:GetInstanceAccessDetails"]),
    credentials("lightsail-key-pair", &["lightsail:DownloadDefaultKeyPair"]),
    credentials("lightsail-bucket-key", &["lightsail:CreateBucketAccessKey"]),
    credentials("lightsail-database", &["lightsail:GetRelationalDatabaseMasterUserPassword"]),
    credentials("database-token", &["rds-db:connect"]),
    credentials("cluster-credentials", &["redshift:GetClusterCredentials"]),
    credentials("cluster-credentials-with-iam", &["redshift:GetClusterCredentialsWithIAM"]),
    credentials("workgroup-credentials", &["redshift-serverless:GetCredentials"]),
    credentials("role-session", &["sts:AssumeRole"]),
    credentials("role-session-by-saml", &["sts:AssumeRoleWithSAML"]),
    credentials("role-session-by-web-identity", &["sts:AssumeRoleWithWebIdentity"]),
    credentials("root-session", &["sts:AssumeRoot"]),
    credentials("federated-session", &["sts:GetFederationToken"]),
    credentials("own-session", &["sts:GetSessionToken"]),
    credentials("chime-key", &["chime:CreateApiKey"]),
    credentials("environment-token", &["cloud9:CreateEnvironmentToken"]),
    credentials("contact-centre-session", &["connect:GetFederationToken"]),
    credentials("finspace-credentials", &["finspace-api:GetProgrammaticAccessCredentials"]),
    credentials("game-compute-token", &["gamelift:GetComputeAuthToken"]),
    credentials("game-instance", &["gamelift:GetInstanceAccess"]),
    credentials("licence-token", &["license-manager:GetAccessToken"]),
    credentials("channel-credentials", &["mediapackage:RotateChannelCredentials"]),
    credentials("ingest-credentials", &["mediapackage:RotateIngestEndpointCredentials"]),
    // Content of stores.
    content("objects", &["s3:GetObject"]),
    content("parameter", &["ssm:GetParameter"]),
    content("parameters", &["ssm:GetParameters"]),
    content("parameters-by-path", &["ssm:GetParametersByPath"]),
    content("secret", &["secretsmanager:GetSecretValue"]),
    content("secrets", &["secretsmanager:BatchGetSecretValue"]),
];
