-- +++
-- title = "High-risk tool in use"
-- severity = "medium"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "A tool of high or critical risk was called."
-- impact = "What it does cannot be undone, reaches further than the session, or hands out rights."
-- false_positives = [
--   "Ordinary work: coding agents run commands all day.",
-- ]
-- next_steps = [
--   "SELECT time, login, session_id, arguments, outcome FROM calls WHERE integration = '{integration}' AND tool = '{tool}' ORDER BY time",
--   "Set your own label in lightmeter.toml: [[catalog.overrides]]",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI02", "owasp-llm:2025:LLM06", "atlas:AML.T0053"]
-- [params]
-- min_calls = 1
-- [[case]]
-- name = "a critical tool of the gateway"
-- tools = [
--   { integration = "TailnetSSH", integration_kind = "aperture-connector", tool = "run_command", risk = "critical", risk_reason = "Runs a shell command on another machine of the tailnet.", calls = 2, called_users = 1, users = ["ana"], first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, review = "unreviewed" },
-- ]
-- tool_use = [
--   { integration = "TailnetSSH", integration_kind = "mcp", tool = "run_command", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 9, calls = 2 },
-- ]
-- expect = [
--   { subject = "TailnetSSH/run_command", severity = "high", count = 2, evidence = ["e#9"], reason = "The tool run_command of TailnetSSH has critical risk (Runs a shell command on another machine of the tailnet) and was called 2 times by 1 user." },
-- ]
-- [[case]]
-- name = "a high-risk tool of a server"
-- tools = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop_table", risk = "high", risk_reason = "removes or overwrites data", calls = 2, called_users = 1, users = ["ana"], first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, review = "unreviewed" },
-- ]
-- expect = [ { subject = "acme/drop_table", severity = "medium", evidence = ["e#1"] } ]
-- [[case]]
-- name = "an agent's own shell is context"
-- tools = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", risk = "high", risk_reason = "runs commands or code", calls = 2, called_users = 1, users = ["ana"], first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, review = "unreviewed" },
-- ]
-- expect = [ { severity = "informational" } ]
-- [[case]]
-- name = "offered only"
-- tools = [
--   { integration = "TailnetSSH", integration_kind = "aperture-connector", tool = "run_command", risk = "critical", risk_reason = "Runs a shell command on another machine of the tailnet.", calls = 0, called_users = 1, users = ["ana"], first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, review = "unreviewed" },
-- ]
-- expect = []
-- [[case]]
-- name = "medium risk"
-- tools = [
--   { integration = "TailnetSSH", integration_kind = "aperture-connector", tool = "run_command", risk = "medium", risk_reason = "Runs a shell command on another machine of the tailnet.", calls = 2, called_users = 1, users = ["ana"], first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, review = "unreviewed" },
-- ]
-- expect = []
-- [[case]]
-- name = "low risk"
-- tools = [
--   { integration = "TailnetSSH", integration_kind = "aperture-connector", tool = "run_command", risk = "low", risk_reason = "Runs a shell command on another machine of the tailnet.", calls = 2, called_users = 1, users = ["ana"], first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, review = "unreviewed" },
-- ]
-- expect = []
-- [[case]]
-- name = "unknown risk"
-- tools = [
--   { integration = "TailnetSSH", integration_kind = "aperture-connector", tool = "run_command", risk = "unknown", risk_reason = "Runs a shell command on another machine of the tailnet.", calls = 2, called_users = 1, users = ["ana"], first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, review = "unreviewed" },
-- ]
-- expect = []
-- [[case]]
-- name = "no risk at all"
-- tools = [ { integration = "acme", tool = "x", calls = 3 } ]
-- expect = []
-- +++
SELECT
  t.integration || '/' || t.tool AS subject,
  'The tool ' || t.tool || ' of ' || t.integration || ' has ' || t.risk || ' risk ('
    || rtrim(coalesce(t.risk_reason, 'no reason given'), '.') || ') and was called ' || CAST(t.calls AS VARCHAR) || ' times by '
    || CAST(coalesce(t.called_users, 0) AS VARCHAR) || CASE WHEN t.called_users = 1 THEN ' user.' ELSE ' users.' END AS reason,
  t.first_called AS first_seen,
  t.last_called AS last_seen,
  t.calls AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  t.integration,
  t.tool,
  CASE WHEN t.risk = 'critical' THEN 'high' WHEN t.integration_kind = 'built-in' THEN 'informational' ELSE 'medium' END AS severity,
  t.risk,
  t.review,
  coalesce(array_agg(evidence(u.export_key, u.record_id) ORDER BY u.first_called, u.login, u.device, u.agent) FILTER (WHERE u.export_key IS NOT NULL),
           make_array(evidence(t.export_key, t.record_id))) AS evidence
FROM tools t
LEFT JOIN tool_use u ON u.integration = t.integration AND u.tool = t.tool AND u.calls > 0
WHERE t.risk IN ('high', 'critical') AND t.calls >= $min_calls
GROUP BY t.integration, t.integration_kind, t.tool, t.risk, t.risk_reason, t.review, t.calls, t.called_users, t.first_called, t.last_called,
         t.export_key, t.record_id
ORDER BY t.integration, t.tool
