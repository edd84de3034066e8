//! A template is read as CloudFormation reads it.

use serde_json::json;
use stack::{Stack, Template, edit};

const TEMPLATE: &str = r#"
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Days: { Type: Number, Default: 14 }
  Domain: { Type: String, Default: "" }
  Names: { Type: CommaDelimitedList, Default: "one, two" }
Conditions:
  HasDomain: !Not [!Equals [!Ref Domain, ""]]
  HasNone: !Not [!Condition HasDomain]
Resources:
  Group:
    Type: AWS::Logs::LogGroup
    Properties: { RetentionInDays: !Ref Days, LogGroupName: !Sub "/aws/${AWS::StackName}/${!literal}" }
  Certificate:
    Type: AWS::CertificateManager::Certificate
    Condition: HasDomain
    Properties: { DomainName: !Ref Domain }
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: 5 }
      Tags: !If [HasDomain, [!Ref Domain], !Ref Names]
      Host: !Select [1, !Split ["://", "https://where.example"]]
      Url: !Join [".", [!Ref Dead, !Sub ["${it}!", { it: !Ref Domain }]]]
      KmsMasterKeyId: !If [HasNone, !Ref "AWS::NoValue", key]
  Dead: { Type: AWS::SQS::Queue }
"#;

fn read() -> Template {
    Template::of_text(TEMPLATE).expect("a template")
}

#[test]
fn functions_become_what_they_say() {
    let stack = read().with(&[]).unwrap();
    assert_eq!(
        *stack.properties("Queue"),
        json!({
            "RedrivePolicy": { "deadLetterTargetArn": "arn:Dead", "maxReceiveCount": 5 },
            "Tags": ["one", "two"], "Host": "where.example", "Url": "Dead.!",
        })
    );
    let group = json!({ "RetentionInDays": 14, "LogGroupName": "/aws/whereabouts/${literal}" });
    assert_eq!(*stack.properties("Group"), group);
    let queues: Vec<&str> = stack.resources_of("AWS::SQS::Queue").map(|it| it.0).collect();
    assert_eq!(queues, ["Dead", "Queue"]);
    assert_eq!(Stack::physical_name("FixQueue"), "whereabouts-fix-queue");
}

#[test]
fn parameters_decide_what_is_there() {
    let there = |it: &Stack| it.all().any(|(id, _)| id == "Certificate");
    assert!(!there(&read().with(&[]).unwrap()));
    let stack = read().with(&[("Domain", "where.example"), ("Days", "30")]).unwrap();
    assert!(there(&stack));
    assert_eq!(stack.properties("Queue")["Tags"], json!(["where.example"]));
    assert_eq!(stack.properties("Queue")["KmsMasterKeyId"], "key");
    assert_eq!(stack.properties("Group")["RetentionInDays"], 30);
}

#[test]
fn what_cannot_be_is_refused() {
    let refused = |from: &str, to: &str| {
        let text = TEMPLATE.replace(from, to);
        assert_ne!(text, TEMPLATE);
        Template::of_text(&text).and_then(|it| it.with(&[])).unwrap_err()
    };
    assert_eq!(
        refused("!Ref Days", "!Ref Weeks"),
        "Group: there is no parameter or resource Weeks"
    );
    assert_eq!(refused("Dead.Arn", "Live.Arn"), "Queue: there is no parameter or resource Live");
    assert_eq!(refused("[HasDomain, [", "[HasDog, ["), "Queue: there is no condition HasDog");
    assert_eq!(refused("!Split", "!Cidr"), "the tag !Cidr is not understood");
    assert!(read().with(&[("Dayz", "1")]).is_err());
    assert!(Template::of_text("a: 1\na: 2").is_err(), "the same name twice");
}

#[test]
fn one_thing_is_changed_at_a_time() {
    let mut template = read().0;
    edit(&mut template, "/Resources/Queue/Properties/Tags/Fn::If/0", json!("HasNone"));
    edit(&mut template, "/Resources/Group/Properties/RetentionInDays", json!(null));
    edit(&mut template, "/Resources/New", json!({ "Type": "AWS::SQS::Queue" }));
    let stack = Template(template).with(&[]).unwrap();
    assert_eq!(stack.properties("Queue")["Tags"], json!([""]));
    assert!(stack.properties("Group").get("RetentionInDays").is_none());
    assert_eq!(stack.resources_of("AWS::SQS::Queue").count(), 3);
}
