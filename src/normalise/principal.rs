//! The columns that most rows of one record share: where it is, when it was, who sent it.

use std::sync::Arc;

use hashbrown::HashSet;

use super::identity::{header, product};
use crate::decode::Record;
use crate::tables::Time;

/// Shared columns of the rows of one record.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Export object.
    pub export_key: Arc<str>,
    /// Record id.
    pub record_id: Option<i64>,
    /// Request start.
    pub time: Time,
    /// Record time; the request start where there is none.
    pub time_end: Time,
    /// Login.
    pub login: Arc<str>,
    /// Stable node id.
    pub device: Arc<str>,
    /// Tags.
    pub tags: Vec<String>,
    /// User agent.
    pub user_agent: Option<Arc<str>>,
    /// First product token of the user agent.
    pub ua_product: Option<Arc<str>>,
    /// Version after it.
    pub ua_version: Option<Arc<str>>,
    /// Provider.
    pub provider: Option<Arc<str>>,
    /// Model.
    pub model: Option<Arc<str>>,
    /// lightmeter's session.
    pub session_id: Arc<str>,
    /// Rebuilt conversation.
    pub conversation_id: Arc<str>,
}

/// Texts held for sharing; beyond that, each use gets its own copy.
const MAX_SHARED: usize = 20_000;

/// Shares equal texts, since logins and user agents repeat in every row.
#[derive(Default)]
pub struct Interner(HashSet<Arc<str>>);

impl Interner {
    /// The shared form of a text.
    pub fn share(&mut self, text: &str) -> Arc<str> {
        if let Some(shared) = self.0.get(text) {
            return shared.clone();
        }
        let shared: Arc<str> = text.into();
        if self.0.len() < MAX_SHARED {
            self.0.insert(shared.clone());
        }
        shared
    }

    /// The shared form of a text, `None` when it is empty.
    pub fn share_some(&mut self, text: &str) -> Option<Arc<str>> {
        (!text.is_empty()).then(|| self.share(text))
    }
}

/// The shared columns of a record's rows; session and conversation are filled in once they are known.
pub fn seen(record: &Record<'_>, export_key: &Arc<str>, shared: &mut Interner) -> Seen {
    let duration = record.duration_ms.unwrap_or_default().clamp(0, MAX_DURATION_MS) * 1000;
    let end = record.timestamp.or(record.start.map(|start| start.saturating_add(duration)));
    let start = record.start.or(record.timestamp.map(|end| end.saturating_sub(duration))).unwrap_or_default();
    let user_agent = header(&record.request_headers, "user-agent");
    let (ua_product, ua_version) = user_agent.map(product).unwrap_or_default();
    let (provider, model) = provider_and_model(&record.model, &record.cost_basis, &record.path);
    let nothing: Arc<str> = shared.share("");
    Seen {
        export_key: export_key.clone(),
        record_id: record.id,
        time: Time(start),
        time_end: Time(end.unwrap_or(start)),
        login: shared.share(&record.login),
        device: shared.share(&record.device),
        tags: record.tags.iter().map(|tag| tag.clone().into_owned()).collect(),
        user_agent: user_agent.map(|ua| shared.share(ua)),
        ua_product: ua_product.map(|p| shared.share(&p)),
        ua_version: ua_version.map(|v| shared.share(&v)),
        provider: provider.and_then(|p| shared.share_some(p)),
        model: shared.share_some(model),
        session_id: nothing.clone(),
        conversation_id: nothing,
    }
}

/// Longest believable request; a longer duration is a broken value.
const MAX_DURATION_MS: i64 = 7 * 24 * 3600 * 1000;

/// Splits `provider/model`; without a provider there, the cost basis or the path may name it.
fn provider_and_model<'r>(model: &'r str, cost_basis: &'r str, path: &'r str) -> (Option<&'r str>, &'r str) {
    if let Some((provider, model)) = model.split_once('/') {
        return (Some(provider), model);
    }
    let from_basis = cost_basis.split_once('/').map(|(provider, _)| provider);
    let from_path = path.split_once("/publishers/").and_then(|(_, rest)| rest.split('/').next());
    let from_root = path.trim_start_matches('/').split('/').next().filter(|root| *root == "bedrock");
    (from_basis.or(from_path).or(from_root), model)
}
