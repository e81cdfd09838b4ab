-- +++
-- title = "Ordinary tools behind names of fake servers"
-- severity = "medium"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "The built-in tools of an agent arrive under random names of MCP servers, as local proxies make them to pass for another client."
-- impact = "A program sits between agent and gateway, sees all traffic, and may share one account among several people or programs."
-- false_positives = [
--   "A compatibility proxy that the user runs knowingly.",
-- ]
-- next_steps = [
--   "SELECT time, user_agent, path, client_hints FROM requests WHERE login = '{login}' AND device = '{device}' ORDER BY time",
--   "Ask the user what runs between the agent and the gateway.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI03", "owasp-asi:2026:ASI10", "owasp-asi:2026:ASI04"]
-- [params]
-- min_tools = 2
-- quote_chars = 200
-- [[case]]
-- name = "two tools under random names"
-- tool_offers = [
--   { raw_name = "mcp__k3v9x2m1p0qa__abcdefghijkl_Bash", integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
--   { raw_name = "mcp__k3v9x2m1p0qa__bcdefghijklm_Read", integration = "Claude Code", integration_kind = "built-in", tool = "Read", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 2 },
-- ]
-- expect = [ { subject = "ana on n1", count = 6, names = 2, evidence = ["e#1", "e#2"] } ]
-- [[case]]
-- name = "two devices are two rows"
-- tool_offers = [
--   { raw_name = "mcp__k3v9x2m1p0qa__abcdefghijkl_Bash", integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
--   { raw_name = "mcp__k3v9x2m1p0qa__bcdefghijklm_Read", integration = "Claude Code", integration_kind = "built-in", tool = "Read", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
--   { raw_name = "mcp__k3v9x2m1p0qa__abcdefghijkl_Bash", integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n2", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
--   { raw_name = "mcp__k3v9x2m1p0qa__bcdefghijklm_Read", integration = "Claude Code", integration_kind = "built-in", tool = "Read", login = "ana", device = "n2", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [
--   { device = "n1" },
--   { device = "n2" },
-- ]
-- [[case]]
-- name = "beside ordinary tools"
-- tool_offers = [
--   { raw_name = "mcp__k3v9x2m1p0qa__abcdefghijkl_Bash", integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
--   { raw_name = "mcp__k3v9x2m1p0qa__bcdefghijklm_Read", integration = "Claude Code", integration_kind = "built-in", tool = "Read", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
--   { raw_name = "Bash", integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
--   { raw_name = "mcp__github__get_issue", integration = "github", integration_kind = "mcp", tool = "get_issue", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { names = 2 } ]
-- [[case]]
-- name = "one alone may be chance"
-- tool_offers = [
--   { raw_name = "mcp__k3v9x2m1p0qa__abcdefghijkl_Bash", integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "the same tool twice"
-- tool_offers = [
--   { raw_name = "mcp__k3v9x2m1p0qa__abcdefghijkl_Bash", integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
--   { raw_name = "mcp__k3v9x2m1p0qa__zyxwvutsrqpo_Bash", integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "plain built-in tools"
-- tool_offers = [
--   { raw_name = "Bash", integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
--   { raw_name = "Read", integration = "Claude Code", integration_kind = "built-in", tool = "Read", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "a server whose name has twelve letters"
-- tool_offers = [
--   { raw_name = "mcp__contextual12__get_doc", integration = "contextual12", integration_kind = "mcp", tool = "get_doc", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
--   { raw_name = "mcp__contextual12__put_doc", integration = "contextual12", integration_kind = "mcp", tool = "put_doc", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "two users with one each"
-- tool_offers = [
--   { raw_name = "mcp__k3v9x2m1p0qa__abcdefghijkl_Bash", integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
--   { raw_name = "mcp__k3v9x2m1p0qa__bcdefghijklm_Read", integration = "Claude Code", integration_kind = "built-in", tool = "Read", login = "ben", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, requests = 3, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- +++
SELECT
  login || ' on ' || device AS subject,
  'Requests of ' || login || ' offer ' || CAST(count(DISTINCT tool) AS VARCHAR) || ' built-in tools (' || excerpt(string_agg(DISTINCT tool, ', ' ORDER BY tool), $quote_chars)
    || ') under names of made-up servers, which a proxy between agent and gateway does.' AS reason,
  min(first_seen) AS first_seen,
  max(last_seen) AS last_seen,
  sum(requests) AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  login,
  device,
  min(agent) AS agent,
  count(DISTINCT raw_name) AS names,
  array_agg(evidence(export_key, record_id) ORDER BY first_seen, raw_name, agent, export_key, record_id) AS evidence
FROM tool_offers
-- Only names that the inventory has traced back to a built-in tool.
WHERE integration_kind = 'built-in' AND regexp_like(raw_name, '^mcp__[A-Za-z0-9]{12}__[A-Za-z2-7]{12}_')
GROUP BY login, device
HAVING count(DISTINCT tool) >= $min_tools
ORDER BY login, device
