-- +++
-- doc = "The tools of the window: one row per integration and tool, with who was offered it, who called it, and its risk."
-- materialise = true
-- [columns]
-- devices = "Devices that offered or called it, sorted."
-- agents = "Agents that offered or called it, sorted."
-- users = "Logins that offered or called it, sorted."
-- offered_users = "How many logins offered it."
-- called_users = "How many logins called it."
-- never_called = "Offered in the window and not called."
-- first_seen = "First time in the whole lake."
-- versions = "Distinct definitions in the window."
-- review = "approved, denied, expired, unreviewed, or not needed for tools that belong to an agent or to the client itself."
-- +++
WITH used AS (
  SELECT integration, tool, min(integration_kind) AS integration_kind, array_agg(DISTINCT login ORDER BY login) AS users,
         array_agg(DISTINCT device ORDER BY device) AS devices, array_agg(DISTINCT agent ORDER BY agent) AS agents,
         count(DISTINCT CASE WHEN offers > 0 THEN login END) AS offered_users,
         count(DISTINCT CASE WHEN calls > 0 THEN login END) AS called_users,
         sum(offers) AS offers, sum(calls) AS calls, sum(answered) AS answered, sum(errors) AS errors, sum(refused) AS refused,
         max(last_seen) AS last_seen, max(last_called) AS last_called,
         first_value(export_key ORDER BY first_seen, export_key, record_id) AS export_key,
         first_value(record_id ORDER BY first_seen, export_key, record_id) AS record_id
  FROM tool_use
  GROUP BY integration, tool
),
versions AS (
  SELECT integration, tool, count(DISTINCT definition_hash) AS versions FROM tool_offers GROUP BY integration, tool
)
SELECT u.integration, u.integration_kind, u.tool, u.users, u.devices, u.agents, u.offered_users, u.called_users, u.offers, u.calls,
       u.answered, u.errors, u.refused, u.calls = 0 AS never_called, coalesce(v.versions, 0) AS versions,
       h.first_seen, u.last_seen, h.first_called, u.last_called,
       l.untrusted, l.private, l.secret, l.egress, l.state_change, l.destructive, l.install, l.persistence, l.guard_off, l.executes,
       l.capabilities, l.label_source, l.risk, l.risk_reason,
       CASE WHEN r.verdict IS NOT NULL THEN r.verdict
            WHEN u.integration_kind IN ('built-in', 'provider-side', 'client-defined') THEN 'not needed'
            ELSE 'unreviewed' END AS review,
       u.export_key, u.record_id
FROM used u
JOIN history_tools h ON h.integration = u.integration AND h.tool = u.tool
LEFT JOIN tool_labels l ON l.integration = u.integration AND l.tool = u.tool
LEFT JOIN versions v ON v.integration = u.integration AND v.tool = u.tool
LEFT JOIN tool_verdicts r ON r.integration = u.integration AND r.tool = u.tool
