-- Tools whose definition is not what it was, in time order: each change to a definition that was never offered before.
WITH versions AS (
  SELECT integration, tool, definition_hash, min(description) AS description, min(schema) AS schema, min(time) AS first_seen
  FROM history_tool_definitions
  GROUP BY integration, tool, definition_hash
),
steps AS (
  SELECT integration, tool, definition_hash, first_seen,
         lag(definition_hash) OVER (PARTITION BY integration, tool ORDER BY first_seen, definition_hash) AS old_hash,
         lag(first_seen) OVER (PARTITION BY integration, tool ORDER BY first_seen, definition_hash) AS old_seen,
         coalesce(description, '') <> coalesce(lag(description) OVER (PARTITION BY integration, tool ORDER BY first_seen, definition_hash), '') AS other_text,
         coalesce(schema, '') <> coalesce(lag(schema) OVER (PARTITION BY integration, tool ORDER BY first_seen, definition_hash), '') AS other_schema
  FROM versions
),
people AS (
  SELECT integration, tool, definition_hash, array_agg(DISTINCT login ORDER BY login) AS users
  FROM tool_offers
  GROUP BY integration, tool, definition_hash
)
SELECT s.integration, s.tool,
       CASE WHEN s.other_text AND s.other_schema THEN 'description and schema' WHEN s.other_schema THEN 'schema' ELSE 'description' END AS change,
       s.old_hash, s.definition_hash AS new_hash, CAST(s.first_seen AS BIGINT) AS time, coalesce(p.users, make_array()) AS users
FROM steps s
CROSS JOIN run_window w
LEFT JOIN people p ON p.integration = s.integration AND p.tool = s.tool AND p.definition_hash = s.definition_hash
WHERE s.old_hash IS NOT NULL AND s.first_seen > s.old_seen
  AND (w.start_time IS NULL OR s.first_seen >= w.start_time) AND (w.end_time IS NULL OR s.first_seen < w.end_time)
ORDER BY s.first_seen, s.integration, s.tool, s.definition_hash
