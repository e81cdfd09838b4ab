-- +++
-- title = "Denied integration in use"
-- severity = "high"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "An integration that the organisation has denied was called, or was offered to models, after it was denied. What was called before is told in the inventory."
-- impact = "A decision is not being followed; what it was meant to prevent may have happened."
-- false_positives = [
--   "The verdict was made for another server of the same name.",
--   "A client still has the configuration, but nothing was called.",
--   "The verdict was made before everybody had been told; lightmeter review deny --since takes another moment.",
-- ]
-- next_steps = [
--   "SELECT login, device, agent, tool, calls, last_called FROM tool_use WHERE integration = '{subject}' ORDER BY calls DESC, login, tool",
--   "Ask those who use {subject} to remove it from their configuration, and take back the credentials that it was given.",
--   "Ask who sent it whether this was meant to leave; if not, take it back and treat it as known to whoever reads there: {left}.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI04", "owasp-asi:2026:ASI03"]
-- [[case]]
-- name = "called"
-- tool_calls = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-11T09:00:00Z, export_key = "e", record_id = 2 },
-- ]
-- tool_offers = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "denied", reason = "leaks mail" } ]
-- expect = [
--   { subject = "acme", login = "ana", count = 2, severity = "high", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, reason = "ana called tools of the denied integration acme 2 times; it was denied because: leaks mail.", evidence = ["e#1", "e#2"] },
-- ]
-- [[case]]
-- name = "offered only"
-- tool_offers = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "denied", reason = "leaks mail" } ]
-- expect = [ { severity = "low", count = 0 } ]
-- [[case]]
-- name = "one row per user"
-- tool_calls = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", tool = "u", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- tool_offers = [
--   { integration = "acme", tool = "t", login = "ben", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "denied", reason = "leaks mail" } ]
-- expect = [
--   { login = "ana", count = 2 },
--   { login = "ben", count = 0 },
-- ]
-- [[case]]
-- name = "only what came after the verdict counts"
-- tool_calls = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-11T09:00:00Z, export_key = "e", record_id = 2 },
-- ]
-- tool_offers = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "denied", reason = "leaks mail", since = 2026-02-11T00:00:00Z } ]
-- expect = [
--   { count = 1, severity = "high", first_seen = 2026-02-11T09:00:00Z, reason = "ana called tools of the denied integration acme once since 2026-02-11; it was denied because: leaks mail.", evidence = ["e#2"] },
-- ]
-- [[case]]
-- name = "called before the verdict and offered until after it"
-- tool_calls = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- tool_offers = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- requests = [
--   { login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-12T09:00:00Z, export_key = "f", record_id = 7 },
--   { login = "ben", device = "n1", agent = "Claude Code", time = 2026-02-12T09:00:00Z, export_key = "f", record_id = 6 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "denied", reason = "leaks mail", since = 2026-02-11T00:00:00Z } ]
-- expect = [
--   { count = 0, severity = "low", first_seen = 2026-02-11T00:00:00Z, last_seen = 2026-02-12T09:00:00Z, evidence = ["f#7"] },
-- ]
-- [[case]]
-- name = "one tool is denied"
-- tool_calls = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", tool = "u", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 2 },
-- ]
-- verdicts = [ { scope = "tool", name = "acme/t", verdict = "denied", reason = "writes" } ]
-- expect = [
--   { count = 1, reason = "ana called denied tools of the integration acme once; it was denied because: writes.", evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "called and offered before the verdict only"
-- tool_calls = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-11T09:00:00Z, export_key = "e", record_id = 2 },
-- ]
-- tool_offers = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "denied", reason = "leaks mail", since = 2026-02-12T00:00:00Z } ]
-- expect = []
-- [[case]]
-- name = "the tool is allowed, the rest is denied"
-- tool_calls = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- tool_offers = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "denied", reason = "leaks mail" }, { scope = "tool", name = "acme/t", verdict = "approved" } ]
-- expect = []
-- [[case]]
-- name = "approved"
-- tool_calls = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-11T09:00:00Z, export_key = "e", record_id = 2 },
-- ]
-- tool_offers = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "approved", reason = "leaks mail" } ]
-- expect = []
-- [[case]]
-- name = "the denial has expired"
-- tool_calls = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-11T09:00:00Z, export_key = "e", record_id = 2 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "expired", reason = "leaks mail" } ]
-- expect = []
-- [[case]]
-- name = "another integration"
-- tool_calls = [
--   { integration = "acme-docs", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "denied", reason = "leaks mail" } ]
-- expect = []
-- [[case]]
-- name = "an agent of that name was denied"
-- tool_calls = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- verdicts = [ { scope = "agent", name = "acme", verdict = "denied", reason = "leaks mail" } ]
-- expect = []
-- [[case]]
-- name = "no verdicts"
-- tool_calls = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- tool_offers = [
--   { integration = "acme", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- +++
WITH uses AS (
  SELECT integration, tool, login, device, agent, time AS first_seen, time AS last_seen, 1 AS calls, export_key, record_id FROM tool_calls
  UNION ALL
  SELECT integration, tool, login, device, agent, first_seen, last_seen, 0, export_key, record_id FROM tool_offers
),
judged AS (
  SELECT u.*, i.verdict IS NOT DISTINCT FROM 'denied' AS whole, coalesce(t.verdict, i.verdict) AS verdict, coalesce(t.reason, i.reason) AS why,
         -- Of two denials the earlier counts.
         CASE WHEN t.verdict = 'denied' AND i.verdict = 'denied' THEN CASE WHEN t.since IS NOT NULL AND i.since IS NOT NULL THEN least(t.since, i.since) END
              WHEN t.name IS NOT NULL THEN t.since ELSE i.since END AS since
  FROM uses u
  -- A verdict on the tool itself wins.
  LEFT JOIN verdicts i ON i.scope = 'integration' AND i.name = u.integration
  LEFT JOIN verdicts t ON t.scope = 'tool' AND t.name = u.integration || '/' || u.tool
),
after AS (
  SELECT * REPLACE (greatest(first_seen, since) AS first_seen), coalesce(first_seen < since, false) AS began_before,
         max(calls) OVER (PARTITION BY integration, login) AS most
  FROM judged
  WHERE verdict = 'denied' AND (since IS NULL OR last_seen >= since)
),
-- Of what was offered already before the denial, the last request that offered it is the evidence; where that lies behind
-- the window, the last one of that agent inside.
last_offers AS (
  SELECT a.login, a.device, a.agent, a.first_seen, a.last_seen,
         first_value(r.export_key ORDER BY r.time DESC, r.export_key, r.record_id) AS export_key,
         first_value(r.record_id ORDER BY r.time DESC, r.export_key, r.record_id) AS record_id
  FROM (SELECT DISTINCT login, device, agent, first_seen, last_seen FROM after WHERE began_before) a
  JOIN requests r ON r.login = a.login AND r.device = a.device AND r.agent = a.agent AND r.time BETWEEN a.first_seen AND a.last_seen
  GROUP BY a.login, a.device, a.agent, a.first_seen, a.last_seen
),
cited AS (
  SELECT a.* EXCLUDE (export_key, record_id), CASE WHEN a.began_before THEN o.export_key ELSE a.export_key END AS export_key,
         CASE WHEN a.began_before THEN o.record_id ELSE a.record_id END AS record_id
  FROM after a
  LEFT JOIN last_offers o ON o.login = a.login AND o.device = a.device AND o.agent = a.agent AND o.first_seen = a.first_seen AND o.last_seen = a.last_seen
)
SELECT
  integration AS subject,
  login || CASE WHEN sum(calls) > 0 THEN ' called ' || CASE WHEN bool_or(whole) THEN 'tools of the denied' ELSE 'denied tools of the' END || ' integration ' || integration || ' '
                                         || CASE sum(calls) WHEN 1 THEN 'once' ELSE CAST(sum(calls) AS VARCHAR) || ' times' END
                ELSE ' offers ' || CASE WHEN bool_or(whole) THEN 'the denied' ELSE 'denied tools of the' END || ' integration ' || integration || ' to models, without calls'
                                || CASE WHEN min(since) IS NULL THEN ' so far' ELSE '' END END
    || coalesce(' since ' || left(CAST(min(since) AS VARCHAR), 10), '') || coalesce('; it was denied because: ' || min(why), '') || '.' AS reason,
  min(first_seen) AS first_seen,
  max(last_seen) AS last_seen,
  sum(calls) AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  login,
  integration,
  CASE WHEN sum(calls) > 0 THEN 'high' ELSE 'low' END AS severity,
  array_agg(evidence(export_key, record_id) ORDER BY calls DESC, first_seen, device, agent, tool, export_key, record_id) AS evidence
FROM cited
-- Where something was called, what was offered says no more.
WHERE calls = most
GROUP BY integration, login
ORDER BY integration, login
