-- Whole hours between the first and the last request in which there was none, the longest first.
WITH hours AS (
  SELECT DISTINCT CAST(date_trunc('hour', time) AS BIGINT) AS hour FROM lake.requests
),
steps AS (
  SELECT hour, lead(hour) OVER (ORDER BY hour) AS next_hour FROM hours
)
SELECT hour + 3600000000 AS start_micros, next_hour AS end_micros, (next_hour - hour) / 3600000000 - 1 AS hours
FROM steps
WHERE next_hour > hour + 3600000000
ORDER BY hours DESC, start_micros
LIMIT 10000
