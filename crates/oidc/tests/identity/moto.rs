//! Somebody else's issuer: the Cognito of moto, with its own keys and its own tokens.

use std::path::Path;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::time::{HOUR, SECOND};
use oidc::Settings;
use serde_json::{Value, json};
use service::people::{Disbelief, Issuer};
use stack::{Moto, unavailable};

use crate::{issuer::TestIssuer, world::World};

const GROUP: &str = "clerks";
const PASSWORD: &str = "Four-unrelated-w0rds";

/// The Cognito of a running moto.
struct Cognito(Moto);

impl Cognito {
    /// Starts it; `None`, said loudly, where there is none and none is demanded.
    fn start() -> Option<Self> {
        let started = Moto::start();
        started.map(Self).map_err(|why| unavailable("tokens of moto's Cognito", &why)).ok()
    }

    fn call(&self, action: &str, body: &Value) -> Value {
        let credential = "AKIDEXAMPLE/20260101/us-east-1/cognito-idp/aws4_request";
        let signed =
            format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=0000");
        let answer = ureq::post(self.0.url())
            .header("x-amz-target", format!("AWSCognitoIdentityProviderService.{action}"))
            .header("content-type", "application/x-amz-json-1.1")
            .header("authorization", signed)
            .send(body.to_string());
        let mut answer = answer.unwrap_or_else(|why| panic!("{action}: {why}"));
        let text = answer.body_mut().read_to_string().expect("text");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    /// A pool with a group and one client: their ids.
    fn pool(&self) -> (String, String) {
        let pool = self.call("CreateUserPool", &json!({ "PoolName": "people" }));
        let pool = text(&pool["UserPool"]["Id"]);
        self.call("CreateGroup", &json!({ "UserPoolId": pool, "GroupName": GROUP }));
        let client = json!({
            "UserPoolId": pool, "ClientName": "whereabouts",
            "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        });
        let client = self.call("CreateUserPoolClient", &client);
        (pool, text(&client["UserPoolClient"]["ClientId"]))
    }

    /// Somebody in the group: their tokens.
    fn tokens(&self, pool: &str, client: &str, name: &str) -> Value {
        let email = json!([{ "Name": "email", "Value": format!("{name}@example.com") }]);
        let user = json!({ "UserPoolId": pool, "Username": name, "UserAttributes": email });
        self.call("AdminCreateUser", &user);
        let password = json!({
            "UserPoolId": pool, "Username": name, "Password": PASSWORD, "Permanent": true,
        });
        self.call("AdminSetUserPassword", &password);
        let joined = json!({ "UserPoolId": pool, "Username": name, "GroupName": GROUP });
        self.call("AdminAddUserToGroup", &joined);
        let sign_in = json!({
            "UserPoolId": pool, "ClientId": client, "AuthFlow": "ADMIN_USER_PASSWORD_AUTH",
            "AuthParameters": { "USERNAME": name, "PASSWORD": PASSWORD },
        });
        self.call("AdminInitiateAuth", &sign_in)["AuthenticationResult"].clone()
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// What a token says of when it was issued.
fn issued_at_s(token: &str) -> i64 {
    let claims = token.split('.').nth(1).and_then(|it| URL_SAFE_NO_PAD.decode(it).ok());
    let claims: Value = serde_json::from_slice(&claims.expect("claims")).expect("JSON");
    claims["iat"].as_i64().expect("when it was issued")
}

#[tokio::test]
async fn tokens_of_motos_cognito_open_what_they_should_and_nothing_else() {
    let Some(moto) = tokio::task::spawn_blocking(Cognito::start).await.expect("it ends") else {
        return;
    };
    let (pool, client) = moto.pool();
    let (_, other_client) = {
        let more = moto.call(
            "CreateUserPoolClient",
            &json!({
                "UserPoolId": pool, "ClientName": "billing",
                "ExplicitAuthFlows": ["ALLOW_ADMIN_USER_PASSWORD_AUTH"],
            }),
        );
        (pool.clone(), text(&more["UserPoolClient"]["ClientId"]))
    };
    let tokens = moto.tokens(&pool, &client, "ada");
    let (access, id) = (text(&tokens["AccessToken"]), text(&tokens["IdToken"]));
    let billing = moto.tokens(&pool, &other_client, "bob");

    let issuer = format!("https://cognito-idp.us-east-1.amazonaws.com/{pool}");
    let keys = format!("{}/{pool}/.well-known/jwks.json", moto.0.url());
    let settings = format!(
        "issuer = \"{issuer}\"\njwks_url = \"{keys}\"\nclient_id = \"{client}\"\n\
         public_url = \"https://where.test\"\ngroups_claim = \"cognito:groups\"\n\
         [groups]\nclerks = [\"enter\"]\n"
    );
    let settings = Settings::parse(&settings).and_then(|it| it.checked(Path::new("")));
    let world = World::on(TestIssuer::start().await, settings.expect("good settings"));
    world.pass(issued_at_s(&access) * SECOND + 5 * SECOND - world.now_s() * SECOND);

    let me = world.as_bearer(&access, "/v1/me").await.expect(200).json();
    assert_eq!(me["permissions"], json!(["track", "enter"]));
    let again = world.as_bearer(&access, "/v1/me").await.expect(200).json();
    assert_eq!(again["user"], me["user"]);
    world.as_bearer(&id, "/v1/me").await.expect(401);
    let why = async |token: &str| match world.oidc.verify(token).await {
        Err(Disbelief::Wrong(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(why(&id).await, "this is no access token");
    let billing = text(&billing["AccessToken"]);
    world.as_bearer(&billing, "/v1/me").await.expect(401);
    assert_eq!(why(&billing).await, "the token is for somebody else");
    let mut touched = access.clone().into_bytes();
    let middle = access.len() / 2;
    touched[middle] = if touched[middle] == b'A' { b'B' } else { b'A' };
    world.as_bearer(&String::from_utf8(touched).expect("ASCII"), "/v1/me").await.expect(401);
    world.pass(25 * HOUR);
    world.as_bearer(&access, "/v1/me").await.expect(401);
    assert_eq!(why(&access).await, "the token has expired");
}
