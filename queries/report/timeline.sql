-- Calls of the records that stand in the evidence of the incidents shown (table reported), by address of the record.
WITH addresses AS (
  SELECT DISTINCT address FROM (SELECT unnest(evidence) AS address FROM reported) each
),
-- Of each call the place that data went to, the newest to the organisation first; else the one that it fetched from.
places AS (
  SELECT call_uid, max(CASE WHEN nth = 1 THEN place END) AS place, max(CASE WHEN nth = 1 THEN novelty END) AS novelty,
         bool_or(nth = 1 AND sent) AS sent
  FROM (
    SELECT *, row_number() OVER (PARTITION BY call_uid ORDER BY sent DESC,
             CASE novelty WHEN 'new' THEN 0 WHEN 'seen' THEN 1 WHEN 'known' THEN 2 ELSE 3 END, place) AS nth
    FROM call_destinations
  )
  GROUP BY call_uid
),
found AS (
  SELECT a.address, c.time AS at, c.conversation_id, c.position, c.part, c.integration, coalesce(c.tool, c.raw_name) AS tool,
         c.outcome, coalesce(c.capabilities, make_array()) AS capabilities, left(c.arguments, 4000) AS argument, c.export_key, c.record_id,
         CASE WHEN p.sent THEN p.place END AS destination, CASE WHEN NOT p.sent THEN p.place END AS fetched_from, p.novelty
  FROM addresses a
  JOIN calls c ON c.export_key || '#' || coalesce(CAST(c.record_id AS VARCHAR), '') = a.address
  LEFT JOIN steps s ON s.call_uid = c.call_uid AND s.sends
  LEFT JOIN places p ON p.call_uid = s.call_uid
)
SELECT address, CAST(at AS BIGINT) AS time, integration, tool, outcome, capabilities, argument, export_key, record_id, destination, fetched_from, novelty
FROM found
ORDER BY address, at, conversation_id, position, part
