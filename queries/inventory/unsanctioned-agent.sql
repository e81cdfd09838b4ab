-- +++
-- title = "Agent that is not sanctioned"
-- severity = "medium"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "A program talks to models that the organisation has denied, or that is not among the approved ones."
-- impact = "Nobody has decided what it may read, run and send."
-- false_positives = [
--   "An approved agent that identifies itself differently; add how it names itself to the catalogue.",
--   "The User-Agent is chosen by the client and can be wrong.",
-- ]
-- next_steps = [
--   "SELECT time, login, device, model, user_agent FROM requests WHERE agent = '{subject}' ORDER BY time",
--   "Record a verdict with lightmeter review approve --agent or lightmeter review deny --agent",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI10", "owasp-asi:2026:ASI03"]
-- [params]
-- min_requests = 1
-- [[case]]
-- name = "not among the approved ones"
-- agents = [
--   { agent = "curl", agent_kind = "script", requests = 4, user_count = 1, users = ["ana"], first_seen = 2026-02-10T09:00:00Z, first_in_window = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sanctioned = false },
-- ]
-- expect = [
--   { subject = "curl", severity = "medium", count = 4, reason = "The agent curl is not among the approved agents, and ana has used it for 4 requests.", evidence = ["e#3"] },
-- ]
-- [[case]]
-- name = "denied"
-- agents = [
--   { agent = "OpenClaw", agent_kind = "script", requests = 4, user_count = 2, users = ["ana", "ben"], first_seen = 2026-02-10T09:00:00Z, first_in_window = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sanctioned = false, review = "denied", review_reason = "no host isolation" },
-- ]
-- expect = [
--   { subject = "OpenClaw", severity = "high", reason = "The agent OpenClaw is denied (no host isolation), and 2 users have used it for 4 requests." },
-- ]
-- [[case]]
-- name = "two agents are two rows"
-- agents = [
--   { agent = "curl", agent_kind = "script", requests = 4, user_count = 1, users = ["ana"], first_seen = 2026-02-10T09:00:00Z, first_in_window = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sanctioned = false },
--   { agent = "maki", agent_kind = "script", requests = 1, user_count = 1, users = ["ana"], first_seen = 2026-02-10T09:00:00Z, first_in_window = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sanctioned = false },
-- ]
-- expect = [
--   { subject = "curl" },
--   { subject = "maki", count = 1 },
-- ]
-- [[case]]
-- name = "approved"
-- agents = [
--   { agent = "curl", agent_kind = "script", requests = 4, user_count = 1, users = ["ana"], first_seen = 2026-02-10T09:00:00Z, first_in_window = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sanctioned = true, review = "approved" },
-- ]
-- expect = []
-- [[case]]
-- name = "nobody has decided about any agent"
-- agents = [ { agent = "curl", agent_kind = "script", requests = 4, user_count = 1, users = ["ana"] } ]
-- expect = []
-- [[case]]
-- name = "an expired verdict and no others"
-- agents = [ { agent = "curl", requests = 4, user_count = 1, review = "expired" } ]
-- expect = []
-- [[case]]
-- name = "no agents"
-- agents = []
-- expect = []
-- [[case]]
-- name = "approved among others that nobody decided about"
-- agents = [
--   { agent = "Codex", agent_kind = "script", requests = 4, user_count = 1, users = ["ana"], first_seen = 2026-02-10T09:00:00Z, first_in_window = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 3, sanctioned = true },
--   { agent = "maki", requests = 2, user_count = 1 },
-- ]
-- expect = []
-- +++
SELECT
  agent AS subject,
  CASE WHEN review = 'denied' THEN 'The agent ' || agent || ' is denied' || coalesce(' (' || review_reason || ')', '')
       ELSE 'The agent ' || agent || ' is not among the approved agents' END
    || ', and ' || CASE WHEN user_count = 1 THEN coalesce(array_to_string(users, ', '), 'one user') || ' has'
                        ELSE CAST(user_count AS VARCHAR) || ' users have' END
    || ' used it for ' || CAST(requests AS VARCHAR) || CASE WHEN requests = 1 THEN ' request.' ELSE ' requests.' END AS reason,
  first_in_window AS first_seen,
  last_seen,
  requests AS count,
  CAST(NULL AS VARCHAR) AS session_id,
  agent,
  CASE WHEN review = 'denied' THEN 'high' ELSE 'medium' END AS severity,
  agent_kind,
  users,
  devices,
  user_agent,
  make_array(evidence(export_key, record_id)) AS evidence
FROM agents
WHERE sanctioned = false AND requests >= $min_requests
ORDER BY agent
