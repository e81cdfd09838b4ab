-- Places whose text gave orders to the agent in the session of each incident (table reported), as signals tell it, and
-- whether such an order named the place itself and it is none of the organisation's.
WITH own AS (
  SELECT DISTINCT split_part(lower(login), '@', 2) AS host
  FROM users
  WHERE strpos(login, '@') > 0 AND split_part(lower(login), '@', 2) NOT IN (SELECT domain FROM catalog_free_mail)
)
SELECT r.finding_id, d.place, bool_or(p.call_uid IS NOT NULL AND h.host IS NULL) AS named
FROM (SELECT DISTINCT finding_id, session_id FROM reported WHERE session_id IS NOT NULL) r
JOIN signals s ON s.session_id = r.session_id
JOIN catalog_order_signals o ON o.detection = s.detection
JOIN calls c ON c.session_id = s.session_id AND c.integration = s.integration AND coalesce(c.tool, c.raw_name) = s.tool
 AND array_has(s.evidence, evidence(c.result_export_key, c.result_record_id))
JOIN call_destinations d ON d.call_uid = c.call_uid AND NOT d.sent AND d.novelty NOT IN ('listed', 'known')
LEFT JOIN order_passages p ON p.call_uid = c.call_uid AND mentions(p.sentence, d.place)
LEFT JOIN own h ON d.place = h.host OR ends_with(d.place, '.' || h.host)
GROUP BY r.finding_id, d.place
ORDER BY r.finding_id, d.place
