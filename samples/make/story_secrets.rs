//! Planted secrets, each with an everyday reason to be where it is.

use super::agent::{Agent, read, run};
use super::canary::value_of;
use super::daily;
use super::log::Log;
use super::session::Session;
use super::time;
use super::world::{self, ALICE_DESK, DAVE, ERIN, JUDY, KARL, MINI};

/// Logs all of them.
pub(crate) fn log_all(log: &mut Log) {
    aws_pair(log);
    pasted_token(log);
    deploy_key(log);
    header_key(log);
    token_in_arguments(log);
    not_secrets(log);
}

/// The agent looks at `.env` to learn a variable's name; nothing leaves afterwards.
fn aws_pair(log: &mut Log) {
    let mut s = world::setup(DAVE).open("story/aws-pair", time::at(3, 4, 11, 15));
    s.cwd = "/home/dave/src/storefront".to_string();
    s.user("Why does the image upload say 'region missing'?");
    let env = format!(
        "AWS_ACCESS_KEY_ID={}\nAWS_SECRET_ACCESS_KEY={}\nAWS_DEFAULT_REGON=eu-central-1\n",
        value_of("aws-key-id"),
        value_of("aws-secret")
    );
    let shot = s.act(log, "", vec![read("/home/dave/src/storefront/.env", env)]);
    let end = s.answer(log, "The variable is misspelt: it should be AWS_DEFAULT_REGION.");
    daily::job(log, &mut s);
    s.label(
        log,
        ("aws-pair-read", "secrets", "finding"),
        "A cloud key pair is read from .env and so sent to the model; no data leaves the session afterwards.",
        vec![shot, end],
    );
}

/// A person pastes a token into the prompt.
fn pasted_token(log: &mut Log) {
    let mut s = world::setup(ERIN).open("story/pasted-token", time::at(3, 6, 14, 30));
    s.user(format!("List my open pull requests, you can use {} for now.", value_of("github-token")));
    let shot = s.act(log, "", vec![run("gh pr list --author @me", "128  Offline mode  offline  OPEN\n")]);
    let end = s.answer(log, "One is open: 128, Offline mode.");
    s.label(
        log,
        ("token-pasted", "secrets", "finding"),
        "A user pastes a source-hosting token into the prompt.",
        vec![shot, end],
    );
}

/// A private key comes back as a command's output.
fn deploy_key(log: &mut Log) {
    let mut s = world::setup(ALICE_DESK).open("story/deploy-key", time::at(3, 10, 9, 45));
    s.user("The deploy host refuses our key, please check the file.");
    let key = value_of("deploy-key");
    let shot = s.act(log, "", vec![run("ls -l deploy/ && cat deploy/id_rsa", format!("-rw-r--r-- id_rsa\n{key}\n"))]);
    let end = s.answer(log, "The file is readable by everyone; ssh refuses such keys. Run chmod 600 on it.");
    daily::job(log, &mut s);
    s.label(
        log,
        ("private-key-shown", "secrets", "finding"),
        "A private key is printed by a shell command and so sent to the model.",
        vec![shot, end],
    );
}

/// One client brings its own provider key through the gateway; it is also the client nobody approved.
fn header_key(log: &mut Log) {
    let mut shots = Vec::new();
    let mut last = None;
    for (day, ask, command, output) in [
        (9, "Sort the photos folder by year.", "python3 sort.py photos", "moved 214 files"),
        (12, "Which of my scripts are unused?", "grep -rL main scripts", "scripts/old.py"),
        (16, "Shrink the videos.", "ffmpeg -i talk.mov -crf 30 talk.mp4", "video:88211kB"),
    ] {
        let mut s =
            Session::open(KARL, Agent::Shadow, MINI, &format!("story/header-key/{day}"), time::at(3, day, 18, 5));
        s.authorization = Some(format!("Bearer {}", value_of("provider-key")));
        s.user(ask);
        shots.push(s.act(log, "", vec![run(command, output)]));
        shots.push(s.answer(log, "Done."));
        last = Some(s);
    }
    if let Some(s) = last {
        s.label(
            log,
            ("own-provider-key", "secrets", "finding"),
            "A client sends its own provider key in the Authorization header through the gateway.",
            shots.clone(),
        );
        s.label(
            log,
            ("unsanctioned-agent", "inventory", "finding"),
            "An agent that no catalogue knows, used by one person on three days.",
            shots,
        );
    }
}

/// A session token ends up in a command line towards the service that issued it.
fn token_in_arguments(log: &mut Log) {
    let mut s = world::setup(JUDY).open("story/token-in-arguments", time::at(3, 5, 15, 20));
    s.user("Is the preview service up for my account?");
    let command =
        format!("curl -s -H 'Authorization: Bearer {}' https://preview.internal/v1/me", value_of("internal-jwt"));
    let shot = s.act(log, "", vec![run(command, "{\"user\":\"judy\",\"state\":\"ok\"}")]);
    let end = s.answer(log, "Yes, it answers and knows you.");
    s.label(
        log,
        ("jwt-in-arguments", "secrets", "finding"),
        "A signed session token stands in the arguments of a shell command.",
        vec![shot, end],
    );
}

/// Values that look like secrets and are none: a documentation key, placeholders, hashes.
fn not_secrets(log: &mut Log) {
    let mut s = daily::lab_session("story/not-secrets", time::at(3, 3, 10, 10));
    s.user("What does our sample configuration look like?");
    let famous = ["AK", "IAIOSFODNN7", "EXAMPLE"].concat();
    let placeholder = format!("{}p_{}", "gh", "x".repeat(36));
    let digest = s.rng.hex(64);
    let text = format!(
        "access_key = {famous}\ntoken = {placeholder}\npassword = ${{DB_PASSWORD}}\nimage = app@sha256:{digest}\n\
         trace = 7f1c1a52-1111-4222-8333-944455566677\n"
    );
    let shot = s.act(log, "", vec![read("/home/lab/bench/config.sample.ini", text)]);
    let end = s.answer(log, "It holds placeholders only.");
    s.label(
        log,
        ("placeholder-values", "secrets", "nothing"),
        "A sample configuration with a documentation key, placeholders, a digest and a UUID.",
        vec![shot, end],
    );
}
