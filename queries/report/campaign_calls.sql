-- The calls that the evidence of all incidents (table found) holds.
WITH cited AS (
  SELECT finding_id, session_id, integration, tool, unnest(evidence) AS address FROM found
)
SELECT DISTINCT t.finding_id, c.call_uid, c.conversation_id, c.position
FROM cited t
JOIN calls c ON c.export_key || '#' || coalesce(CAST(c.record_id AS VARCHAR), '') = t.address
WHERE c.outcome <> 'refused'
  -- Of a record with many calls, those of the incident's session, tool or integration matter.
  AND (c.session_id = t.session_id
    OR t.session_id IS NULL AND (t.integration IS NULL OR t.integration = c.integration) AND (t.tool IS NULL OR t.tool = coalesce(c.tool, c.raw_name)))
