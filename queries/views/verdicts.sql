-- +++
-- doc = "The organisation's verdicts that are in force on the last day of the data in the window."
-- materialise = true
-- [columns]
-- name = "The integration or agent."
-- reason = "Why."
-- owner = "Who decided."
-- expires = "Day from which the verdict no longer counts."
-- scope = "integration or agent."
-- verdict = "approved, denied or expired."
-- +++
WITH given AS (
  SELECT 'integration' AS scope, integration AS name, lower(verdict) AS verdict, reason, owner, expires FROM catalog_reviews
  UNION ALL
  SELECT 'agent', agent, lower(verdict), reason, owner, expires FROM catalog_agent_reviews
),
today AS (
  SELECT left(CAST(max(time) AS VARCHAR), 10) AS day FROM requests
)
SELECT g.scope, g.name, CASE WHEN g.expires IS NOT NULL AND g.expires <= t.day THEN 'expired' ELSE g.verdict END AS verdict,
       g.reason, g.owner, g.expires
FROM given g
LEFT JOIN today t ON true
WHERE g.name IS NOT NULL AND g.verdict IN ('approved', 'denied')
