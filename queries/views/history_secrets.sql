-- +++
-- doc = "Every place of the lake that showed a secret to a model, once, with the tool that brought it and the requests that sent it again. Never the secret."
-- materialise = true
-- [columns]
-- agent = "Agent of the request."
-- call_uid = "The call whose arguments hold it, or that the result answers; null for other surfaces."
-- raw_name = "Name of that call's tool, exactly as on the wire."
-- integration = "What brings that tool."
-- tool = "Name of that tool without any server prefix."
-- seq = "Position of that call among the calls of its conversation, from 1."
-- arguments = "Arguments of that call."
-- outcome = "What came of that call: attempted, ok, error or refused."
-- sent_again = "Requests that carried it after the first one: a conversation sends what was said again with every request."
-- last_sent = "Start of the last request that carried it."
-- shared_identity = "Whether the login stands for more than one person."
-- [[case]]
-- name = "a result showed it: the call that it answers, and the requests that sent it again"
-- "lake.secrets" = [
--   { occurrence_id = "o1", fingerprint = "f1", surface = "tool_result", source_id = "r1", element_id = "m1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1" },
-- ]
-- history_tool_calls = [
--   { call_uid = "c1", raw_name = "mcp__vault__get", integration = "vault", tool = "get", seq = 3, arguments = "{}", outcome = "ok", result_message_id = "r1", time = 2026-03-01T08:59:00Z, export_key = "e1", record_id = 10 },
-- ]
-- "lake.carries" = [
--   { element_id = "m1", export_key = "e1", time = 2026-03-01T09:00:00Z, requests = 5, last_time = 2026-03-01T10:00:00Z },
-- ]
-- expect = [
--   { call_uid = "c1", integration = "vault", tool = "get", seq = 3, sent_again = 4, last_sent = 2026-03-01T10:00:00Z, shared_identity = false },
-- ]
-- [[case]]
-- name = "two exports show the same place: the earlier one"
-- "lake.secrets" = [
--   { occurrence_id = "o1", fingerprint = "f1", surface = "tool_result", source_id = "r1", element_id = "m1", export_key = "e2", record_id = 11, time = 2026-03-01T09:30:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1" },
--   { occurrence_id = "o1", fingerprint = "f1", surface = "tool_result", source_id = "r1", element_id = "m1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1" },
-- ]
-- expect = [
--   { occurrence_id = "o1", export_key = "e1", sent_again = 0 },
-- ]
-- [[case]]
-- name = "a copy of an export counts nothing"
-- "lake.secrets" = [
--   { occurrence_id = "o1", fingerprint = "f1", surface = "tool_result", source_id = "r1", element_id = "m1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1" },
-- ]
-- "lake.carries" = [
--   { element_id = "m1", export_key = "e1", time = 2026-03-01T09:00:00Z, requests = 5, last_time = 2026-03-01T10:00:00Z },
--   { element_id = "m1", export_key = "e2", time = 2026-03-01T09:00:00Z, requests = 5, last_time = 2026-03-01T10:00:00Z },
-- ]
-- repeated_exports = [
--   { export_key = "e2" },
-- ]
-- expect = [
--   { sent_again = 4 },
-- ]
-- [[case]]
-- name = "a definition of a tool: the requests that offered it"
-- "lake.secrets" = [
--   { occurrence_id = "o1", fingerprint = "f1", surface = "tool_definition", source_id = "d1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1" },
-- ]
-- "lake.tool_offers" = [
--   { definition_id = "d1", export_key = "e1", time = 2026-03-01T09:00:00Z, last_time = 2026-03-01T11:00:00Z, requests = 3 },
-- ]
-- expect = [
--   { sent_again = 2, last_sent = 2026-03-01T11:00:00Z },
-- ]
-- [[case]]
-- name = "a header counts for itself"
-- "lake.secrets" = [
--   { occurrence_id = "o1", fingerprint = "f1", surface = "header", source_id = "", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1", requests = 7, last_time = 2026-03-01T12:00:00Z },
-- ]
-- expect = [
--   { sent_again = 6, last_sent = 2026-03-01T12:00:00Z },
-- ]
-- [[case]]
-- name = "a tagged device stands for more than one person"
-- "lake.secrets" = [
--   { occurrence_id = "o1", fingerprint = "f1", surface = "tool_result", source_id = "r1", element_id = "m1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:00Z, login = "tag:ci", device = "n1", session_id = "s1", conversation_id = "k1" },
-- ]
-- expect = [
--   { shared_identity = true },
-- ]
-- [[case]]
-- name = "a result of another call names no tool"
-- "lake.secrets" = [
--   { occurrence_id = "o1", fingerprint = "f1", surface = "tool_result", source_id = "r2", element_id = "m1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1" },
-- ]
-- history_tool_calls = [
--   { call_uid = "c1", raw_name = "mcp__vault__get", integration = "vault", tool = "get", seq = 3, arguments = "{}", outcome = "ok", result_message_id = "r1", time = 2026-03-01T08:59:00Z, export_key = "e1", record_id = 10 },
-- ]
-- expect = [
--   { occurrence_id = "o1", sent_again = 0 },
-- ]
-- [[case]]
-- name = "arguments of a call that is told elsewhere are not told again"
-- "lake.secrets" = [
--   { occurrence_id = "o1", fingerprint = "f1", surface = "tool_arguments", source_id = "c2", element_id = "m1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1" },
-- ]
-- history_tool_calls = [
--   { call_uid = "c1", raw_name = "mcp__vault__get", integration = "vault", tool = "get", seq = 3, arguments = "{}", outcome = "ok", result_message_id = "r1", time = 2026-03-01T08:59:00Z, export_key = "e1", record_id = 10 },
-- ]
-- expect = []
-- [[case]]
-- name = "arguments of a call, by the call that stands for it"
-- "lake.secrets" = [
--   { occurrence_id = "o1", fingerprint = "f1", surface = "tool_arguments", source_id = "c2", element_id = "m1", export_key = "e1", record_id = 11, time = 2026-03-01T09:00:00Z, login = "u@example.com", device = "n1", session_id = "s1", conversation_id = "k1" },
-- ]
-- history_tool_calls = [
--   { call_uid = "c1", raw_name = "mcp__vault__get", integration = "vault", tool = "get", seq = 3, arguments = "{}", outcome = "ok", result_message_id = "r1", time = 2026-03-01T08:59:00Z, export_key = "e1", record_id = 10 },
-- ]
-- call_sightings = [
--   { call_uid = "c2", export_key = "e1", kept_uid = "c1" },
-- ]
-- expect = [
--   { call_uid = "c1", integration = "vault" },
-- ]
-- +++
WITH ranked AS (
  SELECT *, row_number() OVER (PARTITION BY occurrence_id ORDER BY time, export_key, record_id) AS nth_sighting,
         max(last_time) OVER (PARTITION BY occurrence_id) AS all_last
  FROM lake.secrets
),
counted AS (
  SELECT occurrence_id, sum(requests) AS requests
  FROM lake.secrets
  WHERE requests IS NOT NULL AND export_key NOT IN (SELECT export_key FROM repeated_exports)
  GROUP BY occurrence_id
),
carried AS (
  SELECT c.element_id, sum(c.requests) AS requests, max(c.last_time) AS last_time
  FROM lake.carries c
  WHERE c.element_id IN (SELECT element_id FROM lake.secrets WHERE element_id IS NOT NULL)
    AND c.export_key NOT IN (SELECT export_key FROM repeated_exports)
  GROUP BY c.element_id
),
offered AS (
  SELECT definition_id, sum(requests) AS requests, max(last_time) AS last_time
  FROM lake.tool_offers
  WHERE definition_id IN (SELECT source_id FROM lake.secrets WHERE surface = 'tool_definition')
    AND export_key NOT IN (SELECT export_key FROM repeated_exports)
  GROUP BY definition_id
),
answered AS (
  SELECT *, row_number() OVER (PARTITION BY result_message_id ORDER BY time, export_key, record_id, call_uid) AS nth
  FROM history_tool_calls
  WHERE result_message_id IS NOT NULL
)
SELECT s.* EXCEPT (nth_sighting, all_last), coalesce(g.agent, 'unknown') AS agent,
       coalesce(c.call_uid, a.call_uid) AS call_uid, coalesce(c.raw_name, a.raw_name) AS raw_name,
       coalesce(c.integration, a.integration) AS integration,
       coalesce(c.integration_kind, a.integration_kind) AS integration_kind, coalesce(c.tool, a.tool) AS tool,
       coalesce(c.seq, a.seq) AS seq, coalesce(c.arguments, a.arguments) AS arguments,
       coalesce(c.outcome, a.outcome) AS outcome,
       CAST(greatest(coalesce(n.requests, e.requests, o.requests, 1) - 1, 0) AS BIGINT) AS sent_again,
       greatest(coalesce(s.all_last, e.last_time, o.last_time, s.time), s.time) AS last_sent,
       starts_with(s.login, 'tag:') AS shared_identity
FROM ranked s
LEFT JOIN counted n ON n.occurrence_id = s.occurrence_id
LEFT JOIN carried e ON e.element_id = s.element_id
LEFT JOIN offered o ON s.surface = 'tool_definition' AND o.definition_id = s.source_id
LEFT JOIN request_agents g
  ON g.export_key = s.export_key AND g.record_id = coalesce(s.record_id, -1) AND g.user_agent = coalesce(s.user_agent, '')
LEFT JOIN call_sightings k ON s.surface = 'tool_arguments' AND k.call_uid = s.source_id AND k.export_key = s.export_key
LEFT JOIN history_tool_calls c ON c.call_uid = k.kept_uid
LEFT JOIN answered a ON s.surface = 'tool_result' AND a.result_message_id = s.source_id AND a.nth = 1
WHERE s.nth_sighting = 1 AND (s.surface <> 'tool_arguments' OR c.call_uid IS NOT NULL)
