-- +++
-- doc = "Who was offered and who called which tool, over the whole lake: one row per tool, login, device and agent."
-- materialise = true
-- [columns]
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
WITH facts AS (
  SELECT integration, integration_kind, tool, login, device, agent, first_seen, last_seen, requests AS offers,
         0 AS calls, 0 AS answered, 0 AS errors, 0 AS refused, CASE WHEN false THEN first_seen END AS first_called, CASE WHEN false THEN first_seen END AS last_called, export_key, record_id
  FROM history_tool_offers
  UNION ALL
  SELECT integration, integration_kind, tool, login, device, agent, time AS first_seen, time AS last_seen, 0 AS offers, 1 AS calls,
         CASE WHEN outcome <> 'attempted' THEN 1 ELSE 0 END AS answered, CASE WHEN outcome = 'error' THEN 1 ELSE 0 END AS errors,
         CASE WHEN outcome = 'refused' THEN 1 ELSE 0 END AS refused, time AS first_called, time AS last_called, export_key, record_id
  FROM history_tool_calls
)
SELECT integration, min(integration_kind) AS integration_kind, tool, login, device, agent,
       min(first_seen) AS first_seen, max(last_seen) AS last_seen, min(first_called) AS first_called,
       max(last_called) AS last_called, sum(offers) AS offers, sum(calls) AS calls, sum(answered) AS answered,
       sum(errors) AS errors, sum(refused) AS refused,
       first_value(export_key ORDER BY first_seen, export_key, record_id) AS export_key,
       first_value(record_id ORDER BY first_seen, export_key, record_id) AS record_id
FROM facts
WHERE integration IS NOT NULL
GROUP BY integration, tool, login, device, agent
