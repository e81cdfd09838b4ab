-- Usage of the window: as a whole, per login, per agent, per model and per UTC day.
WITH asked AS (
  SELECT grouping(login, agent, model, day) AS bits, login, agent, model, day, count(*) AS requests,
         sum(CASE WHEN outcome = 'ok' THEN 0 ELSE 1 END) AS errors, count(DISTINCT session_id) AS sessions,
         coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
         sum(cost_nano_usd) / 1000000000.0 AS cost_usd, bool_or(shared_identity) AS is_shared
  FROM (
    SELECT login, agent, coalesce(model, '(unknown)') AS model, to_char(time, '%Y-%m-%d') AS day, outcome, session_id, input_tokens,
           output_tokens, cost_nano_usd, shared_identity
    FROM requests
  ) r
  GROUP BY GROUPING SETS ((), (login), (agent), (model), (day))
),
called AS (
  SELECT grouping(login, agent, model, day) AS bits, login, agent, model, day, count(*) AS tool_calls
  FROM (SELECT login, agent, coalesce(model, '(unknown)') AS model, to_char(time, '%Y-%m-%d') AS day FROM tool_calls) c
  GROUP BY GROUPING SETS ((), (login), (agent), (model), (day))
)
-- Bits of the columns that are not grouped by, the first column highest.
SELECT CASE a.bits WHEN 7 THEN 'user' WHEN 11 THEN 'agent' WHEN 13 THEN 'model' WHEN 14 THEN 'day' ELSE 'total' END AS split,
       coalesce(a.login, a.agent, a.model, a.day, 'total') AS name, a.requests, a.errors, a.sessions,
       coalesce(c.tool_calls, 0) AS tool_calls, a.input_tokens, a.output_tokens, a.cost_usd,
       a.bits = 7 AND coalesce(a.is_shared, false) AS shared
FROM asked a
LEFT JOIN called c
  ON c.bits = a.bits AND coalesce(c.login, c.agent, c.model, c.day, 'total') = coalesce(a.login, a.agent, a.model, a.day, 'total')
WHERE a.requests > 0
ORDER BY a.bits, CASE a.bits WHEN 14 THEN 0 ELSE a.requests END DESC, name
