-- +++
-- doc = "Commands of the shell calls of the window."
-- +++
SELECT h.*
FROM history_commands h
LEFT JOIN run_window w ON true
WHERE (w.start_time IS NULL OR h.time >= w.start_time) AND (w.end_time IS NULL OR h.time < w.end_time)
