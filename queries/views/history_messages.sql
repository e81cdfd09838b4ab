-- +++
-- doc = "Every piece of content of the lake once, at its first appearance, with how often it was sent again."
-- [columns]
-- sent_again = "Requests that carried it after the first one."
-- last_sent = "Start of the last request that carried it."
-- +++
WITH once AS (
  SELECT message_id, first_value(export_key ORDER BY time, export_key) AS export_key
  FROM lake.messages
  GROUP BY message_id
),
carried AS (
  SELECT element_id, sum(requests) AS requests, max(last_time) AS last_time
  FROM lake.carries
  WHERE export_key NOT IN (SELECT export_key FROM repeated_exports)
  GROUP BY element_id
)
SELECT m.*, greatest(coalesce(c.requests, 1) - 1, 0) AS sent_again, coalesce(c.last_time, m.time) AS last_sent
FROM lake.messages m
JOIN once o ON o.message_id = m.message_id AND o.export_key = m.export_key
LEFT JOIN carried c ON c.element_id = m.element_id
