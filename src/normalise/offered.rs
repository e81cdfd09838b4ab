//! Offered tools: which definitions a request shows to the model, each counted once per definition and principal.

use std::sync::Arc;

use hashbrown::HashMap;
use twox_hash::{XxHash3_64, XxHash3_128};

use super::Recognition;
use super::content::digest;
use super::credentials::Credential;
use super::principal::Seen;
use super::provider::Definition;
use super::tool::{ToolName, parse_name};
use crate::tables::tool_definitions::ToolDefinition;
use crate::tables::tool_offers::ToolOffer;
use crate::tables::{Rows, Time};

/// Toolsets and definitions held before counting starts over.
const MAX_HELD: usize = 100_000;

/// Toolsets that are tried before a list of tools is scanned.
const MAX_RECENT: usize = 32;

/// Index of a set of tools that was offered together.
pub type ToolsetIndex = u32;

/// Where a list of tools stands: wire format and key.
pub type ToolsPlace<'a> = (usize, &'a str);

/// Tools offered together in one request.
#[derive(Default)]
struct Toolset {
    definitions: Vec<u32>,
    /// Tools per server part of the name.
    servers: HashMap<String, i64>,
    /// What the request holds for the servers among them.
    credentials: Vec<Credential>,
}

struct OfferCount {
    record_id: Option<i64>,
    time: Time,
    last_time: Time,
    requests: i64,
}

/// Principal of an offer: login, device, user agent and its product.
type Principal = (Arc<str>, Arc<str>, Option<Arc<str>>, Option<Arc<str>>);

/// Everything offered in one export.
pub struct Offered {
    seed: u64,
    recognition: Recognition,
    by_bytes: HashMap<(usize, u128), ToolsetIndex>,
    /// Toolsets as they stood in recent bodies, latest first: length, hash and toolset.
    recent: Vec<(usize, u128, ToolsetIndex)>,
    toolsets: Vec<Toolset>,
    definitions: HashMap<String, u32>,
    definition_ids: Vec<String>,
    counts: HashMap<(ToolsetIndex, Principal), OfferCount>,
}

impl Offered {
    /// Nothing offered yet. `seed` should be unpredictable; it has no influence on results.
    #[must_use]
    pub fn new(seed: u64, recognition: Recognition) -> Self {
        Self {
            seed,
            recognition,
            by_bytes: HashMap::new(),
            recent: Vec::new(),
            toolsets: Vec::new(),
            definitions: HashMap::new(),
            definition_ids: Vec::new(),
            counts: HashMap::new(),
        }
    }

