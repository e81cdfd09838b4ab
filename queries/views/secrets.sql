-- +++
-- doc = "Places that first showed a secret to a model in the window. Never the secret."
-- +++
SELECT h.*
FROM history_secrets h
LEFT JOIN run_window w ON true
WHERE (w.start_time IS NULL OR h.time >= w.start_time) AND (w.end_time IS NULL OR h.time < w.end_time)
