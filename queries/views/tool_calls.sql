-- +++
-- doc = "Tool calls of the window, each once, with what came back."
-- +++
SELECT h.*
FROM history_tool_calls h
LEFT JOIN run_window w ON true
WHERE (w.start_time IS NULL OR h.time >= w.start_time) AND (w.end_time IS NULL OR h.time < w.end_time)
