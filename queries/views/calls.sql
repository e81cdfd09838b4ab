-- +++
-- doc = "Tool calls of the window with what they can do: capabilities, risk and the reasons."
-- +++
SELECT h.*
FROM history_calls h
LEFT JOIN run_window w ON true
WHERE (w.start_time IS NULL OR h.time >= w.start_time) AND (w.end_time IS NULL OR h.time < w.end_time)
