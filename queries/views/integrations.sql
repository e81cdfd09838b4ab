-- +++
-- doc = "The integrations of the window: what brings tools, who uses it, what it can do at most, and whether it was reviewed."
-- materialise = true
-- [columns]
-- vendor = "Who makes it, where the catalogue knows."
-- tools = "Tools of it."
-- tools_called = "Tools of it that were called."
-- review_reason = "Why the verdict was given."
-- review_owner = "Who gave it."
-- first_seen = "First time in the whole lake."
-- known = "Whether the catalogue knows it."
-- capabilities = "Everything that at least one of its tools can certainly do."
-- risk = "The highest risk among its tools."
-- riskiest_tool = "The tool that has it; of several, one that was called."
-- riskiest_called = "Whether that tool was called."
-- +++
WITH people AS (
  SELECT integration, array_agg(DISTINCT login ORDER BY login) AS users, array_agg(DISTINCT device ORDER BY device) AS devices,
         array_agg(DISTINCT agent ORDER BY agent) AS agents, count(DISTINCT CASE WHEN calls > 0 THEN login END) AS called_users
  FROM tool_use
  GROUP BY integration
),
ranked AS (
  SELECT *, CASE risk WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'unknown' THEN 1 ELSE 0 END AS risk_rank FROM tools
),
grouped AS (
  SELECT integration, min(integration_kind) AS integration_kind, count(*) AS tools,
         sum(CASE WHEN never_called THEN 0 ELSE 1 END) AS tools_called, sum(offers) AS offers, sum(calls) AS calls,
         sum(errors) AS errors, min(first_seen) AS first_seen, max(last_seen) AS last_seen, min(first_called) AS first_called,
         max(last_called) AS last_called, bool_or(review = 'changed') AS changed, bool_and(review = 'approved') AS approved,
         bool_and(review = 'not needed') AS not_needed,
         first_value(risk ORDER BY risk_rank DESC, tool) AS risk, first_value(tool ORDER BY risk_rank DESC, never_called, tool) AS riskiest_tool,
         first_value(risk_reason ORDER BY risk_rank DESC, never_called, tool) AS risk_reason,
         first_value(NOT never_called ORDER BY risk_rank DESC, never_called, tool) AS riskiest_called,
         first_value(export_key ORDER BY first_seen, export_key, record_id) AS export_key,
         first_value(record_id ORDER BY first_seen, export_key, record_id) AS record_id
  FROM ranked
  GROUP BY integration
),
can AS (
  SELECT integration, array_agg(DISTINCT capability ORDER BY capability) AS capabilities
  FROM (SELECT integration, unnest(capabilities) AS capability FROM tools) each
  WHERE capability IS NOT NULL
  GROUP BY integration
)
SELECT g.integration, g.integration_kind, c.vendor, c.name IS NOT NULL AS known, p.users, p.devices, p.agents, p.called_users,
       g.tools, g.tools_called, g.offers, g.calls, g.errors, g.first_seen, g.last_seen, g.first_called, g.last_called,
       a.capabilities, g.risk, g.risk_reason, g.riskiest_tool, g.riskiest_called,
       CASE WHEN v.verdict = 'approved' AND g.changed THEN 'changed'
            WHEN v.verdict IS NOT NULL THEN v.verdict
            WHEN g.not_needed THEN 'not needed'
            WHEN g.changed THEN 'changed'
            WHEN g.approved THEN 'approved'
            ELSE 'unreviewed' END AS review,
       v.reason AS review_reason, v.owner AS review_owner,
       g.export_key, g.record_id
FROM grouped g
JOIN people p ON p.integration = g.integration
LEFT JOIN can a ON a.integration = g.integration
LEFT JOIN catalog_integrations c ON c.name = g.integration
LEFT JOIN verdicts v ON v.scope = 'integration' AND v.name = g.integration
