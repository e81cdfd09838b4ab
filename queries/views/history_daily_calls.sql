-- +++
-- doc = "Tool calls of the whole lake per UTC day, login, device, agent, integration, tool, provider and model, with what they did. Tokens and costs are their share of the requests whose answers made them; calls of one answer share equally."
-- materialise = true
-- [columns]
-- day = "Start of the day, UTC."
-- calls = "Tool calls."
-- destructive = "Calls that remove or overwrite data."
-- outgoing = "Calls that send data out."
-- secret = "Calls that read credentials."
-- install = "Calls that install software."
-- persistence = "Calls that leave something behind that acts in later sessions."
-- guard_off = "Calls that switch a protection off."
-- failed_calls = "Calls whose result was an error."
-- refused_calls = "Calls that a person or a policy refused."
-- cost_nano_usd = "Cost estimate in billionths of a dollar."
-- fresh_tokens = "Input tokens that no cache held, and output tokens."
-- cached_tokens = "Input tokens that came from a cache."
-- first_secret = "First call that read credentials; null without any."
-- first_destructive = "First call that removed or overwrote data."
-- first_outgoing = "First call that sent data out."
-- first_install = "First call that installed software."
-- first_persistence = "First call that left something behind."
-- first_guard_off = "First call that switched a protection off."
-- first_time = "First call."
-- last_time = "Last call."
-- export_key = "Export of the first call."
-- record_id = "Record id of the first call."
-- [[case]]
-- name = "two calls of one answer share what it cost"
-- history_calls = [
--   { call_uid = "c1", login = "ana", device = "n1", agent = "Claude Code", integration = "acme", tool = "send", raw_name = "mcp__acme__send", export_key = "e", record_id = 1, time = 2026-03-01T09:00:00Z, egress = true, outcome = "ok" },
--   { call_uid = "c2", login = "ana", device = "n1", agent = "Claude Code", integration = "acme", tool = "send", raw_name = "mcp__acme__send", export_key = "e", record_id = 1, time = 2026-03-01T09:00:00Z, outcome = "error" },
-- ]
-- history_tool_calls = [
--   { call_uid = "c1", export_key = "e", record_id = 1, time = 2026-03-01T09:00:00Z },
--   { call_uid = "c2", export_key = "e", record_id = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- history_requests = [
--   { export_key = "e", record_id = 1, cost_nano_usd = 100, input_tokens = 50, cached_tokens = 10, output_tokens = 20, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { day = 2026-03-01T00:00:00Z, calls = 2, outgoing = 1, failed_calls = 1, refused_calls = 0, cost_nano_usd = 100, fresh_tokens = 60, cached_tokens = 10, first_outgoing = 2026-03-01T09:00:00Z },
-- ]
-- [[case]]
-- name = "another day"
-- history_calls = [
--   { call_uid = "c1", login = "ana", device = "n1", agent = "Claude Code", integration = "acme", tool = "send", raw_name = "mcp__acme__send", export_key = "e", record_id = 1, time = 2026-03-01T09:00:00Z },
--   { call_uid = "c2", login = "ana", device = "n1", agent = "Claude Code", integration = "acme", tool = "send", raw_name = "mcp__acme__send", export_key = "e", record_id = 2, time = 2026-03-02T09:00:00Z },
-- ]
-- expect = [
--   { day = 2026-03-01T00:00:00Z, calls = 1, cost_nano_usd = 0 },
--   { day = 2026-03-02T00:00:00Z, calls = 1 },
-- ]
-- [[case]]
-- name = "a call that failed sends nothing by itself"
-- history_calls = [
--   { call_uid = "c1", login = "ana", device = "n1", agent = "Claude Code", integration = "acme", tool = "send", raw_name = "mcp__acme__send", export_key = "e", record_id = 1, time = 2026-03-01T09:00:00Z, egress = false, outcome = "refused" },
-- ]
-- expect = [
--   { calls = 1, outgoing = 0, refused_calls = 1, failed_calls = 0 },
-- ]
-- [[case]]
-- name = "a request without calls"
-- history_requests = [
--   { export_key = "e", record_id = 1, cost_nano_usd = 100, time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- +++
WITH answers AS (
  SELECT export_key, record_id, sum(cost_nano_usd) AS cost_nano_usd,
         sum(greatest(coalesce(input_tokens, 0) - coalesce(cached_tokens, 0), 0) + coalesce(output_tokens, 0)) AS fresh_tokens,
         sum(cached_tokens) AS cached_tokens
  FROM history_requests
  WHERE record_id IS NOT NULL
  GROUP BY export_key, record_id
),
shares AS (
  SELECT a.export_key, a.record_id, coalesce(a.cost_nano_usd, 0) / c.calls AS cost_nano_usd, a.fresh_tokens / c.calls AS fresh_tokens,
         coalesce(a.cached_tokens, 0) / c.calls AS cached_tokens
  FROM answers a
  JOIN (
    SELECT export_key, record_id, count(*) AS calls FROM history_tool_calls WHERE record_id IS NOT NULL GROUP BY export_key, record_id
  ) c ON c.export_key = a.export_key AND c.record_id = a.record_id
)
SELECT date_trunc('day', c.time) AS day, c.login, c.device, c.agent, coalesce(c.integration, 'unknown') AS integration,
       coalesce(c.tool, c.raw_name) AS tool, c.provider, c.model, count(*) AS calls,
       sum(CASE WHEN c.destructive THEN 1 ELSE 0 END) AS destructive, sum(CASE WHEN c.egress THEN 1 ELSE 0 END) AS outgoing,
       sum(CASE WHEN c.secret THEN 1 ELSE 0 END) AS secret, sum(CASE WHEN c.install THEN 1 ELSE 0 END) AS install,
       sum(CASE WHEN c.persistence THEN 1 ELSE 0 END) AS persistence, sum(CASE WHEN c.guard_off THEN 1 ELSE 0 END) AS guard_off,
       sum(CASE WHEN c.outcome = 'error' THEN 1 ELSE 0 END) AS failed_calls,
       sum(CASE WHEN c.outcome = 'refused' THEN 1 ELSE 0 END) AS refused_calls,
       coalesce(sum(s.cost_nano_usd), 0) AS cost_nano_usd, coalesce(sum(s.fresh_tokens), 0) AS fresh_tokens,
       coalesce(sum(s.cached_tokens), 0) AS cached_tokens, min(CASE WHEN c.secret THEN c.time END) AS first_secret,
       min(CASE WHEN c.destructive THEN c.time END) AS first_destructive, min(CASE WHEN c.egress THEN c.time END) AS first_outgoing,
       min(CASE WHEN c.install THEN c.time END) AS first_install, min(CASE WHEN c.persistence THEN c.time END) AS first_persistence,
       min(CASE WHEN c.guard_off THEN c.time END) AS first_guard_off, min(c.time) AS first_time, max(c.time) AS last_time,
       first_value(c.export_key ORDER BY c.time, c.export_key, c.record_id, c.call_uid) AS export_key,
       first_value(c.record_id ORDER BY c.time, c.export_key, c.record_id, c.call_uid) AS record_id
FROM history_calls c
LEFT JOIN shares s ON s.export_key = c.export_key AND s.record_id = c.record_id
GROUP BY date_trunc('day', c.time), c.login, c.device, c.agent, coalesce(c.integration, 'unknown'), coalesce(c.tool, c.raw_name), c.provider, c.model
