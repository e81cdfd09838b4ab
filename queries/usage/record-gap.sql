-- +++
-- title = "Records are missing"
-- severity = "low"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "The gateway's record ids jump: records between two exports were never seen."
-- impact = "What happened in them is not in any finding."
-- false_positives = [
--   "Exports that were not pulled, or a bucket whose old objects were removed.",
--   "A gateway that was set up anew.",
-- ]
-- next_steps = [
--   "SELECT export_key, first_record_id, last_record_id, records FROM exports ORDER BY first_record_id",
--   "Pull the missing exports: lightmeter pull SOURCE",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI10"]
-- [params]
-- min_missing = 100
-- max_gaps = 20
-- [[case]]
-- name = "a hundred ids are missing"
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 0, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 1, time = 2026-03-10T09:01:00Z, login = "ana", device = "n1" },
--   { request_id = "r3", export_key = "e", record_id = 3, record_number = 2, time = 2026-03-10T09:02:00Z, login = "ana", device = "n1" },
--   { request_id = "r104", export_key = "e", record_id = 104, record_number = 3, time = 2026-03-10T09:03:00Z, login = "ana", device = "n1" },
--   { request_id = "r105", export_key = "e", record_id = 105, record_number = 4, time = 2026-03-10T09:04:00Z, login = "ana", device = "n1" },
-- ]
-- expect = [ { subject = "records 4 to 103", count = 100, evidence = ["e#3", "e#104"] } ]
-- [[case]]
-- name = "two gaps"
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 0, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1" },
--   { request_id = "r300", export_key = "e", record_id = 300, record_number = 1, time = 2026-03-10T09:01:00Z, login = "ana", device = "n1" },
--   { request_id = "r700", export_key = "e", record_id = 700, record_number = 2, time = 2026-03-10T09:02:00Z, login = "ana", device = "n1" },
-- ]
-- expect = [ { count = 298 }, { count = 399 } ]
-- [[case]]
-- name = "ids that come out of order in time"
-- history_requests = [
--   { request_id = "r700", export_key = "e", record_id = 700, record_number = 0, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1" },
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:01:00Z, login = "ana", device = "n1" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 2, time = 2026-03-10T09:02:00Z, login = "ana", device = "n1" },
-- ]
-- expect = [ { subject = "records 3 to 699" } ]
-- [[case]]
-- name = "no gap"
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 0, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 1, time = 2026-03-10T09:01:00Z, login = "ana", device = "n1" },
--   { request_id = "r3", export_key = "e", record_id = 3, record_number = 2, time = 2026-03-10T09:02:00Z, login = "ana", device = "n1" },
--   { request_id = "r4", export_key = "e", record_id = 4, record_number = 3, time = 2026-03-10T09:03:00Z, login = "ana", device = "n1" },
-- ]
-- expect = []
-- [[case]]
-- name = "a small gap"
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 0, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 1, time = 2026-03-10T09:01:00Z, login = "ana", device = "n1" },
--   { request_id = "r102", export_key = "e", record_id = 102, record_number = 2, time = 2026-03-10T09:02:00Z, login = "ana", device = "n1" },
-- ]
-- expect = []
-- [[case]]
-- name = "the same record twice"
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 0, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1" },
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 1, time = 2026-03-10T09:01:00Z, login = "ana", device = "n1" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 2, time = 2026-03-10T09:02:00Z, login = "ana", device = "n1" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 3, time = 2026-03-10T09:03:00Z, login = "ana", device = "n1" },
-- ]
-- expect = []
-- [[case]]
-- name = "ids that jump all the time mean nothing"
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 0, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1" },
--   { request_id = "r201", export_key = "e", record_id = 201, record_number = 1, time = 2026-03-10T09:01:00Z, login = "ana", device = "n1" },
--   { request_id = "r401", export_key = "e", record_id = 401, record_number = 2, time = 2026-03-10T09:02:00Z, login = "ana", device = "n1" },
--   { request_id = "r601", export_key = "e", record_id = 601, record_number = 3, time = 2026-03-10T09:03:00Z, login = "ana", device = "n1" },
--   { request_id = "r801", export_key = "e", record_id = 801, record_number = 4, time = 2026-03-10T09:04:00Z, login = "ana", device = "n1" },
--   { request_id = "r1001", export_key = "e", record_id = 1001, record_number = 5, time = 2026-03-10T09:05:00Z, login = "ana", device = "n1" },
--   { request_id = "r1201", export_key = "e", record_id = 1201, record_number = 6, time = 2026-03-10T09:06:00Z, login = "ana", device = "n1" },
--   { request_id = "r1401", export_key = "e", record_id = 1401, record_number = 7, time = 2026-03-10T09:07:00Z, login = "ana", device = "n1" },
--   { request_id = "r1601", export_key = "e", record_id = 1601, record_number = 8, time = 2026-03-10T09:08:00Z, login = "ana", device = "n1" },
--   { request_id = "r1801", export_key = "e", record_id = 1801, record_number = 9, time = 2026-03-10T09:09:00Z, login = "ana", device = "n1" },
--   { request_id = "r2001", export_key = "e", record_id = 2001, record_number = 10, time = 2026-03-10T09:10:00Z, login = "ana", device = "n1" },
--   { request_id = "r2201", export_key = "e", record_id = 2201, record_number = 11, time = 2026-03-10T09:11:00Z, login = "ana", device = "n1" },
--   { request_id = "r2401", export_key = "e", record_id = 2401, record_number = 12, time = 2026-03-10T09:12:00Z, login = "ana", device = "n1" },
--   { request_id = "r2601", export_key = "e", record_id = 2601, record_number = 13, time = 2026-03-10T09:13:00Z, login = "ana", device = "n1" },
--   { request_id = "r2801", export_key = "e", record_id = 2801, record_number = 14, time = 2026-03-10T09:14:00Z, login = "ana", device = "n1" },
--   { request_id = "r3001", export_key = "e", record_id = 3001, record_number = 15, time = 2026-03-10T09:15:00Z, login = "ana", device = "n1" },
--   { request_id = "r3201", export_key = "e", record_id = 3201, record_number = 16, time = 2026-03-10T09:16:00Z, login = "ana", device = "n1" },
--   { request_id = "r3401", export_key = "e", record_id = 3401, record_number = 17, time = 2026-03-10T09:17:00Z, login = "ana", device = "n1" },
--   { request_id = "r3601", export_key = "e", record_id = 3601, record_number = 18, time = 2026-03-10T09:18:00Z, login = "ana", device = "n1" },
--   { request_id = "r3801", export_key = "e", record_id = 3801, record_number = 19, time = 2026-03-10T09:19:00Z, login = "ana", device = "n1" },
--   { request_id = "r4001", export_key = "e", record_id = 4001, record_number = 20, time = 2026-03-10T09:20:00Z, login = "ana", device = "n1" },
--   { request_id = "r4201", export_key = "e", record_id = 4201, record_number = 21, time = 2026-03-10T09:21:00Z, login = "ana", device = "n1" },
-- ]
-- expect = []
-- [[case]]
-- name = "records without ids"
-- history_requests = [
--   { request_id = "r", export_key = "e", record_number = 1, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1" },
-- ]
-- expect = []
-- [[case]]
-- name = "after the window"
-- history_requests = [
--   { request_id = "r1", export_key = "e", record_id = 1, record_number = 0, time = 2026-03-10T09:00:00Z, login = "ana", device = "n1" },
--   { request_id = "r2", export_key = "e", record_id = 2, record_number = 1, time = 2026-03-10T09:01:00Z, login = "ana", device = "n1" },
--   { request_id = "r3", export_key = "e", record_id = 3, record_number = 2, time = 2026-03-10T09:02:00Z, login = "ana", device = "n1" },
--   { request_id = "r104", export_key = "e", record_id = 104, record_number = 3, time = 2026-03-10T09:03:00Z, login = "ana", device = "n1" },
-- ]
-- run_window = [
--   { end_time = 2026-03-10T00:00:00Z },
-- ]
-- expect = []
-- +++
WITH ids AS (
  SELECT record_id, min(time) AS time, min(export_key) AS export_key FROM history_requests WHERE record_id IS NOT NULL GROUP BY record_id
),
steps AS (
  SELECT record_id, time, export_key, lag(record_id) OVER (ORDER BY record_id) AS last_id, lag(time) OVER (ORDER BY record_id) AS last_time,
         lag(export_key) OVER (ORDER BY record_id) AS last_export
  FROM ids
),
gaps AS (
  SELECT *, record_id - last_id - 1 AS missing FROM steps WHERE record_id - last_id - 1 >= $min_missing
),
counted AS (
  SELECT *, count(*) OVER () AS gaps FROM gaps
)
SELECT
  'records ' || CAST(g.last_id + 1 AS VARCHAR) || ' to ' || CAST(g.record_id - 1 AS VARCHAR) AS subject,
  CAST(g.missing AS VARCHAR) || ' records between ' || CAST(g.last_id AS VARCHAR) || ' and ' || CAST(g.record_id AS VARCHAR) || ' are in no export of the lake.' AS reason,
  least(g.last_time, g.time) AS first_seen,
  greatest(g.last_time, g.time) AS last_seen,
  g.missing AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  CAST(g.last_id AS VARCHAR) || ' ' || CAST(g.record_id AS VARCHAR) AS key,
  make_array(evidence(g.last_export, g.last_id), evidence(g.export_key, g.record_id)) AS evidence
FROM counted g
LEFT JOIN run_window w ON true
WHERE g.gaps <= $max_gaps
  AND (w.start_time IS NULL OR greatest(g.last_time, g.time) >= w.start_time) AND (w.end_time IS NULL OR least(g.last_time, g.time) < w.end_time)
ORDER BY g.record_id
