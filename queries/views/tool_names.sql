-- +++
-- doc = "Each distinct way in which a tool is named on the wire, by agent, with the most peers that share its server part."
-- materialise = true
-- whole_lake = true
-- [columns]
-- nameless = "Whether a request without a User-Agent used it."
-- own_peers = "The most other tools of the same server part in one request."
-- +++
WITH named AS (
  SELECT coalesce(a.agent, 'unknown') AS agent, c.user_agent IS NULL AS nameless, c.raw_name,
         coalesce(c.named_server, '') AS named_server, c.naming, coalesce(c.name_server, '') AS name_server, c.name_tool,
         c.runs_at, c.name_peers
  FROM lake.tool_calls c
  LEFT JOIN request_agents a
    ON a.export_key = c.export_key AND a.record_id = coalesce(c.record_id, -1) AND a.user_agent = coalesce(c.user_agent, '')
  UNION ALL
  SELECT coalesce(a.agent, 'unknown'), o.user_agent IS NULL, d.raw_name, coalesce(d.named_server, ''), d.naming,
         coalesce(d.name_server, ''), d.name_tool, d.runs_at, d.name_peers
  FROM lake.tool_offers o
  JOIN lake.tool_definitions d ON d.definition_id = o.definition_id AND d.export_key = o.export_key
  LEFT JOIN request_agents a
    ON a.export_key = o.export_key AND a.record_id = coalesce(o.record_id, -1) AND a.user_agent = coalesce(o.user_agent, '')
)
SELECT agent, bool_or(nameless) AS nameless, raw_name, named_server, naming, name_server, name_tool, runs_at,
       max(name_peers) AS own_peers
FROM named
GROUP BY agent, raw_name, named_server, naming, name_server, name_tool, runs_at
