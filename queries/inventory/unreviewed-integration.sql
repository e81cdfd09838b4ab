-- +++
-- title = "Integration without a verdict"
-- severity = "low"
-- confidence = "high"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "An MCP server or connector is in use and nobody has approved or denied it."
-- impact = "Nobody has decided whether its publisher, its data and its rights are acceptable."
-- false_positives = [
--   "Reviews are kept elsewhere and have not been entered.",
-- ]
-- next_steps = [
--   "SELECT tool, risk, risk_reason, users FROM tools WHERE integration = '{subject}' ORDER BY tool",
--   "Record a verdict with lightmeter review approve or lightmeter review deny, with owner and reason.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI04", "owasp-llm:2025:LLM03"]
-- [[case]]
-- name = "no verdict"
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "acme", severity = "low", evidence = ["e#1"] } ]
-- [[case]]
-- name = "an expired verdict counts as none"
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "expired" },
-- ]
-- expect = [
--   { subject = "acme", reason = "The integration acme has a verdict that has expired; 1 user has it, and its risk is medium." },
-- ]
-- [[case]]
-- name = "high risk weighs more"
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana", "ben"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "high", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = [
--   { severity = "medium", reason = "The integration acme has no verdict; 2 users have it, and its risk is high." },
-- ]
-- [[case]]
-- name = "approved"
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "approved" },
-- ]
-- expect = []
-- [[case]]
-- name = "denied is told elsewhere"
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "denied" },
-- ]
-- expect = []
-- [[case]]
-- name = "built-in tools need no verdict"
-- integrations = [
--   { integration = "Claude Code", integration_kind = "built-in", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "not needed" },
-- ]
-- expect = []
-- [[case]]
-- name = "tools that a program defines need none"
-- integrations = [
--   { integration = "client-defined", integration_kind = "client-defined", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "critical", risk_reason = "sends data out", riskiest_tool = "t", review = "not needed" },
-- ]
-- expect = []
-- [[case]]
-- name = "tools run by the provider need none"
-- integrations = [
--   { integration = "provider-side", integration_kind = "provider-side", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "not needed" },
-- ]
-- expect = []
-- +++
WITH
proof AS (
  SELECT integration, array_agg(evidence(export_key, record_id) ORDER BY first_seen, login, device, agent, tool) AS evidence
  FROM tool_use
  GROUP BY integration
)
SELECT
  i.integration AS subject,
  'The integration ' || i.integration || CASE WHEN i.review = 'expired' THEN ' has a verdict that has expired'
       WHEN i.review = 'changed' THEN ' has a tool with another definition than the one approved' ELSE ' has no verdict' END
    || '; ' || CAST(cardinality(i.users) AS VARCHAR) || CASE WHEN cardinality(i.users) = 1 THEN ' user has' ELSE ' users have' END
    || ' it, and its risk is ' || coalesce(i.risk, 'unknown') || '.' AS reason,
  i.first_seen,
  i.last_seen,
  coalesce(i.calls, 0) AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  i.integration,
  CASE WHEN i.risk IN ('high', 'critical') THEN 'medium' ELSE 'low' END AS severity,
  i.users,
  i.risk,
  p.evidence
FROM integrations i
LEFT JOIN proof p ON p.integration = i.integration
WHERE i.review IN ('unreviewed', 'expired', 'changed')
ORDER BY i.integration
