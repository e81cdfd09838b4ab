-- First and last request of the window, and how many there are.
SELECT CAST(min(time) AS BIGINT) AS data_start, CAST(max(coalesce(time_end, time)) AS BIGINT) AS data_end, count(*) AS requests
FROM requests
