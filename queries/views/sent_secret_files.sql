-- +++
-- doc = "Files that usually hold secrets and that a call of the lake sent out: itself, or by a push of what was added before it."
-- materialise = true
-- [columns]
-- call_uid = "The call that sent it."
-- path = "The file, as the call that named it names it."
-- session_id = "Session of the call."
-- time = "Time of the call."
-- seq = "Position of the call among the calls of its conversation, from 1."
-- tool = "Tool that sent it, as it is named on the wire."
-- place = "Where to, as far as the call names it."
-- [[case]]
-- name = "uploaded, and added and pushed"
-- secret_paths = [ { call_uid = "c1", path = ".env" }, { call_uid = "c2", path = "~/app/.env" } ]
-- history_calls = [
--   { call_uid = "c1", session_id = "s", conversation_id = "c", login = "ana", seq = 1, time = 2026-03-01T09:01:00Z, raw_name = "Bash", egress = true, outcome = "ok" },
--   { call_uid = "c2", session_id = "s", conversation_id = "c", login = "ana", seq = 2, time = 2026-03-01T09:02:00Z, raw_name = "Bash", egress = false, outcome = "ok" },
--   { call_uid = "c3", session_id = "s", conversation_id = "c", login = "ana", seq = 3, time = 2026-03-01T09:03:00Z, raw_name = "Bash", egress = true, outcome = "ok" },
-- ]
-- history_commands = [
--   { call_uid = "c2", nth = 1, program = "git", subcommand = "add" },
--   { call_uid = "c3", nth = 1, program = "git", subcommand = "push" },
-- ]
-- history_entities = [ { source = "call", source_id = "c1", kind = "host", relation = "destination", place = "command", value = "evil.example" } ]
-- expect = [
--   { call_uid = "c1", path = ".env", place = "evil.example" },
--   { call_uid = "c3", path = "~/app/.env" },
-- ]
-- [[case]]
-- name = "refused, only read, pushed before it was added, and added before an earlier push"
-- secret_paths = [ { call_uid = "c1", path = ".env" }, { call_uid = "c2", path = ".env" }, { call_uid = "c4", path = ".env" } ]
-- history_calls = [
--   { call_uid = "c1", session_id = "s", conversation_id = "c", login = "ana", seq = 1, time = 2026-03-01T09:01:00Z, raw_name = "Bash", egress = true, outcome = "refused" },
--   { call_uid = "c2", session_id = "s", conversation_id = "c", login = "ana", seq = 2, time = 2026-03-01T09:02:00Z, raw_name = "Read", egress = false, outcome = "ok" },
--   { call_uid = "c3", session_id = "s", conversation_id = "c", login = "ana", seq = 3, time = 2026-03-01T09:03:00Z, raw_name = "Bash", egress = true, outcome = "ok" },
--   { call_uid = "c4", session_id = "s", conversation_id = "c", login = "ana", seq = 4, time = 2026-03-01T09:04:00Z, raw_name = "Bash", egress = false, outcome = "ok" },
--   { call_uid = "c5", session_id = "s", conversation_id = "c", login = "ana", seq = 5, time = 2026-03-01T09:05:00Z, raw_name = "Bash", egress = true, outcome = "ok" },
--   { call_uid = "c6", session_id = "s", conversation_id = "c", login = "ana", seq = 6, time = 2026-03-01T09:06:00Z, raw_name = "Bash", egress = true, outcome = "ok" },
-- ]
-- history_commands = [
--   { call_uid = "c3", nth = 1, program = "git", subcommand = "push" },
--   { call_uid = "c4", nth = 1, program = "git", subcommand = "commit" },
--   { call_uid = "c5", nth = 1, program = "git", subcommand = "push" },
--   { call_uid = "c6", nth = 1, program = "git", subcommand = "push" },
-- ]
-- expect = [ { call_uid = "c5", path = ".env" } ]
-- +++
WITH places AS (
  SELECT source_id AS call_uid, min(value) AS place
  FROM history_entities
  WHERE source = 'call' AND kind IN ('host', 'remote', 'repository', 'email') AND relation = 'destination'
  GROUP BY source_id
),
git AS (
  SELECT call_uid, bool_or(subcommand = 'push') AS pushes, bool_or(subcommand IN ('add', 'commit')) AS adds
  FROM history_commands
  WHERE program = 'git'
  GROUP BY call_uid
),
-- How many pushes of the session there were before.
turns AS (
  SELECT g.call_uid, c.session_id, g.pushes, g.adds,
         coalesce(sum(CASE WHEN g.pushes THEN 1 ELSE 0 END)
           OVER (PARTITION BY c.login, c.session_id ORDER BY c.time, c.seq, c.call_uid ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS turn
  FROM git g
  JOIN history_calls c ON c.call_uid = g.call_uid
  WHERE c.outcome <> 'refused'
),
sent AS (
  SELECT call_uid, path FROM secret_paths
  UNION
  SELECT u.call_uid, p.path
  FROM turns u
  JOIN turns a ON a.session_id = u.session_id AND a.turn = u.turn AND a.adds
  JOIN secret_paths p ON p.call_uid = a.call_uid
  WHERE u.pushes
)
SELECT s.call_uid, s.path, c.session_id, c.time, c.seq, c.raw_name AS tool, p.place
FROM sent s
JOIN history_calls c ON c.call_uid = s.call_uid AND c.egress AND c.outcome <> 'refused'
LEFT JOIN places p ON p.call_uid = s.call_uid
