-- +++
-- doc = "What the organisation's verdicts say of each tool of the window: its own verdict, else that on its integration."
-- materialise = true
-- [columns]
-- verdict = "approved, denied, expired, or changed: approved, and a definition is none of those that were approved."
-- reason = "Why."
-- owner = "Who decided."
-- since = "Moment from which a denial is about what is called, of two the earlier; null for always."
-- own = "Whether the verdict is on the tool itself."
-- +++
WITH offered AS (
  SELECT DISTINCT integration, tool, tool || ' ' || left(definition_hash, 16) AS pin FROM tool_offers WHERE integration IS NOT NULL
),
pins AS (
  SELECT integration, CAST(NULL AS VARCHAR) AS tool, unnest(definitions) AS pin FROM catalog_reviews
  UNION ALL
  SELECT integration, tool, unnest(definitions) FROM catalog_tool_reviews
),
-- Definitions that a verdict with pins does not name.
strange AS (
  SELECT o.integration, o.tool, p.tool IS NOT NULL AS own
  FROM offered o
  JOIN (SELECT DISTINCT integration, tool FROM pins) p ON p.integration = o.integration AND (p.tool IS NULL OR p.tool = o.tool)
  LEFT JOIN pins k ON k.integration = o.integration AND coalesce(k.tool, '') = coalesce(p.tool, '') AND k.pin = o.pin
  WHERE k.pin IS NULL
  GROUP BY o.integration, o.tool, p.tool IS NOT NULL
),
each AS (
  SELECT DISTINCT integration, tool FROM tool_use
),
given AS (
  SELECT e.integration, e.tool, t.name IS NOT NULL AS own, coalesce(t.verdict, i.verdict) AS verdict,
         CASE WHEN t.name IS NOT NULL THEN t.reason ELSE i.reason END AS reason, CASE WHEN t.name IS NOT NULL THEN t.owner ELSE i.owner END AS owner,
         CASE WHEN t.verdict = 'denied' AND i.verdict = 'denied' THEN CASE WHEN t.since IS NOT NULL AND i.since IS NOT NULL THEN least(t.since, i.since) END
              WHEN t.name IS NOT NULL THEN t.since ELSE i.since END AS since
  FROM each e
  LEFT JOIN verdicts t ON t.scope = 'tool' AND t.name = e.integration || '/' || e.tool
  LEFT JOIN verdicts i ON i.scope = 'integration' AND i.name = e.integration
)
SELECT g.integration, g.tool, CASE WHEN g.verdict = 'approved' AND s.tool IS NOT NULL THEN 'changed' ELSE g.verdict END AS verdict,
       g.reason, g.owner, g.since, g.own
FROM given g
LEFT JOIN strange s ON s.integration = g.integration AND s.tool = g.tool AND s.own = g.own
WHERE g.verdict IS NOT NULL
