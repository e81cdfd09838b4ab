-- +++
-- doc = "Every tool definition of the lake once, with the tool it belongs to and when it was offered."
-- materialise = true
-- [columns]
-- time = "Start of the first request that offered it."
-- last_seen = "Start of the last request that offered it."
-- offered_users = "Logins that offered it."
-- offered_requests = "Requests that offered it."
-- +++
WITH once AS (
  SELECT definition_id, first_value(export_key ORDER BY time, export_key, record_id) AS export_key
  FROM lake.tool_definitions
  GROUP BY definition_id
),
offered AS (
  -- The same definition can reach a model through an agent that is known and through one that is not.
  SELECT definition_id,
         first_value(integration ORDER BY CASE integration_kind WHEN 'client-defined' THEN 1 ELSE 0 END, first_seen, agent, login, device) AS integration,
         first_value(integration_kind ORDER BY CASE integration_kind WHEN 'client-defined' THEN 1 ELSE 0 END, first_seen, agent, login, device) AS integration_kind,
         first_value(tool ORDER BY CASE integration_kind WHEN 'client-defined' THEN 1 ELSE 0 END, first_seen, agent, login, device) AS tool,
         min(first_seen) AS first_seen, max(last_seen) AS last_seen, count(DISTINCT login) AS offered_users,
         sum(requests) AS offered_requests
  FROM history_tool_offers
  GROUP BY definition_id
)
SELECT d.definition_id, d.definition_hash, d.export_key, d.record_id, coalesce(f.first_seen, d.time) AS time,
       coalesce(f.last_seen, d.time) AS last_seen, d.raw_name, d.named_server, d.naming, d.name_server, d.runs_at, d.wire_type,
       coalesce(f.integration, 'client-defined') AS integration,
       coalesce(f.integration_kind, 'client-defined') AS integration_kind,
       coalesce(f.tool, d.raw_name) AS tool, d.description, d.schema, d.server_url,
       coalesce(f.offered_users, 0) AS offered_users, coalesce(f.offered_requests, 0) AS offered_requests
FROM lake.tool_definitions d
JOIN once o ON o.definition_id = d.definition_id AND o.export_key = d.export_key
LEFT JOIN offered f ON f.definition_id = d.definition_id
