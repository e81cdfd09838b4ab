-- Integrations that nobody has approved or denied, or whose verdict has expired or is about other definitions.
WITH callers AS (
  SELECT integration, array_agg(DISTINCT login ORDER BY login) AS users FROM tool_use WHERE calls > 0 GROUP BY integration
)
SELECT i.integration, integration_kind AS kind, CAST(NULL AS VARCHAR) AS tool, risk,
       CASE review WHEN 'expired' THEN 'the verdict has expired' WHEN 'changed' THEN 'a definition is not the one that was approved' ELSE 'never reviewed' END AS why, calls,
       coalesce(c.users, make_array()) AS users,
       CAST(first_seen AS BIGINT) AS first_seen
FROM integrations i
LEFT JOIN callers c ON c.integration = i.integration
WHERE review IN ('unreviewed', 'expired', 'changed')
ORDER BY i.integration
