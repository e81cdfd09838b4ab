-- +++
-- doc = "Names that tools of several integrations have in the window, at least one of which is a server or a connector: a model that is offered two can take one for the other."
-- [columns]
-- tool = "The name, as one of them writes it; upper and lower case are the same."
-- integrations = "Integrations with a tool of that name, sorted."
-- together_users = "Logins to whom one agent offered two of them, sorted."
-- calls = "Calls of any of them."
-- [[case]]
-- name = "two servers with one name, offered to one user together"
-- tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "create_issue", login = "ana", device = "n1", agent = "Claude Code", calls = 3 },
--   { integration = "helper", integration_kind = "mcp", tool = "Create_Issue", login = "ana", device = "n1", agent = "Claude Code", calls = 1 },
--   { integration = "helper", integration_kind = "mcp", tool = "Create_Issue", login = "ben", device = "n2", agent = "Claude Code", calls = 0 },
-- ]
-- expect = [ { tool = "create_issue", integrations = ["github", "helper"], together_users = ["ana"], calls = 4 } ]
-- [[case]]
-- name = "never at the same place"
-- tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "search", login = "ana", device = "n1", agent = "Claude Code", calls = 3 },
--   { integration = "handbook", integration_kind = "aperture-connector", tool = "search", login = "ana", device = "n2", agent = "Claude Code", calls = 1 },
-- ]
-- expect = [ { tool = "search", integrations = ["github", "handbook"], together_users = [] } ]
-- [[case]]
-- name = "the built-in tools of two agents"
-- tool_use = [
--   { integration = "Claude Code", integration_kind = "built-in", tool = "Bash", login = "ana", device = "n1", agent = "Claude Code", calls = 3 },
--   { integration = "opencode", integration_kind = "built-in", tool = "bash", login = "ana", device = "n1", agent = "opencode", calls = 3 },
-- ]
-- expect = []
-- [[case]]
-- name = "one integration, two users"
-- tool_use = [
--   { integration = "github", integration_kind = "mcp", tool = "search", login = "ana", device = "n1", agent = "Claude Code", calls = 3 },
--   { integration = "github", integration_kind = "mcp", tool = "search", login = "ben", device = "n2", agent = "Claude Code", calls = 3 },
-- ]
-- expect = []
-- +++
WITH named AS (
  SELECT tool AS written, lower(tool) AS tool, integration, integration_kind IN ('mcp', 'aperture-connector') AS brought, login, device, agent, calls
  FROM tool_use
),
shared AS (
  SELECT tool, max(written) AS written, array_agg(DISTINCT integration ORDER BY integration) AS integrations, sum(calls) AS calls
  FROM named
  GROUP BY tool
  HAVING count(DISTINCT integration) > 1 AND bool_or(brought)
),
places AS (
  SELECT tool, login
  FROM named
  GROUP BY tool, login, device, agent
  HAVING count(DISTINCT integration) > 1 AND bool_or(brought)
),
together AS (
  SELECT tool, array_agg(DISTINCT login ORDER BY login) AS users FROM places GROUP BY tool
)
SELECT s.written AS tool, s.integrations, coalesce(t.users, arrow_cast(make_array(), 'List(Utf8)')) AS together_users, s.calls
FROM shared s
LEFT JOIN together t ON t.tool = s.tool
