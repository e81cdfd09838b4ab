-- What left in each incident (table reported): in its session, or else through its integration, what carried a secret,
-- personal data or a file that holds secrets, was pushed or made public, whatever else its evidence shows to have gone
-- out, and of its session what went to a place that is not the organisation's and that it does not list or know.
WITH told AS (
  SELECT finding_id, login, session_id, integration, tool, address
  FROM (SELECT finding_id, login, session_id, integration, tool, unnest(evidence) AS address FROM reported) each
),
named AS (
  SELECT DISTINCT t.finding_id, c.call_uid
  FROM told t
  JOIN calls c ON c.export_key || '#' || coalesce(CAST(c.record_id AS VARCHAR), '') = t.address
  WHERE t.session_id IS NOT NULL
     OR ((t.integration IS NULL OR t.integration = c.integration) AND (t.tool IS NULL OR t.tool = coalesce(c.tool, c.raw_name)))
),
-- Of a session everything that an incident of it names.
cited AS (
  SELECT DISTINCT r.session_id, n.call_uid FROM named n JOIN reported r ON r.finding_id = n.finding_id WHERE r.session_id IS NOT NULL
),
about AS (
  SELECT DISTINCT r.finding_id, c.call_uid
  FROM (SELECT DISTINCT finding_id, session_id FROM reported WHERE session_id IS NOT NULL) r
  JOIN calls c ON c.session_id = r.session_id
  UNION
  SELECT r.finding_id, c.call_uid
  FROM (SELECT DISTINCT finding_id, integration FROM reported WHERE session_id IS NULL AND login IS NULL AND integration IS NOT NULL) r
  JOIN calls c ON c.integration = r.integration
  UNION
  SELECT finding_id, call_uid FROM named
),
of_session AS (
  SELECT DISTINCT finding_id FROM reported WHERE session_id IS NOT NULL
),
mine AS (
  SELECT DISTINCT c.call_uid, c.session_id, c.conversation_id, c.position, c.seq, c.time, c.integration, coalesce(c.tool, c.raw_name) AS tool, c.executes, c.egress, c.outcome,
         -- What brings text in sends a question at most.
         coalesce(c.untrusted, false) AND NOT coalesce(c.state_change, false) AS asks,
         c.export_key, c.record_id
  FROM calls c
  JOIN (SELECT DISTINCT call_uid FROM about) a ON a.call_uid = c.call_uid
  WHERE c.outcome <> 'refused'
),
acts AS (
  SELECT m.call_uid, m.nth, o.says, o.public, o.rank, m.program, nullif(lower(regexp_match(m.text, nullif(o.place, ''), 'i')[1]), '') AS place,
         row_number() OVER (PARTITION BY m.call_uid, m.nth ORDER BY o.rank, m.act) AS first
  FROM command_acts m
  JOIN mine i ON i.call_uid = m.call_uid
  JOIN catalog_outlets o ON o.source = 'command' AND o.act = m.act AND regexp_like(m.program, '^(' || o.name || ')$')
),
words AS (
  SELECT call_uid, tool, ' ' || lower(regexp_replace(regexp_replace(tool, '([a-z0-9])([A-Z])', '\1 \2', 'g'), '[^A-Za-z0-9]+', ' ', 'g')) || ' ' AS words
  FROM mine
  WHERE egress AND NOT coalesce(executes, false)
),
tools AS (
  SELECT w.call_uid, o.says, o.public, o.rank, row_number() OVER (PARTITION BY w.call_uid ORDER BY o.rank) AS first
  FROM words w
  JOIN catalog_outlets o ON o.source = 'tool' AND regexp_like(w.words, ' (' || o.name || ') ')
),
-- What a remote stands for, where a command of the session names its address.
remotes AS (
  SELECT c.session_id, lower(r.m[1]) AS name, r.m[2] AS url, row_number() OVER (PARTITION BY c.session_id, lower(r.m[1]) ORDER BY c.time DESC, c.call_uid, c.nth) AS nth
  FROM (SELECT session_id, time, call_uid, nth, regexp_match(text, 'remote\s+(?:add|set-url)\s+(?:-\S+\s+)*(\S+)\s+(\S+)') AS m FROM commands WHERE program = 'git') r
  JOIN commands c ON c.call_uid = r.call_uid AND c.nth = r.nth
  WHERE r.m IS NOT NULL
),
receivers AS (
  SELECT regexp_replace(lower(parameter), '[^a-z]+', '', 'g') AS parameter FROM catalog_parameter_relations WHERE relation = 'destination' AND NOT path AND tools = ''
),
given AS (
  SELECT DISTINCT e.source_id AS call_uid, lower(e.value) AS place
  FROM entities e
  JOIN mine m ON m.call_uid = e.source_id
  LEFT JOIN receivers r ON r.parameter = regexp_replace(lower(e.name), '[^a-z]+', '', 'g')
  WHERE e.source = 'call' AND length(e.value) <= 120
    AND (e.kind IN ('email', 'iban', 'wallet') AND e.relation = 'destination' OR e.kind = 'argument' AND e.place = 'argument' AND r.parameter IS NOT NULL)
),
hosts AS (
  SELECT DISTINCT d.call_uid, d.place FROM call_destinations d JOIN mine m ON m.call_uid = d.call_uid WHERE d.sent
),
-- Files that hold secrets in the command itself, or for a push in a commit since the one before; of a tool every file.
files AS (
  SELECT a.call_uid, s.path, true AS secret
  FROM (SELECT DISTINCT call_uid FROM acts WHERE first = 1) a
  JOIN secret_paths s ON s.call_uid = a.call_uid
  UNION
  SELECT a.call_uid, s.path, true
  FROM (SELECT DISTINCT call_uid FROM acts WHERE first = 1 AND program = 'git') a
  JOIN sent_secret_files s ON s.call_uid = a.call_uid
  UNION
  SELECT t.call_uid, e.value, s.path IS NOT NULL
  FROM (SELECT DISTINCT call_uid FROM tools) t
  JOIN entities e ON e.source_id = t.call_uid AND e.source = 'call' AND e.kind = 'path' AND e.place = 'argument' AND e.relation IN ('read', 'source')
  LEFT JOIN secret_paths s ON s.call_uid = e.source_id AND s.path = e.value
  UNION
  -- What a tool is given by the number or the name that another one knows it by.
  SELECT v.call_uid, CASE WHEN ends_with(v.name, 'id') OR ends_with(v.name, 'ids') THEN 'file ' ELSE '' END || v.value, false
  FROM (
    SELECT call_uid, regexp_replace(lower(entry['name']), '[^a-z]+', '', 'g') AS name, trim(entry['value']) AS value
    FROM (SELECT c.call_uid, unnest(argument_values(c.arguments)) AS entry
          FROM calls c JOIN (SELECT DISTINCT call_uid FROM tools) t ON t.call_uid = c.call_uid) each
  ) v
  WHERE regexp_like(v.name, '^(file|attachment|document)(id|name|path)?s?$') AND v.value <> '' AND length(v.value) <= 120
    AND strpos(v.value, chr(10)) = 0
),
held AS (
  SELECT call_uid, array_agg(DISTINCT path ORDER BY path) AS files, bool_or(secret) AS secret_file FROM files GROUP BY call_uid
),
carried AS (
  SELECT source_id AS call_uid, count(DISTINCT fingerprint) AS secrets
  FROM secrets
  WHERE surface = 'tool_arguments' AND (tier = 'provider' OR (tier = 'generic' AND confidence <> 'low'))
  GROUP BY source_id
),
-- Personal data as it is called, with the end that the ledger shows of it.
told_of AS (
  SELECT s.source_id AS call_uid, array_agg(DISTINCT l.label || CASE WHEN strpos(s.preview, '…') > 0 THEN ' ' || substr(s.preview, strpos(s.preview, '…')) ELSE '' END
           ORDER BY l.label || CASE WHEN strpos(s.preview, '…') > 0 THEN ' ' || substr(s.preview, strpos(s.preview, '…')) ELSE '' END) AS personal
  FROM secrets s
  JOIN (SELECT occurrence_id, coalesce(k.label, replace(s.kind, '-', ' ')) AS label
        FROM secrets s LEFT JOIN catalog_secret_kinds k ON k.kind = s.kind WHERE s.tier = 'pii') l ON l.occurrence_id = s.occurrence_id
  WHERE s.surface = 'tool_arguments' AND s.tier = 'pii' AND s.confidence <> 'low'
  GROUP BY s.source_id
),
-- Domains of the users' logins are the organisation's, but for those of mail providers that serve everybody.
logins AS (
  SELECT lower(login) AS login, split_part(lower(login), '@', 2) AS host FROM users WHERE strpos(login, '@') > 0
  UNION ALL
  -- Addresses from which agents send for their users are theirs, whatever their domains are.
  SELECT address, NULL FROM (SELECT DISTINCT address FROM own_addresses) o
),
-- Places that are not the organisation's and that it does not list or know.
outside AS (
  SELECT DISTINCT d.call_uid, d.place
  FROM call_destinations d
  JOIN mine m ON m.call_uid = d.call_uid
  JOIN entities e ON e.source = 'call' AND e.source_id = d.call_uid AND lower(e.value) = d.place
  LEFT JOIN catalog_free_mail f ON f.domain = e.domain
  LEFT JOIN logins h ON f.domain IS NULL AND (h.host = e.domain OR ends_with(h.host, '.' || e.domain))
  LEFT JOIN logins l ON l.login = d.place
  WHERE d.sent AND d.novelty IN ('new', 'seen') AND h.host IS NULL AND l.login IS NULL
    AND (e.kind IN ('host', 'email', 'repository') AND e.domain IS NOT NULL OR e.kind IN ('iban', 'wallet', 'cloud_resource')
      OR e.kind = 'ip' AND NOT regexp_like(e.value, '^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2[0-9]|3[01])\.|::1$|f[cde])'))
),
-- From where on in its conversation the user had named a place.
wished AS (
  SELECT o.conversation_id, o.place, min(t.position) AS position
  FROM (SELECT DISTINCT m.conversation_id, o.place FROM outside o JOIN mine m ON m.call_uid = o.call_uid) o
  JOIN messages t ON t.conversation_id = o.conversation_id AND t.role = 'user' AND t.kind = 'text'
  WHERE mentions(t.text, o.place)
  GROUP BY o.conversation_id, o.place
),
-- A command that only fetches hands over what stands in it.
handed AS (
  SELECT DISTINCT d.call_uid, d.place
  FROM call_destinations d
  JOIN mine m ON m.call_uid = d.call_uid AND m.executes
  JOIN (SELECT call_uid FROM carried UNION SELECT call_uid FROM told_of) c ON c.call_uid = d.call_uid
  WHERE NOT d.sent AND d.call_uid NOT IN (SELECT call_uid FROM acts WHERE first = 1)
),
outs AS (
  SELECT call_uid, says, public, rank, place, true AS command FROM acts WHERE first = 1
  UNION ALL
  SELECT call_uid, says, public, rank, NULL, false FROM tools WHERE first = 1
  UNION ALL
  SELECT h.call_uid, o.says, o.public, o.rank, h.place, true
  FROM handed h
  JOIN catalog_outlets o ON o.source = 'command' AND o.act = 'send' AND o.name = '.*'
),
went AS (
  SELECT o.call_uid, o.says, o.public, o.rank, o.command, coalesce(o.place, g.place, h.place) AS place, r.url
  FROM outs o
  JOIN mine m ON m.call_uid = o.call_uid
  LEFT JOIN remotes r ON r.session_id = m.session_id AND r.name = o.place AND r.nth = 1
  LEFT JOIN given g ON g.call_uid = o.call_uid AND o.place IS NULL
  LEFT JOIN hosts h ON h.call_uid = o.call_uid AND o.place IS NULL AND g.place IS NULL
),
rows AS (
  SELECT DISTINCT a.finding_id, w.says, w.public, w.rank, w.place, w.url, m.call_uid, m.time,
         CASE WHEN NOT w.command THEN m.integration END AS integration, CASE WHEN NOT w.command THEN m.tool END AS tool, m.outcome, m.record_id,
         coalesce(h.files, make_array()) AS files, coalesce(c.secrets, 0) AS secrets, coalesce(h.secret_file, false) AS secret_file,
         CASE WHEN h.call_uid IS NOT NULL THEN 1 ELSE 0 END AS filed, coalesce(p.personal, make_array()) AS personal, CASE WHEN p.call_uid IS NOT NULL THEN 1 ELSE 0 END AS private, CASE WHEN b.position < m.position THEN 1 ELSE 0 END AS wished,
         CASE WHEN s.place IS NOT NULL AND coalesce(b.position >= m.position, true) THEN 1 ELSE 0 END AS strange
  FROM went w
  JOIN mine m ON m.call_uid = w.call_uid
  JOIN about a ON a.call_uid = w.call_uid
  LEFT JOIN held h ON h.call_uid = w.call_uid
  LEFT JOIN carried c ON c.call_uid = w.call_uid
  LEFT JOIN told_of p ON p.call_uid = w.call_uid
  LEFT JOIN cited e ON e.call_uid = w.call_uid AND e.session_id = m.session_id
  LEFT JOIN named n ON n.call_uid = w.call_uid AND n.finding_id = a.finding_id
  LEFT JOIN of_session f ON f.finding_id = a.finding_id
  LEFT JOIN outside s ON s.call_uid = w.call_uid AND s.place = w.place
  LEFT JOIN wished b ON b.conversation_id = m.conversation_id AND b.place = w.place
  LEFT JOIN (SELECT DISTINCT address FROM own_addresses) v ON v.address = w.place
  WHERE v.address IS NULL
    AND (w.public OR coalesce(c.secrets, 0) > 0 OR coalesce(h.secret_file, false) OR p.call_uid IS NOT NULL
      OR w.place IS NOT NULL AND (w.command OR NOT m.asks)
        AND (e.call_uid IS NOT NULL OR n.call_uid IS NOT NULL OR f.finding_id IS NOT NULL AND s.place IS NOT NULL))
)
SELECT finding_id, says, place, url, integration, tool, files, max(secrets) AS secrets, max(CASE WHEN secrets > 0 OR secret_file THEN 1 ELSE 0 END) = 1 AS secret, personal,
       bool_or(public) AS public, min(wished) = 1 AS asked, bool_and(outcome = 'attempted') AS attempted,
       count(DISTINCT call_uid) FILTER (WHERE outcome = 'attempted') AS unanswered, count(DISTINCT call_uid) AS calls,
       CAST(min(time) AS BIGINT) AS first_time, CAST(max(time) AS BIGINT) AS last_time,
       array_slice(array_agg(DISTINCT record_id ORDER BY record_id) FILTER (WHERE record_id IS NOT NULL), 1, 3) AS records
FROM rows
GROUP BY finding_id, says, place, url, integration, tool, files, personal
ORDER BY finding_id, secret DESC, max(private) DESC, public DESC, max(filed) DESC, max(strange) DESC, min(rank), calls DESC, min(time), place, integration, tool,
         array_to_string(files, ' '), array_to_string(personal, ' ')
