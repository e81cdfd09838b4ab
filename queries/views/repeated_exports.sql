-- +++
-- doc = "Exports of which another export carries every request with as much content: copies under another name, and the beginnings of exports that were read whole later. What is counted per export leaves them out."
-- materialise = true
-- [[case]]
-- name = "a copy under another name: the first by name counts"
-- "lake.requests" = [
--   { export_key = "a", request_id = "1", content_grade = "full", time = 2026-03-01T09:00:00Z },
--   { export_key = "a", request_id = "2", content_grade = "full", time = 2026-03-01T09:00:00Z },
--   { export_key = "b", request_id = "1", content_grade = "full", time = 2026-03-01T09:00:00Z },
--   { export_key = "b", request_id = "2", content_grade = "full", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { export_key = "b" },
-- ]
-- [[case]]
-- name = "the beginning of an export that was read whole later"
-- "lake.requests" = [
--   { export_key = "a", request_id = "1", content_grade = "full", time = 2026-03-01T09:00:00Z },
--   { export_key = "b", request_id = "1", content_grade = "full", time = 2026-03-01T09:00:00Z },
--   { export_key = "b", request_id = "2", content_grade = "full", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = [
--   { export_key = "a" },
-- ]
-- [[case]]
-- name = "exports that overlap in part each hold something of their own"
-- "lake.requests" = [
--   { export_key = "a", request_id = "1", content_grade = "full", time = 2026-03-01T09:00:00Z },
--   { export_key = "a", request_id = "2", content_grade = "full", time = 2026-03-01T09:00:00Z },
--   { export_key = "b", request_id = "2", content_grade = "full", time = 2026-03-01T09:00:00Z },
--   { export_key = "b", request_id = "3", content_grade = "full", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "the same requests with more content are no repetition"
-- "lake.requests" = [
--   { export_key = "a", request_id = "1", content_grade = "metrics", time = 2026-03-01T09:00:00Z },
--   { export_key = "b", request_id = "1", content_grade = "full", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "exports that share nothing"
-- "lake.requests" = [
--   { export_key = "a", request_id = "1", content_grade = "full", time = 2026-03-01T09:00:00Z },
--   { export_key = "b", request_id = "2", content_grade = "full", time = 2026-03-01T09:00:00Z },
-- ]
-- expect = []
-- +++
WITH shared AS (
  SELECT request_id, content_grade FROM lake.requests GROUP BY request_id, content_grade HAVING min(export_key) <> max(export_key)
),
carried AS (
  SELECT DISTINCT r.export_key, r.request_id, r.content_grade
  FROM lake.requests r
  JOIN shared s ON s.request_id = r.request_id AND s.content_grade = r.content_grade
),
-- Only exports that share a request with another one, which are few.
sizes AS (
  SELECT export_key, count(DISTINCT request_id || ' ' || content_grade) AS requests
  FROM lake.requests
  WHERE export_key IN (SELECT export_key FROM carried)
  GROUP BY export_key
),
pairs AS (
  SELECT a.export_key, b.export_key AS other, count(*) AS requests
  FROM carried a
  JOIN carried b ON b.request_id = a.request_id AND b.content_grade = a.content_grade AND b.export_key <> a.export_key
  GROUP BY a.export_key, b.export_key
)
SELECT DISTINCT p.export_key
FROM pairs p
JOIN sizes s ON s.export_key = p.export_key
JOIN sizes o ON o.export_key = p.other
-- Of equal ones the first by name counts.
WHERE p.requests = s.requests AND (o.requests > s.requests OR p.other < p.export_key)
