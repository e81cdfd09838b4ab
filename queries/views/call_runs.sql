-- +++
-- doc = "Runs of the whole lake in which a conversation made the same call, with the same arguments, several times in a row (`run_calls` of `catalog_limits`), with what they cost."
-- materialise = true
-- [columns]
-- calls = "Calls of the run."
-- failed = "Calls of the run whose result was an error."
-- sleeps = "Whether the arguments tell it to wait, as polling does."
-- longest_before = "The longest such run of the login in the days before (`run_days`); null where there was none."
-- days_before = "On how many of these days the login made calls."
-- first_time = "First call."
-- last_time = "Last call."
-- requests = "Requests of the conversation during the run."
-- cost_usd = "What they cost, in US dollars; null where no price is known."
-- fresh_tokens = "Their input tokens that no cache held, and output tokens."
-- cached_tokens = "Their input tokens that came from a cache."
-- evidence = "Records of its calls, the first ones (`run_records`)."
-- [[case]]
-- name = "ten times in a row"
-- history_tool_calls = [
--   { call_uid = "ana1", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:01:00Z, seq = 1, export_key = "e", record_id = 1 },
--   { call_uid = "ana2", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:02:00Z, seq = 2, export_key = "e", record_id = 2 },
--   { call_uid = "ana3", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:03:00Z, seq = 3, export_key = "e", record_id = 3 },
--   { call_uid = "ana4", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:04:00Z, seq = 4, export_key = "e", record_id = 4 },
--   { call_uid = "ana5", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:05:00Z, seq = 5, export_key = "e", record_id = 5 },
--   { call_uid = "ana6", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:06:00Z, seq = 6, export_key = "e", record_id = 6 },
--   { call_uid = "ana7", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:07:00Z, seq = 7, export_key = "e", record_id = 7 },
--   { call_uid = "ana8", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:08:00Z, seq = 8, export_key = "e", record_id = 8 },
--   { call_uid = "ana9", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:09:00Z, seq = 9, export_key = "e", record_id = 9 },
--   { call_uid = "ana10", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:10:00Z, seq = 10, export_key = "e", record_id = 10 },
-- ]
-- history_requests = [
--   { conversation_id = "c-ana", time = 2026-03-01T09:05:00Z, cost_nano_usd = 2000000000 },
-- ]
-- expect = [
--   { calls = 10, failed = 10, sleeps = true, requests = 1, cost_usd = 2.0, days_before = 0 },
-- ]
-- [[case]]
-- name = "something else in between"
-- history_tool_calls = [
--   { call_uid = "ana1", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:01:00Z, seq = 1, export_key = "e", record_id = 1 },
--   { call_uid = "ana2", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:02:00Z, seq = 2, export_key = "e", record_id = 2 },
--   { call_uid = "ana3", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:03:00Z, seq = 3, export_key = "e", record_id = 3 },
--   { call_uid = "ana4", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:04:00Z, seq = 4, export_key = "e", record_id = 4 },
--   { call_uid = "ana5", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "x", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:05:00Z, seq = 5, export_key = "e", record_id = 5 },
--   { call_uid = "ana6", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:06:00Z, seq = 6, export_key = "e", record_id = 6 },
--   { call_uid = "ana7", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:07:00Z, seq = 7, export_key = "e", record_id = 7 },
--   { call_uid = "ana8", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:08:00Z, seq = 8, export_key = "e", record_id = 8 },
--   { call_uid = "ana9", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:09:00Z, seq = 9, export_key = "e", record_id = 9 },
--   { call_uid = "ana10", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:10:00Z, seq = 10, export_key = "e", record_id = 10 },
-- ]
-- expect = []
-- [[case]]
-- name = "nine times"
-- history_tool_calls = [
--   { call_uid = "ana1", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:01:00Z, seq = 1, export_key = "e", record_id = 1 },
--   { call_uid = "ana2", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:02:00Z, seq = 2, export_key = "e", record_id = 2 },
--   { call_uid = "ana3", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:03:00Z, seq = 3, export_key = "e", record_id = 3 },
--   { call_uid = "ana4", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:04:00Z, seq = 4, export_key = "e", record_id = 4 },
--   { call_uid = "ana5", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:05:00Z, seq = 5, export_key = "e", record_id = 5 },
--   { call_uid = "ana6", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:06:00Z, seq = 6, export_key = "e", record_id = 6 },
--   { call_uid = "ana7", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:07:00Z, seq = 7, export_key = "e", record_id = 7 },
--   { call_uid = "ana8", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:08:00Z, seq = 8, export_key = "e", record_id = 8 },
--   { call_uid = "ana9", conversation_id = "c-ana", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", arguments_digest = "d", arguments = "sleep 5", outcome = "error", time = 2026-03-01T09:09:00Z, seq = 9, export_key = "e", record_id = 9 },
-- ]
-- expect = []
-- +++
WITH limits AS (
  SELECT max(CASE name WHEN 'run_calls' THEN value END) AS calls, max(CASE name WHEN 'run_days' THEN value END) * 86400000000 AS span,
         max(CASE name WHEN 'run_records' THEN value END) AS records
  FROM catalog_limits
),
often AS (
  -- Few calls are made that often at all; only they are looked at in order.
  SELECT conversation_id, raw_name, arguments_digest
  FROM history_tool_calls
  GROUP BY conversation_id, raw_name, arguments_digest
  HAVING count(*) >= (SELECT calls FROM limits)
),
numbered AS (
  SELECT c.conversation_id, c.session_id, c.login, c.device, c.agent, c.integration, c.tool, c.raw_name, c.arguments_digest, c.arguments,
         c.outcome, c.time, c.seq, c.export_key, c.record_id,
         row_number() OVER (PARTITION BY c.conversation_id, c.raw_name, c.arguments_digest ORDER BY c.seq) AS nth
  FROM history_tool_calls c
  JOIN often o ON o.conversation_id = c.conversation_id AND o.raw_name = c.raw_name AND o.arguments_digest = c.arguments_digest
),
runs AS (
  SELECT conversation_id, min(session_id) AS session_id, min(login) AS login, min(device) AS device, min(agent) AS agent,
         min(integration) AS integration, min(tool) AS tool, raw_name, arguments_digest, seq - nth AS island, count(*) AS calls,
         sum(CASE WHEN outcome = 'error' THEN 1 ELSE 0 END) AS failed,
         bool_or(regexp_like(lower(left(arguments, 2000)), (SELECT string_agg(pattern, '|' ORDER BY pattern) FROM catalog_polling_marks))) AS sleeps,
         min(time) AS first_time, max(time) AS last_time, min(seq) AS first_seq,
         array_agg(evidence(export_key, record_id) ORDER BY seq) AS evidence
  FROM numbered
  GROUP BY conversation_id, raw_name, arguments_digest, seq - nth
  HAVING count(*) >= (SELECT calls FROM limits)
),
priced AS (
  SELECT r.conversation_id, r.first_seq, count(*) AS requests, sum(q.cost_nano_usd) / 1000000000.0 AS cost_usd,
         sum(greatest(coalesce(q.input_tokens, 0) - coalesce(q.cached_tokens, 0), 0) + coalesce(q.output_tokens, 0)) AS fresh_tokens,
         coalesce(sum(q.cached_tokens), 0) AS cached_tokens
  FROM runs r
  JOIN history_requests q ON q.conversation_id = r.conversation_id
  WHERE q.time >= r.first_time AND q.time <= r.last_time
  GROUP BY r.conversation_id, r.first_seq
),
longest AS (
  SELECT r.conversation_id, r.first_seq, max(b.calls) AS calls
  FROM runs r
  CROSS JOIN limits m
  JOIN runs b ON b.login = r.login AND b.last_time < r.first_time AND CAST(r.first_time AS BIGINT) - CAST(b.first_time AS BIGINT) <= m.span
  GROUP BY r.conversation_id, r.first_seq
),
active AS (
  SELECT r.conversation_id, r.first_seq, count(DISTINCT date_trunc('day', c.time)) AS days
  FROM runs r
  CROSS JOIN limits m
  JOIN history_tool_calls c ON c.login = r.login AND c.time < date_trunc('day', r.first_time)
   AND CAST(date_trunc('day', r.first_time) AS BIGINT) - CAST(c.time AS BIGINT) <= m.span
  GROUP BY r.conversation_id, r.first_seq
)
SELECT r.conversation_id, r.session_id, r.login, r.device, r.agent, r.integration, r.tool, r.raw_name, r.calls, r.failed, r.sleeps,
       l.calls AS longest_before, coalesce(a.days, 0) AS days_before,
       r.first_time, r.last_time, coalesce(p.requests, 0) AS requests, p.cost_usd,
       coalesce(p.fresh_tokens, 0) AS fresh_tokens, coalesce(p.cached_tokens, 0) AS cached_tokens,
       array_slice(r.evidence, 1, m.records) AS evidence, r.arguments_digest
FROM runs r
CROSS JOIN limits m
LEFT JOIN priced p ON p.conversation_id = r.conversation_id AND p.first_seq = r.first_seq
LEFT JOIN longest l ON l.conversation_id = r.conversation_id AND l.first_seq = r.first_seq
LEFT JOIN active a ON a.conversation_id = r.conversation_id AND a.first_seq = r.first_seq
