-- +++
-- title = "An agent repeats the same call"
-- severity = "medium"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "An agent made the same call with the same arguments again and again."
-- impact = "It burns money and may hammer a service; whatever the call does, it did that many times."
-- false_positives = [
--   "Polling with a tool that is not known for it.",
-- ]
-- next_steps = [
--   "Ask {whom} to stop the session if it still runs, and to look at what the call waits for.",
--   "SELECT time, integration, tool, outcome, left(arguments, 200) AS arguments FROM calls WHERE session_id = '{session_id}' ORDER BY seq",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI08", "owasp-llm:2025:LLM10", "atlas:AML.T0034.002"]
-- [params]
-- min_calls = 20
-- min_failed = 10
-- polling_usd = 10.0
-- [[case]]
-- name = "twenty times and more in a row"
-- call_runs = [
--   { conversation_id = "c", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", calls = 24, longest_before = 12, days_before = 18, failed = 0, sleeps = false, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T09:20:00Z, requests = 24, cost_usd = 3.5, fresh_tokens = 90000, cached_tokens = 2000000, evidence = ["e#1"], arguments_digest = "d" },
-- ]
-- expect = [ { subject = "Bash", count = 24, login = "ana", session_id = "s", reason = "Claude Code of ana made the same call of Bash 24 times in a row within 20 minutes, none of them marked as failed; 24 requests of that time cost 3.50 dollars, with 90000 tokens that no cache held and 2000000 that came from a cache. In 18 active days of the 30 days before, no call of ana was repeated more than 12 times. It was not lowered, because the tool is not known to be polled, nothing tells it to wait, and the run is longer than any before." } ]
-- [[case]]
-- name = "ten times with errors"
-- call_runs = [
--   { conversation_id = "c", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", calls = 11, days_before = 0, failed = 10, sleeps = false, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T09:20:00Z, requests = 24, cost_usd = 3.5, fresh_tokens = 90000, cached_tokens = 2000000, evidence = ["e#1"], arguments_digest = "d" },
-- ]
-- expect = [ { count = 11 } ]
-- [[case]]
-- name = "polling that costs too much"
-- call_runs = [
--   { conversation_id = "c", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "BashOutput", raw_name = "Bash", calls = 400, days_before = 18, failed = 0, sleeps = false, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T09:20:00Z, requests = 24, cost_usd = 14.0, fresh_tokens = 90000, cached_tokens = 2000000, evidence = ["e#1"], arguments_digest = "d" },
-- ]
-- expect = [ { subject = "BashOutput" } ]
-- [[case]]
-- name = "a loop without prices"
-- call_runs = [
--   { conversation_id = "c", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", calls = 24, longest_before = 12, days_before = 18, failed = 0, sleeps = false, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T09:20:00Z, requests = 0, cost_usd = 0.0, fresh_tokens = 90000, cached_tokens = 2000000, evidence = ["e#1"], arguments_digest = "d" },
-- ]
-- expect = [ { severity = "low" } ]
-- [[case]]
-- name = "errors, without prices and without a past"
-- call_runs = [
--   { conversation_id = "c", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", calls = 24, days_before = 0, failed = 24, sleeps = false, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T09:20:00Z, requests = 0, cost_usd = 0.0, fresh_tokens = 0, cached_tokens = 0, evidence = ["e#1"], arguments_digest = "d" },
-- ]
-- expect = [ { severity = "medium", reason = "Claude Code of ana made the same call of Bash 24 times in a row within 20 minutes, 24 of them marked as failed; what it cost is not known. There is no earlier day of ana to compare with. It was not lowered, because the tool is not known to be polled, nothing tells it to wait, and the run is longer than any before." } ]
-- [[case]]
-- name = "longer runs are a habit of the user"
-- call_runs = [
--   { conversation_id = "c", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", calls = 24, longest_before = 40, days_before = 18, failed = 0, sleeps = false, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T09:20:00Z, requests = 24, cost_usd = 3.5, fresh_tokens = 90000, cached_tokens = 2000000, evidence = ["e#1"], arguments_digest = "d" },
-- ]
-- expect = [ { severity = "low" } ]
-- [[case]]
-- name = "nineteen times"
-- call_runs = [
--   { conversation_id = "c", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", calls = 19, failed = 0, sleeps = false, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T09:20:00Z, requests = 24, cost_usd = 3.5, fresh_tokens = 90000, cached_tokens = 2000000, evidence = ["e#1"], arguments_digest = "d" },
-- ]
-- expect = []
-- [[case]]
-- name = "ten errors among fewer repetitions"
-- call_runs = [
--   { conversation_id = "c", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", calls = 12, failed = 9, sleeps = false, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T09:20:00Z, requests = 24, cost_usd = 3.5, fresh_tokens = 90000, cached_tokens = 2000000, evidence = ["e#1"], arguments_digest = "d" },
-- ]
-- expect = []
-- [[case]]
-- name = "polling with a tool made for it"
-- call_runs = [
--   { conversation_id = "c", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "BashOutput", raw_name = "Bash", calls = 200, failed = 0, sleeps = false, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T09:20:00Z, requests = 24, cost_usd = 3.5, fresh_tokens = 90000, cached_tokens = 2000000, evidence = ["e#1"], arguments_digest = "d" },
-- ]
-- expect = []
-- [[case]]
-- name = "waiting in a shell"
-- call_runs = [
--   { conversation_id = "c", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", calls = 60, failed = 0, sleeps = true, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T09:20:00Z, requests = 24, cost_usd = 3.5, fresh_tokens = 90000, cached_tokens = 2000000, evidence = ["e#1"], arguments_digest = "d" },
-- ]
-- expect = []
-- [[case]]
-- name = "before the window"
-- call_runs = [
--   { conversation_id = "c", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", calls = 24, longest_before = 12, days_before = 18, failed = 0, sleeps = false, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T09:20:00Z, requests = 24, cost_usd = 3.5, fresh_tokens = 90000, cached_tokens = 2000000, evidence = ["e#1"], arguments_digest = "d" },
-- ]
-- run_window = [
--   { start_time = 2026-03-11T00:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "after the window"
-- call_runs = [
--   { conversation_id = "c", session_id = "s", login = "ana", device = "n1", agent = "Claude Code", integration = "Claude Code", tool = "Bash", raw_name = "Bash", calls = 24, longest_before = 12, days_before = 18, failed = 0, sleeps = false, first_time = 2026-03-10T09:00:00Z, last_time = 2026-03-10T09:20:00Z, requests = 24, cost_usd = 3.5, fresh_tokens = 90000, cached_tokens = 2000000, evidence = ["e#1"], arguments_digest = "d" },
-- ]
-- run_window = [
--   { end_time = 2026-03-10T00:00:00Z },
-- ]
-- expect = []
-- +++
WITH limits AS (
  SELECT max(CASE name WHEN 'run_days' THEN value END) AS days, max(CASE name WHEN 'run_calls' THEN value END) AS calls FROM catalog_limits
)
SELECT
  r.tool AS subject,
  coalesce(r.agent, 'An agent') || ' of ' || r.login || ' made the same call of ' || r.tool || ' ' || CAST(r.calls AS VARCHAR) || ' times in a row within '
    || CAST((CAST(r.last_time AS BIGINT) - CAST(r.first_time AS BIGINT)) / 60000000 AS VARCHAR) || ' minutes, '
    || CASE r.failed WHEN 0 THEN 'none' ELSE CAST(r.failed AS VARCHAR) END || ' of them marked as failed; '
    || CASE WHEN r.cost_usd >= 0.005
            THEN CAST(r.requests AS VARCHAR) || ' requests of that time cost ' || CAST(arrow_cast(r.cost_usd, 'Decimal128(18, 2)') AS VARCHAR)
              || ' dollars, with ' || CAST(r.fresh_tokens AS VARCHAR) || ' tokens that no cache held and ' || CAST(r.cached_tokens AS VARCHAR)
              || ' that came from a cache.'
            WHEN r.cost_usd > 0 THEN CAST(r.requests AS VARCHAR) || ' requests of that time cost less than a cent.'
            ELSE 'what it cost is not known.' END
    || CASE WHEN coalesce(r.days_before, 0) = 0 THEN ' There is no earlier day of ' || r.login || ' to compare with.'
            ELSE ' In ' || CAST(r.days_before AS VARCHAR) || CASE WHEN r.days_before = 1 THEN ' active day' ELSE ' active days' END
              || ' of the ' || held_span(l.days, b.lake_from, r.first_time) || ' before, no call of ' || r.login || ' was repeated more than '
              || CAST(coalesce(r.longest_before, l.calls - 1) AS VARCHAR) || ' times.' END
    || CASE WHEN r.longest_before >= r.calls THEN ' It was lowered, because longer runs are usual for ' || r.login || '.'
            WHEN p.tool IS NOT NULL OR coalesce(r.sleeps, false) THEN ' It looks like polling, but costs too much for that.'
            ELSE ' It was not lowered, because the tool is not known to be polled, nothing tells it to wait, and the run is longer than any before.' END AS reason,
  r.first_time AS first_seen,
  r.last_time AS last_seen,
  r.calls AS count,
  r.session_id,
  r.login, r.device, r.agent, r.integration, r.tool,
  r.conversation_id || ' ' || r.arguments_digest || ' ' || CAST(r.first_time AS VARCHAR) AS key,
  CASE WHEN coalesce(r.longest_before >= r.calls, false) THEN 'low' WHEN r.cost_usd >= 1 OR r.failed >= $min_failed THEN 'medium' ELSE 'low' END AS severity,
  r.failed, r.longest_before, r.days_before, r.cost_usd, r.fresh_tokens, r.cached_tokens,
  r.evidence
FROM call_runs r
CROSS JOIN limits l
LEFT JOIN lake_start b ON true
LEFT JOIN catalog_polling_tools p ON p.tool = r.tool
LEFT JOIN run_window w ON true
WHERE (r.calls >= $min_calls OR r.failed >= $min_failed)
  AND ((p.tool IS NULL AND NOT coalesce(r.sleeps, false)) OR r.cost_usd >= $polling_usd)
  AND (w.start_time IS NULL OR r.last_time >= w.start_time) AND (w.end_time IS NULL OR r.first_time < w.end_time)
ORDER BY r.first_time, r.conversation_id, r.raw_name, r.arguments_digest
