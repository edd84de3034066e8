//! Before somebody signs up at Cognito: only with an e-mail address of the company.

use serde_json::{Value, json};

/// Lets the company's own people sign up.
#[derive(Debug)]
pub struct PreSignUp {
    domains: Vec<String>,
}

impl PreSignUp {
    /// These are the company's domains, separated by commas. None lets nobody in.
    #[must_use]
    pub fn new(domains: &str) -> Self {
        let domains = domains.split(',').map(|it| it.trim().to_ascii_lowercase());
        Self { domains: domains.filter(|it| !it.is_empty()).collect() }
    }

    /// The event is answered as it came, or refused with a text that the person reads.
    pub fn handle(&self, mut event: Value) -> Result<Value, &'static str> {
        let email = event["request"]["userAttributes"]["email"].as_str().unwrap_or_default();
        if !self.is_ours(email) {
            return Err("Only people with an e-mail address of the company may sign up.");
        }
        if !event["response"].is_object() {
            event["response"] = json!({});
        }
        Ok(event)
    }

    fn is_ours(&self, email: &str) -> bool {
        let Some((name, domain)) = email.rsplit_once('@') else { return false };
        // A quoted name may hold another address, which some mail servers read.
        let plain = !name.is_empty() && !name.contains(['@', '"', ' ', '<', '>', ',', ';']);
        plain && self.domains.iter().any(|it| *it == domain.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    //! Who may sign up.

    use super::*;

    fn asks(email: &str) -> Value {
        json!({"triggerSource": "PreSignUp_SignUp", "request": {"userAttributes": {"email": email}}, "response": {}})
    }

    #[test]
    fn only_the_companys_own_may() {
        let ours = PreSignUp::new("example.com, example.de");
        for good in ["ana@example.com", "ana.b+c@EXAMPLE.de"] {
            let asked = asks(good);
            assert_eq!(ours.handle(asked.clone()), Ok(asked), "{good}");
        }
        for bad in [
            "ana@example.org",
            "ana@example.com.evil.net",
            "ana@evil.net@example.org",
            "\"a@evil.net\"@example.com",
            "evil@x,ana@example.com",
            "@example.com",
            "ana",
            "",
            "ana@sub.example.com",
        ] {
            assert!(ours.handle(asks(bad)).is_err(), "{bad}");
        }
        assert!(ours.handle(json!({})).is_err());
        assert!(PreSignUp::new(" , ").handle(asks("ana@example.com")).is_err());
    }
}
