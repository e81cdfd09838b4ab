-- Incidents (table reported) whose agent may be another than it says: what its tools or its system prompt look like.
WITH doubted AS (
  SELECT DISTINCT login, device, agent, CASE WHEN tools_agent <> agent THEN tools_agent ELSE prompt_agent END AS other,
         CASE WHEN tools_agent <> agent
              THEN 'they offer its tools ' || array_to_string(array_slice(e.tools, 1, l.named), ', ') || CASE WHEN cardinality(e.tools) > l.named THEN ' and others' ELSE '' END
              ELSE 'their system prompt begins as its own' END AS why
  FROM agent_evidence e
  CROSS JOIN (SELECT max(value) AS named FROM catalog_limits WHERE name = 'agent_tools') l
  WHERE mismatch
),
who AS (
  SELECT finding_id, login, device, agent FROM reported WHERE agent IS NOT NULL
  UNION
  SELECT e.finding_id, c.login, c.device, c.agent
  FROM (SELECT finding_id, unnest(evidence) AS address FROM reported WHERE agent IS NULL AND login IS NOT NULL) e
  JOIN calls c ON c.export_key || '#' || coalesce(CAST(c.record_id AS VARCHAR), '') = e.address
)
SELECT w.finding_id, w.agent, string_agg(DISTINCT d.other, ', ' ORDER BY d.other) AS looks_like,
       min(d.why) AS why
FROM who w
JOIN doubted d ON d.agent = w.agent AND (w.login IS NULL OR d.login = w.login) AND (w.device IS NULL OR d.device = w.device)
WHERE d.other IS NOT NULL
GROUP BY w.finding_id, w.agent
ORDER BY w.finding_id, w.agent
