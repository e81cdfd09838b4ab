-- Sessions whose id begins with the text, or that the client or the gateway called so. The window does not matter.
WITH once AS (
  SELECT request_id, first_value(export_key ORDER BY time, export_key, record_number) AS export_key
  FROM lake.requests
  GROUP BY request_id
)
SELECT r.session_id, array_agg(DISTINCT r.login ORDER BY r.login) AS logins, count(*) AS requests,
       CAST(min(r.time) AS BIGINT) AS first_time, CAST(max(coalesce(r.time_end, r.time)) AS BIGINT) AS last_time
FROM lake.requests r
JOIN once o ON o.request_id = r.request_id AND o.export_key = r.export_key
WHERE starts_with(r.session_id, $id) OR r.client_session_id = $id OR r.aperture_session_id = $id
GROUP BY r.session_id
ORDER BY r.session_id = $id DESC, first_time DESC, r.session_id
LIMIT 1000
