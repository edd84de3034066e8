//! The form by which a browser uploads one file: a policy that says what may be put,
//! signed as S3 asks (AWS Signature Version 4, "Authenticating Requests in
//! Browser-Based Uploads Using POST").

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use sha2::Sha256;

use super::Bucket;
use crate::BlobName;

/// How long a form is good for, in seconds.
const GOOD_FOR_S: i64 = 600;
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The fields of the form, before the file itself.
pub fn signed(bucket: &Bucket, name: &BlobName, len_max: u64) -> Vec<(String, String)> {
    let now = instant((bucket.now)());
    let (day, at) =
        (now.strftime("%Y%m%d").to_string(), now.strftime("%Y%m%dT%H%M%SZ").to_string());
    let scope = format!("{day}/{}/s3/aws4_request", bucket.region);
    let mut fields = vec![
        ("key".to_owned(), name.as_str().to_owned()),
        ("x-amz-algorithm".to_owned(), ALGORITHM.to_owned()),
        ("x-amz-credential".to_owned(), format!("{}/{scope}", bucket.credentials.key_id)),
        ("x-amz-date".to_owned(), at),
    ];
    let token = bucket.credentials.token.iter();
    fields.extend(token.map(|it| ("x-amz-security-token".to_owned(), it.clone())));
    let until = instant((bucket.now)() + GOOD_FOR_S).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string();
    let policy = BASE64_STANDARD.encode(policy(bucket, &fields, &until, len_max));
    let signature = signature(bucket, &day, &policy);
    fields.extend([("policy".to_owned(), policy), ("x-amz-signature".to_owned(), signature)]);
    fields
}

/// What may be put: under this name, by these fields, so many bytes at most.
fn policy(bucket: &Bucket, fields: &[(String, String)], until: &str, len_max: u64) -> String {
    let text = |it: &str| serde_json::Value::from(it).to_string();
    let mut conditions = vec![format!("{{\"bucket\":{}}}", text(&bucket.name))];
    conditions.extend(fields.iter().map(|(name, it)| format!("{{{}:{}}}", text(name), text(it))));
    conditions.push(format!("[\"content-length-range\",1,{len_max}]"));
    format!("{{\"expiration\":{},\"conditions\":[{}]}}", text(until), conditions.join(","))
}

fn signature(bucket: &Bucket, day: &str, policy: &str) -> String {
    let key = format!("AWS4{}", bucket.credentials.secret);
    let steps = [day, &bucket.region, "s3", "aws4_request", policy];
    let signed = steps.iter().fold(key.into_bytes(), |key, it| mac(&key, it.as_bytes()));
    signed.iter().map(|it| format!("{it:02x}")).collect()
}

fn mac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("any key has a good length");
    mac.chain_update(text).finalize().into_bytes().to_vec()
}

fn instant(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    //! The signature is that of AWS's own example.

    use super::*;
    use crate::s3::Credentials;

    #[test]
    fn a_signature_is_that_of_the_documents_example() {
        let bucket = Bucket {
            name: "sigv4examplebucket".to_owned(),
            region: "us-east-1".to_owned(),
            endpoint: None,
            credentials: Credentials {
                key_id: "AKIAIOSFODNN7EXAMPLE".to_owned(),
                secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".to_owned(),
                token: None,
            },
            now: || 1_451_347_200,
        };
        // The policy of "Example: Browser-Based Upload using HTTP POST".
        let policy = concat!(
            "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAg",
            "ICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAi",
            "dXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25f",
            "cmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxf",
            "dXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQog",
            "ICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRl",
            "LWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAi",
            "Il0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMt",
            "ZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEy",
            "NTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9",
        );
        assert_eq!(
            signature(&bucket, "20151229", policy),
            "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"
        );
        let name = BlobName::new("photos/a/b").unwrap();
        let fields = signed(&bucket, &name, 1_000);
        assert_eq!(fields[0], ("key".to_owned(), "photos/a/b".to_owned()));
        assert_eq!(fields[3].1, "20151229T000000Z");
        let policy = BASE64_STANDARD.decode(&fields[4].1).unwrap();
        let policy: serde_json::Value = serde_json::from_slice(&policy).unwrap();
        assert_eq!(policy["expiration"], "2015-12-29T00:10:00.000Z");
        assert_eq!(policy["conditions"][5], serde_json::json!(["content-length-range", 1, 1000]));
    }
}
