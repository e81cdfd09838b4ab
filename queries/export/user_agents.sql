-- Who runs which agent on which device, one row each; the key joins all three.
WITH named AS (
  SELECT *, coalesce(agent, 'unknown') AS agent_name FROM requests
),
grades AS (
  SELECT r.login, r.device, r.agent_name, max(f.severity_rank) AS worst, count(DISTINCT f.finding_id) AS findings
  FROM finding_evidence f
  JOIN named r ON r.export_key = f.export_key AND r.record_id = f.record_id
  GROUP BY r.login, r.device, r.agent_name
),
use AS (
  SELECT login, device, coalesce(agent, 'unknown') AS agent_name, count(*) AS calls,
         array_agg(DISTINCT integration ORDER BY integration) AS integrations
  FROM calls
  GROUP BY login, device, coalesce(agent, 'unknown')
)
SELECT r.login || '|' || r.device || '|' || r.agent_name AS user_device_agent, r.login, r.device,
       r.agent_name AS agent, min(r.agent_kind) AS agent_kind,
       array_agg(DISTINCT r.agent_version ORDER BY r.agent_version) FILTER (WHERE r.agent_version IS NOT NULL) AS agent_versions,
       array_agg(DISTINCT r.model ORDER BY r.model) FILTER (WHERE r.model IS NOT NULL) AS models,
       max(u.integrations) AS integrations, count(*) AS requests, count(DISTINCT r.session_id) AS sessions,
       coalesce(max(u.calls), 0) AS tool_calls, round(CAST(sum(r.cost_nano_usd) AS DOUBLE) / 1e9, 6) AS cost_usd,
       coalesce(max(g.findings), 0) AS findings,
       CASE max(g.worst) WHEN 5 THEN 'critical' WHEN 4 THEN 'high' WHEN 3 THEN 'medium' WHEN 2 THEN 'low' WHEN 1 THEN 'informational' END AS max_severity,
       min(r.time) AS first_seen, max(r.time) AS last_seen
FROM named r
LEFT JOIN use u ON u.login = r.login AND u.device = r.device AND u.agent_name = r.agent_name
LEFT JOIN grades g ON g.login = r.login AND g.device = r.device AND g.agent_name = r.agent_name
GROUP BY r.login, r.device, r.agent_name
ORDER BY user_device_agent
