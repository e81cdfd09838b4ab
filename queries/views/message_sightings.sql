-- +++
-- doc = "The one sighting that stands for each piece of content, with how often it was sent again."
-- materialise = true
-- [columns]
-- sent_again = "Requests that carried it after the first one."
-- last_sent = "Start of the last request that carried it."
-- +++
WITH once AS (
  SELECT message_id, first_value(export_key ORDER BY time, export_key) AS export_key,
         first_value(element_id ORDER BY time, export_key) AS element_id, min(time) AS time
  FROM lake.messages
  GROUP BY message_id
),
carried AS (
  SELECT element_id, sum(requests) AS requests, max(last_time) AS last_time
  FROM lake.carries
  WHERE export_key NOT IN (SELECT export_key FROM repeated_exports)
  GROUP BY element_id
)
SELECT o.message_id, o.export_key, greatest(coalesce(c.requests, 1) - 1, 0) AS sent_again,
       coalesce(c.last_time, o.time) AS last_sent
FROM once o
LEFT JOIN carried c ON c.element_id = o.element_id
