-- +++
-- doc = "Messages that first appeared in the window, each once."
-- +++
SELECT h.*
FROM history_messages h
LEFT JOIN run_window w ON true
WHERE (w.start_time IS NULL OR h.time >= w.start_time) AND (w.end_time IS NULL OR h.time < w.end_time)
