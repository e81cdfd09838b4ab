-- The session that all calls belong to which an incident without a session (table reported) is about: those of its
-- integration, or else those of its user in its time, and what most of these were.
WITH about AS (
  SELECT r.finding_id, c.session_id, c.call_uid, c.integration, coalesce(c.tool, c.raw_name) AS tool, false AS told
  FROM reported r
  JOIN calls c ON c.integration = r.integration AND (r.tool IS NULL OR r.tool = coalesce(c.tool, c.raw_name)) AND (r.login IS NULL OR r.login = c.login)
  WHERE r.session_id IS NULL
  UNION ALL
  SELECT r.finding_id, c.session_id, c.call_uid, c.integration, coalesce(c.tool, c.raw_name), true
  FROM reported r
  JOIN calls c ON c.login = r.login AND c.time BETWEEN r.first_seen AND r.last_seen
  WHERE r.session_id IS NULL AND r.integration IS NULL
),
of_one AS (
  SELECT finding_id, min(session_id) AS session_id, bool_or(told) AS told
  FROM about
  GROUP BY finding_id
  HAVING count(DISTINCT session_id) = 1 AND count(*) = count(session_id)
),
used AS (
  SELECT finding_id, integration, tool, count(*) AS calls, row_number() OVER (PARTITION BY finding_id ORDER BY count(*) DESC, integration, tool) AS nth
  FROM about
  WHERE told
  GROUP BY finding_id, integration, tool
),
reached AS (
  SELECT a.finding_id, a.integration, a.tool, count(DISTINCT d.place) AS places
  FROM about a
  JOIN call_destinations d ON d.call_uid = a.call_uid
  WHERE a.told
  GROUP BY a.finding_id, a.integration, a.tool
)
SELECT o.finding_id, o.session_id,
       CASE WHEN o.told THEN CAST(u.calls AS VARCHAR) || CASE u.calls WHEN 1 THEN ' call of ' ELSE ' calls of ' END || coalesce(u.integration || '/', '') || u.tool
         || CASE WHEN p.places > 1 THEN ' with ' || CAST(p.places AS VARCHAR) || ' places' ELSE '' END END AS used_for
FROM of_one o
LEFT JOIN used u ON u.finding_id = o.finding_id AND u.nth = 1
LEFT JOIN reached p ON p.finding_id = o.finding_id AND coalesce(p.integration, '') = coalesce(u.integration, '') AND p.tool = u.tool
ORDER BY o.finding_id
