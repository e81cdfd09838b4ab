-- +++
-- doc = "The agents of the window: who runs them where, in which versions, at what cost, and whether they are sanctioned."
-- [columns]
-- user_count = "Users of it."
-- versions = "Versions of it, sorted."
-- models = "Models, sorted."
-- sessions = "Sessions."
-- first_in_window = "First request in the window."
-- review = "approved, denied, expired, or null without a verdict."
-- requests = "Requests."
-- calls = "Tool calls."
-- sanctioned = "true when approved; false when denied, or when other agents are approved and this one is not; null while nobody decided about any agent."
-- first_seen = "First request in the whole lake."
-- [[case]]
-- name = "one is approved, so the others are not"
-- history_requests = [
--   { agent = "Claude Code", agent_kind = "coding", login = "ana", device = "n1", session_id = "s", time = 2026-02-01T09:00:00Z, user_agent = "u", export_key = "e", record_id = 1, record_number = 1 },
--   { agent = "Claude Code", agent_kind = "coding", login = "ana", device = "n1", session_id = "s", time = 2026-03-01T09:00:00Z, user_agent = "u", export_key = "e", record_id = 1, record_number = 1 },
--   { agent = "Claude Code", agent_kind = "coding", login = "ben", device = "n1", session_id = "s", time = 2026-03-02T09:00:00Z, user_agent = "u", export_key = "e", record_id = 1, record_number = 1 },
--   { agent = "Pi", agent_kind = "coding", login = "ana", device = "n1", session_id = "s", time = 2026-03-01T09:00:00Z, user_agent = "u", export_key = "e", record_id = 1, record_number = 1 },
-- ]
-- requests = [
--   { agent = "Claude Code", agent_kind = "coding", login = "ana", device = "n1", session_id = "s", time = 2026-03-01T09:00:00Z, user_agent = "u", export_key = "e", record_id = 1, record_number = 1 },
--   { agent = "Claude Code", agent_kind = "coding", login = "ben", device = "n1", session_id = "s", time = 2026-03-02T09:00:00Z, user_agent = "u", export_key = "e", record_id = 1, record_number = 1 },
--   { agent = "Pi", agent_kind = "coding", login = "ana", device = "n1", session_id = "s", time = 2026-03-01T09:00:00Z, user_agent = "u", export_key = "e", record_id = 1, record_number = 1 },
-- ]
-- tool_calls = [
--   { agent = "Claude Code", call_uid = "c1" },
-- ]
-- agent_identities = [
--   { agent = "Claude Code", agent_vendor = "Anthropic" },
-- ]
-- verdicts = [
--   { scope = "agent", name = "Claude Code", verdict = "approved" },
--   { scope = "integration", name = "Pi", verdict = "approved" },
-- ]
-- expect = [
--   { agent = "Claude Code", requests = 2, calls = 1, user_count = 2, users = ["ana", "ben"], vendor = "Anthropic", sanctioned = true, review = "approved", first_seen = 2026-02-01T09:00:00Z, first_in_window = 2026-03-01T09:00:00Z },
--   { agent = "Pi", requests = 1, calls = 0, sanctioned = false },
-- ]
-- [[case]]
-- name = "one is denied and nothing else is decided"
-- history_requests = [
--   { agent = "Claude Code", agent_kind = "coding", login = "ana", device = "n1", session_id = "s", time = 2026-03-01T09:00:00Z, user_agent = "u", export_key = "e", record_id = 1, record_number = 1 },
--   { agent = "Pi", agent_kind = "coding", login = "ana", device = "n1", session_id = "s", time = 2026-03-01T09:00:00Z, user_agent = "u", export_key = "e", record_id = 1, record_number = 1 },
-- ]
-- requests = [
--   { agent = "Claude Code", agent_kind = "coding", login = "ana", device = "n1", session_id = "s", time = 2026-03-01T09:00:00Z, user_agent = "u", export_key = "e", record_id = 1, record_number = 1 },
--   { agent = "Pi", agent_kind = "coding", login = "ana", device = "n1", session_id = "s", time = 2026-03-01T09:00:00Z, user_agent = "u", export_key = "e", record_id = 1, record_number = 1 },
-- ]
-- verdicts = [
--   { scope = "agent", name = "Claude Code", verdict = "denied" },
-- ]
-- expect = [
--   { agent = "Claude Code", sanctioned = false, review = "denied" },
--   { agent = "Pi", requests = 1 },
-- ]
-- [[case]]
-- name = "used before the window only"
-- history_requests = [
--   { agent = "Pi", agent_kind = "coding", login = "ana", device = "n1", session_id = "s", time = 2026-02-01T09:00:00Z, user_agent = "u", export_key = "e", record_id = 1, record_number = 1 },
-- ]
-- expect = []
-- +++
WITH past AS (
  SELECT agent, min(time) AS first_seen FROM history_requests GROUP BY agent
),
used AS (
  SELECT agent, min(agent_kind) AS agent_kind, count(*) AS requests, count(DISTINCT login) AS user_count,
         array_agg(DISTINCT login ORDER BY login) AS users, array_agg(DISTINCT device ORDER BY device) AS devices,
         array_agg(DISTINCT agent_version ORDER BY agent_version) FILTER (WHERE agent_version IS NOT NULL) AS versions,
         array_agg(DISTINCT model ORDER BY model) FILTER (WHERE model IS NOT NULL) AS models,
         count(DISTINCT session_id) AS sessions, coalesce(sum(cost_nano_usd), 0) / 1000000000.0 AS cost_usd, min(time) AS first_in_window,
         max(time) AS last_seen, first_value(user_agent ORDER BY time, export_key, record_number) AS user_agent,
         first_value(export_key ORDER BY time, export_key, record_number) AS export_key,
         first_value(record_id ORDER BY time, export_key, record_number) AS record_id
  FROM requests
  GROUP BY agent
),
called AS (
  SELECT agent, count(*) AS calls FROM tool_calls GROUP BY agent
),
policy AS (
  SELECT count(*) AS approved FROM verdicts WHERE scope = 'agent' AND verdict = 'approved'
),
vendors AS (
  SELECT agent, min(agent_vendor) AS vendor FROM agent_identities GROUP BY agent
)
SELECT u.agent, u.agent_kind, n.vendor, u.requests, u.sessions, coalesce(c.calls, 0) AS calls, u.user_count, u.users, u.devices,
       u.versions, u.models, u.cost_usd, p.first_seen, u.first_in_window, u.last_seen, u.user_agent,
       CASE WHEN v.verdict = 'approved' THEN true WHEN v.verdict = 'denied' THEN false WHEN y.approved > 0 THEN false END AS sanctioned,
       v.verdict AS review, v.reason AS review_reason, u.export_key, u.record_id
FROM used u
JOIN past p ON p.agent = u.agent
LEFT JOIN called c ON c.agent = u.agent
LEFT JOIN vendors n ON n.agent = u.agent
LEFT JOIN verdicts v ON v.scope = 'agent' AND v.name = u.agent
LEFT JOIN policy y ON true
