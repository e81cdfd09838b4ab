-- +++
-- doc = "Offers of tool definitions that were made in the window: one row per definition, login, device and agent."
-- +++
-- Offers are counted per export, so the last one can lie behind the window.
SELECT h.* REPLACE (least(h.last_seen, w.end_time - INTERVAL '1 microsecond') AS last_seen)
FROM history_tool_offers h
LEFT JOIN run_window w ON true
WHERE (w.start_time IS NULL OR h.last_seen >= w.start_time) AND (w.end_time IS NULL OR h.first_seen < w.end_time)
