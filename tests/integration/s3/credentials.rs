//! Credentials, region, endpoint and proxy as the environment says.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::use_debug, reason = "a test fails by panicking")]

use lightmeter::acquire::{S3Client, S3Options, S3Source, Source};

use super::{A, ALL, setup, told};
use crate::s3_server::services::TOKEN;
use crate::s3_server::{KEY_ID, SECRET};

/// Run as a child of the tests below, because a process cannot safely change its own environment.
#[test]
fn child_that_lists_with_what_its_environment_says() {
    let Ok(url) = std::env::var("CHILD_URL") else { return };
    let options = S3Options {
        profile: std::env::var("CHILD_PROFILE").ok(),
        endpoint_url: std::env::var("CHILD_ENDPOINT").ok(),
        attempts: 2,
        ..S3Options::default()
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let client = S3Client::connect(&options, runtime.handle()).unwrap();
    let source = S3Source::new(client, url.parse().unwrap());
    let listing = source.list(&ALL);
    let result = listing.map(|l| l.objects.len());
    println!("RESULT {:?}", result.map_err(|e| told(e).0));
}

/// What the child prints, with an environment that holds only what is given.
fn child(env: &[(&'static str, String)]) -> String {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "s3::credentials::child_that_lists_with_what_its_environment_says", "--nocapture"]);
    command.env_clear().env("HOME", "/nonexistent").envs(env.iter().cloned());
    let output = command.output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let (_, rest) = stdout.split_once("RESULT ").unwrap_or_else(|| panic!("{stdout}{stderr}"));
    rest.lines().next().unwrap().to_owned()
}

#[test]
fn credentials_region_and_endpoint_come_from_the_environment_or_the_profile() {
    let s = setup();
    s.server.put(A, b"x");
    let url = ("CHILD_URL", s.server.url("team"));
    let with = |more: &[(&'static str, String)]| [&s.server.env()[..], std::slice::from_ref(&url), more].concat();
    let endpoint = s.server.endpoint.clone();
    assert_eq!(child(&with(&[("CHILD_ENDPOINT", endpoint.clone())])), "Ok(1)");
    assert_eq!(child(&with(&[("AWS_ENDPOINT_URL", endpoint.clone())])), "Ok(1)");
    assert_eq!(child(&with(&[("AWS_ENDPOINT_URL_S3", endpoint.clone())])), "Ok(1)");
    let token = ("AWS_SECRET_ACCESS_KEY", "canary-wrong".to_owned());
    assert_eq!(child(&with(&[("CHILD_ENDPOINT", endpoint.clone()), token])), "Err(BadSignature)");

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("config");
    let profile = format!("aws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\nregion = eu-west-1\n");
    std::fs::write(&file, format!("[profile audit]\n{profile}endpoint_url = {endpoint}\n")).unwrap();
    let config = ("AWS_CONFIG_FILE", file.to_string_lossy().into_owned());
    let alone = ("AWS_EC2_METADATA_DISABLED", "true".to_owned());
    let audit = ("CHILD_PROFILE", "audit".to_owned());
    assert_eq!(child(&[url.clone(), config, alone.clone(), audit]), "Ok(1)");
    assert_eq!(child(&[url.clone(), alone, ("CHILD_ENDPOINT", endpoint)]), "Err(NoCredentials)");
}

#[test]
fn requests_go_through_the_proxy_that_the_environment_names() {
    let s = setup();
    s.server.put(A, b"x");
    let mut env = s.server.env();
    env.push(("CHILD_URL", s.server.url("team")));
    env.push(("CHILD_ENDPOINT", "http://s3.invalid".to_owned()));
    assert_eq!(child(&env), "Err(Dns)");
    env.push(("HTTP_PROXY", s.server.endpoint.clone()));
    assert_eq!(child(&env), "Ok(1)");
    // A service behind TLS is reached through a tunnel.
    env.push(("CHILD_ENDPOINT", "https://s3.invalid".to_owned()));
    env.push(("HTTPS_PROXY", s.server.endpoint.clone()));
    assert_eq!(child(&env), "Err(Connect)");
    assert!(s.server.log().contains(&"CONNECT s3.invalid:443".to_owned()), "{:?}", s.server.log());
    // What NO_PROXY names is reached directly.
    env.push(("CHILD_ENDPOINT", s.server.endpoint.clone()));
    env.push(("HTTP_PROXY", "http://127.0.0.1:1".to_owned()));
    assert_eq!(child(&env), "Ok(1)");
}

#[test]
fn every_link_of_the_standard_chain_gives_credentials() {
    let s = setup();
    s.server.put(A, b"x");
    let endpoint = s.server.endpoint.clone();
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_string_lossy().into_owned()
    };
    let process = format!(r#"{{"Version":1,"AccessKeyId":"{KEY_ID}","SecretAccessKey":"{SECRET}"}}"#);
    let process = file("process.json", &process);
    let config = file(
        "config",
        &format!(
            "[profile process]\ncredential_process = cat {process}\n[profile sso]\nsso_account_id = 123456789012\n\
             sso_role_name = reader\nsso_region = eu-west-1\nsso_start_url = https://sso.invalid/start\n"
        ),
    );
    // Named by the SHA-1 of the start URL.
    let cached = format!("home/.aws/sso/cache/{}.json", "24259bbb4f9566835fa614515705228e45bf6f67");
    file(&cached, &format!(r#"{{"accessToken":"{TOKEN}","expiresAt":"2099-01-01T00:00:00Z"}}"#));
    let home = dir.path().join("home").to_string_lossy().into_owned();
    let token = file("token", "canary-web-identity");
    let alone = ("AWS_EC2_METADATA_DISABLED", "true".to_owned());
    type Environment = Vec<(&'static str, String)>;
    let cases: [(&str, Option<&str>, Environment); 5] = [
        ("a process", None, vec![("AWS_PROFILE", "process".to_owned()), alone.clone()]),
        (
            "a web identity",
            Some("/"),
            vec![
                ("AWS_WEB_IDENTITY_TOKEN_FILE", token),
                ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/reader".to_owned()),
                alone.clone(),
            ],
        ),
        (
            "a container",
            Some("/container"),
            vec![
                ("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{endpoint}/container")),
                ("AWS_CONTAINER_AUTHORIZATION_TOKEN", TOKEN.to_owned()),
                alone.clone(),
            ],
        ),
        (
            "an instance",
            Some("/latest/meta-data/iam/security-credentials/reader"),
            vec![("AWS_EC2_METADATA_SERVICE_ENDPOINT", endpoint.clone())],
        ),
        ("SSO", Some("/federation/credentials"), vec![("AWS_PROFILE", "sso".to_owned()), alone]),
    ];
    for (name, asked, more) in cases {
        let mut env = vec![
            ("CHILD_URL", s.server.url("team")),
            ("AWS_ENDPOINT_URL", endpoint.clone()),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_CONFIG_FILE", config.clone()),
            ("PATH", std::env::var("PATH").unwrap()),
            ("HOME", home.clone()),
        ];
        env.extend(more);
        assert_eq!(child(&env), "Ok(1)", "{name}");
        if let Some(asked) = asked {
            assert!(s.server.log().contains(&format!("CREDENTIALS {asked}")), "{name}: {:?}", s.server.log());
        }
    }
}
