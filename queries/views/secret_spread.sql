-- +++
-- doc = "Every secret and every piece of personal data in the lake as one row: where it stands, who and what carried it how often, and what sends it out. Never the value."
-- [columns]
-- rules = "Rules that found it."
-- surfaces = "Surfaces that showed it."
-- users = "Logins whose traffic held it, in order of first appearance: candidates for its owner."
-- user_count = "Number of these logins; the people behind a shared identity count as one."
-- devices = "Devices whose traffic held it."
-- agents = "Agents that sent it."
-- providers = "Providers that received it."
-- provider_count = "Number of providers."
-- models = "Models that received it."
-- places = "Messages, calls, headers and credentials that hold it."
-- sessions = "Number of sessions that hold it."
-- sent_again = "Requests that carried it after the first one. Within a conversation the place that was carried most counts."
-- first_seen = "First appearance in the lake."
-- last_seen = "Last request that carried it, in the lake."
-- in_window = "Whether the window shows it, first or again."
-- sent_out_by = "Tools whose arguments held it and that send data out; a shell counts when its command names a program that does. Calls that were refused do not count."
-- sent_out = "Number of such calls."
-- typed = "A person, or whatever speaks for one, put it into a prompt."
-- by_design = "It only stands in headers or in credentials of a request body, where it authenticates and no model reads it."
-- own_key = "A request header that authenticates against the provider holds it: a client uses its own key through the gateway."
-- root = "It opens everything: a private key, a root credential of a cloud."
-- file = "Name of a place that usually holds secrets and that a call which brought it names; null where there is none."
-- evidence = "Records that first show its places, in the form of the column of that name in findings."
-- sent_evidence = "The same records, those of calls that send it out first."
-- [[case]]
-- name = "typed, read by another, sent"
-- secret_places = [
--   { fingerprint = "f1", occurrence_id = "o1", export_key = "e", record_id = 1, position = 1, part = 0, rule_set = "1", kind = "token", vendor = "", preview = "x", user_agent = "", shared_identity = false, surface = 'prompt', login = 'ana@x.example', device = 'n', agent = 'a', provider = 'p', model = 'm', session_id = 's', conversation_id = 'c', tier = 'generic', confidence = 'low', rule = 'r', root = false, sent_again = 2, is_own_key = false, is_sent_out = false, nth = 1, time = 2026-03-01T09:01:00Z, last_sent = 2026-03-01T09:01:00Z },
--   { fingerprint = "f1", occurrence_id = "o2", export_key = "e", record_id = 2, position = 2, part = 0, rule_set = "1", kind = "token", vendor = "", preview = "x", user_agent = "", shared_identity = false, surface = 'tool_result', login = 'bob@x.example', device = 'n', agent = 'a', provider = 'q', model = 'm', session_id = 't', conversation_id = 'd', tier = 'provider', confidence = 'high', rule = 'r', root = false, sent_again = 3, is_own_key = false, is_sent_out = false, nth = 2, time = 2026-03-01T09:02:00Z, last_sent = 2026-03-01T09:02:00Z, file = 'an environment file' },
--   { fingerprint = "f1", occurrence_id = "o3", export_key = "e", record_id = 3, position = 3, part = 0, rule_set = "1", kind = "token", vendor = "", preview = "x", user_agent = "", shared_identity = false, surface = 'tool_arguments', login = 'ana@x.example', device = 'n', agent = 'a', provider = 'p', model = 'm', session_id = 's', conversation_id = 'c', tier = 'generic', confidence = 'low', rule = 'r', root = false, raw_name = 'send', call_uid = 'c1', sent_again = 5, is_own_key = false, is_sent_out = true, nth = 3, time = 2026-03-01T09:03:00Z, last_sent = 2026-03-01T09:03:00Z },
-- ]
-- expect = [
--   { users = ["ana@x.example", "bob@x.example"], user_count = 2, provider_count = 2, places = 3, sessions = 2, sent_again = 8, typed = true, by_design = false, tier = "provider", confidence = "high", file = "an environment file", sent_out_by = ["send"], sent_out = 1, evidence = ["e#1", "e#2", "e#3"], sent_evidence = ["e#3", "e#1", "e#2"], in_window = true },
-- ]
-- [[case]]
-- name = "a key in headers, and personal data"
-- secret_places = [
--   { fingerprint = "f1", occurrence_id = "o1", export_key = "e", record_id = 1, position = 1, part = 0, rule_set = "1", kind = "token", vendor = "", preview = "x", user_agent = "", shared_identity = false, surface = 'header', login = 'ana@x.example', device = 'n', agent = 'a', provider = 'p', model = 'm', session_id = 's', conversation_id = 'c', tier = 'generic', confidence = 'low', rule = 'r', root = false, sent_again = 0, is_own_key = true, is_sent_out = false, nth = 1, time = 2026-03-01T09:01:00Z, last_sent = 2026-03-01T09:01:00Z },
--   { fingerprint = "f1", occurrence_id = "o2", export_key = "e", record_id = 2, position = 2, part = 0, rule_set = "1", kind = "token", vendor = "", preview = "x", user_agent = "", shared_identity = false, surface = 'mcp_credential', login = 'ana@x.example', device = 'n', agent = 'a', provider = 'p', model = 'm', session_id = 's', conversation_id = 'c', tier = 'generic', confidence = 'low', rule = 'r', root = false, sent_again = 0, is_own_key = false, is_sent_out = false, nth = 2, time = 2026-03-01T09:02:00Z, last_sent = 2026-03-01T09:02:00Z },
--   { fingerprint = "f2", occurrence_id = "o3", export_key = "e", record_id = 3, position = 3, part = 0, rule_set = "1", kind = "token", vendor = "", preview = "x", user_agent = "", shared_identity = false, surface = 'answer', login = 'ana@x.example', device = 'n', agent = 'a', provider = 'p', model = 'm', session_id = 's', conversation_id = 'c', tier = 'pii', confidence = 'low', rule = 'r', root = false, sent_again = 0, is_own_key = false, is_sent_out = false, nth = 1, time = 2026-03-01T09:03:00Z, last_sent = 2026-03-01T09:03:00Z },
-- ]
-- expect = [
--   { fingerprint = "f1", by_design = true, own_key = true, typed = false, sent_out = 0, sent_out_by = [], sent_again = 0 },
--   { fingerprint = "f2", by_design = false, own_key = false, tier = "pii", typed = false },
-- ]
-- [[case]]
-- name = "before and after the window"
-- run_window = [ { start_time = 2026-03-01T00:00:00Z, end_time = 2026-03-02T00:00:00Z } ]
-- secret_places = [
--   { fingerprint = "f1", occurrence_id = "o1", export_key = "e", record_id = 1, position = 1, part = 0, rule_set = "1", kind = "token", vendor = "", preview = "x", user_agent = "", shared_identity = false, surface = 'prompt', login = 'ana@x.example', device = 'n', agent = 'a', provider = 'p', model = 'm', session_id = 's', conversation_id = 'c', tier = 'generic', confidence = 'low', rule = 'r', root = false, sent_again = 0, is_own_key = false, is_sent_out = false, nth = 1, time = 2026-02-01T09:00:00Z, last_sent = 2026-02-01T09:00:00Z },
--   { fingerprint = "f2", occurrence_id = "o2", export_key = "e", record_id = 2, position = 2, part = 0, rule_set = "1", kind = "token", vendor = "", preview = "x", user_agent = "", shared_identity = false, surface = 'prompt', login = 'ana@x.example', device = 'n', agent = 'a', provider = 'p', model = 'm', session_id = 's', conversation_id = 'c', tier = 'generic', confidence = 'low', rule = 'r', root = false, sent_again = 0, is_own_key = false, is_sent_out = false, nth = 1, time = 2026-02-01T09:00:00Z, last_sent = 2026-03-01T09:05:00Z },
--   { fingerprint = "f3", occurrence_id = "o3", export_key = "e", record_id = 3, position = 3, part = 0, rule_set = "1", kind = "token", vendor = "", preview = "x", user_agent = "", shared_identity = false, surface = 'prompt', login = 'ana@x.example', device = 'n', agent = 'a', provider = 'p', model = 'm', session_id = 's', conversation_id = 'c', tier = 'generic', confidence = 'low', rule = 'r', root = false, sent_again = 0, is_own_key = false, is_sent_out = false, nth = 1, time = 2026-04-01T09:00:00Z, last_sent = 2026-04-01T09:05:00Z },
-- ]
-- expect = [
--   { fingerprint = "f1", in_window = false },
--   { fingerprint = "f2", in_window = true },
--   { fingerprint = "f3", in_window = false },
-- ]
-- +++
WITH people AS (
  SELECT fingerprint, array_agg(login ORDER BY first_time, login) AS users, count(*) AS user_count
  FROM (SELECT fingerprint, login, min(time) AS first_time FROM secret_places GROUP BY fingerprint, login) x
  GROUP BY fingerprint
),
shown AS (
  SELECT fingerprint, array_agg(evidence ORDER BY nth, evidence) AS evidence, array_agg(evidence ORDER BY sent_out DESC, nth, evidence) AS sent_evidence
  FROM (SELECT fingerprint, export_key || coalesce('#' || CAST(record_id AS VARCHAR), '') AS evidence, min(nth) AS nth,
               max(CASE WHEN is_sent_out THEN 1 ELSE 0 END) AS sent_out
        FROM secret_places GROUP BY fingerprint, export_key, record_id) x
  GROUP BY fingerprint
),
-- Within a conversation the place that was carried most counts.
carried AS (
  SELECT fingerprint, sum(again) AS sent_again
  FROM (SELECT fingerprint, session_id, conversation_id, max(sent_again) AS again FROM secret_places GROUP BY fingerprint, session_id, conversation_id) x
  GROUP BY fingerprint
),
totals AS (
  SELECT p.fingerprint,
         array_agg(DISTINCT rule ORDER BY rule) AS rules,
         array_agg(DISTINCT surface ORDER BY surface) AS surfaces,
         array_agg(DISTINCT device ORDER BY device) AS devices,
         array_agg(DISTINCT agent ORDER BY agent) AS agents,
         array_agg(DISTINCT provider ORDER BY provider) FILTER (WHERE provider IS NOT NULL) AS providers,
         count(DISTINCT provider) AS provider_count,
         array_agg(DISTINCT model ORDER BY model) FILTER (WHERE model IS NOT NULL) AS models,
         count(*) AS places, count(DISTINCT session_id) AS sessions, min(time) AS first_seen, max(last_sent) AS last_seen,
         coalesce(bool_or((w.end_time IS NULL OR time < w.end_time) AND (w.start_time IS NULL OR last_sent >= w.start_time)), false) AS in_window,
         array_agg(DISTINCT raw_name ORDER BY raw_name) FILTER (WHERE is_sent_out) AS sent_out_by,
         count(DISTINCT call_uid) FILTER (WHERE is_sent_out) AS sent_out,
         coalesce(bool_or(surface = 'prompt'), false) AS typed,
         bool_and(surface IN ('header', 'mcp_credential')) AS by_design,
         coalesce(bool_or(is_own_key), false) AS own_key,
         coalesce(bool_or(root), false) AS root,
         min(file) AS file,
         CASE max(CASE confidence WHEN 'high' THEN 3 WHEN 'medium' THEN 2 ELSE 1 END) WHEN 3 THEN 'high' WHEN 2 THEN 'medium' ELSE 'low' END AS confidence,
         CASE WHEN bool_or(tier = 'provider') THEN 'provider' WHEN bool_or(tier = 'generic') THEN 'generic' ELSE 'pii' END AS tier,
         min(rule_set) AS rule_set
  FROM secret_places p
  LEFT JOIN run_window w ON true
  GROUP BY p.fingerprint
)
SELECT t.* EXCEPT (providers, models, sent_out_by),
       coalesce(t.providers, make_array()) AS providers, coalesce(t.models, make_array()) AS models,
       coalesce(t.sent_out_by, make_array()) AS sent_out_by,
       p.users, p.user_count, c.sent_again, h.evidence, h.sent_evidence
FROM totals t
JOIN people p ON p.fingerprint = t.fingerprint
JOIN shown h ON h.fingerprint = t.fingerprint
JOIN carried c ON c.fingerprint = t.fingerprint
