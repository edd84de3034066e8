//! Each promise is seen broken: one change of the template, and the promise that must notice.

use serde_json::{Value, json};
use stack::{Template, edit};

use crate::promises::{PROMISES, broken};

/// What is changed (from `/Resources/` on), to what (null takes it away), which promise notices
/// and a part of what it says.
fn table() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let fixed = "nothing has a fixed price by default";
    let limit = "what may cost more has a limit";
    let few = "at most ten alarms and one dashboard";
    let roles = "roles allow what they list";
    let policies = "resources let in whom they name";
    let itself = "each function is by itself";
    let taken = "nobody takes from the log";
    let secret = "nothing secret is in an environment";
    let queues = "queues have dead letters and alarms";
    let streams = "streams put failures by";
    let table = "the table is kept";
    let buckets = "buckets are private";
    let locked = "the log is locked";
    let tls = "everything is over TLS";
    let passes = "passes are checked";
    let statement = "ApiRole/Properties/Policies/0/PolicyDocument/Statement";
    vec![
        ("Nat", json!({ "Type": "AWS::EC2::NatGateway" }), fixed, "AWS::EC2::NatGateway"),
        ("Key", json!({ "Type": "AWS::KMS::Key" }), fixed, "AWS::KMS::Key"),
        ("Table/Properties/BillingMode", json!("PROVISIONED"), fixed, "PROVISIONED"),
        ("ApiFunction/Properties/VpcConfig", json!({ "SubnetIds": ["a"] }), fixed, "/VpcConfig"),
        ("ApiFunction/Properties/ProvisionedConcurrencyConfig", json!({}), fixed, "/Provisioned"),
        ("Distribution/Properties/DistributionConfig/WebACLId", json!("arn"), fixed, "/WebACLId"),
        ("Table/Properties/OnDemandThroughput", json!(null), limit, "writes have no limit"),
        ("ApiStage/Properties/DefaultRouteSettings", json!(null), limit, "requests have no limit"),
        ("FixesMapping/Properties/ScalingConfig", json!(null), limit, "FixesMapping"),
        ("Budget", json!(null), limit, "no budget"),
        ("More", json!({ "Type": "AWS::CloudWatch::Alarm" }), few, "11 alarms"),
        ("More", json!({ "Type": "AWS::CloudWatch::Dashboard" }), few, "2 dashboards"),
        ("Dashboard/Properties/DashboardBody", json!("{"), few, "no JSON"),
        (&*format!("{statement}/0/Action/0").leak(), json!("dynamodb:*"), roles, "dynamodb:*"),
        (
            &*format!("{statement}/0/Action/0").leak(),
            json!("dynamodb:Scan"),
            roles,
            "dynamodb:Scan",
        ),
        (&*format!("{statement}/0/Resource").leak(), json!("*"), roles, "reaches *"),
        (&*format!("{statement}/1/Resource/0").leak(), json!("arn:Blobs/*"), roles, "arn:Blobs/*"),
        (&*format!("{statement}/1/Resource/0").leak(), json!("arn:Any/photos/*"), roles, "arn:Any"),
        (&*format!("{statement}/0/Resource").leak(), json!(null), roles, "names no resource"),
        (&*format!("{statement}/0/NotAction").leak(), json!("s3:GetObject"), roles, "all but"),
        (
            "ApiRole/Properties/ManagedPolicyArns",
            json!(["arn:aws:iam::aws:policy/Any"]),
            roles,
            "somebody else's",
        ),
        (
            "ApiRole/Properties/AssumeRolePolicyDocument/Statement/0/Principal",
            json!({ "AWS": "*" }),
            roles,
            "take it on",
        ),
        (
            "WebPolicy/Properties/PolicyDocument/Statement/1/Principal",
            json!("*"),
            policies,
            "lets in",
        ),
        ("WebPolicy/Properties/PolicyDocument/Statement/1/Action", json!("s3:*"), policies, "s3:*"),
        (
            "WebPolicy/Properties/PolicyDocument/Statement/1/Condition",
            json!(null),
            policies,
            "anybody's",
        ),
        ("ApiMayInvoke/Properties/SourceArn", json!(null), policies, "ApiMayInvoke"),
        (
            "FixesFunction/Properties/Role",
            json!({ "Fn::GetAtt": ["ApiRole", "Arn"] }),
            itself,
            "same role",
        ),
        ("FixesFunction/Properties/Role", json!(null), itself, "no role"),
        (
            "FixesFunction/Properties/LoggingConfig/LogGroup",
            json!({ "Ref": "ApiLogs" }),
            itself,
            "same log group",
        ),
        ("FixesFunction/Properties/LoggingConfig/LogFormat", json!("Text"), itself, "JSON"),
        ("FixesFunction/Properties/Architectures", json!(["x86_64"]), itself, "arm64"),
        ("FixesFunction/Metadata/BuildMethod", json!("makefile"), itself, "cargo-lambda"),
        (
            "FixesFunction/Properties/Policies",
            json!(["AmazonS3FullAccess"]),
            itself,
            "beside its role",
        ),
        (
            "SequencerRole/Properties/Policies/0/PolicyDocument/Statement/2/Action/0",
            json!("s3:DeleteObject"),
            taken,
            "SequencerRole may s3:DeleteObject",
        ),
        (
            "AuditLogPolicy/Properties/PolicyDocument/Statement/2/Effect",
            json!("Allow"),
            taken,
            "does not refuse s3:DeleteObject",
        ),
        (
            "AuditLogPolicy/Properties/PolicyDocument/Statement/2/Action/2",
            json!("s3:GetObject"),
            taken,
            "s3:Bypass",
        ),
        (
            "IntakeRole/Properties/Policies/0/PolicyDocument/Statement/0/Action/0",
            json!("dynamodb:DeleteItem"),
            "few may delete rows",
            "IntakeRole",
        ),
        (
            "ApiFunction/Properties/Environment/Variables/WHEREABOUTS_LOG_KEY",
            json!("x"),
            secret,
            "WHEREABOUTS_LOG_KEY",
        ),
        (
            "ApiFunction/Properties/Environment/Variables/WHEREABOUTS_URL",
            json!("{{resolve:ssm:/a}}"),
            secret,
            "more than a name",
        ),
        ("FixQueue/Properties/RedrivePolicy", json!(null), queues, "FixQueue has no dead-letter"),
        ("FixQueue/Properties/RedrivePolicy/maxReceiveCount", json!(1), queues, "fifth attempt"),
        ("FixQueue/Properties/VisibilityTimeout", json!(60), queues, "FixesMapping"),
        ("FixQueue/Properties/SqsManagedSseEnabled", json!(false), queues, "not encrypted"),
        ("FixDeadQueue/Properties/MessageRetentionPeriod", json!(60), queues, "forgets"),
        ("FixesDead", json!(null), queues, "of FixDeadQueue"),
        (
            "IntakeWaits/Properties/MetricName",
            json!("NumberOfMessagesSent"),
            queues,
            "of IntakeQueue",
        ),
        ("IntakeMapping/Properties/FunctionResponseTypes", json!(null), queues, "one bad message"),
        ("ProjectorMapping/Properties/DestinationConfig", json!(null), streams, "lost"),
        (
            "ProjectorMapping/Properties/BisectBatchOnFunctionError",
            json!(false),
            streams,
            "fails all",
        ),
        ("ProjectorMapping/Properties/FunctionResponseTypes", json!(null), streams, "again"),
        ("ProjectorMapping/Properties/MaximumRetryAttempts", json!(null), streams, "for ever"),
        ("SequencerMapping/Properties/MaximumRecordAgeInSeconds", json!(86_400), streams, "gone"),
        (
            "SequencerMapping/Properties/ParallelizationFactor",
            json!(10),
            streams,
            "two invocations",
        ),
        (
            "SequencerMapping/Properties/StartingPosition",
            json!("LATEST"),
            streams,
            "before the first look",
        ),
        ("SequencerBehind", json!(null), streams, "SequencerFunction is behind"),
        (
            "Third",
            json!({ "Type": "AWS::Lambda::EventSourceMapping", "Properties": { "StartingPosition": "LATEST" } }),
            streams,
            "3 read",
        ),
        ("FixesLogs/Properties/RetentionInDays", json!(null), "logs end", "FixesLogs"),
        ("ApiStage/Properties/AccessLogSettings", json!(null), "logs end", "no access"),
        (
            "ApiStage/Properties/AccessLogSettings/Format",
            json!("$context.identity.sourceIp"),
            "logs end",
            "who asked",
        ),
        ("FixesDead/Properties/AlarmActions", json!([]), "alarms reach somebody", "FixesDead"),
        ("Table/DeletionPolicy", json!("Delete"), table, "goes with the stack"),
        ("Table/Properties/DeletionProtectionEnabled", json!(false), table, "slip"),
        (
            "Table/Properties/KeySchema/1",
            json!({ "AttributeName": "id", "KeyType": "RANGE" }),
            table,
            "pk and sk",
        ),
        ("Table/Properties/AttributeDefinitions/0/AttributeType", json!("S"), table, "bytes"),
        (
            "Table/Properties/StreamSpecification",
            json!({ "StreamViewType": "KEYS_ONLY" }),
            table,
            "whole",
        ),
        ("Table/Properties/TimeToLiveSpecification/AttributeName", json!("ttl"), table, "ends"),
        ("Table/Properties/PointInTimeRecoverySpecification", json!(null), table, "as it was"),
        (
            "Blobs/Properties/PublicAccessBlockConfiguration/BlockPublicPolicy",
            json!(false),
            buckets,
            "Blobs may become public",
        ),
        ("Blobs/Properties/OwnershipControls", json!(null), buckets, "others"),
        ("Web/Properties/LifecycleConfiguration", json!(null), buckets, "halves"),
        ("AuditLog/DeletionPolicy", json!(null), buckets, "AuditLog goes"),
        (
            "Distribution/Properties/DistributionConfig/Origins/0/OriginAccessControlId",
            json!(""),
            buckets,
            "does not sign",
        ),
        ("AuditLog/Properties/ObjectLockEnabled", json!(false), locked, "no lock"),
        ("AuditLog/Properties/ObjectLockConfiguration", json!(null), locked, "by default"),
        ("AuditLog/Properties/VersioningConfiguration", json!(null), locked, "overwritten"),
        (
            "AuditLogPolicy/Properties/PolicyDocument/Statement/1/Condition",
            json!(null),
            locked,
            "twice",
        ),
        (
            "AuditLog/Properties/LifecycleConfiguration/Rules/0/ExpirationInDays",
            json!(30),
            locked,
            "forgets",
        ),
        (
            "AuditLogPolicy/Properties/PolicyDocument/Statement/0/Effect",
            json!("Allow"),
            tls,
            "arn:AuditLog takes",
        ),
        ("FixQueuePolicy", json!(null), tls, "arn:FixQueue takes"),
        (
            "Distribution/Properties/DistributionConfig/CacheBehaviors/0/Fn::If/1/TrustedKeyGroups",
            json!(null),
            passes,
            "without a pass",
        ),
        (
            "Distribution/Properties/DistributionConfig/CacheBehaviors/1/TargetOriginId",
            json!("map"),
            passes,
            "without a pass",
        ),
        (
            "Distribution/Properties/DistributionConfig/DefaultCacheBehavior/ViewerProtocolPolicy",
            json!("allow-all"),
            tls,
            "answered in the clear",
        ),
        (
            "Distribution/Properties/DistributionConfig/Origins/1/CustomOriginConfig/OriginProtocolPolicy",
            json!("match-viewer"),
            tls,
            "asked in the clear",
        ),
        (
            "Distribution/Properties/DistributionConfig/Origins/1/OriginCustomHeaders/0/HeaderValue",
            json!("x"),
            tls,
            "who asks",
        ),
    ]
}

#[test]
fn whatever_breaks_a_promise_is_noticed() {
    let template = Template::deployed();
    let mut noticed = Vec::new();
    for (path, to, promise, says) in table() {
        let mut changed = template.clone();
        edit(&mut changed.0, &format!("/Resources/{path}"), to);
        let found = broken(&changed);
        let hit = found.iter().any(|it| it.0 == promise && it.1.contains(says));
        assert!(hit, "{path}: `{promise}` does not say `{says}`, but {found:#?}");
        noticed.push(promise);
    }
    for (name, _) in PROMISES {
        assert!(noticed.contains(name), "no change breaks `{name}`");
    }
}
