//! What a deployment costs when nobody uses it, and at most.

use serde_json::Value;
use stack::Stack;

/// Every type there may be by default, and what one costs while nothing happens. Prices:
/// crates/cost/prices.toml.
const FREE_WHEN_IDLE: &[(&str, &str)] = &[
    ("AWS::ApiGatewayV2::Api", "by request"),
    ("AWS::ApiGatewayV2::Integration", "part of the API"),
    ("AWS::ApiGatewayV2::Route", "part of the API"),
    ("AWS::ApiGatewayV2::Stage", "part of the API; no cache, which HTTP APIs do not have"),
    ("AWS::AppSync::Api", "by message and minute connected"),
    ("AWS::AppSync::ChannelNamespace", "part of it"),
    ("AWS::Budgets::Budget", "free without actions"),
    ("AWS::CloudFront::CachePolicy", "part of the distribution"),
    ("AWS::CloudFront::Distribution", "by request and byte"),
    ("AWS::CloudFront::Function", "by call"),
    ("AWS::CloudFront::OriginAccessControl", "part of the distribution"),
    ("AWS::CloudFront::ResponseHeadersPolicy", "part of the distribution"),
    ("AWS::CloudWatch::Alarm", "ten are free"),
    ("AWS::CloudWatch::Dashboard", "three are free"),
    ("AWS::Cognito::UserPool", "by active person, 10,000 are free"),
    ("AWS::Cognito::UserPoolClient", "part of it"),
    ("AWS::Cognito::UserPoolDomain", "part of it, unless the domain is one's own"),
    ("AWS::DynamoDB::Table", "on demand: by request, 25 GB are free"),
    ("AWS::Events::EventBus", "by event"),
    ("AWS::Events::Rule", "part of it"),
    ("AWS::IAM::Role", "free"),
    ("AWS::Lambda::EventSourceMapping", "by what it reads, unless it is provisioned"),
    ("AWS::Lambda::Permission", "free"),
    ("AWS::Logs::LogGroup", "by byte"),
    ("AWS::S3::Bucket", "by request and byte"),
    ("AWS::S3::BucketPolicy", "free"),
    ("AWS::SNS::Topic", "by message"),
    ("AWS::SNS::TopicPolicy", "free"),
    ("AWS::SQS::Queue", "by request"),
    ("AWS::SQS::QueuePolicy", "free"),
    ("AWS::Scheduler::Schedule", "by call, 14 million are free"),
    ("AWS::Serverless::Function", "by call, unless some are kept ready"),
];
/// Properties with which something that is free when idle has a price after all.
const DEAR: &[&str] = &[
    "/ProvisionedConcurrencyConfig",
    "/VpcConfig",
    "/ProvisionedPollerConfig",
    "/KmsMasterKeyId",
    "/KmsKeyId",
    "/KmsKeyArn",
    "/ProvisionedThroughput",
    "/SSESpecification",
    "/ContributorInsightsSpecification",
    "/CapacityProviderConfig",
    "/DistributionConfig/WebACLId",
    "/DistributionConfig/Logging",
    "/CustomDomainConfig",
    "/BucketEncryption/ServerSideEncryptionConfiguration/0/ServerSideEncryptionByDefault/KMSMasterKeyID",
];
const ALARMS_FREE: usize = 10;

/// No resource by default has a price while nothing happens.
pub fn nothing_has_a_fixed_price(stack: &Stack) -> Vec<String> {
    let mut broken = Vec::new();
    for (id, resource) in stack.all() {
        let kind = resource["Type"].as_str().unwrap_or_default();
        if !FREE_WHEN_IDLE.iter().any(|it| it.0 == kind) {
            broken.push(format!("{id}: nobody says that {kind} is free when idle"));
        }
        for dear in DEAR.iter().filter(|it| resource["Properties"].pointer(it).is_some()) {
            broken.push(format!("{id}: {dear} has a price by the hour or month"));
        }
    }
    let billing = &stack.properties("Table")["BillingMode"];
    if billing != "PAY_PER_REQUEST" {
        broken.push(format!("Table: {billing} has a price by the hour"));
    }
    broken
}

/// Requests, reads and writes each have a most.
pub fn what_may_cost_more_has_a_limit(stack: &Stack) -> Vec<String> {
    let table = &stack.properties("Table")["OnDemandThroughput"];
    let stage = &stack.properties("ApiStage")["DefaultRouteSettings"];
    let limits = [
        ("the table's reads", &table["MaxReadRequestUnits"]),
        ("the table's writes", &table["MaxWriteRequestUnits"]),
        ("requests", &stage["ThrottlingRateLimit"]),
        ("requests at once", &stage["ThrottlingBurstLimit"]),
    ];
    let missing = limits.into_iter().filter(|it| it.1.as_u64().is_none_or(|it| it == 0));
    let mut broken: Vec<String> = missing.map(|it| format!("{} have no limit", it.0)).collect();
    for (id, mapping) in stack.resources_of("AWS::Lambda::EventSourceMapping") {
        let of_queue = mapping.get("StartingPosition").is_none();
        if of_queue && mapping["ScalingConfig"]["MaximumConcurrency"].as_u64().is_none() {
            broken.push(format!("{id}: a flood of messages runs any number at once"));
        }
    }
    if stack.resources_of("AWS::Budgets::Budget").count() == 0 {
        broken.push("there is no budget".to_owned());
    }
    broken
}

/// As many as are free.
pub fn few_alarms_and_one_dashboard(stack: &Stack) -> Vec<String> {
    let count = |kind| stack.resources_of(kind).count();
    let (alarms, boards) = (count("AWS::CloudWatch::Alarm"), count("AWS::CloudWatch::Dashboard"));
    let mut broken = Vec::new();
    if ALARMS_FREE < alarms {
        broken.push(format!("{alarms} alarms, {ALARMS_FREE} are free"));
    }
    if boards != 1 {
        broken.push(format!("{boards} dashboards, one is wanted"));
    }
    for (id, board) in stack.resources_of("AWS::CloudWatch::Dashboard") {
        let body = board["DashboardBody"].as_str().unwrap_or_default();
        if serde_json::from_str::<Value>(body).is_err() {
            broken.push(format!("{id}: its body is no JSON"));
        }
    }
    broken
}
