-- +++
-- doc = "Who was offered and who called which tool: one row per span, tool, login, device and agent. `tool_use` is the window, `history_tool_use` the whole lake."
-- materialise = true
-- [columns]
-- span = "`window` or `lake`."
-- answered = "Calls for which something came back."
-- errors = "Calls whose result was an error."
-- refused = "Calls that a person or a policy refused."
-- first_called = "First call."
-- last_called = "Last call."
-- first_seen = "First offer or call."
-- last_seen = "Last offer or call."
-- offers = "Requests that offered it."
-- calls = "Calls, each once."
-- export_key = "Export of the record that showed it first."
-- +++
WITH offered AS (
  SELECT 'lake' AS span, * FROM history_tool_offers
  UNION ALL
  SELECT 'window', * FROM tool_offers
),
called AS (
  SELECT 'lake' AS span, integration, integration_kind, tool, login, device, agent, time, outcome, export_key, record_id FROM history_tool_calls
  UNION ALL
  SELECT 'window', integration, integration_kind, tool, login, device, agent, time, outcome, export_key, record_id FROM tool_calls
),
uses AS (
  SELECT span, integration, integration_kind, tool, login, device, agent, first_seen, last_seen, requests AS offers,
         0 AS calls, CAST(NULL AS VARCHAR) AS outcome, CASE WHEN false THEN first_seen END AS called, export_key, record_id
  FROM offered
  UNION ALL
  SELECT span, integration, integration_kind, tool, login, device, agent, time AS first_seen, time AS last_seen, 0, 1, outcome, time AS called, export_key, record_id
  FROM called
)
SELECT span, integration, min(integration_kind) AS integration_kind, tool, login, device, agent, min(first_seen) AS first_seen,
       max(last_seen) AS last_seen, min(called) AS first_called, max(called) AS last_called, sum(offers) AS offers,
       sum(calls) AS calls, sum(CASE WHEN outcome <> 'attempted' THEN 1 ELSE 0 END) AS answered,
       sum(CASE WHEN outcome = 'error' THEN 1 ELSE 0 END) AS errors, sum(CASE WHEN outcome = 'refused' THEN 1 ELSE 0 END) AS refused,
       first_value(export_key ORDER BY first_seen, export_key, record_id) AS export_key,
       first_value(record_id ORDER BY first_seen, export_key, record_id) AS record_id
FROM uses
WHERE integration IS NOT NULL
GROUP BY span, integration, tool, login, device, agent
