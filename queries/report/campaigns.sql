-- What several incidents (table found: those told and those that are not) have in common (table campaign_stories): a place
-- that their calls sent data to, which an order or a result had named and no user, or else the same act with the same
-- value from such a text. How many sessions and users there are is counted over the whole window.
WITH
-- Whoever did the same, whether it is an incident or not.
done AS (
  SELECT DISTINCT s.story, d.call_uid FROM campaign_stories s JOIN call_destinations d ON d.place = s.place AND d.sent
  UNION
  SELECT s.story, a.call_uid FROM campaign_stories s JOIN campaign_parts a ON a.story = s.story
),
did AS (
  SELECT d.story, c.call_uid, c.conversation_id, c.position, coalesce(c.session_id, c.conversation_id) AS session_id, coalesce(c.tool, c.raw_name) AS tool, c.login, c.time, c.outcome
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
used AS (
  SELECT story, array_agg(CAST(calls AS VARCHAR) || ' of ' || tool ORDER BY calls DESC, tool) AS tools
  FROM (SELECT story, tool, count(*) AS calls FROM did GROUP BY story, tool)
  GROUP BY story
),
asked AS (
  SELECT d.story, count(DISTINCT d.session_id) AS asked
  FROM did d
  JOIN campaign_stories s ON s.story = d.story
  JOIN messages m ON m.conversation_id = d.conversation_id AND m.position < d.position
  WHERE m.role = 'user' AND m.kind = 'text' AND mentions(m.text, s.place)
  GROUP BY d.story
),
-- What the calls of incidents held; what users sent of their own accord is theirs.
carried AS (
  SELECT d.story, coalesce(k.label, replace(s.kind, '-', ' ')) AS label, count(DISTINCT d.call_uid) AS calls, count(DISTINCT s.fingerprint) AS kept
  FROM (SELECT DISTINCT story, call_uid FROM campaign_parts) d
  JOIN secrets s ON s.call_uid = d.call_uid AND s.surface = 'tool_arguments' AND s.confidence <> 'low'
  LEFT JOIN catalog_secret_kinds k ON k.kind = s.kind
  GROUP BY d.story, coalesce(k.label, replace(s.kind, '-', ' '))
),
holds AS (
  SELECT story, array_agg(label || ' in ' || CAST(calls AS VARCHAR) || CASE calls WHEN 1 THEN ' call' ELSE ' calls' END
           || CASE WHEN calls = 1 THEN '' WHEN kept = 1 THEN ', always the same' ELSE ', ' || CAST(kept AS VARCHAR) || ' different' END ORDER BY calls DESC, label) AS holds
  FROM carried
  GROUP BY story
),
gave AS (
  SELECT DISTINCT a.story, a.finding_id, a.source, a.sentence
  FROM campaign_parts a
  JOIN campaign_stories s ON s.story = a.story
  WHERE a.source IS NOT NULL
),
sources AS (
  SELECT story, array_agg(source ORDER BY times DESC, source) AS sources
  FROM (SELECT story, source, count(DISTINCT finding_id) AS times FROM gave GROUP BY story, source)
  GROUP BY story
),
-- Whose incidents followed which order: sentences whose words are the same but for numbers are one.
followed AS (
  SELECT DISTINCT g.story, g.sentence, trim(regexp_replace(regexp_replace(lower(g.sentence), '[^\pL\pN]+', ' ', 'g'), '[0-9]+', '0', 'g')) AS words,
         coalesce(f.session_id, f.finding_id) AS cause,
         CASE f.severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 WHEN 'low' THEN 3 ELSE 4 END AS rank
  FROM gave g
  JOIN found f ON f.finding_id = g.finding_id
  WHERE g.sentence IS NOT NULL
),
-- One with more words before or behind it is the same order.
prefaced AS (
  SELECT l.story, l.words, (array_agg(s.words ORDER BY length(s.words), s.words))[1] AS alike
  FROM (SELECT DISTINCT story, words FROM followed) l
  JOIN (SELECT DISTINCT story, words FROM followed WHERE strpos(words, ' ') > 0) s ON s.story = l.story AND (ends_with(' ' || l.words, ' ' || s.words) OR starts_with(l.words || ' ', s.words || ' '))
  GROUP BY l.story, l.words
),
orders_of AS (
  SELECT f.story, f.sentence, f.cause, f.rank, coalesce(p.alike, f.words) AS alike
  FROM followed f
  LEFT JOIN prefaced p ON p.story = f.story AND p.words = f.words
),
-- Of such sentences the shortest is quoted.
quoted AS (
  SELECT story, alike, sentence, row_number() OVER (PARTITION BY story, alike ORDER BY length(sentence), count(DISTINCT cause) DESC, sentence) AS nth
  FROM orders_of
  GROUP BY story, alike, sentence
),
told AS (
  SELECT f.story, q.sentence, min(f.rank) AS rank, count(DISTINCT f.cause) AS incidents
  FROM orders_of f
  JOIN quoted q ON q.story = f.story AND q.alike = f.alike AND q.nth = 1
  GROUP BY f.story, q.sentence
),
orders AS (
  SELECT story, (array_agg(sentence ORDER BY incidents DESC, sentence))[1] AS said,
         array_agg(named_struct('order', sentence, 'severity', CASE rank WHEN 0 THEN 'critical' WHEN 1 THEN 'high' WHEN 2 THEN 'medium' WHEN 3 THEN 'low' ELSE 'informational' END, 'incidents', incidents)
           ORDER BY rank, incidents DESC, sentence) AS orders
  FROM told
  GROUP BY story
)
SELECT s.place, s.integration, s.tool, s.value, s.findings, s.incidents, s.leads,
       CASE s.rank WHEN 0 THEN 'critical' WHEN 1 THEN 'high' WHEN 2 THEN 'medium' WHEN 3 THEN 'low' ELSE 'informational' END AS severity, s.worst,
       p.sessions, coalesce(w.asked, 0) AS asked, p.users, p.calls, p.attempted, CASE WHEN s.place IS NULL THEN make_array() ELSE coalesce(u.tools, make_array()) END AS tools, CAST(p.first_seen AS BIGINT) AS first_seen, CAST(p.last_seen AS BIGINT) AS last_seen,
       coalesce(h.holds, make_array()) AS holds, coalesce(g.sources, make_array()) AS sources, o.said, o.orders
FROM campaign_stories s
JOIN spans p ON p.story = s.story
LEFT JOIN used u ON u.story = s.story
LEFT JOIN asked w ON w.story = s.story
LEFT JOIN holds h ON h.story = s.story
LEFT JOIN sources g ON g.story = s.story
LEFT JOIN orders o ON o.story = s.story
ORDER BY s.leads DESC, s.rank, s.incidents DESC, s.story
