//! Secrets: read once, at the start, from the parameters that the deployment made.

use aws_config::SdkConfig;
use aws_sdk_ssm::{Client, error::DisplayErrorContext};

use crate::environment::Environment;

/// Reads secrets of this deployment, each by its short name; those that there are.
pub async fn read<const N: usize>(
    config: &SdkConfig,
    environment: &Environment,
    names: [&str; N],
) -> Result<[Option<String>; N], lambda_runtime::Error> {
    let prefix = environment.need("WHEREABOUTS_SECRETS")?;
    let full = names.map(|it| format!("{}/{it}", prefix.trim_end_matches('/')));
    let asked = Client::new(config).get_parameters().with_decryption(true);
    let read = asked.set_names(Some(full.to_vec())).send().await;
    let read = read.map_err(|why| format!("the secrets: {}", DisplayErrorContext(why)))?;
    Ok(full.map(|name| {
        let found = read.parameters().iter().find(|it| it.name() == Some(&name));
        found.and_then(|it| it.value()).map(|it| it.trim().to_owned())
    }))
}

/// A secret that there must be.
pub fn needed(name: &str, secret: Option<String>) -> Result<String, lambda_runtime::Error> {
    secret.ok_or_else(|| {
        format!("there is no secret {name}: deploy/README.md says how to make it").into()
    })
}
