-- +++
-- doc = "When the lake begins, in one row: what lies before, nobody can tell."
-- materialise = true
-- [columns]
-- lake_from = "Time of its first request; null when it is empty."
-- +++
SELECT min(time) AS lake_from FROM history_requests
