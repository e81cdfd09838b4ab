-- +++
-- title = "Agent that is not sanctioned"
-- severity = "medium"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "A program talks to models that the organisation has denied, after it was denied, or that is not among the approved ones."
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
-- [[case]]
-- name = "denied, and used before and after the verdict"
-- agents = [
--   { agent = "curl", agent_kind = "script", requests = 4, user_count = 2, users = ["ana", "ben"], devices = ["n1"], user_agent = "curl/8", sanctioned = false, review = "denied", review_reason = "no", first_in_window = 2026-02-10T09:00:00Z, last_seen = 2026-02-12T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- verdicts = [ { scope = "agent", name = "curl", verdict = "denied", reason = "no", since = 2026-02-11T00:00:00Z } ]
-- requests = [
--   { agent = "curl", login = "ana", device = "n1", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
--   { agent = "curl", login = "ben", device = "n1", time = 2026-02-12T09:00:00Z, export_key = "e", record_id = 4 },
-- ]
-- expect = [ { count = 1, first_seen = 2026-02-12T09:00:00Z, reason = "The agent curl is denied (no), and ben has used it since then for 1 request.", evidence = ["e#4"] } ]
-- [[case]]
-- name = "denied, and used before the verdict only"
-- agents = [
--   { agent = "curl", agent_kind = "script", requests = 4, user_count = 1, users = ["ana"], devices = ["n1"], user_agent = "curl/8", sanctioned = false, review = "denied", review_reason = "no", first_in_window = 2026-02-10T09:00:00Z, last_seen = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- verdicts = [ { scope = "agent", name = "curl", verdict = "denied", reason = "no", since = 2026-02-11T00:00:00Z } ]
-- requests = [
--   { agent = "curl", login = "ana", device = "n1", time = 2026-02-10T09:00:00Z, export_key = "e", record_id = 1 },
-- ]
-- expect = []
-- +++
WITH since AS (
  -- A denial is about what came after it.
  SELECT r.agent, count(*) AS requests, count(DISTINCT r.login) AS user_count, array_agg(DISTINCT r.login ORDER BY r.login) AS users,
         array_agg(DISTINCT r.device ORDER BY r.device) AS devices, min(r.time) AS first_seen,
         first_value(r.export_key ORDER BY r.time, r.export_key, r.record_id) AS export_key,
         first_value(r.record_id ORDER BY r.time, r.export_key, r.record_id) AS record_id
  FROM requests r
  JOIN verdicts v ON v.scope = 'agent' AND v.name = r.agent AND v.verdict = 'denied' AND r.time >= v.since
  GROUP BY r.agent
),
used AS (
  SELECT a.agent, a.review, a.review_reason, a.agent_kind, a.user_agent, a.last_seen, v.name IS NOT NULL AS dated,
         CASE WHEN v.name IS NULL THEN a.requests ELSE s.requests END AS requests,
         CASE WHEN v.name IS NULL THEN a.user_count ELSE s.user_count END AS user_count,
         CASE WHEN v.name IS NULL THEN a.users ELSE s.users END AS users,
         CASE WHEN v.name IS NULL THEN a.devices ELSE s.devices END AS devices,
         CASE WHEN v.name IS NULL THEN a.first_in_window ELSE s.first_seen END AS first_seen,
         CASE WHEN v.name IS NULL THEN a.export_key ELSE s.export_key END AS export_key,
         CASE WHEN v.name IS NULL THEN a.record_id ELSE s.record_id END AS record_id
  FROM agents a
  LEFT JOIN verdicts v ON v.scope = 'agent' AND v.name = a.agent AND v.verdict = 'denied' AND v.since IS NOT NULL
  LEFT JOIN since s ON s.agent = a.agent
  WHERE a.sanctioned = false
)
SELECT
  agent AS subject,
  CASE WHEN review = 'denied' THEN 'The agent ' || agent || ' is denied' || coalesce(' (' || review_reason || ')', '')
       ELSE 'The agent ' || agent || ' is not among the approved agents' END
    || ', and ' || CASE WHEN user_count = 1 THEN coalesce(array_to_string(users, ', '), 'one user') || ' has'
                        ELSE CAST(user_count AS VARCHAR) || ' users have' END
    || ' used it ' || CASE WHEN dated THEN 'since then ' ELSE '' END || 'for ' || CAST(requests AS VARCHAR)
    || CASE WHEN requests = 1 THEN ' request.' ELSE ' requests.' END AS reason,
  first_seen,
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
FROM used
WHERE requests >= $min_requests
ORDER BY agent
