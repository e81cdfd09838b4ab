-- What a person had written last before the first call of each incident that matters (table reported): before the call
-- that did what a result says, else, in a session, before the first one that can do something, else before the first one.
WITH addresses AS (
  SELECT finding_id, session_id, integration, tool, address
  FROM (SELECT finding_id, session_id, integration, tool, unnest(evidence) AS address FROM reported) each
),
candidates AS (
  SELECT a.finding_id, a.session_id, c.call_uid, 0 AS far
  FROM addresses a
  JOIN calls c ON c.export_key || '#' || coalesce(CAST(c.record_id AS VARCHAR), '') = a.address
  -- Of a record with many calls, those of the incident's tool or integration matter.
  WHERE a.session_id IS NOT NULL
     OR ((a.integration IS NULL OR a.integration = c.integration) AND (a.tool IS NULL OR a.tool = coalesce(c.tool, c.raw_name)))
  UNION ALL
  -- Of an integration that the evidence shows no call of, those that there are since then.
  SELECT r.finding_id, r.session_id, c.call_uid, 1
  FROM (SELECT DISTINCT finding_id, session_id, login, integration, tool, first_seen FROM reported WHERE session_id IS NULL AND integration IS NOT NULL) r
  JOIN calls c ON c.integration = r.integration AND (r.tool IS NULL OR r.tool = coalesce(c.tool, c.raw_name)) AND (r.login IS NULL OR r.login = c.login) AND c.time >= r.first_seen
),
held AS (
  SELECT a.finding_id, c.call_uid, c.login, c.device, c.conversation_id, c.position, c.time, c.export_key, c.record_id,
         coalesce(c.tool, c.raw_name) || ' ' || left(c.arguments, 2000) AS about,
         row_number() OVER (PARTITION BY a.finding_id
           ORDER BY a.far, r.call_uid IS NULL, a.session_id IS NOT NULL AND coalesce(cardinality(c.capabilities), 0) = 0, c.time, c.conversation_id, c.position, c.part, c.call_uid) AS nth
  FROM candidates a
  JOIN calls c ON c.call_uid = a.call_uid
  LEFT JOIN (SELECT DISTINCT call_uid FROM accused_results) r ON r.call_uid = c.call_uid
),
firsts AS (
  SELECT * FROM held WHERE nth = 1
),
-- The texts before it, without reading them yet; of what a later request wrote anew, what the call's own had said.
near AS (
  SELECT f.finding_id, m.message_id, m.export_key, m.time, m.content_id, m.asked_id, m.position, m.part,
         row_number() OVER (PARTITION BY f.finding_id ORDER BY m.position DESC, m.time > f.time, m.part DESC, m.message_id) AS nth
  FROM firsts f
  JOIN history_messages m ON m.conversation_id = f.conversation_id AND m.position < f.position
  WHERE m.role = 'user' AND m.kind = 'text' AND m.bytes > 0
),
-- A sub-agent is asked by an agent: the person spoke before the call that began it.
begun AS (
  SELECT n.finding_id, t.conversation_id, t.position,
         row_number() OVER (PARTITION BY n.finding_id ORDER BY t.time DESC, t.call_uid) AS nth
  FROM (SELECT finding_id, time, unnest(make_array(content_id, asked_id)) AS asked_id FROM near) n
  JOIN firsts f ON f.finding_id = n.finding_id
  JOIN history_tool_calls t ON t.told_id = n.asked_id AND t.login = f.login AND t.device = f.device
  WHERE t.conversation_id <> f.conversation_id AND t.time <= n.time
),
above AS (
  SELECT b.finding_id, m.message_id, m.export_key, m.time, m.position, m.part,
         row_number() OVER (PARTITION BY b.finding_id ORDER BY m.position DESC, m.part DESC, m.message_id) AS nth
  FROM begun b
  JOIN history_messages m ON m.conversation_id = b.conversation_id AND m.position < b.position
  WHERE b.nth = 1 AND m.role = 'user' AND m.kind = 'text' AND m.bytes > 0
),
chosen AS (
  SELECT n.finding_id, n.message_id, n.export_key, n.time, n.nth
  FROM near n
  CROSS JOIN (SELECT max(value) AS most FROM catalog_limits WHERE name = 'asked_texts') l
  LEFT JOIN (SELECT finding_id FROM begun WHERE nth = 1) b ON b.finding_id = n.finding_id
  WHERE b.finding_id IS NULL AND n.nth <= l.most
  UNION ALL
  SELECT a.finding_id, a.message_id, a.export_key, a.time, a.nth
  FROM above a
  CROSS JOIN (SELECT max(value) AS most FROM catalog_limits WHERE name = 'asked_texts') l
  WHERE a.nth <= l.most
),
-- Only these texts are read; the times keep the rest of the lake out.
texts AS (
  SELECT c.finding_id, c.nth, m.message_id, m.time, m.export_key, m.record_id, greatest(length(m.text) - l.most, 0) AS unread,
         trim(regexp_replace(CASE WHEN length(m.text) > l.most THEN left(m.text, CAST(l.most / 2 AS BIGINT)) || right(m.text, CAST(l.most / 2 AS BIGINT)) ELSE m.text END, p.pattern, ' ', 'g')) AS text
  FROM chosen c
  JOIN lake.messages m ON m.time = c.time AND m.message_id = c.message_id AND m.export_key = c.export_key
  CROSS JOIN (SELECT max(value) AS most FROM catalog_limits WHERE name = 'request_chars') l
  CROSS JOIN (SELECT '(' || string_agg(pattern, ')|(' ORDER BY pattern) || ')' AS pattern FROM catalog_client_texts) p
),
said AS (
  SELECT *, row_number() OVER (PARTITION BY finding_id ORDER BY nth) AS first FROM texts WHERE text <> ''
)
SELECT f.finding_id, f.about, f.record_id AS call_record, CASE WHEN length(s.text) > 4000 THEN left(s.text, 2000) || right(s.text, 2000) ELSE s.text END AS text,
       coalesce(s.unread + greatest(length(s.text) - 4000, 0), 0) AS left_out, CAST(s.time AS BIGINT) AS time, s.export_key, s.record_id
FROM firsts f
LEFT JOIN said s ON s.finding_id = f.finding_id AND s.first = 1
ORDER BY f.finding_id
