-- +++
-- doc = "Hours of the whole lake in which a login was active: the hours at which somebody usually works."
-- materialise = true
-- [columns]
-- day = "Start of the day, UTC."
-- hour = "Hour of the day, UTC, from 0 to 23."
-- requests = "Requests that began in it."
-- +++
SELECT login, date_trunc('day', time) AS day, CAST(date_part('hour', time) AS BIGINT) AS hour, count(*) AS requests
FROM history_requests
GROUP BY login, date_trunc('day', time), CAST(date_part('hour', time) AS BIGINT)
