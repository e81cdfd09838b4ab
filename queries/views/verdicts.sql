-- +++
-- doc = "The organisation's verdicts as they stand on the last day of the window, or of its data where the window is open."
-- materialise = true
-- [columns]
-- name = "The integration or agent, or integration/tool."
-- reason = "Why."
-- owner = "Who decided."
-- since = "Moment from which a denial is about what is called; null for always."
-- expires = "Day from which the verdict no longer counts."
-- scope = "integration, tool or agent."
-- verdict = "approved, denied or expired."
-- +++
WITH given AS (
  SELECT 'integration' AS scope, integration AS name, lower(verdict) AS verdict, reason, owner, since, expires FROM catalog_reviews
  UNION ALL
  SELECT 'tool', integration || '/' || tool, lower(verdict), reason, owner, since, expires FROM catalog_tool_reviews
  UNION ALL
  SELECT 'agent', agent, lower(verdict), reason, owner, since, expires FROM catalog_agent_reviews
),
today AS (
  SELECT left(CAST(coalesce(max(w.end_time) - INTERVAL '1 microsecond', max(r.time)) AS VARCHAR), 10) AS day
  FROM requests r
  CROSS JOIN run_window w
)
SELECT g.scope, g.name, CASE WHEN g.expires IS NOT NULL AND g.expires <= t.day THEN 'expired' ELSE g.verdict END AS verdict,
       g.reason, g.owner, arrow_cast(TRY_CAST(g.since AS TIMESTAMP), 'Timestamp(Microsecond, Some("UTC"))') AS since, g.expires
FROM given g
LEFT JOIN today t ON true
WHERE g.name IS NOT NULL AND g.verdict IN ('approved', 'denied')
