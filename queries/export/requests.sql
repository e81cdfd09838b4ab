-- Requests that used a tool or stand behind a finding, one row per capture id: joins verdicts to the raw export in a SIEM.
WITH findings AS (
  SELECT export_key, record_id, array_agg(DISTINCT finding_id ORDER BY finding_id) AS finding_ids, max(severity_rank) AS worst
  FROM finding_evidence
  GROUP BY export_key, record_id
),
use AS (
  SELECT export_key, record_id, array_agg(DISTINCT integration || '/' || tool ORDER BY integration || '/' || tool) AS tools,
         max(CASE risk WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END) AS risk
  FROM calls
  GROUP BY export_key, record_id
),
-- A capture id is unique in one gateway; where several are read together the first request has it.
ranked AS (
  SELECT r.*, row_number() OVER (PARTITION BY r.capture_id ORDER BY r.time, r.request_id, r.export_key, r.record_id) AS place
  FROM requests r
  WHERE r.capture_id IS NOT NULL AND r.capture_id <> ''
)
SELECT r.capture_id, r.request_id, r.export_key, r.record_id, r.time, r.login, r.device, r.agent, r.model, r.session_id,
       r.conversation_id, coalesce(u.tools, make_array()) AS tools,
       CASE u.risk WHEN 4 THEN 'critical' WHEN 3 THEN 'high' WHEN 2 THEN 'medium' WHEN 1 THEN 'low' WHEN 0 THEN 'unknown' END AS max_risk,
       coalesce(f.finding_ids, make_array()) AS finding_ids,
       CASE f.worst WHEN 5 THEN 'critical' WHEN 4 THEN 'high' WHEN 3 THEN 'medium' WHEN 2 THEN 'low' WHEN 1 THEN 'informational' END AS severity
FROM ranked r
LEFT JOIN use u ON u.export_key = r.export_key AND u.record_id = r.record_id
LEFT JOIN findings f ON f.export_key = r.export_key AND f.record_id = r.record_id
WHERE r.place = 1 AND (u.tools IS NOT NULL OR f.finding_ids IS NOT NULL)
ORDER BY r.capture_id
