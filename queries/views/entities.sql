-- +++
-- doc = "What the messages and calls of the window name."
-- +++
SELECT h.*
FROM history_entities h
LEFT JOIN run_window w ON true
WHERE (w.start_time IS NULL OR h.time >= w.start_time) AND (w.end_time IS NULL OR h.time < w.end_time)
