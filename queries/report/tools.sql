-- Tools of the window, by integration.
WITH names AS (
  SELECT integration, tool, raw_name FROM tool_offers GROUP BY integration, tool, raw_name
  UNION
  SELECT integration, tool, raw_name FROM tool_calls GROUP BY integration, tool, raw_name
),
raw AS (
  SELECT integration, tool, array_agg(raw_name ORDER BY raw_name) AS raw_names FROM names GROUP BY integration, tool
),
-- Who called it, not who could have.
callers AS (
  SELECT integration, tool, array_agg(DISTINCT login ORDER BY login) AS users, array_agg(DISTINCT agent ORDER BY agent) AS agents,
         array_agg(DISTINCT device ORDER BY device) AS devices
  FROM tool_use
  WHERE calls > 0
  GROUP BY integration, tool
),
before AS (
  SELECT c.integration, c.tool, count(*) AS calls
  FROM tool_calls c
  JOIN tool_verdicts v ON v.integration = c.integration AND v.tool = c.tool AND v.verdict = 'denied' AND c.time < v.since
  GROUP BY c.integration, c.tool
)
SELECT t.integration, t.integration_kind AS kind, t.tool, coalesce(r.raw_names, make_array()) AS raw_names,
       coalesce(t.risk, 'unknown') AS risk, coalesce(t.risk_reason, 'Nothing is known of it.') AS risk_reason,
       CASE WHEN t.review IN ('approved', 'denied', 'expired', 'changed') THEN t.review END AS reviewed,
       t.first_seen >= n.new_from AS new_in_window, coalesce(t.capabilities, make_array()) AS capabilities,
       t.offered_users AS offered_to_users, t.versions AS definitions, t.calls, coalesce(b.calls, 0) AS calls_before_denial, t.errors + t.refused AS errors,
       coalesce(c.users, make_array()) AS users, coalesce(c.agents, make_array()) AS agents,
       coalesce(c.devices, make_array()) AS devices, CAST(t.first_seen AS BIGINT) AS first_seen, CAST(t.last_seen AS BIGINT) AS last_seen
FROM tools t
CROSS JOIN new_from n
LEFT JOIN raw r ON r.integration = t.integration AND r.tool = t.tool
LEFT JOIN callers c ON c.integration = t.integration AND c.tool = t.tool
LEFT JOIN before b ON b.integration = t.integration AND b.tool = t.tool
ORDER BY t.integration, t.tool
