-- +++
-- title = "New tool of a known integration"
-- severity = "low"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "An integration that was already in use offered a tool that nobody had seen before."
-- impact = "Integrations gain abilities after they were reviewed; what was approved is no longer what runs."
-- false_positives = [
--   "A new version of the integration.",
--   "A setting that switches more of its tools on.",
-- ]
-- next_steps = [
--   "SELECT tool, capabilities, risk, risk_reason FROM tools WHERE integration = '{integration}' AND tool = '{tool}'",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI04", "atlas:AML.T0010.005"]
-- [params]
-- warm_up_days = 14
-- settle_hours = 24
-- [[case]]
-- name = "a known server gains a tool"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "lookup", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "send", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 1 },
-- ]
-- expect = [ { subject = "acme/send", count = 1, users = 1, tool = "send" } ]
-- [[case]]
-- name = "two new tools are two rows"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "lookup", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "send", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "drop", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [
--   { subject = "acme/send" },
--   { subject = "acme/drop" },
-- ]
-- [[case]]
-- name = "several users are one row"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "lookup", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "send", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "send", login = "ben", device = "n1", agent = "Claude Code", first_seen = 2026-02-11T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "acme/send", users = 2, first_login = "ana" } ]
-- [[case]]
-- name = "a connector gains a tool"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "crm", integration_kind = "aperture-connector", tool = "get", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "crm", integration_kind = "aperture-connector", tool = "delete", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "crm/delete" } ]
-- [[case]]
-- name = "tools of an integration that is itself new"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "a", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "b", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T20:00:00Z, last_seen = 2026-02-10T20:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "during the warm-up"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "lookup", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "send", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-10T09:00:00Z, last_seen = 2026-01-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "seen before the window"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "lookup", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "send", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- run_window = [ { start_time = 2026-02-11T00:00:00Z } ]
-- expect = []
-- [[case]]
-- name = "the same tool by another user"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "lookup", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "lookup", login = "ben", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "a new built-in tool of an agent"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "NewTool", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "a tool that a program defines for itself"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "client-defined", integration_kind = "client-defined", tool = "a", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "client-defined", integration_kind = "client-defined", tool = "b", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- +++
WITH start AS (
  SELECT min(first_seen) AS at FROM history_tool_use
),
old_enough AS (
  SELECT integration, min(first_seen) AS at FROM history_tool_use GROUP BY integration
),
fresh AS (
  SELECT integration, tool, min(integration_kind) AS integration_kind, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
         count(DISTINCT login) AS users, sum(coalesce(calls, 0)) AS calls,
         array_agg(evidence(export_key, record_id) ORDER BY first_seen, login, device, agent) AS evidence,
         first_value(login ORDER BY first_seen, login, device, agent) AS login,
         first_value(device ORDER BY first_seen, login, device, agent) AS device,
         first_value(agent ORDER BY first_seen, login, device, agent) AS agent
  FROM history_tool_use
  GROUP BY integration, tool
)
SELECT
  f.integration || '/' || f.tool AS subject,
  'The integration ' || f.integration || ', in use since ' || left(CAST(o.at AS VARCHAR), 10) || ', offered the tool ' || f.tool
    || ' for the first time on ' || left(CAST(f.first_seen AS VARCHAR), 10) || '.' AS reason,
  f.first_seen,
  f.last_seen,
  f.calls AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  f.integration,
  f.tool,
  f.users,
  f.login AS first_login,
  f.agent AS first_agent,
  f.evidence
FROM fresh f
JOIN old_enough o ON o.integration = f.integration
CROSS JOIN start s
LEFT JOIN run_window w ON true
WHERE f.integration_kind IN ('mcp', 'aperture-connector')
  AND CAST(f.first_seen AS BIGINT) - CAST(s.at AS BIGINT) >= $warm_up_days * 86400000000
  -- The tools that come with a new integration are told by new-integration.
  AND CAST(f.first_seen AS BIGINT) - CAST(o.at AS BIGINT) >= $settle_hours * 3600000000
  AND (w.start_time IS NULL OR f.first_seen >= w.start_time)
  AND (w.end_time IS NULL OR f.first_seen < w.end_time)
ORDER BY f.integration, f.tool
