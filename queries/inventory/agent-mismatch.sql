-- +++
-- title = "An agent that looks like another"
-- severity = "low"
-- confidence = "medium"
-- status = "stable"
-- tier = "signal"
-- since = "0.1.0"
-- what = "Requests name one agent in their headers, and offer the built-in tools or send the system prompt of another."
-- impact = "Reviews and rules that go by the agent's name are passed by a program that borrows one; a proxy, a fork or a script may stand between user and gateway."
-- false_positives = [
--   "A plugin or proxy that the user runs knowingly and that lets one agent use what belongs to another.",
--   "An agent that has taken over names of tools from another one since the catalogue was written.",
-- ]
-- next_steps = [
--   "SELECT user_agent, named_by, own_tools, tools_agent, tools, prompt_agent, prompt_opening FROM agent_evidence WHERE login = '{login}' AND device = '{device}' AND mismatch",
--   "Ask the user which program runs there.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI03", "owasp-asi:2026:ASI10"]
-- [params]
-- min_requests = 3
-- name_chars = 80
-- quote_chars = 200
-- [[case]]
-- name = "Codex that offers the tools of Claude Code"
-- agent_evidence = [
--   { login = "ana", device = "n1", user_agent = "codex_cli_rs/0.98.0", agent = "Codex", agent_kind = "coding agent", named_by = "user agent", own_tools = 0, tools_agent = "Claude Code", tools = ["Bash", "Edit", "Glob", "Read"], looks_like = "Claude Code", mismatch = true, requests = 30, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "ana on n1", count = 30, agent = "Codex", looks_like = "Claude Code", evidence = ["e#1"], reason = "30 requests of ana say to come from Codex and look like Claude Code: they offer its tools Bash, Edit, Glob, Read." } ]
-- [[case]]
-- name = "a system prompt of another agent"
-- agent_evidence = [
--   { login = "ana", device = "n1", user_agent = "opencode/1.2", agent = "opencode", agent_kind = "coding agent", named_by = "user agent", own_tools = 9, tools_agent = "opencode", tools = ["bash", "edit", "glob", "grep"], prompt_agent = "Claude Code", prompt_opening = "You are Claude Code, Anthropic's official CLI for Claude.", looks_like = "opencode", mismatch = true, requests = 5, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = [ { subject = "ana on n1", looks_like = "Claude Code", reason = "5 requests of ana say to come from opencode and look like Claude Code: their system prompt begins \"You are Claude Code, Anthropic's official CLI for Claude.\"." } ]
-- [[case]]
-- name = "two versions on one device are one finding"
-- agent_evidence = [
--   { login = "ana", device = "n1", user_agent = "codex_cli_rs/0.98.0", agent = "Codex", agent_kind = "coding agent", named_by = "user agent", own_tools = 0, tools_agent = "Claude Code", tools = ["Bash", "Edit", "Glob", "Read"], looks_like = "Claude Code", mismatch = true, requests = 30, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 1 },
--   { login = "ana", device = "n1", user_agent = "codex_cli_rs/0.99.0", agent = "Codex", agent_kind = "coding agent", named_by = "user agent", own_tools = 0, tools_agent = "Claude Code", tools = ["Bash", "Edit", "Glob", "Read"], looks_like = "Claude Code", mismatch = true, requests = 12, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 2 },
-- ]
-- expect = [ { count = 42, evidence = ["e#1", "e#2"] } ]
-- [[case]]
-- name = "two devices are two findings"
-- agent_evidence = [
--   { login = "ana", device = "n1", user_agent = "codex_cli_rs/0.98.0", agent = "Codex", agent_kind = "coding agent", named_by = "user agent", own_tools = 0, tools_agent = "Claude Code", tools = ["Bash", "Edit", "Glob", "Read"], looks_like = "Claude Code", mismatch = true, requests = 30, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 1 },
--   { login = "ana", device = "n2", user_agent = "codex_cli_rs/0.98.0", agent = "Codex", agent_kind = "coding agent", named_by = "user agent", own_tools = 0, tools_agent = "Claude Code", tools = ["Bash", "Edit", "Glob", "Read"], looks_like = "Claude Code", mismatch = true, requests = 30, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 2 },
-- ]
-- expect = [ { device = "n1" }, { device = "n2" } ]
-- [[case]]
-- name = "its own tools"
-- agent_evidence = [
--   { login = "ana", device = "n1", user_agent = "codex_cli_rs/0.98.0", agent = "Codex", agent_kind = "coding agent", named_by = "user agent", own_tools = 9, tools_agent = "Codex", tools = ["Bash", "Edit", "Glob", "Read"], looks_like = "Codex", mismatch = false, requests = 30, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "a library that an agent is built with"
-- agent_evidence = [
--   { login = "ana", device = "n1", user_agent = "OpenAI/Python 2.21.0", agent = "OpenAI SDK", agent_kind = "SDK", named_by = "user agent", own_tools = 0, tools_agent = "Cline", tools = ["Bash", "Edit", "Glob", "Read"], looks_like = "Cline", mismatch = false, requests = 30, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing tells"
-- agent_evidence = [
--   { login = "ana", device = "n1", user_agent = "codex_cli_rs/0.98.0", agent = "Codex", agent_kind = "coding agent", named_by = "user agent", own_tools = 0, tools = [], mismatch = false, requests = 30, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "a few requests"
-- agent_evidence = [
--   { login = "ana", device = "n1", user_agent = "codex_cli_rs/0.98.0", agent = "Codex", agent_kind = "coding agent", named_by = "user agent", own_tools = 0, tools_agent = "Claude Code", tools = ["Bash", "Edit", "Glob", "Read"], looks_like = "Claude Code", mismatch = true, requests = 2, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "an unknown program"
-- agent_evidence = [
--   { login = "ana", device = "n1", user_agent = "shadowpilot/0.3", agent = "shadowpilot", agent_kind = "unknown", named_by = "user agent", own_tools = 0, tools_agent = "Claude Code", tools = ["Bash", "Edit", "Glob", "Read"], looks_like = "Claude Code", mismatch = false, requests = 30, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "a headless request"
-- agent_evidence = [
--   { login = "ana", device = "n1", user_agent = "", agent = "unknown", agent_kind = "unknown", named_by = "user agent", own_tools = 0, tools_agent = "Claude Code", tools = ["Bash", "Edit", "Glob", "Read"], looks_like = "Claude Code", mismatch = false, requests = 30, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- [[case]]
-- name = "before the window"
-- agent_evidence = [
--   { login = "ana", device = "n1", user_agent = "codex_cli_rs/0.98.0", agent = "Codex", agent_kind = "coding agent", named_by = "user agent", own_tools = 0, tools_agent = "Claude Code", tools = ["Bash", "Edit", "Glob", "Read"], looks_like = "Claude Code", mismatch = true, requests = 30, first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T10:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- run_window = [
--   { start_time = 2026-03-02T00:00:00Z },
-- ]
-- expect = []
-- +++
WITH told AS (
  SELECT e.*, CASE WHEN e.tools_agent <> e.agent THEN e.tools_agent ELSE e.prompt_agent END AS other,
         coalesce(e.tools_agent <> e.agent, false) AS by_tools
  FROM agent_evidence e
  LEFT JOIN run_window w ON true
  WHERE e.mismatch
    AND (w.start_time IS NULL OR e.last_seen >= w.start_time) AND (w.end_time IS NULL OR e.first_seen < w.end_time)
)
SELECT
  login || ' on ' || device AS subject,
  CAST(sum(requests) AS VARCHAR) || ' requests of ' || login || ' say to come from ' || agent || ' and look like ' || other || ': '
    || CASE WHEN bool_or(by_tools)
            THEN 'they offer its tools ' || excerpt(min(CASE WHEN by_tools THEN array_to_string(array_slice(tools, 1, 8), ', ') END), $quote_chars)
            ELSE 'their system prompt begins "' || excerpt(min(prompt_opening), $name_chars) || '"' END || '.' AS reason,
  min(first_seen) AS first_seen,
  max(last_seen) AS last_seen,
  sum(requests) AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  login,
  device,
  agent,
  other AS looks_like,
  array_agg(evidence(export_key, record_id) ORDER BY first_seen, user_agent, export_key, record_id) AS evidence
FROM told
GROUP BY login, device, agent, other
HAVING sum(requests) >= $min_requests
ORDER BY login, device, agent, other