    /// Whether so much is held that the owner should finish and start over.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.counts.len() >= MAX_HELD || self.definition_ids.len() >= MAX_HELD || self.toolsets.len() >= MAX_HELD
    }

    /// The toolset that stands behind these bytes, when they were seen before in the same place.
    pub fn known(&mut self, place: ToolsPlace<'_>, bytes: &[u8]) -> Option<ToolsetIndex> {
        let key = self.key(place, bytes);
        let toolset = self.by_bytes.get(&key).copied()?;
        self.remember(key, toolset);
        Some(toolset)
    }

    /// Tries to recognise one of the recent toolsets at `at`, without scanning it. Returns it and where it ends.
    pub fn guess(&mut self, place: ToolsPlace<'_>, body: &[u8], at: usize) -> Option<(ToolsetIndex, usize)> {
        for rank in 0..self.recent.len() {
            let (len, hash, toolset) = self.recent[rank];
            let end = at + len;
            // The value must end like a list or an object before its bytes are worth a hash.
            let ends_here = matches!(body.get(end.wrapping_sub(1)), Some(b']' | b'}'))
                && matches!(body.get(end), Some(b',' | b'}'));
            if ends_here && self.key(place, &body[at..end]).1 == hash {
                self.recent[..=rank].rotate_right(1);
                return Some((toolset, end));
            }
        }
        None
    }

    fn remember(&mut self, key: (usize, u128), toolset: ToolsetIndex) {
        self.recent.truncate(MAX_RECENT - 1);
        self.recent.insert(0, (key.0, key.1, toolset));
    }

    /// The same bytes mean other tools in another format or under another key.
    fn key(&self, (format, key): ToolsPlace<'_>, bytes: &[u8]) -> (usize, u128) {
        let seed = XxHash3_64::oneshot_with_seed(self.seed.wrapping_add(format as u64), key.as_bytes());
        (bytes.len(), XxHash3_128::oneshot_with_seed(seed, bytes))
    }

    /// Remembers a new toolset under its bytes and emits the definitions that the export had not shown before.
    pub fn learn(
        &mut self,
        place: ToolsPlace<'_>,
        bytes: &[u8],
        tools: Vec<Definition>,
        seen: &Seen,
        rows: &mut Rows,
    ) -> ToolsetIndex {
        let index = self.add(tools, seen, rows);
        if self.recognition == Recognition::Off {
            return index;
        }
        let key = self.key(place, bytes);
        self.by_bytes.insert(key, index);
        self.remember(key, index);
        index
    }

    /// Adds a toolset that nobody will look up by its bytes, such as one inside a message.
    pub fn add(&mut self, tools: Vec<Definition>, seen: &Seen, rows: &mut Rows) -> ToolsetIndex {
        let names: Vec<ToolName> = tools.iter().map(|tool| parse_name(&tool.name)).collect();
        let mut toolset = Toolset::default();
        for name in &names {
            if let Some(server) = &name.server {
                *toolset.servers.entry(server.clone()).or_default() += 1;
            }
        }
        for (tool, name) in tools.into_iter().zip(names) {
            let row = row(tool, name, &toolset, seen);
            let next = u32::try_from(self.definition_ids.len()).unwrap_or(u32::MAX);
            let index = *self.definitions.entry(row.definition_id.clone()).or_insert(next);
            if index == next {
                self.definition_ids.push(row.definition_id.clone());
                rows.tool_definitions.push(row);
            }
            toolset.definitions.push(index);
        }
        toolset.definitions.sort_unstable();
        toolset.definitions.dedup();
        let index = u32::try_from(self.toolsets.len()).unwrap_or(u32::MAX);
        self.toolsets.push(toolset);
        index
    }

    /// Keeps what a request holds for the servers of a toolset.
    pub fn hold(&mut self, toolset: ToolsetIndex, credentials: Vec<Credential>) {
        self.toolsets[toolset as usize].credentials = credentials;
    }

    /// What a request that offers the toolset holds for its servers.
    #[must_use]
    pub fn credentials(&self, toolset: ToolsetIndex) -> &[Credential] {
        &self.toolsets[toolset as usize].credentials
    }

    /// Counts one request that offered the toolset.
    pub fn count(&mut self, toolset: ToolsetIndex, seen: &Seen) {
        let principal = (seen.login.clone(), seen.device.clone(), seen.user_agent.clone(), seen.ua_product.clone());
        let count = self.counts.entry((toolset, principal)).or_insert(OfferCount {
            record_id: seen.record_id,
            time: seen.time,
            last_time: seen.time,
            requests: 0,
        });
        count.requests += 1;
        if seen.time < count.time {
            (count.time, count.record_id) = (seen.time, seen.record_id);
        }
        count.last_time = count.last_time.max(seen.time);
    }

    /// Number of tools in a toolset.
    #[must_use]
    pub fn len(&self, toolset: ToolsetIndex) -> i64 {
        i64::try_from(self.toolsets[toolset as usize].definitions.len()).unwrap_or(i64::MAX)
    }

    /// Tools of the toolset that share a server part, besides the tool itself when it is one of them.
    #[must_use]
    pub fn peers(&self, toolset: ToolsetIndex, server: Option<&str>) -> i64 {
        let Some(server) = server else { return 0 };
        self.toolsets[toolset as usize].servers.get(server).map_or(0, |tools| tools - 1)
    }

    /// Emits the counts, one row per definition and principal, and forgets everything.
    pub fn finish(&mut self, export_key: &Arc<str>, rows: &mut Rows) {
        let mut merged: HashMap<(u32, Principal), OfferCount> = HashMap::new();
        for ((toolset, principal), count) in self.counts.drain() {
            for &definition in &self.toolsets[toolset as usize].definitions {
                let entry =
                    merged.entry((definition, principal.clone())).or_insert(OfferCount { requests: 0, ..count });
                entry.requests += count.requests;
                if (count.time, count.record_id) < (entry.time, entry.record_id) {
                    (entry.time, entry.record_id) = (count.time, count.record_id);
                }
                entry.last_time = entry.last_time.max(count.last_time);
            }
        }
        let mut offers: Vec<ToolOffer> = merged
            .into_iter()
            .map(|((definition, (login, device, user_agent, ua_product)), count)| ToolOffer {
                definition_id: self.definition_ids[definition as usize].clone(),
                export_key: export_key.clone(),
                record_id: count.record_id,
                time: count.time,
                last_time: count.last_time,
                login,
                device,
                user_agent,
                ua_product,
                requests: count.requests,
            })
            .collect();
        // Hash order must not reach the lake.
        offers.sort_by(|a, b| {
            (&a.definition_id, &a.login, &a.device, &a.user_agent).cmp(&(
                &b.definition_id,
                &b.login,
                &b.device,
                &b.user_agent,
            ))
        });
        rows.tool_offers.append(&mut offers);
        *self = Self::new(self.seed, self.recognition);
    }
}

fn row(tool: Definition, name: ToolName, toolset: &Toolset, seen: &Seen) -> ToolDefinition {
    let description = tool.description.as_deref().unwrap_or_default().trim();
    let schema = tool.schema.as_deref().unwrap_or_default();
    let definition_hash = hex::encode(digest(&[description.as_bytes(), schema.as_bytes()]));
    let id = digest(&[
        b"definition",
        tool.name.as_bytes(),
        tool.named_server.as_deref().unwrap_or_default().as_bytes(),
        tool.wire_type.as_bytes(),
        tool.server_url.as_deref().unwrap_or_default().as_bytes(),
        definition_hash.as_bytes(),
    ]);
    let name_peers = name.server.as_ref().and_then(|s| toolset.servers.get(s)).map_or(0, |n| n - 1);
    ToolDefinition {
        definition_id: hex::encode(id),
        definition_hash,
        export_key: seen.export_key.clone(),
        record_id: seen.record_id,
        time: seen.time,
        raw_name: tool.name.into(),
        named_server: tool.named_server.map(Into::into),
        naming: name.naming,
        name_server: name.server.map(Into::into),
        name_tool: name.tool.into(),
        name_peers,
        runs_at: tool.runs_at,
        wire_type: tool.wire_type.into(),
        description: tool.description,
        schema: tool.schema,
        server_url: tool.server_url,
    }
}
