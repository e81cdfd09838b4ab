-- Who runs which agent on which device, one row each; the key joins all three.
WITH grades AS (
  SELECT r.login, r.device, r.agent, max(f.severity_rank) AS worst, count(DISTINCT f.finding_id) AS findings
  FROM finding_evidence f
  JOIN requests r ON r.export_key = f.export_key AND r.record_id = f.record_id
  GROUP BY r.login, r.device, r.agent
),
use AS (
  SELECT login, device, agent, count(*) AS calls, array_agg(DISTINCT integration ORDER BY integration) AS integrations
  FROM calls
  GROUP BY login, device, agent
)
SELECT r.login || '|' || r.device || '|' || coalesce(r.agent, 'unknown') AS user_device_agent, r.login, r.device,
       coalesce(r.agent, 'unknown') AS agent, min(r.agent_kind) AS agent_kind,
       array_agg(DISTINCT r.agent_version ORDER BY r.agent_version) FILTER (WHERE r.agent_version IS NOT NULL) AS agent_versions,
       array_agg(DISTINCT r.model ORDER BY r.model) FILTER (WHERE r.model IS NOT NULL) AS models,
       max(u.integrations) AS integrations, count(*) AS requests, count(DISTINCT r.session_id) AS sessions,
       coalesce(max(u.calls), 0) AS tool_calls, round(CAST(sum(r.cost_nano_usd) AS DOUBLE) / 1e9, 6) AS cost_usd,
       coalesce(max(g.findings), 0) AS findings,
       CASE max(g.worst) WHEN 5 THEN 'critical' WHEN 4 THEN 'high' WHEN 3 THEN 'medium' WHEN 2 THEN 'low' WHEN 1 THEN 'informational' END AS max_severity,
       min(r.time) AS first_seen, max(r.time) AS last_seen
FROM requests r
LEFT JOIN use u ON u.login = r.login AND u.device = r.device AND u.agent = r.agent
LEFT JOIN grades g ON g.login = r.login AND g.device = r.device AND g.agent = r.agent
GROUP BY r.login, r.device, r.agent
ORDER BY user_device_agent
