-- +++
-- doc = "The sessions of the window: one row per session, login and device."
-- [columns]
-- tools = "Distinct tools that were called."
-- failed_calls = "Calls whose result was an error."
-- refused_calls = "Calls that a person or a policy refused."
-- models = "Distinct models."
-- conversations = "Conversations of the session; more than one after forks, compaction and side requests."
-- first_time = "Start of its first request in the window."
-- last_time = "Start of its last request in the window."
-- +++
WITH used AS (
  SELECT session_id, login, device, count(*) AS requests, count(DISTINCT conversation_id) AS conversations,
         first_value(agent ORDER BY time, export_key, record_number) AS agent,
         first_value(agent_kind ORDER BY time, export_key, record_number) AS agent_kind,
         first_value(model ORDER BY time, export_key, record_number) AS model, count(DISTINCT model) AS models,
         min(time) AS first_time, max(time) AS last_time, coalesce(sum(input_tokens), 0) AS input_tokens,
         coalesce(sum(output_tokens), 0) AS output_tokens, coalesce(sum(cost_nano_usd), 0) / 1000000000.0 AS cost_usd,
         sum(CASE WHEN outcome = 'ok' THEN 0 ELSE 1 END) AS failed_requests,
         first_value(export_key ORDER BY time, export_key, record_number) AS export_key,
         first_value(record_id ORDER BY time, export_key, record_number) AS record_id
  FROM requests
  GROUP BY session_id, login, device
),
called AS (
  SELECT session_id, login, device, count(*) AS calls, count(DISTINCT integration || '/' || tool) AS tools,
         sum(CASE WHEN outcome = 'error' THEN 1 ELSE 0 END) AS failed_calls,
         sum(CASE WHEN outcome = 'refused' THEN 1 ELSE 0 END) AS refused_calls
  FROM tool_calls
  GROUP BY session_id, login, device
)
SELECT u.session_id, u.login, u.device, u.agent, u.agent_kind, u.model, u.models, u.requests, u.failed_requests, u.conversations,
       coalesce(c.calls, 0) AS calls, coalesce(c.tools, 0) AS tools, coalesce(c.failed_calls, 0) AS failed_calls,
       coalesce(c.refused_calls, 0) AS refused_calls, u.input_tokens, u.output_tokens, u.cost_usd, u.first_time, u.last_time,
       u.export_key, u.record_id
FROM used u
LEFT JOIN called c ON c.session_id = u.session_id AND c.login = u.login AND c.device = u.device
