//! Makes the table from its properties as the deployment's template has them, so
//! that tests and deployment cannot drift apart.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    error::DisplayErrorContext,
    types::{
        AttributeDefinition, BillingMode, KeySchemaElement, StreamSpecification, TableStatus,
        TimeToLiveSpecification,
    },
};
use serde_json::Value;
use table::{Error, Result};

/// Properties that change neither what the table answers nor what it tells.
const OF_NO_EFFECT: &[&str] = &[
    "ContributorInsightsSpecification",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
    "PointInTimeRecoverySpecification",
    "SSESpecification",
    "TableClass",
    "TableName",
    "Tags",
    "WarmThroughput",
];
/// How often is looked whether the table is there.
const LOOKS_MAX: u32 = 60;

/// Makes a table of this name from the properties of an `AWS::DynamoDB::Table`, and
/// waits until it can be used. A property that nobody here knows is refused.
pub async fn create(client: &Client, name: &str, properties: &Value) -> Result<()> {
    let given = properties.as_object().ok_or_else(|| invalid("the properties are no object"))?;
    let mut ask = client.create_table().table_name(name);
    for (property, value) in given {
        ask = match property.as_str() {
            "AttributeDefinitions" => ask.set_attribute_definitions(Some(
                list(value, property)?.iter().map(attribute).collect::<Result<_>>()?,
            )),
            "KeySchema" => ask.set_key_schema(Some(
                list(value, property)?.iter().map(key).collect::<Result<_>>()?,
            )),
            "BillingMode" => ask.billing_mode(BillingMode::from(text(value, property)?)),
            "StreamSpecification" => {
                let view = text(&value["StreamViewType"], "StreamViewType")?;
                let stream = StreamSpecification::builder().stream_enabled(true);
                let stream = stream.stream_view_type(view.into()).build();
                ask.stream_specification(stream.map_err(|it| invalid(&it.to_string()))?)
            }
            "TimeToLiveSpecification" => ask,
            known if OF_NO_EFFECT.contains(&known) => ask,
            _ => return Err(invalid(&format!("{property} is not known here"))),
        };
    }
    ask.send().await.map_err(|it| away(&DisplayErrorContext(&it).to_string()))?;
    wait(client, name).await?;
    if let Some(expiry) = given.get("TimeToLiveSpecification") {
        let attribute = text(&expiry["AttributeName"], "AttributeName")?;
        let enabled = expiry["Enabled"].as_bool().ok_or_else(|| invalid("Enabled"))?;
        let spec = TimeToLiveSpecification::builder().attribute_name(attribute).enabled(enabled);
        let spec = spec.build().map_err(|it| invalid(&it.to_string()))?;
        let ask = client.update_time_to_live().table_name(name).time_to_live_specification(spec);
        ask.send().await.map_err(|it| away(&DisplayErrorContext(&it).to_string()))?;
    }
    Ok(())
}

async fn wait(client: &Client, name: &str) -> Result<()> {
    for _ in 0..LOOKS_MAX {
        let answer = client.describe_table().table_name(name).send().await;
        let answer = answer.map_err(|it| away(&DisplayErrorContext(&it).to_string()))?;
        if answer.table.and_then(|it| it.table_status) == Some(TableStatus::Active) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err(away("the table does not become active"))
}

fn attribute(of: &Value) -> Result<AttributeDefinition> {
    let name = text(&of["AttributeName"], "AttributeName")?;
    let kind = text(&of["AttributeType"], "AttributeType")?;
    let attribute = AttributeDefinition::builder().attribute_name(name).attribute_type(kind.into());
    attribute.build().map_err(|it| invalid(&it.to_string()))
}

fn key(of: &Value) -> Result<KeySchemaElement> {
    let name = text(&of["AttributeName"], "AttributeName")?;
    let kind = text(&of["KeyType"], "KeyType")?;
    let key = KeySchemaElement::builder().attribute_name(name).key_type(kind.into());
    key.build().map_err(|it| invalid(&it.to_string()))
}

fn list<'a>(value: &'a Value, name: &str) -> Result<&'a Vec<Value>> {
    value.as_array().ok_or_else(|| invalid(&format!("{name} is no list")))
}

fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    value.as_str().ok_or_else(|| invalid(&format!("{name} is no text")))
}

fn invalid(why: &str) -> Error {
    Error::Invalid(format!("a table's properties: {why}"))
}

fn away(why: &str) -> Error {
    Error::Unavailable(why.to_owned())
}
