-- +++
-- title = "Tool that takes the place of another"
-- severity = "high"
-- confidence = "medium"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "An unknown integration offers a tool under the name of a tool that was there before, to the same agent, and it was called."
-- impact = "The model cannot tell the two apart by name; calls and their arguments go to the newcomer."
-- false_positives = [
--   "A second server for the same purpose that nobody has reviewed yet.",
--   "A local fork of a known server.",
-- ]
-- next_steps = [
--   "SELECT integration, tool, agent, first_seen, calls FROM tool_use WHERE login = '{login}' AND tool = '{tool}' ORDER BY first_seen",
--   "SELECT time, session_id, arguments, outcome FROM calls WHERE integration = '{integration}' AND tool = '{tool}' ORDER BY time",
--   "If it is wanted, approve it with lightmeter review approve.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI04", "owasp-asi:2026:ASI02", "owasp-llm:2025:LLM03", "atlas:AML.T0110"]
-- [params]
-- warm_up_days = 14
-- [[case]]
-- name = "an unknown server has the name of a known one's tool"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1, calls = 5 },
--   { integration = "helper", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 2, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- expect = [
--   { subject = "helper/create_issue", login = "ana", shadowed_integration = "github", count = 2, evidence = ["e#7"] },
-- ]
-- [[case]]
-- name = "an unknown server has a shell of the agent's name"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "helper", integration_kind = "mcp", tool = "bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 2, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- expect = [ { subject = "helper/bash", shadowed_integration = "Claude Code" } ]
-- [[case]]
-- name = "the name of an approved house server"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "house", integration_kind = "mcp", tool = "deploy_site", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1, calls = 5 },
--   { integration = "helper", integration_kind = "mcp", tool = "deploy_site", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 2, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- verdicts = [ { scope = "integration", name = "house", verdict = "approved" } ]
-- expect = [ { shadowed_integration = "house" } ]
-- [[case]]
-- name = "offered, not called"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1, calls = 5 },
--   { integration = "helper", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 0, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "two users, each with one of them"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1, calls = 5 },
--   { integration = "helper", integration_kind = "mcp", tool = "create_issue", login = "ben", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 2, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "two agents of one user"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1, calls = 5 },
--   { integration = "helper", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Codex", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 2, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "both are well known"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1, calls = 5 },
--   { integration = "gitlab", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 2, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "the newcomer is approved"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1, calls = 5 },
--   { integration = "helper", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 2, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- verdicts = [ { scope = "integration", name = "helper", verdict = "approved" } ]
-- expect = []
-- [[case]]
-- name = "an everyday name"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "search", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1, calls = 5 },
--   { integration = "helper", integration_kind = "mcp", tool = "search", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 2, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "the other server was gone before"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-01T09:00:00Z, export_key = "e", record_id = 1, calls = 5 },
--   { integration = "helper", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 2, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "there when the data begins"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1, calls = 5 },
--   { integration = "helper", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-03T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 2, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "the known server came later"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-11T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1, calls = 5 },
--   { integration = "helper", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 2, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- expect = []
-- [[case]]
-- name = "called before the window"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1, calls = 5 },
--   { integration = "helper", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-11T09:00:00Z, export_key = "e", record_id = 7, calls = 2, first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- run_window = [ { start_time = 2026-02-12T00:00:00Z } ]
-- expect = []
-- +++
WITH start AS (
  SELECT min(first_seen) AS at FROM history_tool_use
),
arrivals AS (
  SELECT integration, min(first_seen) AS at FROM history_tool_use GROUP BY integration
),
approved AS (
  SELECT name FROM verdicts WHERE scope = 'integration' AND verdict = 'approved'
),
newcomers AS (
  SELECT u.*, a.at AS arrived
  FROM history_tool_use u
  JOIN arrivals a ON a.integration = u.integration
  CROSS JOIN start s
  LEFT JOIN catalog_integrations c ON c.name = u.integration
  LEFT JOIN approved v ON v.name = u.integration
  LEFT JOIN run_window w ON true
  WHERE u.integration_kind IN ('mcp', 'aperture-connector') AND u.calls > 0 AND c.name IS NULL AND v.name IS NULL
    -- What was there when the data begins has no order of arrival.
    AND CAST(a.at AS BIGINT) - CAST(s.at AS BIGINT) >= $warm_up_days * 86400000000
    AND (w.start_time IS NULL OR u.last_called >= w.start_time)
    AND (w.end_time IS NULL OR u.first_called < w.end_time)
),
settled AS (
  SELECT u.*, a.at AS arrived, coalesce(array_has(b.does, 'executes') OR array_has(b.does, 'state_change'), false) AS acts
  FROM history_tool_use u
  JOIN arrivals a ON a.integration = u.integration
  LEFT JOIN catalog_integrations c ON c.name = u.integration
  LEFT JOIN approved v ON v.name = u.integration
  LEFT JOIN catalog_builtin_tools b ON b.integration = u.integration AND b.tool = u.tool
  WHERE u.integration_kind = 'built-in'
     OR (u.integration_kind IN ('mcp', 'aperture-connector') AND (c.name IS NOT NULL OR v.name IS NOT NULL))
),
everyday AS (
  SELECT DISTINCT word FROM catalog_tool_verbs WHERE source = 'name'
)
SELECT
  n.integration || '/' || n.tool AS subject,
  'The tool ' || n.tool || ' of the integration ' || n.integration || ' has the name of a tool of ' || min(o.integration)
    || ', which ' || n.login || ' had before, and was called ' || CAST(max(n.calls) AS VARCHAR) || ' times.' AS reason,
  min(n.first_called) AS first_seen,
  max(n.last_called) AS last_seen,
  max(n.calls) AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  n.login,
  n.device,
  n.agent,
  n.integration,
  n.tool,
  min(o.integration) AS shadowed_integration,
  array_agg(evidence(n.export_key, n.record_id) ORDER BY o.integration, n.export_key, n.record_id) AS evidence
FROM newcomers n
JOIN settled o
  ON o.login = n.login AND o.device = n.device AND o.agent = n.agent AND lower(o.tool) = lower(n.tool)
 AND o.integration <> n.integration
LEFT JOIN everyday e ON e.word = lower(n.tool)
WHERE o.arrived < n.arrived AND o.last_seen >= n.first_called
  -- Everyday names such as search meet by chance; a shell or an editor does not.
  AND (e.word IS NULL OR o.acts)
GROUP BY n.integration, n.tool, n.login, n.device, n.agent
ORDER BY n.integration, n.tool, n.login, n.device, n.agent
