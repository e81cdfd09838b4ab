-- +++
-- title = "Tool that only one user has"
-- severity = "low"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A tool of an integration has been called by one user, and nobody else in the organisation was ever offered it."
-- impact = "Private installations escape review, and what they do is seen by nobody else."
-- false_positives = [
--   "A specialist's tool.",
--   "A trial before a roll-out.",
-- ]
-- next_steps = [
--   "SELECT integration, tool, agent, device, first_seen, calls FROM tool_use WHERE login = '{login}' ORDER BY integration, tool",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI04", "owasp-asi:2026:ASI10"]
-- [params]
-- min_users = 5
-- min_days = 14
-- min_calls = 1
-- [[case]]
-- name = "one of six users"
-- history_tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u0", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u1", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u2", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u3", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u4", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "export", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-05T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3, first_called = 2026-01-06T09:00:00Z, last_called = 2026-02-10T09:00:00Z },
-- ]
-- expect = [ { subject = "acme/export", login = "ana", count = 3 } ]
-- [[case]]
-- name = "on two devices of one user"
-- history_tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u0", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u1", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u2", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u3", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u4", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "export", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-05T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3, first_called = 2026-01-06T09:00:00Z, last_called = 2026-02-10T09:00:00Z },
--   { integration = "acme", integration_kind = "mcp", tool = "export", login = "ana", device = "n2", agent = "Claude Code", first_seen = 2026-01-05T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 1, first_called = 2026-01-06T09:00:00Z, last_called = 2026-02-10T09:00:00Z },
-- ]
-- expect = [ { subject = "acme/export", count = 4 } ]
-- [[case]]
-- name = "a connector"
-- history_tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u0", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u1", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u2", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u3", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u4", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "aperture-connector", tool = "export", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-05T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3, first_called = 2026-01-06T09:00:00Z, last_called = 2026-02-10T09:00:00Z },
-- ]
-- expect = [ { subject = "acme/export" } ]
-- [[case]]
-- name = "a second user was offered it"
-- history_tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u0", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u1", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u2", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u3", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u4", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "export", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-05T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3, first_called = 2026-01-06T09:00:00Z, last_called = 2026-02-10T09:00:00Z },
--   { integration = "acme", integration_kind = "mcp", tool = "export", login = "u1", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 0 },
-- ]
-- expect = []
-- [[case]]
-- name = "too few users to say"
-- history_tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u0", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u1", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u2", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "export", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-05T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3, first_called = 2026-01-06T09:00:00Z, last_called = 2026-02-10T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "never called"
-- history_tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u0", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u1", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u2", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u3", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u4", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "export", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-05T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 0, first_called = 2026-01-06T09:00:00Z, last_called = 2026-02-10T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "too young to say"
-- history_tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u0", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u1", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u2", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u3", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u4", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "export", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-01T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3, first_called = 2026-01-06T09:00:00Z, last_called = 2026-02-10T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "an agent's built-in tool"
-- history_tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u0", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u1", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u2", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u3", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u4", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "Codex", integration_kind = "built-in", tool = "export", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-05T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3, first_called = 2026-01-06T09:00:00Z, last_called = 2026-02-10T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "a program's own tool"
-- history_tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u0", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u1", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u2", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u3", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u4", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "client-defined", integration_kind = "client-defined", tool = "export", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-05T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3, first_called = 2026-01-06T09:00:00Z, last_called = 2026-02-10T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "not called in the window"
-- history_tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u0", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u1", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u2", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u3", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "get_issue", login = "u4", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "export", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-05T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3, first_called = 2026-01-06T09:00:00Z, last_called = 2026-02-10T09:00:00Z },
-- ]
-- run_window = [ { start_time = 2026-02-11T00:00:00Z } ]
-- expect = []
-- +++
WITH people AS (
  SELECT count(DISTINCT login) AS users, max(last_seen) AS last_seen FROM history_tool_use
),
owned AS (
  SELECT integration, tool, min(integration_kind) AS integration_kind, count(DISTINCT login) AS users, min(login) AS login,
         min(device) AS device, min(agent) AS agent, sum(coalesce(calls, 0)) AS calls, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
         max(last_called) AS last_called,
         array_agg(evidence(export_key, record_id) ORDER BY first_seen, device, agent, export_key, record_id) AS evidence
  FROM history_tool_use
  GROUP BY integration, tool
)
SELECT
  o.integration || '/' || o.tool AS subject,
  'Only ' || o.login || ', of ' || CAST(p.users AS VARCHAR) || ' users, has the tool ' || o.tool || ' of the integration ' || o.integration
    || '; it was called ' || CAST(o.calls AS VARCHAR) || ' times.' AS reason,
  o.first_seen,
  o.last_seen,
  o.calls AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  o.login,
  o.integration,
  o.tool,
  o.agent,
  o.evidence
FROM owned o
CROSS JOIN people p
LEFT JOIN run_window w ON true
WHERE o.integration_kind IN ('mcp', 'aperture-connector') AND o.users = 1 AND o.calls >= $min_calls AND p.users >= $min_users
  AND CAST(p.last_seen AS BIGINT) - CAST(o.first_seen AS BIGINT) >= $min_days * 86400000000
  AND (w.start_time IS NULL OR o.last_called >= w.start_time)
  AND (w.end_time IS NULL OR o.first_seen < w.end_time)
ORDER BY o.integration, o.tool
