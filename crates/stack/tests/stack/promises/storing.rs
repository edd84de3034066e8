//! What is stored stays, and is nobody else's.

use serde_json::{Value, json};
use stack::Stack;

use super::{resource_policies, statements, words};

/// The table outlives the stack, has the keys the engine asks for, and tells its changes.
pub fn the_table_is_kept(stack: &Stack) -> Vec<String> {
    let resource = stack.resource("Table");
    let table = &resource["Properties"];
    let attribute = |name: &str| json!({ "AttributeName": name, "AttributeType": "B" });
    let checks = [
        (
            resource["DeletionPolicy"] == "Retain" && resource["UpdateReplacePolicy"] == "Retain",
            "it goes with the stack",
        ),
        (table["DeletionProtectionEnabled"] == true, "it can be deleted by a slip"),
        (
            table["KeySchema"]
                == json!([{ "AttributeName": "pk", "KeyType": "HASH" }, { "AttributeName": "sk", "KeyType": "RANGE" }]),
            "its key is not pk and sk",
        ),
        (
            table["AttributeDefinitions"] == json!([attribute("pk"), attribute("sk")]),
            "its keys are not bytes",
        ),
        (
            table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES",
            "its changes are not told whole",
        ),
        (
            table["TimeToLiveSpecification"] == json!({ "AttributeName": "x", "Enabled": true }),
            "nothing in it ends",
        ),
        (
            table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"].is_boolean(),
            "nobody says whether it can be had as it was",
        ),
    ];
    checks.into_iter().filter(|it| !it.0).map(|it| format!("Table: {}", it.1)).collect()
}

/// No bucket is public, whatever anybody sets on an object.
pub fn buckets_are_private(stack: &Stack) -> Vec<String> {
    let mut broken = Vec::new();
    for (id, bucket) in stack.resources_of("AWS::S3::Bucket") {
        let blocks =
            ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
        if blocks.iter().any(|it| bucket["PublicAccessBlockConfiguration"][*it] != true) {
            broken.push(format!("{id} may become public"));
        }
        if bucket["OwnershipControls"]["Rules"][0]["ObjectOwnership"] != "BucketOwnerEnforced" {
            broken.push(format!("{id} has objects of others"));
        }
        let rules = bucket["LifecycleConfiguration"]["Rules"].as_array();
        let ends =
            |it: &Value| it["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"].is_u64();
        if !rules.is_some_and(|it| it.iter().any(ends)) {
            broken.push(format!("{id} keeps halves of uploads"));
        }
    }
    for id in ["Blobs", "AuditLog"] {
        let resource = stack.resource(id);
        if resource["DeletionPolicy"] != "Retain" || resource["UpdateReplacePolicy"] != "Retain" {
            broken.push(format!("{id} goes with the stack"));
        }
    }
    let origin = stack.properties("Distribution")["DistributionConfig"]["Origins"].as_array();
    let mut of_web =
        origin.into_iter().flatten().filter(|it| it["DomainName"] == "Web.RegionalDomainName");
    if !of_web.any(|it| it["OriginAccessControlId"] == "WebAccess.Id") {
        broken.push("Distribution does not sign what it asks of Web".to_owned());
    }
    broken
}

