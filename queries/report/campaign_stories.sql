-- What enough incidents (table found) share by their parts (table campaign_parts), and whether that is so much that it
-- leads the report.
WITH limits AS (
  SELECT max(CASE name WHEN 'campaign_incidents' THEN value END) AS incidents, max(CASE name WHEN 'campaign_share' THEN value END) AS share
  FROM catalog_limits
),
found_by AS (
  SELECT finding_id, coalesce(session_id, finding_id) AS cause,
         CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END AS rank
  FROM found
),
stories AS (
  SELECT a.story, min(a.place) AS place, min(a.integration) AS integration, min(a.tool) AS tool, min(a.value) AS value,
         array_agg(DISTINCT a.finding_id ORDER BY a.finding_id) AS findings, count(DISTINCT f.cause) AS incidents, min(f.rank) AS rank
  FROM campaign_parts a
  JOIN found_by f ON f.finding_id = a.finding_id
  GROUP BY a.story
),
of_rank AS (
  SELECT a.story, f.rank, count(DISTINCT f.cause) AS incidents
  FROM campaign_parts a
  JOIN found_by f ON f.finding_id = a.finding_id
  GROUP BY a.story, f.rank
)
SELECT s.*, r.incidents AS worst, s.incidents * 100 >= l.share * t.causes AS leads
FROM stories s
JOIN of_rank r ON r.story = s.story AND r.rank = s.rank
CROSS JOIN limits l
CROSS JOIN (SELECT count(DISTINCT cause) AS causes FROM found_by) t
WHERE s.incidents >= l.incidents
