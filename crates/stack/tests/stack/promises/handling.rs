//! What happens to what cannot be dealt with.

use serde_json::Value;
use stack::Stack;

use super::words;

/// How many may read one shard of a stream.
const READERS_MAX: usize = 2;

/// Every queue hands on what fails five times, somebody hears of it, and of what waits long.
pub fn queues_have_dead_letters_and_alarms(stack: &Stack) -> Vec<String> {
    let mut broken = Vec::new();
    let queues: Vec<(&str, &Value)> = stack.resources_of("AWS::SQS::Queue").collect();
    let dead_of = |it: &Value| {
        let target = it["RedrivePolicy"]["deadLetterTargetArn"].as_str()?;
        target.strip_prefix("arn:").map(str::to_owned)
    };
    let dead: Vec<String> = queues.iter().filter_map(|it| dead_of(it.1)).collect();
    for (id, queue) in &queues {
        let is_dead = dead.iter().any(|it| it == id);
        let redriven = dead_of(queue).is_some();
        if is_dead == redriven {
            broken.push(format!("{id} has no dead-letter queue, or is one that has"));
        }
        let metric = if is_dead {
            "ApproximateNumberOfMessagesVisible"
        } else {
            "ApproximateAgeOfOldestMessage"
        };
        if !is_watched(stack, metric, "QueueName", &format!("{id}.QueueName")) {
            broken.push(format!("no alarm watches {metric} of {id}"));
        }
        if redriven && queue["RedrivePolicy"]["maxReceiveCount"].as_u64().is_none_or(|it| it < 5) {
            broken.push(format!("{id} gives up before the fifth attempt"));
        }
        if queue["MessageRetentionPeriod"] != 1_209_600 {
            broken.push(format!("{id} forgets within 14 days"));
        }
        if queue["SqsManagedSseEnabled"] != true {
            broken.push(format!("{id} is not encrypted"));
        }
    }
    for (id, mapping) in mappings(stack).filter(|it| it.1.get("StartingPosition").is_none()) {
        let name =
            |it: &Value| it.as_str().unwrap_or_default().trim_start_matches("arn:").to_owned();
        let queue = stack.properties(&name(&mapping["EventSourceArn"]));
        let function = stack.properties(&name(&mapping["FunctionName"]));
        let seconds = |it: &Value| it.as_u64().unwrap_or_default();
        if seconds(&queue["VisibilityTimeout"]) < 6 * seconds(&function["Timeout"]) {
            broken.push(format!("{id}: messages come again before six times the function's time"));
        }
        if !reports_items(mapping) {
            broken.push(format!("{id}: one bad message fails all"));
        }
    }
    broken
}

/// A batch that fails is halved, tried again, and at last put by whole.
pub fn streams_put_failures_by(stack: &Stack) -> Vec<String> {
    let mut broken = Vec::new();
    let streams: Vec<_> =
        mappings(stack).filter(|it| it.1.get("StartingPosition").is_some()).collect();
    if READERS_MAX < streams.len() {
        broken.push(format!("{} read the stream, {READERS_MAX} may", streams.len()));
    }
    for (id, mapping) in streams {
        let hours_12 = mapping["MaximumRecordAgeInSeconds"]
            .as_u64()
            .is_some_and(|it| (1..=43_200).contains(&it));
        let checks = [
            (
                mapping["DestinationConfig"]["OnFailure"]["Destination"].is_string(),
                "a batch that fails is lost",
            ),
            (mapping["BisectBatchOnFunctionError"] == true, "one bad change fails all"),
            (reports_items(mapping), "what was dealt with is dealt with again"),
            (
                mapping["MaximumRetryAttempts"].as_u64().is_some(),
                "one bad change is tried for ever",
            ),
            (hours_12, "changes are gone before they are put by"),
            (mapping["ParallelizationFactor"] == 1, "two invocations work on one shard"),
            (
                mapping["StartingPosition"] == "TRIM_HORIZON",
                "changes before the first look are lost",
            ),
        ];
        broken.extend(checks.into_iter().filter(|it| !it.0).map(|it| format!("{id}: {}", it.1)));
        let function = mapping["FunctionName"].as_str().unwrap_or_default();
        if !is_watched(stack, "IteratorAge", "FunctionName", function) {
            broken.push(format!("no alarm watches how far {function} is behind"));
        }
    }
    broken
}

/// Operating logs are kept for so many days.
pub fn logs_end(stack: &Stack) -> Vec<String> {
    let groups = stack.resources_of("AWS::Logs::LogGroup");
    let endless = groups.filter(|it| it.1["RetentionInDays"].as_u64().is_none());
    let mut broken: Vec<String> = endless.map(|it| format!("{} is kept for ever", it.0)).collect();
    let access = &stack.properties("ApiStage")["AccessLogSettings"];
    if !access["DestinationArn"].as_str().is_some_and(|it| it.starts_with("arn:")) {
        broken.push("the API logs no access".to_owned());
    }
    let format = access["Format"].as_str().unwrap_or_default();
    if ["sourceIp", "path", "authorizer", "queryString"].iter().any(|it| format.contains(it)) {
        broken.push("the log of access says who asked for what".to_owned());
    }
    broken
}

/// An alarm that nobody hears is none.
pub fn alarms_reach_somebody(stack: &Stack) -> Vec<String> {
    let alarms = stack.resources_of("AWS::CloudWatch::Alarm");
    let mute = alarms.filter(|it| {
        words(&it.1["AlarmActions"]) != ["Alarms"] || it.1["AlarmDescription"].as_str().is_none()
    });
    mute.map(|it| format!("{} tells nobody, or not what", it.0)).collect()
}

fn mappings(stack: &Stack) -> impl Iterator<Item = (&str, &Value)> {
    stack.resources_of("AWS::Lambda::EventSourceMapping")
}

fn reports_items(mapping: &Value) -> bool {
    words(&mapping["FunctionResponseTypes"]) == ["ReportBatchItemFailures"]
}

fn is_watched(stack: &Stack, metric: &str, dimension: &str, of: &str) -> bool {
    stack.resources_of("AWS::CloudWatch::Alarm").any(|(_, it)| {
        it["MetricName"] == metric
            && it["Dimensions"][0]["Name"] == dimension
            && it["Dimensions"][0]["Value"] == of
    })
}
