-- +++
-- title = "A kind of action never seen of this user"
-- severity = "low"
-- confidence = "low"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A user's agents, a tagged device or an agent did something of a kind that they had not done in 90 days: read credentials, delete, send data out, install, persist, switch a protection off, or touch files with credentials."
-- impact = "It changes what a mistake or an injected instruction can do in this user's name."
-- false_positives = [
--   "New duties, such as a first deployment.",
-- ]
-- next_steps = [
--   "SELECT time, agent, integration, tool, left(arguments, 200) AS arguments FROM calls WHERE login = '{login}' ORDER BY time",
--   "SELECT kind, thing, time FROM first_uses WHERE login = '{login}' AND kind IN ('ability', 'path') ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI10", "owasp-asi:2026:ASI03"]
-- [params]
-- warm_up_days = 14
-- rollout_users = 3
-- min_active_days = 10
-- [[case]]
-- name = "a first destructive call"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "destructive", login = "ana", severity = "low", reason = "Agents of ana removed or overwrote data for the first time in 90 days (3 calls that day, with Claude Code); nothing like it was seen in 50 days of use before." } ]
-- [[case]]
-- name = "a file with credentials weighs more"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "path", thing = "SSH keys", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "SSH keys", severity = "medium" } ]
-- [[case]]
-- name = "credentials read by a tool made for that"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "ability", thing = "secret", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "secret", severity = "medium" } ]
-- [[case]]
-- name = "new to the user and to the agent is one finding"
-- first_uses = [
--   { who = "agent", principal = "Claude Code", kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
--   { who = "user", principal = "ana", kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "destructive", login = "ana", reason = "Agents of ana removed or overwrote data for the first time in 90 days (3 calls that day, with Claude Code); nothing like it was seen in 50 days of use before, nor of that agent in anybody's hands." } ]
-- [[case]]
-- name = "an agent does what its user has done with another"
-- first_uses = [
--   { who = "agent", principal = "Codex", kind = "ability", thing = "outgoing", login = "ana", device = "n1", agent = "Codex", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "outgoing", agent = "Codex", reason = "Codex, used by ana, made calls that can send data out for the first time in 90 days (3 calls that day, with Codex); nothing like it was seen in 50 days of use before." } ]
-- [[case]]
-- name = "a tagged device does what others of its tag do"
-- first_uses = [
--   { who = "device", principal = "n7", kind = "path", thing = "AWS credentials", login = "tag:ci", device = "n7", agent = "Codex", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "AWS credentials", device = "n7", reason = "Agents on device n7 of tag:ci touched files of the kind AWS credentials for the first time in 90 days (3 calls that day, with Codex); nothing like it was seen in 50 days of use before." } ]
-- [[case]]
-- name = "at an hour at which the user never works"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "ability", thing = "install", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T03:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, active_days = 20, hour_days = 0, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "install", severity = "low", reason = "Agents of ana installed software for the first time in 90 days (3 calls that day, with Claude Code); nothing like it was seen in 50 days of use before. It was 03:00 UTC, around which ana had worked on none of 20 active days." } ]
-- [[case]]
-- name = "again after 90 days"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1, last_before = 2025-11-01T09:00:00Z },
-- ]
-- expect = [ { subject = "destructive" } ]
-- [[case]]
-- name = "three users within a day"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 3, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "during the warm-up of the data"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 13, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "a user who came a week ago"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 7, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "a new destination, which another detection tells"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "destination", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "before the window"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- run_window = [
--   { start_time = 2026-03-11T00:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "after the window"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- run_window = [
--   { end_time = 2026-03-10T00:00:00Z },
-- ]
-- expect = []
-- +++
WITH starts AS (
  SELECT f.*, date_trunc('day', f.time) AS day
  FROM first_uses f
  LEFT JOIN run_window w ON true
  WHERE f.kind IN ('ability', 'path') AND f.data_days >= $warm_up_days AND f.own_days >= $warm_up_days AND f.starters < $rollout_users
    AND (w.start_time IS NULL OR f.time >= w.start_time) AND (w.end_time IS NULL OR f.time < w.end_time)
),
-- What is new to a user is told of the user; of a tagged device or of an agent, what only they had never done.
ranked AS (
  SELECT *, row_number() OVER (PARTITION BY login, kind, thing, day
                               ORDER BY CASE who WHEN 'user' THEN 0 WHEN 'device' THEN 1 ELSE 2 END, time, principal) AS nth,
         bool_or(who = 'agent') OVER (PARTITION BY login, kind, thing, day) AS new_to_agent
  FROM starts
)
SELECT
  thing AS subject,
  CASE who WHEN 'user' THEN 'Agents of ' || principal WHEN 'device' THEN 'Agents on device ' || principal || ' of ' || login
           ELSE principal || ', used by ' || login || ',' END
    || CASE WHEN kind = 'path' THEN ' touched files of the kind ' || thing
            ELSE CASE thing WHEN 'secret' THEN ' read credentials' WHEN 'destructive' THEN ' removed or overwrote data'
                            WHEN 'outgoing' THEN ' made calls that can send data out' WHEN 'install' THEN ' installed software'
                            WHEN 'persistence' THEN ' left something behind that acts in later sessions'
                            ELSE ' switched a protection off' END END
    || ' for the first time in ' || held_span(90, lake_from, time) || ' (' || CAST(calls AS VARCHAR) || CASE WHEN calls = 1 THEN ' call' ELSE ' calls' END || ' that day, with ' || coalesce(agent, 'an unknown agent')
    || '); nothing like it was seen in ' || CAST(least(own_days, 90) AS VARCHAR) || ' days of use before'
    || CASE WHEN who = 'user' AND new_to_agent THEN ', nor of that agent in anybody''s hands.' ELSE '.' END
    -- When somebody works is no alert; it is told beside one.
    || CASE WHEN active_days >= $min_active_days AND hour_days = 0
            THEN ' It was ' || substr(CAST(time AS VARCHAR), 12, 5) || ' UTC, around which ' || login || ' had worked on none of '
              || CAST(active_days AS VARCHAR) || ' active days.' ELSE '' END AS reason,
  time AS first_seen,
  time AS last_seen,
  calls AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  login,
  device,
  agent,
  CASE WHEN who = 'user' THEN '' ELSE who || ' ' || principal || ' ' END || kind || ' ' || thing || ' ' || left(CAST(time AS VARCHAR), 10) AS key,
  CASE WHEN kind = 'path' OR thing IN ('secret', 'guard_off', 'persistence') THEN 'medium' ELSE 'low' END AS severity,
  who, kind, new_to_all, own_days, active_days, hour_days,
  make_array(evidence(export_key, record_id)) AS evidence
FROM ranked
LEFT JOIN lake_start ON true
WHERE nth = 1
ORDER BY time, kind, thing, login, who, principal
