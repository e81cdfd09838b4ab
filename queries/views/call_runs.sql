-- +++
-- doc = "Runs of the whole lake in which a conversation made the same call, with the same arguments, at least ten times in a row, with what they cost."
-- materialise = true
-- [columns]
-- calls = "Calls of the run."
-- failed = "Calls of the run whose result was an error."
-- sleeps = "Whether the arguments tell it to wait, as polling does."
-- first_time = "First call."
-- last_time = "Last call."
-- requests = "Requests of the conversation during the run."
-- cost_usd = "What they cost, in US dollars."
-- fresh_tokens = "Their input tokens that no cache held, and output tokens."
-- cached_tokens = "Their input tokens that came from a cache."
-- evidence = "Records of its calls, at most 20."
-- +++
WITH numbered AS (
  SELECT conversation_id, session_id, login, device, agent, integration, tool, raw_name, arguments_digest, arguments, outcome, time, seq,
         export_key, record_id,
         row_number() OVER (PARTITION BY conversation_id, raw_name, arguments_digest ORDER BY seq) AS nth
  FROM history_tool_calls
),
runs AS (
  SELECT conversation_id, min(session_id) AS session_id, min(login) AS login, min(device) AS device, min(agent) AS agent,
         min(integration) AS integration, min(tool) AS tool, raw_name, arguments_digest, seq - nth AS island, count(*) AS calls,
         sum(CASE WHEN outcome = 'error' THEN 1 ELSE 0 END) AS failed,
         bool_or(regexp_like(lower(left(arguments, 2000)), '\b(sleep|wait|watch|--follow|tail -f)\b')) AS sleeps,
         min(time) AS first_time, max(time) AS last_time, min(seq) AS first_seq,
         array_agg(evidence(export_key, record_id) ORDER BY seq) AS evidence
  FROM numbered
  GROUP BY conversation_id, raw_name, arguments_digest, seq - nth
  HAVING count(*) >= 10
),
priced AS (
  SELECT r.conversation_id, r.first_seq, count(*) AS requests, coalesce(sum(q.cost_nano_usd), 0) / 1000000000.0 AS cost_usd,
         sum(greatest(coalesce(q.input_tokens, 0) - coalesce(q.cached_tokens, 0), 0) + coalesce(q.output_tokens, 0)) AS fresh_tokens,
         coalesce(sum(q.cached_tokens), 0) AS cached_tokens
  FROM runs r
  JOIN history_requests q ON q.conversation_id = r.conversation_id
  WHERE q.time >= r.first_time AND q.time <= r.last_time
  GROUP BY r.conversation_id, r.first_seq
)
SELECT r.conversation_id, r.session_id, r.login, r.device, r.agent, r.integration, r.tool, r.raw_name, r.calls, r.failed, r.sleeps,
       r.first_time, r.last_time, coalesce(p.requests, 0) AS requests, coalesce(p.cost_usd, 0) AS cost_usd,
       coalesce(p.fresh_tokens, 0) AS fresh_tokens, coalesce(p.cached_tokens, 0) AS cached_tokens,
       array_slice(r.evidence, 1, 20) AS evidence, r.arguments_digest
FROM runs r
LEFT JOIN priced p ON p.conversation_id = r.conversation_id AND p.first_seq = r.first_seq
