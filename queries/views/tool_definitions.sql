-- +++
-- doc = "Tool definitions that were offered in the window."
-- +++
-- The last offer can lie behind the window.
SELECT h.* REPLACE (least(h.last_seen, w.end_time - INTERVAL '1 microsecond') AS last_seen)
FROM history_tool_definitions h
LEFT JOIN run_window w ON true
WHERE (w.start_time IS NULL OR h.last_seen >= w.start_time) AND (w.end_time IS NULL OR h.time < w.end_time)
