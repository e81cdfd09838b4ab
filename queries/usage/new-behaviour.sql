-- +++
-- title = "A kind of action never seen of this user"
-- severity = "low"
-- confidence = "low"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A user's agents did something of a kind that they had not done in 90 days: read credentials, delete, send data out, install, persist, switch a protection off, or touch files with credentials."
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
-- [[case]]
-- name = "a first destructive call"
-- first_uses = [
--   { kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, user_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "destructive", login = "ana", severity = "low", reason = "Agents of ana removed or overwrote data for the first time in 90 days (3 calls that day, with Claude Code); nothing like it was seen in 50 days of use before." } ]
-- [[case]]
-- name = "a file with credentials weighs more"
-- first_uses = [
--   { kind = "path", thing = "SSH keys", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, user_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "SSH keys", severity = "medium" } ]
-- [[case]]
-- name = "credentials read by a tool made for that"
-- first_uses = [
--   { kind = "ability", thing = "secret", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, user_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "secret", severity = "medium" } ]
-- [[case]]
-- name = "again after 90 days"
-- first_uses = [
--   { kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, user_days = 50, calls = 3, export_key = "e", record_id = 1, last_before = 2025-11-01T09:00:00Z },
-- ]
-- expect = [ { subject = "destructive" } ]
-- [[case]]
-- name = "three users within a day"
-- first_uses = [
--   { kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 3, data_days = 60, user_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "during the warm-up of the data"
-- first_uses = [
--   { kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 13, user_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "a user who came a week ago"
-- first_uses = [
--   { kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, user_days = 7, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "a new destination, which another detection tells"
-- first_uses = [
--   { kind = "destination", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, user_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "before the window"
-- first_uses = [
--   { kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, user_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- run_window = [
--   { start_time = 2026-03-11T00:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "after the window"
-- first_uses = [
--   { kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, user_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- run_window = [
--   { end_time = 2026-03-10T00:00:00Z },
-- ]
-- expect = []
-- +++
SELECT
  f.thing AS subject,
  'Agents of ' || f.login
    || CASE WHEN f.kind = 'path' THEN ' touched files of the kind ' || f.thing
            ELSE CASE f.thing WHEN 'secret' THEN ' read credentials' WHEN 'destructive' THEN ' removed or overwrote data'
                              WHEN 'outgoing' THEN ' sent data out' WHEN 'install' THEN ' installed software'
                              WHEN 'persistence' THEN ' left something behind that acts in later sessions'
                              ELSE ' switched a protection off' END END
    || ' for the first time in 90 days (' || CAST(f.calls AS VARCHAR) || CASE WHEN f.calls = 1 THEN ' call' ELSE ' calls' END || ' that day, with ' || coalesce(f.agent, 'an unknown agent')
    || '); nothing like it was seen in ' || CAST(least(f.user_days, 90) AS VARCHAR) || ' days of use before.' AS reason,
  f.time AS first_seen,
  f.time AS last_seen,
  f.calls AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  f.login,
  f.device,
  f.agent,
  f.kind || ' ' || f.thing || ' ' || left(CAST(f.time AS VARCHAR), 10) AS key,
  CASE WHEN f.kind = 'path' OR f.thing IN ('secret', 'guard_off', 'persistence') THEN 'medium' ELSE 'low' END AS severity,
  f.kind, f.new_to_all, f.user_days,
  make_array(evidence(f.export_key, f.record_id)) AS evidence
FROM first_uses f
LEFT JOIN run_window w ON true
WHERE f.kind IN ('ability', 'path') AND f.data_days >= $warm_up_days AND f.user_days >= $warm_up_days AND f.starters < $rollout_users
  AND (w.start_time IS NULL OR f.time >= w.start_time) AND (w.end_time IS NULL OR f.time < w.end_time)
ORDER BY f.time, f.kind, f.thing, f.login
