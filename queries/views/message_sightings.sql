-- +++
-- doc = "The one sighting that stands for each piece of content, with how often it was sent again."
-- materialise = true
-- [columns]
-- sent_again = "Requests that carried it after the first one."
-- last_sent = "Start of the last request that carried it."
-- [[case]]
-- name = "two exports show it: the earlier one, and the requests of both"
-- "lake.messages" = [
--   { message_id = "x", element_id = "m1", export_key = "e2", record_id = 1, time = 2026-03-01T10:00:00Z },
--   { message_id = "x", element_id = "m1", export_key = "e1", record_id = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- "lake.carries" = [
--   { element_id = "m1", export_key = "e1", time = 2026-03-01T09:00:00Z, requests = 3, last_time = 2026-03-01T09:30:00Z },
--   { element_id = "m1", export_key = "e2", time = 2026-03-01T09:00:00Z, requests = 2, last_time = 2026-03-01T10:30:00Z },
-- ]
-- expect = [
--   { message_id = "x", export_key = "e1", sent_again = 4, last_sent = 2026-03-01T10:30:00Z },
-- ]
-- [[case]]
-- name = "an export that repeats another does not count twice"
-- "lake.messages" = [
--   { message_id = "x", element_id = "m1", export_key = "e1", record_id = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- "lake.carries" = [
--   { element_id = "m1", export_key = "e1", time = 2026-03-01T09:00:00Z, requests = 3, last_time = 2026-03-01T09:30:00Z },
--   { element_id = "m1", export_key = "e2", time = 2026-03-01T09:00:00Z, requests = 3, last_time = 2026-03-01T09:30:00Z },
-- ]
-- repeated_exports = [
--   { export_key = "e2" },
-- ]
-- expect = [
--   { sent_again = 2, last_sent = 2026-03-01T09:30:00Z },
-- ]
-- [[case]]
-- name = "carried by nothing else"
-- "lake.messages" = [
--   { message_id = "x", element_id = "m1", export_key = "e1", record_id = 1, time = 2026-03-01T09:00:00Z },
-- ]
-- "lake.carries" = [
--   { element_id = "m2", export_key = "e1", time = 2026-03-01T09:00:00Z, requests = 3, last_time = 2026-03-01T09:30:00Z },
-- ]
-- expect = [
--   { sent_again = 0, last_sent = 2026-03-01T09:00:00Z },
-- ]
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
