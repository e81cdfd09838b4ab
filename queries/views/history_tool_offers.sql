-- +++
-- doc = "Who offered which tool definition to a model, over the whole lake: one row per definition, login, device and agent."
-- materialise = true
-- [columns]
-- first_seen = "Start of the first request that offered it."
-- last_seen = "Start of the last request that offered it."
-- requests = "Requests that offered it."
-- +++
SELECT o.definition_id, o.login, o.device, coalesce(g.agent, 'unknown') AS agent,
       i.integration, i.integration_kind, i.tool, d.raw_name, d.definition_hash,
       min(o.time) AS first_seen, max(o.last_time) AS last_seen, sum(o.requests) AS requests,
       first_value(o.export_key ORDER BY o.time, o.export_key, o.record_id) AS export_key,
       first_value(o.record_id ORDER BY o.time, o.export_key, o.record_id) AS record_id
FROM lake.tool_offers o
JOIN (
  SELECT DISTINCT definition_id, definition_hash, raw_name, coalesce(named_server, '') AS named_server, naming,
         coalesce(name_server, '') AS name_server, name_tool, runs_at
  FROM lake.tool_definitions
) d ON d.definition_id = o.definition_id
LEFT JOIN request_agents g
  ON g.export_key = o.export_key AND g.record_id = coalesce(o.record_id, -1) AND g.user_agent = coalesce(o.user_agent, '')
LEFT JOIN tool_identities i
  ON i.agent = coalesce(g.agent, 'unknown') AND i.raw_name = d.raw_name AND i.named_server = d.named_server
 AND i.naming = d.naming AND i.name_server = d.name_server AND i.name_tool = d.name_tool AND i.runs_at = d.runs_at
WHERE o.export_key NOT IN (SELECT export_key FROM repeated_exports)
GROUP BY o.definition_id, o.login, o.device, coalesce(g.agent, 'unknown'), i.integration, i.integration_kind, i.tool,
         d.raw_name, d.definition_hash
