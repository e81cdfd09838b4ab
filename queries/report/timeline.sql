-- Calls of the records that stand in the evidence of the incidents shown (table reported), by address of the record.
WITH addresses AS (
  SELECT DISTINCT address FROM (SELECT unnest(evidence) AS address FROM reported) each
),
found AS (
  SELECT a.address, c.time AS at, c.conversation_id, c.position, c.part, c.integration, coalesce(c.tool, c.raw_name) AS tool,
         c.outcome, coalesce(c.capabilities, make_array()) AS capabilities, left(c.arguments, 4000) AS argument, c.export_key, c.record_id,
         s.destination, s.novelty
  FROM addresses a
  JOIN calls c ON c.export_key || '#' || coalesce(CAST(c.record_id AS VARCHAR), '') = a.address
  LEFT JOIN steps s ON s.call_uid = c.call_uid AND s.sends
)
SELECT address, CAST(at AS BIGINT) AS time, integration, tool, outcome, capabilities, argument, export_key, record_id, destination, novelty
FROM found
ORDER BY address, at, conversation_id, position, part
