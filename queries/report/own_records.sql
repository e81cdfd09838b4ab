-- Records in the evidence of the incidents shown (table reported) that are of the session the incident names.
SELECT DISTINCT e.finding_id, r.record_id
FROM (SELECT finding_id, session_id, unnest(evidence) AS address FROM reported WHERE session_id IS NOT NULL) e
JOIN history_requests r ON r.export_key || '#' || coalesce(CAST(r.record_id AS VARCHAR), '') = e.address AND r.session_id = e.session_id
WHERE r.record_id IS NOT NULL
ORDER BY e.finding_id, r.record_id
