-- +++
-- doc = "One row: the moment from which something seen for the first time counts as new. The start of the window, but not before two weeks after the first request of the lake, when nearly everything is seen for the first time."
-- [columns]
-- new_from = "That moment; null while the lake is empty."
-- +++
SELECT greatest(coalesce(w.start_time, d.first_time), d.first_time + INTERVAL '14 days') AS new_from
FROM (SELECT min(time) AS first_time FROM history_requests) d
CROSS JOIN run_window w
