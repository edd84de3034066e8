//! The reader of templates, and what is promised of the template that is deployed.

mod allowed;
mod linted;
mod mutations;
mod promises;
mod reading;
mod scripts;

use stack::{Stack, Template};

/// Parameters that put everything there that can be.
const EVERYTHING: &[(&str, &str)] = &[
    ("DomainName", "where.example"),
    ("HostedZoneId", "Z0123456789ABCDEFGHIJ"),
    ("WebAclArn", "arn:aws:wafv2:us-east-1:123456789012:global/webacl/one/1"),
    ("MapCookieKey", "-----BEGIN PUBLIC KEY-----"),
    ("AlarmEmail", "operator@company.example"),
];
/// Parameters that leave out everything that can be.
const LEAST: &[(&str, &str)] = &[
    ("OidcIssuer", "https://issuer.company.example"),
    ("OidcClient", "whereabouts"),
    ("LiveUpdates", "false"),
    ("PointInTimeRecovery", "false"),
];

/// The stack of a template with each choice of parameters.
fn stacks(template: &Template) -> Vec<Stack> {
    let with = |it: &[(&str, &str)]| template.with(it).unwrap_or_else(|why| panic!("{why}"));
    vec![with(&[]), with(EVERYTHING), with(LEAST)]
}
