-- Integrations of the window, riskiest first.
WITH callers AS (
  SELECT integration, array_agg(DISTINCT login ORDER BY login) AS users, array_agg(DISTINCT agent ORDER BY agent) AS agents,
         array_agg(DISTINCT device ORDER BY device) AS devices
  FROM tool_use
  WHERE calls > 0
  GROUP BY integration
),
before AS (
  SELECT c.integration, count(*) AS calls
  FROM tool_calls c
  JOIN tool_verdicts v ON v.integration = c.integration AND v.tool = c.tool AND v.verdict = 'denied' AND c.time < v.since
  GROUP BY c.integration
)
SELECT i.integration, i.integration_kind AS kind, i.risk, i.risk_reason,
       CASE WHEN i.review IN ('approved', 'denied', 'expired', 'changed') THEN i.review END AS reviewed,
       i.first_seen >= n.new_from AS new_in_window, coalesce(i.capabilities, make_array()) AS capabilities, i.tools, i.tools_called,
       i.calls, coalesce(b.calls, 0) AS calls_before_denial, i.errors, coalesce(c.users, make_array()) AS users, coalesce(c.agents, make_array()) AS agents,
       coalesce(c.devices, make_array()) AS devices, CAST(i.first_seen AS BIGINT) AS first_seen,
       CAST(i.last_seen AS BIGINT) AS last_seen
FROM integrations i
CROSS JOIN new_from n
LEFT JOIN callers c ON c.integration = i.integration
LEFT JOIN before b ON b.integration = i.integration
ORDER BY i.integration