/// Object Lock for old versions, and the newest is never another one.
pub fn the_log_is_locked(stack: &Stack) -> Vec<String> {
    let bucket = stack.properties("AuditLog");
    let retention = &bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"];
    let modes = ["GOVERNANCE", "COMPLIANCE"];
    let document = &stack.properties("AuditLogPolicy")["PolicyDocument"];
    let once = statements(document).into_iter().any(|it| {
        it["Effect"] == "Deny"
            && words(&it["Action"]) == ["s3:PutObject"]
            && words(&it["Resource"]).contains(&"arn:AuditLog/log/tile/*")
            && it["Condition"] == json!({ "Null": { "s3:if-none-match": "true" } })
    });
    let no_expiry =
        bucket["LifecycleConfiguration"]["Rules"].as_array().into_iter().flatten().all(|it| {
            it.get("ExpirationInDays").is_none() && it.get("NoncurrentVersionExpiration").is_none()
        });
    let checks = [
        (bucket["ObjectLockEnabled"] == true, "it has no lock"),
        (
            modes.iter().any(|it| retention["Mode"] == *it)
                && retention["Days"].as_u64().is_some_and(|it| 1 <= it),
            "nothing is locked by default",
        ),
        (bucket["VersioningConfiguration"]["Status"] == "Enabled", "what is overwritten is gone"),
        (once, "a tile may be written twice"),
        (no_expiry, "it forgets"),
    ];
    checks.into_iter().filter(|it| !it.0).map(|it| format!("AuditLog: {}", it.1)).collect()
}

/// Who says to the API that a pass was checked is asked only where one is.
pub fn passes_are_checked(stack: &Stack) -> Vec<String> {
    let config = &stack.properties("Distribution")["DistributionConfig"];
    let says_so = |origin: &&Value| {
        let header = &origin["OriginCustomHeaders"][0]["HeaderValue"];
        header.as_str().is_some_and(|it| it.ends_with("/passed"))
    };
    let origins: Vec<&Value> = config["Origins"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(says_so)
        .map(|it| &it["Id"])
        .collect();
    let others = config["CacheBehaviors"].as_array().into_iter().flatten();
    others
        .chain([&config["DefaultCacheBehavior"]])
        .filter(|it| origins.contains(&&it["TargetOriginId"]))
        .filter(|it| it["TrustedKeyGroups"].as_array().is_none_or(Vec::is_empty))
        .map(|it| format!("{} is passed without a pass", it["PathPattern"]))
        .collect()
}

/// Buckets, queues and topic refuse what comes in the clear, and so does whoever is in front.
pub fn everything_is_over_tls(stack: &Stack) -> Vec<String> {
    let mut broken = Vec::new();
    let refusing: Vec<String> = resource_policies(stack)
        .flat_map(|it| statements(it.1))
        .filter(|it| {
            it["Effect"] == "Deny" && it["Condition"]["Bool"]["aws:SecureTransport"] == "false"
        })
        .flat_map(|it| words(&it["Resource"]).into_iter().map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let wanted = |kind, prefix: &'static str| {
        stack.resources_of(kind).map(move |it| format!("{prefix}{}", it.0))
    };
    let all = wanted("AWS::S3::Bucket", "arn:")
        .chain(wanted("AWS::SQS::Queue", "arn:"))
        .chain(wanted("AWS::SNS::Topic", ""));
    broken.extend(
        all.filter(|it| !refusing.contains(it))
            .map(|it| format!("{it} takes what comes in the clear")),
    );
    let config = &stack.properties("Distribution")["DistributionConfig"];
    let others = config["CacheBehaviors"].as_array().into_iter().flatten();
    for behavior in others.chain([&config["DefaultCacheBehavior"]]) {
        if !["https-only", "redirect-to-https"]
            .iter()
            .any(|it| behavior["ViewerProtocolPolicy"] == *it)
        {
            broken.push(format!("{} is answered in the clear", behavior["PathPattern"]));
        }
    }
    for origin in config["Origins"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|it| it.get("CustomOriginConfig").is_some())
    {
        let custom = &origin["CustomOriginConfig"];
        if custom["OriginProtocolPolicy"] != "https-only" {
            broken.push(format!("{} is asked in the clear", origin["Id"]));
        }
        let header = &origin["OriginCustomHeaders"][0];
        if header["HeaderName"] != "x-whereabouts-origin"
            || !header["HeaderValue"].as_str().is_some_and(|it| it.contains("{{resolve:ssm:"))
        {
            broken.push(format!("{} cannot tell who asks", origin["Id"]));
        }
    }
    broken
}
