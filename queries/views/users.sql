-- +++
-- doc = "The users of the window. A login made of tags is a device that several people may share."
-- materialise = true
-- [columns]
-- failed_requests = "Requests whose outcome was not ok."
-- integrations = "Distinct integrations whose tools were called."
-- tools = "Distinct tools that were called."
-- +++
WITH past AS (
  SELECT login, min(time) AS first_seen FROM history_requests GROUP BY login
),
used AS (
  SELECT login, bool_or(shared_identity) AS shared_identity, count(*) AS requests, count(DISTINCT session_id) AS sessions,
         array_agg(DISTINCT device ORDER BY device) AS devices, array_agg(DISTINCT agent ORDER BY agent) AS agents,
         array_agg(DISTINCT model ORDER BY model) FILTER (WHERE model IS NOT NULL) AS models,
         coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
         coalesce(sum(cost_nano_usd), 0) / 1000000000.0 AS cost_usd, min(time) AS first_in_window, max(time) AS last_seen,
         sum(CASE WHEN outcome = 'ok' THEN 0 ELSE 1 END) AS failed_requests
  FROM requests
  GROUP BY login
),
called AS (
  SELECT login, count(*) AS calls, count(DISTINCT integration) AS integrations, count(DISTINCT integration || '/' || tool) AS tools
  FROM tool_calls
  GROUP BY login
)
SELECT u.login, u.shared_identity, u.requests, u.failed_requests, u.sessions, coalesce(c.calls, 0) AS calls,
       coalesce(c.integrations, 0) AS integrations, coalesce(c.tools, 0) AS tools, u.devices, u.agents, u.models, u.input_tokens,
       u.output_tokens, u.cost_usd, p.first_seen, u.first_in_window, u.last_seen
FROM used u
JOIN past p ON p.login = u.login
LEFT JOIN called c ON c.login = u.login
