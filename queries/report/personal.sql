-- Personal data of the window (payment cards, bank accounts, national ids), what was sent out and what most people met
-- first. Nothing of it can be rotated, and by itself it makes no incident.
WITH places AS (
  SELECT s.*, row_number() OVER (PARTITION BY s.fingerprint ORDER BY s.time, s.export_key, s.record_id, s.position, s.part, s.occurrence_id) AS nth,
         s.surface = 'tool_arguments' AND coalesce(l.egress, false) AND coalesce(s.outcome, '') <> 'refused' AS is_sent_out
  FROM history_secrets s
  LEFT JOIN tool_labels l ON l.integration = s.integration AND l.tool = s.tool
  LEFT JOIN run_window w ON true
  WHERE s.tier = 'pii' AND (w.end_time IS NULL OR s.time < w.end_time)
),
seen AS (
  SELECT p.fingerprint
  FROM places p
  LEFT JOIN run_window w ON true
  WHERE w.start_time IS NULL OR p.last_sent >= w.start_time
  GROUP BY p.fingerprint
),
people AS (
  SELECT fingerprint, array_agg(login ORDER BY first_time, login) AS users, count(*) AS user_count
  FROM (SELECT fingerprint, login, min(time) AS first_time FROM places GROUP BY fingerprint, login) x
  GROUP BY fingerprint
),
shown AS (
  SELECT fingerprint, array_slice(array_agg(evidence ORDER BY sent_out DESC, nth, evidence), 1, 20) AS evidence
  FROM (SELECT fingerprint, export_key || coalesce('#' || CAST(record_id AS VARCHAR), '') AS evidence, min(nth) AS nth, max(CASE WHEN is_sent_out THEN 1 ELSE 0 END) AS sent_out
        FROM places GROUP BY fingerprint, export_key, record_id) x
  GROUP BY fingerprint
),
-- Within a conversation the place that was carried most counts.
carried AS (
  SELECT fingerprint, sum(again) AS sent_again
  FROM (SELECT fingerprint, session_id, conversation_id, max(sent_again) AS again FROM places GROUP BY fingerprint, session_id, conversation_id) x
  GROUP BY fingerprint
),
totals AS (
  SELECT fingerprint, min(rule) AS rule, array_agg(DISTINCT surface ORDER BY surface) AS surfaces,
         array_agg(DISTINCT agent ORDER BY agent) AS agents,
         coalesce(array_agg(DISTINCT provider ORDER BY provider) FILTER (WHERE provider IS NOT NULL), make_array()) AS providers,
         count(DISTINCT provider) AS provider_count,
         coalesce(array_agg(DISTINCT model ORDER BY model) FILTER (WHERE model IS NOT NULL), make_array()) AS models,
         count(*) AS places, count(DISTINCT session_id) AS sessions, min(time) AS first_seen, max(last_sent) AS last_seen,
         coalesce(array_agg(DISTINCT raw_name ORDER BY raw_name) FILTER (WHERE is_sent_out), make_array()) AS sent_out_by,
         count(DISTINCT call_uid) FILTER (WHERE is_sent_out) AS sent_out,
         max(CASE confidence WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END) AS sure
  FROM places
  GROUP BY fingerprint
)
SELECT t.fingerprint, t.rule, coalesce(k.label, replace(e.kind, '-', ' ')) AS kind, CAST(NULL AS VARCHAR) AS vendor,
       CASE t.sure WHEN 3 THEN 'high' WHEN 2 THEN 'medium' ELSE 'low' END AS confidence, e.preview, t.surfaces,
       CASE e.surface
         WHEN 'prompt' THEN 'was put into a prompt'
         WHEN 'system' THEN 'stands in a system prompt'
         WHEN 'tool_result' THEN 'came back from the tool ' || coalesce(e.raw_name, 'of an earlier call')
         WHEN 'tool_arguments' THEN 'was written by the model into the arguments of ' || coalesce(e.raw_name, 'a tool')
         WHEN 'tool_definition' THEN 'stands in the definition of a tool'
         WHEN 'answer' THEN 'was written by the model into an answer'
         ELSE 'stands in a header or credential' END AS entry,
       CAST(NULL AS VARCHAR) AS file, p.users, t.agents, t.providers, t.models, t.sent_out_by,
       array_remove_all(make_array(
         CASE WHEN t.sent_out > 0 THEN 'was handed to ' || array_to_string(array_slice(t.sent_out_by, 1, 3), ', ') || ', which can send it out, in '
              || CAST(t.sent_out AS VARCHAR) || CASE WHEN t.sent_out = 1 THEN ' call' ELSE ' calls' END ELSE '' END,
         CASE WHEN t.sessions > 1 THEN 'is in ' || CAST(t.sessions AS VARCHAR) || ' sessions of ' || CAST(p.user_count AS VARCHAR) || CASE WHEN p.user_count = 1 THEN ' user' ELSE ' users' END ELSE '' END,
         CASE WHEN t.provider_count > 1 THEN 'was seen by ' || CAST(t.provider_count AS VARCHAR) || ' providers' ELSE '' END), '') AS why,
       -- What comes first in the list has the highest number; there is nothing to weigh.
       CAST(row_number() OVER (ORDER BY t.sent_out > 0, p.user_count, t.provider_count, t.sure, c.sent_again, t.first_seen DESC, t.fingerprint DESC) AS BIGINT) AS exposure,
       t.places AS occurrences, c.sent_again AS resent, '' AS rotation_url, '' AS steps, h.evidence,
       CAST(t.first_seen AS BIGINT) AS first_seen, CAST(t.last_seen AS BIGINT) AS last_seen
FROM totals t
JOIN seen s ON s.fingerprint = t.fingerprint
JOIN places e ON e.fingerprint = t.fingerprint AND e.nth = 1
JOIN people p ON p.fingerprint = t.fingerprint
JOIN shown h ON h.fingerprint = t.fingerprint
JOIN carried c ON c.fingerprint = t.fingerprint
LEFT JOIN catalog_secret_kinds k ON k.kind = e.kind
ORDER BY exposure DESC
