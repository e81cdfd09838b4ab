-- +++
-- title = "Session that costs far more than others"
-- severity = "medium"
-- confidence = "medium"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "One session cost far more than nearly all sessions of the same user and of all users before."
-- impact = "An agent may be running without anybody watching, or somebody spends on another account's bill."
-- false_positives = [
--   "A planned large refactoring or a batch job.",
-- ]
-- next_steps = [
--   "Ask {whom} whether the session was worth its cost; stop it if it still runs.",
--   "SELECT time, model, input_tokens, cached_tokens, output_tokens, cost_usd FROM requests WHERE session_id = '{session_id}' ORDER BY cost_usd DESC",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI08", "owasp-llm:2025:LLM10", "atlas:AML.T0034"]
-- [params]
-- warm_up_days = 14
-- min_usd = 20.0
-- times_own = 5.0
-- min_own_sessions = 10
-- min_fleet_sessions = 200
-- per_day = 3
-- [[case]]
-- name = "far above the user's and all users' sessions"
-- session_costs = [
--   { session_id = "s", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 60.0, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 4.0, own_usual = 1.5, own_days = 12, own_sessions = 30, own_max = 9.0, fleet_p995 = 25.0, fleet_sessions = 900, data_days = 60, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "s", login = "ana", session_id = "s", count = 900, reason = "A session of ana cost 60 dollars with 900 requests: 40 times the usual 1.5 and 6.7 times the highest before (9), out of 30 sessions on 12 days in the 60 days before, of which 95 of 100 cost at most 4. 3000000 tokens came from no cache, 90000000 from one. It was not lowered, because it also costs more than 995 of 1000 sessions of all users (25, out of 900)." } ]
-- [[case]]
-- name = "a little above all limits"
-- session_costs = [
--   { session_id = "s", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 25.5, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 4.0, own_usual = 1.5, own_days = 12, own_sessions = 30, own_max = 9.0, fleet_p995 = 25.0, fleet_sessions = 900, data_days = 60, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "s" } ]
-- [[case]]
-- name = "three on a day, the rest is counted"
-- session_costs = [
--   { session_id = "s", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 60.0, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 4.0, own_usual = 1.5, own_days = 12, own_sessions = 30, own_max = 9.0, fleet_p995 = 25.0, fleet_sessions = 900, data_days = 60, export_key = "e", record_id = 1 },
--   { session_id = "t", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 70.0, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 4.0, own_usual = 1.5, own_days = 12, own_sessions = 30, own_max = 9.0, fleet_p995 = 25.0, fleet_sessions = 900, data_days = 60, export_key = "e", record_id = 1 },
--   { session_id = "u", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 80.0, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 4.0, own_usual = 1.5, own_days = 12, own_sessions = 30, own_max = 9.0, fleet_p995 = 25.0, fleet_sessions = 900, data_days = 60, export_key = "e", record_id = 1 },
--   { session_id = "v", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 90.0, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 4.0, own_usual = 1.5, own_days = 12, own_sessions = 30, own_max = 9.0, fleet_p995 = 25.0, fleet_sessions = 900, data_days = 60, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "v", more_that_day = 1 }, { subject = "u" }, { subject = "t" } ]
-- [[case]]
-- name = "below five times the own sessions"
-- session_costs = [
--   { session_id = "s", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 60.0, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 12.5, own_usual = 6.0, own_days = 12, own_sessions = 30, own_max = 9.0, fleet_p995 = 25.0, fleet_sessions = 900, data_days = 60, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "below what others spend"
-- session_costs = [
--   { session_id = "s", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 60.0, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 4.0, own_usual = 1.5, own_days = 12, own_sessions = 30, own_max = 9.0, fleet_p995 = 61.0, fleet_sessions = 900, data_days = 60, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "below twenty dollars"
-- session_costs = [
--   { session_id = "s", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 19.0, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 1.0, own_usual = 0.5, own_days = 12, own_sessions = 30, own_max = 9.0, fleet_p995 = 5.0, fleet_sessions = 900, data_days = 60, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "during the warm-up"
-- session_costs = [
--   { session_id = "s", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 60.0, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 4.0, own_usual = 1.5, own_days = 12, own_sessions = 30, own_max = 9.0, fleet_p995 = 25.0, fleet_sessions = 900, data_days = 13, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "too few sessions of the user"
-- session_costs = [
--   { session_id = "s", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 60.0, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 4.0, own_usual = 1.5, own_days = 5, own_sessions = 9, own_max = 9.0, fleet_p995 = 25.0, fleet_sessions = 900, data_days = 60, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "too few sessions of all users"
-- session_costs = [
--   { session_id = "s", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 60.0, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 4.0, own_usual = 1.5, own_days = 12, own_sessions = 30, own_max = 9.0, fleet_p995 = 25.0, fleet_sessions = 199, data_days = 60, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "before the window"
-- session_costs = [
--   { session_id = "s", login = "ana", device = "n1", agent = "Claude Code", cost_usd = 60.0, requests = 900, fresh_tokens = 3000000, cached_tokens = 90000000, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T18:00:00Z, own_p95 = 4.0, own_usual = 1.5, own_days = 12, own_sessions = 30, own_max = 9.0, fleet_p995 = 25.0, fleet_sessions = 900, data_days = 60, export_key = "e", record_id = 1 },
-- ]
-- run_window = [
--   { start_time = 2026-03-11T00:00:00Z },
-- ]
-- expect = []
-- +++
WITH dear AS (
  SELECT c.*, date_trunc('day', c.first_time) AS day
  FROM session_costs c
  LEFT JOIN run_window w ON true
  WHERE c.data_days >= $warm_up_days AND c.cost_usd >= $min_usd AND c.own_sessions >= $min_own_sessions
    AND c.cost_usd >= $times_own * c.own_p95 AND c.fleet_sessions >= $min_fleet_sessions AND c.cost_usd > c.fleet_p995
    AND (w.start_time IS NULL OR c.last_time >= w.start_time) AND (w.end_time IS NULL OR c.first_time < w.end_time)
),
placed AS (
  SELECT *, row_number() OVER (PARTITION BY day ORDER BY cost_usd DESC, login, session_id, device) AS place, count(*) OVER (PARTITION BY day) AS that_day
  FROM dear
)
SELECT
  session_id AS subject,
  'A session of ' || login || ' cost ' || CAST(CAST(round(cost_usd) AS BIGINT) AS VARCHAR) || ' dollars with ' || CAST(requests AS VARCHAR) || ' requests: '
    || regexp_replace(CAST(round(cost_usd / greatest(own_usual, 0.01), 1) AS VARCHAR), '\.0$', '') || ' times the usual '
    || regexp_replace(CAST(round(own_usual, 2) AS VARCHAR), '\.0$', '') || ' and ' || regexp_replace(CAST(round(cost_usd / greatest(own_max, 0.01), 1) AS VARCHAR), '\.0$', '')
    || ' times the highest before (' || regexp_replace(CAST(round(own_max, 1) AS VARCHAR), '\.0$', '') || '), out of ' || CAST(own_sessions AS VARCHAR)
    || ' sessions on ' || CAST(own_days AS VARCHAR) || ' days in the ' || held_span(60, lake_from, first_time) || ' before, of which 95 of 100 cost at most '
    || regexp_replace(CAST(round(own_p95, 1) AS VARCHAR), '\.0$', '') || '. ' || CAST(fresh_tokens AS VARCHAR) || ' tokens came from no cache, '
    || CAST(cached_tokens AS VARCHAR) || ' from one. It was not lowered, because it also costs more than 995 of 1000 sessions of all users ('
    || regexp_replace(CAST(round(fleet_p995, 1) AS VARCHAR), '\.0$', '') || ', out of ' || CAST(fleet_sessions AS VARCHAR) || ').' AS reason,
  first_time AS first_seen,
  last_time AS last_seen,
  requests AS count,
  session_id,
  login, device, agent,
  session_id AS key,
  cost_usd, own_usual, own_p95, own_max, own_sessions, own_days, fleet_p995, fleet_sessions, fresh_tokens, cached_tokens, that_day - least(that_day, $per_day) AS more_that_day,
  make_array(evidence(export_key, record_id)) AS evidence
FROM placed
LEFT JOIN lake_start ON true
WHERE place <= $per_day
ORDER BY day, place
