-- +++
-- doc = "Every tool of the lake: one row per integration and tool, whenever it was seen."
-- +++
SELECT u.integration, min(u.integration_kind) AS integration_kind, u.tool, min(u.first_seen) AS first_seen,
       max(u.last_seen) AS last_seen, min(u.first_called) AS first_called, max(u.last_called) AS last_called,
       count(DISTINCT u.login) AS user_count, sum(u.offers) AS offers, sum(u.calls) AS calls
FROM history_tool_use u
GROUP BY u.integration, u.tool
