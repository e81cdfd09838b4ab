-- What several incidents (table found: those told and those that are not) have in common: a place that their calls sent
-- data to, which an order or a result had named and no user, or else the same act with the same value from such a text.
-- How many sessions and users there are is counted over the whole window.
WITH limits AS (
  SELECT max(CASE name WHEN 'campaign_incidents' THEN value END) AS incidents, max(CASE name WHEN 'campaign_share' THEN value END) AS share
  FROM catalog_limits
),
cited AS (
  SELECT finding_id, session_id, integration, tool, unnest(evidence) AS address FROM found
),
held AS (
  SELECT DISTINCT t.finding_id, c.call_uid, c.conversation_id, c.position
  FROM cited t
  JOIN calls c ON c.export_key || '#' || coalesce(CAST(c.record_id AS VARCHAR), '') = t.address
  WHERE c.outcome <> 'refused'
    -- Of a record with many calls, those of the incident's session, tool or integration matter.
    AND (c.session_id = t.session_id
      OR t.session_id IS NULL AND (t.integration IS NULL OR t.integration = c.integration) AND (t.tool IS NULL OR t.tool = coalesce(c.tool, c.raw_name)))
),
-- Domains of the users' logins are the organisation's, but for those of mail providers that serve everybody.
logins AS (
  SELECT lower(login) AS login, split_part(lower(login), '@', 2) AS host FROM users WHERE strpos(login, '@') > 0
  UNION ALL
  -- Addresses from which agents send for their users are theirs, whatever their domains are.
  SELECT address, NULL FROM (SELECT DISTINCT address FROM own_addresses) o
),
strange AS (
  SELECT DISTINCT d.call_uid, d.place
  FROM call_destinations d
  JOIN (SELECT DISTINCT call_uid FROM held) h ON h.call_uid = d.call_uid
  JOIN entities e ON e.source = 'call' AND e.source_id = d.call_uid AND lower(e.value) = d.place
  LEFT JOIN catalog_free_mail f ON f.domain = e.domain
  LEFT JOIN logins l ON l.login = d.place OR f.domain IS NULL AND (l.host = e.domain OR ends_with(l.host, '.' || e.domain))
  WHERE d.sent AND d.novelty IN ('new', 'seen') AND l.login IS NULL AND e.kind <> 'argument'
),
-- What the user had asked to send to.
wanted AS (
  SELECT DISTINCT s.call_uid, s.place
  FROM strange s
  JOIN held h ON h.call_uid = s.call_uid
  JOIN messages m ON m.conversation_id = h.conversation_id AND m.position < h.position
  WHERE m.role = 'user' AND m.kind = 'text' AND mentions(m.text, s.place)
),
accused AS (
  SELECT a.call_uid, a.value, a.source, a.sentence, a.by_order FROM accused_results a JOIN (SELECT DISTINCT call_uid FROM held) h ON h.call_uid = a.call_uid
),
-- The places that such a text names, of several in one call each.
pointed AS (
  SELECT DISTINCT s.call_uid, s.place
  FROM strange s
  JOIN accused a ON a.call_uid = s.call_uid
  LEFT JOIN followed_orders f ON f.call_uid = s.call_uid AND mentions(f.value, s.place) AND mentions(f.sentence, s.place)
  WHERE mentions(a.value, s.place) OR f.call_uid IS NOT NULL
),
led AS (
  SELECT DISTINCT h.finding_id FROM held h JOIN accused a ON a.call_uid = h.call_uid
),
targets AS (
  -- Where a call followed a text, what it names; else whatever no user had named.
  SELECT DISTINCT h.finding_id, h.call_uid, s.place
  FROM held h
  JOIN strange s ON s.call_uid = h.call_uid
  LEFT JOIN wanted w ON w.call_uid = s.call_uid AND w.place = s.place
  LEFT JOIN pointed p ON p.call_uid = s.call_uid AND p.place = s.place
  LEFT JOIN led l ON l.finding_id = h.finding_id
  WHERE w.call_uid IS NULL AND (p.call_uid IS NOT NULL OR l.finding_id IS NULL)
),
-- What an order had them do elsewhere, by tool and value.
acts AS (
  SELECT DISTINCT h.finding_id, h.call_uid, c.integration, coalesce(c.tool, c.raw_name) AS tool, a.value
  FROM held h
  JOIN accused a ON a.call_uid = h.call_uid AND a.by_order
  JOIN calls c ON c.call_uid = h.call_uid
  LEFT JOIN targets t ON t.finding_id = h.finding_id AND t.call_uid = h.call_uid
  WHERE t.call_uid IS NULL
),
alike AS (
  SELECT finding_id, call_uid, place, CAST(NULL AS VARCHAR) AS integration, CAST(NULL AS VARCHAR) AS tool, CAST(NULL AS VARCHAR) AS value,
         'place ' || place AS story
  FROM targets
  UNION ALL
  SELECT finding_id, call_uid, NULL, integration, tool, value, 'act ' || coalesce(integration, '') || chr(10) || coalesce(tool, '') || chr(10) || lower(value) FROM acts
),
found_by AS (
  SELECT finding_id, coalesce(session_id, finding_id) AS cause,
         CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END AS rank
  FROM found
),
stories AS (
  SELECT a.story, min(a.place) AS place, min(a.integration) AS integration, min(a.tool) AS tool, min(a.value) AS value,
         array_agg(DISTINCT a.finding_id ORDER BY a.finding_id) AS findings, count(DISTINCT f.cause) AS incidents, min(f.rank) AS rank
  FROM alike a
  JOIN found_by f ON f.finding_id = a.finding_id
  GROUP BY a.story
),
large AS (
  SELECT s.*, s.incidents * 100 >= l.share * t.causes AS leads
  FROM stories s
  CROSS JOIN limits l
  CROSS JOIN (SELECT count(DISTINCT cause) AS causes FROM found_by) t
  WHERE s.incidents >= l.incidents
),
-- Whoever did the same, whether it is an incident or not.
done AS (
  SELECT DISTINCT s.story, d.call_uid FROM large s JOIN call_destinations d ON d.place = s.place AND d.sent
  UNION
  SELECT s.story, a.call_uid FROM large s JOIN alike a ON a.story = s.story
),
did AS (
  SELECT d.story, c.call_uid, c.conversation_id, c.position, coalesce(c.session_id, c.conversation_id) AS session_id, c.login, c.time, c.outcome
  FROM done d
  JOIN calls c ON c.call_uid = d.call_uid
  WHERE c.outcome <> 'refused'
),
spans AS (
  SELECT story, count(DISTINCT session_id) AS sessions, count(DISTINCT login) AS users, count(*) AS calls,
         count(*) FILTER (WHERE outcome = 'attempted') AS attempted, min(time) AS first_seen, max(time) AS last_seen
  FROM did
  GROUP BY story
),
asked AS (
  SELECT d.story, count(DISTINCT d.session_id) AS asked
  FROM did d
  JOIN large s ON s.story = d.story
  JOIN messages m ON m.conversation_id = d.conversation_id AND m.position < d.position
  WHERE m.role = 'user' AND m.kind = 'text' AND mentions(m.text, s.place)
  GROUP BY d.story
),
carried AS (
  SELECT d.story, coalesce(k.label, replace(s.kind, '-', ' ')) AS label, count(DISTINCT d.call_uid) AS calls
  FROM did d
  JOIN secrets s ON s.call_uid = d.call_uid AND s.surface = 'tool_arguments' AND s.confidence <> 'low'
  LEFT JOIN catalog_secret_kinds k ON k.kind = s.kind
  GROUP BY d.story, coalesce(k.label, replace(s.kind, '-', ' '))
),
holds AS (
  SELECT story, array_agg(label || ' in ' || CAST(calls AS VARCHAR) || CASE calls WHEN 1 THEN ' call' ELSE ' calls' END ORDER BY calls DESC, label) AS holds
  FROM carried
  GROUP BY story
),
gave AS (
  SELECT DISTINCT a.story, a.finding_id, c.source, c.sentence
  FROM alike a
  JOIN large s ON s.story = a.story
  JOIN accused c ON c.call_uid = a.call_uid
),
sources AS (
  SELECT story, array_agg(source ORDER BY times DESC, source) AS sources
  FROM (SELECT story, source, count(DISTINCT finding_id) AS times FROM gave GROUP BY story, source)
  GROUP BY story
),
said AS (
  SELECT story, sentence, row_number() OVER (PARTITION BY story ORDER BY count(DISTINCT finding_id) DESC, sentence) AS nth
  FROM gave
  WHERE sentence IS NOT NULL
  GROUP BY story, sentence
)
SELECT s.place, s.integration, s.tool, s.value, s.findings, s.incidents, s.leads,
       CASE s.rank WHEN 0 THEN 'critical' WHEN 1 THEN 'high' WHEN 2 THEN 'medium' WHEN 3 THEN 'low' ELSE 'informational' END AS severity,
       p.sessions, coalesce(w.asked, 0) AS asked, p.users, p.calls, p.attempted, CAST(p.first_seen AS BIGINT) AS first_seen, CAST(p.last_seen AS BIGINT) AS last_seen,
       coalesce(h.holds, make_array()) AS holds, coalesce(g.sources, make_array()) AS sources, o.sentence AS said
FROM large s
JOIN spans p ON p.story = s.story
LEFT JOIN asked w ON w.story = s.story
LEFT JOIN holds h ON h.story = s.story
LEFT JOIN sources g ON g.story = s.story
LEFT JOIN said o ON o.story = s.story AND o.nth = 1
ORDER BY s.leads DESC, s.rank, s.incidents DESC, s.story
