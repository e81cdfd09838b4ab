-- +++
-- title = "High-risk tools of an integration that nobody reviewed"
-- severity = "medium"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "The organisation reviews integrations, and one that was not reviewed has high-risk tools that were called."
-- impact = "Commands were run, data was removed or credentials were read through something that nobody has looked at."
-- false_positives = [
--   "The review is under way.",
-- ]
-- next_steps = [
--   "SELECT tool, capabilities, risk_reason, users, calls FROM tools WHERE integration = '{subject}' AND risk IN ('high', 'critical') ORDER BY calls DESC",
--   "Ask who sent it whether this was meant to leave; if not, take it back and treat it as known to whoever reads there: {left}.",
--   "Record a verdict with lightmeter review approve or lightmeter review deny, with owner and reason.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI04", "owasp-asi:2026:ASI02", "owasp-llm:2025:LLM03"]
-- [params]
-- min_calls = 1
-- quote_chars = 200
-- [[case]]
-- name = "a high-risk tool was called"
-- tools = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop", risk = "high", calls = 3, review = "unreviewed", first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- verdicts = [ { scope = "integration", name = "github", verdict = "approved" } ]
-- tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3 },
-- ]
-- expect = [ { subject = "acme", count = 3, severity = "medium", evidence = ["e#1"] } ]
-- [[case]]
-- name = "a critical tool weighs more"
-- tools = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop", risk = "critical", calls = 3, review = "unreviewed", first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- verdicts = [ { scope = "integration", name = "github", verdict = "approved" } ]
-- tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3 },
-- ]
-- expect = [ { severity = "high" } ]
-- [[case]]
-- name = "an expired verdict is none; several tools are one row"
-- tools = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop", risk = "high", calls = 3, review = "expired", first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
--   { integration = "acme", integration_kind = "mcp", tool = "run", risk = "high", calls = 4, review = "expired", first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- verdicts = [ { scope = "integration", name = "github", verdict = "approved" } ]
-- tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3 },
--   { integration = "acme", integration_kind = "mcp", tool = "run", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 2, calls = 3 },
-- ]
-- expect = [ { count = 7, risky_tools = 2, evidence = ["e#1", "e#2"] } ]
-- [[case]]
-- name = "offered and never called"
-- tools = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop", risk = "high", calls = 0, review = "unreviewed", first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- verdicts = [ { scope = "integration", name = "github", verdict = "approved" } ]
-- expect = []
-- [[case]]
-- name = "medium risk"
-- tools = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop", risk = "medium", calls = 3, review = "unreviewed", first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- verdicts = [ { scope = "integration", name = "github", verdict = "approved" } ]
-- expect = []
-- [[case]]
-- name = "approved"
-- tools = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop", risk = "high", calls = 3, review = "approved", first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- verdicts = [ { scope = "integration", name = "github", verdict = "approved" } ]
-- expect = []
-- [[case]]
-- name = "no verdicts at all: reviewing has not begun"
-- tools = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop", risk = "high", calls = 3, review = "unreviewed", first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1, calls = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "verdicts on agents only"
-- tools = [
--   { integration = "acme", integration_kind = "mcp", tool = "drop", risk = "high", calls = 3, review = "unreviewed", first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- verdicts = [ { scope = "agent", name = "Codex", verdict = "approved" } ]
-- expect = []
-- [[case]]
-- name = "an agent's own shell"
-- tools = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "drop", risk = "high", calls = 3, review = "not needed", first_called = 2026-02-10T09:00:00Z, last_called = 2026-02-11T09:00:00Z },
-- ]
-- verdicts = [ { scope = "integration", name = "github", verdict = "approved" } ]
-- expect = []
-- +++
WITH risky AS (
  SELECT integration, count(*) AS tools, sum(calls) AS calls, min(first_called) AS first_called, max(last_called) AS last_called,
         string_agg(tool, ', ' ORDER BY calls DESC, tool) AS names, bool_or(risk = 'critical') AS critical
  FROM tools
  WHERE risk IN ('high', 'critical') AND calls >= $min_calls AND review IN ('unreviewed', 'expired', 'changed')
  GROUP BY integration
),
callers AS (
  SELECT u.integration, count(DISTINCT u.login) AS users, min(u.login) AS login,
         array_agg(evidence(u.export_key, u.record_id) ORDER BY u.first_seen, u.login, u.device, u.agent, u.tool) AS evidence
  FROM tool_use u
  JOIN tools t ON t.integration = u.integration AND t.tool = u.tool AND t.risk IN ('high', 'critical')
  WHERE u.calls > 0
  GROUP BY u.integration
),
-- An organisation without any verdict has not begun to review; then this would only repeat the inventory.
policy AS (
  SELECT count(*) AS verdicts FROM verdicts WHERE scope = 'integration'
)
SELECT
  r.integration AS subject,
  'Nobody has reviewed the integration ' || r.integration || ', and its high-risk tools (' || excerpt(r.names, $quote_chars) || ') were called '
    || CAST(r.calls AS VARCHAR) || ' times by ' || CAST(coalesce(c.users, 0) AS VARCHAR)
    || CASE WHEN coalesce(c.users, 0) = 1 THEN ' user.' ELSE ' users.' END AS reason,
  r.first_called AS first_seen,
  r.last_called AS last_seen,
  r.calls AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  r.integration,
  CASE WHEN r.critical THEN 'high' ELSE 'medium' END AS severity,
  r.tools AS risky_tools,
  c.evidence
FROM risky r
CROSS JOIN policy p
LEFT JOIN callers c ON c.integration = r.integration
WHERE p.verdicts > 0
ORDER BY r.integration
