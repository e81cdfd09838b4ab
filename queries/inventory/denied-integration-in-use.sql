-- +++
-- title = "Denied integration in use"
-- severity = "high"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "An integration that the organisation has denied was called, or was offered to models."
-- impact = "A decision is not being followed; what it was meant to prevent may have happened."
-- false_positives = [
--   "The verdict was made for another server of the same name.",
--   "A client still has the configuration, but nothing was called.",
-- ]
-- next_steps = [
--   "SELECT login, device, agent, calls, last_seen FROM tool_use WHERE integration = '{subject}' ORDER BY calls DESC, login",
--   "Ask those who use {subject} to remove it from their configuration, and take back the credentials that it was given.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI04", "owasp-asi:2026:ASI03"]
-- [[case]]
-- name = "called"
-- tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 2 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "denied", reason = "leaks mail" } ]
-- expect = [
--   { subject = "acme", login = "ana", count = 2, severity = "high", reason = "ana called tools of the denied integration acme 2 times; it was denied because: leaks mail." },
-- ]
-- [[case]]
-- name = "offered only"
-- tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 0 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "denied", reason = "leaks mail" } ]
-- expect = [ { severity = "low", count = 0 } ]
-- [[case]]
-- name = "one row per user"
-- tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "u", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ben", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 0 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "denied", reason = "leaks mail" } ]
-- expect = [
--   { login = "ana", count = 2 },
--   { login = "ben", count = 0 },
-- ]
-- [[case]]
-- name = "approved"
-- tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 2 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "approved", reason = "leaks mail" } ]
-- expect = []
-- [[case]]
-- name = "the denial has expired"
-- tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 2 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "expired", reason = "leaks mail" } ]
-- expect = []
-- [[case]]
-- name = "another integration"
-- tool_use = [
--   { integration = "acme-docs", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 2 },
-- ]
-- verdicts = [ { scope = "integration", name = "acme", verdict = "denied", reason = "leaks mail" } ]
-- expect = []
-- [[case]]
-- name = "an agent of that name was denied"
-- tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 2 },
-- ]
-- verdicts = [ { scope = "agent", name = "acme", verdict = "denied", reason = "leaks mail" } ]
-- expect = []
-- [[case]]
-- name = "no verdicts"
-- tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 2 },
-- ]
-- expect = []
-- +++
SELECT
  u.integration AS subject,
  u.login || CASE WHEN sum(u.calls) > 0 THEN ' called ' || CASE WHEN bool_or(i.name IS NOT NULL) THEN 'tools of the denied' ELSE 'denied tools of the' END || ' integration ' || u.integration || ' ' || CAST(sum(u.calls) AS VARCHAR) || ' times'
                  ELSE ' offers ' || CASE WHEN bool_or(i.name IS NOT NULL) THEN 'the denied' ELSE 'denied tools of the' END || ' integration ' || u.integration || ' to models, without calls so far' END
    || coalesce('; it was denied because: ' || min(coalesce(t.reason, i.reason)), '') || '.' AS reason,
  min(u.first_seen) AS first_seen,
  max(u.last_seen) AS last_seen,
  sum(u.calls) AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  u.login,
  u.integration,
  CASE WHEN sum(u.calls) > 0 THEN 'high' ELSE 'low' END AS severity,
  array_agg(evidence(u.export_key, u.record_id) ORDER BY u.calls DESC, u.first_seen, u.device, u.agent, u.tool) AS evidence
FROM tool_use u
-- A verdict on the tool itself wins.
LEFT JOIN verdicts i ON i.scope = 'integration' AND i.name = u.integration
LEFT JOIN verdicts t ON t.scope = 'tool' AND t.name = u.integration || '/' || u.tool
WHERE coalesce(t.verdict, i.verdict) = 'denied'
GROUP BY u.integration, u.login
ORDER BY u.integration, u.login
