-- +++
-- title = "Agent did what a tool result told it"
-- severity = "high"
-- confidence = "high"
-- status = "stable"
-- tier = "incident"
-- since = "0.1.0"
-- what = "An agent followed an order that stood in text of a third party."
-- impact = "Somebody outside chose what was done with the rights of the user."
-- false_positives = [
--   "The user wanted the order to be followed and did not say so in the conversation.",
-- ]
-- next_steps = [
--   "Ask the person behind {login} whether they wanted this; stop the session and undo what they did not want.",
--   "Block {destination} at the proxy, the firewall or the mail gateway, and find out who else sent there.",
--   "Rotate every credential that was read or sent; the list of secrets says how.",
--   "Find out who could write the text that gave the order, and remove it there, or the next agent will follow it too.",
--   "SELECT detection, first_seen, reason FROM signals WHERE session_id = '{session_id}' ORDER BY first_seen",
--   "SELECT time, tool, arguments, outcome FROM calls WHERE session_id = '{session_id}' ORDER BY time",
--   "lightmeter hunt {destination}",
-- ]
-- references = []
-- tags = ["owasp-asi:2026:ASI01", "owasp-asi:2026:ASI02", "owasp-llm:2025:LLM01", "atlas:AML.T0051.001", "atlas:AML.T0053"]
-- [[case]]
-- name = "one followed order"
-- signals = [
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = [
--   { subject = "Claude Code of ana", severity = "critical", confidence = "high", reason = "Reason of followed-order.", evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "two of one session are one incident"
-- signals = [
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.followed-order", subject = "y", reason = "Second.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#2"] },
-- ]
-- expect = [
--   { count = 2, evidence = ["e#1", "e#2"], reason = "Reason of followed-order. The session holds 2 such calls." },
-- ]
-- [[case]]
-- name = "other signals are told with it"
-- signals = [
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.secret-leaves", subject = "x", reason = "Reason of secret-leaves.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#2"] },
-- ]
-- expect = [
--   { confidence = "high", reason = "Reason of followed-order. Reason of secret-leaves." },
-- ]
-- [[case]]
-- name = "the marks are told of the result that is held for the call"
-- signals = [
--   { detection = "sequences.injection-marks", subject = "notes/read", reason = "A result of notes/read gives orders.", first_seen = 2026-03-01T09:00:00Z, last_seen = 2026-03-01T09:00:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "medium", confidence = "high", evidence = ["e#1", "e#2"] },
--   { detection = "sequences.injection-marks", subject = "mail/search", reason = "A result of mail/search gives orders.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "medium", confidence = "high", evidence = ["e#3", "e#4"] },
--   { detection = "sequences.followed-order", subject = "x", reason = "Only a result of mail/search had named it.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#3", "e#4", "e#5"] },
-- ]
-- expect = [
--   { reason = "Only a result of mail/search had named it. A result of mail/search gives orders. There is one more such sign.", evidence = ["e#1", "e#2", "e#3", "e#4", "e#5"] },
-- ]
-- [[case]]
-- name = "weak other signals are not"
-- signals = [
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "medium", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.injection-marks", subject = "x", reason = "Reason of injection-marks.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "low", evidence = ["e#2"] },
-- ]
-- expect = [
--   { confidence = "medium", severity = "medium", reason = "Reason of followed-order.", evidence = ["e#1"] },
-- ]
-- [[case]]
-- name = "two sessions are two incidents"
-- signals = [
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "z", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#2"] },
-- ]
-- expect = [
--   { session_id = "s" },
--   { session_id = "z" },
-- ]
-- [[case]]
-- name = "signals of another session are not told"
-- signals = [
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "high", confidence = "medium", evidence = ["e#1"] },
--   { detection = "sequences.secret-leaves", subject = "x", reason = "Reason of secret-leaves.", first_seen = 2026-03-01T09:02:00Z, last_seen = 2026-03-01T09:02:00Z, count = 1, session_id = "z", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#2"] },
-- ]
-- expect = [
--   { severity = "high", confidence = "medium", reason = "Reason of followed-order." },
-- ]
-- [[case]]
-- name = "a weak one"
-- signals = [
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "low", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "marks alone"
-- signals = [
--   { detection = "sequences.injection-marks", subject = "x", reason = "Reason of injection-marks.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "a secret that left, alone"
-- signals = [
--   { detection = "sequences.secret-leaves", subject = "x", reason = "Reason of secret-leaves.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, session_id = "s", login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "without a session"
-- signals = [
--   { detection = "sequences.followed-order", subject = "x", reason = "Reason of followed-order.", first_seen = 2026-03-01T09:01:00Z, last_seen = 2026-03-01T09:01:00Z, count = 1, login = "ana", device = "n1", agent = "Claude Code", severity = "critical", confidence = "high", evidence = ["e#1"] },
-- ]
-- expect = []
-- [[case]]
-- name = "nothing"
-- signals = []
-- expect = []
-- +++
WITH causes AS (
  SELECT * FROM signals
  WHERE detection IN ('sequences.followed-order', 'sequences.named-by-untrusted') AND confidence <> 'low'
),
others AS (
  SELECT * FROM signals
  WHERE detection IN ('sequences.injection-marks', 'sequences.secret-leaves', 'sequences.private-text-leaves', 'sequences.untrusted-private-out', 'sequences.credential-egress', 'sequences.hidden-text', 'sequences.own-permissions-changed', 'sequences.persistence-write') AND confidence <> 'low'
),
shown AS (
  SELECT session_id, login, first_seen, unnest(evidence) AS address FROM causes
  UNION ALL
  SELECT session_id, login, first_seen, unnest(evidence) AS address FROM others
),
proof AS (
  SELECT session_id, login, array_agg(address ORDER BY at, address) AS evidence
  FROM (SELECT session_id, login, address, min(first_seen) AS at FROM shown GROUP BY session_id, login, address)
  GROUP BY session_id, login
),
told AS (
  SELECT session_id, login, min(device) AS device, max(agent) AS agent, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
         sum(count) AS count, count(*) AS signals,
         first_value(reason ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 ELSE 2 END, count DESC, first_seen, reason) AS reason,
         first_value(evidence ORDER BY CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 ELSE 2 END, count DESC, first_seen, reason) AS records,
         min(CASE severity WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END) AS rank,
         max(CASE confidence WHEN 'high' THEN 2 WHEN 'medium' THEN 1 ELSE 0 END) AS sure
  FROM causes
  GROUP BY session_id, login
),
-- What else the session shows belongs to the same account, after the cause: of each sign the one about the result that
-- the account names, else the first.
signs AS (
  SELECT o.session_id, o.login, o.detection, min(o.first_seen) AS first_seen,
         first_value(o.reason ORDER BY array_has_all(t.records, o.evidence) DESC, strpos(t.reason, ' ' || o.subject || ' ') > 0 DESC, o.first_seen, o.reason)
           || CASE count(DISTINCT o.reason) WHEN 1 THEN '' WHEN 2 THEN ' There is one more such sign.'
                ELSE ' There are ' || CAST(count(DISTINCT o.reason) - 1 AS VARCHAR) || ' more such signs.' END AS reason
  FROM others o
  JOIN told t ON t.session_id = o.session_id AND t.login = o.login
  GROUP BY o.session_id, o.login, o.detection
),
more AS (
  SELECT session_id, login, string_agg(reason, ' ' ORDER BY first_seen, reason) AS reasons FROM signs GROUP BY session_id, login
)
SELECT
  coalesce(t.agent, 'agent') || ' of ' || coalesce(t.login, 'unknown') AS subject,
  '' || t.reason || CASE WHEN t.signals > 1 THEN ' The session holds ' || CAST(t.signals AS VARCHAR) || ' such calls.' ELSE '' END || coalesce(' ' || m.reasons, '') AS reason,
  t.first_seen,
  t.last_seen,
  t.count,
  t.session_id,
  t.login,
  t.device,
  t.agent,
  t.session_id AS key,
  CASE t.rank WHEN 0 THEN 'critical' WHEN 1 THEN 'high' ELSE 'medium' END AS severity,
  CASE WHEN t.sure >= 2 OR m.reasons IS NOT NULL THEN 'high' ELSE 'medium' END AS confidence,
  p.evidence
FROM told t
JOIN proof p ON p.session_id = t.session_id AND p.login = t.login
LEFT JOIN more m ON m.session_id = t.session_id AND m.login = t.login
ORDER BY t.first_seen, t.session_id
