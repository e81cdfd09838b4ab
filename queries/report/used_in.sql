-- The session that all calls belong to which an incident without a session (table reported) is about.
SELECT r.finding_id, min(c.session_id) AS session_id
FROM reported r
JOIN calls c ON c.integration = r.integration AND (r.tool IS NULL OR r.tool = coalesce(c.tool, c.raw_name)) AND (r.login IS NULL OR r.login = c.login)
WHERE r.session_id IS NULL
GROUP BY r.finding_id
HAVING count(DISTINCT c.session_id) = 1 AND count(*) = count(c.session_id)
ORDER BY r.finding_id
