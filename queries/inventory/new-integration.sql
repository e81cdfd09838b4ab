-- +++
-- title = "New integration"
-- severity = "low"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "An MCP server or connector was seen for the first time in the organisation."
-- impact = "Its descriptions steer models and its tools act with the rights of whoever runs them; nobody has looked at it yet."
-- false_positives = [
--   "A planned roll-out: three or more people starting within a day lower the severity.",
--   "A server that was renamed in a client's configuration.",
-- ]
-- next_steps = [
--   "Ask who added it and from where it is installed.",
--   "Ask who sent it whether this was meant to leave; if not, take it back and treat it as known to whoever reads there: {left}.",
--   "SELECT tool, risk, risk_reason, users FROM tools WHERE integration = '{subject}' ORDER BY tool",
--   "SELECT time, login, tool, outcome, arguments FROM calls WHERE integration = '{subject}' ORDER BY time LIMIT 20",
--   "Record a verdict with lightmeter review approve or lightmeter review deny, with owner and reason.",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI04", "owasp-llm:2025:LLM03", "atlas:AML.T0010.005"]
-- [params]
-- warm_up_days = 14
-- early_hours = 2
-- early_users = 4
-- early_unknown = 2
-- rollout_users = 3
-- rollout_hours = 24
-- [[case]]
-- name = "an unknown server after the warm-up"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = [ { subject = "acme", severity = "medium", count = 2, evidence = ["e#1"] } ]
-- [[case]]
-- name = "the riskiest tool is not the one that was called"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "send", riskiest_called = false, review = "unreviewed" },
-- ]
-- expect = [ { subject = "acme", reason = "The integration acme was seen for the first time on 2026-02-10, first by ana; its tools were called 2 times, and send, which nobody called, sends data out." } ]
-- [[case]]
-- name = "a known server of low risk that nobody has called"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "context7", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "context7", integration_kind = "mcp", known = true, users = ["ana"], calls = 0, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "low", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = [ { subject = "context7", severity = "low", count = 0 } ]
-- [[case]]
-- name = "three users within a day are a roll-out"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ben", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T12:00:00Z, last_seen = 2026-02-10T12:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "eva", device = "n1", agent = "Claude Code", first_seen = 2026-02-11T08:59:00Z, last_seen = 2026-02-11T08:59:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "high", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = [ { subject = "acme", severity = "informational" } ]
-- [[case]]
-- name = "two on the first day and one later are no roll-out"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ben", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T12:00:00Z, last_seen = 2026-02-10T12:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "eva", device = "n1", agent = "Claude Code", first_seen = 2026-02-12T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = [ { subject = "acme", severity = "medium" } ]
-- [[case]]
-- name = "a connector of the gateway counts too"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "crm", integration_kind = "aperture-connector", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "crm", integration_kind = "aperture-connector", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = [ { subject = "crm" } ]
-- [[case]]
-- name = "exactly at the end of the warm-up"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-15T09:00:00Z, last_seen = 2026-01-15T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-01-15T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = [ { subject = "acme" } ]
-- [[case]]
-- name = "in the warm-up, brought by one of five, unknown to the catalogue and nearly the only one of its kind"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "github", integration_kind = "mcp", tool = "t", login = "ben", device = "n2", agent = "Claude Code", first_seen = 2026-01-01T09:05:00Z, last_seen = 2026-01-01T09:05:00Z, export_key = "e", record_id = 2 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "eva", device = "n3", agent = "Claude Code", first_seen = 2026-01-01T10:00:00Z, last_seen = 2026-01-01T10:00:00Z, export_key = "e", record_id = 3 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "kim", device = "n4", agent = "Claude Code", first_seen = 2026-01-01T10:30:00Z, last_seen = 2026-01-01T10:30:00Z, export_key = "e", record_id = 4 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "lea", device = "n5", agent = "Claude Code", first_seen = 2026-01-01T13:00:00Z, last_seen = 2026-01-01T13:00:00Z, export_key = "e", record_id = 5 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["lea"], calls = 2, tools = 3, first_seen = 2026-01-01T13:00:00Z, last_seen = 2026-01-01T14:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = [ { subject = "acme", severity = "medium", early = true, evidence = ["e#5"], reason = "The integration acme was seen for the first time on 2026-01-01, first by lea; its tools were called 2 times, and t sends data out. The data begins only on 2026-01-01, but the catalogue does not know it, and nobody else began to use it within a day." } ]
-- [[case]]
-- name = "a server of which nothing tells what it does, called once"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 1, tools = 1, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, risk = "unknown", risk_reason = "nothing in its name, parameters or description says what it does", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = [ { subject = "acme", severity = "medium", reason = "The integration acme was seen for the first time on 2026-02-10, first by ana; its tools were called once, and nothing in the name, parameters or description of t says what it does." } ]
-- [[case]]
-- name = "during the warm-up"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-15T08:59:59Z, last_seen = 2026-01-15T08:59:59Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-01-15T08:59:59Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = []
-- [[case]]
-- name = "in the warm-up, an integration that the catalogue knows"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ben", device = "n2", agent = "Claude Code", first_seen = 2026-01-01T09:05:00Z, last_seen = 2026-01-01T09:05:00Z, export_key = "e", record_id = 2 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "eva", device = "n3", agent = "Claude Code", first_seen = 2026-01-01T10:00:00Z, last_seen = 2026-01-01T10:00:00Z, export_key = "e", record_id = 3 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "kim", device = "n4", agent = "Claude Code", first_seen = 2026-01-01T10:30:00Z, last_seen = 2026-01-01T10:30:00Z, export_key = "e", record_id = 4 },
--   { integration = "notion", integration_kind = "mcp", tool = "t", login = "lea", device = "n5", agent = "Claude Code", first_seen = 2026-01-01T13:00:00Z, last_seen = 2026-01-01T13:00:00Z, export_key = "e", record_id = 5 },
-- ]
-- integrations = [
--   { integration = "notion", integration_kind = "mcp", known = true, users = ["lea"], calls = 2, tools = 3, first_seen = 2026-01-01T13:00:00Z, last_seen = 2026-01-01T14:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = []
-- [[case]]
-- name = "in the warm-up, before enough people were seen"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ben", device = "n2", agent = "Claude Code", first_seen = 2026-01-01T09:05:00Z, last_seen = 2026-01-01T09:05:00Z, export_key = "e", record_id = 2 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "eva", device = "n3", agent = "Claude Code", first_seen = 2026-01-01T10:00:00Z, last_seen = 2026-01-01T10:00:00Z, export_key = "e", record_id = 3 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "lea", device = "n5", agent = "Claude Code", first_seen = 2026-01-01T13:00:00Z, last_seen = 2026-01-01T13:00:00Z, export_key = "e", record_id = 5 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["lea"], calls = 2, tools = 3, first_seen = 2026-01-01T13:00:00Z, last_seen = 2026-01-01T14:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = []
-- [[case]]
-- name = "in the warm-up, minutes after the data begins"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ben", device = "n2", agent = "Claude Code", first_seen = 2026-01-01T09:05:00Z, last_seen = 2026-01-01T09:05:00Z, export_key = "e", record_id = 2 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "eva", device = "n3", agent = "Claude Code", first_seen = 2026-01-01T09:10:00Z, last_seen = 2026-01-01T09:10:00Z, export_key = "e", record_id = 3 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "kim", device = "n4", agent = "Claude Code", first_seen = 2026-01-01T09:15:00Z, last_seen = 2026-01-01T09:15:00Z, export_key = "e", record_id = 4 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "lea", device = "n5", agent = "Claude Code", first_seen = 2026-01-01T10:59:59Z, last_seen = 2026-01-01T10:59:59Z, export_key = "e", record_id = 5 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["lea"], calls = 2, tools = 3, first_seen = 2026-01-01T10:59:59Z, last_seen = 2026-01-01T14:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = []
-- [[case]]
-- name = "in the warm-up, where a second user has it the same day"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ben", device = "n2", agent = "Claude Code", first_seen = 2026-01-01T09:05:00Z, last_seen = 2026-01-01T09:05:00Z, export_key = "e", record_id = 2 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "eva", device = "n3", agent = "Claude Code", first_seen = 2026-01-01T10:00:00Z, last_seen = 2026-01-01T10:00:00Z, export_key = "e", record_id = 3 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "kim", device = "n4", agent = "Claude Code", first_seen = 2026-01-01T10:30:00Z, last_seen = 2026-01-01T10:30:00Z, export_key = "e", record_id = 4 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "lea", device = "n5", agent = "Claude Code", first_seen = 2026-01-01T13:00:00Z, last_seen = 2026-01-01T13:00:00Z, export_key = "e", record_id = 5 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-02T09:00:00Z, last_seen = 2026-01-02T09:00:00Z, export_key = "e", record_id = 6 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana", "lea"], calls = 2, tools = 3, first_seen = 2026-01-01T13:00:00Z, last_seen = 2026-01-02T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = []
-- [[case]]
-- name = "in the warm-up, where three others that nobody knows came before: they are usual here"
-- history_tool_use = [
--   { integration = "one", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "two", integration_kind = "mcp", tool = "t", login = "ben", device = "n2", agent = "Claude Code", first_seen = 2026-01-01T09:05:00Z, last_seen = 2026-01-01T09:05:00Z, export_key = "e", record_id = 2 },
--   { integration = "three", integration_kind = "mcp", tool = "t", login = "eva", device = "n3", agent = "Claude Code", first_seen = 2026-01-01T10:00:00Z, last_seen = 2026-01-01T10:00:00Z, export_key = "e", record_id = 3 },
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "kim", device = "n4", agent = "Claude Code", first_seen = 2026-01-01T10:30:00Z, last_seen = 2026-01-01T10:30:00Z, export_key = "e", record_id = 4 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "lea", device = "n5", agent = "Claude Code", first_seen = 2026-01-01T13:00:00Z, last_seen = 2026-01-01T13:00:00Z, export_key = "e", record_id = 5 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["lea"], calls = 2, tools = 3, first_seen = 2026-01-01T13:00:00Z, last_seen = 2026-01-01T14:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = []
-- [[case]]
-- name = "approved before it arrived"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "approved" },
-- ]
-- expect = []
-- [[case]]
-- name = "a built-in set of tools is an agent, not an integration"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "Codex", integration_kind = "built-in", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "Codex", integration_kind = "built-in", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = []
-- [[case]]
-- name = "tools that a program defines for itself"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "client-defined", integration_kind = "client-defined", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "client-defined", integration_kind = "client-defined", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = []
-- [[case]]
-- name = "used in the window but known from before"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- run_window = [ { start_time = 2026-02-11T00:00:00Z } ]
-- expect = []
-- [[case]]
-- name = "first seen after the window"
-- history_tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-01-01T09:00:00Z, last_seen = 2026-01-01T09:00:00Z, export_key = "e", record_id = 1 },
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- run_window = [ { end_time = 2026-02-10T00:00:00Z } ]
-- expect = []
-- [[case]]
-- name = "the first thing in the data"
-- history_tool_use = [
--   { integration = "acme", integration_kind = "mcp", tool = "t", login = "ana", device = "n1", agent = "Claude Code", first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- integrations = [
--   { integration = "acme", integration_kind = "mcp", known = false, users = ["ana"], calls = 2, tools = 3, first_seen = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, risk = "medium", risk_reason = "sends data out", riskiest_tool = "t", review = "unreviewed" },
-- ]
-- expect = []
-- +++
WITH start AS (
  -- The first tool that was ever seen: before that there is nothing to compare with.
  SELECT min(first_seen) AS at FROM history_tool_use
),
first_use AS (
  SELECT integration, integration_kind, login, min(first_seen) AS at FROM history_tool_use GROUP BY integration, integration_kind, login
),
candidates AS (
  SELECT i.*, CAST(i.first_seen AS BIGINT) - CAST(s.at AS BIGINT) < $warm_up_days * 86400000000 AS early, s.at AS data_from
  FROM integrations i
  CROSS JOIN start s
  LEFT JOIN run_window w ON true
  WHERE i.integration_kind IN ('mcp', 'aperture-connector')
    AND coalesce(i.review, 'unreviewed') <> 'approved'
    AND CAST(i.first_seen AS BIGINT) - CAST(s.at AS BIGINT) >= $early_hours * 3600000000
    AND (w.start_time IS NULL OR i.first_seen >= w.start_time)
    AND (w.end_time IS NULL OR i.first_seen < w.end_time)
),
starters AS (
  SELECT f.integration, count(*) AS starters
  FROM candidates f
  JOIN first_use u ON u.integration = f.integration
  WHERE CAST(u.at AS BIGINT) - CAST(f.first_seen AS BIGINT) < $rollout_hours * 3600000000
  GROUP BY f.integration
),
-- In the warm-up nearly everything is seen for the first time. What one person brings and nobody knows stands out even
-- then, as long as such things are rare: people and unknown integrations that were seen before it.
seen_before AS (
  SELECT f.integration, count(DISTINCT u.login) AS users,
         count(DISTINCT CASE WHEN u.integration_kind IN ('mcp', 'aperture-connector') AND c.name IS NULL THEN u.integration END) AS unknown
  FROM candidates f
  JOIN first_use u ON u.at < f.first_seen
  LEFT JOIN catalog_integrations c ON c.name = u.integration
  WHERE f.early
  GROUP BY f.integration
),
fresh AS (
  SELECT f.*, s.starters
  FROM candidates f
  JOIN starters s ON s.integration = f.integration
  LEFT JOIN seen_before b ON b.integration = f.integration
  WHERE NOT f.early OR (NOT coalesce(f.known, false) AND s.starters = 1 AND b.users >= $early_users AND b.unknown <= $early_unknown)
),
proof AS (
  SELECT u.integration, array_agg(evidence(u.export_key, u.record_id) ORDER BY u.first_seen, u.login, u.device, u.agent, u.tool) AS evidence,
         first_value(u.login ORDER BY u.first_seen, u.login, u.device, u.agent, u.tool) AS first_login,
         first_value(u.agent ORDER BY u.first_seen, u.login, u.device, u.agent, u.tool) AS first_agent
  FROM history_tool_use u
  JOIN fresh f ON f.integration = u.integration
  GROUP BY u.integration
)
SELECT
  f.integration AS subject,
  'The integration ' || f.integration || ' was seen for the first time on ' || left(CAST(f.first_seen AS VARCHAR), 10)
    || CASE WHEN f.starters >= $rollout_users THEN ', by ' || CAST(f.starters AS VARCHAR) || ' users within a day, which looks like a roll-out'
            ELSE ', first by ' || p.first_login END
    || '; ' || CASE WHEN coalesce(f.calls, 0) = 0 THEN 'none of its ' || CAST(coalesce(f.tools, 0) AS VARCHAR) || ' tools has been called yet'
                    ELSE 'its tools were called ' || CASE WHEN f.calls = 1 THEN 'once' ELSE CAST(f.calls AS VARCHAR) || ' times' END END
    || CASE WHEN f.riskiest_tool IS NULL THEN ''
            WHEN f.risk = 'unknown' THEN ', and nothing in the name, parameters or description of ' || f.riskiest_tool || ' says what it does'
            ELSE ', and ' || f.riskiest_tool || CASE WHEN f.calls > 0 AND NOT f.riskiest_called THEN ', which nobody called, ' ELSE ' ' END
              || coalesce(f.risk_reason, 'is not understood') END
    || CASE WHEN f.early THEN '. The data begins only on ' || left(CAST(f.data_from AS VARCHAR), 10) || ', but the catalogue does not know it, and nobody else began to use it within a day.'
            ELSE '.' END AS reason,
  f.first_seen,
  f.last_seen,
  coalesce(f.calls, 0) AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  f.integration,
  p.first_agent AS agent,
  CASE WHEN f.starters >= $rollout_users THEN 'informational'
       WHEN f.risk IN ('high', 'critical') OR (NOT coalesce(f.known, false) AND coalesce(f.calls, 0) > 0) THEN 'medium'
       ELSE 'low' END AS severity,
  f.early,
  f.integration_kind,
  f.vendor,
  f.users,
  f.tools,
  f.risk,
  p.evidence
FROM fresh f
JOIN proof p ON p.integration = f.integration
ORDER BY f.integration
