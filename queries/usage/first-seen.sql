-- +++
-- title = "Used for the first time"
-- severity = "low"
-- confidence = "low"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A user used a destination, an integration, a tool, a provider, a model or a device with an agent for the first time in 90 days."
-- impact = "New habits are where accidents and intruders show first."
-- false_positives = [
--   "New work, a new device, a new version of a model.",
--   "A roll-out: three or more users who start within a day are told once.",
-- ]
-- next_steps = [
--   "SELECT kind, thing, time, new_to_all, starters FROM first_uses WHERE login = '{login}' ORDER BY time",
--   "SELECT time, integration, tool, session_id FROM calls WHERE login = '{login}' ORDER BY time",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI10", "owasp-asi:2026:ASI04"]
-- [params]
-- warm_up_days = 14
-- rollout_users = 3
-- min_active_days = 10
-- [[case]]
-- name = "a destination that nobody had reached before"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "destination", thing = "drop.example", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "drop.example", login = "ana", kind = "destination", evidence = ["e#1"], reason = "ana reached the destination drop[.]example for the first time in 90 days, as the first of all users." } ]
-- [[case]]
-- name = "at an hour at which the user never works"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "destination", thing = "drop.example", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T03:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, active_days = 20, hour_days = 0, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "drop.example", severity = "low", reason = "ana reached the destination drop[.]example for the first time in 90 days, as the first of all users. It was 03:00 UTC, around which ana had worked on none of 20 active days." } ]
-- [[case]]
-- name = "the new destinations of a day are one line"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "destination", thing = "drop.example", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
--   { who = "user", principal = "ana", kind = "destination", thing = "docs.example", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T11:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 2 },
-- ]
-- expect = [ { subject = "2 destinations", count = 6, evidence = ["e#1", "e#2"], reason = "ana reached 2 destinations for the first time in 90 days, as the first of all users." } ]
-- [[case]]
-- name = "a model that others know"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "model", thing = "gpt-5", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = false, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "gpt-5", reason = "ana used the model gpt-5 for the first time in 90 days; others use it already." } ]
-- [[case]]
-- name = "a device with another agent"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "workplace", thing = "n2 with Codex", login = "ana", device = "n2", agent = "Codex", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "n2 with Codex", device = "n2", agent = "Codex" } ]
-- [[case]]
-- name = "an old acquaintance after 90 days"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "provider", thing = "openai", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = false, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1, last_before = 2025-11-01T09:00:00Z },
-- ]
-- expect = [ { subject = "openai" } ]
-- [[case]]
-- name = "three who start within a day are told once"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "tool", thing = "acme/t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 3, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
--   { who = "user", principal = "ben", kind = "tool", thing = "acme/t", login = "ben", device = "n1", agent = "Claude Code", time = 2026-03-10T11:00:00Z, new_to_all = true, starters = 3, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
--   { who = "user", principal = "eva", kind = "tool", thing = "acme/t", login = "eva", device = "n1", agent = "Claude Code", time = 2026-03-10T12:00:00Z, new_to_all = true, starters = 3, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "acme/t", count = 3, severity = "informational", first_seen = 2026-03-10T09:00:00Z, last_seen = 2026-03-10T12:00:00Z, reason = "3 users used the tool acme/t for the first time, each within a day of another, which looks like a roll-out." } ]
-- [[case]]
-- name = "two roll-outs of one tool are two lines"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "tool", thing = "acme/t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 3, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
--   { who = "user", principal = "ben", kind = "tool", thing = "acme/t", login = "ben", device = "n1", agent = "Claude Code", time = 2026-03-10T10:00:00Z, new_to_all = true, starters = 3, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
--   { who = "user", principal = "eva", kind = "tool", thing = "acme/t", login = "eva", device = "n1", agent = "Claude Code", time = 2026-03-10T11:00:00Z, new_to_all = true, starters = 3, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
--   { who = "user", principal = "kim", kind = "tool", thing = "acme/t", login = "kim", device = "n1", agent = "Claude Code", time = 2026-04-10T12:00:00Z, new_to_all = true, starters = 3, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
--   { who = "user", principal = "lea", kind = "tool", thing = "acme/t", login = "lea", device = "n1", agent = "Claude Code", time = 2026-04-10T13:00:00Z, new_to_all = true, starters = 3, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
--   { who = "user", principal = "max", kind = "tool", thing = "acme/t", login = "max", device = "n1", agent = "Claude Code", time = 2026-04-10T14:00:00Z, new_to_all = true, starters = 3, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "acme/t", count = 3, last_seen = 2026-03-10T11:00:00Z }, { subject = "acme/t", count = 3, first_seen = 2026-04-10T12:00:00Z } ]
-- [[case]]
-- name = "two who start within a day are two"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "tool", thing = "acme/t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 2, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
--   { who = "user", principal = "ben", kind = "tool", thing = "acme/t", login = "ben", device = "n1", agent = "Claude Code", time = 2026-03-10T11:00:00Z, new_to_all = true, starters = 2, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { login = "ana" }, { login = "ben" } ]
-- [[case]]
-- name = "a destination that others reach"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "destination", thing = "drop.example", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = false, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "during the warm-up of the data"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "destination", thing = "drop.example", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 13, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "a user who came a week ago"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "destination", thing = "drop.example", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 7, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "a kind of action, which another detection tells"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "ability", thing = "destructive", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "before the window"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "destination", thing = "drop.example", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- run_window = [
--   { start_time = 2026-03-11T00:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "after the window"
-- first_uses = [
--   { who = "user", principal = "ana", kind = "destination", thing = "drop.example", login = "ana", device = "n1", agent = "Claude Code", time = 2026-03-10T09:00:00Z, new_to_all = true, starters = 1, data_days = 60, own_days = 50, calls = 3, export_key = "e", record_id = 1 },
-- ]
-- run_window = [
--   { end_time = 2026-03-10T00:00:00Z },
-- ]
-- expect = []
-- +++
WITH starts AS (
  SELECT *
  FROM first_uses
  WHERE who = 'user' AND kind IN ('destination', 'integration', 'tool', 'provider', 'model', 'workplace') AND data_days >= $warm_up_days
    AND own_days >= $warm_up_days AND (kind <> 'destination' OR new_to_all)
),
-- A roll-out is a chain of starts, each within a day of another.
together AS (
  SELECT *, CASE WHEN CAST(time AS BIGINT) - CAST(lag(time) OVER (PARTITION BY kind, thing ORDER BY time, login, export_key, record_id) AS BIGINT) <= 86400000000
                 THEN 0 ELSE 1 END AS first_of_chain
  FROM starts
  WHERE starters >= $rollout_users
),
chains AS (
  SELECT *, sum(first_of_chain) OVER (PARTITION BY kind, thing ORDER BY time, login, export_key, record_id
                                      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS chain
  FROM together
),
told AS (
  SELECT kind, thing, login, device, agent, time AS first_seen, time AS last_seen, calls AS count, new_to_all, starters, active_days, hour_days,
         make_array(evidence(export_key, record_id)) AS evidence
  FROM starts
  WHERE starters < $rollout_users AND kind <> 'destination'
  UNION ALL
  -- Pages that nobody has seen are daily work; those of a user's day are one line.
  SELECT kind, CASE WHEN count(*) = 1 THEN min(thing) ELSE CAST(count(*) AS VARCHAR) || ' destinations' END, login,
         first_value(device ORDER BY time, thing), first_value(agent ORDER BY time, thing), min(time), max(time), sum(calls) AS count, true, min(starters),
         first_value(active_days ORDER BY time, thing), min(hour_days), array_agg(evidence(export_key, record_id) ORDER BY time, thing, export_key, record_id)
  FROM starts
  WHERE starters < $rollout_users AND kind = 'destination'
  GROUP BY kind, login, date_trunc('day', time)
  UNION ALL
  SELECT kind, thing, CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), CAST(NULL AS VARCHAR), min(time), max(time), count(*) AS count, bool_or(new_to_all), count(*) AS starters,
         CAST(NULL AS BIGINT), CAST(NULL AS BIGINT),
         array_agg(evidence(export_key, record_id) ORDER BY time, login, export_key, record_id)
  FROM chains
  GROUP BY kind, thing, chain
)
SELECT
  t.thing AS subject,
  CASE WHEN t.login IS NULL THEN CAST(t.starters AS VARCHAR) || ' users' ELSE t.login END
    || CASE t.kind WHEN 'destination' THEN CASE WHEN t.thing LIKE '% destinations' THEN ' reached ' || t.thing ELSE ' reached the destination ' || defang(t.thing) END
                   WHEN 'workplace' THEN ' worked on device ' || t.thing
                   ELSE ' used the ' || t.kind || ' ' || t.thing END
    || CASE WHEN t.login IS NULL THEN ' for the first time, each within a day of another, which looks like a roll-out.'
            WHEN t.new_to_all THEN ' for the first time in ' || held_span(90, b.lake_from, t.first_seen) || ', as the first of all users.'
            ELSE ' for the first time in ' || held_span(90, b.lake_from, t.first_seen) || '; others use it already.' END
    -- When somebody works is no alert; it is told beside one.
    || CASE WHEN t.active_days >= $min_active_days AND t.hour_days = 0
            THEN ' It was ' || substr(CAST(t.first_seen AS VARCHAR), 12, 5) || ' UTC, around which ' || t.login || ' had worked on none of '
              || CAST(t.active_days AS VARCHAR) || ' active days.' ELSE '' END AS reason,
  t.first_seen,
  t.last_seen,
  t.count,
  CAST(NULL AS VARCHAR) AS session_id,
  t.login,
  t.device,
  t.agent,
  CASE WHEN t.kind = 'integration' THEN t.thing END AS integration,
  t.kind || CASE WHEN t.kind = 'destination' AND t.login IS NOT NULL THEN '' ELSE ' ' || t.thing END || ' ' || left(CAST(t.first_seen AS VARCHAR), 10) AS key,
  CASE WHEN t.login IS NULL THEN 'informational' ELSE 'low' END AS severity,
  t.kind, t.new_to_all, t.starters, t.active_days, t.hour_days,
  t.evidence
FROM told t
LEFT JOIN lake_start b ON true
LEFT JOIN run_window w ON true
WHERE (w.start_time IS NULL OR t.last_seen >= w.start_time) AND (w.end_time IS NULL OR t.first_seen < w.end_time)
ORDER BY t.first_seen, t.kind, t.thing, t.login
