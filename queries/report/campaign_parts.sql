-- What may join an incident with others, each call of it once: a place that no user had named (table campaign_places), or
-- an act with a value from a text that gave the order.
WITH
-- What the user had asked to send to.
wanted AS (
  SELECT DISTINCT s.call_uid, s.place
  FROM campaign_places s
  JOIN campaign_calls h ON h.call_uid = s.call_uid
  JOIN messages m ON m.conversation_id = h.conversation_id AND m.position < h.position
  WHERE m.role = 'user' AND m.kind = 'text' AND mentions(m.text, s.place)
),
accused AS (
  SELECT a.call_uid, a.value, a.source, a.sentence, a.by_order FROM accused_results a JOIN (SELECT DISTINCT call_uid FROM campaign_calls) h ON h.call_uid = a.call_uid
),
-- The places that such a text names, of several in one call each.
pointed AS (
  SELECT DISTINCT s.call_uid, s.place
  FROM campaign_places s
  JOIN accused a ON a.call_uid = s.call_uid
  LEFT JOIN followed_orders f ON f.call_uid = s.call_uid AND mentions(f.value, s.place) AND mentions(f.sentence, s.place)
  WHERE mentions(a.value, s.place) OR f.call_uid IS NOT NULL
),
led AS (
  SELECT DISTINCT h.finding_id FROM campaign_calls h JOIN accused a ON a.call_uid = h.call_uid
),
targets AS (
  -- Where a call followed a text, what it names; else whatever no user had named.
  SELECT DISTINCT h.finding_id, h.call_uid, s.place
  FROM campaign_calls h
  JOIN campaign_places s ON s.call_uid = h.call_uid
  LEFT JOIN wanted w ON w.call_uid = s.call_uid AND w.place = s.place
  LEFT JOIN pointed p ON p.call_uid = s.call_uid AND p.place = s.place
  LEFT JOIN led l ON l.finding_id = h.finding_id
  WHERE w.call_uid IS NULL AND (p.call_uid IS NOT NULL OR l.finding_id IS NULL)
),
-- What an order had them do elsewhere, by tool and value.
acts AS (
  SELECT DISTINCT h.finding_id, h.call_uid, c.integration, coalesce(c.tool, c.raw_name) AS tool, a.value
  FROM campaign_calls h
  JOIN accused a ON a.call_uid = h.call_uid AND a.by_order
  JOIN calls c ON c.call_uid = h.call_uid
  LEFT JOIN targets t ON t.finding_id = h.finding_id AND t.call_uid = h.call_uid
  WHERE t.call_uid IS NULL
),
alike AS (
  SELECT finding_id, call_uid, place, CAST(NULL AS VARCHAR) AS integration, CAST(NULL AS VARCHAR) AS tool, CAST(NULL AS VARCHAR) AS value,
         'place ' || place AS story
  FROM targets
  UNION ALL
  SELECT finding_id, call_uid, NULL, integration, tool, value, 'act ' || coalesce(integration, '') || chr(10) || coalesce(tool, '') || chr(10) || lower(value) FROM acts
)
SELECT a.*, c.source, c.sentence
FROM alike a
LEFT JOIN accused c ON c.call_uid = a.call_uid
