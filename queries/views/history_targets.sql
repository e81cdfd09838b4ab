-- +++
-- doc = "What the calls of the whole lake reached: the destinations that they name, and the files of credentials that they touch."
-- materialise = true
-- [columns]
-- kind = "destination or path."
-- thing = "The registrable domain (else the address) of a destination; what the files hold of a path, as in `catalog_paths`."
-- agent = "Agent whose model made the call."
-- integration = "What brings the tool of the call."
-- tool = "Name of that tool without any server prefix."
-- +++
WITH named AS (
  SELECT source_id, export_key, 'destination' AS kind, coalesce(domain, value) AS thing
  FROM lake.entities
  WHERE source = 'call' AND direction = 'out' AND relation = 'destination' AND kind IN ('url', 'host', 'ip', 'email', 'remote')
  UNION ALL
  SELECT e.source_id, e.export_key, 'path', coalesce(p.holds, p.reason)
  FROM lake.entities e
  JOIN catalog_paths p ON p.kind = 'secret' AND regexp_like(e.value, p.pattern)
  WHERE e.source = 'call' AND e.direction = 'out' AND e.kind = 'path' AND e.relation IN ('read', 'write', 'source', 'move', 'add')
    AND NOT coalesce(regexp_like(e.value, (SELECT string_agg(pattern, '|' ORDER BY pattern) FROM catalog_paths WHERE kind = 'public')), false)
),
once AS (
  SELECT DISTINCT source_id, export_key, kind, thing FROM named WHERE thing IS NOT NULL
)
SELECT o.kind, o.thing, c.call_uid, c.time, c.login, c.device, c.agent, c.integration, c.tool, c.provider, c.model, c.session_id,
       c.export_key, c.record_id
FROM once o
JOIN history_tool_calls c ON c.call_uid = o.source_id AND c.export_key = o.export_key
