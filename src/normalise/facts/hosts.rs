//! Hosts, URLs, e-mail addresses, IP addresses, repositories and remotes.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::Deserialize;
use url::{Host, Url};

use super::things::Things;

const ENDINGS: &str = include_str!("../../../queries/catalog/host_endings.toml");

#[derive(Deserialize)]
struct Row {
    ending: String,
    kind: String,
}

#[derive(Deserialize)]
struct File {
    rows: Vec<Row>,
}

/// Endings that make a dotted word a host, and hosts of repositories.
#[derive(Debug)]
pub(super) struct Endings {
    bare: BTreeSet<String>,
    forges: BTreeSet<String>,
}

impl Endings {
    /// The built-in list.
    pub(super) fn builtin() -> Result<Self, toml::de::Error> {
        let file: File = toml::from_str(ENDINGS)?;
        let of = |kind: &str| file.rows.iter().filter(|r| r.kind == kind).map(|r| r.ending.clone()).collect();
        Ok(Self { bare: of("host"), forges: of("forge") })
    }
}

/// Registrable domain of a host name.
pub(super) fn domain(host: &str) -> Option<String> {
    psl::domain_str(host).map(str::to_owned)
}

/// Adds a URL with its host and what the host makes of it. Credentials in it are left out.
pub(super) fn url(text: &str, endings: &Endings, things: &mut Things) -> bool {
    let text = text.trim_end_matches(['.', ',', ':', '!', '?', '*', '\'', '"', ')', ']', '}', '…', '>']);
    let Ok(mut url) = Url::parse(super::cut(text, 2048)) else { return false };
    let scheme = url.scheme().to_owned();
    if !url.username().is_empty() || url.password().is_some() {
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    let Some(name) = url.host_str().map(str::to_ascii_lowercase).filter(|host| !host.is_empty()) else {
        if scheme == "file" {
            super::paths::path(url.path(), None, things);
        }
        return scheme == "file";
    };
    match scheme.as_str() {
        "s3" | "s3a" | "s3n" => cloud("aws", url.as_str(), things),
        "gs" => cloud("gcp", url.as_str(), things),
        "abfs" | "abfss" | "wasb" | "wasbs" => cloud("azure", url.as_str(), things),
        _ => {
            let host = url.host().map(|host| host.to_owned());
            let ip = match host {
                Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
                Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
                _ => name.parse::<IpAddr>().ok(),
            };
            let known = ip.is_some() || name.contains('.') || name == "localhost" || url.port().is_some();
            if !known && !matches!(scheme.as_str(), "http" | "https" | "ssh" | "git" | "ws" | "wss" | "ftp") {
                return false;
            }
            let domain = if ip.is_some() { None } else { domain(&name) };
            things.push("url", url.as_str().to_owned(), domain.clone(), None);
            match ip {
                Some(ip) => things.add("ip", ip.to_string()),
                None => things.push("host", name.clone(), domain, None),
            }
            repository(&name, url.path(), endings, things);
        }
    }
    true
}

fn cloud(provider: &str, value: &str, things: &mut Things) {
    things.push("cloud_resource", value.to_owned(), None, Some(provider.into()));
}

/// `host/owner/name` where the host is known to hold repositories.
fn repository(host: &str, path: &str, endings: &Endings, things: &mut Things) {
    let host = host.strip_prefix("www.").unwrap_or(host);
    let (host, path) = match host {
        "raw.githubusercontent.com" | "codeload.github.com" => ("github.com", path),
        "api.github.com" => ("github.com", path.strip_prefix("/repos").unwrap_or("")),
        _ => (host, path),
    };
    if !endings.forges.contains(host) {
        return;
    }
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    if let (Some(owner), Some(name)) = (parts.next(), parts.next()) {
        let name = name.trim_end_matches(".git").trim_end_matches([':', '@']);
        let fits =
            |part: &str| part.len() <= 100 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if fits(owner) && fits(name) && !name.is_empty() {
            things.push("repository", format!("{host}/{owner}/{name}").to_lowercase(), domain(host), None);
        }
    }
}

/// `user@host:path`, as ssh, scp and git take it.
pub(super) fn scp_like(text: &str, endings: &Endings, things: &mut Things) -> bool {
    let Some((left, path)) = text.split_once(':') else { return false };
    let (user, host) = left.rsplit_once('@').unwrap_or(("", left));
    if path.starts_with("//") || user.contains(['/', ':']) || !is_host_name(host) || path.is_empty() {
        return false;
    }
    let host = host.to_ascii_lowercase();
    if user == "git" || path.ends_with(".git") {
        let value = format!("{host}:{}", path.trim_start_matches('/'));
        things.push("remote", value, domain(&host), None);
        repository(&host, path, endings, things);
    }
    host_or_ip(&host, things);
    true
}

/// Adds a host name or an address. Returns whether it was one.
pub(super) fn host_or_ip(text: &str, things: &mut Things) -> bool {
    let text = text.trim_end_matches('.');
    if let Ok(ip) = text.trim_matches(['[', ']']).parse::<IpAddr>() {
        things.add("ip", ip.to_string());
        return true;
    }
    match Host::parse(text) {
        Ok(Host::Domain(name)) if is_host_name(&name) => {
            let name = name.to_ascii_lowercase();
            let domain = domain(&name);
            things.push("host", name, domain, None);
            true
        }
        Ok(Host::Ipv4(ip)) if text.contains('.') => {
            things.add("ip", ip.to_string());
            true
        }
        _ => false,
    }
}

/// Whether a text has the form of a host name of at least two labels, or is `localhost`.
fn is_host_name(text: &str) -> bool {
    if text == "localhost" {
        return true;
    }
    let labels = || text.split('.');
    text.len() <= 253
        && labels().count() >= 2
        && labels().all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        })
        && labels().next_back().is_some_and(|last| last.len() >= 2 && !last.starts_with(|c: char| c.is_ascii_digit()))
}

/// A dotted word in text: a host only if its ending is one that words of programs and files do not have.
pub(super) fn bare_host(text: &str, endings: &Endings, things: &mut Things) -> bool {
    let (name, after) = text.split_at(text.find(['/', ':', '?']).unwrap_or(text.len()));
    let Some((_, ending)) = name.rsplit_once('.') else { return false };
    let lower = !name.bytes().any(|b| b.is_ascii_uppercase());
    let www = name.starts_with("www.");
    if !(lower && (www || endings.bare.contains(ending)) && is_host_name(name)) {
        return false;
    }
    if !host_or_ip(name, things) {
        return false;
    }
    if after.starts_with('/') {
        repository(&name.to_ascii_lowercase(), after, endings, things);
    }
    true
}

/// Adds an e-mail address. Returns whether it was one.
pub(super) fn email(text: &str, things: &mut Things) -> bool {
    let text = text.strip_prefix("mailto:").unwrap_or(text).trim_end_matches(['.', ':', '!', '?', '*']);
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let fits = (1..=64).contains(&local.len())
        && local.chars().all(|c| c.is_alphanumeric() || ".!#$%&'*+-_~".contains(c))
        && !local.starts_with('.');
    if !fits || !is_host_name(host) || host == "localhost" {
        return false;
    }
    let Ok(Host::Domain(host)) = Host::parse(host) else { return false };
    let domain = domain(&host);
    things.push("email", format!("{}@{host}", local.to_lowercase()), domain, None);
    true
}
