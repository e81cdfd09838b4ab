-- Usage of the window per agent.
WITH asked AS (
  SELECT agent AS name, count(*) AS requests, sum(CASE WHEN outcome = 'ok' THEN 0 ELSE 1 END) AS errors,
         count(DISTINCT session_id) AS sessions, coalesce(sum(input_tokens), 0) AS input_tokens,
         coalesce(sum(output_tokens), 0) AS output_tokens, sum(cost_nano_usd) / 1000000000.0 AS cost_usd
  FROM requests
  GROUP BY agent
),
called AS (
  SELECT agent AS name, count(*) AS tool_calls FROM tool_calls GROUP BY agent
)
SELECT a.name, a.requests, a.errors, a.sessions, coalesce(c.tool_calls, 0) AS tool_calls, a.input_tokens, a.output_tokens, a.cost_usd
FROM asked a
LEFT JOIN called c ON c.name = a.name
ORDER BY a.requests DESC, a.name
