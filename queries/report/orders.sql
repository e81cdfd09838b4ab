-- Places whose text gave orders to the agent in the session of each incident (table reported), as signals tell it.
SELECT DISTINCT r.finding_id, d.place
FROM (SELECT DISTINCT finding_id, session_id FROM reported WHERE session_id IS NOT NULL) r
JOIN signals s ON s.session_id = r.session_id
JOIN catalog_order_signals o ON o.detection = s.detection
JOIN calls c ON c.session_id = s.session_id AND c.integration = s.integration AND coalesce(c.tool, c.raw_name) = s.tool
 AND array_has(s.evidence, evidence(c.result_export_key, c.result_record_id))
JOIN call_destinations d ON d.call_uid = c.call_uid AND NOT d.sent AND d.novelty NOT IN ('listed', 'known')
ORDER BY r.finding_id, d.place
