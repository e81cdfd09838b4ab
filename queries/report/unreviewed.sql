-- Integrations that nobody has approved or denied, or whose verdict has expired or is about other definitions; where some
-- of their tools have a verdict, the tools that have none.
WITH callers AS (
  SELECT integration, tool, array_agg(DISTINCT login ORDER BY login) AS users FROM tool_use WHERE calls > 0 GROUP BY integration, tool
  UNION ALL
  SELECT integration, NULL, array_agg(DISTINCT login ORDER BY login) FROM tool_use WHERE calls > 0 GROUP BY integration
),
partly AS (
  SELECT DISTINCT t.integration
  FROM tools t
  JOIN integrations i ON i.integration = t.integration AND i.review = 'unreviewed'
  WHERE t.review <> 'unreviewed'
),
open AS (
  SELECT i.integration, i.integration_kind, CAST(NULL AS VARCHAR) AS tool, i.risk, i.review, i.calls, i.first_seen
  FROM integrations i
  LEFT JOIN partly p ON p.integration = i.integration
  WHERE i.review IN ('unreviewed', 'expired', 'changed') AND p.integration IS NULL
  UNION ALL
  SELECT t.integration, t.integration_kind, t.tool, t.risk, t.review, t.calls, t.first_seen
  FROM tools t
  JOIN partly p ON p.integration = t.integration
  WHERE t.review = 'unreviewed'
)
SELECT o.integration, o.integration_kind AS kind, o.tool, o.risk,
       CASE o.review WHEN 'expired' THEN 'the verdict has expired' WHEN 'changed' THEN 'a definition is not the one that was approved' ELSE 'never reviewed' END AS why, o.calls,
       coalesce(c.users, make_array()) AS users,
       CAST(o.first_seen AS BIGINT) AS first_seen
FROM open o
LEFT JOIN callers c ON c.integration = o.integration AND coalesce(c.tool, '') = coalesce(o.tool, '')
ORDER BY o.integration, o.tool
